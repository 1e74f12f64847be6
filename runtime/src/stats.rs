//! What an allocator has done so far.

/// Statistics of one allocator. All numbers are exact; bytes are those that were asked for, without
/// the allocator's own overhead.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Stats {
    /// Blocks created.
    pub allocations: u64,
    /// Blocks given back.
    pub frees: u64,
    /// Blocks that changed their length and remained the same block.
    pub resizes: u64,
    /// Requests that were refused.
    pub failed: u64,
    /// Bytes in live blocks.
    pub live_bytes: u64,
    /// The largest value that `live_bytes` ever had.
    pub peak_bytes: u64,
    /// Bytes of all blocks ever created, and by which blocks grew.
    pub total_bytes: u64,
}

impl Stats {
    /// Blocks that exist now.
    pub const fn live_blocks(&self) -> u64 {
        self.allocations.saturating_sub(self.frees)
    }

    /// Records a new block.
    #[inline]
    pub fn on_alloc(&mut self, bytes: u64) {
        self.allocations += 1;
        self.gain(bytes);
    }

    /// Records that a block is gone.
    #[inline]
    pub fn on_free(&mut self, bytes: u64) {
        self.frees += 1;
        self.live_bytes = self.live_bytes.saturating_sub(bytes);
    }

    /// Records a block that keeps its identity and gets another length.
    #[inline]
    pub fn on_resize(&mut self, old: u64, new: u64) {
        self.resizes += 1;
        self.change(old, new);
    }

    /// Records that a new block took over the content of an old one, which is gone.
    #[inline]
    pub fn on_replace(&mut self, old: u64, new: u64) {
        self.allocations += 1;
        self.frees += 1;
        self.change(old, new);
    }

    /// Records a refusal.
    #[inline]
    pub fn on_fail(&mut self) {
        self.failed += 1;
    }

    fn change(&mut self, old: u64, new: u64) {
        if new >= old {
            self.gain(new - old);
        } else {
            self.live_bytes = self.live_bytes.saturating_sub(old - new);
        }
    }

    #[inline]
    fn gain(&mut self, bytes: u64) {
        self.total_bytes += bytes;
        self.live_bytes += bytes;
        self.peak_bytes = self.peak_bytes.max(self.live_bytes);
    }
}
