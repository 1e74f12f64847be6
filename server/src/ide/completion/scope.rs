//! Names that can be written alone, and items of namespaces.

use super::context::Context;
use super::{Completion, CompletionKind, call_snippet, imports, signature_detail};
use crate::ide::uses::Definition;
use hir::items::class_data;
use hir::scope::{TypeItem, layers, namespace, program_names, reaches};
use rustc_hash::FxHashSet;

/// Variables and functions.
pub(super) fn values(context: &Context<'_>, items: &mut Vec<Completion>) {
    let db = context.db;
    let mut known: FxHashSet<String> = FxHashSet::default();
    if let Some(func) = context.func {
        let start = hir::parse::func_range(db, func).start();
        let body = hir::body::body(db, func);
        let inferred = hir::infer::infer(db, func);
        if let Some(at) = context.replace.start().checked_sub(start) {
            let visible = body.visible_at(at);
            for local in visible.locals {
                let data = &body.locals[local];
                if data.name.is_empty() {
                    continue;
                }
                known.insert(data.name.to_string());
                let (convention, ty) = inferred.local_type(local);
                let item = Completion::plain(data.name.as_str(), CompletionKind::Variable, 10);
                let item = item.detail(ty.display_as(db, convention).to_string());
                items.push(item.of(Definition::Local(func, local)));
            }
            for (name, nested) in visible.functions {
                known.insert(name.to_string());
                items.push(function(context, &name, nested, 15));
            }
        }
        named_arguments(context, items);
    }
    for (name, func) in context.resolver.visible_functions() {
        let library = func.file().program(db) != context.file.program(db);
        known.insert(name.to_string());
        items.push(function(context, &name, func, if library { 45 } else { 25 }));
    }
    for path in roots(context) {
        items.push(Completion::plain(path, CompletionKind::Module, 60));
    }
    imports::functions(context, &known, items);
}

/// `name=` of parameters that the call around the cursor has.
fn named_arguments(context: &Context<'_>, items: &mut Vec<Completion>) {
    let Some(call) = crate::ide::signature::call_at(context.db, context.file, context.offset) else { return };
    for func in call.candidates.iter().take(4) {
        for param in &hir::items::signature(context.db, *func).params {
            let insert = format!("{}={}$0", param.name, param.convention.prefix());
            let item = Completion::snippet(format!("{}=", param.name), insert, CompletionKind::Parameter, 30);
            items.push(item.detail(param.ty.display_as(context.db, param.convention).to_string()));
        }
    }
}

fn function(context: &Context<'_>, name: &str, func: hir::FuncId, rank: u8) -> Completion {
    let insert = format!("{name}{}", call_snippet(context.db, func));
    let item = Completion::snippet(name, insert, CompletionKind::Function, rank);
    item.detail(signature_detail(context.db, func)).of(Definition::Function(func))
}

/// Types, generic parameters and the namespaces that lead to more.
pub(super) fn types(context: &Context<'_>, items: &mut Vec<Completion>) {
    let db = context.db;
    let mut known: FxHashSet<String> = FxHashSet::default();
    for param in context.resolver.visible_params() {
        known.insert(param.name.to_string());
        let item = Completion::plain(param.name.as_str(), CompletionKind::TypeParam, 20);
        items.push(item.of(Definition::TypeParam(param)));
    }
    if context.resolver.enclosing_type().is_some() {
        items.push(Completion::plain("Self", CompletionKind::Keyword, 22));
    }
    for (name, item) in context.resolver.visible_types() {
        if known.insert(name.to_string()) {
            let library = item.id().file.program(db) != context.file.program(db);
            items.push(type_item(context, &name, item, if library { 50 } else { 30 }));
        }
    }
    for path in roots(context) {
        items.push(Completion::plain(path, CompletionKind::Module, 60));
    }
    imports::types(context, &known, items);
}

pub(super) fn type_item(context: &Context<'_>, name: &str, item: TypeItem, rank: u8) -> Completion {
    let db = context.db;
    match item {
        TypeItem::Class(class) => {
            let is_enum = class_data(db, class).members.is_some();
            let kind = if is_enum { CompletionKind::Enum } else { CompletionKind::Class };
            let item = Completion::plain(name, kind, rank).detail(hir::display::class_head(db, class));
            item.of(Definition::Class(class))
        }
        TypeItem::Alias(alias) => {
            let ty = hir::items::alias_data(db, alias).ty.display(db).to_string();
            Completion::plain(name, CompletionKind::Alias, rank).detail(ty).of(Definition::Alias(alias))
        }
    }
}

/// First parts of all namespaces.
fn roots(context: &Context<'_>) -> Vec<String> {
    children(context, "")
}

/// The parts that may follow a namespace.
fn children(context: &Context<'_>, path: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for layer in layers(context.db, context.file.program(context.db)) {
        for module in program_names(context.db, layer).modules.keys() {
            let rest = if path.is_empty() {
                Some(module.as_str())
            } else {
                module.strip_prefix(path).and_then(|rest| rest.strip_prefix('.'))
            };
            if let Some(first) = rest.and_then(|rest| rest.split('.').next())
                && !found.iter().any(|known| known == first)
            {
                found.push(first.to_owned());
            }
        }
    }
    found.sort();
    found
}

/// What a namespace holds. In a `use` names stand alone; elsewhere functions come with their arguments.
pub(super) fn namespace_items(context: &Context<'_>, path: &str, imports: bool, items: &mut Vec<Completion>) {
    let db = context.db;
    for child in children(context, path) {
        let leads_on = if path.is_empty() { child.clone() } else { format!("{path}.{child}") };
        if imports || hir::scope::is_namespace(db, context.file.program(db), &leads_on) {
            items.push(Completion::plain(child, CompletionKind::Module, 20));
        }
    }
    if path.is_empty() {
        return;
    }
    let parent = hir::scope::namespace_of(path);
    for layer in layers(db, context.file.program(db)) {
        let module = program_names(db, layer).modules.get(path).copied();
        let spaces = [(path, None), (parent, module)];
        for (space, only) in spaces.into_iter().filter(|(space, only)| *space == path || only.is_some()) {
            let Some(data) = namespace(db, layer, space) else { continue };
            for (name, entry) in &data.types {
                let home = entry.item.id().file;
                if reaches(db, entry.reach, home, context.file) && only.is_none_or(|only| only == home) {
                    items.push(type_item(context, name, entry.item, 10));
                }
            }
            for (name, entries) in &data.funcs {
                for entry in entries {
                    let home = entry.func.file();
                    if reaches(db, entry.reach, home, context.file) && only.is_none_or(|only| only == home) {
                        let mut item = function(context, name, entry.func, 10);
                        if imports {
                            item.insert = name.to_string();
                            item.is_snippet = false;
                        }
                        items.push(item);
                    }
                }
            }
        }
    }
    if imports {
        items.push(Completion::plain("*", CompletionKind::Keyword, 70).detail("everything"));
    }
}
