//! The record of a run: every call, block, drop and failure, in order, with the place in the program.

use crate::compile::{Compiler, Key};
use crate::evaluate::{Place, place_of};
use crate::machine::{ACCUMULATING, Code, Machine, RETURN_TO_HOST};
use crate::op::TraceKind;
use hir::ids::FuncId;
use runtime::events::{Event, EventKind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Events kept at the most, unless fewer are asked for; after that nothing is recorded any more.
const MAX_EVENTS: usize = 1 << 18;

/// Glue between a frame and the function of the program that caused it; deeper nesting is not searched.
const MAX_GLUE: usize = 1 << 10;

/// Everything that happened.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub events: Vec<Recorded>,
    /// The bodies that ran: [`What::Call`] refers to them.
    pub bodies: Vec<Body>,
    /// There were more events than are kept.
    pub truncated: bool,
}

/// The code of a function, lambda or default argument for the types that it was called with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body {
    pub func: Option<FuncId>,
    pub kind: BodyKind,
    /// Size of the frame that `frames` shows, in bytes.
    pub frame_bytes: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BodyKind {
    Function,
    /// Found along this path of nested lambdas.
    Lambda(Vec<u32>),
    Default,
    /// A drop or an adapter.
    Glue,
}

#[derive(Clone, Debug)]
pub struct Recorded {
    pub step: u64,
    pub what: What,
    pub place: Option<Place>,
    /// Where the frame begins in which it happened: bytes from the bottom of the stack.
    pub frame: u64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    Alloc {
        block: u64,
        bytes: u64,
        allocator: Arc<str>,
    },
    Realloc {
        block: u64,
        bytes: u64,
        old_bytes: u64,
        allocator: Arc<str>,
    },
    Free {
        block: u64,
        bytes: u64,
        allocator: Arc<str>,
    },
    Fail {
        bytes: u64,
        allocator: Arc<str>,
    },
    Call {
        function: Arc<str>,
        /// Position in [`Trace::bodies`].
        body: u32,
        entry: Entry,
        /// The allocator that the function is a method of.
        allocator: Option<Arc<str>>,
    },
    /// The frame ends: a `ret`, a `yield`, or the end of the drops of a generator; a frame that another takes over as
    /// well.
    Return {
        function: Arc<str>,
    },
    /// A value is dropped.
    Drop {
        /// Name and type.
        what: Arc<str>,
        slot: u32,
        /// Bytes from the start of the frame; `None` for a value behind a borrow.
        offset: Option<u32>,
        bytes: u32,
    },
    /// The storage of a slot begins or ends; only if asked for.
    Storage {
        live: bool,
        slot: u32,
        offset: u32,
        bytes: u32,
    },
}

/// How a frame came to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    Call,
    /// Of a recursion whose caller became a continuation (F12).
    Accumulating,
    /// In the place of the frame before (F9).
    Replacing,
    /// To drop what a suspended generator holds (CO9).
    Abandon,
}

/// What is kept of an event while the program runs.
#[derive(Clone, Copy)]
enum Item {
    /// Position in [`Items::heap`].
    Heap(u32),
    Program {
        kind: TraceKind,
        value: u32,
        accumulating: bool,
    },
}

#[derive(Default)]
struct Items {
    all: Vec<(Position, Item)>,
    heap: Vec<Event>,
    /// How many of them are events of their own; the others belong to the event before.
    events: usize,
    /// Where requests were refused when no more events were recorded.
    late_failures: Vec<u32>,
}

/// Where the program is: instruction and base of the frame, outside of glue.
#[derive(Clone, Copy, Default)]
struct Position {
    step: u64,
    pc: u32,
    base: u32,
}

#[derive(Default)]
struct Shared {
    step: AtomicU64,
    /// Instruction and base, where the machine said it before the heap tells of something.
    position: AtomicU64,
    items: Mutex<Items>,
    truncated: AtomicBool,
    max_events: usize,
}

impl Shared {
    #[inline(always)]
    fn is_full(&self) -> bool {
        self.truncated.load(Ordering::Relaxed)
    }

    /// Whether there was room.
    fn push(&self, position: Position, item: impl FnOnce(&mut Vec<Event>) -> Item) -> bool {
        if self.is_full() {
            return false;
        }
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        if items.events < self.max_events {
            let item = item(&mut items.heap);
            let belongs_to_last = matches!(item, Item::Program { kind: TraceKind::Allocator, .. });
            items.events += usize::from(!belongs_to_last);
            items.all.push((position, item));
        } else {
            self.truncated.store(true, Ordering::Relaxed);
        }
        !self.is_full()
    }

    /// Of what happens when no more events are recorded, failures are still to be reported.
    #[cold]
    fn push_late(&self, event: &Event) {
        if event.kind == EventKind::Fail {
            let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
            if items.late_failures.len() < MAX_EVENTS {
                items.late_failures.push(event.site);
            }
        }
    }

    fn go_to(&self, position: Position) {
        self.step.store(position.step, Ordering::Relaxed);
        let packed = u64::from(position.pc) << 32 | u64::from(position.base);
        self.position.store(packed, Ordering::Relaxed);
    }

    fn position(&self) -> Position {
        let packed = self.position.load(Ordering::Relaxed);
        Position { step: self.step.load(Ordering::Relaxed), pc: (packed >> 32) as u32, base: packed as u32 }
    }
}

/// The machine's side of the recorder.
#[derive(Default)]
pub(crate) struct Tracer {
    shared: Option<Arc<Shared>>,
}

impl Tracer {
    #[inline(always)]
    pub fn records(&self) -> bool {
        self.shared.as_ref().is_some_and(|shared| !shared.is_full())
    }
}

impl Machine {
    /// Something is about to happen that the heap may tell of.
    #[cold]
    #[inline(never)]
    pub(crate) fn trace_at(&self, code: &Code, pc: usize, base: usize, step: u64) {
        let Some(shared) = &self.tracer.shared else { return };
        if shared.is_full() {
            return;
        }
        let (pc, base) = self.outside_glue(code, pc as u32, base);
        shared.go_to(Position { step, pc, base: base as u32 });
    }

    /// An instruction for the trace.
    #[cold]
    #[inline(never)]
    pub(crate) fn trace_event(
        &self,
        code: &Code,
        kind: TraceKind,
        value: u32,
        pc: usize,
        base: usize,
        step: u64,
    ) {
        let Some(shared) = &self.tracer.shared else { return };
        if shared.is_full() {
            return;
        }
        let (mut at, mut accumulating) = (pc as u32, false);
        // A call stands where the caller goes on afterwards.
        if matches!(kind, TraceKind::Call | TraceKind::Abandon) {
            match self.stack.caller(base) {
                Some((token, caller)) if token != RETURN_TO_HOST => {
                    accumulating = token & ACCUMULATING != 0;
                    at = self.outside_glue(code, token as u32, caller).0;
                }
                _ => at = 0,
            }
        }
        let position = Position { step, pc: at, base: base as u32 };
        let _ = shared.push(position, |_| Item::Program { kind, value, accumulating });
    }

    /// The instruction of the program that made glue run, and the base of its frame.
    fn outside_glue(&self, code: &Code, mut pc: u32, mut base: usize) -> (u32, usize) {
        for _ in 0..MAX_GLUE {
            if !code.glue.get(pc.saturating_sub(1) as usize).copied().unwrap_or(false) {
                break;
            }
            match self.stack.caller(base) {
                Some((token, caller)) if token != RETURN_TO_HOST => (pc, base) = (token as u32, caller),
                _ => break,
            }
        }
        (pc, base)
    }
}

/// Collects events while a program runs. Failures are always collected; the rest only for a trace.
pub(crate) struct Recorder {
    shared: Arc<Shared>,
    full: bool,
}

/// A frame while events are gone through.
struct Live {
    base: u32,
    function: Arc<str>,
    /// The allocator that the function is a method of.
    allocator: Option<Arc<str>>,
}

impl Recorder {
    pub fn attach(machine: &mut Machine, full: bool, max_events: Option<usize>) -> Recorder {
        let max_events = max_events.unwrap_or(MAX_EVENTS).min(MAX_EVENTS);
        let shared = Arc::new(Shared { max_events, ..Shared::default() });
        let of_heap = shared.clone();
        let listener = move |event: &Event| {
            let recorded = of_heap.push(of_heap.position(), |heap| {
                heap.push(*event);
                Item::Heap(heap.len() as u32 - 1)
            });
            if !recorded {
                of_heap.push_late(event);
            }
        };
        match full {
            true => machine.heap.events().subscribe(Box::new(listener)),
            false => machine.heap.refusals().subscribe(Box::new(listener)),
        };
        if full {
            machine.tracer.shared = Some(shared.clone());
        }
        Recorder { shared, full }
    }

    pub fn finish(self, machine: &Machine, compiler: &Compiler<'_>) -> (Option<Trace>, Vec<Place>) {
        let truncated = self.shared.is_full();
        let Items { all: items, heap, late_failures, .. } =
            std::mem::take(&mut *self.shared.items.lock().unwrap_or_else(PoisonError::into_inner));
        // Each place and each name is looked up once.
        let mut places: Vec<Option<Option<Place>>> = vec![None; compiler.code.ops.len() + 1];
        let mut place = |pc: u32| match places.get_mut(pc as usize) {
            Some(known) if pc != 0 => *known.get_or_insert_with(|| place_of(compiler, pc)),
            _ => None,
        };
        let names: Vec<Arc<str>> = machine.heap.allocators().map(|(_, name, _)| name.into()).collect();
        let nameless: Arc<str> = "".into();
        let mut failures = Vec::new();
        // The outermost frame of an allocator's method says which allocator the program named.
        let mut frames: Vec<Live> = Vec::new();
        // Positions of such methods among the frames.
        let mut methods: Vec<usize> = Vec::new();
        let mut events = Vec::with_capacity(if self.full { items.len() } else { 0 });
        for (position, item) in items {
            let Position { step, base, mut pc } = position;
            let mut record = |what: What, base: u32, pc: u32| {
                let place = place(pc);
                if self.full {
                    events.push(Recorded { step, what, place, frame: u64::from(base) * 8 });
                }
                place
            };
            match item {
                Item::Heap(event) => {
                    let Some(event) = heap.get(event as usize) else { continue };
                    let method = methods.first().and_then(|at| frames.get(*at));
                    let allocator = method
                        .and_then(|method| method.allocator.clone())
                        .unwrap_or_else(|| names.get(event.allocator as usize).unwrap_or(&nameless).clone());
                    if !self.full {
                        pc = event.site;
                    }
                    let (block, bytes) = (event.block, event.bytes);
                    let what = match event.kind {
                        EventKind::Alloc => What::Alloc { block, bytes, allocator },
                        EventKind::Realloc => {
                            What::Realloc { block, bytes, old_bytes: event.old_bytes, allocator }
                        }
                        EventKind::Free => What::Free { block, bytes, allocator },
                        EventKind::Fail => What::Fail { bytes, allocator },
                        _ => continue,
                    };
                    let place = record(what, base, pc);
                    if event.kind == EventKind::Fail {
                        failures.extend(place);
                    }
                }
                Item::Program { kind, value, accumulating } => match kind {
                    TraceKind::Call | TraceKind::Abandon => {
                        let mut entry = match (kind, accumulating) {
                            (TraceKind::Abandon, _) => Entry::Abandon,
                            (_, true) => Entry::Accumulating,
                            (_, false) => Entry::Call,
                        };
                        // Nobody returned from a frame that another has taken over.
                        while let Some(before) = frames.pop_if(|frame| frame.base >= base) {
                            record(What::Return { function: before.function }, before.base, pc);
                            entry = Entry::Replacing;
                        }
                        while methods.pop_if(|at| *at >= frames.len()).is_some() {}
                        let known = compiler.code.functions.get(value as usize);
                        let function =
                            known.map_or_else(|| nameless.clone(), |function| function.name.clone());
                        let call =
                            What::Call { function: function.clone(), body: value, entry, allocator: None };
                        record(call, base, pc);
                        frames.push(Live { base, function, allocator: None });
                    }
                    TraceKind::Return => {
                        while let Some(frame) = frames.pop_if(|frame| frame.base >= base) {
                            record(What::Return { function: frame.function }, frame.base, pc);
                        }
                        while methods.pop_if(|at| *at >= frames.len()).is_some() {}
                    }
                    TraceKind::Allocator => {
                        let name = compiler.code.literals.get(value as usize);
                        if let (Some(frame), Some(name)) = (frames.last_mut(), name) {
                            frame.allocator = Some(name.clone());
                            methods.push(frames.len() - 1);
                            if let Some(Recorded { what: What::Call { allocator, .. }, .. }) =
                                events.last_mut()
                            {
                                *allocator = Some(name.clone());
                            }
                        }
                    }
                    TraceKind::Drop | TraceKind::Live | TraceKind::Dead => {
                        let Some(traced) = compiler.code.traced.get(value as usize) else { continue };
                        let (slot, bytes) = (traced.slot, traced.words * 8);
                        let offset = traced.word.map(|word| word * 8);
                        let what = match kind {
                            TraceKind::Drop => What::Drop { what: traced.what.clone(), slot, offset, bytes },
                            _ => {
                                let live = kind == TraceKind::Live;
                                What::Storage { live, slot, offset: offset.unwrap_or(0), bytes }
                            }
                        };
                        record(what, base, pc);
                    }
                },
            }
        }
        failures.extend(late_failures.into_iter().filter_map(place));
        let trace = self.full.then(|| Trace { events, bodies: bodies(compiler), truncated });
        (trace, failures)
    }
}

fn bodies(compiler: &Compiler<'_>) -> Vec<Body> {
    let functions = compiler.code.functions.iter().enumerate();
    functions
        .map(|(index, function)| {
            let kind = match compiler.key(index as u32) {
                Some(Key::Function(_) | Key::Awaited(_)) => BodyKind::Function,
                Some(Key::Lambda(_, path)) => BodyKind::Lambda(path.clone()),
                Some(Key::Default(..)) => BodyKind::Default,
                _ => BodyKind::Glue,
            };
            let frame_bytes = function.frame_bytes;
            Body { func: compiler.func_of(index as u32), kind, frame_bytes }
        })
        .collect()
}
