//! The record of a run: every call, block, drop and failure, in order, with the place in the program.

use crate::compile::Compiler;
use crate::evaluate::{Place, place_of};
use crate::machine::Machine;
use crate::op::TraceKind;
use runtime::events::{Event, EventKind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Events kept at the most; what comes later is counted only.
const MAX_EVENTS: usize = 1 << 20;

/// Everything that happened.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub events: Vec<Recorded>,
    /// There were more events than are kept.
    pub truncated: bool,
}

#[derive(Clone, Debug)]
pub struct Recorded {
    pub step: u64,
    pub what: What,
    pub place: Option<Place>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    Alloc {
        block: u64,
        bytes: u64,
        allocator: String,
    },
    Realloc {
        block: u64,
        bytes: u64,
        old_bytes: u64,
        allocator: String,
    },
    Free {
        block: u64,
        bytes: u64,
        allocator: String,
    },
    Fail {
        bytes: u64,
        allocator: String,
    },
    Call {
        function: String,
    },
    Return {
        function: String,
    },
    /// Name and type of a value.
    Drop {
        what: String,
    },
}

#[derive(Clone, Copy)]
enum Item {
    Heap(Event),
    Program(TraceKind, u32, u32),
}

#[derive(Default)]
struct Shared {
    step: AtomicU64,
    items: Mutex<(Vec<(u64, Item)>, bool)>,
}

impl Shared {
    fn push(&self, item: Item) {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        if items.0.len() < MAX_EVENTS {
            let step = self.step.load(Ordering::Relaxed);
            items.0.push((step, item));
        } else {
            items.1 = true;
        }
    }
}

/// The machine's side of the recorder.
#[derive(Default)]
pub(crate) struct Tracer {
    shared: Option<Arc<Shared>>,
}

impl Tracer {
    /// Something is about to happen that the heap may tell of.
    #[inline(always)]
    pub fn at_step(&self, step: u64) {
        if let Some(shared) = &self.shared {
            shared.step.store(step, Ordering::Relaxed);
        }
    }

    pub fn program(&self, kind: TraceKind, value: u32, pc: u32, step: u64) {
        if let Some(shared) = &self.shared {
            shared.step.store(step, Ordering::Relaxed);
            shared.push(Item::Program(kind, value, pc));
        }
    }
}

/// Collects events while a program runs. Failures are always collected; the rest only for a trace.
pub(crate) struct Recorder {
    shared: Arc<Shared>,
    full: bool,
}

impl Recorder {
    pub fn attach(machine: &mut Machine, full: bool) -> Recorder {
        let shared: Arc<Shared> = Arc::default();
        let of_heap = shared.clone();
        machine.heap.events().subscribe(Box::new(move |event| {
            if full || event.kind == EventKind::Fail {
                of_heap.push(Item::Heap(*event));
            }
        }));
        if full {
            machine.tracer.shared = Some(shared.clone());
        }
        Recorder { shared, full }
    }

    pub fn finish(self, machine: &Machine, compiler: &Compiler<'_>) -> (Option<Trace>, Vec<Place>) {
        let (items, truncated) =
            std::mem::take(&mut *self.shared.items.lock().unwrap_or_else(PoisonError::into_inner));
        let place = |pc: u32| (pc != 0).then(|| place_of(compiler, pc)).flatten();
        let names: Vec<&str> = machine.heap.allocators().map(|(_, name, _)| name).collect();
        let mut failures = Vec::new();
        // For each live call the allocator that it is a method of. The outermost is the one that the program named.
        let mut calls: Vec<Option<String>> = Vec::new();
        let mut events = Vec::with_capacity(if self.full { items.len() } else { 0 });
        for (step, item) in items {
            let (what, pc) = match item {
                Item::Heap(event) => {
                    let allocator = calls.iter().flatten().next().cloned().unwrap_or_else(|| {
                        names.get(event.allocator as usize).copied().unwrap_or_default().to_owned()
                    });
                    let (block, bytes) = (event.block, event.bytes);
                    let what = match event.kind {
                        EventKind::Alloc => What::Alloc { block, bytes, allocator },
                        EventKind::Realloc => {
                            What::Realloc { block, bytes, old_bytes: event.old_bytes, allocator }
                        }
                        EventKind::Free => What::Free { block, bytes, allocator },
                        EventKind::Fail => {
                            failures.extend(place(event.site));
                            What::Fail { bytes, allocator }
                        }
                        _ => continue,
                    };
                    (what, event.site)
                }
                Item::Program(kind, value, pc) => {
                    let function = || {
                        let function = compiler.code.functions.get(value as usize);
                        function.map_or(String::new(), |function| function.name.to_string())
                    };
                    let literal = || {
                        let literal = compiler.code.literals.get(value as usize);
                        literal.map_or(String::new(), |text| text.to_string())
                    };
                    let what = match kind {
                        TraceKind::Call => {
                            calls.push(None);
                            What::Call { function: function() }
                        }
                        TraceKind::Return => {
                            calls.pop();
                            What::Return { function: function() }
                        }
                        TraceKind::Allocator => {
                            if let Some(call) = calls.last_mut() {
                                *call = Some(literal());
                            }
                            continue;
                        }
                        TraceKind::Drop => What::Drop { what: literal() },
                    };
                    (what, pc)
                }
            };
            if self.full {
                events.push(Recorded { step, what, place: place(pc) });
            }
        }
        (self.full.then_some(Trace { events, truncated }), failures)
    }
}
