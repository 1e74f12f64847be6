//! Where values live, in sentences: the memory part of hovers.

use hir::body::LocalId;
use hir::{ClassId, Db, FuncId, Program};
use syntax::TextRange;

pub fn of_local(db: &dyn Db, func: FuncId, local: LocalId, at: TextRange) -> Vec<String> {
    let _ = (db, func, local, at);
    Vec::new()
}

pub fn of_class(db: &dyn Db, program: Program, class: ClassId) -> Vec<String> {
    let _ = (db, program, class);
    Vec::new()
}

pub fn of_attribute(db: &dyn Db, program: Program, class: ClassId, index: u32) -> Vec<String> {
    let _ = (db, program, class, index);
    Vec::new()
}

pub fn of_function(db: &dyn Db, func: FuncId) -> Vec<String> {
    let _ = (db, func);
    Vec::new()
}

pub fn drops_at(db: &dyn Db, func: FuncId, brace: TextRange) -> Vec<String> {
    let _ = (db, func, brace);
    Vec::new()
}

pub fn of_borrow(db: &dyn Db, func: FuncId, argument: TextRange) -> Vec<String> {
    let _ = (db, func, argument);
    Vec::new()
}
