//! What `frames` says of a program, held against the trace of a run: frames and their slots, drops in their order, heap
//! sites, releases, depth.

use eval::{BodyKind, Entry, Place, Report, Trace, What};
use hir::alloc_summary::Allocator;
use hir::frame::{
    CalledName, Depth, DropPoint, Fate, Frame, HeapCause, HeapOperation, HeapSite, Multiplicity,
};
use hir::ids::FuncId;
use hir::items::{generics_of, signature};
use hir::mir::DropWhy;
use hir::{Database, File};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use syntax::TextRange;

/// Something that the analysis says and the run does not do, or the other way round.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Disagreement {
    pub path: String,
    /// 1-based.
    pub line: usize,
    pub what: String,
}

/// Everything in which a run disagrees with the analysis of its program. The run must have been traced with slots.
pub fn compare(db: &Database, entry: FuncId, report: &Report) -> Vec<Disagreement> {
    let Some(trace) = &report.trace else { return Vec::new() };
    let mut comparer = Comparer {
        db,
        trace,
        statics: FxHashMap::default(),
        stack: Vec::new(),
        deepest: 0,
        most_frames: 0,
        chains: FxHashSet::default(),
        calls: 0,
        moment: 0,
        births: FxHashMap::default(),
        found: BTreeSet::new(),
    };
    for event in &trace.events {
        comparer.event(&event.what, event.place, event.frame);
    }
    if !trace.truncated {
        comparer.depth(entry, report);
    }
    comparer.found.into_iter().collect()
}

/// What is known of a body before it runs.
struct Known<'db> {
    frame: &'db Frame,
    /// Start of the function's node.
    start: u32,
    file: File,
    /// What the function does depends on types that only its callers know.
    generic: bool,
    coroutine: bool,
}

/// A frame of the run.
struct Live {
    base: u64,
    body: u32,
    /// How many calls there were before.
    number: u64,
    /// The place in the caller's frame where it was called.
    called_at: Option<Place>,
    /// It runs for a drop of its caller.
    by_drop: bool,
    by_value: bool,
    entry: Entry,
    /// Its rest waits as a continuation (F12).
    waits: bool,
    allocator: Option<String>,
    slots: FxHashMap<u32, (u32, u32)>,
    /// The drop that is being done: its position in the frame's drops.
    dropping: Option<Dropping>,
    /// Drops at one place since the last other place, by position.
    round: Vec<usize>,
    /// For each site: the calls, or blocks of the frame itself, that took memory there.
    executions: FxHashMap<(TextRange, String), FxHashSet<u64>>,
}

#[derive(Clone, Copy)]
struct Dropping {
    /// Position in the frame's drops.
    point: usize,
    since: u64,
}

struct Comparer<'a> {
    db: &'a Database,
    trace: &'a Trace,
    statics: FxHashMap<u32, Option<Known<'a>>>,
    stack: Vec<Live>,
    /// Bytes of frames.
    deepest: u64,
    most_frames: usize,
    /// Functions of the live frames at the deepest moments, outermost first, with their bytes.
    chains: FxHashSet<(Vec<u32>, u64)>,
    calls: u64,
    /// Events so far.
    moment: u64,
    /// When the blocks that are in use were made.
    births: FxHashMap<u64, u64>,
    found: BTreeSet<Disagreement>,
}

impl<'a> Comparer<'a> {
    fn event(&mut self, what: &What, place: Option<Place>, base: u64) {
        self.moment += 1;
        match what {
            What::Call { body, entry, allocator, .. } => {
                self.call(*body, *entry, allocator.as_deref().map(str::to_owned), place, base);
            }
            What::Return { .. } => self.leave(base),
            What::Storage { live, slot, offset, bytes } => self.storage(*live, *slot, *offset, *bytes, base),
            What::Drop { what, slot, offset, bytes } => self.drop(what, *slot, *offset, *bytes, place, base),
            What::Alloc { block, bytes, allocator } => {
                self.births.insert(*block, self.moment);
                self.takes(HeapOperation::Allocate, *bytes, allocator, place, base);
            }
            What::Realloc { bytes, allocator, .. } => {
                self.takes(HeapOperation::Reallocate, *bytes, allocator, place, base);
            }
            What::Free { block, allocator, .. } => {
                let born = self.births.remove(block).unwrap_or(0);
                self.frees(allocator, born, place, base);
            }
            What::Fail { .. } => {}
        }
    }

    fn disagree(&mut self, body: u32, place: Option<Place>, what: String) {
        let name = |func: FuncId| hir::display::function_name(self.db, func);
        let owner = self.trace.bodies.get(body as usize).and_then(|body| body.func);
        let (path, line) = match (place, owner) {
            (Some(place), _) => {
                let text = place.file.text(self.db);
                let at = usize::from(place.range.start()).min(text.len());
                (place.file.display_name(self.db).to_string(), text[..at].matches('\n').count() + 1)
            }
            (None, Some(func)) => {
                let text = func.file().text(self.db);
                let at = usize::from(hir::parse::func_range(self.db, func).start()).min(text.len());
                (func.file().display_name(self.db).to_string(), text[..at].matches('\n').count() + 1)
            }
            (None, None) => (String::new(), 0),
        };
        let what = match owner {
            Some(func) => format!("in `{}`: {what}", name(func)),
            None => what,
        };
        self.found.insert(Disagreement { path, line, what });
    }

    fn known(&mut self, body: u32) -> Option<&Known<'a>> {
        let (db, trace) = (self.db, self.trace);
        self.statics
            .entry(body)
            .or_insert_with(|| {
                let body = trace.bodies.get(body as usize)?;
                let func = body.func?;
                let mut frame = hir::frame::frame(db, func)?;
                match &body.kind {
                    BodyKind::Function => {}
                    BodyKind::Lambda(path) => {
                        for index in path {
                            frame = frame.lambdas.get(*index as usize)?;
                        }
                    }
                    BodyKind::Default | BodyKind::Glue => return None,
                }
                let declared = signature(db, func);
                let is_generic = |item| !generics_of(db, item).params.is_empty();
                let generic = is_generic(func.0) || declared.container.item().is_some_and(is_generic);
                let start = hir::parse::func_range(db, func).start().into();
                let coroutine = declared.is_coroutine && body.kind == BodyKind::Function;
                Some(Known { frame, start, file: func.file(), generic, coroutine })
            })
            .as_ref()
    }

    /// A place as the facts of a body give it: relative to its function.
    fn relative(&mut self, body: u32, place: Place) -> Option<TextRange> {
        let known = self.known(body)?;
        (known.file == place.file).then_some(())?;
        place.range.checked_sub(known.start.into())
    }

    fn call(&mut self, body: u32, entry: Entry, allocator: Option<String>, place: Option<Place>, base: u64) {
        self.calls += 1;
        let by_drop = match (self.stack.last(), place) {
            (Some(parent), Some(place)) if parent.dropping.is_some() => {
                let (parent, at) = (parent.body, parent.dropping.map_or(0, |dropping| dropping.point));
                let span = self.relative(parent, place);
                self.known(parent).is_some_and(|known| known.frame.drops.get(at).map(|it| it.span) == span)
            }
            _ => false,
        };
        let mut by_drop = by_drop;
        let mut by_value = false;
        if !by_drop && self.is_hidden_del(body, place) {
            by_drop = true;
        } else if !by_drop && entry != Entry::Replacing && entry != Entry::Abandon {
            by_value = self.edge(body, place);
        }
        if let Some(parent) = self.stack.last_mut() {
            parent.waits = entry == Entry::Accumulating;
        }
        let bytes = self.trace.bodies.get(body as usize).map_or(0, |body| body.frame_bytes);
        let claimed = self.known(body).filter(|known| !known.generic).and_then(|known| known.frame.size);
        if let Some(claimed) = claimed
            && claimed != bytes
        {
            self.disagree(body, None, format!("the frame takes {bytes} bytes, not {claimed}"));
        }
        self.stack.push(Live {
            base,
            body,
            number: self.calls,
            called_at: place,
            by_drop,
            by_value,
            entry,
            waits: false,
            allocator,
            slots: FxHashMap::default(),
            dropping: None,
            round: Vec::new(),
            executions: FxHashMap::default(),
        });
        let counted = |live: &&Live| !live.waits && live.entry != Entry::Abandon;
        let size = |live: &Live| u64::from(self.trace.bodies[live.body as usize].frame_bytes);
        let depth = self.stack.iter().filter(counted).map(size).sum();
        self.most_frames = self.most_frames.max(self.stack.iter().filter(counted).count());
        if depth >= self.deepest {
            self.deepest = depth;
            let chain = self.stack.iter().filter(counted).map(|live| live.body).collect();
            self.chains.insert((chain, depth));
        }
    }

    /// Whether the caller's facts hold the call; answers whether it is the call of a value.
    fn edge(&mut self, body: u32, place: Option<Place>) -> bool {
        let Some(parent) = self.stack.last() else { return false };
        let (parent, Some(place)) = (parent.body, place) else { return false };
        let Some(span) = self.relative(parent, place) else { return false };
        let Some(known) = self.known(parent) else { return false };
        let mut edges = known.frame.calls.iter().filter(|call| call.span == span).peekable();
        if edges.peek().is_none() {
            // A partial application has no frame: its call is made for it.
            let of_partial = |frame: &Frame| frame.calls.iter().any(|call| call.span == span);
            if !known.frame.lambdas.iter().any(of_partial) {
                self.disagree(parent, Some(place), "a call that the frame does not show".to_owned());
            }
            return false;
        }
        let value = edges.any(|call| matches!(call.callee, CalledName::Value(_)));
        let _ = body;
        value
    }

    /// A `del` that the caller does not write: of an element that an array drops, for example.
    fn is_hidden_del(&mut self, body: u32, place: Option<Place>) -> bool {
        let db = self.db;
        let func = self.trace.bodies.get(body as usize).and_then(|body| body.func);
        let (Some(func), Some(place)) = (func, place) else { return false };
        let Some(parent) = self.stack.last().map(|live| live.body) else { return false };
        if signature(self.db, func).name.as_str() != "del" {
            return false;
        }
        let Some(span) = self.relative(parent, place) else { return false };
        let Some(known) = self.known(parent) else { return false };
        !known.frame.calls.iter().any(|call| call.span == span && call.callee.text(db).ends_with("del"))
    }

    fn leave(&mut self, base: u64) {
        while self.stack.last().is_some_and(|live| live.base >= base) {
            if let Some(live) = self.stack.pop() {
                self.end_round(&live);
            }
            if let Some(parent) = self.stack.last_mut() {
                parent.waits = false;
            }
        }
    }

    /// The frame in which an event happened; a partial application has none of its own.
    fn top(&self, base: u64) -> Option<&Live> {
        self.stack.last().filter(|live| live.base == base)
    }

    fn storage(&mut self, live: bool, slot: u32, offset: u32, bytes: u32, base: u64) {
        let Some(body) = self.top(base).map(|top| top.body) else { return };
        if !live {
            if let Some(top) = self.stack.last_mut() {
                top.slots.remove(&slot);
            }
            return;
        }
        let claimed = self.known(body).map(|known| {
            let of_slot = known.frame.slots.iter().find(|claimed| claimed.slot.0 == slot);
            (known.generic, of_slot.map(|claimed| (claimed.offset, claimed.size)))
        });
        match claimed {
            Some((false, Some((Some(at), Some(size))))) if (at, size) != (offset, bytes) => {
                let text = format!("slot {slot} lies at {offset}, {bytes} bytes, not at {at}, {size} bytes");
                self.disagree(body, None, text);
            }
            Some((false, None)) => self.disagree(body, None, format!("slot {slot} is not shown")),
            _ => {}
        }
        let Some(top) = self.stack.last_mut() else { return };
        let overlap = top
            .slots
            .iter()
            .find(|(other, (from, size))| **other != slot && offset < from + size && *from < offset + bytes);
        let overlap = overlap.map(|(other, _)| *other);
        top.slots.insert(slot, (offset, bytes));
        if let Some(other) = overlap {
            self.disagree(body, None, format!("slots {slot} and {other} share bytes while both are in use"));
        }
    }

    fn drop(
        &mut self,
        what: &str,
        slot: u32,
        offset: Option<u32>,
        bytes: u32,
        place: Option<Place>,
        base: u64,
    ) {
        let db = self.db;
        let (Some(body), Some(place)) = (self.top(base).map(|top| top.body), place) else { return };
        let entry = self.stack.last().map(|top| top.entry);
        let Some(span) = self.relative(body, place) else { return };
        let round: Vec<usize> = self.stack.last().map(|top| top.round.clone()).unwrap_or_default();
        let Some(known) = self.known(body) else { return };
        let (generic, coroutine) = (known.generic, known.coroutine);
        let drops = &known.frame.drops;
        // What a suspended generator holds is dropped in the order of its `yield`, not of its scopes.
        if entry == Some(Entry::Abandon) || coroutine {
            let index = drops.iter().position(|point| point.span == span && point.slot.0 == slot);
            let since = self.moment;
            if let (Some(live), Some(point)) = (self.stack.last_mut(), index) {
                live.dropping = Some(Dropping { point, since });
            }
            return;
        }
        let (name, ty) = what.split_once(": ").unwrap_or(("", what));
        let at = |point: &&DropPoint| {
            point.span == span
                && point.slot.0 == slot
                && point.name.as_ref().is_none_or(|known| known == name)
                && (generic || point.ty_text(db) == ty)
        };
        let claimed = known.frame.slots.iter().find(|claimed| claimed.slot.0 == slot);
        let place_of_slot = claimed.and_then(|claimed| Some((claimed.offset?, claimed.size?)));
        let fate = claimed.map(|claimed| claimed.fate.clone());
        // Several parts of one value may have the same type: the first that comes behind what was dropped before.
        let last = round.last().copied().filter(|last| drops.get(*last).is_some_and(|it| it.span == span));
        let mut candidates = drops.iter().enumerate().filter(|(_, point)| at(point)).map(|(at, _)| at);
        let next = match last {
            Some(last) => {
                let all: Vec<usize> = candidates.collect();
                all.iter().copied().find(|at| *at > last).or(all.first().copied())
            }
            None => candidates.next(),
        };
        let why = next.map(|at| drops[at].why);
        let Some(index) = next else {
            self.disagree(body, Some(place), format!("`{what}` is dropped here, and no drop point says so"));
            return;
        };
        if let (Some(offset), Some((from, size))) = (offset, place_of_slot)
            && !generic
            && (offset < from || offset + bytes > from + size)
        {
            let text = format!(
                "`{what}` is dropped at {offset}, {bytes} bytes, outside of its slot at {from}, {size} bytes"
            );
            self.disagree(body, Some(place), text);
        }
        match fate {
            // What an assignment replaces is not the end of the value.
            Some(Fate::Trivial) if offset.is_some() && why != Some(DropWhy::Overwrite) => {
                self.disagree(body, Some(place), format!("`{what}` is dropped, but is said to need no drop"));
            }
            Some(Fate::Moved(_))
                if !matches!(why, Some(DropWhy::EarlyExit | DropWhy::Overwrite))
                    && offset == place_of_slot.map(|it| it.0)
                    && place_of_slot.is_some_and(|it| it.1 == bytes) =>
            {
                self.disagree(
                    body,
                    Some(place),
                    format!("`{what}` is dropped, but is said to be moved away"),
                );
            }
            _ => {}
        }
        if last.is_none_or(|last| index <= last)
            && let Some(live) = self.stack.last_mut()
        {
            let before = std::mem::take(&mut live.round);
            self.check_round(body, &before);
        }
        if let Some(live) = self.stack.last_mut() {
            live.round.push(index);
            live.dropping = Some(Dropping { point: index, since: self.moment });
        }
    }

    fn end_round(&mut self, live: &Live) {
        self.check_round(live.body, &live.round);
    }

    /// Where one drop of a scope was done, all were that do not depend on the path.
    fn check_round(&mut self, body: u32, round: &[usize]) {
        let db = self.db;
        let Some(&first) = round.first() else { return };
        let Some(known) = self.known(body) else { return };
        if known.generic {
            return;
        }
        let drops = &known.frame.drops;
        let (span, why) = (drops[first].span, drops[first].why);
        if why != DropWhy::ScopeEnd {
            return;
        }
        let missing = drops.iter().enumerate().find(|(at, point)| {
            point.span == span && point.why == why && !point.conditional && !round.contains(at)
        });
        let Some((_, point)) = missing else { return };
        let name = point.name.clone().unwrap_or_default();
        let text =
            format!("`{name}: {}` is not dropped in its turn at the end of its scope", point.ty_text(db));
        let place = span.checked_add(known.start.into()).map(|range| Place { file: known.file, range });
        self.disagree(body, place, text);
    }

    /// Blocks come from heap sites, in every frame on the way to them.
    fn takes(
        &mut self,
        operation: HeapOperation,
        bytes: u64,
        allocator: &str,
        place: Option<Place>,
        base: u64,
    ) {
        // Whether a number is too large for its slot (S9) is not known before it is computed.
        if allocator == "Num" || self.top(base).is_none() {
            return;
        }
        let mut place = place;
        // All allocators take their memory from the standard one in the end.
        let allocator =
            if self.stack.iter().any(|live| live.allocator.is_some()) { "GlobalAlloc" } else { allocator };
        // The allocator that the frames below name.
        let mut named: Option<String> = None;
        let mut child = 0;
        for level in (0..self.stack.len()).rev() {
            let live = &self.stack[level];
            let (body, entry, called_at) = (live.body, live.entry, live.called_at);
            let (by_drop, by_value, of) = (live.by_drop, live.by_value, live.allocator.clone());
            let number = live.number;
            let dropping = live.dropping;
            if let Some(at) = place
                && self.known(body).is_some()
            {
                let innermost = level + 1 == self.stack.len();
                self.site(
                    level,
                    operation,
                    bytes,
                    allocator,
                    named.as_deref(),
                    at,
                    innermost,
                    child,
                    dropping,
                );
            }
            let is_coroutine = self.known(body).is_some_and(|known| known.coroutine);
            let is_lambda = matches!(
                self.trace.bodies.get(body as usize).map(|body| &body.kind),
                Some(BodyKind::Lambda(_))
            );
            // The heap sites of these are shown in their own frames only.
            if by_drop
                || by_value
                || is_lambda
                || is_coroutine
                || matches!(entry, Entry::Replacing | Entry::Abandon)
            {
                return;
            }
            if of.is_some() {
                named = of;
            }
            child = number;
            place = called_at;
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one event, seen from one frame")]
    fn site(
        &mut self,
        level: usize,
        operation: HeapOperation,
        bytes: u64,
        allocator: &str,
        named: Option<&str>,
        place: Place,
        innermost: bool,
        child: u64,
        dropping: Option<Dropping>,
    ) {
        let db = self.db;
        let body = self.stack[level].body;
        let Some(span) = self.relative(body, place) else { return };
        let Some(known) = self.known(body) else { return };
        if dropping.is_some_and(|at| known.frame.drops.get(at.point).is_some_and(|point| point.span == span))
        {
            return;
        }
        let generic = known.generic;
        // Here the outermost method of an allocator that is called from this frame on says whose block it is.
        let expected = named.unwrap_or(allocator);
        let class = |text: &str| text.split('[').next().unwrap_or(text).to_owned();
        let fits = |site: &&HeapSite| {
            let by_operation = match operation {
                HeapOperation::Allocate => site.operation != HeapOperation::Release,
                _ => site.operation != HeapOperation::Release,
            };
            let by_span = site.span == span || site.span.contains_range(span);
            let of_array = *site.allocator() == Allocator::OfArray;
            by_operation
                && by_span
                && (of_array || class(&site.allocator_text(db)) == class(expected) || generic)
        };
        let sites: Vec<HeapSite> = known.frame.heap_sites.iter().filter(fits).cloned().collect();
        if sites.is_empty() {
            if generic {
                // What a constraint's method does is known to callers only.
                return;
            }
            let Some(known) = self.known(body) else { return };
            let there: Vec<String> = known
                .frame
                .heap_sites
                .iter()
                .filter(|site| site.span.contains_range(span))
                .map(|site| site.allocator_text(db))
                .collect();
            let text = format!("{operation:?} by {expected} that no heap site shows (shown: {there:?})");
            self.disagree(body, Some(place), text);
            return;
        }
        if operation != HeapOperation::Allocate {
            return;
        }
        let direct = |site: &HeapSite| matches!(site.cause, HeapCause::Direct(..));
        if innermost && sites.iter().all(|site| direct(site) && site.max_bytes.is_some_and(|max| max < bytes))
        {
            self.disagree(
                body,
                Some(place),
                format!("a block of {bytes} bytes where at most {:?} are shown", sites[0].max_bytes),
            );
        }
        let once = sites.iter().all(|site| site.multiplicity == Multiplicity::Once);
        let key = if innermost { 0 } else { child };
        let calls = self.calls;
        let executions = self.stack[level].executions.entry((span, expected.to_owned())).or_default();
        // Pieces of one text are appended to one block.
        let number = if innermost && !sites.iter().any(direct) {
            calls << 1
        } else if innermost {
            (executions.len() as u64) << 1 | 1
        } else {
            key << 1
        };
        executions.insert(number);
        if once
            && executions.len() > 1
            && sites.iter().any(|site| site.span == span)
            && (!innermost || sites.iter().all(direct))
        {
            self.disagree(
                body,
                Some(place),
                format!("{expected} is asked more than once in one call, not `once`"),
            );
        }
    }

    /// What a drop gives back goes through the allocators that its drop point names.
    fn frees(&mut self, allocator: &str, born: u64, place: Option<Place>, base: u64) {
        let db = self.db;
        if allocator == "Num" || self.top(base).is_none() {
            return;
        }
        let allocator =
            if self.stack.iter().any(|live| live.allocator.is_some()) { "GlobalAlloc" } else { allocator };
        let mut place = place;
        let mut named: Option<String> = None;
        for level in (0..self.stack.len()).rev() {
            let live = &self.stack[level];
            let (body, entry, called_at, dropping, of) =
                (live.body, live.entry, live.called_at, live.dropping, live.allocator.clone());
            let Some(at) = place else { return };
            let Some(span) = self.relative(body, at) else { return };
            let Some(known) = self.known(body) else { return };
            let generic = known.generic;
            let expected = named.as_deref().unwrap_or(allocator);
            let class = |text: &str| text.split('[').next().unwrap_or(text).to_owned();
            // What a `del` makes for itself does not belong to the value.
            let dropping = dropping.filter(|dropping| born < dropping.since);
            let point = dropping.and_then(|at| known.frame.drops.get(at.point)).filter(|it| it.span == span);
            if let Some(point) = point
                && !generic
            {
                let of_array = |it: &Allocator| *it == Allocator::OfArray;
                let shown = point
                    .releases
                    .allocators()
                    .iter()
                    .any(|it| class(&it.text(db)) == class(expected) || of_array(it));
                if !shown {
                    let text = format!(
                        "the drop of `{}: {}` releases through {expected}, shown: {:?}",
                        point.name.clone().unwrap_or_default(),
                        point.ty_text(db),
                        point.releases.texts(db)
                    );
                    self.disagree(body, Some(at), text);
                }
            }
            if matches!(entry, Entry::Replacing | Entry::Abandon) {
                return;
            }
            if of.is_some() {
                named = of;
            }
            place = called_at;
        }
    }

    /// The worst case is at least what was measured, and no more where the run went all the way (F9).
    fn depth(&mut self, entry: FuncId, report: &Report) {
        if self.most_frames as u64 != report.max_depth {
            let text =
                format!("{} frames are live at once, {} are reported", self.most_frames, report.max_depth);
            self.found.insert(Disagreement { path: String::new(), line: 0, what: text });
        }
        let Depth::Bytes { bytes, path, .. } = hir::frame::depth(self.db, entry) else { return };
        let chains = std::mem::take(&mut self.chains);
        let name = |body: &u32| {
            let func = self.trace.bodies.get(*body as usize).and_then(|body| body.func);
            func.map_or(String::new(), |func| hir::display::function_name(self.db, func))
        };
        let mut wrong = Vec::new();
        if self.deepest > *bytes {
            let chain = chains.iter().find(|(_, bytes)| *bytes == self.deepest);
            let shown: Vec<String> =
                chain.map(|(chain, _)| chain.iter().map(name).collect()).unwrap_or_default();
            wrong.push(format!(
                "frames take {} bytes ({}), more than the worst case of {bytes} ({})",
                self.deepest,
                shown.join(" → "),
                path.join(" → ")
            ));
        }
        for (chain, measured) in &chains {
            let names: Vec<String> = chain.iter().map(name).collect();
            if names == *path && measured != bytes && *measured == self.deepest && !self.calls_values(chain) {
                wrong.push(format!("{} takes {measured} bytes, the worst case {bytes}", names.join(" → ")));
            }
        }
        for what in wrong {
            self.found.insert(Disagreement { path: String::new(), line: 0, what });
        }
    }

    /// Whether one of the functions makes or calls function values: these are counted on top of everything else.
    fn calls_values(&mut self, chain: &[u32]) -> bool {
        let of_values = |known: &Known<'_>| {
            known.coroutine
                || !known.frame.lambdas.is_empty()
                || known.frame.calls.iter().any(|call| matches!(call.callee, CalledName::Value(_)))
        };
        let bodies: Vec<u32> = (0..self.trace.bodies.len() as u32).collect();
        let _ = chain;
        bodies.iter().any(|body| self.known(*body).is_some_and(of_values))
    }
}
