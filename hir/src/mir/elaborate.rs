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
        let statements = std::mem::take(&mut block.statements);
        if let Some(state) = state {
            block.statements = elaborator.block(mir, statements, state.clone());
        }
    }
    let Elaborator { flags, new_slots, .. } = elaborator;
    mir.blocks = blocks;
    mir.slots.extend(new_slots);
    if !flags.is_empty() {
        insert_flags(mir, graph, paths, &flags);
    }
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

impl Elaborator<'_> {
    fn block(&mut self, mir: &Mir, statements: Vec<Statement>, mut state: State) -> Vec<Statement> {
        let mut out = Vec::with_capacity(statements.len());
        for mut statement in statements {
            let span = statement.span;
            if let StatementKind::Drop(drop) = &statement.kind {
                self.drop(mir, drop, &state, &mut |drop| {
                    out.push(Statement { kind: StatementKind::Drop(drop), span });
                });
                apply(self.paths, &mut state, Event::Drop(drop));
                continue;
            }
            if matches!(&statement.kind, StatementKind::Yield { abandon, .. } if !abandon.is_empty()) {
                let mut suspended = state.clone();
                events(&statement.kind, &mut |event| {
                    if !matches!(event, Event::Assign(_)) {
                        apply(self.paths, &mut suspended, event);
                    }
                });
                if let StatementKind::Yield { abandon, .. } = &mut statement.kind {
                    let mut kept = Vec::with_capacity(abandon.len());
                    for drop in abandon.iter() {
                        self.drop(mir, drop, &suspended, &mut |drop| kept.push(drop));
                    }
                    *abandon = kept;
                }
            }
            events(&statement.kind, &mut |event| apply(self.paths, &mut state, event));
            out.push(statement);
        }
        out
    }

    fn drop(&mut self, mir: &Mir, drop: &Drop, state: &State, emit: &mut dyn FnMut(Drop)) {
        match self.paths.find(&drop.place) {
            Some((path, true)) => {
                let ty = self.facts.place_type(mir, &drop.place);
                let open = self.own_del == Some(drop.place.slot) && drop.place.projection.is_empty();
                self.path(mir, path, drop.place.clone(), &ty, drop.why, state, open, emit);
            }
            // A part that nothing moves, or something behind a borrow: it is there.
            _ => emit(drop.clone()),
        }
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
        let mut partial = false;
        for child in self.paths.children(path) {
            self.paths.each_below(child, &mut |part| partial |= state.maybe_uninit(part));
        }
        if !open && !partial {
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
            name: None,
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
        block.statements = out;
    }
}
