//! Another password for somebody who forgot theirs.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp, eventually};
use crate::client::{Answer, Client};

const NEW: &str = "copper lantern estuary 4";

async fn make(admin: &mut Client, id: &str) -> Answer {
    admin.post(&format!("/api/v1/users/{id}/password-reset"), &Value::Null).await
}

fn token(made: &Answer) -> String {
    let link = made.json["link"].as_str().unwrap();
    assert!(link.starts_with("http://localhost/reset#"), "{link}");
    link.split_once('#').unwrap().1.to_owned()
}

async fn look_up(app: &TestApp, token: &str) -> Answer {
    app.anonymous().post("/api/v1/password-resets/lookup", &json!({ "token": token })).await
}

async fn choose(app: &TestApp, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password });
    app.anonymous().post("/api/v1/password-resets/use", &body).await
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.anonymous().post("/api/v1/session", &json!({ "email": email, "password": password })).await
}

#[actix_web::test]
async fn a_link_gives_another_password_once_and_ends_the_sessions() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let id = bo.my_id().await;
    let made = make(&mut admin, &id).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let token = token(&made);
    let offer = look_up(&app, &token).await;
    assert_eq!((&offer.json["name"], &offer.json["email"]), (&json!("Bo"), &json!("bo@fund.example")));
    for _ in 0..7 {
        sign_in(&app, "bo@fund.example", "forgotten").await;
    }
    assert_eq!(bo.get("/api/v1/session").await.status, 200, "until it is used");
    assert_eq!(choose(&app, &token, NEW).await.status, 204);
    assert_eq!(bo.get("/api/v1/session").await.code(), "signed_out");
    assert_eq!(sign_in(&app, "bo@fund.example", NEW).await.status, 200, "without waiting");
    assert_eq!(sign_in(&app, "bo@fund.example", PASSWORD).await.status, 401);
    assert_eq!(choose(&app, &token, PASSWORD).await.status, 404, "once");
    assert_eq!(look_up(&app, &token).await.code(), "not_found");
    let told = "SELECT string_agg(action || ' ' || actor, ', ' ORDER BY id) FROM audit_log WHERE action LIKE 'password_reset%'";
    assert_eq!(app.database.sql(told).unwrap(), "password_reset.created user, password_reset.used anonymous");
    app.stop().await;
}

#[actix_web::test]
async fn a_password_that_will_not_do_does_not_spend_the_link() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let id = app.colleague(&mut admin, "analyst", "Bo").await.my_id().await;
    let token = token(&make(&mut admin, &id).await);
    for weak in ["short", "bo@fund.example", "aaaaaaaaaaaaaa"] {
        let refused = choose(&app, &token, weak).await;
        assert_eq!((refused.status, refused.json["fields"][0]["field"].as_str()), (422, Some("password")), "{weak}");
    }
    assert_eq!(choose(&app, &token, NEW).await.status, 204);
    app.stop().await;
}

#[actix_web::test]
async fn the_second_factor_stays_and_is_still_asked_for() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let eve = app.colleague(&mut admin, "admin", "Eve").await;
    let id = eve.clone().my_id().await;
    let token = token(&make(&mut admin, &id).await);
    assert_eq!(choose(&app, &token, NEW).await.status, 204);
    assert_eq!(sign_in(&app, "eve@fund.example", NEW).await.json["standing"], "code_needed");
    let mut laptop = app.anonymous();
    laptop.sign_in_beside(&eve, "eve@fund.example", NEW).await;
    assert_eq!(laptop.get("/api/v1/users").await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn a_newer_link_ends_the_older_and_time_ends_both() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let id = app.colleague(&mut admin, "analyst", "Bo").await.my_id().await;
    let (older, newer) = (token(&make(&mut admin, &id).await), token(&make(&mut admin, &id).await));
    assert_eq!(look_up(&app, &older).await.status, 404);
    assert_eq!(look_up(&app, &newer).await.status, 200);
    app.clock.advance(TimeDelta::hours(73));
    assert_eq!(look_up(&app, &newer).await.status, 404);
    assert_eq!(choose(&app, &newer, NEW).await.status, 404);
    let another = app.another().await;
    let kept = "SELECT count(*) FROM password_resets";
    eventually("the link is swept", async || app.database.sql(kept).unwrap() == "0").await;
    another.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn a_link_ends_with_its_person_and_with_its_maker() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut mallory = app.colleague(&mut admin, "admin", "Mallory").await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let (mallory_id, id) = (mallory.my_id().await, bo.my_id().await);
    let state = |state: &str| json!({ "state": state });
    let hers = token(&make(&mut mallory, &id).await);
    assert_eq!(admin.patch(&format!("/api/v1/users/{mallory_id}"), 1, &state("disabled")).await.status, 200);
    assert_eq!(look_up(&app, &hers).await.status, 404, "whoever is disabled leaves no way into another account");

    let path = format!("/api/v1/users/{id}");
    let his = token(&make(&mut admin, &id).await);
    assert_eq!(admin.patch(&path, 1, &state("disabled")).await.status, 200);
    assert_eq!(choose(&app, &his, NEW).await.status, 404);
    assert_eq!(make(&mut admin, &id).await.code(), "wrong_state", "a disabled person gets none");
    assert_eq!(admin.patch(&path, 2, &state("active")).await.status, 200);
    assert_eq!(look_up(&app, &his).await.status, 404, "nor does the old one come back");

    let own = token(&make(&mut admin, &id).await);
    bo.post("/api/v1/session", &json!({ "email": "bo@fund.example", "password": PASSWORD })).await;
    let change = json!({ "old_password": PASSWORD, "password": NEW });
    assert_eq!(bo.post("/api/v1/session/password", &change).await.status, 204);
    assert_eq!(look_up(&app, &own).await.status, 404, "they remembered");
    app.stop().await;
}

#[actix_web::test]
async fn nobody_makes_a_link_for_themselves_and_only_admins_for_others() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let (ada, id) = (admin.my_id().await, bo.my_id().await);
    assert_eq!(make(&mut admin, &ada).await.code(), "wrong_state");
    assert_eq!(make(&mut bo, &ada).await.code(), "forbidden");
    assert_eq!(make(&mut admin, "00000000-0000-0000-0000-000000000000").await.code(), "not_found");
    let id: vcconnect::base::UserId = serde_json::from_value(json!(id)).unwrap();
    let made = app.app.accounts.make_password_reset(&app.console(), id).await.unwrap();
    assert_eq!(look_up(&app, made.link.split_once('#').unwrap().1).await.status, 200, "the console does too");
    app.stop().await;
}
