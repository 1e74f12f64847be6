//! Markers against diagnostics.

use crate::document::{Document, Program};
use hir::{Database, File, Severity};
use std::collections::BTreeSet;
use std::fmt::Write;

/// A diagnostic as a marker can name it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Mark {
    /// 1-based line inside the file.
    line: u32,
    code: String,
    severity: Severity,
}

pub struct Verdict {
    pub files: Vec<FileVerdict>,
}

pub struct FileVerdict {
    missing: Vec<Mark>,
    unexpected: Vec<(Mark, String)>,
    found: BTreeSet<Mark>,
    expected: BTreeSet<Mark>,
}

/// Compares what a program's markers expect with what the analysis reports.
pub fn judge(db: &Database, program: &Program, files: &[File]) -> Verdict {
    let files = program
        .files
        .iter()
        .zip(files)
        .map(|(source, file)| {
            let expected = markers(&source.text);
            let mut found = BTreeSet::new();
            let mut unexpected = Vec::new();
            for diagnostic in hir::file_diagnostics(db, *file).iter() {
                let offset = usize::from(diagnostic.range.start()).min(source.text.len());
                let line = source.text.as_bytes()[..offset].iter().filter(|&&byte| byte == b'\n').count();
                let mark = Mark {
                    line: line as u32 + 1,
                    code: diagnostic.code.to_owned(),
                    severity: diagnostic.severity,
                };
                let is_new = found.insert(mark.clone());
                if is_new && mark.severity == Severity::Error && !expected.contains(&mark) {
                    unexpected.push((mark, diagnostic.message.clone()));
                }
            }
            let missing = expected.difference(&found).cloned().collect();
            FileVerdict { missing, unexpected, found, expected }
        })
        .collect();
    Verdict { files }
}

fn markers(text: &str) -> BTreeSet<Mark> {
    let mut marks = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let Some(at) = line.rfind("#! ") else { continue };
        for word in line[at + 3..].split_whitespace() {
            let (code, severity) = match word.strip_suffix("(H)") {
                Some(code) => (code, Severity::Hint),
                None => match word.strip_suffix("(W)") {
                    Some(code) => (code, Severity::Warning),
                    None => (word, Severity::Error),
                },
            };
            marks.insert(Mark { line: index as u32 + 1, code: code.to_owned(), severity });
        }
    }
    marks
}

impl Verdict {
    pub fn holds(&self) -> bool {
        self.files.iter().all(|file| file.missing.is_empty() && file.unexpected.is_empty())
    }

    /// What differs, with places in the document.
    pub fn explain(&self, document: &Document, program: &Program) -> String {
        let mut text = String::new();
        for (source, file) in program.files.iter().zip(&self.files) {
            let place = |mark: &Mark| {
                format!("{}:{}", document.path.display(), source.first_line + mark.line as usize - 1)
            };
            let code = |mark: &Mark| {
                source.text.lines().nth(mark.line as usize - 1).unwrap_or_default().trim().to_owned()
            };
            for mark in &file.missing {
                let _ =
                    writeln!(text, "{}\n    - {} was not reported: {}", place(mark), show(mark), code(mark));
            }
            for (mark, message) in &file.unexpected {
                let _ = writeln!(
                    text,
                    "{}\n    + {} no marker names this: {message}\n      {}",
                    place(mark),
                    show(mark),
                    code(mark)
                );
            }
        }
        text
    }
}

impl FileVerdict {
    /// The markers that make the line right: all errors found, and what was expected and found of lesser severity.
    pub fn markers_of_line(&self, line: u32) -> String {
        let marks: Vec<String> = self
            .found
            .iter()
            .filter(|mark| mark.line == line)
            .filter(|mark| mark.severity == Severity::Error || self.expected.contains(mark))
            .map(show)
            .collect();
        marks.join(" ")
    }
}

fn show(mark: &Mark) -> String {
    let suffix = match mark.severity {
        Severity::Error => "",
        Severity::Warning => "(W)",
        Severity::Hint => "(H)",
    };
    format!("{}{suffix}", mark.code)
}
