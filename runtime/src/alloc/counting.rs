//! Statistics for any allocator.

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use super::{Allocator, Counter, Layout, Refused};
use crate::stats::Stats;

/// Counts what goes through it. With [`Cell`] counters it serves one thread; see [`SharedCounting`].
///
/// Cost: four additions in memory per allocation, two per release. Adds no bytes to blocks, changes no alignment.
#[derive(Debug, Default)]
pub struct Counting<A, C = Cell<u64>> {
    inner: A,
    allocations: C,
    frees: C,
    resizes: C,
    failed: C,
    live: C,
    peak: C,
    /// Bytes given back so far; the total that was created is this plus the live bytes.
    returned: C,
}

/// [`Counting`] for many threads; totals are exact once the threads have been joined.
pub type SharedCounting<A> = Counting<A, AtomicU64>;

impl<A, C: Counter> Counting<A, C> {
    /// Counts for `inner`.
    pub fn new(inner: A) -> Self {
        Counting {
            inner,
            allocations: C::default(),
            frees: C::default(),
            resizes: C::default(),
            failed: C::default(),
            live: C::default(),
            peak: C::default(),
            returned: C::default(),
        }
    }

    /// What was counted so far.
    pub fn stats(&self) -> Stats {
        Stats {
            allocations: self.allocations.get(),
            frees: self.frees.get(),
            resizes: self.resizes.get(),
            failed: self.failed.get(),
            live_bytes: self.live.get(),
            peak_bytes: self.peak.get(),
            total_bytes: self.returned.get().wrapping_add(self.live.get()),
        }
    }

    /// The allocator behind.
    pub fn inner(&self) -> &A {
        &self.inner
    }

    #[inline(always)]
    fn gain(&self, bytes: usize) {
        let live = self.live.add(bytes as u64);
        self.peak.raise(live);
    }

    #[inline(always)]
    fn lose(&self, bytes: usize) {
        self.live.sub(bytes as u64);
        self.returned.add(bytes as u64);
    }

    #[inline(always)]
    fn created(
        &self,
        result: Result<NonNull<[u8]>, Refused>,
        bytes: usize,
    ) -> Result<NonNull<[u8]>, Refused> {
        match result {
            Ok(_) => {
                self.allocations.add(1);
                self.gain(bytes);
            }
            Err(_) => _ = self.failed.add(1),
        }
        result
    }

    #[inline(always)]
    fn resized(
        &self,
        result: Result<NonNull<[u8]>, Refused>,
        old: usize,
        new: usize,
    ) -> Result<NonNull<[u8]>, Refused> {
        match result {
            Ok(_) => {
                self.resizes.add(1);
                if new >= old {
                    self.gain(new - old);
                } else {
                    self.lose(old - new);
                }
            }
            Err(_) => _ = self.failed.add(1),
        }
        result
    }
}

// SAFETY: memory and its validity are those of `inner`; only numbers are kept beside it.
unsafe impl<A: Allocator, C: Counter> Allocator for Counting<A, C> {
    #[inline(always)]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.created(self.inner.allocate(layout), layout.size())
    }

    #[inline(always)]
    fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.created(self.inner.allocate_zeroed(layout), layout.size())
    }

    #[inline(always)]
    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { self.inner.deallocate(ptr, layout) };
        self.frees.add(1);
        self.lose(layout.size());
    }

    #[inline]
    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.resized(unsafe { self.inner.grow(ptr, old, new) }, old.size(), new.size())
    }

    #[inline]
    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.resized(unsafe { self.inner.grow_zeroed(ptr, old, new) }, old.size(), new.size())
    }

    #[inline]
    unsafe fn shrink(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.resized(unsafe { self.inner.shrink(ptr, old, new) }, old.size(), new.size())
    }
}
