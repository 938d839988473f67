//! Certificates as programs of others judge them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rcgen::{CertificateParams, Issuer, KeyPair};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName as Asked, UnixTime};

use super::{Authority, Facts, Made, ServerName, Serving, TlsError};

fn now() -> DateTime<Utc> {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn names(texts: &[&str]) -> Vec<ServerName> {
    texts.iter().map(|text| ServerName::parse(text).unwrap()).collect()
}

fn made(texts: &[&str]) -> (tempfile::TempDir, Authority) {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::at(dir.path());
    authority.make(&names(texts), now()).unwrap();
    (dir, authority)
}

/// Whether a browser that trusts the authority alone would take this certificate for this name.
fn taken(authority: &Authority, certificate: &CertificateDer<'_>, name: &str, at: DateTime<Utc>) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority.certificate()).unwrap()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let at = UnixTime::since_unix_epoch(Duration::from_secs(at.timestamp().unsigned_abs()));
    verifier.verify_server_cert(certificate, &[], &Asked::try_from(name.to_owned()).unwrap(), &[], at).is_ok()
}

fn pem(path: &Path) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(path).unwrap()
}

#[test]
fn browsers_take_the_certificate_for_its_names_and_its_time() {
    let (_dir, authority) = made(&["atlas.fund.example", "10.1.2.3", "fd00::7"]);
    let certificate = pem(&authority.server_certificate());
    for name in ["atlas.fund.example", "10.1.2.3", "fd00::7"] {
        assert!(taken(&authority, &certificate, name, now()), "{name}");
    }
    for name in ["fund.example", "evil.example", "10.1.2.4"] {
        assert!(!taken(&authority, &certificate, name, now()), "{name}");
    }
    assert!(!taken(&authority, &certificate, "atlas.fund.example", now() + TimeDelta::days(398)));
    let facts = Facts::of(&authority.server_certificate()).unwrap();
    assert_eq!(facts.names, ["atlas.fund.example", "10.1.2.3", "fd00::7"]);
    assert_eq!(facts.issuer, "VCConnect authority of atlas.fund.example");
    assert_eq!(facts.fingerprint.len(), 32 * 3 - 1);
}

/// Whoever steals the authority's key signs with it for others: nobody takes that.
#[test]
fn the_authority_can_vouch_for_no_other_server() {
    for (own, others) in [
        (&["atlas.fund.example"][..], &["evil.example", "fund.example", "10.1.2.3", "fd00::7"][..]),
        (&["10.1.2.3"][..], &["evil.example", "10.1.2.4", "fd00::7"][..]),
    ] {
        let (dir, authority) = made(own);
        let key = KeyPair::from_pem(&std::fs::read_to_string(dir.path().join("authority.key")).unwrap()).unwrap();
        let text = std::fs::read_to_string(authority.certificate()).unwrap();
        let issuer = Issuer::from_ca_cert_pem(&text, key).unwrap();
        for other in others {
            let forged = CertificateParams::new(vec![(*other).to_owned()]).unwrap();
            let forged = forged.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
            assert!(!taken(&authority, forged.der(), other, now()), "{own:?} vouches for {other}");
        }
    }
}

#[test]
fn a_certificate_is_renewed_in_its_last_month_and_taken_up_while_it_is_served() {
    let (_dir, authority) = made(&["atlas.fund.example"]);
    let serving = Serving::open(&authority.server_certificate(), &authority.server_key()).unwrap();
    assert!(!serving.refresh().unwrap());
    let before = pem(&authority.server_certificate());
    assert_eq!(authority.renew(false, now() + TimeDelta::days(366)).unwrap(), Made::Kept);
    assert_eq!(pem(&authority.server_certificate()), before);
    let later = now() + TimeDelta::days(380);
    assert_eq!(authority.renew(false, later).unwrap(), Made::New);
    assert!(taken(
        &authority,
        &pem(&authority.server_certificate()),
        "atlas.fund.example",
        later + TimeDelta::days(390)
    ));
    assert!(serving.refresh().unwrap());
    std::fs::write(authority.server_key(), "not a key").unwrap();
    assert!(matches!(serving.refresh(), Err(TlsError::Content { .. })), "what cannot be used is refused");
    serving.config().unwrap();
}

#[test]
fn keys_are_private_and_nothing_is_replaced() {
    let (dir, authority) = made(&["atlas.fund.example"]);
    for key in ["authority.key", "server.key"] {
        assert_eq!(std::fs::metadata(dir.path().join(key)).unwrap().permissions().mode() & 0o777, 0o600, "{key}");
    }
    assert!(matches!(authority.make(&names(&["other.example"]), now()), Err(TlsError::Exists(_))));
    assert!(matches!(Authority::at(&dir.path().join("none")).renew(true, now()), Err(TlsError::Missing(_))));
    assert!(matches!(authority.make(&[], now()), Err(TlsError::NoNames)));
}

#[test]
fn a_key_of_another_certificate_is_told() {
    let (one, other) = (made(&["atlas.fund.example"]), made(&["kelp.fund.example"]));
    let key = KeyPair::generate().unwrap();
    let alone = one.0.path().join("alone.key");
    std::fs::write(&alone, key.serialize_pem()).unwrap();
    let refused = Serving::open(&other.1.server_certificate(), &alone).unwrap_err();
    assert!(matches!(refused, TlsError::Unusable { .. }), "{refused}");
}

#[test]
fn names_are_names() {
    for good in ["atlas", "Atlas.Fund.Example", "10.1.2.3", "fd00::7", "a-b.example"] {
        ServerName::parse(good).unwrap();
    }
    for bad in ["", "a b", "https://atlas", "-a.example", "a..b", "10.1.2", "*.example", "ätlas.example", "a.example\n"]
    {
        // What is around a name is cut; what is inside is not.
        assert!(ServerName::parse(bad).is_err() || bad.ends_with('\n'), "{bad:?}");
    }
}
