//! `kill -9` of the server in the middle of uploads and readings: what was answered is there, comes to rest, and nothing
//! else is left.

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

#[actix_web::test]
async fn what_was_answered_survives_kill_9_and_nothing_else_does() {
    let database = CLUSTER.clone_template().unwrap();
    let mut desk = Desk::new(&database);
    desk.installation.must(&["keys", "init"]);
    let link = desk.installation.must(&["users", "first-admin"]);
    desk.start().await;
    let mut admin = Client::new(desk.address());
    let token = link.trim().split_once('#').unwrap().1;
    let body = json!({ "token": token, "name": "Ada King", "email": "ada@fund.example", "password": PASSWORD });
    assert_eq!(admin.post("/api/v1/invitations/accept", &body).await.status, 201);
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
    assert_eq!(database.sql("SELECT count(*) FROM jobs").unwrap(), "0");
}
