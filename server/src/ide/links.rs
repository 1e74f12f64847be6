//! Links in the text: addresses in comments, modules in `use` lines.

use hir::scope::{layers, program_names};
use hir::{Db, File};
use syntax::ast::{self, AstNode};
use syntax::{NodeOrToken, SyntaxKind, TextRange, TextSize};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkTarget {
    Web(String),
    File(File),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    pub range: TextRange,
    pub target: LinkTarget,
    /// What a click does.
    pub tooltip: Option<String>,
}

/// All links of a file, in the order of the text.
pub fn links(db: &dyn Db, file: File) -> Vec<Link> {
    let root = hir::parse::parse(db, file).syntax();
    let mut links = Vec::new();
    for element in root.descendants_with_tokens() {
        match element {
            NodeOrToken::Token(token)
                if matches!(token.kind(), SyntaxKind::COMMENT | SyntaxKind::BLOCK_COMMENT) =>
            {
                links.extend(addresses(token.text()).map(|(start, text)| {
                    let start = token.text_range().start() + TextSize::new(start as u32);
                    let range = TextRange::at(start, TextSize::of(text));
                    Link { range, target: LinkTarget::Web(text.to_owned()), tooltip: None }
                }));
            }
            NodeOrToken::Node(node) => {
                if let Some(path) = ast::ModulePath::cast(node) {
                    links.extend(module_link(db, file, &path));
                }
            }
            NodeOrToken::Token(_) => {}
        }
    }
    links
}

/// The longest beginning of an imported path that is a module with a file.
fn module_link(db: &dyn Db, file: File, path: &ast::ModulePath) -> Option<Link> {
    let in_use = path.syntax().ancestors().any(|node| node.kind() == SyntaxKind::USE);
    if !in_use {
        return None;
    }
    let segments: Vec<ast::NameRef> = path.name_refs().collect();
    let (mut name, mut found) = (String::new(), None);
    for segment in &segments {
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&segment.text());
        let mut layers = layers(db, file.program(db));
        if let Some(target) = layers.find_map(|it| program_names(db, it).modules.get(name.as_str()).copied())
        {
            found = Some((segment.syntax().text_range().end(), target, name.clone()));
        }
    }
    let (end, target, name) = found.filter(|(_, target, _)| *target != file)?;
    let start = segments.first()?.token()?.text_range().start();
    let tooltip = Some(format!("open module `{name}`"));
    Some(Link { range: TextRange::new(start, end), target: LinkTarget::File(target), tooltip })
}

fn addresses(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = &text[at..];
            let start = at + rest.find("http")?;
            let found = &text[start..];
            let scheme = ["https://", "http://"].into_iter().find(|scheme| found.starts_with(scheme));
            let Some(scheme) = scheme else {
                at = start + 4;
                continue;
            };
            let end = found
                .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | ')' | ']' | '}'))
                .unwrap_or(found.len());
            let address = found[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
            at = start + end;
            if address.len() > scheme.len() {
                return Some((start, address));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_before_punctuation() {
        let found: Vec<_> =
            addresses("# see https://a.example/x, (http://b.example). httpx http://").collect();
        assert_eq!(found, [(6, "https://a.example/x"), (28, "http://b.example")]);
    }
}
