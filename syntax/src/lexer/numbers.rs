//! Number literals of edition 2023 (LX15–LX17).

use super::{IS_WORD, LexError, Lexer};
use crate::{SyntaxKind, T};

impl Lexer<'_> {
    pub(super) fn number(&mut self) -> SyntaxKind {
        let start = self.pos;
        let mut kind = T![int_number];
        // LX16: after a `.` only a plain integer is read
        if self.prev == T![.] {
            self.digits(|b| b.is_ascii_digit());
        } else if self.peek(0) == b'0' && self.peek(1) == b'b' {
            self.pos += 2;
            self.digits(|b| matches!(b, b'0' | b'1' | b'_'));
            kind = T![bin_number];
        } else if self.peek(0) == b'0' && self.peek(1) == b'x' {
            self.pos += 2;
            self.digits(|b| b.is_ascii_hexdigit() || b == b'_');
            kind = T![hex_number];
        } else {
            self.decimal_digits();
            if self.peek(0) == b'.' && self.peek(1).is_ascii_digit() {
                self.pos += 1;
                self.decimal_digits();
                kind = T![dec_number];
            }
            // LX15: the mark `i` may stand before the exponent
            let marked = self.imaginary_mark();
            if matches!(self.peek(0), b'e' | b'E') {
                let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
                if self.peek(1 + sign).is_ascii_digit() {
                    self.pos += 1 + sign;
                    self.decimal_digits();
                    kind = T![dec_number];
                }
            }
            if marked || self.imaginary_mark() {
                kind = T![dec_number];
            }
        }
        // LX17: no letter, digit or `_` may follow, and a separator stands between two digits
        let dangling = self.bytes[self.pos - 1] == b'_'
            || (kind != T![int_number] && kind != T![dec_number])
                && (self.pos - start == 2 || self.bytes[start + 2] == b'_');
        if dangling || IS_WORD[self.peek(0) as usize] && self.pos < self.bytes.len() {
            self.word();
            self.fail(LexError::NumberSuffix);
        }
        kind
    }

    fn imaginary_mark(&mut self) -> bool {
        let found = matches!(self.peek(0), b'i' | b'I');
        self.pos += usize::from(found);
        found
    }

    fn decimal_digits(&mut self) {
        self.digits(|b| b.is_ascii_digit() || b == b'_');
    }

    fn digits(&mut self, accept: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.pos..];
        self.pos += rest.iter().position(|b| !accept(*b)).unwrap_or(rest.len());
    }
}
