//! Eight threads on the allocators that may be shared; totals are exact.

mod support;

use std::sync::atomic::{AtomicU64, Ordering};

use runtime::alloc::{
    Allocator, Arena, FailurePlan, Global, Layout, Locked, Pool, SharedCounting, SharedFailing, SharedLimit,
    Stack,
};
use support::{Counts, Model, Shape};

const THREADS: u64 = 8;
const OPERATIONS: usize = 50_000;

/// Runs a model in each thread, and returns the sum of what they counted.
fn stress(allocator: &(impl Allocator + Sync), shape: Shape) -> Counts {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|seed| {
                scope.spawn(move || {
                    let mut model = Model::new(allocator, 100 + seed, shape);
                    for _ in 0..OPERATIONS {
                        model.step();
                    }
                    model.free_all();
                    model.counts
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).fold(Counts::default(), |sum, one| Counts {
            allocations: sum.allocations + one.allocations,
            frees: sum.frees + one.frees,
            resizes: sum.resizes + one.resizes,
            failed: sum.failed + one.failed,
            ..sum
        })
    })
}

fn assert_totals(counting: &SharedCounting<impl Allocator>, sum: Counts) {
    let stats = counting.stats();
    assert_eq!(
        (stats.allocations, stats.frees, stats.resizes, stats.failed, stats.live_bytes),
        (sum.allocations, sum.frees, sum.resizes, sum.failed, 0)
    );
}

#[test]
fn counting_on_global_is_exact() {
    let counting = SharedCounting::new(Global);
    let sum = stress(&counting, Shape::default());
    assert!(sum.allocations > 100_000 && sum.failed == 0);
    assert_totals(&counting, sum);
}

#[test]
fn a_shared_limit_is_never_exceeded_and_ends_at_zero() {
    let counting = SharedCounting::new(SharedLimit::new(SharedCounting::new(Global), 20_000));
    let sum = stress(&counting, Shape::default());
    assert!(sum.failed > 0);
    assert_totals(&counting, sum);
    let limit = counting.inner();
    assert_eq!(limit.live_bytes(), 0);
    assert!(limit.inner().stats().peak_bytes <= 20_000);
}

#[test]
fn a_shared_plan_fails_exactly_its_share() {
    let failing = SharedFailing::new(SharedCounting::new(Global), FailurePlan::EveryNth(10));
    let sum = stress(&failing, Shape::default());
    assert_eq!(failing.failures(), sum.failed);
    assert_eq!(failing.failures(), failing.requests() / 10);
    assert_totals(failing.inner(), Counts { failed: 0, ..sum });
}

#[test]
fn locked_allocators_can_be_shared() {
    let small = Shape { max_size: 64, max_align_log2: 4, ..Shape::default() };
    let pool = SharedCounting::new(Locked::new(Pool::new(64, 16).unwrap()));
    let sum = stress(&pool, small);
    assert_totals(&pool, sum);

    let arena = SharedCounting::new(Locked::new(Arena::new()));
    let sum = stress(&arena, small);
    assert_totals(&arena, sum);

    let stack = SharedCounting::new(Locked::new(Stack::new(4 << 20).unwrap()));
    let sum = stress(&stack, small);
    assert_totals(&stack, sum);
    assert_eq!(stack.inner().with(Stack::used), 0);
}

#[test]
fn blocks_may_be_freed_by_another_thread() {
    let counting = SharedCounting::new(Global);
    let layout = Layout::from_size_align(48, 16).unwrap();
    let freed = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS / 2 {
            let (sender, receiver) = std::sync::mpsc::sync_channel::<usize>(64);
            let (counting, freed) = (&counting, &freed);
            scope.spawn(move || {
                for _ in 0..20_000 {
                    let block = counting.allocate(layout).unwrap().cast::<u8>();
                    sender.send(block.expose_provenance().get()).unwrap();
                }
            });
            scope.spawn(move || {
                for address in receiver {
                    let block = std::ptr::with_exposed_provenance_mut(address);
                    let block = std::ptr::NonNull::new(block).unwrap();
                    // SAFETY: the other thread has handed over a live block with this layout.
                    unsafe { counting.deallocate(block, layout) };
                    freed.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let total = THREADS / 2 * 20_000;
    let stats = counting.stats();
    assert_eq!((freed.into_inner(), stats.allocations, stats.frees), (total, total, total));
    assert_eq!(stats.live_bytes, 0);
}
