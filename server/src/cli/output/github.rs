//! Workflow commands that GitHub shows as annotations.

use super::{Style, shown};
use crate::check::Report;
use hir::Severity;
use std::io::{self, Write};

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in shown(report, style) {
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "notice",
        };
        write!(out, "::{level} file={}", property(&finding.path))?;
        if let Some(span) = finding.span {
            write!(
                out,
                ",line={},col={},endLine={},endColumn={}",
                span.start.line, span.start.column, span.end.line, span.end.column
            )?;
        }
        let title = format!("{} {}", finding.code, finding.name);
        writeln!(out, ",title={}::{}", property(title.trim_end()), data(&finding.message))?;
    }
    Ok(())
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
