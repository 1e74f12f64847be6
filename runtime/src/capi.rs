//! The runtime for C: for a compiler's output, or any program that links the library.
//!
//! `include/spp_runtime.h` is generated from these files and checked in. The package `spp-runtime-c`
//! makes the static and the shared library.
//!
//! Functions that can fail return a code: 0, or 12, 22, 75 as in `AllocErr` (A7), or
//! [`SPP_SHADOW_MISMATCH`]. A null pointer where an object is expected is code 22, or nothing where
//! nothing is returned. Objects are created by `spp_…_new` and the like, and released by the function
//! named there.

mod allocators;
mod arrays;
mod frames;

pub use allocators::*;
pub use arrays::*;
pub use frames::*;

use crate::AllocError;

/// The call did what it should.
pub const SPP_OK: i32 = 0;
/// No memory, or none below a limit; the frame stack is full.
pub const SPP_ENOMEM: i32 = 12;
/// Not a size, not an alignment, a block of another allocator, a null pointer.
pub const SPP_EINVAL: i32 = 22;
/// The size does not fit.
pub const SPP_EOVERFLOW: i32 = 75;
/// A return does not match its call. The program must end at once (SH4).
pub const SPP_SHADOW_MISMATCH: i32 = -1;

fn code(result: Result<(), AllocError>) -> i32 {
    match result {
        Ok(()) => SPP_OK,
        Err(error) => error.code(),
    }
}
