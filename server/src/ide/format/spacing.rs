//! Whether two neighbouring tokens on one line have a space between them.

use syntax::SyntaxKind::{self, *};
use syntax::SyntaxToken;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Space {
    None,
    One,
}

/// The space between `left` and `right`; both have their place in the tree.
pub(super) fn between(left: &SyntaxToken, right: &SyntaxToken) -> Space {
    if glued_right(right) || glued_left(left, right) { Space::None } else { Space::One }
}

/// Whether nothing stands in front of this token.
fn glued_right(right: &SyntaxToken) -> bool {
    let parent = parent(right);
    match right.kind() {
        COMMA | DOT | QUESTION | COLON | R_PAREN | R_BRACK | STRING_MID | STRING_TAIL => true,
        L_PAREN => matches!(parent, ARG_LIST | PARAM_LIST),
        L_BRACK => matches!(parent, GENERIC_PARAM_LIST | GENERIC_ARG_LIST | INDEX_EXPR),
        L_BRACE | R_BRACE => parent == IMPORT_GROUP,
        EQ => is_tight_assignment(right),
        _ => false,
    }
}

/// Whether nothing stands behind `left`, with `right` next.
fn glued_left(left: &SyntaxToken, right: &SyntaxToken) -> bool {
    let parent_kind = parent(left);
    match left.kind() {
        L_PAREN | L_BRACK | AT | STRING_HEAD | STRING_MID => true,
        // `.` in front of a member pattern begins it.
        DOT => true,
        L_BRACE => parent_kind == IMPORT_GROUP,
        AMP => parent_kind == BORROW_MARK,
        DOT3 => matches!(parent_kind, PARAM | GENERIC_PARAM | ARG | REST_PAT) && right.kind() != R_BRACE,
        PLUS | MINUS => parent_kind == LITERAL,
        EQ => is_tight_assignment(left),
        // `[&a](x) -> …`
        R_BRACK => {
            parent_kind == CAPTURE_LIST && right.kind() == L_PAREN && parent(right) == LAMBDA_PARAM_LIST
        }
        _ => false,
    }
}

/// `=` between a name and its value inside a list: `x=1`.
fn is_tight_assignment(token: &SyntaxToken) -> bool {
    match parent(token) {
        ARG | GENERIC_ARG | FIELD_INIT | FIELD_PAT | CAPTURE => true,
        // `[T=Self]`, but `[A: Alloc[T] = GlobalAlloc[T]]`
        GENERIC_PARAM => {
            token.parent().is_some_and(|param| param.children().all(|child| child.kind() != CONSTRAINT))
        }
        _ => false,
    }
}

fn parent(token: &SyntaxToken) -> SyntaxKind {
    token.parent().map_or(SOURCE_FILE, |parent| parent.kind())
}
