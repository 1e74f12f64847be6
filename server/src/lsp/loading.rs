//! Finds and reads the projects of the workspace, in the background.

use super::state::Shared;
use super::watch;
use super::world::LoadedRoot;
use crate::workspace::discover::RootFinder;
use crate::workspace::{ProjectConfig, RootKind, read_source};
use ignore::WalkBuilder;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use syntax::Edition;
use tower_lsp::lsp_types::notification::{Notification, Progress};
use tower_lsp::lsp_types::request::WorkDoneProgressCreate;
use tower_lsp::lsp_types::{
    MessageType, ProgressParams, ProgressParamsValue, ProgressToken, Url, WorkDoneProgress,
    WorkDoneProgressBegin, WorkDoneProgressCreateParams, WorkDoneProgressEnd,
};

/// A workspace larger than this is not read as a whole; its files are analysed when they are opened.
const MAX_FILES: usize = 50_000;

/// So many trees may wait until the check gets to their files.
const MAX_TREES: usize = 2_000;

/// `spp/status`
pub enum StatusNotification {}

impl Notification for StatusNotification {
    type Params = Status;
    const METHOD: &'static str = "spp/status";
}

#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Status {
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<usize>,
}

/// What is below some folders: whole projects, and loose files.
#[derive(Default)]
struct Found {
    roots: Vec<LoadedRoot>,
    problems: Vec<String>,
}

/// Loads the projects below `folders`, and those around them.
pub async fn load(shared: &Arc<Shared>, folders: Vec<PathBuf>) {
    if folders.is_empty() {
        report_ready(shared, None).await;
        return;
    }
    let status = |state: &str| Status { state: state.to_owned(), message: None, edition: None, files: None };
    shared.client.send_notification::<StatusNotification>(status("loading")).await;
    let token = begin_progress(shared).await;
    watch::remember(shared);
    let (folders, found) = {
        let task = tokio::task::spawn_blocking(move || {
            let found = find(&folders);
            (folders, found)
        });
        task.await.unwrap_or_default()
    };
    for problem in &found.problems {
        shared.client.log_message(MessageType::WARNING, problem).await;
    }
    let problem = found.problems.first().cloned();
    {
        let mut world = shared.world();
        for root in found.roots {
            world.add(root);
        }
        world.complete(&folders);
        let files = world.map.own_files().count();
        hir::eviction::expect_files(&mut world.db, files.min(MAX_TREES));
    }
    watch::recall(shared);
    shared.check_all.store(true, Ordering::SeqCst);
    shared.touch();
    if let Some(token) = token {
        let end = WorkDoneProgress::End(WorkDoneProgressEnd { message: None });
        progress(shared, token, end).await;
    }
    report_ready(shared, problem).await;
    refresh(shared).await;
}

/// Asks the client to ask again for what depends on more than one file.
pub async fn refresh(shared: &Shared) {
    let workspace = |ask: fn(&tower_lsp::lsp_types::WorkspaceClientCapabilities) -> Option<bool>| {
        shared.supports(|capabilities| ask(capabilities.workspace.as_ref()?))
    };
    // A client that has no answer to these is not asked; a failed refresh only delays what the next edit brings.
    if workspace(|it| it.semantic_tokens.as_ref()?.refresh_support) {
        let _ = shared.client.semantic_tokens_refresh().await;
    }
    if workspace(|it| it.inlay_hint.as_ref()?.refresh_support) {
        let _ = shared.client.inlay_hint_refresh().await;
    }
    if workspace(|it| it.code_lens.as_ref()?.refresh_support) {
        let _ = shared.client.code_lens_refresh().await;
    }
    if workspace(|it| it.inline_value.as_ref()?.refresh_support) {
        let _ = shared.client.inline_value_refresh().await;
    }
    if shared.pulls_diagnostics() {
        let _ = shared.client.workspace_diagnostic_refresh().await;
    }
}

pub async fn report_ready(shared: &Shared, problem: Option<String>) {
    let (edition, files) = {
        let world = shared.world();
        let edition = world.map.programs.first().map(|info| info.program.edition(&world.db));
        (edition, world.map.own_files().count())
    };
    let status = Status {
        state: if problem.is_some() { "error" } else { "ready" }.to_owned(),
        message: problem,
        edition: edition.map(Edition::as_str).map(str::to_owned),
        files: Some(files),
    };
    shared.client.send_notification::<StatusNotification>(status).await;
}

async fn begin_progress(shared: &Shared) -> Option<ProgressToken> {
    if !shared.supports(|capabilities| capabilities.window.as_ref()?.work_done_progress) {
        return None;
    }
    let token = ProgressToken::String("spp/loading".to_owned());
    let params = WorkDoneProgressCreateParams { token: token.clone() };
    shared.client.send_request::<WorkDoneProgressCreate>(params).await.ok()?;
    let begin = WorkDoneProgress::Begin(WorkDoneProgressBegin {
        title: "Loading S++ sources".to_owned(),
        cancellable: Some(false),
        message: None,
        percentage: None,
    });
    progress(shared, token.clone(), begin).await;
    Some(token)
}

async fn progress(shared: &Shared, token: ProgressToken, value: WorkDoneProgress) {
    let params = ProgressParams { token, value: ProgressParamsValue::WorkDone(value) };
    shared.client.send_notification::<Progress>(params).await;
}

/// Reads every source below the folders, grouped into projects.
fn find(folders: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let mut finder = RootFinder::default();
    let mut projects: FxHashMap<PathBuf, LoadedRoot> = FxHashMap::default();
    let mut files: FxHashMap<PathBuf, Vec<PathBuf>> = FxHashMap::default();
    let mut loose = Vec::new();
    let mut bad_folders = FxHashSet::default();
    let mut seen = FxHashSet::default();
    for folder in folders {
        // A folder inside a project belongs to the whole of it.
        let above = finder.find(&folder.join("spp.toml")).ok().flatten();
        let start = above.as_ref().map_or(folder, |root| &root.path);
        if let Some(root) = above.as_ref().filter(|root| root.has_config) {
            projects.entry(root.path.clone()).or_insert_with(|| loaded(root));
        }
        for path in sources_below(start) {
            if !seen.insert(path.clone()) {
                continue;
            }
            if seen.len() > MAX_FILES {
                found.problems.push(format!(
                    "{} holds more than {MAX_FILES} files; the rest is analysed when it is opened",
                    start.display()
                ));
                break;
            }
            match finder.find(&path) {
                Ok(Some(root)) => {
                    projects.entry(root.path.clone()).or_insert_with(|| loaded(&root));
                    files.entry(root.path).or_default().push(path);
                }
                Ok(None) => loose.push(path),
                Err(error) => {
                    if bad_folders.insert(error.path.clone()) {
                        found.problems.push(error.to_string());
                    }
                    loose.push(path);
                }
            }
        }
    }
    for (path, mut root) in projects {
        let paths = files.remove(&path).unwrap_or_default();
        root.texts = read_all(paths);
        found.roots.push(root);
    }
    found.roots.extend(read_all(loose).into_iter().map(|(path, text)| LoadedRoot {
        kind: RootKind::Loose,
        path: path.clone(),
        config: ProjectConfig::default(),
        has_config: false,
        texts: vec![(path, text)],
    }));
    found.roots.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

type Text = (PathBuf, Result<String, crate::workspace::ReadError>);

fn read_all(paths: Vec<PathBuf>) -> Vec<Text> {
    paths
        .into_par_iter()
        .map(|path| {
            let text = read_source(&path);
            (path, text)
        })
        .collect()
}

fn loaded(root: &crate::workspace::discover::FoundRoot) -> LoadedRoot {
    LoadedRoot {
        kind: RootKind::Project,
        path: root.path.clone(),
        config: root.config.clone(),
        has_config: root.has_config,
        texts: Vec::new(),
    }
}

pub fn sources_below(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let walk = WalkBuilder::new(folder).require_git(false).follow_links(false).build();
    walk.filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "spp"))
}

/// The folders of the workspace on disk.
pub fn folder_paths(folders: &[Url]) -> Vec<PathBuf> {
    folders.iter().filter_map(|url| url.to_file_path().ok()).collect()
}
