//! Calls: candidates, arguments, generic parameters, overloads.

use super::ctx::{Ctx, Val, Want};
use super::stmt::Place;
use super::unify::{Binder, Mismatch};
use super::*;
use crate::body::{Arg, Expr, GenericArg};
use crate::diagnostic::TextEdit;
use crate::ids::ItemId;
use crate::signature::{Generics, Param, Signature};
use crate::ty::{ClosureTy, TypeParam};
use std::sync::Arc;
use syntax::TextRange;

/// A function that a call may mean.
#[derive(Clone)]
pub(super) struct Candidate<'db> {
    pub(super) func: FuncId,
    pub(super) sig: &'db Signature,
    /// Owner of the generic parameters around the function, with their arguments.
    pub(super) container: Option<(ItemId, TyArgs)>,
    /// Generic parameters that the call has to find beside the function's own: those of a class that is named without
    /// arguments (GN6).
    pub(super) open: Option<(ItemId, &'db Generics)>,
    /// What `Self` in the signature stands for.
    pub(super) self_ty: Option<Ty>,
    /// Type the method was looked up on, where that is another one.
    pub(super) on: Option<Ty>,
    /// The base through which it was found, such as `To[Str]` (SP18).
    pub(super) via: Option<Ty>,
    pub(super) depth: u32,
    pub(super) visible: bool,
}

/// The receiver of a method call.
#[derive(Clone)]
pub(super) struct Receiver {
    pub(super) expr: ExprId,
    pub(super) val: Val,
}

/// The call as it is written.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) expr: ExprId,
    /// Where a mistake of the whole call is reported: the name of what is called.
    pub(super) name: TextRange,
    pub(super) generic_args: Option<&'a [GenericArg]>,
    pub(super) args: &'a [Arg],
    pub(super) receiver: Option<&'a Receiver>,
}

/// Why a candidate does not fit.
pub(super) enum Misfit {
    TooMany { expected: usize, at: TextRange },
    Missing { names: Vec<Name> },
    UnknownName { name: Name, at: TextRange },
    Twice { name: Name, at: TextRange },
}

/// Which argument fills which parameter.
pub(super) enum Filling {
    One(usize),
    Default,
    Pack(Vec<usize>),
    Void,
    /// Element of the tuple that an argument unpacks.
    Element(usize, u32),
}

impl Filling {
    /// The arguments that go to the parameter as they are.
    pub(super) fn whole_args(&self) -> &[usize] {
        match self {
            Filling::One(index) => std::slice::from_ref(index),
            Filling::Pack(indices) => indices,
            Filling::Default | Filling::Void | Filling::Element(..) => &[],
        }
    }
}

impl<'db> Ctx<'db> {
    pub(super) fn call(
        &mut self,
        expr: ExprId,
        callee: ExprId,
        generic_args: Option<&'db [GenericArg]>,
        args: &'db [Arg],
        want: Want<'_>,
    ) -> Val {
        let site = Site { expr, name: self.range(callee), generic_args, args, receiver: None };
        match self.expr(callee) {
            Expr::Path(names) => self.call_path(callee, names, site, want),
            Expr::NestedFunctions(funcs) => {
                let candidates = funcs.iter().map(|func| self.free_candidate(*func)).collect();
                self.call_candidates(callee, candidates, site, want)
            }
            Expr::Field { base, name, name_range } => {
                let site = Site { name: *name_range, ..site };
                match self.expr(*base) {
                    Expr::Type(ty) => self.static_call(callee, *base, *ty, name, site, want),
                    _ => self.method_call(callee, *base, name, site, want),
                }
            }
            Expr::Type(ty) => {
                let ty = *ty;
                self.call_of_type(callee, ty, site)
            }
            _ => {
                let val = self.value(callee);
                self.call_value(callee, val, site, want)
            }
        }
    }

    /// Arguments of a call that makes no sense: for their own mistakes.
    pub(super) fn infer_args(&mut self, args: &'db [Arg]) {
        for arg in args {
            self.value(arg.value);
        }
    }

    pub(super) fn free_candidate(&self, func: FuncId) -> Candidate<'db> {
        let sig = self.signature_of(func);
        Candidate {
            func,
            sig,
            container: None,
            open: None,
            self_ty: None,
            on: None,
            via: None,
            depth: 0,
            visible: true,
        }
    }

    /// TY12: `Foo(1)`.
    fn call_of_type(&mut self, callee: ExprId, ty: crate::body::TypeRefId, site: Site<'db>) -> Val {
        let ty = self.lower_open_type(ty);
        self.infer_args(site.args);
        if let Some((ty, _)) = ty
            && !matches!(ty, Ty::Unknown)
        {
            let range = self.range(callee);
            let name = match &ty {
                Ty::Class(class, _) => crate::items::class_data(self.db, *class).name.to_string(),
                ty => self.show(ty),
            };
            let has_new = !self.members(&ty, "new").members.is_empty();
            let mut diagnostic =
                Diagnostic::error("TY12", range, format!("the type `{name}` cannot be called")).note(
                    format!(
                        "an object is made by `{name} {{ … }}` or by a static method such as `{name}.new(…)`"
                    ),
                );
            if has_new {
                diagnostic =
                    diagnostic.fix(format!("call `{name}.new`"), vec![TextEdit::insert(range.end(), ".new")]);
            }
            self.report(diagnostic);
        }
        Val::unknown()
    }

    // Candidates

    pub(super) fn call_candidates(
        &mut self,
        callee: ExprId,
        candidates: Vec<Candidate<'db>>,
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        match candidates.as_slice() {
            [] => {
                self.infer_args(site.args);
                Val::unknown()
            }
            [candidate] => {
                let candidate = candidate.clone();
                self.resolve_to(callee, Resolution::Function(candidate.func));
                self.call_one(&candidate, site, want, None)
            }
            _ => self.call_overloaded(callee, candidates, site, want),
        }
    }

    pub(super) fn finish_args(&mut self, args: &'db [Arg], vals: &[Option<Val>]) {
        for (arg, val) in args.iter().zip(vals) {
            if val.is_none() {
                self.set_silently(|ctx| ctx.value(arg.value));
            }
        }
    }

    pub(super) fn binder_of(&self, candidate: &Candidate<'db>) -> Binder {
        let mut binder =
            self.binder_for(candidate.sig, candidate.container.clone(), candidate.self_ty.clone());
        if let Some((owner, generics)) = candidate.open {
            binder.open(owner, generics.params.len());
            binder.nested = binder.is_open();
        }
        binder
    }

    /// Binds open parameters or finds a conversion.
    pub(super) fn bind_or_convert(
        &self,
        binder: &mut Binder,
        pattern: &Ty,
        actual: &Ty,
    ) -> Result<Option<Coercion>, Mismatch> {
        let expanded;
        let pattern = match binder.nested {
            true => {
                expanded = binder.apply_known(pattern);
                &expanded
            }
            false => pattern,
        };
        if !binder.mentions_open(pattern) {
            let expected = self.normalise(binder.apply(pattern));
            return match self.conversion(actual, &expected) {
                Some(coercion) => Ok(coercion),
                None => Err(Mismatch::Different),
            };
        }
        // What the brackets say is as good as declared.
        if let Ty::Param(param) = pattern
            && let Some(slot) = binder.slot(param)
            && binder.slots[slot].written
            && let Some(bound) = &binder.slots[slot].bound
        {
            return self.conversion(actual, bound).ok_or(Mismatch::Different);
        }
        // An upcast to what the expected type asks for (GN8).
        if let Ty::Param(param) = pattern
            && let Some(slot) = binder.slot(param)
            && binder.slots[slot].bound.is_none()
            && let Some(expected) = binder.slots[slot].expected.clone()
            && let Some(Some(coercion)) = self.conversion(actual, &expected)
        {
            binder.slots[slot].bound = Some(expected);
            return Ok(Some(coercion));
        }
        match self.bind(binder, pattern, actual, false) {
            Ok(()) => Ok(match (pattern, actual) {
                (Ty::Class(class, _), Ty::Func(..) | Ty::Closure(_))
                    if self.lang.fn_kind(*class).is_some() =>
                {
                    let wanted = self.lang.fn_kind(*class);
                    if wanted.is_some_and(|wanted| self.callable_kind(actual) > wanted) {
                        return Err(Mismatch::Different);
                    }
                    Some(Coercion::FunctionValue(binder.apply(pattern)))
                }
                _ => None,
            }),
            Err(conflict @ Mismatch::Conflict(..)) => Err(conflict),
            Err(Mismatch::Different) => {
                // Through a base class of the argument's type.
                let Ty::Class(class, _) = pattern else { return Err(Mismatch::Different) };
                if let (Some(wanted), Ty::Class(given, args)) = (self.lang.fn_kind(*class), actual)
                    && let Some(kind) = self.lang.fn_kind(*given)
                    && kind <= wanted
                {
                    let as_wanted = Ty::Class(*class, args.clone());
                    self.bind(binder, pattern, &as_wanted, false)?;
                    return Ok(Some(Coercion::FunctionValue(binder.apply(pattern))));
                }
                if actual.class() == Some(*class) {
                    return Err(Mismatch::Different);
                }
                let base = match actual {
                    Ty::Class(..) | Ty::Param(_) => {
                        self.base_of(actual, *class).ok_or(Mismatch::Different)?
                    }
                    _ => return Err(Mismatch::Different),
                };
                self.bind(binder, pattern, &base, false)?;
                Ok(Some(Coercion::Upcast(binder.apply(pattern))))
            }
        }
    }

    // One candidate

    /// A call of the one function that is meant. `vals` are arguments that were inferred already.
    pub(super) fn call_one(
        &mut self,
        candidate: &Candidate<'db>,
        site: Site<'db>,
        want: Want<'_>,
        vals: Option<Vec<Option<Val>>>,
    ) -> Val {
        let sig = candidate.sig;
        let mut binder = self.binder_of(candidate);
        if let Some(written) = site.generic_args
            && !self.bind_written(&mut binder, candidate, written, site)
        {
            self.finish_unknown(site.args, vals);
            return Val::unknown();
        }
        // The elements that an argument unpacks have to be known before parameters are filled.
        let mut vals = vals;
        if vals.is_none() && site.args.iter().any(|arg| arg.unpack) {
            let known = site.args.iter().map(|arg| (arg.unpack).then(|| self.value(arg.value)));
            vals = Some(known.collect());
        }
        // What the arguments cannot decide comes from the expected type (GN8).
        if binder.is_open()
            && let Some(expected) = want.ty
            && !self.has_placeholder(site.args)
        {
            let _ = self.bind(&mut binder, &sig.ret, expected, true);
        }
        let is_void = |param: &Param| {
            !param.variadic
                && matches!(&param.ty, Ty::Param(_))
                && self.is_void(&self.normalise(binder.apply(&param.ty)))
        };
        let filling = match self.fill(&sig.params, site.args, &is_void) {
            Ok(filling) => filling,
            Err(misfit) => {
                self.report_misfit(candidate, misfit, site);
                self.finish_unknown(site.args, vals);
                return Val::of(self.result_after_mistake(sig, &binder));
            }
        };
        let ok = self.check_args(candidate, &mut binder, &filling, site, vals);
        let missing = self.close_all(&mut binder, candidate);
        if let Some(param) = missing
            && ok
        {
            self.report_unbound(&param, candidate, site);
        }
        self.check_bounds(&sig.generics, &binder, site, candidate);
        if let Some((_, generics)) = candidate.open {
            self.check_bounds(generics, &binder, site, candidate);
        }
        self.finish_call(candidate, binder, filling, site)
    }

    fn finish_unknown(&mut self, args: &'db [Arg], vals: Option<Vec<Option<Val>>>) {
        match vals {
            Some(vals) => self.finish_args(args, &vals),
            None => self.infer_args(args),
        }
    }

    /// After a mistake in the arguments the result is still known if it does not depend on them.
    fn result_after_mistake(&self, sig: &Signature, binder: &Binder) -> Ty {
        if sig.ret == Ty::Never || sig.func == self.lang.panic {
            return Ty::Never;
        }
        self.normalise(binder.apply(&sig.ret))
    }

    pub(super) fn has_placeholder(&self, args: &[Arg]) -> bool {
        args.iter().any(|arg| matches!(self.expr(arg.value), Expr::Placeholder))
    }

    fn close_all(&self, binder: &mut Binder, candidate: &Candidate<'db>) -> Option<TypeParam> {
        let of_class = match candidate.open {
            Some((_, generics)) => self.close(binder, generics, candidate.self_ty.as_ref()),
            None => None,
        };
        let own = self.close(binder, &candidate.sig.generics, None);
        of_class.or(own)
    }

    fn report_unbound(&mut self, param: &TypeParam, candidate: &Candidate<'db>, site: Site<'_>) {
        let name = &candidate.sig.name;
        let message = format!("nothing decides the generic parameter `{}` of `{name}`", param.name);
        let example = match &candidate.self_ty {
            Some(Ty::Class(class, _)) if candidate.open.is_some() => {
                format!("{}[…].{name}(…)", crate::items::class_data(self.db, *class).name)
            }
            _ => format!("{name}[…](…)"),
        };
        self.report(
            Diagnostic::error("GN12", site.name, message)
                .note(format!("it is found from arguments and from the type that is expected, not from later uses: write `{example}`")),
        );
    }

    fn finish_call(
        &mut self,
        candidate: &Candidate<'db>,
        binder: Binder,
        filling: Vec<Filling>,
        site: Site<'db>,
    ) -> Val {
        let sig = candidate.sig;
        let mut self_ty = candidate.on.clone().or_else(|| candidate.self_ty.clone());
        let mut container_args = TyArgs::EMPTY;
        if let Some((_, args)) = &candidate.container {
            container_args = args.iter().map(|arg| binder.apply(arg)).collect();
        }
        if let Some((owner, _)) = candidate.open {
            self_ty = self_ty.map(|ty| self.normalise(binder.apply(&ty)));
            if candidate.container.is_none() {
                container_args = binder.args_of(owner);
            }
        }
        let args = binder.args_of(candidate.func.0);
        let ret = match candidate.func == self.lang.panic {
            true => Ty::Never,
            false => self.normalise(binder.apply(&sig.ret)),
        };
        let mut open_params: Vec<(Convention, Ty)> = Vec::new();
        let mut sources = Vec::with_capacity(filling.len());
        for (param, filled) in sig.params.iter().zip(filling) {
            sources.push(match filled {
                Filling::Default => ArgSource::Default,
                Filling::Void => ArgSource::Void,
                Filling::Element(index, element) => ArgSource::UnpackField(index as u32, element),
                Filling::One(index) => match self.expr(site.args[index].value) {
                    Expr::Placeholder => {
                        open_params.push((param.convention, self.normalise(binder.apply(&param.ty))));
                        ArgSource::Open(open_params.len() as u32 - 1)
                    }
                    _ => ArgSource::Arg(index as u32),
                },
                Filling::Pack(indices) => match indices.as_slice() {
                    [index] if site.args[*index].unpack => ArgSource::Unpack(*index as u32),
                    [index] if matches!(self.expr(site.args[*index].value), Expr::Placeholder) => {
                        let ty = self.normalise(binder.apply(&param.ty));
                        let ty = match &param.ty {
                            Ty::Param(pack) if pack.variadic => ty,
                            _ => Ty::Class(self.lang.arr, [ty].into_iter().collect()),
                        };
                        open_params.push((Convention::Value, ty));
                        ArgSource::Open(open_params.len() as u32 - 1)
                    }
                    indices => {
                        let indices = indices.iter().map(|index| *index as u32).collect();
                        match &param.ty {
                            Ty::Param(pack) if pack.variadic => ArgSource::Tuple(indices),
                            _ => ArgSource::Array(indices),
                        }
                    }
                },
            });
        }
        let has_args = !args.is_empty() || !container_args.is_empty();
        let dispatch = match &self_ty {
            None => Dispatch::Direct,
            Some(ty) => self.dispatch_of(sig, ty),
        };
        let receiver = sig.self_param.map(|self_param| self_param.convention);
        let mut result = Val::of(ret.clone());
        self.lend(candidate, site, &mut result);
        let info = CallInfo {
            callee: Callee::Function {
                func: candidate.func,
                container_args,
                args,
                self_ty: self_ty.clone(),
                dispatch,
            },
            args: sources.into(),
            receiver,
            ret,
            result_convention: if result.borrow != Convention::Value {
                result.borrow
            } else {
                self.lent_inside(candidate, &result)
            },
        };
        let _ = has_args;
        self.check_alloc_call(candidate, &info, site);
        self.record_call(site.expr, CallRole::Main, info);
        if candidate.func == self.lang.panic {
            self.diverges = true;
        }
        if !open_params.is_empty() || self.has_placeholder(site.args) {
            return self.partial_application(site, open_params, result);
        }
        result
    }

    /// The result convention of `next` on a generator that lends: its pass value is a borrow (CO6).
    fn lent_inside(&self, candidate: &Candidate<'db>, result: &Val) -> Convention {
        match candidate.func == self.lang.gen_next {
            true => result.inner,
            false => Convention::Value,
        }
    }

    /// 2.9: the call with holes is a function of the missing arguments.
    fn partial_application(&mut self, site: Site<'db>, params: Vec<(Convention, Ty)>, result: Val) -> Val {
        let mut kind = FnKind::Ref;
        let mut second_class = false;
        let given = site.args.iter().filter(|arg| !matches!(self.expr(arg.value), Expr::Placeholder));
        let given: Vec<&Arg> = given.collect();
        for arg in given {
            match arg.convention {
                Convention::Value => {
                    let ty = self.type_at(arg.value).clone();
                    if !self.is_copy(&ty) {
                        kind = FnKind::One;
                    }
                }
                _ => second_class = true,
            }
        }
        if let Some(receiver) = site.receiver {
            let by = self.call_receiver(site.expr);
            match by {
                Some(Convention::Ref | Convention::Mut) => second_class = true,
                _ if !self.is_copy(&receiver.val.ty) => kind = FnKind::One,
                _ => {}
            }
        }
        let ret = result.ty;
        let info = ClosureInfo { kind, params: params.clone(), ret: ret.clone(), second_class };
        self.closures.push((site.expr, info));
        let expr = site.expr.into_raw().into_u32();
        Val::of(Ty::Closure(Arc::new(ClosureTy { owner: self.func, expr, kind, params, ret, second_class })))
    }

    fn call_receiver(&self, expr: ExprId) -> Option<Convention> {
        let site = CallSite { expr, role: CallRole::Main };
        self.calls.iter().rev().find(|(found, _)| *found == site).and_then(|(_, info)| info.receiver)
    }

    // Calls of values

    /// CL7: `f(x)` on a lambda, a function name or a function object.
    pub(super) fn call_value(&mut self, callee: ExprId, val: Val, site: Site<'db>, want: Want<'_>) -> Val {
        if let Ty::Func(func, args) = &val.ty {
            let mut candidate = self.free_candidate(*func);
            if !args.is_empty() {
                candidate.container = Some((func.0, args.clone()));
            }
            return self.call_one(&candidate, site, want, None);
        }
        let Some((params, ret)) = self.callable_parts(&val.ty) else {
            self.infer_args(site.args);
            if !val.ty.has_unknown() && !matches!(val.ty, Ty::Never) {
                let range = self.range(callee);
                let message = format!("`{}` cannot be called", self.show(&val.ty));
                self.report(
                    Diagnostic::error("TY2", range, message)
                        .note("functions, lambdas, `FnRef`, `FnMut` and `FnOne` can be called"),
                );
            }
            return Val::unknown();
        };
        let kind = self.callable_kind(&val.ty);
        if kind == FnKind::Mut {
            self.check_callable_mutable(callee, &val);
        }
        if kind == FnKind::One {
            self.consume(callee, &val);
        }
        let given = site.args.len();
        if given != params.len() {
            let message = format!("{given} arguments are given, expected {}", params.len());
            self.report(Diagnostic::error("OV4", site.name, message));
            self.infer_args(site.args);
            return Val::of(ret);
        }
        let mut sources = Vec::new();
        let mut open: Vec<(Convention, Ty)> = Vec::new();
        for (index, (arg, (convention, ty))) in site.args.iter().zip(&params).enumerate() {
            if matches!(self.expr(arg.value), Expr::Placeholder) {
                open.push((*convention, ty.clone()));
                sources.push(ArgSource::Open(open.len() as u32 - 1));
                continue;
            }
            sources.push(ArgSource::Arg(index as u32));
            let val = self.expr_with(arg.value, Want::ty(ty));
            if !matches!(val.ty, Ty::Unknown) && !self.convention_fits(*convention, arg.convention, &val) {
                let left_to_ownership =
                    *convention == Convention::Value && arg.convention == Convention::Value;
                if !left_to_ownership {
                    let message = format!(
                        "the argument is taken {}, but given {}",
                        taken(*convention),
                        given_as(arg.convention)
                    );
                    self.report(
                        Diagnostic::error("CC2", arg.range, message)
                            .note("function types take their parameters by value (CL8)"),
                    );
                    continue;
                }
            }
            match convention {
                Convention::Value => self.consume(arg.value, &val),
                Convention::Ref => {}
                Convention::Mut => self.check_mutable_argument(arg, &val),
            }
            self.check_fits(arg.value, &val, ty, Place::Argument);
        }
        let info = CallInfo {
            callee: Callee::Value { kind },
            args: sources.into(),
            receiver: None,
            ret: ret.clone(),
            result_convention: Convention::Value,
        };
        self.record_call(site.expr, CallRole::Main, info);
        if !open.is_empty() {
            return self.partial_application(site, open, Val::of(ret));
        }
        Val::of(ret)
    }
}

pub(super) fn taken(convention: Convention) -> &'static str {
    match convention {
        Convention::Value => "by value",
        Convention::Ref => "by `&`",
        Convention::Mut => "by `&mut`",
    }
}

pub(super) fn given(convention: Convention) -> &'static str {
    given_as(convention)
}

fn given_as(convention: Convention) -> &'static str {
    match convention {
        Convention::Value => "without a symbol",
        Convention::Ref => "with `&`",
        Convention::Mut => "with `&mut`",
    }
}
