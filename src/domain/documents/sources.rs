//! Documents as runs and the search take them in: what was read, part by part. They act for nobody, so nothing is
//! authorised here.

use std::collections::HashMap;
use std::io::Read as _;

use model::Reading;

use super::model::{Document, DocumentState};
use super::{Documents, store};
use crate::base::{DealId, DocumentId, Error, PartId, Result};
use crate::infra::db::Connection;

/// Bytes of a file that are read to find out whether files can be read.
const TRIED: u64 = 64 * 1024;

/// A document with what is needed to take it in.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The document.
    pub document: Document,
    /// How well it was read; absent if it was not.
    pub reading: Option<Reading>,
    /// Its parts, in order.
    pub parts: Vec<SourcePart>,
}

/// A part without its content. Its id is another one each time that the document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourcePart {
    /// Names it.
    pub id: PartId,
    /// Its number, from 1.
    pub number: i32,
}

impl Source {
    /// Its path in the data room: folders and name.
    pub fn path(&self) -> String {
        match self.document.name.folder.as_str() {
            "" => self.document.name.name.clone(),
            folder => format!("{folder}/{}", self.document.name.name),
        }
    }
}

impl Documents {
    /// How many documents a deal has.
    pub async fn count(&self, conn: &mut Connection, deal: DealId) -> Result<i64> {
        store::count_documents(conn, deal).await
    }

    /// How many documents of a deal wait to be read or are being read.
    pub async fn moving(&self, deal: DealId) -> Result<i64> {
        store::count_moving(&mut *self.db.read().await?, deal).await
    }

    /// The documents of a deal, in order of their ids.
    pub async fn sources(&self, deal: DealId) -> Result<Vec<Source>> {
        store::sources_of(&mut *self.db.read().await?, &self.vault, deal).await
    }

    /// A document that was read, whichever deal it belongs to.
    pub async fn source(&self, id: DocumentId) -> Result<Option<Source>> {
        let mut conn = self.db.read().await?;
        let found = store::source(&mut conn, &self.vault, id).await?;
        Ok(found.filter(|one| one.document.state == DocumentState::Read))
    }

    /// Ids of documents after an id, in order: for who goes through all of them.
    pub async fn ids_after(&self, last: Option<DocumentId>, most: i64) -> Result<Vec<DocumentId>> {
        store::ids_after(&mut *self.db.read().await?, last, most).await
    }

    /// The file names of those documents that are there, with their deals.
    pub async fn names(&self, ids: &[DocumentId]) -> Result<HashMap<DocumentId, (DealId, String)>> {
        let found = store::find_all(&mut *self.db.read().await?, &self.vault, ids).await?;
        Ok(found.into_iter().map(|one| (one.id, (one.deal, one.name.name))).collect())
    }

    /// Reads the beginning of the file of one document, whichever it is, to find out whether files can be read. `false` if
    /// there is no document.
    pub async fn try_reading(&self) -> Result<bool> {
        let Some(id) = self.ids_after(None, 1).await?.pop() else { return Ok(false) };
        let found = store::find_all(&mut *self.db.read().await?, &self.vault, &[id]).await?;
        // It was removed meanwhile.
        let Some(document) = found.into_iter().next() else { return Ok(false) };
        let content = self.content(&document)?;
        let read = move || content.take(TRIED).read_to_end(&mut Vec::new());
        let read = tokio::task::spawn_blocking(read).await.map_err(Error::internal)?.map_err(Error::internal)?;
        if read == 0 && document.bytes > 0 { Err(Error::internal("the file of a document is empty")) } else { Ok(true) }
    }

    /// A part as JSON of [`model::Part`]; `None` if its document was removed or read again.
    pub async fn source_part(&self, deal: DealId, part: SourcePart) -> Result<Option<Vec<u8>>> {
        store::part_by_id(&mut *self.db.read().await?, &self.vault, deal, part.id).await
    }

    /// Whether these documents are still there as they were seen. They stay so until the transaction ends.
    pub async fn hold(&self, conn: &mut Connection, deal: DealId, sources: &[Source]) -> Result<bool> {
        store::hold_sources(conn, deal, sources).await
    }
}
