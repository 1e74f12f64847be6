//! `check --fix`: applies safe fixes and checks again, until nothing changes.

use crate::check::{self, Finding, LintLevels, Report};
use crate::workspace::Workspace;
use hir::diagnostic::Applicability;
use rustc_hash::{FxHashMap, FxHashSet};
use salsa::Setter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

/// A fix can make room for another; this many rounds are tried.
const MAX_ROUNDS: usize = 10;

/// Applies safe fixes to the files on disk and in the workspace; `report` becomes the report of what is left.
/// Answers the number of fixes applied.
pub(super) fn apply(
    workspace: &mut Workspace,
    report: &mut Report,
    selected: &FxHashSet<PathBuf>,
    levels: &LintLevels,
) -> io::Result<usize> {
    let mut applied = 0;
    let mut changed: FxHashMap<Arc<str>, String> = FxHashMap::default();
    for _ in 0..MAX_ROUNDS {
        let round = plan(&report.findings);
        if round.is_empty() {
            break;
        }
        for (path, edits) in round {
            let Some(file) = workspace
                .programs
                .iter()
                .flat_map(|program| &program.files)
                .find(|loaded| loaded.path == Path::new(&*path))
                .and_then(|loaded| loaded.file.clone().ok())
            else {
                continue;
            };
            let mut text = file.text(&workspace.db).to_string();
            for edit in edits.iter().rev() {
                text.replace_range(edit.start..edit.end, &edit.new_text);
                applied += usize::from(edit.first_of_fix);
            }
            file.set_text(&mut workspace.db).to(Arc::from(text.as_str()));
            changed.insert(path, text);
        }
        *report = check::check(workspace, Some(selected), levels, &|| ());
    }
    for (path, text) in changed {
        fs::write(Path::new(&*path), text)?;
    }
    Ok(applied)
}

struct Replacement {
    start: usize,
    end: usize,
    new_text: String,
    first_of_fix: bool,
}

/// The edits of one round, by file, sorted and free of overlaps: a fix that touches another's range waits.
fn plan(findings: &[Finding]) -> Vec<(Arc<str>, Vec<Replacement>)> {
    let mut by_file: FxHashMap<Arc<str>, Vec<Replacement>> = FxHashMap::default();
    for finding in findings {
        let Some(fix) = finding.fixes.iter().find(|fix| fix.applicability == Applicability::Safe) else {
            continue;
        };
        let free = fix.edits.iter().all(|edit| {
            let (start, end) = (edit.span.start.offset as usize, edit.span.end.offset as usize);
            by_file
                .get(&edit.path)
                .is_none_or(|taken| taken.iter().all(|other| end < other.start || other.end < start))
        });
        if !free {
            continue;
        }
        for (index, edit) in fix.edits.iter().enumerate() {
            by_file.entry(edit.path.clone()).or_default().push(Replacement {
                start: edit.span.start.offset as usize,
                end: edit.span.end.offset as usize,
                new_text: edit.new_text.clone(),
                first_of_fix: index == 0,
            });
        }
    }
    by_file
        .into_iter()
        .map(|(path, mut edits)| {
            edits.sort_by_key(|edit| (edit.start, edit.end));
            (path, edits)
        })
        .collect()
}
