//! What an editor shows, as pure functions of the database and a position. No protocol type is named here.

pub mod folding;
pub mod format;
pub mod links;
pub mod on_type;
pub mod selection;
pub mod symbols;
pub mod tokens;
