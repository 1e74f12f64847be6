//! The language server as a client sees it.

mod client;
mod documents;
mod features;
mod protocol;
mod soak;
