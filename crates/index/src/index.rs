//! Opening the index, and beginning it anew when it cannot be used.
//!
//! ```text
//! folder/lock       held while the index is open
//! folder/current/   the sealed files
//! folder/damaged/   what could not be used last; removed when the index is filled again
//! ```

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};
use tantivy::directory::Directory;
use tantivy::directory::error::{LockError, OpenReadError};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{IndexReader, ReloadPolicy, Searcher, TantivyError};
use uuid::Uuid;

use crate::IndexError;
use crate::analyzer::Analyzer;
use crate::directory::SealedDirectory;
use crate::schema::{ANALYZER, Fields, schema};

/// Blocks of stored text that stay decompressed (16 KiB each).
const CACHED_BLOCKS: usize = 16;

/// The mark of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Which index this is: another one each time it is begun anew.
    pub id: Uuid,
    /// The caller's number of the last commit; 0 at the beginning.
    pub sequence: u64,
}

/// What was in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An index that can be used.
    Ready,
    /// Nothing yet.
    Nothing,
    /// An index that does not open, or not with this key.
    Damaged,
    /// An index of another version of this program.
    OtherForm,
}

impl Found {
    /// Whether the index is empty now and everything has to be put in.
    pub fn is_empty(self) -> bool {
        self != Self::Ready
    }
}

/// An index that was just opened.
#[derive(Debug)]
pub struct Opened {
    /// The index; it can be searched and written.
    pub index: Index,
    /// What was there before.
    pub found: Found,
}

/// The open index. All methods take `&self`; searches go on while something is written.
pub struct Index {
    inner: tantivy::Index,
    reader: IndexReader,
    fields: Fields,
    stamp: RwLock<Stamp>,
    writing: Mutex<()>,
    /// None for an index that is in memory only.
    home: Option<Home>,
}

struct Home {
    folder: PathBuf,
    /// Keeps other processes out; ends with the process.
    _lock: File,
}

impl Home {
    fn remove_damaged(&self) -> Result<(), IndexError> {
        remove(&self.folder.join("damaged")).map_err(IndexError::io("tidy", &self.folder))
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("stamp", &self.stamp()).finish_non_exhaustive()
    }
}

impl Index {
    /// Opens the index in a folder, and decrypts it. If there is none, or none that can be used, a new one is begun.
    ///
    /// # Errors
    /// If the folder cannot be read or written, or another process has it open.
    pub fn open(folder: &Path, key: &[u8; 32]) -> Result<Opened, IndexError> {
        let home = Home { folder: folder.to_owned(), _lock: lock(folder)? };
        let place = folder.join("current");
        let found = match attempt(&place, key) {
            Ok(mut index) => {
                home.remove_damaged()?;
                index.home = Some(home);
                return Ok(Opened { index, found: Found::Ready });
            }
            Err(Failure::Unusable(found)) => found,
            Err(Failure::Io(source)) => return Err(IndexError::Io { what: "read", folder: folder.to_owned(), source }),
        };
        put_aside(folder, &place).map_err(IndexError::io("put aside", folder))?;
        let directory =
            make(&place).and_then(|()| SealedDirectory::open(&place, key)).map_err(IndexError::io("begin", folder))?;
        let mut index = Self::begin(directory)?;
        index.home = Some(home);
        Ok(Opened { index, found })
    }

    /// A new index in an empty directory. It is whole when the first mark is written.
    pub(crate) fn begin(directory: impl Directory) -> Result<Self, IndexError> {
        let engine = IndexError::engine;
        let settings = tantivy::IndexSettings::default();
        let inner = tantivy::Index::create(directory, schema().0, settings).map_err(engine("begin"))?;
        let mut index = Self::over(inner, Stamp { id: Uuid::nil(), sequence: 0 }).map_err(engine("begin"))?;
        let id = new_id()?;
        index.stamp = RwLock::new(Stamp { id, sequence: 0 });
        let mut writer = index.write()?;
        writer.commit(0)?;
        writer.finish()?;
        Ok(index)
    }

    fn over(mut inner: tantivy::Index, stamp: Stamp) -> tantivy::Result<Self> {
        let tokenizers = TokenizerManager::default();
        tokenizers.register(ANALYZER, TextAnalyzer::from(Analyzer));
        inner.set_tokenizers(tokenizers);
        let reader = inner
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(CACHED_BLOCKS)
            .try_into()?;
        let fields = schema().1;
        Ok(Self { inner, reader, fields, stamp: RwLock::new(stamp), writing: Mutex::default(), home: None })
    }

    /// The mark of the last commit.
    pub fn stamp(&self) -> Stamp {
        *self.stamp.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes what was put aside because it could not be used: nobody misses it any more. The next opening does so too.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn remove_damaged(&self) -> Result<(), IndexError> {
        self.home.as_ref().map_or(Ok(()), Home::remove_damaged)
    }

    /// How many passages can be found.
    pub fn passages(&self) -> u64 {
        self.searcher().num_docs()
    }

    pub(crate) fn set_stamp(&self, stamp: Stamp) {
        *self.stamp.write().unwrap_or_else(PoisonError::into_inner) = stamp;
    }

    pub(crate) fn fields(&self) -> Fields {
        self.fields
    }

    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    pub(crate) fn inner(&self) -> &tantivy::Index {
        &self.inner
    }

    pub(crate) fn reload(&self) -> tantivy::Result<()> {
        self.reader.reload()
    }

    pub(crate) fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn new_id() -> Result<Uuid, IndexError> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| IndexError::Crypto("no random bytes"))?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

fn lock(folder: &Path) -> Result<File, IndexError> {
    let open = || {
        make(folder)?;
        File::options().write(true).create(true).truncate(false).mode(0o600).open(folder.join("lock"))
    };
    let file = open().map_err(IndexError::io("lock", folder))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(IndexError::InUse(folder.to_owned())),
        Err(fs::TryLockError::Error(source)) => Err(IndexError::Io { what: "lock", folder: folder.to_owned(), source }),
    }
}

/// Why an index was not opened.
enum Failure {
    /// It has to be begun anew.
    Unusable(Found),
    /// Nothing is known of it.
    Io(io::Error),
}

impl From<TantivyError> for Failure {
    fn from(error: TantivyError) -> Self {
        let source = match &error {
            TantivyError::IoError(source)
            | TantivyError::LockFailure(LockError::IoError(source), _)
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error: source, .. }) => Some(source),
            TantivyError::IncompatibleIndex(_) | TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(_)) => {
                return Self::Unusable(Found::OtherForm);
            }
            _ => None,
        };
        match source {
            Some(source) if !tells_damage(source) => Self::Io(io::Error::new(source.kind(), source.to_string())),
            _ => Self::Unusable(Found::Damaged),
        }
    }
}

/// Whether it was the content of a file that failed, and not the way to it. A disk that cannot read a file any more is
/// damage too; being refused is not.
fn tells_damage(error: &io::Error) -> bool {
    use io::ErrorKind::{OutOfMemory, PermissionDenied, StorageFull};
    // 23 and 24: no more open files, in the system or in this process.
    !matches!(error.kind(), PermissionDenied | OutOfMemory | StorageFull)
        && !matches!(error.raw_os_error(), Some(23 | 24))
}

/// Opens all files of an index; each of them is authenticated on the way.
fn attempt(place: &Path, key: &[u8; 32]) -> Result<Index, Failure> {
    match place.join("meta.json").try_exists() {
        Ok(true) => {}
        Ok(false) => {
            let begun = place.try_exists().map_err(Failure::Io)?;
            return Err(Failure::Unusable(if begun { Found::Damaged } else { Found::Nothing }));
        }
        Err(error) => return Err(Failure::Io(error)),
    }
    let directory = SealedDirectory::open(place, key).map_err(Failure::Io)?;
    let inner = tantivy::Index::open(directory)?;
    if inner.schema() != schema().0 {
        return Err(Failure::Unusable(Found::OtherForm));
    }
    let mark = inner.load_metas()?.payload.and_then(|payload| serde_json::from_str(&payload).ok());
    let stamp: Stamp = mark.ok_or(Failure::Unusable(Found::Damaged))?;
    Ok(Index::over(inner, stamp)?)
}

fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Moves what cannot be used out of the way; only the last of them is kept.
fn put_aside(folder: &Path, place: &PathBuf) -> io::Result<()> {
    if !place.try_exists()? {
        return Ok(());
    }
    let aside = folder.join("damaged");
    remove(&aside)?;
    fs::rename(place, aside)
}
