//! What an admin asks of the server.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Role;

/// Of these words. A server answers no other.
pub const VERSION: u32 = 1;

/// One line from a client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// [`VERSION`] of the client.
    pub version: u32,
    /// Chosen by the client; answers carry it.
    pub id: u64,
    /// What is asked.
    pub ask: Ask,
    /// The token of a [`super::Said::Confirm`], where one was given for the same question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
}

/// What can be asked. Names of people are given as ids; [`Ask::Users`] has them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Ask {
    /// How everything is.
    Status,
    /// Uses every part once, and says how each did. An update waits for it.
    Health,
    /// People, by name.
    Users,
    /// A link with which somebody becomes a user.
    Invite {
        /// What they will be.
        role: Role,
        /// For whom; anybody with the link unless said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
    },
    /// Gives somebody another role.
    SetRole {
        /// Whom.
        user: Uuid,
        /// What they become.
        role: Role,
    },
    /// Lets nobody in under this name, and ends their sessions.
    Disable {
        /// Whom.
        user: Uuid,
    },
    /// Lets somebody in again.
    Enable {
        /// Whom.
        user: Uuid,
    },
    /// A link with which somebody chooses another password.
    ResetPassword {
        /// Whose.
        user: Uuid,
    },
    /// Removes somebody's second factor and ends their sessions.
    ResetSecondFactor {
        /// Whose.
        user: Uuid,
    },
    /// Where somebody is signed in.
    Sessions {
        /// Whose.
        user: Uuid,
    },
    /// Ends one session of somebody, or all.
    EndSessions {
        /// Whose.
        user: Uuid,
        /// Which; all unless said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<Uuid>,
    },
    /// The ways to open the keystore.
    Keys,
    /// Adds a passphrase that opens it.
    AddPassphrase {
        /// What the admin calls it.
        label: String,
        /// The passphrase.
        passphrase: Secret,
    },
    /// Makes a new key file where there is none any more, so that the server starts by itself again.
    AddKeyFile,
    /// Adds a recovery key, made elsewhere, by its public half.
    AddRecovery {
        /// What the admin calls it.
        label: String,
        /// An age recipient, `age1…`.
        recipient: String,
    },
    /// Takes a way to open it away.
    RemoveKey {
        /// Its number.
        slot: u32,
    },
    /// Replaces the master key. No data is touched; every way to open stays.
    RotateMasterKey,
    /// Shows that a recovery key opens the keystore.
    ProveRecovery {
        /// The recovery key, `AGE-SECRET-KEY-1…`.
        key: Secret,
    },
    /// Opens a sealed server.
    Unlock {
        /// A passphrase or a recovery key.
        with: Secret,
    },
    /// Backups that there are, and when the next one is made.
    Backups,
    /// Makes a backup now.
    CreateBackup,
    /// Reads a backup again and compares it with what it says of itself.
    VerifyBackup {
        /// Which.
        set: String,
    },
    /// Sets where backups go and when they are made.
    PlanBackups {
        /// The folder.
        destination: String,
        /// Time of day, `HH:MM`, in the server's time zone.
        at: String,
    },
    /// Work that waits, is done, or failed.
    Jobs {
        /// Of how much at most, 1 to 200; 200 unless said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u16>,
        /// `next` of the answer before; from the beginning unless said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// Has failed work done again, or work that waits for another attempt at once.
    RetryJob {
        /// Which.
        job: Uuid,
    },
    /// Takes waiting work back, or stops it.
    CancelJob {
        /// Which.
        job: Uuid,
    },
    /// Versions that were installed, and what is going on.
    Updates,
    /// Installs a signed bundle.
    InstallUpdate {
        /// The bundle's file on the server.
        bundle: String,
    },
    /// Goes back to the version before.
    RollBack,
}

/// What a destructive question is answered with first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// Goes into the repeated request. Good once, for two minutes, for this question.
    pub token: Secret,
    /// What will be lost, a sentence each.
    pub loses: Vec<crate::Shown>,
    /// What the person has to type.
    pub word: crate::Shown,
}

/// Text that is never printed: a passphrase, a key, a token, a link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_one_readable_line() {
        let ask = Ask::Disable { user: Uuid::nil() };
        let line = serde_json::to_string(&Request { version: VERSION, id: 3, ask, token: None }).unwrap();
        assert_eq!(
            line,
            r#"{"version":1,"id":3,"ask":{"do":"disable","user":"00000000-0000-0000-0000-000000000000"}}"#
        );
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for line in [
            r#"{"version":1,"id":3,"ask":{"do":"explode"}}"#,
            r#"{"version":1,"id":3,"ask":{"do":"disable","user":"00000000-0000-0000-0000-000000000000","why":1}}"#,
            r#"{"version":1,"id":3,"ask":{"do":"status"},"more":1}"#,
        ] {
            assert!(serde_json::from_str::<Request>(line).is_err(), "{line}");
        }
    }

    #[test]
    fn secrets_do_not_print() {
        let ask = Ask::Unlock { with: Secret("correct horse".to_owned()) };
        assert!(!format!("{ask:?}").contains("horse"));
    }
}
