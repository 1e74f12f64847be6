//! What the interpreter does out of line: slow paths of numbers, failures of array accesses.

use crate::machine::Shape;
use crate::machine::{ALLOWANCE, Code, EMPTY_TEXT, Exit, Machine, no_memory};
use crate::num::Words;
use crate::op::NumOp;
use crate::word::num::INT;
use crate::word::{Pair, Pointer, array, state};
use runtime::{AllocatorId, Handle};

/// The name under which the digits of large numbers are counted; no allocator of the program hands them out.
const DIGITS: &str = "Num";

/// How much more work a digit of a long number is than a byte.
pub(crate) const PRINTING: usize = 16;

/// The failure that `next` gives after the end.
const ENDED: &str = "the coroutine has ended";
const VACANT: &str = "the slot is vacant";
const OCCUPIED: &str = "the slot is occupied";
const OUT_OF_RANGE: &str = "the index is out of range";

/// What the primitives of the library fail with.
pub(crate) const FAILURE_MESSAGES: [&str; 4] = [ENDED, VACANT, OCCUPIED, OUT_OF_RANGE];

impl Machine {
    #[cold]
    #[inline(never)]
    pub(crate) fn arithmetic(&mut self, op: NumOp, to: u16, a: u16, b: u16) -> Result<(), Exit> {
        let (x, y) = (self.number(a), self.number(b));
        self.arithmetic_on(op, to, x.into(), y.into())
    }

    /// The same with a small integer on the right.
    #[cold]
    #[inline(never)]
    pub(crate) fn arithmetic_with(&mut self, op: NumOp, to: u16, a: u16, value: i16) -> Result<(), Exit> {
        self.arithmetic_on(op, to, self.number(a).into(), (INT, i64::from(value) as u64))
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn arithmetic_on(&mut self, op: NumOp, to: u16, x: Pair, y: Pair) -> Result<(), Exit> {
        let result =
            self.bigs.arith(op, x.into(), y.into()).map_err(|message| Exit::Panic(message.to_owned()))?;
        self.account_numbers()?;
        self.set_number(to, result);
        self.maybe_sweep();
        self.settled()
    }

    /// The same with the result behind a borrow.
    #[cold]
    #[inline(never)]
    pub(crate) fn arithmetic_at(&mut self, op: NumOp, place: Pointer, x: Pair, y: Pair) -> Result<(), Exit> {
        let result =
            self.bigs.arith(op, x.into(), y.into()).map_err(|message| Exit::Panic(message.to_owned()))?;
        self.account_numbers()?;
        self.set_pair_anywhere(place, result.into());
        self.maybe_sweep();
        self.settled()
    }

    /// Gives large numbers that were just made the block their digits take (S9, 8.3.15).
    pub(crate) fn account_numbers(&mut self) -> Result<(), Exit> {
        while let Some((at, bytes)) = self.bigs.unaccounted() {
            if self.heap.totals().live_bytes.saturating_add(bytes as u64) > self.limits.max_heap {
                // Before a number is refused for want of memory, those go that nobody needs.
                self.sweep();
            }
            // Operations on long numbers take more than time proportional to their length.
            self.debt += bytes * 64;
            let digits = self.heap.allocator(DIGITS);
            let handle = self.heap.alloc_bytes(digits, bytes, self.pc).map_err(no_memory)?;
            self.bigs.set_block(at, handle.to_bits());
        }
        Ok(())
    }

    /// Drops the large numbers that `used` does not name, with their blocks.
    pub(crate) fn sweep_numbers(&mut self, used: &[bool], swept: usize) {
        for block in self.bigs.sweep(used, swept) {
            if let Some(handle) = Handle::from_bits(block) {
                // The block belongs to the number alone.
                let _ = self.heap.free(handle, self.pc);
            }
        }
    }

    /// Copies words between two places, which may lie in different regions.
    #[cold]
    #[inline(never)]
    pub(crate) fn copy(&mut self, to: Pointer, from: Pointer, words: usize) {
        if let (Some(to), Some(from)) = (to.stack_word(), from.stack_word()) {
            let all = self.stack.words_mut();
            if from + words <= all.len() && to + words <= all.len() {
                all.copy_within(from..from + words, to);
            }
            return;
        }
        let mut buffer = [0; 16];
        let mut done = 0;
        while done < words {
            let some = (words - done).min(buffer.len());
            let source = self.at(from.offset(done));
            let some = some.min(source.len());
            if some == 0 {
                return;
            }
            buffer[..some].copy_from_slice(&source[..some]);
            match self.at_mut(to.offset(done)).get_mut(..some) {
                Some(target) => target.copy_from_slice(&buffer[..some]),
                None => return,
            }
            done += some;
        }
    }

    /// Puts the `Ret` of a `next` after the end at a word of the stack.
    pub(crate) fn ended(&mut self, code: &Code, word: usize) -> Result<(), Exit> {
        self.put_failure(code, word, ENDED)
    }

    /// A failed `Ret` whose error holds nothing but a message. The message is static text: to fail takes no memory.
    fn put_failure(&mut self, code: &Code, word: usize, message: &str) -> Result<(), Exit> {
        let known = code.failure_messages.iter().find(|(known, _)| *known == message);
        let text = known
            .map_or([EMPTY_TEXT, 0, 0], |(text, literal)| [u64::from(*literal) + 1, text.len() as u64, 0]);
        if let Some(place) = self.stack.words_mut().get_mut(word..word + 4) {
            place[0] = state::FAIL;
            place[1..].copy_from_slice(&text);
        }
        Ok(())
    }

    /// The end of something that may have worked on much.
    fn settled(&self) -> Result<(), Exit> {
        if self.debt >= ALLOWANCE { Err(Exit::Pause) } else { Ok(()) }
    }

    pub(crate) fn append_other(&mut self, code: &Code, place: Pointer, other: Pointer) -> Result<(), Exit> {
        let text = self.copied_text(code, self.str_header(other));
        self.append(code, place, text.bytes(), self.pc)?;
        self.settled()
    }

    pub(crate) fn append_number(&mut self, code: &Code, place: Pointer, number: Words) -> Result<(), Exit> {
        if number[0] == INT {
            let (digits, start) = decimal(number[1] as i64);
            return self.append(code, place, &digits[start..], self.pc);
        }
        let mut text = String::new();
        self.bigs.print(number, &mut text);
        self.debt += text.len() * PRINTING;
        self.append(code, place, text.as_bytes(), self.pc)?;
        self.settled()
    }

    /// What is wrong with a slot, as the message of a `BoundsErr`.
    #[cold]
    #[inline(never)]
    pub(crate) fn slot_problem(&self, header: Pair, index: Pair, shape: Shape, reading: bool) -> String {
        let (block, length) = header;
        let index = index.into();
        let mut shown = String::new();
        self.bigs.print(index, &mut shown);
        let slot = self.bigs.to_small(index).and_then(|slot| u64::try_from(slot).ok());
        match slot {
            Some(slot) if slot < length => {
                let words = self.block(block);
                let occupied = shape.is_occupied(words, length as usize, slot as usize);
                match (reading, occupied) {
                    (true, _) => format!("slot {shown} is vacant"),
                    (false, _) => format!("slot {shown} is occupied"),
                }
            }
            _ => format!("index {shown} is out of range for a length of {length}"),
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn bounds_failure(
        &mut self,
        code: &Code,
        word: usize,
        header: Pair,
        index: Pair,
        reading: bool,
    ) -> Result<(), Exit> {
        let message = self.refusal(header, index, reading);
        self.put_failure(code, word, message)
    }

    /// The same as static text.
    #[cold]
    #[inline(never)]
    pub(crate) fn refusal(&self, header: Pair, index: Pair, reading: bool) -> &'static str {
        let slot = self.bigs.to_small(index.into()).and_then(|slot| u64::try_from(slot).ok());
        match (slot.is_some_and(|slot| slot < header.1), reading) {
            (false, _) => OUT_OF_RANGE,
            (true, true) => VACANT,
            (true, false) => OCCUPIED,
        }
    }

    /// A plain array (S8) of elements that lie side by side in the frame.
    pub(crate) fn plain_array(&mut self, to: u16, from: u16, count: u16, shape: Shape) -> Result<(), Exit> {
        let count = count as usize;
        let block = self.new_plain(count, shape)?;
        let words = shape.words as usize;
        let start = self.base + from as usize;
        let elements: Vec<u64> = self.stack.words().get(start..start + count * words).unwrap_or(&[]).to_vec();
        let place = self.block_mut(block);
        if let Some(place) = place.get_mut(..elements.len()) {
            place.copy_from_slice(&elements);
        }
        if !shape.niche {
            for slot in 0..count {
                shape.mark(place, count, slot, true);
            }
        }
        self.set_slot(to, block);
        self.set_slot(to.wrapping_add(1), count as u64);
        Ok(())
    }

    /// The block word of a new plain array with vacant slots.
    pub(crate) fn new_plain(&mut self, slots: usize, shape: Shape) -> Result<u64, Exit> {
        if slots == 0 {
            return Ok(array::NO_BLOCK);
        }
        let words =
            shape.block_words(slots).ok_or_else(|| Exit::Panic("the array is too large".to_owned()))?;
        let handle = self.plain.alloc_words(AllocatorId::GLOBAL, words, self.pc).map_err(no_memory)?;
        Ok(handle.to_bits() | array::PLAIN)
    }

    /// Frees the block that an array header names; its elements were dropped.
    pub(crate) fn free_block(&mut self, word: u64) {
        match Machine::block_of(word) {
            // A block that is gone has nothing left to free.
            Some((handle, false)) => drop(self.heap.free(handle, self.pc)),
            Some((handle, true)) => drop(self.plain.free(handle, self.pc)),
            None => {}
        }
    }
}

/// The digits of a small integer with its sign, at the end of a buffer, and where they begin.
fn decimal(value: i64) -> ([u8; 20], usize) {
    let mut buffer = [b'0'; 20];
    let (mut rest, mut start) = (value.unsigned_abs(), buffer.len());
    loop {
        start -= 1;
        buffer[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        start -= 1;
        buffer[start] = b'-';
    }
    (buffer, start)
}

#[cfg(test)]
mod tests {
    #[test]
    fn small_integers_are_written_in_decimal() {
        for value in [0, 7, -1, 10, 1_234_567_890, i64::MAX, i64::MIN] {
            let (digits, start) = super::decimal(value);
            assert_eq!(std::str::from_utf8(&digits[start..]), Ok(value.to_string().as_str()));
        }
    }
}
