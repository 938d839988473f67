//! Reads the files, as many at once as the machine has slots, in the confined readers that the server uses too.

use diligence::Input;
use futures_util::{StreamExt as _, stream};
use model::{Document, DocumentKind, Reading};
use zeroize::Zeroizing;

use super::progress::Progress;
use crate::base::Result;
use crate::infra::files::Given;
use crate::infra::reading::{Job, Reader, Told};

/// Every file with what was read in it, in the order given.
pub(super) async fn all(
    reader: &Reader,
    given: &[Given],
    password: Option<&Zeroizing<String>>,
    progress: &Progress,
) -> Vec<Input> {
    stream::iter(given)
        .map(|file| async move {
            let document = one(reader, file, password, |done, total| progress.part(&file.name, done, total)).await;
            progress.file(&file.name);
            Input { version: file.version, name: file.name.clone(), document }
        })
        .buffered(reader.slots())
        .collect()
        .await
}

async fn one(
    reader: &Reader,
    file: &Given,
    password: Option<&Zeroizing<String>>,
    progress: impl Fn(u32, u32),
) -> std::result::Result<Document, String> {
    let kind = file.kind.clone()?;
    let content = file.open().map_err(|error| format!("It cannot be opened: {error}."))?;
    let job = Job { kind, password: password.cloned() };
    follow(reader, job, content, kind, progress).await.unwrap_or_else(|error| Err(error.causes()))
}

async fn follow(
    reader: &Reader,
    job: Job,
    content: std::fs::File,
    kind: DocumentKind,
    progress: impl Fn(u32, u32),
) -> Result<std::result::Result<Document, String>> {
    let mut session = reader.start(job, content).await?;
    let mut document = Document { kind, parts: Vec::new(), reading: Reading::default() };
    loop {
        match session.next().await? {
            Told::Progress { done, total } => progress(done, total),
            Told::Part(part) => document.parts.push(*part),
            Told::Read(reading) => {
                document.reading = reading;
                // Pictures are of no use here.
                return Ok(Ok(document));
            }
            Told::Thumbnail { .. } => {}
            Told::Locked(sentence) => {
                return Ok(Err(format!("{sentence} Put it into a file and name that by --password-file.")));
            }
            Told::Failed(sentence) => return Ok(Err(sentence)),
            Told::End => return Ok(Err("The reader ended without a word.".to_owned())),
        }
    }
}
