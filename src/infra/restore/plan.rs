//! Looks before anything is touched, and says what it saw in sentences.

use std::path::PathBuf;

use ::backup::{BackupError, Blob, Identity, Step, VerifyKey, Watch};
use chrono::{DateTime, Utc};

use super::source::Opened;
use crate::infra::backup::{BackupPlace, Trouble};
use crate::infra::config::Config;
use crate::infra::db::{Schema, compare_schema};
use crate::infra::host;
use crate::infra::keys::KeyFiles;
use crate::infra::postgres::Layout;

/// A dump takes about so many times its sealed size as a database, with its write-ahead log.
const UNPACKED: u64 = 4;

/// How much a sentence weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// As it should be.
    Fine,
    /// To be known before going on.
    Note,
    /// It cannot be restored so.
    Stop,
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its weight.
    pub weight: Weight,
    /// The sentence.
    pub text: String,
}

/// A copy to try things out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsTest {
    /// Whether documents and what was made of them come along.
    pub documents: bool,
}

/// What will be done, and under which names what is here will be kept.
#[derive(Debug)]
pub struct Plan {
    /// The set and its repository.
    pub opened: Opened,
    /// What was seen.
    pub said: Vec<Said>,
    /// The keys as they were in the backup, opened.
    pub keystore: zeroize::Zeroizing<Vec<u8>>,
    /// Ends the names of what is kept: `before-20261123T041500Z`.
    pub kept_as: String,
    /// Whether it becomes a test copy.
    pub as_test: Option<AsTest>,
}

impl Plan {
    /// Whether nothing stands in the way.
    pub fn may_go_on(&self) -> bool {
        self.said.iter().all(|said| said.weight != Weight::Stop)
    }

    /// The files that come along.
    pub fn blobs(&self) -> &[Blob] {
        match self.as_test {
            Some(AsTest { documents: false }) => &[],
            _ => &self.opened.manifest.blobs,
        }
    }

    /// The database that is here will have this name.
    pub fn kept_database(&self) -> String {
        format!("vcconnect_{}", self.kept_as.replace('-', "_").to_lowercase())
    }
}

/// Looks at the set, the keys and this machine. `printed` is the verification key of the recovery sheet; `unasked` says
/// that no person reads the sentences, so that one who signed must be known.
pub fn look(
    config: &Config,
    opened: Opened,
    identity: &Identity,
    (printed, unasked): (Option<&VerifyKey>, bool),
    now: DateTime<Utc>,
    watch: &dyn Watch,
) -> Result<Plan, Trouble> {
    let mut said = vec![whose(config, &opened, printed, unasked)];
    said.push(whole(&opened, watch)?);
    said.extend(contents(&opened));
    said.push(schema(&opened)?);
    said.push(postgres(config, &opened)?);
    said.push(room(config, &opened));
    let (keystore, sentence) = match opened.repository.open_keystore(&opened.keystore, identity) {
        Ok(text) => (text, keys(&opened)),
        Err(error @ (BackupError::WrongKey(_) | BackupError::Damaged { .. })) => {
            (zeroize::Zeroizing::default(), stop(error.to_string()))
        }
        Err(other) => return Err(other.into()),
    };
    said.push(sentence);
    let kept_as = format!("before-{}", now.format("%Y%m%dT%H%M%SZ"));
    said.push(here(config, &kept_as)?);
    Ok(Plan { opened, said, keystore, kept_as, as_test: None })
}

fn fine(text: impl Into<String>) -> Said {
    Said { weight: Weight::Fine, text: text.into() }
}

fn note(text: impl Into<String>) -> Said {
    Said { weight: Weight::Note, text: text.into() }
}

fn stop(text: impl Into<String>) -> Said {
    Said { weight: Weight::Stop, text: text.into() }
}

fn whose(config: &Config, opened: &Opened, printed: Option<&VerifyKey>, unasked: bool) -> Said {
    let named = opened.repository.verify_key();
    let own = BackupPlace::of(config).signing_key_if_there().map(|key| key.verify_key());
    let id = &opened.manifest.set;
    match (printed, own) {
        (Some(printed), _) if printed == named => fine(format!("The set {id} is signed by the key that was printed.")),
        (Some(_), _) => stop(format!(
            "The set {id} is not signed by the key that was printed, but by {}. Somebody else made it.",
            named.as_str()
        )),
        (None, Some(own)) if own == *named => fine(format!("The set {id} is signed by the key of this installation.")),
        (None, _) if unasked => stop(format!(
            "Nobody is asked (--yes), and the set {id} is signed by a key that nothing here vouches for: {}. Give the key of \
             the recovery sheet with --verify-key.",
            named.as_str()
        )),
        _ => note(format!(
            "The set {id} is signed, but only by the key that its own repository names: {}. Compare that with the recovery \
             sheet (--verify-key does).",
            named.as_str()
        )),
    }
}

/// The objects of the set's folder; files of documents are compared as they are copied.
fn whole(opened: &Opened, watch: &dyn Watch) -> Result<Said, Trouble> {
    let mut objects = opened.manifest.clone();
    objects.blobs.clear();
    let faults = opened.repository.read_back(&objects, &std::collections::HashSet::new(), watch)?;
    Ok(match faults.first() {
        None => fine("Its database and settings are what was signed; its files are compared as they are copied."),
        Some(fault) => stop(format!(
            "{} is damaged: {}. Take another set (--set), `vcconnect backup list` has them.",
            fault.object, fault.what
        )),
    })
}

fn contents(opened: &Opened) -> Vec<Said> {
    let manifest = &opened.manifest;
    let rows = |table: &str| manifest.contents.rows.get(table).copied().unwrap_or_default();
    let mut said = vec![fine(format!(
        "It was made on {} by version {} and holds {} people, {} deals, {} documents and {} reports.",
        manifest.ended_at.format("%Y-%m-%d %H:%M UTC"),
        manifest.contents.program,
        rows("users"),
        rows("deals"),
        rows("documents"),
        rows("reports")
    ))];
    if !manifest.is_complete() {
        said.push(note(format!(
            "{} documents had no file when it was made; they stay without.",
            manifest.missing.len()
        )));
    }
    said
}

fn schema(opened: &Opened) -> Result<Said, Trouble> {
    let contents = &opened.manifest.contents;
    Ok(match compare_schema(&contents.schema, &contents.promised)? {
        Schema::Current => fine("Its schema is that of this program."),
        Schema::Newer(unknown) => {
            note(format!("Its schema has {} change(s) of a newer version, on which this one may run.", unknown.len()))
        }
        Schema::Behind(missing) => {
            fine(format!("Its schema is older by {} change(s); it is migrated when it is loaded.", missing.len()))
        }
        Schema::Ahead(unknown) => stop(format!(
            "It was made by a newer version of this program, whose schema this one does not know ({}). Install that version.",
            unknown.join(", ")
        )),
    })
}

fn postgres(config: &Config, opened: &Opened) -> Result<Said, Trouble> {
    let theirs = opened.manifest.contents.postgres;
    let ours = Layout::of(config)?.major()?;
    Ok(if ours < theirs {
        stop(format!(
            "It comes from PostgreSQL {theirs}, here is {ours}, which may not read it: install postgresql-{theirs}."
        ))
    } else {
        fine(format!("It comes from PostgreSQL {theirs} and is loaded into {ours}."))
    })
}

fn room(config: &Config, opened: &Opened) -> Said {
    let manifest = &opened.manifest;
    let objects: u64 = manifest.objects.iter().map(|object| object.bytes).sum();
    let files: u64 = manifest.blobs.iter().map(|blob| blob.bytes).sum();
    let needed = objects.saturating_mul(UNPACKED).saturating_add(files);
    let data = &config.storage.data_dir;
    let there = data.ancestors().find(|path| path.exists()).and_then(host::free_bytes);
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    match there {
        Some(free) if free < needed => stop(format!(
            "About {} MiB are needed on the disk of {}, {} are free. What is here is kept, so make room first.",
            mib(needed),
            data.display(),
            mib(free)
        )),
        _ => fine(format!("There is room on the disk: about {} MiB are needed.", mib(needed))),
    }
}

fn keys(opened: &Opened) -> Said {
    let at = opened.keystore.at.format("%Y-%m-%d %H:%M UTC");
    if opened.keystore.object < opened.manifest.keystore {
        stop(format!(
            "The newest keystore of the repository ({at}) is older than the set, so deals would have no key. A newer one must \
             be put back into its folder keystore."
        ))
    } else {
        fine(format!(
            "The recovery key opens the keystore of {at}. Deals that were erased since the set was made stay closed."
        ))
    }
}

fn here(config: &Config, kept_as: &str) -> Result<Said, Trouble> {
    let files = KeyFiles::of(config);
    let data = &config.storage.data_dir;
    let parts: Vec<(&str, PathBuf)> =
        vec![("documents", data.join("blobs")), ("keys", files.keystore), ("database", Layout::of(config)?.dir)];
    let found: Vec<&str> = parts.iter().filter(|(_, path)| path.exists()).map(|(name, _)| *name).collect();
    Ok(if found.is_empty() {
        fine(format!("There is nothing in {} yet.", data.display()))
    } else {
        note(format!(
            "There is something here already ({}). It is not deleted: it stays beside the new under names that end in {kept_as}.",
            found.join(", ")
        ))
    })
}

/// Tells how far a step without a measure is.
pub(super) fn copied(watch: &dyn Watch, done: usize, total: usize) -> Result<(), Trouble> {
    Ok(watch.go_on(Step::Files, done as u64, total as u64)?)
}
