//! The shadow stack: copies of return tokens, in memory of their own (section 5.9).

use std::fmt;

use crate::AllocError;
use crate::region::{Region, WORD};

/// A return found another token in its frame than the shadow stack holds (SH4), or there was no call
/// to return from. The program must end at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShadowMismatch {
    /// Live frames when the return was tried, its own included; 0 for a return without a call.
    pub depth: usize,
    /// The token that was pushed with the call.
    pub expected: u64,
    /// The token that the frame holds now.
    pub found: u64,
}

impl fmt::Display for ShadowMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.depth {
            0 => f.write_str("return without a call"),
            depth => write!(
                f,
                "return token {:#x} in frame {depth} does not match {:#x} on the shadow stack",
                self.found, self.expected
            ),
        }
    }
}

impl std::error::Error for ShadowMismatch {}

/// Whether the shadow stack can be written between its own operations.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Hardening {
    /// It stays writable; guard pages keep linear overflows out.
    #[default]
    Guarded,
    /// It is write-protected except during a push. Costs two system calls a push.
    WriteProtected,
}

/// A stack of return tokens in a region with its own guard pages. It holds nothing else (SH1, SH5).
#[derive(Debug)]
pub struct ShadowStack {
    region: Region,
    len: usize,
    /// Entries that can be written without a call of the system; 0 if it is write-protected.
    room: usize,
    hardening: Hardening,
}

impl ShadowStack {
    /// Room for at most `max_entries` tokens.
    pub fn new(max_entries: usize, hardening: Hardening) -> Result<ShadowStack, AllocError> {
        let bytes = max_entries.checked_mul(WORD).ok_or(AllocError::Overflow)?;
        let mut region = Region::new(bytes.min(FIRST_BYTES), bytes)?;
        if hardening == Hardening::WriteProtected {
            region.set_writable(0, bytes.min(FIRST_BYTES), false)?;
        }
        Ok(ShadowStack { region, len: 0, room: 0, hardening })
    }

    /// Number of entries; equals the number of live frames at every call boundary (SH7).
    #[inline(always)]
    pub fn depth(&self) -> usize {
        self.len
    }

    /// Pushes a token (SH3); fails when the region is full.
    #[inline]
    pub fn push(&mut self, token: u64) -> Result<(), AllocError> {
        if self.push_if_room(token) { Ok(()) } else { self.push_slowly(token) }
    }

    /// Pushes a token if that takes no call of the system; else does nothing and returns `false`.
    #[inline(always)]
    pub(crate) fn push_if_room(&mut self, token: u64) -> bool {
        if self.len >= self.room {
            return false;
        }
        // SAFETY: there is room, so the entry is committed and writable.
        unsafe { self.region.set(self.len, [token]) };
        self.len += 1;
        true
    }

    /// Pops the top and compares it with the token found in the frame (SH4).
    #[inline]
    pub fn pop(&mut self, found: u64) -> Result<(), ShadowMismatch> {
        if self.pop_if_equal(found) { Ok(()) } else { Err(self.mismatch(found)) }
    }

    /// Pops the top if it equals the token; else does nothing and returns `false`.
    #[inline(always)]
    pub(crate) fn pop_if_equal(&mut self, found: u64) -> bool {
        let top = self.len.wrapping_sub(1);
        if self.region.words().get(top) != Some(&found) {
            return false;
        }
        self.len = top;
        true
    }

    /// What a return that finds this token is told.
    #[cold]
    pub(crate) fn mismatch(&self, found: u64) -> ShadowMismatch {
        ShadowMismatch { depth: self.len, expected: self.top().unwrap_or(0), found }
    }

    /// The token of the innermost call.
    pub fn top(&self) -> Option<u64> {
        self.entries().last().copied()
    }

    /// All tokens, outermost call first.
    pub fn entries(&self) -> &[u64] {
        &self.region.words()[..self.len]
    }

    /// Forgets all entries.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    #[cold]
    #[inline(never)]
    fn push_slowly(&mut self, token: u64) -> Result<(), AllocError> {
        let at = self.len * WORD;
        if at >= self.region.committed() {
            self.grow()?;
        }
        if self.hardening == Hardening::Guarded {
            self.room = self.region.committed() / WORD;
            self.region.words_mut()[self.len] = token;
        } else {
            self.region.set_writable(at, at + WORD, true)?;
            self.region.words_mut()[self.len] = token;
            self.region.set_writable(at, at + WORD, false)?;
        }
        self.len += 1;
        Ok(())
    }

    fn grow(&mut self) -> Result<(), AllocError> {
        let (committed, reserved) = (self.region.committed(), self.region.reserved());
        if committed >= reserved {
            return Err(AllocError::OutOfMemory);
        }
        self.region.commit((committed * 2).clamp(FIRST_BYTES.min(reserved), reserved))?;
        match self.hardening {
            Hardening::Guarded => Ok(()),
            Hardening::WriteProtected => self.region.set_writable(committed, self.region.committed(), false),
        }
    }
}

/// Usable from the start: 8192 entries.
const FIRST_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_with_the_pushed_token_passes_and_another_is_a_value() {
        let mut shadow = ShadowStack::new(100, Hardening::Guarded).unwrap();
        shadow.push(10).unwrap();
        shadow.push(20).unwrap();
        assert_eq!((shadow.depth(), shadow.top()), (2, Some(20)));
        let mismatch = shadow.pop(21).unwrap_err();
        assert_eq!(mismatch, ShadowMismatch { depth: 2, expected: 20, found: 21 });
        assert_eq!(shadow.depth(), 2, "a failed return leaves the stack as it was");
        shadow.pop(20).unwrap();
        shadow.pop(10).unwrap();
        assert_eq!(shadow.pop(10).unwrap_err().depth, 0);
    }

    #[test]
    fn a_full_shadow_stack_refuses_and_stays_usable() {
        let mut shadow = ShadowStack::new(20_000, Hardening::Guarded).unwrap();
        let mut pushed = 0u64;
        while shadow.push(pushed).is_ok() {
            pushed += 1;
        }
        assert!((20_000..21_000).contains(&pushed));
        while pushed > 0 {
            pushed -= 1;
            shadow.pop(pushed).unwrap();
        }
    }

    #[test]
    fn a_write_protected_stack_works_the_same() {
        let mut shadow = ShadowStack::new(20_000, Hardening::WriteProtected).unwrap();
        for token in 0..10_000 {
            shadow.push(token).unwrap();
        }
        assert!(shadow.pop(3).is_err());
        for token in (0..10_000).rev() {
            shadow.pop(token).unwrap();
        }
    }
}
