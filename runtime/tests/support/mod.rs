//! A model of an allocator, and the operations that hold a real one against it.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::ptr::NonNull;

use runtime::alloc::{Allocator, Layout};

/// A small generator (xorshift64*, Vigna 2016), so that runs can be repeated.
pub struct Random(u64);

impl Random {
    /// The same numbers for the same seed, unless `SPP_MODEL_SEED` says otherwise.
    pub fn new(seed: u64) -> Random {
        let other = std::env::var("SPP_MODEL_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        let seed = u64::wrapping_add(seed, u64::wrapping_mul(other, 1_000_003));
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 32) as usize % n
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// What the requests of a run look like.
#[derive(Clone, Copy)]
pub struct Shape {
    pub max_size: usize,
    /// Largest alignment, as a power of two.
    pub max_align_log2: usize,
    pub max_live: usize,
    /// The newest block is freed this often; else any.
    pub newest_first_percent: usize,
}

impl Default for Shape {
    fn default() -> Self {
        Shape { max_size: 300, max_align_log2: 7, max_live: 200, newest_first_percent: 20 }
    }
}

pub struct Live {
    pub ptr: NonNull<u8>,
    pub layout: Layout,
    /// Determines the content.
    stamp: u8,
}

/// What must hold: blocks do not overlap, are aligned, and keep what was written into them.
pub struct Model<'a, A: Allocator> {
    allocator: &'a A,
    pub live: Vec<Live>,
    /// Start and end of each block that is not empty.
    ranges: BTreeMap<usize, usize>,
    pub random: Random,
    pub shape: Shape,
    pub counts: Counts,
}

/// A model without its allocator.
pub struct Suspended {
    live: Vec<Live>,
    random: Random,
    shape: Shape,
}

/// Statistics as the model sees them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counts {
    pub allocations: u64,
    pub frees: u64,
    pub resizes: u64,
    pub failed: u64,
    pub live_bytes: u64,
    pub peak_bytes: u64,
}

impl<'a, A: Allocator> Model<'a, A> {
    pub fn new(allocator: &'a A, seed: u64, shape: Shape) -> Self {
        let random = Random::new(seed);
        let counts = Counts::default();
        Model { allocator, live: Vec::new(), ranges: BTreeMap::new(), random, shape, counts }
    }

    /// One operation, chosen at random.
    pub fn step(&mut self) {
        let full = self.live.len() >= self.shape.max_live;
        match self.random.below(100) {
            0..45 if !full => self.allocate(),
            45..60 if !self.live.is_empty() => self.resize(),
            _ if !self.live.is_empty() => self.free(),
            _ => self.allocate(),
        }
    }

    pub fn allocate(&mut self) {
        let layout = self.layout();
        let zeroed = self.random.chance(30);
        let result = match zeroed {
            true => self.allocator.allocate_zeroed(layout),
            false => self.allocator.allocate(layout),
        };
        let Ok(block) = result else { return self.counts.failed += 1 };
        assert!(block.len() >= layout.size());
        if zeroed {
            // SAFETY: the allocator says that it has this many zeroed bytes.
            assert!(unsafe { block.as_ref() }.iter().all(|byte| *byte == 0), "not zeroed");
        }
        self.counts.allocations += 1;
        self.gain(layout.size());
        self.enter(block.cast(), layout);
    }

    pub fn resize(&mut self) {
        let index = self.choose();
        let mut layout = self.layout();
        if self.random.chance(60) {
            layout = Layout::from_size_align(layout.size(), self.live[index].layout.align()).unwrap();
        }
        let &Live { ptr, layout: old, stamp } = &self.live[index];
        let grows = layout.size() >= old.size();
        let zeroed = grows && self.random.chance(40);
        // SAFETY: the block is live with this layout, and the new size is on the right side of the
        // old one.
        let result = unsafe {
            match (grows, zeroed) {
                (true, true) => self.allocator.grow_zeroed(ptr, old, layout),
                (true, false) => self.allocator.grow(ptr, old, layout),
                (false, _) => self.allocator.shrink(ptr, old, layout),
            }
        };
        let Ok(block) = result else {
            self.counts.failed += 1;
            return check_content(ptr, old.size(), stamp);
        };
        let kept = old.size().min(layout.size());
        check_content(block.cast(), kept, stamp);
        if zeroed {
            // SAFETY: the allocator says that the block has this many bytes.
            let bytes = unsafe { block.as_ref() };
            assert!(bytes[kept..layout.size()].iter().all(|byte| *byte == 0), "not zeroed");
        }
        self.counts.resizes += 1;
        if grows {
            self.gain(layout.size() - old.size());
        } else {
            self.counts.live_bytes -= (old.size() - layout.size()) as u64;
        }
        self.remove(index);
        self.enter(block.cast(), layout);
    }

    pub fn free(&mut self) {
        let index = self.choose();
        self.free_at(index);
    }

    pub fn free_at(&mut self, index: usize) {
        let Live { ptr, layout, stamp } = self.remove(index);
        check_content(ptr, layout.size(), stamp);
        // SAFETY: the block was live until now, with this layout.
        unsafe { self.allocator.deallocate(ptr, layout) };
        self.counts.frees += 1;
        self.counts.live_bytes -= layout.size() as u64;
    }

    pub fn free_all(&mut self) {
        while !self.live.is_empty() {
            self.free();
        }
    }

    /// Lets go of the allocator, so that it can be changed.
    pub fn suspend(self) -> Suspended {
        Suspended { live: self.live, random: self.random, shape: self.shape }
    }

    /// Goes on with the first `count` blocks of a suspended model; the allocator took back the others.
    pub fn resume(allocator: &'a A, suspended: Suspended, count: usize) -> Self {
        let Suspended { mut live, random, shape } = suspended;
        live.truncate(count);
        let solid = live.iter().filter(|live| live.layout.size() > 0);
        let ranges = solid.map(|live| {
            let start = live.ptr.addr().get();
            (start, start + live.layout.size())
        });
        let ranges = ranges.collect();
        let live_bytes = live.iter().map(|live| live.layout.size() as u64).sum();
        let counts = Counts { live_bytes, ..Counts::default() };
        let model = Model { allocator, live, ranges, random, shape, counts };
        model.check();
        model
    }

    /// Looks at the content of all blocks.
    pub fn check(&self) {
        for live in &self.live {
            check_content(live.ptr, live.layout.size(), live.stamp);
        }
    }

    fn choose(&mut self) -> usize {
        if self.random.chance(self.shape.newest_first_percent) {
            return self.live.len() - 1;
        }
        self.random.below(self.live.len())
    }

    fn layout(&mut self) -> Layout {
        // Small sizes are the common ones, 0 is among them.
        let limit = 1 + self.random.below(self.shape.max_size);
        let size = self.random.below(limit);
        let align = 1 << self.random.below(self.shape.max_align_log2 + 1);
        Layout::from_size_align(size, align).unwrap()
    }

    fn gain(&mut self, bytes: usize) {
        self.counts.live_bytes += bytes as u64;
        self.counts.peak_bytes = self.counts.peak_bytes.max(self.counts.live_bytes);
    }

    fn enter(&mut self, ptr: NonNull<u8>, layout: Layout) {
        let start = ptr.addr().get();
        assert_eq!(start % layout.align(), 0, "{layout:?} at {start:#x}");
        if layout.size() > 0 {
            let end = start + layout.size();
            let before = self.ranges.range(..end).next_back();
            assert!(before.is_none_or(|(_, other)| *other <= start), "blocks overlap");
            self.ranges.insert(start, end);
        }
        let stamp = self.random.next() as u8;
        // SAFETY: the block is live and has this many bytes.
        unsafe {
            for i in 0..layout.size() {
                ptr.add(i).write(stamp.wrapping_add(i as u8));
            }
        }
        self.live.push(Live { ptr, layout, stamp });
    }

    fn remove(&mut self, index: usize) -> Live {
        let live = self.live.remove(index);
        if live.layout.size() > 0 {
            self.ranges.remove(&live.ptr.addr().get());
        }
        live
    }
}

fn check_content(ptr: NonNull<u8>, size: usize, stamp: u8) {
    // SAFETY: the block is live, has this many bytes, and all of them were written.
    let bytes = unsafe { NonNull::slice_from_raw_parts(ptr, size).as_ref() };
    let intact = bytes.iter().enumerate().all(|(i, byte)| *byte == stamp.wrapping_add(i as u8));
    assert!(intact, "content changed");
}
