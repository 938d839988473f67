//! A model that fails takes nothing with it: the report is made, and says what happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use model::Engine;
use serde_json::json;
use testkit::{FakeModel, Reply};

use super::scribe::scribe;
use super::{add, asked, run, start, tree, written};
use crate::app::TestApp;
use crate::reports::{demo, told};

fn problem(report: &model::Report) -> String {
    match &report.status.engine {
        Engine::Assisted(by) => by.problem.clone().unwrap_or_default(),
        Engine::Extractive => String::new(),
    }
}

#[actix_web::test]
async fn a_dead_endpoint_leaves_the_report_as_it_is_without_and_the_status_box_says_so() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let fake = FakeModel::start(|_| Reply::Silent).unwrap();
    let model = add(&mut admin, &fake.base_url(), "local").await;
    drop(fake);
    let deal = demo(&mut admin).await;
    assert_eq!(crate::reports::version(&mut admin, &deal).await, 1);
    let ended = run(&mut admin, &deal, &model).await;
    assert_eq!((&ended["state"], &ended["report_number"]), (&json!("done"), &json!(2)), "{ended}");
    let (without, with) = (tree(&mut admin, &deal, 1).await, tree(&mut admin, &deal, 2).await);
    assert_eq!(with.sections, without.sections, "no section is emptied");
    assert_eq!((&with.facts, &with.citations), (&without.facts, &without.citations));
    let said = problem(&with);
    assert!(said.starts_with("Llama (127.0.0.1:"), "{said}");
    assert_eq!(ended["sentence"], json!(said));
    let journal = admin.get(&format!("/api/v1/deals/{deal}/model-calls")).await.json["items"].clone();
    assert_eq!(journal.as_array().unwrap().len(), 1, "the other sections did not ask: {journal}");
    assert_eq!(journal[0]["state"], "failed");
    app.stop().await;
}

#[actix_web::test]
async fn a_model_that_works_again_is_asked_again() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let well = Arc::new(AtomicBool::new(false));
    let is_well = Arc::clone(&well);
    let fake = FakeModel::start(move |asked| match is_well.load(Ordering::Relaxed) {
        true => Reply::Says(scribe(asked.user())),
        false => Reply::Status { status: 401, headers: Vec::new(), body: "{}".to_owned() },
    })
    .unwrap();
    let model = add(&mut admin, &fake.base_url(), "local").await;
    let deal = demo(&mut admin).await;
    let ended = run(&mut admin, &deal, &model).await;
    assert!(ended["sentence"].as_str().unwrap().contains("does not accept the key"), "{ended}");
    well.store(true, Ordering::Relaxed);
    let ended = run(&mut admin, &deal, &model).await;
    assert_eq!((&ended["report_number"], ended["sentence"].is_null()), (&json!(2), true), "{ended}");
    assert!(!written(&tree(&mut admin, &deal, 2).await).is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn nonsense_and_redirects_are_refused_and_no_other_host_is_asked() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let elsewhere = FakeModel::start(|asked| Reply::Says(scribe(asked.user()))).unwrap();
    let target = format!("{}/chat/completions", elsewhere.base_url());
    let redirecting = FakeModel::start(move |_| Reply::Status {
        status: 307,
        headers: vec![("Location".to_owned(), target.clone())],
        body: String::new(),
    })
    .unwrap();
    let babbling = FakeModel::start(|_| Reply::Says("I would rather tell you a story.".to_owned())).unwrap();
    let deal = demo(&mut admin).await;
    let model = add(&mut admin, &redirecting.base_url(), "local").await;
    let ended = run(&mut admin, &deal, &model).await;
    assert!(ended["sentence"].as_str().unwrap().contains("redirect"), "{ended}");
    assert!(elsewhere.asked().is_empty());
    let model = add(&mut admin, &babbling.base_url(), "local").await;
    let ended = run(&mut admin, &deal, &model).await;
    assert!(ended["sentence"].as_str().unwrap().contains("not in the form"), "{ended}");
    let report = tree(&mut admin, &deal, 2).await;
    assert!(written(&report).is_empty() && !problem(&report).is_empty());
    app.stop().await;
}

#[actix_web::test]
async fn a_server_that_ends_asks_again_only_what_was_in_flight() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let well = Arc::new(AtomicBool::new(false));
    let is_well = Arc::clone(&well);
    let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let fake = FakeModel::start(move |asked| {
        let nth = count.fetch_add(1, Ordering::Relaxed);
        if nth < 2 || is_well.load(Ordering::Relaxed) { Reply::Says(scribe(asked.user())) } else { Reply::Silent }
    })
    .unwrap();
    let model = add(&mut admin, &fake.base_url(), "local").await;
    let deal = demo(&mut admin).await;
    let path = start(&mut admin, &deal, &model).await;
    // Two are answered, one is in flight.
    asked(&fake, 3).await;
    let clock = app.clock.clone();
    let meanwhile = || {
        well.store(true, Ordering::Relaxed);
        // Nobody renews what the server held.
        clock.advance(TimeDelta::minutes(5));
    };
    let app = app.restarted(meanwhile).await;
    let mut back = app.anonymous();
    back.cookie = admin.cookie.take();
    let mut admin = back;
    let events = told(&mut admin, &path, None).await;
    let ended = &events.last().unwrap().1;
    assert_eq!((&ended["state"], &ended["sentence"]), (&json!("done"), &serde_json::Value::Null), "{ended}");
    let sections = events.iter().filter(|(_, event)| event["event"] == "written");
    let sections: std::collections::BTreeSet<_> = sections.map(|(_, event)| event["section"].to_string()).collect();
    assert_eq!(fake.asked().len(), sections.len() + 1, "one question twice: the one that was in flight");
    let journal = admin.get(&format!("/api/v1/deals/{deal}/model-calls")).await.json["items"].clone();
    let lost: Vec<_> = journal.as_array().unwrap().iter().filter(|call| call["state"] == "failed").collect();
    assert!(lost.len() == 1 && lost[0]["sentence"].as_str().unwrap().contains("interrupted"), "{lost:?}");
    app.stop().await;
}
