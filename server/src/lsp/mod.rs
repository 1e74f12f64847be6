//! The language server: protocol, state and dispatch. What it shows is computed in [`crate::ide`].

mod actions;
mod backend;
mod capabilities;
mod commands;
mod completion;
mod convert;
mod decorations;
mod diagnostics;
mod dispatch;
mod evaluation;
mod facts;
mod files;
mod hierarchy;
mod library;
mod lines;
mod loading;
mod position;
mod requests;
mod semantic_tokens;
mod service;
pub mod settings;
mod state;
mod transport;
mod watch;
mod world;

use backend::Backend;
use service::Gate;
use std::sync::Arc;
use tokio::io::BufReader;
use tower_lsp::{LspService, Server};

/// Requests that may run at the same time. Edits are never behind more than these.
const CONCURRENCY: usize = 256;

/// Bytes of messages that wait to be handled.
const PIPE: usize = 1024 * 1024;

/// Room for recursion over trees as deep as the parser makes them.
const STACK: usize = 64 * 1024 * 1024;

/// Speaks the protocol on standard input and output until the client says `exit`; the exit code of the process.
pub fn run() -> u8 {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(STACK)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("spp-analyzer: cannot start the server: {error}");
            return crate::cli::exit::INTERNAL;
        }
    };
    let code = runtime.block_on(serve());
    runtime.shutdown_background();
    u8::try_from(code).unwrap_or(1)
}

async fn serve() -> i32 {
    let mut shared = None;
    let (service, socket) = LspService::build(|client| {
        let backend = Backend::new(client);
        shared = Some(backend.shared.clone());
        backend
    })
    .custom_method("spp/lifetime", Backend::lifetime)
    .finish();
    let Some(shared) = shared else { return 1 };
    library::register(&mut shared.world());
    let (input, frames) = tokio::io::duplex(PIPE);
    let gone = shared.clone();
    tokio::spawn(async move {
        // Whatever ended it, there will be no more messages.
        let _ = transport::filter(BufReader::new(tokio::io::stdin()), frames).await;
        service::leave(&gone);
    });
    let gate = Gate::new(service, shared.clone());
    tokio::spawn(diagnostics::push(Arc::clone(&shared)));
    Server::new(input, tokio::io::stdout(), socket).concurrency_level(CONCURRENCY).serve(gate).await;
    service::exit_code(&shared)
}
