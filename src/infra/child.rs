//! What a child process of ours ends with when it cannot tell its parent any more. [`super::reading`],
//! [`super::judging`] and [`super::rendering`] are the kinds of children.

use confine::FrameError;

/// Why a child gives up.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// It could not be confined.
    #[error(transparent)]
    Enter(#[from] confine::EnterError),
    /// The pipe is gone.
    #[error(transparent)]
    Pipe(#[from] FrameError),
    /// The parent spoke otherwise than agreed.
    #[error("the parent of this process spoke otherwise than agreed")]
    Order,
}
