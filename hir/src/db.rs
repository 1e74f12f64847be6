//! The inputs of the analysis and the database that holds them.

use crate::latest::LatestTrees;
use std::sync::Arc;
use syntax::Edition;

/// What every query is computed on.
#[salsa::db]
pub trait Db: salsa::Database {
    /// The program made of the bundled library of `edition`. It is created with the database and never changes.
    fn library(&self, edition: Edition) -> Program;

    /// The latest trees, to make those of edited texts from.
    fn latest_trees(&self) -> &LatestTrees;
}

/// One source file. Which disk file it stands for is known to the caller only.
#[salsa::input(debug)]
pub struct File {
    /// The text, UTF-8, at most `u32::MAX` bytes.
    #[returns(ref)]
    pub text: Arc<str>,
    #[returns(copy)]
    pub edition: Edition,
    /// The program the file belongs to; exactly one.
    #[returns(copy)]
    pub program: Program,
    /// Module path that the file's place on disk demands (`src.shapes.round`, NM1); `None` for a loose file, whose
    /// `mod` line may name anything (reference 8.3.2).
    #[returns(ref)]
    pub expected_module: Option<Arc<str>>,
    /// A name for people, such as `src/main.spp`; used in messages, never to find a file.
    #[returns(ref)]
    pub display_name: Arc<str>,
}

/// A set of files that are compiled together, on top of the library.
#[salsa::input(debug)]
pub struct Program {
    #[returns(copy)]
    pub kind: ProgramKind,
    #[returns(copy)]
    pub edition: Edition,
    #[returns(ref)]
    pub files: Arc<[File]>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ProgramKind {
    /// A folder with `spp.toml` or `src/main.spp`: `mod` lines must match, a `main` is demanded (NM1, NM10).
    Project,
    /// One file on its own: NM1 and NM10 do not apply and it may define names that the library has.
    Loose,
    /// The bundled library.
    Library,
}

/// The one implementation of [`Db`]. Clones share their storage: a clone is a snapshot for another thread.
#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    library: [Option<Program>; 2],
    trees: Arc<LatestTrees>,
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl Db for Database {
    fn library(&self, edition: Edition) -> Program {
        self.library[edition as usize].expect("the library of every edition is loaded by `Database::new`")
    }

    fn latest_trees(&self) -> &LatestTrees {
        &self.trees
    }
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

impl Database {
    /// A database that holds the bundled library of every edition and nothing else.
    pub fn new() -> Self {
        Self::with_storage(salsa::Storage::default())
    }

    /// As [`Database::new`], reporting salsa's events (for tests that count executed queries).
    pub fn with_events(callback: impl Fn(salsa::Event) + Send + Sync + 'static) -> Self {
        Self::with_storage(salsa::Storage::new(Some(Box::new(callback))))
    }

    fn with_storage(storage: salsa::Storage<Self>) -> Self {
        let mut db = Database { storage, library: [None, None], trees: Arc::default() };
        for edition in [Edition::E2023, Edition::E2026] {
            db.library[edition as usize] = Some(crate::library::load(&mut db, edition));
        }
        db
    }
}
