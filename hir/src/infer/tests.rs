//! Whole programs, with the diagnostics they are expected to give.

use crate::db::{Database, File, Program, ProgramKind};
use crate::diagnostic::Severity;
use std::sync::Arc;
use syntax::Edition;

/// Lines and codes of everything inference reports on a program. `#@ file path` starts another file.
fn findings(db: &mut Database, source: &str) -> Vec<(usize, String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut padding = 0;
    for (number, line) in source.lines().enumerate() {
        if let Some(path) = line.strip_prefix("#@ file ") {
            files.push((path.to_owned(), String::new()));
            padding = number + 1;
            let text = &mut files.last_mut().unwrap().1;
            text.push_str(&"\n".repeat(padding));
        } else {
            if files.is_empty() {
                files.push(("src/main.spp".to_owned(), String::new()));
            }
            let text = &mut files.last_mut().unwrap().1;
            text.push_str(line);
            text.push('\n');
        }
    }
    let _ = padding;
    let program = Program::new(&*db, ProgramKind::Loose, Edition::E2023, Arc::from([]));
    let inputs: Vec<File> = files
        .iter()
        .map(|(path, text)| {
            File::new(&*db, Arc::from(text.as_str()), Edition::E2023, program, None, Arc::from(path.as_str()))
        })
        .collect();
    use salsa::Setter;
    program.set_files(db).to(Arc::from(inputs.as_slice()));
    let mut found = Vec::new();
    for file in inputs {
        found.extend(of_file(db, file));
    }
    found.sort();
    found
}

fn of_file(db: &Database, file: File) -> Vec<(usize, String, String)> {
    let text = file.text(db).clone();
    let mut found = Vec::new();
    for diagnostic in crate::file_diagnostics(db, file).iter() {
        let at = usize::from(diagnostic.range.start());
        let line = text[..at].matches('\n').count() + 1;
        let severity = match diagnostic.severity {
            Severity::Error => "",
            Severity::Warning => "(W)",
            Severity::Hint => "(H)",
        };
        found.push((line, format!("{}{severity}", diagnostic.code), diagnostic.message.clone()));
    }
    found
}

#[test]
fn scratch() {
    let Ok(dir) = std::env::var("SCRATCH") else { return };
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut missing = 0;
    let mut surplus = 0;
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut sources: Vec<(usize, String)> = Vec::new();
        if path.extension().is_some_and(|ext| ext == "md") {
            let mut current: Option<(usize, String)> = None;
            for (number, line) in text.lines().enumerate() {
                match &mut current {
                    Some(_) if line.starts_with("```") => sources.extend(current.take()),
                    Some((_, source)) => {
                        source.push_str(line);
                        source.push('\n');
                    }
                    None if line == "```spp" => current = Some((number + 1, String::new())),
                    None => {}
                }
            }
        } else if path.extension().is_some_and(|ext| ext == "spp") {
            sources.push((0, text));
        }
        for (offset, source) in sources {
            let mut db = Database::new();
            let found = findings(&mut db, &source);
            let mut expected: Vec<(usize, String)> = Vec::new();
            for (number, line) in source.lines().enumerate() {
                if let Some((_, marks)) = line.split_once("#! ") {
                    expected.extend(marks.split_whitespace().map(|mark| (number + 1, mark.to_owned())));
                }
            }
            for (line, code, message) in &found {
                let known = expected.iter().any(|(at, mark)| at == line && mark == code);
                if !known && !code.contains('(') {
                    surplus += 1;
                    println!("?? {}:{}: {code} {message}", path.display(), line + offset);
                }
            }
            for (line, mark) in &expected {
                let flow = [
                    "OW", "BR3", "BR4", "BR5", "BR6", "BR7", "EX", "A39", "A40", "A42", "A43", "A44", "A46",
                    "A47", "A48", "A49", "A51", "A54", "MU4", "CF6", "RC3", "A29", "CO8",
                ];
                if flow.iter().any(|flow| mark.starts_with(flow)) {
                    continue;
                }
                if !found.iter().any(|(at, code, _)| at == line && code == mark) {
                    missing += 1;
                    println!("-- {}:{}: {mark}", path.display(), line + offset);
                }
            }
        }
    }
    println!("missing {missing} surplus {surplus}");
}

#[test]
fn library_is_clean() {
    let db = Database::new();
    use crate::db::Db;
    let library = db.library(Edition::E2023);
    let mut found = Vec::new();
    for &file in library.files(&db).iter() {
        let name = file.display_name(&db).clone();
        found.extend(
            of_file(&db, file)
                .into_iter()
                .map(|(line, code, message)| format!("{name}:{line}: {code} {message}")),
        );
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn scratch_speed() {
    let Ok(path) = std::env::var("BIG") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut db = Database::new();
    // Library first.
    findings(&mut db, "mod src.main\nfn main() -> Void { print(\"x\") }\n");
    let program = Program::new(&db, ProgramKind::Loose, Edition::E2023, Arc::from([]));
    let file =
        File::new(&db, Arc::from(text.as_str()), Edition::E2023, program, None, Arc::from("src/main.spp"));
    use salsa::Setter;
    program.set_files(&mut db).to(Arc::from([file].as_slice()));
    let start = std::time::Instant::now();
    crate::parse::parse(&db, file);
    println!("parse {:?}", start.elapsed());
    let start = std::time::Instant::now();
    let funcs: Vec<_> = crate::items::functions_of(&db, file).collect();
    println!("item tree {:?}", start.elapsed());
    let start = std::time::Instant::now();
    for func in &funcs {
        crate::items::signature(&db, *func);
    }
    println!("signatures {:?}", start.elapsed());
    let start = std::time::Instant::now();
    for func in &funcs {
        crate::parse::function_node(&db, *func);
    }
    println!("nodes {:?}", start.elapsed());
    let start = std::time::Instant::now();
    let mut exprs = 0;
    for func in &funcs {
        exprs += crate::body::body(&db, *func).exprs.len();
    }
    println!("bodies {:?} exprs {exprs}", start.elapsed());
    let start = std::time::Instant::now();
    let mut count = 0;
    for func in &funcs {
        count += super::infer(&db, *func).diagnostics.len();
    }
    println!("infer {:?} {count} diagnostics", start.elapsed());
    let start = std::time::Instant::now();
    for func in &funcs {
        super::instantiation_diagnostics(&db, *func);
    }
    println!("instantiate {:?}", start.elapsed());
}

/// Everything that can be asked of the bodies of a file.
fn ask_everything(db: &Database, file: File) {
    for func in crate::items::functions_of(db, file) {
        let body = crate::body::body(db, func);
        let result = super::infer(db, func);
        for (expr, _) in body.exprs.iter() {
            result.expr_type(expr);
        }
        super::diagnostics(db, func);
        body.visible_at(10.into());
    }
}

#[test]
fn scratch_damage() {
    let Ok(dir) = std::env::var("DAMAGE") else { return };
    use salsa::Setter;
    let mut db = Database::new();
    let program = Program::new(&db, ProgramKind::Loose, Edition::E2023, Arc::from([]));
    let file = File::new(&db, Arc::from(""), Edition::E2023, program, None, Arc::from("src/main.spp"));
    program.set_files(&mut db).to(Arc::from([file].as_slice()));
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        println!("{}", path.display());
        for end in 0..text.len() {
            if text.is_char_boundary(end) {
                file.set_text(&mut db).to(Arc::from(&text[..end]));
                ask_everything(&db, file);
            }
        }
        let tokens: Vec<_> = syntax::parse(&text, Edition::E2023)
            .syntax()
            .descendants_with_tokens()
            .filter_map(|element| element.into_token())
            .map(|token| token.text_range())
            .collect();
        for range in tokens {
            let mut damaged = text.clone();
            damaged.replace_range(usize::from(range.start())..usize::from(range.end()), "");
            file.set_text(&mut db).to(Arc::from(damaged.as_str()));
            ask_everything(&db, file);
        }
    }
}
