//! Who sends a request: extractors that give a handler its context. A handler that takes [`SignedIn`] is closed to
//! everybody who has not come in all the way; one that takes [`Anyone`] says that it means to be open. [`SettingUp`]
//! and [`HalfWay`] are for the few that somebody needs on the way in.

use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, IF_MATCH, USER_AGENT};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use futures_util::future::LocalBoxFuture;

use crate::app::App;
use crate::base::{Actor, Ctx, Error, ErrorCode, RequestId, Result, SessionId};
use crate::domain::accounts::{Client, Standing};

const COOKIE: &str = "__Host-vcconnect";

/// The context of a request that anybody may send.
pub struct Anyone(pub Ctx);

/// The context of a request that somebody who is signed in sent: password, and second factor if there has to be one.
pub struct SignedIn(pub Ctx);

/// The context of a request of somebody who is signed in, or who is an admin and must set up a second factor first.
pub struct SettingUp(pub Ctx, pub Standing);

/// The context of a request of somebody with a session, however far they have come.
pub struct HalfWay(pub Ctx, pub Standing);

/// The session that a signed-in request came with.
pub fn session_of(cx: &Ctx) -> Result<SessionId> {
    match cx.actor {
        Actor::User { session, .. } => Ok(session),
        Actor::Anonymous | Actor::Console => Err(Error::new(ErrorCode::SignedOut, "Sign in to go on.")),
    }
}

fn app(req: &HttpRequest) -> Result<&web::Data<App>> {
    req.app_data::<web::Data<App>>().ok_or_else(|| Error::internal("the router has no app"))
}

fn anonymous(req: &HttpRequest) -> Result<Ctx> {
    let request_id = req.extensions().get::<RequestId>().copied().unwrap_or(RequestId(uuid::Uuid::nil()));
    let app = app(req)?;
    let trusted = &app.config.server.trusted_proxies;
    let ip = req.peer_addr().map(|peer| client_address(peer.ip(), req.headers(), trusted));
    Ok(Ctx { actor: Actor::Anonymous, request_id, ip, login: None, now: app.outside.clock.now() })
}

/// The address of the client. What a proxy says counts only if we know the proxy; of its list, the last entry that is
/// not a proxy of ours is what it saw itself, the ones before may be made up.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let lists: Vec<&str> = headers.get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    let mut told = lists.iter().rev().flat_map(|list| list.rsplit(',')).map(|one| one.trim().parse::<IpAddr>());
    // An entry that is no address ends the search: what stands before it was not written by a proxy of ours.
    told.find(|address| !address.as_ref().is_ok_and(|address| trusted.contains(address)))
        .and_then(Result::ok)
        .unwrap_or(peer)
}

async fn half_way(req: &HttpRequest) -> Result<(Ctx, Standing)> {
    let cx = anonymous(req)?;
    let token = req.cookie(COOKIE).map(|cookie| cookie.value().to_owned());
    let known = match token {
        Some(token) => app(req)?.accounts.authenticate(&token, cx.now).await?,
        None => None,
    };
    let known = known.ok_or_else(|| Error::new(ErrorCode::SignedOut, "Sign in to go on."))?;
    let cx = Ctx { actor: Actor::User { id: known.user, role: known.role, session: known.session }, ..cx };
    Ok((cx, known.standing))
}

async fn setting_up(req: &HttpRequest) -> Result<(Ctx, Standing)> {
    let (cx, standing) = half_way(req).await?;
    standing.allow(&[Standing::SignedIn, Standing::SetUpNeeded])?;
    Ok((cx, standing))
}

async fn signed_in(req: &HttpRequest) -> Result<Ctx> {
    let (cx, standing) = half_way(req).await?;
    standing.allow(&[Standing::SignedIn])?;
    req.extensions_mut().insert(cx);
    Ok(cx)
}

impl FromRequest for Anyone {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(anonymous(req).map(Self))
    }
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move { signed_in(&req).await.map(Self) })
    }
}

impl FromRequest for SettingUp {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move { setting_up(&req).await.map(|(cx, standing)| Self(cx, standing)) })
    }
}

impl FromRequest for HalfWay {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move { half_way(&req).await.map(|(cx, standing)| Self(cx, standing)) })
    }
}

/// The browser, as it calls itself.
pub struct Browser(pub Client);

impl FromRequest for Browser {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let agent = req.headers().get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        ready(Ok(Self(Client(agent.to_owned()))))
    }
}

/// The version that a change is based on, from `If-Match`.
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = req.headers().get(IF_MATCH).and_then(|value| value.to_str().ok());
        let version = value.and_then(|value| value.trim().trim_matches('"').parse().ok());
        ready(version.map(Self).ok_or_else(|| {
            Error::new(
                ErrorCode::PreconditionRequired,
                "Send If-Match with the ETag of what you read, so that nobody's change is lost.",
            )
        }))
    }
}

/// The cookie that keeps somebody signed in: this host alone, this site alone, no scripts, HTTPS (or localhost).
pub fn cookie(token: &str, hours: u32) -> Cookie<'static> {
    Cookie::build(COOKIE, token.to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(Duration::hours(i64::from(hours)))
        .finish()
}

/// Takes the cookie back.
pub fn no_cookie() -> Cookie<'static> {
    let mut cookie = cookie("", 0);
    cookie.set_max_age(Duration::ZERO);
    cookie
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_a_known_proxy_is_believed() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let mut headers = HeaderMap::new();
        let name = HeaderName::from_static("x-forwarded-for");
        headers.append(name, HeaderValue::from_static("203.0.113.9, 198.51.100.7, 10.0.0.2"));
        let trusted = [address("127.0.0.1"), address("10.0.0.2")];
        assert_eq!(
            client_address(address("192.0.2.1"), &headers, &trusted),
            address("192.0.2.1"),
            "a stranger's claim"
        );
        assert_eq!(client_address(address("127.0.0.1"), &headers, &trusted), address("198.51.100.7"));
        assert_eq!(client_address(address("127.0.0.1"), &HeaderMap::new(), &trusted), address("127.0.0.1"));
        let name = HeaderName::from_static("x-forwarded-for");
        headers.insert(name, HeaderValue::from_static("198.51.100.7, 203.0.113.9:4711"));
        assert_eq!(client_address(address("127.0.0.1"), &headers, &trusted), address("127.0.0.1"), "not an address");
    }
}
