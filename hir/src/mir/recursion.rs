//! Cycles of the static call graph (F10).
//!
//! Looked for within one file: an answer must not depend on every function of a program, or each key press would ask
//! them all. A cycle that runs through several files is found by the evaluator when it links them.

use crate::db::{Db, File, Program};
use crate::ids::{FuncId, LocalItemId, Name};
use crate::infer::{Callee, Dispatch};
use crate::members::{overrides_of, resolve_override};
use crate::ty::{Ty, TyArgs};
use rustc_hash::{FxHashMap, FxHashSet};

/// Whether a call of `callee` from `caller` stays on one cycle of the static call graph.
pub(crate) fn on_one_cycle(
    db: &dyn Db,
    program: Program,
    caller: FuncId,
    callee: FuncId,
    container_args: &TyArgs,
    dispatch: Dispatch,
    self_ty: Option<&Ty>,
) -> bool {
    if caller == callee && dispatch == Dispatch::Direct {
        return true;
    }
    let file = caller.file();
    if dispatch == Dispatch::Direct && callee.file() != file {
        return false;
    }
    // Most functions lie on no cycle at all.
    let Some(group) = group(db, file, caller.local()) else { return false };
    let targets = targets(db, program, callee, container_args, dispatch, self_ty);
    if !targets.iter().any(|target| target.file() == file) {
        return false;
    }
    targets.iter().any(|target| target.file() == file && self::group(db, file, target.local()) == Some(group))
}

/// The functions that a call may run: for a dynamic call every override.
pub(crate) fn targets(
    db: &dyn Db,
    program: Program,
    func: FuncId,
    container_args: &TyArgs,
    dispatch: Dispatch,
    self_ty: Option<&Ty>,
) -> Vec<FuncId> {
    match (dispatch, self_ty) {
        (Dispatch::Direct, _) | (_, None) => vec![func],
        (Dispatch::Static, Some(ty)) => vec![resolve_override(db, program, func, container_args, ty).0],
        (Dispatch::Virtual, Some(ty)) => {
            let mut all = vec![func, resolve_override(db, program, func, container_args, ty).0];
            all.extend(overrides_of(db, program, func));
            all.dedup();
            all
        }
    }
}

/// Number of the cycle that a function lies on; `None` if it lies on none.
pub(crate) fn group(db: &dyn Db, file: File, func: LocalItemId) -> Option<u32> {
    file_cycles(db, file).get(&func).copied()
}

/// Numbers of the functions of the same file that a function calls directly, through operators or dynamically.
fn callees(
    db: &dyn Db,
    func: FuncId,
    names: &FxHashSet<&Name>,
    index: &FxHashMap<LocalItemId, u32>,
) -> Vec<u32> {
    let file = func.file();
    let program = file.program(db);
    let mut found: Vec<u32> = Vec::new();
    let mut add = |target: FuncId| {
        if target.file() == file
            && let Some(number) = index.get(&target.local())
            && !found.contains(number)
        {
            found.push(*number);
        }
    };
    for (_, info) in crate::infer::infer(db, func).calls() {
        let Callee::Function { func, container_args, self_ty, dispatch, .. } = &info.callee else { continue };
        if *dispatch == Dispatch::Direct {
            add(*func);
        } else if names.contains(&crate::items::signature(db, *func).name) {
            // An override has the name of what it overrides (SP4).
            let targets = targets(db, program, *func, container_args, *dispatch, self_ty.as_ref());
            targets.into_iter().for_each(&mut add);
        }
    }
    found
}

/// The cycles among the functions of a file.
#[salsa::tracked(returns(ref))]
fn file_cycles(db: &dyn Db, file: File) -> FxHashMap<LocalItemId, u32> {
    let names = crate::parse::item_tree(db, file).funcs.iter().map(|func| &func.name).collect();
    let funcs: Vec<LocalItemId> = crate::items::functions_of(db, file).map(FuncId::local).collect();
    let index = funcs.iter().enumerate().map(|(at, func)| (*func, at as u32)).collect();
    let edges: Vec<Vec<u32>> =
        funcs.iter().map(|func| callees(db, FuncId::new(file, *func), &names, &index)).collect();
    let mut cycles = FxHashMap::default();
    for (group, members) in strongly_connected(&edges).into_iter().enumerate() {
        let loops = members.len() > 1 || edges[members[0] as usize].contains(&members[0]);
        if loops {
            cycles.extend(members.into_iter().map(|member| (funcs[member as usize], group as u32)));
        }
    }
    cycles
}

/// Tarjan's algorithm, without recursion.
pub(crate) fn strongly_connected(edges: &[Vec<u32>]) -> Vec<Vec<u32>> {
    const UNSEEN: u32 = u32::MAX;
    let mut number = vec![UNSEEN; edges.len()];
    let mut low = vec![0u32; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let mut stack = Vec::new();
    let mut next_number = 0;
    let mut components = Vec::new();
    for root in 0..edges.len() as u32 {
        if number[root as usize] != UNSEEN {
            continue;
        }
        let mut work: Vec<(u32, usize)> = vec![(root, 0)];
        while let Some(&mut (node, ref mut edge)) = work.last_mut() {
            let at = node as usize;
            if *edge == 0 && number[at] == UNSEEN {
                number[at] = next_number;
                low[at] = next_number;
                next_number += 1;
                stack.push(node);
                on_stack[at] = true;
            }
            if let Some(&target) = edges[at].get(*edge) {
                *edge += 1;
                if number[target as usize] == UNSEEN {
                    work.push((target, 0));
                } else if on_stack[target as usize] {
                    low[at] = low[at].min(number[target as usize]);
                }
                continue;
            }
            work.pop();
            if let Some(&(parent, _)) = work.last() {
                low[parent as usize] = low[parent as usize].min(low[at]);
            }
            if low[at] == number[at] {
                let mut component = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member as usize] = false;
                    component.push(member);
                    if member == node {
                        break;
                    }
                }
                components.push(component);
            }
        }
    }
    components
}
