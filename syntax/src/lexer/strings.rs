//! Strings, interpolation and regular expressions of edition 2023 (LX19–LX21).
//!
//! A string without interpolation is one `STRING`. Otherwise it is a `STRING_HEAD` that ends in `${`, the
//! tokens of the expression, and either a `STRING_MID` (`}…${`) and so on or a `STRING_TAIL` (`}…"`). An
//! interpolation cannot contain a string (LX20), so the lexer's state is one record and no stack.

use memchr::memchr;

use super::{LexError, Lexer};
use crate::{SyntaxKind, T};

/// The string whose interpolation is being read.
pub(super) struct Interpolation {
    /// Open braces inside the `${…}`.
    pub(super) braces: u32,
    /// Where the string ends: at its closing quote or, if it has none, at the end of its line.
    pub(super) limit: usize,
    pub(super) terminated: bool,
}

/// How far a quote inside an interpolation is followed to see whether it begins a nested string.
const NESTED_WINDOW: usize = 256;

impl Lexer<'_> {
    /// At an opening quote.
    pub(super) fn string(&mut self) -> SyntaxKind {
        let body = self.pos + 1;
        let close = self.closing_quote(body);
        let (limit, terminated) = match close {
            Some(at) => (at, true),
            None => (self.line_end(body), false),
        };
        if !terminated {
            self.fail(LexError::UnterminatedString);
        }
        match self.next_interpolation(body, limit) {
            Some(at) => {
                self.interpolation = Some(Interpolation { braces: 0, limit, terminated });
                self.pos = at + 2;
                T![string_head]
            }
            None => {
                self.pos = limit + usize::from(terminated);
                T![string]
            }
        }
    }

    /// At the `}` that ends an interpolation.
    pub(super) fn string_continues(&mut self) -> SyntaxKind {
        let Some(state) = &mut self.interpolation else { return T!['}'] };
        let (limit, terminated) = (state.limit, state.terminated);
        match self.next_interpolation(self.pos + 1, limit) {
            Some(at) => {
                self.pos = at + 2;
                T![string_mid]
            }
            None => {
                self.interpolation = None;
                self.pos = limit + usize::from(terminated);
                T![string_tail]
            }
        }
    }

    /// Inside an interpolation: handles the end of the string, if it is here.
    #[inline]
    pub(super) fn at_string_limit(&mut self) -> Option<SyntaxKind> {
        let state = self.interpolation.as_ref()?;
        if self.pos < state.limit {
            return None;
        }
        if !state.terminated {
            // LX19: the string ended with its line; what follows is code again.
            self.interpolation = None;
            return None;
        }
        if let Some(end) = self.nested_string_end() {
            // LX20: someone nested a string. Read it as one, so that the rest is read as it was meant.
            self.pos = end;
            let (limit, terminated) = match self.closing_quote(end) {
                Some(at) => (at, true),
                None => (self.line_end(end), false),
            };
            if let Some(state) = &mut self.interpolation {
                state.limit = limit;
                state.terminated = terminated;
            }
            self.fail(LexError::QuoteInInterpolation);
            return Some(T![string]);
        }
        self.interpolation = None;
        self.pos += 1;
        self.fail(LexError::UnclosedInterpolation);
        Some(T![string_tail])
    }

    /// The quote that ends the string with this body: the next unescaped one, provided that it stands before
    /// the next line that begins with a declaration keyword (LX19 as amended).
    fn closing_quote(&mut self, body: usize) -> Option<usize> {
        if (self.no_quote.0..self.no_quote.1).contains(&body) {
            return None;
        }
        let mut at = body;
        let found = loop {
            let Some(found) = self.bytes[at..].iter().position(|b| matches!(b, b'"' | b'\\' | b'\n')) else {
                break Err(self.bytes.len());
            };
            at += found;
            match self.bytes[at] {
                b'"' => break Ok(at),
                b'\\' if self.bytes.get(at + 1) == Some(&b'\n') => at += 1,
                b'\\' => at = (at + 2).min(self.bytes.len()),
                _ => {
                    at += 1;
                    if self.declaration_line(at) {
                        break Err(at);
                    }
                }
            }
        };
        if let Err(end) = found {
            self.no_quote = (body, end);
        }
        found.ok()
    }

    /// Whether the line that starts here begins with a word that begins a declaration, or with `@`.
    fn declaration_line(&self, start: usize) -> bool {
        let rest = &self.bytes[start..];
        let Some(indent) = rest.iter().position(|b| !matches!(b, b' ' | b'\t')) else { return false };
        let rest = &rest[indent..];
        if rest[0] == b'@' {
            return true;
        }
        let len = rest.iter().take(5).position(|b| !super::IS_WORD[*b as usize]).unwrap_or(rest.len().min(5));
        matches!(&rest[..len], b"mod" | b"use" | b"cls" | b"enum" | b"sup" | b"fn" | b"gn")
    }

    /// The next unescaped `${` before `limit`. Notes whether there is a backslash on the way.
    fn next_interpolation(&mut self, from: usize, limit: usize) -> Option<usize> {
        let mut at = from;
        while at < limit {
            at += self.bytes[at..limit].iter().position(|b| matches!(b, b'\\' | b'$'))?;
            if self.bytes[at] == b'\\' {
                self.escapes = true;
                at += 2;
            } else if at + 1 < limit && self.bytes[at + 1] == b'{' {
                return Some(at);
            } else {
                at += 1;
            }
        }
        None
    }

    /// At a quote inside an interpolation: the end of a nested string, if the line goes on as though there
    /// were one, that is with the `}` of the interpolation and another quote.
    fn nested_string_end(&mut self) -> Option<usize> {
        self.nested_quotes_left = self.nested_quotes_left.checked_sub(1)?;
        let start = self.pos + 1;
        let window = &self.bytes[start..self.bytes.len().min(start + NESTED_WINDOW)];
        let window = &window[..window.iter().position(|b| *b == b'\n').unwrap_or(window.len())];
        let inner = window.iter().position(|b| *b == b'"')?;
        let mut braces = self.interpolation.as_ref()?.braces;
        let mut at = inner + 1;
        let mut quoted = false;
        loop {
            match window.get(at)? {
                b'"' => quoted = !quoted,
                b'{' if !quoted => braces = braces.saturating_add(1),
                b'}' if !quoted => match braces.checked_sub(1) {
                    Some(left) => braces = left,
                    None => break,
                },
                _ => {}
            }
            at += 1;
        }
        memchr(b'"', &window[at..]).map(|_| start + inner + 1)
    }

    /// At `\"` inside an interpolation (LX20): someone escaped the quotes of a nested string.
    pub(super) fn escaped_quote(&mut self) -> SyntaxKind {
        self.fail(LexError::QuoteInInterpolation);
        let start = self.pos + 2;
        let limit = self.interpolation.as_ref().map_or(start, |it| it.limit);
        let rest = self.bytes.get(start..limit.min(start + NESTED_WINDOW)).unwrap_or_default();
        match rest.windows(2).position(|pair| pair == b"\\\"") {
            Some(at) if !rest[..at].contains(&b'\n') => {
                self.pos = start + at + 2;
                T![string]
            }
            _ => {
                self.pos = start;
                SyntaxKind::ERROR_TOKEN
            }
        }
    }

    /// At `r"` (LX21).
    pub(super) fn regex(&mut self) -> SyntaxKind {
        let mut at = self.pos + 2;
        loop {
            match self.bytes.get(at) {
                Some(b'"') => {
                    self.pos = at + 1;
                    return T![regex];
                }
                Some(b'\\') if !matches!(self.bytes.get(at + 1), None | Some(b'\n' | b'\r')) => at += 2,
                Some(b'\n') | None => {
                    self.pos = at - usize::from(at > self.pos + 2 && self.bytes[at - 1] == b'\r');
                    self.fail(LexError::UnterminatedRegex);
                    return T![regex];
                }
                Some(_) => at += 1,
            }
        }
    }
}
