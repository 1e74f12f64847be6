//! Chapter 1.

use super::{check, check_body, fixed, only_error};

#[test]
fn lx1_skips_a_byte_order_mark_and_refuses_other_text_beyond_ascii() {
    check("\u{feff}mod a\n# größe\nfn f() -> Str { ret \"größe\" }\n");
    check("mod a\nfn gr\u{f6}\u{df}e() -> Void { }   #! LX1\n");
}

#[test]
fn lx2_refuses_control_characters() {
    check("mod a\r\nfn f() -> Void {\r\n\tlet x = 1\r\n}\r\n");
    check("mod a\nfn f() -> Void { \u{b} }   #! LX2\n");
    check("mod a\nfn f() -> Void { let x = 1\0 }   #! LX2\n");
    check("mod a\nfn f() -> Str { ret \"a\u{b}\" }\n");
}

#[test]
fn lx3_matches_the_longest_token() {
    check_body("a <<<= 1\nb = a <<< 2 >>> 3\nc >>>= 1\nd = x <=> y\nlet fn1 = lets + mod_id");
}

#[test]
fn lx4_treats_a_semicolon_as_a_line_end() {
    check_body("let x = 1;   #! LX4\nlet y = 2; let z = 3   #! LX4\na; (b)   #! LX4\nx = 1;;;   #! LX4");
    assert_eq!(fixed("mod a\nfn f() -> Void { let x = 1; }"), "mod a\nfn f() -> Void { let x = 1 }");
}

#[test]
fn lx5_lets_lines_end_inside_brackets() {
    check_body(
        "let x = (a\n    + b\n    * (\n        c\n    ))\nlet y = [\n    1,\n    2,\n]\nf(\n    a\n    (b)\n)",
    );
}

#[test]
fn lx6_continues_a_line_save_with_an_opening_bracket() {
    check_body(
        "a\n    .b()\n    .c\n    + 1\n(1, 2)\n[3, 4]\n{ 5 }\nlet x = Foo\n{ x }\nlet y = g\n[z](n) -> n",
    );
}

#[test]
fn lx7_wants_the_operand_of_ret_on_its_line() {
    check_body("ret\nx = 1");
    check("mod a\ngn g() -> Gen[Num] {\n    yield\n    (1, 2)\n    let x = yield 3\n    ret\n}\n");
}

#[test]
fn lx8_allows_two_statements_on_a_line() {
    check_body("let x = 1 let y = 2 f(x) ret");
}

#[test]
fn lx9_and_lx10_know_two_forms_of_comments() {
    check("mod a # tail\n/* a\n * b */ fn f() -> Void { /* * / # */ }\n");
    check("mod a\nfn f() -> Str { ret \"# no /* comment\" }\n");
    check("mod a\nfn f() -> Void { }\n/* open   #! LX10\n");
}

#[test]
fn a_block_comment_with_a_line_end_starts_a_line() {
    check_body("a /*\n*/ (b)\nc /* */ (d)");
}

#[test]
fn lx11_tells_types_from_values_by_their_first_letter() {
    check("mod a\ncls point { }   #! LX11\n");
    check("mod a\nfn Do() -> Void { }   #! LX11\n");
    check("mod a\nfn f(X: Num) -> Void { }   #! LX11\n");
    check("mod a\nfn f(x: num) -> Void { }   #! LX11\n");
    check("mod a\nfn f(x: std.num) -> Void { }   #! LX11\n");
    check("mod a\nfn f[t]() -> Void { }   #! LX11\n");
    check("mod a\ncls A { Size: Num }   #! LX11\n");
    check_body("let X = 1   #! LX11\nf(x).Name   #! LX11");
    check("mod a\nuse b.c.D as e   #! LX11\n");
}

#[test]
fn lx12_refuses_a_leading_underscore() {
    check_body("let _x = 1   #! LX12\n__MOCK_f()   #! LX12");
    assert_eq!(fixed("mod a\nfn f() -> Void { let _x = 1 }"), "mod a\nfn f() -> Void { let x = 1 }");
}

#[test]
fn lx13_hints_at_other_spellings() {
    check_body("do x < 1 { }   #! LX13(H)\nreturn   #! LX13(H)");
    assert_eq!(fixed("mod a\nfn f() -> Num { return 1 }"), "mod a\nfn f() -> Num { ret 1 }");
    check_body("loop x { }   #! LX13(H)\nbreak   #! LX13(H)\nlet loop = 1\nloop += 1\ncase(x)\nfun.b()");
}

#[test]
fn lx14_reads_a_reserved_word_as_a_name_behind_fn_and_dot() {
    check("mod a\nsup Async { fn yield(&self) -> Void { } fn return[T](&self) -> Void { } }\n");
    check_body("a.yield()\na.return(1).if.let\n@a.fn gn g() -> Gen[Num] { }");
    check_body("a.   #! SY0\nlet x = 1\nfn if   #! SY0");
}

#[test]
fn lx15_knows_the_forms_of_numbers() {
    check_body(
        "f(0, 1_000, 1.5, 1.5e10, 2e-3, 3i, 3.5I, 2ie5, 1_0.0_1e1_0i, 0b1_01, 0xfF_0)\nlet x = .5   #! LX15",
    );
    assert_eq!(fixed("mod a\nfn f() -> Num { ret .5 }"), "mod a\nfn f() -> Num { ret 0.5 }");
}

#[test]
fn lx16_gives_the_point_to_the_number_only_before_a_digit() {
    check_body("5.to[Str]()\nt.0.1\nt.0.name\n5.5.floor()\nt.0x1   #! LX17");
}

#[test]
fn lx17_refuses_what_sticks_to_a_number() {
    check_body(
        "a = 0b12   #! LX17\na = 3x   #! LX17\na = 1_   #! LX17\na = 0b   #! LX17\na = 0x_1   #! LX17",
    );
    check_body("a = 0o17   #! LX17\na = 1e   #! LX17\na = 0b1_   #! LX17\na = 1u8   #! LX17");
}

#[test]
fn lx18_gives_the_sign_to_a_decimal_literal() {
    check_body("let x = -1\nlet y = 3 - -1\nlet z = f(+2.5, -1.abs())\nlet n = a - 1");
}

#[test]
fn lx19_knows_the_escapes() {
    check_body(r#"let s = "\\ \" \n \r \t \0 \$ \x41 \u{1F600} ${x}""#);
    check_body("let s = \"\\q\"   #! LX19\nlet t = \"\\x4\"   #! LX19\nlet u = \"\\u{110000}\"   #! LX19");
    check_body("let s = \"a\n  b\n\"");
    check_body("let s = \"\\a ${x} \\b\"   #! LX19 LX19");
}

#[test]
fn lx19_ends_an_open_string_with_its_line() {
    check("mod a\nfn f() -> Void {\n    let s = \"open   #! LX19\n    let t = 1\n}\nfn g() -> Void { }\n");
    check(
        "mod a\nfn f() -> Void {\n    let s = \"open ${x   #! LX19\n    let t = 1\n}\n@x fn g() -> Str { ret \"b\" }\n",
    );
}

#[test]
fn lx20_refuses_a_quote_inside_an_interpolation() {
    check_body("print(\"${a} and ${{ b }} ${C { x=1 }.x}\")");
    check_body("print(\"${m.get(\"key\")} end\")   #! LX20\nlet x = 1");
    check_body("print(\"${x\")   #! LX20\nlet x = 1");
    check_body("print(\"${m.get(\\\"key\\\")} end\")   #! LX20\nlet x = 1");
    check_body("print(\"${}\")   #! SY0");
}

#[test]
fn lx21_reads_a_regex_after_r() {
    check_body("let r = r\"a\\\"[0-9]+ # $\"\nlet s = r\"open   #! LX21\nlet t = 1");
}

#[test]
fn lx23_names_the_way_to_say_it() {
    check_body("a++   #! LX23\na--   #! LX23\nlet b = !a   #! LX23\nlet c = a ** b   #! LX23");
    check_body("let d = std::Num.new()   #! LX23\nlet e = a |> b   #! LX23\nlet f = 'x'   #! LX23");
    check_body("f(..xs)   #! LX23\nlet g = a %% b   #! LX23\nlet h = a ?? b   #! LX23\nlet i = ~a   #! LX23");
    check_body("let j = (x) => x   #! LX23\nlet k = `a   #! LX23\nlet l = a$b   #! LX23");
    let (code, text, _) = only_error("mod a\nfn f() -> Void { x = a::b }");
    assert_eq!((code.as_str(), text.as_str()), ("LX23", "::"));
    assert_eq!(fixed("mod a\nuse std::io"), "mod a\nuse std.io");
}
