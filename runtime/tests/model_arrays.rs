//! Typed arrays against vectors of options, on several allocators.

mod support;

use runtime::alloc::{Allocator, Arena, Checked, Global, Stack};
use runtime::typed::{Alloc, Arr, Source, Tag};
use support::Random;

/// Runs operations on one array; elements are boxes, so that a lost or doubled one is found.
fn run(memory: &dyn Allocator, operations: usize, max_len: usize) {
    let mut random = Random::new(31);
    let source = Source::new(Tag(1), memory);
    let mut arr: Arr<'_, Box<u64>> = source.alloc(10).unwrap();
    let mut model: Vec<Option<u64>> = vec![None; 10];
    for _ in 0..operations {
        let index = random.below(model.len() + 2);
        let value = random.next();
        let slot = model.get(index).copied();
        match random.below(20) {
            0 => {
                let len = random.below(max_len);
                arr = source.realloc(arr, len as i64).unwrap();
                model.resize(len, None);
                assert_eq!((arr.len(), arr.tags().to_vec()), (len, vec![Tag(1)]));
                assert!((0..len).all(|i| arr.get(i).ok().map(|e| **e) == model[i]));
            }
            1..8 => {
                assert_eq!(arr.put(index, Box::new(value)).is_ok(), slot == Some(None));
                if slot == Some(None) {
                    model[index] = Some(value);
                }
            }
            8..11 => {
                assert_eq!(arr.set(index, Box::new(value)).is_ok(), slot.is_some());
                if slot.is_some() {
                    model[index] = Some(value);
                }
            }
            11..15 => {
                assert_eq!(arr.take(index).ok().map(|e| *e), slot.flatten());
                if slot.is_some() {
                    model[index] = None;
                }
            }
            15 => {
                if let Ok(element) = arr.get_mut(index) {
                    **element = value;
                    model[index] = Some(value);
                }
            }
            _ => {
                assert_eq!(arr.get(index).ok().map(|e| **e), slot.flatten());
                assert_eq!(arr.has(index), slot.flatten().is_some());
            }
        }
    }
    source.dealloc(arr).unwrap();
}

#[test]
fn arrays_hold_what_was_put_into_them() {
    run(&Global, 700_000, 300);
    run(&Stack::new(64 << 10).unwrap(), 100_000, 300);
    for _ in 0..10 {
        run(&Arena::new(), 10_000, 300);
    }
}

#[test]
fn arrays_touch_no_memory_but_their_own() {
    let checked = Checked::new(Global);
    run(&checked, 100_000, 1000);
    assert!(checked.check().is_empty() && checked.leaks().is_empty());
}
