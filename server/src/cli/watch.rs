//! `check --watch`.

use super::CheckArgs;
use super::check::{UsageError, run_once};
use crate::check::LintLevels;
use notify::{EventKind, RecursiveMode, Watcher};
use std::io::{IsTerminal, stdout};
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

/// Changes that follow each other this closely are one change.
const SETTLE: Duration = Duration::from_millis(50);

/// Checks, then again after every change below the paths, until interrupted.
pub(super) fn run(args: &CheckArgs, levels: &LintLevels) -> Result<u8, UsageError> {
    if args.paths.iter().any(|path| path == Path::new("-")) {
        return Err(UsageError("`--watch` needs files, not standard input".to_owned()));
    }
    let fail = |error: notify::Error| UsageError(format!("cannot watch: {error}"));
    let (sender, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| is_relevant(&event)) {
            // The receiver lives as long as the program.
            let _ = sender.send(());
        }
    })
    .map_err(fail)?;
    for path in &args.paths {
        watcher.watch(path, RecursiveMode::Recursive).map_err(fail)?;
    }
    loop {
        if stdout().is_terminal() {
            print!("\x1b[2J\x1b[H");
        }
        if let Err(UsageError(message)) = run_once(args, levels) {
            // A broken configuration is mended while watching.
            eprintln!("spp-analyzer: {message}");
        }
        eprintln!("watching for changes; press Ctrl-C to stop");
        if changes.recv().is_err() {
            return Ok(super::exit::OK);
        }
        while changes.recv_timeout(SETTLE).is_ok() {}
    }
}

fn is_relevant(event: &notify::Event) -> bool {
    !matches!(event.kind, EventKind::Access(_))
        && event
            .paths
            .iter()
            .any(|path| path.extension().is_some_and(|extension| extension == "spp" || extension == "toml"))
}
