//! Executable documents: every `spp` fence under `docs/spec`, `docs/diagnostics` and every file of `examples` is checked,
//! and must give exactly the diagnostics that its markers name.
//!
//! `#! A22 A44(H)` at the end of a line: these diagnostics are expected on it; without `(W)` or `(H)` they are errors.
//! Errors that no marker names fail the test; unmarked warnings and hints are allowed.
//! `#@ file src/shapes.spp` starts another file of the same program. `UPDATE_DOCUMENTS=1` rewrites the markers.

mod agreement;
mod clean;
#[path = "../agreement/compare.rs"]
mod compare;
mod document;
mod expectations;
mod output;
mod pages;

use document::{Document, Program};
use expectations::Verdict;
use hir::{Database, File, ProgramKind};
use rayon::prelude::*;
use salsa::Setter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syntax::Edition;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A program of a document with its inputs in the database.
struct Loaded<'a> {
    document: &'a Document,
    program: &'a Program,
    files: Vec<File>,
}

#[test]
fn markers_of_the_specification_hold() {
    run("docs/spec");
}

#[test]
fn markers_of_the_diagnostic_pages_hold() {
    run("docs/diagnostics");
}

fn run(folder: &str) {
    let documents = Document::read_all(&root().join(folder));
    let mut db = Database::new();
    let loaded: Vec<Loaded<'_>> = documents
        .iter()
        .flat_map(|document| document.programs.iter().map(move |program| (document, program)))
        .map(|(document, program)| Loaded { document, program, files: load(&mut db, program) })
        .collect();
    let verdicts: Vec<(&Loaded<'_>, Verdict)> = loaded
        .par_iter()
        .map_with(db.clone(), |db, loaded| (loaded, expectations::judge(db, loaded.program, &loaded.files)))
        .collect();
    let failed: Vec<_> = verdicts.iter().filter(|(_, verdict)| !verdict.holds()).collect();
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        for document in &documents {
            let changes: Vec<_> = failed
                .iter()
                .filter(|(loaded, _)| std::ptr::eq(loaded.document, document))
                .map(|(loaded, verdict)| (loaded.program, verdict))
                .collect();
            if !changes.is_empty() {
                document.rewrite(&changes);
            }
        }
        return;
    }
    let mut message = String::new();
    for (loaded, verdict) in &failed {
        message.push_str(&verdict.explain(loaded.document, loaded.program));
    }
    assert!(
        failed.is_empty(),
        "{message}\n{} of {} programs in {folder} do not give the diagnostics that their markers name",
        failed.len(),
        verdicts.len()
    );
}

/// Puts a program into the database: one file is loose, several are a project.
fn load(db: &mut Database, program: &Program) -> Vec<File> {
    let kind = if program.files.len() > 1 { ProgramKind::Project } else { ProgramKind::Loose };
    let input = hir::Program::new(db, kind, Edition::E2023, Arc::from([]));
    let files: Vec<File> = program
        .files
        .iter()
        .map(|file| {
            let module = (kind == ProgramKind::Project)
                .then(|| Arc::from(file.path.trim_end_matches(".spp").replace('/', ".")));
            File::new(
                db,
                Arc::from(file.text.as_str()),
                Edition::E2023,
                input,
                module,
                Arc::from(file.path.as_str()),
            )
        })
        .collect();
    input.set_files(db).to(Arc::from(files.clone()));
    files
}
