//! The general allocator of the process: how much of it is in use, and giving back what is not.
//!
//! Known of jemalloc (feature `jemalloc`, for a program that has it as its global allocator) and of glibc. Elsewhere nothing
//! is told and nothing is done.

/// Bytes of all blocks that are in use, by whichever thread; `None` where the allocator does not tell.
pub fn live_bytes() -> Option<u64> {
    os::live_bytes()
}

/// Gives memory that lies unused between blocks back to the system. Takes milliseconds.
pub fn release_unused() {
    os::release_unused();
}

#[cfg(feature = "jemalloc")]
mod os {
    use std::ffi::CStr;
    use std::ptr::null_mut;
    use tikv_jemalloc_sys::mallctl;

    pub(super) fn live_bytes() -> Option<u64> {
        // Statistics are those of the last epoch.
        let mut epoch = 1u64;
        let mut size = size_of::<u64>();
        // SAFETY: `epoch` is read and written as a number of 64 bits, which the pointers lead to.
        let refreshed = unsafe {
            let at = (&raw mut epoch).cast();
            mallctl(c"epoch".as_ptr(), at, &raw mut size, at, size)
        };
        let mut live = 0usize;
        let mut size = size_of::<usize>();
        // SAFETY: the statistic is a `size_t`, which `live` has room for.
        let told = unsafe {
            mallctl(c"stats.allocated".as_ptr(), (&raw mut live).cast(), &raw mut size, null_mut(), 0)
        };
        (refreshed == 0 && told == 0).then_some(live as u64)
    }

    /// `MALLCTL_ARENAS_ALL` is 4096.
    const PURGE_ALL: &CStr = c"arena.4096.purge";

    pub(super) fn release_unused() {
        // SAFETY: the control takes no value and gives none; it frees no block.
        unsafe { mallctl(PURGE_ALL.as_ptr(), null_mut(), null_mut(), null_mut(), 0) };
    }
}

#[cfg(all(not(feature = "jemalloc"), target_os = "linux", target_env = "gnu"))]
mod os {
    pub(super) fn live_bytes() -> Option<u64> {
        // Looked up by name: C libraries before 2.33 do not have it.
        // SAFETY: the name is a C string, and the symbol is looked up in what is loaded already.
        let symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"mallinfo2".as_ptr()) };
        if symbol.is_null() {
            return None;
        }
        // SAFETY: the symbol of that name is a function of this type, documented in `mallinfo2(3)`.
        let mallinfo2: extern "C" fn() -> libc::mallinfo2 = unsafe { std::mem::transmute(symbol) };
        let info = mallinfo2();
        // Blocks in arenas, and large ones with a mapping of their own.
        Some((info.uordblks + info.hblkhd) as u64)
    }

    pub(super) fn release_unused() {
        // SAFETY: takes the locks of the allocator that it needs; no pointer is involved.
        unsafe { libc::malloc_trim(0) };
    }
}

#[cfg(all(not(feature = "jemalloc"), not(all(target_os = "linux", target_env = "gnu"))))]
mod os {
    pub(super) fn live_bytes() -> Option<u64> {
        None
    }

    pub(super) fn release_unused() {}
}

#[cfg(all(test, not(feature = "jemalloc"), target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn live_bytes_follow_what_is_allocated() {
        const BLOCK: usize = 32 << 20;
        let before = live_bytes().expect("this C library tells");
        let block = vec![1u8; BLOCK];
        let with = live_bytes().expect("this C library tells");
        // Other tests allocate meanwhile, though much less.
        assert!(with - before > BLOCK as u64 / 2, "{before} {with}");
        drop(block);
        release_unused();
        let after = live_bytes().expect("this C library tells");
        assert!(with - after > BLOCK as u64 / 2, "{with} {after}");
    }
}
