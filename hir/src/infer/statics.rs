//! What stands behind a type: static methods and constants, members of enumerations.

use super::call::{Candidate, Receiver, Site};
use super::ctx::{Ctx, Val, Want};
use super::path::StaticBase;
use super::*;
use crate::body::{Expr, TypeRefId};
use crate::members::MemberKind;
use crate::type_ref::{TypePart, TypeRef};
use syntax::TextRange;

impl<'db> Ctx<'db> {
    /// What a type stands for in front of `.`, or as a value.
    pub(super) fn static_base(&mut self, id: TypeRefId) -> Option<StaticBase> {
        let node = &self.body.types[id];
        if let TypeRef::Path { namespaces, parts } = &node.ty {
            if let [before @ .., TypePart::Name(member, args)] = &**parts
                && !before.is_empty()
                && args.is_empty()
            {
                let base = TypeRef::Path { namespaces: namespaces.clone(), parts: before.into() };
                let mut sound = true;
                let ty = self.resolver.lower_type(&base, &mut |_| sound = false);
                if sound && let Ty::Class(class, _) = ty {
                    let data = crate::items::class_data(self.db, class);
                    if let Some(members) = &data.members
                        && let Some(index) = members.iter().position(|candidate| candidate.name == *member)
                    {
                        return Some(StaticBase::EnumMember(class, index as u32));
                    }
                }
            }
            let has_args =
                parts.iter().any(|part| matches!(part, TypePart::Name(_, args) if !args.is_empty()));
            if !has_args {
                let (ty, omitted) = self.lower_open_type(id)?;
                match ty {
                    Ty::Class(class, _) if omitted && ty == crate::items::class_type(self.db, class) => {
                        return Some(StaticBase::Open(class));
                    }
                    Ty::Unknown => return None,
                    // An alias whose type leaves arguments to their defaults is complete.
                    _ if omitted => {}
                    ty => return Some(StaticBase::Type(ty)),
                }
            }
        }
        let before = self.diagnostics.len();
        match self.lower_type(id) {
            Ty::Unknown => None,
            _ if self.diagnostics.len() > before => None,
            ty => Some(StaticBase::Type(ty)),
        }
    }

    /// TY12, or an enumeration member with an upper-case name.
    pub(super) fn type_value(&mut self, expr: ExprId, id: TypeRefId) -> Val {
        match self.static_base(id) {
            Some(StaticBase::EnumMember(class, index)) => {
                self.resolve_to(expr, Resolution::EnumMember { class, index });
                Val::of(self.class_ty(class))
            }
            Some(base) => {
                let ty = match base {
                    StaticBase::Type(ty) => ty,
                    StaticBase::Open(class) => crate::items::class_type(self.db, class),
                    StaticBase::EnumMember(..) => Ty::Unknown,
                };
                let range = self.range(expr);
                let message = format!("the type `{}` is no value", self.show(&ty));
                self.resolve_to(expr, Resolution::Type(ty));
                self.report(
                    Diagnostic::error("TY12", range, message)
                        .note("a type stands in front of a static member or in an initialiser"),
                );
                Val::unknown()
            }
            None => Val::unknown(),
        }
    }

    /// CC5: a type as an argument. `None` if it is an enumeration member.
    pub(super) fn type_argument(&mut self, arg: &'db crate::body::Arg) -> Option<Val> {
        let Expr::Type(id) = self.expr(arg.value) else { return None };
        let id = *id;
        match self.static_base(id) {
            Some(StaticBase::EnumMember(..)) => None,
            Some(_) => {
                let range = self.range(arg.value);
                self.report(
                    Diagnostic::error("CC5", range, "a type is not an argument")
                        .note("types are given in brackets, as in `make[Num]()`"),
                );
                Some(Val::unknown())
            }
            None => Some(Val::unknown()),
        }
    }

    pub(super) fn static_call(
        &mut self,
        callee: ExprId,
        base: ExprId,
        id: TypeRefId,
        name: &'db Name,
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        let Some(resolved) = self.static_base(id) else {
            self.infer_args(site.args);
            return Val::unknown();
        };
        match resolved {
            StaticBase::EnumMember(class, index) => {
                let val = Val::of(self.class_ty(class));
                self.resolve_to(base, Resolution::EnumMember { class, index });
                self.set_type(base, &val);
                self.method_on(callee, Receiver { expr: base, val }, name, site, want)
            }
            StaticBase::Open(class) => self.open_static_call(callee, base, class, name, site, want),
            StaticBase::Type(ty) => {
                self.resolve_to(base, Resolution::Type(ty.clone()));
                if self.reject_abstract_alloc(&ty, name, site.name) {
                    self.infer_args(site.args);
                    return Val::unknown();
                }
                let members = self.members(&ty, name).members;
                let candidates = self.method_candidates(&members, &ty);
                if candidates.is_empty() {
                    self.infer_args(site.args);
                    if !members.is_empty() {
                        self.report_not_callable(name, site.name, &ty);
                    } else {
                        self.report_unknown_static(name, site.name, &ty);
                    }
                    return Val::unknown();
                }
                self.call_static_candidates(callee, candidates, &ty, site, want)
            }
        }
    }

    fn call_static_candidates(
        &mut self,
        callee: ExprId,
        candidates: Vec<Candidate<'db>>,
        ty: &Ty,
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        let statics: Vec<Candidate<'db>> =
            candidates.iter().filter(|candidate| candidate.sig.self_param.is_none()).cloned().collect();
        let Some(first) = statics.first() else {
            self.infer_args(site.args);
            let name = &candidates[0].sig.name;
            let message = format!("`{name}` needs an object: it has a `self` parameter");
            self.report(
                Diagnostic::error("SP11", site.name, message)
                    .note(format!("call it on a value of type `{}`, as in `x.{name}(…)`", self.show(ty))),
            );
            return Val::unknown();
        };
        let hidden = !first.visible;
        if hidden {
            self.report_hidden_member(&first.sig.name, site.name, first.func);
        }
        // SP8: an abstract method has nothing to run.
        if statics.len() == 1
            && first.sig.is_abstract
            && matches!(ty, Ty::Class(..))
            && !self.is_self(ty)
            && !self.is_alloc_method(first)
        {
            let name = &first.sig.name;
            let message = format!("`{name}` is abstract for `{}`", self.show(ty));
            self.report(
                Diagnostic::error("SP8", site.name, message).note("call it through a class that defines it"),
            );
        }
        self.call_candidates(callee, statics, site, want)
    }

    fn open_static_call(
        &mut self,
        callee: ExprId,
        base: ExprId,
        class: ClassId,
        name: &'db Name,
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        let identity = crate::items::class_type(self.db, class);
        if self.reject_abstract_alloc(&identity, name, site.name) {
            self.infer_args(site.args);
            return Val::unknown();
        }
        let candidates = self.open_candidates(class, name);
        if candidates.is_empty() {
            self.infer_args(site.args);
            self.resolve_to(base, Resolution::Type(identity.clone()));
            self.report_unknown_static(name, site.name, &identity);
            return Val::unknown();
        }
        let val = self.call_static_candidates(callee, candidates, &identity, site, want);
        let made = CallSite { expr: site.expr, role: CallRole::Main };
        let found =
            self.calls.iter().rev().find(|(found, _)| *found == made).and_then(|(_, info)| {
                match &info.callee {
                    Callee::Function { self_ty, .. } => self_ty.clone(),
                    Callee::Value { .. } => None,
                }
            });
        let ty = found.unwrap_or(identity);
        // An allocator argument that was found and not written is checked like a written one (A35, A36).
        self.resolve_to(base, Resolution::Type(ty));
        val
    }

    /// Methods of a class whose arguments are still to be found.
    fn open_candidates(&mut self, class: ClassId, name: &Name) -> Vec<Candidate<'db>> {
        let db = self.db;
        let mut found = Vec::new();
        let data = crate::items::class_data(db, class);
        for &func in &data.methods {
            let sig = self.signature_of(func);
            if sig.name == *name {
                let generics: &'db crate::signature::Generics = crate::items::class_generics(db, class);
                found.push(Candidate {
                    func,
                    sig,
                    container: None,
                    open: Some((class.0, generics)),
                    self_ty: Some(crate::items::class_type(db, class)),
                    on: None,
                    via: None,
                    depth: 0,
                    visible: true,
                });
            }
        }
        for sup in crate::sups::blocks_of(db, self.program, class) {
            let data = crate::items::sup_data(db, sup);
            for &func in &data.methods {
                let sig = self.signature_of(func);
                if sig.name == *name {
                    let head = crate::items::sup_head(db, sup);
                    found.push(Candidate {
                        func,
                        sig,
                        container: None,
                        open: Some((sup.0, &head.generics)),
                        self_ty: Some(head.target.clone()),
                        on: None,
                        via: head.base.clone(),
                        depth: 0,
                        visible: true,
                    });
                }
            }
        }
        if !found.is_empty() {
            let identity = crate::items::class_type(db, class);
            let known = self.members(&identity, name).members;
            for candidate in &mut found {
                let member = known.iter().find(|member| member.kind == MemberKind::Method(candidate.func));
                candidate.visible = member.is_none_or(|member| self.member_visible(member));
            }
            return found;
        }
        // Inherited: looked up on the class with its own parameters as arguments, which stay open.
        let identity = crate::items::class_type(db, class);
        let members = self.members(&identity, name).members;
        let mut inherited = self.method_candidates(&members, &identity);
        for candidate in &mut inherited {
            let generics: &'db crate::signature::Generics = crate::items::class_generics(db, class);
            candidate.open = Some((class.0, generics));
        }
        inherited
    }

    pub(super) fn static_field(
        &mut self,
        expr: ExprId,
        base: ExprId,
        id: TypeRefId,
        name: &'db Name,
        range: TextRange,
    ) -> Val {
        let Some(resolved) = self.static_base(id) else { return Val::unknown() };
        let ty = match resolved {
            StaticBase::EnumMember(class, index) => {
                let val = Val::of(self.class_ty(class));
                self.resolve_to(base, Resolution::EnumMember { class, index });
                self.set_type(base, &val);
                if let Some(val) = self.enum_value(expr, &val.ty, name) {
                    return val;
                }
                let members = self.members(&val.ty, name).members;
                return match members.first() {
                    Some(member) => {
                        self.member_value(expr, &Receiver { expr: base, val }, member, name, range)
                    }
                    None => {
                        self.report_unknown_member(name, range, &val.ty);
                        Val::unknown()
                    }
                };
            }
            StaticBase::Type(ty) => ty,
            StaticBase::Open(class) => crate::items::class_type(self.db, class),
        };
        self.resolve_to(base, Resolution::Type(ty.clone()));
        if name.is_empty() {
            return Val::unknown();
        }
        for member in self.members(&ty, name).members {
            match member.kind {
                MemberKind::EnumMember { class, index } => {
                    self.resolve_to(expr, Resolution::EnumMember { class, index });
                    return Val::of(ty);
                }
                MemberKind::Method(func) => {
                    self.resolve_to(expr, Resolution::Method(func));
                    self.report_method_as_value(name, range, &ty);
                    return Val::unknown();
                }
                MemberKind::Attribute { .. } => {
                    let message =
                        format!("`{name}` is an attribute: it needs an object of `{}`", self.show(&ty));
                    self.report(
                        Diagnostic::error("TY16", range, message)
                            .note("there are no static attributes (NM9)"),
                    );
                    return Val::unknown();
                }
                _ => {}
            }
        }
        self.report_unknown_static(name, range, &ty);
        Val::unknown()
    }

    /// TY17: the value of an enumeration's member.
    pub(super) fn enum_value(&mut self, expr: ExprId, ty: &Ty, name: &Name) -> Option<Val> {
        let Ty::Class(class, _) = ty else { return None };
        if name != "value" {
            return None;
        }
        let data = crate::items::class_data(self.db, *class);
        let members = data.members.as_ref()?;
        self.resolve_to(expr, Resolution::EnumValue { class: *class });
        let value = members.iter().find_map(|member| member.value.as_ref());
        let ty = match value {
            None | Some(crate::item_tree::ConstValue::Number(_)) => self.class_ty(self.lang.num),
            Some(crate::item_tree::ConstValue::Str(_)) => self.class_ty(self.lang.str),
            Some(crate::item_tree::ConstValue::Bool(_)) => self.class_ty(self.lang.bool),
            Some(crate::item_tree::ConstValue::Other) => Ty::Unknown,
        };
        Some(Val::of(ty))
    }
}
