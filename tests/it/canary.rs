//! Nothing that people type lies readable on disk: not in tables, write-ahead log or temporary files, not in a dump
//! of every column, not in a log, and not beside the keystore. [`control`] shows that the search would find it.

mod control;
mod logs;
pub mod looking;

use std::collections::BTreeSet;

use serde_json::json;
use testkit::{Asked, FakeModel, Gate, Reply};
use vcconnect::infra::clock::Clock as _;

use crate::app::{CLUSTER, TestApp, eventually};
use crate::client::Client;
use crate::models::asked;
use crate::reports::{told, version};
use looking::{columns_with, files_with, folders_of};

const NOWHERE: Vec<String> = Vec::new();

#[actix_web::test]
async fn names_and_addresses_are_nowhere_in_clear() {
    let word = "zanzibarite";
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let secrets = people(&app, &mut admin, word).await;
    app.app.audit.seal().await.unwrap();
    app.database.sql("CHECKPOINT").unwrap();

    let (cluster, looked_at) = files_with(CLUSTER.data_dir(), word);
    assert!(looked_at > 10_000_000, "only {looked_at} bytes were looked at");
    assert_eq!(cluster, NOWHERE);
    assert_eq!(files_with(app.dir.path(), word).0, NOWHERE);
    assert_eq!(columns_with(&app, word), BTreeSet::new());
    assert_eq!(secrets.len(), 5);
    // In this database alone: the chance of tests gives the same secrets to all of them, the control among them.
    for secret in secrets {
        assert_eq!(files_with(&folders_of(&app)[0], &secret).0, NOWHERE, "what somebody signs in with");
        assert_eq!(columns_with(&app, &secret.to_lowercase()), BTreeSet::new());
    }
    app.stop().await;
}

/// Words of a document, its name and its folder: while it is read, when it is read, when its file was fetched, when a
/// report was made of it and taken away, and when it was searched for.
#[actix_web::test]
async fn words_of_documents_are_nowhere_in_clear() {
    let word = "zanthoxylum";
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let folders = folders_of(&app);
    let while_read = || {
        assert_eq!(files_with(app.dir.path(), word).0, NOWHERE, "while it is read");
        for folder in &folders {
            assert_eq!(files_with(folder, word).0, NOWHERE, "while it is read");
        }
    };
    documents(&mut admin, word, while_read).await;
    assert!(app.dir.path().join("index").is_dir());
    app.app.audit.seal().await.unwrap();
    app.database.sql("CHECKPOINT").unwrap();
    assert_eq!(files_with(CLUSTER.data_dir(), word).0, NOWHERE);
    assert_eq!(files_with(app.dir.path(), word).0, NOWHERE);
    assert_eq!(columns_with(&app, word), BTreeSet::new());
    app.stop().await;
}

/// Somebody is invited, signs in with a second factor, names a deal and renames it, imports a list and looks for a deal;
/// an admin makes them a link to another password. Gives what opens their account: the secret of their app first.
async fn people(app: &TestApp, admin: &mut Client, word: &str) -> Vec<String> {
    let invitation = json!({ "role": "analyst", "email": format!("{word}@fund.example") });
    let invited = admin.post("/api/v1/invitations", &invitation).await;
    let link = invited.json["link"].as_str().unwrap().to_owned();
    let mut person = app.join(&link, &format!("{word} person"), &format!("{word}@fund.example")).await;
    let id = person.new_deal(&format!("{word} deal")).await;
    person.patch(&format!("/api/v1/deals/{id}"), 1, &json!({ "name": format!("{word} renamed") })).await;
    person.upload_csv("apply", format!("name\n{word} imported\n").as_bytes()).await;
    person.get(&format!("/api/v1/deals?q={word}")).await;
    person.set_up_second_factor(app.clock.now()).await;
    let authenticator = person.authenticator.clone().unwrap();
    let recovery = authenticator.recovery_code();
    let id = person.my_id().await;
    let reset = admin.post(&format!("/api/v1/users/{id}/password-reset"), &json!(null)).await;
    let token = reset.json["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let session = person.cookie.unwrap().split_once('=').unwrap().1.to_owned();
    vec![authenticator.secret, recovery.replace('-', ""), recovery, token, session]
}

/// All that is done with documents: they are dropped, read, refused, looked at, fetched, reported on, taken away and
/// searched for.
async fn documents(admin: &mut Client, word: &str, mut while_read: impl FnMut()) {
    let deal = admin.new_deal("Atlas").await;
    let text = format!("customer,{word}\n{word} & Co,1200\n").repeat(2_000);
    let added = admin.upload(&deal, &format!("{word} folder/{word}.csv"), text.as_bytes()).await;
    assert_eq!(added.status, 201, "{}", added.text);
    loop {
        while_read();
        if admin.get(&format!("/api/v1/deals/{deal}/documents")).await.json["moving"] == 0 {
            break;
        }
    }
    // A file that is refused when it has arrived whole must leave as little as one that stays.
    let copy = admin.upload(&deal, &format!("{word} copy.csv"), text.as_bytes()).await;
    assert_eq!(copy.status, 409);
    let here = format!("/api/v1/deals/{deal}/documents/{}", added.json["id"].as_str().unwrap());
    assert!(admin.get(&format!("{here}/parts/1")).await.text.contains(word), "it was read");
    assert!(admin.get(&format!("{here}/file")).await.text.contains(word));
    assert_eq!(version(admin, &deal).await, 1);
    let report = format!("/api/v1/deals/{deal}/reports/1");
    assert!(admin.get(&report).await.text.contains(word), "the report names the file");
    for format in ["pdf", "docx", "json", "markdown"] {
        admin.post(&format!("{report}/exports"), &json!({ "format": format })).await;
    }
    eventually("the files are made", async || {
        let files = admin.get(&format!("{report}/exports")).await.json["items"].clone();
        files.as_array().unwrap().iter().filter(|file| file["state"] == "done").count() == 4
    })
    .await;
    assert!(admin.get(&format!("{report}/exports/json/file")).await.text.contains(word));
    let search = format!("/api/v1/search?q={word}");
    eventually("it is found", async || admin.get(&search).await.json["items"][0]["source"].is_string()).await;
    sentences(admin, &deal, word, while_read).await;
}

/// A model with a key is added, and writes about the deal: what it has begun to write, and what was sent to it.
async fn sentences(admin: &mut Client, deal: &str, word: &str, mut while_written: impl FnMut()) {
    let gate = Gate::new();
    let (held, begun) = (gate.clone(), format!(r#"{{"sentences":[{{"text":"Nobody knows {word}"#));
    let reply = move |_: &Asked| Reply::Held {
        before: begun.clone(),
        gate: held.clone(),
        after: r#" yet.","quotes":[]}]}"#.to_owned(),
    };
    let fake = FakeModel::start(reply).unwrap();
    let new = json!({
        "name": format!("{word} model"), "base_url": fake.base_url(), "model": word, "reach": "local", "key": word,
    });
    let memo = format!("At {word} the annual recurring revenue (ARR) was €4.2m on 30 June 2025.\n");
    assert_eq!(admin.upload(deal, &format!("{word}.txt"), memo.as_bytes()).await.status, 201);
    let model = admin.post("/api/v1/settings/models", &new).await.json["id"].clone();
    let started = admin.post(&format!("/api/v1/deals/{deal}/runs"), &json!({ "model": model })).await;
    assert_eq!(started.status, 202, "{}", started.text);
    asked(&fake, 1).await;
    assert!(fake.asked()[0].user().contains(word), "it is sent a passage");
    while_written();
    gate.open();
    let events = told(admin, started.header("location"), None).await;
    assert_eq!(events.last().unwrap().1["report_number"], 2);
    let calls = admin.get(&format!("/api/v1/deals/{deal}/model-calls")).await;
    assert!(calls.text.contains(word), "{}", calls.text);
}
