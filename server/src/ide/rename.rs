//! Renaming what is declared in the program.

mod conflicts;

use super::definition::{self, is_library};
use super::references::{self, named_here};
use super::uses::{Definition, Role};
use hir::signature::Container;
use hir::{Db, File};
use syntax::{Edition, SyntaxKind, TextRange, TextSize};

/// Edits of one file, disjoint and sorted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileEdit {
    pub file: File,
    pub edits: Vec<(TextRange, String)>,
}

/// The range and present name of what can be renamed at an offset.
pub fn prepare(db: &dyn Db, file: File, offset: TextSize) -> Result<(TextRange, String), String> {
    let (range, found) = definition::definitions_at(db, file, offset).ok_or("there is no name here")?;
    let it = named_here(&found).first().copied().ok_or("there is no name here")?.clone();
    let name = definition::name(db, &it.definition);
    if it.role == Role::SelfType {
        return Err(format!("`Self` stands for `{name}`; rename that"));
    }
    if it.role == Role::Operator {
        return Err("an operator cannot be renamed".to_owned());
    }
    match &it.definition {
        Definition::Builtin(..) => Err(format!("`{name}` is part of the language")),
        Definition::Module(path) => {
            Err(format!("`{path}` is named by its file; rename that and the `mod` and `use` lines follow"))
        }
        Definition::Local(..) if name == "self" => Err("`self` is a keyword".to_owned()),
        Definition::Alias(alias) if implements_alias(db, *alias) => {
            Err(format!("`{name}` belongs to the class that is super-imposed here"))
        }
        other if is_library(db, other) => Err(format!("`{name}` is declared in the bundled library")),
        other => {
            let family = references::family(db, file, other);
            match family.iter().find(|it| is_library(db, it)) {
                Some(_) => Err(format!("`{name}` overrides a method of the bundled library")),
                None => Ok((range, file.text(db)[range].to_owned())),
            }
        }
    }
}

/// In `sup Alloc[T] for Pool[T] { use Item = T }` the alias is one of `Alloc` (A25).
fn implements_alias(db: &dyn Db, alias: hir::ids::AliasId) -> bool {
    match hir::items::alias_data(db, alias).container {
        Container::Sup(sup) => hir::items::sup_head(db, sup).base.is_some(),
        _ => false,
    }
}

/// All edits that rename what is at an offset.
pub fn rename(db: &dyn Db, file: File, offset: TextSize, new: &str) -> Result<Vec<FileEdit>, String> {
    let (_, old) = prepare(db, file, offset)?;
    check_name(new, &old, file.edition(db))?;
    let (_, found) = definition::definitions_at(db, file, offset).ok_or("there is no name here")?;
    let mut wanted = Vec::new();
    for it in named_here(&found) {
        wanted.extend(references::family(db, file, &it.definition));
    }
    let is_attribute = wanted.iter().any(|it| matches!(it, Definition::Attribute(..)));
    let mut edits: Vec<FileEdit> = Vec::new();
    for reference in references::of(db, file, &wanted) {
        if matches!(reference.role, Role::Operator | Role::SelfType) {
            continue;
        }
        let text = &reference.file.text(db)[reference.range];
        if text != old {
            // Imported under another name.
            continue;
        }
        // `[x]` names the variable outside and the one inside of the lambda: they are renamed together.
        let shared = shorthand(db, reference.file, reference.range);
        let replacement = match (shared, is_attribute) {
            (true, true) => format!("{new}={old}"),
            (true, false) => format!("{old}={new}"),
            (false, _) => new.to_owned(),
        };
        let edit = (reference.range, replacement);
        match edits.iter_mut().find(|it| it.file == reference.file) {
            Some(of_file) if of_file.edits.contains(&edit) => {}
            Some(of_file) => of_file.edits.push(edit),
            None => edits.push(FileEdit { file: reference.file, edits: vec![edit] }),
        }
    }
    if new != old {
        let places: Vec<(File, TextRange)> =
            edits.iter().flat_map(|it| it.edits.iter().map(|(range, _)| (it.file, *range))).collect();
        conflicts::check(db, &wanted, &places, new)?;
    }
    for of_file in &mut edits {
        of_file.edits.sort_by_key(|(range, _)| range.start());
    }
    Ok(edits)
}

/// Whether one word names both an attribute and the variable beside it.
fn shorthand(db: &dyn Db, file: File, range: TextRange) -> bool {
    let root = hir::parse::parse(db, file).syntax();
    let Some(token) = root.token_at_offset(range.start()).right_biased() else { return false };
    let holder = token
        .parent_ancestors()
        .find(|node| matches!(node.kind(), SyntaxKind::FIELD_INIT | SyntaxKind::FIELD_PAT));
    holder.is_some_and(|node| {
        let own = |kind: SyntaxKind| node.children_with_tokens().any(|child| child.kind() == kind);
        super::folding::without_trivia(&node).end() == range.end()
            && !own(SyntaxKind::EQ)
            && !own(SyntaxKind::COLON)
    })
}

pub fn check_name(new: &str, old: &str, edition: Edition) -> Result<(), String> {
    let first = syntax::Lexer::new(new, edition).next();
    let parsed = first.map(|token| (token.kind, token.len as usize));
    let upper = old.starts_with(|c: char| c.is_uppercase());
    match parsed {
        Some((SyntaxKind::IDENT, len)) if len == new.len() && !upper => Ok(()),
        Some((SyntaxKind::UIDENT, len)) if len == new.len() && upper => Ok(()),
        Some((SyntaxKind::IDENT | SyntaxKind::UIDENT, len)) if len == new.len() => {
            let case = if upper { "an upper-case" } else { "a lower-case" };
            Err(format!("`{new}` must begin with {case} letter (LX11)"))
        }
        _ => Err(format!("`{new}` is not a name")),
    }
}
