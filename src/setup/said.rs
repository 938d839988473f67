//! What is told at the end: what protects from what, what is not protected yet, what to do now.

use protocol::Shown;
use protocol::admin::{Part, PartState, Secret, SetUp};
use vault::{SlotInfo, SlotKind, Vault};

use super::answers::part;
use super::certificate::Certificate;
use super::look::stolen_disk;
use super::steps::Work;
use crate::infra::backup::{BackupPlace, Trouble};
use crate::infra::keys::KeyFiles;
use crate::infra::setup::Disks;
use crate::infra::tls::Facts;

pub(super) fn summary(work: &Work<'_, '_>) -> Result<SetUp, Trouble> {
    let setup = work.setup;
    let authority = match &work.plan.certificate {
        Certificate::Own(authority) => {
            let facts = Facts::of(&authority.certificate()).map_err(|error| Trouble::told(error.to_string()))?;
            Some(facts.fingerprint)
        }
        _ => None,
    };
    let in_file = setup.answers.first_admin.link_file.is_some();
    let link = work.link.clone().filter(|_| !in_file).map(Secret);
    Ok(SetUp {
        url: Shown::new(&work.config().server.public_url),
        authority: authority.as_deref().map(Shown::new),
        link,
        runs: setup.answers.start,
        said: [keys(work)?, backups(work)].concat(),
        next: next(work, authority.is_some()).iter().map(|sentence| Shown::new(sentence)).collect(),
    })
}

fn keys(work: &Work<'_, '_>) -> Result<Vec<Part>, Trouble> {
    let slots = Vault::slots(&KeyFiles::of(work.config()).keystore)?;
    let mut said: Vec<Part> = slots.iter().map(slot).collect();
    said.push(stolen_disk(Disks::of_this_machine().under(&work.config().storage.data_dir)));
    if slots.iter().all(|slot| slot.kind != SlotKind::Recovery || slot.proven.is_none()) {
        let sentence = "no recovery key was shown to open the keystore yet: `vcconnect keys prove`";
        said.push(part("recovery key", PartState::Note, sentence));
    }
    Ok(said)
}

fn slot(slot: &SlotInfo) -> Part {
    let name = match slot.kind {
        SlotKind::KeyFile => "key file",
        SlotKind::Passphrase => "passphrase",
        SlotKind::Recovery => "recovery key",
    };
    let protection = slot.kind.protection();
    let sentence = format!("protects from {}; does not protect from {}", protection.against, protection.not_against);
    part(name, PartState::Ok, sentence)
}

fn backups(work: &Work<'_, '_>) -> Vec<Part> {
    let place = BackupPlace::of(work.config());
    let name = "backup";
    let Some(folder) = &place.destination else {
        let sentence = "not protected: there is no place for backups, and if this disk fails, everything is lost. Name a \
                        folder on another disk as backup.destination";
        return vec![part(name, PartState::Note, sentence)];
    };
    if let Some(sentence) = place.unprotected() {
        return vec![part(name, PartState::Note, sentence)];
    }
    let at = &work.config().backup.at;
    vec![part(name, PartState::Ok, format!("each day at {at} into {}", folder.display()))]
}

fn next(work: &Work<'_, '_>, own: bool) -> Vec<String> {
    let setup = work.setup;
    let answers = &setup.answers;
    let url = &work.config().server.public_url;
    let mut next = Vec::new();
    if let Some(path) = answers.keys.recovery_key_file.as_deref().filter(|path| path.exists()) {
        next.push(format!(
            "Take the recovery key in {} to a place away from this machine, on paper or on a medium, and remove the file here.",
            path.display()
        ));
    }
    if let Some(path) = setup.sheet.as_deref().filter(|path| path.exists()) {
        next.push(format!("Print {}, lock the paper away, and remove the file.", path.display()));
    }
    if own {
        next.push(format!(
            "Have people trust the authority: {url}/ca gives them its certificate, and they compare the fingerprint."
        ));
    }
    match (&work.link, &answers.first_admin.link_file) {
        (Some(_), Some(path)) => next.push(format!("The link of the first admin is in {}.", path.display())),
        (Some(_), None) => next.push("Open the link of the first admin; it is good once, and a new setup or `vcconnect users first-admin` makes another.".to_owned()),
        (None, _) if answers.start => next.push("Somebody is there already; they can invite others.".to_owned()),
        (None, _) => next.push(
            "Nothing was started. Start the database, then run `vcconnect migrate` and `vcconnect users first-admin`, then \
             start the server."
                .to_owned(),
        ),
    }
    next.push("Look after it with `vcconnect-admin`.".to_owned());
    next
}
