//! Planned failures, to test the paths that real memory never takes.

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use super::{Allocator, Counter, Layout, Refused};

/// Which requests fail. Requests are counted from 1; a request is an allocation or a growth.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FailurePlan {
    /// None.
    #[default]
    Never,
    /// The n-th, and only that.
    Nth(u64),
    /// The n-th and all after it.
    From(u64),
    /// Every n-th: n, 2n, 3n and so on.
    EveryNth(u64),
    /// Each with a probability of `per_million` in a million. Which ones depends on `seed` and on
    /// the request's number only, so a run can be repeated.
    Chance {
        /// Chooses the requests.
        seed: u64,
        /// Failures in a million requests.
        per_million: u32,
    },
}

impl FailurePlan {
    /// Whether the request with this number (from 1) fails.
    #[inline]
    pub fn fails(self, request: u64) -> bool {
        match self {
            FailurePlan::Never => false,
            FailurePlan::Nth(n) => request == n,
            FailurePlan::From(n) => request >= n,
            FailurePlan::EveryNth(n) => n != 0 && request.is_multiple_of(n),
            FailurePlan::Chance { seed, per_million } => {
                mix(seed ^ mix(request)) % 1_000_000 < u64::from(per_million)
            }
        }
    }
}

/// Refuses requests by plan. With [`Cell`] counters it serves one thread; see [`SharedFailing`].
///
/// Shrinking and giving back never fail. Cost: one addition and one comparison per request.
#[derive(Debug)]
pub struct Failing<A, C = Cell<u64>> {
    inner: A,
    plan: FailurePlan,
    requests: C,
    failures: C,
}

/// [`Failing`] for many threads: exactly as many requests fail as for one thread.
pub type SharedFailing<A> = Failing<A, AtomicU64>;

impl<A, C: Counter> Failing<A, C> {
    /// Fails requests to `inner` by `plan`.
    pub fn new(inner: A, plan: FailurePlan) -> Self {
        Failing { inner, plan, requests: C::default(), failures: C::default() }
    }

    /// Sets another plan and counts from 1 again.
    pub fn set_plan(&mut self, plan: FailurePlan) {
        self.plan = plan;
        self.requests.set(0);
    }

    /// Requests so far, failed ones included.
    pub fn requests(&self) -> u64 {
        self.requests.get()
    }

    /// Requests that failed by plan.
    pub fn failures(&self) -> u64 {
        self.failures.get()
    }

    /// The allocator behind.
    pub fn inner(&self) -> &A {
        &self.inner
    }

    #[inline(always)]
    fn admit(&self) -> Result<(), Refused> {
        let request = self.requests.add(1);
        if self.plan.fails(request) {
            self.failures.add(1);
            return Err(Refused);
        }
        Ok(())
    }
}

/// Runs `test` once with nothing failing, then once for each request it made, with that one failing,
/// until a run sees no failure. Returns the number of runs with a failure.
///
/// `test` gets the allocator and must bear any failure; it is called with a new [`Failing`] each time.
/// At most `max` runs are made, so that a test whose requests grow without end comes to an end.
pub fn fail_each<A: Allocator>(inner: &A, max: u64, mut test: impl FnMut(&Failing<&A>, Option<u64>)) -> u64 {
    test(&Failing::new(inner, FailurePlan::Never), None);
    for nth in 1..=max {
        let failing = Failing::new(inner, FailurePlan::Nth(nth));
        test(&failing, Some(nth));
        if failing.failures() == 0 {
            return nth - 1;
        }
    }
    max
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood 2014): a bijection that spreads every bit.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

// SAFETY: memory and its validity are those of `inner`; a refusal creates nothing.
unsafe impl<A: Allocator, C: Counter> Allocator for Failing<A, C> {
    #[inline(always)]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.admit()?;
        self.inner.allocate(layout)
    }

    #[inline(always)]
    fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.admit()?;
        self.inner.allocate_zeroed(layout)
    }

    #[inline(always)]
    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { self.inner.deallocate(ptr, layout) }
    }

    #[inline]
    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.admit()?;
        // SAFETY: the caller's promise.
        unsafe { self.inner.grow(ptr, old, new) }
    }

    #[inline]
    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        self.admit()?;
        // SAFETY: the caller's promise.
        unsafe { self.inner.grow_zeroed(ptr, old, new) }
    }

    #[inline]
    unsafe fn shrink(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        unsafe { self.inner.shrink(ptr, old, new) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(plan: FailurePlan, requests: u64) -> Vec<u64> {
        (1..=requests).filter(|n| plan.fails(*n)).collect()
    }

    #[test]
    fn plans_choose_the_requests_they_name() {
        assert_eq!(failed(FailurePlan::Never, 9), []);
        assert_eq!(failed(FailurePlan::Nth(3), 9), [3]);
        assert_eq!(failed(FailurePlan::From(8), 9), [8, 9]);
        assert_eq!(failed(FailurePlan::EveryNth(4), 9), [4, 8]);
        assert_eq!(failed(FailurePlan::EveryNth(0), 9), []);
    }

    #[test]
    fn chance_is_repeatable_near_its_probability_and_depends_on_the_seed() {
        let plan = |seed| FailurePlan::Chance { seed, per_million: 100_000 };
        let first = failed(plan(1), 100_000);
        assert_eq!(first, failed(plan(1), 100_000));
        assert_ne!(first, failed(plan(2), 100_000));
        assert!((9_500..10_500).contains(&first.len()), "{}", first.len());
    }
}
