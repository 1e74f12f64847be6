//! The primitives of the library: what a `@builtin` function or method does. The list with its semantics is
//! `hir/std/2023/README.md`.

use super::function::{Body, Emitter, slot};
use super::place::Place as Location;
use super::{Compiler, Instance, Key, Outcome, Refusal};
use crate::op::{Access, Builtin, Compare, NumOp, Op, ResumeMode, WordOp};
use crate::word::state;
use hir::items::signature;
use hir::mir::{Arg, Call, CallTarget};
use hir::signature::Signature;
use hir::ty::{Convention, Subst, Ty};

/// A class of the library and a method, or a function with an empty class.
pub(super) struct Primitive {
    pub class: String,
    pub name: String,
}

impl<'db> Compiler<'db> {
    pub(super) fn primitive(&self, instance: &Instance) -> Primitive {
        let name = signature(self.db, instance.func).name.to_string();
        let class = match self.container_type(instance.func) {
            Some(Ty::Tuple(_)) => "Tup".to_owned(),
            Some(ty) => ty.class().map_or(String::new(), |class| self.class_name(class).to_string()),
            None => String::new(),
        };
        Primitive { class, name }
    }
}

impl Body<'_, '_> {
    /// Emits a primitive; `false` if the function is not one.
    pub fn builtin_call(&mut self, call: &Call, instance: &Instance) -> Outcome<bool> {
        let declared = signature(self.emit.compiler.db, instance.func).clone();
        let primitive = self.emit.compiler.primitive(instance);
        if !declared.is_builtin {
            // `Copy.copy`, `Eq.eq`, `Hash.hash` … of types that have them without a declaration.
            let CallTarget::Func { self_ty: Some(self_ty), .. } = &call.target else { return Ok(false) };
            let ty = self.receiver(self_ty);
            let innate = matches!(ty, Ty::Tuple(_) | Ty::Func(..)) || self.emit.compiler.is_enum(&ty);
            return match (innate, primitive.name.as_str()) {
                (true, "copy" | "eq" | "ne" | "hash") if declared.is_abstract => {
                    self.innate(call, &ty, &primitive.name)?;
                    Ok(true)
                }
                _ => Ok(false),
            };
        }
        let subst = self.emit.compiler.subst(instance);
        let receiver = self.receiver_type(call, instance, &subst);
        match (primitive.class.as_str(), primitive.name.as_str()) {
            ("", name) => self.function(call, instance, name)?,
            ("Num", name) => self.num(call, name)?,
            ("Bool", name) => self.bool(call, name)?,
            ("Str", name) => self.str(call, name)?,
            ("Rgx", "matches") => {
                let (regex, text) = (self.value(call, 0)?, self.pointer(call, 1)?);
                self.compute(call, 1, |emit, a| {
                    emit.op(Op::Builtin { builtin: Builtin::RegexMatches, a, b: regex, c: text });
                    Ok(())
                })?;
            }
            ("Rgx", "copy") => self.copy_out(call)?,
            ("Tup", name) => self.innate(call, &receiver, name)?,
            ("Arr", name) => self.arr(call, instance, &subst, name)?,
            ("Opt" | "Ret", "is_some" | "is_pass") => {
                let pointer = self.pointer(call, 0)?;
                self.compute(call, 1, |emit, to| {
                    let read = emit.temporary(1)?;
                    emit.op(Op::Load1 { to: read, pointer, offset: 0 });
                    emit.op(Op::IsWord { to, a: read, value: state::PASS as i16 });
                    Ok(())
                })?;
            }
            ("Opt" | "Ret", "unwrap") => self.unwrap(call, &receiver, state::PASS)?,
            ("Ret", "unwrap_fail") => self.unwrap(call, &receiver, state::FAIL)?,
            ("Var", "holds") => self.var_holds(call, instance, &receiver)?,
            ("Var", "into") => self.var_into(call, instance, &receiver)?,
            ("GlobalAlloc", name) => self.global_alloc(call, instance, &subst, name)?,
            ("Gen", "next") => self.next(call)?,
            ("Gen", "result") => self.generator_result(call)?,
            ("Fut", "await") => self.wait(call)?,
            ("Gen" | "Fut", _) => {
                let literal = self.emit.compiler.literal("only a coroutine can do this");
                self.emit.op(Op::PanicText { literal });
            }
            ("FnRef" | "FnMut" | "FnOne", _) => {
                return Err(Refusal("`call_ref`, `call_mut` and `call_one` are called as `f(x)`".to_owned()));
            }
            (class, name) => {
                return Err(Refusal(format!("`{class}.{name}` cannot be evaluated")));
            }
        }
        Ok(true)
    }

    fn receiver_type(&mut self, call: &Call, instance: &Instance, subst: &Subst) -> Ty {
        if let CallTarget::Func { self_ty: Some(self_ty), .. } = &call.target {
            return self.receiver(self_ty);
        }
        let formal = self.emit.compiler.container_type(instance.func);
        formal.map_or(Ty::Unknown, |formal| self.emit.compiler.concrete(subst, &formal))
    }

    pub(super) fn argument_of<'c>(&self, call: &'c Call, index: usize) -> Outcome<&'c Arg> {
        call.args.get(index).ok_or_else(|| Refusal("a call has too few arguments".to_owned()))
    }

    /// Slot of an argument that is taken by value; read through a borrow where one was given.
    pub(super) fn value(&mut self, call: &Call, index: usize) -> Outcome<u16> {
        match self.argument_of(call, index)? {
            Arg::Value(operand) => {
                let (convention, ty) = self.operand_type(operand)?;
                let (at, _) = self.operand(operand)?;
                if convention == Convention::Value {
                    return Ok(at);
                }
                let words = self.emit.compiler.words(&ty)?;
                let to = self.emit.temporary(words)?;
                let place =
                    Location::Memory { pointer: at, offset: 0, ty, convention: Convention::Value, tag: None };
                self.emit.load(to, &place, words)?;
                Ok(to)
            }
            Arg::Ref { place, .. } => {
                if let Some(array) = self.array_of_length(place) {
                    let to = self.emit.temporary(2)?;
                    self.length_of(to, &array)?;
                    return Ok(to);
                }
                let place = self.place(place)?;
                if let (Location::Frame { word, .. }, Convention::Value) = (&place, place.convention()) {
                    return Ok(*word);
                }
                let ty = place.ty().clone();
                let words = self.emit.compiler.words(&ty)?;
                let to = self.emit.temporary(words)?;
                let pointer = self.emit.pointer_to(&place)?;
                let place =
                    Location::Memory { pointer, offset: 0, ty, convention: Convention::Value, tag: None };
                self.emit.load(to, &place, words)?;
                Ok(to)
            }
        }
    }

    pub(super) fn pointer(&mut self, call: &Call, index: usize) -> Outcome<u16> {
        let argument = self.argument_of(call, index)?;
        self.pointer_argument(argument)
    }

    pub(super) fn type_of_argument(&mut self, call: &Call, index: usize) -> Outcome<Ty> {
        match self.argument_of(call, index)? {
            Arg::Value(operand) => Ok(self.operand_type(operand)?.1),
            Arg::Ref { place, .. } => Ok(self.type_of(place)?.1),
        }
    }

    /// Computes a result of some words into the destination of a call.
    pub(super) fn compute(
        &mut self,
        call: &Call,
        words: u32,
        emit: impl FnOnce(&mut Emitter<'_, '_>, u16) -> Outcome<()>,
    ) -> Outcome<()> {
        let dest = match &call.dest {
            Some(dest) => Some(self.place(dest)?),
            None => None,
        };
        if let Some(Location::Frame { word, .. }) = dest {
            return emit(&mut self.emit, word);
        }
        let to = self.emit.temporary(words)?;
        emit(&mut self.emit, to)?;
        match dest {
            Some(dest) => self.emit.store(&dest, to, words),
            None => Ok(()),
        }
    }

    /// The value behind the first argument, bit by bit.
    pub(super) fn copy_out(&mut self, call: &Call) -> Outcome<()> {
        let ty = self.type_of_argument(call, 0)?;
        let words = self.emit.compiler.words(&ty)?;
        let from = self.value(call, 0)?;
        self.compute(call, words, |emit, to| emit.move_words(to, from, words))
    }

    fn function(&mut self, call: &Call, instance: &Instance, name: &str) -> Outcome<()> {
        match name {
            "print" => {
                let ty = self.type_of_argument(call, 0)?;
                let argument = self.argument_of(call, 0)?.clone();
                let pointer = self.pointer_argument(&argument)?;
                self.emit.op(Op::Builtin { builtin: Builtin::Print, a: pointer, b: 0, c: 0 });
                // A text by value is used up.
                if let Arg::Value(operand) = &argument {
                    let (convention, _) = self.operand_type(operand)?;
                    if convention == Convention::Value {
                        let place = Location::Memory {
                            pointer,
                            offset: 0,
                            ty,
                            convention: Convention::Value,
                            tag: None,
                        };
                        self.emit.drop_at(&place)?;
                    }
                }
                Ok(())
            }
            "panic" => {
                let message = self.value(call, 0)?;
                self.emit.op(Op::Panic { message });
                Ok(())
            }
            "some" | "pass" | "fail" | "err" => {
                let value = if matches!(name, "some" | "pass") { state::PASS } else { state::FAIL };
                let words = self.dest_words(call)?;
                let operand = match call.args.first() {
                    Some(Arg::Value(operand)) => Some(operand.clone()),
                    _ => None,
                };
                // The payload first: it may stand where the result goes.
                let payload = match &operand {
                    Some(operand) => {
                        let (_, ty) = self.operand_type(operand)?;
                        let words = self.emit.compiler.words(&ty)?;
                        Some((self.operand(operand)?.0, words))
                    }
                    None => None,
                };
                self.compute(call, words, |emit, to| {
                    if let Some((from, words)) = payload {
                        emit.move_words(slot(u32::from(to) + 1)?, from, words)?;
                    }
                    emit.op(Op::Word { to, value: value as i32 });
                    Ok(())
                })
            }
            "none" => {
                let words = self.dest_words(call)?;
                self.compute(call, words, |emit, to| {
                    emit.op(Op::Word { to, value: state::FAIL as i32 });
                    Ok(())
                })
            }
            "upcast" => {
                let Some(Arg::Value(operand)) = call.args.first().cloned() else {
                    return Err(Refusal("`std.upcast` takes a value".to_owned()));
                };
                let Some(dest) = &call.dest else { return Ok(()) };
                let base = instance.args.first().cloned().unwrap_or(Ty::Unknown);
                self.assign(
                    &dest.clone(),
                    &hir::mir::Rvalue::Upcast { value: operand.into(), to: base.into() },
                )
            }
            "downcast" => self.downcast(call, instance),
            "replace" => {
                let place = self.pointer(call, 0)?;
                let ty = self.type_of_argument(call, 1)?;
                let words = self.emit.compiler.words(&ty)?;
                let value = self.value(call, 1)?;
                let old = self.emit.temporary(words)?;
                let at = Location::Memory {
                    pointer: place,
                    offset: 0,
                    ty,
                    convention: Convention::Value,
                    tag: None,
                };
                self.emit.load(old, &at, words)?;
                self.emit.store(&at, value, words)?;
                self.compute(call, words, |emit, to| emit.move_words(to, old, words))
            }
            "swap" => {
                let (a, b) = (self.pointer(call, 0)?, self.pointer(call, 1)?);
                let ty = self.type_of_argument(call, 0)?;
                let words = self.emit.compiler.words(&ty)?;
                let (x, y) = (self.emit.temporary(words)?, self.emit.temporary(words)?);
                let at = |pointer| Location::Memory {
                    pointer,
                    offset: 0,
                    ty: ty.clone(),
                    convention: Convention::Value,
                    tag: None,
                };
                self.emit.load(x, &at(a), words)?;
                self.emit.load(y, &at(b), words)?;
                self.emit.store(&at(a), y, words)?;
                self.emit.store(&at(b), x, words)
            }
            "fill_zero" => {
                let array = self.pointer(call, 0)?;
                let element = instance.args.first().cloned().unwrap_or(Ty::Unknown);
                let words = self.emit.compiler.words(&element)?;
                let zero = self.emit.temporary(words)?;
                self.emit.zero(zero, &element)?;
                let shape = self.emit.shape(&element)?;
                self.emit.op(Op::Builtin { builtin: Builtin::FillZero, a: array, b: zero, c: shape });
                Ok(())
            }
            "tally" => {
                let key = instance.args.first().cloned().unwrap_or(Ty::Unknown);
                let key = self.emit.compiler.tally_key(&self.receiver(&key));
                let (account, delta) = (self.value(call, 0)?, self.value(call, 1)?);
                self.compute(call, 2, |emit, to| {
                    emit.op(Op::Builtin { builtin: Builtin::Tally, a: to, b: account, c: delta });
                    emit.op(Op::Operands { how: Access::default(), shape: key, slot: 0, by: 0 });
                    Ok(())
                })
            }
            _ => Err(Refusal(format!("`{name}` cannot be evaluated"))),
        }
    }

    pub(super) fn dest_words(&mut self, call: &Call) -> Outcome<u32> {
        match &call.dest {
            Some(dest) => {
                let place = self.place(dest)?;
                self.result_words(call, &place)
            }
            None => Ok(8),
        }
    }

    fn num(&mut self, call: &Call, name: &str) -> Outcome<()> {
        if let Some(op) = name.strip_suffix("_assign").or_else(|| name.strip_suffix("_eq")) {
            let pointer = self.pointer(call, 0)?;
            let value = self.value(call, 1)?;
            let total = self.emit.temporary(2)?;
            self.emit.op(Op::Load2 { to: total, pointer, offset: 0 });
            self.emit.num_method(op, total, total, value)?;
            self.emit.op(Op::Store2 { pointer, from: total, offset: 0 });
            return Ok(());
        }
        let a = self.value(call, 0)?;
        let single = |builtin| Op::Builtin { builtin, a: 0, b: a, c: 0 };
        let place = |op: Op, to: u16| match op {
            Op::Builtin { builtin, b, c, .. } => Op::Builtin { builtin, a: to, b, c },
            other => other,
        };
        let (op, words) = match name {
            "to" => (single(Builtin::NumToStr), 3),
            "hash" => {
                return self.compute(call, 2, |emit, to| emit.plain(Op::NumHash { to, from: a }));
            }
            "is_integer" => (single(Builtin::NumIsInteger), 1),
            "abs" => (single(Builtin::NumAbs), 2),
            "bit_not" => (single(Builtin::NumBitNot), 2),
            "copy" => return self.copy_out(call),
            _ => {
                let b = self.value(call, 1)?;
                return self.compute(call, 2, |emit, to| emit.num_method(name, to, a, b));
            }
        };
        self.compute(call, words, |emit, to| {
            emit.op(place(op, to));
            Ok(())
        })
    }

    fn bool(&mut self, call: &Call, name: &str) -> Outcome<()> {
        if let Some(op) = name.strip_suffix("_assign").or_else(|| name.strip_suffix("_eq")) {
            let pointer = self.pointer(call, 0)?;
            let value = self.value(call, 1)?;
            let total = self.emit.temporary(1)?;
            self.emit.op(Op::Load1 { to: total, pointer, offset: 0 });
            self.emit.op(Op::Words { op: bool_method(op)?, to: total, a: total, b: value });
            self.emit.op(Op::Store1 { pointer, from: total, offset: 0 });
            return Ok(());
        }
        let a = self.value(call, 0)?;
        match name {
            "not" | "bit_not" => self.compute(call, 1, |emit, to| {
                emit.op(Op::Not { to, from: a });
                Ok(())
            }),
            "copy" => self.copy_out(call),
            _ => {
                let b = self.value(call, 1)?;
                let op = bool_method(name)?;
                self.compute(call, 1, |emit, to| {
                    emit.op(Op::Words { op, to, a, b });
                    Ok(())
                })
            }
        }
    }

    fn str(&mut self, call: &Call, name: &str) -> Outcome<()> {
        let (builtin, words) = match name {
            "len" => (Builtin::StrLen, 2),
            "find" => (Builtin::StrFind, 3),
            "clone" => (Builtin::StrClone, 3),
            "eq" => (Builtin::StrEq, 1),
            "cmp" => (Builtin::StrCmp, 1),
            "hash" => (Builtin::StrHash, 2),
            "slice" => {
                let text = self.pointer(call, 0)?;
                let (from, to) = (self.value(call, 1)?, self.value(call, 2)?);
                let bounds = self.emit.temporary(4)?;
                self.emit.move_words(bounds, from, 2)?;
                self.emit.move_words(bounds + 2, to, 2)?;
                return self.compute(call, 3, |emit, a| {
                    emit.op(Op::Builtin { builtin: Builtin::StrSlice, a, b: text, c: bounds });
                    Ok(())
                });
            }
            "add" => {
                let (left, right) = (self.value(call, 0)?, self.value(call, 1)?);
                return self.compute(call, 3, |emit, a| {
                    emit.op(Op::Builtin { builtin: Builtin::StrAdd, a, b: left, c: right });
                    Ok(())
                });
            }
            "add_assign" => {
                let pointer = self.pointer(call, 0)?;
                let value = self.value(call, 1)?;
                self.emit.op(Op::Builtin { builtin: Builtin::StrAddAssign, a: pointer, b: value, c: 0 });
                return Ok(());
            }
            _ => return Err(Refusal(format!("`Str.{name}` cannot be evaluated"))),
        };
        let a = self.pointer(call, 0)?;
        let b = if call.args.len() > 1 { self.pointer(call, 1)? } else { 0 };
        self.compute(call, words, |emit, to| {
            emit.op(Op::Builtin { builtin, a: to, b: a, c: b });
            Ok(())
        })
    }

    fn arr(&mut self, call: &Call, instance: &Instance, subst: &Subst, name: &str) -> Outcome<()> {
        let formal = self.emit.compiler.container_type(instance.func).unwrap_or(Ty::Unknown);
        let array_ty = self.emit.compiler.concrete(subst, &formal);
        let element = self.emit.compiler.argument(&array_ty, 0);
        let shape = self.emit.shape(&element)?;
        let words = self.emit.compiler.words(&element)?;
        let operands = |how, slot| Op::Operands { how, shape, slot, by: 0 };
        if name == "new" {
            // The pack is the array.
            return match call.args.first() {
                Some(_) => {
                    let from = self.value(call, 0)?;
                    self.compute(call, 2, |emit, to| emit.move_words(to, from, 2))
                }
                None => self.compute(call, 2, |emit, to| {
                    emit.empty_array(to);
                    Ok(())
                }),
            };
        }
        if let "get_ref" | "get_mut" = name {
            let array = self.pointer(call, 0)?;
            let index = self.value(call, 1)?;
            let out = self.emit.out()?;
            self.emit.move_words(out, array, 1)?;
            self.emit.move_words(out + 1, index, 2)?;
            let function = self.emit.compiler.function(Key::ArrayElement(element));
            self.emit.op(Op::Generator { words: 3, function });
            return self.result(call, None);
        }
        let (array, how) = self.array(call)?;
        let operands = |slot| operands(how, slot);
        let index = self.value(call, 1)?;
        let failure = 1 + words.max(3);
        match name {
            "has" => self.compute(call, 1, |emit, to| {
                emit.op(Op::ArrayHas { to, array, index });
                emit.op(operands(0));
                Ok(())
            }),
            "get" => {
                let trivial =
                    hir::facts::copy_is_trivial(self.emit.compiler.db, self.emit.compiler.program, &element);
                if trivial {
                    return self.compute(call, failure, |emit, to| {
                        emit.op(Op::ArrayGet { to, array, index });
                        emit.op(operands(0));
                        Ok(())
                    });
                }
                self.compute(call, failure, |emit, to| {
                    let (has, at) = (emit.temporary(1)?, emit.temporary(1)?);
                    emit.op(Op::ArrayHas { to: has, array, index });
                    emit.op(operands(0));
                    let missing = emit.jump(Op::JumpUnless { condition: has, target: 0 });
                    emit.op(Op::ArrayElement { to: at, array, index });
                    emit.op(operands(0));
                    emit.copy_element(&element, at, slot(u32::from(to) + 1)?)?;
                    emit.pass(to);
                    let end = emit.jump(Op::Skip { target: 0 });
                    emit.land(missing);
                    emit.op(Op::ArrayGet { to, array, index });
                    emit.op(operands(0));
                    emit.land(end);
                    Ok(())
                })
            }
            "take" => self.compute(call, failure, |emit, to| {
                emit.op(Op::ArrayTake { to, array, index });
                emit.op(operands(0));
                Ok(())
            }),
            "put" | "set" => {
                let value = self.value(call, 2)?;
                let place = Location::Frame {
                    word: value,
                    ty: element.clone(),
                    convention: Convention::Value,
                    tag: None,
                };
                let owns = self.emit.compiler.needs_drop(&element);
                let is_set = name == "set";
                self.compute(call, failure, |emit, to| {
                    if is_set && owns {
                        let (has, at) = (emit.temporary(1)?, emit.temporary(1)?);
                        emit.op(Op::ArrayHas { to: has, array, index });
                        emit.op(operands(0));
                        let vacant = emit.jump(Op::JumpUnless { condition: has, target: 0 });
                        emit.op(Op::ArrayElement { to: at, array, index });
                        emit.op(operands(0));
                        let old = Location::Memory {
                            pointer: at,
                            offset: 0,
                            ty: element.clone(),
                            convention: Convention::Value,
                            tag: None,
                        };
                        emit.drop_at(&old)?;
                        emit.land(vacant);
                    }
                    match is_set {
                        true => emit.op(Op::ArraySet { to, array, index }),
                        false => emit.op(Op::ArrayPut { to, array, index }),
                    }
                    emit.op(operands(value));
                    if owns {
                        let passed = emit.jump(Op::JumpWordEq { a: to, value: state::PASS as i16, by: 0 });
                        emit.drop_at(&place)?;
                        emit.land(passed);
                    }
                    Ok(())
                })
            }
            _ => Err(Refusal(format!("`Arr.{name}` cannot be evaluated"))),
        }
    }

    /// The array that a method is called on: its header, or a borrow of it.
    pub(super) fn array(&mut self, call: &Call) -> Outcome<(u16, Access)> {
        if let Arg::Ref { place, .. } = self.argument_of(call, 0)?
            && let Location::Frame { word, convention: Convention::Value, .. } = self.place(place)?
        {
            return Ok((word, Access::IN_FRAME));
        }
        Ok((self.pointer(call, 0)?, Access::default()))
    }

    fn global_alloc(&mut self, call: &Call, instance: &Instance, subst: &Subst, name: &str) -> Outcome<()> {
        let formal = self.emit.compiler.container_type(instance.func).unwrap_or(Ty::Unknown);
        let allocator = self.emit.compiler.concrete(subst, &formal);
        let element = self.emit.compiler.argument(&allocator, 0);
        let shape = self.emit.shape(&element)?;
        const RET: u32 = 6;
        if name == "alloc" {
            let size = self.value(call, 0)?;
            let kept = self.emit.temporary(2)?;
            self.emit.move_words(kept, size, 2)?;
            return self.compute(call, RET, |emit, to| {
                emit.op(Op::Builtin { builtin: Builtin::Alloc, a: to, b: kept, c: shape });
                emit.op(Op::Builtin { builtin: Builtin::TagLeave, a: to, b: kept, c: 0 });
                Ok(())
            });
        }
        let given = self.value(call, 0)?;
        let array_ty = self.type_of_argument(call, 0)?;
        let array = self.emit.temporary(2)?;
        self.emit.move_words(array, given, 2)?;
        let size = match name {
            "realloc" => {
                let size = self.value(call, 1)?;
                let kept = self.emit.temporary(2)?;
                self.emit.move_words(kept, size, 2)?;
                kept
            }
            _ => 0,
        };
        let place = Location::Frame { word: array, ty: array_ty, convention: Convention::Value, tag: None };
        self.compute(call, RET, |emit, to| {
            let (accepted, pointer) = (emit.temporary(1)?, emit.temporary(1)?);
            emit.address(pointer, array);
            emit.op(Op::Builtin { builtin: Builtin::TagEnter, a: accepted, b: pointer, c: 0 });
            let own = emit.jump(Op::JumpIf { condition: accepted, target: 0 });
            emit.drop_at(&place)?;
            emit.op(Op::Builtin { builtin: Builtin::AllocFailure, a: to, b: 22, c: 0 });
            let refused = emit.jump(Op::Skip { target: 0 });
            emit.land(own);
            if name == "dealloc" {
                emit.drop_elements(pointer, &element, None)?;
                emit.op(Op::Builtin { builtin: Builtin::FreeBlock, a: pointer, b: 0, c: 0 });
                emit.pass(to);
            } else {
                let keep = emit.temporary(1)?;
                emit.op(Op::Builtin { builtin: Builtin::ReallocKeep, a: keep, b: array, c: size });
                emit.drop_elements(pointer, &element, Some(keep))?;
                emit.op(Op::Builtin { builtin: Builtin::Realloc, a: to, b: array, c: 0 });
                emit.op(Op::Operands { how: Access::default(), shape, slot: size, by: 0 });
                let passed = emit.jump(Op::JumpWordEq { a: to, value: state::PASS as i16, by: 0 });
                // A12: the array is gone too.
                emit.drop_elements(pointer, &element, None)?;
                emit.op(Op::Builtin { builtin: Builtin::FreeBlock, a: pointer, b: 0, c: 0 });
                emit.land(passed);
                emit.op(Op::Builtin { builtin: Builtin::TagLeave, a: to, b: size, c: 0 });
            }
            emit.land(refused);
            Ok(())
        })
    }

    fn next(&mut self, call: &Call) -> Outcome<()> {
        let pointer = self.pointer(call, 0)?;
        let mut sent = 0;
        if call.args.len() > 1 {
            let ty = self.type_of_argument(call, 1)?;
            let value = self.value(call, 1)?;
            let words = self.emit.compiler.words(&ty)?;
            let out = self.emit.out()?;
            self.emit.move_words(out, value, words)?;
            sent = slot(words)?;
        }
        self.emit.op(Op::Resume { pointer, sent, mode: ResumeMode::Next });
        let Some(dest) = &call.dest else { return Ok(()) };
        let out = self.emit.out()?;
        let dest = self.place(dest)?;
        let words = self.emit.compiler.held_words(dest.convention(), dest.ty())?;
        self.emit.store(&dest, out, words)
    }

    fn generator_result(&mut self, call: &Call) -> Outcome<()> {
        let generator = self.value(call, 0)?;
        let ty = self.type_of_argument(call, 0)?;
        let result = self.emit.compiler.argument(&ty, 1);
        let words =
            if self.emit.compiler.is_void(&result) { 0 } else { self.emit.compiler.words(&result)? };
        let pointer = self.emit.temporary(1)?;
        self.emit.address(pointer, generator);
        let count = slot(words)?;
        self.compute(call, words + 1, |emit, to| {
            emit.op(Op::GeneratorResult { to, pointer, words: count });
            emit.op(Op::DropGenerator { pointer });
            Ok(())
        })
    }

    fn wait(&mut self, call: &Call) -> Outcome<()> {
        let future = self.value(call, 0)?;
        let kept = self.emit.temporary(2)?;
        self.emit.move_words(kept, future, 2)?;
        let pointer = self.emit.temporary(1)?;
        self.emit.address(pointer, kept);
        self.emit.op(Op::Resume { pointer, sent: 0, mode: ResumeMode::Await });
        self.result(call, None)?;
        self.emit.op(Op::DropGenerator { pointer });
        Ok(())
    }
}

impl Emitter<'_, '_> {
    pub(super) fn num_method(&mut self, name: &str, to: u16, a: u16, b: u16) -> Outcome<()> {
        let op = match name {
            "add" => return self.plain(Op::Add { to, a, b }),
            "sub" => return self.plain(Op::Sub { to, a, b }),
            "mul" => return self.plain(Op::Mul { to, a, b }),
            "eq" => return self.plain(Op::Compare { op: Compare::Eq, to, a, b }),
            "ne" => return self.plain(Op::Compare { op: Compare::Ne, to, a, b }),
            "lt" => return self.plain(Op::Compare { op: Compare::Lt, to, a, b }),
            "le" => return self.plain(Op::Compare { op: Compare::Le, to, a, b }),
            "gt" => return self.plain(Op::Compare { op: Compare::Gt, to, a, b }),
            "ge" => return self.plain(Op::Compare { op: Compare::Ge, to, a, b }),
            "cmp" => return self.plain(Op::Compare { op: Compare::Cmp, to, a, b }),
            "div" => return self.plain(Op::Div { to, a, b }),
            "rem" => return self.plain(Op::Rem { to, a, b }),
            "mod" => NumOp::Mod,
            "pow" => NumOp::Pow,
            "bit_and" => NumOp::BitAnd,
            "bit_or" => NumOp::BitOr,
            "bit_xor" => NumOp::BitXor,
            "shl" => NumOp::Shl,
            "shr" => NumOp::Shr,
            "rol" => NumOp::Rol,
            "ror" => NumOp::Ror,
            _ => return Err(Refusal(format!("`Num.{name}` cannot be evaluated"))),
        };
        self.plain(Op::Arithmetic { op, to, a, b })
    }

    pub(super) fn plain(&mut self, op: Op) -> Outcome<()> {
        self.op(op);
        Ok(())
    }

    /// An operator that is a primitive of the library, on operands in slots.
    pub fn library_operator(
        &mut self,
        instance: &Instance,
        operands: &[(u16, Convention)],
        to: u16,
    ) -> Outcome<()> {
        let primitive = self.compiler.primitive(instance);
        let (a, b) = match operands {
            [(a, _), (b, _)] => (*a, *b),
            _ => return Err(Refusal("an operator has two operands".to_owned())),
        };
        match primitive.class.as_str() {
            "Num" => self.num_method(&primitive.name, to, a, b),
            "Bool" => self.plain(Op::Words { op: bool_method(&primitive.name)?, to, a, b }),
            "Str" if primitive.name == "add" => {
                self.plain(Op::Builtin { builtin: Builtin::StrAdd, a: to, b: a, c: b })
            }
            _ => Err(Refusal(format!("`{}.{}` cannot be folded", primitive.class, primitive.name))),
        }
    }

    /// A primitive function as a function value; its arguments stand from a slot on.
    pub fn library_item(
        &mut self,
        instance: &Instance,
        declared: &Signature,
        subst: &Subst,
        from: u16,
    ) -> Outcome<()> {
        if !self.compiler.lang.print.contains(&instance.func) || !declared.is_builtin {
            let out = self.out()?;
            let mut words = 0;
            for param in &declared.params {
                let ty = self.compiler.concrete(subst, &param.ty);
                words += self.compiler.held_words(param.convention, &ty)?;
            }
            self.move_words(out, from, words)?;
            if declared.is_builtin {
                return Err(Refusal(format!("`{}` cannot be passed as a value", declared.name)));
            }
            let function = self.compiler.function(Key::Function(instance.clone()));
            self.op(Op::CallGlue { function });
            return Ok(());
        }
        let pointer = self.temporary(1)?;
        self.address(pointer, from);
        self.op(Op::Builtin { builtin: Builtin::Print, a: pointer, b: 0, c: 0 });
        self.op(Op::DropStr { slot: from });
        Ok(())
    }
}

fn bool_method(name: &str) -> Outcome<WordOp> {
    Ok(match name {
        "and" | "bit_and" => WordOp::And,
        "or" | "bit_or" => WordOp::Or,
        "bit_xor" => WordOp::Xor,
        "eq" => WordOp::Eq,
        "ne" => WordOp::Ne,
        "lt" => WordOp::Lt,
        "le" => WordOp::Le,
        "gt" => WordOp::Gt,
        "ge" => WordOp::Ge,
        "cmp" => WordOp::Cmp,
        _ => return Err(Refusal(format!("`Bool.{name}` cannot be evaluated"))),
    })
}
