//! Questions about the ways to open the keystore. Each is answered with all of them.

use protocol::admin::{Ask, Reply};
use vault::{RecoveryKey, RecoveryRecipient, VaultError};
use zeroize::Zeroizing;

use super::views;
use crate::app::App;
use crate::base::{Ctx, Error, ErrorCode, FieldError, Result};
use crate::domain::keys::{Label, Passphrase};

pub(super) async fn answer(app: &App, cx: &Ctx, ask: Ask) -> Result<Reply> {
    match ask {
        Ask::AddPassphrase { label, passphrase } => {
            let passphrase = Passphrase::parse(Zeroizing::new(passphrase.0.clone())).map_err(invalid)?;
            app.keys.add_passphrase(cx, Label::parse(&label).map_err(invalid)?, passphrase).await?;
        }
        Ask::AddKeyFile => app.keys.add_key_file(cx).await?,
        Ask::AddRecovery { label, recipient } => {
            let recipient = RecoveryRecipient::parse(&recipient).map_err(not_a_key)?;
            app.keys.add_recovery(cx, Label::parse(&label).map_err(invalid)?, recipient).await?;
        }
        Ask::RemoveKey { slot } => app.keys.remove(cx, slot).await?,
        Ask::RotateMasterKey => app.keys.rotate(cx).await?,
        Ask::ProveRecovery { key } => app.keys.prove(cx, RecoveryKey::parse(&key.0).map_err(not_a_key)?).await?,
        _ => {}
    }
    Ok(views::keys(app.keys.list(cx).await?))
}

fn invalid(error: FieldError) -> Error {
    Error::invalid(vec![error])
}

fn not_a_key(error: VaultError) -> Error {
    Error::new(ErrorCode::InvalidInput, format!("{error}."))
}
