//! `generate-project FOLDER [UNITS] [LINES]`: writes a project without errors to measure with.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let Some(folder) = args.next().map(PathBuf::from) else {
        eprintln!("usage: generate-project FOLDER [UNITS = 1000] [LINES of a unit = 180]");
        return ExitCode::from(2);
    };
    let mut number = |default: usize| match args.next() {
        None => Some(default),
        Some(text) => text.to_str().and_then(|text| text.parse().ok()),
    };
    let (Some(units), Some(lines)) = (number(1000), number(180)) else {
        eprintln!("generate-project: UNITS and LINES are whole numbers");
        return ExitCode::from(2);
    };
    match bench::write(&folder, units, lines) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate-project: {}: {error}", folder.display());
            ExitCode::from(2)
        }
    }
}
