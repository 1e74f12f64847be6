//! The tree types: rowan's, with our kinds.

use crate::SyntaxKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SppLanguage {}

impl rowan::Language for SppLanguage {
    type Kind = SyntaxKind;

    fn kind_from_raw(raw: rowan::SyntaxKind) -> SyntaxKind {
        SyntaxKind::from_raw(raw.0)
    }

    fn kind_to_raw(kind: SyntaxKind) -> rowan::SyntaxKind {
        kind.into()
    }
}

impl From<SyntaxKind> for rowan::SyntaxKind {
    fn from(kind: SyntaxKind) -> Self {
        rowan::SyntaxKind(kind as u16)
    }
}

pub type SyntaxNode = rowan::SyntaxNode<SppLanguage>;
pub type SyntaxToken = rowan::SyntaxToken<SppLanguage>;
pub type SyntaxElement = rowan::SyntaxElement<SppLanguage>;
pub type SyntaxNodeChildren = rowan::SyntaxNodeChildren<SppLanguage>;
pub type SyntaxElementChildren = rowan::SyntaxElementChildren<SppLanguage>;
