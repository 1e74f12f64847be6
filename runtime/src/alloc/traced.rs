//! Events for any allocator.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use super::{Allocator, Layout, Refused};
use crate::events::{Event, EventKind, Events, Listener, Subscription};

/// Tells subscribers what goes through it; see [`events`](crate::events).
///
/// While nobody listens an operation costs one more load and a branch. Threads may share it; events
/// are told one at a time.
#[derive(Debug, Default)]
pub struct Traced<A> {
    inner: A,
    number: u32,
    site: AtomicU32,
    active: AtomicBool,
    events: Mutex<Events>,
}

impl<A> Traced<A> {
    /// Traces `inner`; `number` is [`Event::allocator`] of its events.
    pub fn new(inner: A, number: u32) -> Self {
        let active = AtomicBool::new(false);
        Traced { inner, number, site: AtomicU32::new(0), active, events: Mutex::default() }
    }

    /// Adds a subscriber, which must not use this allocator itself.
    pub fn subscribe(&self, listener: Listener) -> Subscription {
        let subscription = self.events(|events| events.subscribe(listener));
        self.active.store(true, Relaxed);
        subscription
    }

    /// Ends a subscription; `false` if it has ended already.
    pub fn unsubscribe(&self, subscription: Subscription) -> bool {
        self.events(|events| {
            let found = events.unsubscribe(subscription);
            self.active.store(events.is_active(), Relaxed);
            found
        })
    }

    /// The site of the events that follow.
    pub fn set_site(&self, site: u32) {
        self.site.store(site, Relaxed);
    }

    /// The allocator behind.
    pub fn inner(&self) -> &A {
        &self.inner
    }

    fn events<R>(&self, use_it: impl FnOnce(&mut Events) -> R) -> R {
        use_it(&mut self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[inline(always)]
    fn tell(&self, kind: EventKind, block: usize, bytes: usize, old: usize) {
        if self.active.load(Relaxed) {
            self.tell_all(kind, block, bytes, old);
        }
    }

    #[cold]
    #[inline(never)]
    fn tell_all(&self, kind: EventKind, block: usize, bytes: usize, old: usize) {
        let event = Event {
            site: self.site.load(Relaxed),
            allocator: self.number,
            block: block as u64,
            bytes: bytes as u64,
            old_bytes: old as u64,
            ..Event::new(kind)
        };
        self.events(|events| events.emit(|| event));
    }

    #[inline(always)]
    fn told(
        &self,
        result: Result<NonNull<[u8]>, Refused>,
        kind: EventKind,
        bytes: usize,
        old: usize,
    ) -> Result<NonNull<[u8]>, Refused> {
        match &result {
            Ok(block) => self.tell(kind, block.addr().get(), bytes, old),
            Err(_) => self.tell(EventKind::Fail, 0, bytes, old),
        }
        result
    }
}

// SAFETY: memory and its validity are those of `inner`.
unsafe impl<A: Allocator> Allocator for Traced<A> {
    #[inline]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.told(self.inner.allocate(layout), EventKind::Alloc, layout.size(), 0)
    }

    #[inline]
    fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.told(self.inner.allocate_zeroed(layout), EventKind::Alloc, layout.size(), 0)
    }

    #[inline]
    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        // Told first: another thread may get the same address as soon as it is free.
        self.tell(EventKind::Free, ptr.addr().get(), layout.size(), 0);
        // SAFETY: the caller's promise.
        unsafe { self.inner.deallocate(ptr, layout) }
    }

    #[inline]
    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        let result = unsafe { self.inner.grow(ptr, old, new) };
        self.told(result, EventKind::Realloc, new.size(), old.size())
    }

    #[inline]
    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        let result = unsafe { self.inner.grow_zeroed(ptr, old, new) };
        self.told(result, EventKind::Realloc, new.size(), old.size())
    }

    #[inline]
    unsafe fn shrink(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        let result = unsafe { self.inner.shrink(ptr, old, new) };
        self.told(result, EventKind::Realloc, new.size(), old.size())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::alloc::{Global, Limit};

    #[test]
    fn subscribers_see_sizes_sites_and_refusals_and_only_while_subscribed() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let traced = Traced::new(Limit::<_>::new(Global, 100), 5);
        let layout = |size| Layout::from_size_align(size, 8).unwrap();
        let quiet = traced.allocate(layout(10)).unwrap();
        let sink = Arc::clone(&seen);
        let subscription = traced.subscribe(Box::new(move |e: &Event| {
            sink.lock().unwrap().push((e.kind, e.site, e.allocator, e.bytes, e.old_bytes));
        }));
        traced.set_site(9);
        // SAFETY: each block is live with the layout given, and used up by the call.
        unsafe {
            let block = traced.grow(quiet.cast(), layout(10), layout(20)).unwrap();
            traced.allocate(layout(90)).unwrap_err();
            traced.deallocate(block.cast(), layout(20));
        }
        assert!(traced.unsubscribe(subscription) && !traced.unsubscribe(subscription));
        assert!(traced.allocate(layout(101)).is_err());
        use EventKind::*;
        assert_eq!(
            *seen.lock().unwrap(),
            [(Realloc, 9, 5, 20, 10), (Fail, 9, 5, 90, 0), (Free, 9, 5, 20, 0)]
        );
    }
}
