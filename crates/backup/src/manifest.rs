//! What a set holds, as it is signed.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Form of sets and repositories that this program writes.
pub(crate) const FORMAT: u32 = 1;
const TIME: &str = "%Y%m%dT%H%M%SZ";

/// Names a set: when it was begun, to the second, and a few random letters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SetId(String);

impl SetId {
    /// The name of a set that is begun now.
    pub fn new(at: DateTime<Utc>, random: [u8; 3]) -> Self {
        Self(format!("{}-{}", time_name(at), crate::streams::hex(&random)))
    }

    /// The set that a text names.
    pub fn parse(text: &str) -> Option<Self> {
        let (time, short) = text.split_once('-')?;
        parse_time(time)?;
        let plain =
            short.len() == 6 && short.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        plain.then(|| Self(text.to_owned()))
    }

    /// When it was begun.
    pub fn at(&self) -> DateTime<Utc> {
        self.0.split_once('-').and_then(|(time, _)| parse_time(time)).unwrap_or_default()
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn folder(&self) -> String {
        format!("sets/{}", self.0)
    }
}

impl std::fmt::Display for SetId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A time as part of a name.
pub(crate) fn time_name(at: DateTime<Utc>) -> String {
    at.trunc_subsecs(0).format(TIME).to_string()
}

pub(crate) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let parsed = chrono::NaiveDateTime::parse_from_str(text, TIME).ok()?.and_utc();
    (time_name(parsed) == text).then_some(parsed)
}

/// An object of the set's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// Its name in that folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// The file of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blob {
    /// The document.
    pub id: Uuid,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// The end of the audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEnd {
    /// Last place.
    pub seq: i64,
    /// Its link, in base64.
    pub link: String,
}

/// What the database held in the snapshot that was dumped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    /// Version of the program that made the set.
    pub program: String,
    /// Major version of PostgreSQL.
    pub postgres: u32,
    /// Migrations that were applied, in order.
    pub schema: Vec<String>,
    /// Those of them that programs which do not know them may run on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promised: Vec<String>,
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// The end of the audit chain; none before its first seal.
    pub audit: Option<AuditEnd>,
}

/// A set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Form of the set.
    pub format: u32,
    /// Its name.
    pub set: SetId,
    /// Whose it is.
    pub installation: Uuid,
    /// When it was begun.
    pub began_at: DateTime<Utc>,
    /// When all of it was written.
    pub ended_at: DateTime<Utc>,
    /// What the database held.
    pub contents: Contents,
    /// Objects of its folder.
    pub objects: Vec<Object>,
    /// Files of its documents, in the repository's folder `blobs`.
    pub blobs: Vec<Blob>,
    /// Documents of the snapshot whose file was not there.
    pub missing: Vec<Uuid>,
    /// The keystore that was current; a newer one in the repository takes its place.
    pub keystore: String,
    /// age recipients that it is sealed to.
    pub recipients: Vec<String>,
}

impl Manifest {
    /// Whether every document has its file.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// Bytes of everything that it names, files included.
    pub fn bytes(&self) -> u64 {
        self.objects.iter().map(|one| one.bytes).chain(self.blobs.iter().map(|one| one.bytes)).sum()
    }
}
