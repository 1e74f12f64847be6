//! Operators and postfix operations (2.6). Operands are in `primaries.rs`.

use crate::grammar::{Case, generics, lists, name_ref, params, primaries};
use crate::parser::{Completed, Context, Parser};
use crate::{SyntaxError, SyntaxKind, T};

/// What has been read as an expression, as far as the rules around it need to know.
#[derive(Clone, Copy, Default)]
pub(super) struct ExprInfo {
    /// SY26: a variable or an attribute path.
    pub(super) is_place: bool,
    /// Something about it has been reported already.
    pub(super) is_reported: bool,
}

pub(super) fn begins_expr(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        T![ident]
            | T![uident]
            | T![int_number]
            | T![dec_number]
            | T![bin_number]
            | T![hex_number]
            | T![string]
            | T![string_head]
            | T![regex]
            | T![true]
            | T![false]
            | T![self]
            | T![Self]
            | T!['(']
            | T!['[']
            | T!['{']
            | T![if]
            | T![while]
            | T![do]
            | T![with]
            | T![yield]
            | T![_]
            | T![...]
            | T![+]
            | T![-]
            | T![&]
            | T![&&]
            | T![.]
    )
}

/// Level and associativity (SY27): the higher, the tighter; all are left-associative.
fn level(kind: SyntaxKind) -> u8 {
    match kind {
        T![||] => 1,
        T![&&] => 2,
        T![==] | T![!=] | T![<] | T![<=] | T![>] | T![>=] | SyntaxKind::CMP => 3,
        T![<<] | T![>>] | SyntaxKind::ROL | SyntaxKind::ROR => 4,
        T![+] | T![-] | T![|] | T![^] => 5,
        T![*] | T![/] | T![%] | T![&] => 6,
        _ => 0,
    }
}

pub(super) fn is_binary_operator(kind: SyntaxKind) -> bool {
    level(kind) != 0
}

pub(super) fn is_comparison(kind: SyntaxKind) -> bool {
    level(kind) == 3
}

pub(super) fn is_compound_assignment(kind: SyntaxKind) -> bool {
    use SyntaxKind::*;
    matches!(
        kind,
        PLUS_EQ
            | MINUS_EQ
            | STAR_EQ
            | SLASH_EQ
            | PERCENT_EQ
            | AMP2_EQ
            | PIPE2_EQ
            | AMP_EQ
            | PIPE_EQ
            | CARET_EQ
            | SHL_EQ
            | SHR_EQ
            | ROL_EQ
            | ROR_EQ
    )
}

/// An expression where an assignment is not one (SY24).
pub(super) fn expr(p: &mut Parser<'_, '_>) {
    expr_without_assignment(p);
    while p.at(T![=]) || is_compound_assignment(p.current()) {
        if !p.is_reported() {
            let range = p.range();
            p.report(
                SyntaxError::error("SY24", "an assignment is a statement of its own", range)
                    .with_note("it has no value; compare with `==`"),
            );
        }
        let m = p.start();
        p.bump();
        if begins_expr(p.current()) {
            expr_without_assignment(p);
        } else {
            p.expected("an expression");
        }
        m.complete(p, SyntaxKind::ERROR);
    }
}

pub(super) fn expr_without_assignment(p: &mut Parser<'_, '_>) -> ExprInfo {
    let before = p.fresh_height();
    let info = binary(p, 1);
    p.join_height(before);
    info
}

/// Whether the operator at the current token ends the header of an `if` (SY30).
fn ends_header(p: &Parser<'_, '_>) -> bool {
    p.cx.if_header && is_comparison(p.current()) && p.nth(1) == T!['{']
}

fn binary(p: &mut Parser<'_, '_>, min: u8) -> ExprInfo {
    let Some(nest) = p.enter() else { return ExprInfo { is_place: false, is_reported: true } };
    let result = postfix(p);
    let info = match result {
        Some((lhs, info)) => binary_tail(p, lhs, info, min),
        None => ExprInfo { is_place: false, is_reported: true },
    };
    p.leave(nest);
    info
}

/// The operators behind an operand. What an operator of a lower level takes as its right operand is read by
/// recursion, at most once for each level.
pub(super) fn binary_tail(p: &mut Parser<'_, '_>, lhs: Completed, info: ExprInfo, min: u8) -> ExprInfo {
    let (mut lhs, mut info) = (lhs, info);
    loop {
        let level = level(p.current());
        if level == 0 || level < min || ends_header(p) {
            break;
        }
        if !p.wrap() {
            too_high(p);
            break;
        }
        let m = lhs.precede(p);
        p.bump();
        operand(p, level + 1);
        lhs = m.complete(p, SyntaxKind::BIN_EXPR);
        info.is_place = false;
    }
    if p.at(T![as]) && !p.cx.with_header && !p.on_new_line() {
        cast(p);
    }
    if p.at(T![?]) && !p.on_new_line() {
        // `a + b?` has been read; what is left cannot be an operator
        p.expected("an operator");
    }
    info
}

/// The right operand of a binary operator.
fn operand(p: &mut Parser<'_, '_>, min: u8) {
    if p.at(T![...]) {
        // 2.8: fold
        let m = p.start();
        p.bump();
        m.complete(p, SyntaxKind::ELLIPSIS_EXPR);
        return;
    }
    if !begins_expr(p.current()) || p.on_new_line() && ends_statement(p) {
        p.expected("an operand");
        return;
    }
    let before = p.fresh_height();
    binary(p, min);
    p.join_height(before);
}

/// A line that begins with `name =` does not go on with a half-typed expression.
fn ends_statement(p: &Parser<'_, '_>) -> bool {
    p.at(T![ident]) && (p.nth(1) == T![=] || is_compound_assignment(p.nth(1)))
}

fn too_high(p: &mut Parser<'_, '_>) {
    p.too_deep();
    let m = p.start();
    while !p.at_end()
        && !p.first_on_line()
        && !matches!(p.current(), T!['}'] | T![')'] | T![']'] | T![string_mid] | T![string_tail])
    {
        let end = p.input.matching(p.pos).filter(|end| *end > p.pos).unwrap_or(p.pos);
        while p.pos <= end && !p.at_end() {
            p.bump();
        }
    }
    m.complete(p, SyntaxKind::ERROR);
}

/// SY33
fn cast(p: &mut Parser<'_, '_>) {
    if !p.is_reported() {
        let range = p.range();
        p.report(
            SyntaxError::error("SY33", "there is no cast", range)
                .with_note("conversions are method calls such as `.to[Str]()`; `as` only renames"),
        );
    }
    let m = p.start();
    p.bump();
    if super::types::at_type(p) {
        super::types::type_(p);
    }
    m.complete(p, SyntaxKind::ERROR);
}

/// ```ebnf
/// Postfix   = Primary PostfixOp*
/// PostfixOp = '.' ( Name | Integer ) | GenericArgs? CallArgs | '?'
/// ```
pub(super) fn postfix(p: &mut Parser<'_, '_>) -> Option<(Completed, ExprInfo)> {
    let (lhs, info) = primaries::primary(p)?;
    Some(postfix_tail(p, lhs, info))
}

pub(super) fn postfix_tail(p: &mut Parser<'_, '_>, lhs: Completed, info: ExprInfo) -> (Completed, ExprInfo) {
    let (mut lhs, mut info) = (lhs, info);
    // In `f(() -> { … }` without its `)`, a line that begins with `.` goes on with the call, not with the lambda.
    if lhs.kind == SyntaxKind::LAMBDA_EXPR && p.cx.unclosed && p.first_on_line() {
        return (lhs, info);
    }
    loop {
        // LX6: a `(` or `[` that begins a line continues nothing
        let kind = match p.current() {
            T![.] => T![.],
            T![?] => T![?],
            T!['('] if !p.on_new_line() => T!['('],
            T!['['] if !p.on_new_line() => T!['['],
            _ => break,
        };
        if !p.wrap() {
            too_high(p);
            break;
        }
        let m = lhs.precede(p);
        lhs = match kind {
            T![.] => {
                p.bump();
                member_name(p);
                m.complete(p, SyntaxKind::FIELD_EXPR)
            }
            T![?] => {
                p.bump();
                m.complete(p, SyntaxKind::TRY_EXPR)
            }
            T!['('] => {
                params::arg_list(p);
                m.complete(p, SyntaxKind::CALL_EXPR)
            }
            _ => {
                let kind = generic_call(p);
                m.complete(p, kind)
            }
        };
        info.is_place &= kind == T![.];
    }
    (lhs, info)
}

/// Behind a `.`: a name, an index, or on the same line a reserved word (LX14).
fn member_name(p: &mut Parser<'_, '_>) {
    match p.current() {
        T![int_number] => p.bump(),
        T![ident] | T![uident] if !(p.first_on_line() && p.nth(1) == T![=]) => {
            name_ref(p, Case::Lower, "a member");
        }
        kind if super::is_admitted_word(kind) && !p.first_on_line() => {
            let m = p.start();
            p.bump();
            m.complete(p, SyntaxKind::NAME_REF);
        }
        _ => p.expected("a member"),
    }
}

/// SY32: `[` behind a value starts generic arguments, and call arguments follow.
fn generic_call(p: &mut Parser<'_, '_>) -> SyntaxKind {
    let open = p.pos;
    let called = p.input.matching(open).is_none_or(|close| {
        p.input.kind(close + 1) == T!['('] && (p.cx.in_brackets || !p.input.is_first_on_line(close + 1))
    });
    if called {
        generics::generic_arg_list(p);
        if p.at(T!['(']) && !p.on_new_line() {
            params::arg_list(p);
        } else {
            p.expected("call arguments");
        }
        return SyntaxKind::CALL_EXPR;
    }
    let range = p.range();
    p.report(SyntaxError::error("SY32", "there is no index operator", range).with_note(
        "`[` behind a value starts generic arguments of a call; elements are read with `.get_ref(i)`",
    ));
    let saved = std::mem::replace(&mut p.cx, Context { in_brackets: true, ..Context::default() });
    p.bump();
    p.open_brackets += 1;
    if begins_expr(p.current()) {
        expr(p);
    }
    p.mark_reported();
    while !p.at(T![']']) && p.pos < p.input.matching(open).unwrap_or(p.pos) {
        lists::skip_one(p);
    }
    p.open_brackets -= 1;
    p.cx = saved;
    p.close(open, T![']']);
    SyntaxKind::INDEX_EXPR
}
