//! Latencies at the client in a generated project: `cargo bench -p spp-analyzer --bench latency [-- FILES]`.
//!
//! The project has FILES files (1,000) of 200 lines and one of 2,000. Every figure is the median and the 99th percentile
//! of what a client sees, the pipe included. The baseline is the time of an empty round trip in the same process.

#[path = "../../tests/lsp/client.rs"]
mod client;
#[path = "../../tests/lsp/record.rs"]
mod record;

use client::{Client, Folder, at};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// Repetitions of each measurement.
const ROUNDS: usize = 100;

fn main() {
    // `cargo bench` passes `--bench`.
    let files: usize = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1000);
    let folder = Folder::new("latency");
    let lines = generate(&folder, files);
    println!("{files} files and one of 2,000 lines, {lines} lines in all\n");
    let mut client = start(&folder, files);
    round_trip(&mut client);
    let small = format!("src/m{}/f{}.spp", (files / 2) / 10, files / 2);
    for (name, file) in [("200 lines", small), ("2,000 lines", "src/big/large.spp".to_owned())] {
        println!("\nin a file of {name}");
        edits(&mut client, &folder, &file);
    }
    println!("\nresident {} MB", resident(&client) / 1024);
}

fn function(text: &mut String, item: usize, index: usize) {
    let _ = write!(
        text,
        "# Work number {index} on an item.
fn work{item}_{index}(item: &Item{item}, count: Num) -> Num {{
    let mut total = item.size
    let mut i = 0
    while i < count {{
        total += item.area() * {index}
        i += 1
    }}
    let mut seen = Vec[Num].new()
    seen.push(total)
    ret total + seen.len()
}}

"
    );
}

fn class(text: &mut String, item: usize) {
    let _ = write!(
        text,
        "cls Item{item} {{ size: Num   name: Str   tags: Vec[Str] }}

sup Item{item} {{
    @static fn new(size: Num) -> Self {{
        ret Self {{ size=size, name=\"item\", tags=Vec[Str].new() }}
    }}
    fn area(&self) -> Num {{
        ret self.size * self.size
    }}
    fn rename(&mut self, name: Str) -> Void {{
        self.name = name
    }}
}}

"
    );
}

fn generate(folder: &Folder, files: usize) -> usize {
    folder.write("spp.toml", "[project]\nedition = \"2023\"\n");
    let mut lines = 0;
    let mut write = |file: &str, text: &str| {
        lines += text.lines().count();
        folder.write(file, text);
    };
    for file in 0..files {
        let mut text = format!("mod src.m{}.f{file}\n", file / 10);
        let other = (file * 7 + 3) % files;
        let _ = write!(text, "use src.m{}.Item{other}\n\n", other / 10);
        class(&mut text, file);
        let _ = write!(text, "fn other{file}(item: &Item{other}) -> Num {{\n    ret item.area()\n}}\n\n");
        for index in 0..12 {
            function(&mut text, file, index);
        }
        write(&format!("src/m{}/f{file}.spp", file / 10), &text);
    }
    let mut text = "mod src.big.large\n\n".to_owned();
    class(&mut text, files);
    for index in 0..150 {
        function(&mut text, files, index);
    }
    write("src/big/large.spp", &text);
    write("src/main.spp", "mod src.main\n\nfn main() -> Void {\n    print(\"hello\")\n}\n");
    write("src/broken.spp", "mod src.broken\n\nfn broken() -> Num {\n    ret missing\n    let x =\n}\n");
    lines
}

/// Starting, the first diagnostic, the whole project.
fn start(folder: &Folder, files: usize) -> Client {
    let begin = Instant::now();
    let mut client = Client::spawn();
    let folders = json!([{ "uri": folder.uri(""), "name": "bench" }]);
    let params = json!({ "processId": null, "rootUri": null, "workspaceFolders": folders,
        "capabilities": client::rich_capabilities() });
    client.request("initialize", params).expect("a server can be initialised");
    println!("spawn to initialized      {:8.1} ms", millis(begin.elapsed()));
    client.notify("initialized", json!({}));
    let broken = folder.uri("src/broken.spp");
    let text = std::fs::read_to_string(folder.0.join("src/broken.spp")).expect("it was written");
    let opened = Instant::now();
    client.open(&broken, &text);
    client.diagnostics(&broken, 1);
    println!("open to its diagnostic    {:8.1} ms (the rest still loads)", millis(opened.elapsed()));
    client.wait_for(|message| message["method"] == "spp/status" && message["params"]["state"] == "ready");
    println!("project loaded            {:8.1} ms", millis(begin.elapsed()));
    // An answer that needs every file.
    let params = json!({ "previousResultIds": [] });
    let whole = client.request("workspace/diagnostic", params).expect("it can be asked");
    let checked = whole["items"].as_array().map_or(0, Vec::len);
    println!("all {checked} files checked   {:8.1} ms", millis(begin.elapsed()));
    println!("resident                  {:8} MB", resident(&client) / 1024);
    assert!(checked > files);
    client
}

fn round_trip(client: &mut Client) {
    let times = measure(|_| {
        let _ = client.request("spp/nothing", json!({}));
    });
    report("empty round trip", times);
}

fn edits(client: &mut Client, folder: &Folder, file: &str) {
    let uri = folder.uri(file);
    let text = std::fs::read_to_string(folder.0.join(file)).expect("it was written");
    client.open(&uri, &text);
    client.diagnostics(&uri, 1);
    let middle = text.lines().count() / 2;
    let line = text.lines().enumerate().skip(middle).find(|(_, line)| line.contains("let mut i = 0"));
    let line = line.expect("there is a function in the middle").0;
    let mut version = 1;
    let mut edit = |client: &mut Client, round: usize| {
        version += 1;
        let range = json!({ "start": { "line": line, "character": 16 },
            "end": { "line": line, "character": 17 } });
        client.change(&uri, version, json!([{ "range": range, "text": (round % 10).to_string() }]));
        version
    };
    let times = measure(|round| {
        let version = edit(client, round);
        client.diagnostics(&uri, version);
    });
    report("edit to diagnostics", times);
    let place = json!({ "line": line + 2, "character": 9 });
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99999, "character": 0 } });
    let document = json!({ "textDocument": { "uri": uri } });
    let hints = json!({ "textDocument": { "uri": uri }, "range": whole });
    let requests = [
        ("hover", "textDocument/hover", at(&uri, &place)),
        ("definition", "textDocument/definition", at(&uri, &place)),
        ("completion", "textDocument/completion", at(&uri, &place)),
        ("inlay hints", "textDocument/inlayHint", hints),
        ("semantic tokens", "textDocument/semanticTokens/full", document),
    ];
    for (name, method, params) in requests {
        let times = measure(|round| {
            edit(client, round);
            let _ = client.request(method, params.clone());
        });
        report(&format!("{name} after an edit"), times);
    }
    let begin = Instant::now();
    for round in 0..200 {
        edit(client, round);
    }
    let answer = client.request("textDocument/hover", at(&uri, &place));
    println!("{:26}{:8.1} ms", "200 edits, then hover", millis(begin.elapsed()));
    assert!(answer.is_ok_and(|answer| answer != Value::Null));
}

fn measure(mut run: impl FnMut(usize)) -> Vec<Duration> {
    // The first rounds fill caches.
    (0..5).for_each(&mut run);
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|round| {
            let begin = Instant::now();
            run(round);
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

fn report(name: &str, times: Vec<Duration>) {
    let (median, late) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!("{name:26}{:8.2} ms median {:8.2} ms 99 %", millis(median), millis(late));
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Kilobytes of memory the server holds.
fn resident(client: &Client) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", client.pid())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or(0)
}
