//! The allocator runtime of S++: real memory for programs in an evaluator or from a compiler.
//!
//! | part | what it is |
//! | --- | --- |
//! | [`alloc`] | allocators on the `Allocator` trait of `allocator-api2`, and wrappers that compose over any of them |
//! | [`FrameStack`] | frames of calls in mapped memory with guard pages, and the shadow stack that checks returns |
//! | [`Heap`] | blocks behind checked handles, with limits, planned failures, statistics and provenance, for callers without `unsafe` |
//! | [`typed`] | `alloc`, `realloc`, `dealloc`, `alloc_zero` of the class `Alloc` over Rust elements, with provenance |
//! | [`events`] | the hook for tracers |
//! | [`process`] | the general allocator: bytes in use, and giving back the rest |
//! | [`capi`] | the same for C, declared in `include/spp_runtime.h` |
//!
//! # For an evaluator
//!
//! Everything it needs is safe. Locals live in [`FrameStack::words_mut`], arrays in
//! [`Heap::words_mut`]; both are ordinary slices, so an access is one bounds check.
//!
//! ```
//! use runtime::{AllocatorId, FailurePlan, FrameStack, Heap, StackConfig};
//!
//! let mut stack = FrameStack::new(StackConfig::default())?;
//! let mut heap = Heap::new();
//! heap.set_limit(1 << 20);                            // --max-heap: code 12 above it
//! heap.set_failures(FailurePlan::Nth(100));           // --fail-alloc 100
//! heap.events().subscribe(Box::new(|event| println!("{event:?}")));
//!
//! let frame = stack.push(16, 8, 1)?;                  // a call: frame of two words, token 1
//! let array = heap.alloc_words(AllocatorId::GLOBAL, 3, 7)?;   // site 7
//! heap.push_tag(array, AllocatorId::GLOBAL)?;         // `GlobalAlloc.alloc` passes it (5.5)
//! stack.words_mut()[frame.word()] = array.to_bits();  // slot +0
//! heap.words_mut(array).unwrap()[2] = 42;
//! heap.realloc_words(array, 6, 8)?;                   // same handle, content kept, rest zero
//! assert_eq!(heap.words(array).unwrap(), [0, 0, 42, 0, 0, 0]);
//! heap.pop_tag(array, AllocatorId::GLOBAL)?;          // `dealloc` checks where it came from
//! heap.free(array, 9)?;
//! stack.replace(32, 8)?;                              // a tail call: depth stays 1 (F9)
//! stack.pop()?;                                       // the return: compares the token (SH4)
//!
//! assert_eq!((stack.max_depth(), heap.totals().live_blocks()), (1, 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A program's own allocators get their numbers from [`Heap::allocator`]; they are tags for blocks
//! and have statistics of their own.

pub mod alloc;
pub mod capi;
pub mod events;
pub mod process;
pub mod region;
pub mod typed;

mod error;
mod frames;
mod heap;
mod shadow;
mod stats;

pub use alloc::FailurePlan;
pub use error::AllocError;
pub use frames::{FRAME_HEADER, FrameBase, FrameStack, Growth, StackConfig, StackOverflow};
pub use heap::{AllocatorId, BlockInfo, GrowthCounts, Handle, Heap};
pub use region::load_each;
pub use shadow::{Hardening, ShadowMismatch, ShadowStack};
pub use stats::Stats;
