//! The JSON object of an evaluation.

use super::{Subject, show_place};
use eval::{Place, Recorded, Report, What};
use runtime::Stats;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

/// Events of a trace in the object; a file given with `--trace` holds all of them.
pub(super) const MAX_EVENTS: usize = 10_000;

pub(super) fn report(subject: &Subject, report: &Report, stdout: &str) -> Value {
    let mut allocators = Map::new();
    for (name, stats) in &report.allocators {
        if *stats != Stats::default() {
            allocators.insert(name.clone(), heap(stats));
        }
    }
    let (trace, truncated) = match &report.trace {
        Some(trace) => {
            let mut events = Events::new(subject);
            let shown: Vec<Value> =
                trace.events.iter().take(MAX_EVENTS).map(|event| events.event(event)).collect();
            (shown, trace.truncated || trace.events.len() > MAX_EVENTS)
        }
        None => (Vec::new(), false),
    };
    let mut object = json!({
        "outcome": report.outcome.name(),
        "message": report.message,
        "stdout": stdout,
        "result": report.result,
        "stats": {
            "steps": report.steps,
            "frames": { "calls": report.calls, "max_depth": report.max_depth },
            "heap": heap(&report.heap),
            "allocators": allocators,
        },
        "trace": trace,
    });
    if truncated {
        object["trace_truncated"] = json!(true);
    }
    if let Some(place) = report.place {
        let (path, line, column) = show_place(subject, place);
        object["at"] = json!({ "path": path, "line": line, "column": column });
    }
    object
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
    places: FxHashMap<Place, (String, u32, u32)>,
}

impl<'a> Events<'a> {
    pub fn new(subject: &'a Subject) -> Self {
        Events { subject, places: FxHashMap::default() }
    }

    pub fn place(&mut self, place: Place) -> (String, u32, u32) {
        self.places.entry(place).or_insert_with(|| show_place(self.subject, place)).clone()
    }

    pub fn event(&mut self, event: &Recorded) -> Value {
        let mut object = match &event.what {
            What::Alloc { block, bytes, allocator } => {
                json!({ "kind": "alloc", "block": block, "bytes": bytes, "allocator": &**allocator })
            }
            What::Realloc { block, bytes, allocator, .. } => {
                json!({ "kind": "realloc", "block": block, "bytes": bytes, "allocator": &**allocator })
            }
            What::Free { block, bytes, allocator } => {
                json!({ "kind": "free", "block": block, "bytes": bytes, "allocator": &**allocator })
            }
            What::Fail { bytes, allocator } => {
                json!({ "kind": "fail", "bytes": bytes, "allocator": &**allocator })
            }
            What::Call { function, .. } => json!({ "kind": "call", "function": &**function }),
            What::Return { function } => json!({ "kind": "return", "function": &**function }),
            What::Drop { what, offset, bytes, .. } => {
                json!({ "kind": "drop", "what": &**what, "offset": offset, "bytes": bytes })
            }
            What::Storage { live, offset, bytes, .. } => {
                json!({ "kind": if *live { "live" } else { "dead" }, "offset": offset, "bytes": bytes })
            }
        };
        object["step"] = json!(event.step);
        object["frame"] = json!(event.frame);
        let (path, line, column) = match event.place {
            Some(place) => self.place(place),
            None => (String::new(), 0, 0),
        };
        object["path"] = json!(path);
        object["line"] = json!(line);
        object["column"] = json!(column);
        object
    }
}
