//! Walks a function once with everything known at each point, and collects what breaks a rule.

use super::dataflow::{Graph, State, apply};
use super::events::{Event, Use, consumes, events};
use super::loans::{Loan, LoanKind, LoanState, Loans};
use super::move_paths::{MovePaths, PathId};
use super::report::Reporter;
use crate::mir::facts::{CopyKind, Facts};
use crate::mir::*;
use crate::ty::{Convention, FnKind};
use syntax::TextRange;

/// A statement: block and index.
pub(crate) type Point = (BlockId, usize);

pub(crate) struct Analysis<'a> {
    pub facts: &'a Facts<'a>,
    pub mir: &'a Mir,
    pub graph: &'a Graph,
    pub paths: &'a MovePaths,
    pub loans: Option<&'a Loans>,
    pub states: &'a [Option<State>],
}

/// What took the value of a place, or why it never had one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cause {
    Moved,
    /// A part of it was moved.
    PartMoved,
    /// `let x: T` without a value.
    Declared,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    pub point: Point,
    pub cause: Cause,
    pub span: TextRange,
}

/// The use that is looked at.
#[derive(Clone, Copy)]
pub(crate) struct At<'e> {
    pub point: Point,
    pub span: TextRange,
    /// The events of the statement before this one.
    pub earlier: &'e [Event<'e>],
}

impl<'a> Analysis<'a> {
    pub fn check(&self, report: &mut Reporter<'_>) {
        let mut all: Vec<Event<'a>> = Vec::new();
        for &block in &self.graph.order {
            let Some(mut state) = self.states[block.0 as usize].clone() else { continue };
            let mut loans = self.loans.map(|loans| loans.at_start(block));
            for (index, statement) in self.mir.blocks[block.0 as usize].statements.iter().enumerate() {
                let point = (block, index);
                self.statement(statement, point, &mut state, loans.as_ref(), &mut all, report);
                if let (Some(loans), Some(loan_state)) = (self.loans, &mut loans) {
                    self.stored_generator(statement, loans, loan_state, report);
                    loans.step(self.mir, self.facts, loan_state, (block, index as u32), &statement.kind);
                    self.returned_generator(statement, loans, loan_state, report);
                }
            }
        }
    }

    fn statement(
        &self,
        statement: &'a Statement,
        point: Point,
        state: &mut State,
        loans: Option<&LoanState>,
        all: &mut Vec<Event<'a>>,
        report: &mut Reporter<'_>,
    ) {
        // Most statements touch nothing that is followed.
        if self.paths.is_empty() && self.loans.is_none() && !matches!(statement.kind, StatementKind::Call(_))
        {
            events(&statement.kind, &mut |event| {
                if let Event::Use(place, Use::Move) = event {
                    self.moved_out_of_borrow(place, At { point, span: statement.span, earlier: &[] }, report);
                }
            });
            return;
        }
        all.clear();
        events(&statement.kind, &mut |event| all.push(event));
        for (index, event) in all.iter().enumerate() {
            let at = At { point, span: statement.span, earlier: &all[..index] };
            match event {
                Event::Use(place, how) => self.used(place, *how, at, state, loans, report),
                Event::Assign(place) => self.assigned(place, at, state, loans, report),
                Event::Drop(drop) => self.dropped(drop, at, state, loans, report),
                Event::StorageDead(_) | Event::Taint(_) => {}
            }
            apply(self.paths, state, *event);
        }
        match &statement.kind {
            StatementKind::Call(call) => self.exclusive_arguments(call, statement.span, report),
            StatementKind::Yield(it) => {
                if let Some(Arg::Ref { place, .. }) = &it.value {
                    self.lent_by_future(place, statement.span, report);
                }
            }
            _ => {}
        }
    }

    /// `await` uses up a `Fut` and everything its coroutine owns, but what was lent goes on to the end of the block that
    /// holds it (BR4, CO7).
    fn lent_by_future(&self, place: &Place, span: TextRange, report: &mut Reporter<'_>) {
        let slot = &self.mir.slots[place.slot.0 as usize];
        let is_own = slot.convention == Convention::Value && !place.projection.contains(&Projection::Deref);
        let result = &self.facts.signature(self.mir.func).ret;
        if is_own
            && matches!(self.mir.kind, MirKind::Coroutine { .. })
            && result.class() == Some(self.facts.lang.fut)
        {
            report.lent_by_future(place, span);
        }
    }

    fn used(
        &self,
        place: &Place,
        how: Use,
        at: At<'_>,
        state: &State,
        loans: Option<&LoanState>,
        report: &mut Reporter<'_>,
    ) {
        let moves = match how {
            Use::Move => true,
            Use::Call(kind) => {
                consumes(kind)
                    && self.facts.copy_kind(&self.facts.place_type(self.mir, place)) == CopyKind::No
            }
            Use::Copy | Use::Borrow { .. } => false,
        };
        if let (Some(all), Some(loan_state)) = (self.loans, loans)
            && let Some(loan) = all.expired(loan_state, place.slot)
        {
            report.expired(place, loan, at);
            return;
        }
        if moves && self.moved_out_of_borrow(place, at, report) {
            return;
        }
        if let Some((path, exact)) = self.paths.find(place) {
            if state.maybe_uninit(path) {
                let sites = self.reaching(path, at);
                report.gone(self, place, how, at, &sites, state.maybe_init(path));
                return;
            }
            if exact && let Some(part) = self.missing_part(path, state) {
                let sites = self.reaching(part, at);
                report.partly_gone(self, place, part, how, at, &sites, state.maybe_init(part));
                return;
            }
        }
        if moves && self.moved_out_of_del(place, at, report) {
            return;
        }
        if let (Some(all), Some(loan_state)) = (self.loans, loans) {
            let found = all.live(loan_state).find(|(_, pair, loan)| {
                loan.kind == LoanKind::Held
                    && pair.holder != place.slot
                    && loan.place.overlaps(place)
                    && self.conflicts(how, moves, loan)
            });
            if let Some((_, pair, loan)) = found {
                report.conflict(self, place, how, moves, at, loan, pair.holder);
            }
        }
    }

    fn conflicts(&self, how: Use, moves: bool, loan: &Loan) -> bool {
        match how {
            _ if moves => true,
            Use::Borrow { mutable: true } | Use::Call(FnKind::Mut) => true,
            Use::Move | Use::Copy | Use::Borrow { mutable: false } | Use::Call(_) => loan.mutable,
        }
    }

    /// A part of an initialised path that may hold nothing.
    fn missing_part(&self, path: PathId, state: &State) -> Option<PathId> {
        let mut missing = None;
        for child in self.paths.children(path) {
            self.paths.each_below(child, &mut |part| {
                if missing.is_none() && state.maybe_uninit(part) {
                    missing = Some(part);
                }
            });
        }
        missing
    }

    /// OW5: nothing can be moved out of a borrow.
    fn moved_out_of_borrow(&self, place: &Place, at: At<'_>, report: &mut Reporter<'_>) -> bool {
        if !place.projection.contains(&Projection::Deref) {
            return false;
        }
        report.out_of_borrow(self, place, at);
        true
    }

    /// OW6: a class with `Del` is dropped as a whole, except by its own `del`.
    fn moved_out_of_del(&self, place: &Place, at: At<'_>, report: &mut Reporter<'_>) -> bool {
        if place.projection.is_empty() {
            return false;
        }
        let signature = self.facts.signature(self.mir.func);
        let own_del = matches!(self.mir.kind, MirKind::Function)
            && signature.name == "del"
            && signature.self_param.is_some()
            && place.slot == SlotId(1);
        let mut ty = self.mir.slots[place.slot.0 as usize].ty.clone();
        for (depth, projection) in place.projection.iter().enumerate() {
            if !(own_del && depth == 0) && self.facts.has_del(&ty) {
                report.out_of_del(self, place, &ty, at);
                return true;
            }
            ty = self.facts.projected(self.mir, ty, projection);
        }
        false
    }

    fn assigned(
        &self,
        place: &Place,
        at: At<'_>,
        state: &State,
        loans: Option<&LoanState>,
        report: &mut Reporter<'_>,
    ) {
        if place.projection.is_empty() {
            let slot = &self.mir.slots[place.slot.0 as usize];
            if slot.late
                && !slot.mutable
                && let Some(path) = self.paths.root_of(place.slot)
                && state.maybe_init(path)
            {
                report.assigned_twice(self, place, at, !state.maybe_uninit(path));
            }
        } else if let Some((path, exact)) = self.paths.find(place) {
            // The object itself must be there; the part that is assigned need not.
            let owner = if exact { self.paths.paths[path as usize].parent } else { Some(path) };
            if let Some(owner) = owner.filter(|&owner| state.maybe_uninit(owner)) {
                let sites = self.reaching(owner, at);
                report.gone(self, place, Use::Copy, at, &sites, state.maybe_init(owner));
                return;
            }
        }
        self.overwritten(place, at, loans, report, "assigned");
    }

    fn dropped(
        &self,
        drop: &Drop,
        at: At<'_>,
        state: &State,
        loans: Option<&LoanState>,
        report: &mut Reporter<'_>,
    ) {
        let gone = self.paths.find(&drop.place).is_some_and(|(path, _)| !state.maybe_init(path));
        if drop.why == DropWhy::Overwrite && !gone && drop.place.projection.is_empty() {
            self.overwritten(&drop.place, at, loans, report, "dropped");
        }
    }

    fn is_generator(&self, slot: SlotId) -> bool {
        let lang = self.facts.lang;
        let ty = &self.slot(slot).ty;
        self.facts.is_class(ty, lang.generator) || self.facts.is_class(ty, lang.fut)
    }

    /// CO8: a generator that holds a borrow becomes part of something else.
    fn stored_generator(
        &self,
        statement: &Statement,
        loans: &Loans,
        state: &LoanState,
        report: &mut Reporter<'_>,
    ) {
        let StatementKind::Assign(dest, rvalue) = &statement.kind else { return };
        let stores = !dest.projection.is_empty()
            || matches!(rvalue, Rvalue::Tuple(_) | Rvalue::Array { .. } | Rvalue::Object(_));
        if !stores {
            return;
        }
        for place in super::events::parts(rvalue).filter_map(super::events::operand_place) {
            if place.projection.is_empty()
                && self.is_generator(place.slot)
                && let Some((_, _, loan)) = loans.live(state).find(|(_, pair, _)| pair.holder == place.slot)
            {
                report.generator_escapes(place, loan, statement.span, "stored");
            }
        }
    }

    /// CO8: a generator that holds a borrow is the result.
    fn returned_generator(
        &self,
        statement: &Statement,
        loans: &Loans,
        state: &LoanState,
        report: &mut Reporter<'_>,
    ) {
        let dest = match &statement.kind {
            StatementKind::Assign(dest, _) => Some(dest),
            StatementKind::Call(call) => call.dest.as_ref(),
            _ => None,
        };
        if dest.is_some_and(|dest| dest.slot == SlotId(0))
            && self.is_generator(SlotId(0))
            && let Some((_, _, loan)) = loans.live(state).find(|(_, pair, _)| pair.holder == SlotId(0))
        {
            report.generator_escapes(&Place::slot(SlotId(0)), loan, statement.span, "returned");
        }
    }

    /// BR5: the owner cannot be assigned or dropped while it is borrowed.
    fn overwritten(
        &self,
        place: &Place,
        at: At<'_>,
        loans: Option<&LoanState>,
        report: &mut Reporter<'_>,
        done: &'static str,
    ) {
        let (Some(all), Some(loan_state)) = (self.loans, loans) else { return };
        let found = all.live(loan_state).find(|(_, pair, loan)| {
            loan.kind == LoanKind::Held && pair.holder != place.slot && loan.place.overlaps(place)
        });
        if let Some((_, pair, loan)) = found {
            report.overwritten(self, place, at, loan, pair.holder, done);
        }
    }

    /// EX3: the borrows of one call exist at the same time.
    fn exclusive_arguments(&self, call: &Call, span: TextRange, report: &mut Reporter<'_>) {
        let borrows = || {
            call.args.iter().filter_map(|arg| match arg {
                Arg::Ref { mutable, place, .. } => Some((*mutable, place)),
                Arg::Value(_) => None,
            })
        };
        let callee = match &call.target {
            CallTarget::Value { callee, kind: FnKind::Mut } => Some((true, callee)),
            CallTarget::Value { callee, kind: FnKind::Ref } => Some((false, callee)),
            _ => None,
        };
        for (index, second) in borrows().enumerate() {
            let first = callee
                .into_iter()
                .chain(borrows().take(index))
                .find(|first| (first.0 || second.0) && first.1.overlaps(second.1));
            if let Some(first) = first {
                report.overlap(self, first, second, span);
                return;
            }
        }
    }

    /// Where the value of a path went, on the paths that lead to a use without it.
    pub fn reaching(&self, path: PathId, at: At<'_>) -> Vec<Site> {
        let mut sites = Vec::new();
        for event in at.earlier.iter().rev() {
            match self.effect(path, *event) {
                Some(Effect::Takes(cause)) => {
                    sites.push(Site { point: at.point, cause, span: at.span });
                    return sites;
                }
                Some(Effect::Gives) => return sites,
                None => {}
            }
        }
        let slot = self.paths.paths[path as usize].slot;
        let predecessors = self.graph.predecessors(self.mir);
        let mut seen = vec![false; self.mir.blocks.len()];
        let mut todo = vec![(at.point.0, at.point.1)];
        while let Some((block, end)) = todo.pop() {
            let statements = &self.mir.blocks[block.0 as usize].statements;
            let mut stopped = false;
            for index in (0..end.min(statements.len())).rev() {
                let statement = &statements[index];
                let mut effect = None;
                events(&statement.kind, &mut |event| effect = self.effect(path, event).or(effect));
                if matches!(statement.kind, StatementKind::StorageLive(live) if live == slot) {
                    effect = Some(Effect::Takes(Cause::Declared));
                }
                match effect {
                    Some(Effect::Takes(cause)) => {
                        let point = (block, index);
                        if !sites.iter().any(|site: &Site| site.point == point) {
                            sites.push(Site { point, cause, span: statement.span });
                        }
                        stopped = true;
                    }
                    Some(Effect::Gives) => stopped = true,
                    None => {}
                }
                if stopped {
                    break;
                }
            }
            if stopped {
                continue;
            }
            for &predecessor in &predecessors[block.0 as usize] {
                if !std::mem::replace(&mut seen[predecessor.0 as usize], true) {
                    todo.push((predecessor, usize::MAX));
                }
            }
        }
        sites.sort_by_key(|site| site.span.start());
        sites
    }

    /// What an event does to a path: its own value, that of an owner, or of a part.
    fn effect(&self, path: PathId, event: Event<'_>) -> Option<Effect> {
        let related = |place: &Place| {
            let (other, exact) = self.paths.find(place)?;
            if !exact {
                None
            } else if other == path || self.is_below(path, other) {
                Some(Cause::Moved)
            } else if self.is_below(other, path) {
                Some(Cause::PartMoved)
            } else {
                None
            }
        };
        match event {
            Event::Use(place, Use::Move) => related(place).map(Effect::Takes),
            Event::Use(place, Use::Call(kind)) if consumes(kind) => related(place).map(Effect::Takes),
            Event::Assign(place) => match related(place) {
                Some(Cause::Moved) => Some(Effect::Gives),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_below(&self, path: PathId, ancestor: PathId) -> bool {
        let mut current = self.paths.paths[path as usize].parent;
        while let Some(parent) = current {
            if parent == ancestor {
                return true;
            }
            current = self.paths.paths[parent as usize].parent;
        }
        false
    }

    /// Whether `later` comes after `earlier` in the source order of the graph, so that only a loop leads back.
    pub fn is_after(&self, later: Point, earlier: Point) -> bool {
        let position = |point: Point| (self.graph.position[point.0.0 as usize], point.1);
        position(later) >= position(earlier)
    }

    /// The call or assignment that uses up what a statement puts into a temporary.
    pub fn consumer(&self, point: Point) -> &Statement {
        let mut statement = &self.mir.blocks[point.0.0 as usize].statements[point.1];
        for _ in 0..8 {
            let StatementKind::Assign(dest, Rvalue::Use(_)) = &statement.kind else { return statement };
            let slot = &self.mir.slots[dest.slot.0 as usize];
            if slot.kind != SlotKind::Temporary || !dest.projection.is_empty() {
                return statement;
            }
            let next = self.mir.blocks.iter().flat_map(|block| &block.statements).find(|candidate| {
                let mut found = false;
                events(&candidate.kind, &mut |event| {
                    found |= matches!(event, Event::Use(place, Use::Move) if place == dest);
                });
                found
            });
            match next {
                Some(next) => statement = next,
                None => return statement,
            }
        }
        statement
    }

    /// The allocator method that takes the value moved at a point (A39, A40).
    pub fn given_to(&self, point: Point) -> Option<(AllocOp, &crate::ty::Ty)> {
        let StatementKind::Call(call) = &self.consumer(point).kind else { return None };
        let found = self.facts.alloc_call(&call.target)?;
        matches!(found.0, AllocOp::Realloc | AllocOp::Dealloc).then_some(found)
    }

    pub fn slot(&self, slot: SlotId) -> &Slot {
        &self.mir.slots[slot.0 as usize]
    }
}

#[derive(Clone, Copy)]
enum Effect {
    Takes(Cause),
    Gives,
}
