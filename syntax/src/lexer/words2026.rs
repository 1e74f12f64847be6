//! Tokens of edition 2026 that differ from those of edition 2023.

use memchr::memchr;

use super::{IS_WORD, LexError, Lexer};
use crate::{SyntaxKind, T};

impl Lexer<'_> {
    /// Digits in one of four bases, a fraction in base ten, and a suffix such as `_u8`.
    pub(super) fn number_2026(&mut self) -> SyntaxKind {
        let after_dot = self.prev == T![.];
        let (kind, prefix): (_, usize) = match (self.peek(0), self.peek(1)) {
            _ if after_dot => (T![int_number], 0),
            (b'0', b'b') => (T![bin_number], 2),
            (b'0', b'o') => (T![oct_number], 2),
            (b'0', b'x') => (T![hex_number], 2),
            _ => (T![int_number], 0),
        };
        self.pos += prefix;
        let digits = self.pos;
        self.skip(|b| if kind == T![hex_number] { b.is_ascii_hexdigit() } else { b.is_ascii_digit() });
        let mut kind = kind;
        if kind == T![int_number] && !after_dot && self.peek(0) == b'.' && self.peek(1).is_ascii_digit() {
            self.pos += 1;
            self.skip(|b| b.is_ascii_digit());
            kind = T![dec_number];
        }
        let empty = self.pos == digits;
        let suffix = self.pos;
        self.word();
        if empty || self.pos > suffix && !is_suffix(&self.bytes[suffix..self.pos], kind) {
            self.fail(LexError::NumberSuffix);
        }
        kind
    }

    fn skip(&mut self, accept: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.pos..];
        self.pos += rest.iter().position(|b| !accept(*b)).unwrap_or(rest.len());
    }

    /// A string or character; `open` bytes come before its text. A backslash does not protect a quote.
    pub(super) fn quoted_2026(&mut self, open: usize, kind: SyntaxKind) -> SyntaxKind {
        let quote = self.bytes[self.pos + open - 1];
        let body = self.pos + open;
        match memchr(quote, &self.bytes[body..]) {
            Some(at) => self.pos = body + at + 1,
            None => {
                self.pos = self.line_end(body);
                self.fail(LexError::UnterminatedString);
            }
        }
        kind
    }

    pub(super) fn byte_literal_2026(&mut self) -> SyntaxKind {
        let kind = if self.peek(1) == b'"' { T![byte_string] } else { T![byte_char] };
        self.quoted_2026(2, kind)
    }

    pub(super) fn punct_2026(&mut self, first: u8) -> SyntaxKind {
        use SyntaxKind::*;
        let (second, third) = (self.peek(1), self.peek(2));
        let (kind, len) = match (first, second) {
            (b'\'', _) => return self.quoted_2026(1, CHAR),
            (b'*', b'*') if third == b'=' => (STAR2_EQ, 3),
            (b'<', b'<') if third == b'=' => (SHL_EQ, 3),
            (b'>', b'>') if third == b'=' => (SHR_EQ, 3),
            (b'.', b'.') => (DOT2, 2),
            (b':', b':') => (COLON2, 2),
            (b'-', b'>') => (THIN_ARROW, 2),
            (b'*', b'*') => (STAR2, 2),
            (b'<', b'<') => (SHL, 2),
            (b'>', b'>') => (SHR, 2),
            (b'=', b'=') => (EQ2, 2),
            (b'!', b'=') => (NEQ, 2),
            (b'<', b'=') => (LTEQ, 2),
            (b'>', b'=') => (GTEQ, 2),
            (b'+', b'=') => (PLUS_EQ, 2),
            (b'-', b'=') => (MINUS_EQ, 2),
            (b'*', b'=') => (STAR_EQ, 2),
            (b'/', b'=') => (SLASH_EQ, 2),
            (b'%', b'=') => (PERCENT_EQ, 2),
            (b'|', b'=') => (PIPE_EQ, 2),
            (b'^', b'=') => (CARET_EQ, 2),
            (b'&', b'=') => (AMP_EQ, 2),
            (b'=', _) => (EQ, 1),
            (b'<', _) => (LT, 1),
            (b'>', _) => (GT, 1),
            (b'+', _) => (PLUS, 1),
            (b'-', _) => (MINUS, 1),
            (b'*', _) => (STAR, 1),
            (b'/', _) => (SLASH, 1),
            (b'%', _) => (PERCENT, 1),
            (b'(', _) => (L_PAREN, 1),
            (b')', _) => (R_PAREN, 1),
            (b'[', _) => (L_BRACK, 1),
            (b']', _) => (R_BRACK, 1),
            (b'{', _) => (L_BRACE, 1),
            (b'}', _) => (R_BRACE, 1),
            (b'?', _) => (QUESTION, 1),
            (b':', _) => (COLON, 1),
            (b'&', _) => (AMP, 1),
            (b'|', _) => (PIPE, 1),
            (b'^', _) => (CARET, 1),
            (b'.', _) => (DOT, 1),
            (b',', _) => (COMMA, 1),
            (b'@', _) => (AT, 1),
            (b'!', _) => (BANG, 1),
            (b';', _) => (SEMICOLON, 1),
            (b'$', b'a'..=b'z' | b'A'..=b'Z') => {
                // a name that only a compiler may make
                self.pos += 1;
                let kind = if second.is_ascii_uppercase() { UIDENT } else { IDENT };
                self.word();
                self.fail(LexError::LeadingUnderscore);
                return kind;
            }
            _ => {
                self.pos += 1;
                self.fail(LexError::NoSuchToken);
                return ERROR_TOKEN;
            }
        };
        self.pos += len;
        kind
    }
}

fn is_suffix(text: &[u8], kind: SyntaxKind) -> bool {
    debug_assert!(text.iter().all(|b| IS_WORD[*b as usize]));
    if kind == T![dec_number] {
        return matches!(text, b"_f8" | b"_f16" | b"_f32" | b"_f64" | b"_f128" | b"_f256");
    }
    let Some(rest) = text.strip_prefix(b"_s").or_else(|| text.strip_prefix(b"_u")) else { return false };
    matches!(rest, b"8" | b"16" | b"32" | b"64" | b"128" | b"256" | b"z")
}
