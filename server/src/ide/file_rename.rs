//! What has to change when source files get other places: their `mod` lines (NM1), the imports of what they declare, and
//! imports for names that were at hand while they shared a namespace.

use super::completion::imports::import_lines;
use super::folding::without_trivia;
use super::rename::FileEdit;
use super::uses::{self, Definition, Role, Use};
use hir::items::signature;
use hir::parse::{item_tree, parse};
use hir::scope::namespace_of;
use hir::signature::Container;
use hir::{Db, File};
use std::collections::BTreeSet;
use syntax::ast::{self, AstNode};
use syntax::{SyntaxKind, SyntaxNode, TextRange, TextSize};

/// Files with the modules that they become (`src.shapes.round`).
pub type Moves = [(File, String)];

/// Edits, file by file, that keep what is said of the moved files true.
pub fn rename_modules(db: &dyn Db, moves: &Moves) -> Vec<FileEdit> {
    let moves: Vec<(File, String)> =
        moves.iter().filter(|(file, new)| module(db, *file).is_some_and(|old| old != new)).cloned().collect();
    let Some((first, _)) = moves.first() else { return Vec::new() };
    let mut edits = Vec::new();
    for &file in first.program(db).files(db).iter() {
        let found = Mover { db, file, moves: &moves, uses: uses::uses(db, file) }.edits();
        if !found.is_empty() {
            edits.push(FileEdit { file, edits: found });
        }
    }
    edits
}

/// The word of the `mod` line that names its file, if the offset is on it and the line is true (NM1).
pub fn named_by_file(db: &dyn Db, file: File, offset: TextSize) -> Option<(TextRange, String)> {
    let path = parse(db, file).tree().mod_decl()?.module_path()?;
    let token = path.name_refs().last()?.token()?;
    let is_true = file.expected_module(db).as_deref() == module(db, file);
    (is_true && token.text_range().contains_inclusive(offset))
        .then(|| (token.text_range(), token.text().to_owned()))
}

fn module(db: &dyn Db, file: File) -> Option<&str> {
    item_tree(db, file).module.as_deref()
}

struct Mover<'a> {
    db: &'a dyn Db,
    /// Whose edits are looked for.
    file: File,
    moves: &'a Moves,
    uses: Vec<Use>,
}

/// The last name of an imported path.
struct Leaf {
    /// With its new name: `a as b`.
    text: String,
    /// What stands before it from now on.
    prefix: String,
}

impl Mover<'_> {
    fn edits(&self) -> Vec<(TextRange, String)> {
        let source = parse(self.db, self.file).tree();
        let mut edits = Vec::new();
        let path = source.mod_decl().and_then(|decl| decl.module_path());
        if let (Some(new), Some(path)) = (self.destination(self.file), path) {
            edits.push((without_trivia(path.syntax()), new.to_owned()));
        }
        for item in source.syntax().children().filter_map(ast::Use::cast) {
            let Some(tree) = item.import().and_then(|import| import.import_tree()) else { continue };
            edits.extend(self.import(&item, &tree));
        }
        let missing = self.missing();
        if !missing.is_empty() {
            let (range, text) = import_lines(source.syntax(), &missing);
            // Behind an import that changes as well, both are one edit.
            match edits.iter_mut().find(|(other, _)| other.end() == range.start()) {
                Some((_, before)) => before.push_str(&text),
                None => edits.push((range, text)),
            }
        }
        edits.sort_by_key(|(range, _)| range.start());
        edits
    }

    fn destination(&self, file: File) -> Option<&str> {
        self.moves.iter().find(|(moved, _)| *moved == file).map(|(_, new)| new.as_str())
    }

    fn namespace_before(&self, file: File) -> Option<&str> {
        module(self.db, file).map(namespace_of)
    }

    fn namespace_after(&self, file: File) -> Option<&str> {
        self.destination(file).or_else(|| module(self.db, file)).map(namespace_of)
    }

    /// The same line with its paths as they are now; what no longer shares a path gets a line of its own.
    fn import(&self, item: &ast::Use, tree: &ast::ImportTree) -> Option<(TextRange, String)> {
        let mut leaves = Vec::new();
        self.moved_leaves(tree, String::new(), &mut leaves, 0);
        if leaves.is_empty() {
            return None;
        }
        let whole = without_trivia(item.syntax());
        let text = self.file.text(self.db);
        let head = &text[TextRange::new(whole.start(), without_trivia(tree.syntax()).start())];
        let mut lines: Vec<String> = self.without_moved(tree, String::new(), 0).into_iter().collect();
        let prefixes: BTreeSet<&str> = leaves.iter().map(|leaf| leaf.prefix.as_str()).collect();
        for prefix in prefixes {
            let names: Vec<&str> =
                leaves.iter().filter(|leaf| leaf.prefix == prefix).map(|leaf| leaf.text.as_str()).collect();
            lines.push(joined(prefix, &names));
        }
        Some((whole, lines.iter().map(|line| format!("{head}{line}")).collect::<Vec<_>>().join("\n")))
    }

    fn moved_leaves(&self, tree: &ast::ImportTree, prefix: String, leaves: &mut Vec<Leaf>, depth: u32) {
        if let Some(prefix) = self.new_prefix(tree, &prefix) {
            leaves.push(Leaf { text: leaf_text(tree), prefix });
        }
        let prefix = extended(prefix, &names(tree));
        for inner in inner_trees(tree, depth) {
            self.moved_leaves(&inner, prefix.clone(), leaves, depth + 1);
        }
    }

    /// The tree without its moved leaves; `None` if nothing is left.
    fn without_moved(&self, tree: &ast::ImportTree, prefix: String, depth: u32) -> Option<String> {
        if tree.import_group().is_none() {
            let moved = self.new_prefix(tree, &prefix).is_some();
            return (!moved).then(|| self.file.text(self.db)[without_trivia(tree.syntax())].to_owned());
        }
        let own = names(tree).join(".");
        let prefix = extended(prefix, &names(tree));
        let kept: Vec<String> = inner_trees(tree, depth)
            .filter_map(|inner| self.without_moved(&inner, prefix.clone(), depth + 1))
            .collect();
        let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
        (!kept.is_empty()).then(|| joined(&own, &kept))
    }

    /// What stands before the last name of a path into a moved file from now on, if that differs.
    fn new_prefix(&self, tree: &ast::ImportTree, prefix: &str) -> Option<String> {
        if tree.import_group().is_some() {
            return None;
        }
        if is_glob(tree) {
            let before = extended(prefix.to_owned(), &names(tree));
            return self.whole_namespace(&before).filter(|after| **after != *before).map(str::to_owned);
        }
        let names = tree.module_path()?.name_refs().collect::<Vec<_>>();
        let (last, before) = names.split_last()?;
        let range = last.token()?.text_range();
        let home = self.uses.iter().find_map(|it| {
            let is_item = it.range == range && !matches!(it.definition, Definition::Module(_));
            is_item.then(|| super::definition::home(self.db, &it.definition)).flatten()
        })?;
        let (new, old) = (self.destination(home)?, module(self.db, home)?);
        let before: Vec<String> = before.iter().map(ast::NameRef::text).collect();
        let prefix = extended(prefix.to_owned(), &before);
        // With the file's own name in it, or with the namespace alone (NM3).
        let after = if prefix == old { new } else { namespace_of(new) };
        let before = if prefix == old { old } else { namespace_of(old) };
        (prefix == before && before != after).then(|| after.to_owned())
    }

    /// Where a namespace goes, if all its files go there.
    fn whole_namespace(&self, before: &str) -> Option<&str> {
        let files = self.file.program(self.db).files(self.db).iter();
        let mut after = files
            .filter(|file| self.namespace_before(**file) == Some(before))
            .map(|file| self.namespace_after(*file));
        let first = after.next()??;
        after.all(|other| other == Some(first)).then_some(first)
    }

    /// Paths to import: names that shared a namespace with this file, or came by `*` from one, and do no longer.
    fn missing(&self) -> BTreeSet<String> {
        let text = self.file.text(self.db);
        let root = parse(self.db, self.file).syntax();
        let imports: Vec<TextRange> =
            root.children().filter_map(ast::Use::cast).map(|it| it.syntax().text_range()).collect();
        let in_import = |range: TextRange| imports.iter().any(|import| import.contains_range(range));
        let by_name: Vec<&Definition> =
            self.uses.iter().filter(|it| in_import(it.range)).map(|it| &it.definition).collect();
        let mut paths = BTreeSet::new();
        for it in self.uses.iter().filter(|it| it.role == Role::Read || it.role == Role::Write) {
            let Some(home) = self.top_level(&it.definition) else { continue };
            let qualified = text[..usize::from(it.range.start())].trim_end().ends_with('.');
            if home == self.file || qualified || in_import(it.range) || by_name.contains(&&it.definition) {
                continue;
            }
            if self.destination(home).is_none() && self.destination(self.file).is_none() {
                continue;
            }
            let (Some(here), Some(there)) = (self.namespace_after(self.file), self.namespace_after(home))
            else {
                continue;
            };
            let shared = self.namespace_before(self.file) == self.namespace_before(home);
            // A namespace that was imported as a whole still is, if the item stays in it.
            let before = self.namespace_before(home);
            let left = before != Some(there) && before.and_then(|it| self.whole_namespace(it)) != Some(there);
            if here != there && (shared || left) {
                paths.insert(format!("{there}.{}", &text[it.range]));
            }
        }
        paths
    }

    /// The file of an item that stands in a namespace.
    fn top_level(&self, definition: &Definition) -> Option<File> {
        let is_item = match definition {
            Definition::Function(func) => matches!(signature(self.db, *func).container, Container::Module),
            Definition::Class(_) | Definition::Alias(_) => true,
            _ => false,
        };
        let home = is_item.then(|| super::definition::home(self.db, definition)).flatten()?;
        (home.program(self.db) == self.file.program(self.db)).then_some(home)
    }
}

/// Groups deeper than this are left alone.
const MAX_DEPTH: u32 = 64;

fn inner_trees(tree: &ast::ImportTree, depth: u32) -> impl Iterator<Item = ast::ImportTree> {
    let group = tree.import_group().filter(|_| depth < MAX_DEPTH);
    group.into_iter().flat_map(|group| group.import_trees().collect::<Vec<_>>())
}

fn names(tree: &ast::ImportTree) -> Vec<String> {
    tree.module_path()
        .into_iter()
        .flat_map(|path| path.name_refs().map(|name| name.text()).collect::<Vec<_>>())
        .collect()
}

fn extended(prefix: String, names: &[String]) -> String {
    std::iter::once(prefix)
        .filter(|prefix| !prefix.is_empty())
        .chain(names.iter().cloned())
        .collect::<Vec<_>>()
        .join(".")
}

fn is_glob(tree: &ast::ImportTree) -> bool {
    tree.syntax().children_with_tokens().any(|child| child.kind() == SyntaxKind::STAR)
}

fn leaf_text(tree: &ast::ImportTree) -> String {
    if is_glob(tree) {
        return "*".to_owned();
    }
    let last = names(tree).pop().unwrap_or_default();
    match tree.syntax().children().find_map(ast::Rename::cast) {
        Some(rename) => format!("{last} {}", trimmed(rename.syntax())),
        None => last,
    }
}

fn trimmed(node: &SyntaxNode) -> String {
    node.text().to_string().trim().to_owned()
}

fn joined(prefix: &str, names: &[&str]) -> String {
    let list = match names {
        [one] => (*one).to_owned(),
        _ => format!("{{{}}}", names.join(", ")),
    };
    if prefix.is_empty() { list } else { format!("{prefix}.{list}") }
}
