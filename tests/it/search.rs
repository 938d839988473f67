//! The search: what was read is found, by whom, and until when.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::app::{TestApp, eventually};
use crate::client::Client;
use crate::reports::version;

async fn found(client: &mut Client, query: &str) -> Value {
    let answer = client.get(&format!("/api/v1/search?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json
}

/// Waits until so many places match.
async fn eventually_found(client: &mut Client, query: &str, total: u64) -> Value {
    eventually(&format!("{total} hits of {query}"), async || {
        let found = found(client, query).await;
        found["total"] == total && found["state"] == "ready"
    })
    .await;
    found(client, query).await
}

fn current(app: &TestApp) -> PathBuf {
    app.dir.path().join("index/current")
}

#[actix_web::test]
async fn words_of_a_document_are_found_with_their_place() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    let text = "💶 Die Umsatzerlöse stiegen auf €4.2m.\n\nChurn blieb bei 3,8 %.\n";
    let document = admin.upload(&deal, "Notes/memo.txt", text.as_bytes()).await.json["id"].clone();
    let found = eventually_found(&mut admin, "q=umsatzerloese%204.2m%20", 1).await;
    let hit = &found["items"][0];
    assert_eq!((&hit["deal_id"], &hit["deal_name"]), (&json!(deal), &json!("Northwind")));
    assert_eq!((&hit["source"], &hit["document_id"], &hit["kind"]), (&json!("document"), &document, &json!("text")));
    assert_eq!((&hit["title"], &hit["part"], &hit["place"]), (&json!("memo.txt"), &json!(1), &json!("")));
    assert_eq!((&hit["report_number"], &hit["section"]), (&Value::Null, &Value::Null));
    let hits: Vec<&Value> = hit["snippet"].as_array().unwrap().iter().filter(|it| it["hit"] == true).collect();
    assert_eq!(hits, [&json!({ "text": "Umsatzerlöse", "hit": true }), &json!({ "text": "4.2m", "hit": true })]);

    let here = format!("/api/v1/deals/{deal}/documents/{}/parts/1", document.as_str().unwrap());
    let part: model::Part = serde_json::from_str(&admin.get(&here).await.text).unwrap();
    let span = |key: &str| u32::try_from(hit["span"][key].as_u64().unwrap()).unwrap();
    assert_eq!(part.quote(model::Span::new(span("start"), span("end"))), "Umsatzerlöse");

    assert_eq!(found_total(&mut admin, "q=churn%20nothing").await, 0);
    assert_eq!(found_total(&mut admin, "q=chur").await, 1);
    assert_eq!(found_total(&mut admin, "q=chur&kind=text").await, 1);
    assert_eq!(found_total(&mut admin, "q=chur&kind=pdf").await, 0);
    assert_eq!(found_total(&mut admin, &format!("q=chur&deal={deal}")).await, 1);
    assert_eq!(found_total(&mut admin, "q=%22%20-").await, 0);
    assert_eq!(found_total(&mut admin, "").await, 0);
    assert_eq!(admin.get("/api/v1/search?q=x&kind=spreadsheet").await.status, 422);
    app.stop().await;
}

async fn found_total(client: &mut Client, query: &str) -> u64 {
    found(client, query).await["total"].as_u64().unwrap()
}

#[actix_web::test]
async fn a_stranger_learns_nothing_until_invited() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut stranger = app.colleague(&mut admin, "partner", "Olga").await;
    let deal = admin.new_deal("Northwind").await;
    let own = stranger.new_deal("Atlas").await;
    admin.upload(&deal, "memo.txt", b"kormoran acquisition").await;
    stranger.upload(&own, "memo.txt", b"a memo of ours").await;
    eventually_found(&mut admin, "q=kormoran", 1).await;
    eventually_found(&mut stranger, "q=memo", 1).await;
    for query in ["q=kormoran", "q=korm", "q=%22kormoran%20acquisition%22"] {
        let answer = found(&mut stranger, query).await;
        assert_eq!((&answer["total"], &answer["items"]), (&json!(0), &json!([])), "{query}");
    }
    assert_eq!(stranger.get(&format!("/api/v1/search?q=kormoran&deal={deal}")).await.status, 404);
    let stranger_id = stranger.my_id().await;
    admin.put(&format!("/api/v1/deals/{deal}/members/{stranger_id}"), &json!({ "role": "reader" })).await;
    assert_eq!(found_total(&mut stranger, "q=kormoran").await, 1);
    admin.delete(&format!("/api/v1/deals/{deal}/members/{stranger_id}")).await;
    assert_eq!(found_total(&mut stranger, "q=kormoran").await, 0);
    app.stop().await;
}

#[actix_web::test]
async fn what_is_removed_is_found_no_more_and_searches_are_recorded_sealed() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    let document = admin.upload(&deal, "memo.txt", b"kormoran acquisition").await.json["id"].clone();
    eventually_found(&mut admin, "q=kormoran", 1).await;
    let answer = admin.delete(&format!("/api/v1/deals/{deal}/documents/{}", document.as_str().unwrap())).await;
    assert_eq!(answer.status, 204);
    assert_eq!(found(&mut admin, "q=kormoran").await["items"], json!([]), "at once");
    eventually_found(&mut admin, "q=kormoran", 0).await;

    let entry = admin.get("/api/v1/audit?action=search.done&limit=1").await.json["items"][0].clone();
    assert_eq!((&entry["object_kind"], &entry["deal_id"]), (&json!("search"), &Value::Null));
    assert_eq!(entry["details"]["about"], json!({ "words": "kormoran", "kind": null, "hits": 0 }));
    let rows =
        app.database.sql("SELECT encode(details, 'escape') FROM audit_log WHERE action = 'search.done'").unwrap();
    assert!(!rows.is_empty() && !rows.contains("kormoran"));
    app.stop().await;
}

#[actix_web::test]
async fn a_report_is_found_by_its_section() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    admin.upload(&deal, "customers.csv", b"customer,mrr\nKelp & Co,1200\nOrchard,800\n").await;
    let number = version(&mut admin, &deal).await;
    let report = admin.get(&format!("/api/v1/deals/{deal}/reports/{number}")).await.json["report"].clone();
    let section = &report["sections"].as_array().unwrap().last().unwrap();
    let query = format!("q=%22{}%22&kind=report", section["title"].as_str().unwrap().replace(' ', "%20"));
    eventually("the version is found", async || found_total(&mut admin, &query).await > 0).await;
    let hits = found(&mut admin, &query).await["items"].clone();
    let hit = hits.as_array().unwrap().iter().find(|hit| hit["section"] == section["id"]).expect("its section");
    assert_eq!((&hit["source"], &hit["kind"]), (&json!("report"), &json!("report")));
    assert_eq!((&hit["report_number"], &hit["title"]), (&json!(number), &json!(format!("Report, version {number}"))));
    assert_eq!((&hit["document_id"], &hit["part"], &hit["span"]), (&Value::Null, &Value::Null, &Value::Null));
    app.stop().await;
}

#[actix_web::test]
async fn many_hits_come_in_pages() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    for number in 0..5 {
        admin.upload(&deal, &format!("memo{number}.txt"), format!("kormoran number {number}").as_bytes()).await;
    }
    eventually_found(&mut admin, "q=kormoran", 5).await;
    let mut titles = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = found(&mut admin, &format!("q=kormoran&limit=2{cursor}")).await;
        assert_eq!(page["total"], 5);
        titles.extend(page["items"].as_array().unwrap().iter().map(|hit| hit["title"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    // Of equals the newest first.
    assert_eq!(titles, ["memo4.txt", "memo3.txt", "memo2.txt", "memo1.txt", "memo0.txt"]);
    app.stop().await;
}

#[actix_web::test]
async fn an_index_that_is_gone_damaged_or_old_is_built_again() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let cookie = admin.cookie.clone();
    let deal = admin.new_deal("Northwind").await;
    admin.upload(&deal, "first.txt", b"kormoran one").await;
    eventually_found(&mut admin, "q=kormoran", 1).await;
    let old: Vec<(PathBuf, Vec<u8>)> = std::fs::read_dir(current(&app))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    for number in 0..3 {
        admin.upload(&deal, &format!("{number}.txt"), format!("kormoran more {number}").as_bytes()).await;
        eventually_found(&mut admin, "q=kormoran", number + 2).await;
    }
    let mut app = app;
    for harm in ["gone", "damaged", "old"] {
        let folder = current(&app);
        app = app
            .restarted(|| match harm {
                "gone" => std::fs::remove_dir_all(&folder).unwrap(),
                "damaged" => std::fs::write(folder.join("meta.json"), b"nonsense").unwrap(),
                _ => {
                    std::fs::remove_dir_all(&folder).unwrap();
                    std::fs::create_dir(&folder).unwrap();
                    old.iter().for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());
                }
            })
            .await;
        let mut admin = app.anonymous();
        admin.cookie.clone_from(&cookie);
        eventually_found(&mut admin, "q=kormoran", 4).await;
    }
    // And one that is as it was left is not.
    let before = app.database.sql("SELECT id, sequence FROM search_index").unwrap();
    let app = app.restarted(|| {}).await;
    let mut admin = app.anonymous();
    admin.cookie.clone_from(&cookie);
    eventually_found(&mut admin, "q=kormoran", 4).await;
    assert_eq!(app.database.sql("SELECT id, sequence FROM search_index").unwrap(), before);
    app.stop().await;
}

#[actix_web::test]
async fn planted_words_are_not_in_the_folder_of_the_index() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Zwergtaucher").await;
    admin.upload(&deal, "haubentaucher.txt", "kormoran acquisition ".repeat(200).as_bytes()).await;
    eventually_found(&mut admin, "q=kormoran&kind=text", 4).await;
    let mut bytes = 0;
    for entry in std::fs::read_dir(current(&app)).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        bytes += content.len();
        for word in ["kormoran", "acquisition", "aucher", deal.as_str()] {
            assert!(memchr::memmem::find(&content, word.as_bytes()).is_none(), "{word}");
        }
    }
    assert!(bytes > 500);
    app.stop().await;
}

/// The documents of a deal with these words, all of them indexed.
async fn three(admin: &mut Client, deal: &str) {
    for name in ["one", "two", "three"] {
        admin.upload(deal, &format!("{name}.txt"), format!("kormoran {name}").as_bytes()).await;
    }
    eventually_found(admin, "q=kormoran", 3).await;
}

#[actix_web::test]
async fn a_source_that_cannot_be_taken_in_holds_up_no_other_and_is_left_out_in_the_end() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let cookie = admin.cookie.clone();
    let deal = admin.new_deal("Northwind").await;
    three(&mut admin, &deal).await;
    let broken = "UPDATE document_parts SET content = '\\x00' \
                  WHERE document_id = (SELECT id FROM documents ORDER BY id LIMIT 1)";
    app.database.sql(broken).unwrap();
    let folder = current(&app);
    let app = app.restarted(|| std::fs::write(folder.join("meta.json"), b"nonsense").unwrap()).await;
    let mut admin = app.anonymous();
    admin.cookie.clone_from(&cookie);
    eventually("the others are found", async || found_total(&mut admin, "q=kormoran").await == 2).await;
    // It waits for another attempt, so there may be more than is shown.
    eventually("only it waits", async || {
        app.database.sql("SELECT count(*) FROM jobs WHERE queue = 'indexing'").unwrap().trim() == "1"
    })
    .await;
    assert_eq!(found(&mut admin, "q=kormoran").await["state"], "loading");
    assert!(app.dir.path().join("index/damaged").exists());
    app.database.sql("UPDATE jobs SET attempts = 12, due_at = created_at WHERE queue = 'indexing'").unwrap();
    eventually_found(&mut admin, "q=kormoran", 2).await;
    eventually("nothing is left of the damage", async || !app.dir.path().join("index/damaged").exists()).await;
    app.stop().await;
}

#[actix_web::test]
async fn while_nothing_can_be_written_no_attempt_counts() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    three(&mut admin, &deal).await;
    let away = app.dir.path().join("index/away");
    std::fs::rename(current(&app), &away).unwrap();
    admin.upload(&deal, "four.txt", b"kormoran four").await;
    let waiting = "SELECT count(*) FROM jobs WHERE queue = 'indexing' AND lease IS NULL AND due_at > created_at";
    eventually("it is put off", async || app.database.sql(waiting).unwrap().trim() == "1").await;
    let attempts = app.database.sql("SELECT attempts FROM jobs WHERE queue = 'indexing'").unwrap();
    assert_eq!(attempts.trim(), "0");
    std::fs::rename(&away, current(&app)).unwrap();
    app.clock.advance(chrono::TimeDelta::seconds(6));
    eventually_found(&mut admin, "q=kormoran", 4).await;
    app.stop().await;
}
