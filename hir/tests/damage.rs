//! Damage to a file harms nothing before it: cut off at any byte, or with any one token missing, an example still
//! resolves every name before the damage that it resolved when it was whole.

mod common;

use hir::diagnostics::file_diagnostics;
use hir::semantics::{Definition, Semantics};
use hir::{Database, File};
use salsa::Setter;
use std::ops::Range;
use std::sync::Arc;
use syntax::SyntaxKind;

/// Where a definition stands.
struct Place {
    name: String,
    /// File and last byte of the name; primitives have none.
    at: Option<(File, usize)>,
    is_function: bool,
}

impl Place {
    /// Overloads count as one: the arguments that decide between them may be damaged.
    fn is(&self, other: &Place) -> bool {
        let file = |place: &Place| place.at.map(|(file, _)| file);
        let same = self.at == other.at || self.is_function && file(self) == file(other);
        self.name == other.name && same
    }

    fn is_before(&self, damage: usize, in_file: File) -> bool {
        self.at.is_none_or(|(file, end)| file != in_file || end < damage)
    }
}

/// The tokens of a text that are not trivia, and whether each is a name.
fn tokens(text: &str) -> Vec<(Range<usize>, bool)> {
    let root = syntax::parse(text, syntax::Edition::E2023).syntax();
    root.descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .filter(|token| !token.kind().is_trivia())
        .map(|token| {
            let named =
                token.parent().is_some_and(|it| matches!(it.kind(), SyntaxKind::NAME | SyntaxKind::NAME_REF));
            (token.text_range().into(), named)
        })
        .collect()
}

fn place(db: &Database, definition: &Definition) -> Place {
    Place {
        name: definition.name(db).to_string(),
        at: definition.location(db).map(|(file, range)| (file, range.end().into())),
        is_function: matches!(definition, Definition::Function(_)),
    }
}

fn places(semantics: &Semantics<'_>, db: &Database, name: &Range<usize>) -> Vec<Place> {
    let found = semantics.definitions_at((name.start as u32).into());
    found.iter().map(|definition| place(db, definition)).collect()
}

/// Every damaged text of a program's files is analysed, and the names before the damage resolve as they did.
fn harms_nothing_before(program: &str, damages: impl Fn(&str) -> Vec<(usize, String)>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut db = Database::new();
    let (_, files) = common::load(&mut db, program);
    for file in files {
        let text = file.text(&db).clone();
        let names: Vec<Range<usize>> =
            tokens(&text).into_iter().filter(|(_, named)| *named).map(|it| it.0).collect();
        let whole: Vec<Vec<Place>> = {
            let semantics = Semantics::new(&db, file);
            names.iter().map(|name| places(&semantics, &db, name)).collect()
        };
        for (at, damaged) in damages(&text) {
            file.set_text(&mut db).to(Arc::from(damaged));
            file_diagnostics(&db, file);
            let semantics = Semantics::new(&db, file);
            for (name, before) in names.iter().zip(&whole).take_while(|(name, _)| name.end < at) {
                // what stands behind the damage may be gone with it
                let mut kept = before.iter().filter(|place| place.is_before(at, file));
                let after = places(&semantics, &db, name);
                if kept.any(|place| !after.iter().any(|found| found.is(place))) {
                    let line = common::line_of(&text, name.start);
                    wrong.push(format!(
                        "`{}` of line {line}, damage at line {} byte {at} `{:?}`",
                        &text[name.clone()],
                        common::line_of(&text, at),
                        text[at..].chars().take(12).collect::<String>()
                    ));
                }
            }
        }
        file.set_text(&mut db).to(text);
    }
    wrong
}

fn for_all_examples(damages: impl Fn(&str) -> Vec<(usize, String)> + Sync) {
    let programs = common::examples();
    let (even, odd): (Vec<_>, Vec<_>) = programs.iter().enumerate().partition(|(number, _)| number % 2 == 0);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let halves = [even, odd].map(|half| {
            scope.spawn(|| {
                half.into_iter()
                    .flat_map(|(_, program)| harms_nothing_before(program, &damages))
                    .collect::<Vec<_>>()
            })
        });
        halves.into_iter().flat_map(|half| half.join().expect("no damage makes the analysis panic")).collect()
    });
    assert!(wrong.is_empty(), "{} names are lost:\n{}", wrong.len(), wrong[..].join("\n"));
}

#[test]
fn an_example_cut_off_at_any_byte_keeps_what_stands_before_the_cut() {
    for_all_examples(|text| {
        (0..text.len())
            .filter(|at| text.is_char_boundary(*at))
            .map(|at| (at, text[..at].to_owned()))
            .collect()
    });
}

#[test]
fn an_example_without_one_of_its_tokens_keeps_what_stands_before_it() {
    for_all_examples(|text| {
        let without = |token: &Range<usize>| format!("{}{}", &text[..token.start], &text[token.end..]);
        tokens(text).iter().map(|(token, _)| (token.start, without(token))).collect()
    });
}
