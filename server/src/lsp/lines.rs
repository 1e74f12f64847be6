//! Line tables of files, kept with the database.

use hir::{Db, File};

use std::sync::Arc;

#[salsa::tracked(returns(clone), lru = 256)]
pub fn lines_of(db: &dyn Db, file: File) -> Arc<::line_index::LineIndex> {
    Arc::new(::line_index::LineIndex::new(file.text(db)))
}
