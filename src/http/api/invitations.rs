//! Links with which people become users.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, delete, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::Me;
use crate::app::App;
use crate::base::{InvitationId, Result, SystemRole};
use crate::domain::accounts::{Accepted, InvitationView, Person};
use crate::http::caller::{Anyone, Browser, SignedIn, cookie};

/// An invitation that can still be accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    id: InvitationId,
    role: SystemRole,
    email: Option<String>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    invited_by: Option<Person>,
}

impl From<InvitationView> for Invitation {
    fn from(InvitationView { invitation, invited_by }: InvitationView) -> Self {
        Self {
            id: invitation.id,
            role: invitation.role,
            email: invitation.email,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
            invited_by,
        }
    }
}

/// Invitations that can still be accepted, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitations {
    items: Vec<Invitation>,
}

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    role: SystemRole,
    /// Binds the link to one address.
    email: Option<String>,
}

/// A new invitation. The link is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invited {
    invitation: Invitation,
    link: String,
}

/// The secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationToken {
    token: String,
}

/// What a link offers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Offer {
    role: SystemRole,
    email: Option<String>,
    /// Whether it makes the first account of the installation.
    first_admin: bool,
    expires_at: DateTime<Utc>,
}

/// What a new person says of themselves.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    token: String,
    name: String,
    email: String,
    password: String,
}

/// Invite somebody
#[utoipa::path(tag = "people", responses((status = 201, body = Invited)))]
#[post("/invitations")]
pub async fn create_invitation(
    app: Data<App>,
    SignedIn(cx): SignedIn,
    body: Json<NewInvitation>,
) -> Result<HttpResponse> {
    let new = app.accounts.invite(&cx, body.role, body.email.as_deref()).await?;
    Ok(HttpResponse::Created().json(Invited { invitation: new.view.into(), link: new.link }))
}

/// Open invitations
#[utoipa::path(tag = "people", responses((status = 200, body = Invitations)))]
#[get("/invitations")]
pub async fn list_invitations(app: Data<App>, SignedIn(cx): SignedIn) -> Result<Json<Invitations>> {
    let items = app.accounts.invitations(&cx).await?.into_iter().map(Invitation::from).collect();
    Ok(Json(Invitations { items }))
}

/// Take an invitation back
#[utoipa::path(tag = "people", params(("id" = InvitationId, Path)), responses((status = 204)))]
#[delete("/invitations/{id}")]
pub async fn revoke_invitation(app: Data<App>, SignedIn(cx): SignedIn, id: Path<InvitationId>) -> Result<HttpResponse> {
    app.accounts.revoke_invitation(&cx, id.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a link offers
#[utoipa::path(tag = "people", security(()), responses((status = 200, body = Offer)))]
#[post("/invitations/lookup")]
pub async fn look_up_invitation(
    app: Data<App>,
    Anyone(cx): Anyone,
    body: Json<InvitationToken>,
) -> Result<Json<Offer>> {
    let (found, first_admin) = app.accounts.look_up_invitation(&cx, &body.token).await?;
    Ok(Json(Offer { role: found.role, email: found.email, first_admin, expires_at: found.expires_at }))
}

/// Become a user
#[utoipa::path(tag = "people", security(()), responses((status = 201, body = Me)))]
#[post("/invitations/accept")]
pub async fn accept_invitation(
    app: Data<App>,
    Anyone(cx): Anyone,
    Browser(client): Browser,
    body: Json<AcceptInvitation>,
) -> Result<HttpResponse> {
    let AcceptInvitation { token, name, email, password } = body.into_inner();
    let signed_in = app.accounts.accept_invitation(&cx, Accepted { token, name, email, password }, &client).await?;
    let cookie = cookie(&signed_in.token, app.config.accounts.session_hours);
    Ok(HttpResponse::Created().cookie(cookie).json(Me::of(&app, &signed_in)))
}
