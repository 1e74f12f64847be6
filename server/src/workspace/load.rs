//! Reads discovered files into a database.

use super::discover::{Root, RootKind, SOURCE_FOLDER};
use hir::{Database, File, Program, ProgramKind};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use salsa::{Durability, Setter};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syntax::Edition;

/// Files above this many bytes are not analysed.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// A database with the programs that were found on disk.
pub struct Workspace {
    pub db: Database,
    pub programs: Vec<Loaded>,
}

/// One program in the database.
pub struct Loaded {
    pub program: Program,
    pub root: PathBuf,
    pub config: super::ProjectConfig,
    pub files: Vec<LoadedFile>,
}

pub struct LoadedFile {
    pub path: PathBuf,
    pub file: Result<File, ReadError>,
}

/// Why a file's text could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The disk refused, or the file is too large.
    Unreadable(String),
    /// LX1: byte offset of the first invalid byte.
    NotUtf8 { offset: usize },
}

impl Workspace {
    /// Reads all files of the roots, in parallel. `edition` overrides what the project or the text says.
    pub fn load(roots: Vec<Root>, edition: Option<Edition>) -> Workspace {
        Workspace::load_over(roots, edition, &FxHashMap::default())
    }

    /// The same, but with these texts in place of those on the disk.
    pub fn load_over(
        roots: Vec<Root>,
        edition: Option<Edition>,
        over: &FxHashMap<PathBuf, String>,
    ) -> Workspace {
        let read = |path: &PathBuf| over.get(path).cloned().map_or_else(|| read_source(path), Ok);
        let mut workspace = Workspace { db: Database::new(), programs: Vec::new() };
        for root in roots {
            let texts: Vec<(PathBuf, Result<String, ReadError>)> =
                root.files.par_iter().map(|path| (path.clone(), read(path))).collect();
            workspace.add(root, texts, edition);
        }
        workspace
    }

    /// Adds one program whose texts are already at hand.
    pub fn add(
        &mut self,
        root: Root,
        texts: Vec<(PathBuf, Result<String, ReadError>)>,
        edition: Option<Edition>,
    ) {
        let kind = match root.kind {
            RootKind::Project => ProgramKind::Project,
            RootKind::Loose => ProgramKind::Loose,
        };
        let edition = edition.or(root.config.edition).unwrap_or_else(|| {
            let first = texts.iter().find_map(|(_, text)| text.as_ref().ok());
            first.map_or(Edition::E2023, |text| syntax::detect_edition(text))
        });
        let program = Program::builder(kind, edition, Arc::from([]))
            .durability(Durability::NEVER_CHANGE)
            .files_durability(Durability::MEDIUM)
            .new(&self.db);
        let files: Vec<LoadedFile> = texts
            .into_iter()
            .map(|(path, text)| {
                let file = text.map(|text| {
                    let module = match root.kind {
                        RootKind::Project => expected_module(&root.path, &path),
                        RootKind::Loose => None,
                    };
                    let display = path.display().to_string();
                    // Only texts change afterwards.
                    File::builder(Arc::from(text), edition, program, module, Arc::from(display))
                        .durability(Durability::NEVER_CHANGE)
                        .text_durability(Durability::MEDIUM)
                        .new(&self.db)
                });
                LoadedFile { path, file }
            })
            .collect();
        let inputs: Arc<[File]> =
            files.iter().filter_map(|loaded| loaded.file.as_ref().ok().copied()).collect();
        program.set_files(&mut self.db).to(inputs);
        self.programs.push(Loaded { program, root: root.path, config: root.config, files });
    }
}

/// Path of every file of these programs.
pub fn paths(programs: &[Loaded]) -> FxHashMap<File, &Path> {
    let files = programs.iter().flat_map(|program| &program.files);
    files.filter_map(|loaded| Some((*loaded.file.as_ref().ok()?, loaded.path.as_path()))).collect()
}

/// Reads a source file. A leading byte-order mark is kept: the lexer skips it (LX1).
pub fn read_source(path: &Path) -> Result<String, ReadError> {
    let metadata = fs::metadata(path).map_err(|error| ReadError::Unreadable(error.to_string()))?;
    if metadata.is_dir() {
        return Err(ReadError::Unreadable("is a folder".to_owned()));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(ReadError::Unreadable(format!(
            "{} MB is more than the {} MB that are analysed in one file",
            metadata.len() / 1_000_000,
            MAX_FILE_BYTES / (1024 * 1024)
        )));
    }
    let bytes = fs::read(path).map_err(|error| ReadError::Unreadable(error.to_string()))?;
    from_bytes(bytes)
}

pub fn from_bytes(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|error| ReadError::NotUtf8 { offset: error.utf8_error().valid_up_to() })
}

/// NM1: `src/shapes/round.spp` below the root holds `mod src.shapes.round`. `None` outside `src`, `lib` and `vcs`.
pub fn expected_module(root: &Path, file: &Path) -> Option<Arc<str>> {
    let inside = file.strip_prefix(root).ok()?.with_extension("");
    let parts: Vec<&str> =
        inside.components().map(|part| part.as_os_str().to_str()).collect::<Option<_>>()?;
    let known_root = matches!(parts.first().copied(), Some(SOURCE_FOLDER | "lib" | "vcs"));
    known_root.then(|| Arc::from(parts.join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_follows_the_path_below_the_root() {
        let module = |file| expected_module(Path::new("a"), Path::new(file));
        assert_eq!(module("a/src/shapes/round.spp").as_deref(), Some("src.shapes.round"));
        assert_eq!(module("a/src/main.spp").as_deref(), Some("src.main"));
        assert_eq!(module("a/tools/x.spp"), None);
    }

    #[test]
    fn invalid_utf8_is_located() {
        assert_eq!(from_bytes(b"mod \xff".to_vec()), Err(ReadError::NotUtf8 { offset: 4 }));
    }
}
