//! The pages of the rules among each other: index, table and page agree, and the fix of a page is the one it shows.

use crate::document::{Document, Program, strip_marker};
use hir::diagnostic::TextEdit;
use hir::{Database, Severity};
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

const AREAS: &[(&str, &str)] = &[
    ("LX", "Lexical rules"),
    ("SY", "Syntax"),
    ("NM", "Modules and names"),
    ("TY", "Types and inference"),
    ("GN", "Generics"),
    ("SP", "Super-imposition"),
    ("OV", "Overloads"),
    ("CC", "Calls and conventions"),
    ("OW", "Ownership"),
    ("BR", "Borrows"),
    ("EX", "Exclusivity"),
    ("DR", "Destruction"),
    ("MU", "Mutability"),
    ("RS", "Residual types"),
    ("CF", "Conditionals, loops, contexts"),
    ("CO", "Coroutines"),
    ("CL", "Closures and function types"),
    ("OP", "Operators"),
    ("RC", "Recursion"),
    ("A", "Allocation"),
    ("S", "Placement"),
    ("F", "Frames"),
    ("SH", "Shadow stacks"),
];

fn folder() -> PathBuf {
    crate::root().join("docs/diagnostics")
}

/// A line of `index.tsv`.
struct Row {
    code: String,
    name: String,
    severity: String,
    stage: String,
    title: String,
}

impl Row {
    /// Place of the area and number inside it: the order of index and table.
    fn order(&self) -> (usize, u32) {
        let digits = self.code.find(|c: char| c.is_ascii_digit()).expect("a code has a number");
        let (area, number) = self.code.split_at(digits);
        let area = AREAS.iter().position(|(name, _)| *name == area).expect("a known area");
        (area, number.parse().expect("digits"))
    }

    /// How a page begins.
    fn head(&self) -> String {
        let kind = if self.severity == "none" { " · kind: fact" } else { "" };
        format!(
            "# {} · {}\n<!-- severity: {} · stage: {} · edition: 2023{kind} -->\n",
            self.code, self.name, self.severity, self.stage
        )
    }
}

fn index() -> Vec<Row> {
    let text = fs::read_to_string(folder().join("index.tsv")).expect("the index exists");
    text.lines()
        .skip(1)
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [code, name, severity, stage, title] = columns[..] else { panic!("five columns: {line}") };
            let [code, name, severity, stage, title] =
                [code, name, severity, stage, title].map(str::to_owned);
            Row { code, name, severity, stage, title }
        })
        .collect()
}

#[test]
fn every_page_begins_as_the_index_says_and_every_row_has_a_page() {
    let rows = index();
    let mut files: Vec<String> = fs::read_dir(folder())
        .expect("the folder exists")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("ASCII"))
        .filter_map(|name| name.strip_suffix(".md").map(str::to_owned))
        .filter(|name| name != "README")
        .collect();
    let mut codes: Vec<&str> = rows.iter().map(|row| row.code.as_str()).collect();
    assert!(rows.is_sorted_by_key(Row::order), "the index is in the order of the areas");
    files.sort();
    codes.sort();
    assert_eq!(files, codes);
    for row in &rows {
        let page = fs::read_to_string(folder().join(format!("{}.md", row.code))).expect("compared above");
        let head: String = page.split_inclusive('\n').take(2).collect();
        assert_eq!(head, row.head(), "{}.md", row.code);
    }
}

#[test]
fn names_of_rules_are_unique_and_kebab_case() {
    let mut names: Vec<String> = index().into_iter().map(|row| row.name).collect();
    let is_kebab = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    assert_eq!(names.iter().find(|name| !is_kebab(name)), None);
    names.sort();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn the_table_of_the_manual_is_the_index() {
    let path = folder().join("README.md");
    let old = fs::read_to_string(&path).expect("the table exists");
    let introduction = old.find("\n## ").map_or(old.as_str(), |at| &old[..at]);
    let mut new = introduction.to_owned();
    let mut area = usize::MAX;
    for row in index() {
        let (row_area, _) = row.order();
        if row_area != area {
            area = row_area;
            let _ = write!(
                new,
                "\n## {}\n\n| Code | Name | Severity | What it says |\n| --- | --- | --- | --- |\n",
                AREAS[area].1
            );
        }
        let severity = match (row.severity.as_str(), row.stage.as_str()) {
            ("none", _) => "fact".to_owned(),
            (severity, "run") => format!("{severity} (run time)"),
            (severity, "both") => format!("{severity} (also at run time)"),
            (severity, _) => severity.to_owned(),
        };
        let title = row.title.replace('|', "\\|");
        let _ = writeln!(new, "| [{0}]({0}.md) | `{1}` | {severity} | {title} |", row.code, row.name);
    }
    if std::env::var_os("UPDATE_DOCUMENTS").is_some() {
        fs::write(&path, new).expect("writable");
    } else {
        assert_eq!(old, new, "run this test with UPDATE_DOCUMENTS=1");
    }
}

#[test]
fn the_fix_of_a_page_is_the_one_it_shows() {
    let mut db = Database::new();
    let mut message = String::new();
    for document in Document::read_all(&folder()) {
        let code = document.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        let Some(shown) = document.programs.iter().find(|program| program.is_fix) else { continue };
        let Some(example) = document.programs.iter().find(|program| program.heading == "Example") else {
            panic!("{code}: a fix without an example");
        };
        match fixed(&mut db, example, &code) {
            None => writeln!(message, "{code}: no fix is offered"),
            Some(fixed) if fixed != text_of(shown) => {
                writeln!(message, "{code}: the fix gives\n{fixed}\nbut the page shows\n{}", text_of(shown))
            }
            Some(_) => Ok(()),
        }
        .expect("writing to a string");
    }
    assert!(message.is_empty(), "{message}");
}

/// The example after the first fix of the page's rule; `None` where none is offered.
fn fixed(db: &mut Database, example: &Program, code: &str) -> Option<String> {
    let bare = Program {
        heading: String::new(),
        is_fix: false,
        files: example.files.iter().map(|file| file.without_markers()).collect(),
    };
    let files = crate::load(db, &bare);
    let (index, edits) = files.iter().enumerate().find_map(|(index, file)| {
        let diagnostics = hir::file_diagnostics(db, *file);
        let mut found: Vec<_> = diagnostics.iter().filter(|diagnostic| diagnostic.code == code).collect();
        found.sort_by_key(|diagnostic| std::cmp::Reverse(severity_rank(diagnostic.severity)));
        found.iter().find_map(|diagnostic| Some((index, diagnostic.fixes.first()?.edits.clone())))
    })?;
    let mut text = String::new();
    for (i, file) in bare.files.iter().enumerate() {
        text.push_str(&if i == index { applied(&file.text, &edits) } else { file.text.clone() });
    }
    Some(text)
}

fn severity_rank(severity: Severity) -> u8 {
    match severity {
        Severity::Hint => 0,
        Severity::Warning => 1,
        Severity::Error => 2,
    }
}

fn applied(text: &str, edits: &[TextEdit]) -> String {
    let mut edits: Vec<&TextEdit> = edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start()));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(usize::from(edit.range.start())..usize::from(edit.range.end()), &edit.new_text);
    }
    text
}

fn text_of(program: &Program) -> String {
    program
        .files
        .iter()
        .flat_map(|file| file.text.lines())
        .flat_map(|line| [strip_marker(line), "\n"])
        .collect()
}

#[test]
fn every_page_that_can_be_reported_has_its_sections_and_marks_its_own_code() {
    for row in index().iter().filter(|row| row.severity != "none") {
        let document = Document::read(folder().join(format!("{}.md", row.code)));
        let headings: Vec<&str> = document.text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let mut wanted = vec!["Why", "Example", "Correct"];
        if row.code.starts_with('A') {
            wanted.insert(2, "In generic code");
        }
        let found: Vec<&str> = headings.iter().copied().filter(|heading| wanted.contains(heading)).collect();
        assert_eq!(found, wanted, "{}", row.code);
        if row.stage == "run" {
            continue;
        }
        let example = document.programs.iter().find(|program| program.heading == "Example");
        let own = format!("#! {}", row.code);
        let marked = |text: &str| {
            text.lines().any(|line| {
                line.find(&own)
                    .is_some_and(|at| !line[at + own.len()..].starts_with(|c: char| c.is_ascii_digit()))
            })
        };
        assert!(
            example.is_some_and(|program| program.files.iter().any(|file| marked(&file.text))),
            "{}: the example does not mark the code",
            row.code
        );
    }
}

/// All files of a program with what is reported on them.
fn reported(db: &mut Database, program: &Program) -> Vec<(usize, hir::Diagnostic)> {
    let files = crate::load(db, program);
    let db = &*db;
    let of_file = |(index, file): (usize, &hir::File)| {
        hir::file_diagnostics(db, *file).iter().map(|found| (index, found.clone())).collect::<Vec<_>>()
    };
    files.iter().enumerate().flat_map(of_file).collect()
}

fn without_markers(program: &Program) -> Program {
    let files = program.files.iter().map(|file| file.without_markers()).collect();
    Program { heading: String::new(), is_fix: false, files }
}

#[test]
fn the_example_of_a_rule_with_a_fix_checks_clean_after_it() {
    let mut db = Database::new();
    let mut message = String::new();
    for document in Document::read_all(&folder()) {
        let code = document.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        for section in ["Example", "In generic code"] {
            let Some(example) = document.programs.iter().find(|program| program.heading == section) else {
                continue;
            };
            let mut program = without_markers(example);
            let mut applied_any = false;
            // Other mistakes of the example have no fix.
            let unmendable: Vec<String> = reported(&mut db, &program)
                .iter()
                .filter(|(_, it)| it.fixes.is_empty())
                .map(|(_, it)| it.message.clone())
                .collect();
            // One fix at a time, as a person would.
            for _ in 0..20 {
                let found = reported(&mut db, &program);
                let fix = found
                    .iter()
                    .filter(|(_, it)| it.code == code)
                    .find_map(|(file, it)| Some((*file, it.fixes.first()?)));
                let Some((file, fix)) = fix else { break };
                applied_any = true;
                let text = &mut program.files[file].text;
                *text = applied(text, &fix.edits);
            }
            if !applied_any {
                continue;
            }
            let left: Vec<String> = reported(&mut db, &program)
                .iter()
                .filter(|(_, it)| it.code == code || it.severity == Severity::Error)
                .filter(|(_, it)| !unmendable.contains(&it.message))
                .map(|(_, it)| format!("{}: {}", it.code, it.message))
                .collect();
            if !left.is_empty() {
                let text: String = program.files.iter().map(|file| file.text.as_str()).collect();
                let _ = writeln!(message, "{code}, {section}: {left:#?} is left of\n{text}");
            }
        }
    }
    assert!(message.is_empty(), "{message}");
}

#[test]
fn every_allocation_rule_that_is_checked_is_shown_plainly_in_generic_code_and_beside_a_correct_neighbour() {
    let mut db = Database::new();
    let mut message = String::new();
    let of_allocation = |row: &&Row| {
        let is_rule = row.code.strip_prefix('A').is_some_and(|rest| rest.parse::<u32>().is_ok());
        is_rule && row.severity != "none" && row.stage != "run"
    };
    for row in index().iter().filter(of_allocation) {
        let document = Document::read(folder().join(format!("{}.md", row.code)));
        let section = |heading: &str| document.programs.iter().find(|program| program.heading == heading);
        for heading in ["Example", "In generic code"] {
            let marked = section(heading).is_some_and(|program| {
                reported(&mut db, &without_markers(program)).iter().any(|(_, found)| found.code == row.code)
            });
            if !marked {
                let _ = writeln!(message, "{}: nothing is found in `{heading}`", row.code);
            }
        }
        let generic = section("In generic code").is_some_and(|program| {
            let is_generic = |line: &str| {
                ["fn ", "cls ", "sup", "gn "].iter().any(|word| {
                    line.trim_start().trim_start_matches("@static ").starts_with(word) && line.contains('[')
                })
            };
            program.files.iter().any(|file| file.text.lines().any(is_generic))
        });
        if !generic {
            let _ = writeln!(message, "{}: `In generic code` has no generic parameter", row.code);
        }
        let Some(correct) = section("Correct") else {
            let _ = writeln!(message, "{}: no correct neighbour", row.code);
            continue;
        };
        let wrong = reported(&mut db, correct);
        if wrong.iter().any(|(_, found)| found.code == row.code || found.severity == Severity::Error) {
            let _ = writeln!(message, "{}: `Correct` is not", row.code);
        }
        let offers = section("Example").is_some_and(|program| fixed(&mut db, program, &row.code).is_some());
        if offers != document.programs.iter().any(|program| program.is_fix) {
            let _ = writeln!(message, "{}: a fix is offered and not shown, or the reverse", row.code);
        }
    }
    assert!(message.is_empty(), "{message}");
}

#[test]
fn every_sentence_of_the_allocation_notes_is_shown_by_a_program_that_runs() {
    let mut db = Database::new();
    let document = Document::read(crate::root().join("docs/spec/allocation.md"));
    let (_, table) = document.text.split_once("| The notes say |").expect("the table is there");
    let mut rows = 0;
    for row in table.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let shown = row.split('|').nth(3).unwrap_or_default();
        let names: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
        let mut runs = false;
        for name in names {
            let head = format!("mod src.{name}");
            let of_name = |program: &&Program| {
                program.files.iter().any(|file| file.text.lines().any(|line| line.trim() == head))
            };
            let program = document.programs.iter().find(of_name);
            let program = program.unwrap_or_else(|| panic!("no program is called `{name}`"));
            let has_errors =
                reported(&mut db, program).iter().any(|(_, found)| found.severity == Severity::Error);
            runs |= !has_errors && !program.output().is_empty();
        }
        assert!(runs, "nothing runs for{row}");
        rows += 1;
    }
    assert_eq!(rows, 22, "the notes have so many sentences");
}
