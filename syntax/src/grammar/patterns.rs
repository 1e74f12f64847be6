//! The branches of an `if` and their patterns (2.7).

use crate::grammar::expressions::{self, ExprInfo};
use crate::grammar::{
    Case, generics, is_admitted_word, lists, name, name_ref, params, primaries, statements, types,
};
use crate::parser::{Completed, Context, Marker, Parser};
use crate::{SyntaxError, SyntaxKind, T};

/// ```ebnf
/// '{' Branch* ( 'else' Block )? '}'
/// ```
pub(super) fn branch_list(p: &mut Parser<'_, '_>, header_op: bool) {
    let m = p.start();
    let open = p.pos;
    let Some(nest) = p.enter() else {
        m.abandon(p);
        return;
    };
    let saved = std::mem::take(&mut p.cx);
    let brackets = std::mem::take(&mut p.open_brackets);
    p.bump();
    let mut has_else = false;
    let mut else_reported = false;
    let mut statement_reported = false;
    while !p.at(T!['}']) && !p.at_end() && !statements::ends_by_indentation(p) {
        if matches!(p.current(), T![')'] | T![']']) && brackets > 0 && !p.balanced
            || matches!(p.current(), T![string_mid] | T![string_tail])
        {
            break;
        }
        let start = p.pos;
        let is_else = p.at(T![else]);
        if has_else && !else_reported {
            // SY37
            else_reported = true;
            let message = match is_else {
                true => "an `if` has at most one `else`",
                false => "a branch stands behind the `else`",
            };
            let range = p.range();
            p.report(
                SyntaxError::error("SY37", message, range)
                    .with_note("branches are tried in order, and the `else` takes everything"),
            );
        }
        if is_else {
            has_else = true;
            let clause = p.start();
            p.bump();
            if p.at(T![if]) && !p.is_reported() {
                let error = SyntaxError::error("SY0", "expected `{` and a block, found `if`", p.range())
                    .with_note("`else` takes a block: `else { if … }`");
                p.report(error);
                p.mark_reported();
                let error = p.start();
                expressions::expr_without_assignment(p);
                error.complete(p, SyntaxKind::ERROR);
            } else {
                statements::expect_block(p);
            }
            clause.complete(p, SyntaxKind::ELSE_CLAUSE);
            continue;
        }
        let parsed = branch(p, header_op);
        if parsed && p.pos == start {
            lists::skip_one(p);
        }
        if !parsed {
            if !statement_reported && !p.is_reported() {
                // SY35
                let range = p.input.range(start);
                p.report(
                    SyntaxError::error("SY35", "a branch is expected here, not a statement", range)
                        .with_note("write `if condition { true { … } else { … } }`, or put an operator into the branch"),
                );
            }
            statement_reported = true;
            if p.pos == start {
                lists::skip_one(p);
            }
        }
    }
    p.cx = saved;
    p.open_brackets = brackets;
    p.leave(nest);
    p.close(open, T!['}']);
    m.complete(p, SyntaxKind::BRANCH_LIST);
}

/// ```ebnf
/// Branch = CmpOp? Pattern ( '|' Pattern )* ( '&&' Expr )? Block
/// ```
/// False if there was a statement instead; it has been put aside.
fn branch(p: &mut Parser<'_, '_>, header_op: bool) -> bool {
    let m = p.start();
    let has_op = expressions::is_comparison(p.current());
    if has_op {
        if header_op {
            let range = p.range();
            p.report(
                SyntaxError::error("SY36", "the header has an operator already", range)
                    .with_note("an operator stands in the header or in the branches, not in both"),
            );
        }
        p.bump();
    } else if begins_statement(p.current()) {
        statements::stmt(p);
        m.complete(p, SyntaxKind::ERROR);
        return false;
    }
    if has_op && p.at(T![.]) {
        let range = p.range();
        p.error_at("SY36", "a member pattern takes no operator", range);
    }
    match pattern(p, true) {
        Read::Pattern => {}
        Read::Value(value, info) => {
            if has_op || matches!(p.current(), T!['{'] | T![|] | T![&&]) {
                wrap(p, value, SyntaxKind::VALUE_PAT);
            } else {
                statement_after(p, value, info);
                m.complete(p, SyntaxKind::ERROR);
                return false;
            }
        }
        Read::Nothing => {
            p.mark_reported();
            if has_op {
                p.expected("a pattern");
            }
            if p.at(T!['{']) {
                statements::block(p);
            }
            m.complete(p, SyntaxKind::ERROR);
            return has_op;
        }
    }
    while p.at(T![|]) {
        p.bump();
        match pattern(p, true) {
            Read::Value(value, _) => wrap(p, value, SyntaxKind::VALUE_PAT),
            Read::Pattern => {}
            Read::Nothing => p.expected("a pattern"),
        }
    }
    if p.at(T![&&]) {
        let guard = p.start();
        p.bump();
        if expressions::begins_expr(p.current()) && !p.at(T!['{']) {
            let saved = std::mem::replace(&mut p.cx, Context { header: true, ..Context::default() });
            expressions::expr(p);
            p.cx = saved;
        } else {
            p.expected("an expression");
        }
        guard.complete(p, SyntaxKind::GUARD);
    }
    statements::expect_block(p);
    m.complete(p, SyntaxKind::BRANCH);
    true
}

fn begins_statement(kind: SyntaxKind) -> bool {
    matches!(
        kind,
        T![let]
            | T![ret]
            | T![return]
            | T![use]
            | T![fn]
            | T![gn]
            | T![@]
            | T![if]
            | T![while]
            | T![do]
            | T![with]
            | T![yield]
            | T!['{']
            | T![mod]
            | T![cls]
            | T![enum]
            | T![sup]
    )
}

/// What began like a value pattern goes on like a statement.
fn statement_after(p: &mut Parser<'_, '_>, value: Completed, info: ExprInfo) {
    expressions::binary_tail(p, value, info, 1);
    while p.at(T![,]) || p.at(T![=]) || expressions::is_compound_assignment(p.current()) {
        p.bump();
        if expressions::begins_expr(p.current()) {
            expressions::expr_without_assignment(p);
        }
    }
}

fn wrap(p: &mut Parser<'_, '_>, value: Completed, kind: SyntaxKind) {
    let kind = if value.kind == SyntaxKind::LITERAL || value.kind == SyntaxKind::STRING_EXPR {
        SyntaxKind::LITERAL_PAT
    } else {
        kind
    };
    value.precede(p).complete(p, kind);
}

enum Read {
    Pattern,
    /// An expression that is a value pattern if a branch goes on behind it.
    Value(Completed, ExprInfo),
    Nothing,
}

/// ```ebnf
/// Pattern    = MemberPattern | ObjectPattern | TuplePattern | ArrayPattern | Literal | ValuePattern
/// SubPattern = 'mut'? LowerId | '_' | '...' LowerId? | Pattern
/// ```
fn pattern(p: &mut Parser<'_, '_>, top: bool) -> Read {
    let Some(nest) = p.enter() else { return Read::Pattern };
    let before = p.fresh_height();
    let read = pattern_inner(p, top);
    p.join_height(before);
    p.leave(nest);
    read
}

fn pattern_inner(p: &mut Parser<'_, '_>, top: bool) -> Read {
    let kind = match p.current() {
        T![.] => {
            let m = p.start();
            member_pattern(p, m)
        }
        T!['('] => tuple_or_array(p, T![')'], SyntaxKind::TUPLE_PAT),
        T!['['] => tuple_or_array(p, T![']'], SyntaxKind::ARRAY_PAT),
        T![_] => {
            if top {
                let range = p.range();
                p.report(
                    SyntaxError::error("SY41", "`_` is not a pattern of its own", range)
                        .with_note("the branch that takes everything is `else`"),
                );
            }
            let m = p.start();
            p.bump();
            m.complete(p, SyntaxKind::SKIP_PAT)
        }
        T![...] => {
            if top {
                primaries::misplaced_ellipsis(p);
            }
            rest_pattern(p)
        }
        T![mut] => {
            if top {
                let range = p.range();
                p.error_at("SY39", "a pattern binds names only inside a tuple, an array or an object", range);
            }
            let m = p.start();
            p.bump();
            name(p, Case::Lower, "the name of a variable");
            m.complete(p, SyntaxKind::BIND_PAT)
        }
        T![ident] if !top && !matches!(p.nth(1), T![.] | T!['('] | T!['[']) => {
            let m = p.start();
            name(p, Case::Lower, "the name of a variable");
            m.complete(p, SyntaxKind::BIND_PAT)
        }
        T![ident] | T![uident] | T![Self] if types::at_type_path(p) => {
            let m = p.start();
            types::path_type(p);
            if p.at(T!['{']) && !p.on_new_line() && (!top || at_object_pattern(p)) {
                field_pattern_list(p);
                m.complete(p, SyntaxKind::OBJECT_PAT)
            } else {
                let value = m.complete(p, SyntaxKind::TYPE_EXPR);
                return value_pattern(p, value, top);
            }
        }
        T![ident] | T![self] => match primaries::primary(p) {
            Some((value, info)) => {
                let (value, info) = expressions::postfix_tail(p, value, info);
                return value_or_pattern(p, value, info, top);
            }
            None => return Read::Nothing,
        },
        T![+] | T![-] if matches!(p.nth(1), T![int_number] | T![dec_number]) => {
            let value = primaries::literal(p);
            return value_or_pattern(p, value, ExprInfo::default(), top);
        }
        T![string_head] => {
            let value = primaries::string_expr(p);
            return value_pattern(p, value, top);
        }
        kind if primaries::is_literal(kind) => {
            let value = primaries::literal(p);
            return value_pattern(p, value, top);
        }
        T![=] | T![&] | T![,] | T![:] => return Read::Nothing,
        kind if expressions::begins_expr(kind) => match expressions::postfix(p) {
            Some((value, info)) => return value_or_pattern(p, value, info, top),
            None => return Read::Nothing,
        },
        _ => return Read::Nothing,
    };
    debug_assert!(kind.kind != SyntaxKind::TOMBSTONE);
    Read::Pattern
}

/// A value with what may follow it (SY38: pattern values are postfix expressions).
fn value_pattern(p: &mut Parser<'_, '_>, value: Completed, top: bool) -> Read {
    let (value, info) = expressions::postfix_tail(p, value, ExprInfo::default());
    value_or_pattern(p, value, info, top)
}

fn value_or_pattern(p: &mut Parser<'_, '_>, value: Completed, info: ExprInfo, top: bool) -> Read {
    if top {
        return Read::Value(value, info);
    }
    wrap(p, value, SyntaxKind::VALUE_PAT);
    Read::Pattern
}

/// `'.' Name ( GenericArgs? CallArgs )? ( '.' Name ( GenericArgs? CallArgs )? )*`
fn member_pattern(p: &mut Parser<'_, '_>, m: Marker) -> Completed {
    while p.at(T![.]) {
        let step = p.start();
        p.bump();
        if is_admitted_word(p.current()) && !p.first_on_line() {
            let name = p.start();
            p.bump();
            name.complete(p, SyntaxKind::NAME_REF);
        } else {
            name_ref(p, Case::Lower, "a member");
        }
        if p.at(T!['[']) && !p.on_new_line() {
            generics::generic_arg_list(p);
        }
        if p.at(T!['(']) && !p.on_new_line() {
            params::arg_list(p);
        }
        step.complete(p, SyntaxKind::MEMBER_STEP);
    }
    m.complete(p, SyntaxKind::MEMBER_PAT)
}

/// `'...' LowerId?`
fn rest_pattern(p: &mut Parser<'_, '_>) -> Completed {
    let m = p.start();
    p.bump();
    if p.at(T![ident]) {
        name(p, Case::Lower, "the name of a variable");
    }
    m.complete(p, SyntaxKind::REST_PAT)
}

fn tuple_or_array(p: &mut Parser<'_, '_>, close: SyntaxKind, kind: SyntaxKind) -> Completed {
    let m = p.start();
    let mut rest = false;
    lists::bracketed(p, close, "a pattern", |p| {
        single_rest(p, &mut rest);
        match pattern(p, false) {
            Read::Pattern => true,
            Read::Value(..) | Read::Nothing => false,
        }
    });
    m.complete(p, kind)
}

/// SY39: at most one `...` in a pattern.
fn single_rest(p: &mut Parser<'_, '_>, seen: &mut bool) {
    if p.at(T![...]) {
        if *seen {
            let range = p.range();
            p.error_at("SY39", "a pattern has at most one `...`", range);
        }
        *seen = true;
    }
}

/// 8.3: braces behind a type are an object pattern if they hold field patterns and the branch goes on behind
/// them; otherwise they are the block of the branch. Braces with a comma of their own, or without an end, that begin
/// like field patterns are still being typed.
fn at_object_pattern(p: &Parser<'_, '_>) -> bool {
    let goes_on = match p.input.matching(p.pos) {
        Some(close) => {
            matches!(p.input.kind(close + 1), T!['{'] | T![&&] | T![|] | SyntaxKind::EOF)
                || has_comma(p, close)
        }
        None => true,
    };
    match (p.nth(1), p.nth(2)) {
        (T!['}'], _) => goes_on,
        (T![...], T!['}'] | T![,]) => true,
        (T![...], T![ident]) => goes_on,
        (T![ident], T![=] | T![,]) => goes_on || p.nth(2) == T![,],
        (T![ident], T!['}']) => goes_on,
        _ => false,
    }
}

/// Whether a comma stands directly between the braces from the current token to `close`.
fn has_comma(p: &Parser<'_, '_>, close: usize) -> bool {
    let mut at = p.pos + 1;
    while at < close {
        match p.input.kind(at) {
            T![,] => return true,
            T!['{'] | T!['('] | T!['['] => at = p.input.matching(at).map_or(close, |end| end + 1),
            _ => at += 1,
        }
    }
    false
}

/// `'{' List(FieldPattern)? '}'`
fn field_pattern_list(p: &mut Parser<'_, '_>) {
    let m = p.start();
    let mut rest = false;
    lists::bracketed(p, T!['}'], "an attribute", |p| {
        single_rest(p, &mut rest);
        match p.current() {
            T![...] => {
                if p.nth(1) == T![ident] {
                    let range = p.input.range(p.pos + 1);
                    p.error_at("SY39", "the rest of an object cannot be bound", range);
                }
                rest_pattern(p);
            }
            T![ident] | T![uident] => {
                let m = p.start();
                name_ref(p, Case::Lower, "an attribute");
                if p.eat(T![=]) && matches!(pattern(p, false), Read::Nothing) {
                    p.expected("a pattern");
                }
                m.complete(p, SyntaxKind::FIELD_PAT);
            }
            _ => return false,
        }
        true
    });
    m.complete(p, SyntaxKind::FIELD_PAT_LIST);
}
