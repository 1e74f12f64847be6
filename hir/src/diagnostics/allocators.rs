//! Is this block a correct allocator? A17–A28 of the rules on `sup Alloc[E] for X` (A16 is with the other rules on
//! generic parameters, A27 with the classes, A30 with the functions).

use super::names::trimmed;
use super::overrides::{
    Block, counted, earlier_block, missing_methods, own_type, parameter_names, rivals, stubs,
};
use super::{Context, declared_at};
use crate::diagnostic::{Diagnostic, TextEdit};
use crate::facts::is_allocator_class;
use crate::ids::{AliasId, FuncId};
use crate::item_tree::ItemRef;
use crate::items::{alias_data, class_data, signature};
use crate::lang::lang_items;
use crate::signature::Visibility;
use crate::sups::superimposes;
use crate::ty::{Convention, Ty};
use crate::unify::matches_closed;
use syntax::TextRange;
use syntax::ast::{self, AstNode, HasAnnotations, HasGenericParams, HasWhereClause};

pub(super) fn check(cx: &mut Context<'_>, block: &Block<'_>) {
    second_block(cx, block);
    if element(cx, block) {
        return;
    }
    for func in &cx.tree.sups[block.index as usize].funcs {
        method(cx, block, *func);
    }
    for alias in &cx.tree.sups[block.index as usize].aliases {
        item_alias(cx, block, *alias);
    }
    let missing = missing_methods(cx, block);
    if !missing.is_empty() {
        required(cx, block, &missing);
    }
}

fn element_type<'a>(block: &'a Block<'_>) -> &'a Ty {
    match block.base {
        Ty::Class(_, args) => args.first().unwrap_or(&Ty::Unknown),
        _ => &Ty::Unknown,
    }
}

/// A17
fn second_block(cx: &mut Context<'_>, block: &Block<'_>) {
    let alloc = lang_items(cx.db, cx.file.edition(cx.db)).alloc;
    let first = earlier_block(cx, block, |_, head| head.base.as_ref().and_then(Ty::class) == Some(alloc));
    let Some(first) = first else { return };
    let target = &class_data(cx.db, block.target).name;
    let range = cx.header(ItemRef::Sup(block.index));
    let at = match cx.tree.item(first.local()) {
        Some(item) if first.file() == cx.file => cx.header(item),
        _ => declared_at(cx.db, first.0),
    };
    let diagnostic = Diagnostic::error("A17", range, format!("`{target}` super-imposes `Alloc` already"))
        .note(format!("with two blocks, `{target}.Item` and `{target}.alloc(n)` would be ambiguous"))
        .related_in(first.file(), at, "the other block is here");
    cx.report(diagnostic);
}

/// A28, reported alone.
fn element(cx: &mut Context<'_>, block: &Block<'_>) -> bool {
    let lang = lang_items(cx.db, cx.file.edition(cx.db));
    let element = element_type(block);
    let is_void = element.class() == Some(lang.void);
    let is_allocator = match element {
        Ty::Class(class, _) => is_allocator_class(cx.db, cx.program, *class),
        Ty::Param(_) => superimposes(cx.db, cx.program, &block.env, element, lang.alloc).is_some(),
        _ => false,
    };
    if !is_void && !is_allocator {
        return false;
    }
    let base = cx.node::<ast::Sup>(ItemRef::Sup(block.index)).and_then(|node| node.base());
    let arg = base.as_ref().and_then(|base| match base {
        ast::Type::PathType(path) => path.last_segment()?.generic_arg_list()?.generic_args().next(),
        _ => None,
    });
    let range = arg.map(|arg| trimmed(arg.syntax())).or_else(|| base.map(|base| trimmed(base.syntax())));
    let range = range.unwrap_or_else(|| cx.header(ItemRef::Sup(block.index)));
    let (message, note) = if is_void {
        (
            "an array cannot have elements of type `Void`".to_owned(),
            "`Void` has no values, so a slot could hold nothing",
        )
    } else {
        let message =
            format!("an array cannot have elements of the allocator type `{}`", element.display(cx.db));
        (message, "no allocator object ever exists")
    };
    cx.report(Diagnostic::error("A28", range, message).note(note));
    true
}

/// A18
fn required(cx: &mut Context<'_>, block: &Block<'_>, missing: &[(FuncId, Ty)]) {
    let alloc = lang_items(cx.db, cx.file.edition(cx.db)).alloc;
    // in the order in which `Alloc` declares them
    let order = |func: &FuncId| class_data(cx.db, alloc).methods.iter().position(|method| method == func);
    let mut missing = missing.to_vec();
    missing.sort_by_key(|(func, _)| order(func));
    let names: Vec<String> =
        missing.iter().map(|(func, _)| format!("`{}`", signature(cx.db, *func).name)).collect();
    let target = &class_data(cx.db, block.target).name;
    let range = cx.header(ItemRef::Sup(block.index));
    let mut diagnostic =
        Diagnostic::error("A18", range, format!("allocator `{target}` lacks {}", names.join(", ")))
            .note("an allocator defines `alloc`, `realloc` and `dealloc`; `alloc_zero` is provided");
    for (func, _) in &missing {
        diagnostic = diagnostic.related_in(func.file(), declared_at(cx.db, func.0), "declared here");
    }
    if let Some(edit) = stubs(cx, block, &missing) {
        let title = if missing.len() == 1 { "add the missing method" } else { "add the missing methods" };
        diagnostic = diagnostic.suggest(title, vec![edit]);
    }
    cx.report(diagnostic);
}

/// A25: `Item` is the element type, and the only alias.
fn item_alias(cx: &mut Context<'_>, block: &Block<'_>, alias: u32) {
    let item = &cx.tree.aliases[alias as usize];
    if item.name != "Item" {
        let range = cx.name_range(ItemRef::Alias(alias));
        let target = &class_data(cx.db, block.target).name;
        let diagnostic = Diagnostic::error("A25", range, format!("`Alloc` has no alias `{}`", item.name))
            .note(format!("`Item` is the only one; put other aliases into `sup {target}`"));
        cx.report(diagnostic);
        return;
    }
    let data = alias_data(cx.db, AliasId::new(cx.file, item.id));
    let element = element_type(block);
    if matches_closed(&own_type(cx, block, &data.ty), element) {
        return;
    }
    let ty =
        cx.node::<ast::Use>(ItemRef::Alias(alias)).and_then(|node| node.alias()).and_then(|alias| alias.ty());
    let range = ty.map_or_else(|| cx.name_range(ItemRef::Alias(alias)), |ty| trimmed(ty.syntax()));
    let wanted = element.display(cx.db).to_string();
    let message = format!("`Item` is `{}`, but the allocator hands out `{wanted}`", data.ty.display(cx.db));
    cx.report(
        Diagnostic::error("A25", range, message)
            .note(
                "`Item` may be repeated in the block and is then the element type; left out, it is inherited",
            )
            .fix(format!("write `use Item = {wanted}`"), vec![TextEdit::replace(range, wanted)]),
    );
}

fn method(cx: &mut Context<'_>, block: &Block<'_>, func: u32) {
    let item = ItemRef::Func(func);
    let written = &cx.tree.funcs[func as usize];
    let own = signature(cx.db, FuncId::new(cx.file, written.id));
    let rivals = rivals(cx, block, own);
    let Some(rival) = rivals.first() else {
        unknown_method(cx, block, func);
        return;
    };
    let Some(node) = cx.function_if_wrong(func, block, rival) else { return };
    let name = cx.name_range(item);
    let base = rival.signature.func;
    let declared = |diagnostic: Diagnostic| {
        diagnostic.related_in(base.file(), declared_at(cx.db, base.0), "declared here")
    };
    let mut found: Vec<Diagnostic> = Vec::new();
    if own.is_coroutine {
        let range = node.gn_token().map_or(name, |token| token.text_range());
        found.push(
            declared(Diagnostic::error("A24", range, format!("`{}` of an allocator is a `gn`", own.name)))
                .note("the methods of `Alloc` are plain functions: they run when they are called")
                .fix("make it a `fn`", vec![TextEdit::replace(range, "fn")]),
        );
    } else if let Some(self_param) = node.self_param() {
        let range = trimmed(self_param.syntax());
        let mut diagnostic = declared(Diagnostic::error(
            "A20",
            range,
            format!("`{}` of an allocator has a `self` parameter", own.name),
        ))
        .note("no allocator object ever exists: the methods are static");
        if let Some(edit) = without_self(cx, &node) {
            diagnostic = diagnostic.fix("remove `self`", vec![edit]);
        }
        found.push(diagnostic);
    } else if !written.says_static {
        let start = node.fn_token().map_or(name.start(), |token| token.text_range().start());
        found.push(
            Diagnostic::hint("A20", name, format!("`{}` of an allocator is static", own.name))
                .note("writing `@static` is canonical")
                .fix("add `@static`", vec![TextEdit::insert(start, "@static ")]),
        );
    }
    if found.iter().all(|diagnostic| diagnostic.severity == crate::Severity::Hint) {
        found.extend(parameters(cx, block, &node, own, rival).map(declared));
    }
    if let Some(diagnostic) = result(cx, block, &node, own, rival)
        && !own.is_coroutine
    {
        found.push(declared(diagnostic));
    }
    if let Some(diagnostic) = visibility(cx, block, &node, own.visibility) {
        found.push(diagnostic);
    }
    let right = found.iter().all(|diagnostic| diagnostic.severity != crate::Severity::Error);
    for diagnostic in found {
        cx.report(diagnostic);
    }
    if right {
        parameter_names(cx, block, func, own, rival, "A21");
    }
}

impl Context<'_> {
    /// The node of a method, unless everything about it is as it should be.
    fn function_if_wrong(
        &self,
        func: u32,
        block: &Block<'_>,
        rival: &super::overrides::Expected<'_>,
    ) -> Option<ast::Function> {
        let written = &self.tree.funcs[func as usize];
        let own = signature(self.db, FuncId::new(self.file, written.id));
        let expected = rival.params(self, block);
        let plain = !own.is_coroutine
            && own.self_param.is_none()
            && written.says_static
            && written.generics.is_empty()
            && written.visibility.is_none()
            && own.params.len() == expected.len()
            && own.params.iter().zip(&expected).all(|(own, (convention, ty, base))| {
                !own.has_default
                    && !own.variadic
                    && own.convention == *convention
                    && own.name == base.name
                    && matches_closed(&own_type(self, block, &own.ty), ty)
            })
            && matches_closed(&own_type(self, block, &own.ret), &rival.ty(self, block, &rival.signature.ret));
        if plain { None } else { self.function(func) }
    }
}

/// A19
fn unknown_method(cx: &mut Context<'_>, block: &Block<'_>, func: u32) {
    let name = &cx.tree.funcs[func as usize].name;
    let range = cx.name_range(ItemRef::Func(func));
    let target = &class_data(cx.db, block.target).name;
    let known = ["alloc", "realloc", "dealloc", "alloc_zero"];
    let mut diagnostic = Diagnostic::error("A19", range, format!("`Alloc` has no method `{name}`"));
    if let Some(similar) = crate::similar::most_similar(name, known) {
        diagnostic.message.push_str(&format!(", did you mean `{similar}`?"));
        diagnostic = diagnostic.suggest(format!("use `{similar}`"), vec![TextEdit::replace(range, similar)]);
    }
    cx.report(diagnostic.note(format!("helpers of an allocator go into `sup {target}`")));
}

/// The edit that removes `self` and the comma behind it.
fn without_self(cx: &Context<'_>, node: &ast::Function) -> Option<TextEdit> {
    let range = trimmed(node.self_param()?.syntax());
    let text = cx.file.text(cx.db);
    let rest = text.get(usize::from(range.end())..)?;
    let comma = rest.trim_start().strip_prefix(',')?.trim_start();
    let end = text.len() - comma.len();
    Some(TextEdit::delete(TextRange::new(range.start(), (end as u32).into())))
}

/// A21, and A22 for the array.
fn parameters(
    cx: &Context<'_>,
    block: &Block<'_>,
    node: &ast::Function,
    own: &crate::signature::Signature,
    rival: &super::overrides::Expected<'_>,
) -> impl Iterator<Item = Diagnostic> + use<> {
    let mut found = Vec::new();
    let note =
        "the parameters of an allocator's methods are exactly those of `Alloc`; only their names may differ";
    let name = ast::HasName::name(node).map_or_else(|| trimmed(node.syntax()), |name| trimmed(name.syntax()));
    let method = format!("`Alloc.{}`", own.name);
    if let Some(list) = node.generic_param_list() {
        let message = format!("{method} has no generic parameters of its own");
        found.push(Diagnostic::error("A21", trimmed(list.syntax()), message).note(note));
    } else if let Some(clause) = node.where_clause() {
        let message = format!("{method} has no `where` block");
        found.push(Diagnostic::error("A21", trimmed(clause.syntax()), message).note(note));
    }
    let expected = rival.params(cx, block);
    let params: Vec<ast::Param> = node.params().collect();
    if let Some(diagnostic) = wrong_order(cx, block, own, &expected, &params, &method) {
        return vec![diagnostic.note(note)].into_iter();
    }
    for (at, (param, written)) in own.params.iter().zip(&params).enumerate() {
        let whole = trimmed(written.syntax());
        let Some((convention, ty, _)) = expected.get(at) else {
            let message = format!("{method} has {}", counted(expected.len(), "parameter"));
            found.push(Diagnostic::error("A21", whole, message).note(note));
            break;
        };
        if param.variadic {
            found.push(
                Diagnostic::error("A21", whole, format!("{method} has no variadic parameter")).note(note),
            );
            break;
        }
        let own_ty = own_type(cx, block, &param.ty);
        let fits = matches_closed(&own_ty, ty);
        let Some(written_ty) = written.ty().map(|ty| trimmed(ty.syntax())) else { continue };
        let range = match written.borrow_mark() {
            Some(mark) => trimmed(mark.syntax()).cover(written_ty),
            None => written_ty,
        };
        let wanted = ty.display_as(cx.db, *convention).to_string();
        if fits && param.convention == *convention {
            if param.has_default {
                let message = format!("the parameters of {method} have no defaults");
                found.push(Diagnostic::error("A21", whole, message).note(note));
            }
            continue;
        }
        let is_array = own_ty.class() == Some(lang_items(cx.db, cx.file.edition(cx.db)).arr);
        let diagnostic = if is_array && fits && param.convention != Convention::Value {
            Diagnostic::error(
                "A22",
                range,
                format!("`{}` must own its array, but `{}` is a borrow", own.name, param.name),
            )
            .note(
                "giving memory back needs its ownership; through a borrow the owner would keep a dead array",
            )
            .fix(
                format!("take ownership: `{}: {wanted}`", param.name),
                vec![TextEdit::replace(range, wanted)],
            )
        } else {
            Diagnostic::error("A21", range, format!("{method} takes `{wanted}` here"))
                .note(note)
                .suggest(format!("write `{wanted}`"), vec![TextEdit::replace(range, wanted)])
        };
        found.push(diagnostic);
    }
    if own.params.len() < expected.len() {
        let missing: Vec<String> =
            expected[own.params.len()..].iter().map(|(_, _, param)| format!("`{}`", param.name)).collect();
        let message = format!("`{}` lacks the parameter {}", own.name, missing.join(", "));
        found.push(Diagnostic::error("A21", name, message).note(note));
    }
    found.into_iter()
}

/// A21: the right parameters, the other way round.
fn wrong_order(
    cx: &Context<'_>,
    block: &Block<'_>,
    own: &crate::signature::Signature,
    expected: &[(Convention, crate::ty::Ty, &crate::signature::Param)],
    written: &[ast::Param],
    method: &str,
) -> Option<Diagnostic> {
    let ([first, second], [wanted_first, wanted_second], [one, two]) =
        (own.params.as_slice(), expected, written)
    else {
        return None;
    };
    let fits = |own: &crate::signature::Param,
                wanted: &(Convention, crate::ty::Ty, &crate::signature::Param)| {
        own.convention == wanted.0
            && !own.has_default
            && !own.variadic
            && matches_closed(&own_type(cx, block, &own.ty), &wanted.1)
    };
    let swapped = fits(first, wanted_second) && fits(second, wanted_first);
    if !swapped || fits(first, wanted_first) {
        return None;
    }
    let (one, two) = (trimmed(one.syntax()), trimmed(two.syntax()));
    let text = cx.file.text(cx.db);
    let of = |range: TextRange| text.get(std::ops::Range::from(range)).unwrap_or_default().to_owned();
    Some(
        Diagnostic::error(
            "A21",
            one.cover(two),
            format!("{method} takes `{}` before `{}`", second.name, first.name),
        )
        .fix(
            "exchange the parameters",
            vec![TextEdit::replace(one, of(two)), TextEdit::replace(two, of(one))],
        ),
    )
}

/// A23
fn result(
    cx: &Context<'_>,
    block: &Block<'_>,
    node: &ast::Function,
    own: &crate::signature::Signature,
    rival: &super::overrides::Expected<'_>,
) -> Option<Diagnostic> {
    let expected = rival.ty(cx, block, &rival.signature.ret);
    let own_ty = own_type(cx, block, &own.ret);
    if matches_closed(&own_ty, &expected) {
        return None;
    }
    let range = trimmed(node.return_type()?.syntax());
    let wanted = expected.display(cx.db).to_string();
    let message =
        format!("`{}` returns `{}`, but `Alloc` demands `{wanted}`", own.name, own_ty.display(cx.db));
    Some(
        Diagnostic::error("A23", range, message)
            .note("every outcome of an allocation is a `Ret` with `AllocErr`, so that no failure is lost")
            .suggest(format!("return `{wanted}`"), vec![TextEdit::replace(range, wanted)]),
    )
}

/// A range with the blanks behind it.
fn with_blanks(cx: &Context<'_>, range: TextRange) -> TextRange {
    let rest = cx.file.text(cx.db).get(usize::from(range.end())..).unwrap_or_default();
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    TextRange::new(range.start(), range.end() + syntax::TextSize::new(blanks as u32))
}

/// A26
fn visibility(
    cx: &Context<'_>,
    block: &Block<'_>,
    node: &ast::Function,
    own: Visibility,
) -> Option<Diagnostic> {
    let rank = |visibility| match visibility {
        Visibility::Public => 2,
        Visibility::Protected => 1,
        Visibility::Private => 0,
    };
    let class = class_data(cx.db, block.target).visibility;
    if rank(own) >= rank(class) {
        return None;
    }
    let annotation = node.annotation("private").or_else(|| node.annotation("protected"))?;
    let range = trimmed(annotation.syntax());
    let target = &class_data(cx.db, block.target).name;
    Some(
        Diagnostic::error("A26", range, format!("the method is less visible than the allocator `{target}`"))
            .note("whoever can name the allocator must be able to call its methods")
            .fix("remove the annotation", vec![TextEdit::delete(with_blanks(cx, range))]),
    )
}
