//! What an editor shows, as pure functions of the database and a position. No protocol type is named here.

pub mod actions;
pub mod completion;
pub mod definition;
pub mod file_rename;
#[cfg(test)]
mod fixture;
pub mod folding;
pub mod format;
pub mod frames;
pub mod hierarchy;
pub mod hints;
pub mod hover;
pub mod inline_values;
pub mod lenses;
pub mod lifetime;
pub mod linked;
pub mod links;
pub mod on_type;
pub mod placement;
pub mod references;
pub mod rename;
pub mod selection;
pub mod signature;
pub mod symbols;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod uses;
pub mod workspace_symbols;
