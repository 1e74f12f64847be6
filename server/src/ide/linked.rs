//! Names that are edited together: those of variables and generic parameters, which no other file can see.

use super::references;
use super::uses::{Definition, Role};
use hir::{Db, File};
use syntax::{TextRange, TextSize};

/// All places of the variable or generic parameter at an offset.
pub fn ranges(db: &dyn Db, file: File, offset: TextSize) -> Option<Vec<TextRange>> {
    let (_, found) = super::definition::definitions_at(db, file, offset)?;
    let [only] = references::named_here(&found)[..] else { return None };
    let visible_elsewhere = match &only.definition {
        Definition::Local(func, local) => {
            // A parameter is named by calls as well.
            hir::body::body(db, *func).params.contains(local)
        }
        Definition::TypeParam(_) => false,
        _ => true,
    };
    if visible_elsewhere || only.role == Role::Shorthand {
        return None;
    }
    let text = file.text(db);
    let name = &text[only.range];
    let wanted = references::family(db, file, &only.definition);
    let mut ranges: Vec<TextRange> = references::of(db, file, &wanted)
        .into_iter()
        .filter(|it| it.file == file && &text[it.range] == name)
        .map(|it| it.range)
        .collect();
    ranges.dedup();
    (name != "self" && ranges.len() > 1).then_some(ranges)
}
