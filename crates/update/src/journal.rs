//! How far an installation is, and where it goes next. Whoever finds a journal goes on with it: after a crash, after a
//! power cut, at boot.
//!
//! Until the server is stopped nothing that runs was changed, and a fault ends the work. From then on until the new
//! version has proven to be healthy, a fault leads back: the old version runs again. Then the new one stays.

use chrono::{DateTime, Utc};
use semver::Version;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Form of journals. A program reads its own form alone.
const FORMAT: u32 = 1;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A bundle is installed.
    Install,
    /// Somebody goes back to the version before.
    RollBack,
}

/// One step. Each can be done again from its beginning, whatever became of it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Look whether anything stands in the way.
    Precheck,
    /// Read the bundle and compare it with what was signed.
    Verify,
    /// Lay the release beside the one that runs.
    Lay,
    /// Make a backup.
    Backup,
    /// Have the release look at what is here, without changing it.
    Fits,
    /// Stop the server. Its socket stays, and who comes meanwhile waits.
    Stop,
    /// Copy the database, for a release that the old version could not follow.
    Copy,
    /// Change the database.
    Migrate,
    /// Make the release the one that runs.
    Switch,
    /// Start it.
    Start,
    /// Wait until it has proven three times that it is healthy.
    Gate,
    /// Keep it, and remove what is older than the version before.
    Commit,
    /// Back: stop the new version.
    BackStop,
    /// Back: put the copy of the database into place, if there is one.
    BackCopy,
    /// Back: make the old release the one that runs.
    BackSwitch,
    /// Back: start it.
    BackStart,
    /// Back: wait until it is healthy.
    BackGate,
}

impl Step {
    const INSTALL: &[Self] = &[
        Self::Precheck,
        Self::Verify,
        Self::Lay,
        Self::Backup,
        Self::Fits,
        Self::Stop,
        Self::Copy,
        Self::Migrate,
        Self::Switch,
        Self::Start,
        Self::Gate,
        Self::Commit,
    ];
    const ROLL_BACK: &[Self] =
        &[Self::Precheck, Self::Fits, Self::Stop, Self::Switch, Self::Start, Self::Gate, Self::Commit];
    const BACK: &[Self] = &[Self::BackStop, Self::BackCopy, Self::BackSwitch, Self::BackStart, Self::BackGate];

    /// What is being done, in words.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Precheck => "looking whether anything stands in the way",
            Self::Verify => "verifying the bundle",
            Self::Lay => "laying the new version beside the old one",
            Self::Backup => "making a backup",
            Self::Fits => "having the version look at the data",
            Self::Stop => "stopping the server",
            Self::Copy => "copying the database",
            Self::Migrate => "changing the database",
            Self::Switch => "switching versions",
            Self::Start => "starting the server",
            Self::Gate => "waiting until it is healthy",
            Self::Commit => "tidying up",
            Self::BackStop => "going back: stopping the server",
            Self::BackCopy => "going back: the database",
            Self::BackSwitch => "going back: switching versions",
            Self::BackStart => "going back: starting the server",
            Self::BackGate => "going back: waiting until it is healthy",
        }
    }

    /// Whether the server must not run during this step.
    pub const fn needs_stillness(self) -> bool {
        matches!(self, Self::Copy | Self::Migrate | Self::Switch | Self::BackCopy | Self::BackSwitch)
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The other version runs.
    Done,
    /// Nothing that runs was changed.
    Refused,
    /// The version before runs again.
    RolledBack,
    /// The version before is in place and is not healthy either. Somebody has to look.
    Stranded,
}

/// The end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: DateTime<Utc>,
    /// How.
    pub outcome: Outcome,
    /// Why, where it did not end as it should.
    pub why: Option<String>,
}

/// Everything that is known of one installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    format: u32,
    /// Names it.
    pub id: Uuid,
    /// What is done.
    pub kind: Kind,
    /// The version that ran when it was begun.
    #[serde(with = "crate::version")]
    pub from: Version,
    /// The version that is to run.
    #[serde(with = "crate::version")]
    pub to: Version,
    /// Whether the old version runs on the database of the new one.
    pub expand_only: bool,
    /// Whether somebody wants it without a backup.
    pub without_backup: bool,
    /// Whether the keystore does not open by itself, so that the server waits to be unlocked.
    pub sealed: bool,
    /// Who asked for it.
    pub by: String,
    /// When it was begun.
    pub began_at: DateTime<Utc>,
    /// What is done now, or was done last.
    pub step: Step,
    /// Why it is taken back.
    pub failed: Option<String>,
    /// The end, once it has come.
    pub ended: Option<Ended>,
}

impl Journal {
    /// One that begins.
    pub fn new(id: Uuid, kind: Kind, from: Version, to: Version, by: &str, now: DateTime<Utc>) -> Self {
        Self {
            format: FORMAT,
            id,
            kind,
            from,
            to,
            expand_only: true,
            without_backup: false,
            sealed: false,
            by: by.to_owned(),
            began_at: now,
            step: Step::Precheck,
            failed: None,
            ended: None,
        }
    }

    /// Reads one; `None` if it is damaged or of another form.
    pub fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok().filter(|journal: &Self| journal.format == FORMAT)
    }

    /// The text that [`Journal::parse`] reads.
    pub fn text(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
    }

    /// Which step of how many is done.
    pub fn position(&self) -> (usize, usize) {
        let steps = self.steps();
        (steps.iter().position(|step| *step == self.step).map_or(0, |at| at + 1), steps.len())
    }

    /// The step was done.
    pub fn done(&mut self, now: DateTime<Utc>) {
        let steps = self.steps();
        let at = steps.iter().position(|step| *step == self.step).unwrap_or(steps.len());
        match (steps.get(at + 1), self.failed.take()) {
            (Some(next), failed) => {
                self.step = *next;
                self.failed = failed;
            }
            (None, None) => self.end(Outcome::Done, None, now),
            (None, why) => self.end(Outcome::RolledBack, why, now),
        }
    }

    /// The step could not be done, because of this.
    pub fn fail(&mut self, why: String, now: DateTime<Utc>) {
        match (self.step, self.failed.take()) {
            (step, _) if step < Step::Stop => self.end(Outcome::Refused, Some(why), now),
            (_, None) => {
                self.step = Step::BackStop;
                self.failed = Some(why);
            }
            (_, Some(first)) => {
                let both = format!("{first}; going back went wrong as well: {why}");
                self.end(Outcome::Stranded, Some(both), now);
            }
        }
    }

    fn end(&mut self, outcome: Outcome, why: Option<String>, at: DateTime<Utc>) {
        self.ended = Some(Ended { at, outcome, why });
    }

    fn steps(&self) -> &'static [Step] {
        match self.kind {
            _ if self.step >= Step::BackStop => Step::BACK,
            Kind::Install => Step::INSTALL,
            Kind::RollBack => Step::ROLL_BACK,
        }
    }
}
