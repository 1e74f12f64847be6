//! The language server as a client sees it.
//!
//! | what | where |
//! | --- | --- |
//! | initialize, shutdown, exit, encodings, bad and unknown messages, cancellation | `protocol`, `endurance` |
//! | didOpen, didChange, didClose, didSave | `documents`, `soak`, `endurance` |
//! | diagnostics: pushed, pulled, of the workspace; related places, pages, tags | `documents`, `dialogue`, `files` |
//! | hover, definition, declaration, type definition, implementation, references, highlight, linked ranges | `features` |
//! | completion, resolve: snippets, imports, postfix, stubs, keywords | `completion`, `features` |
//! | signature help, call and type hierarchy, workspace symbols | `features` |
//! | document symbols, folding, selection, links, formatting (whole, range, on type) | `documents` |
//! | semantic tokens (full, delta, range), inlay hints, lenses, inline values | `documents`, `features` |
//! | prepareRename, rename | `features`, `files` |
//! | code actions of every kind | `code_actions` |
//! | executeCommand, `spp/lifetime` | `commands` |
//! | registrations, configuration, progress, refreshes, log | `dialogue`, `features` |
//! | watched files, workspace folders, willRename, didRename, didCreate, didDelete | `files`, `documents`, `endurance` |
//!
//! `tests/protocol/run.sh` validates every message and fails when a kind of message was never sent.

mod client;
mod code_actions;
mod commands;
mod completion;
mod dialogue;
mod documents;
mod endurance;
mod evaluation;
mod features;
mod files;
#[path = "../hostile.rs"]
mod hostile;
mod protocol;
mod record;
mod soak;
