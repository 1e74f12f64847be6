//! Who owns what, along every path: initialisation and moves (OW), borrows (BR, EX), and the arrays of allocators.

pub(crate) mod check;
pub(crate) mod dataflow;
pub(crate) mod endless;
pub(crate) mod events;
pub(crate) mod hints;
pub(crate) mod loans;
pub(crate) mod move_paths;
pub(crate) mod provenance;
pub(crate) mod report;

#[cfg(test)]
mod random;
#[cfg(test)]
pub(crate) mod tests;
