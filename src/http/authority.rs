//! `/ca`: how people come to trust a server whose authority was made on it. Open to everybody: a certificate is no secret,
//! and whoever needs this page cannot sign in yet.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use actix_web::web::Data;
use actix_web::{HttpResponse, get};

use crate::app::App;
use crate::base::{Error, Result};
use crate::infra::files;
use crate::infra::tls::Facts;

const PAGE: &str = include_str!("authority.html");
const STYLE: &str = include_str!("authority.css");

/// The page with the certificate, its fingerprint, and how to roll it out.
#[get("/ca")]
pub(super) async fn page(app: Data<App>) -> Result<HttpResponse> {
    let path = app.config.tls.authority.as_ref().ok_or_else(|| Error::not_found("page"))?;
    let facts = Facts::of(path).map_err(Error::internal)?;
    let names = app.certificate().and_then(Result::ok).map(|facts| facts.names.join(", ")).unwrap_or_default();
    let text = PAGE
        .replace("{names}", &escaped(&names))
        .replace("{fingerprint}", &escaped(&facts.fingerprint))
        .replace("{until}", &facts.until.format("%Y-%m-%d").to_string());
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'; frame-ancestors 'none'"))
        .content_type("text/html; charset=utf-8")
        .body(text))
}

/// How the page looks.
#[get("/ca/page.css")]
pub(super) async fn style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(STYLE)
}

/// The certificate, as operating systems take it in.
#[get("/ca/vcconnect-authority.crt")]
pub(super) async fn certificate(app: Data<App>) -> Result<HttpResponse> {
    let path = app.config.tls.authority.clone().ok_or_else(|| Error::not_found("page"))?;
    let text = actix_web::web::block(move || files::read_small(&path)).await.map_err(Error::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"vcconnect-authority.crt\""))
        .content_type("application/x-x509-ca-cert")
        .body(text.map_err(Error::internal)?))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
