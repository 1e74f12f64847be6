//! `spp-analyzer eval`.

mod compare;
#[cfg(unix)]
mod confine;
mod failures;
mod json;
mod summary;
mod traces;

use super::check::UsageError;
use super::{EvalArgs, EvalFormat, exit, output};
use crate::check::{Finding, LintLevels};
use crate::workspace::discover::{Discovery, Root, RootKind};
use crate::workspace::{Loaded, ProjectConfig, Workspace, read_source};
use eval::{Host, Limits, Options, Outcome, Report};
use hir::{Program, Severity};
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Seconds after which a run ends when the command line does not say otherwise.
const DEFAULT_TIMEOUT: u64 = 60;

/// Bytes of output that an editor gets to show; it would wait for more, and nobody reads it.
const SHOWN_OUTPUT: usize = 256 << 10;

/// Name of the function that `--expr` adds to a file.
const EXPRESSION: &str = "evaluated_expression";

pub(super) fn run(args: &EvalArgs) -> u8 {
    match try_run(args) {
        Ok(code) => code,
        Err(UsageError(message)) => {
            eprintln!("spp-analyzer: {message}");
            exit::USAGE
        }
    }
}

/// A program that was loaded and may be run.
struct Subject {
    workspace: Workspace,
    /// Findings of severity error; with any, nothing is run.
    errors: Vec<Finding>,
    texts: rustc_hash::FxHashMap<std::sync::Arc<str>, std::sync::Arc<str>>,
}

impl Subject {
    fn program(&self) -> Program {
        self.loaded().program
    }

    fn loaded(&self) -> &Loaded {
        &self.workspace.programs[0]
    }
}

fn try_run(args: &EvalArgs) -> Result<u8, UsageError> {
    #[cfg(unix)]
    if args.texts_from_stdin {
        confine::step_back();
    }
    // The process ends afterwards; giving everything back piece by piece takes a tenth of a short run.
    let subject = ManuallyDrop::new(load(args)?);
    if !subject.errors.is_empty() {
        return not_run(args, &subject);
    }
    #[cfg(unix)]
    if args.texts_from_stdin {
        confine::confine();
    }
    if args.fail_each {
        return failures::run(args, &subject);
    }
    if !args.compare_allocators.is_empty() {
        return compare::run(args, &subject);
    }
    let options = options(args);
    let json = args.output_format == EvalFormat::Json;
    let mut host = CommandHost::new(args.timeout, !json);
    if args.texts_from_stdin {
        host.keep = SHOWN_OUTPUT;
    }
    let started = Instant::now();
    let report =
        ManuallyDrop::new(eval::evaluate(&subject.workspace.db, subject.program(), &options, &mut host));
    let took = started.elapsed();
    host.flush();
    if let Some(path) = &args.trace {
        traces::write(path, args.trace_format, &subject, &report)
            .map_err(|error| UsageError(format!("{}: {error}", path.display())))?;
    }
    if json {
        if host.left_out > 0 {
            host.captured.push_str(&format!("… and {} more bytes of output\n", host.left_out));
        }
        let events = if args.texts_from_stdin { json::MAX_EVENTS_SHOWN } else { json::MAX_EVENTS };
        let mut object = json::report(&subject, &report, &host.captured, events);
        object.fields.insert("text".to_owned(), summary::text(&subject, &report, took).into());
        print_json(&object)?;
    } else {
        eprint!("{}", summary::text(&subject, &report, took));
    }
    Ok(if report.outcome == Outcome::Ok { exit::OK } else { exit::FOUND })
}

fn print_json(value: &impl serde::Serialize) -> Result<(), UsageError> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = serde_json::to_writer(&mut out, value).map_err(io::Error::from);
    match written.and_then(|()| writeln!(out)).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(UsageError(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

fn options(args: &EvalArgs) -> Options {
    let defaults = Limits::default();
    Options {
        entry: if args.expr.is_some() { Some(EXPRESSION.to_owned()) } else { args.entry.clone() },
        limits: Limits {
            max_steps: args.max_steps.unwrap_or(defaults.max_steps),
            max_heap: args.max_heap.unwrap_or(defaults.max_heap),
            max_stack: args.max_stack.unwrap_or(defaults.max_stack),
            max_output: defaults.max_output,
        },
        fail_alloc: args.fail_alloc,
        corrupt_return: args.corrupt_return,
        trace: args.trace.is_some() || args.output_format == EvalFormat::Json,
        // A file holds all events, the object on standard output the first ones.
        max_events: args.trace.is_none().then_some(json::MAX_EVENTS),
        trace_slots: false,
        allocator: None,
        listing: false,
    }
}

/// Reads and checks the program.
fn load(args: &EvalArgs) -> Result<Subject, UsageError> {
    let path = &args.path;
    let mut workspace = match &args.expr {
        Some(expression) => load_expression(args, path, expression)?,
        None => {
            let discovery =
                Discovery::of(std::slice::from_ref(path)).map_err(|error| UsageError(error.to_string()))?;
            if let Some(problem) = discovery.problems.first() {
                return Err(UsageError(format!("{}: {}", problem.path.display(), problem.message)));
            }
            match discovery.roots.len() {
                0 => return Err(UsageError(format!("no `.spp` files in {}", path.display()))),
                1 => {}
                several => {
                    return Err(UsageError(format!(
                        "{} holds {several} programs; name the file or the project to run",
                        path.display()
                    )));
                }
            }
            Workspace::load_over(discovery.roots, args.edition, &texts(args)?)
        }
    };
    let report = crate::check::check(&mut workspace, None, &LintLevels::default(), &|| ());
    if let Some((path, message)) = report.unreadable.first() {
        return Err(UsageError(format!("{}: {message}", path.display())));
    }
    let errors = report.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    Ok(Subject { workspace, errors, texts: report.texts })
}

/// What an editor has not saved yet.
fn texts(args: &EvalArgs) -> Result<rustc_hash::FxHashMap<PathBuf, String>, UsageError> {
    if !args.texts_from_stdin {
        return Ok(rustc_hash::FxHashMap::default());
    }
    serde_json::from_reader(io::stdin().lock())
        .map_err(|error| UsageError(format!("texts on standard input: {error}")))
}

/// The file with one more function, which prints the expression.
fn load_expression(args: &EvalArgs, path: &Path, expression: &str) -> Result<Workspace, UsageError> {
    let mut text = read_source(path).map_err(|error| UsageError(format!("{}: {error:?}", path.display())))?;
    text.push_str(&format!(
        "\nfn {EXPRESSION}() -> Void {{\n    let value = {expression}\n    print(\"${{value}}\")\n}}\n"
    ));
    let mut workspace = Workspace::load(Vec::new(), args.edition);
    let root = Root {
        kind: RootKind::Loose,
        path: path.to_owned(),
        config: ProjectConfig::default(),
        files: vec![path.to_owned()],
    };
    workspace.add(root, vec![(path.to_owned(), Ok(text))], args.edition);
    Ok(workspace)
}

/// A program with errors: they are shown, nothing is run.
fn not_run(args: &EvalArgs, subject: &Subject) -> Result<u8, UsageError> {
    if args.output_format == EvalFormat::Json {
        let report = Report::not_run("the program has errors".to_owned());
        let mut object = json::report(subject, &report, "", 0);
        let findings = subject.errors.iter().map(output::json_finding).collect();
        object.fields.insert("diagnostics".to_owned(), findings);
        print_json(&object)?;
    } else {
        let report = crate::check::Report {
            findings: subject.errors.clone(),
            files: subject.loaded().files.len(),
            unreadable: Vec::new(),
            texts: subject.texts.clone(),
        };
        let style = output::Style {
            color: args.color.enabled(),
            least: Severity::Error,
            quiet: true,
            took: Duration::ZERO,
        };
        let mut text = Vec::new();
        // Writing to memory cannot fail.
        let _ = output::write(super::OutputFormat::Full, &report, &style, &mut text);
        eprintln!("{}", String::from_utf8_lossy(&text).trim_end());
        eprintln!("\nnot run: the program has errors");
    }
    Ok(exit::FOUND)
}

/// Prints lines as they come, or keeps them; ends the run when its time is over.
struct CommandHost {
    out: Option<io::BufWriter<io::Stdout>>,
    captured: String,
    /// Bytes that are captured at most, and those that were not.
    keep: usize,
    left_out: usize,
    deadline: Option<Instant>,
}

impl CommandHost {
    fn new(timeout: Option<u64>, to_stdout: bool) -> CommandHost {
        let seconds = timeout.unwrap_or(DEFAULT_TIMEOUT);
        CommandHost {
            out: to_stdout.then(|| io::BufWriter::new(io::stdout())),
            captured: String::new(),
            keep: usize::MAX,
            left_out: 0,
            deadline: (seconds > 0).then(|| Instant::now() + Duration::from_secs(seconds)),
        }
    }

    fn silent(timeout: Option<u64>) -> CommandHost {
        CommandHost::new(timeout, false)
    }

    fn flush(&mut self) {
        if let Some(out) = &mut self.out {
            // A reader that has gone away is its own affair.
            let _ = out.flush();
        }
    }
}

impl Host for CommandHost {
    fn print(&mut self, line: &str) {
        match &mut self.out {
            Some(out) => {
                let _ = writeln!(out, "{line}");
            }
            None if self.left_out == 0 && self.captured.len() + line.len() < self.keep => {
                self.captured.push_str(line);
                self.captured.push('\n');
            }
            None => self.left_out += line.len() + 1,
        }
    }

    fn interrupted(&mut self) -> bool {
        self.flush();
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// Path and line of a place, as messages show it.
fn show_place(subject: &Subject, place: eval::Place) -> (String, u32, u32) {
    let db = &subject.workspace.db;
    let paths = crate::workspace::paths(&subject.workspace.programs);
    let path = match paths.get(&place.file) {
        Some(path) => path.display().to_string(),
        None => place.file.display_name(db).to_string(),
    };
    let start = crate::check::Lines::new(place.file.text(db)).position(place.range.start().into());
    (path, start.line, start.column)
}
