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
