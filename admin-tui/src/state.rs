//! Everything that this program knows, and nothing of how it is shown or asked for. Changed by [`crate::update::update`]
//! alone.

use chrono::{DateTime, FixedOffset, Utc};
use protocol::Shown;
use protocol::admin::{Ask, Backup, BackupPlan, Job, Key, Long, Part, Progress, Queue, Seal, Status, Update, User};

use crate::effect::{Order, Unit, UnitVerb};
use crate::held::{Cursor, Held, Listed};
use crate::keys::Place;
use crate::msg::Ticket;
use crate::popups::Popup;

/// The smallest terminal that is drawn: columns and rows.
pub const SMALLEST: (u16, u16) = (60, 15);

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// How everything is.
    Dashboard,
    /// People.
    Users,
    /// Ways to open the keystore.
    Keys,
    /// Backups.
    Backups,
    /// Versions.
    Updates,
    /// Work of the queue.
    Jobs,
}

impl Screen {
    /// In the order of their numbers.
    pub const ALL: [Self; 6] = [Self::Dashboard, Self::Users, Self::Keys, Self::Backups, Self::Updates, Self::Jobs];

    /// The one so many places on, round and round.
    pub fn step(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|one| *one == self).unwrap_or_default();
        Self::ALL.get((at + by) % Self::ALL.len()).copied().unwrap_or(self)
    }

    /// What fills it.
    pub fn ask(self) -> Ask {
        match self {
            Self::Dashboard => Ask::Status,
            Self::Users => Ask::Users,
            Self::Keys => Ask::Keys,
            Self::Backups => Ask::Backups,
            Self::Updates => Ask::Updates,
            Self::Jobs => Ask::Jobs { limit: None, after: None },
        }
    }
}

/// Whether there is a server to talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// Nobody knows yet.
    Unknown,
    /// It answers.
    Up,
    /// It does not answer, since then.
    Away(DateTime<Utc>),
    /// This user may not ask it.
    Denied,
    /// There is neither a server nor data.
    NotSetUp,
}

/// What a person had this program do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Ask the server.
    Ask(Ask),
    /// Tell systemd.
    Unit(UnitVerb, Unit),
    /// Look what a restore would do.
    Look(Order),
    /// Restore a backup.
    Restore(Order),
}

/// Something that is being done. There is one at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// Comes back with its answer.
    pub ticket: Ticket,
    /// What it is.
    pub action: Action,
    /// What it is called.
    pub title: String,
    /// How far it is.
    pub progress: Option<Progress>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When its side was last heard.
    pub heard: DateTime<Utc>,
}

/// A sentence that stays for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it says.
    pub says: Shown,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// What there is of the program itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Releases {
    /// The version that runs.
    pub running: Shown,
    /// Those beside it.
    pub beside: Vec<Shown>,
    /// The keys whose bundles are installed.
    pub keys: Vec<Shown>,
    /// What is not as it should be.
    pub warning: Option<Shown>,
}

/// Everything.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The time, as told by the last tick.
    pub now: DateTime<Utc>,
    /// The zone in which times are shown.
    pub zone: FixedOffset,
    /// Whether there are colours.
    pub colour: bool,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The screen that is shown.
    pub screen: Screen,
    /// Whether there is a server.
    pub server: Server,
    /// How everything is.
    pub status: Held<Status>,
    /// The part under the cursor.
    pub part: Cursor,
    /// People.
    pub users: Listed<User>,
    /// Ways to open the keystore.
    pub keys: Listed<Key>,
    /// Backups.
    pub backups: Listed<Backup>,
    /// Where they go and when; known with them.
    pub plan: Option<BackupPlan>,
    /// The backup that is being made, or was last.
    pub backup_work: Option<Long>,
    /// The restore that goes on, or was last, as far as this program follows one.
    pub restore: Held<Option<Long>>,
    /// What came of it, once it ended well.
    pub restored: Option<Shown>,
    /// Whether a restore is followed.
    pub following: bool,
    /// What runs, and what lies beside it; known with the versions.
    pub release: Option<Releases>,
    /// Versions.
    pub updates: Listed<Update>,
    /// The update that goes on, or was last.
    pub update_work: Option<Long>,
    /// Work of the queue.
    pub jobs: Listed<Job>,
    /// The queues with their counts; known with it.
    pub queues: Vec<Queue>,
    /// Where the page of work starts that is shown; none for the first.
    pub jobs_after: Option<String>,
    /// Where the next one starts, if there is one.
    pub jobs_next: Option<String>,
    /// Whether what is typed goes into the search of a list.
    pub finding: bool,
    /// What lies over the screen, the last on top.
    pub popups: Vec<Popup>,
    /// What is being done.
    pub act: Option<Act>,
    /// The sentence at the bottom.
    pub note: Option<Note>,
    /// When our program was last asked instead of the server.
    pub asked_alone: Option<DateTime<Utc>>,
    /// The last ticket that was given.
    pub last: u64,
}

impl State {
    /// At the beginning: nothing is known.
    pub fn new(now: DateTime<Utc>, zone: FixedOffset, colour: bool, size: (u16, u16)) -> Self {
        Self {
            now,
            zone,
            colour,
            size,
            screen: Screen::Dashboard,
            server: Server::Unknown,
            status: Held::default(),
            part: Cursor::default(),
            users: Listed::default(),
            keys: Listed::default(),
            backups: Listed::default(),
            plan: None,
            backup_work: None,
            restore: Held::default(),
            restored: None,
            following: false,
            release: None,
            updates: Listed::default(),
            update_work: None,
            jobs: Listed::default(),
            queues: Vec::new(),
            jobs_after: None,
            jobs_next: None,
            finding: false,
            popups: Vec::new(),
            act: None,
            note: None,
            asked_alone: None,
            last: 0,
        }
    }

    /// A ticket that was not given before.
    pub fn ticket(&mut self) -> Ticket {
        self.last += 1;
        Ticket(self.last)
    }

    /// Why the keystore of the running server is closed, if it is.
    pub fn sealed(&self) -> Option<&Shown> {
        if matches!(self.server, Server::Away(_)) {
            return None;
        }
        match &self.status.value.as_ref()?.seal {
            Seal::Open | Seal::Away(_) => None,
            Seal::Sealed(why) => Some(why),
        }
    }

    /// Why the server that runs answers little for the moment, if so.
    pub fn not_ready(&self) -> Option<&Shown> {
        match &self.status.value.as_ref()?.seal {
            Seal::Away(why) if !matches!(self.server, Server::Away(_)) => Some(why),
            _ => None,
        }
    }

    /// Where keys go now.
    pub fn place(&self) -> Place {
        match self.popups.last() {
            Some(popup) => popup.place(),
            None if self.finding => Place::Finding,
            None => Place::of(self.screen),
        }
    }

    /// The parts of the installation.
    pub fn parts(&self) -> &[Part] {
        self.status.value.as_ref().map_or(&[], |status| &status.parts)
    }

    /// Rows of the screen's list that fit the search.
    pub fn rows(&self) -> usize {
        match self.screen {
            Screen::Dashboard => self.parts().len(),
            Screen::Users => self.users.count(),
            Screen::Keys => self.keys.count(),
            Screen::Backups => self.backups.count(),
            Screen::Updates => self.updates.count(),
            Screen::Jobs => self.jobs.count(),
        }
    }

    /// The cursor of the screen's list.
    pub fn cursor(&self) -> &Cursor {
        match self.screen {
            Screen::Dashboard => &self.part,
            Screen::Users => &self.users.cursor,
            Screen::Keys => &self.keys.cursor,
            Screen::Backups => &self.backups.cursor,
            Screen::Updates => &self.updates.cursor,
            Screen::Jobs => &self.jobs.cursor,
        }
    }

    /// The same, to be moved.
    pub fn cursor_mut(&mut self) -> &mut Cursor {
        match self.screen {
            Screen::Dashboard => &mut self.part,
            Screen::Users => &mut self.users.cursor,
            Screen::Keys => &mut self.keys.cursor,
            Screen::Backups => &mut self.backups.cursor,
            Screen::Updates => &mut self.updates.cursor,
            Screen::Jobs => &mut self.jobs.cursor,
        }
    }

    /// Whether something goes on that a screen follows.
    pub fn goes_on(&self) -> bool {
        let on = |work: &Option<Long>| work.as_ref().is_some_and(|work| work.ended.is_none());
        on(&self.backup_work) || on(&self.update_work) || self.following
    }
}
