//! SY0, and what half-typed code leaves alone.

use super::{check, check_body, only_error};
use crate::ast::{self, AstNode, HasName};
use crate::{Edition, parse};

/// The names of the declarations of a text.
fn declared(source: &str) -> Vec<String> {
    let parse = parse(source, Edition::E2023);
    assert!(parse.syntax().text() == source, "the tree is the text");
    let items = parse.tree().items();
    items
        .filter_map(|item| match item {
            ast::Item::Function(it) => it.name(),
            ast::Item::Class(it) => it.name(),
            ast::Item::Enum(it) => it.name(),
            _ => None,
        })
        .map(|name| name.text())
        .collect()
}

#[test]
fn half_typed_code_keeps_every_declaration_behind_it() {
    let beginnings = [
        "fn f() -> Void {\n    let x =\n}",
        "fn f() -> Void {\n    let\n}",
        "fn f() -> Void {\n    let x =\n",
        "fn f() -> Void {\n    x.\n",
        "fn f() -> Void {\n    x.\n}",
        "fn f() -> Void {\n    g(\n",
        "fn f() -> Void {\n    g(1, \n}",
        "fn f() -> Void {\n    if x {\n",
        "fn f() -> Void {\n    if x {\n        == 1 {\n    }\n",
        "fn f() -> Void {\n    if\n}",
        "fn f() -> Void {\n    while\n}",
        "fn f() -> Void {\n    let x = [1, 2\n}",
        "fn f() -> Void {\n    let x = A { y=\n}",
        "fn f() -> Void {\n    let x = A { y=\n",
        "fn f() -> Void {\n    let s = \"open\n}",
        "fn f() -> Void {\n    let s = \"${open\n}",
        "fn f() -> Void {\n    x +\n}",
        "fn f() -> Void {\n    x = \n}",
        "fn f() -> Void {\n    ret (\n",
        "fn f() ->",
        "fn f()",
        "fn f(",
        "fn f(a: ",
        "fn f[T",
        "fn f",
        "gn f() -> Gen[Num",
        "fn f() -> Void where [T: ",
        "fn f() -> Void { ) ] }",
    ];
    for beginning in beginnings {
        let source = format!("mod a\n\n{beginning}\n\ncls B {{ }}\n\nfn g() -> Void {{ }}\n");
        assert_eq!(declared(&source), ["f", "B", "g"], "{source}");
    }
    for beginning in [
        "cls",
        "cls A",
        "cls A {",
        "cls A { x:",
        "cls A {\n    x: Num\n    fn f(",
        "sup A {\n    fn f() -> Void {\n",
    ] {
        let source = format!("mod a\n\n{beginning}\n\nenum B {{ }}\n\nfn g() -> Void {{ }}\n");
        let names = declared(&source);
        assert!(names.ends_with(&["B".to_owned(), "g".to_owned()]), "{names:?}\n{source}");
    }
}

#[test]
fn a_method_that_is_not_finished_keeps_the_next() {
    let source = "mod a\nsup A {\n    fn f() -> Void {\n        if x {\n\n    fn g() -> Void { }\n}\nfn h() -> Void { }\n";
    assert_eq!(declared(source), ["h"]);
    let methods =
        parse(source, Edition::E2023).syntax().descendants().filter_map(ast::Function::cast).count();
    assert_eq!(methods, 3);
}

#[test]
fn an_unfinished_statement_does_not_take_the_next_one() {
    check_body("let x =   #! SY0\nlet y = 1");
    check_body("x.   #! SY0\nlet y = 1");
    check_body("x =   #! SY0\ny = 1");
    check_body("let x = a +   #! SY0\ny = 1");
    check_body("f(a,   #! SY0\nlet y = 1");
    check_body("let   #! SY0\ny = 1");
    check_body("let x:   #! SY0\ny = 1");
    check_body("if x   #! SY0\nlet y = 1");
}

#[test]
fn a_missing_closer_is_marked_at_the_opener() {
    let (code, text, _) = only_error("mod a\nfn f() -> Void {\n    g(1\n}\n");
    assert_eq!((code.as_str(), text.as_str()), ("SY0", "("));
    check("mod a\nfn f() -> Void {   #! SY0\n    let x = 1\n");
    check("mod a\nfn f() -> Void {   #! SY0\n    if x {   #! SY0\n        == 1 { f((1 }   #! SY0\n");
    let parse = parse("mod a\nfn f() -> Void {\n", Edition::E2023);
    assert_eq!(parse.errors()[0].related.len(), 1);
}

#[test]
fn a_stray_token_is_one_mistake() {
    check_body(") ] )   #! SY0\nlet x = 1");
    check("mod a\n} } 1 2 3   #! SY0\nfn f() -> Void { }\n");
    check("mod a\nprint(1)   #! SY0\nwhile x { fn g() -> Void { } }\nfn f() -> Void { }\n");
    check_body("let x = 1 : 2   #! SY0\nlet y = 1");
    check_body("f(1 2)   #! SY0\nlet y = 1");
    check_body("[1 2, 3]   #! SY0\nlet y = 1");
}

#[test]
fn habits_of_other_languages_are_one_mistake() {
    check_body("print('hello')   #! LX23\nlet x = 'it\\'s'   #! LX23\nf(a: 1, b=2)   #! SY0");
    check_body("let fn = 3   #! SY0\nlet mut if: Num   #! SY0\nlet y = 1");
    check("mod a\nfn f(for: Num, b: Str) -> Void { }   #! SY0\n");
    assert_eq!(super::fixed("mod a\nfn f() -> Void { g(a: 1) }"), "mod a\nfn f() -> Void { g(a=1) }");
}

#[test]
fn words_of_other_languages_are_recognised() {
    check("mod a\nfun f() -> Void { }   #! SY0\nclass A { }   #! SY0\nfn g() -> Void { }\n");
    assert_eq!(declared("mod a\nfun f() -> Void { }\nfn g() -> Void { }\n"), ["f", "g"]);
}

#[test]
fn a_variable_at_module_level_is_left_to_name_resolution() {
    check("mod a\nlet x = 1\nlet mut y: Num\nfn f() -> Void { }\n");
}

#[test]
fn an_unfinished_header_keeps_its_body() {
    check("mod a\nfn f(a: Num, -> Void {   #! SY0\n    let x = 1\n}\nfn g() -> Void { }\n");
    check("mod a\nfn f(a: Num {   #! SY0\n    let x = 1\n}\nfn g() -> Void { }\n");
    check("mod a\nfn f[T(a: Num) -> Void {   #! SY0\n    let x = 1\n}\nfn g() -> Void { }\n");
    check("mod a\nfn f(a: Num) -> Vec[Num {   #! SY0\n    let x = 1\n}\nfn g() -> Void { }\n");
}

/// Every token of every program left out, one at a time: seldom is that more than two mistakes.
#[test]
fn a_token_that_is_missing_is_hardly_ever_more_than_two_mistakes() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data/programs");
    let (mut count, mut few, mut all) = (0usize, 0usize, 0usize);
    for entry in std::fs::read_dir(folder).expect("the folder is part of the package").flatten() {
        let text = std::fs::read_to_string(entry.path()).expect("a program is text");
        let errors = |text: &str| {
            let parse = parse(text, Edition::E2023);
            parse.errors().iter().filter(|error| error.severity == crate::Severity::Error).count()
        };
        let before = errors(&text);
        let tokens = parse(&text, Edition::E2023).syntax().descendants_with_tokens();
        for token in tokens.filter_map(|it| it.into_token()).filter(|it| !it.kind().is_trivia()) {
            let edit = crate::TextEdit::delete(token.text_range());
            let more = errors(&edit.apply(&text).expect("a token lies in its text")).saturating_sub(before);
            count += 1;
            few += usize::from(more <= 2);
            all += more;
        }
    }
    assert!(few * 100 >= count * 92, "{few} of {count}");
    assert!(all * 10 <= count * 12, "{all} diagnostics for {count} missing tokens");
}
