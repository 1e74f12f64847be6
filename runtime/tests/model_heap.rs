//! The heap of checked handles against a map, a million operations.

mod support;

use std::collections::HashMap;

use runtime::{AllocError, AllocatorId, FailurePlan, GrowthCounts, Handle, Heap};
use support::Random;

struct Expected {
    words: Vec<u64>,
    owner: AllocatorId,
    tags: Vec<AllocatorId>,
}

#[test]
fn handles_reach_exactly_the_live_blocks_and_what_was_written_there() {
    for growth in [GrowthCounts::AsNewBlock, GrowthCounts::AsSameBlock] {
        run(growth, 500_000);
    }
}

fn run(growth: GrowthCounts, operations: usize) {
    const LIMIT: usize = 40_000;
    let mut random = Random::new(11);
    let mut heap = Heap::new();
    heap.set_limit(LIMIT as u64);
    heap.set_growth(growth);
    heap.set_failures(FailurePlan::Chance { seed: 5, per_million: 50_000 });
    let owners = [AllocatorId::GLOBAL, heap.allocator("Pool[Num]"), heap.allocator("Capped[Str]")];
    let mut live: HashMap<Handle, Expected> = HashMap::new();
    let mut order: Vec<Handle> = Vec::new();
    let mut dead: Vec<Handle> = Vec::new();
    let (mut bytes, mut peak, mut created, mut failed) = (0, 0, 0u64, 0u64);

    for _ in 0..operations {
        let len = random.below(64);
        let pick = if order.is_empty() { None } else { Some(random.below(order.len())) };
        match (random.below(10), pick) {
            (0..3, _) | (_, None) => match heap.alloc_words(owners[len % 3], len, len as u32) {
                Ok(handle) => {
                    assert!(heap.words(handle).unwrap().iter().all(|word| *word == 0));
                    let words = vec![0; len];
                    let owner = owners[len % 3];
                    let expected = Expected { words, owner, tags: Vec::new() };
                    assert!(live.insert(handle, expected).is_none(), "a handle twice");
                    order.push(handle);
                    bytes += len * 8;
                    created += 1;
                }
                Err(error) => {
                    assert_eq!(error, AllocError::OutOfMemory);
                    failed += 1;
                }
            },
            (3..5, Some(pick)) => {
                let handle = order.swap_remove(pick);
                let gone = live.remove(&handle).unwrap();
                heap.free(handle, 0).unwrap();
                bytes -= gone.words.len() * 8;
                dead.push(handle);
            }
            (5, Some(pick)) => {
                let expected = live.get_mut(&order[pick]).unwrap();
                let old = expected.words.len();
                match heap.realloc_words(order[pick], len, 0) {
                    Ok(()) => {
                        bytes = bytes + len * 8 - old * 8;
                        expected.words.resize(len, 0);
                        if len > old && growth == GrowthCounts::AsNewBlock {
                            created += 1;
                        }
                    }
                    Err(error) => {
                        assert!(error == AllocError::OutOfMemory && len > old);
                        failed += 1;
                    }
                }
            }
            (6, Some(pick)) => {
                let tag = owners[len % 3];
                let expected = live.get_mut(&order[pick]).unwrap();
                if expected.tags.last() == Some(&tag) {
                    heap.pop_tag(order[pick], tag).unwrap();
                    expected.tags.pop();
                } else {
                    assert_eq!(heap.pop_tag(order[pick], tag), Err(AllocError::ForeignBlock));
                    if expected.tags.len() < 6 {
                        heap.push_tag(order[pick], tag).unwrap();
                        expected.tags.push(tag);
                    }
                }
            }
            (7, Some(pick)) => {
                if let Some(stale) = dead.get(pick) {
                    assert!(heap.words(*stale).is_none() && heap.bytes_mut(*stale).is_none());
                    assert_eq!(heap.free(*stale, 0), Err(AllocError::ForeignBlock));
                }
            }
            (_, Some(pick)) => {
                let expected = live.get_mut(&order[pick]).unwrap();
                let words = heap.words_mut(order[pick]).unwrap();
                assert_eq!(words, expected.words);
                if let Some(word) = words.get_mut(len) {
                    *word = random.next();
                    expected.words[len] = *word;
                }
            }
        }
        peak = peak.max(bytes);
        assert!(bytes <= LIMIT);
    }

    for (handle, expected) in &live {
        assert_eq!(heap.words(*handle).unwrap(), expected.words);
        assert!(heap.tags(*handle).eq(expected.tags.iter().rev().copied()));
        assert_eq!(heap.info(*handle).unwrap().owner, expected.owner);
    }
    let totals = heap.totals();
    assert_eq!((totals.live_bytes, totals.peak_bytes), (bytes as u64, peak as u64));
    assert_eq!((totals.allocations, totals.failed), (created, failed));
    assert_eq!(totals.live_blocks(), live.len() as u64);
    assert_eq!(heap.live().count(), live.len());
    let sum = |get: fn(&runtime::Stats) -> u64| heap.allocators().map(|(_, _, s)| get(s)).sum();
    assert_eq!(totals.allocations, sum(|s| s.allocations));
    assert_eq!(totals.frees, sum(|s| s.frees));
    assert_eq!(totals.live_bytes, sum(|s| s.live_bytes));
    assert_eq!(totals.total_bytes, sum(|s| s.total_bytes));
    assert!(failed > 1000);
}
