//! Use cases of the fund's settings: authorise, validate, one transaction, view.

use std::sync::Arc;
use std::time::Duration;

use llm::{BaseUrl, Client, Endpoint, Key, Request, Trouble};
use serde_json::json;
use vault::Vault;

use super::model::{Accepted, ModelEndpoint, NewEndpoint, TestResult};
use super::store;
use crate::base::{Ctx, EndpointId, Error, ErrorCode, Permission, Result};
use crate::domain::audit::{Action, Audit, Object, Record};
use crate::infra::clock::Clock;
use crate::infra::db::{Connection, Db, Transact as _};
use crate::infra::entropy::{self, Entropy};

/// More endpoints than this a fund cannot have.
const MOST: i64 = 50;

/// Whoever tries an endpoint waits for it at most so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the fund has set.
#[derive(Clone)]
pub struct Settings {
    db: Db,
    vault: Arc<Vault>,
    entropy: Arc<dyn Entropy>,
    audit: Audit,
    models: Client,
}

impl Settings {
    /// The settings in this database, and the client that asks models.
    pub fn new(db: Db, vault: Arc<Vault>, entropy: Arc<dyn Entropy>, audit: Audit, models: Client) -> Self {
        Self { db, vault, entropy, audit, models }
    }

    /// All endpoints of models, the oldest first; at most 50.
    pub async fn models(&self, cx: &Ctx) -> Result<Vec<ModelEndpoint>> {
        cx.require(Permission::ModelsManage)?;
        self.endpoints(&mut *self.db.read().await?).await
    }

    /// Adds an endpoint.
    pub async fn add_model(&self, cx: &Ctx, new: NewEndpoint) -> Result<ModelEndpoint> {
        cx.require(Permission::ModelsManage)?;
        self.require_open()?;
        let Accepted { name, base_url, model, reach, key } = new.accept()?;
        let endpoint = ModelEndpoint {
            id: EndpointId::new(cx.now, entropy::random(self.entropy.as_ref())?),
            name,
            base_url: base_url.as_str().to_owned(),
            model,
            reach,
            has_key: key.is_some(),
            created_at: cx.now,
            last_test: None,
        };
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            store::lock_endpoints(conn).await?;
            let there = store::endpoints(conn, &self.vault, MOST).await?;
            if there.len() >= usize::try_from(MOST).unwrap_or(usize::MAX) {
                let detail = "There are 50 models already. Remove one that is not used, then add this one.";
                return Err(Error::new(ErrorCode::WrongState, detail));
            }
            store::insert_endpoint(conn, &self.vault, &endpoint, key.as_ref().map(|key| key.as_str())).await?;
            self.audit.record(conn, cx, about(Action::ModelAdded, &endpoint)).await
        })
        .await?;
        Ok(endpoint)
    }

    /// Asks an endpoint for a word and keeps how it answered. Nothing of any document is sent. That it does not work is
    /// a result, not an error.
    pub async fn test_model(&self, cx: &Ctx, id: EndpointId, clock: &dyn Clock) -> Result<ModelEndpoint> {
        cx.require(Permission::ModelsManage)?;
        self.require_open()?;
        let mut conn = self.db.write().await?;
        // Before anything goes out.
        let (known, reached) = conn
            .transaction(async |conn| {
                let found = self.endpoint(conn, id).await?.ok_or_else(|| Error::not_found("model"))?;
                self.audit.record(conn, cx, about(Action::ModelTested, &found.0)).await?;
                Ok::<_, Error>(found)
            })
            .await?;
        // The answer may take long, and others need the connection.
        drop(conn);
        let last_test = self.tried(&reached, clock).await;
        let mut conn = self.db.write().await?;
        if !store::set_test(&mut conn, &self.vault, id, &last_test).await? {
            return Err(Error::not_found("model"));
        }
        Ok(ModelEndpoint { last_test: Some(last_test), ..known })
    }

    async fn tried(&self, endpoint: &Endpoint, clock: &dyn Clock) -> TestResult {
        let request = Request {
            system: "You are being tried out. Answer with the single word ready.".to_owned(),
            user: "Are you there?".to_owned(),
            // Some models think before they answer.
            most_tokens: 500,
            json: false,
        };
        let begun = clock.now();
        let mut unheard = |_: &str| {};
        let asked = self.models.complete(endpoint, &request, &mut unheard);
        let (works, sentence) = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => match answer.model {
                Some(model) if model != endpoint.model => (true, format!("It answers, as {}.", shortened(&model))),
                _ => (true, "It answers.".to_owned()),
            },
            Ok(Err(trouble)) => (false, with_remark(trouble)),
            Err(_) => (false, format!("It did not answer within {} seconds.", PATIENCE.as_secs())),
        };
        let at = clock.now();
        let milliseconds = u64::try_from((at - begun).num_milliseconds()).unwrap_or_default();
        TestResult { at, works, sentence, milliseconds }
    }

    /// Removes an endpoint with its key. Runs that would ask it go on without.
    pub async fn remove_model(&self, cx: &Ctx, id: EndpointId) -> Result<()> {
        cx.require(Permission::ModelsManage)?;
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let found = store::find_endpoint(conn, &self.vault, id).await?;
            let (known, _) = found.ok_or_else(|| Error::not_found("model"))?;
            if !store::delete_endpoint(conn, id).await? {
                return Err(Error::not_found("model"));
            }
            self.audit.record(conn, cx, about(Action::ModelRemoved, &known)).await
        })
        .await
    }

    /// All endpoints: for those who ask on behalf of a deal and have authorised it.
    pub async fn endpoints(&self, conn: &mut Connection) -> Result<Vec<ModelEndpoint>> {
        store::endpoints(conn, &self.vault, MOST).await
    }

    /// Keeps an endpoint from being removed until the transaction ends.
    pub async fn hold_endpoint(&self, conn: &mut Connection, id: EndpointId) -> Result<()> {
        store::hold_endpoint(conn, id).await
    }

    /// An endpoint and how it is reached: for those who ask on behalf of a deal and have authorised it.
    pub async fn endpoint(&self, conn: &mut Connection, id: EndpointId) -> Result<Option<(ModelEndpoint, Endpoint)>> {
        let Some((known, key)) = store::find_endpoint(conn, &self.vault, id).await? else { return Ok(None) };
        let reach = known.reach.into();
        let base_url = BaseUrl::parse(&known.base_url, reach).map_err(Error::internal)?;
        let reached = Endpoint { base_url, model: known.model.clone(), key: key.map(Key), reach };
        Ok(Some((known, reached)))
    }

    /// Fails where nothing may leave this installation, such as in a test copy.
    pub fn require_open(&self) -> Result<()> {
        match self.models.closed() {
            Some(sentence) => Err(Error::new(ErrorCode::WrongState, sentence)),
            None => Ok(()),
        }
    }

    /// Asks models.
    pub fn client(&self) -> &Client {
        &self.models
    }
}

fn about(action: Action, endpoint: &ModelEndpoint) -> Record {
    let details = json!({ "host": endpoint.host(), "model": endpoint.model, "reach": endpoint.reach });
    Record::done(action, Object::of("model", endpoint.id.0)).with(details)
}

/// Whoever tries an endpoint is helped by what it says itself; nobody else reads that.
fn with_remark(trouble: Trouble) -> String {
    match trouble.remark {
        Some(remark) => format!("{} It says: {remark}", trouble.sentence),
        None => trouble.sentence,
    }
}

/// What an endpoint says of itself is data of others.
fn shortened(name: &str) -> String {
    name.chars().filter(|found| !found.is_control()).take(80).collect()
}
