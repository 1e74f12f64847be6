//! Variables whose values a debugger may show beside the code.

use super::uses::{self, Definition, Role};
use hir::{Db, File};
use syntax::TextRange;

/// Each variable inside a range, once per line.
pub fn variables(db: &dyn Db, file: File, within: TextRange) -> Vec<(TextRange, String)> {
    let text = file.text(db);
    let mut found: Vec<(TextRange, String)> = Vec::new();
    for it in uses::uses(db, file) {
        let is_variable = matches!(it.definition, Definition::Local(..))
            && matches!(it.role, Role::Read | Role::Write | Role::Declaration);
        if !is_variable || !within.contains_range(it.range) {
            continue;
        }
        let name = text[it.range].to_owned();
        let same_line = found.last().is_some_and(|(range, known)| {
            *known == name && !text[usize::from(range.end())..usize::from(it.range.start())].contains('\n')
        });
        if !same_line {
            found.push((it.range, name));
        }
    }
    found
}
