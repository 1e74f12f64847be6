//! Any text and any edits: parsing again is parsing.
//!
//! The input is four edits of four bytes each (place, length, what to insert), then the text. So a file of S++
//! behind sixteen bytes is a good seed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use syntax::{Edition, TextEdit, TextRange, parse};

const INSERTS: &[&str] = &[
    "", "x", "Y", "1", " ", "\n", ".", ",", ":", ";", "=", "\"", "#", "/*", "*/", "(", ")", "[", "]", "{", "}", "{ }",
    "${", "&", "...", "_", "?", "-> ", "let x = 1\n", "fn g() -> Void { }\n", "}\n\nfn h(", "if x { ", "else", "ret ",
    "use a.b\n", "@a ", "r\"", "\\", "é", "\0", "loop", "mut ", "self", "\"a ${b} c\"", "cls A {\n", "sup ", "as ",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((edits, text)) = bytes.split_at_checked(16) else { return };
    let mut text = String::from_utf8_lossy(text).into_owned();
    let mut tree = parse(&text, Edition::E2023);
    for edit in edits.chunks_exact(4) {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]]));
        let start = text.floor_char_boundary(at % (text.len() + 1));
        // mostly typing, sometimes a selection
        let delete = usize::from(edit[2]).saturating_sub(200);
        let end = text.ceil_char_boundary((start + delete).min(text.len()));
        let range = TextRange::new((start as u32).into(), (end as u32).into());
        let edit = TextEdit::replace(range, INSERTS[usize::from(edit[3]) % INSERTS.len()]);
        let Some(new_text) = edit.apply(&text) else { return };
        let again = tree.reparse(&edit, &new_text);
        let fresh = parse(&new_text, Edition::E2023);
        assert!(again.green() == fresh.green(), "the trees differ: {edit:?}");
        assert!(again.errors() == fresh.errors(), "{:#?}\n{:#?}\n{edit:?}", again.errors(), fresh.errors());
        (text, tree) = (new_text, again);
    }
});
