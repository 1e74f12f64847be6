//! Code actions: what they make of the text.

use crate::ide::actions;
use crate::ide::fixture::{Fixture, fixture};
use expect_test::{Expect, expect};
use syntax::{TextRange, TextSize};

/// `<|>` twice is a selection.
fn apply(text: &str, title: &str) -> Result<String, Vec<String>> {
    let second = text.find("<|>").and_then(|first| text[first + 3..].find("<|>").map(|at| first + at));
    let Fixture { db, file, offset } = fixture(&match second {
        Some(_) => {
            let first = text.find("<|>").unwrap();
            let rest = text[first + 3..].replacen("<|>", "", 1);
            format!("{}<|>{rest}", &text[..first])
        }
        None => text.to_owned(),
    });
    let end = second.map_or(offset, |at| TextSize::new(at as u32));
    let range = TextRange::new(offset, end);
    let diagnostics = hir::file_diagnostics(&db, file);
    let found = actions::actions(&db, file, range, &diagnostics);
    let Some(action) = found.iter().find(|it| it.title.contains(title)) else {
        return Err(found.into_iter().map(|it| it.title).collect());
    };
    let mut text = file.text(&db).to_string();
    for (range, new) in action.edits[0].edits.iter().rev() {
        text.replace_range(usize::from(range.start())..usize::from(range.end()), new);
    }
    Ok(text)
}

fn check(text: &str, title: &str, expected: Expect) {
    expected.assert_eq(&apply(text, title).unwrap_or_else(|titles| format!("only {titles:?}")));
}

#[test]
fn an_expression_becomes_a_variable() {
    check(
        "mod a.b\nfn f(n: Num) -> Num {\n    ret 2 * <|>(n + 1)<|>\n}\n",
        "into a variable",
        expect![[r#"
        mod a.b
        fn f(n: Num) -> Num {
            let value = (n + 1)
            ret 2 * value
        }
    "#]],
    );
    check(
        "mod a.b\nfn g() -> Num {\n    ret 1\n}\nfn f() -> Num {\n    ret 2 * <|>g()<|>\n}\n",
        "into a variable",
        expect![[r#"
        mod a.b
        fn g() -> Num {
            ret 1
        }
        fn f() -> Num {
            let value = g()
            ret 2 * value
        }
    "#]],
    );
}

#[test]
fn statements_become_a_function() {
    check(
        "mod a.b\nfn f(n: Num) -> Num {\n    let a = n + 1\n    <|>let b = a * 2\n    let c = b + n<|>\n    ret c\n}\n",
        "into a function",
        expect![[r#"
            mod a.b
            fn f(n: Num) -> Num {
                let a = n + 1
                let c = extracted(a, n)
                ret c
            }

            fn extracted(a: Num, n: Num) -> Num {
                let b = a * 2
                let c = b + n
                ret c
            }
        "#]],
    );
}

#[test]
fn a_variable_is_inlined_where_that_changes_nothing() {
    check(
        "mod a.b\nfn f(n: Num) -> Num {\n    let <|>a = n + 1\n    ret a * 2\n}\n",
        "inline",
        expect![[r#"
        mod a.b
        fn f(n: Num) -> Num {
            ret (n + 1) * 2
        }
    "#]],
    );
    assert!(
        apply("mod a.b\nfn f(n: Num) -> Num {\n    let <|>a = n + 1\n    ret a * a\n}\n", "inline").is_err()
    );
}

#[test]
fn missing_methods_are_implemented() {
    check(
        "mod a.b\ncls Pool[T] { }\nsup[T] Alloc[T] for <|>Pool[T] {\n}\n",
        "missing",
        expect![[r#"
        mod a.b
        cls Pool[T] { }
        sup[T] Alloc[T] for Pool[T] {
            @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] { ... }

            @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] { ... }

            @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] { ... }
        }
    "#]],
    );
}

#[test]
fn self_is_written_in_both_forms() {
    check(
        "mod a.b\ncls P { }\nsup P {\n    fn f(&mut se<|>lf) -> Void { }\n}\n",
        "with its type",
        expect![[r#"
        mod a.b
        cls P { }
        sup P {
            fn f(self: &mut Self) -> Void { }
        }
    "#]],
    );
    check(
        "mod a.b\ncls P { }\nsup P {\n    fn f(se<|>lf: &Self) -> Void { }\n}\n",
        "short form",
        expect![[r#"
        mod a.b
        cls P { }
        sup P {
            fn f(&self) -> Void { }
        }
    "#]],
    );
}

#[test]
fn methods_move_between_class_and_block() {
    let class = "mod a.b\ncls P[T = Num] {\n    x: T\n\n    fn f(&self) -> Void { }\n}\n";
    check(
        &class.replacen("cls P", "cls <|>P", 1),
        "to a `sup` block",
        expect![[r#"
        mod a.b
        cls P[T = Num] {
            x: T
        }

        sup[T] P[T] {
            fn f(&self) -> Void { }
        }
    "#]],
    );
    check(
        "mod a.b\ncls P { x: Num }\n\nsup <|>P {\n    fn f(&self) -> Void { }\n}\n\nfn g() -> Void { }\n",
        "into the class",
        expect![[r#"
            mod a.b
            cls P { x: Num

                fn f(&self) -> Void { }
            }

            fn g() -> Void { }
        "#]],
    );
}

#[test]
fn a_class_gets_an_allocator_parameter() {
    check(
        "mod a.b\ncls <|>Parser { spans: Vec[Num]  name: Str }\nsup Parser {\n    fn f(&self) -> Void { }\n}\n",
        "allocator parameter",
        expect![[r#"
            mod a.b
            cls Parser[A: Alloc[Num] = GlobalAlloc[Num]] { spans: Vec[Num, A]  name: Str }
            sup[A: Alloc[Num]] Parser[A] {
                fn f(&self) -> Void { }
            }
        "#]],
    );
}

#[test]
fn imports_are_sorted_and_the_unused_go() {
    check(
        "mod a.b\nuse std.mem.swap\nuse std.mem.replace\n\nfn f(a: &mut Num, b: &mut Num) -> Void {\n    swap(a, b)\n}\n<|>",
        "organise",
        expect![[r#"
            mod a.b
            use std.mem.swap

            fn f(a: &mut Num, b: &mut Num) -> Void {
                swap(a, b)
            }
        "#]],
    );
}

#[test]
fn fixes_of_diagnostics_are_offered() {
    check(
        "mod a.b\ncls P { <|>mut hits: Num }\n",
        "",
        expect![[r#"
            mod a.b
            cls P { hits: Num }
        "#]],
    );
}
