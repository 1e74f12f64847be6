//! Programs for tests: files of a project or a loose file, and the diagnostics that their markers name.
#![allow(dead_code)]

use hir::{Database, File, Program, ProgramKind, Severity, diagnostics::file_diagnostics};
use salsa::Setter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syntax::Edition;

/// One file, loose; or, where `#@ file src/a.spp` lines occur, the files of a project.
pub fn load(db: &mut Database, source: &str) -> (Program, Vec<File>) {
    let mut parts: Vec<(Option<String>, String)> = vec![(None, String::new())];
    for line in source.lines() {
        if let Some(path) = line.trim_start().strip_prefix("#@ file ") {
            parts.push((Some(path.trim().to_owned()), String::new()));
        } else if let Some((_, text)) = parts.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    if parts.len() > 1 {
        parts.remove(0);
    }
    load_files(db, &parts)
}

/// Files with their paths in a project; or one loose file, which has none.
pub fn load_files(db: &mut Database, parts: &[(Option<String>, String)]) -> (Program, Vec<File>) {
    let is_project = parts.iter().any(|(path, _)| path.is_some());
    let kind = if is_project { ProgramKind::Project } else { ProgramKind::Loose };
    let program = Program::new(db, kind, Edition::E2023, Arc::from([]));
    let files: Vec<File> = parts
        .iter()
        .map(|(path, text)| {
            let module = path.as_ref().map(|path| Arc::from(path.trim_end_matches(".spp").replace('/', ".")));
            let name = path.as_deref().unwrap_or("main.spp");
            File::new(db, Arc::from(text.as_str()), Edition::E2023, program, module, Arc::from(name))
        })
        .collect();
    program.set_files(db).to(Arc::from(files.clone()));
    (program, files)
}

/// The programs in `examples/`: loose files, and projects as the files of their `src` folders.
pub fn examples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let read = |path: &Path| std::fs::read_to_string(path).expect("examples are UTF-8");
    let mut found = Vec::new();
    for path in entries(&root) {
        if path.is_file() && path.extension().is_some_and(|extension| extension == "spp") {
            found.push(read(&path));
        } else if path.join("src").is_dir() {
            let mut files = Vec::new();
            collect(&path.join("src"), &mut files);
            let parts = files.iter().map(|file| {
                let name =
                    file.strip_prefix(&path).expect("it lies below").to_string_lossy().replace('\\', "/");
                format!("#@ file {name}\n{}", read(file))
            });
            found.push(parts.collect());
        }
    }
    assert!(found.len() >= 9, "there are examples");
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let mut entries: Vec<_> = entries.map(|it| it.expect("the folder can be read").path()).collect();
    entries.sort();
    entries
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() {
            collect(&path, into);
        } else {
            into.push(path);
        }
    }
}

pub fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// Checks that a program gives exactly the errors its markers (`#! A22`) name, and at least the marked warnings and
/// hints (`#! A27(W)`).
#[track_caller]
pub fn check(source: &str) {
    let mut db = Database::new();
    let (_, files) = load(&mut db, source);
    let mut wrong = String::new();
    for file in files {
        let text = file.text(&db).clone();
        let mut expected: Vec<(usize, String)> = Vec::new();
        let mut quiet: Vec<(usize, String)> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let Some((_, markers)) = line.split_once("#! ") else { continue };
            for marker in markers.split_whitespace() {
                match marker.split_once('(') {
                    Some((code, _)) => quiet.push((index + 1, code.to_owned())),
                    None => expected.push((index + 1, marker.to_owned())),
                }
            }
        }
        let found = file_diagnostics(&db, file);
        let mut errors: Vec<(usize, String)> = Vec::new();
        let mut others: Vec<(usize, String)> = Vec::new();
        for diagnostic in found.iter() {
            let place = (line_of(&text, diagnostic.range.start().into()), diagnostic.code.to_owned());
            if diagnostic.severity == Severity::Error { errors.push(place) } else { others.push(place) }
        }
        expected.sort();
        errors.sort();
        if expected != errors || quiet.iter().any(|place| !others.contains(place)) {
            wrong.push_str(&format!("expected {expected:?} {quiet:?}\nfound:\n"));
            for diagnostic in found.iter() {
                let line = line_of(&text, diagnostic.range.start().into());
                wrong.push_str(&format!(
                    "  {line}: {} {:?} {}\n",
                    diagnostic.code, diagnostic.severity, diagnostic.message
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}\nin\n{source}");
}
