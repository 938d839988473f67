//! Work of the queue as somebody at a shell oversees it: what is listed, stopped and done again, and by whom.

use serde_json::{Value, json};
use testkit::TestDatabase;

use crate::app::CLUSTER;
use crate::backup::again;
use crate::client::Client;
use crate::commands::Installation;
use crate::desk::{Desk, until};
use crate::reports::{start, version};

const LIST: &[u8] = b"customer,mrr\nKelp & Co,1200\nOrchard,800\n";

/// A running server with a deal of one document that was read, and whose search is up to date.
struct Room {
    desk: Desk,
    database: TestDatabase,
    admin: Client,
    deal: String,
    document: String,
}

async fn room() -> Room {
    let database = CLUSTER.clone_template().unwrap();
    let (desk, mut admin) = Desk::open(Installation::on(&database)).await;
    let deal = admin.new_deal("Northwind").await;
    let document = admin.upload(&deal, "confidential.csv", LIST).await.json["id"].as_str().unwrap().to_owned();
    let room = Room { desk, database, admin, deal, document };
    room.idle().await;
    room
}

impl Room {
    async fn idle(&self) {
        until("all work is done", async || self.sql("SELECT count(*) FROM jobs") == "0").await;
    }

    fn sql(&self, text: &str) -> String {
        self.database.sql(text).unwrap()
    }

    fn jobs(&self) -> Vec<Value> {
        let said = self.desk.installation.must(&["jobs", "list", "--json"]);
        assert!(!said.contains("confidential") && !said.contains("Northwind"), "{said}");
        let said: Value = serde_json::from_str(&said).unwrap();
        said["jobs"]["jobs"].as_array().unwrap().clone()
    }

    /// The one piece of work that there is.
    fn only(&self) -> Value {
        let jobs = self.jobs();
        assert_eq!(jobs.len(), 1, "{jobs:?}");
        jobs[0].clone()
    }

    fn does(&self, verb: &str, job: &Value) {
        let id = job["id"].as_str().unwrap();
        let sure: &[&str] = if verb == "cancel" { &["--yes"] } else { &[] };
        self.desk.installation.must(&[&["jobs", verb, id], sure].concat());
    }

    fn refused(&self, verb: &str, job: &Value) -> String {
        let id = job["id"].as_str().unwrap();
        let sure: &[&str] = if verb == "cancel" { &["--yes"] } else { &[] };
        let said = self.desk.installation.run(&[&["jobs", verb, id], sure].concat());
        assert!(!said.ok, "{}", said.out);
        said.err
    }

    /// Work that waits for an hour, as after a fault of ours.
    fn waits(&self, queue: &str, subject: &str) {
        self.sql(&format!(
            "INSERT INTO jobs (id, queue, subject, attempts, due_at, created_at) \
             VALUES (gen_random_uuid(), '{queue}', '{subject}', 4, now() + interval '1 hour', now())"
        ));
    }

    /// By a new connection: the one before may have ended while a command ran.
    async fn get(&mut self, path: &str) -> Value {
        self.admin = again(&self.desk, &self.admin);
        self.admin.get(path).await.json
    }

    async fn state(&mut self) -> (String, String) {
        let list = format!("/api/v1/deals/{}/documents", self.deal);
        let said = self.get(&list).await["items"][0].clone();
        (said["state"].as_str().unwrap().to_owned(), said["sentence"].as_str().unwrap_or_default().to_owned())
    }

    /// The newest entry of an action: by whom, and about what.
    async fn entry(&mut self, action: &str) -> (Value, Value) {
        let said = self.get(&format!("/api/v1/audit?action={action}&limit=1")).await["items"][0].clone();
        assert_eq!(said["actor_kind"], "console", "{said}");
        assert!(said["details"]["login"].as_str().is_some_and(|login| !login.is_empty()), "{said}");
        (said["object_id"].clone(), said["details"].clone())
    }
}

#[actix_web::test]
async fn a_document_that_failed_is_listed_without_its_name_and_read_again() {
    let mut room = room().await;
    assert!(room.jobs().is_empty());
    room.sql("UPDATE documents SET state = 'failed'");
    let failed = room.only();
    assert_eq!(
        (&failed["state"], &failed["queue"], &failed["attempts"]),
        (&json!("failed"), &json!("reading"), &Value::Null)
    );
    assert_eq!(failed["id"], json!(room.document));
    assert!(failed["sentence"].as_str().unwrap().contains("could not be read"), "{failed}");
    let text = room.desk.installation.must(&["jobs", "list"]);
    assert!(text.contains("was given up") && text.contains("says why"), "{text}");
    assert!(room.refused("cancel", &failed).contains("no such work"), "what was given up cannot be stopped");

    room.does("retry", &failed);
    room.idle().await;
    assert_eq!(room.state().await.0, "read");
    assert_eq!(room.entry("document.retried").await.0, json!(room.document));
    assert!(room.refused("retry", &failed).contains("Look at the list again"), "it is read now");
    assert!(room.jobs().is_empty());
}

#[actix_web::test]
async fn a_reading_is_stopped_and_one_that_waits_for_another_attempt_is_hastened() {
    let mut room = room().await;
    room.sql("UPDATE documents SET state = 'stored'");
    let document = room.document.clone();
    room.waits("reading", &document);
    let waits = room.only();
    assert!(waits["state"]["again"].is_string() && waits["attempts"] == 4, "{waits}");
    room.does("retry", &waits);
    room.idle().await;
    assert_eq!(room.state().await.0, "read");
    let (_, details) = room.entry("job.hastened").await;
    assert_eq!(details["about"]["kind"], "reading", "{details}");

    room.sql("UPDATE documents SET state = 'stored'");
    room.waits("reading", &document);
    let asked = room.desk.installation.run(&["jobs", "cancel", room.only()["id"].as_str().unwrap(), "--json"]);
    let asked: Value = serde_json::from_str(&asked.out).unwrap();
    assert_eq!(asked["word"], "cancel", "{asked}");
    assert_eq!(room.state().await.0, "stored", "nothing happens before it is confirmed");
    let waits = room.only();
    room.does("cancel", &waits);
    let (state, sentence) = room.state().await;
    assert!(state == "failed" && sentence.contains("admin of the server stopped"), "{state}: {sentence}");
    assert_eq!(room.entry("document.reading_stopped").await.0, json!(document));
    assert_eq!(room.only()["state"], "failed", "and it can be tried again");
}

#[actix_web::test]
async fn a_run_is_stopped_and_one_that_failed_is_started_again_in_the_name_of_who_started_it() {
    let mut room = room().await;
    room.sql("UPDATE documents SET state = 'stored'");
    let deal = room.deal.clone();
    let run = start(&mut room.admin, &deal).await;
    let runs = format!("/api/v1/deals/{deal}/runs");
    until("the run waits", async || room.sql("SELECT count(*) FROM run_events") == "1").await;
    let waits = room.only();
    assert_eq!(waits["queue"], "runs");
    room.does("cancel", &waits);
    assert_eq!(room.get(&run).await["state"], "cancelled");
    assert_eq!(room.entry("run.cancelled").await.0, waits["subject"]);
    assert!(room.jobs().is_empty(), "what somebody gave up did not fail");

    room.sql("UPDATE documents SET state = 'read'");
    room.sql("UPDATE report_runs SET state = 'failed'");
    let failed = room.only();
    assert_eq!((&failed["queue"], &failed["state"]), (&json!("runs"), &json!("failed")));
    room.sql("UPDATE deal_members SET role = 'reader'");
    assert!(room.refused("retry", &failed).contains("may not do so any more"), "only in the name of who may");
    room.sql("UPDATE deal_members SET role = 'owner'");
    room.does("retry", &failed);
    room.idle().await;
    let all = room.get(&runs).await;
    assert_eq!((&all["items"][0]["state"], &all["items"][1]["state"]), (&json!("done"), &json!("failed")), "{all}");
    assert_eq!(all["items"][0]["started_by"], all["items"][1]["started_by"]);
    assert_ne!(room.entry("run.started").await.0, failed["subject"]);
    assert!(room.jobs().is_empty(), "a run that was followed by another one waits for nobody");
    assert!(room.refused("retry", &failed).contains("Look at the list again"));
}

#[actix_web::test]
async fn a_file_that_could_not_be_made_is_made_and_one_that_is_being_made_is_stopped() {
    let mut room = room().await;
    let deal = room.deal.clone();
    let number = version(&mut room.admin, &deal).await;
    let path = format!("/api/v1/deals/{deal}/reports/{number}/exports");
    assert_eq!(room.admin.post(&path, &json!({ "format": "json" })).await.status, 202);
    room.idle().await;
    room.sql("UPDATE report_exports SET state = 'failed', file = NULL");
    let failed = room.only();
    assert_eq!((&failed["queue"], &failed["state"]), (&json!("exports"), &json!("failed")));
    room.does("retry", &failed);
    room.idle().await;
    assert_eq!(room.sql("SELECT state FROM report_exports"), "done");
    room.entry("report.exported").await;

    room.sql("UPDATE report_exports SET state = 'waiting'");
    room.waits("exports", failed["id"].as_str().unwrap());
    let waits = room.only();
    room.does("cancel", &waits);
    assert_eq!(room.sql("SELECT state FROM report_exports"), "cancelled");
    room.entry("report.export_cancelled").await;
    let report = room.sql("SELECT id FROM reports");
    room.waits("pictures", &report);
    let drawing = room.only();
    room.does("cancel", &drawing);
    room.entry("report.drawing_stopped").await;
    assert!(room.jobs().is_empty());
}

#[actix_web::test]
async fn the_search_is_not_left_incomplete_and_a_long_list_has_pages() {
    let room = room().await;
    room.waits("indexing", &room.document);
    let waits = room.only();
    assert!(room.refused("cancel", &waits).contains("the search would miss something"));
    room.sql("UPDATE documents SET state = 'failed'");
    for _ in 0..4 {
        let subject = room.sql("SELECT gen_random_uuid()");
        room.waits("pictures", &subject);
    }
    let (mut seen, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = ["jobs", "list", "--json", "--limit", "2"];
        let after_it = after.map(|after| format!("--after={after}"));
        let words: Vec<&str> = page.into_iter().chain(after_it.as_deref()).collect();
        let said: Value = serde_json::from_str(&room.desk.installation.must(&words)).unwrap();
        let jobs = said["jobs"]["jobs"].as_array().unwrap();
        assert!(jobs.len() <= 2);
        seen.extend(jobs.iter().map(|job| job["id"].as_str().unwrap().to_owned()));
        after = said["jobs"]["next"].as_str().map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
    assert_eq!(seen[0], room.document, "what was given up comes first");
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 6, "none twice");
    let wrong = room.desk.installation.run(&["jobs", "list", "--after", "nonsense"]);
    assert!(!wrong.ok && wrong.err.contains("This page is gone"), "{}", wrong.err);
}
