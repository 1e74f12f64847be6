//! What a checked allocator says about a fault.

use std::backtrace::Backtrace;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::thread::ThreadId;

use crate::alloc::Layout;

/// What was done wrong. Offsets are in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// Something was written `offset` bytes behind the end of the block.
    Overflow {
        /// 0 is the first byte behind the block.
        offset: usize,
    },
    /// Something was written `offset` bytes in front of the block.
    Underflow {
        /// 1 is the last byte in front of the block.
        offset: usize,
    },
    /// Something was written into the block after it was freed.
    UseAfterFree {
        /// Where in the block.
        offset: usize,
    },
    /// The block had been freed before.
    DoubleFree,
    /// What was freed is no block of this allocator.
    ForeignFree {
        /// How far inside a live block it lies; 0 if it lies in none.
        inside: usize,
    },
    /// The block was freed with another size or alignment than it has.
    SizeMismatch {
        /// What the free said.
        given: Layout,
    },
    /// The block was never freed.
    Leak,
}

/// What happened to a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// It was created.
    Alloc,
    /// It took over the content of a block of another size.
    Realloc,
    /// It was given back.
    Free,
    /// Somebody looked at it.
    Check,
}

/// When and where something happened.
#[derive(Clone, Debug)]
pub struct Moment {
    /// What happened.
    pub operation: Operation,
    /// Number of the operation among all of this allocator, from 1.
    pub time: u64,
    /// Where the allocator was called; inside a collection, that is the collection's code.
    pub location: &'static Location<'static>,
    /// Who called it.
    pub thread: ThreadId,
    /// The site that was set then.
    pub site: Option<Arc<str>>,
    /// Who called whom, if backtraces are on.
    pub backtrace: Option<Arc<Backtrace>>,
}

/// A misuse of memory, with what is known about the block.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What was done wrong.
    pub kind: FaultKind,
    /// Address of the block, or what was freed instead of one.
    pub address: usize,
    /// Size and alignment of the block; for what is no block, those that the free said.
    pub layout: Option<Layout>,
    /// What happened to the block, in order; empty for what is no block.
    pub history: Vec<Moment>,
    /// When the fault was found.
    pub found: Moment,
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            FaultKind::Overflow { offset } => {
                write!(f, "write behind the block, {offset} bytes after its end")
            }
            FaultKind::Underflow { offset } => {
                write!(f, "write in front of the block, {offset} bytes before its start")
            }
            FaultKind::UseAfterFree { offset } => {
                write!(f, "write into a freed block, at byte {offset}")
            }
            FaultKind::DoubleFree => f.write_str("block freed twice"),
            FaultKind::ForeignFree { inside: 0 } => f.write_str("free of an address with no block"),
            FaultKind::ForeignFree { inside } => {
                write!(f, "free of an address {inside} bytes inside a block")
            }
            FaultKind::SizeMismatch { given } => {
                write!(f, "freed as {} bytes aligned to {}", given.size(), given.align())
            }
            FaultKind::Leak => f.write_str("block never freed"),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Operation::Alloc => "allocated",
            Operation::Realloc => "reallocated",
            Operation::Free => "freed",
            Operation::Check => "checked",
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.operation, self.location)?;
        if let Some(site) = &self.site {
            write!(f, " ({site})")?;
        }
        write!(f, ", operation {}, {:?}", self.time, self.thread)?;
        match &self.backtrace {
            Some(backtrace) => write!(f, "\n{backtrace}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  {:#x}", self.kind, self.address)?;
        if let Some(layout) = self.layout {
            write!(f, ", {} bytes aligned to {}", layout.size(), layout.align())?;
        }
        for moment in &self.history {
            write!(f, "\n  {moment}")?;
        }
        write!(f, "\n  found: {}", self.found)
    }
}
