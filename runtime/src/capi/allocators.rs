//! Allocators for C.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

use super::{SPP_EINVAL, SPP_OK};
use crate::alloc::{
    Allocator, Arena, Checked, FailurePlan, Global, Layout, Locked, Pool, Refused, SharedCounting,
    SharedFailing, SharedLimit, Stack, Traced,
};
use crate::events::Event;
use crate::stats::Stats;

/// An allocator. All of them may be used by several threads at once.
///
/// Allocators are counted references: a wrapper keeps what it wraps alive, and an array keeps nothing
/// alive, so release an allocator after the last array from it.
pub struct SppAllocator(Kind);

enum Kind {
    Global,
    Arena(Locked<Arena<Handle>>),
    Pool(Locked<Pool<Handle>>),
    Stack(Locked<Stack<Handle>>),
    Counting(SharedCounting<Handle>),
    Limit(SharedLimit<Handle>),
    Failing(SharedFailing<Handle>),
    Checked(Checked<Handle>),
    Traced(Traced<Handle>),
}

/// What a wrapper holds.
#[derive(Clone)]
pub(super) struct Handle(Arc<SppAllocator>);

impl SppAllocator {
    #[inline]
    fn raw(&self) -> &dyn Allocator {
        match &self.0 {
            Kind::Global => &Global,
            Kind::Arena(a) => a,
            Kind::Pool(a) => a,
            Kind::Stack(a) => a,
            Kind::Counting(a) => a,
            Kind::Limit(a) => a,
            Kind::Failing(a) => a,
            Kind::Checked(a) => a,
            Kind::Traced(a) => a,
        }
    }
}

// SAFETY: everything is passed on to one allocator that keeps the contract; clones are the same one.
unsafe impl Allocator for Handle {
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.0.raw().allocate(layout)
    }

    fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.0.raw().allocate_zeroed(layout)
    }

    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { self.0.raw().deallocate(ptr, layout) }
    }

    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        unsafe { self.0.raw().grow(ptr, old, new) }
    }

    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        unsafe { self.0.raw().grow_zeroed(ptr, old, new) }
    }

    unsafe fn shrink(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        unsafe { self.0.raw().shrink(ptr, old, new) }
    }
}

fn new(kind: Kind) -> *const SppAllocator {
    Arc::into_raw(Arc::new(SppAllocator(kind)))
}

/// Another reference to an allocator of the caller.
///
/// # Safety
/// `allocator` is null or a live reference.
pub(super) unsafe fn handle(allocator: *const SppAllocator) -> Option<Handle> {
    if allocator.is_null() {
        return None;
    }
    // SAFETY: the caller's promise; every reference comes from `Arc::into_raw`.
    unsafe {
        Arc::increment_strong_count(allocator);
        Some(Handle(Arc::from_raw(allocator)))
    }
}

/// A new allocator around another; null stays null.
///
/// # Safety
/// `inner` is null or a live reference.
unsafe fn wrap(inner: *const SppAllocator, make: impl FnOnce(Handle) -> Option<Kind>) -> *const SppAllocator {
    // SAFETY: the caller's promise.
    match unsafe { handle(inner) }.and_then(make) {
        Some(kind) => new(kind),
        None => std::ptr::null(),
    }
}

/// The general-purpose allocator, `GlobalAlloc`.
#[unsafe(no_mangle)]
pub extern "C" fn spp_global() -> *const SppAllocator {
    new(Kind::Global)
}

/// A bump allocator; its blocks are given back together. Null if `inner` is.
///
/// # Safety
/// `inner` is null or a live reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_arena_new(inner: *const SppAllocator) -> *const SppAllocator {
    // SAFETY: the caller's promise.
    unsafe { wrap(inner, |inner| Some(Kind::Arena(Locked::new(Arena::new_in(inner))))) }
}

/// Gives back all blocks of an arena. Code 22 if it is none.
///
/// # Safety
/// `arena` is null or a live reference, and nobody uses the blocks any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_arena_reset(arena: *const SppAllocator) -> i32 {
    // SAFETY: the caller's promise.
    match unsafe { arena.as_ref() } {
        Some(SppAllocator(Kind::Arena(arena))) => {
            // SAFETY: the caller's promise about the blocks.
            unsafe { arena.with_mut(Arena::reset) };
            SPP_OK
        }
        _ => SPP_EINVAL,
    }
}

/// Blocks of one size and alignment. Null if `inner` is, or if there is no such block.
///
/// # Safety
/// `inner` is null or a live reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_pool_new(
    inner: *const SppAllocator,
    block_size: usize,
    block_align: usize,
) -> *const SppAllocator {
    // SAFETY: the caller's promise.
    unsafe {
        wrap(inner, |inner| Some(Kind::Pool(Locked::new(Pool::new_in(block_size, block_align, inner).ok()?))))
    }
}

/// Last in, first out, in one buffer of `capacity` bytes. Null if `inner` is, or has no memory.
///
/// # Safety
/// `inner` is null or a live reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_stack_new(inner: *const SppAllocator, capacity: usize) -> *const SppAllocator {
    // SAFETY: the caller's promise.
    unsafe { wrap(inner, |inner| Some(Kind::Stack(Locked::new(Stack::new_in(capacity, inner).ok()?)))) }
}

/// Counts what goes through; see `spp_stats`. Null if `inner` is.
///
/// # Safety
/// `inner` is null or a live reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_counting_new(inner: *const SppAllocator) -> *const SppAllocator {
    // SAFETY: the caller's promise.
    unsafe { wrap(inner, |inner| Some(Kind::Counting(SharedCounting::new(inner)))) }
}

/// Refuses what would bring the live bytes above `bytes`. Null if `inner` is.
///
/// # Safety
/// `inner` is null or a live reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_limit_new(inner: *const SppAllocator, bytes: u64) -> *const SppAllocator {
    // SAFETY: the caller's promise.
    unsafe { wrap(inner, |inner| Some(Kind::Limit(SharedLimit::new(inner, bytes)))) }
}

/// For `spp_failing_new`: the n-th request fails. Requests are counted from 1.
pub const SPP_FAIL_NTH: u32 = 0;
/// The n-th request and all after it fail.
pub const SPP_FAIL_FROM: u32 = 1;
/// Every n-th request fails.
pub const SPP_FAIL_EVERY_NTH: u32 = 2;
/// n requests in a million fail; which ones depends on the seed.
pub const SPP_FAIL_PER_MILLION: u32 = 3;

/// Refuses requests; `which` is one of `SPP_FAIL_…`, and `seed` matters for the last only. Null if
/// `inner` is, or if there is no such plan.
///
/// # Safety
/// `inner` is null or a live reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_failing_new(
    inner: *const SppAllocator,
    which: u32,
    n: u64,
    seed: u64,
) -> *const SppAllocator {
    let plan = match which {
        SPP_FAIL_NTH => FailurePlan::Nth(n),
        SPP_FAIL_FROM => FailurePlan::From(n),
        SPP_FAIL_EVERY_NTH => FailurePlan::EveryNth(n),
        SPP_FAIL_PER_MILLION => FailurePlan::Chance { seed, per_million: n.min(1_000_000) as u32 },
        _ => return std::ptr::null(),
    };
    // SAFETY: the caller's promise.
    unsafe { wrap(inner, |inner| Some(Kind::Failing(SharedFailing::new(inner, plan)))) }
}

/// Finds overflow, use after free, double and foreign free, wrong sizes and leaks. Null if `inner` is.
///
/// # Safety
/// `inner` is null or a live reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_checked_new(inner: *const SppAllocator) -> *const SppAllocator {
    // SAFETY: the caller's promise.
    unsafe { wrap(inner, |inner| Some(Kind::Checked(Checked::new(inner)))) }
}

/// Receives the description of a fault: text of `length` bytes in UTF-8, not terminated, valid during
/// the call.
pub type SppFaultCallback = Option<unsafe extern "C" fn(text: *const u8, length: usize, user: *mut c_void)>;

/// Looks for faults in a checked allocator and tells each one, leaks of live blocks last. Returns
/// their number, -1 if the allocator is not a checked one.
///
/// # Safety
/// `checked` is null or a live reference; `callback`, if not null, may be called with `user`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_checked_report(
    checked: *const SppAllocator,
    callback: SppFaultCallback,
    user: *mut c_void,
) -> i64 {
    // SAFETY: the caller's promise.
    let Some(SppAllocator(Kind::Checked(checked))) = (unsafe { checked.as_ref() }) else {
        return -1;
    };
    let mut faults = checked.check();
    faults.extend(checked.leaks());
    if let Some(callback) = callback {
        for fault in &faults {
            let text = fault.to_string();
            // SAFETY: the caller's promise.
            unsafe { callback(text.as_ptr(), text.len(), user) };
        }
    }
    faults.len() as i64
}

/// Tells subscribers what goes through it; `number` is `allocator` of its events. Null if `inner` is.
///
/// # Safety
/// `inner` is null or a live reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_traced_new(inner: *const SppAllocator, number: u32) -> *const SppAllocator {
    // SAFETY: the caller's promise.
    unsafe { wrap(inner, |inner| Some(Kind::Traced(Traced::new(inner, number)))) }
}

/// Receives events. Runs inside the operation it is told about and must not use the same object.
pub type SppEventCallback = Option<unsafe extern "C" fn(event: *const Event, user: *mut c_void)>;

/// A callback with its argument, as a listener.
pub(super) struct Subscriber {
    pub(super) callback: unsafe extern "C" fn(event: *const Event, user: *mut c_void),
    pub(super) user: *mut c_void,
}

// SAFETY: who subscribes promises that the callback may run on any thread that uses the object.
unsafe impl Send for Subscriber {}

impl Subscriber {
    pub(super) fn tell(&self, event: &Event) {
        // SAFETY: who subscribed promised that the callback may be called with this argument.
        unsafe { (self.callback)(event, self.user) }
    }
}

/// Subscribes to a traced allocator, for as long as it lives. Code 22 if it is none.
///
/// # Safety
/// `traced` is null or a live reference; `callback` may be called with `user` by every thread that
/// uses the allocator.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_traced_subscribe(
    traced: *const SppAllocator,
    callback: SppEventCallback,
    user: *mut c_void,
) -> i32 {
    // SAFETY: the caller's promise.
    match (unsafe { traced.as_ref() }, callback) {
        (Some(SppAllocator(Kind::Traced(traced))), Some(callback)) => {
            let subscriber = Subscriber { callback, user };
            traced.subscribe(Box::new(move |event| subscriber.tell(event)));
            SPP_OK
        }
        _ => SPP_EINVAL,
    }
}

/// What a counting allocator has counted. Code 22 if it is none.
///
/// # Safety
/// `counting` is null or a live reference; `out` is null or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_stats(counting: *const SppAllocator, out: *mut Stats) -> i32 {
    // SAFETY: the caller's promise.
    match unsafe { (counting.as_ref(), out.is_null()) } {
        (Some(SppAllocator(Kind::Counting(counting))), false) => {
            // SAFETY: `out` is not null, so it can be written.
            unsafe { out.write(counting.stats()) };
            SPP_OK
        }
        _ => SPP_EINVAL,
    }
}

/// Another reference to the same allocator.
///
/// # Safety
/// `allocator` is null or a live reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_retain(allocator: *const SppAllocator) -> *const SppAllocator {
    if !allocator.is_null() {
        // SAFETY: the caller's promise.
        unsafe { Arc::increment_strong_count(allocator) };
    }
    allocator
}

/// Ends a reference. The last one ends the allocator, unless another one wraps it.
///
/// # Safety
/// `allocator` is null or a live reference, which is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spp_release(allocator: *const SppAllocator) {
    if !allocator.is_null() {
        // SAFETY: the caller's promise.
        unsafe { Arc::decrement_strong_count(allocator) };
    }
}

impl SppAllocator {
    /// The allocator for operations on arrays.
    pub(super) fn memory(&self) -> &dyn Allocator {
        self.raw()
    }
}
