//! Answers with an ETag: the version of one thing, or a digest of a list, so that an unchanged list costs no bytes.

use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use base64::Engine as _;
use serde::Serialize;

use crate::base::{Error, Result};

/// An answer whose ETag is the version that `If-Match` takes.
pub fn versioned(mut response: HttpResponseBuilder, version: i64, body: &impl Serialize) -> HttpResponse {
    response.insert_header((ETAG, format!("\"{version}\""))).json(body)
}

/// An answer whose ETag is a digest of its body; `304` if the client has it.
pub fn digested(req: &HttpRequest, body: &impl Serialize) -> Result<HttpResponse> {
    let json = serde_json::to_vec(body).map_err(Error::internal)?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &json);
    let (half, _) = digest.as_ref().split_at(16);
    let etag = format!("W/\"{}\"", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(half));
    let known = req.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == etag)) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, etag)).finish());
    }
    Ok(HttpResponse::Ok().insert_header((ETAG, etag)).content_type("application/json").body(json))
}
