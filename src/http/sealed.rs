//! What people see while the keystore is closed: one page that says so, and the same for programs. Nothing else is
//! answered, and nothing asks the database.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::json;

use super::problem;
use crate::base::{Error, ErrorCode, RequestId, Result};
use crate::infra::tls::Serving;

const PAGE: &str = include_str!("sealed.html");
const SENTENCE: &str = "The server is locked: its keystore is closed. Everything that was stored is safe. An admin opens it \
                        at the server with vcconnect-admin.";

/// After this the browser asks again by itself.
const PAUSE: Duration = Duration::from_secs(15);

/// Answers on this listener, as long as it is awaited.
pub fn sealed(listener: TcpListener, tls: Option<&Arc<Serving>>) -> Result<Server> {
    let server = HttpServer::new(|| App::new().default_service(web::to(answer))).workers(1).shutdown_timeout(1);
    let server = match tls {
        Some(tls) => server.listen_rustls_0_23(listener, tls.config().map_err(Error::internal)?),
        None => server.listen(listener),
    };
    Ok(server.map_err(Error::internal)?.run())
}

async fn answer(req: HttpRequest) -> HttpResponse {
    match req.path() {
        "/healthz" => secured(HttpResponse::Ok().json(json!({ "status": "alive" }))),
        "/readyz" => secured(
            HttpResponse::ServiceUnavailable()
                .json(json!({ "ready": false, "parts": [{ "name": "keys", "state": "failed", "detail": SENTENCE }] })),
        ),
        path if path.starts_with("/api/") => secured(problem::written(
            &Error::new(ErrorCode::Sealed, SENTENCE).retry_after(PAUSE),
            RequestId(uuid::Uuid::nil()),
        )),
        _ => secured(
            HttpResponse::ServiceUnavailable()
                .insert_header(("refresh", PAUSE.as_secs().to_string()))
                .content_type("text/html; charset=utf-8")
                .body(PAGE),
        ),
    }
}

fn secured(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
