//! Types (2.4).

use rowan::TextRange;

use crate::grammar::{generics, lists};
use crate::parser::Parser;
use crate::{SyntaxError, SyntaxKind, T, TextEdit};

/// What has been read as a type, as far as the rules around it need to know.
#[derive(Clone, Copy)]
pub(super) struct TypeInfo {
    pub(super) kind: SyntaxKind,
    pub(super) range: TextRange,
    /// The token of the last segment's name, for a path.
    pub(super) last_name: usize,
    /// The path has one segment and no arguments.
    pub(super) is_bare: bool,
}

pub(super) fn begins_type(kind: SyntaxKind) -> bool {
    matches!(kind, T![ident] | T![uident] | T![Self] | T!['('] | T![&])
}

pub(super) fn at_type(p: &Parser<'_, '_>) -> bool {
    begins_type(p.current())
}

/// ```ebnf
/// Type = TupleType | NamedType
/// ```
/// A borrow becomes a `RefType`, which BR2 reports. Arrow types are SY19, unions SY21.
pub(super) fn type_(p: &mut Parser<'_, '_>) -> Option<TypeInfo> {
    let start = p.pos;
    let nest = p.enter()?;
    let info = type_without_suffix(p);
    if let Some(info) = info
        && !p.on_new_line()
    {
        let start = p.input.range(start).start();
        match p.current() {
            T![|] => {
                let at = p.range();
                let range = TextRange::new(start, info.range.end());
                let mut members = vec![p.input.text[range].to_owned()];
                let m = p.start();
                while p.eat(T![|]) {
                    match type_without_suffix(p) {
                        Some(info) => members.push(p.input.text[info.range].to_owned()),
                        None => break,
                    }
                }
                m.complete(p, SyntaxKind::ERROR);
                let whole = TextRange::new(start, p.prev_range().end());
                let insert = format!("Var[{}]", members.join(", "));
                let error = SyntaxError::error("SY21", "there is no union type", at)
                    .with_note("a value of one of several types has type `Var[A, B]`")
                    .with_fix(format!("write `{insert}`"), TextEdit::replace(whole, insert));
                p.report(error);
            }
            T![->] => {
                let error = SyntaxError::error("SY19", "there is no arrow type", p.range())
                    .with_note("function types are `FnRef[R, A]`, `FnMut[R, A]` and `FnOne[R, A]`, the return type first");
                p.report(error);
                let m = p.start();
                p.bump();
                type_(p);
                m.complete(p, SyntaxKind::ERROR);
            }
            _ => {}
        }
    }
    p.leave(nest);
    info
}

fn type_without_suffix(p: &mut Parser<'_, '_>) -> Option<TypeInfo> {
    let start = p.pos;
    match p.current() {
        T!['('] => {
            let kind = tuple_type(p);
            let range = p.range_from(start);
            Some(TypeInfo { kind, range, last_name: start, is_bare: false })
        }
        T![&] => {
            let m = p.start();
            borrow_mark(p);
            type_without_suffix_bounded(p);
            m.complete(p, SyntaxKind::REF_TYPE);
            let range = p.range_from(start);
            Some(TypeInfo { kind: SyntaxKind::REF_TYPE, range, last_name: start, is_bare: false })
        }
        T![ident] | T![uident] | T![Self] => Some(path_type(p)),
        _ => {
            p.expected("a type");
            None
        }
    }
}

fn type_without_suffix_bounded(p: &mut Parser<'_, '_>) {
    if let Some(nest) = p.enter() {
        type_without_suffix(p);
        p.leave(nest);
    }
}

/// ```ebnf
/// Convention = '&' 'mut'?
/// ```
pub(super) fn opt_borrow_mark(p: &mut Parser<'_, '_>) -> bool {
    let found = p.at(T![&]);
    if found {
        borrow_mark(p);
    }
    found
}

fn borrow_mark(p: &mut Parser<'_, '_>) {
    let m = p.start();
    p.bump();
    p.eat(T![mut]);
    m.complete(p, SyntaxKind::BORROW_MARK);
}

/// ```ebnf
/// TupleType = '(' List(Type)? ')'
/// ```
/// SY18: `(T)` is `T` in parentheses.
fn tuple_type(p: &mut Parser<'_, '_>) -> SyntaxKind {
    let m = p.start();
    let mut count = 0;
    lists::bracketed(p, T![')'], "a type", |p| {
        count += 1;
        at_type(p) && type_(p).is_some()
    });
    let comma = p.pos >= 2 && p.input.kind(p.pos - 2) == T![,];
    let kind = if count == 1 && !comma { SyntaxKind::PAREN_TYPE } else { SyntaxKind::TUPLE_TYPE };
    m.complete(p, kind);
    kind
}

/// ```ebnf
/// NamedType = ( 'Self' | ( LowerId '.' )* TypePart ) ( '.' ( TypePart | Integer ) )*
/// TypePart  = UpperId GenericArgs?
/// ```
/// Where a value may stand too, the path ends before a lower-case name: `Self.new`.
pub(super) fn path_type(p: &mut Parser<'_, '_>) -> TypeInfo {
    let m = p.start();
    let start = p.pos;
    let (mut last_name, mut segments, mut generic) = (p.pos, 0, false);
    let mut upper = false;
    loop {
        let segment = p.start();
        let name = p.start();
        last_name = if p.at(T![int_number]) { last_name } else { p.pos };
        upper |= matches!(p.current(), T![uident] | T![Self]);
        if p.at(T![ident]) && (p.nth(1) != T![.] || !begins_segment(p, 2)) {
            super::wrong_case(p, "a type", "upper-case");
            upper = true;
        }
        p.bump();
        name.complete(p, SyntaxKind::NAME_REF);
        segments += 1;
        if upper && p.at(T!['[']) && !p.on_new_line() {
            generics::generic_arg_list(p);
            generic = true;
        }
        segment.complete(p, SyntaxKind::TYPE_SEGMENT);
        let goes_on = p.at(T![.])
            && match p.nth(1) {
                T![uident] | T![int_number] => true,
                T![ident] => !upper,
                _ => false,
            };
        if !goes_on {
            break;
        }
        p.bump();
    }
    m.complete(p, SyntaxKind::PATH_TYPE);
    TypeInfo {
        kind: SyntaxKind::PATH_TYPE,
        range: p.range_from(start),
        last_name,
        is_bare: segments == 1 && !generic,
    }
}

fn begins_segment(p: &Parser<'_, '_>, n: usize) -> bool {
    matches!(p.nth(n), T![ident] | T![uident])
}

/// SY28: whether a run of lower-case names that ends in an upper-case one begins here.
pub(super) fn at_type_path(p: &Parser<'_, '_>) -> bool {
    let mut n = 0;
    while p.nth(n) == T![ident] && p.nth(n + 1) == T![.] {
        n += 2;
    }
    match p.nth(n) {
        T![uident] => true,
        T![Self] => n == 0,
        _ => false,
    }
}
