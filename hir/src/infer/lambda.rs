//! Lambdas (CL*).

use super::ctx::{Ctx, Frame, Val, Want};
use super::*;
use crate::body::{Capture, Expr, LambdaParam, LocalKind};
use crate::ty::ClosureTy;
use std::sync::Arc;
use syntax::TextRange;

impl<'db> Ctx<'db> {
    pub(super) fn lambda(
        &mut self,
        expr: ExprId,
        captures: &'db [Capture],
        params: &'db [LambdaParam],
        body: ExprId,
        want: Want<'_>,
    ) -> Val {
        let mut second_class = false;
        let mut by_mut = false;
        for capture in captures {
            let val = self.value(capture.source);
            let borrow = match (capture.convention, val.borrow) {
                // A captured borrow variable stays a borrow.
                (Convention::Value, borrow) if borrow != Convention::Value && !self.is_copy(&val.ty) => {
                    borrow
                }
                (convention, _) => convention,
            };
            match capture.convention {
                Convention::Value => self.consume(capture.source, &val),
                Convention::Ref => {}
                Convention::Mut => self.check_mutable(capture.source),
            }
            second_class |= borrow != Convention::Value;
            by_mut |= borrow == Convention::Mut;
            self.set_var(capture.local, Val { ty: val.ty, borrow, inner: val.inner });
        }
        let expected = match want.ty {
            Some(Ty::Class(class, args)) if self.lang.fn_kind(*class).is_some() => match args.get(1) {
                Some(Ty::Tuple(params)) => Some((params.clone(), args.first().cloned())),
                _ => Some((TyArgs::EMPTY, args.first().cloned())),
            },
            Some(Ty::Closure(closure)) => {
                Some((closure.params.iter().map(|(_, ty)| ty.clone()).collect(), Some(closure.ret.clone())))
            }
            _ => None,
        };
        let mut types = Vec::with_capacity(params.len());
        for (index, param) in params.iter().enumerate() {
            let hint = expected
                .as_ref()
                .and_then(|(types, _)| types.get(index))
                .filter(|ty| !matches!(ty, Ty::Unknown));
            let ty = match (param.ty, hint) {
                (Some(written), _) => {
                    let ty = self.lower_storage_type(written);
                    let range = self.body.types[written].range;
                    self.reject_storage_type(ty, range)
                }
                (None, Some(hint)) => hint.clone(),
                (None, None) => {
                    // A parameter whose expected type is open because of a mistake is silent.
                    let wrong_count = expected.as_ref().is_some_and(|(types, _)| types.len() != params.len());
                    if !wrong_count && !self.expects_function(want) {
                        let local = &self.body.locals[param.local];
                        let message = format!("nothing says what type `{}` has", local.name);
                        let range = local.range;
                        self.report(
                            Diagnostic::error("CL6", range, message)
                                .note("write the type, or hand the lambda to a parameter of function type"),
                        );
                    }
                    Ty::Unknown
                }
            };
            self.set_var(
                param.local,
                Val { ty: ty.clone(), borrow: param.convention, inner: Convention::Value },
            );
            types.push((param.convention, ty));
        }
        let wanted_ret = expected.and_then(|(_, ret)| ret).filter(|ty| !matches!(ty, Ty::Unknown));
        self.frames.push(Frame {
            ret: wanted_ret.clone(),
            coroutine: None,
            is_lambda: true,
            moves_capture: false,
        });
        let before = std::mem::replace(&mut self.diverges, false);
        let void = wanted_ret.as_ref().is_some_and(|ty| self.is_void(ty));
        // For `FnRef[Void, …]` the value of the body is dropped.
        let inner = match void {
            true => Want { ty: None, used: !matches!(self.expr(body), Expr::Block { .. }) },
            false => Want::maybe(wanted_ret.as_ref()),
        };
        let val = self.expr_with(body, inner);
        let diverged = std::mem::replace(&mut self.diverges, before);
        let frame = self.frames.pop();
        let found = frame.as_ref().and_then(|frame| frame.ret.clone());
        let moves_capture = frame.is_some_and(|frame| frame.moves_capture);
        let mut takes_capture = moves_capture;
        let ret = match (&wanted_ret, found) {
            _ if diverged && wanted_ret.is_none() => self.lambda_ret_of(body).unwrap_or(Ty::Never),
            (Some(wanted), _) => {
                if !void && !diverged {
                    takes_capture |= self.result_moves_capture(body, &val);
                    if !wanted.has_unknown() && !self.convert(self.result_expr(body), &val, wanted) {
                        let range = self.block_value_range(body);
                        let message = format!(
                            "the lambda gives `{}`, expected `{}`",
                            self.show(&val.ty),
                            self.show(wanted)
                        );
                        self.report(
                            Diagnostic::error("TY2", range, message)
                                .note("the value of a lambda is that of its body (CL6)"),
                        );
                        wanted.clone()
                    } else if wanted.has_unknown() {
                        val.ty.clone()
                    } else {
                        wanted.clone()
                    }
                } else {
                    wanted.clone()
                }
            }
            (None, Some(found)) => {
                if !diverged && !super::unify::same(&found, &val.ty) {
                    let range = self.block_value_range(body);
                    let message = format!(
                        "the lambda ends with `{}`, but a `ret` gives `{}`",
                        self.show(&val.ty),
                        self.show(&found)
                    );
                    self.report(Diagnostic::error("TY2", range, message));
                }
                found
            }
            (None, None) => {
                takes_capture |= self.result_moves_capture(body, &val);
                val.ty.clone()
            }
        };
        let kind = if takes_capture {
            FnKind::One
        } else if by_mut {
            FnKind::Mut
        } else {
            FnKind::Ref
        };
        let info = ClosureInfo { kind, params: types.clone(), ret: ret.clone(), second_class };
        self.closures.push((expr, info));
        let id = expr.into_raw().into_u32();
        Val::of(Ty::Closure(Arc::new(ClosureTy {
            owner: self.func,
            expr: id,
            kind,
            params: types,
            ret,
            second_class,
        })))
    }

    fn expects_function(&self, want: Want<'_>) -> bool {
        match want.ty {
            Some(Ty::Class(class, args)) if self.lang.fn_kind(*class).is_some() => {
                matches!(args.get(1), Some(Ty::Tuple(params)) if params.iter().any(Ty::has_unknown))
            }
            _ => false,
        }
    }

    /// A lambda that only leaves by `ret` gives what its `ret`s give.
    fn lambda_ret_of(&self, body: ExprId) -> Option<Ty> {
        let Expr::Block { statements, .. } = self.expr(body) else { return None };
        statements.iter().rev().find_map(|statement| match statement {
            crate::body::Stmt::Return { value: Some(value), .. } => Some(self.type_at(*value).clone()),
            crate::body::Stmt::Return { value: None, .. } => Some(self.class_ty(self.lang.void)),
            _ => None,
        })
    }

    /// The expression whose value is the value of `body`.
    fn result_expr(&self, body: ExprId) -> ExprId {
        let mut current = body;
        while let Expr::Block { statements, .. } = self.expr(current) {
            match statements.last() {
                Some(crate::body::Stmt::Expr(last)) => current = *last,
                _ => return current,
            }
        }
        current
    }

    /// CL3: the value of the body is a captured variable itself, or a part of one.
    fn result_moves_capture(&self, body: ExprId, val: &Val) -> bool {
        if self.is_copy(&val.ty) {
            return false;
        }
        let mut current = self.result_expr(body);
        loop {
            match self.expr(current) {
                Expr::Field { base, .. } | Expr::TupleField { base, .. } => current = *base,
                Expr::Local(local) => {
                    return self.body.locals[*local].kind == LocalKind::Capture
                        && self.var(*local).val.borrow == Convention::Value;
                }
                _ => return false,
            }
        }
    }

    /// CL8: a function with a borrow parameter is no function value.
    pub(super) fn report_uncallable_conversion(&mut self, value: ExprId, actual: &Ty, expected: &Ty) -> bool {
        let Ty::Class(class, args) = expected else { return false };
        let Some(wanted) = self.lang.fn_kind(*class) else { return false };
        let Some((params, ret)) = self.callable_parts(actual) else { return false };
        let range: TextRange = self.range(value);
        if params.iter().any(|(convention, _)| *convention != Convention::Value) {
            self.report(
                Diagnostic::error(
                    "CL8",
                    range,
                    "a function with a borrow parameter does not fit a function type",
                )
                .note("function types take their parameters by value; call the function inside a lambda"),
            );
            return true;
        }
        let kind = self.callable_kind(actual);
        if kind > wanted {
            let name = |kind: FnKind| match kind {
                FnKind::Ref => "FnRef",
                FnKind::Mut => "FnMut",
                FnKind::One => "FnOne",
            };
            let note = match kind {
                FnKind::One => "it gives a captured value away, so it can be called once",
                _ => "it changes what it captured",
            };
            let message = format!("an `{}` does not fit where an `{}` is expected", name(kind), name(wanted));
            self.report(Diagnostic::error("CL4", range, message).note(note));
            return true;
        }
        let shown: Vec<String> = params.iter().map(|(_, ty)| self.show(ty)).collect();
        let _ = args;
        let message = format!(
            "a function from ({}) to `{}`, expected `{}`",
            shown.join(", "),
            self.show(&ret),
            self.show(expected)
        );
        self.report(Diagnostic::error("TY2", range, message));
        true
    }
}
