//! Statements, blocks, loops and contexts.

use super::*;
use crate::body::{BinaryOp, LetInit, LetVar, Stmt};

impl<'a> Builder<'a> {
    /// A block with a scope of its own; its value is that of its last statement (TY9).
    pub(super) fn block(&mut self, expr: ExprId, dest: Option<Place>) {
        let Expr::Block { statements, close, .. } = &self.body.exprs[expr] else { return };
        self.push_scope(ScopeKind::Block);
        self.statements(statements, dest);
        self.pop_scope(*close, DropWhy::ScopeEnd);
    }

    pub(super) fn statements(&mut self, statements: &'a [Stmt], mut dest: Option<Place>) {
        for (index, statement) in statements.iter().enumerate() {
            let dest = if index + 1 == statements.len() { dest.take() } else { None };
            self.statement(statement, dest);
        }
    }

    fn statement(&mut self, statement: &'a Stmt, dest: Option<Place>) {
        match statement {
            Stmt::Function(_) | Stmt::Use => {}
            Stmt::Let { vars, init, range } => {
                self.push_scope(ScopeKind::Statement);
                self.lower_let(vars, init, *range);
                self.pop_scope(*range, DropWhy::Temporary);
            }
            Stmt::Return { value, range } => self.lower_return(*value, *range),
            Stmt::Assign { targets, op, value, range, .. } => {
                self.push_scope(ScopeKind::Statement);
                match op {
                    Some(op) => self.compound_assignment(targets, *op, *value, *range),
                    None => self.assignment(targets, *value, *range),
                }
                self.pop_scope(*range, DropWhy::Temporary);
            }
            Stmt::Expr(expr) => {
                let range = self.body.range(*expr);
                self.push_scope(ScopeKind::Statement);
                match dest {
                    Some(dest) if !self.has_no_value(*expr) => self.evaluate(dest, *expr),
                    _ => self.discard(*expr),
                }
                self.pop_scope(range, DropWhy::Temporary);
            }
        }
    }

    // `let`.

    fn lower_let(&mut self, vars: &[LetVar], init: &LetInit, range: TextRange) {
        match init {
            LetInit::Type(_) | LetInit::Missing => {
                for var in vars {
                    let LetVar::Bind(local) = var else { continue };
                    let slot = self.declare(*local, SlotKind::Variable);
                    self.mir.slots[slot.0 as usize].late = true;
                    if matches!(init, LetInit::Missing) {
                        self.mir.broken = true;
                        self.push(StatementKind::Taint(Place::slot(slot)), range);
                    }
                    self.bring_into_scope(slot, range);
                }
            }
            LetInit::Value { value, else_block } => match (vars, else_block) {
                ([LetVar::Bind(local)], None) => {
                    let slot = self.declare(*local, SlotKind::Variable);
                    self.initialise(slot, *value);
                    self.bring_into_scope(slot, range);
                }
                ([LetVar::Bind(local)], Some(block)) => {
                    let slot = self.declare(*local, SlotKind::Variable);
                    self.let_else(Some(Place::slot(slot)), *value, *block, range);
                    self.bring_into_scope(slot, range);
                }
                ([LetVar::Discard], None) => {
                    if self.has_no_value(*value) {
                        self.discard(*value);
                    } else {
                        let temp = self.value_temp(*value);
                        self.evaluate(Place::slot(temp), *value);
                    }
                }
                ([LetVar::Discard], Some(block)) => self.let_else(None, *value, *block, range),
                (vars, _) => self.let_tuple(vars, *value, *else_block, range),
            },
        }
    }

    fn initialise(&mut self, slot: SlotId, value: ExprId) {
        if self.has_no_value(value) {
            // TY3 was reported, or the expression never has a value.
            self.discard(value);
            let span = self.body.range(value);
            self.mir.broken |= !self.dead;
            self.push(StatementKind::Taint(Place::slot(slot)), span);
            return;
        }
        self.mir.slots[slot.0 as usize].pass_borrow = self.is_borrowing_next(value);
        // `let y = x` of a borrow variable is BR3; the move out of the borrow shows it.
        self.evaluate(Place::slot(slot), value);
    }

    /// `let a, b = e` (SY22).
    fn let_tuple(&mut self, vars: &[LetVar], value: ExprId, else_block: Option<ExprId>, range: TextRange) {
        let declare = |this: &mut Self| -> Vec<Option<SlotId>> {
            let declare_one = |var: &LetVar| match var {
                LetVar::Bind(local) => Some(this.declare(*local, SlotKind::Variable)),
                LetVar::Discard => None,
            };
            vars.iter().map(declare_one).collect()
        };
        let slots = match (&self.body.exprs[value], else_block) {
            (Expr::Tuple(elements), None)
                if elements.len() == vars.len() && self.infer.coercion(value).is_none() =>
            {
                let slots = declare(self);
                let operands = self.operands(elements);
                for ((slot, operand), element) in slots.iter().zip(operands).zip(elements) {
                    let span = self.body.range(*element);
                    let target = match slot {
                        Some(slot) => *slot,
                        None => self.value_temp(*element),
                    };
                    self.assign(Place::slot(target), Rvalue::Use(operand), span);
                }
                slots
            }
            _ => {
                let ty = match (else_block, self.infer.expr_type(value)) {
                    (None, ty) => ty.clone(),
                    (Some(_), Ty::Class(_, args)) if !args.is_empty() => args[0].clone(),
                    (Some(_), _) => Ty::Unknown,
                };
                let temp = self.temp(ty.clone(), Convention::Value, self.body.range(value));
                match else_block {
                    Some(block) => self.let_else(Some(Place::slot(temp)), value, block, range),
                    None => self.evaluate(Place::slot(temp), value),
                }
                let slots = declare(self);
                let parts = match ty {
                    Ty::Tuple(parts) if parts.len() == slots.len() => parts,
                    _ => {
                        self.mir.broken = true;
                        for slot in slots.iter().flatten() {
                            self.push(StatementKind::Taint(Place::slot(*slot)), range);
                        }
                        TyArgs::EMPTY
                    }
                };
                for (index, (slot, part)) in slots.iter().zip(parts.iter()).enumerate() {
                    let Some(slot) = slot else { continue };
                    let span = self.slot(*slot).span;
                    let place = Place::slot(temp).project(Projection::TupleField(index as u32));
                    let operand = self.consume_typed(place, part, span);
                    self.assign(Place::slot(*slot), Rvalue::Use(operand), span);
                }
                slots
            }
        };
        for slot in slots.into_iter().flatten() {
            self.bring_into_scope(slot, range);
        }
    }

    /// The variable exists from here on. A variable of the same name in the same block ends now (NM8).
    fn bring_into_scope(&mut self, slot: SlotId, range: TextRange) {
        let Some(block) = self.scopes.iter().rposition(|scope| scope.kind != ScopeKind::Statement) else {
            return;
        };
        let name = |slot: SlotId| self.slot(slot).local.map(|local| &self.body.locals[local].name);
        let old = self.scopes[block].entries.iter().position(|entry| match entry {
            Entry::Slot(old) => self.slot(*old).kind == SlotKind::Variable && name(*old) == name(slot),
            Entry::CtxExit { .. } => false,
        });
        if let Some(old) = old {
            let entry = self.scopes[block].entries.remove(old);
            self.leave(&entry, range, DropWhy::Overwrite);
        }
        self.scopes[block].entries.push(Entry::Slot(slot));
    }

    // `ret`.

    /// F4: the value first, then temporaries, locals inside out, parameters.
    fn lower_return(&mut self, value: Option<ExprId>, range: TextRange) {
        self.push_scope(ScopeKind::Statement);
        if let Some(value) = value
            && !self.tail_call(value, range)
        {
            if self.has_no_value(value) || self.facts.is_void(&self.mir.slots[0].ty) {
                self.discard(value);
            } else {
                self.evaluate(Place::slot(SlotId(0)), value);
            }
        }
        self.leave_function(range, self.return_reason());
        self.scopes.pop();
    }

    /// Whether a `ret` here ends the function's own block or leaves it early.
    pub(super) fn return_reason(&self) -> DropWhy {
        // Parameters, the body's block, the statement.
        if self.scopes.len() <= 3 { DropWhy::ScopeEnd } else { DropWhy::EarlyExit }
    }

    // Assignment.

    /// DR4: the right side first, then the old value goes, then the new one comes.
    fn assignment(&mut self, targets: &[ExprId], value: ExprId, range: TextRange) {
        if let [target] = targets {
            if let Some((slot, source)) = self.rebinding(*target, value) {
                // MU3: the variable refers to another borrow.
                self.assign(slot, Rvalue::Use(Operand::Copy(source)), range);
                return;
            }
            let Some(place) = self.target(*target, value) else { return };
            let mut operand = self.operand(value);
            // `x = x`: the value is moved away before what the target holds is dropped (DR4).
            if matches!(&operand, Operand::Move(source) if source.overlaps(&place)) {
                operand = self.settle(operand, value);
            }
            self.store(place, *target, operand, range);
            return;
        }
        let sources: Vec<(Operand, TextRange)> = match &self.body.exprs[value] {
            Expr::Tuple(elements)
                if elements.len() == targets.len() && self.infer.coercion(value).is_none() =>
            {
                let operands = self.operands(elements);
                let settled = operands
                    .into_iter()
                    .zip(elements)
                    .map(|(operand, &element)| (self.settle(operand, element), self.body.range(element)));
                settled.collect()
            }
            _ => {
                let ty = self.infer.expr_type(value).clone();
                let temp = self.value_temp(value);
                self.evaluate(Place::slot(temp), value);
                let parts = match &ty {
                    Ty::Tuple(parts) if parts.len() == targets.len() => parts.clone(),
                    _ => {
                        self.mir.broken = true;
                        targets.iter().for_each(|&target| self.broken(target));
                        return;
                    }
                };
                let span = self.body.range(value);
                let fields = parts.iter().enumerate().map(|(index, part)| {
                    let place = Place::slot(temp).project(Projection::TupleField(index as u32));
                    (self.consume_typed(place, part, span), span)
                });
                fields.collect()
            }
        };
        for (&target, (operand, _)) in targets.iter().zip(sources) {
            if let Some(place) = self.target(target, value) {
                self.store(place, target, operand, range);
            }
        }
    }

    fn target(&mut self, target: ExprId, value: ExprId) -> Option<Place> {
        let place = self.known_place(target);
        if place.is_none() {
            self.mir.broken = true;
            self.discard(value);
        }
        place
    }

    fn store(&mut self, place: Place, target: ExprId, operand: Operand, range: TextRange) {
        if self.facts.needs_drop(self.infer.expr_type(target)) {
            // A value that refers to the target's old contents has left them by now.
            let operand = match operand {
                Operand::Copy(source) => {
                    let temp = self.value_temp(target);
                    self.assign(Place::slot(temp), Rvalue::Use(Operand::Copy(source)), range);
                    Operand::Move(Place::slot(temp))
                }
                Operand::Move(source) if source.slot == place.slot && !source.projection.is_empty() => {
                    let temp = self.value_temp(target);
                    self.assign(Place::slot(temp), Rvalue::Use(Operand::Move(source)), range);
                    Operand::Move(Place::slot(temp))
                }
                other => other,
            };
            self.drop_place(place.clone(), range, DropWhy::Overwrite);
            self.assign(place, Rvalue::Use(operand), range);
        } else {
            self.assign(place, Rvalue::Use(operand), range);
        }
    }

    /// `x = y` between two variables that hold borrows.
    fn rebinding(&mut self, target: ExprId, value: ExprId) -> Option<(Place, Place)> {
        let (Expr::Local(target), Expr::Local(source)) = (&self.body.exprs[target], &self.body.exprs[value])
        else {
            return None;
        };
        let borrows = |local: LocalId| self.infer.local_type(local).0 != Convention::Value;
        if !borrows(*target) || !borrows(*source) {
            return None;
        }
        let (target, source) = (*target, *source);
        Some((self.held_place(target), self.held_place(source)))
    }

    /// OP2: `x op= y` is a call of the assigning method, or `x = x op y`.
    fn compound_assignment(&mut self, targets: &[ExprId], op: BinaryOp, value: ExprId, range: TextRange) {
        let [target] = targets else {
            self.mir.broken = true;
            return;
        };
        let Some(place) = self.target(*target, value) else { return };
        if let Some(info) = self.infer.call(value, CallRole::Assign) {
            let receiver = call::Receiver::Place(place.clone(), *target);
            let written = [call::Written::plain(value)];
            if info.receiver == Some(Convention::Mut) && self.facts.is_void(&info.ret) {
                self.emit_call(value, info, Some(receiver), &written, None, range);
                return;
            }
            let temp = self.temp(info.ret.clone(), Convention::Value, range);
            self.emit_call(value, info, Some(receiver), &written, Some(Place::slot(temp)), range);
            self.store(place, *target, Operand::Move(Place::slot(temp)), range);
            return;
        }
        let ty = self.infer.expr_type(*target);
        if matches!(op, BinaryOp::And | BinaryOp::Or) && self.facts.is_bool(ty) {
            let (more, join) = (self.new_block(), self.new_block());
            let condition = Operand::Copy(place.clone());
            let (then, otherwise) = if op == BinaryOp::And { (more, join) } else { (join, more) };
            self.terminate(Terminator::If { condition, then, otherwise });
            self.start(more);
            let value = self.operand(value);
            self.assign(place, Rvalue::Use(value), range);
            self.goto(join);
            self.start(join);
            return;
        }
        if self.facts.is_num(ty) || self.facts.is_bool(ty) {
            let rhs = self.operand(value);
            let lhs = Operand::Copy(place.clone());
            self.assign(place, Rvalue::Primitive { op, operands: [lhs, rhs].into() }, range);
            return;
        }
        self.discard(value);
        self.broken(*target);
    }

    // Loops and contexts.

    pub(super) fn lower_while(&mut self, expr: ExprId) {
        let Expr::While { condition, body, else_block } = &self.body.exprs[expr] else { return };
        let span = self.body.range(expr);
        // CF5: `else` runs if the condition is false at the very first test.
        let entered = else_block.map(|_| {
            let slot = self.bool_temp(span);
            self.assign(Place::slot(slot), Rvalue::Use(Operand::Const(Const::Bool(false))), span);
            slot
        });
        let (header, inside, exit) = (self.new_block(), self.new_block(), self.new_block());
        self.goto(header);
        self.start(header);
        if matches!(self.body.exprs[*condition], Expr::Bool(true)) {
            // No path leads out through the condition (TY10).
            self.goto(inside);
        } else {
            let test = self.condition(*condition);
            self.terminate(Terminator::If { condition: test, then: inside, otherwise: exit });
        }

        self.start(inside);
        if let Some(entered) = entered {
            self.assign(Place::slot(entered), Rvalue::Use(Operand::Const(Const::Bool(true))), span);
        }
        self.discard(*body);
        self.goto(header);

        self.start(exit);
        if let (Some(entered), Some(else_block)) = (entered, else_block) {
            let (never, join) = (self.new_block(), self.new_block());
            let condition = Operand::Copy(Place::slot(entered));
            self.terminate(Terminator::If { condition, then: join, otherwise: never });
            self.start(never);
            self.discard(*else_block);
            self.goto(join);
            self.start(join);
        }
    }

    /// CF7: `enter`, the block, `exit` on every way out, then the object is dropped.
    pub(super) fn lower_with(&mut self, expr: ExprId, dest: Option<Place>) {
        let Expr::With { context, local, body } = &self.body.exprs[expr] else { return };
        let span = self.body.range(*context);
        let end = self.body.range(expr);
        self.push_scope(ScopeKind::Block);
        let slot = match local {
            Some(local) => {
                let slot = self.declare(*local, SlotKind::Variable);
                self.push_scope(ScopeKind::Statement);
                self.evaluate(Place::slot(slot), *context);
                self.pop_scope(span, DropWhy::Temporary);
                slot
            }
            None => {
                let ty = self.infer.expr_type(*context).clone();
                let slot = self.free_temp(ty, Convention::Value, span);
                self.push_scope(ScopeKind::Statement);
                self.evaluate(Place::slot(slot), *context);
                self.pop_scope(span, DropWhy::Temporary);
                slot
            }
        };
        let object = Place::slot(slot);
        if let Some(scope) = self.scopes.last_mut() {
            scope.entries.push(Entry::Slot(slot));
        }
        self.context_call(expr, CallRole::CtxEnter, &object, span);
        if let Some(scope) = self.scopes.last_mut() {
            scope.entries.push(Entry::CtxExit { context: object, with: expr });
        }
        match dest {
            Some(dest) if !self.has_no_value(*body) => self.evaluate(dest, *body),
            _ => self.discard(*body),
        }
        self.pop_scope(end, DropWhy::ScopeEnd);
    }

    /// CO3: the operand goes out; what `next` sends comes back.
    pub(super) fn lower_yield(&mut self, expr: ExprId, dest: Option<Place>) {
        let Expr::Yield { convention, value } = &self.body.exprs[expr] else { return };
        let span = self.body.range(expr);
        let value = value.map(|value| match convention {
            Convention::Value => crate::mir::Arg::Value(self.operand(value)),
            convention => {
                let place = self.place(value);
                crate::mir::Arg::Ref { mutable: *convention == Convention::Mut, place, upcast: None }
            }
        });
        let entries = self.scopes.iter().rev().flat_map(|scope| scope.entries.iter().rev());
        let slots = entries.filter_map(|entry| match entry {
            Entry::Slot(slot) => Some(*slot),
            Entry::CtxExit { .. } => None,
        });
        let abandon = slots
            .filter(|&slot| self.owns_something(slot))
            .map(|slot| Drop { place: Place::slot(slot), why: DropWhy::Abandoned, flag: None })
            .collect();
        self.push(StatementKind::Yield(Box::new(Yield { value, resume: dest, abandon })), span);
    }
}
