//! All diagnostics of a file.

use crate::db::{Db, File};
use crate::diagnostic::{Diagnostic, Severity, TextEdit};
use std::sync::Arc;

/// Everything there is to report on a file, sorted by position, ranges in bytes of the file.
pub fn file_diagnostics(db: &dyn Db, file: File) -> Arc<Vec<Diagnostic>> {
    file_diagnostics_query(db, file).clone()
}

#[salsa::tracked(returns(ref))]
fn file_diagnostics_query(db: &dyn Db, file: File) -> Arc<Vec<Diagnostic>> {
    let parse = syntax::parse(file.text(db), file.edition(db));
    let mut all: Vec<Diagnostic> = parse.errors().iter().map(of_syntax).collect();
    all.sort_by_key(|diagnostic| (diagnostic.range.start(), diagnostic.range.end(), diagnostic.code));
    all.dedup();
    Arc::new(all)
}

/// A finding of the parser in the common form.
fn of_syntax(error: &syntax::SyntaxError) -> Diagnostic {
    let severity = match error.severity {
        syntax::Severity::Error => Severity::Error,
        syntax::Severity::Warning => Severity::Warning,
        syntax::Severity::Hint => Severity::Hint,
    };
    let mut diagnostic = Diagnostic::new(error.code, severity, error.range, error.message.to_string());
    diagnostic.notes.extend(error.note.iter().map(|note| note.to_string()));
    for related in &error.related {
        diagnostic = diagnostic.related(related.range, related.message.to_string());
    }
    if let Some(fix) = &error.fix {
        let edits =
            fix.edits.iter().map(|edit| TextEdit::replace(edit.range, edit.insert.as_str())).collect();
        diagnostic = diagnostic.fix(fix.title.to_string(), edits);
    }
    diagnostic
}
