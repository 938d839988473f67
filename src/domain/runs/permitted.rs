//! Which models may write about a deal: local ones always, external ones while its owners allow it.

use serde_json::json;

use super::Runs;
use super::model::Writer;
use crate::base::{Ctx, DealId, EndpointId, Error, ErrorCode, Result};
use crate::domain::deals::MemberRole;
use crate::domain::settings::{ModelEndpoint, Reach};
use crate::infra::db::{Connection, Transact as _};

/// The models of the fund as a deal sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealModels {
    /// Whether the deal's text may go to external models.
    pub external_allowed: bool,
    /// All of them.
    pub endpoints: Vec<Permitted>,
}

/// A model of the fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permitted {
    /// The model.
    pub writer: Writer,
    /// Whether it may write about the deal.
    pub permitted: bool,
}

impl Runs {
    /// The models that may write about a deal.
    pub async fn models(&self, cx: &Ctx, deal: DealId) -> Result<DealModels> {
        let mut conn = self.db.read().await?;
        self.deals.require(&mut conn, cx, deal, MemberRole::Reader).await?;
        self.models_of(&mut conn, deal).await
    }

    /// Allows the deal's text to go to external models, or takes that back, also from runs that go on.
    pub async fn allow_external_models(&self, cx: &Ctx, deal: DealId, allowed: bool) -> Result<DealModels> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            self.deals.allow_external_models(conn, cx, deal, allowed).await?;
            self.models_of(conn, deal).await
        })
        .await
    }

    async fn models_of(&self, conn: &mut Connection, deal: DealId) -> Result<DealModels> {
        let external_allowed = self.deals.external_models(conn, deal).await?;
        let endpoints = self.settings.endpoints(conn).await?.into_iter();
        let endpoints = endpoints
            .map(|known| Permitted { permitted: may_write(&known, external_allowed), writer: Writer::from(known) });
        Ok(DealModels { external_allowed, endpoints: endpoints.collect() })
    }

    /// The model with which a run of the deal is started.
    pub(super) async fn writer(&self, conn: &mut Connection, deal: DealId, id: EndpointId) -> Result<Writer> {
        self.settings.require_open()?;
        let known = self.settings.endpoint(conn, id).await?.map(|(known, _)| known);
        let known = known.ok_or_else(|| Error::not_found("model"))?;
        if !may_write(&known, self.deals.external_models(conn, deal).await?) {
            let detail = "This deal is for local models only. An owner of the deal can allow external ones.";
            return Err(Error::new(ErrorCode::Forbidden, detail));
        }
        Ok(Writer::from(known))
    }

    /// Keeps what permits a model as it is until the transaction ends.
    pub(super) async fn hold_permission(&self, conn: &mut Connection, deal: DealId, writer: &Writer) -> Result<()> {
        self.settings.hold_endpoint(conn, writer.endpoint).await?;
        self.deals.hold(conn, deal).await
    }

    /// How the model of a run is reached now; a sentence if it must not be asked any more.
    pub(super) async fn reached(
        &self,
        conn: &mut Connection,
        deal: DealId,
        writer: &Writer,
    ) -> Result<Result<llm::Endpoint, &'static str>> {
        let Some((known, endpoint)) = self.settings.endpoint(conn, writer.endpoint).await? else {
            return Ok(Err("It was removed from the settings."));
        };
        if !may_write(&known, self.deals.external_models(conn, deal).await?) {
            return Ok(Err("External models are not allowed for this deal any more."));
        }
        Ok(Ok(endpoint))
    }
}

fn may_write(endpoint: &ModelEndpoint, external_allowed: bool) -> bool {
    endpoint.reach == Reach::Local || external_allowed
}

/// What the audit log says of the model that a run was started with.
pub(super) fn details(writer: Option<&Writer>) -> serde_json::Value {
    match writer {
        Some(writer) => json!({ "model": writer.model, "host": writer.host, "reach": writer.reach }),
        None => json!({}),
    }
}
