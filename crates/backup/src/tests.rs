//! A repository in a folder: sets are whole or not there, damage is named, what is kept stays.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use age::x25519::Identity;
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use uuid::Uuid;

use crate::*;

const KEEP: Keep = Keep { daily: 7, weekly: 4, monthly: 6 };
const NOTHING: Keep = Keep { daily: 0, weekly: 0, monthly: 0 };

struct Place {
    dir: TempDir,
    key: SigningKey,
    recovery: Identity,
}

fn time(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::hours(hours)
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("files")).unwrap();
        Self { dir, key: SigningKey::generate().unwrap(), recovery: Identity::generate() }
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("repository")
    }

    fn repository(&self) -> Repository {
        Repository::open_or_create(Box::new(Folder::at(&self.root())), &self.key).unwrap()
    }

    fn file(&self, id: u128, text: &str) -> Uuid {
        let id = Uuid::from_u128(id);
        fs::write(self.dir.path().join("files").join(id.to_string()), text).unwrap();
        id
    }

    fn copy(&self, repository: &Repository, ids: &[Uuid]) -> Copied {
        let open = |id: Uuid| File::open(self.dir.path().join("files").join(id.to_string()));
        let known = repository.known_blobs().unwrap();
        repository.copy_blobs(ids, &open, &known, &Unwatched).unwrap()
    }

    fn set(&self, repository: &Repository, hours: i64, ids: &[Uuid]) -> SetId {
        let _lock = repository.lock().unwrap();
        let recipients = [self.recovery.to_public()];
        let set = repository.begin(SetId::new(time(hours), [1, 2, 3]));
        let id = set.id().clone();
        let copied = self.copy(repository, ids);
        let keystore = repository.add_keystore(time(hours), b"{\"keys\":1}", &recipients, &self.key).unwrap();
        let mut database = set.object(DATABASE, &recipients).unwrap();
        database.write_all("SELECT 1;\n".repeat(50_000).as_bytes()).unwrap();
        let mut settings = set.object(SETTINGS, &recipients).unwrap();
        let file = SettingsFile { path: "conf.d/a.toml".to_owned(), content: b"[log]\n".to_vec(), mode: 0o644 };
        pack(&[file], &mut settings).unwrap();
        let objects = vec![database.finish().unwrap(), settings.finish().unwrap()];
        let manifest = Manifest {
            format: 1,
            set: id.clone(),
            installation: self.key.installation(),
            began_at: time(hours),
            ended_at: time(hours),
            contents: Contents {
                program: "0".to_owned(),
                postgres: 15,
                schema: Vec::new(),
                promised: Vec::new(),
                rows: BTreeMap::new(),
                audit: None,
            },
            objects,
            blobs: copied.blobs,
            missing: copied.missing,
            keystore,
            recipients: vec![recipients[0].to_string()],
        };
        set.publish(&manifest, &self.key).unwrap();
        assert_eq!(repository.read_back(&manifest, &copied.new, &Unwatched).unwrap(), []);
        id
    }
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(all_files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn what_is_sealed_opens_with_the_recovery_key_and_no_other() {
    let place = Place::new();
    let repository = place.repository();
    let id = place.set(&repository, 0, &[place.file(1, "one")]);
    let path = place.root().join(format!("sets/{id}/{DATABASE}"));
    let mut text = String::new();
    let mut dump = open_sealed(DATABASE, &place.recovery, File::open(&path).unwrap()).unwrap();
    dump.read_to_string(&mut text).unwrap();
    assert_eq!(text, "SELECT 1;\n".repeat(50_000));
    let stranger = Identity::generate();
    assert!(matches!(open_sealed(DATABASE, &stranger, File::open(&path).unwrap()), Err(BackupError::WrongKey(_))));
    let path = place.root().join(format!("sets/{id}/{SETTINGS}"));
    let settings = unpack(open_sealed(SETTINGS, &place.recovery, File::open(&path).unwrap()).unwrap()).unwrap();
    assert_eq!((settings[0].path.as_str(), settings[0].content.as_slice()), ("conf.d/a.toml", &b"[log]\n"[..]));
    let note = repository.newest_keystore().unwrap();
    assert_eq!(repository.open_keystore(&note, &place.recovery).unwrap().as_slice(), b"{\"keys\":1}");
    assert!(matches!(repository.open_keystore(&note, &stranger), Err(BackupError::WrongKey(_))));
}

#[test]
fn a_bit_that_flips_anywhere_is_found_and_named() {
    let place = Place::new();
    let id = place.set(&place.repository(), 0, &[place.file(1, "one"), place.file(2, "two")]);
    let verify = || -> Result<Vec<String>, String> {
        let open = Repository::open(Box::new(Folder::at(&place.root()))).map_err(|error| error.to_string())?;
        let printed = place.key.verify_key();
        let verdict = open.verify(&id, Some(&printed), time(1), &Unwatched).map_err(|error| error.to_string())?;
        Ok(verdict.faults.into_iter().map(|fault| fault.object).collect())
    };
    assert_eq!(verify(), Ok(Vec::new()));
    let objects = all_files(&place.root());
    let objects: Vec<_> = objects
        .iter()
        .filter(|path| !path.ends_with("lock") && !path.to_string_lossy().contains("verified/"))
        .collect();
    assert_eq!(objects.len(), 9, "{objects:?}");
    for path in objects {
        let whole = fs::read(path).unwrap();
        let name = path.strip_prefix(place.root()).unwrap().to_string_lossy().into_owned();
        let bits = whole.len() * 8;
        for bit in [0, bits / 3, bits / 2, bits - 1] {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            fs::write(path, flipped).unwrap();
            let said = match verify() {
                Ok(faults) => faults.join(" "),
                Err(sentence) => sentence,
            };
            let named = said.contains(&name) || (name.ends_with("manifest.sig") && said.contains("manifest.json"));
            assert!(named, "bit {bit} of {name}: {said:?}");
        }
        fs::write(path, &whole[..whole.len() - 1]).unwrap();
        assert!(verify() != Ok(Vec::new()), "{name} cut off");
        // A file of a document that does not fit was set aside already.
        let _ = fs::remove_file(path);
        assert!(verify() != Ok(Vec::new()), "{name} gone");
        fs::write(path, whole).unwrap();
    }
    assert_eq!(verify(), Ok(Vec::new()));
}

#[test]
fn files_are_copied_once_and_go_with_the_last_set_that_names_them() {
    let place = Place::new();
    let repository = place.repository();
    let (one, two) = (place.file(1, "one"), place.file(2, "two"));
    let first = place.set(&repository, 0, &[one, two]);
    fs::remove_file(place.dir.path().join("files").join(one.to_string())).unwrap();
    let copied = place.copy(&repository, &[one, two]);
    assert_eq!((copied.blobs.len(), copied.new.len(), copied.missing.len()), (2, 0, 0), "an earlier backup has it");
    let second = place.set(&repository, 24, &[two]);
    let gone = Uuid::from_u128(9);
    assert_eq!(place.copy(&repository, &[gone]).missing, [gone]);
    assert_eq!(repository.prune(KEEP, time(25)).unwrap().blobs, 0);
    let pruned = repository.prune(NOTHING, time(25)).unwrap();
    assert_eq!((pruned.sets, pruned.blobs), (vec![first], 1));
    assert!(repository.verify(&second, None, time(26), &Unwatched).unwrap().is_whole());
}

#[test]
fn a_file_that_was_altered_is_copied_anew_and_every_set_is_whole_again() {
    let place = Place::new();
    let repository = place.repository();
    let one = place.file(1, "one");
    let first = place.set(&repository, 0, &[one]);
    let name = crate::blobs::blob_name(one);
    fs::write(place.root().join(&name), "eno").unwrap();
    let verdict = repository.verify(&first, None, time(1), &Unwatched).unwrap();
    let found: Vec<&str> = verdict.faults.iter().map(|fault| fault.object.as_str()).collect();
    assert_eq!(found, [name.as_str()]);
    assert!(place.root().join(format!("{name}.damaged")).exists());
    let second = place.set(&repository, 24, &[one]);
    for id in [first, second] {
        assert!(repository.verify(&id, None, time(25), &Unwatched).unwrap().is_whole());
    }
}

#[test]
fn the_last_verified_set_is_not_removed() {
    let place = Place::new();
    let repository = place.repository();
    let first = place.set(&repository, 0, &[]);
    repository.verify(&first, None, time(1), &Unwatched).unwrap();
    let second = place.set(&repository, 24, &[]);
    assert!(repository.prune(NOTHING, time(25)).unwrap().sets.is_empty());
    repository.verify(&second, None, time(26), &Unwatched).unwrap();
    assert_eq!(repository.prune(NOTHING, time(27)).unwrap().sets, [first]);
}

#[test]
fn old_keystores_go() {
    let place = Place::new();
    let repository = place.repository();
    let recipients = [place.recovery.to_public()];
    let add = |hours| repository.add_keystore(time(hours), b"keys", &recipients, &place.key).unwrap();
    let one = add(0);
    let two = add(24);
    assert_eq!(repository.keystores().unwrap().len(), 2);
    let three = add(48);
    assert!(!place.root().join(&one).exists());
    assert!(place.root().join(&two).exists() && place.root().join(&three).exists());
    let pruned = repository.prune(KEEP, time(24 + 24 * 7 + 1)).unwrap();
    assert_eq!(pruned.keystores, [two]);
    assert!(repository.prune(KEEP, time(10_000)).unwrap().keystores.is_empty(), "the only one stays");
    assert_eq!(repository.newest_keystore().unwrap().object, three);
}

#[test]
fn what_was_cut_off_is_no_set_and_goes() {
    let place = Place::new();
    let repository = place.repository();
    let half = repository.begin(SetId::new(time(0), [0; 3]));
    let mut object = half.object(DATABASE, &[place.recovery.to_public()]).unwrap();
    object.write_all(&[7; 100_000]).unwrap();
    std::mem::forget(object);
    std::mem::forget(half);
    fs::create_dir_all(place.root().join("blobs/00")).unwrap();
    fs::write(place.root().join("blobs/00/x.age.part"), "half").unwrap();
    assert!(repository.sets().unwrap().is_empty());
    let lock = repository.lock().unwrap();
    assert!(matches!(repository.lock(), Err(BackupError::Busy(_))));
    drop(lock);
    assert_eq!(all_files(&place.root()), [place.root().join("lock"), place.root().join("repository.json")]);
}

#[test]
fn a_stranger_plants_nothing_and_writes_nothing() {
    let place = Place::new();
    let repository = place.repository();
    let id = place.set(&repository, 0, &[]);
    let stranger = SigningKey::generate().unwrap();
    let open = || Box::new(Folder::at(&place.root()));
    assert!(matches!(Repository::open_or_create(open(), &stranger), Err(BackupError::OtherInstallation(_))));
    let recipients = [place.recovery.to_public()];
    repository.add_keystore(time(9), b"planted", &recipients, &stranger).unwrap();
    assert!(matches!(repository.newest_keystore(), Err(BackupError::Damaged { .. })));
    assert!(!repository.verify(&id, None, time(10), &Unwatched).unwrap().is_whole());
    assert!(matches!(repository.begin(id).object("x", &[]), Err(BackupError::NoRecipients)));
}

#[test]
fn whoever_stops_it_gets_no_set() {
    struct Stops;
    impl Watch for Stops {
        fn at(&self, _: Step, _: u64, _: u64) -> bool {
            false
        }
    }
    let place = Place::new();
    let repository = place.repository();
    let one = place.file(1, "one");
    let open = |id: Uuid| File::open(place.dir.path().join("files").join(id.to_string()));
    let stopped = repository.copy_blobs(&[one], &open, &HashMap::new(), &Stops);
    assert!(matches!(stopped, Err(BackupError::Cancelled)));
}

#[test]
fn a_signing_key_is_made_once_and_refused_when_others_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("backup.key");
    let made = SigningKey::open_or_create(&path).unwrap();
    let found = SigningKey::open_or_create(&path).unwrap();
    assert_eq!((made.verify_key(), made.installation()), (found.verify_key(), found.installation()));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(VerifyKey::parse(made.verify_key().as_str()), Some(made.verify_key()));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(SigningKey::open_or_create(&path).is_err());
}

#[test]
fn names_of_sets_are_checked() {
    let id = SetId::new(time(0), [0, 0xab, 0xff]);
    assert_eq!(SetId::parse(id.as_str()), Some(id.clone()));
    assert_eq!(id.at(), time(0));
    for wrong in ["", "../x", "20261123T041500Z", "20261123T041500Z-../../", "20261123T041500Z-ABCDEF", "x-000000"] {
        assert_eq!(SetId::parse(wrong), None, "{wrong}");
    }
}

/// A clock ran ahead by a day and was set back: what is made afterwards is the newest all the same.
#[test]
fn a_clock_that_is_set_back_makes_nothing_older() {
    let place = Place::new();
    let repository = place.repository();
    let recipients = [place.recovery.to_public()];
    let add = |hours, text: &[u8]| repository.add_keystore(time(hours), text, &recipients, &place.key).unwrap();
    add(24, b"ahead");
    let after = add(1, b"after");
    assert_eq!(repository.newest_keystore().unwrap().object, after);
    assert_eq!(repository.keystores().unwrap().len(), 2);
    let last = add(2, b"last");
    assert_eq!(repository.newest_keystore().unwrap().object, last);
    let ahead = place.set(&repository, 24, &[]);
    assert!(repository.next_set(time(1), [0; 3]).unwrap() > ahead);
}
