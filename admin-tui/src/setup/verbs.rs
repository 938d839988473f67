//! The commands of the setup, and the answers as they read them. Secrets are in the answers, which go to the standard
//! input; paths of files are arguments, bound by `=`.

use protocol::admin::Secret;
use serde_json::{Value, json};

use super::{Step, Wizard};
use crate::verbs::Twin;

/// Sets up.
const SETUP: &str = "setup";
/// Makes a recovery key and keeps it nowhere.
const NEW_KEY: &str = "keys recovery-key";

/// Names of what our program tells, as they begin.
pub(super) const TLS: &str = "tls";
pub(super) const PASSPHRASE: &str = "keys.passphrase";
pub(super) const RECOVERY: [&str; 2] = ["keys.recovery", "recovery sheet"];
pub(super) const FIRST_ADMIN: &str = "first_admin";
pub(super) const BACKUP: &str = "backup";
/// What is said of the key file and of the keystore.
pub(super) const KEYS: &str = "keys";

/// The field of its step in which something that is told can be mended.
pub fn field_of(name: &str) -> usize {
    match name {
        "server.other_names" | "tls.key" | "backup.at" => 1,
        "server.port" => 2,
        "recovery sheet" => 3,
        _ => 0,
    }
}

/// The command that makes a recovery key.
pub fn new_key() -> Twin {
    Twin { words: NEW_KEY, arguments: Vec::new(), typed: None }
}

impl Wizard {
    /// The command that only looks.
    pub fn check(&self) -> Twin {
        self.twin(&["--check"])
    }

    /// The command that sets up.
    pub fn set_up(&self) -> Twin {
        self.twin(&[])
    }

    fn twin(&self, more: &[&str]) -> Twin {
        let sheet = self.text(Step::TypedBack, 3);
        let sheet = (!sheet.is_empty()).then(|| format!("--recovery-sheet={sheet}"));
        let arguments = more.iter().map(|word| (*word).to_owned()).chain(sheet);
        let arguments = std::iter::once("--answers=-".to_owned()).chain(arguments).collect();
        Twin { words: SETUP, arguments, typed: Some(Secret(self.answers().to_string())) }
    }

    fn answers(&self) -> Value {
        let others: Vec<&str> = self.text(Step::Address, 1).split([' ', ',']).filter(|name| !name.is_empty()).collect();
        let server = json!({ "name": self.text(Step::Address, 0), "other_names": others, "port": self.port() });
        json!({
            "start": self.starts,
            "server": server,
            "tls": self.tls(),
            "keys": self.keys(),
            "first_admin": { "link_file": given(self.text(Step::FirstAdmin, 0)) },
            "backup": { "destination": given(self.text(Step::Backups, 0)), "at": given(self.text(Step::Backups, 1)) },
        })
    }

    /// Whether an authority is made here.
    pub fn own_authority(&self) -> bool {
        self.text(Step::Certificate, 0).is_empty() && self.text(Step::Certificate, 1).is_empty()
    }

    fn tls(&self) -> Value {
        if self.own_authority() {
            return json!({ "own": true });
        }
        json!({ "certificate": given(self.text(Step::Certificate, 0)), "key": given(self.text(Step::Certificate, 1)) })
    }

    fn keys(&self) -> Value {
        let passphrase = self.form(Step::Keys).first().map(|field| field.typed.0.as_str()).and_then(given);
        let groups: Vec<&str> = self.key.iter().map(|group| group.0.as_str()).collect();
        let recovery_key = (!groups.is_empty()).then(|| groups.join(" "));
        json!({ "passphrase": passphrase, "recovery_key": recovery_key })
    }

    /// What people will type into the browser.
    pub fn url(&self) -> String {
        let name = self.text(Step::Address, 0).to_lowercase();
        match self.text(Step::Address, 2) {
            "443" => format!("https://{name}"),
            port => format!("https://{name}:{port}"),
        }
    }
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
