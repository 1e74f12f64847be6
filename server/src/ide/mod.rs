//! What an editor shows, as pure functions of the database and a position. No protocol type is named here.

pub mod format;
