//! People of the fund.

use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, patch};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PageParams;
use crate::app::App;
use crate::base::{Ctx, Permission, Result, SystemRole, UserId};
use crate::domain::accounts::{self, UserState};
use crate::http::caller::{IfMatch, SignedIn};
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
}

impl User {
    fn for_reader(user: accounts::User, cx: &Ctx) -> Self {
        Self {
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
    let (page, total) = app.accounts.users(&cx, &page.into_inner().into())?;
    let page = page.map(|user| User::for_reader(user, &cx));
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
    Ok(versioned(HttpResponse::Ok(), version, &User::for_reader(user, &cx)))
}
