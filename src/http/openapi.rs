//! The description of the API, made from the handlers themselves (OpenAPI 3.1).

use actix_web::App as ActixApp;
use utoipa::ToSchema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, Info, License, OpenApi, OpenApiBuilder, Ref, ResponseBuilder};
use utoipa_actix_web::AppExt as _;

use super::problem::Problem;
use super::router;
use crate::base::{DealId, FieldError, InvitationId, RequestId, SessionId, UserId};
use crate::domain::deals::ImportMode;

const COOKIE_SCHEME: &str = "session";

/// The document of all routes.
pub fn document() -> OpenApi {
    let (_, collected) = ActixApp::new().into_utoipa_app().configure(router::api).split_for_parts();
    finish(collected)
}

fn finish(mut api: OpenApi) -> OpenApi {
    let info = Info::builder()
        .title("VCConnect")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("The diligence desk. Errors are `application/problem+json`."))
        .license(Some(License::builder().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    let mut components = api.components.take().unwrap_or_default();
    add_shared_schemas(&mut components);
    let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-vcconnect"));
    components.security_schemes.insert(COOKIE_SCHEME.to_owned(), SecurityScheme::ApiKey(cookie).into());
    for item in api.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            operation.responses.responses.insert("default".to_owned(), problem_response());
            operation
                .security
                .get_or_insert_with(|| vec![SecurityRequirement::new::<_, [&str; 0], _>(COOKIE_SCHEME, [])]);
        }
    }
    OpenApiBuilder::new().info(info).paths(api.paths).components(Some(components)).build()
}

/// The collector sees bodies alone: what only errors and parameters name is added here.
fn add_shared_schemas(components: &mut Components) {
    fn add<T: ToSchema>(components: &mut Components) {
        components.schemas.insert(T::name().into_owned(), T::schema());
    }
    add::<Problem>(components);
    add::<FieldError>(components);
    add::<RequestId>(components);
    add::<DealId>(components);
    add::<InvitationId>(components);
    add::<SessionId>(components);
    add::<UserId>(components);
    add::<ImportMode>(components);
}

fn problem_response() -> utoipa::openapi::RefOr<utoipa::openapi::Response> {
    let content = Content::new(Some(Ref::from_schema_name(Problem::name())));
    ResponseBuilder::new()
        .description("What happened, what is safe, what to do")
        .content("application/problem+json", content)
        .build()
        .into()
}
