//! `?` and `let … else` (RS2, RS4).

use super::*;
use crate::infer::CallInfo;

/// The three methods of `std.ops.Try`, for a class that is neither `Opt` nor `Ret`.
struct TryCalls<'a> {
    is_pass: &'a CallInfo,
    unwrap: &'a CallInfo,
    unwrap_fail: Option<&'a CallInfo>,
}

impl<'a> Builder<'a> {
    fn try_calls(&self, key: ExprId) -> Option<TryCalls<'a>> {
        Some(TryCalls {
            is_pass: self.infer.call(key, CallRole::TryIsPass)?,
            unwrap: self.infer.call(key, CallRole::TryUnwrap)?,
            unwrap_fail: self.infer.call(key, CallRole::TryUnwrapFail),
        })
    }

    /// Evaluates a residual and branches on its state. The residual is in a temporary of no scope: each of the two
    /// paths takes it apart or drops it. Continues in the pass state; returns the residual and the fail state's block.
    fn test_residual(&mut self, value: ExprId, key: ExprId, span: TextRange) -> Option<(Place, BlockId)> {
        let ty = self.infer.expr_type(value).clone();
        let builtin = self.facts.is_opt_or_ret(&ty);
        let calls = self.try_calls(key);
        if !builtin && calls.is_none() {
            self.discard(value);
            self.broken(value);
            return None;
        }
        let pass_borrow = self.is_borrowing_next(value);
        let temp = self.free_temp(ty, Convention::Value, self.body.range(value));
        self.mir.slots[temp.0 as usize].pass_borrow = pass_borrow;
        let residual = Place::slot(temp);
        self.evaluate(residual.clone(), value);

        let test = self.bool_temp(span);
        match &calls {
            Some(calls) if !builtin => {
                let receiver = call::Receiver::Place(residual.clone(), value);
                self.emit_call(key, calls.is_pass, Some(receiver), &[], Some(Place::slot(test)), span);
            }
            _ => self.assign(Place::slot(test), Rvalue::IsPass(residual.clone()), span),
        }
        let (pass, fail) = (self.new_block(), self.new_block());
        let condition = Operand::Copy(Place::slot(test));
        self.terminate(Terminator::If { condition, then: pass, otherwise: fail });
        self.start(pass);
        Some((residual, fail))
    }

    fn take_pass(
        &mut self,
        residual: &Place,
        value: ExprId,
        key: ExprId,
        dest: Option<Place>,
        span: TextRange,
    ) {
        match self.try_calls(key) {
            Some(calls) if !self.facts.is_opt_or_ret(self.infer.expr_type(value)) => {
                let receiver = call::Receiver::Place(residual.clone(), value);
                self.emit_call(key, calls.unwrap, Some(receiver), &[], dest, span);
            }
            _ => {
                if let Some(dest) = dest {
                    self.assign(dest, Rvalue::PassValue(Operand::Move(residual.clone())), span);
                } else if self.pass_needs_drop(value) {
                    self.drop_place(residual.clone(), span, DropWhy::Temporary);
                }
            }
        }
        self.push(StatementKind::StorageDead(residual.slot), span);
    }

    fn pass_needs_drop(&self, value: ExprId) -> bool {
        match self.infer.expr_type(value) {
            Ty::Class(_, args) => args.first().is_none_or(|pass| self.facts.needs_drop(pass)),
            _ => true,
        }
    }

    /// `e?`: in the fail state the failure becomes the result of the function (RS2).
    pub(super) fn lower_try(&mut self, expr: ExprId, dest: Option<Place>) {
        let Expr::Try { value } = &self.body.exprs[expr] else { return };
        let span = self.body.range(expr);
        let Some((residual, fail)) = self.test_residual(*value, expr, span) else {
            if let Some(dest) = dest {
                self.push(StatementKind::Taint(dest), span);
            }
            return;
        };
        let pass = self.current;
        self.start(fail);
        self.return_failure(&residual, *value, expr, span);

        self.start(pass);
        self.take_pass(&residual, *value, expr, dest, span);
    }

    fn return_failure(&mut self, residual: &Place, value: ExprId, key: ExprId, span: TextRange) {
        let to = self.mir.slots[0].ty.clone();
        if !self.facts.is_opt_or_ret(&to) {
            // RS3 was reported.
            self.mir.broken = true;
            self.terminate(Terminator::Unreachable);
            return;
        }
        let from = self.infer.expr_type(value).clone();
        let error_ty = self.facts.failure_type(&to);
        let error = match (self.try_calls(key), error_ty) {
            (_, None) => {
                self.drop_place(residual.clone(), span, DropWhy::Temporary);
                Operand::Const(Const::Void)
            }
            (Some(TryCalls { unwrap_fail: Some(info), .. }), Some(error))
                if !self.facts.is_opt_or_ret(&from) =>
            {
                let temp = self.free_temp(error, Convention::Value, span);
                let receiver = call::Receiver::Place(residual.clone(), value);
                self.emit_call(key, info, Some(receiver), &[], Some(Place::slot(temp)), span);
                Operand::Move(Place::slot(temp))
            }
            (_, Some(error)) => {
                let temp = self.free_temp(error, Convention::Value, span);
                self.assign(Place::slot(temp), Rvalue::FailValue(Operand::Move(residual.clone())), span);
                Operand::Move(Place::slot(temp))
            }
        };
        self.assign(Place::slot(SlotId(0)), Rvalue::Failure { to: to.into(), error: error.into() }, span);
        self.leave_function(span, DropWhy::EarlyExit);
    }

    /// `let x = e else { … }`: `dest` gets the pass value, or what the block ends in (RS4).
    pub(super) fn let_else(
        &mut self,
        dest: Option<Place>,
        value: ExprId,
        else_block: ExprId,
        span: TextRange,
    ) {
        let value_span = self.body.range(value);
        let Some((residual, fail)) = self.test_residual(value, value, value_span) else {
            if let Some(dest) = dest {
                self.push(StatementKind::Taint(dest), span);
            }
            let skip = self.new_block();
            let (enter, condition) = (self.new_block(), Operand::Const(Const::Bool(true)));
            self.terminate(Terminator::If { condition, then: skip, otherwise: enter });
            self.start(enter);
            self.discard(else_block);
            self.goto(skip);
            self.start(skip);
            return;
        };
        let join = self.new_block();
        self.take_pass(&residual, value, value, dest.clone(), value_span);
        self.goto(join);

        self.start(fail);
        // DR5 lets the residual live to the end of the statement, which on this path is the end of the block.
        self.scopes.push(Scope { kind: ScopeKind::Statement, entries: vec![Entry::Slot(residual.slot)] });
        match dest {
            Some(dest) if !matches!(self.infer.expr_type(else_block), Ty::Never) => {
                self.evaluate(dest, else_block)
            }
            _ => self.discard(else_block),
        }
        self.pop_scope(self.body.range(else_block), DropWhy::Temporary);
        self.goto(join);
        self.start(join);
    }
}
