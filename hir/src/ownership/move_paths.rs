//! The places whose initialisation is followed: variables and parts of them that are moved, as a forest (EX2).

use super::events::{Event, Use, consumes, events};
use crate::mir::*;
use crate::ty::Convention;

/// Index of a path; its bits in a [`super::dataflow::State`].
pub(crate) type PathId = u32;
const NONE: u32 = u32::MAX;

#[derive(Debug)]
pub(crate) struct MovePath {
    pub slot: SlotId,
    pub parent: Option<PathId>,
    projection: Option<Projection>,
    first_child: u32,
    next_sibling: u32,
}

/// Only slots that are moved, dropped or declared without a value have paths: all others always hold a value where
/// they are used.
#[derive(Debug)]
pub(crate) struct MovePaths {
    pub paths: Vec<MovePath>,
    roots: Vec<u32>,
}

impl MovePaths {
    pub fn of(mir: &Mir) -> Self {
        let mut paths = MovePaths { paths: Vec::new(), roots: vec![NONE; mir.slots.len()] };
        for (index, slot) in mir.slots.iter().enumerate() {
            if slot.late && slot.convention == Convention::Value {
                paths.root(SlotId(index as u32));
            }
        }
        for block in &mir.blocks {
            for statement in &block.statements {
                events(&statement.kind, &mut |event| match event {
                    Event::Use(place, Use::Move) => paths.add_moved(mir, place),
                    Event::Use(place, Use::Call(kind)) if consumes(kind) => paths.add_moved(mir, place),
                    Event::Drop(drop) if drop.place.projection.is_empty() => {
                        paths.root(drop.place.slot);
                    }
                    _ => {}
                });
            }
        }
        paths
    }

    fn add_moved(&mut self, mir: &Mir, place: &Place) {
        let slot = &mir.slots[place.slot.0 as usize];
        // A temporary that nothing drops is moved exactly once, right after it was made.
        if slot.convention != Convention::Value
            || (slot.kind == SlotKind::Temporary && place.projection.is_empty())
        {
            return;
        }
        let mut path = self.root(place.slot);
        for projection in &place.projection {
            if matches!(projection, Projection::Deref) {
                return;
            }
            path = self.child(path, projection);
        }
    }

    fn root(&mut self, slot: SlotId) -> PathId {
        let known = self.roots[slot.0 as usize];
        if known != NONE {
            return known;
        }
        let id = self.paths.len() as u32;
        self.paths.push(MovePath {
            slot,
            parent: None,
            projection: None,
            first_child: NONE,
            next_sibling: NONE,
        });
        self.roots[slot.0 as usize] = id;
        id
    }

    fn child(&mut self, parent: PathId, projection: &Projection) -> PathId {
        if let Some(known) = self.find_child(parent, projection) {
            return known;
        }
        let id = self.paths.len() as u32;
        let next_sibling = std::mem::replace(&mut self.paths[parent as usize].first_child, id);
        let slot = self.paths[parent as usize].slot;
        let projection = Some(projection.clone());
        self.paths.push(MovePath { slot, parent: Some(parent), projection, first_child: NONE, next_sibling });
        id
    }

    pub fn find_child(&self, parent: PathId, projection: &Projection) -> Option<PathId> {
        self.children(parent)
            .find(|&child| self.paths[child as usize].projection.as_ref() == Some(projection))
    }

    pub fn children(&self, parent: PathId) -> impl Iterator<Item = PathId> {
        let mut next = self.paths[parent as usize].first_child;
        std::iter::from_fn(move || {
            let current = next;
            next = self.paths.get(current as usize)?.next_sibling;
            Some(current)
        })
    }

    pub fn root_of(&self, slot: SlotId) -> Option<PathId> {
        Some(self.roots[slot.0 as usize]).filter(|&root| root != NONE)
    }

    /// The deepest path that is a prefix of the place, and whether it is the whole place. `None` behind a borrow.
    pub fn find(&self, place: &Place) -> Option<(PathId, bool)> {
        let mut path = self.root_of(place.slot)?;
        for projection in &place.projection {
            match self.find_child(path, projection) {
                Some(child) => path = child,
                None if matches!(projection, Projection::Deref) => return None,
                None => return Some((path, false)),
            }
        }
        Some((path, true))
    }

    /// `f` for the path and everything below it.
    pub fn each_below(&self, path: PathId, f: &mut impl FnMut(PathId)) {
        f(path);
        for child in self.children(path) {
            self.each_below(child, f);
        }
    }

    /// The place a path stands for.
    pub fn place(&self, path: PathId) -> Place {
        let mut projection = thin_vec::ThinVec::new();
        let mut current = path;
        loop {
            let data = &self.paths[current as usize];
            match (&data.projection, data.parent) {
                (Some(part), Some(parent)) => {
                    projection.push(part.clone());
                    current = parent;
                }
                _ => {
                    projection.reverse();
                    return Place { slot: data.slot, projection };
                }
            }
        }
    }

    pub fn len(&self) -> usize {
        self.paths.len()
    }

    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }
}
