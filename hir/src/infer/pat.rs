//! Conditionals and patterns (CF1–CF4).

use super::ctx::{Ctx, Val, Want};
use super::*;
use crate::body::{BinaryOp, Branch, Expr, FieldPat, LocalKind, Pat};
use crate::diagnostic::TextEdit;
use syntax::TextRange;

impl<'db> Ctx<'db> {
    pub(super) fn conditional(
        &mut self,
        expr: ExprId,
        subject: ExprId,
        op: Option<BinaryOp>,
        branches: &'db [Branch],
        else_branch: Option<ExprId>,
        want: Want<'_>,
    ) -> Val {
        let subject_val = self.value(subject);
        let subject_val = match self.reject_void(subject, &subject_val) {
            true => subject_val,
            false => Val::unknown(),
        };
        let before = self.diverges;
        let mut all_leave = true;
        let mut result: Option<(Ty, TextRange)> = None;
        let mut inner = Convention::Value;
        let expected = want.ty.filter(|ty| want.used && !ty.has_unknown()).cloned();
        let last = branches.len();
        for (index, branch) in branches.iter().enumerate() {
            self.diverges = before;
            let is_last = index + 1 == last;
            for (alternative, pat) in branch.patterns.iter().enumerate() {
                let tried_last = is_last && alternative + 1 == branch.patterns.len();
                self.pattern(
                    *pat,
                    subject,
                    &subject_val,
                    branch.op.or(op),
                    tried_last && branch.guard.is_none(),
                );
            }
            if let Some(guard) = branch.guard {
                let val = self.value(guard);
                self.check_bool(guard, &val, "a guard");
                self.diverges = before;
            }
            inner = inner.max(self.branch_value(branch.body, want, expected.as_ref(), &mut result));
            all_leave &= self.diverges;
        }
        match else_branch {
            Some(body) => {
                self.diverges = before;
                inner = inner.max(self.branch_value(body, want, expected.as_ref(), &mut result));
                all_leave &= self.diverges;
                self.diverges = before || all_leave;
            }
            None => {
                self.diverges = before;
                if want.used {
                    let range = self.if_keyword(expr);
                    self.report(
                        Diagnostic::error(
                            "CF2",
                            range,
                            "an `if` that is used as a value needs an `else` branch",
                        )
                        .note("without it there is no value when no branch matches"),
                    );
                    return Val::unknown();
                }
            }
        }
        if !want.used {
            return match self.diverges && !before {
                true => Val::of(Ty::Never),
                false => Val::of(self.class_ty(self.lang.void)),
            };
        }
        match result {
            Some((ty, _)) => Val { ty, borrow: Convention::Value, inner },
            None if all_leave => Val::of(Ty::Never),
            None => Val::unknown(),
        }
    }

    /// The header of an `if`: from the keyword to the end of its subject.
    fn if_keyword(&self, expr: ExprId) -> TextRange {
        let start = self.range(expr).start();
        TextRange::at(start, syntax::TextSize::of("if"))
    }

    /// One branch; all give a value of one type (CF2).
    fn branch_value(
        &mut self,
        body: ExprId,
        want: Want<'_>,
        expected: Option<&Ty>,
        result: &mut Option<(Ty, TextRange)>,
    ) -> Convention {
        if !want.used {
            let val = self.expr_with(body, Want::NOTHING);
            let _ = val;
            return Convention::Value;
        }
        let hint = match (&expected, &*result) {
            (Some(expected), _) => Some((*expected).clone()),
            (None, Some((ty, _))) if !ty.has_unknown() => Some(ty.clone()),
            _ => want.ty.cloned(),
        };
        let val = self.expr_with(body, Want { ty: hint.as_ref(), used: true });
        // A branch that certainly leaves needs no value.
        if self.diverges || matches!(val.ty, Ty::Never) {
            return Convention::Value;
        }
        let range = self.block_value_range(body);
        if self.is_void(&val.ty) && !expected.is_some_and(|ty| self.is_void(ty)) {
            self.report(
                Diagnostic::error("CF2", range, "this branch gives no value")
                    .note("the `if` is used as a value, so every branch ends in an expression"),
            );
            if result.is_none() {
                *result = Some((Ty::Unknown, range));
            }
            return Convention::Value;
        }
        match (expected, &*result) {
            (Some(expected), _) => {
                if let Some(Some(coercion)) = self.conversion(&val.ty, expected) {
                    let target = self.value_expr(body);
                    self.coercions.push((target, coercion));
                    if result.is_none() {
                        *result = Some((expected.clone(), range));
                    }
                    return val.inner;
                }
                match &*result {
                    None => *result = Some((val.ty.clone(), range)),
                    Some((ty, first)) if self.conversion(&val.ty, ty).is_none() => {
                        let (ty, first) = (ty.clone(), *first);
                        self.report_branch(range, &val.ty, &ty, first);
                    }
                    Some(_) => {}
                }
            }
            (None, None) => *result = Some((val.ty.clone(), range)),
            (None, Some((ty, first))) => {
                let (ty, first) = (ty.clone(), *first);
                match self.conversion(&val.ty, &ty) {
                    Some(Some(coercion)) => {
                        let target = self.value_expr(body);
                        self.coercions.push((target, coercion));
                    }
                    Some(None) => {}
                    None => self.report_branch(range, &val.ty, &ty, first),
                }
            }
        }
        val.inner
    }

    fn report_branch(&mut self, range: TextRange, ty: &Ty, first_ty: &Ty, first: TextRange) {
        let message =
            format!("this branch gives `{}`, an earlier one `{}`", self.show(ty), self.show(first_ty));
        self.report(
            Diagnostic::error("CF2", range, message)
                .note("all branches of an `if` that is used as a value give one type")
                .related(first, format!("`{}` comes from here", self.show(first_ty))),
        );
    }

    /// The expression that gives the value of a block.
    pub(super) fn value_expr(&self, body: ExprId) -> ExprId {
        let mut current = body;
        while let Expr::Block { statements, .. } = self.expr(current) {
            match statements.last() {
                Some(crate::body::Stmt::Expr(last)) => current = *last,
                _ => return current,
            }
        }
        current
    }

    /// A pattern at the top of a branch: applied to the operator (CF1).
    fn pattern(&mut self, pat: PatId, subject: ExprId, val: &Val, op: Option<BinaryOp>, tried_last: bool) {
        self.pat_types.push((pat, val.ty.clone()));
        let body = self.body;
        match &body.pats[pat] {
            Pat::Member { call, subject: placeholder } => {
                self.set_type(*placeholder, val);
                self.member_pattern(*call, *placeholder, val, tried_last);
            }
            Pat::Value(value) => self.value_pattern(*value, subject, val, op.unwrap_or(BinaryOp::Eq)),
            Pat::Object { .. } | Pat::Tuple(_) | Pat::Array(_) => {
                if let Some(op) = op
                    && op != BinaryOp::Eq
                {
                    let range = body.pat_range(pat);
                    self.report(
                        Diagnostic::error(
                            "CF4",
                            range,
                            format!(
                                "an object, tuple or array pattern cannot follow `{}`",
                                crate::lang::symbol(op)
                            ),
                        )
                        .note("it is only allowed with `==` or no operator"),
                    );
                }
                self.part(pat, &val.ty, val);
            }
            _ => self.part(pat, &val.ty, val),
        }
    }

    fn member_pattern(&mut self, call: ExprId, placeholder: ExprId, val: &Val, tried_last: bool) {
        self.ahead.push((placeholder, val.clone()));
        let result = self.value(call);
        self.ahead.retain(|(ahead, _)| *ahead != placeholder);
        if !self.is_class(&result.ty, self.lang.bool)
            && !result.ty.has_unknown()
            && !matches!(result.ty, Ty::Never)
        {
            let range = self.range(call);
            let message = format!("a member pattern is `{}`, expected `Bool`", self.show(&result.ty));
            self.report(
                Diagnostic::error("TY11", range, message)
                    .note("the branch is taken if the member gives `true`"),
            );
        }
        // A subject that the pattern uses up cannot be tried again (CF3).
        let first = self.calls.iter().rev().find(|(site, info)| {
            site.role == CallRole::Main
                && info.receiver == Some(Convention::Value)
                && self.receiver_of(site.expr) == Some(placeholder)
        });
        if first.is_some() && !tried_last && val.borrow == Convention::Value && !self.is_copy(&val.ty) {
            let range = self.range(call);
            self.report(
                Diagnostic::error(
                    "CF3",
                    range,
                    "this member takes the subject by value, but further branches need it",
                )
                .note("such a pattern may only stand last, or the subject is `Copy`"),
            );
        }
    }

    fn receiver_of(&self, call: ExprId) -> Option<ExprId> {
        let Expr::Call { callee, .. } = self.expr(call) else { return None };
        match self.expr(*callee) {
            Expr::Field { base, .. } => Some(*base),
            _ => None,
        }
    }

    /// `subject op value`, which gives a `Bool`.
    fn value_pattern(&mut self, value: ExprId, subject: ExprId, val: &Val, op: BinaryOp) {
        let range = self.range(value);
        let result = self.operator(value, CallRole::Compare, op, range, (subject, val.clone()), value);
        if !self.is_class(&result.ty, self.lang.bool)
            && !result.ty.has_unknown()
            && !matches!(result.ty, Ty::Never)
        {
            let message = format!(
                "`{}` gives `{}` here, expected `Bool`",
                crate::lang::symbol(op),
                self.show(&result.ty)
            );
            self.report(Diagnostic::error("TY11", range, message));
        }
    }

    /// A pattern for a part of the subject. `ty` is the type of the part.
    fn part(&mut self, pat: PatId, ty: &Ty, root: &Val) {
        self.pat_types.push((pat, ty.clone()));
        let body = self.body;
        let range = body.pat_range(pat);
        match &body.pats[pat] {
            Pat::Missing | Pat::Skip => {}
            Pat::Rest(None) => {}
            Pat::Rest(Some(local)) => self.bind_part(*local, ty.clone(), root),
            Pat::Bind(local) => self.bind_part(*local, ty.clone(), root),
            Pat::Value(value) => {
                // The part has no expression of its own; the comparison is keyed by the value.
                let val = Val::of(ty.clone());
                self.value_pattern(*value, *value, &val, BinaryOp::Eq);
            }
            Pat::Member { call, subject } => {
                let val = Val { ty: ty.clone(), borrow: Convention::Ref, inner: Convention::Value };
                self.set_type(*subject, &val);
                self.member_pattern(*call, *subject, &val, false);
            }
            Pat::Object { ty: ty_ref, fields, rest } => {
                self.object_pattern(*ty_ref, fields, *rest, ty, root, range)
            }
            Pat::Tuple(parts) => self.tuple_pattern(parts, ty, root, range),
            Pat::Array(parts) => {
                let element = match ty {
                    Ty::Class(class, args) if *class == self.lang.arr => {
                        args.first().cloned().unwrap_or(Ty::Unknown)
                    }
                    Ty::Unknown | Ty::Never => Ty::Unknown,
                    other => {
                        let message = format!("an array pattern for a `{}`", self.show(other));
                        self.report(Diagnostic::error("TY2", range, message).note("it takes an `Arr` apart"));
                        Ty::Unknown
                    }
                };
                self.check_one_rest(parts);
                for part in parts.iter() {
                    match &body.pats[*part] {
                        Pat::Rest(Some(local)) => {
                            let rest = self.body.locals[*local].range;
                            self.report(
                                Diagnostic::error("CF4", rest, "the rest of an array cannot be bound").note(
                                    "`...name` binds the rest of a tuple; `...` skips the rest of an array",
                                ),
                            );
                            self.set_var(*local, Val::unknown());
                        }
                        _ => self.part(*part, &element, root),
                    }
                }
            }
        }
    }

    fn check_one_rest(&mut self, parts: &[PatId]) {
        let mut rests = parts.iter().filter(|part| matches!(self.body.pats[**part], Pat::Rest(_)));
        rests.next();
        if let Some(second) = rests.next() {
            let range = self.body.pat_range(*second);
            self.report(Diagnostic::error("SY39", range, "a pattern has at most one `...`"));
        }
    }

    fn tuple_pattern(&mut self, parts: &'db [PatId], ty: &Ty, root: &Val, range: TextRange) {
        let body = self.body;
        let types: Option<TyArgs> = match ty {
            Ty::Tuple(types) => Some(types.clone()),
            Ty::Unknown | Ty::Never => None,
            other => {
                let message = format!("a tuple pattern for a `{}`", self.show(other));
                self.report(Diagnostic::error("TY2", range, message).note("it takes a tuple apart"));
                None
            }
        };
        self.check_one_rest(parts);
        let rest = parts.iter().position(|part| matches!(body.pats[*part], Pat::Rest(_)));
        if let Some(types) = &types {
            let fixed = parts.len() - usize::from(rest.is_some());
            let fits = match rest {
                Some(_) => fixed <= types.len(),
                None => fixed == types.len(),
            };
            if !fits {
                let message = format!(
                    "the pattern has {fixed} parts, `{}` has {} elements",
                    self.show(ty),
                    types.len()
                );
                self.report(
                    Diagnostic::error("CF4", range, message)
                        .note("`...` skips the elements that are not listed"),
                );
                for part in parts {
                    self.part(*part, &Ty::Unknown, root);
                }
                return;
            }
        }
        for (index, part) in parts.iter().enumerate() {
            let ty = match (&types, rest) {
                (None, _) => Ty::Unknown,
                (Some(types), Some(rest)) if index == rest => {
                    let count = types.len() + 1 - parts.len();
                    Ty::Tuple(types[index..index + count].iter().cloned().collect())
                }
                (Some(types), Some(rest)) if index > rest => {
                    types[types.len() - (parts.len() - index)].clone()
                }
                (Some(types), _) => types[index].clone(),
            };
            self.part(*part, &ty, root);
        }
    }

    fn object_pattern(
        &mut self,
        ty_ref: crate::body::TypeRefId,
        fields: &'db [FieldPat],
        rest: bool,
        subject: &Ty,
        root: &Val,
        range: TextRange,
    ) {
        let ty_range = self.body.types[ty_ref].range;
        let ty = match self.static_base(ty_ref) {
            Some(super::path::StaticBase::Open(class)) => match subject {
                Ty::Class(found, _) if *found == class => subject.clone(),
                _ => {
                    let identity = crate::items::class_type(self.db, class);
                    match &identity {
                        Ty::Class(class, args) if args.is_empty() => Ty::Class(*class, TyArgs::EMPTY),
                        Ty::Class(class, args) => {
                            Ty::Class(*class, args.iter().map(|_| Ty::Unknown).collect())
                        }
                        _ => Ty::Unknown,
                    }
                }
            },
            Some(super::path::StaticBase::Type(ty)) => ty,
            Some(super::path::StaticBase::EnumMember(..)) | None => Ty::Unknown,
        };
        let related = subject.has_unknown()
            || ty.has_unknown() && ty == Ty::Unknown
            || self.conversion(&ty, subject).is_some()
            || self.conversion(subject, &ty).is_some();
        let Ty::Class(class, args) = &ty else {
            for field in fields {
                self.part(field.pat, &Ty::Unknown, root);
            }
            return;
        };
        if !related {
            let message =
                format!("a pattern for `{}`, but the subject is `{}`", self.show(&ty), self.show(subject));
            self.report(Diagnostic::error("TY2", ty_range, message));
        }
        let data = crate::items::class_data(self.db, *class);
        let mut binder = super::unify::Binder::default();
        binder.know(class.0, args.clone());
        let mut listed = vec![false; data.attributes.len()];
        for field in fields {
            match data.attributes.iter().position(|attribute| attribute.name == field.name) {
                Some(index) => {
                    listed[index] = true;
                    if !self.attribute_visible(*class, index, &ty) {
                        let name = &field.name;
                        self.report(
                            Diagnostic::error(
                                "NM11",
                                field.name_range,
                                format!("`{name}` is private to its class"),
                            )
                            .note("a private member is used by the class and its `sup` blocks only"),
                        );
                    }
                    let ty = self.normalise(binder.apply(&data.attributes[index].ty));
                    self.part(field.pat, &ty, root);
                }
                None => {
                    let members = self.members(&ty, &field.name).members;
                    let inherited = members.iter().find_map(|member| match &member.kind {
                        crate::members::MemberKind::Attribute { ty, .. } => Some(ty.clone()),
                        _ => None,
                    });
                    if inherited.is_none() && !ty.has_unknown() {
                        let names = data.attributes.iter().map(|attribute| attribute.name.as_str());
                        let similar = crate::similar::most_similar(&field.name, names).map(str::to_owned);
                        let message = format!("`{}` has no attribute `{}`", data.name, field.name);
                        let mut diagnostic = Diagnostic::error("TY16", field.name_range, message);
                        if let Some(similar) = similar {
                            let edit = TextEdit::replace(field.name_range, similar.clone());
                            diagnostic = diagnostic.suggest(format!("use `{similar}`"), vec![edit]);
                        }
                        self.report(diagnostic);
                    }
                    let ty = inherited.unwrap_or(Ty::Unknown);
                    self.part(field.pat, &ty, root);
                }
            }
        }
        let missing: Vec<String> = data
            .attributes
            .iter()
            .zip(&listed)
            .filter(|(_, listed)| !**listed)
            .map(|(attribute, _)| format!("`{}`", attribute.name))
            .collect();
        if !rest && !missing.is_empty() {
            let mut diagnostic = Diagnostic::error(
                "CF4",
                ty_range,
                format!("the pattern lists neither {} nor `...`", missing.join(", ")),
            )
            .note("an object pattern lists all attributes, or skips the others with `...`");
            let end = range.end();
            let text = if fields.is_empty() { "..." } else { ", ..." };
            let last =
                fields.last().map(|field| self.body.pat_range(field.pat).end().max(field.name_range.end()));
            if let Some(last) = last {
                diagnostic = diagnostic.fix("skip the others", vec![TextEdit::insert(last, text)]);
            }
            let _ = end;
            self.report(diagnostic);
        }
    }

    /// CF4: a binding is a borrow of the matched part, or a copy.
    fn bind_part(&mut self, local: LocalId, ty: Ty, root: &Val) {
        debug_assert!(self.body.locals[local].kind == LocalKind::Pattern);
        let known = self.var(local).val.ty.clone();
        let range = self.body.locals[local].range;
        if !matches!(known, Ty::Unknown) && !super::unify::same(&known, &ty) {
            let name = &self.body.locals[local].name;
            let message = format!(
                "`{name}` is `{}` in one alternative and `{}` in another",
                self.show(&known),
                self.show(&ty)
            );
            self.report(
                Diagnostic::error("CF3", range, message)
                    .note("alternatives bind the same names with the same types"),
            );
            return;
        }
        let borrow = if self.is_copy(&ty) { Convention::Value } else { Convention::Ref };
        let _ = root;
        self.set_var(local, Val { ty, borrow, inner: Convention::Value });
    }
}
