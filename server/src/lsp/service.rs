//! What stands between the transport and the handlers: `exit`, and parts of the protocol that the types lack.

use super::state::Shared;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;
use tower_lsp::LspService;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_service::Service;

/// How long answers that are on their way may take once the client is gone.
const GRACE: Duration = Duration::from_millis(50);

pub struct Gate<S> {
    inner: LspService<S>,
    shared: Arc<Shared>,
}

impl<S> Gate<S> {
    pub fn new(inner: LspService<S>, shared: Arc<Shared>) -> Gate<S> {
        Gate { inner, shared }
    }
}

type Answer<E> = Pin<Box<dyn Future<Output = Result<Option<Response>, E>> + Send>>;

impl<S> Service<Request> for Gate<S>
where
    LspService<S>: Service<Request, Response = Option<Response>>,
    <LspService<S> as Service<Request>>::Future: Send + 'static,
{
    type Response = Option<Response>;
    type Error = <LspService<S> as Service<Request>>::Error;
    type Future = Answer<Self::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match request.method() {
            "exit" => {
                leave(&self.shared);
                Box::pin(async { Ok(None) })
            }
            "shutdown" => {
                self.shared.shut_down.store(true, Ordering::SeqCst);
                Box::pin(self.inner.call(request))
            }
            super::transport::MALFORMED => {
                let answer = refusal(&request);
                Box::pin(async { Ok(answer) })
            }
            "initialize" => {
                let answer = self.inner.call(request);
                Box::pin(async move { Ok(answer.await?.map(add_capabilities)) })
            }
            _ => Box::pin(self.inner.call(request)),
        }
    }
}

/// The answer to a frame that was no message; none to a notification.
fn refusal(request: &Request) -> Option<Response> {
    let params = request.params()?;
    let code = params.get("code").and_then(serde_json::Value::as_i64)?;
    let id = params.get("id").cloned().and_then(|id| serde_json::from_value(id).ok());
    Some(Response::from_error(id.unwrap_or(Id::Null), Error::new(ErrorCode::from(code))))
}

/// Ends the process when the client is gone, even while requests are running: 0 after `shutdown`, else 1.
pub fn leave(shared: &Arc<Shared>) {
    let shared = shared.clone();
    tokio::spawn(async move {
        tokio::time::sleep(GRACE).await;
        std::process::exit(exit_code(&shared));
    });
}

pub fn exit_code(shared: &Shared) -> i32 {
    i32::from(!shared.shut_down.load(Ordering::SeqCst))
}

/// `typeHierarchyProvider` is missing from the types of the protocol library.
fn add_capabilities(response: Response) -> Response {
    let (id, result) = response.into_parts();
    let result = result.map(|mut value| {
        if let Some(capabilities) = value.get_mut("capabilities") {
            capabilities["typeHierarchyProvider"] = serde_json::Value::Bool(true);
        }
        value
    });
    Response::from_parts(id, result)
}
