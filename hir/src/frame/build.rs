//! The frame of a function as people see it: its outline with names and types, what drops release, and the heap sites with
//! their reasons.

use super::*;
use crate::alloc_summary::{AllocSummary, effects_of_call, operation, owned_heap};
use crate::body::Body;
use crate::db::Db;
use crate::ids::FuncKey;
use crate::layout::WORD;
use crate::mir::facts::Facts;
use crate::mir::{
    Arg, Call, CallTarget, Const, Mir, MirKind, Operand, Place, Projection, Recursion, Rvalue, Slot,
    SlotKind, Statement, StatementKind,
};
use crate::ownership::dataflow::{Graph, successors};
use crate::ownership::events::{Event, Use, events};
use crate::ownership::report::place_text;
use crate::transfer::{Blocks, Origin, Transfer};
use crate::ty::FnKind;
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
    let outline = outline(db, func)?;
    let mir = crate::mir::mir(db, func)?;
    let body = crate::body::body(db, func);
    let facts = Facts::new(db, func).with_body(body);
    let mut known = FxHashMap::default();
    let sources = sources(mir);
    Some(Builder { db, facts: &facts, body, mir, outline, sources, known: &mut known }.frame())
}

struct Builder<'a, 'k> {
    db: &'a dyn Db,
    facts: &'a Facts<'a>,
    body: &'a Body,
    mir: &'a Mir,
    outline: &'a Outline,
    sources: Vec<Sources<'a>>,
    /// What dropping a type releases, for the function and all lambdas in it.
    known: &'k mut FxHashMap<&'a Ty, Owned>,
}

/// What a slot as a whole is given, and where its storage ends.
#[derive(Default)]
struct Sources<'a> {
    value: Source<'a>,
    end: Option<TextRange>,
}

#[derive(Clone, Copy, Default)]
enum Source<'a> {
    #[default]
    None,
    Rvalue(&'a Rvalue),
    Call(&'a Call),
    Several,
}

impl<'a> Source<'a> {
    fn add(&mut self, source: Source<'a>) {
        *self = if matches!(self, Source::None) { source } else { Source::Several };
    }
}

fn sources(mir: &Mir) -> Vec<Sources<'_>> {
    let mut sources: Vec<Sources<'_>> = Vec::new();
    sources.resize_with(mir.slots.len(), Sources::default);
    for statement in mir.statements() {
        match &statement.kind {
            StatementKind::Assign(dest, rvalue) if dest.projection.is_empty() => {
                sources[dest.slot.0 as usize].value.add(Source::Rvalue(rvalue));
            }
            StatementKind::Call(call) => {
                if let Some(dest) = call.dest.as_ref().filter(|dest| dest.projection.is_empty()) {
                    sources[dest.slot.0 as usize].value.add(Source::Call(call));
                }
            }
            StatementKind::StorageDead(slot) => {
                let end = &mut sources[slot.0 as usize].end;
                if end.is_none_or(|known| known.start() < statement.span.start()) {
                    *end = Some(statement.span);
                }
            }
            _ => {}
        }
    }
    sources
}

impl<'a> Builder<'a, '_> {
    fn frame(mut self) -> Frame {
        let (mir, outline) = (self.mir, self.outline);
        let mut slots = Vec::with_capacity(outline.slots.len());
        for of in &outline.slots {
            let slot = &mir.slots[of.slot.0 as usize];
            let owns_heap = if slot.convention == Convention::Value {
                self.owned(slot, of.slot)
            } else {
                Owned::default()
            };
            let name = match slot.kind {
                SlotKind::Return => Some(SmolStr::new_static("(result)")),
                _ => self.name_of(slot).cloned(),
            };
            slots.push(FrameSlot {
                slot: of.slot,
                name,
                ty: slot.ty.clone(),
                convention: slot.convention,
                offset: of.offset,
                size: of.size,
                live: of.live,
                fate: of.fate.clone(),
                owns_heap,
            });
        }
        let in_loop = self.blocks_in_loops(&Graph::of(mir));
        let drops = self.drop_points();
        let heap_sites = self.heap_sites(&in_loop);
        let lambdas = mir.lambdas.iter().zip(&outline.lambdas).map(|(lambda, outline)| {
            Builder {
                db: self.db,
                facts: self.facts,
                body: self.body,
                mir: lambda,
                outline,
                sources: sources(lambda),
                known: &mut *self.known,
            }
            .frame()
        });
        let lambdas = lambdas.collect();
        Frame {
            func: mir.func,
            size: outline.size,
            align: WORD,
            slots: slots.into(),
            drops: drops.into(),
            heap_sites: heap_sites.into(),
            calls: self.calls().into(),
            borrows: self.borrows().into(),
            lambdas,
            broken: mir.broken,
        }
    }

    fn name_of(&self, slot: &Slot) -> Option<&'a SmolStr> {
        Some(&self.body.locals[slot.local?].name)
    }

    /// Allocators of the blocks a slot's value may own.
    fn owned(&mut self, slot: &'a Slot, id: SlotId) -> Owned {
        if !self.facts.needs_drop(&slot.ty) {
            return Owned::default();
        }
        match self.array_source(id) {
            Some(allocator) => Owned::from(vec![Allocator::Type(allocator.clone())]),
            None => {
                let owned = self.released(&slot.ty);
                self.named_sources(id, owned)
            }
        }
    }

    /// Puts the allocators that the arrays in a slot come from in the place of what their type says (5.5, across calls).
    fn named_sources(&self, slot: SlotId, owned: Owned) -> Owned {
        if !owned.allocators().contains(&Allocator::OfArray) || self.mir.kind != MirKind::Function {
            return owned;
        }
        let Some(blocks) = crate::transfer::blocks_of(self.db, self.mir.func, slot) else { return owned };
        let (Some(own), Some(elements)) = (blocks.own.allocators(), blocks.elements.allocators()) else {
            return owned;
        };
        let named = own.into_iter().chain(elements).map(|ty| Allocator::Type(ty.clone()));
        let plain = blocks.holds(&Origin::Plain).then_some(Allocator::Plain);
        let others = owned.allocators().iter().filter(|other| **other != Allocator::OfArray).cloned();
        let mut all: Vec<Allocator> = Vec::new();
        for allocator in named.chain(plain).chain(others) {
            if !all.contains(&allocator) {
                all.push(allocator);
            }
        }
        Owned::from(all)
    }

    /// Allocators through which dropping a value of the type releases something.
    fn released(&mut self, ty: &'a Ty) -> Owned {
        let (db, facts) = (self.db, self.facts);
        let owned = || owned_heap(db, facts.program, facts.env(), ty);
        self.known.entry(ty).or_insert_with(owned).clone()
    }

    /// The allocator that an array, or the `Ret` around it, was asked from, if the slot has one value.
    fn array_source(&self, slot: SlotId) -> Option<&'a Ty> {
        let mut current = slot;
        for _ in 0..8 {
            current = match self.sources[current.0 as usize].value {
                Source::Rvalue(
                    Rvalue::Use(Operand::Move(place)) | Rvalue::PassValue(Operand::Move(place)),
                ) if place.projection.is_empty() => place.slot,
                Source::Call(call) => match (self.facts.alloc_call(&call.target), call.args.first()) {
                    (Some((AllocOp::Dealloc, _)), _) => return None,
                    (Some((_, allocator)), _) => return Some(allocator),
                    (None, Some(Arg::Value(Operand::Move(place)))) if self.is_unwrap(call) => place.slot,
                    _ => return None,
                },
                Source::Rvalue(_) | Source::None | Source::Several => return None,
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
        let mir = self.mir;
        for &(block, index) in &self.outline.drops {
            let statement = &mir.blocks[block.0 as usize].statements[index as usize];
            let StatementKind::Drop(drop) = &statement.kind else { continue };
            let is_whole = drop.place.projection.is_empty();
            let (ty, mut releases) = if is_whole {
                let ty = &mir.slots[drop.place.slot.0 as usize].ty;
                (ty.clone(), self.released(ty))
            } else {
                let ty = self.facts.place_type(mir, &drop.place);
                let releases = owned_heap(self.db, self.facts.program, self.facts.env(), &ty);
                (ty, releases)
            };
            if releases.allocators().contains(&Allocator::OfArray) {
                releases = match self.array_source(drop.place.slot) {
                    Some(allocator) if is_whole => Owned::from(vec![Allocator::Type(allocator.clone())]),
                    _ => self.named_sources(drop.place.slot, releases),
                };
            }
            points.push(DropPoint {
                span: statement.span,
                slot: drop.place.slot,
                name: self.named(&drop.place),
                releases,
                conditional: drop.flag.is_some(),
                runs_del: self.facts.has_del(&ty),
                ty,
                why: drop.why,
            });
        }
        points
    }

    fn named(&self, place: &Place) -> Option<SmolStr> {
        crate::ownership::report::local_of(self.mir, self.body, place)?;
        Some(self.place_name(place))
    }

    fn place_name(&self, place: &Place) -> SmolStr {
        match self.name_of(&self.mir.slots[place.slot.0 as usize]) {
            Some(name) if place.projection.iter().all(|part| matches!(part, Projection::Deref)) => {
                name.clone()
            }
            _ => SmolStr::from(place_text(self.facts, self.mir, self.body, place)),
        }
    }

    /// Blocks that may run more than once in one call.
    fn blocks_in_loops(&self, graph: &Graph) -> Vec<bool> {
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
                        let effects = effects_of_call(self.db, facts.program, facts.env(), &call.target);
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
                                cause: HeapCause::Text,
                                operation: HeapOperation::Allocate,
                                multiplicity,
                                max_bytes: None,
                                bytes: None,
                                owner: Some(into.slot),
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
                cause: HeapCause::LeavesFrame,
                operation: HeapOperation::Allocate,
                multiplicity,
                max_bytes: bytes,
                bytes: bytes.map(|bytes| bytes.to_string().into()),
                owner: Some(SlotId(0)),
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
            crate::facts::allocator_element(self.db, self.facts.program, self.facts.env(), allocator);
        let element_size = element
            .and_then(|element| crate::layout::layout_of(self.db, self.facts.program, &element).ok())
            .map(|layout| layout.size);
        let (max_bytes, bytes) = match size_arg {
            Some(Arg::Value(operand)) => self.bytes(operand, element_size),
            _ => (None, None),
        };
        let owner = call.dest.as_ref().filter(|_| op != AllocOp::Dealloc).map(|dest| self.owner(dest.slot));
        HeapSite {
            span: statement.span,
            cause: HeapCause::Direct(op, Allocator::Type(allocator.clone())),
            operation: operation(op),
            multiplicity,
            max_bytes,
            bytes: bytes.map(Into::into),
            owner,
        }
    }

    /// Bytes of a block with as many elements as the operand says.
    fn bytes(&self, operand: &Operand, element: Option<u32>) -> (Option<u64>, Option<String>) {
        let Some(element) = element else { return (None, None) };
        match operand {
            Operand::Const(Const::Number(number)) => match number.text.parse::<u64>() {
                Ok(count) if !number.imaginary => {
                    let bytes = count.saturating_mul(u64::from(element));
                    (Some(bytes), Some(bytes.to_string()))
                }
                _ => (None, None),
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
            Operand::Const(Const::Number(number)) => {
                Some(format!("{}{}", number.text, if number.imaginary { "i" } else { "" }))
            }
            Operand::Copy(place) if self.mir.slots[place.slot.0 as usize].kind != SlotKind::Temporary => {
                Some(place_text(self.facts, self.mir, self.body, place))
            }
            _ => None,
        };
        self.mir.statements().find_map(|statement| match &statement.kind {
            StatementKind::Assign(dest, Rvalue::Primitive { op, operands }) if dest == place => {
                let [lhs, rhs] = &**operands;
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
        if summary.effects.iter().all(|effect| effect.operation == HeapOperation::Release) {
            return;
        }
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
                cause: HeapCause::Call(effect.clone()),
                operation: effect.operation,
                multiplicity,
                max_bytes: None,
                bytes: None,
                owner,
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
            calls.push(CallEdge {
                span: statement.span,
                callee: self.called(call),
                replaces_frame: call.recursion == Recursion::Tail,
            });
        }
        calls.sort_by_key(|call| call.span.end());
        calls
    }

    fn called(&self, call: &Call) -> CalledName {
        match &call.target {
            CallTarget::Func { func, .. } | CallTarget::DefaultArg { func, .. } => {
                CalledName::Function(*func)
            }
            CallTarget::Value { callee, .. } => CalledName::Value(self.place_name(callee)),
        }
    }

    /// Borrows that variables hold, and those that calls make.
    fn borrows(&self) -> Vec<BorrowFact> {
        let mut facts = Vec::new();
        let mut add = |holder: &dyn Fn() -> Holder, place: &Place, mutable: bool, live: TextRange| {
            if self.mir.slots[place.slot.0 as usize].local.is_some() {
                let owner = self.place_name(place);
                facts.push(BorrowFact { holder: holder(), owner, owner_slot: place.slot, mutable, live });
            }
        };
        for statement in self.mir.statements() {
            match &statement.kind {
                StatementKind::Assign(dest, Rvalue::Ref { mutable, place }) => {
                    if let Some(name) = self.name_of(&self.mir.slots[dest.slot.0 as usize]) {
                        let end = self.sources[dest.slot.0 as usize].end.unwrap_or(statement.span);
                        let live = statement.span.cover(end);
                        add(&|| Holder::Variable(name.clone()), place, *mutable, live);
                    }
                }
                StatementKind::Call(call) => {
                    if matches!(call.target, CallTarget::Value { kind: FnKind::One, .. }) {
                        continue;
                    }
                    for arg in &call.args {
                        if let Arg::Ref { mutable, place, .. } = arg {
                            add(&|| Holder::Call(self.called(call)), place, *mutable, statement.span);
                        }
                    }
                }
                _ => {}
            }
        }
        facts
    }
}
