//! From paths on disk to the inputs of the analysis.

pub mod config;
pub mod discover;
mod load;

pub use config::ProjectConfig;
pub use discover::{Root, RootKind};
pub use load::{
    Loaded, LoadedFile, MAX_FILE_BYTES, ReadError, Workspace, expected_module, from_bytes, paths, read_source,
};
