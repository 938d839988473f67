//! `kill -9` of the server in the middle of uploads, readings, runs and exports: what was answered is there, comes to
//! rest, and nothing else is left.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

use serde_json::json;

use crate::app::{CLUSTER, ORIGIN, PASSWORD};
use crate::client::Client;
use crate::commands::{Installation, Running};
use crate::documents::walk;

/// Longer than a lease, which the work of a dead process is held by.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

struct Desk {
    installation: Installation,
    port: u16,
    server: Option<Running>,
}

impl Desk {
    fn new(database: &testkit::TestDatabase) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let installation = Installation::on(database)
            .with("VCCONNECT__SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .with("VCCONNECT__SERVER__PUBLIC_URL", ORIGIN.to_owned());
        Self { installation, port, server: None }
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    async fn start(&mut self) {
        self.server = Some(self.installation.spawn(&["serve"]));
        let deadline = std::time::Instant::now() + PATIENCE;
        while reqwest::get(format!("{}/readyz", self.address())).await.is_err() {
            assert!(std::time::Instant::now() < deadline, "the server does not start");
            actix_web::rt::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// As `kill -9` does.
    fn kill(&mut self) {
        self.server = None;
    }

    /// Starts to send a file, stops in the middle and holds the connection.
    fn begin_upload(&self, deal: &str, cookie: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "POST /api/v1/deals/{deal}/documents HTTP/1.1\r\nHost: localhost\r\nOrigin: {ORIGIN}\r\nCookie: {cookie}\r\n\
             Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 100000\r\n\r\n\
             --edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"half.csv\"\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&b"half,a,file\n".repeat(2_000)).unwrap();
        stream
    }
}

/// A desk with a first admin, who is signed in.
async fn desk(database: &testkit::TestDatabase) -> (Desk, Client) {
    let mut desk = Desk::new(database);
    desk.installation.must(&["keys", "init"]);
    let link = desk.installation.must(&["users", "first-admin"]);
    desk.start().await;
    let mut admin = Client::new(desk.address());
    let token = link.trim().split_once('#').unwrap().1;
    let body = json!({ "token": token, "name": "Ada King", "email": "ada@fund.example", "password": PASSWORD });
    assert_eq!(admin.post("/api/v1/invitations/accept", &body).await.status, 201);
    (desk, admin)
}

/// Waits for something that the server does.
async fn until(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    let deadline = std::time::Instant::now() + PATIENCE;
    while !happened().await {
        assert!(std::time::Instant::now() < deadline, "{what} did not happen");
        actix_web::rt::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[actix_web::test]
async fn what_was_answered_survives_kill_9_and_nothing_else_does() {
    let database = CLUSTER.clone_template().unwrap();
    let (mut desk, mut admin) = desk(&database).await;
    let deal = admin.new_deal("Northwind").await;
    let cookie = admin.cookie.clone().unwrap();

    let mut answered = 0;
    for round in 0..4 {
        let half = desk.begin_upload(&deal, &cookie);
        for file in 0..=round {
            let content = format!("customer,mrr\nNumber {round},{file}\n").repeat(500 + 3_000 * round);
            let added = admin.upload(&deal, &format!("{round}-{file}.csv"), content.as_bytes()).await;
            assert_eq!(added.status, 201, "{}", added.text);
            answered += 1;
        }
        desk.kill();
        drop(half);
        desk.start().await;
    }

    let list = format!("/api/v1/deals/{deal}/documents");
    let deadline = std::time::Instant::now() + PATIENCE;
    let documents = loop {
        let answer = admin.get(&list).await;
        if answer.json["moving"] == 0 {
            break answer.json["items"].as_array().unwrap().clone();
        }
        assert!(std::time::Instant::now() < deadline, "documents still move: {}", answer.text);
        actix_web::rt::time::sleep(std::time::Duration::from_millis(200)).await;
    };
    assert_eq!(documents.len(), answered);
    assert!(documents.iter().all(|one| one["state"] == "read"), "{documents:?}");
    let files = walk(&desk.installation.data().join("blobs"));
    assert_eq!(files.len(), answered, "halves are gone: {files:?}");
    until("all work is done", async || database.sql("SELECT count(*) FROM jobs").unwrap() == "0").await;
}

/// Six kills in a run, between its first event and its last, and two in an export: one report comes out, the one that an
/// untroubled run makes, and its events have no gap.
#[actix_web::test]
async fn a_run_and_an_export_go_on_after_kill_9_where_they_were() {
    let database = CLUSTER.clone_template().unwrap();
    let (mut desk, mut admin) = desk(&database).await;
    let loaded = admin.post("/api/v1/deals/demo", &json!(null)).await;
    let deal = loaded.json["id"].as_str().unwrap().to_owned();
    let started = admin.post(&format!("/api/v1/deals/{deal}/runs"), &json!(null)).await;
    assert_eq!(started.status, 202, "{}", started.text);
    let run = started.header("location").to_owned();
    let count = |what: &str| database.sql(&format!("SELECT count(*) FROM {what}")).unwrap().parse::<u32>().unwrap();

    let mut seen = Vec::new();
    while seen.len() < 6 {
        let before = count("run_events");
        let ended = async || admin.clone().get(&run).await.json["ended_at"].is_string();
        until("another event", async || count("run_events") > before || ended().await).await;
        desk.kill();
        seen.push(count("run_events"));
        desk.start().await;
    }
    until("the run ends", async || admin.get(&run).await.json["ended_at"].is_string()).await;
    let ended = admin.get(&run).await.json;
    assert_eq!((&ended["state"], &ended["report_number"]), (&json!("done"), &json!(1)), "{ended} after {seen:?}");
    assert!(seen.first() < seen.last(), "the kills fell into the run: {seen:?}");
    assert_eq!(database.sql("SELECT max(seq) = count(*) FROM run_events").unwrap(), "t");

    let exports = format!("/api/v1/deals/{deal}/reports/1/exports");
    for format in ["pdf", "docx"] {
        assert_eq!(admin.post(&exports, &json!({ "format": format })).await.status, 202);
        desk.kill();
        desk.start().await;
        until("the file is made", async || {
            let files = admin.get(&exports).await.json["items"].clone();
            files.as_array().unwrap().iter().any(|file| file["format"] == format && file["state"] == "done")
        })
        .await;
    }
    until("all work is done", async || count("jobs") == 0).await;

    let troubled = admin.get(&format!("/api/v1/deals/{deal}/reports/1")).await.json;
    database.sql("DELETE FROM report_exports; DELETE FROM reports; DELETE FROM report_units").unwrap();
    let again = admin.post(&format!("/api/v1/deals/{deal}/runs"), &json!(null)).await.header("location").to_owned();
    until("the second run ends", async || admin.get(&again).await.json["state"] == "done").await;
    let untroubled = admin.get(&format!("/api/v1/deals/{deal}/reports/1")).await.json;
    for part in ["status", "sections", "facts", "calcs", "citations", "documents"] {
        assert_eq!(troubled["report"][part], untroubled["report"][part], "{part}");
    }
}
