//! Which files a path means, and which of them form a program together.

use super::config::{ConfigError, FILE_NAME, ProjectConfig};
use ignore::WalkBuilder;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};

/// Folder below a project's root that holds its modules (NM1).
pub const SOURCE_FOLDER: &str = "src";

/// One program to be: a project folder or a loose file.
#[derive(Debug)]
pub struct Root {
    pub kind: RootKind,
    /// The project's folder, or the loose file itself.
    pub path: PathBuf,
    pub config: ProjectConfig,
    /// Every source file of the program, sorted.
    pub files: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RootKind {
    /// A folder with `spp.toml`, or with a `src` folder.
    Project,
    Loose,
}

/// What a set of paths came to.
#[derive(Debug, Default)]
pub struct Discovery {
    pub roots: Vec<Root>,
    /// Files to report on: those the paths name or contain. Other files of a project are analysed with them.
    pub selected: FxHashSet<PathBuf>,
    /// Paths that could not be used, with the reason.
    pub problems: Vec<Problem>,
}

#[derive(Debug)]
pub struct Problem {
    pub path: PathBuf,
    pub message: String,
}

impl Discovery {
    /// Resolves files and folders. A folder is searched recursively for `*.spp`, honouring `.gitignore`; symbolic links
    /// to folders are not followed, so a loop of links ends.
    pub fn of(paths: &[PathBuf]) -> Result<Discovery, ConfigError> {
        let mut discovery = Discovery::default();
        let mut finder = RootFinder::default();
        let mut files_of_root: FxHashMap<PathBuf, FoundRoot> = FxHashMap::default();
        let mut loose = Vec::new();
        for path in paths {
            let metadata = match path.metadata() {
                Ok(metadata) => metadata,
                Err(error) => {
                    discovery.problems.push(Problem { path: path.clone(), message: error.to_string() });
                    continue;
                }
            };
            let found = if metadata.is_dir() {
                sources_below(path, &mut discovery.problems)
            } else {
                vec![path.clone()]
            };
            if found.is_empty() && metadata.is_dir() {
                // A project without sources is still a project: NM10 is reported on it.
                if let Some(root) = finder.find(&path.join(FILE_NAME))?
                    && root.has_config
                {
                    files_of_root.entry(root.path.clone()).or_insert(root);
                }
            }
            for file in found {
                discovery.selected.insert(file.clone());
                match finder.find(&file)? {
                    Some(root) => {
                        files_of_root.entry(root.path.clone()).or_insert(root);
                    }
                    None => loose.push(file),
                }
            }
        }
        for (path, root) in files_of_root {
            let mut files = sources_below(&path, &mut Vec::new());
            // A project inside this one is a program of its own.
            let mut own = Vec::with_capacity(files.len());
            for file in files.drain(..) {
                if finder.find(&file)?.is_some_and(|other| other.path == path) {
                    own.push(file);
                }
            }
            // A file that was named although `.gitignore` hides it belongs to the project all the same.
            let selected: Vec<PathBuf> = discovery.selected.iter().cloned().collect();
            for file in selected {
                if !own.contains(&file) && finder.find(&file)?.is_some_and(|other| other.path == path) {
                    own.push(file);
                }
            }
            own.sort();
            discovery.roots.push(Root { kind: RootKind::Project, path, config: root.config, files: own });
        }
        loose.sort();
        loose.dedup();
        discovery.roots.extend(loose.into_iter().map(|file| Root {
            kind: RootKind::Loose,
            path: file.clone(),
            config: ProjectConfig::default(),
            files: vec![file],
        }));
        discovery.roots.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(discovery)
    }
}

#[derive(Clone, Debug)]
pub struct FoundRoot {
    pub path: PathBuf,
    pub config: ProjectConfig,
    /// There is a `spp.toml`.
    pub has_config: bool,
}

/// Finds the project that a file belongs to; remembers the answer per folder.
#[derive(Default)]
pub struct RootFinder {
    by_folder: FxHashMap<PathBuf, Option<FoundRoot>>,
}

impl RootFinder {
    /// The nearest folder above `file` with `spp.toml`; without one, the folder that holds the nearest `src` above it;
    /// `None` for a loose file.
    pub fn find(&mut self, file: &Path) -> Result<Option<FoundRoot>, ConfigError> {
        let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let Some(folder) = absolute.parent() else { return Ok(None) };
        let given = file.parent().unwrap_or(Path::new(""));
        let found = self.find_absolute(folder)?;
        // Answer in the form the path was given in, so that messages show what the person typed.
        Ok(found.map(|root| FoundRoot { path: as_given(given, folder, &root.path), ..root }))
    }

    fn find_absolute(&mut self, folder: &Path) -> Result<Option<FoundRoot>, ConfigError> {
        if let Some(known) = self.by_folder.get(folder) {
            return Ok(known.clone());
        }
        let mut answer = None;
        for candidate in folder.ancestors() {
            if let Some(config) = ProjectConfig::read(candidate)? {
                answer = Some(FoundRoot { path: candidate.to_owned(), config, has_config: true });
                break;
            }
        }
        if answer.is_none() {
            answer = folder
                .ancestors()
                .find(|candidate| candidate.file_name().is_some_and(|name| name == SOURCE_FOLDER))
                .and_then(Path::parent)
                .map(|root| FoundRoot {
                    path: root.to_owned(),
                    config: ProjectConfig::default(),
                    has_config: false,
                });
        }
        self.by_folder.insert(folder.to_owned(), answer.clone());
        Ok(answer)
    }
}

/// `absolute_root` written relative to how `given` names `absolute`, where that is possible.
fn as_given(given: &Path, absolute: &Path, absolute_root: &Path) -> PathBuf {
    if given.is_absolute() {
        return absolute_root.to_owned();
    }
    let Ok(down) = absolute.strip_prefix(absolute_root) else { return absolute_root.to_owned() };
    let steps = down.components().count();
    let given_parts: Vec<_> =
        given.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect();
    if given_parts.len() >= steps
        && given_parts[given_parts.len() - steps..]
            .iter()
            .all(|part| matches!(part, std::path::Component::Normal(_)))
    {
        given_parts[..given_parts.len() - steps].iter().collect()
    } else {
        absolute_root.to_owned()
    }
}

/// All `*.spp` files below a folder, sorted.
fn sources_below(folder: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let start = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for entry in WalkBuilder::new(start).require_git(false).follow_links(false).build() {
        match entry {
            Ok(entry) => {
                let path = entry.path();
                let is_source = path.extension().is_some_and(|extension| extension == "spp");
                if is_source && path.is_file() {
                    let path = path.strip_prefix("./").unwrap_or(path);
                    files.push(path.to_owned());
                }
            }
            Err(error) => problems.push(Problem { path: folder.to_owned(), message: error.to_string() }),
        }
    }
    files.sort();
    files
}
