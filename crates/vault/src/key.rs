//! Key material: 256-bit secrets that are wiped when dropped, derived by HKDF-SHA-256 (RFC 5869) and used with
//! AES-256-GCM-SIV (RFC 8452), which stays safe if a random nonce should ever repeat.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac, rand};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::VaultError;

/// Bytes that a sealed value is longer than its plaintext: nonce and tag.
pub(crate) const OVERHEAD: usize = NONCE_LEN + 16;

/// 256 secret bits.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    pub(crate) fn random() -> Result<Self, VaultError> {
        let mut bytes = [0; 32];
        rand::fill(&mut bytes).map_err(|_| VaultError::Crypto("no random bytes"))?;
        Ok(Self(bytes))
    }

    /// `None` unless there are exactly 32 bytes.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key of its own for each purpose, so that one secret never serves two ciphers.
    pub(crate) fn derive(&self, label: &str) -> Result<Self, VaultError> {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"vcconnect").extract(&self.0);
        let mut out = [0; 32];
        prk.expand(&[label.as_bytes()], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(&mut out))
            .map_err(|_| VaultError::Crypto("key derivation"))?;
        Ok(Self(out))
    }

    /// HMAC-SHA-256 key for tags that must not be computable without the keystore.
    pub(crate) fn mac_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }

    pub(crate) fn cipher(&self) -> Result<Cipher, VaultError> {
        UnboundKey::new(&AES_256_GCM_SIV, &self.0)
            .map(|key| Cipher(LessSafeKey::new(key)))
            .map_err(|_| VaultError::Crypto("cipher key"))
    }
}

/// A prepared key: the key schedule is paid once, not per value.
pub(crate) struct Cipher(LessSafeKey);

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher(..)")
    }
}

impl Cipher {
    /// Appends `nonce | ciphertext | tag` to `out`.
    pub(crate) fn seal_onto(&self, out: &mut Vec<u8>, aad: &[u8], plaintext: &[u8]) -> Result<(), VaultError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| VaultError::Crypto("no random bytes"))?;
        let mut body = plaintext.to_vec();
        let tag = self
            .0
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), &mut body)
            .map_err(|_| VaultError::Crypto("sealing"))?;
        out.reserve(OVERHEAD + body.len());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&body);
        out.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Opens `nonce | ciphertext | tag`.
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(VaultError::Damaged)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .0
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(aad), &mut body)
            .map_err(|_| VaultError::Damaged)?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_separate_keys() {
        let secret = Secret::random().unwrap();
        assert_ne!(secret.derive("a").unwrap().expose(), secret.derive("b").unwrap().expose());
        assert_eq!(secret.derive("a").unwrap().expose(), secret.derive("a").unwrap().expose());
    }

    /// RFC 5869 is the source; the value was computed with an independent HKDF (Python's `hmac`).
    #[test]
    fn derivation_is_stable_over_releases() {
        let secret = Secret::from_slice(&[7; 32]).unwrap();
        let hex: String =
            secret.derive("vcconnect/v1/test").unwrap().expose().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "57d40d5deaaf6da37adce7cbe55ae22b99dbefc74f92a3f35f15ff6de5093b98");
    }

    #[test]
    fn secrets_do_not_print() {
        assert_eq!(format!("{:?}", Secret::from_slice(&[1; 32]).unwrap()), "Secret(..)");
    }
}
