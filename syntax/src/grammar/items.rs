//! Modules, imports, aliases and the declarations of a module (2.1–2.3).

use rowan::{TextRange, TextSize};

use crate::grammar::members::{self, Block};
use crate::grammar::params::{self, Owner};
use crate::grammar::{
    Case, generics, is_admitted_word, lists, name, name_ref, opt_annotations, statements, types,
};
use crate::parser::{Marker, Parser};
use crate::{Severity, SyntaxError, SyntaxKind, T, TextEdit};

/// ```ebnf
/// Module = Annotation* 'mod' ModulePath ModuleItem* EOF
/// ```
pub(crate) fn source_file(p: &mut Parser<'_, '_>) {
    let m = p.start();
    let mut has_mod = false;
    let mut needs_program = false;
    let mut first = true;
    // Text that begins no declaration is reported once, however long it is.
    let mut in_garbage = false;
    while !p.at_end() {
        let is_mod = p.at(T![mod]);
        let before = p.pos;
        let parsed = item(p, Place::Module { first, has_mod });
        needs_program |= matches!(parsed, Some(SyntaxKind::FUNCTION | SyntaxKind::USE));
        has_mod |= is_mod || parsed == Some(SyntaxKind::MOD_DECL);
        first &= parsed.is_none() && before == p.pos;
        match parsed {
            Some(_) if p.pos > before => in_garbage = false,
            _ => {
                garbage(p, !in_garbage);
                in_garbage = true;
                first = false;
            }
        }
    }
    if !has_mod && p.input.len() > 0 {
        // SY1. Declarations of types alone may be an excerpt; functions and imports need a program around them.
        let severity = if needs_program { Severity::Error } else { Severity::Hint };
        let range = p.input.range(0);
        p.report(SyntaxError::new("SY1", severity, "this file has no `mod` line", range).with_note(
            "a file belongs to a program only if it begins with `mod` and the path of its module",
        ));
    }
    m.complete(p, SyntaxKind::SOURCE_FILE);
}

/// Where a declaration stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Module {
        first: bool,
        has_mod: bool,
    },
    /// A block or the members of a class, where only some declarations may stand.
    Inner,
}

/// ```ebnf
/// ModuleItem = Annotation* ( Use | Function | Class | Enum | Sup )
/// ```
/// The kind of what was parsed, or nothing if no declaration begins here.
pub(super) fn item(p: &mut Parser<'_, '_>, place: Place) -> Option<SyntaxKind> {
    let start = p.pos;
    let column = p.item_column;
    if p.first_on_line() {
        p.item_column = p.input.column(p.pos);
    }
    let m = p.start();
    let annotations = opt_annotations(p);
    let kind = p.current();
    if place == Place::Inner && matches!(kind, T![mod] | T![cls] | T![enum] | T![sup]) && !p.is_reported() {
        let text = p.text();
        let error = SyntaxError::error("SY0", format!("`{text}` stands at module level only"), p.range());
        p.report(error);
    }
    let parsed = match kind {
        T![mod] => {
            mod_decl(p, m, place);
            SyntaxKind::MOD_DECL
        }
        T![use] => {
            use_(p, m, true);
            SyntaxKind::USE
        }
        T![fn] | T![gn] => {
            function(p, m, Owner::Free);
            SyntaxKind::FUNCTION
        }
        T![cls] => {
            class(p, m);
            SyntaxKind::CLASS
        }
        T![enum] => {
            enum_(p, m);
            SyntaxKind::ENUM
        }
        T![sup] => {
            sup(p, m);
            SyntaxKind::SUP
        }
        // NM9 is reported by name resolution
        T![let] if place != Place::Inner => {
            annotation_of_nothing(p, start, annotations);
            statements::let_stmt(p, m);
            SyntaxKind::LET_STMT
        }
        T![ident] if foreign_word(p).is_some() => foreign_item(p, m),
        _ if annotations > 0 => {
            annotation_of_nothing(p, start, annotations);
            m.complete(p, SyntaxKind::ERROR);
            SyntaxKind::ERROR
        }
        _ => {
            m.abandon(p);
            p.item_column = column;
            return None;
        }
    };
    p.item_column = column;
    Some(parsed)
}

/// SY4
pub(super) fn annotation_of_nothing(p: &mut Parser<'_, '_>, start: usize, count: usize) {
    if count > 0 && !p.is_reported() {
        let range = p.range_from(start);
        p.report(SyntaxError::error("SY4", "this annotation belongs to nothing", range).with_note(
            "annotations precede a module, class, enum, function, method, attribute, alias or `sup` block",
        ));
        p.mark_reported();
    }
}

/// The S++ word for a declaration keyword of another language or edition, where one stands before a name.
fn foreign_word(p: &Parser<'_, '_>) -> Option<(&'static str, SyntaxKind)> {
    if !matches!(p.nth(1), T![ident] | T![uident]) {
        return None;
    }
    foreign_declaration(p.text())
}

pub(super) fn foreign_declaration(text: &str) -> Option<(&'static str, SyntaxKind)> {
    Some(match text {
        "fun" | "def" | "func" | "function" => ("fn", T![fn]),
        "cor" => ("gn", T![gn]),
        "class" | "struct" | "type" => ("cls", T![cls]),
        "import" => ("use", T![use]),
        "module" | "namespace" => ("mod", T![mod]),
        _ => return None,
    })
}

fn foreign_item(p: &mut Parser<'_, '_>, m: Marker) -> SyntaxKind {
    let Some((word, kind)) = foreign_word(p) else {
        m.abandon(p);
        return SyntaxKind::ERROR;
    };
    if !p.is_reported() {
        let (range, text) = (p.range(), p.text());
        let error = SyntaxError::error("SY0", format!("`{text}` begins no declaration"), range)
            .with_note(format!("edition 2023 writes `{word}`"))
            .with_fix(format!("write `{word}`"), TextEdit::replace(range, word));
        p.report(error);
    }
    match kind {
        T![fn] | T![gn] => {
            function(p, m, Owner::Free);
            SyntaxKind::FUNCTION
        }
        T![cls] => {
            class(p, m);
            SyntaxKind::CLASS
        }
        T![use] => {
            use_(p, m, true);
            SyntaxKind::USE
        }
        _ => {
            mod_decl(p, m, Place::Module { first: true, has_mod: false });
            SyntaxKind::MOD_DECL
        }
    }
}

/// Puts aside text that begins no declaration, up to the next one that does.
fn garbage(p: &mut Parser<'_, '_>, report: bool) {
    if report {
        if p.at(T!['}']) {
            let range = p.range();
            p.error_at("SY0", "this `}` closes nothing", range);
            p.mark_reported();
        } else {
            p.unexpected("a declaration");
        }
    }
    let m = p.start();
    // The first token is not the beginning of a declaration, or it would have been parsed.
    loop {
        match p.input.matching(p.pos) {
            Some(end) if end > p.pos && !matches!(p.current(), T!['}'] | T![')'] | T![']']) => {
                while p.pos <= end {
                    p.bump();
                }
            }
            _ => p.bump(),
        }
        p.mark_reported();
        if p.at_end() || begins_item(p) {
            break;
        }
    }
    m.complete(p, SyntaxKind::ERROR);
}

fn begins_item(p: &Parser<'_, '_>) -> bool {
    match p.current() {
        kind if kind.begins_declaration() => true,
        T![let] => p.first_on_line() && p.input.column(p.pos) <= p.item_column,
        T![ident] => p.first_on_line() && foreign_word(p).is_some(),
        _ => false,
    }
}

/// ```ebnf
/// 'mod' ModulePath
/// ```
fn mod_decl(p: &mut Parser<'_, '_>, m: Marker, place: Place) {
    if let Place::Module { first, has_mod } = place
        && !first
        && !p.is_reported()
    {
        let message = match has_mod {
            true => "this file has a `mod` line already",
            false => "`mod` comes first in a file",
        };
        let range = p.range();
        p.report(
            SyntaxError::error("SY1", message, range)
                .with_note("a file is one module, named by its first line after annotations"),
        );
    }
    p.bump();
    module_path(p, Case::Lower);
    m.complete(p, SyntaxKind::MOD_DECL);
}

/// Dotted names. An import may begin with `sup` and end in an upper-case name, and the path stops in front of
/// `.*` and `.{`.
fn module_path(p: &mut Parser<'_, '_>, case: Case) {
    let m = p.start();
    let mut first = true;
    loop {
        let admitted = !first && is_admitted_word(p.current()) && !p.first_on_line();
        if admitted || p.at(T![sup]) && case == Case::Any {
            let name = p.start();
            p.bump();
            name.complete(p, SyntaxKind::NAME_REF);
        } else if p.first_on_line() && matches!(p.nth(1), T!['('] | T![:] | T!['['])
            || !name_ref(p, case, "a module")
        {
            p.expected("a name");
            break;
        }
        first = false;
        if p.at(T![.]) && !matches!(p.nth(1), T![*] | T!['{']) {
            p.bump();
        } else {
            break;
        }
    }
    m.complete(p, SyntaxKind::MODULE_PATH);
}

/// ```ebnf
/// Use = 'use' ( Alias | Import )
/// ```
/// SY3: an alias starts with an upper-case name.
pub(super) fn use_(p: &mut Parser<'_, '_>, m: Marker, imports: bool) {
    p.bump();
    match p.current() {
        T![uident] if !p.first_on_line() => alias(p),
        T![ident] | T![sup] if !p.first_on_line() => {
            if !imports {
                let range = p.range();
                p.report(
                    SyntaxError::error("SY0", "an import does not stand among members", range)
                        .with_note("only an alias does: `use New = Old`"),
                );
            }
            let import = p.start();
            import_tree(p, true);
            import.complete(p, SyntaxKind::IMPORT);
        }
        _ => p.expected("an import or an alias"),
    }
    m.complete(p, SyntaxKind::USE);
}

/// ```ebnf
/// Alias = UpperId GenericParams? ( '=' | 'as' ) Type
/// ```
fn alias(p: &mut Parser<'_, '_>) {
    let m = p.start();
    name(p, Case::Upper, "an alias");
    generics::opt_generic_param_list(p);
    match p.current() {
        T![=] => {
            p.bump();
            types::type_(p);
        }
        T![as] => {
            let range = p.range();
            p.report(
                SyntaxError::hint("SY3", "an alias is written with `=`", range)
                    .with_note(
                        "in an alias the new name comes first, in an import last; `=` cannot be misread",
                    )
                    .with_fix("write `=`", TextEdit::replace(range, "=")),
            );
            p.bump();
            types::type_(p);
        }
        _ => p.expected("`=`"),
    }
    m.complete(p, SyntaxKind::ALIAS);
}

/// ```ebnf
/// Import     = ( LowerId | 'sup' ( '.' 'sup' )* ) '.' ( LowerId '.' )* ImportTail
/// ImportTail = '*' | ImportItem | '{' List(ImportItem) '}'
/// ImportItem = ( LowerId '.' )* ( UpperId | LowerId ) ( 'as' ( UpperId | LowerId ) )?
/// ```
fn import_tree(p: &mut Parser<'_, '_>, top: bool) {
    let Some(nest) = p.enter() else { return };
    let m = p.start();
    let start = p.pos;
    module_path(p, Case::Any);
    if top && p.pos == start + 1 && !p.at(T![.]) && !p.is_reported() {
        let range = p.input.range(start);
        p.mark_reported();
        p.report(
            SyntaxError::error("SY0", "an import names something inside a module", range)
                .with_note("such as `use std.io.File` or `use sup.shapes.Disc`"),
        );
    }
    if p.eat(T![.]) {
        if !top && !p.is_reported() {
            let range = p.range();
            p.mark_reported();
            p.error_at("SY0", "a group of imports contains only names", range);
        }
        if p.at(T!['{']) {
            let group = p.start();
            lists::bracketed(p, T!['}'], "a name", |p| {
                let found = matches!(p.current(), T![ident] | T![uident]);
                if found {
                    import_tree(p, false);
                }
                found
            });
            group.complete(p, SyntaxKind::IMPORT_GROUP);
        } else {
            p.eat(T![*]);
        }
    }
    if p.at(T![as]) {
        let rename = p.start();
        let case = match p.input.kind(p.pos - 1) {
            T![uident] => Case::Upper,
            T![ident] => Case::Lower,
            _ => Case::Any,
        };
        p.bump();
        let what = if case == Case::Upper { "the name of a type" } else { "the name of a value" };
        name(p, case, what);
        rename.complete(p, SyntaxKind::RENAME);
    }
    m.complete(p, SyntaxKind::IMPORT_TREE);
    p.leave(nest);
}

/// ```ebnf
/// Class = 'cls' UpperId GenericParams? Where? '{' ClassMember* '}'
/// ```
fn class(p: &mut Parser<'_, '_>, m: Marker) {
    p.bump();
    let at = p.pos;
    let named = declared_name(p, "a class");
    generics::opt_generic_param_list(p);
    generics::opt_where_clause(p);
    let outer = p.block_type;
    p.block_type = named.then(|| p.input.token_text(at));
    opt_members(p, Block::Class);
    p.block_type = outer;
    m.complete(p, SyntaxKind::CLASS);
}

/// The upper-case name behind `cls` or `enum`, on the same line.
fn declared_name(p: &mut Parser<'_, '_>, what: &'static str) -> bool {
    if p.first_on_line() {
        p.expected("a name");
        return false;
    }
    name(p, Case::Upper, what)
}

fn opt_members(p: &mut Parser<'_, '_>, block: Block) {
    if at_body(p, "`{`") {
        members::member_list(p, block);
    }
}

/// Whether the body of a declaration is here. If not, what is left of the header on its line is put aside: a
/// mistake in the header does not cost the body.
fn at_body(p: &mut Parser<'_, '_>, what: &'static str) -> bool {
    if p.at(T!['{']) {
        return true;
    }
    p.expected(what);
    let mut n = 0;
    while !p.input.is_first_on_line(p.pos + n) {
        match p.nth(n) {
            T!['{'] => {
                let m = p.start();
                for _ in 0..n {
                    p.bump();
                }
                m.complete(p, SyntaxKind::ERROR);
                return true;
            }
            SyntaxKind::EOF | T!['}'] => break,
            kind if kind.begins_declaration() => break,
            _ => n += 1,
        }
    }
    if !p.balanced {
        skip_indented(p);
    }
    false
}

/// In a text whose braces do not match: puts aside the lines that stand further to the right than the
/// declaration, as its body would, and the brace that ends them.
fn skip_indented(p: &mut Parser<'_, '_>) {
    let column = p.item_column;
    let belongs = |p: &Parser<'_, '_>| {
        !p.at_end()
            && (!p.first_on_line() || p.input.column(p.pos) > column)
            && !p.current().begins_declaration()
    };
    if !p.first_on_line() || !belongs(p) {
        return;
    }
    let m = p.start();
    while belongs(p) {
        p.bump();
    }
    if p.at(T!['}']) && p.input.matching(p.pos).is_none() {
        p.bump();
    }
    m.complete(p, SyntaxKind::ERROR);
    p.mark_reported();
}

/// ```ebnf
/// Enum       = 'enum' UpperId GenericParams? Where? '{' List(EnumMember) '}'
/// EnumMember = ( LowerId | UpperId ) ( '=' Expr )?
/// ```
fn enum_(p: &mut Parser<'_, '_>, m: Marker) {
    p.bump();
    declared_name(p, "an enum");
    generics::opt_generic_param_list(p);
    generics::opt_where_clause(p);
    if at_body(p, "`{`") {
        members::enum_member_list(p);
    }
    m.complete(p, SyntaxKind::ENUM);
}

/// ```ebnf
/// Sup = 'sup' GenericParams? NamedType ( 'for' NamedType )? Where? '{' SupMember* '}'
/// ```
fn sup(p: &mut Parser<'_, '_>, m: Marker) {
    p.bump();
    let generics = generics::opt_generic_param_list(p);
    let mut target = sup_type(p, &generics);
    if p.eat(T![for]) {
        target = sup_type(p, &generics);
    }
    generics::opt_where_clause(p);
    let outer = p.block_type;
    p.block_type = target.map(|at| p.input.token_text(at));
    opt_members(p, Block::Sup);
    p.block_type = outer;
    m.complete(p, SyntaxKind::SUP);
}

/// SY7. Returns the token that names the type.
fn sup_type(p: &mut Parser<'_, '_>, generics: &[usize]) -> Option<usize> {
    let info = types::type_(p)?;
    let text = p.input.token_text(info.last_name);
    let wrong = match info.kind {
        SyntaxKind::TUPLE_TYPE | SyntaxKind::PAREN_TYPE => "a tuple type",
        SyntaxKind::PATH_TYPE if info.is_bare && text == "Self" => "`Self`",
        SyntaxKind::PATH_TYPE
            if info.is_bare && generics.iter().any(|it| p.input.token_text(*it) == text) =>
        {
            "a generic parameter"
        }
        SyntaxKind::PATH_TYPE => return Some(info.last_name),
        _ => return None,
    };
    p.report(
        SyntaxError::error(
            "SY7",
            format!("{wrong} cannot be super-imposed or super-imposed upon"),
            info.range,
        )
        .with_note("a `sup` block names one class, or two: `sup Base for Target`"),
    );
    None
}

/// What a member list needs to know of a function in it.
pub(super) struct FunctionInfo {
    pub(super) name: TextRange,
    pub(super) has_self: bool,
    pub(super) is_elided: bool,
}

/// ```ebnf
/// Function = ( 'fn' | 'gn' ) Name GenericParams? '(' List(Param)? ')' '->' Type Where? FnBody
/// ```
pub(super) fn function(p: &mut Parser<'_, '_>, m: Marker, owner: Owner) -> FunctionInfo {
    p.bump();
    let mut info = FunctionInfo { name: p.error_range(), has_self: false, is_elided: false };
    // LX14 as amended: a reserved word is a name here only if a parameter list follows.
    if is_admitted_word(p.current()) && matches!(p.nth(1), T!['('] | T!['[']) {
        let name = p.start();
        p.bump();
        name.complete(p, SyntaxKind::NAME);
    } else if p.first_on_line() {
        p.expected("the name of a function");
    } else if !name(p, Case::Lower, "the name of a function")
        && p.current().is_keyword()
        && !p.current().begins_declaration()
    {
        // a reserved word where the name belongs, perhaps half-typed
        p.bump_as_error();
        p.mark_reported();
    }
    info.name = if p.pos > 0 { p.prev_range() } else { info.name };
    // A half-typed header must not take the next declaration for its own parts.
    if p.on_new_line() && !matches!(p.current(), T!['('] | T!['['] | T![->] | T!['{'] | T![where]) {
        p.expected("`(` and parameters");
        m.complete(p, SyntaxKind::FUNCTION);
        return info;
    }
    generics::opt_generic_param_list(p);
    let mut closed = false;
    if p.at(T!['(']) {
        let params = params::param_list(p, owner);
        info.has_self = params.has_self;
        closed = params.closed;
    } else {
        p.expected("`(` and parameters");
    }
    ret_type(p, closed);
    generics::opt_where_clause(p);
    if at_body(p, "`{` and a body") {
        info.is_elided = statements::function_body(p);
    }
    m.complete(p, SyntaxKind::FUNCTION);
    info
}

/// SY9: the return type is mandatory.
fn ret_type(p: &mut Parser<'_, '_>, closed: bool) {
    let arrow = match p.current() {
        T![->] | T![=>] => true,
        T![:] => {
            let error = SyntaxError::error("SY9", "the return type is written with `->`", p.range())
                .with_fix("write `->`", TextEdit::replace(p.range(), " ->"));
            p.report(error);
            true
        }
        _ => false,
    };
    if arrow {
        let m = p.start();
        p.bump();
        if types::at_type(p) && !p.on_new_line() || types::begins_type(p.current()) {
            types::type_(p);
        } else {
            p.expected("the return type");
        }
        m.complete(p, SyntaxKind::RET_TYPE);
    } else if closed {
        let paren = p.prev_range();
        let at: TextSize = paren.end();
        let error = SyntaxError::error("SY9", "this function has no return type", paren)
            .with_note("the return type is mandatory; a function without a result returns `Void`")
            .with_fix("return `Void`", TextEdit::insert(at, " -> Void"));
        p.report(error);
    }
}
