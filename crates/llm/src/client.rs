//! What the rest of the program holds: a client and its one verb.

use std::sync::{Arc, OnceLock};

use tokio::time::timeout;

use crate::call::Call;
use crate::watch::Watch;
use crate::ways::Ways;
use crate::{Answer, Endpoint, Limits, Request, Trouble, TroubleKind};

/// Calls models. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    limits: Arc<Limits>,
    ways: Arc<Ways>,
    /// Why nothing is called any more.
    closed: Arc<OnceLock<&'static str>>,
}

impl Client {
    /// A client with these bounds; Malformed if they allow no attempt. Whether the system has certificates is seen
    /// at the first call over https.
    pub fn new(limits: Limits) -> Result<Self, Trouble> {
        if limits.attempts == 0 {
            return Err(Trouble::new(TroubleKind::Malformed, "At least one attempt must be allowed."));
        }
        let ways = Arc::new(Ways::new(&limits));
        Ok(Self { limits: Arc::new(limits), ways, closed: Arc::default() })
    }

    /// From now on this client and its clones call nothing, for ever, for this reason.
    pub fn close(&self, sentence: &'static str) {
        // The first reason stays.
        let _ = self.closed.set(sentence);
    }

    /// Why nothing is called, if that is so.
    pub fn closed(&self) -> Option<&'static str> {
        self.closed.get().copied()
    }

    /// Asks a model. `on_text` gets each piece of the answer as it comes; together they are the answer's text, as far as it
    /// came if there is trouble. Dropping the future closes the connection.
    pub async fn complete(
        &self,
        endpoint: &Endpoint,
        request: &Request,
        on_text: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Answer, Trouble> {
        if let Some(sentence) = self.closed() {
            return Err(Trouble::new(TroubleKind::Forbidden, sentence));
        }
        let watch = Watch::start();
        let http = self.ways.to(endpoint)?;
        let mut call = Call::new(&self.limits, http, endpoint, request, on_text);
        // Boxed, because the machinery of a request is large and lies in the caller's future otherwise.
        let outcome = timeout(self.limits.total, Box::pin(call.run(watch))).await;
        let made = call.made();
        let outcome =
            outcome.unwrap_or_else(|_| Err(too_slow())).map_err(|trouble| Trouble { attempts: made, ..trouble });
        let milliseconds = watch.milliseconds();
        let host = endpoint.base_url.host();
        match &outcome {
            Ok(_) => tracing::info!(host, attempts = made, milliseconds, "a model answered"),
            Err(trouble) => {
                tracing::warn!(host, attempts = made, milliseconds, kind = ?trouble.kind, "a model did not answer");
            }
        }
        outcome
    }
}

fn too_slow() -> Trouble {
    Trouble::new(TroubleKind::TimedOut, "It took longer than a call may take. Ask for less, or use a faster model.")
}
