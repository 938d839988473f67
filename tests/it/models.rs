//! Language models: who may set them, which of them may write about a deal, and what of their words reaches a report.

mod failing;
mod scribe;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::{Engine, ReportBlock};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{FakeModel, Gate, Reply};

use self::scribe::scribe;
use crate::app::{TestApp, eventually, eventually_within};
use crate::client::Client;
use crate::reports::{demo, told};

/// Adds a model at a base URL and gives its id.
async fn add(admin: &mut Client, base_url: &str, reach: &str) -> String {
    let body =
        json!({ "name": "Llama", "base_url": base_url, "model": "llama-3.1-70b", "reach": reach, "key": "sk-harbour" });
    let added = admin.post("/api/v1/settings/models", &body).await;
    assert_eq!(added.status, 201, "{}", added.text);
    added.json["id"].as_str().expect("an id").to_owned()
}

/// The documents of the demo room are read before a model is asked, which takes a busy machine a while.
const WAIT: Duration = Duration::from_secs(60);

/// Waits until a model was asked so often.
pub async fn asked(fake: &FakeModel, times: usize) {
    eventually_within(WAIT, "a question", async || fake.asked().len() >= times).await;
}

/// The beginning of an answer.
const BEGUN: &str = r#"{"sentences":[{"text":"Nothing is known"#;

fn drafts(app: &TestApp) -> i64 {
    app.database.sql("SELECT count(*) FROM run_events WHERE draft").unwrap().parse().unwrap()
}

/// Starts a run with a model and gives the path of it.
async fn start(client: &mut Client, deal: &str, model: &str) -> String {
    let started = client.post(&format!("/api/v1/deals/{deal}/runs"), &json!({ "model": model })).await;
    assert_eq!(started.status, 202, "{}", started.text);
    started.header("location").to_owned()
}

/// Runs with a model to the end and gives the last event.
async fn run(client: &mut Client, deal: &str, model: &str) -> Value {
    let path = start(client, deal, model).await;
    told(client, &path, None).await.pop().expect("an end").1
}

async fn tree(client: &mut Client, deal: &str, number: u64) -> model::Report {
    let opened = client.get(&format!("/api/v1/deals/{deal}/reports/{number}")).await;
    assert_eq!(opened.status, 200, "{}", opened.text);
    serde_json::from_value(opened.json["report"].clone()).expect("a tree")
}

fn written(report: &model::Report) -> Vec<&model::WrittenSentence> {
    let blocks = report.sections.iter().flat_map(|section| &section.blocks);
    let sentences = blocks.filter_map(|block| match block {
        ReportBlock::Written { sentences, .. } => Some(sentences),
        _ => None,
    });
    sentences.flatten().collect()
}

#[actix_web::test]
async fn an_admin_adds_tries_and_removes_a_model_and_its_key_is_never_told() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let fake = FakeModel::start(|_| Reply::Says("ready".to_owned())).unwrap();
    let wrong = json!({ "name": "", "base_url": "http://169.254.169.254/v1", "model": "", "reach": "local" });
    let refused = admin.post("/api/v1/settings/models", &wrong).await;
    let fields: Vec<&str> =
        refused.json["fields"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!((refused.status, fields), (422, vec!["name", "model", "base_url"]), "{}", refused.text);

    let id = add(&mut admin, &fake.base_url(), "local").await;
    let path = format!("/api/v1/settings/models/{id}");
    let tried = admin.post(&format!("{path}/test"), &Value::Null).await;
    assert_eq!((&tried.json["last_test"]["works"], tried.status), (&json!(true), 200), "{}", tried.text);
    let asked = fake.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("authorization"), Some("Bearer sk-harbour"));
    drop(fake);
    let dead = admin.post(&format!("{path}/test"), &Value::Null).await;
    assert_eq!((&dead.json["last_test"]["works"], dead.status), (&json!(false), 200), "{}", dead.text);
    let sentence = dead.json["last_test"]["sentence"].as_str().unwrap().to_owned();
    let listed = admin.get("/api/v1/settings/models").await;
    assert_eq!(listed.json["items"][0]["last_test"]["sentence"], json!(sentence), "what was seen is kept");
    for answer in [&tried, &dead, &listed] {
        assert!(!answer.text.contains("sk-harbour"), "{}", answer.text);
    }
    let stored = "SELECT count(*) FROM model_endpoints WHERE position('sk-harbour'::bytea IN key) > 0 \
                  OR position('Llama'::bytea IN settings) > 0";
    assert_eq!(app.database.sql(stored).unwrap(), "0");

    for role in ["partner", "analyst", "compliance", "viewer"] {
        let mut other = app.colleague(&mut admin, role, &format!("o{role}")).await;
        assert_eq!(other.get("/api/v1/settings/models").await.status, 403, "{role}");
        assert_eq!(other.delete(&path).await.status, 403, "{role}");
    }
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(admin.post(&format!("{path}/test"), &Value::Null).await.status, 404);
    let deeds = app.database.sql("SELECT action FROM audit_log WHERE object_kind = 'model' ORDER BY id").unwrap();
    assert_eq!(deeds, "model.added\nmodel.tested\nmodel.tested\nmodel.removed");
    app.stop().await;
}

#[actix_web::test]
async fn a_model_writes_sentences_of_which_only_checked_ones_reach_the_report() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let fake = FakeModel::start(|asked| Reply::Says(scribe(asked.user()))).unwrap();
    let model = add(&mut admin, &fake.base_url(), "local").await;
    let deal = demo(&mut admin).await;
    let path = start(&mut admin, &deal, &model).await;
    let events: Vec<Value> = told(&mut admin, &path, None).await.into_iter().map(|(_, event)| event).collect();
    let ended = events.last().unwrap();
    assert_eq!((&ended["state"], &ended["sentence"]), (&json!("done"), &Value::Null), "{ended}");
    let finals: Vec<&Value> = events.iter().filter(|event| event["event"] == "written").collect();
    assert!(finals.len() >= 4 && finals.iter().all(|one| one["problem"].is_null()), "{finals:?}");
    let replayed = told(&mut admin, &path, None).await;
    assert!(!replayed.iter().any(|(_, event)| event["event"] == "draft"), "drafts are gone once a section is final");
    let kept = events.iter().filter(|event| event["event"] != "draft");
    assert!(kept.eq(replayed.iter().map(|(_, event)| event)), "and nothing else is");
    let last = events.iter().rfind(|event| event["stage"] == "writing").unwrap();
    assert_eq!((&last["state"], &last["done"]), (&json!("done"), &last["of"]));

    let report = tree(&mut admin, &deal, 1).await;
    let Engine::Assisted(by) = &report.status.engine else { panic!("{:?}", report.status.engine) };
    let sentences = written(&report);
    assert_eq!((by.model.as_str(), by.external, by.kept as usize), ("llama-3.1-70b", false, sentences.len()));
    assert!(sentences.len() >= 4 && by.dropped as usize >= finals.len(), "{by:?}");
    for sentence in &sentences {
        assert!(!sentence.text.contains("ninety") && !sentence.text.contains("99"), "{sentence:?}");
        assert!(!sentence.cites.is_empty(), "{sentence:?}");
        for cite in &sentence.cites {
            let place = &report.citation(cite).expect("a citation").place;
            let part = format!("/api/v1/deals/{deal}/documents/{}/parts/{}", place.document.0, place.part);
            let part: model::Part = serde_json::from_str(&admin.get(&part).await.text).unwrap();
            assert_eq!(part.quote(place.span), place.quote, "letter for letter");
        }
    }
    assert!(sentences.iter().any(|one| one.text.contains("{{fact:")), "{sentences:?}");

    // The same question is not asked twice; without a model it is another one.
    let asked = fake.asked().len();
    let again = run(&mut admin, &deal, &model).await;
    assert!(again["sentence"].as_str().unwrap().starts_with("Nothing has changed since version 1"), "{again}");
    assert_eq!(fake.asked().len(), asked);
    assert_eq!(crate::reports::version(&mut admin, &deal).await, 2);
    let plain = tree(&mut admin, &deal, 2).await;
    assert_eq!((&plain.status.engine, written(&plain).len()), (&Engine::Extractive, 0));
    assert_eq!(plain.facts.len(), report.facts.len(), "the figures are the same with and without");
    let third = run(&mut admin, &deal, &model).await;
    assert_eq!((&third["report_number"], fake.asked().len()), (&json!(3), asked), "its sentences were kept");

    // What is kept may quote a document that is removed, so it goes with any of them.
    let kept = "SELECT count(*) > 0 FROM written_sections";
    assert_eq!(app.database.sql(kept).unwrap(), "t");
    let documents = admin.get(&format!("/api/v1/deals/{deal}/documents")).await.json["items"].clone();
    let first = documents[0]["id"].as_str().unwrap();
    assert_eq!(admin.delete(&format!("/api/v1/deals/{deal}/documents/{first}")).await.status, 204);
    assert_eq!(app.database.sql(kept).unwrap(), "f");
    app.stop().await;
}

#[actix_web::test]
async fn what_is_sent_is_journaled_before_it_goes_with_host_and_passages() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let gate = Gate::new();
    let (held, database) = (gate.clone(), app.database.clone());
    let (seen, unwritten) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
    let (sees, counts) = (Arc::clone(&seen), Arc::clone(&unwritten));
    let reply = move |asked: &testkit::Asked| {
        // While the request is there and nothing was answered: is its row there for others to see?
        let open = database.sql("SELECT count(*) FROM model_calls WHERE state = 'sent'").unwrap();
        if open != "1" {
            counts.fetch_add(1, Ordering::Relaxed);
        }
        sees.lock().unwrap().push(scribe::passages(asked.user()).len());
        let after = r#" yet.","quotes":[]}]}"#.to_owned();
        Reply::Held { before: BEGUN.to_owned(), gate: held.clone(), after }
    };
    let fake = FakeModel::start(reply).unwrap();
    let host = fake.base_url().trim_start_matches("http://").trim_end_matches("/v1").to_owned();
    let model = add(&mut admin, &fake.base_url(), "local").await;
    let deal = demo(&mut admin).await;
    let path = start(&mut admin, &deal, &model).await;
    assert_eq!(admin.get(&path).await.json["model"]["host"], json!(host));

    let calls = format!("/api/v1/deals/{deal}/model-calls");
    asked(&fake, 1).await;
    eventually("a draft", async || app.database.sql("SELECT count(*) FROM run_events WHERE draft").unwrap() != "0")
        .await;
    let sent = admin.get(&calls).await.json["items"][0].clone();
    assert_eq!((&sent["state"], &sent["host"], &sent["reach"]), (&json!("sent"), &json!(host), &json!("local")));
    gate.open();
    let events = told(&mut admin, &path, None).await;
    assert_eq!(events.last().unwrap().1["state"], "done");
    assert_eq!(drafts(&app), 0);

    let journal = admin.get(&calls).await.json["items"].as_array().unwrap().clone();
    assert_eq!(journal.len(), fake.asked().len(), "a row for each call");
    assert_eq!(unwritten.load(Ordering::Relaxed), 0, "each was written down before it came");
    let listed = journal.iter().rev().map(|row| row["passages"].as_array().unwrap().len());
    assert_eq!(listed.collect::<Vec<_>>(), *seen.lock().unwrap(), "every passage that was sent");
    for (row, asked) in journal.iter().rev().zip(fake.asked()) {
        assert_eq!(row["state"], "answered", "{row}");
        let prompt = asked.system().chars().count() + asked.user().chars().count();
        assert_eq!(row["prompt_characters"], json!(prompt));
        for passage in row["passages"].as_array().unwrap() {
            assert!(passage["document"].is_string() && passage["characters"].as_u64().unwrap() > 0, "{passage}");
        }
    }
    // Compliance sees what left, and where to, but no names of what it may not open.
    let mut compliance = app.colleague(&mut admin, "compliance", "Cora").await;
    let all = compliance.get("/api/v1/model-calls").await;
    assert_eq!((all.status, all.json["items"].as_array().unwrap().len()), (200, journal.len()));
    assert!(all.json["items"].as_array().unwrap().iter().all(|row| row["deal_name"].is_null()), "{}", all.text);
    assert!(!all.text.contains(".pdf") && !all.text.contains("Northwind"), "{}", all.text);
    assert_eq!(compliance.get(&calls).await.status, 404);
    let mut partner = app.colleague(&mut admin, "partner", "Pia").await;
    assert_eq!(partner.get("/api/v1/model-calls").await.status, 403);
    // Not even our own program can take a row back, or change what it says was sent.
    for forgery in ["DELETE FROM model_calls", "UPDATE model_calls SET sent = ''", "TRUNCATE model_calls"] {
        let done = app.database.sql_as_app(forgery);
        assert!(
            done.as_ref().is_err_and(|error| error.to_string().contains("permission denied")),
            "{forgery}: {done:?}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_deal_is_for_local_models_until_its_owner_allows_others() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut owner = app.colleague(&mut admin, "partner", "Olga").await;
    let mut editor = app.colleague(&mut admin, "analyst", "Ed").await;
    let fake = FakeModel::start(|asked| Reply::Says(scribe(asked.user()))).unwrap();
    let external = add(&mut admin, &fake.base_url(), "external").await;
    let deal = demo(&mut owner).await;
    let member = format!("/api/v1/deals/{deal}/members/{}", editor.my_id().await);
    assert_eq!(owner.put(&member, &json!({ "role": "editor" })).await.status, 200);

    let models = format!("/api/v1/deals/{deal}/models");
    let seen = editor.get(&models).await.json;
    assert_eq!((&seen["external_allowed"], &seen["endpoints"][0]["permitted"]), (&json!(false), &json!(false)));
    let runs = format!("/api/v1/deals/{deal}/runs");
    let refused = editor.post(&runs, &json!({ "model": external })).await;
    assert_eq!((refused.status, refused.code()), (403, "forbidden"), "{}", refused.text);
    assert!(refused.json["detail"].as_str().unwrap().contains("local models only"), "{}", refused.text);
    let misread = editor.post(&runs, &json!({ "models": external })).await;
    assert_eq!(misread.status, 422, "a word that is not understood must not start a run without the model");
    assert_eq!(editor.put(&models, &json!({ "external_allowed": true })).await.status, 403);
    assert_eq!(owner.put(&models, &json!({ "external_allowed": true })).await.status, 200);

    // Taken back while the run goes on: nothing is sent.
    let path = start(&mut editor, &deal, &external).await;
    assert_eq!(owner.put(&models, &json!({ "external_allowed": false })).await.status, 200);
    let ended = told(&mut editor, &path, None).await.pop().unwrap().1;
    assert_eq!(ended["state"], "done");
    let sentence = ended["sentence"].as_str().unwrap();
    assert!(sentence.contains("External models are not allowed for this deal any more"), "{sentence}");
    assert_eq!(app.database.sql("SELECT count(*) FROM model_calls").unwrap(), "0");
    assert!(fake.asked().is_empty());
    assert_eq!(owner.put(&models, &json!({ "external_allowed": true })).await.status, 200);
    let ended = run(&mut editor, &deal, &external).await;
    assert_eq!((&ended["report_number"], ended["sentence"].is_null()), (&json!(2), true), "{ended}");
    let Engine::Assisted(by) = tree(&mut editor, &deal, 2).await.status.engine else { panic!("no sentences") };
    assert!(by.external && by.kept > 0 && fake.asked().len() > 1);
    let unknown = json!({ "model": "00000000-0000-0000-0000-000000000000" });
    assert_eq!(editor.post(&runs, &unknown).await.status, 404);
    let deeds = app.database.sql("SELECT action FROM audit_log WHERE action = 'deal.external_models_set'").unwrap();
    assert_eq!(deeds.lines().count(), 3);
    app.stop().await;
}

/// What is kept of an answer may quote each document that was there when it was asked.
#[actix_web::test]
async fn an_answer_about_a_document_that_is_removed_while_it_comes_is_not_kept() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let gate = Gate::new();
    let held = gate.clone();
    let fake = FakeModel::start(move |asked| {
        let answer = scribe(asked.user());
        Reply::Held { before: answer, gate: held.clone(), after: String::new() }
    })
    .unwrap();
    let model = add(&mut admin, &fake.base_url(), "local").await;
    let deal = demo(&mut admin).await;
    start(&mut admin, &deal, &model).await;
    asked(&fake, 1).await;
    let documents = admin.get(&format!("/api/v1/deals/{deal}/documents")).await.json["items"].clone();
    for document in documents.as_array().unwrap() {
        let path = format!("/api/v1/deals/{deal}/documents/{}", document["id"].as_str().unwrap());
        assert_eq!(admin.delete(&path).await.status, 204);
    }
    gate.open();
    let put_off = "SELECT count(*) FROM jobs WHERE queue = 'runs' AND lease IS NULL AND due_at > created_at";
    eventually("it is begun anew", async || app.database.sql(put_off).unwrap() == "1").await;
    assert_eq!(app.database.sql("SELECT count(*) FROM written_sections").unwrap(), "0");
    app.stop().await;
}

/// An endpoint that is busy is sent the same question again after a while, unless that is forbidden meanwhile.
#[actix_web::test]
async fn a_permission_that_is_taken_back_also_ends_further_attempts() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let headers = vec![("Retry-After".to_owned(), "30".to_owned())];
    let fake = FakeModel::start(move |_| Reply::Status { status: 503, headers: headers.clone(), body: String::new() })
        .unwrap();
    let model = add(&mut admin, &fake.base_url(), "external").await;
    let deal = demo(&mut admin).await;
    let models = format!("/api/v1/deals/{deal}/models");
    assert_eq!(admin.put(&models, &json!({ "external_allowed": true })).await.status, 200);
    let path = start(&mut admin, &deal, &model).await;
    asked(&fake, 1).await;
    assert_eq!(admin.put(&models, &json!({ "external_allowed": false })).await.status, 200);
    let ended = told(&mut admin, &path, None).await.pop().unwrap().1;
    assert!(ended["sentence"].as_str().unwrap().contains("not allowed for this deal any more"), "{ended}");
    assert_eq!(fake.asked().len(), 1);
    let journal = admin.get(&format!("/api/v1/deals/{deal}/model-calls")).await.json["items"].clone();
    assert_eq!((journal.as_array().unwrap().len(), &journal[0]["state"]), (1, &json!("failed")), "{journal}");
    app.stop().await;
}

#[actix_web::test]
async fn a_run_that_is_cancelled_hangs_up_on_its_model_and_keeps_no_draft() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let begun = || Reply::Held { before: BEGUN.to_owned(), gate: Gate::new(), after: String::new() };
    let fake = FakeModel::start(move |_| begun()).unwrap();
    let model = add(&mut admin, &fake.base_url(), "local").await;
    let deal = demo(&mut admin).await;
    let path = start(&mut admin, &deal, &model).await;
    asked(&fake, 1).await;
    eventually("a draft", async || drafts(&app) > 0).await;
    let request = admin.request(Method::POST, &format!("{path}/cancel"));
    assert_eq!(admin.send(request).await.json["state"], "cancelled");
    let hung_up =
        tokio::task::spawn_blocking(move || (fake.wait_until_left(1, WAIT), fake.asked().len())).await.unwrap();
    assert_eq!(hung_up, (true, 1), "the connection is closed");
    let call = admin.get(&format!("/api/v1/deals/{deal}/model-calls")).await.json["items"][0].clone();
    assert_eq!(
        (&call["state"], &call["sentence"]),
        (&json!("failed"), &json!("The run was cancelled before an answer came."))
    );
    assert_eq!(drafts(&app), 0);
    app.stop().await;
}
