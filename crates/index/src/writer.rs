//! Putting passages in and taking them out.
//!
//! A writer costs a thread and memory, so it is opened for a batch and ended after it. What was put in is found after the
//! next commit; a commit that returned is on disk. What was removed is out of the files too once [`Writer::finish`] has
//! returned; of what was replaced, the old text goes when the engine merges its segment.

use std::sync::MutexGuard;

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, MergePolicy, NoMergePolicy};
use tantivy::schema::document::TantivyDocument;
use tantivy::{IndexWriter, Term};
use uuid::Uuid;

use crate::IndexError;
use crate::index::{Index, Stamp, new_id};

/// Bytes of passages that are held before they are written; the engine's smallest.
const BUDGET: usize = 15_000_000;
/// Share of removed passages from which their file is written anew without them.
const REMOVED: f32 = 0.2;

/// A document or report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// Its id.
    pub id: Uuid,
    /// The deal that it belongs to: who may not open that finds nothing of it.
    pub deal: Uuid,
    /// What it is, one word.
    pub kind: &'a str,
}

/// A stretch of a source's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage<'a> {
    /// Number of the part that it is in; 0 if the source has no parts.
    pub part: u32,
    /// Unicode scalar values of the part before it.
    pub offset: u32,
    /// What this place of the source is called: the name of a sheet, the id of a section.
    pub name: Option<&'a str>,
    /// Its text.
    pub text: &'a str,
}

/// Writes to the index. There is one at a time; a second one waits.
pub struct Writer<'a> {
    index: &'a Index,
    writer: IndexWriter,
    id: Uuid,
    /// Whether a source was removed and not replaced.
    removed: bool,
    _alone: MutexGuard<'a, ()>,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("index", &self.id).finish_non_exhaustive()
    }
}

impl Index {
    /// Opens the writer; waits until no other is open.
    ///
    /// # Errors
    /// If the index's folder cannot be written.
    pub fn write(&self) -> Result<Writer<'_>, IndexError> {
        let alone = self.writing();
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(REMOVED);
        let writer = self.engine(Box::new(policy)).map_err(IndexError::engine("be written"))?;
        Ok(Writer { index: self, writer, id: self.stamp().id, removed: false, _alone: alone })
    }

    fn engine(&self, policy: Box<dyn MergePolicy>) -> tantivy::Result<IndexWriter> {
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(BUDGET)
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        let writer = self.inner().writer_with_options(options)?;
        writer.set_merge_policy(policy);
        Ok(writer)
    }

    /// Writes all files anew that hold removed passages, and deletes the old ones. Nothing else may write meanwhile.
    fn purge(&self) -> tantivy::Result<()> {
        let mut writer = self.engine(Box::new(NoMergePolicy))?;
        let mut segments = self.inner().searchable_segment_metas()?;
        segments.retain(|segment| segment.num_deleted_docs() > 0);
        let ids: Vec<_> = segments.iter().map(|segment| segment.id()).collect();
        // Files are kept as long as somebody holds their list.
        drop(segments);
        for id in ids {
            writer.merge(&[id]).wait()?;
        }
        // Searchers that are open keep what they have read; they need no file.
        writer.garbage_collect_files().wait()?;
        writer.wait_merging_threads()
    }
}

impl Writer<'_> {
    /// Replaces all passages of a source.
    ///
    /// # Errors
    /// If the index's folder cannot be written.
    pub fn replace<'p>(
        &mut self,
        source: &Source,
        passages: impl IntoIterator<Item = Passage<'p>>,
    ) -> Result<(), IndexError> {
        self.delete(source.id);
        for (number, passage) in passages.into_iter().enumerate() {
            self.add(source, number, &passage)?;
        }
        Ok(())
    }

    fn add(&mut self, source: &Source, number: usize, passage: &Passage) -> Result<(), IndexError> {
        let fields = self.index.fields();
        let mut stored = TantivyDocument::default();
        stored.add_text(fields.deal, source.deal.to_string());
        stored.add_text(fields.source, source.id.to_string());
        stored.add_text(fields.kind, source.kind);
        stored.add_u64(fields.part, u64::from(passage.part));
        stored.add_u64(fields.offset, u64::from(passage.offset));
        if let Some(name) = passage.name {
            stored.add_text(fields.name, name);
        }
        stored.add_text(fields.text, passage.text);
        stored.add_u64(fields.order, order(source.id, number));
        self.writer.add_document(stored).map(drop).map_err(IndexError::engine("take a passage"))
    }

    /// Removes all passages of a source. [`Writer::finish`] takes their text out of the files, also that of earlier
    /// removals and replacements.
    pub fn remove(&mut self, source: Uuid) {
        self.delete(source);
        self.removed = true;
    }

    fn delete(&mut self, source: Uuid) {
        self.writer.delete_term(Term::from_field_text(self.index.fields().source, &source.to_string()));
    }

    /// Removes everything; the next commit makes it another index, with an id of its own.
    ///
    /// # Errors
    /// If the index's folder cannot be written.
    pub fn clear(&mut self) -> Result<(), IndexError> {
        self.id = new_id()?;
        self.writer.delete_all_documents().map(drop).map_err(IndexError::engine("be emptied"))
    }

    /// Writes what was put in and taken out since the last commit, with the caller's number. When it returns, searches
    /// see it and no crash loses it.
    ///
    /// # Errors
    /// If the index's folder cannot be written; then the commit before stands.
    pub fn commit(&mut self, sequence: u64) -> Result<(), IndexError> {
        let stamp = Stamp { id: self.id, sequence };
        let mark = serde_json::to_string(&stamp).map_err(|_| IndexError::Crypto("mark of a commit"))?;
        let mut prepared = self.writer.prepare_commit().map_err(IndexError::engine("commit"))?;
        prepared.set_payload(&mark);
        prepared.commit().map_err(IndexError::engine("commit"))?;
        self.index.set_stamp(stamp);
        self.index.reload().map_err(IndexError::engine("show a commit"))
    }

    /// Ends the writer, after the tidying that the last commit caused. If something was removed, its text is in no file
    /// when this returns.
    ///
    /// # Errors
    /// If that fails. What was committed stands; to remove it once more tidies again.
    pub fn finish(self) -> Result<(), IndexError> {
        let Self { index, writer, removed, _alone, .. } = self;
        writer.wait_merging_threads().map_err(IndexError::engine("be tidied"))?;
        if removed {
            index.purge().map_err(IndexError::engine("be tidied"))?;
        }
        index.reload().map_err(IndexError::engine("show a commit"))
    }
}

/// Newer sources first (ids of version 7 begin with the time in milliseconds), then the order of the text: 42 bits for
/// the time since 2020, which are used up in 2159, and 22 for the passage.
fn order(source: Uuid, number: usize) -> u64 {
    const FROM: u64 = 1_577_836_800_000;
    const TIME: u64 = (1 << 42) - 1;
    const NUMBER: u64 = (1 << 22) - 1;
    let time = u64::try_from(source.as_u128() >> 80).unwrap_or_default().saturating_sub(FROM).min(TIME);
    ((TIME - time) << 22) | (number as u64).min(NUMBER)
}
