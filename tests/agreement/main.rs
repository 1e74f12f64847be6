//! Random programs: what the analysis says of them is what their run does, and the run prints what the reference
//! demands. A disagreement prints the smallest program that shows it.

mod compare;
mod model;
mod program;
mod shrink;

use compare::compare;
use eval::{Host, Limits, Options, Outcome};
use hir::items::{functions_of, signature};
use hir::{Database, File, ProgramKind, Severity};
use program::{HEAD, Program, Random, generate};
use rayon::prelude::*;
use salsa::Setter;
use std::sync::Arc;
use syntax::Edition;

/// Programs of a run: files times programs in a file.
const FILES: u64 = 100;
const PROGRAMS: usize = 100;

#[derive(Default)]
struct Captured {
    lines: Vec<String>,
}

impl Host for Captured {
    fn print(&mut self, text: &str) {
        self.lines.extend(text.split('\n').map(str::to_owned));
    }
}

fn load(text: &str) -> (Database, File) {
    let mut db = Database::new();
    let program = hir::Program::new(&db, ProgramKind::Loose, Edition::E2023, Arc::from([]));
    let name = Arc::from("main.spp");
    let file = File::new(&db, Arc::from(text), Edition::E2023, program, None, name);
    program.set_files(&mut db).to(Arc::from([file]));
    (db, file)
}

/// Lines and messages of the errors of a file.
fn errors(db: &Database, file: File) -> Vec<(usize, String)> {
    let text = file.text(db);
    let line = |at: u32| text[..(at as usize).min(text.len())].matches('\n').count() + 1;
    let all = hir::file_diagnostics(db, file);
    let errors = all.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.map(|it| (line(it.range.start().into()), format!("{} {}", it.code, it.message))).collect()
}

/// In what a program of a file disagrees with its analysis or with the reference.
fn judge(db: &Database, file: File, index: usize, program: &Program) -> Vec<String> {
    let name = format!("p{index}");
    let entry = functions_of(db, file).find(|func| signature(db, *func).name.as_str() == name);
    let Some(entry) = entry else { return vec![format!("`{name}` is missing")] };
    let limits = Limits { max_steps: 1_000_000, ..Limits::default() };
    let options = Options { entry: Some(name), limits, trace: true, trace_slots: true, ..Options::default() };
    let mut host = Captured::default();
    let report = eval::evaluate(db, file.program(db), &options, &mut host);
    let mut found = Vec::new();
    if report.outcome != Outcome::Ok {
        found.push(format!("{}: {}", report.outcome.name(), report.message.clone().unwrap_or_default()));
    }
    let expected = model::expected(program);
    if host.lines != expected {
        let at = host.lines.iter().zip(&expected).take_while(|(a, b)| a == b).count();
        let shown = |lines: &[String]| {
            lines[at.min(lines.len())..].iter().take(6).cloned().collect::<Vec<_>>().join(", ")
        };
        found.push(format!(
            "line {} of the output: {} instead of {}",
            at + 1,
            shown(&host.lines),
            shown(&expected)
        ));
    }
    if report.outcome == Outcome::Ok && report.heap.live_blocks() > 0 {
        found.push(format!("{} blocks are never given back", report.heap.live_blocks()));
    }
    found.extend(
        compare(db, entry, &report).into_iter().map(|it| format!("{}:{}: {}", it.path, it.line, it.what)),
    );
    found
}

/// A program on its own; nothing if it has errors.
fn judge_alone(program: &Program) -> Option<(String, Vec<String>)> {
    let mut text = HEAD.to_owned();
    program.write(0, &mut text);
    let (db, file) = load(&text);
    if !errors(&db, file).is_empty() {
        return None;
    }
    let found = judge(&db, file, 0, program);
    Some((text, found))
}

/// The disagreements of one file of programs, each with the smallest program that shows it.
fn run_file(seed: u64) -> Vec<String> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ (seed + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
    let programs: Vec<Program> = (0..PROGRAMS).map(|_| generate(&mut random)).collect();
    let mut text = HEAD.to_owned();
    for (index, program) in programs.iter().enumerate() {
        program.write(index, &mut text);
    }
    let (db, file) = load(&text);
    let errors = errors(&db, file);
    if let Some((line, message)) = errors.first() {
        let code: Vec<&str> = text.lines().skip(line.saturating_sub(12)).take(14).collect();
        return vec![format!(
            "seed {seed}: the generator made an error: line {line}: {message}\n{}",
            code.join("\n")
        )];
    }
    let mut disagreements = Vec::new();
    for (index, program) in programs.iter().enumerate() {
        let found = judge(&db, file, index, program);
        if found.is_empty() {
            continue;
        }
        let smallest = shrink::shrink(program, &|program| {
            judge_alone(program).is_some_and(|(_, found)| !found.is_empty())
        });
        let mut text = String::new();
        smallest.write(0, &mut text);
        let shown = judge_alone(&smallest).map_or(found, |(_, found)| found);
        let message = format!("seed {seed}, program {index}:\n  {}\n{text}", shown.join("\n  "));
        println!("{message}");
        disagreements.push(message);
        if disagreements.len() >= 2 {
            break;
        }
    }
    disagreements
}

#[test]
fn random_programs_run_as_the_analysis_and_the_reference_say() {
    let files = std::env::var("AGREEMENT_FILES").ok().and_then(|text| text.parse().ok()).unwrap_or(FILES);
    let wrong: Vec<String> = (0..files).into_par_iter().flat_map_iter(run_file).collect();
    let shown: Vec<&str> = wrong.iter().take(8).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{}\n{} disagreements", shown.join("\n"), wrong.len());
}
