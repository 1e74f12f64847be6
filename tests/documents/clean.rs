//! The bundled library and the example programs have no diagnostics at all, hints included.

use crate::root;
use hir::{Database, Db, File, ProgramKind};
use salsa::Setter;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syntax::Edition;

#[test]
fn the_bundled_library_has_no_diagnostics() {
    let db = Database::new();
    let files = db.library(Edition::E2023).files(&db).clone();
    assert!(!files.is_empty(), "the library of edition 2023 is empty");
    assert_eq!(report(&db, &files), "");
}

#[test]
fn the_examples_have_no_diagnostics() {
    let mut db = Database::new();
    let mut all = String::new();
    for entry in entries(&root().join("examples")) {
        let files = load(&mut db, &entry);
        assert!(!files.is_empty(), "{} holds no program", entry.display());
        all.push_str(&report(&db, &files));
    }
    assert_eq!(all, "");
}

fn report(db: &Database, files: &[File]) -> String {
    let mut text = String::new();
    for file in files {
        for diagnostic in hir::file_diagnostics(db, *file).iter() {
            let offset = usize::from(diagnostic.range.start());
            let line = file.text(db).bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1;
            let _ = writeln!(
                text,
                "{}:{line}: {:?}[{}] {}",
                file.display_name(db),
                diagnostic.severity,
                diagnostic.code,
                diagnostic.message
            );
        }
    }
    text
}

/// A loose file, or a project whose modules are named by their place in its folder (NM1).
fn load(db: &mut Database, entry: &Path) -> Vec<File> {
    let kind = if entry.is_dir() { ProgramKind::Project } else { ProgramKind::Loose };
    let program = hir::Program::new(db, kind, Edition::E2023, Arc::from([]));
    let mut files = Vec::new();
    for path in sources(entry) {
        let text = std::fs::read_to_string(&path).expect("an example is readable");
        let module = path.strip_prefix(entry).ok().filter(|_| kind == ProgramKind::Project).map(|inner| {
            let parts: Vec<_> =
                inner.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
            Arc::from(parts.join("."))
        });
        let display = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        files.push(File::new(db, Arc::from(text), Edition::E2023, program, module, Arc::from(display)));
    }
    program.set_files(db).to(Arc::from(files.clone()));
    files
}

fn sources(entry: &Path) -> Vec<PathBuf> {
    if !entry.is_dir() {
        let is_source = entry.extension().is_some_and(|extension| extension == "spp");
        return if is_source { vec![entry.to_path_buf()] } else { Vec::new() };
    }
    entries(entry).iter().flat_map(|inner| sources(inner)).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listing = std::fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<_> = listing.map(|entry| entry.expect("an entry is readable").path()).collect();
    paths.sort();
    paths
}
