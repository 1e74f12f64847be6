//! What is given up once the diagnostics of a file are known.
//!
//! Trees, bodies, types, MIR and frames are most of what the analysis makes, and needed only while a file is worked on.
//! What others ask of a file stays: its text, its items with their signatures, and its diagnostics. A value that was given
//! up is computed again when somebody asks for it; what was computed from it stays valid.

use crate::db::{Database, Db, File};
use salsa::Database as _;

/// Trees kept beside those of the files in use.
const TREES: usize = 16;

/// Functions kept beside those of the files in use: what hovers and definitions lead to.
const FUNCTIONS: usize = 256;

/// Files to analyse between two evictions: few enough that little lies around, enough to keep all threads busy.
pub const BATCH: usize = 64;

/// Gives up what was made for other files than these, the ones somebody is editing. Their diagnostics are known.
pub fn evict(db: &mut Database, in_use: &[File]) {
    evict_but(db, in_use, TREES, FUNCTIONS);
}

/// As [`evict`], with at least one tree and one function to keep beside those in use.
pub fn evict_but(db: &mut Database, in_use: &[File], trees: usize, mut functions: usize) {
    for &file in in_use {
        let view: &dyn Db = db;
        crate::parse::parse(view, file);
        for func in crate::items::functions_of(view, file) {
            // Used last means kept longest.
            crate::parse::function_node(view, func);
            crate::body::body(view, func);
            crate::infer::infer(view, func);
            crate::mir::mir(view, func);
            functions += 1;
        }
    }
    crate::parse::keep(db, trees + in_use.len(), functions);
    crate::body::keep(db, functions);
    crate::infer::keep(db, functions);
    crate::mir::keep(db, functions);
    crate::frame::keep(db, functions);
    crate::placement::keep(db, functions);
    crate::transfer::keep(db, functions);
    db.trigger_lru_eviction();
}

/// Lets the trees of so many files stay until the next [`evict`]: while a project is loaded each of them is read twice,
/// for its items and then for its bodies.
pub fn expect_files(db: &mut Database, files: usize) {
    crate::parse::keep(db, files, FUNCTIONS);
}
