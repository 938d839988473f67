//! Files that a browser saves and never shows as a page of ours.

use actix_web::HttpResponse;
use actix_web::HttpResponseBuilder;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};

/// An answer that is saved under this name, and inert if it is opened all the same.
pub(super) fn attachment(media_type: &str, name: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type(media_type)
        .insert_header(disposition(name))
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"));
    response
}

/// A name outside ASCII goes in its extended form (RFC 6266, RFC 8187).
fn disposition(name: &str) -> ContentDisposition {
    let name = ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value: name.into() };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(name)],
    }
}
