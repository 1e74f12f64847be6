//! Why an operation of an allocator failed.

use std::fmt;

use allocator_api2::alloc;

/// The failure of an S++ allocation, with the `errno` value that `AllocErr.code` carries (A7).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AllocError {
    /// No memory, or none below a configured limit: code 12, `ENOMEM` (A55).
    OutOfMemory,
    /// The size is negative, fractional or not what the block has: code 22, `EINVAL` (A10).
    BadSize,
    /// The alignment is not a power of two, or more than the allocator can give: code 22.
    BadAlign,
    /// The block belongs to another allocator, or to none: code 22 (A45).
    ForeignBlock,
    /// The size in bytes does not fit: code 75, `EOVERFLOW` (A10).
    Overflow,
}

impl AllocError {
    /// `ENOMEM`.
    pub const ENOMEM: i32 = 12;
    /// `EINVAL`.
    pub const EINVAL: i32 = 22;
    /// `EOVERFLOW`.
    pub const EOVERFLOW: i32 = 75;

    /// The `errno` value: 12, 22 or 75.
    pub const fn code(self) -> i32 {
        match self {
            AllocError::OutOfMemory => Self::ENOMEM,
            AllocError::BadSize | AllocError::BadAlign | AllocError::ForeignBlock => Self::EINVAL,
            AllocError::Overflow => Self::EOVERFLOW,
        }
    }

    /// What `AllocErr.message` says.
    pub const fn message(self) -> &'static str {
        match self {
            AllocError::OutOfMemory => "out of memory",
            AllocError::BadSize => "not a size",
            AllocError::BadAlign => "alignment not supported",
            AllocError::ForeignBlock => "block of another allocator",
            AllocError::Overflow => "size too large",
        }
    }
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code {})", self.message(), self.code())
    }
}

impl std::error::Error for AllocError {}

impl From<alloc::AllocError> for AllocError {
    fn from(_: alloc::AllocError) -> Self {
        AllocError::OutOfMemory
    }
}
