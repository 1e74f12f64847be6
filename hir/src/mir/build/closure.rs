//! Lambdas and partial applications: an object with its captures, and a body of its own (CL1–CL6, 2.9).

use super::*;
use crate::infer::{ArgSource, CallInfo, Callee};
use crate::mir::Arg;
use crate::ty::FnKind;

impl<'a> Builder<'a> {
    pub(super) fn lambda(&mut self, dest: Place, expr: ExprId) {
        let Expr::Lambda { captures, params, body } = &self.body.exprs[expr] else { return };
        let span = self.body.range(expr);
        let Some(info) = self.infer.closure(expr) else {
            self.mir.broken = true;
            self.push(StatementKind::Taint(dest), span);
            return;
        };
        let mut operands = Vec::with_capacity(captures.len());
        let mut fields = Vec::with_capacity(captures.len());
        for capture in captures {
            let ty = self.infer.expr_type(capture.source).clone();
            let source_span = self.body.range(capture.source);
            operands.push(match capture.convention {
                Convention::Value => self.operand(capture.source),
                convention => {
                    let place = self.place(capture.source);
                    self.borrow_into_temp(place, ty.clone(), convention, source_span)
                }
            });
            let name = self.body.locals[capture.local].name.clone();
            fields.push(CaptureField { name, convention: capture.convention, ty });
        }

        let mut inner = self.inner(expr, false, info.kind, info.ret.clone(), fields);
        for (index, capture) in captures.iter().enumerate() {
            let place = inner.capture_place(index as u32);
            inner.places[capture.local.into_raw().into_u32() as usize] = Some(place);
        }
        for param in params {
            let slot = inner.declare(param.local, SlotKind::Param);
            inner.scopes[0].entries.push(Entry::Slot(slot));
        }
        inner.mir.param_count = 1 + params.len() as u32;
        let body_span = self.body.range(*body);
        inner.push_scope(ScopeKind::Statement);
        if self.facts.is_void(&info.ret) || matches!(info.ret, Ty::Never) {
            inner.discard(*body);
        } else {
            inner.evaluate(Place::slot(SlotId(0)), *body);
        }
        inner.pop_scope(body_span, DropWhy::Temporary);
        inner.pop_scope(body_span, DropWhy::ScopeEnd);
        inner.terminate(Terminator::Return);
        let lambda = self.add_lambda(inner);
        self.assign(dest, Rvalue::Closure { lambda, captures: operands.into() }, span);
    }

    /// `f(1, _)`: what is given is evaluated and captured at once; the body makes the call.
    pub(super) fn partial(
        &mut self,
        dest: Place,
        expr: ExprId,
        info: &CallInfo,
        callee: ExprId,
        written: &[call::Written],
    ) {
        let span = self.body.range(expr);
        let Some(closure) = self.infer.closure(expr) else {
            self.mir.broken = true;
            self.push(StatementKind::Taint(dest), span);
            return;
        };
        let mut operands = Vec::new();
        let mut fields = Vec::new();
        let (value_callee, receiver) = match &info.callee {
            Callee::Value { .. } => (Some(callee), None),
            Callee::Function { .. } => (None, self.receiver(info, callee)),
        };
        if let Some(callee) = value_callee {
            operands.push(self.operand(callee));
            let ty = self.infer.expr_type(callee).clone();
            fields.push(CaptureField {
                name: SmolStr::new_static("callee"),
                convention: Convention::Value,
                ty,
            });
        }
        let has_receiver = receiver.is_some();
        let args = self.call_args(info, receiver, written, value_callee, span);
        let mut given: Vec<bool> = Vec::with_capacity(args.len());
        for arg in args {
            given.push(arg.is_some());
            let Some(arg) = arg else { continue };
            let (convention, ty, operand) = match arg {
                Arg::Value(operand) => (Convention::Value, self.operand_type(&operand), operand),
                Arg::Ref { mutable, place, upcast } => {
                    let convention = if mutable { Convention::Mut } else { Convention::Ref };
                    let ty = upcast.map_or_else(|| self.facts.place_type(&self.mir, &place), |ty| *ty);
                    let operand = self.borrow_into_temp(place, ty.clone(), convention, span);
                    (convention, ty, operand)
                }
            };
            operands.push(operand);
            fields.push(CaptureField { name: SmolStr::new_static("given"), convention, ty });
        }

        let mut inner = self.inner(expr, true, closure.kind, closure.ret.clone(), fields);
        let mut open = Vec::with_capacity(closure.params.len());
        for (convention, ty) in &closure.params {
            let slot = inner.new_slot(Slot {
                ty: ty.clone(),
                convention: *convention,
                kind: SlotKind::Param,
                local: None,
                mutable: false,
                late: false,
                pass_borrow: false,
                span,
            });
            inner.scopes[0].entries.push(Entry::Slot(slot));
            open.push(slot);
        }
        inner.mir.param_count = 1 + closure.params.len() as u32;
        inner.push_scope(ScopeKind::Statement);
        let mut next_field = 0;
        let target = match (&info.callee, value_callee) {
            (Callee::Value { kind }, Some(_)) => {
                next_field = 1;
                Some(CallTarget::Value { callee: inner.capture_place(0), kind: *kind })
            }
            (callee, _) => inner.function_target(callee),
        };
        let first_param = usize::from(has_receiver);
        let mut args = Vec::with_capacity(given.len());
        for (index, given) in given.iter().enumerate() {
            if *given {
                args.push(inner.captured_arg(next_field, span));
                next_field += 1;
                continue;
            }
            let Some(ArgSource::Open(param)) =
                index.checked_sub(first_param).and_then(|index| info.args.get(index))
            else {
                continue;
            };
            let Some(&slot) = open.get(*param as usize) else { continue };
            args.push(match inner.slot(slot).convention {
                Convention::Value => Arg::Value(inner.consume_typed(
                    Place::slot(slot),
                    &closure.params[*param as usize].1,
                    span,
                )),
                convention => Arg::Ref {
                    mutable: convention == Convention::Mut,
                    place: Place::slot(slot).project(Projection::Deref),
                    upcast: None,
                },
            });
        }
        if let Some(target) = target {
            let dest = (!self.facts.is_void(&closure.ret)).then(|| Place::slot(SlotId(0)));
            let call = Call {
                target,
                args: args.into(),
                dest,
                result_convention: info.result_convention,
                recursion: Recursion::None,
                expr: Some(expr),
            };
            inner.push(StatementKind::Call(Box::new(call)), span);
        }
        inner.pop_scope(span, DropWhy::Temporary);
        inner.pop_scope(span, DropWhy::ScopeEnd);
        inner.terminate(Terminator::Return);
        let lambda = self.add_lambda(inner);
        self.assign(dest, Rvalue::Closure { lambda, captures: operands.into() }, span);
    }

    /// A builder for the body of a closure: slot 1 is its object.
    fn inner(
        &self,
        expr: ExprId,
        partial: bool,
        kind: FnKind,
        ret: Ty,
        fields: Vec<CaptureField>,
    ) -> Builder<'a> {
        let mut inner = Builder::new(self.source, MirKind::Lambda { expr, partial }, ret);
        let convention = match kind {
            FnKind::Ref => Convention::Ref,
            FnKind::Mut => Convention::Mut,
            FnKind::One => Convention::Value,
        };
        let object = inner.new_slot(Slot {
            ty: self.infer.expr_type(expr).clone(),
            convention,
            kind: SlotKind::Param,
            local: None,
            mutable: true,
            late: false,
            pass_borrow: false,
            span: self.body.range(expr),
        });
        inner.scopes[0].entries.push(Entry::Slot(object));
        inner.mir.captures = fields;
        inner
    }

    fn add_lambda(&mut self, inner: Builder<'a>) -> u32 {
        let mir = inner.finish();
        self.mir.broken |= mir.broken;
        self.mir.lambdas.push(mir);
        self.mir.lambdas.len() as u32 - 1
    }

    /// The field of the closure object whose body this is.
    fn capture_place(&self, index: u32) -> Place {
        let object = Place::slot(SlotId(1));
        let object = if self.slot(SlotId(1)).convention == Convention::Value {
            object
        } else {
            object.project(Projection::Deref)
        };
        object.project(Projection::Capture(index))
    }

    fn captured_arg(&mut self, index: u32, span: TextRange) -> Arg {
        let place = self.capture_place(index);
        let Some(field) = self.mir.captures.get(index as usize) else {
            return Arg::Value(Operand::Const(Const::Void));
        };
        let (convention, ty) = (field.convention, field.ty.clone());
        match convention {
            Convention::Value => Arg::Value(self.consume_typed(place, &ty, span)),
            convention => Arg::Ref {
                mutable: convention == Convention::Mut,
                place: place.project(Projection::Deref),
                upcast: None,
            },
        }
    }

    fn borrow_into_temp(&mut self, place: Place, ty: Ty, convention: Convention, span: TextRange) -> Operand {
        let temp = self.temp(ty, convention, span);
        self.assign(Place::slot(temp), Rvalue::Ref { mutable: convention == Convention::Mut, place }, span);
        Operand::Move(Place::slot(temp))
    }

    fn operand_type(&self, operand: &Operand) -> Ty {
        match operand {
            Operand::Move(place) | Operand::Copy(place) => self.facts.place_type(&self.mir, place),
            Operand::Const(constant) => self.facts.const_type(constant),
        }
    }
}
