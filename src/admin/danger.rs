//! Which questions destroy something, what is lost, and the word that a person types for it.

use protocol::admin::Ask;

/// What is lost, and the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Danger {
    /// A sentence each.
    pub loses: &'static [&'static str],
    /// What is typed.
    pub word: &'static str,
}

/// `None` for what destroys nothing.
pub fn of(ask: &Ask) -> Option<Danger> {
    let danger = |word, loses| Some(Danger { loses, word });
    match ask {
        Ask::Disable { .. } => danger(
            "disable",
            &[
                "They are signed out everywhere at once, and cannot sign in again.",
                "What they did stays, with their name.",
            ],
        ),
        Ask::ResetSecondFactor { .. } => danger(
            "reset",
            &[
                "Their second factor and their recovery codes stop working, and they are signed out everywhere.",
                "Until they set up another one, their password alone lets them in; an admin can do nothing else first.",
                "Be sure that it is they who ask: call them back.",
            ],
        ),
        Ask::EndSessions { .. } => {
            danger("end", &["Whoever uses this sign-in is signed out at once; what was not saved is lost."])
        }
        Ask::RemoveKey { .. } => danger(
            "remove",
            &[
                "This way to open the keystore is gone for good.",
                "A copy of the keystore from before is still opened by it: if it fell into other hands, replace the master key too.",
            ],
        ),
        Ask::RotateMasterKey => danger(
            "replace",
            &["The present master key is gone for good. No document and no way to open the keystore is touched."],
        ),
        Ask::CancelJob { .. } => danger(
            "cancel",
            &["What this work has done so far is lost. Whoever waits for it is told that it was stopped."],
        ),
        Ask::InstallUpdate { .. } => {
            danger("install", &["The server stops for a moment; who is at work waits or has to try again."])
        }
        Ask::RollBack => danger("back", &["The version before runs again. What was written since stays."]),
        Ask::Status
        | Ask::Health
        | Ask::Users
        | Ask::Invite { .. }
        | Ask::SetRole { .. }
        | Ask::Enable { .. }
        | Ask::ResetPassword { .. }
        | Ask::Sessions { .. }
        | Ask::Keys
        | Ask::AddPassphrase { .. }
        | Ask::AddKeyFile
        | Ask::AddRecovery { .. }
        | Ask::ProveRecovery { .. }
        | Ask::Unlock { .. }
        | Ask::Backups
        | Ask::CreateBackup
        | Ask::VerifyBackup { .. }
        | Ask::PlanBackups { .. }
        | Ask::Jobs { .. }
        | Ask::RetryJob { .. }
        | Ask::Updates => None,
    }
}
