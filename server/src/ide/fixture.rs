//! Programs for tests, with a cursor drawn into them.

use hir::{Database, File, Program, ProgramKind};
use salsa::Setter;
use std::fmt::Write;
use std::sync::Arc;
use syntax::{Edition, TextRange, TextSize};

pub struct Fixture {
    pub db: Database,
    pub file: File,
    pub offset: TextSize,
}

/// A loose file; `<|>` is the cursor.
pub fn fixture(text: &str) -> Fixture {
    fixture_of(&[("main.spp", text)])
}

/// A project with these files; the cursor is in one of them.
pub fn fixture_of(files: &[(&str, &str)]) -> Fixture {
    let mut db = Database::new();
    let kind = if files.len() == 1 { ProgramKind::Loose } else { ProgramKind::Project };
    let program = Program::new(&db, kind, Edition::E2023, Arc::from([]));
    let mut inputs = Vec::new();
    let mut cursor = None;
    for (name, text) in files {
        let at = text.find("<|>");
        let text = text.replacen("<|>", "", 1);
        let module = (files.len() > 1).then(|| Arc::from(name.trim_end_matches(".spp").replace('/', ".")));
        let file = File::new(&db, Arc::from(text), Edition::E2023, program, module, Arc::from(*name));
        if let Some(at) = at {
            cursor = Some((file, TextSize::new(at as u32)));
        }
        inputs.push(file);
    }
    program.set_files(&mut db).to(Arc::from(inputs.as_slice()));
    let (file, offset) = cursor.unwrap_or((inputs[0], TextSize::new(0)));
    Fixture { db, file, offset }
}

impl Fixture {
    /// `file:line:column text` with lines and columns from 1.
    pub fn place(&self, file: File, range: TextRange) -> String {
        let text = file.text(&self.db);
        let before = &text[..usize::from(range.start())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let mut out = String::new();
        let name = file.display_name(&self.db);
        let _ = write!(out, "{name}:{line}:{column} {}", text[range].lines().next().unwrap_or(""));
        out
    }
}
