//! Renames and refactorings on the examples: afterwards a program has the findings it had, and prints what it printed.

use crate::ide::actions::{self, ActionKind};
use crate::ide::rename::{self, FileEdit};
use crate::ide::uses::{self, Role};
use eval::{Host, Limits, Options, Outcome};
use hir::{Database, File, Program, ProgramKind, Severity};
use salsa::Setter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use syntax::{Edition, TextRange, TextSize};

/// Renames, and applied refactorings, of one example.
const SAMPLES: usize = 16;

/// Places of one example at which refactorings are asked for.
const PLACES: usize = 160;

struct Example {
    name: String,
    db: Database,
    program: Program,
    texts: Vec<(File, Arc<str>)>,
}

/// What a program is worth: its findings, how it ended, what it printed.
#[derive(PartialEq, Eq, Debug)]
struct Worth {
    findings: Vec<String>,
    outcome: Outcome,
    printed: String,
}

#[derive(Default)]
struct Printed(String);

impl Host for Printed {
    fn print(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn interrupted(&mut self) -> bool {
        false
    }
}

impl Example {
    fn worth(&self) -> Worth {
        let mut findings = Vec::new();
        for (file, _) in &self.texts {
            let found = hir::file_diagnostics(&self.db, *file);
            let shown = found.iter().filter(|found| found.severity >= Severity::Warning);
            findings.extend(shown.map(|found| format!("{} {}", found.code, found.message)));
        }
        let errors = findings.iter().any(|found| !found.is_empty());
        let mut printed = Printed::default();
        let limits = Limits { max_steps: 5_000_000, ..Limits::default() };
        let options = Options { limits, ..Options::default() };
        let outcome = match errors {
            true => Outcome::NotRun,
            false => eval::evaluate(&self.db, self.program, &options, &mut printed).outcome,
        };
        Worth { findings, outcome, printed: printed.0 }
    }

    fn set(&mut self, file: File, text: Arc<str>) {
        file.set_text(&mut self.db).to(text);
    }

    /// What the program is worth with these edits; it is as before afterwards.
    fn worth_after(&mut self, edits: &[FileEdit]) -> (Worth, String) {
        let mut changed = String::new();
        for edit in edits {
            let mut text = edit.file.text(&self.db).to_string();
            for (range, new) in edit.edits.iter().rev() {
                text.replace_range(std::ops::Range::<usize>::from(*range), new);
            }
            changed.push_str(&text);
            self.set(edit.file, Arc::from(text));
        }
        let worth = self.worth();
        for (file, text) in self.texts.clone() {
            if edits.iter().any(|edit| edit.file == file) {
                self.set(file, text);
            }
        }
        (worth, changed)
    }
}

fn examples() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let load = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let sources = if path.is_dir() { sources(&path) } else { vec![path.clone()] };
        let kind = if path.is_dir() { ProgramKind::Project } else { ProgramKind::Loose };
        let mut db = Database::new();
        let program = Program::new(&db, kind, Edition::E2023, Arc::from([]));
        let mut texts = Vec::new();
        for source in sources {
            let text: Arc<str> = Arc::from(std::fs::read_to_string(&source).unwrap());
            let module = crate::workspace::expected_module(&path, &source);
            let shown = Arc::from(source.display().to_string());
            texts.push((File::new(&db, text.clone(), Edition::E2023, program, module, shown), text));
        }
        let files: Vec<File> = texts.iter().map(|(file, _)| *file).collect();
        program.set_files(&mut db).to(Arc::from(files));
        Example { name, db, program, texts }
    };
    paths
        .into_iter()
        .filter(|path| path.is_dir() || path.extension().is_some_and(|it| it == "spp"))
        .map(load)
        .collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "spp") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// About as many of them, spread evenly, the same every time.
fn sample<T: Clone>(all: &[T], wanted: usize) -> Vec<T> {
    let step = all.len().div_ceil(wanted).max(1);
    all.iter().step_by(step).cloned().collect()
}

#[test]
fn renaming_any_symbol_of_an_example_changes_nothing_but_its_name() {
    let mut renamed = 0;
    for mut example in examples() {
        let before = example.worth();
        assert_eq!(before.findings, Vec::<String>::new(), "{}", example.name);
        let mut places = Vec::new();
        for (file, _) in &example.texts {
            let uses = uses::uses(&example.db, *file);
            let declared = uses.into_iter().filter(|it| it.role == Role::Declaration);
            places.extend(declared.map(|it| (*file, it.range)));
        }
        places.retain(|(file, range)| rename::prepare(&example.db, *file, range.start()).is_ok());
        for (file, range) in sample(&places, SAMPLES) {
            let old = file.text(&example.db)[range].to_owned();
            let new = match old.starts_with(|c: char| c.is_ascii_uppercase()) {
                true => format!("{old}Renamed"),
                false => format!("{old}_renamed"),
            };
            // `main` is where a program starts.
            if old == "main" {
                continue;
            }
            let edits = match rename::rename(&example.db, file, range.start(), &new) {
                Ok(edits) => edits,
                Err(reason) => panic!("{}: `{old}` cannot be renamed: {reason}", example.name),
            };
            let (after, text) = example.worth_after(&edits);
            assert_eq!(after, before, "{}: `{old}` to `{new}`\n{text}", example.name);
            renamed += 1;
        }
    }
    assert!(renamed > 100, "{renamed}");
}

/// Ranges at which a person may ask for a refactoring: every node that is not a whole item, empty at its start and whole.
fn places(example: &Example) -> Vec<(File, TextRange)> {
    let mut places = Vec::new();
    for (file, _) in &example.texts {
        let root = hir::parse::parse(&example.db, *file).syntax();
        for node in root.descendants() {
            let range = crate::ide::folding::without_trivia(&node);
            places.push((*file, TextRange::empty(range.start())));
            if range.len() < TextSize::new(200) {
                places.push((*file, range));
            }
        }
    }
    places.dedup();
    places
}

#[test]
fn what_is_offered_on_an_example_keeps_what_it_does() {
    let mut applied = 0;
    let mut failures = Vec::new();
    for mut example in examples() {
        let before = example.worth();
        let mut found: Vec<(String, Vec<FileEdit>)> = Vec::new();
        for (file, range) in sample(&places(&example), PLACES) {
            let diagnostics = hir::file_diagnostics(&example.db, file).to_vec();
            for action in actions::actions(&example.db, file, range, &diagnostics) {
                let on_file = matches!(action.kind, ActionKind::OrganizeImports | ActionKind::FixAll);
                if !found.iter().any(|(_, edits)| *edits == action.edits) {
                    let at = if on_file { String::new() } else { file.text(&example.db)[range].to_owned() };
                    found.push((format!("{} at `{at}`", action.title), action.edits));
                }
            }
        }
        for (what, edits) in sample(&found, SAMPLES) {
            let (after, text) = example.worth_after(&edits);
            if after != before {
                failures.push(format!("{}: {what}\n{after:?}\n{text}", example.name));
            }
            applied += 1;
        }
    }
    assert!(failures.is_empty(), "{} of {applied}\n{}", failures.len(), failures.join("\n\n"));
    assert!(applied > 100, "{applied}");
}
