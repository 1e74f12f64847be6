//! What is wrong with a text, by the rules LX and SY.

use std::borrow::Cow;

use rowan::TextRange;

/// How much a finding matters. A rule is an error unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    Hint,
}

/// A broken rule of the lexer or the grammar.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SyntaxError {
    /// The rule: `SY9`, `LX4` …
    pub code: &'static str,
    pub severity: Severity,
    /// One line, lower case.
    pub message: Cow<'static, str>,
    /// The offending token; for something missing, the token that lacks it.
    pub range: TextRange,
    /// Why it is a rule here, or the way out.
    pub note: Option<Cow<'static, str>>,
    /// Present where there is exactly one sensible mend.
    pub fix: Option<Box<Fix>>,
    /// Other places that explain this one.
    pub related: Vec<Related>,
}

/// A mend that a tool may apply.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fix {
    pub title: Cow<'static, str>,
    pub edits: Vec<TextEdit>,
}

/// Replaces the text of `range` by `insert`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TextEdit {
    pub range: TextRange,
    pub insert: String,
}

/// A second place of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Related {
    pub range: TextRange,
    pub message: Cow<'static, str>,
}

impl TextEdit {
    pub fn replace(range: TextRange, insert: impl Into<String>) -> TextEdit {
        TextEdit { range, insert: insert.into() }
    }

    pub fn insert(offset: rowan::TextSize, text: impl Into<String>) -> TextEdit {
        TextEdit::replace(TextRange::empty(offset), text)
    }

    pub fn delete(range: TextRange) -> TextEdit {
        TextEdit::replace(range, "")
    }

    /// The text after the edit, or nothing when the range does not lie on character borders of `text`.
    pub fn apply(&self, text: &str) -> Option<String> {
        let (start, end) = (usize::from(self.range.start()), usize::from(self.range.end()));
        let (before, after) = (text.get(..start)?, text.get(end..)?);
        Some([before, &self.insert, after].concat())
    }
}

impl SyntaxError {
    pub(crate) fn new(
        code: &'static str,
        severity: Severity,
        message: impl Into<Cow<'static, str>>,
        range: TextRange,
    ) -> SyntaxError {
        SyntaxError {
            code,
            severity,
            message: message.into(),
            range,
            note: None,
            fix: None,
            related: Vec::new(),
        }
    }

    pub(crate) fn error(code: &'static str, message: impl Into<Cow<'static, str>>, range: TextRange) -> Self {
        SyntaxError::new(code, Severity::Error, message, range)
    }

    pub(crate) fn hint(code: &'static str, message: impl Into<Cow<'static, str>>, range: TextRange) -> Self {
        SyntaxError::new(code, Severity::Hint, message, range)
    }

    pub(crate) fn with_note(mut self, note: impl Into<Cow<'static, str>>) -> Self {
        self.note = Some(note.into());
        self
    }

    pub(crate) fn with_fix(self, title: impl Into<Cow<'static, str>>, edit: TextEdit) -> Self {
        self.with_fixes(title, vec![edit])
    }

    pub(crate) fn with_fixes(mut self, title: impl Into<Cow<'static, str>>, edits: Vec<TextEdit>) -> Self {
        self.fix = Some(Box::new(Fix { title: title.into(), edits }));
        self
    }

    pub(crate) fn with_related(mut self, range: TextRange, message: impl Into<Cow<'static, str>>) -> Self {
        self.related.push(Related { range, message: message.into() });
        self
    }
}
