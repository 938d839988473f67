//! Pages as pictures: drawn when somebody looks, kept in the cache, gone with their document.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;
use vcconnect::base::{Actor, Ctx, DealId, DocumentId, ErrorCode, SessionId, SystemRole, UserId};
use vcconnect::infra::config::Reading;
use vcconnect::infra::reading::{Job, NoPicture, Reader};

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::documents::{at_rest, frame, walk};

const JPEG: &[u8] = b"\xff\xd8\xff";

/// The demo company's pitch.
pub fn deck() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/room/01 Pitch/Northwind pitch deck.pdf")).unwrap()
}

/// A document that is read.
struct Shown {
    client: Client,
    deal: String,
    id: String,
}

impl Shown {
    async fn of(app: &TestApp, name: &str, content: &[u8]) -> Self {
        let mut client = app.admin().await;
        let deal = client.new_deal("Northwind").await;
        let added = client.upload(&deal, name, content).await;
        assert_eq!(added.status, 201, "{}", added.text);
        let id = added.json["id"].as_str().unwrap().to_owned();
        at_rest(&mut client, &deal, &id).await;
        Self { client, deal, id }
    }

    async fn deck(app: &TestApp) -> Self {
        Self::of(app, "deck.pdf", &deck()).await
    }

    fn here(&self) -> String {
        format!("/api/v1/deals/{}/documents/{}", self.deal, self.id)
    }

    /// The picture of a page, which there is.
    async fn page(&mut self, number: i32) -> Vec<u8> {
        let request = self.client.request(reqwest::Method::GET, &format!("{}/parts/{number}/image", self.here()));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "page {number}");
        assert_eq!(answer.headers()["content-type"], "image/jpeg");
        let jpeg = answer.bytes().await.unwrap().to_vec();
        assert!(jpeg.starts_with(JPEG));
        jpeg
    }

    async fn no_page(&mut self, number: i32) -> Answer {
        let answer = self.client.get(&format!("{}/parts/{number}/image", self.here())).await;
        assert_eq!((answer.status, answer.code()), (404, "not_found"), "{}", answer.text);
        answer
    }

    async fn circumstances(&mut self, app: &TestApp) -> Ctx {
        let id = UserId(self.client.my_id().await.parse().unwrap());
        let actor = Actor::User { id, role: SystemRole::Admin, session: SessionId(Uuid::nil()) };
        Ctx { actor, ..app.console() }
    }

    fn ids(&self) -> (DealId, DocumentId) {
        (DealId(self.deal.parse().unwrap()), DocumentId(self.id.parse().unwrap()))
    }
}

fn kept(app: &TestApp) -> String {
    app.database.sql("SELECT count(*) FROM page_images").unwrap()
}

/// Without its file nothing can be drawn any more.
fn lose_files(app: &TestApp) {
    for file in walk(&app.dir.path().join("blobs")) {
        std::fs::remove_file(file).unwrap();
    }
}

/// A reader that runs a script first; the script goes on as the real program.
fn reader_behind(dir: &TempDir, script: &str) -> Reader {
    let text = format!("#!/bin/sh\n{script}\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_vcconnect"));
    reader_of(program(dir, &text))
}

fn program(dir: &TempDir, text: &str) -> PathBuf {
    let path = dir.path().join("program.sh");
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn reader_of(program: PathBuf) -> Reader {
    Reader::of(&Reading { program: Some(program), slots: 2, ..Reading::default() }).unwrap()
}

#[actix_web::test]
async fn a_page_is_drawn_once_and_kept_sealed() {
    let app = TestApp::start().await;
    let mut deck = Shown::deck(&app).await;
    let first = deck.page(2).await;
    assert_eq!(kept(&app), "1");
    let clear = app.database.sql("SELECT count(*) FROM page_images WHERE substring(jpeg for 3) = '\\xffd8ff'");
    assert_eq!(clear.unwrap(), "0", "what is kept is sealed");
    lose_files(&app);
    assert_eq!(deck.page(2).await, first, "the second look needs no file");
    let looks = deck.client.get("/api/v1/audit?action=document.read").await;
    let pages =
        looks.json["items"].as_array().unwrap().iter().filter(|one| one["details"]["about"]["as"] == "page").count();
    assert_eq!(pages, 2, "{}", looks.text);
    app.stop().await;
}

#[actix_web::test]
async fn who_asks_for_the_same_page_at_once_has_it_drawn_once() {
    let app = TestApp::start().await;
    let mut deck = Shown::deck(&app).await;
    let dir = tempfile::tempdir().unwrap();
    let started = dir.path().join("started");
    let reader = reader_behind(&dir, &format!("echo x >> {}", started.display()));
    let cx = deck.circumstances(&app).await;
    let (deal, id) = deck.ids();
    let look = || app.app.documents.picture(&cx, &reader, deal, id, 3);
    let all = futures_util::future::join_all([look(), look(), look()]).await;
    let all: Vec<Vec<u8>> = all.into_iter().map(Result::unwrap).collect();
    assert!(all[0].starts_with(JPEG) && all[0] == all[1] && all[1] == all[2]);
    assert_eq!(std::fs::read_to_string(started).unwrap().lines().count(), 1);
    app.stop().await;
}

#[actix_web::test]
async fn what_has_no_picture_says_why() {
    let app = TestApp::start().await;
    let mut list = Shown::of(&app, "list.csv", b"customer,mrr\nKelp,12\n").await;
    assert!(list.no_page(1).await.text.contains("Only pages of PDF files and images"));
    let added = list.client.upload(&list.deal, "bad.pdf", b"%PDF-1.7\nand then nothing that is one\n").await;
    list.id = added.json["id"].as_str().unwrap().to_owned();
    at_rest(&mut list.client, &list.deal, &list.id).await;
    assert!(list.no_page(1).await.text.contains("could not be read"));
    let added = list.client.upload(&list.deal, "deck.pdf", &deck()).await;
    list.id = added.json["id"].as_str().unwrap().to_owned();
    at_rest(&mut list.client, &list.deal, &list.id).await;
    for number in [-1, 0, 21, i32::MAX] {
        list.no_page(number).await;
    }
    let mut stranger = app.colleague(&mut list.client, "analyst", "Sven").await;
    assert_eq!(stranger.get(&format!("{}/parts/1/image", list.here())).await.status, 404);
    list.page(20).await;
    assert_eq!(stranger.get(&format!("{}/parts/20/image", list.here())).await.status, 404, "kept or not");
    app.stop().await;
}

/// A page of 400 by 200 with one line, locked by "harbour" (ISO 32000-1, 7.6: RC4, 40 bits). Its keys and its sealed
/// content were worked out beforehand.
fn locked() -> Vec<u8> {
    let content: Vec<u8> =
        "14d7c57160cd7a2e462cbc0ae40baf9cd8462d0750132eb21fba74c4609761d6bc0bfe33c7688ad785cb113c1e7b2a615a"
            .as_bytes()
            .chunks(2)
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect();
    let stream = format!("<</Length {}>>stream\n", content.len());
    let objects: [Vec<u8>; 6] = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>>".to_vec(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_vec(),
        [stream.as_bytes(), &content, b"\nendstream"].concat(),
        b"<</Filter/Standard/V 1/R 2/P -4/O<073e215b7d8643e6c9515f647d54eaf0f3c338f4ca26650da468adb0be8f30a6>\
          /U<7aee9693e64e1277f524ef94b9bf7732183f2ff75510057cbf03435398a034d6>>>"
            .to_vec(),
    ];
    let mut bytes = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", bytes.len()));
        bytes.extend([format!("{number} 0 obj\n").as_bytes(), object, b"\nendobj\n"].concat());
    }
    let (size, start) = (objects.len() + 1, bytes.len());
    let trailer = format!(
        "trailer<</Size {size}/Root 1 0 R/Encrypt 6 0 R/ID[(0123456789abcdef)(0123456789abcdef)]>>\nstartxref\n{start}\n%%EOF"
    );
    [bytes, table.into_bytes(), trailer.into_bytes()].concat()
}

#[actix_web::test]
async fn a_locked_document_shows_its_pages_after_its_one_reading() {
    let app = TestApp::start().await;
    let mut plan = Shown::of(&app, "plan.pdf", &locked()).await;
    assert!(plan.no_page(1).await.text.contains("waits for its password"));
    let unlocked = plan.client.post(&format!("{}/password", plan.here()), &json!({ "password": "harbour" })).await;
    assert_eq!(unlocked.status, 202, "{}", unlocked.text);
    let read = at_rest(&mut plan.client, &plan.deal, &plan.id).await;
    assert_eq!(read["sentence"], "Read 1 page.", "{read}");
    crate::app::eventually("its picture is kept", async || kept(&app) == "1").await;
    plan.page(1).await;

    app.database.sql("DELETE FROM page_images").unwrap();
    assert!(plan.no_page(1).await.text.contains("protected by a password"), "it cannot be drawn again");
    let (deal, id) = plan.ids();
    app.app.documents.draw(&app.app.reader, app.app.outside.clock.as_ref(), deal, &[(id, 1)]).await.unwrap();
    assert_eq!(kept(&app), "0");
    app.stop().await;
}

#[actix_web::test]
async fn pictures_go_with_their_document_and_when_it_is_read_again() {
    let app = TestApp::start().await;
    let mut deck = Shown::deck(&app).await;
    deck.page(1).await;
    let again = deck.client.post(&format!("{}/retry", deck.here()), &json!({})).await;
    assert_eq!((again.status, kept(&app).as_str()), (202, "0"), "{}", again.text);
    at_rest(&mut deck.client, &deck.deal, &deck.id).await;
    deck.page(1).await;
    assert_eq!(kept(&app), "1");
    assert_eq!(deck.client.delete(&deck.here()).await.status, 204);
    assert_eq!(kept(&app), "0");
    deck.no_page(1).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_document_that_goes_while_its_page_is_drawn_leaves_nothing() {
    let app = TestApp::start().await;
    let mut deck = Shown::deck(&app).await;
    let dir = tempfile::tempdir().unwrap();
    let (begun, go) = (dir.path().join("begun"), dir.path().join("go"));
    nix::unistd::mkfifo(&go, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let reader = reader_behind(&dir, &format!("touch {}; read line < {}", begun.display(), go.display()));
    let cx = deck.circumstances(&app).await;
    let (deal, id) = deck.ids();
    let remove = async {
        crate::app::eventually("the drawing begins", async || begun.exists()).await;
        assert_eq!(deck.client.delete(&deck.here()).await.status, 204);
        tokio::task::spawn_blocking(move || std::fs::write(go, "now\n").unwrap()).await.unwrap();
    };
    let (looked, ()) = futures_util::future::join(app.app.documents.picture(&cx, &reader, deal, id, 1), remove).await;
    assert_eq!(looked.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(kept(&app), "0");
    app.stop().await;
}

#[actix_web::test]
async fn cited_pages_are_drawn_ahead_and_what_cannot_be_is_passed_over() {
    let app = TestApp::start().await;
    let mut deck = Shown::deck(&app).await;
    let list = deck.client.upload(&deck.deal, "list.csv", b"customer,mrr\nKelp,12\n").await;
    let list = DocumentId(list.json["id"].as_str().unwrap().parse().unwrap());
    at_rest(&mut deck.client, &deck.deal, &list.to_string()).await;
    let (deal, id) = deck.ids();
    let pages = [(list, 1), (DocumentId(Uuid::nil()), 1), (id, 4), (id, 999), (id, 4), (id, 2)];
    let ahead = || app.app.documents.draw(&app.app.reader, app.app.outside.clock.as_ref(), deal, &pages);
    ahead().await.unwrap();
    assert_eq!(
        app.database.sql("SELECT string_agg(number::text, ' ' ORDER BY number) FROM page_images").unwrap(),
        "2 4"
    );
    lose_files(&app);
    ahead().await.unwrap();
    deck.page(4).await;
    app.stop().await;
}

#[actix_web::test]
async fn the_cache_stays_in_its_bound_and_keeps_what_was_looked_at() {
    let app = TestApp::start().await;
    let mut deck = Shown::deck(&app).await;
    for number in 1..=4 {
        deck.page(number).await;
    }
    app.clock.advance(TimeDelta::minutes(65));
    // The clock goes on by a millisecond a look, so each look has an order.
    deck.page(1).await;
    for number in 5..=18 {
        deck.page(number).await;
    }
    let bytes: u64 = app.database.sql("SELECT sum(bytes) FROM page_images").unwrap().parse().unwrap();
    assert!(bytes <= 1024 * 1024, "{bytes} bytes are kept");
    let numbers = app.database.sql("SELECT number FROM page_images").unwrap();
    let has = |wanted: &str| numbers.lines().any(|number| number == wanted);
    assert!(!has("2") && has("18"), "{numbers:?}");
    app.stop().await;
}

#[actix_web::test]
async fn looking_again_soon_writes_nothing_and_after_an_hour_the_time() {
    let app = TestApp::start().await;
    let mut deck = Shown::deck(&app).await;
    let seen = || app.database.sql("SELECT seen_at FROM page_images").unwrap();
    deck.page(1).await;
    let first = seen();
    app.clock.advance(TimeDelta::minutes(30));
    deck.page(1).await;
    assert_eq!(seen(), first);
    app.clock.advance(TimeDelta::minutes(31));
    deck.page(1).await;
    assert_ne!(seen(), first);
    app.stop().await;
}

/// What the parent makes of a child that greets and then says this instead of drawing page 1.
async fn drawn(frames: &[(u8, &[u8])]) -> Result<Vec<u8>, NoPicture> {
    let dir = tempfile::tempdir().unwrap();
    let greeting: (u8, &[u8]) = (0, br#"{"confined":"full"}"#);
    let said: Vec<u8> = std::iter::once(&greeting).chain(frames).flat_map(|(kind, said)| frame(*kind, said)).collect();
    let words = dir.path().join("words");
    std::fs::write(&words, said).unwrap();
    let reader = reader_of(program(&dir, &format!("#!/bin/sh\nexec cat {}\n", words.display())));
    let job = Job { kind: model::DocumentKind::Pdf, password: None };
    reader.picture(job, &b"%PDF"[..], 1).await.expect("what a child says is no fault of ours")
}

#[actix_web::test]
async fn a_child_that_draws_otherwise_than_agreed_has_drawn_nothing() {
    let picture = [&[0, 0, 0, 1], JPEG, b"and so on"].concat();
    let whole = drawn(&[(15, &picture), (15, b"")]).await;
    assert_eq!(whole.unwrap(), [JPEG, b"and so on"].concat());
    let other = [&[0, 0, 0, 2], JPEG].concat();
    let cases: [&[(u8, &[u8])]; 7] = [
        &[],
        &[(15, &picture)],
        &[(15, &other), (15, b"")],
        &[(15, b"\0\0\0\x01<script>"), (15, b"")],
        &[(13, &picture), (13, b"")],
        &[(14, b"the secret plan")],
        &[(99, b"")],
    ];
    for (at, frames) in cases.into_iter().enumerate() {
        let Err(NoPicture::Failed(sentence)) = drawn(frames).await else { panic!("case {at}") };
        assert!(sentence.contains("broke down over it"), "case {at}: {sentence}");
    }
    assert_eq!(drawn(&[(14, br#"{"error":"needs_password"}"#)]).await, Err(NoPicture::Locked));
}
