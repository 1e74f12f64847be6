//! A heap that safe code can use: blocks of words or bytes behind checked handles.
//!
//! An evaluator cannot hold Rust references into S++ memory. Here it holds [`Handle`]s, small numbers
//! that can be stored in the blocks themselves, and turns them into slices when it needs them: one
//! comparison for the handle, one for the index. A handle of a freed block is never valid again.
//!
//! The memory is real: it comes from [`Global`] or from any allocator given to
//! [`Heap::define_with`], through a [`Failing`] and a [`Limit`].

mod sources;
mod tags;

use std::num::NonZeroU64;
use std::ptr::NonNull;

use crate::AllocError;
use crate::alloc::{Allocator, Failing, FailurePlan, Layout, Limit};
use crate::events::{Event, EventKind, Events};
use crate::region::WORD;
use crate::stats::Stats;
use sources::Sources;
use tags::TagLists;

/// A block of a [`Heap`]. Copying it copies the reference, not the block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Handle(NonZeroU64);

impl Handle {
    /// The handle as a word, to be stored in memory. Never 0.
    #[inline(always)]
    pub const fn to_bits(self) -> u64 {
        self.0.get()
    }

    /// The handle with this word. Any word is allowed; a made-up one just refers to no block.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Option<Handle> {
        match NonZeroU64::new(bits) {
            Some(bits) => Some(Handle(bits)),
            None => None,
        }
    }

    /// Position of the block's entry, for [`Heap::words_at`]. Another block may stand there later.
    #[inline(always)]
    pub const fn index(self) -> usize {
        self.0.get() as u32 as usize
    }

    #[inline(always)]
    const fn generation(self) -> u32 {
        (self.0.get() >> 32) as u32
    }
}

/// An allocator of the program, by the number under which the heap knows its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AllocatorId(u32);

impl AllocatorId {
    /// `GlobalAlloc`, which every heap has.
    pub const GLOBAL: AllocatorId = AllocatorId(0);

    /// Position in [`Heap::allocators`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Whether a block that grows counts as a new block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum GrowthCounts {
    /// Growing creates a block that replaces the old one: it is counted in `allocations` and `frees`,
    /// and a [`FailurePlan`] sees it. Shrinking keeps the block.
    #[default]
    AsNewBlock,
    /// A block stays the same block whatever its length; a plan never fails a reallocation.
    AsSameBlock,
}

/// What is known about a live block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockInfo {
    /// The block.
    pub handle: Handle,
    /// Length in bytes.
    pub bytes: usize,
    /// The allocator that it is counted for.
    pub owner: AllocatorId,
    /// Where it was allocated, or last reallocated.
    pub site: u32,
}

/// Blocks of memory, their owners and their statistics.
///
/// Allocation costs what the allocator behind it costs, plus a few additions. New memory is zero.
/// Blocks are aligned to 8 bytes. A heap belongs to one thread at a time.
pub struct Heap {
    blocks: Vec<Block>,
    /// First unused entry of `blocks`, or `NONE`.
    unused: u32,
    memory: Failing<Limit<Sources>>,
    allocators: Vec<Named>,
    tags: TagLists,
    totals: Stats,
    growth: GrowthCounts,
    events: Events,
    refusals: Events,
}

struct Named {
    name: Box<str>,
    source: u16,
    stats: Stats,
}

struct Block {
    /// Valid for `bytes` bytes while `generation` is that of a handle.
    ptr: NonNull<u64>,
    bytes: usize,
    /// Differs from the generation of every handle while the entry is unused; 0 if it is worn out.
    generation: u32,
    owner: u32,
    /// The list of tags; for an unused entry, the next unused one.
    tags: u32,
    site: u32,
    source: u16,
}

// SAFETY: all blocks are reachable through the heap only, and their sources are `Send`.
unsafe impl Send for Heap {}

impl Default for Heap {
    fn default() -> Self {
        Heap::new()
    }
}

impl Heap {
    /// An empty heap without a limit, whose memory comes from [`Global`](crate::alloc::Global).
    pub fn new() -> Heap {
        let memory = Limit::new(Sources::new(), u64::MAX);
        let global = Named { name: "GlobalAlloc".into(), source: 0, stats: Stats::default() };
        Heap {
            blocks: Vec::new(),
            unused: NONE,
            memory: Failing::new(memory, FailurePlan::Never),
            allocators: vec![global],
            tags: TagLists::new(),
            totals: Stats::default(),
            growth: GrowthCounts::default(),
            events: Events::new(),
            refusals: Events::new(),
        }
    }

    // ----- allocators

    /// The number of the allocator with this name; a name that is new gets one, and the memory of
    /// its blocks comes from [`Global`](crate::alloc::Global). Linear in the number of names.
    pub fn allocator(&mut self, name: &str) -> AllocatorId {
        self.intern(name, 0)
    }

    /// Like [`allocator`](Heap::allocator), but a new name's blocks come from `memory`.
    pub fn define_with(&mut self, name: &str, memory: Box<dyn Allocator + Send>) -> AllocatorId {
        let source = self.memory.inner().inner().add(memory);
        self.intern(name, source)
    }

    /// Names and statistics of all allocators.
    pub fn allocators(&self) -> impl Iterator<Item = (AllocatorId, &str, &Stats)> {
        let all = self.allocators.iter().enumerate();
        all.map(|(i, named)| (AllocatorId(i as u32), &*named.name, &named.stats))
    }

    /// The name of an allocator.
    pub fn name(&self, id: AllocatorId) -> &str {
        self.allocators.get(id.index()).map_or("?", |named| &named.name)
    }

    /// What was counted for an allocator.
    pub fn stats(&self, id: AllocatorId) -> Stats {
        self.allocators.get(id.index()).map_or_else(Stats::default, |named| named.stats)
    }

    /// Access to the counts of an allocator that creates no blocks itself, as one that forwards to
    /// another does: whoever runs it may record what went through it.
    pub fn stats_mut(&mut self, id: AllocatorId) -> Option<&mut Stats> {
        self.allocators.get_mut(id.index()).map(|named| &mut named.stats)
    }

    /// What was counted for all blocks.
    pub fn totals(&self) -> Stats {
        self.totals
    }

    // ----- limits and faults

    /// Makes allocations fail with code 12 that would bring the live bytes above `bytes` (A55).
    pub fn set_limit(&mut self, bytes: u64) {
        self.memory.inner().set_limit(bytes);
    }

    /// Makes allocations fail with code 12 by plan; requests are counted from 1 from now on. Every
    /// block counts, empty ones included.
    pub fn set_failures(&mut self, plan: FailurePlan) {
        self.memory.set_plan(plan);
    }

    /// Requests seen by the current plan.
    pub fn requests(&self) -> u64 {
        self.memory.requests()
    }

    /// Chooses how growing blocks are counted.
    pub fn set_growth(&mut self, growth: GrowthCounts) {
        self.growth = growth;
    }

    /// Where to subscribe to refused requests alone.
    pub fn refusals(&mut self) -> &mut Events {
        &mut self.refusals
    }

    /// Where to subscribe to events of this heap.
    pub fn events(&mut self) -> &mut Events {
        &mut self.events
    }

    // ----- blocks

    /// Creates a block of `len` zero words for `owner`. `site` is passed on to events and reports.
    #[inline]
    pub fn alloc_words(&mut self, owner: AllocatorId, len: usize, site: u32) -> Result<Handle, AllocError> {
        // A length that does not fit becomes one that `alloc_bytes` refuses.
        self.alloc_bytes(owner, len.saturating_mul(WORD), site)
    }

    /// Creates a block of `len` zero bytes for `owner`.
    pub fn alloc_bytes(&mut self, owner: AllocatorId, len: usize, site: u32) -> Result<Handle, AllocError> {
        let source = self.allocators.get(owner.index()).map_or(0, |named| named.source);
        let entry = self.entry();
        let block = match (entry, layout(len)) {
            (Some(_), Ok(layout)) => {
                self.memory.inner().inner().select(source);
                self.allocate_zeroed(layout)
            }
            (None, _) => Err(AllocError::OutOfMemory),
            (_, Err(error)) => Err(error),
        };
        let (Ok(ptr), Some(index)) = (block, entry) else {
            self.refused(owner, len, 0, site);
            return Err(block.err().unwrap_or(AllocError::OutOfMemory));
        };
        let slot = &mut self.blocks[index as usize];
        self.unused = slot.tags;
        let generation = slot.generation;
        *slot = Block {
            ptr: ptr.cast(),
            bytes: len,
            generation,
            owner: owner.0,
            tags: TagLists::EMPTY,
            site,
            source,
        };
        let handle = Handle::new(index, generation);
        self.totals.on_alloc(len as u64);
        if let Some(named) = self.allocators.get_mut(owner.index()) {
            named.stats.on_alloc(len as u64);
        }
        self.tell(EventKind::Alloc, owner, handle, len, 0, site);
        Ok(handle)
    }

    /// Changes the length of a block to `len` words; see [`realloc_bytes`](Heap::realloc_bytes).
    #[inline]
    pub fn realloc_words(&mut self, handle: Handle, len: usize, site: u32) -> Result<(), AllocError> {
        self.realloc_bytes(handle, len.saturating_mul(WORD), site)
    }

    /// Changes the length of a block to `len` bytes, in place where the allocator can. The handle and
    /// the tags stay; the content up to the shorter length stays; added bytes are zero.
    ///
    /// On failure the block is unchanged. That it is gone afterwards (A12) is for the caller to see
    /// to, who has to drop the elements first.
    pub fn realloc_bytes(&mut self, handle: Handle, len: usize, site: u32) -> Result<(), AllocError> {
        let Some(index) = self.find(handle) else { return Err(AllocError::ForeignBlock) };
        let &Block { ptr, bytes: old, owner, source, .. } = &self.blocks[index];
        let owner = AllocatorId(owner);
        let grows = len > old;
        let fresh = grows && self.growth == GrowthCounts::AsNewBlock;
        self.memory.inner().inner().select(source);
        let result = match (layout(old), layout(len)) {
            // SAFETY: the block is live with this layout and came from this source; the new layout
            // is larger.
            (Ok(from), Ok(to)) if fresh => unsafe { self.memory.grow_zeroed(ptr.cast(), from, to) },
            // SAFETY: as above.
            (Ok(from), Ok(to)) if grows => unsafe { self.memory.inner().grow_zeroed(ptr.cast(), from, to) },
            // SAFETY: as above, but the new layout is not larger.
            (Ok(from), Ok(to)) => unsafe { self.memory.shrink(ptr.cast(), from, to) },
            (Err(error), _) | (_, Err(error)) => {
                self.refused(owner, len, old, site);
                return Err(error);
            }
        };
        let Ok(ptr) = result else {
            self.refused(owner, len, old, site);
            return Err(AllocError::OutOfMemory);
        };
        let block = &mut self.blocks[index];
        (block.ptr, block.bytes, block.site) = (ptr.cast(), len, site);
        let stats = self.allocators.get_mut(owner.index()).map(|named| &mut named.stats);
        for stats in stats.into_iter().chain([&mut self.totals]) {
            match fresh {
                true => stats.on_replace(old as u64, len as u64),
                false => stats.on_resize(old as u64, len as u64),
            }
        }
        self.tell(EventKind::Realloc, owner, handle, len, old, site);
        Ok(())
    }

    /// Gives a block back. A handle that refers to no block is [`AllocError::ForeignBlock`].
    pub fn free(&mut self, handle: Handle, site: u32) -> Result<(), AllocError> {
        let Some(index) = self.find(handle) else { return Err(AllocError::ForeignBlock) };
        let block = &mut self.blocks[index];
        let (bytes, owner) = (block.bytes, AllocatorId(block.owner));
        self.memory.inner().inner().select(block.source);
        if let Ok(layout) = layout(bytes) {
            // SAFETY: the block is live with this layout and came from this source; the new
            // generation makes all its handles invalid.
            unsafe { self.memory.deallocate(block.ptr.cast(), layout) }
        }
        block.bytes = 0;
        block.ptr = NonNull::dangling();
        block.generation = block.generation.wrapping_add(1);
        // An entry whose generations are used up is left alone: no handle may become valid again.
        if block.generation != 0 {
            block.tags = self.unused;
            self.unused = index as u32;
        }
        self.totals.on_free(bytes as u64);
        if let Some(named) = self.allocators.get_mut(owner.index()) {
            named.stats.on_free(bytes as u64);
        }
        self.tell(EventKind::Free, owner, handle, bytes, 0, site);
        Ok(())
    }

    /// The words of a block; `None` if there is no such block. A rest of fewer than 8 bytes is not
    /// part of the slice.
    #[inline(always)]
    pub fn words(&self, handle: Handle) -> Option<&[u64]> {
        let block = self.block(handle)?;
        // SAFETY: the block is live: its memory holds `bytes` initialised bytes, aligned to 8.
        Some(unsafe { std::slice::from_raw_parts(block.ptr.as_ptr(), block.bytes / WORD) })
    }

    /// The words of a block.
    #[inline(always)]
    pub fn words_mut(&mut self, handle: Handle) -> Option<&mut [u64]> {
        let block = self.block(handle)?;
        // SAFETY: as in `words`; blocks do not overlap, and `&mut self` makes the access exclusive.
        Some(unsafe { std::slice::from_raw_parts_mut(block.ptr.as_ptr(), block.bytes / WORD) })
    }

    /// The handle of the live block whose entry is `index`.
    pub fn handle_at(&self, index: usize) -> Option<Handle> {
        let block = self.blocks.get(index)?;
        let handle = Handle::new(index as u32, block.generation);
        self.is_live(handle).then_some(handle)
    }

    /// The words of the block whose entry is `index` ([`Handle::index`]), for a caller that knows it to be live; an
    /// entry without a live block has no words.
    #[inline(always)]
    pub fn words_at(&self, index: usize) -> &[u64] {
        match self.blocks.get(index) {
            // SAFETY: `ptr` is valid for `bytes` bytes, and dangling only where that is 0; the slice borrows the heap.
            Some(block) => unsafe { std::slice::from_raw_parts(block.ptr.as_ptr(), block.bytes / WORD) },
            None => &[],
        }
    }

    /// As [`words_at`](Heap::words_at), to change them.
    #[inline(always)]
    pub fn words_at_mut(&mut self, index: usize) -> &mut [u64] {
        match self.blocks.get(index) {
            // SAFETY: as above, and the slice borrows the heap mutably.
            Some(block) => unsafe { std::slice::from_raw_parts_mut(block.ptr.as_ptr(), block.bytes / WORD) },
            None => &mut [],
        }
    }

    /// The bytes of a block.
    #[inline(always)]
    pub fn bytes(&self, handle: Handle) -> Option<&[u8]> {
        let block = self.block(handle)?;
        // SAFETY: the block is live: its memory holds `bytes` initialised bytes.
        Some(unsafe { std::slice::from_raw_parts(block.ptr.as_ptr().cast(), block.bytes) })
    }

    /// The bytes of a block.
    #[inline(always)]
    pub fn bytes_mut(&mut self, handle: Handle) -> Option<&mut [u8]> {
        let block = self.block(handle)?;
        // SAFETY: as in `bytes`; `&mut self` makes the access exclusive.
        Some(unsafe { std::slice::from_raw_parts_mut(block.ptr.as_ptr().cast(), block.bytes) })
    }

    /// Two different blocks at once, to move words between them; `None` if they are the same or one
    /// does not exist.
    #[inline]
    pub fn pair_mut(&mut self, a: Handle, b: Handle) -> Option<(&mut [u64], &mut [u64])> {
        let (first, second) = (self.block(a)?, self.block(b)?);
        if a == b {
            return None;
        }
        // SAFETY: as in `words_mut`; both handles are valid and differ, so they are different blocks.
        unsafe {
            Some((
                std::slice::from_raw_parts_mut(first.ptr.as_ptr(), first.bytes / WORD),
                std::slice::from_raw_parts_mut(second.ptr.as_ptr(), second.bytes / WORD),
            ))
        }
    }

    /// Whether the handle refers to a live block.
    #[inline]
    pub fn is_live(&self, handle: Handle) -> bool {
        self.block(handle).is_some()
    }

    /// Length in bytes, owner and site of a block.
    pub fn info(&self, handle: Handle) -> Option<BlockInfo> {
        let &Block { bytes, owner, site, .. } = self.block(handle)?;
        Some(BlockInfo { handle, bytes, owner: AllocatorId(owner), site })
    }

    /// All live blocks; what is here when a program has ended was never given back.
    pub fn live(&self) -> impl Iterator<Item = BlockInfo> {
        let mut is_live = vec![true; self.blocks.len()];
        let mut next = self.unused;
        while let Some(live) = is_live.get_mut(next as usize) {
            *live = false;
            next = self.blocks[next as usize].tags;
        }
        let all = self.blocks.iter().enumerate().zip(is_live);
        all.filter(|((_, block), live)| *live && block.generation != 0)
            .filter_map(|((index, block), _)| self.info(Handle::new(index as u32, block.generation)))
    }

    // ----- provenance (5.5)

    /// Pushes the tag of the allocator whose method passes the array.
    #[inline]
    pub fn push_tag(&mut self, handle: Handle, tag: AllocatorId) -> Result<(), AllocError> {
        let index = self.find(handle).ok_or(AllocError::ForeignBlock)?;
        let block = &mut self.blocks[index];
        block.tags = self.tags.push(block.tags, tag.0)?;
        Ok(())
    }

    /// Pops the top tag, which must be `tag`, as `realloc` and `dealloc` of that allocator do when
    /// they are entered. Anything else is [`AllocError::ForeignBlock`] and changes nothing (A45).
    #[inline]
    pub fn pop_tag(&mut self, handle: Handle, tag: AllocatorId) -> Result<(), AllocError> {
        let index = self.find(handle).ok_or(AllocError::ForeignBlock)?;
        let block = &mut self.blocks[index];
        match self.tags.top(block.tags) {
            Some(top) if top == tag.0 => {
                block.tags = self.tags.rest(block.tags);
                Ok(())
            }
            _ => Err(AllocError::ForeignBlock),
        }
    }

    /// The top tag: the allocator to which the block must go back. `None` for plain arrays.
    #[inline]
    pub fn top_tag(&self, handle: Handle) -> Option<AllocatorId> {
        self.tags.top(self.block(handle)?.tags).map(AllocatorId)
    }

    /// All tags of a block, top first.
    pub fn tags(&self, handle: Handle) -> impl Iterator<Item = AllocatorId> {
        let mut list = self.block(handle).map_or(TagLists::EMPTY, |block| block.tags);
        std::iter::from_fn(move || {
            let top = self.tags.top(list)?;
            list = self.tags.rest(list);
            Some(AllocatorId(top))
        })
    }

    // ----- inside

    #[inline(always)]
    fn block(&self, handle: Handle) -> Option<&Block> {
        let block = self.blocks.get(handle.index())?;
        if block.generation == handle.generation() { Some(block) } else { None }
    }

    #[inline(always)]
    fn find(&self, handle: Handle) -> Option<usize> {
        self.block(handle).map(|_| handle.index())
    }

    fn intern(&mut self, name: &str, source: u16) -> AllocatorId {
        let known = self.allocators.iter().position(|named| &*named.name == name);
        let index = known.unwrap_or_else(|| {
            self.allocators.push(Named { name: name.into(), source, stats: Stats::default() });
            self.allocators.len() - 1
        });
        AllocatorId(index as u32)
    }

    /// Zeroed memory from the selected source.
    #[inline]
    fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, AllocError> {
        // Systems have fast paths for small blocks that only `allocate` takes, and fresh pages that
        // need no zeroing that only `allocate_zeroed` knows of.
        if layout.size() > ZEROED_HERE {
            return Ok(self.memory.allocate_zeroed(layout)?);
        }
        let block = self.memory.allocate(layout)?;
        // SAFETY: the block has this many bytes.
        unsafe { block.cast::<u8>().write_bytes(0, layout.size()) };
        Ok(block)
    }

    /// An unused entry of `blocks`, still first in the list of unused ones.
    fn entry(&mut self) -> Option<u32> {
        if self.unused == NONE {
            let index = u32::try_from(self.blocks.len()).ok().filter(|index| *index != NONE)?;
            self.blocks.push(Block {
                ptr: NonNull::dangling(),
                bytes: 0,
                generation: 1,
                owner: 0,
                tags: NONE,
                site: 0,
                source: 0,
            });
            self.unused = index;
        }
        Some(self.unused)
    }

    #[inline(always)]
    fn tell(
        &mut self,
        kind: EventKind,
        owner: AllocatorId,
        handle: Handle,
        bytes: usize,
        old: usize,
        site: u32,
    ) {
        self.events.emit(|| Event {
            site,
            allocator: owner.0,
            block: handle.to_bits(),
            bytes: bytes as u64,
            old_bytes: old as u64,
            ..Event::new(kind)
        });
    }

    #[cold]
    fn refused(&mut self, owner: AllocatorId, bytes: usize, old: usize, site: u32) {
        self.totals.on_fail();
        if let Some(named) = self.allocators.get_mut(owner.index()) {
            named.stats.on_fail();
        }
        let event = Event {
            site,
            allocator: owner.0,
            bytes: bytes as u64,
            old_bytes: old as u64,
            ..Event::new(EventKind::Fail)
        };
        self.events.emit(|| event);
        self.refusals.emit(|| event);
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.events = Events::new();
        let live: Vec<Handle> = self.live().map(|info| info.handle).collect();
        for handle in live {
            // The block is live, so this cannot fail.
            let _ = self.free(handle, 0);
        }
    }
}

impl Handle {
    #[inline(always)]
    fn new(index: u32, generation: u32) -> Handle {
        let bits = (generation as u64) << 32 | index as u64;
        // Generations of live blocks start at 1.
        Handle(NonZeroU64::new(bits).unwrap_or(NonZeroU64::MIN))
    }
}

const NONE: u32 = u32::MAX;
/// Blocks up to this many bytes are zeroed by the heap itself.
const ZEROED_HERE: usize = 4096;

#[inline(always)]
fn layout(bytes: usize) -> Result<Layout, AllocError> {
    Layout::from_size_align(bytes, WORD).map_err(|_| AllocError::Overflow)
}

#[cfg(test)]
mod tests;
