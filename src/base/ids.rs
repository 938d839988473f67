//! Ids as types of their own, so that a user's id is never taken for a deal's. Rows have UUIDv7: ordered by time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id for a row made at `now`.
            pub fn new(now: DateTime<Utc>, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// Names an entry of the audit log.
    AuditId,
    /// Names a deal.
    DealId,
    /// Names a document: one file with one content.
    DocumentId,
    /// Names a call of a model.
    CallId,
    /// Names an endpoint of models.
    EndpointId,
    /// Names a report's file in one format.
    ExportId,
    /// Names an invitation.
    InvitationId,
    /// Names a piece of work that waits or runs.
    JobId,
    /// Names a page, sheet, slide or text of a document.
    PartId,
    /// Names a picture of a page.
    PictureId,
    /// Names a version of a deal's report.
    ReportId,
    /// Names a request.
    RequestId,
    /// Names a run, which makes a version of a report.
    RunId,
    /// Names a second factor of a person.
    SecondFactorId,
    /// Names a session; not the secret that opens it.
    SessionId,
    /// Names a person.
    UserId,
}
