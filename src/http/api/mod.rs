//! Handlers, a file per domain: parse, call one use case, shape the answer. No rules of the business live here.

pub(super) mod audit;
pub(super) mod deals;
pub(super) mod description;
pub(super) mod documents;
pub(super) mod health;
pub(super) mod invitations;
pub(super) mod models;
pub(super) mod password_resets;
pub(super) mod reports;
pub(super) mod runs;
pub(super) mod search;
pub(super) mod second_factor;
pub(super) mod session;
pub(super) mod users;

use serde::Deserialize;
use utoipa::IntoParams;

use crate::base::PageRequest;

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageParams {
    /// Rows on the page, 1 to 200; 50 unless said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl From<PageParams> for PageRequest {
    fn from(params: PageParams) -> Self {
        Self { limit: params.limit, cursor: params.cursor }
    }
}
