//! `eval --trace`: the event log in a file, in the project's own form or for a viewer.

use super::Subject;
use super::json::{EventObject, Events};
use crate::cli::TraceFormat;
use eval::{Place, Report, Trace, What};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

pub(super) fn write(path: &Path, format: TraceFormat, subject: &Subject, report: &Report) -> io::Result<()> {
    let empty = Trace::default();
    let trace = report.trace.as_ref().unwrap_or(&empty);
    let mut events = Events::new(subject);
    let mut out = BufWriter::new(File::create(path)?);
    match format {
        TraceFormat::Json => {
            let log = Log {
                version: 1,
                outcome: report.outcome.name(),
                truncated: trace.truncated,
                events: trace.events.iter().map(|event| events.event(event)).collect(),
            };
            serde_json::to_writer(&mut out, &log)?;
        }
        TraceFormat::Dhat => serde_json::to_writer(&mut out, &dhat(trace, &mut events, report))?,
        TraceFormat::Chrome => serde_json::to_writer(&mut out, &chrome(trace, &mut events))?,
    }
    writeln!(out)?;
    out.flush()
}

/// The project's own form.
#[derive(serde::Serialize)]
struct Log<'a> {
    version: u32,
    outcome: &'static str,
    truncated: bool,
    events: Vec<EventObject<'a>>,
}

/// What DHAT's viewer counts for a place of the program.
#[derive(Default)]
struct Point {
    total_bytes: u64,
    total_blocks: u64,
    lifetimes: u64,
    bytes: u64,
    blocks: u64,
    max_bytes: u64,
    max_blocks: u64,
    bytes_at_peak: u64,
    blocks_at_peak: u64,
}

/// Calls of a point that are told apart, from the innermost on.
const MAX_FRAMES: usize = 16;

/// The calls that led to an allocation, as DHAT's viewer shows them.
struct Frames {
    names: Vec<String>,
    known: FxHashMap<String, usize>,
    /// The calls that have not returned, and where each was made.
    calls: Vec<(Arc<str>, Option<Place>)>,
}

impl Frames {
    /// The allocator, then every function on the way with the line it was at.
    fn stack(&mut self, events: &mut Events<'_>, allocator: &str, place: Option<Place>) -> Vec<usize> {
        let mut stack = vec![self.name(allocator.to_owned())];
        let mut at = place;
        for depth in (0..self.calls.len()).rev().take(MAX_FRAMES) {
            let (function, called_at) = self.calls[depth].clone();
            let name = match at {
                Some(place) => {
                    let (path, line, _) = events.place(place);
                    format!("{function} ({path}:{line})")
                }
                None => function.to_string(),
            };
            stack.push(self.name(name));
            at = called_at;
        }
        stack
    }

    fn name(&mut self, name: String) -> usize {
        *self.known.entry(name.clone()).or_insert_with(|| {
            self.names.push(name);
            self.names.len() - 1
        })
    }
}

/// Version 2 of the format that DHAT's viewer opens; time is counted in steps.
fn dhat(trace: &Trace, events: &mut Events<'_>, report: &Report) -> Value {
    let mut points: BTreeMap<Vec<usize>, Point> = BTreeMap::new();
    let mut live: FxHashMap<u64, (Vec<usize>, u64, u64)> = FxHashMap::default();
    let (mut now, mut peak, mut peak_step) = (0u64, 0u64, 0u64);
    let mut frames =
        Frames { names: vec!["[root]".to_owned()], known: FxHashMap::default(), calls: Vec::new() };
    for event in &trace.events {
        match &event.what {
            What::Alloc { block, bytes, allocator } => {
                let key = frames.stack(events, allocator, event.place);
                let point = points.entry(key.clone()).or_default();
                point.total_bytes += bytes;
                point.total_blocks += 1;
                point.bytes += bytes;
                point.blocks += 1;
                live.insert(*block, (key, *bytes, event.step));
                now += bytes;
            }
            What::Realloc { block, bytes, .. } => {
                if let Some((key, old, _)) = live.get_mut(block) {
                    let point = points.entry(key.clone()).or_default();
                    point.total_bytes += bytes.saturating_sub(*old);
                    point.bytes = (point.bytes + bytes).saturating_sub(*old);
                    now = (now + bytes).saturating_sub(*old);
                    *old = *bytes;
                }
            }
            What::Free { block, .. } => {
                if let Some((key, bytes, born)) = live.remove(block) {
                    let point = points.entry(key).or_default();
                    point.bytes = point.bytes.saturating_sub(bytes);
                    point.blocks = point.blocks.saturating_sub(1);
                    point.lifetimes += event.step - born;
                    now = now.saturating_sub(bytes);
                }
            }
            What::Call { function, .. } => {
                frames.calls.push((function.clone(), event.place));
                continue;
            }
            What::Return { .. } => {
                frames.calls.pop();
                continue;
            }
            _ => continue,
        }
        for point in points.values_mut() {
            point.max_bytes = point.max_bytes.max(point.bytes);
            point.max_blocks = point.max_blocks.max(point.blocks);
        }
        if now > peak {
            (peak, peak_step) = (now, event.step);
            for point in points.values_mut() {
                (point.bytes_at_peak, point.blocks_at_peak) = (point.bytes, point.blocks);
            }
        }
    }
    let program_points: Vec<Value> = points
        .into_iter()
        .map(|(stack, point)| {
            json!({
                "tb": point.total_bytes, "tbk": point.total_blocks, "tl": point.lifetimes,
                "mb": point.max_bytes, "mbk": point.max_blocks,
                "gb": point.bytes_at_peak, "gbk": point.blocks_at_peak,
                "eb": point.bytes, "ebk": point.blocks,
                "fs": stack,
            })
        })
        .collect();
    json!({
        "dhatFileVersion": 2, "mode": "heap", "verb": "Allocated", "bklt": true, "bkacc": false,
        "tu": "steps", "Mtu": "Msteps", "tuth": 10,
        "cmd": "spp-analyzer eval", "pid": 0, "tg": peak_step, "te": report.steps,
        "pps": program_points, "ftbl": frames.names,
    })
}

/// The event format that Chrome's and Perfetto's viewers open; one step is one microsecond.
fn chrome(trace: &Trace, events: &mut Events<'_>) -> Value {
    let mut live: BTreeMap<String, u64> = BTreeMap::new();
    let mut out = Vec::with_capacity(trace.events.len());
    let mut thousandths = 0u64;
    for event in &trace.events {
        // What happens in one step stays in order: a viewer may sort, and ends before beginnings of the same time.
        thousandths = (event.step * 1000).max(thousandths + 1);
        let ts = thousandths as f64 / 1000.0;
        let at = |events: &mut Events<'_>| match event.place {
            Some(place) => {
                let (path, line, _) = events.place(place);
                format!("{path}:{line}")
            }
            None => String::new(),
        };
        match &event.what {
            What::Storage { .. } => {}
            What::Call { function, .. } => out.push(json!({
                "name": &**function, "ph": "B", "ts": ts, "pid": 1, "tid": 1, "args": { "at": at(events) },
            })),
            What::Return { function } => {
                out.push(json!({ "name": &**function, "ph": "E", "ts": ts, "pid": 1, "tid": 1 }));
            }
            What::Drop { what, .. } => out.push(json!({
                "name": format!("drop {what}"), "ph": "i", "s": "t", "ts": ts, "pid": 1, "tid": 1,
                "args": { "at": at(events) },
            })),
            What::Fail { bytes, allocator } => out.push(json!({
                "name": format!("{allocator} failed"), "ph": "i", "s": "p", "ts": ts, "pid": 1, "tid": 1,
                "args": { "bytes": bytes, "at": at(events) },
            })),
            What::Alloc { bytes, allocator, .. } => {
                *live.entry(allocator.to_string()).or_default() += bytes;
                out.push(counter(ts, &live));
            }
            What::Realloc { bytes, old_bytes, allocator, .. } => {
                let now = live.entry(allocator.to_string()).or_default();
                *now = (*now + bytes).saturating_sub(*old_bytes);
                out.push(counter(ts, &live));
            }
            What::Free { bytes, allocator, .. } => {
                let now = live.entry(allocator.to_string()).or_default();
                *now = now.saturating_sub(*bytes);
                out.push(counter(ts, &live));
            }
        }
    }
    json!({ "traceEvents": out, "displayTimeUnit": "ns" })
}

fn counter(ts: f64, live: &BTreeMap<String, u64>) -> Value {
    json!({ "name": "live bytes", "ph": "C", "ts": ts, "pid": 1, "args": live })
}
