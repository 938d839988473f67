//! What a vault must keep to, over its whole life.

use std::io::{Cursor, SeekFrom};
use std::os::unix::fs::MetadataExt;

use std::io::Seek as _;

use super::*;
use crate::FileSlot;

struct Home {
    dir: tempfile::TempDir,
    slot: FileSlot,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let slot = FileSlot::create(&dir.path().join("key")).unwrap();
        Self { dir, slot }
    }

    fn keystore(&self) -> std::path::PathBuf {
        self.dir.path().join("keystore.json")
    }

    fn create(&self) -> Vault {
        Vault::create(&self.keystore(), &[&self.slot]).unwrap()
    }

    fn open(&self) -> Result<Vault, VaultError> {
        Vault::open(&self.keystore(), &self.slot)
    }
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
    assert!(matches!(Vault::create(&home.keystore(), &[&home.slot]), Err(VaultError::KeystoreExists(_))));
    assert_eq!(std::fs::read(home.keystore()).unwrap(), before);
}

#[test]
fn wrong_damaged_and_newer_keystores_are_told_apart() {
    let home = Home::new();
    assert!(matches!(home.open(), Err(VaultError::KeystoreMissing(_))));
    home.create();
    let other = Home::new();
    assert!(matches!(Vault::open(&home.keystore(), &other.slot), Err(VaultError::WrongKey)));
    let text = std::fs::read_to_string(home.keystore()).unwrap();
    std::fs::write(home.keystore(), text.replace("\"format\":1", "\"format\":2")).unwrap();
    assert!(matches!(home.open(), Err(VaultError::KeystoreNewer { found: 2, known: 1 })));
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
