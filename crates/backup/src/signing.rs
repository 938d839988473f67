//! Who made a set: Ed25519 (RFC 8032). The key lies beside the keystore in a file of its own, so that a backup can be
//! signed while the keystore is sealed; its public half stands in the repository and on the recovery sheet.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use aws_lc_rs::rand;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::BackupError;

/// First line of a key file, so that a person who finds one knows what it is.
const HEADER: &str = "vcconnect backup key v1";

/// The key that signs what an installation backs up, and the installation's name.
pub struct SigningKey {
    installation: Uuid,
    pair: Ed25519KeyPair,
    text: Zeroizing<String>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("installation", &self.installation).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A new key for a new name.
    pub fn generate() -> Result<Self, BackupError> {
        let mut name = [0; 16];
        let mut seed = Zeroizing::new([0; 32]);
        rand::fill(&mut name)
            .and_then(|()| rand::fill(seed.as_mut_slice()))
            .map_err(|_| BackupError::Crypto("randomness"))?;
        let installation = uuid::Builder::from_random_bytes(name).into_uuid();
        let text = Zeroizing::new(format!("{HEADER}\n{installation}\n{}\n", BASE64.encode(seed.as_slice())));
        Self::parse(&text).ok_or(BackupError::Crypto("a new signing key"))
    }

    /// Parses the text of a key file.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != HEADER {
            return None;
        }
        let installation = lines.next()?.parse().ok()?;
        let seed = Zeroizing::new(BASE64.decode(lines.next()?).ok()?);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).ok()?;
        Some(Self { installation, pair, text: Zeroizing::new(text.to_owned()) })
    }

    /// Reads the key file, or makes it at first need.
    pub fn open_or_create(path: &Path) -> Result<Self, BackupError> {
        let unusable = || BackupError::SigningKey(path.display().to_string());
        match File::open(path) {
            Ok(file) => {
                let mode = file.metadata().map_err(BackupError::io("examine", path.display().to_string()))?.mode();
                if mode & 0o077 != 0 {
                    return Err(unusable());
                }
                let text = Zeroizing::new(io::read_to_string(file).map_err(|_| unusable())?);
                Self::parse(&text).ok_or_else(unusable)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = Self::generate()?;
                match key.store(path) {
                    // Another backup made one meanwhile.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::open_or_create(path),
                    stored => stored.map(|()| key).map_err(BackupError::io("make", path.display().to_string())),
                }
            }
            Err(error) => Err(BackupError::io("open", path.display().to_string())(error)),
        }
    }

    /// Writes the key file; never replaces one.
    pub fn store(&self, path: &Path) -> io::Result<()> {
        let temporary = path.with_extension(format!("{}.new", std::process::id()));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        file.write_all(self.text.as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&temporary, path);
        fs::remove_file(&temporary)?;
        linked?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    }

    /// Name of the installation; it goes with the key to another machine.
    pub fn installation(&self) -> Uuid {
        self.installation
    }

    /// The text of its file: a secret.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The public half.
    pub fn verify_key(&self) -> VerifyKey {
        VerifyKey(BASE64.encode(self.pair.public_key().as_ref()))
    }

    /// Signs a text of some kind, so that a signature for one kind is none for another.
    pub(crate) fn sign(&self, kind: &str, text: &[u8]) -> String {
        BASE64.encode(self.pair.sign(&message(kind, text)).as_ref())
    }
}

/// The public half, in base64: 43 letters, as it is printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VerifyKey(String);

impl VerifyKey {
    /// A key as somebody typed it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (BASE64.decode(text).ok()?.len() == 32).then(|| Self(text.to_owned()))
    }

    /// As it is printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn accepts(&self, kind: &str, text: &[u8], signature: &str) -> bool {
        let (Ok(key), Ok(signature)) = (BASE64.decode(&self.0), BASE64.decode(signature)) else { return false };
        UnparsedPublicKey::new(&ED25519, key).verify(&message(kind, text), &signature).is_ok()
    }
}

fn message(kind: &str, text: &[u8]) -> Vec<u8> {
    [format!("vcconnect backup v1 {kind}\n").as_bytes(), text].concat()
}
