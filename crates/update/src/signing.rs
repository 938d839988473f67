//! Who made a release: Ed25519 (RFC 8032), over the exact bytes of the manifest and words that say what is signed, so that
//! a signature for something else is none for a bundle.

use aws_lc_rs::digest;
use aws_lc_rs::rand;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use zeroize::Zeroizing;

/// First line of a key's file, so that a person who finds one knows what it is.
const HEADER: &str = "vcconnect release key v1";
/// Before the manifest in what is signed.
const DOMAIN: &[u8] = b"vcconnect update manifest v1\n";

/// The private half, which never leaves whoever makes releases.
pub struct ReleaseKey {
    pair: Ed25519KeyPair,
    text: Zeroizing<String>,
}

impl std::fmt::Debug for ReleaseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReleaseKey").field("id", &self.public().id()).finish_non_exhaustive()
    }
}

impl ReleaseKey {
    /// A new key; `None` if the system gives no randomness.
    pub fn generate() -> Option<Self> {
        let mut seed = Zeroizing::new([0; 32]);
        rand::fill(seed.as_mut_slice()).ok()?;
        Self::parse(&format!("{HEADER}\n{}\n", BASE64.encode(seed.as_slice())))
    }

    /// Parses the text of a key's file.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        if lines.next()? != HEADER {
            return None;
        }
        let seed = Zeroizing::new(BASE64.decode(lines.next()?.trim()).ok()?);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).ok()?;
        Some(Self { pair, text: Zeroizing::new(text.to_owned()) })
    }

    /// The text of its file: a secret.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The public half.
    pub fn public(&self) -> TrustedKey {
        TrustedKey(BASE64.encode(self.pair.public_key().as_ref()))
    }

    pub(crate) fn sign(&self, manifest: &[u8]) -> String {
        BASE64.encode(self.pair.sign(&message(manifest)).as_ref())
    }
}

/// The public half, in base64: 43 letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey(String);

impl TrustedKey {
    /// A key as it is written down.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (BASE64.decode(text).ok()?.len() == 32).then(|| Self(text.to_owned()))
    }

    /// As it is written down.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Names it: the first 16 digits of its SHA-256.
    pub fn id(&self) -> String {
        let bytes = BASE64.decode(&self.0).unwrap_or_default();
        hex(digest::digest(&digest::SHA256, &bytes).as_ref()).chars().take(16).collect()
    }

    pub(crate) fn accepts(&self, manifest: &[u8], signature: &str) -> bool {
        let (Ok(key), Ok(signature)) = (BASE64.decode(&self.0), BASE64.decode(signature)) else { return false };
        UnparsedPublicKey::new(&ED25519, key).verify(&message(manifest), &signature).is_ok()
    }
}

fn message(manifest: &[u8]) -> Vec<u8> {
    [DOMAIN, manifest].concat()
}

/// In small letters.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
