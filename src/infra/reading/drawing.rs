//! One part of a file as a picture, in a child of its own: no more at a time than files are read at a time.

use std::io::Read;
use std::time::Duration;

use confine::{Child, Ended, LaunchError, Launcher, Limits};
use extract::ReadError;

use super::parent::{LARGEST_PICTURE, parse, picture, sentence, whole};
use super::{Job, Reader, Task, kind};
use crate::base::{Error, ErrorCode, Result};

/// From start to end. What draws a page ends itself after twenty seconds.
const WALL: Duration = Duration::from_secs(30);

/// Bytes that such a child may send: its picture, and a few words.
const OUTPUT: u64 = LARGEST_PICTURE as u64 + 64 * 1024;

/// How long one waits for a place.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why there is no picture of a part.
#[derive(Debug, PartialEq, Eq)]
pub enum NoPicture {
    /// The file asks for its password.
    Locked,
    /// This part cannot be drawn, for this reason: a sentence for the user.
    Failed(String),
}

impl Reader {
    /// A picture (JPEG) of a part, from 1, on which it can be read. What is wrong with the file is told inside; an error
    /// is a fault of ours, or there was no place for long.
    pub async fn picture(
        &self,
        job: Job,
        content: impl Read + Send + 'static,
        part: u32,
    ) -> Result<Result<Vec<u8>, NoPicture>> {
        let place = tokio::time::timeout(PATIENCE, self.drawing.acquire()).await.map_err(|_| busy())?;
        let _place = place.map_err(Error::internal)?;
        let limits = Limits { wall: WALL, output_bytes: OUTPUT, ..self.launcher.limits.clone() };
        let launcher = Launcher { limits, ..self.launcher.clone() };
        let child = launcher.start().await.map_err(|error| match error {
            LaunchError::Refused(_) => Error::unavailable(
                "This machine cannot confine the program that draws pages, so it draws none. The file is safe; tell your \
                 admin, who finds the reasons in `vcconnect doctor`.",
                error,
            ),
            other => Error::internal(other),
        })?;
        let child = self.order(child, Task::Draw { part }, job, content).await?;
        Ok(answer(child, part).await)
    }
}

async fn answer(mut child: Child, wanted: u32) -> Result<Vec<u8>, NoPicture> {
    let told = match child.next().await {
        Some(frame) if frame.kind == kind::PICTURE => whole(&mut child, kind::PICTURE, frame.payload).await.map(Ok),
        Some(frame) if frame.kind == kind::FAILED => Some(Err(frame.payload)),
        _ => None,
    };
    match told {
        Some(Ok(thing)) => match picture(thing, LARGEST_PICTURE) {
            Ok((part, jpeg)) if part == wanted => Ok(jpeg),
            _ => Err(broken()),
        },
        Some(Err(said)) => Err(parse::<ReadError>(&said).map_or_else(|_| broken(), |error| reason(&error))),
        None => Err(ended(child.end().await)),
    }
}

fn reason(error: &ReadError) -> NoPicture {
    match error {
        ReadError::NeedsPassword | ReadError::WrongPassword => NoPicture::Locked,
        error => NoPicture::Failed(sentence(&error.to_string())),
    }
}

fn ended(how: Ended) -> NoPicture {
    tracing::info!(?how, "a child that draws did not end in order");
    match how {
        Ended::Killed { .. } => NoPicture::Failed("Drawing it takes more than a page may use.".to_owned()),
        Ended::Finished | Ended::Crashed { .. } => broken(),
    }
}

fn broken() -> NoPicture {
    NoPicture::Failed("The program that draws pages broke down over it.".to_owned())
}

fn busy() -> Error {
    let detail = "Many pages are being drawn at the moment. Ask for this one again in a few seconds.";
    Error::new(ErrorCode::Unavailable, detail).retry_after(Duration::from_secs(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_cleaned_and_a_password_is_asked_for() {
        assert_eq!(reason(&ReadError::NeedsPassword), NoPicture::Locked);
        let NoPicture::Failed(said) = reason(&ReadError::Damaged("\u{1b}[2J".repeat(500))) else { panic!() };
        assert!(!said.contains('\u{1b}') && said.chars().count() <= 600, "{said}");
    }
}
