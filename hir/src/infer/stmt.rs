//! Blocks and statements.

use super::ctx::{Ctx, Frame, Val, Want};
use super::unify::same;
use super::*;
use crate::body::{BinaryOp, Expr, LetInit, LetVar, Stmt};
use crate::diagnostic::{Tag, TextEdit};
use syntax::TextRange;

impl<'db> Ctx<'db> {
    /// The whole function: parameters, defaults, body.
    pub(super) fn function(&mut self) {
        let body = self.body;
        let mut locals = body.params.iter().copied();
        if let Some(self_param) = self.sig.self_param
            && let Some(local) = locals.next()
        {
            let ty = self.self_ty.clone().unwrap_or(Ty::Unknown);
            self.set_var(local, Val { ty, borrow: self_param.convention, inner: Convention::Value });
        }
        for (local, param) in locals.zip(&self.sig.params) {
            let ty = self.own(&param.ty);
            let ty = match param.variadic {
                // `...xs: T` is an array inside; `...xs: Ts` the tuple of the pack (GN10).
                true if !matches!(&param.ty, Ty::Param(param) if param.variadic) => {
                    Ty::Class(self.lang.arr, [ty].into_iter().collect())
                }
                _ => ty,
            };
            self.set_var(local, Val { ty, borrow: param.convention, inner: Convention::Value });
        }
        let ret = self.own(&self.sig.ret);
        let coroutine = if self.sig.is_coroutine { self.coroutine_parts(&ret) } else { None };
        let ret = match &coroutine {
            Some((_, returns)) => returns.clone(),
            None if self.sig.is_coroutine => Ty::Unknown,
            None => ret,
        };
        self.frames.push(Frame {
            ret: Some(ret.clone()),
            coroutine: coroutine.map(|(coroutine, _)| coroutine),
            is_lambda: false,
            moves_capture: false,
        });
        for (default, param) in body.defaults.iter().zip(&self.sig.params) {
            if let Some(default) = *default {
                let expected = self.own(&param.ty);
                self.check(default, &expected, Place::Default);
                self.diverges = false;
            }
        }
        if let Some(root) = body.root {
            self.diverges = false;
            self.expr_with(root, Want::NOTHING);
            if !self.diverges && !self.is_void(&ret) && !ret.has_unknown() && !self.sig.is_abstract {
                self.report_missing_return(root, &ret);
            }
        }
        for expr in &body.set_aside {
            self.expr_with(*expr, Want::NOTHING);
        }
        self.check_yields_once();
    }

    /// A type of the signature as this body sees it.
    pub(super) fn own(&self, ty: &Ty) -> Ty {
        let ty = match &self.self_ty {
            Some(self_ty) => ty.map(&mut |part| matches!(part, Ty::SelfTy).then(|| self_ty.clone())),
            None => ty.clone(),
        };
        self.normalise(ty)
    }

    fn report_missing_return(&mut self, root: ExprId, ret: &Ty) {
        let Expr::Block { statements, close, .. } = self.expr(root) else { return };
        let code = if self.sig.is_coroutine { "CO5" } else { "TY10" };
        let mut diagnostic = Diagnostic::error(
            if code == "CO5" { "TY10" } else { code },
            *close,
            format!("`{}` can end here without a `ret` of type `{}`", self.sig.name, self.show(ret)),
        )
        .note("the value of the last expression is not returned by itself: every path ends in `ret`, `std.panic` or an endless loop");
        if let Some(Stmt::Expr(last)) = statements.last()
            && !matches!(self.expr(*last), Expr::If { .. } | Expr::While { .. })
            && self.conversion(&self.expr_types[super::ctx::raw(*last)], ret).is_some()
            && !matches!(self.expr_types[super::ctx::raw(*last)], Ty::Unknown)
        {
            let start = self.range(*last).start();
            diagnostic = diagnostic.fix("return the value", vec![TextEdit::insert(start, "ret ")]);
        }
        self.report(diagnostic);
    }

    /// A block's value is that of its last expression (TY9).
    pub(super) fn block(&mut self, statements: &'db [Stmt], close: TextRange, want: Want<'_>) -> Val {
        let mut unreachable = false;
        let mut value = Val::of(self.class_ty(self.lang.void));
        let count = statements.len();
        for (index, statement) in statements.iter().enumerate() {
            if self.diverges && !unreachable {
                unreachable = true;
                self.report_unreachable(statements, index, close);
            }
            match statement {
                Stmt::Expr(expr) if index + 1 == count && want.used => {
                    value = self.expr_with(*expr, want);
                }
                statement => self.statement(statement),
            }
        }
        if self.diverges {
            return Val::of(Ty::Never);
        }
        value
    }

    fn report_unreachable(&mut self, statements: &[Stmt], index: usize, _close: TextRange) {
        let Some(first) = self.statement_range(&statements[index]) else { return };
        let last = statements[index..].iter().rev().find_map(|statement| self.statement_range(statement));
        let _ = last;
        self.report(
            Diagnostic::warning("CF8", first, "this can never run")
                .note("the code before it always leaves the block")
                .tag(Tag::Unnecessary),
        );
    }

    fn statement_range(&self, statement: &Stmt) -> Option<TextRange> {
        match statement {
            Stmt::Let { range, .. } | Stmt::Return { range, .. } | Stmt::Assign { range, .. } => Some(*range),
            Stmt::Expr(expr) => Some(self.range(*expr)),
            Stmt::Function(_) | Stmt::Use => None,
        }
    }

    fn statement(&mut self, statement: &'db Stmt) {
        match statement {
            Stmt::Let { vars, init, range } => self.let_statement(vars, init, *range),
            Stmt::Return { value, range } => self.return_statement(*value, *range),
            Stmt::Assign { targets, op, op_range, value, .. } => match op {
                Some(op) => self.compound(targets, *op, *op_range, *value),
                None => self.assignment(targets, *value),
            },
            Stmt::Expr(expr) => {
                let val = self.expr_with(*expr, Want::NOTHING);
                self.check_ignored(*expr, &val);
            }
            Stmt::Function(_) | Stmt::Use => {}
        }
    }

    /// RS5, A31: the value of an expression statement is lost.
    pub(super) fn check_ignored(&mut self, expr: ExprId, val: &Val) {
        let Ty::Class(class, args) = &val.ty else { return };
        if *class == self.lang.ret {
            let alloc = args.get(1).is_some_and(|err| self.is_class(err, self.lang.alloc_err));
            let range = self.range(expr);
            let diagnostic = if alloc {
                Diagnostic::error("A31", range, "the result of an allocation is ignored")
                    .note("either the memory or the failure would be lost: use `?`, `let … else`, `unwrap` or keep the result")
            } else {
                Diagnostic::error("RS5", range, format!("a `{}` is ignored", self.show(&val.ty))).note(
                    "a failure is a value: look at it with `?`, `let … else`, `unwrap` or another method",
                )
            };
            let mut diagnostic = diagnostic;
            let (start, end) = (range.start(), range.end());
            let can_propagate = self.can_propagate(&val.ty);
            let array = args.first().filter(|pass| alloc && self.is_class(pass, self.lang.arr));
            let bound = array.map(|_| self.array_name(expr));
            if let Some((name, true)) = &bound {
                let ending = if can_propagate { "?" } else { ".unwrap()" };
                diagnostic = diagnostic.suggest(
                    format!("bind the array that `realloc` gives back: `let {name} = …{ending}`"),
                    vec![TextEdit::insert(start, format!("let {name} = ")), TextEdit::insert(end, ending)],
                );
            }
            if can_propagate {
                diagnostic = diagnostic.fix("pass the failure on", vec![TextEdit::insert(end, "?")]);
            } else {
                diagnostic =
                    diagnostic.suggest("panic on a failure", vec![TextEdit::insert(end, ".unwrap()")]);
            }
            if let Some((name, _)) = &bound {
                let otherwise = " else { std.panic(\"no memory\") }";
                diagnostic = diagnostic.suggest(
                    format!("handle the failure: `let {name} = … else {{ … }}`"),
                    vec![TextEdit::insert(start, format!("let {name} = ")), TextEdit::insert(end, otherwise)],
                );
            }
            self.report(diagnostic);
        } else if *class == self.lang.opt {
            let range = self.range(expr);
            self.report(
                Diagnostic::warning("RS5", range, format!("a `{}` is ignored", self.show(&val.ty)))
                    .note("whether there is a value is not looked at"),
            );
        }
    }

    /// What the array of an allocator call may be called: the name of the one that `realloc` takes; and whether it does.
    fn array_name(&self, call: ExprId) -> (String, bool) {
        let fallback = || "arr".to_owned();
        let Expr::Call { callee, args, .. } = self.expr(call) else { return (fallback(), false) };
        let Expr::Field { name, .. } = self.expr(*callee) else { return (fallback(), false) };
        if name != "realloc" {
            return (fallback(), false);
        }
        let local = args.first().and_then(|arg| match self.expr(arg.value) {
            Expr::Local(local) => Some(self.body.locals[*local].name.to_string()),
            _ => None,
        });
        (local.unwrap_or_else(fallback), true)
    }

    fn let_statement(&mut self, vars: &'db [LetVar], init: &'db LetInit, range: TextRange) {
        match init {
            LetInit::Value { value, else_block } => {
                let mut val = self.expr_with(*value, Want::VALUE);
                match else_block {
                    Some(else_block) => val = self.let_else(*value, val, *else_block),
                    None => self.reject_lent_result(*value, &val),
                }
                if !self.reject_void(*value, &val) {
                    val = Val::unknown();
                }
                if self.is_value_stored(*value, &val) {
                    self.consume(*value, &val);
                }
                self.bind_vars(vars, *value, val);
            }
            LetInit::Type(ty_ref) => {
                let ty = self.lower_storage_type(*ty_ref);
                let ty_range = self.body.types[*ty_ref].range;
                let ty = self.reject_storage_type(ty, ty_range);
                match vars {
                    [LetVar::Bind(local)] => self.set_late_var(*local, ty),
                    vars => {
                        let parts = match &ty {
                            Ty::Tuple(parts) if parts.len() == vars.len() => Some(parts.clone()),
                            _ => None,
                        };
                        for (index, var) in vars.iter().enumerate() {
                            if let LetVar::Bind(local) = var {
                                let ty = parts.as_ref().map_or(Ty::Unknown, |parts| parts[index].clone());
                                self.set_late_var(*local, ty);
                            }
                        }
                    }
                }
            }
            LetInit::Missing => {
                for var in vars {
                    if let LetVar::Bind(local) = var {
                        self.set_var(*local, Val::unknown());
                    }
                }
                let _ = range;
            }
        }
    }

    fn is_value_stored(&self, _expr: ExprId, val: &Val) -> bool {
        val.borrow == Convention::Value
    }

    fn bind_vars(&mut self, vars: &'db [LetVar], value: ExprId, val: Val) {
        if let [var] = vars {
            if let LetVar::Bind(local) = var {
                if self.reject_allocator_value(&val.ty, self.body.locals[*local].range) {
                    self.set_var(*local, Val::unknown());
                    return;
                }
                // A use of a borrow variable is no borrow of its own (BR3); a yielded borrow is.
                let borrow = match self.expr(value) {
                    Expr::Local(_) if self.is_copy(&val.ty) => Convention::Value,
                    _ => val.borrow,
                };
                self.set_var(*local, Val { borrow, ..val });
            }
            return;
        }
        let parts = match &val.ty {
            Ty::Tuple(parts) if parts.len() == vars.len() => Some(parts.clone()),
            Ty::Unknown | Ty::Never => None,
            _ => {
                let message = match &val.ty {
                    Ty::Tuple(parts) => {
                        format!("{} variables, but the tuple has {} elements", vars.len(), parts.len())
                    }
                    ty => format!("{} variables need a tuple, not `{}`", vars.len(), self.show(ty)),
                };
                let range = self.range(value);
                self.report(Diagnostic::error("SY22", range, message).note(
                    "a `let` with several variables takes a tuple of exactly that many elements apart",
                ));
                None
            }
        };
        for (index, var) in vars.iter().enumerate() {
            if let LetVar::Bind(local) = var {
                let ty = parts.as_ref().map_or(Ty::Unknown, |parts| parts[index].clone());
                self.set_var(*local, Val::of(ty));
            }
        }
    }

    /// RS4: the passed value, or that of the block.
    fn let_else(&mut self, value: ExprId, val: Val, else_block: ExprId) -> Val {
        let passed = match self.residual(&val.ty) {
            Some((pass, _)) => {
                self.record_try_calls(value, &val.ty);
                Val { ty: pass, borrow: val.inner, inner: Convention::Value }
            }
            None => {
                if !val.ty.has_unknown() && !matches!(val.ty, Ty::Never) {
                    let range = self.range(value);
                    let message =
                        format!("`let … else` needs a value that can fail, not `{}`", self.show(&val.ty));
                    self.report(
                        Diagnostic::error("RS4", range, message)
                            .note("`Opt`, `Ret` and other types that super-impose `std.ops.Try` can fail"),
                    );
                }
                Val::unknown()
            }
        };
        let before = self.diverges;
        let block = self.expr_with(else_block, Want::ty(&passed.ty));
        if !self.diverges && !matches!(block.ty, Ty::Never) && !self.convert(else_block, &block, &passed.ty) {
            let range = self.block_value_range(else_block);
            let message = format!(
                "the `else` block gives `{}`, expected `{}`",
                self.show(&block.ty),
                self.show(&passed.ty)
            );
            self.report(
                Diagnostic::error("RS4", range, message)
                    .note("it ends in a value of the passed type or leaves the function"),
            );
        }
        self.diverges = before;
        passed
    }

    /// The last expression of a block, or its closing brace.
    pub(super) fn block_value_range(&self, block: ExprId) -> TextRange {
        match self.expr(block) {
            Expr::Block { statements, close, .. } => match statements.last() {
                Some(Stmt::Expr(last)) => self.block_value_range(*last),
                _ => *close,
            },
            _ => self.range(block),
        }
    }

    fn return_statement(&mut self, value: Option<ExprId>, range: TextRange) {
        let expected = self.frame().ret.clone();
        let is_lambda = self.frame().is_lambda;
        let coroutine = self.frame().coroutine.is_some();
        let code = if coroutine { "CO5" } else { "TY10" };
        match value {
            Some(value) => {
                let val = self.expr_with(value, Want::maybe(expected.as_ref()));
                self.check_returned_borrow(value, &val);
                self.check_stored(value, &val, "returned");
                self.consume(value, &val);
                match &expected {
                    Some(expected) if !self.convert(value, &val, expected) => {
                        self.report_wrong_return(value, &val, expected, code);
                    }
                    Some(_) => {}
                    None if is_lambda => self.frame().ret = Some(val.ty),
                    None => {}
                }
            }
            None => match &expected {
                Some(expected) if !self.is_void(expected) && !matches!(expected, Ty::Unknown | Ty::Never) => {
                    let message = format!("`ret` without a value, expected `{}`", self.show(expected));
                    self.report(Diagnostic::error(code, range, message));
                }
                None if is_lambda => {
                    let void = self.class_ty(self.lang.void);
                    self.frame().ret = Some(void);
                }
                _ => {}
            },
        }
        self.diverges = true;
    }

    fn report_wrong_return(&mut self, value: ExprId, val: &Val, expected: &Ty, code: &'static str) {
        let range = self.range(value);
        if self.is_void(expected) {
            let message =
                format!("`{}` returns nothing, but this is `{}`", self.sig.name, self.show(&val.ty));
            self.report(
                Diagnostic::error(code, range, message)
                    .note("a function of type `Void` leaves with a bare `ret`"),
            );
            return;
        }
        if self.is_foreign_item(&val.ty, expected) {
            self.report_foreign_item(range, &val.ty, expected);
            return;
        }
        let mut diagnostic = Diagnostic::error(
            code,
            range,
            format!("`ret` of `{}`, expected `{}`", self.show(&val.ty), self.show(expected)),
        )
        .note(if code == "CO5" {
            "the value of `ret` in a coroutine has the type `Return` of its generator"
        } else {
            "every `ret` matches the return type of the function"
        });
        if let Ty::Class(class, args) = expected
            && (*class == self.lang.ret || *class == self.lang.opt)
            && args.first().is_some_and(|pass| self.conversion(&val.ty, pass).is_some())
        {
            let wrap = if *class == self.lang.ret { "std.pass(" } else { "std.some(" };
            let edits = vec![TextEdit::insert(range.start(), wrap), TextEdit::insert(range.end(), ")")];
            diagnostic = diagnostic.fix(format!("wrap the value: `{wrap}…)`"), edits);
        }
        self.report(diagnostic);
    }

    /// BR2: what a borrow variable refers to stays where it is.
    fn check_returned_borrow(&mut self, value: ExprId, val: &Val) {
        if val.borrow == Convention::Value || val.ty.has_unknown() || self.is_copy(&val.ty) {
            return;
        }
        if self.frame().is_lambda {
            return;
        }
        let range = self.range(value);
        let message = match self.expr(value) {
            Expr::Local(local) => {
                format!("`{}` is a borrow and cannot be returned", self.body.locals[*local].name)
            }
            _ => "a borrow cannot be returned".to_owned(),
        };
        self.report(Diagnostic::error("BR2", range, message).note(
            "a borrow lives no longer than the call it was made for; return a copy, or take the value itself",
        ));
    }

    fn assignment(&mut self, targets: &'db [ExprId], value: ExprId) {
        match targets {
            [] => {
                self.expr_with(value, Want::VALUE);
            }
            [target] => {
                let place = self.target(*target);
                let val = self.expr_with(value, Want::ty(&place.ty));
                self.check_fits(value, &val, &place.ty, Place::Assignment);
                self.consume(value, &val);
                self.check_assignable(*target, Some((value, &val)));
            }
            targets => {
                let types: Vec<Ty> = targets.iter().map(|target| self.target(*target).ty).collect();
                let expected = Ty::Tuple(types.iter().cloned().collect());
                let val = self.expr_with(value, Want::ty(&expected));
                self.consume(value, &val);
                match &val.ty {
                    Ty::Tuple(parts) if parts.len() == types.len() => {
                        for (part, ty) in parts.iter().zip(&types) {
                            if self.conversion(part, ty).is_none() {
                                let range = self.range(value);
                                let message = format!(
                                    "`{}` is assigned to a place of type `{}`",
                                    self.show(part),
                                    self.show(ty)
                                );
                                self.report(Diagnostic::error("TY2", range, message));
                                break;
                            }
                        }
                    }
                    Ty::Unknown | Ty::Never => {}
                    other => {
                        let range = self.range(value);
                        let message = format!(
                            "{} targets need a tuple of as many elements, not `{}`",
                            types.len(),
                            self.show(other)
                        );
                        self.report(Diagnostic::error("TY2", range, message));
                    }
                }
                for target in targets {
                    self.check_assignable(*target, None);
                }
            }
        }
    }

    /// A place on the left of `=`.
    pub(super) fn target(&mut self, target: ExprId) -> Val {
        self.expr_with(target, Want::VALUE)
    }

    fn compound(&mut self, targets: &'db [ExprId], op: BinaryOp, op_range: TextRange, value: ExprId) {
        let Some((&target, rest)) = targets.split_first() else {
            self.expr_with(value, Want::VALUE);
            return;
        };
        for other in rest {
            self.target(*other);
        }
        let place = self.target(target);
        self.compound_operator(target, place, op, op_range, value);
        self.check_assignable(target, None);
    }

    /// Infers `value` and holds it against the type its place demands.
    pub(super) fn check(&mut self, value: ExprId, expected: &Ty, place: Place) -> Val {
        let val = self.expr_with(value, Want::ty(expected));
        self.check_fits(value, &val, expected, place);
        val
    }

    pub(super) fn check_fits(&mut self, value: ExprId, val: &Val, expected: &Ty, place: Place) -> bool {
        if self.convert(value, val, expected) {
            return true;
        }
        self.report_mismatch(value, &val.ty, expected, place);
        false
    }

    pub(super) fn report_mismatch(&mut self, value: ExprId, actual: &Ty, expected: &Ty, place: Place) {
        let range = self.range(value);
        if self.is_foreign_item(actual, expected) {
            self.report_foreign_item(range, actual, expected);
            return;
        }
        if self.report_uncallable_conversion(value, actual, expected) {
            return;
        }
        let what = match place {
            Place::Argument => "argument of type",
            Place::Assignment => "assigned value of type",
            Place::Field => "field value of type",
            Place::Default => "default of type",
            Place::Operand => "operand of type",
            Place::Element => "element of type",
            Place::Yield => "yielded value of type",
        };
        let code = match place {
            Place::Element => "TY8",
            Place::Yield => "CO3",
            _ => "TY2",
        };
        let mut diagnostic = Diagnostic::error(
            code,
            range,
            format!("{what} `{}`, expected `{}`", self.show(actual), self.show(expected)),
        );
        if let Some((pass, _)) = self.residual(actual)
            && same(&pass, expected)
            && !matches!(place, Place::Element)
        {
            diagnostic = if self.can_propagate(actual) {
                diagnostic
                    .note("the value can fail")
                    .suggest("pass the failure on", vec![TextEdit::insert(range.end(), "?")])
            } else {
                diagnostic
                    .note("the value can fail")
                    .suggest("panic on a failure", vec![TextEdit::insert(range.end(), ".unwrap()")])
            };
        }
        self.report(diagnostic);
    }
}

/// What a value is used for, for messages.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Argument,
    Assignment,
    Field,
    Default,
    Operand,
    Element,
    Yield,
}
