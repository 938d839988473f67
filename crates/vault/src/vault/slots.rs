//! The ways to open a keystore: telling, adding, proving and removing them, and replacing the master key.
//!
//! Each change is one replacement of the file: whatever interrupts it, the keystore is the old one or the new one.

use std::path::Path;

use super::{LEAST_SLOTS, Master, PoisonError, Vault, data_label, fund_label, identity_label, unwrap, wrap};
use crate::VaultError;
use crate::key::{Cipher, Secret};
use crate::keystore::{Keystore, KeystoreFile};
use crate::recovery::{RecoveryKey, RecoveryRecipient};
use crate::slot::{NewSlot, Opener, SlotEntry, SlotInfo, SlotKind};

impl Vault {
    /// The ways to open the keystore in this file. Nothing is opened.
    pub fn slots(path: &Path) -> Result<Vec<SlotInfo>, VaultError> {
        Ok(KeystoreFile::at(path).read()?.slots.iter().map(SlotEntry::info).collect())
    }

    /// For whom backups are sealed: the public halves of all recovery keys. Nothing is opened.
    pub fn recovery_recipients(path: &Path) -> Result<Vec<RecoveryRecipient>, VaultError> {
        let slots = Self::slots(path)?;
        slots
            .iter()
            .filter(|slot| slot.kind == SlotKind::Recovery)
            .map(|slot| RecoveryRecipient::parse(&slot.recipient))
            .collect()
    }

    /// Shows that a recovery key opens the keystore in this file, and notes the time. Nothing else is opened.
    pub fn prove(path: &Path, key: RecoveryKey, at: i64) -> Result<SlotInfo, VaultError> {
        let file = KeystoreFile::at(path);
        let _lock = file.lock()?;
        let mut keystore = file.read()?;
        let (number, _) = first_open(&keystore, &Opener::Recovery(key)).ok_or(VaultError::WrongKey)?;
        let slot = find(&mut keystore, number)?;
        slot.proven = Some(at);
        let info = slot.info();
        file.replace(&keystore)?;
        Ok(info)
    }

    /// Adds a way to open the keystore and gives its number.
    pub fn add_slot(&self, new: &NewSlot<'_>) -> Result<u32, VaultError> {
        let _lock = self.file.lock()?;
        let master = self.master();
        let mut keystore = self.read(&master)?;
        let number = keystore.next_slot;
        keystore.slots.push(SlotEntry::make(number, new, &master.secret)?);
        keystore.next_slot += 1;
        self.file.replace(&keystore)?;
        Ok(number)
    }

    /// Takes a way to open the keystore away. Whoever kept a copy of the keystore file still opens that copy with it:
    /// replace the master key too if it has fallen into other hands.
    ///
    /// Refuses the slot that opened the keystore for this program, the last recovery key, and what would leave fewer
    /// than [`LEAST_SLOTS`].
    pub fn remove_slot(&self, number: u32) -> Result<(), VaultError> {
        let _lock = self.file.lock()?;
        let master = self.master();
        let mut keystore = self.read(&master)?;
        find(&mut keystore, number)?;
        if master.slot == number {
            return Err(VaultError::SlotInUse(number));
        }
        keystore.slots.retain(|slot| slot.number != number);
        enough(&keystore.slots)?;
        self.file.replace(&keystore)
    }

    /// Replaces the master key: all keys are wrapped anew, no data is touched, every slot stays. The new keystore is
    /// opened once before it takes the place of the old one.
    pub fn rotate_master(&self) -> Result<(), VaultError> {
        let _lock = self.file.lock()?;
        let mut master = self.master.write().unwrap_or_else(PoisonError::into_inner);
        let mut keystore = self.read(&master)?;
        let next = Master::new(master.generation + 1, Secret::random()?, master.slot)?;
        let rewrap = |label: &str, wrapped: &mut String| self.rewrap(&master.wrapping, &next.wrapping, label, wrapped);
        rewrap(&fund_label(keystore.fund.generation), &mut keystore.fund.key)?;
        for (&deal, entry) in &mut keystore.deals {
            rewrap(&data_label(deal, entry.data.generation), &mut entry.data.key)?;
            rewrap(&identity_label(deal), &mut entry.identity)?;
        }
        for slot in &mut keystore.slots {
            slot.rewrap(&next.secret)?;
        }
        keystore.master = next.generation;
        self.file.replace(&keystore)?;
        *master = next;
        Ok(())
    }

    fn rewrap(&self, old: &Cipher, new: &Cipher, label: &str, wrapped: &mut String) -> Result<(), VaultError> {
        let damaged = || self.file.damaged(format!("{label} does not open"));
        let key = unwrap(old, label, wrapped).ok_or_else(damaged)?;
        *wrapped = wrap(new, label, &key)?;
        if unwrap(new, label, wrapped).is_some_and(|again| again == key) { Ok(()) } else { Err(damaged()) }
    }
}

/// The first slot that this opens, and the master key.
pub(super) fn first_open(keystore: &Keystore, opener: &Opener) -> Option<(u32, Secret)> {
    keystore.slots.iter().find_map(|slot| Some((slot.number, slot.open(opener)?)))
}

/// Whether one loss would lose nothing.
pub(super) fn enough(slots: &[SlotEntry]) -> Result<(), VaultError> {
    if !slots.iter().any(|slot| slot.kind == SlotKind::Recovery) {
        return Err(VaultError::LastRecovery);
    }
    if slots.len() < LEAST_SLOTS {
        return Err(VaultError::TooFewSlots);
    }
    Ok(())
}

fn find(keystore: &mut Keystore, number: u32) -> Result<&mut SlotEntry, VaultError> {
    keystore.slots.iter_mut().find(|slot| slot.number == number).ok_or(VaultError::UnknownSlot(number))
}
