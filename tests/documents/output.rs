//! Programs that say what they print, with `#> text` lines, are run and must print exactly that.

use crate::document::{Document, Program, ProgramFile};
use crate::{Loaded, load, root};
use eval::{Host, Limits, Options, Outcome};
use hir::{Database, Severity};
use rayon::prelude::*;
use std::fs;
use std::path::Path;

struct Captured {
    lines: Vec<String>,
}

impl Host for Captured {
    fn print(&mut self, text: &str) {
        self.lines.extend(text.split('\n').map(str::to_owned));
    }
}

/// What differs, or nothing.
fn run(db: &Database, loaded: &Loaded<'_>) -> Option<String> {
    let expected = loaded.program.output();
    let has_errors = loaded.files.iter().any(|file| {
        hir::file_diagnostics(db, *file).iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    });
    if expected.is_empty() || has_errors {
        return None;
    }
    let program = loaded.files.first()?.program(db);
    let options =
        Options { limits: Limits { max_steps: 200_000_000, ..Limits::default() }, ..Options::default() };
    let mut host = Captured { lines: Vec::new() };
    let report = eval::evaluate(db, program, &options, &mut host);
    let first_line = loaded.program.files.first().map_or(0, |file| file.first_line);
    let place = format!("{}:{first_line}", loaded.document.path.display());
    if host.lines != expected {
        return Some(format!(
            "{place}: {} {}\n  prints\n    {}\n  instead of\n    {}\n",
            report.outcome.name(),
            report.message.unwrap_or_default(),
            host.lines.join("\n    "),
            expected.join("\n    ")
        ));
    }
    if report.outcome == Outcome::Ok && report.heap.live_blocks() > 0 {
        return Some(format!("{place}: {} blocks were never given back\n", report.heap.live_blocks()));
    }
    None
}

fn run_all(documents: &[Document]) {
    let mut db = Database::new();
    let loaded: Vec<Loaded<'_>> = documents
        .iter()
        .flat_map(|document| document.programs.iter().map(move |program| (document, program)))
        .map(|(document, program)| Loaded { document, program, files: load(&mut db, program) })
        .collect();
    let runnable = loaded.iter().filter(|loaded| !loaded.program.output().is_empty()).count();
    let failures: Vec<String> =
        loaded.par_iter().map_with(db.clone(), |db, loaded| run(db, loaded)).flatten().collect();
    assert!(
        failures.is_empty(),
        "{}\n{} of {runnable} programs do not do what they say",
        failures.concat(),
        failures.len()
    );
}

#[test]
fn programs_of_the_specification_print_what_they_say() {
    run_all(&Document::read_all(&root().join("docs/spec")));
}

#[test]
fn programs_of_the_diagnostic_pages_print_what_they_say() {
    run_all(&Document::read_all(&root().join("docs/diagnostics")));
}

#[test]
fn examples_print_what_they_say() {
    let mut documents = Vec::new();
    collect(&root().join("examples"), &mut documents);
    run_all(&documents);
}

/// Loose example files, each as a document of one program.
fn collect(folder: &Path, documents: &mut Vec<Document>) {
    let mut entries: Vec<_> = fs::read_dir(folder).expect("examples exist").flatten().collect();
    entries.sort_by_key(|entry| entry.path());
    for entry in entries {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "spp") {
            let text = fs::read_to_string(&path).expect("an example can be read");
            let file = ProgramFile { path: "src/main.spp".to_owned(), text: text.clone(), first_line: 1 };
            documents.push(Document {
                path,
                text,
                programs: vec![Program { files: vec![file], heading: String::new(), is_fix: false }],
            });
        }
    }
}
