//! All SQL of documents and their parts. Names, outcomes and contents are sealed on the way in and opened on the way out.

pub(super) mod pictures;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::DocumentKind;
use uuid::Uuid;
use vault::Vault;

use super::model::{Document, DocumentState, NewFile, Outcome, PartSummary, StoredPart};
use super::name::FileName;
use super::sources::{Source, SourcePart};
use crate::base::{DealId, DocumentId, Error, GivenUp, PartId, Result, UserId};
use crate::infra::db::Connection;
use crate::infra::db::schema::{document_parts, documents};
use crate::infra::sealed::Place;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = documents)]
struct DocumentRow {
    id: Uuid,
    deal_id: Uuid,
    folder: Vec<u8>,
    name: Vec<u8>,
    kind: String,
    bytes: i64,
    content_tag: Vec<u8>,
    state: String,
    parts_done: i32,
    parts_total: i32,
    outcome: Option<Vec<u8>>,
    uploaded_by: Uuid,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn of_document(vault: &Vault, deal: DealId, id: DocumentId) -> Place<'_> {
    Place::new(vault, deal, "documents", id.0)
}

fn of_part(vault: &Vault, deal: DealId, id: PartId) -> Place<'_> {
    Place::new(vault, deal, "document_parts", id.0)
}

fn unknown(word: &'static str) -> impl FnOnce() -> Error {
    move || Error::internal(format!("a row of documents has an unknown {word}"))
}

fn document(vault: &Vault, row: DocumentRow) -> Result<Document> {
    let (deal, id) = (DealId(row.deal_id), DocumentId(row.id));
    let place = of_document(vault, deal, id);
    let kind = DocumentKind::parse(&row.kind).ok_or_else(unknown("kind"))?;
    let outcome: Option<Outcome> = row.outcome.map(|stored| place.open_json("outcome", stored)).transpose()?;
    Ok(Document {
        id,
        deal,
        name: FileName { folder: place.open_text("folder", row.folder)?, name: place.open_text("name", row.name)? },
        kind,
        bytes: row.bytes,
        state: DocumentState::parse(&row.state).ok_or_else(unknown("state"))?,
        progress: (row.parts_done, row.parts_total),
        sentence: outcome.map(|outcome| match outcome {
            Outcome::Read { reading } => reading.sentence(kind),
            Outcome::NotRead { sentence } => sentence,
        }),
        uploaded_by: UserId(row.uploaded_by),
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// Adds a document that waits to be read.
pub(super) async fn insert_document(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    file: &NewFile,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<Document> {
    let place = of_document(vault, deal, file.id);
    let row = DocumentRow {
        id: file.id.0,
        deal_id: deal.0,
        folder: place.seal("folder", file.name.folder.as_bytes())?,
        name: place.seal("name", file.name.name.as_bytes())?,
        kind: file.kind.as_str().to_owned(),
        bytes: file.bytes,
        content_tag: file.content_tag.clone(),
        state: DocumentState::Stored.as_str().to_owned(),
        parts_done: 0,
        parts_total: 0,
        outcome: None,
        uploaded_by: by.0,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let stored: DocumentRow = diesel::insert_into(documents::table)
        .values(row)
        .returning(DocumentRow::as_returning())
        .get_result(conn)
        .await?;
    document(vault, stored)
}

/// The document of a deal that has this content, if there is one.
pub(super) async fn find_by_content(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    content_tag: &[u8],
) -> Result<Option<Document>> {
    let row: Option<DocumentRow> = documents::table
        .filter(documents::deal_id.eq(deal.0).and(documents::content_tag.eq(content_tag)))
        .select(DocumentRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(|row| document(vault, row)).transpose()
}

/// All documents of a deal that open. One that does not is logged and must not hide the others.
pub(super) async fn documents_of(conn: &mut Connection, vault: &Vault, deal: DealId) -> Result<Vec<Document>> {
    let rows: Vec<DocumentRow> =
        documents::table.filter(documents::deal_id.eq(deal.0)).select(DocumentRow::as_select()).load(conn).await?;
    let opened = rows.into_iter().filter_map(|row| {
        let id = row.id;
        document(vault, row)
            .inspect_err(|error| tracing::error!(document = %id, causes = error.causes(), "a document does not open"))
            .ok()
    });
    Ok(opened.collect())
}

fn opened_source(vault: &Vault, row: DocumentRow, parts: Vec<SourcePart>) -> Result<Source> {
    let place = of_document(vault, DealId(row.deal_id), DocumentId(row.id));
    let outcome: Option<Outcome> = row.outcome.clone().map(|stored| place.open_json("outcome", stored)).transpose()?;
    let reading = match outcome {
        Some(Outcome::Read { reading }) => Some(reading),
        _ => None,
    };
    Ok(Source { document: document(vault, row)?, reading, parts })
}

/// All documents of a deal with numbers of their parts, in order of their ids.
pub(super) async fn sources_of(conn: &mut Connection, vault: &Vault, deal: DealId) -> Result<Vec<Source>> {
    let rows: Vec<DocumentRow> = documents::table
        .filter(documents::deal_id.eq(deal.0))
        .order(documents::id)
        .select(DocumentRow::as_select())
        .load(conn)
        .await?;
    let found: Vec<(Uuid, Uuid, i32)> = document_parts::table
        .inner_join(documents::table)
        .filter(documents::deal_id.eq(deal.0))
        .order((document_parts::document_id, document_parts::number))
        .select((document_parts::document_id, document_parts::id, document_parts::number))
        .load(conn)
        .await?;
    let mut parts: HashMap<Uuid, Vec<SourcePart>> = HashMap::new();
    for (document, id, number) in found {
        parts.entry(document).or_default().push(SourcePart { id: PartId(id), number });
    }
    rows.into_iter()
        .map(|row| {
            let own = parts.remove(&row.id).unwrap_or_default();
            opened_source(vault, row, own)
        })
        .collect()
}

/// One document with numbers of its parts, whichever deal it belongs to.
pub(super) async fn source(conn: &mut Connection, vault: &Vault, id: DocumentId) -> Result<Option<Source>> {
    let row: Option<DocumentRow> =
        documents::table.find(id.0).select(DocumentRow::as_select()).first(conn).await.optional()?;
    let Some(row) = row else { return Ok(None) };
    let found: Vec<(Uuid, i32)> = document_parts::table
        .filter(document_parts::document_id.eq(id.0))
        .order(document_parts::number)
        .select((document_parts::id, document_parts::number))
        .load(conn)
        .await?;
    let parts = found.into_iter().map(|(id, number)| SourcePart { id: PartId(id), number }).collect();
    opened_source(vault, row, parts).map(Some)
}

/// Ids of all documents after an id, in order: for who goes through all of them.
pub(super) async fn ids_after(conn: &mut Connection, last: Option<DocumentId>, most: i64) -> Result<Vec<DocumentId>> {
    let last = last.map_or(Uuid::nil(), |id| id.0);
    let after = documents::table.filter(documents::id.gt(last)).order(documents::id).limit(most);
    let ids: Vec<Uuid> = after.select(documents::id).load(conn).await?;
    Ok(ids.into_iter().map(DocumentId).collect())
}

/// Documents that could not be read, after an id, in order.
pub(super) async fn given_up(conn: &mut Connection, after: Option<DocumentId>, most: i64) -> Result<Vec<GivenUp>> {
    let rows: Vec<(Uuid, DateTime<Utc>)> = documents::table
        .filter(documents::state.eq(DocumentState::Failed.as_str()))
        .filter(documents::id.gt(after.map_or(Uuid::nil(), |id| id.0)))
        .order(documents::id)
        .limit(most)
        .select((documents::id, documents::updated_at))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(subject, since)| GivenUp { subject, since }).collect())
}

/// Those of these documents that are there, whichever deals they belong to.
pub(super) async fn find_all(conn: &mut Connection, vault: &Vault, ids: &[DocumentId]) -> Result<Vec<Document>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<DocumentRow> =
        documents::table.filter(documents::id.eq_any(ids)).select(DocumentRow::as_select()).load(conn).await?;
    rows.into_iter().map(|row| document(vault, row)).collect()
}

/// Those documents of a deal that have a small picture of their first part.
pub(super) async fn pictured(conn: &mut Connection, deal: DealId) -> Result<HashSet<DocumentId>> {
    let ids: Vec<Uuid> = document_parts::table
        .inner_join(documents::table)
        .filter(documents::deal_id.eq(deal.0).and(document_parts::number.eq(1)))
        .filter(document_parts::thumbnail.is_not_null())
        .select(documents::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(DocumentId).collect())
}

/// How many documents a deal has.
pub(super) async fn count_documents(conn: &mut Connection, deal: DealId) -> Result<i64> {
    Ok(documents::table.filter(documents::deal_id.eq(deal.0)).count().get_result(conn).await?)
}

/// A part by its id, as JSON; `None` if it is gone, as it is when its document was read again.
pub(super) async fn part_by_id(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    id: PartId,
) -> Result<Option<Vec<u8>>> {
    let stored: Option<Vec<u8>> =
        document_parts::table.find(id.0).select(document_parts::content).first(conn).await.optional()?;
    stored.map(|content| of_part(vault, deal, id).open_packed("content", content)).transpose()
}

/// Whether these documents are there with these parts and no others. They stay so until the transaction ends.
pub(super) async fn hold_sources(conn: &mut Connection, deal: DealId, sources: &[Source]) -> Result<bool> {
    let ids: Vec<Uuid> = sources.iter().map(|source| source.document.id.0).collect();
    let held: Vec<Uuid> = documents::table
        .filter(documents::deal_id.eq(deal.0).and(documents::id.eq_any(&ids)))
        .order(documents::id)
        .select(documents::id)
        .for_share()
        .load(conn)
        .await?;
    let parts: HashSet<Uuid> = document_parts::table
        .filter(document_parts::document_id.eq_any(&ids))
        .select(document_parts::id)
        .load(conn)
        .await?
        .into_iter()
        .collect();
    let seen: HashSet<Uuid> = sources.iter().flat_map(|source| &source.parts).map(|part| part.id.0).collect();
    Ok(held.len() == ids.len() && parts == seen)
}

/// How many documents of a deal wait to be read or are being read.
pub(super) async fn count_moving(conn: &mut Connection, deal: DealId) -> Result<i64> {
    let moving = DocumentState::ALL.into_iter().filter(|state| state.is_moving()).map(DocumentState::as_str);
    let states: Vec<&str> = moving.collect();
    Ok(documents::table
        .filter(documents::deal_id.eq(deal.0).and(documents::state.eq_any(states)))
        .count()
        .get_result(conn)
        .await?)
}

/// One document of a deal.
pub(super) async fn find_document(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    id: DocumentId,
) -> Result<Option<Document>> {
    let row: Option<DocumentRow> = documents::table
        .find(id.0)
        .filter(documents::deal_id.eq(deal.0))
        .select(DocumentRow::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(|row| document(vault, row)).transpose()
}

/// One document, whichever deal it belongs to: for the worker, which acts for nobody.
pub(super) async fn find_for_worker(conn: &mut Connection, vault: &Vault, id: DocumentId) -> Result<Option<Document>> {
    let row: Option<DocumentRow> =
        documents::table.find(id.0).select(DocumentRow::as_select()).first(conn).await.optional()?;
    row.map(|row| document(vault, row)).transpose()
}

/// Says how far a document is.
pub(super) async fn set_state(
    conn: &mut Connection,
    vault: &Vault,
    document: &Document,
    state: DocumentState,
    outcome: Option<&Outcome>,
    now: DateTime<Utc>,
) -> Result<()> {
    let place = of_document(vault, document.deal, document.id);
    let outcome = outcome.map(|outcome| place.seal_json("outcome", outcome)).transpose()?;
    diesel::update(documents::table.find(document.id.0))
        .set((
            documents::state.eq(state.as_str()),
            documents::outcome.eq(outcome),
            documents::version.eq(documents::version + 1),
            documents::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Says that a document waits to be read anew; `false` if its state is no longer the one that was seen.
pub(super) async fn set_waiting(conn: &mut Connection, seen: &Document, now: DateTime<Utc>) -> Result<bool> {
    let still = documents::table.find(seen.id.0).filter(documents::state.eq(seen.state.as_str()));
    let rows = diesel::update(still)
        .set((
            documents::state.eq(DocumentState::Stored.as_str()),
            documents::outcome.eq(None::<Vec<u8>>),
            documents::parts_done.eq(0),
            documents::parts_total.eq(0),
            documents::version.eq(documents::version + 1),
            documents::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(rows == 1)
}

/// Says that something about a document is new.
pub(super) async fn touch(conn: &mut Connection, id: DocumentId, now: DateTime<Utc>) -> Result<()> {
    diesel::update(documents::table.find(id.0))
        .set((documents::version.eq(documents::version + 1), documents::updated_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Says how many parts were read so far.
pub(super) async fn set_progress(conn: &mut Connection, id: DocumentId, done: i32, total: i32) -> Result<()> {
    diesel::update(documents::table.find(id.0))
        .set((documents::parts_done.eq(done), documents::parts_total.eq(total)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes a document with its parts.
pub(super) async fn delete_document(conn: &mut Connection, id: DocumentId) -> Result<()> {
    diesel::delete(documents::table.find(id.0)).execute(conn).await?;
    Ok(())
}

/// Those of these ids that are documents.
pub(super) async fn known(conn: &mut Connection, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    Ok(documents::table.filter(documents::id.eq_any(ids)).select(documents::id).load(conn).await?)
}

/// Seals a part: JSON, compressed, under the deal's key.
pub(super) fn seal_part(vault: &Vault, deal: DealId, id: PartId, part: &model::Part) -> Result<StoredPart> {
    let json = serde_json::to_vec(part).map_err(Error::internal)?;
    let number = i32::try_from(part.number).map_err(Error::internal)?;
    Ok(StoredPart { id, number, content: of_part(vault, deal, id).seal_packed("content", &json)? })
}

/// Puts newly read parts in the place of those that were read before.
pub(super) async fn replace_parts(conn: &mut Connection, document: DocumentId, parts: Vec<StoredPart>) -> Result<()> {
    diesel::delete(document_parts::table.filter(document_parts::document_id.eq(document.0))).execute(conn).await?;
    let rows: Vec<_> = parts
        .into_iter()
        .map(|part| {
            (
                document_parts::id.eq(part.id.0),
                document_parts::document_id.eq(document.0),
                document_parts::number.eq(part.number),
                document_parts::content.eq(part.content),
            )
        })
        .collect();
    for some in rows.chunks(100) {
        diesel::insert_into(document_parts::table).values(some).execute(conn).await?;
    }
    Ok(())
}

/// Adds the small picture of a part.
pub(super) async fn set_thumbnail(
    conn: &mut Connection,
    vault: &Vault,
    deal: DealId,
    part: PartId,
    jpeg: &[u8],
) -> Result<()> {
    let sealed = of_part(vault, deal, part).seal("thumbnail", jpeg)?;
    diesel::update(document_parts::table.find(part.0)).set(document_parts::thumbnail.eq(sealed)).execute(conn).await?;
    Ok(())
}

/// The parts of a document, without their content.
pub(super) async fn parts_of(conn: &mut Connection, document: DocumentId) -> Result<Vec<PartSummary>> {
    let rows: Vec<(i32, bool)> = document_parts::table
        .filter(document_parts::document_id.eq(document.0))
        .order(document_parts::number)
        .select((document_parts::number, document_parts::thumbnail.is_not_null()))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(number, thumbnail)| PartSummary { number, thumbnail }).collect())
}

/// A part of a document as JSON of [`model::Part`], unpacked and not parsed: it goes to the reader as it is.
pub(super) async fn find_part(
    conn: &mut Connection,
    vault: &Vault,
    document: &Document,
    number: i32,
) -> Result<Option<Vec<u8>>> {
    let row: Option<(Uuid, Vec<u8>)> = document_parts::table
        .filter(document_parts::document_id.eq(document.id.0).and(document_parts::number.eq(number)))
        .select((document_parts::id, document_parts::content))
        .first(conn)
        .await
        .optional()?;
    row.map(|(id, content)| of_part(vault, document.deal, PartId(id)).open_packed("content", content)).transpose()
}

/// The small picture of a part.
pub(super) async fn find_thumbnail(
    conn: &mut Connection,
    vault: &Vault,
    document: &Document,
    number: i32,
) -> Result<Option<Vec<u8>>> {
    let row: Option<(Uuid, Option<Vec<u8>>)> = document_parts::table
        .filter(document_parts::document_id.eq(document.id.0).and(document_parts::number.eq(number)))
        .select((document_parts::id, document_parts::thumbnail))
        .first(conn)
        .await
        .optional()?;
    match row {
        Some((id, Some(sealed))) => {
            Ok(Some(of_part(vault, document.deal, PartId(id)).open("thumbnail", sealed)?.to_vec()))
        }
        _ => Ok(None),
    }
}
