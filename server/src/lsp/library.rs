//! Files that clients can open although they are inside of this binary: the bundled library and the pages of the rules.
//! They are written to the user's cache folder when something first refers to them.

use super::world::World;
use crate::rules;
use hir::Db;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs, io};
use syntax::Edition;
use tower_lsp::lsp_types::Url;

/// Tells the world where the library's files would be.
pub fn register(world: &mut World) {
    for edition in [Edition::E2023, Edition::E2026] {
        let library = world.db.library(edition);
        for file in library.files(&world.db).clone().iter() {
            let path = folder().join(edition.as_str()).join(&**file.display_name(&world.db));
            if let Ok(url) = Url::from_file_path(path) {
                world.add_library_file(url, *file);
            }
        }
    }
}

/// Makes sure that the file behind a URI of [`register`] exists.
pub fn materialise(path: &Path, text: &str) {
    if fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes()) {
        return;
    }
    // Without a writable cache the editor says that it cannot open the file, which is the truth.
    let _ = write_read_only(path, text);
}

fn write_read_only(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    // Written aside and renamed: another server may do the same at the same time.
    let aside = path.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&aside, text)?;
    let mut permissions = fs::metadata(&aside)?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&aside, permissions)?;
    fs::rename(&aside, path)
}

/// Where the page of a rule can be opened.
pub fn page(code: &str) -> Option<Url> {
    let rule = rules::find(code).filter(|rule| !rule.page.is_empty())?;
    let path = folder().join("diagnostics").join(format!("{}.md", rule.code));
    materialise(&path, rule.page);
    Url::from_file_path(path).ok()
}

fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let cache = if cfg!(target_os = "windows") {
            absolute("LOCALAPPDATA")
        } else if cfg!(target_os = "macos") {
            absolute("HOME").map(|home| home.join("Library/Caches"))
        } else {
            absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        };
        cache.unwrap_or_else(env::temp_dir).join("spp-analyzer").join(env!("CARGO_PKG_VERSION"))
    })
}
