//! TLS by the server itself, with an authority that was made on it.

use std::process::Command;

use crate::app::CLUSTER;
use crate::commands::Installation;
use crate::desk::{Desk, until};

#[actix_web::test]
async fn a_server_with_its_own_authority_is_trusted_by_who_took_it_in() {
    let database = CLUSTER.clone_template().unwrap();
    let installation = Installation::on(&database);
    installation.must(&["keys", "init"]);
    let made = installation.must(&["tls", "init", "--name", "localhost", "--name", "127.0.0.1"]);
    let file = |name: &str| installation.data().join("tls").join(name).display().to_string();
    let (certificate, authority) = (file("server.pem"), file("authority.pem"));
    let again = installation.run(&["tls", "init", "--name", "localhost"]);
    assert!(!again.ok && again.err.contains("there is an authority"), "{}", again.err);
    let key = file("server.key");
    let mut desk = Desk::new(installation);
    desk.installation = desk
        .installation
        .with("VCCONNECT__TLS__CERTIFICATE", certificate.clone())
        .with("VCCONNECT__TLS__KEY", key)
        .with("VCCONNECT__TLS__AUTHORITY", authority.clone());
    desk.launch();
    let root = reqwest::Certificate::from_pem(&std::fs::read(&authority).unwrap()).unwrap();
    let trusting = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
    let address = format!("https://127.0.0.1:{}", desk.port);
    until("the server to be ready", async || {
        trusting.get(format!("{address}/readyz")).send().await.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
    let stranger = reqwest::get(format!("{address}/readyz")).await.unwrap_err();
    assert!(stranger.is_connect(), "who does not trust the authority is warned: {stranger}");

    let page = trusting.get(format!("{address}/ca")).send().await.unwrap();
    assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    let page = page.text().await.unwrap();
    let fingerprint = made.lines().last().unwrap().split_once("): ").unwrap().1;
    assert!(page.contains(fingerprint) && page.contains("localhost, 127.0.0.1"), "{page}");
    let given = trusting.get(format!("{address}/ca/vcconnect-authority.crt")).send().await.unwrap();
    assert_eq!(given.headers()["content-type"], "application/x-x509-ca-cert");
    assert_eq!(given.text().await.unwrap(), std::fs::read_to_string(&authority).unwrap());
    let shown = desk.installation.must(&["tls", "show"]);
    assert!(shown.contains(fingerprint) && shown.contains("localhost, 127.0.0.1"), "{shown}");
    let status: serde_json::Value = serde_json::from_str(&desk.installation.must(&["status", "--json"])).unwrap();
    assert_eq!(status["status"]["certificate"]["authority"], fingerprint);
    // As an update looks at it: this certificate and no other.
    until("it to be healthy", async || desk.installation.run(&["update", "healthy"]).ok).await;
    let mut other = desk.installation.command(&["update", "healthy"]);
    let said = other.env("VCCONNECT__TLS__CERTIFICATE", &authority).output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("another certificate"), "{said}");
    openssl_agrees(&authority, &certificate);
}

/// A judge of certificates that nobody here wrote.
fn openssl_agrees(authority: &str, certificate: &str) {
    let verify = |name: &str| {
        Command::new("openssl")
            .args([
                "verify",
                "-x509_strict",
                "-purpose",
                "sslserver",
                "-verify_hostname",
                name,
                "-CAfile",
                authority,
                certificate,
            ])
            .output()
    };
    match verify("localhost") {
        Ok(said) => assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr)),
        Err(_) => return println!("not judged by openssl, which is not installed"),
    }
    assert!(!verify("evil.example").unwrap().status.success());
}
