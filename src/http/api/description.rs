//! The description of the API, for programs and for the viewer.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use utoipa::openapi::OpenApi;

use crate::base::Result;
use crate::http::caller::SignedIn;
use crate::http::tagged::digested;

/// The API's description
#[utoipa::path(tag = "health", responses((status = 200, description = "An OpenAPI 3.1 document")))]
#[get("/openapi.json")]
pub async fn openapi_json(req: HttpRequest, _caller: SignedIn, document: Data<OpenApi>) -> Result<HttpResponse> {
    digested(&req, document.get_ref())
}
