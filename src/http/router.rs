//! Every route of the server, in one file.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::web;
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::{Config as ViewerConfig, SwaggerUi};

use super::api::{
    audit, deals, description, documents, health, invitations, models, password_resets, reports, runs, search,
    second_factor, session, users,
};
use super::caller::SignedIn;
use super::{authority, headers, ui};

/// The API, as it is described and as it is served.
pub(super) fn api(config: &mut ServiceConfig) {
    config.service(health::healthz).service(health::readyz).service(
        scope("/api/v1")
            .service(description::openapi_json)
            .service(session::sign_in)
            .service(session::get_session)
            .service(session::sign_out)
            .service(session::change_password)
            .service(session::list_sessions)
            .service(session::end_session)
            .service(second_factor::give_code)
            .service(second_factor::prove)
            .service(second_factor::get_second_factor)
            .service(second_factor::start_second_factor)
            .service(second_factor::confirm_second_factor)
            .service(second_factor::remove_second_factor)
            .service(second_factor::renew_recovery_codes)
            .service(password_resets::look_up_password_reset)
            .service(password_resets::use_password_reset)
            .service(invitations::look_up_invitation)
            .service(invitations::accept_invitation)
            .service(invitations::create_invitation)
            .service(invitations::list_invitations)
            .service(invitations::revoke_invitation)
            .service(users::list_users)
            .service(users::change_user)
            .service(users::make_password_reset)
            .service(users::reset_second_factor)
            .service(users::list_sessions_of)
            .service(users::end_sessions_of)
            .service(users::end_session_of)
            .service(deals::list_deals)
            .service(deals::create_deal)
            .service(deals::import_deals)
            .service(deals::get_deal)
            .service(deals::change_deal)
            .service(deals::set_member)
            .service(deals::remove_member)
            .service(documents::load_demo)
            .service(documents::list_documents)
            .service(documents::add_document)
            .service(documents::get_document)
            .service(documents::remove_document)
            .service(documents::retry_document)
            .service(documents::unlock_document)
            .service(documents::get_part)
            .service(documents::get_thumbnail)
            .service(documents::get_image)
            .service(documents::get_file)
            .service(runs::start_run)
            .service(runs::list_runs)
            .service(runs::get_run)
            .service(runs::cancel_run)
            .service(runs::watch_run)
            .service(reports::list_reports)
            .service(reports::get_report)
            .service(reports::list_exports)
            .service(reports::export_report)
            .service(reports::cancel_export)
            .service(reports::download_report)
            .service(search::search)
            .service(models::list_models)
            .service(models::add_model)
            .service(models::test_model)
            .service(models::remove_model)
            .service(models::get_deal_models)
            .service(models::set_deal_models)
            .service(models::list_deal_calls)
            .service(models::list_calls)
            .service(audit::list_audit),
    );
}

/// The viewer of the API for people who are signed in, and the UI for all other paths.
pub(super) fn pages(config: &mut web::ServiceConfig) {
    let viewer = ViewerConfig::new(["/api/v1/openapi.json"]).validator_url("none");
    config
        .service(
            web::scope("/api/docs")
                .wrap(DefaultHeaders::new().add(("Content-Security-Policy", headers::VIEWER_POLICY)))
                .wrap(from_fn(signed_in_only))
                .service(SwaggerUi::new("/{_:.*}").config(viewer)),
        )
        .service(authority::page)
        .service(authority::style)
        .service(authority::certificate)
        .default_service(web::get().to(ui::serve));
}

async fn signed_in_only(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match req.extract::<SignedIn>().await {
        Ok(_) => Ok(next.call(req).await?.map_into_boxed_body()),
        Err(error) => Ok(req.error_response(error)),
    }
}
