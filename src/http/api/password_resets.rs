//! Links with which people who forgot their password choose another one. The second factor is still asked for.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::app::App;
use crate::base::Result;
use crate::http::caller::Anyone;

/// The secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetToken {
    token: String,
}

/// For whom a link is.
#[derive(Serialize, ToSchema)]
pub struct PasswordResetOffer {
    name: String,
    email: String,
    expires_at: DateTime<Utc>,
}

/// Another password, by the secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UsePasswordReset {
    token: String,
    password: String,
}

/// For whom a link is
#[utoipa::path(tag = "people", security(()), responses((status = 200, body = PasswordResetOffer)))]
#[post("/password-resets/lookup")]
pub async fn look_up_password_reset(
    app: Data<App>,
    Anyone(cx): Anyone,
    body: Json<PasswordResetToken>,
) -> Result<Json<PasswordResetOffer>> {
    let found = app.accounts.look_up_password_reset(&cx, &body.token).await?;
    Ok(Json(PasswordResetOffer { name: found.user.name, email: found.user.email, expires_at: found.expires_at }))
}

/// Choose another password; your sessions end
#[utoipa::path(tag = "people", security(()), responses((status = 204)))]
#[post("/password-resets/use")]
pub async fn use_password_reset(
    app: Data<App>,
    Anyone(cx): Anyone,
    body: Json<UsePasswordReset>,
) -> Result<HttpResponse> {
    let UsePasswordReset { token, password } = body.into_inner();
    app.accounts.use_password_reset(&cx, &token, Zeroizing::new(password)).await?;
    Ok(HttpResponse::NoContent().finish())
}
