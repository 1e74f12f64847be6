//! Bump allocation: the cheapest way to get memory, for blocks that die together.

use std::cell::Cell;
use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{Allocator, Global, Layout, Refused};

/// Hands out memory from large chunks by moving a pointer. Blocks are given back all at once, by
/// [`reset`](Arena::reset), [`rewind`](Arena::rewind) or when the arena is dropped; giving back the
/// newest block, or resizing it, takes effect at once, every other release waits.
///
/// - Cost: a subtraction, a mask, a comparison. A chunk is fetched from `A` when one is full; chunks
///   double in size from 4 KiB to 8 MiB.
/// - Fragmentation: padding for alignment, the rest of each chunk, and everything released that was
///   not newest.
/// - Alignment: any power of two.
/// - One thread at a time; see [`Locked`](super::Locked).
///
/// `reset` and `rewind` take the arena mutably: a collection that borrows the arena keeps them from
/// being called. A caller with raw blocks must not use those afterwards.
pub struct Arena<A: Allocator = Global> {
    /// The newest block; the next one ends here.
    next: Cell<NonNull<u8>>,
    /// First byte of the current chunk.
    start: Cell<NonNull<u8>>,
    chunk: Cell<Option<NonNull<Chunk>>>,
    chunk_bytes: Cell<usize>,
    inner: A,
}

// SAFETY: chunks are reachable through the arena only; blocks go with it as far as borrows allow.
unsafe impl<A: Allocator + Send> Send for Arena<A> {}

/// Lies at the end of the chunk that it describes.
struct Chunk {
    older: Option<NonNull<Chunk>>,
    start: NonNull<u8>,
    layout: Layout,
    /// `next` when a newer chunk took over.
    next: NonNull<u8>,
    serial: u64,
}

/// A state of an arena, to go back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Number of the chunk that was current, 0 if there was none.
    serial: u64,
    next: usize,
}

/// The checkpoint does not lie in the arena's past: it belongs to another arena, or the arena was
/// taken back beyond it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StaleCheckpoint;

impl fmt::Display for StaleCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the checkpoint does not lie in the arena's past")
    }
}

impl std::error::Error for StaleCheckpoint {}

impl Arena<Global> {
    /// An arena on [`Global`]. Takes no memory yet.
    pub fn new() -> Self {
        Arena::new_in(Global)
    }
}

impl Default for Arena<Global> {
    fn default() -> Self {
        Arena::new()
    }
}

impl<A: Allocator> Arena<A> {
    /// An arena whose chunks come from `inner`. Takes no memory yet.
    pub fn new_in(inner: A) -> Self {
        Arena {
            next: Cell::new(NonNull::dangling()),
            start: Cell::new(NonNull::dangling()),
            chunk: Cell::new(None),
            chunk_bytes: Cell::new(FIRST_CHUNK),
            inner,
        }
    }

    /// The present state.
    pub fn checkpoint(&self) -> Checkpoint {
        // SAFETY: the current chunk is live.
        let serial = self.chunk.get().map_or(0, |chunk| unsafe { chunk.as_ref() }.serial);
        Checkpoint { serial, next: self.next.get().addr().get() }
    }

    /// Gives back every block that was allocated since the checkpoint.
    pub fn rewind(&mut self, to: Checkpoint) -> Result<(), StaleCheckpoint> {
        // First look, then act: a stale checkpoint must change nothing.
        let mut at = self.chunk.get();
        let mut next = self.next.get();
        while let Some(chunk) = at {
            // SAFETY: all chunks in the list are live.
            let chunk = unsafe { chunk.as_ref() };
            if chunk.serial == to.serial {
                break;
            }
            at = chunk.older;
            // SAFETY: as above.
            next = at.map_or(next, |older| unsafe { older.as_ref() }.next);
        }
        let Some(found) = at else {
            if to.serial != 0 {
                return Err(StaleCheckpoint);
            }
            self.free_down_to(None);
            return Ok(());
        };
        // SAFETY: as above.
        let end = found.addr().get();
        if to.next < next.addr().get() || to.next > end {
            return Err(StaleCheckpoint);
        }
        self.free_down_to(at);
        self.next.set(next.with_addr(to.next.try_into().unwrap_or(next.addr())));
        Ok(())
    }

    /// Gives back all blocks. The newest chunk, which is the largest, is kept.
    pub fn reset(&mut self) {
        let Some(mut newest) = self.chunk.get() else { return };
        // SAFETY: all chunks in the list are live, and nobody else has a reference to one.
        let chunk = unsafe { newest.as_mut() };
        // A new number: checkpoints from before the reset are stale.
        chunk.serial = SERIAL.fetch_add(1, Relaxed);
        let older = chunk.older.take();
        self.chunk.set(older);
        self.free_down_to(None);
        self.enter(newest);
        self.next.set(newest.cast());
    }

    /// Bytes that the arena has from the allocator behind it.
    pub fn chunk_bytes(&self) -> usize {
        let mut total = 0;
        let mut at = self.chunk.get();
        while let Some(chunk) = at {
            // SAFETY: all chunks in the list are live.
            let chunk = unsafe { chunk.as_ref() };
            total += chunk.layout.size();
            at = chunk.older;
        }
        total
    }

    /// The allocator behind.
    pub fn inner(&self) -> &A {
        &self.inner
    }

    /// Takes `size` bytes below `next`, if the chunk has them.
    #[inline(always)]
    fn bump(&self, layout: Layout) -> Option<NonNull<[u8]>> {
        let (next, start) = (self.next.get(), self.start.get());
        if layout.size() > next.addr().get() - start.addr().get() {
            return None;
        }
        let at = (next.addr().get() - layout.size()) & !(layout.align() - 1);
        if at < start.addr().get() {
            return None;
        }
        // SAFETY: `at` lies between `start` and `next`, inside the chunk.
        let at = unsafe { next.sub(next.addr().get() - at) };
        self.next.set(at);
        Some(NonNull::slice_from_raw_parts(at, layout.size()))
    }

    #[cold]
    #[inline(never)]
    fn bump_in_new_chunk(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        // Room for the block, its padding and the description at the end.
        let needed = layout.size().checked_add(layout.align()).ok_or(Refused)?;
        let needed = needed.checked_add(size_of::<Chunk>()).ok_or(Refused)?;
        let wanted = self.chunk_bytes.get();
        let chunk = self
            .fetch(wanted.max(needed))
            .or_else(|refused| if needed < wanted { self.fetch(needed) } else { Err(refused) })?;
        self.chunk_bytes.set((wanted * 2).min(LARGEST_CHUNK));
        self.enter(chunk);
        self.next.set(chunk.cast());
        self.bump(layout).ok_or(Refused)
    }

    /// A new chunk, with `self.chunk` as its older one.
    fn fetch(&self, bytes: usize) -> Result<NonNull<Chunk>, Refused> {
        let bytes = bytes.checked_next_multiple_of(CHUNK_ALIGN).ok_or(Refused)?;
        let layout = Layout::from_size_align(bytes, CHUNK_ALIGN).map_err(|_| Refused)?;
        let start = self.inner.allocate(layout)?.cast::<u8>();
        let older = self.chunk.get();
        if let Some(mut older) = older {
            // SAFETY: the current chunk is live.
            unsafe { older.as_mut() }.next = self.next.get();
        }
        let serial = SERIAL.fetch_add(1, Relaxed);
        // SAFETY: the chunk has room for its description at its end, which is aligned because the
        // chunk's length and the description's are multiples of its alignment.
        unsafe {
            let at = start.add(layout.size() - size_of::<Chunk>()).cast::<Chunk>();
            at.write(Chunk { older, start, layout, next: at.cast(), serial });
            Ok(at)
        }
    }

    fn enter(&self, chunk: NonNull<Chunk>) {
        // SAFETY: the chunk is live.
        self.start.set(unsafe { chunk.as_ref() }.start);
        self.chunk.set(Some(chunk));
    }

    /// Frees the chunks newer than `keep`, and makes that one the current.
    fn free_down_to(&mut self, keep: Option<NonNull<Chunk>>) {
        while let Some(chunk) = self.chunk.get().filter(|chunk| Some(*chunk) != keep) {
            // SAFETY: the chunk is live; its description is read before the memory goes back with
            // the layout it was fetched with.
            unsafe {
                let &Chunk { older, start, layout, .. } = chunk.as_ref();
                self.chunk.set(older);
                self.inner.deallocate(start, layout);
            }
        }
        match keep {
            Some(chunk) => self.enter(chunk),
            None => {
                self.next.set(NonNull::dangling());
                self.start.set(NonNull::dangling());
            }
        }
    }

    /// Whether a block is the newest.
    #[inline(always)]
    fn is_newest(&self, ptr: NonNull<u8>) -> bool {
        ptr == self.next.get()
    }
}

// SAFETY: blocks lie in chunks, which do not move when the arena does and live until it is dropped or
// taken back under an exclusive borrow; a bump never hands out a byte twice.
unsafe impl<A: Allocator> Allocator for Arena<A> {
    #[inline(always)]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        match self.bump(layout) {
            Some(block) => Ok(block),
            None => self.bump_in_new_chunk(layout),
        }
    }

    #[inline(always)]
    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        if self.is_newest(ptr) {
            // SAFETY: the block lies in the current chunk, so its end does too.
            self.next.set(unsafe { ptr.add(layout.size()) });
        }
    }

    #[inline]
    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        if self.is_newest(ptr) && old.size() != 0 {
            // The newest block gets longer downwards, over itself.
            // SAFETY: the block lies in the current chunk, so its end does too.
            self.next.set(unsafe { ptr.add(old.size()) });
            if let Some(block) = self.bump(new) {
                // SAFETY: both ranges are inside the chunk; they may overlap.
                unsafe { ptr.as_ptr().copy_to(block.as_ptr().cast(), old.size()) };
                return Ok(block);
            }
            self.next.set(ptr);
        }
        let block = self.allocate(new)?;
        // SAFETY: the new block holds at least the old size and does not overlap the old one, which
        // is still allocated.
        unsafe { ptr.as_ptr().copy_to_nonoverlapping(block.as_ptr().cast(), old.size()) };
        Ok(block)
    }

    #[inline]
    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise; the added bytes lie inside the new block.
        unsafe {
            let block = self.grow(ptr, old, new)?;
            let added = block.cast::<u8>().add(old.size());
            added.as_ptr().write_bytes(0, new.size() - old.size());
            Ok(block)
        }
    }

    #[inline]
    unsafe fn shrink(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        if self.is_newest(ptr) {
            // SAFETY: the block lies in the current chunk, so its end does too.
            let end = unsafe { ptr.add(old.size()) };
            let at = (end.addr().get() - new.size()) & !(new.align() - 1);
            if at >= ptr.addr().get() {
                // SAFETY: `at` lies inside the old block; the ranges may overlap.
                unsafe {
                    let at = ptr.add(at - ptr.addr().get());
                    ptr.as_ptr().copy_to(at.as_ptr(), new.size());
                    self.next.set(at);
                    return Ok(NonNull::slice_from_raw_parts(at, new.size()));
                }
            }
        }
        if ptr.addr().get().is_multiple_of(new.align()) {
            return Ok(NonNull::slice_from_raw_parts(ptr, new.size()));
        }
        let block = self.allocate(new)?;
        // SAFETY: both blocks hold the new size, and they do not overlap.
        unsafe { ptr.as_ptr().copy_to_nonoverlapping(block.as_ptr().cast(), new.size()) };
        Ok(block)
    }
}

impl<A: Allocator> Drop for Arena<A> {
    fn drop(&mut self) {
        self.free_down_to(None);
    }
}

impl<A: Allocator> fmt::Debug for Arena<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena").field("chunk_bytes", &self.chunk_bytes()).finish_non_exhaustive()
    }
}

const FIRST_CHUNK: usize = 4 << 10;
const LARGEST_CHUNK: usize = 8 << 20;
const CHUNK_ALIGN: usize = 16;
const _: () = assert!(size_of::<Chunk>().is_multiple_of(align_of::<Chunk>()));
const _: () = assert!(align_of::<Chunk>() <= CHUNK_ALIGN);

/// Numbers all chunks of the process, so that a checkpoint of another arena is not mistaken for one
/// of this arena.
static SERIAL: AtomicU64 = AtomicU64::new(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alloc::Counting;
    use allocator_api2::vec::Vec;

    fn take(arena: &Arena<impl Allocator>, size: usize, align: usize) -> NonNull<u8> {
        arena.allocate(Layout::from_size_align(size, align).unwrap()).unwrap().cast()
    }

    #[test]
    fn a_checkpoint_gives_back_what_came_after_it_and_nothing_else() {
        let mut arena = Arena::new();
        let start = arena.checkpoint();
        let first = take(&arena, 100, 8);
        let checkpoint = arena.checkpoint();
        for _ in 0..100 {
            take(&arena, 1000, 8);
        }
        assert!(arena.chunk_bytes() > 100_000);
        arena.rewind(checkpoint).unwrap();
        assert_eq!(arena.chunk_bytes(), FIRST_CHUNK);
        assert_eq!(take(&arena, 4, 4).addr().get() + 4, first.addr().get());
        arena.rewind(start).unwrap();
        assert_eq!(arena.chunk_bytes(), 0);
        assert_eq!(arena.rewind(checkpoint), Err(StaleCheckpoint));
    }

    #[test]
    fn checkpoints_of_the_future_or_of_another_arena_are_refused() {
        let mut arena = Arena::new();
        let other = Arena::new();
        take(&arena, 8, 8);
        take(&other, 8, 8);
        assert_eq!(arena.rewind(other.checkpoint()), Err(StaleCheckpoint));
        let early = arena.checkpoint();
        take(&arena, 64, 8);
        let late = arena.checkpoint();
        arena.rewind(early).unwrap();
        assert_eq!(arena.rewind(late), Err(StaleCheckpoint));
        arena.rewind(early).unwrap();
    }

    #[test]
    fn reset_keeps_one_chunk_and_dropping_gives_everything_back() {
        let counting = Counting::<_>::new(Global);
        let mut arena = Arena::new_in(&counting);
        for size in 1..500 {
            take(&arena, size, 16);
        }
        arena.reset();
        assert_eq!(counting.stats().live_blocks(), 1);
        let before = counting.stats().allocations;
        for _ in 0..100 {
            take(&arena, 500, 8);
        }
        assert_eq!(counting.stats().allocations, before, "the kept chunk is used again");
        drop(arena);
        assert_eq!(counting.stats().live_bytes, 0);
    }

    #[test]
    fn the_newest_block_can_be_given_back_and_grow_in_place() {
        let arena = Arena::new();
        let mut numbers: Vec<u32, &Arena> = Vec::new_in(&arena);
        numbers.extend(0..500);
        assert!(numbers.iter().copied().eq(0..500));
        assert_eq!(arena.chunk_bytes(), FIRST_CHUNK, "a growing vector reuses its own space");
        let at = numbers.as_ptr().addr();
        drop(numbers);
        assert!(take(&arena, 8, 8).addr().get() > at);
    }

    #[test]
    fn empty_blocks_and_huge_alignments_are_legal_and_huge_sizes_refused() {
        let arena = Arena::new();
        assert_eq!(take(&arena, 0, 4096).addr().get() % 4096, 0);
        assert_eq!(take(&arena, 1, 1 << 16).addr().get() % (1 << 16), 0);
        let huge = Layout::from_size_align(isize::MAX as usize - 7, 8).unwrap();
        assert!(arena.allocate(huge).is_err());
        assert!(take(&arena, 8, 8).addr().get() != 0);
    }
}
