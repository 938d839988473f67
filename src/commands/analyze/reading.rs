//! Reads the files, as many at once as the machine has slots, in the confined readers that the server uses too.

use futures_util::{StreamExt as _, stream};
use model::{DocumentKind, Part, Reading};
use zeroize::Zeroizing;

use super::progress::Progress;
use crate::base::{Error, Result};
use crate::infra::files::Given;
use crate::infra::judging::Head;
use crate::infra::reading::{Job, Reader, Session, Told};

/// A file with what was read in it.
#[derive(Debug)]
pub(in crate::commands) struct Paper {
    /// What it is, or why it was not read.
    pub(in crate::commands) head: Head,
    /// Its parts as JSON, which is all that is needed of them here.
    pub(super) parts: Vec<Vec<u8>>,
}

/// Every file with what was read in it, in the order given.
pub(super) async fn all(
    reader: &Reader,
    given: &[Given],
    password: Option<&Zeroizing<String>>,
    progress: &Progress,
) -> Vec<Paper> {
    stream::iter(given)
        .map(|file| async move {
            let mut parts = Vec::new();
            let told = |done, total| progress.part(&file.name, done, total);
            let read = one(reader, file, password, &mut parts, told).await;
            progress.file(&file.name);
            Paper { head: Head { version: file.version, name: file.name.clone(), read }, parts }
        })
        .buffered(reader.slots())
        .collect()
        .await
}

async fn one(
    reader: &Reader,
    file: &Given,
    password: Option<&Zeroizing<String>>,
    parts: &mut Vec<Vec<u8>>,
    progress: impl Fn(u32, u32),
) -> std::result::Result<(DocumentKind, Reading), String> {
    let kind = file.kind.clone()?;
    let content = file.open().map_err(|error| format!("It cannot be opened: {error}."))?;
    let session = reader.start(Job { kind, password: password.cloned() }, content).await;
    let read = match session {
        Ok(session) => follow(session, parts, progress).await,
        Err(error) => Err(error),
    };
    Ok((kind, read.unwrap_or_else(|error| Err(error.causes()))?))
}

async fn follow(
    mut session: Session,
    parts: &mut Vec<Vec<u8>>,
    progress: impl Fn(u32, u32),
) -> Result<std::result::Result<Reading, String>> {
    loop {
        match session.next().await? {
            Told::Progress { done, total } => progress(done, total),
            Told::Part(part) => parts.push(serde_json::to_vec::<Part>(&part).map_err(Error::internal)?),
            // Pictures are of no use here.
            Told::Read(reading) => return Ok(Ok(reading)),
            Told::Thumbnail { .. } | Told::Picture { .. } => {}
            Told::Locked(sentence) => {
                return Ok(Err(format!("{sentence} Put it into a file and name that by --password-file.")));
            }
            Told::Failed(sentence) => return Ok(Err(sentence)),
            Told::End => return Ok(Err("The reader ended without a word.".to_owned())),
        }
    }
}
