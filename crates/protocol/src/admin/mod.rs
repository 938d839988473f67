//! The words of the admin socket: newline-delimited JSON between the server and the programs of its admin.
//!
//! A client writes a [`Request`] a line. The server answers each with any number of lines that say how far it is, and
//! then one that ends it. A request that destroys something is first answered with what will be lost and a token;
//! only the same request with that token is carried out. Lines are at most [`LONGEST_LINE`] bytes; a client and a
//! server of different [`VERSION`]s refuse each other with a sentence.
//!
//! `vcconnect <noun> <verb> --json` prints the same replies.

mod ask;
mod caller;
mod keys;
mod reply;
mod setup;
mod status;
mod users;
mod work;

pub use ask::{Ask, Confirm, Request, Secret, VERSION};
pub use caller::{CallError, Caller, LONGEST_LINE};
pub use keys::{Key, KeyKind, Protection};
pub use reply::{Answer, Progress, Refusal, Reply, Said, Seen};
pub use setup::{Looked, SetUp};
pub use status::{Certificate, Disk, Health, Part, PartState, Queue, Seal, Status};
pub use users::{Factor, Invited, Role, Session, User, UserState};
pub use work::{Backup, BackupPlan, BackupState, Job, JobState, Long, Proof, Update, UpdateState};
