//! One reading of one document: from the sealed file through the confined reader to sealed parts.
//!
//! Each step is written in a transaction that first proves that the ticket is still held, so a reading that was given up
//! for dead changes nothing. A reading that starts over replaces what an earlier one left.

use std::collections::HashMap;
use std::sync::Arc;

use model::{Part, Reading};
use zeroize::Zeroizing;

use super::model::{Document, DocumentState, Outcome, StoredPart};
use super::{Documents, store};
use crate::base::{DocumentId, Error, PartId, Result};
use crate::infra::clock::Clock;
use crate::infra::db::queue::{self, Ticket};
use crate::infra::db::{Connection, Transact as _};
use crate::infra::entropy;
use crate::infra::reading::{Job, Reader, Session, Told};

/// How often a reading may be cut off (by a crash of the server, not of the reader) before it is given up.
const ATTEMPTS: i32 = 12;

/// A reading that is under way.
struct Work<'a> {
    documents: &'a Documents,
    ticket: &'a Ticket,
    clock: &'a dyn Clock,
    document: Document,
    /// Parts that were read, sealed and kept for one transaction.
    parts: Vec<StoredPart>,
    /// Ids of parts by number, for their pictures.
    ids: HashMap<u32, PartId>,
    told: i32,
    /// The text is stored; only pictures follow.
    done: bool,
}

impl Documents {
    /// Does the reading that a ticket stands for. The document comes to rest in every case but one: when the server
    /// itself has a fault, which is returned, and the work is tried again.
    pub async fn read(&self, reader: &Reader, ticket: &Ticket, clock: &dyn Clock) -> Result<()> {
        let id = DocumentId(ticket.subject);
        let Some(document) = store::find_for_worker(&mut *self.db.write().await?, &self.vault, id).await? else {
            queue::finish(&mut *self.db.write().await?, ticket).await?;
            return Ok(());
        };
        let mut work = Work {
            documents: self,
            ticket,
            clock,
            document,
            parts: Vec::new(),
            ids: HashMap::new(),
            told: 0,
            done: false,
        };
        let password = self.take_password(id);
        if ticket.attempt > ATTEMPTS {
            let sentence = "Reading it was interrupted several times. The file is safe; try again, and tell your admin \
                            if it stays.";
            return work.rest(DocumentState::Failed, sentence.to_owned()).await;
        }
        work.state(DocumentState::Reading, None).await?;
        let done = work.run(reader, password.clone()).await;
        if let (Err(_), Some(password)) = (&done, password) {
            // It is tried again, and nobody should have to type it twice for a fault of ours.
            self.give_back_password(id, password);
        }
        done
    }
}

impl Work<'_> {
    async fn run(&mut self, reader: &Reader, password: Option<Zeroizing<String>>) -> Result<()> {
        let job = Job { kind: self.document.kind, password };
        let mut session = reader.start(job, self.documents.content(&self.document)?).await?;
        self.follow(&mut session).await
    }

    async fn follow(&mut self, session: &mut Session) -> Result<()> {
        loop {
            match session.next().await? {
                Told::Progress { done, total } => self.progress(done, total).await?,
                Told::Part(part) => self.keep(part).await?,
                Told::Read(reading) => self.read(reading).await?,
                Told::Thumbnail { part, jpeg } => self.thumbnail(part, &jpeg).await?,
                Told::Picture { part, jpeg } => self.picture(part, &jpeg).await?,
                // The text is there; that its pictures could not all be made is not worth a word.
                Told::Locked(_) | Told::Failed(_) if self.done => return self.end().await,
                Told::Locked(sentence) => return self.rest(DocumentState::Locked, sentence).await,
                Told::Failed(sentence) => return self.rest(DocumentState::Failed, sentence).await,
                Told::End => return self.end().await,
            }
        }
    }

    /// About twenty steps are told, however many parts there are.
    async fn progress(&mut self, done: u32, total: u32) -> Result<()> {
        let (done, total) = (i32::try_from(done).unwrap_or(i32::MAX), i32::try_from(total).unwrap_or(i32::MAX));
        let news = done > self.told && (done >= total || done - self.told >= (total / 20).max(1));
        if !news {
            return Ok(());
        }
        self.told = done;
        let mut conn = self.documents.db.write().await?;
        conn.transaction(async |conn| {
            self.hold(conn).await?;
            store::set_progress(conn, self.document.id, done, total).await
        })
        .await
    }

    async fn keep(&mut self, part: Box<Part>) -> Result<()> {
        let now = self.clock.now();
        let id = PartId::new(now, entropy::random(self.documents.entropy.as_ref())?);
        self.ids.insert(part.number, id);
        let (vault, deal) = (Arc::clone(&self.documents.vault), self.document.deal);
        let sealed = tokio::task::spawn_blocking(move || store::seal_part(&vault, deal, id, &part));
        self.parts.push(sealed.await.map_err(Error::internal)??);
        Ok(())
    }

    async fn read(&mut self, reading: Reading) -> Result<()> {
        let parts = std::mem::take(&mut self.parts);
        let mut conn = self.documents.db.write().await?;
        let outcome = Outcome::Read { reading };
        conn.transaction(async |conn| {
            self.hold(conn).await?;
            store::replace_parts(conn, self.document.id, parts).await?;
            self.documents.reindex(conn, self.document.id, self.clock.now()).await?;
            self.write_state(conn, DocumentState::Read, Some(&outcome)).await
        })
        .await?;
        self.done = true;
        Ok(())
    }

    async fn thumbnail(&self, part: u32, jpeg: &[u8]) -> Result<()> {
        let Some(id) = self.ids.get(&part) else {
            return Ok(());
        };
        let mut conn = self.documents.db.write().await?;
        conn.transaction(async |conn| {
            self.hold(conn).await?;
            store::set_thumbnail(conn, &self.documents.vault, self.document.deal, *id, jpeg).await
        })
        .await
    }

    async fn picture(&self, part: u32, jpeg: &[u8]) -> Result<()> {
        if !self.ids.contains_key(&part) {
            return Ok(());
        }
        let number = i32::try_from(part).map_err(Error::internal)?;
        let mut conn = self.documents.db.write().await?;
        conn.transaction(async |conn| {
            self.hold(conn).await?;
            self.documents.keep(conn, &self.document, number, jpeg, self.clock.now()).await
        })
        .await?;
        self.documents.make_room(&mut conn, jpeg.len()).await;
        Ok(())
    }

    async fn state(&self, state: DocumentState, outcome: Option<&Outcome>) -> Result<()> {
        let mut conn = self.documents.db.write().await?;
        conn.transaction(async |conn| {
            self.hold(conn).await?;
            self.write_state(conn, state, outcome).await
        })
        .await
    }

    /// The document comes to rest unread, and the work is done.
    async fn rest(&self, state: DocumentState, sentence: String) -> Result<()> {
        let outcome = Outcome::NotRead { sentence };
        let mut conn = self.documents.db.write().await?;
        conn.transaction(async |conn| {
            self.finish(conn).await?;
            self.write_state(conn, state, Some(&outcome)).await
        })
        .await
    }

    async fn end(&self) -> Result<()> {
        let mut conn = self.documents.db.write().await?;
        // What changed last are the pictures, which lists show by the document's version.
        conn.transaction(async |conn| {
            self.finish(conn).await?;
            store::touch(conn, self.document.id, self.clock.now()).await
        })
        .await
    }

    async fn write_state(&self, conn: &mut Connection, state: DocumentState, outcome: Option<&Outcome>) -> Result<()> {
        store::set_state(conn, &self.documents.vault, &self.document, state, outcome, self.clock.now()).await
    }

    async fn hold(&self, conn: &mut Connection) -> Result<()> {
        if queue::renew(conn, self.ticket, self.clock.now()).await? { Ok(()) } else { Err(lost()) }
    }

    async fn finish(&self, conn: &mut Connection) -> Result<()> {
        if queue::finish(conn, self.ticket).await? { Ok(()) } else { Err(lost()) }
    }
}

fn lost() -> Error {
    Error::internal("the reading was taken over or is not wanted any more")
}
