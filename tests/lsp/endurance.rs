//! A client that does everything a client may do, and much that it must not, for as long as asked: edits, all requests,
//! cancellations, files that come and go, settings, evaluations, bad frames, bad parameters, and other servers that
//! lose their client in the middle. Every request has one answer, no answer is a failure of the server's own, and now
//! and then the server is compared with a fresh one.

use crate::client::{Client, Folder, at, rich_capabilities};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// An answer that takes longer is lost.
const LOST: Duration = Duration::from_secs(60);

/// Requests that may be on their way at once.
const OPEN_REQUESTS: usize = 24;

/// What happened.
#[derive(Default)]
pub struct Figures {
    pub edits: u64,
    pub requests: u64,
    pub results: u64,
    pub cancelled: u64,
    /// `ContentModified`.
    pub overtaken: u64,
    /// Requests that deserve an error and got it.
    pub refused: u64,
    pub bad_frames: u64,
    pub evaluations: u64,
    /// Servers that lost their client.
    pub deserted: u64,
    pub comparisons: u64,
    pub lost: u64,
    /// Errors that are the server's fault.
    pub failures: Vec<String>,
    /// Milliseconds of answered requests other than evaluations.
    latencies: Vec<f32>,
    /// Minutes since the start, and kilobytes.
    pub resident: Vec<(f64, u64)>,
}

impl Figures {
    /// Median and 99th percentile in milliseconds.
    pub fn latency(&mut self) -> (f32, f32) {
        self.latencies.sort_by(f32::total_cmp);
        let at =
            |share: usize| self.latencies.get(self.latencies.len() * share / 100).copied().unwrap_or(0.0);
        (at(50), at(99))
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Figures { edits, requests, results, cancelled, overtaken, refused, bad_frames, .. } = self;
        write!(f, "{edits} edits, {requests} requests: {results} results, {cancelled} cancelled, ")?;
        write!(f, "{overtaken} overtaken by edits, {refused} refused with reason, {} lost, ", self.lost)?;
        write!(
            f,
            "{} failures; {bad_frames} bad frames, {} evaluations, ",
            self.failures.len(),
            self.evaluations
        )?;
        write!(f, "{} deserted servers, {} comparisons", self.deserted, self.comparisons)
    }
}

/// Numbers that look random and are the same every time.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    fn one_in(&mut self, limit: usize) -> bool {
        self.below(limit) == 0
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

struct Document {
    uri: String,
    file: String,
    version: i32,
    text: String,
    /// What it begins with, and returns to.
    original: String,
    open: bool,
}

struct Asked {
    method: String,
    since: Instant,
    /// The request is a wrong one.
    wrong: bool,
}

struct Soak {
    client: Client,
    folder: Folder,
    documents: Vec<Document>,
    numbers: Numbers,
    asked: HashMap<i64, Asked>,
    figures: Figures,
    start: Instant,
    /// Between two steps.
    pause: Duration,
}

/// Runs for `duration` in a project of `files` files; `tell` hears of each minute.
pub fn run(duration: Duration, files: usize, pause: Duration, mut tell: impl FnMut(&Figures)) -> Figures {
    let folder = Folder::new("endurance");
    let documents = project(&folder, files);
    let client = Client::start_in(&folder);
    let mut soak = Soak {
        client,
        folder,
        documents,
        numbers: Numbers(0x517C_C1B7_2722_0A95),
        asked: HashMap::new(),
        figures: Figures::default(),
        start: Instant::now(),
        pause,
    };
    soak.sample();
    let (mut minute, mut compared) = (Instant::now(), Instant::now());
    while soak.start.elapsed() < duration {
        soak.step();
        soak.listen(soak.pause);
        while soak.asked.len() >= OPEN_REQUESTS {
            soak.listen(Duration::from_millis(50));
        }
        if minute.elapsed() >= Duration::from_secs(60) {
            minute = Instant::now();
            soak.sample();
            tell(&soak.figures);
        }
        if compared.elapsed() >= Duration::from_secs(40).min(duration / 3) {
            compared = Instant::now();
            soak.settle();
            soak.compare();
            soak.desert();
        }
    }
    soak.settle();
    soak.compare();
    soak.sample();
    let Soak { client, figures, .. } = soak;
    assert!(client.stop().success(), "a server that was shut down ends well");
    figures
}

fn project(folder: &Folder, files: usize) -> Vec<Document> {
    folder.write("spp.toml", "[project]\nedition = \"2023\"\n");
    let mut documents = Vec::new();
    for index in 0..files {
        let (group, other) = (index / 5, (index + 1) % files);
        let file = format!("src/g{group}/f{index}.spp");
        let text = format!(
            "mod src.g{group}.f{index}\nuse src.g{}.Item{other}\n\n# An item: 😀 é.\n\
             cls Item{index} {{ size: Num   name: Str }}\n\nsup Item{index} {{\n    \
             @static fn new(size: Num) -> Self {{\n        ret Self {{ size=size, name=\"item 😀\" }}\n    }}\n\n    \
             fn area(&self) -> Num {{\n        ret self.size * self.size\n    }}\n}}\n\n\
             fn total{index}(item: &Item{index}, count: Num) -> Num {{\n    let mut total = item.area()\n    \
             let mut seen = Vec[Num, Pool[Num]].with_capacity(count)\n    seen.push(total)\n    \
             let moved = seen\n    ret total + moved.len()\n}}\n\n\
             fn other{index}(item: &Item{other}) -> Num {{\n    ret item.area()\n}}\n",
            other / 5,
        );
        let text = if index % 7 == 3 { text.replace('\n', "\r\n") } else { text };
        documents.push((file, text));
    }
    let main = "mod src.main\nuse src.g0.Item0\nuse src.g0.total0\n\nfn main() -> Void {\n    \
                let item = Item0.new(3)\n    let mut total = 0\n    \
                for i in 0..20 { total += total0(&item, i + 1) }\n    print(total)\n}\n";
    documents.push(("src/main.spp".to_owned(), main.to_owned()));
    let document = |(file, text): (String, String)| {
        let uri = folder.write(&file, &text);
        Document { uri, file, version: 0, original: text.clone(), text, open: false }
    };
    documents.into_iter().map(document).collect()
}

/// Requests about a place in a document.
const PLACED: [&str; 34] = [
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/declaration",
    "textDocument/typeDefinition",
    "textDocument/implementation",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/completion",
    "textDocument/signatureHelp",
    "textDocument/prepareRename",
    "textDocument/rename",
    "textDocument/linkedEditingRange",
    "textDocument/prepareCallHierarchy",
    "textDocument/prepareTypeHierarchy",
    "textDocument/selectionRange",
    "textDocument/onTypeFormatting",
    "spp/lifetime",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/documentLink",
    "textDocument/codeLens",
    "textDocument/codeAction",
    "textDocument/inlayHint",
    "textDocument/inlineValue",
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/full/delta",
    "textDocument/semanticTokens/range",
    "textDocument/formatting",
    "textDocument/rangeFormatting",
    "textDocument/diagnostic",
    "workspace/symbol",
    "workspace/diagnostic",
    "workspace/willRenameFiles",
    "workspace/executeCommand",
];

impl Soak {
    fn step(&mut self) {
        match self.numbers.below(100) {
            0..45 => self.edit(),
            45..80 => self.ask(),
            80..84 => self.open_or_close(),
            84..87 => self.touch_disk(),
            87..90 => self.misbehave(),
            90..92 => self.client_moves(),
            // A burst, as when someone types.
            _ => {
                for _ in 0..5 {
                    self.edit();
                }
                self.ask();
            }
        }
    }

    fn open_document(&mut self) -> usize {
        let open: Vec<usize> =
            (0..self.documents.len()).filter(|index| self.documents[*index].open).collect();
        if open.len() < 3 {
            let index = self.numbers.below(self.documents.len());
            self.open(index);
            return index;
        }
        *self.numbers.pick(&open)
    }

    fn open(&mut self, index: usize) {
        let document = &mut self.documents[index];
        if !document.open {
            document.open = true;
            document.version = 1;
            self.client.open(&document.uri, &document.text);
        }
    }

    fn edit(&mut self) {
        const PIECES: [&str; 18] = [
            "",
            "",
            "x",
            "1",
            "😀",
            "\n",
            "\r\n",
            "{",
            "}",
            "(",
            "[",
            " let y = Vec[Num].new()\n",
            "é",
            "\"",
            ".",
            "# c\n",
            "fn q() -> Num { ret 1 }\n",
            "use src.g0.",
        ];
        let index = self.open_document();
        self.figures.edits += 1;
        let whole = self.numbers.one_in(40);
        let piece = *self.numbers.pick(&PIECES);
        let (start, length) =
            (self.numbers.below(self.documents[index].text.len() + 1), self.numbers.below(8));
        let document = &mut self.documents[index];
        document.version += 1;
        let change = if whole || document.text.len() > 4000 {
            document.text.clone_from(&document.original);
            json!({ "text": document.text })
        } else {
            let start = boundary(&document.text, start);
            let end = boundary(&document.text, start + length).max(start);
            let range =
                json!({ "start": position(&document.text, start), "end": position(&document.text, end) });
            document.text.replace_range(start..end, piece);
            json!({ "range": range, "text": piece })
        };
        let (uri, version) = (document.uri.clone(), document.version);
        self.client.change(&uri, version, json!([change]));
        if self.numbers.one_in(50) {
            self.client.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
        }
    }

    fn ask(&mut self) {
        let index = self.open_document();
        let method = *self.numbers.pick(&PLACED);
        if method == "workspace/executeCommand" && !self.numbers.one_in(4) {
            return;
        }
        let params = self.params(method, index);
        let id = self.post(method, params, false);
        let evaluates = method == "workspace/executeCommand";
        self.figures.evaluations += u64::from(evaluates);
        if self.numbers.one_in(4) {
            self.client.notify("$/cancelRequest", json!({ "id": id }));
        }
    }

    fn post(&mut self, method: &str, params: Value, wrong: bool) -> i64 {
        self.figures.requests += 1;
        let id = self.client.post(method, params);
        self.asked.insert(id, Asked { method: method.to_owned(), since: Instant::now(), wrong });
        id
    }

    fn params(&mut self, method: &str, index: usize) -> Value {
        let (line, character) = (self.numbers.below(40), self.numbers.below(70));
        let place = json!({ "line": line, "character": character });
        let range = json!({ "start": { "line": line / 2, "character": 0 }, "end": place });
        let uri = self.documents[index].uri.clone();
        let mut params = at(&uri, &place);
        let options = json!({ "tabSize": 4, "insertSpaces": true });
        match method {
            "textDocument/references" => params["context"] = json!({ "includeDeclaration": true }),
            "textDocument/rename" => params["newName"] = json!("renamed"),
            "textDocument/selectionRange" => params["positions"] = json!([place, place]),
            "textDocument/onTypeFormatting" => {
                params["ch"] = json!("}");
                params["options"] = options;
            }
            "textDocument/codeAction" => {
                params["range"] = range;
                params["context"] = json!({ "diagnostics": [] });
            }
            "textDocument/inlineValue" => {
                params["context"] = json!({ "frameId": 1, "stoppedLocation": range });
                params["range"] = range;
            }
            "textDocument/formatting" => params["options"] = options,
            "textDocument/rangeFormatting" => {
                params["options"] = options;
                params["range"] = range;
            }
            "textDocument/inlayHint" | "textDocument/semanticTokens/range" => params["range"] = range,
            "textDocument/semanticTokens/full/delta" => params["previousResultId"] = json!("1"),
            "workspace/symbol" => params = json!({ "query": self.numbers.pick(&["", "tot", "Item1", "😀"]) }),
            "workspace/diagnostic" => params = json!({ "previousResultIds": [] }),
            "workspace/willRenameFiles" => {
                let new = self.folder.uri(&format!("src/moved/f{index}.spp"));
                params = json!({ "files": [{ "oldUri": uri, "newUri": new }] });
            }
            "workspace/executeCommand" => {
                let command = *self.numbers.pick(&[
                    "spp.evaluate",
                    "spp.showFrame",
                    "spp.showMir",
                    "spp.showSyntaxTree",
                ]);
                params = json!({ "command": command, "arguments": [{ "uri": uri, "position": place }] });
            }
            _ => {}
        }
        params
    }

    fn open_or_close(&mut self) {
        let index = self.numbers.below(self.documents.len());
        if self.documents[index].open {
            let document = &mut self.documents[index];
            document.open = false;
            // A closed document is what the disk holds.
            document.text = std::fs::read_to_string(self.folder.0.join(&document.file)).unwrap_or_default();
            let uri = document.uri.clone();
            self.client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
        } else {
            self.open(index);
        }
    }

    /// A file changes, goes or comes back behind the client's back.
    fn touch_disk(&mut self) {
        let index = self.numbers.below(self.documents.len());
        let kind = self.numbers.below(3);
        let document = &mut self.documents[index];
        if document.open {
            return;
        }
        let path = self.folder.0.join(&document.file);
        let change = match kind {
            0 if path.exists() => {
                let _ = std::fs::remove_file(&path);
                3
            }
            _ => {
                let new = !path.exists();
                document.text = format!("{}# changed on disk {}\n", document.original, self.figures.edits);
                let _ = std::fs::write(&path, &document.text);
                if new { 1 } else { 2 }
            }
        };
        let changes = json!({ "changes": [{ "uri": document.uri, "type": change }] });
        self.client.notify("workspace/didChangeWatchedFiles", changes);
    }

    /// What the client may do besides: settings, folders, files.
    fn client_moves(&mut self) {
        match self.numbers.below(4) {
            0 => {
                let quiet = self.numbers.one_in(2);
                let settings = json!({ "settings": { "spp": { "lenses": { "references": quiet } } } });
                self.client.notify("workspace/didChangeConfiguration", settings);
            }
            1 => {
                let folder = json!({ "uri": self.folder.uri("src"), "name": "src" });
                let event = if self.numbers.one_in(2) {
                    json!({ "added": [folder], "removed": [] })
                } else {
                    json!({ "added": [], "removed": [folder] })
                };
                self.client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
            }
            2 => {
                let uri =
                    self.folder.write("src/new.spp", "mod src.new\n\nfn new() -> Num {\n    ret 1\n}\n");
                self.client.notify("workspace/didCreateFiles", json!({ "files": [{ "uri": uri }] }));
            }
            _ => {
                let _ = std::fs::remove_file(self.folder.0.join("src/new.spp"));
                let uri = self.folder.uri("src/new.spp");
                self.client.notify("workspace/didDeleteFiles", json!({ "files": [{ "uri": uri }] }));
            }
        }
    }

    fn misbehave(&mut self) {
        match self.numbers.below(10) {
            0 => {
                self.post("spp/nonsense", json!({ "a": [1, "😀"] }), true);
            }
            1 => {
                let method = *self.numbers.pick(&PLACED);
                self.post(method, json!({ "textDocument": 7 }), true);
            }
            2 => {
                self.post("initialize", json!({ "capabilities": {} }), true);
            }
            3 => self.client.notify("$/nonsense", json!({})),
            4 => self.client.notify("textDocument/didChange", json!({ "textDocument": [] })),
            5 => self.client.notify("$/cancelRequest", json!({ "id": "never asked" })),
            6 => self.bad_frame(b"Content-Length: 5\r\n\r\n{\"a\":"),
            9 => self.bad_frame(b"Content-Len\r\n\r\n"),
            7 => self.bad_frame("Content-Length: 10\r\n\r\n[\"😀\",1]".as_bytes()),
            // The rest of a body that was longer than its header said.
            _ => self.bad_frame(b"Content-Length: 2\r\n\r\n{}}"),
        }
    }

    fn bad_frame(&mut self, bytes: &[u8]) {
        self.figures.bad_frames += 1;
        self.client.send_raw(bytes);
    }

    /// Takes what the server says for a while.
    fn listen(&mut self, patience: Duration) {
        let mut patience = patience;
        while let Some((at, message)) = self.client.next(patience) {
            self.take(at, &message);
            patience = Duration::ZERO;
        }
        let lost: Vec<i64> =
            self.asked.iter().filter(|(_, asked)| asked.since.elapsed() > LOST).map(|(id, _)| *id).collect();
        for id in lost {
            let asked = self.asked.remove(&id).expect("it was just seen");
            self.figures.lost += 1;
            self.figures.failures.push(format!("no answer to {}", asked.method));
        }
    }

    fn take(&mut self, at: Instant, message: &Value) {
        if message["method"] == "window/logMessage" && message["params"]["type"] == 1 {
            self.figures.failures.push(message["params"]["message"].to_string());
        }
        if message.get("method").is_some() {
            return;
        }
        let Some(id) = message["id"].as_i64() else {
            // The answer to a bad frame.
            return;
        };
        let Some(asked) = self.asked.remove(&id) else {
            self.figures.failures.push(format!("a second answer: {message}"));
            return;
        };
        if asked.method != "workspace/executeCommand" {
            self.figures.latencies.push(at.duration_since(asked.since).as_secs_f32() * 1000.0);
        }
        match message["error"]["code"].as_i64() {
            None if asked.wrong => {
                self.figures.failures.push(format!("a wrong {} has a result", asked.method))
            }
            None => self.figures.results += 1,
            Some(-32800) => self.figures.cancelled += 1,
            Some(-32801) => self.figures.overtaken += 1,
            Some(-32803) => self.figures.refused += 1,
            Some(-32602..=-32600) if asked.wrong => self.figures.refused += 1,
            Some(_) => {
                let Asked { method, .. } = asked;
                self.figures.failures.push(format!("{method}: {}", message["error"]));
            }
        }
    }

    /// Waits until nothing is on its way.
    fn settle(&mut self) {
        while !self.asked.is_empty() {
            self.listen(Duration::from_millis(20));
        }
    }

    fn sample(&mut self) {
        let minutes = self.start.elapsed().as_secs_f64() / 60.0;
        self.figures.resident.push((minutes, resident(self.client.pid())));
    }

    /// The server answers what one answers that was started now and was shown the same documents.
    fn compare(&mut self) {
        let mut fresh = Client::start_in(&self.folder);
        for document in self.documents.iter().filter(|document| document.open) {
            fresh.open(&document.uri, &document.text);
        }
        for document in self.documents.iter().filter(|document| document.open) {
            let params = json!({ "textDocument": { "uri": document.uri }, "previousResultId": null });
            let whole = json!({ "textDocument": { "uri": document.uri },
                "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 999, "character": 0 } } });
            let hover = at(&document.uri, &json!({ "line": 19, "character": 10 }));
            for (method, params) in [
                ("textDocument/diagnostic", params.clone()),
                ("textDocument/documentSymbol", params.clone()),
                ("textDocument/semanticTokens/full", params),
                ("textDocument/inlayHint", whole),
                ("textDocument/hover", hover),
            ] {
                let mut ours = self.client.request(method, params.clone()).unwrap_or_else(|error| error);
                let mut theirs = fresh.request(method, params).unwrap_or_else(|error| error);
                for answer in [&mut ours, &mut theirs] {
                    if let Some(answer) = answer.as_object_mut() {
                        answer.remove("resultId");
                    }
                }
                if ours != theirs {
                    let (ours, theirs) = difference(&ours.to_string(), &theirs.to_string());
                    let what = format!(
                        "{method} of {} differs from a fresh server:\n{ours}\n{theirs}",
                        document.uri
                    );
                    self.figures.failures.push(what);
                }
            }
        }
        self.figures.comparisons += 1;
        fresh.stop();
    }

    /// Servers that lose their client: they end by themselves, and say that it was no good end.
    fn desert(&mut self) {
        for way in 0..4 {
            let mut client = Client::start_with(rich_capabilities(), None);
            let document = &self.documents[self.numbers.below(self.documents.len())];
            client.open(&document.uri, &document.text);
            let params = at(&document.uri, &json!({ "line": 5, "character": 9 }));
            for _ in 0..20 {
                client.post("textDocument/hover", params.clone());
            }
            let status = match way {
                0 => client.close_stdin(),
                1 => {
                    client.send_raw(b"Content-Le");
                    client.close_stdin()
                }
                2 => {
                    client.send_raw(b"Content-Length: 100\r\n\r\n{\"jsonrpc\"");
                    client.close_stdin()
                }
                _ => {
                    client.notify("exit", Value::Null);
                    client.wait_exit()
                }
            };
            if status.code() != Some(1) {
                self.figures.failures.push(format!("a deserted server ended with {status}"));
            }
            self.figures.deserted += 1;
        }
    }
}

/// Where two texts begin to differ, and some of what surrounds it.
fn difference(a: &str, b: &str) -> (String, String) {
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        let bytes = &text.as_bytes()[common.saturating_sub(200)..text.len().min(common + 300)];
        String::from_utf8_lossy(bytes).into_owned()
    };
    (around(a), around(b))
}

/// Kilobytes of memory that a process holds.
pub fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or(0)
}

/// Of an offset, in UTF-16.
fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let last = before.rsplit('\n').next().unwrap_or("");
    json!({ "line": before.matches('\n').count(), "character": last.encode_utf16().count() })
}

/// The nearest place at or before `at` that has a position: not in a character, not between CR and LF.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) || (at > 0 && text[..at].ends_with('\r') && text[at..].starts_with('\n'))
    {
        at -= 1;
    }
    at
}

#[test]
fn a_client_that_does_everything_finds_no_failure() {
    let mut figures = run(Duration::from_secs(15), 12, Duration::from_millis(3), |_| {});
    assert!(figures.failures.is_empty(), "{figures}\n{}", figures.failures.join("\n"));
    assert!(figures.results > 20 && figures.comparisons > 1, "{figures}");
    let (median, _) = figures.latency();
    assert!(median > 0.0);
}
