//! The family of allocators. Each implements [`Allocator`] of `allocator-api2`.
//!
//! | allocator | cost of a pair | gives back | threads |
//! | --- | --- | --- | --- |
//! | [`Global`] | that of the system's allocator, or of mimalloc | each block | shared |
//! | [`Arena`] | a bump | all at once, or back to a checkpoint | one |
//! | [`Pool`] | two list operations | each block, of one size | one |
//! | [`Stack`] | a bump and a step back | the newest block | one |
//!
//! Wrappers add one thing to any other allocator: [`Counting`], [`Limit`], [`Failing`], [`Checked`],
//! [`Traced`], and [`Locked`], which makes a one-thread allocator shared.

mod arena;
mod checked;
mod counter;
mod counting;
mod failing;
mod global;
mod limit;
mod locked;
mod pool;
mod stack;
mod traced;

pub use allocator_api2::alloc::{AllocError as Refused, Allocator, Layout};

pub use arena::{Arena, Checkpoint, StaleCheckpoint};
pub use checked::{Checked, CheckedConfig, Fault, FaultKind, Moment, Operation};
pub use counter::Counter;
pub use counting::{Counting, SharedCounting};
pub use failing::{Failing, FailurePlan, SharedFailing, fail_each};
pub use global::Global;
pub use limit::{Limit, SharedLimit};
pub use locked::Locked;
pub use pool::Pool;
pub use stack::{Marker, Stack};
pub use traced::Traced;
