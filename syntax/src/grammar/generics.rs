//! Generic parameters, constraints and arguments (2.4).

use crate::grammar::{Case, lists, name, name_ref, types};
use crate::parser::Parser;
use crate::{SyntaxError, SyntaxKind, T, TextEdit};

/// ```ebnf
/// GenericParams = '[' List(GenericParam)? ']'
/// ```
/// Returns the tokens of the names.
pub(super) fn opt_generic_param_list(p: &mut Parser<'_, '_>) -> Vec<usize> {
    let mut names = Vec::new();
    if !p.at(T!['[']) {
        return names;
    }
    let m = p.start();
    // SY16: required, then optional, then variadic
    let mut rank = 0;
    lists::bracketed(p, T![']'], "a generic parameter", |p| {
        if !matches!(p.current(), T![...] | T![ident] | T![uident]) {
            return false;
        }
        let start = p.pos;
        names.extend((p.pos..p.pos + 2).find(|it| matches!(p.input.kind(*it), T![ident] | T![uident])));
        let this = generic_param(p);
        if this < rank {
            let range = p.input.range(start);
            let error =
                SyntaxError::error("SY16", format!("{} stands behind {}", RANKS[this], RANKS[rank]), range)
                    .with_note("generic parameters come required first, then with a default, then variadic");
            p.report(error);
        }
        rank = rank.max(this);
        true
    });
    m.complete(p, SyntaxKind::GENERIC_PARAM_LIST);
    names
}

const RANKS: [&str; 3] = ["a required parameter", "a parameter with a default", "a variadic parameter"];

/// ```ebnf
/// GenericParam = '...'? UpperId ( ':' Constraint )? ( '=' Type )?
/// ```
fn generic_param(p: &mut Parser<'_, '_>) -> usize {
    let m = p.start();
    let variadic = p.eat(T![...]);
    name(p, Case::Upper, "a generic parameter");
    if p.eat(T![:]) {
        constraint(p);
    }
    let optional = p.at(T![=]);
    if optional {
        if variadic {
            let range = p.range();
            p.error_at("SY16", "a variadic parameter has no default", range);
        }
        p.bump();
        types::type_(p);
    }
    m.complete(p, SyntaxKind::GENERIC_PARAM);
    if variadic { 2 } else { usize::from(optional) }
}

/// ```ebnf
/// Constraint = NamedType ( ( '&' | '+' ) NamedType )*
/// ```
fn constraint(p: &mut Parser<'_, '_>) {
    let m = p.start();
    types::type_(p);
    while matches!(p.current(), T![&] | T![+]) {
        if p.at(T![+]) {
            // SY15
            let error = SyntaxError::hint("SY15", "constraints are joined with `&`", p.range())
                .with_fix("write `&`", TextEdit::replace(p.range(), "&"));
            p.report(error);
        }
        p.bump();
        types::type_(p);
    }
    m.complete(p, SyntaxKind::CONSTRAINT);
}

/// ```ebnf
/// Where     = 'where' '[' List(WhereItem) ']'
/// WhereItem = Type ( ',' Type )* ':' Constraint
/// ```
pub(super) fn opt_where_clause(p: &mut Parser<'_, '_>) {
    if !p.at(T![where]) {
        return;
    }
    let m = p.start();
    p.bump();
    if p.at(T!['[']) {
        lists::bracketed(p, T![']'], "a constraint", |p| {
            if !types::at_type(p) {
                return false;
            }
            let m = p.start();
            types::type_(p);
            while p.at(T![,]) && types::begins_type(p.nth(1)) {
                p.bump();
                types::type_(p);
            }
            if p.eat(T![:]) {
                constraint(p);
            } else {
                p.expected("`:` and a constraint");
            }
            m.complete(p, SyntaxKind::WHERE_ITEM);
            true
        });
    } else {
        p.expected("`[` and constraints");
    }
    m.complete(p, SyntaxKind::WHERE_CLAUSE);
}

/// ```ebnf
/// GenericArgs = '[' List(GenericArg)? ']'
/// GenericArg  = ( UpperId '=' )? Type
/// ```
pub(super) fn generic_arg_list(p: &mut Parser<'_, '_>) {
    let m = p.start();
    lists::bracketed(p, T![']'], "a type", |p| {
        if !types::at_type(p) {
            return false;
        }
        let m = p.start();
        if p.nth(1) == T![=] {
            name_ref(p, Case::Upper, "a generic parameter");
            p.bump();
        }
        types::type_(p);
        m.complete(p, SyntaxKind::GENERIC_ARG);
        true
    });
    m.complete(p, SyntaxKind::GENERIC_ARG_LIST);
}
