//! The general-purpose allocator.

use std::ptr::NonNull;

use super::{Allocator, Layout, Refused};

/// The allocator that S++ calls `GlobalAlloc`: blocks of any size, given back in any order.
///
/// It is the system's allocator, or mimalloc with the feature `mimalloc`, whatever the process uses for
/// itself. Nothing is added in between.
///
/// Cost, fragmentation: those of the allocator behind it. Alignment: any power of two. Shared by all
/// threads.
#[derive(Clone, Copy, Default, Debug)]
pub struct Global;

#[cfg(not(feature = "mimalloc"))]
use allocator_api2::alloc::System as Inner;
#[cfg(feature = "mimalloc")]
use mi::Inner;

// SAFETY: every method passes on to `Inner`, which keeps the contract; all copies are equal.
unsafe impl Allocator for Global {
    #[inline(always)]
    fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        Inner.allocate(layout)
    }

    #[inline(always)]
    fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
        Inner.allocate_zeroed(layout)
    }

    #[inline(always)]
    unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { Inner.deallocate(ptr, layout) }
    }

    #[inline(always)]
    unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        unsafe { Inner.grow(ptr, old, new) }
    }

    #[inline(always)]
    unsafe fn grow_zeroed(
        &self,
        ptr: NonNull<u8>,
        old: Layout,
        new: Layout,
    ) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        unsafe { Inner.grow_zeroed(ptr, old, new) }
    }

    #[inline(always)]
    unsafe fn shrink(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        // SAFETY: the caller's promise.
        unsafe { Inner.shrink(ptr, old, new) }
    }
}

#[cfg(feature = "mimalloc")]
mod mi {
    use std::alloc::GlobalAlloc;
    use std::num::NonZeroUsize;

    use mimalloc::MiMalloc;

    use super::{Allocator, Layout, NonNull, Refused};

    /// mimalloc as an [`Allocator`], whatever the process's own allocator is.
    pub struct Inner;

    fn block(ptr: *mut u8, size: usize) -> Result<NonNull<[u8]>, Refused> {
        NonNull::new(ptr).map(|ptr| NonNull::slice_from_raw_parts(ptr, size)).ok_or(Refused)
    }

    fn empty(layout: Layout) -> NonNull<[u8]> {
        let align = NonZeroUsize::new(layout.align()).unwrap_or(NonZeroUsize::MIN);
        NonNull::slice_from_raw_parts(NonNull::without_provenance(align), 0)
    }

    // SAFETY: mimalloc returns fresh blocks of the size and alignment asked for, which stay valid
    // until they are given back.
    unsafe impl Allocator for Inner {
        #[inline(always)]
        fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
            match layout.size() {
                0 => Ok(empty(layout)),
                // SAFETY: the size is not zero.
                size => block(unsafe { MiMalloc.alloc(layout) }, size),
            }
        }

        #[inline(always)]
        fn allocate_zeroed(&self, layout: Layout) -> Result<NonNull<[u8]>, Refused> {
            match layout.size() {
                0 => Ok(empty(layout)),
                // SAFETY: the size is not zero.
                size => block(unsafe { MiMalloc.alloc_zeroed(layout) }, size),
            }
        }

        #[inline(always)]
        unsafe fn deallocate(&self, ptr: NonNull<u8>, layout: Layout) {
            if layout.size() != 0 {
                // SAFETY: the caller's promise.
                unsafe { MiMalloc.dealloc(ptr.as_ptr(), layout) }
            }
        }

        #[inline]
        unsafe fn grow(&self, ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
            // SAFETY: the caller's promise; the alignment does not change, the size is not zero.
            unsafe { resize(ptr, old, new) }
        }

        #[inline]
        unsafe fn grow_zeroed(
            &self,
            ptr: NonNull<u8>,
            old: Layout,
            new: Layout,
        ) -> Result<NonNull<[u8]>, Refused> {
            // SAFETY: the caller's promise; the added bytes lie inside the new block.
            unsafe {
                let grown = resize(ptr, old, new)?;
                let added = grown.cast::<u8>().add(old.size());
                added.as_ptr().write_bytes(0, new.size() - old.size());
                Ok(grown)
            }
        }

        #[inline]
        unsafe fn shrink(
            &self,
            ptr: NonNull<u8>,
            old: Layout,
            new: Layout,
        ) -> Result<NonNull<[u8]>, Refused> {
            // SAFETY: the caller's promise.
            unsafe { resize(ptr, old, new) }
        }
    }

    /// # Safety
    /// `ptr` is a block of `Inner` with the layout `old`.
    unsafe fn resize(ptr: NonNull<u8>, old: Layout, new: Layout) -> Result<NonNull<[u8]>, Refused> {
        if old.size() != 0 && new.size() != 0 && old.align() == new.align() {
            // SAFETY: the caller's promise; the new size is not zero and fits its alignment.
            return block(unsafe { MiMalloc.realloc(ptr.as_ptr(), old, new.size()) }, new.size());
        }
        let fresh = Inner.allocate(new)?;
        // SAFETY: both blocks hold at least this many bytes and do not overlap; the old one is given
        // back once.
        unsafe {
            let from = ptr.as_ptr();
            from.copy_to_nonoverlapping(fresh.as_ptr().cast(), old.size().min(new.size()));
            Inner.deallocate(ptr, old);
        }
        Ok(fresh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_block_is_legal_and_can_grow_and_shrink_back() {
        let empty = Layout::from_size_align(0, 16).unwrap();
        let some = Layout::from_size_align(100, 64).unwrap();
        let block = Global.allocate(empty).unwrap();
        // SAFETY: the layouts are those of the blocks; each block is used up by the next call.
        unsafe {
            let block = Global.grow_zeroed(block.cast(), empty, some).unwrap();
            assert_eq!(block.addr().get() % 64, 0);
            assert!(block.as_ref().iter().all(|b| *b == 0));
            let block = Global.shrink(block.cast(), some, empty).unwrap();
            Global.deallocate(block.cast(), empty);
        }
    }
}
