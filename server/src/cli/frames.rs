//! `spp-analyzer frames`: for each function where its values live, for how long, and what it does to the heap.

use super::check::UsageError;
use super::{FramesArgs, FramesFormat, exit};
use crate::ide::frames::{self, Frame, Slot};
use crate::workspace::Workspace;
use crate::workspace::discover::Discovery;
use hir::{Db, File};
use serde_json::json;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

/// Columns of a live range.
const BAR: u32 = 24;
/// Longer types are cut.
const MAX_TYPE: usize = 40;

pub(super) fn run(args: &FramesArgs) -> u8 {
    match try_run(args) {
        Ok(code) => code,
        Err(UsageError(message)) => {
            eprintln!("spp-analyzer: {message}");
            exit::USAGE
        }
    }
}

fn try_run(args: &FramesArgs) -> Result<u8, UsageError> {
    let discovery = Discovery::of(&args.paths).map_err(|error| UsageError(error.to_string()))?;
    let mut code = exit::OK;
    for problem in &discovery.problems {
        eprintln!("spp-analyzer: {}: {}", problem.path.display(), problem.message);
        code = exit::USAGE;
    }
    let selected = discovery.selected.clone();
    let workspace = Workspace::load(discovery.roots, args.edition);
    let mut found: Vec<Frame> = Vec::new();
    for loaded in workspace.programs.iter().flat_map(|program| &program.files) {
        if !selected.contains(&loaded.path) {
            continue;
        }
        match loaded.file {
            Ok(file) => found.extend(of_file(&workspace.db, file, args.function.as_deref())),
            Err(_) => {
                eprintln!("spp-analyzer: {}: cannot be read", loaded.path.display());
                code = exit::USAGE;
            }
        }
    }
    if let Some(name) = &args.function
        && found.is_empty()
    {
        return Err(UsageError(format!("there is no function `{name}`")));
    }
    let text = match args.output_format {
        FramesFormat::Json => format!("{:#}\n", json!({ "version": 1, "functions": found })),
        FramesFormat::Full => {
            found.iter().map(|frame| Drawing(frame).to_string()).collect::<Vec<_>>().join("\n")
        }
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(UsageError(format!("standard output: {error}")))
        }
        _ => Ok(code),
    }
}

/// The name may be qualified, or be the function's own.
fn of_file(db: &dyn Db, file: File, name: Option<&str>) -> Vec<Frame> {
    let mut found = frames::of_file(db, file, file.display_name(db));
    if let Some(name) = name {
        found.retain(|frame| {
            frame.function == name
                || frame.function.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
        });
    }
    found
}

/// A frame for people.
struct Drawing<'a>(&'a Frame);

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frame = self.0;
        let size = frame.size.map_or_else(|| "of a size that depends on its types".to_owned(), bytes);
        write!(out, "{}   frame {size}, align {}, ", frame.function, frame.align)?;
        match (frame.depth.bytes, frame.depth.path.as_slice()) {
            (Some(depth), path) => write!(out, "worst-case depth {}{}", bytes64(depth), chain(path))?,
            (None, []) => out.write_str("worst-case depth unknown")?,
            (None, cycle) => write!(out, "worst-case depth unbounded{}", chain(cycle))?,
        }
        out.write_str("\n\n")?;
        self.slots(out)?;
        self.heap(out)?;
        self.drops(out)?;
        self.borrows(out)
    }
}

impl Drawing<'_> {
    fn slots(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frame = self.0;
        let name_width = frame.slots.iter().map(|slot| slot.name.chars().count()).max().unwrap_or(0);
        let types: Vec<String> = frame.slots.iter().map(|slot| shortened(&slot.ty)).collect();
        let type_width = types.iter().map(|ty| ty.chars().count()).max().unwrap_or(0);
        for (slot, ty) in frame.slots.iter().zip(&types) {
            let offset = slot.offset.map_or_else(|| "?".to_owned(), |offset| format!("+{offset}"));
            let size = slot.size.map_or_else(|| "?".to_owned(), bytes);
            let lines = lines(slot.from_line, slot.to_line);
            let end = match slot.state {
                "moved" => " moved out",
                "maybeMoved" => " moved on some paths",
                "dropped" => " dropped",
                _ => "",
            };
            let name = &slot.name;
            writeln!(
                out,
                "{offset:>6}  {name:<name_width$}  {ty:<type_width$}  {size:>8}  {lines:<13}  │{}│{end}",
                bar(frame, slot)
            )?;
        }
        Ok(())
    }

    fn heap(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for site in &self.0.heap_sites {
            let size = site.bytes.as_deref().map_or(String::new(), |bytes| format!("  {bytes} B"));
            let owner = site.owner.as_deref().map_or(String::new(), |owner| format!("  → {owner}"));
            let times = if site.multiplicity == "perIteration" { "  per iteration" } else { "" };
            writeln!(
                text,
                "line {:<4}  {:<8}  {}{size}{owner}{times}",
                site.line, site.operation, site.allocator
            )?;
        }
        section(out, "heap sites", &text)
    }

    fn drops(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for drop in &self.0.drops {
            let line = format!("{}{}", drop.line, if drop.conditional { "?" } else { "" });
            let through =
                drop.allocator.as_deref().map_or(String::new(), |name| format!(" → frees through {name}"));
            writeln!(text, "line {line:<4}  {}{through}", drop.what)?;
        }
        section(out, "drops", &text)
    }

    fn borrows(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for borrow in &self.0.borrows {
            let mark = if borrow.mutable { "&mut " } else { "&" };
            let lines = lines(borrow.from_line, borrow.to_line);
            writeln!(text, "{lines:<9}  {} holds {mark}{}", borrow.from, borrow.to)?;
        }
        section(out, "borrows", &text)
    }
}

/// Title and rows, if there are any.
fn section(out: &mut fmt::Formatter<'_>, title: &str, rows: &str) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    out.write_char('\n')?;
    for (index, row) in rows.lines().enumerate() {
        let title = if index == 0 { title } else { "" };
        writeln!(out, "  {title:<11}  {}", row.trim_end())?;
    }
    Ok(())
}

/// The lines of the function from left to right, filled where the slot holds its value.
fn bar(frame: &Frame, slot: &Slot) -> String {
    let rows = frame.to_line.saturating_sub(frame.from_line) + 1;
    let width = if rows < BAR { BAR / rows * rows } else { BAR };
    let row = |line: u32| line.clamp(frame.from_line, frame.to_line) - frame.from_line;
    let from = row(slot.from_line) * width / rows;
    let to = ((row(slot.to_line) + 1) * width / rows).max(from + 1);
    (0..width).map(|at| if (from..to).contains(&at) { '█' } else { ' ' }).collect()
}

fn chain(path: &[String]) -> String {
    if path.len() < 2 { String::new() } else { format!(" ({})", path.join(" → ")) }
}

fn lines(from: u32, to: u32) -> String {
    if from == to { format!("line {from}") } else { format!("lines {from}–{to}") }
}

fn bytes(count: u32) -> String {
    bytes64(u64::from(count))
}

fn bytes64(count: u64) -> String {
    format!("{count} B")
}

fn shortened(ty: &str) -> String {
    if ty.chars().count() <= MAX_TYPE {
        return ty.to_owned();
    }
    ty.chars().take(MAX_TYPE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_frame_is_drawn_with_live_ranges_heap_sites_and_drops() {
        let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vscode/fixtures/tour.spp"));
        let discovery = Discovery::of(&[path]).expect("the fixture exists");
        let workspace = Workspace::load(discovery.roots, None);
        let file = workspace.programs[0].files[0].file.clone().expect("the fixture is readable");
        let found = of_file(&workspace.db, file, Some("load"));
        let [frame] = found.as_slice() else { panic!("one function is called `load`") };
        let text = Drawing(frame).to_string();
        for part in [
            "tour.load   frame ",
            "worst-case depth ",
            "squares  ",
            "│ moved out",
            "alloc     Pool[Num]  → squares",
            "names → frees through GlobalAlloc[Str]",
            "sum holds &squares",
        ] {
            assert!(
                text.contains(part),
                "{part} is not in
{text}"
            );
        }
        assert!(text.contains("██"), "{text}");
    }
}
