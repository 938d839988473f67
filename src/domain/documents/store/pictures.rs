//! All SQL of `page_images`: pages that were drawn, kept until there is no room for them.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use vault::Vault;

use super::super::model::Document;
use crate::base::{DealId, DocumentId, PictureId, Result};
use crate::infra::db::Connection;
use crate::infra::db::schema::{document_parts, documents, page_images};
use crate::infra::sealed::Place;

/// A picture that is kept.
pub(in super::super) struct Kept {
    pub(in super::super) id: PictureId,
    pub(in super::super) jpeg: Vec<u8>,
    pub(in super::super) seen_at: DateTime<Utc>,
}

fn of_picture(vault: &Vault, deal: DealId, id: PictureId) -> Place<'_> {
    Place::new(vault, deal, "page_images", id.0)
}

/// The picture of a part, if it is kept.
pub(in super::super) async fn find(
    conn: &mut Connection,
    vault: &Vault,
    document: &Document,
    number: i32,
) -> Result<Option<Kept>> {
    let row: Option<(Uuid, Vec<u8>, DateTime<Utc>)> = page_images::table
        .filter(page_images::document_id.eq(document.id.0).and(page_images::number.eq(number)))
        .select((page_images::id, page_images::jpeg, page_images::seen_at))
        .first(conn)
        .await
        .optional()?;
    row.map(|(id, sealed, seen_at)| {
        let id = PictureId(id);
        let jpeg = of_picture(vault, document.deal, id).open("jpeg", sealed)?.to_vec();
        Ok(Kept { id, jpeg, seen_at })
    })
    .transpose()
}

/// Those parts of these documents whose pictures are kept.
pub(in super::super) async fn kept_of(
    conn: &mut Connection,
    documents: &HashSet<DocumentId>,
) -> Result<HashSet<(DocumentId, i32)>> {
    let rows: Vec<(Uuid, i32)> = page_images::table
        .filter(page_images::document_id.eq_any(documents.iter().map(|id| id.0)))
        .select((page_images::document_id, page_images::number))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, number)| (DocumentId(id), number)).collect())
}

/// Whether a document has a part of this number.
pub(in super::super) async fn has_part(conn: &mut Connection, document: DocumentId, number: i32) -> Result<bool> {
    let part =
        document_parts::table.filter(document_parts::document_id.eq(document.0).and(document_parts::number.eq(number)));
    Ok(diesel::select(diesel::dsl::exists(part)).get_result(conn).await?)
}

/// Says that a picture was looked at.
pub(in super::super) async fn touch(conn: &mut Connection, id: PictureId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(page_images::table.find(id.0)).set(page_images::seen_at.eq(now)).execute(conn).await?;
    Ok(())
}

/// Keeps a picture unless there is one already; `false` if the document is gone, which it cannot be before the
/// transaction ends.
pub(in super::super) async fn insert(
    conn: &mut Connection,
    vault: &Vault,
    document: &Document,
    (id, number): (PictureId, i32),
    jpeg: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let held: Option<Uuid> =
        documents::table.find(document.id.0).select(documents::id).for_key_share().first(conn).await.optional()?;
    if held.is_none() {
        return Ok(false);
    }
    diesel::insert_into(page_images::table)
        .values((
            page_images::id.eq(id.0),
            page_images::document_id.eq(document.id.0),
            page_images::number.eq(number),
            page_images::jpeg.eq(of_picture(vault, document.deal, id).seal("jpeg", jpeg)?),
            page_images::bytes.eq(i32::try_from(jpeg.len()).unwrap_or(i32::MAX)),
            page_images::seen_at.eq(now),
        ))
        .on_conflict((page_images::document_id, page_images::number))
        .do_nothing()
        .execute(conn)
        .await?;
    Ok(true)
}

/// Removes all pictures of a document.
pub(in super::super) async fn delete_of(conn: &mut Connection, document: DocumentId) -> Result<()> {
    diesel::delete(page_images::table.filter(page_images::document_id.eq(document.0))).execute(conn).await?;
    Ok(())
}

/// Removes those pictures that were not looked at for the longest time, until the rest has at most so many bytes. A
/// picture that somebody else removes or looks at just now is passed over, so this waits for nobody.
pub(in super::super) async fn trim(conn: &mut Connection, most: u64) -> Result<usize> {
    let removed = diesel::sql_query(
        "DELETE FROM page_images WHERE id IN ( \
           SELECT held.id FROM page_images held JOIN ( \
             SELECT id, sum(bytes) OVER (ORDER BY seen_at DESC, id DESC) AS bytes_so_far FROM page_images \
           ) ranked ON ranked.id = held.id \
           WHERE ranked.bytes_so_far > $1 FOR UPDATE OF held SKIP LOCKED)",
    )
    .bind::<BigInt, _>(i64::try_from(most).unwrap_or(i64::MAX))
    .execute(conn)
    .await?;
    Ok(removed)
}
