//! Initialisers (TY15, SP8, SP9).

use super::ctx::{Ctx, Val, Want};
use super::path::StaticBase;
use super::stmt::Place;
use super::unify::{Binder, Conflict, Mismatch};
use super::*;
use crate::body::{Expr, FieldInit, TypeRefId};
use crate::diagnostic::TextEdit;
use crate::signature::{Attribute, ClassData};
use syntax::TextRange;

impl<'db> Ctx<'db> {
    pub(super) fn initialiser(
        &mut self,
        expr: ExprId,
        ty_ref: TypeRefId,
        fields: &'db [FieldInit],
        rest: Option<ExprId>,
        bases: Option<ExprId>,
        want: Want<'_>,
    ) -> Val {
        let ty_range = self.body.types[ty_ref].range;
        let (class, known) = match self.static_base(ty_ref) {
            Some(StaticBase::Open(class)) => (class, None),
            Some(StaticBase::Type(Ty::Class(class, args))) => (class, Some(args)),
            Some(StaticBase::Type(ty)) => {
                let message = format!("`{}` has no initialiser", self.show(&ty));
                self.report(
                    Diagnostic::error("TY15", ty_range, message).note("only a class is made by `Name { … }`"),
                );
                return self.initialiser_parts(fields, rest, bases);
            }
            Some(StaticBase::EnumMember(class, _)) => {
                self.reject_enum(class, ty_range);
                return self.initialiser_parts(fields, rest, bases);
            }
            None => return self.initialiser_parts(fields, rest, bases),
        };
        let data: &'db ClassData = crate::items::class_data(self.db, class);
        if data.members.is_some() {
            self.reject_enum(class, ty_range);
            return self.initialiser_parts(fields, rest, bases);
        }
        let mut binder = Binder::default();
        match &known {
            Some(args) => binder.know(class.0, args.clone()),
            None => binder.open(class.0, data.generics.params.len()),
        }
        let identity = crate::items::class_type(self.db, class);
        if let (None, Some(expected)) = (&known, want.ty) {
            let _ = self.bind(&mut binder, &identity, expected, true);
        }
        if self.reject_class_without_objects(class, &binder.apply(&identity), data, ty_range) {
            self.initialiser_parts(fields, rest, bases);
            return Val::of(if known.is_some() { binder.apply(&identity) } else { Ty::Unknown });
        }
        let mut given: Vec<Option<TextRange>> = vec![None; data.attributes.len()];
        let mut sound = true;
        for field in fields {
            sound &= self.field_init(&mut binder, data, field, &mut given);
        }
        if let Some(rest) = rest {
            let expected = binder.apply(&identity);
            let val = self.expr_with(rest, Want::ty(&expected));
            self.consume(rest, &val);
            if self.bind(&mut binder, &identity, &val.ty, false).is_err() {
                let range = self.range(rest);
                let message = format!(
                    "the `else` object is `{}`, expected `{}`",
                    self.show(&val.ty),
                    self.show(&expected)
                );
                self.report(
                    Diagnostic::error("TY15", range, message)
                        .note("it is an object of the same class, from which the other attributes are moved"),
                );
                sound = false;
            }
        }
        let missing = self.close(&mut binder, &data.generics, None);
        let ty = self.normalise(binder.apply(&identity));
        if let Some(param) = missing
            && sound
        {
            let message =
                format!("nothing decides the generic parameter `{}` of `{}`", param.name, data.name);
            self.report(Diagnostic::error("GN12", ty_range, message).note(format!(
                "it is found from the attributes and from the type that is expected: write `{}[…] {{ … }}`",
                data.name
            )));
        }
        if known.is_none() {
            self.check_class_bounds(data, &binder, fields, ty_range);
        }
        if rest.is_none() {
            self.check_missing_fields(data, &given, &ty, ty_range, fields, expr);
        }
        self.base_parts(class, &ty, bases, rest.is_some(), ty_range);
        Val::of(ty)
    }

    fn initialiser_parts(
        &mut self,
        fields: &'db [FieldInit],
        rest: Option<ExprId>,
        bases: Option<ExprId>,
    ) -> Val {
        for field in fields {
            self.value(field.value);
        }
        for part in [rest, bases].into_iter().flatten() {
            self.value(part);
        }
        Val::unknown()
    }

    fn reject_enum(&mut self, class: ClassId, range: TextRange) {
        let data = crate::items::class_data(self.db, class);
        let example = data
            .members
            .iter()
            .flatten()
            .next()
            .map_or_else(String::new, |member| format!(", such as `{}.{}`", data.name, member.name));
        self.report(
            Diagnostic::error("TY17", range, format!("the enumeration `{}` has no initialiser", data.name))
                .note(format!("its values are its members{example}")),
        );
    }

    /// A5, A32, SP8, and the classes that only the library makes.
    fn reject_class_without_objects(
        &mut self,
        class: ClassId,
        ty: &Ty,
        data: &ClassData,
        range: TextRange,
    ) -> bool {
        if class == self.lang.alloc {
            self.report(Diagnostic::error("A5", range, "`Alloc` is abstract and never an object").note(
                "an allocator is a class that super-imposes `Alloc`, and even that is only used by its type",
            ));
            return true;
        }
        if self.is_allocator(ty) {
            self.report(
                Diagnostic::error("A32", range, format!("the allocator `{}` is never an object", data.name))
                    .note(format!("call its methods through the type, as in `{}.alloc(8)`", self.show(ty))),
            );
            return true;
        }
        if let Some((method, _)) =
            crate::members::abstract_methods(self.db, self.program, class).into_iter().next()
        {
            let name = self.signature_of(method).name.clone();
            let declared = crate::parse::func_range(self.db, method);
            self.report(
                Diagnostic::error("SP8", range, format!("`{}` is abstract: `{name}` has no body", data.name))
                    .note("make an object of a class that defines it, or give the method a body")
                    .related_in(method.file(), declared, format!("`{name}` is declared here")),
            );
            return true;
        }
        if data.is_builtin && class.file().program(self.db) != self.program {
            let message = format!("`{}` has no initialiser", data.name);
            let note = match self.has_method(ty, "new") {
                true => format!("write `{}.new(…)`", data.name),
                false => "its values are made by the library".to_owned(),
            };
            self.report(Diagnostic::error("TY15", range, message).note(note));
            return true;
        }
        false
    }

    fn field_init(
        &mut self,
        binder: &mut Binder,
        data: &'db ClassData,
        field: &'db FieldInit,
        given: &mut [Option<TextRange>],
    ) -> bool {
        let Some(index) = data.attributes.iter().position(|attribute| attribute.name == field.name) else {
            self.value(field.value);
            self.report_unknown_field(data, field);
            return false;
        };
        let attribute: &'db Attribute = &data.attributes[index];
        if let Some(first) = given[index] {
            let name = &field.name;
            self.report(
                Diagnostic::error("TY15", field.name_range, format!("`{name}` is given twice"))
                    .related(first, "first given here"),
            );
        }
        given[index] = Some(field.name_range);
        if !self.attribute_visible(
            data.class,
            index,
            &binder.apply(&crate::items::class_type(self.db, data.class)),
        ) {
            let name = &field.name;
            self.report(
                Diagnostic::error("NM11", field.name_range, format!("`{name}` is private to its class"))
                    .note("a private member is used by the class and its `sup` blocks only"),
            );
        }
        let hint = binder.apply(&attribute.ty);
        let val = self.expr_with(field.value, Want::ty(&hint));
        self.consume(field.value, &val);
        self.check_stored(field.value, &val, "stored in an attribute");
        if matches!(val.ty, Ty::Unknown) {
            let _ = self.bind(binder, &attribute.ty, &Ty::Unknown, false);
            return false;
        }
        if !self.reject_void(field.value, &val) {
            return false;
        }
        if !binder.mentions_open(&attribute.ty) {
            let expected = self.normalise(hint);
            return self.check_fits(field.value, &val, &expected, Place::Field);
        }
        match self.bind(binder, &attribute.ty, &val.ty, false) {
            Ok(()) => true,
            Err(Mismatch::Conflict(conflict)) => {
                let Conflict { param, before, now } = *conflict;
                let range = self.range(field.value);
                let message = format!(
                    "`{}` is `{}` here, but an earlier field made it `{}`",
                    param.name,
                    self.show(&now),
                    self.show(&before)
                );
                self.report(
                    Diagnostic::error("GN6", range, message)
                        .note("a generic parameter stands for one type in an object"),
                );
                false
            }
            Err(Mismatch::Different) => {
                let expected = binder.apply(&attribute.ty);
                self.check_fits(field.value, &val, &expected, Place::Field)
            }
        }
    }

    fn report_unknown_field(&mut self, data: &ClassData, field: &FieldInit) {
        let names = data.attributes.iter().map(|attribute| attribute.name.as_str());
        let similar = crate::similar::most_similar(&field.name, names).map(str::to_owned);
        let message = format!("`{}` has no attribute `{}`", data.name, field.name);
        let mut diagnostic = Diagnostic::error("TY15", field.name_range, message);
        if let Some(similar) = similar {
            diagnostic = diagnostic
                .suggest(format!("use `{similar}`"), vec![TextEdit::replace(field.name_range, similar)]);
        } else {
            diagnostic = diagnostic.note(
                "attributes of a base class are given in the object of that class: `sup=(Base { … },)`",
            );
        }
        self.report(diagnostic);
    }

    fn check_missing_fields(
        &mut self,
        data: &ClassData,
        given: &[Option<TextRange>],
        _ty: &Ty,
        range: TextRange,
        fields: &[FieldInit],
        expr: ExprId,
    ) {
        let missing: Vec<&Attribute> = data
            .attributes
            .iter()
            .zip(given)
            .filter(|(_, given)| given.is_none())
            .map(|(attribute, _)| attribute)
            .collect();
        if missing.is_empty() {
            return;
        }
        let names: Vec<String> = missing.iter().map(|attribute| format!("`{}`", attribute.name)).collect();
        let plural = if missing.len() == 1 { "attribute" } else { "attributes" };
        let mut diagnostic = Diagnostic::error(
            "TY15",
            range,
            format!("`{}` is made without the {plural} {}", data.name, names.join(", ")),
        )
        .note("every attribute is given once, or `else=` supplies an object with the others");
        // A local variable of the same name is what the short form would take.
        let visible = self.body.visible_at(range.start());
        let all_local = missing.iter().all(|attribute| {
            visible.locals.iter().any(|local| self.body.locals[*local].name == attribute.name)
        });
        if all_local && !fields.is_empty() {
            let last = fields.last().map_or(self.range(expr).end(), |field| {
                self.range(field.value).end().max(field.name_range.end())
            });
            let text: String = missing.iter().map(|attribute| format!(", {}", attribute.name)).collect();
            diagnostic =
                diagnostic.suggest("take the variables of the same name", vec![TextEdit::insert(last, text)]);
        }
        self.report(diagnostic);
    }

    /// `sup=(a, b)`: one object per base, in any order (SP9).
    fn base_parts(
        &mut self,
        class: ClassId,
        ty: &Ty,
        bases: Option<ExprId>,
        has_rest: bool,
        range: TextRange,
    ) {
        let direct = crate::sups::direct_bases(self.db, self.program, &self.env, ty, 0);
        let mut supplied: Vec<Ty> = Vec::new();
        if let Some(bases) = bases {
            let items: Vec<ExprId> = match self.expr(bases) {
                Expr::Tuple(items) => items.to_vec(),
                _ => vec![bases],
            };
            let is_tuple = matches!(self.expr(bases), Expr::Tuple(_));
            let mut types = Vec::new();
            for item in items {
                let val = self.value(item);
                self.consume(item, &val);
                types.push(val.ty.clone());
                if val.ty.has_unknown() {
                    supplied.push(Ty::Unknown);
                    continue;
                }
                let range = self.range(item);
                if !direct.contains(&val.ty) {
                    let message =
                        format!("`{}` is no direct base of `{}`", self.show(&val.ty), self.show(ty));
                    self.report(
                        Diagnostic::error("SP9", range, message)
                            .note("each object in `sup` is of exactly the type of one base"),
                    );
                } else if supplied.contains(&val.ty) {
                    let message = format!("the base part `{}` is given twice", self.show(&val.ty));
                    self.report(Diagnostic::error("SP9", range, message));
                }
                supplied.push(val.ty);
            }
            if is_tuple {
                let val = Val::of(Ty::Tuple(types.into()));
                self.set_type(bases, &val);
            }
        }
        if has_rest || supplied.contains(&Ty::Unknown) {
            return;
        }
        for base in &direct {
            if supplied.contains(base) || !self.has_attributes(base) {
                continue;
            }
            if self.base_of(base, self.lang.default).is_some() {
                continue;
            }
            let name = &crate::items::class_data(self.db, class).name;
            let shown = self.show(base);
            let message = format!("`{name}` is made without its base part `{shown}`");
            self.report(Diagnostic::error("SP9", range, message).note(format!(
                "`{shown}` has attributes and no default: supply it with `sup=({shown} {{ … }},)`"
            )));
        }
    }
}
