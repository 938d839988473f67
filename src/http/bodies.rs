//! Refuses compressed request bodies: the framework inflates them before any limit is checked, so a few hundred bytes
//! could take hundreds of megabytes.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::CONTENT_ENCODING;
use actix_web::middleware::Next;

use crate::base::{Error, ErrorCode};

/// Lets plain bodies through.
pub(super) async fn plain_only(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let plain = req.headers().get_all(CONTENT_ENCODING).all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    if plain {
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    let detail = "Send the body without Content-Encoding. Nothing was read.";
    Ok(req.error_response(Error::new(ErrorCode::UnsupportedMedia, detail)))
}
