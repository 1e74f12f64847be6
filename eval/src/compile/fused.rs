//! Two calls that are one instruction, or one call: an access to an array and its `unwrap`, a coroutine and its `await`.

use super::function::{Body, slot};
use super::place::Place as Location;
use super::{Key, Outcome, Refusal};
use crate::op::{Access, Op};
use hir::items::signature;
use hir::mir::{Arg, Call, CallTarget, Operand, Statement, StatementKind};
use hir::ty::{Convention, Ty};

impl Body<'_, '_> {
    /// Two statements that are one instruction; answers how many were taken.
    pub fn fused(&mut self, statements: &[Statement]) -> Outcome<usize> {
        let Some(StatementKind::Call(first)) = statements.first().map(|statement| &statement.kind) else {
            return Ok(0);
        };
        let Some(between) = &first.dest else { return Ok(0) };
        let lives = statements[1..]
            .iter()
            .take_while(|statement| matches!(statement.kind, StatementKind::StorageLive(_)))
            .count();
        let Some(StatementKind::Call(second)) = statements.get(1 + lives).map(|statement| &statement.kind)
        else {
            return Ok(0);
        };
        let takes = match &*second.args {
            [Arg::Value(Operand::Move(place)), ..] => place == between && place.projection.is_empty(),
            _ => false,
        };
        let (CallTarget::Func { .. }, CallTarget::Func { .. }) = (&first.target, &second.target) else {
            return Ok(0);
        };
        if !takes {
            return Ok(0);
        }
        let (second_instance, ..) = self.target_instance(&second.target)?;
        if second_instance.func == self.emit.compiler.lang.fut_await {
            return Ok(if self.awaited(first, second)? { 2 + lives } else { 0 });
        }
        let (first_instance, ..) = self.target_instance(&first.target)?;
        if !signature(self.emit.compiler.db, first_instance.func).is_builtin
            || !signature(self.emit.compiler.db, second_instance.func).is_builtin
        {
            return Ok(0);
        }
        let (what, then) =
            (self.emit.compiler.primitive(&first_instance), self.emit.compiler.primitive(&second_instance));
        if (then.class.as_str(), then.name.as_str()) != ("Ret", "unwrap") || what.class != "Arr" {
            return Ok(0);
        }
        let subst = self.emit.compiler.subst(&first_instance);
        let formal = self.emit.compiler.container_type(first_instance.func).unwrap_or(Ty::Unknown);
        let array_ty = self.emit.compiler.concrete(&subst, &formal);
        let element = self.emit.compiler.argument(&array_ty, 0);
        let trivial =
            hir::facts::copy_is_trivial(self.emit.compiler.db, self.emit.compiler.program, &element);
        let owns = self.emit.compiler.needs_drop(&element);
        let take = match what.name.as_str() {
            "get" if trivial => false,
            "take" => true,
            // A value that is refused is dropped before anything else happens.
            "put" | "set" if !owns => {
                let shape = self.emit.shape(&element)?;
                let (array, how) = self.array(first)?;
                let (index, value) = (self.value(first, 1)?, self.value(first, 2)?);
                self.emit.op(match what.name.as_str() {
                    "put" => Op::ArrayPut { to: 0, array, index },
                    _ => Op::ArraySet { to: 0, array, index },
                });
                let how = how.and(Access::UNWRAP);
                self.emit.op(Op::Operands { how, shape, slot: value, by: 0 });
                return Ok(2 + lives);
            }
            _ => return Ok(0),
        };
        let words = self.emit.compiler.words(&element)?;
        let shape = self.emit.shape(&element)?;
        let (array, how) = self.array(first)?;
        let index = self.value(first, 1)?;
        self.compute(second, words, |emit, to| {
            emit.op(match take {
                true => Op::ArrayTakeUnwrap { to, array, index },
                false => Op::ArrayGetUnwrap { to, array, index },
            });
            emit.op(Op::Operands { how, shape, slot: 0, by: 0 });
            Ok(())
        })?;
        // A value nobody wants is dropped like every temporary.
        if second.dest.is_none() && self.emit.compiler.needs_drop(&element) {
            return Err(Refusal("an unwrapped value is lost".to_owned()));
        }
        Ok(2 + lives)
    }

    /// A coroutine that is awaited at once runs like a function.
    fn awaited(&mut self, first: &Call, second: &Call) -> Outcome<bool> {
        let (instance, ..) = self.target_instance(&first.target)?;
        let declared = signature(self.emit.compiler.db, instance.func).clone();
        if declared.is_builtin {
            let subst = self.emit.compiler.subst(&instance);
            let formal = self.emit.compiler.container_type(instance.func).unwrap_or(Ty::Unknown);
            let array_ty = self.emit.compiler.concrete(&subst, &formal);
            if !self.emit.compiler.is_class(&array_ty, self.emit.compiler.lang.arr) {
                return Ok(false);
            }
            let element = self.emit.compiler.argument(&array_ty, 0);
            let shape = self.emit.shape(&element)?;
            let (array, how) = self.array(first)?;
            let index = self.value(first, 1)?;
            let at = self.emit.temporary(1)?;
            self.emit.op(Op::ArrayElement { to: at, array, index });
            self.emit.op(Op::Operands { how, shape, slot: 0, by: 0 });
            let place = Location::Memory {
                pointer: at,
                offset: 0,
                ty: element,
                convention: Convention::Value,
                tag: None,
            };
            let (from, words) = self.emit.borrow(&place, None)?;
            self.compute(second, words, |emit, to| emit.move_temporary(to, from, words))?;
            return Ok(true);
        }
        if declared.is_abstract || self.emit.compiler.mir(instance.func).is_none() {
            return Ok(false);
        }
        let mir = self.emit.compiler.usable_mir(&instance)?;
        let subst = self.emit.compiler.subst(&instance);
        let mut at = u32::from(self.emit.out()?);
        for (param, arg) in mir.slots[1..=mir.param_count as usize].iter().zip(&first.args) {
            let ty = self.emit.compiler.concrete(&subst, &param.ty);
            let words = self.emit.compiler.held_words(param.convention, &ty)?;
            let (from, given) = self.argument(arg)?;
            if given != words {
                return Ok(false);
            }
            self.emit.move_words(slot(at)?, from, words)?;
            at += words;
        }
        let function = self.emit.compiler.function(Key::Awaited(instance));
        self.emit.op(Op::Call { function });
        self.result(second, None)?;
        Ok(true)
    }
}
