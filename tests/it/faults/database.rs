//! The database is gone for a while, in the middle of readings or of a run.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::{documents, long_list, sentence};
use crate::client::{Answer, Client};
use crate::commands::{Installation, Running};
use crate::database;
use crate::desk::{Desk, until};
use crate::documents::walk;
use crate::pictures::deck;
use crate::reports::{says_the_same, start, told, version};

/// What everybody is told.
const GONE: (u16, &str) = (503, "The database does not answer. Nothing was changed; try again in a few seconds.");

/// What those are told who were in the middle of something.
const CUT_OFF: (u16, &str) = (
    503,
    "The database stopped answering in the middle of this. It was done whole or not at all; look again in a few seconds.",
);

/// Stops the database while people work, and waits until it is gone.
async fn stop(mut database: Running, signal: Signal, admin: &Client, deal: &str) {
    let here = format!("/api/v1/deals/{deal}");
    let working: Vec<_> = (0..8).map(|_| actix_web::rt::spawn(work_on(admin.clone(), here.clone()))).collect();
    for _ in 0..20 {
        actix_web::rt::task::yield_now().await;
    }
    let pid = Pid::from_raw(i32::try_from(database.0.id()).unwrap());
    kill(pid, signal).unwrap();
    for one in working {
        let answer = one.await.unwrap();
        assert!([GONE, CUT_OFF].contains(&sentence(&answer)), "{}", answer.text);
    }
    until("it is gone", async || database.0.try_wait().unwrap().is_some()).await;
}

/// Opens a deal, which is recorded, until that fails.
async fn work_on(mut client: Client, here: String) -> Answer {
    loop {
        let answer = client.get(&here).await;
        if answer.status != 200 {
            return answer;
        }
    }
}

async fn is_gone(desk: &Desk, admin: &mut Client, deal: &str) {
    let list = format!("/api/v1/deals/{deal}/documents");
    let first = admin.get(&list).await;
    assert_eq!(sentence(&first), GONE, "the first request");
    assert_eq!(first.header("retry-after"), "5");
    assert_eq!(sentence(&admin.upload(deal, "late.csv", b"customer,mrr\nKelp,12\n").await), GONE);
    assert_eq!(sentence(&admin.post(&format!("/api/v1/deals/{deal}/runs"), &Value::Null).await), GONE);
    let ready = Client::new(desk.address()).get("/readyz").await;
    let part = &ready.json["parts"][0];
    assert_eq!((ready.status, &ready.json["ready"]), (503, &json!(false)), "{}", ready.text);
    assert_eq!(
        (&part["name"], &part["state"], &part["detail"]),
        (&json!("database"), &json!("failed"), &json!(GONE.1))
    );
    assert_eq!(Client::new(desk.address()).get("/healthz").await.status, 200);
}

/// A server on a database of its own, which runs.
async fn desk() -> (Desk, Client, Running) {
    let installation = Installation::new();
    let running = database::start(&installation);
    installation.must(&["migrate"]);
    let (desk, admin) = Desk::open(installation).await;
    (desk, admin, running)
}

fn count(desk: &Desk, what: &str) -> usize {
    database::psql(&desk.installation, &format!("SELECT count(*) FROM {what}")).parse().unwrap()
}

async fn is_ready(desk: &Desk) {
    until("it is ready", async || Client::new(desk.address()).get("/readyz").await.status == 200).await;
}

#[actix_web::test]
async fn readings_outlive_their_database_and_everybody_is_told_meanwhile() {
    let (desk, mut admin, running) = desk().await;
    let deal = admin.new_deal("Northwind").await;
    for rows in 1..=4 {
        admin.upload(&deal, &format!("{rows}.csv"), &long_list(3_000 + rows)).await;
    }
    until("documents are read", async || count(&desk, "documents WHERE state = 'reading'") > 0).await;
    stop(running, Signal::SIGINT, &admin, &deal).await;
    is_gone(&desk, &mut admin, &deal).await;
    let _running = database::start(&desk.installation);
    is_ready(&desk).await;
    assert_eq!(documents(&mut admin, &deal).await.len(), 4, "the same person goes on where they were");
    let moving = "documents WHERE state IN ('stored', 'reading')";
    until("all come to rest", async || count(&desk, moving) == 0).await;
    let room = documents(&mut admin, &deal).await;
    assert!(room.len() == 4 && room.iter().all(|one| one["state"] == "read"), "{room:?}");
    assert_eq!(walk(&desk.installation.data().join("blobs")).len(), 4, "what was refused left nothing");
}

#[actix_web::test]
async fn a_run_outlives_its_database_and_makes_the_report_that_an_untroubled_one_makes() {
    let (desk, mut admin, running) = desk().await;
    let deal = admin.new_deal("Northwind").await;
    admin.upload(&deal, "customers.csv", &long_list(1_000)).await;
    admin.upload(&deal, "deck.pdf", &deck()).await;
    let run = start(&mut admin, &deal).await;
    until("documents are judged", async || count(&desk, "report_units") > 0).await;
    stop(running, Signal::SIGQUIT, &admin, &deal).await;
    is_gone(&desk, &mut admin, &deal).await;
    let _running = database::start(&desk.installation);
    assert_eq!(count(&desk, "report_runs WHERE ended_at IS NULL"), 1, "it fell into the run");
    is_ready(&desk).await;

    until("the run ends", async || admin.get(&run).await.json["ended_at"].is_string()).await;
    let events = told(&mut admin, &run, None).await;
    assert!((1..).zip(&events).all(|(number, (id, _))| *id == number), "without gap: {events:?}");
    let (_, ended) = events.last().unwrap();
    assert_eq!((&ended["state"], &ended["report_number"]), (&json!("done"), &json!(1)), "{ended}");
    let troubled = admin.get(&format!("/api/v1/deals/{deal}/reports/1")).await.json;
    database::psql(&desk.installation, "DELETE FROM report_exports; DELETE FROM reports; DELETE FROM report_units");
    assert_eq!(version(&mut admin, &deal).await, 1);
    let untroubled = admin.get(&format!("/api/v1/deals/{deal}/reports/1")).await.json;
    says_the_same(&troubled, &untroubled);
}
