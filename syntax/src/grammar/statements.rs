//! Blocks and statements (2.5).

use crate::grammar::expressions::{self, ExprInfo};
use crate::grammar::items::{self, Place};
use crate::grammar::params::Owner;
use crate::grammar::{Case, lists, name, opt_annotations, opt_reserved_name, types};
use crate::parser::{Marker, Parser};
use crate::{SyntaxError, SyntaxKind, T, TextEdit};

/// ```ebnf
/// FnBody = '{' '...' '}' | Block
/// ```
/// Whether the body is elided.
pub(super) fn function_body(p: &mut Parser<'_, '_>) -> bool {
    let elided = p.nth(1) == T![...] && p.nth(2) == T!['}'];
    block_with(p, elided);
    elided
}

/// ```ebnf
/// Block = '{' Statement* '}'
/// ```
pub(super) fn block(p: &mut Parser<'_, '_>) {
    block_with(p, false);
}

/// A block where one is demanded; reports its absence.
pub(super) fn expect_block(p: &mut Parser<'_, '_>) -> bool {
    if p.at(T!['{']) {
        block(p);
        return true;
    }
    p.expected("`{` and a block");
    false
}

/// A block, or `{ ... }` if that is known to be here.
pub(super) fn block_with(p: &mut Parser<'_, '_>, elided: bool) {
    let m = p.start();
    let open = p.pos;
    let Some(nest) = p.enter() else {
        m.abandon(p);
        return;
    };
    let saved = std::mem::take(&mut p.cx);
    let brackets = std::mem::take(&mut p.open_brackets);
    p.bump();
    if elided {
        p.bump();
    }
    let mut in_garbage = false;
    while !p.at(T!['}']) && !p.at_end() && !ends_by_indentation(p) {
        let stray = match p.current() {
            T![')'] | T![']'] if brackets > 0 && !p.balanced => break,
            T![string_mid] | T![string_tail] => break,
            _ => {
                let before = p.pos;
                !stmt(p) || p.pos == before
            }
        };
        if stray && p.at(T!['}']) {
            continue;
        }
        if stray {
            if !in_garbage {
                match p.current() {
                    T![:] if after_question(p) => {
                        let range = p.range();
                        p.report(
                            SyntaxError::error("SY33", "there is no conditional operator", range)
                                .with_note("write `if condition { true { a } else { b } }`"),
                        );
                    }
                    _ => p.unexpected("a statement"),
                }
            }
            lists::skip_one(p);
        }
        in_garbage = stray;
    }
    p.cx = saved;
    p.open_brackets = brackets;
    p.leave(nest);
    p.close(open, T!['}']);
    m.complete(p, SyntaxKind::BLOCK);
}

/// Whether a `?` stands a few tokens before, on the same line and in the same block: `a ? b : c`.
fn after_question(p: &Parser<'_, '_>) -> bool {
    let mut at = p.pos;
    while at > 0 && p.pos - at < 16 && !p.input.is_first_on_line(at) {
        at -= 1;
        match p.input.kind(at) {
            T![?] => return true,
            T!['{'] | T!['}'] => return false,
            _ => {}
        }
    }
    false
}

/// In a text whose braces do not match: whether a declaration begins here that stands no further to the right
/// than the one whose body is being parsed. That body then lacks its closing brace.
pub(super) fn ends_by_indentation(p: &Parser<'_, '_>) -> bool {
    !p.balanced
        && p.first_on_line()
        && matches!(p.current(), T![mod] | T![cls] | T![enum] | T![sup] | T![fn] | T![gn] | T![@] | T![use])
        && p.input.column(p.pos) <= p.item_column
}

/// ```ebnf
/// Statement = Use | Let | Return | Annotation* Function | ExprStmt
/// ```
/// False when no statement begins here.
pub(super) fn stmt(p: &mut Parser<'_, '_>) -> bool {
    match p.current() {
        T![let] => {
            let m = p.start();
            let_stmt(p, m);
            true
        }
        T![ret] | T![return] => {
            return_stmt(p);
            true
        }
        T![use] => {
            let m = p.start();
            items::use_(p, m, true);
            true
        }
        T![fn] | T![gn] | T![@] => {
            nested_function(p);
            true
        }
        T![mod] | T![cls] | T![enum] | T![sup] => items::item(p, Place::Inner).is_some(),
        kind if expressions::begins_expr(kind) => {
            expr_stmt(p);
            true
        }
        _ => false,
    }
}

/// SY13
fn nested_function(p: &mut Parser<'_, '_>) {
    let start = p.pos;
    let column = p.item_column;
    if p.first_on_line() {
        p.item_column = p.input.column(p.pos);
    }
    let m = p.start();
    let annotations = opt_annotations(p);
    if matches!(p.current(), T![fn] | T![gn]) {
        let block_type = p.block_type.take();
        items::function(p, m, Owner::Nested);
        p.block_type = block_type;
    } else {
        items::annotation_of_nothing(p, start, annotations);
        m.complete(p, SyntaxKind::ERROR);
    }
    p.item_column = column;
}

/// ```ebnf
/// Let      = 'let' List1(LocalVar) ( '=' Expr ( 'else' Block )? | ':' Type )
/// LocalVar = 'mut'? LowerId | '_'
/// ```
/// A type and a value at once are TY7, reported by inference.
pub(super) fn let_stmt(p: &mut Parser<'_, '_>, m: Marker) {
    p.bump();
    let mut complete = true;
    let first = p.pos;
    loop {
        if !local_var(p) {
            complete = false;
            break;
        }
        if !p.at(T![,]) {
            break;
        }
        p.bump();
    }
    let variables = p.range_from(first);
    let typed = p.at(T![:]);
    if typed {
        p.bump();
        if types::at_type(p) && !p.on_new_line() {
            types::type_(p);
        } else {
            p.expected("a type");
        }
    }
    if p.at(T![=]) {
        p.bump();
        let saved = std::mem::replace(&mut p.cx.let_value, true);
        expr_on_line(p);
        p.cx.let_value = saved;
        opt_else_clause(p);
    } else if complete && !typed && !p.is_reported() {
        // SY23 leaves it to TY6, which needs no more than the syntax
        p.report(
            SyntaxError::error("TY6", "this `let` has neither a value nor a type", variables)
                .with_note("write `let x = value`, or `let x: Type` and assign later"),
        );
        p.mark_reported();
    }
    m.complete(p, SyntaxKind::LET_STMT);
}

/// An expression that a half-typed line lacks: the next line is not taken for it if it begins a statement.
fn expr_on_line(p: &mut Parser<'_, '_>) {
    if expressions::begins_expr(p.current()) && !(p.on_new_line() && begins_another_statement(p)) {
        expressions::expr(p);
    } else {
        p.expected("an expression");
    }
}

/// A line that can hardly be the continuation of the one above: `name = value`.
fn begins_another_statement(p: &Parser<'_, '_>) -> bool {
    p.at(T![ident]) && (p.nth(1) == T![=] || expressions::is_compound_assignment(p.nth(1)))
}

pub(super) fn local_var(p: &mut Parser<'_, '_>) -> bool {
    let m = p.start();
    match p.current() {
        T![_] if !p.on_new_line() => p.bump(),
        T![mut] | T![ident] | T![uident] if !p.on_new_line() => {
            p.eat(T![mut]);
            if p.on_new_line() || !opt_reserved_name(p) && !name(p, Case::Lower, "the name of a variable") {
                p.expected("the name of a variable");
                m.complete(p, SyntaxKind::LOCAL_VAR);
                return false;
            }
        }
        T!['('] if !p.on_new_line() && p.input.matching(p.pos).is_some() => {
            // SY22
            let range = p.range();
            p.report(
                SyntaxError::error("SY22", "`let` destructures without parentheses, one level deep", range)
                    .with_note("write `let a, b = pair`"),
            );
            lists::skip_one(p);
            m.complete(p, SyntaxKind::LOCAL_VAR);
            return true;
        }
        _ if opt_reserved_name(p) => {}
        _ => {
            p.expected("the name of a variable");
            m.abandon(p);
            return false;
        }
    }
    m.complete(p, SyntaxKind::LOCAL_VAR);
    true
}

/// `'else' Block`
pub(super) fn opt_else_clause(p: &mut Parser<'_, '_>) -> bool {
    if !p.at(T![else]) {
        return false;
    }
    let m = p.start();
    p.bump();
    expect_block(p);
    m.complete(p, SyntaxKind::ELSE_CLAUSE);
    true
}

/// ```ebnf
/// Return = ( 'ret' | 'return' ) Expr?
/// ```
/// LX7: the operand is on the same line.
fn return_stmt(p: &mut Parser<'_, '_>) {
    let m = p.start();
    if p.at(T![return]) {
        other_spelling(p, "ret");
    }
    p.bump();
    if !p.first_on_line() && expressions::begins_expr(p.current()) {
        expressions::expr(p);
    }
    m.complete(p, SyntaxKind::RETURN_STMT);
}

/// LX13
pub(super) fn other_spelling(p: &mut Parser<'_, '_>, canonical: &'static str) {
    let range = p.range();
    p.report(
        SyntaxError::hint("LX13", format!("canonical spelling is `{canonical}`"), range)
            .with_fix(format!("write `{canonical}`"), TextEdit::replace(range, canonical)),
    );
}

/// ```ebnf
/// ExprStmt   = Assignment | Expr
/// Assignment = Expr ( ',' Expr )* '=' Expr
///            | Expr CompoundOp Expr
/// ```
fn expr_stmt(p: &mut Parser<'_, '_>) {
    word_of_a_later_edition(p);
    let m = p.start();
    let start = p.pos;
    let first = expressions::expr_without_assignment(p);
    if !p.on_new_line() && p.at(T![,]) {
        let mut targets = vec![(first, p.range_from(start))];
        while p.eat(T![,]) {
            if !expressions::begins_expr(p.current()) {
                p.expected("an expression");
                break;
            }
            let start = p.pos;
            let info = expressions::expr_without_assignment(p);
            targets.push((info, p.range_from(start)));
        }
        if p.at(T![=]) || expressions::is_compound_assignment(p.current()) {
            assignment(p, m, &targets);
        } else {
            p.expected("`=`");
            m.complete(p, SyntaxKind::ASSIGN_STMT);
        }
    } else if p.at(T![=]) || expressions::is_compound_assignment(p.current()) {
        let range = p.range_from(start);
        assignment(p, m, &[(first, range)]);
    } else {
        m.complete(p, SyntaxKind::EXPR_STMT);
    }
}

fn assignment(p: &mut Parser<'_, '_>, m: Marker, targets: &[(ExprInfo, rowan::TextRange)]) {
    for (info, range) in targets {
        if !info.is_place && !info.is_reported {
            // SY26
            p.report(
                SyntaxError::error("SY26", "this cannot be assigned to", *range)
                    .with_note("the left side of an assignment is a variable or an attribute path"),
            );
        }
    }
    if targets.len() > 1 && !p.at(T![=]) {
        let range = p.range();
        p.error_at("SY25", "a compound assignment takes exactly one target", range);
    }
    p.bump();
    expr_on_line(p);
    m.complete(p, SyntaxKind::ASSIGN_STMT);
}

/// 1.5: words that later editions reserve.
pub(super) fn is_word_of_a_later_edition(text: &str) -> bool {
    matches!(text.len(), 2..=8)
        && matches!(text, "fun" | "case" | "loop" | "gen" | "on" | "is" | "async" | "break" | "continue")
}

/// A hint for words that later editions use, where they begin a statement (1.5).
fn word_of_a_later_edition(p: &mut Parser<'_, '_>) {
    let follows = |p: &Parser<'_, '_>| {
        matches!(p.nth(1), T![ident] | T![uident] | T![self] | T![true] | T![int_number] | T!['{'])
            && !p.input.is_first_on_line(p.pos + 1)
    };
    let alone = |p: &Parser<'_, '_>| p.input.is_first_on_line(p.pos + 1) || p.nth(1) == T!['}'];
    if !p.at(T![ident]) || !is_word_of_a_later_edition(p.text()) {
        return;
    }
    let note = match p.text() {
        "case" if follows(p) => "edition 2023 writes `if`",
        "loop" if follows(p) => "edition 2023 writes `while`",
        "gen" if follows(p) => "edition 2023 writes `yield`",
        "fun" if follows(p) => "edition 2023 writes `fn`",
        "async" | "on" | "is" if follows(p) => "edition 2023 has no such statement",
        "break" | "continue" if alone(p) => "a loop ends when its condition does not hold",
        _ => return,
    };
    let (range, text) = (p.range(), p.text());
    p.report(
        SyntaxError::hint("LX13", format!("`{text}` is a name here, not a keyword"), range).with_note(note),
    );
}
