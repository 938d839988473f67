//! All SQL of documents and their parts. Names, outcomes and contents are sealed on the way in and opened on the way out.

use std::collections::HashSet;
use std::io::Read as _;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::DocumentKind;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use vault::{Cell, Scope, Sealed, Vault};

use super::model::{Document, DocumentState, NewFile, Outcome, PartSummary, StoredPart};
use super::name::FileName;
use crate::base::{DealId, DocumentId, Error, PartId, Result, UserId};
use crate::infra::db::Connection;
use crate::infra::db::schema::{document_parts, documents};

/// Strong enough to shrink pages five times over, fast enough to vanish beside reading them.
const COMPRESSION: i32 = 3;

/// A part unpacks to this much at most; one that claims more is damaged.
const MOST_UNPACKED: u64 = 256 * 1024 * 1024;

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

/// A sealed column of a document or part, in its deal.
struct Place<'a> {
    vault: &'a Vault,
    deal: DealId,
    table: &'static str,
    row: Uuid,
}

impl Place<'_> {
    fn cell(&self, column: &'static str) -> Cell {
        Cell { table: self.table, column, row: self.row }
    }

    fn seal(&self, column: &'static str, bytes: &[u8]) -> Result<Vec<u8>> {
        Ok(self.vault.seal(Scope::Deal(self.deal.0), &self.cell(column), bytes)?.into_stored())
    }

    fn open(&self, column: &'static str, stored: Vec<u8>) -> Result<zeroize::Zeroizing<Vec<u8>>> {
        Ok(self.vault.open_bytes(Scope::Deal(self.deal.0), &self.cell(column), &Sealed::from_stored(stored))?)
    }

    fn open_text(&self, column: &'static str, stored: Vec<u8>) -> Result<String> {
        Ok(self.vault.open_text(Scope::Deal(self.deal.0), &self.cell(column), &Sealed::from_stored(stored))?)
    }

    fn seal_json(&self, column: &'static str, value: &impl Serialize) -> Result<Vec<u8>> {
        self.seal(column, &serde_json::to_vec(value).map_err(Error::internal)?)
    }

    fn open_json<T: DeserializeOwned>(&self, column: &'static str, stored: Vec<u8>) -> Result<T> {
        serde_json::from_slice(&self.open(column, stored)?).map_err(Error::internal)
    }
}

fn of_document(vault: &Vault, deal: DealId, id: DocumentId) -> Place<'_> {
    Place { vault, deal, table: "documents", row: id.0 }
}

fn of_part(vault: &Vault, deal: DealId, id: PartId) -> Place<'_> {
    Place { vault, deal, table: "document_parts", row: id.0 }
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
    let packed = zstd::bulk::compress(&json, COMPRESSION).map_err(Error::internal)?;
    let number = i32::try_from(part.number).map_err(Error::internal)?;
    Ok(StoredPart { id, number, content: of_part(vault, deal, id).seal("content", &packed)? })
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
    row.map(|(id, content)| {
        let packed = of_part(vault, document.deal, PartId(id)).open("content", content)?;
        unpack(&packed)
    })
    .transpose()
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>> {
    let mut json = Vec::new();
    let reader = zstd::stream::read::Decoder::new(packed).map_err(Error::internal)?;
    reader.take(MOST_UNPACKED + 1).read_to_end(&mut json).map_err(Error::internal)?;
    if json.len() as u64 > MOST_UNPACKED {
        return Err(Error::internal("a stored part unpacks to more than a part may hold"));
    }
    Ok(json)
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
