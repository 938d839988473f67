//! What an audit entry says.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::base::{Actor, AuditId, DealId, RequestId, UserId};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// What was done. The words are stored, so they are append-only.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $($(#[$doc])* $name),+ }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word in the database and in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

actions! {
    /// Signed in.
    SignedIn = "session.signed_in",
    /// Tried to sign in and could not.
    SignInFailed = "session.sign_in_failed",
    /// Failed so often that they have to wait.
    SignInLocked = "session.sign_in_locked",
    /// Gave the password; the second factor is asked for next.
    PasswordGiven = "session.password_given",
    /// Gave a code that does not fit.
    SecondFactorFailed = "session.second_factor_failed",
    /// Showed by password or code that it was still them.
    Proved = "session.proved",
    /// Signed out, or ended another session.
    SessionEnded = "session.ended",
    /// Ended all sessions of a person.
    SessionsEnded = "user.sessions_ended",
    /// Was offered a second factor.
    SecondFactorOffered = "second_factor.offered",
    /// Set up a second factor, or replaced theirs.
    SecondFactorSet = "second_factor.set",
    /// Removed their second factor.
    SecondFactorRemoved = "second_factor.removed",
    /// Reset the second factor of somebody else.
    SecondFactorReset = "second_factor.reset",
    /// Made new recovery codes; the old ones ended.
    RecoveryCodesMade = "second_factor.recovery_codes_made",
    /// Made a link with which somebody chooses another password.
    PasswordResetMade = "password_reset.created",
    /// Chose another password by such a link.
    PasswordReset = "password_reset.used",
    /// Made an invitation.
    Invited = "invitation.created",
    /// Took an invitation back.
    InvitationRevoked = "invitation.revoked",
    /// Accepted an invitation and so became a user.
    InvitationAccepted = "invitation.accepted",
    /// Chose another password.
    PasswordChanged = "user.password_changed",
    /// Changed a person's role or state.
    UserChanged = "user.changed",
    /// Added an endpoint of language models.
    ModelAdded = "model.added",
    /// Tried an endpoint of language models; no word of a document is sent.
    ModelTested = "model.tested",
    /// Removed an endpoint of language models.
    ModelRemoved = "model.removed",
    /// Read what was sent to models.
    ModelCallsRead = "model.calls_read",
    /// Made a deal.
    DealCreated = "deal.created",
    /// Opened a deal.
    DealRead = "deal.read",
    /// Changed a deal's name, industry or stage.
    DealChanged = "deal.changed",
    /// Allowed a deal's text to go to external models, or took that back.
    ExternalModelsSet = "deal.external_models_set",
    /// Gave somebody access to a deal, or changed it.
    MemberSet = "deal.member_set",
    /// Took somebody's access to a deal.
    MemberRemoved = "deal.member_removed",
    /// Imported deals from a file.
    DealsImported = "deal.imported",
    /// Added a document to a deal.
    DocumentAdded = "document.added",
    /// Read a document, or a part of it.
    DocumentRead = "document.read",
    /// Took a copy of a document's file.
    DocumentDownloaded = "document.downloaded",
    /// Had a document read again.
    DocumentRetried = "document.retried",
    /// Stopped the reading of a document.
    DocumentReadingStopped = "document.reading_stopped",
    /// Gave the password of a document.
    DocumentUnlocked = "document.unlocked",
    /// Removed a document from a deal.
    DocumentRemoved = "document.removed",
    /// Started a run, which makes a version of a report.
    RunStarted = "run.started",
    /// Cancelled a run.
    RunCancelled = "run.cancelled",
    /// Opened a version of a report.
    ReportRead = "report.read",
    /// Had a file made of a report.
    ReportExported = "report.exported",
    /// Cancelled the making of a file.
    ReportExportCancelled = "report.export_cancelled",
    /// Stopped the drawing of pages that a report cites.
    ReportDrawingStopped = "report.drawing_stopped",
    /// Took a copy of a report's file.
    ReportDownloaded = "report.downloaded",
    /// Had work that waited for another attempt begun at once.
    JobHastened = "job.hastened",
    /// Searched documents and reports.
    Searched = "search.done",
    /// Added a way to open the keystore.
    KeyAdded = "key.added",
    /// Took a way to open the keystore away.
    KeyRemoved = "key.removed",
    /// Replaced the master key.
    MasterKeyReplaced = "key.master_replaced",
    /// Showed that a recovery key opens the keystore, or that it does not.
    RecoveryKeyProven = "key.recovery_proven",
    /// Opened a server that was sealed.
    Unlocked = "key.unlocked",
    /// Set the installation up: made its keys.
    InstallationSetUp = "installation.set_up",
    /// Did something while no server ran, and the note of it cannot be read.
    NoteDamaged = "console.note_damaged",
    /// Set where backups go, when, or how many are kept.
    BackupPlanned = "backup.planned",
    /// Made a backup.
    BackupMade = "backup.made",
    /// Read a backup again, and compared it with what was signed.
    BackupVerified = "backup.verified",
    /// Removed a backup that is not kept any more.
    BackupRemoved = "backup.removed",
    /// Brought the installation back from a backup.
    BackupRestored = "backup.restored",
    /// Installed another version of the program.
    UpdateInstalled = "update.installed",
    /// Went back to the version before.
    UpdateRolledBack = "update.rolled_back",
    /// Tried to install another version, which did not work; the one before runs again.
    UpdateFailed = "update.failed",
    /// Read the audit log.
    AuditRead = "audit.read",
    /// Asked for something that is not there for them, or that their role does not allow.
    Refused = "request.refused",
}

impl Action {
    /// The action with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == word)
    }
}

/// What an action was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object {
    /// Kind of thing.
    pub kind: &'static str,
    /// Its id, if it is one thing.
    pub id: Option<uuid::Uuid>,
    /// The deal that it belongs to.
    pub deal: Option<DealId>,
}

impl Object {
    /// Something that belongs to no deal.
    pub const fn of(kind: &'static str, id: uuid::Uuid) -> Self {
        Self { kind, id: Some(id), deal: None }
    }

    /// A list or a kind of thing as a whole.
    pub const fn all(kind: &'static str) -> Self {
        Self { kind, id: None, deal: None }
    }

    /// Something that belongs to a deal.
    pub const fn within(deal: DealId, kind: &'static str, id: uuid::Uuid) -> Self {
        Self { kind, id: Some(id), deal: Some(deal) }
    }

    /// A deal itself.
    pub const fn deal(id: DealId) -> Self {
        Self { kind: "deal", id: Some(id.0), deal: Some(id) }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused.
    Denied,
    /// It was tried and went wrong.
    Failed,
}

impl Outcome {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }

    /// The outcome with this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Done, Self::Denied, Self::Failed].into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// What a domain asks to be recorded.
#[derive(Debug, Clone)]
pub struct Record {
    /// What was done.
    pub action: Action,
    /// To what.
    pub object: Object,
    /// How it ended.
    pub outcome: Outcome,
    /// What is particular to it; sealed. Never document text and never a secret.
    pub details: Value,
}

impl Record {
    /// Something that was done.
    pub fn done(action: Action, object: Object) -> Self {
        Self { action, object, outcome: Outcome::Done, details: Value::Null }
    }

    /// Something that was refused.
    pub fn denied(action: Action, object: Object) -> Self {
        Self { outcome: Outcome::Denied, ..Self::done(action, object) }
    }

    /// Adds what is particular.
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

/// An entry as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Names the entry.
    pub id: AuditId,
    /// When.
    pub at: DateTime<Utc>,
    /// Under which request.
    pub request_id: RequestId,
    /// `anonymous`, `user` or `console`.
    pub actor: String,
    /// Which user.
    pub actor_id: Option<UserId>,
    /// The action's word.
    pub action: String,
    /// Kind of the object.
    pub object_kind: String,
    /// Id of the object.
    pub object_id: Option<uuid::Uuid>,
    /// The deal that it belongs to.
    pub deal_id: Option<DealId>,
    /// How it ended.
    pub outcome: Outcome,
    /// What is particular to it.
    pub details: Value,
    /// Place in the chain; absent until the sealer has been there.
    pub seq: Option<i64>,
}

/// Which entries are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditFilter {
    /// Of one deal.
    pub deal: Option<DealId>,
    /// Of one person.
    pub actor: Option<UserId>,
    /// Of one kind.
    pub action: Option<Action>,
}

/// What a walk along the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ChainState {
    /// Every link fits.
    Intact {
        /// Links walked.
        sealed: i64,
        /// Entries that the sealer has not reached yet.
        waiting: i64,
    },
    /// The first place that does not fit.
    Broken {
        /// Place in the chain.
        seq: i64,
        /// `gap`: a number is missing; `entry`: its entry is gone; `link`: the entry or an earlier one was
        /// altered; `anchor`: the chain was rewritten or cut, it does not hold what was anchored outside the database.
        kind: &'static str,
    },
}

/// The word for an actor in the database.
pub(super) const fn actor_word(actor: &Actor) -> &'static str {
    match actor {
        Actor::Anonymous => "anonymous",
        Actor::User { .. } => "user",
        Actor::Console => "console",
    }
}
