//! Worst-case stack depth over the static call graph.
//!
//! Recursion adds nothing: all calls inside one cycle take over one frame, or leave a continuation that is no stack
//! (F9–F13). A lambda or function that a function hands out as a value is counted on top of everything that function
//! calls, since any of that may call it.

use super::Depth;
use crate::call_graph::{CallGraph, Node};
use crate::db::{Db, Program};
use crate::display::function_name;
use crate::ids::{FuncId, FuncKey};
use crate::items::{functions_of, generics_of, signature};
use crate::mir::recursion::strongly_connected;
use crate::signature::Container;
use rustc_hash::FxHashMap;

/// A path in words is not longer.
const MAX_PATH: usize = 64;

/// Bytes of stack below and including a call of the function.
pub fn depth(db: &dyn Db, func: FuncId) -> &Depth {
    depth_in(db, func.key(db))
}

#[salsa::tracked(returns(ref))]
fn depth_in<'db>(db: &'db dyn Db, key: FuncKey<'db>) -> Depth {
    let func = key.func(db);
    let graph = CallGraph::from(db, func.file().program(db), &[func]);
    if graph.incomplete {
        return Depth::Unknown {
            because: "it calls more instances of functions than are followed".to_owned(),
        };
    }
    let units = Units::of(&graph);
    units.depth(db, 0)
}

/// The deepest use of a generic function that the program's `main` reaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeepestUse {
    /// `T = Num, A = Pool[Num]`
    pub instance: String,
    pub frame: u32,
    pub bytes: u64,
}

/// Where a frame depends on generic parameters: what it is for the instance that needs most, of those that `main` reaches.
pub fn deepest_use(db: &dyn Db, func: FuncId) -> Option<&DeepestUse> {
    uses_in(db, func.file().program(db)).get(&func)
}

#[salsa::tracked(returns(ref))]
fn uses_in(db: &dyn Db, program: Program) -> FxHashMap<FuncId, DeepestUse> {
    let functions = program.files(db).iter().flat_map(|file| functions_of(db, *file));
    let roots: Vec<FuncId> = functions
        .filter(|func| {
            let of = signature(db, *func);
            of.name == "main" && of.container == Container::Module && of.generics.params.is_empty()
        })
        .collect();
    let graph = CallGraph::from(db, program, &roots);
    let mut uses: FxHashMap<FuncId, DeepestUse> = FxHashMap::default();
    if graph.incomplete {
        return uses;
    }
    let units = Units::of(&graph);
    for (at, node) in graph.nodes.iter().enumerate() {
        let Ok(frame) = node.size else { continue };
        let Depth::Bytes { bytes, .. } = units.depth(db, at as u32) else { continue };
        let instance = instance_text(db, node);
        let known = uses.get(&node.func).is_some_and(|known| known.bytes >= bytes);
        if !instance.is_empty() && !known {
            uses.insert(node.func, DeepestUse { instance, frame, bytes });
        }
    }
    uses
}

fn instance_text(db: &dyn Db, node: &Node) -> String {
    let container = signature(db, node.func).container.item();
    let of_container = container.map(|item| (generics_of(db, item), &node.args.0));
    let all = of_container.into_iter().chain([(generics_of(db, node.func.0), &node.args.1)]);
    let pairs = all.flat_map(|(generics, args)| generics.params.iter().zip(args.iter()));
    let texts: Vec<String> =
        pairs.map(|(param, ty)| format!("{} = {}", param.param.name, ty.display(db))).collect();
    texts.join(", ")
}

/// Instances that share a frame: those of one cycle, else one by one.
struct Units<'g> {
    graph: &'g CallGraph,
    of: Vec<u32>,
    depths: Vec<UnitDepth>,
}

enum UnitDepth {
    /// The member that needs most, and what it calls for that.
    Bytes {
        bytes: u64,
        member: u32,
        next: Option<u32>,
    },
    Unbounded(Vec<u32>),
    Unknown(String),
}

impl<'g> Units<'g> {
    fn of(graph: &'g CallGraph) -> Units<'g> {
        let mut members: Vec<Vec<u32>> = Vec::new();
        let mut by_cycle: FxHashMap<u32, u32> = FxHashMap::default();
        let mut of = Vec::with_capacity(graph.nodes.len());
        for (node, cycle) in graph.cycles.iter().enumerate() {
            let fresh = members.len() as u32;
            let unit = cycle.map_or(fresh, |cycle| *by_cycle.entry(cycle).or_insert(fresh));
            if unit == fresh {
                members.push(Vec::new());
            }
            members[unit as usize].push(node as u32);
            of.push(unit);
        }
        let edges: Vec<Vec<u32>> = members
            .iter()
            .enumerate()
            .map(|(unit, members)| {
                let nodes = members.iter().map(|member| &graph.nodes[*member as usize]);
                let calls = nodes.clone().flat_map(|node| node.calls.iter().chain(&node.releases));
                let calls = calls.map(|call| of[*call as usize]);
                let values = nodes.flat_map(|node| &node.values).map(|value| of[*value as usize]);
                // Calls inside a unit are recursion; a value of its own function is not.
                let mut all: Vec<u32> = calls.filter(|call| *call != unit as u32).chain(values).collect();
                all.sort_unstable();
                all.dedup();
                all
            })
            .collect();
        let mut units = Units { graph, of, depths: Vec::new() };
        units.depths.resize_with(members.len(), || UnitDepth::Unknown(String::new()));
        // Callees come first.
        for component in strongly_connected(&edges) {
            let first = component[0] as usize;
            if component.len() > 1 || edges[first].contains(&component[0]) {
                let cycle: Vec<u32> = component.iter().rev().map(|unit| members[*unit as usize][0]).collect();
                for unit in component {
                    units.depths[unit as usize] = UnitDepth::Unbounded(cycle.clone());
                }
                continue;
            }
            units.depths[first] = units.unit(first as u32, &members[first]);
        }
        units
    }

    fn unit(&self, unit: u32, members: &[u32]) -> UnitDepth {
        let mut deepest = UnitDepth::Bytes { bytes: 0, member: members[0], next: None };
        for member in members {
            let node = &self.graph.nodes[*member as usize];
            let size = match &node.size {
                Ok(size) => u64::from(*size),
                Err(because) => return UnitDepth::Unknown(because.clone()),
            };
            let mut called = (u64::from(node.defaults), None);
            let calls = node.calls.iter().chain(&node.releases);
            for call in calls.filter(|call| self.of[**call as usize] != unit) {
                match &self.depths[self.of[*call as usize] as usize] {
                    UnitDepth::Bytes { bytes, .. } if *bytes > called.0 => called = (*bytes, Some(*call)),
                    UnitDepth::Bytes { .. } => {}
                    UnitDepth::Unbounded(cycle) => return UnitDepth::Unbounded(cycle.clone()),
                    UnitDepth::Unknown(because) => return UnitDepth::Unknown(because.clone()),
                }
            }
            let mut handed_out = u64::from(node.lambdas);
            for value in &node.values {
                match &self.depths[self.of[*value as usize] as usize] {
                    UnitDepth::Bytes { bytes, .. } => handed_out = handed_out.max(*bytes),
                    UnitDepth::Unbounded(cycle) => return UnitDepth::Unbounded(cycle.clone()),
                    UnitDepth::Unknown(because) => return UnitDepth::Unknown(because.clone()),
                }
            }
            let total = size + called.0 + handed_out;
            if let UnitDepth::Bytes { bytes, .. } = &deepest
                && total > *bytes
            {
                deepest = UnitDepth::Bytes { bytes: total, member: *member, next: called.1 };
            }
        }
        deepest
    }

    fn depth(&self, db: &dyn Db, root: u32) -> Depth {
        let name = |node: u32| function_name(db, self.graph.nodes[node as usize].func);
        match &self.depths[self.of[root as usize] as usize] {
            UnitDepth::Unknown(because) => Depth::Unknown { because: because.clone() },
            UnitDepth::Unbounded(cycle) => {
                Depth::Unbounded { cycle: cycle.iter().map(|node| name(*node)).collect() }
            }
            UnitDepth::Bytes { bytes, .. } => {
                let mut path = Vec::new();
                let mut current = Some(root);
                while let Some(node) = current.filter(|_| path.len() < MAX_PATH) {
                    path.push(name(node));
                    let unit = &self.depths[self.of[node as usize] as usize];
                    let UnitDepth::Bytes { member, next, .. } = unit else { break };
                    if *member != node {
                        path.push(name(*member));
                    }
                    current = *next;
                }
                Depth::Bytes { bytes: *bytes, path, cycle: self.cycle(root, &name) }
            }
        }
    }

    /// The functions that share a frame with the root, itself first.
    fn cycle(&self, root: u32, name: &dyn Fn(u32) -> String) -> Vec<String> {
        let Some(cycle) = self.graph.cycles[root as usize] else { return Vec::new() };
        let mut names = vec![name(root)];
        for (node, other) in self.graph.cycles.iter().enumerate() {
            if *other == Some(cycle) && names.len() < MAX_PATH {
                let name = name(node as u32);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }
}
