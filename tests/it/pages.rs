//! What every answer carries, the pages of the UI, and how the server says that it is unwell.

use reqwest::Method;

use crate::app::{TestApp, eventually};

#[actix_web::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::start().await;
    let mut visitor = app.anonymous();
    for path in ["/", "/deals", "/healthz", "/api/v1/deals", "/api/v1/nothing", "/favicon.svg", "/_app/none.js"] {
        let answer = visitor.get(path).await;
        let policy = answer.header("content-security-policy");
        for part in
            ["default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
        if path.starts_with("/api") {
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn paths_of_the_ui_give_its_page_and_missing_files_do_not() {
    let app = TestApp::start().await;
    let mut visitor = app.anonymous();
    for path in ["/", "/deals", "/welcome", "/deals/00000000-0000-0000-0000-000000000000"] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(answer.text.to_lowercase().contains("<!doctype html>"), "{path}");
    }
    for path in ["/_app/immutable/none.js", "/robots.txt", "/api/v2/deals"] {
        let answer = visitor.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, "application/problem+json"), "{path}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn changes_from_other_sites_are_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let http = reqwest::Client::new();
    let target = admin.request(Method::POST, "/api/v1/deals").build().unwrap().url().clone();
    let body = serde_json::json!({ "name": "Atlas", "industry": "ai" });
    let cookie = admin.cookie.clone().unwrap();
    let cases: [(&[(&str, &str)], u16); 5] = [
        (&[], 403),
        (&[("origin", "https://evil.example")], 403),
        (&[("sec-fetch-site", "cross-site"), ("origin", crate::app::ORIGIN)], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-fetch-site", "same-origin")], 201),
    ];
    for (headers, status) in cases {
        let mut request = http.post(target.clone()).header("cookie", &cookie).json(&body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{headers:?}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn compressed_bodies_are_refused_before_they_are_inflated() {
    let app = TestApp::start().await;
    let mut visitor = app.anonymous();
    for encoding in ["br", "gzip", "deflate", "identity, br"] {
        let request = visitor.request(Method::POST, "/api/v1/session").header("content-encoding", encoding);
        let refused = visitor.send(request.header("content-type", "application/json").body(vec![0; 64])).await;
        assert_eq!((refused.status, refused.code()), (415, "unsupported_media"), "{encoding}");
    }
    app.stop().await;
}

/// Six people ask to sign in and reset their connections while the passwords are being checked, two at a time.
#[actix_web::test]
async fn clients_that_hang_up_do_not_cut_a_use_case_in_two() {
    use tokio::io::AsyncWriteExt as _;
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let url = admin.request(Method::GET, "/").build().unwrap().url().clone();
    let body = serde_json::json!({ "email": "ada@fund.example", "password": "wrong" }).to_string();
    let head = format!("POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\norigin: {}\r\n", crate::app::ORIGIN);
    let head = format!("{head}content-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut sockets = Vec::new();
    for _ in 0..6 {
        let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.unwrap();
        socket.set_zero_linger().unwrap();
        socket.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        sockets.push(socket);
    }
    let counted = "SELECT coalesce(max(failures), 0) FROM login_failures";
    eventually("all are counted", async || app.database.sql(counted).unwrap() == "6").await;
    drop(sockets);
    let failed = "SELECT count(*) FROM audit_log WHERE action = 'session.sign_in_failed'";
    eventually("each attempt is told", async || app.database.sql(failed).unwrap() == "6").await;
    let open =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%'";
    assert_eq!(app.database.sql(open).unwrap(), "0");
    app.stop().await;
}

#[actix_web::test]
async fn the_api_is_described_to_people_who_are_signed_in() {
    let app = TestApp::start().await;
    let mut visitor = app.anonymous();
    assert_eq!(visitor.get("/api/docs/").await.status, 401);
    let mut admin = app.admin().await;
    let viewer = admin.get("/api/docs/").await;
    assert!(viewer.text.contains("swagger-ui"), "{}", viewer.text);
    assert!(!viewer.text.contains("https://"), "everything that it loads is here");
    let document = admin.get("/api/v1/openapi.json").await;
    assert_eq!(document.json["openapi"], "3.1.0");
    app.stop().await;
}

#[actix_web::test]
async fn long_answers_are_compressed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let request = admin.request(Method::GET, "/api/v1/openapi.json").header("accept-encoding", "br");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "br");
    app.stop().await;
}

#[actix_web::test]
async fn without_its_keystore_the_server_says_so_and_makes_no_deal() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    let (keystore, aside) = (app.dir.path().join("keys/keystore.json"), app.dir.path().join("keys/aside"));
    std::fs::rename(&keystore, &aside).unwrap();
    let unwell = admin.get("/readyz").await;
    assert_eq!((unwell.status, &unwell.json["parts"][1]["state"]), (503, &"failed".into()));
    let body = serde_json::json!({ "name": "Atlas", "industry": "ai" });
    assert_eq!(admin.post("/api/v1/deals", &body).await.status, 500);
    std::fs::rename(&aside, &keystore).unwrap();
    assert_eq!(admin.get("/readyz").await.status, 200);
    assert_eq!(admin.get("/api/v1/deals").await.json["total"], 0);
    assert_eq!(admin.post("/api/v1/deals", &body).await.status, 201);
    app.stop().await;
}

#[actix_web::test]
async fn without_its_database_the_server_says_so_and_comes_back() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    admin.new_deal("Atlas").await;
    let name = app.database.sql("SELECT current_database()").unwrap();
    let elsewhere = |statement: &str| {
        let url = app.database.super_url.replace(&format!("/{name}?"), "/postgres?");
        let done = std::process::Command::new("psql")
            .args(["--no-psqlrc", "-q", "-d", &url, "-c", statement])
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    elsewhere(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
    elsewhere(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
    eventually("readiness is refused", async || admin.get("/readyz").await.status == 503).await;
    let unwell = admin.get("/readyz").await;
    assert_eq!((&unwell.json["ready"], &unwell.json["parts"][0]["state"]), (&false.into(), &"failed".into()));
    let refused = admin.get("/api/v1/deals").await;
    assert_eq!((refused.status, refused.code(), refused.header("retry-after")), (503, "unavailable", "5"));
    assert!(refused.json["detail"].as_str().unwrap().contains("Nothing was changed"));
    assert_eq!(admin.get("/healthz").await.status, 200, "the process itself lives");
    elsewhere(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
    eventually("the server is well again", async || admin.get("/readyz").await.status == 200).await;
    assert_eq!(admin.get("/api/v1/deals").await.json["total"], 1);
    app.stop().await;
}
