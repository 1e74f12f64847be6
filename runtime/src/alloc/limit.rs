//! An upper bound for live bytes.

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use super::{Allocator, Counter, Layout, Refused};

/// Refuses what would bring the live bytes above a limit (A55). With [`Cell`] counters it serves one
/// thread; see [`SharedLimit`].
///
/// Cost: a comparison and an addition. Adds no bytes to blocks, changes no alignment.
#[derive(Debug)]
pub struct Limit<A, C = Cell<u64>> {
    inner: A,
    live: C,
    limit: C,
}

/// [`Limit`] for many threads: the sum of what they hold is never above the limit, not for a moment.
pub type SharedLimit<A> = Limit<A, AtomicU64>;

impl<A, C: Counter> Limit<A, C> {
    /// Allows at most `bytes` live bytes from `inner`.
    pub fn new(inner: A, bytes: u64) -> Self {
        let limit = C::default();
        limit.set(bytes);
        Limit { inner, live: C::default(), limit }
    }

    /// The limit in bytes.
    pub fn limit(&self) -> u64 {
        self.limit.get()
    }

    /// Sets another limit. Blocks that are live above it stay.
    pub fn set_limit(&self, bytes: u64) {
        self.limit.set(bytes);
    }

    /// Live bytes.
    pub fn live_bytes(&self) -> u64 {
        self.live.get()
    }

    /// The allocator behind.
    pub fn inner(&self) -> &A {
        &self.inner
    }

    /// Books `bytes`, runs `request`, and takes the booking back if that fails.
    #[inline(always)]
    fn booked(
        &self,
        bytes: usize,
        request: impl FnOnce() -> Result<NonNull<[u8]>, Refused>,
    ) -> Result<NonNull<[u8]>, Refused> {
        if !self.live.try_add(bytes as u64, self.limit.get()) {
            return Err(Refused);
        }
        let result = request();
        if result.is_err() {
            self.live.sub(bytes as u64);
        }
        result
    }
}

// SAFETY: memory and its validity are those of `inner`; only a number is kept beside it.
unsafe impl<A: Allocator, C: Counter> Allocator for Limit<A, C> {
    #[inline(always)]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.booked(layout.size(), || self.inner.allocate(layout))
    }

    #[inline(always)]
    fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.booked(layout.size(), || self.inner.allocate_zeroed(layout))
    }

    #[inline(always)]
    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { self.inner.deallocate(ptr, layout) };
        self.live.sub(layout.size() as u64);
    }

    #[inline]
    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.booked(new.size() - old.size(), || unsafe { self.inner.grow(ptr, old, new) })
    }

    #[inline]
    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.booked(new.size() - old.size(), || unsafe { self.inner.grow_zeroed(ptr, old, new) })
    }

    #[inline]
    unsafe fn shrink(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        let shrunk = unsafe { self.inner.shrink(ptr, old, new) }?;
        self.live.sub((old.size() - new.size()) as u64);
        Ok(shrunk)
    }
}
