//! Which places may hold a value, and which may hold none, at each point of a function: a forward analysis.
//!
//! Both questions are answered by "on some path"; a place certainly holds a value if it may not be without one. A place
//! with neither bit is unknown because of an error reported elsewhere, and any use of it is silent.

use super::events::{Event, Use, consumes, events};
use super::move_paths::{MovePaths, PathId};
use crate::mir::*;
use crate::ty::Convention;
use smallvec::{SmallVec, smallvec};

/// The two sets of bits at one point.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct State {
    words: SmallVec<[u64; 2]>,
    half: usize,
}

impl State {
    pub fn new(paths: usize) -> Self {
        let half = paths.div_ceil(64);
        State { words: smallvec![0; 2 * half], half }
    }

    fn get(&self, offset: usize, path: PathId) -> bool {
        self.words[offset + path as usize / 64] >> (path % 64) & 1 == 1
    }

    fn set(&mut self, offset: usize, path: PathId, value: bool) {
        let word = &mut self.words[offset + path as usize / 64];
        *word = *word & !(1 << (path % 64)) | u64::from(value) << (path % 64);
    }

    /// On some path to this point it holds a value.
    pub fn maybe_init(&self, path: PathId) -> bool {
        self.get(0, path)
    }

    /// On some path to this point it holds none.
    pub fn maybe_uninit(&self, path: PathId) -> bool {
        self.get(self.half, path)
    }

    pub fn initialise(&mut self, path: PathId) {
        self.set(0, path, true);
        self.set(self.half, path, false);
    }

    pub fn uninitialise(&mut self, path: PathId) {
        self.set(0, path, false);
        self.set(self.half, path, true);
    }

    pub fn forget(&mut self, path: PathId) {
        self.set(0, path, false);
        self.set(self.half, path, false);
    }

    /// Joins the state of another path to the same point; answers whether that adds anything.
    pub fn join(&mut self, other: &State) -> bool {
        let mut changed = false;
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            changed |= *other & !*word != 0;
            *word |= *other;
        }
        changed
    }
}

/// What an event does to the state.
pub(crate) fn apply(paths: &MovePaths, state: &mut State, event: Event<'_>) {
    match event {
        Event::Use(place, Use::Move) => take(paths, state, place),
        Event::Use(place, Use::Call(kind)) if consumes(kind) => take(paths, state, place),
        Event::Use(..) => {}
        Event::Assign(place) => {
            // A part that is not followed by itself says nothing about the whole.
            if let Some((path, true)) = paths.find(place) {
                paths.each_below(path, &mut |path| state.initialise(path));
            }
        }
        Event::Drop(drop) => {
            if drop.place.projection.is_empty() {
                take(paths, state, &drop.place);
            } else if let Some((path, true)) = paths.find(&drop.place) {
                paths.each_below(path, &mut |path| state.uninitialise(path));
            }
        }
        Event::StorageDead(slot) => {
            if let Some(root) = paths.root_of(slot) {
                paths.each_below(root, &mut |path| state.uninitialise(path));
            }
        }
        Event::Taint(place) => {
            if let Some((path, _)) = paths.find(place) {
                paths.each_below(path, &mut |path| state.forget(path));
            }
        }
    }
}

fn take(paths: &MovePaths, state: &mut State, place: &Place) {
    if let Some((path, true)) = paths.find(place) {
        paths.each_below(path, &mut |path| state.uninitialise(path));
    }
}

/// An order of the blocks in which every block comes after those before it, loops apart.
pub(crate) struct Graph {
    pub order: Vec<BlockId>,
    /// Position in `order`, by block; `u32::MAX` for a block no path leads to.
    pub position: Vec<u32>,
    pub has_loop: bool,
}

impl Graph {
    pub fn of(mir: &Mir) -> Self {
        let count = mir.blocks.len();
        if count == 1 && !matches!(mir.blocks[0].terminator, Terminator::Goto(_) | Terminator::If { .. }) {
            return Graph { order: vec![BlockId(0)], position: vec![0], has_loop: false };
        }
        let mut order = Vec::with_capacity(count);
        // 0 unseen, 1 open, 2 finished
        let mut mark = vec![0u8; count];
        let mut has_loop = false;
        let mut stack = vec![(BlockId(0), 0usize)];
        mark[0] = 1;
        while let Some((block, next)) = stack.last_mut() {
            let block = *block;
            let (successors, len) = successors(&mir.blocks[block.0 as usize].terminator);
            if *next < len {
                let successor = successors[*next];
                *next += 1;
                match mark[successor.0 as usize] {
                    0 => {
                        mark[successor.0 as usize] = 1;
                        stack.push((successor, 0));
                    }
                    1 => has_loop = true,
                    _ => {}
                }
            } else {
                mark[block.0 as usize] = 2;
                order.push(block);
                stack.pop();
            }
        }
        order.reverse();
        let mut position = vec![u32::MAX; count];
        for (index, block) in order.iter().enumerate() {
            position[block.0 as usize] = index as u32;
        }
        Graph { order, position, has_loop }
    }

    /// The blocks from which each block is entered. Only messages ask for them.
    pub fn predecessors(&self, mir: &Mir) -> Vec<Vec<BlockId>> {
        let mut predecessors = vec![Vec::new(); mir.blocks.len()];
        for &block in &self.order {
            let (successors, len) = successors(&mir.blocks[block.0 as usize].terminator);
            successors[..len].iter().for_each(|successor| predecessors[successor.0 as usize].push(block));
        }
        predecessors
    }
}

pub(crate) fn successors(terminator: &Terminator) -> ([BlockId; 2], usize) {
    match terminator {
        Terminator::Goto(target) => ([*target, *target], 1),
        Terminator::If { then, otherwise, .. } => ([*then, *otherwise], 2),
        Terminator::Return | Terminator::Unreachable => ([BlockId(0); 2], 0),
    }
}

/// The state at the start of the function: only parameters hold values.
pub(crate) fn entry_state(mir: &Mir, paths: &MovePaths) -> State {
    let mut state = State::new(paths.len());
    for (index, path) in paths.paths.iter().enumerate() {
        let is_param = (1..=mir.param_count).contains(&path.slot.0);
        let by_value = mir.slots[path.slot.0 as usize].convention == Convention::Value;
        if is_param || !by_value {
            state.initialise(index as u32);
        } else {
            state.uninitialise(index as u32);
        }
    }
    state
}

/// The state at the start of each block that some path leads to.
pub(crate) fn solve(mir: &Mir, paths: &MovePaths, graph: &Graph) -> Vec<Option<State>> {
    let mut states: Vec<Option<State>> = vec![None; mir.blocks.len()];
    if mir.blocks.is_empty() {
        return states;
    }
    if paths.is_empty() {
        graph.order.iter().for_each(|block| states[block.0 as usize] = Some(State::default()));
        return states;
    }
    states[0] = Some(entry_state(mir, paths));
    let mut dirty = vec![false; mir.blocks.len()];
    dirty[0] = true;
    loop {
        let mut again = false;
        for &block in &graph.order {
            if !std::mem::take(&mut dirty[block.0 as usize]) {
                continue;
            }
            let Some(mut state) = states[block.0 as usize].clone() else { continue };
            let data = &mir.blocks[block.0 as usize];
            for statement in &data.statements {
                events(&statement.kind, &mut |event| apply(paths, &mut state, event));
            }
            let (successors, len) = successors(&data.terminator);
            for successor in &successors[..len] {
                let index = successor.0 as usize;
                let changed = match &mut states[index] {
                    Some(known) => known.join(&state),
                    empty => {
                        *empty = Some(state.clone());
                        true
                    }
                };
                if changed {
                    dirty[index] = true;
                    // Blocks later in the order are reached in this round.
                    again |= graph.position[index] <= graph.position[block.0 as usize];
                }
            }
        }
        if !again {
            return states;
        }
    }
}
