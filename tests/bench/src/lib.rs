//! Large projects without errors, the same on every machine: what the figures of `docs/performance.md` are taken on.
//!
//! Each unit is a file of classes, `sup` blocks, generics with an allocator parameter, collections, coroutines,
//! closures and patterns, and uses the unit before it. The pieces stand in `templates/`, with `NNN` for the unit's
//! number and `MMM` for the one it imports.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const POINT: &str = include_str!("../templates/point.spp");
const USE: &str = include_str!("../templates/use.spp");
/// Any of them may follow in a unit, each at most once.
const PIECES: [&str; 6] = [
    include_str!("../templates/ring.spp"),
    include_str!("../templates/reader.spp"),
    include_str!("../templates/tally.spp"),
    include_str!("../templates/shapes.spp"),
    include_str!("../templates/flow.spp"),
    include_str!("../templates/tree.spp"),
];
/// Units in one folder.
const UNITS_OF_PART: usize = 50;

/// A file of a generated project; the path is relative to the project.
pub struct Source {
    pub path: PathBuf,
    pub text: String,
}

/// The sources of a project of `units` units with at least `lines` lines each (up to about 400), a `src/main.spp`
/// that uses the last unit, and `spp.toml`.
pub fn project(units: usize, lines: usize) -> Vec<Source> {
    let mut sources = vec![
        Source { path: "spp.toml".into(), text: "[project]\nedition = \"2023\"\n".to_owned() },
        Source { path: "src/main.spp".into(), text: main(units) },
    ];
    sources.extend((0..units).map(|index| Source { path: unit_path(index), text: unit(index, lines) }));
    sources
}

/// Writes the project into a folder, which is created.
pub fn write(folder: &Path, units: usize, lines: usize) -> io::Result<()> {
    for source in project(units, lines) {
        let path = folder.join(source.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, source.text)?;
    }
    Ok(())
}

/// Where a unit stands in the project.
pub fn unit_path(index: usize) -> PathBuf {
    format!("src/part_{:02}/unit_{index:04}.spp", index / UNITS_OF_PART).into()
}

fn module(index: usize) -> String {
    format!("src.part_{:02}.unit_{index:04}", index / UNITS_OF_PART)
}

fn unit(index: usize, lines: usize) -> String {
    let mut text = format!("# Unit {index}.\nmod {}\n\n", module(index));
    if let Some(before) = index.checked_sub(1) {
        text += &format!("use {}.{{PointMMM, quadrant_MMM}}\n\n", module(before));
    }
    text += POINT;
    if index > 0 {
        text += USE;
    }
    for piece in (0..PIECES.len()).map(|step| PIECES[(index + step) % PIECES.len()]) {
        if text.lines().count() >= lines {
            break;
        }
        text += piece;
    }
    let before = format!("{:04}", index.saturating_sub(1));
    text.replace("NNN", &format!("{index:04}")).replace("MMM", &before)
}

fn main(units: usize) -> String {
    let last = units.saturating_sub(1);
    let mut text = "mod src.main\n\n".to_owned();
    if last > 0 {
        text += &format!("use {}.survey_{last:04}\n\n", module(last));
    }
    text += "fn main() -> Void {\n";
    if last > 0 {
        text += &format!("    print(\"${{survey_{last:04}(12)}}\")\n");
    }
    text += "}\n";
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_have_the_lines_asked_for() {
        let sources = project(8, 180);
        assert_eq!(sources.len(), 10);
        for source in &sources[2..] {
            let lines = source.text.lines().count();
            assert!((180..300).contains(&lines), "{} has {lines} lines", source.path.display());
            assert!(!source.text.contains("NNN") && !source.text.contains("MMM"));
        }
    }
}
