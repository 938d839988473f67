//! Use cases of documents: authorise, validate, one transaction, view.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::sync::Semaphore;
use vault::Vault;
use zeroize::Zeroizing;

use super::intake::{self, Arrival, Bounds, Intake};
use super::model::{Document, DocumentList, DocumentState, DocumentView, NewFile, Original, PartSummary};
use super::name::FileName;
use super::pictures::Drawings;
use super::store;
use crate::base::{Ctx, DealId, DocumentId, Error, ErrorCode, FieldError, JobId, Page, PageRequest, Result};
use crate::domain::accounts::Directory;
use crate::domain::audit::{Action, Audit, Object, Record};
use crate::domain::deals::{Deals, MemberRole};
use crate::infra::blobs::Blobs;
use crate::infra::config;
use crate::infra::db::queue::{self, Queue};
use crate::infra::db::{Connection, Db, Transact as _};
use crate::infra::entropy::{self, Entropy};

const MIB: u64 = 1024 * 1024;

/// A password longer than this opens nothing that we read (ISO 32000 allows 127 bytes).
const LONGEST_PASSWORD: usize = 255;

/// Files without a row that crashes explain: one for each upload that was under way.
const MOST_NAMELESS: usize = ARRIVALS;

/// Files that may arrive at the same time; each takes a thread while it is written.
const ARRIVALS: usize = 16;

/// The documents of deals.
#[derive(Clone)]
pub struct Documents {
    pub(super) db: Db,
    pub(super) vault: Arc<Vault>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) blobs: Blobs,
    pub(super) deals: Deals,
    pub(super) limits: config::Documents,
    pub(super) drawings: Drawings,
    pub(super) audit: Audit,
    people: Directory,
    arrivals: Arc<Semaphore>,
    /// Passwords on their way from the person who typed one to the reading that takes it. Never stored: a server that
    /// stops meanwhile asks again.
    passwords: Arc<Mutex<HashMap<DocumentId, Zeroizing<String>>>>,
}

/// What documents are built on.
#[derive(Clone)]
pub struct Foundation {
    /// Their rows.
    pub db: Db,
    /// Their keys.
    pub vault: Arc<Vault>,
    /// Their ids.
    pub entropy: Arc<dyn Entropy>,
    /// Their files.
    pub blobs: Blobs,
}

impl Documents {
    /// The documents in this database and folder.
    pub fn new(on: Foundation, audit: Audit, people: Directory, deals: Deals, limits: config::Documents) -> Self {
        let Foundation { db, vault, entropy, blobs } = on;
        Self {
            db,
            vault,
            entropy,
            blobs,
            audit,
            people,
            deals,
            limits,
            drawings: Drawings::default(),
            arrivals: Arc::new(Semaphore::new(ARRIVALS)),
            passwords: Arc::default(),
        }
    }

    /// Prepares to take in a file, whose name or relative path the browser gives. Nothing is stored before
    /// [`Documents::add`].
    pub async fn begin(&self, cx: &Ctx, deal: DealId, path: &str) -> Result<Intake> {
        let mut conn = self.db.read().await?;
        self.deals.require(&mut conn, cx, deal, MemberRole::Editor).await?;
        let name = FileName::parse(path).map_err(|error| Error::invalid(vec![error]))?;
        if store::count_documents(&mut conn, deal).await? >= self.limits.per_deal {
            let detail = format!("This deal has {} documents, the most that it may have.", self.limits.per_deal);
            return Err(Error::new(ErrorCode::TooLarge, detail));
        }
        let place = Arc::clone(&self.arrivals).try_acquire_owned().map_err(|_| busy())?;
        let reserve = self.limits.reserve_mib * MIB;
        if !self.blobs.has_room(reserve) {
            return Err(intake::disk_full());
        }
        let id = DocumentId::new(cx.now, entropy::random(self.entropy.as_ref())?);
        let bounds = Bounds { most: self.limits.file_mib * MIB, reserve };
        Ok(Intake::start(Arc::clone(&self.vault), self.blobs.clone(), Arrival { deal, id, name, bounds, place }))
    }

    /// Stores a file that has arrived whole, and has it read.
    pub async fn add(&self, cx: &Ctx, intake: Intake) -> Result<DocumentView> {
        let deal = intake.deal;
        let (file, written) = intake.finish(&self.vault).await?;
        self.refuse_copy(deal, &file).await?;
        written.keep().await?;
        match self.insert(cx, deal, file.clone()).await {
            Ok(view) => Ok(view),
            Err(error) => Err(self.give_up(deal, &file, error).await),
        }
    }

    /// The row could not be written: the file goes, unless the row is there all the same (the connection was lost while
    /// the commit was answered). If the database does not answer, the sweep of the next start finds out.
    async fn give_up(&self, deal: DealId, file: &NewFile, error: Error) -> Error {
        let known = match self.db.write().await {
            Ok(mut conn) => store::known(&mut conn, &[file.id.0]).await,
            Err(unreachable) => Err(unreachable),
        };
        if known.is_ok_and(|known| known.is_empty()) {
            self.remove_file(file.id).await;
        }
        if error.code == ErrorCode::AlreadyExists {
            // Two equal files at once: the other one was faster.
            return self.refuse_copy(deal, file).await.err().unwrap_or(error);
        }
        error
    }

    async fn refuse_copy(&self, deal: DealId, file: &NewFile) -> Result<()> {
        let mut conn = self.db.write().await?;
        match store::find_by_content(&mut conn, &self.vault, deal, &file.content_tag).await? {
            Some(known) => Err(already_here(&file.name.name, &known)),
            None => Ok(()),
        }
    }

    async fn insert(&self, cx: &Ctx, deal: DealId, file: NewFile) -> Result<DocumentView> {
        let user = cx.user()?;
        let job = JobId::new(cx.now, entropy::random(self.entropy.as_ref())?);
        let mut conn = self.db.write().await?;
        let document = conn
            .transaction(async |conn| {
                self.deals.require(conn, cx, deal, MemberRole::Editor).await?;
                let document = store::insert_document(conn, &self.vault, deal, &file, user, cx.now).await?;
                queue::enqueue(conn, Queue::Reading, job, file.id.0, cx.now).await?;
                let about = json!({ "kind": file.kind, "bytes": file.bytes });
                let record = Record::done(Action::DocumentAdded, object(&document)).with(about);
                self.audit.record(conn, cx, record).await?;
                Ok::<_, Error>(document)
            })
            .await?;
        Ok(self.view(document, false))
    }

    /// A page of a deal's documents, by folder and name.
    pub async fn list(&self, cx: &Ctx, deal: DealId, page: &PageRequest) -> Result<DocumentList> {
        let (limit, last) = (page.limit()?, page.after::<DocumentId>()?);
        let mut conn = self.db.read().await?;
        self.deals.require(&mut conn, cx, deal, MemberRole::Reader).await?;
        let mut all = store::documents_of(&mut conn, &self.vault, deal).await?;
        all.sort_by_cached_key(|one| (one.name.folder.to_lowercase(), one.name.name.to_lowercase(), one.id));
        let total = all.len();
        let unfinished = queue::unfinished(&mut conn, Queue::Reading).await?;
        let moving = all.iter().filter(|one| unfinished.contains(&one.id.0)).count();
        let start = last.and_then(|id| all.iter().position(|one| one.id == id)).map_or(0, |place| place + 1);
        let rest = all.into_iter().skip(start).take(limit + 1).collect();
        let pictured = store::pictured(&mut conn, deal).await?;
        let page = Page::cut(rest, limit, |one: &Document| one.id).map(|document| {
            let pictured = pictured.contains(&document.id);
            self.view(document, pictured)
        });
        Ok(DocumentList { page, total, moving })
    }

    /// One document with its parts. That it was opened is recorded.
    pub async fn open(&self, cx: &Ctx, deal: DealId, id: DocumentId) -> Result<(DocumentView, Vec<PartSummary>)> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let document = self.get(conn, cx, deal, id, MemberRole::Reader).await?;
            self.audit.record(conn, cx, Record::done(Action::DocumentRead, object(&document))).await?;
            let parts = store::parts_of(conn, id).await?;
            let pictured = parts.first().is_some_and(|part| part.thumbnail);
            Ok((self.view(document, pictured), parts))
        })
        .await
    }

    /// Text and layout of a part, as JSON of [`model::Part`]. That it was read is recorded.
    pub async fn part(&self, cx: &Ctx, deal: DealId, id: DocumentId, number: i32) -> Result<Vec<u8>> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let document = self.get(conn, cx, deal, id, MemberRole::Reader).await?;
            let part = store::find_part(conn, &self.vault, &document, number).await?;
            let part = part.ok_or_else(|| Error::not_found("part of the document"))?;
            self.record_reading(conn, cx, &document, json!({ "part": number })).await?;
            Ok(part)
        })
        .await
    }

    /// The small picture of a part (JPEG). That it was seen is recorded: much can be read on it.
    pub async fn thumbnail(&self, cx: &Ctx, deal: DealId, id: DocumentId, number: i32) -> Result<Vec<u8>> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let document = self.get(conn, cx, deal, id, MemberRole::Reader).await?;
            let jpeg = store::find_thumbnail(conn, &self.vault, &document, number).await?;
            let jpeg = jpeg.ok_or_else(|| Error::not_found("picture"))?;
            self.record_reading(conn, cx, &document, json!({ "part": number, "as": "thumbnail" })).await?;
            Ok(jpeg)
        })
        .await
    }

    pub(super) async fn record_reading(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        document: &Document,
        about: serde_json::Value,
    ) -> Result<()> {
        let record = Record::done(Action::DocumentRead, object(document)).with(about);
        self.audit.record(conn, cx, record).await
    }

    /// The file as it was uploaded. That a copy left the desk is recorded.
    pub async fn download(&self, cx: &Ctx, deal: DealId, id: DocumentId) -> Result<Original<impl Read + Send + use<>>> {
        let mut conn = self.db.write().await?;
        let document = conn
            .transaction(async |conn| {
                let document = self.get(conn, cx, deal, id, MemberRole::Reader).await?;
                self.audit.record(conn, cx, Record::done(Action::DocumentDownloaded, object(&document))).await?;
                Ok::<_, Error>(document)
            })
            .await?;
        let content = self.content(&document)?;
        Ok(Original { name: document.name, kind: document.kind, bytes: document.bytes, content })
    }

    /// The bytes of a document in clear, read as they are needed.
    pub(super) fn content(&self, document: &Document) -> Result<impl Read + Send + use<>> {
        let file = self.blobs.open(document.id.0).map_err(Error::internal)?;
        Ok(self.vault.read_file(document.deal.0, file)?)
    }

    /// Has a document read again.
    pub async fn retry(&self, cx: &Ctx, deal: DealId, id: DocumentId) -> Result<DocumentView> {
        self.read_again(cx, deal, id, Action::DocumentRetried, DocumentState::may_retry, None).await
    }

    /// Has a locked document read with its password, which is used for this one reading.
    pub async fn unlock(
        &self,
        cx: &Ctx,
        deal: DealId,
        id: DocumentId,
        password: Zeroizing<String>,
    ) -> Result<DocumentView> {
        if password.is_empty() || password.len() > LONGEST_PASSWORD {
            let message = format!("A password has 1 to {LONGEST_PASSWORD} bytes.");
            return Err(Error::invalid(vec![FieldError { field: "password".to_owned(), message }]));
        }
        let locked = |state: DocumentState| state == DocumentState::Locked;
        self.read_again(cx, deal, id, Action::DocumentUnlocked, locked, Some(password)).await
    }

    /// Gives a password back that its reading could not use for a fault of ours. One that was typed meanwhile is newer.
    pub(super) fn give_back_password(&self, id: DocumentId, password: Zeroizing<String>) {
        self.passwords.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_insert(password);
    }

    /// Keeps a password for the reading that is to take it.
    fn keep_password(&self, id: DocumentId, password: Zeroizing<String>) {
        self.passwords.lock().unwrap_or_else(PoisonError::into_inner).insert(id, password);
    }

    /// The password that was given for a document, once.
    pub(super) fn take_password(&self, id: DocumentId) -> Option<Zeroizing<String>> {
        self.passwords.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }

    async fn read_again(
        &self,
        cx: &Ctx,
        deal: DealId,
        id: DocumentId,
        action: Action,
        may: fn(DocumentState) -> bool,
        password: Option<Zeroizing<String>>,
    ) -> Result<DocumentView> {
        let job = JobId::new(cx.now, entropy::random(self.entropy.as_ref())?);
        let mut conn = self.db.write().await?;
        let begun = conn
            .transaction(async |conn| {
                let document = self.get(conn, cx, deal, id, MemberRole::Editor).await?;
                let moved = || {
                    Error::new(
                        ErrorCode::WrongState,
                        "This document is being read, or waits for something else. Look at its row again.",
                    )
                };
                if !may(document.state) {
                    return Err(moved());
                }
                if !self.wait_again(conn, cx, job, &document, action).await? {
                    return Err(moved());
                }
                let document = self.get(conn, cx, deal, id, MemberRole::Editor).await?;
                // Only now is it certain that the actor may give one; a worker takes it when this is committed.
                if let Some(password) = &password {
                    self.keep_password(id, password.clone());
                }
                Ok(document)
            })
            .await;
        if begun.is_err() && password.is_some() {
            self.forget_password(id, password.as_ref());
        }
        Ok(self.view(begun?, false))
    }

    /// Has a document wait to be read anew; `false` if it is not as it was seen any more.
    pub(super) async fn wait_again(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        job: JobId,
        seen: &Document,
        action: Action,
    ) -> Result<bool> {
        // The job before the document, as the worker locks them.
        queue::enqueue(conn, Queue::Reading, job, seen.id.0, cx.now).await?;
        if !store::set_waiting(conn, seen, cx.now).await? {
            return Ok(false);
        }
        store::pictures::delete_of(conn, seen.id).await?;
        self.audit.record(conn, cx, Record::done(action, object(seen))).await?;
        Ok(true)
    }

    /// Takes back a password that was kept for nothing; not one that somebody else gave meanwhile.
    fn forget_password(&self, id: DocumentId, mine: Option<&Zeroizing<String>>) {
        let mut kept = self.passwords.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.get(&id) == mine {
            kept.remove(&id);
        }
    }

    /// Removes a document, what was read in it, and its file.
    pub async fn remove(&self, cx: &Ctx, deal: DealId, id: DocumentId) -> Result<()> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let document = self.get(conn, cx, deal, id, MemberRole::Editor).await?;
            queue::cancel(conn, Queue::Reading, id.0).await?;
            store::delete_document(conn, id).await?;
            self.reindex(conn, id, cx.now).await?;
            let about = json!({ "kind": document.kind, "bytes": document.bytes });
            self.audit.record(conn, cx, Record::done(Action::DocumentRemoved, object(&document)).with(about)).await
        })
        .await?;
        self.take_password(id);
        self.remove_file(id).await;
        Ok(())
    }

    /// Has the search take a document in anew, or forget it.
    pub(super) async fn reindex(&self, conn: &mut Connection, id: DocumentId, now: DateTime<Utc>) -> Result<()> {
        let job = JobId::new(now, entropy::random(self.entropy.as_ref())?);
        queue::enqueue(conn, Queue::Indexing, job, id.0, now).await
    }

    /// A file that stays behind is swept at the next start.
    async fn remove_file(&self, id: DocumentId) {
        let blobs = self.blobs.clone();
        match tokio::task::spawn_blocking(move || blobs.remove(id.0)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(document = %id, %error, "a file could not be removed"),
            Err(error) => tracing::warn!(document = %id, %error, "a file could not be removed"),
        }
    }

    /// Removes torsos, and files that no document names, which a crash between file and row leaves behind. Only while
    /// nobody uploads: at the start. Where more than a few files are nameless, the database is likely not theirs (a
    /// wrong address, an older state restored), and nothing is touched.
    pub async fn sweep(&self) -> Result<()> {
        let blobs = self.blobs.clone();
        let found = tokio::task::spawn_blocking(move || blobs.sweep()).await.map_err(Error::internal)?;
        let found = found.map_err(Error::internal)?;
        let mut conn = self.db.write().await?;
        let mut nameless = Vec::new();
        for some in found.chunks(1_000) {
            let known = store::known(&mut conn, some).await?;
            nameless.extend(some.iter().copied().filter(|id| !known.contains(id)));
        }
        if nameless.len() > (found.len() / 20).max(MOST_NAMELESS) {
            tracing::error!(
                files = found.len(),
                nameless = nameless.len(),
                "many document files belong to no document of this database; is it the right one? Nothing was touched"
            );
            return Ok(());
        }
        for orphan in nameless {
            tracing::info!(file = %orphan, "removing a file that belongs to no document");
            self.remove_file(DocumentId(orphan)).await;
        }
        Ok(())
    }

    pub(super) async fn get(
        &self,
        conn: &mut Connection,
        cx: &Ctx,
        deal: DealId,
        id: DocumentId,
        wanted: MemberRole,
    ) -> Result<Document> {
        self.deals.require(conn, cx, deal, wanted).await?;
        store::find_document(conn, &self.vault, deal, id).await?.ok_or_else(|| Error::not_found("document"))
    }

    fn view(&self, document: Document, pictured: bool) -> DocumentView {
        let uploaded_by = self.people.person(document.uploaded_by);
        DocumentView { document, uploaded_by, pictured }
    }
}

pub(super) fn object(document: &Document) -> Object {
    Object::within(document.deal, "document", document.id.0)
}

fn busy() -> Error {
    let detail = "Many files are arriving at the moment. This one was not stored; it is taken in a few seconds.";
    Error::new(ErrorCode::Unavailable, detail).retry_after(Duration::from_secs(3))
}

fn already_here(name: &str, known: &Document) -> Error {
    let place = match known.name.folder.as_str() {
        "" => String::new(),
        folder => format!(" in {folder}"),
    };
    let detail = format!(
        "{name} has the same content as {}{place}, which is here already. It was not stored twice.",
        known.name.name
    );
    Error::new(ErrorCode::AlreadyExists, detail)
}
