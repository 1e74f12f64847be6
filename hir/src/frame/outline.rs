//! The outline of a frame: what lies where and for how long. Everything else that is said of a frame is made from it
//! and the MIR when somebody asks.

use super::slots::place_slots;
use super::{Fate, Outline, OutlineSlot};
use crate::body::{Body, Expr};
use crate::db::Db;
use crate::ids::{FuncId, FuncKey};
use crate::layout::{held_size, known_size};
use crate::mir::facts::Facts;
use crate::mir::{BlockId, DropWhy, Mir, MirKind, Slot, SlotId, SlotKind, StatementKind};
use crate::ownership::dataflow::Graph;
use crate::ownership::events::{Event, Use, consumes, events};
use crate::ty::{Convention, Ty};
use rustc_hash::FxHashMap;
use syntax::TextRange;

/// The outline of the frame of a function with a body.
pub fn outline(db: &dyn Db, func: FuncId) -> Option<&Outline> {
    outline_in(db, func.key(db)).as_ref()
}

/// The number of functions whose values survive an eviction.
pub(crate) fn keep(db: &mut dyn Db, at_most: usize) {
    outline_in::set_lru_capacity(db, at_most);
}

#[salsa::tracked(returns(ref), lru = 512)]
fn outline_in<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Option<Outline> {
    let func = key.func(db);
    let mir = crate::mir::mir(db, func)?;
    let body = crate::body::body(db, func);
    let facts = Facts::new(db, func).with_body(body);
    Some(Outliner { facts: &facts, body, sizes: FxHashMap::default() }.outline(mir))
}

struct Outliner<'a> {
    facts: &'a Facts<'a>,
    body: &'a Body,
    sizes: FxHashMap<(Convention, &'a Ty), Option<u32>>,
}

/// What happens to a slot, in the order of blocks.
#[derive(Default)]
struct Life {
    begin: Option<TextRange>,
    first_value: Option<TextRange>,
    end: Option<TextRange>,
    last_use: Option<TextRange>,
    moved: Vec<TextRange>,
    dropped: bool,
    /// At another place than an early exit.
    dropped_in_order: bool,
}

fn lives(mir: &Mir) -> Vec<Life> {
    let mut lives: Vec<Life> = Vec::new();
    lives.resize_with(mir.slots.len(), Life::default);
    for statement in mir.statements() {
        let span = statement.span;
        if let StatementKind::StorageLive(slot) = &statement.kind {
            lives[slot.0 as usize].begin.get_or_insert(span);
        }
        events(&statement.kind, &mut |event| match event {
            Event::Use(place, how) => {
                let life = &mut lives[place.slot.0 as usize];
                life.last_use = Some(life.last_use.map_or(span, |last| last.cover(span)));
                let moves = how == Use::Move || matches!(how, Use::Call(kind) if consumes(kind));
                if moves && place.projection.is_empty() && !life.moved.contains(&span) {
                    life.moved.push(span);
                }
            }
            Event::Assign(place) => {
                let life = &mut lives[place.slot.0 as usize];
                life.first_value.get_or_insert(span);
                life.last_use = Some(life.last_use.map_or(span, |last| last.cover(span)));
            }
            Event::Drop(drop) => {
                let life = &mut lives[drop.place.slot.0 as usize];
                if drop.why != DropWhy::Overwrite || drop.place.projection.is_empty() {
                    life.dropped = true;
                    life.dropped_in_order |= drop.why != DropWhy::EarlyExit;
                }
            }
            Event::StorageDead(slot) => {
                let end = &mut lives[slot.0 as usize].end;
                // Early exits end a scope before its closing brace does.
                if end.is_none_or(|known| known.start() < span.start()) {
                    *end = Some(span);
                }
            }
            Event::Taint(_) => {}
        });
    }
    lives
}

impl<'a> Outliner<'a> {
    fn outline(&mut self, mir: &'a Mir) -> Outline {
        let sizes: Vec<Option<u32>> = mir.slots.iter().map(|slot| self.size(slot)).collect();
        let known: Option<Vec<u32>> = sizes.iter().copied().collect();
        let layout = known.map(|sizes| place_slots(mir, &Graph::of(mir), sizes));

        let mut slots = Vec::with_capacity(mir.slots.len());
        for (index, (slot, life)) in mir.slots.iter().zip(lives(mir)).enumerate() {
            let is_void = sizes[index] == Some(0) && slot.local.is_none();
            if is_void || slot.kind == SlotKind::DropFlag && sizes[index].is_none() {
                continue;
            }
            let (live, fate) = self.life(mir, slot, life);
            slots.push(OutlineSlot {
                slot: SlotId(index as u32),
                offset: layout.as_ref().map(|layout| layout.offsets[index]),
                size: sizes[index],
                live,
                fate,
            });
        }
        slots.sort_unstable_by_key(|slot| (slot.offset, slot.slot));
        Outline {
            size: layout.as_ref().map(|layout| layout.size),
            slots: slots.into(),
            drops: drops(mir),
            lambdas: mir.lambdas.iter().map(|lambda| self.outline(lambda)).collect(),
        }
    }

    fn size(&mut self, slot: &'a Slot) -> Option<u32> {
        if let Some(size) = known_size(self.facts.lang, slot.convention, &slot.ty) {
            return Some(size);
        }
        let (db, program) = (self.facts.db, self.facts.program);
        let size = || held_size(db, program, slot.convention, &slot.ty).ok();
        *self.sizes.entry((slot.convention, &slot.ty)).or_insert_with(size)
    }

    /// From where the slot gets its value to where that is dropped, moved or out of scope; and what becomes of it.
    fn life(&self, mir: &Mir, slot: &Slot, life: Life) -> (TextRange, Fate) {
        let start = match slot.kind {
            SlotKind::Param => slot.span,
            _ => life.begin.or(life.first_value).unwrap_or(slot.span),
        };
        let end = match slot.kind {
            SlotKind::Param | SlotKind::Return => self.body_end(mir),
            _ => life.end.or(life.last_use).unwrap_or(start),
        };
        let fate = self.fate(slot, life);
        let end = match &fate {
            Fate::Moved(moved) if slot.kind != SlotKind::Return => {
                moved.iter().copied().max_by_key(|range| range.end()).unwrap_or(end)
            }
            _ => end,
        };
        (start.cover(end), fate)
    }

    fn body_end(&self, mir: &Mir) -> TextRange {
        let expr = match &mir.kind {
            MirKind::Lambda { expr, .. } => Some(*expr),
            _ => self.body.root,
        };
        match expr {
            Some(root) => match &self.body.exprs[root] {
                Expr::Block { close, .. } => *close,
                _ => {
                    let range = self.body.range(root);
                    TextRange::empty(range.end())
                }
            },
            None => TextRange::empty(0.into()),
        }
    }

    fn fate(&self, slot: &Slot, life: Life) -> Fate {
        let owned = slot.convention == Convention::Value;
        // Where an early exit drops it, the way to the end still moves it.
        let drops = life.dropped_in_order || life.moved.is_empty() && life.dropped;
        match (life.moved.is_empty(), drops) {
            _ if !owned || slot.kind == SlotKind::DropFlag => Fate::Trivial,
            (false, false) => Fate::Moved(life.moved),
            (false, true) => Fate::MaybeMoved(life.moved),
            (true, true) => Fate::Dropped,
            (true, false) if slot.kind == SlotKind::Return && self.facts.needs_drop(&slot.ty) => {
                Fate::Moved(Vec::new())
            }
            (true, false) => Fate::Trivial,
        }
    }
}

/// Blocks are numbered as they were built; people read from top to bottom.
fn drops(mir: &Mir) -> Box<[(BlockId, u32)]> {
    let mut drops: Vec<(BlockId, u32)> = Vec::new();
    for (block, data) in mir.blocks.iter().enumerate() {
        for (index, statement) in data.statements.iter().enumerate() {
            if matches!(statement.kind, StatementKind::Drop(_)) {
                drops.push((BlockId(block as u32), index as u32));
            }
        }
    }
    drops.sort_by_key(|(block, index)| mir.blocks[block.0 as usize].statements[*index as usize].span.end());
    drops.into()
}
