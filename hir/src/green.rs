//! A walk over the green tree with positions: no allocation per node, which is what summarising a whole file needs.

use rowan::{GreenNodeData, GreenTokenData, Language, NodeOrToken};
use syntax::{SppLanguage, SyntaxKind, SyntaxNode, TextRange, TextSize};

/// A node of the green tree and where it starts.
#[derive(Clone, Copy)]
pub struct Green<'a> {
    pub data: &'a GreenNodeData,
    pub start: TextSize,
}

/// A token of the green tree and where it starts.
#[derive(Clone, Copy)]
pub struct GreenToken<'a> {
    pub data: &'a GreenTokenData,
    pub start: TextSize,
}

impl<'a> Green<'a> {
    pub fn new(data: &'a GreenNodeData, start: TextSize) -> Self {
        Green { data, start }
    }

    pub fn kind(self) -> SyntaxKind {
        SppLanguage::kind_from_raw(self.data.kind())
    }

    pub fn range(self) -> TextRange {
        TextRange::at(self.start, self.data.text_len())
    }

    /// The range without the white space and comments at the start of the node.
    pub fn trimmed_range(self) -> TextRange {
        let start = self.elements().find_map(|element| match element {
            NodeOrToken::Node(node) => Some(node.start),
            NodeOrToken::Token(token) => (!token.kind().is_trivia()).then_some(token.start),
        });
        TextRange::new(start.unwrap_or(self.start), self.start + self.data.text_len())
    }

    pub fn elements(self) -> impl Iterator<Item = NodeOrToken<Green<'a>, GreenToken<'a>>> {
        let mut start = self.start;
        self.data.children().map(move |child| match child {
            NodeOrToken::Node(data) => {
                let node = Green { data, start };
                start += data.text_len();
                NodeOrToken::Node(node)
            }
            NodeOrToken::Token(data) => {
                let token = GreenToken { data, start };
                start += data.text_len();
                NodeOrToken::Token(token)
            }
        })
    }

    pub fn children(self) -> impl Iterator<Item = Green<'a>> {
        self.elements().filter_map(NodeOrToken::into_node)
    }

    pub fn child(self, kind: SyntaxKind) -> Option<Green<'a>> {
        self.children().find(|node| node.kind() == kind)
    }

    pub fn token(self, kind: SyntaxKind) -> Option<GreenToken<'a>> {
        self.elements().filter_map(NodeOrToken::into_token).find(|token| token.kind() == kind)
    }

    pub fn has_token(self, kind: SyntaxKind) -> bool {
        self.token(kind).is_some()
    }

    /// The first token of this node that is neither white space nor a comment; for a `Name` or `NameRef` the name.
    pub fn name_token(self) -> Option<GreenToken<'a>> {
        self.elements().filter_map(NodeOrToken::into_token).find(|token| !token.kind().is_trivia())
    }
}

impl<'a> GreenToken<'a> {
    pub fn kind(self) -> SyntaxKind {
        SppLanguage::kind_from_raw(self.data.kind())
    }

    pub fn text(self) -> &'a str {
        self.data.text()
    }

    pub fn range(self) -> TextRange {
        TextRange::at(self.start, self.data.text_len())
    }
}

/// Runs `f` on the green side of a node of the red tree.
pub fn with_green<R>(node: &SyntaxNode, f: impl FnOnce(Green<'_>) -> R) -> R {
    let green = node.green();
    f(Green::new(green, node.text_range().start()))
}
