//! The machine burns: what a backup and the recovery key bring back on another one, and what is refused.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use vault::RecoveryKey;

use crate::app::PASSWORD;
use crate::backup::{again, lines, make, repository, with_recovery_key};
use crate::client::Client;
use crate::commands::{Installation, Running, Said};
use crate::database::{psql, start};
use crate::desk::{Desk, until};
use crate::documents::walk;
use crate::reports::version;

const LIST: &[u8] = b"customer,mrr\nKelp & Co,1200\nOrchard,800\n";

/// Another machine: nothing is on it but the program and a sheet of paper.
struct Fresh {
    installation: Installation,
    key: PathBuf,
}

impl Fresh {
    fn new(recovery: &RecoveryKey) -> Self {
        let installation = Installation::new();
        let key = installation.dir.path().join("recovery.txt");
        fs::write(&key, format!("# typed from the sheet\n{}\n", recovery.text().as_str())).unwrap();
        Self { installation, key }
    }

    /// With the verification key of the sheet.
    fn restore(&self, source: &Path, more: &[&str]) -> Said {
        let printed = verify_key(source);
        self.restore_unknown(source, &[more, &["--verify-key", &printed]].concat())
    }

    fn restore_unknown(&self, source: &Path, more: &[&str]) -> Said {
        let (source, key) = (source.display().to_string(), self.key.display().to_string());
        let words = [&["restore", &source, "--recovery-key-file", &key][..], more].concat();
        self.installation.run(&words)
    }
}

/// As it is printed on the recovery sheet.
fn verify_key(source: &Path) -> String {
    let about = source.ancestors().map(|folder| folder.join("repository.json")).find(|file| file.is_file()).unwrap();
    let about: Value = serde_json::from_slice(&fs::read(about).unwrap()).unwrap();
    about["verify_key"].as_str().unwrap().to_owned()
}

/// What somebody sees of a desk.
#[derive(Debug, PartialEq)]
struct Seen {
    deals: Vec<String>,
    documents: Vec<Vec<u8>>,
    report: Vec<u8>,
}

async fn see(client: &mut Client, deal: &str) -> Seen {
    let deals = client.get("/api/v1/deals").await.json["items"].as_array().unwrap().clone();
    let list = format!("/api/v1/deals/{deal}/documents");
    let mut documents = Vec::new();
    for one in client.get(&list).await.json["items"].as_array().unwrap().clone() {
        let file = client.get(&format!("{list}/{}/file", one["id"].as_str().unwrap())).await;
        assert_eq!(file.status, 200, "{}", file.text);
        documents.push(file.text.into_bytes());
    }
    let report = client.get(&format!("/api/v1/deals/{deal}/reports/1/exports/json/file")).await;
    assert_eq!(report.status, 200, "{}", report.text);
    Seen {
        deals: deals.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect(),
        documents,
        report: report.text.into_bytes(),
    }
}

/// A deal with documents and a report that was taken away.
async fn work(admin: &mut Client) -> String {
    let deal = admin.new_deal("Northwind").await;
    assert_eq!(admin.upload(&deal, "customers.csv", LIST).await.status, 201);
    assert_eq!(admin.upload(&deal, "memo.txt", b"The ARR was 4.2m in June. Umsatz.\n").await.status, 201);
    assert_eq!(version(admin, &deal).await, 1);
    let exports = format!("/api/v1/deals/{deal}/reports/1/exports");
    assert_eq!(admin.post(&exports, &json!({ "format": "json" })).await.status, 202);
    until("the file is made", async || admin.get(&exports).await.json["items"][0]["state"] == "done").await;
    deal
}

#[actix_web::test]
async fn a_burnt_machine_comes_back_on_a_fresh_one() {
    let (installation, recovery) = with_recovery_key(Installation::new());
    let database = start(&installation);
    installation.must(&["migrate"]);
    let (burnt, mut admin) = Desk::open(installation).await;
    let deal = work(&mut admin).await;
    let before = see(&mut admin, &deal).await;
    let set = make(&burnt.installation);
    burnt.installation.must(&["backup", "verify"]);
    let old_session = admin.cookie.clone().unwrap();

    let fresh = Fresh::new(&recovery);
    let place = repository(&burnt.installation);
    let said = fresh.restore(&place, &["--yes", "--json"]);
    assert!(said.ok, "{} {}", said.out, said.err);
    let said = lines(&said.out);
    assert_eq!((&said.last().unwrap()["event"], &said.last().unwrap()["set"]), (&json!("restored"), &json!(set)));
    drop((burnt, database));

    let here = fresh.installation.with("VCCONNECT__BACKUP__DESTINATION", place.display().to_string());
    let _database = start(&here);
    let last = "SELECT action FROM audit_log a JOIN audit_seals s ON s.entry_id = a.id ORDER BY seq DESC LIMIT 1";
    assert_eq!(psql(&here, last), "backup.restored");
    assert!(here.must(&["audit", "verify"]).contains("intact"));
    let mut desk = Desk::new(here);
    desk.start().await;
    let mut stranger = Client::new(desk.address());
    stranger.cookie = Some(old_session);
    assert_eq!(stranger.get("/api/v1/deals").await.status, 401, "an old session is not valid");
    let mut ada = Client::new(desk.address());
    ada.sign_in_beside(&admin, "ada@fund.example", PASSWORD).await;
    assert_eq!(see(&mut ada, &deal).await, before);
    let search = "/api/v1/search?q=umsatz";
    until("the search is rebuilt", async || ada.get(search).await.json["items"][0]["source"].is_string()).await;
    let log = ada.get("/api/v1/audit?action=backup.restored").await;
    assert_eq!(log.json["items"][0]["details"]["about"]["set"], set.as_str(), "{}", log.text);
    // It works on, and the next backup goes into the same repository.
    assert_eq!(ada.upload(&deal, "new.csv", b"customer,seats\nKelp,1\n").await.status, 201);
    desk.installation.must(&["backup", "create"]);
    assert!(desk.installation.must(&["doctor"]).contains("backup"));
}

#[actix_web::test]
async fn what_is_here_is_kept_under_another_name() {
    let (installation, recovery) = with_recovery_key(Installation::new());
    let database = start(&installation);
    installation.must(&["migrate"]);
    let (mut desk, mut admin) = Desk::open(installation).await;
    let deal = work(&mut admin).await;
    make(&desk.installation);
    again(&desk, &admin).new_deal("Made after the backup").await;
    let key = desk.installation.dir.path().join("recovery.txt");
    fs::write(&key, recovery.text().as_str()).unwrap();
    let (source, key) = (repository(&desk.installation).display().to_string(), key.display().to_string());
    let words = ["restore", &source, "--recovery-key-file", &key, "--yes"];

    let refused = desk.installation.run(&words);
    assert!(!refused.ok && refused.err.contains("in use by a running server"), "{}", refused.err);
    desk.kill();
    let unasked = desk.installation.run(&words[..4]);
    assert!(!unasked.ok && unasked.err.contains("nothing was changed"), "{}", unasked.err);
    assert!(unasked.out.contains("signed by the key of this installation"), "{}", unasked.out);
    let said = desk.installation.must(&words);
    assert!(said.contains("Restored the set"), "{said}");
    let kept = psql(&desk.installation, "SELECT datname FROM pg_database WHERE datname LIKE 'vcconnect_before%'");
    assert!(!kept.is_empty(), "the database is kept");
    let names: Vec<String> = fs::read_dir(desk.installation.data())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.iter().any(|name| name.starts_with("blobs.before-")), "{names:?}");
    let keys = walk(&desk.installation.data().join("keys"));
    let kept = |name: &str| keys.iter().filter(|path| path.ends_with(name)).count();
    assert_eq!((kept("keystore.json"), kept("vcconnect.key"), kept("backup.key")), (2, 2, 2), "{keys:?}");
    desk.start().await;
    let mut ada = Client::new(desk.address());
    ada.sign_in_beside(&admin, "ada@fund.example", PASSWORD).await;
    assert_eq!(see(&mut ada, &deal).await.deals, ["Northwind"]);
    assert!(desk.installation.must(&["audit", "verify"]).contains("intact"));
    drop(database);
}

#[test]
fn what_stands_in_the_way_is_told_and_nothing_is_changed() {
    let (installation, recovery) = with_recovery_key(Installation::new());
    let _database = start(&installation);
    installation.must(&["migrate"]);
    make(&installation);
    psql(&installation, "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')");
    installation.must(&["backup", "verify"]);
    let newer = make(&installation);
    let place = repository(&installation);
    let fresh = Fresh::new(&recovery);
    let untouched = |said: &Said, why: &str| {
        assert!(!said.ok && said.out.contains(why), "{why}: {} {}", said.out, said.err);
        assert!(!fresh.installation.data().join("keys").exists() && !fresh.installation.data().join("blobs").exists());
    };
    untouched(&fresh.restore(&place, &["--yes"]), "newer version of this program");
    let mut older = fs::read_dir(place.join("sets")).unwrap().flatten().map(|set| set.path());
    let older = older.find(|set| !set.ends_with(&newer)).unwrap();
    let other = Fresh::new(&RecoveryKey::generate());
    let refused = other.restore(&older, &["--yes"]);
    assert!(!refused.ok && refused.out.contains("does not open"), "{} {}", refused.out, refused.err);
    let stranger = "11111111111111111111111111111111111111111111111111"[..43].replace('1', "A");
    untouched(&fresh.restore_unknown(&older, &["--yes", "--verify-key", &stranger]), "Somebody else made it");
    untouched(&fresh.restore_unknown(&older, &["--yes"]), "nothing here vouches for");
    let asked = fresh.restore_unknown(&older, &[]);
    untouched(&asked, "only by the key that its own repository names");

    let dump = older.join("database.sql.zst.age");
    let whole = fs::read(&dump).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    fs::write(&dump, flipped).unwrap();
    untouched(&fresh.restore(&older, &["--yes"]), "is damaged");
    fs::write(&dump, whole).unwrap();
    let said = fresh.restore(&older, &["--yes"]);
    assert!(said.ok && said.out.contains("signed by the key that was printed"), "{} {}", said.out, said.err);
}

/// Killed at each step in turn: the next try brings everything, and the server does not start on a half.
#[test]
fn a_restore_that_is_killed_is_begun_anew() {
    let (installation, recovery) = with_recovery_key(Installation::new());
    let database = start(&installation);
    installation.must(&["migrate"]);
    make(&installation);
    let fresh = Fresh::new(&recovery);
    let (source, key) = (repository(&installation).display().to_string(), fresh.key.display().to_string());
    let printed = verify_key(Path::new(&source));
    let words = ["restore", &source, "--recovery-key-file", &key, "--verify-key", &printed, "--yes", "--json"];
    for step in ["keys", "loading", "comparing", "putting into place"] {
        drop(stopped_at(&fresh.installation, &words, step));
        if fresh.installation.data().join("restore-unfinished").exists() {
            let refused = fresh.installation.run(&["serve"]);
            assert!(refused.err.contains("a restore was cut off"), "{}", refused.err);
        }
    }
    let said = fresh.installation.run(&words);
    assert!(said.ok, "{} {}", said.out, said.err);
    assert!(!fresh.installation.data().join("restore-unfinished").exists());
    drop(database);
    let _database = start(&fresh.installation);
    assert!(fresh.installation.must(&["audit", "verify"]).contains("intact"));
}

/// The disk took its files: what is left is set aside, put back if the restore does not get through, and never deleted.
#[test]
fn a_database_whose_files_are_destroyed_makes_room_for_a_new_one() {
    let (installation, recovery) = with_recovery_key(Installation::new());
    let database = start(&installation);
    installation.must(&["migrate"]);
    make(&installation);
    let cluster = fs::read_dir(installation.data().join("postgres")).unwrap().next().unwrap().unwrap().path();
    fs::remove_dir_all(cluster.join("base")).unwrap();
    fs::write(cluster.join("left"), "").unwrap();
    let key = installation.dir.path().join("recovery.txt");
    fs::write(&key, recovery.text().as_str()).unwrap();
    let (source, key) = (repository(&installation).display().to_string(), key.display().to_string());
    let words = ["restore", &source, "--recovery-key-file", &key, "--yes", "--json"];
    let marker = installation.data().join("restore-unfinished");

    let refused = installation.run(&words);
    assert!(
        !refused.ok && refused.err.contains("runs here and does not answer; nothing was changed"),
        "{}",
        refused.err
    );
    drop(database);
    let failing = without_psql(&cluster, installation.dir.path());
    let said = installation.command(&words).env("VCCONNECT__DATABASE__BIN_DIR", &failing).output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(said.contains("the dump could not be loaded; what is here is untouched"), "{said}");
    assert!(cluster.join("left").exists(), "what is left of the old one is back");
    assert!(!marker.exists());

    let said = installation.run(&words);
    assert!(said.ok, "{} {}", said.out, said.err);
    let restored = said.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).next_back().unwrap();
    let aside = PathBuf::from(restored["database_set_aside"].as_str().unwrap());
    assert!(aside.join("left").exists() && !cluster.join("left").exists() && !marker.exists());
    let _database = start(&installation);
    assert!(installation.must(&["audit", "verify"]).contains("intact"));
}

/// The programs of the cluster's Postgres, with a psql that fails.
fn without_psql(cluster: &Path, folder: &Path) -> PathBuf {
    let major = fs::read_to_string(cluster.join("PG_VERSION")).unwrap();
    let programs = PathBuf::from("/usr/lib/postgresql").join(major.trim()).join("bin");
    let failing = folder.join("bin");
    fs::create_dir(&failing).unwrap();
    for program in fs::read_dir(programs).unwrap().map(Result::unwrap).filter(|program| program.file_name() != "psql") {
        symlink(program.path(), failing.join(program.file_name())).unwrap();
    }
    symlink("/bin/false", failing.join("psql")).unwrap();
    failing
}

/// The program as it says that it begins this step.
fn stopped_at(installation: &Installation, words: &[&str], step: &str) -> Running {
    let mut command = installation.command(words);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running(command.spawn().unwrap());
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
    let mut steps = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap()["step"].take());
    assert!(steps.any(|said| said == step), "there was no step {step}");
    running
}

/// The program with the recovery key on its standard input.
fn with_key(installation: &Installation, words: &[&str], key: &str) -> Said {
    let mut command = installation.command(words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{key}").unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { ok: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
}

#[actix_web::test]
async fn a_restore_is_looked_at_first_and_then_goes_on_without_who_began_it() {
    let (installation, recovery) = with_recovery_key(Installation::new());
    let database = start(&installation);
    installation.must(&["migrate"]);
    let (burnt, mut admin) = Desk::open(installation).await;
    admin.new_deal("Northwind").await;
    let set = make(&burnt.installation);
    let place = repository(&burnt.installation).display().to_string();
    let (typed, signed) = (recovery.text(), verify_key(Path::new(&place)));
    let words = |more: &[&'static str]| {
        let all = ["restore", &place, "--recovery-key-file=-", "--json"].map(str::to_owned).into_iter();
        all.chain(more.iter().map(|word| (*word).to_owned())).collect::<Vec<String>>()
    };
    let run = |installation: &Installation, words: &[String], key: &str| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        with_key(installation, &words, key)
    };

    let looked = run(&burnt.installation, &words(&["--look"]), &typed);
    assert!(looked.ok, "{}", looked.err);
    let looked = lines(&looked.out).pop().unwrap()["foreseen"].clone();
    assert_eq!((&looked["set"], &looked["verify_key"]), (&json!(set), &json!(signed)));
    let problems: Vec<&Value> =
        looked["seen"].as_array().unwrap().iter().filter(|one| one["state"] == "problem").collect();
    assert!(problems.len() == 1 && problems[0]["text"].as_str().unwrap().contains("A server runs"), "{problems:?}");
    assert!(looked["loses"][0].as_str().unwrap().contains("1 deals"), "{looked}");
    let deals = again(&burnt, &admin).get("/api/v1/deals").await;
    assert_eq!(deals.json["items"][0]["name"], "Northwind", "nothing was changed");

    let fresh = Fresh::new(&recovery);
    let here = &fresh.installation;
    assert_eq!(here.must(&["restore", "status"]), "Nothing was restored here.\n");
    let known = format!("--verify-key={signed}");
    let mut begin = words(&["--begin"]);
    begin.push(known);
    let wrong = run(here, &begin, "AGE-SECRET-KEY-1NOPE");
    assert!(!wrong.ok && wrong.err.contains("not a recovery key"), "{}", wrong.err);
    let begun = run(here, &begin, &typed);
    assert!(begun.ok && begun.out.contains("goes on without this terminal"), "{} {}", begun.out, begun.err);
    let status =
        || serde_json::from_str::<Value>(&here.must(&["restore", "status", "--json"])).unwrap()["restore"].clone();
    until("the restore has ended", async || status()["work"]["ended"].is_string()).await;
    let ended = status();
    assert_eq!(ended["work"]["failed"], Value::Null, "{ended}");
    let result = ended["result"].as_str().unwrap();
    assert!(result.contains(&set) && result.contains("Everybody signs in again"), "{result}");
    assert!(here.must(&["restore", "status"]).contains("Restored the set"));
    drop((burnt, database));
    let database = start(here);
    assert!(here.must(&["audit", "verify"]).contains("intact"));
    drop(database);
}
