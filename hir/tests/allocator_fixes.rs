//! The mendings that are offered for misuses of allocators: what each makes of the text, and that the result checks clean.

use hir::{Database, File, Program, ProgramKind, Severity};
use salsa::Setter as _;
use std::sync::Arc;
use syntax::Edition;

fn load(text: &str) -> (Database, File) {
    let mut db = Database::new();
    let program = Program::new(&db, ProgramKind::Loose, Edition::E2023, Arc::from([]));
    let file = File::new(&db, Arc::from(text), Edition::E2023, program, None, Arc::from("main.spp"));
    program.set_files(&mut db).to(Arc::from([file]));
    (db, file)
}

/// Applies the first fix of a rule whose title begins so; answers the lines that are new.
#[track_caller]
fn mended(source: &str, code: &str, title: &str) -> String {
    let (db, file) = load(source);
    let found = hir::file_diagnostics(&db, file);
    let fixes = || found.iter().filter(|it| it.code == code).flat_map(|it| &it.fixes);
    let fix = fixes().find(|fix| fix.title.starts_with(title)).unwrap_or_else(|| {
        let titles: Vec<&str> = fixes().map(|fix| fix.title.as_str()).collect();
        panic!("{code} offers {titles:?}, not `{title}`")
    });
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start()));
    let mut text = source.to_owned();
    for edit in edits {
        text.replace_range(std::ops::Range::<usize>::from(edit.range), &edit.new_text);
    }
    let (db, file) = load(&text);
    let left: Vec<String> = hir::file_diagnostics(&db, file)
        .iter()
        .filter(|it| it.severity == Severity::Error || it.code == code)
        .map(|it| format!("{}: {}", it.code, it.message))
        .collect();
    assert!(left.is_empty(), "{left:#?} is left of\n{text}");
    let old: Vec<&str> = source.lines().collect();
    let new: Vec<&str> = text.lines().filter(|line| !old.contains(line)).map(str::trim).collect();
    new.join("\n")
}

const POOL: &str = "mod main
cls Pool[T] { }
sup[T] Alloc[T] for Pool[T] {
    @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].alloc(size) }
    @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].realloc(arr, size) }
    @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] { ret GlobalAlloc[T].dealloc(arr) }
}
";

#[test]
fn missing_methods_come_with_the_right_signatures() {
    let source = "mod main
cls Pool[T] { }
sup[T] Alloc[T] for Pool[T] {
    @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] { ret GlobalAlloc[T].alloc(size) }
}
";
    let added = mended(source, "A18", "");
    assert!(added.contains("@static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr]"), "{added}");
    assert!(added.contains("@static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr]"), "{added}");
}

#[test]
fn a_borrowed_array_becomes_an_owned_one() {
    let source = POOL.replace("dealloc(arr: Arr[T])", "dealloc(arr: &Arr[T])");
    assert_eq!(
        mended(&source, "A22", "take ownership"),
        "@static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] { ret GlobalAlloc[T].dealloc(arr) }"
    );
}

#[test]
fn static_is_added() {
    let source = POOL.replace("@static fn dealloc", "fn dealloc");
    assert!(mended(&source, "A20", "add `@static`").starts_with("@static fn dealloc(arr"));
}

#[test]
fn parameters_in_the_wrong_order_change_places() {
    let source = POOL.replace("realloc(arr: Arr[T], size: Num)", "realloc(size: Num, arr: Arr[T])");
    assert!(
        mended(&source, "A21", "exchange the parameters")
            .starts_with("@static fn realloc(arr: Arr[T], size: Num)")
    );
}

#[test]
fn an_ignored_result_is_passed_on_or_unwrapped() {
    let passing = "mod main
fn clear(arr: Arr[Num]) -> Ret[Void, AllocErr] {
    GlobalAlloc[Num].dealloc(arr)
    ret std.pass()
}
";
    assert_eq!(mended(passing, "A31", "pass the failure on"), "GlobalAlloc[Num].dealloc(arr)?");
    let last = "mod main
fn clear(arr: Arr[Num]) -> Void {
    GlobalAlloc[Num].dealloc(arr)
}
";
    assert_eq!(mended(last, "A31", "panic on a failure"), "GlobalAlloc[Num].dealloc(arr).unwrap()");
}

#[test]
fn the_result_of_realloc_is_bound_to_the_old_name() {
    let source = "mod main
fn grow(arr: Arr[Num]) -> Ret[Arr[Num], AllocErr] {
    GlobalAlloc[Num].realloc(arr, 8)
    ret std.pass(arr)
}
";
    assert_eq!(
        mended(source, "A31", "bind the array that `realloc` gives back"),
        "let arr = GlobalAlloc[Num].realloc(arr, 8)?"
    );
}

#[test]
fn a_failure_is_handled_with_let_else() {
    let source = "mod main
fn grow(arr: Arr[Num]) -> Num {
    GlobalAlloc[Num].realloc(arr, 8)
    ret 1
}
";
    assert_eq!(
        mended(source, "A31", "handle the failure"),
        "let arr = GlobalAlloc[Num].realloc(arr, 8) else { std.panic(\"no memory\") }"
    );
}

#[test]
fn the_old_name_after_realloc_becomes_the_new_one() {
    let source = "mod main
fn main() -> Void {
    let arr = GlobalAlloc[Num].alloc(4).unwrap()
    let big = GlobalAlloc[Num].realloc(arr, 8).unwrap()
    print(\"${arr.length}\")
    GlobalAlloc[Num].dealloc(big).unwrap()
}
";
    assert_eq!(mended(source, "A39", "use the array that `realloc` gave back"), "print(\"${big.length}\")");
}

#[test]
fn an_array_goes_back_to_the_allocator_that_made_it() {
    let source = format!(
        "{POOL}fn main() -> Void {{
    let arr = Pool[Num].alloc(4).unwrap()
    GlobalAlloc[Num].dealloc(arr).unwrap()
}}
"
    );
    assert_eq!(mended(&source, "A42", "give it back to `Pool[Num]`"), "Pool[Num].dealloc(arr).unwrap()");
}

#[test]
fn the_array_of_a_field_is_taken_out_before_it_is_given_back() {
    let source = "mod main
cls Buffer { data: Arr[Num] }
sup Buffer {
    fn grow(&mut self) -> Ret[Void, AllocErr] {
        self.data = GlobalAlloc[Num].realloc(self.data, 8)?
        ret std.pass()
    }
}
";
    assert_eq!(
        mended(source, "A46", "take the array out first"),
        "let old = std.mem.replace(&mut self.data, Arr[Num].new())
self.data = GlobalAlloc[Num].realloc(old, 8)?"
    );
}
