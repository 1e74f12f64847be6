//! Generic arguments of calls: written ones (GN7), constraints (GN2, A35, A36), what calls lend (CO6, CO7).

use super::call::{Candidate, Site};
use super::ctx::{Ctx, Val};
use super::unify::Binder;
use super::*;
use crate::body::{Arg, Expr, FieldInit, GenericArg, Stmt};
use crate::signature::{ClassData, Generics, Param};
use crate::sups::{bound_holds, substitute};
use crate::ty::{Subst, TypeParam};
use syntax::TextRange;

impl<'db> Ctx<'db> {
    /// Binds the arguments in brackets. `false` after a mistake.
    pub(super) fn bind_written(
        &mut self,
        binder: &mut Binder,
        candidate: &Candidate<'db>,
        written: &'db [GenericArg],
        site: Site<'db>,
    ) -> bool {
        let params = &candidate.sig.generics.params;
        let types: Vec<Ty> = written.iter().map(|arg| self.lower_type(arg.ty)).collect();
        let name = &candidate.sig.name;
        if params.is_empty() {
            // `f[]()` gives nothing; the grammar says what it has to say about that.
            let Some(first) = written.first() else { return true };
            let range = self.body.types[first.ty].range;
            let message = format!("`{name}` has no generic parameters");
            self.report(Diagnostic::error("GN12", range, message));
            return false;
        }
        let positional = written.iter().filter(|arg| arg.name.is_none()).count();
        let variadic = params.last().is_some_and(|param| param.param.variadic);
        // Everything is given, or only what arguments cannot decide (GN7).
        let all = positional >= params.len() || written.len() == params.len();
        let order: Vec<usize> = if all {
            (0..params.len()).collect()
        } else {
            (0..params.len()).filter(|index| !self.is_inferrable(candidate, &params[*index].param)).collect()
        };
        let mut next = order.iter().copied();
        let mut given: Vec<Option<Ty>> = vec![None; params.len()];
        let mut pack: Vec<Ty> = Vec::new();
        let mut ok = true;
        for (arg, ty) in written.iter().zip(types) {
            let range = self.body.types[arg.ty].range;
            let index = match &arg.name {
                Some(name) => {
                    let index = params.iter().position(|param| param.param.name == *name);
                    if index.is_none() {
                        let known = params.iter().map(|param| param.param.name.as_str());
                        let similar = crate::similar::most_similar(name, known);
                        let mut diagnostic = Diagnostic::error(
                            "GN12",
                            range,
                            format!("`{}` has no generic parameter `{name}`", candidate.sig.name),
                        );
                        if let Some(similar) = similar {
                            diagnostic = diagnostic.note(format!("did you mean `{similar}`?"));
                        }
                        self.report(diagnostic);
                        ok = false;
                        continue;
                    }
                    index
                }
                None => next.next(),
            };
            match index {
                Some(index) if params[index].param.variadic => pack.push(ty),
                Some(index) => given[index] = Some(ty),
                None if variadic => pack.push(ty),
                None => {
                    let inferrable = positional <= params.len();
                    let (code, note) = match inferrable {
                        true => {
                            ("GN7", "the brackets name what the arguments cannot decide, or all parameters")
                        }
                        false => ("GN12", "there are more arguments than parameters"),
                    };
                    self.report(
                        Diagnostic::error(
                            code,
                            range,
                            format!("`{}` is not expected in the brackets of `{name}`", self.show(&ty)),
                        )
                        .note(note),
                    );
                    ok = false;
                }
            }
        }
        for (index, ty) in given.into_iter().enumerate() {
            let Some(slot) = binder.slot(&params[index].param) else { continue };
            if params[index].param.variadic && !pack.is_empty() {
                binder.slots[slot].bound = Some(Ty::Tuple(std::mem::take(&mut pack).into()));
            } else if let Some(ty) = ty {
                binder.slots[slot].bound = Some(ty);
                binder.slots[slot].written = true;
            }
        }
        let _ = site;
        ok
    }

    /// GN5 as amended by 8.1: it occurs in a parameter type.
    fn is_inferrable(&self, candidate: &Candidate<'db>, param: &TypeParam) -> bool {
        candidate.sig.params.iter().any(|declared| mentions(&declared.ty, param))
    }

    /// Whether all constraints of a candidate's own parameters hold for what is bound so far.
    pub(super) fn bounds_hold(&self, generics: &Generics, binder: &Binder) -> bool {
        generics.bounds.iter().all(|bound| {
            if binder.is_unbound(&bound.ty) || bound.args.iter().any(|arg| binder.is_unbound(arg)) {
                return true;
            }
            let wanted = crate::signature::Bound {
                ty: self.normalise(binder.apply(&bound.ty)),
                class: bound.class,
                args: bound.args.iter().map(|arg| self.normalise(binder.apply(arg))).collect(),
            };
            wanted.ty.has_unknown() || bound_holds(self.db, self.program, &self.env, &wanted)
        })
    }

    /// GN2, A35, A36 for what a call has found.
    pub(super) fn check_bounds(
        &mut self,
        generics: &Generics,
        binder: &Binder,
        site: Site<'db>,
        candidate: &Candidate<'db>,
    ) {
        for bound in &generics.bounds {
            let wanted = crate::signature::Bound {
                ty: self.normalise(binder.apply(&bound.ty)),
                class: bound.class,
                args: bound.args.iter().map(|arg| self.normalise(binder.apply(arg))).collect(),
            };
            if wanted.ty.has_unknown() || wanted.args.iter().any(Ty::has_unknown) {
                continue;
            }
            if bound_holds(self.db, self.program, &self.env, &wanted) {
                continue;
            }
            let param = match &bound.ty {
                Ty::Param(param) => Some(param),
                _ => None,
            };
            let range = self.bound_range(param, site, candidate);
            let name = param.map_or("", |param| &param.name);
            let problem = self.unmet(name, &wanted);
            self.report(problem.into_diagnostic(&[range]));
            return;
        }
        self.check_allocator_arguments(generics, binder, site, candidate);
    }

    /// The argument that bound a parameter: written in brackets, or the value that decided it.
    fn bound_range(
        &self,
        param: Option<&TypeParam>,
        site: Site<'_>,
        candidate: &Candidate<'db>,
    ) -> TextRange {
        let Some(param) = param else { return site.name };
        if let Some(range) = self.written_range(param, site, candidate) {
            return range;
        }
        let decided =
            candidate.sig.params.iter().zip(site.args).find(|(declared, _)| mentions(&declared.ty, param));
        decided.map_or(site.name, |(_, arg)| self.range(arg.value))
    }

    fn written_range(
        &self,
        param: &TypeParam,
        site: Site<'_>,
        candidate: &Candidate<'db>,
    ) -> Option<TextRange> {
        let written = site.generic_args?;
        let named = written.iter().find(|arg| arg.name.as_ref() == Some(&param.name));
        let found = named.or_else(|| {
            let params = &candidate.sig.generics.params;
            let all = written.len() >= params.len();
            let mut order =
                params.iter().filter(|declared| all || !self.is_inferrable(candidate, &declared.param));
            let position = order.position(|declared| declared.param == *param)?;
            written.get(position).filter(|arg| arg.name.is_none())
        })?;
        Some(self.body.types[found.ty].range)
    }

    /// A33: an allocator as argument of a parameter that is not constrained.
    fn check_allocator_arguments(
        &mut self,
        generics: &Generics,
        binder: &Binder,
        site: Site<'db>,
        candidate: &Candidate<'db>,
    ) {
        for param in &generics.params {
            let ty = binder.apply(&Ty::Param(param.param.clone()));
            let constrained = generics
                .bounds
                .iter()
                .any(|bound| matches!(&bound.ty, Ty::Param(found) if *found == param.param));
            if constrained || !matches!(ty, Ty::Class(..) | Ty::Param(_)) || !self.is_allocator(&ty) {
                continue;
            }
            let range = self.bound_range(Some(&param.param), site, candidate);
            let message =
                format!("allocator type `{}` used as the type of a generic argument", self.show(&ty));
            self.report(Diagnostic::error("A33", range, message).note(format!(
                "`{}` is not constrained by `Alloc`, so it stands for types of objects",
                param.param.name
            )));
            return;
        }
    }

    /// As [`Ctx::check_bounds`], for an initialiser.
    pub(super) fn check_class_bounds(
        &mut self,
        data: &ClassData,
        binder: &Binder,
        fields: &[FieldInit],
        ty_range: TextRange,
    ) {
        for bound in &data.generics.bounds {
            let subst = Subst::new(data.class.0, binder.args_of(data.class.0));
            let wanted = substitute(bound, &subst);
            if wanted.ty.has_unknown()
                || wanted.args.iter().any(Ty::has_unknown)
                || bound_holds(self.db, self.program, &self.env, &wanted)
            {
                continue;
            }
            let param = match &bound.ty {
                Ty::Param(param) => Some(param),
                _ => None,
            };
            let field = param.and_then(|param| {
                let attribute = data.attributes.iter().find(|attribute| mentions(&attribute.ty, param))?;
                fields.iter().find(|field| field.name == attribute.name)
            });
            let range = field.map_or(ty_range, |field| self.range(field.value));
            let name = param.map_or("", |param| &param.name);
            let problem = self.unmet(name, &wanted);
            self.report(problem.into_diagnostic(&[range]));
            return;
        }
    }

    // What calls lend

    /// A coroutine's result remembers what it yields; `next` and `await` hand it on.
    pub(super) fn lend(&mut self, candidate: &Candidate<'db>, site: Site<'db>, result: &mut Val) {
        if candidate.sig.is_coroutine {
            result.inner = yield_convention(self.db, candidate.func);
            return;
        }
        let Some(receiver) = self.receivers.last().filter(|_| candidate.sig.self_param.is_some()) else {
            return;
        };
        let lent = receiver.val.inner;
        if lent == Convention::Value {
            return;
        }
        let func = candidate.func;
        if func == self.lang.gen_next {
            result.inner = lent;
        } else if func == self.lang.fut_await {
            result.borrow = lent;
        } else if self.is_class(&receiver.val.ty, self.lang.ret)
            || self.is_class(&receiver.val.ty, self.lang.opt)
        {
            self.use_lent_result(candidate, site, lent, result);
        }
    }

    /// CO6: what may be done with the `Ret` of a `next` that lends.
    fn use_lent_result(
        &mut self,
        candidate: &Candidate<'db>,
        site: Site<'db>,
        lent: Convention,
        result: &mut Val,
    ) {
        match candidate.sig.name.as_str() {
            "unwrap" => result.borrow = lent,
            "is_pass" | "is_fail" | "unwrap_fail" => {}
            other => {
                let message = format!("`{other}` on a lent result");
                self.report(
                    Diagnostic::error("CO6", site.name, message)
                        .note("the coroutine yields borrows: only `is_pass`, `is_fail`, `unwrap`, `?` and `let … else` take the result apart"),
                );
            }
        }
    }

    /// CO6: the `Ret` of a lending `next` is no value to keep.
    pub(super) fn reject_lent_result(&mut self, expr: ExprId, val: &Val) {
        if val.inner == Convention::Value || !self.is_class(&val.ty, self.lang.ret) {
            return;
        }
        let range = self.range(expr);
        self.report(
            Diagnostic::error("CO6", range, "the result holds a borrow and cannot be kept")
                .note("the coroutine yields borrows: take the result apart in the same statement with `unwrap`, `?` or `let … else`"),
        );
    }

    /// CL5: a lambda that borrows may be handed to a borrow parameter, or to one that its function only calls.
    pub(super) fn check_second_class(
        &mut self,
        candidate: &Candidate<'db>,
        param: &Param,
        arg: &Arg,
        val: &Val,
    ) {
        let Ty::Closure(closure) = &val.ty else { return };
        if !closure.second_class || param.convention != Convention::Value {
            return;
        }
        if self.keeps(candidate, param) {
            let range = self.range(arg.value);
            let name = &candidate.sig.name;
            self.report(
                Diagnostic::error("CL5", range, format!("`{name}` may keep this lambda, which holds a borrow"))
                    .note("a lambda with a borrow capture is handed to a borrow parameter, or to one that its function only calls"),
            );
        }
    }

    /// Whether a function may store, return or pass on what it is given by value (8.3.5, 8.4.3).
    fn keeps(&self, candidate: &Candidate<'db>, param: &Param) -> bool {
        let sig = candidate.sig;
        if self.lang.fn_kind(param.ty.class().unwrap_or(self.lang.void)).is_none() || sig.is_coroutine {
            return true;
        }
        let Some(position) = sig.params.iter().position(|declared| declared.name == param.name) else {
            return true;
        };
        parameter_escapes(self.db, candidate.func, position as u32)
    }

    /// BR2, CL5: nothing that holds a borrow is returned or stored.
    pub(super) fn check_stored(&mut self, expr: ExprId, val: &Val, how: &str) {
        let Ty::Closure(closure) = &val.ty else { return };
        if !closure.second_class {
            return;
        }
        let range = self.range(expr);
        self.report(
            Diagnostic::error("CL5", range, format!("a lambda that holds a borrow cannot be {how}"))
                .note("it may be called and passed down; capture by value to keep it"),
        );
    }

    fn unmet(&self, param: &str, bound: &crate::signature::Bound) -> crate::lower::TypeProblem {
        crate::diagnostics::written::unmet(self.db, self.program, &self.env, 0, param, bound)
    }
}

/// Whether `ty` mentions `param` other than as `A.Item` (GN5).
fn mentions(ty: &Ty, param: &TypeParam) -> bool {
    match ty {
        Ty::Param(found) => found == param,
        Ty::Class(_, args) | Ty::Tuple(args) | Ty::Func(_, args) => {
            args.iter().any(|arg| mentions(arg, param))
        }
        _ => false,
    }
}

/// What a coroutine yields (CO3): the convention of its first `yield`; without a body, what its declaration says.
pub fn yield_convention(db: &dyn Db, func: FuncId) -> Convention {
    let sig = crate::items::signature(db, func);
    if let Some(convention) = sig.yields {
        return convention;
    }
    if sig.is_builtin || sig.is_abstract || !sig.is_coroutine {
        return Convention::Value;
    }
    *first_yield(db, func.key(db))
}

#[salsa::tracked]
fn first_yield<'db>(db: &'db dyn Db, key: crate::ids::FuncKey<'db>) -> Convention {
    let body = crate::body::body(db, key.func(db));
    let found = body.exprs.iter().find_map(|(_, expr)| match expr {
        Expr::Yield { convention, .. } => Some(*convention),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Whether a by-value parameter is used for anything but calling it (CL5).
fn parameter_escapes(db: &dyn Db, func: FuncId, param: u32) -> bool {
    *escapes(db, func.key(db), param)
}

#[salsa::tracked]
fn escapes<'db>(db: &'db dyn Db, key: crate::ids::FuncKey<'db>, param: u32) -> bool {
    let func = key.func(db);
    let sig = crate::items::signature(db, func);
    if sig.is_builtin {
        return false;
    }
    let overridable = sig.self_param.is_some()
        && matches!(
            sig.container,
            crate::signature::Container::Class(_) | crate::signature::Container::Sup(_)
        );
    let body = crate::body::body(db, func);
    if body.root.is_none() {
        return true;
    }
    let offset = usize::from(sig.self_param.is_some());
    let Some(&local) = body.params.get(param as usize + offset) else { return true };
    // Calls of it, and nothing else.
    let uses =
        body.exprs.iter().filter(|(_, expr)| matches!(expr, Expr::Local(used) if *used == local)).count();
    let calls = body
        .exprs
        .iter()
        .filter(|(_, expr)| match expr {
            Expr::Call { callee, args, .. } => {
                let called = matches!(body.exprs[*callee], Expr::Local(used) if used == local)
                    || matches!(&body.exprs[*callee], Expr::Field { base, name, .. }
                        if name.starts_with("call_") && matches!(body.exprs[*base], Expr::Local(used) if used == local));
                let lent = args.iter().any(|arg| arg.convention != Convention::Value && matches!(body.exprs[arg.value], Expr::Local(used) if used == local));
                called || lent
            }
            _ => false,
        })
        .count();
    let reassigned = body.exprs.iter().any(|(_, expr)| match expr {
        Expr::Block { statements, .. } => statements.iter().any(|statement| {
            matches!(statement, Stmt::Assign { targets, .. } if targets.iter().any(|target| matches!(body.exprs[*target], Expr::Local(used) if used == local)))
        }),
        _ => false,
    });
    let in_library = func.file().program(db).kind(db) == crate::db::ProgramKind::Library;
    (overridable && !in_library) || uses > calls || reassigned
}

use crate::db::Db;
