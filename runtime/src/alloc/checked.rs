//! Finds misuse of memory.

mod report;

use std::backtrace::Backtrace;
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Allocator, Layout, Refused};
pub use report::{Fault, FaultKind, Moment, Operation};

/// What a [`Checked`] allocator spends on finding faults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CheckedConfig {
    /// Guarded bytes on each side of a block; on the left rounded up to the block's alignment.
    pub redzone: usize,
    /// Freed blocks are kept from reuse until they have this many bytes together.
    pub quarantine_bytes: usize,
    /// Capture a backtrace with every operation. Slow.
    pub backtraces: bool,
    /// Faults to keep; later ones are counted only.
    pub max_faults: usize,
}

impl Default for CheckedConfig {
    fn default() -> Self {
        CheckedConfig { redzone: 32, quarantine_bytes: 1 << 20, backtraces: false, max_faults: 1000 }
    }
}

/// Is called for each fault when it is found.
type OnFault = Box<dyn Fn(&Fault) + Send + Sync>;

/// Surrounds blocks with redzones, fills new memory with junk, poisons freed memory and keeps it in
/// quarantine. It finds: writes in front of and behind a block, writes after free, double free, free
/// of what is no block, free with another size or alignment, and leaks; each is reported with the
/// history of the block.
///
/// Writes are found when the block is freed, leaves the quarantine, or at [`check`](Checked::check).
/// Reads are not found, but see junk (`0xCD`) or poison (`0xDD`). A fault changes nothing for others:
/// a bad free is not passed on.
///
/// - Cost: a lock, a table and the filling of all memory. For tests.
/// - Alignment: any that the allocator behind it can give. Every resize moves the block.
/// - Threads may share it.
pub struct Checked<A: Allocator> {
    inner: A,
    config: CheckedConfig,
    state: Mutex<State>,
    on_fault: Option<OnFault>,
}

#[derive(Default)]
struct State {
    live: HashMap<usize, Block>,
    /// Freed blocks, oldest first.
    quarantine: VecDeque<Block>,
    quarantined_bytes: usize,
    faults: Vec<Fault>,
    faults_total: u64,
    /// Counts operations.
    clock: u64,
    site: Option<Arc<str>>,
}

struct Block {
    /// First byte that the user sees.
    ptr: NonNull<u8>,
    layout: Layout,
    history: Vec<Moment>,
}

// SAFETY: a block's memory is touched only under the lock, or by its user.
unsafe impl Send for Block {}

impl<A: Allocator> Checked<A> {
    /// Checks what comes from `inner`.
    pub fn new(inner: A) -> Self {
        Checked::with_config(inner, CheckedConfig::default())
    }

    /// Checks what comes from `inner`, with other costs.
    pub fn with_config(inner: A, config: CheckedConfig) -> Self {
        Checked { inner, config, state: Mutex::default(), on_fault: None }
    }

    /// Calls `hook` for every fault when it is found. The hook must not use this allocator.
    pub fn on_fault(mut self, hook: impl Fn(&Fault) + Send + Sync + 'static) -> Self {
        self.on_fault = Some(Box::new(hook));
        self
    }

    /// Names the place in the program that the following operations belong to; it is kept in the
    /// history of their blocks.
    pub fn set_site(&self, site: impl Into<Arc<str>>) {
        self.state().site = Some(site.into());
    }

    /// Looks at the redzones of all live blocks and at the poison of all quarantined ones, and
    /// returns all faults found so far.
    #[track_caller]
    pub fn check(&self) -> Vec<Fault> {
        let mut state = self.state();
        let at = self.moment(&mut state, Operation::Check);
        let mut found = Vec::new();
        // What was reported is mended, so that it is reported once.
        for block in state.live.values() {
            if let Some(kind) = self.damage_around(block) {
                found.push(block.fault(kind, &at));
                // SAFETY: the block is in the table of live ones.
                unsafe { self.paint_around(block.ptr, block.layout) };
            }
        }
        for block in &state.quarantine {
            if let Some(kind) = damage_inside(block) {
                found.push(block.fault(kind, &at));
                // SAFETY: a quarantined block belongs to this allocator.
                unsafe { paint(block.ptr, block.layout.size(), POISON) };
            }
        }
        for fault in found {
            self.report(&mut state, fault);
        }
        state.faults.clone()
    }

    /// The faults found so far, without looking for new ones.
    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// Number of faults found so far, also of those beyond [`CheckedConfig::max_faults`].
    pub fn fault_count(&self) -> u64 {
        self.state().faults_total
    }

    /// One [`FaultKind::Leak`] for each block that is live now, oldest first.
    #[track_caller]
    pub fn leaks(&self) -> Vec<Fault> {
        let mut state = self.state();
        let at = self.moment(&mut state, Operation::Check);
        let leaks = state.live.values().map(|block| block.fault(FaultKind::Leak, &at));
        let mut leaks: Vec<Fault> = leaks.collect();
        leaks.sort_by_key(|fault| fault.history.first().map(|moment| moment.time));
        leaks
    }

    /// Bytes in live blocks.
    pub fn live_bytes(&self) -> usize {
        self.state().live.values().map(|block| block.layout.size()).sum()
    }

    /// The allocator behind.
    pub fn inner(&self) -> &A {
        &self.inner
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is consistent between any two statements that can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[track_caller]
    fn moment(&self, state: &mut State, operation: Operation) -> Moment {
        state.clock += 1;
        let backtrace = self.config.backtraces.then(|| Arc::new(Backtrace::force_capture()));
        Moment {
            operation,
            time: state.clock,
            location: Location::caller(),
            thread: std::thread::current().id(),
            site: state.site.clone(),
            backtrace,
        }
    }

    fn report(&self, state: &mut State, fault: Fault) {
        if let Some(hook) = &self.on_fault {
            hook(&fault);
        }
        state.faults_total += 1;
        if state.faults.len() < self.config.max_faults {
            state.faults.push(fault);
        }
    }

    /// Bytes in front of a block with this alignment.
    fn front(&self, align: usize) -> usize {
        self.config.redzone.max(1).next_multiple_of(align)
    }

    /// The layout of a block together with its redzones.
    fn outer(&self, layout: Layout) -> Result<Layout, Refused> {
        let front = self.front(layout.align());
        let bytes = layout.size().checked_add(front).and_then(|n| n.checked_add(self.config.redzone));
        Layout::from_size_align(bytes.ok_or(Refused)?, layout.align()).map_err(|_| Refused)
    }

    #[track_caller]
    fn create(&self, layout: Layout, mut history: Vec<Moment>) -> Result<Block, Refused> {
        let outer = self.outer(layout)?;
        let start = self.inner.allocate(outer)?.cast::<u8>();
        let front = self.front(layout.align());
        // SAFETY: the outer block holds the front, the block and the redzone behind it.
        let ptr = unsafe {
            let ptr = start.add(front);
            self.paint_around(ptr, layout);
            paint(ptr, layout.size(), JUNK);
            ptr
        };
        let operation = if history.is_empty() { Operation::Alloc } else { Operation::Realloc };
        if history.len() >= MAX_HISTORY {
            history.remove(1);
        }
        history.push(self.moment(&mut self.state(), operation));
        Ok(Block { ptr, layout, history })
    }

    /// Takes a block out of the live ones and into quarantine. What is no live block, or has another
    /// layout, is a fault.
    #[track_caller]
    fn retire(&self, ptr: NonNull<u8>, layout: Layout) {
        let mut state = self.state();
        let at = self.moment(&mut state, Operation::Free);
        let Some(mut block) = state.live.remove(&ptr.addr().get()) else {
            let fault = state.bad_free(ptr, layout, at);
            return self.report(&mut state, fault);
        };
        if block.layout != layout {
            let fault = block.fault(FaultKind::SizeMismatch { given: layout }, &at);
            self.report(&mut state, fault);
        }
        if let Some(kind) = self.damage_around(&block) {
            let fault = block.fault(kind, &at);
            self.report(&mut state, fault);
        }
        // SAFETY: the block was live until now, and its user has given it up.
        unsafe { paint(block.ptr, block.layout.size(), POISON) };
        block.history.push(at);
        state.quarantined_bytes += block.layout.size() + self.config.redzone;
        state.quarantine.push_back(block);
        while state.quarantined_bytes > self.config.quarantine_bytes {
            let Some(oldest) = state.quarantine.pop_front() else { break };
            state.quarantined_bytes -= oldest.layout.size() + self.config.redzone;
            self.let_go(&mut state, oldest);
        }
    }

    /// Passes a quarantined block on to the allocator behind.
    #[track_caller]
    fn let_go(&self, state: &mut State, block: Block) {
        if let Some(kind) = damage_inside(&block) {
            let at = self.moment(state, Operation::Check);
            let fault = block.fault(kind, &at);
            self.report(state, fault);
        }
        self.give_back(&block);
    }

    fn give_back(&self, block: &Block) {
        if let Ok(outer) = self.outer(block.layout) {
            // SAFETY: the outer block was allocated with this layout and is given back once: its
            // description has left all tables.
            unsafe {
                let start = block.ptr.sub(self.front(block.layout.align()));
                self.inner.deallocate(start, outer);
            }
        }
    }

    /// Fills the redzones of a block.
    ///
    /// # Safety
    /// The block was created here with this layout, and has not been given back.
    unsafe fn paint_around(&self, ptr: NonNull<u8>, layout: Layout) {
        let front = self.front(layout.align());
        // SAFETY: the outer block holds the front, the block and the redzone behind it.
        unsafe {
            paint(ptr.sub(front), front, REDZONE);
            paint(ptr.add(layout.size()), self.config.redzone, REDZONE);
        }
    }

    /// Whether something was written next to a live block.
    fn damage_around(&self, block: &Block) -> Option<FaultKind> {
        let front = self.front(block.layout.align());
        // SAFETY: the redzones belong to this allocator; nobody writes them without a fault.
        let (before, behind) = unsafe {
            let end = block.ptr.add(block.layout.size());
            (
                NonNull::slice_from_raw_parts(block.ptr.sub(front), front).as_ref(),
                NonNull::slice_from_raw_parts(end, self.config.redzone).as_ref(),
            )
        };
        let first = behind.iter().position(|byte| *byte != REDZONE);
        let last = before.iter().rposition(|byte| *byte != REDZONE);
        match (first, last) {
            (Some(offset), _) => Some(FaultKind::Overflow { offset }),
            (None, Some(offset)) => Some(FaultKind::Underflow { offset: front - offset }),
            (None, None) => None,
        }
    }
}

/// Fills memory.
///
/// # Safety
/// The range lies in an outer block, and no user holds it: it is a redzone, a block that was just
/// created, or one that was given up.
unsafe fn paint(ptr: NonNull<u8>, bytes: usize, with: u8) {
    // SAFETY: the caller's promise.
    unsafe { ptr.write_bytes(with, bytes) }
}

/// Whether something was written into a freed block.
fn damage_inside(block: &Block) -> Option<FaultKind> {
    // SAFETY: a quarantined block belongs to this allocator; nobody writes it without a fault.
    let bytes = unsafe { NonNull::slice_from_raw_parts(block.ptr, block.layout.size()).as_ref() };
    let offset = bytes.iter().position(|byte| *byte != POISON)?;
    Some(FaultKind::UseAfterFree { offset })
}

impl Block {
    fn fault(&self, kind: FaultKind, at: &Moment) -> Fault {
        Fault {
            kind,
            address: self.ptr.addr().get(),
            layout: Some(self.layout),
            history: self.history.clone(),
            found: at.clone(),
        }
    }

    fn contains(&self, address: usize) -> bool {
        address.wrapping_sub(self.ptr.addr().get()) < self.layout.size()
    }
}

impl State {
    /// Explains the free of an address at which no live block begins.
    fn bad_free(&self, ptr: NonNull<u8>, layout: Layout, at: Moment) -> Fault {
        let address = ptr.addr().get();
        if let Some(block) = self.quarantine.iter().rev().find(|block| block.ptr == ptr) {
            return block.fault(FaultKind::DoubleFree, &at);
        }
        let around = self.live.values().find(|block| block.contains(address));
        if let Some(block) = around {
            let inside = address - block.ptr.addr().get();
            return Fault { address, ..block.fault(FaultKind::ForeignFree { inside }, &at) };
        }
        Fault {
            kind: FaultKind::ForeignFree { inside: 0 },
            address,
            layout: Some(layout),
            history: Vec::new(),
            found: at,
        }
    }
}

// SAFETY: a live block lies in a block of `inner` that is given back only after the user gave this one
// up and it left the quarantine, or when `self` is dropped.
unsafe impl<A: Allocator> Allocator for Checked<A> {
    #[track_caller]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        let block = self.create(layout, Vec::new())?;
        let ptr = block.ptr;
        self.state().live.insert(ptr.addr().get(), block);
        Ok(NonNull::slice_from_raw_parts(ptr, layout.size()))
    }

    #[track_caller]
    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        self.retire(ptr, layout);
    }

    #[track_caller]
    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.resize(ptr, old, new)
    }

    #[track_caller]
    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        let block = self.resize(ptr, old, new)?;
        // SAFETY: the added bytes lie inside the new block.
        unsafe { block.cast::<u8>().add(old.size()).write_bytes(0, new.size() - old.size()) };
        Ok(block)
    }

    #[track_caller]
    unsafe fn shrink(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        self.resize(ptr, old, new)
    }
}

impl<A: Allocator> Checked<A> {
    /// Moves a block. What is no live block is reported and gives a block of junk, as a user who made
    /// that mistake expects one.
    #[track_caller]
    fn resize(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        let key = ptr.addr().get();
        let known = self.state().live.get(&key).map(|block| (block.history.clone(), block.layout));
        let (history, true_layout) = known.unwrap_or((Vec::new(), Layout::new::<()>()));
        let block = self.create(new, history)?;
        let fresh = block.ptr;
        let kept = true_layout.size().min(old.size()).min(new.size());
        // SAFETY: both blocks hold `kept` bytes, the old one according to this allocator's own table,
        // and they do not overlap.
        unsafe { fresh.copy_from_nonoverlapping(ptr, kept) };
        self.state().live.insert(fresh.addr().get(), block);
        self.retire(ptr, old);
        Ok(NonNull::slice_from_raw_parts(fresh, new.size()))
    }
}

impl<A: Allocator> Drop for Checked<A> {
    /// Gives everything back. Live blocks are reported as leaks to the hook, if there is one.
    fn drop(&mut self) {
        let leaks = if self.on_fault.is_some() { self.leaks() } else { Vec::new() };
        let mut state = std::mem::take(&mut *self.state());
        for fault in leaks {
            self.report(&mut state, fault);
        }
        for block in std::mem::take(&mut state.quarantine) {
            self.let_go(&mut state, block);
        }
        for block in state.live.values() {
            self.give_back(block);
        }
    }
}

impl<A: Allocator> fmt::Debug for Checked<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Checked")
            .field("live", &state.live.len())
            .field("faults", &state.faults_total)
            .finish_non_exhaustive()
    }
}

const REDZONE: u8 = 0xfd;
const JUNK: u8 = 0xcd;
const POISON: u8 = 0xdd;
/// Moments kept of a block that is resized again and again: its first, and the latest.
const MAX_HISTORY: usize = 16;
