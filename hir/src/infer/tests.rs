//! Whole programs, with the diagnostics they are expected to give: `#! CODE` at the end of a line.

mod allocation;
mod calls;
mod coroutines;
mod members;
mod robustness;
mod values;

use crate::db::{Database, Db, File, Program, ProgramKind};
use crate::diagnostic::Severity;
use salsa::Setter;
use std::sync::Arc;
use syntax::Edition;

/// A loose program of one file.
fn load(db: &mut Database, source: &str) -> File {
    let program = Program::new(&*db, ProgramKind::Loose, Edition::E2023, Arc::from([]));
    let file = File::new(&*db, Arc::from(source), Edition::E2023, program, None, Arc::from("src/main.spp"));
    program.set_files(db).to(Arc::from([file].as_slice()));
    file
}

/// Line and code of everything reported on a file, moves and borrows aside: ownership has tests of its own.
fn findings(db: &Database, file: File) -> Vec<(usize, String, String)> {
    const FLOW: [&str; 16] = [
        "OW", "BR3", "BR4", "BR5", "BR7", "EX", "A39", "A40", "A42", "A43", "A44", "A46", "A47", "A48",
        "A51", "A54",
    ];
    let text = file.text(db);
    let diagnostics = crate::file_diagnostics(db, file);
    let own =
        diagnostics.iter().filter(|diagnostic| !FLOW.iter().any(|code| diagnostic.code.starts_with(code)));
    own.map(|diagnostic| {
        let line = text[..usize::from(diagnostic.range.start())].matches('\n').count() + 1;
        let severity = match diagnostic.severity {
            Severity::Error => "",
            Severity::Warning => "(W)",
            Severity::Hint => "(H)",
        };
        (line, format!("{}{severity}", diagnostic.code), diagnostic.message.clone())
    })
    .collect()
}

/// Holds a program against its markers. Warnings and hints may be left unmarked.
#[track_caller]
fn check(source: &str) {
    let mut db = Database::new();
    let file = load(&mut db, source);
    let found = findings(&db, file);
    let mut problems = String::new();
    let mut expected: Vec<(usize, &str)> = Vec::new();
    for (number, line) in source.lines().enumerate() {
        if let Some((_, marks)) = line.split_once("#! ") {
            expected.extend(marks.split_whitespace().map(|mark| (number + 1, mark)));
        }
    }
    for (line, code, message) in &found {
        let marked = expected.iter().any(|(at, mark)| at == line && mark == code);
        if !marked && !code.contains('(') {
            problems.push_str(&format!("line {line}: {code} is not expected: {message}\n"));
        }
    }
    for (line, mark) in expected {
        if !found.iter().any(|(at, code, _)| *at == line && code == mark) {
            problems.push_str(&format!("line {line}: {mark} is missing\n"));
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn the_library_is_clean() {
    let db = Database::new();
    let library = db.library(Edition::E2023);
    let mut found = Vec::new();
    for &file in library.files(&db).iter() {
        let name = file.display_name(&db).clone();
        let of_file = findings(&db, file).into_iter();
        found.extend(of_file.map(|(line, code, message)| format!("{name}:{line}: {code} {message}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
