//! Runs a file without checking it and shows how long that took; with `--code` also the instructions:
//! `cargo run --release -p spp-eval --example run -- [--code] [--trace] FILE`.

use eval::{Host, Options};
use hir::{Database, File, Program, ProgramKind};
use salsa::Setter as _;
use std::process::ExitCode;
use std::sync::Arc;
use syntax::Edition;

struct Output;

impl Host for Output {
    fn print(&mut self, line: &str) {
        println!("{line}");
    }
}

fn main() -> ExitCode {
    let mut options = Options::default();
    let mut path = None;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--code" => options.listing = true,
            "--trace" => options.trace = true,
            _ => path = Some(argument),
        }
    }
    let Some(path) = path else {
        eprintln!("which file?");
        return ExitCode::FAILURE;
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut db = Database::new();
    let program = Program::new(&db, ProgramKind::Loose, Edition::E2023, Arc::from([]));
    let file = File::new(&db, Arc::from(text), Edition::E2023, program, None, Arc::from(path.as_str()));
    program.set_files(&mut db).to([file].into());
    let started = std::time::Instant::now();
    let report = eval::evaluate(&db, program, &options, &mut Output);
    let time = started.elapsed();
    print!("{}", report.listing.unwrap_or_default());
    eprintln!(
        "{} {} · {} steps, {} calls, depth {}, {} returns verified · {time:.1?}",
        report.outcome.name(),
        report.message.unwrap_or_default(),
        report.steps,
        report.calls,
        report.max_depth,
        report.returns_verified
    );
    ExitCode::SUCCESS
}
