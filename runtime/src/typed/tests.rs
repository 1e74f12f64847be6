use std::cell::RefCell;
use std::rc::Rc;

use super::*;
use crate::alloc::{Checked, Failing, fail_each};
use crate::typed::{Alloc, Source};

/// Writes its number down when it is dropped.
struct Noted(u32, Rc<RefCell<Vec<u32>>>);

impl Drop for Noted {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

fn global() -> Source<'static> {
    Source::new(Tag(1), &Global)
}

/// Forwards everything.
struct Mirror<'m>(Source<'m>, Tag);

impl<'m, T> Alloc<'m, T> for Mirror<'m> {
    fn tag(&self) -> Tag {
        self.1
    }
    fn obtain(&self, size: usize) -> Result<Arr<'m, T>, AllocError> {
        self.0.alloc(size as i64)
    }
    fn resize(&self, arr: Arr<'m, T>, size: usize) -> Result<Arr<'m, T>, AllocError> {
        self.0.realloc(arr, size as i64)
    }
    fn release(&self, arr: Arr<'m, T>) -> Result<(), AllocError> {
        self.0.dealloc(arr)
    }
}

#[test]
fn the_first_example_of_allocation_runs_as_in_the_reference() {
    // E20: allocate, grow, give back.
    let mut arr = global().alloc(3).unwrap();
    for i in 0..3 {
        arr.put(i, i * i).unwrap();
    }
    let mut big = global().realloc(arr, 4).unwrap();
    big.put(3, 100).unwrap();
    assert_eq!(*big.get(2).unwrap() + *big.get(3).unwrap(), 104);
    global().dealloc(big).unwrap();
}

#[test]
fn slots_are_vacant_until_they_are_filled_and_set_accepts_both() {
    let noted = Rc::new(RefCell::new(Vec::new()));
    let new = |n| Noted(n, Rc::clone(&noted));
    let mut arr = global().alloc(2).unwrap();
    assert!(arr.get(0).is_err() && arr.take(0).is_err() && !arr.has(0) && !arr.has(9));
    arr.put(0, new(1)).unwrap();
    assert_eq!(arr.put(0, new(2)), Err(BoundsErr { index: 0, len: 2 }));
    assert_eq!(*noted.borrow(), [2], "an element given to a failing put is dropped");
    arr.set(0, new(3)).unwrap();
    arr.set(1, new(4)).unwrap();
    assert!(arr.set(2, new(5)).is_err());
    assert_eq!(*noted.borrow(), [2, 1, 5]);
    assert_eq!(arr.take(0).map(|e| e.0).unwrap(), 3);
    drop(arr);
    assert_eq!(*noted.borrow(), [2, 1, 5, 3, 4]);
}

#[test]
fn shrinking_drops_what_is_cut_off_in_ascending_order() {
    let noted = Rc::new(RefCell::new(Vec::new()));
    let mut arr = global().alloc(200).unwrap();
    for i in [3, 150, 70, 199, 90] {
        arr.put(i, Noted(i as u32, Rc::clone(&noted))).unwrap();
    }
    let arr = global().realloc(arr, 80).unwrap();
    assert_eq!(*noted.borrow(), [90, 150, 199]);
    assert!(arr.has(3) && arr.has(70) && arr.len() == 80);
    let arr = global().realloc(arr, 500).unwrap();
    assert!((0..500).filter(|i| arr.has(*i)).eq([3, 70]));
    global().dealloc(arr).unwrap();
    assert_eq!(*noted.borrow(), [90, 150, 199, 3, 70]);
}

#[test]
fn bad_sizes_have_the_codes_of_the_reference_and_consume_the_array() {
    let code = |size| Alloc::<u64>::alloc(&global(), size).map(|_| ()).unwrap_err().code();
    assert_eq!((code(-1), code(i64::MIN), code(i64::MAX), code(1 << 60)), (22, 22, 75, 75));
    assert_eq!(code(1 << 56), 12);
    let noted = Rc::new(RefCell::new(Vec::new()));
    for size in [-1, i64::MAX] {
        let mut arr = global().alloc(1).unwrap();
        arr.put(0, Noted(7, Rc::clone(&noted))).unwrap();
        assert!(global().realloc(arr, size).is_err());
    }
    assert_eq!(*noted.borrow(), [7, 7]);
}

#[test]
fn an_array_goes_back_through_the_allocators_it_came_through() {
    let mirror = Mirror(global(), Tag(2));
    let other = Mirror(global(), Tag(3));
    let arr: Arr<u32> = mirror.alloc(4).unwrap();
    assert_eq!(arr.tags().to_vec(), [Tag(1), Tag(2)]);
    let arr = mirror.realloc(arr, 8).unwrap();
    assert_eq!(arr.tags().to_vec(), [Tag(1), Tag(2)]);
    mirror.dealloc(arr).unwrap();
    let arr: Arr<u32> = mirror.alloc(4).unwrap();
    assert_eq!(other.dealloc(arr), Err(AllocError::ForeignBlock));
    let arr: Arr<u32> = mirror.alloc(4).unwrap();
    assert_eq!(global().realloc(arr, 2).unwrap_err().code(), 22);
    let plain: Arr<u32> = Arr::plain(4).unwrap();
    assert_eq!(global().dealloc(plain).unwrap_err().code(), 22);
}

#[test]
fn long_chains_of_tags_come_off_in_order() {
    let mut tags = Tags::default();
    for n in 0..10 {
        tags.push(Tag(n));
    }
    assert_eq!(tags.to_vec(), (0..10).map(Tag).collect::<Vec<_>>());
    for n in (0..10).rev() {
        assert_eq!((tags.top(), tags.len()), (Some(Tag(n)), n as usize + 1));
        tags.pop();
    }
    assert!(tags.is_empty() && tags.top().is_none());
    tags.pop();
}

#[test]
fn zeroed_arrays_are_full_of_zeros() {
    let arr: Arr<(u64, bool)> = global().alloc_zero(100).unwrap();
    assert!((0..100).all(|i| *arr.get(i).unwrap() == (0, false)));
    assert!(format!("{arr:?}").starts_with("[Some((0, false))"));
    let units: Arr<()> = global().alloc_zero(1000).unwrap();
    assert!(units.has(999) && !units.has(1000));
    assert!(Arr::<u8>::plain(0).unwrap().is_empty());
}

#[test]
#[should_panic(expected = "passed an array of 3 slots instead of 5")]
fn an_allocator_that_passes_the_wrong_length_panics() {
    struct Liar;
    impl<'m, T> Alloc<'m, T> for Liar {
        fn tag(&self) -> Tag {
            Tag(9)
        }
        fn obtain(&self, _: usize) -> Result<Arr<'m, T>, AllocError> {
            Arr::vacant(3, &Global)
        }
        fn resize(&self, arr: Arr<'m, T>, _: usize) -> Result<Arr<'m, T>, AllocError> {
            Ok(arr)
        }
        fn release(&self, _: Arr<'m, T>) -> Result<(), AllocError> {
            Ok(())
        }
    }
    let _: Arr<'_, u8> = Liar.alloc(5).unwrap();
}

#[test]
fn each_failure_drops_every_element_once_and_leaks_nothing() {
    let memory = Checked::new(Global);
    let tried = fail_each(&memory, 100, |failing: &Failing<_>, nth| {
        let noted = Rc::new(RefCell::new(Vec::new()));
        let source = Source::new(Tag(1), failing);
        let made = run(source, &noted);
        let mut dropped = noted.borrow().clone();
        dropped.sort_unstable();
        assert!(dropped.into_iter().eq(0..made), "failure {nth:?}");
        assert!(memory.leaks().is_empty() && memory.check().is_empty(), "failure {nth:?}");
    });
    assert_eq!(tried, 3);

    /// Returns the number of elements that were made.
    fn run(source: Source<'_>, noted: &Rc<RefCell<Vec<u32>>>) -> u32 {
        let mut made = 0;
        let mut fill = |arr: &mut Arr<'_, Noted>, slots: std::ops::Range<usize>| {
            for i in slots {
                arr.put(i, Noted(made, Rc::clone(noted))).unwrap();
                made += 1;
            }
            made
        };
        let Ok(mut arr) = source.alloc(10) else { return 0 };
        fill(&mut arr, 0..10);
        let Ok(mut arr) = source.realloc(arr, 100) else { return 10 };
        let made = fill(&mut arr, 10..100);
        let Ok(arr) = source.realloc(arr, 50) else { return made };
        let Ok(arr) = source.realloc(arr, 51) else { return made };
        source.dealloc(arr).unwrap();
        made
    }
}

#[test]
fn shrinking_that_is_refused_still_drops_every_element_once() {
    // A pool refuses nothing that fits, so an allocator that refuses to shrink is made here.
    struct Stubborn;
    // SAFETY: passes on to the global allocator, or refuses.
    unsafe impl Allocator for Stubborn {
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, crate::alloc::Refused> {
            Global.allocate(layout)
        }
        unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
            // SAFETY: the caller's promise.
            unsafe { Global.deallocate(ptr, layout) }
        }
        unsafe fn shrink(
            &self,
            _: NonNull<u8>,
            _: Layout,
            _: Layout,
        ) -> Result<NonNull<[u8]>, crate::alloc::Refused> {
            Err(crate::alloc::Refused)
        }
    }
    let noted = Rc::new(RefCell::new(Vec::new()));
    let source = Source::new(Tag(1), &Stubborn);
    let mut arr = source.alloc(300).unwrap();
    for i in 0..300 {
        arr.put(i, Noted(i as u32, Rc::clone(&noted))).unwrap();
    }
    assert!(source.realloc(arr, 7).is_err());
    let mut dropped = noted.borrow().clone();
    dropped.sort_unstable();
    assert!(dropped.into_iter().eq(0..300));
}
