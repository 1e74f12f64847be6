//! Blocks of one size.

use std::cell::Cell;
use std::fmt;
use std::ptr::NonNull;

use super::{Allocator, Global, Layout, Refused};
use crate::AllocError;

/// Hands out blocks of one size from a list of free ones.
///
/// - Cost: taking the head of a list, and putting it back. Chunks come from `A` and double from 32
///   blocks to 64 KiB; they go back when the pool is dropped.
/// - Fragmentation: none between blocks; requests smaller than the block waste the rest.
/// - Alignment: up to that of the block. Larger requests, in size or alignment, are refused.
/// - One thread at a time; see [`Locked`](super::Locked).
pub struct Pool<A: Allocator = Global> {
    /// Free blocks that were used before.
    free: Cell<Option<NonNull<FreeBlock>>>,
    block: Layout,
    /// Never used part of the newest chunk.
    fresh: Cell<NonNull<u8>>,
    fresh_blocks: Cell<usize>,
    chunks: Cell<Option<NonNull<Chunk>>>,
    chunk_blocks: Cell<usize>,
    inner: A,
}

// SAFETY: chunks are reachable through the pool only.
unsafe impl<A: Allocator + Send> Send for Pool<A> {}

struct FreeBlock {
    next: Option<NonNull<FreeBlock>>,
}

/// At the start of each chunk.
struct Chunk {
    older: Option<NonNull<Chunk>>,
    layout: Layout,
}

impl Pool<Global> {
    /// A pool of blocks of `size` bytes, aligned to `align`, on [`Global`]. Takes no memory yet.
    pub fn new(size: usize, align: usize) -> Result<Self, AllocError> {
        Pool::new_in(size, align, Global)
    }
}

impl<A: Allocator> Pool<A> {
    /// A pool whose chunks come from `inner`. Takes no memory yet.
    pub fn new_in(size: usize, align: usize, inner: A) -> Result<Self, AllocError> {
        if !align.is_power_of_two() {
            return Err(AllocError::BadAlign);
        }
        let block = Layout::from_size_align(size.max(size_of::<FreeBlock>()), align)
            .and_then(|layout| layout.align_to(align_of::<FreeBlock>()))
            .map_err(|_| AllocError::Overflow)?
            .pad_to_align();
        Ok(Pool {
            free: Cell::new(None),
            block,
            fresh: Cell::new(NonNull::dangling()),
            fresh_blocks: Cell::new(0),
            chunks: Cell::new(None),
            chunk_blocks: Cell::new(FIRST_BLOCKS),
            inner,
        })
    }

    /// Size and alignment of a block, as rounded up.
    pub fn block(&self) -> Layout {
        self.block
    }

    /// The allocator behind.
    pub fn inner(&self) -> &A {
        &self.inner
    }

    #[inline(always)]
    fn fits(&self, layout: Layout) -> bool {
        layout.size() <= self.block.size() && layout.align() <= self.block.align()
    }

    #[inline(never)]
    fn take_fresh(&self) -> Result<NonNull<u8>, Refused> {
        if self.fresh_blocks.get() == 0 {
            self.fetch()?;
        }
        let block = self.fresh.get();
        let left = self.fresh_blocks.get() - 1;
        self.fresh_blocks.set(left);
        if left > 0 {
            // SAFETY: at least one more block follows in the chunk.
            self.fresh.set(unsafe { block.add(self.block.size()) });
        }
        Ok(block)
    }

    /// A new chunk; half as large as planned, and so on, if memory is short.
    #[cold]
    fn fetch(&self) -> Result<(), Refused> {
        let mut blocks = self.chunk_blocks.get();
        loop {
            match self.fetch_blocks(blocks) {
                Err(_) if blocks > 1 => blocks /= 2,
                result => break result?,
            }
        }
        let more = blocks.saturating_mul(2);
        let fits = more.checked_mul(self.block.size()).is_some_and(|n| n <= LARGEST_CHUNK);
        self.chunk_blocks.set(if fits { more } else { blocks });
        Ok(())
    }

    fn fetch_blocks(&self, blocks: usize) -> Result<(), Refused> {
        let align = self.block.align().max(align_of::<Chunk>());
        let first = size_of::<Chunk>().next_multiple_of(align);
        let bytes = self.block.size().checked_mul(blocks).and_then(|n| n.checked_add(first));
        let layout = Layout::from_size_align(bytes.ok_or(Refused)?, align).map_err(|_| Refused)?;
        let chunk = self.inner.allocate(layout)?.cast::<Chunk>();
        // SAFETY: the chunk is large and aligned enough for its description and, behind it, `blocks`
        // blocks.
        unsafe {
            chunk.write(Chunk { older: self.chunks.get(), layout });
            self.fresh.set(chunk.cast::<u8>().add(first));
        }
        self.chunks.set(Some(chunk));
        self.fresh_blocks.set(blocks);
        Ok(())
    }
}

// SAFETY: blocks lie in chunks, which live as long as the pool and do not move with it; a block is
// either in the list of free ones, or fresh, or handed out once.
unsafe impl<A: Allocator> Allocator for Pool<A> {
    #[inline(always)]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        if !self.fits(layout) {
            return Err(Refused);
        }
        let block = match self.free.get() {
            Some(block) => {
                // SAFETY: a block in the list holds its link.
                self.free.set(unsafe { block.as_ref() }.next);
                block.cast()
            }
            None => self.take_fresh()?,
        };
        Ok(NonNull::slice_from_raw_parts(block, layout.size()))
    }

    #[inline(always)]
    unsafe fn deallocate(&self, ptr: NonNull<u8>, _: Layout) {
        let block = ptr.cast::<FreeBlock>();
        // SAFETY: the block is large and aligned enough for a link, and nobody uses it any more.
        unsafe { block.write(FreeBlock { next: self.free.get() }) };
        self.free.set(Some(block));
    }

    #[inline]
    unsafe fn grow(&self, ptr: NonNull<u8>, _: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // Every block has the full size; so it grows in place or not at all.
        if self.fits(new) { Ok(NonNull::slice_from_raw_parts(ptr, new.size())) } else { Err(Refused) }
    }

    #[inline]
    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise; the added bytes lie inside the block.
        unsafe {
            let block = self.grow(ptr, old, new)?;
            ptr.add(old.size()).as_ptr().write_bytes(0, new.size() - old.size());
            Ok(block)
        }
    }

    #[inline]
    unsafe fn shrink(&self, ptr: NonNull<u8>, _: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        if self.fits(new) { Ok(NonNull::slice_from_raw_parts(ptr, new.size())) } else { Err(Refused) }
    }
}

impl<A: Allocator> Drop for Pool<A> {
    fn drop(&mut self) {
        while let Some(chunk) = self.chunks.get() {
            // SAFETY: the chunk is live; its description is read before the memory goes back with the
            // layout it was fetched with.
            unsafe {
                let &Chunk { older, layout } = chunk.as_ref();
                self.chunks.set(older);
                self.inner.deallocate(chunk.cast(), layout);
            }
        }
    }
}

impl<A: Allocator> fmt::Debug for Pool<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("block", &self.block).finish_non_exhaustive()
    }
}

const FIRST_BLOCKS: usize = 32;
const LARGEST_CHUNK: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alloc::{Counting, Limit};

    #[test]
    fn a_freed_block_is_the_next_one_and_larger_requests_are_refused() {
        let pool = Pool::new(48, 16).unwrap();
        let layout = Layout::from_size_align(48, 16).unwrap();
        let a = pool.allocate(layout).unwrap();
        let b = pool.allocate(Layout::from_size_align(1, 1).unwrap()).unwrap();
        assert_eq!((a.len(), b.len()), (48, 1));
        // SAFETY: the block is live and was allocated with this layout.
        unsafe { pool.deallocate(a.cast(), layout) };
        assert_eq!(pool.allocate(layout).unwrap(), a);
        assert!(pool.allocate(Layout::from_size_align(49, 1).unwrap()).is_err());
        assert!(pool.allocate(Layout::from_size_align(8, 32).unwrap()).is_err());
        assert!(matches!(Pool::new(8, 3), Err(AllocError::BadAlign)));
        assert!(matches!(Pool::new(usize::MAX, 8), Err(AllocError::Overflow)));
    }

    #[test]
    fn chunks_are_few_and_all_go_back() {
        let counting = Counting::<_>::new(Global);
        let pool = Pool::new_in(24, 8, &counting).unwrap();
        let layout = Layout::from_size_align(24, 8).unwrap();
        for _ in 0..10_000 {
            pool.allocate(layout).unwrap();
        }
        assert!(counting.stats().allocations < 15, "{:?}", counting.stats());
        drop(pool);
        assert_eq!(counting.stats().live_bytes, 0);
    }

    #[test]
    fn short_memory_makes_smaller_chunks_before_it_refuses() {
        let limit = Limit::<_>::new(Global, 300);
        let pool = Pool::new_in(64, 8, &limit).unwrap();
        let layout = Layout::from_size_align(64, 8).unwrap();
        let blocks = std::iter::from_fn(|| pool.allocate(layout).ok()).count();
        assert!((3..=4).contains(&blocks), "{blocks}");
    }
}
