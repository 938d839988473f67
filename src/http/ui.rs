//! The embedded web UI: hashed files are cached for ever, the page itself is asked for each time, and every path
//! that is not a file is the page, whose own router knows it.

use std::borrow::Cow;

use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, VARY};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::base::{Error, Result};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/web/dist"]
#[allow_missing = true]
struct Built;

const PLACEHOLDER: &str = include_str!("placeholder.html");
const INDEX: &str = "index.html";
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// The page that starts the UI; a page that says how to build it where it was left out.
pub(super) fn index() -> Cow<'static, str> {
    match Built::get(INDEX) {
        Some(file) => Cow::Owned(String::from_utf8_lossy(&file.data).into_owned()),
        None => Cow::Borrowed(PLACEHOLDER),
    }
}

/// Whether the UI was built into this program.
pub fn is_built() -> bool {
    Built::get(INDEX).is_some()
}

/// A file of the UI, or its page.
pub(super) async fn serve(req: HttpRequest) -> Result<HttpResponse> {
    let path = req.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return Err(Error::not_found("page"));
    }
    if path.is_empty() || Built::get(path).is_none() {
        // A file that is missing is not the page: a browser would run HTML as a script.
        let is_file = path.starts_with("_app/") || path.rsplit('/').next().is_some_and(|name| name.contains('.'));
        return if is_file { Err(Error::not_found("file")) } else { Ok(page(&req)) };
    }
    Ok(file(&req, path))
}

fn page(req: &HttpRequest) -> HttpResponse {
    if is_built() {
        file(req, INDEX)
    } else {
        HttpResponse::Ok().content_type("text/html; charset=utf-8").body(PLACEHOLDER)
    }
}

fn file(req: &HttpRequest, path: &str) -> HttpResponse {
    let Some((encoding, file)) = best(req, path) else { return HttpResponse::NotFound().finish() };
    let etag = format!("\"{}\"", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()));
    let immutable = path.starts_with("_app/immutable/");
    let cache = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = req.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known == Some(etag.as_str()) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((ETAG, etag.clone()))
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((VARY, "Accept-Encoding"));
    if known == Some(etag.as_str()) {
        return response.finish();
    }
    if let Some(encoding) = encoding {
        response.insert_header((CONTENT_ENCODING, encoding));
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    response.content_type(kind).body(file.data.into_owned())
}

/// The smallest form of a file that the browser takes, compressed when the UI was built.
fn best(req: &HttpRequest, path: &str) -> Option<(Option<&'static str>, EmbeddedFile)> {
    let accepted = req.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let compressed = ENCODINGS.into_iter().find_map(|(name, extension)| {
        let takes = accepted.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == name));
        let file = takes.then(|| Built::get(&format!("{path}.{extension}"))).flatten()?;
        Some((Some(name), file))
    });
    compressed.or_else(|| Built::get(path).map(|file| (None, file)))
}
