//! The web: thin handlers over use cases, one router, one place where errors become answers.
//!
//! A request passes: security headers, request id and log, compression, refusals for
//! the audit log, origin check, then its handler. What a
//! handler may see of the caller comes from the extractors in `caller`.

mod api;
mod attachment;
mod authority;
mod bodies;
mod caller;
mod edge;
mod headers;
mod openapi;
mod origin;
mod problem;
mod refusals;
mod router;
mod sealed;
mod server;
mod tagged;
mod ui;

pub use openapi::document;
pub use sealed::sealed;
pub use server::{Bound, bind, listen};
