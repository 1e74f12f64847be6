//! What a call does with the values it is handed, and where the arrays come from that it hands out (5.5 beyond one
//! function): computed from the S++ source of everything the call reaches, so that a user's own collection is
//! understood as well as the library's.
//!
//! The rules A42 and A43 speak of one function's own expressions only; what is found here is a warning (A45), a hint
//! (A44), or a fact of placement. Calls are followed [`HOPS`] deep, those of the library anew, so that the work of all
//! functions together grows with their number only; what lies beyond is unknown.

mod flow;
mod report;

pub use report::diagnostics;

use crate::db::Db;
use crate::ids::{FuncId, FuncKey};
use crate::mir::recursion::group;
use crate::mir::{AllocOp, SlotId};
use crate::ty::Ty;
use flow::Flow;
use rustc_hash::FxHashMap;

/// Calls inside calls that are looked into.
const HOPS: u8 = 5;
/// Functions of one recursion that are looked into together.
const MAX_MEMBERS: usize = 32;
/// Rounds for a recursion before its functions are unknown.
const MAX_ROUNDS: usize = 8;
/// A value with arrays from more sources than these has unknown ones.
const MAX_ORIGINS: usize = 8;

/// Where a block came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// An allocator, with its generic arguments.
    From(Ty),
    /// A literal, `Arr.new` or a pack of the function itself: the block is in its frame (S8). The number is that of the
    /// statement.
    Frame(u32),
    /// A plain array that left the frame of its literal.
    Plain,
    /// The buffer of a text.
    Text,
    /// What the parameter with this number holds, `self` first.
    Param(u32),
    /// The elements of arrays in that parameter.
    Elements(u32),
    Unknown,
}

/// A set of origins.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Origins(Vec<Origin>);

impl Origins {
    pub fn iter(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter()
    }

    pub fn contains(&self, origin: &Origin) -> bool {
        self.0.contains(origin)
    }

    fn arrays(&self) -> impl Iterator<Item = &Origin> {
        self.0.iter().filter(|origin| **origin != Origin::Text)
    }

    /// Where the arrays come from, if there are some and all come from one place.
    pub fn array(&self) -> Option<&Origin> {
        let mut all = self.arrays();
        all.next().filter(|_| all.next().is_none())
    }

    /// The allocators of all arrays; `None` if that of some is not known.
    pub fn allocators(&self) -> Option<Vec<&Ty>> {
        self.arrays()
            .filter(|origin| !matches!(origin, Origin::Frame(_) | Origin::Plain))
            .map(|origin| match origin {
                Origin::From(ty) => Some(ty),
                _ => None,
            })
            .collect()
    }

    fn add(&mut self, origin: Origin) -> bool {
        if self.0.contains(&origin) {
            return false;
        }
        if self.0.len() >= MAX_ORIGINS {
            let known = self.0.contains(&Origin::Unknown);
            if !known {
                self.0[0] = Origin::Unknown;
            }
            return !known;
        }
        self.0.push(origin);
        true
    }

    fn join(&mut self, other: &Origins) -> bool {
        other.0.iter().fold(false, |changed, origin| self.add(origin.clone()) | changed)
    }
}

/// The blocks that a value holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Blocks {
    /// The value itself, its attributes and payloads.
    pub own: Origins,
    /// Those that are reached through the elements of an array.
    pub elements: Origins,
}

impl Blocks {
    pub fn holds(&self, origin: &Origin) -> bool {
        self.own.contains(origin) || self.elements.contains(origin)
    }
}

/// An array parameter goes to `realloc` or `dealloc`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    pub op: AllocOp,
    pub allocator: Ty,
    /// The functions on the way, the one that was called first.
    pub path: Vec<FuncId>,
}

/// What becomes of an argument.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Argument {
    /// It is taken by value and has something to release.
    pub consumed: bool,
    /// Where its array is given back, on some path at least.
    pub given: Vec<Given>,
    /// It is part of what the call returns.
    pub returned: bool,
    /// The parameter whose value keeps it.
    pub kept_in: Option<u32>,
    /// The function drops what is left of it, on some path at least.
    pub dropped: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Transfer {
    /// One for each parameter, `self` first.
    pub arguments: Box<[Argument]>,
    pub result: Blocks,
    /// By parameter: what the call may put into what it refers to.
    pub stores: Box<[Blocks]>,
}

/// What calling a function does with values. `None` without a body.
pub fn transfer(db: &dyn Db, func: FuncId) -> Option<&Transfer> {
    found_in(db, func.key(db), HOPS).as_ref().map(|found| &found.transfer)
}

/// The blocks that each slot of a function's frame may hold, in the order of the slots.
pub fn blocks(db: &dyn Db, func: FuncId) -> Option<&[Blocks]> {
    found_in(db, func.key(db), HOPS).as_ref().map(|found| &*found.slots)
}

/// Of one function.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Found {
    transfer: Transfer,
    slots: Box<[Blocks]>,
}

/// The number of functions whose values survive an eviction.
pub(crate) fn keep(db: &mut dyn Db, at_most: usize) {
    found_in::set_lru_capacity(db, at_most);
}

#[salsa::tracked(returns(ref), lru = 1024)]
fn found_in<'db>(db: &'db dyn Db, key: FuncKey<'db>, hops: u8) -> Option<Found> {
    let func = key.func(db);
    let Some(group) = group(db, func.file(), func.local()) else {
        return Flow::of(db, func, &FxHashMap::default(), hops);
    };
    // The functions of a recursion begin with nothing, and are asked again until nothing is added.
    let same = |other: &FuncId| self::group(db, func.file(), other.local()) == Some(group);
    let members: Vec<FuncId> = crate::items::functions_of(db, func.file()).filter(same).collect();
    if members.len() > MAX_MEMBERS {
        return None;
    }
    let mut known: FxHashMap<FuncId, Transfer> =
        members.iter().map(|member| (*member, Transfer::default())).collect();
    for _ in 0..MAX_ROUNDS {
        let mut again = false;
        let mut own = None;
        for member in &members {
            let Some(found) = Flow::of(db, *member, &known, hops) else { continue };
            if known.get(member) != Some(&found.transfer) {
                known.insert(*member, found.transfer.clone());
                again = true;
            }
            if *member == func {
                own = Some(found);
            }
        }
        if !again {
            return own;
        }
    }
    None
}

/// What a function does with values, as its caller asks, who may look `hops` further.
fn seen_from(db: &dyn Db, caller: FuncId, callee: FuncId, hops: u8) -> Option<&Transfer> {
    let is_library = |func: FuncId| func.file().program(db).kind(db) == crate::db::ProgramKind::Library;
    let hops = if is_library(callee) && !is_library(caller) { HOPS } else { hops.checked_sub(1)? };
    found_in(db, callee.key(db), hops).as_ref().map(|found| &found.transfer)
}

/// Blocks of one slot, where they are known.
pub fn blocks_of(db: &dyn Db, func: FuncId, slot: SlotId) -> Option<&Blocks> {
    blocks(db, func)?.get(slot.0 as usize)
}
