//! All SQL of the fund's settings. What an endpoint is and its key are sealed on the way in and opened on the way out.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vault::Vault;
use zeroize::Zeroizing;

use super::model::{ModelEndpoint, Reach, TestResult};
use crate::base::{EndpointId, Error, Result};
use crate::infra::db::Connection;
use crate::infra::db::schema::model_endpoints;
use crate::infra::sealed::Place;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = model_endpoints)]
struct EndpointRow {
    id: Uuid,
    reach: String,
    settings: Vec<u8>,
    key: Option<Vec<u8>>,
    last_test: Option<Vec<u8>>,
    created_at: DateTime<Utc>,
}

/// What is sealed of an endpoint.
#[derive(Serialize, Deserialize)]
struct Said {
    name: String,
    base_url: String,
    model: String,
}

fn of_endpoint(vault: &Vault, id: Uuid) -> Place<'_> {
    Place::of_fund(vault, "model_endpoints", id)
}

fn endpoint(vault: &Vault, row: EndpointRow) -> Result<ModelEndpoint> {
    let place = of_endpoint(vault, row.id);
    let Said { name, base_url, model } = place.open_json("settings", row.settings)?;
    let unknown = || Error::internal("a row of model_endpoints has an unknown reach");
    Ok(ModelEndpoint {
        id: EndpointId(row.id),
        name,
        base_url,
        model,
        reach: Reach::parse(&row.reach).ok_or_else(unknown)?,
        has_key: row.key.is_some(),
        created_at: row.created_at,
        last_test: row.last_test.map(|stored| place.open_json("last_test", stored)).transpose()?,
    })
}

/// Adds an endpoint with its key.
pub(super) async fn insert_endpoint(
    conn: &mut Connection,
    vault: &Vault,
    new: &ModelEndpoint,
    key: Option<&str>,
) -> Result<()> {
    let place = of_endpoint(vault, new.id.0);
    let said = Said { name: new.name.clone(), base_url: new.base_url.clone(), model: new.model.clone() };
    let row = EndpointRow {
        id: new.id.0,
        reach: new.reach.as_str().to_owned(),
        settings: place.seal_json("settings", &said)?,
        key: key.map(|key| place.seal("key", key.as_bytes())).transpose()?,
        last_test: None,
        created_at: new.created_at,
    };
    diesel::insert_into(model_endpoints::table).values(row).execute(conn).await?;
    Ok(())
}

/// Every endpoint, the oldest first.
pub(super) async fn endpoints(conn: &mut Connection, vault: &Vault, most: i64) -> Result<Vec<ModelEndpoint>> {
    let rows: Vec<EndpointRow> = model_endpoints::table
        .order(model_endpoints::id)
        .limit(most)
        .select(EndpointRow::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(|row| endpoint(vault, row)).collect()
}

/// Has others who add an endpoint wait until the transaction ends, so that none is counted too late.
pub(super) async fn lock_endpoints(conn: &mut Connection) -> Result<()> {
    diesel::sql_query("LOCK TABLE model_endpoints IN SHARE ROW EXCLUSIVE MODE").execute(conn).await?;
    Ok(())
}

/// Keeps an endpoint from being removed until the transaction ends.
pub(super) async fn hold_endpoint(conn: &mut Connection, id: EndpointId) -> Result<()> {
    let _: Option<Uuid> =
        model_endpoints::table.find(id.0).select(model_endpoints::id).for_share().first(conn).await.optional()?;
    Ok(())
}

/// One endpoint with its key.
pub(super) async fn find_endpoint(
    conn: &mut Connection,
    vault: &Vault,
    id: EndpointId,
) -> Result<Option<(ModelEndpoint, Option<Zeroizing<String>>)>> {
    let row: Option<EndpointRow> =
        model_endpoints::table.find(id.0).select(EndpointRow::as_select()).first(conn).await.optional()?;
    let Some(mut row) = row else { return Ok(None) };
    let stored = row.key.clone();
    let key = stored.map(|stored| of_endpoint(vault, id.0).open_text("key", stored)).transpose()?;
    // What is handed on knows only that there is one.
    row.key = row.key.map(|_| Vec::new());
    Ok(Some((endpoint(vault, row)?, key.map(Zeroizing::new))))
}

/// Says how an endpoint answered when it was tried; `false` if it is gone.
pub(super) async fn set_test(
    conn: &mut Connection,
    vault: &Vault,
    id: EndpointId,
    result: &TestResult,
) -> Result<bool> {
    let sealed = of_endpoint(vault, id.0).seal_json("last_test", result)?;
    let rows = diesel::update(model_endpoints::table.find(id.0))
        .set(model_endpoints::last_test.eq(sealed))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Removes an endpoint; `false` if it is gone.
pub(super) async fn delete_endpoint(conn: &mut Connection, id: EndpointId) -> Result<bool> {
    Ok(diesel::delete(model_endpoints::table.find(id.0)).execute(conn).await? == 1)
}
