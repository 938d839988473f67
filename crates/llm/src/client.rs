//! What the rest of the program holds: a client and its one verb.

use std::sync::Arc;

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
}

impl Client {
    /// A client with these bounds; Malformed if they allow no attempt. Whether the system has certificates is seen
    /// at the first call over https.
    pub fn new(limits: Limits) -> Result<Self, Trouble> {
        if limits.attempts == 0 {
            return Err(Trouble::new(TroubleKind::Malformed, "At least one attempt must be allowed."));
        }
        let ways = Arc::new(Ways::new(&limits));
        Ok(Self { limits: Arc::new(limits), ways })
    }

    /// Asks a model. `on_text` gets each piece of the answer as it comes; together they are the answer's text, as far as it
    /// came if there is trouble. Dropping the future closes the connection.
    pub async fn complete(
        &self,
        endpoint: &Endpoint,
        request: &Request,
        on_text: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Answer, Trouble> {
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
