//! Where each slot of a frame lies: parameters first, then the rest; slots that are never in use at the same time share
//! their space (F7).

use crate::db::{Db, Program};
use crate::layout::{Unsized, held_size};
use crate::mir::{Mir, SlotId, StatementKind};
use crate::ownership::dataflow::{Graph, successors};
use crate::ty::Subst;

/// Slots of one frame, in bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameLayout {
    pub size: u32,
    /// By slot.
    pub offsets: Vec<u32>,
    /// By slot.
    pub sizes: Vec<u32>,
}

/// Beyond this many slots the space of none is shared.
const MAX_SHARED: usize = 4096;

/// The frame of one instance of a function, lambda or default argument: parameters (slots `1..=param_count`) lie at the
/// start, one after the other; then the return value; then variables and temporaries.
pub fn layout_of_instance(
    db: &dyn Db,
    program: Program,
    mir: &Mir,
    subst: &Subst,
) -> Result<FrameLayout, Unsized> {
    let mut sizes = Vec::with_capacity(mir.slots.len());
    for slot in &mir.slots {
        let size = if subst.args.is_empty() && subst.self_ty.is_none() {
            held_size(db, program, slot.convention, &slot.ty)
        } else {
            let ty = subst.apply(&slot.ty);
            let ty = crate::sups::normalise(db, program, &crate::items::Env::EMPTY, &ty);
            held_size(db, program, slot.convention, &ty)
        };
        sizes.push(size?);
    }
    Ok(place_slots(mir, sizes))
}

/// Offsets for slots of known sizes.
pub(crate) fn place_slots(mir: &Mir, sizes: Vec<u32>) -> FrameLayout {
    let count = mir.slots.len();
    let mut offsets = vec![0u32; count];
    let mut end = 0u32;
    for index in 1..=mir.param_count as usize {
        offsets[index] = end;
        end = end.saturating_add(sizes[index]);
    }
    offsets[0] = end;
    end = end.saturating_add(sizes[0]);

    let fixed = mir.param_count as usize + 1;
    let shared = count <= MAX_SHARED;
    let conflicts = if shared { conflicts(mir) } else { Vec::new() };
    for index in fixed..count {
        if sizes[index] == 0 {
            continue;
        }
        if !shared {
            offsets[index] = end;
            end = end.saturating_add(sizes[index]);
            continue;
        }
        // First fit among the slots in use at the same time that have their place already.
        let base = offsets[0] + sizes[0];
        let mut taken: Vec<(u32, u32)> = conflicts[index]
            .iter()
            .map(|&other| other as usize)
            .filter(|&other| other >= fixed && other < index && sizes[other] > 0)
            .map(|other| (offsets[other], offsets[other] + sizes[other]))
            .collect();
        taken.sort_unstable();
        let mut at = base;
        for (from, to) in taken {
            if from >= at.saturating_add(sizes[index]) {
                break;
            }
            at = at.max(to);
        }
        offsets[index] = at;
        end = end.max(at.saturating_add(sizes[index]));
    }
    FrameLayout { size: end, offsets, sizes }
}

/// For each slot those that are in use at some moment at which it is, as far as they are not parameters.
fn conflicts(mir: &Mir) -> Vec<Vec<u32>> {
    let count = mir.slots.len();
    let words = count.div_ceil(64);
    let mut rows = vec![0u64; count * words];
    let graph = Graph::of(mir);
    // A slot without a beginning (a drop flag, the return value) is in use all the time.
    let mut begins = vec![false; count];
    for statement in mir.statements() {
        if let StatementKind::StorageLive(slot) = &statement.kind {
            begins[slot.0 as usize] = true;
        }
    }
    let always: Vec<usize> = (mir.param_count as usize + 1..count).filter(|&slot| !begins[slot]).collect();
    let mut start = vec![0u64; words];
    for &slot in &always {
        start[slot / 64] |= 1 << (slot % 64);
    }
    let mut note = |live: &[u64], slot: usize| {
        for (word, &bits) in live.iter().enumerate() {
            rows[slot * words + word] |= bits;
        }
    };
    for &slot in &always {
        note(&start, slot);
    }
    let mut entry: Vec<Option<Vec<u64>>> = vec![None; mir.blocks.len()];
    entry[0] = Some(start);
    loop {
        let mut again = false;
        for &block in &graph.order {
            let Some(mut live) = entry[block.0 as usize].clone() else { continue };
            let data = &mir.blocks[block.0 as usize];
            for statement in &data.statements {
                match &statement.kind {
                    StatementKind::StorageLive(SlotId(slot)) => {
                        let slot = *slot as usize;
                        note(&live, slot);
                        live[slot / 64] |= 1 << (slot % 64);
                    }
                    StatementKind::StorageDead(SlotId(slot)) => {
                        live[*slot as usize / 64] &= !(1 << (slot % 64));
                    }
                    _ => {}
                }
            }
            let (next, len) = successors(&data.terminator);
            for successor in &next[..len] {
                let index = successor.0 as usize;
                let changed = match &mut entry[index] {
                    Some(known) => known.iter_mut().zip(&live).fold(false, |changed, (known, new)| {
                        let grows = new & !*known != 0;
                        *known |= new;
                        changed | grows
                    }),
                    empty => {
                        *empty = Some(live.clone());
                        true
                    }
                };
                again |= changed && graph.position[index] <= graph.position[block.0 as usize];
            }
        }
        if !again {
            break;
        }
    }
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); count];
    for slot in 0..count {
        for other in 0..count {
            if other != slot && rows[slot * words + other / 64] >> (other % 64) & 1 == 1 {
                lists[slot].push(other as u32);
                lists[other].push(slot as u32);
            }
        }
    }
    lists
}
