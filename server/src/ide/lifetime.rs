//! Where the value under the cursor is alive, borrowed, moved and dropped.

use super::definition;
use super::uses::Definition;
use hir::parse::func_range;
use hir::placement::LifetimeKind;
use hir::{Db, File};
use syntax::{TextRange, TextSize};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lifetime {
    pub name: String,
    /// Of the name where it is declared.
    pub declaration: TextRange,
    /// Sorted by start.
    pub ranges: Vec<Stretch>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    pub range: TextRange,
    pub kind: LifetimeKind,
    pub message: String,
}

/// `None`: the offset names no variable. A field means the variable that it is a part of.
pub fn lifetime(db: &dyn Db, file: File, offset: TextSize) -> Option<Lifetime> {
    let (_, found) = definition::definitions_at(db, file, offset)?;
    let (func, local) = found.iter().find_map(|it| match &it.definition {
        Definition::Local(func, local) => Some((*func, *local)),
        _ => None,
    })?;
    let start = func_range(db, func).start();
    let data = &hir::body::body(db, func).locals[local];
    let ranges = hir::placement::lifetime(db, func, local).into_iter().map(|it| Stretch {
        range: it.range + start,
        kind: it.kind,
        message: it.message,
    });
    Some(Lifetime { name: data.name.to_string(), declaration: data.range + start, ranges: ranges.collect() })
}
