//! What names mean: paths, members, static members.

use super::call::{Candidate, Receiver, Site};
use super::ctx::{Ctx, Val, Want};
use super::*;
use crate::body::{Expr, TypeRefId};
use crate::diagnostic::TextEdit;
use crate::members::{Member, MemberKind};
use crate::resolve::ValuePath;
use crate::type_ref::{TypePart, TypeRef};
use syntax::TextRange;

/// The overloads that a path names, and the names behind them.
type NamedFunctions<'a> = (Vec<FuncId>, &'a [(Name, TextRange)]);

/// The base of a static access.
pub(super) enum StaticBase {
    /// A complete type.
    Type(Ty),
    /// A generic class named without arguments: they are found by the call (GN6).
    Open(ClassId),
    /// A member of an enumeration with an upper-case name.
    EnumMember(ClassId, u32),
}

impl<'db> Ctx<'db> {
    // Value paths

    pub(super) fn path_value(
        &mut self,
        expr: ExprId,
        names: &'db [(Name, TextRange)],
        want: Want<'_>,
    ) -> Val {
        match self.resolve_path(names) {
            Some((funcs, [])) => self.function_value(expr, &funcs, want),
            Some((funcs, rest)) => {
                // `double.call_ref`: a member of a function object, without a call.
                let val = self.function_value(expr, &funcs, Want::VALUE);
                let (name, range) = &rest[0];
                self.report_method_as_value(name, *range, &val.ty);
                Val::unknown()
            }
            None => Val::unknown(),
        }
    }

    /// The functions a path names, and the names behind that are members of them. Reports what is not found.
    fn resolve_path<'a>(&mut self, names: &'a [(Name, TextRange)]) -> Option<NamedFunctions<'a>> {
        if let [(name, range)] = names {
            return match self.resolver.value_path(std::slice::from_ref(name)) {
                ValuePath::Functions(funcs) => Some((funcs, &[])),
                ValuePath::Hidden(func) => {
                    self.report_hidden(name, *range, func.0);
                    None
                }
                ValuePath::Namespace => {
                    self.report(
                        Diagnostic::error("NM5", *range, format!("`{name}` is a namespace, not a value"))
                            .note("name an item of it, as in `std.some`"),
                    );
                    None
                }
                ValuePath::NotFound { suggestion, .. } => {
                    self.report_unknown_name(name, *range, suggestion);
                    None
                }
            };
        }
        let path: Vec<Name> = names.iter().map(|(name, _)| name.clone()).collect();
        match self.resolver.value_path(&path) {
            ValuePath::Functions(funcs) => Some((funcs, &[])),
            ValuePath::Hidden(func) => {
                let (name, range) = names.last()?;
                self.report_hidden(name, *range, func.0);
                None
            }
            ValuePath::Namespace => {
                let (name, range) = names.last()?;
                self.report(Diagnostic::error(
                    "NM5",
                    *range,
                    format!("`{name}` is a namespace, not a value"),
                ));
                None
            }
            ValuePath::NotFound { segment, suggestion } => {
                for end in 1..names.len() {
                    if let ValuePath::Functions(funcs) = self.resolver.value_path(&path[..end]) {
                        return Some((funcs, &names[end..]));
                    }
                }
                let (name, range) = names.get(segment).or(names.last())?;
                if segment == 0 {
                    self.report_unknown_name(name, *range, suggestion);
                    return None;
                }
                let before: Vec<&str> = path[..segment].iter().map(|name| name.as_str()).collect();
                let message = format!("`{}` has no `{name}`", before.join("."));
                let mut diagnostic = Diagnostic::error("NM5", *range, message);
                if let Some(suggestion) = suggestion {
                    let title = format!("use `{suggestion}`");
                    diagnostic =
                        diagnostic.suggest(title, vec![TextEdit::replace(*range, suggestion.as_str())]);
                }
                self.report(diagnostic);
                None
            }
        }
    }

    fn report_hidden(&mut self, name: &Name, range: TextRange, item: crate::ids::ItemId) {
        let declared = crate::parse::item_range(self.db, item);
        self.report(
            Diagnostic::error("NM11", range, format!("`{name}` is not visible here"))
                .note("it is private to its module: a sibling is `@public`, or it is annotated so itself")
                .related_in(item.file, declared, format!("`{name}` is declared here")),
        );
    }

    fn report_unknown_name(&mut self, name: &Name, range: TextRange, suggestion: Option<Name>) {
        if name.is_empty() {
            return;
        }
        if name == "self" {
            let message = "there is no `self` here";
            self.report(Diagnostic::error("NM5", range, message).note(
                "`self` is the first parameter of a method; static methods and free functions have none",
            ));
            return;
        }
        // A variable of the function around a nested function (SY13), or one that is declared later (NM7).
        if let Some(outer) = self.outer_local(name) {
            self.report(
                Diagnostic::error(
                    "SY13",
                    range,
                    format!("a nested function cannot use `{name}` of the function around it"),
                )
                .note("nested functions capture nothing: hand the value over as an argument, or use a lambda")
                .related_in(self.func.file(), outer, format!("`{name}` is declared here")),
            );
            return;
        }
        let later =
            self.body.locals.iter().find(|(_, local)| local.name == *name).map(|(_, local)| local.range);
        let mut diagnostic = Diagnostic::error("NM5", range, format!("`{name}` is not known here"));
        if let Some(later) = later.filter(|later| later.start() > range.start()) {
            diagnostic = diagnostic
                .related(later, format!("`{name}` is declared here, it exists from the end of its `let`"));
        } else if let Some(later) = later {
            diagnostic =
                diagnostic.related(later, format!("`{name}` is declared here, in a block that has ended"));
        }
        let locals = self.body.visible_at(range.start());
        let locals = locals.locals.iter().map(|local| self.body.locals[*local].name.as_str());
        let similar =
            crate::similar::most_similar(name, locals.chain(suggestion.as_ref().map(|name| name.as_str())));
        let similar = similar.map(str::to_owned).or_else(|| self.std_function(name));
        if let Some(similar) = similar {
            diagnostic =
                diagnostic.suggest(format!("use `{similar}`"), vec![TextEdit::replace(range, similar)]);
        }
        self.report(diagnostic);
    }

    /// `some` for `std.some`: functions of the library are qualified.
    fn std_function(&self, name: &Name) -> Option<String> {
        let path = [Name::new_static("std"), name.clone()];
        matches!(self.resolver.value_path(&path), ValuePath::Functions(_)).then(|| format!("std.{name}"))
    }

    fn outer_local(&self, name: &Name) -> Option<TextRange> {
        let mut container = self.sig.container;
        for _ in 0..32 {
            let crate::signature::Container::Function(outer) = container else { return None };
            let body = crate::body::body(self.db, outer);
            if let Some((_, local)) = body.locals.iter().find(|(_, local)| local.name == *name) {
                let start = crate::parse::func_range(self.db, outer).start();
                return Some(local.range + start);
            }
            container = self.signature_of(outer).container;
        }
        None
    }

    /// A function named without a call (CC6, CL7).
    pub(super) fn function_value(&mut self, expr: ExprId, funcs: &[FuncId], want: Want<'_>) -> Val {
        let wanted = match want.ty {
            Some(Ty::Class(class, args)) if self.lang.fn_kind(*class).is_some() => Some(args),
            _ => None,
        };
        let mut fitting: Vec<(FuncId, TyArgs)> = Vec::new();
        for &func in funcs {
            let sig = self.signature_of(func);
            let mut binder = self.binder_for(sig, None, None);
            if let Some(args) = wanted {
                if sig.params.iter().any(|param| param.convention != Convention::Value) && funcs.len() > 1 {
                    continue;
                }
                let Some(Ty::Tuple(params)) = args.get(1) else { continue };
                if sig.params.len() != params.len() {
                    continue;
                }
                let fits = sig
                    .params
                    .iter()
                    .zip(params.iter())
                    .all(|(param, ty)| self.bind(&mut binder, &param.ty, ty, false).is_ok());
                if !fits && funcs.len() > 1 {
                    continue;
                }
                let _ = self.bind(&mut binder, &sig.ret, args.first().unwrap_or(&Ty::Unknown), true);
            }
            let missing = self.close(&mut binder, &sig.generics, None);
            if funcs.len() > 1 && (missing.is_some() || !self.bounds_hold(&sig.generics, &binder)) {
                continue;
            }
            fitting.push((func, binder.args_of(func.0)));
        }
        // A function without generic parameters goes before one with them (OV3).
        if fitting.len() > 1 && fitting.iter().any(|(_, args)| args.is_empty()) {
            fitting.retain(|(_, args)| args.is_empty());
        }
        match fitting.as_slice() {
            [(func, args)] => {
                self.resolve_to(expr, Resolution::Function(*func));
                Val::of(Ty::Func(*func, args.clone()))
            }
            [] if funcs.len() == 1 => Val::unknown(),
            [] => {
                let range = self.range(expr);
                let name = &self.signature_of(funcs[0]).name;
                let expected = want.ty.map_or_else(String::new, |ty| format!(" as `{}`", self.show(ty)));
                self.report(Diagnostic::error(
                    "OV4",
                    range,
                    format!("no overload of `{name}` fits{expected}"),
                ));
                Val::unknown()
            }
            _ => {
                let range = self.range(expr);
                let name = &self.signature_of(funcs[0]).name;
                self.report(
                    Diagnostic::error(
                        "OV3",
                        range,
                        format!("it is open which overload of `{name}` is meant"),
                    )
                    .note("hand it to a parameter of function type, or write a lambda with parameter types"),
                );
                Val::unknown()
            }
        }
    }

    pub(super) fn call_path(
        &mut self,
        callee: ExprId,
        names: &'db [(Name, TextRange)],
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        let Some((funcs, rest)) = self.resolve_path(names) else {
            self.infer_args(site.args);
            return Val::unknown();
        };
        let at = names.len() - rest.len() - 1;
        if rest.is_empty() {
            let site = Site { name: names[at].1, ..site };
            let candidates = funcs.iter().map(|func| self.free_candidate(*func)).collect();
            return self.call_candidates(callee, candidates, site, want);
        }
        // `double.call_ref(1)`
        let val = self.function_value(callee, &funcs, Want::VALUE);
        let (name, range) = &rest[rest.len() - 1];
        let site = Site { name: *range, ..site };
        match matches!(name.as_str(), "call_ref" | "call_mut" | "call_one") && rest.len() == 1 {
            true => self.call_value(callee, val, site, want),
            false => {
                self.infer_args(site.args);
                self.report_unknown_member(name, *range, &val.ty);
                Val::unknown()
            }
        }
    }

    // Types in value position

    /// What a type stands for in front of `.`, or as a value.
    pub(super) fn static_base(&mut self, id: TypeRefId) -> Option<StaticBase> {
        let node = &self.body.types[id];
        if let TypeRef::Path { namespaces, parts } = &node.ty {
            if let [before @ .., TypePart::Name(member, args)] = parts.as_slice()
                && !before.is_empty()
                && args.is_empty()
            {
                let base = TypeRef::Path { namespaces: namespaces.clone(), parts: before.to_vec() };
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

    // Static members

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
        let hidden = !self.is_visible(first, ty);
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

    fn is_self(&self, ty: &Ty) -> bool {
        self.self_ty.as_ref() == Some(ty)
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

    // Members of values

    pub(super) fn method_candidates(&self, members: &[Member], ty: &Ty) -> Vec<Candidate<'db>> {
        let methods = members.iter().filter_map(|member| match member.kind {
            MemberKind::Method(func) => {
                let sig = self.signature_of(func);
                let container = sig.container.item().map(|owner| (owner, member.container_args.clone()));
                Some(Candidate {
                    func,
                    sig,
                    container,
                    open: None,
                    self_ty: Some(member.self_ty.clone()),
                    on: Some(ty.clone()),
                    via: member.via.clone(),
                    depth: member.depth,
                    visible: self.member_visible(member),
                })
            }
            _ => None,
        });
        let mut candidates: Vec<Candidate<'db>> = methods.collect();
        if candidates.len() > 1 {
            drop_vague(&mut candidates);
        }
        candidates
    }

    pub(super) fn method_call(
        &mut self,
        callee: ExprId,
        base: ExprId,
        name: &'db Name,
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        let val = self.value(base);
        self.method_on(callee, Receiver { expr: base, val }, name, site, want)
    }

    fn method_on(
        &mut self,
        callee: ExprId,
        receiver: Receiver,
        name: &'db Name,
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        let ty = receiver.val.ty.clone();
        if matches!(ty, Ty::Unknown | Ty::Never) || name.is_empty() {
            self.infer_args(site.args);
            return Val::of(if ty == Ty::Never { Ty::Never } else { Ty::Unknown });
        }
        if !self.reject_void(receiver.expr, &receiver.val) {
            self.infer_args(site.args);
            return Val::unknown();
        }
        if let Ty::Func(..) | Ty::Closure(_) = &ty {
            return match name.as_str() {
                "call_ref" | "call_mut" | "call_one" => self.call_value(callee, receiver.val, site, want),
                _ => {
                    self.infer_args(site.args);
                    self.report_unknown_member(name, site.name, &ty);
                    Val::unknown()
                }
            };
        }
        let members = self.members(&ty, name).members;
        let all = self.method_candidates(&members, &ty);
        if all.is_empty() {
            if let Some(member) = members.first() {
                // An attribute that holds a function (CL7).
                let val = self.member_value(callee, &receiver, member, name, site.name);
                return self.call_value(callee, val, site, want);
            }
            self.infer_args(site.args);
            self.report_unknown_method(name, site, &ty);
            return Val::unknown();
        }
        let mut candidates: Vec<Candidate<'db>> =
            all.iter().filter(|candidate| candidate.sig.self_param.is_some()).cloned().collect();
        if candidates.is_empty() {
            self.infer_args(site.args);
            self.report_static_through_value(&all[0], site, &ty);
            return Val::unknown();
        }
        // `x.to[Str]()`: the arguments in brackets are those of the base (SP18).
        if candidates
            .iter()
            .all(|candidate| candidate.via.is_some() && candidate.sig.generics.params.is_empty())
        {
            match site.generic_args {
                Some(written) => {
                    let args: Vec<Ty> = written.iter().map(|arg| self.lower_type(arg.ty)).collect();
                    let matches = |candidate: &Candidate<'db>| match &candidate.via {
                        Some(Ty::Class(_, base)) => {
                            base.len() >= args.len()
                                && base.iter().zip(&args).all(|(base, arg)| super::unify::same(base, arg))
                        }
                        _ => false,
                    };
                    if !candidates.iter().any(matches) {
                        self.infer_args(site.args);
                        let range = written.first().map_or(site.name, |arg| self.body.types[arg.ty].range);
                        let class =
                            candidates[0].via.as_ref().map_or_else(String::new, |via| self.base_name(via));
                        let shown: Vec<String> = args.iter().map(|arg| self.show(arg)).collect();
                        let message = format!(
                            "`{}` does not super-impose `{class}[{}]`",
                            self.show(&ty),
                            shown.join(", ")
                        );
                        if !args.iter().any(Ty::has_unknown) {
                            let possible: Vec<String> = candidates
                                .iter()
                                .filter_map(|candidate| candidate.via.as_ref())
                                .map(|via| format!("`{}`", self.show(via)))
                                .collect();
                            self.report(
                                Diagnostic::error("TY16", range, message)
                                    .note(format!("it super-imposes {}", possible.join(", "))),
                            );
                        }
                        return Val::unknown();
                    }
                    candidates.retain(matches);
                    let site = Site { generic_args: None, ..site };
                    return self.call_method(callee, candidates, receiver, site, want);
                }
                None if self.is_to(&candidates[0]) => {
                    self.infer_args(site.args);
                    let possible: Vec<&Ty> =
                        candidates.iter().filter_map(|candidate| candidate.via.as_ref()).collect();
                    let mut diagnostic = Diagnostic::error("SP18", site.name, "`to` is called without the type to convert to")
                        .note("a class may super-impose `To` several times, so the call names the argument: `x.to[Str]()`");
                    if let [Ty::Class(_, args)] = possible.as_slice()
                        && let Some(arg) = args.first()
                    {
                        let text = format!("[{}]", self.show(arg));
                        diagnostic = diagnostic
                            .fix(format!("write `to{text}`"), vec![TextEdit::insert(site.name.end(), text)]);
                    }
                    self.report(diagnostic);
                    return Val::unknown();
                }
                None => {}
            }
        }
        self.call_method(callee, candidates, receiver, site, want)
    }

    fn base_name(&self, via: &Ty) -> String {
        match via {
            Ty::Class(class, _) => crate::items::class_data(self.db, *class).name.to_string(),
            ty => self.show(ty),
        }
    }

    fn is_to(&self, candidate: &Candidate<'db>) -> bool {
        candidate.via.as_ref().is_some_and(|via| self.is_class(via, self.lang.to))
    }

    fn call_method(
        &mut self,
        callee: ExprId,
        candidates: Vec<Candidate<'db>>,
        receiver: Receiver,
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        let ty = receiver.val.ty.clone();
        if candidates.iter().all(|candidate| !self.is_visible(candidate, &ty)) {
            self.report_hidden_member(&candidates[0].sig.name, site.name, candidates[0].func);
        }
        let receiver_expr = receiver.expr;
        let val = self.call_candidates_on(callee, candidates, &receiver, site, want);
        // How the receiver is handed over decides what it has to be.
        let made = CallSite { expr: site.expr, role: CallRole::Main };
        let by =
            self.calls.iter().rev().find(|(found, _)| *found == made).and_then(|(_, info)| info.receiver);
        match by {
            Some(Convention::Mut) => self.check_mutable_receiver(receiver_expr, &receiver.val, site.name),
            Some(Convention::Value) => self.consume(receiver_expr, &receiver.val),
            _ => {}
        }
        val
    }

    fn call_candidates_on(
        &mut self,
        callee: ExprId,
        candidates: Vec<Candidate<'db>>,
        receiver: &Receiver,
        site: Site<'db>,
        want: Want<'_>,
    ) -> Val {
        // The receiver outlives the call of inference only as a value: `Site` borrows it for the arguments' sake.
        let lending = receiver.val.inner;
        self.receivers.push(receiver.clone());
        let val = self.call_candidates(callee, candidates, site, want);
        self.receivers.pop();
        let _ = lending;
        val
    }

    // Fields

    pub(super) fn field(&mut self, expr: ExprId, base: ExprId, name: &'db Name, range: TextRange) -> Val {
        if let Expr::Type(id) = self.expr(base) {
            return self.static_field(expr, base, *id, name, range);
        }
        let val = self.value(base);
        let ty = val.ty.clone();
        if matches!(ty, Ty::Unknown | Ty::Never) || name.is_empty() {
            return Val::unknown();
        }
        if !self.reject_void(base, &val) {
            return Val::unknown();
        }
        if let Some(val) = self.enum_value(expr, &ty, name) {
            return val;
        }
        let members = self.members(&ty, name).members;
        match members.first() {
            Some(member) => {
                let receiver = Receiver { expr: base, val };
                self.member_value(expr, &receiver, member, name, range)
            }
            None => {
                self.report_unknown_member(name, range, &ty);
                Val::unknown()
            }
        }
    }

    fn member_value(
        &mut self,
        expr: ExprId,
        receiver: &Receiver,
        member: &Member,
        name: &Name,
        range: TextRange,
    ) -> Val {
        match &member.kind {
            MemberKind::Attribute { class, index, ty } => {
                self.resolve_to(expr, Resolution::Attribute { class: *class, index: *index });
                if !self.member_visible(member) {
                    self.report_hidden_attribute(name, range, *class);
                }
                Val::of(self.normalise(ty.clone()))
            }
            MemberKind::Method(func) => {
                self.resolve_to(expr, Resolution::Method(*func));
                self.report_method_as_value(name, range, &receiver.val.ty);
                Val::unknown()
            }
            MemberKind::EnumMember { class, .. } => {
                let class = crate::items::class_data(self.db, *class).name.clone();
                self.report(
                    Diagnostic::error(
                        "TY16",
                        range,
                        format!("`{name}` is a member of the type `{class}`, not of its values"),
                    )
                    .note(format!("write `{class}.{name}`")),
                );
                Val::unknown()
            }
            MemberKind::Alias(_) => {
                self.report_unknown_member(name, range, &receiver.val.ty);
                Val::unknown()
            }
        }
    }

    fn static_field(
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

    pub(super) fn tuple_field(&mut self, base: ExprId, index: u32, range: TextRange) -> Val {
        let val = self.value(base);
        match &val.ty {
            Ty::Tuple(parts) => match parts.get(index as usize) {
                Some(ty) => Val::of(ty.clone()),
                None => {
                    let message = format!("`{}` has no element {index}", self.show(&val.ty));
                    let count = parts.len();
                    self.report(
                        Diagnostic::error("TY13", range, message)
                            .note(format!("it has {count} elements, counted from 0")),
                    );
                    Val::unknown()
                }
            },
            Ty::Unknown | Ty::Never => Val::unknown(),
            Ty::Param(param) if param.variadic => Val::unknown(),
            other => {
                let message = format!("`{}` is no tuple", self.show(other));
                self.report(
                    Diagnostic::error("TY13", range, message)
                        .note("`.0`, `.1` … select the elements of a tuple"),
                );
                Val::unknown()
            }
        }
    }

    /// TY17: the value of an enumeration's member.
    fn enum_value(&mut self, expr: ExprId, ty: &Ty, name: &Name) -> Option<Val> {
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

    // Visibility

    pub(super) fn member_visible(&self, member: &Member) -> bool {
        if member.visibility == crate::signature::Visibility::Public {
            return true;
        }
        let from = crate::members::enclosing_class(self.db, self.func);
        crate::members::is_visible(self.db, self.program, member, from)
    }

    pub(super) fn attribute_visible(&self, class: ClassId, index: usize, ty: &Ty) -> bool {
        let data = crate::items::class_data(self.db, class);
        let unmarked = data.attributes[index].visibility == crate::signature::Visibility::Public;
        if unmarked && !crate::members::has_public(self.db, self.program, class) {
            return true;
        }
        let members = self.members(ty, &data.attributes[index].name).members;
        let wanted = |member: &&Member| matches!(member.kind, MemberKind::Attribute { class: owner, index: at, .. } if owner == class && at as usize == index);
        members.iter().find(wanted).is_none_or(|member| self.member_visible(member))
    }

    /// Whether an object of the type has attributes, its own or inherited (SP9).
    pub(super) fn has_attributes(&self, ty: &Ty) -> bool {
        let own = |ty: &Ty| match ty {
            Ty::Class(class, _) => !crate::items::class_data(self.db, *class).attributes.is_empty(),
            _ => false,
        };
        own(ty) || crate::sups::supers_of(self.db, self.program, &self.env, ty).iter().any(own)
    }

    pub(super) fn is_visible(&self, candidate: &Candidate<'db>, ty: &Ty) -> bool {
        {
            let _ = ty;
            candidate.visible
        }
    }

    fn report_hidden_member(&mut self, name: &Name, range: TextRange, func: FuncId) {
        let declared = crate::parse::func_range(self.db, func);
        self.report(
            Diagnostic::error("NM11", range, format!("`{name}` is private to its class"))
                .note("a private member is used by the class and its `sup` blocks only")
                .related_in(func.file(), declared, format!("`{name}` is declared here")),
        );
    }

    fn report_hidden_attribute(&mut self, name: &Name, range: TextRange, class: ClassId) {
        let declared = crate::parse::item_range(self.db, class.0);
        self.report(
            Diagnostic::error("NM11", range, format!("`{name}` is private to its class"))
                .note("a private member is used by the class and its `sup` blocks only")
                .related_in(class.file(), declared, "declared in this class"),
        );
    }

    // Unknown members

    fn report_method_as_value(&mut self, name: &Name, range: TextRange, ty: &Ty) {
        let message = format!("the method `{name}` of `{}` is not called", self.show(ty));
        let end = range.end();
        self.report(
            Diagnostic::error("TY16", range, message)
                .note("a method is not a value by itself; call it, or write a lambda that does")
                .suggest("call it", vec![TextEdit::insert(end, "()")]),
        );
    }

    fn report_not_callable(&mut self, name: &Name, range: TextRange, ty: &Ty) {
        let message = format!("`{name}` of `{}` cannot be called", self.show(ty));
        self.report(Diagnostic::error("TY16", range, message));
    }

    fn report_static_through_value(&mut self, candidate: &Candidate<'db>, site: Site<'_>, ty: &Ty) {
        let name = &candidate.sig.name;
        let shown = self.show(ty);
        if self.is_alloc_method(candidate) {
            self.report(
                Diagnostic::error(
                    "A34",
                    site.name,
                    format!("`{name}` of an allocator is called through the type"),
                )
                .note(format!("nobody creates an allocator object: write `{shown}.{name}(…)`")),
            );
            return;
        }
        let mut diagnostic = Diagnostic::error(
            "SP11",
            site.name,
            format!("`{name}` is static: it is called through the type"),
        )
        .note(format!("write `{shown}.{name}(…)`"));
        let receiver = match self.expr(site.expr) {
            Expr::Call { callee, .. } => match self.expr(*callee) {
                Expr::Field { base, .. } => Some(*base),
                _ => None,
            },
            _ => None,
        };
        if let Some(receiver) = receiver
            && matches!(self.expr(receiver), Expr::Local(_))
        {
            let range = self.range(receiver);
            diagnostic =
                diagnostic.fix(format!("call `{shown}.{name}`"), vec![TextEdit::replace(range, shown)]);
        }
        self.report(diagnostic);
    }

    fn report_unknown_method(&mut self, name: &Name, site: Site<'db>, ty: &Ty) {
        let range = site.name;
        if self.is_allocator(ty) && matches!(name.as_str(), "alloc" | "realloc" | "dealloc" | "alloc_zero") {
            self.report(Diagnostic::error(
                "A34",
                range,
                format!("`{name}` of an allocator is called through the type"),
            ));
            return;
        }
        self.report_unknown_member_with(name, range, ty, site.generic_args);
    }

    fn report_unknown_static(&mut self, name: &Name, range: TextRange, ty: &Ty) {
        if let Ty::Param(param) = ty {
            let is_alloc = matches!(name.as_str(), "alloc" | "realloc" | "dealloc" | "alloc_zero");
            if self.base_of(ty, self.lang.alloc).is_some() {
                self.report(Diagnostic::error("A19", range, format!("`Alloc` has no member `{name}`")).note(
                    "an allocator that is a generic parameter has the four methods of `Alloc` and `Item`",
                ));
                return;
            }
            if is_alloc {
                let message = format!("`{}` is not known to be an allocator", param.name);
                let diagnostic = Diagnostic::error("A38", range, message)
                    .note("a generic parameter has exactly the members that its constraints give it");
                let diagnostic = self.with_constraint_fix(diagnostic, param, "Alloc");
                self.report(diagnostic);
                return;
            }
        }
        self.report_unknown_member(name, range, ty);
    }

    pub(super) fn report_unknown_member(&mut self, name: &Name, range: TextRange, ty: &Ty) {
        self.report_unknown_member_with(name, range, ty, None);
    }

    /// The class of the library whose only purpose is a method of this name, as a constraint is written.
    fn class_of_method(
        &mut self,
        name: &Name,
        written: Option<&'db [crate::body::GenericArg]>,
    ) -> Option<String> {
        let fixed = match name.as_str() {
            "copy" => "Copy",
            "default" => "Default",
            "del" => "Del",
            "to" => {
                let [arg] = written? else { return None };
                let ty = self.lower_type(arg.ty);
                return Some(format!("To[{}]", self.show(&ty)));
            }
            method => {
                let mut operators = crate::lang::OPERATORS.iter();
                operators.find(|(.., known)| *known == method).map(|(_, _, class, _)| *class)?
            }
        };
        Some(fixed.to_owned())
    }

    /// Offers to constrain a parameter of this function.
    pub(super) fn with_constraint_fix(
        &self,
        diagnostic: Diagnostic,
        param: &crate::ty::TypeParam,
        class: &str,
    ) -> Diagnostic {
        if param.owner != self.func.0 {
            return diagnostic.note(format!("constrain the parameter: `[{}: {class}]`", param.name));
        }
        let Some((name, bounds)) = self.body.generic_params.get(param.index as usize) else {
            return diagnostic;
        };
        let edit = match bounds {
            Some(end) => TextEdit::insert(*end, format!(" & {class}")),
            None => TextEdit::insert(name.end(), format!(": {class}")),
        };
        diagnostic.fix(format!("constrain the parameter: `{}: {class}`", param.name), vec![edit])
    }

    fn report_unknown_member_with(
        &mut self,
        name: &Name,
        range: TextRange,
        ty: &Ty,
        written: Option<&'db [crate::body::GenericArg]>,
    ) {
        if name.is_empty() || ty.has_unknown() {
            return;
        }
        if let Ty::Param(param) = ty {
            let bounds: Vec<String> = self
                .env
                .bounds()
                .iter()
                .filter(|bound| bound.ty == *ty)
                .map(|bound| self.base_name(&Ty::Class(bound.class, bound.args.clone())))
                .collect();
            let note = match bounds.is_empty() {
                true => format!(
                    "without constraints a value of type `{}` can only be moved, borrowed, passed on and dropped",
                    param.name
                ),
                false => format!(
                    "it has the members of {}",
                    bounds.iter().map(|bound| format!("`{bound}`")).collect::<Vec<_>>().join(", ")
                ),
            };
            let mut diagnostic =
                Diagnostic::error("GN4", range, format!("`{}` is not known to have `{name}`", param.name))
                    .note(note);
            if let Some(class) = self.class_of_method(name, written) {
                diagnostic = self.with_constraint_fix(diagnostic, param, &class);
            }
            self.report(diagnostic);
            return;
        }
        if let Some((_, bound)) = self.members(ty, name).unmet {
            let class = crate::items::class_data(self.db, bound.class).name.clone();
            let message = format!(
                "`{}` has `{name}` only if `{}` super-imposes `{class}`",
                self.show(ty),
                self.show(&bound.ty)
            );
            self.report(
                Diagnostic::error("TY16", range, message)
                    .note("the block that declares it has a constraint that is not met (GN9)"),
            );
            return;
        }
        let all = crate::members::all_members(self.db, self.program, &self.env, ty);
        let similar =
            crate::similar::most_similar(name, all.iter().map(|(name, _)| name.as_str())).map(str::to_owned);
        let mut diagnostic =
            Diagnostic::error("TY16", range, format!("`{}` has no member `{name}`", self.show(ty)));
        if let Some(similar) = similar {
            diagnostic =
                diagnostic.suggest(format!("use `{similar}`"), vec![TextEdit::replace(range, similar)]);
        }
        self.report(diagnostic);
    }
}

/// One method through `A: Alloc` and through `A: Alloc[T]`: the constraint that says more counts.
fn drop_vague(candidates: &mut Vec<Candidate<'_>>) {
    let vague = |candidate: &Candidate<'_>| {
        let args = candidate.container.as_ref().map(|(_, args)| args);
        args.is_some_and(|args| args.iter().any(|arg| arg.any(&mut |part| matches!(part, Ty::Assoc(..)))))
    };
    let precise: Vec<FuncId> =
        candidates.iter().filter(|candidate| !vague(candidate)).map(|candidate| candidate.func).collect();
    candidates.retain(|candidate| !vague(candidate) || !precise.contains(&candidate.func));
}
