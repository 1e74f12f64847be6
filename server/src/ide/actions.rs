//! What can be done at a place: fixes of diagnostics, refactorings, order among imports.

mod extract;
mod fixes;
mod inline;
mod members;
mod organize;
mod parameters;

use super::rename::FileEdit;
use hir::{Db, Diagnostic, File};
use syntax::{SyntaxNode, TextRange, TextSize};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActionKind {
    QuickFix,
    Extract,
    Inline,
    Rewrite,
    OrganizeImports,
    FixAll,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Action {
    pub title: String,
    pub kind: ActionKind,
    pub edits: Vec<FileEdit>,
    /// The one that a person most likely wants.
    pub preferred: bool,
    /// What it mends.
    pub diagnostic: Option<Diagnostic>,
}

pub(crate) struct Place<'db> {
    pub db: &'db dyn Db,
    pub file: File,
    pub root: SyntaxNode,
    pub text: &'db str,
    pub range: TextRange,
}

impl Place<'_> {
    fn action(&self, title: impl Into<String>, kind: ActionKind, edits: Vec<(TextRange, String)>) -> Action {
        let mut edits = edits;
        edits.sort_by_key(|(range, _)| (range.start(), range.end()));
        Action {
            title: title.into(),
            kind,
            edits: vec![FileEdit { file: self.file, edits }],
            preferred: false,
            diagnostic: None,
        }
    }

    /// White space in front of the first word of the line that holds an offset.
    fn indent(&self, offset: TextSize) -> &str {
        let before = &self.text[..usize::from(offset)];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = &self.text[start..];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    /// The range without blanks at its ends.
    fn trimmed(&self) -> TextRange {
        let (start, end) = (usize::from(self.range.start()), usize::from(self.range.end()));
        let text = &self.text[start..end];
        let from = start + (text.len() - text.trim_start().len());
        let to = from + text.trim().len();
        TextRange::new(TextSize::new(from as u32), TextSize::new(to as u32))
    }
}

/// All that can be done at a range; `diagnostics` are those of the file that are shown.
pub fn actions(db: &dyn Db, file: File, range: TextRange, diagnostics: &[Diagnostic]) -> Vec<Action> {
    let root = hir::parse::parse(db, file).syntax();
    let range =
        TextRange::new(range.start().min(root.text_range().end()), range.end().min(root.text_range().end()));
    let text = file.text(db);
    let place = Place { db, file, root, text, range };
    let mut actions = Vec::new();
    fixes::quick_fixes(&place, diagnostics, &mut actions);
    extract::variable(&place, &mut actions);
    extract::function(&place, &mut actions);
    inline::variable(&place, &mut actions);
    members::implement_missing(&place, &mut actions);
    members::move_methods(&place, &mut actions);
    parameters::self_form(&place, &mut actions);
    parameters::allocator_parameter(&place, &mut actions);
    organize::imports(&place, &mut actions);
    fixes::fix_all(&place, diagnostics, &mut actions);
    actions
}
