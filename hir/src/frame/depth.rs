//! Worst-case stack depth over the static call graph.
//!
//! Recursion adds nothing: a recursive call takes over a frame, or leaves a continuation that is no stack (F9–F13). A
//! lambda or function that a function hands out as a value is counted on top of everything that function calls, since
//! any of that may call it.

use super::{Depth, layout_of_instance};
use crate::alloc_summary::{Callee, callee_of};
use crate::db::{Db, Program};
use crate::facts::{has_del, inline_parts};
use crate::ids::{FuncId, FuncKey};
use crate::infer::Dispatch;
use crate::items::Env;
use crate::lang::lang_items;
use crate::mir::facts::Facts;
use crate::mir::{Const, Mir, Operand, Rvalue, StatementKind};
use crate::ownership::events::parts;
use crate::ty::{Subst, Ty, TyArgs};
use rustc_hash::{FxHashMap, FxHashSet};

/// A larger call graph is not searched to its end.
const MAX_INSTANCES: usize = 3000;

/// Bytes of stack below and including a call of the function.
pub fn depth(db: &dyn Db, func: FuncId) -> &Depth {
    depth_in(db, func.key(db))
}

#[salsa::tracked(returns(ref))]
fn depth_in<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Depth {
    let func = key.func(db);
    let root = Callee {
        func,
        container_args: TyArgs::EMPTY,
        args: TyArgs::EMPTY,
        self_ty: None,
        dispatch: Dispatch::Direct,
    };
    Search { db, program: func.file().program(db), known: FxHashMap::default(), open: FxHashSet::default() }
        .depth(root)
}

struct Search<'db> {
    db: &'db dyn Db,
    program: Program,
    /// Depth of finished instances, and the deepest callee.
    known: FxHashMap<Callee, (u64, Option<Callee>)>,
    open: FxHashSet<Callee>,
}

struct Node {
    callee: Callee,
    size: u64,
    calls: Vec<Callee>,
    /// Functions handed out as values.
    values: Vec<Callee>,
    next: usize,
    deepest: (u64, Option<Callee>),
    deepest_value: u64,
}

impl Search<'_> {
    fn depth(mut self, root: Callee) -> Depth {
        let Some(node) = self.node(root.clone()) else { return Depth::Unknown };
        self.open.insert(root.clone());
        let mut stack = vec![node];
        while let Some(node) = stack.last_mut() {
            let index = node.next;
            node.next += 1;
            let is_value = index >= node.calls.len();
            let target = node.calls.get(index).or_else(|| node.values.get(index - node.calls.len()));
            let Some(target) = target.cloned() else {
                let Some(node) = stack.pop() else { break };
                self.open.remove(&node.callee);
                let total = node.size + node.deepest.0 + node.deepest_value;
                self.known.insert(node.callee, (total, node.deepest.1));
                continue;
            };
            if let Some((bytes, _)) = self.known.get(&target) {
                let bytes = *bytes;
                if is_value {
                    node.deepest_value = node.deepest_value.max(bytes);
                } else if bytes > node.deepest.0 {
                    node.deepest = (bytes, Some(target));
                }
                continue;
            }
            if self.open.contains(&target) {
                // Recursion: the frame is taken over.
                continue;
            }
            if self.known.len() + self.open.len() > MAX_INSTANCES {
                return Depth::Unknown;
            }
            node.next -= 1;
            let Some(inner) = self.node(target.clone()) else { return Depth::Unknown };
            self.open.insert(target);
            stack.push(inner);
        }
        let Some((bytes, _)) = self.known.get(&root) else { return Depth::Unknown };
        let mut path = Vec::new();
        let mut current = Some(root.clone());
        while let Some(callee) = current {
            let name = crate::display::function_name(self.db, self.resolved(&callee).0);
            if path.len() > 64 {
                break;
            }
            path.push(name);
            current = self.known.get(&callee).and_then(|(_, next)| next.clone());
        }
        Depth::Bytes { bytes: *bytes, path }
    }

    fn resolved(&self, callee: &Callee) -> (FuncId, TyArgs) {
        match (&callee.self_ty, callee.dispatch) {
            (Some(ty), Dispatch::Static | Dispatch::Virtual) => crate::members::resolve_override(
                self.db,
                self.program,
                callee.func,
                &callee.container_args,
                ty,
            ),
            _ => (callee.func, callee.container_args.clone()),
        }
    }

    /// `None` if the size of the frame is not known.
    fn node(&self, callee: Callee) -> Option<Node> {
        let (func, container_args) = self.resolved(&callee);
        let facts = Facts::in_program(self.db, func, self.program);
        let mut node = Node {
            size: 0,
            calls: Vec::new(),
            values: Vec::new(),
            next: 0,
            deepest: (0, None),
            deepest_value: 0,
            callee,
        };
        let Some(mir) = crate::mir::mir(self.db, func) else { return Some(node) };
        let closed = container_args.is_empty() && node.callee.args.is_empty() && !mentions_self(mir);
        let subst = if closed {
            Subst::default()
        } else {
            facts.callee_subst(func, &container_args, &node.callee.args, node.callee.self_ty.as_ref())
        };
        node.size = u64::from(layout_of_instance(self.db, self.program, mir, &subst).ok()?.size);
        let mut lambdas = 0;
        self.collect(&facts, mir, &subst, &mut node, &mut lambdas)?;
        node.deepest_value = lambdas;
        Some(node)
    }

    fn collect(
        &self,
        facts: &Facts<'_>,
        mir: &Mir,
        subst: &Subst,
        node: &mut Node,
        lambdas: &mut u64,
    ) -> Option<()> {
        for statement in mir.statements() {
            match &statement.kind {
                StatementKind::Call(call) => {
                    if let Some(callee) = callee_of(&call.target) {
                        push(&mut node.calls, self.replaced(&callee, subst));
                    }
                    for arg in &call.args {
                        if let crate::mir::Arg::Value(operand) = arg {
                            value(operand, &mut node.values);
                        }
                    }
                }
                StatementKind::Assign(_, rvalue @ (Rvalue::Use(_) | Rvalue::FunctionValue { .. })) => {
                    parts(rvalue).for_each(|operand| value(operand, &mut node.values));
                }
                StatementKind::Drop(drop) => {
                    let ty = subst.apply(&facts.place_type(mir, &drop.place));
                    self.destructors(&ty, &mut node.calls);
                }
                _ => {}
            }
        }
        for lambda in &mir.lambdas {
            let frame = layout_of_instance(self.db, self.program, lambda, subst).ok()?;
            *lambdas = (*lambdas).max(u64::from(frame.size));
            self.collect(facts, lambda, subst, node, lambdas)?;
        }
        Some(())
    }

    fn replaced(&self, callee: &Callee, subst: &Subst) -> Callee {
        let env = Env::EMPTY;
        let replace = |ty: &Ty| crate::sups::normalise(self.db, self.program, &env, &subst.apply(ty));
        Callee {
            func: callee.func,
            container_args: callee.container_args.iter().map(replace).collect(),
            args: callee.args.iter().map(replace).collect(),
            self_ty: callee.self_ty.as_ref().map(replace),
            dispatch: callee.dispatch,
        }
    }

    /// The `del`s that dropping a value runs.
    fn destructors(&self, ty: &Ty, calls: &mut Vec<Callee>) {
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
                }
                _ if has_del(self.db, self.program, &env, &ty) => {
                    let lang = lang_items(self.db, self.program.edition(self.db));
                    let del = Callee {
                        func: lang.del_del,
                        container_args: TyArgs::EMPTY,
                        args: TyArgs::EMPTY,
                        self_ty: Some(ty.clone()),
                        dispatch: Dispatch::Static,
                    };
                    push(calls, del);
                }
                _ => todo.extend(inline_parts(self.db, self.program, &env, &ty)),
            }
        }
    }
}

fn push(calls: &mut Vec<Callee>, callee: Callee) {
    if !calls.contains(&callee) {
        calls.push(callee);
    }
}

fn value(operand: &Operand, values: &mut Vec<Callee>) {
    if let Operand::Const(Const::Func(func, args)) = operand {
        push(
            values,
            Callee {
                func: *func,
                container_args: TyArgs::EMPTY,
                args: args.clone(),
                self_ty: None,
                dispatch: Dispatch::Direct,
            },
        );
    }
}

fn mentions_self(mir: &Mir) -> bool {
    mir.slots.iter().any(|slot| slot.ty.any(&mut |ty| matches!(ty, Ty::SelfTy)))
}
