//! Everything that can be known before anything is written, in sentences.

use std::path::{Path, PathBuf};

use protocol::admin::{Looked, Part, PartState};
use vault::{Opener, RecoveryKey, Vault};

use super::Setup;
use super::answers::part;
use super::certificate::Certificate;
use super::machine;
use crate::domain::keys::Passphrase;
use crate::infra::backup::BackupPlace;
use crate::infra::config::{Config, ConfigError, is_time};
use crate::infra::files;
use crate::infra::keys::KeyFiles;
use crate::infra::setup::{
    Disks, Encryption, Machine, Mark, Owner, PART, Part as Written, PartBackup, PartServer, configuration_of,
    is_configured, is_empty, is_hidden_from_units, lies_inside, parent_of,
};

/// The number of things that stand in the way.
pub(super) fn problems(looked: &Looked) -> usize {
    looked.found.iter().filter(|part| part.state == PartState::Problem).count()
}

fn problem(name: &str, sentence: impl std::fmt::Display) -> Part {
    part(name, PartState::Problem, sentence)
}

/// What will be written, and the configuration as it will be then.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) config: Config,
    pub(super) written: Written,
    pub(super) certificate: Certificate,
    pub(super) owner: Owner,
}

impl Plan {
    pub(super) fn of(setup: &Setup<'_>) -> Result<Self, ConfigError> {
        let folder = setup.layers.folder();
        let load = |written: &Written| setup.layers.load_with(PART, &configuration_of(folder, written));
        let written = |certificate: &Certificate| {
            let backup = &setup.answers.backup;
            Written {
                server: PartServer { listen: setup.answers.listen(), public_url: setup.answers.url() },
                tls: certificate.part(),
                backup: PartBackup {
                    destination: backup.destination.clone().filter(|path| path.is_absolute()),
                    at: backup.at.clone().filter(|text| is_time(text)),
                },
            }
        };
        // Who owns the data is told by the configuration, and decides where the certificate lies.
        let nobody = Certificate::of(&setup.answers, folder, Owner::of_this_program());
        let owner = Owner::of(&load(&written(&nobody))?.storage.data_dir);
        let certificate = Certificate::of(&setup.answers, folder, owner);
        let written = written(&certificate);
        Ok(Self { config: load(&written)?, written, certificate, owner })
    }

    fn data(&self) -> &Path {
        &self.config.storage.data_dir
    }
}

/// What stands in the way comes first.
pub(super) fn look(setup: &Setup<'_>) -> Looked {
    let mut looked = look_at_all(setup);
    looked.found.sort_by_key(|part| std::cmp::Reverse(part.state));
    looked
}

fn look_at_all(setup: &Setup<'_>) -> Looked {
    let mut found = setup.answers.problems(setup.source);
    match Plan::of(setup) {
        Ok(plan) => {
            let finished = is_configured(setup.layers.folder()) && Mark::of(plan.data()).is_none();
            found.extend(configured(setup, &plan, finished));
            found.extend(machine::look(setup, &plan.config, plan.owner, &Machine::this(), &Disks::of_this_machine()));
            found.extend(keys(setup, &plan));
            found.extend(secrets(setup, &plan));
            if !found.iter().any(|part| part.name.as_str().starts_with("tls") && part.state == PartState::Problem) {
                found.extend(plan.certificate.look(&setup.answers.names(), setup.outside.clock.now()));
            }
            found.extend(backups(&plan));
            Looked { found, has_keys: KeyFiles::of(&plan.config).keystore.exists(), finished }
        }
        Err(error) => {
            found.extend(error.problems().iter().map(|sentence| problem("configuration", sentence)));
            Looked { found, has_keys: false, finished: false }
        }
    }
}

fn configured(setup: &Setup<'_>, plan: &Plan, finished: bool) -> Vec<Part> {
    let mut found = Vec::new();
    let folder = setup.layers.folder();
    if finished && !setup.again {
        found.push(problem(
            "setup",
            format!(
                "this machine is set up already: {} is there. With --again the configuration is written anew; keys, \
                 certificate, documents and people stay",
                folder.join("conf.d").join(PART).display()
            ),
        ));
    }
    let (config, written) = (&plan.config, &plan.written);
    let effective = [
        ("server.public_url", config.server.public_url == written.server.public_url),
        ("tls.certificate", config.tls.certificate.as_ref() == Some(&written.tls.certificate)),
        ("tls.key", config.tls.key.as_ref() == Some(&written.tls.key)),
        ("backup.destination", config.backup.destination == written.backup.destination),
    ];
    for (key, _) in effective.iter().filter(|(_, same)| !same) {
        found.push(problem(
            "configuration",
            format!(
                "{key} is said elsewhere as well (a later file of conf.d, or a variable), and that would come first; \
                     take it out there"
            ),
        ));
    }
    if let Err(error) = Owner::of_this_program().may_write(&folder.join("conf.d")) {
        found.push(problem("configuration", format!("cannot write into {}: {error}", folder.display())));
    }
    found
}

fn keys(setup: &Setup<'_>, plan: &Plan) -> Vec<Part> {
    let files = KeyFiles::of(&plan.config);
    let answers = &setup.answers.keys;
    let mut found = Vec::new();
    if files.keystore.exists() {
        if let Err(error) = files.open() {
            found.push(problem("keys", error));
        }
        let given = answers.recovery_key.as_ref().and_then(|key| RecoveryKey::parse(&key.0).ok());
        if given.is_some_and(|key| Vault::open(&files.keystore, &Opener::Recovery(key)).is_err()) {
            let sentence = "this recovery key does not open the keystore that is here, which was made with another one: give \
                            that one, or none, and add this one later with `vcconnect keys add-recovery`";
            found.push(problem("keys.recovery_key", sentence));
        }
    } else if answers.recovery_key_file.is_none()
        && answers.recovery_recipient.is_none()
        && answers.recovery_key.is_none()
    {
        let sentence =
            "name a new file for the recovery key: without one, the loss of this machine is the loss of everything";
        found.push(problem("keys.recovery_key_file", sentence));
    }
    if let Some(path) = answers.passphrase_file.as_deref().filter(|path| path.is_absolute()) {
        let judged = match files::read_secret(path) {
            Ok(words) => Passphrase::parse(words).err().map(|error| error.message),
            Err(error) => Some(error.to_string()),
        };
        found.extend(judged.map(|sentence| problem("keys.passphrase_file", sentence)));
    }
    if setup.sheet.is_some() && !shows_a_key(setup, files.keystore.exists()) {
        let sentence = "it shows the recovery key, and that is not here: name its file as keys.recovery_key_file, or leave the \
                        sheet out";
        found.push(problem("recovery sheet", sentence));
    }
    found.push(stolen_disk(Disks::of_this_machine().under(plan.data())));
    found
}

/// Whether the recovery key will be in hand: given, in its file, or made here.
fn shows_a_key(setup: &Setup<'_>, has_keys: bool) -> bool {
    let answers = &setup.answers.keys;
    let in_file = answers.recovery_key_file.as_deref().is_some_and(|path| !has_keys || path.exists());
    answers.recovery_key.is_some() || in_file
}

/// What the key file is worth when the machine is carried away.
pub(super) fn stolen_disk(encryption: Encryption) -> Part {
    let (state, sentence) = match encryption {
        Encryption::Encrypted => (
            PartState::Ok,
            "the data lies on an encrypted disk, so the key file on it does not open what is carried away with it",
        ),
        Encryption::Plain => (
            PartState::Note,
            "the key file lies on this machine, and its disk is not encrypted: it protects stolen copies of the database and \
             of backups, and does not protect a stolen disk or machine image",
        ),
        Encryption::Unknown => (
            PartState::Note,
            "it cannot be seen whether the disk of the data is encrypted; if it is not, the key file on it does not protect a \
             stolen disk or machine image",
        ),
    };
    part("keys", state, sentence)
}

/// Files with secrets lie where neither the data nor a backup is.
fn secrets(setup: &Setup<'_>, plan: &Plan) -> Vec<Part> {
    let mut files = setup.answers.secret_files();
    files.extend(setup.sheet.as_deref().map(|path| ("recovery sheet", path)));
    let mark = Mark::of(plan.data());
    let has_keys = KeyFiles::of(&plan.config).keystore.exists();
    let mut found = Vec::new();
    for (at, (name, path)) in files.iter().enumerate() {
        if files.iter().take(at).any(|(_, other)| other == path) {
            found.push(problem(name, format!("{} is named twice; each secret has a file of its own", path.display())));
        }
        if let Some((what, folder)) = forbidden(setup, plan).iter().find(|(_, folder)| lies_inside(path, folder)) {
            let folder = folder.display();
            found.push(problem(name, format!("{} lies in {what} ({folder}); keep it away from there", path.display())));
        } else if parent_of(path).is_none() {
            found.push(problem(name, format!("{} cannot be made: its folder is not there", path.display())));
        }
        let ours = mark.as_ref().is_some_and(|mark| mark.ours.iter().any(|ours| ours == path));
        // A key file that is there beside its keystore is the one of before: it is tried, and not written.
        let used = *name == "keys.recovery_key_file" && has_keys;
        if path.exists() && !ours && !used {
            found.push(problem(name, format!("{} is there already and will not be replaced", path.display())));
        }
    }
    found
}

fn forbidden(setup: &Setup<'_>, plan: &Plan) -> Vec<(&'static str, PathBuf)> {
    let database = plan.config.database.dir.clone();
    let folders = [
        ("the data folder", Some(plan.data().to_owned())),
        ("the folder of the database", database),
        ("the place of backups", plan.config.backup.destination.clone()),
        ("the folder of the configuration, which backups hold", Some(setup.layers.folder().to_owned())),
    ];
    folders.into_iter().filter_map(|(what, folder)| Some((what, folder?))).collect()
}

fn backups(plan: &Plan) -> Vec<Part> {
    let place = BackupPlace::of(&plan.config);
    let Some(folder) = place.destination.as_deref() else { return Vec::new() };
    let name = "backup.destination";
    let mut found = Vec::new();
    let shown = folder.display();
    if !is_empty(folder) && !place.is_begun() {
        let sentence = "holds other things, and backups would have to share it with them; name a folder of their own";
        found.push(problem(name, format!("{shown} {sentence}")));
    } else if let Err(error) = plan.owner.may_write(folder) {
        found.push(problem(name, format!("{} could not write into {shown}: {error}", plan.owner.name())));
    }
    if is_hidden_from_units(folder) {
        let sentence = "is hidden from services of systemd; take a folder of /mnt, /srv or /var/backups";
        found.push(part(name, PartState::Note, format!("{shown} {sentence}")));
    }
    found.extend(place.unprotected().map(|sentence| part(name, PartState::Note, sentence)));
    found
}
