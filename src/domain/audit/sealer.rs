//! The chain: `link = HMAC(previous link, columns of the entry)`, numbered without gaps, made by one process at a time.
//!
//! The last link is anchored in a file outside the database. A chain that does not hold it was rewritten or cut, and is
//! neither continued nor called intact. Somebody who owns database, keys and file can still write another history.

use vault::Vault;

use super::model::ChainState;
use super::store;
use crate::base::{Error, Result};
use crate::infra::anchor::{Anchor, AnchorFile};
use crate::infra::db::{Connection, Db, Transact as _};

/// Entries that one transaction seals.
pub(super) const BATCH: i64 = 500;

/// Seals what waits, up to a batch. Gives how many; 0 also if another process is at it.
pub(super) async fn seal_batch(db: &Db, vault: &Vault, anchor: &AnchorFile) -> Result<usize> {
    let mut conn = db.write().await?;
    let (sealed, end) = conn
        .transaction(async |conn| {
            if !store::try_sealer_lock(conn).await? {
                return Ok((0, None));
            }
            if missing_anchor(conn, anchor).await?.is_some() {
                return Err(Error::internal(
                    "the audit chain in the database does not hold its anchored end; run `vcconnect audit verify`",
                ));
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
            Ok::<_, Error>((seals.len(), (!seals.is_empty()).then_some(Anchor { seq, link })))
        })
        .await?;
    if let Some(end) = end {
        anchor.write(end).await?;
    }
    Ok(sealed)
}

/// The anchored place, if the chain does not hold it.
async fn missing_anchor(conn: &mut Connection, anchor: &AnchorFile) -> Result<Option<Anchor>> {
    let Some(anchored) = anchor.read().await? else { return Ok(None) };
    let held = store::link_at(conn, anchored.seq).await?.is_some_and(|link| link == anchored.link);
    Ok((!held).then_some(anchored))
}

/// Walks the chain from its start to the first place that does not fit.
pub(super) async fn verify(db: &Db, vault: &Vault, anchor: &AnchorFile) -> Result<ChainState> {
    let mut conn = db.read().await?;
    let (mut seq, mut link) = (0, Vec::new());
    loop {
        let rows = store::sealed_after(&mut conn, seq, BATCH).await?;
        if rows.is_empty() {
            break;
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
    if let Some(anchored) = missing_anchor(&mut conn, anchor).await? {
        return Ok(ChainState::Broken { seq: anchored.seq, kind: "anchor" });
    }
    let waiting = store::count_unsealed(&mut conn).await?;
    Ok(ChainState::Intact { sealed: seq, waiting })
}

fn link_of(vault: &Vault, previous: &[u8], seq: i64, parts: &[Vec<u8>]) -> Vec<u8> {
    let seq = seq.to_be_bytes();
    let parts: Vec<&[u8]> = std::iter::once(&seq[..]).chain(parts.iter().map(Vec::as_slice)).collect();
    vault.audit_link(previous, &parts)
}
