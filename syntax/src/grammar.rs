//! The grammar of edition 2023 (chapter 2), one function for each production.
//!
//! A function is entered when its first token is known to be there, unless its name begins with `opt_`.
//! Rules that need no more than the tokens around a place are checked here, at the place.

mod expressions;
mod generics;
mod items;
mod lists;
mod members;
mod params;
mod patterns;
mod primaries;
mod statements;
mod types;

use crate::parser::Parser;
use crate::{SyntaxKind, T};

pub(crate) use items::source_file;

/// Parses a block that is known to be well-formed outside; whether it is an elided function body.
pub(crate) fn block(p: &mut Parser<'_, '_>, of_function: bool) -> bool {
    if of_function {
        return statements::function_body(p);
    }
    statements::block(p);
    false
}

/// Names that the grammar looks at: words of other languages and editions, which get messages of their own.
pub(crate) fn is_telling_word(text: &str) -> bool {
    items::foreign_declaration(text).is_some() || statements::is_word_of_a_later_edition(text)
}

/// Which names a place takes (LX11).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Lower,
    Upper,
    Any,
}

/// Parses the name of a declaration. A name of the wrong case is one all the same, with LX11.
fn name(p: &mut Parser<'_, '_>, case: Case, what: &'static str) -> bool {
    let m = p.start();
    if !name_token(p, case, what) {
        m.abandon(p);
        return false;
    }
    m.complete(p, SyntaxKind::NAME);
    true
}

fn name_ref(p: &mut Parser<'_, '_>, case: Case, what: &'static str) -> bool {
    let m = p.start();
    if !name_token(p, case, what) {
        m.abandon(p);
        return false;
    }
    m.complete(p, SyntaxKind::NAME_REF);
    true
}

fn name_token(p: &mut Parser<'_, '_>, case: Case, what: &'static str) -> bool {
    match p.current() {
        T![ident] => {
            if case == Case::Upper {
                wrong_case(p, what, "upper-case");
            }
        }
        T![uident] => {
            if case == Case::Lower {
                wrong_case(p, what, "lower-case");
            }
        }
        _ => {
            p.expected(what);
            return false;
        }
    }
    p.bump();
    true
}

/// A reserved word where a variable or parameter gets its name: one mistake, and the name all the same.
fn opt_reserved_name(p: &mut Parser<'_, '_>) -> bool {
    let is_name = p.current().is_keyword()
        && !p.first_on_line()
        && matches!(p.nth(1), T![=] | T![:] | T![,] | T![')'])
        && !p.is_reported();
    if is_name {
        let (range, text) = (p.range(), p.text());
        p.error_at("SY0", format!("`{text}` is a reserved word and names nothing"), range);
        let m = p.start();
        p.bump();
        m.complete(p, SyntaxKind::NAME);
    }
    is_name
}

/// LX11
fn wrong_case(p: &mut Parser<'_, '_>, what: &'static str, letter: &'static str) {
    if p.input.is_reported(p.pos) {
        return;
    }
    let error = crate::SyntaxError::error(
        "LX11",
        format!(
            "{what} begins with {} letter",
            if letter == "upper-case" { "an upper-case" } else { "a lower-case" }
        ),
        p.range(),
    )
    .with_note("the first letter tells types from values, and the grammar relies on it");
    p.report(error);
}

/// LX14: whether the current token is a name behind `fn`, `gn` or `.`, reserved or not.
fn is_admitted_word(kind: SyntaxKind) -> bool {
    kind.is_keyword() && !matches!(kind, T![self] | T![Self] | T![true] | T![false])
}

/// An annotation: `@name.path[Types](args)`.
fn annotation(p: &mut Parser<'_, '_>) {
    let m = p.start();
    p.bump();
    let path = p.start();
    let mut first = true;
    loop {
        let admitted =
            is_admitted_word(p.current()) && !p.first_on_line() && (!first || p.input.is_joint(p.pos));
        if admitted {
            let name = p.start();
            p.bump();
            name.complete(p, SyntaxKind::NAME_REF);
        } else if first && p.first_on_line() && p.at(T![@])
            || !name_ref(p, Case::Lower, "the name of an annotation")
        {
            break;
        }
        first = false;
        if !p.eat(T![.]) {
            break;
        }
    }
    path.complete(p, SyntaxKind::ANNOTATION_PATH);
    if p.at(T!['[']) && !p.on_new_line() {
        generics::generic_arg_list(p);
    }
    if p.at(T!['(']) && !p.on_new_line() {
        params::arg_list(p);
    }
    m.complete(p, SyntaxKind::ANNOTATION);
}

/// Any number of annotations; they are not separated by commas (SY4). Returns how many there are.
fn opt_annotations(p: &mut Parser<'_, '_>) -> usize {
    let mut count = 0;
    while p.at(T![@]) {
        annotation(p);
        count += 1;
        if p.at(T![,]) && p.nth(1) == T![@] {
            let error =
                crate::SyntaxError::error("SY4", "annotations are not separated by commas", p.range())
                    .with_fix("remove `,`", crate::TextEdit::delete(p.range()));
            p.report(error);
            p.bump_as_error();
        }
    }
    count
}

/// A file whose grammar is not known: all tokens, without structure.
pub(crate) fn opaque_file(p: &mut Parser<'_, '_>) {
    let m = p.start();
    if !p.at_end() {
        let error = p.start();
        while !p.at_end() {
            p.bump();
        }
        error.complete(p, SyntaxKind::ERROR);
    }
    m.complete(p, SyntaxKind::SOURCE_FILE);
}
