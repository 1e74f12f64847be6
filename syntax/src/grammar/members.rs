//! The members of classes, `sup` blocks and enums (2.2).

use crate::grammar::items::{self, Place};
use crate::grammar::params::Owner;
use crate::grammar::{Case, expressions, lists, name, opt_annotations, statements, types};
use crate::parser::Parser;
use crate::{SyntaxError, SyntaxKind, T, TextEdit};

/// Whose members they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    Class,
    Sup,
}

/// ```ebnf
/// ClassMember = '...' | Annotation* ( Attribute | 'use' Alias | Function )
/// SupMember   = '...' | Annotation* ( 'use' Alias | Function )
/// ```
pub(crate) fn member_list(p: &mut Parser<'_, '_>, block: Block) {
    let m = p.start();
    let open = p.pos;
    let Some(nest) = p.enter() else {
        m.abandon(p);
        return;
    };
    let saved = std::mem::take(&mut p.cx);
    p.bump();
    let mut in_garbage = false;
    let mut comma_reported = false;
    while !p.at(T!['}']) && !p.at_end() && !statements::ends_by_indentation(p) {
        if p.at(T![,]) {
            // SY6
            if !comma_reported && !p.is_reported() {
                let error = SyntaxError::error("SY6", "attributes are not separated by commas", p.range())
                    .with_fix("remove `,`", TextEdit::delete(p.range()));
                p.report(error);
            }
            comma_reported = true;
            p.bump_as_error();
            continue;
        }
        let before = p.pos;
        if !(in_garbage && is_continuation(p)) && member(p, block) && p.pos > before {
            in_garbage = false;
            continue;
        }
        if !in_garbage {
            p.unexpected(match block {
                Block::Class => "an attribute, an alias or a method",
                Block::Sup => "an alias or a method",
            });
        }
        in_garbage = true;
        lists::skip_one(p);
    }
    p.cx = saved;
    p.leave(nest);
    p.close(open, T!['}']);
    m.complete(p, SyntaxKind::MEMBER_LIST);
}

/// Behind something that is no member: a name that does not begin an attribute is more of the same.
fn is_continuation(p: &Parser<'_, '_>) -> bool {
    match p.current() {
        T![ident] | T![uident] => p.nth(1) != T![:],
        T![let] | T![use] | T![mut] => true,
        _ => false,
    }
}

fn member(p: &mut Parser<'_, '_>, block: Block) -> bool {
    if p.at(T![...]) {
        let range = p.range();
        p.report(
            SyntaxError::hint("SY40", "some members are left out here", range)
                .with_note("`...` among members has no effect; it is meant for the standard library"),
        );
        let m = p.start();
        p.bump();
        m.complete(p, SyntaxKind::ELIDED_MEMBERS);
        return true;
    }
    let start = p.pos;
    let column = p.item_column;
    if p.first_on_line() {
        p.item_column = p.input.column(p.pos);
    }
    let m = p.start();
    let annotations = opt_annotations(p);
    let found = match p.current() {
        T![use] => {
            items::use_(p, m, false);
            true
        }
        T![fn] | T![gn] => {
            let info = items::function(p, m, Owner::Method);
            if block == Block::Class && info.has_self && !info.is_elided {
                // SY5
                p.report(
                    SyntaxError::hint("SY5", "an instance method in a class body", info.name)
                        .with_note("state goes into `cls`, behaviour into a `sup` block behind it"),
                );
            }
            true
        }
        T![ident] | T![uident] if !may_be_attribute(p) => {
            m.abandon(p);
            false
        }
        T![ident] | T![mut] | T![uident] => {
            attribute(p, block);
            m.complete(p, SyntaxKind::ATTRIBUTE);
            true
        }
        T![let] => {
            let range = p.range();
            p.report(
                SyntaxError::error("SY6", "an attribute is declared without `let`", range)
                    .with_fix("remove `let`", TextEdit::delete(p.range_with_space())),
            );
            p.bump_as_error();
            attribute(p, block);
            m.complete(p, SyntaxKind::ATTRIBUTE);
            true
        }
        T![mod] | T![cls] | T![enum] | T![sup] => {
            m.abandon(p);
            items::item(p, Place::Inner).is_some()
        }
        _ if annotations > 0 => {
            items::annotation_of_nothing(p, start, annotations);
            m.complete(p, SyntaxKind::ERROR);
            true
        }
        _ => {
            m.abandon(p);
            false
        }
    };
    p.item_column = column;
    found
}

/// Whether the name here is that of an attribute, perhaps an unfinished one, and not the start of a statement.
fn may_be_attribute(p: &Parser<'_, '_>) -> bool {
    p.input.is_first_on_line(p.pos + 1)
        || matches!(
            p.nth(1),
            T![:] | T![=] | T!['}'] | T![,] | T![uident] | T![ident] | T![&] | T![mut] | SyntaxKind::EOF
        )
}

/// ```ebnf
/// Attribute = LowerId ':' Type
/// ```
/// SY6: neither `mut` nor a default value; SY8: not in a `sup` block.
fn attribute(p: &mut Parser<'_, '_>, block: Block) {
    if p.at(T![mut]) {
        let range = p.range();
        p.report(
            SyntaxError::error("SY6", "an attribute is not declared `mut`", range)
                .with_note("it is as mutable as the object that holds it")
                .with_fix("remove `mut`", TextEdit::delete(p.range_with_space())),
        );
        p.bump();
    }
    let at = p.pos;
    if p.on_new_line() && p.pos > 0 && p.input.kind(p.pos - 1) == T![mut] {
        p.expected("the name of an attribute");
        return;
    }
    if !name(p, Case::Lower, "the name of an attribute") {
        return;
    }
    if block == Block::Sup && p.at(T![:]) {
        let range = p.input.range(at);
        p.report(
            SyntaxError::error("SY8", "a `sup` block has no attributes", range)
                .with_note("state belongs into the class itself"),
        );
        p.mark_reported();
    }
    if p.eat(T![:]) {
        if types::at_type(p) && !(p.first_on_line() && matches!(p.nth(1), T![:])) {
            types::type_(p);
        } else {
            p.expected("the type of the attribute");
        }
    } else {
        if (p.on_new_line() || p.at(T!['}'])) && !p.is_reported() {
            let range = p.input.range(at);
            let name = p.input.token_text(at);
            p.error_at("TY6", format!("the attribute `{name}` has no type"), range);
            p.mark_reported();
        }
        p.expected("`:` and the type of the attribute");
        if !p.on_new_line() && !matches!(p.current(), T![=] | T!['}'] | T![,]) {
            // What stands behind the name on its line belongs to the same mistake.
            lists::skip_one(p);
        }
    }
    if p.at(T![=]) {
        if !p.is_reported() {
            let range = p.range();
            p.report(
                SyntaxError::error("SY6", "an attribute has no default value", range)
                    .with_note("super-impose `Default`, or give the value in the initialiser"),
            );
        }
        p.bump();
        expressions::expr(p);
    }
}

/// ```ebnf
/// '{' List(EnumMember) '}'
/// ```
pub(super) fn enum_member_list(p: &mut Parser<'_, '_>) {
    let m = p.start();
    lists::bracketed(p, T!['}'], "a member", |p| {
        let start = p.pos;
        if p.at(T![@]) {
            let annotations = opt_annotations(p);
            items::annotation_of_nothing(p, start, annotations);
        }
        let m = p.start();
        if !matches!(p.current(), T![ident] | T![uident]) {
            m.abandon(p);
            return p.pos > start;
        }
        name(p, Case::Any, "a member");
        if p.eat(T![=]) {
            expressions::expr(p);
        }
        m.complete(p, SyntaxKind::ENUM_MEMBER);
        true
    });
    m.complete(p, SyntaxKind::ENUM_MEMBER_LIST);
}
