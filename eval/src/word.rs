//! How values look in memory: everything is made of 64-bit words.

/// A `Num` is two words: what it is, and its payload.
pub mod num {
    /// The payload is an `i64`.
    pub const INT: u64 = 1;
    /// The payload is the bits of an `f64`.
    pub const FLOAT: u64 = 2;
    /// The payload is a position in the table of large numbers (S9).
    pub const BIG: u64 = 3;
    /// An imaginary number both of whose parts are integers of 32 bits, the real one in the upper half of the payload.
    pub const GAUSS: u64 = 4;
}

/// First word of an `Opt` or `Ret`; a `Var` holds 1 plus the position of its member.
pub mod state {
    /// `std.pass`, `std.some`
    pub const PASS: u64 = 1;
    /// `std.fail`, `std.none`
    pub const FAIL: u64 = 2;
}

/// A `Str` is three words: which text, its length in bytes, the capacity of its buffer in bytes. Capacity 0 means
/// static text (S10): the first word is 1 plus the position of the literal.
pub mod text {
    pub const SOURCE: usize = 0;
    pub const LENGTH: usize = 1;
    pub const CAPACITY: usize = 2;
}

/// An `Arr` is two words: which block, and the number of slots.
pub mod array {
    pub const BLOCK: usize = 0;
    pub const LENGTH: usize = 1;
    /// The block word of an array without a block: `Arr[T].new()`.
    pub const NO_BLOCK: u64 = u64::MAX;
    /// Marks the handle of a plain block (S8), which lives beside the heap.
    pub const PLAIN: u64 = 1 << 31;
}

/// Two words for a function out of line, which takes them in registers. An array would go through memory, and its words
/// would be stored there before it is known whether the function is called.
pub type Pair = (u64, u64);

/// A borrow: where a value stands. Borrows are second-class, so what one refers to outlives it, and a position will
/// do; an access is checked against the bounds of the region all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pointer(pub u64);

/// The regions a borrow can refer to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Region {
    /// Word of the frame stack.
    Stack { word: usize },
    /// Word of a heap block, by the position of its entry.
    Heap { block: usize, word: usize },
    /// Word of a plain block.
    Plain { block: usize, word: usize },
    /// Word of a generator's own frame (S11), wherever that is at the moment.
    Generator { generator: usize, word: usize },
}

const KIND_SHIFT: u32 = 62;
const STACK: u64 = 0;
const HEAP: u64 = 1;
const PLAIN: u64 = 2;
const GENERATOR: u64 = 3;
const OWNER_SHIFT: u32 = 32;
const OWNER_MASK: u64 = (1 << 30) - 1;

impl Pointer {
    #[inline(always)]
    pub fn stack(word: usize) -> Pointer {
        Pointer(word as u64)
    }

    #[inline(always)]
    pub fn heap(block: usize, word: usize) -> Pointer {
        Pointer::in_owner(HEAP, block, word)
    }

    #[inline(always)]
    pub fn plain(block: usize, word: usize) -> Pointer {
        Pointer::in_owner(PLAIN, block, word)
    }

    #[inline(always)]
    pub fn generator(generator: usize, word: usize) -> Pointer {
        Pointer::in_owner(GENERATOR, generator, word)
    }

    #[inline(always)]
    fn in_owner(kind: u64, owner: usize, word: usize) -> Pointer {
        Pointer(kind << KIND_SHIFT | (owner as u64 & OWNER_MASK) << OWNER_SHIFT | word as u64 & 0xffff_ffff)
    }

    /// The place `words` further on in the same region.
    #[inline(always)]
    pub fn offset(self, words: usize) -> Pointer {
        Pointer(self.0.wrapping_add(words as u64))
    }

    /// The word of the frame stack it refers to, if it refers to that.
    #[inline(always)]
    pub fn stack_word(self) -> Option<usize> {
        (self.0 >> KIND_SHIFT == STACK).then_some(self.0 as usize)
    }

    /// The block of the heap it refers to and the word in it, if it refers to that.
    #[inline(always)]
    pub fn heap_word(self) -> Option<(usize, usize)> {
        let owner = (self.0 >> OWNER_SHIFT & OWNER_MASK) as usize;
        (self.0 >> KIND_SHIFT == HEAP).then_some((owner, self.0 as u32 as usize))
    }

    #[inline(always)]
    pub fn region(self) -> Region {
        let owner = (self.0 >> OWNER_SHIFT & OWNER_MASK) as usize;
        let word = self.0 as u32 as usize;
        match self.0 >> KIND_SHIFT {
            STACK => Region::Stack { word: self.0 as usize },
            HEAP => Region::Heap { block: owner, word },
            PLAIN => Region::Plain { block: owner, word },
            _ => Region::Generator { generator: owner, word },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_names_its_region() {
        assert_eq!(Pointer::stack(7).offset(2).region(), Region::Stack { word: 9 });
        assert_eq!(Pointer::heap(3, 4).offset(1).region(), Region::Heap { block: 3, word: 5 });
        assert_eq!(Pointer::plain(1, 0).region(), Region::Plain { block: 1, word: 0 });
        assert_eq!(Pointer::generator(5, 6).region(), Region::Generator { generator: 5, word: 6 });
    }
}
