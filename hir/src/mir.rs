//! The control-flow graph of a function over places: where moves, borrows, drops and evaluation agree.
//!
//! There is no unwinding (a panic ends the program, RS6), so calls and drops are statements, not block ends. The MIR
//! is generic where the function is; an instantiation substitutes types and resolves [`Dispatch::Static`] callees.
//! Spans are relative to the start of the function's syntax node.

pub(crate) mod build;
mod display;
pub(crate) mod elaborate;
pub(crate) mod facts;
mod query;
pub(crate) mod recursion;
mod replace;

pub use facts::AllocOp;
pub(crate) use query::keep;
pub use query::{closure_fields, place_name};
pub use query::{diagnostics, mir};

use crate::body::{BinaryOp, ExprId, LocalId};
use crate::ids::{ClassId, FuncId};
use crate::infer::Dispatch;
use crate::ty::{Convention, Ty, TyArgs};
use smol_str::SmolStr;
use syntax::TextRange;
use thin_vec::ThinVec;

/// Index into [`Mir::slots`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SlotId(pub u32);

/// Index into [`Mir::blocks`]. Block 0 is the entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BlockId(pub u32);

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mir {
    pub func: FuncId,
    /// Slot 0 is the return value; then `self` and the parameters (for a lambda: first its own object, then its
    /// parameters); then locals and temporaries.
    pub slots: Vec<Slot>,
    /// Number of parameters, `self` included: slots `1..=param_count`.
    pub param_count: u32,
    pub blocks: Vec<BasicBlock>,
    pub kind: MirKind,
    /// Bodies of the lambdas in this function, in order of appearance; [`Rvalue::Closure`] refers to them by index.
    pub lambdas: Vec<Mir>,
    /// Bodies that compute default arguments, parallel to the signature's parameters (OV5). They have no parameters.
    pub defaults: Vec<Option<Mir>>,
    /// Only for a lambda: what its object (slot 1) holds, in order of the fields ([`Projection::Capture`]).
    pub captures: Vec<CaptureField>,
    /// Some part could not be built because of an error reported elsewhere: never evaluated, and nothing that only
    /// follows from the missing part is reported.
    pub broken: bool,
}

/// One field of a lambda's object (S11).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaptureField {
    pub name: SmolStr,
    /// `Ref`/`Mut`: the field holds a borrow.
    pub convention: Convention,
    pub ty: Ty,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MirKind {
    Function,
    /// The slots live in the generator object (S11); `Yield` statements suspend.
    Coroutine {
        yield_convention: Convention,
    },
    /// The object (slot 1) holds the captures as its fields, in order: by value for `FnOne`, else borrowed. A partial
    /// application (2.9) is a lambda as well: it captures what was given, and its body makes the call; `partial` says
    /// that calling it creates no frame of its own (F8).
    Lambda {
        expr: ExprId,
        partial: bool,
    },
    /// Computes one default argument.
    Default,
}

/// A place in the frame with a type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    pub ty: Ty,
    /// `Ref`/`Mut`: the slot holds a borrow of a `ty`.
    pub convention: Convention,
    pub kind: SlotKind,
    /// The variable in the body, for slots that stand for one.
    pub local: Option<LocalId>,
    pub mutable: bool,
    /// `let x: T`, without a value (OW10).
    pub late: bool,
    /// The slot holds the `Ret` of a borrow-yielding `next`: its pass value is a borrow (CO6). The layout is that of the
    /// `Ret`, whose failure is larger than any borrow.
    pub pass_borrow: bool,
    /// Where it is declared, or the expression whose value it holds.
    pub span: TextRange,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SlotKind {
    Return,
    Param,
    Variable,
    /// Dropped at the end of its statement (DR5).
    Temporary,
    /// A run-time flag of a conditional drop (DR1).
    DropFlag,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BasicBlock {
    pub statements: Box<[Statement]>,
    pub terminator: Terminator,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    pub kind: StatementKind,
    pub span: TextRange,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StatementKind {
    Assign(Place, Rvalue),
    Call(Box<Call>),
    /// The slot's storage begins; it is uninitialised.
    StorageLive(SlotId),
    /// The slot's storage ends; whatever it held was dropped or moved before.
    StorageDead(SlotId),
    Drop(Box<Drop>),
    Yield(Box<Yield>),
    /// Interpolation: appends to the `Str` in `into`. Each part is a call of its own (reference 8.3.4), so a borrow that
    /// one part needs has ended before the next is computed.
    Append {
        into: Place,
        piece: Box<StrPiece>,
    },
    Fold(Box<Fold>),
    /// Erroneous code may have done anything to this place; only in a broken body.
    Taint(Place),
}

/// Suspends a coroutine (CO3): hands out `value`, and stores what `next` sends into `resume`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Yield {
    pub value: Option<Arg>,
    pub resume: Option<Place>,
    /// What is dropped when the generator is dropped while it is suspended here (CO9): locals in reverse, then its
    /// arguments.
    pub abandon: Vec<Drop>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StrPiece {
    Text(Box<str>),
    /// Read from this `Str`, which stays as it is.
    Str(Place),
    /// A `Num` or `Bool`, as its `To[Str]` writes it.
    Value(Operand),
}

/// `init op ... op pack` (OP9): the evaluator takes the elements of the pack, an array or a tuple, one after the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fold {
    pub op: FoldOp,
    pub init: Option<Operand>,
    pub pack: Operand,
    pub from_left: bool,
    pub dest: Place,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FoldOp {
    /// See [`Rvalue::Primitive`].
    Primitive(BinaryOp),
    /// Each operand is handed over as the method declares.
    Call { target: CallTarget, lhs: Convention, rhs: Convention },
}

/// Destruction of a place (DR2). Building emits one for every owned slot at the end of its scope; elaboration removes
/// those of values that were moved, and adds a flag where that depends on the path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drop {
    pub place: Place,
    pub why: DropWhy,
    /// Only if this flag slot is true.
    pub flag: Option<SlotId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DropWhy {
    /// End of a block, a function or a parameter list (DR1, F4).
    ScopeEnd,
    /// Leaving scopes early: `ret`, `?`, diverging `else` (DR6).
    EarlyExit,
    /// Overwritten by an assignment (DR4) or a redeclaration (NM8).
    Overwrite,
    /// End of a statement (DR5).
    Temporary,
    /// Before a tail call takes over the frame (F11).
    TailCall,
    /// A suspended generator is dropped (CO9).
    Abandoned,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    pub slot: SlotId,
    pub projection: ThinVec<Projection>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Projection {
    /// Through a borrow held in the slot.
    Deref,
    /// An attribute declared by `class`, its own or a base part's.
    Attribute {
        class: ClassId,
        index: u32,
    },
    /// The part of a base class inside an object (SP2, SP9).
    Base(ClassId),
    TupleField(u32),
    /// The n-th field of a lambda's object: [`Mir::captures`].
    Capture(u32),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operand {
    Move(Place),
    /// A bitwise copy of a type whose `Copy` needs no user code (`Num`, `Bool`, enums, tuples of them, function names).
    ///
    /// Of a slot that holds a borrow (no [`Projection::Deref`]): the borrow itself, handed on (CC3).
    Copy(Place),
    Const(Const),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Const {
    Number(crate::body::NumberLit),
    Bool(bool),
    Str(Box<str>),
    Regex(Box<str>),
    EnumMember(ClassId, u32),
    /// A function as a value (CC6, CL7).
    Func(Box<(FuncId, TyArgs)>),
    /// The value of a call that returns `Void`, where a place for it is syntactically needed.
    Void,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rvalue {
    Use(Operand),
    /// A borrow of a place (BR1); of a place behind a borrow: a reborrow (CC3).
    Ref {
        mutable: bool,
        place: Place,
    },
    Object(Box<Object>),
    Tuple(Box<[Operand]>),
    /// A plain array (S8): literal or homogeneous pack.
    Array {
        element: Box<Ty>,
        values: Box<[Operand]>,
    },
    /// A lambda with its captures; `lambda` indexes [`Mir::lambdas`].
    Closure {
        lambda: u32,
        captures: Box<[Operand]>,
    },
    /// TY2: the same object, seen as its base class.
    Upcast {
        value: Box<Operand>,
        to: Box<Ty>,
    },
    /// Into the n-th member of a `Var[…]`.
    IntoVar {
        value: Box<Operand>,
        to: Box<Ty>,
        member: u32,
    },
    /// A function item or closure as `FnRef`/`FnMut`/`FnOne`.
    FunctionValue {
        value: Box<Operand>,
        to: Box<Ty>,
    },
    /// `Colour.red.value` (TY17).
    EnumValue {
        class: ClassId,
        value: Box<Operand>,
    },
    /// An operator of `Num` or `Bool`, or `==` and `!=` on members of one enumeration (OP1, TY17). `&&` and `||` on
    /// `Bool` are control flow (OP5).
    Primitive {
        op: BinaryOp,
        /// Left and right.
        operands: Box<[Operand; 2]>,
    },
    /// Whether an `Opt` or `Ret` is in its pass state (RS2).
    IsPass(Place),
    /// The pass value of an `Opt` or `Ret` that is in its pass state, moved out of it.
    PassValue(Operand),
    /// The failure of a `Ret` in its fail state, moved out of it; nothing for an `Opt`.
    FailValue(Operand),
    /// An `Opt` or `Ret` of type `to` in its fail state.
    Failure {
        to: Box<Ty>,
        error: Box<Operand>,
    },
    /// Attribute of a primitive representation: `Arr.length`.
    Builtin {
        place: Place,
        name: Box<crate::ids::Name>,
    },
    /// An array pattern's length test: `place`'s length compared with `count` (exactly, or at least).
    LengthTest {
        place: Place,
        count: u32,
        at_least: bool,
    },
    /// Element `index` of the array at `place` as a borrow (array patterns); negative counts from the end.
    ElementRef {
        place: Place,
        index: i32,
    },
    /// Whether the dynamic class of the object at `place` is `class` or super-imposes it (object patterns on a base).
    IsClass {
        place: Place,
        class: ClassId,
    },
    /// The elements `from..` of the tuple at `place`, copied or borrowed into a tuple (`...rest`, SY39).
    TupleRest {
        place: Place,
        from: u32,
    },
}

/// An object of a class: its own attributes in declaration order, then one operand per base part: those that are given in
/// the order of the initialiser (SP10), then those of the `else` object or made by `Default` before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    pub class: ClassId,
    pub args: TyArgs,
    pub attributes: Vec<Operand>,
    pub bases: Vec<(ClassId, Operand)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    pub target: CallTarget,
    /// `self` first where there is one. A borrow argument is an operand that holds a borrow, or made by `Arg::Ref`.
    pub args: Box<[Arg]>,
    pub dest: Option<Place>,
    /// The result is a borrow (yielded borrows, CO6, CO7).
    pub result_convention: Convention,
    pub recursion: Recursion,
    /// The expression that makes the call, for explanations.
    pub expr: Option<ExprId>,
}

/// How a call relates to the cycle of the static call graph that its function lies on (F10).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Recursion {
    /// The callee is on no cycle with the caller.
    #[default]
    None,
    /// Takes over this frame (F9, F11): what has to be dropped was dropped before, no argument refers to this frame, the
    /// result is the caller's result, and `Return` follows.
    Tail,
    /// Something remains to be done afterwards: the rest of the caller becomes a continuation (F12). The depth that a
    /// program can observe stays one (F13), and the evaluator must not map it onto its own stack (RC2).
    Accumulating,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arg {
    Value(Operand),
    /// Borrowed when the call is made and until it ends (BR4, EX3).
    Ref {
        mutable: bool,
        place: Place,
        /// Seen by the callee as a borrow of this base class (TY2).
        upcast: Option<Box<Ty>>,
    },
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CallTarget {
    Func {
        func: FuncId,
        container_args: TyArgs,
        args: TyArgs,
        self_ty: Option<Ty>,
        dispatch: Dispatch,
    },
    /// A callable object held in a place; called through `call_ref`, `call_mut` or `call_one` (CL7).
    Value {
        callee: Place,
        kind: crate::ty::FnKind,
    },
    /// The body computing default argument `param` of a function.
    DefaultArg {
        func: FuncId,
        container_args: TyArgs,
        args: TyArgs,
        param: u32,
    },
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Terminator {
    Goto(BlockId),
    If {
        condition: Operand,
        then: BlockId,
        otherwise: BlockId,
    },
    /// Slot 0 holds the value.
    Return,
    /// After a call that never returns (`std.panic`), or code that cannot be reached.
    #[default]
    Unreachable,
}

impl Place {
    pub fn slot(slot: SlotId) -> Self {
        Place { slot, projection: ThinVec::new() }
    }

    #[must_use]
    pub fn project(&self, projection: Projection) -> Self {
        let mut longer = ThinVec::with_capacity(self.projection.len() + 1);
        longer.extend_from_slice(&self.projection);
        longer.push(projection);
        Place { slot: self.slot, projection: longer }
    }

    /// Whether one is a prefix of the other (EX2), looking through borrows as through what they refer to.
    pub fn overlaps(&self, other: &Place) -> bool {
        self.slot == other.slot && self.projection.iter().zip(&other.projection).all(|(a, b)| a == b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A large project has half a million statements; what is rare in them is boxed.
    #[test]
    fn statements_and_slots_stay_small() {
        let sizes = [
            ("Place", size_of::<Place>(), 16),
            ("Operand", size_of::<Operand>(), 24),
            ("Rvalue", size_of::<Rvalue>(), 32),
            ("Statement", size_of::<Statement>(), 56),
            ("Call", size_of::<Call>(), 144),
            ("Slot", size_of::<Slot>(), 72),
            ("BasicBlock", size_of::<BasicBlock>(), 48),
        ];
        for (name, size, at_most) in sizes {
            println!("{name}: {size} bytes");
            assert!(size <= at_most, "{name} takes {size} bytes, more than {at_most}");
        }
    }
}
