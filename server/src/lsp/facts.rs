//! What editors draw of an evaluation: facts per line, places that can be opened, and the summary as text.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use tower_lsp::lsp_types::{Location, Position, Range, Url};

/// Completes the report of `eval --output-format json`. Events inside of the bundled library move to the line of the
/// program that led there, since nobody can change the library.
pub fn evaluation(mut report: Value, function: &str, uri: &Url) -> Value {
    if let Some(trace) = report.get_mut("trace").and_then(Value::as_array_mut) {
        move_to_program(trace);
    }
    let lines = lines(report.get("trace").and_then(Value::as_array).map_or(&[], Vec::as_slice));
    report["lines"] = Value::Array(lines);
    named(report, function, uri)
}

/// Completes the report of `eval --fail-each`.
pub fn failures(mut report: Value, function: &str, uri: &Url) -> Value {
    for run in report.get_mut("runs").and_then(Value::as_array_mut).into_iter().flatten() {
        for key in ["at", "panicAt"] {
            // In the library there is nothing to open.
            if let (Some(path), Some(line)) = (run[key]["path"].as_str(), run[key]["line"].as_u64()) {
                run[format!("{key}Text")] = json!(format!("{path}:{line}"));
            }
            run[key] = location(&run[key]).map_or(Value::Null, |location| json!(location));
        }
    }
    named(report, function, uri)
}

/// Completes the report of `eval --compare-allocators`.
pub fn comparison(report: Value, function: &str, uri: &Url) -> Value {
    let rows = report.get("rows").and_then(Value::as_array);
    let rows: Vec<Value> = rows.into_iter().flatten().map(row).collect();
    named(json!({ "rows": rows, "text": report.get("text").cloned().unwrap_or_default() }), function, uri)
}

fn row(row: &Value) -> Value {
    json!({
        "allocator": row["allocator"], "outcome": row["outcome"], "steps": row["steps"],
        "blocks": row["heap"]["allocations"], "bytes": row["heap"]["bytes"], "peak": row["heap"]["peak_bytes"],
        "failed": row["heap"]["failed"],
        "milliseconds": row["microseconds"].as_f64().unwrap_or_default() / 1000.0,
    })
}

fn named(mut report: Value, function: &str, uri: &Url) -> Value {
    report["function"] = json!(function);
    report["uri"] = json!(uri);
    if !report["text"].is_string() {
        report["text"] = json!("");
    }
    report
}

/// Where a `{path, line, column}` that counts from 1 is; none in the library.
fn location(place: &Value) -> Option<Location> {
    let path = Path::new(place.get("path")?.as_str()?);
    let number = |key: &str| u32::try_from(place.get(key)?.as_u64()?).ok()?.checked_sub(1);
    let at = Position::new(number("line")?, number("column")?);
    Some(Location::new(Url::from_file_path(path).ok()?, Range::new(at, at)))
}

/// Files of the program have absolute paths here, those of the library have not.
fn in_program(event: &Value) -> bool {
    event.get("path").and_then(Value::as_str).is_some_and(|path| Path::new(path).is_absolute())
}

/// A call that has not returned, and where in the program it stands, if it stands there.
struct Open {
    function: String,
    place: Option<Value>,
    /// The innermost call up to this one that stands in the program.
    nearest: Option<usize>,
}

fn move_to_program(trace: &mut [Value]) {
    let mut calls: Vec<Open> = Vec::new();
    // Positions in `calls` of methods that allocators have.
    let mut methods: Vec<usize> = Vec::new();
    for event in trace {
        // Nobody looks for the cost of a push in the allocator that it uses.
        let allocator = event["allocator"].as_str().and_then(|name| {
            methods.iter().copied().find(|at| is_method_of_allocator(&calls[*at].function, name))
        });
        let below = allocator.map_or(calls.len(), |index| index + 1);
        if allocator.is_some() || !in_program(event) {
            let caller = calls[..below].last().and_then(|call| call.nearest);
            if let Some(Value::Object(place)) = caller.and_then(|at| calls[at].place.clone()) {
                for (key, value) in place {
                    event[key] = value;
                }
            }
        }
        match event["kind"].as_str() {
            Some("call") => {
                let place = in_program(event).then(|| place_of(event));
                // A call that took over its caller's frame (F9) goes back to the same place.
                if place.is_some() && calls.last().is_some_and(|last| last.place == place) {
                    calls.pop();
                    methods.pop_if(|at| *at == calls.len());
                }
                let function = event["function"].as_str().unwrap_or_default().to_owned();
                if allocator_method(&function).is_some() {
                    methods.push(calls.len());
                }
                let nearest = match place {
                    Some(_) => Some(calls.len()),
                    None => calls.last().and_then(|call| call.nearest),
                };
                calls.push(Open { function, place, nearest });
            }
            Some("return") => {
                calls.pop();
                methods.pop_if(|at| *at == calls.len());
            }
            _ => {}
        }
    }
}

/// `Pool.alloc` for `Pool[Num]`.
fn is_method_of_allocator(function: &str, allocator: &str) -> bool {
    let class = allocator.split('[').next().unwrap_or(allocator);
    allocator_method(function) == Some(class)
}

/// The class of a function that is named as an allocator's methods are.
fn allocator_method(function: &str) -> Option<&str> {
    let (owner, method) = function.rsplit_once('.')?;
    matches!(method, "alloc" | "alloc_zero" | "realloc" | "dealloc").then_some(owner)
}

fn place_of(event: &Value) -> Value {
    json!({ "path": event["path"], "line": event["line"], "column": event["column"] })
}

/// What the blocks of one line cost.
#[derive(Default)]
struct Line {
    blocks: u64,
    bytes: u64,
    live: u64,
    peak: u64,
    failed: u64,
    allocators: Vec<String>,
}

impl Line {
    fn grow(&mut self, bytes: u64) {
        self.live += bytes;
        self.peak = self.peak.max(self.live);
    }

    fn through(&mut self, event: &Value) {
        if let Some(name) = event["allocator"].as_str()
            && !self.allocators.iter().any(|known| known == name)
        {
            self.allocators.push(name.to_owned());
        }
    }
}

type Place = (String, u64);

fn lines(trace: &[Value]) -> Vec<Value> {
    let mut lines: BTreeMap<Place, Line> = BTreeMap::new();
    // The line and the size of each live block.
    let mut blocks: BTreeMap<u64, (Place, u64)> = BTreeMap::new();
    for event in trace {
        let here = in_program(event);
        let place =
            (event["path"].as_str().unwrap_or_default().to_owned(), event["line"].as_u64().unwrap_or(1));
        let bytes = event["bytes"].as_u64().unwrap_or_default();
        let block = event["block"].as_u64().unwrap_or_default();
        match event["kind"].as_str() {
            Some("alloc" | "realloc") if here => {
                let before = match blocks.remove(&block) {
                    Some((owner, size)) => {
                        let line = lines.entry(owner).or_default();
                        line.live = line.live.saturating_sub(size);
                        size
                    }
                    None => 0,
                };
                let line = lines.entry(place.clone()).or_default();
                line.blocks += u64::from(bytes > before);
                line.bytes += bytes.saturating_sub(before);
                line.grow(bytes);
                line.through(event);
                blocks.insert(block, (place, bytes));
            }
            Some("free") => {
                if let Some((owner, size)) = blocks.remove(&block) {
                    let line = lines.entry(owner).or_default();
                    line.live = line.live.saturating_sub(size);
                }
            }
            Some("fail") if here => {
                let line = lines.entry(place).or_default();
                line.failed += 1;
                line.through(event);
            }
            _ => {}
        }
    }
    lines.into_iter().filter_map(|((path, line), facts)| line_facts(&path, line, &facts)).collect()
}

fn line_facts(path: &str, line: u64, facts: &Line) -> Option<Value> {
    let uri = Url::from_file_path(path).ok()?;
    let mut object = Map::new();
    for (key, value) in [
        ("line", line.saturating_sub(1)),
        ("blocks", facts.blocks),
        ("bytes", facts.bytes),
        ("peak", facts.peak),
        ("failed", facts.failed),
        ("live", facts.live),
    ] {
        object.insert(key.to_owned(), json!(value));
    }
    object.insert("uri".to_owned(), json!(uri));
    object.insert("allocator".to_owned(), json!(facts.allocators.join(", ")));
    Some(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_allocator_of_the_program_does_counts_for_its_user() {
        let mut trace = [
            json!({ "kind": "call", "function": "Vec.push", "path": "/p/a.spp", "line": 27, "column": 9 }),
            json!({ "kind": "call", "function": "Pool.alloc", "path": "std/vec.spp", "line": 135, "column": 9 }),
            event("alloc", 1, 64, "/p/a.spp", 11),
        ];
        move_to_program(&mut trace);
        assert_eq!(trace[2]["line"], 27);
    }

    fn event(kind: &str, block: u64, bytes: u64, path: &str, line: u64) -> Value {
        json!({ "kind": kind, "block": block, "bytes": bytes, "allocator": "Pool[Num]", "step": 1, "path": path, "line": line, "column": 5 })
    }

    #[test]
    fn what_the_library_allocates_counts_for_the_line_that_called_it() {
        let trace = json!([
            event("call", 0, 0, "/p/src/main.spp", 7),
            event("alloc", 1, 64, "std/vec.spp", 140),
            event("free", 1, 64, "std/vec.spp", 199),
            event("return", 0, 0, "std/vec.spp", 200),
            event("alloc", 2, 16, "/p/src/main.spp", 9),
        ]);
        let report = json!({ "outcome": "ok", "trace": trace });
        let uri = Url::parse("file:///p/src/main.spp").expect("a valid URI");
        let report = evaluation(report, "src.main.main", &uri);
        let lines: Vec<(u64, u64, u64, u64)> = report["lines"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|line| {
                let number = |key: &str| line[key].as_u64().unwrap_or(u64::MAX);
                (number("line"), number("blocks"), number("bytes"), number("live"))
            })
            .collect();
        assert_eq!(lines, [(6, 1, 64, 0), (8, 1, 16, 16)]);
        assert_eq!(report["trace"][1]["line"], 7);
    }

    #[test]
    fn a_block_that_grows_counts_once_more_and_its_line_is_where_it_grew() {
        let trace = [
            event("alloc", 1, 32, "/p/a.spp", 3),
            event("realloc", 1, 96, "/p/a.spp", 4),
            event("free", 1, 96, "/p/a.spp", 5),
        ];
        let lines = lines(&trace);
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[1]["bytes"], &lines[1]["peak"]), (&json!(64), &json!(96)));
        assert!(lines.iter().all(|line| line["live"] == 0));
    }
}
