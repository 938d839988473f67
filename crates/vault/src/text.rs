//! Bytes as text in key files and in the keystore.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text).ok()
}
