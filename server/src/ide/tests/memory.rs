//! The source with hints and lenses as an editor places them, and hovers on memory.

use crate::ide::fixture::{Fixture, fixture};
use crate::ide::hints::{self, Wanted};
use crate::ide::tokens::{self, TokenKind};
use crate::ide::{hover, lenses};
use expect_test::{Expect, expect, expect_file};
use syntax::TextRange;

/// Lenses above their lines, hints in `⟨…⟩` where they stand.
fn draw(text: &str, wanted: &Wanted) -> String {
    let Fixture { db, file, .. } = fixture(text);
    let range = TextRange::up_to(syntax::TextSize::of(text));
    let all_lenses = lenses::Wanted { evaluate: true, frame: true, allocators: true, references: false };
    let lenses = lenses::lenses(&db, file, &all_lenses);
    let hints = hints::hints(&db, file, range, wanted);
    let mut out = String::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let titles: Vec<&str> = lenses
            .iter()
            .filter(|lens| (at..end).contains(&usize::from(lens.range.start())))
            .map(|lens| lens.title.as_str())
            .collect();
        if !titles.is_empty() {
            let indent = &line[..line.len() - line.trim_start().len()];
            out.push_str(&format!("{indent}{}\n", titles.join(" | ")));
        }
        let mut shown = line.trim_end_matches('\n').to_owned();
        let content_end = at + shown.len();
        let here = hints.iter().filter(|hint| (at..=content_end).contains(&usize::from(hint.offset)));
        for hint in here.collect::<Vec<_>>().into_iter().rev() {
            let offset = usize::from(hint.offset) - at;
            let mark = format!("⟨{}⟩", hint.text);
            let gap = if offset == shown.len() { "   " } else { "" };
            shown.insert_str(offset, &format!("{gap}{mark}"));
        }
        out.push_str(&shown);
        out.push('\n');
        at = end;
    }
    out
}

fn quiet() -> Wanted {
    Wanted { frame_size: true, heap_sites: true, drops: true, max_length: 40, ..Wanted::default() }
}

fn all() -> Wanted {
    Wanted { moves: true, borrow_ends: true, allocators: true, types: true, parameter_names: true, ..quiet() }
}

const PROGRAM: &str = "mod src.main

cls Pool[T] { }

sup[T] Alloc[T] for Pool[T] {
    @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] {
        ret GlobalAlloc[T].alloc(size)
    }
    @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] {
        ret GlobalAlloc[T].realloc(arr, size)
    }
    @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] {
        ret GlobalAlloc[T].dealloc(arr)
    }
}

fn fill(xs: &mut Vec[Num, Pool[Num]], count: Num) -> Ret[Void, AllocErr] {
    let mut i = 0
    while i < count {
        xs.push(i)?
        i += 1
    }
    ret std.pass()
}

fn load(count: Num) -> Ret[Vec[Num, Pool[Num]], AllocErr] {
    let mut spans = Vec[Num, Pool[Num]].new()
    let names = Vec[Str].new()
    fill(&mut spans, count)?
    ret std.pass(spans)
}

fn main() -> Void {
    let name = \"s++\"
    let total = 1 + 2
    print(name)
}
";

#[test]
fn hints_and_lenses_stand_where_they_belong() {
    expect![[r#"
        mod src.main

        cls Pool[T] { }

        ✓ allocator: 3 of 3 required
        sup[T] Alloc[T] for Pool[T] {
            frame 64 B · depth ≤ 64 B · 1 heap site, GlobalAlloc[T]
            @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] {   ⟨frame 64 B⟩
                ret GlobalAlloc[T].alloc(size)   ⟨heap: GlobalAlloc[T]⟩
            }
            frame 80 B · depth ≤ 80 B · 1 heap site, GlobalAlloc[T]
            @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] {   ⟨frame 80 B⟩
                ret GlobalAlloc[T].realloc(arr, size)   ⟨heap: GlobalAlloc[T]⟩
            }
            frame 64 B · depth ≤ 64 B
            @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] {   ⟨frame 64 B⟩
                ret GlobalAlloc[T].dealloc(arr)
            }
        }

        frame 192 B · depth ≤ 672 B · 2 heap sites, Pool[Num]
        fn fill(xs: &mut Vec[Num, Pool[Num]], count: Num) -> Ret[Void, AllocErr] {   ⟨frame 192 B⟩
            let mut i = 0
            while i < count {
                xs.push(i)?   ⟨heap: Pool[Num] ↻⟩
                i += 1
            }
            ret std.pass()
        }

        frame 224 B · depth ≤ 896 B · 4 heap sites, GlobalAlloc[Str], Pool[Num]
        fn load(count: Num) -> Ret[Vec[Num, Pool[Num]], AllocErr] {   ⟨frame 224 B⟩
            let mut spans = Vec[Num, Pool[Num]].new()   ⟨heap: Pool[Num]⟩
            let names = Vec[Str].new()   ⟨heap: GlobalAlloc[Str]⟩
            fill(&mut spans, count)?⟨heap: Pool[Num]⟩   ⟨on failure drops names, spans⟩
            ret std.pass(spans)   ⟨drops names⟩
        }

        ▶ Evaluate | frame 40 B · depth ≤ 40 B
        fn main() -> Void {   ⟨frame 40 B⟩
            let name = "s++"
            let total = 1 + 2
            print(name)
        }
    "#]]
    .assert_eq(&draw(PROGRAM, &quiet()));
}

#[test]
fn every_category_of_hints_has_its_own_switch() {
    expect![[r#"
        mod src.main

        cls Pool[T] { }

        ✓ allocator: 3 of 3 required
        sup[T] Alloc[T] for Pool[T] {
            frame 64 B · depth ≤ 64 B · 1 heap site, GlobalAlloc[T]
            @static fn alloc(size: Num) -> Ret[Arr[T], AllocErr] {   ⟨frame 64 B⟩
                ret GlobalAlloc[T].alloc(size)   ⟨heap: GlobalAlloc[T]⟩
            }
            frame 80 B · depth ≤ 80 B · 1 heap site, GlobalAlloc[T]
            @static fn realloc(arr: Arr[T], size: Num) -> Ret[Arr[T], AllocErr] {   ⟨frame 80 B⟩
                ret GlobalAlloc[T].realloc(arr, size)⟨heap: GlobalAlloc[T]⟩   ⟨moves arr⟩
            }
            frame 64 B · depth ≤ 64 B
            @static fn dealloc(arr: Arr[T]) -> Ret[Void, AllocErr] {   ⟨frame 64 B⟩
                ret GlobalAlloc[T].dealloc(arr)   ⟨moves arr⟩
            }
        }

        frame 192 B · depth ≤ 672 B · 2 heap sites, Pool[Num]
        fn fill(xs: &mut Vec[Num, Pool[Num]], count: Num) -> Ret[Void, AllocErr] {   ⟨frame 192 B⟩
            let mut i⟨: Num⟩ = 0
            while i < count {
                xs.push(⟨val=⟩i)?⟨heap: Pool[Num] ↻⟩   ⟨borrow of xs ends⟩
                i += 1
            }
            ret std.pass()
        }

        frame 224 B · depth ≤ 896 B · 4 heap sites, GlobalAlloc[Str], Pool[Num]
        fn load(count: Num) -> Ret[Vec[Num, Pool[Num]], AllocErr] {   ⟨frame 224 B⟩
            let mut spans⟨: Vec[Num, Pool[Num]]⟩ = Vec[Num, Pool[Num]].new()   ⟨heap: Pool[Num]⟩
            let names⟨in GlobalAlloc[Str]⟩⟨: Vec[Str]⟩ = Vec[Str].new()   ⟨heap: GlobalAlloc[Str]⟩
            fill(⟨xs=⟩&mut spans, count)?⟨heap: Pool[Num]⟩⟨on failure drops names, spans⟩   ⟨borrow of spans ends⟩
            ret std.pass(⟨val=⟩spans)⟨drops names⟩   ⟨moves spans⟩
        }

        ▶ Evaluate | frame 40 B · depth ≤ 40 B
        fn main() -> Void {   ⟨frame 40 B⟩
            let name⟨: Str⟩ = "s++"
            let total⟨: Num⟩ = 1 + 2
            print(⟨text=⟩name)   ⟨moves name⟩
        }
    "#]].assert_eq(&draw(PROGRAM, &all()));
    assert_eq!(draw(PROGRAM, &Wanted::default()).matches('⟨').count(), 0);
}

/// What a person sees who opens an example with the settings as they come.
#[test]
fn examples_look_as_they_should() {
    for name in ["ring_log", "sorted_tree", "coroutines", "every_failure"] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let text =
            std::fs::read_to_string(root.join(format!("../examples/{name}.spp"))).expect("it is there");
        expect_file![format!("screens/{name}.txt")].assert_eq(&draw(&text, &quiet()));
    }
}

fn check_hover(at: &str, expected: Expect) {
    let clean = at.replace("<|>", "");
    assert!(PROGRAM.contains(&clean), "{clean}");
    let Fixture { db, file, offset } = fixture(&PROGRAM.replacen(&clean, at, 1));
    let found = hover::hover(&db, file, offset);
    expected.assert_eq(&found.map_or("nothing".to_owned(), |it| it.markdown));
}

#[test]
fn hover_says_where_values_live() {
    check_hover(
        "let mut <|>spans = Vec",
        expect![[r#"
        ```spp
        let mut spans: Vec[Num, Pool[Num]]
        ```

        **frame** slot `+64`, 32 bytes · **heap** block from `Pool[Num]`  
        lives lines 27–30 · moved away at line 30 (not dropped here)  
        *why heap:* `Vec.new` → `A.alloc` with `A` = `Pool[Num]` (S6)"#]],
    );
    check_hover(
        "let <|>names = Vec",
        expect![[r#"
            ```spp
            let names: Vec[Str]
            ```

            **frame** slot `+96`, 32 bytes · **heap** blocks from `GlobalAlloc[Str]` and `GlobalAlloc`  
            lives lines 28–30 · dropped at line 30, runs `del`, frees through `GlobalAlloc[Str]`, `GlobalAlloc`  
            *why heap:* `Vec.new` → `A.alloc` with `A` = `GlobalAlloc[Str]` (S6)"#]],
    );
    check_hover(
        "let <|>name = \"",
        expect![[r#"
        ```spp
        let name: Str
        ```

        **frame** slot `+0`, 24 bytes · **static** text of the literal (S10)  
        lives lines 34–36 · moved away at line 36 (not dropped here)"#]],
    );
    check_hover(
        "fill(<|>&mut spans",
        expect![[r#"
        mutable borrow `&mut spans`  
        `spans`: **frame** slot `+64`, 32 bytes · **heap** block from `Pool[Num]`  
        ends with the call (BR4)"#]],
    );
    check_hover(
        "while <|>i < count",
        expect![[r#"
        ```spp
        let mut i: Num
        ```

        **frame** slot `+72`, 16 bytes (S1)  
        lives lines 18–23 · nothing to release"#]],
    );
    check_hover(
        "fn fill(<|>xs: ",
        expect![[r#"
        ```spp
        xs: &mut Vec[Num, Pool[Num]]
        ```

        **borrow** in slot `+0`, 8 bytes; it owns nothing (S2)  
        lives lines 17–24"#]],
    );
    check_hover(
        "cls <|>Pool[T]",
        expect![[r#"
            ```spp
            cls Pool[T]
            ```

            allocator for `T` · implements `alloc` `realloc` `dealloc` · provides `alloc_zero`  
            0 bytes, align 8"#]],
    );
    check_hover(
        "fn <|>load(",
        expect![[r#"
            ```spp
            mod src.main
            fn load(count: Num) -> Ret[Vec[Num, Pool[Num]], AllocErr]
            ```

            frame 224 B · depth ≤ 896 B  
            allocates from `Pool[Num]`, `GlobalAlloc[Str]`  
            extends blocks of `Pool[Num]`  
            gives back to the array's allocator, `GlobalAlloc[Str]`, `Pool[Num]`, `GlobalAlloc`  
            returns memory of `Pool[Num]`"#]],
    );
    check_hover("    ret std.pass(spans)\n<|>}", expect!["nothing"]);
}

/// The source with the modifiers of memory behind each name that has any.
fn draw_tokens(text: &str) -> String {
    let Fixture { db, file, .. } = fixture(text);
    let mut out = text.to_owned();
    for token in tokens::of_file(&db, file, None).into_iter().rev() {
        let shown = ["stack", "heap", "borrow", "moved"];
        let mut names: Vec<&str> = token.modifiers.names().filter(|name| shown.contains(name)).collect();
        let is_value =
            matches!(token.kind, TokenKind::Variable | TokenKind::Parameter | TokenKind::SelfKeyword);
        if is_value && token.modifiers.names().any(|name| name == "static") {
            names.push("static");
        }
        if !names.is_empty() {
            out.insert_str(usize::from(token.range.end()), &format!("‹{}›", names.join(" ")));
        }
    }
    out
}

#[test]
fn names_are_coloured_by_where_their_values_live() {
    let functions = &PROGRAM[PROGRAM.find("fn fill").expect("it is there")..];
    let program = format!(
        "{}{functions}
cls Box {{ name: Str   size: Num }}

fn unpack(box: Box, flag: Bool) -> Str {{
    let size = box.size
    let block = [1, 2, 3]
    let also = block
    let name = box.name
    let show = () -> {{ print(size) }}
    show()
    ret name
}}
",
        &PROGRAM[..PROGRAM.find("fn fill").expect("it is there")]
    );
    let drawn = draw_tokens(&program);
    expect![[r#"
        fn fill(xs‹borrow›: &mut Vec[Num, Pool[Num]], count‹stack›: Num) -> Ret[Void, AllocErr] {
            let mut i‹stack› = 0
            while i‹stack› < count‹stack› {
                xs‹borrow›.push(i‹stack›)?
                i‹stack› += 1
            }
            ret std.pass()
        }

        fn load(count‹stack›: Num) -> Ret[Vec[Num, Pool[Num]], AllocErr] {
            let mut spans‹heap› = Vec[Num, Pool[Num]].new()
            let names‹heap› = Vec[Str].new()
            fill(&mut spans‹heap›, count‹stack›)?
            ret std.pass(spans‹heap moved›)
        }

        fn main() -> Void {
            let name‹static› = "s++"
            let total‹stack› = 1 + 2
            print(name‹moved static›)
        }

        cls Box { name: Str   size: Num }

        fn unpack(box‹heap›: Box, flag‹stack›: Bool) -> Str {
            let size‹stack› = box‹heap›.size
            let block‹stack› = [1, 2, 3]
            let also‹stack› = block‹stack moved›
            let name‹heap› = box‹heap›.name‹moved›
            let show‹stack› = () -> { print(size) }
            show‹stack›()
            ret name‹heap moved›
        }
    "#]]
    .assert_eq(&drawn[drawn.find("fn fill").expect("it is there")..]);
}

#[test]
fn the_lens_of_a_block_with_a_wrong_method_names_it_and_its_rule() {
    let program = PROGRAM.replace("realloc(arr: Arr[T], size: Num)", "realloc(arr: &Arr[T], size: Num)");
    let drawn = draw(&program, &quiet());
    assert!(drawn.contains("✗ wrong realloc (A22)\nsup[T] Alloc[T] for Pool[T]"), "{drawn}");
    assert!(!drawn.contains('✓'), "{drawn}");
}

#[test]
fn hover_on_a_function_says_what_becomes_of_arrays_that_cross_it() {
    let program = format!(
        "{PROGRAM}
cls Ring {{ data: Arr[Num] }}
sup Ring {{
    @static fn new(n: Num) -> Ret[Ring, AllocErr] {{
        ret std.pass(Ring {{ data=Pool[Num].alloc(n)? }})
    }}
    fn refill(&mut self, data: Arr[Num]) -> Void {{ self.data = data }}
    fn close(self) -> Ret[Void, AllocErr] {{ ret give_back(self.data) }}
}}
fn give_back(arr: Arr[Num]) -> Ret[Void, AllocErr] {{ ret Pool[Num].dealloc(arr) }}
fn numbers() -> Arr[Num] {{
    let list = [1, 2, 3]
    ret list
}}
fn use_ring() -> Ret[Void, AllocErr] {{
    let ring = Ring.new(3)?
    let far = numbers()
    print(\"${{far.length}}\")
    ring.close()?
    ret std.pass()
}}
"
    );
    let text = |at: &str| {
        let marked = program.replacen(&at.replace("<|>", ""), at, 1);
        let Fixture { db, file, offset } = fixture(&marked);
        hover::hover(&db, file, offset).map_or(String::new(), |found| found.markdown)
    };
    for (at, said) in [
        ("fn <|>new(n: Num) -> Ret[Ring", "returns memory of `Pool[Num]`"),
        ("fn <|>refill(", "consumes `data`: keeps it in `self`"),
        ("fn <|>give_back(", "consumes `arr`: gives it to `Pool[Num].dealloc`"),
        ("fn <|>close(", "consumes `self`: gives it to `give_back` → `Pool[Num].dealloc`"),
        ("let <|>ring", "**heap** block from `Pool[Num]`"),
        ("let <|>ring", "*why heap:* `Ring.new` → `Pool[Num].alloc` (S6)"),
        ("let <|>far", "**heap** block of no allocator: it left the frame of its literal (S8)"),
        ("let <|>list", "its elements in the frame too (S8)"),
    ] {
        let found = text(at);
        assert!(found.contains(said), "{at} should say {said}:\n{found}");
    }
}

/// The hovers of an example, each under its place.
#[test]
fn hovers_of_an_example_say_where_everything_lives() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("../examples/ring_log.spp")).expect("it is there");
    let Fixture { db, file, .. } = fixture(&text);
    let mut out = String::new();
    for place in [
        "|let mut log = open",
        "let mut |log = open",
        "= |open(3)",
        "note(|&mut log, \"first",
        "refused.|unwrap_fail()",
        "ret |std.pass(log)",
        "|Ring[T, A: Alloc[T] =",
        "    |slots: Arr[T]",
        "self.|slots.take",
        "|Small[T] { }",
        "Ret[|Log, AllocErr]",
        "    archive(log)\n    #> archived 1 lines\n    #> archived 4 lines\n|}",
        "lines\")\n|}",
        "fn note(log: |&mut Log",
        "archive(|spare)",
        "|yield &item",
        "yield |&item",
        "A.|alloc(n)?\n",
        "|sup[T] Alloc[T]",
        "    } |}",
    ] {
        let clean = place.replace('|', "");
        let Some(at) = text.find(&clean) else { continue };
        let offset = at + place.find('|').expect("it is marked");
        let line = text[..offset].matches('\n').count() + 1;
        let found = hover::hover(&db, file, syntax::TextSize::new(offset as u32));
        let shown = found.map_or("nothing".to_owned(), |it| it.markdown.replace("  \n", "\n"));
        let token = text[offset..].split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("");
        out.push_str(&format!("── line {line}: `{token}`\n{shown}\n\n"));
    }
    expect_file!["screens/ring_log.hover.txt"].assert_eq(&out);
}
