//! Any bytes: no panic, no hang, and the tree is the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use syntax::{Edition, parse};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for edition in Edition::ALL {
        let parse = parse(&text, edition);
        assert!(parse.syntax().text() == &*text, "the tree is the text");
        for error in parse.errors() {
            assert!(text.get(std::ops::Range::<usize>::from(error.range)).is_some(), "an error marks text");
        }
    }
});
