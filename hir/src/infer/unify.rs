//! Matching declared types against types found (GN6), and conversions (TY2, CC6).

use super::ctx::{Ctx, Val};
use super::*;
use crate::ids::ItemId;
use crate::signature::{Generics, Signature};
use crate::ty::TypeParam;

/// The generic parameters that one call has to find.
#[derive(Clone, Default)]
pub(super) struct Binder {
    /// Owner of the parameters, index of its first slot, number of slots.
    owners: Vec<(ItemId, u32, u32)>,
    pub(super) slots: Vec<Slot>,
    /// Arguments of owners that are known from the start.
    known: Vec<(ItemId, TyArgs)>,
    pub(super) self_ty: Option<Ty>,
    pub(super) nested: bool,
}

#[derive(Clone, Default)]
pub(super) struct Slot {
    /// From an argument, or written.
    pub(super) bound: Option<Ty>,
    /// Written in brackets: an argument is converted to it.
    pub(super) written: bool,
    /// From the expected type (GN8): holds if no argument says otherwise.
    pub(super) expected: Option<Ty>,
}

/// A parameter that two arguments bind to different types.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Conflict {
    pub(super) param: TypeParam,
    pub(super) before: Ty,
    pub(super) now: Ty,
}

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Mismatch {
    /// The types differ.
    Different,
    /// A parameter was bound to another type before (GN6).
    Conflict(Box<Conflict>),
}

impl Binder {
    pub(super) fn open(&mut self, owner: ItemId, count: usize) {
        if count > 0 {
            self.owners.push((owner, self.slots.len() as u32, count as u32));
            self.slots.extend(std::iter::repeat_n(Slot::default(), count));
        }
    }

    pub(super) fn know(&mut self, owner: ItemId, args: TyArgs) {
        if !args.is_empty() {
            self.known.push((owner, args));
        }
    }

    /// Arguments of the container and `Self` that themselves mention open parameters: a class named without arguments.
    fn is_nested(&self) -> bool {
        self.nested
    }

    pub(super) fn is_open(&self) -> bool {
        !self.slots.is_empty()
    }

    pub(super) fn slot(&self, param: &TypeParam) -> Option<usize> {
        let (_, first, count) = self.owners.iter().find(|(owner, ..)| *owner == param.owner)?;
        (param.index < *count).then_some((first + param.index) as usize)
    }

    fn known(&self, param: &TypeParam) -> Option<&Ty> {
        let (_, args) = self.known.iter().find(|(owner, _)| *owner == param.owner)?;
        args.get(param.index as usize)
    }

    /// What stands for the parameters of `owner`; unknown where not found.
    pub(super) fn args_of(&self, owner: ItemId) -> TyArgs {
        if let Some((_, args)) = self.known.iter().find(|(known, _)| *known == owner) {
            return args.clone();
        }
        match self.owners.iter().find(|(open, ..)| *open == owner) {
            Some((_, first, count)) => {
                let slots = &self.slots[*first as usize..(*first + *count) as usize];
                slots
                    .iter()
                    .map(|slot| slot.bound.clone().or_else(|| slot.expected.clone()).unwrap_or(Ty::Unknown))
                    .collect()
            }
            None => TyArgs::EMPTY,
        }
    }

    /// `ty` with what is known put in; [`Ty::Unknown`] for the rest.
    pub(super) fn apply(&self, ty: &Ty) -> Ty {
        if self.owners.is_empty() && self.known.is_empty() && self.self_ty.is_none() {
            return ty.clone();
        }
        let expanded;
        let ty = match self.is_nested() {
            true => {
                expanded = self.apply_known(ty);
                &expanded
            }
            false => ty,
        };
        ty.map(&mut |part| match part {
            Ty::Param(param) => match self.slot(param) {
                Some(slot) => {
                    let slot = &self.slots[slot];
                    Some(slot.bound.clone().or_else(|| slot.expected.clone()).unwrap_or(Ty::Unknown))
                }
                None => self.known(param).cloned(),
            },
            Ty::SelfTy => self.self_ty.clone(),
            _ => None,
        })
    }

    /// `ty` with everything but open parameters put in.
    pub(super) fn apply_known(&self, ty: &Ty) -> Ty {
        if self.known.is_empty() && self.self_ty.is_none() {
            return ty.clone();
        }
        ty.map(&mut |part| match part {
            Ty::Param(param) if self.slot(param).is_none() => self.known(param).cloned(),
            Ty::SelfTy => self.self_ty.clone(),
            _ => None,
        })
    }

    /// Whether `ty` mentions a parameter that has no type yet.
    pub(super) fn is_unbound(&self, ty: &Ty) -> bool {
        if self.is_nested() {
            let ty = self.apply_known(ty);
            return self.is_unbound_now(&ty);
        }
        self.is_unbound_now(ty)
    }

    fn is_unbound_now(&self, ty: &Ty) -> bool {
        self.is_open()
            && ty.any(&mut |part| match part {
                Ty::Param(param) => self.slot(param).is_some_and(|slot| {
                    self.slots[slot].bound.is_none() && self.slots[slot].expected.is_none()
                }),
                _ => false,
            })
    }

    pub(super) fn mentions_open(&self, ty: &Ty) -> bool {
        if self.is_nested() {
            let ty = self.apply_known(ty);
            return ty.any(&mut |part| matches!(part, Ty::Param(param) if self.slot(param).is_some()));
        }
        self.is_open() && ty.any(&mut |part| matches!(part, Ty::Param(param) if self.slot(param).is_some()))
    }
}

impl<'db> Ctx<'db> {
    /// Matches a declared type against a found one, binding open parameters. `soft` binds for GN8 only.
    pub(super) fn bind(
        &self,
        binder: &mut Binder,
        pattern: &Ty,
        actual: &Ty,
        soft: bool,
    ) -> Result<(), Mismatch> {
        if binder.is_nested() {
            let pattern = binder.apply_known(pattern);
            binder.nested = false;
            let result = self.bind(binder, &pattern, actual, soft);
            binder.nested = true;
            return result;
        }
        match (pattern, actual) {
            (Ty::Param(param), _) => match binder.slot(param) {
                Some(slot) => self.bind_slot(binder, slot, param, actual, soft),
                None => match binder.known(param) {
                    Some(known) => self.accept(self.convertible_exactly(actual, known)),
                    None => self.accept(same(pattern, actual)),
                },
            },
            (_, Ty::Unknown | Ty::Never) => Ok(()),
            (Ty::Unknown, _) => Ok(()),
            (Ty::SelfTy, _) => match &binder.self_ty {
                Some(self_ty) => self.accept(same(self_ty, actual)),
                None => Ok(()),
            },
            (Ty::Assoc(base, _), _) => {
                if binder.is_unbound(base) {
                    // An occurrence as `A.Item` binds nothing (GN5).
                    return Ok(());
                }
                let ty = self.normalise(binder.apply(pattern));
                self.accept(same(&ty, actual))
            }
            (Ty::Class(class, pattern_args), Ty::Class(found, args)) if class == found => {
                for (pattern, actual) in pattern_args.iter().zip(args.iter()) {
                    self.bind(binder, pattern, actual, soft)?;
                }
                Ok(())
            }
            (Ty::Class(class, pattern_args), Ty::Func(..) | Ty::Closure(_))
                if self.lang.fn_kind(*class).is_some() =>
            {
                let Some((params, ret)) = self.callable_parts(actual) else { return Ok(()) };
                let [pattern_ret, pattern_params] = &pattern_args[..] else { return Ok(()) };
                let params = Ty::Tuple(params.into_iter().map(|(_, ty)| ty).collect());
                self.bind(binder, pattern_params, &params, soft)?;
                match self.is_void(pattern_ret) {
                    // The value of an expression body is dropped where nothing is expected.
                    true => Ok(()),
                    false => self.bind(binder, pattern_ret, &ret, soft),
                }
            }
            (Ty::Tuple(patterns), Ty::Tuple(actuals)) => {
                if patterns.len() != actuals.len() {
                    return Err(Mismatch::Different);
                }
                for (pattern, actual) in patterns.iter().zip(actuals.iter()) {
                    self.bind(binder, pattern, actual, soft)?;
                }
                Ok(())
            }
            _ => {
                let pattern = binder.apply(pattern);
                self.accept(same(&pattern, actual))
            }
        }
    }

    fn accept(&self, ok: bool) -> Result<(), Mismatch> {
        if ok { Ok(()) } else { Err(Mismatch::Different) }
    }

    fn convertible_exactly(&self, actual: &Ty, expected: &Ty) -> bool {
        same(actual, expected)
    }

    fn bind_slot(
        &self,
        binder: &mut Binder,
        slot: usize,
        param: &TypeParam,
        actual: &Ty,
        soft: bool,
    ) -> Result<(), Mismatch> {
        let actual = self.function_value_type(actual);
        let entry = &mut binder.slots[slot];
        if soft {
            if entry.expected.is_none() && !matches!(actual, Ty::Unknown | Ty::Never) && !actual.has_unknown()
            {
                entry.expected = Some(actual);
            }
            return Ok(());
        }
        match &entry.bound {
            None => {
                if matches!(actual, Ty::Never) {
                    return Ok(());
                }
                entry.bound = Some(actual);
                Ok(())
            }
            Some(bound) if same(bound, &actual) => {
                if bound.has_unknown() {
                    entry.bound = Some(actual);
                }
                Ok(())
            }
            Some(bound) => {
                let conflict = Conflict { param: param.clone(), before: bound.clone(), now: actual };
                Err(Mismatch::Conflict(Box::new(conflict)))
            }
        }
    }

    /// A function name is no type that a generic parameter could stand for by itself; it is kept as it is.
    fn function_value_type(&self, ty: &Ty) -> Ty {
        ty.clone()
    }

    /// Whether a value of type `actual` may stand where `expected` is declared, and the conversion it needs.
    pub(super) fn conversion(&self, actual: &Ty, expected: &Ty) -> Option<Option<Coercion>> {
        if same(actual, expected) || matches!(actual, Ty::Never) {
            return Some(None);
        }
        match expected {
            Ty::Class(class, args) if *class == self.lang.var => {
                let members: &[Ty] = match args.first() {
                    Some(Ty::Tuple(members)) => members,
                    _ => args,
                };
                let member = members.iter().position(|member| same(member, actual))?;
                Some(Some(Coercion::IntoVar(expected.clone(), member as u32)))
            }
            Ty::Class(class, args) if self.lang.fn_kind(*class).is_some() => {
                let wanted = self.lang.fn_kind(*class)?;
                let given = match actual {
                    Ty::Class(class, given_args) => {
                        let kind = self.lang.fn_kind(*class)?;
                        given_args
                            .iter()
                            .zip(args.iter())
                            .all(|(given, wanted)| same(given, wanted))
                            .then_some(kind)?
                    }
                    _ => {
                        let (params, ret) = self.callable_parts(actual)?;
                        let (wanted_ret, wanted_params) = (args.first()?, args.get(1)?);
                        if params.iter().any(|(convention, _)| *convention != Convention::Value) {
                            return None;
                        }
                        let params = Ty::Tuple(params.into_iter().map(|(_, ty)| ty).collect());
                        let fits = same(&params, wanted_params)
                            && (same(&ret, wanted_ret) || self.is_void(wanted_ret));
                        fits.then_some(())?;
                        self.callable_kind(actual)
                    }
                };
                (given <= wanted).then(|| Some(Coercion::FunctionValue(expected.clone())))
            }
            Ty::Class(class, _) => {
                let base = match actual {
                    Ty::Class(..) | Ty::Param(_) | Ty::Assoc(..) | Ty::Tuple(_) => {
                        self.base_of(actual, *class)?
                    }
                    _ => return None,
                };
                same(&base, expected).then(|| Some(Coercion::Upcast(expected.clone())))
            }
            _ => None,
        }
    }

    /// Parameters and result of a function name, lambda or function object.
    pub(super) fn callable_parts(&self, ty: &Ty) -> Option<(Vec<(Convention, Ty)>, Ty)> {
        match ty {
            Ty::Closure(closure) => Some((closure.params.clone(), closure.ret.clone())),
            Ty::Func(func, args) => {
                let sig = self.signature_of(*func);
                let mut binder = Binder::default();
                binder.know(func.0, args.clone());
                let params =
                    sig.params.iter().map(|param| (param.convention, binder.apply(&param.ty))).collect();
                Some((params, self.normalise(binder.apply(&sig.ret))))
            }
            Ty::Class(class, args) if self.lang.fn_kind(*class).is_some() => {
                let ret = args.first()?.clone();
                let params = match args.get(1) {
                    Some(Ty::Tuple(params)) => {
                        params.iter().map(|ty| (Convention::Value, ty.clone())).collect()
                    }
                    _ => return None,
                };
                Some((params, ret))
            }
            _ => None,
        }
    }

    pub(super) fn callable_kind(&self, ty: &Ty) -> FnKind {
        match ty {
            Ty::Closure(closure) => closure.kind,
            Ty::Class(class, _) => self.lang.fn_kind(*class).unwrap_or(FnKind::Ref),
            _ => FnKind::Ref,
        }
    }

    /// Converts the value of `expr` to `expected`; `false` if it does not fit.
    pub(super) fn convert(&mut self, expr: ExprId, val: &Val, expected: &Ty) -> bool {
        match self.conversion(&val.ty, expected) {
            Some(None) => true,
            Some(Some(coercion)) => {
                self.coercions.push((expr, coercion));
                true
            }
            None => false,
        }
    }

    pub(super) fn display_binder(&self, container: Option<(ItemId, TyArgs)>, self_ty: Option<Ty>) -> Binder {
        let mut binder = Binder { self_ty, ..Binder::default() };
        if let Some((owner, args)) = container {
            binder.know(owner, args);
        }
        binder
    }

    /// A binder for a call of `sig`, whose container's arguments are `container_args` (`None`: to be found).
    pub(super) fn binder_for(
        &self,
        sig: &Signature,
        container: Option<(ItemId, TyArgs)>,
        self_ty: Option<Ty>,
    ) -> Binder {
        let mut binder = self.display_binder(container, self_ty);
        binder.open(sig.func.0, sig.generics.params.len());
        binder
    }

    /// The default that a class gives the parameter which a `sup` block calls `param`; `target` is the block's target.
    fn class_default(&self, target: &Ty, param: &TypeParam) -> Option<Ty> {
        let Ty::Class(class, args) = target else { return None };
        let index = args.iter().position(|arg| matches!(arg, Ty::Param(found) if found == param))?;
        let generics = crate::items::class_generics(self.db, *class);
        let default = generics.params.get(index)?.default.as_ref()?;
        Some(crate::ty::Subst::new(class.0, args.clone()).apply(default))
    }

    /// Finds what arguments and expectation left open: by constraints of other parameters (GN5), then by defaults.
    /// Gives the first parameter for which nothing was found.
    pub(super) fn close(
        &self,
        binder: &mut Binder,
        generics: &Generics,
        class: Option<&Ty>,
    ) -> Option<TypeParam> {
        if generics.params.is_empty() {
            return None;
        }
        for bound in &generics.bounds {
            if bound.args.is_empty()
                || binder.is_unbound(&bound.ty)
                || !bound.args.iter().any(|arg| binder.mentions_open(arg))
            {
                continue;
            }
            let ty = binder.apply(&bound.ty);
            if let Some(Ty::Class(_, args)) = self.base_of(&ty, bound.class) {
                for (pattern, actual) in bound.args.iter().zip(args.iter()) {
                    let unbound = binder.is_unbound(pattern)
                        || matches!(pattern, Ty::Param(param) if binder.slot(param).is_some_and(|slot| binder.slots[slot].bound.is_none()));
                    if unbound {
                        let _ = self.bind(binder, pattern, actual, false);
                    }
                }
            }
        }
        let mut missing = None;
        for param in &generics.params {
            let Some(slot) = binder.slot(&param.param) else { continue };
            let entry = &mut binder.slots[slot];
            if entry.bound.is_some() {
                continue;
            }
            if let Some(expected) = entry.expected.clone() {
                entry.bound = Some(expected);
                continue;
            }
            let default = param.default.clone().or_else(|| self.class_default(class?, &param.param));
            if let Some(default) = default {
                let default = binder.apply(&default);
                binder.slots[slot].bound = Some(default);
            } else if param.param.variadic {
                binder.slots[slot].bound = Some(Ty::Tuple(TyArgs::EMPTY));
            } else {
                binder.slots[slot].bound = Some(Ty::Unknown);
                missing = missing.or_else(|| Some(param.param.clone()));
            }
        }
        missing
    }
}

/// Equality in which an unknown part fits everything.
pub(super) fn same(a: &Ty, b: &Ty) -> bool {
    match (a, b) {
        (Ty::Unknown, _) | (_, Ty::Unknown) => true,
        (Ty::Class(a, a_args), Ty::Class(b, b_args)) => {
            a == b
                && a_args.len() == b_args.len()
                && a_args.iter().zip(b_args.iter()).all(|(a, b)| same(a, b))
        }
        (Ty::Tuple(a), Ty::Tuple(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b)),
        (Ty::Assoc(a, a_name), Ty::Assoc(b, b_name)) => a_name == b_name && same(a, b),
        _ => a == b,
    }
}
