//! Files that are created, moved and deleted in the client.

use super::state::Snapshot;
use crate::ide::file_rename::rename_module;
use crate::ide::rename::FileEdit;
use crate::workspace::expected_module;
use std::path::PathBuf;
use tower_lsp::lsp_types::{FileRename, Url};

/// Edits that keep `mod` lines and imports true when files move inside of their project.
pub fn renamed(snapshot: &Snapshot, files: &[FileRename]) -> Vec<FileEdit> {
    let mut edits: Vec<FileEdit> = Vec::new();
    for rename in files {
        let Some(of_file) = of_file(snapshot, rename) else { continue };
        for edit in of_file {
            match edits.iter_mut().find(|known| known.file == edit.file) {
                Some(known) => known.edits.extend(edit.edits),
                None => edits.push(edit),
            }
        }
    }
    edits
}

fn of_file(snapshot: &Snapshot, rename: &FileRename) -> Option<Vec<FileEdit>> {
    let file = snapshot.file(&Url::parse(&rename.old_uri).ok()?)?;
    let new = Url::parse(&rename.new_uri).ok()?.to_file_path().ok()?;
    let program = snapshot.map.program(file.program(&snapshot.db))?;
    let module = expected_module(program.root.as_deref()?, &new)?;
    Some(rename_module(&snapshot.db, file, &module))
}

/// The paths on disk behind URIs.
pub fn paths<'a>(urls: impl Iterator<Item = &'a String>) -> Vec<PathBuf> {
    urls.filter_map(|url| Url::parse(url).ok()?.to_file_path().ok()).collect()
}
