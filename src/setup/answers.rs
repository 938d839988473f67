//! What somebody who sets the machine up decides: read from TOML (or JSON on standard input), and judged without IO.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use protocol::admin::{Part, PartState, Secret};
use serde::Deserialize;
use vault::{RecoveryKey, RecoveryRecipient};
use zeroize::Zeroizing;

use crate::domain::keys::{Label, Passphrase};
use crate::infra::config::is_time;
use crate::infra::tls::ServerName;

/// Whether secrets may stand in the answers themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A file stays on the disk: it names the files of secrets.
    File,
    /// A program that types them in; nothing keeps them.
    StandardInput,
}

/// All answers. The docs of fields are the reference in docs/install.md.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// Whether database and server are started; without, everything is written and nothing runs.
    #[serde(default = "yes")]
    pub start: bool,
    /// How people reach the server.
    pub server: Server,
    /// The certificate that browsers see.
    pub tls: Tls,
    /// The ways to open the keystore.
    #[serde(default)]
    pub keys: Keys,
    /// How the first person gets in.
    #[serde(default)]
    pub first_admin: FirstAdmin,
    /// Where backups go, and when.
    #[serde(default)]
    pub backup: Backup,
}

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Host name or address as people type it.
    pub name: String,
    /// Further names and addresses that an authority made here vouches for.
    #[serde(default)]
    pub other_names: Vec<String>,
    /// Port that people reach.
    #[serde(default = "https")]
    pub port: u16,
    /// Where the server listens if systemd holds no socket for it.
    pub listen: Option<SocketAddr>,
}

/// `[tls]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Make an authority for this server alone.
    #[serde(default)]
    pub own: bool,
    /// A certificate with its chain, in PEM.
    pub certificate: Option<PathBuf>,
    /// Its key, in PEM.
    pub key: Option<PathBuf>,
}

/// `[keys]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// A new file for a recovery key that is made here.
    pub recovery_key_file: Option<PathBuf>,
    /// The public half of a recovery key that was made elsewhere.
    pub recovery_recipient: Option<String>,
    /// The recovery key itself, from a program that had a person write it down.
    pub recovery_key: Option<Secret>,
    /// A file with a passphrase that opens the keystore too.
    pub passphrase_file: Option<PathBuf>,
    /// The passphrase itself, from a program.
    pub passphrase: Option<Secret>,
    /// Whose the passphrase is, or where it lies.
    pub passphrase_label: Option<String>,
}

/// `[first_admin]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FirstAdmin {
    /// A new file for the link of the first admin; it is printed unless this is given.
    pub link_file: Option<PathBuf>,
}

/// `[backup]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The folder for backups: of a disk of its own, or of a mounted share.
    pub destination: Option<PathBuf>,
    /// Time of day as HH:MM.
    pub at: Option<String>,
}

const fn yes() -> bool {
    true
}

const fn https() -> u16 {
    443
}

/// The answers cannot be read at all.
#[derive(Debug, thiserror::Error)]
#[error("the answers cannot be read ({0}); nothing was written: docs/install.md has an example")]
pub struct Unreadable(String);

/// Something that stands in the way, or is to be known.
pub(super) fn part(name: &str, state: PartState, sentence: impl fmt::Display) -> Part {
    Part { name: name.into(), state, detail: sentence.to_string().into() }
}

fn problem(name: &str, sentence: impl fmt::Display) -> Part {
    part(name, PartState::Problem, sentence)
}

impl Answers {
    /// Parses TOML, or one JSON object. The line of a fault is named and not shown: it may hold a secret.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(text).map_err(|error| Unreadable(error.to_string()));
        }
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            Unreadable(format!("line {}: {}", before.lines().count().max(1), error.message().trim()))
        })
    }

    /// What is wrong with them, however the machine is.
    pub fn problems(&self, source: Source) -> Vec<Part> {
        [self.server_problems(), self.tls_problems(), self.keys_problems(source), self.other_problems()].concat()
    }

    /// The names that the certificate is for, the one that people type first.
    pub fn names(&self) -> Vec<ServerName> {
        let all = std::iter::once(&self.server.name).chain(&self.server.other_names);
        all.filter_map(|name| ServerName::parse(name).ok()).collect()
    }

    /// What people type into the browser.
    pub fn url(&self) -> String {
        let host = match self.names().first() {
            Some(ServerName::Address(IpAddr::V6(address))) => format!("[{address}]"),
            Some(name) => name.to_string(),
            // What is wrong with the name is told of the name.
            None => "localhost".to_owned(),
        };
        if self.server.port == https() {
            format!("https://{host}")
        } else {
            format!("https://{host}:{}", self.server.port)
        }
    }

    /// Where the server listens if nobody hands it a socket.
    pub fn listen(&self) -> SocketAddr {
        self.server.listen.unwrap_or(SocketAddr::from((Ipv4Addr::UNSPECIFIED, self.server.port)))
    }

    /// Files that setup makes with a secret in each.
    pub fn secret_files(&self) -> Vec<(&'static str, &Path)> {
        let files = [
            ("keys.recovery_key_file", &self.keys.recovery_key_file),
            ("first_admin.link_file", &self.first_admin.link_file),
        ];
        files.into_iter().filter_map(|(name, path)| Some((name, path.as_deref()?))).collect()
    }

    fn server_problems(&self) -> Vec<Part> {
        let names = std::iter::once(("server.name", &self.server.name))
            .chain(self.server.other_names.iter().map(|name| ("server.other_names", name)));
        let mut found: Vec<Part> =
            names.filter_map(|(key, name)| Some(problem(key, ServerName::parse(name).err()?))).collect();
        if self.server.port == 0 {
            found.push(problem("server.port", "the port is 1 to 65535; browsers use 443 unless people type another"));
        }
        if found.is_empty() && self.names().iter().all(is_this_machine) {
            let sentence = "this name reaches the server from this machine alone; nobody else can sign in";
            found.push(part("server.name", PartState::Note, sentence));
        }
        found
    }

    fn tls_problems(&self) -> Vec<Part> {
        let Tls { own, certificate, key } = &self.tls;
        match (own, certificate, key) {
            (true, None, None) | (false, Some(_), Some(_)) => {}
            (true, ..) => {
                return vec![problem("tls.own", "own = true makes a certificate here: leave certificate and key out")];
            }
            (false, ..) => {
                let sentence = "say own = true for an authority that is made here, or name certificate and key";
                return vec![problem("tls", sentence)];
            }
        }
        let files = [("tls.certificate", certificate), ("tls.key", key)];
        files.into_iter().filter_map(|(name, path)| absolute(name, path.as_deref()?)).collect()
    }

    fn keys_problems(&self, source: Source) -> Vec<Part> {
        let keys = &self.keys;
        let mut found = Vec::new();
        if source == Source::File && (keys.recovery_key.is_some() || keys.passphrase.is_some()) {
            let sentence =
                "a file of answers holds no secret: take it out, and name recovery_key_file or passphrase_file";
            found.push(problem("keys", sentence));
        }
        let ways = [keys.recovery_key_file.is_some(), keys.recovery_recipient.is_some(), keys.recovery_key.is_some()];
        if ways.iter().filter(|given| **given).count() > 1 {
            let sentence = "name one way to a recovery key: a new file for it, its public half, or the key itself";
            found.push(problem("keys.recovery_key_file", sentence));
        }
        if let Some(Err(error)) = keys.recovery_recipient.as_deref().map(RecoveryRecipient::parse) {
            found.push(problem("keys.recovery_recipient", error));
        }
        if let Some(Err(error)) = keys.recovery_key.as_ref().map(|key| RecoveryKey::parse(&key.0)) {
            found.push(problem("keys.recovery_key", error));
        }
        if keys.passphrase.is_some() && keys.passphrase_file.is_some() {
            found.push(problem("keys.passphrase_file", "there is one passphrase: name its file, or give it"));
        }
        if let Some(Err(error)) =
            keys.passphrase.as_ref().map(|words| Passphrase::parse(Zeroizing::new(words.0.clone())))
        {
            found.push(problem("keys.passphrase", error.message));
        }
        if let Some(Err(error)) = keys.passphrase_label.as_deref().map(Label::parse) {
            found.push(problem("keys.passphrase_label", error.message));
        }
        found.extend(keys.passphrase_file.as_deref().and_then(|path| absolute("keys.passphrase_file", path)));
        found
    }

    fn other_problems(&self) -> Vec<Part> {
        let mut found: Vec<Part> =
            self.secret_files().into_iter().filter_map(|(name, path)| absolute(name, path)).collect();
        match &self.backup.destination {
            Some(path) => found.extend(absolute("backup.destination", path)),
            None => {
                let sentence = "there is no place for backups: if this disk fails, everything is lost. Name a folder on \
                                another disk or on a mounted share, here or later";
                found.push(part("backup.destination", PartState::Note, sentence));
            }
        }
        if let Some(text) = self.backup.at.as_deref().filter(|text| !is_time(text)) {
            found.push(problem("backup.at", format!("{text:?} is not a time of day as HH:MM, such as 02:30")));
        }
        found
    }
}

fn absolute(name: &str, path: &Path) -> Option<Part> {
    (!path.is_absolute()).then(|| problem(name, format!("{} must be a whole path that begins with /", path.display())))
}

fn is_this_machine(name: &ServerName) -> bool {
    match name {
        ServerName::Host(host) => host == "localhost",
        ServerName::Address(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(text: &str) -> Answers {
        Answers::parse(text).unwrap()
    }

    const LEAST: &str = "[server]\nname = \"Atlas.fund.example\"\n[tls]\nown = true\n";

    #[test]
    fn a_name_is_enough_for_an_address() {
        let least = answers(LEAST);
        assert!(least.start);
        assert_eq!(least.url(), "https://atlas.fund.example");
        assert_eq!(least.listen().to_string(), "0.0.0.0:443");
        let six = answers("[server]\nname = \"FD00::1\"\nport = 8443\n[tls]\nown = true\n");
        assert_eq!(six.url(), "https://[fd00::1]:8443");
        let json = answers(r#"{"start": false, "server": {"name": "atlas"}, "tls": {"own": true}}"#);
        assert!(!json.start && json.url() == "https://atlas");
    }

    #[test]
    fn what_cannot_be_read_is_named_by_its_line_and_not_shown() {
        let error = Answers::parse("[server]\nname = 7\n").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        let error = Answers::parse(&format!("{LEAST}[keys]\nphrase = \"hunter2\"\n")).unwrap_err().to_string();
        assert!(error.contains("phrase") && !error.contains("hunter2"), "{error}");
        assert!(Answers::parse("{\"server\": 1}").is_err());
    }

    #[test]
    fn each_answer_is_judged_with_a_sentence() {
        let said = |text: &str, source| {
            let found = answers(text).problems(source);
            found.iter().map(|part| format!("{:?} {}: {}\n", part.state, part.name, part.detail)).collect::<String>()
        };
        let least = said(LEAST, Source::File);
        assert!(least.starts_with("Note backup.destination: there is no place for backups"), "{least}");
        for (from, to, sentence) in [
            ("Atlas.fund.example", "a b", "Problem server.name: \"a b\" is not a host name"),
            (
                "Atlas.fund.example",
                "localhost",
                "Note server.name: this name reaches the server from this machine alone",
            ),
            ("[tls]", "port = 0\n[tls]", "Problem server.port: the port is 1 to 65535"),
            ("[tls]", "other_names = [\"x_y\"]\n[tls]", "Problem server.other_names: \"x_y\""),
            ("own = true", "", "Problem tls: say own = true"),
            ("own = true", "certificate = \"/c\"", "Problem tls: say own = true"),
            ("own = true", "own = true\nkey = \"/k\"", "Problem tls.own: own = true makes a certificate here"),
            ("own = true", "certificate = \"c\"\nkey = \"/k\"", "Problem tls.certificate: c must be a whole path"),
            (
                "own = true",
                "own = true\n[keys]\nrecovery_key = \"x\"",
                "Problem keys: a file of answers holds no secret",
            ),
            (
                "own = true",
                "own = true\n[keys]\nrecovery_recipient = \"x\"",
                "Problem keys.recovery_recipient: this is not",
            ),
            (
                "own = true",
                "own = true\n[keys]\npassphrase_label = \"\"",
                "Problem keys.passphrase_label: A label has 1",
            ),
            (
                "own = true",
                "own = true\n[keys]\npassphrase_file = \"p\"",
                "Problem keys.passphrase_file: p must be a whole",
            ),
            (
                "own = true",
                "own = true\n[backup]\ndestination = \"b\"",
                "Problem backup.destination: b must be a whole",
            ),
            ("own = true", "own = true\n[backup]\nat = \"24:00\"", "Problem backup.at: \"24:00\" is not a time of day"),
            ("own = true", "own = true\n[first_admin]\nlink_file = \"l\"", "Problem first_admin.link_file: l must be"),
        ] {
            let said = said(&LEAST.replace(from, to), Source::File);
            assert!(said.contains(sentence), "{sentence} in\n{said}");
        }
        let typed = "[keys]\nrecovery_key = \"AGE\"\npassphrase = \"short\"\npassphrase_file = \"/p\"\n\
                     recovery_recipient = \"age1\"\n";
        let said = said(&format!("{LEAST}{typed}"), Source::StandardInput);
        for sentence in [
            "keys.recovery_key: ",
            "keys.passphrase: A passphrase has at least 20 characters",
            "keys.passphrase_file: there is one passphrase",
            "keys.recovery_key_file: name one way to a recovery key",
        ] {
            assert!(said.contains(sentence), "{sentence} in\n{said}");
        }
        assert!(!said.contains("holds no secret"), "{said}");
    }

    #[test]
    fn the_example_of_the_guide_is_read_and_names_every_answer() {
        let guide = include_str!("../../docs/install.md");
        let example = guide.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let problems = answers(example).problems(Source::File);
        assert!(problems.iter().all(|part| part.state != PartState::Problem), "{problems:?}");
        for key in [
            "start",
            "other_names",
            "listen",
            "certificate",
            "recovery_recipient",
            "passphrase_file",
            "passphrase_label",
            "link_file",
            "destination",
            "at",
        ] {
            assert!(example.contains(&format!("{key} =")), "{key}");
        }
    }
}
