//! The kinds of tokens and nodes, for every edition.

mod generated;

pub use generated::SyntaxKind;

use crate::Edition;

impl SyntaxKind {
    /// White space and comments: tokens that the grammar does not see.
    pub fn is_trivia(self) -> bool {
        matches!(self, SyntaxKind::WHITESPACE | SyntaxKind::COMMENT | SyntaxKind::BLOCK_COMMENT)
    }

    /// The keyword that `text` is in `edition`.
    pub fn from_keyword(text: &str, edition: Edition) -> Option<SyntaxKind> {
        match edition {
            Edition::E2023 => SyntaxKind::keyword_2023(text.as_bytes()),
            Edition::E2026 => SyntaxKind::keyword_2026(text.as_bytes()),
        }
    }

    pub(crate) fn from_raw(raw: u16) -> SyntaxKind {
        generated::ALL.get(usize::from(raw)).copied().unwrap_or(SyntaxKind::ERROR)
    }
}
