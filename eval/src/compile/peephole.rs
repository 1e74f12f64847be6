//! Small improvements while code is emitted: a value goes straight to where it is wanted, instead of through the slot of
//! a temporary that nobody else reads.

use super::Outcome;
use super::function::{Body, Emitter};
use crate::op::Op;
use hir::body::BinaryOp;
use hir::mir::{Operand, Place};

/// Instructions that are looked through for the one that computes a value.
const REACH: usize = 6;

impl Emitter<'_, '_> {
    /// Position of the last instruction, if no jump leads between it and here; that of its operands does not count.
    fn last(&self) -> Option<usize> {
        let mut at = self.ops.len().checked_sub(1)?;
        if matches!(self.ops[at], Op::Operands { .. }) {
            at = at.checked_sub(1)?;
        }
        (at >= self.barrier as usize).then_some(at)
    }

    /// Lets the instruction that puts words into slots which are not read afterwards put them elsewhere.
    fn redirect(&mut self, to: u16, from: u16, words: u32) -> bool {
        let Some(last) = self.last() else { return false };
        let first = (self.barrier as usize).max((last + 1).saturating_sub(REACH));
        for at in (first..=last).rev() {
            let mut op = self.ops[at];
            let Some((result, size)) = op.result() else { return false };
            if *result == from && size == words {
                *result = to;
                self.ops[at] = op;
                return true;
            }
            let written = (*result, size);
            if overlap(written, (to, words)) || overlap(written, (from, words)) {
                return false;
            }
            let Some(read) = op.operands() else { return false };
            if read.iter().any(|read| overlap(*read, (to, words)) || overlap(*read, (from, words))) {
                return false;
            }
        }
        false
    }

    /// Moves words out of a temporary of this statement that is not used any more.
    pub fn move_temporary(&mut self, to: u16, from: u16, words: u32) -> Outcome<()> {
        if u32::from(from) >= self.frame && self.redirect(to, from, words) {
            return Ok(());
        }
        self.move_words(to, from, words)
    }

    /// If one of the last instructions only moved words to a slot: takes it back and answers where they stand.
    fn take_back(&mut self, to: u16, words: u32, scratch: bool) -> Option<u16> {
        let first = (self.barrier as usize).max(self.ops.len().saturating_sub(REACH));
        let (at, from) = (first..self.ops.len()).rev().find_map(|at| match self.ops[at] {
            Op::Move1 { to: moved, from } if moved == to && words == 1 => Some((at, from)),
            Op::Move2 { to: moved, from } if moved == to && words == 2 => Some((at, from)),
            Op::Move3 { to: moved, from } if moved == to && words == 3 => Some((at, from)),
            _ => None,
        })?;
        // What stands in a temporary of another statement may be overwritten before it is read.
        let place = u32::from(from);
        let kept = place < self.frame || place >= self.frame + self.room || scratch;
        // Nothing between changes what was moved.
        let unchanged = self.ops[at + 1..].iter().all(|op| {
            let mut op = *op;
            op.result().is_some_and(|(result, size)| {
                !overlap((*result, size), (from, words)) && !overlap((*result, size), (to, words))
            })
        });
        if !kept || !unchanged {
            return None;
        }
        self.remove(at);
        Some(from)
    }

    /// An operation on a number that was just loaded from behind a borrow for it.
    pub fn number_from_memory(&mut self, op: BinaryOp, to: u16, a: u16, b: u16) -> bool {
        if self.here() == self.barrier {
            return false;
        }
        let Some(&Op::Load2 { to: loaded, pointer, offset }) = self.ops.last() else { return false };
        let Ok(offset) = u8::try_from(offset) else { return false };
        if u32::from(loaded) < self.frame || a == b {
            return false;
        }
        let fused = match op {
            BinaryOp::Add if loaded == b => Op::AddLoad { offset, to, a, pointer },
            BinaryOp::Sub if loaded == b => Op::SubLoad { offset, to, a, pointer },
            BinaryOp::Mul if loaded == b => Op::MulLoad { offset, to, a, pointer },
            BinaryOp::Add if loaded == a => Op::AddLoad { offset, to, a: b, pointer },
            BinaryOp::Mul if loaded == a => Op::MulLoad { offset, to, a: b, pointer },
            _ => return false,
        };
        self.remove(self.ops.len() - 1);
        self.op(fused);
        true
    }
}

impl Body<'_, '_> {
    /// The words of a temporary that only passes a value on.
    fn passing_slot(&self, place: &Place) -> Option<(u16, u32)> {
        let slot = place.slot.0 as usize;
        (place.projection.is_empty() && self.passing[slot]).then(|| self.slots[slot])
    }

    /// Lets the instruction that computed an operand put it where it goes, if nothing else reads it.
    pub fn redirect_operand(&mut self, to: u16, place: &Place) -> Option<u32> {
        let (word, words) = self.passing_slot(place)?;
        self.emit.redirect(to, word, words).then_some(words)
    }

    /// The slot of an operand for an instruction that follows at once.
    pub fn operand_in_place(&mut self, operand: &Operand) -> Outcome<u16> {
        if let Operand::Move(place) | Operand::Copy(place) = operand
            && let Some((word, words)) = self.passing_slot(place)
            && let Some(from) = self.emit.take_back(word, words, false)
        {
            return Ok(from);
        }
        Ok(self.operand(operand)?.0)
    }

    /// Where the result stands that is about to be returned.
    pub fn returned_from(&mut self, word: u16, words: u32) -> u16 {
        self.emit.take_back(word, words, true).unwrap_or(word)
    }
}

fn overlap(a: (u16, u32), b: (u16, u32)) -> bool {
    let end = |(start, words): (u16, u32)| u32::from(start) + words;
    u32::from(a.0) < end(b) && u32::from(b.0) < end(a)
}
