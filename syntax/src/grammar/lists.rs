//! Comma lists in brackets, and what to do when one breaks off.

use crate::parser::{Context, Parser};
use crate::{SyntaxKind, T};

/// `List(X)?` in brackets; the current token is the opening one. `item` parses one element and says whether
/// it found any. A half-typed list ends where something begins that no list contains.
pub(super) fn bracketed<'i, 't>(
    p: &mut Parser<'i, 't>,
    close: SyntaxKind,
    what: &'static str,
    mut item: impl FnMut(&mut Parser<'i, 't>) -> bool,
) -> bool {
    let open = p.pos;
    let saved = p.cx;
    let brace = close == T!['}'];
    // A list that is never closed ends with the line on which a comma is missing.
    let unclosed = p.input.matching(open).is_none() || brace && !p.balanced;
    p.cx = Context { in_brackets: !brace, unclosed, ..Context::default() };
    p.open_brackets += u32::from(!brace);
    p.bump();
    while !p.at(close) && !ends_list(p, close) {
        let before = p.pos;
        if !item(p) || p.pos == before {
            if p.pos > before {
                continue;
            }
            if begins_what_follows(p, close) {
                break;
            }
            p.expected(what);
            if p.at(T![,]) {
                p.bump();
                continue;
            }
            if ends_list(p, close) || p.at(close) {
                break;
            }
            skip_element(p, close, unclosed);
            continue;
        }
        if p.at(close) || p.eat(T![,]) {
            continue;
        }
        if ends_list(p, close) || begins_what_follows(p, close) || unclosed && p.first_on_line() {
            break;
        }
        p.expected(separator(close));
        p.mark_reported();
    }
    p.cx = saved;
    p.open_brackets -= u32::from(!brace);
    p.close(open, close)
}

fn separator(close: SyntaxKind) -> &'static str {
    match close {
        T![')'] => "`,` or `)`",
        T![']'] => "`,` or `]`",
        _ => "`,` or `}`",
    }
}

/// Puts aside what is no element, up to the next comma of the list.
fn skip_element(p: &mut Parser<'_, '_>, close: SyntaxKind, unclosed: bool) {
    let m = p.start();
    loop {
        let end = p.input.matching(p.pos).filter(|end| *end > p.pos).unwrap_or(p.pos);
        while p.pos <= end && !p.at_end() {
            p.bump();
        }
        let over = p.at(T![,]) || p.at(close) || ends_list(p, close) || begins_what_follows(p, close);
        if over || unclosed && p.first_on_line() {
            break;
        }
    }
    m.complete(p, SyntaxKind::ERROR);
    p.mark_reported();
}

/// Puts aside the current token, and with a bracket everything up to its partner.
pub(super) fn skip_one(p: &mut Parser<'_, '_>) {
    p.mark_reported();
    let m = p.start();
    let end = match p.current() {
        T!['('] | T!['['] | T!['{'] => p.input.matching(p.pos).unwrap_or(p.pos),
        _ => p.pos,
    };
    while p.pos <= end && !p.at_end() {
        p.bump();
    }
    m.complete(p, SyntaxKind::ERROR);
    p.mark_reported();
}

/// Brackets behind an element, or where one should be: the list is not finished, but what stands behind it has
/// begun, a body or parameters.
fn begins_what_follows(p: &Parser<'_, '_>, close: SyntaxKind) -> bool {
    p.at(T!['{']) && close != T!['}'] || p.at(T!['(']) && close == T![']']
}

/// Tokens that no list contains directly: the list was not finished.
fn ends_list(p: &Parser<'_, '_>, close: SyntaxKind) -> bool {
    match p.current() {
        SyntaxKind::EOF
        | T!['}']
        | T![->]
        | T![let]
        | T![ret]
        | T![return]
        | T![string_mid]
        | T![string_tail] => true,
        T![')'] => close != T![')'] && p.open_brackets > 0,
        T![']'] => close != T![']'] && p.open_brackets > 0,
        T![mod] | T![use] | T![cls] | T![enum] | T![fn] | T![gn] => {
            p.first_on_line() || !p.input.is_joint(p.pos)
        }
        T![sup] => p.first_on_line() && p.nth(1) != T![=],
        T![@] => p.first_on_line(),
        _ => false,
    }
}
