//! What calling a function does to the heap: which allocators it asks for blocks, extends or gives back through.
//!
//! The answers come from the S++ source of everything the call reaches, the library's included. Nothing is known about
//! any collection by name; the leaves are the methods of `Alloc` and the primitive functions that make text (S6).
//! Allocators that are generic parameters stay parameters until a call binds them.

use crate::db::{Db, Program};
use crate::facts::inline_parts;
use crate::frame::{HeapOperation, Owned};
use crate::ids::{FuncId, FuncKey};
use crate::infer::Dispatch;
use crate::items::{Env, env_of, signature};
use crate::lang::{LangItems, lang_items};
use crate::mir::facts::{Facts, alloc_op, callee_subst, enclosing_type};
use crate::mir::{AllocOp, Call, CallTarget, Mir, StatementKind};
use crate::signature::Container;
use crate::sups::normalise;
use crate::ty::{Convention, Subst, Ty, TyArgs};
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

/// Whose block it is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Allocator {
    /// A class that super-imposes `Alloc`, or a generic parameter.
    Type(Ty),
    /// The buffer of a text: a `GlobalAlloc` block (S6).
    Text,
    /// Of an array, whichever allocator made it (A44).
    OfArray,
    /// Of a plain array that left its frame (S8).
    Plain,
}

impl Allocator {
    pub fn text(&self, db: &dyn Db) -> String {
        match self {
            Allocator::Type(ty) => ty.display(db).to_string(),
            Allocator::Text => "GlobalAlloc".to_owned(),
            Allocator::OfArray => "the array's allocator".to_owned(),
            Allocator::Plain => "no allocator".to_owned(),
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
    pub effects: Vec<Arc<Effect>>,
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

impl Direct {
    fn is_empty(&self) -> bool {
        self.effects.is_empty() && self.calls.is_empty() && self.drops.is_empty()
    }
}

static NOTHING: AllocSummary = AllocSummary { effects: Vec::new(), incomplete: false };

/// A call, in terms of the generic parameters around it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Callee {
    pub func: FuncId,
    pub container_args: TyArgs,
    pub args: TyArgs,
    pub self_ty: Option<Ty>,
    pub dispatch: Dispatch,
}

impl Callee {
    /// What runs as far as the type of the receiver is known: an override of its class, and the arguments of the block
    /// that has it.
    pub(crate) fn target(&self, db: &dyn Db, program: Program) -> (FuncId, TyArgs) {
        match (&self.self_ty, self.dispatch) {
            (Some(ty), Dispatch::Static | Dispatch::Virtual) => {
                crate::members::resolve_override(db, program, self.func, &self.container_args, ty)
            }
            _ => (self.func, self.container_args.clone()),
        }
    }
}

/// A call graph larger than this is not searched to its end.
const MAX_INSTANCES: usize = 1500;
/// Deeper types come from recursion that makes ever larger ones.
const MAX_TYPE_DEPTH: u32 = 12;

/// Effects of calling `func`, in terms of its own generic parameters.
pub fn alloc_summary(db: &dyn Db, func: FuncId) -> &AllocSummary {
    summary_in(db, func.key(db))
}

#[salsa::tracked(returns(ref))]
fn summary_in<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> AllocSummary {
    let func = key.func(db);
    let mut search = Search::new(db, func.file().program(db), env_of(db, func.0));
    search.function(func, &Subst::default(), &None);
    search.run()
}

/// What is asked for, with the constraints that hold where it is asked.
#[salsa::interned]
struct WorkKey<'db> {
    #[returns(ref)]
    work: Work,
    #[returns(ref)]
    env: Env,
}

/// One search serves all functions that call or drop the same instance.
#[salsa::tracked(returns(ref))]
fn effects_in<'db>(db: &'db dyn Db, program: Program, key: WorkKey<'db>) -> AllocSummary {
    let mut search = Search::new(db, program, key.env(db).clone());
    search.enqueue(key.work(db).clone(), None);
    search.run()
}

fn effects_of<'db>(db: &'db dyn Db, program: Program, env: &Env, work: Work) -> &'db AllocSummary {
    // Constraints speak of generic parameters only.
    let env = if work.is_generic() { env.clone() } else { Env::EMPTY };
    effects_in(db, program, WorkKey::new(db, work, env))
}

/// As [`effects_in`], for a function without generic parameters: it is always the same one.
#[salsa::tracked(returns(ref))]
fn plain_effects<'db>(db: &'db dyn Db, program: Program, key: FuncKey<'db>) -> AllocSummary {
    let mut search = Search::new(db, program, Env::EMPTY);
    search.enqueue(
        Work::Call(Callee {
            func: key.func(db),
            container_args: TyArgs::EMPTY,
            args: TyArgs::EMPTY,
            self_ty: None,
            dispatch: Dispatch::Direct,
        }),
        None,
    );
    search.run()
}

/// The function that a call runs, if nothing else about the call matters.
fn plain_callee(db: &dyn Db, program: Program, target: &CallTarget) -> Option<FuncId> {
    let CallTarget::Func { func, container_args, args, dispatch, self_ty } = target else { return None };
    if !args.is_empty() {
        return None;
    }
    let func = match (dispatch, self_ty) {
        (Dispatch::Direct, _) | (Dispatch::Static, None) if container_args.is_empty() => *func,
        (Dispatch::Static, Some(ty)) if !ty.has_params() => {
            let (func, args) = crate::members::resolve_override(db, program, *func, container_args, ty);
            args.is_empty().then_some(func)?
        }
        _ => return None,
    };
    // The body of a method in a class is that of every class that inherits it.
    (!matches!(signature(db, func).container, Container::Class(_))).then_some(func)
}

/// Effects of a call, in terms of the generic parameters of the function that makes it. `None` for the call of a value:
/// which function it is is not known.
pub(crate) fn effects_of_call<'db>(
    db: &'db dyn Db,
    program: Program,
    env: &Env,
    target: &CallTarget,
) -> Option<&'db AllocSummary> {
    match plain_callee(db, program, target) {
        // Small functions touch nothing but their frame.
        Some(func) if direct(db, func.key(db)).is_empty() => Some(&NOTHING),
        Some(func) => Some(plain_effects(db, program, func.key(db))),
        None => Some(effects_of(db, program, env, Work::Call(callee_of(target)?))),
    }
}

/// Effects of dropping a value.
pub fn effects_of_drop<'db>(db: &'db dyn Db, program: Program, env: &Env, ty: &Ty) -> &'db AllocSummary {
    effects_of(db, program, env, Work::Drop(ty.clone()))
}

/// Allocators of the blocks that a value may own: those through which dropping it releases something.
pub fn owned_heap(db: &dyn Db, program: Program, env: &Env, ty: &Ty) -> Owned {
    let released = effects_of_drop(db, program, env, ty).effects.iter();
    let mut owned: Vec<Allocator> = Vec::new();
    for effect in released.filter(|effect| effect.operation == HeapOperation::Release) {
        if !owned.contains(&effect.allocator) {
            owned.push(effect.allocator.clone());
        }
    }
    if owned.iter().any(|allocator| matches!(allocator, Allocator::Type(_))) {
        owned.retain(|allocator| *allocator != Allocator::OfArray);
    }
    Owned::from(owned)
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

#[salsa::tracked(returns(ref), lru = 2048)]
fn direct<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Direct {
    let func = key.func(db);
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
        // A13, A11: the call drops elements.
        if operation(op) != HeapOperation::Allocate
            && let Some(element) =
                crate::facts::allocator_element(facts.db, facts.program, facts.env(), allocator)
            && !direct.drops.contains(&element)
        {
            direct.drops.push(element);
        }
        return;
    }
    if let Some(callee) = callee_of(&call.target)
        && !does_nothing(facts, &callee)
        && !direct.calls.contains(&callee)
    {
        direct.calls.push(callee);
    }
}

/// Whether it is a primitive that leaves the heap alone.
fn does_nothing(facts: &Facts<'_>, callee: &Callee) -> bool {
    if callee.dispatch != Dispatch::Direct || !facts.signature(callee.func).is_builtin {
        return false;
    }
    let mut direct = Direct::default();
    primitive(facts, callee.func, &mut direct);
    direct.effects.is_empty()
}

/// Primitive functions that make or extend text.
fn primitive(facts: &Facts<'_>, func: FuncId, direct: &mut Direct) {
    let signature = facts.signature(func);
    if !signature.is_builtin {
        return;
    }
    let name = || crate::display::function_name(facts.db, func);
    let of_text = || enclosing_type(facts.db, func).is_some_and(|ty| facts.is_str(&ty));
    if facts.is_str(&signature.ret) || (signature.ret == Ty::SelfTy && of_text()) {
        direct.effects.push((HeapOperation::Allocate, Allocator::Text, name()));
    } else if signature.self_param.is_some_and(|param| param.convention == Convention::Mut) && of_text() {
        direct.effects.push((HeapOperation::Reallocate, Allocator::Text, name()));
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

impl Work {
    /// Whether a generic parameter occurs in it.
    fn is_generic(&self) -> bool {
        match self {
            Work::Call(callee) => {
                let types = callee.container_args.iter().chain(callee.args.iter()).chain(&callee.self_ty);
                types.into_iter().any(Ty::has_params)
            }
            Work::Drop(ty) => ty.has_params(),
        }
    }
}

/// The functions on the way to some work, the last one first; put into words only where the way leads to an effect.
type Way = Option<Rc<Step>>;

struct Step {
    func: FuncId,
    before: Way,
}

/// Breadth first, so that the first path to an effect is a shortest one.
struct Search<'db> {
    db: &'db dyn Db,
    program: Program,
    env: Env,
    lang: &'db LangItems,
    queue: VecDeque<(Work, Way)>,
    seen: FxHashSet<Work>,
    summary: AllocSummary,
}

impl<'db> Search<'db> {
    fn new(db: &'db dyn Db, program: Program, env: Env) -> Self {
        let summary = AllocSummary::default();
        let lang = lang_items(db, program.edition(db));
        Search { db, program, env, lang, queue: VecDeque::new(), seen: FxHashSet::default(), summary }
    }

    fn run(mut self) -> AllocSummary {
        while let Some((work, way)) = self.queue.pop_front() {
            match work {
                Work::Call(callee) => self.call(callee, way),
                Work::Drop(ty) => self.drop(&ty, &way),
            }
        }
        self.summary
    }

    fn enqueue(&mut self, work: Work, way: Way) {
        if self.seen.contains(&work) {
            return;
        }
        if self.seen.len() >= MAX_INSTANCES {
            self.summary.incomplete = true;
            return;
        }
        self.seen.insert(work.clone());
        self.queue.push_back((work, way));
    }

    /// Notes an effect unless one like it is known; `last` is the last step of its path.
    fn effect(
        &mut self,
        operation: HeapOperation,
        allocator: Allocator,
        way: &Way,
        last: impl FnOnce(&dyn Db) -> String,
        binding: impl FnOnce(&dyn Db) -> Option<String>,
    ) {
        let known = self
            .summary
            .effects
            .iter()
            .any(|known| known.operation == operation && known.allocator == allocator);
        if known {
            return;
        }
        let mut path = vec![last(self.db)];
        let mut current = way;
        while let Some(step) = current {
            path.push(crate::display::function_name(self.db, step.func));
            current = &step.before;
        }
        path.reverse();
        path.dedup();
        let effect = Effect { operation, allocator, path, binding: binding(self.db) };
        self.summary.effects.push(Arc::new(effect));
    }

    fn call(&mut self, callee: Callee, way: Way) {
        if let (Some(op), Some(allocator)) = (alloc_op(self.db, self.lang, callee.func), &callee.self_ty) {
            let last = |db: &dyn Db| format!("{}.{}", allocator.display(db), method_name(op));
            self.effect(operation(op), Allocator::Type(allocator.clone()), &way, last, |_| None);
            return;
        }
        let (func, container_args) = callee.target(self.db, self.program);
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
                    self.enqueue(work, way.clone());
                }
            }
        }
        let way = Some(Rc::new(Step { func, before: way }));
        let self_ty = callee.self_ty.as_ref();
        let subst = callee_subst(self.db, func, &container_args, &callee.args, self_ty);
        self.function(func, &subst, &way);
    }

    /// What the body of a function does, with its parameters replaced.
    fn function(&mut self, func: FuncId, subst: &Subst, way: &Way) {
        let direct = direct(self.db, func.key(self.db));
        for (operation, allocator, name) in &direct.effects {
            let Allocator::Type(written) = allocator else {
                self.effect(*operation, allocator.clone(), way, |_| name.clone(), |_| None);
                continue;
            };
            let ty = self.replace(subst, written);
            let bound = ty.clone();
            let binding = |db: &dyn Db| {
                let (from, to) = (written.display(db).to_string(), bound.display(db).to_string());
                (from != to).then(|| format!("`{from}` = `{to}`"))
            };
            self.effect(*operation, Allocator::Type(ty), way, |_| name.clone(), binding);
        }
        for callee in &direct.calls {
            let replaced = Callee {
                func: callee.func,
                container_args: self.replace_all(subst, &callee.container_args),
                args: self.replace_all(subst, &callee.args),
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
            self.enqueue(Work::Call(replaced), way.clone());
        }
        for ty in &direct.drops {
            let ty = self.replace(subst, ty);
            if depth(&ty) <= MAX_TYPE_DEPTH {
                self.enqueue(Work::Drop(ty), way.clone());
            }
        }
    }

    fn replace_all(&self, subst: &Subst, args: &TyArgs) -> TyArgs {
        if args.iter().any(Ty::has_params) {
            args.iter().map(|arg| self.replace(subst, arg)).collect()
        } else {
            args.clone()
        }
    }

    fn replace(&self, subst: &Subst, ty: &Ty) -> Ty {
        if !ty.has_params() {
            return ty.clone();
        }
        let replaced = subst.apply(ty);
        if replaced.any(&mut |part| matches!(part, Ty::Assoc(..))) {
            normalise(self.db, self.program, &self.env, &replaced)
        } else {
            replaced
        }
    }

    /// DR2: `del`, then the parts.
    fn drop(&mut self, ty: &Ty, way: &Way) {
        let lang = self.lang;
        match ty {
            Ty::Tuple(parts) => {
                parts.iter().for_each(|part| self.enqueue(Work::Drop(part.clone()), way.clone()))
            }
            Ty::Class(class, args) => {
                if *class == lang.str {
                    let last = |_: &dyn Db| "drop of `Str`".to_owned();
                    return self.effect(HeapOperation::Release, Allocator::Text, way, last, |_| None);
                }
                if *class == lang.arr {
                    let last = |db: &dyn Db| format!("drop of `{}`", ty.display(db));
                    self.effect(HeapOperation::Release, Allocator::OfArray, way, last, |_| None);
                }
                if crate::items::class_data(self.db, *class).is_builtin {
                    for arg in args.iter() {
                        self.enqueue(Work::Drop(arg.clone()), way.clone());
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
                    self.enqueue(work, way.clone());
                    // The end of `del` drops what is left of the object.
                    return;
                }
                for part in inline_parts(self.db, self.program, &facts_env, ty) {
                    self.enqueue(Work::Drop(part), way.clone());
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
