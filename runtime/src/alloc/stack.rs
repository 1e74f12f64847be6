//! Last in, first out.

use std::cell::Cell;
use std::fmt;
use std::ptr::NonNull;

use super::{Allocator, Global, Layout, Refused};

/// Hands out memory from one buffer of fixed size, upwards; the newest block is given back by a step
/// down. A block that is not the newest is remembered, and its space returns as soon as everything
/// above it is gone.
///
/// - Cost: an addition and two stores; two loads to give back. 16 bytes in front of every block.
/// - Fragmentation: padding for alignment, and blocks that wait for newer ones.
/// - Alignment: powers of two up to 2²⁸ that leave room in the buffer.
/// - One thread at a time; see [`Locked`](super::Locked).
pub struct Stack<A: Allocator = Global> {
    buffer: NonNull<u8>,
    /// Offset of the first free byte.
    top: Cell<usize>,
    /// Offset of the newest block, 0 if there is none.
    newest: Cell<usize>,
    layout: Layout,
    inner: A,
}

// SAFETY: the buffer is reachable through the stack only.
unsafe impl<A: Allocator + Send> Send for Stack<A> {}

/// In front of each block.
struct Header {
    /// Offset of the block below, 0 if there is none; bit 63 if this block was given back already.
    below: usize,
    /// Offset of the first free byte before this block was allocated.
    top: usize,
}

/// A height of a stack, to go back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marker {
    newest: usize,
}

impl Stack<Global> {
    /// A stack of `capacity` bytes from [`Global`], headers included.
    pub fn new(capacity: usize) -> Result<Self, Refused> {
        Stack::new_in(capacity, Global)
    }
}

impl<A: Allocator> Stack<A> {
    /// A stack of `capacity` bytes from `inner`, headers included.
    pub fn new_in(capacity: usize, inner: A) -> Result<Self, Refused> {
        let layout = Layout::from_size_align(capacity, BUFFER_ALIGN).map_err(|_| Refused)?;
        let buffer = inner.allocate(layout)?.cast();
        Ok(Stack { buffer, top: Cell::new(0), newest: Cell::new(0), layout, inner })
    }

    /// The present height.
    pub fn marker(&self) -> Marker {
        Marker { newest: self.newest.get() }
    }

    /// Gives back all blocks above the one that was newest when the marker was taken. Linear in
    /// their number. Blocks further down stay, even if the marker is from another time or stack.
    ///
    /// Takes the stack mutably: a collection that borrows it keeps this from being called.
    pub fn release_to(&mut self, marker: Marker) {
        while self.newest.get() > marker.newest {
            self.pop();
        }
        self.pop_released();
    }

    /// Bytes in use, headers and waiting blocks included.
    pub fn used(&self) -> usize {
        self.top.get()
    }

    /// Bytes in all.
    pub fn capacity(&self) -> usize {
        self.layout.size()
    }

    /// The allocator behind.
    pub fn inner(&self) -> &A {
        &self.inner
    }

    /// The header of the block at an offset.
    #[inline(always)]
    fn header(&self, block: usize) -> NonNull<Header> {
        // SAFETY: every block has its header in front of it, inside the buffer.
        unsafe { self.buffer.add(block - HEADER).cast() }
    }

    #[inline(always)]
    fn offset(&self, ptr: NonNull<u8>) -> usize {
        ptr.addr().get() - self.buffer.addr().get()
    }

    /// Removes the newest block, of which there is one.
    #[inline(always)]
    fn pop(&self) {
        // SAFETY: the header of a block that was not removed is intact.
        let &Header { below, top } = unsafe { self.header(self.newest.get()).as_ref() };
        self.newest.set(below & !RELEASED);
        self.top.set(top);
    }

    /// Removes newest blocks that were given back while they had blocks above them.
    #[inline(always)]
    fn pop_released(&self) {
        while self.newest.get() != 0 {
            // SAFETY: as in `pop`.
            let header = unsafe { self.header(self.newest.get()).as_ref() };
            if header.below & RELEASED == 0 {
                break;
            }
            self.pop();
        }
    }
}

// SAFETY: blocks lie in the buffer, which does not move with the stack and lives as long; the space of
// a block is used again only after it was given back.
unsafe impl<A: Allocator> Allocator for Stack<A> {
    #[inline(always)]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        if layout.align() > MAX_ALIGN {
            return Err(Refused);
        }
        let base = self.buffer.addr().get();
        let mask = layout.align().max(align_of::<Header>()) - 1;
        let top = self.top.get();
        // The end of the buffer is an address, and far enough from the last for these sums.
        let at = ((base + top + HEADER + mask) & !mask) - base;
        if at > self.layout.size() || layout.size() > self.layout.size() - at {
            return Err(Refused);
        }
        // SAFETY: the header and the block lie between `top` and the end of the buffer, and the
        // header is aligned because the block is and `HEADER` is a multiple of its alignment.
        unsafe {
            self.header(at).write(Header { below: self.newest.get(), top });
            self.newest.set(at);
            self.top.set(at + layout.size());
            Ok(NonNull::slice_from_raw_parts(self.buffer.add(at), layout.size()))
        }
    }

    #[inline(always)]
    unsafe fn deallocate(&self, ptr: NonNull<u8>, _: Layout) {
        let at = self.offset(ptr);
        if at == self.newest.get() {
            self.pop();
            self.pop_released();
        } else {
            // SAFETY: the block is live, so its header is intact.
            unsafe { self.header(at).as_mut() }.below |= RELEASED;
        }
    }

    #[inline]
    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        let at = self.offset(ptr);
        let aligned = ptr.addr().get().is_multiple_of(new.align());
        if at == self.newest.get() && aligned && new.size() <= self.layout.size() - at {
            self.top.set(at + new.size());
            return Ok(NonNull::slice_from_raw_parts(ptr, new.size()));
        }
        let block = self.allocate(new)?;
        // SAFETY: the new block holds at least the old size and does not overlap the old one, which
        // is given back once.
        unsafe {
            ptr.as_ptr().copy_to_nonoverlapping(block.as_ptr().cast(), old.size());
            self.deallocate(ptr, old);
        }
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
        if ptr.addr().get().is_multiple_of(new.align()) {
            let at = self.offset(ptr);
            if at == self.newest.get() {
                self.top.set(at + new.size());
            }
            return Ok(NonNull::slice_from_raw_parts(ptr, new.size()));
        }
        let block = self.allocate(new)?;
        // SAFETY: both blocks hold the new size and do not overlap; the old one is given back once.
        unsafe {
            ptr.as_ptr().copy_to_nonoverlapping(block.as_ptr().cast(), new.size());
            self.deallocate(ptr, old);
        }
        Ok(block)
    }
}

impl<A: Allocator> Drop for Stack<A> {
    fn drop(&mut self) {
        // SAFETY: the buffer came from `inner` with this layout.
        unsafe { self.inner.deallocate(self.buffer, self.layout) }
    }
}

impl<A: Allocator> fmt::Debug for Stack<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stack")
            .field("used", &self.used())
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}

const BUFFER_ALIGN: usize = 16;
/// Keeps sums of addresses and alignments from wrapping.
const MAX_ALIGN: usize = 1 << 28;
const HEADER: usize = size_of::<Header>();
const RELEASED: usize = 1 << (usize::BITS - 1);
const _: () = assert!(HEADER.is_multiple_of(align_of::<Header>()));
const _: () = assert!(align_of::<Header>() <= BUFFER_ALIGN);

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    fn take(stack: &Stack, size: usize, align: usize) -> NonNull<u8> {
        stack.allocate(layout(size, align)).unwrap().cast()
    }

    fn give(stack: &Stack, ptr: NonNull<u8>, size: usize, align: usize) {
        // SAFETY: the tests give back live blocks with the layout they took them with.
        unsafe { stack.deallocate(ptr, layout(size, align)) }
    }

    #[test]
    fn blocks_given_back_in_any_order_leave_nothing() {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let stack = Stack::new(1000).unwrap();
            let blocks = [5, 8, 64].map(|align| (take(&stack, 5, align.max(8)), align.max(8)));
            let before = stack.used();
            for (nth, index) in order.into_iter().enumerate() {
                let (ptr, align) = blocks[index];
                give(&stack, ptr, 5, align);
                assert_eq!(stack.used() == 0, nth == 2, "{order:?} {before}");
            }
        }
    }

    #[test]
    fn a_marker_releases_what_is_above_it() {
        let mut stack = Stack::new(10_000).unwrap();
        let low = take(&stack, 10, 8);
        let marker = stack.marker();
        let used = stack.used();
        for _ in 0..20 {
            take(&stack, 100, 16);
        }
        stack.release_to(marker);
        assert_eq!(stack.used(), used);
        let high = take(&stack, 10, 8);
        give(&stack, low, 10, 8);
        assert!(stack.used() > used);
        give(&stack, high, 10, 8);
        assert_eq!(stack.used(), 0);
        stack.release_to(marker);
        assert_eq!(stack.used(), 0);
    }

    #[test]
    fn a_full_stack_refuses_and_the_newest_block_grows_in_place() {
        let stack = Stack::new(100).unwrap();
        let a = take(&stack, 10, 8);
        // SAFETY: the block is live with this layout.
        let grown = unsafe { stack.grow(a, layout(10, 8), layout(84, 8)) }.unwrap();
        assert_eq!((grown.cast(), stack.used()), (a, 100));
        assert!(stack.allocate(layout(0, 1)).is_err());
        // SAFETY: as above.
        assert!(unsafe { stack.grow(a, layout(84, 8), layout(85, 8)) }.is_err());
        assert!(stack.allocate(layout(isize::MAX as usize, 1)).is_err());
        give(&stack, a, 84, 8);
        assert!(Stack::new(0).unwrap().allocate(layout(0, 1)).is_err());
        assert!(Stack::new(usize::MAX).is_err());
    }
}
