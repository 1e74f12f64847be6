//! What holds for every text: the tree is the text, and parsing again after an edit is parsing.

use proptest::prelude::*;

use crate::{Edition, TextEdit, TextRange, parse};

/// Stretches of S++, of what half-typed S++ looks like, and of nonsense.
const PIECES: &[&str] = &[
    "mod a\n",
    "fn f() -> Void {\n",
    "}\n",
    "}",
    "{",
    "\n",
    " ",
    "    let x = 1\n",
    "let mut y: Num = f(x, &mut z)\n",
    "ret a + b * c\n",
    "if x == {\n    1 { a }\n    else { b }\n}\n",
    "if x { > 1 && y { } A { b, ... } { } (c, _) { } }\n",
    "while i < 3 { i += 1 }\n",
    "cls A[T: B & C] {\n    a: Num\n",
    "sup A for B {\n    fn m(&self, p: Num = 1) -> Self { ... }\n",
    "enum E { A, b = 1 }\n",
    "@static fn new() -> Self { ret A { x=1, y } }\n",
    "use a.b.{C as D, e}\n",
    "use T = Vec[Num]\n",
    "(x, y) -> { x }",
    "[a](b) -> b",
    "\"text\"",
    "\"a ${b.c()} d\"",
    "\"open ${",
    "\"",
    "# comment\n",
    "/* block */",
    "/*",
    "(",
    ")",
    "[",
    "]",
    ".",
    ",",
    ":",
    ";",
    "=",
    "&",
    "...",
    "_",
    "name",
    "Type",
    "1.5e3",
    "-1",
    "?",
    "as",
    "else",
    "yield &x\n",
    "é",
    "loop",
    "f(1, _, ...xs)",
    "with a as b { }\n",
    "fn g(x: Num) { }\n",
    "v[1]",
    "\u{0}",
    "\r\n",
    "    ",
];

fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// A program whose braces match, so that the incremental paths are taken.
const PROGRAM: &str = r#"mod a

# A counter.
cls Counter {
    hits: Num   # how often
}

sup Counter {
    fn touch(&mut self, by: Num = 1) -> Num {
        # add
        self.hits += by
        if self.hits {
            > 9 { ret "many ${self.hits} hits".len() }
            Counter { hits, ... } && hits > 1 { f(hits, (x) -> { x + 1 }) }
            else { let y: Num }
        }
        ret self.hits
    }
}

fn main() -> Void {
    let mut c = Counter { hits=0 }
    while c.hits < 3 { c.touch() }
    else { print("never") }
    fn inner(n: Num) -> Num { ret n }
    let d = [&c](n: Num) -> { inner(n) }
}
"#;

fn border(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn edit(text: &str, at: usize, len: usize, insert: &str) -> TextEdit {
    let start = border(text, at % (text.len() + 1));
    let end = border(text, start + len);
    TextEdit::replace(TextRange::new((start as u32).into(), (end.max(start) as u32).into()), insert)
}

fn reparsed(text: &str, edits: &[(usize, usize, &str)]) {
    let mut text = text.to_owned();
    let mut parse_so_far = parse(&text, Edition::E2023);
    for (at, len, insert) in edits {
        let edit = edit(&text, *at, *len, insert);
        let new_text = edit.apply(&text).expect("the edit lies on borders");
        let again = parse_so_far.reparse(&edit, &new_text);
        let fresh = parse(&new_text, Edition::E2023);
        assert_eq!(again.syntax().to_string(), new_text, "{text:?} {edit:?}");
        assert!(
            again.green() == fresh.green(),
            "{text:?} {edit:?}\n{:#?}\n{:#?}",
            again.syntax(),
            fresh.syntax()
        );
        assert_eq!(again.errors(), fresh.errors(), "{text:?} {edit:?}");
        (text, parse_so_far) = (new_text, again);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_kept(text in ".{0,200}") {
        for edition in Edition::ALL {
            prop_assert_eq!(parse(&text, edition).syntax().to_string(), text.as_str());
        }
    }

    #[test]
    fn any_heap_of_pieces_is_kept(text in texts()) {
        for edition in Edition::ALL {
            let parse = parse(&text, edition);
            prop_assert_eq!(parse.syntax().to_string(), text.as_str());
            for error in parse.errors() {
                prop_assert!(usize::from(error.range.end()) <= text.len());
                prop_assert!(text.is_char_boundary(error.range.start().into()));
                prop_assert!(text.is_char_boundary(error.range.end().into()));
            }
        }
    }

    #[test]
    fn parsing_again_after_an_edit_is_parsing(
        text in texts(),
        edits in prop::collection::vec((any::<u16>().prop_map(usize::from), 0..20usize, prop::sample::select(PIECES)), 1..5),
    ) {
        reparsed(&text, &edits);
    }

    #[test]
    fn parsing_a_program_again_after_an_edit_is_parsing(
        edits in prop::collection::vec((any::<u16>().prop_map(usize::from), 0..4usize, prop::sample::select(PIECES)), 1..6),
    ) {
        reparsed(PROGRAM, &edits);
    }

    #[test]
    fn parsing_a_program_again_after_typing_is_parsing(
        at in 0..PROGRAM.len(),
        typed in prop::collection::vec(prop::sample::select(vec!["a", "B", "1", " ", ".", "(", ")", "{", "}", "=", "\"", "#", "\n", "/", "*"]), 1..8),
        delete in 0..3usize,
    ) {
        let edits: Vec<_> = typed.iter().enumerate().map(|(i, typed)| (at + i, if i == 0 { delete } else { 0 }, *typed)).collect();
        reparsed(PROGRAM, &edits);
    }
}

/// What is said of a `:` outside of a block does not depend on what stands in it (SY33).
#[test]
fn a_question_mark_in_a_block_says_nothing_of_what_follows_the_block() {
    let text = "mod a\nfn f(x: Num) -> Void { { x } : x }\n";
    let at = text.find("x } :").expect("it is there") + 1;
    reparsed(text, &[(at, 0, "?")]);
}

#[test]
fn an_edit_in_one_function_leaves_the_others_alone() {
    let at = PROGRAM.find("self.hits += by").expect("it is there");
    for (at, insert) in
        [(at, "x"), (at, "let q = 1\n"), (at, "\"open\n"), (PROGRAM.find("touch").unwrap_or(0), "re")]
    {
        let edit = TextEdit::insert((at as u32).into(), insert);
        let new_text = edit.apply(PROGRAM).expect("the edit lies on borders");
        let old = parse(PROGRAM, Edition::E2023);
        let new = old.reparse(&edit, &new_text);
        let main = |parse: &crate::Parse| {
            parse.tree().items().last().map(|it| crate::ast::AstNode::syntax(&it).green().to_owned())
        };
        let (Some(before), Some(after)) = (main(&old), main(&new)) else { panic!("no items") };
        let address = |node: &crate::GreenNode| std::ptr::from_ref::<rowan::GreenNodeData>(node);
        assert_eq!(address(&before), address(&after), "{insert:?}");
    }
}
