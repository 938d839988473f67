//! Child processes for untrusted work: framed pipes, limits, self-confinement.
//!
//! A document comes from a stranger, so it is parsed in a process that has nothing to lose. The parent ([`Launcher`])
//! starts the product's own executable with a hidden verb; the child ([`enter`]) gives up what it does not need and
//! only then reads its first byte. The tools that it starts inherit all of it.
//!
//! ```text
//! parent: Launcher::start -> Child::send ... Child::next ... Child::end
//! child:  enter -> Inside { level, input, output } -> receive -> work -> output.send
//! ```
//!
//! Under a service manager the parent starts nobody: it connects to a socket, a unit with walls of its own is started for
//! the connection, and [`attend`] in it is the one who starts the child ([`Way`]).
//!
//! Invariants:
//! - No byte of input is read before the confinement is in force and was proven by trying what must fail.
//! - Each wall is read back by its effect; a call that "succeeded" without one counts as missing ([`Level`]).
//! - A child never outlives its [`Child`]: whoever drops it kills the whole process group.
//! - Everything that comes from a child is bounded: one frame, all frames, time.
//! - Nothing that a child writes to its standard error is kept: such text may quote a document.

mod attend;
mod child;
mod confinement;
mod ended;
mod frames;
mod group;
mod launch;
mod limits;
mod memfd;
mod process;
mod proof;
mod syscalls;
mod unit;

pub use attend::{AttendError, attend};
pub use child::{EnterError, Inside, enter};
pub use confinement::{ConfineError, Level, confine, forbid_files};
pub use ended::{Ended, Limit};
pub use frames::{Frame, FrameError, FrameReader, FrameWriter, MAX_PAYLOAD, Stream};
pub use launch::{Child, LaunchError, Launcher, Way};
pub use limits::Limits;
pub use memfd::{MemfdError, sealed};
