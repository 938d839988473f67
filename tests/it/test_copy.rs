//! A copy that was made to try things out: whom it does not know, what it lets out, and what it leaves alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use uuid::Uuid;
use vault::RecoveryKey;

use crate::backup::{again, make, repository, with_recovery_key};
use crate::client::Client;
use crate::commands::{Installation, Running, Said};
use crate::database::{psql, start};
use crate::desk::{Desk, until};
use crate::documents::walk;

const NEW: &str = "copper lantern estuary 4";
/// What is known of people of the live installation.
const REAL: [&str; 5] = ["Ada King", "ada@fund.example", "grace@fund.example", "canary-search", "sk-harbour"];

/// An installation with people, an invitation, a model and a document, and a backup of it.
struct Live {
    desk: Desk,
    admin: Client,
    deal: String,
    _database: Running,
    recovery: RecoveryKey,
}

async fn live() -> Live {
    let (installation, recovery) = with_recovery_key(Installation::new());
    let database = start(&installation);
    installation.must(&["migrate"]);
    let (desk, mut admin) = Desk::open(installation).await;
    let deal = admin.new_deal("Northwind").await;
    assert_eq!(admin.upload(&deal, "customers.csv", b"customer,mrr\nKelp & Co,1200\n").await.status, 201);
    let invited = admin.post("/api/v1/invitations", &json!({ "role": "viewer", "email": "grace@fund.example" })).await;
    assert_eq!(invited.status, 201, "{}", invited.text);
    let model = json!({ "name": "Llama", "base_url": "http://127.0.0.1:9/v1", "model": "llama", "reach": "local", "key": "sk-harbour" });
    let added = admin.post("/api/v1/settings/models", &model).await;
    assert_eq!(added.status, 201, "{}", added.text);
    admin.get("/api/v1/search?q=canary-search").await;
    let list = format!("/api/v1/deals/{deal}/documents");
    until("it is read", async || admin.get(&list).await.json["moving"] == 0).await;
    make(&desk.installation);
    Live { desk, admin, deal, _database: database, recovery }
}

impl Live {
    fn copy_at(&self, dir: &Path, more: &[&str]) -> Said {
        let here = &self.desk.installation;
        let key = here.dir.path().join("recovery.txt");
        fs::write(&key, self.recovery.text().as_str()).unwrap();
        let (place, key, dir) = (repository(here), key.display().to_string(), dir.display().to_string());
        let place = place.display().to_string();
        let words = ["restore", &place, "--recovery-key-file", &key, "--as-test", "--data-dir", &dir];
        here.run(&[&words, more].concat())
    }

    fn dir(&self, name: &str) -> PathBuf {
        self.desk.installation.dir.path().join(name)
    }
}

/// Every file below a folder with its bytes.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    walk(folder).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// The program with the copy's configuration.
fn installation(dir: &Path) -> Installation {
    Installation::new()
        .with("VCCONNECT_CONFIG_DIR", dir.join("configuration").display().to_string())
        .with("VCCONNECT__STORAGE__DATA_DIR", dir.display().to_string())
}

/// Somebody of the copy comes in by a link that the console makes.
async fn come_in(copy: &Desk, id: &str, email: &str) -> Client {
    let said: Value =
        serde_json::from_str(&copy.installation.must(&["users", "reset-password", id, "--json"])).unwrap();
    let link = said["invited"]["link"].as_str().unwrap();
    let token = link.split_once('#').unwrap().1;
    let mut person = Client::new(copy.address());
    let chosen = person.post("/api/v1/password-resets/use", &json!({ "token": token, "password": NEW })).await;
    assert_eq!(chosen.status, 204, "{}", chosen.text);
    let signed_in = person.post("/api/v1/session", &json!({ "email": email, "password": NEW })).await;
    assert_eq!(signed_in.status, 200, "{}", signed_in.text);
    assert!(signed_in.json["test_copy"].as_str().unwrap().contains("Test copy of"), "{}", signed_in.text);
    person.set_up_second_factor(chrono::Utc::now()).await;
    person
}

#[actix_web::test]
async fn a_test_copy_knows_nobody_lets_nothing_out_and_leaves_what_is_live_alone() {
    let live = live().await;
    let place = repository(&live.desk.installation);
    let before = content(&place);
    let dir = live.dir("copy");
    let said = live.copy_at(&dir, &[]);
    assert!(said.ok, "{} {}", said.out, said.err);
    assert!(
        said.out.contains("made-up names") && said.out.contains("treat the copy like the original"),
        "{}",
        said.out
    );
    assert_eq!(content(&place), before, "the repository is untouched");
    assert_eq!(again(&live.desk, &live.admin).get("/api/v1/deals").await.json["items"][0]["name"], "Northwind");

    let copied = installation(&dir);
    let _database = start(&copied);
    let mut copy = Desk::new(copied);
    copy.start().await;
    let here = &copy.installation;
    let users: Value = serde_json::from_str(&here.must(&["users", "list", "--json"])).unwrap();
    let person = &users["users"][0];
    assert_eq!((&person["name"], &person["email"]), (&json!("Test Person 001"), &json!("person-001@test.invalid")));
    let mut admin = come_in(&copy, person["id"].as_str().unwrap(), "person-001@test.invalid").await;
    let deal = &live.deal;
    let mut all = String::new();
    for path in [
        "/api/v1/session",
        "/api/v1/users",
        "/api/v1/invitations",
        "/api/v1/audit?limit=200",
        "/api/v1/settings/models",
        &format!("/api/v1/deals/{deal}"),
        &format!("/api/v1/deals/{deal}/documents"),
    ] {
        let said = admin.get(path).await;
        assert_eq!(said.status, 200, "{path}: {}", said.text);
        all.push_str(&said.text);
    }
    for real in REAL {
        assert!(!all.contains(real), "{real} in {all}");
    }
    assert!(all.contains("customers.csv") && all.contains("Test Person 001"), "documents are there: {all}");
    assert!(all.contains("backup.restored") && all.contains("as_test"), "the log says it: {all}");
    assert!(here.must(&["audit", "verify"]).contains("intact"));
    assert!(here.must(&["doctor"]).contains("Test copy of the set"));
    let status: Value = serde_json::from_str(&here.must(&["status", "--json"])).unwrap();
    assert_eq!(
        (&status["status"]["parts"][0]["name"], &status["status"]["parts"][0]["state"]),
        (&json!("copy"), &json!("note"))
    );

    refuses_to_let_anything_out(&mut admin, deal).await;
    let backup = here.run(&["backup", "create"]);
    assert!(!backup.ok, "{}", backup.out);
    let real = place.display().to_string();
    let mut backup = here.command(&["backup", "create"]);
    let backup = backup.env("VCCONNECT__BACKUP__DESTINATION", &real).output().unwrap();
    let said = String::from_utf8(backup.stderr).unwrap();
    assert!(!backup.status.success() && said.contains("This is a test copy"), "{said}");
    let mut prune = here.command(&["backup", "prune"]);
    assert!(!prune.env("VCCONNECT__BACKUP__DESTINATION", &real).output().unwrap().status.success());
    assert_eq!(content(&place), before, "also then");

    let forbidden = here.must(&["database", "dsn"]);
    let removed = std::process::Command::new("psql")
        .args(["--dbname", forbidden.trim(), "--command", "DELETE FROM test_copy"])
        .output();
    assert!(String::from_utf8(removed.unwrap().stderr).unwrap().contains("permission denied"));
    fs::remove_file(dir.join("test-copy.json")).unwrap();
    copy.kill();
    copy.start().await;
    refuses_to_let_anything_out(&mut again(&copy, &admin), deal).await;
}

/// Whatever is set: nothing may leave.
async fn refuses_to_let_anything_out(admin: &mut Client, deal: &str) {
    let body = json!({ "name": "Llama", "base_url": "http://127.0.0.1:9/v1", "model": "llama", "reach": "local" });
    let added = admin.post("/api/v1/settings/models", &body).await;
    assert!(added.code() == "wrong_state" && added.text.contains("nothing leaves it"), "{}", added.text);
    let run = admin.post(&format!("/api/v1/deals/{deal}/runs"), &json!({ "model": Uuid::nil() })).await;
    assert!(run.code() == "wrong_state" && run.text.contains("nothing leaves it"), "{}", run.text);
    assert!(admin.get("/api/v1/session").await.json["test_copy"].is_string());
}

#[actix_web::test]
async fn a_copy_without_documents_has_none_and_no_copy_is_made_over_anything() {
    let live = live().await;
    let data = live.desk.installation.data();
    for (taken, why) in [
        (data.clone(), "something in --data-dir"),
        (data.join("copy"), "lies in a folder of this installation"),
        (repository(&live.desk.installation).join("copy"), "lies in a folder of this installation"),
        (PathBuf::from("copy"), "no full path"),
    ] {
        let said = live.copy_at(&taken, &[]);
        assert!(!said.ok && said.err.contains(why), "{}: {}", taken.display(), said.err);
    }
    assert!(!data.join("copy").exists());
    let dir = live.dir("copy");
    let said = live.copy_at(&dir, &["--without-documents", "--json"]);
    assert!(said.ok, "{} {}", said.out, said.err);
    assert_eq!(walk(&dir.join("blobs")).len(), 0);
    let copied = installation(&dir);
    let _database = start(&copied);
    for (table, rows) in [
        ("documents", "0"),
        ("document_parts", "0"),
        ("jobs", "0"),
        ("deals", "1"),
        ("users", "1"),
        ("model_endpoints", "0"),
    ] {
        assert_eq!(psql(&copied, &format!("SELECT count(*) FROM {table}")), rows, "{table}");
    }
    let key = live.dir("recovery.txt").display().to_string();
    let place = repository(&live.desk.installation).display().to_string();
    let real = copied.run(&["restore", &place, "--recovery-key-file", &key, "--yes"]);
    assert!(!real.ok && real.err.contains("folder of a test copy"), "{}", real.err);
    let mask = live.desk.installation.run(&["restore", &place, "--recovery-key-file", &key, "--masked", "--yes"]);
    assert!(
        !mask.ok && mask.err.contains("not the folder of a test copy"),
        "what is live is never masked: {}",
        mask.err
    );
}
