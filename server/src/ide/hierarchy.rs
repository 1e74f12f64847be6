//! Who calls whom, and what super-imposes what.

use super::definition::{Target, definitions_at, sup_target, target};
use super::references::{family, of};
use super::uses::{self, Definition, Role};
use hir::items::{class_data, sup_head};
use hir::sups::{blocks_of, blocks_with_base};
use hir::{ClassId, Db, File, FuncId};
use syntax::{TextRange, TextSize};

/// A function in the call hierarchy, with the places of the calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallItem {
    pub func: FuncId,
    /// In the caller.
    pub ranges: Vec<TextRange>,
}

/// The functions that a name means.
pub fn functions_at(db: &dyn Db, file: File, offset: TextSize) -> Vec<FuncId> {
    let found = definitions_at(db, file, offset).map_or_else(Vec::new, |(_, found)| found);
    let mut functions: Vec<FuncId> = found
        .into_iter()
        .filter_map(|it| match it.definition {
            Definition::Function(func) => Some(func),
            _ => None,
        })
        .collect();
    functions.dedup();
    functions
}

/// Functions that call `func` or what it overrides or is overridden by.
pub fn incoming(db: &dyn Db, from: File, func: FuncId) -> Vec<CallItem> {
    let wanted = family(db, from, &Definition::Function(func));
    let mut callers: Vec<CallItem> = Vec::new();
    for reference in of(db, from, &wanted) {
        if reference.role == Role::Declaration {
            continue;
        }
        let Some(caller) = super::definition::function_at(db, reference.file, reference.range.start()) else {
            continue;
        };
        match callers.iter_mut().find(|it| it.func == caller) {
            Some(known) => known.ranges.push(reference.range),
            None => callers.push(CallItem { func: caller, ranges: vec![reference.range] }),
        }
    }
    callers
}

/// Functions that `func` calls or names.
pub fn outgoing(db: &dyn Db, func: FuncId) -> Vec<CallItem> {
    let start = hir::parse::func_range(db, func).start();
    let mut called: Vec<CallItem> = Vec::new();
    for it in uses::of_body(db, func).iter() {
        let Definition::Function(callee) = it.definition else { continue };
        let range = it.range + start;
        match called.iter_mut().find(|known| known.func == callee) {
            Some(known) => known.ranges.push(range),
            None => called.push(CallItem { func: callee, ranges: vec![range] }),
        }
    }
    called
}

/// The classes that a name means; for a method the class it belongs to.
pub fn classes_at(db: &dyn Db, file: File, offset: TextSize) -> Vec<ClassId> {
    let found = definitions_at(db, file, offset).map_or_else(Vec::new, |(_, found)| found);
    let mut classes: Vec<ClassId> = found
        .into_iter()
        .filter_map(|it| match it.definition {
            Definition::Class(class) => Some(class),
            Definition::Alias(alias) => hir::items::alias_data(db, alias).ty.class(),
            _ => None,
        })
        .collect();
    classes.dedup();
    classes
}

/// Classes that are super-imposed on `class`, directly.
pub fn supertypes(db: &dyn Db, from: File, class: ClassId) -> Vec<ClassId> {
    let blocks = blocks_of(db, from.program(db), class);
    let mut bases: Vec<ClassId> =
        blocks.into_iter().filter_map(|sup| sup_head(db, sup).base.as_ref()?.class()).collect();
    bases.sort_by_key(|base| class_data(db, *base).name.clone());
    bases.dedup();
    bases
}

/// Classes that `class` is super-imposed on, directly.
pub fn subtypes(db: &dyn Db, from: File, class: ClassId) -> Vec<ClassId> {
    let blocks = blocks_with_base(db, from.program(db), class);
    let mut targets: Vec<ClassId> =
        blocks.into_iter().filter_map(|sup| sup_head(db, sup).target.class()).collect();
    targets.sort_by_key(|target| class_data(db, *target).name.clone());
    targets.dedup();
    targets
}

/// The blocks that super-impose a class, for lenses.
pub fn blocks_on(db: &dyn Db, from: File, class: ClassId) -> Vec<Target> {
    let blocks = blocks_with_base(db, from.program(db), class);
    blocks.into_iter().filter_map(|sup| sup_target(db, sup)).collect()
}

pub fn class_target(db: &dyn Db, class: ClassId) -> Option<Target> {
    target(db, &Definition::Class(class))
}

pub fn function_target(db: &dyn Db, func: FuncId) -> Option<Target> {
    target(db, &Definition::Function(func))
}
