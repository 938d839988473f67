//! The second factor: set up, given once, lost, and taken by somebody else.

use chrono::TimeDelta;
use serde_json::{Value, json};
use vcconnect::infra::clock::Clock as _;

use crate::app::{PASSWORD, TestApp, eventually};
use crate::authenticator::{code, codes_in};
use crate::client::{Answer, Client};

fn credentials(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD })
}

/// Gives the password, so that the code is asked for.
async fn knock(app: &TestApp, email: &str) -> Client {
    let mut visitor = app.anonymous();
    let answer = visitor.post("/api/v1/session", &credentials(email)).await;
    assert_eq!((answer.status, answer.json["standing"].as_str()), (200, Some("code_needed")), "{}", answer.text);
    visitor
}

async fn give(visitor: &mut Client, code: &str) -> Answer {
    visitor.post("/api/v1/session/code", &json!({ "code": code })).await
}

fn is_wrong(answer: &Answer) {
    assert_eq!((answer.status, answer.json["fields"][0]["field"].as_str()), (422, Some("code")), "{}", answer.text);
}

async fn told(app: &TestApp, action: &str) -> String {
    app.database.sql(&format!("SELECT count(*) FROM audit_log WHERE action = '{action}'")).unwrap()
}

#[actix_web::test]
async fn a_code_is_good_once_and_starts_a_new_session() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let app_of_ada = admin.authenticator.clone().unwrap();
    let mut visitor = knock(&app, "ada@fund.example").await;
    let half_way = visitor.cookie.clone();
    is_wrong(&give(&mut visitor, &app_of_ada.code(app.clock.now())).await);
    assert_eq!(visitor.cookie, half_way, "the code that set it up is used, and the session still waits");

    let next = app_of_ada.next_code(app.clock.now());
    assert_eq!(give(&mut visitor, &next).await.json["standing"], "signed_in");
    assert_ne!(visitor.cookie, half_way, "a new session");
    assert_eq!(visitor.get("/api/v1/users").await.status, 200);
    visitor.cookie = half_way;
    assert_eq!(visitor.get("/api/v1/session").await.code(), "signed_out", "the one that waited is gone");

    let mut again = knock(&app, "ada@fund.example").await;
    is_wrong(&give(&mut again, &next).await);
    is_wrong(&give(&mut again, &app_of_ada.code(app.clock.now())).await);
    app.clock.advance(TimeDelta::seconds(60));
    assert_eq!(give(&mut again, &app_of_ada.code(app.clock.now())).await.status, 200);
    assert_eq!(told(&app, "session.second_factor_failed").await, "3");
    app.stop().await;
}

#[actix_web::test]
async fn of_parallel_requests_with_one_code_one_comes_in() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let next = admin.authenticator.as_ref().unwrap().next_code(app.clock.now());
    let mut waiting = Vec::new();
    for _ in 0..5 {
        waiting.push(knock(&app, "ada@fund.example").await);
    }
    let given = waiting.iter_mut().map(|visitor| give(visitor, &next));
    let answers = futures_util::future::join_all(given).await;
    let in_now = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(in_now, 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    app.stop().await;
}

#[actix_web::test]
async fn a_recovery_code_is_good_once_however_it_is_typed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let recovery = admin.authenticator.as_ref().unwrap().recovery_code();
    assert_eq!(recovery.replace('-', "").len(), 16, "80 bits");
    let mut visitor = knock(&app, "ada@fund.example").await;
    let typed = format!(" {} ", recovery.to_lowercase().replace('-', " "));
    assert_eq!(give(&mut visitor, &typed).await.status, 200);
    assert_eq!(visitor.get("/api/v1/second-factor").await.json["recovery_codes_left"], 9);
    let mut again = knock(&app, "ada@fund.example").await;
    is_wrong(&give(&mut again, &recovery).await);
    app.stop().await;
}

#[actix_web::test]
async fn a_code_of_somebody_else_is_good_for_nothing() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mallory = app.colleague(&mut admin, "admin", "Mallory").await;
    let hers = mallory.authenticator.unwrap();
    let mut visitor = knock(&app, "ada@fund.example").await;
    is_wrong(&give(&mut visitor, &hers.next_code(app.clock.now())).await);
    is_wrong(&give(&mut visitor, &hers.recovery_code()).await);
    app.stop().await;
}

#[actix_web::test]
async fn who_waits_with_the_password_alone_is_out_after_ten_minutes() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut visitor = knock(&app, "ada@fund.example").await;
    app.clock.advance(TimeDelta::minutes(9));
    assert_eq!(visitor.get("/api/v1/users").await.code(), "second_factor_required");
    app.clock.advance(TimeDelta::seconds(61));
    let code = admin.authenticator.unwrap().code(app.clock.now());
    assert_eq!(give(&mut visitor, &code).await.code(), "signed_out");
    app.stop().await;
}

/// Whoever knows the password must not win guesses back with it.
#[actix_web::test]
async fn guesses_at_codes_make_wait_and_the_password_forgives_none() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for _ in 0..7 {
        let mut visitor = knock(&app, "ada@fund.example").await;
        is_wrong(&give(&mut visitor, "000000").await);
    }
    let mut visitor = knock(&app, "ada@fund.example").await;
    let right = admin.authenticator.as_ref().unwrap();
    let refused = give(&mut visitor, &right.next_code(app.clock.now())).await;
    assert_eq!((refused.status, refused.code()), (429, "too_many_attempts"));
    let mut elsewhere = app.another().await.anonymous();
    elsewhere.cookie.clone_from(&visitor.cookie);
    assert_eq!(give(&mut elsewhere, &right.recovery_code()).await.status, 429, "nor does a restart");
    assert_eq!(told(&app, "session.sign_in_locked").await, "1");
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(give(&mut visitor, &right.code(app.clock.now())).await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn parallel_guesses_at_codes_do_not_outrun_the_throttle() {
    let app = TestApp::start().await;
    app.admin().await;
    let visitor = knock(&app, "ada@fund.example").await;
    let guesses = (0..20).map(|guess| {
        let mut visitor = visitor.clone();
        async move { give(&mut visitor, &format!("{guess:06}")).await.status }
    });
    let statuses = futures_util::future::join_all(guesses).await;
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 7, "{statuses:?}");
    app.stop().await;
}

#[actix_web::test]
async fn what_was_offered_counts_once_it_is_confirmed() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let nothing = json!({ "since": null, "recovery_codes_left": 0, "required": false });
    assert_eq!(bo.get("/api/v1/second-factor").await.json, nothing);
    let first = bo.post("/api/v1/second-factor", &Value::Null).await;
    let offer = bo.post("/api/v1/second-factor", &Value::Null).await;
    assert!(offer.json["uri"].as_str().unwrap().starts_with("otpauth://totp/VCConnect:bo%40fund.example"));
    assert!(offer.json["qr"]["size"].as_i64().unwrap() > 20 && offer.header("cache-control").contains("no-store"));
    assert_eq!(bo.get("/api/v1/second-factor").await.json, nothing, "not yet");
    let confirm =
        async |bo: &mut Client, code: &str| bo.post("/api/v1/second-factor/confirm", &json!({ "code": code })).await;
    let of = |offer: &Answer| code(offer.json["secret"].as_str().unwrap(), app.clock.now());
    is_wrong(&confirm(&mut bo, &of(&first)).await);
    let confirmed = confirm(&mut bo, &of(&offer)).await;
    assert_eq!(codes_in(&confirmed).len(), 10);
    let now = bo.get("/api/v1/second-factor").await.json;
    assert!(now["since"].is_string() && now["recovery_codes_left"] == 10, "{now}");
    assert_eq!(confirm(&mut bo, &of(&offer)).await.code(), "wrong_state", "nothing is offered any more");

    bo.post("/api/v1/second-factor", &Value::Null).await;
    app.clock.advance(TimeDelta::minutes(61));
    assert_eq!(confirm(&mut bo, "123456").await.code(), "wrong_state", "an hour is over");
    let waiting = "SELECT count(*) FROM second_factors WHERE confirmed_at IS NULL";
    assert_eq!(app.database.sql(waiting).unwrap(), "1");
    let another = app.another().await;
    eventually("the offer is swept", async || app.database.sql(waiting).unwrap() == "0").await;
    another.stop().await;
    app.stop().await;
}

#[actix_web::test]
async fn setting_up_and_replacing_ends_other_sessions_and_the_old_codes() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let mut laptop = app.anonymous();
    laptop.post("/api/v1/session", &credentials("bo@fund.example")).await;
    let before = bo.cookie.clone();
    bo.set_up_second_factor(app.clock.now()).await;
    assert_eq!(laptop.get("/api/v1/session").await.code(), "signed_out");
    let mut stolen = app.anonymous();
    stolen.cookie = before;
    assert_eq!(stolen.get("/api/v1/session").await.code(), "signed_out", "and the session itself went on as a new one");
    assert_eq!(bo.get("/api/v1/deals").await.status, 200);

    let old = bo.authenticator.clone().unwrap();
    laptop.sign_in_beside(&bo, "bo@fund.example", PASSWORD).await;
    bo.set_up_second_factor(app.clock.now()).await;
    assert_eq!(laptop.get("/api/v1/session").await.code(), "signed_out");
    let mut visitor = knock(&app, "bo@fund.example").await;
    is_wrong(&give(&mut visitor, &old.next_code(app.clock.now())).await);
    is_wrong(&give(&mut visitor, &old.recovery_code()).await);
    let new = bo.authenticator.clone().unwrap();
    assert_eq!(give(&mut visitor, &new.next_code(app.clock.now())).await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn what_changes_the_sign_in_needs_a_fresh_proof() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let bo = app.colleague(&mut admin, "analyst", "Bo").await.my_id().await;
    app.clock.advance(TimeDelta::minutes(11));
    let asks = [
        admin.post("/api/v1/second-factor", &Value::Null).await,
        admin.post("/api/v1/second-factor/recovery-codes", &Value::Null).await,
        admin.delete("/api/v1/second-factor").await,
        admin.delete(&format!("/api/v1/users/{bo}/second-factor")).await,
        admin.post(&format!("/api/v1/users/{bo}/password-reset"), &Value::Null).await,
    ];
    for answer in &asks {
        assert_eq!((answer.status, answer.code()), (403, "proof_required"));
    }
    let prove = async |admin: &mut Client, proof: Value| admin.post("/api/v1/session/proof", &proof).await;
    let wrong = prove(&mut admin, json!({ "password": "guess" })).await;
    assert_eq!((wrong.status, wrong.json["fields"][0]["field"].as_str()), (422, Some("password")));
    is_wrong(&prove(&mut admin, json!({ "code": "000000" })).await);
    let recovery = admin.authenticator.as_ref().unwrap().recovery_code();
    is_wrong(&prove(&mut admin, json!({ "code": recovery })).await);
    assert_eq!(prove(&mut admin, json!({})).await.status, 422);
    assert_eq!(admin.post("/api/v1/second-factor", &Value::Null).await.code(), "proof_required");

    let present = admin.authenticator.as_ref().unwrap().code(app.clock.now());
    assert_eq!(prove(&mut admin, json!({ "code": present })).await.status, 204);
    assert_eq!(admin.post("/api/v1/second-factor/recovery-codes", &Value::Null).await.status, 201);
    is_wrong(&prove(&mut admin, json!({ "code": present })).await);
    app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(prove(&mut admin, json!({ "password": PASSWORD })).await.status, 204);
    assert_eq!(admin.post("/api/v1/second-factor", &Value::Null).await.status, 201);
    assert_eq!(told(&app, "session.proved").await, "3", "two proofs, and one refused");
    app.stop().await;
}

#[actix_web::test]
async fn new_recovery_codes_end_the_old_ones() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let old = admin.authenticator.as_ref().unwrap().recovery_code();
    let made = codes_in(&admin.post("/api/v1/second-factor/recovery-codes", &Value::Null).await);
    assert_eq!(made.iter().collect::<std::collections::BTreeSet<_>>().len(), 10);
    let mut visitor = knock(&app, "ada@fund.example").await;
    is_wrong(&give(&mut visitor, &old).await);
    assert_eq!(give(&mut visitor, &made[9]).await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn an_admin_keeps_theirs_and_others_may_remove_it() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let kept = admin.delete("/api/v1/second-factor").await;
    assert_eq!((kept.status, kept.code()), (409, "wrong_state"));
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    assert_eq!(bo.delete("/api/v1/second-factor").await.code(), "wrong_state", "there is none");
    bo.set_up_second_factor(app.clock.now()).await;
    assert_eq!(bo.delete("/api/v1/second-factor").await.status, 204);
    assert_eq!(bo.get("/api/v1/deals").await.status, 200, "the session stays");
    let back = app.anonymous().post("/api/v1/session", &credentials("bo@fund.example")).await;
    assert_eq!(back.json["standing"], "signed_in", "the password is enough again");
    app.stop().await;
}

#[actix_web::test]
async fn whoever_becomes_an_admin_is_asked_at_the_next_request() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    assert_eq!(bo.get("/api/v1/deals").await.status, 200);
    let id = bo.my_id().await;
    let change = |role: &str| json!({ "role": role });
    assert_eq!(admin.patch(&format!("/api/v1/users/{id}"), 1, &change("admin")).await.status, 200);
    assert_eq!(bo.get("/api/v1/deals").await.code(), "second_factor_setup_required");
    assert_eq!(bo.get("/api/v1/session").await.json["standing"], "set_up_needed");
    assert_eq!(admin.patch(&format!("/api/v1/users/{id}"), 2, &change("analyst")).await.status, 200);
    assert_eq!(bo.get("/api/v1/deals").await.status, 200);
    admin.patch(&format!("/api/v1/users/{id}"), 3, &change("admin")).await;
    app.clock.advance(TimeDelta::minutes(11));
    assert_eq!(bo.post("/api/v1/second-factor", &Value::Null).await.code(), "proof_required", "signed in long ago");
    assert_eq!(bo.post("/api/v1/session/proof", &json!({ "password": PASSWORD })).await.status, 204);
    bo.set_up_second_factor(app.clock.now()).await;
    assert_eq!(bo.get("/api/v1/users").await.status, 200);
    app.stop().await;
}

#[actix_web::test]
async fn another_admin_or_the_console_resets_it_and_nobody_their_own() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut eve = app.colleague(&mut admin, "admin", "Eve").await;
    let (ada, id) = (admin.my_id().await, eve.my_id().await);
    let of = |id: &str| format!("/api/v1/users/{id}/second-factor");
    assert_eq!(eve.delete(&of(&id)).await.code(), "wrong_state", "one's own");
    assert_eq!(admin.delete(&of(&id)).await.status, 204);
    assert_eq!(eve.get("/api/v1/session").await.code(), "signed_out", "at once");
    assert_eq!(admin.delete(&of(&id)).await.code(), "wrong_state", "there is none any more");
    let back = eve.post("/api/v1/session", &credentials("eve@fund.example")).await;
    assert_eq!(back.json["standing"], "set_up_needed", "an admin sets up another one first");
    assert_eq!(eve.get("/api/v1/users").await.code(), "second_factor_setup_required");

    let ada: vcconnect::base::UserId = serde_json::from_value(json!(ada)).unwrap();
    app.app.accounts.reset_second_factor(&app.console(), ada).await.unwrap();
    assert_eq!(admin.get("/api/v1/session").await.code(), "signed_out");
    assert_eq!(told(&app, "second_factor.reset").await, "2");
    let mut bo = app.anonymous();
    bo.post("/api/v1/session", &credentials("ada@fund.example")).await;
    bo.set_up_second_factor(app.clock.now()).await;
    let mut analyst = app.colleague(&mut bo, "analyst", "Bo").await;
    assert_eq!(analyst.delete(&of(&id)).await.code(), "forbidden");
    app.stop().await;
}

#[actix_web::test]
async fn those_who_manage_people_see_who_has_one_and_end_sessions() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let mut laptop = app.anonymous();
    laptop.post("/api/v1/session", &credentials("bo@fund.example")).await;
    let seen = admin.get("/api/v1/users").await.json["items"].clone();
    assert_eq!(seen[0]["access"], json!({ "second_factor": true, "sessions": 1 }));
    assert_eq!(seen[1]["access"], json!({ "second_factor": false, "sessions": 2 }));
    assert_eq!(bo.get("/api/v1/users").await.json["items"][0]["access"], Value::Null);

    let path = format!("/api/v1/users/{}/sessions", bo.my_id().await);
    assert_eq!(bo.get(&path).await.code(), "forbidden");
    let sessions = admin.get(&path).await.json["items"].clone();
    let newest = sessions[0]["id"].as_str().unwrap();
    assert_eq!((sessions.as_array().unwrap().len(), &sessions[0]["current"]), (2, &json!(false)));
    assert_eq!(admin.delete(&format!("{path}/{newest}")).await.status, 204);
    assert_eq!(admin.delete(&format!("{path}/{newest}")).await.status, 404);
    assert_eq!(laptop.get("/api/v1/session").await.code(), "signed_out");
    assert_eq!(bo.get("/api/v1/session").await.status, 200);
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(bo.get("/api/v1/session").await.code(), "signed_out");
    app.stop().await;
}

#[actix_web::test]
async fn the_console_does_what_an_admin_does_with_people() {
    use vcconnect::base::{SystemRole, UserId};
    use vcconnect::domain::accounts::{UserChange, UserState};
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let (accounts, cx) = (&app.app.accounts, app.console());
    let invited = accounts.invite(&cx, SystemRole::Analyst, Some("bo@fund.example")).await.unwrap();
    let token = json!({ "token": invited.link.split_once('#').unwrap().1 });
    let offer = app.anonymous().post("/api/v1/invitations/lookup", &token).await;
    assert_eq!(offer.json["first_admin"], false, "somebody is there already");
    let mut bo = app.join(&invited.link, "Bo", "bo@fund.example").await;

    let everybody = accounts.everybody(&cx).await.unwrap();
    let told: Vec<_> =
        everybody.iter().map(|one| (one.user.name.as_str(), one.access.unwrap().second_factor)).collect();
    assert_eq!(told, [("Ada King", true), ("Bo", false)]);
    let id: UserId = everybody[1].user.id;
    assert_eq!(accounts.sessions_of(&cx, id).await.unwrap().len(), 1);
    assert_eq!(accounts.end_sessions_of(&cx, id).await.unwrap(), 1);
    assert_eq!(bo.get("/api/v1/session").await.code(), "signed_out");
    let change = UserChange { state: Some(UserState::Disabled), role: None };
    assert_eq!(accounts.change_user(&cx, id, 1, change).await.unwrap().state, UserState::Disabled);
    assert!(accounts.make_password_reset(&cx, id).await.is_err(), "disabled");
    assert_eq!(accounts.invitations(&cx).await.unwrap().len(), 0);
    let seen = admin.get("/api/v1/audit?action=user.changed").await;
    assert_eq!(seen.json["items"][0]["actor_kind"], "console", "{}", seen.text);
    app.stop().await;
}
