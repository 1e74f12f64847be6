//! Where a definition is used.

use super::{Definition, Semantics};
use crate::db::{Db, File, Program};
use crate::ids::{FuncId, Name};
use crate::members::{overridden_by, overrides_of};
use rustc_hash::FxHashMap;
use syntax::{SyntaxKind, TextRange, TextSize};

/// The places of each identifier in a file: most files are ruled out by it without a look at their meaning.
#[salsa::tracked(returns(ref))]
fn name_index(db: &dyn Db, file: File) -> FxHashMap<Name, Box<[TextSize]>> {
    let text = file.text(db);
    let bytes = text.as_bytes();
    let mut found: FxHashMap<Name, Vec<TextSize>> = FxHashMap::default();
    let mut at = 0;
    while at < bytes.len() {
        let is_start = bytes[at].is_ascii_alphabetic();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if is_start && (at == 0 || !is_part(bytes[at - 1])) {
            let len = bytes[at..].iter().take_while(|byte| is_part(**byte)).count();
            found.entry(Name::new(&text[at..at + len])).or_default().push(TextSize::new(at as u32));
            at += len;
        } else {
            at += 1;
        }
    }
    found.into_iter().map(|(name, places)| (name, places.into())).collect()
}

/// The places of a name in a file as text, comments and strings included.
pub fn occurrences<'db>(db: &'db dyn Db, file: File, name: &str) -> &'db [TextSize] {
    name_index(db, file).get(name).map_or(&[], |places| places)
}

/// Every use of a definition in the files of a program, its declaration included. For a method, uses of the methods it
/// overrides and of its overrides count as its own: a rename must change all of them.
pub fn references(db: &dyn Db, program: Program, definition: &Definition) -> Vec<(File, TextRange)> {
    let wanted: Vec<Definition> = match definition {
        Definition::Function(func) => {
            method_family(db, program, *func).into_iter().map(Definition::Function).collect()
        }
        other => vec![other.clone()],
    };
    let name = match definition {
        Definition::Module(_) | Definition::Namespace(_) => {
            let path = definition.name(db);
            Name::new(path.rsplit('.').next().unwrap_or(&path))
        }
        other => other.name(db),
    };
    let home = match definition {
        // variables and parameters are named in their own file, except as named arguments
        Definition::Local(func, local) => {
            let body = crate::body::body(db, *func);
            (!body.params.contains(local)).then(|| func.file())
        }
        _ => None,
    };
    let mut found = Vec::new();
    let files: Vec<File> = match home {
        Some(file) => vec![file],
        None => program.files(db).to_vec(),
    };
    for file in files {
        let places = occurrences(db, file, &name);
        if places.is_empty() {
            continue;
        }
        let semantics = Semantics::new(db, file);
        for &place in places {
            let Some(token) = semantics.token_at(place) else { continue };
            let is_name =
                matches!(token.kind(), SyntaxKind::IDENT | SyntaxKind::UIDENT | SyntaxKind::SELF_KW)
                    || token.parent().is_some_and(|parent| {
                        matches!(parent.kind(), SyntaxKind::NAME | SyntaxKind::NAME_REF)
                    });
            if is_name
                && token.text_range().start() == place
                && semantics.definitions_of(&token).iter().any(|it| wanted.contains(it))
            {
                found.push((file, token.text_range()));
            }
        }
    }
    found
}

/// A method with everything it overrides and everything that overrides it, in the program.
pub fn method_family(db: &dyn Db, program: Program, func: FuncId) -> Vec<FuncId> {
    let mut family = vec![func];
    let mut next = 0;
    while let Some(&member) = family.get(next) {
        next += 1;
        if next > 4096 {
            break;
        }
        let related = overridden_by(db, program, member).into_iter().chain(overrides_of(db, program, member));
        for func in related {
            if !family.contains(&func) {
                family.push(func);
            }
        }
    }
    family
}
