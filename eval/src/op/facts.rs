//! What the compiler knows about instructions: where they jump, what they read and write.

use super::{Compare, Op};

impl Op {
    /// Makes a jump that stands at `at` lead to `target`; `false` if that is too far for it.
    pub fn set_target(&mut self, at: u32, target: u32) -> bool {
        match self {
            Op::Skip { target: place } | Op::Jump { target: place } => *place = target,
            Op::JumpIf { target: place, .. } | Op::JumpUnless { target: place, .. } => *place = target,
            other => {
                if let Some(by) = other.distance() {
                    match i16::try_from(i64::from(target) - i64::from(at) - 1) {
                        Ok(distance) => *by = distance,
                        Err(_) => return false,
                    }
                }
            }
        }
        true
    }

    /// How far a short jump goes, from the instruction behind it.
    fn distance(&mut self) -> Option<&mut i16> {
        match self {
            Op::JumpLt { by, .. }
            | Op::JumpNotLt { by, .. }
            | Op::JumpLe { by, .. }
            | Op::JumpNotLe { by, .. }
            | Op::JumpEq { by, .. }
            | Op::JumpNotEq { by, .. }
            | Op::JumpLtInt { by, .. }
            | Op::JumpNotLtInt { by, .. }
            | Op::JumpLeInt { by, .. }
            | Op::JumpNotLeInt { by, .. }
            | Op::JumpGtInt { by, .. }
            | Op::JumpNotGtInt { by, .. }
            | Op::JumpGeInt { by, .. }
            | Op::JumpNotGeInt { by, .. }
            | Op::JumpEqInt { by, .. }
            | Op::JumpNotEqInt { by, .. }
            | Op::LoopLt { by, .. }
            | Op::LoopLe { by, .. }
            | Op::LoopLtInt { by, .. }
            | Op::LoopLeInt { by, .. }
            | Op::LoopGtInt { by, .. }
            | Op::LoopGeInt { by, .. }
            | Op::JumpWordEq { by, .. }
            | Op::JumpWordNe { by, .. }
            | Op::Operands { by, .. } => Some(by),
            _ => None,
        }
    }

    /// The jump that is taken when this one is not.
    pub fn contrary(self) -> Option<Op> {
        Some(match self {
            Op::JumpLt { a, b, by } => Op::JumpNotLt { a, b, by },
            Op::JumpLe { a, b, by } => Op::JumpNotLe { a, b, by },
            Op::JumpEq { a, b, by } => Op::JumpNotEq { a, b, by },
            Op::JumpNotEq { a, b, by } => Op::JumpEq { a, b, by },
            Op::JumpLtInt { a, value, by } => Op::JumpNotLtInt { a, value, by },
            Op::JumpLeInt { a, value, by } => Op::JumpNotLeInt { a, value, by },
            Op::JumpGtInt { a, value, by } => Op::JumpNotGtInt { a, value, by },
            Op::JumpGeInt { a, value, by } => Op::JumpNotGeInt { a, value, by },
            Op::JumpEqInt { a, value, by } => Op::JumpNotEqInt { a, value, by },
            Op::JumpNotEqInt { a, value, by } => Op::JumpEqInt { a, value, by },
            Op::JumpWordEq { a, value, by } => Op::JumpWordNe { a, value, by },
            Op::JumpWordNe { a, value, by } => Op::JumpWordEq { a, value, by },
            _ => return None,
        })
    }

    /// What closes a loop that this jump leaves at its head.
    pub fn closing(self) -> Option<Op> {
        let by = 0;
        Some(match self {
            Op::JumpNotLt { a, b, .. } => Op::LoopLt { a, b, by },
            Op::JumpNotLe { a, b, .. } => Op::LoopLe { a, b, by },
            Op::JumpNotLtInt { a, value, .. } => Op::LoopLtInt { a, value, by },
            Op::JumpNotLeInt { a, value, .. } => Op::LoopLeInt { a, value, by },
            Op::JumpNotGtInt { a, value, .. } => Op::LoopGtInt { a, value, by },
            Op::JumpNotGeInt { a, value, .. } => Op::LoopGeInt { a, value, by },
            _ => return None,
        })
    }

    /// Where an instruction puts its result, with the words of that, for those that read all operands before.
    pub fn result(&mut self) -> Option<(&mut u16, u32)> {
        Some(match self {
            Op::Move1 { to, .. }
            | Op::Word { to, .. }
            | Op::Not { to, .. }
            | Op::IsWord { to, .. }
            | Op::Words { to, .. }
            | Op::Compare { to, .. }
            | Op::Address { to, .. }
            | Op::AddressInGenerator { to, .. }
            | Op::Offset { to, .. }
            | Op::OffsetBy { to, .. }
            | Op::Load1 { to, .. }
            | Op::ArrayHas { to, .. }
            | Op::ArrayElement { to, .. } => (to, 1),
            Op::Move2 { to, .. }
            | Op::Int { to, .. }
            | Op::Num { to, .. }
            | Op::Add { to, .. }
            | Op::Sub { to, .. }
            | Op::Mul { to, .. }
            | Op::AddInt { to, .. }
            | Op::MulInt { to, .. }
            | Op::RemInt { to, .. }
            | Op::Div { to, .. }
            | Op::Rem { to, .. }
            | Op::Arithmetic { to, .. }
            | Op::NumHash { to, .. }
            | Op::AddLoad { to, .. }
            | Op::SubLoad { to, .. }
            | Op::MulLoad { to, .. }
            | Op::LoadLength { to, .. }
            | Op::Load2 { to, .. } => (to, 2),
            Op::Move3 { to, .. } | Op::Text { to, .. } => (to, 3),
            Op::MoveN { to, words, .. } => (to, u32::from(*words)),
            _ => return None,
        })
    }

    /// The slots that an instruction with a [`Op::result`] reads, or more; `None` where that is not known.
    pub fn operands(self) -> Option<[(u16, u32); 2]> {
        Some(match self {
            Op::Int { .. } | Op::Num { .. } | Op::Word { .. } | Op::Text { .. } => [(0, 0); 2],
            Op::Move1 { from, .. } | Op::Not { from, .. } => [(from, 1), (from, 1)],
            Op::Move2 { from, .. } | Op::NumHash { from, .. } => [(from, 2), (from, 2)],
            Op::Move3 { from, .. } => [(from, 3), (from, 3)],
            Op::MoveN { from, words, .. } => [(from, u32::from(words)); 2],
            Op::Add { a, b, .. }
            | Op::Sub { a, b, .. }
            | Op::Mul { a, b, .. }
            | Op::Div { a, b, .. }
            | Op::Rem { a, b, .. }
            | Op::Arithmetic { a, b, .. }
            | Op::Compare { a, b, .. } => [(a, 2), (b, 2)],
            Op::AddInt { a, .. } | Op::MulInt { a, .. } | Op::RemInt { a, .. } => [(a, 2), (a, 2)],
            Op::AddLoad { a, pointer, .. }
            | Op::SubLoad { a, pointer, .. }
            | Op::MulLoad { a, pointer, .. } => [(a, 2), (pointer, 1)],
            Op::IsWord { a, .. } => [(a, 1), (a, 1)],
            Op::Words { a, b, .. } => [(a, 1), (b, 1)],
            // The words whose address is taken may be any number.
            Op::Address { of, .. } | Op::AddressInGenerator { of, .. } => [(of, u32::from(u16::MAX)); 2],
            Op::Load1 { pointer, .. } | Op::Load2 { pointer, .. } | Op::LoadLength { pointer, .. } => {
                [(pointer, 1), (pointer, 1)]
            }
            _ => return None,
        })
    }

    /// The instruction with absolute targets, for code that is put at `start`.
    pub fn relocate(self, start: u32) -> Op {
        match self {
            Op::Jump { target } => Op::Jump { target: target + start },
            Op::Skip { target } => Op::Skip { target: target + start },
            Op::JumpIf { condition, target } => Op::JumpIf { condition, target: target + start },
            Op::JumpUnless { condition, target } => Op::JumpUnless { condition, target: target + start },
            Op::Abandon { target } => Op::Abandon { target: target + start },
            other => other,
        }
    }
}

impl Compare {
    /// Whether it holds between values that are of one kind; `<=>` is no question of that.
    #[inline(always)]
    pub fn holds<T: PartialOrd>(self, x: T, y: T) -> bool {
        match self {
            Compare::Eq => x == y,
            Compare::Ne => x != y,
            Compare::Lt => x < y,
            Compare::Le => x <= y,
            Compare::Gt => x > y,
            Compare::Ge => x >= y,
            Compare::Cmp => false,
        }
    }
}
