//! All diagnostics of a workspace, with the positions and names that reports need.

use crate::rules::{self, LintLevel};
use crate::workspace::{Loaded, ReadError, Workspace, paths};
use hir::diagnostic::{Applicability, Tag};
use hir::{Database, File, Severity};
use line_index::{LineIndex, TextSize, WideEncoding};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syntax::TextRange;

/// A place in a text. Lines and columns count from 1, columns in Unicode scalar values; `offset` is in bytes from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize)]
pub struct Position {
    pub line: u32,
    pub column: u32,
    pub offset: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Span {
    pub start: Position,
    pub end: Position,
}

/// One diagnostic, ready to be shown.
#[derive(Clone, Debug)]
pub struct Finding {
    pub path: Arc<str>,
    pub code: &'static str,
    pub name: &'static str,
    pub severity: Severity,
    pub message: String,
    /// `None`: about the file as a whole (it cannot be read, or `main` is missing).
    pub span: Option<Span>,
    pub notes: Vec<String>,
    pub related: Vec<RelatedPlace>,
    pub fixes: Vec<Fix>,
    pub tag: Option<Tag>,
}

#[derive(Clone, Debug)]
pub struct RelatedPlace {
    pub path: Arc<str>,
    pub span: Span,
    pub message: String,
    /// The bundled library has no file on disk; its text for drawing.
    pub text: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
pub struct Fix {
    pub title: String,
    pub applicability: Applicability,
    pub edits: Vec<Edit>,
}

#[derive(Clone, Debug)]
pub struct Edit {
    pub path: Arc<str>,
    pub span: Span,
    pub new_text: String,
}

/// The outcome of checking.
#[derive(Debug, Default)]
pub struct Report {
    /// Sorted by path and position.
    pub findings: Vec<Finding>,
    pub files: usize,
    /// Files that could not be read at all.
    pub unreadable: Vec<(PathBuf, String)>,
    /// Text of each file with findings, for drawing.
    pub texts: FxHashMap<Arc<str>, Arc<str>>,
}

impl Report {
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Levels chosen on the command line, in order of writing; later ones win, and a rule's own name wins over `all`.
#[derive(Clone, Debug, Default)]
pub struct LintLevels {
    pub choices: Vec<(String, LintLevel)>,
}

impl LintLevels {
    /// Severity to report `code` with; `None` to stay silent. Errors of the syntax keep at least their own code, but
    /// can be silenced like others.
    pub fn severity(
        &self,
        config: &[(String, LintLevel)],
        code: &str,
        default: Severity,
    ) -> Option<Severity> {
        let find = |choices: &[(String, LintLevel)], wanted: &str| {
            choices.iter().rev().find(|(rule, _)| rule == wanted).map(|(_, level)| *level)
        };
        let level = find(&self.choices, code)
            .or_else(|| find(&self.choices, "all"))
            .or_else(|| find(config, code))
            .or_else(|| find(config, "all"));
        match level {
            None => Some(default),
            Some(level) => level.severity(),
        }
    }
}

/// Checks every selected file of the workspace, in parallel. `progress` is called after each file.
pub fn check(
    workspace: &mut Workspace,
    selected: Option<&FxHashSet<PathBuf>>,
    levels: &LintLevels,
    progress: &(dyn Fn() + Sync),
) -> Report {
    let Workspace { db, programs } = workspace;
    let paths = paths(programs);
    let mut report = Report::default();
    let mut jobs: Vec<(&Loaded, &Path, File)> = Vec::new();
    for program in &*programs {
        for loaded in &program.files {
            if selected.is_some_and(|selected| !selected.contains(&loaded.path)) {
                continue;
            }
            report.files += 1;
            match &loaded.file {
                Ok(file) => jobs.push((program, &loaded.path, *file)),
                Err(ReadError::Unreadable(message)) => {
                    report.unreadable.push((loaded.path.clone(), message.clone()));
                }
                Err(ReadError::NotUtf8 { offset }) => {
                    report.findings.push(not_utf8(&loaded.path, *offset));
                }
            }
        }
        if selected.is_none_or(|_| program.config.edition.is_some())
            && let Some(finding) = missing_main_of(program)
            && let Some(severity) = levels.severity(&program.config.lints, finding.code, finding.severity)
        {
            report.findings.push(Finding { severity, ..finding });
        }
    }
    type OfFile = (Arc<str>, Option<Arc<str>>, Vec<Finding>);
    // Every file asks for the items of all others: one thread would have to make them for all.
    let all: Vec<File> = paths.keys().copied().collect();
    hir::eviction::expect_files(db, all.len());
    all.par_iter().for_each_with(db.clone(), |db, file| {
        hir::parse::item_tree(db, *file);
    });
    let of_file = |db: &Database, (program, path, file): (&Loaded, &Path, File)| -> OfFile {
        let path: Arc<str> = Arc::from(path.display().to_string());
        let findings = file_findings(db, file, &path, &paths, |code, severity| {
            levels.severity(&program.config.lints, code, severity)
        });
        progress();
        let text = (!findings.is_empty()).then(|| file.text(db).clone());
        (path, text, findings)
    };
    for batch in jobs.chunks(hir::eviction::BATCH) {
        let found: Vec<OfFile> = batch.par_iter().map_with(db.clone(), |db, job| of_file(db, *job)).collect();
        for (path, text, findings) in found {
            if let Some(text) = text {
                report.texts.insert(path, text);
            }
            report.findings.extend(findings);
        }
        if jobs.len() > hir::eviction::BATCH {
            hir::eviction::evict(db, &[]);
        }
    }
    report.findings.sort_by(|a, b| {
        (&a.path, a.span.map(|span| span.start), a.span.map(|span| span.end), a.code).cmp(&(
            &b.path,
            b.span.map(|span| span.start),
            b.span.map(|span| span.end),
            b.code,
        ))
    });
    report
}

/// The findings of one file, with severities as `level` decides.
pub fn file_findings(
    db: &Database,
    file: File,
    path: &Arc<str>,
    paths: &FxHashMap<File, &Path>,
    level: impl Fn(&'static str, Severity) -> Option<Severity>,
) -> Vec<Finding> {
    let diagnostics = hir::file_diagnostics(db, file);
    if diagnostics.is_empty() {
        return Vec::new();
    }
    let lines = Lines::new(file.text(db));
    diagnostics
        .iter()
        .filter_map(|diagnostic| {
            let severity = level(diagnostic.code, diagnostic.severity)?;
            let span = |range| lines.span(range);
            let related = diagnostic
                .related
                .iter()
                .map(|related| match related.file {
                    Some(other) if other != file => {
                        let text = other.text(db);
                        let other_path: Arc<str> = match paths.get(&other) {
                            Some(path) => Arc::from(path.display().to_string()),
                            None => other.display_name(db).clone(),
                        };
                        RelatedPlace {
                            path: other_path,
                            span: Lines::new(text).span(related.range),
                            message: related.message.clone(),
                            text: Some(text.clone()),
                        }
                    }
                    _ => RelatedPlace {
                        path: path.clone(),
                        span: span(related.range),
                        message: related.message.clone(),
                        text: None,
                    },
                })
                .collect();
            let fixes = diagnostic
                .fixes
                .iter()
                .map(|fix| Fix {
                    title: fix.title.clone(),
                    applicability: fix.applicability,
                    edits: fix
                        .edits
                        .iter()
                        .map(|edit| Edit {
                            path: path.clone(),
                            span: span(edit.range),
                            new_text: edit.new_text.clone(),
                        })
                        .collect(),
                })
                .collect();
            Some(Finding {
                path: path.clone(),
                code: diagnostic.code,
                name: rules::find(diagnostic.code).map_or("", |rule| rule.name),
                severity,
                message: diagnostic.message.clone(),
                span: Some(span(diagnostic.range)),
                notes: diagnostic.notes.clone(),
                related,
                fixes,
                tag: diagnostic.tag,
            })
        })
        .collect()
}

/// Byte offsets to lines and columns of one text.
pub struct Lines {
    index: LineIndex,
    bytes: u32,
}

impl Lines {
    pub fn new(text: &str) -> Lines {
        Lines { index: LineIndex::new(text), bytes: text.len() as u32 }
    }

    pub fn position(&self, offset: u32) -> Position {
        let mut at = offset.min(self.bytes);
        loop {
            // An offset inside a character counts as its start.
            if let Some(narrow) = self.index.try_line_col(TextSize::from(at)) {
                let column =
                    self.index.to_wide(WideEncoding::Utf32, narrow).map_or(narrow.col, |wide| wide.col);
                return Position { line: narrow.line + 1, column: column + 1, offset };
            }
            at = at.saturating_sub(1);
        }
    }

    pub fn span(&self, range: TextRange) -> Span {
        Span { start: self.position(range.start().into()), end: self.position(range.end().into()) }
    }
}

/// LX1 for a file that is no text; it has no place in the file.
pub fn not_utf8(path: &Path, offset: usize) -> Finding {
    Finding {
        path: Arc::from(path.display().to_string()),
        code: "LX1",
        name: rules::find("LX1").map_or("", |rule| rule.name),
        severity: Severity::Error,
        message: format!("this file is not UTF-8: the byte at offset {offset} begins no character"),
        span: None,
        notes: vec!["a source file is UTF-8 text; save it in that encoding".to_owned()],
        related: Vec::new(),
        fixes: Vec::new(),
        tag: None,
    }
}

fn missing_main_of(program: &Loaded) -> Option<Finding> {
    program.config.edition?;
    let main = main_file(&program.root);
    let missing = program.files.iter().all(|loaded| loaded.path != main);
    missing.then(|| missing_main(&program.root))
}

/// Where a project's program starts.
pub fn main_file(root: &Path) -> PathBuf {
    root.join("src").join("main.spp")
}

/// NM10 for a project without `src/main.spp` (reference 8.4.11): one diagnostic without a range, on `spp.toml`.
pub fn missing_main(root: &Path) -> Finding {
    let config = root.join(crate::workspace::config::FILE_NAME);
    Finding {
        path: Arc::from(config.display().to_string()),
        code: "NM10",
        name: rules::find("NM10").map_or("", |rule| rule.name),
        severity: Severity::Error,
        message: "this project has no `src/main.spp`".to_owned(),
        span: None,
        notes: vec!["a program starts in `fn main() -> Void` of `src/main.spp`".to_owned()],
        related: Vec::new(),
        fixes: Vec::new(),
        tag: None,
    }
}
