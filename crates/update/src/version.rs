//! Versions as they are written down.

use semver::Version;
use serde::{Deserialize as _, Deserializer, Serializer, de};

/// Writes it.
pub fn serialize<S: Serializer>(version: &Version, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(version)
}

/// Reads it.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Version, D::Error> {
    let text = String::deserialize(from)?;
    Version::parse(&text).map_err(de::Error::custom)
}
