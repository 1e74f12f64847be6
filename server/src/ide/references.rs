//! Every place that means one thing.

use super::definition::{self, home, target};
use super::uses::{self, Definition, Role, Use};
use hir::body::{Expr, LocalId};
use hir::members::{overridden_by, overrides_of};
use hir::{Db, File};
use rustc_hash::FxHashSet;
use syntax::{TextRange, TextSize};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Reference {
    pub file: File,
    pub range: TextRange,
    pub role: Role,
}

/// The definitions that are meant together: a method, all it overrides and all that override it; a parameter is the
/// same in none of them.
pub fn family(db: &dyn Db, file: File, definition: &Definition) -> Vec<Definition> {
    if let Definition::Local(func, local) = definition {
        return captured_with(db, *func, *local).into_iter().map(|it| Definition::Local(*func, it)).collect();
    }
    let Definition::Function(func) = definition else { return vec![definition.clone()] };
    let program = file.program(db);
    let mut known = vec![*func];
    let mut index = 0;
    while let Some(func) = known.get(index).copied() {
        index += 1;
        for other in overridden_by(db, program, func).into_iter().chain(overrides_of(db, program, func)) {
            if !known.contains(&other) && known.len() < 1000 {
                known.push(other);
            }
        }
    }
    known.into_iter().map(Definition::Function).collect()
}

/// A variable and those that stand for it inside and outside of lambdas under the same word (`[x] (y: Num) -> x + y`).
fn captured_with(db: &dyn Db, func: hir::FuncId, local: LocalId) -> Vec<LocalId> {
    let body = hir::body::body(db, func);
    let mut pairs = Vec::new();
    for (_, expr) in body.exprs.iter() {
        let Expr::Lambda { captures, .. } = expr else { continue };
        for capture in captures {
            if let Expr::Local(source) = body.exprs[capture.source]
                && body.locals[source].name == body.locals[capture.local].name
            {
                pairs.push((source, capture.local));
            }
        }
    }
    let mut known = vec![local];
    let mut index = 0;
    while let Some(local) = known.get(index).copied() {
        index += 1;
        for &(outer, inner) in &pairs {
            for (one, other) in [(outer, inner), (inner, outer)] {
                if one == local && !known.contains(&other) {
                    known.push(other);
                }
            }
        }
    }
    known
}

/// Every place of the program that means what the name at `offset` means. Declarations are among them if wanted.
pub fn references(db: &dyn Db, file: File, offset: TextSize, declarations: bool) -> Option<Vec<Reference>> {
    let (_, found) = definition::definitions_at(db, file, offset)?;
    let mut wanted: Vec<Definition> = Vec::new();
    for it in named_here(&found) {
        wanted.extend(family(db, file, &it.definition));
    }
    let mut references = of(db, file, &wanted);
    references.retain(|it| declarations || it.role != Role::Declaration);
    Some(references)
}

/// Where attribute and variable share a name, a person who points at it means the variable.
pub fn named_here(found: &[Use]) -> Vec<&Use> {
    let plain: Vec<&Use> = found.iter().filter(|it| it.role != Role::Shorthand).collect();
    if plain.is_empty() { found.iter().collect() } else { plain }
}

/// Every place that means one of the definitions, by file and position. Only files that contain a name are looked into.
pub fn of(db: &dyn Db, from: File, wanted: &[Definition]) -> Vec<Reference> {
    let wanted_set: FxHashSet<&Definition> = wanted.iter().collect();
    let names: FxHashSet<String> = wanted
        .iter()
        .map(|it| definition::name(db, it).to_string())
        .filter(|name| !name.is_empty())
        .collect();
    let mut references = Vec::new();
    for file in files_to_search(db, from, wanted) {
        let text = file.text(db);
        // An operator's function is called without its name.
        let by_operator =
            wanted.iter().any(|it| matches!(it, Definition::Function(_) | Definition::Class(_)));
        if !by_operator && !names.iter().any(|name| text.contains(name.as_str())) {
            continue;
        }
        let of_file = uses::uses(db, file).into_iter().filter(|it| wanted_set.contains(&it.definition));
        references.extend(of_file.map(|it| Reference { file, range: it.range, role: it.role }));
    }
    references.dedup();
    references
}

fn files_to_search(db: &dyn Db, from: File, wanted: &[Definition]) -> Vec<File> {
    let local_only = wanted.iter().all(|it| {
        matches!(it, Definition::TypeParam(_))
            || matches!(it, Definition::Local(func, local)
                if !hir::body::body(db, *func).params.contains(local))
    });
    if local_only {
        let mut files: Vec<File> = wanted.iter().filter_map(|it| home(db, it)).collect();
        files.dedup();
        return files;
    }
    let mut files: Vec<File> = from.program(db).files(db).to_vec();
    for file in wanted.iter().filter_map(|it| target(db, it)).map(|target| target.file) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

/// The places in one file that mean what the name at `offset` means.
pub fn highlights(db: &dyn Db, file: File, offset: TextSize) -> Option<Vec<Reference>> {
    let (_, found) = definition::definitions_at(db, file, offset)?;
    let mut wanted: FxHashSet<Definition> = FxHashSet::default();
    for it in named_here(&found) {
        match &it.definition {
            local @ Definition::Local(..) => wanted.extend(family(db, file, local)),
            other => {
                wanted.insert(other.clone());
            }
        }
    }
    let uses = uses::uses(db, file).into_iter().filter(|it| wanted.contains(&it.definition));
    let mut references: Vec<Reference> =
        uses.map(|it| Reference { file, range: it.range, role: it.role }).collect();
    references.dedup();
    Some(references)
}
