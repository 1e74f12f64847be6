//! Parameters and arguments (2.3).

use rustc_hash::FxHashSet;

use crate::grammar::{Case, expressions, lists, name, name_ref, opt_reserved_name, types};
use crate::parser::Parser;
use crate::{SyntaxError, SyntaxKind, T, TextEdit};

/// What a parameter list belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A function in a class or a `sup` block.
    Method,
    /// A function of a module.
    Free,
    /// A function in a block.
    Nested,
}

/// What the rules around a parameter list need to know of it.
pub(super) struct ParamListInfo {
    pub(super) has_self: bool,
    pub(super) closed: bool,
}

/// ```ebnf
/// '(' List(Param)? ')'
/// ```
pub(super) fn param_list(p: &mut Parser<'_, '_>, owner: Owner) -> ParamListInfo {
    let m = p.start();
    let mut has_self = false;
    let mut index = 0;
    let mut rank = 0;
    let mut names = FxHashSet::default();
    let closed = lists::bracketed(p, T![')'], "a parameter", |p| {
        let start = p.pos;
        if let Some(at) = self_token(p) {
            has_self = true;
            misplaced_self(p, at, owner, index);
            self_param(p, owner == Owner::Method);
        } else if matches!(p.current(), T![...] | T![mut] | T![ident] | T![uident])
            || p.current().is_keyword() && p.nth(1) == T![:]
        {
            let this = param(p, &mut names);
            order(p, start, this, rank);
            rank = rank.max(this);
        } else {
            return false;
        }
        index += 1;
        true
    });
    m.complete(p, SyntaxKind::PARAM_LIST);
    ParamListInfo { has_self, closed }
}

/// The place of `self` if the parameter that begins here is one.
fn self_token(p: &Parser<'_, '_>) -> Option<usize> {
    let n = match (p.nth(0), p.nth(1), p.nth(2)) {
        (T![self], ..) => 0,
        (T![&] | T![mut], T![self], _) => 1,
        (T![&], T![mut], T![self]) => 2,
        _ => return None,
    };
    Some(p.pos + n)
}

/// SY11
fn misplaced_self(p: &mut Parser<'_, '_>, at: usize, owner: Owner, index: usize) {
    let message = match owner {
        // In a text whose braces do not match, a method may have fallen out of its block.
        Owner::Free if !p.balanced => return,
        Owner::Free => "`self` is not a parameter of a free function",
        Owner::Nested => "`self` is not a parameter of a nested function",
        Owner::Method if index > 0 => "`self` is the first parameter or none",
        Owner::Method => return,
    };
    let range = p.input.range(at);
    p.report(
        SyntaxError::error("SY11", message, range)
            .with_note("only a method of a class or `sup` block has `self`, as its first parameter"),
    );
}

/// ```ebnf
/// SelfParam = ( '&' 'mut'? | 'mut' )? 'self'
///           | 'mut'? 'self' ':' Convention? Type
/// ```
fn self_param(p: &mut Parser<'_, '_>, is_method: bool) {
    let m = p.start();
    let short_borrow = types::opt_borrow_mark(p);
    p.eat(T![mut]);
    p.bump();
    if p.at(T![:]) {
        if short_borrow {
            let error = SyntaxError::error("SY10", "`self` has both a short and a long form here", p.range())
                .with_note("write `&self`, or `self: &Self`");
            p.report(error);
        }
        p.bump();
        types::opt_borrow_mark(p);
        let info = types::type_(p);
        if let (Some(info), true, Some(block)) = (info, is_method, p.block_type) {
            let last = p.input.kind(info.last_name);
            let fits = info.kind == SyntaxKind::PATH_TYPE
                && (last == T![Self] || p.input.token_text(info.last_name) == block);
            if !fits {
                let error = SyntaxError::error("SY10", "the type of `self` is `Self`", info.range)
                    .with_note(format!("or the type of the enclosing block, `{block}`"));
                p.report(error);
            }
        }
    }
    if p.at(T![=]) {
        let range = p.range();
        p.error_at("SY12", "`self` has no default", range);
        let m = p.start();
        p.bump();
        expressions::expr(p);
        m.complete(p, SyntaxKind::ERROR);
    }
    m.complete(p, SyntaxKind::SELF_PARAM);
}

/// ```ebnf
/// Param = '...'? 'mut'? LowerId ':' Convention? Type ( '=' Expr )?
/// ```
/// Returns its place in the order of SY12.
fn param<'t>(p: &mut Parser<'_, 't>, names: &mut FxHashSet<&'t str>) -> usize {
    let m = p.start();
    let variadic = p.eat(T![...]);
    p.eat(T![mut]);
    let at = p.pos;
    if opt_reserved_name(p) || name(p, Case::Lower, "the name of a parameter") {
        unique(p, at, names);
        if p.eat(T![:]) {
            types::opt_borrow_mark(p);
            types::type_(p);
        } else if !p.is_reported() {
            let range = p.input.range(at);
            p.mark_reported();
            let name = p.input.token_text(at);
            p.error_at("TY6", format!("the parameter `{name}` has no type"), range);
        }
    }
    let optional = p.at(T![=]);
    if optional {
        if variadic {
            let range = p.range();
            p.error_at("SY12", "a variadic parameter has no default", range);
        }
        p.bump();
        expressions::expr(p);
    }
    m.complete(p, SyntaxKind::PARAM);
    if variadic { 2 } else { usize::from(optional) }
}

/// SY12: names are unique.
fn unique<'t>(p: &mut Parser<'_, 't>, at: usize, names: &mut FxHashSet<&'t str>) {
    let text = p.input.token_text(at);
    if !names.insert(text) {
        let range = p.input.range(at);
        p.error_at("SY12", format!("there is a parameter `{text}` already"), range);
    }
}

/// SY12: required, optional, one variadic.
fn order(p: &mut Parser<'_, '_>, start: usize, this: usize, rank: usize) {
    let message = match (this, rank) {
        (2, 2) => "a function has at most one variadic parameter",
        (0, 1) => "a required parameter stands behind an optional one",
        (0 | 1, 2) => "the variadic parameter is the last",
        _ => return,
    };
    let range = p.input.range(start);
    p.report(
        SyntaxError::error("SY12", message, range)
            .with_note("the order is `self`, required, optional, one variadic parameter"),
    );
}

/// ```ebnf
/// CallArgs = '(' List(Arg)? ')'
/// ```
pub(super) fn arg_list(p: &mut Parser<'_, '_>) {
    let m = p.start();
    let mut named = false;
    lists::bracketed(p, T![')'], "an argument", |p| {
        let is_named = at_named(p);
        if named && !is_named && expressions::begins_expr(p.current()) {
            // SY14
            let range = p.range();
            p.report(
                SyntaxError::error("SY14", "a positional argument stands behind a named one", range)
                    .with_note("named arguments follow the positional ones"),
            );
            named = false;
        }
        named |= is_named;
        arg(p)
    });
    m.complete(p, SyntaxKind::ARG_LIST);
}

/// `name=`, or by mistake `name:`
fn at_named(p: &Parser<'_, '_>) -> bool {
    matches!(p.current(), T![ident] | T![uident]) && matches!(p.nth(1), T![=] | T![:])
}

/// ```ebnf
/// Arg = ( LowerId '=' )? Convention? '...'? Expr
/// ```
fn arg(p: &mut Parser<'_, '_>) -> bool {
    let m = p.start();
    let start = p.pos;
    if at_named(p) {
        name_ref(p, Case::Lower, "the name of a parameter");
        if p.at(T![:]) {
            let range = p.range_with_space();
            p.report(
                SyntaxError::error("SY0", "a named argument is written with `=`", p.range())
                    .with_fix("write `=`", TextEdit::replace(range, "=")),
            );
        }
        p.bump();
    }
    types::opt_borrow_mark(p);
    if p.at(T![...]) && !expressions::is_binary_operator(p.nth(1)) {
        p.bump();
    }
    if p.at(T![_]) && matches!(p.nth(1), T![,] | T![')']) {
        let placeholder = p.start();
        p.bump();
        placeholder.complete(p, SyntaxKind::PLACEHOLDER_EXPR);
    } else if expressions::begins_expr(p.current()) {
        expressions::expr(p);
    } else if p.pos == start {
        m.abandon(p);
        return false;
    } else {
        p.expected("an expression");
    }
    m.complete(p, SyntaxKind::ARG);
    true
}

/// ```ebnf
/// LambdaParams = '(' List(LambdaParam)? ')'
/// LambdaParam  = 'mut'? LowerId ( ':' Convention? Type )?
/// ```
pub(super) fn lambda_param_list(p: &mut Parser<'_, '_>) {
    let m = p.start();
    let mut names = FxHashSet::default();
    lists::bracketed(p, T![')'], "a parameter", |p| {
        if let Some(at) = self_token(p) {
            let range = p.input.range(at);
            p.error_at("SY11", "`self` is not a parameter of a lambda", range);
            self_param(p, false);
            return true;
        }
        if !matches!(p.current(), T![mut] | T![ident] | T![uident]) {
            return false;
        }
        let m = p.start();
        p.eat(T![mut]);
        let at = p.pos;
        if name(p, Case::Lower, "the name of a parameter") {
            unique(p, at, &mut names);
        }
        if p.eat(T![:]) {
            types::opt_borrow_mark(p);
            types::type_(p);
        }
        m.complete(p, SyntaxKind::LAMBDA_PARAM);
        true
    });
    m.complete(p, SyntaxKind::LAMBDA_PARAM_LIST);
}

/// ```ebnf
/// Captures = '[' List(Capture) ']'
/// Capture  = ( LowerId '=' )? Convention? LowerId
/// ```
pub(super) fn capture_list(p: &mut Parser<'_, '_>) {
    let m = p.start();
    lists::bracketed(p, T![']'], "a capture", |p| {
        if !matches!(p.current(), T![ident] | T![uident] | T![&] | T![self]) {
            return false;
        }
        let m = p.start();
        if p.nth(1) == T![=] {
            name(p, Case::Lower, "the name of a capture");
            p.bump();
        }
        types::opt_borrow_mark(p);
        if p.at(T![self]) {
            let range = p.range();
            p.report(
                SyntaxError::error("SY11", "`self` cannot be captured", range)
                    .with_note("bind what the lambda needs to a variable first"),
            );
            let name = p.start();
            p.bump();
            name.complete(p, SyntaxKind::NAME_REF);
        } else {
            name_ref(p, Case::Lower, "a captured variable");
        }
        m.complete(p, SyntaxKind::CAPTURE);
        true
    });
    m.complete(p, SyntaxKind::CAPTURE_LIST);
}
