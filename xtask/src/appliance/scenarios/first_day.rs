//! From a bare machine to a report, through a reboot and a power cut, and from a backup onto a second machine.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::fund::{self, BACKUP_DISK, BACKUPS, Fund, KEY_IN_HAND, RECOVERY_KEY};
use super::{Scenario, Stage, installing};
use crate::appliance::machine::{Hall, Machine, Way};
use crate::appliance::qemu::Disk;
use crate::http::{at, text};
use crate::steps::seconds;

/// The scenario.
pub const SCENARIO: Scenario = Scenario {
    name: "first-day",
    about: "set up, first report, backup, reboot, power cut; then the machine burns",
    needs_package: true,
    play,
};

const BACKUP: Duration = Duration::from_secs(120);
const RESTORE: Duration = Duration::from_secs(300);

fn play(hall: &Hall, stage: &mut Stage) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let backups = Disk::new(BACKUP_DISK, folder.path(), "4G")?;
    let mut machine = stage.step("boot", || Machine::boot(hall, "first", std::slice::from_ref(&backups)))?;
    let begun = Instant::now();
    installing::install(stage, &mut machine)?;
    let mut fund = Fund::found(hall, stage, machine)?;
    let deal = fund.report(stage, &hall.workshop.root.join(fund::DECK))?;
    stage.note("from the bare machine to the first report", seconds(begun.elapsed()));
    stage.step("vcconnect backup create", || fund.machine.read_within("vcconnect backup create", BACKUP))?;
    confined(stage, &mut fund)?;
    losses(stage, &mut fund, &deal)?;
    burn(hall, stage, fund, &deal, &backups)
}

/// The walls around the readers, proven by a reader inside this machine, and that it was units that read the deck.
fn confined(stage: &mut Stage, fund: &mut Fund) -> Result<()> {
    let machine = &mut fund.machine;
    let doctor = stage.step("vcconnect doctor finds its readers confined and no problem", || {
        let doctor = machine.run("vcconnect doctor --json")?;
        ensure!(doctor.code == 0, "doctor found a problem:\n{}", doctor.text());
        let findings: Value = serde_json::from_slice(&doctor.out).context("doctor --json")?;
        let readers = findings.as_array().into_iter().flatten().find(|one| at(one, "/part") == "readers");
        let said = text(readers.context("doctor says nothing of readers")?, "detail")?;
        ensure!(said.contains("fully confined"), "the readers: {said}");
        Ok(said)
    })?;
    stage.note("doctor, of readers", doctor);
    for kind in ["read", "judge", "render"] {
        let count = machine.read(&format!("journalctl -q -o cat -u 'vcconnect-{kind}@*' -g '^Started' | wc -l"))?;
        ensure!(count != "0", "no unit of vcconnect-{kind}@ was started");
        stage.note("units started by the first report", format!("vcconnect-{kind}@: {count}"));
    }
    for unit in ["vcconnect.service", "vcconnect-db.service", "vcconnect-read@x.service"] {
        let score = machine.run(&format!("systemd-analyze security --no-pager {unit} | tail -n 1"))?.text();
        stage.note(
            "exposure",
            format!("{unit}: {}", score.trim_start_matches(|sign: char| !sign.is_ascii_alphabetic())),
        );
    }
    let ready = fund.browser.get("/readyz")?;
    stage.note("readyz", at(&ready, "/parts").to_string());
    Ok(())
}

/// Everything is up again after each, and nothing that was answered is lost.
fn losses(stage: &mut Stage, fund: &mut Fund, deal: &str) -> Result<()> {
    let before = fund::cited(&fund.browser, deal)?;
    let ways: [(&str, Way); 3] = [
        ("everything restarted, three times", |machine| {
            (0..3).try_for_each(|_| machine.read("systemctl restart vcconnect.target").map(drop))
        }),
        ("reboot", |machine| machine.reboot()),
        ("power cut", |machine| {
            machine.power_cut()?;
            machine.power_on()
        }),
    ];
    for (number, (name, way)) in ways.into_iter().enumerate() {
        let told = fund.deal(&format!("Kept {number}"))?;
        stage.step(&format!("{name}: everything is up again, nothing is lost"), || {
            way(&mut fund.machine)?;
            fund.back()?;
            ensure!(fund::cited(&fund.browser, deal)? == before, "the report changed");
            fund.browser.get(&format!("/api/v1/deals/{told}"))?;
            fund.machine.read("vcconnect audit verify").map(drop)
        })?;
    }
    Ok(())
}

/// The machine is gone. What is left: the disk with the backups, the recovery key, and the key printed beside it.
fn burn(hall: &Hall, stage: &mut Stage, mut fund: Fund, deal: &str, backups: &Disk) -> Result<()> {
    let key = fund.machine.get(RECOVERY_KEY)?;
    let signed = fund.machine.read("vcconnect backup list")?;
    let signed = verification_key(&signed).context("no verification key in `vcconnect backup list`")?.to_owned();
    let before = fund::cited(&fund.browser, deal)?;
    stage.step("a last backup, and the machine burns", || {
        fund.machine.read_within("vcconnect backup create", BACKUP)?;
        fund.machine.power_cut()
    })?;
    let mut second = installing::installed(hall, stage, "second", std::slice::from_ref(backups))?;
    let begun = Instant::now();
    stage.step("mount the backups", || fund::mount_backups(&mut second, false))?;
    stage.step("vcconnect restore", || {
        second.put(KEY_IN_HAND, &key)?;
        second.read(&format!("chmod 600 {KEY_IN_HAND}"))?;
        let line =
            format!("vcconnect restore {BACKUPS} --recovery-key-file {KEY_IN_HAND} --verify-key {signed} --yes 2>&1");
        second.read_within(&line, RESTORE)
    })?;
    stage.step("its certificate can be renewed: the authority's key came along, for root alone", || {
        let rights = second.read("cd /etc/vcconnect/tls && stat -c '%a %U' authority.key server.key")?;
        ensure!(rights == "600 root\n600 vcconnect", "the keys have {rights:?}");
        second.read("vcconnect tls renew --anyway --dir /etc/vcconnect/tls").map(drop)
    })?;
    let authority = second.get("/etc/vcconnect/tls/authority.pem")?;
    stage.step("443 answers, and nothing else listens", || fund::runs(hall, &mut second, &authority))?;
    let mut fund = fund.moved(second, authority)?;
    stage.step("the old session is refused", || {
        let (status, _) = fund.browser.look(&format!("/api/v1/deals/{deal}"))?;
        ensure!(status == 401, "an old session was answered with {status}");
        Ok(())
    })?;
    stage.step("sign in as before, and the report is there", || {
        fund.sign_in()?;
        ensure!(fund::cited(&fund.browser, deal)? == before, "the report changed");
        fund.machine.read("vcconnect audit verify").map(drop)
    })?;
    stage.note("from the second machine with the package to its report", seconds(begun.elapsed()));
    Ok(())
}

/// The key in `Backups in PLACE (verification key KEY)`.
fn verification_key(listed: &str) -> Option<&str> {
    let (_, after) = listed.split_once("(verification key ")?;
    Some(after.split_once(')')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verification_key_is_read_as_a_person_reads_it() {
        assert_eq!(verification_key("Backups in /srv/backups (verification key abc-1)\nthere"), Some("abc-1"));
        assert_eq!(verification_key("There is no set yet."), None);
    }
}
