//! Evaluation on behalf of an editor: in a process of its own, on the texts that are open, with limits.

use super::commands::{CommandArguments, refuse};
use super::facts;
use super::loading::{Status, StatusNotification, report_ready};
use super::state::{Shared, Snapshot};
use crate::ide::frames;
use rustc_hash::FxBuildHasher;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fs, io};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::Result;
use tower_lsp::lsp_types::Url;

/// How much longer than its own limit a process may take to load the program and to report.
const GRACE: Duration = Duration::from_secs(20);

/// So many evaluations of a file may be killed before it is paused.
const MAX_KILLED: u32 = 3;

/// Files whose evaluations were killed, one after the other, and the text of each at that time.
#[derive(Default)]
pub struct Paused {
    killed: Mutex<HashMap<Url, (u32, u64)>>,
}

impl Paused {
    fn files(&self) -> MutexGuard<'_, HashMap<Url, (u32, u64)>> {
        self.killed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the file is not evaluated until it changes.
    fn holds(&self, uri: &Url, text: u64) -> bool {
        self.files().get(uri).is_some_and(|(times, of)| *times >= MAX_KILLED && *of == text)
    }

    fn note(&self, uri: &Url, text: u64, killed: bool) {
        let mut files = self.files();
        if !killed {
            files.remove(uri);
            return;
        }
        let known = files.entry(uri.clone()).or_insert((0, text));
        *known = if known.1 == text { (known.0 + 1, text) } else { (1, text) };
    }
}

/// What is to be run.
struct Subject {
    /// Of the text of the file.
    fingerprint: u64,
    uri: Url,
    /// Folder of the project, or the loose file.
    path: PathBuf,
    /// `None`: the program's `main`.
    entry: Option<String>,
    function: String,
    /// Texts that are open and differ from the disk, by path.
    texts: serde_json::Map<String, Value>,
}

pub async fn evaluate(shared: &Arc<Shared>, arguments: CommandArguments) -> Result<Value> {
    let subject = subject(shared, &arguments).await?;
    let mut options = Vec::new();
    if !arguments.args.is_empty() {
        options.push("--".to_owned());
        options.extend(arguments.args);
    }
    let report = run(shared, &subject, 1, options).await?;
    complete(move || facts::evaluation(report, &subject.function, &subject.uri)).await
}

pub async fn failures(shared: &Arc<Shared>, arguments: CommandArguments) -> Result<Value> {
    let subject = subject(shared, &arguments).await?;
    let report = run(shared, &subject, 20, vec!["--fail-each".to_owned()]).await?;
    complete(move || facts::failures(report, &subject.function, &subject.uri)).await
}

pub async fn compare(shared: &Arc<Shared>, arguments: CommandArguments) -> Result<Value> {
    let subject = subject(shared, &arguments).await?;
    let names = if arguments.allocators.is_empty() { vec!["all".to_owned()] } else { arguments.allocators };
    let options = vec!["--compare-allocators".to_owned(), names.join(",")];
    let report = run(shared, &subject, 5, options).await?;
    complete(move || facts::comparison(report, &subject.function, &subject.uri)).await
}

/// Works on a report where nobody waits: it may be large.
async fn complete<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(error) => refuse(format!("the report of the evaluator cannot be read: {error}")),
    }
}

async fn subject(shared: &Arc<Shared>, arguments: &CommandArguments) -> Result<Subject> {
    if !shared.session().trusted {
        return refuse("evaluation runs code and needs a trusted workspace");
    }
    let uri = arguments.uri.clone();
    let wanted = arguments.clone();
    let read = move |snapshot: &Snapshot| {
        let file = snapshot.file(&wanted.uri)?;
        let db = &snapshot.db;
        let func = wanted.function(snapshot, file);
        let info = snapshot.map.program(file.program(db));
        let path = info.and_then(|info| info.root.clone()).or_else(|| wanted.uri.to_file_path().ok())?;
        let function = match func {
            Some(func) => frames::full_name(db, func),
            None => "main".to_owned(),
        };
        let fingerprint = FxBuildHasher.hash_one(file.text(db));
        Some((path, func.map(|_| function.clone()), function, fingerprint))
    };
    let found = shared.read("workspace/executeCommand", Some(&uri), read).await?;
    let Some((path, entry, function, fingerprint)) = found else {
        return refuse("only files that belong to a program can be evaluated");
    };
    if shared.paused.holds(&uri, fingerprint) {
        return refuse(format!(
            "evaluation of this file is paused: it had to be killed {MAX_KILLED} times; change the file to go on"
        ));
    }
    Ok(Subject { fingerprint, uri, path, entry, function, texts: changed_texts(shared) })
}

/// The documents that are not as on the disk.
fn changed_texts(shared: &Shared) -> serde_json::Map<String, Value> {
    let mut texts = serde_json::Map::new();
    for document in &shared.documents {
        let Ok(path) = document.url.to_file_path() else { continue };
        if fs::read(&path).is_ok_and(|bytes| bytes == document.text.as_bytes()) {
            continue;
        }
        texts.insert(path.display().to_string(), json!(&*document.text));
    }
    texts
}

/// Runs `eval` in another process of this program and reads its report. Dropping the future, as a cancelled request
/// does, ends the process. `runs`: by how much the time limit is stretched for commands that run more than once.
async fn run(shared: &Arc<Shared>, subject: &Subject, runs: u32, options: Vec<String>) -> Result<Value> {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return refuse(format!("the evaluator cannot be started: {error}")),
    };
    let limits = shared.settings().evaluation.clone();
    let mut command = Command::new(program);
    command.arg("eval").arg(&subject.path).args(["--output-format", "json", "--texts-from-stdin"]);
    command.args(["--max-steps", &limits.max_steps.to_string()]);
    command.args(["--max-heap", &limits.max_heap.to_string()]);
    command.args(["--max-stack", &limits.max_stack.to_string()]);
    command.args(["--timeout", &limits.timeout.to_string()]);
    if let Some(entry) = &subject.entry {
        command.args(["--entry", entry]);
    }
    command.args(options);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return refuse(format!("the evaluator cannot be started: {error}")),
    };
    let status = Status { state: "evaluating".to_owned(), message: None, edition: None, files: None };
    shared.client.send_notification::<StatusNotification>(status).await;
    let texts = Value::Object(subject.texts.clone()).to_string();
    let patience = Duration::from_secs(limits.timeout) * runs + GRACE;
    // The sender goes with this future.
    let (_waiting, abandoned) = oneshot::channel();
    let ended = tokio::spawn(output_of(child, texts, patience, abandoned)).await;
    report_ready(shared, None).await;
    let output = match ended {
        Ok(Some(Ok(output))) => output,
        Ok(Some(Err(error))) => return refuse(format!("the evaluator failed: {error}")),
        Err(error) => return refuse(format!("the evaluator failed: {error}")),
        Ok(None) => {
            shared.paused.note(&subject.uri, subject.fingerprint, true);
            return refuse(format!("the evaluation was ended after {} s", patience.as_secs()));
        }
    };
    // No code: a signal ended it, the system's or somebody's.
    shared.paused.note(&subject.uri, subject.fingerprint, output.status.code().is_none());
    let code = output.status.code();
    match complete(move || serde_json::from_slice::<Value>(&output.stdout)).await? {
        Ok(report) if report.is_object() => Ok(report),
        _ => {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.trim().trim_start_matches("spp-analyzer: ");
            refuse(match said {
                "" if code.is_none() => "the evaluation was killed",
                "" => "the evaluator gave no report",
                said => said,
            })
        }
    }
}

/// Hands `input` to a process and collects what it writes until it ends. Ends it itself, and gives nothing, when it has
/// taken as long as `patience` or the other end of `abandoned` is gone; in a task of its own, so that the process is
/// waited for even then.
async fn output_of(
    mut child: Child,
    input: String,
    patience: Duration,
    abandoned: oneshot::Receiver<()>,
) -> Option<io::Result<Output>> {
    let ended = tokio::select! {
        ended = communicate(&mut child, input) => Some(ended),
        () = tokio::time::sleep(patience) => None,
        _ = abandoned => None,
    };
    if ended.is_none() {
        // Fails only if it has ended by itself.
        let _ = child.kill().await;
    }
    ended
}

async fn communicate(child: &mut Child, input: String) -> io::Result<Output> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async move {
        if let Some(mut stdin) = stdin {
            // A process that ended at once says why on its standard error.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        Ok(())
    };
    let (status, stdout, stderr, ()) = tokio::try_join!(child.wait(), whole(stdout), whole(stderr), feed)?;
    Ok(Output { status, stdout, stderr })
}

/// All that a pipe gives.
async fn whole(pipe: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}
