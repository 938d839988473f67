//! People of the fund.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, delete, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PageParams;
use super::session::{Session, Sessions};
use crate::app::App;
use crate::base::{Ctx, Permission, Result, SessionId, SystemRole, UserId};
use crate::domain::accounts::{self, Access, Overseen, UserState};
use crate::http::caller::{IfMatch, SignedIn, session_of};
use crate::http::tagged::versioned;

/// Somebody with an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    id: UserId,
    name: String,
    /// For those who manage people.
    email: Option<String>,
    role: SystemRole,
    state: UserState,
    created_at: DateTime<Utc>,
    version: i64,
    /// How they get in, in lists for those who manage people.
    access: Option<Access>,
}

impl User {
    fn for_reader(user: accounts::User, access: Option<Access>, cx: &Ctx) -> Self {
        Self {
            access,
            id: user.id,
            name: user.name,
            email: cx.allows(Permission::UsersManage).then_some(user.email),
            role: user.role,
            state: user.state,
            created_at: user.created_at,
            version: user.version,
        }
    }
}

/// A page of people, by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserPage {
    items: Vec<User>,
    total: usize,
    next_cursor: Option<String>,
}

/// What changes; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    role: Option<SystemRole>,
    /// Disabling somebody ends their sessions at once.
    state: Option<UserState>,
}

/// People of the fund
#[utoipa::path(tag = "people", params(PageParams), responses((status = 200, body = UserPage)))]
#[get("/users")]
pub async fn list_users(app: Data<App>, SignedIn(cx): SignedIn, page: Query<PageParams>) -> Result<Json<UserPage>> {
    let (page, total) = app.accounts.users(&cx, &page.into_inner().into()).await?;
    let page = page.map(|Overseen { user, access }| User::for_reader(user, access, &cx));
    Ok(Json(UserPage { items: page.items, total, next_cursor: page.next_cursor }))
}

/// Change a person's role or state
#[utoipa::path(
    tag = "people",
    params(("id" = UserId, Path), ("If-Match" = String, Header, description = "ETag of what was read")),
    responses((status = 200, body = User))
)]
#[patch("/users/{id}")]
pub async fn change_user(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    IfMatch(version): IfMatch,
    id: Path<UserId>,
    body: Json<UserChange>,
) -> Result<HttpResponse> {
    let change = accounts::UserChange { role: body.role, state: body.state };
    let user = app.accounts.change_user(&cx, id.into_inner(), version, change).await?;
    let version = user.version;
    Ok(versioned(HttpResponse::Ok(), version, &User::for_reader(user, None, &cx)))
}

/// A link with which a person chooses another password. It is shown this once.
#[derive(Serialize, ToSchema)]
pub struct PasswordResetLink {
    link: String,
    expires_at: DateTime<Utc>,
}

/// Make a link with which a person chooses another password; an earlier one ends
#[utoipa::path(tag = "people", params(("id" = UserId, Path)), responses((status = 201, body = PasswordResetLink)))]
#[post("/users/{id}/password-reset")]
pub async fn make_password_reset(app: Data<App>, SignedIn(cx): SignedIn, id: Path<UserId>) -> Result<HttpResponse> {
    let new = app.accounts.make_password_reset(&cx, id.into_inner()).await?;
    Ok(HttpResponse::Created().json(PasswordResetLink { link: new.link, expires_at: new.expires_at }))
}

/// Take somebody's second factor, when their app and recovery codes are lost; their sessions end
#[utoipa::path(tag = "people", params(("id" = UserId, Path)), responses((status = 204)))]
#[delete("/users/{id}/second-factor")]
pub async fn reset_second_factor(app: Data<App>, SignedIn(cx): SignedIn, id: Path<UserId>) -> Result<HttpResponse> {
    app.accounts.reset_second_factor(&cx, id.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A person's sessions
#[utoipa::path(tag = "people", params(("id" = UserId, Path)), responses((status = 200, body = Sessions)))]
#[get("/users/{id}/sessions")]
pub async fn list_sessions_of(app: Data<App>, SignedIn(cx): SignedIn, id: Path<UserId>) -> Result<Json<Sessions>> {
    let current = session_of(&cx)?;
    let found = app.accounts.sessions_of(&cx, id.into_inner()).await?;
    let items = found.into_iter().map(|session| Session::new(session, Some(current))).collect();
    Ok(Json(Sessions { items }))
}

/// End every session of a person
#[utoipa::path(tag = "people", params(("id" = UserId, Path)), responses((status = 204)))]
#[delete("/users/{id}/sessions")]
pub async fn end_sessions_of(app: Data<App>, SignedIn(cx): SignedIn, id: Path<UserId>) -> Result<HttpResponse> {
    app.accounts.end_sessions_of(&cx, id.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End one session of a person
#[utoipa::path(
    tag = "people",
    params(("id" = UserId, Path), ("session_id" = SessionId, Path)),
    responses((status = 204))
)]
#[delete("/users/{id}/sessions/{session_id}")]
pub async fn end_session_of(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    path: Path<(UserId, SessionId)>,
) -> Result<HttpResponse> {
    let (id, session) = path.into_inner();
    app.accounts.end_session_of(&cx, id, session).await?;
    Ok(HttpResponse::NoContent().finish())
}
