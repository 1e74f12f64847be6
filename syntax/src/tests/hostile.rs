//! Input that nobody writes by hand: nothing panics, nothing hangs, nothing is lost.

use crate::{Edition, Severity, parse};

fn survives(text: &str) -> usize {
    for edition in Edition::ALL {
        let parse = parse(text, edition);
        assert!(parse.syntax().text() == text, "the tree is the text");
    }
    parse(text, Edition::E2023).errors().iter().filter(|it| it.severity == Severity::Error).count()
}

#[test]
fn a_long_run_of_one_bracket_is_one_mistake_or_two() {
    for unit in ["(", "[", "{", ")", "]", "}"] {
        let text = unit.repeat(1 << 16);
        assert!(survives(&text) <= 3, "{unit}");
        assert!(survives(&format!("mod a fn f() -> Void {{ {text}")) <= 2, "{unit} in a function");
        assert!(survives(&format!("mod a fn f() -> Void {{ let x = a{text}")) <= 4, "{unit} behind a value");
    }
}

#[test]
fn much_of_anything_is_survived() {
    for unit in [
        "\"",
        ";",
        "'",
        "!",
        "@",
        "$",
        "\\",
        "\0",
        "é",
        "_",
        ".",
        "...",
        "-",
        "- ",
        "&",
        "| ",
        "if ",
        "if x {",
        "let ",
        "fn ",
        "fn f",
        "use ",
        "sup.",
        "a.",
        "a,",
        "(a,",
        "[a](b)->",
        "() -> ",
        "\"${",
        "\"${x}",
        "r\"",
        "/*",
        "#",
        "1+",
        "a<",
        "a[",
        "A[",
        "A{",
        "A{x=",
        "x=",
        "a?",
        "yield ",
        "ret ",
        "cls A {",
        "@a(",
        "\"\\",
        "\"\n\\\"",
        "f(let ",
        "f(\n",
        "{(",
        "([{",
        "where [",
        "-> ",
        "else ",
        "with a as b {",
        "x: &",
    ] {
        let text = unit.repeat((1 << 13) / unit.len());
        survives(&text);
        survives(&format!("mod a\nfn f() -> Void {{\n{text}\n}}\n"));
        survives(&format!("cls A {{ {text} }}"));
    }
}

#[test]
fn a_line_of_one_megabyte_is_read_in_one_go() {
    let text = format!("mod a fn f() -> Num {{ ret 1{} }}", " + 1".repeat(260_000));
    survives(&text);
    let text = format!("mod a fn f() -> Void {{ f({}) }}", "x, ".repeat(260_000));
    assert_eq!(survives(&text), 0);
}

#[test]
fn bytes_at_the_edges_are_kept() {
    for text in
        ["\u{feff}mod a", "\u{feff}", "mod a\r\n", "\r", "mod a\n\0", "# é", "\"é", "\"${é", "'é'", "r", "0b"]
    {
        survives(text);
    }
}

/// Found by the fuzzer: damaged strings in interpolations, with characters of several bytes where they are cut off.
#[test]
fn tokens_end_between_characters() {
    let bytes = b"@(-b\x22\x22$\x22*${&Qb0b0\xf3\x00\x00\x00\x00\x00\x00\x00{&\x5c\x22\xff\xff\x5c\x22\xff&\x5c\x22\xff[\xff\xff\xff------&\x5c\x22\xff\xff\x22\x22${&\x5c\x22\xff\xff\x5c\x22\xff&\x5c\x22\xff[\xff\xff\xff------&\x5c\x5c\x22\xff\xff\x5c\x22\xff&\x5c\x22\xff\xff\xff\xff------&\x5c\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x0a\xf7yyyyyy\x00$\x00\x00\x00\x00'b\x22i%";
    let text = String::from_utf8_lossy(bytes);
    for edition in Edition::ALL {
        assert_eq!(parse(&text, edition).syntax().to_string(), text);
    }
}
