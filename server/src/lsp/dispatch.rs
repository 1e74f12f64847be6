//! Runs a read of the state in the blocking pool: on a snapshot, restarted when a write cancels it, and so that a panic
//! costs no more than its own request.

use super::state::{Shared, Snapshot};
use super::world::canonical;
use salsa::Cancelled;
use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::lsp_types::{MessageType, Url};

/// How often a read that other documents' changes cancel is started anew.
const MAX_RESTARTS: u32 = 50;

/// Why a read has no answer.
#[derive(Debug)]
pub enum Failure {
    /// The state changed under it.
    Cancelled,
    /// The message of the panic.
    Panicked(String),
}

/// Runs `read` once on a snapshot.
pub fn attempt<R>(snapshot: &Snapshot, read: impl FnOnce(&Snapshot) -> R) -> std::result::Result<R, Failure> {
    // The database is built to survive unwinding, and nothing else is shared.
    let outcome =
        panic::catch_unwind(AssertUnwindSafe(|| Cancelled::catch(AssertUnwindSafe(|| read(snapshot)))));
    match outcome {
        Ok(Ok(answer)) => Ok(answer),
        // Also when it waited for a query of another reader that was cancelled. If that one panicked, the next attempt
        // runs into the same panic itself.
        Ok(Err(_)) => Err(Failure::Cancelled),
        Err(payload) => Err(Failure::Panicked(message(&*payload))),
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "panic".to_owned()
    }
}

impl Shared {
    /// Answers a request about the document `url` from the state at this moment. When that document changes before the
    /// answer is there, the positions in the request mean nothing any more: `ContentModified`. Other changes restart it.
    pub async fn read<R: Send + 'static>(
        self: &Arc<Self>,
        method: &'static str,
        url: Option<&Url>,
        read: impl Fn(&Snapshot) -> R + Send + 'static,
    ) -> Result<R> {
        let shared = self.clone();
        let url = url.map(canonical);
        let version = url.as_ref().and_then(|url| self.version(url));
        let mut snapshot = Some(self.snapshot());
        let task = tokio::task::spawn_blocking(move || {
            for _ in 0..MAX_RESTARTS {
                let current = snapshot.take().unwrap_or_else(|| shared.snapshot());
                match attempt(&current, &read) {
                    Ok(answer) => return Ok(answer),
                    Err(Failure::Panicked(message)) => {
                        return Err(internal_error(method, url.as_ref(), &message));
                    }
                    Err(Failure::Cancelled) => drop(current),
                }
                if url.as_ref().and_then(|url| shared.version(url)) != version {
                    break;
                }
            }
            Err(Error::content_modified())
        });
        let answer = task.await.unwrap_or_else(|error| Err(internal_error(method, None, &error.to_string())));
        if let Err(error) = &answer
            && error.code == ErrorCode::InternalError
        {
            self.client.log_message(MessageType::ERROR, &error.message).await;
        }
        answer
    }

    fn version(&self, url: &Url) -> Option<i32> {
        self.documents.get(url).map(|document| document.version)
    }
}

fn internal_error(method: &str, url: Option<&Url>, message: &str) -> Error {
    let place = url.map_or(String::new(), |url| format!(" on {url}"));
    let mut error = Error::internal_error();
    error.message = format!("{method}{place} failed: {message}").into();
    error
}
