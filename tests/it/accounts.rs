//! How people come in, stay in and are kept out.

use chrono::TimeDelta;
use serde_json::json;

use crate::app::{PASSWORD, TestApp};

#[actix_web::test]
async fn the_first_admin_link_works_once() {
    let app = TestApp::start().await;
    let link = app.app.accounts.first_admin(&app.console()).await.unwrap().unwrap();
    let newer = app.app.accounts.first_admin(&app.console()).await.unwrap().unwrap();
    let token = |link: &str| json!({ "token": link.split_once('#').unwrap().1 });
    let mut visitor = app.anonymous();

    assert_eq!(visitor.post("/api/v1/invitations/lookup", &token(&link)).await.status, 404, "a newer link replaced it");
    let offer = visitor.post("/api/v1/invitations/lookup", &token(&newer)).await;
    assert_eq!((offer.json["role"].as_str(), offer.json["first_admin"].as_bool()), (Some("admin"), Some(true)));

    let mut admin = app.join(&newer, "Ada King", "ada@fund.example").await;
    let me = admin.get("/api/v1/session").await;
    assert_eq!(me.json["user"]["name"], "Ada King");
    assert_eq!(visitor.post("/api/v1/invitations/lookup", &token(&newer)).await.status, 404, "it was used");
    assert_eq!(app.app.accounts.first_admin(&app.console()).await.unwrap(), None);
    app.stop().await;
}

#[actix_web::test]
async fn an_invitation_tells_everything_that_is_wrong_at_once_and_is_not_spent_by_it() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let body = json!({ "role": "analyst", "email": "bo@fund.example" });
    let invited = admin.post("/api/v1/invitations", &body).await;
    let token = invited.json["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let mut visitor = app.anonymous();
    let wrong = json!({ "token": token, "name": " ", "email": "eve@fund.example", "password": "short" });
    let refused = visitor.post("/api/v1/invitations/accept", &wrong).await;
    assert_eq!((refused.status, refused.code()), (422, "invalid_input"));
    let fields: Vec<_> =
        refused.json["fields"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "email", "password"]);
    app.join(invited.json["link"].as_str().unwrap(), "Bo", "bo@fund.example").await;

    let again = admin.post("/api/v1/invitations", &json!({ "role": "analyst" })).await;
    let token = again.json["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let taken = json!({ "token": token, "name": "Bo", "email": "BO@fund.example", "password": PASSWORD });
    let refused = visitor.post("/api/v1/invitations/accept", &taken).await;
    assert_eq!(refused.json["fields"][0]["field"], "email");
    app.stop().await;
}

#[actix_web::test]
async fn a_revoked_or_old_invitation_is_gone() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let one = admin.post("/api/v1/invitations", &json!({ "role": "viewer" })).await;
    let other = admin.post("/api/v1/invitations", &json!({ "role": "viewer" })).await;
    assert_eq!(admin.get("/api/v1/invitations").await.json["items"].as_array().unwrap().len(), 2);
    let id = one.json["invitation"]["id"].as_str().unwrap();
    assert_eq!(admin.delete(&format!("/api/v1/invitations/{id}")).await.status, 204);
    assert_eq!(admin.delete(&format!("/api/v1/invitations/{id}")).await.status, 404);
    let token = |answer: &crate::client::Answer| json!({ "token": answer.json["link"].as_str().unwrap().split_once('#').unwrap().1 });
    let mut visitor = app.anonymous();
    assert_eq!(visitor.post("/api/v1/invitations/lookup", &token(&one)).await.status, 404);
    assert_eq!(visitor.post("/api/v1/invitations/lookup", &token(&other)).await.status, 200);
    app.clock.advance(TimeDelta::hours(73));
    assert_eq!(visitor.post("/api/v1/invitations/lookup", &token(&other)).await.status, 404);
    app.stop().await;
}

fn credentials(email: &str, password: &str) -> serde_json::Value {
    json!({ "email": email, "password": password })
}

#[actix_web::test]
async fn signing_in_gives_a_strict_cookie_and_signing_out_ends_it() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    app.colleague(&mut admin, "analyst", "Bo").await;
    let mut visitor = app.anonymous();
    let answer = visitor.post("/api/v1/session", &credentials(" BO@fund.example", PASSWORD)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let cookie = answer.header("set-cookie");
    for part in ["__Host-vcconnect=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let kept = visitor.cookie.clone();
    assert_eq!(visitor.get("/api/v1/session").await.status, 200);
    assert_eq!(visitor.delete("/api/v1/session").await.status, 204);
    assert_eq!(visitor.cookie, None);
    visitor.cookie = kept;
    assert_eq!(visitor.get("/api/v1/session").await.code(), "signed_out", "the old cookie opens nothing");
    app.stop().await;
}

#[actix_web::test]
async fn wrong_address_and_wrong_password_look_alike() {
    let app = TestApp::start().await;
    app.admin().await;
    let mut visitor = app.anonymous();
    let mut one = visitor.post("/api/v1/session", &credentials("ada@fund.example", "wrong")).await;
    let mut other = visitor.post("/api/v1/session", &credentials("nobody@fund.example", "wrong")).await;
    for answer in [&mut one, &mut other] {
        assert_eq!((answer.status, answer.code()), (401, "wrong_credentials"));
        answer.json["request_id"] = json!(null);
    }
    assert_eq!(one.json, other.json);
    app.stop().await;
}

#[actix_web::test]
async fn failed_attempts_make_people_wait_and_a_restart_forgives_nobody() {
    let app = TestApp::start().await;
    app.admin().await;
    let mut visitor = app.anonymous();
    for _ in 0..7 {
        assert_eq!(visitor.post("/api/v1/session", &credentials("ada@fund.example", "wrong")).await.status, 401);
    }
    let mut after_restart = app.another().await.anonymous();
    let refused = after_restart.post("/api/v1/session", &credentials("ada@fund.example", PASSWORD)).await;
    assert_eq!((refused.status, refused.code()), (429, "too_many_attempts"));
    assert_eq!(refused.header("retry-after"), "60");
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(visitor.post("/api/v1/session", &credentials("ada@fund.example", PASSWORD)).await.status, 200);
    assert_eq!(
        visitor.post("/api/v1/session", &credentials("ada@fund.example", "wrong")).await.status,
        401,
        "forgiven"
    );
    app.stop().await;
}

#[actix_web::test]
async fn parallel_attempts_do_not_outrun_the_throttle() {
    let app = TestApp::start().await;
    app.admin().await;
    let attempts = (0..20).map(|_| {
        let mut visitor = app.anonymous();
        async move { visitor.post("/api/v1/session", &credentials("ada@fund.example", "wrong")).await.status }
    });
    let statuses = futures_util::future::join_all(attempts).await;
    let checked = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(checked, 7, "{statuses:?}");
    app.stop().await;
}

#[actix_web::test]
async fn a_session_ends_by_time_and_by_idleness() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    for _ in 0..11 {
        app.clock.advance(TimeDelta::minutes(60));
        assert_eq!(admin.get("/api/v1/session").await.status, 200, "in use, so not idle");
    }
    app.clock.advance(TimeDelta::minutes(61));
    assert_eq!(admin.get("/api/v1/session").await.status, 401, "after twelve hours in any case");
    let mut laptop = app.anonymous();
    laptop.sign_in_beside(&admin, "ada@fund.example", PASSWORD).await;
    app.clock.advance(TimeDelta::minutes(121));
    assert_eq!(laptop.get("/api/v1/session").await.status, 401, "idle for two hours");
    app.stop().await;
}

#[actix_web::test]
async fn people_see_and_end_their_own_sessions_alone() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut laptop = app.anonymous();
    laptop.sign_in_beside(&admin, "ada@fund.example", PASSWORD).await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let sessions = admin.get("/api/v1/sessions").await;
    let items = sessions.json["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 2);
    let other = items.iter().find(|one| one["current"] == false).unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(bo.delete(&format!("/api/v1/sessions/{other}")).await.status, 404);
    assert_eq!(admin.delete(&format!("/api/v1/sessions/{other}")).await.status, 204);
    assert_eq!(laptop.get("/api/v1/session").await.status, 401);
    app.stop().await;
}

#[actix_web::test]
async fn a_disabled_person_is_out_at_once_and_cannot_come_back() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let id = bo.my_id().await;
    let changed = admin.patch(&format!("/api/v1/users/{id}"), 1, &json!({ "state": "disabled" })).await;
    assert_eq!((changed.status, changed.header("etag")), (200, "\"2\""));
    assert_eq!(bo.get("/api/v1/session").await.status, 401);
    let refused = bo.post("/api/v1/session", &credentials("bo@fund.example", PASSWORD)).await;
    assert_eq!(refused.code(), "wrong_credentials");
    app.stop().await;
}

#[actix_web::test]
async fn a_disabled_or_demoted_admin_does_not_come_back_by_a_link_of_their_own() {
    for change in [json!({ "state": "disabled" }), json!({ "role": "analyst" })] {
        let app = TestApp::start().await;
        let mut admin = app.admin().await;
        let mut mallory = app.colleague(&mut admin, "admin", "Mallory").await;
        let link = mallory.post("/api/v1/invitations", &json!({ "role": "admin" })).await;
        let id = mallory.my_id().await;
        assert_eq!(admin.patch(&format!("/api/v1/users/{id}"), 1, &change).await.status, 200);
        let token = link.json["link"].as_str().unwrap().split_once('#').unwrap().1;
        let asked = app.anonymous().post("/api/v1/invitations/lookup", &json!({ "token": token })).await;
        assert_eq!(asked.status, 404, "{change}");
        app.stop().await;
    }
}

/// Whoever is disabled while their password is being checked must not find a session waiting when they are enabled.
#[actix_web::test]
async fn no_session_is_made_while_somebody_is_being_disabled() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let id = app.colleague(&mut admin, "analyst", "Bo").await.my_id().await;
    let sign_ins = (0..6).map(|_| {
        let mut bo = app.anonymous();
        async move {
            let status = bo.post("/api/v1/session", &credentials("bo@fund.example", PASSWORD)).await.status;
            (bo, status)
        }
    });
    let disabled = json!({ "state": "disabled" });
    let path = format!("/api/v1/users/{id}");
    let (mut tried, changed) =
        futures_util::future::join(futures_util::future::join_all(sign_ins), admin.patch(&path, 1, &disabled)).await;
    assert_eq!(changed.status, 200);
    admin.patch(&path, 2, &json!({ "state": "active" })).await;
    for (bo, status) in &mut tried {
        assert_eq!(bo.get("/api/v1/session").await.status, 401, "a sign-in that was answered {status} came back");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_stranger_who_guesses_does_not_shut_the_owner_out() {
    let app = TestApp::start().await;
    app.admin().await;
    let sign_in = async |from: &str, password: &str| {
        let mut visitor = app.anonymous();
        let request = visitor.request(reqwest::Method::POST, "/api/v1/session").header("x-forwarded-for", from);
        visitor.send(request.json(&credentials("ada@fund.example", password))).await.status
    };
    for _ in 0..7 {
        assert_eq!(sign_in("203.0.113.9", "wrong").await, 401);
    }
    assert_eq!(sign_in("203.0.113.9", "wrong").await, 429);
    let told = "SELECT count(*) FROM audit_log WHERE action = 'session.sign_in_locked'";
    assert_eq!(app.database.sql(told).unwrap(), "1", "the lock is told once");
    assert_eq!(sign_in("198.51.100.7", PASSWORD).await, 200, "the owner, elsewhere");
    assert_eq!(sign_in("203.0.113.9", PASSWORD).await, 429, "the stranger still waits");
    app.stop().await;
}

#[actix_web::test]
async fn a_version_out_of_range_is_an_old_version() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let id = admin.my_id().await;
    for version in [i64::MAX, i64::MIN, 0] {
        let refused = admin.patch(&format!("/api/v1/users/{id}"), version, &json!({ "role": "admin" })).await;
        assert_eq!(refused.code(), "changed_meanwhile", "{version}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_new_password_ends_other_sessions_and_needs_the_old_one() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut laptop = app.anonymous();
    laptop.sign_in_beside(&admin, "ada@fund.example", PASSWORD).await;
    let new = "copper lantern estuary 4";
    let change = |old: &str, new: &str| json!({ "old_password": old, "password": new });
    let wrong = admin.post("/api/v1/session/password", &change("not it at all", new)).await;
    assert_eq!((wrong.status, wrong.json["fields"][0]["field"].as_str()), (422, Some("old_password")));
    let weak = admin.post("/api/v1/session/password", &change(PASSWORD, "ada@fund.example")).await;
    assert_eq!(weak.json["fields"][0]["field"], "password");
    assert_eq!(admin.post("/api/v1/session/password", &change(PASSWORD, new)).await.status, 204);
    assert_eq!(admin.get("/api/v1/session").await.status, 200);
    assert_eq!(laptop.get("/api/v1/session").await.status, 401);
    assert_eq!(laptop.post("/api/v1/session", &credentials("ada@fund.example", PASSWORD)).await.status, 401);
    assert_eq!(laptop.post("/api/v1/session", &credentials("ada@fund.example", new)).await.status, 200);
    for _ in 0..7 {
        admin.post("/api/v1/session/password", &change("guess", PASSWORD)).await;
    }
    let refused = admin.post("/api/v1/session/password", &change(new, PASSWORD)).await;
    assert_eq!(refused.code(), "too_many_attempts", "a stolen session does not guess either");
    app.stop().await;
}

#[actix_web::test]
async fn there_is_always_an_admin() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let id = admin.my_id().await;
    for change in [json!({ "role": "analyst" }), json!({ "state": "disabled" })] {
        assert_eq!(admin.patch(&format!("/api/v1/users/{id}"), 1, &change).await.code(), "last_admin");
    }
    app.colleague(&mut admin, "admin", "Bo").await;
    assert_eq!(admin.patch(&format!("/api/v1/users/{id}"), 1, &json!({ "role": "analyst" })).await.status, 200);
    assert_eq!(admin.get("/api/v1/invitations").await.code(), "forbidden", "the new role counts at once");
    app.stop().await;
}

#[actix_web::test]
async fn addresses_are_for_those_who_manage_people_and_names_not_for_guests() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let mut guest = app.colleague(&mut admin, "guest", "Gil").await;
    let names = |answer: &crate::client::Answer| -> Vec<String> {
        answer.json["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let seen = admin.get("/api/v1/users").await;
    assert_eq!(names(&seen), ["Ada King", "Bo", "Gil"]);
    assert_eq!(seen.json["items"][0]["email"], "ada@fund.example");
    let first = bo.get("/api/v1/users?limit=2").await;
    assert_eq!(first.json["items"][0]["email"], json!(null));
    let cursor = first.json["next_cursor"].as_str().unwrap();
    assert_eq!(names(&bo.get(&format!("/api/v1/users?limit=2&cursor={cursor}")).await), ["Gil"]);
    assert_eq!(guest.get("/api/v1/users").await.code(), "forbidden");
    app.stop().await;
}
