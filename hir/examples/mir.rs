//! Prints the MIR of every function of a loose file and what ownership finds in it:
//! `cargo run -p spp-hir --example mir -- [--only NAME] [--frames] [--quiet] FILE…`. `#@ file` lines separate the files of one program.

use hir::{Database, File, Program, ProgramKind};
use std::sync::Arc;
use syntax::Edition;

fn main() {
    let mut only = None;
    let mut quiet = false;
    let mut frames = false;
    let mut paths = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--only" => only = args.next(),
            "--quiet" => quiet = true,
            "--frames" => frames = true,
            _ => paths.push(arg),
        }
    }
    for path in paths {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{path}: {error}");
                continue;
            }
        };
        let mut db = Database::new();
        let program = Program::new(&db, ProgramKind::Loose, Edition::E2023, Arc::from([]));
        let mut parts: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            if let Some(name) = line.strip_prefix("#@ file ") {
                parts.push((name.trim().to_owned(), String::new()));
            } else {
                if parts.is_empty() {
                    parts.push((path.clone(), String::new()));
                }
                if let Some((_, text)) = parts.last_mut() {
                    text.push_str(line);
                }
            }
        }
        let files: Vec<File> = parts
            .iter()
            .map(|(name, text)| {
                File::new(
                    &db,
                    Arc::from(text.as_str()),
                    Edition::E2023,
                    program,
                    None,
                    Arc::from(name.as_str()),
                )
            })
            .collect();
        use salsa::Setter as _;
        program.set_files(&mut db).to(files.clone().into());
        for file in files {
            let text = file.text(&db);
            for func in hir::items::functions_of(&db, file) {
                let name = hir::display::function_name(&db, func);
                if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
                    continue;
                }
                if let (Some(mir), false) = (hir::mir::mir(&db, func), quiet) {
                    println!("{}", mir.display(&db));
                }
                if let (Some(frame), true) = (hir::frame::frame(&db, func), frames) {
                    print_frame(
                        &db,
                        frame,
                        hir::frame::depth(&db, func),
                        text,
                        usize::from(hir::parse::func_range(&db, func).start()),
                    );
                }
                let start = usize::from(hir::parse::func_range(&db, func).start());
                let body = hir::body::body(&db, func);
                let infer = hir::infer::infer(&db, func);
                let named = [
                    ("body", &body.diagnostics[..]),
                    ("infer", &infer.diagnostics[..]),
                    ("mir", hir::mir::diagnostics(&db, func)),
                ];
                for (stage, diagnostics) in named {
                    for diagnostic in diagnostics {
                        let at = start + usize::from(diagnostic.range.start());
                        let line = text[..at].matches('\n').count() + 1;
                        let source = text.lines().nth(line - 1).unwrap_or("");
                        println!(
                            "{path}:{line}: {stage} {}({:?}): {}",
                            diagnostic.code, diagnostic.severity, diagnostic.message
                        );
                        println!("        {}", source.trim_end());
                    }
                }
            }
        }
    }
}

fn print_frame(
    db: &Database,
    frame: &hir::frame::Frame,
    depth: &hir::frame::Depth,
    text: &str,
    start: usize,
) {
    let line = |range: syntax::TextRange| {
        let at = |offset: syntax::TextSize| text[..start + usize::from(offset)].matches('\n').count() + 1;
        format!("{}-{}", at(range.start()), at(range.end()))
    };
    println!("{}: {:?} bytes, depth {depth:?}", hir::display::function_name(db, frame.func), frame.size);
    for slot in &frame.slots {
        let name = slot.name.as_deref().unwrap_or("(temp)");
        println!(
            "  {:?} {name}: {} {:?} bytes, lines {}, {:?} {:?}",
            slot.offset,
            slot.ty_text(db),
            slot.size,
            line(slot.live),
            slot.fate,
            slot.owns_heap.texts(db)
        );
    }
    for site in &frame.heap_sites {
        println!(
            "  heap {} {:?} {} {:?} {:?} owner {:?}: {:?}",
            line(site.span),
            site.operation,
            site.allocator_text(db),
            site.multiplicity,
            site.bytes,
            site.owner,
            site.why(db)
        );
    }
    for drop in &frame.drops {
        println!(
            "  drop {} {:?}: {} -> {:?} conditional {} del {} {:?}",
            line(drop.span),
            drop.name,
            drop.ty_text(db),
            drop.releases.texts(db),
            drop.conditional,
            drop.runs_del,
            drop.why
        );
    }
}
