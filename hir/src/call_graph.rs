//! The static call graph below some functions, instance by instance (F10): what direct calls, operators, default
//! arguments, drops and, for a dynamic call, every override may run.
//!
//! It spans all files. Nothing that the editor asks on each key press may depend on it; what a single file says of its
//! own cycles is in [`crate::mir::recursion`].

use crate::alloc_summary::{Allocator, Callee, callee_of};
use crate::db::{Db, Program};
use crate::facts::{has_del, inline_parts};
use crate::frame::{HeapOperation, layout_of_instance};
use crate::ids::{FuncId, FuncKey};
use crate::infer::Dispatch;
use crate::items::Env;
use crate::lang::lang_items;
use crate::layout::Unsized;
use crate::mir::facts::Facts;
use crate::mir::recursion::strongly_connected;
use crate::mir::{
    AllocOp, Arg, Call, CallTarget, Const, DropWhy, Mir, MirKind, Operand, Place, Projection, Recursion,
    Rvalue, SlotId, SlotKind, Statement, StatementKind, Terminator,
};
use crate::ownership::events::parts;
use crate::ty::{Convention, Subst, Ty, TyArgs};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A larger graph is not followed to its end.
const MAX_NODES: usize = 20_000;

pub(crate) struct CallGraph {
    /// The roots first.
    pub nodes: Vec<Node>,
    /// By node: the cycle of the static call graph that it lies on (F10).
    pub cycles: Vec<Option<u32>>,
    /// There are more instances than are followed.
    pub incomplete: bool,
}

/// One instance of a function.
pub(crate) struct Node {
    pub func: FuncId,
    /// Of its container and of its own, as far as known.
    pub args: (TyArgs, TyArgs),
    /// Bytes of its frame, or why they are not known.
    pub size: Result<u32, String>,
    /// The largest frame of a default argument that calls nothing.
    pub defaults: u32,
    /// The largest frame of a lambda in it.
    pub lambdas: u32,
    pub calls: Vec<u32>,
    /// Functions that it hands out as values; calling those is not on the graph of F10.
    pub values: Vec<u32>,
    /// Methods `dealloc` through which dropped arrays may go back to their allocators (A44); not on the graph of F10.
    pub releases: Vec<u32>,
}

impl Node {
    fn new(func: FuncId, args: (TyArgs, TyArgs)) -> Node {
        Node {
            func,
            args,
            size: Ok(0),
            defaults: 0,
            lambdas: 0,
            calls: Vec::new(),
            values: Vec::new(),
            releases: Vec::new(),
        }
    }
}

impl CallGraph {
    /// Everything that the roots reach. Generic roots stay generic.
    pub fn from(db: &dyn Db, program: Program, roots: &[FuncId]) -> CallGraph {
        let allocators = allocators(db, program, roots);
        let mut builder =
            Builder { db, program, allocators, index: FxHashMap::default(), todo: Vec::new(), full: false };
        for root in roots {
            builder.node(Callee {
                func: *root,
                container_args: TyArgs::EMPTY,
                args: TyArgs::EMPTY,
                self_ty: None,
                dispatch: Dispatch::Direct,
            });
        }
        let mut nodes = Vec::new();
        while let Some(callee) = builder.todo.get(nodes.len()).cloned() {
            nodes.push(builder.expand(callee));
        }
        let cycles = cycles(&nodes);
        CallGraph { nodes, cycles, incomplete: builder.full }
    }
}

/// A function is recursive whatever it is instantiated with, so cycles are those of functions, not of instances.
fn cycles(nodes: &[Node]) -> Vec<Option<u32>> {
    let mut numbers: FxHashMap<FuncId, u32> = FxHashMap::default();
    let mut edges: Vec<Vec<u32>> = Vec::new();
    let mut number = |func: FuncId, edges: &mut Vec<Vec<u32>>| {
        *numbers.entry(func).or_insert_with(|| {
            edges.push(Vec::new());
            edges.len() as u32 - 1
        })
    };
    let of: Vec<u32> = nodes.iter().map(|node| number(node.func, &mut edges)).collect();
    for (node, from) in nodes.iter().zip(&of) {
        let list = &mut edges[*from as usize];
        list.extend(node.calls.iter().map(|call| of[*call as usize]));
        list.sort_unstable();
        list.dedup();
    }
    let mut group = vec![None; edges.len()];
    for (at, members) in strongly_connected(&edges).into_iter().enumerate() {
        if members.len() > 1 || edges[members[0] as usize].contains(&members[0]) {
            members.into_iter().for_each(|member| group[member as usize] = Some(at as u32));
        }
    }
    of.into_iter().map(|func| group[func as usize]).collect()
}

/// The program's own allocators that functions may take arrays from, each behind the type of its elements.
fn allocators(db: &dyn Db, program: Program, funcs: &[FuncId]) -> Vec<(Ty, Ty)> {
    let lang = lang_items(db, program.edition(db));
    let effects = funcs.iter().flat_map(|func| &crate::alloc_summary::alloc_summary(db, *func).effects);
    let mut found = Vec::new();
    for effect in effects.filter(|effect| effect.operation != HeapOperation::Release) {
        let Allocator::Type(ty) = &effect.allocator else { continue };
        if ty.class() == Some(lang.global_alloc) || ty.has_params() {
            continue;
        }
        if let Some(element) = crate::facts::allocator_element(db, program, &Env::EMPTY, ty)
            && !found.contains(&(element.clone(), ty.clone()))
        {
            found.push((element, ty.clone()));
        }
    }
    found
}

struct Builder<'db> {
    db: &'db dyn Db,
    program: Program,
    /// Those whose arrays may be met, each behind the type of its elements.
    allocators: Vec<(Ty, Ty)>,
    index: FxHashMap<Callee, u32>,
    todo: Vec<Callee>,
    full: bool,
}

impl Builder<'_> {
    /// The number of an instance; `None` where there are too many.
    fn node(&mut self, callee: Callee) -> Option<u32> {
        if let Some(known) = self.index.get(&callee) {
            return Some(*known);
        }
        if self.todo.len() >= MAX_NODES {
            self.full = true;
            return None;
        }
        let number = self.todo.len() as u32;
        self.index.insert(callee.clone(), number);
        self.todo.push(callee);
        Some(number)
    }

    fn expand(&mut self, callee: Callee) -> Node {
        let (func, container_args) = callee.target(self.db, self.program);
        let mut node = Node::new(func, (container_args.clone(), callee.args.clone()));
        let facts = Facts::in_program(self.db, func, self.program);
        let Some(mir) = crate::mir::mir(self.db, func) else {
            let open = callee.dispatch == Dispatch::Static
                && callee.self_ty.as_ref().is_some_and(Ty::has_params)
                && !facts.signature(func).is_builtin;
            if open && let Some(ty) = &callee.self_ty {
                let name = &facts.signature(func).name;
                let ty = ty.display(self.db);
                node.size = Err(format!("`{ty}` decides which `{name}` runs"));
            }
            return node;
        };
        let closed = container_args.is_empty() && callee.args.is_empty() && !mentions_self(mir);
        let subst = if closed {
            Subst::default()
        } else {
            facts.callee_subst(func, &container_args, &callee.args, callee.self_ty.as_ref())
        };
        node.size = self.size(mir, &subst);
        self.collect(&facts, mir, &subst, &mut node);
        node
    }

    fn size(&self, mir: &Mir, subst: &Subst) -> Result<u32, String> {
        match layout_of_instance(self.db, self.program, mir, subst) {
            Ok(layout) => Ok(layout.size),
            Err(Unsized::Generic) => Err(self.generic_reason(mir, subst)),
            Err(Unsized::Infinite) => Err("a value in it has no bounded size".to_owned()),
            Err(Unsized::Unknown) => {
                let name = crate::display::function_name(self.db, mir.func);
                Err(format!("`{name}` has errors"))
            }
        }
    }

    /// Which generic parameter keeps a frame from having a size.
    fn generic_reason(&self, mir: &Mir, subst: &Subst) -> String {
        let open = mir.slots.iter().find_map(|slot| {
            let ty = self.normal(&subst.apply(&slot.ty));
            let held = crate::layout::held_size(self.db, self.program, slot.convention, &ty);
            (held == Err(Unsized::Generic)).then_some(ty)
        });
        let name = crate::display::function_name(self.db, mir.func);
        match open {
            Some(ty) => format!("the size of `{}` in `{name}` is not known", ty.display(self.db)),
            None => format!("the frame of `{name}` depends on a generic parameter"),
        }
    }

    fn collect(&mut self, facts: &Facts<'_>, mir: &Mir, subst: &Subst, node: &mut Node) {
        for statement in mir.statements() {
            match &statement.kind {
                StatementKind::Call(call) => self.collect_call(facts, call, subst, node),
                StatementKind::Assign(_, rvalue @ (Rvalue::Use(_) | Rvalue::FunctionValue { .. })) => {
                    parts(rvalue).for_each(|operand| self.value(operand, node));
                }
                StatementKind::Drop(drop) => {
                    let ty = self.normal(&subst.apply(&facts.place_type(mir, &drop.place)));
                    self.destructors(&ty, node);
                }
                StatementKind::Fold(fold) => {
                    if let crate::mir::FoldOp::Call { target, .. } = &fold.op
                        && let Some(callee) = callee_of(target)
                    {
                        let callee = self.replaced(&callee, subst);
                        self.call(callee, &mut node.calls);
                    }
                }
                _ => {}
            }
        }
        for lambda in &mir.lambdas {
            match self.size(lambda, subst) {
                Ok(size) => node.lambdas = node.lambdas.max(size),
                Err(because) => node.size = Err(because),
            }
            self.collect(facts, lambda, subst, node);
        }
    }

    fn collect_call(&mut self, facts: &Facts<'_>, call: &Call, subst: &Subst, node: &mut Node) {
        if let Some(callee) = callee_of(&call.target) {
            let callee = self.replaced(&callee, subst);
            if let Some(element) = self.dropped_by_primitive(facts, &callee) {
                self.destructors(&element, node);
            }
            self.call(callee, &mut node.calls);
        }
        if let CallTarget::DefaultArg { func, param, .. } = &call.target
            && let Some(mir) = crate::mir::mir(self.db, *func)
            && let Some(Some(default)) = mir.defaults.get(*param as usize)
        {
            let size = self.size(default, subst).unwrap_or(0);
            let mut inner = Node::new(node.func, node.args.clone());
            self.collect(facts, default, subst, &mut inner);
            let is_leaf = inner.calls.is_empty() && inner.values.is_empty() && inner.releases.is_empty();
            if is_leaf && inner.lambdas == 0 {
                // It is over before the call that it is made for begins.
                node.defaults = node.defaults.max(size);
            } else {
                node.lambdas = node.lambdas.max(size);
                self.collect(facts, default, subst, node);
            }
        }
        for arg in &call.args {
            if let Arg::Value(operand) = arg {
                self.value(operand, node);
            }
        }
    }

    fn call(&mut self, callee: Callee, calls: &mut Vec<u32>) {
        // The object's own class decides a dynamic call: it may be any.
        let any = match (callee.dispatch, &callee.self_ty) {
            (Dispatch::Virtual, Some(ty)) => crate::layout::possible_classes(self.db, self.program, ty)
                .into_iter()
                .map(|class| Callee { self_ty: Some(class), dispatch: Dispatch::Static, ..callee.clone() })
                .collect(),
            _ => vec![callee],
        };
        for callee in any {
            if let Some(number) = self.node(callee)
                && !calls.contains(&number)
            {
                calls.push(number);
            }
        }
    }

    fn value(&mut self, operand: &Operand, node: &mut Node) {
        if let Operand::Const(Const::Func(of)) = operand {
            let callee = Callee { args: of.1.clone(), ..direct(of.0) };
            self.call(callee, &mut node.values);
        }
    }

    fn normal(&self, ty: &Ty) -> Ty {
        crate::sups::normalise(self.db, self.program, &Env::EMPTY, ty)
    }

    fn replaced(&self, callee: &Callee, subst: &Subst) -> Callee {
        let replace = |ty: &Ty| self.normal(&subst.apply(ty));
        Callee {
            func: callee.func,
            container_args: callee.container_args.iter().map(replace).collect(),
            args: callee.args.iter().map(replace).collect(),
            self_ty: callee.self_ty.as_ref().map(replace),
            dispatch: callee.dispatch,
        }
    }

    /// The elements that a primitive function may drop: `Arr.set` the old one, an array that is given back all of them.
    fn dropped_by_primitive(&self, facts: &Facts<'_>, callee: &Callee) -> Option<Ty> {
        let lang = lang_items(self.db, self.program.edition(self.db));
        let signature = crate::items::signature(self.db, callee.func);
        let Some(Ty::Class(class, args)) = &callee.self_ty else { return None };
        let drops = if *class == lang.arr {
            signature.is_builtin && signature.name == "set"
        } else {
            *class == lang.global_alloc
                && matches!(facts.alloc_op(callee.func), Some(AllocOp::Dealloc | AllocOp::Realloc))
        };
        args.first().filter(|_| drops).cloned()
    }

    /// An array that is dropped goes back to the allocator that made it (A44).
    fn release(&mut self, element: &Ty, node: &mut Node) {
        let lang = lang_items(self.db, self.program.edition(self.db));
        let all = self.allocators.iter().filter(|(of, _)| of == element);
        let callees: Vec<Callee> = all
            .map(|(element, allocator)| Callee {
                container_args: TyArgs::from(vec![element.clone()]),
                self_ty: Some(allocator.clone()),
                dispatch: Dispatch::Static,
                ..direct(lang.alloc_dealloc)
            })
            .collect();
        for callee in callees {
            // Inside of it the array is the inner allocator's.
            if callee.target(self.db, self.program).0 != node.func {
                self.call(callee, &mut node.releases);
            }
        }
    }

    /// The `del`s that dropping a value runs.
    fn destructors(&mut self, ty: &Ty, node: &mut Node) {
        let env = Env::EMPTY;
        let mut seen: FxHashSet<Ty> = FxHashSet::default();
        let mut todo = vec![ty.clone()];
        while let Some(ty) = todo.pop() {
            if !matches!(ty, Ty::Class(..) | Ty::Tuple(_)) || seen.len() > 256 || !seen.insert(ty.clone()) {
                continue;
            }
            match &ty {
                Ty::Tuple(parts) => todo.extend(parts.iter().cloned()),
                Ty::Class(class, args) if crate::items::class_data(self.db, *class).is_builtin => {
                    todo.extend(args.iter().cloned());
                    if *class == lang_items(self.db, self.program.edition(self.db)).arr
                        && let Some(element) = args.first()
                    {
                        self.release(element, node);
                    }
                }
                _ if has_del(self.db, self.program, &env, &ty) => {
                    let lang = lang_items(self.db, self.program.edition(self.db));
                    let del = Callee {
                        self_ty: Some(ty.clone()),
                        dispatch: Dispatch::Static,
                        ..direct(lang.del_del)
                    };
                    self.call(del, &mut node.calls);
                }
                _ => todo.extend(inline_parts(self.db, self.program, &env, &ty)),
            }
        }
    }
}

fn direct(func: FuncId) -> Callee {
    Callee {
        func,
        container_args: TyArgs::EMPTY,
        args: TyArgs::EMPTY,
        self_ty: None,
        dispatch: Dispatch::Direct,
    }
}

fn mentions_self(mir: &Mir) -> bool {
    mir.slots.iter().any(|slot| slot.ty.any(&mut |ty| matches!(ty, Ty::SelfTy)))
}

/// The cycles that a function reaches, through every file: what an evaluation knows before it begins.
#[derive(PartialEq, Eq, Default)]
pub struct Cycles {
    group: FxHashMap<FuncId, u32>,
    /// Those that a `del` lies on.
    with_del: FxHashSet<u32>,
}

/// The cycles below an entry.
pub fn cycles_below(db: &dyn Db, entry: FuncId) -> &Arc<Cycles> {
    cycles_in(db, entry.key(db))
}

#[salsa::tracked(returns(ref))]
fn cycles_in<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Arc<Cycles> {
    let entry = key.func(db);
    let graph = CallGraph::from(db, entry.file().program(db), &[entry]);
    let all = graph.nodes.iter().zip(&graph.cycles);
    let group: FxHashMap<FuncId, u32> =
        all.filter_map(|(node, cycle)| Some((node.func, (*cycle)?))).collect();
    let dels = group.iter().filter(|(func, _)| crate::items::signature(db, **func).name == "del");
    let with_del = dels.map(|(_, cycle)| *cycle).collect();
    Arc::new(Cycles { group, with_del })
}

impl Cycles {
    /// The cycle that a function lies on, if a `del` lies on it too.
    pub fn with_del(&self, func: FuncId) -> Option<u32> {
        self.group.get(&func).copied().filter(|cycle| self.with_del.contains(cycle))
    }

    /// The body of a function with every call inside a cycle known as one: a call in tail position takes over the frame
    /// (F9, F11), another leaves a continuation (F12).
    pub fn linked(&self, db: &dyn Db, program: Program, mir: &Arc<Mir>) -> Arc<Mir> {
        let Some(own) = self.group.get(&mir.func) else { return mir.clone() };
        let is_inside = |call: &Call| {
            let CallTarget::Func { func, container_args, dispatch, self_ty, .. } = &call.target else {
                return false;
            };
            let targets = crate::mir::recursion::targets(
                db,
                program,
                *func,
                container_args,
                *dispatch,
                self_ty.as_ref(),
            );
            call.recursion == Recursion::None
                && targets.iter().any(|target| self.group.get(target) == Some(own))
        };
        let found =
            |statement: &Statement| matches!(&statement.kind, StatementKind::Call(call) if is_inside(call));
        if !mir.statements().any(found) {
            return mir.clone();
        }
        let mut linked = Mir::clone(mir);
        let mut blocks = std::mem::take(&mut linked.blocks);
        for block in &mut blocks {
            for at in 0..block.statements.len() {
                if !found(&block.statements[at]) {
                    continue;
                }
                let is_last = matches!(block.terminator, Terminator::Return)
                    && matches!(linked.kind, MirKind::Function)
                    && is_tail(&linked, &block.statements[at..]);
                if let StatementKind::Call(call) = &mut block.statements[at].kind {
                    call.recursion = if is_last { Recursion::Tail } else { Recursion::Accumulating };
                }
                if is_last {
                    let mut statements = std::mem::take(&mut block.statements).into_vec();
                    let call = statements.remove(at);
                    statements.retain(|statement| !matches!(statement.kind, StatementKind::StorageDead(_)));
                    for statement in statements.iter_mut().skip(at) {
                        if let StatementKind::Drop(drop) = &mut statement.kind {
                            drop.why = DropWhy::TailCall;
                        }
                    }
                    statements.push(call);
                    block.statements = statements.into();
                    break;
                }
            }
        }
        linked.blocks = blocks;
        Arc::new(linked)
    }
}

/// Whether nothing but drops follows a call whose result is the caller's, and no argument refers to the caller's frame.
fn is_tail(mir: &Mir, statements: &[Statement]) -> bool {
    let [Statement { kind: StatementKind::Call(call), .. }, rest @ ..] = statements else { return false };
    let only_drops = rest
        .iter()
        .all(|statement| matches!(statement.kind, StatementKind::Drop(_) | StatementKind::StorageDead(_)));
    let is_result =
        call.dest.as_ref().is_none_or(|dest| dest.slot == SlotId(0) && dest.projection.is_empty());
    let is_param = |place: &Place| mir.slots[place.slot.0 as usize].kind == SlotKind::Param;
    let stays = call.args.iter().all(|arg| match arg {
        Arg::Ref { place, .. } => place.projection.first() == Some(&Projection::Deref) && is_param(place),
        Arg::Value(Operand::Move(place) | Operand::Copy(place)) => {
            mir.slots[place.slot.0 as usize].convention == Convention::Value || is_param(place)
        }
        Arg::Value(Operand::Const(_)) => true,
    });
    only_drops && is_result && stays && call.result_convention == Convention::Value
}
