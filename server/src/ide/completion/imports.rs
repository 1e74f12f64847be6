//! Names of other namespaces, with the `use` line that they need.

use super::context::Context;
use super::scope::type_item;
use super::{Completion, CompletionKind, call_snippet, signature_detail};
use crate::ide::folding::without_trivia;
use crate::ide::uses::Definition;
use hir::scope::{ProgramNames, layers, namespace, namespace_of, program_names, reaches};
use hir::{Db, File};
use rustc_hash::FxHashSet;
use syntax::ast::{self, AstNode};
use syntax::{SyntaxNode, TextRange};

/// With fewer letters everything would match.
pub(super) const MIN_PREFIX: usize = 2;

pub(super) fn types(context: &Context<'_>, known: &FxHashSet<String>, items: &mut Vec<Completion>) {
    each_namespace(context, &mut |path, data| {
        for (name, entry) in &data.types {
            let home = entry.item.id().file;
            if wanted(context, known, name) && reaches(context.db, entry.reach, home, context.file) {
                let item = type_item(context, name, entry.item, 90);
                items.push(with_import(context, item, path, name));
            }
        }
    });
}

pub(super) fn functions(context: &Context<'_>, known: &FxHashSet<String>, items: &mut Vec<Completion>) {
    each_namespace(context, &mut |path, data| {
        for (name, entries) in &data.funcs {
            for entry in entries {
                let home = entry.func.file();
                if wanted(context, known, name) && reaches(context.db, entry.reach, home, context.file) {
                    let insert = format!("{name}{}", call_snippet(context.db, entry.func));
                    let item = Completion::snippet(name.as_str(), insert, CompletionKind::Function, 90)
                        .detail(signature_detail(context.db, entry.func))
                        .of(Definition::Function(entry.func));
                    items.push(with_import(context, item, path, name));
                }
            }
        }
    });
}

fn wanted(context: &Context<'_>, known: &FxHashSet<String>, name: &str) -> bool {
    let prefix = context.prefix.to_lowercase();
    prefix.len() >= MIN_PREFIX && !known.contains(name) && name.to_lowercase().starts_with(&prefix)
}

fn with_import(context: &Context<'_>, mut item: Completion, path: &str, name: &str) -> Completion {
    item.origin = Some(format!("use {path}.{name}"));
    item.additional = vec![import_edit(&context.root, &format!("{path}.{name}"))];
    item
}

fn each_namespace(context: &Context<'_>, visit: &mut dyn FnMut(&str, &hir::scope::NamespaceData)) {
    if context.prefix.len() < MIN_PREFIX {
        return;
    }
    let db = context.db;
    for layer in layers(db, context.file.program(db)) {
        for path in namespaces(program_names(db, layer)) {
            if let Some(data) = namespace(db, layer, path) {
                visit(path, data);
            }
        }
    }
}

fn namespaces(names: &ProgramNames) -> FxHashSet<&str> {
    names.modules.keys().map(|module| namespace_of(module)).collect()
}

/// Every place that a simple name can be imported from: whole paths, sorted.
pub fn candidates(db: &dyn Db, file: File, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for layer in layers(db, file.program(db)) {
        for path in namespaces(program_names(db, layer)) {
            let Some(data) = namespace(db, layer, path) else { continue };
            let ty = data.types.get(name).map(|entry| (entry.reach, entry.item.id().file));
            let funcs = data.funcs.get(name).into_iter().flatten();
            let mut all = ty.into_iter().chain(funcs.map(|entry| (entry.reach, entry.func.file())));
            if all.any(|(reach, home)| home != file && reaches(db, reach, home, file)) {
                found.push(format!("{path}.{name}"));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Inserts `use path` behind the last import, or behind the `mod` line.
pub fn import_edit(root: &SyntaxNode, path: &str) -> (TextRange, String) {
    import_lines(root, [path])
}

/// The same for several paths.
pub fn import_lines(
    root: &SyntaxNode,
    paths: impl IntoIterator<Item = impl AsRef<str>>,
) -> (TextRange, String) {
    let paths = paths.into_iter().map(|path| format!("use {}", path.as_ref()));
    let lines = paths.collect::<Vec<_>>().join("\n");
    let imports = root.children().filter_map(ast::Use::cast).filter(|it| it.import().is_some());
    if let Some(last) = imports.last() {
        let end = without_trivia(last.syntax()).end();
        return (TextRange::empty(end), format!("\n{lines}"));
    }
    match root.children().find_map(ast::ModDecl::cast) {
        Some(module) => (TextRange::empty(without_trivia(module.syntax()).end()), format!("\n\n{lines}")),
        None => (TextRange::empty(0.into()), format!("{lines}\n")),
    }
}
