//! Pages as pictures on which they can be read: drawn when somebody looks, kept as a cache.
//!
//! Invariants: no connection is held while a page is drawn; who may look is asked before and after it. The same page
//! is drawn once, however many ask for it at a time. A picture is kept only while its document is there. What the
//! cache holds stays near its bound, and what was not looked at for the longest time goes first.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use model::DocumentKind;
use serde_json::json;

use super::model::{Document, DocumentState};
use super::{Documents, store};
use crate::base::{Ctx, DealId, DocumentId, Error, ErrorCode, PictureId, Result};
use crate::domain::deals::MemberRole;
use crate::infra::clock::Clock;
use crate::infra::db::{Connection, Transact as _};
use crate::infra::entropy;
use crate::infra::reading::{Job, NoPicture, Reader};

/// A picture counts as seen anew after this time, so that looking seldom writes.
const SEEN: TimeDelta = TimeDelta::hours(1);

/// How long one waits for another who has the same page drawn.
const PATIENCE: Duration = Duration::from_secs(30);

/// The cache is looked over whenever it grew by this part of its bound, and then made this part smaller than that.
const STEP: u64 = 32;

const MIB: u64 = 1024 * 1024;

/// The pages that are being drawn, and how much the cache grew.
#[derive(Debug, Clone, Default)]
pub(super) struct Drawings {
    under_way: Arc<Mutex<UnderWay>>,
    /// Bytes that this process kept since the cache was looked over.
    grown: Arc<AtomicU64>,
}

/// A page by its document and number.
type Page = (DocumentId, i32);

/// Whoever holds it looks for the page once more, and draws it if it is not kept.
type Turn = tokio::sync::Mutex<()>;

type UnderWay = HashMap<Page, Weak<Turn>>;

impl Drawings {
    fn turn(&self, page: Page) -> Arc<Turn> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|_, turn| turn.strong_count() > 0);
        let known = under_way.get(&page).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let turn = Arc::default();
            under_way.insert(page, Arc::downgrade(&turn));
            turn
        })
    }

    /// Whether the cache grew so much that it is to be looked over.
    fn grew(&self, bytes: usize, most: u64) -> bool {
        let grown = self.grown.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        let enough = grown > most / STEP;
        if enough {
            self.grown.store(0, Ordering::Relaxed);
        }
        enough
    }
}

/// What a look into the cache finds.
enum Look {
    Kept(Vec<u8>),
    Missing(Box<Document>),
}

impl Documents {
    /// A picture (JPEG) of a page, on which it can be read; drawn if it is not kept. That it was seen is recorded.
    pub async fn picture(
        &self,
        cx: &Ctx,
        reader: &Reader,
        deal: DealId,
        id: DocumentId,
        number: i32,
    ) -> Result<Vec<u8>> {
        if let Look::Kept(jpeg) = self.look(cx, deal, id, number).await? {
            return Ok(jpeg);
        }
        let turn = self.drawings.turn((id, number));
        let _turn = tokio::time::timeout(PATIENCE, turn.lock()).await.map_err(|_| waited())?;
        match self.look(cx, deal, id, number).await? {
            Look::Kept(jpeg) => Ok(jpeg),
            Look::Missing(document) => {
                let drawn = self.draw_one(reader, &document, number).await;
                self.keep_and_record(cx, deal, id, number, drawn).await
            }
        }
    }

    /// Looks into the cache for somebody who may look.
    async fn look(&self, cx: &Ctx, deal: DealId, id: DocumentId, number: i32) -> Result<Look> {
        let mut conn = self.db.write().await?;
        conn.transaction(async |conn| {
            let document = self.get(conn, cx, deal, id, MemberRole::Reader).await?;
            may_have_pictures(&document)?;
            let Some(kept) = store::pictures::find(conn, &self.vault, &document, number).await? else {
                let there = store::pictures::has_part(conn, id, number).await?;
                return if there { Ok(Look::Missing(Box::new(document))) } else { Err(Error::not_found("picture")) };
            };
            if cx.now - kept.seen_at > SEEN {
                store::pictures::touch(conn, kept.id, cx.now).await?;
            }
            self.record_reading(conn, cx, &document, json!({ "part": number, "as": "page" })).await?;
            Ok(Look::Kept(kept.jpeg))
        })
        .await
    }

    async fn draw_one(
        &self,
        reader: &Reader,
        document: &Document,
        number: i32,
    ) -> Result<std::result::Result<Vec<u8>, NoPicture>> {
        let part = u32::try_from(number).map_err(Error::internal)?;
        let job = Job { kind: document.kind, password: None };
        reader.picture(job, self.content(document)?, part).await
    }

    /// Much may have happened while the page was drawn: whoever asked is asked for again, and a document that is gone
    /// is not there, whatever became of its picture.
    async fn keep_and_record(
        &self,
        cx: &Ctx,
        deal: DealId,
        id: DocumentId,
        number: i32,
        drawn: Result<std::result::Result<Vec<u8>, NoPicture>>,
    ) -> Result<Vec<u8>> {
        let mut conn = self.db.write().await?;
        let jpeg = conn
            .transaction(async |conn| {
                let document = self.get(conn, cx, deal, id, MemberRole::Reader).await?;
                let jpeg = drawn?.map_err(no_picture)?;
                if !self.keep(conn, &document, number, &jpeg, cx.now).await? {
                    return Err(Error::not_found("document"));
                }
                self.record_reading(conn, cx, &document, json!({ "part": number, "as": "page" })).await?;
                Ok::<_, Error>(jpeg)
            })
            .await?;
        self.make_room(&mut conn, jpeg.len()).await;
        Ok(jpeg)
    }

    /// Keeps a picture; `false` if its document is gone.
    pub(super) async fn keep(
        &self,
        conn: &mut Connection,
        document: &Document,
        number: i32,
        jpeg: &[u8],
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let id = PictureId::new(now, entropy::random(self.entropy.as_ref())?);
        store::pictures::insert(conn, &self.vault, document, (id, number), jpeg, now).await
    }

    /// Removes what is too much when the cache grew by some bytes. Not in the transaction in which it grew. That it
    /// cannot be done just now is no fault of whoever made it grow.
    pub(super) async fn make_room(&self, conn: &mut Connection, bytes: usize) {
        let most = self.limits.page_images_mib * MIB;
        if !self.drawings.grew(bytes, most) {
            return;
        }
        match store::pictures::trim(conn, most - most / STEP).await {
            Ok(removed) => tracing::debug!(removed, "pictures of pages were removed to make room"),
            Err(error) => tracing::warn!(causes = error.causes(), "pictures of pages could not be removed"),
        }
    }

    /// Draws those of these pages of a deal that are not kept, one after the other, so that looking at them later is
    /// fast. What cannot be drawn is passed over. Acts for nobody, so nothing is authorised or recorded here.
    pub async fn draw(
        &self,
        reader: &Reader,
        clock: &dyn Clock,
        deal: DealId,
        pages: &[(DocumentId, i32)],
    ) -> Result<()> {
        let wanted: HashSet<DocumentId> = pages.iter().map(|(id, _)| *id).collect();
        let mut done = store::pictures::kept_of(&mut *self.db.read().await?, &wanted).await?;
        let mut undrawable = HashSet::new();
        for (id, number) in pages {
            if undrawable.contains(id) || !done.insert((*id, *number)) {
                continue;
            }
            if !self.draw_ahead(reader, clock, deal, *id, *number).await? {
                undrawable.insert(*id);
            }
        }
        Ok(())
    }

    /// `false` if there is no use in trying another page of the document.
    async fn draw_ahead(
        &self,
        reader: &Reader,
        clock: &dyn Clock,
        deal: DealId,
        id: DocumentId,
        number: i32,
    ) -> Result<bool> {
        let found = store::find_document(&mut *self.db.read().await?, &self.vault, deal, id).await?;
        let Some(document) = found.filter(|document| may_have_pictures(document).is_ok()) else { return Ok(false) };
        let turn = self.drawings.turn((id, number));
        let Ok(_turn) = turn.try_lock() else { return Ok(true) };
        let jpeg = match self.draw_one(reader, &document, number).await {
            Ok(Ok(jpeg)) => jpeg,
            Ok(Err(why)) => {
                tracing::debug!(document = %id, number, "a page is not drawn ahead of time");
                return Ok(why != NoPicture::Locked);
            }
            Err(error) => {
                tracing::warn!(document = %id, number, causes = error.causes(), "a page is not drawn ahead of time");
                return Ok(false);
            }
        };
        let mut conn = self.db.write().await?;
        let there = conn.transaction(async |conn| self.keep(conn, &document, number, &jpeg, clock.now()).await).await?;
        self.make_room(&mut conn, jpeg.len()).await;
        Ok(there)
    }
}

fn may_have_pictures(document: &Document) -> Result<()> {
    let why = match (document.state, document.kind) {
        (DocumentState::Read, DocumentKind::Pdf | DocumentKind::Image) => return Ok(()),
        (DocumentState::Read, _) => "Only pages of PDF files and images are shown as pictures; read its text instead.",
        (DocumentState::Stored | DocumentState::Reading, _) => {
            "This document is not read yet, so its pages cannot be shown. Ask again when it is."
        }
        (DocumentState::Locked, _) => "This document waits for its password, so its pages cannot be shown.",
        (DocumentState::Failed, _) => "This document could not be read, so its pages cannot be shown.",
    };
    Err(Error::new(ErrorCode::NotFound, why))
}

fn no_picture(why: NoPicture) -> Error {
    let detail = match why {
        NoPicture::Locked => {
            "This document is protected by a password, which is not kept, and its picture of this page is gone. Have it              read again with its password to see the page; its text is here."
                .to_owned()
        }
        NoPicture::Failed(sentence) => format!("There is no picture of this page. {sentence}"),
    };
    Error::new(ErrorCode::NotFound, detail)
}

fn waited() -> Error {
    let detail = "Drawing this page takes long. Ask for it again in a few seconds.";
    Error::new(ErrorCode::Unavailable, detail).retry_after(Duration::from_secs(5))
}
