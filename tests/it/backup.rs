//! Backups through the real program: what is made, verified and removed, beside a running server and after every fault.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use vault::{KeyFile, NewSlot, NewWay, RecoveryKey, Vault};

use crate::app::CLUSTER;
use crate::canary::looking::files_with;
use crate::client::Client;
use crate::commands::{Installation, Running};
use crate::desk::{Desk, until};
use crate::documents::walk;

/// An installation whose recovery key the test has, and whose backups go to a folder beside it.
pub fn with_recovery_key(installation: Installation) -> (Installation, RecoveryKey) {
    let keys = installation.data().join("keys");
    fs::create_dir_all(&keys).unwrap();
    let recovery = RecoveryKey::generate();
    let file = KeyFile::create(&keys.join("vcconnect.key")).unwrap();
    let slots = [
        NewSlot { way: NewWay::KeyFile(&file), label: "this server", since: 0 },
        NewSlot { way: NewWay::Recovery(&recovery.recipient()), label: "paper", since: 0 },
    ];
    Vault::create(&keys.join("keystore.json"), &slots).unwrap();
    let repository = repository(&installation).display().to_string();
    (installation.with("VCCONNECT__BACKUP__DESTINATION", repository), recovery)
}

pub fn repository(installation: &Installation) -> PathBuf {
    installation.dir.path().join("repository")
}

pub fn lines(said: &str) -> Vec<Value> {
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The same person with a new connection: the one before may have ended while a command ran.
pub fn again(desk: &Desk, person: &Client) -> Client {
    person.at(desk.address())
}

/// Makes a set and gives its name.
pub fn make(installation: &Installation) -> String {
    let said = lines(&installation.must(&["backup", "create", "--json"]));
    made(&said)["set"].as_str().unwrap().to_owned()
}

/// What is said of the set that was made; the list of all follows it.
fn made(said: &[Value]) -> &Value {
    said.iter().find(|line| line["event"] == "made").unwrap()
}

/// The sets, oldest first.
fn sets(installation: &Installation) -> Vec<Value> {
    let said: Value = serde_json::from_str(&installation.must(&["backup", "list", "--json"])).unwrap();
    said["backups"]["sets"].as_array().unwrap().iter().rev().cloned().collect()
}

fn objects(folder: &Path) -> Vec<PathBuf> {
    let own = |path: &PathBuf| !path.ends_with("lock") && !path.to_string_lossy().contains("/verified/");
    walk(folder).into_iter().filter(own).collect()
}

#[actix_web::test]
async fn a_set_is_made_beside_the_server_verified_and_told_to_the_audit_log() {
    let word = "zanzibarite";
    let database = CLUSTER.clone_template().unwrap();
    let (installation, _) = with_recovery_key(Installation::on(&database));
    let (desk, mut admin) = Desk::open(installation).await;
    let here = &desk.installation;
    let deal = admin.new_deal(&format!("{word} deal")).await;
    let text = format!("customer,{word}\n{word} & Co,1200\n").repeat(500);
    let list = format!("/api/v1/deals/{deal}/documents");
    for file in ["one", "two"] {
        let added = admin.upload(&deal, &format!("{word} {file}.csv"), format!("{file},{text}").as_bytes()).await;
        assert_eq!(added.status, 201, "{}", added.text);
    }
    until("they are read", async || admin.get(&list).await.json["moving"] == 0).await;

    let said = lines(&here.must(&["backup", "create", "--json"]));
    let made = self::made(&said);
    assert!(said.iter().any(|line| line["event"] == "progress"), "{said:?}");
    assert_eq!((&made["files"], &made["new_files"], &made["missing"]), (&json!(2), &json!(2), &json!([])));
    here.must(&["backup", "verify", made["set"].as_str().unwrap()]);
    let again = lines(&here.must(&["backup", "create", "--json"]));
    assert_eq!(self::made(&again)["new_files"], 0, "files are copied once");
    let listed = sets(here);
    assert_eq!(listed.len(), 2);
    assert_eq!((&listed[1]["state"], &listed[1]["proof"]), (&json!("whole"), &json!("none")));
    let verified = here.must(&["backup", "verify", "--latest"]);
    assert!(verified.contains("is whole"), "{verified}");
    assert!(sets(here)[1]["proof"]["verified"].is_string());

    let (found, looked_at) = files_with(&repository(here), word);
    assert!(looked_at > 10_000, "only {looked_at} bytes");
    assert_eq!(found, Vec::<String>::new(), "nothing that was typed lies readable in a backup");
    let log = self::again(&desk, &admin).get("/api/v1/audit?limit=4").await;
    let told: Vec<_> = log.json["items"].as_array().unwrap().iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(told, ["backup.verified", "backup.made", "backup.verified", "backup.made"], "{}", log.text);
    assert_eq!(log.json["items"][1]["details"]["about"]["note"]["set"], self::made(&again)["set"]);
    let state = fs::read_to_string(here.data().join("work/backup.json")).unwrap();
    let state: Value = serde_json::from_str(&state).unwrap();
    assert!(state["ended_at"].is_string() && state["error"].is_null(), "{state}");
}

#[actix_web::test]
async fn a_bit_that_flips_in_any_object_is_found_and_named() {
    let database = CLUSTER.clone_template().unwrap();
    let (installation, _) = with_recovery_key(Installation::on(&database));
    let (desk, mut admin) = Desk::open(installation).await;
    let here = &desk.installation;
    let deal = admin.new_deal("Atlas").await;
    assert_eq!(admin.upload(&deal, "a.csv", b"customer,mrr\nKelp,1\n").await.status, 201);
    make(here);
    let objects = objects(&repository(here));
    assert_eq!(objects.len(), 8, "{objects:?}");
    for path in &objects {
        let whole = fs::read(path).unwrap();
        let mut flipped = whole.clone();
        let middle = whole.len() / 2;
        flipped[middle] ^= 4;
        fs::write(path, flipped).unwrap();
        let refused = here.run(&["backup", "verify"]);
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(!refused.ok && refused.err.contains(name.as_ref()), "{name}: {} {}", refused.out, refused.err);
        fs::write(path, whole).unwrap();
    }
    here.must(&["backup", "verify"]);
}

#[test]
fn without_a_place_or_a_database_it_says_what_to_do() {
    let installation = Installation::new();
    let refused = installation.run(&["backup", "create"]);
    assert!(!refused.ok && refused.err.contains("backup.destination"), "{}", refused.err);
    let refused = installation.run(&["backup", "list"]);
    assert!(!refused.ok && refused.err.contains("backup.destination"), "{}", refused.err);
    let (installation, _) = with_recovery_key(installation);
    let refused = installation.run(&["backup", "create"]);
    assert!(!refused.ok && refused.err.contains("database does not answer"), "{}", refused.err);
    assert!(objects(&repository(&installation)).iter().all(|path| path.ends_with("repository.json")));
    let state = fs::read_to_string(installation.data().join("work/backup.json")).unwrap();
    let state: Value = serde_json::from_str(&state).unwrap();
    assert!(state["ended_at"].is_string() && state["error"].is_string(), "{state}");
}

#[test]
fn a_document_without_its_file_makes_a_set_incomplete_and_names_it() {
    let database = CLUSTER.clone_template().unwrap();
    let (installation, _) = with_recovery_key(Installation::on(&database));
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    database
        .sql(&format!(
            "SET session_replication_role = replica; INSERT INTO documents VALUES ('{id}', '{id}', '', '', 'csv', 1, '', \
             'read', 1, 1, NULL, '{id}', 1, now(), now())"
        ))
        .unwrap();
    let refused = installation.run(&["backup", "create"]);
    assert!(!refused.ok && refused.err.contains("incomplete") && refused.err.contains(id), "{}", refused.err);
    let listed = sets(&installation);
    assert!(listed[0]["state"]["incomplete"].is_string(), "{listed:?}");
}

#[test]
fn a_backup_that_is_killed_leaves_no_set_and_the_next_one_goes_on() {
    let database = CLUSTER.clone_template().unwrap();
    let filler = "CREATE TABLE filler AS SELECT md5(n::text) AS text FROM generate_series(1, 300000) n";
    database.sql(&format!("{filler}; ALTER TABLE filler OWNER TO vcc_owner")).unwrap();
    let (installation, _) = with_recovery_key(Installation::on(&database));
    let unfinished = || {
        let sets = fs::read_dir(repository(&installation).join("sets")).into_iter().flatten().flatten();
        sets.filter(|set| set.file_name().to_string_lossy().ends_with(".unfinished")).count()
    };
    let mut killed = 0;
    for signal in ["-TERM", "-KILL"] {
        let mut running =
            Running(installation.command(&["backup", "create"]).stderr(std::process::Stdio::null()).spawn().unwrap());
        while unfinished() == 0 && running.0.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let sent = std::process::Command::new("kill").args([signal, &running.0.id().to_string()]).status().unwrap();
        let ended = running.0.wait().unwrap();
        killed += usize::from(sent.success() && !ended.success());
        assert_eq!(unfinished(), usize::from(signal == "-KILL"), "whoever is asked to stop clears up");
    }
    assert_eq!(killed, 2, "both fell into the dump");
    assert!(sets(&installation).is_empty());
    make(&installation);
    assert_eq!((sets(&installation).len(), unfinished()), (1, 0));
}

/// The key file is gone: nothing of ours opens, and the backup is made all the same. The log is told later.
#[actix_web::test]
async fn a_backup_is_made_while_the_keystore_is_sealed() {
    let database = CLUSTER.clone_template().unwrap();
    let (installation, _) = with_recovery_key(Installation::on(&database));
    let (mut desk, admin) = Desk::open(installation).await;
    desk.kill();
    let key = desk.installation.data().join("keys/vcconnect.key");
    let elsewhere = desk.installation.dir.path().join("elsewhere.key");
    fs::rename(&key, &elsewhere).unwrap();
    let set = make(&desk.installation);
    let told = "SELECT count(*) FROM audit_log WHERE action = 'backup.made'";
    assert_eq!(database.sql(told).unwrap(), "0");
    fs::rename(&elsewhere, &key).unwrap();
    desk.start().await;
    let log = again(&desk, &admin).get("/api/v1/audit?action=backup.made").await;
    assert_eq!(log.json["items"][0]["details"]["about"]["note"]["set"], set.as_str(), "{}", log.text);
    assert!(walk(&desk.installation.data().join("work")).iter().all(|path| !path.ends_with("audit-notes.jsonl")));
}

/// Documents come and go while sets are made: each set has the files of its own moment.
#[actix_web::test]
async fn documents_that_are_removed_meanwhile_leave_no_set_incomplete() {
    let database = CLUSTER.clone_template().unwrap();
    let (installation, _) = with_recovery_key(Installation::on(&database));
    let (desk, mut admin) = Desk::open(installation).await;
    let deal = admin.new_deal("Atlas").await;
    let list = format!("/api/v1/deals/{deal}/documents");
    for round in 0..3 {
        let mut admin = again(&desk, &admin);
        for file in 0..4 {
            let content = format!("customer,mrr\nKelp {round} {file},1\n");
            assert_eq!(admin.upload(&deal, &format!("{round}-{file}.csv"), content.as_bytes()).await.status, 201);
        }
        let mut running = Running(desk.installation.command(&["backup", "create"]).spawn().unwrap());
        for one in admin.get(&list).await.json["items"].as_array().unwrap().clone() {
            admin.delete(&format!("{list}/{}", one["id"].as_str().unwrap())).await;
        }
        let ended = running.0.wait().unwrap();
        assert!(ended.success(), "round {round}");
        desk.installation.must(&["backup", "verify"]);
        assert_eq!(sets(&desk.installation).last().unwrap()["state"], "whole");
    }
}

#[test]
fn a_folder_of_another_installation_is_left_alone() {
    let database = CLUSTER.clone_template().unwrap();
    let (one, _) = with_recovery_key(Installation::on(&database));
    make(&one);
    let (other, _) = with_recovery_key(Installation::on(&database));
    let other = other.with("VCCONNECT__BACKUP__DESTINATION", repository(&one).display().to_string());
    let refused = other.run(&["backup", "create"]);
    assert!(!refused.ok && refused.err.contains("another installation"), "{}", refused.err);
    assert_eq!(sets(&one).len(), 1);
}
