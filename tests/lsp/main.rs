//! The language server as a client sees it.

mod client;
mod documents;
mod endurance;
mod features;
mod files;
mod protocol;
mod record;
mod soak;
