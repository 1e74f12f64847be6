//! Chapter 2.

use super::{check, check_body, fixed, only_error};

#[test]
fn sy1_wants_the_module_first() {
    check("@public mod src.main\n");
    check("use a.b\nmod src.main   #! SY1\n");
    check("mod a\nmod b   #! SY1\n");
    let parse = crate::parse("cls A { }", crate::Edition::E2023);
    assert_eq!(parse.errors().len(), 1);
    assert_eq!((parse.errors()[0].code, parse.errors()[0].severity), ("SY1", crate::Severity::Hint));
    check("fn f() -> Void { }   #! SY1\n");
    check("use b.C   #! SY1\ncls A { }\n");
    assert!(crate::parse("# nothing\n", crate::Edition::E2023).errors().is_empty());
}

#[test]
fn sy2_accepts_imports_anywhere_a_use_is() {
    check(
        "mod a\nuse b.C\nfn f() -> Void {\n    use d.e.*\n    use D = C\n}\nuse sup.sup.x.{Y as Z, w.v as u,}\n",
    );
    check("mod a\nuse foo   #! SY0\n");
    check("mod a\nuse std.for.X\nuse a.{b.*}   #! SY0\n");
}

#[test]
fn sy3_tells_an_alias_from_an_import() {
    check("mod a\nuse A = B[Num]\nuse C[T] = Vec[T]\nuse D as (Num, Str)   #! SY3(H)\n");
    assert_eq!(fixed("mod a\nuse A as B"), "mod a\nuse A = B");
    check("mod a\nuse A   #! SY0\nfn f() -> Void { }\n");
}

#[test]
fn sy4_knows_what_annotations_precede() {
    check(
        "@a mod a\n@b @c.d[T](1) cls A { @e x: Num @f use B = C @g fn f() -> Void { } }\n@h enum E { a }\n@i sup A { }\n@j fn f() -> Void { @k fn g() -> Void { } }\n@l use A = B\n",
    );
    check("mod a\n@a, @b cls C { }   #! SY4\n");
    check("mod a\nfn f() -> Void {\n    @a   #! SY4\n    let x = 1\n}\n");
    check("mod a\nenum E { @a b }   #! SY4\n");
    check("mod a\n@a   #! SY4\n");
    check("mod a\n@   #! SY0\nfn f() -> Void { }\n");
}

#[test]
fn sy5_hints_at_an_instance_method_in_a_class() {
    check(
        "mod a\ncls A {\n    use B = C\n    @static fn new() -> A { ret A { } }\n    fn e(&self) -> Void { ... }\n    fn m(&self) -> Void { }   #! SY5(H)\n}\n",
    );
}

#[test]
fn sy6_keeps_attributes_plain() {
    check(
        "mod a\ncls A {\n    mut x: Num   #! SY6\n    y: Num = 1   #! SY6\n    z: Num,   #! SY6\n    w: Num,\n    let v: Num   #! SY6\n    u Num   #! SY0\n    t: Num\n}\n",
    );
    check("mod a\ncls A {\n    x   #! TY6\n    y: Num\n}\n");
    assert_eq!(fixed("mod a\ncls A { mut x: Num }"), "mod a\ncls A { x: Num }");
    assert_eq!(fixed("mod a\ncls A { x: Num, }"), "mod a\ncls A { x: Num }");
}

#[test]
fn sy7_wants_classes_in_sup() {
    check("mod a\nsup A for B[T] { }\nsup[T] A[T] for B { }\nsup a.b.C for d.E { }\n");
    check(
        "mod a\nsup Self { }   #! SY7\nsup (A, B) { }   #! SY7\nsup A for Self { }   #! SY7\nsup[T] A for T { }   #! SY7\n",
    );
}

#[test]
fn sy8_refuses_attributes_in_sup() {
    check("mod a\nsup A {\n    x: Num   #! SY8\n    fn f() -> Void { }\n}\n");
}

#[test]
fn sy9_wants_a_return_type() {
    check("mod a\nfn f() { }   #! SY9\nfn g(): Num { ret 1 }   #! SY9\nfn h() -> { }   #! SY0\n");
    assert_eq!(fixed("mod a\nfn f() { }"), "mod a\nfn f() -> Void { }");
    assert_eq!(only_error("mod a\nfn f(x: Num) { }").1, ")");
    check("mod a\nfn f   #! SY0\nfn g() -> Void { }\n");
    check("mod a\nfn f(   #! SY0\nfn g() -> Void { }\n");
    check("mod a\nfn   #! SY0\nfn g() -> Void { }\n");
}

#[test]
fn sy10_knows_the_forms_of_self() {
    check(
        "mod a\nsup A[T] {\n    fn a(&self) -> Void { }\n    fn b(&mut self) -> Void { }\n    fn c(self) -> Void { }\n    fn d(mut self) -> Void { }\n    fn e(self: &Self) -> Void { }\n    fn f(self: &mut A[T]) -> Void { }\n    fn g(mut self: Self) -> Void { }\n    fn h(self: Num) -> Void { }   #! SY10\n    fn i(&self: Self) -> Void { }   #! SY10\n}\n",
    );
}

#[test]
fn sy11_allows_self_first_in_methods() {
    check("mod a\nfn f(self) -> Void { }   #! SY11\n");
    check(
        "mod a\nsup A {\n    fn f(x: Num, &self) -> Void { }   #! SY11\n    fn g(&self) -> Void {\n        fn h(&mut self) -> Void { }   #! SY11\n        let l = (self) -> 1   #! SY11\n    }\n}\n",
    );
}

#[test]
fn sy12_orders_parameters() {
    check("mod a\nfn f(a: Num, mut b: &Str, c: &mut Str = x, ...d: Num) -> Void { }\n");
    check("mod a\nfn f(a: Num = 1, b: Num) -> Void { }   #! SY12\n");
    check("mod a\nfn f(...a: Num, b: Num) -> Void { }   #! SY12\n");
    check("mod a\nfn f(...a: Num, ...b: Num) -> Void { }   #! SY12\n");
    check("mod a\nfn f(a: Num, a: Str) -> Void { }   #! SY12\n");
    check("mod a\nfn f(...a: Num = 1) -> Void { }   #! SY12\n");
    check("mod a\nfn f(a) -> Void { }   #! TY6\n");
    check_body("let l = (a, b, a) -> 1   #! SY12");
}

#[test]
fn sy13_allows_nested_functions() {
    check_body("fn g(x: Num) -> Num { ret x }\n@inline gn h() -> Gen[Num] { }");
    check_body("cls A { }   #! SY0\nlet x = 1");
}

#[test]
fn sy14_puts_named_arguments_last() {
    check_body("f(1, a=2, b=&mut x, c=...y)\nf(a=1, 2)   #! SY14\nf(a=1, ...x, 3)   #! SY14");
}

#[test]
fn sy15_hints_at_plus_between_constraints() {
    check("mod a\nfn f[T: A & B, U]() -> Void where [U: C + D] { }   #! SY15(H)\n");
    assert_eq!(fixed("mod a\ncls A[T: B + C] { }"), "mod a\ncls A[T: B & C] { }");
}

#[test]
fn sy16_orders_generic_parameters() {
    check("mod a\ncls A[T, U: B = Num, ...V: C] { }\n");
    check("mod a\ncls A[T = Num, U] { }   #! SY16\n");
    check("mod a\ncls A[...T, U] { }   #! SY16\n");
    check("mod a\ncls A[...T = Num] { }   #! SY16\n");
}

#[test]
fn sy17_shares_a_constraint_among_types() {
    check("mod a\nfn f[T, U, V]() -> Void where [T, U: Copy, V: Eq[V], T.Item: Copy & Add,] { }\n");
    check("mod a\nfn f[T]() -> Void where [T] { }   #! SY0\n");
}

#[test]
fn sy18_reads_tuple_types() {
    check_body("let a: ()\nlet b: (Num,)\nlet c: (Num, Str)\nlet d: (Num)\nlet e: T.0.1");
}

#[test]
fn sy19_has_no_arrow_type() {
    check_body("let f: (Num) -> Num   #! SY19\nlet g: FnRef[Num, Num]");
    check("mod a\nfn f(g: Num -> Num) -> Void { }   #! SY19\n");
}

#[test]
fn sy20_leaves_borrow_types_to_br2() {
    check("mod a\ncls A { x: &Str }\nfn f(x: (&Str, &mut Num)) -> &Str { let y: &mut Num ret x }\n");
}

#[test]
fn sy21_has_no_union_type() {
    check("mod a\nfn f(x: A | B[C] | D) -> Void { }   #! SY21\n");
    assert_eq!(fixed("mod a\nfn f(x: A | B) -> Void { }"), "mod a\nfn f(x: Var[A, B]) -> Void { }");
}

#[test]
fn sy22_declares_several_variables() {
    check_body("let a, mut b, _ = t\nlet _ = f()\nlet (a, b) = t   #! SY22\nlet a, (b, c) = t   #! SY22");
}

#[test]
fn sy23_leaves_let_without_type_and_value_to_ty6() {
    check_body("let a\nlet b   #! TY6".replace("let a\n", "let a   #! TY6\n").as_str());
    check_body("let c: Num = 1\nlet d = e else { ret }");
}

#[test]
fn sy24_assigns_in_statements_only() {
    check_body(
        "if a = 1 { true { } }   #! SY24\nf((a = 1))   #! SY24\nlet x = y = z   #! SY24\na = b = c   #! SY24\nret x += 1   #! SY24",
    );
}

#[test]
fn sy25_gives_one_target_to_a_compound_assignment() {
    check_body("a, b = (b, a)\na.x, t.0 = p\na, b += 1   #! SY25");
}

#[test]
fn sy26_assigns_to_variables_and_paths() {
    check_body(
        "a = 1\na.b.c = 1\nt.0 = 1\nself.x += 1\nf() = 1   #! SY26\n1 = 2   #! SY26\na + b = 1   #! SY26\na.b().c = 1   #! SY26\n(a) = 1   #! SY26",
    );
}

#[test]
fn sy29_initialises_after_a_type() {
    check_body(
        "let a = A { x=1, y, else=b, sup=(c, d), }\nlet b = a.B[C] { }\nlet c = A { x: 1 }   #! SY29(H)",
    );
    assert_eq!(fixed("mod a\nfn f() -> A { ret A { x: 1 } }"), "mod a\nfn f() -> A { ret A { x=1 } }");
    check_body("let a = A { else }   #! SY29\nlet b = A { sup=1, sup=2 }   #! SY29");
    check_body("with Lock { name=\"a\" } as l { }\nif (A) == { B { } }\nwhile x == (A) { }");
    check_body("while x == A { }   #! SY29\nlet y = 1");
    check_body("if x == A { B { } }   #! SY29\nlet y = 1");
}

#[test]
fn sy30_finds_the_operator_of_a_header() {
    check_body(
        "if a == { 1 { } }\nif a + b > { 1 { } else { } }\nif a < b { true { } }\nif f({ a == { 1 } }) { true { } }",
    );
}

#[test]
fn sy31_finds_lambdas_by_looking_ahead() {
    check_body(
        "let a = () -> 1\nlet b = (x, mut y: &Num) -> { x }\nlet c = [z, w=&mut v, &u](x) -> x\nlet d = (x) with [z] -> x + z\nlet e = (x)\nlet f = [x, y]\nlet g = () -> () -> 1",
    );
}

#[test]
fn sy32_has_no_index() {
    check_body(
        "f[Num](x)\na.to[Str]()\nlet y = v[0]   #! SY32\nlet z = v[i + 1].x   #! SY32\nlet w = f[Num]   #! SY32",
    );
}

#[test]
fn sy33_has_no_prefix_operator_ternary_or_cast() {
    check_body(
        "let a = -x   #! SY33\nlet b = x as Num   #! SY33\nlet c = x ? 1 : 2   #! SY33\nlet d = - 0xff   #! SY33\nlet e = &&x   #! SY33",
    );
}

#[test]
fn sy34_leaves_borrow_expressions_to_br1() {
    check_body("let r = &x\nret &mut x\nf(&x, a=&mut y)\nyield &x");
}

#[test]
fn sy35_wants_branches() {
    check_body(
        "if x { print(1) }   #! SY35\nif x { let y = 1 ret y }   #! SY35\nif x { y += 1 }   #! SY35\nif x {\n    a   #! SY35\n    b.c()\n}\nif x { f()? }   #! SY35\nif x { { 1 } }   #! SY35",
    );
    check_body("if x { (a, b) }   #! SY35".replace("SY35", "SY0").as_str());
}

#[test]
fn sy36_has_an_operator_in_one_place() {
    check_body(
        "if x == { > 1 { } }   #! SY36\nif x { > 1 { } == 2 { } .is_even() { } }\nif x { == .is_even() { } }   #! SY36",
    );
}

#[test]
fn sy37_has_one_else_last_inside() {
    check_body(
        "if x { true { } else { } }\nif x { else { } true { } }   #! SY37\nif x { else { } else { } }   #! SY37\nif x { true { } } else { }   #! SY37",
    );
    check_body("if x { true { } }\nelse { }   #! SY37\nif x { true { } else if y { true { } } }   #! SY0");
    check_body("let x = if y { true { 1 } } else { ret }");
}

#[test]
fn sy38_separates_alternatives_and_guards() {
    check_body(
        "if x { 1 | 2 | a.b(3) && y | z { } \"s\" | -1 { } std.none() { } Colour.Red { x } A.B | C.D { } }",
    );
}

#[test]
fn sy39_binds_inside_patterns() {
    check_body(
        "if x {\n    (a, mut b, _, ...c) { }\n    [1, ..., (d, 2)] { }\n    A { x, y=(1, _), z=B { ... }, ... } && x > 1 { }\n    A { } { }\n    A { x } | A { y } { }\n    a { }\n}",
    );
    check_body(
        "if x { (..., a, ...) { } }   #! SY39\nif x { A { ...y } { } }   #! SY39\nif x { mut a { } }   #! SY39",
    );
}

#[test]
fn sy40_places_the_ellipsis() {
    check("mod a\ncls A {\n    ...   #! SY40(H)\n}\nsup A { ... }   #! SY40(H)\nfn f() -> Void { ... }\n");
    check_body("let a = 0 + ... + xs\nlet b = ... + xs\nlet c = xs + ...\nf(...xs, ... + ys)");
    check_body(
        "let a = ...   #! SY40\n...   #! SY40\nlet b = () -> { ... }   #! SY40\nif x { ... { } }   #! SY40\nlet c = A { x=1, ... }   #! SY40",
    );
}

#[test]
fn sy41_places_the_underscore() {
    check_body(
        "let f = add(1, _, a=_)\nlet _ = f(2)\nlet a = _   #! SY41\nlet b = _ + 1   #! SY41\nif x { _ { } }   #! SY41\n_ = 1   #! SY41",
    );
}
