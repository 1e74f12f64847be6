//! `spp-analyzer fmt`.

use super::{FmtArgs, exit};
use crate::ide::format::format;
use crate::workspace::discover::Discovery;
use crate::workspace::{ReadError, from_bytes, read_source};
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use syntax::Edition;

/// Formats files in place; `--check` only names those that would change, with exit code 1.
pub(super) fn run(args: &FmtArgs) -> u8 {
    match try_run(args) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("spp-analyzer: {message}");
            exit::USAGE
        }
    }
}

fn try_run(args: &FmtArgs) -> Result<u8, String> {
    if args.paths.iter().any(|path| path == Path::new("-")) {
        return format_stdin(args);
    }
    let discovery = Discovery::of(&args.paths).map_err(|error| error.to_string())?;
    let mut code = exit::OK;
    let fail = |path: &Path, message: &str| {
        eprintln!("spp-analyzer: {}: {message}", path.display());
        exit::USAGE
    };
    for problem in &discovery.problems {
        code = fail(&problem.path, &problem.message);
    }
    let mut would_change = false;
    for root in &discovery.roots {
        for path in root.files.iter().filter(|path| discovery.selected.contains(*path)) {
            let text = match read_source(path) {
                Ok(text) => text,
                Err(ReadError::Unreadable(message)) => {
                    code = fail(path, &message);
                    continue;
                }
                Err(ReadError::NotUtf8 { .. }) => {
                    code = fail(path, "not UTF-8");
                    continue;
                }
            };
            let edition = args.edition.or(root.config.edition);
            let formatted = format_text(&text, edition);
            if formatted == text {
                continue;
            }
            would_change = true;
            if args.check {
                println!("{}", path.display());
            } else if let Err(error) = fs::write(path, formatted) {
                code = fail(path, &error.to_string());
            }
        }
    }
    Ok(if code == exit::OK && args.check && would_change { exit::FOUND } else { code })
}

fn format_stdin(args: &FmtArgs) -> Result<u8, String> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(|error| format!("standard input: {error}"))?;
    let text = from_bytes(bytes).map_err(|_| "standard input is not UTF-8".to_owned())?;
    let formatted = format_text(&text, args.edition);
    if args.check {
        return Ok(if formatted == text { exit::OK } else { exit::FOUND });
    }
    match io::stdout().lock().write_all(formatted.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(exit::OK),
    }
}

fn format_text(text: &str, edition: Option<Edition>) -> String {
    let edition = edition.unwrap_or_else(|| syntax::detect_edition(text));
    format(&syntax::parse(text, edition))
}
