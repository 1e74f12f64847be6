//! Broken and oversized programs: an answer or an error, never a panic.

use super::{findings, load};
use crate::db::{Database, File};
use salsa::Setter;
use std::sync::Arc;
use syntax::Edition;

const PROGRAM: &str = r#"mod src.main

enum Level { low, High = 3 }

cls Stack[T, A: Alloc[T] = GlobalAlloc[T]] {
    data: Arr[T]
    used: Num
}

sup[T, A: Alloc[T]] Stack[T, A] {
    @static fn new() -> Ret[Self, AllocErr] {
        ret std.pass(Stack[T, A] { data=A.alloc(2)?, used=0 })
    }
    fn push(&mut self, item: T) -> Ret[Void, AllocErr] {
        if self.used == self.data.length {
            true {
                let old = std.mem.replace(&mut self.data, Arr[T].new())
                self.data = A.realloc(old, self.used * 2)?
            }
        }
        self.used += 1
        ret std.pass()
    }
}

gn each(list: &Vec[Str]) -> Gen[Str] {
    let item = list.get_ref(0).await()
    yield &item
}

fn total(...xs: Num) -> Num { ret 0 + ... + xs }

fn main() -> Void {
    let mut s = Stack[Str].new().unwrap()
    s.push("a").unwrap()
    let base = 10
    let shift = [&base](n: Num) -> { n + base }
    let text = if (1, 7) { (0, _) { "zero" } (1, n) && n > 3 { "one and ${n}" } else { "other" } }
    let a, mut b = (shift(1), total(1, 2))
    while 0 < b <= 9 { b -= 1 }
    let some = std.some(3) else { 4 }
    print("${text} ${a} ${Level.High.value}")
    Vec.new_range(0, 4).filter((i) -> { i % 2 == 0 }).for_each(print)
}
"#;

fn ask(db: &Database, file: File) {
    for func in crate::items::functions_of(db, file) {
        let body = crate::body::body(db, func);
        let result = crate::infer::infer(db, func);
        for (expr, _) in body.exprs.iter() {
            result.expr_type(expr);
        }
        crate::infer::diagnostics(db, func);
        for scope in &body.scopes {
            body.visible_at(scope.range.end());
        }
    }
}

#[test]
fn a_program_cut_off_anywhere_or_without_some_token_is_inferred() {
    let mut db = Database::new();
    let file = load(&mut db, PROGRAM);
    assert_eq!(findings(&db, file).iter().filter(|(_, code, _)| !code.contains('(')).count(), 0);
    for end in (0..PROGRAM.len()).step_by(3) {
        file.set_text(&mut db).to(Arc::from(&PROGRAM[..end]));
        ask(&db, file);
    }
    let tree = syntax::parse(PROGRAM, Edition::E2023).syntax();
    let tokens = tree.descendants_with_tokens().filter_map(|element| element.into_token());
    for range in tokens.map(|token| token.text_range()).collect::<Vec<_>>() {
        let mut damaged = PROGRAM.to_owned();
        damaged.replace_range(usize::from(range.start())..usize::from(range.end()), "");
        file.set_text(&mut db).to(Arc::from(damaged.as_str()));
        ask(&db, file);
    }
}

#[test]
fn long_chains_and_growing_types_are_bounded() {
    let programs = [
        format!("fn f() -> Num {{ ret {} }}", ["1"; 5_000].join(" + ")),
        format!("fn f() -> Num {{ ret 1{} }}", ".abs()".repeat(3_000)),
        format!(
            "fn d[T](x: T) -> (T, T) {{ ret (x, x) }}\nfn f() -> Void {{ let x = {}1{} }}",
            "d(".repeat(40),
            ")".repeat(40)
        ),
        format!(
            "fn g(...xs: Num) -> Num {{ ret 1 }}\nfn f() -> Num {{ ret g({}) }}",
            ["1"; 5_000].join(", ")
        ),
    ];
    let mut db = Database::new();
    for program in programs {
        let file = load(&mut db, &format!("mod src.main\n{program}\n"));
        ask(&db, file);
    }
}

#[test]
fn a_call_picks_one_of_thousands_of_overloads() {
    let mut source = String::from("mod src.main\n");
    for index in 0..2_000 {
        source.push_str(&format!("cls C{index} {{ x: Num }}\nfn g(a: C{index}) -> Num {{ ret {index} }}\n"));
    }
    source.push_str("fn f() -> Num { ret g(C5 { x=1 }) + g(C1999 { x=1 }) }\n");
    let mut db = Database::new();
    let file = load(&mut db, &source);
    let last = crate::items::functions_of(&db, file).last().expect("the file has functions");
    assert!(crate::infer::diagnostics(&db, last).is_empty());
}
