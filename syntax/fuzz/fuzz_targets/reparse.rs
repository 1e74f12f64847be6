//! Any text and any edits: parsing again is parsing.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use syntax::{Edition, TextEdit, TextRange, parse};

#[derive(Debug, Arbitrary)]
struct Input {
    text: String,
    edits: Vec<Edit>,
}

#[derive(Debug, Arbitrary)]
struct Edit {
    at: u16,
    delete: u8,
    insert: String,
}

fuzz_target!(|input: Input| {
    let mut text = input.text;
    let mut tree = parse(&text, Edition::E2023);
    for edit in input.edits.iter().take(8) {
        let start = text.floor_char_boundary(usize::from(edit.at) % (text.len() + 1));
        let end = text.ceil_char_boundary((start + usize::from(edit.delete)).min(text.len()));
        let range = TextRange::new((start as u32).into(), (end as u32).into());
        let edit = TextEdit::replace(range, edit.insert.as_str());
        let Some(new_text) = edit.apply(&text) else { return };
        let again = tree.reparse(&edit, &new_text);
        let fresh = parse(&new_text, Edition::E2023);
        assert!(again.green() == fresh.green(), "the trees differ");
        assert!(again.errors() == fresh.errors(), "the errors differ");
        (text, tree) = (new_text, again);
    }
});
