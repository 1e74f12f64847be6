//! The flow of values through one function, whatever the order of its statements: which slots may hold what.

use super::{Argument, Blocks, Found, Given, MAX_ORIGINS, Origin, Origins, Transfer};
use crate::db::{Db, Program};
use crate::ids::FuncId;
use crate::infer::Dispatch;
use crate::mir::facts::{Facts, enclosing_type};
use crate::mir::{
    AllocOp, Arg, Call, CallTarget, Mir, MirKind, Operand, Place, Rvalue, SlotId, StatementKind,
};
use crate::ownership::events::parts;
use crate::ty::{Convention, Subst, Ty, TyArgs};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Rounds over the statements; longer chains against their order stay incomplete and are marked unknown.
const MAX_PASSES: usize = 16;

/// The function that a call runs, and what its generic parameters stand for; `None` where that is open.
fn resolved(db: &dyn Db, program: Program, target: &CallTarget) -> Option<(FuncId, TyArgs)> {
    let CallTarget::Func { func, container_args, dispatch, self_ty, .. } = target else { return None };
    match (dispatch, self_ty) {
        (Dispatch::Direct, _) | (_, None) => Some((*func, container_args.clone())),
        (Dispatch::Virtual, _) if !crate::members::overrides_of(db, program, *func).is_empty() => None,
        (_, Some(ty)) => Some(crate::members::resolve_override(db, program, *func, container_args, ty)),
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Holds {
    Array,
    Text,
}

pub(super) struct Flow<'a> {
    db: &'a dyn Db,
    program: Program,
    facts: Facts<'a>,
    mir: &'a Mir,
    func: FuncId,
    /// What is known so far of the functions that recursion leads back to.
    known: &'a FxHashMap<FuncId, Transfer>,
    hops: u8,
    /// Slots that are borrows of each other hold the same.
    alias: Vec<u32>,
    blocks: Vec<Blocks>,
    given: Vec<Vec<Given>>,
    held: RefCell<FxHashMap<(Ty, Holds), bool>>,
    changed: bool,
}

impl<'a> Flow<'a> {
    pub fn of(
        db: &'a dyn Db,
        func: FuncId,
        known: &'a FxHashMap<FuncId, Transfer>,
        hops: u8,
    ) -> Option<Found> {
        let program = func.file().program(db);
        let mir = crate::mir::mir(db, func)?;
        let params = mir.param_count as usize;
        let mut flow = Flow {
            db,
            program,
            facts: Facts::in_program(db, func, program),
            mir,
            func,
            known,
            hops,
            alias: (0..mir.slots.len() as u32).collect(),
            blocks: vec![Blocks::default(); mir.slots.len()],
            given: vec![Vec::new(); params],
            held: RefCell::default(),
            changed: false,
        };
        for index in 1..=params {
            if flow.facts.needs_drop(&mir.slots[index].ty) {
                flow.blocks[index].own.add(Origin::Param(index as u32 - 1));
                flow.blocks[index].elements.add(Origin::Elements(index as u32 - 1));
            }
        }
        flow.aliases();
        let mut passes = 0;
        loop {
            flow.changed = false;
            for (number, statement) in mir.statements().enumerate() {
                flow.statement(number as u32, &statement.kind);
            }
            passes += 1;
            if !flow.changed {
                break;
            }
            if passes == MAX_PASSES {
                for blocks in &mut flow.blocks {
                    blocks.own.add(Origin::Unknown);
                    blocks.elements.add(Origin::Unknown);
                }
                break;
            }
        }
        Some(flow.found())
    }

    fn found(self) -> Found {
        let params = self.mir.param_count as usize;
        let slots: Box<[Blocks]> =
            (0..self.mir.slots.len()).map(|slot| self.blocks[self.root(slot as u32)].clone()).collect();
        let mut result = slots[0].clone();
        if matches!(self.mir.kind, MirKind::Coroutine { .. }) {
            // What it yields is handed out as well.
            result.own.add(Origin::Unknown);
            result.elements.add(Origin::Unknown);
        }
        let stores = |index: usize| {
            let mut blocks = slots[index + 1].clone();
            let own = index as u32;
            let is_own =
                |origin: &Origin| matches!(origin, Origin::Param(at) | Origin::Elements(at) if *at == own);
            blocks.own.0.retain(|origin| !is_own(origin));
            blocks.elements.0.retain(|origin| !is_own(origin));
            if self.mir.slots[index + 1].convention == Convention::Mut { blocks } else { Blocks::default() }
        };
        let stores: Box<[Blocks]> = (0..params).map(stores).collect();
        let holds = |blocks: &Blocks, param: u32| {
            let is_it =
                |origin: &Origin| matches!(origin, Origin::Param(at) | Origin::Elements(at) if *at == param);
            blocks.own.iter().chain(blocks.elements.iter()).any(is_it)
        };
        let argument = |index: usize| {
            let slot = &self.mir.slots[index + 1];
            let param = index as u32;
            let consumed = slot.convention == Convention::Value && self.facts.needs_drop(&slot.ty);
            Argument {
                consumed,
                given: self.given[index].clone(),
                returned: consumed && holds(&result, param),
                kept_in: stores
                    .iter()
                    .position(|blocks| consumed && holds(blocks, param))
                    .map(|at| at as u32),
                dropped: consumed
                    && self.mir.statements().any(|statement| {
                        matches!(&statement.kind, StatementKind::Drop(drop) if drop.place.slot.0 as usize == index + 1)
                    }),
            }
        };
        let arguments = (0..params).map(argument).collect();
        Found { transfer: Transfer { arguments, result, stores }, slots }
    }

    fn root(&self, slot: u32) -> usize {
        let mut at = slot;
        while self.alias[at as usize] != at {
            at = self.alias[at as usize];
        }
        at as usize
    }

    fn unite(&mut self, a: SlotId, b: SlotId) {
        let (a, b) = (self.root(a.0), self.root(b.0));
        if a != b {
            let moved = std::mem::take(&mut self.blocks[b]);
            self.alias[b] = a as u32;
            self.blocks[a].own.join(&moved.own);
            self.blocks[a].elements.join(&moved.elements);
        }
    }

    /// A borrow and its owner are one.
    fn aliases(&mut self) {
        let mir = self.mir;
        for statement in mir.statements() {
            match &statement.kind {
                StatementKind::Assign(dest, Rvalue::Ref { place, .. } | Rvalue::ElementRef { place, .. }) => {
                    self.unite(place.slot, dest.slot);
                }
                StatementKind::Assign(dest, rvalue) => {
                    for operand in parts(rvalue) {
                        if let Operand::Copy(place) | Operand::Move(place) = operand
                            && mir.slots[place.slot.0 as usize].convention != Convention::Value
                        {
                            self.unite(place.slot, dest.slot);
                        }
                    }
                }
                StatementKind::Call(call) => {
                    let Some(dest) = &call.dest else { continue };
                    let holds = call.result_convention != Convention::Value
                        || self.facts.may_hold_borrow(&mir.slots[dest.slot.0 as usize].ty);
                    if !holds {
                        continue;
                    }
                    for arg in &call.args {
                        match arg {
                            Arg::Ref { place, .. } => self.unite(place.slot, dest.slot),
                            Arg::Value(Operand::Move(place) | Operand::Copy(place)) => {
                                self.unite(place.slot, dest.slot);
                            }
                            Arg::Value(Operand::Const(_)) => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether a value of the type can hold such a block.
    fn holds(&self, ty: &Ty, what: Holds) -> bool {
        if let Some(known) = self.held.borrow().get(&(ty.clone(), what)) {
            return *known;
        }
        self.held.borrow_mut().insert((ty.clone(), what), false);
        let answer = match ty {
            Ty::Param(_) | Ty::Assoc(..) | Ty::SelfTy | Ty::Closure(_) => true,
            Ty::Tuple(parts) => parts.iter().any(|part| self.holds(part, what)),
            Ty::Class(class, args) => {
                let lang = self.facts.lang;
                let opaque = [lang.fn_ref, lang.fn_mut, lang.fn_one, lang.generator, lang.fut];
                let itself = if what == Holds::Array { lang.arr } else { lang.str };
                *class == itself
                    || opaque.contains(class)
                    || args.iter().any(|arg| self.holds(arg, what))
                    || !self.facts.class_data(*class).is_builtin
                        && crate::facts::inline_parts(self.db, self.program, self.facts.env(), ty)
                            .iter()
                            .any(|part| self.holds(part, what))
            }
            Ty::Func(..) | Ty::Infer(_) | Ty::Never | Ty::Unknown => false,
        };
        self.held.borrow_mut().insert((ty.clone(), what), answer);
        answer
    }

    fn of_place(&self, place: &Place) -> Blocks {
        self.blocks[self.root(place.slot.0)].clone()
    }

    fn of_operand(&self, operand: &Operand) -> Blocks {
        match operand {
            Operand::Move(place) | Operand::Copy(place) => self.of_place(place),
            Operand::Const(_) => Blocks::default(),
        }
    }

    fn of_arg(&self, arg: &Arg) -> Blocks {
        match arg {
            Arg::Value(operand) => self.of_operand(operand),
            Arg::Ref { place, .. } => self.of_place(place),
        }
    }

    fn put(&mut self, place: &Place, blocks: &Blocks) {
        let ty = self.facts.place_type(self.mir, place);
        let root = self.root(place.slot.0);
        if !self.facts.needs_drop(&ty) {
            return;
        }
        let (arrays, texts) = (self.holds(&ty, Holds::Array), self.holds(&ty, Holds::Text));
        let fits = |origin: &&Origin| match origin {
            Origin::From(_) | Origin::Frame(_) | Origin::Plain => arrays,
            Origin::Text => texts,
            Origin::Unknown => arrays || texts,
            Origin::Param(_) | Origin::Elements(_) => true,
        };
        for (from, to) in [(&blocks.own, false), (&blocks.elements, true)] {
            for origin in from.iter().filter(fits) {
                let known = &mut self.blocks[root];
                let set = if to { &mut known.elements } else { &mut known.own };
                self.changed |= set.add(origin.clone());
            }
        }
    }

    fn statement(&mut self, number: u32, kind: &StatementKind) {
        match kind {
            StatementKind::Assign(dest, rvalue) => {
                let mut blocks = Blocks::default();
                match rvalue {
                    Rvalue::Array { values, .. } => {
                        if !values.is_empty() {
                            blocks.own.add(Origin::Frame(number));
                        }
                        for value in values {
                            let value = self.of_operand(value);
                            blocks.elements.join(&value.own);
                            blocks.elements.join(&value.elements);
                        }
                    }
                    _ => {
                        for operand in parts(rvalue) {
                            let value = self.of_operand(operand);
                            blocks.own.join(&value.own);
                            blocks.elements.join(&value.elements);
                        }
                    }
                }
                self.put(dest, &blocks);
            }
            StatementKind::Call(call) => self.call(call),
            StatementKind::Yield(it) => {
                let Some(resume) = &it.resume else { return };
                let mut blocks = Blocks::default();
                blocks.own.add(Origin::Unknown);
                self.put(resume, &blocks);
            }
            StatementKind::Append { into, .. } => {
                let mut blocks = Blocks::default();
                blocks.own.add(Origin::Text);
                self.put(into, &blocks);
            }
            StatementKind::Fold(fold) => {
                let mut blocks = self.of_operand(&fold.pack);
                blocks.own.add(Origin::Unknown);
                self.put(&fold.dest, &blocks);
            }
            _ => {}
        }
    }

    fn call(&mut self, call: &Call) {
        if let Some((op, allocator)) = self.facts.alloc_call(&call.target) {
            let allocator = allocator.clone();
            self.allocator_call(call, op, &allocator);
            return;
        }
        let args: Vec<Blocks> = call.args.iter().map(|arg| self.of_arg(arg)).collect();
        let CallTarget::Func { args: own_args, self_ty, .. } = &call.target else {
            return self.opaque(call, &args);
        };
        let Some((func, container_args)) = resolved(self.db, self.program, &call.target) else {
            return self.opaque(call, &args);
        };
        let signature = self.facts.signature(func);
        let known = match self.known.get(&func) {
            Some(known) => Some(known),
            None => super::seen_from(self.db, self.func, func, self.hops),
        };
        let Some(transfer) = known else {
            if signature.is_builtin {
                return self.builtin(call, self_ty.as_ref(), &args);
            }
            return self.opaque(call, &args);
        };
        let subst = self.facts.callee_subst(func, &container_args, own_args, self_ty.as_ref());
        for (argument, blocks) in transfer.arguments.iter().zip(&args) {
            for given in &argument.given {
                let allocator = self.replaced(&subst, &given.allocator);
                let mut path = vec![func];
                path.extend(&given.path);
                self.give(blocks, &Given { op: given.op, allocator, path });
            }
        }
        if let Some(dest) = &call.dest {
            let mut blocks = self.seen_from_here(&transfer.result, &subst, &args);
            if signature.is_coroutine {
                for arg in &args {
                    blocks.own.join(&arg.own);
                    blocks.elements.join(&arg.elements);
                }
            }
            self.put(dest, &blocks);
        }
        let stores: Vec<Blocks> =
            transfer.stores.iter().map(|blocks| self.seen_from_here(blocks, &subst, &args)).collect();
        for (arg, blocks) in call.args.iter().zip(&stores) {
            self.store(arg, blocks);
        }
    }

    /// Into what an argument refers to.
    fn store(&mut self, arg: &Arg, blocks: &Blocks) {
        match arg {
            Arg::Ref { mutable: true, place, .. } => self.put(place, blocks),
            Arg::Value(Operand::Copy(place) | Operand::Move(place))
                if self.mir.slots[place.slot.0 as usize].convention == Convention::Mut =>
            {
                self.put(place, blocks);
            }
            _ => {}
        }
    }

    fn replaced(&self, subst: &Subst, ty: &Ty) -> Ty {
        crate::sups::normalise(self.db, self.program, self.facts.env(), &subst.apply(ty))
    }

    /// Origins of a callee in terms of the caller.
    fn seen_from_here(&self, blocks: &Blocks, subst: &Subst, args: &[Blocks]) -> Blocks {
        let translate = |origins: &Origins| {
            let mut seen = Origins::default();
            for origin in origins.iter() {
                match origin {
                    Origin::From(ty) => drop(seen.add(Origin::From(self.replaced(subst, ty)))),
                    Origin::Param(at) => {
                        if let Some(arg) = args.get(*at as usize) {
                            seen.join(&arg.own);
                        }
                    }
                    Origin::Elements(at) => {
                        if let Some(arg) = args.get(*at as usize) {
                            seen.join(&arg.elements);
                        }
                    }
                    Origin::Frame(_) => drop(seen.add(Origin::Plain)),
                    Origin::Plain | Origin::Text | Origin::Unknown => drop(seen.add(origin.clone())),
                }
            }
            seen
        };
        Blocks { own: translate(&blocks.own), elements: translate(&blocks.elements) }
    }

    fn allocator_call(&mut self, call: &Call, op: AllocOp, allocator: &Ty) {
        let mut blocks = Blocks::default();
        if op != AllocOp::Dealloc {
            blocks.own.add(Origin::From(allocator.clone()));
        }
        if matches!(op, AllocOp::Realloc | AllocOp::Dealloc)
            && let Some(arg) = call.args.first()
        {
            let given = self.of_arg(arg);
            self.give(&given, &Given { op, allocator: allocator.clone(), path: Vec::new() });
            blocks.elements.join(&given.elements);
        }
        if let Some(dest) = &call.dest {
            self.put(dest, &blocks);
        }
    }

    fn give(&mut self, blocks: &Blocks, given: &Given) {
        for origin in blocks.own.iter() {
            if let Origin::Param(at) = origin
                && let Some(all) = self.given.get_mut(*at as usize)
                && all.len() < MAX_ORIGINS
                && !all.iter().any(|known| known.op == given.op && known.allocator == given.allocator)
            {
                all.push(given.clone());
                self.changed = true;
            }
        }
    }

    /// Primitives put their arguments together; those of arrays keep elements apart.
    fn builtin(&mut self, call: &Call, self_ty: Option<&Ty>, args: &[Blocks]) {
        let is_method = self_ty.is_some_and(|ty| self.facts.is_array(ty))
            && call.args.len() == self.declared_params(call) + 1;
        let mut all = Blocks::default();
        for arg in args.iter().skip(usize::from(is_method)) {
            all.own.join(&arg.own);
            all.elements.join(&arg.elements);
        }
        if is_method && let (Some(receiver), Some(blocks)) = (call.args.first(), args.first()) {
            let mut inside = blocks.elements.clone();
            inside.join(&all.own);
            inside.join(&all.elements);
            if let Some(dest) = &call.dest {
                self.put(dest, &Blocks { own: inside.clone(), elements: inside.clone() });
            }
            self.store(receiver, &Blocks { own: Origins::default(), elements: inside });
            return;
        }
        if let CallTarget::Func { func, .. } = &call.target
            && (self.facts.is_str(&self.facts.signature(*func).ret)
                || enclosing_type(self.db, *func).is_some_and(|ty| self.facts.is_str(&ty)))
        {
            all.own.add(Origin::Text);
        }
        if let Some(dest) = &call.dest {
            self.put(dest, &all);
        }
        for arg in &call.args {
            self.store(arg, &all);
        }
    }

    fn declared_params(&self, call: &Call) -> usize {
        let CallTarget::Func { func, .. } = &call.target else { return usize::MAX };
        let signature = self.facts.signature(*func);
        if signature.self_param.is_some() { signature.params.len() } else { usize::MAX - 1 }
    }

    /// A call of which nothing is known.
    fn opaque(&mut self, call: &Call, args: &[Blocks]) {
        let mut all = Blocks::default();
        for arg in args {
            all.own.join(&arg.own);
            all.elements.join(&arg.elements);
        }
        all.own.add(Origin::Unknown);
        all.elements.add(Origin::Unknown);
        if let Some(dest) = &call.dest {
            self.put(dest, &all);
        }
        for arg in &call.args {
            self.store(arg, &all);
        }
    }
}
