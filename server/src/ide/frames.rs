//! The frame of a function as clients and the command line show it (docs/lsp-extensions.md). Lines and columns count from
//! 1, columns in Unicode scalar values.

use hir::frame::{Depth, Fate, Frame as Facts, HeapOperation, Multiplicity, depth, frame};
use hir::mir::{DropWhy, SlotId};
use hir::parse::{func_range, item_tree};
use hir::ty::Convention;
use hir::{Db, File, FuncId, display};
use line_index::LineIndex;
use serde::Serialize;
use syntax::{TextRange, TextSize};

/// Name of a slot that no variable has.
pub const TEMPORARY: &str = "(temp)";

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Frame {
    pub function: String,
    pub path: String,
    pub from_line: u32,
    pub to_line: u32,
    /// Bytes; `None` if it depends on a generic parameter.
    pub size: Option<u32>,
    pub align: u32,
    pub depth: WorstCase,
    pub slots: Vec<Slot>,
    pub drops: Vec<Drop>,
    pub heap_sites: Vec<HeapSite>,
    pub borrows: Vec<Borrow>,
    pub calls: Vec<String>,
    /// Where the frame depends on generic parameters: the deepest instance that `main` reaches.
    pub deepest_use: Option<DeepestUse>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DeepestUse {
    /// `T = Num, A = Pool[Num]`
    pub instance: String,
    /// Bytes.
    pub frame: u32,
    pub depth: u64,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct WorstCase {
    /// `None`: not bounded, or unknown.
    pub bytes: Option<u64>,
    /// The chain of calls that reaches it, or the cycle that makes it unbounded.
    pub path: Vec<String>,
    /// Functions that share this frame by recursion, itself first (F13); empty for one that is not recursive.
    pub cycle: Vec<String>,
    /// Why it is not known.
    pub because: Option<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Slot {
    pub name: String,
    #[serde(rename = "type")]
    pub ty: String,
    pub offset: Option<u32>,
    pub size: Option<u32>,
    pub from_line: u32,
    pub to_line: u32,
    pub state: &'static str,
    pub owns_heap: Vec<String>,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drop {
    pub line: u32,
    pub column: u32,
    pub what: String,
    #[serde(rename = "type")]
    pub ty: String,
    pub allocator: Option<String>,
    pub conditional: bool,
    /// Runs a `del` of the program.
    pub runs_del: bool,
    /// Why it happens here.
    pub reason: &'static str,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct HeapSite {
    pub line: u32,
    pub column: u32,
    pub allocator: String,
    pub operation: &'static str,
    pub owner: Option<String>,
    pub multiplicity: &'static str,
    pub bytes: Option<String>,
    pub why: String,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Borrow {
    pub from: String,
    pub to: String,
    pub mutable: bool,
    pub from_line: u32,
    pub to_line: u32,
}

/// `None`: a function without a body.
pub fn of_function(db: &dyn Db, func: FuncId, path: &str) -> Option<Frame> {
    let facts = frame(db, func)?;
    let places = Places::new(db, func);
    let whole = func_range(db, func);
    let (from_line, _) = places.of_file(whole.start());
    let (to_line, _) = places.of_file(whole.end());
    let slots = facts.slots.iter().map(|slot| Slot {
        name: slot.name.as_ref().map_or_else(|| TEMPORARY.to_owned(), ToString::to_string),
        ty: slot.ty_text(db),
        offset: slot.offset,
        size: slot.size,
        from_line: places.line(slot.live.start()),
        to_line: places.line(slot.live.end()),
        state: match &slot.fate {
            Fate::Trivial if slot.convention != Convention::Value => "borrow",
            Fate::Trivial => "trivial",
            Fate::Dropped => "dropped",
            Fate::Moved(_) => "moved",
            Fate::MaybeMoved(_) => "maybeMoved",
        },
        owns_heap: slot.owns_heap.texts(db),
    });
    Some(Frame {
        function: full_name(db, func),
        path: path.to_owned(),
        from_line,
        to_line,
        size: facts.size,
        align: facts.align,
        depth: worst_case(depth(db, func)),
        slots: slots.collect(),
        drops: drops(db, facts, &places),
        heap_sites: heap_sites(db, facts, &places),
        borrows: borrows(db, facts, &places),
        calls: calls(db, facts),
        deepest_use: deepest_use(db, func, facts),
    })
}

fn deepest_use(db: &dyn Db, func: FuncId, facts: &Facts) -> Option<DeepestUse> {
    if facts.size.is_some() && !matches!(depth(db, func), Depth::Unknown { .. }) {
        return None;
    }
    let found = hir::frame::deepest_use(db, func)?;
    Some(DeepestUse { instance: found.instance.clone(), frame: found.frame, depth: found.bytes })
}

/// The frames of all functions of a file, in source order.
pub fn of_file(db: &dyn Db, file: File, path: &str) -> Vec<Frame> {
    let mut functions: Vec<FuncId> = hir::items::functions_of(db, file).collect();
    functions.sort_by_key(|func| func_range(db, *func).start());
    functions.into_iter().filter_map(|func| of_function(db, func, path)).collect()
}

/// `src.main.load`, `src.shapes.Disc.area`.
pub fn full_name(db: &dyn Db, func: FuncId) -> String {
    let name = display::function_name(db, func);
    match item_tree(db, func.file()).namespace() {
        Some(namespace) if !name.starts_with(namespace) => format!("{namespace}.{name}"),
        _ => name,
    }
}

fn drops(db: &dyn Db, facts: &Facts, places: &Places<'_>) -> Vec<Drop> {
    let of = |drop: &hir::frame::DropPoint| {
        let (line, column) = places.place(drop.span.start());
        Drop {
            line,
            column,
            what: drop.name.as_ref().map_or_else(|| TEMPORARY.to_owned(), ToString::to_string),
            ty: drop.ty_text(db),
            allocator: (!drop.releases.is_empty()).then(|| drop.releases.texts(db).join(", ")),
            conditional: drop.conditional,
            runs_del: drop.runs_del,
            reason: match drop.why {
                DropWhy::ScopeEnd => "scopeEnd",
                DropWhy::EarlyExit => "earlyExit",
                DropWhy::Overwrite => "overwrite",
                DropWhy::Temporary => "temporary",
                DropWhy::TailCall => "tailCall",
                DropWhy::Abandoned => "abandoned",
            },
        }
    };
    facts.drops.iter().map(of).collect()
}

fn heap_sites(db: &dyn Db, facts: &Facts, places: &Places<'_>) -> Vec<HeapSite> {
    let of = |site: &hir::frame::HeapSite| {
        let (line, column) = places.place(site.span.start());
        HeapSite {
            line,
            column,
            allocator: site.allocator_text(db),
            operation: match site.operation {
                HeapOperation::Allocate => "alloc",
                HeapOperation::Reallocate => "realloc",
                HeapOperation::Release => "dealloc",
            },
            owner: site.owner.and_then(|slot| name_of(facts, slot)),
            multiplicity: match site.multiplicity {
                Multiplicity::Once => "once",
                Multiplicity::PerIteration => "perIteration",
                Multiplicity::Unknown => "unknown",
            },
            bytes: site
                .bytes
                .as_deref()
                .map(str::to_owned)
                .or_else(|| site.max_bytes.map(|bytes| format!("≤ {bytes}"))),
            why: site.why(db).join(" → "),
        }
    };
    facts.heap_sites.iter().map(of).collect()
}

fn borrows(db: &dyn Db, facts: &Facts, places: &Places<'_>) -> Vec<Borrow> {
    let of = |borrow: &hir::frame::BorrowFact| Borrow {
        from: borrow.holder.text(db),
        to: name_of(facts, borrow.owner_slot).unwrap_or_else(|| borrow.owner.to_string()),
        mutable: borrow.mutable,
        from_line: places.line(borrow.live.start()),
        to_line: places.line(borrow.live.end()),
    };
    facts.borrows.iter().map(of).collect()
}

fn calls(db: &dyn Db, facts: &Facts) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for call in &facts.calls {
        let name = call.callee.text(db);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn name_of(facts: &Facts, slot: SlotId) -> Option<String> {
    let slot = facts.slots.iter().find(|it| it.slot == slot)?;
    slot.name.as_ref().map(ToString::to_string)
}

fn worst_case(depth: &Depth) -> WorstCase {
    match depth {
        Depth::Bytes { bytes, path, cycle } => {
            WorstCase { bytes: Some(*bytes), path: path.clone(), cycle: cycle.clone(), because: None }
        }
        Depth::Unbounded { cycle } => {
            WorstCase { bytes: None, path: cycle.clone(), cycle: Vec::new(), because: None }
        }
        Depth::Unknown { because } => {
            WorstCase { bytes: None, path: Vec::new(), cycle: Vec::new(), because: Some(because.clone()) }
        }
    }
}

/// Turns offsets into lines and columns.
struct Places<'a> {
    text: &'a str,
    lines: LineIndex,
    /// Facts count from here.
    start: TextSize,
}

impl<'a> Places<'a> {
    fn new(db: &'a dyn Db, func: FuncId) -> Places<'a> {
        let text: &str = func.file().text(db);
        Places { text, lines: LineIndex::new(text), start: func_range(db, func).start() }
    }

    fn line(&self, in_function: TextSize) -> u32 {
        self.place(in_function).0
    }

    fn place(&self, in_function: TextSize) -> (u32, u32) {
        self.of_file(self.start + in_function)
    }

    fn of_file(&self, offset: TextSize) -> (u32, u32) {
        let offset = offset.min(TextSize::of(self.text));
        let Some(at) = self.lines.try_line_col(offset) else { return (1, 1) };
        let line_start = offset - TextSize::new(at.col);
        let before = self.text.get(std::ops::Range::from(TextRange::new(line_start, offset)));
        (at.line + 1, before.map_or(at.col, |text| text.chars().count() as u32) + 1)
    }
}
