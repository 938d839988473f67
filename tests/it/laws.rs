//! Laws that hold for every endpoint, walked over the OpenAPI: a new endpoint is under them without being named here,
//! and one that changes something must say below how it is called.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp, eventually};
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
}

impl Target {
    fn of(id: &str, user: &str) -> Self {
        let nobody = || NOBODY.to_owned();
        Self { id: id.to_owned(), user: user.to_owned(), document: nobody(), run: nobody() }
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
    assert_eq!(open, BTreeSet::from(["accept_invitation", "healthz", "look_up_invitation", "readyz", "sign_in"]));
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
const ASKS_ONLY: [&str; 1] = ["look_up_invitation"];

#[actix_web::test]
async fn whatever_changes_something_leaves_an_audit_entry() {
    for endpoint in endpoints().into_iter().filter(|one| one.changes() && !ASKS_ONLY.contains(&one.name.as_str())) {
        let app = TestApp::start().await;
        let mut admin = app.admin().await;
        let colleague = app.colleague(&mut admin, "analyst", "Bo").await.my_id().await;
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

/// What must be there before the endpoint can succeed: its ids, and a body if the usual one will not do.
async fn prepare(app: &TestApp, admin: &mut Client, endpoint: &Endpoint, colleague: &str) -> (Target, Option<Value>) {
    let mut invite = async || admin.post("/api/v1/invitations", &json!({ "role": "viewer" })).await.json;
    let id = match endpoint.name.as_str() {
        "accept_invitation" => {
            let link = invite().await["link"].as_str().unwrap().to_owned();
            let mut body = endpoint.body();
            body["token"] = json!(link.split_once('#').unwrap().1);
            return (Target::nobody(), Some(body));
        }
        "revoke_invitation" => invite().await["invitation"]["id"].as_str().unwrap().to_owned(),
        "end_session" => {
            let mut laptop = app.anonymous();
            let answer =
                laptop.post("/api/v1/session", &json!({ "email": "ada@fund.example", "password": PASSWORD })).await;
            answer.json["session"]["id"].as_str().unwrap().to_owned()
        }
        "change_user" => colleague.to_owned(),
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
