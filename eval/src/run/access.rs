//! The short ways to what instructions read and write, inlined into the loop.

use crate::machine::{Code, Machine, Shape, WINDOW};
use crate::num::{Bigs, Words};
use crate::op::{Compare, WordOp};
use crate::word::num::{FLOAT, INT};
use crate::word::{Pair, Pointer, array};
use runtime::{FrameStack, Handle, Heap, load_each};

/// The words below the frame at `base`, and the slots that its instructions can name. Operands are 16 bits wide, so none
/// is out of bounds.
#[inline(always)]
pub(super) fn window(stack: &mut FrameStack, base: usize) -> Option<(&mut [u64], &mut [u64; WINDOW])> {
    let (below, frame) = stack.words_mut().split_at_mut_checked(base)?;
    Some((below, frame.first_chunk_mut()?))
}

/// Words behind a borrow, where they can be had without the rest of the machine: below the frame, in a block of the
/// heap, or in the frame itself. `None` for the other regions, and for what lies in none.
#[inline(always)]
pub(super) fn behind<const N: usize>(
    below: &[u64],
    f: &[u64; WINDOW],
    heap: &Heap,
    place: Pointer,
) -> Option<[u64; N]> {
    // A borrow of the stack is the position of the word, and no other is as small.
    let at = place.0 as usize;
    let words = if at < below.len() {
        below.get(at..)?
    } else if let Some((block, word)) = place.heap_word() {
        heap.words_at(block).get(word..)?
    } else {
        f.get(at - below.len()..)?
    };
    words.first_chunk().map(load_each)
}

#[inline(always)]
pub(super) fn behind_mut<'a, const N: usize>(
    below: &'a mut [u64],
    f: &'a mut [u64; WINDOW],
    heap: &'a mut Heap,
    place: Pointer,
) -> Option<&'a mut [u64; N]> {
    let at = place.0 as usize;
    let words = if at < below.len() {
        below.get_mut(at..)?
    } else if let Some((block, word)) = place.heap_word() {
        heap.words_at_mut(block).get_mut(word..)?
    } else {
        f.get_mut(at - below.len()..)?
    };
    words.first_chunk_mut()
}

/// The same for any number of words, and not for those of the frame.
#[inline(always)]
pub(super) fn stretch<'a>(
    below: &'a [u64],
    heap: &'a Heap,
    place: Pointer,
    words: usize,
) -> Option<&'a [u64]> {
    if let Some((block, word)) = place.heap_word() {
        return heap.words_at(block).get(word..word + words);
    }
    below.get(place.stack_word()?..)?.get(..words)
}

#[inline(always)]
pub(super) fn stretch_mut<'a>(
    below: &'a mut [u64],
    heap: &'a mut Heap,
    place: Pointer,
    words: usize,
) -> Option<&'a mut [u64]> {
    if let Some((block, word)) = place.heap_word() {
        return heap.words_at_mut(block).get_mut(word..word + words);
    }
    below.get_mut(place.stack_word()?..)?.get_mut(..words)
}

/// The words of the block that an array's header names.
#[inline(always)]
pub(super) fn block<'a>(heap: &'a Heap, plain: &'a Heap, word: u64) -> &'a [u64] {
    // An array without a block has this bit too.
    if word & array::PLAIN != 0 {
        return plain_block(plain, word);
    }
    Handle::from_bits(word).and_then(|handle| heap.words(handle)).unwrap_or(&[])
}

#[cold]
#[inline(never)]
fn plain_block(plain: &Heap, word: u64) -> &[u64] {
    Machine::block_of(word).and_then(|(handle, _)| plain.words(handle)).unwrap_or(&[])
}

#[inline(always)]
pub(super) fn block_mut<'a>(heap: &'a mut Heap, plain: &'a mut Heap, word: u64) -> &'a mut [u64] {
    if word & array::PLAIN != 0 {
        return plain_block_mut(plain, word);
    }
    Handle::from_bits(word).and_then(|handle| heap.words_mut(handle)).unwrap_or(&mut [])
}

#[cold]
#[inline(never)]
fn plain_block_mut(plain: &mut Heap, word: u64) -> &mut [u64] {
    Machine::block_of(word).and_then(|(handle, _)| plain.words_mut(handle)).unwrap_or(&mut [])
}

/// The slot of an array that an index names. The index may be a fraction without a fractional part.
#[inline(always)]
fn slot_of(bigs: &Bigs, header: [u64; 2], index: Words) -> Option<usize> {
    let slot = if index[0] == INT { index[1] } else { rare_index(bigs, index.into())? };
    (slot < header[array::LENGTH]).then_some(slot as usize)
}

#[cold]
#[inline(never)]
fn rare_index(bigs: &Bigs, index: Pair) -> Option<u64> {
    bigs.to_small(index.into()).map(|slot| slot as u64)
}

/// The slot that an index names and the words of its element, if it is occupied.
#[inline(always)]
pub(super) fn element<'a>(
    heap: &'a Heap,
    plain: &'a Heap,
    bigs: &Bigs,
    header: [u64; 2],
    index: Words,
    shape: Shape,
) -> Option<(usize, &'a [u64])> {
    let slot = slot_of(bigs, header, index)?;
    let block = block(heap, plain, header[array::BLOCK]);
    let start = slot * shape.words as usize;
    let element = block.get(start..start + shape.words as usize)?;
    let occupied = match shape.niche {
        true => element.first().is_some_and(|&first| first != 0),
        false => shape.is_occupied(block, header[array::LENGTH] as usize, slot),
    };
    occupied.then_some((slot, element))
}

/// Copies a value into a slot of an array; `false` when the slot does not take it. `over`: whether it may be occupied.
#[inline(always)]
pub(super) fn put(
    block: &mut [u64],
    bigs: &Bigs,
    header: [u64; 2],
    index: Words,
    shape: Shape,
    value: Option<&[u64]>,
    over: bool,
) -> bool {
    let Some(slot) = slot_of(bigs, header, index) else { return false };
    let length = header[array::LENGTH] as usize;
    if !over && shape.is_occupied(block, length, slot) {
        return false;
    }
    let start = slot * shape.words as usize;
    let (Some(place), Some(value)) = (block.get_mut(start..start + shape.words as usize), value) else {
        return false;
    };
    copy_words(place, value);
    shape.mark(block, length, slot, true);
    true
}

/// Copies words between slices of the same length. Most values are of a few words, for which a call of `memmove` takes
/// longer than the copy.
#[inline(always)]
pub(super) fn copy_words(to: &mut [u64], from: &[u64]) {
    match from.len() {
        1 => copy_exactly::<1>(to, from),
        2 => copy_exactly::<2>(to, from),
        _ => copy_several(to, from),
    }
}

#[inline(never)]
fn copy_several(to: &mut [u64], from: &[u64]) {
    match from.len() {
        3 => copy_exactly::<3>(to, from),
        4 => copy_exactly::<4>(to, from),
        5 => copy_exactly::<5>(to, from),
        6 => copy_exactly::<6>(to, from),
        words if words == to.len() => to.copy_from_slice(from),
        _ => {}
    }
}

#[inline(always)]
fn copy_exactly<const N: usize>(to: &mut [u64], from: &[u64]) {
    if let (Ok(to), Some(from)) = (<&mut [u64; N]>::try_from(to), from.first_chunk()) {
        *to = load_each(from);
    }
}

/// Moves words inside the frame. Most values are of a few words, for which a call of `memmove` takes longer than the move.
#[inline(always)]
pub(super) fn move_words(f: &mut [u64; WINDOW], to: usize, from: usize, words: usize) {
    match words {
        4 => move_exactly::<4>(f, to, from),
        5 => move_exactly::<5>(f, to, from),
        6 => move_exactly::<6>(f, to, from),
        _ => {
            let words = words.min(WINDOW - from).min(WINDOW - to);
            f.copy_within(from..from + words, to);
        }
    }
}

#[inline(always)]
fn move_exactly<const N: usize>(f: &mut [u64; WINDOW], to: usize, from: usize) {
    let words: Option<[u64; N]> = f.get(from..).and_then(|words| words.first_chunk()).map(load_each);
    if let (Some(words), Some(place)) = (words, f.get_mut(to..).and_then(|words| words.first_chunk_mut())) {
        *place = words;
    }
}

/// The remainder that is not negative; the divisor is positive.
#[inline(always)]
pub(super) fn remainder(x: i64, y: i64) -> i64 {
    if (x as u64) < y as u64 {
        // Nothing to divide, as where an index is kept in a range: a division takes ten times as long.
        x
    } else if (x | y) as u64 >> 32 == 0 {
        // Half as wide a division takes half the time, or less.
        i64::from(x as u32 % y as u32)
    } else {
        x.rem_euclid(y)
    }
}

/// What two numbers of the same kind make, if that is a small number again.
#[inline(always)]
pub(super) fn calculated(
    x: Words,
    y: Words,
    small: impl Fn(i64, i64) -> Option<i64>,
    float: impl Fn(f64, f64) -> f64,
) -> Option<Words> {
    if x[0] | y[0] == INT {
        small(x[1] as i64, y[1] as i64).map(|result| [INT, result as u64])
    } else if x[0] == FLOAT && y[0] == FLOAT {
        Some([FLOAT, float(f64::from_bits(x[1]), f64::from_bits(y[1])).to_bits()])
    } else {
        None
    }
}

/// An operator on single words.
#[inline(always)]
pub(super) fn word_operator(op: WordOp, x: u64, y: u64) -> u64 {
    match op {
        WordOp::Eq => u64::from(x == y),
        WordOp::Ne => u64::from(x != y),
        WordOp::Lt => u64::from(x < y),
        WordOp::Le => u64::from(x <= y),
        WordOp::Gt => u64::from(x > y),
        WordOp::Ge => u64::from(x >= y),
        WordOp::And => x & y,
        WordOp::Or => x | y,
        WordOp::Xor => x ^ y,
        WordOp::Cmp => crate::num::order_member(x.cmp(&y)),
    }
}

/// The result of a comparison of small integers.
#[inline(always)]
pub(super) fn comparison(op: Compare, x: i64, y: i64) -> u64 {
    match op {
        Compare::Cmp => crate::num::order_member(x.cmp(&y)),
        _ => u64::from(op.holds(x, y)),
    }
}

/// What a table says for a class tag; 0 if nothing.
#[inline(always)]
pub(super) fn table_entry(code: &Code, table: u32, tag: u64) -> u32 {
    code.tables.get(table as usize).and_then(|table| table.get(tag as usize)).copied().unwrap_or(0)
}
