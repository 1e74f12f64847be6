//! What the server knows: the database, and which disk file or document each of its files stands for.

use crate::workspace::discover::{RootFinder, RootKind};
use crate::workspace::{ProjectConfig, ReadError, expected_module, read_source};
use hir::{Database, File, Program, ProgramKind};
use rustc_hash::FxHashMap;
use salsa::{Durability, Setter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syntax::Edition;
use tower_lsp::lsp_types::Url;

/// Owned by the one writer. Readers work on clones of `db` and `map`.
pub struct World {
    pub db: Database,
    pub map: Arc<FileMap>,
    /// Inputs of files and programs that are gone. The database never forgets an input, so new files take these over.
    retired_files: Vec<File>,
    retired_programs: Vec<Program>,
}

/// Which file is where. Cloned only when it changes while a reader holds it.
#[derive(Clone, Default)]
pub struct FileMap {
    files: FxHashMap<Url, File>,
    infos: FxHashMap<File, FileInfo>,
    /// Files on disk that are no UTF-8, with the offset of the first bad byte and the folder of their project.
    pub no_text: FxHashMap<PathBuf, (usize, Option<PathBuf>)>,
    pub programs: Vec<ProgramInfo>,
}

#[derive(Clone, Debug)]
pub struct FileInfo {
    /// As the client writes it.
    pub url: Url,
    /// `None` for a document that is on no disk.
    pub path: Option<PathBuf>,
    pub open: bool,
    pub library: bool,
}

#[derive(Clone, Debug)]
pub struct ProgramInfo {
    pub program: Program,
    /// Folder of a project; `None` for a loose file.
    pub root: Option<PathBuf>,
    pub config: Arc<ProjectConfig>,
    /// There is a `spp.toml`.
    pub has_config: bool,
    /// All its files are in the database. Until then names of other files are not known.
    pub complete: bool,
}

/// A project or a loose file with the texts that were read for it.
pub struct LoadedRoot {
    pub kind: RootKind,
    pub path: PathBuf,
    pub config: ProjectConfig,
    pub has_config: bool,
    pub texts: Vec<(PathBuf, Result<String, ReadError>)>,
}

impl FileMap {
    pub fn file(&self, url: &Url) -> Option<File> {
        self.files.get(url).or_else(|| self.files.get(&canonical(url))).copied()
    }

    pub fn info(&self, file: File) -> Option<&FileInfo> {
        self.infos.get(&file)
    }

    pub fn program(&self, program: Program) -> Option<&ProgramInfo> {
        self.programs.iter().find(|info| info.program == program)
    }

    /// All files but those of the library.
    pub fn own_files(&self) -> impl Iterator<Item = (File, &FileInfo)> {
        self.infos.iter().filter(|(_, info)| !info.library).map(|(file, info)| (*file, info))
    }

    fn insert(&mut self, file: File, info: FileInfo) {
        self.files.insert(canonical(&info.url), file);
        self.infos.insert(file, info);
    }

    fn remove(&mut self, file: File) {
        if let Some(info) = self.infos.remove(&file) {
            self.files.remove(&canonical(&info.url));
        }
    }
}

/// Offset of the byte that is no UTF-8.
fn no_text_at(text: &Result<String, ReadError>) -> Option<usize> {
    match text {
        Err(ReadError::NotUtf8 { offset }) => Some(*offset),
        _ => None,
    }
}

/// One spelling for each file: clients differ in what they escape.
pub fn canonical(url: &Url) -> Url {
    match url.to_file_path() {
        Ok(path) => Url::from_file_path(path).unwrap_or_else(|()| url.clone()),
        Err(()) => url.clone(),
    }
}

impl World {
    pub fn new() -> World {
        World {
            db: Database::new(),
            map: Arc::new(FileMap::default()),
            retired_files: Vec::new(),
            retired_programs: Vec::new(),
        }
    }

    fn map(&mut self) -> &mut FileMap {
        Arc::make_mut(&mut self.map)
    }

    /// Takes over the text of an opened document. A file that is not known yet becomes part of its project, which may
    /// be loaded later, or a loose file.
    pub fn open(&mut self, url: &Url, text: Arc<str>) -> File {
        if let Some(file) = self.map.file(url) {
            if self.map.info(file).is_some_and(|info| info.library) {
                return file;
            }
            file.set_text(&mut self.db).with_durability(Durability::LOW).to(text);
            if let Some(info) = self.map().infos.get_mut(&file) {
                info.open = true;
                info.url = url.clone();
            }
            return file;
        }
        let path = url.to_file_path().ok();
        if let Some(path) = &path {
            self.map().no_text.remove(path);
        }
        let found = path.as_deref().and_then(|path| RootFinder::default().find(path).ok().flatten());
        let info = FileInfo { url: url.clone(), path: path.clone(), open: true, library: false };
        let (program, module, edition) = match (found, &path) {
            (Some(root), Some(path)) => {
                let program = self.project(&root.path, root.config, root.has_config, &text);
                (program, expected_module(&root.path, path), program.edition(&self.db))
            }
            _ => {
                let edition = syntax::detect_edition(&text);
                (self.loose(edition), None, edition)
            }
        };
        let file = self.new_file(text, edition, program, module, &info, Durability::LOW);
        self.map().insert(file, info);
        self.set_files(program, |files| files.push(file));
        file
    }

    pub fn change(&mut self, file: File, text: Arc<str>) {
        // The bundled library is what it is, whatever someone types into a copy of it.
        if self.map.info(file).is_some_and(|info| info.library) {
            return;
        }
        file.set_text(&mut self.db).with_durability(Durability::LOW).to(text);
    }

    /// A closed document is what the disk holds.
    pub fn close(&mut self, file: File) {
        let Some(info) = self.map.info(file).cloned() else { return };
        if info.library {
            return;
        }
        let text = info.path.as_deref().and_then(|path| self.read(path));
        match text {
            Some(text) => {
                if **file.text(&self.db) != *text {
                    file.set_text(&mut self.db).to(Arc::from(text));
                }
                if let Some(info) = self.map().infos.get_mut(&file) {
                    info.open = false;
                }
            }
            None => self.forget(file),
        }
    }

    /// A file came, changed or went on disk. Open documents are what their editor says.
    /// Answers whether anything changed.
    pub fn disk_changed(&mut self, path: &Path) -> bool {
        let Ok(url) = Url::from_file_path(path) else { return false };
        let known = self.map.file(&url).and_then(|file| self.map.info(file));
        if known.is_some_and(|info| info.open || info.library) {
            return false;
        }
        let before = self.map.no_text.get(path).cloned();
        let text = self.read(path);
        let told_else = before != self.map.no_text.get(path).cloned();
        let changed = match (self.map.file(&url), text) {
            (Some(file), Some(text)) => {
                let changed = **file.text(&self.db) != *text;
                if changed {
                    file.set_text(&mut self.db).with_durability(Durability::MEDIUM).to(Arc::from(text));
                }
                changed
            }
            (Some(file), None) => {
                self.forget(file);
                true
            }
            (None, Some(text)) => {
                let found = RootFinder::default().find(path).ok().flatten();
                let root = match found {
                    Some(root) => LoadedRoot {
                        kind: RootKind::Project,
                        path: root.path,
                        config: root.config,
                        has_config: root.has_config,
                        texts: vec![(path.to_owned(), Ok(text))],
                    },
                    None => LoadedRoot {
                        kind: RootKind::Loose,
                        path: path.to_owned(),
                        config: ProjectConfig::default(),
                        has_config: false,
                        texts: vec![(path.to_owned(), Ok(text))],
                    },
                };
                self.add(root);
                true
            }
            (None, None) => false,
        };
        changed || told_else
    }

    /// The text of a file on disk; what is no text is remembered.
    fn read(&mut self, path: &Path) -> Option<String> {
        let text = read_source(path);
        let root = || RootFinder::default().find(path).ok().flatten().map(|root| root.path);
        let offset = no_text_at(&text);
        self.note_text(path, offset, root);
        text.ok()
    }

    fn note_text(&mut self, path: &Path, offset: Option<usize>, root: impl FnOnce() -> Option<PathBuf>) {
        match offset {
            Some(offset) => {
                let root = root();
                self.map().no_text.insert(path.to_owned(), (offset, root));
            }
            None if self.map.no_text.contains_key(path) => {
                self.map().no_text.remove(path);
            }
            None => {}
        }
    }

    /// A folder left the workspace, which keeps `remaining`. What those hold stays, and so does a project of which a
    /// document is open: as when it is opened outside of the workspace, it is known as a whole.
    pub fn folder_left(&mut self, folder: &Path, remaining: &[PathBuf]) {
        let stays = |file: File, info: &FileInfo| {
            let Some(path) = &info.path else { return true };
            let program = file.program(&self.db);
            let root = self.map.program(program).and_then(|info| info.root.as_deref());
            let is_open = |file: &File| self.map.info(*file).is_some_and(|info| info.open);
            info.open
                || remaining.iter().any(|folder| {
                    path.starts_with(folder) || root.is_some_and(|root| folder.starts_with(root))
                })
                || root.is_some() && program.files(&self.db).iter().any(is_open)
        };
        let below = |info: &FileInfo| info.path.as_ref().is_some_and(|path| path.starts_with(folder));
        let gone: Vec<File> = self
            .map
            .own_files()
            .filter(|(file, info)| below(info) && !stays(*file, info))
            .map(|(file, _)| file)
            .collect();
        for file in gone {
            self.forget(file);
        }
        self.map().no_text.retain(|path, _| {
            !path.starts_with(folder) || remaining.iter().any(|folder| path.starts_with(folder))
        });
    }

    /// All files below a folder that is gone.
    pub fn folder_gone(&mut self, folder: &Path) {
        let gone: Vec<File> = self
            .map
            .own_files()
            .filter(|(_, info)| !info.open && info.path.as_ref().is_some_and(|path| path.starts_with(folder)))
            .map(|(file, _)| file)
            .collect();
        for file in gone {
            self.forget(file);
        }
        self.map().no_text.retain(|path, _| !path.starts_with(folder));
    }

    /// The program of a project becomes known as a whole.
    pub fn add(&mut self, root: LoadedRoot) {
        let first = root.texts.iter().find_map(|(_, text)| text.as_deref().ok()).unwrap_or("");
        let program = match root.kind {
            RootKind::Project => self.project(&root.path, root.config, root.has_config, first),
            RootKind::Loose => {
                let known = Url::from_file_path(&root.path).ok().and_then(|url| self.map.file(&url));
                match known {
                    Some(_) => return,
                    None => self.loose(syntax::detect_edition(first)),
                }
            }
        };
        let edition = program.edition(&self.db);
        let mut new = Vec::new();
        for (path, text) in root.texts {
            let path = std::path::absolute(&path).unwrap_or(path);
            let Ok(url) = Url::from_file_path(&path) else { continue };
            if !self.map.file(&url).and_then(|file| self.map.info(file)).is_some_and(|info| info.open) {
                let project = root.kind == RootKind::Project;
                self.note_text(&path, no_text_at(&text), || project.then(|| root.path.clone()));
            }
            // What cannot be read is no part of the analysis.
            let Ok(text) = text else { continue };
            if let Some(file) = self.map.file(&url) {
                self.refresh(file, &text, program, &root.path, root.kind);
                continue;
            }
            let path = url.to_file_path().ok();
            let module = match root.kind {
                RootKind::Project => path.as_deref().and_then(|path| expected_module(&root.path, path)),
                RootKind::Loose => None,
            };
            let info = FileInfo { url, path, open: false, library: false };
            let file = self.new_file(Arc::from(text), edition, program, module, &info, Durability::MEDIUM);
            self.map().insert(file, info);
            new.push(file);
        }
        if !new.is_empty() {
            self.set_files(program, |files| files.extend(new));
        }
    }

    /// Says that all files of the projects in, below and around these folders are known.
    pub fn complete(&mut self, folders: &[PathBuf]) {
        for info in &mut self.map().programs {
            let root = info.root.as_deref();
            info.complete |= root.is_some_and(|root| {
                folders.iter().any(|folder| root.starts_with(folder) || folder.starts_with(root))
            });
        }
    }

    /// A file that is known already is read again, perhaps as part of another program than before.
    fn refresh(&mut self, file: File, text: &str, program: Program, root: &Path, kind: RootKind) {
        let info = self.map.info(file).cloned();
        if !info.as_ref().is_some_and(|info| info.open || info.library) && **file.text(&self.db) != *text {
            file.set_text(&mut self.db).with_durability(Durability::MEDIUM).to(Arc::from(text));
        }
        if file.program(&self.db) != program {
            self.move_to(file, program, root, kind);
        }
    }

    fn move_to(&mut self, file: File, program: Program, root: &Path, kind: RootKind) {
        let old = file.program(&self.db);
        self.set_files(old, |files| files.retain(|other| *other != file));
        let path = self.map.info(file).and_then(|info| info.path.clone());
        let module = match kind {
            RootKind::Project => path.and_then(|path| expected_module(root, &path)),
            RootKind::Loose => None,
        };
        let edition = program.edition(&self.db);
        file.set_program(&mut self.db).to(program);
        file.set_edition(&mut self.db).to(edition);
        file.set_expected_module(&mut self.db).to(module);
        self.set_files(program, |files| files.push(file));
    }

    /// Assigns every file anew after a `spp.toml` came, changed or went.
    pub fn reassign(&mut self) {
        let mut finder = RootFinder::default();
        let files: Vec<(File, PathBuf)> =
            self.map.own_files().filter_map(|(file, info)| Some((file, info.path.clone()?))).collect();
        for (file, path) in files {
            let current = self.map.program(file.program(&self.db)).cloned();
            match finder.find(&path).ok().flatten() {
                Some(root) => {
                    let text = file.text(&self.db).clone();
                    let program = self.project(&root.path, root.config, root.has_config, &text);
                    if program != file.program(&self.db) {
                        self.move_to(file, program, &root.path, RootKind::Project);
                    } else if file.edition(&self.db) != program.edition(&self.db) {
                        let edition = program.edition(&self.db);
                        file.set_edition(&mut self.db).to(edition);
                    }
                }
                None if current.is_some_and(|info| info.root.is_some()) => {
                    let edition = syntax::detect_edition(file.text(&self.db));
                    let program = self.loose(edition);
                    self.move_to(file, program, &path, RootKind::Loose);
                }
                None => {}
            }
        }
        self.retire_programs();
    }

    /// The library's file behind a URI that the server made up for it.
    pub fn add_library_file(&mut self, url: Url, file: File) {
        let path = url.to_file_path().ok();
        self.map().insert(file, FileInfo { url, path, open: false, library: true });
    }

    /// The program of a project folder, known or new.
    fn project(&mut self, root: &Path, config: ProjectConfig, has_config: bool, text: &str) -> Program {
        let edition = config.edition.unwrap_or_else(|| syntax::detect_edition(text));
        let known = self.map.programs.iter().position(|info| info.root.as_deref() == Some(root));
        if let Some(index) = known {
            let program = self.map.programs[index].program;
            if config.edition.is_some() && program.edition(&self.db) != edition {
                program.set_edition(&mut self.db).with_durability(Durability::MEDIUM).to(edition);
            }
            let info = &mut self.map().programs[index];
            info.config = Arc::new(config);
            info.has_config = has_config;
            return program;
        }
        let program = self.new_program(ProgramKind::Project, edition);
        let root = Some(root.to_owned());
        let config = Arc::new(config);
        self.map().programs.push(ProgramInfo { program, root, config, has_config, complete: false });
        program
    }

    fn loose(&mut self, edition: Edition) -> Program {
        let program = self.new_program(ProgramKind::Loose, edition);
        let config = Arc::new(ProjectConfig::default());
        self.map().programs.push(ProgramInfo {
            program,
            root: None,
            config,
            has_config: false,
            complete: true,
        });
        program
    }

    fn new_file(
        &mut self,
        text: Arc<str>,
        edition: Edition,
        program: Program,
        module: Option<Arc<str>>,
        info: &FileInfo,
        durability: Durability,
    ) -> File {
        let display = match &info.path {
            Some(path) => {
                let root = self.map.program(program).and_then(|info| info.root.as_deref());
                let inside = root.and_then(|root| path.strip_prefix(root).ok()).unwrap_or(path);
                inside.display().to_string()
            }
            None => info.url.path().trim_start_matches('/').to_owned(),
        };
        let display: Arc<str> = Arc::from(display);
        if let Some(file) = self.retired_files.pop() {
            let db = &mut self.db;
            file.set_text(db).with_durability(durability).to(text);
            file.set_edition(db).with_durability(Durability::MEDIUM).to(edition);
            file.set_program(db).with_durability(Durability::MEDIUM).to(program);
            file.set_expected_module(db).with_durability(Durability::MEDIUM).to(module);
            file.set_display_name(db).with_durability(Durability::MEDIUM).to(display);
            return file;
        }
        File::builder(text, edition, program, module, display)
            .durability(Durability::MEDIUM)
            .text_durability(durability)
            .new(&self.db)
    }

    fn set_files(&mut self, program: Program, change: impl FnOnce(&mut Vec<File>)) {
        let mut files = program.files(&self.db).to_vec();
        change(&mut files);
        let infos = &self.map.infos;
        files.sort_by(|a, b| {
            let key = |file: &File| infos.get(file).map(|info| info.url.as_str());
            key(a).cmp(&key(b))
        });
        program.set_files(&mut self.db).with_durability(Durability::MEDIUM).to(Arc::from(files));
    }

    fn forget(&mut self, file: File) {
        let program = file.program(&self.db);
        self.set_files(program, |files| files.retain(|other| *other != file));
        file.set_text(&mut self.db).to(Arc::from(""));
        self.map().remove(file);
        self.retired_files.push(file);
        self.retire_programs();
    }

    fn retire_programs(&mut self) {
        let db = &self.db;
        let config = |root: &PathBuf| root.join(crate::workspace::config::FILE_NAME).is_file();
        let empty = self.map.programs.iter().filter(|info| info.program.files(db).is_empty());
        // A project without files is still one (NM10).
        let empty = empty.filter(|info| !(info.has_config && info.root.as_ref().is_some_and(config)));
        let gone: Vec<Program> = empty.map(|info| info.program).collect();
        if !gone.is_empty() {
            self.map().programs.retain(|info| !gone.contains(&info.program));
            self.retired_programs.extend(gone);
        }
    }

    fn new_program(&mut self, kind: ProgramKind, edition: Edition) -> Program {
        let known = self.retired_programs.iter().position(|program| program.kind(&self.db) == kind);
        if let Some(index) = known {
            let program = self.retired_programs.swap_remove(index);
            program.set_edition(&mut self.db).with_durability(Durability::MEDIUM).to(edition);
            return program;
        }
        Program::builder(kind, edition, Arc::from([]))
            .durability(Durability::MEDIUM)
            .kind_durability(Durability::NEVER_CHANGE)
            .new(&self.db)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_of_closed_documents_serve_new_ones() {
        let mut world = World::new();
        let mut files = rustc_hash::FxHashSet::default();
        for index in 0..20 {
            let url = Url::parse(&format!("untitled:Untitled-{index}")).expect("it is one");
            let file = world.open(&url, Arc::from(format!("mod a.b\nfn f{index}() -> Void {{ }}\n")));
            assert!(file.text(&world.db).contains(&format!("f{index}")));
            assert_eq!(&**file.display_name(&world.db), format!("Untitled-{index}"));
            files.insert(file);
            world.close(file);
        }
        assert_eq!(files.len(), 1);
        assert!(world.map.programs.is_empty());
    }
}
