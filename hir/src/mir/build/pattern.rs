//! `if` with its patterns (CF1–CF4).

use super::*;
use crate::body::{BinaryOp, Branch, Pat, PatId};

impl<'a> Builder<'a> {
    /// The subject is evaluated once; branches are tried top to bottom (CF1).
    pub(super) fn lower_if(&mut self, expr: ExprId, dest: Option<Place>) {
        let Expr::If { subject, op, branches, else_branch } = &self.body.exprs[expr] else { return };
        let subject_place = self.place(*subject);
        let join = self.new_block();
        for branch in branches {
            let next = self.new_block();
            self.branch(branch, *op, *subject, &subject_place, next, dest.as_ref());
            self.goto(join);
            self.start(next);
        }
        if let Some(body) = else_branch {
            self.branch_body(*body, dest.as_ref());
        }
        self.goto(join);
        self.start(join);
    }

    fn branch(
        &mut self,
        branch: &Branch,
        header_op: Option<BinaryOp>,
        subject: ExprId,
        place: &Place,
        next: BlockId,
        dest: Option<&Place>,
    ) {
        let op = branch.op.or(header_op).unwrap_or(BinaryOp::Eq);
        let body_span = self.body.range(branch.body);
        self.push_scope(ScopeKind::Block);
        let matched = self.new_block();
        let failed = self.new_block();
        for (index, &pat) in branch.patterns.iter().enumerate() {
            let other = if index + 1 == branch.patterns.len() { failed } else { self.new_block() };
            let test = Test { op, subject, fail: other };
            let ty = self.infer.expr_type(subject).clone();
            if index > 0 {
                self.share_bindings(branch.patterns[0], pat);
            }
            self.test(pat, place.clone(), &ty, &test);
            self.goto(matched);
            self.start(other);
        }
        // A failed guard leaves the branch as a failed pattern does.
        self.start(matched);
        if let Some(guard) = branch.guard {
            let condition = self.condition(guard);
            let body = self.new_block();
            self.terminate(Terminator::If { condition, then: body, otherwise: failed });
            self.start(body);
        }
        self.branch_body(branch.body, dest);
        let end = (self.current, self.dead, std::mem::take(&mut self.pending));

        self.start(failed);
        self.exit_scopes(self.scopes.len() - 1, body_span, DropWhy::ScopeEnd);
        self.goto(next);

        (self.current, self.dead, self.pending) = end;
        self.pop_scope(body_span, DropWhy::ScopeEnd);
    }

    fn branch_body(&mut self, body: ExprId, dest: Option<&Place>) {
        match dest {
            Some(dest) if !self.has_no_value(body) => self.evaluate(dest.clone(), body),
            _ => self.discard(body),
        }
    }

    /// A `Bool` whose temporaries are gone when it is known.
    pub(super) fn condition(&mut self, expr: ExprId) -> Operand {
        let span = self.body.range(expr);
        let temp = self.bool_temp(span);
        self.push_scope(ScopeKind::Statement);
        self.evaluate(Place::slot(temp), expr);
        self.pop_scope(span, DropWhy::Temporary);
        Operand::Copy(Place::slot(temp))
    }

    /// Alternatives bind the same names (CF3); each has variables of its own, which share one slot.
    fn share_bindings(&mut self, first: PatId, pat: PatId) {
        let mut known = Vec::new();
        self.bindings(first, &mut known);
        let mut others = Vec::new();
        self.bindings(pat, &mut others);
        for local in others {
            let name = &self.body.locals[local].name;
            let same = known.iter().find(|&&known| self.body.locals[known].name == *name);
            if let Some(&same) = same
                && same != local
            {
                self.places[local.into_raw().into_u32() as usize] =
                    self.places[same.into_raw().into_u32() as usize].clone();
            }
        }
    }

    fn bindings(&self, pat: PatId, out: &mut Vec<LocalId>) {
        match &self.body.pats[pat] {
            Pat::Bind(local) | Pat::Rest(Some(local)) => out.push(*local),
            Pat::Tuple(pats) | Pat::Array(pats) => pats.iter().for_each(|&pat| self.bindings(pat, out)),
            Pat::Object { fields, .. } => fields.iter().for_each(|field| self.bindings(field.pat, out)),
            _ => {}
        }
    }

    /// Continues where `pat` matches the value at `place`; goes to `test.fail` where it does not.
    fn test(&mut self, pat: PatId, place: Place, ty: &Ty, test: &Test) {
        let span = self.body.pat_range(pat);
        match &self.body.pats[pat] {
            Pat::Missing => self.mir.broken = true,
            Pat::Skip | Pat::Rest(None) => {}
            Pat::Bind(local) => self.bind(*local, place, ty),
            Pat::Rest(Some(local)) => self.bind(*local, place, ty),
            Pat::Member { call, subject } => {
                self.subjects.insert(*subject, place);
                let condition = self.condition(*call);
                self.require(condition, test);
            }
            Pat::Value(value) => self.test_value(*value, place, ty, test, span),
            Pat::Tuple(pats) => {
                let Ty::Tuple(parts) = ty else {
                    self.mir.broken |= !pats.is_empty();
                    return;
                };
                let rest = pats.iter().position(|&pat| matches!(self.body.pats[pat], Pat::Rest(_)));
                for (index, &pat) in pats.iter().enumerate() {
                    if rest == Some(index) {
                        self.bind_tuple_rest(pat, &place, index, span);
                        continue;
                    }
                    let from_end = pats.len() - index;
                    let field = if rest.is_some_and(|rest| index > rest) {
                        parts.len().checked_sub(from_end)
                    } else {
                        Some(index)
                    };
                    let Some((field, part)) = field.and_then(|field| Some((field, parts.get(field)?))) else {
                        self.mir.broken = true;
                        continue;
                    };
                    self.test(pat, place.project(Projection::TupleField(field as u32)), part, test);
                }
            }
            Pat::Array(pats) => self.test_array(pats, place, ty, test, span),
            Pat::Object { fields, .. } => {
                let pattern_ty = self.facts.object_pattern_class(pat, ty);
                if let (Some(class), Some(subject)) = (pattern_ty.class(), ty.class())
                    && class != subject
                {
                    let temp = self.bool_temp(span);
                    self.assign(Place::slot(temp), Rvalue::IsClass { place: place.clone(), class }, span);
                    self.require(Operand::Copy(Place::slot(temp)), test);
                }
                for field in fields {
                    match self.facts.attribute_named(&pattern_ty, &field.name) {
                        Some((class, index, ty)) => {
                            let place = place.project(Projection::Attribute { class, index });
                            self.test(field.pat, place, &ty, test);
                        }
                        None => self.mir.broken = true,
                    }
                }
            }
        }
    }

    fn require(&mut self, condition: Operand, test: &Test) {
        let matched = self.new_block();
        self.terminate(Terminator::If { condition, then: matched, otherwise: test.fail });
        self.start(matched);
    }

    fn test_value(&mut self, value: ExprId, place: Place, ty: &Ty, test: &Test, span: TextRange) {
        if let (Expr::Bool(wanted), BinaryOp::Eq, true) =
            (&self.body.exprs[value], test.op, self.facts.is_bool(ty))
        {
            let matched = self.new_block();
            let (then, otherwise) = if *wanted { (matched, test.fail) } else { (test.fail, matched) };
            self.terminate(Terminator::If { condition: Operand::Copy(place), then, otherwise });
            self.start(matched);
            return;
        }
        let temp = self.bool_temp(span);
        self.push_scope(ScopeKind::Statement);
        if let Some(info) = self.infer.call(value, CallRole::Compare) {
            let receiver = call::Receiver::Place(place, test.subject);
            let written = [call::Written::plain(value)];
            self.emit_call(value, info, Some(receiver), &written, Some(Place::slot(temp)), span);
        } else if self.facts.is_num(ty) || self.facts.is_bool(ty) || self.facts.is_enum(ty) {
            let rhs = self.operand(value);
            let lhs = Operand::Copy(place);
            self.assign(
                Place::slot(temp),
                Rvalue::Primitive { op: test.op, operands: [lhs, rhs].into() },
                span,
            );
        } else {
            self.mir.broken = true;
            self.discard(value);
            self.push(StatementKind::Taint(Place::slot(temp)), span);
        }
        self.pop_scope(span, DropWhy::Temporary);
        self.require(Operand::Copy(Place::slot(temp)), test);
    }

    fn test_array(&mut self, pats: &[PatId], place: Place, ty: &Ty, test: &Test, span: TextRange) {
        let element = match ty {
            Ty::Class(_, args) if !args.is_empty() => args[0].clone(),
            _ => Ty::Unknown,
        };
        let rest = pats.iter().position(|&pat| matches!(self.body.pats[pat], Pat::Rest(_)));
        let count = (pats.len() - usize::from(rest.is_some())) as u32;
        let temp = self.bool_temp(span);
        let length = Rvalue::LengthTest { place: place.clone(), count, at_least: rest.is_some() };
        self.assign(Place::slot(temp), length, span);
        self.require(Operand::Copy(Place::slot(temp)), test);
        for (index, &pat) in pats.iter().enumerate() {
            if matches!(self.body.pats[pat], Pat::Rest(_) | Pat::Skip) {
                continue;
            }
            let from_end = rest.is_some_and(|rest| index > rest);
            let index = if from_end { index as i32 - pats.len() as i32 } else { index as i32 };
            let held = self.variable_temp(element.clone(), Convention::Ref, span);
            self.assign(Place::slot(held), Rvalue::ElementRef { place: place.clone(), index }, span);
            self.test(pat, Place::slot(held).project(Projection::Deref), &element, test);
        }
    }

    /// A temporary that lives as long as the branch's bindings.
    fn variable_temp(&mut self, ty: Ty, convention: Convention, span: TextRange) -> SlotId {
        let slot = self.free_temp(ty, convention, span);
        if let Some(scope) = self.scopes.last_mut() {
            scope.entries.push(Entry::Slot(slot));
        }
        slot
    }

    /// CF4: a binding borrows the matched part, or copies it.
    fn bind(&mut self, local: LocalId, place: Place, ty: &Ty) {
        let span = self.body.locals[local].range;
        let held = match &self.places[local.into_raw().into_u32() as usize] {
            Some(shared) => shared.clone(),
            None => {
                let slot = self.declare(local, SlotKind::Variable);
                if let Some(scope) = self.scopes.last_mut() {
                    scope.entries.push(Entry::Slot(slot));
                }
                Place::slot(slot)
            }
        };
        let value = match self.infer.local_type(local).0 {
            Convention::Value => Rvalue::Use(self.consume_typed(place, ty, span)),
            convention => Rvalue::Ref { mutable: convention == Convention::Mut, place },
        };
        self.assign(held, value, span);
    }

    fn bind_tuple_rest(&mut self, pat: PatId, place: &Place, from: usize, span: TextRange) {
        let Pat::Rest(Some(local)) = self.body.pats[pat] else { return };
        let slot = self.declare(local, SlotKind::Variable);
        if let Some(scope) = self.scopes.last_mut() {
            scope.entries.push(Entry::Slot(slot));
        }
        self.assign(Place::slot(slot), Rvalue::TupleRest { place: place.clone(), from: from as u32 }, span);
    }
}

/// How a branch tests its patterns.
struct Test {
    op: BinaryOp,
    subject: ExprId,
    fail: BlockId,
}
