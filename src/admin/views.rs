//! What the domains say, in words of the wire.

use chrono::{DateTime, Utc};
use protocol::Shown;
use protocol::admin::{Key, KeyKind, Protection, Reply};
use vault::{SlotInfo, SlotKind};

/// The ways to open the keystore.
pub fn keys(slots: Vec<SlotInfo>) -> Reply {
    Reply::Keys(slots.into_iter().map(key).collect())
}

fn key(slot: SlotInfo) -> Key {
    let protection = slot.kind.protection();
    Key {
        slot: slot.number,
        kind: match slot.kind {
            SlotKind::KeyFile => KeyKind::KeyFile,
            SlotKind::Passphrase => KeyKind::Passphrase,
            SlotKind::Recovery => KeyKind::Recovery,
        },
        label: Shown::new(&slot.label),
        since: moment(slot.since),
        proven: slot.proven.map(moment),
        protection: Protection {
            against: Shown::new(protection.against),
            not_against: Shown::new(protection.not_against),
        },
    }
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// A sentence, where there is nothing else to show.
pub(super) fn well(sentence: &str, at: DateTime<Utc>) -> Reply {
    Reply::Well { sentence: Shown::new(sentence), at }
}
