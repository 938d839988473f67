//! A fund with its server set up, its first admin and a report, as other scenarios find it.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::{Stage, installing};
use crate::appliance::browser;
use crate::appliance::machine::{Hall, Machine};
use crate::authenticator::Authenticator;
use crate::http::{Client, at, text};

/// What people type into the browser.
pub const NAME: &str = "desk.fund.example";
/// A deck of the demo room, from the root of the checkout.
pub const DECK: &str = "demo/room/01 Pitch/Northwind pitch deck.pdf";
/// The folder for backups: one of its own on the disk for them.
pub const BACKUPS: &str = "/srv/backups/vcconnect";
/// Where setup writes the recovery key.
pub const RECOVERY_KEY: &str = "/srv/secret/recovery.txt";
/// Where a restore finds it: in memory, as docs/backup.md says.
pub const KEY_IN_HAND: &str = "/dev/shm/recovery.txt";
/// What the disk for backups is called.
pub const BACKUP_DISK: &str = "backups";

const BACKUPS_MOUNT: &str = "/srv/backups";
const LINK: &str = "/srv/secret/link.txt";
const EMAIL: &str = "anna@fund.example";
const PASSWORD: &str = "a long sentence for the desk";
/// Made here, so the machine makes nobody wait for a key to be typed.
const SETUP: Duration = Duration::from_secs(120);
/// From the answer of setup, or of a boot, until the server says that it is ready.
const READY: Duration = Duration::from_secs(60);
/// One request.
const REQUEST: Duration = Duration::from_secs(30);
/// Reading a deck, a run, an export: each.
const WORK: Duration = Duration::from_secs(120);
const TICK: Duration = Duration::from_millis(500);

/// A server with somebody in it.
pub struct Fund<'a> {
    /// Where it runs.
    pub machine: Machine<'a>,
    /// The certificate of its authority, in PEM.
    pub authority: Vec<u8>,
    /// The first admin's browser.
    pub browser: Client,
    app: Authenticator,
    hall: &'a Hall<'a>,
}

impl<'a> Fund<'a> {
    /// A machine with the package on it, and in the end a server that the first admin is signed in to.
    pub fn found(hall: &'a Hall, stage: &mut Stage, mut machine: Machine<'a>) -> Result<Self> {
        stage.step("a disk for backups", || mount_backups(&mut machine, true))?;
        stage.step("vcconnect setup --answers", || {
            machine.put("/srv/answers.toml", answers().as_bytes())?;
            machine.read("mkdir -m 700 -p /srv/secret")?;
            machine.read_within("vcconnect setup --answers /srv/answers.toml 2>&1", SETUP)
        })?;
        let rights = machine.read(&format!("stat -c '%a %U' {RECOVERY_KEY} {LINK}"))?;
        ensure!(rights == "600 root\n600 root", "the files with secrets have {rights:?}");
        let authority = machine.get("/etc/vcconnect/tls/authority.pem")?;
        stage.step("443 answers, and nothing else listens", || runs(hall, &mut machine, &authority))?;
        let (browser, app) = stage.step("first admin: link, password, second factor", || {
            let link = machine.read(&format!("cat {LINK}"))?;
            let mut browser = Client::with(agent(hall, &machine, &authority)?, &format!("https://{NAME}"));
            let app = join(&mut browser, &link)?;
            Ok((browser, app))
        })?;
        Ok(Self { machine, authority, browser, app, hall })
    }

    /// The same people and browsers at another machine, which a restore brought back.
    pub fn moved(self, machine: Machine<'a>, authority: Vec<u8>) -> Result<Self> {
        let browser = self.browser.moved(agent(self.hall, &machine, &authority)?);
        Ok(Self { machine, authority, browser, ..self })
    }

    /// Where the machine stands.
    pub fn hall(&self) -> &'a Hall<'a> {
        self.hall
    }

    /// After a boot: the port changed, the session did not.
    pub fn back(&mut self) -> Result<()> {
        runs(self.hall, &mut self.machine, &self.authority)?;
        self.browser = self.browser.moved(agent(self.hall, &self.machine, &self.authority)?);
        Ok(())
    }

    /// Signs in with password and code, in a browser that was never here.
    pub fn sign_in(&mut self) -> Result<()> {
        let mut fresh = Client::with(agent(self.hall, &self.machine, &self.authority)?, &format!("https://{NAME}"));
        fresh.post("/api/v1/session", &json!({ "email": EMAIL, "password": PASSWORD }))?;
        let said = fresh.post("/api/v1/session/code", &json!({ "code": self.app.code()? }))?;
        ensure!(at(&said, "/standing") == "signed_in", "signing in ended at {said}");
        self.browser = fresh;
        Ok(())
    }

    /// A deal without documents.
    pub fn deal(&mut self, name: &str) -> Result<String> {
        deal(&mut self.browser, name)
    }

    /// From a dropped deck to a PDF of its report; returns the deal.
    pub fn report(&mut self, stage: &mut Stage, deck: &Path) -> Result<String> {
        let browser = &mut self.browser;
        let limit = self.hall.accelerator.scaled(WORK);
        let deal = stage.step("a deal with a deck, read by the confined reader", || {
            let deal = deal(browser, "Northwind")?;
            browser.upload(&deal, deck)?;
            let list = wait(browser, &documents(&deal), limit, |list| at(list, "/moving") == 0)?;
            ensure!(at(&list, "/items/0/state") == "read", "the deck came to rest as {list}");
            Ok(deal)
        })?;
        stage.step("a run", || {
            let runs = format!("/api/v1/deals/{deal}/runs");
            let run = browser.post(&runs, &Value::Null)?;
            let run = format!("{runs}/{}", text(&run, "id")?);
            let ended = wait(browser, &run, limit, |run| at(run, "/ended_at").is_string())?;
            ensure!(at(&ended, "/state") == "done", "the run ended otherwise than with a report: {ended}");
            Ok(())
        })?;
        let cited = stage.step("a report with cited figures", || cited(browser, &deal))?;
        stage.note("figures with a citation", cited.to_string());
        stage.step("its PDF", || {
            let exports = format!("/api/v1/deals/{deal}/reports/1/exports");
            browser.post(&exports, &json!({ "format": "pdf" }))?;
            wait(browser, &exports, limit, |list| at(list, "/items/0/state") == "done")?;
            let (status, pdf) = browser.look(&format!("{exports}/pdf/file"))?;
            ensure!(status == 200 && pdf.starts_with(b"%PDF-"), "the PDF came as {status} with {} bytes", pdf.len());
            Ok(())
        })?;
        Ok(deal)
    }
}

/// How many citations a deal's first report has; an error if it has none.
pub fn cited(browser: &Client, deal: &str) -> Result<usize> {
    let report = browser.get(&format!("/api/v1/deals/{deal}/reports/1"))?;
    let cited = at(&report, "/report/citations").as_array().map_or(0, Vec::len);
    ensure!(cited > 0, "the report cites nothing");
    Ok(cited)
}

/// Mounts the disk for backups, now and at each boot; `empty` makes its file system first.
pub fn mount_backups(machine: &mut Machine, empty: bool) -> Result<()> {
    let disk = format!("/dev/disk/by-id/virtio-{BACKUP_DISK}");
    if empty {
        machine.read(&format!("mkfs.ext4 -q {disk}"))?;
    }
    machine.read(&format!(
        "mkdir -p {BACKUPS_MOUNT} && echo '{disk} {BACKUPS_MOUNT} ext4 nofail 0 2' >>/etc/fstab \
         && systemctl daemon-reload && mount {BACKUPS_MOUNT}"
    ))?;
    Ok(())
}

/// The target is up, the server says that it is ready over its own certificate, and 443 is the one open port.
pub fn runs(hall: &Hall, machine: &mut Machine, authority: &[u8]) -> Result<()> {
    let browser = Client::with(agent(hall, machine, authority)?, &format!("https://{NAME}"));
    let begun = Instant::now();
    let limit = hall.accelerator.scaled(READY);
    while browser.status("/readyz") != Some(200) {
        hall.workshop.go_on()?;
        if begun.elapsed() > limit {
            let units = machine.run("systemctl --no-pager status 'vcconnect*' | tail -n 60")?.text();
            let last =
                browser.look("/readyz").map(|(status, body)| (status, String::from_utf8_lossy(&body).into_owned()));
            bail!("the server is not ready within {} s; it says {last:?}\n{units}", limit.as_secs());
        }
        sleep(TICK);
    }
    machine.read("systemctl is-active vcconnect.target vcconnect.service vcconnect-db.service")?;
    let listeners = installing::listeners(machine)?;
    let only = listeners.iter().all(|address| address.ends_with(":443"));
    ensure!(only && !listeners.is_empty(), "the open ports are {listeners:?}");
    Ok(())
}

/// A browser's way to a machine.
pub fn agent(hall: &Hall, machine: &Machine, authority: &[u8]) -> Result<ureq::Agent> {
    browser::agent(machine.port()?, authority, hall.accelerator.scaled(REQUEST))
}

fn deal(browser: &mut Client, name: &str) -> Result<String> {
    text(&browser.post("/api/v1/deals", &json!({ "name": name, "industry": "saas" }))?, "id")
}

fn documents(deal: &str) -> String {
    format!("/api/v1/deals/{deal}/documents")
}

fn join(browser: &mut Client, link: &str) -> Result<Authenticator> {
    let (_, token) = link.trim().split_once('#').context("the first admin's link has no token after #")?;
    let person = json!({ "token": token, "name": "Anna", "email": EMAIL, "password": PASSWORD });
    browser.post("/api/v1/invitations/accept", &person)?;
    Authenticator::set_up(browser)
}

fn wait(browser: &Client, path: &str, limit: Duration, there: impl Fn(&Value) -> bool) -> Result<Value> {
    let begun = Instant::now();
    loop {
        let answer = browser.get(path)?;
        if there(&answer) {
            return Ok(answer);
        }
        if begun.elapsed() > limit {
            bail!("GET {path}: what was waited for did not come in {} s; the last answer: {answer}", limit.as_secs());
        }
        sleep(TICK);
    }
}

fn answers() -> String {
    format!(
        "[server]\nname = \"{NAME}\"\n\n[tls]\nown = true\n\n[keys]\nrecovery_key_file = \"{RECOVERY_KEY}\"\n\n\
         [first_admin]\nlink_file = \"{LINK}\"\n\n[backup]\ndestination = \"{BACKUPS}\"\nat = \"03:30\"\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_name_no_secret_but_where_it_goes() {
        let answers: toml::Table = answers().parse().unwrap();
        assert_eq!(answers["keys"]["recovery_key_file"].as_str(), Some(RECOVERY_KEY));
        assert_eq!(answers["server"]["name"].as_str(), Some(NAME));
        assert!(!answers.contains_key("password"));
    }
}
