//! The second factor: giving its code, setting it up, and showing that it is still you.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::session::Me;
use crate::app::App;
use crate::base::{Error, FieldError, Result};
use crate::domain::accounts::{self, Proof, SecondFactor};
use crate::http::caller::{Browser, HalfWay, SettingUp, SignedIn, cookie};

/// What the second factor gives.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeGiven {
    /// Six digits of the app or, to come in, a recovery code.
    code: String,
}

/// That it is still you: one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofGiven {
    password: Option<String>,
    /// Six digits of the app.
    code: Option<String>,
}

/// What an authenticator app takes. It is shown this once.
#[derive(Serialize, ToSchema)]
pub struct SecondFactorOffer {
    /// The secret in base32, to be typed.
    #[schema(value_type = String)]
    secret: Zeroizing<String>,
    /// The same as an `otpauth` URI.
    #[schema(value_type = String)]
    uri: Zeroizing<String>,
    qr: QrPicture,
}

/// A picture to be scanned: dark on light.
#[derive(Serialize, ToSchema)]
pub struct QrPicture {
    /// Width and height in modules, with the light edge.
    size: i32,
    /// The dark modules as an SVG path.
    path: String,
}

/// Recovery codes, each good once. They are shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewRecoveryCodes {
    #[schema(value_type = Vec<String>)]
    recovery_codes: Vec<Zeroizing<String>>,
}

impl From<accounts::RecoveryCodes> for NewRecoveryCodes {
    fn from(codes: accounts::RecoveryCodes) -> Self {
        Self { recovery_codes: codes.0 }
    }
}

/// Give the code of your second factor, after the password; a new session starts
#[utoipa::path(tag = "session", responses((status = 200, body = Me)))]
#[post("/session/code")]
pub async fn give_code(
    app: Data<App>,
    HalfWay(cx, standing): HalfWay,
    Browser(client): Browser,
    body: Json<CodeGiven>,
) -> Result<HttpResponse> {
    let signed_in = app.accounts.give_code(&cx, standing, &body.code, &client).await?;
    let cookie = cookie(&signed_in.token, app.config.accounts.session_hours);
    Ok(HttpResponse::Ok().cookie(cookie).json(Me::of(&app, &signed_in)))
}

/// Show that it is still you; for ten minutes this session may change how you sign in
#[utoipa::path(tag = "session", responses((status = 204)))]
#[post("/session/proof")]
pub async fn prove(app: Data<App>, SettingUp(cx, _): SettingUp, body: Json<ProofGiven>) -> Result<HttpResponse> {
    let proof = match body.into_inner() {
        ProofGiven { password: Some(password), code: None } => Proof::Password(Zeroizing::new(password)),
        ProofGiven { password: None, code: Some(code) } => Proof::Code(Zeroizing::new(code)),
        _ => {
            let message = "Give either your password or a code.".to_owned();
            return Err(Error::invalid(vec![FieldError { field: "password".to_owned(), message }]));
        }
    };
    app.accounts.prove(&cx, proof).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Your second factor
#[utoipa::path(tag = "session", responses((status = 200, body = SecondFactor)))]
#[get("/second-factor")]
pub async fn get_second_factor(app: Data<App>, SettingUp(cx, _): SettingUp) -> Result<Json<SecondFactor>> {
    Ok(Json(app.accounts.second_factor(&cx).await?))
}

/// Be offered a second factor; it is yours once you confirm it
#[utoipa::path(tag = "session", responses((status = 201, body = SecondFactorOffer)))]
#[post("/second-factor")]
pub async fn start_second_factor(app: Data<App>, SettingUp(cx, _): SettingUp) -> Result<HttpResponse> {
    let offer = app.accounts.start_second_factor(&cx).await?;
    let qr = QrPicture { size: offer.qr.size, path: offer.qr.path };
    Ok(HttpResponse::Created().json(SecondFactorOffer { secret: offer.secret, uri: offer.uri, qr }))
}

/// Confirm the second factor that you were offered with a code of it; your other sessions end
#[utoipa::path(tag = "session", responses((status = 200, body = NewRecoveryCodes)))]
#[post("/second-factor/confirm")]
pub async fn confirm_second_factor(
    app: Data<App>,
    SettingUp(cx, _): SettingUp,
    Browser(client): Browser,
    body: Json<CodeGiven>,
) -> Result<HttpResponse> {
    let (signed_in, codes) = app.accounts.confirm_second_factor(&cx, &body.code, &client).await?;
    let cookie = cookie(&signed_in.token, app.config.accounts.session_hours);
    Ok(HttpResponse::Ok().cookie(cookie).json(NewRecoveryCodes::from(codes)))
}

/// Remove your second factor; an admin cannot
#[utoipa::path(tag = "session", responses((status = 204)))]
#[delete("/second-factor")]
pub async fn remove_second_factor(app: Data<App>, SignedIn(cx): SignedIn) -> Result<HttpResponse> {
    app.accounts.remove_second_factor(&cx).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Make new recovery codes; the old ones end
#[utoipa::path(tag = "session", responses((status = 201, body = NewRecoveryCodes)))]
#[post("/second-factor/recovery-codes")]
pub async fn renew_recovery_codes(app: Data<App>, SignedIn(cx): SignedIn) -> Result<HttpResponse> {
    let codes = app.accounts.renew_recovery_codes(&cx).await?;
    Ok(HttpResponse::Created().json(NewRecoveryCodes::from(codes)))
}
