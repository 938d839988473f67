//! `kill -9` of the server at random moments of uploads, readings, runs and exports: what was answered is there, comes
//! to rest, and nothing else is left.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::app::{CLUSTER, ORIGIN};
use crate::client::{Client, form};
use crate::commands::Installation;
use crate::desk::{Desk, until};
use crate::documents::walk;
use crate::reports::{demo, says_the_same, start, version};

/// Files that are sent between two kills, at most.
const FILES: usize = 6;

/// Lets a time pass that nobody knows in advance. A test that fails tells what it was.
async fn some_time(most: u64) {
    let moment = Duration::from_millis(RandomState::new().hash_one(0) % most);
    println!("the next kill comes after {moment:?}");
    actix_web::rt::time::sleep(moment).await;
}

/// Starts to send a file, stops in the middle and holds the connection.
fn begin_upload(desk: &Desk, deal: &str, cookie: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", desk.port)).unwrap();
    let head = format!(
        "POST /api/v1/deals/{deal}/documents HTTP/1.1\r\nHost: localhost\r\nOrigin: {ORIGIN}\r\nCookie: {cookie}\r\n\
         Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 100000\r\n\r\n\
         --edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"half.csv\"\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&b"half,a,file\n".repeat(2_000)).unwrap();
    stream
}

/// Sends files one after the other until the server is gone, and gives the names of those that it answered for.
async fn send_files(client: Client, deal: String, round: usize) -> Vec<String> {
    let mut answered = Vec::new();
    for file in 0..FILES {
        let name = format!("{round}-{file}.csv");
        let (kind, body) = form(&name, format!("customer,mrr\nNumber {round},{file}\n").repeat(9_000).as_bytes());
        let request = client.request(Method::POST, &format!("/api/v1/deals/{deal}/documents"));
        match request.header("content-type", kind).body(body).send().await {
            Ok(answer) => assert_eq!(answer.status(), 201, "{name}"),
            Err(_) => break,
        }
        answered.push(name);
    }
    answered
}

#[actix_web::test]
async fn what_was_answered_survives_kill_9_and_nothing_else_does() {
    let database = CLUSTER.clone_template().unwrap();
    let (mut desk, mut admin) = Desk::open(Installation::on(&database)).await;
    let deal = admin.new_deal("Northwind").await;
    let cookie = admin.cookie.clone().unwrap();

    let (mut answered, mut moving) = (BTreeSet::new(), Vec::new());
    for round in 0..5 {
        let half = begin_upload(&desk, &deal, &cookie);
        let sending = actix_web::rt::spawn(send_files(admin.clone(), deal.clone(), round));
        some_time(500).await;
        desk.kill();
        drop(half);
        answered.extend(sending.await.unwrap());
        moving.push(database.sql("SELECT count(*) FROM documents WHERE state IN ('stored', 'reading')").unwrap());
        desk.start().await;
    }
    assert!(moving.iter().any(|count| count != "0"), "no kill fell into a reading: {moving:?}");

    let list = format!("/api/v1/deals/{deal}/documents");
    until("all documents come to rest", async || admin.get(&list).await.json["moving"] == 0).await;
    let documents = admin.get(&format!("{list}?limit=100")).await.json["items"].as_array().unwrap().clone();
    assert!(documents.iter().all(|one| one["state"] == "read"), "{documents:?}");
    let names: BTreeSet<String> = documents.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
    assert!(answered.is_subset(&names), "{answered:?} in {names:?}");
    // One that had arrived whole when its answer was cut off may be there.
    assert!(documents.len() <= answered.len() + moving.len() && !names.contains("half.csv"), "{names:?}");
    let files = walk(&desk.installation.data().join("blobs"));
    assert_eq!(files.len(), documents.len(), "halves are gone: {files:?}");
    until("all work is done", async || database.sql("SELECT count(*) FROM jobs").unwrap() == "0").await;
}

/// Up to six kills in a run and three in exports: one report comes out, the one that an untroubled run makes, and its
/// events have no gap.
#[actix_web::test]
async fn a_run_and_an_export_go_on_after_kill_9_where_they_were() {
    let database = CLUSTER.clone_template().unwrap();
    let (mut desk, mut admin) = Desk::open(Installation::on(&database)).await;
    let deal = demo(&mut admin).await;
    let run = start(&mut admin, &deal).await;
    let count = |what: &str| database.sql(&format!("SELECT count(*) FROM {what}")).unwrap().parse::<u32>().unwrap();
    let under_way = || count("report_runs WHERE ended_at IS NULL") == 1;

    let mut seen = Vec::new();
    while seen.len() < 6 && under_way() {
        let before = count("run_events");
        until("another event", async || count("run_events") > before || !under_way()).await;
        some_time(80).await;
        desk.kill();
        if under_way() {
            seen.push(count("run_events"));
        }
        desk.start().await;
    }
    assert!(seen.len() >= 3 && seen.first() < seen.last(), "the kills fell into the run: {seen:?}");
    until("the run ends", async || !under_way()).await;
    let ended = admin.get(&run).await.json;
    assert_eq!((&ended["state"], &ended["report_number"]), (&json!("done"), &json!(1)), "{ended} after {seen:?}");
    assert_eq!(database.sql("SELECT max(seq) = count(*) FROM run_events").unwrap(), "t");

    let exports = format!("/api/v1/deals/{deal}/reports/1/exports");
    for format in ["pdf", "docx", "markdown"] {
        assert_eq!(admin.post(&exports, &json!({ "format": format })).await.status, 202);
        some_time(400).await;
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
    assert_eq!(version(&mut admin, &deal).await, 1);
    let untroubled = admin.get(&format!("/api/v1/deals/{deal}/reports/1")).await.json;
    says_the_same(&troubled, &untroubled);
}
