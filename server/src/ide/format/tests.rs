use super::format;
use syntax::{Edition, parse};

fn check(before: &str, after: &str) {
    let formatted = format(&parse(before, Edition::E2023));
    assert_eq!(formatted, after);
    assert_eq!(format(&parse(&formatted, Edition::E2023)), after, "formatting twice changes something");
}

#[test]
fn spaces_follow_the_tokens() {
    check(
        "mod src.main\nfn  add( a:Num,b : & mut Num )->Num where[T:Copy]{\nret a+b .x( 1 , - 2 )?\n}\n",
        "mod src.main\nfn add(a: Num, b: &mut Num) -> Num where [T: Copy] {\n    ret a + b.x(1, -2)?\n}\n",
    );
}

#[test]
fn blocks_are_indented_and_blank_lines_collapse() {
    check(
        "mod src.main\n\n\n\nfn f() -> Void {\nif x {\n> 3 { g() }\n   else {\nh()\n}\n}\n\n}",
        "mod src.main\n\nfn f() -> Void {\n    if x {\n        > 3 { g() }\n        else {\n            h()\n        }\n    }\n}\n",
    );
}

#[test]
fn statements_on_one_line_are_split() {
    check(
        "mod src.main\nfn f() -> Void {\n    let a = 1 let b = 2\n}\n",
        "mod src.main\nfn f() -> Void {\n    let a = 1\n    let b = 2\n}\n",
    );
}

#[test]
fn continuation_lines_are_indented_once() {
    check(
        "mod src.main\nfn f() -> Void {\n    Vec.new_range(0, 10)\n    .filter((i) -> { i % 4 == 0 })\n.for_each(print)\n}\n",
        "mod src.main\nfn f() -> Void {\n    Vec.new_range(0, 10)\n        .filter((i) -> { i % 4 == 0 })\n        .for_each(print)\n}\n",
    );
}

#[test]
fn initialisers_generics_and_annotations_keep_their_style() {
    check(
        "mod src.main\n@public cls Stack [T,A:Alloc[T]=GlobalAlloc[T]]{\n@private\ndata :Arr[T]\n}\nfn f() -> Void { let s = Stack[Str,A = GlobalAlloc[Str]]{data = [1,2] , used=0} }\n",
        "mod src.main\n@public cls Stack[T, A: Alloc[T] = GlobalAlloc[T]] {\n    @private\n    data: Arr[T]\n}\nfn f() -> Void { let s = Stack[Str, A=GlobalAlloc[Str]] { data=[1, 2], used=0 } }\n",
    );
}

#[test]
fn comments_keep_their_column_and_their_lines() {
    check(
        "mod src.main # one\nfn f() -> Void {\n# two\n    let a = 1      # three\n}\n",
        "mod src.main # one\nfn f() -> Void {\n    # two\n    let a = 1      # three\n}\n",
    );
}

#[test]
fn a_documented_item_begins_its_line() {
    let source = "mod src.main\n\n# A cup.\ncls Cup {\n    # In litres.\n    size: Num\n}\n\n# Looks.\nfn look(cup: &Cup) -> Num {\n    # The size.\n    ret cup.size\n}\n";
    check(source, source);
}

#[test]
fn a_rest_pattern_keeps_its_space_before_the_brace() {
    let source = "mod src.main\nfn f(cup: &Cup) -> Void {\n    if cup {\n        Cup { size=1, ... } { g() }\n        else { h() }\n    }\n}\n";
    check(source, source);
}
