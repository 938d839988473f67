//! The command line, as an admin uses it.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::app::{CLUSTER, TestApp};

/// A data folder and the program on it.
pub struct Installation {
    pub dir: tempfile::TempDir,
    env: Vec<(&'static str, String)>,
    /// Words before the program: another program that starts it.
    before: Vec<String>,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

impl Installation {
    /// With a private Postgres of its own.
    pub fn new() -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755))
            .expect("open to the database's user");
        Self { dir, env: Vec::new(), before: Vec::new() }
    }

    /// On a database of the shared test cluster.
    pub fn on(database: &testkit::TestDatabase) -> Self {
        let url = |url: &str| url.to_owned();
        Self::new()
            .with("VCCONNECT__DATABASE__URL", url(&database.app_url))
            .with("VCCONNECT__DATABASE__OWNER_URL", url(&database.owner_url))
    }

    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.env.push((name, value));
        self
    }

    /// With a program that starts ours, such as one that enters a namespace first.
    pub fn entering(self, before: Vec<String>) -> Self {
        Self { before, ..self }
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_vcconnect");
        let mut words = self.before.iter().map(String::as_str).chain([program]).chain(args.iter().copied());
        let mut command = Command::new(words.next().unwrap_or(program));
        command
            .args(words)
            .env("VCCONNECT_CONFIG_DIR", self.dir.path().join("no-configuration"))
            .env("VCCONNECT__STORAGE__DATA_DIR", self.data())
            .env("VCCONNECT__SERVER__LISTEN", "127.0.0.1:0")
            .env("VCCONNECT__LOG__FILTER", "error")
            .envs(self.env.iter().map(|(name, value)| (*name, value.as_str())));
        command
    }

    pub fn run(&self, args: &[&str]) -> Said {
        let output = self.command(args).output().expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Said { ok: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs and must succeed.
    pub fn must(&self, args: &[&str]) -> String {
        let said = self.run(args);
        assert!(said.ok, "{args:?}: {}", said.err);
        said.out
    }

    pub fn spawn(&self, args: &[&str]) -> Running {
        let child = self.command(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Running(child.expect("the program starts"))
    }
}

/// A process that ends with the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[actix_web::test]
async fn the_first_admin_gets_a_link_until_there_is_one() {
    let database = CLUSTER.clone_template().unwrap();
    let installation =
        Installation::on(&database).with("VCCONNECT__SERVER__PUBLIC_URL", "https://atlas.fund.example".to_owned());
    let refused = installation.run(&["users", "first-admin"]);
    assert!(!refused.ok && refused.err.contains("storage.data_dir"), "{}", refused.err);
    installation.must(&["keys", "init"]);
    let link = installation.must(&["users", "first-admin"]);
    assert!(link.starts_with("https://atlas.fund.example/welcome#"), "{link}");
    let json: serde_json::Value =
        serde_json::from_str(&installation.must(&["users", "first-admin", "--json"])).unwrap();
    assert_ne!(json["link"].as_str().unwrap(), link.trim(), "a new secret each time");
}

#[test]
fn keys_are_made_once_and_kept() {
    let installation = Installation::new();
    assert!(installation.must(&["keys", "init"]).contains("AGE-SECRET-KEY-1"), "shown once");
    let keystore = installation.data().join("keys/keystore.json");
    let before = std::fs::read(&keystore).unwrap();
    let again = installation.must(&["keys", "init"]);
    assert!(again.contains("opens") && !again.contains("AGE-SECRET-KEY"), "{again}");
    assert_eq!(std::fs::read(&keystore).unwrap(), before);
    std::fs::remove_file(installation.data().join("keys/vcconnect.key")).unwrap();
    let refused = installation.run(&["keys", "init"]);
    assert!(!refused.ok && refused.err.contains("is missing"), "{}", refused.err);
    assert_eq!(std::fs::read(&keystore).unwrap(), before, "a keystore without its key is never replaced");
}

#[test]
fn the_doctor_says_what_a_key_file_protects_and_what_is_wrong() {
    let database = CLUSTER.clone_template().unwrap();
    let installation = Installation::on(&database);
    let ill = installation.run(&["doctor"]);
    assert!(!ill.ok && ill.out.contains("PROBLEM keys"), "{}", ill.out);
    installation.must(&["keys", "init"]);
    let well = installation.must(&["doctor"]);
    assert!(well.contains("does not protect from a stolen disk"), "{well}");
    let json: serde_json::Value = serde_json::from_str(&installation.must(&["doctor", "--json"])).unwrap();
    assert!(json.as_array().unwrap().iter().any(|one| one["part"] == "database" && one["state"] == "ok"));
}

#[test]
fn a_wrong_configuration_is_told_whole_and_starts_nothing() {
    let installation = Installation::new()
        .with("VCCONNECT__SERVER__LISTEN", "nowhere".to_owned())
        .with("VCCONNECT__STORAGE__COLOUR", "red".to_owned());
    let refused = installation.run(&["serve"]);
    assert!(!refused.ok);
    for part in ["2 problems", "[server]", "colour"] {
        assert!(refused.err.contains(part), "{part} in {}", refused.err);
    }
    assert!(!installation.data().exists());
}

#[test]
fn a_syntax_error_names_the_line_and_does_not_show_it() {
    let installation = Installation::new();
    let dir = installation.dir.path().join("no-configuration");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("vcconnect.toml"), "[database]\nurl = \"postgres://u:hunter2@db/x\n").unwrap();
    let refused = installation.run(&["config"]);
    assert!(refused.err.contains("line 2") && !refused.err.contains("hunter2"), "{}", refused.err);
}

#[test]
fn secrets_do_not_show_in_the_printed_configuration() {
    let installation = Installation::new().with("VCCONNECT__DATABASE__URL", "postgres://u:hunter2@db/x".to_owned());
    assert!(!installation.must(&["config"]).contains("hunter2"));
}

#[actix_web::test]
async fn an_altered_audit_log_fails_the_command() {
    let app = TestApp::start().await;
    let mut admin = app.admin().await;
    admin.new_deal("Atlas").await;
    while app.app.audit.seal().await.unwrap() > 0 {}
    let installation = Installation::on(&app.database)
        .with("VCCONNECT__KEYS__FILE", app.dir.path().join("keys/vcconnect.key").display().to_string())
        .with("VCCONNECT__KEYS__KEYSTORE", app.dir.path().join("keys/keystore.json").display().to_string());
    assert!(installation.must(&["audit", "verify"]).contains("intact"));
    app.database.sql("SET session_replication_role = replica; UPDATE audit_log SET action = 'deal.sold' WHERE action = 'deal.created'").unwrap();
    let refused = installation.run(&["audit", "verify"]);
    assert!(!refused.ok && refused.err.contains("was altered"), "{}", refused.err);
    app.stop().await;
}
