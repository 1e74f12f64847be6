//! Expressions: into a place, as an operand, as a place, or for their effect only.

use super::*;
use crate::body::{BinaryOp, StrPart};
use crate::infer::{Coercion, Resolution};

impl<'a> Builder<'a> {
    /// Evaluates `expr` and stores its value in `dest`, which holds nothing at that time.
    pub(super) fn evaluate(&mut self, dest: Place, expr: ExprId) {
        let span = self.body.range(expr);
        if let Some(place) = self.evaluated_ahead(expr) {
            self.assign(dest, Rvalue::Use(Operand::Move(place)), span);
            return;
        }
        self.shorten_chain(expr);
        if self.infer.coercion(expr).is_some() {
            let value = self.operand(expr);
            self.assign(dest, Rvalue::Use(value), span);
            return;
        }
        if !self.build_in(&dest, expr) {
            let value = self.operand(expr);
            self.assign(dest, Rvalue::Use(value), span);
        }
    }

    /// Builds the value of an expression right in `dest`; false, and nothing done, for an expression that is an operand.
    fn build_in(&mut self, dest: &Place, expr: ExprId) -> bool {
        let span = self.body.range(expr);
        let dest = dest.clone();
        match &self.body.exprs[expr] {
            Expr::Interpolate(parts) => self.interpolate(dest, parts, span),
            Expr::Array(values) => {
                let element = match self.infer.expr_type(expr) {
                    Ty::Class(_, args) if args.len() == 1 => args[0].clone(),
                    _ => Ty::Unknown,
                };
                let values = self.operands(values);
                self.assign(dest, Rvalue::Array { element: element.into(), values: values.into() }, span);
            }
            Expr::Tuple(values) => {
                let values = self.operands(values);
                self.assign(dest, Rvalue::Tuple(values.into()), span);
            }
            Expr::Init { .. } => self.object(dest, expr),
            Expr::Lambda { .. } => self.lambda(dest, expr),
            Expr::If { .. } => self.lower_if(expr, Some(dest)),
            Expr::While { .. } => self.lower_while(expr),
            Expr::With { .. } => self.lower_with(expr, Some(dest)),
            Expr::Yield { .. } => self.lower_yield(expr, Some(dest)),
            Expr::Block { .. } => self.block(expr, Some(dest)),
            Expr::Binary { op, lhs, rhs, .. } => self.binary(dest, expr, *op, *lhs, *rhs),
            Expr::Chain { .. } => self.chain(dest, expr),
            Expr::Call { .. } => self.call(expr, Some(dest)),
            Expr::Fold { .. } => self.fold(dest, expr),
            Expr::Try { .. } => self.lower_try(expr, Some(dest)),
            _ => return false,
        }
        true
    }

    /// Evaluates for the effect; the value is dropped at the end of the statement (DR5).
    pub(super) fn discard(&mut self, expr: ExprId) {
        if self.evaluated_ahead(expr).is_some() {
            return;
        }
        self.shorten_chain(expr);
        match &self.body.exprs[expr] {
            Expr::If { .. } => self.lower_if(expr, None),
            Expr::While { .. } => self.lower_while(expr),
            Expr::With { .. } => self.lower_with(expr, None),
            Expr::Block { .. } => self.block(expr, None),
            Expr::Local(_)
            | Expr::Number(_)
            | Expr::Bool(_)
            | Expr::Str(_)
            | Expr::Regex(_)
            | Expr::Path(_) => {}
            Expr::Missing | Expr::Placeholder | Expr::Borrow { .. } => self.broken(expr),
            Expr::Field { base, .. } | Expr::TupleField { base, .. } => {
                if self.known_place(expr).is_none() {
                    self.discard(*base);
                }
            }
            Expr::Call { .. }
                if self.tail_calls.contains(&expr) && self.tail_call(expr, self.body.range(expr)) => {}
            Expr::Call { .. } if self.has_no_value(expr) => self.call(expr, None),
            Expr::Yield { .. } if self.has_no_value(expr) => self.lower_yield(expr, None),
            Expr::Try { .. } if self.has_no_value(expr) => self.lower_try(expr, None),
            _ => {
                let temp = self.value_temp(expr);
                self.evaluate(Place::slot(temp), expr);
            }
        }
    }

    pub(super) fn has_no_value(&self, expr: ExprId) -> bool {
        let ty = self.infer.expr_type(expr);
        matches!(ty, Ty::Never) || self.facts.is_void(ty)
    }

    /// A temporary fit for the value of `expr`: its type before coercion, a borrow for a yielded borrow.
    pub(super) fn value_temp(&mut self, expr: ExprId) -> SlotId {
        let ty = match self.infer.coercion(expr) {
            Some(coercion) => coerced_type(coercion).clone(),
            None => self.infer.expr_type(expr).clone(),
        };
        let pass_borrow = self.is_borrowing_next(expr);
        let convention = if pass_borrow { Convention::Value } else { self.infer.borrow(expr) };
        let temp = self.temp(ty, convention, self.body.range(expr));
        self.mir.slots[temp.0 as usize].pass_borrow = pass_borrow;
        temp
    }

    /// The call of `next` on a coroutine that yields borrows (CO6).
    pub(super) fn is_borrowing_next(&self, expr: ExprId) -> bool {
        let Some(info) = self.infer.call(expr, CallRole::Main) else { return false };
        match &info.callee {
            crate::infer::Callee::Function { func, .. } => {
                info.result_convention != Convention::Value && self.facts.is_generator_next(*func)
            }
            crate::infer::Callee::Value { .. } => false,
        }
    }

    /// The value of `expr`, handed over by value: moved, or copied if its type is `Copy` (OW1, OW2).
    pub(super) fn operand(&mut self, expr: ExprId) -> Operand {
        if let Some(place) = self.evaluated_ahead(expr) {
            return match self.slot(place.slot).convention {
                Convention::Value => Operand::Move(place),
                _ => self.consume(place.project(Projection::Deref), expr),
            };
        }
        self.shorten_chain(expr);
        let value = self.plain_operand(expr);
        match self.infer.coercion(expr) {
            Some(coercion) => self.coerce(value, coercion, self.body.range(expr)),
            None => value,
        }
    }

    fn coerce(&mut self, value: Operand, coercion: &Coercion, span: TextRange) -> Operand {
        let to = coerced_type(coercion).clone();
        let temp = self.temp(to.clone(), Convention::Value, span);
        let (value, to) = (Box::new(value), Box::new(to));
        let rvalue = match coercion {
            Coercion::Upcast(_) => Rvalue::Upcast { value, to },
            Coercion::IntoVar(_, member) => Rvalue::IntoVar { value, to, member: *member },
            Coercion::FunctionValue(_) => Rvalue::FunctionValue { value, to },
        };
        self.assign(Place::slot(temp), rvalue, span);
        Operand::Move(Place::slot(temp))
    }

    fn plain_operand(&mut self, expr: ExprId) -> Operand {
        match &self.body.exprs[expr] {
            Expr::Number(number) => Operand::Const(Const::Number(number.clone())),
            Expr::Bool(value) => Operand::Const(Const::Bool(*value)),
            Expr::Str(text) => Operand::Const(Const::Str(text.clone())),
            Expr::Regex(text) => Operand::Const(Const::Regex(text.clone())),
            Expr::Missing | Expr::Placeholder => match self.subjects.get(&expr).cloned() {
                Some(subject) => self.consume(subject, expr),
                None => {
                    self.mir.broken = true;
                    Operand::Const(Const::Void)
                }
            },
            Expr::Borrow { value, .. } => {
                self.mir.broken = true;
                self.place(*value);
                Operand::Const(Const::Void)
            }
            Expr::Path(_) | Expr::NestedFunctions(_) | Expr::Type(_) => self.named_value(expr),
            Expr::Field { base, .. } => match self.infer.resolution(expr) {
                Some(Resolution::Function(_) | Resolution::EnumMember { .. }) => self.named_value(expr),
                Some(Resolution::EnumValue { class }) => {
                    let value = self.operand(*base);
                    self.rvalue(expr, Rvalue::EnumValue { class: *class, value: value.into() })
                }
                Some(Resolution::BuiltinAttribute(_, name)) => {
                    let place = self.place(*base);
                    self.rvalue(expr, Rvalue::Builtin { place, name: name.clone().into() })
                }
                _ => {
                    let place = self.place(expr);
                    self.consume(place, expr)
                }
            },
            Expr::Local(_) | Expr::TupleField { .. } => {
                let place = self.place(expr);
                self.consume(place, expr)
            }
            _ => {
                if self.has_no_value(expr) {
                    self.discard(expr);
                    return Operand::Const(Const::Void);
                }
                let ty = self.infer.expr_type(expr).clone();
                let pass_borrow = self.is_borrowing_next(expr);
                let convention = if pass_borrow { Convention::Value } else { self.infer.borrow(expr) };
                let temp = self.temp(ty, convention, self.body.range(expr));
                self.mir.slots[temp.0 as usize].pass_borrow = pass_borrow;
                self.evaluate_uncoerced(Place::slot(temp), expr);
                if convention == Convention::Value {
                    Operand::Move(Place::slot(temp))
                } else {
                    self.consume(Place::slot(temp).project(Projection::Deref), expr)
                }
            }
        }
    }

    /// As [`Builder::evaluate`], for an expression whose coercion the caller applies.
    fn evaluate_uncoerced(&mut self, dest: Place, expr: ExprId) {
        if self.infer.coercion(expr).is_none() {
            self.evaluate(dest, expr);
        } else if !self.build_in(&dest, expr) {
            self.mir.broken = true;
        }
    }

    /// Functions and enumeration members as values.
    fn named_value(&mut self, expr: ExprId) -> Operand {
        match self.infer.resolution(expr) {
            Some(Resolution::Function(func)) => {
                let args = match self.infer.expr_type(expr) {
                    Ty::Func(_, args) => args.clone(),
                    _ => TyArgs::EMPTY,
                };
                Operand::Const(Const::Func(Box::new((*func, args))))
            }
            Some(Resolution::EnumMember { class, index }) => {
                Operand::Const(Const::EnumMember(*class, *index))
            }
            Some(
                Resolution::Attribute { .. }
                | Resolution::BuiltinAttribute(..)
                | Resolution::EnumValue { .. },
            )
            | None
                if matches!(self.infer.expr_type(expr), Ty::Func(..)) =>
            {
                let Ty::Func(func, args) = self.infer.expr_type(expr).clone() else {
                    return Operand::Const(Const::Void);
                };
                Operand::Const(Const::Func(Box::new((func, args))))
            }
            _ => {
                self.mir.broken = true;
                Operand::Const(Const::Void)
            }
        }
    }

    /// The value of `rvalue` in a temporary.
    pub(super) fn rvalue(&mut self, expr: ExprId, rvalue: Rvalue) -> Operand {
        let span = self.body.range(expr);
        let temp = self.temp(self.infer.expr_type(expr).clone(), Convention::Value, span);
        self.assign(Place::slot(temp), rvalue, span);
        Operand::Move(Place::slot(temp))
    }

    /// Takes a value of the type of `expr` out of a place.
    pub(super) fn consume(&mut self, place: Place, expr: ExprId) -> Operand {
        let ty = self.infer.expr_type(expr).clone();
        self.consume_typed(place, &ty, self.body.range(expr))
    }

    pub(super) fn consume_typed(&mut self, place: Place, ty: &Ty, span: TextRange) -> Operand {
        match self.facts.copy_kind(ty) {
            CopyKind::Bitwise => Operand::Copy(place),
            CopyKind::No => Operand::Move(place),
            CopyKind::User(copy) => {
                let temp = self.temp(ty.clone(), Convention::Value, span);
                let call = Call {
                    target: CallTarget::Func {
                        func: copy,
                        container_args: TyArgs::EMPTY,
                        args: TyArgs::EMPTY,
                        self_ty: Some(ty.clone()),
                        dispatch: crate::infer::Dispatch::Static,
                    },
                    args: Box::new([crate::mir::Arg::Ref { mutable: false, place, upcast: None }]),
                    dest: Some(Place::slot(temp)),
                    result_convention: Convention::Value,
                    recursion: Recursion::None,
                    expr: None,
                };
                self.push(StatementKind::Call(Box::new(call)), span);
                Operand::Move(Place::slot(temp))
            }
        }
    }

    /// Operands of one construct, evaluated left to right. A by-value operand moves when it is evaluated (EX3), so it
    /// goes into a temporary where an operand that follows could notice the difference.
    pub(super) fn operands(&mut self, exprs: &[ExprId]) -> Vec<Operand> {
        let last_complex = exprs.iter().rposition(|&expr| !is_simple(self.body, expr));
        let mut operands = Vec::with_capacity(exprs.len());
        for (index, &expr) in exprs.iter().enumerate() {
            let operand = self.operand(expr);
            let settle = last_complex.is_some_and(|last| index < last);
            operands.push(if settle { self.settle(operand, expr) } else { operand });
        }
        operands
    }

    /// Moves or copies a variable's value now.
    pub(super) fn settle(&mut self, operand: Operand, expr: ExprId) -> Operand {
        let place = match &operand {
            Operand::Move(place) | Operand::Copy(place) => place,
            Operand::Const(_) => return operand,
        };
        if place.projection.is_empty() && self.slot(place.slot).kind == SlotKind::Temporary {
            return operand;
        }
        let temp = self.value_temp(expr);
        self.assign(Place::slot(temp), Rvalue::Use(operand), self.body.range(expr));
        Operand::Move(Place::slot(temp))
    }

    /// Where the value of `expr` is: a path over a variable, or a temporary.
    pub(super) fn place(&mut self, expr: ExprId) -> Place {
        if let Some(place) = self.evaluated_ahead(expr) {
            return match self.slot(place.slot).convention {
                Convention::Value => place,
                _ => place.project(Projection::Deref),
            };
        }
        self.shorten_chain(expr);
        match &self.body.exprs[expr] {
            Expr::Local(local) => return self.local_place(*local),
            Expr::TupleField { base, index, .. } => {
                let base = self.place(*base);
                return base.project(Projection::TupleField(*index));
            }
            Expr::Field { base, .. } => {
                if let Some(Resolution::Attribute { class, index }) = self.infer.resolution(expr) {
                    let (class, index) = (*class, *index);
                    let base = self.place(*base);
                    return base.project(Projection::Attribute { class, index });
                }
                if !self.is_field_value(expr) {
                    self.mir.broken = true;
                    self.discard(*base);
                }
            }
            Expr::Borrow { value, .. } => {
                self.mir.broken = true;
                return self.place(*value);
            }
            _ => {}
        }
        if let Some(subject) = self.subjects.get(&expr) {
            return subject.clone();
        }
        let temp = self.value_temp(expr);
        if !matches!(self.body.exprs[expr], Expr::Field { .. }) || self.is_field_value(expr) {
            self.evaluate(Place::slot(temp), expr);
        }
        if self.slot(temp).convention == Convention::Value {
            Place::slot(temp)
        } else {
            Place::slot(temp).project(Projection::Deref)
        }
    }

    /// Whether a member access that is no attribute has a value all the same: not so a method without its call.
    fn is_field_value(&self, expr: ExprId) -> bool {
        matches!(
            self.infer.resolution(expr),
            Some(
                Resolution::Function(_)
                    | Resolution::EnumMember { .. }
                    | Resolution::EnumValue { .. }
                    | Resolution::BuiltinAttribute(..)
            )
        )
    }

    /// The value of a variable: through the borrow, if it holds one.
    pub(super) fn local_place(&mut self, local: LocalId) -> Place {
        let raw = self.held_place(local);
        if self.holds_borrow(&raw) { raw.project(Projection::Deref) } else { raw }
    }

    /// The variable itself.
    pub(super) fn held_place(&mut self, local: LocalId) -> Place {
        match &self.places[local.into_raw().into_u32() as usize] {
            Some(place) => place.clone(),
            None => {
                // Only in broken code: a variable that is not in scope here.
                self.mir.broken = true;
                let slot = self.declare(local, SlotKind::Variable);
                self.push(StatementKind::Taint(Place::slot(slot)), self.body.locals[local].range);
                Place::slot(slot)
            }
        }
    }

    fn holds_borrow(&self, place: &Place) -> bool {
        match place.projection.last() {
            None => self.slot(place.slot).convention != Convention::Value,
            Some(Projection::Capture(field)) => self
                .mir
                .captures
                .get(*field as usize)
                .is_some_and(|field| field.convention != Convention::Value),
            Some(_) => false,
        }
    }

    /// Each part is a call of its own (reference 8.3.4).
    fn interpolate(&mut self, dest: Place, parts: &[StrPart], span: TextRange) {
        self.assign(dest.clone(), Rvalue::Use(Operand::Const(Const::Str("".into()))), span);
        for part in parts {
            match part {
                StrPart::Text(text) => {
                    let piece = StrPiece::Text(text.clone());
                    self.push(StatementKind::Append { into: dest.clone(), piece: piece.into() }, span);
                }
                StrPart::Expr(expr) => {
                    let piece = self.interpolated(*expr);
                    let span = self.body.range(*expr);
                    self.push(StatementKind::Append { into: dest.clone(), piece: piece.into() }, span);
                }
            }
        }
    }

    fn interpolated(&mut self, expr: ExprId) -> StrPiece {
        let ty = self.infer.expr_type(expr);
        if self.facts.is_str(ty) {
            return StrPiece::Str(self.place(expr));
        }
        if self.facts.is_num(ty) || self.facts.is_bool(ty) {
            return StrPiece::Value(self.operand(expr));
        }
        let Some(info) = self.infer.call(expr, CallRole::ToStr) else {
            self.discard(expr);
            self.broken(expr);
            return StrPiece::Text("".into());
        };
        let span = self.body.range(expr);
        let temp = self.temp(info.ret.clone(), Convention::Value, span);
        let receiver = call::Receiver::Expr(expr);
        self.emit_call(expr, info, Some(receiver), &[], Some(Place::slot(temp)), span);
        StrPiece::Str(Place::slot(temp))
    }

    fn binary(&mut self, dest: Place, expr: ExprId, op: BinaryOp, lhs: ExprId, rhs: ExprId) {
        let span = self.body.range(expr);
        if let Some(info) = self.infer.call(expr, CallRole::Main) {
            self.emit_call(
                expr,
                info,
                Some(call::Receiver::Expr(lhs)),
                &[call::Written::plain(rhs)],
                Some(dest),
                span,
            );
            return;
        }
        if matches!(op, BinaryOp::And | BinaryOp::Or) && self.facts.is_bool(self.infer.expr_type(lhs)) {
            return self.short_circuit(dest, op, lhs, rhs, span);
        }
        if !self.is_primitive(lhs) {
            self.discard(lhs);
            self.discard(rhs);
            self.broken(lhs);
            self.broken(rhs);
            self.push(StatementKind::Taint(dest), span);
            return;
        }
        let mut operands = self.operands(&[lhs, rhs]);
        if let (Some(rhs), Some(lhs)) = (operands.pop(), operands.pop()) {
            self.assign(dest, Rvalue::Primitive { op, operands: [lhs, rhs].into() }, span);
        }
    }

    /// Whether operators on the expression are those of the machine: no call stands for them.
    fn is_primitive(&self, expr: ExprId) -> bool {
        let ty = self.infer.expr_type(expr);
        self.facts.is_num(ty) || self.facts.is_bool(ty) || self.facts.is_enum(ty)
    }

    /// OP5: the right side is evaluated only if the left one does not decide.
    fn short_circuit(&mut self, dest: Place, op: BinaryOp, lhs: ExprId, rhs: ExprId, span: TextRange) {
        self.evaluate(dest.clone(), lhs);
        let (more, join) = (self.new_block(), self.new_block());
        let condition = Operand::Copy(dest.clone());
        let (then, otherwise) = if op == BinaryOp::And { (more, join) } else { (join, more) };
        self.terminate(Terminator::If { condition, then, otherwise });
        self.start(more);
        let value = self.operand(rhs);
        self.assign(dest, Rvalue::Use(value), span);
        self.goto(join);
        self.start(join);
    }

    /// OP6: `a < b <= c` is `a < b && b <= c` with each operand evaluated once.
    fn chain(&mut self, dest: Place, expr: ExprId) {
        let Expr::Chain { first, links } = &self.body.exprs[expr] else { return };
        let span = self.body.range(expr);
        let join = self.new_block();
        let mut left_expr = *first;
        let mut left = self.place(left_expr);
        for (index, (op, _, right_expr)) in links.iter().enumerate() {
            let right = self.place(*right_expr);
            if let Some(info) = self.infer.call(expr, CallRole::Link(index as u32)) {
                let receiver = call::Receiver::Place(left.clone(), left_expr);
                let written = call::Written::at(*right_expr, right.clone());
                self.emit_call(expr, info, Some(receiver), &[written], Some(dest.clone()), span);
            } else if self.is_primitive(left_expr) {
                let lhs = self.consume(left.clone(), left_expr);
                let rhs = self.consume(right.clone(), *right_expr);
                self.assign(dest.clone(), Rvalue::Primitive { op: *op, operands: [lhs, rhs].into() }, span);
            } else {
                self.mir.broken = true;
                self.push(StatementKind::Taint(dest.clone()), span);
            }
            if index + 1 < links.len() {
                let next = self.new_block();
                let condition = Operand::Copy(dest.clone());
                self.terminate(Terminator::If { condition, then: next, otherwise: join });
                self.start(next);
            }
            (left, left_expr) = (right, *right_expr);
        }
        self.goto(join);
        self.start(join);
    }

    fn fold(&mut self, dest: Place, expr: ExprId) {
        let Expr::Fold { op, init, pack, from_left, .. } = &self.body.exprs[expr] else { return };
        let span = self.body.range(expr);
        let init_operand = init.map(|init| {
            let operand = self.operand(init);
            self.settle(operand, init)
        });
        let fold_op = match self.infer.call(expr, CallRole::Main) {
            Some(info) => {
                let Some(target) = self.function_target(&info.callee) else {
                    self.mir.broken = true;
                    return;
                };
                let rhs = self.param_conventions(&info.callee, 1).first().copied().unwrap_or_default();
                FoldOp::Call { target, lhs: info.receiver.unwrap_or_default(), rhs }
            }
            None if self.infer.expr_type(expr).has_unknown() => {
                self.discard(*pack);
                self.broken(*pack);
                self.push(StatementKind::Taint(dest), span);
                return;
            }
            None => FoldOp::Primitive(*op),
        };
        let pack = self.operand(*pack);
        let fold = Fold { op: fold_op, init: init_operand, pack, from_left: *from_left, dest };
        self.push(StatementKind::Fold(Box::new(fold)), span);
    }

    /// TY15, SP9: fields in source order, then `else`, then base parts.
    fn object(&mut self, dest: Place, expr: ExprId) {
        let Expr::Init { fields, rest, bases, .. } = &self.body.exprs[expr] else { return };
        let span = self.body.range(expr);
        let ty = self.infer.expr_type(expr).clone();
        let Ty::Class(class, args) = &ty else {
            for field in fields {
                self.discard(field.value);
                self.broken(field.value);
            }
            self.mir.broken = true;
            self.push(StatementKind::Taint(dest), span);
            return;
        };
        let mut exprs: Vec<ExprId> = fields.iter().map(|field| field.value).collect();
        exprs.extend(rest.iter().chain(bases));
        let mut operands = self.operands(&exprs);
        let base_value = bases.and_then(|expr| operands.pop().map(|operand| (operand, expr)));
        let rest_value = rest.and_then(|expr| operands.pop().map(|operand| (operand, expr)));

        let names = self.facts.attribute_names(*class);
        let mut attributes: Vec<Option<Operand>> = vec![None; names.len()];
        for (field, operand) in fields.iter().zip(operands) {
            match names.iter().position(|name| *name == field.name) {
                Some(index) if attributes[index].is_none() => attributes[index] = Some(operand),
                _ => {
                    self.mir.broken = true;
                    self.broken(field.value);
                }
            }
        }
        // Missing attributes are moved out of the `else` object; the rest of it is dropped with the statement.
        let rest_place = rest_value.map(|(operand, expr)| {
            let temp = self.value_temp(expr);
            self.assign(Place::slot(temp), Rvalue::Use(operand), self.body.range(expr));
            Place::slot(temp)
        });
        let types = self.facts.attribute_types(&ty);
        let mut values = Vec::with_capacity(attributes.len());
        for (index, attribute) in attributes.into_iter().enumerate() {
            values.push(match (attribute, &rest_place) {
                (Some(operand), _) => operand,
                (None, Some(rest)) => {
                    let place = rest.project(Projection::Attribute { class: *class, index: index as u32 });
                    let ty = types.get(index).cloned().unwrap_or(Ty::Unknown);
                    self.consume_typed(place, &ty, span)
                }
                (None, None) => {
                    self.mir.broken = true;
                    Operand::Const(Const::Void)
                }
            });
        }
        let bases = self.base_parts(&ty, base_value, rest_place.as_ref(), span);
        self.assign(
            dest,
            Rvalue::Object(Box::new(Object { class: *class, args: args.clone(), attributes: values, bases })),
            span,
        );
    }

    /// One operand per direct base with a part in the object: those given in `sup=(…)` first, in that order, then those
    /// moved from the `else` object or made by `Default` (SP9).
    fn base_parts(
        &mut self,
        ty: &Ty,
        given: Option<(Operand, ExprId)>,
        rest: Option<&Place>,
        span: TextRange,
    ) -> Vec<(ClassId, Operand)> {
        let bases = self.facts.bases(ty);
        if bases.is_empty() {
            return Vec::new();
        }
        let mut given_parts: Vec<(ClassId, Operand)> = Vec::new();
        if let Some((operand, expr)) = given {
            let temp = self.value_temp(expr);
            self.assign(Place::slot(temp), Rvalue::Use(operand), self.body.range(expr));
            if let Ty::Tuple(parts) = self.infer.expr_type(expr).clone() {
                for (index, part) in parts.iter().enumerate() {
                    let Some(class) = part.class() else { continue };
                    let place = Place::slot(temp).project(Projection::TupleField(index as u32));
                    let operand = self.consume_typed(place, part, span);
                    given_parts.push((class, operand));
                }
            } else if let Some(class) = self.infer.expr_type(expr).class() {
                given_parts.push((class, Operand::Move(Place::slot(temp))));
            }
        }
        // Those that are given keep the order of the initialiser: of a diamond the part met first stays (SP10).
        let is_base = |class: ClassId| bases.iter().any(|base| base.class() == Some(class));
        given_parts.retain(|(class, _)| is_base(*class));
        let mut parts = given_parts;
        for base in bases.iter() {
            let Some(class) = base.class() else { continue };
            if parts.iter().any(|(given, _)| *given == class) || !self.facts.has_state(base) {
                continue;
            }
            if let Some(rest) = rest {
                parts.push((class, Operand::Move(rest.project(Projection::Base(class)))));
                continue;
            }
            let Some(target) = self.facts.default_of(base) else {
                self.mir.broken = true;
                continue;
            };
            let part = self.made_by(target, base.clone(), span);
            parts.push((class, part));
        }
        parts
    }
}

/// The type a coercion gives.
pub(super) fn coerced_type(coercion: &Coercion) -> &Ty {
    match coercion {
        Coercion::Upcast(ty) | Coercion::IntoVar(ty, _) | Coercion::FunctionValue(ty) => ty,
    }
}
