//! What the grammar works with: a cursor over the tokens and a list of events for the tree.
//!
//! Depth and work are bounded. `enter` counts nesting; `wrap` counts the height of what grows to the left
//! (`a.b.c`, `1 + 2 + 3`), so that no tree is deeper than its users can walk by recursion.

use std::borrow::Cow;

use rowan::{TextRange, TextSize};

use crate::error::{SyntaxError, TextEdit};
use crate::input::Input;
use crate::{SyntaxKind, T};

/// How deeply constructs may nest.
pub(crate) const NESTING_LIMIT: u32 = 160;
/// How high the tree of one expression may grow.
pub(crate) const HEIGHT_LIMIT: u32 = 480;
/// More errors than this are not worth reading.
pub(crate) const ERROR_LIMIT: usize = 4000;

/// A step of building the tree, in four bytes: a text has many of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event(u32);

impl Event {
    pub(crate) const TOKEN: Event = Event(u32::MAX);
    pub(crate) const FINISH: Event = Event(u32::MAX - 1);
    /// A start that was undone, or has been followed from its first child.
    pub(crate) const NOTHING: Event = Event(SyntaxKind::TOMBSTONE as u32);
    const KIND_BITS: u32 = 9;

    /// Starts a node. If `parent` is not 0, the node is itself the first child of the node that starts at the
    /// event that far ahead.
    fn start(kind: SyntaxKind, parent: u32) -> Event {
        Event(parent << Event::KIND_BITS | kind as u32)
    }

    /// The farthest that a parent may start behind its first child.
    const FARTHEST: u32 = (u32::MAX >> Event::KIND_BITS) - 1;

    /// Kind and parent of a node that starts here.
    pub(crate) fn as_start(self) -> (SyntaxKind, u32) {
        (SyntaxKind::from_raw((self.0 & ((1 << Event::KIND_BITS) - 1)) as u16), self.0 >> Event::KIND_BITS)
    }
}

/// Properties of the place in the text that decide how a token is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context {
    /// LX5: inside `( )` and `[ ]` line ends do not matter.
    pub(crate) in_brackets: bool,
    /// The list around the current token is never closed.
    pub(crate) unclosed: bool,
    /// SY30: the operator in front of `{` ends an `if` header.
    pub(crate) if_header: bool,
    /// The header of `if`, `while` or `with`, outside all brackets.
    pub(crate) header: bool,
    /// `as` ends the header of `with`.
    pub(crate) with_header: bool,
    /// The value of a `let`: an `else` behind it belongs to the `let`.
    pub(crate) let_value: bool,
}

pub(crate) struct Parser<'i, 't> {
    pub(crate) input: &'i Input<'t>,
    pub(crate) pos: usize,
    pub(crate) events: Vec<Event>,
    pub(crate) errors: Vec<SyntaxError>,
    pub(crate) cx: Context,
    /// Whether every brace has its partner; where not, indentation shows where a block ends.
    pub(crate) balanced: bool,
    depth: u32,
    height: u32,
    /// The greatest depth and height reached.
    pub(crate) reached: u32,
    /// Some limit was hit.
    pub(crate) limited: bool,
    /// The column of the declaration whose body is being parsed.
    pub(crate) item_column: u32,
    /// Parentheses and square brackets that are open around this place.
    pub(crate) open_brackets: u32,
    /// The token of the last SY0: one mistake, one diagnostic.
    last_error: usize,
    /// The line on which a missing closer was last reported.
    pub(crate) closer_line: Option<TextRange>,
    /// The name of the class or of the target of the `sup` block around this place (SY10).
    pub(crate) block_type: Option<&'t str>,
}

/// A nested construct that has been begun.
#[must_use]
pub(crate) struct Nest {
    height: u32,
}

/// A node that has been started.
#[must_use]
pub(crate) struct Marker {
    event: u32,
}

/// A node that has been finished, and may still become the first child of another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Completed {
    event: u32,
    pub(crate) kind: SyntaxKind,
}

impl<'i, 't> Parser<'i, 't> {
    pub(crate) fn new(input: &'i Input<'t>) -> Parser<'i, 't> {
        Parser {
            input,
            pos: 0,
            events: Vec::with_capacity(input.len() * 4 + 16),
            errors: Vec::new(),
            cx: Context::default(),
            balanced: input.balanced,
            depth: 0,
            height: 0,
            reached: 0,
            limited: false,
            item_column: 0,
            open_brackets: 0,
            last_error: usize::MAX,
            closer_line: None,
            block_type: None,
        }
    }

    //------------------------------------------------------------------------------------- looking

    #[inline]
    pub(crate) fn current(&self) -> SyntaxKind {
        self.input.kind(self.pos)
    }

    #[inline]
    pub(crate) fn nth(&self, n: usize) -> SyntaxKind {
        self.input.kind(self.pos + n)
    }

    #[inline]
    pub(crate) fn at(&self, kind: SyntaxKind) -> bool {
        self.current() == kind
    }

    pub(crate) fn at_end(&self) -> bool {
        self.at(SyntaxKind::EOF)
    }

    /// LX6: the current token begins a line and line ends matter here.
    #[inline]
    pub(crate) fn on_new_line(&self) -> bool {
        !self.cx.in_brackets && self.input.is_first_on_line(self.pos)
    }

    /// The current token begins a line, wherever it stands.
    #[inline]
    pub(crate) fn first_on_line(&self) -> bool {
        self.input.is_first_on_line(self.pos)
    }

    pub(crate) fn text(&self) -> &'t str {
        self.input.token_text(self.pos)
    }

    pub(crate) fn range(&self) -> TextRange {
        self.input.range(self.pos)
    }

    pub(crate) fn prev_range(&self) -> TextRange {
        match self.pos {
            0 => TextRange::empty(TextSize::new(0)),
            pos => self.input.range(pos - 1),
        }
    }

    /// The current token and the white space behind it, up to the next token of the line.
    pub(crate) fn range_with_space(&self) -> TextRange {
        let range = self.range();
        if self.input.is_first_on_line(self.pos + 1) || self.pos + 1 >= self.input.len() {
            return range;
        }
        let next = self.input.range(self.pos + 1).start();
        let between = TextRange::new(range.end(), next);
        match self.input.text[between].trim().is_empty() {
            true => TextRange::new(range.start(), next),
            false => range,
        }
    }

    /// From the token at `start` to the one before the current.
    pub(crate) fn range_from(&self, start: usize) -> TextRange {
        self.input.range(start).cover(if self.pos > start {
            self.prev_range()
        } else {
            self.input.range(start)
        })
    }

    //-------------------------------------------------------------------------------------- moving

    pub(crate) fn start(&mut self) -> Marker {
        let event = self.events.len() as u32;
        self.events.push(Event::NOTHING);
        Marker { event }
    }

    #[inline]
    pub(crate) fn bump(&mut self) {
        if self.pos < self.input.len() {
            self.pos += 1;
            self.events.push(Event::TOKEN);
        }
    }

    #[inline]
    pub(crate) fn eat(&mut self, kind: SyntaxKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump();
        }
        found
    }

    /// Puts the current token aside.
    pub(crate) fn bump_as_error(&mut self) {
        let m = self.start();
        self.bump();
        m.complete(self, SyntaxKind::ERROR);
    }

    //-------------------------------------------------------------------------------------- limits

    /// Begins a nested construct; nothing when it nests too deeply.
    pub(crate) fn enter(&mut self) -> Option<Nest> {
        if self.depth >= NESTING_LIMIT {
            self.too_deep();
            return None;
        }
        self.depth += 1;
        self.reached = self.reached.max(self.depth);
        Some(Nest { height: std::mem::take(&mut self.height) })
    }

    pub(crate) fn leave(&mut self, nest: Nest) {
        self.depth -= 1;
        self.height = nest.height.max(self.height + 1);
        self.reached = self.reached.max(self.height);
    }

    /// Begins an expression whose height is counted from nothing; the result goes to `join_height`.
    pub(crate) fn fresh_height(&mut self) -> u32 {
        std::mem::take(&mut self.height)
    }

    pub(crate) fn join_height(&mut self, before: u32) {
        self.height = self.height.max(before);
    }

    /// Counts a node that grows to the left; false when the expression is too high.
    pub(crate) fn wrap(&mut self) -> bool {
        if self.height >= HEIGHT_LIMIT {
            return false;
        }
        self.height += 1;
        self.reached = self.reached.max(self.height);
        true
    }

    /// Reports the limit and skips what cannot be read.
    pub(crate) fn too_deep(&mut self) {
        if !self.limited {
            let range = self.range();
            self.report(
                SyntaxError::error("SY0", "this nests too deeply", range)
                    .with_note("give names to parts of it with `let`, or move them into functions"),
            );
        }
        self.limited = true;
        self.last_error = self.pos;
        let m = self.start();
        let end = match self.current() {
            T!['('] | T!['['] | T!['{'] => self.input.matching(self.pos),
            _ => Some(self.pos),
        };
        match end {
            Some(end) => {
                while self.pos <= end && !self.at_end() {
                    self.bump();
                }
            }
            None => {
                self.bump();
                while !self.at_end() {
                    if self.first_on_line() && self.current().begins_declaration() {
                        break;
                    }
                    self.bump();
                }
            }
        }
        m.complete(self, SyntaxKind::ERROR);
    }

    //-------------------------------------------------------------------------------------- errors

    pub(crate) fn report(&mut self, error: SyntaxError) {
        if self.errors.len() < ERROR_LIMIT {
            self.errors.push(error);
        } else {
            self.limited = true;
        }
    }

    pub(crate) fn error_at(
        &mut self,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
        range: TextRange,
    ) {
        self.report(SyntaxError::error(code, message, range));
    }

    /// Whether the current token has an error already, so that a general one would only repeat it.
    pub(crate) fn is_reported(&self) -> bool {
        self.last_error == self.pos || self.input.is_reported(self.pos)
    }

    pub(crate) fn mark_reported(&mut self) {
        self.last_error = self.pos;
    }

    /// SY0 at the current token or, if that stands on another line, at the one before it.
    pub(crate) fn syntax_error(&mut self, message: impl Into<Cow<'static, str>>) {
        if self.is_reported() {
            return;
        }
        self.last_error = self.pos;
        let range = self.error_range();
        self.error_at("SY0", message, range);
    }

    pub(crate) fn error_range(&self) -> TextRange {
        let behind = self.at_end() || self.first_on_line();
        if behind && self.pos > 0 { self.prev_range() } else { self.range() }
    }

    /// SY0: `what` is missing here.
    pub(crate) fn expected(&mut self, what: &'static str) {
        if self.is_reported() {
            return;
        }
        let found = self.describe(false);
        self.syntax_error(format!("expected {what}, found {found}"));
    }

    /// SY0: the current token does not belong here.
    pub(crate) fn unexpected(&mut self, instead_of: &'static str) {
        if self.is_reported() {
            return;
        }
        self.last_error = self.pos;
        let (range, found) = (self.range(), self.describe(true));
        self.error_at("SY0", format!("expected {instead_of}, found {found}"), range);
    }

    fn describe(&self, across_lines: bool) -> Cow<'static, str> {
        if self.at_end() {
            return "the end of the file".into();
        }
        if self.first_on_line() && self.pos > 0 && !across_lines {
            return "the end of the line".into();
        }
        let kind = self.current();
        match kind.fixed_text() {
            Some(text) => format!("`{text}`").into(),
            None => match kind {
                T![ident] | T![uident] => {
                    let text = self.text();
                    if text.len() > 40 { "a name".into() } else { format!("`{text}`").into() }
                }
                T![string] | T![string_head] => "a string".into(),
                T![string_mid] | T![string_tail] => "the rest of the string".into(),
                T![regex] => "a regular expression".into(),
                _ => "a number".into(),
            },
        }
    }

    /// Takes the closing bracket for the opener at `open`. If it is missing, the opener is marked: one
    /// diagnostic for each, innermost first, at most one for a line (8.4).
    pub(crate) fn close(&mut self, open: usize, kind: SyntaxKind) -> bool {
        if self.eat(kind) {
            return true;
        }
        let range = self.input.range(open);
        if self.limited || self.closer_line.is_some_and(|line| line.contains_range(range)) {
            self.last_error = self.pos;
            return false;
        }
        let bytes = self.input.text.as_bytes();
        let (start, end) = (usize::from(range.start()), usize::from(range.end()));
        let line_start = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |at| at + 1);
        let line_end = memchr::memchr(b'\n', &bytes[end..]).map_or(bytes.len(), |at| end + at);
        self.closer_line = Some(TextRange::new((line_start as u32).into(), (line_end as u32).into()));
        let opener = self.input.token_text(open);
        let closer = kind.fixed_text().unwrap_or_default();
        let here = self.prev_range().end();
        let mut error = SyntaxError::error("SY0", format!("`{opener}` is never closed"), range)
            .with_related(TextRange::empty(here), format!("`{closer}` is expected here"));
        if kind != T!['}'] {
            error = error.with_fix(format!("insert `{closer}`"), TextEdit::insert(here, closer));
        }
        self.report(error);
        self.last_error = self.pos;
        false
    }
}

impl Marker {
    pub(crate) fn complete(self, p: &mut Parser<'_, '_>, kind: SyntaxKind) -> Completed {
        if let Some(event) = p.events.get_mut(self.event as usize) {
            *event = Event::start(kind, event.as_start().1);
        }
        p.events.push(Event::FINISH);
        Completed { event: self.event, kind }
    }

    /// Undoes the start; what was put into the node goes to its parent.
    pub(crate) fn abandon(self, p: &mut Parser<'_, '_>) {
        if self.event as usize == p.events.len() - 1 {
            p.events.pop();
        }
        // Otherwise the tombstone stays, and the tree builder passes it over.
    }
}

impl Completed {
    /// Starts a node that has this one as its first child.
    pub(crate) fn precede(self, p: &mut Parser<'_, '_>) -> Marker {
        let m = p.start();
        let distance = m.event - self.event;
        if distance > Event::FARTHEST {
            // An operand of millions of tokens: it becomes a sibling of what follows.
            p.limited = true;
        } else if let Some(event) = p.events.get_mut(self.event as usize) {
            *event = Event::start(event.as_start().0, distance);
        }
        m
    }
}

impl SyntaxKind {
    /// A word that begins a declaration of a module (LX19, 8.4).
    pub(crate) fn begins_declaration(self) -> bool {
        matches!(self, T![mod] | T![use] | T![cls] | T![enum] | T![sup] | T![fn] | T![gn] | T![@])
    }
}
