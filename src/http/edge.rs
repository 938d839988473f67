//! The outer edge of every request: its id, its line in the log, and its error answer.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpResponse, web};

use super::problem;
use crate::app::App;
use crate::base::{Error, RequestId};
use crate::infra::entropy;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, runs it, turns an error into an answer, writes one line to the log.
pub(super) async fn request(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let id = request_id(&req);
    req.extensions_mut().insert(id);
    let (method, path) = (req.method().clone(), req.path().to_owned());
    // A client that hangs up drops this future. In a task of its own the use case still ends as a whole, instead of
    // leaving a transaction open with its locks.
    let handled = actix_web::rt::spawn(next.call(req)).await.map_err(Error::internal)?;
    let mut response = with_problem(handled?.map_into_boxed_body(), id);
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    // The path holds ids at most; the query may hold a search, so it stays out of the log.
    tracing::info!(
        request_id = %id, %method, path, status = response.status().as_u16(),
        ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX), "request"
    );
    Ok(response)
}

fn with_problem(response: ServiceResponse<BoxBody>, id: RequestId) -> ServiceResponse<BoxBody> {
    match response.response().error().map(|error| answer(error, id)) {
        Some(problem) => response.into_response(problem),
        None => response,
    }
}

/// The answer to our error, or to the framework's in our words.
fn answer(error: &actix_web::Error, id: RequestId) -> HttpResponse {
    match error.as_error::<Error>() {
        Some(error) => problem::answer(error, id),
        None => problem::answer(&problem::translate(error), id),
    }
}

fn request_id(req: &ServiceRequest) -> RequestId {
    let Some(app) = req.app_data::<web::Data<App>>() else { return RequestId(uuid::Uuid::nil()) };
    let random = entropy::random(app.outside.entropy.as_ref()).unwrap_or_default();
    RequestId::new(app.outside.clock.now(), random)
}
