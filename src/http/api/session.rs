//! Signing in and out, and who is signed in.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, delete, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::app::App;
use crate::base::{Permission, Result, SessionId, SystemRole, UserId};
use crate::domain::accounts::{self, Credentials, Standing, User};
use crate::http::caller::{Anyone, Browser, HalfWay, SettingUp, SignedIn, cookie, no_cookie, session_of};
use crate::infra::test_copy::TestCopy;

/// Address and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Mail address.
    email: String,
    /// Password.
    password: String,
}

/// The password as it is and as it shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    old_password: String,
    password: String,
}

/// Who is signed in and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    user: MyUser,
    /// What the role allows.
    permissions: Vec<Permission>,
    session: MySession,
    /// How far this session has come; permissions count once it is signed in.
    standing: Standing,
    /// What this installation is, as a sentence, if it is a copy that was made to try things out.
    test_copy: Option<String>,
}

/// The person who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyUser {
    id: UserId,
    name: String,
    email: String,
    role: SystemRole,
}

/// The session of this browser.
#[derive(Debug, Serialize, ToSchema)]
pub struct MySession {
    id: SessionId,
}

impl Me {
    pub(super) fn of(app: &App, signed_in: &accounts::SignedIn) -> Self {
        Self::new(app, &signed_in.user, signed_in.session.id, signed_in.standing)
    }

    fn new(app: &App, user: &User, session: SessionId, standing: Standing) -> Self {
        Self {
            standing,
            test_copy: app.test_copy().map(TestCopy::sentence),
            permissions: user.role.permissions().to_vec(),
            user: MyUser { id: user.id, name: user.name.clone(), email: user.email.clone(), role: user.role },
            session: MySession { id: session },
        }
    }
}

/// One sign-in that is still good.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    id: SessionId,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// Address and browser, as they said.
    client: String,
    /// Whether it is the one that asks.
    current: bool,
}

impl Session {
    pub(super) fn new(session: accounts::Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            client: session.client,
            current: current == Some(session.id),
        }
    }
}

/// Every session of a person that is still good.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    pub(super) items: Vec<Session>,
}

/// Sign in; `standing` says what is asked for next
#[utoipa::path(tag = "session", security(()), responses((status = 200, body = Me)))]
#[post("/session")]
pub async fn sign_in(
    app: Data<App>,
    Anyone(cx): Anyone,
    Browser(client): Browser,
    body: Json<SignIn>,
) -> Result<HttpResponse> {
    let SignIn { email, password } = body.into_inner();
    let credentials = Credentials { email, password: Zeroizing::new(password) };
    let signed_in = app.accounts.sign_in(&cx, credentials, &client).await?;
    let cookie = cookie(&signed_in.token, app.config.accounts.session_hours);
    Ok(HttpResponse::Ok().cookie(cookie).json(Me::of(&app, &signed_in)))
}

/// Who is signed in
#[utoipa::path(tag = "session", responses((status = 200, body = Me)))]
#[get("/session")]
pub async fn get_session(app: Data<App>, SettingUp(cx, standing): SettingUp) -> Result<Json<Me>> {
    Ok(Json(Me::new(&app, &app.accounts.me(&cx).await?, session_of(&cx)?, standing)))
}

/// Sign out
#[utoipa::path(tag = "session", responses((status = 204)))]
#[delete("/session")]
pub async fn sign_out(app: Data<App>, HalfWay(cx, _): HalfWay) -> Result<HttpResponse> {
    app.accounts.end_session(&cx, session_of(&cx)?).await?;
    let clear = ("Clear-Site-Data", "\"cache\", \"storage\"");
    Ok(HttpResponse::NoContent().cookie(no_cookie()).insert_header(clear).finish())
}

/// Choose another password; your other sessions end
#[utoipa::path(tag = "session", responses((status = 204)))]
#[post("/session/password")]
pub async fn change_password(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    body: Json<PasswordChange>,
) -> Result<HttpResponse> {
    let PasswordChange { old_password, password } = body.into_inner();
    let (old, new) = (Zeroizing::new(old_password), Zeroizing::new(password));
    app.accounts.change_password(&cx, session_of(&cx)?, old, new).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Your own sessions
#[utoipa::path(tag = "session", responses((status = 200, body = Sessions)))]
#[get("/sessions")]
pub async fn list_sessions(app: Data<App>, SignedIn(cx): SignedIn) -> Result<Json<Sessions>> {
    let current = session_of(&cx)?;
    let items =
        app.accounts.sessions(&cx).await?.into_iter().map(|session| Session::new(session, Some(current))).collect();
    Ok(Json(Sessions { items }))
}

/// End one of your own sessions
#[utoipa::path(tag = "session", params(("id" = SessionId, Path)), responses((status = 204)))]
#[delete("/sessions/{id}")]
pub async fn end_session(app: Data<App>, SignedIn(cx): SignedIn, id: Path<SessionId>) -> Result<HttpResponse> {
    app.accounts.end_session(&cx, id.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
