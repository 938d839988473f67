//! All SQL of sections that models wrote.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::Vault;

use crate::base::{DealId, Result};
use crate::infra::db::Connection;
use crate::infra::db::schema::written_sections;
use crate::infra::sealed::Place;

fn of_section(vault: &Vault, deal: DealId, id: Uuid) -> Place<'_> {
    Place::new(vault, deal, "written_sections", id)
}

/// What was written of a section, if it follows from the same inputs.
pub(in crate::domain::runs) async fn find_written(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    (section, inputs): (&str, &[u8]),
) -> Result<Option<Vec<u8>>> {
    let row: Option<(Uuid, Vec<u8>)> = written_sections::table
        .filter(written_sections::deal_id.eq(deal.0).and(written_sections::section.eq(section)))
        .filter(written_sections::inputs.eq(inputs))
        .select((written_sections::id, written_sections::result))
        .first(conn)
        .await
        .optional()?;
    let opened = row.map(|(id, stored)| of_section(vault, deal, id).open("result", stored)).transpose()?;
    Ok(opened.map(|bytes| bytes.to_vec()))
}

/// Keeps what was written of a section in the place of what was written before.
pub(in crate::domain::runs) async fn put_written(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    id: Uuid,
    (section, inputs, result): (&str, &[u8], &[u8]),
) -> Result<()> {
    let old =
        written_sections::table.filter(written_sections::deal_id.eq(deal.0).and(written_sections::section.eq(section)));
    diesel::delete(old).execute(conn).await?;
    diesel::insert_into(written_sections::table)
        .values((
            written_sections::id.eq(id),
            written_sections::deal_id.eq(deal.0),
            written_sections::section.eq(section),
            written_sections::inputs.eq(inputs),
            written_sections::result.eq(of_section(vault, deal, id).seal("result", result)?),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
