//! Declarations of all files by name.

use super::symbols::{Symbol, SymbolKind, symbols};
use hir::{Db, File};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub file: File,
    pub symbol: Symbol,
    pub container: Option<String>,
    /// Lower is better.
    score: usize,
}

const MAX_FOUND: usize = 512;

/// Declarations whose names hold the letters of `query` in order, best first. Files are asked for their item trees
/// before their syntax is looked at.
pub fn search(db: &dyn Db, files: impl Iterator<Item = File>, query: &str) -> Vec<Found> {
    let query = query.to_lowercase();
    let mut found = Vec::new();
    for file in files {
        let tree = hir::parse::item_tree(db, file);
        let mut names = (tree.funcs.iter().map(|it| &it.name))
            .chain(tree.classes.iter().map(|it| &it.name))
            .chain(tree.aliases.iter().map(|it| &it.name))
            .chain(tree.classes.iter().flat_map(|it| it.attributes.iter().map(|it| &it.name)))
            .chain(tree.classes.iter().flat_map(|it| it.members.iter().flatten().map(|it| &it.name)));
        if names.any(|name| score(name, &query).is_some()) {
            let outline = symbols(&hir::parse::parse(db, file).tree());
            collect(file, &outline, None, &query, &mut found);
        }
    }
    found.sort_by(|a, b| (a.score, &a.symbol.name).cmp(&(b.score, &b.symbol.name)));
    found.truncate(MAX_FOUND);
    found
}

fn collect(file: File, outline: &[Symbol], container: Option<&str>, query: &str, found: &mut Vec<Found>) {
    for symbol in outline {
        if symbol.kind != SymbolKind::Sup
            && let Some(score) = score(&symbol.name, query)
        {
            let container = container.map(str::to_owned);
            let symbol = Symbol { children: Vec::new(), ..symbol.clone() };
            found.push(Found { file, symbol, container, score });
        }
        collect(file, &symbol.children, Some(&symbol.name), query, found);
    }
}

/// Equal, then beginning, then inside, then scattered; `None`: not at all.
fn score(name: &str, query: &str) -> Option<usize> {
    let lower = name.to_lowercase();
    if lower == query {
        return Some(0);
    }
    if let Some(at) = lower.find(query) {
        return Some(if at == 0 { 1 } else { 2 });
    }
    let mut rest = lower.chars();
    query.chars().all(|letter| rest.any(|other| other == letter)).then_some(3)
}
