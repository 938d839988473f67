//! Nothing that people type lies readable on disk: not in tables, write-ahead log or temporary files, not in a dump
//! of every column, and not beside the keystore.

use std::path::Path;

use serde_json::json;

use crate::app::{CLUSTER, TestApp, eventually};
use crate::reports::version;

/// Files under `dir` that hold the word, and how many bytes were looked at.
fn files_with(dir: &Path, word: &str) -> (Vec<String>, u64) {
    let (mut found, mut bytes) = (Vec::new(), 0);
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            let (below, read) = files_with(&path, word);
            found.extend(below);
            bytes += read;
        } else if path.is_file() {
            // A file that Postgres removed between listing and reading holds nothing any more.
            let content = std::fs::read(&path).unwrap_or_default();
            bytes += content.len() as u64;
            let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
            if contains(&content, word.as_bytes()) || contains(&content, &utf16) {
                found.push(path.display().to_string());
            }
        }
    }
    (found, bytes)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(haystack, needle).is_some()
}

/// Columns of all tables that hold the word, as text or as bytes: pages on disk may be compressed, values here are not.
fn columns_with(app: &TestApp, word: &str) -> Vec<String> {
    let hex: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
    let tables = app.database.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").unwrap();
    let rows = |table: &str| app.database.sql(&format!("SELECT t::text FROM {table} t")).unwrap().to_lowercase();
    tables.lines().filter(|table| rows(table).contains(word) || rows(table).contains(&hex)).map(str::to_owned).collect()
}

#[actix_web::test]
async fn names_and_addresses_are_nowhere_in_clear() {
    let word = "zanzibarite";
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let invitation = json!({ "role": "analyst", "email": format!("{word}@fund.example") });
    let invited = admin.post("/api/v1/invitations", &invitation).await;
    let link = invited.json["link"].as_str().unwrap().to_owned();
    let mut person = app.join(&link, &format!("{word} person"), &format!("{word}@fund.example")).await;
    let id = person.new_deal(&format!("{word} deal")).await;
    person.patch(&format!("/api/v1/deals/{id}"), 1, &json!({ "name": format!("{word} renamed") })).await;
    person.upload_csv("apply", format!("name\n{word} imported\n").as_bytes()).await;
    person.get(&format!("/api/v1/deals?q={word}")).await;
    app.app.audit.seal().await.unwrap();
    app.database.sql("CHECKPOINT").unwrap();

    let (cluster, looked_at) = files_with(CLUSTER.data_dir(), word);
    assert!(looked_at > 10_000_000, "only {looked_at} bytes were looked at");
    assert_eq!(cluster, Vec::<String>::new());
    assert_eq!(files_with(app.dir.path(), word).0, Vec::<String>::new());
    assert_eq!(columns_with(&app, word), Vec::<String>::new());
    app.stop().await;
}

/// Words of a document, its name and its folder: while it is read, when it is read, when its file was fetched, when a
/// report was made of it and taken away, and when it was searched for.
#[actix_web::test]
async fn words_of_documents_are_nowhere_in_clear() {
    let word = "zanthoxylum";
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Atlas").await;
    let text = format!("customer,{word}\n{word} & Co,1200\n").repeat(2_000);
    let added = admin.upload(&deal, &format!("{word} folder/{word}.csv"), text.as_bytes()).await;
    assert_eq!(added.status, 201, "{}", added.text);
    loop {
        assert_eq!(files_with(app.dir.path(), word).0, Vec::<String>::new(), "while it is read");
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
    assert_eq!(version(&mut admin, &deal).await, 1);
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
    assert!(app.dir.path().join("index").is_dir());
    app.app.audit.seal().await.unwrap();
    app.database.sql("CHECKPOINT").unwrap();
    assert_eq!(files_with(CLUSTER.data_dir(), word).0, Vec::<String>::new());
    assert_eq!(files_with(app.dir.path(), word).0, Vec::<String>::new());
    assert_eq!(columns_with(&app, word), Vec::<String>::new());
    app.stop().await;
}

/// The same search finds a word that was stored without sealing, so silence above means something.
#[actix_web::test]
async fn the_search_finds_what_is_not_sealed() {
    let word = "quetzalcoatlus";
    let app = TestApp::start().await;
    app.database
        .sql(&format!(
            "CREATE TABLE clear AS SELECT 'the {word} deal'::text AS name, '{word}'::bytea AS raw; CHECKPOINT"
        ))
        .unwrap();
    let (found, _) = files_with(CLUSTER.data_dir(), word);
    assert!(found.iter().any(|path| path.contains("pg_wal")), "write-ahead log: {found:?}");
    assert!(found.iter().any(|path| path.contains("/base/")), "table: {found:?}");
    assert_eq!(columns_with(&app, word), ["clear"]);
    std::fs::write(app.dir.path().join("log"), word).unwrap();
    assert_eq!(files_with(app.dir.path(), word).0.len(), 1);
    app.stop().await;
}
