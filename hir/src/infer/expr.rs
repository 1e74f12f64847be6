//! Expressions.

use super::ctx::{Coroutine, Ctx, Val, Want, raw};
use super::stmt::Place;
use super::*;
use crate::body::{Expr, StrPart};
use crate::diagnostic::TextEdit;

/// Types with more parts than this are cut off.
const MAX_PARTS: usize = 5_000;

/// Chains that lean to the left are inferred from below in steps of this many, so that recursion stays shallow.
const CHAIN_STEP: usize = 48;

impl<'db> Ctx<'db> {
    /// The value of an expression that is wanted as a value.
    pub(super) fn value(&mut self, expr: ExprId) -> Val {
        self.expr_with(expr, Want::VALUE)
    }

    pub(super) fn expr_with(&mut self, expr: ExprId, want: Want<'_>) -> Val {
        if !self.ahead.is_empty()
            && let Some(index) = self.ahead.iter().rposition(|(ahead, _)| *ahead == expr)
        {
            return self.ahead.swap_remove(index).1;
        }
        self.infer_ahead(expr);
        let mut val = self.dispatch(expr, want);
        if is_too_large(&val.ty) {
            self.report_too_large(expr);
            val = Val::unknown();
        }
        self.set_type(expr, &val);
        val
    }

    fn report_too_large(&mut self, expr: ExprId) {
        let range = self.range(expr);
        self.report(
            Diagnostic::error("GN12", range, format!("the type of this expression has more than {MAX_PARTS} parts"))
                .note("types are compared part by part; one that doubles with every step soon cannot be worked with"),
        );
    }

    /// If `expr` is a long chain, infers parts of it from the left end.
    fn infer_ahead(&mut self, expr: ExprId) {
        let mut links = Vec::new();
        let mut depth = 0;
        let mut current = expr;
        loop {
            let next = match self.expr(current) {
                Expr::Binary { lhs, .. } => *lhs,
                Expr::Call { callee, .. } => match self.expr(*callee) {
                    Expr::Field { base, .. } => *base,
                    _ => *callee,
                },
                Expr::Field { base, .. } | Expr::TupleField { base, .. } => *base,
                Expr::Try { value } => *value,
                _ => break,
            };
            if self.ahead.last().is_some_and(|(ahead, _)| *ahead == next) {
                break;
            }
            depth += 1;
            if depth % CHAIN_STEP == 0 {
                links.push(next);
            }
            current = next;
        }
        while let Some(link) = links.pop() {
            if matches!(self.expr(link), Expr::Binary { .. } | Expr::Call { .. } | Expr::Try { .. }) {
                let val = self.dispatch(link, Want::VALUE);
                self.set_type(link, &val);
                self.ahead.push((link, val));
            }
        }
    }

    fn dispatch(&mut self, expr: ExprId, want: Want<'_>) -> Val {
        let body = self.body;
        match &body.exprs[expr] {
            Expr::Missing => Val::unknown(),
            Expr::Number(_) => Val::of(self.class_ty(self.lang.num)),
            Expr::Bool(_) => Val::of(self.class_ty(self.lang.bool)),
            Expr::Str(_) => Val::of(self.class_ty(self.lang.str)),
            Expr::Regex(_) => Val::of(self.class_ty(self.lang.rgx)),
            Expr::Interpolate(parts) => {
                self.interpolation(parts);
                Val::of(self.class_ty(self.lang.str))
            }
            Expr::Array(items) => self.array(expr, items, want),
            Expr::Tuple(items) => self.tuple(items, want),
            Expr::Local(local) => self.var(*local).val.clone(),
            Expr::Path(names) => self.path_value(expr, names, want),
            Expr::NestedFunctions(funcs) => self.function_value(expr, funcs, want),
            Expr::Type(ty) => self.type_value(expr, *ty),
            Expr::Init { ty, fields, rest, bases } => {
                self.initialiser(expr, *ty, fields, *rest, *bases, want)
            }
            Expr::Lambda { captures, params, body } => self.lambda(expr, captures, params, *body, want),
            Expr::If { subject, op, branches, else_branch } => {
                self.conditional(expr, *subject, *op, branches, *else_branch, want)
            }
            Expr::While { condition, body, else_block } => {
                let val = self.while_loop(*condition, *body, *else_block);
                if want.used && !matches!(val.ty, Ty::Never) {
                    let range = self.range(expr);
                    self.report(
                        Diagnostic::error("CF5", range, "a `while` has no value")
                            .note("keep the result in a `mut` variable that the loop assigns"),
                    );
                    return Val::unknown();
                }
                val
            }
            Expr::With { context, local, body } => self.with(expr, *context, *local, *body, want),
            Expr::Yield { convention, value } => self.yield_value(expr, *convention, *value),
            Expr::Block { statements, close, .. } => self.block(statements, *close, want),
            Expr::Binary { op, op_range, lhs, rhs } => self.binary(expr, *op, *op_range, *lhs, *rhs),
            Expr::Chain { first, links } => self.chain(expr, *first, links),
            Expr::Call { callee, generic_args, args } => {
                self.call(expr, *callee, generic_args.as_deref(), args, want)
            }
            Expr::Field { base, name, name_range } => self.field(expr, *base, name, *name_range),
            Expr::TupleField { base, index, index_range } => self.tuple_field(*base, *index, *index_range),
            Expr::Try { value } => self.question_mark(expr, *value, want),
            Expr::Fold { op, op_range, init, pack, .. } => self.fold(expr, *op, *op_range, *init, *pack),
            // A misplaced one was reported by the parser (SY41).
            Expr::Placeholder => Val::unknown(),
            Expr::Borrow { value, .. } => {
                self.value(*value);
                Val::unknown()
            }
        }
    }

    /// TY3: `Void` has no values. `false` if it was one.
    pub(super) fn reject_void(&mut self, expr: ExprId, val: &Val) -> bool {
        if !self.is_void(&val.ty) {
            return true;
        }
        let range = self.range(expr);
        self.report(
            Diagnostic::error("TY3", range, "this has no value: its type is `Void`")
                .note("no variable, argument, attribute or element can hold a `Void`"),
        );
        false
    }

    /// A value is taken by value: a captured variable may be given away by it (CL3).
    pub(super) fn consume(&mut self, expr: ExprId, val: &Val) {
        if self.frames.len() < 2 || val.borrow != Convention::Value {
            return;
        }
        let mut root = expr;
        let root = loop {
            match self.expr(root) {
                Expr::Field { base, .. } | Expr::TupleField { base, .. } => root = *base,
                Expr::Local(local) => break *local,
                _ => return,
            }
        };
        let is_capture = self.body.locals[root].kind == crate::body::LocalKind::Capture;
        if is_capture && self.var(root).val.borrow == Convention::Value && !self.is_copy(&val.ty) {
            self.frame().moves_capture = true;
        }
    }

    fn interpolation(&mut self, parts: &'db [StrPart]) {
        for part in parts {
            let StrPart::Expr(expr) = part else { continue };
            let val = self.value(*expr);
            let builtin = match &val.ty {
                Ty::Class(class, _) => [self.lang.str, self.lang.num, self.lang.bool].contains(class),
                Ty::Unknown | Ty::Never => true,
                _ => false,
            };
            if builtin {
                continue;
            }
            if !self.string_conversion(*expr, &val) && !val.ty.has_unknown() {
                let range = self.range(*expr);
                let message = format!("`{}` cannot be put into a string", self.show(&val.ty));
                self.report(
                    Diagnostic::error("LX20", range, message)
                        .note("interpolation takes `Str`, `Num`, `Bool`, and types that super-impose both `Copy` and `To[Str]`"),
                );
            }
        }
    }

    /// `to[Str]` of an interpolated part.
    fn string_conversion(&mut self, expr: ExprId, val: &Val) -> bool {
        if !self.is_copy(&val.ty) {
            return false;
        }
        let str = self.class_ty(self.lang.str);
        let candidates = self.members(&val.ty, "to").members;
        let wanted: Ty = Ty::Class(self.lang.to, [str.clone()].into_iter().collect());
        let member = candidates.into_iter().find(|member| member.via.as_ref() == Some(&wanted));
        let Some(member) = member else { return self.base_of(&val.ty, self.lang.to) == Some(wanted) };
        let crate::members::MemberKind::Method(func) = member.kind else { return false };
        let info = self.plain_call(func, member.container_args, &val.ty, Box::default(), str);
        self.record_call(expr, CallRole::ToStr, info);
        true
    }

    fn array(&mut self, expr: ExprId, items: &'db [ExprId], want: Want<'_>) -> Val {
        let hint = match want.ty {
            Some(Ty::Class(class, args)) if *class == self.lang.arr => {
                args.first().cloned().filter(|ty| !ty.has_unknown())
            }
            _ => None,
        };
        if items.is_empty() {
            let range = self.range(expr);
            let mut diagnostic = Diagnostic::error("TY8", range, "an array literal has at least one element")
                .note("the type of its elements would be unknown");
            if let Some(element) = &hint {
                let text = format!("Arr[{}].new()", self.show(element));
                diagnostic = diagnostic.fix(format!("write `{text}`"), vec![TextEdit::replace(range, text)]);
            } else {
                diagnostic = diagnostic.note("write `Arr[T].new()` with the type of the elements for `T`");
            }
            self.report(diagnostic);
            let element = hint.unwrap_or(Ty::Unknown);
            return Val::of(Ty::Class(self.lang.arr, [element].into_iter().collect()));
        }
        let mut element = hint;
        for &item in items {
            match element.clone() {
                Some(expected) => {
                    let val = self.check(item, &expected, Place::Element);
                    self.consume(item, &val);
                    if expected.has_unknown() && !val.ty.has_unknown() {
                        element = Some(val.ty);
                    }
                }
                None => {
                    let val = self.value(item);
                    self.consume(item, &val);
                    self.check_stored(item, &val, "stored in an array");
                    element = match self.reject_void(item, &val)
                        && !self.reject_allocator_value(&val.ty, self.range(item))
                    {
                        true => Some(val.ty),
                        false => Some(Ty::Unknown),
                    };
                }
            }
        }
        let element = element.unwrap_or(Ty::Unknown);
        Val::of(Ty::Class(self.lang.arr, [element].into_iter().collect()))
    }

    fn tuple(&mut self, items: &'db [ExprId], want: Want<'_>) -> Val {
        let hints = match want.ty {
            Some(Ty::Tuple(parts)) if parts.len() == items.len() => Some(parts),
            _ => None,
        };
        let types = items.iter().enumerate().map(|(index, &item)| {
            let hint = hints.map(|parts| &parts[index]);
            let val = self.expr_with(item, Want::maybe(hint));
            self.consume(item, &val);
            self.check_stored(item, &val, "stored in a tuple");
            if !self.reject_void(item, &val) || self.reject_allocator_value(&val.ty, self.range(item)) {
                return Ty::Unknown;
            }
            if let Some(hint) = hint
                && !hint.has_unknown()
                && let Some(Some(coercion)) = self.conversion(&val.ty, hint)
            {
                self.coercions.push((item, coercion));
                return hint.clone();
            }
            val.ty
        });
        let types: Vec<Ty> = types.collect();
        Val::of(Ty::Tuple(types.into()))
    }

    pub(super) fn with(
        &mut self,
        expr: ExprId,
        context: ExprId,
        local: Option<LocalId>,
        body: ExprId,
        want: Want<'_>,
    ) -> Val {
        let val = self.value(context);
        let known = !val.ty.has_unknown() && !matches!(val.ty, Ty::Never);
        if known && self.base_of(&val.ty, self.lang.ctx).is_none() {
            let range = self.range(context);
            let message = format!("`{}` is not a context", self.show(&val.ty));
            self.report(
                Diagnostic::error("CF7", range, message)
                    .note("the value of `with` has a type that super-imposes `std.ops.Ctx`"),
            );
        } else if known {
            for (name, role) in [("enter", CallRole::CtxEnter), ("exit", CallRole::CtxExit)] {
                let member =
                    self.members(&val.ty, name).members.into_iter().find_map(|member| match member.kind {
                        crate::members::MemberKind::Method(func) => Some((func, member.container_args)),
                        _ => None,
                    });
                if let Some((func, container_args)) = member {
                    let void = self.class_ty(self.lang.void);
                    let info = self.plain_call(func, container_args, &val.ty, Box::default(), void);
                    self.record_call(expr, role, info);
                }
            }
        }
        if let Some(local) = local {
            self.set_var(local, val);
        }
        self.expr_with(body, want)
    }

    // Coroutines

    /// `Yield`, `Send` and `Return` of the generator type that a coroutine declares (CO1).
    pub(super) fn coroutine_parts(&self, ret: &Ty) -> Option<(Coroutine, Ty)> {
        let void = self.class_ty(self.lang.void);
        let (yields, returns, sends) = match ret {
            Ty::Class(class, args) if *class == self.lang.generator => {
                (args.first()?.clone(), args.get(1)?.clone(), args.get(2)?.clone())
            }
            Ty::Class(class, args) if *class == self.lang.fut => (args.first()?.clone(), void.clone(), void),
            _ => match self.base_of(ret, self.lang.asynk)? {
                Ty::Class(_, args) => (args.first()?.clone(), args.get(1)?.clone(), args.get(2)?.clone()),
                _ => return None,
            },
        };
        Some((Coroutine { yields, sends, convention: None }, returns))
    }

    fn yield_value(&mut self, expr: ExprId, convention: Convention, value: Option<ExprId>) -> Val {
        let range = self.range(expr);
        let Some(coroutine) = self.frame().coroutine.clone() else {
            if let Some(value) = value {
                self.value(value);
            }
            let is_lambda = self.frame().is_lambda;
            if is_lambda || !self.sig.is_coroutine {
                let place = if is_lambda { "a lambda" } else { "a function declared with `fn`" };
                self.report(
                    Diagnostic::error("CO3", range, format!("`yield` in {place}"))
                        .note("only a coroutine, declared with `gn`, can yield"),
                );
            }
            return Val::unknown();
        };
        match coroutine.convention {
            None => {
                if let Some(coroutine) = &mut self.frame().coroutine {
                    coroutine.convention = Some(convention);
                }
            }
            Some(first) if first != convention => {
                let message = format!("this yields {}, an earlier `yield` {}", way(convention), way(first));
                self.report(
                    Diagnostic::error("CO3", range, message)
                        .note("all `yield`s of a coroutine use the same convention"),
                );
            }
            Some(_) => {}
        }
        match value {
            Some(value) => {
                let val = self.check(value, &coroutine.yields, Place::Yield);
                match convention {
                    Convention::Value => self.consume(value, &val),
                    Convention::Ref => {}
                    Convention::Mut => self.check_mutable(value),
                }
            }
            None if !self.is_void(&coroutine.yields) && !coroutine.yields.has_unknown() => {
                let message = format!("`yield` without a value, expected `{}`", self.show(&coroutine.yields));
                self.report(Diagnostic::error("CO3", range, message));
            }
            None => {}
        }
        Val::of(coroutine.sends)
    }

    pub(super) fn check_yields_once(&mut self) {
        // What a coroutine's `yield`s lend is part of its meaning for callers, see `yield_convention`.
        let convention = self.frames.first().and_then(|frame| frame.coroutine.as_ref()?.convention);
        let _ = convention;
    }

    // Residuals

    /// The pass and fail types of a type that can fail (RS1).
    pub(super) fn residual(&self, ty: &Ty) -> Option<(Ty, Ty)> {
        match ty {
            Ty::Class(class, args) if *class == self.lang.ret => {
                Some((args.first()?.clone(), args.get(1)?.clone()))
            }
            Ty::Class(class, args) if *class == self.lang.opt => {
                Some((args.first()?.clone(), self.class_ty(self.lang.void)))
            }
            Ty::Class(..) | Ty::Param(_) => match self.base_of(ty, self.lang.residual)? {
                Ty::Class(_, args) => Some((args.first()?.clone(), args.get(1)?.clone())),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether `?` on `ty` could hand the failure to the caller of the innermost function or lambda (RS3).
    pub(super) fn can_propagate(&self, ty: &Ty) -> bool {
        let Some(frame) = self.frames.last() else { return false };
        let Some(ret) = &frame.ret else { return frame.is_lambda };
        self.fails_like(ty, ret)
    }

    fn fails_like(&self, ty: &Ty, ret: &Ty) -> bool {
        if ret.has_unknown() && !self.is_class(ret, self.lang.ret) {
            return true;
        }
        let (Some((_, fail)), Some((_, ret_fail))) = (self.residual(ty), self.residual(ret)) else {
            return false;
        };
        let opt = |ty: &Ty| self.is_class(ty, self.lang.opt);
        opt(ty) == opt(ret) && super::unify::same(&fail, &ret_fail)
    }

    fn question_mark(&mut self, expr: ExprId, value: ExprId, want: Want<'_>) -> Val {
        // The residual around the expected value guides the call inside (GN8).
        let hint = want.ty.filter(|ty| !ty.has_unknown()).and_then(|ty| {
            let ret = self.frames.last()?.ret.as_ref()?;
            match ret {
                Ty::Class(class, args) if *class == self.lang.ret => {
                    Some(Ty::Class(*class, [ty.clone(), args.get(1)?.clone()].into_iter().collect()))
                }
                Ty::Class(class, _) if *class == self.lang.opt => {
                    Some(Ty::Class(*class, [ty.clone()].into_iter().collect()))
                }
                _ => None,
            }
        });
        let val = self.expr_with(value, Want::maybe(hint.as_ref()));
        if matches!(val.ty, Ty::Unknown | Ty::Never) {
            return Val::of(val.ty);
        }
        let range = syntax::TextRange::new(self.range(value).end(), self.range(expr).end());
        let Some((pass, _)) = self.residual(&val.ty) else {
            let message = format!("`?` needs a value that can fail, not `{}`", self.show(&val.ty));
            self.report(
                Diagnostic::error("RS2", range, message)
                    .note("`Opt`, `Ret` and other types that super-impose `std.ops.Try` can fail")
                    .fix("remove the `?`", vec![TextEdit::delete(range)]),
            );
            return Val { inner: Convention::Value, ..val };
        };
        self.consume(value, &val);
        self.record_try_calls(expr, &val.ty);
        if !self.can_propagate(&val.ty) {
            let frame_ret = self.frames.last().and_then(|frame| frame.ret.clone()).unwrap_or(Ty::Unknown);
            let what = match self.frames.last() {
                Some(frame) if frame.is_lambda => "this lambda".to_owned(),
                _ => format!("`{}`", self.sig.name),
            };
            let message = format!(
                "the failure of `{}` cannot be returned: {what} returns `{}`",
                self.show(&val.ty),
                self.show(&frame_ret)
            );
            self.report(
                Diagnostic::error("RS3", range, message)
                    .note("`?` hands the failure to the caller, so the function returns a `Ret` with the same failure, or an `Opt` for an `Opt`")
                    .suggest("panic on a failure", vec![TextEdit::replace(range, ".unwrap()")]),
            );
        }
        Val { ty: pass, borrow: val.inner, inner: Convention::Value }
    }

    /// The methods behind `?` and `let … else` for a type of the program's own.
    pub(super) fn record_try_calls(&mut self, expr: ExprId, ty: &Ty) {
        if self.is_class(ty, self.lang.ret) || self.is_class(ty, self.lang.opt) {
            return;
        }
        let Some((pass, fail)) = self.residual(ty) else { return };
        let bool = self.class_ty(self.lang.bool);
        let methods = [
            ("is_pass", CallRole::TryIsPass, bool),
            ("unwrap", CallRole::TryUnwrap, pass),
            ("unwrap_fail", CallRole::TryUnwrapFail, fail),
        ];
        for (name, role, ret) in methods {
            for member in self.members(ty, name).members {
                if let crate::members::MemberKind::Method(func) = member.kind {
                    let info = self.plain_call(func, member.container_args, ty, Box::default(), ret);
                    self.record_call(expr, role, info);
                    break;
                }
            }
        }
    }

    /// A call of a method found by its name, without generic parameters of its own.
    pub(super) fn plain_call(
        &self,
        func: FuncId,
        container_args: TyArgs,
        self_ty: &Ty,
        args: Box<[ArgSource]>,
        ret: Ty,
    ) -> CallInfo {
        let sig = self.signature_of(func);
        CallInfo {
            callee: Callee::Function {
                func,
                container_args,
                args: TyArgs::EMPTY,
                self_ty: Some(self_ty.clone()),
                dispatch: self.dispatch_of(sig, self_ty),
            },
            args,
            receiver: sig.self_param.map(|self_param| self_param.convention),
            ret,
            result_convention: Convention::Value,
        }
    }

    pub(super) fn dispatch_of(&self, sig: &crate::signature::Signature, self_ty: &Ty) -> Dispatch {
        match (sig.self_param, self_ty) {
            (None, _) => Dispatch::Static,
            // The object may be of any class that super-imposes the named one (SP14).
            (Some(_), Ty::Class(class, _)) if !crate::items::class_data(self.db, *class).is_builtin => {
                Dispatch::Virtual
            }
            (Some(_), _) => Dispatch::Static,
        }
    }

    pub(super) fn while_loop(&mut self, condition: ExprId, body: ExprId, else_block: Option<ExprId>) -> Val {
        let val = self.value(condition);
        self.check_bool(condition, &val, "the condition of a `while`");
        let before = self.diverges;
        self.expr_with(body, Want::NOTHING);
        self.diverges = before;
        if let Some(else_block) = else_block {
            self.expr_with(else_block, Want::NOTHING);
            self.diverges = before;
        }
        if matches!(self.expr(condition), Expr::Bool(true)) {
            self.diverges = true;
            return Val::of(Ty::Never);
        }
        Val::of(self.class_ty(self.lang.void))
    }

    /// TY11
    pub(super) fn check_bool(&mut self, expr: ExprId, val: &Val, what: &str) {
        if self.is_class(&val.ty, self.lang.bool) || val.ty.has_unknown() || matches!(val.ty, Ty::Never) {
            return;
        }
        let range = self.range(expr);
        let message = format!("{what} is `{}`, expected `Bool`", self.show(&val.ty));
        self.report(
            Diagnostic::error("TY11", range, message).note("no other type converts to `Bool` by itself"),
        );
    }

    pub(super) fn set_silently<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        self.silent += 1;
        let result = f(self);
        self.silent -= 1;
        result
    }

    pub(super) fn type_at(&self, expr: ExprId) -> &Ty {
        &self.expr_types[raw(expr)]
    }
}

fn is_too_large(ty: &Ty) -> bool {
    fn count(ty: &Ty, left: &mut usize) -> bool {
        let Some(rest) = left.checked_sub(1) else { return false };
        *left = rest;
        match ty {
            Ty::Class(_, args) | Ty::Tuple(args) | Ty::Func(_, args) => {
                args.iter().all(|arg| count(arg, left))
            }
            Ty::Closure(closure) => {
                count(&closure.ret, left) && closure.params.iter().all(|(_, param)| count(param, left))
            }
            _ => true,
        }
    }
    match ty {
        Ty::Class(_, args) | Ty::Tuple(args) if args.is_empty() => false,
        Ty::Class(..) | Ty::Tuple(_) | Ty::Closure(_) => !count(ty, &mut { MAX_PARTS }),
        _ => false,
    }
}

fn way(convention: Convention) -> &'static str {
    match convention {
        Convention::Value => "by value",
        Convention::Ref => "a `&` borrow",
        Convention::Mut => "a `&mut` borrow",
    }
}
