//! A client that speaks to the real binary over its standard streams. The tests and the benchmark share it.

#![allow(dead_code)] // neither uses all of it

use crate::record::Record;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// No answer takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    messages: Receiver<(Instant, Value)>,
    /// Read but not asked for yet.
    pending: VecDeque<Value>,
    next_id: i64,
    record: Option<Record>,
    /// Every message of the server, for checks at the end.
    pub log: Vec<Value>,
    pub capabilities: Value,
    /// What it answers when it is asked for settings.
    configuration: Value,
}

/// A folder that is removed at the end of its test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("spp-lsp-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a temporary folder can be made");
        Folder(path.canonicalize().expect("it exists"))
    }

    pub fn write(&self, file: &str, text: &str) -> String {
        let path = self.0.join(file);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("it can be made");
        std::fs::write(&path, text).expect("the file can be written");
        uri(&path)
    }

    pub fn uri(&self, file: &str) -> String {
        uri(&self.0.join(file))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// Capabilities of a client that pushes nothing away.
pub fn rich_capabilities() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "window": { "workDoneProgress": true },
        "workspace": { "configuration": true, "workspaceFolders": true,
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "workspaceEdit": { "documentChanges": true } },
        "textDocument": {
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "completion": { "completionItem": { "snippetSupport": true } },
            "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } },
            "hover": { "contentFormat": ["markdown"] }
        }
    })
}

impl Client {
    /// A process that was told nothing yet.
    pub fn spawn() -> Client {
        let binary = std::env::var_os("SPP_ANALYZER").unwrap_or(env!("CARGO_BIN_EXE_spp-analyzer").into());
        let mut child = Command::new(binary)
            .arg("lsp")
            .env("XDG_CACHE_HOME", std::env::temp_dir().join("spp-lsp-cache"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(if std::env::var_os("SPP_TEST_LOG").is_some() { Stdio::inherit() } else { Stdio::null() })
            .spawn()
            .expect("the server starts");
        let stdout = child.stdout.take().expect("it is piped");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            while let Some(message) = read_message(&mut reader) {
                if sender.send((Instant::now(), message)).is_err() {
                    return;
                }
            }
        });
        Client {
            stdin: child.stdin.take(),
            child,
            messages,
            pending: VecDeque::new(),
            next_id: 0,
            record: Record::new(),
            log: Vec::new(),
            capabilities: Value::Null,
            configuration: Value::Null,
        }
    }

    /// Initialised, without a folder.
    pub fn start() -> Client {
        Client::start_with(rich_capabilities(), None)
    }

    pub fn start_in(folder: &Folder) -> Client {
        Client::start_with(rich_capabilities(), Some(folder))
    }

    pub fn start_with(capabilities: Value, folder: Option<&Folder>) -> Client {
        Client::spawn().initialised(capabilities, folder)
    }

    /// With settings.
    pub fn configured(capabilities: Value, configuration: Value) -> Client {
        let mut client = Client::spawn();
        client.configuration = configuration;
        client.initialised(capabilities, None)
    }

    fn initialised(self, capabilities: Value, folder: Option<&Folder>) -> Client {
        let mut client = self;
        let folders = folder.map(|folder| json!([{ "uri": uri(&folder.0), "name": "test" }]));
        let answer = client
            .request(
                "initialize",
                json!({ "processId": null, "rootUri": null, "capabilities": capabilities,
                    "workspaceFolders": folders }),
            )
            .expect("a server can be initialised");
        client.capabilities = answer["capabilities"].clone();
        client.notify("initialized", json!({}));
        if folder.is_some() {
            client.wait_for(|message| {
                message["method"] == "spp/status" && message["params"]["state"] != "loading"
            });
        }
        client
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn send_raw(&mut self, bytes: &[u8]) {
        if let Some(stdin) = &mut self.stdin {
            // The server may be gone already; what the test waits for says so.
            let _ = stdin.write_all(bytes).and_then(|()| stdin.flush());
        }
    }

    pub fn send(&mut self, message: &Value) {
        if let Some(record) = &mut self.record {
            record.sent(message);
        }
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request without waiting; its id.
    pub fn post(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.post(method, params);
        self.answer(id)
    }

    pub fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let message = self.wait_for(|message| message["id"] == id && message.get("method").is_none());
        match message.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(message["result"].clone()),
        }
    }

    /// The first message, read already or to come, that `wanted` accepts. Requests of the server are answered.
    pub fn wait_for(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.pending.iter().position(&wanted) {
            return self.pending.remove(index).expect("the index was found");
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.messages.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok((_, message)) => {
                    self.log.push(message.clone());
                    self.received(&message);
                    if wanted(&message) {
                        return message;
                    }
                    self.pending.push_back(message);
                }
                Err(RecvTimeoutError::Timeout) => panic!("no such message; seen: {:#?}", self.pending),
                Err(RecvTimeoutError::Disconnected) => panic!("the server is gone"),
            }
        }
    }

    /// The next message and when it came, for clients that wait for nothing in particular. It is not kept.
    pub fn next(&mut self, patience: Duration) -> Option<(Instant, Value)> {
        let (at, message) = self.messages.recv_timeout(patience).ok()?;
        self.received(&message);
        Some((at, message))
    }

    fn received(&mut self, message: &Value) {
        if let Some(record) = &mut self.record {
            record.received(message);
        }
        self.serve(message);
    }

    fn serve(&mut self, message: &Value) {
        let (Some(id), Some(method)) = (message.get("id"), message.get("method")) else { return };
        let result = match method.as_str() {
            Some("workspace/configuration") => json!([self.configuration]),
            _ => Value::Null,
        };
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
    }

    pub fn open(&mut self, uri: &str, text: &str) {
        self.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri, "languageId": "spp", "version": 1, "text": text } }),
        );
    }

    pub fn change(&mut self, uri: &str, version: i32, changes: Value) {
        self.notify(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": changes }),
        );
    }

    /// Diagnostics of one version of a document.
    pub fn diagnostics(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let message = self.wait_for(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        });
        message["params"]["diagnostics"].as_array().cloned().unwrap_or_default()
    }

    /// `shutdown`, `exit`, and how the process ended.
    pub fn stop(mut self) -> ExitStatus {
        self.request("shutdown", Value::Null).expect("a server can be shut down");
        self.notify("exit", Value::Null);
        self.wait_exit()
    }

    pub fn close_stdin(mut self) -> ExitStatus {
        self.stdin = None;
        self.wait_exit()
    }

    pub fn wait_exit(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("the process can be asked") {
                return status;
            }
            assert!(Instant::now() < deadline, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_message(reader: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Text with `|` at the place of a cursor: the text without it, and the position in UTF-16.
pub fn cursor(marked: &str) -> (String, Value) {
    let at = marked.find('|').expect("the text marks a cursor");
    let before = &marked[..at];
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or("").encode_utf16().count();
    (marked.replacen('|', "", 1), json!({ "line": line, "character": column }))
}

pub fn at(uri: &str, position: &Value) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": position })
}
