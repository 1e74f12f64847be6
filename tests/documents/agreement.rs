//! What the analysis says of a program is what the evaluator does: frames, slots, drops, heap sites and depths of every
//! program of the manual and of every example, held against the trace of a run.

use crate::compare::compare;
use crate::document::{Document, Program, ProgramFile};
use crate::{Loaded, load, root};
use eval::{Host, Limits, Options};
use hir::items::{functions_of, signature};
use hir::{Database, Severity};
use rayon::prelude::*;
use std::fs;
use std::path::Path;

struct Silent;

impl Host for Silent {
    fn print(&mut self, _line: &str) {}
}

fn judge(db: &Database, loaded: &Loaded<'_>) -> Vec<String> {
    let has_errors = loaded.files.iter().any(|file| {
        hir::file_diagnostics(db, *file).iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    });
    if has_errors {
        return Vec::new();
    }
    let main = loaded
        .files
        .iter()
        .find_map(|file| functions_of(db, *file).find(|func| signature(db, *func).name.as_str() == "main"));
    let (Some(file), Some(main)) = (loaded.files.first(), main) else { return Vec::new() };
    let limits = Limits { max_steps: 2_000_000, ..Limits::default() };
    let options = Options { limits, trace: true, trace_slots: true, ..Options::default() };
    let report = eval::evaluate(db, file.program(db), &options, &mut Silent);
    let lines = compare(db, main, &report).into_iter().map(|found| {
        let source = loaded.program.files.iter().find(|file| file.path == found.path);
        let code = source.and_then(|source| source.text.lines().nth(found.line.wrapping_sub(1)));
        let offset = source.map_or(0, |source| source.first_line - 1);
        format!(
            "{}:{} {}: {}  | {}",
            loaded.document.path.display(),
            found.line + offset,
            if source.is_some() { "" } else { &found.path },
            found.what,
            code.unwrap_or_default().trim()
        )
    });
    lines.collect()
}

#[test]
fn programs_of_the_manual_and_examples_run_as_the_analysis_says() {
    let mut documents = Document::read_all(&root().join("docs/spec"));
    documents.extend(Document::read_all(&root().join("docs/diagnostics")));
    examples(&root().join("examples"), &mut documents);
    let mut db = Database::new();
    let loaded: Vec<Loaded<'_>> = documents
        .iter()
        .flat_map(|document| document.programs.iter().map(move |program| (document, program)))
        .map(|(document, program)| Loaded { document, program, files: load(&mut db, program) })
        .collect();
    let wrong: Vec<String> =
        loaded.par_iter().map_with(db.clone(), |db, loaded| judge(db, loaded)).flatten().collect();
    assert!(wrong.is_empty(), "{}\n{} disagreements", wrong.join("\n"), wrong.len());
}

fn examples(folder: &Path, documents: &mut Vec<Document>) {
    for entry in fs::read_dir(folder).expect("examples exist").flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "spp") {
            let text = fs::read_to_string(&path).expect("an example can be read");
            let file = ProgramFile { path: "src/main.spp".to_owned(), text: text.clone(), first_line: 1 };
            let program = Program { heading: String::new(), is_fix: false, files: vec![file] };
            documents.push(Document { path, text, programs: vec![program] });
        }
    }
}
