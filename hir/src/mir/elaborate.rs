//! Drop elaboration: of the drops that the builder emitted at every exit, those stay that have something to do.
//!
//! A value that was moved is not dropped; one that was moved on some paths is dropped under a flag (DR1); of one that was
//! moved in part, the remaining parts are dropped one by one (OW4).

use super::facts::Facts;
use super::*;
use crate::ownership::dataflow::{Graph, State, apply};
use crate::ownership::events::{Event, Use, consumes, events};
use crate::ownership::move_paths::{MovePaths, PathId};
use rustc_hash::FxHashMap;

pub(crate) fn elaborate(
    mir: &mut Mir,
    facts: &Facts<'_>,
    graph: &Graph,
    paths: &MovePaths,
    states: &[Option<State>],
) {
    if paths.is_empty() {
        return;
    }
    let mut elaborator = Elaborator {
        facts,
        paths,
        flags: FxHashMap::default(),
        new_slots: Vec::new(),
        own_del: own_del(mir, facts),
    };
    let mut blocks = std::mem::take(&mut mir.blocks);
    for (block, state) in blocks.iter_mut().zip(states) {
        match state {
            Some(state) if drops_something(block) => {
                elaborator.block(mir, &mut block.statements, state.clone());
            }
            Some(_) => {}
            None => block.statements = Box::default(),
        }
    }
    let Elaborator { flags, new_slots, .. } = elaborator;
    mir.blocks = blocks;
    mir.slots.extend(new_slots);
    if !flags.is_empty() {
        insert_flags(mir, graph, paths, &flags);
    }
}

fn drops_something(block: &BasicBlock) -> bool {
    block.statements.iter().any(|statement| match &statement.kind {
        StatementKind::Drop(_) => true,
        StatementKind::Yield(it) => !it.abandon.is_empty(),
        _ => false,
    })
}

/// The `self` of a `del`, which must not call `del` again (DR3).
fn own_del(mir: &Mir, facts: &Facts<'_>) -> Option<SlotId> {
    let signature = facts.signature(mir.func);
    let is_del =
        matches!(mir.kind, MirKind::Function) && signature.name == "del" && signature.self_param.is_some();
    (is_del && facts.has_del(&mir.slots[1].ty)).then_some(SlotId(1))
}

struct Elaborator<'a> {
    facts: &'a Facts<'a>,
    paths: &'a MovePaths,
    /// Flag slots by path.
    flags: FxHashMap<PathId, SlotId>,
    new_slots: Vec<Slot>,
    own_del: Option<SlotId>,
}

/// What becomes of the drop of a whole place.
enum Elaborated {
    /// It holds nothing.
    Gone,
    /// It is dropped as a whole, under the flag if there is one.
    Whole(Option<SlotId>),
    Parts(Vec<Drop>),
}

impl Elaborator<'_> {
    fn block(&mut self, mir: &Mir, statements: &mut Box<[Statement]>, mut state: State) {
        // By index: the drops that replace one; none for one that is gone.
        let mut replaced: Vec<(usize, Vec<Drop>)> = Vec::new();
        for (index, statement) in statements.iter_mut().enumerate() {
            match &mut statement.kind {
                StatementKind::Drop(drop) => {
                    match self.drop(mir, drop, &state) {
                        Elaborated::Gone => replaced.push((index, Vec::new())),
                        Elaborated::Whole(flag) => drop.flag = flag,
                        Elaborated::Parts(parts) => replaced.push((index, parts)),
                    }
                    apply(self.paths, &mut state, Event::Drop(drop));
                    continue;
                }
                StatementKind::Yield(it) if !it.abandon.is_empty() => {
                    let abandon = std::mem::take(&mut it.abandon);
                    let mut suspended = state.clone();
                    events(&statement.kind, &mut |event| {
                        if !matches!(event, Event::Assign(_)) {
                            apply(self.paths, &mut suspended, event);
                        }
                    });
                    let mut kept = Vec::with_capacity(abandon.len());
                    for mut drop in abandon {
                        match self.drop(mir, &drop, &suspended) {
                            Elaborated::Gone => {}
                            Elaborated::Whole(flag) => {
                                drop.flag = flag;
                                kept.push(drop);
                            }
                            Elaborated::Parts(parts) => kept.extend(parts),
                        }
                    }
                    if let StatementKind::Yield(it) = &mut statement.kind {
                        it.abandon = kept;
                    }
                }
                _ => {}
            }
            events(&statement.kind, &mut |event| apply(self.paths, &mut state, event));
        }
        if replaced.is_empty() {
            return;
        }
        let added: usize = replaced.iter().map(|(_, parts)| parts.len()).sum();
        let mut out = Vec::with_capacity(statements.len() - replaced.len() + added);
        let mut replaced = replaced.into_iter().peekable();
        for (index, statement) in std::mem::take(statements).into_iter().enumerate() {
            match replaced.next_if(|(at, _)| *at == index) {
                Some((_, parts)) => out.extend(parts.into_iter().map(|drop| Statement {
                    kind: StatementKind::Drop(Box::new(drop)),
                    span: statement.span,
                })),
                None => out.push(statement),
            }
        }
        *statements = out.into();
    }

    /// A lambda of this body whose captures need no drop.
    fn is_trivial_lambda(&self, mir: &Mir, ty: &Ty) -> bool {
        let Ty::Closure(closure) = ty else { return false };
        let own = mir.lambdas.iter().find(|lambda| {
            let own = matches!(lambda.kind, MirKind::Lambda { expr, .. } if expr.into_raw().into_u32() == closure.expr);
            own && closure.owner == mir.func
        });
        own.is_some_and(|lambda| {
            let mut owned = lambda.captures.iter().filter(|field| field.convention == Convention::Value);
            owned.all(|field| !self.facts.needs_drop(&field.ty))
        })
    }

    fn drop(&mut self, mir: &Mir, drop: &Drop, state: &State) -> Elaborated {
        if drop.place.projection.is_empty()
            && self.is_trivial_lambda(mir, &mir.slots[drop.place.slot.0 as usize].ty)
        {
            return Elaborated::Gone;
        }
        // A part that nothing moves, or something behind a borrow: it is there.
        let Some((path, true)) = self.paths.find(&drop.place) else { return Elaborated::Whole(drop.flag) };
        if !state.maybe_init(path) {
            return Elaborated::Gone;
        }
        let open = self.own_del == Some(drop.place.slot) && drop.place.projection.is_empty();
        if !open && !self.is_partial(path, state) {
            return Elaborated::Whole(state.maybe_uninit(path).then(|| self.flag(mir, path)));
        }
        let ty = self.facts.place_type(mir, &drop.place);
        let mut parts = Vec::new();
        self.path(mir, path, drop.place.clone(), &ty, drop.why, state, open, &mut |drop| parts.push(drop));
        Elaborated::Parts(parts)
    }

    /// Whether some part may hold nothing while the whole does.
    fn is_partial(&self, path: PathId, state: &State) -> bool {
        let mut partial = false;
        for child in self.paths.children(path) {
            self.paths.each_below(child, &mut |part| partial |= state.maybe_uninit(part));
        }
        partial
    }

    #[allow(clippy::too_many_arguments)]
    fn path(
        &mut self,
        mir: &Mir,
        path: PathId,
        place: Place,
        ty: &Ty,
        why: DropWhy,
        state: &State,
        open: bool,
        emit: &mut dyn FnMut(Drop),
    ) {
        if !state.maybe_init(path) {
            return;
        }
        let conditional = state.maybe_uninit(path);
        if !open && !self.is_partial(path, state) {
            let flag = conditional.then(|| self.flag(mir, path));
            emit(Drop { place, why, flag });
            return;
        }
        for (projection, part_ty) in self.parts(mir, ty) {
            let part_place = place.project(projection.clone());
            match self.paths.find_child(path, &projection) {
                Some(child) => self.path(mir, child, part_place, &part_ty, why, state, false, emit),
                None if self.facts.needs_drop(&part_ty) => {
                    let flag = conditional.then(|| self.flag(mir, path));
                    emit(Drop { place: part_place, why, flag });
                }
                None => {}
            }
        }
    }

    /// What an object is dropped part by part: attributes, then base parts (DR2); elements and captures ascending.
    fn parts(&self, mir: &Mir, ty: &Ty) -> Vec<(Projection, Ty)> {
        match ty {
            Ty::Tuple(parts) => {
                let parts = parts.iter().enumerate();
                parts.map(|(index, part)| (Projection::TupleField(index as u32), part.clone())).collect()
            }
            Ty::Closure(_) => {
                let fields = mir.captures.iter().enumerate();
                let owned = fields.filter(|(_, field)| field.convention == Convention::Value);
                owned.map(|(index, field)| (Projection::Capture(index as u32), field.ty.clone())).collect()
            }
            Ty::Class(class, _) => {
                let attributes = self.facts.attribute_types(ty).into_iter().enumerate();
                let attributes = attributes
                    .map(|(index, ty)| (Projection::Attribute { class: *class, index: index as u32 }, ty));
                let bases = self.facts.bases(ty).into_iter();
                let bases = bases.filter_map(|base| Some((Projection::Base(base.class()?), base)));
                attributes.chain(bases).collect()
            }
            _ => Vec::new(),
        }
    }

    fn flag(&mut self, mir: &Mir, path: PathId) -> SlotId {
        if let Some(known) = self.flags.get(&path) {
            return *known;
        }
        let id = SlotId((mir.slots.len() + self.new_slots.len()) as u32);
        let owner = &mir.slots[self.paths.paths[path as usize].slot.0 as usize];
        self.new_slots.push(Slot {
            ty: self.facts.bool_ty(),
            convention: Convention::Value,
            kind: SlotKind::DropFlag,
            local: None,
            mutable: true,
            late: false,
            pass_borrow: false,
            span: owner.span,
        });
        self.flags.insert(path, id);
        id
    }
}

/// Keeps each flag true exactly while its place holds a value.
fn insert_flags(mir: &mut Mir, graph: &Graph, paths: &MovePaths, flags: &FxHashMap<PathId, SlotId>) {
    let set = |flag: SlotId, value: bool, span: TextRange| Statement {
        kind: StatementKind::Assign(Place::slot(flag), Rvalue::Use(Operand::Const(Const::Bool(value)))),
        span,
    };
    let param_count = mir.param_count;
    for (index, block) in mir.blocks.iter_mut().enumerate() {
        let mut out = Vec::with_capacity(block.statements.len() + 4);
        if index == 0 {
            let mut initial: Vec<(&PathId, &SlotId)> = flags.iter().collect();
            initial.sort();
            for (path, flag) in initial {
                let is_param = (1..=param_count).contains(&paths.paths[*path as usize].slot.0);
                out.push(set(*flag, is_param, TextRange::empty(0.into())));
            }
        }
        for statement in std::mem::take(&mut block.statements) {
            let span = statement.span;
            let mut changes: Vec<(SlotId, bool)> = Vec::new();
            let mut change = |place: &Place, value: bool| {
                if let Some((path, true)) = paths.find(place) {
                    paths.each_below(path, &mut |path| {
                        if let Some(flag) = flags.get(&path) {
                            changes.push((*flag, value));
                        }
                    });
                }
            };
            events(&statement.kind, &mut |event| match event {
                Event::Use(place, Use::Move) => change(place, false),
                Event::Use(place, Use::Call(kind)) if consumes(kind) => change(place, false),
                Event::Assign(place) => change(place, true),
                Event::Drop(drop) if drop.flag.is_some() && graph.has_loop => change(&drop.place, false),
                _ => {}
            });
            out.push(statement);
            out.extend(changes.into_iter().map(|(flag, value)| set(flag, value, span)));
        }
        block.statements = out.into();
    }
}
