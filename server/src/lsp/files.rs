//! Files and folders that are created, moved and deleted in the client.

use super::loading::sources_below;
use super::state::Snapshot;
use crate::ide::file_rename::{named_by_file, rename_modules};
use crate::ide::rename::{FileEdit, check_name};
use crate::workspace::expected_module;
use hir::File;
use std::path::{Path, PathBuf};
use syntax::TextSize;
use tower_lsp::lsp_types::{FileRename, Url};

/// Edits that keep `mod` lines and imports true when files or folders move inside of their project.
pub fn renamed(snapshot: &Snapshot, files: &[FileRename]) -> Vec<FileEdit> {
    let mut moves: Vec<(File, String)> = Vec::new();
    for rename in files {
        let (Some(old), Some(new)) = (path(&rename.old_uri), path(&rename.new_uri)) else { continue };
        for (file, info) in snapshot.map.own_files() {
            let Some(inside) = info.path.as_ref().and_then(|path| path.strip_prefix(&old).ok()) else {
                continue;
            };
            // Joining an empty path would end it with a separator.
            let new = if inside.as_os_str().is_empty() { new.clone() } else { new.join(inside) };
            moves.extend(module_at(snapshot, file, &new).map(|module| (file, module)));
        }
    }
    moves.sort_by_key(|(file, _)| snapshot.map.info(*file).map(|info| info.url.to_string()));
    // Files of another program know nothing of these.
    let mut edits = Vec::new();
    while let Some((first, _)) = moves.first() {
        let program = first.program(&snapshot.db);
        let (same, others) = moves.into_iter().partition(|(file, _)| file.program(&snapshot.db) == program);
        moves = others;
        let same: Vec<(File, String)> = same;
        edits.extend(rename_modules(&snapshot.db, &same));
    }
    edits
}

/// A file that gets another name, and what changes in texts because of it.
pub struct FileMove {
    pub edits: Vec<FileEdit>,
    pub old: Url,
    pub new: Url,
}

/// A new name for the file at whose `mod` line the offset is; `None` elsewhere.
pub fn renamed_by_module(
    snapshot: &Snapshot,
    file: File,
    offset: TextSize,
    new: &str,
) -> Option<Result<FileMove, String>> {
    let (_, old) = named_by_file(&snapshot.db, file, offset)?;
    let url = snapshot.url(file)?;
    let path = url.to_file_path().ok()?;
    let target = path.with_file_name(format!("{new}.spp"));
    let renamed = || {
        check_name(new, &old, file.edition(&snapshot.db))?;
        if target.exists() {
            return Err(format!("there is a file `{new}.spp` already"));
        }
        let module = module_at(snapshot, file, &target).ok_or("this file belongs to no project")?;
        let new_url = Url::from_file_path(&target).map_err(|()| "this file has no path".to_owned())?;
        Ok(FileMove { edits: rename_modules(&snapshot.db, &[(file, module)]), old: url, new: new_url })
    };
    Some(renamed())
}

fn module_at(snapshot: &Snapshot, file: File, new: &Path) -> Option<String> {
    let program = snapshot.map.program(file.program(&snapshot.db))?;
    expected_module(program.root.as_deref()?, new).map(|module| module.to_string())
}

fn path(uri: &str) -> Option<PathBuf> {
    Url::parse(uri).ok()?.to_file_path().ok()
}

/// The paths on disk behind URIs, and the sources below those that are folders.
pub fn paths<'a>(urls: impl Iterator<Item = &'a String>) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for path in urls.filter_map(|uri| path(uri)) {
        if path.is_dir() {
            paths.extend(sources_below(&path));
        }
        paths.push(path);
    }
    paths
}
