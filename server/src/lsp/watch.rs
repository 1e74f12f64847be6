//! Changes on disk: told by the client or, where it cannot, seen by a watcher of the server's own.

use super::loading::{folder_paths, load, refresh};
use super::state::Shared;
use notify::{EventKind, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;
use tower_lsp::lsp_types::MessageType;

/// Changes that follow one another faster than this are taken as one.
const QUIET: Duration = Duration::from_millis(50);

/// Changes on disk while folders are being read, which may or may not have been read with them.
#[derive(Default)]
pub struct Meanwhile {
    readers: usize,
    paths: Vec<PathBuf>,
}

/// Begins to remember what changes on disk.
pub fn remember(shared: &Shared) {
    shared.meanwhile().readers += 1;
}

/// Takes over again what changed on disk since `remember`.
pub fn recall(shared: &Arc<Shared>) {
    let paths = {
        let mut meanwhile = shared.meanwhile();
        meanwhile.readers -= 1;
        let last = meanwhile.readers == 0;
        if last { std::mem::take(&mut meanwhile.paths) } else { meanwhile.paths.clone() }
    };
    if !paths.is_empty() {
        apply(shared, paths);
    }
}

/// Takes over what the disk now holds at these paths.
pub fn apply(shared: &Arc<Shared>, paths: Vec<PathBuf>) {
    {
        let mut meanwhile = shared.meanwhile();
        if meanwhile.readers > 0 {
            meanwhile.paths.extend(paths.iter().cloned());
        }
    }
    let (mut changed, mut projects) = (false, false);
    {
        let mut world = shared.world();
        for path in paths {
            if path.file_name().is_some_and(|name| name == crate::workspace::config::FILE_NAME) {
                world.reassign();
                (changed, projects) = (true, true);
            } else if path.extension().is_some_and(|extension| extension == "spp") {
                changed |= world.disk_changed(&path);
            } else if !path.exists() {
                world.folder_gone(&path);
                changed = true;
            }
        }
    }
    if changed {
        shared.check_all.store(true, Ordering::SeqCst);
        shared.touch();
    }
    if projects {
        // A project that is new may have files that nobody has read yet.
        let shared = shared.clone();
        tokio::spawn(async move {
            let folders = shared.session().folders.lock().unwrap_or_else(PoisonError::into_inner).clone();
            load(&shared, folder_paths(&folders)).await;
        });
    }
}

/// Watches the folders of the workspace until the server ends.
pub fn start(shared: Arc<Shared>) {
    let folders = folder_paths(&shared.session().folders.lock().unwrap_or_else(PoisonError::into_inner));
    if folders.is_empty() {
        return;
    }
    let (sender, mut receiver) = unbounded_channel::<PathBuf>();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if matches!(event.kind, EventKind::Access(_)) {
            return;
        }
        for path in event.paths.into_iter().filter(|path| matters(path)) {
            // The receiver ends with the server.
            let _ = sender.send(path);
        }
    });
    tokio::spawn(async move {
        let mut watcher = match watcher {
            Ok(watcher) => watcher,
            Err(error) => {
                let message = format!("changes on disk are not noticed: {error}");
                shared.client.log_message(MessageType::WARNING, message).await;
                return;
            }
        };
        for folder in &folders {
            if let Err(error) = watcher.watch(folder, RecursiveMode::Recursive) {
                let message = format!("changes below {} are not noticed: {error}", folder.display());
                shared.client.log_message(MessageType::WARNING, message).await;
            }
        }
        while let Some(path) = receiver.recv().await {
            let mut paths = vec![path];
            while let Ok(Some(path)) = tokio::time::timeout(QUIET, receiver.recv()).await {
                paths.push(path);
            }
            paths.sort();
            paths.dedup();
            apply(&shared, paths);
            refresh(&shared).await;
        }
        drop(watcher);
    });
}

fn matters(path: &Path) -> bool {
    path.extension().is_none_or(|extension| extension == "spp" || extension == "toml")
}
