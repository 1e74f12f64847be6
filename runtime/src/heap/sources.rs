//! Where the memory of a heap's blocks comes from.

use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

use crate::alloc::{Allocator, Global, Layout, Refused};

/// Several allocators as one: each request goes to the one that was selected last. So a limit and a
/// failure plan in front of it hold for all of them together.
///
/// Source 0 is [`Global`], and is reached without an indirect call.
pub struct Sources {
    current: Cell<u16>,
    others: RefCell<Vec<Box<dyn Allocator + Send>>>,
}

impl Sources {
    pub fn new() -> Sources {
        Sources { current: Cell::new(0), others: RefCell::new(Vec::new()) }
    }

    /// Adds a source; at most 65 535 of them, further ones share the last.
    pub fn add(&self, source: Box<dyn Allocator + Send>) -> u16 {
        let mut others = self.others.borrow_mut();
        if others.len() < usize::from(u16::MAX) {
            others.push(source);
        }
        others.len() as u16
    }

    /// Chooses the source of the requests that follow. Blocks must go back to their own source.
    #[inline(always)]
    pub fn select(&self, source: u16) {
        self.current.set(source);
    }

    #[inline(always)]
    fn with<R>(&self, global: impl FnOnce(Global) -> R, other: impl FnOnce(&dyn Allocator) -> R) -> R {
        match self.current.get() {
            0 => global(Global),
            n => other(&*self.others.borrow()[usize::from(n) - 1]),
        }
    }
}

// SAFETY: each request is passed on to one allocator that keeps the contract and lives as long as
// `self`; the heap selects the same one again for every later operation on the block.
unsafe impl Allocator for Sources {
    #[inline]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.with(|a| a.allocate(layout), |a| a.allocate(layout))
    }

    #[inline]
    fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.with(|a| a.allocate_zeroed(layout), |a| a.allocate_zeroed(layout))
    }

    #[inline]
    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's promise.
        self.with(|a| unsafe { a.deallocate(ptr, layout) }, |a| unsafe { a.deallocate(ptr, layout) });
    }

    #[inline]
    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.with(|a| unsafe { a.grow(ptr, old, new) }, |a| unsafe { a.grow(ptr, old, new) })
    }

    #[inline]
    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.with(|a| unsafe { a.grow_zeroed(ptr, old, new) }, |a| unsafe { a.grow_zeroed(ptr, old, new) })
    }

    #[inline]
    unsafe fn shrink(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.with(|a| unsafe { a.shrink(ptr, old, new) }, |a| unsafe { a.shrink(ptr, old, new) })
    }
}
