//! Calls: receiver and arguments left to right, then all borrows at once when the call is made (CC1, EX3).

use super::*;
use crate::infer::{ArgSource, CallInfo, Callee, Coercion, Dispatch};
use crate::mir::Arg;
use crate::ty::FnKind;
use smallvec::SmallVec;

/// The object a method is called on.
pub(super) enum Receiver {
    Expr(ExprId),
    /// Already evaluated; the expression tells its type.
    Place(Place, ExprId),
}

/// An argument as written, or the right side of an operator.
pub(super) struct Written {
    expr: ExprId,
    /// Already evaluated.
    place: Option<Place>,
    /// `&` or `&mut` is written in front.
    borrowed: bool,
}

impl Written {
    pub(super) fn plain(expr: ExprId) -> Self {
        Written { expr, place: None, borrowed: false }
    }

    pub(super) fn at(expr: ExprId, place: Place) -> Self {
        Written { expr, place: Some(place), borrowed: false }
    }

    fn argument(arg: &crate::body::Arg) -> Self {
        Written { expr: arg.value, place: None, borrowed: arg.convention != Convention::Value }
    }
}

impl<'a> Builder<'a> {
    pub(super) fn call(&mut self, expr: ExprId, dest: Option<Place>) {
        let Expr::Call { callee, args, .. } = &self.body.exprs[expr] else { return };
        let span = self.body.range(expr);
        let Some(info) = self.infer.call(expr, CallRole::Main) else {
            self.broken_call(*callee, args, dest, span);
            return;
        };
        let written: SmallVec<[Written; 4]> = args.iter().map(Written::argument).collect();
        let callee = &self.called_object(*callee, info);
        if info.args.iter().any(|arg| matches!(arg, ArgSource::Open(_))) {
            if let Some(dest) = dest {
                self.partial(dest, expr, info, *callee, &written);
            } else {
                written.iter().for_each(|arg| self.discard(arg.expr));
            }
            return;
        }
        match &info.callee {
            Callee::Function { .. } => {
                let receiver = self.receiver(info, *callee);
                self.emit_call(expr, info, receiver, &written, dest, span);
            }
            Callee::Value { kind } => {
                let place = self.place(*callee);
                let args = self.call_args(info, None, &written, Some(*callee), span);
                let args = args.into_iter().flatten().collect();
                let target = CallTarget::Value { callee: place, kind: self.value_kind(*callee, *kind) };
                self.finish_call(expr, info, target, args, dest, span);
            }
        }
    }

    /// What is called in `f.call_ref(x)`: `f` (CL7).
    fn called_object(&self, callee: ExprId, info: &CallInfo) -> ExprId {
        match &self.body.exprs[callee] {
            Expr::Field { base, name, .. }
                if matches!(info.callee, Callee::Value { .. })
                    && crate::lang::is_call_method(name)
                    && self.facts.is_callable(self.infer.expr_type(*base)) =>
            {
                *base
            }
            _ => callee,
        }
    }

    /// CL4: how the callee's own type is called, not how permissive the place is where it is called.
    fn value_kind(&self, callee: ExprId, kind: FnKind) -> FnKind {
        match self.infer.expr_type(callee) {
            Ty::Func(..) => FnKind::Ref,
            Ty::Closure(closure) => closure.kind,
            _ => kind,
        }
    }

    pub(super) fn receiver(&self, info: &CallInfo, callee: ExprId) -> Option<Receiver> {
        info.receiver?;
        match &self.body.exprs[callee] {
            Expr::Field { base, .. } => Some(Receiver::Expr(*base)),
            _ => None,
        }
    }

    /// The overload is unknown, so nothing is known about what happens to the arguments.
    fn broken_call(
        &mut self,
        callee: ExprId,
        args: &[crate::body::Arg],
        dest: Option<Place>,
        span: TextRange,
    ) {
        self.mir.broken = true;
        let receiver = match &self.body.exprs[callee] {
            Expr::Field { base, .. } => *base,
            _ => callee,
        };
        for expr in std::iter::once(receiver).chain(args.iter().map(|arg| arg.value)) {
            match &self.body.exprs[expr] {
                Expr::Type(_) | Expr::Path(_) | Expr::NestedFunctions(_) | Expr::Placeholder => {}
                _ => {
                    if self.known_place(expr).is_none() {
                        self.discard(expr);
                    }
                    self.broken(expr);
                }
            }
        }
        if let Some(dest) = dest {
            self.push(StatementKind::Taint(dest), span);
        }
    }

    /// Evaluates receiver and arguments and makes the call of a function.
    pub(super) fn emit_call(
        &mut self,
        key: ExprId,
        info: &CallInfo,
        receiver: Option<Receiver>,
        written: &[Written],
        dest: Option<Place>,
        span: TextRange,
    ) {
        let Some(target) = self.function_target(&info.callee) else {
            self.mir.broken = true;
            return;
        };
        if info.receiver.is_some() && receiver.is_none() {
            self.mir.broken = true;
            if let Some(dest) = dest {
                self.push(StatementKind::Taint(dest), span);
            }
            return;
        }
        let args = if self.is_plain(info, written) {
            self.plain_args(info, receiver, written, span)
        } else {
            self.call_args(info, receiver, written, None, span).into_iter().flatten().collect()
        };
        self.finish_call(key, info, target, args, dest, span);
    }

    fn finish_call(
        &mut self,
        key: ExprId,
        info: &CallInfo,
        target: CallTarget,
        args: Box<[Arg]>,
        dest: Option<Place>,
        span: TextRange,
    ) {
        let never = self.facts.never_returns(&target) || matches!(info.ret, Ty::Never);
        let recursion =
            if self.facts.is_recursive(&target) { Recursion::Accumulating } else { Recursion::None };
        let dest = dest.filter(|_| !self.facts.is_void(&info.ret) && !matches!(info.ret, Ty::Never));
        let result_convention = info.result_convention;
        let call = Call { target, args, dest, result_convention, recursion, expr: Some(key) };
        self.push(StatementKind::Call(Box::new(call)), span);
        if never {
            self.terminate(Terminator::Unreachable);
        }
    }

    pub(super) fn function_target(&self, callee: &Callee) -> Option<CallTarget> {
        match callee {
            Callee::Function { func, container_args, args, self_ty, dispatch } => Some(CallTarget::Func {
                func: *func,
                container_args: container_args.clone(),
                args: args.clone(),
                self_ty: self_ty.clone(),
                dispatch: *dispatch,
            }),
            Callee::Value { .. } => None,
        }
    }

    /// Conventions of the parameters after `self`; by value for the parameters of a function value (CL8).
    pub(super) fn param_conventions(&self, callee: &Callee, count: usize) -> Vec<Convention> {
        match callee {
            Callee::Function { func, .. } => {
                self.facts.signature(*func).params.iter().map(|param| param.convention).collect()
            }
            Callee::Value { .. } => vec![Convention::Value; count],
        }
    }

    /// Whether each parameter is given one argument, in their order: most calls.
    fn is_plain(&self, info: &CallInfo, written: &[Written]) -> bool {
        let in_order = info.args.len() == written.len()
            && info.args.iter().enumerate().all(|(param, source)| match source {
                ArgSource::Arg(index) => *index as usize == param,
                _ => false,
            });
        in_order && !written.iter().any(|arg| matches!(self.body.exprs[arg.expr], Expr::Placeholder))
    }

    /// As [`Builder::call_args`], for a plain call.
    fn plain_args(
        &mut self,
        info: &CallInfo,
        receiver: Option<Receiver>,
        written: &[Written],
        span: TextRange,
    ) -> Box<[Arg]> {
        let last_complex =
            written.iter().rposition(|arg| arg.place.is_none() && !is_simple(self.body, arg.expr));
        let params = match &info.callee {
            Callee::Function { func, .. } => &self.facts.signature(*func).params[..],
            Callee::Value { .. } => &[],
        };
        let count = written.len() + usize::from(receiver.is_some() && info.receiver.is_some());
        let mut args = Vec::with_capacity(count);
        if let (Some(receiver), Some(convention)) = (receiver, info.receiver) {
            args.push(self.receiver_arg(receiver, convention, info, last_complex.is_some(), span));
        }
        for (index, arg) in written.iter().enumerate() {
            let convention = params.get(index).map_or(Convention::Value, |param| param.convention);
            let settle = last_complex.is_some_and(|last| index < last);
            args.push(self.argument(arg, convention, settle));
        }
        args.into()
    }

    /// The arguments in parameter order, receiver first; `None` where a partial application leaves one open.
    /// `value_callee` is the callee's expression if it is a value.
    pub(super) fn call_args(
        &mut self,
        info: &CallInfo,
        receiver: Option<Receiver>,
        written: &[Written],
        value_callee: Option<ExprId>,
        span: TextRange,
    ) -> Vec<Option<Arg>> {
        let mut conventions = self.param_conventions(&info.callee, info.args.len());
        if let Some(Ty::Closure(closure)) = value_callee.map(|callee| self.infer.expr_type(callee)) {
            conventions = closure.params.iter().map(|(convention, _)| *convention).collect();
        }
        let convention_of = |param: usize| conventions.get(param).copied().unwrap_or_default();
        let last_complex =
            written.iter().rposition(|arg| arg.place.is_none() && !is_simple(self.body, arg.expr));

        let mut args: Vec<Option<Arg>> = Vec::with_capacity(info.args.len() + 1);
        if let (Some(receiver), Some(convention)) = (receiver, info.receiver) {
            args.push(Some(self.receiver_arg(receiver, convention, info, last_complex.is_some(), span)));
        }

        // Evaluate in source order …
        let mut by_written: Vec<Convention> = vec![Convention::Value; written.len()];
        let mut whole: Vec<bool> = vec![false; written.len()];
        for (param, source) in info.args.iter().enumerate() {
            match source {
                ArgSource::Arg(index) => {
                    if let Some(slot) = by_written.get_mut(*index as usize) {
                        *slot = convention_of(param);
                    }
                }
                ArgSource::UnpackField(index, _) => {
                    if let Some(slot) = whole.get_mut(*index as usize) {
                        *slot = true;
                    }
                }
                _ => {}
            }
        }
        let mut values: Vec<Option<Arg>> = Vec::with_capacity(written.len());
        let mut tuples: Vec<Option<Place>> = vec![None; written.len()];
        for (index, arg) in written.iter().enumerate() {
            if matches!(self.body.exprs[arg.expr], Expr::Placeholder) {
                values.push(None);
                continue;
            }
            if whole[index] {
                tuples[index] = Some(self.place(arg.expr));
                values.push(None);
                continue;
            }
            let settle = last_complex.is_some_and(|last| index < last);
            values.push(Some(self.argument(arg, by_written[index], settle)));
        }

        // … and put them in parameter order.
        for (param, source) in info.args.iter().enumerate() {
            let arg = match source {
                ArgSource::Arg(index) | ArgSource::Unpack(index) => {
                    let value = values.get_mut(*index as usize).and_then(Option::take);
                    if value.is_none() {
                        self.mir.broken = true;
                    }
                    value
                }
                ArgSource::UnpackField(index, field) => {
                    let index = *index as usize;
                    tuples.get(index).cloned().flatten().map(|tuple| {
                        let ty = match self.infer.expr_type(written[index].expr) {
                            Ty::Tuple(parts) => parts.get(*field as usize).cloned().unwrap_or(Ty::Unknown),
                            _ => Ty::Unknown,
                        };
                        let place = tuple.project(Projection::TupleField(*field));
                        Arg::Value(self.consume_typed(place, &ty, span))
                    })
                }
                ArgSource::Array(indices) => {
                    let elements = take_operands(&mut values, indices);
                    let element = self.facts.pack_element(&info.callee, param).unwrap_or_else(|| {
                        indices.first().map_or(Ty::Unknown, |&index| {
                            written
                                .get(index as usize)
                                .map_or(Ty::Unknown, |arg| self.infer.expr_type(arg.expr).clone())
                        })
                    });
                    let temp = self.temp(self.facts.array_of(element.clone()), Convention::Value, span);
                    self.assign(
                        Place::slot(temp),
                        Rvalue::Array { element: element.into(), values: elements.into() },
                        span,
                    );
                    Some(Arg::Value(Operand::Move(Place::slot(temp))))
                }
                ArgSource::Tuple(indices) => {
                    let ty = Ty::Tuple(
                        indices
                            .iter()
                            .filter_map(|&index| written.get(index as usize))
                            .map(|arg| self.infer.expr_type(arg.expr).clone())
                            .collect(),
                    );
                    let elements = take_operands(&mut values, indices);
                    let temp = self.temp(ty, Convention::Value, span);
                    self.assign(Place::slot(temp), Rvalue::Tuple(elements.into()), span);
                    Some(Arg::Value(Operand::Move(Place::slot(temp))))
                }
                ArgSource::Default => Some(self.default_arg(&info.callee, param, span)),
                ArgSource::Open(_) => None,
                ArgSource::Void => Some(Arg::Value(Operand::Const(Const::Void))),
            };
            args.push(arg);
        }
        args
    }

    fn receiver_arg(
        &mut self,
        receiver: Receiver,
        convention: Convention,
        info: &CallInfo,
        settle: bool,
        span: TextRange,
    ) -> Arg {
        let expr = match &receiver {
            Receiver::Expr(expr) | Receiver::Place(_, expr) => *expr,
        };
        let upcast = match &info.callee {
            Callee::Function { func, container_args, dispatch, .. } if *dispatch != Dispatch::Static => {
                self.facts.receiver_upcast(*func, container_args, self.infer.expr_type(expr))
            }
            _ => None,
        };
        match (receiver, convention) {
            (Receiver::Expr(expr), Convention::Value) => {
                let operand = self.operand(expr);
                let operand = if settle { self.settle(operand, expr) } else { operand };
                Arg::Value(self.upcast_value(operand, upcast, span))
            }
            (Receiver::Place(place, expr), Convention::Value) => {
                let operand = self.consume(place, expr);
                let operand = if settle { self.settle(operand, expr) } else { operand };
                Arg::Value(self.upcast_value(operand, upcast, span))
            }
            (Receiver::Expr(expr), convention) => {
                let place = self.place(expr);
                Arg::Ref { mutable: convention == Convention::Mut, place, upcast: upcast.map(Box::new) }
            }
            (Receiver::Place(place, _), convention) => {
                Arg::Ref { mutable: convention == Convention::Mut, place, upcast: upcast.map(Box::new) }
            }
        }
    }

    fn upcast_value(&mut self, value: Operand, to: Option<Ty>, span: TextRange) -> Operand {
        let Some(to) = to else { return value };
        let temp = self.temp(to.clone(), Convention::Value, span);
        self.assign(Place::slot(temp), Rvalue::Upcast { value: value.into(), to: to.into() }, span);
        Operand::Move(Place::slot(temp))
    }

    fn argument(&mut self, arg: &Written, convention: Convention, settle: bool) -> Arg {
        let expr = arg.expr;
        if convention == Convention::Value && arg.borrowed {
            // CC2 or A41 was reported; the value stays where it is.
            self.mir.broken = true;
            self.place(expr);
            return Arg::Value(Operand::Const(Const::Void));
        }
        if convention == Convention::Value {
            let operand = match &arg.place {
                Some(place) => self.consume(place.clone(), expr),
                None => self.operand(expr),
            };
            return Arg::Value(if settle { self.settle(operand, expr) } else { operand });
        }
        let place = match &arg.place {
            Some(place) => place.clone(),
            None => self.place(expr),
        };
        // A temporary was made in the type that the callee wants; a path is seen as its base (TY2, CC6).
        let is_path = matches!(
            self.body.exprs[expr],
            Expr::Local(_) | Expr::Field { .. } | Expr::TupleField { .. } | Expr::Missing
        );
        let upcast = match self.infer.coercion(expr) {
            Some(Coercion::Upcast(to) | Coercion::FunctionValue(to)) if is_path => Some(to.clone()),
            _ => None,
        };
        Arg::Ref { mutable: convention == Convention::Mut, place, upcast: upcast.map(Box::new) }
    }

    fn default_arg(&mut self, callee: &Callee, param: usize, span: TextRange) -> Arg {
        let Callee::Function { func, container_args, args, .. } = callee else {
            self.mir.broken = true;
            return Arg::Value(Operand::Const(Const::Void));
        };
        let ty = self.facts.param_type(callee, param);
        let target = CallTarget::DefaultArg {
            func: *func,
            container_args: container_args.clone(),
            args: args.clone(),
            param: param as u32,
        };
        Arg::Value(self.made_by(target, ty, span))
    }

    /// A value that is not written: what `target` gives without arguments.
    pub(super) fn made_by(&mut self, target: CallTarget, ty: Ty, span: TextRange) -> Operand {
        let temp = self.temp(ty, Convention::Value, span);
        let call = Call {
            target,
            args: Box::default(),
            dest: Some(Place::slot(temp)),
            result_convention: Convention::Value,
            recursion: Recursion::None,
            expr: None,
        };
        self.push(StatementKind::Call(Box::new(call)), span);
        Operand::Move(Place::slot(temp))
    }

    /// `enter` or `exit` of a context (CF7).
    pub(super) fn context_call(&mut self, with: ExprId, role: CallRole, context: &Place, span: TextRange) {
        let Some(info) = self.infer.call(with, role) else {
            self.mir.broken = true;
            return;
        };
        let Expr::With { context: expr, .. } = &self.body.exprs[with] else { return };
        let receiver = Receiver::Place(context.clone(), *expr);
        self.emit_call(with, info, Some(receiver), &[], None, span);
    }

    /// `ret f(…)` on the cycle of the call graph: the callee takes over the frame if nothing of it is needed any more
    /// (F9, F11). Answers whether it does; if not, nothing was emitted.
    pub(super) fn tail_call(&mut self, expr: ExprId, span: TextRange) -> bool {
        let Expr::Call { callee, args, .. } = &self.body.exprs[expr] else { return false };
        let Some(info) = self.infer.call(expr, CallRole::Main) else { return false };
        let Some(target) = self.function_target(&info.callee) else { return false };
        let is_function = matches!(self.mir.kind, MirKind::Function);
        if !is_function
            || !self.facts.is_recursive(&target)
            || self.infer.coercion(expr).is_some()
            || self.dead
        {
            return false;
        }
        let pending_exit = self
            .scopes
            .iter()
            .flat_map(|scope| &scope.entries)
            .any(|entry| matches!(entry, Entry::CtxExit { .. }));
        let open = info.args.iter().any(|arg| matches!(arg, ArgSource::Open(_)));
        if pending_exit || open || info.result_convention != Convention::Value {
            return false;
        }
        let receiver = self.receiver(info, *callee);
        if info.receiver.is_some() && receiver.is_none() {
            return false;
        }
        let written: Vec<Written> = args.iter().map(Written::argument).collect();
        let args: Box<[Arg]> =
            self.call_args(info, receiver, &written, None, span).into_iter().flatten().collect();
        let stays = |place: &Place| {
            place.projection.first() == Some(&Projection::Deref)
                && self.slot(place.slot).kind == SlotKind::Param
        };
        if args.iter().any(|arg| matches!(arg, Arg::Ref { place, .. } if !stays(place))) {
            // F12: something of this frame is still needed, so the rest becomes a continuation.
            let dest = (!self.facts.is_void(&info.ret)).then(|| Place::slot(SlotId(0)));
            self.finish_call(expr, info, target, args, dest, span);
            self.leave_function(span, self.return_reason());
            return true;
        }
        let args = args.into_iter().map(|arg| self.move_out(arg, span)).collect();
        self.exit_scopes(0, span, DropWhy::TailCall);
        let dest = (!self.facts.is_void(&info.ret)).then(|| Place::slot(SlotId(0)));
        let call = Call {
            target,
            args,
            dest,
            result_convention: Convention::Value,
            recursion: Recursion::Tail,
            expr: Some(expr),
        };
        self.push(StatementKind::Call(Box::new(call)), span);
        self.terminate(Terminator::Return);
        true
    }

    /// F11: arguments are moved out before the other locals are dropped.
    fn move_out(&mut self, arg: Arg, span: TextRange) -> Arg {
        let (Arg::Value(Operand::Move(place)) | Arg::Value(Operand::Copy(place))) = &arg else { return arg };
        let ty = self.facts.place_type(&self.mir, place);
        let temp = self.free_temp(ty, Convention::Value, span);
        let Arg::Value(operand) = arg else { return arg };
        self.assign(Place::slot(temp), Rvalue::Use(operand), span);
        Arg::Value(Operand::Move(Place::slot(temp)))
    }
}

fn take_operands(values: &mut [Option<Arg>], indices: &[u32]) -> Vec<Operand> {
    let mut operands = Vec::with_capacity(indices.len());
    for &index in indices {
        if let Some(Some(Arg::Value(operand))) = values.get_mut(index as usize).map(Option::take) {
            operands.push(operand);
        }
    }
    operands
}
