//! The JSON object of an evaluation.

use super::{Subject, show_place};
use eval::{Place, Recorded, Report, What};
use runtime::Stats;
use rustc_hash::FxHashMap;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Events of a trace in the object; a file given with `--trace` holds all of them.
pub(super) const MAX_EVENTS: usize = 10_000;

/// And in one for an editor, where everything else waits until it is through the pipe.
pub(super) const MAX_EVENTS_SHOWN: usize = 5_000;

/// What is printed. There are many events, so they are not made into values first.
#[derive(serde::Serialize)]
pub(super) struct Object<'a> {
    #[serde(flatten)]
    pub fields: Map<String, Value>,
    trace: Vec<EventObject<'a>>,
}

pub(super) fn report<'a>(
    subject: &Subject,
    report: &'a Report,
    stdout: &str,
    max_events: usize,
) -> Object<'a> {
    let mut allocators = Map::new();
    for (name, stats) in &report.allocators {
        if *stats != Stats::default() {
            allocators.insert(name.clone(), heap(stats));
        }
    }
    let (trace, truncated) = match &report.trace {
        Some(trace) => {
            let mut events = Events::new(subject);
            let shown = trace.events.iter().take(max_events).map(|event| events.event(event));
            (shown.collect(), trace.truncated || trace.events.len() > max_events)
        }
        None => (Vec::new(), false),
    };
    let mut fields = Map::new();
    let mut field = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    field("outcome", json!(report.outcome.name()));
    field("message", json!(report.message));
    field("stdout", json!(stdout));
    field("result", json!(report.result));
    let stats = json!({
        "steps": report.steps,
        "frames": { "calls": report.calls, "max_depth": report.max_depth },
        "heap": heap(&report.heap),
        "allocators": allocators,
    });
    field("stats", stats);
    if truncated {
        field("trace_truncated", json!(true));
    }
    if let Some(place) = report.place {
        let (path, line, column) = show_place(subject, place);
        field("at", json!({ "path": path, "line": line, "column": column }));
    }
    Object { fields, trace }
}

pub(super) fn heap(stats: &Stats) -> Value {
    json!({
        "allocations": stats.allocations,
        "frees": stats.frees,
        "bytes": stats.total_bytes,
        "live_at_end": stats.live_bytes,
        "peak_bytes": stats.peak_bytes,
        "failed": stats.failed,
    })
}

/// Turns events into JSON; places are looked up once each.
pub(super) struct Events<'a> {
    subject: &'a Subject,
    places: FxHashMap<Place, (Arc<str>, u32, u32)>,
}

/// An event as an object.
pub(super) struct EventObject<'a> {
    event: &'a Recorded,
    path: Arc<str>,
    line: u32,
    column: u32,
}

impl<'a> Events<'a> {
    pub fn new(subject: &'a Subject) -> Self {
        Events { subject, places: FxHashMap::default() }
    }

    pub fn place(&mut self, place: Place) -> (Arc<str>, u32, u32) {
        let look_up = || {
            let (path, line, column) = show_place(self.subject, place);
            (path.into(), line, column)
        };
        self.places.entry(place).or_insert_with(look_up).clone()
    }

    pub fn event<'e>(&mut self, event: &'e Recorded) -> EventObject<'e> {
        let (path, line, column) = match event.place {
            Some(place) => self.place(place),
            None => ("".into(), 0, 0),
        };
        EventObject { event, path, line, column }
    }
}

impl Serialize for EventObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        match &self.event.what {
            What::Alloc { block, bytes, allocator } => {
                on_block(&mut object, "alloc", *block, *bytes, allocator)?
            }
            What::Realloc { block, bytes, allocator, .. } => {
                on_block(&mut object, "realloc", *block, *bytes, allocator)?
            }
            What::Free { block, bytes, allocator } => {
                on_block(&mut object, "free", *block, *bytes, allocator)?
            }
            What::Fail { bytes, allocator } => {
                object.serialize_entry("kind", "fail")?;
                object.serialize_entry("bytes", bytes)?;
                object.serialize_entry("allocator", &**allocator)?;
            }
            What::Call { function, .. } => {
                object.serialize_entry("kind", "call")?;
                object.serialize_entry("function", &**function)?;
            }
            What::Return { function } => {
                object.serialize_entry("kind", "return")?;
                object.serialize_entry("function", &**function)?;
            }
            What::Drop { what, offset, bytes, .. } => {
                object.serialize_entry("kind", "drop")?;
                object.serialize_entry("what", &**what)?;
                object.serialize_entry("offset", offset)?;
                object.serialize_entry("bytes", bytes)?;
            }
            What::Storage { live, offset, bytes, .. } => {
                object.serialize_entry("kind", if *live { "live" } else { "dead" })?;
                object.serialize_entry("offset", offset)?;
                object.serialize_entry("bytes", bytes)?;
            }
        }
        object.serialize_entry("step", &self.event.step)?;
        object.serialize_entry("frame", &self.event.frame)?;
        object.serialize_entry("path", &*self.path)?;
        object.serialize_entry("line", &self.line)?;
        object.serialize_entry("column", &self.column)?;
        object.end()
    }
}

fn on_block<M: SerializeMap>(
    object: &mut M,
    kind: &str,
    block: u64,
    bytes: u64,
    allocator: &str,
) -> Result<(), M::Error> {
    object.serialize_entry("kind", kind)?;
    object.serialize_entry("block", &block)?;
    object.serialize_entry("bytes", &bytes)?;
    object.serialize_entry("allocator", allocator)
}
