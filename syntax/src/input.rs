//! The tokens of a text as the grammar sees them: without trivia, with line starts and matching brackets.

use std::borrow::Cow;

use rowan::{TextRange, TextSize};

use crate::ast::bad_escapes;
use crate::error::{SyntaxError, TextEdit};
use crate::lexer::{LexError, Lexer};
use crate::{Edition, SyntaxKind, T};

/// A token that the grammar sees.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tok {
    /// What the grammar takes the token for: `::` is read as `.` once it is reported.
    pub(crate) kind: SyntaxKind,
    flags: u8,
    /// Its place among all tokens.
    pub(crate) raw: u32,
}

const FIRST_ON_LINE: u8 = 1;
const JOINT: u8 = 2;
const REPORTED: u8 = 4;

/// No bracket matches.
const NONE: u32 = u32::MAX;

pub(crate) struct Input<'t> {
    pub(crate) text: &'t str,
    pub(crate) edition: Edition,
    /// Kind of every token, trivia included.
    pub(crate) raw_kinds: Vec<SyntaxKind>,
    /// Start of every token, then the length of the text.
    pub(crate) raw_starts: Vec<u32>,
    toks: Vec<Tok>,
    /// For a bracket among `toks`, the one that matches it.
    matching: Vec<u32>,
    /// Tokens that are reported and that the grammar does not see, in order.
    put_aside: Vec<u32>,
    /// Every brace has its partner.
    pub(crate) balanced: bool,
    pub(crate) errors: Vec<SyntaxError>,
    /// Some token's end depends on text outside any block: an unterminated string or comment, a quote in an
    /// interpolation.
    pub(crate) unbounded: bool,
}

impl<'t> Input<'t> {
    pub(crate) fn new(text: &'t str, edition: Edition) -> Input<'t> {
        let mut builder = Builder::new(text, edition);
        let mut lexer = Lexer::new(text, edition);
        while let Some(token) = lexer.next() {
            builder.push(token.kind, token.len, &lexer);
        }
        builder.finish()
    }

    /// The number of tokens that the grammar sees.
    pub(crate) fn len(&self) -> usize {
        self.toks.len()
    }

    #[inline]
    pub(crate) fn kind(&self, index: usize) -> SyntaxKind {
        match self.toks.get(index) {
            Some(tok) => tok.kind,
            None => SyntaxKind::EOF,
        }
    }

    fn flag(&self, index: usize, flag: u8) -> bool {
        self.toks.get(index).is_some_and(|tok| tok.flags & flag != 0)
    }

    #[inline]
    pub(crate) fn is_first_on_line(&self, index: usize) -> bool {
        self.flag(index, FIRST_ON_LINE)
    }

    /// Nothing stands between this token and the one before it.
    pub(crate) fn is_joint(&self, index: usize) -> bool {
        self.flag(index, JOINT)
    }

    /// The lexer has already reported this token.
    pub(crate) fn is_reported(&self, index: usize) -> bool {
        self.flag(index, REPORTED)
    }

    /// The bracket that matches the one at `index`.
    pub(crate) fn matching(&self, index: usize) -> Option<usize> {
        self.matching.get(index).copied().filter(|it| *it != NONE).map(|it| it as usize)
    }

    pub(crate) fn range(&self, index: usize) -> TextRange {
        match self.toks.get(index) {
            Some(tok) => self.raw_range(tok.raw as usize),
            None => TextRange::empty(TextSize::new(self.text.len() as u32)),
        }
    }

    pub(crate) fn token_text(&self, index: usize) -> &'t str {
        &self.text[self.range(index)]
    }

    pub(crate) fn is_put_aside(&self, raw: usize) -> bool {
        !self.put_aside.is_empty() && self.put_aside.binary_search(&(raw as u32)).is_ok()
    }

    pub(crate) fn raw_range(&self, raw: usize) -> TextRange {
        TextRange::new(self.raw_starts[raw].into(), self.raw_starts[raw + 1].into())
    }

    /// How far the token stands from the start of its line, in bytes. For tokens that are first on theirs.
    pub(crate) fn column(&self, index: usize) -> u32 {
        let start = usize::from(self.range(index).start());
        let line = memchr::memrchr(b'\n', &self.text.as_bytes()[..start]).map_or(0, |at| at + 1);
        (start - line) as u32
    }
}

struct Builder<'t> {
    input: Input<'t>,
    offset: u32,
    first_on_line: bool,
    joint: bool,
    /// Open brackets, each with the numbers of open parentheses and square brackets inside the innermost brace.
    open: Vec<(SyntaxKind, u32)>,
    frames: Vec<[u32; 2]>,
    /// The start of a run of tokens with one and the same error, which is reported once.
    run: Option<(LexError, u32)>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, edition: Edition) -> Builder<'t> {
        // What S++ usually comes to: two tokens for five bytes, three of four are no trivia.
        let all = text.len() * 2 / 5 + 8;
        let seen = all * 3 / 4;
        Builder {
            input: Input {
                text,
                edition,
                raw_kinds: Vec::with_capacity(all),
                raw_starts: Vec::with_capacity(all),
                toks: Vec::with_capacity(seen),
                matching: Vec::with_capacity(seen),
                put_aside: Vec::new(),
                balanced: true,
                errors: Vec::new(),
                unbounded: false,
            },
            offset: 0,
            first_on_line: true,
            joint: false,
            open: Vec::new(),
            frames: vec![[0, 0]],
            run: None,
        }
    }

    #[inline]
    fn push(&mut self, kind: SyntaxKind, len: u32, lexer: &Lexer<'_>) {
        let raw = self.input.raw_kinds.len() as u32;
        self.input.raw_kinds.push(kind);
        self.input.raw_starts.push(self.offset);
        let start = self.offset;
        self.offset += len;
        if kind.is_trivia() {
            self.joint = false;
            self.first_on_line |= lexer.newline;
            if let Some(error) = lexer.error {
                self.report(error, start);
            }
            return;
        }
        let mut reported = false;
        let mut seen = kind;
        if lexer.escapes {
            self.escapes(start);
        }
        if let Some(error) = lexer.error {
            reported = true;
            self.report(error, start);
            match reread(kind, &self.input.text[start as usize..self.offset as usize]) {
                Some(kind) => seen = kind,
                None => {
                    // LX4: a parser recovers from `;` by treating it as a line end.
                    self.first_on_line |= kind == T![;];
                    self.joint = false;
                    self.input.put_aside.push(raw);
                    return;
                }
            }
        } else {
            self.run = None;
        }
        let flags = if self.first_on_line { FIRST_ON_LINE } else { 0 }
            | if self.joint { JOINT } else { 0 }
            | if reported { REPORTED } else { 0 };
        let index = self.input.toks.len() as u32;
        self.input.toks.push(Tok { kind: seen, flags, raw });
        self.input.matching.push(NONE);
        self.first_on_line = false;
        self.joint = true;
        match seen {
            T!['('] | T!['['] | T!['{'] => self.opener(seen, index),
            T![')'] | T![']'] | T!['}'] => self.closer(seen, index),
            _ => {}
        }
    }

    fn opener(&mut self, kind: SyntaxKind, index: u32) {
        self.open.push((kind, index));
        match kind {
            T!['{'] => self.frames.push([0, 0]),
            _ => {
                if let Some(frame) = self.frames.last_mut() {
                    frame[usize::from(kind == T!['['])] += 1;
                }
            }
        }
    }

    /// A closing brace ends whatever was left open inside it; another bracket never reaches beyond a brace.
    fn closer(&mut self, kind: SyntaxKind, index: u32) {
        let opener = match kind {
            T!['}'] => {
                if self.frames.len() == 1 {
                    self.input.balanced = false;
                    return;
                }
                self.frames.pop();
                T!['{']
            }
            T![')'] => T!['('],
            _ => T!['['],
        };
        if opener != T!['{'] {
            let open = self.frames.last().map_or(0, |frame| frame[usize::from(opener == T!['['])]);
            if open == 0 {
                return;
            }
        }
        while let Some((kind, at)) = self.open.pop() {
            if kind != T!['{']
                && opener != T!['{']
                && let Some(frame) = self.frames.last_mut()
            {
                frame[usize::from(kind == T!['['])] -= 1;
            }
            if kind == opener {
                self.input.matching[at as usize] = index;
                self.input.matching[index as usize] = at;
                return;
            }
        }
    }

    fn escapes(&mut self, start: u32) {
        let Input { text, errors, .. } = &mut self.input;
        let raw = &text[start as usize..self.offset as usize];
        bad_escapes(raw, start.into(), |error| {
            let text = &text[error.range];
            errors.push(
                SyntaxError::error(
                    "LX19",
                    format!("unknown escape `{}`", text.escape_default()),
                    error.range,
                )
                .with_note("the escapes are `\\\\ \\\" \\n \\r \\t \\0 \\$ \\xHH \\u{H…}`"),
            );
        });
    }

    fn report(&mut self, error: LexError, start: u32) {
        let range = TextRange::new(start.into(), self.offset.into());
        self.input.unbounded |= matches!(
            error,
            LexError::UnterminatedComment
                | LexError::UnterminatedString
                | LexError::QuoteInInterpolation
                | LexError::UnclosedInterpolation
        );
        let Input { text, errors, edition, .. } = &mut self.input;
        // `;;;;` and a run of stray marks are one mistake
        if let Some((known, end)) = self.run
            && known == error
            && end == start
            && let Some(last) = errors.last_mut()
        {
            last.range = last.range.cover(range);
            last.fix = None;
            self.run = Some((error, self.offset));
            return;
        }
        self.run = Some((error, self.offset));
        errors.push(describe(error, &text[range], range, *edition));
    }

    fn finish(mut self) -> Input<'t> {
        self.input.balanced &= self.frames.len() == 1;
        self.input.raw_starts.push(self.offset);
        self.input
    }
}

/// What the grammar should take a wrong token for; nothing where it is best not seen at all.
fn reread(kind: SyntaxKind, text: &str) -> Option<SyntaxKind> {
    match kind {
        T![::] => Some(T![.]),
        T![..] => Some(T![...]),
        SyntaxKind::STAR2 => Some(T![*]),
        SyntaxKind::STAR2_EQ => Some(T![*=]),
        T![=>] => Some(T![=>]),
        T![!] | T![;] => None,
        SyntaxKind::ERROR_TOKEN => match text {
            "%%" => Some(T![%]),
            "??" => Some(T![?]),
            _ if text.len() > 2 && text.starts_with('\'') => Some(T![string]),
            _ => None,
        },
        kind => Some(kind),
    }
}

fn describe(error: LexError, text: &str, range: TextRange, edition: Edition) -> SyntaxError {
    let say = |code, message: &'static str| SyntaxError::error(code, message, range);
    match error {
        LexError::NotAscii => say("LX1", "text beyond ASCII stands only in comments and literals")
            .with_note("names, keywords, operators and numbers are ASCII"),
        LexError::ControlCharacter => say("LX2", "control character")
            .with_note("white space is space, tab and line feed, the latter perhaps after a carriage return")
            .with_fix("remove it", TextEdit::delete(range)),
        LexError::Semicolon => say("LX4", "statements are not separated by `;`")
            .with_note("a statement ends where its line does")
            .with_fix("remove `;`", TextEdit::delete(range)),
        LexError::UnterminatedComment => {
            let open = TextRange::at(range.start(), 2.into());
            SyntaxError::error("LX10", "this comment has no end", open).with_note("`*/` ends a block comment")
        }
        LexError::LeadingUnderscore if edition == Edition::E2026 => {
            say("LX12", "names with `$` belong to the compiler")
        }
        LexError::LeadingUnderscore => {
            let bare = text.trim_start_matches('_').to_owned();
            let error = say("LX12", "a name does not begin with `_`")
                .with_note("`_` alone is the placeholder; names with two underscores belong to the compiler");
            match bare.starts_with(|c: char| c.is_ascii_alphabetic()) {
                true => error.with_fix(format!("rename to `{bare}`"), TextEdit::replace(range, bare)),
                false => error,
            }
        }
        LexError::NumberSuffix => {
            let note = match text.as_bytes() {
                [b'0', b'o', ..] => "there are no octal literals; `0b` is binary and `0x` hexadecimal",
                [b'0', b'b' | b'B', ..] => {
                    "a binary literal has digits 0 and 1, with `_` only between two of them"
                }
                [.., b'_'] => "`_` separates digits, so it stands between two of them",
                _ => "a number may not be followed directly by a letter, a digit or `_`",
            };
            SyntaxError::error("LX17", format!("`{text}` is not a number"), range).with_note(note)
        }
        LexError::UnterminatedString => say("LX19", "this string has no end")
            .with_note("no `\"` follows before the next declaration, so the string ends with its line"),
        LexError::QuoteInInterpolation => say("LX20", "a string cannot stand inside `${…}`")
            .with_note("bind it with `let` first and interpolate the variable"),
        LexError::UnclosedInterpolation => say("LX20", "the string ends before the `}` of its interpolation")
            .with_note("write `\\${` for a dollar sign and a brace"),
        LexError::UnterminatedRegex => say("LX21", "this regular expression has no end")
            .with_note("a regex literal ends at the next unescaped `\"` of its line"),
        LexError::NoSuchToken => no_such_token(text, range),
    }
}

/// LX23, with the way to say it in S++ where there is one.
fn no_such_token(text: &str, range: TextRange) -> SyntaxError {
    let note: &'static str = match text {
        "!" => "write `.not()` behind the operand",
        "~" => "write `.bit_not()` behind the operand",
        "++" => "write `+= 1`",
        "--" => "write `-= 1`",
        "**" | "**=" => "write `.pow(…)`",
        "%%" => "write `%`; the remainder is never negative",
        "??" => "write a single `?`, or `.unwrap_or(…)`",
        "?:" => "there is no conditional operator; write an `if`",
        "|>" => "there is no pipe; call the method with `.name(…)`",
        "=>" => "a lambda is written with `->`, a branch without a mark",
        "::" => "names are joined with `.`",
        ".." => "the ellipsis has three dots: `...`",
        _ if text.starts_with('\'') => "strings are written with `\"`; a character is a string of one",
        _ => "this mark has no meaning in S++",
    };
    let shown: Cow<'_, str> = match text.chars().count() {
        0..=12 => Cow::Borrowed(text),
        _ => Cow::Owned(text.chars().take(12).chain(['…']).collect()),
    };
    let error = SyntaxError::error("LX23", format!("`{shown}` is not a token of S++"), range).with_note(note);
    let insert = match text {
        "::" => ".".to_owned(),
        ".." => "...".to_owned(),
        "%%" => "%".to_owned(),
        "=>" => "->".to_owned(),
        _ if text.len() > 2 && text.starts_with('\'') => format!("\"{}\"", &text[1..text.len() - 1]),
        _ => return error,
    };
    let title = format!("write `{insert}`");
    error.with_fix(title, TextEdit::replace(range, insert))
}
