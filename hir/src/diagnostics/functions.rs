//! Rules on single functions and overload sets: OV1, SP11, CO1, CF9, OV5.

use super::Context;
use super::names::trimmed;
use crate::db::Db;
use crate::diagnostic::{Diagnostic, TextEdit};
use crate::ids::{FuncId, Name};
use crate::item_tree::{ItemRef, Parent};
use crate::items::{env_of, signature, sup_head};
use crate::lang::lang_items;
use crate::scope::namespace;
use crate::signature::{BodyKind, Container, Signature};
use crate::sups::{class_sups, superimposes};
use crate::ty::{Convention, Ty, TypeParam};
use rustc_hash::FxHashMap;
use syntax::SyntaxKind;
use syntax::ast::{AstNode, HasAnnotations};

pub(super) fn check(cx: &mut Context<'_>) {
    overloads(cx);
    for index in 0..cx.tree.funcs.len() as u32 {
        static_with_self(cx, index);
        borrowed_default(cx, index);
        coroutine(cx, index);
        stub(cx, index);
    }
}

/// What tells overloads apart (OV1): self form, number, types and conventions of the required parameters, with own
/// generic parameters by position.
type Key = (Option<Convention>, Vec<(Convention, Ty)>);

fn key(db: &dyn Db, signature: &Signature) -> Key {
    let owner = signature.func.0;
    // parameters of a block and of its class are the same if they stand at the same position of the target
    let block = match signature.container {
        Container::Sup(sup) => match &sup_head(db, sup).target {
            Ty::Class(_, args) => Some((sup.0, args.clone())),
            _ => None,
        },
        _ => None,
    };
    let position = |param: &TypeParam| match (&block, signature.container) {
        (Some((sup, args)), _) if param.owner == *sup => {
            args.iter().position(|arg| matches!(arg, Ty::Param(known) if known == param)).map(|at| at as u32)
        }
        (_, Container::Class(class)) if param.owner == class.0 => Some(param.index),
        _ => None,
    };
    let anonymous = |ty: &Ty| {
        ty.map(&mut |part| match part {
            Ty::Param(param) if param.owner == owner => {
                Some(Ty::Infer(param.index * 2 + u32::from(param.variadic)))
            }
            Ty::Param(param) => position(param).map(|at| Ty::Infer((1 << 30) + at)),
            _ => None,
        })
    };
    let required = signature.params.iter().filter(|param| !param.has_default && !param.variadic);
    let required = required.map(|param| (param.convention, anonymous(&param.ty)));
    (signature.self_param.map(|own| own.convention), required.collect())
}

fn overloads(cx: &mut Context<'_>) {
    let tree = cx.tree;
    // functions of a module: all of the namespace; each name once
    let mut seen: FxHashMap<&Name, ()> = FxHashMap::default();
    let own_namespace = tree.namespace().and_then(|path| namespace(cx.db, cx.program, path));
    for func in tree.funcs.iter().filter(|func| func.parent == Parent::Module) {
        if seen.insert(&func.name, ()).is_none()
            && let Some(entries) = own_namespace.and_then(|data| data.funcs.get(&func.name))
            && entries.len() > 1
        {
            let funcs: Vec<FuncId> = entries.iter().map(|entry| entry.func).collect();
            conflicts(cx, &funcs);
        }
    }
    // methods: those of a class and its own blocks form one set, those of a block with base another
    let mut sets: FxHashMap<(u32, u32, &Name), Vec<FuncId>> = FxHashMap::default();
    for func in &tree.funcs {
        let id = FuncId::new(cx.file, func.id);
        let place = match func.parent {
            Parent::Module => continue,
            Parent::Block(block) => (0, block),
            Parent::Class(class) => (1, class),
            Parent::Sup(sup) => match own_block_of(cx, sup) {
                Some(Ok(class)) => (1, class),
                Some(Err(())) => {
                    methods_elsewhere(cx, sup, &func.name, id);
                    continue;
                }
                None => (2, sup),
            },
        };
        sets.entry((place.0, place.1, &func.name)).or_default().push(id);
    }
    let mut sets: Vec<Vec<FuncId>> = sets.into_values().filter(|set| set.len() > 1).collect();
    sets.sort_by_key(|set| set[0].local());
    for set in sets {
        conflicts(cx, &set);
    }
}

/// For a block without base: the class it adds to, as an index of this file, or `Err` for one of another file.
fn own_block_of(cx: &Context<'_>, sup: u32) -> Option<Result<u32, ()>> {
    let block = &cx.tree.sups[sup as usize];
    if block.base.is_some() {
        return None;
    }
    let head = sup_head(cx.db, crate::ids::SupId::new(cx.file, block.id));
    let class = head.target.class()?;
    // a block for special arguments has overloads of its own
    let general = match &head.target {
        Ty::Class(_, args) => args.iter().all(|arg| matches!(arg, Ty::Param(_))),
        _ => false,
    };
    if !general {
        return None;
    }
    if class.file() != cx.file {
        return Some(Err(()));
    }
    match cx.tree.item(class.local()) {
        Some(ItemRef::Class(index)) => Some(Ok(index)),
        _ => None,
    }
}

/// A method added to a class of another file.
fn methods_elsewhere(cx: &mut Context<'_>, sup: u32, name: &Name, id: FuncId) {
    let block = &cx.tree.sups[sup as usize];
    let head = sup_head(cx.db, crate::ids::SupId::new(cx.file, block.id));
    let Some(class) = head.target.class() else { return };
    let mut funcs: Vec<FuncId> = Vec::new();
    let tree = crate::parse::item_tree(cx.db, class.file());
    if let Some(item) = tree.class(class.local()) {
        let own = item.funcs.iter().map(|func| &tree.funcs[*func as usize]);
        funcs.extend(own.filter(|func| func.name == *name).map(|func| FuncId::new(class.file(), func.id)));
    }
    for sup in &class_sups(cx.db, cx.program, class).own {
        let tree = crate::parse::item_tree(cx.db, sup.file());
        let Some(item) = tree.sup(sup.local()) else { continue };
        let own = item.funcs.iter().map(|func| &tree.funcs[*func as usize]);
        funcs.extend(own.filter(|func| func.name == *name).map(|func| FuncId::new(sup.file(), func.id)));
    }
    // blocks of the class's own file come first; each of ours is compared with everything before it
    funcs.sort_by_key(|func| func.file() == cx.file);
    if let Some(at) = funcs.iter().position(|func| *func == id) {
        funcs.truncate(at + 1);
        if funcs.len() > 1 {
            conflicts_of(cx, &funcs, Some(id));
        }
    }
}

fn conflicts(cx: &mut Context<'_>, funcs: &[FuncId]) {
    conflicts_of(cx, funcs, None);
}

/// Marks each function of this file that cannot be told from one before it; `only` restricts that to one.
fn conflicts_of(cx: &mut Context<'_>, funcs: &[FuncId], only: Option<FuncId>) {
    let mut first: FxHashMap<Key, FuncId> = FxHashMap::default();
    let mut found = Vec::new();
    for &func in funcs {
        let signature = signature(cx.db, func);
        let key = key(cx.db, signature);
        if key.1.iter().any(|(_, ty)| ty.has_unknown()) {
            continue;
        }
        match first.get(&key) {
            Some(first) if func.file() == cx.file && only.is_none_or(|only| only == func) => {
                found.push((func, *first));
            }
            Some(_) => {}
            None => {
                first.insert(key, func);
            }
        }
    }
    for (func, first) in found {
        let Some(item) = cx.tree.item(func.local()) else { continue };
        let name = &signature(cx.db, func).name;
        let range = cx.name_range(item);
        cx.report(
            Diagnostic::error(
                "OV1",
                range,
                format!("`{name}` has an overload with the same required parameters"),
            )
            .note("overloads differ in number, types or conventions of their required parameters")
            .related_in(
                first.file(),
                super::declared_at(cx.db, first.0),
                "the other one is here",
            ),
        );
    }
}

/// SP11; in an `Alloc` block that is A20.
fn static_with_self(cx: &mut Context<'_>, index: u32) {
    let func = &cx.tree.funcs[index as usize];
    if !func.says_static || func.self_param.is_none() {
        return;
    }
    if let Parent::Sup(sup) = func.parent {
        let head = sup_head(cx.db, crate::ids::SupId::new(cx.file, cx.tree.sups[sup as usize].id));
        let lang = lang_items(cx.db, cx.file.edition(cx.db));
        if head.base.as_ref().and_then(Ty::class) == Some(lang.alloc) {
            return;
        }
    }
    let Some(node) = cx.function(index) else { return };
    let annotation = node.annotation("static").or_else(|| node.annotation("static_method"));
    let Some(range) = annotation.map(|annotation| trimmed(annotation.syntax())) else { return };
    cx.report(
        Diagnostic::error("SP11", range, format!("static method `{}` has a `self` parameter", func.name))
            .note("a static method is called through the type, so there is no object for `self`")
            .suggest("remove the annotation", vec![TextEdit::delete(range)]),
    );
}

/// OV5: a default has no owner whom a borrow could refer to.
fn borrowed_default(cx: &mut Context<'_>, index: u32) {
    let func = &cx.tree.funcs[index as usize];
    let wrong = |param: &crate::item_tree::Param| param.has_default && param.convention != Convention::Value;
    if !func.params.iter().any(wrong) {
        return;
    }
    let Some(node) = cx.function(index) else { return };
    for (param, node) in func.params.iter().zip(node.params()) {
        let Some(mark) = node.borrow_mark().filter(|_| wrong(param)) else { continue };
        let range = trimmed(mark.syntax());
        let message = format!("parameter `{}` has a default and cannot be a borrow", param.name);
        cx.report(
            Diagnostic::error("OV5", range, message)
                .note("the default is a temporary of each call that omits the argument; nobody owns what would be borrowed")
                .suggest("take it by value", vec![TextEdit::delete(range)]),
        );
    }
}

/// CO1
fn coroutine(cx: &mut Context<'_>, index: u32) {
    let func = &cx.tree.funcs[index as usize];
    if !func.is_coroutine || func.ret.is_none() {
        return;
    }
    let id = FuncId::new(cx.file, func.id);
    let signature = signature(cx.db, id);
    let lang = lang_items(cx.db, cx.file.edition(cx.db));
    // a coroutine in an allocator is A24
    if let Parent::Sup(sup) = func.parent {
        let head = sup_head(cx.db, crate::ids::SupId::new(cx.file, cx.tree.sups[sup as usize].id));
        if head.base.as_ref().and_then(Ty::class) == Some(lang.alloc) {
            return;
        }
    }
    if signature.ret.has_unknown()
        || matches!(&signature.ret, Ty::Class(class, _) if [lang.generator, lang.fut].contains(class))
    {
        return;
    }
    let env = env_of(cx.db, id.0);
    if superimposes(cx.db, cx.program, &env, &signature.ret, lang.asynk).is_some() {
        return;
    }
    let Some(ty) = cx.function(index).and_then(|node| node.return_type()) else { return };
    let ret = signature.ret.display(cx.db).to_string();
    let range = trimmed(ty.syntax());
    let mut diagnostic = Diagnostic::error("CO1", range, format!("a coroutine cannot return `{ret}`")).note(
        "a `gn` returns `Gen[Yield, Return, Send]` or `Fut[T]`; the last two of `Gen` default to `Void`",
    );
    if signature.ret.class() != Some(lang.asynk) {
        diagnostic = diagnostic
            .suggest(format!("return `Gen[{ret}]`"), vec![TextEdit::replace(range, format!("Gen[{ret}]"))]);
    }
    cx.report(diagnostic);
}

/// CF9 (H), in an allocator A30 (H).
fn stub(cx: &mut Context<'_>, index: u32) {
    let func = &cx.tree.funcs[index as usize];
    if func.body != BodyKind::Elided || func.is_builtin || cx.is_library() {
        return;
    }
    let (code, message) = match func.parent {
        Parent::Class(_) => return,
        Parent::Sup(sup) => {
            let head = sup_head(cx.db, crate::ids::SupId::new(cx.file, cx.tree.sups[sup as usize].id));
            let Some(base) = &head.base else { return };
            let lang = lang_items(cx.db, cx.file.edition(cx.db));
            if base.class() == Some(lang.alloc) {
                ("A30", format!("the allocator method `{}` has no body yet", func.name))
            } else {
                ("CF9", format!("`{}` has no body yet", func.name))
            }
        }
        Parent::Module | Parent::Block(_) => ("CF9", format!("`{}` has no body yet", func.name)),
    };
    let body = cx.function(index).and_then(|node| node.body());
    let dots = body.and_then(|body| {
        let mut tokens = body.syntax().children_with_tokens().filter_map(|element| element.into_token());
        tokens.find(|token| token.kind() == SyntaxKind::DOT3)
    });
    let Some(range) = dots.map(|token| token.text_range()) else { return };
    cx.report(Diagnostic::hint(code, range, message).note("the program panics when it is called"));
}
