//! What lowering asks of green nodes beyond [`crate::green`].

pub(super) use crate::green::{Green as Node, GreenToken as Token};
pub(super) use rowan::NodeOrToken as Element;
use syntax::SyntaxKind;

/// The tokens of a node without white space and comments.
pub(super) fn tokens(node: Node<'_>) -> impl Iterator<Item = Token<'_>> {
    node.elements().filter_map(Element::into_token).filter(|token| !token.kind().is_trivia())
}

/// The first expression among the children.
pub(super) fn expr_of(node: Node<'_>) -> Option<Node<'_>> {
    node.children().find(|node| is_expr(node.kind()))
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
