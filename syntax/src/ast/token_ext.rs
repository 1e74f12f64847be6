//! The values of literal tokens.

use rowan::{TextRange, TextSize};

use crate::ast::AstToken;
use crate::{SyntaxKind, SyntaxToken};

macro_rules! token {
    ($(#[$doc:meta])* $name:ident: $($kind:ident)|+) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name {
            syntax: SyntaxToken,
        }

        impl AstToken for $name {
            fn can_cast(kind: SyntaxKind) -> bool {
                matches!(kind, $(SyntaxKind::$kind)|+)
            }

            fn cast(syntax: SyntaxToken) -> Option<Self> {
                Self::can_cast(syntax.kind()).then_some($name { syntax })
            }

            fn syntax(&self) -> &SyntaxToken {
                &self.syntax
            }
        }
    };
}

token! {
    /// A line comment or a block comment.
    Comment: COMMENT | BLOCK_COMMENT
}
token! {
    /// A lower-case name.
    Ident: IDENT
}
token! {
    /// An upper-case name.
    UIdent: UIDENT
}
token! {
    Number: INT_NUMBER | DEC_NUMBER | BIN_NUMBER | HEX_NUMBER | OCT_NUMBER
}
token! {
    /// A string without interpolation.
    StringLiteral: STRING
}
token! {
    /// A stretch of an interpolated string between its expressions.
    StringFragment: STRING_HEAD | STRING_MID | STRING_TAIL
}
token! {
    Regex: REGEX
}

/// A number literal taken apart (LX15). Digit separators are removed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NumberParts {
    /// 2, 8, 10 or 16.
    pub radix: u32,
    /// The digits of the integer part, without the prefix of the base.
    pub integer: String,
    /// The digits after the point.
    pub fraction: Option<String>,
    /// The exponent of ten with its sign, as written: `-3`, `+10`, `7`.
    pub exponent: Option<String>,
    /// Marked with `i`.
    pub imaginary: bool,
    /// The suffix of edition 2026 without its underscore: `u8`, `f64`.
    pub suffix: Option<String>,
}

impl Number {
    pub fn parts(&self) -> NumberParts {
        let text = self.text();
        let (radix, digits) = match self.syntax.kind() {
            SyntaxKind::BIN_NUMBER => (2, &text[2..]),
            SyntaxKind::OCT_NUMBER => (8, &text[2..]),
            SyntaxKind::HEX_NUMBER => (16, &text[2..]),
            _ => (10, text),
        };
        let (digits, suffix) = match digits.rfind('_') {
            Some(at)
                if digits[at + 1..].starts_with(['s', 'u'])
                    || digits[at + 1..].starts_with('f') && radix == 10 =>
            {
                (&digits[..at], Some(digits[at + 1..].to_owned()))
            }
            _ => (digits, None),
        };
        let mut digits: String = digits.chars().filter(|c| *c != '_').collect();
        let mut parts = NumberParts {
            radix,
            integer: String::new(),
            fraction: None,
            exponent: None,
            imaginary: false,
            suffix,
        };
        if radix == 10 {
            parts.imaginary = digits.contains(['i', 'I']);
            digits.retain(|c| !matches!(c, 'i' | 'I'));
            if let Some((mantissa, exponent)) = digits.split_once(['e', 'E']) {
                parts.exponent = Some(exponent.to_owned());
                digits = mantissa.to_owned();
            }
            if let Some((integer, fraction)) = digits.split_once('.') {
                parts.fraction = Some(fraction.to_owned());
                digits = integer.to_owned();
            }
        }
        parts.integer = digits;
        parts
    }
}

impl StringLiteral {
    /// The text between the quotes, with escapes.
    pub fn raw_text(&self) -> &str {
        let text = self.text();
        let text = text.strip_prefix('"').unwrap_or(text);
        text.strip_suffix('"').unwrap_or(text)
    }

    /// The text that the literal denotes (LX19).
    pub fn value(&self) -> String {
        unescape(self.raw_text())
    }
}

impl StringFragment {
    /// The text between the quote, `${` and `}` marks, with escapes.
    pub fn raw_text(&self) -> &str {
        let text = self.text();
        let (open, close) = match self.syntax.kind() {
            SyntaxKind::STRING_HEAD => ("\"", "${"),
            SyntaxKind::STRING_MID => ("}", "${"),
            _ => ("}", "\""),
        };
        let text = text.strip_prefix(open).unwrap_or(text);
        text.strip_suffix(close).unwrap_or(text)
    }

    /// The text that the fragment denotes (LX19).
    pub fn value(&self) -> String {
        unescape(self.raw_text())
    }
}

impl Regex {
    /// The expression between the quotes; `\"` stands for a quote, any other escape is the regex dialect's (LX21).
    pub fn pattern(&self) -> String {
        let text = self.text();
        let text = text.strip_prefix("r\"").unwrap_or(text);
        text.strip_suffix('"').unwrap_or(text).replace("\\\"", "\"")
    }
}

/// Something that is not an escape, and where it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EscapeError {
    pub range: TextRange,
}

/// Decodes the escapes of LX19. What is no escape stands for itself without the backslash.
pub fn unescape(raw: &str) -> String {
    if !raw.contains('\\') {
        return raw.to_owned();
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (len, value) = escape(&rest[at..]);
        match value {
            Some(c) => out.push(c),
            None => out.push_str(&rest[at + 1..at + len]),
        }
        rest = &rest[at + len..];
    }
    out.push_str(rest);
    out
}

/// The places in `raw` where a backslash does not begin an escape of LX19.
pub(crate) fn bad_escapes(raw: &str, offset: TextSize, mut report: impl FnMut(EscapeError)) {
    let mut at = 0;
    while let Some(found) = raw[at..].find('\\') {
        at += found;
        let (len, value) = escape(&raw[at..]);
        if value.is_none() {
            let start = offset + TextSize::new(at as u32);
            report(EscapeError { range: TextRange::at(start, TextSize::new(len as u32)) });
        }
        at += len;
    }
}

/// The length of the escape at the start of `text`, which begins with a backslash, and its value.
fn escape(text: &str) -> (usize, Option<char>) {
    let bytes = text.as_bytes();
    let simple = |c| (2, Some(c));
    match bytes.get(1) {
        Some(b'\\') => simple('\\'),
        Some(b'"') => simple('"'),
        Some(b'n') => simple('\n'),
        Some(b'r') => simple('\r'),
        Some(b't') => simple('\t'),
        Some(b'0') => simple('\0'),
        Some(b'$') => simple('$'),
        Some(b'x') => {
            let digits = bytes[2..].iter().take(2).take_while(|b| b.is_ascii_hexdigit()).count();
            let value = (digits == 2).then(|| u32::from_str_radix(&text[2..4], 16).ok()).flatten();
            (2 + digits, value.and_then(char::from_u32))
        }
        Some(b'u') => {
            let open = usize::from(bytes.get(2) == Some(&b'{'));
            let digits = bytes[2 + open..].iter().take(8).take_while(|b| b.is_ascii_hexdigit()).count();
            let end = 2 + open + digits;
            let closed = open == 1 && bytes.get(end) == Some(&b'}');
            let value = u32::from_str_radix(&text[2 + open..end], 16).ok().filter(|_| closed);
            (end + usize::from(closed), value.and_then(char::from_u32))
        }
        Some(_) => (1 + text[1..].chars().next().map_or(0, char::len_utf8), None),
        None => (1, None),
    }
}
