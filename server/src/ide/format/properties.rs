//! What holds for every text: formatting twice is formatting once, no token comes, goes or moves, and the tree is as before.

use super::format;
use std::path::{Path, PathBuf};
use syntax::{Edition, NodeOrToken, SyntaxKind, SyntaxNode, parse};

/// Damaged variants of each text.
const VARIANTS: usize = 16;

/// Nodes and tokens in order, without white space.
fn shape(root: &SyntaxNode) -> Vec<(SyntaxKind, String)> {
    root.descendants_with_tokens()
        .filter(|element| element.kind() != SyntaxKind::WHITESPACE)
        .map(|element| match element {
            NodeOrToken::Node(node) => (node.kind(), String::new()),
            NodeOrToken::Token(token) => (token.kind(), token.text().to_owned()),
        })
        .collect()
}

fn check(name: &str, text: &str) {
    let parsed = parse(text, Edition::E2023);
    let once = format(&parsed);
    let again = parse(&once, Edition::E2023);
    let (before, after) = (shape(&parsed.syntax()), shape(&again.syntax()));
    if before != after {
        let at = before.iter().zip(&after).position(|(a, b)| a != b).unwrap_or(before.len().min(after.len()));
        let around = |shape: &[(SyntaxKind, String)]| {
            format!("{:?}", &shape[at.saturating_sub(3)..shape.len().min(at + 4)])
        };
        panic!(
            "{name}: the tree changes\n{}\n{}\n--- from\n{text}\n--- to\n{once}",
            around(&before),
            around(&after)
        );
    }
    let twice = format(&again);
    assert_eq!(twice, once, "{name}: formatting twice changes something");
}

/// Programs of the project: examples, the library, and what stands in its documents.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = Vec::new();
    for folder in ["examples", "hir/std", "docs"] {
        collect(&root.join(folder), &mut paths);
    }
    paths.sort();
    let mut sources = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        if name.ends_with(".spp") {
            sources.push((name, text));
            continue;
        }
        for (index, part) in text.split("```").enumerate().filter(|(index, _)| index % 2 == 1) {
            if let Some(("spp", code)) =
                part.split_once('\n').map(|(info, code)| (info.split(' ').next().unwrap_or(""), code))
            {
                sources.push((format!("{name} fence {index}"), code.to_owned()));
            }
        }
    }
    sources
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|it| it == "spp" || it == "md") {
            paths.push(path);
        }
    }
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn damaged(text: &str, numbers: &mut Numbers) -> String {
    let mut at = |limit: usize| {
        let mut at = numbers.below(limit + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (a, b) = (at(text.len()), at(text.len()));
    let (from, to) = (a.min(b), a.max(b));
    match numbers.below(6) {
        0 => text[..from].to_owned(),
        1 => text[from..].to_owned(),
        2 => {
            let rest: String = text[from..].chars().skip(9).collect();
            format!("{}{rest}", &text[..from])
        }
        3 => format!("{}{}", &text[..from], &text[to..]),
        4 => {
            let piece = ["{", "}", "(", ")", "\"", "\n\n\n", "  ", "# c\n", "😀", ";", "=", "\t", "\r\n"]
                [numbers.below(13)];
            format!("{}{piece}{}", &text[..from], &text[from..])
        }
        _ => text.replace('\n', "\r\n"),
    }
}

#[test]
fn formatting_is_stable_and_keeps_the_tree_of_every_program() {
    let sources = sources();
    assert!(sources.len() > 200, "{}", sources.len());
    for (name, text) in &sources {
        check(name, text);
    }
}

#[test]
fn formatting_is_stable_and_keeps_the_tree_of_damaged_programs() {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for (name, text) in sources().iter().filter(|(_, text)| text.len() < 8000) {
        for variant in 0..VARIANTS {
            let damaged = damaged(text, &mut numbers);
            check(&format!("{name}, variant {variant}"), &damaged);
        }
    }
}
