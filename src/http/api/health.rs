//! Whether the server lives, and whether it can work.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, Part};

/// The process answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alive {
    /// Always `alive`.
    status: &'static str,
}

/// Whether work can be done, part by part.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// No part has failed.
    ready: bool,
    /// The parts.
    parts: Vec<Part>,
}

/// The process answers
#[utoipa::path(tag = "health", security(()), responses((status = 200, body = Alive)))]
#[get("/healthz")]
pub async fn healthz() -> Json<Alive> {
    Json(Alive { status: "alive" })
}

/// Whether the server can work, with reasons
#[utoipa::path(tag = "health", security(()), responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
#[get("/readyz")]
pub async fn readyz(app: Data<App>) -> HttpResponse {
    let parts = app.parts().await;
    let ready = parts.iter().all(Part::works);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    HttpResponse::build(status).json(Readiness { ready, parts })
}
