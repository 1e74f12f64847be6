//! The `spp-analyzer` program: editor features (`ide`), the language server (`lsp`) and the command line (`cli`).

pub mod check;
pub mod cli;
pub mod ide;
pub mod lsp;
pub mod rules;
pub mod workspace;
