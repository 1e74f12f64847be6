//! Planted faults: `Checked` finds each kind and says where the block came from.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use runtime::alloc::{
    Allocator, Checked, CheckedConfig, Counting, Fault, FaultKind, Global, Layout, Operation,
};

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 8).unwrap()
}

fn take(checked: &impl Allocator, size: usize) -> NonNull<u8> {
    checked.allocate(layout(size)).unwrap().cast()
}

/// The only fault there is.
#[track_caller]
fn only(faults: Vec<Fault>) -> Fault {
    let texts: Vec<String> = faults.iter().map(Fault::to_string).collect();
    assert_eq!(faults.len(), 1, "{texts:#?}");
    faults.into_iter().next().unwrap()
}

/// The fault names the site, this file, and the operations in order.
#[track_caller]
fn assert_history(fault: &Fault, site: &str, operations: &[Operation]) {
    let seen: Vec<Operation> = fault.history.iter().map(|moment| moment.operation).collect();
    assert_eq!(seen, operations);
    let born = &fault.history[0];
    assert_eq!(born.site.as_deref(), Some(site));
    assert!(born.time >= 1 && born.thread == std::thread::current().id());
    let text = fault.to_string();
    assert!(text.contains(site) && text.contains("allocated at"), "{text}");
}

#[test]
fn a_write_behind_a_block_is_found_when_it_is_freed() {
    let checked = Checked::new(Global);
    checked.set_site("list.spp:4");
    for offset in [0, 1, 31] {
        let block = take(&checked, 13);
        // SAFETY: the redzone behind the block belongs to the same allocation.
        unsafe {
            block.add(13 + offset).write(1);
            checked.deallocate(block, layout(13));
        }
        let fault = checked.faults().pop().unwrap();
        assert_eq!(fault.kind, FaultKind::Overflow { offset });
        assert_history(&fault, "list.spp:4", &[Operation::Alloc]);
    }
    assert_eq!(checked.fault_count(), 3);
}

#[test]
fn a_write_in_front_of_a_block_is_found_by_a_check() {
    let checked = Checked::new(Global);
    checked.set_site("list.spp:9");
    let block = take(&checked, 16);
    take(&checked, 16);
    // SAFETY: the redzone in front of the block belongs to the same allocation.
    unsafe { block.sub(8).write(1) };
    let fault = only(checked.check());
    assert_eq!(fault.kind, FaultKind::Underflow { offset: 8 });
    assert_eq!(fault.address, block.addr().get());
    assert_history(&fault, "list.spp:9", &[Operation::Alloc]);
    assert_eq!(checked.check().len(), 1, "a fault is reported once");
}

#[test]
fn a_write_into_a_freed_block_is_found_and_its_free_is_in_the_history() {
    let checked = Checked::new(Global);
    checked.set_site("tree.spp:1");
    let block = take(&checked, 40);
    // SAFETY: the block is live; afterwards it is in quarantine, so its memory still exists.
    unsafe {
        checked.deallocate(block, layout(40));
        assert_eq!(block.read(), 0xdd, "a read sees poison");
        block.add(17).write(9);
    }
    let fault = only(checked.check());
    assert_eq!(fault.kind, FaultKind::UseAfterFree { offset: 17 });
    assert_history(&fault, "tree.spp:1", &[Operation::Alloc, Operation::Free]);
}

#[test]
fn a_write_into_a_freed_block_is_found_when_it_leaves_the_quarantine() {
    let config = CheckedConfig { quarantine_bytes: 1000, ..CheckedConfig::default() };
    let checked = Checked::with_config(Global, config);
    let block = take(&checked, 40);
    // SAFETY: as above; the later blocks are live until they are freed.
    unsafe {
        checked.deallocate(block, layout(40));
        block.write(9);
        for _ in 0..20 {
            let other = take(&checked, 100);
            checked.deallocate(other, layout(100));
        }
    }
    assert_eq!(only(checked.faults()).kind, FaultKind::UseAfterFree { offset: 0 });
}

#[test]
fn a_second_free_is_found_and_not_passed_on() {
    let memory = Counting::<_>::new(Global);
    let checked = Checked::new(&memory);
    checked.set_site("pool.spp:3");
    let block = take(&checked, 24);
    // SAFETY: the block is live for the first call; the second is what is tested.
    unsafe {
        checked.deallocate(block, layout(24));
        checked.deallocate(block, layout(24));
    }
    let fault = only(checked.faults());
    assert_eq!(fault.kind, FaultKind::DoubleFree);
    assert_history(&fault, "pool.spp:3", &[Operation::Alloc, Operation::Free]);
    drop(checked);
    assert_eq!((memory.stats().allocations, memory.stats().frees), (1, 1));
}

#[test]
fn a_free_of_what_is_no_block_is_found() {
    let checked = Checked::new(Global);
    let other = Checked::new(Global);
    let foreign = take(&other, 24);
    let own = take(&checked, 24);
    // SAFETY: neither address is a block of `checked`; that is what is tested.
    unsafe {
        checked.deallocate(foreign, layout(24));
        checked.deallocate(own.add(8), layout(24));
    }
    let faults = checked.faults();
    assert_eq!(faults[0].kind, FaultKind::ForeignFree { inside: 0 });
    assert!(faults[0].history.is_empty() && faults[0].address == foreign.addr().get());
    assert_eq!(faults[1].kind, FaultKind::ForeignFree { inside: 8 });
    assert_eq!(faults[1].history.len(), 1, "the block around it is known");
    assert_eq!(checked.live_bytes(), 24);
}

#[test]
fn a_free_with_another_size_or_alignment_is_found() {
    let checked = Checked::new(Global);
    checked.set_site("vec.spp:7");
    let given = [layout(25), Layout::from_size_align(24, 4).unwrap()];
    for given in given {
        let block = take(&checked, 24);
        // SAFETY: the block is live; that the layout is another is what is tested.
        unsafe { checked.deallocate(block, given) };
        let fault = checked.faults().pop().unwrap();
        assert_eq!(fault.kind, FaultKind::SizeMismatch { given });
        assert_eq!(fault.layout, Some(layout(24)));
        assert_history(&fault, "vec.spp:7", &[Operation::Alloc]);
    }
}

#[test]
fn leaks_are_listed_oldest_first_with_their_resizes() {
    let checked = Checked::new(Global);
    checked.set_site("a.spp:1");
    let first = take(&checked, 8);
    checked.set_site("a.spp:2");
    take(&checked, 16);
    checked.set_site("a.spp:3");
    // SAFETY: the block is live with this layout.
    unsafe { checked.grow(first, layout(8), layout(80)).unwrap() };
    let leaks = checked.leaks();
    assert_eq!(leaks.len(), 2);
    assert!(leaks.iter().all(|leak| leak.kind == FaultKind::Leak));
    assert_history(&leaks[0], "a.spp:1", &[Operation::Alloc, Operation::Realloc]);
    assert_eq!(leaks[0].history[1].site.as_deref(), Some("a.spp:3"));
    assert_history(&leaks[1], "a.spp:2", &[Operation::Alloc]);
    assert_eq!(checked.live_bytes(), 96);
}

#[test]
fn the_hook_hears_every_fault_and_the_leaks_at_the_end() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    let memory = Counting::<_>::new(Global);
    let checked = Checked::new(&memory).on_fault(move |fault| sink.lock().unwrap().push(fault.kind));
    let block = take(&checked, 8);
    take(&checked, 8);
    // SAFETY: the first call is right; the second is what is tested.
    unsafe {
        checked.deallocate(block, layout(8));
        checked.deallocate(block, layout(8));
    }
    drop(checked);
    assert_eq!(*heard.lock().unwrap(), [FaultKind::DoubleFree, FaultKind::Leak]);
    assert_eq!(memory.stats().live_bytes, 0, "even leaked blocks go back in the end");
}

#[test]
fn backtraces_name_the_function_that_allocated() {
    #[inline(never)]
    fn the_leaking_function(checked: &Checked<Global>) {
        let block = take(checked, 8);
        // Keeps the call from being the function's last act, which would hide the function.
        std::hint::black_box(block);
    }
    let config = CheckedConfig { backtraces: true, ..CheckedConfig::default() };
    let checked = Checked::with_config(Global, config);
    the_leaking_function(&checked);
    let text = only(checked.leaks()).to_string();
    assert!(text.contains("the_leaking_function"), "{text}");
}

#[test]
fn collections_on_a_checked_allocator_work_and_leave_nothing() {
    let checked = Checked::new(Global);
    let mut names = allocator_api2::vec::Vec::new_in(&checked);
    for i in 0..1000 {
        names.push(allocator_api2::boxed::Box::new_in(i, &checked));
        if i % 3 == 0 {
            names.swap_remove(i / 2);
        }
    }
    drop(names);
    assert!(checked.check().is_empty() && checked.leaks().is_empty());
}

#[test]
fn threads_may_share_a_checked_allocator() {
    let checked = Checked::new(Global);
    let total = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for size in 0..2000 {
                    let block = take(&checked, size % 90);
                    // SAFETY: the block is live with this layout.
                    unsafe { checked.deallocate(block, layout(size % 90)) };
                    total.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(total.load(Ordering::Relaxed), 8000);
    assert!(checked.check().is_empty() && checked.leaks().is_empty());
}
