//! The bundled S++ library: source text compiled into the binary.

use crate::db::{Program, ProgramKind};
use std::sync::Arc;
use syntax::Edition;

/// Creates the inputs for the library of one edition.
pub fn load(db: &impl salsa::Database, edition: Edition) -> Program {
    Program::new(db, ProgramKind::Library, edition, Arc::from(Vec::new()))
}
