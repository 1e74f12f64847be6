//! The output formats of `check`.

mod concise;
mod full;
mod github;
mod json;
mod junit;
mod sarif;

use super::OutputFormat;
use crate::check::{Finding, Report};
use hir::Severity;
use std::io::{self, Write};
use std::time::Duration;

/// How to print, where the format leaves a choice.
pub(super) struct Style {
    pub color: bool,
    /// Least severity to print; `json` holds everything.
    pub least: Severity,
    pub quiet: bool,
    pub took: Duration,
}

pub(super) use json::finding as json_finding;

pub(super) fn write(
    format: OutputFormat,
    report: &Report,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        OutputFormat::Full => full::write(report, style, out),
        OutputFormat::Concise => concise::write(report, style, out),
        OutputFormat::Json => json::write(report, out),
        OutputFormat::Github => github::write(report, style, out),
        OutputFormat::Sarif => sarif::write(report, style, out),
        OutputFormat::Junit => junit::write(report, style, out),
    }
}

/// The findings that are severe enough to print.
fn shown<'a>(report: &'a Report, style: &Style) -> impl Iterator<Item = &'a Finding> {
    let least = style.least;
    report.findings.iter().filter(move |finding| finding.severity >= least)
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

/// `3 errors, 1 warning in 12 files`
fn summary(report: &Report) -> String {
    let count = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    };
    let parts: Vec<String> =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Hint, "hint")]
            .into_iter()
            .filter_map(|(severity, word)| {
                let number = report.count(severity);
                (number > 0).then(|| count(number, word))
            })
            .collect();
    let found = if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") };
    format!("{found} in {}", count(report.files, "file"))
}
