//! The state of inference over one body.

use super::*;
use crate::body::{Body, Expr};
use crate::db::{Db, Program};
use crate::diagnostics::written;
use crate::items::Env;
use crate::lang::LangItems;
use crate::lower::TypeProblem;
use crate::members::{self, Found};
use crate::resolve::Resolver;
use crate::signature::Signature;
use crate::sups;
use syntax::{Edition, TextRange};

/// A value: its type, and how the program holds it.
#[derive(Clone, Debug)]
pub(super) struct Val {
    pub(super) ty: Ty,
    /// The value is a borrow: a borrow variable or a yielded borrow.
    pub(super) borrow: Convention,
    /// For a generator: what it yields. For the `Ret` that its `next` gives: what the pass value is (CO6).
    pub(super) inner: Convention,
}

impl Val {
    pub(super) fn of(ty: Ty) -> Self {
        Val { ty, borrow: Convention::Value, inner: Convention::Value }
    }

    pub(super) fn unknown() -> Self {
        Val::of(Ty::Unknown)
    }
}

/// What is known of a variable so far.
#[derive(Clone, Debug)]
pub(super) struct Var {
    pub(super) val: Val,
    /// Declared by `let x: T`: the first assignment initialises it (OW10).
    pub(super) late: bool,
}

/// A function or lambda whose body is being inferred.
pub(super) struct Frame {
    /// What `ret` and the end give back; `None` in a lambda while nothing is known.
    pub(super) ret: Option<Ty>,
    pub(super) coroutine: Option<Coroutine>,
    pub(super) is_lambda: bool,
    /// The body moves a captured value out (CL3).
    pub(super) moves_capture: bool,
}

#[derive(Clone)]
pub(super) struct Coroutine {
    pub(super) yields: Ty,
    pub(super) sends: Ty,
    /// Convention of the first `yield` (CO3).
    pub(super) convention: Option<Convention>,
}

/// What an expression is wanted for.
#[derive(Clone, Copy)]
pub(super) struct Want<'a> {
    /// A type that guides inference (GN8); parts of it may be unknown.
    pub(super) ty: Option<&'a Ty>,
    /// Whether anything takes the value.
    pub(super) used: bool,
}

impl<'a> Want<'a> {
    pub(super) const VALUE: Want<'static> = Want { ty: None, used: true };
    pub(super) const NOTHING: Want<'static> = Want { ty: None, used: false };

    pub(super) fn ty(ty: &'a Ty) -> Self {
        Want { ty: Some(ty), used: true }
    }

    pub(super) fn maybe(ty: Option<&'a Ty>) -> Self {
        Want { ty, used: true }
    }
}

pub(super) struct Ctx<'db> {
    pub(super) db: &'db dyn Db,
    pub(super) program: Program,
    pub(super) func: FuncId,
    pub(super) body: &'db Body,
    pub(super) sig: &'db Signature,
    pub(super) env: Env,
    pub(super) resolver: Resolver<'db>,
    pub(super) lang: &'db LangItems,
    /// `Self` in this body.
    pub(super) self_ty: Option<Ty>,
    pub(super) vars: Vec<Var>,
    pub(super) frames: Vec<Frame>,
    /// The point that inference has reached cannot be reached by the program.
    pub(super) diverges: bool,
    pub(super) expr_types: Vec<Ty>,
    /// Expressions at the left end of a long chain that were inferred ahead of the rest.
    pub(super) ahead: Vec<(ExprId, Val)>,
    pub(super) resolutions: Vec<(ExprId, Resolution)>,
    pub(super) calls: Vec<(CallSite, CallInfo)>,
    pub(super) coercions: Vec<(ExprId, Coercion)>,
    pub(super) borrows: Vec<(ExprId, Convention)>,
    pub(super) pat_types: Vec<(PatId, Ty)>,
    pub(super) closures: Vec<(ExprId, ClosureInfo)>,
    pub(super) zeroed: Vec<(Ty, TextRange)>,
    /// Receivers of the method calls that are being inferred, innermost last.
    pub(super) receivers: Vec<super::call::Receiver>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Diagnostics are dropped: the expression is tried out.
    pub(super) silent: u32,
}

impl<'db> Ctx<'db> {
    pub(super) fn new(db: &'db dyn Db, func: FuncId, body: &'db Body) -> Self {
        let program = func.file().program(db);
        let edition: Edition = func.file().edition(db);
        let sig = crate::items::signature(db, func);
        let resolver = Resolver::for_func(db, func);
        let unknown = Var { val: Val::unknown(), late: false };
        Ctx {
            db,
            program,
            func,
            body,
            sig,
            env: crate::items::env_of(db, func.0),
            self_ty: resolver.enclosing_type(),
            resolver,
            lang: crate::lang::lang_items(db, edition),
            vars: vec![unknown; body.locals.len()],
            frames: Vec::new(),
            diverges: false,
            expr_types: vec![Ty::Unknown; body.exprs.len()],
            ahead: Vec::new(),
            resolutions: Vec::new(),
            calls: Vec::new(),
            coercions: Vec::new(),
            borrows: Vec::new(),
            pat_types: Vec::new(),
            closures: Vec::new(),
            zeroed: Vec::new(),
            receivers: Vec::new(),
            diagnostics: Vec::new(),
            silent: 0,
        }
    }

    pub(super) fn finish(mut self) -> InferenceResult {
        let mut types: Vec<Ty> = Vec::new();
        let mut expr_types = Vec::with_capacity(self.expr_types.len());
        let mut index: rustc_hash::FxHashMap<Ty, u32> = Default::default();
        for ty in self.expr_types {
            // Few types occur in most bodies: a scan is faster than a hash.
            let known = types.iter().take(8).position(|known| *known == ty);
            let id = match known {
                Some(id) => id as u32,
                None if types.len() < 8 => {
                    types.push(ty);
                    types.len() as u32 - 1
                }
                None => *index.entry(ty).or_insert_with_key(|ty| {
                    types.push(ty.clone());
                    types.len() as u32 - 1
                }),
            };
            expr_types.push(id);
        }
        self.resolutions.sort_by_key(|(expr, _)| *expr);
        self.resolutions.dedup_by_key(|(expr, _)| *expr);
        self.calls.sort_by_key(|(site, _)| *site);
        self.calls.dedup_by_key(|(site, _)| *site);
        self.coercions.sort_by_key(|(expr, _)| *expr);
        self.coercions.dedup_by_key(|(expr, _)| *expr);
        self.borrows.sort_by_key(|(expr, _)| *expr);
        self.borrows.dedup_by_key(|(expr, _)| *expr);
        self.pat_types.sort_by_key(|(pat, _)| *pat);
        self.pat_types.dedup_by_key(|(pat, _)| *pat);
        self.closures.sort_by_key(|(expr, _)| *expr);
        self.closures.dedup_by_key(|(expr, _)| *expr);
        self.diagnostics
            .sort_by_key(|diagnostic| (diagnostic.range.start(), diagnostic.range.end(), diagnostic.code));
        self.diagnostics.dedup_by(|a, b| a.range == b.range && a.code == b.code);
        InferenceResult {
            expr_types: expr_types.into(),
            types: types.into(),
            local_types: self.vars.into_iter().map(|var| (var.val.borrow, var.val.ty)).collect(),
            resolutions: self.resolutions.into(),
            calls: self.calls.into(),
            coercions: self.coercions.into(),
            borrows: self.borrows.into(),
            pat_types: self.pat_types.into(),
            closures: self.closures.into(),
            zeroed: self.zeroed.into(),
            diagnostics: self.diagnostics.into(),
        }
    }

    // Tables

    pub(super) fn set_type(&mut self, expr: ExprId, val: &Val) {
        self.expr_types[raw(expr)] = val.ty.clone();
        if val.borrow != Convention::Value {
            self.borrows.push((expr, val.borrow));
        }
    }

    pub(super) fn var(&self, local: LocalId) -> &Var {
        &self.vars[local.into_raw().into_u32() as usize]
    }

    pub(super) fn set_var(&mut self, local: LocalId, val: Val) {
        self.vars[local.into_raw().into_u32() as usize] = Var { val, late: false };
    }

    pub(super) fn set_late_var(&mut self, local: LocalId, ty: Ty) {
        self.vars[local.into_raw().into_u32() as usize] = Var { val: Val::of(ty), late: true };
    }

    pub(super) fn record_call(&mut self, expr: ExprId, role: CallRole, info: CallInfo) {
        self.calls.push((CallSite { expr, role }, info));
    }

    pub(super) fn resolve_to(&mut self, expr: ExprId, resolution: Resolution) {
        self.resolutions.push((expr, resolution));
    }

    pub(super) fn range(&self, expr: ExprId) -> TextRange {
        self.body.range(expr)
    }

    pub(super) fn expr(&self, expr: ExprId) -> &'db Expr {
        &self.body.exprs[expr]
    }

    pub(super) fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the frame of the function stays until inference ends")
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.silent == 0 {
            self.diagnostics.push(diagnostic);
        }
    }

    // Types

    pub(super) fn show(&self, ty: &Ty) -> String {
        ty.display(self.db).to_string()
    }

    pub(super) fn class_ty(&self, class: ClassId) -> Ty {
        Ty::Class(class, TyArgs::EMPTY)
    }

    pub(super) fn is_class(&self, ty: &Ty, class: ClassId) -> bool {
        matches!(ty, Ty::Class(found, _) if *found == class)
    }

    pub(super) fn is_void(&self, ty: &Ty) -> bool {
        self.is_class(ty, self.lang.void)
    }

    pub(super) fn is_copy(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Class(class, _) if *class == self.lang.num || *class == self.lang.bool => true,
            Ty::Class(class, _) if *class == self.lang.str || *class == self.lang.arr => false,
            Ty::Unknown | Ty::Never => true,
            _ => crate::facts::is_copy(self.db, self.program, &self.env, ty),
        }
    }

    /// The base type `class[…]` that `ty` super-imposes, itself included.
    pub(super) fn base_of(&self, ty: &Ty, class: ClassId) -> Option<Ty> {
        if let Ty::Class(found, _) = ty
            && *found == class
        {
            return Some(ty.clone());
        }
        sups::superimposes(self.db, self.program, &self.env, ty, class)
    }

    pub(super) fn members(&self, ty: &Ty, name: &str) -> Found {
        members::lookup(self.db, self.program, &self.env, ty, name)
    }

    pub(super) fn normalise(&self, ty: Ty) -> Ty {
        match ty.any(&mut |part| matches!(part, Ty::Assoc(..))) {
            true => sups::normalise(self.db, self.program, &self.env, &ty),
            false => ty,
        }
    }

    pub(super) fn signature_of(&self, func: FuncId) -> &'db Signature {
        crate::items::signature(self.db, func)
    }

    pub(super) fn is_allocator(&self, ty: &Ty) -> bool {
        self.is_class(ty, self.lang.alloc) || self.base_of(ty, self.lang.alloc).is_some()
    }

    /// Lowers a type that is written as an argument or in front of a static member, reporting what is wrong in it.
    pub(super) fn lower_type(&mut self, id: crate::body::TypeRefId) -> Ty {
        self.lower_type_for(id, written::Place::Other)
    }

    /// Lowers the type of a variable.
    pub(super) fn lower_storage_type(&mut self, id: crate::body::TypeRefId) -> Ty {
        self.lower_type_for(id, written::Place::Local)
    }

    fn lower_type_for(&mut self, id: crate::body::TypeRefId, place: written::Place) -> Ty {
        let node = &self.body.types[id];
        let mut problems = Vec::new();
        let ty = written::check_type(&self.resolver, &self.env, &node.ty, place, &mut |problem| {
            problems.push(problem)
        });
        self.report_type_problems(node, problems);
        ty
    }

    /// As [`Ctx::lower_type`]; generic arguments that are left out altogether stay the parameters of the class
    /// themselves, for the caller to find. `None` after a mistake, else whether some were left out.
    pub(super) fn lower_open_type(&mut self, id: crate::body::TypeRefId) -> Option<(Ty, bool)> {
        let node = &self.body.types[id];
        let mut omitted = false;
        let mut problems = Vec::new();
        let mut fresh = |_: crate::ids::ItemId, param: &crate::ty::TypeParam, _: usize| {
            omitted = true;
            Ty::Param(param.clone())
        };
        let ty = self.resolver.lower_open(&node.ty, &mut fresh, &mut |problem| problems.push(problem));
        let failed = problems.iter().any(|problem| problem.severity == crate::diagnostic::Severity::Error);
        self.report_type_problems(node, problems);
        (!failed).then_some((ty, omitted))
    }

    pub(super) fn report_type_problems(
        &mut self,
        node: &crate::body::TypeRefNode,
        problems: Vec<TypeProblem>,
    ) {
        for problem in problems {
            let diagnostic = match node.parts.get(problem.at as usize) {
                Some(_) => problem.into_diagnostic(&node.parts),
                None => problem.into_diagnostic(&[node.range]),
            };
            self.report(diagnostic);
        }
    }
}

pub(super) fn raw(expr: ExprId) -> usize {
    expr.into_raw().into_u32() as usize
}
