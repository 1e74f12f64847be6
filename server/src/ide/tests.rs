//! What a person sees at a place.

mod examples;
mod memory;
mod refactor;

use super::fixture::{Fixture, fixture, fixture_of};
use super::{definition, hover, references, rename};
use expect_test::{Expect, expect};

fn check_hover(text: &str, expected: Expect) {
    let Fixture { db, file, offset } = fixture(text);
    let found = hover::hover(&db, file, offset);
    expected.assert_eq(&found.map_or("nothing".to_owned(), |it| it.markdown));
}

fn check_goto(f: &Fixture, expected: Expect) {
    let found = definition::goto_definition(&f.db, f.file, f.offset);
    let targets = found.map_or(Vec::new(), |(_, targets)| targets);
    let places: Vec<String> = targets.iter().map(|it| f.place(it.file, it.name_range)).collect();
    expected.assert_eq(&places.join("\n"));
}

fn check_references(f: &Fixture, expected: Expect) {
    let found = references::references(&f.db, f.file, f.offset, true).unwrap_or_default();
    let places: Vec<String> =
        found.iter().map(|it| format!("{} {:?}", f.place(it.file, it.range), it.role)).collect();
    expected.assert_eq(&places.join("\n"));
}

fn check_rename(text: &str, new: &str, expected: Expect) {
    let Fixture { db, file, offset } = fixture(text);
    let result = match rename::rename(&db, file, offset, new) {
        Ok(edits) => {
            let mut text = file.text(&db).to_string();
            for (range, new) in edits.iter().flat_map(|it| it.edits.iter().rev()) {
                text.replace_range(usize::from(range.start())..usize::from(range.end()), new);
            }
            text
        }
        Err(message) => message,
    };
    expected.assert_eq(&result);
}

const SHAPES: &str = "mod src.main

# A point in the plane.
cls Point { x: Num   y: Num }

sup Point {
    # Distance from the origin, squared.
    fn norm(&self) -> Num {
        ret self.x * self.x + self.y * self.y
    }
}

enum Colour { red, green }

fn scale(point: &mut Point, factor: Num) -> Void {
    point.x = point.x * factor
}

fn main() -> Void {
    let mut p = Point { x=1, y=2 }
    scale(&mut p, factor=3)
    let c = Colour.green
    let v = Vec[Num].new()
    let n = p.norm()
}
";

fn with_cursor(at: &str) -> String {
    let clean = at.replace("<|>", "");
    assert!(SHAPES.contains(&clean), "{clean}");
    SHAPES.replacen(&clean, at, 1)
}

#[test]
fn hover_shows_declarations_with_their_documentation() {
    check_hover(
        &with_cursor("let mut <|>p = Point"),
        expect![[r#"
            ```spp
            let mut p: Point
            ```

            **frame** slot `+0`, 32 bytes (S1)  
            lives lines 20–25 · nothing to release"#]],
    );
    check_hover(
        &with_cursor("= Po<|>int { x=1"),
        expect![[r#"
            ```spp
            cls Point
            ```

            32 bytes, align 8  
            `+0` `x: Num` 16 B  
            `+16` `y: Num` 16 B  
            dropped in the order `x`, `y`

            A point in the plane."#]],
    );
    check_hover(
        &with_cursor("p.no<|>rm()"),
        expect![[r#"
            ```spp
            sup Point
            fn norm(&self) -> Num
            ```

            frame 56 B · depth ≤ 56 B

            Distance from the origin, squared."#]],
    );
    check_hover(
        &with_cursor("Colour.gr<|>een"),
        expect![[r#"
        ```spp
        enum Colour
        green = 1
        ```"#]],
    );
    check_hover(
        &with_cursor("<|>y=2 }"),
        expect![[r#"
            ```spp
            cls Point
            y: Num
            ```

            inline at `+16`, 16 bytes"#]],
    );
    check_hover(
        &with_cursor("fa<|>ctor=3"),
        expect![[r#"
            ```spp
            factor: Num
            ```

            **frame** slot `+8`, 16 bytes (S1)  
            lives lines 15–17 · nothing to release"#]],
    );
    check_hover(
        &with_cursor("<|>&mut p, "),
        expect![[r#"
            mutable borrow `&mut p`  
            `p`: **frame** slot `+0`, 32 bytes (S1)  
            ends with the call (BR4)"#]],
    );
    check_hover(&with_cursor("self.x <|>* self.x"), expect!["nothing"]);
    check_hover(
        &with_cursor("<|>Vec[Num]"),
        expect![[r#"
            ```spp
            cls Vec[T, A: Alloc[T] = GlobalAlloc[T]]
            ```

            32 bytes, align 8  
            `+0` `data: Arr[T]` 16 B  
            `+16` `used: Num` 16 B  
            dropped in the order `data`, `used`

            A growable array. The header lies where its owner is; the buffer comes from the allocator `A`, is
            extended by `A.realloc` and given back by `A.dealloc`. An empty vector that never grew has no buffer."#]],
    );
}

#[test]
fn definitions_are_found_in_bodies_signatures_and_the_library() {
    check_goto(&fixture(&with_cursor("ret self.<|>x")), expect!["main.spp:4:13 x"]);
    check_goto(&fixture(&with_cursor("point: &mut Po<|>int")), expect!["main.spp:4:5 Point"]);
    check_goto(&fixture(&with_cursor("fac<|>tor=3")), expect!["main.spp:15:29 factor"]);
    check_goto(&fixture(&with_cursor("Colour.gr<|>een")), expect!["main.spp:13:20 green"]);
    check_goto(&fixture(&with_cursor("Vec[Num].ne<|>w()")), expect!["std/vec.spp:12:16 new"]);
    check_goto(&fixture(&with_cursor("sca<|>le(&mut p")), expect!["main.spp:15:4 scale"]);
}

#[test]
fn references_cover_other_files() {
    let f = fixture_of(&[
        (
            "src/main.spp",
            "mod src.main\nuse src.shapes.area.disc\n\nfn main() -> Void {\n    let a = disc(1)\n}\n",
        ),
        (
            "src/shapes/area.spp",
            "mod src.shapes.area\n\nfn di<|>sc(r: Num) -> Num {\n    ret r * r\n}\n\nfn two() -> Num {\n    ret disc(2)\n}\n",
        ),
    ]);
    check_references(
        &f,
        expect![[r#"
        src/main.spp:2:21 disc Read
        src/main.spp:5:13 disc Read
        src/shapes/area.spp:3:4 disc Declaration
        src/shapes/area.spp:8:9 disc Read"#]],
    );
}

#[test]
fn a_name_that_is_taken_is_no_new_name() {
    let cases = [
        // Another variable of the block, before and after it; a parameter; one that a lambda or an inner block declares.
        ("let <|>a = 1\n    let b = 2\n    use_(a, b)", "b", false),
        ("let a = 1\n    let <|>b = 2\n    use_(a, b)", "a", false),
        ("let <|>a = 1\n    use_(a, given)", "given", false),
        (
            "let <|>a = 1\n    if given > 0 {\n        true { let b = 2\n        use_(a, b) }\n    }",
            "b",
            false,
        ),
        (
            "let b = 1\n    if given > 0 {\n        true { let <|>a = 2\n        use_(a, b) }\n    }",
            "b",
            false,
        ),
        ("let <|>a = 1\n    use_(a, a)", "use_", false),
        ("let <|>a = 1\n    use_(a, a)", "other", false),
        (
            "let <|>a = 1\n    if given > 0 {\n        true { use_(a, a) }\n        else { let b = 2 }\n    }",
            "b",
            true,
        ),
        ("let <|>a = 1\n    let p = Pair { a=1, b=a }", "b", true),
        ("let <|>a = 1\n    use_(a, a)", "b", true),
    ];
    for (body, new, free) in cases {
        let text = format!(
            "mod src.main\ncls Pair {{ a: Num   b: Num }}\nfn use_(x: Num, y: Num) -> Void {{ }}\n\
             fn f(given: Num, other: Num) -> Void {{\n    {body}\n}}\n"
        );
        let Fixture { db, file, offset } = fixture(&text);
        let renamed = rename::rename(&db, file, offset, new);
        assert_eq!(renamed.is_ok(), free, "{new} in {body}: {renamed:?}");
    }
    let items = [
        ("cls <|>A { }\ncls B { }", "B"),
        ("cls <|>A { }", "Vec"),
        ("fn <|>f() -> Void { }\nfn g() -> Void { }", "g"),
        ("fn <|>f() -> Void { }\nfn g(x: Num) -> Void { f() }", "x"),
        ("cls A { <|>x: Num   y: Num }", "y"),
        ("cls A { x: Num }\nsup A { fn <|>f(&self) -> Num { ret self.x } }", "x"),
        ("enum E { <|>a, b }", "b"),
        ("fn f[<|>T, U](x: T) -> Void { }", "U"),
        ("fn f(<|>x: Num, y: Num) -> Void { }", "y"),
    ];
    for (text, new) in items {
        let Fixture { db, file, offset } = fixture(&format!("mod src.main\n{text}\n"));
        let renamed = rename::rename(&db, file, offset, new);
        assert!(renamed.is_err(), "{new} in {text}: {renamed:?}");
    }
}

#[test]
fn rename_keeps_what_shares_a_name_apart() {
    check_rename(
        &with_cursor("cls Point { <|>x: Num"),
        "across",
        expect![[r#"
        mod src.main

        # A point in the plane.
        cls Point { across: Num   y: Num }

        sup Point {
            # Distance from the origin, squared.
            fn norm(&self) -> Num {
                ret self.across * self.across + self.y * self.y
            }
        }

        enum Colour { red, green }

        fn scale(point: &mut Point, factor: Num) -> Void {
            point.across = point.across * factor
        }

        fn main() -> Void {
            let mut p = Point { across=1, y=2 }
            scale(&mut p, factor=3)
            let c = Colour.green
            let v = Vec[Num].new()
            let n = p.norm()
        }
    "#]],
    );
    check_rename(
        "mod src.main\ncls A { a: Num }\nfn f(<|>a: Num) -> A {\n    ret A { a }\n}\n",
        "b",
        expect![[r#"
            mod src.main
            cls A { a: Num }
            fn f(b: Num) -> A {
                ret A { a=b }
            }
        "#]],
    );
    check_rename(
        &with_cursor("Vec[Num].ne<|>w()"),
        "fresh",
        expect!["`new` is declared in the bundled library"],
    );
    check_rename(
        &with_cursor("fn sca<|>le"),
        "Scale",
        expect!["`Scale` must begin with a lower-case letter (LX11)"],
    );
    check_rename(&with_cursor("fn sca<|>le"), "a b", expect!["`a b` is not a name"]);
}

fn check_completion(text: &str, expected: Expect) {
    let Fixture { db, file, offset } = fixture(text);
    let found = super::completion::completions(&db, file, offset);
    let lines: Vec<String> = found.map_or(vec!["nothing".to_owned()], |found| {
        let shown = found.items.iter().filter(|it| it.rank <= 30).take(12);
        shown.map(|it| format!("{:?} {} {}", it.kind, it.label, it.detail.as_deref().unwrap_or(""))).collect()
    });
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn completion_knows_the_place() {
    check_completion(
        &with_cursor("ret self.<|>x"),
        expect![[r#"
        Attribute x Num
        Attribute y Num
        Method norm (&self) -> Num"#]],
    );
    check_completion(
        &SHAPES.replace("let n = p.norm()", "p.<|>"),
        expect![[r#"
        Attribute x Num
        Attribute y Num
        Method norm (&self) -> Num"#]],
    );
    check_completion(
        &SHAPES.replace("let n = p.norm()", "let n = p.no<|>\n    ret"),
        expect!["Method norm (&self) -> Num"],
    );
    check_completion(
        &with_cursor("Colour.<|>green"),
        expect![[r#"
        EnumMember green 
        EnumMember red "#]],
    );
    check_completion(
        &with_cursor("Vec[Num].<|>new()"),
        expect![[r#"
        Method new (...mut xs: T) -> Vec[T, A]
        Method new_range (from: Num, to: Num) -> Vec[Num]
        Method with_capacity (n: Num) -> Vec[T, A]"#]],
    );
    check_completion(
        &with_cursor("factor: <|>Num"),
        expect![[r#"
        Enum Colour enum Colour
        Class Point cls Point"#]],
    );
    check_completion(
        &SHAPES.replace("x=1, y=2 }", "x=1, <|> }"),
        expect![[r#"
        Attribute y Num
        Function main () -> Void
        Function scale (point: &mut Point, factor: Num) -> Void
        Keyword else the object that gives the other attributes
        Keyword sup base parts"#]],
    );
    check_completion(
        &SHAPES.replace("let n = p.norm()", "std.<|>"),
        expect![[r#"
        Class Alloc cls Alloc[T]
        Class AllocErr cls AllocErr
        Class AllocLimit cls AllocLimit
        Class ArenaAlloc cls ArenaAlloc[T, L: AllocLimit, A: Alloc[T] = GlobalAlloc[T]]
        Class Arr cls Arr[T]
        Class Async cls Async[Yield, Return, Send]
        Class AtomBool cls AtomBool
        Class AtomNum cls AtomNum
        Class Bool cls Bool
        Class BoundsErr cls BoundsErr
        Class CastErr cls CastErr
        Class Copy cls Copy"#]],
    );
    check_completion(
        &SHAPES.replace("let n = p.norm()", "<|>"),
        expect![[r#"
        Variable c Colour
        Variable p Point
        Variable v Vec[Num]
        Function main () -> Void
        Function scale (point: &mut Point, factor: Num) -> Void
        Enum Colour enum Colour
        Class Point cls Point"#]],
    );
    check_completion(
        "mod src.main\nuse std.<|>\n",
        expect![[r#"
        Class Alloc cls Alloc[T]
        Class AllocErr cls AllocErr
        Class AllocLimit cls AllocLimit
        Class ArenaAlloc cls ArenaAlloc[T, L: AllocLimit, A: Alloc[T] = GlobalAlloc[T]]
        Class Arr cls Arr[T]
        Class Async cls Async[Yield, Return, Send]
        Class AtomBool cls AtomBool
        Class AtomNum cls AtomNum
        Class Bool cls Bool
        Class BoundsErr cls BoundsErr
        Class CastErr cls CastErr
        Class Copy cls Copy"#]],
    );
    check_completion(
        "mod src.main\n<|>\n",
        expect![[r#"
        Keyword cls class
        Keyword enum enumeration
        Keyword fn function
        Keyword gn coroutine
        Keyword main entry of the program
        Keyword mod name of the module
        Keyword sup methods of a class
        Keyword sup Alloc allocator
        Keyword sup for super-imposition
        Keyword use import or alias"#]],
    );
    check_completion("mod src.main\n# com<|>ment\n", expect!["nothing"]);
    check_completion(
        "mod src.main\ncls P[T] { x: T }\nsup[T] Alloc[T] for P[T] {\n    <|>\n}\n",
        expect![[r#"
        Method alloc @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr]
        Method alloc_zero @static fn alloc_zero(size: Num) -> Ret[Arr[T], AllocErr]
        Method dealloc @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr]
        Method realloc @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr]
        Keyword @static fn static method
        Keyword fn method
        Keyword gn coroutine
        Keyword use alias"#]],
    );
}

#[test]
fn an_import_comes_with_the_name() {
    let f = fixture_of(&[
        ("src/main.spp", "mod src.main\n\nfn main() -> Void {\n    dis<|>\n}\n"),
        ("src/shapes/area.spp", "mod src.shapes.area\n\nfn disc(r: Num) -> Num {\n    ret r * r\n}\n"),
    ]);
    let found = super::completion::completions(&f.db, f.file, f.offset).unwrap();
    let item = found.items.iter().find(|it| it.label == "disc").unwrap();
    assert_eq!(item.insert, "disc(${1:r})");
    assert_eq!(item.additional[0].1, "\n\nuse src.shapes.disc");
}

#[test]
fn signature_help_follows_the_arguments() {
    let help = |text: &str| {
        let Fixture { db, file, offset } = fixture(text);
        let found = super::signature::help(&db, file, offset);
        found.map(|all| {
            let first = &all[0];
            let active = first.active.map(|index| first.params[index]);
            active.map_or(String::new(), |(start, end)| first.label[start..end].to_owned())
        })
    };
    assert_eq!(help(&with_cursor("scale(<|>&mut p")).as_deref(), Some("point: &mut Point"));
    assert_eq!(help(&with_cursor("scale(&mut p, <|>factor=3")).as_deref(), Some("factor: Num"));
    assert_eq!(
        help(&SHAPES.replace("let n = p.norm()", "scale(&mut p, <|>")).as_deref(),
        Some("factor: Num")
    );
    assert_eq!(help(&with_cursor("let n = <|>p.norm()")), None);
}
