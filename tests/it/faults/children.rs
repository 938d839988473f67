//! A child of the server is killed while it works: the one that reads, the one that judges, the one that renders. Nobody but a kernel
//! that is out of memory does that, so that is what is told.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::long_list;
use crate::app::CLUSTER;
use crate::client::Client;
use crate::commands::Installation;
use crate::desk::{Desk, until};
use crate::reports::{start, told};

const LIST: &[u8] = b"customer,mrr\nKelp & Co,1200\nOrchard,800\n";
const PATIENCE: Duration = Duration::from_secs(20);

/// Kills the next child of this kind with -9 while it works, once it was asked to and `due` says so.
fn kill_the_next(desk: &Desk, kind: &'static str, due: impl Fn() -> bool + Send + 'static) -> Killing {
    let server = desk.pid();
    Killing(std::thread::spawn(move || {
        let deadline = Instant::now() + PATIENCE;
        let wait = |what: &str| {
            assert!(Instant::now() < deadline, "{what}");
            std::thread::sleep(Duration::from_millis(1));
        };
        while !due() {
            wait("its time did not come");
        }
        loop {
            // One that ended in between was not killed.
            if child_at_work(server, kind).is_some_and(|child| kill(child, Signal::SIGKILL).is_ok()) {
                return;
            }
            wait("there was no such child");
        }
    }))
}

struct Killing(std::thread::JoinHandle<()>);

impl Killing {
    async fn happened(self) {
        until("the killing", async || self.0.is_finished()).await;
        self.0.join().unwrap();
    }
}

/// A child of the server that has begun its work. Those that take documents say so by giving up the right to write
/// files; what happens to others before they work is the same as what happens after.
fn child_at_work(server: u32, kind: &str) -> Option<Pid> {
    let (place, sign) = match kind {
        "render" => ("status", "Seccomp:\t2"),
        _ => ("limits", "Max file size             0 "),
    };
    let (parent, words) = (format!("PPid:\t{server}\n"), format!("\0child\0{kind}\0"));
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok()).map(Pid::from_raw).find(|pid| {
        let of = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
        of("cmdline").ends_with(&words) && of("status").contains(&parent) && of(place).contains(sign)
    })
}

async fn desk() -> (Desk, Client, String, testkit::TestDatabase) {
    let database = CLUSTER.clone_template().unwrap();
    let (desk, mut admin) = Desk::open(Installation::on(&database)).await;
    let deal = admin.new_deal("Northwind").await;
    (desk, admin, deal, database)
}

async fn at_rest(client: &mut Client, document: &str) -> Value {
    until("it comes to rest", async || {
        let state = client.get(document).await.json["state"].clone();
        state != "stored" && state != "reading"
    })
    .await;
    client.get(document).await.json
}

#[actix_web::test]
async fn a_reader_that_is_killed_fails_its_document_with_a_sentence_and_the_next_try_reads_it() {
    let (desk, mut admin, deal, _) = desk().await;
    let killing = kill_the_next(&desk, "read", || true);
    let added = admin.upload(&deal, "customers.csv", &long_list(20_000)).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let here = format!("/api/v1/deals/{deal}/documents/{}", added.json["id"].as_str().unwrap());
    killing.happened().await;
    let failed = at_rest(&mut admin, &here).await;
    assert_eq!(failed["state"], "failed", "{failed}");
    assert_eq!(
        failed["sentence"],
        "Reading it needs more memory than a file may use. The file is safe and holds up no other; save it in parts and \
         drop those."
    );
    assert_eq!(admin.get(&format!("{here}/file")).await.text.as_bytes(), long_list(20_000), "the file is safe");
    assert_eq!(admin.post(&format!("{here}/retry"), &json!({})).await.status, 202);
    let read = at_rest(&mut admin, &here).await;
    assert_eq!((&read["state"], &read["sentence"]), (&json!("read"), &json!("Read 1 sheet.")), "{read}");
}

#[actix_web::test]
async fn a_judge_that_is_killed_is_told_and_another_run_makes_the_report_whole() {
    let (desk, mut admin, deal, database) = desk().await;
    let added = admin.upload(&deal, "customers.csv", &long_list(8_000)).await;
    at_rest(&mut admin, &format!("/api/v1/deals/{deal}/documents/{}", added.json["id"].as_str().unwrap())).await;

    let killing = kill_the_next(&desk, "judge", || true);
    let run = start(&mut admin, &deal).await;
    let events: Vec<Value> = told(&mut admin, &run, None).await.into_iter().map(|(_, event)| event).collect();
    killing.happened().await;
    let broke = "Judging it needs more memory than a document may use. The document is safe and holds up no other; save it \
                 in parts and drop those.";
    let about = events.iter().find(|event| event["event"] == "document").unwrap();
    assert_eq!((&about["name"], &about["problem"]), (&json!("customers.csv"), &json!(broke)), "{about}");
    assert_eq!(events.last().unwrap()["report_number"], 1, "{events:?}");
    let first = admin.get(&format!("/api/v1/deals/{deal}/reports/1")).await;
    assert!(first.text.contains(broke), "the report says what it lacks");

    let killing = kill_the_next(&desk, "judge", move || {
        database.sql("SELECT count(*) FROM report_units").is_ok_and(|units| units == "2")
    });
    let run = start(&mut admin, &deal).await;
    let (_, ended) = told(&mut admin, &run, None).await.pop().unwrap();
    killing.happened().await;
    assert_eq!(ended["state"], "failed", "{ended}");
    assert_eq!(
        ended["sentence"],
        "Making the report needs more memory than a report may use. The documents and earlier reports are safe; take out \
         what the report does not need and try again."
    );
    assert_eq!(admin.get(&format!("/api/v1/deals/{deal}/reports/1")).await.text, first.text);

    let run = start(&mut admin, &deal).await;
    let (_, ended) = told(&mut admin, &run, None).await.pop().unwrap();
    assert_eq!((&ended["state"], &ended["report_number"]), (&json!("done"), &json!(2)), "{ended}");
    let second = admin.get(&format!("/api/v1/deals/{deal}/reports/2")).await;
    assert!(!second.text.contains(broke), "nothing is lacking any more");
}

#[actix_web::test]
async fn a_renderer_that_is_killed_is_started_again() {
    let (desk, mut admin, deal, _) = desk().await;
    admin.upload(&deal, "customers.csv", LIST).await;
    let run = start(&mut admin, &deal).await;
    assert_eq!(told(&mut admin, &run, None).await.pop().unwrap().1["state"], "done");
    let exports = format!("/api/v1/deals/{deal}/reports/1/exports");
    let killing = kill_the_next(&desk, "render", || true);
    assert_eq!(admin.post(&exports, &json!({ "format": "docx" })).await.status, 202);
    killing.happened().await;
    let state = async |client: &mut Client| client.get(&exports).await.json["items"][0]["state"].clone();
    assert_eq!(state(&mut admin).await, "running", "nobody is told of a fault that mends itself");
    until("the file is made", async || state(&mut admin).await == "done").await;
    let file = admin.request(reqwest::Method::GET, &format!("{exports}/docx/file")).send().await.unwrap();
    assert!(file.bytes().await.unwrap().starts_with(b"PK"));
}
