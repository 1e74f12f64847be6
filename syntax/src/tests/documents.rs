//! The programs of the manual: each is its own text as a tree, every marker LX or SY is reported on its line,
//! and no other error of these rules appears.

use std::path::{Path, PathBuf};

use crate::{Edition, Severity, parse};

/// Files below the root of the repository, by extension.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The fences of a document: the number of their first line and the text of each file in them.
fn programs(document: &str) -> Vec<(usize, String)> {
    let mut programs = Vec::new();
    let mut current: Option<(usize, String)> = None;
    let mut is_spp = false;
    for (i, line) in document.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            match current.take() {
                Some(program) if is_spp => programs.push(program),
                Some(_) => {}
                None => {
                    is_spp = info.split_whitespace().next() == Some("spp");
                    current = Some((i + 2, String::new()));
                }
            }
        } else if let Some((_, text)) = &mut current {
            if line.starts_with("#@ file ") && is_spp {
                let next = (i + 2, String::new());
                let program = current.replace(next);
                programs.extend(program.filter(|(_, text)| !text.trim().is_empty()));
                continue;
            }
            text.push_str(line);
            text.push('\n');
        }
    }
    programs
}

/// The codes LX and SY that a text announces or that are found in it, with severity error, by line.
fn announced(text: &str) -> Vec<(usize, String)> {
    let mut codes: Vec<_> = text
        .lines()
        .enumerate()
        .filter_map(|(i, line)| Some((i + 1, line.rsplit_once("#! ")?.1)))
        .flat_map(|(line, codes)| codes.split_whitespace().map(move |code| (line, code.to_owned())))
        .filter(|(_, code)| is_ours(code) && !code.ends_with("(H)"))
        .collect();
    codes.sort();
    codes
}

/// Rules that also, or only, concern names and types, and are then reported by a later stage.
const BY_MEANING: [&str; 4] = ["LX20", "SY11", "SY13", "SY22"];

fn is_ours(code: &str) -> bool {
    code.starts_with("LX") || code.starts_with("SY")
}

fn found(text: &str) -> Vec<(usize, String)> {
    let parse = parse(text, Edition::E2023);
    assert!(parse.syntax().text() == text, "the tree is the text:\n{text}");
    let mut codes: Vec<_> = parse
        .errors()
        .iter()
        .filter(|error| error.severity == Severity::Error && is_ours(error.code))
        .map(|error| {
            (text[..usize::from(error.range.start())].matches('\n').count() + 1, error.code.to_owned())
        })
        .collect();
    codes.sort();
    codes
}

#[test]
fn the_programs_of_the_manual_have_the_errors_they_announce() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for path in files("docs", "md") {
        let document = std::fs::read_to_string(&path).expect("a document is text");
        for (line, text) in programs(&document) {
            count += 1;
            let found = found(&text);
            let mut announced = announced(&text);
            announced.retain(|it| found.contains(it) || !BY_MEANING.contains(&it.1.as_str()));
            if announced != found {
                wrong.push(format!("{}:{line}: announced {announced:?}, found {found:?}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 100, "only {count} programs");
}

#[test]
fn the_library_and_the_examples_have_no_errors() {
    let mut count = 0;
    for folder in ["hir/std/2023", "examples", "syntax/test_data/programs"] {
        for path in files(folder, "spp") {
            let text = std::fs::read_to_string(&path).expect("a program is text");
            assert_eq!(found(&text), announced(&text), "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 20, "only {count} files");
}
