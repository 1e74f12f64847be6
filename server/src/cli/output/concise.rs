//! One line per finding: `path:line:column: severity[CODE] message`.

use super::{Style, severity_word, shown, summary};
use crate::check::Report;
use std::io::{self, Write};

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in shown(report, style) {
        let place = match finding.span {
            Some(span) => format!("{}:{}:{}", finding.path, span.start.line, span.start.column),
            None => finding.path.to_string(),
        };
        writeln!(out, "{place}: {}[{}] {}", severity_word(finding.severity), finding.code, finding.message)?;
    }
    if !style.quiet {
        writeln!(out, "{}", summary(report))?;
    }
    Ok(())
}
