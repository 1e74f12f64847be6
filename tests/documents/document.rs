//! Markdown with programs in its fences.

use crate::expectations::Verdict;
use std::fs;
use std::path::{Path, PathBuf};

pub struct Document {
    pub path: PathBuf,
    pub text: String,
    pub programs: Vec<Program>,
}

/// One `spp` fence.
pub struct Program {
    /// The heading above it: `Example`.
    pub heading: String,
    /// Whether it shows the program of the example after the fix.
    pub is_fix: bool,
    pub files: Vec<ProgramFile>,
}

pub struct ProgramFile {
    pub path: String,
    pub text: String,
    /// Line of the document on which the file begins, 1-based.
    pub first_line: usize,
}

impl Document {
    /// All Markdown files below a folder, in order of their paths.
    pub fn read_all(folder: &Path) -> Vec<Document> {
        let mut paths = Vec::new();
        collect(folder, &mut paths);
        paths.sort();
        paths.into_iter().map(Document::read).collect()
    }

    pub fn read(path: PathBuf) -> Document {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut programs = Vec::new();
        let mut heading = String::new();
        let mut lines = text.lines().enumerate();
        while let Some((index, line)) = lines.next() {
            if let Some(title) = line.strip_prefix("## ") {
                heading = title.trim().to_owned();
            }
            let Some(info) = line.strip_prefix("```") else { continue };
            let mut content = Vec::new();
            for (_, line) in lines.by_ref() {
                if line.trim_end() == "```" {
                    break;
                }
                content.push(line);
            }
            if matches!(info.trim(), "spp" | "spp fix") {
                let mut program = Program::parse(&content, index + 2);
                program.heading = heading.clone();
                program.is_fix = info.trim() == "spp fix";
                programs.push(program);
            }
        }
        Document { path, text, programs }
    }

    /// Writes the document anew with the markers of the changed programs as found.
    pub fn rewrite(&self, changes: &[(&Program, &Verdict)]) {
        let mut lines: Vec<String> = self.text.lines().map(str::to_owned).collect();
        for (program, verdict) in changes {
            for (file, file_verdict) in program.files.iter().zip(&verdict.files) {
                for (index, line) in file.text.lines().enumerate() {
                    let code = strip_marker(line);
                    let markers = file_verdict.markers_of_line(index as u32 + 1);
                    lines[file.first_line - 1 + index] = match markers.as_str() {
                        "" => code.to_owned(),
                        markers => format!("{code:<48} #! {markers}"),
                    };
                }
            }
        }
        fs::write(&self.path, lines.join("\n") + "\n")
            .unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
}

impl Program {
    /// Splits at `#@ file` lines.
    fn parse(content: &[&str], first_line: usize) -> Program {
        let mut files: Vec<ProgramFile> = Vec::new();
        for (index, line) in content.iter().enumerate() {
            if let Some(path) = line.trim().strip_prefix("#@ file ") {
                files.push(ProgramFile {
                    path: path.trim().to_owned(),
                    text: String::new(),
                    first_line: first_line + index + 1,
                });
                continue;
            }
            if files.is_empty() {
                files.push(ProgramFile {
                    path: "src/main.spp".to_owned(),
                    text: String::new(),
                    first_line: first_line + index,
                });
            }
            let file = files.last_mut().expect("pushed above");
            file.text.push_str(line);
            file.text.push('\n');
        }
        Program { heading: String::new(), is_fix: false, files }
    }
}

impl ProgramFile {
    pub fn without_markers(&self) -> ProgramFile {
        let text = self.text.lines().flat_map(|line| [strip_marker(line), "\n"]).collect();
        ProgramFile { path: self.path.clone(), text, first_line: self.first_line }
    }
}

impl Program {
    /// The lines that the program prints when it runs: `#> text`.
    pub fn output(&self) -> Vec<&str> {
        self.files
            .iter()
            .flat_map(|file| file.text.lines())
            .filter_map(|line| line.trim_start().strip_prefix("#>"))
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect()
    }
}

/// A line without its marker and the blanks before it.
pub fn strip_marker(line: &str) -> &str {
    line.rfind("#! ").map_or(line, |at| line[..at].trim_end())
}
