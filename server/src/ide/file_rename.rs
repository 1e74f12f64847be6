//! What has to change when a source file gets another place: its `mod` line (NM1) and the imports of what it declares.

use super::folding::without_trivia;
use super::rename::FileEdit;
use super::uses::{self, Definition, Role};
use hir::parse::{item_tree, parse};
use hir::scope::namespace_of;
use hir::{Db, File};
use syntax::TextRange;
use syntax::ast::{self, AstNode};

/// Edits for a file whose module becomes `new` (`src.shapes.round`). Imports in groups are left to the checker.
pub fn rename_module(db: &dyn Db, file: File, new: &str) -> Vec<FileEdit> {
    let Some(old) = item_tree(db, file).module.clone() else { return Vec::new() };
    if old == new {
        return Vec::new();
    }
    let mut edits = Vec::new();
    if let Some(path) = parse(db, file).tree().mod_decl().and_then(|decl| decl.module_path()) {
        let edit = (without_trivia(path.syntax()), new.to_owned());
        edits.push(FileEdit { file, edits: vec![edit] });
    }
    for &other in file.program(db).files(db).iter().filter(|other| **other != file) {
        let found = imports(db, other, file, &old, new);
        if !found.is_empty() {
            edits.push(FileEdit { file: other, edits: found });
        }
    }
    edits
}

/// Paths in `other` that lead to items of `file`.
fn imports(db: &dyn Db, other: File, file: File, old: &str, new: &str) -> Vec<(TextRange, String)> {
    let text = other.text(db);
    let namespace = namespace_of(old);
    if !text.contains(namespace) {
        return Vec::new();
    }
    let all = uses::uses(db, other);
    let leads_here = |range: TextRange| {
        all.iter().any(|it| {
            it.range == range
                && it.role == Role::Read
                && !matches!(it.definition, Definition::Module(_))
                && super::definition::home(db, &it.definition) == Some(file)
        })
    };
    let root = parse(db, other).syntax();
    let mut edits = Vec::new();
    for import in root.descendants().filter_map(ast::Import::cast) {
        let Some(tree) = import.import_tree().filter(|tree| tree.import_group().is_none()) else { continue };
        let Some(path) = tree.module_path() else { continue };
        let names: Vec<ast::NameRef> = path.name_refs().collect();
        let Some((last, before)) = names.split_last() else { continue };
        let Some(token) = last.token().filter(|token| leads_here(token.text_range())) else { continue };
        let Some(first) = before.first().and_then(|name| name.token()) else { continue };
        let start = first.text_range().start();
        let prefix: Vec<String> = before.iter().map(ast::NameRef::text).collect();
        let prefix = prefix.join(".");
        // With the file's own name in it, or with the namespace alone (NM3).
        let replacement = if prefix == old {
            new
        } else if prefix == namespace && namespace != namespace_of(new) {
            namespace_of(new)
        } else {
            continue;
        };
        let end = before.last().map_or(token.text_range().start(), |name| name.syntax().text_range().end());
        edits.push((TextRange::new(start, end), replacement.to_owned()));
    }
    edits
}
