//! The language server as a client sees it.

mod client;
mod code_actions;
mod commands;
mod completion;
mod dialogue;
mod documents;
mod endurance;
mod features;
mod files;
mod protocol;
mod record;
mod soak;
