//! Reads the files, as many at once as the machine has slots, in the confined readers that the server uses too.

use diligence::Input;
use futures_util::{StreamExt as _, stream};
use model::{Document, DocumentKind, Reading};
use zeroize::Zeroizing;

use super::progress::Progress;
use crate::base::Result;
use crate::infra::files::Given;
use crate::infra::reading::{Job, Reader, Told};

/// What happens while a file is read.
enum News {
    Part { file: usize, done: u32, total: u32 },
    Done { file: usize, document: std::result::Result<Document, String> },
}

/// Every file with what was read in it, in the order given.
pub(super) async fn all(
    reader: &Reader,
    given: &[Given],
    password: Option<&Zeroizing<String>>,
    progress: &mut Progress,
) -> Result<Vec<Input>> {
    let (tell, mut news) = tokio::sync::mpsc::unbounded_channel();
    let reading = stream::iter(given.iter().enumerate()).for_each_concurrent(reader.slots(), |(at, file)| {
        let tell = tell.clone();
        async move {
            let document = one(reader, file, password, |done, total| {
                // Nobody listens any more only if the program is ending.
                let _ = tell.send(News::Part { file: at, done, total });
            })
            .await;
            let _ = tell.send(News::Done { file: at, document });
        }
    });
    let mut documents: Vec<Option<std::result::Result<Document, String>>> = given.iter().map(|_| None).collect();
    let listening = async {
        let mut left = given.len();
        while left > 0
            && let Some(heard) = news.recv().await
        {
            match heard {
                News::Part { file, done, total } => progress.part(name(given, file), done, total),
                News::Done { file, document } => {
                    left -= 1;
                    progress.file(name(given, file));
                    documents.get_mut(file).map(|place| place.replace(document));
                }
            }
        }
    };
    tokio::join!(reading, listening);
    let unread = || Err("It was not read.".to_owned());
    Ok(given
        .iter()
        .zip(documents)
        .map(|(file, document)| Input {
            version: file.version,
            name: file.name.clone(),
            document: document.unwrap_or_else(unread),
        })
        .collect())
}

fn name(given: &[Given], at: usize) -> &str {
    given.get(at).map_or("", |file| file.name.as_str())
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
