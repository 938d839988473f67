//! The chain: `link = HMAC(previous link, columns of the entry)`, numbered without gaps, made by one process at a time.
//!
//! The chain shows that somebody altered or removed an entry; it does not stop somebody who owns database and keys.

use vault::Vault;

use super::model::ChainState;
use super::store;
use crate::base::Result;
use crate::infra::db::{Db, Transact as _};

/// Entries that one transaction seals.
pub(super) const BATCH: i64 = 500;

/// Seals what waits, up to a batch. Gives how many; 0 also if another process is at it.
pub(super) async fn seal_batch(db: &Db, vault: &Vault) -> Result<usize> {
    let mut conn = db.write().await?;
    conn.transaction(async |conn| {
        if !store::try_sealer_lock(conn).await? {
            return Ok(0);
        }
        let (mut seq, mut link) = store::chain_end(conn).await?;
        let mut seals = Vec::new();
        for (id, parts) in store::unsealed(conn, BATCH).await? {
            seq += 1;
            link = link_of(vault, &link, seq, &parts);
            seals.push((seq, id, link.clone()));
        }
        if !seals.is_empty() {
            store::append_seals(conn, &seals).await?;
        }
        Ok(seals.len())
    })
    .await
}

/// Walks the chain from its start to the first place that does not fit.
pub(super) async fn verify(db: &Db, vault: &Vault) -> Result<ChainState> {
    let mut conn = db.read().await?;
    let (mut seq, mut link) = (0, Vec::new());
    loop {
        let rows = store::sealed_after(&mut conn, seq, BATCH).await?;
        if rows.is_empty() {
            let waiting = store::count_unsealed(&mut conn).await?;
            return Ok(ChainState::Intact { sealed: seq, waiting });
        }
        for entry in rows {
            seq += 1;
            if entry.seq != seq {
                return Ok(ChainState::Broken { seq, kind: "gap" });
            }
            let Some(parts) = entry.parts else { return Ok(ChainState::Broken { seq, kind: "entry" }) };
            link = link_of(vault, &link, seq, &parts);
            if link != entry.link {
                return Ok(ChainState::Broken { seq, kind: "link" });
            }
        }
    }
}

fn link_of(vault: &Vault, previous: &[u8], seq: i64, parts: &[Vec<u8>]) -> Vec<u8> {
    let seq = seq.to_be_bytes();
    let parts: Vec<&[u8]> = std::iter::once(&seq[..]).chain(parts.iter().map(Vec::as_slice)).collect();
    vault.audit_link(previous, &parts)
}
