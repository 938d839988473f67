//! The SQL of the index's mark: which index it is, and how far it must be.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use index::Stamp;
use uuid::Uuid;

use crate::base::{Error, Result};
use crate::infra::db::Connection;
use crate::infra::db::schema::search_index;

/// The mark, if an index was begun.
pub(super) async fn find_mark(conn: &mut Connection) -> Result<Option<Stamp>> {
    let row: Option<(Uuid, i64)> =
        search_index::table.select((search_index::id, search_index::sequence)).first(conn).await.optional()?;
    row.map(|(id, sequence)| Ok(Stamp { id, sequence: u64::try_from(sequence).map_err(Error::internal)? })).transpose()
}

/// Writes the mark.
pub(super) async fn put_mark(conn: &mut Connection, mark: Stamp) -> Result<()> {
    let sequence = i64::try_from(mark.sequence).map_err(Error::internal)?;
    let values = (search_index::id.eq(mark.id), search_index::sequence.eq(sequence));
    diesel::insert_into(search_index::table)
        .values((search_index::one.eq(true), values))
        .on_conflict(search_index::one)
        .do_update()
        .set(values)
        .execute(conn)
        .await?;
    Ok(())
}
