//! From the text of a file to its tree, its summary and the trees of its functions.

use crate::db::{Db, File, ProgramKind};
use crate::green::Green;
use crate::ids::{FuncId, FuncKey, ItemId};
use crate::item_tree::{AstIdMap, ItemTree, lower_file};
use rowan::{GreenNode, GreenNodeData, NodeOrToken};
use std::sync::Arc;
use syntax::ast::{self, AstNode};
use syntax::{Parse, SyntaxKind, SyntaxNode, TextRange};

/// The tree of a file. Trees are large and quickly made again, so only those in use are kept.
/// Another text has another tree: nobody needs to compare them.
#[salsa::tracked(returns(clone), no_eq, lru = 128)]
pub fn parse(db: &dyn Db, file: File) -> Parse {
    db.latest_trees().parse(file, file.text(db), file.edition(db))
}

/// The number of trees, and of functions whose trees, survive an eviction.
pub(crate) fn keep(db: &mut dyn Db, files: usize, functions: usize) {
    parse::set_lru_capacity(db, files);
    function_green::set_lru_capacity(db, functions);
}

#[derive(PartialEq, Eq)]
struct Summary {
    tree: Arc<ItemTree>,
    map: Arc<AstIdMap>,
}

#[salsa::tracked(returns(ref))]
fn summary(db: &dyn Db, file: File) -> Summary {
    let parse = parse(db, file);
    let is_library = file.program(db).kind(db) == ProgramKind::Library;
    let root = Green::new(parse.green(), 0.into());
    let (tree, map) = lower_file(root, file.text(db), is_library);
    Summary { tree: Arc::new(tree), map: Arc::new(map) }
}

/// What the file declares. Equal to itself after edits inside bodies.
#[salsa::tracked(returns(ref))]
pub fn item_tree(db: &dyn Db, file: File) -> Arc<ItemTree> {
    summary(db, file).tree.clone()
}

/// Where the items of a file are. Changes with every edit: nothing that crosses a file's border may depend on it.
pub fn ast_id_map(db: &dyn Db, file: File) -> &AstIdMap {
    &summary(db, file).map
}

/// Absolute range of an item's node, comments and annotations above it included; empty at the start of the file for
/// one that is gone.
pub fn item_range(db: &dyn Db, id: ItemId) -> TextRange {
    let summary = summary(db, id.file);
    let range = summary.tree.item(id.local).and_then(|item| summary.map.range(item));
    range.unwrap_or_default()
}

/// Absolute range of a function. Ranges inside its body are relative to the start of this one.
pub fn func_range(db: &dyn Db, func: FuncId) -> TextRange {
    item_range(db, func.0)
}

/// The tree of a function on its own. Equal to itself while the text of the function stays the same.
pub fn function_node(db: &dyn Db, func: FuncId) -> Option<GreenNode> {
    function_green(db, func.key(db)).0
}

/// The tree of a function; mostly the same nodes as before an edit.
#[derive(Clone, Eq)]
struct FunctionTree(Option<GreenNode>);

impl PartialEq for FunctionTree {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => std::ptr::eq::<GreenNodeData>(&**a, &**b) || a == b,
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}

#[salsa::tracked(returns(clone), lru = 512)]
fn function_green<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> FunctionTree {
    let func = key.func(db);
    let root = parse(db, func.file()).syntax();
    let range = func_range(db, func);
    // by binary search among the children of each node: a file may have ten thousand functions
    let node = node_at(&root, range).filter(|node| node.kind() == SyntaxKind::FUNCTION);
    FunctionTree(node.map(|node| node.green().to_owned()))
}

/// The node of an item in the tree of its file.
pub fn item_node(db: &dyn Db, id: ItemId) -> Option<SyntaxNode> {
    let range = item_range(db, id);
    let root = parse(db, id.file).syntax();
    node_at(&root, range)
}

/// The function's node in the tree of its file.
pub fn func_ast(db: &dyn Db, func: FuncId) -> Option<ast::Function> {
    item_node(db, func.0).and_then(ast::Function::cast)
}

/// The declaration that has exactly this range.
fn node_at(root: &SyntaxNode, range: TextRange) -> Option<SyntaxNode> {
    if range.is_empty() || !root.text_range().contains_range(range) {
        return None;
    }
    let covering = match root.covering_element(range) {
        NodeOrToken::Node(node) => node,
        NodeOrToken::Token(token) => token.parent()?,
    };
    covering.ancestors().take_while(|node| node.text_range() == range).find(|node| {
        matches!(
            node.kind(),
            SyntaxKind::FUNCTION | SyntaxKind::CLASS | SyntaxKind::ENUM | SyntaxKind::SUP | SyntaxKind::USE
        )
    })
}

/// The functions nested in any block of a function, directly: not those nested in them. In source order.
pub fn nested_functions(db: &dyn Db, func: FuncId) -> Vec<FuncId> {
    let tree = item_tree(db, func.file());
    let Some(index) = tree.func_index(func.local()) else { return Vec::new() };
    let blocks = tree.blocks.iter().filter(|block| block.func as usize == index);
    let mut funcs: Vec<u32> = blocks.flat_map(|block| block.funcs.iter().copied()).collect();
    funcs.sort_unstable();
    funcs.into_iter().map(|nested| FuncId::new(func.file(), tree.funcs[nested as usize].id)).collect()
}
