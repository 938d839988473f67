//! Documents that nobody here wrote, hostile ones among them, through the real server: each comes to rest with a
//! sentence, and the server answers all the while. Runs where `VCCONNECT_CORPUS` names the folder.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::app::TestApp;

/// The slowest is a bomb that is ended at the limit of processor time; the rest is text recognition.
const PATIENCE: Duration = Duration::from_secs(600);

/// The folder of the corpus, if there is one; signs that its tests really ran.
fn corpus() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("VCCONNECT_CORPUS") else {
        println!("corpus tests not run: VCCONNECT_CORPUS is not set");
        return None;
    };
    if let Some(receipt) = std::env::var_os("VCCONNECT_CORPUS_RECEIPT") {
        let mut receipt =
            std::fs::OpenOptions::new().create(true).append(true).open(receipt).expect("the receipt opens");
        writeln!(receipt, "corpus_server").expect("the receipt is signed");
    }
    Some(PathBuf::from(folder))
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .flat_map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path()] })
        .filter(|path| path.extension().is_some_and(|ending| ending != "tsv" && ending != "jsonl"))
        .collect();
    found.sort();
    found
}

#[actix_web::test]
async fn every_file_of_the_corpus_comes_to_rest_and_the_server_never_notices() {
    let Some(corpus) = corpus() else {
        return;
    };
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Corpus").await;
    let (mut stored, mut refused) = (0, Vec::new());
    for file in files(&corpus) {
        let name = file.strip_prefix(&corpus).unwrap().display().to_string();
        let answer = admin.upload(&deal, &name, &std::fs::read(&file).unwrap()).await;
        match answer.status {
            201 => stored += 1,
            415 => refused.push(name),
            _ => panic!("{name}: {}", answer.text),
        }
    }
    assert!(stored > 30, "{stored} stored, refused: {refused:?}");

    let list = format!("/api/v1/deals/{deal}/documents?limit=200");
    let deadline = Instant::now() + PATIENCE;
    let documents = loop {
        let answer = admin.get(&list).await;
        assert_eq!(answer.status, 200, "the server answers while it reads: {}", answer.text);
        if answer.json["moving"] == 0 {
            break answer.json["items"].as_array().unwrap().clone();
        }
        assert!(Instant::now() < deadline, "{} documents still move", answer.json["moving"]);
        actix_web::rt::time::sleep(Duration::from_millis(250)).await;
    };
    assert_eq!(documents.len(), stored);
    for document in &documents {
        assert!(document["sentence"].as_str().is_some_and(|sentence| sentence.len() > 8), "{document}");
    }
    let state = |name: &str| -> &str {
        let found = documents.iter().find(|one| one["name"].as_str().unwrap().ends_with(name));
        found.and_then(|one: &Value| one["state"].as_str()).unwrap_or("not there")
    };
    for (name, expected) in [
        ("bomb_giant.pdf", "failed"),
        ("poc-xmlbomb.xlsx", "failed"),
        ("testWORD_truncated.docx", "failed"),
        ("password.pdf", "locked"),
        ("Airbnb_Pitch_Deck.pdf", "read"),
        ("testPDF_rotated.pdf", "read"),
        ("04_audited_accounts.pdf", "read"),
        ("fake-power-point-table.pptx", "read"),
        ("Business_Plan.docx", "read"),
        ("eurotext.tif", "read"),
        ("test_mskanji.csv", "read"),
    ] {
        assert_eq!(state(name), expected, "{name}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_locked_document_asks_for_its_password_and_keeps_none() {
    let Some(corpus) = corpus() else {
        return;
    };
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Corpus").await;
    let file = files(&corpus).into_iter().find(|path| path.ends_with("Unstructured-IO_unstructured__password.pdf"));
    let added = admin.upload(&deal, "locked.pdf", &std::fs::read(file.unwrap()).unwrap()).await;
    let here = format!("/api/v1/deals/{deal}/documents/{}", added.json["id"].as_str().unwrap());
    for (password, state, words) in [
        (None, "locked", "Enter the password"),
        (Some("quetzal"), "locked", "does not open it"),
        (Some("password"), "read", "Read "),
    ] {
        if let Some(password) = password {
            let answer = admin.post(&format!("{here}/password"), &serde_json::json!({ "password": password })).await;
            assert_eq!(answer.status, 202, "{}", answer.text);
        }
        let document = crate::documents::at_rest(&mut admin, &deal, added.json["id"].as_str().unwrap()).await;
        assert_eq!(document["state"], state, "{document}");
        assert!(document["sentence"].as_str().unwrap().contains(words), "{document}");
    }
    let again = admin.post(&format!("{here}/password"), &serde_json::json!({ "password": "password" })).await;
    assert_eq!(again.status, 409, "what is read needs no password: {}", again.text);
    app.stop().await;
}
