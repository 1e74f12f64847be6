//! The language server as a client sees it.

mod client;
mod documents;
mod endurance;
mod features;
mod protocol;
mod record;
mod soak;
