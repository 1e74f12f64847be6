//! The command line: arguments, exit codes and the commands.

mod check;
mod eval;
mod explain;
mod fix;
mod fmt;
mod frames;
mod mir;
mod output;
mod stats;
mod watch;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::io::IsTerminal;
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;
use syntax::Edition;

/// Exit codes of all commands.
pub mod exit {
    pub const OK: u8 = 0;
    /// Diagnostics of severity error, or an evaluation that failed.
    pub const FOUND: u8 = 1;
    /// Wrong usage, unreadable input or configuration.
    pub const USAGE: u8 = 2;
    pub const INTERNAL: u8 = 101;
    pub const INTERRUPTED: u8 = 130;
}

/// Language server, checker and evaluator for S++ that knows where every value lives.
#[derive(Parser)]
#[command(name = "spp-analyzer", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the language server on standard input and output (also without any command)
    Lsp(LspArgs),
    /// Report all diagnostics of projects or loose files
    Check(CheckArgs),
    /// Print the page of a diagnostic, such as `explain A22`
    Explain(ExplainArgs),
    /// Tell for each function where its values live, for how long, and what it does to the heap
    Frames(FramesArgs),
    /// Print the control-flow form of functions: moves, borrows, calls, drops
    Mir(MirArgs),
    /// Format files in place
    Fmt(FmtArgs),
    /// Run a program on the allocator runtime and report what it allocated
    Eval(EvalArgs),
    /// Measure what the analysis of a project takes: time and memory of each phase, latency of edits
    AnalysisStats(stats::StatsArgs),
    /// Print the settings of the language server as JSON schema
    ConfigSchema,
}

#[derive(Args)]
struct LspArgs {
    /// Accepted because editors pass it; the server always speaks on standard input and output
    #[arg(long)]
    stdio: bool,
}

#[derive(Args, Clone)]
pub(crate) struct CheckArgs {
    /// Files or folders; `-` reads one file from standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print: full on a terminal, else concise
    #[arg(long, value_enum)]
    output_format: Option<OutputFormat>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Language edition; otherwise `spp.toml` or the text decides
    #[arg(long, value_parser = edition)]
    edition: Option<Edition>,
    /// Report RULE (or `all`) as an error
    #[arg(long, value_name = "RULE")]
    error: Vec<String>,
    /// Report RULE (or `all`) as a warning
    #[arg(long, value_name = "RULE")]
    warn: Vec<String>,
    /// Do not report RULE (or `all`)
    #[arg(long, value_name = "RULE")]
    ignore: Vec<String>,
    /// Least severity that is printed (json holds everything)
    #[arg(long, value_enum, default_value_t = MinSeverity::Warning)]
    min_severity: MinSeverity,
    /// Exit with 1 when there are warnings
    #[arg(long)]
    error_on_warning: bool,
    /// Exit with 0 whatever was found
    #[arg(long)]
    exit_zero: bool,
    /// Apply the safe fixes
    #[arg(long)]
    fix: bool,
    /// Check again whenever a file changes
    #[arg(long)]
    watch: bool,
    /// Name of the file read from standard input
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    stdin_path: String,
    /// Print diagnostics only, no summary
    #[arg(short, long)]
    quiet: bool,
    /// Say which files are read
    #[arg(short, long)]
    verbose: bool,
    /// No progress line on long work
    #[arg(long)]
    no_progress: bool,
}

#[derive(Args)]
pub(crate) struct FmtArgs {
    /// Files or folders; `-` formats standard input to standard output
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Only name the files that would change; exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Language edition; otherwise `spp.toml` or the text decides
    #[arg(long, value_parser = edition)]
    edition: Option<Edition>,
}

#[derive(Args)]
pub(crate) struct FramesArgs {
    /// Files or folders
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Only this function; the name may be qualified
    #[arg(long, value_name = "NAME")]
    function: Option<String>,
    /// Draw every temporary in a row of its own
    #[arg(long)]
    temporaries: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = FramesFormat::Full)]
    output_format: FramesFormat,
    /// Language edition; otherwise `spp.toml` or the text decides
    #[arg(long, value_parser = edition)]
    edition: Option<Edition>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FramesFormat {
    Full,
    Json,
}

#[derive(Args)]
pub(crate) struct MirArgs {
    /// A file, and after `::` the function; without one, all functions of the file
    #[arg(value_name = "FILE::FUNCTION")]
    function: String,
    /// Language edition; otherwise `spp.toml` or the text decides
    #[arg(long, value_parser = edition)]
    edition: Option<Edition>,
}

#[derive(Args)]
pub(crate) struct EvalArgs {
    /// File or project to run
    #[arg(value_name = "FILE|PROJECT", default_value = ".")]
    path: PathBuf,
    /// Function to run instead of `main`; it takes no arguments
    #[arg(long, value_name = "NAME")]
    entry: Option<String>,
    /// Evaluate an expression in the scope of the file and print its value
    #[arg(long, value_name = "EXPR", conflicts_with = "entry")]
    expr: Option<String>,
    /// How to report
    #[arg(long, value_enum, default_value_t = EvalFormat::Full)]
    output_format: EvalFormat,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Language edition; otherwise `spp.toml` or the text decides
    #[arg(long, value_parser = edition)]
    edition: Option<Edition>,
    /// End the run after so many steps
    #[arg(long, value_name = "STEPS")]
    max_steps: Option<u64>,
    /// Make allocations fail with code 12 above so many live bytes
    #[arg(long, value_name = "BYTES")]
    max_heap: Option<u64>,
    /// Bytes of frames; more is a panic
    #[arg(long, value_name = "BYTES")]
    max_stack: Option<usize>,
    /// End the run after so many seconds (60 without this; 0 for never)
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Make the N-th allocation fail, counted from 1
    #[arg(long, value_name = "N")]
    fail_alloc: Option<u64>,
    /// Run once per allocation with that one failing
    #[arg(long, conflicts_with_all = ["fail_alloc", "compare_allocators"])]
    fail_each: bool,
    /// Run the entry, generic in `[A: Alloc]`, under each of these allocators (`all`: those that fit)
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    compare_allocators: Vec<String>,
    /// Corrupt the N-th return token, to see the shadow stack find it
    #[arg(long, value_name = "N")]
    corrupt_return: Option<u64>,
    /// Write the event log to a file
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = TraceFormat::Json)]
    trace_format: TraceFormat,
    /// Texts in place of those on the disk, as a JSON object from path to text on standard input
    #[arg(long, hide = true)]
    texts_from_stdin: bool,
    /// Accepted for programs that will take arguments; edition 2023 has none
    #[arg(last = true, value_name = "ARG")]
    args: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvalFormat {
    Full,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceFormat {
    Json,
    Dhat,
    Chrome,
}

#[derive(Args)]
struct ExplainArgs {
    /// Rule identifier (`A22`) or name (`realloc-takes-borrow`); without one, all rules are listed
    code: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum OutputFormat {
    Full,
    Concise,
    Json,
    Github,
    Sarif,
    Junit,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MinSeverity {
    Hint,
    Warning,
    Error,
}

impl ColorChoice {
    /// Whether to colour what goes to standard output. `NO_COLOR` is honoured.
    fn enabled(self) -> bool {
        match self {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
            }
        }
    }
}

fn edition(year: &str) -> Result<Edition, String> {
    crate::workspace::config::parse_edition(year).ok_or_else(|| "use 2023 or 2026".to_owned())
}

fn config_schema() -> u8 {
    print_line(&format!("{:#}", crate::lsp::settings::schema()));
    exit::OK
}

/// Prints to standard output. A closed pipe (`| head`) is the reader's choice.
fn print_line(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Runs the program on the process's arguments.
pub fn run() -> ExitCode {
    // The only failure is a second handler, and there is none.
    let _ = ctrlc::set_handler(|| std::process::exit(i32::from(exit::INTERRUPTED)));
    let matches = Cli::command().get_matches();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    // The closure owns what it works on; nothing half-changed survives a panic.
    let outcome = panic::catch_unwind(panic::AssertUnwindSafe(|| match cli.command {
        None | Some(Command::Lsp(_)) => crate::lsp::run(),
        Some(Command::ConfigSchema) => config_schema(),
        Some(Command::Check(args)) => {
            let matches = matches.subcommand_matches("check").expect("the command that was parsed");
            check::run(&args, check::lint_levels(&args, matches))
        }
        Some(Command::Explain(args)) => explain::run(args.code.as_deref()),
        Some(Command::Frames(args)) => frames::run(&args),
        Some(Command::Mir(args)) => mir::run(&args),
        Some(Command::Fmt(args)) => fmt::run(&args),
        Some(Command::Eval(args)) => eval::run(&args),
        Some(Command::AnalysisStats(args)) => stats::run(&args),
    }));
    ExitCode::from(outcome.unwrap_or_else(|_| {
        eprintln!("spp-analyzer: internal error; please report it with the input that caused it");
        exit::INTERNAL
    }))
}
