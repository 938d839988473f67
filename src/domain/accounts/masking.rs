//! Gives everybody a made-up name, address and password, in a copy that was made to try things out. Called by the restore
//! before anybody sees the copy; nothing is authorised here, because there is no server yet.

use vault::Vault;
use zeroize::Zeroizing;

use super::model::Email;
use super::password::Passwords;
use super::store;
use crate::base::{Error, Result};
use crate::infra::db::Connection;
use crate::infra::entropy::{self, Entropy};

/// Masks everybody within the caller's transaction, and gives how many there are. Nobody knows the new passwords: a person
/// comes in by a link of `vcconnect users reset-password`.
pub async fn mask_everybody(
    conn: &mut Connection,
    vault: &Vault,
    entropy: &dyn Entropy,
    memory_mib: u32,
) -> Result<usize> {
    let random: [u8; 32] = entropy::random(entropy)?;
    let password = Zeroizing::new(random.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let hash = Passwords::new(memory_mib, 1)?.hash(password).await?;
    let ids = store::everybody(conn).await?;
    for (number, id) in (1..).zip(&ids) {
        let number: usize = number;
        let email = Email::parse(&format!("person-{number:03}@test.invalid"));
        let email = email.map_err(|error| Error::internal(error.message))?;
        store::mask_user(conn, vault, *id, &format!("Test Person {number:03}"), &email, &hash).await?;
    }
    Ok(ids.len())
}
