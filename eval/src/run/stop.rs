//! Why the loop is left, made out of line: what seldom happens must not cost the loop registers.

use crate::machine::Exit;
use runtime::{ShadowMismatch, StackOverflow};

#[cold]
#[inline(never)]
pub(super) fn panic(message: &str) -> Exit {
    Exit::Panic(message.to_owned())
}

#[cold]
#[inline(never)]
pub(super) fn stack_overflow(overflow: StackOverflow) -> Exit {
    Exit::Panic(overflow.to_string())
}

#[cold]
#[inline(never)]
pub(super) fn frames_too_large(max_stack: usize) -> Exit {
    Exit::Panic(format!("stack overflow: the frames take more than {max_stack} bytes"))
}

#[cold]
#[inline(never)]
pub(super) fn shadow_mismatch(mismatch: ShadowMismatch) -> Exit {
    Exit::ShadowMismatch(mismatch.to_string())
}

#[cold]
#[inline(never)]
pub(super) fn failed_unwrap(problem: &str) -> Exit {
    Exit::Panic(format!("unwrap of a failed Ret: {problem}"))
}

#[cold]
#[inline(never)]
pub(super) fn too_many_steps(steps: u64) -> Exit {
    Exit::Limit(format!("the program took {steps} steps"))
}

#[cold]
#[inline(never)]
pub(crate) fn too_long() -> Exit {
    Exit::Limit("the program took too long".to_owned())
}
