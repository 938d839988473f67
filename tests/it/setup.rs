//! The first setup of a machine, with a real Postgres and the real server as its units.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use futures_util::FutureExt as _;
use protocol::admin::{Looked, PartState, Progress, SetUp};
use serde_json::{Value, json};
use vault::{Opener, RecoveryKey, Vault};
use vcconnect::app::Outside;
use vcconnect::infra::config::Layers;
use vcconnect::infra::services::{self, ServiceError, Services};
use vcconnect::setup::{Answers, Setup, Source, Step, Stopped};

use crate::app::PASSWORD;
use crate::commands::{Running, Said};

/// A machine on which the package was installed, in a folder.
struct Machine {
    dir: tempfile::TempDir,
    port: u16,
    units: Mutex<HashMap<&'static str, Running>>,
}

impl Machine {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let machine = Self { dir, port, units: Mutex::default() };
        for folder in ["etc", "out"] {
            std::fs::create_dir(machine.at(folder)).unwrap();
        }
        let settings = format!(
            "[storage]\ndata_dir = {:?}\n[database]\ndir = {:?}\nsocket_dir = {:?}\n[log]\nfilter = \"error\"\n",
            machine.at("data"),
            machine.at("db"),
            machine.at("run"),
        );
        std::fs::write(machine.at("etc/vcconnect.toml"), settings).unwrap();
        machine
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    fn answers(&self) -> String {
        format!(
            "[server]\nname = \"localhost\"\nother_names = [\"127.0.0.1\"]\nport = {}\nlisten = \"127.0.0.1:{0}\"\n\
             [tls]\nown = true\n[keys]\nrecovery_key_file = {:?}\n[backup]\ndestination = {:?}\nat = \"03:15\"\n",
            self.port,
            self.at("out/recovery.key"),
            self.at("backups"),
        )
    }

    fn setup(&self, answers: &str) -> Setup<'_> {
        Setup {
            layers: Layers::new(self.at("etc"), Vec::new()),
            answers: Answers::parse(answers).unwrap(),
            source: Source::File,
            again: false,
            sheet: None,
            services: self,
            outside: Outside::system(),
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vcconnect"));
        command.args(args).env("VCCONNECT_CONFIG_DIR", self.at("etc"));
        command
    }

    fn run(&self, args: &[&str], typed: &str) -> Said {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { ok: output.status.success(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn write_answers(&self, text: &str) -> String {
        let path = self.at("answers.toml");
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// What stands in the way, as `name: sentence` lines.
    fn problems(&self, answers: &str) -> String {
        let looked = self.setup(answers).look();
        assert!(!self.at("data").exists() && !self.at("etc/conf.d").exists(), "nothing is written by looking");
        problems(&looked)
    }

    fn opens(&self, key: &str) -> bool {
        let opener = Opener::Recovery(RecoveryKey::parse(key).unwrap());
        Vault::open(&self.at("data/keys/keystore.json"), &opener).is_ok()
    }
}

fn problems(looked: &Looked) -> String {
    let found = looked.found.iter().filter(|part| part.state == PartState::Problem);
    found.map(|part| format!("{}: {}\n", part.name, part.detail)).collect()
}

/// Units as processes of this test.
impl Services for Machine {
    fn start(&self, unit: &str) -> Result<(), ServiceError> {
        let (name, words) = match unit {
            services::DATABASE => (services::DATABASE, vec!["database", "run", "--die-with-parent"]),
            _ => (services::SERVER, vec!["serve"]),
        };
        let mut units = self.units.lock().unwrap();
        if !units.contains_key(name) {
            let mut command = self.command(&words);
            let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
            units.insert(name, Running(child?));
        }
        Ok(())
    }

    fn begin(&self, unit: &str) -> Result<(), ServiceError> {
        self.start(unit)
    }

    fn stop(&self, unit: &str) -> Result<(), ServiceError> {
        self.units.lock().unwrap().remove(unit);
        Ok(())
    }

    fn enable(&self, unit: &str) -> Result<(), ServiceError> {
        assert_eq!(unit, services::TARGET);
        self.start(services::SERVER)
    }

    fn reread(&self) -> Result<(), ServiceError> {
        Ok(())
    }

    fn is_active(&self, unit: &str) -> bool {
        self.units.lock().unwrap().contains_key(unit)
    }
}

/// A browser that trusts the authority of this machine, and signs in with the first link.
async fn first_admin_gets_in(machine: &Machine, link: &str) {
    let authority = std::fs::read(machine.at("etc/tls/authority.pem")).unwrap();
    let root = reqwest::Certificate::from_pem(&authority).unwrap();
    let browser = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
    let token = link.trim().strip_prefix(&format!("{}/welcome#", machine.url())).expect("a link to this server");
    let body = json!({ "token": token, "name": "Ada King", "email": "ada@fund.example", "password": PASSWORD });
    let accept = browser.post(format!("{}/api/v1/invitations/accept", machine.url()));
    let answer = accept.header("origin", machine.url()).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 201, "{:?}", answer.text().await);
}

async fn set_up(machine: &Machine) -> (SetUp, Vec<String>) {
    let mut steps = Vec::new();
    let brought = machine.setup(&machine.answers()).run(|at| steps.push(at.step.to_string())).await;
    (brought.unwrap(), steps)
}

#[actix_web::test]
async fn answers_become_a_server_that_the_first_admin_enters() {
    let machine = Machine::new();
    let (brought, steps) = set_up(&machine).await;
    assert_eq!(steps, Step::ALL.map(|step| step.sentence().to_owned()));
    assert!(brought.runs && brought.url.as_str() == machine.url());
    first_admin_gets_in(&machine, &brought.link.clone().unwrap().0).await;

    let recovery = std::fs::read_to_string(machine.at("out/recovery.key")).unwrap();
    assert!(machine.opens(&recovery));
    let mode = std::fs::metadata(machine.at("out/recovery.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(machine.at("backups").is_dir() && !machine.at("data/setup.unfinished").exists());
    let shown = machine.run(&["tls", "show"], "").out;
    assert!(shown.contains(brought.authority.unwrap().as_str()) && shown.contains("localhost, 127.0.0.1"), "{shown}");
    assert!(machine.run(&["config"], "").out.contains("at = \"03:15\""));
    let renewed = machine.run(&["tls", "renew"], "");
    assert!(
        renewed.ok && renewed.out.contains("nothing was changed"),
        "the folder is the configured one: {}",
        renewed.err
    );
    let said: Vec<String> = brought.said.iter().map(|part| format!("{}: {}", part.name, part.detail)).collect();
    let said = said.join("\n");
    assert!(said.contains("recovery key: protects from the loss of this server"), "{said}");
    assert!(said.contains("not protected: they lie on the same file system"), "{said}");
    assert!(!said.contains("no recovery key was shown"), "{said}");

    again_is_asked_for(&machine).await;
}

/// On a machine that is set up.
async fn again_is_asked_for(machine: &Machine) {
    let stopped = machine.setup(&machine.answers()).run(|_| {}).await.expect_err("it is not done again by mistake");
    let looked = match stopped {
        Stopped::InTheWay(looked) => looked,
        Stopped::Broken(trouble) => unreachable!("{trouble}"),
    };
    assert!(looked.finished && problems(&looked).contains("is set up already"), "{}", problems(&looked));
    let keystore = std::fs::read(machine.at("data/keys/vcconnect.key")).unwrap();
    let other = machine.answers().replace("03:15", "04:15");
    let brought = Setup { again: true, ..machine.setup(&other) }.run(|_| {}).await.unwrap();
    assert_eq!(brought.link, None, "somebody is there");
    assert!(machine.run(&["config"], "").out.contains("at = \"04:15\""));
    assert_eq!(std::fs::read(machine.at("data/keys/vcconnect.key")).unwrap(), keystore);
}

#[actix_web::test]
async fn a_setup_that_is_cut_off_before_any_step_goes_on() {
    let machine = Machine::new();
    let mut key = None;
    for cut in Step::ALL {
        let setup = machine.setup(&machine.answers());
        let told = |at: &Progress| {
            if at.step.as_str() == cut.sentence() {
                std::panic::resume_unwind(Box::new("cut off"));
            }
        };
        let ended = AssertUnwindSafe(setup.run(told)).catch_unwind().await;
        assert!(ended.is_err(), "cut off before {cut:?}");
        assert!(machine.at("data/setup.unfinished").exists());
        let found = std::fs::read_to_string(machine.at("out/recovery.key")).ok();
        assert!(key.is_none() || key == found, "the recovery key is made once");
        key = found;
    }
    let (brought, _) = set_up(&machine).await;
    assert!(machine.opens(&key.unwrap()));
    first_admin_gets_in(&machine, &brought.link.unwrap().0).await;
}

#[test]
fn kill_9_leaves_a_setup_that_can_be_run_again() {
    for lines in 1..=5 {
        let machine = Machine::new();
        let answers = machine.write_answers(&format!("start = false\n{}", machine.answers()));
        let sheet = format!("--recovery-sheet={}", machine.at("out/sheet.html").display());
        let words = ["setup", "--answers", &answers, &sheet, "--json"];
        let child = machine.command(&words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut running = Running(child);
        let told = BufReader::new(running.0.stdout.take().unwrap()).lines().take(lines).count();
        assert_eq!(told, lines);
        drop(running);
        let again = machine.run(&words, "");
        let finished = again.out.contains("is set up already");
        assert!(again.ok || finished, "{} {}", again.out, again.err);
        let key = std::fs::read_to_string(machine.at("out/recovery.key")).unwrap();
        assert!(machine.opens(&key), "killed after {lines} lines");
        let sheet = std::fs::read_to_string(machine.at("out/sheet.html")).unwrap();
        assert!(sheet.contains("</html>") && sheet.contains(&machine.url()));
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_nothing_is_written() {
    let machine = Machine::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    std::fs::create_dir(machine.at("photos")).unwrap();
    std::fs::write(machine.at("photos/cat.jpg"), "").unwrap();
    let answers = format!(
        "[server]\nname = \"-atlas\"\nport = 0\nlisten = \"{}\"\n[tls]\ncertificate = \"/nowhere/c.pem\"\nkey = \"k.pem\"\n\
         [keys]\nrecovery_recipient = \"age1x\"\nrecovery_key_file = {:?}\npassphrase_file = \"/nowhere/words\"\n\
         [first_admin]\nlink_file = \"/nowhere/link\"\n[backup]\ndestination = {:?}\nat = \"2:30\"\n",
        taken.local_addr().unwrap(),
        machine.at("data/recovery.key"),
        machine.at("photos"),
    );
    let found = machine.problems(&answers);
    for expected in [
        "server.name: \"-atlas\" is not a host name",
        "server.port: the port is 1 to 65535",
        "server.port: nobody can listen at 127.0.0.1",
        "tls.key: k.pem must be a whole path",
        "keys.recovery_key_file: name one way",
        "keys.recovery_recipient: this is not the public half",
        "recovery.key lies in the data folder",
        "keys.passphrase_file: /nowhere/words",
        "first_admin.link_file: /nowhere/link cannot be made",
        "photos holds other things",
        "backup.at: \"2:30\" is not a time",
    ] {
        assert!(found.contains(expected), "{expected} in\n{found}");
    }
    let said = machine.run(&["setup", "--answers", &machine.write_answers(&answers)], "");
    assert!(!said.ok && said.err.contains("nothing was written: 1"), "{}", said.err);
}

#[test]
fn secrets_lie_away_from_data_backups_and_configuration() {
    let machine = Machine::new();
    for folder in ["data", "backups", "etc", "db"] {
        let inside = machine.answers().replace("/out/recovery.key", &format!("/{folder}/recovery.key"));
        assert!(machine.problems(&inside).contains("recovery.key lies in"), "{folder}");
    }
    std::os::unix::fs::symlink(machine.at("etc"), machine.at("link")).unwrap();
    let through = machine.answers().replace("/out/recovery.key", "/link/recovery.key");
    assert!(machine.problems(&through).contains("lies in the folder of the configuration"));
    std::fs::write(machine.at("out/recovery.key"), "of somebody else").unwrap();
    assert!(machine.problems(&machine.answers()).contains("is there already and will not be replaced"));
    let elsewhere = machine.answers().replace("recovery_key_file", "recovery_recipient");
    let sheet = Setup { sheet: Some(machine.at("out/sheet.txt")), ..machine.setup(&elsewhere) };
    assert!(problems(&sheet.look()).contains("recovery sheet: it shows the recovery key, and that is not here"));
    let none = machine.answers().replace("recovery_key_file", "passphrase_label");
    assert!(machine.problems(&none).contains("name a new file for the recovery key"));
    let secret = machine.answers().replace("[keys]", "[keys]\npassphrase = \"correct horse battery staple\"");
    let found = machine.problems(&secret);
    assert!(found.contains("a file of answers holds no secret") && !found.contains("horse"), "{found}");
}

#[test]
fn a_setting_that_would_come_first_is_told() {
    let machine = Machine::new();
    let variable = ("VCCONNECT__SERVER__PUBLIC_URL".to_owned(), "https://other.example".to_owned());
    let setup = Setup { layers: Layers::new(machine.at("etc"), vec![variable]), ..machine.setup(&machine.answers()) };
    let found = problems(&setup.look());
    assert!(found.contains("server.public_url is said elsewhere as well"), "{found}");
}

/// A machine that nobody starts units on.
struct Nobody;

impl Services for Nobody {
    fn start(&self, unit: &str) -> Result<(), ServiceError> {
        Err(ServiceError::NoSystemd(unit.to_owned()))
    }

    fn begin(&self, unit: &str) -> Result<(), ServiceError> {
        self.start(unit)
    }

    fn stop(&self, unit: &str) -> Result<(), ServiceError> {
        self.start(unit)
    }

    fn enable(&self, unit: &str) -> Result<(), ServiceError> {
        self.start(unit)
    }

    fn reread(&self) -> Result<(), ServiceError> {
        self.start("")
    }

    fn is_active(&self, _: &str) -> bool {
        false
    }

    fn is_here(&self) -> bool {
        false
    }
}

#[test]
fn without_a_manager_of_units_nothing_is_begun_that_could_not_be_ended() {
    let machine = Machine::new();
    let look = |answers: &str| problems(&Setup { services: &Nobody, ..machine.setup(answers) }.look());
    assert!(look(&machine.answers()).contains("start: systemd does not run this machine"));
    assert_eq!(look(&format!("start = false\n{}", machine.answers())), "");
}

#[test]
fn a_program_gives_the_key_that_a_person_wrote_down() {
    let machine = Machine::new();
    let key = || {
        let said = machine.run(&["keys", "recovery-key", "--json"], "");
        let reply: Value = serde_json::from_str(&said.out).unwrap();
        let groups = reply["recovery_key"].as_array().unwrap();
        groups.iter().map(|group| group.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    let (key, other) = (key(), key());
    let answers = |key: &str| {
        let keys = json!({ "recovery_key": key, "passphrase": "abacus lantern wharf pigeon quartz" });
        json!({ "start": false, "server": { "name": "localhost" }, "tls": { "own": true }, "keys": keys }).to_string()
    };
    let words = ["setup", "--answers", "-", "--json"];
    let said = machine.run(&words, &answers(&key));
    assert!(said.ok, "{} {}", said.out, said.err);
    let last: Value = serde_json::from_str(said.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["set_up"]["runs"], false);
    assert!(!said.out.contains(&key) && machine.opens(&key) && !machine.opens(&other));
    let slots = machine.run(&["keys", "list"], "").out;
    assert!(slots.contains("passphrase") && slots.contains(", proven "), "{slots}");

    let check = ["setup", "--check", "--again", "--answers", "-", "--json"];
    let looked = machine.run(&check, &answers(&other)).out;
    assert!(looked.contains("was made with another one") && looked.contains("\"has_keys\":true"), "{looked}");
    let refused = machine.run(&["setup", "--again", "--answers", "-", "--json"], &answers(&other));
    let refusal: Value = serde_json::from_str(refused.out.lines().last().unwrap()).unwrap();
    assert!(!refused.ok && refusal["sentence"].as_str().unwrap().contains("nothing was written"), "{}", refused.out);
}

#[test]
fn what_root_sets_up_belongs_to_whom_the_server_runs_as() {
    let nobody = nix::unistd::User::from_name("nobody").unwrap().unwrap();
    if !nix::unistd::Uid::effective().is_root() {
        return println!("not run: only root sets up for another user");
    }
    let machine = Machine::new();
    std::fs::create_dir(machine.at("data")).unwrap();
    std::os::unix::fs::chown(machine.at("data"), Some(nobody.uid.as_raw()), Some(nobody.gid.as_raw())).unwrap();
    std::fs::set_permissions(machine.at("data"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let answers = machine.write_answers(&format!("start = false\n{}", machine.answers()));
    let said = machine.run(&["setup", "--answers", &answers], "");
    assert!(said.ok, "{}", said.err);
    let owner = |name: &str| std::fs::metadata(machine.at(name)).unwrap().uid();
    for name in [
        "data/keys",
        "data/keys/keystore.json",
        "data/keys/vcconnect.key",
        "data/lock",
        "etc/tls/server.key",
        "backups",
    ] {
        assert_eq!(owner(name), nobody.uid.as_raw(), "{name}");
    }
    for name in ["etc/tls/authority.key", "etc/conf.d/50-setup.toml", "out/recovery.key"] {
        assert_eq!(owner(name), 0, "{name}");
    }
    let closed = Machine::new();
    std::fs::create_dir(closed.at("data")).unwrap();
    std::os::unix::fs::chown(closed.at("data"), Some(nobody.uid.as_raw()), None).unwrap();
    std::fs::set_permissions(closed.at("out"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let inside = closed.answers().replace("/backups", "/out/backups");
    let found = problems(&closed.setup(&inside).look());
    assert!(found.contains("backup.destination: nobody could not write into"), "{found}");
}

#[test]
fn a_certificate_that_the_server_cannot_reach_is_copied() {
    let machine = Machine::new();
    let tls = machine.at("out/tls").display().to_string();
    machine.run(&["tls", "init", "--name", "localhost", "--dir", &tls], "");
    let given = machine
        .answers()
        .replace("own = true", &format!("certificate = \"{tls}/server.pem\"\nkey = \"{tls}/server.key\""));
    let said = machine.run(&["setup", "--answers", &machine.write_answers(&format!("start = false\n{given}"))], "");
    assert!(said.ok, "{}", said.err);
    let copy = machine.at("etc/tls/given.key");
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(Path::new(&tls).join("server.key")).unwrap());
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!machine.at("etc/tls/authority.pem").exists());
    let wrong = given.replace("name = \"localhost\"", "name = \"atlas.fund.example\"");
    let fresh = Machine::new();
    let found = fresh.problems(&wrong.replace(&machine.dir.path().display().to_string(), "/nowhere"));
    assert!(found.contains("tls.certificate: cannot read"), "{found}");
    let found = problems(&Setup { again: true, ..machine.setup(&wrong) }.look());
    assert!(found.contains("the certificate is for localhost, and not for atlas.fund.example"), "{found}");
}
