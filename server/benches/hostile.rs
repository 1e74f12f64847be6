//! How long hovers take while a program that does its worst is evaluated: `cargo bench -p spp-analyzer --bench hostile [-- ROUNDS]`.
//!
//! The limits are those that an editor has without settings. The baseline is the same hover while nothing runs.

#[path = "../../tests/lsp/client.rs"]
mod client;
#[allow(dead_code)]
#[path = "../../tests/hostile.rs"]
mod hostile;
#[path = "../../tests/lsp/record.rs"]
mod record;

use client::{Client, Folder, at, rich_capabilities};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Between one hover and the next.
const PAUSE: Duration = Duration::from_millis(3);

/// What a hover may take, whatever runs.
const GOAL: Duration = Duration::from_millis(50);

const READER: &str = "file:///bench/reader.spp";

fn main() -> ExitCode {
    // `cargo bench` passes `--bench`.
    let rounds: usize = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(3);
    let folder = Folder::new("hostile-bench");
    let mut client = Client::configured(rich_capabilities(), json!({ "evaluation": { "timeout": 5 } }));
    client.open(
        READER,
        "mod main\n\nfn reader(n: Num) -> Num {\n    let list = Vec.new(n, 1)\n    ret list.len()\n}\n",
    );
    println!("{:40}{:>8}{:>10}{:>10}{:>10}  outcome", "program", "hovers", "median", "99 %", "slowest");
    let quiet = (0..1000).map(|_| {
        std::thread::sleep(PAUSE);
        let asked = Instant::now();
        hover(&mut client, None);
        asked.elapsed()
    });
    let mut slowest = report("nothing", quiet.collect(), "");
    for (number, program) in hostile::ALL.iter().enumerate() {
        let (mut times, mut outcome) = (Vec::new(), Value::Null);
        for round in 0..rounds {
            let uri = folder.write(&format!("program{number}_{round}.spp"), program.text);
            outcome = run(&mut client, &uri, program.text, &mut times);
        }
        slowest = slowest.max(report(program.name, times, outcome.as_str().unwrap_or("no report")));
    }
    client.stop();
    if slowest <= GOAL { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Asks for a hover and waits for the answer, or for that of another request; whether that came first.
fn hover(client: &mut Client, evaluation: Option<i64>) -> Option<Value> {
    let id = client.post("textDocument/hover", at(READER, &json!({ "line": 3, "character": 9 })));
    let mut report = None;
    loop {
        let message = client.wait_for(|message| {
            let of = &message["id"];
            message.get("method").is_none() && (*of == id || evaluation.is_some_and(|other| *of == other))
        });
        if message["id"] == id {
            assert!(!message["result"].is_null(), "the hover has an answer");
            return report;
        }
        report = Some(message);
    }
}

fn run(client: &mut Client, uri: &str, text: &str, times: &mut Vec<Duration>) -> Value {
    client.open(uri, text);
    client.diagnostics(uri, 1);
    let params = json!({ "command": "spp.evaluate", "arguments": [{ "uri": uri }] });
    let evaluation = client.post("workspace/executeCommand", params);
    let report = loop {
        let asked = Instant::now();
        let report = hover(client, Some(evaluation));
        times.push(asked.elapsed());
        match report {
            Some(report) => break report,
            None => std::thread::sleep(PAUSE),
        }
    };
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    match &report["error"]["message"] {
        Value::Null => report["result"]["outcome"].clone(),
        refused => refused.clone(),
    }
}

fn report(name: &str, mut times: Vec<Duration>, outcome: &str) -> Duration {
    times.sort_unstable();
    let at = |share: usize| millis(times[(times.len() * share / 100).min(times.len() - 1)]);
    let slowest = times[times.len() - 1];
    println!(
        "{name:40}{:8}{:8.2} ms{:7.2} ms{:7.2} ms  {outcome}",
        times.len(),
        at(50),
        at(99),
        millis(slowest)
    );
    slowest
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
