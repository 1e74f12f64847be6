//! The dialects of the language.

use std::fmt;
use std::str::FromStr;

use crate::T;
use crate::lexer::Lexer;

/// An edition of S++. The editions differ in tokens and grammar; the tree is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Edition {
    #[default]
    E2023,
    E2026,
}

impl Edition {
    pub const ALL: [Edition; 2] = [Edition::E2023, Edition::E2026];

    /// The year, as written in `spp.toml`.
    pub fn as_str(self) -> &'static str {
        match self {
            Edition::E2023 => "2023",
            Edition::E2026 => "2026",
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Edition {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Edition::ALL.into_iter().find(|edition| edition.as_str() == text).ok_or(())
    }
}

/// The edition of a file that no project claims: the first token decides that only one edition has (`fn`, `gn`,
/// `mod` and `@word` against `fun`, `cor`, `cmp`, `::` and `!word`); without any, edition 2023.
pub fn detect_edition(text: &str) -> Edition {
    let mut mark = None;
    let mut at = 0;
    for token in Lexer::new(text, Edition::E2023) {
        let start = at;
        at += token.len as usize;
        match (token.kind, mark.take()) {
            (T![ident] | T![uident], Some(edition)) => return edition,
            (T![fn] | T![gn] | T![mod], _) => return Edition::E2023,
            (T![::], _) => return Edition::E2026,
            (T![ident], _) if matches!(&text[start..at], "fun" | "cor" | "cmp") => return Edition::E2026,
            (T![@], _) => mark = Some(Edition::E2023),
            (T![!], _) => mark = Some(Edition::E2026),
            _ => {}
        }
    }
    Edition::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_telling_token_decides_the_edition() {
        let cases = [
            ("", Edition::E2023),
            ("cls A { }", Edition::E2023),
            ("@public cls A { }", Edition::E2023),
            ("!public\ncls A { }", Edition::E2026),
            ("# fun\nmod a", Edition::E2023),
            ("use std::io", Edition::E2026),
            ("fun f() -> Void { fn }", Edition::E2026),
            ("cls A { } fn f() -> Void { fun }", Edition::E2023),
            ("a != b", Edition::E2023),
        ];
        for (text, edition) in cases {
            assert_eq!(detect_edition(text), edition, "{text}");
        }
    }

    #[test]
    fn an_edition_reads_what_it_writes() {
        for edition in Edition::ALL {
            assert_eq!(edition.as_str().parse(), Ok(edition));
        }
    }
}
