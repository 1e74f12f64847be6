//! Where the value of each variable lives, for how long, and who frees what it owns: the facts behind hovers and hints.

use crate::alloc_summary::method_name;
use crate::body::{Body, LocalId};
use crate::db::Db;
use crate::frame::{DropPoint, Fate, Frame, HeapOperation, HeapSite, frame};
use crate::ids::{FuncId, FuncKey};
use crate::mir::facts::Facts;
use crate::mir::{
    AllocOp, Arg, CallTarget, Const, DropWhy, Mir, MirKind, Operand, Rvalue, SlotId, SlotKind, StatementKind,
};
use crate::ownership::events::{Event, Use, consumes, events};
use crate::ownership::report::{Occurrence, Reporter, local_of, place_text};
use crate::transfer::Origin;
use crate::ty::Convention;
use smol_str::SmolStr;
use syntax::TextRange;

/// What is known of one variable. Ranges are relative to the function's node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placement {
    pub local: LocalId,
    pub name: SmolStr,
    /// `&` included for a variable that holds a borrow.
    pub ty_text: String,
    pub storage: Storage,
    /// Of the slot in the frame of the function or lambda, in bytes.
    pub offset: Option<u32>,
    pub size: Option<u32>,
    /// Heap blocks that the value may own.
    pub heap: Vec<HeapOwner>,
    pub live: TextRange,
    pub fate: Fate,
    /// Where it is dropped, in source order.
    pub drops: Vec<DropPoint>,
    /// Where its array is given back by the program itself, and to which allocator.
    pub given_back: Vec<(TextRange, String)>,
    /// The rule that decides: `S1`, `S2`, `S6` …
    pub rule: &'static str,
}

/// S15: where the parts of a value are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Storage {
    /// All of it in the frame slot (S1, S4).
    FrameSlot,
    /// A plain array: header in the slot, block in the frame (S8).
    FrameBlock,
    /// Header in the slot, the rest on the heap (S6, S7).
    Heap,
    /// A text whose characters are those of a literal, until it is changed (S10).
    StaticText,
    /// A borrow (S2).
    Borrow,
    /// A field of the lambda's object (S11).
    Capture,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HeapOwner {
    pub allocator: String,
    /// Where the block comes from in this function; `None` if it came with the value.
    pub site: Option<TextRange>,
    /// In terms of the program: `n × 16`.
    pub bytes: Option<String>,
    /// From fact to rule.
    pub why: Vec<String>,
}

/// A stretch of source with something to say about a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LifetimeRange {
    pub range: TextRange,
    pub kind: LifetimeKind,
    pub message: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum LifetimeKind {
    Alive,
    Borrowed,
    Moved,
    MaybeMoved,
    Dropped,
}

/// Facts about every variable of a function and of the lambdas in it, in order of declaration.
pub fn placement(db: &dyn Db, func: FuncId) -> &[Placement] {
    placement_in(db, func.key(db))
}

/// Facts about one variable.
pub fn placement_of(db: &dyn Db, func: FuncId, local: LocalId) -> Option<&Placement> {
    placement(db, func).iter().find(|placement| placement.local == local)
}

/// The number of functions whose values survive an eviction.
pub(crate) fn keep(db: &mut dyn Db, at_most: usize) {
    placement_in::set_lru_capacity(db, at_most);
}

#[salsa::tracked(returns(ref), lru = 256)]
fn placement_in<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Box<[Placement]> {
    let func = key.func(db);
    let (Some(mir), Some(frame)) = (crate::mir::mir(db, func), frame(db, func)) else {
        return Box::default();
    };
    let body = crate::body::body(db, func);
    let facts = Facts::new(db, func).with_body(body);
    let mut placements = Vec::new();
    collect(db, &facts, body, mir, frame, &mut placements);
    placements.sort_by_key(|placement| body.locals[placement.local].range.start());
    placements.into()
}

fn collect(
    db: &dyn Db,
    facts: &Facts<'_>,
    body: &Body,
    mir: &Mir,
    frame: &Frame,
    placements: &mut Vec<Placement>,
) {
    for slot in &frame.slots {
        let data = &mir.slots[slot.slot.0 as usize];
        let Some(local) = data.local else { continue };
        let mut heap: Vec<HeapOwner> = Vec::new();
        let sites = frame
            .heap_sites
            .iter()
            .filter(|site| site.owner == Some(slot.slot) && site.operation != HeapOperation::Release);
        for site in sites {
            add_owner(db, &mut heap, site);
        }
        for allocator in slot.owns_heap.texts(db) {
            if !heap.iter().any(|owner| owner.allocator == allocator) {
                heap.push(HeapOwner { allocator, site: None, bytes: None, why: Vec::new() });
            }
        }
        let drops: Vec<DropPoint> =
            frame.drops.iter().filter(|drop| drop.slot == slot.slot).cloned().collect();
        let (storage, rule) = storage(facts, mir, slot.slot, &heap);
        if matches!(storage, Storage::FrameBlock | Storage::StaticText) {
            heap.retain(|owner| owner.site.is_some());
        }
        placements.push(Placement {
            local,
            name: body.locals[local].name.clone(),
            ty_text: slot.ty_text(db),
            storage,
            offset: slot.offset,
            size: slot.size,
            heap,
            live: slot.live,
            fate: slot.fate.clone(),
            drops,
            given_back: given_back(db, facts, mir, slot.slot),
            rule,
        });
    }
    for (lambda, frame) in mir.lambdas.iter().zip(&frame.lambdas) {
        collect(db, facts, body, lambda, frame, placements);
    }
}

fn add_owner(db: &dyn Db, heap: &mut Vec<HeapOwner>, site: &HeapSite) {
    let allocator = site.allocator_text(db);
    if let Some(known) = heap.iter_mut().find(|owner| owner.allocator == allocator) {
        // The latest block is the one that the variable holds.
        if site.operation == HeapOperation::Allocate && known.site.is_none() {
            known.site = Some(site.span);
        }
        return;
    }
    heap.push(HeapOwner {
        allocator,
        site: Some(site.span),
        bytes: site.bytes.as_deref().map(str::to_owned),
        why: site.why(db),
    });
}

fn storage(facts: &Facts<'_>, mir: &Mir, slot: SlotId, heap: &[HeapOwner]) -> (Storage, &'static str) {
    let data = &mir.slots[slot.0 as usize];
    if data.convention != Convention::Value {
        return (Storage::Borrow, "S2");
    }
    if let Some(storage) = plain_array(facts, mir, slot) {
        return storage;
    }
    let values = || {
        mir.statements().filter_map(|statement| match &statement.kind {
            StatementKind::Assign(dest, rvalue) if dest.slot == slot && dest.projection.is_empty() => {
                Some(rvalue)
            }
            _ => None,
        })
    };
    let assigned_by_call = mir.statements().any(|statement| {
        matches!(&statement.kind, StatementKind::Call(call) if call.dest.as_ref().is_some_and(|dest| dest.slot == slot))
    });
    if !assigned_by_call && values().next().is_some() {
        if facts.is_array(&data.ty) && values().all(|value| matches!(value, Rvalue::Array { .. })) {
            return (Storage::FrameBlock, "S8");
        }
        let literal = |value: &Rvalue| matches!(value, Rvalue::Use(Operand::Const(Const::Str(_))));
        if facts.is_str(&data.ty) && heap.iter().all(|owner| owner.site.is_none()) && values().all(literal) {
            return (Storage::StaticText, "S10");
        }
    }
    if heap.is_empty() {
        return (Storage::FrameSlot, "S1");
    }
    (Storage::Heap, if facts.is_array(&data.ty) { "S7" } else { "S6" })
}

/// S8: the block of a literal stays in the frame while the array moves about in it, and is on the heap once it has left.
fn plain_array(facts: &Facts<'_>, mir: &Mir, slot: SlotId) -> Option<(Storage, &'static str)> {
    if mir.kind != MirKind::Function || !facts.is_array(&mir.slots[slot.0 as usize].ty) {
        return None;
    }
    let own = &crate::transfer::blocks_of(facts.db, mir.func, slot)?.own;
    let mut origins = own.iter().peekable();
    origins.peek()?;
    if own.iter().all(|origin| matches!(origin, Origin::Frame(_))) {
        return Some((Storage::FrameBlock, "S8"));
    }
    own.iter().all(|origin| matches!(origin, Origin::Plain)).then_some((Storage::Heap, "S8"))
}

fn given_back(db: &dyn Db, facts: &Facts<'_>, mir: &Mir, slot: SlotId) -> Vec<(TextRange, String)> {
    let mut found = Vec::new();
    for statement in mir.statements() {
        let StatementKind::Call(call) = &statement.kind else { continue };
        let Some((op @ (AllocOp::Realloc | AllocOp::Dealloc), allocator)) = facts.alloc_call(&call.target)
        else {
            continue;
        };
        let Some(Arg::Value(Operand::Move(place))) = call.args.first() else { continue };
        let source = source_of(mir, place.slot);
        if place.projection.is_empty() && source == slot {
            found.push((statement.span, format!("{}.{}", allocator.display(db), method_name(op))));
        }
    }
    found
}

/// The variable whose value was put into a temporary for a call.
fn source_of(mir: &Mir, slot: SlotId) -> SlotId {
    if mir.slots[slot.0 as usize].kind != SlotKind::Temporary {
        return slot;
    }
    let moved = mir.statements().find_map(|statement| match &statement.kind {
        StatementKind::Assign(dest, Rvalue::Use(Operand::Move(place)))
            if dest.slot == slot && place.projection.is_empty() =>
        {
            Some(place.slot)
        }
        _ => None,
    });
    moved.unwrap_or(slot)
}

/// Where variables, and fields of them, give their values away: the ranges of their names, sorted.
pub fn moved_places(db: &dyn Db, func: FuncId) -> &[TextRange] {
    moved_places_in(db, func.key(db))
}

#[salsa::tracked(returns(ref))]
fn moved_places_in<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Box<[TextRange]> {
    let func = key.func(db);
    let Some(mir) = crate::mir::mir(db, func) else { return Box::default() };
    let body = crate::body::body(db, func);
    let facts = Facts::new(db, func).with_body(body);
    let mut ranges = Vec::new();
    for mir in mir.with_lambdas() {
        let reporter = Reporter { body, mir, facts: &facts, diagnostics: Vec::new() };
        for statement in mir.statements() {
            events(&statement.kind, &mut |event| {
                let Event::Use(place, how) = event else { return };
                let moves = match how {
                    Use::Move => true,
                    Use::Call(kind) => consumes(kind),
                    _ => false,
                };
                if moves && local_of(mir, body, place).is_some() {
                    ranges.push(reporter.locate(place, statement.span, Occurrence::First));
                }
            });
        }
    }
    ranges.sort_by_key(|range| (range.end(), range.start()));
    ranges.dedup();
    ranges.into()
}

/// Where variables are assigned, in whole or in part, or borrowed mutably: the statements.
pub fn changed_places(db: &dyn Db, func: FuncId) -> Vec<(LocalId, TextRange)> {
    let Some(mir) = crate::mir::mir(db, func) else { return Vec::new() };
    let body = crate::body::body(db, func);
    let mut found = Vec::new();
    for mir in mir.with_lambdas() {
        for statement in mir.statements() {
            events(&statement.kind, &mut |event| {
                let place = match event {
                    Event::Assign(place) | Event::Use(place, Use::Borrow { mutable: true }) => place,
                    _ => return,
                };
                found.extend(local_of(mir, body, place).map(|(local, _)| (local, statement.span)));
            });
        }
    }
    found
}

/// Where a variable is alive, borrowed, moved and dropped. Sorted by start.
pub fn lifetime(db: &dyn Db, func: FuncId, local: LocalId) -> Vec<LifetimeRange> {
    let Some(mir) = crate::mir::mir(db, func) else { return Vec::new() };
    let body = crate::body::body(db, func);
    let facts = Facts::new(db, func).with_body(body);
    let mut ranges = Vec::new();
    for mir in mir.with_lambdas() {
        in_body(&facts, body, mir, local, &mut ranges);
    }
    if let Some(placement) = placement_of(db, func, local) {
        let message = match placement.storage {
            Storage::Borrow => format!("`{}` holds its borrow here", placement.name),
            _ => format!("`{}` has a value here", placement.name),
        };
        ranges.push(LifetimeRange { range: placement.live, kind: LifetimeKind::Alive, message });
    }
    ranges.sort_by_key(|range| (range.range.start(), range.kind));
    ranges.dedup();
    ranges
}

fn in_body(facts: &Facts<'_>, body: &Body, mir: &Mir, local: LocalId, ranges: &mut Vec<LifetimeRange>) {
    let reporter = Reporter { body, mir, facts, diagnostics: Vec::new() };
    let is_it = |place: &crate::mir::Place| local_of(mir, body, place).is_some_and(|(root, _)| root == local);
    let drops: Vec<bool> = mir
        .statements()
        .map(|statement| matches!(&statement.kind, StatementKind::Drop(drop) if is_it(&drop.place)))
        .collect();
    let is_dropped = drops.contains(&true);
    for statement in mir.statements() {
        let span = statement.span;
        events(&statement.kind, &mut |event| match event {
            Event::Use(place, how) if is_it(place) => {
                let range = reporter.locate(place, span, Occurrence::First);
                let name = place_text(facts, mir, body, place);
                let target = target_of(facts, &statement.kind);
                match how {
                    Use::Move | Use::Call(_)
                        if how == Use::Move || matches!(how, Use::Call(kind) if consumes(kind)) =>
                    {
                        let kind = if is_dropped { LifetimeKind::MaybeMoved } else { LifetimeKind::Moved };
                        let message = match target {
                            Some(target) => format!("`{name}` is moved into `{target}`"),
                            None => format!("`{name}` is moved here"),
                        };
                        ranges.push(LifetimeRange { range, kind, message });
                    }
                    Use::Borrow { mutable } => {
                        let how = if mutable { "mutably borrowed" } else { "borrowed" };
                        let message = match target {
                            Some(target) => {
                                format!("`{name}` is {how} by `{target}`, to the end of the call")
                            }
                            None => format!("`{name}` is {how} here"),
                        };
                        ranges.push(LifetimeRange { range, kind: LifetimeKind::Borrowed, message });
                    }
                    _ => {}
                }
            }
            Event::Drop(drop) if is_it(&drop.place) => {
                let name = place_text(facts, mir, body, &drop.place);
                let when = match drop.why {
                    DropWhy::ScopeEnd => "at the end of its block",
                    DropWhy::EarlyExit => "when the function is left here",
                    DropWhy::Overwrite => "because it is overwritten",
                    DropWhy::Temporary => "at the end of the statement",
                    DropWhy::TailCall => "before the call takes over the frame",
                    DropWhy::Abandoned => "with its generator",
                };
                let condition = if drop.flag.is_some() { ", if it is still there" } else { "" };
                let message = format!("`{name}` is dropped {when}{condition}");
                ranges.push(LifetimeRange { range: span, kind: LifetimeKind::Dropped, message });
            }
            _ => {}
        });
    }
}

fn target_of(facts: &Facts<'_>, kind: &StatementKind) -> Option<String> {
    match kind {
        StatementKind::Call(call) => match &call.target {
            CallTarget::Func { func, .. } | CallTarget::DefaultArg { func, .. } => {
                Some(crate::display::function_name(facts.db, *func))
            }
            CallTarget::Value { .. } => None,
        },
        StatementKind::Assign(dest, _) if dest.slot == SlotId(0) => Some("ret".to_owned()),
        _ => None,
    }
}
