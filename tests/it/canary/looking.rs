//! Looks for a word wherever something lies: in every file below a folder, and in every column of a database.
//!
//! Invariant: what is looked at for sealed words and for words in clear is the same, so that what is found in clear
//! shows what would have been found.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use memchr::memmem;
use serde_json::{Map, Value};

use crate::app::{CLUSTER, TestApp};

/// First bytes of a zstd frame: columns that are packed before they are sealed are one.
const PACKED: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Files under `dir` that hold the word, and how many bytes were looked at.
pub(crate) fn files_with(dir: &Path, word: &str) -> (Vec<String>, u64) {
    let (mut found, mut bytes) = (Vec::new(), 0);
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            let (below, read) = files_with(&path, word);
            found.extend(below);
            bytes += read;
        } else if path.is_file() {
            // A file that Postgres removed between listing and reading holds nothing any more.
            let content = std::fs::read(&path).unwrap_or_default();
            bytes += content.len() as u64;
            if holds(&content, word) {
                found.push(path.display().to_string());
            }
        }
    }
    (found, bytes)
}

fn holds(bytes: &[u8], word: &str) -> bool {
    let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memmem::find(bytes, word.as_bytes()).is_some() || memmem::find(bytes, &utf16).is_some()
}

/// Where a database writes, beside its settings: its tables, the write-ahead log and temporary files of all.
pub(crate) fn folders_of(app: &TestApp) -> Vec<PathBuf> {
    let oid = app.database.sql("SELECT oid FROM pg_database WHERE datname = current_database()").unwrap();
    let clusters = std::fs::read_dir(CLUSTER.data_dir().join("postgres")).unwrap().flatten();
    let cluster = clusters.map(|entry| entry.path()).find(|path| path.join("PG_VERSION").exists()).unwrap();
    [format!("base/{oid}"), "base/pgsql_tmp".to_owned(), "pg_wal".to_owned()].map(|name| cluster.join(name)).into()
}

/// The table that a file of a database belongs to, or the table whose long values it keeps.
pub(crate) fn table_of(app: &TestApp, file: &str) -> String {
    let node = file.rsplit('/').next().unwrap_or_default();
    let owner = format!(
        "SELECT coalesce((SELECT relname FROM pg_class WHERE reltoastrelid = c.oid), c.relname) FROM pg_class c \
         WHERE pg_relation_filenode(c.oid) = '{node}'::text::oid"
    );
    app.database.sql(&owner).unwrap()
}

/// Columns of all tables that hold the word: pages on disk may be compressed, values here are not. What is packed is
/// unpacked.
pub(crate) fn columns_with(app: &TestApp, word: &str) -> BTreeSet<String> {
    let tables = app.database.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").unwrap();
    let mut found = BTreeSet::new();
    for table in tables.lines() {
        let rows = app.database.sql(&format!("SELECT to_json(t) FROM {table} t")).unwrap();
        for row in rows.lines() {
            let row: Map<String, Value> = serde_json::from_str(row).unwrap();
            let hits = row.iter().filter_map(|(column, value)| Some((column, place(value, word)?)));
            found.extend(hits.map(|(column, how)| format!("{table}.{column}{how}")));
        }
    }
    found
}

/// How a value holds the word, if it does.
fn place(value: &Value, word: &str) -> Option<&'static str> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let bytes = text.strip_prefix("\\x").map(bytes_of).unwrap_or_default();
    if text.to_lowercase().contains(word) || holds(&bytes.to_ascii_lowercase(), word) {
        Some("")
    } else if memmem::find(&bytes, PACKED).is_some_and(|at| holds(&unpacked(&bytes[at..]), word)) {
        Some(" (packed)")
    } else {
        None
    }
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digit = |digit: u8| u8::try_from(char::from(digit).to_digit(16).unwrap_or_default()).unwrap();
    hex.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// As far as it is a frame: ciphertext may begin like one by chance.
fn unpacked(frame: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(mut reader) = zstd::stream::read::Decoder::new(frame) {
        let _ = reader.read_to_end(&mut bytes);
    }
    bytes
}
