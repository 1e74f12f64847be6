//! The language server as a client sees it.

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
