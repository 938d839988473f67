//! Names of things. Those of facts and calculations are made from their content, so that reading the same documents
//! again gives the same ids.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id that belongs to this content: a UUIDv8 over SHA-256 of the parts, each with its length.
            pub fn of(parts: &[&[u8]]) -> Self {
                Self(digest(stringify!($name), parts))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// One stored state of a document: other bytes, other version. The server gives it; without a server it follows
    /// from the bytes.
    DocumentVersion,
    /// A statement at a place.
    FactId,
    /// A figure that we reckoned.
    CalcId,
}

fn digest(kind: &str, parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in std::iter::once(&kind.as_bytes()).chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(hash.finalize().get(..16).unwrap_or(&[0; 16]));
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// What a figure measures: `arr`, `net_burn`, `runway_m`. The list is data of the `diligence` crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct MetricId(pub String);

impl MetricId {
    /// A metric by its id.
    pub fn new(id: &str) -> Self {
        Self(id.to_owned())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for MetricId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_from_content_and_kind() {
        assert_eq!(FactId::of(&[b"a", b"b"]), FactId::of(&[b"a", b"b"]));
        assert_ne!(FactId::of(&[b"a", b"b"]), FactId::of(&[b"ab", b""]));
        assert_ne!(FactId::of(&[b"a"]).0, CalcId::of(&[b"a"]).0);
        assert_eq!(FactId::of(&[b"a"]).0.get_version_num(), 8);
    }
}
