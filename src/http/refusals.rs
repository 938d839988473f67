//! Whoever is signed in and asks for what they may not have leaves a trace: compliance sees who tried.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, web};
use serde_json::json;

use crate::app::App;
use crate::base::{Ctx, Error, ErrorCode};
use crate::domain::audit::{Action, Object, Record};

/// Records refusals. The answer stays the same if that fails; the log has why.
pub(super) async fn record(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(req).await?.map_into_boxed_body();
    if let Some((cx, record)) = refusal(&response)
        && let Some(app) = response.request().app_data::<web::Data<App>>()
        && let Err(error) = app.audit.record_alone(&cx, record).await
    {
        tracing::error!(request_id = %cx.request_id, causes = error.causes(), "a refusal could not be recorded");
    }
    Ok(response)
}

fn refusal(response: &ServiceResponse<BoxBody>) -> Option<(Ctx, Record)> {
    let error = response.response().error()?.as_error::<Error>()?;
    let refused = matches!(error.code, ErrorCode::Forbidden | ErrorCode::NotFound);
    let request = response.request();
    // Without a session there is nobody to name, and strangers could fill the log.
    let cx = request.extensions().get::<Ctx>().copied().filter(|_| refused)?;
    let asked = format!("{} {}", request.method(), request.path());
    let about = json!({ "asked": asked, "code": error.code.name() });
    Some((cx, Record::denied(Action::Refused, Object::all("request")).with(about)))
}
