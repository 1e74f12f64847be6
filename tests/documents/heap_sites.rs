//! What the analysis says of the heap is what the evaluator does: every block that a run creates for a line of the program
//! comes from a heap site that `frames` shows on that line.

use crate::document::{Document, Program, ProgramFile};
use crate::{Loaded, load, root};
use eval::{Host, Limits, Options, What};
use hir::frame::{Frame, HeapOperation};
use hir::items::{functions_of, generics_of, signature};
use hir::{Database, File, Severity};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

struct Silent;

impl Host for Silent {
    fn print(&mut self, _line: &str) {}
}

fn line_of(db: &Database, file: File, offset: u32) -> usize {
    let text = file.text(db);
    text.as_bytes()[..(offset as usize).min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// Lines on which a frame, or one of the lambdas in it, has a site that creates blocks.
fn collect(db: &Database, file: File, start: u32, frame: &Frame, lines: &mut BTreeSet<usize>) {
    for site in &frame.heap_sites {
        if site.operation != HeapOperation::Release {
            let first = line_of(db, file, start + u32::from(site.span.start()));
            let last = line_of(db, file, start + u32::from(site.span.end()));
            lines.extend(first..=last);
        }
    }
    for lambda in &frame.lambdas {
        collect(db, file, start, lambda, lines);
    }
}

fn judge(db: &Database, loaded: &Loaded<'_>) -> Vec<String> {
    let has_errors = loaded.files.iter().any(|file| {
        hir::file_diagnostics(db, *file).iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    });
    if has_errors {
        return Vec::new();
    }
    let Some(program) = loaded.files.first().map(|file| file.program(db)) else { return Vec::new() };
    let limits = Limits { max_steps: 2_000_000, ..Limits::default() };
    let options = Options { limits, trace: true, ..Options::default() };
    let report = eval::evaluate(db, program, &options, &mut Silent);
    let Some(trace) = report.trace else { return Vec::new() };
    let mut wrong = BTreeSet::new();
    for (source, &file) in loaded.program.files.iter().zip(&loaded.files) {
        let mut sites = BTreeSet::new();
        for func in functions_of(db, file) {
            // What a generic function does depends on the types it is called with.
            let container = signature(db, func).container.item();
            let generic = |item| !generics_of(db, item).params.is_empty();
            if generic(func.0) || container.is_some_and(generic) {
                let range = hir::parse::func_range(db, func);
                sites.extend(line_of(db, file, range.start().into())..=line_of(db, file, range.end().into()));
            }
            if let Some(frame) = hir::frame::frame(db, func) {
                let start = hir::parse::func_range(db, func).start();
                collect(db, file, start.into(), frame, &mut sites);
            }
        }
        for event in &trace.events {
            let (What::Alloc { allocator, .. } | What::Realloc { allocator, .. }, Some(place)) =
                (&event.what, event.place)
            else {
                continue;
            };
            // Whether a number is too large for its slot (S9) is not known before it is computed.
            if allocator == "Num" {
                continue;
            }
            let line = line_of(db, file, place.range.start().into());
            if place.file == file && !sites.contains(&line) {
                let code = source.text.lines().nth(line - 1).unwrap_or_default().trim();
                wrong.insert(format!(
                    "{}:{}: a block is created here that no heap site shows: {code}",
                    loaded.document.path.display(),
                    source.first_line + line - 1
                ));
            }
        }
    }
    wrong.into_iter().collect()
}

#[test]
fn every_block_of_a_run_comes_from_a_heap_site() {
    let mut documents = Document::read_all(&root().join("docs/spec"));
    examples(&root().join("examples"), &mut documents);
    let mut db = Database::new();
    let loaded: Vec<Loaded<'_>> = documents
        .iter()
        .flat_map(|document| document.programs.iter().map(move |program| (document, program)))
        .map(|(document, program)| Loaded { document, program, files: load(&mut db, program) })
        .collect();
    let wrong: Vec<String> =
        loaded.par_iter().map_with(db.clone(), |db, loaded| judge(db, loaded)).flatten().collect();
    assert!(wrong.is_empty(), "{}\n{} lines", wrong.join("\n"), wrong.len());
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
