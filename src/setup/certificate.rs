//! The certificate that browsers see: where it will lie, and whether one that was given can be used.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use protocol::admin::{Part, PartState};

use super::answers::{Answers, part};
use crate::infra::setup::{Owner, PartTls, is_hidden_from_units, lies_inside};
use crate::infra::tls::{Authority, Facts, ServerName, Serving};

/// Days that a certificate should still be good for.
const SOON: i64 = 14;

/// How the certificate comes to where the server reads it.
#[derive(Debug, Clone)]
pub(super) enum Certificate {
    /// Signed by an authority that is made here.
    Own(Authority),
    /// The server reads the files that were given, so that it also reads them when they are renewed.
    Given { certificate: PathBuf, key: PathBuf },
    /// It cannot reach those, so it gets copies.
    Copied { certificate: PathBuf, key: PathBuf, folder: PathBuf },
}

impl Certificate {
    /// Decided by whether the server's user may read the key where it is.
    pub(super) fn of(answers: &Answers, configuration: &Path, owner: Owner) -> Self {
        let folder = configuration.join("tls");
        match (&answers.tls.certificate, &answers.tls.key) {
            (Some(certificate), Some(key)) if !answers.tls.own => {
                let (certificate, key) = (certificate.clone(), key.clone());
                // Files in the configuration's own folder are seen wherever that lies.
                let reached = |path: &Path| {
                    owner.may_read(path).is_ok() && (!is_hidden_from_units(path) || lies_inside(path, configuration))
                };
                if reached(&certificate) && reached(&key) {
                    Self::Given { certificate, key }
                } else {
                    Self::Copied { certificate, key, folder }
                }
            }
            _ => Self::Own(Authority::at(&folder)),
        }
    }

    /// What the configuration names.
    pub(super) fn part(&self) -> PartTls {
        match self {
            Self::Own(authority) => PartTls {
                certificate: authority.server_certificate(),
                key: authority.server_key(),
                authority: Some(authority.certificate()),
            },
            Self::Given { certificate, key } => {
                PartTls { certificate: certificate.clone(), key: key.clone(), authority: None }
            }
            Self::Copied { folder, .. } => {
                PartTls { certificate: folder.join("given.pem"), key: folder.join("given.key"), authority: None }
            }
        }
    }

    /// What is seen of it before anything is written.
    pub(super) fn look(&self, names: &[ServerName], now: DateTime<Utc>) -> Vec<Part> {
        match self {
            Self::Own(authority) => look_at_authority(authority, names),
            Self::Given { certificate, key } => look_at_given(certificate, key, names, now),
            Self::Copied { certificate, key, .. } => {
                let sentence = "the server's user cannot reach these files, so it gets copies of them: after a renewal run \
                                the setup again with --again, or keep them where that user can read them";
                let mut found = look_at_given(certificate, key, names, now);
                if found.iter().all(|part| part.state != PartState::Problem) {
                    found.push(part("tls.certificate", PartState::Note, sentence));
                }
                found
            }
        }
    }
}

fn look_at_authority(authority: &Authority, names: &[ServerName]) -> Vec<Part> {
    if !authority.certificate().exists() {
        return Vec::new();
    }
    let problem = |sentence: String| vec![part("tls.own", PartState::Problem, sentence)];
    match Facts::of(&authority.server_certificate()) {
        Err(error) => problem(error.to_string()),
        Ok(facts) if same_names(&facts, names) => Vec::new(),
        Ok(facts) => problem(format!(
            "there is an authority in {} for {}, and it can vouch for no other names: move that folder away first, and have \
             people trust the new authority",
            authority.certificate().parent().unwrap_or(Path::new("/")).display(),
            facts.names.join(", ")
        )),
    }
}

/// Whether a certificate is for these names and no others.
fn same_names(facts: &Facts, names: &[ServerName]) -> bool {
    let mut wanted: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut found = facts.names.clone();
    wanted.sort();
    wanted.dedup();
    found.sort();
    found == wanted
}

fn look_at_given(certificate: &Path, key: &Path, names: &[ServerName], now: DateTime<Utc>) -> Vec<Part> {
    let problem = |sentence: String| vec![part("tls.certificate", PartState::Problem, sentence)];
    let facts = match Serving::open(certificate, key).and_then(|_| Facts::of(certificate)) {
        Ok(facts) => facts,
        Err(error) => return problem(error.to_string()),
    };
    let mut found = Vec::new();
    let Some(name) = names.first() else { return found };
    if !facts.names.iter().any(|pattern| fits(pattern, name)) {
        found.extend(problem(format!(
            "the certificate is for {}, and not for {name}, which people type: browsers would refuse it",
            if facts.names.is_empty() { "no name".to_owned() } else { facts.names.join(", ") }
        )));
    }
    let until = facts.until.format("%Y-%m-%d");
    if facts.until <= now {
        found.extend(problem(format!("the certificate ended on {until}; browsers would refuse it")));
    } else if (facts.until - now).num_days() < SOON {
        let sentence = format!("the certificate ends on {until}; renew it soon");
        found.push(part("tls.certificate", PartState::Note, sentence));
    }
    found
}

/// Whether a name of a certificate covers this one: `*` stands for one label (RFC 9525, 6.3).
fn fits(pattern: &str, name: &ServerName) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_string());
    match pattern.strip_prefix("*.") {
        Some(rest) => name.split_once('.').is_some_and(|(first, others)| !first.is_empty() && others == rest),
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ServerName {
        ServerName::parse(text).unwrap()
    }

    #[test]
    fn a_star_stands_for_one_label() {
        assert!(fits("*.fund.example", &name("atlas.fund.example")));
        assert!(fits("Atlas.fund.example", &name("atlas.fund.example")));
        assert!(!fits("*.fund.example", &name("fund.example")));
        assert!(!fits("*.fund.example", &name("a.atlas.fund.example")));
        assert!(fits("10.1.2.3", &name("10.1.2.3")) && !fits("*.2.3", &name("10.1.2.3")));
    }

    #[test]
    fn a_certificate_that_browsers_would_refuse_is_told_before_it_is_used() {
        let dir = tempfile::tempdir().unwrap();
        let now: DateTime<Utc> = "2026-11-23T09:00:00Z".parse().unwrap();
        let authority = Authority::at(&dir.path().join("tls"));
        authority.make(&[name("atlas.fund.example")], now).unwrap();
        let (certificate, key) = (authority.server_certificate(), authority.server_key());
        let said = |names: &[ServerName], now| {
            let found = look_at_given(&certificate, &key, names, now);
            found.iter().map(|part| format!("{:?} {}", part.state, part.detail)).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(said(&[name("atlas.fund.example")], now), "");
        assert!(said(&[name("other.example")], now).contains("for atlas.fund.example, and not for other.example"));
        let late = now + chrono::TimeDelta::days(400);
        assert!(said(&[name("atlas.fund.example")], late).contains("ended on"));
        let soon = now + chrono::TimeDelta::days(390);
        assert!(said(&[name("atlas.fund.example")], soon).starts_with("Note"));
        let other = Authority::at(&dir.path().join("other"));
        other.make(&[name("atlas.fund.example")], now).unwrap();
        std::fs::remove_file(&key).unwrap();
        assert!(said(&[name("atlas.fund.example")], now).contains("cannot read"));
        let found = look_at_authority(&authority, &[name("other.example")]);
        assert!(found[0].detail.as_str().contains("move that folder away"), "{found:?}");
        assert_eq!(look_at_authority(&authority, &[name("ATLAS.fund.example")]), []);
    }
}
