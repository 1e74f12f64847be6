//! Arrays of slots, each vacant or with an element.

use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;

use super::tags::{Tag, Tags};
use crate::AllocError;
use crate::alloc::{Allocator, Global, Layout};

/// A slot that does not exist, or is not in the state that the operation needs (A50).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BoundsErr {
    /// The index that was asked for.
    pub index: usize,
    /// The length of the array.
    pub len: usize,
}

impl fmt::Display for BoundsErr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.index < self.len {
            write!(f, "slot {} is not in the right state", self.index)
        } else {
            write!(f, "index {} in an array of {} slots", self.index, self.len)
        }
    }
}

impl std::error::Error for BoundsErr {}

/// An S++ array: a fixed number of slots in one block of memory, owned by whoever holds this.
///
/// One bit for each slot, behind the slots in the same block, says whether it holds an element. When
/// the array is dropped, its elements are, in ascending order, and the memory goes back where it came
/// from (A44).
pub struct Arr<'m, T> {
    slots: NonNull<T>,
    len: usize,
    memory: &'m dyn Allocator,
    tags: Tags,
    owns: PhantomData<T>,
}

/// Types for which all bits zero is a value: the zero value of S++ (A14).
///
/// # Safety
/// Zeroed memory of this type's size must be a valid value.
pub unsafe trait Zeroable {}

macro_rules! zeroable {
    ($($type:ty),*) => {
        $(
            // SAFETY: all bits zero is the number 0, or `false`.
            unsafe impl Zeroable for $type {}
        )*
    };
}
zeroable!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, bool, ());

// SAFETY: zeros are zeros of every element.
unsafe impl<T: Zeroable, const N: usize> Zeroable for [T; N] {}
// SAFETY: zeros are zeros of every part.
unsafe impl<A: Zeroable, B: Zeroable> Zeroable for (A, B) {}
// SAFETY: zeros are zeros of every part.
unsafe impl<A: Zeroable, B: Zeroable, C: Zeroable> Zeroable for (A, B, C) {}

impl<T> Arr<'static, T> {
    /// A plain array of vacant slots, which no allocator takes back (A43).
    pub fn plain(len: usize) -> Result<Self, AllocError> {
        Arr::vacant(len, &Global)
    }
}

impl<'m, T> Arr<'m, T> {
    pub(super) fn vacant(len: usize, memory: &'m dyn Allocator) -> Result<Self, AllocError> {
        let block = Block::of::<T>(len)?;
        let slots = memory.allocate(block.layout)?.cast::<T>();
        let arr = Arr { slots, len, memory, tags: Tags::default(), owns: PhantomData };
        // SAFETY: the block holds the bits behind the slots.
        unsafe { arr.bits(block).write_bytes(0, block.bit_words) };
        Ok(arr)
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no slots.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where the array came from.
    pub fn tags(&self) -> &Tags {
        &self.tags
    }

    /// Whether there is an element at `index`.
    pub fn has(&self, index: usize) -> bool {
        // SAFETY: the word lies among the bits, which are initialised.
        index < self.len && unsafe { self.word(index).read() } & bit(index) != 0
    }

    /// The element at `index`.
    pub fn get(&self, index: usize) -> Result<&T, BoundsErr> {
        if !self.has(index) {
            return Err(self.error(index));
        }
        // SAFETY: the slot exists and holds an element.
        Ok(unsafe { self.slots.add(index).as_ref() })
    }

    /// The element at `index`.
    pub fn get_mut(&mut self, index: usize) -> Result<&mut T, BoundsErr> {
        if !self.has(index) {
            return Err(self.error(index));
        }
        // SAFETY: the slot exists and holds an element; `&mut self` makes the access exclusive.
        Ok(unsafe { self.slots.add(index).as_mut() })
    }

    /// Fills a vacant slot. On failure the element is dropped (A50).
    pub fn put(&mut self, index: usize, element: T) -> Result<(), BoundsErr> {
        if index >= self.len || self.has(index) {
            return Err(self.error(index));
        }
        // SAFETY: the slot exists and holds nothing.
        unsafe { self.slots.add(index).write(element) };
        self.mark(index, true);
        Ok(())
    }

    /// Puts an element into any slot; the one that was there is dropped.
    pub fn set(&mut self, index: usize, element: T) -> Result<(), BoundsErr> {
        if self.has(index) {
            drop(self.take(index));
        }
        self.put(index, element)
    }

    /// Moves an element out; its slot becomes vacant.
    pub fn take(&mut self, index: usize) -> Result<T, BoundsErr> {
        if !self.has(index) {
            return Err(self.error(index));
        }
        self.mark(index, false);
        // SAFETY: the slot held an element, and counts as vacant from now on.
        Ok(unsafe { self.slots.add(index).read() })
    }

    pub(super) fn fill_zero(&mut self)
    where
        T: Zeroable,
    {
        self.cut(0);
        // SAFETY: all slots are vacant, and zeros are values of `T`.
        unsafe { self.slots.write_bytes(0, self.len) };
        for index in 0..self.len {
            self.mark(index, true);
        }
    }

    pub(super) fn push_tag(&mut self, tag: Tag) {
        self.tags.push(tag);
    }

    /// Takes the top tag off, which must be this one (5.5).
    pub(super) fn take_tag(&mut self, tag: Tag) -> Result<(), AllocError> {
        if self.tags.top() != Some(tag) {
            return Err(AllocError::ForeignBlock);
        }
        self.tags.pop();
        Ok(())
    }

    /// The array with another length (A11). On failure it is dropped (A12).
    pub(super) fn resized(mut self, len: usize) -> Result<Self, AllocError> {
        let (old, new) = (Block::of::<T>(self.len)?, Block::of::<T>(len)?);
        self.cut(len);
        if len <= self.len {
            // SAFETY: both positions of the bits lie inside the old block, the new one lower.
            unsafe {
                let bits = self.bits(old);
                bits.copy_to(self.bits(new), new.bit_words);
            }
            // The description must fit the block at every moment, in case the request fails.
            let result = {
                // SAFETY: the block has the old layout; the new one is not larger.
                unsafe { self.memory.shrink(self.slots.cast(), old.layout, new.layout) }
            };
            if let Err(refused) = result {
                // SAFETY: the bits go back to where the old length wants them; slots above `len` are
                // vacant, so their bits are zero.
                unsafe {
                    self.bits(new).copy_to(self.bits(old), new.bit_words);
                    let above = self.bits(old).add(new.bit_words);
                    above.write_bytes(0, old.bit_words - new.bit_words);
                }
                return Err(refused.into());
            }
            self.slots = result?.cast();
        } else {
            // SAFETY: the block has the old layout; the new one is not smaller.
            let grown = unsafe { self.memory.grow(self.slots.cast(), old.layout, new.layout) };
            self.slots = grown?.cast();
            // SAFETY: the bits were copied to their old position in the new block, and move up in it.
            unsafe {
                self.bits(old).copy_to(self.bits(new), old.bit_words);
                let above = self.bits(new).add(old.bit_words);
                above.write_bytes(0, new.bit_words - old.bit_words);
            }
        }
        self.len = len;
        Ok(self)
    }

    /// Drops the elements from `from` on, in ascending order.
    fn cut(&mut self, from: usize) {
        for index in from..self.len {
            drop(self.take(index));
        }
    }

    fn error(&self, index: usize) -> BoundsErr {
        BoundsErr { index, len: self.len }
    }

    /// Start of the bits, for a block of this shape.
    ///
    /// # Safety
    /// The array's memory is at least as large as the block.
    unsafe fn bits(&self, block: Block) -> NonNull<u64> {
        // SAFETY: the caller's promise.
        unsafe { self.slots.cast::<u8>().add(block.bits_at).cast() }
    }

    /// The word with the bit of an existing slot.
    fn word(&self, index: usize) -> NonNull<u64> {
        // SAFETY: the bits begin at this offset, and there is a word for every slot.
        unsafe { self.slots.cast::<u8>().add(bits_at::<T>(self.len)).cast::<u64>().add(index / 64) }
    }

    fn mark(&mut self, index: usize, occupied: bool) {
        let word = self.word(index);
        // SAFETY: the word lies among the bits, which are initialised.
        unsafe {
            let others = word.read() & !bit(index);
            word.write(if occupied { others | bit(index) } else { others });
        }
    }
}

impl<T> Drop for Arr<'_, T> {
    fn drop(&mut self) {
        self.cut(0);
        if let Ok(block) = Block::of::<T>(self.len) {
            // SAFETY: the memory has this layout, and nobody uses it any more.
            unsafe { self.memory.deallocate(self.slots.cast(), block.layout) }
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Arr<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..self.len).map(|index| self.get(index).ok())).finish()
    }
}

/// The shape of an array's memory.
#[derive(Clone, Copy)]
struct Block {
    layout: Layout,
    bits_at: usize,
    bit_words: usize,
}

impl Block {
    fn of<T>(len: usize) -> Result<Block, AllocError> {
        let slots = Layout::array::<T>(len).map_err(|_| AllocError::Overflow)?;
        let bit_words = len.div_ceil(64);
        let bits = Layout::array::<u64>(bit_words).map_err(|_| AllocError::Overflow)?;
        let (layout, bits_at) = slots.extend(bits).map_err(|_| AllocError::Overflow)?;
        Ok(Block { layout, bits_at, bit_words })
    }
}

/// Offset of the bits in the block of a live array, whose size is known to be legal.
fn bits_at<T>(len: usize) -> usize {
    (len * size_of::<T>()).next_multiple_of(align_of::<u64>())
}

fn bit(index: usize) -> u64 {
    1 << (index % 64)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
