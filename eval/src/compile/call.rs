//! Calls: of functions, of values, of methods chosen at run time.

use super::function::{Body, Emitter, lambda_at, slot};
use super::place::Place as Location;
use super::{Instance, Key, Outcome, Refusal};
use crate::op::{Builtin, CallMode, FuncIndex, Op};
use crate::word::state;
use hir::ids::FuncId;
use hir::infer::Dispatch;
use hir::items::signature;
use hir::mir::{Arg, Call, CallTarget, MirKind, Place, Recursion};
use hir::ty::{ClosureTy, Convention, FnKind, Ty, TyArgs};

impl Body<'_, '_> {
    pub fn call(&mut self, call: &Call) -> Outcome<()> {
        match &call.target {
            CallTarget::Func { .. } => {
                let (instance, dispatch, self_ty) = self.target_instance(&call.target)?;
                if dispatch == Dispatch::Virtual
                    && let Some(base) = &self_ty
                    && self.emit.compiler.is_polymorphic(base)
                    && !call.args.is_empty()
                {
                    return self.call_virtual(call, &instance, base);
                }
                self.call_instance(call, instance)
            }
            CallTarget::Value { callee, kind } => self.call_value(call, callee, *kind),
            CallTarget::DefaultArg { func, container_args, args, param } => {
                let instance = Instance {
                    func: *func,
                    container_args: self.emit.compiler.concrete_args(&self.subst, container_args),
                    args: self.emit.compiler.concrete_args(&self.subst, args),
                    self_ty: None,
                };
                let function = self.emit.compiler.function(Key::Default(instance, *param));
                self.emit.op(Op::Call { function });
                self.result(call, None)
            }
        }
    }

    /// The function that a call names, for the types of this instance.
    pub fn target_instance(&mut self, target: &CallTarget) -> Outcome<(Instance, Dispatch, Option<Ty>)> {
        let CallTarget::Func { func, container_args, args, self_ty, dispatch } = target else {
            return Err(Refusal("not a function".to_owned()));
        };
        let instance = Instance {
            func: *func,
            container_args: self.emit.compiler.concrete_args(&self.subst, container_args),
            args: self.emit.compiler.concrete_args(&self.subst, args),
            self_ty: None,
        };
        let self_ty = self_ty.as_ref().map(|ty| self.receiver(ty));
        let resolved = match &self_ty {
            Some(ty) if *dispatch != Dispatch::Virtual || !self.emit.compiler.is_polymorphic(ty) => {
                self.emit.compiler.resolve(&instance, ty)
            }
            _ => instance,
        };
        Ok((resolved, *dispatch, self_ty))
    }

    fn call_instance(&mut self, call: &Call, instance: Instance) -> Outcome<()> {
        let declared = signature(self.emit.compiler.db, instance.func).clone();
        if self.builtin_call(call, &instance)? {
            return Ok(());
        }
        let Some(mir) = self.emit.compiler.mir(instance.func) else {
            let name = hir::display::qualified_name(self.emit.compiler.db, instance.func.0);
            let literal = self.emit.compiler.literal(&format!("`{name}` has no body"));
            self.emit.op(Op::PanicText { literal });
            return Ok(());
        };
        let subst = self.emit.compiler.subst(&instance);
        // What the parameters are where the method is declared; an override may take operands otherwise (OP3).
        let params: Vec<(Convention, Ty)> = mir.slots[1..=mir.param_count as usize]
            .iter()
            .map(|param| (param.convention, self.emit.compiler.concrete(&subst, &param.ty)))
            .collect();
        let words = self.arguments(&call.args, &params)?;
        if matches!(mir.kind, MirKind::Coroutine { .. }) || declared.is_coroutine {
            let function = self.emit.compiler.function(Key::Function(instance));
            self.emit.op(Op::Generator { words: slot(words)?, function });
            return self.result(call, None);
        }
        let function = self.emit.compiler.function(Key::Function(instance));
        if self.is_tail(call) {
            self.emit.op(Op::TailCall { words: slot(words)?, function });
            return Ok(());
        }
        match call.recursion {
            Recursion::Accumulating | Recursion::Tail => {
                self.emit.op(Op::CallAccumulating { function, glue: false });
            }
            Recursion::None => self.emit.op(Op::Call { function }),
        }
        self.result(call, None)
    }

    /// Puts the arguments where the callee's frame will be; answers their words.
    fn arguments(&mut self, args: &[Arg], params: &[(Convention, Ty)]) -> Outcome<u32> {
        let out = u32::from(self.emit.out()?);
        let mut at = out;
        let mut given = args.iter();
        for (convention, ty) in params {
            let words = self.emit.compiler.held_words(*convention, ty)?;
            if *convention == Convention::Value && words == 0 {
                // `Void` (TY3) and objects without attributes take no room, but may still be passed.
                if !self.emit.compiler.is_void(ty) {
                    given.next();
                }
                continue;
            }
            let Some(arg) = given.next() else {
                return Err(Refusal("a call has too few arguments".to_owned()));
            };
            let to = slot(at)?;
            self.put_argument(to, arg, *convention, ty)?;
            at += words;
        }
        Ok(at - out)
    }

    /// One argument as the parameter wants it.
    fn put_argument(&mut self, to: u16, arg: &Arg, convention: Convention, ty: &Ty) -> Outcome<()> {
        match (arg, convention) {
            (Arg::Value(operand), Convention::Value) => {
                let (held, from) = self.operand_type(operand)?;
                if held != Convention::Value {
                    // A borrow where the override takes a copy.
                    let pointer = self.pointer_argument(arg)?;
                    let place = Location::Memory {
                        pointer,
                        offset: 0,
                        ty: from,
                        convention: Convention::Value,
                        tag: None,
                    };
                    let words = self.emit.compiler.words(ty)?;
                    return self.emit.load(to, &place, words);
                }
                if from != *ty
                    && self.emit.compiler.is_polymorphic(ty)
                    && !self.emit.compiler.is_polymorphic(&from)
                {
                    self.operand_to(slot(u32::from(to) + 1)?, operand)?;
                    let tag = self.emit.compiler.tag(&from);
                    self.emit.op(Op::Word { to, value: tag as i32 });
                    return Ok(());
                }
                self.operand_to(to, operand)?;
                Ok(())
            }
            (Arg::Ref { place, .. }, Convention::Value) => {
                let place = self.place(place)?;
                let words = self.emit.compiler.words(ty)?;
                self.emit.load(to, &place, words)
            }
            (Arg::Ref { place, .. }, _) => {
                let place = self.place(place)?;
                let (from, words) = self.emit.borrow(&place, Some(ty))?;
                self.emit.move_temporary(to, from, words)
            }
            (Arg::Value(operand), _) => {
                let (held, from_ty) = self.operand_type(operand)?;
                let (at, _) = self.operand(operand)?;
                let place = Location::Frame { word: at, ty: from_ty, convention: held, tag: None };
                let (from, words) = self.emit.borrow(&place, Some(ty))?;
                self.emit.move_words(to, from, words)
            }
        }
    }

    /// Moves the result of a call from behind the frame to where it belongs. `from` is its type where that differs.
    pub fn result(&mut self, call: &Call, from: Option<&Ty>) -> Outcome<()> {
        let Some(dest) = &call.dest else { return Ok(()) };
        let out = self.emit.out()?;
        let dest = self.place(dest)?;
        let _ = from;
        let words = self.result_words(call, &dest)?;
        self.emit.store(&dest, out, words)
    }

    pub fn result_words(&mut self, call: &Call, dest: &Location) -> Outcome<u32> {
        if self.emit.compiler.is_void(dest.ty()) {
            return Ok(0);
        }
        match call.result_convention {
            Convention::Value => self.emit.compiler.held_words(dest.convention(), dest.ty()),
            borrow => self.emit.compiler.held_words(borrow, dest.ty()),
        }
    }

    /// The override for the object's own class (SP14).
    fn call_virtual(&mut self, call: &Call, instance: &Instance, base: &Ty) -> Outcome<()> {
        let declared = signature(self.emit.compiler.db, instance.func).clone();
        let receiver = declared.self_param.map_or(Convention::Ref, |param| param.convention);
        let subst = self.emit.compiler.subst(instance).with_self(base.clone());
        let mut params = vec![(receiver, base.clone())];
        for param in &declared.params {
            params.push((param.convention, self.emit.compiler.concrete(&subst, &param.ty)));
        }
        self.arguments(&call.args, &params)?;
        let out = self.emit.out()?;
        // A borrow with class is the object, then the class; a variable is the class, then the object.
        let class = if receiver == Convention::Value { out } else { slot(u32::from(out) + 1)? };
        let table = self.emit.compiler.method_table(instance, base);
        self.emit.op(Op::CallVirtual { class, table });
        self.result(call, None)
    }

    fn call_value(&mut self, call: &Call, callee: &Place, kind: FnKind) -> Outcome<()> {
        let place = self.place(callee)?;
        let ty = place.ty().clone();
        let params = self.callable_params(&ty)?;
        let out = self.emit.out()?;
        match &ty {
            Ty::Func(func, args) => {
                let instance = Instance {
                    func: *func,
                    container_args: TyArgs::EMPTY,
                    args: args.clone(),
                    self_ty: None,
                };
                self.call_instance(call, instance)
            }
            Ty::Closure(closure) => {
                let (path, partial) = self.emit.lambda_of(closure)?;
                let owner = self.owner_instance(closure.owner);
                let by_value = self.emit.takes_object(&owner, &path)?;
                let mut at = u32::from(out);
                if by_value {
                    let words = self.emit.compiler.held_words(place.convention(), &ty)?;
                    if place.convention() == Convention::Value {
                        self.emit.load(out, &place, words)?;
                    } else {
                        let pointer = self.emit.pointer_to(&place)?;
                        let words = self.emit.compiler.words(&ty)?;
                        let object = Location::Memory {
                            pointer,
                            offset: 0,
                            ty: ty.clone(),
                            convention: Convention::Value,
                            tag: None,
                        };
                        self.emit.load(out, &object, words)?;
                    }
                    at += self.emit.compiler.words(&ty)?;
                } else {
                    let pointer = self.emit.pointer_to(&place)?;
                    self.emit.move_words(out, pointer, 1)?;
                    at += 1;
                }
                self.arguments_from(&call.args, &params, at)?;
                let function = self.emit.compiler.function(Key::Lambda(owner, path));
                match partial {
                    true => self.emit.op(Op::CallGlue { function }),
                    false => self.emit.op(Op::Call { function }),
                }
                self.result(call, None)
            }
            _ => {
                // A function value: the code and its object are known at run time.
                let function = self.emit.temporary(2)?;
                let object = slot(u32::from(function) + 1)?;
                let owned = place.convention() == Convention::Value
                    && !matches!(place, Location::Memory { tag: Some(_), .. });
                if owned {
                    self.emit.load(function, &place, 2)?;
                } else {
                    let (borrow, _) = self.emit.borrow(&place, None)?;
                    self.emit.move_words(function, slot(u32::from(borrow) + 1)?, 1)?;
                    self.emit.move_words(object, borrow, 1)?;
                }
                self.emit.move_words(out, object, 1)?;
                self.arguments_from(&call.args, &params, u32::from(out) + 1)?;
                self.emit.op(Op::CallWord { function, mode: CallMode::Counted });
                self.result(call, None)?;
                if owned && kind == FnKind::One {
                    self.emit.release_function(object, true)?;
                }
                Ok(())
            }
        }
    }

    fn arguments_from(&mut self, args: &[Arg], params: &[(Convention, Ty)], start: u32) -> Outcome<u32> {
        let mut at = start;
        for (arg, (convention, ty)) in args.iter().zip(params) {
            self.put_argument(slot(at)?, arg, *convention, ty)?;
            at += self.emit.compiler.held_words(*convention, ty)?;
        }
        Ok(at - start)
    }

    /// Parameters of something that is called as a value.
    fn callable_params(&mut self, ty: &Ty) -> Outcome<Vec<(Convention, Ty)>> {
        Ok(match ty {
            Ty::Closure(closure) => {
                closure.params.iter().map(|(convention, ty)| (*convention, self.ty(ty))).collect()
            }
            Ty::Class(_, args) => match args.get(1) {
                Some(Ty::Tuple(params)) => params.iter().map(|ty| (Convention::Value, ty.clone())).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        })
    }

    /// The instance whose body contains a lambda: this one, or another function that made it.
    fn owner_instance(&self, owner: FuncId) -> Instance {
        if owner == self.instance.func {
            return self.instance.clone();
        }
        Instance { func: owner, container_args: TyArgs::EMPTY, args: TyArgs::EMPTY, self_ty: None }
    }

    /// A call with operands that stand in slots, for folds.
    pub fn call_with_slots(
        &mut self,
        target: &CallTarget,
        operands: &[(u16, Convention)],
        result: Ty,
        to: u16,
        words: u32,
    ) -> Outcome<()> {
        let (instance, ..) = self.target_instance(target)?;
        let mut at = u32::from(self.emit.out()?);
        for (from, convention) in operands {
            let place =
                Location::Frame { word: *from, ty: result.clone(), convention: Convention::Value, tag: None };
            let (from, words) = match convention {
                Convention::Value => (*from, self.emit.compiler.words(&result)?),
                _ => self.emit.borrow(&place, None)?,
            };
            self.emit.move_words(slot(at)?, from, words)?;
            at += words;
        }
        if signature(self.emit.compiler.db, instance.func).is_builtin {
            return self.emit.library_operator(&instance, operands, to);
        }
        let function = self.emit.compiler.function(Key::Function(instance));
        self.emit.op(Op::Call { function });
        let out = self.emit.out()?;
        self.emit.move_words(to, out, words)
    }

    /// Before the body of an allocator's `realloc` or `dealloc` (A45).
    pub fn enter_allocator(&mut self) -> Outcome<()> {
        let Some(method) = self.allocator else { return Ok(()) };
        let Some(array) = method.array else { return Ok(()) };
        let (convention, ty) = self.slot_type(hir::mir::SlotId(1));
        let place = Location::Frame { word: array, ty, convention, tag: None };
        self.emit.release();
        let pointer = self.emit.pointer_to(&place)?;
        let accepted = self.emit.temporary(1)?;
        self.emit.op(Op::Builtin { builtin: Builtin::TagEnter, a: accepted, b: pointer, c: method.tag });
        let go_on = self.emit.jump(Op::JumpIf { condition: accepted, target: 0 });
        // Released through its own allocator; the call fails with code 22.
        self.emit.drop_at(&place)?;
        let failure = self.emit.temporary(6)?;
        self.emit.op(Op::Builtin { builtin: Builtin::AllocFailure, a: failure, b: 22, c: 0 });
        let words = self.slots[0].1;
        self.emit.op(Op::Return { from: failure, words: slot(words)? });
        self.emit.land(go_on);
        Ok(())
    }

    /// Before an allocator's `alloc` or `realloc` returns (5.5, A52).
    pub fn leave_allocator(&mut self) -> Outcome<()> {
        let Some(method) = self.allocator else { return Ok(()) };
        let Some(size) = method.size else { return Ok(()) };
        let (ret, _) = self.slots[0];
        self.emit.op(Op::Builtin { builtin: Builtin::TagLeave, a: ret, b: size, c: method.tag });
        Ok(())
    }
}

impl<'db> Emitter<'_, 'db> {
    /// The code of a function item that is called through a function value.
    pub fn item_code(&mut self, func: FuncId, args: &TyArgs) -> Outcome<FuncIndex> {
        let instance = Instance { func, container_args: TyArgs::EMPTY, args: args.clone(), self_ty: None };
        Ok(self.compiler.function(Key::ItemAdapter(instance)))
    }

    /// The code of a lambda that is called through a function value: it is given a borrow of its object.
    pub fn closure_code(&mut self, closure: &ClosureTy) -> Outcome<FuncIndex> {
        let (path, _) = self.lambda_of(closure)?;
        let owner = self.owner_of(closure);
        Ok(match self.takes_object(&owner, &path)? {
            true => self.compiler.function(Key::LambdaAdapter(owner, path)),
            false => self.compiler.function(Key::Lambda(owner, path)),
        })
    }

    /// The instance that made a lambda: the arguments are those of the function being compiled, if it is the owner.
    pub fn owner_of(&self, closure: &ClosureTy) -> Instance {
        let mut key = self.compiler.key(self.function).cloned();
        if let Some(
            Key::Function(instance)
            | Key::Awaited(instance)
            | Key::Lambda(instance, _)
            | Key::Default(instance, _)
            | Key::LambdaAdapter(instance, _),
        ) = key.take()
            && instance.func == closure.owner
        {
            return instance;
        }
        Instance { func: closure.owner, container_args: TyArgs::EMPTY, args: TyArgs::EMPTY, self_ty: None }
    }

    /// The path of indexes to a lambda in its owner's body, and whether it is a partial application.
    pub fn lambda_of(&mut self, closure: &ClosureTy) -> Outcome<(Vec<u32>, bool)> {
        fn find(mir: &hir::mir::Mir, expr: u32, path: &mut Vec<u32>) -> Option<bool> {
            for (index, lambda) in mir.lambdas.iter().enumerate() {
                path.push(index as u32);
                if let MirKind::Lambda { expr: own, partial } = &lambda.kind
                    && own.into_raw().into_u32() == expr
                {
                    return Some(*partial);
                }
                if let Some(found) = find(lambda, expr, path) {
                    return Some(found);
                }
                path.pop();
            }
            None
        }
        let mir =
            self.compiler.mir(closure.owner).ok_or_else(|| Refusal("a lambda has no owner".to_owned()))?;
        let mut path = Vec::new();
        match find(&mir, closure.expr, &mut path) {
            Some(partial) => Ok((path, partial)),
            None => Err(Refusal("a lambda is missing".to_owned())),
        }
    }

    /// Whether a lambda's body takes its object by value (`FnOne`).
    pub fn takes_object(&mut self, owner: &Instance, path: &[u32]) -> Outcome<bool> {
        let mir = self.compiler.usable_mir(owner)?;
        let lambda = lambda_at(&mir, path).ok_or_else(|| Refusal("a lambda is missing".to_owned()))?;
        Ok(lambda.slots.get(1).is_some_and(|slot| slot.convention == Convention::Value))
    }

    /// Puts a lambda's object into a block of its own, and makes a function value of it: code, then the object. In front
    /// of the object stand the code that drops it and whether a call uses it up.
    pub fn box_closure(&mut self, to: u16, from: u16, closure: &ClosureTy, function: &Ty) -> Outcome<()> {
        let ty = Ty::Closure(std::sync::Arc::new(closure.clone()));
        let words = self.compiler.words(&ty)?;
        let code = self.closure_code(closure)?;
        let owner = self.owner_of(closure);
        let (path, _) = self.lambda_of(closure)?;
        let uses_up = self.takes_object(&owner, &path)?;
        let _ = function;
        let drops = if self.compiler.needs_drop(&ty) {
            self.compiler.function(Key::Drop(ty, None)) as i32 + 1
        } else {
            0
        };
        let object = slot(u32::from(to) + 1)?;
        let image = self.temporary(words + 2)?;
        self.op(Op::Word { to: image, value: drops });
        self.op(Op::Word { to: image + 1, value: i32::from(uses_up) });
        self.move_words(image + 2, from, words)?;
        let count = slot(words + 2)?;
        self.op(Op::Builtin { builtin: Builtin::BoxWords, a: object, b: image, c: count });
        self.op(Op::Word { to, value: code as i32 + 1 });
        Ok(())
    }

    /// Gives back the block of a function value's object. After a call that used it up, only the block is freed.
    pub fn release_function(&mut self, object: u16, called: bool) -> Outcome<()> {
        let none = self.jump(Op::JumpWordEq { a: object, value: 0, by: 0 });
        let (header, word) = (self.temporary(1)?, self.temporary(2)?);
        self.op(Op::Builtin { builtin: Builtin::BoxHeader, a: header, b: object, c: 0 });
        self.op(Op::Load2 { to: word, pointer: header, offset: 0 });
        let used = called.then(|| self.jump(Op::JumpWordEq { a: word + 1, value: 1, by: 0 }));
        let trivial = self.jump(Op::JumpWordEq { a: word, value: 0, by: 0 });
        let out = self.out()?;
        self.move_words(out, object, 1)?;
        self.op(Op::CallWord { function: word, mode: CallMode::Partial });
        self.land(trivial);
        if let Some(used) = used {
            self.land(used);
        }
        self.op(Op::Builtin { builtin: Builtin::FreeBox, a: object, b: 0, c: 0 });
        self.land(none);
        Ok(())
    }

    /// A `Ret` in its pass state without value.
    pub fn pass(&mut self, to: u16) {
        self.op(Op::Word { to, value: state::PASS as i32 });
    }
}
