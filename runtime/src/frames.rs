//! The frame stack: one frame per live call, in mapped memory between guard pages (section 5.8).

use std::fmt;
use std::ptr::NonNull;

use crate::AllocError;
use crate::events::{Event, EventKind, Events};
use crate::region::{Region, WORD};
use crate::shadow::{Hardening, ShadowMismatch, ShadowStack};

/// Where a frame begins: the index of its first word in [`FrameStack::words`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct FrameBase(u32);

impl FrameBase {
    /// Index of the frame's first word.
    #[inline(always)]
    pub const fn word(self) -> usize {
        self.0 as usize
    }

    /// Offset of the frame's first byte.
    #[inline(always)]
    pub const fn byte(self) -> usize {
        self.0 as usize * WORD
    }
}

/// There is no room for another frame. The stack is as it was before the push.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StackOverflow {
    /// Live frames.
    pub depth: usize,
    /// Bytes in use by them.
    pub used: usize,
    /// Bytes that the new frame asked for.
    pub requested: usize,
    /// The configured size of the stack in bytes.
    pub limit: usize,
}

impl fmt::Display for StackOverflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "stack overflow: a frame of {} bytes does not fit behind {} frames with {} of {} bytes",
            self.requested, self.depth, self.used, self.limit
        )
    }
}

impl std::error::Error for StackOverflow {}

/// How the stack gets its memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Growth {
    /// All of it is usable from the start.
    Fixed,
    /// `initial` bytes are usable from the start; twice as much each time they run out.
    Doubling {
        /// Bytes usable from the start.
        initial: usize,
    },
}

/// Size and behaviour of a [`FrameStack`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StackConfig {
    /// Bytes for frames, headers included; at most 32 GiB.
    pub max_bytes: usize,
    /// Frames that may be live at once.
    pub max_depth: usize,
    /// How memory is made usable.
    pub growth: Growth,
    /// How the shadow stack is protected.
    pub hardening: Hardening,
    /// Bytes behind the innermost frame that are always usable, for a caller that reads and writes
    /// through a window of fixed size. They count neither as used nor towards `max_bytes`.
    pub slack: usize,
}

impl Default for StackConfig {
    fn default() -> Self {
        StackConfig {
            max_bytes: 64 << 20,
            max_depth: 4 << 20,
            growth: Growth::Doubling { initial: 256 << 10 },
            hardening: Hardening::Guarded,
            slack: 0,
        }
    }
}

/// Bytes that every frame takes in front of its slots: the return token and the link to its caller.
pub const FRAME_HEADER: usize = 2 * WORD;

/// A stack of frames, with its shadow stack.
///
/// Frames grow towards higher addresses. In front of a frame's slots lie two words: the *return
/// token* (SH3) and the caller's position. Slots are not cleared when a frame is pushed; they hold
/// zeros or what an earlier frame left there.
///
/// Program code may write to any word, also to headers: a changed token is found on return (SH4),
/// and no value whatsoever makes the stack leave its region.
///
/// Costs: push and pop are a handful of instructions each and never call the system, except when a
/// push enters memory that was never used before. One stack belongs to one thread (F15, SH7).
#[derive(Debug)]
pub struct FrameStack {
    region: Region,
    shadow: ShadowStack,
    /// First word of the innermost frame.
    base: usize,
    /// First word behind it.
    top: usize,
    /// Its caller; kept here so that a return need not wait for the frame's header.
    caller: Span,
    high: usize,
    /// Words that frames may reach without anything else to do than to push them: where others stood before.
    fast: usize,
    deepest: usize,
    pushes: u64,
    corrupt_at: u64,
    /// Whether a push or pop may have more to do than its work.
    watched: bool,
    limit: usize,
    /// Words that frames may reach without committing more: below the limit, with the slack behind.
    usable: usize,
    slack: usize,
    growth: Growth,
    events: Events,
}

impl FrameStack {
    /// A stack without frames.
    pub fn new(config: StackConfig) -> Result<FrameStack, AllocError> {
        if config.max_bytes > MAX_BYTES {
            return Err(AllocError::Overflow);
        }
        let limit = config.max_bytes - config.max_bytes % WORD;
        let initial = match config.growth {
            Growth::Fixed => limit,
            Growth::Doubling { initial } => initial.min(limit),
        };
        let slack = config.slack.checked_next_multiple_of(WORD).ok_or(AllocError::Overflow)?;
        let with_slack = |bytes: usize| bytes.checked_add(slack).ok_or(AllocError::Overflow);
        let mut stack = FrameStack {
            region: Region::new(with_slack(initial)?, with_slack(limit)?)?,
            shadow: ShadowStack::new(config.max_depth, config.hardening)?,
            base: 0,
            top: 0,
            caller: Span::NONE,
            high: 0,
            fast: 0,
            deepest: 0,
            pushes: 0,
            corrupt_at: 0,
            watched: false,
            limit,
            usable: 0,
            slack,
            growth: config.growth,
            events: Events::new(),
        };
        stack.measure();
        Ok(stack)
    }

    /// Pushes a frame of `size` bytes (rounded up to words) whose base is a multiple of `align`, a
    /// power of two up to 4096 (F1). `token` identifies the place to return to.
    #[inline(always)]
    pub fn push(&mut self, size: usize, align: usize, token: u64) -> Result<FrameBase, StackOverflow> {
        let (base, top) = place(self.top, size, align);
        if top > self.usable || align > MAX_ALIGN || self.watched || !self.shadow.push_if_room(token) {
            return self.push_slowly(size, align, token);
        }
        // SAFETY: `top` is at most `usable`, so the frame and its header are committed.
        unsafe { self.region.set(base - HEADER_WORDS, [token, self.span().0]) };
        self.caller = self.span();
        self.enter(base, top);
        self.pushes += 1;
        Ok(FrameBase(base as u32))
    }

    /// Pushes a frame of some words like [`push`](FrameStack::push), aligned to a word.
    #[inline(always)]
    pub fn push_words(&mut self, words: u32, token: u64) -> Result<FrameBase, StackOverflow> {
        let base = self.top + HEADER_WORDS;
        let top = base + words as usize;
        if top > self.fast || !self.shadow.push_if_room(token) {
            return self.push_slowly(words as usize * WORD, WORD, token);
        }
        // What is needed is read before the frame is written, and written after: the compiler cannot know that they are
        // apart.
        let (caller, depth) = (self.span(), self.shadow.depth());
        // SAFETY: `top` is at most `usable`, so the frame and its header are committed.
        unsafe { self.region.set(base - HEADER_WORDS, [token, caller.0]) };
        (self.caller, self.base, self.top) = (caller, base, top);
        self.pushes += 1;
        if depth > self.deepest {
            self.deepest = depth;
        }
        Ok(FrameBase(base as u32))
    }

    /// Frees the innermost frame after comparing its return token with the shadow stack (F4, SH4).
    /// Returns its caller's base; the base is 0 when no frame is left.
    #[inline(always)]
    pub fn pop(&mut self) -> Result<FrameBase, ShadowMismatch> {
        self.pop_token().map(|(base, _)| base)
    }

    /// The same; also gives the token of the frame that ended.
    #[inline(always)]
    pub fn pop_token(&mut self) -> Result<(FrameBase, u64), ShadowMismatch> {
        let token = match self.header() {
            Some([token, _]) if self.caller != Span::LOST => token,
            _ => return Err(self.lost()),
        };
        if !self.shadow.pop_if_equal(token) {
            return Err(self.mismatch(token));
        }
        (self.base, self.top) = (self.caller.base(), self.caller.top());
        self.caller = match self.header() {
            Some([_, link]) if Span(link).can_call(self.base) => Span(link),
            Some(_) => lost_link(),
            None => Span::NONE,
        };
        if self.watched {
            self.tell(EventKind::FramePop);
        }
        Ok((self.base(), token))
    }

    /// Replaces the innermost frame by one of `size` bytes for a tail call (F9, F11). The return
    /// token, the caller and the entry of the shadow stack stay (SH8); the base stays unless the
    /// alignment moves it. The words are not cleared or moved. Without a frame it fails.
    #[inline(always)]
    pub fn replace(&mut self, size: usize, align: usize) -> Result<FrameBase, StackOverflow> {
        let (base, top) = place(self.caller.top(), size, align);
        if base != self.base || top > self.usable || align > MAX_ALIGN || self.watched {
            return self.replace_slowly(size, align);
        }
        // The header is where it has to be.
        self.top = top;
        self.high = self.high.max(top);
        Ok(FrameBase(base as u32))
    }

    /// All usable words, those of live frames and beyond. Index with [`FrameBase::word`].
    #[inline(always)]
    pub fn words(&self) -> &[u64] {
        self.region.words()
    }

    /// All usable words.
    #[inline(always)]
    pub fn words_mut(&mut self) -> &mut [u64] {
        self.region.words_mut()
    }

    /// The slots of the innermost frame.
    #[inline]
    pub fn frame(&self) -> &[u64] {
        self.region.words().get(self.base..self.top).unwrap_or(&[])
    }

    /// The slots of the innermost frame.
    #[inline]
    pub fn frame_mut(&mut self) -> &mut [u64] {
        self.region.words_mut().get_mut(self.base..self.top).unwrap_or(&mut [])
    }

    /// Base of the innermost frame.
    #[inline(always)]
    pub fn base(&self) -> FrameBase {
        FrameBase(self.base as u32)
    }

    /// Address of the innermost frame's first slot.
    pub(crate) fn base_ptr(&self) -> NonNull<u64> {
        self.region.at(self.base)
    }

    /// The return token of the live frame that begins at the word `base`, and the word at which its caller's begins.
    pub fn caller(&self, base: usize) -> Option<(u64, usize)> {
        let header = self.region.words().get(base.checked_sub(HEADER_WORDS)?..base)?;
        Some((header[0], Span(header[1]).base()))
    }

    /// Number of live frames.
    #[inline(always)]
    pub fn depth(&self) -> usize {
        self.shadow.depth()
    }

    /// The largest number of frames that were live at once; a replaced frame counts once (F13).
    pub fn max_depth(&self) -> usize {
        self.deepest
    }

    /// Bytes in use, headers included.
    pub fn used(&self) -> usize {
        self.top * WORD
    }

    /// The largest number of bytes that were in use at once.
    pub fn high_water(&self) -> usize {
        self.high * WORD
    }

    /// Frames pushed so far; also the number of the last return token (8.4 of the reference).
    pub fn pushes(&self) -> u64 {
        self.pushes
    }

    /// The configured size in bytes.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The shadow stack, for inspection.
    pub fn shadow(&self) -> &ShadowStack {
        &self.shadow
    }

    /// Overwrites the return token of the `nth` push (from 1) when it happens, as an attacker would
    /// (SH11). 0 turns the hook off.
    pub fn corrupt(&mut self, nth: u64) {
        self.corrupt_at = nth;
        self.watched = true;
        self.refresh();
    }

    /// Overwrites the return token of the innermost frame now (SH11); `false` without a frame.
    pub fn corrupt_top(&mut self) -> bool {
        let base = self.base;
        match self.region.words_mut().get_mut(base.wrapping_sub(HEADER_WORDS)..base) {
            Some([token, _]) => {
                *token ^= 0xdead_beef_0000_0001;
                true
            }
            _ => false,
        }
    }

    /// Frees all frames at once without comparing anything, as after a panic (SH9).
    pub fn clear(&mut self) {
        self.shadow.clear();
        (self.base, self.top, self.caller) = (0, 0, Span::NONE);
    }

    /// Gives unused memory back to the system.
    pub fn trim(&mut self) {
        self.region.release_from(self.used());
    }

    /// Where to subscribe to frame events.
    pub fn events(&mut self) -> &mut Events {
        // Whether somebody listens is seen at the next push.
        self.watched = true;
        self.refresh();
        &mut self.events
    }

    #[inline(always)]
    fn enter(&mut self, base: usize, top: usize) {
        (self.base, self.top) = (base, top);
        self.high = self.high.max(top);
        self.deepest = self.deepest.max(self.shadow.depth());
        self.refresh();
    }

    #[inline(always)]
    fn refresh(&mut self) {
        self.fast = if self.watched { 0 } else { self.usable.min(self.high) };
    }

    #[cold]
    fn tell(&mut self, kind: EventKind) {
        let (base, top, depth) = (self.base, self.top, self.shadow.depth());
        self.events.emit(|| Event {
            block: (base * WORD) as u64,
            bytes: ((top - base) * WORD) as u64,
            depth: depth as u32,
            ..Event::new(kind)
        });
    }

    /// A push that needs memory, or that somebody watches.
    #[cold]
    #[inline(never)]
    fn push_slowly(&mut self, size: usize, align: usize, token: u64) -> Result<FrameBase, StackOverflow> {
        let (base, top) = place(self.top, size, align);
        if align > MAX_ALIGN || self.make_usable(top).is_err() || self.shadow.push(token).is_err() {
            return Err(self.overflow(size));
        }
        // SAFETY: `make_usable` has committed the frame and its header.
        unsafe { self.region.set(base - HEADER_WORDS, [token, self.span().0]) };
        self.caller = self.span();
        self.enter(base, top);
        self.pushes += 1;
        if self.pushes == self.corrupt_at {
            self.corrupt_top();
        }
        self.tell(EventKind::FramePush);
        self.watched = self.events.is_active() || self.corrupt_at > self.pushes;
        self.refresh();
        Ok(self.base())
    }

    /// A replacement that moves the base or needs memory, or that somebody watches.
    #[cold]
    #[inline(never)]
    fn replace_slowly(&mut self, size: usize, align: usize) -> Result<FrameBase, StackOverflow> {
        let Some([token, link]) = self.header() else {
            return Err(self.overflow(size));
        };
        // The frame begins at or above its caller's end, whatever became of the link.
        let lost = self.caller == Span::LOST;
        let below = if lost { self.base - HEADER_WORDS } else { self.caller.top() };
        let (base, top) = place(below, size, align);
        if align > MAX_ALIGN || self.make_usable(top).is_err() {
            return Err(self.overflow(size));
        }
        // SAFETY: `make_usable` has committed the frame and its header.
        unsafe { self.region.set(base - HEADER_WORDS, [token, link]) };
        self.enter(base, top);
        self.tell(EventKind::FrameReplace);
        Ok(self.base())
    }

    /// Commits what is needed for `top` words of frames, and the slack behind them.
    fn make_usable(&mut self, top: usize) -> Result<(), AllocError> {
        if top <= self.usable {
            return Ok(());
        }
        if top > self.limit / WORD {
            return Err(AllocError::OutOfMemory);
        }
        let needed = top * WORD + self.slack;
        let target = match self.growth {
            Growth::Fixed => needed,
            Growth::Doubling { .. } => needed.max(self.region.committed() * 2).min(self.region.reserved()),
        };
        self.region.commit(target)?;
        self.measure();
        Ok(())
    }

    fn measure(&mut self) {
        let committed = self.region.committed().saturating_sub(self.slack);
        self.usable = committed.min(self.limit) / WORD;
        self.refresh();
    }

    /// The token and the link in front of the innermost frame; `None` if there is no frame.
    #[inline(always)]
    fn header(&self) -> Option<[u64; HEADER_WORDS]> {
        self.region.words().get(self.base.wrapping_sub(HEADER_WORDS)..self.base)?.try_into().ok()
    }

    /// The innermost frame, as the link of the next.
    #[inline(always)]
    fn span(&self) -> Span {
        Span((self.base as u64) << 32 | self.top as u64)
    }

    #[cold]
    fn overflow(&self, requested: usize) -> StackOverflow {
        StackOverflow { depth: self.depth(), used: self.used(), requested, limit: self.limit }
    }

    /// The frame has no header, or its link was overwritten, so there is no way back.
    #[cold]
    fn lost(&mut self) -> ShadowMismatch {
        let found = self.header().map_or(0, |[token, _]| token);
        self.mismatch(found)
    }

    #[cold]
    fn mismatch(&mut self, found: u64) -> ShadowMismatch {
        self.tell(EventKind::ShadowMismatch);
        self.shadow.mismatch(found)
    }
}

const HEADER_WORDS: usize = FRAME_HEADER / WORD;
/// Positions are kept in 32 bits, counted in words.
const MAX_BYTES: usize = u32::MAX as usize * WORD;
/// The region starts at a page, so this much alignment within it is alignment in memory.
const MAX_ALIGN: usize = 4096;

/// A frame's base and top in words, in the form in which the next frame keeps it as its link: both
/// fit into 32 bits, because a stack is limited to [`MAX_BYTES`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Span(u64);

impl Span {
    const NONE: Span = Span(0);
    /// A link that cannot be right.
    const LOST: Span = Span(u64::MAX);

    #[inline(always)]
    fn base(self) -> usize {
        (self.0 >> 32) as usize
    }

    #[inline(always)]
    fn top(self) -> usize {
        self.0 as u32 as usize
    }

    /// Whether this can be the caller of a frame with that base.
    #[inline(always)]
    fn can_call(self, base: usize) -> bool {
        self.base() <= self.top() && self.top() + HEADER_WORDS <= base
    }
}

/// Out of line, so that a return does not wait for the check of a link that is as good as always right.
#[cold]
#[inline(never)]
fn lost_link() -> Span {
    Span::LOST
}

/// Base and top, in words, of a frame behind the word `below`.
#[inline(always)]
fn place(below: usize, size: usize, align: usize) -> (usize, usize) {
    debug_assert!(align.is_power_of_two(), "alignment {align} is no power of two");
    let mask = (align / WORD).saturating_sub(1);
    let base = (below + HEADER_WORDS + mask) & !mask;
    (base, base.saturating_add(size.div_ceil(WORD)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(max_bytes: usize) -> FrameStack {
        FrameStack::new(StackConfig {
            max_bytes,
            max_depth: 1 << 16,
            growth: Growth::Doubling { initial: 4096 },
            ..StackConfig::default()
        })
        .unwrap()
    }

    #[test]
    fn frames_are_aligned_apart_and_freed_in_reverse() {
        let mut stack = stack(1 << 20);
        let a = stack.push(24, 8, 1).unwrap();
        stack.frame_mut().fill(0xa);
        let b = stack.push(100, 64, 2).unwrap();
        assert_eq!(b.byte() % 64, 0);
        assert!(b.byte() >= a.byte() + 24 + FRAME_HEADER);
        assert_eq!(stack.frame().len(), 13);
        stack.frame_mut().fill(0xb);
        assert_eq!(stack.depth(), 2);
        assert_eq!(stack.pop(), Ok(a));
        assert!(stack.frame().iter().all(|w| *w == 0xa));
        assert_eq!(stack.pop(), Ok(FrameBase(0)));
        assert_eq!((stack.depth(), stack.used()), (0, 0));
        assert_eq!(stack.max_depth(), 2);
        assert!(stack.high_water() >= 124 + 2 * FRAME_HEADER);
        assert_eq!(stack.pop().unwrap_err().depth, 0);
    }

    #[test]
    fn frames_of_words_are_pushed_like_others() {
        let (mut a, mut b) = (stack(1 << 16), stack(1 << 16));
        let mut depth = 0;
        for round in 0..20_000u64 {
            if depth == 0 || round % 7 < 4 {
                let words = (round % 13) as u32;
                let pushed = a.push_words(words, round);
                assert_eq!(pushed, b.push(words as usize * 8, 8, round));
                depth += usize::from(pushed.is_ok());
            } else {
                let token = a.shadow().top();
                let (base, popped) = a.pop_token().unwrap();
                assert_eq!((Ok(base), Some(popped)), (b.pop(), token));
                depth -= 1;
            }
            assert_eq!((a.depth(), a.used(), a.pushes()), (b.depth(), b.used(), b.pushes()));
            assert_eq!((a.max_depth(), a.high_water()), (b.max_depth(), b.high_water()));
        }
        a.corrupt(a.pushes() + 1);
        a.push_words(3, 5).unwrap();
        assert!(a.pop_token().is_err());
    }

    #[test]
    fn overflow_is_a_value_and_leaves_the_stack_usable() {
        let mut stack = stack(64 << 10);
        let mut depth = 0;
        let overflow = loop {
            match stack.push(1000, 16, depth) {
                Ok(_) => depth += 1,
                Err(overflow) => break overflow,
            }
        };
        assert!(overflow.depth as u64 == depth && overflow.used <= overflow.limit);
        assert!(stack.push(usize::MAX, 8, 0).is_err());
        assert!(stack.push(usize::MAX - 7, 8, 0).is_err());
        assert!(stack.push(8, 1 << 40, 0).is_err());
        for _ in 0..depth {
            stack.pop().unwrap();
        }
        assert!(stack.push(60_000, 8, 7).is_ok());
    }

    #[test]
    fn the_depth_limit_is_an_overflow_too() {
        let mut stack = FrameStack::new(StackConfig { max_depth: 512, ..Default::default() }).unwrap();
        let mut depth = 0;
        while stack.push(8, 8, 0).is_ok() {
            depth += 1;
        }
        assert!((512..1100).contains(&depth), "{depth}");
    }

    #[test]
    fn a_replaced_frame_keeps_its_shadow_entry_and_its_caller() {
        let mut stack = stack(1 << 20);
        let main = stack.push(16, 8, 1).unwrap();
        let first = stack.push(32, 8, 2).unwrap();
        for round in 0..100_000u64 {
            let base = stack.replace(16 + (round as usize % 50) * 8, 8).unwrap();
            assert_eq!(base, first);
            stack.frame_mut().fill(round);
        }
        assert_eq!((stack.depth(), stack.max_depth()), (2, 2));
        assert_eq!(stack.shadow().entries(), [1, 2]);
        let moved = stack.replace(8, 256).unwrap();
        assert_eq!(moved.byte() % 256, 0);
        assert_eq!(stack.pop(), Ok(main));
        stack.pop().unwrap();
        assert!(stack.replace(8, 8).is_err());
    }

    #[test]
    fn a_corrupted_token_is_a_mismatch_at_its_own_return() {
        for nth in 1..=5 {
            let mut stack = stack(1 << 16);
            stack.corrupt(nth);
            for token in 1..=5 {
                stack.push(8, 8, token).unwrap();
            }
            for token in (nth + 1..=5).rev() {
                assert_eq!(stack.shadow().top(), Some(token));
                stack.pop().unwrap();
            }
            let mismatch = stack.pop().unwrap_err();
            assert_eq!((mismatch.expected, mismatch.depth as u64), (nth, nth));
            assert_ne!(mismatch.found, nth);
        }
    }

    #[test]
    fn overwriting_everything_is_found_and_never_leaves_the_region() {
        for junk in [0, 1, u64::MAX, 1 << 32, 0xffff_ffff, 7 << 32 | 3] {
            let mut stack = stack(1 << 16);
            for token in 1..=4 {
                stack.push(8, 8, token + 100).unwrap();
            }
            stack.words_mut().fill(junk);
            assert!(stack.pop().is_err());
            let _ = stack.replace(64, 8);
            let _ = stack.push(64, 8, 1);
            stack.clear();
            stack.push(8, 8, 1).unwrap();
            stack.pop().unwrap();
        }
        // Only the link of the middle frame: its token is right, its caller's position is not.
        let mut stack = stack(1 << 16);
        stack.push(8, 8, 4).unwrap();
        let base = stack.push(8, 8, 5).unwrap();
        stack.push(8, 8, 6).unwrap();
        stack.words_mut()[base.word() - 1] = u64::MAX;
        assert_eq!(stack.pop(), Ok(base));
        assert!(stack.replace(16, 8).is_ok());
        assert_eq!(stack.pop().unwrap_err().depth, 2);
    }

    #[test]
    fn subscribers_see_every_push_replace_and_pop() {
        use std::sync::{Arc, Mutex};
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut stack = stack(1 << 16);
        let sink = Arc::clone(&seen);
        let subscription = stack
            .events()
            .subscribe(Box::new(move |event| sink.lock().unwrap().push((event.kind, event.depth))));
        stack.push(8, 8, 1).unwrap();
        stack.push(8, 8, 2).unwrap();
        stack.replace(16, 8).unwrap();
        stack.pop().unwrap();
        stack.corrupt_top();
        stack.pop().unwrap_err();
        assert!(stack.events().unsubscribe(subscription));
        stack.push(8, 8, 1).unwrap();
        use EventKind::*;
        assert_eq!(
            *seen.lock().unwrap(),
            [(FramePush, 1), (FramePush, 2), (FrameReplace, 2), (FramePop, 1), (ShadowMismatch, 1)]
        );
    }

    #[test]
    fn the_slack_is_usable_behind_every_frame_and_counts_nowhere() {
        for growth in [Growth::Fixed, Growth::Doubling { initial: 1 }] {
            let slack = 100_000;
            let max_bytes = 50_000;
            let config = StackConfig { max_bytes, growth, slack, ..StackConfig::default() };
            let mut stack = FrameStack::new(config).unwrap();
            assert!(stack.words().len() * WORD >= slack);
            let mut depth = 0;
            while stack.push(1000, 8, 1).is_ok() {
                depth += 1;
                assert!(stack.words().len() * WORD >= stack.used() + slack);
                let top = stack.used() / WORD;
                stack.words_mut()[top..top + slack / WORD].fill(7);
            }
            assert!((48..=50).contains(&depth) && stack.high_water() <= max_bytes);
            assert!(stack.replace(2_000, 8).is_err());
            assert!(stack.words().len() * WORD >= stack.used() + slack);
        }
    }

    #[test]
    fn trimmed_memory_comes_back_zeroed() {
        let mut stack = stack(1 << 20);
        stack.push(500_000, 8, 1).unwrap();
        stack.frame_mut().fill(3);
        stack.pop().unwrap();
        stack.trim();
        stack.push(500_000, 8, 1).unwrap();
        assert!(stack.frame()[512..].iter().all(|w| *w == 0));
    }
}
