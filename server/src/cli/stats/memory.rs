//! Memory of the process, and what the database says it holds.

use hir::Database;
use std::fs;

/// Bytes in use in the process; what is resident where the allocator does not tell.
pub(super) fn live() -> i64 {
    runtime::process::live_bytes().and_then(|bytes| i64::try_from(bytes).ok()).unwrap_or_else(resident)
}

/// Resident memory in bytes; 0 where the system does not tell.
pub(super) fn resident() -> i64 {
    status("VmRSS:")
}

/// The most that was ever resident, in bytes; 0 where the system does not tell.
pub(super) fn peak() -> i64 {
    status("VmHWM:")
}

fn status(key: &str) -> i64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<i64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// Values of one query, or of one kind of input or interned value.
pub(super) struct Ingredient {
    pub name: &'static str,
    pub count: usize,
    /// Bytes of the values themselves; what they point to is not known.
    pub fields: usize,
    /// Bytes of dependencies and bookkeeping.
    pub metadata: usize,
}

/// All ingredients that hold something, the largest first.
pub(super) fn ingredients(db: &mut Database) -> Vec<Ingredient> {
    let info = <dyn salsa::Database>::memory_usage(db);
    let of_queries = info.queries.iter().map(|(name, query)| (*name, query));
    let of_structs = info.structs.iter().map(|data| (data.debug_name(), data));
    let mut found: Vec<Ingredient> = of_queries
        .chain(of_structs)
        .map(|(name, info)| Ingredient {
            name,
            count: info.count(),
            fields: info.size_of_fields(),
            metadata: info.size_of_metadata(),
        })
        .filter(|ingredient| ingredient.count > 0)
        .collect();
    found.sort_by_key(|it| (std::cmp::Reverse(it.fields + it.metadata), it.name));
    found
}
