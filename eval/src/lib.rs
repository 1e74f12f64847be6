//! Runs S++ programs: MIR is compiled to bytecode, which runs on the allocator runtime.
//!
//! Locals stand in the runtime's frame stack at the offsets that `frames` shows; arrays in blocks of the allocator that
//! the program names. Nothing of the program's depth is mapped onto the evaluator's own stack (RC2).

mod builtins;
mod compile;
mod evaluate;
mod machine;
mod num;
mod op;
mod run;
mod support;
mod trace;
mod word;

pub use evaluate::{Options, Outcome, Place, Report, evaluate};
pub use machine::{Host, Limits};
pub use trace::{Body, BodyKind, Entry, Recorded, Trace, What};
