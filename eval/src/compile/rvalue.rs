//! Assignments: values computed without a call of the program.

use super::function::{Body, slot};
use super::place::Place as Location;
use super::{Outcome, Refusal, too_large};
use crate::op::{Access, Builtin, Compare, NumOp, Op, WordOp};
use crate::word::state;
use hir::ClassId;
use hir::body::BinaryOp;
use hir::item_tree::ConstValue;
use hir::layout::WORD;
use hir::mir::{Fold, FoldOp, Object, Operand, Place, Rvalue};
use hir::ty::{Convention, Ty, TyArgs};

impl Body<'_, '_> {
    pub fn assign(&mut self, place: &Place, value: &Rvalue) -> Outcome<()> {
        let target = self.place(place)?;
        let words = self.emit.compiler.held_words(target.convention(), target.ty())?;
        match target {
            Location::Frame { word, .. } => self.rvalue(word, target.ty().clone(), value),
            Location::Memory { .. } => {
                if self.assign_number(place, &target, value)? {
                    return Ok(());
                }
                // A value that stands in a slot already is stored from there.
                if let Rvalue::Use(operand) = value {
                    let (from, _) = self.operand(operand)?;
                    return self.emit.store(&target, from, words);
                }
                let to = self.emit.temporary(words)?;
                self.rvalue(to, target.ty().clone(), value)?;
                self.emit.store(&target, to, words)
            }
        }
    }

    fn rvalue(&mut self, to: u16, to_ty: Ty, value: &Rvalue) -> Outcome<()> {
        match value {
            Rvalue::Use(operand) => {
                self.operand_to(to, operand)?;
            }
            Rvalue::Ref { place, .. } => {
                let place = self.place(place)?;
                let (from, words) = self.emit.borrow(&place, Some(&to_ty))?;
                self.emit.move_words(to, from, words)?;
            }
            Rvalue::Object(object) => {
                let Object { class, args, attributes, bases } = &**object;
                self.object(to, *class, args, attributes, bases)?;
            }
            Rvalue::Tuple(parts) => {
                let mut at = u32::from(to);
                for part in parts.iter() {
                    at += self.operand_to(slot(at)?, part)?;
                }
            }
            Rvalue::Array { values, .. } if values.is_empty() => self.emit.empty_array(to),
            Rvalue::Array { element, values } => {
                let element = self.ty(element);
                let words = self.emit.compiler.words(&element)?;
                let from = self.emit.temporary(words * values.len() as u32)?;
                for (index, value) in values.iter().enumerate() {
                    self.operand_to(slot(u32::from(from) + words * index as u32)?, value)?;
                }
                let shape = self.emit.shape(&element)?;
                let count = u16::try_from(values.len()).map_err(|_| too_large())?;
                self.emit.op(Op::ArrayLiteral { to, from, count });
                self.emit.op(Op::Operands { how: Access::default(), shape, slot: 0, by: 0 });
            }
            Rvalue::Closure { captures, .. } => {
                let mut at = u32::from(to);
                for capture in captures {
                    at += self.operand_to(slot(at)?, capture)?;
                }
            }
            Rvalue::Upcast { value, to: base } => self.upcast(to, value, base)?,
            Rvalue::IntoVar { value, member, .. } => {
                self.operand_to(slot(u32::from(to) + 1)?, value)?;
                self.emit.op(Op::Word { to, value: *member as i32 + 1 });
            }
            Rvalue::FunctionValue { value, to: function } => {
                let function = self.ty(function);
                self.function_value(to, value, &function)?;
            }
            Rvalue::EnumValue { class, value } => self.enum_value(to, *class, value)?,
            Rvalue::Primitive { op, operands } => self.primitive(to, *op, &operands[0], &operands[1])?,
            Rvalue::IsPass(place) => {
                let place = self.place(place)?;
                let a = match &place {
                    Location::Frame { word, .. } => *word,
                    Location::Memory { .. } => {
                        let read = self.emit.temporary(1)?;
                        self.emit.load(read, &place, 1)?;
                        read
                    }
                };
                self.emit.op(Op::IsWord { to, a, value: state::PASS as i16 });
            }
            Rvalue::PassValue(operand) | Rvalue::FailValue(operand) => {
                let words = self.emit.compiler.words(&to_ty)?;
                let payload = match operand {
                    Operand::Move(place) | Operand::Copy(place) => {
                        let place = self.place(place)?;
                        place.part(1, to_ty.clone(), Convention::Value)?
                    }
                    Operand::Const(_) => return Err(Refusal("a constant has no payload".to_owned())),
                };
                // The pass value of a borrow-yielding `next` is a borrow.
                let words = self.pass_borrow_words(operand, &to_ty).unwrap_or(words);
                self.emit.load(to, &payload, words)?;
            }
            Rvalue::Failure { error, .. } => {
                self.operand_to(slot(u32::from(to) + 1)?, error)?;
                self.emit.op(Op::Word { to, value: state::FAIL as i32 });
            }
            Rvalue::Builtin { place, name, .. } => {
                let place = self.place(place)?;
                if **name != "length" {
                    return Err(Refusal(format!("`{name}` cannot be evaluated")));
                }
                self.length(to, &place)?;
            }
            Rvalue::LengthTest { place, count, at_least } => {
                let place = self.place(place)?;
                let (length, wanted) = (self.emit.temporary(2)?, self.emit.temporary(2)?);
                self.length(length, &place)?;
                self.emit.op(Op::Int { to: wanted, value: *count as i32 });
                let op = if *at_least { Compare::Ge } else { Compare::Eq };
                self.emit.op(Op::Compare { op, to, a: length, b: wanted });
            }
            Rvalue::ElementRef { place, index } => {
                let place = self.place(place)?;
                let element = self.emit.compiler.argument(place.ty(), 0);
                let shape = self.emit.shape(&element)?;
                let array = self.emit.pointer_to(&place)?;
                let at = self.emit.temporary(2)?;
                if *index >= 0 {
                    self.emit.op(Op::Int { to: at, value: *index });
                } else {
                    let length = self.emit.temporary(2)?;
                    self.length(length, &place)?;
                    let value = i16::try_from(*index).map_err(|_| too_large())?;
                    self.emit.op(Op::AddInt { to: at, a: length, value });
                }
                self.emit.op(Op::ArrayElement { to, array, index: at });
                self.emit.op(Op::Operands { how: Access::default(), shape, slot: 0, by: 0 });
            }
            Rvalue::IsClass { place, class } => self.is_class(to, place, *class)?,
            Rvalue::TupleRest { place, from } => {
                let place = self.place(place)?;
                let Ty::Tuple(parts) = place.ty().clone() else {
                    return Err(Refusal("the rest of something that is not a tuple".to_owned()));
                };
                let mut at = u32::from(to);
                for (index, part) in parts.iter().enumerate().skip(*from as usize) {
                    let element = self.emit.element_of_tuple(&place, index as u32)?;
                    let words = self.emit.compiler.words(part)?;
                    self.emit.load(slot(at)?, &element, words)?;
                    at += words;
                }
            }
        }
        Ok(())
    }

    /// Words of the borrow that is the pass value of a slot marked so.
    fn pass_borrow_words(&self, operand: &Operand, ty: &Ty) -> Option<u32> {
        let (Operand::Move(place) | Operand::Copy(place)) = operand else { return None };
        let slot = &self.mir.slots[place.slot.0 as usize];
        (slot.pass_borrow && place.projection.is_empty()).then(|| self.emit.compiler.borrow_words(ty))
    }

    /// The length of an array: a word of its header, which is not a `Num` by itself.
    pub fn length(&mut self, to: u16, array: &Location) -> Outcome<()> {
        match array {
            Location::Frame { word, .. } => {
                self.emit.move_words(slot(u32::from(to) + 1)?, slot(u32::from(*word) + 1)?, 1)?;
                self.emit.op(Op::Word { to, value: crate::word::num::INT as i32 });
            }
            Location::Memory { pointer, offset, .. } => {
                let offset = slot(u32::from(*offset) + crate::word::array::LENGTH as u32)?;
                self.emit.op(Op::LoadLength { to, pointer: *pointer, offset });
            }
        }
        Ok(())
    }

    fn object(
        &mut self,
        to: u16,
        class: ClassId,
        args: &TyArgs,
        attributes: &[Operand],
        bases: &[(ClassId, Operand)],
    ) -> Outcome<()> {
        let ty = Ty::Class(class, self.emit.compiler.concrete_args(&self.subst, args));
        let layout = self.emit.compiler.object(&ty)?;
        let mut object = u32::from(to);
        if self.emit.compiler.is_polymorphic(&ty) {
            let tag = self.emit.compiler.tag(&ty);
            self.emit.op(Op::Word { to, value: tag as i32 });
            object += 1;
        }
        let own = layout.sections.iter().find(|section| section.ty.class() == Some(class));
        for (index, value) in attributes.iter().enumerate() {
            let Some((_, offset)) = own.and_then(|section| section.attributes.get(index)) else { continue };
            self.operand_to(slot(object + offset / WORD)?, value)?;
        }
        let mut filled: Vec<ClassId> = vec![class];
        for (_, base) in bases {
            let (_, base_ty) = self.operand_type(base)?;
            let (from, _) = self.operand(base)?;
            let inside = self.emit.compiler.object(&base_ty)?;
            let start = u32::from(from) + u32::from(self.emit.compiler.is_polymorphic(&base_ty));
            for section in &inside.sections {
                let Some(id) = section.ty.class() else { continue };
                if filled.contains(&id) {
                    continue;
                }
                filled.push(id);
                let here = layout.sections.iter().find(|here| here.ty.class() == Some(id));
                let Some(here) = here else { continue };
                for ((part, from), (_, to)) in section.attributes.iter().zip(&here.attributes) {
                    let words = self.emit.compiler.words(part)?;
                    self.emit.move_words(slot(object + to / WORD)?, slot(start + from / WORD)?, words)?;
                }
            }
        }
        Ok(())
    }

    fn upcast(&mut self, to: u16, value: &Operand, base: &Ty) -> Outcome<()> {
        let base = self.ty(base);
        let (convention, from) = self.operand_type(value)?;
        if convention != Convention::Value {
            let place = match value {
                Operand::Move(place) | Operand::Copy(place) => self.place(place)?,
                Operand::Const(_) => return Err(Refusal("a constant is no borrow".to_owned())),
            };
            let (at, words) = self.emit.borrow(&place, Some(&base))?;
            return self.emit.move_words(to, at, words);
        }
        if from == base
            || self.emit.compiler.is_polymorphic(&from)
            || !self.emit.compiler.is_polymorphic(&base)
        {
            // The class stands in front already.
            let words = self.emit.compiler.words(&from)?.min(self.emit.compiler.words(&base)?);
            let (at, _) = self.operand(value)?;
            return self.emit.move_words(to, at, words);
        }
        self.operand_to(slot(u32::from(to) + 1)?, value)?;
        let tag = self.emit.compiler.tag(&from);
        self.emit.op(Op::Word { to, value: tag as i32 });
        Ok(())
    }

    fn function_value(&mut self, to: u16, value: &Operand, function: &Ty) -> Outcome<()> {
        let object = slot(u32::from(to) + 1)?;
        let (_, from) = self.operand_type(value)?;
        match &from {
            Ty::Func(func, args) => {
                let code = self.emit.item_code(*func, args)?;
                self.emit.op(Op::Word { to, value: code as i32 + 1 });
                self.emit.op(Op::Word { to: object, value: 0 });
                Ok(())
            }
            Ty::Closure(closure) => {
                let (at, _) = self.operand(value)?;
                self.emit.box_closure(to, at, closure, function)
            }
            _ => {
                self.operand_to(to, value)?;
                Ok(())
            }
        }
    }

    fn enum_value(&mut self, to: u16, class: ClassId, value: &Operand) -> Outcome<()> {
        let (member, _) = self.operand(value)?;
        let data = hir::items::class_data(self.emit.compiler.db, class).clone();
        let mut ends = Vec::new();
        for (index, declared) in data.members.iter().flatten().enumerate() {
            let value = i16::try_from(index + 1).map_err(|_| too_large())?;
            let skip = self.emit.jump(Op::JumpWordNe { a: member, value, by: 0 });
            match &declared.value {
                None => self.emit.op(Op::Int { to, value: index as i32 }),
                Some(constant) => self.const_value(to, constant)?,
            }
            ends.push(self.emit.jump(Op::Skip { target: 0 }));
            self.emit.land(skip);
        }
        for end in ends {
            self.emit.land(end);
        }
        Ok(())
    }

    fn const_value(&mut self, to: u16, constant: &ConstValue) -> Outcome<()> {
        match constant {
            ConstValue::Number(number) => self.emit.number(to, number),
            ConstValue::Bool(value) => {
                self.emit.op(Op::Word { to, value: i32::from(*value) });
                Ok(())
            }
            ConstValue::Str(text) => {
                let literal = self.emit.compiler.literal(text);
                self.emit.op(Op::Text { to, literal });
                Ok(())
            }
            _ => Err(Refusal("the value of this member cannot be evaluated".to_owned())),
        }
    }

    fn primitive(&mut self, to: u16, op: BinaryOp, lhs: &Operand, rhs: &Operand) -> Outcome<()> {
        let (_, ty) = self.operand_type(lhs)?;
        if !self.emit.compiler.is_class(&ty, self.emit.compiler.lang.num) {
            let (a, _) = self.operand(lhs)?;
            let (b, _) = self.operand(rhs)?;
            self.emit.op(Op::Words { op: word_op(op), to, a, b });
            return Ok(());
        }
        let a = self.operand_in_place(lhs)?;
        // `x + 1` with a small constant is one instruction.
        if let Some(value) = small_integer(rhs) {
            let with_int = match op {
                BinaryOp::Add => Some(Op::AddInt { to, a, value }),
                BinaryOp::Sub => value.checked_neg().map(|value| Op::AddInt { to, a, value }),
                BinaryOp::Mul => Some(Op::MulInt { to, a, value }),
                BinaryOp::Rem if value > 0 => Some(Op::RemInt { to, a, value }),
                _ => None,
            };
            if let Some(op) = with_int {
                self.emit.op(op);
                return Ok(());
            }
        }
        let b = self.operand_in_place(rhs)?;
        if !self.emit.number_from_memory(op, to, a, b) {
            self.emit.number_op(op, to, a, b);
        }
        Ok(())
    }

    /// `x += …` on a number behind a borrow.
    fn assign_number(&mut self, place: &Place, target: &Location, value: &Rvalue) -> Outcome<bool> {
        let Location::Memory { pointer, offset, ty, .. } = target else { return Ok(false) };
        let (pointer, offset) = (*pointer, *offset);
        let Rvalue::Primitive { op, operands } = value else { return Ok(false) };
        let [lhs, rhs] = &**operands;
        let (Operand::Copy(changed) | Operand::Move(changed)) = lhs else { return Ok(false) };
        if changed != place
            || !matches!(op, BinaryOp::Add | BinaryOp::Sub)
            || !self.emit.compiler.is_class(ty, self.emit.compiler.lang.num)
        {
            return Ok(false);
        }
        if let Some(value) = small_integer(rhs) {
            let value = if *op == BinaryOp::Add { Some(value) } else { value.checked_neg() };
            if let Some(value) = value {
                self.emit.op(Op::AddIntStore { pointer, offset, value });
                return Ok(true);
            }
        }
        let value = self.operand_in_place(rhs)?;
        self.emit.op(match op {
            BinaryOp::Add => Op::AddStore { pointer, offset, value },
            _ => Op::SubStore { pointer, offset, value },
        });
        Ok(true)
    }

    /// OP9: one element after the other.
    pub fn fold(&mut self, fold: &Fold) -> Outcome<()> {
        let (_, pack) = self.operand_type(&fold.pack)?;
        let (at, _) = self.operand(&fold.pack)?;
        let dest = self.place(&fold.dest)?;
        let words = self.emit.compiler.held_words(dest.convention(), dest.ty())?;
        let total = self.emit.temporary(words)?;
        let step = |body: &mut Self, element: u16| -> Outcome<()> {
            let (a, b) = if fold.from_left { (total, element) } else { (element, total) };
            match &fold.op {
                FoldOp::Primitive(op) => {
                    body.emit.number_or_word_op(*op, dest.ty(), total, a, b);
                    Ok(())
                }
                FoldOp::Call { target, lhs, rhs } => {
                    body.call_with_slots(target, &[(a, *lhs), (b, *rhs)], dest.ty().clone(), total, words)
                }
            }
        };
        match &pack {
            Ty::Tuple(parts) => {
                let mut offsets = Vec::with_capacity(parts.len());
                let mut word = u32::from(at);
                for part in parts.iter() {
                    offsets.push(slot(word)?);
                    word += self.emit.compiler.words(part)?;
                }
                if !fold.from_left {
                    offsets.reverse();
                }
                let mut offsets = offsets.into_iter();
                match &fold.init {
                    Some(init) => {
                        self.operand_to(total, init)?;
                    }
                    None => match offsets.next() {
                        Some(first) => self.emit.move_words(total, first, words)?,
                        None => return self.empty_fold(),
                    },
                }
                for element in offsets {
                    step(self, element)?;
                }
            }
            _ => {
                let element_ty = self.emit.compiler.argument(&pack, 0);
                let shape = self.emit.shape(&element_ty)?;
                let size = self.emit.compiler.words(&element_ty)?;
                let (index, length, one) =
                    (self.emit.temporary(2)?, self.emit.temporary(2)?, self.emit.temporary(size)?);
                let header =
                    Location::Frame { word: at, ty: pack.clone(), convention: Convention::Value, tag: None };
                self.length(length, &header)?;
                let array = self.emit.temporary(1)?;
                self.emit.address(array, at);
                let zero = self.emit.temporary(2)?;
                self.emit.op(Op::Int { to: zero, value: 0 });
                if fold.from_left {
                    self.emit.op(Op::Int { to: index, value: 0 });
                } else {
                    self.emit.op(Op::AddInt { to: index, a: length, value: -1 });
                }
                let by = if fold.from_left { 1 } else { -1 };
                match &fold.init {
                    Some(init) => {
                        self.operand_to(total, init)?;
                    }
                    None => {
                        let some = self.emit.jump(Op::JumpGtInt { a: length, value: 0, by: 1 });
                        let skip = self.emit.jump(Op::Skip { target: 0 });
                        let _ = some;
                        let over = self.emit.jump(Op::Skip { target: 0 });
                        self.emit.land(skip);
                        self.empty_fold()?;
                        self.emit.land(over);
                        self.emit.op(Op::ArrayTakeUnwrap { to: total, array, index });
                        self.emit.op(Op::Operands { how: Access::default(), shape, slot: 0, by: 0 });
                        self.emit.op(Op::AddInt { to: index, a: index, value: by });
                    }
                }
                let head = self.emit.label();
                let inside = if fold.from_left {
                    Op::JumpLt { a: index, b: length, by: 1 }
                } else {
                    Op::JumpGeInt { a: index, value: 0, by: 1 }
                };
                self.emit.op(inside);
                let end = self.emit.jump(Op::Skip { target: 0 });
                self.emit.op(Op::ArrayTakeUnwrap { to: one, array, index });
                self.emit.op(Op::Operands { how: Access::default(), shape, slot: 0, by: 0 });
                step(self, one)?;
                self.emit.op(Op::AddInt { to: index, a: index, value: by });
                self.emit.op(Op::Jump { target: head });
                self.emit.land(end);
            }
        }
        self.emit.store(&dest, total, words)
    }

    fn empty_fold(&mut self) -> Outcome<()> {
        let literal = self.emit.compiler.literal("a fold of an empty pack has no value");
        self.emit.op(Op::PanicText { literal });
        Ok(())
    }

    fn is_class(&mut self, to: u16, place: &Place, class: ClassId) -> Outcome<()> {
        let place = self.place(place)?;
        let ty = place.ty().clone();
        if !self.emit.compiler.is_polymorphic(&ty) {
            self.emit.op(Op::Word { to, value: 1 });
            return Ok(());
        }
        let (borrow, _) = self.emit.borrow(&place, None)?;
        let wanted = self
            .emit
            .compiler
            .possible(&ty)
            .into_iter()
            .map(|(_, ty)| ty)
            .find(|ty| ty.class() == Some(class))
            .unwrap_or(Ty::Class(class, TyArgs::EMPTY));
        let set = self.emit.compiler.class_set(&wanted);
        self.emit.op(Op::Builtin { builtin: Builtin::IsClass, a: to, b: borrow + 1, c: set });
        Ok(())
    }
}

impl super::function::Emitter<'_, '_> {
    pub fn number_op(&mut self, op: BinaryOp, to: u16, a: u16, b: u16) {
        let compare = match op {
            BinaryOp::Eq => Some(Compare::Eq),
            BinaryOp::Ne => Some(Compare::Ne),
            BinaryOp::Lt => Some(Compare::Lt),
            BinaryOp::Le => Some(Compare::Le),
            BinaryOp::Gt => Some(Compare::Gt),
            BinaryOp::Ge => Some(Compare::Ge),
            BinaryOp::Cmp => Some(Compare::Cmp),
            _ => None,
        };
        if let Some(op) = compare {
            self.op(Op::Compare { op, to, a, b });
            return;
        }
        self.op(match op {
            BinaryOp::Add => Op::Add { to, a, b },
            BinaryOp::Sub => Op::Sub { to, a, b },
            BinaryOp::Mul => Op::Mul { to, a, b },
            BinaryOp::Div => Op::Div { to, a, b },
            BinaryOp::Rem => Op::Rem { to, a, b },
            BinaryOp::BitAnd => Op::Arithmetic { op: NumOp::BitAnd, to, a, b },
            BinaryOp::BitOr => Op::Arithmetic { op: NumOp::BitOr, to, a, b },
            BinaryOp::BitXor => Op::Arithmetic { op: NumOp::BitXor, to, a, b },
            BinaryOp::Shl => Op::Arithmetic { op: NumOp::Shl, to, a, b },
            BinaryOp::Shr => Op::Arithmetic { op: NumOp::Shr, to, a, b },
            BinaryOp::Rol => Op::Arithmetic { op: NumOp::Rol, to, a, b },
            _ => Op::Arithmetic { op: NumOp::Ror, to, a, b },
        });
    }

    fn number_or_word_op(&mut self, op: BinaryOp, ty: &Ty, to: u16, a: u16, b: u16) {
        if self.compiler.is_class(ty, self.compiler.lang.bool) {
            self.op(Op::Words { op: word_op(op), to, a, b });
        } else {
            self.number_op(op, to, a, b);
        }
    }
}

/// A constant that an instruction can hold.
fn small_integer(operand: &Operand) -> Option<i16> {
    match operand {
        Operand::Const(hir::mir::Const::Number(number)) if !number.imaginary => number.text.parse().ok(),
        _ => None,
    }
}

pub(super) fn word_op(op: BinaryOp) -> WordOp {
    match op {
        BinaryOp::Eq => WordOp::Eq,
        BinaryOp::Ne => WordOp::Ne,
        BinaryOp::Lt => WordOp::Lt,
        BinaryOp::Le => WordOp::Le,
        BinaryOp::Gt => WordOp::Gt,
        BinaryOp::Ge => WordOp::Ge,
        BinaryOp::Cmp => WordOp::Cmp,
        BinaryOp::Or | BinaryOp::BitOr => WordOp::Or,
        BinaryOp::BitXor => WordOp::Xor,
        _ => WordOp::And,
    }
}
