//! Every request of an operation fails once; nothing leaks, nothing is lost.

mod support;

use std::ptr::NonNull;

use allocator_api2::vec::Vec as AVec;
use runtime::alloc::{Allocator, Arena, Checked, Counting, Failing, Global, Layout, Pool, Stack, fail_each};
use support::{Model, Shape};

/// Runs `test` with each request failing in turn, on memory that is checked afterwards. Returns the
/// number of failures tried.
fn exhaust(mut test: impl FnMut(&dyn Allocator)) -> u64 {
    let memory = Checked::new(Global);
    fail_each(&memory, 10_000, |failing: &Failing<_>, nth| {
        test(failing);
        let leaks = memory.leaks();
        assert!(leaks.is_empty(), "failure {nth:?}: {}", leaks[0]);
        assert!(memory.check().is_empty(), "failure {nth:?}: {}", memory.check()[0]);
    })
}

#[test]
fn a_vector_survives_each_failure() {
    let tried = exhaust(|memory| {
        let mut numbers = AVec::new_in(memory);
        let mut stored = 0;
        for i in 0..1000u64 {
            if numbers.try_reserve(1).is_ok() {
                numbers.push(i);
                stored += 1;
            }
        }
        assert_eq!(numbers.len(), stored);
        assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
    });
    assert!((8..=20).contains(&tried), "{tried}");
}

#[test]
fn an_arena_survives_each_failure_and_each_block_it_gave_stays() {
    let tried = exhaust(|memory| {
        let arena = Arena::new_in(memory);
        let mut model = Model::new(&arena, 1, Shape { max_size: 3000, ..Shape::default() });
        for _ in 0..600 {
            model.step();
        }
        model.check();
    });
    assert!(tried >= 5, "{tried}");
}

#[test]
fn a_pool_survives_each_failure() {
    let tried = exhaust(|memory| {
        let pool = Pool::new_in(64, 16, memory).unwrap();
        let shape = Shape { max_size: 64, max_align_log2: 4, max_live: 2000, ..Shape::default() };
        let mut model = Model::new(&pool, 2, shape);
        for _ in 0..2000 {
            model.allocate();
        }
        assert!(model.live.len() >= 1990, "one failed fetch costs at most one request");
        model.free_all();
    });
    assert!(tried >= 3, "{tried}");
}

#[test]
fn a_stack_survives_each_failure() {
    let tried = exhaust(|memory| {
        let Ok(stack) = Stack::new_in(4096, memory) else { return };
        let mut model = Model::new(&stack, 3, Shape::default());
        for _ in 0..500 {
            model.step();
        }
        model.free_all();
    });
    assert_eq!(tried, 1);
}

#[test]
fn a_tower_of_allocators_survives_each_failure() {
    let tried = exhaust(|memory| {
        let counting = Counting::<_>::new(Arena::new_in(Checked::new(memory)));
        let mut model = Model::new(&counting, 4, Shape { max_size: 2000, ..Shape::default() });
        for _ in 0..400 {
            model.step();
        }
        model.free_all();
        assert_eq!(counting.stats().failed, model.counts.failed);
        assert_eq!(counting.inner().inner().fault_count(), 0);
    });
    assert!(tried >= 4, "{tried}");
}

#[test]
fn a_failed_resize_leaves_the_block_as_it_was() {
    let tried = exhaust(|memory| {
        let small = Layout::from_size_align(16, 8).unwrap();
        let large = Layout::from_size_align(5000, 8).unwrap();
        let Ok(block) = memory.allocate_zeroed(small) else { return };
        // SAFETY: the block is live with the layout that goes with it at each call.
        unsafe {
            block.cast::<u8>().write_bytes(7, 16);
            let (block, layout) = match memory.grow(block.cast(), small, large) {
                Ok(grown) => (grown, large),
                Err(_) => (block, small),
            };
            let start = NonNull::slice_from_raw_parts(block.cast::<u8>(), 16);
            assert_eq!(start.as_ref(), [7; 16]);
            memory.deallocate(block.cast(), layout);
        }
    });
    assert_eq!(tried, 2);
}
