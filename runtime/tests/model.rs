//! Every allocator against a simple model, a million operations each.

mod support;

use runtime::Stats;
use runtime::alloc::{
    Allocator, Arena, Checked, Counting, Failing, FailurePlan, Global, Limit, Locked, Pool, Stack, Traced,
};
use support::{Counts, Model, Shape};

const OPERATIONS: usize = match option_env!("SPP_MODEL_OPERATIONS") {
    Some(text) => parse(text),
    None => 1_000_000,
};

const fn parse(text: &str) -> usize {
    let (mut value, mut i) = (0, 0);
    while i < text.len() {
        value = value * 10 + (text.as_bytes()[i] - b'0') as usize;
        i += 1;
    }
    value
}

/// Runs the operations and gives everything back. Returns what the model counted.
fn run(allocator: &impl Allocator, seed: u64, shape: Shape) -> Counts {
    let mut model = Model::new(allocator, seed, shape);
    for _ in 0..OPERATIONS {
        model.step();
    }
    model.check();
    model.free_all();
    assert_eq!(model.counts.live_bytes, 0);
    model.counts
}

fn assert_exact(stats: Stats, counts: Counts) {
    let seen = Counts {
        allocations: stats.allocations,
        frees: stats.frees,
        resizes: stats.resizes,
        failed: stats.failed,
        live_bytes: stats.live_bytes,
        peak_bytes: stats.peak_bytes,
    };
    assert_eq!(seen, counts);
    assert_eq!(stats.live_blocks(), counts.allocations - counts.frees);
}

#[test]
fn global_keeps_blocks_apart_and_statistics_are_exact() {
    let counting = Counting::<_>::new(Global);
    let counts = run(&counting, 1, Shape::default());
    assert_exact(counting.stats(), counts);
    assert_eq!(counts.failed, 0);
}

#[test]
fn arena_keeps_blocks_apart_and_gives_its_chunks_back() {
    let memory = Counting::<_>::new(Global);
    let mut arena = Arena::new_in(&memory);
    // Most releases wait until the reset, so the run is cut into pieces.
    for round in 0..100 {
        let mut model = Model::new(&arena, round, Shape { max_align_log2: 12, ..Shape::default() });
        for _ in 0..OPERATIONS / 100 {
            model.step();
        }
        model.check();
        drop(model);
        arena.reset();
    }
    drop(arena);
    assert_eq!(memory.stats().live_bytes, 0);
}

#[test]
fn arena_keeps_what_is_older_than_a_checkpoint() {
    let mut arena = Arena::new();
    let mut model = Model::new(&arena, 4, Shape::default());
    for round in 1..=OPERATIONS / 1000 {
        for _ in 0..500 {
            model.step();
        }
        let older = model.live.len();
        let checkpoint = arena.checkpoint();
        for _ in 0..500 {
            model.allocate();
        }
        let suspended = model.suspend();
        let kept = if round % 50 == 0 {
            arena.reset();
            0
        } else {
            arena.rewind(checkpoint).unwrap();
            older
        };
        model = Model::resume(&arena, suspended, kept);
    }
}

#[test]
fn pool_keeps_blocks_apart_and_refuses_what_does_not_fit() {
    let memory = Counting::<_>::new(Global);
    for (size, align) in [(8, 8), (24, 8), (64, 64), (256, 16)] {
        let pool = Counting::<_>::new(Pool::new_in(size, align, &memory).unwrap());
        let shape = Shape { max_size: size + size / 4, max_align_log2: 4, ..Shape::default() };
        let mut model = Model::new(&pool, size as u64, shape);
        for _ in 0..OPERATIONS / 2 {
            model.step();
        }
        model.check();
        model.free_all();
        assert!(model.counts.failed > 0, "some requests are too large");
        assert_exact(pool.stats(), model.counts);
    }
    assert_eq!(memory.stats().live_bytes, 0);
}

#[test]
fn stack_keeps_blocks_apart_and_its_space_returns() {
    let stack = Stack::new(64 << 10).unwrap();
    for newest_first_percent in [100, 90, 50] {
        let shape = Shape { newest_first_percent, max_live: 60, ..Shape::default() };
        let counts = run(&stack, newest_first_percent as u64, shape);
        assert!(counts.allocations > OPERATIONS as u64 / 4);
        assert_eq!(stack.used(), 0, "nothing is live, so nothing is in use");
    }
}

#[test]
fn stack_keeps_what_is_below_a_marker() {
    let mut stack = Stack::new(1 << 20).unwrap();
    let mut model = Model::new(&stack, 4, Shape::default());
    for _ in 0..OPERATIONS / 1000 {
        for _ in 0..500 {
            model.step();
        }
        let (below, used, marker) = (model.live.len(), stack.used(), stack.marker());
        for _ in 0..500 {
            model.allocate();
        }
        let suspended = model.suspend();
        stack.release_to(marker);
        assert_eq!(stack.used(), used);
        model = Model::resume(&stack, suspended, below);
    }
    model.free_all();
    assert_eq!(stack.used(), 0);
}

#[test]
fn limit_never_holds_more_than_its_limit() {
    let limit = Limit::<_>::new(Counting::<_>::new(Global), 8_000);
    let counts = run(&limit, 5, Shape::default());
    assert!(counts.failed > 10 && counts.peak_bytes <= 8_000 && counts.peak_bytes > 7_900);
    assert_eq!(limit.live_bytes(), 0);
    let inner = limit.inner().stats();
    assert_eq!((inner.allocations, inner.failed), (counts.allocations, 0));
}

#[test]
fn failing_loses_nothing_whatever_fails() {
    let plans = [
        FailurePlan::EveryNth(7),
        FailurePlan::Chance { seed: 3, per_million: 200_000 },
        FailurePlan::From(OPERATIONS as u64 / 8),
    ];
    for plan in plans {
        let memory = Counting::<_>::new(Global);
        let failing = Failing::<_>::new(&memory, plan);
        let counts = run(&failing, 6, Shape::default());
        assert_eq!(failing.failures(), counts.failed);
        assert!(counts.failed > 0);
        let stats = memory.stats();
        assert_exact(stats, Counts { failed: 0, ..counts });
    }
}

#[test]
fn checked_finds_nothing_in_a_correct_run() {
    let memory = Counting::<_>::new(Global);
    let checked = Checked::new(&memory);
    let counts = run(&checked, 7, Shape { max_live: 100, ..Shape::default() });
    assert_eq!(counts.failed, 0);
    assert!(checked.check().is_empty(), "{}", checked.check()[0]);
    assert!(checked.leaks().is_empty());
    drop(checked);
    assert_eq!(memory.stats().live_bytes, 0);
}

#[test]
fn wrappers_compose_in_any_order() {
    let arena = Arena::new();
    let tower = Counting::<_>::new(Limit::<_>::new(Locked::new(Traced::new(&arena, 1)), 64 << 20));
    let mut model = Model::new(&tower, 8, Shape::default());
    for _ in 0..OPERATIONS / 10 {
        model.step();
    }
    model.free_all();
    assert_exact(tower.stats(), model.counts);

    let stack = Stack::new_in(256 << 10, Pool::new(512 << 10, 16).unwrap()).unwrap();
    let tower = Traced::new(Counting::<_>::new(Checked::new(stack)), 2);
    let mut model = Model::new(&tower, 9, Shape { max_live: 50, ..Shape::default() });
    for _ in 0..OPERATIONS / 10 {
        model.step();
    }
    model.free_all();
    assert_exact(tower.inner().stats(), model.counts);
    assert_eq!(tower.inner().inner().fault_count(), 0);
}

#[test]
fn traced_tells_exactly_what_happens() {
    use runtime::events::{Event, EventKind};
    use std::sync::{Arc, Mutex};
    let counts = Arc::new(Mutex::new(Counts::default()));
    let traced = Traced::new(Limit::<_>::new(Global, 8_000), 1);
    let sink = Arc::clone(&counts);
    traced.subscribe(Box::new(move |event: &Event| {
        let mut counts = sink.lock().unwrap();
        match event.kind {
            EventKind::Alloc => counts.allocations += 1,
            EventKind::Free => counts.frees += 1,
            EventKind::Realloc => counts.resizes += 1,
            _ => counts.failed += 1,
        }
        counts.live_bytes = match event.kind {
            EventKind::Fail => counts.live_bytes,
            EventKind::Free => counts.live_bytes - event.bytes,
            _ => counts.live_bytes + event.bytes - event.old_bytes,
        };
        counts.peak_bytes = counts.peak_bytes.max(counts.live_bytes);
    }));
    let expected = run(&traced, 10, Shape::default());
    assert_eq!(*counts.lock().unwrap(), expected);
}
