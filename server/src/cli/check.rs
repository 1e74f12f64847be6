//! `spp-analyzer check`.

use super::output::{self, Style};
use super::{CheckArgs, MinSeverity, OutputFormat, exit, fix, watch};
use crate::check::{LintLevels, Report};
use crate::rules::{self, LintLevel};
use crate::workspace::discover::{Discovery, Root, RootKind};
use crate::workspace::{ProjectConfig, ReadError, Workspace};
use clap::ArgMatches;
use hir::Severity;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use syntax::Edition;

/// A refusal to work: what to print, with exit code 2.
pub(super) struct UsageError(pub String);

pub(super) fn run(args: &CheckArgs, levels: Result<LintLevels, UsageError>) -> u8 {
    let outcome = levels
        .and_then(|levels| if args.watch { watch::run(args, &levels) } else { run_once(args, &levels) });
    outcome.unwrap_or_else(|UsageError(message)| {
        eprintln!("spp-analyzer: {message}");
        exit::USAGE
    })
}

/// The lint flags in the order they were written.
pub(super) fn lint_levels(args: &CheckArgs, matches: &ArgMatches) -> Result<LintLevels, UsageError> {
    let mut choices = Vec::new();
    for (flag, level, rules) in [
        ("error", LintLevel::Error, &args.error),
        ("warn", LintLevel::Warn, &args.warn),
        ("ignore", LintLevel::Ignore, &args.ignore),
    ] {
        let positions = matches.indices_of(flag).into_iter().flatten();
        for (position, rule) in positions.zip(rules) {
            let code = match rule.as_str() {
                "all" => "all",
                other => rules::find(other).map(|rule| rule.code).ok_or_else(|| unknown_rule(other))?,
            };
            choices.push((position, (code.to_owned(), level)));
        }
    }
    choices.sort_by_key(|(position, _)| *position);
    Ok(LintLevels { choices: choices.into_iter().map(|(_, choice)| choice).collect() })
}

pub(super) fn unknown_rule(rule: &str) -> UsageError {
    let hint = rules::suggest(rule).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    UsageError(format!("unknown rule `{rule}`{hint}"))
}

/// Loads, checks, fixes if asked, prints. Answers the exit code.
pub(super) fn run_once(args: &CheckArgs, levels: &LintLevels) -> Result<u8, UsageError> {
    let started = Instant::now();
    let report = if args.paths.iter().any(|path| path == Path::new("-")) {
        check_stdin(args, levels)?
    } else {
        check_paths(args, levels)?
    };
    print(args, &report, started.elapsed())?;
    Ok(exit_code(args, &report))
}

fn check_paths(args: &CheckArgs, levels: &LintLevels) -> Result<Report, UsageError> {
    let mut discovery = Discovery::of(&args.paths).map_err(|error| UsageError(error.to_string()))?;
    for problem in &discovery.problems {
        eprintln!("spp-analyzer: {}: {}", problem.path.display(), problem.message);
    }
    if discovery.roots.is_empty() && discovery.problems.is_empty() {
        let places: Vec<String> = args.paths.iter().map(|path| path.display().to_string()).collect();
        return Err(UsageError(format!("no `.spp` files in {}", places.join(", "))));
    }
    if args.verbose {
        for root in &discovery.roots {
            let what = match root.kind {
                RootKind::Project => "project",
                RootKind::Loose => "loose file",
            };
            eprintln!("{what} {} ({} files)", display_root(&root.path), root.files.len());
        }
    }
    let roots = std::mem::take(&mut discovery.roots);
    let mut workspace = Workspace::load(roots, args.edition);
    say_what_is_not_checked(&workspace);
    let bar = progress(args, discovery.selected.len());
    let mut report = crate::check::check(&mut workspace, Some(&discovery.selected), levels, &|| bar.inc(1));
    bar.finish_and_clear();
    if args.fix {
        let fixed = fix::apply(&mut workspace, &mut report, &discovery.selected, levels)
            .map_err(|error| UsageError(error.to_string()))?;
        if !args.quiet && fixed > 0 {
            eprintln!("applied {fixed} {}", if fixed == 1 { "fix" } else { "fixes" });
        }
    }
    report.unreadable.extend(discovery.problems.into_iter().map(|problem| (problem.path, problem.message)));
    Ok(report)
}

/// A file that is not analysed must not look as if nothing were wrong with it.
fn say_what_is_not_checked(workspace: &Workspace) {
    let newer = workspace
        .programs
        .iter()
        .filter(|program| program.program.edition(&workspace.db) == Edition::E2026)
        .map(|program| program.files.len())
        .sum::<usize>();
    if newer > 0 {
        let files = if newer == 1 { "1 file is".to_owned() } else { format!("{newer} files are") };
        eprintln!(
            "spp-analyzer: {files} of edition 2026, which is not analysed yet: no diagnostics are given"
        );
    }
}

fn check_stdin(args: &CheckArgs, levels: &LintLevels) -> Result<Report, UsageError> {
    if args.paths.len() > 1 {
        return Err(UsageError("`-` cannot be combined with other paths".to_owned()));
    }
    if args.fix || args.watch {
        return Err(UsageError("`--fix` and `--watch` need files, not standard input".to_owned()));
    }
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(crate::workspace::MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| UsageError(format!("standard input: {error}")))?;
    let path = PathBuf::from(&args.stdin_path);
    let text = if bytes.len() as u64 > crate::workspace::MAX_FILE_BYTES {
        Err(ReadError::Unreadable("standard input is larger than what is analysed in one file".to_owned()))
    } else {
        crate::workspace::from_bytes(bytes)
    };
    let mut workspace = Workspace::load(Vec::new(), args.edition);
    let root = Root {
        kind: RootKind::Loose,
        path: path.clone(),
        config: ProjectConfig::default(),
        files: vec![path.clone()],
    };
    workspace.add(root, vec![(path, text)], args.edition);
    say_what_is_not_checked(&workspace);
    Ok(crate::check::check(&mut workspace, None, levels, &|| ()))
}

fn display_root(path: &Path) -> String {
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.display().to_string() }
}

/// A progress line on a terminal, shown only when the work takes a while.
fn progress(args: &CheckArgs, files: usize) -> ProgressBar {
    if args.no_progress || args.quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template("checking {pos}/{len} files {wide_bar} {eta}") {
        bar.set_style(style);
    }
    bar
}

fn print(args: &CheckArgs, report: &Report, took: Duration) -> Result<(), UsageError> {
    let terminal = io::stdout().is_terminal();
    let format =
        args.output_format.unwrap_or(if terminal { OutputFormat::Full } else { OutputFormat::Concise });
    let least = match args.min_severity {
        MinSeverity::Hint => Severity::Hint,
        MinSeverity::Warning => Severity::Warning,
        MinSeverity::Error => Severity::Error,
    };
    let style = Style { color: args.color.enabled(), least, quiet: args.quiet, took };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = output::write(format, report, &style, &mut out).and_then(|()| out.flush());
    match written {
        // A closed pipe (`| head`) is the reader's choice.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            return Err(UsageError(format!("standard output: {error}")));
        }
        _ => {}
    }
    for (path, message) in &report.unreadable {
        eprintln!("spp-analyzer: {}: {message}", path.display());
    }
    Ok(())
}

fn exit_code(args: &CheckArgs, report: &Report) -> u8 {
    if !report.unreadable.is_empty() {
        return exit::USAGE;
    }
    let fails =
        report.count(Severity::Error) > 0 || (args.error_on_warning && report.count(Severity::Warning) > 0);
    if fails && !args.exit_zero { exit::FOUND } else { exit::OK }
}
