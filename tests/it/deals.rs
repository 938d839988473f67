//! Deals, over the wire.

use serde_json::json;

use crate::app::{TestApp, eventually};
use crate::client::Answer;

fn names(answer: &Answer) -> Vec<&str> {
    answer.json["items"].as_array().unwrap().iter().map(|deal| deal["name"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_new_deal_is_answered_whole() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let created = admin.post("/api/v1/deals", &json!({ "name": " Kelp  & Co ", "industry": "climate" })).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.header("location"), format!("/api/v1/deals/{}", created.json["id"].as_str().unwrap()));
    assert_eq!(created.header("etag"), "\"1\"");
    insta::assert_json_snapshot!(created.json, {
        ".id" => "[deal]", ".members[].user.id" => "[user]", ".owners[].id" => "[user]",
        ".created_at" => "[time]", ".updated_at" => "[time]", ".members[].added_at" => "[time]",
    });
    app.stop().await;
}

#[actix_web::test]
async fn lists_filter_sort_page_and_count() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    for name in ["northwind", "Atlas", "Kelp & Co"] {
        admin.new_deal(name).await;
    }
    assert_eq!(names(&admin.get("/api/v1/deals?sort=name").await), ["Atlas", "Kelp & Co", "northwind"]);
    let first = admin.get("/api/v1/deals?sort=-name&limit=2").await;
    assert_eq!(names(&first), ["northwind", "Kelp & Co"]);
    let cursor = first.json["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!("/api/v1/deals?sort=-name&limit=2&cursor={cursor}")).await;
    assert_eq!((names(&second), &second.json["next_cursor"]), (vec!["Atlas"], &json!(null)));
    let found = admin.get("/api/v1/deals?q=KELP&stage=inbox&industry=saas").await;
    assert_eq!((names(&found), &found.json["total"]), (vec!["Kelp & Co"], &json!(1)));
    let none = admin.get("/api/v1/deals?stage=passed").await;
    assert_eq!((&none.json["total"], &none.json["stages"]["inbox"]), (&json!(0), &json!(3)));
    for bad in ["limit=0", "limit=x", "cursor=%2F", "sort=shoe", "colour=red"] {
        let status = admin.get(&format!("/api/v1/deals?{bad}")).await.status;
        assert!([400, 422].contains(&status), "{bad}: {status}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn an_unchanged_list_costs_no_bytes() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    admin.new_deal("Atlas").await;
    let first = admin.get("/api/v1/deals").await;
    let asked = admin.request(reqwest::Method::GET, "/api/v1/deals").header("if-none-match", first.header("etag"));
    let again = admin.send(asked).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    admin.new_deal("Kelp").await;
    let asked = admin.request(reqwest::Method::GET, "/api/v1/deals").header("if-none-match", first.header("etag"));
    assert_eq!(admin.send(asked).await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn changes_name_the_version_that_they_are_based_on() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let path = format!("/api/v1/deals/{}", admin.new_deal("Atlas").await);
    let unversioned = admin.send(admin.request(reqwest::Method::PATCH, &path).json(&json!({ "name": "B" }))).await;
    assert_eq!((unversioned.status, unversioned.code()), (428, "precondition_required"));
    let changed = admin.patch(&path, 1, &json!({ "name": "Atlas Robotics", "stage": "diligence" })).await;
    assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""));
    let late = admin.patch(&path, 1, &json!({ "name": "Late" })).await;
    assert_eq!((late.status, late.code()), (412, "changed_meanwhile"));
    let seen = admin.get(&path).await;
    assert_eq!((&seen.json["name"], &seen.json["stage"]), (&json!("Atlas Robotics"), &json!("diligence")));
    assert_eq!(names(&admin.get("/api/v1/deals").await), ["Atlas Robotics"]);
    app.stop().await;
}

#[actix_web::test]
async fn a_decided_deal_is_reopened_before_it_is_decided_otherwise() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let path = format!("/api/v1/deals/{}", admin.new_deal("Atlas").await);
    admin.patch(&path, 1, &json!({ "stage": "passed" })).await;
    let refused = admin.patch(&path, 2, &json!({ "stage": "invested" })).await;
    assert_eq!((refused.status, refused.json["fields"][0]["field"].as_str()), (422, Some("stage")));
    assert_eq!(admin.patch(&path, 2, &json!({ "stage": "committee" })).await.status, 200);
    assert_eq!(admin.patch(&path, 3, &json!({ "stage": "invested" })).await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn members_do_what_their_role_allows() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let deal = format!("/api/v1/deals/{}", bo.new_deal("Atlas").await);
    let (bo_id, ada_id) = (bo.my_id().await, admin.my_id().await);
    let member = |id: &str| format!("{deal}/members/{id}");

    assert_eq!(admin.get(&deal).await.status, 404, "an admin is a stranger too");
    assert!(names(&admin.get("/api/v1/deals").await).is_empty());
    assert_eq!(bo.put(&member(&ada_id), &json!({ "role": "reader" })).await.status, 200);
    assert_eq!(admin.get(&deal).await.json["my_role"], "reader");
    assert_eq!(admin.patch(&deal, 1, &json!({ "name": "x" })).await.code(), "forbidden");
    assert_eq!(admin.put(&member(&ada_id), &json!({ "role": "owner" })).await.code(), "forbidden");
    bo.put(&member(&ada_id), &json!({ "role": "editor" })).await;
    assert_eq!(admin.patch(&deal, 1, &json!({ "name": "Atlas 2" })).await.status, 200);
    assert_eq!(admin.delete(&member(&bo_id)).await.code(), "forbidden");

    assert_eq!(bo.delete(&member(&bo_id)).await.code(), "last_owner");
    assert_eq!(bo.put(&member(&bo_id), &json!({ "role": "reader" })).await.code(), "last_owner");
    bo.put(&member(&ada_id), &json!({ "role": "owner" })).await;
    assert_eq!(bo.delete(&member(&bo_id)).await.status, 204);
    assert_eq!(bo.get(&deal).await.status, 404);
    assert_eq!(admin.delete(&member(&bo_id)).await.status, 404, "no longer a member");
    let nobody = uuid::Uuid::nil().to_string();
    assert_eq!(admin.put(&member(&nobody), &json!({ "role": "reader" })).await.status, 404);
    app.stop().await;
}

#[actix_web::test]
async fn a_guest_sees_the_owners_and_nobody_else() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = format!("/api/v1/deals/{}", admin.new_deal("Atlas").await);
    let mut guests = Vec::new();
    for name in ["Gil", "Gus"] {
        let mut guest = app.colleague(&mut admin, "guest", name).await;
        let path = format!("{deal}/members/{}", guest.my_id().await);
        admin.put(&path, &json!({ "role": "reader" })).await;
        guests.push(guest);
    }
    let seen = guests[0].get(&deal).await;
    let members: Vec<_> =
        seen.json["members"].as_array().unwrap().iter().map(|one| one["user"]["name"].as_str().unwrap()).collect();
    assert_eq!(members, ["Ada King", "Gil"]);
    assert_eq!(admin.get(&deal).await.json["members"].as_array().unwrap().len(), 3);
    app.stop().await;
}

#[actix_web::test]
async fn two_owners_cannot_remove_each_other_at_once() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let (ada_id, bo_id) = (admin.my_id().await, bo.my_id().await);
    for round in 0..5 {
        let deal = format!("/api/v1/deals/{}", admin.new_deal(&format!("Atlas {round}")).await);
        admin.put(&format!("{deal}/members/{bo_id}"), &json!({ "role": "owner" })).await;
        let (ada_removes, bo_removes) = (format!("{deal}/members/{bo_id}"), format!("{deal}/members/{ada_id}"));
        let (one, other) = futures_util::future::join(admin.delete(&ada_removes), bo.delete(&bo_removes)).await;
        let removed = [one.status, other.status].iter().filter(|status| **status == 204).count();
        assert_eq!(removed, 1, "{} {}", one.text, other.text);
    }
    app.stop().await;
}

#[actix_web::test]
async fn roles_decide_who_makes_deals() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    for (role, status) in [("partner", 201), ("analyst", 201), ("compliance", 403), ("viewer", 403), ("guest", 403)] {
        let mut somebody = app.colleague(&mut admin, role, &format!("{role}one")).await;
        let answer = somebody.post("/api/v1/deals", &json!({ "name": "Atlas", "industry": "ai" })).await;
        assert_eq!(answer.status, status, "{role}");
        assert_eq!(
            somebody.upload_csv("apply", b"name\nX\n").await.status,
            if status == 201 { 200 } else { 403 },
            "{role}"
        );
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_file_is_checked_before_it_is_imported() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let file = b"name,industry,stage\nAtlas,ai,diligence\nKelp,bakery,\nNorthwind,saas,\n";
    let checked = admin.upload_csv("check", file).await;
    assert_eq!(
        (&checked.json["ready"], &checked.json["refused"], &checked.json["created"]),
        (&json!(2), &json!(1), &json!(0))
    );
    assert!(names(&admin.get("/api/v1/deals").await).is_empty(), "checking writes nothing");
    let applied = admin.upload_csv("apply", file).await;
    assert_eq!(applied.json["created"], 2);
    assert_eq!(names(&admin.get("/api/v1/deals?sort=name").await), ["Atlas", "Northwind"]);
    let again = admin.upload_csv("apply", file).await;
    assert_eq!((&again.json["created"], &again.json["refused"]), (&json!(0), &json!(3)), "names are there already");
    app.stop().await;
}

#[actix_web::test]
async fn a_file_that_is_no_table_or_too_large_is_refused_with_a_sentence() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    assert_eq!(admin.upload_csv("check", b"a,b\n1,2\n").await.code(), "invalid_input");
    let large = vec![b'x'; 2 * 1024 * 1024];
    assert_eq!(admin.upload_csv("check", &large).await.code(), "too_large");
    let request = admin.request(reqwest::Method::POST, "/api/v1/deals/import?mode=check").body("name\nx");
    assert_eq!(admin.send(request.header("content-type", "text/plain")).await.code(), "unsupported_media");
    app.stop().await;
}

#[actix_web::test]
async fn another_server_process_learns_of_new_and_changed_deals() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let other = app.another().await;
    let mut elsewhere = other.anonymous();
    elsewhere.cookie.clone_from(&admin.cookie);
    let path = format!("/api/v1/deals/{}", admin.new_deal("Atlas").await);
    eventually("the new deal", async || names(&elsewhere.get("/api/v1/deals").await) == ["Atlas"]).await;
    admin.patch(&path, 1, &json!({ "name": "Atlas Robotics" })).await;
    eventually("the new name", async || names(&elsewhere.get("/api/v1/deals").await) == ["Atlas Robotics"]).await;
    other.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn a_damaged_row_hides_no_other() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let damaged = admin.new_deal("Atlas").await;
    admin.new_deal("Kelp").await;
    app.database.sql(&format!("UPDATE deals SET name = name || '\\x00' WHERE id = '{damaged}'")).unwrap();
    let restarted = app.another().await;
    let mut elsewhere = restarted.anonymous();
    elsewhere.cookie.clone_from(&admin.cookie);
    assert_eq!(names(&elsewhere.get("/api/v1/deals").await), ["Kelp"]);
    let opened = elsewhere.get(&format!("/api/v1/deals/{damaged}")).await;
    assert_eq!((opened.status, opened.code()), (500, "internal"));
    restarted.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn bad_requests_say_what_is_wrong() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let cases = [
        (json!({ "name": "x", "industry": "bakery" }), 400),
        (json!({ "name": "x" }), 400),
        (json!({ "name": "x", "industry": "ai", "colour": "red" }), 400),
        (json!({ "name": " ", "industry": "ai" }), 422),
    ];
    for (body, status) in cases {
        let answer = admin.post("/api/v1/deals", &body).await;
        assert_eq!(answer.status, status, "{body}");
        assert!(answer.json["detail"].as_str().unwrap().len() > 20, "{}", answer.text);
    }
    assert_eq!(admin.get("/api/v1/deals/not-an-id").await.status, 404);
    app.stop().await;
}
