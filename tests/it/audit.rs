//! Who did and who saw what, and whether anybody touched it.

use serde_json::json;
use vcconnect::domain::audit::ChainState;

use crate::app::TestApp;
use crate::client::{Answer, Client};

async fn actions(reader: &mut Client, query: &str) -> Vec<String> {
    let answer: Answer = reader.get(&format!("/api/v1/audit?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn writes_and_reads_of_a_deal_are_told_in_order() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let id = admin.new_deal("Atlas").await;
    admin.get(&format!("/api/v1/deals/{id}")).await;
    admin.patch(&format!("/api/v1/deals/{id}"), 1, &json!({ "stage": "screening" })).await;
    admin.patch(&format!("/api/v1/deals/{id}"), 1, &json!({ "stage": "diligence" })).await;
    let told = actions(&mut admin, &format!("deal={id}")).await;
    assert_eq!(told, ["deal.changed", "deal.read", "deal.created"], "a refused change is none");
    let mut cleo = app.colleague(&mut admin, "compliance", "Cleo").await;
    let unnamed = cleo.get(&format!("/api/v1/audit?deal={id}")).await;
    assert_eq!(unnamed.json["items"][0]["deal_name"], json!(null), "compliance is no member");
    let entry = &admin.get(&format!("/api/v1/audit?deal={id}&limit=2&action=deal.changed")).await.json["items"][0];
    assert_eq!(entry["deal_name"], "Atlas");
    assert_eq!(entry["action"], "deal.changed");
    assert_eq!((&entry["actor"]["name"], &entry["details"]["ip"]), (&json!("Ada King"), &json!("127.0.0.1")));
    app.stop().await;
}

#[actix_web::test]
async fn refused_sign_ins_are_told_without_what_was_typed() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let typed = json!({ "email": "my-secret-typed-here@x.example", "password": "and-here-too" });
    app.anonymous().post("/api/v1/session", &typed).await;
    let answer = admin.get("/api/v1/audit?action=session.sign_in_failed").await;
    assert_eq!(answer.json["items"][0]["outcome"], "denied");
    assert!(!answer.text.contains("typed-here") && !answer.text.contains("and-here"));
    app.stop().await;
}

#[actix_web::test]
async fn whoever_tries_what_is_not_theirs_is_named() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    let deal = format!("/api/v1/deals/{}", admin.new_deal("Atlas").await);
    bo.get(&deal).await;
    bo.get("/api/v1/audit").await;
    app.anonymous().get(&deal).await;
    let answer = admin.get("/api/v1/audit?action=request.refused").await;
    let told: Vec<_> = answer.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let about = &one["details"]["about"];
            (one["actor"]["name"].as_str().unwrap(), about["asked"].as_str().unwrap(), about["code"].as_str().unwrap())
        })
        .collect();
    assert_eq!(told, [("Bo", "GET /api/v1/audit", "forbidden"), ("Bo", format!("GET {deal}").as_str(), "not_found")]);
    app.stop().await;
}

#[actix_web::test]
async fn the_log_pages_and_is_for_compliance_and_admins() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut cleo = app.colleague(&mut admin, "compliance", "Cleo").await;
    let mut bo = app.colleague(&mut admin, "analyst", "Bo").await;
    assert_eq!(bo.get("/api/v1/audit").await.code(), "forbidden");
    let first = cleo.get("/api/v1/audit?limit=2").await;
    let cursor = first.json["next_cursor"].as_str().unwrap().to_owned();
    let second = cleo.get(&format!("/api/v1/audit?limit=2&cursor={cursor}")).await;
    let id = |answer: &Answer, n: usize| answer.json["items"][n]["id"].as_str().unwrap().to_owned();
    assert!(id(&first, 1) > id(&second, 0));
    assert_eq!(cleo.get("/api/v1/audit?action=deal.sold").await.code(), "invalid_input");
    app.stop().await;
}

#[actix_web::test]
async fn the_servers_own_role_cannot_alter_the_log() {
    let app = TestApp::start().await;
    app.admin().await;
    for statement in [
        "UPDATE audit_log SET action = 'x'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log CASCADE",
        "DELETE FROM audit_seals",
    ] {
        let error = app.database.sql_as_app(statement).unwrap_err().to_string();
        assert!(error.contains("permission denied"), "{statement}: {error}");
        let error = app.database.sql(statement).unwrap_err().to_string();
        assert!(error.contains("never changed"), "even its superuser is stopped by the trigger: {error}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_rewritten_history_is_neither_continued_nor_called_intact() {
    let rewrite = "DELETE FROM audit_seals; UPDATE audit_log SET actor_id = NULL";
    assert!(matches!(tampered(rewrite).await, ChainState::Broken { kind: "anchor", .. }));
    let cut = "DELETE FROM audit_seals WHERE seq > 2; DELETE FROM audit_log WHERE action = 'deal.created'";
    assert!(matches!(tampered(cut).await, ChainState::Broken { kind: "anchor", .. }));

    let app = TestApp::start().await;
    app.admin().await;
    seal_all(&app).await;
    app.database.sql("SET session_replication_role = replica; DELETE FROM audit_seals").unwrap();
    let refused = app.app.audit.seal().await.unwrap_err();
    assert!(refused.causes().contains("anchored end"), "{}", refused.causes());
    assert_eq!(app.database.sql("SELECT count(*) FROM audit_seals").unwrap(), "0");
    app.stop().await;
}

#[actix_web::test]
async fn damaged_details_hide_no_entry() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let tamper = "SET session_replication_role = replica; UPDATE audit_log SET details = '\\x00'";
    app.database.sql(tamper).unwrap();
    let answer = admin.get("/api/v1/audit").await;
    assert_eq!((answer.status, &answer.json["items"][0]["details"]["about"]["damaged"]), (200, &json!(true)));
    app.stop().await;
}

async fn seal_all(app: &TestApp) {
    crate::app::eventually("sealing", async || {
        app.app.audit.seal().await.unwrap();
        matches!(app.app.audit.verify().await.unwrap(), ChainState::Intact { waiting: 0, .. })
    })
    .await;
}

#[actix_web::test]
async fn entries_are_sealed_into_a_chain_without_gaps() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    for n in 0..5 {
        admin.new_deal(&format!("Atlas {n}")).await;
    }
    seal_all(&app).await;
    let count: i64 = app.database.sql("SELECT count(*) FROM audit_log").unwrap().parse().unwrap();
    assert_eq!(app.app.audit.verify().await.unwrap(), ChainState::Intact { sealed: count, waiting: 0 });
    assert_eq!(app.database.sql("SELECT max(seq) FROM audit_seals").unwrap(), count.to_string());
    app.stop().await;
}

#[actix_web::test]
async fn two_processes_seal_one_chain() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let other = app.another().await;
    for n in 0..10 {
        admin.new_deal(&format!("Atlas {n}")).await;
        let (one, two) = futures_util::future::join(app.app.audit.seal(), other.app.audit.seal()).await;
        one.unwrap();
        two.unwrap();
    }
    seal_all(&app).await;
    other.stop().await;
    app.stop().await;
}

/// What somebody who owns the database could do: switch the trigger off and rewrite history.
async fn tampered(statement: &str) -> ChainState {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    for n in 0..4 {
        admin.new_deal(&format!("Atlas {n}")).await;
    }
    seal_all(&app).await;
    app.database.sql(&format!("SET session_replication_role = replica; {statement}")).unwrap();
    let state = app.app.audit.verify().await.unwrap();
    app.stop().await;
    state
}

#[actix_web::test]
async fn altered_removed_and_swapped_entries_are_named() {
    let third = "(SELECT entry_id FROM audit_seals WHERE seq = 3)";
    assert_eq!(
        tampered(&format!("UPDATE audit_log SET outcome = 'failed' WHERE id = {third}")).await,
        ChainState::Broken { seq: 3, kind: "link" }
    );
    assert_eq!(
        tampered(&format!("UPDATE audit_log SET at = at - interval '1 day' WHERE id = {third}")).await,
        ChainState::Broken { seq: 3, kind: "link" }
    );
    assert_eq!(tampered("DELETE FROM audit_seals WHERE seq = 3").await, ChainState::Broken { seq: 3, kind: "gap" });
    let newest = "DELETE FROM audit_log WHERE id = (SELECT entry_id FROM audit_seals ORDER BY seq DESC LIMIT 1)";
    assert!(matches!(tampered(newest).await, ChainState::Broken { kind: "entry", .. }));
    let swap = "UPDATE audit_seals SET seq = CASE seq WHEN 2 THEN 1002 WHEN 3 THEN 1003 END WHERE seq IN (2, 3); \
                UPDATE audit_seals SET seq = CASE seq WHEN 1002 THEN 3 ELSE 2 END WHERE seq > 1000";
    assert_eq!(tampered(swap).await, ChainState::Broken { seq: 2, kind: "link" });
}
