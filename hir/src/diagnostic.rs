//! What is reported to a person.

use crate::db::File;
use syntax::TextRange;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    Hint,
    Warning,
    Error,
}

/// One finding, under the rule it breaks.
///
/// `range` (and those in `related` and `fixes` of the same file) is in bytes: of the file in results per file,
/// relative to the function's node in results per function.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Diagnostic {
    /// Rule identifier of the language reference: `A22`, `OW5`, `SY9`.
    pub code: &'static str,
    pub severity: Severity,
    /// Headline: lower case, no full stop, S++ names in backticks, one line.
    pub message: String,
    pub range: TextRange,
    /// Why it is a rule, and what to do.
    pub notes: Vec<String>,
    pub related: Vec<Related>,
    pub fixes: Vec<Fix>,
    pub tag: Option<Tag>,
}

/// Another place that matters: where a value was moved, where a method is declared.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Related {
    /// `None`: the file of the diagnostic itself.
    pub file: Option<File>,
    pub range: TextRange,
    pub message: String,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Fix {
    /// Imperative, lower case: ``take ownership: `arr: Arr[Num]` ``.
    pub title: String,
    pub applicability: Applicability,
    /// Edits of the diagnostic's own file, disjoint.
    pub edits: Vec<TextEdit>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Applicability {
    /// Keeps the meaning or is the only mending; applied by `check --fix`.
    Safe,
    /// A person should look at it.
    Suggestion,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TextEdit {
    pub range: TextRange,
    pub new_text: String,
}

/// How an editor shows the range beyond underlining it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tag {
    Unnecessary,
    Deprecated,
}

impl Diagnostic {
    pub fn new(code: &'static str, severity: Severity, range: TextRange, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity,
            message: message.into(),
            range,
            notes: Vec::new(),
            related: Vec::new(),
            fixes: Vec::new(),
            tag: None,
        }
    }

    pub fn error(code: &'static str, range: TextRange, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, range, message)
    }

    pub fn warning(code: &'static str, range: TextRange, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, range, message)
    }

    pub fn hint(code: &'static str, range: TextRange, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Hint, range, message)
    }

    /// The diagnostic with all ranges in its own file moved right by `by`: from a function's node to its file.
    #[must_use]
    pub fn moved(mut self, by: syntax::TextSize) -> Self {
        self.range += by;
        for related in self.related.iter_mut().filter(|related| related.file.is_none()) {
            related.range += by;
        }
        for edit in self.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
            edit.range += by;
        }
        self
    }

    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// A related place in the same file.
    #[must_use]
    pub fn related(mut self, range: TextRange, message: impl Into<String>) -> Self {
        self.related.push(Related { file: None, range, message: message.into() });
        self
    }

    #[must_use]
    pub fn related_in(mut self, file: File, range: TextRange, message: impl Into<String>) -> Self {
        self.related.push(Related { file: Some(file), range, message: message.into() });
        self
    }

    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, edits: Vec<TextEdit>) -> Self {
        self.fixes.push(Fix { title: title.into(), applicability: Applicability::Safe, edits });
        self
    }

    #[must_use]
    pub fn suggest(mut self, title: impl Into<String>, edits: Vec<TextEdit>) -> Self {
        self.fixes.push(Fix { title: title.into(), applicability: Applicability::Suggestion, edits });
        self
    }

    #[must_use]
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tag = Some(tag);
        self
    }
}

impl TextEdit {
    pub fn replace(range: TextRange, new_text: impl Into<String>) -> Self {
        TextEdit { range, new_text: new_text.into() }
    }

    pub fn insert(offset: syntax::TextSize, new_text: impl Into<String>) -> Self {
        TextEdit { range: TextRange::empty(offset), new_text: new_text.into() }
    }

    pub fn delete(range: TextRange) -> Self {
        TextEdit { range, new_text: String::new() }
    }
}
