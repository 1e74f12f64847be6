//! `eval --fail-each`: every allocation fails once.

use super::{CommandHost, Subject, UsageError, options, print_json, show_place};
use crate::cli::{EvalArgs, EvalFormat, exit};
use eval::{Options, Outcome, Report};
use serde_json::json;

/// Runs at the most; a program with more allocations is explored up to here.
const MAX_RUNS: u64 = 10_000;

struct Run {
    nth: u64,
    report: Report,
}

impl Run {
    fn outcome(&self) -> &'static str {
        match self.report.outcome {
            Outcome::Ok if self.report.heap.live_blocks() > 0 => "leak",
            Outcome::Ok => "handled",
            Outcome::Limit => "limit",
            _ => "panic",
        }
    }
}

pub(super) fn run(args: &EvalArgs, subject: &Subject) -> Result<u8, UsageError> {
    let base = Options { trace: false, ..options(args) };
    let evaluate = |options: &Options| {
        let mut host = CommandHost::silent(args.timeout);
        eval::evaluate(&subject.workspace.db, subject.program(), options, &mut host)
    };
    let first = evaluate(&base);
    if first.outcome == Outcome::NotRun {
        return Err(UsageError(first.message.unwrap_or_default()));
    }
    let allocations = first.requests;
    let runs: Vec<Run> = (1..=allocations.min(MAX_RUNS))
        .map(|nth| Run { nth, report: evaluate(&Options { fail_alloc: Some(nth), ..base.clone() }) })
        .collect();
    if args.output_format == EvalFormat::Json {
        let position = |place: Option<eval::Place>| {
            place
                .map(|place| show_place(subject, place))
                .map(|(path, line, column)| json!({ "path": path, "line": line, "column": column }))
        };
        print_json(&json!({
            "allocations": allocations,
            "text": text(subject, allocations, &runs),
            "runs": runs.iter().map(|run| json!({
                "n": run.nth,
                "outcome": run.outcome(),
                "message": run.report.message,
                "at": position(run.report.failures.first().copied()),
                "panicAt": position(run.report.place),
            })).collect::<Vec<_>>(),
        }))?;
    } else {
        print!("{}", text(subject, allocations, &runs));
    }
    let unhandled = runs.iter().any(|run| run.outcome() != "handled");
    Ok(if unhandled || first.outcome != Outcome::Ok { exit::FOUND } else { exit::OK })
}

fn text(subject: &Subject, allocations: u64, runs: &[Run]) -> String {
    let place = |place: Option<eval::Place>| {
        place.map(|place| show_place(subject, place)).map(|(path, line, _)| format!("{path}:{line}"))
    };
    let count = |outcome: &str| runs.iter().filter(|run| run.outcome() == outcome).count();
    let mut counts: Vec<String> = ["handled", "panic", "leak", "limit"]
        .into_iter()
        .filter(|outcome| count(outcome) > 0)
        .map(|outcome| format!("{} {outcome}", count(outcome)))
        .collect();
    if counts.is_empty() {
        counts.push("nothing to fail".to_owned());
    }
    let mut text = format!("{allocations} allocations, {} runs:  {}\n", runs.len(), counts.join("   "));
    for run in runs.iter().filter(|run| run.outcome() != "handled") {
        let at = place(run.report.failures.first().copied()).unwrap_or_else(|| "unknown".to_owned());
        let then = match run.outcome() {
            "leak" => format!("{} blocks never given back", run.report.heap.live_blocks()),
            outcome => {
                let where_to = place(run.report.place).map_or(String::new(), |place| format!(" at {place}"));
                format!("{outcome}{where_to}: {}", run.report.message.as_deref().unwrap_or_default())
            }
        };
        text.push_str(&format!("  ✗ allocation {} ({at}) failed → {then}\n", run.nth));
    }
    text
}
