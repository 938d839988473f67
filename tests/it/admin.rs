//! The admin socket, as the commands use it: keys of a running server, a server that is sealed, and who is turned away.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::app::{CLUSTER, PASSWORD};
use crate::client::Client;
use crate::commands::{Installation, Said};
use crate::desk::{Desk, until};

const PASSPHRASE: &str = "quiet harbour turbine oxbow lantern";

/// A server that runs, the recovery key of its keystore in a file.
async fn open() -> (Desk, Client, PathBuf) {
    let database = CLUSTER.clone_template().unwrap();
    let installation = Installation::on(&database);
    let recovery = installation.dir.path().join("recovery.key");
    installation.must(&["keys", "init", "--recovery-key-file", recovery.to_str().unwrap()]);
    let (desk, admin) = Desk::open(installation).await;
    (desk, admin, recovery)
}

/// A connection that the sealed server held may break when it makes way, as after any restart.
async fn ready(desk: &Desk) {
    let address = format!("{}/readyz", desk.address());
    until("the server to be ready", async || reqwest::get(&address).await.is_ok_and(|answer| answer.status() == 200))
        .await;
}

fn with_input(installation: &Installation, args: &[&str], input: &str) -> Said {
    let mut child =
        installation.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses may be gone before it reads.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { ok: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
}

fn slots(said: &str) -> Vec<(u64, String)> {
    let json: Value = serde_json::from_str(said).unwrap();
    let slot = |key: &Value| (key["slot"].as_u64().unwrap(), key["kind"].as_str().unwrap().to_owned());
    json["keys"].as_array().unwrap().iter().map(slot).collect()
}

fn named(slots: &[(u64, &str)]) -> Vec<(u64, String)> {
    slots.iter().map(|(number, kind)| (*number, (*kind).to_owned())).collect()
}

async fn actions(admin: &mut Client) -> Vec<(String, Value)> {
    let audit = admin.get("/api/v1/audit?limit=50").await;
    let entry = |entry: &Value| (entry["action"].as_str().unwrap().to_owned(), entry["details"].clone());
    audit.json["items"].as_array().unwrap().iter().map(entry).collect()
}

#[actix_web::test]
async fn keys_are_managed_while_the_server_runs_and_all_of_it_is_recorded() {
    let (desk, mut admin, recovery) = open().await;
    let here = &desk.installation;
    assert_eq!(slots(&here.must(&["keys", "list", "--json"])), named(&[(1, "key_file"), (2, "recovery")]));

    let add = ["keys", "add-passphrase", "--label", "the safe", "--passphrase-file", "-", "--json"];
    let weak = with_input(here, &add, "password password password\n");
    assert!(!weak.ok && weak.err.contains("guessed"), "{}", weak.err);
    let added = with_input(here, &add, &format!("{PASSPHRASE}\n"));
    assert_eq!(slots(&added.out), named(&[(1, "key_file"), (2, "recovery"), (3, "passphrase")]), "{}", added.err);

    let in_use = here.run(&["keys", "remove", "1", "--yes"]);
    assert!(!in_use.ok && in_use.err.contains("Slot 1 is what opened the keystore"), "{}", in_use.err);
    let unsure = with_input(here, &["keys", "remove", "3"], "no\n");
    assert!(!unsure.ok && unsure.err.contains("nothing was done"), "{}", unsure.err);
    let asked = with_input(here, &["keys", "remove", "3", "--json"], "");
    let asked: Value = serde_json::from_str(&asked.out).unwrap();
    assert_eq!((asked["word"].as_str(), asked["loses"][0].is_string()), (Some("remove"), true), "{asked}");
    let wrong = with_input(here, &["keys", "remove", "3", "--json", "--confirmed"], "made up\n");
    let refused: Value = serde_json::from_str(&wrong.out).unwrap();
    assert_eq!((wrong.ok, refused["code"].as_str()), (false, Some("wrong_state")), "{refused}");
    let token = format!("{}\n", asked["token"].as_str().unwrap());
    let sure = with_input(here, &["keys", "remove", "3", "--json", "--confirmed"], &token);
    assert_eq!(slots(&sure.out), named(&[(1, "key_file"), (2, "recovery")]), "{}", sure.err);

    let deal = admin.new_deal("Northwind").await;
    here.must(&["keys", "rotate", "--yes"]);
    assert_eq!(admin.get(&format!("/api/v1/deals/{deal}")).await.json["name"], "Northwind");
    let after = admin.new_deal("Kelp").await;
    here.must(&["keys", "prove", "--recovery-key-file", recovery.to_str().unwrap()]);
    let stranger = with_input(here, &["keys", "prove"], "AGE-SECRET-KEY-1NOPE\n");
    assert!(!stranger.ok && stranger.err.contains("not a recovery key"), "{}", stranger.err);

    let done: Vec<_> = actions(&mut admin).await.into_iter().filter(|(action, _)| action.starts_with("key.")).collect();
    let words: Vec<&str> = done.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(words, ["key.recovery_proven", "key.master_replaced", "key.removed", "key.added"]);
    assert!(
        done.iter().all(|(_, details)| details["login"].as_str().is_some_and(|login| !login.is_empty())),
        "{done:?}"
    );

    let mut desk = desk;
    desk.kill();
    desk.start().await;
    let mut again = Client::new(desk.address());
    again.cookie = admin.cookie.clone();
    assert_eq!(again.get(&format!("/api/v1/deals/{after}")).await.json["name"], "Kelp", "the new master key opens all");
}

#[actix_web::test]
async fn without_a_server_keys_are_managed_all_the_same_and_the_log_hears_of_it() {
    let (mut desk, mut admin, _recovery) = open().await;
    desk.kill();
    let here = &desk.installation;
    let add = ["keys", "add-passphrase", "--label", "the safe", "--passphrase-file", "-", "--json"];
    assert_eq!(slots(&with_input(here, &add, PASSPHRASE).out).len(), 3);
    let ask = ["keys", "rotate", "--json"];
    let asked: Value = serde_json::from_str(&with_input(here, &ask, "").out).unwrap();
    assert_eq!(asked["word"], "replace", "{asked}");
    let token = format!("{}\n", asked["token"].as_str().unwrap());
    let other = with_input(here, &["keys", "remove", "3", "--json", "--confirmed"], &token);
    assert!(!other.ok && other.err.contains("for something else"), "{}", other.err);
    assert!(with_input(here, &[&ask[..], &["--confirmed"]].concat(), &token).ok);
    // The key file is lost: the passphrase opens the keystore for this change.
    std::fs::remove_file(here.data().join("keys/vcconnect.key")).unwrap();
    let listed = with_input(here, &["keys", "rotate", "--yes", "--json"], PASSPHRASE);
    assert!(listed.ok, "{}", listed.err);
    desk.start().await;
    let unlocked = with_input(&desk.installation, &["keys", "unlock"], PASSPHRASE);
    assert!(unlocked.ok, "{}", unlocked.err);
    ready(&desk).await;
    let done: Vec<_> = actions(&mut admin).await.into_iter().filter(|(action, _)| action.starts_with("key.")).collect();
    let words: Vec<&str> = done.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(words, ["key.master_replaced", "key.master_replaced", "key.added", "key.unlocked"], "newest first");
    let noted = &done[0].1;
    assert!(noted["login"].is_string() && noted["about"]["at"].is_string(), "{noted}");
    assert!(!desk.installation.data().join("keys/audit-notes.jsonl").exists());
}

#[actix_web::test]
async fn a_server_that_cannot_open_its_keystore_says_so_and_is_unlocked() {
    let (mut desk, mut admin, recovery) = open().await;
    let deal = admin.new_deal("Northwind").await;
    desk.kill();
    std::fs::remove_file(desk.installation.data().join("keys/vcconnect.key")).unwrap();
    desk.start().await;

    let page = admin.get("/deals").await;
    assert_eq!(page.status, 503);
    assert!(page.text.contains("The server is locked") && page.header("refresh") == "15", "{}", page.text);
    assert_eq!(page.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    let api = admin.get(&format!("/api/v1/deals/{deal}")).await;
    assert_eq!((api.status, api.code()), (503, "sealed"));
    assert_eq!(admin.get("/healthz").await.status, 200, "it lives: nobody restarts it in a circle");
    assert_eq!(admin.get("/readyz").await.json["parts"][0]["name"], "keys");

    let here = &desk.installation;
    let status: Value = serde_json::from_str(&here.must(&["status", "--json"])).unwrap();
    assert!(status["status"]["seal"]["sealed"].as_str().unwrap().contains("is missing"), "{status}");
    assert_eq!(slots(&here.must(&["keys", "list", "--json"])).len(), 2, "what needs no key works");
    let refused = here.run(&["keys", "rotate", "--yes"]);
    assert!(!refused.ok && refused.err.contains("sealed"), "{}", refused.err);
    let mut stream = UnixStream::connect(here.data().join("admin.sock")).unwrap();
    for (id, what) in [(1, "backups"), (2, "updates")] {
        let ask = format!("{}\n", json!({ "version": 1, "id": id, "ask": { "do": what } }));
        let said = line(&mut stream, ask.as_bytes()).unwrap();
        assert!(said["said"]["done"][what].is_object(), "somebody in trouble needs these most: {said}");
    }
    for wrong in ["not the passphrase", "AGE-SECRET-KEY-1QQQQ"] {
        let refused = with_input(here, &["keys", "unlock"], wrong);
        assert!(!refused.ok && refused.err.contains("Neither a passphrase nor a recovery key"), "{}", refused.err);
        assert!(!refused.err.contains(wrong));
    }
    here.must(&["keys", "unlock", "--key-file", recovery.to_str().unwrap()]);
    ready(&desk).await;
    assert_eq!(admin.get(&format!("/api/v1/deals/{deal}")).await.json["name"], "Northwind");
    let entries = actions(&mut admin).await;
    let unlocked = entries.iter().find(|(action, _)| action == "key.unlocked").unwrap();
    assert_eq!(unlocked.1["about"]["failed_attempts"], 2);
    let twice = with_input(here, &["keys", "unlock"], "again");
    assert!(!twice.ok && twice.err.contains("not sealed"), "{}", twice.err);

    here.must(&["keys", "add-file"]);
    let again = here.run(&["keys", "add-file"]);
    assert!(!again.ok && again.err.contains("There is a key file at"), "{}", again.err);
    desk.kill();
    desk.start().await;
    assert_eq!(admin.get("/healthz").await.status, 200);
    let kept = admin.get(&format!("/api/v1/deals/{deal}")).await;
    assert_eq!(kept.json["name"], "Northwind", "it opened by itself: {}", kept.text);
}

#[actix_web::test]
async fn the_status_of_a_running_server_names_its_parts_disks_and_queues() {
    let (desk, _admin, _recovery) = open().await;
    let here = &desk.installation;
    let status: Value = serde_json::from_str(&here.must(&["status", "--json"])).unwrap();
    let status = &status["status"];
    assert_eq!((status["seal"].as_str(), status["sessions"].as_u64()), (Some("open"), Some(1)));
    let names = |list: &Value| list.as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names(&status["parts"]), ["database", "keys", "disk", "readers"]);
    assert_eq!(names(&status["queues"]), ["reading", "runs", "exports", "pictures", "indexing"]);
    assert!(status["disks"][0]["total"].as_u64() > status["disks"][0]["free"].as_u64());
    assert_eq!(here.must(&["jobs", "list"]), "Nothing waits.\n");
    let versions: Value = line(
        &mut UnixStream::connect(here.data().join("admin.sock")).unwrap(),
        b"{\"version\":1,\"id\":1,\"ask\":{\"do\":\"updates\"}}\n",
    )
    .unwrap();
    assert_eq!(versions["said"]["done"]["updates"]["history"][0]["state"], "running", "{versions}");
    let lines = here.must(&["status"]);
    assert!(lines.contains("ok      database") && lines.contains("people  1 signed in"), "{lines}");
    let mut desk = desk;
    desk.kill();
    let down = desk.installation.must(&["status"]);
    assert!(down.contains("PROBLEM web") && down.contains("ok      database"), "{down}");
}

fn line(stream: &mut UnixStream, text: &[u8]) -> Option<Value> {
    // The other side may hang up before it has read everything.
    let _ = stream.write_all(text);
    let mut answer = String::new();
    BufReader::new(stream.try_clone().unwrap()).read_line(&mut answer).ok()?;
    serde_json::from_str(&answer).ok()
}

#[actix_web::test]
async fn what_cannot_be_read_is_refused_and_ends_the_connection() {
    let (desk, _admin, _recovery) = open().await;
    let connect = || UnixStream::connect(desk.installation.data().join("admin.sock")).unwrap();
    let long = [b"{\"version\":1,\"id\":1,\"ask\":\"".to_vec(), vec![b'x'; 2 << 20], b"\"}\n".to_vec()].concat();
    let cases: [(&[u8], &str); 5] = [
        (b"GET / HTTP/1.1\r\n\r\n", "malformed_request"),
        (b"{\"version\":2,\"id\":1,\"ask\":{\"do\":\"status\"}}\n", "malformed_request"),
        (b"{\"version\":1,\"id\":1,\"ask\":{\"do\":\"explode\"}}\n", "malformed_request"),
        (b"\xff\xfe\n", "malformed_request"),
        (&long, "too_large"),
    ];
    for (text, code) in cases {
        let mut stream = connect();
        let answer = line(&mut stream, text).unwrap();
        assert_eq!(answer["said"]["refused"]["code"], code);
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(rest.is_empty());
    }
    let mut stream = connect();
    let status = |id: u64| format!("{}\n", json!({ "version": 1, "id": id, "ask": { "do": "status" } }));
    for id in [7, 8] {
        let answer = line(&mut stream, status(id).as_bytes()).unwrap();
        assert_eq!(answer["id"], id);
        assert!(answer["said"]["done"]["status"].is_object());
    }
    let made_up = json!({ "version": 1, "id": 9, "ask": { "do": "rotate_master_key" }, "token": "made up" });
    let answer = line(&mut stream, format!("{made_up}\n").as_bytes()).unwrap();
    assert_eq!(answer["said"]["refused"]["code"], "wrong_state");
}

#[actix_web::test]
async fn somebody_else_on_the_machine_is_turned_away() {
    use std::os::unix::fs::PermissionsExt as _;
    let (desk, _admin, _recovery) = open().await;
    if !is_root() {
        println!("not run: only root can become somebody else");
        return;
    }
    let socket = desk.installation.data().join("admin.sock");
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o660);
    // Even if the file's mode let everybody in, the kernel's word counts.
    for (path, mode) in [(desk.installation.data(), 0o755), (socket, 0o666)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let program = env!("CARGO_BIN_EXE_vcconnect");
    let copy = desk.installation.dir.path().join("vcconnect");
    std::fs::copy(program, &copy).unwrap();
    let output = std::process::Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", copy.to_str().unwrap(), "status"])
        .env("VCCONNECT_CONFIG_DIR", desk.installation.dir.path().join("no-configuration"))
        .env("VCCONNECT__STORAGE__DATA_DIR", desk.installation.data())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("connection to the server broke"), "{said}");
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

#[actix_web::test]
async fn people_are_managed_at_the_shell_by_address_and_all_of_it_is_recorded() {
    let (desk, mut admin, _recovery) = open().await;
    let here = &desk.installation;
    let invited = here.must(&["users", "invite", "--role", "analyst", "--email", "bo@fund.example"]);
    let token = invited.trim().split_once('#').unwrap().1.to_owned();
    let mut bo = Client::new(desk.address());
    let body = json!({ "token": token, "name": "Bo", "email": "bo@fund.example", "password": PASSWORD });
    assert_eq!(bo.post("/api/v1/invitations/accept", &body).await.status, 201);
    let listed = here.must(&["users", "list"]);
    assert!(listed.contains("analyst    Bo <bo@fund.example>, no second factor, 1 signed in"), "{listed}");
    assert!(listed.contains("admin      Ada King <ada@fund.example>, second factor"), "{listed}");

    here.must(&["users", "role", "--role", "viewer", "bo@fund.example"]);
    assert_eq!(bo.get("/api/v1/session").await.json["user"]["role"], "viewer");
    assert!(here.must(&["users", "sessions", "bo@fund.example"]).contains("last seen"));
    let unsure = with_input(here, &["users", "end-sessions", "bo@fund.example"], "\n");
    assert!(!unsure.ok && unsure.err.contains("signed out at once"), "{}", unsure.err);
    here.must(&["users", "end-sessions", "--yes", "bo@fund.example"]);
    assert_eq!(bo.get("/api/v1/session").await.status, 401);

    let reset = here.must(&["users", "reset-password", "bo@fund.example"]);
    assert!(reset.contains("/reset#"), "{reset}");
    here.must(&["users", "disable", "--yes", "bo@fund.example"]);
    let sign_in = json!({ "email": "bo@fund.example", "password": PASSWORD });
    assert_eq!(bo.post("/api/v1/session", &sign_in).await.status, 401);
    here.must(&["users", "enable", "bo@fund.example"]);
    assert_eq!(bo.post("/api/v1/session", &sign_in).await.status, 200);
    let last = here.run(&["users", "disable", "--yes", "ada@fund.example"]);
    assert!(!last.ok && last.err.contains("admin"), "{}", last.err);
    let nobody = here.run(&["users", "enable", "eve@fund.example"]);
    assert!(!nobody.ok && nobody.err.contains("nobody has this mail address"), "{}", nobody.err);
    here.must(&["users", "reset-factor", "--yes", "ada@fund.example"]);
    assert_eq!(admin.get("/api/v1/session").await.status, 401, "an admin whose factor is reset is signed out");

    let link = here.must(&["users", "list", "--json"]);
    let users: Value = serde_json::from_str(&link).unwrap();
    assert_eq!(users["users"][0]["factor"], "owed");
}

#[actix_web::test]
async fn a_backup_is_made_by_the_server_and_followed_by_whoever_asks() {
    let database = CLUSTER.clone_template().unwrap();
    let installation = Installation::on(&database);
    let destination = installation.dir.path().join("backups").display().to_string();
    let (desk, _admin) = Desk::open(installation.with("VCCONNECT__BACKUP__DESTINATION", destination)).await;
    let ask = |ask: Value| {
        let mut stream = UnixStream::connect(desk.installation.data().join("admin.sock")).unwrap();
        line(&mut stream, format!("{}\n", json!({ "version": 1, "id": 1, "ask": ask })).as_bytes()).unwrap()
    };
    let backups = || ask(json!({ "do": "backups" }))["said"]["done"]["backups"].clone();
    assert_eq!(backups()["sets"], json!([]));
    assert!(backups()["plan"]["warning"].as_str().unwrap().contains("not protected"), "{}", backups());
    let begun = ask(json!({ "do": "create_backup" }));
    assert_eq!(begun["said"]["done"]["backups"]["work"]["what"], "backup", "{begun}");
    until("the backup", async || backups()["work"]["ended"].is_string()).await;
    let made = backups();
    assert_eq!((&made["work"]["failed"], &made["sets"][0]["state"]), (&Value::Null, &json!("whole")), "{made}");
    assert_eq!(made["sets"][0]["proof"], "none");
    ask(json!({ "do": "verify_backup", "set": made["sets"][0]["set"] }));
    until("reading it again", async || backups()["sets"][0]["proof"]["verified"].is_string()).await;
    let status = ask(json!({ "do": "status" }));
    assert_eq!(status["said"]["done"]["status"]["backup"]["set"], made["sets"][0]["set"]);
}
