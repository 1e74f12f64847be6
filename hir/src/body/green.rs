//! A cursor over green nodes: kinds and offsets without the allocation that a red tree makes per node.

use rowan::{GreenNodeData, GreenTokenData, Language, NodeOrToken};
use syntax::{SppLanguage, SyntaxKind, TextRange, TextSize};

#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    green: &'a GreenNodeData,
    start: TextSize,
}

#[derive(Clone, Copy)]
pub(super) struct Token<'a> {
    green: &'a GreenTokenData,
    start: TextSize,
}

pub(super) enum Element<'a> {
    Node(Node<'a>),
    Token(Token<'a>),
}

impl<'a> Node<'a> {
    pub(super) fn root(green: &'a GreenNodeData) -> Self {
        Node { green, start: TextSize::new(0) }
    }

    pub(super) fn kind(self) -> SyntaxKind {
        SppLanguage::kind_from_raw(self.green.kind())
    }

    pub(super) fn start(self) -> TextSize {
        self.start
    }

    pub(super) fn range(self) -> TextRange {
        TextRange::at(self.start, self.green.text_len())
    }

    pub(super) fn elements(self) -> impl Iterator<Item = Element<'a>> {
        let mut offset = self.start;
        self.green.children().map(move |child| {
            let start = offset;
            offset += child.text_len();
            match child {
                NodeOrToken::Node(green) => Element::Node(Node { green, start }),
                NodeOrToken::Token(green) => Element::Token(Token { green, start }),
            }
        })
    }

    pub(super) fn children(self) -> impl Iterator<Item = Node<'a>> {
        self.elements().filter_map(|element| match element {
            Element::Node(node) => Some(node),
            Element::Token(_) => None,
        })
    }

    pub(super) fn tokens(self) -> impl Iterator<Item = Token<'a>> {
        self.elements().filter_map(|element| match element {
            Element::Token(token) if !token.kind().is_trivia() => Some(token),
            _ => None,
        })
    }

    pub(super) fn child(self, kind: SyntaxKind) -> Option<Node<'a>> {
        self.children().find(|node| node.kind() == kind)
    }

    pub(super) fn has_token(self, kind: SyntaxKind) -> bool {
        self.tokens().any(|token| token.kind() == kind)
    }

    /// The first expression among the children.
    pub(super) fn expr(self) -> Option<Node<'a>> {
        self.children().find(|node| is_expr(node.kind()))
    }

    /// The only token of a `NAME` or `NAME_REF`.
    pub(super) fn name_token(self) -> Option<Token<'a>> {
        self.tokens().next()
    }
}

impl<'a> Token<'a> {
    pub(super) fn kind(self) -> SyntaxKind {
        SppLanguage::kind_from_raw(self.green.kind())
    }

    pub(super) fn text(self) -> &'a str {
        self.green.text()
    }

    pub(super) fn range(self) -> TextRange {
        TextRange::at(self.start, self.green.text_len())
    }
}

pub(super) fn is_expr(kind: SyntaxKind) -> bool {
    use SyntaxKind::*;
    matches!(
        kind,
        LITERAL
            | STRING_EXPR
            | ARRAY_EXPR
            | TUPLE_EXPR
            | PAREN_EXPR
            | NAME_EXPR
            | TYPE_EXPR
            | INIT_EXPR
            | LAMBDA_EXPR
            | IF_EXPR
            | WHILE_EXPR
            | WITH_EXPR
            | YIELD_EXPR
            | BLOCK_EXPR
            | BIN_EXPR
            | CALL_EXPR
            | FIELD_EXPR
            | TRY_EXPR
            | INDEX_EXPR
            | PLACEHOLDER_EXPR
            | ELLIPSIS_EXPR
            | BORROW_EXPR
    )
}

pub(super) fn is_type(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        SyntaxKind::PATH_TYPE | SyntaxKind::TUPLE_TYPE | SyntaxKind::PAREN_TYPE | SyntaxKind::REF_TYPE
    )
}

pub(super) fn is_pat(kind: SyntaxKind) -> bool {
    use SyntaxKind::*;
    matches!(
        kind,
        MEMBER_PAT
            | OBJECT_PAT
            | TUPLE_PAT
            | ARRAY_PAT
            | LITERAL_PAT
            | VALUE_PAT
            | BIND_PAT
            | SKIP_PAT
            | REST_PAT
    )
}
