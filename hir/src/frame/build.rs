//! The frame of a function as people see it: slots with their lives, drops in order, heap sites with their reasons.

use super::slots::place_slots;
use super::*;
use crate::alloc_summary::{
    AllocSummary, Allocator, Effect, effects_of_call, method_name, operation, owned_heap,
};
use crate::body::{Body, Expr};
use crate::db::Db;
use crate::ids::FuncKey;
use crate::layout::{WORD, held_size};
use crate::mir::facts::Facts;
use crate::mir::{
    AllocOp, Arg, Call, CallTarget, Const, DropWhy, Mir, MirKind, Operand, Place, Recursion, Rvalue, Slot,
    SlotKind, Statement, StatementKind,
};
use crate::ownership::dataflow::{Graph, successors};
use crate::ownership::events::{Event, Use, consumes, events};
use crate::ownership::report::place_text;
use crate::transfer::{Blocks, Origin, Transfer};
use crate::ty::{Convention, FnKind};
use rustc_hash::FxHashMap;

/// The frame of a function with a body.
pub fn frame(db: &dyn Db, func: FuncId) -> Option<&Frame> {
    frame_in(db, func.key(db)).as_ref()
}

/// The number of functions whose values survive an eviction.
pub(crate) fn keep(db: &mut dyn Db, at_most: usize) {
    frame_in::set_lru_capacity(db, at_most);
}

#[salsa::tracked(returns(ref), lru = 256)]
fn frame_in<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Option<Frame> {
    let func = key.func(db);
    let mir = crate::mir::mir(db, func)?;
    let body = crate::body::body(db, func);
    let facts = Facts::new(db, func).with_body(body);
    Some(Builder { db, facts: &facts, body, mir, drops: FxHashMap::default() }.frame())
}

struct Builder<'a> {
    db: &'a dyn Db,
    facts: &'a Facts<'a>,
    body: &'a Body,
    mir: &'a Mir,
    /// What dropping a type releases, printable; and whether that runs a user's `del`.
    drops: FxHashMap<Ty, Vec<String>>,
}

/// What happens to a slot, in the order of blocks.
#[derive(Default)]
struct Life {
    begin: Option<TextRange>,
    first_value: Option<TextRange>,
    end: Option<TextRange>,
    moved: Vec<TextRange>,
    dropped: Vec<DropWhy>,
    last_use: Option<TextRange>,
}

impl Builder<'_> {
    fn frame(mut self) -> Frame {
        let mir = self.mir;
        let lives = self.lives();
        let sizes: Vec<Option<u32>> = mir
            .slots
            .iter()
            .map(|slot| held_size(self.db, self.facts.program, slot.convention, &slot.ty).ok())
            .collect();
        let known: Option<Vec<u32>> = sizes.iter().copied().collect();
        let layout = known.map(|sizes| place_slots(mir, sizes));

        let mut slots = Vec::new();
        for (index, (slot, life)) in mir.slots.iter().zip(&lives).enumerate() {
            let is_void = sizes[index] == Some(0) && slot.local.is_none();
            if is_void || slot.kind == SlotKind::DropFlag && sizes[index].is_none() {
                continue;
            }
            let owns_heap =
                if slot.convention == Convention::Value { self.owned(slot, index) } else { Vec::new() };
            slots.push(FrameSlot {
                slot: SlotId(index as u32),
                name: slot
                    .name
                    .clone()
                    .or_else(|| (slot.kind == SlotKind::Return).then(|| SmolStr::new_static("(result)"))),
                ty: slot.ty.clone(),
                ty_text: slot.ty.display_as(self.db, slot.convention).to_string(),
                offset: layout.as_ref().map(|layout| layout.offsets[index]),
                size: sizes[index],
                live: self.live_range(slot, life),
                fate: self.fate(slot, life),
                owns_heap,
            });
        }
        slots.sort_by_key(|slot| (slot.offset, slot.slot));
        let in_loop = self.blocks_in_loops();
        let lambdas = mir.lambdas.iter().map(|lambda| {
            Builder {
                db: self.db,
                facts: self.facts,
                body: self.body,
                mir: lambda,
                drops: FxHashMap::default(),
            }
            .frame()
        });
        let lambdas = lambdas.collect();
        Frame {
            func: mir.func,
            size: layout.as_ref().map(|layout| layout.size),
            align: WORD,
            slots,
            drops: self.drop_points(),
            heap_sites: self.heap_sites(&in_loop),
            calls: self.calls(),
            borrows: self.borrows(&lives),
            lambdas,
            broken: mir.broken,
        }
    }

    fn lives(&self) -> Vec<Life> {
        let mut lives: Vec<Life> = self.mir.slots.iter().map(|_| Life::default()).collect();
        for statement in self.mir.statements() {
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
                        life.dropped.push(drop.why);
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

    /// From where the slot gets its value to where that is dropped, moved or out of scope.
    fn live_range(&self, slot: &Slot, life: &Life) -> TextRange {
        let start = match slot.kind {
            SlotKind::Param => slot.span,
            _ => life.begin.or(life.first_value).unwrap_or(slot.span),
        };
        let end = match slot.kind {
            SlotKind::Param | SlotKind::Return => self.body_end(),
            _ => life.end.or(life.last_use).unwrap_or(start),
        };
        let end = match life.moved.as_slice() {
            moved
                if matches!(self.fate(slot, life), Fate::Moved(_))
                    && !moved.is_empty()
                    && slot.kind != SlotKind::Return =>
            {
                moved.iter().copied().max_by_key(|range| range.end()).unwrap_or(end)
            }
            _ => end,
        };
        start.cover(end)
    }

    fn body_end(&self) -> TextRange {
        let expr = match &self.mir.kind {
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

    fn fate(&self, slot: &Slot, life: &Life) -> Fate {
        let owned = slot.convention == Convention::Value;
        // Where an early exit drops it, the way to the end still moves it.
        let drops = life.dropped.iter().any(|why| *why != DropWhy::EarlyExit)
            || life.moved.is_empty() && !life.dropped.is_empty();
        match (life.moved.is_empty(), drops) {
            _ if !owned || slot.kind == SlotKind::DropFlag => Fate::Trivial,
            (false, false) => Fate::Moved(life.moved.clone()),
            (false, true) => Fate::MaybeMoved(life.moved.clone()),
            (true, true) => Fate::Dropped,
            (true, false) if slot.kind == SlotKind::Return && self.facts.needs_drop(&slot.ty) => {
                Fate::Moved(Vec::new())
            }
            (true, false) => Fate::Trivial,
        }
    }

    /// Printable allocators of the blocks a slot's value may own.
    fn owned(&mut self, slot: &Slot, index: usize) -> Vec<String> {
        if !self.facts.needs_drop(&slot.ty) {
            return Vec::new();
        }
        if let Some(allocator) = self.array_source(SlotId(index as u32)) {
            return vec![allocator];
        }
        let facts = self.facts;
        let owned = owned_heap(self.db, facts.program, &facts.env, &slot.ty);
        let texts = owned.iter().map(|allocator| allocator.text(self.db)).collect();
        self.named_sources(SlotId(index as u32), texts)
    }

    /// Puts the allocators that the arrays in a slot come from in the place of what their type says (5.5, across calls).
    fn named_sources(&self, slot: SlotId, texts: Vec<String>) -> Vec<String> {
        let of_array = Allocator::OfArray.text(self.db);
        if !texts.contains(&of_array) || self.mir.kind != MirKind::Function {
            return texts;
        }
        let Some(blocks) = crate::transfer::blocks_of(self.db, self.mir.func, slot) else { return texts };
        let (Some(own), Some(elements)) = (blocks.own.allocators(), blocks.elements.allocators()) else {
            return texts;
        };
        let mut named: Vec<String> =
            own.iter().chain(&elements).map(|ty| ty.display(self.db).to_string()).collect();
        if blocks.holds(&Origin::Plain) {
            named.push(Allocator::Plain.text(self.db));
        }
        named.extend(texts.into_iter().filter(|text| *text != of_array));
        let mut seen = rustc_hash::FxHashSet::default();
        named.retain(|text| seen.insert(text.clone()));
        named
    }

    /// The allocator that an array, or the `Ret` around it, was asked from, if the slot has one value.
    fn array_source(&self, slot: SlotId) -> Option<String> {
        let mut current = slot;
        for _ in 0..8 {
            let mut sources = self.mir.statements().filter_map(|statement| match &statement.kind {
                StatementKind::Assign(dest, rvalue) if dest.slot == current && dest.projection.is_empty() => {
                    Some(Source::Rvalue(rvalue))
                }
                StatementKind::Call(call) => call
                    .dest
                    .as_ref()
                    .filter(|dest| dest.slot == current && dest.projection.is_empty())
                    .map(|_| Source::Call(call)),
                _ => None,
            });
            let source = sources.next()?;
            if sources.next().is_some() {
                return None;
            }
            current = match source {
                Source::Rvalue(
                    Rvalue::Use(Operand::Move(place)) | Rvalue::PassValue(Operand::Move(place)),
                ) if place.projection.is_empty() => place.slot,
                Source::Call(call) => match (self.facts.alloc_call(&call.target), call.args.first()) {
                    (Some((AllocOp::Dealloc, _)), _) => return None,
                    (Some((_, allocator)), _) => return Some(allocator.display(self.db).to_string()),
                    (None, Some(Arg::Value(Operand::Move(place)))) if self.is_unwrap(call) => place.slot,
                    _ => return None,
                },
                Source::Rvalue(_) => return None,
            };
        }
        None
    }

    fn is_unwrap(&self, call: &Call) -> bool {
        let CallTarget::Func { func, self_ty: Some(ty), .. } = &call.target else { return false };
        self.facts.is_opt_or_ret(ty)
            && self.facts.signature(*func).name == self.facts.signature(self.facts.lang.try_unwrap).name
    }

    fn drop_points(&mut self) -> Vec<DropPoint> {
        let mut points = Vec::new();
        for statement in self.mir.statements() {
            let StatementKind::Drop(drop) = &statement.kind else { continue };
            let ty = self.facts.place_type(self.mir, &drop.place);
            let mut releases = self.releases(&ty);
            if releases.iter().any(|text| *text == Allocator::OfArray.text(self.db)) {
                releases = match self.array_source(drop.place.slot) {
                    Some(allocator) if drop.place.projection.is_empty() => vec![allocator],
                    _ => self.named_sources(drop.place.slot, releases),
                };
            }
            points.push(DropPoint {
                span: statement.span,
                slot: drop.place.slot,
                name: self.named(&drop.place),
                ty_text: ty.display(self.db).to_string(),
                releases,
                conditional: drop.flag.is_some(),
                runs_del: self.facts.has_del(&ty),
                why: drop.why,
            });
        }
        // Blocks are numbered as they were built; people read from top to bottom.
        points.sort_by_key(|point| point.span.end());
        points
    }

    fn releases(&mut self, ty: &Ty) -> Vec<String> {
        if let Some(known) = self.drops.get(ty) {
            return known.clone();
        }
        let owned = owned_heap(self.db, self.facts.program, &self.facts.env, ty);
        let texts: Vec<String> = owned.iter().map(|allocator| allocator.text(self.db)).collect();
        self.drops.insert(ty.clone(), texts.clone());
        texts
    }

    fn named(&self, place: &Place) -> Option<SmolStr> {
        let slot = &self.mir.slots[place.slot.0 as usize];
        let root = crate::ownership::report::local_of(self.mir, self.body, place);
        if slot.local.is_none() && root.is_none() {
            return None;
        }
        Some(SmolStr::from(place_text(self.facts, self.mir, self.body, place)))
    }

    /// Blocks that may run more than once in one call.
    fn blocks_in_loops(&self) -> Vec<bool> {
        let graph = Graph::of(self.mir);
        if !graph.has_loop {
            return vec![false; self.mir.blocks.len()];
        }
        let edges: Vec<Vec<u32>> = self
            .mir
            .blocks
            .iter()
            .map(|block| {
                let (next, len) = successors(&block.terminator);
                next[..len].iter().map(|block| block.0).collect()
            })
            .collect();
        let mut looping = vec![false; edges.len()];
        for component in crate::mir::recursion::strongly_connected(&edges) {
            if component.len() > 1 || edges[component[0] as usize].contains(&component[0]) {
                component.into_iter().for_each(|block| looping[block as usize] = true);
            }
        }
        looping
    }

    fn heap_sites(&mut self, in_loop: &[bool]) -> Vec<HeapSite> {
        let mut sites = Vec::new();
        for (index, block) in self.mir.blocks.iter().enumerate() {
            let multiplicity = if in_loop[index] { Multiplicity::PerIteration } else { Multiplicity::Once };
            for statement in &block.statements {
                match &statement.kind {
                    StatementKind::Call(call) => {
                        if let Some((op, allocator)) = self.facts.alloc_call(&call.target) {
                            sites.push(self.direct_site(statement, call, op, allocator, multiplicity));
                            continue;
                        }
                        if matches!(call.target, CallTarget::Value { .. }) {
                            continue;
                        }
                        let facts = self.facts;
                        let effects = effects_of_call(self.db, facts.program, &facts.env, &call.target);
                        if let Some(summary) = effects {
                            self.indirect_sites(statement, call, summary, multiplicity, &mut sites);
                        }
                        self.moved_to_heap(statement, multiplicity, &mut sites);
                    }
                    StatementKind::Append { into, .. } => {
                        let known = sites.iter().any(|site: &HeapSite| {
                            site.span.contains_range(statement.span) && site.owner == Some(into.slot)
                        });
                        if !known {
                            let span = self.mir.slots[into.slot.0 as usize].span;
                            let span =
                                if span.contains_range(statement.span) { span } else { statement.span };
                            sites.push(HeapSite {
                                span,
                                allocator: Allocator::Text.text(self.db),
                                operation: HeapOperation::Allocate,
                                multiplicity,
                                max_bytes: None,
                                bytes: None,
                                owner: Some(into.slot),
                                why: vec!["interpolated text".to_owned(), "S6".to_owned()],
                            });
                        }
                    }
                    StatementKind::Assign(..) => self.moved_to_heap(statement, multiplicity, &mut sites),
                    _ => {}
                }
            }
        }
        sites.sort_by_key(|site| (site.span.start(), site.operation));
        sites
    }

    /// S8: a plain array becomes part of the result, so its block moves from this frame to the heap.
    fn moved_to_heap(&self, statement: &Statement, multiplicity: Multiplicity, sites: &mut Vec<HeapSite>) {
        let dest = match &statement.kind {
            StatementKind::Assign(dest, _) => Some(dest),
            StatementKind::Call(call) => call.dest.as_ref(),
            _ => None,
        };
        let is_result = dest.is_some_and(|dest| dest.slot == SlotId(0));
        if !is_result
            || self.mir.kind != MirKind::Function
            || !self
                .mir
                .statements()
                .any(|statement| matches!(&statement.kind, StatementKind::Assign(_, Rvalue::Array { .. })))
        {
            return;
        }
        let Some(all) = crate::transfer::blocks(self.db, self.mir.func) else { return };
        let mut literals = Vec::new();
        events(&statement.kind, &mut |event| {
            if let Event::Use(place, Use::Move) = event
                && let Some(blocks) = all.get(place.slot.0 as usize)
            {
                for origin in blocks.own.iter().chain(blocks.elements.iter()) {
                    if let Origin::Frame(at) = origin
                        && all[0].holds(origin)
                        && !literals.contains(at)
                    {
                        literals.push(*at);
                    }
                }
            }
        });
        if matches!(&statement.kind, StatementKind::Assign(_, Rvalue::Array { values, .. }) if !values.is_empty())
        {
            // The literal is the result itself.
            let index = self.mir.statements().position(|other| std::ptr::eq(other, statement));
            literals.extend(index.map(|index| index as u32));
        }
        for at in literals {
            let Some(literal) = self.mir.statements().nth(at as usize) else { continue };
            let bytes = match &literal.kind {
                StatementKind::Assign(_, Rvalue::Array { element, values }) => {
                    crate::layout::layout_of(self.db, self.facts.program, element)
                        .ok()
                        .map(|layout| u64::from(layout.size) * values.len() as u64)
                }
                _ => None,
            };
            sites.push(HeapSite {
                span: statement.span,
                allocator: Allocator::Plain.text(self.db),
                operation: HeapOperation::Allocate,
                multiplicity,
                max_bytes: bytes,
                bytes: bytes.map(|bytes| bytes.to_string()),
                owner: Some(SlotId(0)),
                why: vec!["an array literal leaves its frame".to_owned(), "S8".to_owned()],
            });
        }
    }

    fn direct_site(
        &self,
        statement: &Statement,
        call: &Call,
        op: AllocOp,
        allocator: &Ty,
        multiplicity: Multiplicity,
    ) -> HeapSite {
        let size_arg = match op {
            AllocOp::Alloc | AllocOp::AllocZero => call.args.first(),
            AllocOp::Realloc => call.args.get(1),
            AllocOp::Dealloc => None,
        };
        let element =
            crate::facts::allocator_element(self.db, self.facts.program, &self.facts.env, allocator);
        let element_size = element
            .and_then(|element| crate::layout::layout_of(self.db, self.facts.program, &element).ok())
            .map(|layout| layout.size);
        let (max_bytes, bytes) = match size_arg {
            Some(Arg::Value(operand)) => self.bytes(operand, element_size),
            _ => (None, None),
        };
        let name = format!("{}.{}", allocator.display(self.db), method_name(op));
        let rule = match op {
            AllocOp::Alloc | AllocOp::AllocZero => "A9",
            AllocOp::Realloc => "A11",
            AllocOp::Dealloc => "A13",
        };
        let owner = call.dest.as_ref().filter(|_| op != AllocOp::Dealloc).map(|dest| self.owner(dest.slot));
        HeapSite {
            span: statement.span,
            allocator: allocator.display(self.db).to_string(),
            operation: operation(op),
            multiplicity,
            max_bytes,
            bytes,
            owner,
            why: vec![name, rule.to_owned()],
        }
    }

    /// Bytes of a block with as many elements as the operand says.
    fn bytes(&self, operand: &Operand, element: Option<u32>) -> (Option<u64>, Option<String>) {
        let Some(element) = element else { return (None, None) };
        match operand {
            Operand::Const(Const::Number(number)) => match number.text.parse::<u64>() {
                Ok(count) => {
                    let bytes = count.saturating_mul(u64::from(element));
                    (Some(bytes), Some(bytes.to_string()))
                }
                Err(_) => (None, None),
            },
            Operand::Copy(place) | Operand::Move(place) => {
                let slot = &self.mir.slots[place.slot.0 as usize];
                if slot.kind != SlotKind::Temporary {
                    let name = place_text(self.facts, self.mir, self.body, place);
                    return (None, Some(format!("{name} × {element}")));
                }
                (None, self.computed(place).map(|text| format!("{text} × {element}")))
            }
            Operand::Const(_) => (None, None),
        }
    }

    /// The text of a simple computation in a temporary: `n * 2`.
    fn computed(&self, place: &Place) -> Option<String> {
        let term = |operand: &Operand| match operand {
            Operand::Const(Const::Number(number)) => Some(number.text.to_string()),
            Operand::Copy(place) if self.mir.slots[place.slot.0 as usize].kind != SlotKind::Temporary => {
                Some(place_text(self.facts, self.mir, self.body, place))
            }
            _ => None,
        };
        self.mir.statements().find_map(|statement| match &statement.kind {
            StatementKind::Assign(dest, Rvalue::Primitive { op, lhs, rhs }) if dest == place => {
                Some(format!("{} {} {}", term(lhs)?, crate::lang::symbol(*op), term(rhs)?))
            }
            StatementKind::Assign(dest, Rvalue::Use(operand)) if dest == place => term(operand),
            _ => None,
        })
    }

    fn indirect_sites(
        &self,
        statement: &Statement,
        call: &Call,
        summary: &AllocSummary,
        multiplicity: Multiplicity,
        sites: &mut Vec<HeapSite>,
    ) {
        let transfer = match &call.target {
            CallTarget::Func { func, container_args, dispatch, self_ty, .. } => {
                let targets = crate::mir::recursion::targets(
                    self.db,
                    self.facts.program,
                    *func,
                    container_args,
                    *dispatch,
                    self_ty.as_ref(),
                );
                match targets.as_slice() {
                    [only] => crate::transfer::transfer(self.db, *only),
                    _ => None,
                }
            }
            _ => None,
        };
        for effect in &summary.effects {
            if effect.operation == HeapOperation::Release {
                continue;
            }
            let mut why = effect.path.clone();
            why.extend(effect.binding.iter().map(|binding| format!("with {binding}")));
            why.push("S6".to_owned());
            let owner = match (&call.dest, call.args.first()) {
                _ if transfer.is_some() => {
                    transfer.and_then(|transfer| self.receiver(call, transfer, effect))
                }
                (Some(dest), _) if self.facts.needs_drop(&self.mir.slots[dest.slot.0 as usize].ty) => {
                    let slot = self.owner(dest.slot);
                    let receiver = call.args.iter().find_map(|arg| match arg {
                        Arg::Ref { mutable: true, place, .. } => Some(place.slot),
                        _ => None,
                    });
                    Some(receiver.unwrap_or(slot))
                }
                (_, Some(Arg::Ref { mutable: true, place, .. })) => Some(place.slot),
                _ => None,
            };
            sites.push(HeapSite {
                span: statement.span,
                allocator: effect.allocator.text(self.db),
                operation: effect.operation,
                multiplicity,
                max_bytes: None,
                bytes: None,
                owner,
                why,
            });
        }
    }

    /// What keeps a block that a call makes: a borrowed argument or the result. `None`: it is gone when the call returns.
    fn receiver(&self, call: &Call, transfer: &Transfer, effect: &Effect) -> Option<SlotId> {
        let fits = |blocks: &Blocks| {
            blocks.own.iter().chain(blocks.elements.iter()).any(|origin| match &effect.allocator {
                Allocator::Text => *origin == Origin::Text || *origin == Origin::Unknown,
                _ => matches!(origin, Origin::From(_) | Origin::Plain | Origin::Unknown),
            })
        };
        let stored = call.args.iter().zip(&transfer.stores).find_map(|(arg, blocks)| match arg {
            Arg::Ref { mutable: true, place, .. } => fits(blocks).then_some(place.slot),
            Arg::Value(Operand::Copy(place)) => fits(blocks).then_some(place.slot),
            _ => None,
        });
        let result =
            || call.dest.as_ref().filter(|_| fits(&transfer.result)).map(|dest| self.owner(dest.slot));
        stored.or_else(result)
    }

    /// The variable that a temporary's value ends up in.
    fn owner(&self, slot: SlotId) -> SlotId {
        let mut current = slot;
        for _ in 0..8 {
            if self.mir.slots[current.0 as usize].kind != SlotKind::Temporary {
                return current;
            }
            let next = self.mir.statements().find_map(|statement| match &statement.kind {
                StatementKind::Assign(dest, Rvalue::Use(operand) | Rvalue::PassValue(operand)) => {
                    match operand {
                        Operand::Move(place) if place.slot == current => Some(dest.slot),
                        _ => None,
                    }
                }
                StatementKind::Call(call) => match (&call.dest, call.args.first()) {
                    (Some(dest), Some(Arg::Value(Operand::Move(place)))) if place.slot == current => {
                        Some(dest.slot)
                    }
                    _ => None,
                },
                _ => None,
            });
            match next {
                Some(next) => current = next,
                None => return current,
            }
        }
        current
    }

    fn calls(&self) -> Vec<CallEdge> {
        let mut calls = Vec::new();
        for statement in self.mir.statements() {
            let StatementKind::Call(call) = &statement.kind else { continue };
            let (callee, func) = match &call.target {
                CallTarget::Func { func, .. } | CallTarget::DefaultArg { func, .. } => {
                    (crate::display::function_name(self.db, *func), Some(*func))
                }
                CallTarget::Value { callee, .. } => {
                    (place_text(self.facts, self.mir, self.body, callee), None)
                }
            };
            calls.push(CallEdge {
                span: statement.span,
                callee,
                func,
                replaces_frame: call.recursion == Recursion::Tail,
            });
        }
        calls.sort_by_key(|call| call.span.end());
        calls
    }

    /// Borrows that variables hold, and those that calls make.
    fn borrows(&self, lives: &[Life]) -> Vec<BorrowFact> {
        let mut facts = Vec::new();
        let mut add = |holder: String, place: &Place, mutable: bool, live: TextRange| {
            let slot = &self.mir.slots[place.slot.0 as usize];
            if slot.local.is_none() {
                return;
            }
            let owner = place_text(self.facts, self.mir, self.body, place);
            facts.push(BorrowFact { holder, owner, owner_slot: place.slot, mutable, live });
        };
        for statement in self.mir.statements() {
            match &statement.kind {
                StatementKind::Assign(dest, Rvalue::Ref { mutable, place }) => {
                    let held = &self.mir.slots[dest.slot.0 as usize];
                    if let Some(name) = &held.name {
                        let end = lives[dest.slot.0 as usize].end.unwrap_or(statement.span);
                        add(name.to_string(), place, *mutable, statement.span.cover(end));
                    }
                }
                StatementKind::Call(call) => {
                    let callee = match &call.target {
                        CallTarget::Func { func, .. } | CallTarget::DefaultArg { func, .. } => {
                            crate::display::function_name(self.db, *func)
                        }
                        CallTarget::Value { callee, kind } => {
                            if *kind == FnKind::One {
                                continue;
                            }
                            place_text(self.facts, self.mir, self.body, callee)
                        }
                    };
                    for arg in &call.args {
                        if let Arg::Ref { mutable, place, .. } = arg {
                            add(callee.clone(), place, *mutable, statement.span);
                        }
                    }
                }
                _ => {}
            }
        }
        facts
    }
}

enum Source<'a> {
    Rvalue(&'a Rvalue),
    Call(&'a Call),
}
