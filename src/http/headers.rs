//! Security headers of every answer. The policy allows what the built UI needs and nothing else.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::middleware::Next;
use actix_web::web;
use base64::Engine as _;

use crate::app::App;

/// Style attribute of SvelteKit's route announcer, the one inline style of the UI.
const ANNOUNCER_STYLE: &str = "'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='";
/// For the API viewer, whose bundled pages style their elements inline. It is served to people who are signed in.
pub(super) const VIEWER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// The policy for the UI, made once at start from the scripts that its page really has.
#[derive(Debug, Clone)]
pub(super) struct Policy(HeaderValue);

impl Policy {
    /// Allows exactly the inline scripts of this page.
    pub(super) fn for_page(index: &str) -> Self {
        let hashes: String = inline_scripts(index).map(|script| format!(" 'sha256-{}'", sha256(script))).collect();
        let policy = format!(
            "default-src 'self'; script-src 'self'{hashes}; style-src 'self'; \
             style-src-attr 'unsafe-hashes' {ANNOUNCER_STYLE}; img-src 'self' data: blob:; connect-src 'self'; \
             worker-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; \
             require-trusted-types-for 'script'; trusted-types svelte-trusted-html sveltekit-trusted-url"
        );
        Self(HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'")))
    }
}

fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script>").skip(1).filter_map(|rest| rest.split_once("</script>").map(|(script, _)| script))
}

fn sha256(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(digest)
}

/// Adds the headers to an answer. What a handler set itself stays.
pub(super) async fn secure<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let api = req.path().starts_with("/api/");
    let policy = req.app_data::<web::Data<Policy>>().map(|policy| policy.0.clone());
    let https =
        req.app_data::<web::Data<App>>().is_some_and(|app| app.config.server.public_url.starts_with("https://"));
    let mut response = next.call(req).await?;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: HeaderValue| {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    };
    if let Some(policy) = policy {
        set(CONTENT_SECURITY_POLICY, policy);
    }
    set(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    set(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    set(OPENER, HeaderValue::from_static("same-origin"));
    set(RESOURCE, HeaderValue::from_static("same-origin"));
    set(PERMISSIONS, HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=()"));
    if api {
        set(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if https {
        set(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_each_inline_script_and_no_other() {
        let Policy(value) =
            Policy::for_page("<script src=\"/a.js\"></script><script>alert(1)</script><script>x</script>");
        let text = value.to_str().unwrap();
        // sha256 of `alert(1)` and of `x`, as printed by openssl.
        assert!(text.contains("'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"), "{text}");
        assert_eq!(text.matches("'sha256-").count(), 3, "two scripts and the announcer's style");
        let scripts = text.split("script-src").nth(1).unwrap().split(';').next().unwrap();
        assert!(!scripts.contains("unsafe"), "{scripts}");
    }
}
