//! Any text gets an answer: cut off anywhere, with tokens missing, circular, huge, deep.

mod common;

use hir::diagnostics::file_diagnostics;
use hir::semantics::Semantics;
use hir::{Database, Severity};
use salsa::Setter;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// The programs of the specification and the examples.
fn programs() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut files: Vec<_> = ["docs/spec", "examples"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).into_iter().flatten())
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    for path in files {
        let text = std::fs::read_to_string(&path).expect("documents are UTF-8");
        if path.extension().is_some_and(|extension| extension == "spp") {
            found.push(text);
            continue;
        }
        for fence in text.split("\n```spp\n").skip(1) {
            found.push(fence.split("\n```").next().unwrap_or_default().to_owned());
        }
    }
    assert!(found.len() > 40, "the specification has programs");
    found
}

/// Every how many tokens a place is tried: all of them with `SPP_EXHAUSTIVE` set, which takes minutes.
fn step(usual: usize) -> usize {
    if std::env::var_os("SPP_EXHAUSTIVE").is_some() { 1 } else { usual }
}

/// The starts of the words and marks of a text.
fn token_ranges(text: &str) -> Vec<(usize, usize)> {
    let root = syntax::parse(text, syntax::Edition::E2023).syntax();
    let tokens = root.descendants_with_tokens().filter_map(|element| element.into_token());
    tokens
        .filter(|token| !token.kind().is_trivia())
        .map(|token| (token.text_range().start().into(), token.text_range().end().into()))
        .collect()
}

/// Errors whose place lies before `end`, by rule and place.
fn errors_before(db: &Database, file: hir::File, end: usize) -> Vec<(&'static str, usize)> {
    let found = file_diagnostics(db, file);
    let errors = found.iter().filter(|it| it.severity == Severity::Error);
    errors.map(|it| (it.code, usize::from(it.range.start()))).filter(|(_, start)| *start < end).collect()
}

#[test]
fn a_file_cut_off_anywhere_is_analysed() {
    for (number, program) in programs().iter().enumerate() {
        let mut db = Database::new();
        let (_, files) = common::load(&mut db, program);
        for file in files {
            let text = file.text(&db).clone();
            for (start, end) in token_ranges(&text).into_iter().skip(number % step(41)).step_by(step(41)) {
                let inside = start + (end - start) / 2;
                for cut in [start, inside] {
                    if text.is_char_boundary(cut) {
                        file.set_text(&mut db).to(Arc::from(&text[..cut]));
                        file_diagnostics(&db, file);
                    }
                }
            }
            file.set_text(&mut db).to(text);
        }
    }
}

#[test]
fn a_missing_token_harms_nothing_before_its_declaration() {
    for (number, program) in programs().iter().enumerate() {
        let mut db = Database::new();
        let (_, files) = common::load(&mut db, program);
        for file in files {
            let text = file.text(&db).clone();
            let starts: Vec<usize> = syntax::parse(&text, syntax::Edition::E2023)
                .syntax()
                .children()
                .map(|item| item.text_range().start().into())
                .collect();
            let before = errors_before(&db, file, text.len());
            for (start, end) in token_ranges(&text).into_iter().skip(number % step(53)).step_by(step(53)) {
                let edited = format!("{}{}", &text[..start], &text[end..]);
                file.set_text(&mut db).to(Arc::from(edited));
                let found = file_diagnostics(&db, file);
                // an item that has gone may be missed elsewhere, but the text before it still parses as it did
                let item = starts.iter().copied().filter(|at| *at <= start).max().unwrap_or(0);
                for diagnostic in
                    found.iter().filter(|it| it.code.starts_with("SY") || it.code.starts_with("LX"))
                {
                    let at = usize::from(diagnostic.range.start());
                    if at < item && diagnostic.severity == Severity::Error {
                        // the opener of a block that is not closed any more is the only thing that may be marked
                        let known = before.contains(&(diagnostic.code, at));
                        assert!(known || diagnostic.code == "SY0", "{} at {at}\n{text}", diagnostic.code);
                    }
                }
            }
            file.set_text(&mut db).to(text);
        }
    }
}

#[test]
fn every_place_of_every_program_can_be_asked_about() {
    for program in programs().iter().step_by(3) {
        let mut db = Database::new();
        let (_, files) = common::load(&mut db, program);
        for file in files {
            let text = file.text(&db).clone();
            let semantics = Semantics::new(&db, file);
            for (start, end) in token_ranges(&text).into_iter().step_by(5) {
                for definition in semantics.definitions_at((start as u32).into()) {
                    definition.label(&db);
                    definition.docs(&db);
                    definition.location(&db);
                }
                semantics.visible_at((start as u32).into());
                semantics.expr_at(syntax::TextRange::new((start as u32).into(), (end as u32).into()));
            }
        }
    }
}

fn codes(source: &str) -> Vec<&'static str> {
    let mut db = Database::new();
    let (_, files) = common::load(&mut db, source);
    let mut found: Vec<&'static str> = files
        .iter()
        .flat_map(|file| file_diagnostics(&db, *file).iter().map(|it| it.code).collect::<Vec<_>>())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[test]
fn circles_of_every_kind_have_an_answer() {
    let found = codes(
        "mod src.main
cls A[T = B[T]] { x: Opt[A[T]] }
cls B[T = A[T]] { y: A }
use P = Q
use Q = (P, R[P])
use R[T] = (T, Q)
sup A for B { }
sup B for A { }
sup[T: Eq[T]] Eq[A[T]] for A[T] { fn eq(&self, that: &A[T]) -> Bool { ret self == that } }
cls C[X: D[X]] { }
cls D[X: C[X]] { }
sup C[D[C[Num]]] for D[C[D[Num]]] { }
fn f[T: Alloc[T.Item]](x: T.Item.Item.Item) -> Self.Item { ret f(x) }
use sup.sup.sup.main.A as A
",
    );
    assert!(found.contains(&"TY4") && found.contains(&"SP15") && found.contains(&"TY14"), "{found:?}");
}

#[test]
fn imports_in_a_circle_are_resolved() {
    let found = codes(
        "#@ file src/main.spp
mod src.main
use src.a.One
fn main() -> Void { }
fn f(x: One) -> Num { ret x.two.one.len() }
#@ file src/a/x.spp
mod src.a.x
use src.b.Two
cls One { two: Vec[Two] }
#@ file src/b/y.spp
mod src.b.y
use src.a.x.One
cls Two { one: Vec[One] }
",
    );
    assert_eq!(found, ["TY16"]);
}

#[test]
fn ten_thousand_overloads_are_told_apart() {
    let mut source = String::from("mod src.main\n");
    for index in 0..10_000 {
        writeln!(source, "cls C{index} {{ }}\nfn f(x: C{index}) -> Void {{ }}").expect("writing to a string");
    }
    source.push_str("fn g(x: C77) -> Void { f(x) }\nfn f(x: C5) -> Void { }\n");
    assert_eq!(codes(&source), ["OV1"]);
}

#[test]
fn a_type_nested_five_thousand_deep_is_cut_off() {
    let source =
        format!("mod src.main\nfn f(x: {}Num{}) -> Void {{ }}\n", "Vec[".repeat(5000), "]".repeat(5000));
    assert!(!codes(&source).is_empty());
    let tuples = format!("mod src.main\nuse T = {}Num{}\n", "(".repeat(5000), ",)".repeat(5000));
    assert!(!codes(&tuples).is_empty());
}

#[test]
fn aliases_that_double_at_each_step_stay_small() {
    let mut source = String::from("mod src.main\nuse A0 = (Num, Num)\n");
    for index in 1..24 {
        writeln!(source, "use A{index} = (A{0}, A{0})", index - 1).expect("writing to a string");
    }
    source.push_str("fn f(x: A23) -> Void { }\n");
    codes(&source);
}

#[test]
fn long_chains_of_aliases_and_bases_end() {
    let mut source = String::from("mod src.main\nuse A0 = Num\ncls B0 { x: Num }\n");
    for index in 1..300 {
        writeln!(source, "use A{index} = A{0}\ncls B{index} {{ }}\nsup B{0} for B{index} {{ }}", index - 1)
            .expect("writing to a string");
    }
    source.push_str("fn f(x: A299, b: &B299) -> Num { ret b.x }\n");
    codes(&source);
}
