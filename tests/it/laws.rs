//! Laws that hold for every endpoint, walked over the OpenAPI: a new endpoint is under them without being named here,
//! and one that changes something must say below how it is called.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use vcconnect::infra::clock::Clock as _;

use crate::app::{PASSWORD, TestApp, eventually};
use crate::authenticator::code;
use crate::client::{Answer, Client, form};
use crate::pictures::deck;
use crate::reports::version;

/// One endpoint of the description.
#[derive(Debug, Clone)]
struct Endpoint {
    name: String,
    method: Method,
    path: String,
    public: bool,
}

fn endpoints() -> Vec<Endpoint> {
    let document = serde_json::to_value(vcconnect::http::document()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.push(Endpoint {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                public: operation["security"] == json!([{}]),
            });
        }
    }
    assert!(found.len() > 20, "the description is not empty");
    found
}

/// Nothing listens there.
const CLOSED: &str = "http://127.0.0.1:1/v1";

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// What an endpoint is called on.
#[derive(Debug, Clone)]
struct Target {
    id: String,
    user: String,
    document: String,
    run: String,
    session: String,
}

impl Target {
    fn of(id: &str, user: &str) -> Self {
        let nobody = || NOBODY.to_owned();
        Self { id: id.to_owned(), user: user.to_owned(), document: nobody(), run: nobody(), session: nobody() }
    }

    fn nobody() -> Self {
        Self::of(NOBODY, NOBODY)
    }
}

impl Endpoint {
    fn url(&self, target: &Target) -> String {
        let query = if self.name == "import_deals" { "?mode=apply" } else { "" };
        let path = self.path.replace("{id}", &target.id).replace("{user_id}", &target.user);
        let path = path.replace("{document_id}", &target.document).replace("{run_id}", &target.run);
        let path = path.replace("{session_id}", &target.session);
        format!("{}{query}", path.replace("{number}", "1").replace("{format}", "pdf"))
    }

    fn changes(&self) -> bool {
        self.method != Method::GET
    }

    fn is_of_a_deal(&self) -> bool {
        self.path.starts_with("/api/v1/deals/{id}")
    }

    /// A body that the endpoint accepts.
    fn body(&self) -> Value {
        match self.name.as_str() {
            "sign_in" => json!({ "email": "ada@fund.example", "password": PASSWORD }),
            "change_password" => json!({ "old_password": PASSWORD, "password": "copper lantern estuary 4" }),
            "look_up_invitation" => json!({ "token": "x" }),
            "accept_invitation" => {
                json!({ "token": "x", "name": "X", "email": "x@fund.example", "password": PASSWORD })
            }
            "give_code" | "confirm_second_factor" => json!({ "code": "123456" }),
            "prove" => json!({ "password": PASSWORD }),
            "look_up_password_reset" => json!({ "token": "x" }),
            "use_password_reset" => json!({ "token": "x", "password": "copper lantern estuary 4" }),
            "create_invitation" => json!({ "role": "viewer" }),
            "change_user" => json!({ "role": "partner" }),
            "create_deal" => json!({ "name": "Atlas", "industry": "ai" }),
            "change_deal" => json!({ "name": "Atlas 2" }),
            "set_member" => json!({ "role": "reader" }),
            "unlock_document" => json!({ "password": "harbour" }),
            "export_report" => json!({ "format": "pdf" }),
            "add_model" => json!({ "name": "Llama", "base_url": CLOSED, "model": "llama", "reach": "local" }),
            "set_deal_models" => json!({ "external_allowed": true }),
            _ => Value::Null,
        }
    }

    async fn call(&self, client: &mut Client, target: &Target) -> Answer {
        let request = client.request(self.method.clone(), &self.url(target)).header("if-match", "\"1\"");
        let request = match (self.name.as_str(), self.body()) {
            ("add_document", _) => {
                let (kind, body) = form("list.csv", b"customer,mrr\nKelp,12\n");
                request.header("content-type", kind).body(body)
            }
            ("import_deals", _) => request.header("content-type", "text/csv").body("name\nImported\n"),
            (_, Value::Null) => request,
            (_, body) => request.json(&body),
        };
        client.send(request).await
    }
}

#[test]
fn every_endpoint_is_described_and_has_a_name_of_its_own() {
    let all = endpoints();
    let names: BTreeSet<_> = all.iter().map(|one| one.name.clone()).collect();
    assert_eq!(names.len(), all.len());
    let open: BTreeSet<_> = all.iter().filter(|one| one.public).map(|one| one.name.as_str()).collect();
    let expected = [
        "accept_invitation",
        "healthz",
        "look_up_invitation",
        "look_up_password_reset",
        "readyz",
        "sign_in",
        "use_password_reset",
    ];
    assert_eq!(open, BTreeSet::from(expected));
}

#[test]
fn every_reference_in_the_description_leads_somewhere() {
    let document = serde_json::to_value(vcconnect::http::document()).unwrap();
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    assert!(references.len() > 50);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

fn collect_references(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| collect_references(field, into));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, into)),
        _ => {}
    }
}

#[actix_web::test]
async fn nobody_gets_in_without_a_session() {
    let app = TestApp::start().await;
    for endpoint in endpoints().into_iter().filter(|one| !one.public) {
        let mut visitor = app.anonymous();
        let answer = endpoint.call(&mut visitor, &Target::nobody()).await;
        assert_eq!((answer.status, answer.code()), (401, "signed_out"), "{endpoint:?}");
        visitor.cookie = Some("__Host-vcconnect=forged".to_owned());
        let answer = endpoint.call(&mut visitor, &Target::nobody()).await;
        assert_eq!((answer.status, answer.code()), (401, "signed_out"), "{endpoint:?} with a forged cookie");
    }
    app.stop().await;
}

/// What somebody may do who gave their password and not yet the code.
const WITH_THE_PASSWORD_ALONE: [&str; 2] = ["give_code", "sign_out"];

/// What an admin may do who has no second factor yet.
const BEFORE_SETTING_UP: [&str; 6] =
    ["get_session", "sign_out", "prove", "get_second_factor", "start_second_factor", "confirm_second_factor"];

#[actix_web::test]
async fn whoever_gave_the_password_alone_may_only_give_the_code() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut visitor = app.anonymous();
    let answer = visitor.post("/api/v1/session", &json!({ "email": "ada@fund.example", "password": PASSWORD })).await;
    assert_eq!(answer.json["standing"], "code_needed");
    closed_but(&WITH_THE_PASSWORD_ALONE, &mut visitor, "second_factor_required").await;
    assert!(!visitor.get("/api/docs/").await.text.contains("swagger"), "nor the viewer of the API");
    let code = admin.authenticator.as_ref().unwrap().recovery_code();
    assert_eq!(visitor.post("/api/v1/session/code", &json!({ "code": code })).await.status, 200, "and it still may");
    app.stop().await;
}

#[actix_web::test]
async fn an_admin_without_a_second_factor_may_only_set_it_up() {
    let app = TestApp::start().await;
    let link = app.app.accounts.first_admin(&app.console()).await.unwrap().unwrap();
    let (mut admin, standing) = app.accept(&link, "Ada King", "ada@fund.example").await;
    assert_eq!(standing, "set_up_needed");
    closed_but(&BEFORE_SETTING_UP, &mut admin, "second_factor_setup_required").await;
    admin.set_up_second_factor(app.clock.now()).await;
    assert_eq!(admin.get("/api/v1/users").await.status, 200);
    app.stop().await;
}

/// Every endpoint but the public and the named ones is closed to somebody who is half-way in.
async fn closed_but(named: &[&str], client: &mut Client, code: &str) {
    let cookie = client.cookie.clone();
    let mut seen = 0;
    for endpoint in endpoints().into_iter().filter(|one| !one.public && !named.contains(&one.name.as_str())) {
        let answer = endpoint.call(client, &Target::nobody()).await;
        assert_eq!((answer.status, answer.code()), (403, code), "{endpoint:?}");
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
    assert_eq!(client.cookie, cookie, "the session is as it was");
}

#[actix_web::test]
async fn a_stranger_is_told_that_the_deal_is_not_there() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let mut owner = app.colleague(&mut admin, "partner", "Olga").await;
    let deal = owner.new_deal("Atlas").await;
    let owner_id = owner.my_id().await;
    let document = owner.upload(&deal, "list.csv", b"customer,mrr\nKelp,12\n").await.json["id"].clone();
    let document = document.as_str().unwrap();
    let run = with_a_file(&app, &mut owner, &deal).await;
    let there = Target { document: document.to_owned(), run, ..Target::of(&deal, &owner_id) };
    for role in ["admin", "partner", "analyst", "compliance", "viewer", "guest"] {
        let mut stranger = app.colleague(&mut admin, role, &format!("s{role}")).await;
        for endpoint in endpoints().into_iter().filter(Endpoint::is_of_a_deal) {
            let real = endpoint.call(&mut stranger, &there).await;
            let absent = endpoint.call(&mut stranger, &Target::of(NOBODY, &owner_id)).await;
            assert_eq!((real.status, real.code()), (404, "not_found"), "{role} {endpoint:?}");
            assert_eq!(real.json["detail"], absent.json["detail"], "a deal that is there looks like one that is not");
        }
    }
    let names = owner.get(&format!("/api/v1/deals/{deal}")).await;
    assert_eq!((&names.json["name"], names.json["members"].as_array().unwrap().len()), (&json!("Atlas"), 1));
    app.stop().await;
}

#[actix_web::test]
async fn a_guest_may_do_nothing_that_is_not_listed() {
    let listed = [
        "get_session",
        "sign_out",
        "change_password",
        "list_sessions",
        "end_session",
        "give_code",
        "prove",
        "get_second_factor",
        "start_second_factor",
        "confirm_second_factor",
        "remove_second_factor",
        "renew_recovery_codes",
        "list_deals",
        "search",
        "openapi_json",
    ];
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    for endpoint in endpoints().into_iter().filter(|one| !one.public && !one.is_of_a_deal()) {
        if listed.contains(&endpoint.name.as_str()) {
            continue;
        }
        let mut guest = app.colleague(&mut admin, "guest", &format!("g{}", endpoint.name.replace('_', ""))).await;
        let answer = endpoint.call(&mut guest, &Target::nobody()).await;
        assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{endpoint:?}");
    }
    app.stop().await;
}

/// Endpoints that change nothing although they are not GET: the secret is in the body so that it reaches no log.
const ASKS_ONLY: [&str; 2] = ["look_up_invitation", "look_up_password_reset"];

#[actix_web::test]
async fn whatever_changes_something_leaves_an_audit_entry() {
    for endpoint in endpoints().into_iter().filter(|one| one.changes() && !ASKS_ONLY.contains(&one.name.as_str())) {
        let app = TestApp::start().await;
        let mut admin = app.admin().await;
        let colleague = app.colleague(&mut admin, "analyst", "Bo").await.my_id().await;
        before_the_way_in(&app, &mut admin, &endpoint).await;
        let (target, call) = prepare(&app, &mut admin, &endpoint, &colleague).await;
        let before = entries(&app);
        let answer = match call {
            Some(body) => admin.post(&endpoint.path, &body).await,
            None => endpoint.call(&mut admin, &target).await,
        };
        assert!((200..300).contains(&answer.status), "{endpoint:?}: {}", answer.text);
        assert!(entries(&app) > before, "{endpoint:?} left no trace");
        app.stop().await;
    }
}

#[actix_web::test]
async fn whoever_reads_a_document_leaves_an_audit_entry() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let reads = endpoints().into_iter().filter(|one| !one.changes() && one.path.contains("{document_id}"));
    let mut seen = 0;
    for endpoint in reads {
        let target = document(&app, &mut admin, &endpoint).await;
        let before = entries(&app);
        let answer = endpoint.call(&mut admin, &target).await;
        assert_eq!(answer.status, 200, "{endpoint:?}: {}", answer.text);
        assert!(entries(&app) > before, "{endpoint:?} left no trace");
        seen += 1;
    }
    assert!(seen >= 5, "{seen}");
    app.stop().await;
}

#[actix_web::test]
async fn whoever_opens_or_takes_a_report_leaves_an_audit_entry() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let deal = admin.new_deal("Atlas").await;
    admin.upload(&deal, "list.csv", b"customer,mrr\nKelp,12\n").await;
    let run = with_a_file(&app, &mut admin, &deal).await;
    let target = Target { run, ..Target::of(&deal, NOBODY) };
    for name in ["get_report", "download_report", "watch_run"] {
        let endpoint = endpoints().into_iter().find(|one| one.name == name).unwrap();
        let before = entries(&app);
        let answer = endpoint.call(&mut admin, &target).await;
        assert_eq!(answer.status, 200, "{endpoint:?}: {}", answer.text);
        assert!(entries(&app) > before, "{endpoint:?} left no trace");
    }
    app.stop().await;
}

/// Makes a version of the deal's report and a PDF of it; gives the id of the run.
async fn with_a_file(app: &TestApp, client: &mut Client, deal: &str) -> String {
    version(client, deal).await;
    let exports = format!("/api/v1/deals/{deal}/reports/1/exports");
    assert_eq!(client.post(&exports, &json!({ "format": "pdf" })).await.status, 202);
    eventually("the file is made", async || client.get(&exports).await.json["items"][0]["state"] == "done").await;
    app.database.sql(&format!("SELECT id FROM report_runs WHERE deal_id = '{deal}'")).unwrap()
}

fn entries(app: &TestApp) -> i64 {
    app.database.sql("SELECT count(*) FROM audit_log").unwrap().parse().unwrap()
}

/// Puts the client where an endpoint of the way in is called from.
async fn before_the_way_in(app: &TestApp, admin: &mut Client, endpoint: &Endpoint) {
    match endpoint.name.as_str() {
        "give_code" => {
            let credentials = json!({ "email": "ada@fund.example", "password": PASSWORD });
            assert_eq!(admin.post("/api/v1/session", &credentials).await.json["standing"], "code_needed");
        }
        // An admin keeps theirs.
        "remove_second_factor" => {
            let mut viewer = app.colleague(admin, "viewer", "Vi").await;
            viewer.set_up_second_factor(app.clock.now()).await;
            *admin = viewer;
        }
        _ => {}
    }
}

/// What must be there before the endpoint can succeed: its ids, and a body if the usual one will not do.
async fn prepare(app: &TestApp, admin: &mut Client, endpoint: &Endpoint, colleague: &str) -> (Target, Option<Value>) {
    let id = match endpoint.name.as_str() {
        "accept_invitation" => {
            let link = invite(admin).await["link"].as_str().unwrap().to_owned();
            let mut body = endpoint.body();
            body["token"] = json!(link.split_once('#').unwrap().1);
            return (Target::nobody(), Some(body));
        }
        "give_code" => {
            let code = admin.authenticator.as_ref().unwrap().recovery_code();
            return (Target::nobody(), Some(json!({ "code": code })));
        }
        "confirm_second_factor" => {
            let offer = admin.post("/api/v1/second-factor", &Value::Null).await;
            let code = code(offer.json["secret"].as_str().unwrap(), app.clock.now());
            return (Target::nobody(), Some(json!({ "code": code })));
        }
        "use_password_reset" => {
            let made = admin.post(&format!("/api/v1/users/{colleague}/password-reset"), &Value::Null).await;
            let mut body = endpoint.body();
            body["token"] = json!(made.json["link"].as_str().unwrap().split_once('#').unwrap().1);
            return (Target::nobody(), Some(body));
        }
        "reset_second_factor" => {
            let mut bo = app.anonymous();
            bo.post("/api/v1/session", &json!({ "email": "bo@fund.example", "password": PASSWORD })).await;
            bo.set_up_second_factor(app.clock.now()).await;
            colleague.to_owned()
        }
        "end_session_of" => {
            let sessions = admin.get(&format!("/api/v1/users/{colleague}/sessions")).await;
            let session = sessions.json["items"][0]["id"].as_str().unwrap().to_owned();
            return (Target { session, ..Target::of(colleague, NOBODY) }, None);
        }
        "revoke_invitation" => invite(admin).await["invitation"]["id"].as_str().unwrap().to_owned(),
        "end_session" => {
            let mut laptop = app.anonymous();
            laptop.sign_in_beside(admin, "ada@fund.example", PASSWORD).await;
            laptop.get("/api/v1/session").await.json["session"]["id"].as_str().unwrap().to_owned()
        }
        "change_user" | "make_password_reset" | "end_sessions_of" => colleague.to_owned(),
        "test_model" | "remove_model" => {
            let model = json!({ "name": "Llama", "base_url": CLOSED, "model": "llama", "reach": "local" });
            admin.post("/api/v1/settings/models", &model).await.json["id"].as_str().unwrap().to_owned()
        }
        "remove_member" => {
            let deal = admin.new_deal("Atlas").await;
            admin.put(&format!("/api/v1/deals/{deal}/members/{colleague}"), &json!({ "role": "reader" })).await;
            deal
        }
        _ if endpoint.path.contains("{document_id}") => return (document(app, admin, endpoint).await, None),
        "start_run" | "cancel_run" | "export_report" | "cancel_export" => {
            return (report(app, admin, endpoint).await, None);
        }
        _ if endpoint.is_of_a_deal() => admin.new_deal("Atlas").await,
        _ => NOBODY.to_owned(),
    };
    (Target::of(&id, colleague), None)
}

async fn invite(admin: &mut Client) -> Value {
    admin.post("/api/v1/invitations", &json!({ "role": "viewer" })).await.json
}

/// A deal with a report and a file in the state that the endpoint is for.
async fn report(app: &TestApp, admin: &mut Client, endpoint: &Endpoint) -> Target {
    let deal = admin.new_deal("Atlas").await;
    admin.upload(&deal, "list.csv", b"customer,mrr\nKelp,12\n").await;
    let run = with_a_file(app, admin, &deal).await;
    match endpoint.name.as_str() {
        "cancel_run" => app.database.sql("UPDATE report_runs SET state = 'waiting'").map(drop).unwrap(),
        "cancel_export" => app.database.sql("UPDATE report_exports SET state = 'waiting'").map(drop).unwrap(),
        _ => {}
    }
    Target { run, ..Target::of(&deal, NOBODY) }
}

/// A document at rest in the state that the endpoint is for.
async fn document(app: &TestApp, admin: &mut Client, endpoint: &Endpoint) -> Target {
    let deal = admin.new_deal("Atlas").await;
    let added = match endpoint.name.as_str() {
        "get_thumbnail" | "get_image" => admin.upload(&deal, "deck.pdf", &deck()).await,
        _ => admin.upload(&deal, "list.csv", b"customer,mrr\nKelp,12\n").await,
    };
    assert_eq!(added.status, 201, "{}", added.text);
    let list = format!("/api/v1/deals/{deal}/documents");
    eventually("the document comes to rest", async || admin.get(&list).await.json["moving"] == 0).await;
    if endpoint.name == "unlock_document" {
        app.database.sql("UPDATE documents SET state = 'locked'").unwrap();
    }
    Target { document: added.json["id"].as_str().unwrap().to_owned(), ..Target::of(&deal, NOBODY) }
}
