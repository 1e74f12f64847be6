use std::sync::{Arc, Mutex};

use super::*;

fn handle(heap: &mut Heap, words: usize) -> Handle {
    heap.alloc_words(AllocatorId::GLOBAL, words, 0).unwrap()
}

#[test]
fn a_block_is_zero_and_readable_until_it_is_freed_and_never_again() {
    let mut heap = Heap::new();
    let a = handle(&mut heap, 4);
    assert_eq!(heap.words(a), Some(&[0, 0, 0, 0][..]));
    heap.words_mut(a).unwrap()[3] = 9;
    heap.free(a, 0).unwrap();
    assert_eq!(heap.words(a), None);
    assert_eq!(heap.free(a, 0), Err(AllocError::ForeignBlock));
    assert_eq!(heap.realloc_words(a, 8, 0), Err(AllocError::ForeignBlock));
    let b = handle(&mut heap, 4);
    assert_ne!(a, b);
    assert_eq!(heap.words(a), None);
    assert_eq!(heap.words(b), Some(&[0, 0, 0, 0][..]));
    assert_eq!(heap.bytes(Handle::from_bits(77).unwrap()), None);
    assert_eq!(Handle::from_bits(b.to_bits()), Some(b));
}

#[test]
fn realloc_keeps_handle_content_and_tags_and_zeroes_what_it_adds() {
    let mut heap = Heap::new();
    let a = handle(&mut heap, 3);
    heap.push_tag(a, AllocatorId::GLOBAL).unwrap();
    heap.words_mut(a).unwrap().copy_from_slice(&[1, 2, 3]);
    heap.realloc_words(a, 1000, 0).unwrap();
    assert_eq!(heap.words(a).unwrap()[..3], [1, 2, 3]);
    assert!(heap.words(a).unwrap()[3..].iter().all(|w| *w == 0));
    heap.realloc_words(a, 2, 0).unwrap();
    heap.realloc_words(a, 4, 0).unwrap();
    assert_eq!(heap.words(a), Some(&[1, 2, 0, 0][..]));
    heap.realloc_words(a, 0, 0).unwrap();
    assert_eq!(heap.words(a), Some(&[][..]));
    assert_eq!(heap.top_tag(a), Some(AllocatorId::GLOBAL));
}

#[test]
fn blocks_of_bytes_have_odd_lengths_and_whole_words() {
    let mut heap = Heap::new();
    let text = heap.alloc_bytes(AllocatorId::GLOBAL, 13, 0).unwrap();
    heap.bytes_mut(text).unwrap().copy_from_slice(b"hello, world!");
    assert_eq!(heap.words(text).unwrap().len(), 1);
    heap.realloc_bytes(text, 5, 0).unwrap();
    assert_eq!(heap.bytes(text), Some(&b"hello"[..]));
}

#[test]
fn statistics_are_exact_by_allocator_and_in_total() {
    let mut heap = Heap::new();
    let pool = heap.allocator("Pool[Num]");
    assert_eq!(heap.allocator("Pool[Num]"), pool);
    assert_eq!(heap.name(pool), "Pool[Num]");
    let a = heap.alloc_words(pool, 10, 0).unwrap();
    let b = handle(&mut heap, 5);
    heap.realloc_words(a, 20, 0).unwrap();
    heap.realloc_words(a, 1, 0).unwrap();
    heap.free(b, 0).unwrap();
    assert_eq!(
        heap.stats(pool),
        Stats {
            allocations: 2,
            frees: 1,
            resizes: 1,
            failed: 0,
            live_bytes: 8,
            peak_bytes: 160,
            total_bytes: 160,
        }
    );
    let totals = heap.totals();
    assert_eq!((totals.allocations, totals.frees, totals.live_bytes), (3, 2, 8));
    assert_eq!(totals.peak_bytes, 200);
    assert_eq!(heap.allocators().count(), 2);
    let live: Vec<_> = heap.live().map(|info| (info.handle, info.bytes, info.owner)).collect();
    assert_eq!(live, [(a, 8, pool)]);
}

#[test]
fn a_growing_block_can_be_counted_as_the_same_block() {
    let mut heap = Heap::new();
    heap.set_growth(GrowthCounts::AsSameBlock);
    heap.set_failures(FailurePlan::From(2));
    let a = handle(&mut heap, 1);
    heap.realloc_words(a, 100, 0).unwrap();
    let totals = heap.totals();
    assert_eq!((totals.allocations, totals.frees, totals.resizes), (1, 0, 1));
}

#[test]
fn a_limit_refuses_with_code_12_and_what_is_given_back_counts() {
    let mut heap = Heap::new();
    heap.set_limit(100);
    let a = handle(&mut heap, 12);
    let refused = heap.alloc_words(AllocatorId::GLOBAL, 1, 0).unwrap_err();
    assert_eq!((refused, refused.code()), (AllocError::OutOfMemory, 12));
    assert_eq!(heap.realloc_words(a, 13, 0), Err(AllocError::OutOfMemory));
    assert_eq!(heap.words(a).unwrap().len(), 12, "a failed realloc leaves the block");
    heap.realloc_words(a, 4, 0).unwrap();
    handle(&mut heap, 8);
    assert_eq!(heap.totals().failed, 2);
}

#[test]
fn the_nth_block_fails_whatever_its_size() {
    for nth in 1..=4 {
        let mut heap = Heap::new();
        heap.set_failures(FailurePlan::Nth(nth));
        let mut results = Vec::new();
        let first = heap.alloc_words(AllocatorId::GLOBAL, 0, 0);
        results.push(first.is_ok());
        let second = heap.alloc_bytes(AllocatorId::GLOBAL, 3, 0);
        results.push(second.is_ok());
        let block = first.or(second).unwrap();
        results.push(heap.realloc_words(block, 9, 0).is_ok());
        results.push(heap.alloc_words(AllocatorId::GLOBAL, 1, 0).is_ok());
        let expected: Vec<bool> = (1..=4).map(|n| n != nth).collect();
        assert_eq!(results, expected);
        assert_eq!((heap.requests(), heap.totals().failed), (4, 1));
    }
}

#[test]
fn lengths_beyond_the_largest_fail_with_code_75() {
    let mut heap = Heap::new();
    for len in [usize::MAX, usize::MAX / 8, isize::MAX as usize / 8 + 1] {
        let error = heap.alloc_words(AllocatorId::GLOBAL, len, 0).unwrap_err();
        assert_eq!((error, error.code()), (AllocError::Overflow, 75));
    }
    let a = handle(&mut heap, 1);
    assert_eq!(heap.realloc_words(a, usize::MAX / 8 + 3, 0), Err(AllocError::Overflow));
    assert_eq!(heap.alloc_words(AllocatorId::GLOBAL, 1 << 59, 0), Err(AllocError::OutOfMemory));
}

#[test]
fn tags_go_on_and_come_off_in_order_and_a_foreign_one_is_refused() {
    let mut heap = Heap::new();
    let mirror = heap.allocator("Mirror[Num]");
    let capped = heap.allocator("Capped[Num]");
    let a = handle(&mut heap, 1);
    assert_eq!(heap.top_tag(a), None);
    assert_eq!(heap.pop_tag(a, mirror), Err(AllocError::ForeignBlock));
    for tag in [AllocatorId::GLOBAL, mirror, capped] {
        heap.push_tag(a, tag).unwrap();
    }
    assert_eq!(heap.tags(a).collect::<Vec<_>>(), [capped, mirror, AllocatorId::GLOBAL]);
    assert_eq!(heap.pop_tag(a, AllocatorId::GLOBAL).unwrap_err().code(), 22);
    for tag in [capped, mirror, AllocatorId::GLOBAL] {
        heap.pop_tag(a, tag).unwrap();
    }
    assert_eq!(heap.tags(a).count(), 0);
    let b = handle(&mut heap, 1);
    heap.push_tag(b, mirror).unwrap();
    assert_eq!(heap.tags(b).collect::<Vec<_>>(), [mirror]);
}

#[test]
fn two_blocks_can_be_written_at_once_but_not_one_twice() {
    let mut heap = Heap::new();
    let (a, b) = (handle(&mut heap, 2), handle(&mut heap, 3));
    let (left, right) = heap.pair_mut(a, b).unwrap();
    left[1] = 5;
    right[..2].copy_from_slice(left);
    assert_eq!(heap.words(b), Some(&[0, 5, 0][..]));
    assert!(heap.pair_mut(a, a).is_none());
}

#[test]
fn subscribers_get_sites_sizes_and_failures() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let mut heap = Heap::new();
    heap.set_limit(64);
    let listener = move |e: &Event| {
        sink.lock().unwrap().push((e.kind, e.site, e.bytes, e.old_bytes));
    };
    heap.events().subscribe(Box::new(listener));
    let a = heap.alloc_words(AllocatorId::GLOBAL, 2, 11).unwrap();
    heap.realloc_words(a, 4, 12).unwrap();
    heap.realloc_words(a, 400, 13).unwrap_err();
    heap.alloc_words(AllocatorId::GLOBAL, 400, 14).unwrap_err();
    heap.free(a, 15).unwrap();
    use EventKind::*;
    assert_eq!(
        *seen.lock().unwrap(),
        [
            (Alloc, 11, 16, 0),
            (Realloc, 12, 32, 16),
            (Fail, 13, 3200, 32),
            (Fail, 14, 3200, 0),
            (Free, 15, 32, 0)
        ]
    );
}

#[test]
fn blocks_of_a_defined_allocator_come_from_its_memory() {
    use crate::alloc::SharedCounting;
    let counting = Arc::new(SharedCounting::new(crate::alloc::Global));
    struct Handed(Arc<SharedCounting<crate::alloc::Global>>);
    // SAFETY: passes everything on to the shared allocator.
    unsafe impl Allocator for Handed {
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, crate::alloc::Refused> {
            self.0.allocate(layout)
        }
        unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
            // SAFETY: the caller's promise.
            unsafe { self.0.deallocate(ptr, layout) }
        }
    }
    let mut heap = Heap::new();
    let own = heap.define_with("Own", Box::new(Handed(Arc::clone(&counting))));
    let a = heap.alloc_words(own, 4, 0).unwrap();
    handle(&mut heap, 100);
    heap.realloc_words(a, 8, 0).unwrap();
    assert_eq!(counting.stats().live_bytes, 64);
    drop(heap);
    assert_eq!(counting.stats().live_bytes, 0);
}
