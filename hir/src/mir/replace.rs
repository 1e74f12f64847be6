//! What a recursive call leaves of its caller's frame (F11, F12): a local that nothing uses afterwards is dropped before
//! the call; what is used, or borrowed, moves into the continuation and is dropped when that has run.
//!
//! Runs before elaboration, which then finds the later drops of such a local without anything to do.

use super::facts::Facts;
use super::{
    Arg, Drop, DropWhy, Mir, MirKind, Place, Recursion, Rvalue, SlotId, SlotKind, Statement, StatementKind,
};
use crate::ownership::dataflow::{Graph, State, apply, successors};
use crate::ownership::events::{Event, events};
use crate::ownership::move_paths::MovePaths;
use crate::ty::Convention;

/// Answers whether anything changed.
pub(crate) fn drop_before_recursion(
    mir: &mut Mir,
    facts: &Facts<'_>,
    graph: &Graph,
    paths: &MovePaths,
    states: &[Option<State>],
) -> bool {
    let is_call = |statement: &Statement| matches!(&statement.kind, StatementKind::Call(call) if call.recursion == Recursion::Accumulating);
    if mir.kind != MirKind::Function || !mir.statements().any(is_call) {
        return false;
    }
    let locals = locals(mir, facts);
    if locals.is_empty() {
        return false;
    }
    let live = live_at_end(mir, graph, &locals);
    let mut changed = false;
    let mut blocks = std::mem::take(&mut mir.blocks);
    for (index, block) in blocks.iter_mut().enumerate() {
        let Some(mut state) = states[index].clone() else { continue };
        if !block.statements.iter().any(is_call) {
            continue;
        }
        // Who is used from each statement on.
        let mut alive = live[index].clone();
        let mut alive_before: Vec<Vec<bool>> = Vec::with_capacity(block.statements.len());
        for statement in block.statements.iter().rev() {
            step(&locals, &statement.kind, &mut alive);
            alive_before.push(alive.clone());
        }
        alive_before.reverse();
        let mut statements = Vec::with_capacity(block.statements.len());
        for (statement, alive) in std::mem::take(&mut block.statements).into_iter().zip(alive_before) {
            if is_call(&statement) {
                for (local, alive) in locals.iter().zip(alive).rev() {
                    let there = paths.root_of(*local).is_some_and(|root| {
                        let mut there = state.maybe_init(root);
                        paths.each_below(root, &mut |path| there |= state.maybe_init(path));
                        there
                    });
                    if alive || !there {
                        continue;
                    }
                    let place = Place::slot(*local);
                    let kind = StatementKind::Drop(Drop { place, why: DropWhy::TailCall, flag: None }.into());
                    events(&kind, &mut |event| apply(paths, &mut state, event));
                    statements.push(Statement { kind, span: statement.span });
                    changed = true;
                }
            }
            events(&statement.kind, &mut |event| apply(paths, &mut state, event));
            statements.push(statement);
        }
        block.statements = statements.into();
    }
    mir.blocks = blocks;
    changed
}

/// Variables and parameters that own something and are never lent for longer than a call.
fn locals(mir: &Mir, facts: &Facts<'_>) -> Vec<SlotId> {
    let mut lent = vec![false; mir.slots.len()];
    for statement in mir.statements() {
        match &statement.kind {
            StatementKind::Assign(_, Rvalue::Ref { place, .. } | Rvalue::ElementRef { place, .. }) => {
                lent[place.slot.0 as usize] = true;
            }
            StatementKind::Assign(_, Rvalue::TupleRest { place, .. }) => {
                lent[place.slot.0 as usize] = true;
            }
            StatementKind::Call(call) => {
                let holds = call.result_convention != Convention::Value
                    || call
                        .dest
                        .as_ref()
                        .is_some_and(|dest| facts.may_hold_borrow(&mir.slots[dest.slot.0 as usize].ty));
                for arg in call.args.iter().filter(|_| holds) {
                    if let Arg::Ref { place, .. } = arg {
                        lent[place.slot.0 as usize] = true;
                    }
                }
            }
            _ => {}
        }
    }
    let owns = |index: &usize| {
        let slot = &mir.slots[*index];
        matches!(slot.kind, SlotKind::Param | SlotKind::Variable)
            && slot.convention == Convention::Value
            && !lent[*index]
            && facts.needs_drop(&slot.ty)
    };
    (1..mir.slots.len()).filter(owns).map(|index| SlotId(index as u32)).collect()
}

/// Backwards over one statement: its uses begin a life, a new value ends it. Drops are no uses.
fn step(locals: &[SlotId], kind: &StatementKind, alive: &mut [bool]) {
    let at = |slot: SlotId| locals.binary_search(&slot).ok();
    events(kind, &mut |event| {
        if let Event::Assign(place) = event
            && place.projection.is_empty()
            && let Some(at) = at(place.slot)
        {
            alive[at] = false;
        }
    });
    events(kind, &mut |event| {
        let used = match event {
            Event::Use(place, _) | Event::Taint(place) => Some(place.slot),
            Event::Assign(place) if !place.projection.is_empty() => Some(place.slot),
            _ => None,
        };
        if let Some(at) = used.and_then(at) {
            alive[at] = true;
        }
    });
    if let StatementKind::Append { into, .. } = kind
        && let Some(at) = at(into.slot)
    {
        alive[at] = true;
    }
}

/// By block: which locals are used after it.
fn live_at_end(mir: &Mir, graph: &Graph, locals: &[SlotId]) -> Vec<Vec<bool>> {
    let mut at_start = vec![vec![false; locals.len()]; mir.blocks.len()];
    let after = |at_start: &[Vec<bool>], block: usize| {
        let (next, len) = successors(&mir.blocks[block].terminator);
        let mut alive = vec![false; locals.len()];
        for successor in &next[..len] {
            for (known, new) in alive.iter_mut().zip(&at_start[successor.0 as usize]) {
                *known |= new;
            }
        }
        alive
    };
    loop {
        let mut again = false;
        for block in graph.order.iter().rev() {
            let index = block.0 as usize;
            let mut alive = after(&at_start, index);
            for statement in mir.blocks[index].statements.iter().rev() {
                step(locals, &statement.kind, &mut alive);
            }
            if alive != at_start[index] {
                at_start[index] = alive;
                again = true;
            }
        }
        if !again {
            break;
        }
    }
    (0..mir.blocks.len()).map(|block| after(&at_start, block)).collect()
}
