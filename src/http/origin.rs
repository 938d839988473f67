//! Refuses changes that a page of another site may have caused (CSRF), by what the browser says of the request.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, ORIGIN};
use actix_web::middleware::Next;
use actix_web::web;

use crate::app::App;
use crate::base::{Error, ErrorCode};

/// Lets reading through; a change must come from our own pages, or from a program that names our origin.
pub(super) async fn check(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let public_url =
        req.app_data::<web::Data<App>>().map(|app| app.config.server.public_url.clone()).unwrap_or_default();
    if req.method().is_safe() || is_ours(req.headers(), &public_url) {
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    let detail = "The request does not come from this application's own pages, so nothing was changed. \
                  Programs must send the header Origin with the server's address.";
    Ok(req.error_response(Error::new(ErrorCode::CrossSite, detail)))
}

fn is_ours(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin == public_url,
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn ours(headers: &[(&'static str, &'static str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        is_ours(&map, "https://atlas.fund.example")
    }

    #[test]
    fn only_our_own_pages_change_anything() {
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(ours(&[("origin", "https://atlas.fund.example")]));
        for site in ["cross-site", "same-site", "none"] {
            assert!(!ours(&[("sec-fetch-site", site), ("origin", "https://atlas.fund.example")]), "{site}");
        }
        assert!(!ours(&[("origin", "https://atlas.fund.example.evil.example")]));
        assert!(!ours(&[("origin", "null")]));
        assert!(!ours(&[]));
    }
}
