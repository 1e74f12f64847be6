//! One JSON object with everything, as the contract fixes it.

use super::severity_word;
use crate::check::{Finding, Position, Report, Span};
use hir::Severity;
use hir::diagnostic::Applicability;
use serde_json::{Value, json};
use std::io::{self, Write};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let diagnostics: Vec<Value> = report.findings.iter().map(finding).collect();
    let object = json!({
        "version": 1,
        "diagnostics": diagnostics,
        "summary": {
            "files": report.files,
            "errors": report.count(Severity::Error),
            "warnings": report.count(Severity::Warning),
            "hints": report.count(Severity::Hint),
        },
    });
    serde_json::to_writer_pretty(&mut *out, &object)?;
    writeln!(out)
}

/// One diagnostic. A finding about a whole file stands at its first character.
pub(in super::super) fn finding(finding: &Finding) -> Value {
    let start = Position { line: 1, column: 1, offset: 0 };
    let span = finding.span.unwrap_or(Span { start, end: start });
    json!({
        "path": &*finding.path,
        "code": finding.code,
        "name": finding.name,
        "kind": null,
        "severity": severity_word(finding.severity),
        "message": finding.message,
        "start": span.start,
        "end": span.end,
        "notes": finding.notes,
        "related": finding.related.iter().map(|place| json!({
            "path": &*place.path,
            "start": place.span.start,
            "end": place.span.end,
            "message": place.message,
        })).collect::<Vec<_>>(),
        "fixes": finding.fixes.iter().map(|fix| json!({
            "title": fix.title,
            "applicability": match fix.applicability {
                Applicability::Safe => "safe",
                Applicability::Suggestion => "suggestion",
            },
            "edits": fix.edits.iter().map(|edit| json!({
                "path": &*edit.path,
                "start": edit.span.start,
                "end": edit.span.end,
                "new_text": edit.new_text,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}
