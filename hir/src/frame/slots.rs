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
    Ok(place_slots(mir, &Graph::of(mir), sizes))
}

/// Offsets for slots of known sizes.
pub(crate) fn place_slots(mir: &Mir, graph: &Graph, sizes: Vec<u32>) -> FrameLayout {
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
    let base = offsets[0] + sizes[0];
    let sized = sizes[fixed.min(count)..].iter().filter(|&&size| size > 0).count();
    if sized <= 1 || count > MAX_SHARED {
        for index in fixed..count {
            if sizes[index] > 0 {
                offsets[index] = end;
                end = end.saturating_add(sizes[index]);
            }
        }
        return FrameLayout { size: end, offsets, sizes };
    }
    let conflicts = Conflicts::of(mir, graph);
    let mut taken: Vec<(u32, u32)> = Vec::new();
    for index in fixed..count {
        if sizes[index] == 0 {
            continue;
        }
        // First fit among the slots in use at the same time that have their place already.
        taken.clear();
        conflicts.each_before(index, &mut |other| {
            if other >= fixed && sizes[other] > 0 {
                taken.push((offsets[other], offsets[other] + sizes[other]));
            }
        });
        taken.sort_unstable();
        let mut at = base;
        for &(from, to) in &taken {
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

/// For each slot those that are in use at some moment at which it is: a symmetric matrix of bits.
struct Conflicts {
    rows: Vec<u64>,
    words: usize,
}

impl Conflicts {
    fn of(mir: &Mir, graph: &Graph) -> Self {
        let count = mir.slots.len();
        let words = count.div_ceil(64);
        let mut conflicts = Conflicts { rows: vec![0; count * words], words };
        // Slots in use at the start of each block. One without a beginning (a drop flag, the return value) always is.
        let mut entry = vec![0u64; mir.blocks.len() * words];
        let mut reached = vec![false; mir.blocks.len()];
        reached[0] = true;
        let start = &mut entry[..words];
        (mir.param_count as usize + 1..count).for_each(|slot| set(start, slot));
        for statement in mir.statements() {
            if let StatementKind::StorageLive(slot) = &statement.kind {
                clear(start, slot.0 as usize);
            }
        }
        let mut live = start.to_vec();
        for slot in 0..count {
            if live[slot / 64] >> (slot % 64) & 1 == 1 {
                conflicts.note(&live, slot);
            }
        }
        loop {
            let mut again = false;
            for &block in &graph.order {
                let at = block.0 as usize;
                if !reached[at] {
                    continue;
                }
                live.copy_from_slice(&entry[at * words..(at + 1) * words]);
                let data = &mir.blocks[at];
                for statement in &data.statements {
                    match &statement.kind {
                        StatementKind::StorageLive(SlotId(slot)) => {
                            conflicts.note(&live, *slot as usize);
                            set(&mut live, *slot as usize);
                        }
                        StatementKind::StorageDead(SlotId(slot)) => clear(&mut live, *slot as usize),
                        _ => {}
                    }
                }
                let (next, len) = successors(&data.terminator);
                for successor in &next[..len] {
                    let to = successor.0 as usize;
                    let mut changed = !std::mem::replace(&mut reached[to], true);
                    for (known, new) in entry[to * words..(to + 1) * words].iter_mut().zip(&live) {
                        changed |= new & !*known != 0;
                        *known |= new;
                    }
                    again |= changed && graph.position[to] <= graph.position[at];
                }
            }
            if !again {
                return conflicts;
            }
        }
    }

    /// `slot` is in use together with those in `live`.
    fn note(&mut self, live: &[u64], slot: usize) {
        let row = &mut self.rows[slot * self.words..(slot + 1) * self.words];
        row.iter_mut().zip(live).for_each(|(word, bits)| *word |= bits);
        each_bit(live, &mut |other| set(&mut self.rows[other * self.words..], slot));
    }

    /// Slots before `slot` that are in use together with it.
    fn each_before(&self, slot: usize, f: &mut impl FnMut(usize)) {
        let row = &self.rows[slot * self.words..][..slot / 64 + 1];
        each_bit(row, &mut |other| {
            if other < slot {
                f(other);
            }
        });
    }
}

fn set(words: &mut [u64], bit: usize) {
    words[bit / 64] |= 1 << (bit % 64);
}

fn clear(words: &mut [u64], bit: usize) {
    words[bit / 64] &= !(1 << (bit % 64));
}

fn each_bit(words: &[u64], f: &mut impl FnMut(usize)) {
    for (index, &word) in words.iter().enumerate() {
        let mut rest = word;
        while rest != 0 {
            f(index * 64 + rest.trailing_zeros() as usize);
            rest &= rest - 1;
        }
    }
}
