//! One-thread allocators for many threads.

use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

use super::{Allocator, Layout, Refused};

/// Puts a lock around an allocator, so that threads can share it.
///
/// Cost: a lock per operation, uncontended about 10 ns.
#[derive(Debug, Default)]
pub struct Locked<A> {
    inner: Mutex<A>,
}

impl<A> Locked<A> {
    /// Shares `inner`.
    pub fn new(inner: A) -> Self {
        Locked { inner: Mutex::new(inner) }
    }

    /// Looks at the allocator while nobody else uses it. It cannot be changed this way: taking it
    /// back to an earlier state would pull blocks away from those who hold them.
    pub fn with<R>(&self, look: impl FnOnce(&A) -> R) -> R {
        // A panic elsewhere leaves no allocator here in a broken state: none of them panics halfway.
        look(&self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the allocator while nobody else uses it.
    ///
    /// # Safety
    /// No block that the change takes back may be used afterwards.
    pub unsafe fn with_mut<R>(&self, change: impl FnOnce(&mut A) -> R) -> R {
        change(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The allocator, when nobody else can use it.
    pub fn get_mut(&mut self) -> &mut A {
        self.inner.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

// SAFETY: every operation is passed on to one allocator that keeps the contract, one at a time.
unsafe impl<A: Allocator> Allocator for Locked<A> {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.with(|inner| inner.allocate(layout))
    }

    fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.with(|inner| inner.allocate_zeroed(layout))
    }

    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's promise.
        self.with(|inner| unsafe { inner.deallocate(ptr, layout) });
    }

    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.with(|inner| unsafe { inner.grow(ptr, old, new) })
    }

    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.with(|inner| unsafe { inner.grow_zeroed(ptr, old, new) })
    }

    unsafe fn shrink(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        self.with(|inner| unsafe { inner.shrink(ptr, old, new) })
    }
}
