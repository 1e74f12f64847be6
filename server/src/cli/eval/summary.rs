//! What a person reads after a run.

use super::{Subject, show_place};
use eval::{Outcome, Report};
use runtime::Stats;
use std::fmt::Write;
use std::time::Duration;

pub(super) fn text(subject: &Subject, report: &Report, took: Duration) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = head(&mut text, subject, report, took);
    if report.outcome != Outcome::NotRun {
        let _ = table(&mut text, report);
    }
    text
}

fn head(text: &mut String, subject: &Subject, report: &Report, took: Duration) -> std::fmt::Result {
    let at = match report.place {
        Some(place) => {
            let (path, line, _) = show_place(subject, place);
            format!(" at {path}:{line}")
        }
        None => String::new(),
    };
    let message = report.message.as_deref().unwrap_or_default();
    let steps = thousands(report.steps);
    match report.outcome {
        Outcome::Ok => {
            let result = report.result.as_ref().map_or(String::new(), |result| format!(" {result}"));
            writeln!(text, "returned{result} after {steps} steps in {took:.1?}")
        }
        Outcome::Panic => writeln!(text, "panic{at}: {message}"),
        Outcome::Limit => writeln!(text, "stopped{at} after {steps} steps: {message}"),
        Outcome::ShadowStackMismatch => {
            writeln!(text, "terminated{at}: the return token does not match the shadow stack: {message}")
        }
        Outcome::NotRun => writeln!(text, "not run: {message}"),
    }
}

fn table(text: &mut String, report: &Report) -> std::fmt::Result {
    let used: Vec<&(String, Stats)> =
        report.allocators.iter().filter(|(_, stats)| *stats != Stats::default()).collect();
    if !used.is_empty() {
        let width = used.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(9);
        writeln!(
            text,
            "\n  {:<width$}  {:>8}  {:>12}  {:>12}  {:>8}  {:>12}  {:>6}",
            "allocator", "blocks", "bytes", "peak", "freed", "live at end", "failed"
        )?;
        for (name, stats) in used {
            writeln!(
                text,
                "  {name:<width$}  {:>8}  {:>12}  {:>12}  {:>8}  {:>12}  {:>6}",
                thousands(stats.allocations),
                thousands(stats.total_bytes),
                thousands(stats.peak_bytes),
                thousands(stats.frees),
                thousands(stats.live_bytes),
                thousands(stats.failed)
            )?;
        }
    }
    let leak = match report.heap.live_blocks() {
        0 => "no leak".to_owned(),
        blocks if report.outcome == Outcome::Ok => {
            format!("{} blocks never given back", thousands(blocks))
        }
        blocks => format!("{} blocks live when it stopped", thousands(blocks)),
    };
    writeln!(
        text,
        "\n  frames {}, deepest {} · shadow stack verified {} returns · {leak}",
        thousands(report.calls),
        thousands(report.max_depth),
        thousands(report.returns_verified)
    )
}

/// `1 204`
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}
