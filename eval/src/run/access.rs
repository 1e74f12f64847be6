//! The short ways to what instructions read and write, inlined into the loop.

use crate::machine::{Machine, Shape, WINDOW};
use crate::word::array;
use crate::word::num::INT;
use runtime::{FrameStack, Heap};

/// The slots that instructions of the frame at `base` can name. Operands are 16 bits wide, so none is out of bounds.
#[inline(always)]
pub(super) fn window(stack: &mut FrameStack, base: usize) -> Option<&mut [u64; WINDOW]> {
    stack.words_mut().get_mut(base..base + WINDOW)?.try_into().ok()
}

#[inline(always)]
pub(super) fn block<'a>(heap: &'a Heap, plain: &'a Heap, word: u64) -> &'a [u64] {
    match Machine::block_of(word) {
        Some((handle, false)) => heap.words(handle).unwrap_or(&[]),
        Some((handle, true)) => plain.words(handle).unwrap_or(&[]),
        None => &[],
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
    let words: Option<[u64; N]> = f.get(from..from + N).and_then(|words| words.try_into().ok());
    if let (Some(words), Some(place)) = (words, f.get_mut(to..to + N)) {
        place.copy_from_slice(&words);
    }
}

/// The remainder that is not negative; the divisor is positive.
#[inline(always)]
pub(super) fn remainder(x: i64, y: i64) -> i64 {
    // Half as wide a division takes half the time, or less.
    if (x | y) as u64 >> 32 == 0 { i64::from(x as u32 % y as u32) } else { x.rem_euclid(y) }
}

impl Machine {
    /// The slot that an index names, if it is occupied. The index may be a fraction without a fractional part.
    #[inline(always)]
    pub(super) fn element(&self, header: [u64; 2], index: [u64; 2], shape: Shape) -> Option<usize> {
        let slot = if index[0] == INT { index[1] } else { self.bigs.to_small(index)? as u64 };
        let length = header[array::LENGTH];
        if slot >= length {
            return None;
        }
        let words = block(&self.heap, &self.plain, header[array::BLOCK]);
        let slot = slot as usize;
        shape.is_occupied(words, length as usize, slot).then_some(slot)
    }
}
