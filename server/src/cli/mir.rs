//! `spp-analyzer mir FILE::FUNCTION`: the control-flow form of functions.

use super::check::UsageError;
use super::{MirArgs, exit};
use crate::ide::frames::full_name;
use crate::workspace::Workspace;
use crate::workspace::discover::Discovery;
use std::io::{self, Write};
use std::path::PathBuf;

pub(super) fn run(args: &MirArgs) -> u8 {
    match try_run(args) {
        Ok(text) => match io::stdout().lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => exit::USAGE,
            _ => exit::OK,
        },
        Err(UsageError(message)) => {
            eprintln!("spp-analyzer: {message}");
            exit::USAGE
        }
    }
}

fn try_run(args: &MirArgs) -> Result<String, UsageError> {
    let (path, name) = match args.function.rsplit_once("::") {
        Some((path, name)) => (path, Some(name)),
        None => (args.function.as_str(), None),
    };
    let path = PathBuf::from(path);
    let discovery =
        Discovery::of(std::slice::from_ref(&path)).map_err(|error| UsageError(error.to_string()))?;
    if let Some(problem) = discovery.problems.first() {
        return Err(UsageError(format!("{}: {}", problem.path.display(), problem.message)));
    }
    let selected = discovery.selected.clone();
    let workspace = Workspace::load(discovery.roots, args.edition);
    let db = &workspace.db;
    let mut text = String::new();
    for loaded in workspace.programs.iter().flat_map(|program| &program.files) {
        let Ok(file) = loaded.file else { continue };
        if !selected.contains(&loaded.path) {
            continue;
        }
        for func in hir::items::functions_of(db, file) {
            let full = full_name(db, func);
            let wanted = name.is_none_or(|name| {
                full == name || full.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
            });
            if let Some(mir) = hir::mir::mir(db, func).filter(|_| wanted) {
                text.push_str(&format!("{full}\n{}\n", mir.display(db)));
            }
        }
    }
    match name.filter(|_| text.is_empty()) {
        Some(name) => Err(UsageError(format!("there is no function `{name}` in {}", path.display()))),
        None => Ok(text),
    }
}
