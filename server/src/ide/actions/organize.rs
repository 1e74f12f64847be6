//! Imports in order, without those that nothing uses.

use super::{Action, ActionKind, Place};
use crate::ide::folding::without_trivia;
use crate::ide::uses::{self, Definition, Use};
use syntax::SyntaxKind::USE;
use syntax::ast::{self, AstNode};
use syntax::{SyntaxNode, TextRange};

pub(super) fn imports(place: &Place<'_>, actions: &mut Vec<Action>) {
    let lines: Vec<SyntaxNode> = place
        .root
        .children()
        .filter_map(ast::Use::cast)
        .filter(|it| it.import().is_some())
        .map(|it| it.syntax().clone())
        .collect();
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
    let range = without_trivia(first).cover(without_trivia(last));
    // Comments and other items between them stay where they are: then nothing is moved.
    let between = lines.windows(2).all(|pair| {
        let gap = TextRange::new(without_trivia(&pair[0]).end(), without_trivia(&pair[1]).start());
        place.text[gap].trim().is_empty()
    });
    if !between {
        return;
    }
    let all = uses::uses(place.db, place.file);
    let mut kept: Vec<String> = lines
        .iter()
        .filter(|line| is_used(line, &all))
        .map(|line| place.text[without_trivia(line)].to_owned())
        .collect();
    kept.sort_by_key(|line| (!line.starts_with("use std."), line.clone()));
    kept.dedup();
    let text = kept.join("\n");
    if text == place.text[range] {
        return;
    }
    actions.push(place.action("organise imports", ActionKind::OrganizeImports, vec![(range, text)]));
}

/// Something outside of all imports means what the line imports; what cannot be judged counts as used.
fn is_used(line: &SyntaxNode, all: &[Use]) -> bool {
    let range = line.text_range();
    let imported: Vec<&Definition> = all
        .iter()
        .filter(|it| range.contains_range(it.range))
        .map(|it| &it.definition)
        .filter(|it| !matches!(it, Definition::Module(_)))
        .collect();
    if imported.is_empty() {
        return true;
    }
    let root = line.ancestors().last();
    let in_import = |at: TextRange| {
        root.as_ref().is_some_and(|root| {
            root.children().any(|node| node.kind() == USE && node.text_range().contains_range(at))
        })
    };
    all.iter().any(|it| imported.contains(&&it.definition) && !in_import(it.range))
}
