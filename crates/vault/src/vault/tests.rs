//! What a vault must keep to, over its whole life.

use std::io::{Cursor, SeekFrom};
use std::os::unix::fs::MetadataExt;

use std::io::Seek as _;

use super::*;
use crate::{KeyFile, NewSlot, NewWay, Opener, RecoveryKey, SlotKind};

struct Home {
    dir: tempfile::TempDir,
    key: KeyFile,
    recovery: RecoveryKey,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyFile::create(&dir.path().join("key")).unwrap();
        Self { dir, key, recovery: RecoveryKey::generate() }
    }

    fn keystore(&self) -> std::path::PathBuf {
        self.dir.path().join("keystore.json")
    }

    fn create(&self) -> Vault {
        let recipient = self.recovery.recipient();
        let slots = [slot(NewWay::KeyFile(&self.key)), slot(NewWay::Recovery(&recipient))];
        Vault::create(&self.keystore(), &slots).unwrap()
    }

    fn open(&self) -> Result<Vault, VaultError> {
        self.open_by(Opener::KeyFile(self.key.clone()))
    }

    fn open_by(&self, opener: Opener) -> Result<Vault, VaultError> {
        Vault::open(&self.keystore(), &opener)
    }
}

fn slot(way: NewWay<'_>) -> NewSlot<'_> {
    NewSlot { way, label: "a slot", since: 1_700_000_000 }
}

const NAME: Cell = Cell { table: "deals", column: "name", row: Uuid::from_u128(1) };

#[test]
fn a_reopened_vault_opens_what_was_sealed_before() {
    let home = Home::new();
    let deal = Uuid::from_u128(7);
    let vault = home.create();
    vault.create_deals(&[deal]).unwrap();
    let sealed = vault.seal(Scope::Deal(deal), &NAME, b"Northwind").unwrap();
    let blind = vault.blind("email", "a@b.example");
    drop(vault);
    let vault = home.open().unwrap();
    assert_eq!(vault.open_text(Scope::Deal(deal), &NAME, &sealed).unwrap(), "Northwind");
    assert_eq!(vault.blind("email", "a@b.example"), blind);
    assert_ne!(vault.blind("name", "a@b.example"), blind);
}

#[test]
fn deals_do_not_open_each_other() {
    let home = Home::new();
    let vault = home.create();
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    vault.create_deals(&[one, other]).unwrap();
    let sealed = vault.seal(Scope::Deal(one), &NAME, b"Northwind").unwrap();
    assert!(vault.open_text(Scope::Deal(other), &NAME, &sealed).is_err());
}

#[test]
fn a_second_process_sees_deals_that_the_first_made() {
    let home = Home::new();
    let first = home.create();
    let second = home.open().unwrap();
    let deal = Uuid::from_u128(3);
    first.create_deals(&[deal]).unwrap();
    let sealed = first.seal(Scope::Deal(deal), &NAME, b"Kelp").unwrap();
    assert_eq!(second.open_text(Scope::Deal(deal), &NAME, &sealed).unwrap(), "Kelp");
    assert!(matches!(second.seal(Scope::Deal(Uuid::nil()), &NAME, b"x"), Err(VaultError::UnknownDeal(_))));
}

#[test]
fn making_a_deal_twice_keeps_its_key() {
    let home = Home::new();
    let vault = home.create();
    let deal = Uuid::from_u128(3);
    vault.create_deals(&[deal]).unwrap();
    let sealed = vault.seal(Scope::Deal(deal), &NAME, b"Kelp").unwrap();
    vault.create_deals(&[deal]).unwrap();
    assert_eq!(home.open().unwrap().open_text(Scope::Deal(deal), &NAME, &sealed).unwrap(), "Kelp");
}

#[test]
fn the_keystore_is_private_and_holds_no_key_in_clear() {
    let home = Home::new();
    let vault = home.create();
    let deal = Uuid::from_u128(3);
    vault.create_deals(&[deal]).unwrap();
    let text = std::fs::read_to_string(home.keystore()).unwrap();
    assert_eq!(std::fs::metadata(home.keystore()).unwrap().mode() & 0o777, 0o600);
    assert!(!text.contains("AGE-SECRET-KEY"));
}

#[test]
fn an_existing_keystore_is_never_replaced() {
    let home = Home::new();
    home.create();
    let before = std::fs::read(home.keystore()).unwrap();
    assert!(matches!(Vault::create(&home.keystore(), &[]), Err(VaultError::KeystoreExists(_))));
    assert_eq!(std::fs::read(home.keystore()).unwrap(), before);
}

#[test]
fn wrong_damaged_and_newer_keystores_are_told_apart() {
    let home = Home::new();
    assert!(matches!(home.open(), Err(VaultError::KeystoreMissing(_))));
    home.create();
    let other = Home::new();
    for stranger in [Opener::KeyFile(other.key), Opener::Recovery(other.recovery)] {
        assert!(matches!(home.open_by(stranger), Err(VaultError::WrongKey)));
    }
    let text = std::fs::read_to_string(home.keystore()).unwrap();
    std::fs::write(home.keystore(), text.replace("\"format\":2", "\"format\":3")).unwrap();
    assert!(matches!(home.open(), Err(VaultError::KeystoreNewer { found: 3, known: 2 })));
    std::fs::write(home.keystore(), text.replace("\"format\":2", "\"format\":1")).unwrap();
    assert!(matches!(home.open(), Err(VaultError::KeystoreOlder { found: 1, known: 2 })));
    std::fs::write(home.keystore(), &text[..text.len() / 2]).unwrap();
    assert!(matches!(home.open(), Err(VaultError::KeystoreDamaged { .. })));
}

#[test]
fn a_keystore_that_goes_missing_or_is_exchanged_is_noticed() {
    let home = Home::new();
    let vault = home.create();
    vault.check().unwrap();
    let other = Home::new();
    other.create();
    std::fs::copy(other.keystore(), home.keystore()).unwrap();
    assert!(matches!(vault.check(), Err(VaultError::KeystoreDamaged { .. })));
    other.open().unwrap().rotate_master().unwrap();
    std::fs::copy(other.keystore(), home.keystore()).unwrap();
    assert!(matches!(vault.check(), Err(VaultError::MasterReplaced)));
    std::fs::remove_file(home.keystore()).unwrap();
    assert!(matches!(vault.check(), Err(VaultError::KeystoreMissing(_))));
}

#[test]
fn files_round_trip_seek_and_notice_damage() {
    let home = Home::new();
    let vault = home.create();
    let deal = Uuid::from_u128(3);
    vault.create_deals(&[deal]).unwrap();
    let plain: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    let mut writer = vault.write_file(deal, Vec::new()).unwrap();
    writer.write_all(&plain).unwrap();
    let sealed = writer.finish().unwrap();

    let mut reader = vault.read_file(deal, Cursor::new(&sealed)).unwrap();
    reader.seek(SeekFrom::Start(150_000)).unwrap();
    let mut four = [0; 4];
    reader.read_exact(&mut four).unwrap();
    assert_eq!(four[..], plain[150_000..150_004]);

    let read_all = |bytes: &[u8]| {
        let mut out = Vec::new();
        vault.read_file(deal, Cursor::new(bytes))?.read_to_end(&mut out).map_err(|_| VaultError::Damaged)?;
        Ok::<_, VaultError>(out)
    };
    assert_eq!(read_all(&sealed).unwrap(), plain);
    assert!(read_all(&sealed[..sealed.len() - 1]).is_err(), "cut");
    let mut flipped = sealed.clone();
    flipped[100_000] ^= 1;
    assert!(read_all(&flipped).is_err(), "flipped");
    assert!(vault.read_file(Uuid::nil(), Cursor::new(&sealed)).is_err(), "another deal");
}

#[test]
fn equal_files_are_known_within_a_deal_only() {
    let home = Home::new();
    let vault = home.create();
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    vault.create_deals(&[one, other]).unwrap();
    let tag = vault.content_tag(one, b"digest").unwrap();
    assert_eq!(tag, home.open().unwrap().content_tag(one, b"digest").unwrap());
    assert_ne!(tag, vault.content_tag(one, b"another").unwrap());
    assert_ne!(tag, vault.content_tag(other, b"digest").unwrap());
    assert_ne!(tag, vault.inputs_tag(one, b"digest").unwrap());
}

#[test]
fn the_index_key_is_the_same_after_opening_again_and_differs_between_funds() {
    let home = Home::new();
    let key = *home.create().index_key();
    assert_eq!(&key, home.open().unwrap().index_key());
    assert_ne!(&key, Home::new().create().index_key());
}

#[test]
fn audit_links_depend_on_every_part_and_on_the_order() {
    let home = Home::new();
    let vault = home.create();
    let link = vault.audit_link(b"prev", &[b"ab", b"c"]);
    assert_ne!(link, vault.audit_link(b"prev", &[b"a", b"bc"]));
    assert_ne!(link, vault.audit_link(b"other", &[b"ab", b"c"]));
    assert_eq!(link, home.open().unwrap().audit_link(b"prev", &[b"ab", b"c"]));
}

#[test]
fn each_way_opens_the_keystore() {
    let home = Home::new();
    let vault = home.create();
    let words = "quiet harbour turbine";
    assert_eq!(vault.add_slot(&slot(NewWay::Passphrase(words))).unwrap(), 3);
    let sealed = vault.seal(Scope::Fund, &NAME, b"Northwind").unwrap();
    let passphrase = |words: &str| Opener::Passphrase(Zeroizing::new(words.to_owned()));
    for opener in [Opener::KeyFile(home.key.clone()), passphrase(words), Opener::Recovery(home.recovery.clone())] {
        let again = home.open_by(opener).unwrap();
        assert_eq!(again.open_text(Scope::Fund, &NAME, &sealed).unwrap(), "Northwind");
    }
    assert!(matches!(home.open_by(passphrase("quiet harbour turbines")), Err(VaultError::WrongKey)));
}

#[test]
fn one_loss_loses_nothing() {
    let home = Home::new();
    let recipient = home.recovery.recipient();
    let create = |slots: &[NewSlot<'_>]| Vault::create(&home.keystore(), slots).map(|_| ());
    assert!(matches!(create(&[slot(NewWay::Recovery(&recipient))]), Err(VaultError::TooFewSlots)));
    assert!(matches!(create(&[slot(NewWay::KeyFile(&home.key))]), Err(VaultError::LastRecovery)));
    assert!(!home.keystore().exists());

    let vault = home.create();
    assert!(matches!(vault.remove_slot(1), Err(VaultError::SlotInUse(1))));
    assert!(matches!(vault.remove_slot(2), Err(VaultError::LastRecovery)));
    assert!(matches!(vault.remove_slot(3), Err(VaultError::UnknownSlot(3))));
    let by_recovery = home.open_by(Opener::Recovery(home.recovery.clone())).unwrap();
    assert!(matches!(by_recovery.remove_slot(1), Err(VaultError::TooFewSlots)));
    let spare = RecoveryKey::generate().recipient();
    assert_eq!(by_recovery.add_slot(&slot(NewWay::Recovery(&spare))).unwrap(), 3);
    by_recovery.remove_slot(1).unwrap();
    assert!(matches!(home.open(), Err(VaultError::WrongKey)), "what was removed opens nothing");
    assert_eq!(by_recovery.add_slot(&slot(NewWay::KeyFile(&home.key))).unwrap(), 4, "no number is given twice");
    home.open().unwrap();
}

#[test]
fn slots_are_told_and_proven_without_opening() {
    let home = Home::new();
    home.create();
    let slots = Vault::slots(&home.keystore()).unwrap();
    let told: Vec<_> = slots.iter().map(|slot| (slot.number, slot.kind, slot.proven)).collect();
    assert_eq!(told, [(1, SlotKind::KeyFile, None), (2, SlotKind::Recovery, None)]);
    let recipients = Vault::recovery_recipients(&home.keystore()).unwrap();
    assert_eq!(recipients[0].to_string(), home.recovery.recipient().to_string());
    let stranger = Vault::prove(&home.keystore(), RecoveryKey::generate(), 5);
    assert!(matches!(stranger, Err(VaultError::WrongKey)));
    assert_eq!(Vault::prove(&home.keystore(), home.recovery.clone(), 5).unwrap().proven, Some(5));
    assert_eq!(Vault::slots(&home.keystore()).unwrap()[1].proven, Some(5));
}

#[test]
fn another_master_key_touches_no_data_and_ends_what_was_wrapped_before() {
    let home = Home::new();
    let vault = home.create();
    let deal = Uuid::from_u128(7);
    vault.create_deals(&[deal]).unwrap();
    vault.add_slot(&slot(NewWay::Passphrase("quiet harbour turbine"))).unwrap();
    let sealed = vault.seal(Scope::Deal(deal), &NAME, b"Northwind").unwrap();
    let tag = vault.fingerprint("session", b"token");
    let other = home.open().unwrap();
    let before = std::fs::read_to_string(home.keystore()).unwrap();
    vault.rotate_master().unwrap();

    let after = std::fs::read_to_string(home.keystore()).unwrap();
    let wrapped = |text: &str| {
        let keystore: serde_json::Value = serde_json::from_str(text).unwrap();
        let slots = keystore["slots"].as_array().unwrap().iter().map(|slot| slot["master"].clone()).collect::<Vec<_>>();
        let deals = keystore["deals"].as_object().unwrap().values().map(|deal| deal["identity"].clone());
        [slots, vec![keystore["fund"]["key"].clone()], deals.collect()].concat()
    };
    assert!(wrapped(&before).iter().zip(wrapped(&after)).all(|(old, new)| *old != new));
    vault.create_deals(&[Uuid::from_u128(8)]).unwrap();
    for opener in [
        Opener::KeyFile(home.key.clone()),
        Opener::Passphrase(Zeroizing::new("quiet harbour turbine".to_owned())),
        Opener::Recovery(home.recovery.clone()),
    ] {
        let again = home.open_by(opener).unwrap();
        assert_eq!(again.open_text(Scope::Deal(deal), &NAME, &sealed).unwrap(), "Northwind");
        assert_eq!(again.fingerprint("session", b"token"), tag);
        again.seal(Scope::Deal(Uuid::from_u128(8)), &NAME, b"x").unwrap();
    }
    assert_eq!(other.open_text(Scope::Deal(deal), &NAME, &sealed).unwrap(), "Northwind", "what is open stays open");
    assert!(matches!(other.create_deals(&[Uuid::from_u128(9)]), Err(VaultError::MasterReplaced)), "and mixes nothing");
}
