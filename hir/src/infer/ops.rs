//! Operators: calls of methods (OP1), with a short way for numbers and truth values.

use super::call::Candidate;
use super::ctx::{Ctx, Val, Want};
use super::stmt::Place;
use super::*;
use crate::body::BinaryOp;
use crate::lang::{OPERATORS, symbol};
use crate::members::MemberKind;
use syntax::TextRange;

impl<'db> Ctx<'db> {
    pub(super) fn binary(
        &mut self,
        expr: ExprId,
        op: BinaryOp,
        op_range: TextRange,
        lhs: ExprId,
        rhs: ExprId,
    ) -> Val {
        let left = self.value(lhs);
        let before = self.diverges;
        let val = self.operator(expr, CallRole::Main, op, op_range, (lhs, left), rhs);
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            // The right side need not run (OP5).
            self.diverges = before;
        }
        val
    }

    /// `left op right`; the right side is inferred here.
    pub(super) fn operator(
        &mut self,
        site: ExprId,
        role: CallRole,
        op: BinaryOp,
        op_range: TextRange,
        (lhs, left): (ExprId, Val),
        rhs: ExprId,
    ) -> Val {
        let known = match &left.ty {
            Ty::Class(class, _) if *class == self.lang.num || *class == self.lang.bool => Some(*class),
            _ => None,
        };
        let right = match known {
            Some(_) => self.expr_with(rhs, Want::ty(&left.ty.clone())),
            None => self.value(rhs),
        };
        if let (Some(class), Ty::Class(right, _)) = (known, &right.ty)
            && class == *right
            && self.is_primitive(class, op)
        {
            return Val::of(self.primitive_result(class, op));
        }
        self.operator_call(site, role, op, op_range, (lhs, left), (rhs, right))
    }

    fn is_primitive(&self, class: ClassId, op: BinaryOp) -> bool {
        use BinaryOp::*;
        match class == self.lang.num {
            true => !matches!(op, And | Or),
            false => matches!(op, And | Or | BitAnd | BitOr | BitXor | Eq | Ne | Lt | Le | Gt | Ge | Cmp),
        }
    }

    fn primitive_result(&self, class: ClassId, op: BinaryOp) -> Ty {
        match op {
            BinaryOp::Cmp => self.class_ty(self.lang.ord),
            _ if op.is_comparison() => self.class_ty(self.lang.bool),
            _ => self.class_ty(class),
        }
    }

    pub(super) fn operator_call(
        &mut self,
        site: ExprId,
        role: CallRole,
        op: BinaryOp,
        op_range: TextRange,
        (lhs, left): (ExprId, Val),
        (rhs, right): (ExprId, Val),
    ) -> Val {
        let comparison = op.is_comparison() && op != BinaryOp::Cmp;
        let fallback = if comparison { Val::of(self.class_ty(self.lang.bool)) } else { Val::unknown() };
        if matches!(left.ty, Ty::Unknown | Ty::Never) {
            return fallback;
        }
        let mut void = !self.reject_void(lhs, &left);
        void |= !self.reject_void(rhs, &right);
        if void {
            return fallback;
        }
        // Members of one enumeration compare by themselves (TY17).
        if let Ty::Class(class, _) = &left.ty
            && matches!(op, BinaryOp::Eq | BinaryOp::Ne)
            && left.ty == right.ty
            && crate::items::class_data(self.db, *class).members.is_some()
        {
            return fallback;
        }
        let method = OPERATORS.iter().find(|(known, ..)| *known == op).map_or("", |(.., method)| method);
        match self.operator_method(&left.ty, &Name::new_static(method), &right.ty) {
            Found::One(candidate, coercion) => {
                if let Some(coercion) = coercion {
                    self.coercions.push((rhs, coercion));
                }
                let receiver = candidate.sig.self_param.map(|self_param| self_param.convention);
                match receiver {
                    Some(Convention::Mut) => self.check_mutable_receiver(lhs, &left, op_range),
                    Some(Convention::Value) => self.consume(lhs, &left),
                    _ => {}
                }
                if candidate.sig.params.first().is_some_and(|param| param.convention == Convention::Value) {
                    self.consume(rhs, &right);
                }
                let ret = self.operator_result(&candidate);
                let info = self.operator_info(&candidate, &left.ty, ret.clone());
                self.record_call(site, role, info);
                Val::of(ret)
            }
            Found::WrongOperand(expected) => {
                if !right.ty.has_unknown() {
                    self.report_mismatch(rhs, &right.ty, &expected, Place::Operand);
                }
                fallback
            }
            Found::None => {
                if !right.ty.has_unknown() || !left.ty.has_unknown() {
                    self.report_no_operator(op, op_range, &left.ty);
                }
                fallback
            }
            Found::Unknown => fallback,
        }
    }

    fn report_no_operator(&mut self, op: BinaryOp, range: TextRange, ty: &Ty) {
        if ty.has_unknown() {
            return;
        }
        let class = OPERATORS.iter().find(|(known, ..)| *known == op).map_or("", |(_, _, class, _)| class);
        let code = if matches!(ty, Ty::Param(_) | Ty::Assoc(..)) { "GN4" } else { "TY16" };
        let message = format!("`{}` has no operator `{}`", self.show(ty), symbol(op));
        let mut diagnostic = Diagnostic::error(code, range, message);
        diagnostic = match ty {
            Ty::Param(param) => self.with_constraint_fix(diagnostic, param, class),
            _ => diagnostic.note(format!(
                "the operator is the method of `std.ops.{class}`, which the type does not super-impose"
            )),
        };
        self.report(diagnostic);
    }

    fn operator_result(&self, candidate: &Candidate<'db>) -> Ty {
        let binder = self.binder_of(candidate);
        self.normalise(binder.apply(&candidate.sig.ret))
    }

    fn operator_info(&self, candidate: &Candidate<'db>, self_ty: &Ty, ret: Ty) -> CallInfo {
        CallInfo {
            callee: Callee::Function {
                func: candidate.func,
                container_args: candidate.container.as_ref().map_or(TyArgs::EMPTY, |(_, args)| args.clone()),
                args: TyArgs::EMPTY,
                self_ty: Some(self_ty.clone()),
                dispatch: self.dispatch_of(candidate.sig, self_ty),
            },
            args: Box::new([ArgSource::Arg(0)]),
            receiver: candidate.sig.self_param.map(|self_param| self_param.convention),
            ret,
            result_convention: Convention::Value,
        }
    }

    /// The method `name` of `left` that takes a `right`.
    fn operator_method(&mut self, left: &Ty, name: &Name, right: &Ty) -> Found<'db> {
        let found = self.members(left, name);
        let candidates = self.method_candidates(&found.members, left);
        let candidates: Vec<Candidate<'db>> = candidates
            .into_iter()
            .filter(|candidate| candidate.sig.self_param.is_some() && candidate.sig.params.len() == 1)
            .collect();
        if candidates.is_empty() {
            return Found::None;
        }
        if matches!(right, Ty::Unknown | Ty::Never) {
            return match <[_; 1]>::try_from(candidates) {
                Ok([candidate]) => Found::One(Box::new(candidate), None),
                Err(_) => Found::Unknown,
            };
        }
        let mut best: Option<(Candidate<'db>, Option<Coercion>, bool)> = None;
        let mut expected = None;
        for candidate in candidates {
            let binder = self.binder_of(&candidate);
            let wanted = self.normalise(binder.apply(&candidate.sig.params[0].ty));
            let fits = self.conversion(right, &wanted);
            if expected.is_none() {
                expected = Some(wanted);
            }
            match fits {
                Some(None) => {
                    let exact = best
                        .as_ref()
                        .is_some_and(|(known, _, exact)| *exact && known.depth <= candidate.depth);
                    if !exact {
                        best = Some((candidate, None, true));
                    }
                }
                Some(coercion) if best.is_none() => best = Some((candidate, coercion, false)),
                _ => {}
            }
        }
        match best {
            Some((candidate, coercion, _)) => Found::One(Box::new(candidate), coercion),
            None => Found::WrongOperand(expected.unwrap_or(Ty::Unknown)),
        }
    }

    // Chains and folds

    /// `a < b <= c` (OP6).
    pub(super) fn chain(
        &mut self,
        expr: ExprId,
        first: ExprId,
        links: &'db [(BinaryOp, TextRange, ExprId)],
    ) -> Val {
        let bool = self.class_ty(self.lang.bool);
        let mut left = (first, self.value(first));
        for (index, (op, op_range, rhs)) in links.iter().enumerate() {
            if *op == BinaryOp::Cmp {
                self.report(
                    Diagnostic::error("OP6", *op_range, "`<=>` cannot be part of a chain")
                        .note("its result is an `Ord`, not a `Bool`; put the comparison in parentheses"),
                );
                let right = self.value(*rhs);
                left = (*rhs, right);
                continue;
            }
            let role = CallRole::Link(index as u32);
            let val = self.operator(expr, role, *op, *op_range, left, *rhs);
            if *op != BinaryOp::Cmp && !self.is_class(&val.ty, self.lang.bool) && !val.ty.has_unknown() {
                let message = format!("a link of a chain is `{}`, expected `Bool`", self.show(&val.ty));
                self.report(Diagnostic::error("TY11", *op_range, message));
            }
            let middle = self.type_at(*rhs).clone();
            left = (*rhs, Val::of(middle));
        }
        Val::of(bool)
    }

    /// OP9
    pub(super) fn fold(
        &mut self,
        expr: ExprId,
        op: BinaryOp,
        op_range: TextRange,
        init: Option<ExprId>,
        pack: ExprId,
    ) -> Val {
        let start = init.map(|init| (init, self.value(init)));
        let val = self.value(pack);
        self.consume(pack, &val);
        let element = match &val.ty {
            Ty::Class(class, args) if *class == self.lang.arr => args.first().cloned().unwrap_or(Ty::Unknown),
            Ty::Tuple(parts) => match parts.first() {
                Some(first) if parts.iter().all(|part| part == first) => first.clone(),
                Some(_) => Ty::Unknown,
                None => return start.map_or(Val::unknown(), |(_, val)| val),
            },
            Ty::Param(param) if param.variadic => Ty::Unknown,
            Ty::Unknown | Ty::Never => Ty::Unknown,
            other => {
                let range = self.range(pack);
                let message = format!("`{}` cannot be folded", self.show(other));
                self.report(
                    Diagnostic::error("TY2", range, message)
                        .note("a fold takes a parameter pack, a tuple or an array apart"),
                );
                Ty::Unknown
            }
        };
        let left = match start {
            Some((init, val)) => (init, val),
            None => (pack, Val::of(element.clone())),
        };
        let number = self.lang.num;
        if self.is_class(&left.1.ty, number)
            && self.is_class(&element, number)
            && self.is_primitive(number, op)
        {
            return Val::of(self.primitive_result(number, op));
        }
        self.operator_call(expr, CallRole::Main, op, op_range, left, (pack, Val::of(element)))
    }

    // Compound assignment

    /// OP2: `x op= y`.
    pub(super) fn compound_operator(
        &mut self,
        target: ExprId,
        place: Val,
        op: BinaryOp,
        op_range: TextRange,
        value: ExprId,
    ) {
        let right = self.expr_with(
            value,
            Want::maybe(match &place.ty {
                Ty::Unknown => None,
                ty => Some(ty),
            }),
        );
        if let (Ty::Class(class, _), Ty::Class(right, _)) = (&place.ty, &right.ty)
            && class == right
            && (*class == self.lang.num || *class == self.lang.bool)
            && self.is_primitive(*class, op)
            && !op.is_comparison()
        {
            return;
        }
        if matches!(place.ty, Ty::Unknown | Ty::Never) || !self.reject_void(value, &right) {
            return;
        }
        let method = OPERATORS.iter().find(|(known, ..)| *known == op).map_or("", |(.., method)| method);
        for name in [format!("{method}_assign"), format!("{}_eq", old_name(method))] {
            match self.operator_method(&place.ty, &Name::new(&name), &right.ty) {
                Found::One(candidate, coercion) => {
                    if let Some(coercion) = coercion {
                        self.coercions.push((value, coercion));
                    }
                    if candidate.sig.params[0].convention == Convention::Value {
                        self.consume(value, &right);
                    }
                    let ret = self.operator_result(&candidate);
                    let info = self.operator_info(&candidate, &place.ty, ret);
                    self.record_call(value, CallRole::Assign, info);
                    return;
                }
                Found::WrongOperand(expected) => {
                    if !right.ty.has_unknown() {
                        self.report_mismatch(value, &right.ty, &expected, Place::Operand);
                    }
                    return;
                }
                Found::Unknown => return,
                Found::None => {}
            }
        }
        // `x = x op y`
        match self.operator_method(&place.ty, &Name::new_static(method), &right.ty) {
            Found::One(candidate, coercion) => {
                if let Some(coercion) = coercion {
                    self.coercions.push((value, coercion));
                }
                let ret = self.operator_result(&candidate);
                if self.conversion(&ret, &place.ty).is_none() {
                    let message = format!(
                        "`{}` gives `{}`, which does not fit `{}`",
                        symbol(op),
                        self.show(&ret),
                        self.show(&place.ty)
                    );
                    self.report(Diagnostic::error("TY2", op_range, message));
                }
                let info = self.operator_info(&candidate, &place.ty, ret);
                self.record_call(value, CallRole::Assign, info);
            }
            Found::WrongOperand(expected) => {
                if !right.ty.has_unknown() {
                    self.report_mismatch(value, &right.ty, &expected, Place::Operand);
                }
            }
            Found::None => {
                let range = op_range;
                let ty = place.ty;
                let _ = target;
                self.report_no_operator(op, range, &ty);
            }
            Found::Unknown => {}
        }
    }

    /// Whether a type has a method of this name at all.
    pub(super) fn has_method(&self, ty: &Ty, name: &'static str) -> bool {
        self.members(ty, name).members.iter().any(|member| matches!(member.kind, MemberKind::Method(_)))
    }
}

enum Found<'db> {
    One(Box<Candidate<'db>>, Option<Coercion>),
    /// The operator exists, but takes another type on the right.
    WrongOperand(Ty),
    None,
    Unknown,
}

/// OP2: the reference implementation's names.
fn old_name(method: &str) -> &str {
    if method == "rem" { "mod" } else { method }
}
