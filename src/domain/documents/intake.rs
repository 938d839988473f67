//! Takes a file in as it arrives: nothing whole in memory, nothing in clear on disk, refused as soon as that is certain.

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Arc;

use aws_lc_rs::digest;
use model::DocumentKind;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinHandle;
use vault::Vault;

use super::model::NewFile;
use super::name::FileName;
use crate::base::{DealId, DocumentId, Error, ErrorCode, Result};
use crate::infra::blobs::{Blobs, NewBlob};

/// Bytes that decide what a file is.
const HEAD: usize = 8 * 1024;

/// Bytes between two looks at the free space.
const BETWEEN_LOOKS: usize = 16 * 1024 * 1024;

/// Pieces that may wait for the disk before the network has to.
const WAITING: usize = 8;

/// A file that is arriving. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct Intake {
    pub(super) deal: DealId,
    id: DocumentId,
    name: FileName,
    most: u64,
    _place: OwnedSemaphorePermit,
    seen: u64,
    head: Vec<u8>,
    kind: Option<DocumentKind>,
    to_disk: mpsc::Sender<Vec<u8>>,
    writer: JoinHandle<Result<Written>>,
}

/// A file that is about to arrive.
pub(super) struct Arrival {
    pub(super) deal: DealId,
    pub(super) id: DocumentId,
    pub(super) name: FileName,
    pub(super) bounds: Bounds,
    /// One of the places for files that arrive at the same time.
    pub(super) place: OwnedSemaphorePermit,
}

/// How much a file may take, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) most: u64,
    /// What must stay free on the disk.
    pub(super) reserve: u64,
}

/// A file that is whole and sealed, not yet under its name.
#[derive(Debug)]
pub(super) struct Written {
    digest: digest::Digest,
    blob: NewBlob,
    file: File,
}

impl Intake {
    /// Starts to take a file in.
    pub(super) fn start(vault: Arc<Vault>, blobs: Blobs, arrival: Arrival) -> Self {
        let Arrival { deal, id, name, bounds, place } = arrival;
        let (to_disk, from_network) = mpsc::channel(WAITING);
        let writer = tokio::task::spawn_blocking(move || write(&vault, &blobs, deal, id, bounds.reserve, from_network));
        Self {
            deal,
            id,
            name,
            most: bounds.most,
            _place: place,
            seen: 0,
            head: Vec::new(),
            kind: None,
            to_disk,
            writer,
        }
    }

    /// Takes the next piece.
    pub async fn push(&mut self, piece: &[u8]) -> Result<()> {
        self.seen += piece.len() as u64;
        if self.seen > self.most {
            let most = self.most / (1024 * 1024);
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!(
                    "{} is larger than {most} MiB, which is the most for one file. It was not stored.",
                    self.name.name
                ),
            ));
        }
        if self.kind.is_none() {
            let wanted = HEAD.saturating_sub(self.head.len());
            self.head.extend_from_slice(piece.get(..wanted).unwrap_or(piece));
            if self.head.len() >= HEAD {
                self.decide()?;
            }
        }
        match self.to_disk.send(piece.to_vec()).await {
            Ok(()) => Ok(()),
            Err(_) => Err(self.writers_fault().await),
        }
    }

    /// The writer stopped before the end: its error says why.
    async fn writers_fault(&mut self) -> Error {
        match (&mut self.writer).await {
            Ok(Err(error)) => error,
            Ok(Ok(_)) => Error::internal("the writer of an upload ended early"),
            Err(panicked) => Error::internal(panicked),
        }
    }

    fn decide(&mut self) -> Result<()> {
        let kind = extract::sniff(&self.name.name, &self.head).map_err(|refusal| {
            Error::new(ErrorCode::UnsupportedMedia, format!("{} was not stored. {refusal}", self.name.name))
        })?;
        self.kind = Some(kind);
        Ok(())
    }

    /// The whole file has arrived: seals its end. It is not under its name before [`Written::keep`].
    pub(super) async fn finish(mut self, vault: &Vault) -> Result<(NewFile, Written)> {
        if self.seen == 0 {
            let detail = format!("{} is empty. It was not stored.", self.name.name);
            return Err(Error::new(ErrorCode::InvalidInput, detail));
        }
        if self.kind.is_none() {
            self.decide()?;
        }
        let kind = self.kind.ok_or_else(|| Error::internal("a file without a kind"))?;
        drop(self.to_disk);
        let written = self.writer.await.map_err(Error::internal)??;
        let content_tag = vault.content_tag(self.deal.0, written.digest.as_ref())?;
        let bytes = i64::try_from(self.seen).map_err(Error::internal)?;
        Ok((NewFile { id: self.id, name: self.name, kind, bytes, content_tag }, written))
    }
}

impl Written {
    /// Puts the file under its name, on disk before it returns.
    pub(super) async fn keep(self) -> Result<()> {
        let kept = tokio::task::spawn_blocking(move || self.blob.keep(&self.file)).await.map_err(Error::internal)?;
        kept.map_err(disk_fault)
    }
}

fn write(
    vault: &Vault,
    blobs: &Blobs,
    deal: DealId,
    id: DocumentId,
    reserve: u64,
    mut from_network: mpsc::Receiver<Vec<u8>>,
) -> Result<Written> {
    let (blob, file) = blobs.create(id.0).map_err(disk_fault)?;
    let mut sealed = vault.write_file(deal.0, file)?;
    let mut digest = digest::Context::new(&digest::SHA256);
    let mut unlooked = 0;
    while let Some(piece) = from_network.blocking_recv() {
        digest.update(&piece);
        sealed.write_all(&piece).map_err(disk_fault)?;
        unlooked += piece.len();
        if unlooked > BETWEEN_LOOKS {
            unlooked = 0;
            if !blobs.has_room(reserve) {
                return Err(disk_full());
            }
        }
    }
    let file = sealed.finish().map_err(disk_fault)?;
    Ok(Written { digest: digest.finish(), blob, file })
}

pub(super) fn disk_fault(error: io::Error) -> Error {
    if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        return disk_full().caused_by(error);
    }
    Error::internal(error)
}

pub(super) fn disk_full() -> Error {
    Error::new(
        ErrorCode::StorageFull,
        "The server's disk is full. This file was not stored; everything that was there is safe. Tell your admin, and drop \
         it again when there is room.",
    )
}
