//! Text to tokens (chapter 1 of the language reference).
//!
//! Lossless: the tokens of a text, put together, are the text. Errors are tokens like any other; what is
//! wrong with them is told to a callback. The lexer allocates nothing and looks at each byte a bounded
//! number of times.

mod numbers;
mod strings;
mod words2026;

use memchr::{memchr, memmem};

use crate::{Edition, SyntaxKind, T};

use self::strings::Interpolation;

/// A token: its kind and the length of its text in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub kind: SyntaxKind,
    pub len: u32,
}

/// What is wrong with a token. The rule follows from the variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LexError {
    /// LX1: text beyond ASCII outside comments and literals.
    NotAscii,
    /// LX2
    ControlCharacter,
    /// LX4: `;`
    Semicolon,
    /// LX10
    UnterminatedComment,
    /// LX12: a name that begins with `_`.
    LeadingUnderscore,
    /// LX17
    NumberSuffix,
    /// LX19
    UnterminatedString,
    /// LX20: a `"` inside `${…}`.
    QuoteInInterpolation,
    /// LX20: the string ends before the `}` of its interpolation.
    UnclosedInterpolation,
    /// LX21
    UnterminatedRegex,
    /// LX23: a mark that is no token of the edition.
    NoSuchToken,
}

/// An iterator over the tokens of a text, trivia included.
pub struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    pos: usize,
    edition: Edition,
    /// The kind of the token before this one, to read `t.0.1` as two indices (LX16).
    prev: SyntaxKind,
    interpolation: Option<Interpolation>,
    /// A stretch in which no string that begins there has an end.
    no_quote: (usize, usize),
    nested_quotes_left: u32,
    /// What is wrong with the token just read.
    pub(crate) error: Option<LexError>,
    /// The token just read is a string, or a stretch of one, with a backslash in it.
    pub(crate) escapes: bool,
    /// The token just read contains a line end.
    pub(crate) newline: bool,
}

/// How many quotes inside interpolations are looked into; a text with more of them is not S++.
const NESTED_QUOTES: u32 = 256;

impl<'t> Lexer<'t> {
    pub fn new(text: &'t str, edition: Edition) -> Lexer<'t> {
        Lexer {
            text,
            bytes: text.as_bytes(),
            pos: 0,
            edition,
            prev: SyntaxKind::EOF,
            interpolation: None,
            no_quote: (0, 0),
            nested_quotes_left: NESTED_QUOTES,
            error: None,
            escapes: false,
            newline: false,
        }
    }

    #[inline]
    fn peek(&self, n: usize) -> u8 {
        self.bytes.get(self.pos + n).copied().unwrap_or(0)
    }

    #[inline]
    fn fail(&mut self, error: LexError) {
        self.error = Some(error);
    }

    /// The end of the line that `from` lies on: before its line feed or carriage return and line feed.
    fn line_end(&self, from: usize) -> usize {
        match memchr(b'\n', &self.bytes[from..]) {
            Some(at) if at > 0 && self.bytes[from + at - 1] == b'\r' => from + at - 1,
            Some(at) => from + at,
            None => self.bytes.len(),
        }
    }

    #[inline]
    fn token(&mut self) -> SyntaxKind {
        self.error = None;
        self.escapes = false;
        self.newline = false;
        if self.interpolation.is_some()
            && let Some(kind) = self.at_string_limit()
        {
            return kind;
        }
        let byte = self.bytes[self.pos];
        match CLASS[byte as usize] {
            Class::Space => self.whitespace(),
            Class::Lower => self.lower(),
            Class::Upper => self.upper(),
            Class::Digit => match self.edition {
                Edition::E2023 => self.number(),
                Edition::E2026 => self.number_2026(),
            },
            Class::Quote => match self.edition {
                Edition::E2023 => self.string(),
                Edition::E2026 => self.quoted_2026(1, T![string]),
            },
            Class::Hash => self.hash(),
            Class::Underscore => self.underscore(),
            Class::Punct => match self.edition {
                Edition::E2023 => self.punct(byte),
                Edition::E2026 => self.punct_2026(byte),
            },
            Class::Control => {
                self.pos += 1;
                self.fail(LexError::ControlCharacter);
                SyntaxKind::ERROR_TOKEN
            }
            Class::Wide => self.wide(),
        }
    }

    fn whitespace(&mut self) -> SyntaxKind {
        let end = self.interpolation.as_ref().map_or(self.bytes.len(), |it| it.limit);
        let start = self.pos;
        while self.pos < end {
            match self.bytes[self.pos] {
                b' ' => {}
                b'\n' => self.newline = true,
                b'\t' if self.edition == Edition::E2023 => {}
                b'\r' if self.edition == Edition::E2026 || self.peek(1) == b'\n' => {}
                _ => break,
            }
            self.pos += 1;
        }
        if self.pos == start {
            self.pos += 1;
            self.fail(LexError::ControlCharacter);
            return SyntaxKind::ERROR_TOKEN;
        }
        SyntaxKind::WHITESPACE
    }

    #[inline]
    fn word(&mut self) -> &'t [u8] {
        let start = self.pos;
        let rest = &self.bytes[start..];
        let len = rest.iter().position(|b| !IS_WORD[*b as usize]).unwrap_or(rest.len());
        self.pos += len;
        &rest[..len]
    }

    fn lower(&mut self) -> SyntaxKind {
        let first = self.bytes[self.pos];
        match self.edition {
            Edition::E2023 => {
                // LX21: `r"` always begins a regular expression, save where a quote has another meaning (LX20).
                if first == b'r' && self.peek(1) == b'"' && self.interpolation.is_none() {
                    return self.regex();
                }
                let word = self.word();
                if self.peek(0) >= 128 && self.wide_word() || word.len() > 6 {
                    return T![ident];
                }
                SyntaxKind::keyword_2023(word).unwrap_or(T![ident])
            }
            Edition::E2026 => {
                if first == b'b' && matches!(self.peek(1), b'"' | b'\'') {
                    return self.byte_literal_2026();
                }
                let word = self.word();
                SyntaxKind::keyword_2026(word).unwrap_or(T![ident])
            }
        }
    }

    fn upper(&mut self) -> SyntaxKind {
        let word = self.word();
        if self.peek(0) >= 128 && self.wide_word() {
            return T![uident];
        }
        if word == b"Self" { T![Self] } else { T![uident] }
    }

    /// LX12
    fn underscore(&mut self) -> SyntaxKind {
        let word = self.word();
        if word.len() == 1 {
            return T![_];
        }
        self.fail(LexError::LeadingUnderscore);
        match word.iter().find(|b| **b != b'_') {
            Some(b'A'..=b'Z') => T![uident],
            _ => T![ident],
        }
    }

    fn hash(&mut self) -> SyntaxKind {
        if self.interpolation.as_ref().is_some_and(|it| it.terminated) {
            // LX9: inside a literal, `#` starts no comment
            self.pos += 1;
            self.fail(LexError::NoSuchToken);
            return SyntaxKind::ERROR_TOKEN;
        }
        if self.edition == Edition::E2026 && self.peek(1) == b'#' {
            return self.block_comment(b"##");
        }
        self.pos = self.line_end(self.pos);
        SyntaxKind::COMMENT
    }

    /// A comment that `close` ends; it begins with two bytes.
    fn block_comment(&mut self, close: &[u8]) -> SyntaxKind {
        let body = self.pos + 2;
        let end = match memmem::find(&self.bytes[body..], close) {
            Some(at) => body + at + close.len(),
            None => {
                // `##` runs to the end of the file in edition 2026 without being a mistake.
                if self.edition == Edition::E2023 {
                    self.fail(LexError::UnterminatedComment);
                }
                self.bytes.len()
            }
        };
        self.newline = self.edition == Edition::E2023 && memchr(b'\n', &self.bytes[self.pos..end]).is_some();
        self.pos = end;
        SyntaxKind::BLOCK_COMMENT
    }

    /// A run of text beyond ASCII, or the byte-order mark that LX1 skips.
    fn wide(&mut self) -> SyntaxKind {
        if self.pos == 0 && self.text.starts_with('\u{feff}') {
            self.pos = '\u{feff}'.len_utf8();
            return SyntaxKind::WHITESPACE;
        }
        if self.wide_word() {
            return T![ident];
        }
        let rest = &self.text[self.pos..];
        self.pos += rest.find(|c: char| c.is_ascii() || c.is_alphanumeric()).unwrap_or(rest.len());
        self.fail(LexError::NotAscii);
        SyntaxKind::ERROR_TOKEN
    }

    /// The letters beyond ASCII that are here, with what they are joined to: a name all the same, but LX1.
    fn wide_word(&mut self) -> bool {
        let rest = &self.text[self.pos..];
        let is_part = |c: char| c == '_' || c.is_alphanumeric();
        let len = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        if len == 0 {
            return false;
        }
        self.pos += len;
        self.fail(LexError::NotAscii);
        true
    }

    /// The longest operator of edition 2023 (LX3, 1.6), or a mark that is none.
    fn punct(&mut self, first: u8) -> SyntaxKind {
        use SyntaxKind::*;
        let (second, third, fourth) = (self.peek(1), self.peek(2), self.peek(3));
        let no_token = |len| (ERROR_TOKEN, len);
        let mut known = true;
        let (kind, len) = match (first, second) {
            (b'(', _) => (L_PAREN, 1),
            (b')', _) => (R_PAREN, 1),
            (b'[', _) => (L_BRACK, 1),
            (b']', _) => (R_BRACK, 1),
            (b'{', _) => {
                if let Some(it) = &mut self.interpolation {
                    it.braces = it.braces.saturating_add(1);
                }
                (L_BRACE, 1)
            }
            (b'}', _) => {
                if let Some(it) = &mut self.interpolation {
                    if it.braces == 0 {
                        return self.string_continues();
                    }
                    it.braces -= 1;
                }
                (R_BRACE, 1)
            }
            (b'.', b'.') if third == b'.' => (DOT3, 3),
            (b'.', b'.') => {
                known = false;
                (DOT2, 2)
            }
            (b'.', _) => (DOT, 1),
            (b',', _) => (COMMA, 1),
            (b':', b':') => {
                known = false;
                (COLON2, 2)
            }
            (b':', _) => (COLON, 1),
            (b'@', _) => (AT, 1),
            (b'?', b'?' | b':') => {
                known = false;
                no_token(2)
            }
            (b'?', _) => (QUESTION, 1),
            (b'=', b'=') => (EQ2, 2),
            (b'=', b'>') => {
                known = false;
                (FAT_ARROW, 2)
            }
            (b'=', _) => (EQ, 1),
            (b'&', b'&') if third == b'=' => (AMP2_EQ, 3),
            (b'&', b'&') => (AMP2, 2),
            (b'&', b'=') => (AMP_EQ, 2),
            (b'&', _) => (AMP, 1),
            (b'|', b'|') if third == b'=' => (PIPE2_EQ, 3),
            (b'|', b'|') => (PIPE2, 2),
            (b'|', b'=') => (PIPE_EQ, 2),
            (b'|', b'>') => {
                known = false;
                no_token(2)
            }
            (b'|', _) => (PIPE, 1),
            (b'^', b'=') => (CARET_EQ, 2),
            (b'^', _) => (CARET, 1),
            (b'<', b'<') if third == b'<' && fourth == b'=' => (ROL_EQ, 4),
            (b'<', b'<') if third == b'<' => (ROL, 3),
            (b'<', b'<') if third == b'=' => (SHL_EQ, 3),
            (b'<', b'<') => (SHL, 2),
            (b'<', b'=') if third == b'>' => (CMP, 3),
            (b'<', b'=') => (LTEQ, 2),
            (b'<', _) => (LT, 1),
            (b'>', b'>') if third == b'>' && fourth == b'=' => (ROR_EQ, 4),
            (b'>', b'>') if third == b'>' => (ROR, 3),
            (b'>', b'>') if third == b'=' => (SHR_EQ, 3),
            (b'>', b'>') => (SHR, 2),
            (b'>', b'=') => (GTEQ, 2),
            (b'>', _) => (GT, 1),
            (b'+', b'=') => (PLUS_EQ, 2),
            (b'+', b'+') => {
                known = false;
                no_token(2)
            }
            (b'+', _) => (PLUS, 1),
            (b'-', b'=') => (MINUS_EQ, 2),
            (b'-', b'>') => (THIN_ARROW, 2),
            (b'-', b'-') => {
                known = false;
                no_token(2)
            }
            (b'-', _) => (MINUS, 1),
            (b'*', b'=') => (STAR_EQ, 2),
            (b'*', b'*') if third == b'=' => {
                known = false;
                (STAR2_EQ, 3)
            }
            (b'*', b'*') => {
                known = false;
                (STAR2, 2)
            }
            (b'*', _) => (STAR, 1),
            (b'/', b'=') => (SLASH_EQ, 2),
            (b'/', b'*') if self.interpolation.is_none() => return self.block_comment(b"*/"),
            (b'/', _) => (SLASH, 1),
            (b'%', b'=') => (PERCENT_EQ, 2),
            (b'%', b'%') => {
                known = false;
                no_token(2)
            }
            (b'%', _) => (PERCENT, 1),
            (b'!', b'=') => (NEQ, 2),
            (b'!', _) => {
                known = false;
                (BANG, 1)
            }
            (b';', _) => {
                self.pos += 1;
                self.fail(LexError::Semicolon);
                return SEMICOLON;
            }
            (b'\\', b'"') if self.interpolation.is_some() => return self.escaped_quote(),
            (b'\'', _) => {
                known = false;
                no_token(self.character_len())
            }
            _ => {
                known = false;
                no_token(1)
            }
        };
        self.pos += len;
        if !known {
            self.fail(LexError::NoSuchToken);
        }
        kind
    }

    /// The length of what would be a character or a string elsewhere: one mistake, one token.
    fn character_len(&self) -> usize {
        if self.interpolation.is_some() {
            return 1;
        }
        let body = &self.bytes[self.pos + 1..];
        let body = &body[..body.len().min(MOST_QUOTED)];
        let mut at = 0;
        while let Some(byte) = body.get(at) {
            match byte {
                b'\'' => return if at == 0 { 1 } else { at + 2 },
                b'\\' if body.get(at + 1).is_some_and(|b| b.is_ascii() && *b != b'\n') => at += 2,
                b'\n' | b'"' => return 1,
                _ => at += 1,
            }
        }
        1
    }
}

/// How far the end of something in single quotes is looked for.
const MOST_QUOTED: usize = 80;

impl Iterator for Lexer<'_> {
    type Item = Token;

    #[inline]
    fn next(&mut self) -> Option<Token> {
        if self.pos >= self.bytes.len() {
            return None;
        }
        let start = self.pos;
        let kind = self.token();
        // However a damaged literal was cut off, a token ends between two characters.
        while self.bytes.get(self.pos).is_some_and(|byte| byte & 0xc0 == 0x80) {
            self.pos += 1;
        }
        self.prev = kind;
        Some(Token { kind, len: (self.pos - start) as u32 })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Lower,
    Upper,
    Digit,
    Quote,
    Hash,
    Underscore,
    Punct,
    Control,
    Wide,
}

static CLASS: [Class; 256] = {
    let mut table = [Class::Punct; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = match i as u8 {
            b' ' | b'\t' | b'\n' | b'\r' => Class::Space,
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b'"' => Class::Quote,
            b'#' => Class::Hash,
            b'_' => Class::Underscore,
            0..=31 | 127 => Class::Control,
            128..=255 => Class::Wide,
            _ => Class::Punct,
        };
        i += 1;
    }
    table
};

static IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = (i as u8).is_ascii_alphanumeric() || i as u8 == b'_';
        i += 1;
    }
    table
};
