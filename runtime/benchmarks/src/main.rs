//! Measures the runtime beside its peers in one run, and prints the table of `docs/runtime.md`.
//!
//! `cargo run --release` in this folder; with `--features mimalloc` only `Global`, on mimalloc. With the
//! argument `--write` the table is put into `docs/runtime.md`, else it is printed. The exit code is 1 if
//! a goal is missed.

mod measure;

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::path::Path;
use std::ptr::NonNull;

use measure::{Case, Goal, Table};
use runtime::alloc::{Allocator, Arena, Checked, Counting, Failing, FailurePlan, Global, Limit, Locked};
use runtime::alloc::{Pool, SharedCounting, Stack, Traced};
use runtime::{AllocatorId, FrameStack, Hardening, Heap, StackConfig};

fn main() {
    let mut table = Table::default();
    if !cfg!(feature = "mimalloc") {
        arena(&mut table);
        pool(&mut table);
        stack(&mut table);
    }
    global(&mut table);
    if !cfg!(feature = "mimalloc") {
        wrappers(&mut table);
        frames(&mut table);
        heap(&mut table);
    }
    if std::env::args().any(|arg| arg == "--write") {
        write(&table.to_string());
    } else {
        print!("{table}");
    }
    if !table.all_met() {
        std::process::exit(1);
    }
}

/// Puts the table into the document, between its marks.
fn write(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/runtime.md");
    let text = std::fs::read_to_string(&path).expect("the document is there");
    let (begin, end) = match cfg!(feature = "mimalloc") {
        true => ("<!-- numbers with mimalloc -->\n", "<!-- end of numbers with mimalloc -->"),
        false => ("<!-- numbers -->\n", "<!-- end of numbers -->"),
    };
    let start = text.find(begin).expect("the document marks the place of the table") + begin.len();
    let stop = text.find(end).expect("the document marks the end of the table");
    let text = format!("{}\n{table}\n{}", &text[..start], &text[stop..]);
    std::fs::write(&path, text).expect("the document can be written");
}

const fn layout(size: usize) -> Layout {
    match Layout::from_size_align(size, 8) {
        Ok(layout) => layout,
        Err(_) => panic!("not a layout"),
    }
}

/// Allocates and gives back, `n` times.
#[inline(always)]
fn pairs(allocator: &impl Allocator, size: usize, n: usize) {
    for _ in 0..n {
        let block = allocator.allocate(layout(size)).unwrap();
        let block = black_box(block.cast());
        // SAFETY: the block was just allocated with this layout.
        unsafe { allocator.deallocate(block, layout(size)) };
    }
}

/// The same with the interface of global allocators.
#[inline(always)]
fn raw_pairs(allocator: &impl GlobalAlloc, size: usize, n: usize) {
    for _ in 0..n {
        // SAFETY: the size is not zero, and the block is given back with its layout.
        unsafe {
            let block = NonNull::new(allocator.alloc(layout(size))).unwrap();
            let block = black_box(block);
            allocator.dealloc(block.as_ptr(), layout(size));
        }
    }
}

/// Allocates `n` blocks, then gives all of them back in an order that is neither that of their birth
/// nor its reverse.
#[inline(always)]
fn batch(
    n: usize,
    blocks: &mut Vec<NonNull<u8>>,
    alloc: impl Fn() -> NonNull<u8>,
    free: impl Fn(NonNull<u8>),
) {
    blocks.clear();
    for _ in 0..n {
        blocks.push(alloc());
    }
    let mut at = 0;
    for _ in 0..n {
        free(blocks[at % n]);
        // The step and the length have no common factor, so every block comes once.
        at += 619;
    }
}

fn arena(table: &mut Table) {
    for size in [8, 24, 100] {
        let mut ours = Arena::new();
        let mut bump = bumpalo::Bump::new();
        table.compare(
            &format!("`Arena`: allocate {size} bytes"),
            Goal::Ratio(1.1),
            Case::new("Arena", 20_000, |n| {
                for _ in 0..n {
                    black_box(ours.allocate(layout(size)).unwrap());
                }
                ours.reset();
            }),
            vec![Case::new("bumpalo", 20_000, |n| {
                for _ in 0..n {
                    black_box(bump.try_alloc_layout(layout(size)).unwrap());
                }
                bump.reset();
            })],
        );
    }
    let sizes: Vec<Layout> = (0..4096)
        .map(|i: usize| {
            let size = i.wrapping_mul(2_654_435_761) >> 7 & 127;
            Layout::from_size_align(size, 1 << (i % 4)).unwrap()
        })
        .collect();
    let mut ours = Arena::new();
    let mut bump = bumpalo::Bump::new();
    table.compare(
        "`Arena`: allocate mixed sizes and alignments",
        Goal::Ratio(1.1),
        Case::new("Arena", 20_000, |n| {
            for i in 0..n {
                black_box(ours.allocate(sizes[i % 4096]).unwrap());
            }
            ours.reset();
        }),
        vec![Case::new("bumpalo", 20_000, |n| {
            for i in 0..n {
                black_box(bump.try_alloc_layout(sizes[i % 4096]).unwrap());
            }
            bump.reset();
        })],
    );
}

fn pool(table: &mut Table) {
    for size in [16, 64, 256] {
        let pool = Pool::new(size, 8).unwrap();
        table.compare(
            &format!("`Pool`: allocate and free {size} bytes"),
            Goal::Ratio(1.0),
            Case::new("Pool", 20_000, |n| pairs(&pool, size, n)),
            vec![
                Case::new("mimalloc", 20_000, |n| raw_pairs(&mimalloc::MiMalloc, size, n)),
                Case::new("jemalloc", 20_000, |n| raw_pairs(&tikv_jemallocator::Jemalloc, size, n)),
            ],
        );
    }
    for size in [16, 256] {
        let pool = Pool::new(size, 8).unwrap();
        let (mut a, mut b, mut c) = (Vec::new(), Vec::new(), Vec::new());
        table.compare(
            &format!("`Pool`: 2000 blocks of {size} bytes, freed in another order"),
            Goal::Ratio(1.0),
            Case::new("Pool", 2_000, |n| {
                batch(
                    n,
                    &mut a,
                    || pool.allocate(layout(size)).unwrap().cast(),
                    // SAFETY: the block was allocated with this layout, and is freed once.
                    |block| unsafe { pool.deallocate(block, layout(size)) },
                );
            }),
            vec![raw_batch("mimalloc", mimalloc::MiMalloc, size, &mut b), {
                raw_batch("jemalloc", tikv_jemallocator::Jemalloc, size, &mut c)
            }],
        );
    }
}

fn raw_batch<'a>(
    name: &'static str,
    allocator: impl GlobalAlloc + 'a,
    size: usize,
    blocks: &'a mut Vec<NonNull<u8>>,
) -> Case<'a> {
    Case::new(name, 2_000, move |n| {
        batch(
            n,
            blocks,
            // SAFETY: the size is not zero.
            || NonNull::new(unsafe { allocator.alloc(layout(size)) }).unwrap(),
            // SAFETY: the block was allocated with this layout, and is freed once.
            |block| unsafe { allocator.dealloc(block.as_ptr(), layout(size)) },
        );
    })
}

fn stack(table: &mut Table) {
    let stack = Stack::new(64 << 10).unwrap();
    table.single(
        "`Stack`: allocate and free 64 bytes",
        Goal::Nanoseconds(3.0),
        Case::new("Stack", 20_000, |n| pairs(&stack, 64, n)),
    );
    let keep = stack.allocate(layout(100)).unwrap();
    table.single(
        "`Stack`: four blocks of 24 bytes, last in, first out, each",
        Goal::Nanoseconds(3.0),
        Case::new("Stack", 20_000, |n| {
            for _ in 0..n / 4 {
                let blocks = [(); 4].map(|()| black_box(stack.allocate(layout(24)).unwrap()));
                for block in blocks.into_iter().rev() {
                    // SAFETY: the block was just allocated with this layout.
                    unsafe { stack.deallocate(block.cast(), layout(24)) };
                }
            }
        }),
    );
    // SAFETY: the block is live with this layout.
    unsafe { stack.deallocate(keep.cast(), layout(100)) };
}

fn global(table: &mut Table) {
    #[cfg(feature = "mimalloc")]
    let (behind, name) = (mimalloc::MiMalloc, "mimalloc");
    #[cfg(not(feature = "mimalloc"))]
    let (behind, name) = (System, "system");
    let _ = System;
    for size in [16, 64, 256, 4096] {
        table.compare(
            &format!("`Global`: allocate and free {size} bytes"),
            Goal::Ratio(1.05),
            Case::new("Global", 20_000, |n| pairs(&Global, size, n)),
            vec![Case::new(name, 20_000, |n| raw_pairs(&behind, size, n))],
        );
    }
}

fn wrappers(table: &mut Table) {
    // Each operation of a pair counts, so a case of `n` operations makes `n / 2` pairs.
    let arena = || Stack::new(64 << 10).unwrap();
    let plain = arena();
    let counting = Counting::<_>::new(arena());
    table.difference(
        "`Counting` over `Stack` adds, an operation",
        Goal::Nanoseconds(1.0),
        Case::new("Counting", 20_000, |n| pairs(&counting, 64, n / 2)),
        Case::new("Stack", 20_000, |n| pairs(&plain, 64, n / 2)),
    );
    let counting = Counting::<_>::new(Global);
    table.difference(
        "`Counting` over `Global` adds, an operation",
        Goal::Nanoseconds(1.0),
        Case::new("Counting", 20_000, |n| pairs(&counting, 64, n / 2)),
        Case::new("Global", 20_000, |n| pairs(&Global, 64, n / 2)),
    );
    let counting = SharedCounting::new(Global);
    table.difference(
        "`SharedCounting` over `Global` adds, an operation",
        Goal::None,
        Case::new("SharedCounting", 20_000, |n| pairs(&counting, 64, n / 2)),
        Case::new("Global", 20_000, |n| pairs(&Global, 64, n / 2)),
    );
    let limit = Limit::<_>::new(Global, 1 << 40);
    table.difference(
        "`Limit` over `Global` adds, an operation",
        Goal::None,
        Case::new("Limit", 20_000, |n| pairs(&limit, 64, n / 2)),
        Case::new("Global", 20_000, |n| pairs(&Global, 64, n / 2)),
    );
    let failing = Failing::<_>::new(Global, FailurePlan::Nth(u64::MAX));
    table.difference(
        "`Failing` over `Global` adds, an operation",
        Goal::None,
        Case::new("Failing", 20_000, |n| pairs(&failing, 64, n / 2)),
        Case::new("Global", 20_000, |n| pairs(&Global, 64, n / 2)),
    );
    let traced = Traced::new(Global, 1);
    table.difference(
        "`Traced` over `Global` adds while nobody listens, an operation",
        Goal::None,
        Case::new("Traced", 20_000, |n| pairs(&traced, 64, n / 2)),
        Case::new("Global", 20_000, |n| pairs(&Global, 64, n / 2)),
    );
    let locked = Locked::new(Pool::new(64, 8).unwrap());
    table.single(
        "`Locked` around `Pool`: allocate and free 64 bytes",
        Goal::None,
        Case::new("Locked", 20_000, |n| pairs(&locked, 64, n)),
    );
    let checked = Checked::new(Global);
    table.single(
        "`Checked` on `Global`: allocate and free 64 bytes",
        Goal::None,
        Case::new("Checked", 2_000, |n| pairs(&checked, 64, n)),
    );
}

fn frames(table: &mut Table) {
    let config = |hardening| StackConfig { hardening, ..StackConfig::default() };
    let push_and_pop = |stack: &mut FrameStack, n: usize| {
        for token in 0..n as u64 {
            black_box(stack.push(black_box(96), 8, token).unwrap());
            stack.pop().unwrap();
        }
    };
    let mut stack = FrameStack::new(config(Hardening::Guarded)).unwrap();
    stack.push(64, 8, 1).unwrap();
    table.single(
        "Frame: push and pop with shadow stack",
        Goal::Nanoseconds(4.0),
        Case::new("FrameStack", 20_000, |n| push_and_pop(&mut stack, n)),
    );
    let mut deep = FrameStack::new(config(Hardening::Guarded)).unwrap();
    table.single(
        "Frame: 100 deep and back, each push and pop",
        Goal::Nanoseconds(4.0),
        Case::new("FrameStack", 20_000, |n| {
            for _ in 0..n / 100 {
                for token in 0..100 {
                    black_box(deep.push(black_box(96), 8, token).unwrap());
                }
                for _ in 0..100 {
                    black_box(deep.pop().unwrap());
                }
            }
        }),
    );
    let mut tail = FrameStack::new(config(Hardening::Guarded)).unwrap();
    tail.push(64, 8, 1).unwrap();
    table.single(
        "Frame: replace for a tail call",
        Goal::None,
        Case::new("FrameStack", 20_000, |n| {
            for _ in 0..n {
                black_box(tail.replace(black_box(96), 8).unwrap());
            }
        }),
    );
    let mut heard = FrameStack::new(config(Hardening::Guarded)).unwrap();
    heard.events().subscribe(Box::new(|event| {
        black_box(event);
    }));
    table.single(
        "Frame: push and pop while a tracer listens",
        Goal::None,
        Case::new("FrameStack", 20_000, |n| push_and_pop(&mut heard, n)),
    );
    let mut protected = FrameStack::new(config(Hardening::WriteProtected)).unwrap();
    table.single(
        "Frame: push and pop with write-protected shadow stack",
        Goal::None,
        Case::new("FrameStack", 500, |n| push_and_pop(&mut protected, n)),
    );
}

fn heap(table: &mut Table) {
    let mut heap = Heap::new();
    table.compare(
        "`Heap`: allocate and free a zeroed block of 64 bytes",
        Goal::None,
        Case::new("Heap", 20_000, |n| {
            for _ in 0..n {
                let block = heap.alloc_words(AllocatorId::GLOBAL, 8, 0).unwrap();
                heap.free(black_box(block), 0).unwrap();
            }
        }),
        vec![Case::new("Global, zeroed", 20_000, |n| {
            for _ in 0..n {
                let block = black_box(Global.allocate_zeroed(layout(64)).unwrap());
                // SAFETY: the block was just allocated with this layout.
                unsafe { Global.deallocate(block.cast(), layout(64)) };
            }
        })],
    );
    let mut heap = Heap::new();
    let block = heap.alloc_words(AllocatorId::GLOBAL, 1024, 0).unwrap();
    let mut plain = vec![0u64; 1024];
    table.compare(
        "`Heap`: add to a word through its handle",
        Goal::None,
        Case::new("Heap", 20_000, |n| {
            for i in 0..n {
                let words = heap.words_mut(black_box(block)).unwrap();
                words[i & 1023] += 1;
            }
        }),
        vec![Case::new("Vec", 20_000, |n| {
            for i in 0..n {
                black_box(&mut plain)[i & 1023] += 1;
            }
        })],
    );
}
