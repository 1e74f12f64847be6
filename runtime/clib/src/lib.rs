//! The allocator runtime as a static and a shared library. Everything in it is in `runtime::capi`.

pub use runtime::capi::*;
