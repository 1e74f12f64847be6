//! What names mean: paths, members, static members.

use super::call::{Candidate, Receiver, Site};
use super::ctx::{Ctx, Val, Want};
use super::*;
use crate::body::Expr;
use crate::diagnostic::TextEdit;
use crate::members::{Member, MemberKind};
use crate::resolve::ValuePath;
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

    pub(super) fn is_self(&self, ty: &Ty) -> bool {
        self.self_ty.as_ref() == Some(ty)
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

    pub(super) fn method_on(
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
        // CL7: `f(x)` and `f.call_ref(x)` are the same call.
        let is_call = crate::lang::is_call_method(name);
        let is_object = matches!(&ty, Ty::Class(class, _) if self.lang.fn_kind(*class).is_some());
        if is_call && (is_object || matches!(ty, Ty::Func(..) | Ty::Closure(_))) {
            if is_object {
                let members = self.members(&ty, name).members;
                if let Some(declared) = self.method_candidates(&members, &ty).first() {
                    self.resolve_to(callee, Resolution::Function(declared.func));
                }
            }
            return self.call_value(receiver.expr, receiver.val, site, want);
        }
        if let Ty::Func(..) | Ty::Closure(_) = &ty {
            self.infer_args(site.args);
            self.report_unknown_member(name, site.name, &ty);
            return Val::unknown();
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

    pub(super) fn base_name(&self, via: &Ty) -> String {
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
        if candidates.iter().all(|candidate| !candidate.visible) {
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

    pub(super) fn member_value(
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
}

fn drop_vague(candidates: &mut Vec<Candidate<'_>>) {
    let vague = |candidate: &Candidate<'_>| {
        let args = candidate.container.as_ref().map(|(_, args)| args);
        args.is_some_and(|args| args.iter().any(|arg| arg.any(&mut |part| matches!(part, Ty::Assoc(..)))))
    };
    let precise: Vec<FuncId> =
        candidates.iter().filter(|candidate| !vague(candidate)).map(|candidate| candidate.func).collect();
    candidates.retain(|candidate| !vague(candidate) || !precise.contains(&candidate.func));
}
