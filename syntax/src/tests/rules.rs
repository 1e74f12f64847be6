//! Every rule LX and SY, with what breaks it and what does not.
//!
//! A marker `#! CODE` at the end of a line announces a diagnostic on this line, `#! CODE(H)` a hint. No other
//! diagnostic may appear, save the hint for a missing `mod` line (SY1).

mod lexical;
mod recovery;
mod structure;

use crate::{Edition, Severity, parse};

/// Checks the markers of a file.
#[track_caller]
pub(super) fn check(source: &str) {
    let parse = parse(source, Edition::E2023);
    assert!(parse.syntax().text() == source, "the tree is the text");
    let line_of = |offset: usize| source[..offset].matches('\n').count() + 1;
    let mut found: Vec<(usize, String)> = parse
        .errors()
        .iter()
        .filter(|error| error.severity == Severity::Error || error.code != "SY1")
        .map(|error| {
            let suffix = match error.severity {
                Severity::Error => "",
                Severity::Warning => "(W)",
                Severity::Hint => "(H)",
            };
            (line_of(error.range.start().into()), format!("{}{suffix}", error.code))
        })
        .collect();
    let mut expected: Vec<(usize, String)> = source
        .lines()
        .enumerate()
        .filter_map(|(i, line)| Some((i + 1, line.split_once("#! ")?.1)))
        .flat_map(|(line, codes)| codes.split_whitespace().map(move |code| (line, code.to_owned())))
        .collect();
    found.sort();
    expected.sort();
    if found != expected {
        let errors: Vec<String> = parse
            .errors()
            .iter()
            .map(|e| {
                format!(
                    "{}: {} {} at {:?}",
                    line_of(e.range.start().into()),
                    e.code,
                    e.message,
                    &source[e.range]
                )
            })
            .collect();
        panic!("expected {expected:?}\n   found {found:?}\n{}\n\n{source}", errors.join("\n"));
    }
}

/// Checks statements of a function body.
#[track_caller]
pub(super) fn check_body(body: &str) {
    check(&format!("mod a\nfn f() -> Void {{\n{body}\n}}\n\nfn after() -> Void {{ }}\n"));
}

/// The one diagnostic of a text with severity error: code, text it marks, message.
#[track_caller]
pub(super) fn only_error(source: &str) -> (String, String, String) {
    let parse = parse(source, Edition::E2023);
    let errors: Vec<_> = parse.errors().iter().filter(|e| e.severity == Severity::Error).collect();
    assert_eq!(errors.len(), 1, "{errors:#?}\n{source}");
    (errors[0].code.to_owned(), source[errors[0].range].to_owned(), errors[0].message.to_string())
}

/// What a text becomes when the fix of its only diagnostic with a fix is applied.
#[track_caller]
pub(super) fn fixed(source: &str) -> String {
    let parse = parse(source, Edition::E2023);
    let fixes: Vec<_> = parse.errors().iter().filter_map(|e| e.fix.as_ref()).collect();
    assert_eq!(fixes.len(), 1, "{:#?}", parse.errors());
    let mut edits = fixes[0].edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start()));
    edits.iter().fold(source.to_owned(), |text, edit| edit.apply(&text).expect("a fix lies in its text"))
}
