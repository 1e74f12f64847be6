//! Zeroed memory straight from the operating system, between two guard pages.

use std::ptr::NonNull;

use crate::AllocError;

/// Bytes of a word, the unit in which regions are read and written.
pub const WORD: usize = size_of::<u64>();

/// Reads words one by one.
///
/// A processor hands a word that was just stored on to a load of that word, but makes a wider load that covers several
/// stores wait until they have reached the cache. The compiler would make wider loads of words that lie side by side.
#[inline(always)]
pub fn load_each<const N: usize>(words: &[u64; N]) -> [u64; N] {
    // SAFETY: a reference is valid for reads and aligned, and words have no invalid values.
    words.each_ref().map(|word| unsafe { std::ptr::from_ref(word).read_volatile() })
}

/// A range of addresses that is reserved whole and becomes usable from its start.
///
/// The first `committed` bytes can be read and written. Everything from there to the end of the
/// reservation, and one page before the start, traps on access. Committing more never moves the
/// memory.
///
/// On systems without `mmap` the memory comes from the process's allocator, without guards.
#[derive(Debug)]
pub struct Region {
    start: NonNull<u64>,
    committed: usize,
    /// The same in words.
    usable: usize,
    reserved: usize,
    guard: usize,
}

// SAFETY: a region owns its memory like a `Vec<u64>` does; no thread-local state is involved.
unsafe impl Send for Region {}
// SAFETY: shared access only reads.
unsafe impl Sync for Region {}

impl Region {
    /// Reserves `max` bytes, the first `initial` of them usable; both are rounded up to pages.
    pub fn new(initial: usize, max: usize) -> Result<Region, AllocError> {
        let page = os::page_size();
        let reserved = round_up(max.max(initial).max(1), page)?;
        let initial = round_up(initial, page)?;
        let all = reserved.checked_add(2 * page).filter(|n| *n <= isize::MAX as usize);
        let base = os::reserve(all.ok_or(AllocError::Overflow)?, page)?;
        // SAFETY: the reservation has a page before `start`; `base` is aligned to a page, and so is
        // `start`.
        let start = unsafe { base.byte_add(page) }.cast::<u64>();
        let mut region = Region { start, committed: 0, usable: 0, reserved, guard: page };
        region.commit(initial)?;
        Ok(region)
    }

    /// The usable memory.
    #[inline(always)]
    pub fn words(&self) -> &[u64] {
        // SAFETY: `committed` bytes from `start` are mapped readable, zeroed by the system or
        // written through `words_mut`, and owned by `self`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.usable) }
    }

    /// The usable memory.
    #[inline(always)]
    pub fn words_mut(&mut self) -> &mut [u64] {
        // SAFETY: as in `words`; `&mut self` makes the access exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.usable) }
    }

    /// Address of a word, which may be used while the region lives and no slice of it does. An index
    /// behind the end gives the end.
    pub(crate) fn at(&self, index: usize) -> NonNull<u64> {
        // SAFETY: the offset stays inside the region.
        unsafe { self.start.add(index.min(self.usable)) }
    }

    /// Writes consecutive words.
    ///
    /// # Safety
    /// All of them are committed and writable.
    #[inline(always)]
    pub(crate) unsafe fn set<const N: usize>(&mut self, index: usize, words: [u64; N]) {
        debug_assert!((index + N) * WORD <= self.committed);
        // SAFETY: the caller's promise; the region is owned by `self`.
        unsafe { self.start.add(index).cast::<[u64; N]>().write(words) }
    }

    /// Usable bytes.
    #[inline(always)]
    pub fn committed(&self) -> usize {
        self.committed
    }

    /// Bytes that can become usable.
    pub fn reserved(&self) -> usize {
        self.reserved
    }

    /// Makes at least the first `bytes` usable.
    pub fn commit(&mut self, bytes: usize) -> Result<(), AllocError> {
        if bytes <= self.committed {
            return Ok(());
        }
        let target = round_up(bytes, self.guard)?;
        if target > self.reserved {
            return Err(AllocError::OutOfMemory);
        }
        // SAFETY: `committed..target` lies inside the reservation, and both are multiples of a page.
        unsafe {
            let from = self.start.cast::<u8>().add(self.committed);
            os::make_writable(from, target - self.committed)?;
        }
        (self.committed, self.usable) = (target, target / WORD);
        Ok(())
    }

    /// Gives the memory from `keep` bytes on back to the system; it stays usable and reads as zero.
    pub fn release_from(&mut self, keep: usize) {
        let Ok(keep) = round_up(keep, self.guard) else { return };
        if keep < self.committed {
            // SAFETY: the range is mapped, owned by `self` and made of whole pages.
            unsafe { os::discard(self.start.cast::<u8>().add(keep), self.committed - keep) }
        }
    }

    /// Allows or forbids writing to the pages that hold the bytes `from..to`. Whoever forbids it
    /// must allow it again before anything writes through `words_mut`: writing traps.
    pub(crate) fn set_writable(&mut self, from: usize, to: usize, writable: bool) -> Result<(), AllocError> {
        let from = from - from % self.guard;
        let to = round_up(to, self.guard)?.min(self.committed);
        if from >= to {
            return Ok(());
        }
        // SAFETY: the range is mapped, made of whole pages and owned by `self`.
        unsafe { os::protect(self.start.cast::<u8>().add(from), to - from, writable) }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: this is what `reserve` returned, with the same length, and nobody else has it.
        unsafe {
            let base = self.start.cast::<u8>().sub(self.guard);
            os::release(base, self.reserved + 2 * self.guard, self.guard);
        }
    }
}

fn round_up(bytes: usize, page: usize) -> Result<usize, AllocError> {
    bytes.checked_next_multiple_of(page).ok_or(AllocError::Overflow)
}

#[cfg(unix)]
mod os {
    use super::{AllocError, NonNull};

    pub fn page_size() -> usize {
        // SAFETY: `sysconf` has no preconditions.
        let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        usize::try_from(size).ok().filter(|n| n.is_power_of_two()).unwrap_or(4096)
    }

    pub fn reserve(bytes: usize, _page: usize) -> Result<NonNull<u8>, AllocError> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE;
        // SAFETY: a new mapping at an address of the system's choice touches no existing memory.
        let at = unsafe { libc::mmap(std::ptr::null_mut(), bytes, libc::PROT_NONE, flags, -1, 0) };
        if at == libc::MAP_FAILED {
            return Err(AllocError::OutOfMemory);
        }
        NonNull::new(at.cast()).ok_or(AllocError::OutOfMemory)
    }

    /// # Safety
    /// The range consists of whole pages of a reservation.
    pub unsafe fn make_writable(from: NonNull<u8>, bytes: usize) -> Result<(), AllocError> {
        // SAFETY: the caller's promise.
        unsafe { protect(from, bytes, true) }
    }

    /// # Safety
    /// The range consists of whole pages of a reservation.
    pub unsafe fn protect(from: NonNull<u8>, bytes: usize, writable: bool) -> Result<(), AllocError> {
        let access = if writable { libc::PROT_READ | libc::PROT_WRITE } else { libc::PROT_READ };
        // SAFETY: the caller's promise; changing the access to mapped pages keeps their content.
        match unsafe { libc::mprotect(from.as_ptr().cast(), bytes, access) } {
            0 => Ok(()),
            _ => Err(AllocError::OutOfMemory),
        }
    }

    /// # Safety
    /// The range consists of whole pages of a reservation that nobody reads before writing, unless
    /// zeros are welcome.
    pub unsafe fn discard(from: NonNull<u8>, bytes: usize) {
        #[cfg(target_os = "linux")]
        // SAFETY: the caller's promise; private anonymous pages read as zero afterwards.
        let done = unsafe { libc::madvise(from.as_ptr().cast(), bytes, libc::MADV_DONTNEED) } == 0;
        #[cfg(not(target_os = "linux"))]
        let done = false;
        if !done {
            // SAFETY: the caller's promise: the range is mapped writable.
            unsafe { from.as_ptr().write_bytes(0, bytes) }
        }
    }

    /// # Safety
    /// `base` and `bytes` are those of one call of `reserve`, and nothing uses the memory any more.
    pub unsafe fn release(base: NonNull<u8>, bytes: usize, _page: usize) {
        // SAFETY: the caller's promise.
        unsafe { libc::munmap(base.as_ptr().cast(), bytes) };
    }
}

#[cfg(not(unix))]
mod os {
    use super::{AllocError, NonNull};
    use std::alloc::{Layout, alloc_zeroed, dealloc};

    pub fn page_size() -> usize {
        4096
    }

    pub fn reserve(bytes: usize, page: usize) -> Result<NonNull<u8>, AllocError> {
        let layout = Layout::from_size_align(bytes, page).map_err(|_| AllocError::Overflow)?;
        // SAFETY: `bytes` is not zero: it counts two pages of guards.
        NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or(AllocError::OutOfMemory)
    }

    /// # Safety
    /// None: the memory is usable from the start.
    pub unsafe fn make_writable(_: NonNull<u8>, _: usize) -> Result<(), AllocError> {
        Ok(())
    }

    /// # Safety
    /// None: nothing is protected here.
    pub unsafe fn protect(_: NonNull<u8>, _: usize, _: bool) -> Result<(), AllocError> {
        Ok(())
    }

    /// # Safety
    /// The range belongs to a reservation.
    pub unsafe fn discard(from: NonNull<u8>, bytes: usize) {
        // SAFETY: the caller's promise.
        unsafe { from.as_ptr().write_bytes(0, bytes) }
    }

    /// # Safety
    /// `base` and `bytes` are those of one call of `reserve`, and nothing uses the memory any more.
    pub unsafe fn release(base: NonNull<u8>, bytes: usize, page: usize) {
        if let Ok(layout) = Layout::from_size_align(bytes, page) {
            // SAFETY: the caller's promise; this is the layout of `reserve`.
            unsafe { dealloc(base.as_ptr(), layout) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_memory_is_zero_and_keeps_its_place_when_it_grows() {
        let mut region = Region::new(1, 1 << 20).unwrap();
        let first = region.committed();
        assert!(first >= 4096 && region.words().iter().all(|w| *w == 0));
        region.words_mut()[0] = 7;
        let at = region.words().as_ptr();
        region.commit(first + 1).unwrap();
        assert!(region.committed() > first && region.words().as_ptr() == at);
        assert_eq!(region.words()[0], 7);
        assert_eq!(region.commit((1 << 20) + 1), Err(AllocError::OutOfMemory));
    }

    #[test]
    fn released_pages_read_as_zero_and_stay_usable() {
        let mut region = Region::new(1 << 16, 1 << 16).unwrap();
        region.words_mut().fill(9);
        region.release_from(4096);
        assert!(region.words()[..512].iter().all(|w| *w == 9));
        assert!(region.words()[512..].iter().all(|w| *w == 0));
        region.words_mut()[600] = 1;
    }

    #[test]
    fn absurd_sizes_are_refused() {
        assert!(Region::new(0, usize::MAX).is_err());
        assert!(Region::new(0, isize::MAX as usize).is_err());
    }
}
