//! Words that every floor uses: errors, who asks, ids, pages. No IO and no business.

mod access;
mod ctx;
mod error;
mod ids;
mod page;
mod work;

pub use access::{Permission, SystemRole};
pub use ctx::{Actor, Ctx, Login};
pub use error::{Error, FieldError, Result};
pub use ids::{
    AuditId, CallId, DealId, DocumentId, EndpointId, ExportId, InvitationId, JobId, PartId, PictureId, ReportId,
    RequestId, RunId, SecondFactorId, SessionId, UserId,
};
pub use page::{Page, PageRequest};
pub use protocol::ErrorCode;
pub use work::{GivenUp, WorkState};
