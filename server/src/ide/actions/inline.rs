//! A variable gives way to its value.

use super::{Action, ActionKind, Place};
use crate::ide::definition::definitions_at;
use crate::ide::folding::without_trivia;
use crate::ide::uses::{self, Definition, Role};
use hir::parse::func_range;
use syntax::SyntaxKind::*;
use syntax::ast::{self, AstNode, HasName};
use syntax::{SyntaxNode, TextRange};

/// Offered where nothing is evaluated twice, or in another order than before.
pub(super) fn variable(place: &Place<'_>, actions: &mut Vec<Action>) {
    let db = place.db;
    let Some((_, found)) = definitions_at(db, place.file, place.range.start()) else { return };
    let local = found.iter().find_map(|it| match it.definition {
        Definition::Local(func, local) => Some((func, local)),
        _ => None,
    });
    let Some((func, local)) = local else { return };
    let start = func_range(db, func).start();
    let data = &hir::body::body(db, func).locals[local];
    if data.mutable {
        return;
    }
    let Some((statement, value)) = declaration(place, data.range + start) else { return };
    let uses: Vec<_> = uses::of_body(db, func)
        .iter()
        .filter(|it| it.definition == Definition::Local(func, local) && it.role != Role::Declaration)
        .collect();
    let [only] = uses[..] else { return };
    let at = only.range + start;
    if only.role != Role::Read || !next_to(place, &statement, at) {
        return;
    }
    let text = &place.text[without_trivia(value.syntax())];
    let needs_parentheses =
        matches!(value.syntax().kind(), BIN_EXPR | LAMBDA_EXPR | IF_EXPR | WITH_EXPR | WHILE_EXPR)
            && part_of_larger(place, at);
    let text = if needs_parentheses { format!("({text})") } else { text.to_owned() };
    let edits = vec![(whole_line(place, &statement), String::new()), (at, text)];
    actions.push(place.action(format!("inline `{}`", data.name), ActionKind::Inline, edits));
}

/// The `let` with this single name, and its value.
fn declaration(place: &Place<'_>, name: TextRange) -> Option<(SyntaxNode, ast::Expr)> {
    let token = place.root.token_at_offset(name.start()).right_biased()?;
    let statement = token.parent_ancestors().find_map(ast::LetStmt::cast)?;
    let mut vars = statement.local_vars();
    let is_it = vars.next()?.name()?.token()?.text_range() == name;
    if !is_it || vars.next().is_some() || statement.else_clause().is_some() || statement.ty().is_some() {
        return None;
    }
    Some((statement.syntax().clone(), statement.value()?))
}

/// The use is in the statement behind the declaration, outside of loops, branches and lambdas, and is the first thing
/// that the statement evaluates, or everything before it only reads names.
fn next_to(place: &Place<'_>, statement: &SyntaxNode, at: TextRange) -> bool {
    let Some(next) = statement.next_sibling() else { return false };
    if !next.text_range().contains_range(at) {
        return false;
    }
    let Some(token) = place.root.token_at_offset(at.start()).right_biased() else { return false };
    let mut around = token.parent_ancestors().take_while(|node| *node != next);
    if around.any(|node| matches!(node.kind(), BLOCK | LAMBDA_EXPR | BRANCH | FIELD_INIT) && node != next) {
        return false;
    }
    let calls_before = next
        .descendants()
        .filter(|node| matches!(node.kind(), CALL_EXPR | TRY_EXPR | YIELD_EXPR))
        .any(|node| node.text_range().end() <= at.start());
    !calls_before
}

fn part_of_larger(place: &Place<'_>, at: TextRange) -> bool {
    let Some(token) = place.root.token_at_offset(at.start()).right_biased() else { return true };
    let name = token.parent_ancestors().find(|node| node.kind() == NAME_EXPR);
    let parent = name.and_then(|name| name.parent());
    parent.is_some_and(|parent| matches!(parent.kind(), BIN_EXPR | FIELD_EXPR | CALL_EXPR | TRY_EXPR))
}

/// The statement with the line it stands on, if it stands there alone.
fn whole_line(place: &Place<'_>, statement: &SyntaxNode) -> TextRange {
    let range = without_trivia(statement);
    let (start, end) = (usize::from(range.start()), usize::from(range.end()));
    let line_start = place.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let alone_before = place.text[line_start..start].trim().is_empty();
    let rest = &place.text[end..];
    let line_rest = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
    if alone_before && rest[..line_rest].trim().is_empty() {
        return TextRange::new((line_start as u32).into(), ((end + line_rest) as u32).into());
    }
    range
}
