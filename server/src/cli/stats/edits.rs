//! Typing inside function bodies, and how long the diagnostics of the file take afterwards.

use hir::{Database, File, FuncId};
use std::time::{Duration, Instant};

/// Sorted durations from the change of the text until all diagnostics of the file are there.
pub(super) struct Latency {
    pub count: usize,
    pub files: usize,
    sorted: Vec<Duration>,
    /// Processor time of an edit, sorted as well.
    processor: Vec<Duration>,
}

impl Latency {
    /// The value that `percent` of the edits did not exceed.
    pub fn percentile(&self, percent: usize) -> Duration {
        percentile(&self.sorted, percent)
    }

    /// As [`Latency::percentile`], of the processor time.
    pub fn processor(&self, percent: usize) -> Duration {
        percentile(&self.processor, percent)
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted.get((sorted.len() * percent / 100).min(last)).copied().unwrap_or_default()
}

/// Opens up to `open` files spread over the project and types into their functions in turn: a statement is begun letter
/// by letter and taken back.
pub(super) fn measure(db: &mut Database, files: &[File], count: usize, open: usize) -> Option<Latency> {
    if count == 0 || files.is_empty() {
        return None;
    }
    let step = (files.len() / open).max(1);
    let opened: Vec<File> = files.iter().copied().step_by(step).take(open).collect();
    let texts: Vec<String> = opened.iter().map(|file| file.text(db).to_string()).collect();
    for (&file, text) in opened.iter().zip(&texts) {
        super::set_text(db, file, text);
        hir::file_diagnostics(db, file);
    }
    hir::eviction::evict(db, &opened);
    const TYPED: &str = "let typed = 12\n";
    let (mut sorted, mut processor) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut edit = 0;
    while sorted.len() < count {
        let which = edit % opened.len();
        let (file, text) = (opened[which], &texts[which]);
        let places = bodies(db, file);
        let &at = places.get(edit / opened.len() % places.len().max(1))?;
        for letters in (1..=TYPED.len()).chain([0]) {
            if sorted.len() == count {
                break;
            }
            let changed = format!("{}{}{}", &text[..at], &TYPED[..letters], &text[at..]);
            let (before, started) = (super::processor_time(), Instant::now());
            super::set_text(db, file, &changed);
            hir::file_diagnostics(db, file);
            sorted.push(started.elapsed());
            processor.push(super::processor_time().saturating_sub(before));
        }
        super::set_text(db, file, text);
        hir::file_diagnostics(db, file);
        edit += 1;
    }
    sorted.sort_unstable();
    processor.sort_unstable();
    Some(Latency { count, files: opened.len(), sorted, processor })
}

/// Where the first statement of each body is, in bytes of the file.
fn bodies(db: &Database, file: File) -> Vec<usize> {
    let text = file.text(db);
    let starts = hir::items::functions_of(db, file).filter_map(|func: FuncId| {
        let body = hir::body::body(db, func);
        let start = hir::parse::func_range(db, func).start();
        let root = body.range(body.root?) + start;
        let open = usize::from(root.start());
        text[open..].starts_with("{\n").then_some(open + 2)
    });
    starts.collect()
}
