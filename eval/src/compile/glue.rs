//! Code that no function of the program is: dropping values (DR2) and adapters between ways of calling.

use super::function::{Emitter, Mode, slot};
use super::place::Place as Location;
use super::{Compiler, Instance, Key, Outcome, Refusal, Within};
use crate::op::{Access, Builtin, FuncIndex, Op};
use crate::word::array;
use hir::items::{Env, signature};
use hir::mir::MirKind;
use hir::ty::{Convention, Ty};
use hir::{layout, members};

impl Emitter<'_, '_> {
    /// Drops the value at a place, if dropping it does something.
    pub fn drop_at(&mut self, place: &Location) -> Outcome<()> {
        if place.convention() != Convention::Value || !self.compiler.needs_drop(place.ty()) {
            return Ok(());
        }
        let ty = place.ty().clone();
        if self.compiler.is_class(&ty, self.compiler.lang.str) {
            match place {
                Location::Frame { word, .. } => self.op(Op::DropStr { slot: *word }),
                Location::Memory { .. } => {
                    let pointer = self.pointer_to(place)?;
                    self.op(Op::DropStrAt { pointer });
                }
            }
            return Ok(());
        }
        if self.is_plain_object(&ty) {
            if hir::facts::has_del(self.compiler.db, self.compiler.program, &Env::EMPTY, &ty) {
                return self.call_del(place);
            }
            if let Some((offset, part)) = self.only_part(&ty)? {
                return self.drop_at(&place.part(offset, part, Convention::Value)?);
            }
        }
        // An array without a block, as an empty pack or vector, has nothing to drop.
        let is_array = self.compiler.is_class(&ty, self.compiler.lang.arr);
        let unless_empty = |emit: &mut Self, word| {
            is_array.then(|| emit.jump(Op::JumpWordEq { a: word, value: array::NO_BLOCK as i16, by: 0 }))
        };
        let function = self.compiler.function(Key::Drop(ty, self.within));
        let out = self.out()?;
        let empty = match place {
            Location::Frame { word, .. } => {
                let empty = unless_empty(self, *word);
                self.address(out, *word);
                empty
            }
            Location::Memory { .. } => {
                let pointer = self.pointer_to(place)?;
                let mut block = 0;
                if is_array {
                    block = self.temporary(1)?;
                    self.op(Op::Load1 { to: block, pointer, offset: array::BLOCK as u16 });
                }
                let empty = unless_empty(self, block);
                self.move_words(out, pointer, 1)?;
                empty
            }
        };
        self.call_dropping(function);
        if let Some(empty) = empty {
            self.land(empty);
        }
        Ok(())
    }

    /// Whether a value of this type is an object of exactly that class, made of its attributes.
    fn is_plain_object(&self, ty: &Ty) -> bool {
        let (db, program, lang) = (self.compiler.db, self.compiler.program, self.compiler.lang);
        let Ty::Class(class, _) = ty else { return false };
        let is_primitive = [lang.str, lang.arr, lang.generator, lang.fut].contains(class)
            || lang.fn_kind(*class).is_some()
            || layout::payloads(db, program, ty).is_some();
        !is_primitive && !self.compiler.is_polymorphic(ty)
    }

    /// The one attribute of an object that has to be dropped when the object is, with its offset in words.
    fn only_part(&self, ty: &Ty) -> Outcome<Option<(u32, Ty)>> {
        let layout = self.compiler.object(ty)?;
        let attributes = layout.sections.iter().flat_map(|section| &section.attributes);
        let mut dropped = attributes.filter(|(part, _)| self.compiler.needs_drop(part));
        Ok(match (dropped.next(), dropped.next()) {
            (Some((part, offset)), None) => Some((offset / layout::WORD, part.clone())),
            _ => None,
        })
    }

    /// Code that drops something. On a cycle with a `del`, what is left of this one is a continuation (F12).
    fn call_dropping(&mut self, function: FuncIndex) {
        self.op(match self.within {
            Some(_) => Op::CallAccumulating { function, glue: true },
            None => Op::CallGlue { function },
        });
    }
}

impl<'db> Compiler<'db> {
    /// Emits code in two attempts: the first finds how much room temporaries take.
    fn emit_glue(
        &mut self,
        function: FuncIndex,
        arguments: u32,
        frame: u32,
        within: Within,
        emit: impl Fn(&mut Emitter<'_, 'db>) -> Outcome<()>,
    ) -> Outcome<()> {
        let mut room = 0;
        loop {
            let mut emitter = Emitter::new(self, function, frame, room, Mode::Function);
            emitter.within = within;
            emit(&mut emitter)?;
            if emitter.most_scratch <= room {
                return emitter.finish(arguments, None);
            }
            room = emitter.most_scratch;
        }
    }

    /// One argument: a borrow of the value.
    pub(super) fn compile_drop(&mut self, function: FuncIndex, ty: &Ty, within: Within) -> Outcome<()> {
        let ty = ty.clone();
        self.emit_glue(function, 1, 1, within, |emit| {
            emit.drop_value(&ty)?;
            emit.op(Op::Return0);
            Ok(())
        })
    }

    pub(super) fn compile_drop_object(
        &mut self,
        function: FuncIndex,
        ty: &Ty,
        within: Within,
    ) -> Outcome<()> {
        let ty = ty.clone();
        self.emit_glue(function, 1, 1, within, |emit| {
            emit.drop_object(&ty)?;
            emit.op(Op::Return0);
            Ok(())
        })
    }

    /// Two arguments: a borrow of the array's header, and the first slot to drop.
    pub(super) fn compile_drop_elements(
        &mut self,
        function: FuncIndex,
        element: &Ty,
        within: Within,
    ) -> Outcome<()> {
        let element = element.clone();
        self.emit_glue(function, 2, 2, within, |emit| {
            let shape = emit.shape(&element)?;
            let at = emit.temporary(1)?;
            let head = emit.label();
            emit.op(Op::ArrayNext { to: at, array: 0, index: 1 });
            let end = emit.jump(Op::Operands { how: Access::default(), shape, slot: 0, by: 0 });
            let place = Location::Memory {
                pointer: at,
                offset: 0,
                ty: element.clone(),
                convention: Convention::Value,
                tag: None,
            };
            emit.drop_at(&place)?;
            emit.op(Op::Jump { target: head });
            emit.land(end);
            emit.op(Op::Return0);
            Ok(())
        })
    }

    /// A function item behind a function value: the object that comes first is left out.
    pub(super) fn compile_item_adapter(&mut self, function: FuncIndex, instance: &Instance) -> Outcome<()> {
        let declared = signature(self.db, instance.func).clone();
        let subst = self.subst(instance);
        let mut words = 0;
        for param in &declared.params {
            let ty = self.concrete(&subst, &param.ty);
            words += self.held_words(param.convention, &ty)?;
        }
        let result = self.concrete(&subst, &declared.ret);
        let instance = instance.clone();
        let is_print = self.lang.print.contains(&instance.func);
        let result_words = if self.is_void(&result) { 0 } else { self.words(&result)? };
        self.emit_glue(function, words + 1, words + 1, None, |emit| {
            let out = emit.out()?;
            if is_print || declared.is_builtin {
                emit.library_item(&instance, &declared, &subst, 1)?;
                emit.op(Op::Return0);
                return Ok(());
            }
            emit.move_words(out, 1, words)?;
            let callee = emit.compiler.function(Key::Function(instance.clone()));
            emit.op(Op::CallGlue { function: callee });
            emit.op(Op::Return { from: out, words: slot(result_words)? });
            Ok(())
        })
    }

    /// A lambda that uses up its object, called with a borrow of it.
    pub(super) fn compile_lambda_adapter(
        &mut self,
        function: FuncIndex,
        instance: &Instance,
        path: &[u32],
    ) -> Outcome<()> {
        let mir = self.usable_mir(instance)?;
        let lambda = super::function::lambda_at(&mir, path)
            .ok_or_else(|| Refusal("a lambda is missing".to_owned()))?
            .clone();
        let subst = self.subst(instance);
        let mut object = 0;
        for field in &lambda.captures {
            let ty = self.concrete(&subst, &field.ty);
            object += self.held_words(field.convention, &ty)?;
        }
        let mut words = 0;
        for param in &lambda.slots[2..=lambda.param_count as usize] {
            let ty = self.concrete(&subst, &param.ty);
            words += self.held_words(param.convention, &ty)?;
        }
        let result = self.concrete(&subst, &lambda.slots[0].ty);
        let result_words = if self.is_void(&result) { 0 } else { self.words(&result)? };
        let (instance, path) = (instance.clone(), path.to_vec());
        self.emit_glue(function, words + 1, words + 1, None, |emit| {
            let out = emit.out()?;
            let place = Location::Memory {
                pointer: 0,
                offset: 0,
                ty: Ty::Unknown,
                convention: Convention::Value,
                tag: None,
            };
            emit.load(out, &place, object)?;
            emit.move_words(slot(u32::from(out) + object)?, 1, words)?;
            let callee = emit.compiler.function(Key::Lambda(instance.clone(), path.clone()));
            emit.op(Op::CallGlue { function: callee });
            emit.op(Op::Return { from: out, words: slot(result_words)? });
            Ok(())
        })
    }

    /// An override, called with a receiver that is seen as the base class: a borrow with class, or a variable with its
    /// class in front. `ty` is the object's own class.
    pub(super) fn compile_virtual_adapter(
        &mut self,
        function: FuncIndex,
        instance: &Instance,
        ty: &Ty,
    ) -> Outcome<()> {
        let mir = self.usable_mir(instance)?;
        let subst = self.subst(instance);
        let mut params = Vec::new();
        for param in &mir.slots[1..=mir.param_count as usize] {
            let ty = self.concrete(&subst, &param.ty);
            let words = self.held_words(param.convention, &ty)?;
            params.push((param.convention, ty, words));
        }
        let result = self.concrete(&subst, &mir.slots[0].ty);
        let result_words = if self.is_void(&result) { 0 } else { self.words(&result)? };
        let is_generator = matches!(mir.kind, MirKind::Coroutine { .. });
        let rest: u32 = params.iter().skip(1).map(|(_, _, words)| *words).sum();
        let declared = signature(self.db, instance.func).clone();
        let receiver = declared.self_param.map_or(Convention::Ref, |param| param.convention);
        // The base's variable: one word for the class, then room for the largest; found from where this is called.
        let base_words = match receiver {
            Convention::Value => self.receiver_words(instance, ty)?,
            _ => 2,
        };
        let (instance, ty) = (instance.clone(), ty.clone());
        self.emit_glue(function, base_words + rest, base_words + rest, None, |emit| {
            let out = emit.out()?;
            let mut at = u32::from(out);
            let Some((convention, self_ty, words)) = params.first().cloned() else {
                return Err(Refusal("a method without receiver was called on an object".to_owned()));
            };
            match (receiver, convention) {
                (Convention::Value, Convention::Value) if emit.compiler.is_polymorphic(&self_ty) => {
                    emit.move_words(out, 0, words.min(base_words))?;
                }
                (Convention::Value, Convention::Value) => emit.move_words(out, 1, words)?,
                (Convention::Value, _) => {
                    let place =
                        Location::Frame { word: 1, ty: ty.clone(), convention: Convention::Value, tag: None };
                    let (from, words) = emit.borrow(&place, Some(&self_ty))?;
                    emit.move_words(out, from, words)?;
                }
                (_, Convention::Value) => {
                    let place = Location::Memory {
                        pointer: 0,
                        offset: 0,
                        ty: ty.clone(),
                        convention: Convention::Value,
                        tag: None,
                    };
                    emit.load(out, &place, words)?;
                }
                _ => emit.move_words(out, 0, words)?,
            }
            at += words;
            emit.move_words(slot(at)?, slot(base_words)?, rest)?;
            let callee = emit.compiler.function(Key::Function(instance.clone()));
            if is_generator {
                emit.op(Op::Generator { words: slot(words + rest)?, function: callee });
                emit.op(Op::Return2 { from: out });
            } else {
                emit.op(Op::CallGlue { function: callee });
                emit.op(Op::Return { from: out, words: slot(result_words)? });
            }
            Ok(())
        })
    }

    /// Words of a by-value receiver seen as the base class whose method is overridden.
    fn receiver_words(&self, instance: &Instance, ty: &Ty) -> Outcome<u32> {
        let overridden = members::overridden_by(self.db, self.program, instance.func);
        for base in overridden {
            if let Some(formal) = self.container_type(base)
                && let Some(class) = formal.class()
                && let Some(base) = hir::sups::superimposes(self.db, self.program, &Env::EMPTY, ty, class)
            {
                return self.words(&base);
            }
        }
        self.words(ty)
    }

    /// A generator over `Arr.get_ref` and `Arr.get_mut`: arguments are a borrow of the array and the index.
    pub(super) fn compile_array_element(&mut self, function: FuncIndex, element: &Ty) -> Outcome<()> {
        let element = element.clone();
        let borrow = self.borrow_words(&element);
        let mut room = 0;
        loop {
            let mut emit = Emitter::new(self, function, 3, room, Mode::Generator);
            let shape = emit.shape(&element)?;
            let at = emit.temporary(2)?;
            emit.op(Op::ArrayElement { to: at, array: 0, index: 1 });
            emit.op(Op::Operands { how: Access::default(), shape, slot: 0, by: 0 });
            let place = Location::Memory {
                pointer: at,
                offset: 0,
                ty: element.clone(),
                convention: Convention::Value,
                tag: None,
            };
            let (from, _) = emit.borrow(&place, None)?;
            emit.op(Op::Yield { from, words: slot(borrow)?, resume: 0 });
            let abandon = emit.jump(Op::Abandon { target: 0 });
            let end = emit.here();
            emit.op(Op::Finish { from: 0, words: 0 });
            if let Op::Abandon { target } = &mut emit.ops[abandon as usize] {
                *target = end;
            }
            if emit.most_scratch <= room {
                return emit.finish(3, Some(end));
            }
            room = emit.most_scratch;
        }
    }
}

impl Emitter<'_, '_> {
    /// The value that the borrow in slot 0 refers to.
    fn drop_value(&mut self, ty: &Ty) -> Outcome<()> {
        let lang = self.compiler.lang;
        let here = Location::Memory {
            pointer: 0,
            offset: 0,
            ty: ty.clone(),
            convention: Convention::Value,
            tag: None,
        };
        match ty {
            Ty::Tuple(parts) => {
                for index in 0..parts.len() {
                    self.release();
                    let part = self.element_of_tuple(&here, index as u32)?;
                    self.drop_at(&part)?;
                }
                Ok(())
            }
            Ty::Closure(closure) => {
                let owner = self.owner_of(closure);
                let subst = self.compiler.subst(&owner);
                let fields = hir::mir::closure_fields(self.compiler.db, closure.owner, closure.expr);
                let mut words = 0;
                for field in fields.iter().flatten() {
                    self.release();
                    let ty = self.compiler.concrete(&subst, &field.ty);
                    let part = here.part(words, ty.clone(), field.convention)?;
                    self.drop_at(&part)?;
                    words += self.compiler.held_words(field.convention, &ty)?;
                }
                Ok(())
            }
            Ty::Class(class, _) if *class == lang.str => {
                self.op(Op::DropStrAt { pointer: 0 });
                Ok(())
            }
            Ty::Class(class, _) if *class == lang.arr => self.drop_array(&self.compiler.argument(ty, 0)),
            Ty::Class(class, _) if *class == lang.generator || *class == lang.fut => {
                self.op(Op::DropGenerator { pointer: 0 });
                Ok(())
            }
            Ty::Class(class, _) if lang.fn_kind(*class).is_some() => {
                let value = self.temporary(2)?;
                self.op(Op::Load2 { to: value, pointer: 0, offset: 0 });
                self.release_function(value + 1, false)
            }
            _ if layout::payloads(self.compiler.db, self.compiler.program, ty).is_some() => {
                let payloads = self.compiler.payloads(ty);
                let state = self.temporary(1)?;
                self.op(Op::Load1 { to: state, pointer: 0, offset: 0 });
                for (index, payload) in payloads.into_iter().enumerate() {
                    if !self.compiler.needs_drop(&payload) {
                        continue;
                    }
                    let value = index as i16 + 1;
                    let over = self.jump(Op::JumpWordNe { a: state, value, by: 0 });
                    let part = here.part(1, payload, Convention::Value)?;
                    self.drop_at(&part)?;
                    self.land(over);
                }
                Ok(())
            }
            _ if self.compiler.is_polymorphic(ty) => {
                let class = self.temporary(1)?;
                self.op(Op::Load1 { to: class, pointer: 0, offset: 0 });
                let out = self.out()?;
                self.op(Op::Offset { to: out, pointer: 0, words: 1 });
                let table = self.compiler.drop_table(ty, self.within);
                self.op(Op::CallDrop { class, table });
                Ok(())
            }
            _ => self.drop_object(ty),
        }
    }

    /// An object of exactly this class: its `del`, or attributes and base parts (DR2).
    fn drop_object(&mut self, ty: &Ty) -> Outcome<()> {
        if hir::facts::has_del(self.compiler.db, self.compiler.program, &Env::EMPTY, ty) {
            let place = Location::Memory {
                pointer: 0,
                offset: 0,
                ty: ty.clone(),
                convention: Convention::Value,
                tag: None,
            };
            return self.call_del(&place);
        }
        self.drop_parts(ty)
    }

    /// Calls the `del` of an object of exactly the class that its place has.
    fn call_del(&mut self, place: &Location) -> Outcome<()> {
        let ty = place.ty();
        let del = Instance {
            func: self.compiler.lang.del_del,
            container_args: hir::TyArgs::EMPTY,
            args: hir::TyArgs::EMPTY,
            self_ty: None,
        };
        let resolved = self.compiler.resolve(&del, ty);
        let words = self.compiler.object(ty)?.size / layout::WORD;
        let mut to = self.out()?;
        if self.compiler.is_polymorphic(ty) {
            // The parameter is a variable of a class that others super-impose.
            let tag = self.compiler.tag(ty);
            self.op(Op::Word { to, value: tag as i32 });
            to = slot(u32::from(to) + 1)?;
        }
        self.load(to, place, words)?;
        let cycle = self.compiler.cycles.with_del(resolved.func);
        let function = self.compiler.function(Key::Function(resolved));
        self.op(match self.within {
            Some(_) if self.within == cycle => Op::CallAccumulating { function, glue: false },
            _ => Op::Call { function },
        });
        Ok(())
    }

    fn drop_parts(&mut self, ty: &Ty) -> Outcome<()> {
        let layout = self.compiler.object(ty)?;
        for section in &layout.sections {
            for (part, offset) in &section.attributes {
                self.release();
                let place = Location::Memory {
                    pointer: 0,
                    offset: slot(offset / layout::WORD)?,
                    ty: part.clone(),
                    convention: Convention::Value,
                    tag: None,
                };
                self.drop_at(&place)?;
            }
        }
        Ok(())
    }

    /// The array whose header slot 0 refers to (A44): through the allocator it came from, or element by element.
    fn drop_array(&mut self, element: &Ty) -> Outcome<()> {
        let who = self.temporary(1)?;
        self.op(Op::Builtin { builtin: Builtin::Releaser, a: who, b: 0, c: 0 });
        let none = self.jump(Op::JumpWordEq { a: who, value: 0, by: 0 });
        let by_machine = self.jump(Op::JumpWordEq { a: who, value: 1, by: 0 });
        // `dealloc` of the program's own allocator.
        let function = self.temporary(1)?;
        let one = self.temporary(1)?;
        self.op(Op::Word { to: one, value: 1 });
        self.op(Op::Builtin { builtin: Builtin::LessOne, a: function, b: who, c: 0 });
        let out = self.out()?;
        self.op(Op::Load2 { to: out, pointer: 0, offset: 0 });
        self.op(Op::CallWord { function, mode: crate::op::CallMode::Counted });
        self.op(Op::Builtin { builtin: Builtin::CheckRelease, a: out, b: 0, c: 0 });
        let done = self.jump(Op::Skip { target: 0 });
        self.land(by_machine);
        self.drop_elements(0, element, None)?;
        self.op(Op::Builtin { builtin: Builtin::FreeBlock, a: 0, b: 0, c: 0 });
        self.land(done);
        self.land(none);
        Ok(())
    }

    /// The elements of the array at a borrow, from a word on; nothing where they need no dropping.
    pub fn drop_elements(&mut self, array: u16, element: &Ty, from: Option<u16>) -> Outcome<()> {
        if !self.compiler.needs_drop(element) {
            return Ok(());
        }
        let function = self.compiler.function(Key::DropElements(element.clone(), self.within));
        let out = self.out()?;
        self.move_words(out, array, 1)?;
        let first = slot(u32::from(out) + 1)?;
        match from {
            Some(from) => self.move_words(first, from, 1)?,
            None => self.op(Op::Word { to: first, value: 0 }),
        }
        self.call_dropping(function);
        Ok(())
    }
}
