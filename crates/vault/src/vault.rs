//! The unlocked keystore: seals and opens on behalf of the fund and of each deal.

use std::collections::btree_map::Entry;
use std::collections::{HashMap, hash_map};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};
use aws_lc_rs::hmac;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::VaultError;
use crate::column::{self, Cell, DataKey, Scope, Sealed};
use crate::files::{FileReader, FileWriter};
use crate::key::{Cipher, Secret};
use crate::keystore::{DealEntry, Keystore, KeystoreFile, Stamp, WrappedKey};
use crate::slot::{NewSlot, Opener, SlotEntry};
use crate::text::{decode, encode};

mod slots;

/// Ways to open a keystore, at the least.
pub const LEAST_SLOTS: usize = 2;

/// An open vault. Cheap to share; all methods take `&self`.
pub struct Vault {
    file: KeystoreFile,
    master: RwLock<Master>,
    fund: Arc<DataKey>,
    blind: hmac::Key,
    index: Secret,
    fingerprint: hmac::Key,
    audit: hmac::Key,
    deals: RwLock<HashMap<Uuid, Arc<DealKeys>>>,
    /// The file as it was when it was last found good.
    checked: Mutex<Option<Stamp>>,
    /// A test wants to see what is stored.
    #[cfg(feature = "unsealed")]
    pub(crate) in_clear: bool,
}

/// The master key, and what is made of it.
struct Master {
    generation: u32,
    secret: Secret,
    wrapping: Cipher,
    /// The slot that opened the keystore.
    slot: u32,
}

impl Master {
    fn new(generation: u32, secret: Secret, slot: u32) -> Result<Self, VaultError> {
        let wrapping = secret.derive("vcconnect/v1/wrapping")?.cipher()?;
        Ok(Self { generation, secret, wrapping, slot })
    }
}

struct DealKeys {
    data: DataKey,
    identity: Identity,
    recipient: Recipient,
    content: hmac::Key,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("keystore", &self.file.path()).finish_non_exhaustive()
    }
}

impl Vault {
    /// Makes a keystore with a new master key and fund key. Refuses to replace an existing one, and to make one that a
    /// single loss would close for ever.
    pub fn create(path: &Path, slots: &[NewSlot<'_>]) -> Result<Self, VaultError> {
        let file = KeystoreFile::at(path);
        let lock = file.lock()?;
        if path.exists() {
            return Err(VaultError::KeystoreExists(path.to_owned()));
        }
        let master = Master::new(1, Secret::random()?, 1)?;
        let key = wrap(&master.wrapping, &fund_label(1), Secret::random()?.expose())?;
        let mut keystore = Keystore::new(WrappedKey { generation: 1, key });
        for new in slots {
            keystore.slots.push(SlotEntry::make(keystore.next_slot, new, &master.secret)?);
            keystore.next_slot += 1;
        }
        slots::enough(&keystore.slots)?;
        file.replace(&keystore)?;
        drop(lock);
        Self::unlock(file, master, &keystore)
    }

    /// Opens an existing keystore with the first slot that this opens.
    pub fn open(path: &Path, opener: &Opener) -> Result<Self, VaultError> {
        let file = KeystoreFile::at(path);
        let keystore = file.read()?;
        let (slot, secret) = slots::first_open(&keystore, opener).ok_or(VaultError::WrongKey)?;
        let master = Master::new(keystore.master, secret, slot)?;
        Self::unlock(file, master, &keystore)
    }

    fn unlock(file: KeystoreFile, master: Master, keystore: &Keystore) -> Result<Self, VaultError> {
        let fund = unwrap_secret(&master.wrapping, &fund_label(keystore.fund.generation), &keystore.fund.key)
            .ok_or_else(|| file.damaged("the fund's key does not open"))?;
        let vault = Self {
            fund: Arc::new(DataKey {
                generation: keystore.fund.generation,
                cipher: fund.derive("vcconnect/v1/columns")?.cipher()?,
            }),
            blind: fund.derive("vcconnect/v1/blind-index")?.mac_key(),
            index: fund.derive("vcconnect/v1/index")?,
            fingerprint: fund.derive("vcconnect/v1/token-fingerprint")?.mac_key(),
            audit: fund.derive("vcconnect/v1/audit-chain")?.mac_key(),
            deals: RwLock::default(),
            checked: Mutex::default(),
            #[cfg(feature = "unsealed")]
            in_clear: false,
            master: RwLock::new(master),
            file,
        };
        vault.load_deals(keystore)?;
        Ok(vault)
    }

    /// The master key as this program knows it.
    fn master(&self) -> RwLockReadGuard<'_, Master> {
        self.master.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file's content, if the master key is still the one that this program knows.
    fn read(&self, master: &Master) -> Result<Keystore, VaultError> {
        let keystore = self.file.read()?;
        if keystore.master == master.generation { Ok(keystore) } else { Err(VaultError::MasterReplaced) }
    }

    /// Whether keys could be made and used now: the keystore is where it should be and still opens with this key.
    /// Costs a look at the file's metadata unless it was replaced since the last time.
    pub fn check(&self) -> Result<(), VaultError> {
        let stamp = self.file.stamp();
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        if stamp.is_some() && *checked == stamp {
            return Ok(());
        }
        let master = self.master();
        let keystore = self.read(&master)?;
        unwrap_secret(&master.wrapping, &fund_label(keystore.fund.generation), &keystore.fund.key)
            .ok_or_else(|| self.file.damaged("the fund's key does not open"))?;
        *checked = stamp;
        Ok(())
    }

    /// Makes keys for new deals and stores them before it returns, so that no row is ever sealed with a key that
    /// could be lost. Keys of deals whose rows are never written are harmless.
    pub fn create_deals(&self, deals: &[Uuid]) -> Result<(), VaultError> {
        let _lock = self.file.lock()?;
        let keystore = {
            let master = self.master();
            let mut keystore = self.read(&master)?;
            for &deal in deals {
                if let Entry::Vacant(place) = keystore.deals.entry(deal) {
                    place.insert(new_deal(&master.wrapping, deal)?);
                }
            }
            self.file.replace(&keystore)?;
            keystore
        };
        self.load_deals(&keystore)
    }

    fn load_deals(&self, keystore: &Keystore) -> Result<(), VaultError> {
        let master = self.master();
        let mut deals = self.deals.write().unwrap_or_else(PoisonError::into_inner);
        for (&deal, entry) in &keystore.deals {
            if let hash_map::Entry::Vacant(place) = deals.entry(deal) {
                place.insert(Arc::new(self.open_deal(&master.wrapping, deal, entry)?));
            }
        }
        Ok(())
    }

    fn open_deal(&self, wrapping: &Cipher, deal: Uuid, entry: &DealEntry) -> Result<DealKeys, VaultError> {
        let damaged = || self.file.damaged(format!("the keys of deal {deal} do not open"));
        let generation = entry.data.generation;
        let secret = unwrap_secret(wrapping, &data_label(deal, generation), &entry.data.key).ok_or_else(damaged)?;
        let exported = unwrap(wrapping, &identity_label(deal), &entry.identity).ok_or_else(damaged)?;
        let identity: Identity =
            std::str::from_utf8(&exported).ok().and_then(|text| text.parse().ok()).ok_or_else(damaged)?;
        Ok(DealKeys {
            data: DataKey { generation, cipher: secret.derive("vcconnect/v1/columns")?.cipher()? },
            content: secret.derive("vcconnect/v1/content-tag")?.mac_key(),
            recipient: identity.to_public(),
            identity,
        })
    }

    /// The keys of a deal; reads the keystore again if another process made them.
    fn deal(&self, deal: Uuid) -> Result<Arc<DealKeys>, VaultError> {
        let known = || self.deals.read().unwrap_or_else(PoisonError::into_inner).get(&deal).cloned();
        if let Some(keys) = known() {
            return Ok(keys);
        }
        let keystore = self.read(&self.master())?;
        self.load_deals(&keystore)?;
        known().ok_or(VaultError::UnknownDeal(deal))
    }

    /// Seals bytes for one place.
    pub fn seal(&self, scope: Scope, cell: &Cell, plaintext: &[u8]) -> Result<Sealed, VaultError> {
        #[cfg(feature = "unsealed")]
        if self.in_clear {
            return Ok(crate::unsealed::column(plaintext));
        }
        match scope {
            Scope::Fund => column::seal(&self.fund, scope, cell, plaintext),
            Scope::Deal(deal) => column::seal(&self.deal(deal)?.data, scope, cell, plaintext),
        }
    }

    /// Opens bytes that were sealed for the same place.
    pub fn open_bytes(&self, scope: Scope, cell: &Cell, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        #[cfg(feature = "unsealed")]
        if self.in_clear {
            return crate::unsealed::open(sealed);
        }
        match scope {
            Scope::Fund => column::open(&self.fund, scope, cell, sealed),
            Scope::Deal(deal) => column::open(&self.deal(deal)?.data, scope, cell, sealed),
        }
    }

    /// Opens text that was sealed for the same place.
    pub fn open_text(&self, scope: Scope, cell: &Cell, sealed: &Sealed) -> Result<String, VaultError> {
        let bytes = self.open_bytes(scope, cell, sealed)?;
        std::str::from_utf8(&bytes).map(str::to_owned).map_err(|_| VaultError::Damaged)
    }

    /// A keyed tag for equality search over a sealed column (HMAC-SHA-256). The caller normalises the value.
    pub fn blind(&self, column: &str, value: &str) -> Vec<u8> {
        tag(&self.blind, column, value.as_bytes())
    }

    /// A keyed tag under which a bearer token is stored; the token itself never is.
    pub fn fingerprint(&self, purpose: &str, token: &[u8]) -> Vec<u8> {
        tag(&self.fingerprint, purpose, token)
    }

    /// The link of the audit chain that follows `previous` (HMAC-SHA-256 over length-prefixed parts).
    pub fn audit_link(&self, previous: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.audit);
        for part in std::iter::once(&previous).chain(parts) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign().as_ref().to_vec()
    }

    /// A keyed tag of a file's content within a deal, from the content's digest. Equal files of one deal have equal
    /// tags; files of different deals cannot be compared.
    pub fn content_tag(&self, deal: Uuid, digest: &[u8]) -> Result<Vec<u8>, VaultError> {
        Ok(tag(&self.deal(deal)?.content, "content", digest))
    }

    /// Keyed tag of everything that a result follows from, by its SHA-256 digest: the same inputs are known again within
    /// one deal.
    pub fn inputs_tag(&self, deal: Uuid, digest: &[u8]) -> Result<Vec<u8>, VaultError> {
        Ok(tag(&self.deal(deal)?.content, "inputs", digest))
    }

    /// The key of the search index, from which each of its files has its own.
    pub fn index_key(&self) -> &[u8; 32] {
        self.index.expose()
    }

    /// Starts a sealed file of a deal.
    pub fn write_file<W: Write>(&self, deal: Uuid, output: W) -> Result<FileWriter<W>, VaultError> {
        #[cfg(feature = "unsealed")]
        if self.in_clear {
            return FileWriter::in_clear(output);
        }
        FileWriter::new(&self.deal(deal)?.recipient, output)
    }

    /// Opens a sealed file of a deal.
    pub fn read_file<R: Read>(&self, deal: Uuid, input: R) -> Result<FileReader<R>, VaultError> {
        #[cfg(feature = "unsealed")]
        if self.in_clear {
            return FileReader::in_clear(input);
        }
        FileReader::new(&self.deal(deal)?.identity, input)
    }
}

fn tag(key: &hmac::Key, label: &str, value: &[u8]) -> Vec<u8> {
    let mut context = hmac::Context::with_key(key);
    context.update(&(label.len() as u64).to_be_bytes());
    context.update(label.as_bytes());
    context.update(value);
    context.sign().as_ref().to_vec()
}

fn new_deal(wrapping: &Cipher, deal: Uuid) -> Result<DealEntry, VaultError> {
    let identity = Identity::generate();
    let data = WrappedKey { generation: 1, key: wrap(wrapping, &data_label(deal, 1), Secret::random()?.expose())? };
    let exported = identity.to_string();
    Ok(DealEntry {
        data,
        recipient: identity.to_public().to_string(),
        identity: wrap(wrapping, &identity_label(deal), exported.expose_secret().as_bytes())?,
    })
}

fn fund_label(generation: u32) -> String {
    format!("fund/{generation}")
}

fn data_label(deal: Uuid, generation: u32) -> String {
    format!("deal/{deal}/data/{generation}")
}

fn identity_label(deal: Uuid) -> String {
    format!("deal/{deal}/identity")
}

fn wrap(cipher: &Cipher, label: &str, key: &[u8]) -> Result<String, VaultError> {
    let mut out = Vec::new();
    cipher.seal_onto(&mut out, label.as_bytes(), key)?;
    Ok(encode(&out))
}

fn unwrap(cipher: &Cipher, label: &str, wrapped: &str) -> Option<Zeroizing<Vec<u8>>> {
    cipher.open(label.as_bytes(), &decode(wrapped)?).ok()
}

fn unwrap_secret(cipher: &Cipher, label: &str, wrapped: &str) -> Option<Secret> {
    Secret::from_slice(&unwrap(cipher, label, wrapped)?)
}

#[cfg(test)]
mod tests;
