//! Errors become `application/problem+json` (RFC 9457) here and nowhere else.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::{Error, ErrorCode, FieldError, RequestId};

/// The body of every error answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:vcconnect:error:<code>`.
    #[serde(rename = "type")]
    kind: String,
    /// What kind of failure, for people.
    title: &'static str,
    /// The HTTP status again.
    status: u16,
    /// What a program may switch on.
    code: &'static str,
    /// What happened, what is safe, what to do.
    detail: String,
    /// Names the request in the log.
    request_id: RequestId,
    /// Which fields cannot be accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldError>,
}

/// Lets handlers return our error; the body is added by the edge, which knows the request's id.
impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// The answer to a request that failed. A fault of ours is logged with its causes.
pub(super) fn answer(error: &Error, request_id: RequestId) -> HttpResponse {
    if error.code.status() >= 500 {
        tracing::error!(%request_id, code = error.code.name(), causes = error.causes(), "a request failed");
    }
    written(error, request_id)
}

/// The same without a word in the log.
pub(super) fn written(error: &Error, request_id: RequestId) -> HttpResponse {
    let problem = Problem {
        kind: format!("urn:vcconnect:error:{}", error.code.name()),
        title: error.code.title(),
        status: error.code.status(),
        code: error.code.name(),
        detail: error.detail.clone(),
        request_id,
        fields: error.fields.clone(),
    };
    let mut response = HttpResponse::build(error.status_code());
    if let Some(wait) = error.retry_after {
        response.insert_header((RETRY_AFTER, wait.as_millis().div_ceil(1000).max(1).to_string()));
    }
    response
        .insert_header((CONTENT_TYPE, "application/problem+json"))
        .body(serde_json::to_vec(&problem).unwrap_or_default())
}

/// An error of the framework (a body that does not parse, an unknown path) in our words.
pub(super) fn translate(error: &actix_web::Error) -> Error {
    match error.as_response_error().status_code() {
        StatusCode::NOT_FOUND => Error::not_found("page"),
        StatusCode::METHOD_NOT_ALLOWED => {
            Error::new(ErrorCode::MethodNotAllowed, "This address does not take that method.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            Error::new(ErrorCode::TooLarge, "The request is larger than this address takes. Nothing was stored.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Error::new(ErrorCode::UnsupportedMedia, "This address does not take that content type.")
        }
        status if status.is_client_error() => {
            Error::new(ErrorCode::MalformedRequest, format!("The request cannot be read: {error}."))
        }
        _ => Error::internal(error.to_string()),
    }
}
