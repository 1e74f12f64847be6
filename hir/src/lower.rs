//! From types as written to types: names looked up, aliases expanded, arguments bound to parameters.

use crate::db::{Db, Program};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ids::{AliasId, ClassId, ItemId, Name, SupId};
use crate::item_tree::{GenericParam as WrittenParam, Generics as WrittenGenerics, ItemRef};
use crate::parse::item_tree;
use crate::resolve::{Resolver, TypeHead};
use crate::signature::{Bound, Generics};
use crate::ty::{Convention, Subst, Ty, TyArgs, TypeParam};
use crate::type_ref::{TypeArg, TypePart, TypeRef};
use syntax::TextRange;

/// Parts of a type after expansion; larger ones are cut off as unknown.
const BUDGET: u32 = 8_000;
/// Parts of a type; defaults and aliases repeat their arguments, so a short text can mean a type without end.
const MAX_PARTS: u32 = 2_000;
/// Aliases and defaults inside one another.
const MAX_EXPANSION: usize = 48;

/// Something wrong with a written type. `at` counts the parts of the type in pre-order, as [`crate::type_ref::lower`]
/// lists their ranges.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeProblem {
    pub at: u32,
    pub code: &'static str,
    pub severity: Severity,
    pub message: String,
    pub notes: Vec<String>,
    /// What to write in place of the part.
    pub suggestion: Option<String>,
}

impl TypeProblem {
    pub fn error(at: u32, code: &'static str, message: impl Into<String>) -> Self {
        let (message, notes) = (message.into(), Vec::new());
        TypeProblem { at, code, severity: Severity::Error, message, notes, suggestion: None }
    }

    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// The diagnostic, given the ranges of the parts of the type.
    pub fn into_diagnostic(self, parts: &[TextRange]) -> Diagnostic {
        let range = parts.get(self.at as usize).or(parts.first()).copied().unwrap_or_default();
        let mut diagnostic = Diagnostic::new(self.code, self.severity, range, self.message);
        diagnostic.notes = self.notes;
        if let Some(suggestion) = self.suggestion {
            let title = format!("use `{suggestion}`");
            let edit = crate::diagnostic::TextEdit::replace(range, suggestion);
            diagnostic = diagnostic.suggest(title, vec![edit]);
        }
        diagnostic
    }
}

/// What the checks of written types look at. Parts inside aliases are not told: they are checked where they stand.
pub(crate) enum Part<'a> {
    /// A class applied to arguments.
    Applied {
        at: u32,
        class: ClassId,
        args: &'a [Ty],
        /// For each argument, which part of the written type it is; `None` for defaults.
        arg_at: &'a [Option<u32>],
    },
    /// An element of a tuple type.
    Element { at: u32, ty: &'a Ty },
}

/// What an omitted generic argument becomes; the number is the position of the parameter.
pub type Fresh<'a> = &'a mut (dyn FnMut(ItemId, &TypeParam, usize) -> Ty + 'a);

pub(crate) struct Lowering<'a, 'f, 'db> {
    resolver: &'a Resolver<'db>,
    sink: &'a mut dyn FnMut(TypeProblem),
    parts: Option<&'a mut dyn FnMut(Part<'_>)>,
    fresh: Option<Fresh<'f>>,
    /// Number of the next part.
    at: u32,
    /// Aliases being expanded, outermost first.
    stack: Vec<AliasId>,
    budget: u32,
    /// A cycle of aliases was met; the one it leads back to.
    cycle: Option<AliasId>,
}

impl<'db> Resolver<'db> {
    /// The type that is written; problems go to `sink`.
    pub fn lower_type(&self, ty: &TypeRef, sink: &mut dyn FnMut(TypeProblem)) -> Ty {
        Lowering::new(self, sink).ty(ty)
    }

    /// As [`Self::lower_type`], for the callee of a static call and for an initialiser: `fresh` supplies what stands for
    /// the arguments left out of the outermost class.
    pub fn lower_open(&self, ty: &TypeRef, fresh: Fresh<'_>, sink: &mut dyn FnMut(TypeProblem)) -> Ty {
        let mut lowering = Lowering::new(self, sink);
        lowering.fresh = Some(fresh);
        lowering.ty(ty)
    }

    /// As [`Self::lower_type`] or, with `fresh`, [`Self::lower_open`], telling `parts` of everything that is checked on
    /// its own.
    pub(crate) fn lower_checked(
        &self,
        ty: &TypeRef,
        fresh: Option<Fresh<'_>>,
        sink: &mut dyn FnMut(TypeProblem),
        parts: &mut dyn FnMut(Part<'_>),
    ) -> Ty {
        let mut lowering = Lowering::new(self, sink);
        lowering.parts = Some(parts);
        lowering.fresh = fresh;
        lowering.ty(ty)
    }

    /// A constraint on `of`; `None` if it is no class.
    pub(crate) fn lower_bound(
        &self,
        bound: &TypeRef,
        of: &Ty,
        sink: &mut dyn FnMut(TypeProblem),
    ) -> Option<Bound> {
        let mut lowering = Lowering::new(self, sink);
        lowering.bound(bound, of)
    }

    /// What an alias stands for, in terms of its own parameters. The second value is the alias that a cycle leads back
    /// to (TY4).
    pub(crate) fn lower_alias(
        &self,
        id: AliasId,
        sink: &mut dyn FnMut(TypeProblem),
    ) -> (Ty, Option<AliasId>) {
        let Some(item) = self.tree.alias(id.local()) else { return (Ty::Unknown, None) };
        let mut lowering = Lowering::new(self, sink);
        lowering.stack.push(id);
        let ty = lowering.ty(&item.ty);
        (ty, lowering.cycle)
    }

    /// Lowers all generic parameters and constraints of an item.
    pub(crate) fn lower_generics(
        &self,
        owner: ItemRef,
        item: &WrittenGenerics,
        sink: &mut dyn FnMut(TypeProblem),
    ) -> Generics {
        if item.is_empty() {
            return Generics::default();
        }
        let mut generics = Generics::default();
        for written in &item.params {
            let Some(param) = self.param(owner, &written.name) else { continue };
            let default = written.default.as_ref().map(|default| self.lower_type(default, sink));
            let ty = Ty::Param(param.clone());
            generics
                .bounds
                .extend(written.bounds.iter().filter_map(|bound| self.lower_bound(bound, &ty, sink)));
            generics.params.push(crate::signature::GenericParam { param, default });
        }
        for item in &item.wheres {
            for ty in &item.types {
                let ty = self.lower_type(ty, sink);
                if ty == Ty::Unknown {
                    continue;
                }
                generics
                    .bounds
                    .extend(item.bounds.iter().filter_map(|bound| self.lower_bound(bound, &ty, sink)));
            }
        }
        generics
    }
}

impl<'a, 'f, 'db> Lowering<'a, 'f, 'db> {
    fn new(resolver: &'a Resolver<'db>, sink: &'a mut dyn FnMut(TypeProblem)) -> Self {
        let (parts, fresh, stack) = (None, None, Vec::new());
        Lowering { resolver, sink, parts, fresh, at: 0, stack, budget: BUDGET, cycle: None }
    }

    fn report(&mut self, problem: TypeProblem) {
        (self.sink)(problem);
    }

    fn ty(&mut self, ty: &TypeRef) -> Ty {
        let at = self.at;
        if self.budget == 0 {
            self.skip(ty);
            return Ty::Unknown;
        }
        self.budget -= 1;
        match ty {
            TypeRef::Missing => {
                self.at += 1;
                Ty::Unknown
            }
            TypeRef::Tuple(parts) => {
                self.at += 1;
                self.fresh = None;
                let elements = parts.iter().map(|part| {
                    let at = self.at;
                    let ty = self.ty(part);
                    if let Some(parts) = self.parts.as_deref_mut() {
                        parts(Part::Element { at, ty: &ty });
                    }
                    ty
                });
                let ty = Ty::Tuple(elements.collect());
                self.bounded(at, ty)
            }
            TypeRef::Borrow(convention, inner) => {
                self.at += 1;
                self.fresh = None;
                let mark = if *convention == Convention::Mut { "&mut" } else { "&" };
                let message = format!("`{mark}` is not part of a type");
                self.report(TypeProblem::error(at, "BR2", message).note(
                    "a borrow is second-class: it cannot be returned, stored or used as a generic argument",
                ));
                // the reader meant the type behind the mark
                self.ty(inner)
            }
            TypeRef::Path { namespaces, parts } => self.path(namespaces, parts),
        }
    }

    /// Counts the parts of a type that is not looked at.
    fn skip(&mut self, ty: &TypeRef) {
        match ty {
            TypeRef::Missing => self.at += 1,
            TypeRef::Tuple(parts) => {
                self.at += 1;
                parts.iter().for_each(|part| self.skip(part));
            }
            TypeRef::Borrow(_, inner) => {
                self.at += 1;
                self.skip(inner);
            }
            TypeRef::Path { namespaces, parts } => {
                self.at += namespaces.len() as u32;
                for part in parts {
                    self.at += 1;
                    if let TypePart::Name(_, args) = part {
                        args.iter().for_each(|arg| self.skip(&arg.ty));
                    }
                }
            }
        }
    }

    fn path(&mut self, namespaces: &[Name], parts: &[TypePart]) -> Ty {
        let start = self.at;
        self.at += namespaces.len() as u32;
        let at = self.at;
        let Some((TypePart::Name(name, args), rest)) = parts.split_first() else {
            self.at += parts.len() as u32;
            let last = start + (namespaces.len().max(1) - 1) as u32;
            let written = namespaces.join(".");
            self.report(TypeProblem::error(last, "NM5", format!("`{written}` is not a type")));
            return Ty::Unknown;
        };
        self.at += 1;
        let head = self.resolver.type_head(namespaces, name);
        let fresh = self.fresh.take();
        let mut ty = match head {
            TypeHead::Class(class) => {
                self.fresh = fresh;
                self.class(at, class, args)
            }
            TypeHead::Alias(alias) => {
                self.fresh = fresh;
                self.alias(at, alias, name, args)
            }
            TypeHead::Param(param) => {
                self.no_args(at, name, args);
                Ty::Param(param)
            }
            TypeHead::Expanded(ty) => {
                self.no_args(at, name, args);
                ty
            }
            TypeHead::SelfTy => {
                self.no_args(at, name, args);
                self.resolver.self_ty.clone().unwrap_or(Ty::SelfTy)
            }
            TypeHead::NoSelf => {
                args.iter().for_each(|arg| self.skip(&arg.ty));
                self.report(
                    TypeProblem::error(at, "SP17", "`Self` has no meaning here")
                        .note("`Self` is the target class of the enclosing `sup` block or class body"),
                );
                Ty::Unknown
            }
            TypeHead::NotFound { segment, suggestion } => {
                args.iter().for_each(|arg| self.skip(&arg.ty));
                let (what, written) = match namespaces.get(segment) {
                    Some(namespace) => ("namespace", namespace),
                    None => ("type", name),
                };
                let mut problem =
                    TypeProblem::error(start + segment as u32, "NM5", format!("unknown {what} `{written}`"));
                if let Some(suggestion) = suggestion {
                    problem.message.push_str(&format!(", did you mean `{suggestion}`?"));
                    problem.suggestion = Some(suggestion.to_string());
                }
                self.report(problem);
                Ty::Unknown
            }
            TypeHead::Hidden(item) => {
                args.iter().for_each(|arg| self.skip(&arg.ty));
                self.report(hidden(self.resolver.db, at, name, item));
                Ty::Unknown
            }
        };
        for part in rest {
            let at = self.at;
            self.at += 1;
            ty = match part {
                TypePart::Index(index) => self.element(at, &ty, *index),
                TypePart::Name(name, args) => {
                    let member = self.member(at, &ty, name);
                    self.no_args(at, name, args);
                    member
                }
            };
        }
        self.fresh = None;
        ty
    }

    fn no_args(&mut self, at: u32, name: &str, args: &[TypeArg]) {
        for (position, arg) in args.iter().enumerate() {
            let arg_at = self.at;
            self.skip(&arg.ty);
            if position == 0 {
                let message = format!("`{name}` takes no generic arguments");
                self.report(TypeProblem::error(arg_at.max(at), "GN12", message));
            }
        }
    }

    fn element(&mut self, at: u32, ty: &Ty, index: u32) -> Ty {
        match ty {
            Ty::Tuple(parts) => match parts.get(index as usize) {
                Some(part) => part.clone(),
                None => {
                    let message = format!("no element `{index}` in a tuple of {} elements", parts.len());
                    self.report(TypeProblem::error(at, "TY13", message));
                    Ty::Unknown
                }
            },
            Ty::Unknown | Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy => Ty::Unknown,
            _ => {
                let message =
                    format!("`.{index}` needs a tuple type, not `{}`", ty.display(self.resolver.db));
                self.report(TypeProblem::error(at, "TY13", message));
                Ty::Unknown
            }
        }
    }

    /// `Base.Name`: an alias that the type has.
    fn member(&mut self, at: u32, base: &Ty, name: &Name) -> Ty {
        let resolver = self.resolver;
        let base = match base {
            // symbolic `Self` has the aliases of the enclosing class
            Ty::SelfTy if !resolver.heads_only => match resolver.enclosing_type() {
                Some(target) => target,
                None => return Ty::Unknown,
            },
            Ty::SelfTy | Ty::Param(_) | Ty::Assoc(..) => {
                return Ty::Assoc(std::sync::Arc::new(base.clone()), name.clone());
            }
            Ty::Unknown => return Ty::Unknown,
            other => other.clone(),
        };
        if resolver.heads_only {
            return Ty::Assoc(std::sync::Arc::new(base), name.clone());
        }
        match member_alias(resolver.db, resolver.program, &base, name) {
            Some(ty) => ty,
            None => {
                let message = format!("`{}` has no type `{name}`", base.display(resolver.db));
                self.report(TypeProblem::error(at, "NM5", message));
                Ty::Unknown
            }
        }
    }

    fn class(&mut self, at: u32, class: ClassId, args: &[TypeArg]) -> Ty {
        let db = self.resolver.db;
        let tree = item_tree(db, class.file());
        let Some(item) = tree.class(class.local()) else { return Ty::Unknown };
        let params = &item.generics.params;
        if params.is_empty() && args.is_empty() {
            self.fresh = None;
            return Ty::Class(class, TyArgs::EMPTY);
        }
        let Some((bound, arg_at)) = self.bind(at, class.0, &item.name, params, args) else {
            return Ty::Unknown;
        };
        if let Some(parts) = self.parts.as_deref_mut() {
            parts(Part::Applied { at, class, args: &bound, arg_at: &arg_at });
        }
        self.bounded(at, class_or_tuple(db, class, bound))
    }

    /// The type, or unknown if it is too large to work with.
    fn bounded(&mut self, at: u32, ty: Ty) -> Ty {
        if !exceeds(&ty, MAX_PARTS) {
            return ty;
        }
        let message = format!("the type has more than {MAX_PARTS} parts");
        self.report(
            TypeProblem::error(at, "GN12", message).note("arguments left out, and aliases, count in full"),
        );
        Ty::Unknown
    }

    /// Arguments in the order of the parameters, or nothing if so little fits that the type is unknown.
    fn bind(
        &mut self,
        at: u32,
        owner: ItemId,
        name: &str,
        params: &[WrittenParam],
        args: &[TypeArg],
    ) -> Option<(Vec<Ty>, Vec<Option<u32>>)> {
        let mut fresh = self.fresh.take();
        let mut bound: Vec<Option<Ty>> = vec![None; params.len()];
        let mut arg_at: Vec<Option<u32>> = vec![None; params.len()];
        let mut pack: Vec<Ty> = Vec::new();
        let mut position = 0;
        for arg in args {
            let this = self.at;
            let ty = self.ty(&arg.ty);
            let slot = match &arg.name {
                Some(written) => match params.iter().position(|param| param.name == *written) {
                    Some(slot) => slot,
                    None => {
                        let known = params.iter().map(|param| param.name.as_str());
                        let similar = crate::similar::most_similar(written, known);
                        let hint = similar.map_or(String::new(), |name| format!(", did you mean `{name}`?"));
                        let message = format!("`{name}` has no generic parameter `{written}`{hint}");
                        self.report(TypeProblem::error(this, "GN12", message));
                        continue;
                    }
                },
                None => {
                    position += 1;
                    position - 1
                }
            };
            if params.last().is_some_and(|param| param.variadic)
                && (slot >= params.len() || (slot + 1 == params.len() && arg.name.is_none()))
            {
                arg_at[params.len() - 1].get_or_insert(this);
                pack.push(ty);
            } else if slot >= params.len() {
                let message = match params.len() {
                    0 => format!("`{name}` takes no generic arguments"),
                    1 => format!("`{name}` takes one generic argument, not {}", args.len()),
                    count => format!("`{name}` takes {count} generic arguments, not {}", args.len()),
                };
                self.report(TypeProblem::error(this, "GN12", message));
                break;
            } else if bound[slot].is_some() {
                let message = format!("`{}` is given twice", params[slot].name);
                self.report(TypeProblem::error(this, "GN12", message));
            } else {
                bound[slot] = Some(ty);
                arg_at[slot] = Some(this);
            }
        }
        // arguments behind a superfluous one were not counted
        let counted: u32 = self.at;
        self.at = counted.max(self.end_of(at, args));
        let mut result = Vec::with_capacity(params.len());
        let mut missing = Vec::new();
        for (index, param) in params.iter().enumerate() {
            if let Some(ty) = bound[index].take() {
                result.push(ty);
                continue;
            }
            if param.variadic {
                // a pack is handed through as it is; nothing written can still be inferred
                let pack = std::mem::take(&mut pack);
                let whole = match pack.as_slice() {
                    [Ty::Param(param)] if param.variadic => pack.into_iter().next().unwrap_or(Ty::Unknown),
                    [] if args.is_empty() && fresh.is_some() => self.open(&mut fresh, owner, param, index),
                    _ => Ty::Tuple(pack.into()),
                };
                result.push(whole);
            } else if fresh.is_some() {
                result.push(self.open(&mut fresh, owner, param, index));
            } else if param.default.is_some() {
                let default = self.default(owner, index, &result);
                result.push(default);
            } else {
                missing.push(param.name.as_str());
                result.push(Ty::Unknown);
            }
        }
        if !missing.is_empty() {
            let list = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let message = format!("`{name}` lacks the generic argument {list}");
            self.report(TypeProblem::error(at, "GN12", message));
        }
        Some((result, arg_at))
    }

    fn end_of(&self, at: u32, args: &[TypeArg]) -> u32 {
        fn parts(ty: &TypeRef) -> u32 {
            match ty {
                TypeRef::Missing => 1,
                TypeRef::Tuple(inner) => 1 + inner.iter().map(parts).sum::<u32>(),
                TypeRef::Borrow(_, inner) => 1 + parts(inner),
                TypeRef::Path { namespaces, parts: names } => {
                    let names = names.iter().map(|part| match part {
                        TypePart::Name(_, args) => 1 + args.iter().map(|arg| parts(&arg.ty)).sum::<u32>(),
                        TypePart::Index(_) => 1,
                    });
                    namespaces.len() as u32 + names.sum::<u32>()
                }
            }
        }
        at + 1 + args.iter().map(|arg| parts(&arg.ty)).sum::<u32>()
    }

    fn open(&self, fresh: &mut Option<Fresh<'_>>, owner: ItemId, param: &WrittenParam, index: usize) -> Ty {
        let (name, variadic) = (param.name.clone(), param.variadic);
        let param = TypeParam::new(owner, index as u32, name, variadic);
        fresh.as_mut().map_or(Ty::Unknown, |fresh| fresh(owner, &param, index))
    }

    /// The default of a parameter with the arguments before it (GN5: defaults fill the rest).
    fn default(&mut self, owner: ItemId, index: usize, before: &[Ty]) -> Ty {
        if self.stack.len() >= MAX_EXPANSION {
            return Ty::Unknown;
        }
        let resolver = Resolver::for_item(self.resolver.db, owner);
        let Some(generics) = resolver.tree.generics(owner.local) else { return Ty::Unknown };
        let Some(default) = generics.params.get(index).and_then(|param| param.default.clone()) else {
            return Ty::Unknown;
        };
        // the stack bounds defaults that mention each other
        let placeholder = AliasId(owner);
        let ty = self.inside(&resolver, placeholder, &default);
        // SP17: `Self` in a default is the class the block is written for, or the constrained type
        let ty = match (&ty, &self.resolver.self_ty) {
            (Ty::SelfTy, Some(self_ty)) => self_ty.clone(),
            _ => ty,
        };
        let mut args: Vec<Ty> = before.to_vec();
        args.resize(index.max(before.len()), Ty::Unknown);
        Subst::new(owner, args.into()).apply(&ty)
    }

    /// Lowers a type of another declaration, silently.
    fn inside(&mut self, resolver: &Resolver<'db>, on: AliasId, ty: &TypeRef) -> Ty {
        let sink = &mut |_| {};
        let mut inner = Lowering::new(resolver, sink);
        inner.stack = std::mem::take(&mut self.stack);
        inner.stack.push(on);
        inner.budget = self.budget;
        let lowered = inner.ty(ty);
        self.budget = inner.budget;
        let cycle = inner.cycle;
        let mut stack = std::mem::take(&mut inner.stack);
        stack.pop();
        self.stack = stack;
        self.cycle = self.cycle.or(cycle);
        lowered
    }

    fn alias(&mut self, at: u32, alias: AliasId, name: &str, args: &[TypeArg]) -> Ty {
        let db = self.resolver.db;
        let fresh = self.fresh.take();
        if self.stack.contains(&alias) {
            args.iter().for_each(|arg| self.skip(&arg.ty));
            self.cycle = Some(alias);
            if self.stack.first() == Some(&alias) && self.stack.len() == 1 {
                self.report(cyclic(at, name));
            }
            return Ty::Unknown;
        }
        if self.stack.len() >= MAX_EXPANSION {
            args.iter().for_each(|arg| self.skip(&arg.ty));
            let message = format!("`{name}` expands to more than {MAX_EXPANSION} aliases inside one another");
            self.report(TypeProblem::error(at, "TY4", message));
            return Ty::Unknown;
        }
        let resolver = Resolver::for_item(db, alias.0);
        let Some(item) = resolver.tree.alias(alias.local()) else { return Ty::Unknown };
        let known = self.cycle;
        let ty = self.inside(&resolver, alias, &item.ty);
        if self.cycle != known
            && let Some(back) = self.cycle
            && self.stack.as_slice() == [back]
        {
            self.report(cyclic(at, name));
        }
        if item.generics.params.is_empty() {
            self.no_args(at, name, args);
            return ty;
        }
        self.fresh = fresh;
        match self.bind(at, alias.0, name, &item.generics.params, args) {
            Some((bound, _)) => {
                let ty = Subst::new(alias.0, bound.into()).apply(&ty);
                self.bounded(at, ty)
            }
            None => Ty::Unknown,
        }
    }

    fn bound(&mut self, bound: &TypeRef, of: &Ty) -> Option<Bound> {
        // GN3: arguments may be left out altogether
        if let TypeRef::Path { namespaces, parts } = bound
            && let [TypePart::Name(name, args)] = &**parts
            && args.is_empty()
            && let TypeHead::Class(class) = self.resolver.type_head(namespaces, name)
        {
            let tree = item_tree(self.resolver.db, class.file());
            let params = tree.class(class.local()).map_or(&[][..], |item| &item.generics.params);
            if params.iter().any(|param| param.default.is_none() && !param.variadic) {
                self.skip(bound);
                return Some(Bound { ty: of.clone(), class, args: TyArgs::EMPTY });
            }
        }
        let ty = self.ty(bound);
        let is_pack = matches!(of, Ty::Param(param) if param.variadic);
        match ty {
            Ty::Class(class, args) if is_pack => Some(Bound { ty: of.clone(), class, args }),
            Ty::Class(class, args) => {
                let self_ty = Subst::default().with_self(of.clone());
                let args =
                    args.iter().map(|arg| if *arg == Ty::SelfTy { self_ty.apply(arg) } else { arg.clone() });
                Some(Bound { ty: of.clone(), class, args: args.collect() })
            }
            Ty::Unknown => None,
            other => {
                let message = format!("a constraint is a class, not `{}`", other.display(self.resolver.db));
                self.report(TypeProblem::error(0, "GN3", message));
                None
            }
        }
    }
}

/// Whether a type has more parts than this.
fn exceeds(ty: &Ty, limit: u32) -> bool {
    let mut count = 0;
    ty.any(&mut |_| {
        count += 1;
        count > limit
    })
}

fn cyclic(at: u32, name: &str) -> TypeProblem {
    TypeProblem::error(at, "TY4", format!("alias `{name}` is defined by itself"))
        .note("an alias stands for another type; following these leads back to where it started")
}

pub(crate) fn hidden(db: &dyn Db, at: u32, name: &str, item: ItemId) -> TypeProblem {
    let module = item_tree(db, item.file).module.clone().unwrap_or_default();
    TypeProblem::error(at, "NM11", format!("`{name}` is private to the module `{module}`"))
        .note("an item is private if it says so, or if another item of its module is `@public` and it is not")
}

/// `Tup[A, B]` is `(A, B)` (TY5).
pub fn class_or_tuple(db: &dyn Db, class: ClassId, mut args: Vec<Ty>) -> Ty {
    if args.len() == 1
        && class == crate::lang::lang_items(db, class.file().edition(db)).tup
        && matches!(args[0], Ty::Tuple(_) | Ty::Param(_))
    {
        return args.remove(0);
    }
    Ty::Class(class, args.into())
}

/// The alias `name` of a type (`X.Item`): of its class, of `sup` blocks, or of a base.
pub fn member_alias(db: &dyn Db, program: Program, ty: &Ty, name: &str) -> Option<Ty> {
    find_alias(db, program, ty, name, 0)
}

fn find_alias(db: &dyn Db, program: Program, ty: &Ty, name: &str, depth: usize) -> Option<Ty> {
    let Ty::Class(class, args) = ty else { return None };
    if depth > 16 {
        return None;
    }
    let tree = item_tree(db, class.file());
    let item = tree.class(class.local())?;
    let own = item.aliases.iter().map(|alias| &tree.aliases[*alias as usize]);
    if let Some(alias) = own.into_iter().find(|alias| alias.name == name) {
        let lowered = alias_in(db, AliasId::new(class.file(), alias.id), ty)?;
        return Some(Subst::new(class.0, args.clone()).apply(&lowered));
    }
    let blocks = crate::sups::blocks_of(db, program, *class);
    for &sup in &blocks {
        let tree = item_tree(db, sup.file());
        let Some(item) = tree.sup(sup.local()) else { continue };
        let own = item.aliases.iter().map(|alias| &tree.aliases[*alias as usize]);
        let Some(alias) = own.into_iter().find(|alias| alias.name == name) else { continue };
        let head = crate::items::sup_head(db, sup);
        if let Some(args) = crate::unify::match_head(sup.0, &head.generics, &head.target, ty) {
            let lowered = alias_in(db, AliasId::new(sup.file(), alias.id), ty)?;
            return Some(Subst::new(sup.0, args).apply(&lowered));
        }
    }
    blocks.into_iter().find_map(|sup| {
        let head = crate::items::sup_head(db, sup);
        let base = head.base.as_ref()?;
        let args = crate::unify::match_head(sup.0, &head.generics, &head.target, ty)?;
        let base = Subst::new(sup.0, args).with_self(ty.clone()).apply(base);
        find_alias(db, program, &base, name, depth + 1)
    })
}

/// What an alias of a class or block stands for, in terms of the parameters of that class or block.
fn alias_in(db: &dyn Db, alias: AliasId, self_ty: &Ty) -> Option<Ty> {
    let mut resolver = Resolver::for_item(db, alias.0);
    // a body cannot depend on aliases found through bases: that would run in a circle
    resolver.heads_only = true;
    resolver.self_ty = Some(self_ty.clone());
    let (ty, _) = resolver.lower_alias(alias, &mut |_| {});
    Some(ty)
}

/// Where a `sup` block stands, for lowering its head.
pub(crate) fn head_resolver<'db>(db: &'db dyn Db, sup: SupId) -> Resolver<'db> {
    let mut resolver = Resolver::for_item(db, sup.0);
    resolver.heads_only = true;
    resolver
}
