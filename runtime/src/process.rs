//! The general allocator of the process: how much of it is in use, and giving back what is not.
//!
//! Where the C library is not glibc nothing is known and nothing needs to be done.

/// Bytes of all blocks that are in use, by whichever thread; `None` where the allocator does not tell.
pub fn live_bytes() -> Option<u64> {
    os::live_bytes()
}

/// Gives memory that lies unused between blocks back to the system. Takes milliseconds.
pub fn release_unused() {
    os::release_unused();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
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

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod os {
    pub(super) fn live_bytes() -> Option<u64> {
        None
    }

    pub(super) fn release_unused() {}
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
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
