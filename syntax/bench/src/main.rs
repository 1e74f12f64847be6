//! How fast the syntax of S++ is: `cargo run --release` in this directory.
//!
//! Prints lexing in MB/s, parsing against `ra_ap_syntax` on Rust text of equal size in the same run, and the
//! time of a reparse after one character against that of a full parse of the same 2,000 lines.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use syntax::{Edition, Lexer, TextEdit, parse};

const SIZE: usize = 256 << 10;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let spp =
        corpus(&[root.join("hir/std"), root.join("examples"), root.join("syntax/test_data")], "spp", SIZE);
    let rust = corpus(&[root.join("syntax/src"), root.join("hir/src")], "rs", SIZE);
    println!("corpus: {} of S++, {} of Rust", megabytes(spp.len()), megabytes(rust.len()));

    let lexing = best(|| {
        let mut tokens = 0usize;
        for token in Lexer::new(&spp, Edition::E2023) {
            tokens += black_box(token.len) as usize;
        }
        black_box(tokens);
    });
    println!("lex      {:>8.1} MB/s   (goal 300)", rate(spp.len(), lexing));

    // In turn, so that what disturbs one disturbs the other.
    let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..40 {
        ours = ours.min(time(|| {
            black_box(parse(&spp, Edition::E2023));
        }));
        theirs = theirs.min(time(|| {
            black_box(ra_ap_syntax::SourceFile::parse(&rust, ra_ap_syntax::Edition::Edition2024));
        }));
    }
    let lines = spp.lines().count() as f64 / ours.as_secs_f64();
    println!("parse    {:>8.1} MB/s, {:.0} lines/s", rate(spp.len(), ours), lines);
    println!("         {:>8.1} MB/s   ra_ap_syntax on Rust", rate(rust.len(), theirs));
    println!("ratio    {:>8.2}        (goal 2)", rate(spp.len(), ours) / rate(rust.len(), theirs));

    reparse(&spp);
}

/// One character more at places all over a file of 2,000 lines, inside functions.
fn reparse(spp: &str) {
    let end = spp.match_indices('\n').nth(1999).map_or(spp.len(), |it| it.0 + 1);
    // Cut where a declaration ends.
    let end = spp[..end].rfind("\n}\n").map_or(end, |at| at + 3);
    let text = &spp[..end];
    let old = parse(text, Edition::E2023);
    let places: Vec<usize> = text.match_indices(" = ").map(|it| it.0 + 3).collect();
    let mut ratios = Vec::new();
    for at in places.iter().step_by(places.len().div_ceil(40).max(1)) {
        let edit = TextEdit::insert((*at as u32).into(), "x");
        let Some(new_text) = edit.apply(text) else { continue };
        let (mut full, mut incremental) = (Duration::MAX, Duration::MAX);
        for _ in 0..30 {
            full = full.min(time(|| {
                black_box(parse(&new_text, Edition::E2023));
            }));
            for _ in 0..10 {
                incremental = incremental.min(time(|| {
                    black_box(old.reparse(&edit, &new_text));
                }));
            }
        }
        ratios.push((full.as_secs_f64() / incremental.as_secs_f64(), incremental, full));
    }
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some((ratio, incremental, full)) = ratios.get(ratios.len() / 2) else { return };
    println!(
        "reparse  {incremental:?} of {full:?} for {} lines, median of {} places: 1/{ratio:.0}   (goal 1/50)",
        text.lines().count(),
        ratios.len()
    );
}

/// The processor's time rather than the clock's: a busy machine counts less.
fn time(run: impl FnOnce()) -> Duration {
    let begin = ThreadTime::now();
    run();
    begin.elapsed()
}

/// The texts of files with this extension, as many as make up a size, repeated if they are too few.
fn corpus(roots: &[std::path::PathBuf], extension: &str, size: usize) -> String {
    let mut text = String::new();
    let mut folders = roots.to_vec();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if text.len() < size && path.extension().is_some_and(|it| it == extension) {
                text.push_str(&std::fs::read_to_string(&path).unwrap_or_default());
                text.push('\n');
            }
        }
    }
    assert!(!text.is_empty(), "no .{extension} files found");
    let times = size.div_ceil(text.len());
    text.repeat(times)
}

/// The shortest of several runs.
fn best(mut run: impl FnMut()) -> Duration {
    let mut shortest = Duration::MAX;
    let start = Instant::now();
    let mut runs = 0;
    while runs < 5 || start.elapsed() < Duration::from_secs(2) && runs < 200 {
        shortest = shortest.min(time(&mut run));
        runs += 1;
    }
    shortest
}

fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}

fn megabytes(bytes: usize) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
