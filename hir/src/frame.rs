//! Where values live and for how long: the facts behind hovers, hints, `frames` and the evaluator's layout.
//!
//! Sizes and offsets are in bytes. Spans are relative to the start of the function's syntax node.

mod build;
mod depth;
mod outline;
mod slots;

pub use build::frame;
pub use depth::{DeepestUse, deepest_use, depth};
pub use outline::outline;
pub use slots::{FrameLayout, layout_of_instance};

use crate::alloc_summary::{Allocator, Effect, method_name};
use crate::db::Db;
use crate::ids::FuncId;
use crate::mir::{AllocOp, BlockId, SlotId};
use crate::ty::{Convention, Ty};
use smol_str::SmolStr;
use std::sync::Arc;
use syntax::TextRange;

/// Size and alignment of a type in bytes. Every value starts at a multiple of eight, the word of the evaluator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    pub size: u32,
    pub align: u32,
}

/// What lies where in a frame and for how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outline {
    /// `None`: depends on a generic parameter.
    pub size: Option<u32>,
    pub slots: Box<[OutlineSlot]>,
    /// The drops in source order: block and statement in the MIR.
    pub drops: Box<[(BlockId, u32)]>,
    /// Of the lambdas in the function, in order of appearance.
    pub lambdas: Box<[Outline]>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutlineSlot {
    pub slot: SlotId,
    pub offset: Option<u32>,
    pub size: Option<u32>,
    /// From where the slot holds its value to where it is dropped, moved or dead.
    pub live: TextRange,
    pub fate: Fate,
}

/// The number of functions whose values survive an eviction.
pub(crate) fn keep(db: &mut dyn Db, at_most: usize) {
    outline::keep(db, at_most);
    build::keep(db, at_most);
}

/// The frame of one call (F1, F2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    pub func: FuncId,
    /// `None`: depends on a generic parameter.
    pub size: Option<u32>,
    pub align: u32,
    pub slots: Box<[FrameSlot]>,
    pub drops: Box<[DropPoint]>,
    pub heap_sites: Box<[HeapSite]>,
    pub calls: Box<[CallEdge]>,
    /// Where borrows of this frame's values are held.
    pub borrows: Box<[BorrowFact]>,
    /// Frames of the lambdas in this function, in order of appearance.
    pub lambdas: Box<[Frame]>,
    /// The function has errors that kept part of it from being built; the facts are about the rest.
    pub broken: bool,
}

/// A borrow of a frame's value for longer than one statement, or by a call (BR4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BorrowFact {
    pub holder: Holder,
    /// What is borrowed: `p.a`.
    pub owner: SmolStr,
    pub owner_slot: SlotId,
    pub mutable: bool,
    /// From creation to its last moment.
    pub live: TextRange,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Holder {
    /// A variable.
    Variable(SmolStr),
    /// The call that it is made for.
    Call(CalledName),
}

/// What is called: a function, or the place of a value that can be called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CalledName {
    Function(FuncId),
    Value(SmolStr),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameSlot {
    pub slot: SlotId,
    /// `None` for a temporary.
    pub name: Option<SmolStr>,
    pub ty: Ty,
    /// `Ref`/`Mut`: it holds a borrow.
    pub convention: Convention,
    pub offset: Option<u32>,
    pub size: Option<u32>,
    /// From where the slot holds its value to where it is dropped, moved or dead.
    pub live: TextRange,
    pub fate: Fate,
    /// Allocators of the heap blocks the value may own.
    pub owns_heap: Owned,
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
    pub ty: Ty,
    /// Allocators through which the drop releases blocks.
    pub releases: Owned,
    /// Only on some paths.
    pub conditional: bool,
    /// Runs a user's `Del.del`.
    pub runs_del: bool,
    pub why: crate::mir::DropWhy,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeapSite {
    pub span: TextRange,
    pub cause: HeapCause,
    pub operation: HeapOperation,
    pub multiplicity: Multiplicity,
    /// At most this many bytes per execution, where known.
    pub max_bytes: Option<u64>,
    /// The same in terms of the program: `n × 16`.
    pub bytes: Option<Box<str>>,
    /// The slot that owns the block afterwards.
    pub owner: Option<SlotId>,
}

/// Why there is a heap site.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HeapCause {
    /// The call of a method of an allocator.
    Direct(AllocOp, Allocator),
    /// A call that leads there.
    Call(Arc<Effect>),
    /// Text that is put together (S6).
    Text,
    /// A plain array that becomes part of the result (S8).
    LeavesFrame,
}

/// Allocators, in the order in which their blocks are met. Most values own none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Owned(pub Option<Arc<[Allocator]>>);

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
    pub callee: CalledName,
    /// Takes over this frame (F9).
    pub replaces_frame: bool,
}

impl FrameSlot {
    /// `&` included for a borrow.
    pub fn ty_text(&self, db: &dyn Db) -> String {
        self.ty.display_as(db, self.convention).to_string()
    }
}

impl DropPoint {
    pub fn ty_text(&self, db: &dyn Db) -> String {
        self.ty.display(db).to_string()
    }
}

impl CalledName {
    pub fn text(&self, db: &dyn Db) -> String {
        match self {
            CalledName::Function(func) => crate::display::function_name(db, *func),
            CalledName::Value(place) => place.to_string(),
        }
    }
}

impl Holder {
    pub fn text(&self, db: &dyn Db) -> String {
        match self {
            Holder::Variable(name) => name.to_string(),
            Holder::Call(callee) => callee.text(db),
        }
    }
}

impl Owned {
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub fn allocators(&self) -> &[Allocator] {
        self.0.as_deref().unwrap_or(&[])
    }

    /// `Pool[Num]`
    pub fn texts(&self, db: &dyn Db) -> Vec<String> {
        self.allocators().iter().map(|allocator| allocator.text(db)).collect()
    }
}

impl From<Vec<Allocator>> for Owned {
    fn from(allocators: Vec<Allocator>) -> Self {
        Owned((!allocators.is_empty()).then(|| allocators.into()))
    }
}

impl HeapSite {
    pub fn allocator(&self) -> &Allocator {
        match &self.cause {
            HeapCause::Direct(_, allocator) => allocator,
            HeapCause::Call(effect) => &effect.allocator,
            HeapCause::Text => &Allocator::Text,
            HeapCause::LeavesFrame => &Allocator::Plain,
        }
    }

    /// Printable allocator type: `Pool[Num]`.
    pub fn allocator_text(&self, db: &dyn Db) -> String {
        self.allocator().text(db)
    }

    /// From fact to rule: `v.push` → `Vec.grow` → `A.realloc` with `A = Pool[Num]`.
    pub fn why(&self, db: &dyn Db) -> Vec<String> {
        match &self.cause {
            HeapCause::Direct(op, allocator) => {
                let rule = match op {
                    AllocOp::Alloc | AllocOp::AllocZero => "A9",
                    AllocOp::Realloc => "A11",
                    AllocOp::Dealloc => "A13",
                };
                vec![format!("{}.{}", allocator.text(db), method_name(*op)), rule.to_owned()]
            }
            HeapCause::Call(effect) => {
                let mut why = effect.path.clone();
                why.extend(effect.binding.iter().map(|binding| format!("with {binding}")));
                why.push("S6".to_owned());
                why
            }
            HeapCause::Text => vec!["interpolated text".to_owned(), "S6".to_owned()],
            HeapCause::LeavesFrame => vec!["an array literal leaves its frame".to_owned(), "S8".to_owned()],
        }
    }
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
