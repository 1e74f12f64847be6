//! What calling a function does to the heap: which allocators it asks for blocks, extends or gives back through.
//!
//! The answers come from the S++ source of everything the call reaches, the library's included. Nothing is known about
//! any collection by name; the leaves are the methods of `Alloc` and the primitive functions that make text (S6).
//! Allocators that are generic parameters stay parameters until a call binds them.

use crate::db::{Db, File, Program};
use crate::facts::inline_parts;
use crate::frame::HeapOperation;
use crate::ids::{FuncId, LocalItemId};
use crate::infer::Dispatch;
use crate::items::{Env, env_of};
use crate::lang::lang_items;
use crate::mir::facts::{Facts, enclosing_type};
use crate::mir::{AllocOp, Call, CallTarget, Mir, StatementKind};
use crate::sups::normalise;
use crate::ty::{Convention, Subst, Ty, TyArgs};
use rustc_hash::FxHashSet;
use std::collections::VecDeque;

/// Whose block it is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Allocator {
    /// A class that super-imposes `Alloc`, or a generic parameter.
    Type(Ty),
    /// The buffer of a text: a `GlobalAlloc` block (S6).
    Text,
    /// Of an array, whichever allocator made it (A44).
    OfArray,
}

impl Allocator {
    pub fn text(&self, db: &dyn Db) -> String {
        match self {
            Allocator::Type(ty) => ty.display(db).to_string(),
            Allocator::Text => "GlobalAlloc".to_owned(),
            Allocator::OfArray => "the array's allocator".to_owned(),
        }
    }
}

/// One thing that may happen to the heap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Effect {
    pub operation: HeapOperation,
    pub allocator: Allocator,
    /// From the function that is called to the primitive: `Vec.push`, `Vec.grow`, `A.realloc`.
    pub path: Vec<String>,
    /// What the generic allocator of the last step stands for: `A = Pool[Num]`.
    pub binding: Option<String>,
}

/// Everything that one function does to the heap, in terms of its own generic parameters. One entry, with the shortest
/// path, for each operation and allocator.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AllocSummary {
    pub effects: Vec<Effect>,
    /// The search was given up: there may be more.
    pub incomplete: bool,
}

/// What a function does by itself, callees apart.
#[derive(PartialEq, Eq, Debug, Default)]
struct Direct {
    effects: Vec<(HeapOperation, Allocator, String)>,
    calls: Vec<Callee>,
    drops: Vec<Ty>,
}

/// A call, in terms of the generic parameters around it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Callee {
    pub func: FuncId,
    pub container_args: TyArgs,
    pub args: TyArgs,
    pub self_ty: Option<Ty>,
    pub dispatch: Dispatch,
}

/// A call graph larger than this is not searched to its end.
const MAX_INSTANCES: usize = 1500;
/// Deeper types come from recursion that makes ever larger ones.
const MAX_TYPE_DEPTH: u32 = 12;

/// Effects of calling `func`, in terms of its own generic parameters.
pub fn alloc_summary(db: &dyn Db, func: FuncId) -> &AllocSummary {
    summary_in(db, func.file(), func.local())
}

#[salsa::tracked(returns(ref))]
fn summary_in(db: &dyn Db, file: File, local: LocalItemId) -> AllocSummary {
    let func = FuncId::new(file, local);
    let mut search = Search::new(db, file.program(db), env_of(db, func.0));
    search.function(func, &Subst::default(), &[]);
    search.run()
}

/// Effects of a call, in terms of the generic parameters of the function that makes it.
pub(crate) fn effects_of_call(db: &dyn Db, program: Program, env: &Env, target: &CallTarget) -> AllocSummary {
    let mut search = Search::new(db, program, env.clone());
    match callee_of(target) {
        Some(callee) => search.enqueue(Work::Call(callee), Vec::new()),
        None => search.summary.incomplete = true,
    }
    search.run()
}

/// Effects of dropping a value.
pub fn effects_of_drop(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> AllocSummary {
    let mut search = Search::new(db, program, env.clone());
    search.enqueue(Work::Drop(ty.clone()), Vec::new());
    search.run()
}

/// Allocators of the blocks that a value may own: those through which dropping it releases something.
pub fn owned_heap(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> Vec<Allocator> {
    let released = effects_of_drop(db, program, env, ty).effects.into_iter();
    let mut owned: Vec<Allocator> = Vec::new();
    for effect in released.filter(|effect| effect.operation == HeapOperation::Release) {
        if !owned.contains(&effect.allocator) {
            owned.push(effect.allocator);
        }
    }
    if owned.iter().any(|allocator| matches!(allocator, Allocator::Type(_))) {
        owned.retain(|allocator| *allocator != Allocator::OfArray);
    }
    owned
}

pub(crate) fn callee_of(target: &CallTarget) -> Option<Callee> {
    match target {
        CallTarget::Func { func, container_args, args, self_ty, dispatch } => Some(Callee {
            func: *func,
            container_args: container_args.clone(),
            args: args.clone(),
            self_ty: self_ty.clone(),
            dispatch: *dispatch,
        }),
        CallTarget::Value { .. } | CallTarget::DefaultArg { .. } => None,
    }
}

#[salsa::tracked(returns(ref))]
fn direct(db: &dyn Db, file: File, local: LocalItemId) -> Direct {
    let func = FuncId::new(file, local);
    let facts = Facts::new(db, func);
    let mut direct = Direct::default();
    match crate::mir::mir(db, func) {
        Some(mir) => collect(&facts, mir, &mut direct),
        None => primitive(&facts, func, &mut direct),
    }
    direct
}

fn collect(facts: &Facts<'_>, mir: &Mir, direct: &mut Direct) {
    for statement in mir.statements() {
        match &statement.kind {
            StatementKind::Call(call) => collect_call(facts, call, direct),
            StatementKind::Drop(drop) => {
                let ty = facts.place_type(mir, &drop.place);
                if !direct.drops.contains(&ty) {
                    direct.drops.push(ty);
                }
            }
            StatementKind::Append { .. } => {
                let effect = (HeapOperation::Allocate, Allocator::Text, "text".to_owned());
                if !direct.effects.contains(&effect) {
                    direct.effects.push(effect);
                }
            }
            _ => {}
        }
    }
    for inner in mir.lambdas.iter().chain(mir.defaults.iter().flatten()) {
        collect(facts, inner, direct);
    }
}

fn collect_call(facts: &Facts<'_>, call: &Call, direct: &mut Direct) {
    if let Some((op, allocator)) = facts.alloc_call(&call.target) {
        let name = format!("{}.{}", allocator.display(facts.db), method_name(op));
        direct.effects.push((operation(op), Allocator::Type(allocator.clone()), name));
        return;
    }
    if let Some(callee) = callee_of(&call.target)
        && !direct.calls.contains(&callee)
    {
        direct.calls.push(callee);
    }
}

/// Primitive functions that make or extend text.
fn primitive(facts: &Facts<'_>, func: FuncId, direct: &mut Direct) {
    let signature = facts.signature(func);
    if !signature.is_builtin {
        return;
    }
    let name = crate::display::function_name(facts.db, func);
    if facts.is_str(&signature.ret) {
        direct.effects.push((HeapOperation::Allocate, Allocator::Text, name));
    } else if signature.self_param.is_some_and(|param| param.convention == Convention::Mut)
        && enclosing_type(facts.db, func).is_some_and(|ty| facts.is_str(&ty))
    {
        direct.effects.push((HeapOperation::Reallocate, Allocator::Text, name));
    }
}

pub(crate) fn operation(op: AllocOp) -> HeapOperation {
    match op {
        AllocOp::Alloc | AllocOp::AllocZero => HeapOperation::Allocate,
        AllocOp::Realloc => HeapOperation::Reallocate,
        AllocOp::Dealloc => HeapOperation::Release,
    }
}

pub(crate) fn method_name(op: AllocOp) -> &'static str {
    match op {
        AllocOp::Alloc => "alloc",
        AllocOp::AllocZero => "alloc_zero",
        AllocOp::Realloc => "realloc",
        AllocOp::Dealloc => "dealloc",
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Work {
    Call(Callee),
    Drop(Ty),
}

/// Breadth first, so that the first path to an effect is a shortest one.
struct Search<'db> {
    db: &'db dyn Db,
    program: Program,
    env: Env,
    queue: VecDeque<(Work, Vec<String>)>,
    seen: FxHashSet<Work>,
    summary: AllocSummary,
}

impl<'db> Search<'db> {
    fn new(db: &'db dyn Db, program: Program, env: Env) -> Self {
        let summary = AllocSummary::default();
        Search { db, program, env, queue: VecDeque::new(), seen: FxHashSet::default(), summary }
    }

    fn run(mut self) -> AllocSummary {
        while let Some((work, path)) = self.queue.pop_front() {
            match work {
                Work::Call(callee) => self.call(callee, path),
                Work::Drop(ty) => self.drop(&ty, &path),
            }
        }
        self.summary
    }

    fn enqueue(&mut self, work: Work, path: Vec<String>) {
        if self.seen.contains(&work) {
            return;
        }
        if self.seen.len() >= MAX_INSTANCES {
            self.summary.incomplete = true;
            return;
        }
        self.seen.insert(work.clone());
        self.queue.push_back((work, path));
    }

    fn effect(
        &mut self,
        operation: HeapOperation,
        allocator: Allocator,
        path: Vec<String>,
        binding: Option<String>,
    ) {
        let known = self
            .summary
            .effects
            .iter()
            .any(|known| known.operation == operation && known.allocator == allocator);
        if !known {
            self.summary.effects.push(Effect { operation, allocator, path, binding });
        }
    }

    fn call(&mut self, callee: Callee, mut path: Vec<String>) {
        let facts = Facts::in_program(self.db, callee.func, self.program);
        if let (Some(op), Some(allocator)) = (facts.alloc_op(callee.func), &callee.self_ty) {
            path.push(format!("{}.{}", allocator.display(self.db), method_name(op)));
            self.effect(operation(op), Allocator::Type(allocator.clone()), path, None);
            return;
        }
        let (func, container_args) = match (&callee.self_ty, callee.dispatch) {
            (Some(ty), Dispatch::Static | Dispatch::Virtual) => crate::members::resolve_override(
                self.db,
                self.program,
                callee.func,
                &callee.container_args,
                ty,
            ),
            _ => (callee.func, callee.container_args.clone()),
        };
        if callee.dispatch == Dispatch::Virtual {
            for other in crate::members::overrides_of(self.db, self.program, callee.func) {
                let generic = crate::display::is_generic(self.db, other.0);
                if other != func && !generic {
                    let work = Work::Call(Callee {
                        func: other,
                        container_args: TyArgs::EMPTY,
                        args: TyArgs::EMPTY,
                        self_ty: None,
                        dispatch: Dispatch::Direct,
                    });
                    self.enqueue(work, path.clone());
                }
            }
        }
        path.push(crate::display::function_name(self.db, func));
        let subst = facts.callee_subst(func, &container_args, &callee.args, callee.self_ty.as_ref());
        self.function(func, &subst, &path);
    }

    /// What the body of a function does, with its parameters replaced.
    fn function(&mut self, func: FuncId, subst: &Subst, path: &[String]) {
        let direct = direct(self.db, func.file(), func.local());
        for (operation, allocator, name) in &direct.effects {
            let mut path = path.to_vec();
            path.push(name.clone());
            let Allocator::Type(written) = allocator else {
                self.effect(*operation, allocator.clone(), path, None);
                continue;
            };
            let ty = self.replace(subst, written);
            let binding = (ty != *written)
                .then(|| format!("`{}` = `{}`", written.display(self.db), ty.display(self.db)));
            self.effect(*operation, Allocator::Type(ty), path, binding);
        }
        for callee in &direct.calls {
            let replaced = Callee {
                func: callee.func,
                container_args: callee.container_args.iter().map(|arg| self.replace(subst, arg)).collect(),
                args: callee.args.iter().map(|arg| self.replace(subst, arg)).collect(),
                self_ty: callee.self_ty.as_ref().map(|ty| self.replace(subst, ty)),
                dispatch: callee.dispatch,
            };
            let too_deep = replaced
                .container_args
                .iter()
                .chain(replaced.args.iter())
                .any(|arg| depth(arg) > MAX_TYPE_DEPTH);
            if too_deep {
                self.summary.incomplete = true;
                continue;
            }
            self.enqueue(Work::Call(replaced), path.to_vec());
        }
        for ty in &direct.drops {
            let ty = self.replace(subst, ty);
            if depth(&ty) <= MAX_TYPE_DEPTH {
                self.enqueue(Work::Drop(ty), path.to_vec());
            }
        }
    }

    fn replace(&self, subst: &Subst, ty: &Ty) -> Ty {
        let replaced = subst.apply(ty);
        if replaced.any(&mut |part| matches!(part, Ty::Assoc(..))) {
            normalise(self.db, self.program, &self.env, &replaced)
        } else {
            replaced
        }
    }

    /// DR2: `del`, then the parts.
    fn drop(&mut self, ty: &Ty, path: &[String]) {
        let lang = lang_items(self.db, self.program.edition(self.db));
        match ty {
            Ty::Tuple(parts) => {
                parts.iter().for_each(|part| self.enqueue(Work::Drop(part.clone()), path.to_vec()))
            }
            Ty::Class(class, args) => {
                if *class == lang.str {
                    let mut path = path.to_vec();
                    path.push("drop of `Str`".to_owned());
                    return self.effect(HeapOperation::Release, Allocator::Text, path, None);
                }
                if *class == lang.arr {
                    let mut array = path.to_vec();
                    array.push(format!("drop of `{}`", ty.display(self.db)));
                    self.effect(HeapOperation::Release, Allocator::OfArray, array, None);
                }
                if crate::items::class_data(self.db, *class).is_builtin {
                    for arg in args.iter() {
                        self.enqueue(Work::Drop(arg.clone()), path.to_vec());
                    }
                    return;
                }
                let facts_env = self.env.clone();
                if crate::facts::has_del(self.db, self.program, &facts_env, ty) {
                    let work = Work::Call(Callee {
                        func: lang.del_del,
                        container_args: TyArgs::EMPTY,
                        args: TyArgs::EMPTY,
                        self_ty: Some(ty.clone()),
                        dispatch: Dispatch::Static,
                    });
                    self.enqueue(work, path.to_vec());
                    // The end of `del` drops what is left of the object.
                    return;
                }
                for part in inline_parts(self.db, self.program, &facts_env, ty) {
                    self.enqueue(Work::Drop(part), path.to_vec());
                }
            }
            _ => {}
        }
    }
}

fn depth(ty: &Ty) -> u32 {
    match ty {
        Ty::Class(_, args) | Ty::Tuple(args) | Ty::Func(_, args) => {
            1 + args.iter().map(depth).max().unwrap_or(0)
        }
        Ty::Assoc(base, _) => 1 + depth(base),
        _ => 1,
    }
}
