//! Bundles as they come, and as somebody altered them; versions that may not follow; the way of a journal.

use std::io::{Cursor, Read};

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const PACKAGE: &[u8] = b"the package, made of letters";
const OTHER: &[u8] = &[7; 1500];

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn named(name: &str, role: Role, bytes: &[u8]) -> NamedFile {
    NamedFile::of(name, role, bytes).unwrap()
}

fn manifest() -> Manifest {
    Manifest {
        format: FORMAT,
        product: PRODUCT.to_owned(),
        version: version("0.3.0"),
        min_from: version("0.1.0"),
        migrations: vec!["20261122000001".to_owned()],
        expand_only: true,
        debian: vec![12, 13],
        architecture: "amd64".to_owned(),
        postgres: vec![15, 17],
        made_at: "2026-11-23T09:00:00Z".parse().unwrap(),
        notes: "Faster.".to_owned(),
        files: vec![
            named("vcconnect_0.3.0_amd64.deb", Role::Package, PACKAGE),
            named("poppler-utils_22.12.0-2+b1_amd64.deb", Role::Dependency, OTHER),
        ],
    }
}

fn packed(manifest: &Manifest, key: &ReleaseKey) -> Vec<u8> {
    let mut out = Vec::new();
    pack(&mut out, manifest, key, [PACKAGE, OTHER]).unwrap();
    out
}

fn read(bytes: &[u8], keys: &[TrustedKey]) -> Result<Vec<u8>, BundleError> {
    let mut all = Vec::new();
    let bundle = Bundle::open(Cursor::new(bytes), bytes.len() as u64, keys)?;
    bundle.read(&mut |_, piece| {
        all.extend_from_slice(piece);
        Ok(())
    })?;
    Ok(all)
}

fn refused(bytes: &[u8], keys: &[TrustedKey]) -> String {
    read(bytes, keys).unwrap_err().to_string()
}

#[test]
fn what_was_signed_is_read_and_any_tar_opens_it() {
    let key = ReleaseKey::generate().unwrap();
    let bytes = packed(&manifest(), &key);
    assert_eq!(read(&bytes, &[key.public()]).unwrap(), [PACKAGE, OTHER].concat());
    let mut plain = tar::Archive::new(Cursor::new(&bytes));
    let names: Vec<String> =
        plain.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect();
    assert_eq!(names[..2], ["manifest.json", "manifest.sig"]);
    assert_eq!(names[2..], manifest().files.iter().map(|file| file.name.clone()).collect::<Vec<_>>());
}

#[test]
fn a_strangers_key_and_a_strangers_signature_are_told_apart() {
    let (ours, theirs) = (ReleaseKey::generate().unwrap(), ReleaseKey::generate().unwrap());
    let bytes = packed(&manifest(), &theirs);
    let said = refused(&bytes, &[ours.public()]);
    assert!(said.contains("does not trust") && said.contains(&theirs.public().id()), "{said}");
    // The same manifest with another version in it, and the signature of before.
    let at = bytes.windows(5).position(|five| five == b"0.3.0").unwrap();
    let mut altered = bytes.clone();
    altered[at + 2] = b'9';
    assert!(refused(&altered, &[ours.public(), theirs.public()]).contains("altered after it was signed"));
    assert!(refused(&bytes, &[]).contains("does not trust"));
}

#[test]
fn a_signature_for_something_else_is_none_for_a_bundle() {
    use aws_lc_rs::signature::Ed25519KeyPair;
    use base64::Engine as _;
    let seed = [9; 32];
    let text = base64::engine::general_purpose::STANDARD_NO_PAD.encode(seed);
    let key = ReleaseKey::parse(&format!("vcconnect release key v1\n{text}\n")).unwrap();
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let plain = base64::engine::general_purpose::STANDARD_NO_PAD.encode(pair.sign(b"a manifest").as_ref());
    assert!(!key.public().accepts(b"a manifest", &plain));
    assert!(key.public().accepts(b"a manifest", &key.sign(b"a manifest")));
    assert!(!format!("{key:?}").contains(&text));
}

#[test]
fn a_file_in_it_that_was_altered_is_named() {
    let key = ReleaseKey::generate().unwrap();
    let mut bytes = packed(&manifest(), &key);
    let at = bytes.windows(PACKAGE.len()).position(|window| window == PACKAGE).unwrap();
    bytes[at] ^= 1;
    assert!(
        refused(&bytes, &[key.public()]).contains("vcconnect_0.3.0_amd64.deb in this bundle is not what was signed")
    );
}

#[test]
fn half_a_bundle_more_than_one_and_another_file_are_refused() {
    let key = ReleaseKey::generate().unwrap();
    let keys = [key.public()];
    let bytes = packed(&manifest(), &key);
    for length in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        assert!(read(&bytes[..length], &keys).is_err(), "{length}");
    }
    assert!(read(&[bytes.as_slice(), &[0]].concat(), &keys).is_err());
    assert!(read(&[bytes.as_slice(), &bytes].concat(), &keys).is_err());
    // A length that is right, over a file that has another.
    let cut = &bytes[..bytes.len() - 600];
    let bundle = Bundle::open(Cursor::new(cut), bytes.len() as u64, &keys).unwrap();
    assert!(bundle.read(&mut |_, _| Ok(())).is_err());
    assert!(refused(b"%PDF-1.7", &keys).contains("not an update bundle"));
    assert!(refused(&[0; 4096], &keys).contains("not an update bundle"));
}

#[test]
fn no_bundle_names_a_file_elsewhere_or_twice() {
    let key = ReleaseKey::generate().unwrap();
    let names = ["../../etc/cron.d/x.deb", "/etc/x.deb", "a/b.deb", ".deb", "-o.deb", "x.sh", "a b.deb", "a\n.deb", ""];
    for name in names {
        let mut manifest = manifest();
        manifest.files[0].name = name.to_owned();
        let packed = pack(Vec::new(), &manifest, &key, [PACKAGE, OTHER]);
        assert!(matches!(packed, Err(BundleError::Unsound(_))), "{name}");
        assert!(bundle_of(&manifest, &key).is_err(), "{name}: also if somebody signed it");
    }
    let mut twice = manifest();
    twice.files[1] = twice.files[0].clone();
    assert!(bundle_of(&twice, &key).is_err());
    let mut no_package = manifest();
    no_package.files.remove(0);
    assert!(bundle_of(&no_package, &key).is_err());
    let mut later = manifest();
    later.format = 2;
    assert!(matches!(bundle_of(&later, &key), Err(BundleError::OtherFormat)));
}

/// What a reader says of a manifest that was signed although it should not have been.
fn bundle_of(manifest: &Manifest, key: &ReleaseKey) -> Result<(), BundleError> {
    let text = serde_json::to_vec(manifest).unwrap();
    let signature =
        serde_json::json!({ "key": key.public().id(), "signature": key.sign(&text) }).to_string().into_bytes();
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in [("manifest.json", &text), ("manifest.sig", &signature)] {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, bytes.as_slice()).unwrap();
    }
    let bytes = builder.into_inner().unwrap();
    Bundle::open(Cursor::new(&bytes), bytes.len() as u64, &[key.public()]).map(drop)
}

#[test]
fn a_huge_manifest_is_not_read() {
    let mut header = tar::Header::new_ustar();
    header.set_path("manifest.json").unwrap();
    header.set_size(8 << 30);
    header.set_mode(0o644);
    header.set_cksum();
    let endless = Cursor::new(header.as_bytes().to_vec()).chain(std::io::repeat(b' '));
    assert!(Bundle::open(endless, u64::MAX, &[]).is_err());
}

proptest! {
    #[test]
    fn nothing_is_read_from_what_was_changed(at in 0usize..4096, bit in 0u8..8) {
        let key = ReleaseKey::parse(&format!("vcconnect release key v1\n{}\n", "A".repeat(43))).unwrap();
        let mut bytes = packed(&manifest(), &key);
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        prop_assert!(read(&bytes, &[key.public()]).is_err(), "byte {at}");
    }
}

fn here(running: &str) -> Here {
    let (debian, architecture, postgres) = (Some(12), "amd64".to_owned(), Some(15));
    Here { version: version(running), debian, architecture, postgres }
}

#[test]
fn only_what_is_newer_and_made_for_here_may_follow() {
    let judged = |running: &str| manifest().judge(&here(running)).map_err(|refusal| refusal.to_string());
    assert_eq!(judged("0.2.0"), Ok(()));
    assert_eq!(judged("0.1.0"), Ok(()));
    assert_eq!(judged("0.3.0-rc.1"), Ok(()), "before the release");
    assert!(judged("0.3.0").unwrap_err().contains("runs already"));
    assert!(judged("0.3.0+debian1").unwrap_err().contains("runs already"));
    assert!(judged("0.10.0").unwrap_err().contains("is older than 0.10.0"));
    assert!(judged("0.0.9").unwrap_err().contains("install 0.1.0 first"));

    let other = |change: fn(&mut Here)| {
        let mut here = here("0.2.0");
        change(&mut here);
        manifest().judge(&here).unwrap_err().to_string()
    };
    assert!(other(|here| here.debian = Some(14)).contains("for Debian 12 or 13, and this machine is Debian 14"));
    assert!(other(|here| here.debian = None).contains("not Debian"));
    assert!(other(|here| here.architecture = "arm64".to_owned()).contains("for amd64"));
    assert!(other(|here| here.postgres = Some(18)).contains("PostgreSQL 15 or 17"));
    let mut unset = here("0.2.0");
    unset.postgres = None;
    assert_eq!(manifest().judge(&unset), Ok(()), "before there is a database");
    let mut foreign = manifest();
    foreign.product = "another".to_owned();
    assert_eq!(foreign.judge(&here("0.2.0")), Err(Refusal::OtherProduct));
}

fn now() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn journal(kind: Kind) -> Journal {
    Journal::new(Uuid::nil(), kind, version("0.1.0"), version("0.2.0"), "anna", now())
}

/// Goes on until the end, failing at these steps, and tells the steps and the end.
fn walk(kind: Kind, faults: &[Step]) -> (Vec<Step>, Ended) {
    let (mut journal, mut steps) = (journal(kind), Vec::new());
    while journal.ended.is_none() {
        // As after a crash: what is on disk is all that is known.
        journal = Journal::parse(&journal.text().unwrap()).unwrap();
        steps.push(journal.step);
        if faults.contains(&journal.step) {
            journal.fail(format!("{:?}", journal.step), now());
        } else {
            journal.done(now());
        }
    }
    (steps, journal.ended.unwrap())
}

#[test]
fn a_fault_before_the_stop_ends_it_and_a_later_one_leads_back() {
    let (steps, ended) = walk(Kind::Install, &[]);
    assert_eq!((steps.len(), ended.outcome, ended.why), (12, Outcome::Done, None));
    for step in [Step::Precheck, Step::Verify, Step::Lay, Step::Backup, Step::Fits] {
        let (steps, ended) = walk(Kind::Install, &[step]);
        assert_eq!((steps.last(), ended.outcome), (Some(&step), Outcome::Refused), "{step:?}");
    }
    for step in [Step::Stop, Step::Copy, Step::Migrate, Step::Switch, Step::Start, Step::Gate] {
        let (steps, ended) = walk(Kind::Install, &[step]);
        assert_eq!((ended.outcome, ended.why), (Outcome::RolledBack, Some(format!("{step:?}"))));
        assert!(
            steps.ends_with(&[Step::BackStop, Step::BackCopy, Step::BackSwitch, Step::BackStart, Step::BackGate])
                && !steps.contains(&Step::Commit),
            "{steps:?}"
        );
        let (_, ended) = walk(Kind::Install, &[step, Step::BackGate]);
        assert_eq!(ended.outcome, Outcome::Stranded);
        assert!(ended.why.unwrap().contains("BackGate"));
    }
}

#[test]
fn going_back_by_hand_changes_no_database_and_fails_forward() {
    let (steps, ended) = walk(Kind::RollBack, &[]);
    assert!(!steps.contains(&Step::Migrate) && !steps.contains(&Step::Lay), "{steps:?}");
    assert_eq!(ended.outcome, Outcome::Done);
    let (_, ended) = walk(Kind::RollBack, &[Step::Gate]);
    assert_eq!(ended.outcome, Outcome::RolledBack, "the version that ran runs again");
}

#[test]
fn a_journal_of_another_form_is_none() {
    let text = String::from_utf8(journal(Kind::Install).text().unwrap()).unwrap();
    assert!(Journal::parse(text.as_bytes()).is_some());
    assert!(Journal::parse(text.replace("\"format\": 1", "\"format\": 2").as_bytes()).is_none());
    assert!(Journal::parse(&text.as_bytes()[..40]).is_none());
    assert_eq!(journal(Kind::Install).position(), (1, 12));
}
