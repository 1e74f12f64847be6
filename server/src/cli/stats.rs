//! `spp-analyzer analysis-stats`: time and memory of each phase on a project, and the latency of edits.

use super::exit;
use crate::workspace::discover::Discovery;
use crate::workspace::{Workspace, read_source};
use clap::Args;
use hir::{Database, File};
use rayon::prelude::*;
use salsa::{Durability, Setter};
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

mod edits;
mod memory;

/// Files that `--edits` opens: enough to be no accident, few enough to be what somebody has open.
const EDITED_FILES: usize = 16;

#[derive(Args)]
pub(crate) struct StatsArgs {
    /// Files or folders
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Type N times inside function bodies, and measure until the diagnostics of the file are there
    #[arg(long, value_name = "N", default_value_t = 0)]
    edits: usize,
    /// Threads to use; otherwise one for each processor
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Print what each query and input holds
    #[arg(long)]
    memory: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Does the work of a phase on one file, and answers how many things it made.
type Work = fn(&Database, File) -> usize;

const LOOKING_AT_ONE_FILE: [(&str, &str, Work); 2] = [
    ("parse", "trees", |db, file| {
        hir::parse::parse(db, file);
        1
    }),
    ("item trees", "items", |db, file| {
        let tree = hir::parse::item_tree(db, file);
        tree.funcs.len() + tree.classes.len() + tree.sups.len() + tree.aliases.len()
    }),
];

const BATCHED: [(&str, &str, Work); 8] = [
    ("scopes and signatures", "signatures", |db, file| {
        hir::scope::file_scope(db, file);
        each_function(db, file, |func| {
            let _ = hir::items::signature(db, func);
        })
    }),
    ("rules on declarations", "findings", |db, file| hir::diagnostics::of_items(db, file).len()),
    ("bodies", "bodies", |db, file| {
        each_function(db, file, |func| {
            let _ = hir::body::body(db, func);
        })
    }),
    ("types", "bodies", |db, file| {
        each_function(db, file, |func| {
            let _ = hir::infer::infer(db, func);
        })
    }),
    ("MIR and ownership", "bodies", |db, file| {
        hir::items::functions_of(db, file).filter_map(|func| hir::mir::mir(db, func)).count()
    }),
    ("frames", "frames", |db, file| {
        each_function(db, file, |func| {
            let _ = hir::frame::outline(db, func);
        })
    }),
    ("heap sites", "frames", |db, file| {
        each_function(db, file, |func| {
            let _ = hir::frame::frame(db, func);
        })
    }),
    ("diagnostics", "findings", |db, file| hir::file_diagnostics(db, file).len()),
];

fn each_function(db: &Database, file: File, work: impl Fn(hir::FuncId)) -> usize {
    hir::items::functions_of(db, file).inspect(|func| work(*func)).count()
}

/// What one phase took, on top of those before it.
struct Phase {
    name: &'static str,
    took: Duration,
    /// Processor time of all threads; it depends less on what else the machine does.
    processor: Duration,
    /// Growth of live memory, in bytes.
    grown: i64,
    /// What was made, and how many.
    made: (&'static str, usize),
}

pub(super) fn run(args: &StatsArgs) -> u8 {
    if let Some(threads) = args.threads {
        // Fails only if the pool exists already, and nothing has used it yet.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
    let discovery = match Discovery::of(&args.paths) {
        Ok(discovery) => discovery,
        Err(error) => {
            eprintln!("spp-analyzer: {error}");
            return exit::USAGE;
        }
    };
    for problem in &discovery.problems {
        eprintln!("spp-analyzer: {}: {}", problem.path.display(), problem.message);
    }
    if discovery.roots.is_empty() {
        eprintln!("spp-analyzer: no `.spp` files there");
        return exit::USAGE;
    }
    let mut stats = Stats::load(discovery, args.memory);
    stats.phases();
    runtime::process::release_unused();
    let live = memory::live() - stats.at_start;
    let resident = memory::resident();
    let edits = edits::measure(&mut stats.workspace.db, &stats.files, args.edits, EDITED_FILES);
    let ingredients = if args.memory { memory::ingredients(&mut stats.workspace.db) } else { Vec::new() };
    let report = Report { stats: &stats, live, resident, edits, ingredients };
    if args.json {
        super::print_line(&format!("{:#}", report.json()));
    } else {
        super::print_line(report.text().trim_end());
    }
    // The process ends here; the system takes its memory back sooner than it can be freed block by block.
    std::mem::forget(stats);
    exit::OK
}

struct Stats {
    workspace: Workspace,
    files: Vec<File>,
    lines: usize,
    bytes: usize,
    phases: Vec<Phase>,
    /// Live memory before anything was read, in bytes.
    at_start: i64,
    /// The growth of each phase is measured too.
    with_memory: bool,
}

impl Stats {
    fn load(discovery: Discovery, with_memory: bool) -> Stats {
        // The bundled library is loaded with the database, and analysed in the phase that first asks for it.
        let at_start = memory::live();
        let (started, before) = (Instant::now(), processor_time());
        let mut workspace = Workspace { db: Database::new(), programs: Vec::new() };
        for root in discovery.roots {
            let texts = root.files.par_iter().map(|path| (path.clone(), read_source(path))).collect();
            workspace.add(root, texts, None);
        }
        let (took, processor) = (started.elapsed(), processor_time().saturating_sub(before));
        let loaded = workspace.programs.iter().flat_map(|program| &program.files);
        let files: Vec<File> = loaded.filter_map(|loaded| loaded.file.as_ref().ok().copied()).collect();
        let (lines, bytes) = files.iter().fold((0, 0), |(lines, bytes), file| {
            let text = file.text(&workspace.db);
            (lines + text.lines().count(), bytes + text.len())
        });
        let grown = memory::live() - at_start;
        let phases = vec![Phase { name: "load", took, processor, grown, made: ("files", files.len()) }];
        Stats { workspace, files, lines, bytes, phases, at_start, with_memory }
    }

    /// Runs the phases one after the other, each in parallel over the files: first those that look at one file only,
    /// then the others batch by batch, as a check does it.
    fn phases(&mut self) {
        hir::eviction::expect_files(&mut self.workspace.db, self.files.len());
        let files = std::mem::take(&mut self.files);
        for phase in &LOOKING_AT_ONE_FILE {
            self.phase(phase, &files);
        }
        for batch in files.chunks(hir::eviction::BATCH) {
            for phase in &BATCHED {
                self.phase(phase, batch);
            }
            self.measured("eviction", "batches", |db| {
                hir::eviction::evict(db, &[]);
                1
            });
        }
        self.files = files;
    }

    fn phase(&mut self, (name, what, work): &(&'static str, &'static str, Work), files: &[File]) {
        self.measured(name, what, |db| {
            files.par_iter().map_with(db.clone(), |db, &file| work(db, file)).sum()
        });
    }

    /// Adds what `work` takes to the phase of this name.
    fn measured(
        &mut self,
        name: &'static str,
        what: &'static str,
        work: impl FnOnce(&mut Database) -> usize,
    ) {
        // Asking the allocator takes time of its own, and changes how it goes on.
        let live = self.with_memory.then(memory::live);
        let (started, before) = (Instant::now(), processor_time());
        let count = work(&mut self.workspace.db);
        let (took, processor) = (started.elapsed(), processor_time().saturating_sub(before));
        let grown = live.map_or(0, |live| memory::live() - live);
        let phase = match self.phases.iter_mut().find(|phase| phase.name == name) {
            Some(phase) => phase,
            None => {
                let (took, processor) = (Duration::ZERO, Duration::ZERO);
                self.phases.push(Phase { name, took, processor, grown: 0, made: (what, 0) });
                let last = self.phases.len() - 1;
                &mut self.phases[last]
            }
        };
        phase.took += took;
        phase.processor += processor;
        phase.grown += grown;
        phase.made.1 += count;
    }

    fn total(&self) -> Duration {
        self.phases.iter().map(|phase| phase.took).sum()
    }

    /// Without reading the disk.
    fn analysis(&self) -> Duration {
        self.total() - self.phases[0].took
    }

    fn analysis_processor(&self) -> Duration {
        self.phases[1..].iter().map(|phase| phase.processor).sum()
    }
}

struct Report<'a> {
    stats: &'a Stats,
    live: i64,
    resident: i64,
    edits: Option<edits::Latency>,
    ingredients: Vec<memory::Ingredient>,
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn megabytes(bytes: i64) -> f64 {
    bytes as f64 / 1e6
}

impl Report<'_> {
    fn lines_per_second(&self) -> f64 {
        self.stats.lines as f64 / self.stats.analysis().as_secs_f64().max(1e-9)
    }

    /// Live memory in units of 1024 bytes for each line.
    fn kilobytes_per_line(&self) -> f64 {
        self.live as f64 / 1024.0 / self.stats.lines.max(1) as f64
    }

    fn text(&self) -> String {
        use std::fmt::Write;
        let stats = self.stats;
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{} files, {} lines, {:.1} MB, {} threads",
            stats.files.len(),
            stats.lines,
            stats.bytes as f64 / 1e6,
            rayon::current_num_threads()
        );
        for phase in &stats.phases {
            let (what, count) = phase.made;
            let grown = match stats.with_memory {
                true => format!("{:>9.1} MB", megabytes(phase.grown)),
                false => String::new(),
            };
            let _ = writeln!(
                text,
                "{:<24}{:>9.1} ms{:>9.1} ms processor{grown}  {count} {what}",
                phase.name,
                milliseconds(phase.took),
                milliseconds(phase.processor),
            );
        }
        let _ = writeln!(
            text,
            "{:<24}{:>9.1} ms{:>9.1} ms processor  {:.0} lines/s",
            "analysis",
            milliseconds(stats.analysis()),
            milliseconds(stats.analysis_processor()),
            self.lines_per_second()
        );
        let _ = writeln!(
            text,
            "memory: {:.1} MB live ({:.2} KB a line), {:.1} MB resident, {:.1} MB at most",
            megabytes(self.live),
            self.kilobytes_per_line(),
            megabytes(self.resident),
            megabytes(memory::peak())
        );
        if let Some(edits) = &self.edits {
            let _ = writeln!(
                text,
                "edits: {} in {} files, diagnostics after {:.2} ms (median), {:.2} ms (90 %), {:.2} ms (99 %), \
                 {:.2} ms (longest); processor {:.2} ms (median)",
                edits.count,
                edits.files,
                milliseconds(edits.percentile(50)),
                milliseconds(edits.percentile(90)),
                milliseconds(edits.percentile(99)),
                milliseconds(edits.percentile(100)),
                milliseconds(edits.processor(50))
            );
        }
        for ingredient in &self.ingredients {
            let _ = writeln!(
                text,
                "{:<48}{:>9} values{:>9.2} MB fields{:>9.2} MB metadata",
                ingredient.name,
                ingredient.count,
                megabytes(ingredient.fields as i64),
                megabytes(ingredient.metadata as i64)
            );
        }
        text
    }

    fn json(&self) -> serde_json::Value {
        let stats = self.stats;
        let phases: Vec<_> = stats
            .phases
            .iter()
            .map(|phase| {
                json!({
                    "name": phase.name,
                    "milliseconds": milliseconds(phase.took),
                    "processor_ms": milliseconds(phase.processor),
                    "grown_bytes": phase.grown,
                    "made": phase.made.0,
                    "count": phase.made.1,
                })
            })
            .collect();
        let edits = self.edits.as_ref().map(|edits| {
            json!({
                "count": edits.count,
                "files": edits.files,
                "median_ms": milliseconds(edits.percentile(50)),
                "p90_ms": milliseconds(edits.percentile(90)),
                "p99_ms": milliseconds(edits.percentile(99)),
                "max_ms": milliseconds(edits.percentile(100)),
                "median_processor_ms": milliseconds(edits.processor(50)),
            })
        });
        let ingredients: Vec<_> = self
            .ingredients
            .iter()
            .map(|it| {
                json!({ "name": it.name, "count": it.count, "fields_bytes": it.fields, "metadata_bytes": it.metadata })
            })
            .collect();
        json!({
            "files": stats.files.len(),
            "lines": stats.lines,
            "bytes": stats.bytes,
            "threads": rayon::current_num_threads(),
            "phases": phases,
            "analysis_ms": milliseconds(stats.analysis()),
            "analysis_processor_ms": milliseconds(stats.analysis_processor()),
            "lines_per_second": self.lines_per_second(),
            "live_bytes": self.live,
            "resident_bytes": self.resident,
            "kilobytes_per_line": self.kilobytes_per_line(),
            "peak_bytes": memory::peak(),
            "edits": edits,
            "ingredients": ingredients,
        })
    }
}

/// Processor time of all threads of this process so far; zero where the system does not tell.
fn processor_time() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = tasks.filter_map(|task| {
        let line = fs::read_to_string(task.path().join("schedstat")).ok()?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}

/// An open file: what is typed into most often changes at the lowest durability, as the language server has it.
fn set_text(db: &mut Database, file: File, text: &str) {
    file.set_text(db).with_durability(Durability::LOW).to(text.into());
}
