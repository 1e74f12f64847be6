//! Diagnostics: pushed in the background, or pulled by clients that can.

use super::convert;
use super::dispatch::{Failure, attempt};
use super::state::{Shared, Snapshot};
use super::world::canonical;
use crate::check::{self, Finding, LintLevels};
use crate::rules::LintLevel;
use hir::{File, Severity};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tower_lsp::lsp_types::{
    Diagnostic, DocumentDiagnosticReport, DocumentDiagnosticReportResult, FullDocumentDiagnosticReport,
    MessageType, PreviousResultId, RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Url,
    WorkspaceDiagnosticReport, WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};

/// Rules about names and members that are missing: while the rest of a project still loads nobody knows whether they are.
const ABSENCE: &[&str] = &["NM1", "NM4", "NM5", "NM10", "NM11", "SP18", "GN2", "GN9", "TY1", "TY9", "SY17"];

/// What is said about one file at one moment.
struct Publication {
    url: Url,
    version: Option<i32>,
    diagnostics: Vec<Diagnostic>,
}

impl Shared {
    /// The client asks for diagnostics itself; pushing them too would show them twice.
    pub fn pulls_diagnostics(&self) -> bool {
        self.session().capabilities.text_document.as_ref().is_some_and(|it| it.diagnostic.is_some())
    }
}

/// The findings of one file that the project's and the client's settings let through, with the severities they give.
fn levelled(snapshot: &Snapshot, file: File) -> Vec<(hir::Diagnostic, Severity)> {
    let db = &snapshot.db;
    let info = snapshot.map.program(file.program(db));
    let complete = info.is_none_or(|info| info.complete);
    let silent = |code: &str| snapshot.settings.disabled_rules.iter().any(|rule| rule == code);
    let config: &[(String, LintLevel)] = info.map_or(&[], |info| &info.config.lints);
    let levels = LintLevels::default();
    hir::file_diagnostics(db, file)
        .iter()
        .filter(|diagnostic| complete || !ABSENCE.contains(&diagnostic.code))
        .filter(|diagnostic| !silent(diagnostic.code))
        .filter_map(|diagnostic| {
            let severity = levels.severity(config, diagnostic.code, diagnostic.severity)?;
            (severity >= snapshot.settings.min_severity).then(|| (diagnostic.clone(), severity))
        })
        .collect()
}

/// The findings that a client sees, as the analysis made them.
pub fn shown(snapshot: &Snapshot, file: File) -> Vec<hir::Diagnostic> {
    let levelled = levelled(snapshot, file).into_iter();
    levelled.map(|(diagnostic, severity)| hir::Diagnostic { severity, ..diagnostic }).collect()
}

/// The findings of one file in the terms of the protocol.
pub fn of_file(snapshot: &Snapshot, file: File) -> Vec<Diagnostic> {
    let levelled = levelled(snapshot, file).into_iter();
    levelled.map(|(found, severity)| convert::diagnostic(snapshot, file, &found, severity)).collect()
}

/// What there is to say where no text is: a project without a `main` (NM10), files that are no UTF-8 (LX1).
fn without_text(snapshot: &Snapshot) -> Vec<(Url, Diagnostic)> {
    let map = &snapshot.map;
    let levels = LintLevels::default();
    let show = |finding: Finding, config: &[(String, LintLevel)]| {
        let silent = snapshot.settings.disabled_rules.iter().any(|rule| rule == finding.code);
        let severity = levels.severity(config, finding.code, finding.severity).filter(|_| !silent)?;
        let url = Url::from_file_path(&*finding.path).ok()?;
        let shown = severity >= snapshot.settings.min_severity;
        shown.then(|| (url, convert::finding(&finding, severity)))
    };
    let mut found = Vec::new();
    for (path, (offset, root)) in &map.no_text {
        let program = map.programs.iter().find(|info| root.is_some() && info.root == *root);
        let config = program.map_or(&[][..], |info| &info.config.lints);
        found.extend(show(check::not_utf8(path, *offset), config));
    }
    for info in map.programs.iter().filter(|info| info.complete && info.has_config) {
        let (Some(root), Some(_)) = (&info.root, info.config.edition) else { continue };
        let main = check::main_file(root);
        let known = Url::from_file_path(&main).is_ok_and(|url| map.file(&url).is_some());
        if !known && !map.no_text.contains_key(&main) {
            found.extend(show(check::missing_main(root), &info.config.lints));
        }
    }
    found.sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
    found
}

/// Publishes after every change until the server ends. Open files come first, the one edited last in front.
pub async fn push(shared: Arc<Shared>) {
    let (sender, mut receiver) = unbounded_channel::<Publication>();
    let client = shared.client.clone();
    tokio::spawn(async move {
        while let Some(publication) = receiver.recv().await {
            let Publication { url, version, diagnostics } = publication;
            client.publish_diagnostics(url, diagnostics, version).await;
        }
    });
    let published: Arc<Mutex<FxHashMap<Url, u64>>> = Arc::default();
    let mut pending_all = false;
    loop {
        shared.changed.notified().await;
        if shared.pulls_diagnostics() {
            continue;
        }
        pending_all |= shared.check_all.swap(false, Ordering::SeqCst);
        let round = Round {
            shared: shared.clone(),
            sender: sender.clone(),
            published: published.clone(),
            everything: pending_all,
        };
        match tokio::task::spawn_blocking(move || round.run()).await {
            Ok(Ok(())) => pending_all = false,
            // The next round waits for the write that cancelled this one.
            Ok(Err(Failure::Cancelled)) => shared.changed.notify_one(),
            Ok(Err(Failure::Panicked(message))) => {
                pending_all = false;
                let text = format!("diagnostics failed: {message}");
                shared.client.log_message(MessageType::ERROR, text).await;
            }
            Err(_) => return,
        }
    }
}

struct Round {
    shared: Arc<Shared>,
    sender: UnboundedSender<Publication>,
    /// Digest of what the client was told about each file.
    published: Arc<Mutex<FxHashMap<Url, u64>>>,
    everything: bool,
}

impl Round {
    fn run(&self) -> Result<(), Failure> {
        // Versions first: a text is never newer than the version it is published with says.
        let mut documents: Vec<(Url, File, i32)> =
            self.shared.documents.iter().map(|it| (it.url.clone(), it.file, it.version)).collect();
        let last = self.shared.last_edited();
        documents.sort_by_key(|(url, ..)| Some(url) != last.as_ref());
        let mut snapshot = self.shared.snapshot();
        let mut failed = None;
        for (url, file, version) in &documents {
            match attempt(&snapshot, |snapshot| of_file(snapshot, *file)) {
                Ok(diagnostics) => self.publish(url, Some(*version), diagnostics),
                Err(Failure::Cancelled) => return Err(Failure::Cancelled),
                Err(failure) => failed = Some(failure),
            }
        }
        if self.everything {
            let in_use: Vec<File> = documents.iter().map(|(_, file, _)| *file).collect();
            let files: Vec<(File, Url)> = snapshot
                .map
                .own_files()
                .filter(|(_, info)| !info.open)
                .map(|(f, info)| (f, info.url.clone()))
                .collect();
            for batch in files.chunks(hir::eviction::BATCH) {
                for (file, url) in batch {
                    match attempt(&snapshot, |snapshot| of_file(snapshot, *file)) {
                        Ok(diagnostics) => self.publish(url, None, diagnostics),
                        Err(Failure::Cancelled) => return Err(Failure::Cancelled),
                        Err(failure) => failed = Some(failure),
                    }
                }
                snapshot = self.evict(snapshot, &in_use)?;
            }
            let without_text = without_text(&snapshot);
            self.clear_gone(&snapshot, &without_text);
            for (url, diagnostic) in without_text {
                self.publish(&url, None, vec![diagnostic]);
            }
            drop(snapshot);
            runtime::process::release_unused();
        }
        failed.map_or(Ok(()), Err)
    }

    /// Gives up what the files checked so far do not need any more, unless somebody has written meanwhile.
    fn evict(&self, snapshot: Snapshot, in_use: &[File]) -> Result<Snapshot, Failure> {
        let revision = snapshot.revision;
        drop(snapshot);
        let mut world = self.shared.world();
        if self.shared.revision() != revision {
            return Err(Failure::Cancelled);
        }
        // The documents in use have their diagnostics: nothing is computed here.
        hir::eviction::evict(&mut world.db, in_use);
        drop(world);
        let snapshot = self.shared.snapshot();
        if snapshot.revision == revision { Ok(snapshot) } else { Err(Failure::Cancelled) }
    }

    /// Tells the client unless it knows. For an open document every version gets its answer.
    fn publish(&self, url: &Url, version: Option<i32>, diagnostics: Vec<Diagnostic>) {
        let digest = digest(&(version, &diagnostics));
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        let known = published.insert(canonical(url), digest);
        let nothing_to_say = known.is_none() && version.is_none() && diagnostics.is_empty();
        if known != Some(digest) && !nothing_to_say {
            // The receiver lives as long as the server.
            let _ = self.sender.send(Publication { url: url.clone(), version, diagnostics });
        }
    }

    fn clear_gone(&self, snapshot: &Snapshot, without_text: &[(Url, Diagnostic)]) {
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        published.retain(|url, _| {
            let known =
                snapshot.map.file(url).is_some() || without_text.iter().any(|(other, _)| other == url);
            if !known {
                let _ = self.sender.send(Publication {
                    url: url.clone(),
                    version: None,
                    diagnostics: Vec::new(),
                });
            }
            known
        });
    }
}

fn digest(value: &(Option<i32>, &Vec<Diagnostic>)) -> u64 {
    let mut hasher = FxHasher::default();
    value.0.hash(&mut hasher);
    result_id(value.1).hash(&mut hasher);
    hasher.finish()
}

/// Equal for equal diagnostics.
fn result_id(diagnostics: &[Diagnostic]) -> String {
    let mut hasher = FxHasher::default();
    for diagnostic in diagnostics {
        let text = serde_json::to_string(diagnostic).unwrap_or_default();
        text.hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// `textDocument/diagnostic`
pub fn pull(snapshot: &Snapshot, url: &Url, previous: Option<&str>) -> DocumentDiagnosticReportResult {
    let items = match snapshot.map.file(url) {
        Some(file) => of_file(snapshot, file),
        None => {
            let known = canonical(url);
            let found = without_text(snapshot).into_iter().filter(|(url, _)| *url == known);
            found.map(|(_, diagnostic)| diagnostic).collect()
        }
    };
    let id = result_id(&items);
    let report = if previous == Some(id.as_str()) {
        DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
            related_documents: None,
            unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
        })
    } else {
        DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id: Some(id), items },
        })
    };
    DocumentDiagnosticReportResult::Report(report)
}

/// `workspace/diagnostic`: all files of the workspace; those the client knows already in short.
pub fn pull_workspace(
    snapshot: &Snapshot,
    versions: &FxHashMap<File, i32>,
    previous: &[PreviousResultId],
) -> WorkspaceDiagnosticReport {
    let known: FxHashMap<Url, &str> =
        previous.iter().map(|it| (canonical(&it.uri), it.value.as_str())).collect();
    let mut files: Vec<_> = snapshot.map.own_files().collect();
    files.sort_by(|a, b| a.1.url.as_str().cmp(b.1.url.as_str()));
    let of_files = files.into_iter().map(|(file, info)| {
        let version = versions.get(&file).map(|version| i64::from(*version));
        (info.url.clone(), version, of_file(snapshot, file))
    });
    let others = without_text(snapshot).into_iter().map(|(url, diagnostic)| (url, None, vec![diagnostic]));
    let reports = of_files.chain(others).map(|(uri, version, items)| {
        let id = result_id(&items);
        if known.get(&canonical(&uri)) == Some(&id.as_str()) {
            return WorkspaceDocumentDiagnosticReport::Unchanged(
                WorkspaceUnchangedDocumentDiagnosticReport {
                    uri,
                    version,
                    unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport { result_id: id },
                },
            );
        }
        WorkspaceDocumentDiagnosticReport::Full(WorkspaceFullDocumentDiagnosticReport {
            uri,
            version,
            full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id: Some(id), items },
        })
    });
    WorkspaceDiagnosticReport { items: reports.collect() }
}
