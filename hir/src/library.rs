//! The bundled S++ library: source text compiled into the binary.

use crate::db::{File, Program, ProgramKind};
use std::sync::Arc;
use syntax::Edition;

mod sources {
    include!(concat!(env!("OUT_DIR"), "/library.rs"));
}

/// Module path in slashes and text of each file of the library.
pub fn sources(edition: Edition) -> &'static [(&'static str, &'static str)] {
    match edition {
        Edition::E2023 => sources::EDITION_2023,
        Edition::E2026 => sources::EDITION_2026,
    }
}

/// Creates the inputs for the library of one edition.
pub fn load(db: &mut impl salsa::Database, edition: Edition) -> Program {
    use salsa::{Durability, Setter};
    // What can never change leaves no edges in the graph of dependencies: every function uses the library.
    let program = Program::builder(ProgramKind::Library, edition, Arc::from(Vec::new()))
        .durability(Durability::NEVER_CHANGE)
        .files_durability(Durability::HIGH)
        .new(db);
    // an edition without a library yet has one empty file: ids of what it lacks belong there
    let sources = match sources(edition) {
        [] => &[("std/empty", "")],
        sources => sources,
    };
    let files: Vec<File> = sources
        .iter()
        .map(|(name, text)| {
            let module = name.replace('/', ".");
            let display = format!("{name}.spp");
            File::builder(Arc::from(*text), edition, program, Some(Arc::from(module)), Arc::from(display))
                .durability(Durability::NEVER_CHANGE)
                .new(db)
        })
        .collect();
    program.set_files(db).with_durability(Durability::NEVER_CHANGE).to(Arc::from(files));
    program
}
