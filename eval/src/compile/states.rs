//! Values that are in one of several states: `Opt`, `Ret`, `Var`, and objects seen as a base class.

use super::function::{Body, slot};
use super::place::Place as Location;
use super::{Instance, Outcome};
use crate::op::{Builtin, Op};
use crate::word::state;
use hir::mir::Call;
use hir::ty::{Convention, Ty};

impl Body<'_, '_> {
    /// `unwrap` and `unwrap_fail`: the payload of the wanted state, or a panic.
    pub(super) fn unwrap(&mut self, call: &Call, ty: &Ty, wanted: u64) -> Outcome<()> {
        let from = self.value(call, 0)?;
        self.check_state(ty, from, wanted)?;
        let payload = from + 1;
        let words = match &call.dest {
            Some(dest) => {
                let place = self.place(dest)?;
                self.result_words(call, &place)?
            }
            None => 0,
        };
        self.compute(call, words, |emit, to| emit.move_words(to, payload, words))
    }

    /// Panics if the `Opt` or `Ret` at a slot is not in the wanted state.
    fn check_state(&mut self, ty: &Ty, at: u16, wanted: u64) -> Outcome<()> {
        let good = self.emit.jump(Op::JumpWordEq { a: at, value: wanted as i16, by: 0 });
        let lang = self.emit.compiler.lang;
        let error = self.emit.compiler.argument(ty, 1);
        let text = match (self.emit.compiler.is_class(ty, lang.opt), wanted) {
            (true, _) => "unwrap of an empty Opt",
            (false, state::PASS) => "unwrap of a failed Ret",
            (false, _) => "unwrap_fail of a passed Ret",
        };
        match self.message_offset(&error).filter(|_| wanted == state::PASS) {
            Some(offset) => {
                let message = self.emit.temporary(3)?;
                let pointer = self.emit.temporary(1)?;
                let literal = self.emit.compiler.literal(&format!("{text}: "));
                self.emit.op(Op::Text { to: message, literal });
                self.emit.address(pointer, message);
                let reason = self.emit.temporary(1)?;
                self.emit.address(reason, slot(u32::from(at) + 1 + offset)?);
                self.emit.op(Op::AppendStr { pointer, other: reason });
                self.emit.op(Op::Panic { message });
            }
            None => {
                let literal = self.emit.compiler.literal(text);
                self.emit.op(Op::PanicText { literal });
            }
        }
        self.emit.land(good);
        Ok(())
    }

    /// Words from the start of an error to its attribute `message: Str`.
    fn message_offset(&self, error: &Ty) -> Option<u32> {
        let compiler = &self.emit.compiler;
        let class = error.class()?;
        let data = hir::items::class_data(compiler.db, class);
        let index = data.attributes.iter().position(|attribute| attribute.name == "message")?;
        if compiler.is_polymorphic(error) || data.is_builtin {
            return None;
        }
        let layout = compiler.object(error).ok()?;
        let (ty, offset) = layout.sections.first()?.attributes.get(index)?;
        compiler.is_class(ty, compiler.lang.str).then_some(offset / hir::layout::WORD)
    }

    pub(super) fn var_holds(&mut self, call: &Call, instance: &Instance, ty: &Ty) -> Outcome<()> {
        let member = self.member_of(instance, ty);
        let pointer = self.pointer(call, 0)?;
        self.compute(call, 1, |emit, to| {
            let read = emit.temporary(1)?;
            emit.op(Op::Load1 { to: read, pointer, offset: 0 });
            emit.op(Op::IsWord { to, a: read, value: member as i16 });
            Ok(())
        })
    }

    pub(super) fn var_into(&mut self, call: &Call, instance: &Instance, ty: &Ty) -> Outcome<()> {
        let member = self.member_of(instance, ty);
        let wanted = instance.args.first().cloned().unwrap_or(Ty::Unknown);
        let words = self.emit.compiler.words(&wanted)?;
        let from = self.value(call, 0)?;
        let place = Location::Frame { word: from, ty: ty.clone(), convention: Convention::Value, tag: None };
        let literal = self.emit.compiler.literal("the value is of another type");
        self.compute(call, 1 + words.max(3), |emit, to| {
            let other = emit.jump(Op::JumpWordNe { a: from, value: member as i16, by: 0 });
            emit.move_words(slot(u32::from(to) + 1)?, from + 1, words)?;
            emit.pass(to);
            let end = emit.jump(Op::Skip { target: 0 });
            emit.land(other);
            emit.drop_at(&place)?;
            emit.op(Op::Text { to: slot(u32::from(to) + 1)?, literal });
            emit.op(Op::Word { to, value: state::FAIL as i32 });
            emit.land(end);
            Ok(())
        })
    }

    fn member_of(&self, instance: &Instance, ty: &Ty) -> i32 {
        let wanted = instance.args.first();
        let members = self.emit.compiler.payloads(ty);
        members.iter().position(|member| Some(member) == wanted).map_or(0, |at| at as i32 + 1)
    }

    pub(super) fn downcast(&mut self, call: &Call, instance: &Instance) -> Outcome<()> {
        let wanted = instance.args.first().cloned().unwrap_or(Ty::Unknown);
        let from_ty = self.type_of_argument(call, 0)?;
        let from = self.value(call, 0)?;
        let words = self.emit.compiler.words(&wanted)?;
        let literal = self.emit.compiler.literal("the object is of another class");
        let place =
            Location::Frame { word: from, ty: from_ty.clone(), convention: Convention::Value, tag: None };
        let tagged = self.emit.compiler.is_polymorphic(&from_ty);
        let keeps_tag = self.emit.compiler.is_polymorphic(&wanted);
        let set = self.emit.compiler.class_set(&wanted);
        self.compute(call, 1 + words.max(3), |emit, to| {
            let payload = slot(u32::from(to) + 1)?;
            if !tagged {
                emit.move_words(payload, from, words)?;
                emit.pass(to);
                return Ok(());
            }
            let is = emit.temporary(1)?;
            emit.op(Op::Builtin { builtin: Builtin::IsClass, a: is, b: from, c: set });
            let other = emit.jump(Op::JumpUnless { condition: is, target: 0 });
            emit.move_words(payload, from + u16::from(!keeps_tag), words)?;
            emit.pass(to);
            let end = emit.jump(Op::Skip { target: 0 });
            emit.land(other);
            emit.drop_at(&place)?;
            emit.op(Op::Text { to: payload, literal });
            emit.op(Op::Word { to, value: state::FAIL as i32 });
            emit.land(end);
            Ok(())
        })
    }
}
