//! How the parts of the server are: for readiness, the dashboard and whoever asks by `status`.

use confine::Level;
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use crate::base::{Error, Result};
use crate::infra::host;
use crate::infra::tls::Facts;

/// Days that a certificate must still be good for.
const CERTIFICATE_SOON: i64 = 14;

impl App {
    /// How each part is, for readiness.
    pub async fn parts(&self) -> Vec<Part> {
        let database = match self.schema().await {
            Ok(schema) => match (schema.problem(), schema.note()) {
                (Some(problem), _) => Part::failed("database", problem),
                (None, Some(note)) => Part::degraded("database", &note),
                (None, None) => Part::ok("database"),
            },
            Err(error) => Part::failed("database", error.detail),
        };
        let keys = match self.vault.check() {
            Ok(()) => Part::ok("keys"),
            Err(error) => {
                tracing::error!(%error, "the keystore cannot be used");
                let sentence = "The keystore is missing or does not open. Run `vcconnect doctor` on the server.";
                Part::failed("keys", sentence.to_owned())
            }
        };
        let certificate = self.certificate().map(|facts| self.certificate_part(facts));
        let copy = self.test_copy().map(|copy| Part::degraded("copy", &copy.sentence()));
        let parts = [copy, Some(database), Some(keys), Some(self.disk()), self.confinement.get().cloned(), certificate];
        parts.into_iter().flatten().collect()
    }

    /// Below the reserve no document is taken, so this is said before people ask.
    fn disk(&self) -> Part {
        let reserve = self.config.documents.reserve_mib;
        match host::free_bytes(&self.config.storage.data_dir).map(|free| free >> 20) {
            Some(free) if free <= reserve => Part::degraded(
                "disk",
                &format!(
                    "No document is taken: {free} MiB are free where the data is, {reserve} MiB must be. What is stored is \
                     safe. Make room, or give the disk more."
                ),
            ),
            _ => Part::ok("disk"),
        }
    }

    /// What the certificate that browsers see says; `None` where the server speaks plain HTTP.
    pub fn certificate(&self) -> Option<Result<Facts>> {
        self.tls.as_ref().map(|tls| Facts::of(tls.certificate()).map_err(Error::internal))
    }

    fn certificate_part(&self, facts: Result<Facts>) -> Part {
        let now = self.outside.clock.now();
        match facts {
            Ok(facts) if facts.until <= now => Part::degraded(
                "certificate",
                "The certificate has ended, and browsers refuse it. Renew it: `vcconnect tls renew`.",
            ),
            Ok(facts) if (facts.until - now).num_days() < CERTIFICATE_SOON => {
                Part::degraded("certificate", "The certificate ends within two weeks. Renew it: `vcconnect tls renew`.")
            }
            Ok(_) => Part::ok("certificate"),
            Err(error) => {
                tracing::error!(causes = error.causes(), "the certificate's file cannot be read");
                Part::degraded("certificate", "The certificate's file cannot be read; what was read before is served.")
            }
        }
    }

    /// Tries once how far a reader can be confined on this machine, and says so in the log and to readiness.
    pub async fn try_readers(&self) {
        let part = match self.reader.level().await {
            Ok(Level::Full) => Part::ok("readers"),
            Ok(Level::Degraded(reasons)) => {
                tracing::warn!(
                    ?reasons,
                    allowed = self.config.reading.allow_degraded,
                    "readers are not fully confined"
                );
                Part::degraded("readers", "Readers of files are not fully confined here. `vcconnect doctor` says why.")
            }
            Err(error) => {
                tracing::error!(%error, "no reader can be started, so no file is read");
                Part::degraded("readers", "No file is read at the moment. `vcconnect doctor` says why.")
            }
        };
        // Tried again, it would say the same.
        let _ = self.confinement.set(part);
    }
}

/// One part of the server and how it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Part {
    name: &'static str,
    state: PartState,
    /// What is wrong and what to do.
    detail: Option<String>,
}

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PartState {
    /// Well.
    Ok,
    /// Not as it should be; the server works without it.
    Degraded,
    /// Not.
    Failed,
}

impl Part {
    fn ok(name: &'static str) -> Self {
        Self { name, state: PartState::Ok, detail: None }
    }

    fn degraded(name: &'static str, detail: &str) -> Self {
        Self { name, state: PartState::Degraded, detail: Some(detail.to_owned()) }
    }

    fn failed(name: &'static str, detail: String) -> Self {
        Self { name, state: PartState::Failed, detail: Some(detail) }
    }

    /// What it is called.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How it is.
    pub fn state(&self) -> PartState {
        self.state
    }

    /// What is wrong and what to do.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Whether the server can work with it.
    pub fn works(&self) -> bool {
        self.state != PartState::Failed
    }
}
