//! What all handlers share, and how they read it.

use super::position::Encoding;
use super::settings::Settings;
use super::watch::Meanwhile;
use super::world::{FileMap, World};
use dashmap::DashMap;
use hir::{Database, File};
use line_index::LineIndex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use tokio::sync::Notify;
use tower_lsp::Client;
use tower_lsp::lsp_types::{ClientCapabilities, Range, TextDocumentContentChangeEvent, Url};

/// A document that is open in the client.
#[derive(Clone, Debug)]
pub struct Document {
    pub url: Url,
    pub version: i32,
    pub file: File,
    pub text: Arc<str>,
    pub lines: Arc<LineIndex>,
}

pub struct Shared {
    pub client: Client,
    world: Mutex<World>,
    /// By canonical URI.
    pub documents: DashMap<Url, Document>,
    /// What the client colours each document by.
    pub semantic_tokens: DashMap<Url, super::semantic_tokens::LastTokens>,
    pub settings: RwLock<Arc<Settings>>,
    pub session: OnceLock<Session>,
    /// Counts changes of anything that an answer depends on.
    revision: AtomicU64,
    /// Woken by every such change.
    pub changed: Notify,
    /// The next round of diagnostics covers whole projects.
    pub check_all: AtomicBool,
    last_edited: Mutex<Option<Url>>,
    meanwhile: Mutex<Meanwhile>,
    pub paused: super::evaluation::Paused,
    pub shut_down: AtomicBool,
}

/// What was agreed on in `initialize`.
#[derive(Debug, Default)]
pub struct Session {
    pub encoding: Encoding,
    pub capabilities: ClientCapabilities,
    /// Code may be evaluated.
    pub trusted: bool,
    pub folders: Mutex<Vec<Url>>,
}

/// The state at one moment, for one reader. While one exists the writer waits, so it lives inside one blocking task
/// and never across an `await`.
pub struct Snapshot {
    pub db: Database,
    pub map: Arc<FileMap>,
    pub settings: Arc<Settings>,
    pub encoding: Encoding,
    pub revision: u64,
}

impl Shared {
    pub fn new(client: Client) -> Shared {
        Shared {
            client,
            world: Mutex::new(World::new()),
            documents: DashMap::new(),
            semantic_tokens: DashMap::new(),
            settings: RwLock::new(Arc::new(Settings::default())),
            session: OnceLock::new(),
            revision: AtomicU64::new(0),
            changed: Notify::new(),
            check_all: AtomicBool::new(false),
            last_edited: Mutex::new(None),
            paused: super::evaluation::Paused::default(),
            meanwhile: Mutex::default(),
            shut_down: AtomicBool::new(false),
        }
    }

    /// The writer's lock. Nobody waits for it while holding a snapshot.
    pub fn world(&self) -> MutexGuard<'_, World> {
        // A panic while the lock is held leaves inputs that are each valid.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn session(&self) -> &Session {
        self.session.get_or_init(Session::default)
    }

    pub fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_settings(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }

    pub fn snapshot(&self) -> Snapshot {
        let world = self.world();
        Snapshot {
            db: world.db.clone(),
            map: world.map.clone(),
            settings: self.settings(),
            encoding: self.session().encoding,
            revision: self.revision(),
        }
    }

    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::SeqCst)
    }

    /// Something changed that answers depend on.
    pub fn touch(&self) {
        self.revision.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_one();
    }

    pub fn meanwhile(&self) -> MutexGuard<'_, Meanwhile> {
        self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The document that was opened or edited last.
    pub fn last_edited(&self) -> Option<Url> {
        self.last_edited.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember_edit(&self, url: &Url) {
        *self.last_edited.lock().unwrap_or_else(PoisonError::into_inner) = Some(url.clone());
    }

    pub fn open(&self, url: &Url, version: i32, text: String) -> File {
        let text: Arc<str> = Arc::from(text);
        let lines = Arc::new(LineIndex::new(&text));
        let file = self.world().open(url, text.clone());
        let document = Document { url: url.clone(), version, file, text, lines };
        self.documents.insert(super::world::canonical(url), document);
        self.remember_edit(url);
        self.touch();
        file
    }

    /// Applies the edits of one notification in their order. `false`: the document is not open.
    pub fn change(&self, url: &Url, version: i32, changes: Vec<TextDocumentContentChangeEvent>) -> bool {
        // No guard of the map is held while the world is locked: readers that are asked to stop may want the map.
        let Some(mut document) = self.document(url) else { return false };
        let encoding = self.session().encoding;
        document.version = version;
        let mut text = document.text.to_string();
        let mut lines = Some(document.lines.clone());
        for change in changes {
            match change.range {
                None => text = change.text,
                Some(range) => {
                    let lines = lines.take().unwrap_or_else(|| Arc::new(LineIndex::new(&text)));
                    replace(&mut text, &lines, range, &change.text, encoding);
                }
            }
            lines = None;
        }
        if lines.is_none() {
            document.lines = Arc::new(LineIndex::new(&text));
            document.text = Arc::from(text);
        }
        let (file, text) = (document.file, document.text.clone());
        self.documents.insert(super::world::canonical(url), document);
        self.world().change(file, text);
        self.remember_edit(url);
        self.touch();
        true
    }

    pub fn close(&self, url: &Url) -> Option<Document> {
        let (_, document) = self.documents.remove(&super::world::canonical(url))?;
        self.world().close(document.file);
        self.touch();
        Some(document)
    }

    pub fn document(&self, url: &Url) -> Option<Document> {
        self.documents.get(&super::world::canonical(url)).map(|document| document.clone())
    }

    pub fn supports(&self, ask: impl FnOnce(&ClientCapabilities) -> Option<bool>) -> bool {
        ask(&self.session().capabilities).unwrap_or(false)
    }
}

fn replace(text: &mut String, lines: &LineIndex, range: Range, new: &str, encoding: Encoding) {
    let range = super::position::text_range(lines, text, range, encoding);
    text.replace_range(usize::from(range.start())..usize::from(range.end()), new);
}
