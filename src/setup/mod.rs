//! The first setup of a machine: answers in, a running server out.
//!
//! Invariants:
//! - Everything that can be known to stand in the way is told at once, before anything is written.
//! - Each step looks whether it was done before it does something, and what it makes is whole or not there: a setup that was
//!   cut off anywhere is run again and goes on.
//! - No key, keystore, authority, cluster or person is ever replaced.
//! - A recovery key is where its owner wants it, and has been shown to open the keystore, before anything is stored under it.
//!
//! Called by `commands`, and by tests with services of their own.

mod answers;
mod certificate;
mod health;
mod keys;
mod look;
mod machine;
mod said;
mod sheet;
mod steps;

use std::path::PathBuf;

use protocol::admin::{Looked, Progress, SetUp};

pub use answers::{Answers, Source, Unreadable};
pub use steps::Step;

use crate::app::Outside;
use crate::infra::backup::Trouble;
use crate::infra::config::{Config, Layers};
use crate::infra::host;
use crate::infra::keys::KeyFiles;
use crate::infra::services::Services;
use crate::infra::setup::Mark;

/// A setup that is wanted.
pub struct Setup<'a> {
    /// The configuration that is there.
    pub layers: Layers,
    /// What was decided.
    pub answers: Answers,
    /// Where the answers came from.
    pub source: Source,
    /// Whether a setup that was finished is done again; keys, certificate and people stay.
    pub again: bool,
    /// A new file for a recovery sheet that can be printed.
    pub sheet: Option<PathBuf>,
    /// What starts units.
    pub services: &'a dyn Services,
    /// Time and randomness.
    pub outside: Outside,
}

/// Why a setup did not come about, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// Something stands in the way, and nothing was written.
    #[error("nothing was written: {} in the way of the setup", stands(.0))]
    InTheWay(Looked),
    /// A step failed. What was done before stays and is not done again.
    #[error("{0}. What was done so far stays; run the setup again when this is mended, and it goes on")]
    Broken(#[from] Trouble),
}

fn stands(looked: &Looked) -> String {
    match look::problems(looked) {
        1 => "something stands".to_owned(),
        several => format!("{several} things stand"),
    }
}

/// Whether root asks on a machine where nothing is set up, or where a setup was cut off.
pub fn is_wanted(config: &Config) -> bool {
    let cut_off = || Mark::of(&config.storage.data_dir).is_some();
    host::user_id() == 0 && (cut_off() || !KeyFiles::of(config).keystore.exists())
}

impl Setup<'_> {
    /// Looks at the answers and at the machine, and writes nothing.
    pub fn look(&self) -> Looked {
        look::look(self)
    }

    /// Looks, and then does what is not done yet. `told` hears of each step before it begins.
    pub async fn run(&self, mut told: impl FnMut(&Progress)) -> Result<SetUp, Stopped> {
        let looked = self.look();
        if look::problems(&looked) > 0 {
            return Err(Stopped::InTheWay(looked));
        }
        Ok(steps::all(self, &mut told).await?)
    }
}
