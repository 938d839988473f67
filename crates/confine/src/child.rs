//! The child's side: confine first, greet, then work.

use std::fs::File;
use std::io::BufWriter;
use std::os::fd::AsFd;

use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

use crate::frames::GREETING;
use crate::{ConfineError, FrameError, FrameReader, FrameWriter, Level, Limits, confine};

/// The launcher's words to the child. Not arguments, since those are listed for every user of the host and belong to
/// the verb.
pub(crate) const LIMITS: &str = "VCCONNECT_CHILD_LIMITS";
pub(crate) const PARENT: &str = "VCCONNECT_CHILD_PARENT";

/// The first frame of a child.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Greeting {
    Confined(Level),
    Failed(String),
}

/// A confined process that has greeted its parent.
#[derive(Debug)]
pub struct Inside {
    /// How far it is confined.
    pub level: Level,
    /// The limits that hold.
    pub limits: Limits,
    /// What the parent sends. Standard input; nothing else may read it.
    pub input: FrameReader<File>,
    /// To the parent. Standard output; nothing else may write there, tools least of all.
    pub output: FrameWriter<BufWriter<File>>,
}

/// Why a child must end at once.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// It could not be confined.
    #[error(transparent)]
    Confine(#[from] ConfineError),
    /// The parent could not be greeted.
    #[error(transparent)]
    Pipe(#[from] FrameError),
    /// The launcher's words were not understood.
    #[error("the limits of a reading process were not understood: {0}")]
    Limits(#[from] serde_json::Error),
}

/// Confines this process and tells the parent how far. `otherwise` are the limits where no [`Launcher`](crate::Launcher)
/// has set any, as in a unit. Call it first in `main`: see [`confine`].
///
/// The caller's configuration does not matter here: the parent decides whether a level suffices, and closes the pipe
/// without a word if not.
pub fn enter(otherwise: Limits) -> Result<Inside, EnterError> {
    let limits = match std::env::var(LIMITS) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(_) => otherwise,
    };
    let parent = std::env::var(PARENT).ok().and_then(|text| text.parse().ok()).map(Pid::from_raw);
    let confined = confine(&limits, parent);
    let greeting = match &confined {
        Ok(level) => Greeting::Confined(level.clone()),
        Err(error) => Greeting::Failed(error.to_string()),
    };
    let (input, output) = pipes().map_err(FrameError::from)?;
    let mut output = FrameWriter::new(BufWriter::new(output));
    output.write(GREETING, &serde_json::to_vec(&greeting)?)?;
    Ok(Inside { level: confined?, limits, input: FrameReader::new(input, u64::MAX), output })
}

/// Descriptors of their own: the library's standard streams buffer by line and would keep bytes back.
fn pipes() -> std::io::Result<(File, File)> {
    let input = std::io::stdin().as_fd().try_clone_to_owned()?;
    let output = std::io::stdout().as_fd().try_clone_to_owned()?;
    Ok((File::from(input), File::from(output)))
}
