//! Documents: taking files in, what is refused and how that is said, reading in a confined process, parts and pictures.

use serde_json::{Value, json};
use vcconnect::infra::reading::{Job, Reader, Told};

use crate::app::{TestApp, eventually};
use crate::client::Client;

const LIST: &[u8] = b"customer,mrr\nKelp & Co,1200\nOrchard,800\n";

/// A deal of the admin, who is signed in.
async fn desk(app: &TestApp) -> (Client, String) {
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Northwind").await;
    (admin, deal)
}

async fn listed(client: &mut Client, deal: &str) -> Value {
    client.get(&format!("/api/v1/deals/{deal}/documents")).await.json
}

/// The document when it has come to rest.
pub async fn at_rest(client: &mut Client, deal: &str, id: &str) -> Value {
    let path = format!("/api/v1/deals/{deal}/documents/{id}");
    eventually("the document comes to rest", async || {
        let state = client.get(&path).await.json["state"].clone();
        state != "stored" && state != "reading"
    })
    .await;
    client.get(&path).await.json
}

fn id(document: &Value) -> String {
    document["id"].as_str().expect("an id").to_owned()
}

#[actix_web::test]
async fn a_file_is_taken_in_read_and_opened() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    let added = admin.upload(&deal, "Sales/2026/customers.csv", LIST).await;
    assert_eq!((added.status, &added.json["state"]), (201, &json!("stored")), "{}", added.text);
    assert_eq!((&added.json["folder"], &added.json["name"]), (&json!("Sales/2026"), &json!("customers.csv")));
    assert_eq!((&added.json["kind"], &added.json["bytes"]), (&json!("csv"), &json!(LIST.len())));

    let read = at_rest(&mut admin, &deal, &id(&added.json)).await;
    assert_eq!((&read["state"], &read["sentence"]), (&json!("read"), &json!("Read 1 sheet.")), "{read}");
    assert_eq!(read["parts"], json!([{ "number": 1, "thumbnail": false }]));

    let here = format!("/api/v1/deals/{deal}/documents/{}", id(&added.json));
    let part: model::Part = serde_json::from_str(&admin.get(&format!("{here}/parts/1")).await.text).unwrap();
    assert_eq!(part.text, "customer\tmrr\nKelp & Co\t1200\nOrchard\t800\n");
    let place = part.place(model::DocumentVersion(uuid::Uuid::nil()), model::Span::new(23, 27));
    assert_eq!((place.quote.as_str(), place.locator().as_str()), ("1200", "B2"));

    let file = admin.get(&format!("{here}/file")).await;
    assert_eq!(file.text.as_bytes(), LIST);
    assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''customers.csv");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(file.header("content-security-policy").contains("sandbox"));
    assert_eq!(admin.get(&format!("{here}/parts/2")).await.status, 404);

    let deeds = app.database.sql("SELECT action FROM audit_log WHERE object_kind = 'document' ORDER BY id").unwrap();
    for deed in ["document.added", "document.read", "document.downloaded"] {
        assert!(deeds.contains(deed), "{deed} in {deeds}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn the_file_on_disk_opens_with_the_deals_key_alone_and_nothing_is_left_beside_it() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    admin.upload(&deal, "customers.csv", LIST).await;
    let files: Vec<_> = walk(&app.dir.path().join("blobs"));
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].extension().unwrap(), "age");
    let sealed = std::fs::read(&files[0]).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1"));
    assert!(memchr::memmem::find(&sealed, b"Orchard").is_none());
    app.stop().await;
}

pub fn walk(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[actix_web::test]
async fn what_cannot_be_taken_in_is_refused_by_name_and_leaves_nothing() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    admin.upload(&deal, "first.csv", LIST).await;
    let large = vec![b'x'; 5 * 1024 * 1024];
    for (name, content, status, words) in [
        ("deck.pdf", b"not a PDF at all".as_slice(), 415, "The content is not what the name says"),
        ("tool.exe", b"MZ\x90\x00".as_slice(), 415, "This kind of file is not read here"),
        ("empty.csv", b"".as_slice(), 422, "empty.csv is empty"),
        ("large.txt", large.as_slice(), 413, "large.txt is larger than 4 MiB"),
        ("again.csv", LIST, 409, "again.csv has the same content as first.csv"),
        ("..", LIST, 422, "This file has no name"),
    ] {
        let answer = admin.upload(&deal, name, content).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
        assert!(answer.json["detail"].as_str().unwrap().contains(words), "{name}: {}", answer.text);
    }
    assert_eq!(listed(&mut admin, &deal).await["total"], 1);
    eventually("the refused files are gone", async || walk(&app.dir.path().join("blobs")).len() == 1).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_path_in_a_name_leads_nowhere() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    let added = admin.upload(&deal, "../../../etc/cron.d/list.csv", LIST).await;
    assert_eq!((&added.json["folder"], &added.json["name"]), (&json!("etc/cron.d"), &json!("list.csv")));
    let quoted = admin.upload(&deal, "the %22best%22%0Alist.csv", b"a,b\n1,2\n").await;
    assert_eq!(quoted.json["name"], json!("the \"best\"list.csv"), "as browsers send a quotation mark");
    app.stop().await;
}

#[actix_web::test]
async fn a_form_that_is_no_form_of_ours_stores_nothing() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    let path = format!("/api/v1/deals/{deal}/documents");
    for (kind, body) in [
        ("multipart/form-data; boundary=edge", "--edge--\r\n"),
        (
            "multipart/form-data; boundary=edge",
            "--edge\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--edge--\r\n",
        ),
        (
            "multipart/form-data; boundary=edge",
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na,b\r\n",
        ),
        ("text/plain", "hello"),
    ] {
        let request = admin.request(reqwest::Method::POST, &path).header("content-type", kind).body(body);
        let answer = admin.send(request).await;
        assert!((400..=415).contains(&answer.status), "{body:?}: {}", answer.text);
    }
    assert_eq!(listed(&mut admin, &deal).await["total"], 0);
    app.stop().await;
}

#[actix_web::test]
async fn a_bad_file_fails_with_a_sentence_and_holds_up_no_other() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    let bad = admin.upload(&deal, "deck.pdf", b"%PDF-1.7\nand then nothing that is one\n").await;
    let good = admin.upload(&deal, "customers.csv", LIST).await;
    let failed = at_rest(&mut admin, &deal, &id(&bad.json)).await;
    assert_eq!(failed["state"], "failed", "{failed}");
    assert!(failed["sentence"].as_str().unwrap().contains("damaged"), "{failed}");
    assert_eq!(at_rest(&mut admin, &deal, &id(&good.json)).await["state"], "read");

    let retried = admin.post(&format!("/api/v1/deals/{deal}/documents/{}/retry", id(&bad.json)), &json!({})).await;
    assert_eq!((retried.status, &retried.json["state"]), (202, &json!("stored")), "{}", retried.text);
    assert_eq!(at_rest(&mut admin, &deal, &id(&bad.json)).await["state"], "failed");
    app.stop().await;
}

#[actix_web::test]
async fn the_demo_room_is_read_and_pictured_before_it_is_at_rest() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let made = admin.post("/api/v1/deals/demo", &json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let deal = id(&made.json);
    eventually("the room is at rest", async || listed(&mut admin, &deal).await["moving"] == 0).await;
    let room = listed(&mut admin, &deal).await;
    let documents = room["items"].as_array().unwrap();
    assert_eq!(documents.len(), 6);
    for document in documents {
        assert_eq!(document["state"], "read", "{document}");
        assert_eq!(document["thumbnail"], document["kind"] == "pdf", "{document}");
    }
    let deck = documents.iter().find(|one| one["kind"] == "pdf").unwrap();
    let picture = admin.get(&format!("/api/v1/deals/{deal}/documents/{}/parts/1/thumbnail", id(deck))).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/jpeg"));
    assert_eq!(picture.header("cache-control"), "no-store");
    app.stop().await;
}

#[actix_web::test]
async fn a_reader_of_a_deal_changes_nothing_in_it() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    let added = admin.upload(&deal, "customers.csv", LIST).await;
    let mut viewer = app.colleague(&mut admin, "viewer", "Vera").await;
    let viewer_id = viewer.my_id().await;
    admin.put(&format!("/api/v1/deals/{deal}/members/{viewer_id}"), &json!({ "role": "reader" })).await;
    let here = format!("/api/v1/deals/{deal}/documents/{}", id(&added.json));
    assert_eq!(viewer.get(&here).await.status, 200);
    assert_eq!(viewer.upload(&deal, "more.csv", b"a,b\n1,2\n").await.status, 403);
    assert_eq!(viewer.delete(&here).await.status, 403);
    assert_eq!(viewer.post(&format!("{here}/retry"), &json!({})).await.status, 403);
    assert_eq!(viewer.post(&format!("{here}/password"), &json!({ "password": "x" })).await.status, 403);
    app.stop().await;
}

#[actix_web::test]
async fn a_document_of_another_deal_is_not_there() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    let other = admin.new_deal("Kelp").await;
    let added = admin.upload(&deal, "customers.csv", LIST).await;
    let elsewhere = format!("/api/v1/deals/{other}/documents/{}", id(&added.json));
    for path in ["", "/parts/1", "/parts/1/thumbnail", "/parts/1/image", "/file"] {
        assert_eq!(admin.get(&format!("{elsewhere}{path}")).await.status, 404, "{path}");
    }
    assert_eq!(admin.upload(&other, "customers.csv", LIST).await.status, 201, "the same file in another deal is fine");
    app.stop().await;
}

#[actix_web::test]
async fn a_removed_document_is_gone_with_its_file() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    let added = admin.upload(&deal, "customers.csv", LIST).await;
    at_rest(&mut admin, &deal, &id(&added.json)).await;
    let here = format!("/api/v1/deals/{deal}/documents/{}", id(&added.json));
    assert_eq!(admin.delete(&here).await.status, 204);
    assert_eq!(admin.get(&here).await.status, 404);
    assert_eq!(app.database.sql("SELECT count(*) FROM document_parts").unwrap(), "0");
    assert!(walk(&app.dir.path().join("blobs")).is_empty());
    assert_eq!(admin.upload(&deal, "customers.csv", LIST).await.status, 201, "it may come back");
    app.stop().await;
}

#[actix_web::test]
async fn work_that_a_dead_process_left_is_done_by_another() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    let added = admin.upload(&deal, "customers.csv", LIST).await;
    at_rest(&mut admin, &deal, &id(&added.json)).await;
    without_work(&app).await;
    // As a process that was killed in the middle of reading leaves it: the lease is held and will not be renewed.
    app.database
        .sql(&format!(
            "UPDATE documents SET state = 'reading'; DELETE FROM document_parts; \
             INSERT INTO jobs (id, queue, subject, attempts, due_at, lease, leased_until, created_at) \
             VALUES (gen_random_uuid(), 'reading', '{}', 1, '2026-11-22', gen_random_uuid(), '2026-11-22', '2026-11-22')",
            id(&added.json)
        ))
        .unwrap();
    app.database.sql(&format!("NOTIFY vcc_jobs, '{}'", uuid::Uuid::nil())).unwrap();
    let read = at_rest(&mut admin, &deal, &id(&added.json)).await;
    assert_eq!((&read["state"], read["parts"].as_array().unwrap().len()), (&json!("read"), 1), "{read}");
    without_work(&app).await;
    app.stop().await;
}

/// A document is at rest a moment before its work is taken off the queue.
async fn without_work(app: &TestApp) {
    let left = "SELECT count(*) FROM jobs";
    eventually("all work is done", async || app.database.sql(left).unwrap() == "0").await;
}

#[actix_web::test]
async fn asked_again_while_pictures_are_drawn_it_is_read_again() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    let added = admin.upload(&deal, "customers.csv", LIST).await;
    at_rest(&mut admin, &deal, &id(&added.json)).await;
    without_work(&app).await;
    // As it is while pictures are drawn: the text is read, and a worker still holds the work.
    app.database
        .sql(&format!(
            "INSERT INTO jobs (id, queue, subject, attempts, due_at, lease, leased_until, created_at) VALUES \
             (gen_random_uuid(), 'reading', '{}', 1, '2026-11-22', gen_random_uuid(), '2027-01-01', '2026-11-22')",
            id(&added.json)
        ))
        .unwrap();
    let again = admin.post(&format!("/api/v1/deals/{deal}/documents/{}/retry", id(&added.json)), &json!({})).await;
    assert_eq!(again.status, 202, "{}", again.text);
    assert_eq!(at_rest(&mut admin, &deal, &id(&added.json)).await["state"], "read");
    app.stop().await;
}

#[actix_web::test]
async fn a_stranger_cannot_take_a_password_away() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    let added = admin.upload(&deal, "customers.csv", LIST).await;
    at_rest(&mut admin, &deal, &id(&added.json)).await;
    app.database.sql("UPDATE documents SET state = 'locked'").unwrap();
    let mut stranger = app.colleague(&mut admin, "analyst", "Sven").await;
    let path = format!("/api/v1/deals/{deal}/documents/{}/password", id(&added.json));
    let body = json!({ "password": "harbour" });
    let (mine, theirs) = (admin.post(&path, &body).await, stranger.post(&path, &body).await);
    assert_eq!((mine.status, theirs.status), (202, 404), "{} {}", mine.text, theirs.text);
    assert_eq!(at_rest(&mut admin, &deal, &id(&added.json)).await["state"], "read");
    app.stop().await;
}

#[actix_web::test]
async fn a_database_that_is_not_theirs_costs_no_files() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    for n in 0..20 {
        let content = format!("customer,mrr\nNumber {n},{n}\n");
        assert_eq!(admin.upload(&deal, &format!("{n}.csv"), content.as_bytes()).await.status, 201);
    }
    eventually("all come to rest", async || listed(&mut admin, &deal).await["moving"] == 0).await;
    app.database.sql("DELETE FROM document_parts; DELETE FROM documents").unwrap();
    app.app.documents.sweep().await.unwrap();
    assert_eq!(walk(&app.dir.path().join("blobs")).len(), 20, "a sweep on the wrong database must lose nothing");
    app.stop().await;
}

#[actix_web::test]
async fn a_program_that_is_no_reader_is_a_fault_of_the_installation() {
    let dir = tempfile::tempdir().unwrap();
    let liar = dir.path().join("liar.sh");
    // Speaks the protocol up to its greeting and then says what no reader says.
    std::fs::write(&liar, "#!/bin/sh\nprintf 'no frame at all, but many words of a document'\n").unwrap();
    std::fs::set_permissions(&liar, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let reading = vcconnect::infra::config::Reading { program: Some(liar), ..Default::default() };
    let reader = Reader::of(&reading).unwrap();
    let job = Job { kind: model::DocumentKind::Csv, password: None };
    assert!(reader.start(job, LIST).await.is_err(), "a child that does not greet is a fault of the installation");
}

/// A frame of the readers' protocol.
pub fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[..], &[kind], payload].concat()
}

/// What the parent makes of a reader that greets and then says this.
async fn told(frames: &[(u8, &str)]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let said: Vec<u8> = std::iter::once(&(0, r#"{"confined":"full"}"#))
        .chain(frames)
        .flat_map(|(kind, payload)| frame(*kind, payload.as_bytes()))
        .collect();
    let (script, words) = (dir.path().join("liar.sh"), dir.path().join("words"));
    std::fs::write(&words, said).unwrap();
    std::fs::write(&script, format!("#!/bin/sh\nexec cat {}\n", words.display())).unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let reading = vcconnect::infra::config::Reading { program: Some(script), ..Default::default() };
    let reader = Reader::of(&reading).unwrap();
    let mut session = reader.start(Job { kind: model::DocumentKind::Csv, password: None }, LIST).await.unwrap();
    let mut heard = Vec::new();
    loop {
        let told = match session.next().await.expect("what a reader says is no fault of ours") {
            Told::Part(_) => "part".to_owned(),
            Told::Read(_) => "read".to_owned(),
            Told::Failed(sentence) => sentence,
            Told::End => "end".to_owned(),
            other => format!("{other:?}"),
        };
        let last = !["part", "read"].contains(&told.as_str());
        heard.push(told);
        if last {
            return heard;
        }
    }
}

#[actix_web::test]
async fn a_reader_that_speaks_otherwise_than_agreed_fails_its_file() {
    let part = r#"{"number":1,"text":"ab","layout":{"kind":"plain"}}"#;
    let finish = r#"{"reading":{"parts":1,"read":1,"by_ocr":0}}"#;
    let honest = told(&[(11, part), (11, ""), (12, finish)]).await;
    assert_eq!(honest, ["part", "read", "end"]);
    for (why, frames, before) in [
        ("it never says that it is done", vec![(11, part), (11, "")], 1),
        ("it says nothing", vec![], 0),
        ("it is done twice", vec![(11, part), (11, ""), (12, finish), (12, finish)], 2),
        ("a part after the end", vec![(11, part), (11, ""), (12, finish), (11, part), (11, "")], 2),
        ("the same part twice", vec![(11, part), (11, ""), (11, part), (11, "")], 1),
        ("a part that is cut off", vec![(11, part)], 0),
        ("no JSON", vec![(11, "secret"), (11, "")], 0),
        ("a picture that is a script", vec![(13, "\0\0\0\u{1}<script>"), (13, "")], 0),
        ("an unknown word", vec![(99, "")], 0),
    ] {
        let heard = told(&frames).await;
        assert_eq!(heard.len(), before + 1, "{why}: {heard:?}");
        assert!(heard[before].contains("broke down over it"), "{why}: {heard:?}");
    }
}

#[actix_web::test]
async fn files_that_no_document_names_are_swept_at_the_start() {
    let app = TestApp::start().await;
    let (mut admin, deal) = desk(&app).await;
    admin.upload(&deal, "customers.csv", LIST).await;
    let folder = app.dir.path().join("blobs/ff");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("01911111-1111-7111-8111-1111111111ff.age"), b"orphan").unwrap();
    std::fs::write(folder.join("01911111-1111-7111-8111-2222222222ff.age.part"), b"torso").unwrap();
    app.app.documents.sweep().await.unwrap();
    assert_eq!(walk(&app.dir.path().join("blobs")).len(), 1);
    app.stop().await;
}
