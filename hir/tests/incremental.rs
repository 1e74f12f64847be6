//! What runs again after an edit, and that the answers are those of a fresh database.

mod common;

use hir::diagnostics::file_diagnostics;
use hir::{Database, Diagnostic, File};
use salsa::Setter;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const PROJECT: &str = "#@ file src/main.spp
mod src.main

use src.shapes.Disc

fn area(disc: &Disc, scale: Num) -> Num {
    let square = disc.radius * disc.radius
    ret square * scale
}

fn twice(n: Num) -> Num {
    ret n + n
}

fn main() -> Void {
    let disc = Disc { radius=2 }
    print(\"${area(&disc, twice(3))} ${disc.name()}\")
}
#@ file src/shapes/round.spp
mod src.shapes.round

cls Disc {
    radius: Num
}

sup Disc {
    fn name(&self) -> Str {
        ret \"disc\"
    }

    fn grow(&mut self, by: Num) -> Ret[Void, AllocErr] {
        self.radius += by
        ret std.pass()
    }
}
";

/// A database that remembers the names of the queries it executes.
fn observed() -> (Database, Arc<Mutex<Vec<String>>>) {
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let sink = log.clone();
    let db = Database::with_events(move |event| {
        if let salsa::EventKind::WillExecute { database_key } = event.kind {
            let key = format!("{database_key:?}");
            let name = key.split('(').next().unwrap_or_default().to_owned();
            sink.lock().expect("no test thread panics while it holds the lock").push(name);
        }
    });
    (db, log)
}

fn all_diagnostics(db: &Database, files: &[File]) -> Vec<Vec<Diagnostic>> {
    files.iter().map(|file| file_diagnostics(db, *file).to_vec()).collect()
}

/// Names and counts of the queries that run when the diagnostics of all files are asked for after an edit.
fn executed_after(edit: impl Fn(&str) -> String, file: usize) -> BTreeMap<String, usize> {
    let (mut db, log) = observed();
    let (_, files) = common::load(&mut db, PROJECT);
    all_diagnostics(&db, &files);
    let text = files[file].text(&db).clone();
    let edited = edit(&text);
    assert_ne!(*text, *edited, "the edit must change something");
    files[file].set_text(&mut db).to(Arc::from(edited));
    log.lock().expect("not poisoned").clear();
    all_diagnostics(&db, &files);
    let mut counts = BTreeMap::new();
    for name in log.lock().expect("not poisoned").drain(..) {
        *counts.entry(name).or_insert(0) += 1;
    }
    counts
}

/// Everything that several files or functions share: an edit inside a body must not run any of it.
const SHARED: [&str; 11] = [
    "file_names",
    "program_names",
    "namespace_data",
    "file_scope",
    "file_heads",
    "file_items",
    "sup_index",
    "class_members_in",
    "lang_items_of",
    "prelude_of",
    "name_index",
];

#[test]
fn an_edit_inside_a_body_runs_that_body_and_its_file_again_and_nothing_else() {
    let counts = executed_after(|text| text.replace("ret n + n", "ret n + n + n"), 0);
    for name in SHARED {
        assert_eq!(counts.get(name), None, "`{name}` ran again: {counts:?}");
    }
    for name in
        ["parse", "summary", "item_tree", "body_in", "infer_in", "item_diagnostics", "file_diagnostics_query"]
    {
        assert_eq!(counts.get(name), Some(&1), "`{name}`: {counts:?}");
    }
}

#[test]
fn an_edit_inside_a_body_leaves_other_files_alone() {
    let counts = executed_after(|text| text.replace("ret \"disc\"", "ret \"round disc\""), 1);
    for name in SHARED {
        assert_eq!(counts.get(name), None, "`{name}` ran again: {counts:?}");
    }
    assert_eq!(counts.get("file_diagnostics_query"), Some(&1), "{counts:?}");
    assert_eq!(counts.get("infer_in"), Some(&1), "{counts:?}");
}

#[test]
fn a_comment_above_everything_runs_no_body_again() {
    let counts = executed_after(|text| format!("# a remark\n{text}"), 0);
    for name in SHARED.into_iter().chain(["body_in", "infer_in"]) {
        assert_eq!(counts.get(name), None, "`{name}` ran again: {counts:?}");
    }
}

#[test]
fn a_new_function_leaves_super_impositions_and_the_bodies_of_other_files_alone() {
    let counts = executed_after(|text| format!("{text}\nfn extra() -> Num {{ ret 1 }}\n"), 1);
    for name in ["sup_index", "prelude_of", "lang_items_of"] {
        assert_eq!(counts.get(name), None, "`{name}` ran again: {counts:?}");
    }
    // the bodies of the edited file and the new one
    assert_eq!(counts.get("body_in"), Some(&3), "{counts:?}");
}

#[test]
fn what_an_eviction_gives_up_is_not_needed_for_diagnostics_that_are_known() {
    let (mut db, log) = observed();
    let (_, files) = common::load(&mut db, PROJECT);
    let before = all_diagnostics(&db, &files);
    hir::eviction::evict_but(&mut db, &files[..1], 1, 1);
    log.lock().expect("not poisoned").clear();
    let after = all_diagnostics(&db, &files);
    assert_eq!(before, after);
    assert!(log.lock().expect("not poisoned").is_empty());
}
