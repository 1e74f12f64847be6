//! Keeps what the server says, for the validation against the protocol's schema (`tests/protocol/run.sh`).

use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// The messages of one server, a line each: what kind, of which method, and the parameters, result or error.
pub struct Record {
    file: File,
    /// Methods of the requests by their ids.
    asked: HashMap<String, String>,
}

impl Record {
    /// `None` unless `SPP_LSP_RECORD` names a folder.
    pub fn new() -> Option<Record> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = PathBuf::from(std::env::var_os("SPP_LSP_RECORD")?);
        let name = format!("{}-{}.jsonl", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let file = File::create(folder.join(name)).expect("the folder for records exists");
        Some(Record { file, asked: HashMap::new() })
    }

    pub fn sent(&mut self, message: &Value) {
        if let (Some(id), Some(method)) = (message.get("id"), message["method"].as_str()) {
            // The result of a command depends on the command.
            let method = match message["params"]["command"].as_str() {
                Some(command) => format!("{method} {command}"),
                None => method.to_owned(),
            };
            self.asked.insert(id.to_string(), method);
        }
    }

    pub fn received(&mut self, message: &Value) {
        let id = message.get("id").map(Value::to_string);
        let asked = id.as_ref().and_then(|id| self.asked.get(id));
        let (kind, method, value) = match (message.get("method"), message.get("error")) {
            (Some(method), _) if id.is_some() => ("request", method.as_str(), &message["params"]),
            (Some(method), _) => ("notification", method.as_str(), &message["params"]),
            (None, Some(error)) => ("error", asked.map(String::as_str), error),
            (None, None) => ("result", asked.map(String::as_str), &message["result"]),
        };
        let line = json!({ "kind": kind, "method": method, "value": value, "message": message });
        writeln!(self.file, "{line}").expect("the record can be written");
    }
}
