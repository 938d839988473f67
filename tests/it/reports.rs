//! Reports: runs and what they tell, versions, their files.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::app::{TestApp, eventually};
use crate::client::Client;

const LIST: &[u8] = b"customer,mrr\nKelp & Co,1200\nOrchard,800\n";
const NAMES: &[u8] = b"customer,seats\nKelp & Co,12\nOrchard,8\n";

/// The deal of the demo room, whose documents may still be being read.
pub async fn demo(admin: &mut Client) -> String {
    let loaded = admin.post("/api/v1/deals/demo", &Value::Null).await;
    assert_eq!(loaded.status, 201, "{}", loaded.text);
    loaded.json["id"].as_str().expect("an id").to_owned()
}

/// Starts a run and gives the path of it.
pub async fn start(client: &mut Client, deal: &str) -> String {
    let started = client.post(&format!("/api/v1/deals/{deal}/runs"), &Value::Null).await;
    assert_eq!(started.status, 202, "{}", started.text);
    started.header("location").to_owned()
}

/// What a run tells from behind an event to its end, with the numbers of the events.
pub async fn told(client: &mut Client, run: &str, behind: Option<u32>) -> Vec<(u32, Value)> {
    let request = client.request(reqwest::Method::GET, &format!("{run}/events"));
    let request = match behind {
        Some(last) => request.header("last-event-id", last),
        None => request,
    };
    let answer = client.send(request).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/event-stream"), "{}", answer.text);
    let messages = answer.text.split("\n\n").filter_map(|message| {
        let (id, data) = message.strip_prefix("id: ")?.split_once("\ndata: ")?;
        Some((id.parse().unwrap(), serde_json::from_str(data).unwrap()))
    });
    messages.collect()
}

/// Two reports on the same documents, as they are opened, that differ in ids and times alone.
pub fn says_the_same(one: &Value, other: &Value) {
    for part in ["status", "sections", "facts", "calcs", "citations", "documents"] {
        assert_eq!(one["report"][part], other["report"][part], "{part}");
    }
}

/// Makes a version and gives its number.
pub async fn version(client: &mut Client, deal: &str) -> i64 {
    let run = start(client, deal).await;
    let events = told(client, &run, None).await;
    let (_, last) = events.last().expect("an end");
    assert_eq!((&last["event"], &last["state"]), (&json!("ended"), &json!("done")), "{last}");
    last["report_number"].as_i64().expect("a version")
}

#[actix_web::test]
async fn a_run_of_the_demo_room_tells_what_it_does_and_makes_a_version_whose_citations_open() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = demo(&mut admin).await;
    // At once: the run waits by itself until the documents are read.
    let run = start(&mut admin, &deal).await;
    let again = admin.post(&format!("/api/v1/deals/{deal}/runs"), &Value::Null).await;
    assert_eq!((again.status, again.code()), (409, "wrong_state"), "{}", again.text);
    let events = told(&mut admin, &run, None).await;
    let numbers: Vec<u32> = events.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=u32::try_from(events.len()).unwrap()).collect::<Vec<_>>(), "without gap, in order");

    let of =
        |kind: &str| events.iter().map(|(_, event)| event).filter(|event| event["event"] == kind).collect::<Vec<_>>();
    let documents = of("document");
    assert!(documents.len() >= 6 && documents.iter().all(|one| one["problem"].is_null()), "{documents:?}");
    let arr = of("figure").into_iter().filter(|one| one["title"] == "ARR").collect::<Vec<_>>();
    assert!(arr.len() > 1 && arr.iter().any(|one| one["place"].as_str().unwrap().starts_with("p. ")), "{arr:?}");
    let stages: BTreeSet<_> =
        of("stage").iter().filter(|one| one["state"] == "done").map(|one| one["stage"].as_str().unwrap()).collect();
    assert_eq!(stages, BTreeSet::from(["documents", "figures", "report", "survey"]));
    assert!(of("section").iter().any(|one| one["id"] == "traction"));
    let ended = of("ended");
    assert_eq!((ended.len(), &ended[0]["state"], &ended[0]["report_number"]), (1, &json!("done"), &json!(1)));
    let shown = admin.get(&run).await.json;
    assert_eq!((&shown["state"], &shown["report_number"]), (&json!("done"), &json!(1)), "{shown}");

    let opened = admin.get(&format!("/api/v1/deals/{deal}/reports/1")).await;
    assert_eq!(opened.status, 200, "{}", opened.text);
    assert_eq!(opened.json["coverage"], json!({ "found": 16, "required": 18 }));
    let tree: model::Report = serde_json::from_value(opened.json["report"].clone()).unwrap();
    assert_eq!(opened.json["contradictions"], json!(tree.status.contradictions));
    assert!(tree.status.contradictions >= 10 && !tree.citations.is_empty());
    for citation in &tree.citations {
        let place = &citation.place;
        let path = format!("/api/v1/deals/{deal}/documents/{}/parts/{}", place.document.0, place.part);
        let part: model::Part = serde_json::from_str(&admin.get(&path).await.text).unwrap();
        assert_eq!(part.quote(place.span), place.quote, "{}", citation.shown);
    }
    let deeds = app.database.sql("SELECT action FROM audit_log WHERE object_kind IN ('run', 'report')").unwrap();
    for deed in ["run.started", "report.read"] {
        assert!(deeds.contains(deed), "{deed} in {deeds}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn unchanged_documents_make_no_new_version_and_an_old_one_stays_as_it_is() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    let none = admin.post(&format!("/api/v1/deals/{deal}/runs"), &Value::Null).await;
    assert_eq!((none.status, none.code()), (409, "wrong_state"));
    assert!(none.json["detail"].as_str().unwrap().contains("no documents yet"), "{}", none.text);
    admin.upload(&deal, "customers.csv", LIST).await;
    assert_eq!(version(&mut admin, &deal).await, 1);
    let list = format!("/api/v1/deals/{deal}/reports");
    let first = admin.get(&format!("{list}/1")).await.text;

    let run = start(&mut admin, &deal).await;
    let events = told(&mut admin, &run, None).await;
    let (_, ended) = events.last().unwrap();
    assert_eq!(ended["sentence"], "Nothing has changed since version 1, so there is no new one.");
    assert_eq!(admin.get(&list).await.json["total"], 1);
    let units = "SELECT count(*), count(DISTINCT document_id) FROM report_units";
    assert_eq!(app.database.sql(units).unwrap(), "2|1", "a survey and figures");

    let added = admin.upload(&deal, "seats.csv", NAMES).await;
    assert_eq!(version(&mut admin, &deal).await, 2);
    let page = admin.get(&format!("{list}?limit=1")).await.json;
    assert_eq!((&page["total"], &page["items"][0]["number"]), (&json!(2), &json!(2)));
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = admin.get(&format!("{list}?limit=1&cursor={cursor}")).await.json;
    assert_eq!((&rest["items"][0]["number"], &rest["next_cursor"]), (&json!(1), &Value::Null));

    let document = added.json["id"].as_str().unwrap();
    assert_eq!(admin.delete(&format!("/api/v1/deals/{deal}/documents/{document}")).await.status, 204);
    assert_eq!(app.database.sql(units).unwrap(), "2|1", "what was reckoned of it is gone with it");
    assert_eq!(admin.get(&format!("{list}/1")).await.text, first);
    assert_eq!(admin.get(&format!("{list}/2")).await.json["documents"], 2, "the version that cites it is there");
    for right in ["UPDATE", "DELETE", "TRUNCATE"] {
        let may = format!("SELECT has_table_privilege('vcc_app', 'reports', '{right}')");
        assert_eq!(app.database.sql(&may).unwrap(), "f", "{right}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_watcher_who_comes_back_misses_nothing_and_hears_nothing_twice_at_whichever_server() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    admin.upload(&deal, "customers.csv", LIST).await;
    let run = start(&mut admin, &deal).await;
    let all = told(&mut admin, &run, None).await;
    let other = app.another().await;
    let mut elsewhere = other.anonymous();
    elsewhere.cookie.clone_from(&admin.cookie);
    assert_eq!(told(&mut elsewhere, &run, None).await, all);
    for (last, _) in &all {
        let rest = told(&mut elsewhere, &run, Some(*last)).await;
        assert_eq!(rest, all[usize::try_from(*last).unwrap()..], "behind {last}");
    }
    other.stop().await;
    app.stop().await;
}

/// A document that never comes to rest, so that a run of its deal waits.
async fn restless(app: &TestApp, client: &mut Client, deal: &str) {
    client.upload(deal, "customers.csv", LIST).await;
    let list = format!("/api/v1/deals/{deal}/documents");
    eventually("the document comes to rest", async || client.get(&list).await.json["moving"] == 0).await;
    app.database.sql("UPDATE documents SET state = 'stored'").unwrap();
}

#[actix_web::test]
async fn a_run_that_is_cancelled_says_so_to_who_watches_and_makes_room_for_the_next() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    restless(&app, &mut admin, &deal).await;
    let run = start(&mut admin, &deal).await;
    let (mut watcher, watched) = (admin.clone(), run.clone());
    let watching = actix_web::rt::spawn(async move { told(&mut watcher, &watched, None).await });
    let waiting = "SELECT count(*) FROM run_events";
    eventually("the run waits", async || app.database.sql(waiting).unwrap() == "1").await;
    let cancelled = admin.post(&format!("{run}/cancel"), &Value::Null).await;
    assert_eq!((cancelled.status, &cancelled.json["state"]), (200, &json!("cancelled")), "{}", cancelled.text);
    let events = watching.await.unwrap();
    assert_eq!(events[0].1["event"], "waiting");
    assert_eq!(events.last().unwrap().1["state"], "cancelled");
    assert_eq!(admin.post(&format!("{run}/cancel"), &Value::Null).await.code(), "wrong_state");
    assert_eq!(app.database.sql("SELECT count(*) FROM jobs WHERE queue = 'runs'").unwrap(), "0");

    app.database.sql("UPDATE documents SET state = 'read'").unwrap();
    assert_eq!(version(&mut admin, &deal).await, 1);
    let runs = admin.get(&format!("/api/v1/deals/{deal}/runs")).await.json;
    let states: Vec<_> = runs["items"].as_array().unwrap().iter().map(|run| run["state"].clone()).collect();
    assert_eq!(states, ["done", "cancelled"]);
    app.stop().await;
}

#[actix_web::test]
async fn a_document_that_was_read_again_is_judged_again() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    let document = admin.upload(&deal, "customers.csv", LIST).await.json["id"].as_str().unwrap().to_owned();
    assert_eq!(version(&mut admin, &deal).await, 1);
    let unit = "SELECT string_agg(encode(inputs, 'hex'), ' ' ORDER BY kind) FROM report_units";
    let before = app.database.sql(unit).unwrap();
    let again = admin.post(&format!("/api/v1/deals/{deal}/documents/{document}/retry"), &Value::Null).await;
    assert_eq!(again.status, 202, "{}", again.text);
    assert_eq!(version(&mut admin, &deal).await, 2, "a run waits for the reading and takes what it gave");
    assert_ne!(app.database.sql(unit).unwrap(), before);
    app.stop().await;
}

#[actix_web::test]
async fn every_opening_of_the_events_is_recorded_whatever_the_browser_has_seen() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    admin.upload(&deal, "customers.csv", LIST).await;
    let run = start(&mut admin, &deal).await;
    told(&mut admin, &run, None).await;
    let watched = "SELECT count(*) FROM audit_log WHERE action = 'report.read' AND object_kind = 'run'";
    for (opening, behind) in (2..).zip(["1", "0", "-1", "99999", "none"]) {
        let request = admin.request(reqwest::Method::GET, &format!("{run}/events")).header("last-event-id", behind);
        assert_eq!(admin.send(request).await.status, 200, "{behind}");
        assert_eq!(app.database.sql(watched).unwrap(), opening.to_string(), "{behind}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_reader_watches_and_reads_and_changes_nothing() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    admin.upload(&deal, "customers.csv", LIST).await;
    let run = start(&mut admin, &deal).await;
    let mut reader = app.colleague(&mut admin, "viewer", "Rita").await;
    let id = reader.my_id().await;
    admin.put(&format!("/api/v1/deals/{deal}/members/{id}"), &json!({ "role": "reader" })).await;
    assert_eq!(told(&mut reader, &run, None).await.last().unwrap().1["state"], "done");
    assert_eq!(reader.get(&format!("/api/v1/deals/{deal}/reports/1")).await.status, 200);
    for path in [format!("/api/v1/deals/{deal}/runs"), format!("{run}/cancel")] {
        assert_eq!(reader.post(&path, &Value::Null).await.status, 403, "{path}");
    }
    assert_eq!(reader.get(&format!("/api/v1/deals/{deal}/reports/2")).await.status, 404);
    app.stop().await;
}

#[actix_web::test]
async fn a_version_becomes_files_once_and_each_that_leaves_is_recorded() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = demo(&mut admin).await;
    version(&mut admin, &deal).await;
    let exports = format!("/api/v1/deals/{deal}/reports/1/exports");
    for (format, media, start) in [
        ("pdf", "application/pdf", b"%PDF-".as_slice()),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
        ("json", "application/json", b"{"),
        ("markdown", "text/markdown; charset=utf-8", b"# "),
    ] {
        assert_eq!(admin.get(&format!("{exports}/{format}/file")).await.status, 404, "{format}");
        let asked = admin.post(&exports, &json!({ "format": format })).await;
        assert_eq!((asked.status, &asked.json["format"]), (202, &json!(format)), "{}", asked.text);
        let state = async |client: &mut Client| {
            let items = client.get(&exports).await.json["items"].clone();
            items.as_array().unwrap().iter().find(|one| one["format"] == format).unwrap().clone()
        };
        eventually("the file is made", async || state(&mut admin).await["state"] == "done").await;
        let file = admin.request(reqwest::Method::GET, &format!("{exports}/{format}/file")).send().await.unwrap();
        assert_eq!(file.headers()["content-type"], media);
        let name = file.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(name.starts_with("attachment; filename*=UTF-8''Northwind%20Analytics"), "{name}");
        let bytes = file.bytes().await.unwrap();
        assert!(bytes.starts_with(start), "{format}");
        assert_eq!(state(&mut admin).await["bytes"], json!(bytes.len()));
        let again = admin.post(&exports, &json!({ "format": format })).await;
        assert_eq!(again.json["state"], "done", "it is not made twice");
        let late = admin.post(&format!("{exports}/{format}/cancel"), &Value::Null).await;
        assert_eq!(late.code(), "wrong_state");
    }
    assert_eq!(admin.post(&exports, &json!({ "format": "exe" })).await.status, 400);
    let taken = "SELECT count(*) FROM audit_log WHERE action = 'report.downloaded' AND outcome = 'done'";
    assert_eq!(app.database.sql(taken).unwrap(), "4");
    app.stop().await;
}
