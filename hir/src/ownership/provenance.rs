//! Static provenance of local arrays (5.5): which allocator each came from.

use super::check::Analysis;
use super::dataflow::successors;
use super::hints::wrong_allocator;
use super::report::Reporter;
use crate::mir::*;
use crate::signature::Container;
use crate::ty::Ty;

/// Where the array in a slot came from, or the array inside the `Ret` in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Provenance {
    /// No array yet on this path.
    None,
    /// From an allocator, with its generic arguments.
    From(Ty),
    /// Literal, `Arr.new`, homogeneous pack.
    Plain,
    /// The array parameter of an allocator's own `realloc` or `dealloc`: accepted by every allocator.
    Inner,
    Unknown,
}

impl Provenance {
    fn join(&mut self, other: &Provenance) -> bool {
        let joined = match (&*self, other) {
            (Provenance::None, other) => other.clone(),
            (known, Provenance::None) => known.clone(),
            (known, other) if known == other => known.clone(),
            _ => Provenance::Unknown,
        };
        let changed = joined != *self;
        *self = joined;
        changed
    }
}

/// Reports arrays that go to the wrong allocator, and returns what is known of each variable: the join over all values
/// it is given.
pub(crate) fn provenance(analysis: &Analysis<'_>, report: &mut Reporter<'_>) -> Vec<(SlotId, Provenance)> {
    let mir = analysis.mir;
    let mut entry: Vec<Option<Vec<Provenance>>> = vec![None; mir.blocks.len()];
    let mut start = vec![Provenance::None; mir.slots.len()];
    for (index, value) in start.iter_mut().enumerate().take(mir.param_count as usize + 1).skip(1) {
        *value = if is_inner(analysis, index) { Provenance::Inner } else { Provenance::Unknown };
    }
    entry[0] = Some(start);
    loop {
        let mut again = false;
        for &block in &analysis.graph.order {
            let Some(mut state) = entry[block.0 as usize].clone() else { continue };
            let data = &mir.blocks[block.0 as usize];
            for statement in &data.statements {
                step(analysis, statement, &mut state, &mut |_, _, _, _| {});
            }
            let (successors, len) = successors(&data.terminator);
            for successor in &successors[..len] {
                let index = successor.0 as usize;
                let changed = match &mut entry[index] {
                    Some(known) => {
                        let pairs = known.iter_mut().zip(&state);
                        pairs.fold(false, |changed, (known, new)| known.join(new) | changed)
                    }
                    empty => {
                        *empty = Some(state.clone());
                        true
                    }
                };
                again |=
                    changed && analysis.graph.position[index] <= analysis.graph.position[block.0 as usize];
            }
        }
        if !again {
            break;
        }
    }

    let mut known: Vec<(SlotId, Provenance)> = Vec::new();
    for &block in &analysis.graph.order {
        let Some(mut state) = entry[block.0 as usize].clone() else { continue };
        for statement in &mir.blocks[block.0 as usize].statements {
            step(analysis, statement, &mut state, &mut |op, allocator, place, from| {
                let source = analysis_source(analysis, place);
                wrong_allocator(analysis, source, from, allocator, op, statement, report);
            });
            let dest = match &statement.kind {
                StatementKind::Assign(dest, _) => Some(dest),
                StatementKind::Call(call) => call.dest.as_ref(),
                _ => None,
            };
            if let Some(dest) = dest.filter(|dest| dest.projection.is_empty()) {
                let value = &state[dest.slot.0 as usize];
                match known.iter_mut().find(|(slot, _)| *slot == dest.slot) {
                    Some((_, all)) => {
                        all.join(value);
                    }
                    None => known.push((dest.slot, value.clone())),
                }
            }
        }
    }
    known
}

/// The variable that a temporary argument was moved from, for the message.
fn analysis_source<'p>(analysis: &'p Analysis<'_>, place: &'p Place) -> &'p Place {
    if analysis.slot(place.slot).kind != SlotKind::Temporary {
        return place;
    }
    let moved_in = analysis.mir.statements().find_map(|statement| match &statement.kind {
        StatementKind::Assign(dest, Rvalue::Use(Operand::Move(source))) if dest == place => Some(source),
        _ => None,
    });
    moved_in.unwrap_or(place)
}

fn is_inner(analysis: &Analysis<'_>, slot: usize) -> bool {
    let func = analysis.mir.func;
    let in_block =
        matches!(analysis.facts.signature(func).container, Container::Sup(_) | Container::Class(_));
    in_block
        && matches!(analysis.mir.kind, MirKind::Function)
        && matches!(analysis.facts.alloc_op(func), Some(AllocOp::Realloc | AllocOp::Dealloc))
        && analysis.facts.is_array(&analysis.mir.slots[slot].ty)
}

type GiveBack<'f> = dyn FnMut(AllocOp, &Ty, &Place, &Provenance) + 'f;

fn step(
    analysis: &Analysis<'_>,
    statement: &Statement,
    state: &mut [Provenance],
    give_back: &mut GiveBack<'_>,
) {
    let of = |operand: &Operand, state: &[Provenance]| match operand {
        Operand::Move(place) | Operand::Copy(place) if place.projection.is_empty() => {
            state[place.slot.0 as usize].clone()
        }
        _ => Provenance::Unknown,
    };
    match &statement.kind {
        StatementKind::Assign(dest, rvalue) if dest.projection.is_empty() => {
            let value = match rvalue {
                Rvalue::Use(value) | Rvalue::PassValue(value) => of(value, state),
                Rvalue::Array { .. } => Provenance::Plain,
                _ => Provenance::Unknown,
            };
            state[dest.slot.0 as usize] = value;
        }
        StatementKind::Call(call) => {
            let alloc = analysis.facts.alloc_call(&call.target);
            if let (Some((op @ (AllocOp::Realloc | AllocOp::Dealloc), allocator)), Some(Arg::Value(operand))) =
                (alloc, call.args.first())
                && let Operand::Move(place) = operand
            {
                let from = of(operand, state);
                give_back(op, allocator, place, &from);
            }
            let Some(dest) = call.dest.as_ref().filter(|dest| dest.projection.is_empty()) else { return };
            state[dest.slot.0 as usize] = match alloc {
                Some((AllocOp::Dealloc, _)) => Provenance::Unknown,
                Some((_, allocator)) => Provenance::From(allocator.clone()),
                None if passes_on(analysis, call) => match call.args.first() {
                    Some(Arg::Value(operand)) => of(operand, state),
                    _ => Provenance::Unknown,
                },
                None if makes_plain(analysis, call) => Provenance::Plain,
                None => Provenance::Unknown,
            };
        }
        _ => {}
    }
}

/// `unwrap` of a residual preserves provenance (5.5).
fn passes_on(analysis: &Analysis<'_>, call: &Call) -> bool {
    let CallTarget::Func { func, self_ty: Some(ty), .. } = &call.target else { return false };
    let facts = analysis.facts;
    facts.is_opt_or_ret(ty) && facts.signature(*func).name == facts.signature(facts.lang.try_unwrap).name
}

/// `Arr.new`: a primitive static method of the array class that takes a pack and gives an array.
fn makes_plain(analysis: &Analysis<'_>, call: &Call) -> bool {
    let CallTarget::Func { func, self_ty: Some(ty), .. } = &call.target else { return false };
    let signature = analysis.facts.signature(*func);
    analysis.facts.is_array(ty) && signature.is_builtin && signature.self_param.is_none()
}
