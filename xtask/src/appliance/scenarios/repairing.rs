//! What goes wrong on a server, and how somebody repairs it who came over SSH: in the terminal, key by key.

use std::fs;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::fund::{self, BACKUPS, Fund, KEY_IN_HAND, RECOVERY_KEY};
use super::updating::{self, Bundles};
use super::{Scenario, Stage, installing};
use crate::appliance::machine::Hall;
use crate::appliance::qemu::Disk;
use crate::appliance::terminal::Terminal;

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "repairs",
    about: "the key file, both disks, the database, an update: each is broken and repaired in the terminal",
    needs_package: true,
    play,
};

/// The disk that takes the place of the one for backups.
const SPARE_DISK: &str = "spare";
const SPARE: &str = "/srv/spare/vcconnect";
const KEY_FILE: &str = "/var/lib/vcconnect/keys/vcconnect.key";
const DATA: &str = "/var/lib/vcconnect";
/// What takes the room on the disk.
const BALLAST: &str = "/var/lib/ballast";
/// A backup, a restore or an update, followed on the screen.
const LONG: Duration = Duration::from_secs(120);

fn play(hall: &Hall, stage: &mut Stage) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let bundles = Bundles::make(hall.workshop, &updating::packages(stage)?, folder.path())?;
    let disks = [Disk::new(fund::BACKUP_DISK, folder.path(), "4G")?, Disk::new(SPARE_DISK, folder.path(), "4G")?];
    let machine = installing::installed(hall, stage, "repairs", &disks)?;
    let mut fund = Fund::found(hall, stage, machine)?;
    let deal = fund.deal("Kept")?;
    keys(stage, &mut fund)?;
    disk(stage, &mut fund, &deal)?;
    backups(stage, &mut fund)?;
    database(stage, &mut fund)?;
    update(stage, &mut fund, &bundles)?;
    stage.step("everything that was written is there, and the log is whole", || {
        fund.browser.get(&format!("/api/v1/deals/{deal}"))?;
        fund.machine.read("vcconnect audit verify").map(drop)
    })
}

/// The terminal as an admin of the machine opens it, on a screen and once that shows this.
fn opened<'m, 'a>(fund: &'m mut Fund<'a>, screen: &str, shows: &str) -> Result<Terminal<'m, 'a>> {
    let mut terminal = Terminal::open(&mut fund.machine, 80, 24)?;
    terminal.line("sudo vcconnect-admin")?;
    terminal.wait("Dashboard")?;
    terminal.keys(screen)?;
    terminal.wait(shows)?;
    Ok(terminal)
}

/// The key file is lost: the server waits sealed, the recovery key opens it, and it gets a new key file.
fn keys(stage: &mut Stage, fund: &mut Fund) -> Result<()> {
    let recovery = fund.machine.read(&format!("grep -v '^#' {RECOVERY_KEY}"))?;
    stage.step("the key file is lost: the terminal says that the server is sealed", || {
        fund.machine.read(&format!("rm {KEY_FILE} && systemctl restart vcconnect.service"))?;
        opened(fund, "1", "SEALED")?.close()
    })?;
    stage.step("u and the recovery key: it is open", || {
        let mut terminal = opened(fund, "1", "SEALED")?;
        terminal.keys("u")?;
        terminal.wait("Passphrase or recovery key")?;
        terminal.line(recovery.trim())?;
        terminal
            .wait_until("the header says open", LONG, |screen| !screen.contains("SEALED") && screen.contains("ok"))?;
        terminal.keys("3")?;
        terminal.wait("recovery key")?;
        terminal.keys("f")?;
        terminal.wait_until("there are two key files", LONG, |screen| screen.matches("key file ").count() >= 2)?;
        terminal.close()
    })?;
    stage.step("it starts by itself again", || {
        fund.machine.read("systemctl restart vcconnect.service")?;
        fund.back()
    })
}

/// The disk is full to its last block, also for the database: people and admin are told, nothing is lost, and with room
/// everything goes on by itself.
fn disk(stage: &mut Stage, fund: &mut Fund, deal: &str) -> Result<()> {
    let deck = fund.hall().workshop.root.join(fund::DECK);
    let refused = stage.step("the disk is full: a deck is refused, the dashboard says what to do", || {
        fund.machine.read(&format!("fallocate -l $(df --output=avail -B1 {DATA} | tail -n 1) {BALLAST} && sync"))?;
        let refused = fund.browser.upload(deal, &deck).err().map(|error| error.to_string()).unwrap_or_default();
        ensure!(refused.contains("storage_full"), "the upload onto a full disk ended so: {refused}");
        opened(fund, "1", "No document is taken")?.close()?;
        fund.browser.get(&format!("/api/v1/deals/{deal}"))?;
        Ok(refused)
    })?;
    stage.note("the upload was refused", refused);
    stage.step("with room again it is calm, and a deck becomes a report", || {
        fund.machine.read(&format!("rm {BALLAST}"))?;
        let mut terminal = opened(fund, "1", "Dashboard")?;
        terminal.wait_until("the disk is well", LONG, |screen| !screen.contains("No document is taken"))?;
        terminal.close()
    })?;
    fund.report(stage, &deck).map(drop)
}

/// The disk for backups is gone: a backup fails with a sentence, another folder is planned, and a backup is made there.
fn backups(stage: &mut Stage, fund: &mut Fund) -> Result<()> {
    let disk = format!("/dev/disk/by-id/virtio-{SPARE_DISK}");
    fund.machine.read(&format!(
        "mkfs.ext4 -q {disk} && mkdir -p /srv/spare && mount {disk} /srv/spare && install -d -o vcconnect -m 700 {SPARE}"
    ))?;
    let seen = stage.step("the disk for backups is gone: a backup fails and says why", || {
        fund.machine.read("umount /srv/backups")?;
        let mut terminal = opened(fund, "4", BACKUPS)?;
        terminal.keys("b")?;
        let seen = terminal.wait_until("it says that it failed", LONG, |screen| screen.contains("FAILED"))?;
        terminal.close()?;
        Ok(seen)
    })?;
    stage.note("the terminal said", seen.lines().find(|line| line.contains("FAILED")).unwrap_or_default().trim());
    stage.step("t and b: backups go elsewhere", || {
        let mut terminal = opened(fund, "4", "Backups")?;
        terminal.keys("t")?;
        terminal.wait("Time of day")?;
        terminal.keys("C-u")?;
        terminal.line(SPARE)?;
        terminal.keys("Enter")?;
        terminal.wait(&format!("{SPARE}, daily at"))?;
        terminal.keys("b")?;
        terminal.wait_until("a set is listed", LONG, |screen| screen.contains("not verified"))?;
        terminal.close()
    })?;
    let listed = fund.machine.read("vcconnect backup list")?;
    ensure!(listed.contains(SPARE), "the backup is elsewhere:\n{listed}");
    Ok(())
}

/// The files of the database are destroyed while it runs: the newest backup is restored from the terminal.
fn database(stage: &mut Stage, fund: &mut Fund) -> Result<()> {
    fund.machine.read(&format!("cp {RECOVERY_KEY} {KEY_IN_HAND} && chmod 600 {KEY_IN_HAND}"))?;
    stage.step("the database's files are destroyed: the dashboard says so", || {
        fund.machine.read("rm -rf /var/lib/vcconnect-db/*/base")?;
        opened(fund, "1", "PROBLEM")?.close()
    })?;
    stage.step("o, the key's file, the word: it is restored", || {
        let mut terminal = opened(fund, "4", "not verified")?;
        terminal.keys("o")?;
        terminal.wait("File of the recovery key")?;
        terminal.line(KEY_IN_HAND)?;
        terminal.keys("Enter")?;
        terminal.wait_until("the word is asked for", LONG, |screen| screen.contains("Type restore"))?;
        terminal.line("restore")?;
        terminal.wait_until("it is done", LONG * 2, |screen| screen.contains("restore: done"))?;
        terminal.close()
    })?;
    stage.step("443 answers, sign in", || {
        fund.back()?;
        fund.sign_in()
    })?;
    let kept = fund.machine.read("ls -d /var/lib/vcconnect-db/*.before-*")?;
    stage.note("the destroyed database was kept as", kept);
    Ok(())
}

/// The updater is killed half way and goes on by itself; the new version is not wanted, and the one before comes back.
fn update(stage: &mut Stage, fund: &mut Fund, bundles: &Bundles) -> Result<()> {
    let hall = fund.hall();
    let first = updating::running(&mut fund.machine)?;
    fund.machine.put("/srv/good.vccu", &fs::read(&bundles.good)?)?;
    stage.step("n and the word: an update begins, and its unit is killed half way", || {
        let mut terminal = opened(fund, "5", "runs")?;
        terminal.keys("n")?;
        terminal.wait("File of the bundle")?;
        terminal.line("/srv/good.vccu")?;
        terminal.wait("Type install")?;
        terminal.line("install")?;
        terminal.wait("step")?;
        terminal.close()?;
        updating::until(hall, &mut fund.machine, LONG, |machine| Ok(updating::running(machine)? == bundles.version))?;
        fund.machine.read("systemctl kill -s KILL vcconnect-update.service").map(drop)
    })?;
    stage.step("it goes on by itself, and the terminal tells how it ended", || {
        updating::until(hall, &mut fund.machine, LONG, updating::is_at_rest)?;
        fund.back()?;
        opened(fund, "5", &format!("{} runs", bundles.version))?.close()
    })?;
    stage.step("b and the word: the version before runs again", || {
        let mut terminal = opened(fund, "5", &format!("{} runs", bundles.version))?;
        terminal.keys("b")?;
        terminal.wait("Type back")?;
        terminal.line("back")?;
        terminal.wait_until("the version before runs", LONG, |screen| screen.contains(&format!("{first} runs")))?;
        terminal.close()?;
        updating::until(hall, &mut fund.machine, LONG, updating::is_at_rest)?;
        fund.back()
    })
}
