//! Calls: candidates, arguments, generic parameters, overloads.

use super::ctx::{Ctx, Val, Want};
use super::stmt::Place;
use super::unify::{Binder, Conflict, Mismatch, same};
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

    /// OV2–OV4.
    fn call_overloaded(
        &mut self,
        callee: ExprId,
        candidates: Vec<Candidate<'db>>,
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        // Numbers and names of arguments decide most calls before any type is needed.
        let fits = |candidate: &&Candidate<'db>| {
            self.fill(&candidate.sig.params, site.args, &|_| false).is_ok()
                && self.explicit_fits(candidate, site.generic_args)
        };
        let mut left: Vec<Candidate<'db>> = candidates.iter().filter(fits).cloned().collect();
        if let [candidate] = left.as_slice() {
            let candidate = candidate.clone();
            self.resolve_to(callee, Resolution::Function(candidate.func));
            return self.call_one(&candidate, site, want, None);
        }
        // A lambda without types waits for the chosen overload.
        let vals: Vec<Option<Val>> = site
            .args
            .iter()
            .map(|arg| match self.expr(arg.value) {
                Expr::Placeholder => None,
                Expr::Lambda { params, .. } if params.iter().any(|param| param.ty.is_none()) => None,
                Expr::Path(_) | Expr::NestedFunctions(_) => None,
                Expr::Type(_) => Some(match self.type_argument(arg) {
                    Some(val) => val,
                    None => self.value(arg.value),
                }),
                _ => Some(self.value(arg.value)),
            })
            .collect();
        let unknown = vals.iter().flatten().any(|val| val.ty.has_unknown());
        left.retain(|candidate| self.types_fit(candidate, site, &vals));
        if left.is_empty() {
            if !unknown {
                self.report_no_overload(&candidates, site, &vals);
            }
            self.finish_args(site.args, &vals);
            return Val::unknown();
        }
        if left.len() > 1 {
            self.prefer(&mut left, site, &vals);
        }
        if left.len() > 1 {
            if !unknown {
                self.report_ambiguous(&left, site);
            }
            self.finish_args(site.args, &vals);
            return Val::unknown();
        }
        let Some(candidate) = left.pop() else { return Val::unknown() };
        self.resolve_to(callee, Resolution::Function(candidate.func));
        self.call_one(&candidate, site, want, Some(vals))
    }

    fn finish_args(&mut self, args: &'db [Arg], vals: &[Option<Val>]) {
        for (arg, val) in args.iter().zip(vals) {
            if val.is_none() {
                self.set_silently(|ctx| ctx.value(arg.value));
            }
        }
    }

    fn explicit_fits(&self, candidate: &Candidate<'db>, generic_args: Option<&[GenericArg]>) -> bool {
        match generic_args {
            None => true,
            Some(args) => {
                let own = candidate.sig.generics.params.len();
                let of_base = match &candidate.via {
                    Some(Ty::Class(_, base_args)) if own == 0 => base_args.len(),
                    _ => 0,
                };
                args.len() <= own.max(of_base)
            }
        }
    }

    /// Whether the types and conventions of the arguments fit a candidate, upcasts included.
    fn types_fit(&self, candidate: &Candidate<'db>, site: Site<'_>, vals: &[Option<Val>]) -> bool {
        let Ok(filling) = self.fill(&candidate.sig.params, site.args, &|_| false) else { return false };
        let mut binder = self.binder_of(candidate);
        for (param, filled) in candidate.sig.params.iter().zip(&filling) {
            let indices: &[usize] = match filled {
                Filling::One(index) => std::slice::from_ref(index),
                Filling::Pack(indices) => indices,
                _ => continue,
            };
            for &index in indices {
                let arg = &site.args[index];
                let Some(val) = &vals[index] else {
                    if !self.waiting_arg_fits(arg, &binder.apply(&param.ty)) {
                        return false;
                    }
                    continue;
                };
                if !self.convention_fits(param.convention, arg.convention, val) {
                    return false;
                }
                if arg.unpack || matches!(&param.ty, Ty::Param(pack) if pack.variadic) {
                    continue;
                }
                if self.bind_or_convert(&mut binder, &param.ty, &val.ty).is_err() {
                    return false;
                }
            }
        }
        self.bounds_hold(&candidate.sig.generics, &binder)
    }

    /// A lambda or function name that waits for its parameter: whether it can be one.
    fn waiting_arg_fits(&self, arg: &Arg, expected: &Ty) -> bool {
        match self.expr(arg.value) {
            Expr::Placeholder => true,
            Expr::Lambda { params, .. } => match expected {
                Ty::Class(class, args) if self.lang.fn_kind(*class).is_some() => match args.get(1) {
                    Some(Ty::Tuple(wanted)) => wanted.len() == params.len(),
                    _ => true,
                },
                Ty::Param(_) | Ty::Unknown => true,
                _ => false,
            },
            _ => true,
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
    fn bind_or_convert(
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

    /// OV3: fewest bare generic parameters, then nearest in the graph of super-impositions, left to right.
    fn prefer(&self, left: &mut Vec<Candidate<'db>>, site: Site<'_>, vals: &[Option<Val>]) {
        let bare = |candidate: &Candidate<'db>| {
            let is_bare =
                |param: &&Param| matches!(&param.ty, Ty::Param(param) if param.owner == candidate.func.0);
            candidate.sig.params.iter().filter(is_bare).count()
        };
        let fewest = left.iter().map(bare).min().unwrap_or(0);
        left.retain(|candidate| bare(candidate) == fewest);
        for (index, _) in site.args.iter().enumerate() {
            if left.len() < 2 {
                return;
            }
            let Some(Some(val)) = vals.get(index) else { continue };
            let distance = |candidate: &Candidate<'db>| {
                let binder = self.binder_of(candidate);
                candidate.sig.params.get(index).map_or(u32::MAX, |param| {
                    let expected = binder.apply(&param.ty);
                    self.distance(&val.ty, &expected)
                })
            };
            let nearest = left.iter().map(distance).min().unwrap_or(0);
            left.retain(|candidate| distance(candidate) == nearest);
        }
        // Conventions: what the argument says goes before what it may also mean.
        if left.len() > 1 {
            let by_value = |candidate: &Candidate<'db>| {
                candidate
                    .sig
                    .params
                    .iter()
                    .zip(site.args)
                    .filter(|(param, arg)| param.convention == arg.convention)
                    .count()
            };
            let best = left.iter().map(by_value).max().unwrap_or(0);
            left.retain(|candidate| by_value(candidate) == best);
        }
        // A method nearer to the receiver's own class goes before one of a base.
        if left.len() > 1 {
            let nearest = left.iter().map(|candidate| candidate.depth).min().unwrap_or(0);
            let nearer = left.iter().filter(|candidate| candidate.depth == nearest).count();
            if nearer < left.len() {
                left.retain(|candidate| candidate.depth == nearest);
            }
        }
    }

    fn distance(&self, actual: &Ty, expected: &Ty) -> u32 {
        if same(actual, expected) {
            return 0;
        }
        match expected {
            Ty::Class(class, _) => self.steps_to(actual, *class),
            _ => u32::MAX / 2,
        }
    }

    /// Steps from a type to a class above it.
    fn steps_to(&self, ty: &Ty, class: ClassId) -> u32 {
        const MAX_STEPS: u32 = 64;
        let mut level = vec![ty.clone()];
        for steps in 0..MAX_STEPS {
            if level.iter().any(|ty| ty.class() == Some(class)) {
                return steps;
            }
            let next = level
                .iter()
                .flat_map(|ty| crate::sups::direct_bases(self.db, self.program, &self.env, ty, 0));
            let mut above: Vec<Ty> = Vec::new();
            for base in next {
                if !above.contains(&base) {
                    above.push(base);
                }
            }
            if above.is_empty() {
                break;
            }
            level = above;
        }
        u32::MAX / 2
    }

    fn report_no_overload(&mut self, candidates: &[Candidate<'db>], site: Site<'_>, vals: &[Option<Val>]) {
        let name = &candidates[0].sig.name;
        let mut diagnostic =
            Diagnostic::error("OV4", site.name, format!("no overload of `{name}` accepts these arguments"));
        const LISTED: usize = 8;
        for candidate in candidates.iter().take(LISTED) {
            let shown = self.show_signature(candidate);
            let reason = match self.fill(&candidate.sig.params, site.args, &|_| false) {
                Err(misfit) => self.misfit_reason(&misfit),
                Ok(_) => self.type_reason(candidate, site, vals),
            };
            diagnostic = diagnostic.note(format!("`{shown}`: {reason}"));
        }
        if candidates.len() > LISTED {
            diagnostic = diagnostic.note(format!("and {} more", candidates.len() - LISTED));
        }
        self.report(diagnostic);
    }

    fn misfit_reason(&self, misfit: &Misfit) -> String {
        match misfit {
            Misfit::TooMany { expected, .. } => format!("takes {expected} arguments"),
            Misfit::Missing { names } => format!("`{}` is not given", names.join("`, `")),
            Misfit::UnknownName { name, .. } => format!("has no parameter `{name}`"),
            Misfit::Twice { name, .. } => format!("`{name}` is given twice"),
        }
    }

    fn type_reason(&self, candidate: &Candidate<'db>, site: Site<'_>, vals: &[Option<Val>]) -> String {
        let Ok(filling) = self.fill(&candidate.sig.params, site.args, &|_| false) else {
            return String::new();
        };
        let mut binder = self.binder_of(candidate);
        for (param, filled) in candidate.sig.params.iter().zip(&filling) {
            let indices: &[usize] = match filled {
                Filling::One(index) => std::slice::from_ref(index),
                Filling::Pack(indices) => indices,
                _ => continue,
            };
            for &index in indices {
                let Some(val) = &vals[index] else { continue };
                if !self.convention_fits(param.convention, site.args[index].convention, val) {
                    return format!("takes `{}` {}", param.name, taken(param.convention));
                }
                if self.bind_or_convert(&mut binder, &param.ty, &val.ty).is_err() {
                    let expected = binder.apply(&param.ty);
                    return format!(
                        "`{}` is `{}`, not `{}`",
                        param.name,
                        self.show(&expected),
                        self.show(&val.ty)
                    );
                }
            }
        }
        "a constraint is not met".to_owned()
    }

    pub(super) fn show_signature(&self, candidate: &Candidate<'db>) -> String {
        let binder = self.display_binder(candidate.container.clone(), candidate.self_ty.clone());
        let params: Vec<String> = candidate
            .sig
            .params
            .iter()
            .map(|param| {
                let mark = match param.convention {
                    Convention::Value => "",
                    Convention::Ref => "&",
                    Convention::Mut => "&mut ",
                };
                format!("{}: {mark}{}", param.name, self.show(&binder.apply_known(&param.ty)))
            })
            .collect();
        format!("{}({})", candidate.sig.name, params.join(", "))
    }

    fn report_ambiguous(&mut self, left: &[Candidate<'db>], site: Site<'_>) {
        let name = &left[0].sig.name;
        let bases: Vec<&Ty> = left.iter().filter_map(|candidate| candidate.via.as_ref()).collect();
        let one_base = bases.len() == left.len() && bases.iter().all(|base| base.class() == bases[0].class());
        let several_bases = bases.len() == left.len() && !one_base;
        let (code, note) = if one_base {
            (
                "SP18",
                "the class super-imposes the base several times: name the arguments of the base, as in `x.to[Str]()`",
            )
        } else if several_bases {
            ("SP13", "two unrelated bases provide the method and the class overrides neither")
        } else {
            ("OV3", "several overloads fit equally well")
        };
        let mut diagnostic =
            Diagnostic::error(code, site.name, format!("it is open which `{name}` is meant")).note(note);
        for candidate in left.iter().take(8) {
            let shown = match &candidate.via {
                Some(base) => format!("`{}` of `{}`", self.show_signature(candidate), self.show(base)),
                None => format!("`{}`", self.show_signature(candidate)),
            };
            diagnostic = diagnostic.note(format!("possible: {shown}"));
        }
        self.report(diagnostic);
    }

    // One candidate

    /// Which argument goes to which parameter (SY12, OV5). `is_void` tells parameters that substitution removed (TY3).
    pub(super) fn fill(
        &self,
        params: &[Param],
        args: &[Arg],
        is_void: &dyn Fn(&Param) -> bool,
    ) -> Result<Vec<Filling>, Misfit> {
        let mut filling: Vec<Option<Filling>> =
            params.iter().map(|param| is_void(param).then_some(Filling::Void)).collect();
        let mut next = 0;
        for (index, arg) in args.iter().enumerate() {
            match &arg.name {
                Some((name, at)) => {
                    let Some(position) = params.iter().position(|param| param.name == *name) else {
                        return Err(Misfit::UnknownName { name: name.clone(), at: *at });
                    };
                    match &filling[position] {
                        None => {
                            filling[position] = Some(if params[position].variadic {
                                Filling::Pack(vec![index])
                            } else {
                                Filling::One(index)
                            })
                        }
                        Some(_) => return Err(Misfit::Twice { name: name.clone(), at: *at }),
                    }
                }
                None => {
                    while next < params.len()
                        && matches!(
                            filling[next],
                            Some(Filling::Void | Filling::One(_) | Filling::Element(..))
                        )
                    {
                        next += 1;
                    }
                    if arg.unpack && next < params.len() && !params[next].variadic {
                        // `f(...pair)`: the elements of the tuple, in order.
                        if let Some(Ty::Tuple(parts)) = self.unpacked_type(arg) {
                            for element in 0..parts.len() {
                                while next < params.len() && matches!(filling[next], Some(Filling::Void)) {
                                    next += 1;
                                }
                                if next >= params.len() {
                                    return Err(Misfit::TooMany { expected: params.len(), at: arg.range });
                                }
                                filling[next] = Some(Filling::Element(index, element as u32));
                                next += 1;
                            }
                            continue;
                        }
                    }
                    if next >= params.len() {
                        let expected =
                            filling.iter().filter(|filled| !matches!(filled, Some(Filling::Void))).count();
                        return Err(Misfit::TooMany { expected, at: arg.range });
                    }
                    if params[next].variadic {
                        match &mut filling[next] {
                            Some(Filling::Pack(indices)) => indices.push(index),
                            filled => *filled = Some(Filling::Pack(vec![index])),
                        }
                    } else {
                        filling[next] = Some(Filling::One(index));
                        next += 1;
                    }
                }
            }
        }
        let mut missing = Vec::new();
        let filling = filling.into_iter().zip(params).map(|(filled, param)| match filled {
            Some(filled) => filled,
            None if param.has_default => Filling::Default,
            None if param.variadic => Filling::Pack(Vec::new()),
            None => {
                missing.push(param.name.clone());
                Filling::Default
            }
        });
        let filling = filling.collect();
        if missing.is_empty() { Ok(filling) } else { Err(Misfit::Missing { names: missing }) }
    }

    /// The type of an unpacked argument, as far as it is known before the call.
    fn unpacked_type(&self, arg: &Arg) -> Option<Ty> {
        match self.expr(arg.value) {
            Expr::Local(local) => Some(self.var(*local).val.ty.clone()),
            _ => match self.type_at(arg.value) {
                Ty::Unknown => None,
                ty => Some(ty.clone()),
            },
        }
    }

    /// CC2, CC3: whether the symbol at the call is that of the signature.
    pub(super) fn convention_fits(&self, param: Convention, arg: Convention, val: &Val) -> bool {
        match (param, arg) {
            (Convention::Value, Convention::Value) => {
                val.borrow == Convention::Value || val.ty.has_unknown() || self.is_copy(&val.ty)
            }
            (Convention::Ref, Convention::Ref) | (Convention::Mut, Convention::Mut) => true,
            // A borrow variable is handed on by its name.
            (Convention::Ref, Convention::Value) => val.borrow != Convention::Value,
            (Convention::Mut, Convention::Value) => val.borrow == Convention::Mut,
            _ => false,
        }
    }

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

    fn check_args(
        &mut self,
        candidate: &Candidate<'db>,
        binder: &mut Binder,
        filling: &[Filling],
        site: Site<'db>,
        vals: Option<Vec<Option<Val>>>,
    ) -> bool {
        let sig = candidate.sig;
        let mut ok = true;
        let mut positions: Vec<Option<usize>> = vec![None; site.args.len()];
        for (position, filled) in filling.iter().enumerate().rev() {
            match filled {
                Filling::One(index) | Filling::Element(index, _) => positions[*index] = Some(position),
                Filling::Pack(indices) => indices.iter().for_each(|index| positions[*index] = Some(position)),
                Filling::Default | Filling::Void => {}
            }
        }
        // In the order in which they are written: inference goes from left to right (GN6).
        for (index, arg) in site.args.iter().enumerate() {
            let Some(position) = positions[index] else { continue };
            let param = &sig.params[position];
            let known = vals.as_ref().and_then(|vals| vals[index].clone());
            if arg.unpack {
                ok &= self.check_unpacked(binder, param, arg, known);
                ok &= self.check_elements(binder, sig, filling, index, arg);
                continue;
            }
            if matches!(self.expr(arg.value), Expr::Placeholder) {
                continue;
            }
            ok &= self.check_arg(candidate, binder, param, arg, known, position);
        }
        self.bind_packs(binder, sig, filling, site);
        ok
    }

    fn check_arg(
        &mut self,
        candidate: &Candidate<'db>,
        binder: &mut Binder,
        param: &'db Param,
        arg: &'db Arg,
        known: Option<Val>,
        position: usize,
    ) -> bool {
        let is_pack = param.variadic && matches!(&param.ty, Ty::Param(pack) if pack.variadic);
        let val = match known {
            Some(val) => val,
            None => {
                let hint = match is_pack {
                    true => None,
                    false => Some(self.normalise(binder.apply(&param.ty))),
                };
                if let Expr::Type(_) = self.expr(arg.value)
                    && let Some(val) = self.type_argument(arg)
                {
                    return !matches!(val.ty, Ty::Unknown);
                }
                self.expr_with(arg.value, Want::maybe(hint.as_ref()))
            }
        };
        if is_pack {
            self.consume(arg.value, &val);
            return true;
        }
        if matches!(val.ty, Ty::Unknown) {
            return false;
        }
        if !self.convention_fits(param.convention, arg.convention, &val) {
            // A borrow variable of another kind is told apart by ownership (OW5).
            let left_to_ownership = param.convention == Convention::Value
                && arg.convention == Convention::Value
                && val.borrow != Convention::Value;
            if !left_to_ownership {
                self.report_convention(candidate, param, arg, &val);
                let _ = self.bind_or_convert(binder, &param.ty, &val.ty);
                return false;
            }
        }
        match param.convention {
            Convention::Value => self.consume(arg.value, &val),
            Convention::Ref => {}
            Convention::Mut => self.check_mutable_argument(arg, &val),
        }
        if !self.reject_void(arg.value, &val) {
            return false;
        }
        match self.bind_or_convert(binder, &param.ty, &val.ty) {
            // A `Var` is another object than what it holds: there is no borrow of one to hand over.
            Ok(Some(Coercion::IntoVar(expected, _))) if param.convention != Convention::Value => {
                self.report_mismatch(arg.value, &val.ty, &expected, Place::Argument);
                false
            }
            Ok(coercion) => {
                self.coercions.extend(coercion.map(|coercion| (arg.value, coercion)));
                self.check_size(candidate, param, arg, position);
                self.check_second_class(candidate, param, arg, &val);
                true
            }
            Err(Mismatch::Different) => {
                let expected = self.normalise(binder.apply(&param.ty));
                self.report_mismatch(arg.value, &val.ty, &expected, Place::Argument);
                false
            }
            Err(Mismatch::Conflict(conflict)) => {
                let Conflict { param, before, now } = *conflict;
                let range = self.range(arg.value);
                let message = format!(
                    "`{}` is `{}` here, but an earlier argument made it `{}`",
                    param.name,
                    self.show(&now),
                    self.show(&before)
                );
                self.report(
                    Diagnostic::error("GN6", range, message)
                        .note("a generic parameter stands for one type in a call"),
                );
                false
            }
        }
    }

    /// `...xs` as an argument: a tuple for a pack, an array for a homogeneous parameter.
    fn check_unpacked(
        &mut self,
        binder: &mut Binder,
        param: &Param,
        arg: &'db Arg,
        known: Option<Val>,
    ) -> bool {
        let val = match known {
            Some(val) => val,
            None => self.value(arg.value),
        };
        self.consume(arg.value, &val);
        match &val.ty {
            Ty::Class(class, args) if *class == self.lang.arr && param.variadic => {
                let element = args.first().cloned().unwrap_or(Ty::Unknown);
                let fits = self.bind_or_convert(binder, &param.ty, &element).is_ok();
                if !fits {
                    let expected = binder.apply(&param.ty);
                    self.report_mismatch(arg.value, &element, &expected, Place::Argument);
                }
                fits
            }
            Ty::Tuple(parts) => {
                if param.variadic && !matches!(&param.ty, Ty::Param(pack) if pack.variadic) {
                    for part in parts.iter() {
                        if self.bind_or_convert(binder, &param.ty, part).is_err() {
                            let expected = binder.apply(&param.ty);
                            self.report_mismatch(arg.value, part, &expected, Place::Argument);
                            return false;
                        }
                    }
                }
                true
            }
            Ty::Param(pack) if pack.variadic => true,
            Ty::Unknown | Ty::Never => false,
            other => {
                let range = self.range(arg.value);
                let message = format!("`{}` cannot be unpacked", self.show(other));
                self.report(
                    Diagnostic::error("TY2", range, message)
                        .note("`...` unpacks a tuple or a pack into several arguments"),
                );
                false
            }
        }
    }

    /// The elements of an unpacked tuple against the parameters they fill.
    fn check_elements(
        &mut self,
        binder: &mut Binder,
        sig: &Signature,
        filling: &[Filling],
        index: usize,
        arg: &Arg,
    ) -> bool {
        let Ty::Tuple(parts) = self.type_at(arg.value).clone() else { return true };
        for (param, filled) in sig.params.iter().zip(filling) {
            let Filling::Element(from, element) = filled else { continue };
            let Some(part) = parts.get(*element as usize).filter(|_| *from == index) else { continue };
            if param.convention != Convention::Value || self.bind_or_convert(binder, &param.ty, part).is_err()
            {
                let expected = self.normalise(binder.apply(&param.ty));
                self.report_mismatch(arg.value, part, &expected, Place::Argument);
                return false;
            }
        }
        true
    }

    /// Binds `...Ts` to the tuple of the types of its arguments (GN10).
    fn bind_packs(&mut self, binder: &mut Binder, sig: &Signature, filling: &[Filling], site: Site<'_>) {
        for (param, filled) in sig.params.iter().zip(filling) {
            let Ty::Param(pack) = &param.ty else { continue };
            let Filling::Pack(indices) = filled else { continue };
            if !param.variadic || !pack.variadic {
                continue;
            }
            let mut types: Vec<Ty> = Vec::new();
            for &index in indices {
                let ty = self.type_at(site.args[index].value).clone();
                match (site.args[index].unpack, ty) {
                    (true, Ty::Tuple(parts)) => types.extend(parts.iter().cloned()),
                    (_, ty) => types.push(ty),
                }
            }
            match binder.slot(pack) {
                Some(slot) => binder.slots[slot].bound = Some(Ty::Tuple(types.into())),
                None => self.check_known_pack(binder, param, types, indices, site),
            }
        }
    }

    /// `call_ref(&self, ...xs: Ts)` of a `FnRef[R, A, B]`: the arguments are those of the known pack.
    fn check_known_pack(
        &mut self,
        binder: &Binder,
        param: &Param,
        types: Vec<Ty>,
        indices: &[usize],
        site: Site<'_>,
    ) {
        let Ty::Tuple(expected) = binder.apply(&param.ty) else { return };
        if expected.len() != types.len() {
            let message = format!("{} arguments, expected {}", types.len(), expected.len());
            self.report(Diagnostic::error("OV4", site.name, message));
            return;
        }
        for ((ty, expected), &index) in types.iter().zip(expected.iter()).zip(indices) {
            if self.conversion(ty, expected).is_none() {
                self.report_mismatch(site.args[index].value, ty, expected, Place::Argument);
            }
        }
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

    fn report_misfit(&mut self, candidate: &Candidate<'db>, misfit: Misfit, site: Site<'_>) {
        let name = &candidate.sig.name;
        let (range, message) = match misfit {
            Misfit::TooMany { expected, at } => {
                let plural = if expected == 1 { "" } else { "s" };
                (at, format!("`{name}` takes {expected} argument{plural}, {} are given", site.args.len()))
            }
            Misfit::Missing { names } => {
                let plural = if names.len() == 1 { "argument" } else { "arguments" };
                (site.name, format!("`{name}` is called without the {plural} `{}`", names.join("`, `")))
            }
            Misfit::UnknownName { name: arg, at } => {
                let known = candidate.sig.params.iter().map(|param| param.name.as_str());
                let similar = crate::similar::most_similar(&arg, known).map(str::to_owned);
                let mut diagnostic =
                    Diagnostic::error("OV4", at, format!("`{name}` has no parameter `{arg}`"))
                        .note(format!("its signature is `{}`", self.show_signature(candidate)));
                if let Some(similar) = similar {
                    diagnostic =
                        diagnostic.suggest(format!("use `{similar}`"), vec![TextEdit::replace(at, similar)]);
                }
                self.report(diagnostic);
                return;
            }
            Misfit::Twice { name, at } => (at, format!("the argument `{name}` is given twice")),
        };
        let note = format!("its signature is `{}`", self.show_signature(candidate));
        self.report(Diagnostic::error("OV4", range, message).note(note));
    }

    /// CC2, and A41 for the array of `realloc` and `dealloc`.
    fn report_convention(&mut self, candidate: &Candidate<'db>, param: &Param, arg: &Arg, val: &Val) {
        if val.ty.has_unknown() && arg.convention == param.convention {
            return;
        }
        let gives_back =
            self.is_alloc_method(candidate) && matches!(candidate.sig.name.as_str(), "realloc" | "dealloc");
        let mark = TextRange::new(arg.range.start(), self.range(arg.value).start());
        let mark = match &arg.name {
            // Behind `name=`.
            Some((_, name)) => TextRange::new(name.end(), mark.end()),
            None => mark,
        };
        if gives_back && arg.convention != Convention::Value {
            let message = format!("`{}` needs the array itself, not a borrow of it", candidate.sig.name);
            let mut diagnostic = Diagnostic::error("A41", arg.range, message)
                .note("giving memory back needs its ownership; no overload can make this legal");
            if arg.name.is_none() {
                diagnostic = diagnostic.fix("hand over the array", vec![TextEdit::delete(mark)]);
            }
            self.report(diagnostic);
            return;
        }
        let message = format!(
            "`{}` is taken {}, but given {}",
            param.name,
            taken(param.convention),
            given(arg.convention)
        );
        let mut diagnostic = Diagnostic::error("CC2", arg.range, message)
            .note("the call says `&` or `&mut` exactly where the signature does");
        let start = self.range(arg.value).start();
        let is_place =
            matches!(self.expr(arg.value), Expr::Local(_) | Expr::Field { .. } | Expr::TupleField { .. });
        let text = match param.convention {
            Convention::Value => "",
            Convention::Ref => "&",
            Convention::Mut => "&mut ",
        };
        if arg.name.is_none() && (is_place || param.convention != Convention::Mut) {
            let title = match param.convention {
                Convention::Value => "hand over the value".to_owned(),
                _ => format!("add `{}`", text.trim_end()),
            };
            let edit = match arg.convention {
                Convention::Value => TextEdit::insert(start, text),
                _ => TextEdit::replace(mark, text),
            };
            diagnostic = diagnostic.fix(title, vec![edit]);
        }
        self.report(diagnostic);
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

fn given(convention: Convention) -> &'static str {
    given_as(convention)
}

fn given_as(convention: Convention) -> &'static str {
    match convention {
        Convention::Value => "without a symbol",
        Convention::Ref => "with `&`",
        Convention::Mut => "with `&mut`",
    }
}
