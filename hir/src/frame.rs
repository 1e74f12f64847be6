//! Where values live and for how long: the facts behind hovers, hints, `frames` and the evaluator's layout.
//!
//! Sizes and offsets are in bytes. Spans are relative to the start of the function's syntax node.

mod build;
mod depth;
mod slots;

pub use build::frame;
pub(crate) use build::keep;
pub use depth::{DeepestUse, deepest_use, depth};
pub use slots::{FrameLayout, layout_of_instance};

use crate::ids::FuncId;
use crate::mir::SlotId;
use crate::ty::Ty;
use smol_str::SmolStr;
use syntax::TextRange;

/// Size and alignment of a type in bytes. Every value starts at a multiple of eight, the word of the evaluator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    pub size: u32,
    pub align: u32,
}

/// The frame of one call (F1, F2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    pub func: FuncId,
    /// `None`: depends on a generic parameter.
    pub size: Option<u32>,
    pub align: u32,
    pub slots: Vec<FrameSlot>,
    pub drops: Vec<DropPoint>,
    pub heap_sites: Vec<HeapSite>,
    pub calls: Vec<CallEdge>,
    /// Where borrows of this frame's values are held.
    pub borrows: Vec<BorrowFact>,
    /// Frames of the lambdas in this function, in order of appearance.
    pub lambdas: Vec<Frame>,
    /// The function has errors that kept part of it from being built; the facts are about the rest.
    pub broken: bool,
}

/// A borrow of a frame's value for longer than one statement, or by a call (BR4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BorrowFact {
    /// The variable that holds the borrow, or the callee it is made for.
    pub holder: String,
    /// What is borrowed: `p.a`.
    pub owner: String,
    pub owner_slot: SlotId,
    pub mutable: bool,
    /// From creation to its last moment.
    pub live: TextRange,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameSlot {
    pub slot: SlotId,
    /// `None` for a temporary.
    pub name: Option<SmolStr>,
    pub ty: Ty,
    /// Printable type, `&` included for a borrow.
    pub ty_text: String,
    pub offset: Option<u32>,
    pub size: Option<u32>,
    /// From where the slot holds its value to where it is dropped, moved or dead.
    pub live: TextRange,
    pub fate: Fate,
    /// Printable allocators of the heap blocks the value may own: `Pool[Num]`; empty for none.
    pub owns_heap: Vec<String>,
}

/// What becomes of the value in a slot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Nothing runs when it ends (a `Num`, a borrow).
    Trivial,
    Dropped,
    /// Moved away on every path, at these places.
    Moved(Vec<TextRange>),
    /// Moved on some paths; dropped on the others under a flag.
    MaybeMoved(Vec<TextRange>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DropPoint {
    pub span: TextRange,
    pub slot: SlotId,
    pub name: Option<SmolStr>,
    pub ty_text: String,
    /// Allocators through which the drop releases blocks, printable; empty when it releases none.
    pub releases: Vec<String>,
    /// Only on some paths.
    pub conditional: bool,
    /// Runs a user's `Del.del`.
    pub runs_del: bool,
    pub why: crate::mir::DropWhy,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeapSite {
    pub span: TextRange,
    /// Printable allocator type: `Pool[Num]`.
    pub allocator: String,
    pub operation: HeapOperation,
    pub multiplicity: Multiplicity,
    /// At most this many bytes per execution, where known.
    pub max_bytes: Option<u64>,
    /// The same in terms of the program: `n × 16`.
    pub bytes: Option<String>,
    /// The slot that owns the block afterwards.
    pub owner: Option<SlotId>,
    /// From fact to rule: `v.push` → `Vec.grow` → `A.realloc` with `A = Pool[Num]`.
    pub why: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum HeapOperation {
    Allocate,
    Reallocate,
    Release,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Multiplicity {
    Once,
    PerIteration,
    Unknown,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallEdge {
    pub span: TextRange,
    pub callee: String,
    pub func: Option<FuncId>,
    /// Takes over this frame (F9).
    pub replaces_frame: bool,
}

/// Worst-case stack depth below and including a frame; a query of its own, since it depends on every callee.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Depth {
    Bytes {
        bytes: u64,
        path: Vec<String>,
        /// The functions that share this one's frame by recursion, itself first; empty for one that is not recursive.
        cycle: Vec<String>,
    },
    /// Not bounded; the cycle that makes it so.
    Unbounded {
        cycle: Vec<String>,
    },
    Unknown {
        because: String,
    },
}
