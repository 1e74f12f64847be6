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
/// Columns of a drawing, as far as names allow.
const WIDTH: usize = 110;
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
            let mut text = String::new();
            let mut path = "";
            for frame in &found {
                if frame.path != path {
                    path = &frame.path;
                    let rule = "─".repeat(WIDTH.saturating_sub(path.chars().count() + 4));
                    let gap = if text.is_empty() { "" } else { "\n" };
                    let _ = writeln!(text, "{gap}── {path} {rule}");
                }
                let _ = write!(text, "\n{}", Drawing { frame, temporaries: args.temporaries });
            }
            text
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
struct Drawing<'a> {
    frame: &'a Frame,
    /// Temporaries in rows of their own, also those that are moved on at once.
    temporaries: bool,
}

/// One line of the drawing: a slot, or the temporaries that are moved on put together.
struct Row {
    offset: String,
    name: String,
    ty: String,
    size: String,
    lines: String,
    bar: String,
    end: String,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frame = self.frame;
        let size = frame.size.map_or_else(|| "of a size that depends on its types".to_owned(), bytes);
        let mut head = format!("{}   frame {size}, align {}, worst-case depth ", frame.function, frame.align);
        let mut notes = String::new();
        match (frame.depth.bytes, frame.depth.path.as_slice(), &frame.depth.because) {
            (Some(depth), path, _) => {
                head.push_str(&bytes64(depth));
                let way = path.join(" → ");
                if path.len() > 1 && head.chars().count() + way.chars().count() + 3 <= WIDTH {
                    write!(head, " ({way})")?;
                } else if path.len() > 1 {
                    writeln!(notes, "deepest      {way}")?;
                }
            }
            (None, _, Some(because)) => {
                head.push_str("unknown");
                writeln!(notes, "unknown      {because}")?;
            }
            (None, cycle, None) => write!(head, "unbounded ({})", cycle.join(" → "))?,
        }
        match frame.depth.cycle.as_slice() {
            [] => {}
            [only] => writeln!(notes, "recursion    each call of {only} takes over this frame (F9)")?,
            [own, rest @ ..] => {
                writeln!(notes, "recursion    {own} shares one frame with {} (F13)", rest.join(", "))?;
            }
        }
        if let Some(of) = &frame.deepest_use {
            let (size, depth) = (bytes(of.frame), bytes64(of.depth));
            writeln!(notes, "from main    frame {size}, depth {depth} with {}", of.instance)?;
        }
        writeln!(out, "{head}")?;
        for note in notes.lines() {
            writeln!(out, "  {note}")?;
        }
        out.write_char('\n')?;
        self.slots(out)?;
        self.heap(out)?;
        self.drops(out)?;
        self.borrows(out)
    }
}

impl Drawing<'_> {
    fn slots(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows();
        let width = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
        let (names, types, sizes) = (width(|row| &row.name), width(|row| &row.ty), width(|row| &row.size));
        let lines = width(|row| &row.lines);
        for Row { offset, name, ty, size, lines: at, bar, end } in &rows {
            writeln!(
                out,
                "{offset:>6}  {name:<names$}  {ty:<types$}  {size:>sizes$}  {at:<lines$}  │{bar}│{end}",
            )?;
        }
        Ok(())
    }

    fn rows(&self) -> Vec<Row> {
        let frame = self.frame;
        // What is moved on within its statement only clutters.
        let is_plain = |slot: &&Slot| {
            slot.name == frames::TEMPORARY
                && !matches!(slot.state, "dropped" | "maybeMoved")
                && !self.temporaries
        };
        let (plain, shown): (Vec<&Slot>, Vec<&Slot>) = frame.slots.iter().partition(is_plain);
        let mut rows: Vec<Row> = shown.iter().map(|slot| self.row(slot)).collect();
        if !plain.is_empty() {
            rows.push(self.temporaries_row(&plain));
        }
        rows
    }

    fn row(&self, slot: &Slot) -> Row {
        let end = match slot.state {
            "moved" if slot.name == "(result)" => " moved out to the caller".to_owned(),
            "moved" => format!(" moved out, line {}", slot.to_line),
            "maybeMoved" => " moved on some paths, else dropped".to_owned(),
            "dropped" => " dropped".to_owned(),
            _ => String::new(),
        };
        let mark = match slot.state {
            "moved" => '▶',
            "maybeMoved" => '▷',
            _ => '█',
        };
        Row {
            offset: slot.offset.map_or_else(|| "?".to_owned(), |offset| format!("+{offset}")),
            name: slot.name.clone(),
            ty: shortened(&slot.ty),
            size: slot.size.map_or_else(|| "?".to_owned(), bytes),
            lines: lines(slot.from_line, slot.to_line),
            bar: bar(self.frame, &[(slot.from_line, slot.to_line)], '█', mark),
            end,
        }
    }

    fn temporaries_row(&self, slots: &[&Slot]) -> Row {
        let from = slots.iter().map(|slot| slot.from_line).min().unwrap_or(0);
        let to = slots.iter().map(|slot| slot.to_line).max().unwrap_or(0);
        let ranges: Vec<(u32, u32)> = slots.iter().map(|slot| (slot.from_line, slot.to_line)).collect();
        let first = slots.iter().filter_map(|slot| slot.offset).min();
        let end = slots.iter().filter_map(|slot| Some(slot.offset? + slot.size?)).max();
        let room = first.zip(end).map(|(first, end)| bytes(end - first));
        let values = if slots.len() == 1 { "value" } else { "values" };
        Row {
            offset: first.map_or_else(|| "?".to_owned(), |offset| format!("+{offset}")),
            name: "(temps)".to_owned(),
            ty: format!("{} {values}", slots.len()),
            size: room.unwrap_or_else(|| "?".to_owned()),
            lines: lines(from, to),
            bar: bar(self.frame, &ranges, '▪', '▪'),
            end: String::new(),
        }
    }

    fn heap(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = Merged::default();
        for site in &self.frame.heap_sites {
            let size = site.bytes.as_deref().map_or(String::new(), |bytes| format!("  {bytes} B"));
            let owner = site.owner.as_deref().map_or(String::new(), |owner| format!("  → {owner}"));
            let times = if site.multiplicity == "perIteration" { "  per iteration" } else { "" };
            let way: Vec<&str> = site.why.split(" → ").collect();
            let why = if way.len() > 2 { format!("  by {}", reason(&way)) } else { String::new() };
            let text = format!("{:<8}  {}{size}{owner}{times}{why}", site.operation, site.allocator);
            rows.add(format!("line {:<4}", site.line), text);
        }
        section(out, "heap sites", &rows)
    }

    fn drops(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<(u32, String, String)> = Vec::new();
        for drop in &self.frame.drops {
            let line =
                format!("line {:<4}", format!("{}{}", drop.line, if drop.conditional { "?" } else { "" }));
            let what = if drop.what == frames::TEMPORARY {
                format!("temporary {}", shortened(&drop.ty))
            } else {
                drop.what.clone()
            };
            let through =
                drop.allocator.as_deref().map_or(String::new(), |name| format!(" → frees through {name}"));
            let del = if drop.runs_del { ", runs del" } else { "" };
            let mut when = Vec::new();
            if drop.conditional {
                when.push("if it is still there");
            }
            match drop.reason {
                "earlyExit" => when.push("when left here"),
                "overwrite" => when.push("overwritten"),
                "tailCall" => when.push("before the call takes over the frame"),
                "abandoned" => when.push("with its generator"),
                _ => {}
            }
            let when = if when.is_empty() { String::new() } else { format!("  ({})", when.join(", ")) };
            rows.push((drop.line, line, format!("{what}{through}{del}{when}")));
        }
        // What leaves is not dropped: the other half of the answer.
        for slot in &self.frame.slots {
            let is_variable = slot.name != frames::TEMPORARY && slot.name != "(result)";
            if is_variable && slot.state == "moved" && !slot.owns_heap.is_empty() {
                let text = format!("{} is moved out, not dropped", slot.name);
                rows.push((slot.to_line, format!("line {:<4}", slot.to_line), text));
            }
        }
        rows.sort_by_key(|(line, ..)| *line);
        let mut merged = Merged::default();
        rows.into_iter().for_each(|(_, line, text)| merged.add(line, text));
        section(out, "drops", &merged)
    }

    fn borrows(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<(Vec<String>, String)> = Vec::new();
        for borrow in &self.frame.borrows {
            let mark = if borrow.mutable { "&mut " } else { "&" };
            let text = format!("{} holds {mark}{}", borrow.from, borrow.to);
            let at = if borrow.from_line == borrow.to_line {
                borrow.from_line.to_string()
            } else {
                format!("{}–{}", borrow.from_line, borrow.to_line)
            };
            match rows.iter_mut().find(|(_, known)| *known == text) {
                Some((lines, _)) if !lines.contains(&at) => lines.push(at),
                Some(_) => {}
                None => rows.push((vec![at], text)),
            }
        }
        let mut merged = Merged::default();
        for (lines, text) in rows {
            let word = if lines.len() == 1 && !lines[0].contains('–') { "line" } else { "lines" };
            merged.add(format!("{word} {}", lines.join(", ")), text);
        }
        section(out, "borrows", &merged)
    }
}

/// Rows of a section; the same row again is counted.
#[derive(Default)]
struct Merged(Vec<(String, String, u32)>);

impl Merged {
    fn add(&mut self, at: String, text: String) {
        match self.0.iter_mut().find(|(known, row, _)| *known == at && *row == text) {
            Some((_, _, count)) => *count += 1,
            None => self.0.push((at, text, 1)),
        }
    }
}

/// Title and rows, if there are any.
fn section(out: &mut fmt::Formatter<'_>, title: &str, rows: &Merged) -> fmt::Result {
    if rows.0.is_empty() {
        return Ok(());
    }
    out.write_char('\n')?;
    let width = rows.0.iter().map(|(at, ..)| at.chars().count()).max().unwrap_or(0);
    for (index, (at, text, count)) in rows.0.iter().enumerate() {
        let title = if index == 0 { title } else { "" };
        let times = if *count > 1 { format!("  × {count}") } else { String::new() };
        writeln!(out, "  {title:<11}  {at:<width$}  {text}{times}")?;
    }
    Ok(())
}

/// `Vec.push → Vec.grow → A.realloc with A = Pool[Num] (S6)`
fn reason(way: &[&str]) -> String {
    let mut text = String::new();
    for part in way {
        let is_rule =
            part.len() <= 4 && part.starts_with(|c: char| c.is_ascii_uppercase()) && !part.contains('.');
        if is_rule {
            text.push_str(&format!(" ({part})"));
        } else if part.starts_with("with ") {
            text.push_str(&format!(" {}", part.replace('`', "")));
        } else {
            text.push_str(if text.is_empty() { "" } else { " → " });
            text.push_str(part);
        }
    }
    text
}

/// The lines of the function from left to right, filled where a slot holds its value; `last` ends it.
fn bar(frame: &Frame, ranges: &[(u32, u32)], fill: char, last: char) -> String {
    let rows = frame.to_line.saturating_sub(frame.from_line) + 1;
    let width = if rows < BAR { BAR / rows * rows } else { BAR };
    let row = |line: u32| line.clamp(frame.from_line, frame.to_line) - frame.from_line;
    let mut cells = vec![' '; width as usize];
    for (from, to) in ranges {
        let from = row(*from) * width / rows;
        let to = ((row(*to) + 1) * width / rows).clamp(from + 1, width.max(from + 1));
        for at in from..to {
            if let Some(cell) = cells.get_mut(at as usize) {
                *cell = if at + 1 == to { last } else { fill };
            }
        }
    }
    cells.into_iter().collect()
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
        let text = Drawing { frame, temporaries: false }.to_string();
        for part in [
            "tour.load   frame ",
            "worst-case depth ",
            "squares  ",
            " moved out, line ",
            "▶│ moved out to the caller",
            "squares is moved out, not dropped",
            "  (when left here)",
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
