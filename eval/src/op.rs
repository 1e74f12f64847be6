//! The instructions. Operands are word offsets from the base of the frame unless their name says otherwise; a value
//! of several words is named by its first.

mod facts;

/// Position in [`crate::machine::Code::functions`].
pub type FuncIndex = u32;

/// One instruction of eight bytes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Op {
    // Moving words.
    Move1 {
        to: u16,
        from: u16,
    },
    Move2 {
        to: u16,
        from: u16,
    },
    Move3 {
        to: u16,
        from: u16,
    },
    MoveN {
        to: u16,
        from: u16,
        words: u16,
    },
    /// A small number.
    Int {
        to: u16,
        value: i32,
    },
    /// Two words of the constant pool: a `Num`, or the header of an array without slots.
    Num {
        to: u16,
        constant: u32,
    },
    /// One word.
    Word {
        to: u16,
        value: i32,
    },
    /// A `Str` literal.
    Text {
        to: u16,
        literal: u32,
    },

    // Numbers.
    Add {
        to: u16,
        a: u16,
        b: u16,
    },
    Sub {
        to: u16,
        a: u16,
        b: u16,
    },
    Mul {
        to: u16,
        a: u16,
        b: u16,
    },
    AddInt {
        to: u16,
        a: u16,
        value: i16,
    },
    MulInt {
        to: u16,
        a: u16,
        value: i16,
    },
    /// The value is positive.
    RemInt {
        to: u16,
        a: u16,
        value: i16,
    },
    Div {
        to: u16,
        a: u16,
        b: u16,
    },
    Rem {
        to: u16,
        a: u16,
        b: u16,
    },
    /// Any other operator.
    Arithmetic {
        op: NumOp,
        to: u16,
        a: u16,
        b: u16,
    },
    /// The truth of a comparison.
    Compare {
        op: Compare,
        to: u16,
        a: u16,
        b: u16,
    },

    NumHash {
        to: u16,
        from: u16,
    },
    // The second operand is the number some words behind a borrow.
    AddLoad {
        offset: u8,
        to: u16,
        a: u16,
        pointer: u16,
    },
    SubLoad {
        offset: u8,
        to: u16,
        a: u16,
        pointer: u16,
    },
    MulLoad {
        offset: u8,
        to: u16,
        a: u16,
        pointer: u16,
    },
    // The number some words behind a borrow is changed.
    AddStore {
        pointer: u16,
        offset: u16,
        value: u16,
    },
    SubStore {
        pointer: u16,
        offset: u16,
        value: u16,
    },
    AddIntStore {
        pointer: u16,
        offset: u16,
        value: i16,
    },

    // Truth values and members of enumerations.
    /// Truth: the word is this value.
    IsWord {
        to: u16,
        a: u16,
        value: i16,
    },
    Not {
        to: u16,
        from: u16,
    },
    Words {
        op: WordOp,
        to: u16,
        a: u16,
        b: u16,
    },

    // Control.
    /// Back or elsewhere: a step.
    Jump {
        target: u32,
    },
    /// Forward.
    Skip {
        target: u32,
    },
    JumpIf {
        condition: u16,
        target: u32,
    },
    JumpUnless {
        condition: u16,
        target: u32,
    },
    // Jumps if a comparison holds, or fails: the contrary of a comparison with something that is not a number is none.
    JumpLt {
        a: u16,
        b: u16,
        by: i16,
    },
    JumpNotLt {
        a: u16,
        b: u16,
        by: i16,
    },
    JumpLe {
        a: u16,
        b: u16,
        by: i16,
    },
    JumpNotLe {
        a: u16,
        b: u16,
        by: i16,
    },
    JumpEq {
        a: u16,
        b: u16,
        by: i16,
    },
    JumpNotEq {
        a: u16,
        b: u16,
        by: i16,
    },
    JumpLtInt {
        a: u16,
        value: i16,
        by: i16,
    },
    JumpNotLtInt {
        a: u16,
        value: i16,
        by: i16,
    },
    JumpLeInt {
        a: u16,
        value: i16,
        by: i16,
    },
    JumpNotLeInt {
        a: u16,
        value: i16,
        by: i16,
    },
    JumpGtInt {
        a: u16,
        value: i16,
        by: i16,
    },
    JumpNotGtInt {
        a: u16,
        value: i16,
        by: i16,
    },
    JumpGeInt {
        a: u16,
        value: i16,
        by: i16,
    },
    JumpNotGeInt {
        a: u16,
        value: i16,
        by: i16,
    },
    JumpEqInt {
        a: u16,
        value: i16,
        by: i16,
    },
    JumpNotEqInt {
        a: u16,
        value: i16,
        by: i16,
    },
    // The end of a loop that goes on while a comparison holds: back to the start of its body, a step in either case.
    LoopLt {
        a: u16,
        b: u16,
        by: i16,
    },
    LoopLe {
        a: u16,
        b: u16,
        by: i16,
    },
    LoopLtInt {
        a: u16,
        value: i16,
        by: i16,
    },
    LoopLeInt {
        a: u16,
        value: i16,
        by: i16,
    },
    LoopGtInt {
        a: u16,
        value: i16,
        by: i16,
    },
    LoopGeInt {
        a: u16,
        value: i16,
        by: i16,
    },
    /// If the word equals the value.
    JumpWordEq {
        a: u16,
        value: i16,
        by: i16,
    },
    JumpWordNe {
        a: u16,
        value: i16,
        by: i16,
    },

    // Borrows: `pointer` is a slot that holds one.
    Address {
        to: u16,
        of: u16,
    },
    /// The same inside a coroutine, whose frame moves.
    AddressInGenerator {
        to: u16,
        of: u16,
    },
    Offset {
        to: u16,
        pointer: u16,
        words: u16,
    },
    /// The same by a word that is known at run time.
    OffsetBy {
        to: u16,
        pointer: u16,
        by: u16,
    },
    /// The length of an array as a number: the word behind a borrow.
    LoadLength {
        to: u16,
        pointer: u16,
        offset: u16,
    },
    Load1 {
        to: u16,
        pointer: u16,
        offset: u16,
    },
    Load2 {
        to: u16,
        pointer: u16,
        offset: u16,
    },
    LoadN {
        words: u8,
        to: u16,
        pointer: u16,
        offset: u16,
    },
    Store1 {
        pointer: u16,
        from: u16,
        offset: u16,
    },
    Store2 {
        pointer: u16,
        from: u16,
        offset: u16,
    },
    StoreN {
        words: u8,
        pointer: u16,
        from: u16,
        offset: u16,
    },

    // Calls. Arguments lie behind the caller's frame, at the base of the callee's; so does the result afterwards.
    Call {
        function: FuncIndex,
    },
    /// The rest of the caller is a continuation: the frame is not counted (F12, F13). `glue`: as for `CallGlue`.
    CallAccumulating {
        function: FuncIndex,
        glue: bool,
    },
    /// The callee takes over the frame (F9); `words` of arguments.
    TailCall {
        words: u16,
        function: FuncIndex,
    },
    /// Of code of the evaluator itself (drops, adapters): not a call of the program.
    CallGlue {
        function: FuncIndex,
    },
    /// The word in `function` is a function's position plus one.
    CallWord {
        function: u16,
        mode: CallMode,
    },
    /// The override of a method for the class tag in `class`.
    CallVirtual {
        class: u16,
        table: u32,
    },
    /// The drop of an object by its class tag; nothing where that drops nothing.
    CallDrop {
        class: u16,
        table: u32,
    },
    /// The entry of a table for a class tag.
    TableWord {
        to: u16,
        class: u16,
        table: u16,
    },
    /// The result lies at `from`.
    Return {
        from: u16,
        words: u16,
    },
    Return0,
    Return1 {
        from: u16,
    },
    Return2 {
        from: u16,
    },

    // Coroutines.
    /// Makes a generator of the arguments behind the frame.
    Generator {
        words: u16,
        function: FuncIndex,
    },
    /// Runs the generator that the pointer refers to up to its next `yield`. `sent` words of the value that goes in lie
    /// behind the frame.
    Resume {
        pointer: u16,
        sent: u16,
        mode: ResumeMode,
    },
    /// Hands out `words` words; what is sent in goes to `resume`.
    Yield {
        from: u16,
        words: u16,
        resume: u16,
    },
    /// Behind every `Yield`: where to go when the generator is dropped instead of resumed.
    Abandon {
        target: u32,
    },
    /// The coroutine has ended with this result.
    Finish {
        from: u16,
        words: u16,
    },
    /// Drops a generator: runs what it has to drop, then frees it.
    DropGenerator {
        pointer: u16,
    },
    /// The `ret` value of a finished generator as an `Opt`.
    GeneratorResult {
        to: u16,
        pointer: u16,
        words: u16,
    },

    // Text.
    /// Appends a literal to the `Str` the pointer refers to.
    AppendText {
        pointer: u16,
        literal: u32,
    },
    AppendStr {
        pointer: u16,
        other: u16,
    },
    AppendNum {
        pointer: u16,
        value: u16,
    },
    AppendBool {
        pointer: u16,
        value: u16,
    },
    DropStr {
        slot: u16,
    },
    DropStrAt {
        pointer: u16,
    },

    // Arrays. `array` is a slot with a borrow of the header, or the header itself; `Operands` follow and say which.
    /// A plain array whose elements lie from `from`.
    ArrayLiteral {
        to: u16,
        from: u16,
        count: u16,
    },
    ArrayGet {
        to: u16,
        array: u16,
        index: u16,
    },
    ArrayGetUnwrap {
        to: u16,
        array: u16,
        index: u16,
    },
    ArraySet {
        to: u16,
        array: u16,
        index: u16,
    },
    ArrayTake {
        to: u16,
        array: u16,
        index: u16,
    },
    ArrayTakeUnwrap {
        to: u16,
        array: u16,
        index: u16,
    },
    ArrayPut {
        to: u16,
        array: u16,
        index: u16,
    },
    ArrayHas {
        to: u16,
        array: u16,
        index: u16,
    },
    /// A borrow of an element, or a panic.
    ArrayElement {
        to: u16,
        array: u16,
        index: u16,
    },
    /// A borrow of the next occupied slot at or behind word `index` (which is advanced), or a jump when there is none.
    ArrayNext {
        to: u16,
        array: u16,
        index: u16,
    },
    /// Goes on if the slot is occupied, else jumps.
    JumpVacant {
        array: u16,
        index: u16,
    },
    /// More operands of the instruction before: shape of the elements, another slot, a jump.
    Operands {
        how: Access,
        shape: u16,
        slot: u16,
        by: i16,
    },

    /// Tells the tracer; only in code that is compiled for a trace. `value` is a function, a literal or a slot.
    Trace {
        kind: TraceKind,
        value: u32,
    },
    /// Everything rarer, by number; three operands.
    Builtin {
        builtin: Builtin,
        a: u16,
        b: u16,
        c: u16,
    },

    /// The program panics with the `Str` at `message`.
    Panic {
        message: u16,
    },
    /// The program panics with a literal.
    PanicText {
        literal: u32,
    },
    /// Nothing reaches this.
    Unreachable,
}

/// How an array is accessed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Access(u8);

impl Access {
    /// The slot holds the array's header, not a borrow of it.
    pub const IN_FRAME: Access = Access(1);
    /// A failure is a panic; there is no result.
    pub const UNWRAP: Access = Access(2);

    pub const fn and(self, other: Access) -> Access {
        Access(self.0 | other.0)
    }

    #[inline(always)]
    pub const fn is(self, other: Access) -> bool {
        self.0 & other.0 != 0
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Mod,
    Pow,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    Rol,
    Ror,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    /// The member of `Ord`, as a word.
    Cmp,
}

/// Operators on single words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WordOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    And,
    Or,
    Xor,
    Cmp,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallMode {
    /// A lambda or function value: a call of the program.
    Counted,
    /// A partial application: no frame of its own (F8).
    Partial,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResumeMode {
    /// `next`: the result is a `Ret`.
    Next,
    /// `await`: the result is the value.
    Await,
    /// The object is dropped: what it holds is dropped, and there is no result (CO9).
    Drop,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TraceKind {
    Call,
    Return,
    /// Of a value in a slot: the position in [`crate::machine::Code::traced`].
    Drop,
    /// The call that was just told of is a method of the allocator that the literal names.
    Allocator,
    /// What follows drops what a suspended generator holds.
    Abandon,
    /// The storage of a slot begins.
    Live,
    /// The storage of a slot ends.
    Dead,
}

/// What the interpreter does out of line. `a`, `b` and `c` are slots; "at `b`" means that the slot holds a borrow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Builtin {
    /// Prints the `Str` at `a` as a line.
    Print,
    /// `Num` a = length of the `Str` at `b`.
    StrLen,
    /// `Opt[Num]` a = where the `Str` at `c` begins in that at `b`.
    StrFind,
    /// `Str` a = part of the `Str` at `b`; `c` holds two `Num`, from and to.
    StrSlice,
    /// `Str` a = the same text as at `b`.
    StrClone,
    /// `Str` a = `Str` b followed by `Str` c, both owned.
    StrAdd,
    /// Appends the owned `Str` b to that at `a`.
    StrAddAssign,
    /// Truth a of the `Str` at `b` and `c`.
    StrEq,
    /// Member of `Ord`.
    StrCmp,
    StrHash,
    /// `Str` a of the `Num` b.
    NumToStr,
    /// `Num` a = the number that the `Str` b spells.
    NumParse,
    NumIsInteger,
    NumAbs,
    NumBitNot,
    /// Truth a: the `Rgx` b matches the `Str` at `c`.
    RegexMatches,
    /// `Ret[Arr, AllocErr]` a = a new block of `Num` b slots of shape c.
    Alloc,
    /// Word a = the first element that does not survive when the `Arr` b gets `Num` c slots; all do for a size that is none.
    ReallocKeep,
    /// `Ret` a = the `Arr` b with another size; `Operands` follow: shape, slot of the size. On failure the block is still
    /// there.
    Realloc,
    /// Frees the block of the `Arr` at `a`.
    FreeBlock,
    /// Fills the slots of the `Arr` at `a` with the value at slot `b`, shape c.
    FillZero,
    /// `Num` a = account `Num` b after adding `Num` c; `Operands` follow: the key.
    Tally,
    /// Word a = whether the top tag of the `Arr` at `b` is c, which is popped then (A45).
    TagEnter,
    /// Pushes the tag c on the array in the `Ret` a; its length must be the `Num` b (A52).
    TagLeave,
    /// Word a = who releases the `Arr` at `b`: 0 nobody, 1 the machine, else 1 plus the word of a function.
    Releaser,
    /// Panics if the `Ret[Void, AllocErr]` a has failed (A53).
    CheckRelease,
    /// `Ret` a = failure with code b.
    AllocFailure,
    /// Truth a: the class tag b is in class set c.
    IsClass,
    /// Word a = a new block that holds the c words from b; 0 if c is 0. For the objects of function values.
    BoxWords,
    /// Borrow a = the two words in front of what the box b refers to: what drops it, and whether a call uses it up.
    BoxHeader,
    /// Frees the box a.
    FreeBox,
    /// Word a = word b less one.
    LessOne,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_is_eight_bytes() {
        assert_eq!(size_of::<Op>(), 8);
    }
}
