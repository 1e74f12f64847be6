//! Borrows that outlive the call or statement that makes them: captures, pattern bindings, generators that hold a
//! borrow, and what they yield (BR4, CO4, CO8).
//!
//! A loan is alive while a slot that holds it is. Which slots may come to hold a loan is found first, without regard to
//! order; one bit for each pair of loan and holder is then followed along the paths.

use super::dataflow::{Graph, successors};
use super::events::{operand_place, parts};
use crate::mir::facts::Facts;
use crate::mir::*;
use crate::ty::{Convention, Ty};
use smallvec::{SmallVec, smallvec};
use syntax::TextRange;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum LoanKind {
    /// As long as its holder.
    Held,
    /// Yielded by the generator at [`Loan::place`]: dead once that is resumed, moved or dropped (BR4). It does not
    /// restrict the generator.
    Yielded,
}

#[derive(Clone, Debug)]
pub(crate) struct Loan {
    pub place: Place,
    pub mutable: bool,
    pub kind: LoanKind,
    pub span: TextRange,
    /// The statement that makes it, by block and index.
    origin: (BlockId, u32),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pair {
    pub loan: u32,
    pub holder: SlotId,
}

pub(crate) struct Loans {
    pub loans: Vec<Loan>,
    pub pairs: Vec<Pair>,
    /// State at the start of each block: live bits, then expired bits.
    entry: Vec<Option<LoanState>>,
}

/// Which pairs are live, and which were ended by resuming their generator while the holder lives on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct LoanState {
    live: SmallVec<[u64; 1]>,
    expired: SmallVec<[u64; 1]>,
}

impl LoanState {
    fn new(pairs: usize) -> Self {
        let words = pairs.div_ceil(64);
        LoanState { live: smallvec![0; words], expired: smallvec![0; words] }
    }

    pub fn is_live(&self, pair: usize) -> bool {
        self.live[pair / 64] >> (pair % 64) & 1 == 1
    }

    pub fn is_expired(&self, pair: usize) -> bool {
        self.expired[pair / 64] >> (pair % 64) & 1 == 1
    }

    fn set(words: &mut [u64], pair: usize, value: bool) {
        let word = &mut words[pair / 64];
        *word = *word & !(1 << (pair % 64)) | u64::from(value) << (pair % 64);
    }

    fn join(&mut self, other: &LoanState) -> bool {
        let mut changed = false;
        let words =
            self.live.iter_mut().chain(&mut self.expired).zip(other.live.iter().chain(&other.expired));
        for (word, other) in words {
            changed |= *other & !*word != 0;
            *word |= *other;
        }
        changed
    }
}

/// Where the loans of a statement's result come from.
#[derive(Default)]
struct Flow<'a> {
    dest: Option<SlotId>,
    /// New loans: place, mutable, yielded.
    made: SmallVec<[(&'a Place, bool, LoanKind); 2]>,
    /// Slots whose loans the result holds as well.
    from: SmallVec<[SlotId; 4]>,
    /// Generators that are resumed, moved or dropped.
    ends: SmallVec<[SlotId; 4]>,
    /// Slots whose value leaves them.
    emptied: SmallVec<[SlotId; 4]>,
}

impl Loans {
    /// `None` if the function makes no such borrow, which is the common case.
    pub fn of(mir: &Mir, facts: &Facts<'_>, graph: &Graph) -> Option<Loans> {
        let makes_one =
            mir.blocks.iter().flat_map(|block| &block.statements).any(|statement| match &statement.kind {
                StatementKind::Assign(_, Rvalue::Ref { .. } | Rvalue::ElementRef { .. }) => true,
                StatementKind::Call(call) => {
                    call.result_convention != Convention::Value || holds_arguments(mir, facts, call)
                }
                _ => false,
            });
        if !makes_one {
            return None;
        }
        let mut loans = Loans { loans: Vec::new(), pairs: Vec::new(), entry: vec![None; mir.blocks.len()] };
        loans.collect(mir, facts, graph);
        loans.solve(mir, facts, graph);
        Some(loans)
    }

    /// Loans and their possible holders.
    fn collect(&mut self, mir: &Mir, facts: &Facts<'_>, graph: &Graph) {
        loop {
            let before = self.pairs.len();
            for &block in &graph.order {
                for (index, statement) in mir.blocks[block.0 as usize].statements.iter().enumerate() {
                    let flow = flow(mir, facts, &statement.kind);
                    let Some(dest) = flow.dest.filter(|&dest| may_hold(mir, facts, dest)) else { continue };
                    let origin = (block, index as u32);
                    for (place, mutable, kind) in flow.made {
                        let known =
                            self.loans.iter().position(|loan| loan.origin == origin && loan.place == *place);
                        let loan = known.unwrap_or_else(|| {
                            let span = statement.span;
                            self.loans.push(Loan { place: place.clone(), mutable, kind, span, origin });
                            self.loans.len() - 1
                        });
                        self.add(loan as u32, dest);
                    }
                    for source in flow.from {
                        let held: Vec<u32> = self
                            .pairs
                            .iter()
                            .filter(|pair| pair.holder == source)
                            .map(|pair| pair.loan)
                            .collect();
                        held.into_iter().for_each(|loan| self.add(loan, dest));
                    }
                }
            }
            if self.pairs.len() == before {
                return;
            }
        }
    }

    fn add(&mut self, loan: u32, holder: SlotId) {
        let pair = Pair { loan, holder };
        if !self.pairs.contains(&pair) {
            self.pairs.push(pair);
        }
    }

    fn solve(&mut self, mir: &Mir, facts: &Facts<'_>, graph: &Graph) {
        self.entry[0] = Some(LoanState::new(self.pairs.len()));
        loop {
            let mut again = false;
            for &block in &graph.order {
                let Some(mut state) = self.entry[block.0 as usize].clone() else { continue };
                let data = &mir.blocks[block.0 as usize];
                for (index, statement) in data.statements.iter().enumerate() {
                    self.step(mir, facts, &mut state, (block, index as u32), &statement.kind);
                }
                let (successors, len) = successors(&data.terminator);
                for successor in &successors[..len] {
                    let index = successor.0 as usize;
                    let changed = match &mut self.entry[index] {
                        Some(known) => known.join(&state),
                        empty => {
                            *empty = Some(state.clone());
                            true
                        }
                    };
                    again |= changed && graph.position[index] <= graph.position[block.0 as usize];
                }
            }
            if !again {
                return;
            }
        }
    }

    pub fn at_start(&self, block: BlockId) -> LoanState {
        self.entry[block.0 as usize].clone().unwrap_or_else(|| LoanState::new(self.pairs.len()))
    }

    /// The state after a statement.
    pub fn step(
        &self,
        mir: &Mir,
        facts: &Facts<'_>,
        state: &mut LoanState,
        origin: (BlockId, u32),
        kind: &StatementKind,
    ) {
        let flow = flow(mir, facts, kind);
        for &generator in &flow.ends {
            for (index, pair) in self.pairs.iter().enumerate() {
                let loan = &self.loans[pair.loan as usize];
                if loan.kind == LoanKind::Yielded && loan.place.slot == generator && state.is_live(index) {
                    LoanState::set(&mut state.live, index, false);
                    LoanState::set(&mut state.expired, index, true);
                }
            }
        }
        let mut arriving: SmallVec<[(u32, bool); 4]> = SmallVec::new();
        for &source in &flow.from {
            for (index, pair) in self.pairs.iter().enumerate() {
                if pair.holder == source {
                    if state.is_live(index) {
                        arriving.push((pair.loan, true));
                    }
                    if state.is_expired(index) {
                        arriving.push((pair.loan, false));
                    }
                }
            }
        }
        for &slot in flow.emptied.iter().chain(&flow.dest) {
            self.clear(state, slot);
        }
        let Some(dest) = flow.dest else { return };
        for (index, pair) in self.pairs.iter().enumerate() {
            if pair.holder != dest {
                continue;
            }
            let loan = &self.loans[pair.loan as usize];
            if loan.origin == origin {
                LoanState::set(&mut state.live, index, true);
            }
            for &(arrived, live) in &arriving {
                if arrived == pair.loan {
                    LoanState::set(if live { &mut state.live } else { &mut state.expired }, index, true);
                }
            }
        }
    }

    fn clear(&self, state: &mut LoanState, slot: SlotId) {
        for (index, pair) in self.pairs.iter().enumerate() {
            if pair.holder == slot {
                LoanState::set(&mut state.live, index, false);
                LoanState::set(&mut state.expired, index, false);
            }
        }
    }

    /// Pairs that are live in a state.
    pub fn live<'s>(&'s self, state: &'s LoanState) -> impl Iterator<Item = (usize, Pair, &'s Loan)> {
        self.pairs
            .iter()
            .enumerate()
            .filter(|(index, _)| state.is_live(*index))
            .map(|(index, pair)| (index, *pair, &self.loans[pair.loan as usize]))
    }

    /// The dead borrow that a slot holds on some path.
    pub fn expired<'s>(&'s self, state: &LoanState, slot: SlotId) -> Option<&'s Loan> {
        let index = (0..self.pairs.len())
            .find(|&index| self.pairs[index].holder == slot && state.is_expired(index))?;
        Some(&self.loans[self.pairs[index].loan as usize])
    }
}

/// Whether a slot can hold a borrow at all: what is copied out of one no longer borrows.
fn may_hold(mir: &Mir, facts: &Facts<'_>, slot: SlotId) -> bool {
    let slot = &mir.slots[slot.0 as usize];
    slot.convention != Convention::Value
        || slot.pass_borrow
        || matches!(slot.ty, Ty::Closure(_))
        || facts.may_hold_borrow(&slot.ty)
}

/// A generator holds the arguments of the call that makes it (CO2, CO8).
fn holds_arguments(mir: &Mir, facts: &Facts<'_>, call: &Call) -> bool {
    let (CallTarget::Func { func, .. }, Some(dest)) = (&call.target, &call.dest) else { return false };
    let result = &mir.slots[dest.slot.0 as usize].ty;
    if dest.projection.is_empty() && !facts.may_hold_borrow(result) && !result.has_unknown() {
        return false;
    }
    let carries = |arg: &Arg| match arg {
        Arg::Ref { .. } => true,
        Arg::Value(operand) => operand_place(operand).is_some_and(|place| {
            let slot = &mir.slots[place.slot.0 as usize];
            slot.convention != Convention::Value || facts.may_hold_borrow(&slot.ty)
        }),
    };
    call.args.iter().any(carries) && facts.signature(*func).is_coroutine
}

fn flow<'a>(mir: &Mir, facts: &Facts<'_>, kind: &'a StatementKind) -> Flow<'a> {
    let mut flow = Flow::default();
    match kind {
        StatementKind::Assign(place, rvalue) => {
            if place.projection.is_empty() {
                flow.dest = Some(place.slot);
            }
            match rvalue {
                Rvalue::Ref { mutable, place } => flow.borrow(place, *mutable, LoanKind::Held),
                Rvalue::ElementRef { place, .. } | Rvalue::TupleRest { place, .. } => {
                    flow.borrow(place, false, LoanKind::Held);
                }
                _ => {}
            }
            for operand in parts(rvalue) {
                flow.operand(operand, true);
            }
        }
        StatementKind::Call(call) => {
            let is_next =
                matches!(&call.target, CallTarget::Func { func, .. } if facts.is_generator_next(*func));
            let carries = call.result_convention != Convention::Value || holds_arguments(mir, facts, call);
            flow.dest = call.dest.as_ref().filter(|dest| dest.projection.is_empty()).map(|dest| dest.slot);
            for (index, arg) in call.args.iter().enumerate() {
                match arg {
                    Arg::Value(operand) => flow.operand(operand, carries && !is_next),
                    Arg::Ref { place, .. } if is_next && index == 0 => {
                        flow.ends.push(place.slot);
                        if carries {
                            flow.made.push((place, false, LoanKind::Yielded));
                        }
                    }
                    Arg::Ref { mutable, place, .. } => {
                        if carries && !is_next {
                            flow.borrow(place, *mutable, LoanKind::Held);
                        }
                    }
                }
            }
            if let CallTarget::Value { callee, kind } = &call.target
                && super::events::consumes(*kind)
            {
                flow.emptied.push(callee.slot);
            }
        }
        StatementKind::Drop(drop) if drop.place.projection.is_empty() => {
            flow.emptied.push(drop.place.slot);
            flow.ends.push(drop.place.slot);
        }
        StatementKind::StorageDead(slot) => {
            flow.emptied.push(*slot);
            flow.ends.push(*slot);
        }
        StatementKind::Yield(it) => {
            if let Some(Arg::Value(operand)) = &it.value {
                flow.operand(operand, false);
            }
        }
        StatementKind::Fold(fold) => {
            if let Some(init) = &fold.init {
                flow.operand(init, false);
            }
            flow.operand(&fold.pack, false);
        }
        _ => {}
    }
    flow
}

impl<'a> Flow<'a> {
    fn borrow(&mut self, place: &'a Place, mutable: bool, kind: LoanKind) {
        self.made.push((place, mutable, kind));
        // CC3: a borrow through a borrow also keeps what that one borrows.
        if place.projection.contains(&Projection::Deref) {
            self.from.push(place.slot);
        }
    }

    fn operand(&mut self, operand: &'a Operand, into_result: bool) {
        // What is read through a borrow, or out of an object, is no borrow itself (BR2).
        let Some(place) = operand_place(operand).filter(|place| place.projection.is_empty()) else { return };
        if into_result {
            self.from.push(place.slot);
        }
        if matches!(operand, Operand::Move(_)) {
            self.emptied.push(place.slot);
            self.ends.push(place.slot);
        }
    }
}
