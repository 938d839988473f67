//! What the first setup says, step by step.
#![expect(missing_docs, reason = "the words are what they say")]

use protocol::admin::PartState;

use crate::setup::Step;

/// The title over a step.
pub fn title(step: Step) -> String {
    let name = name(step);
    match step.number() {
        Some(number) => format!("Set up VCConnect, {number} of {}: {name}", Step::COUNT),
        None => format!("Set up VCConnect: {name}"),
    }
}

const fn name(step: Step) -> &'static str {
    match step {
        Step::Address => "name and address",
        Step::Certificate => "certificate",
        Step::Keys => "keys",
        Step::Recovery => "recovery key",
        Step::TypedBack => "recovery key, typed back",
        Step::FirstAdmin => "first admin",
        Step::Backups => "backups",
        Step::Summary => "look once more",
        Step::Working => "being done",
        Step::Done => "done",
    }
}

/// What a step says first.
pub const fn about(step: Step, has_keys: bool, failed: bool) -> &'static str {
    match step {
        Step::Address => {
            "The host name that people will type into the browser. Choose it for good: the certificate, and later sign-in with passkeys, hang on it. To bring a server back from a backup instead, press F2."
        }
        Step::Certificate => {
            "Leave both empty for an authority that is made here and can vouch for this server alone; people trust it once, at the page /ca. Or name a certificate with its chain, and its key, both in PEM."
        }
        Step::Keys => {
            "What is stored is sealed; these open it. A passphrase is optional: it helps if the key file is lost, and lets you take the key file away later."
        }
        Step::Recovery if has_keys => {
            "A setup that was cut off has made the keys. The recovery key is the one that you wrote down then; no other is made. If you do not have it, finish here and add another one afterwards: vcconnect keys add-recovery."
        }
        Step::Recovery => {
            "Write this down now, on paper, all of it. It is shown here and nowhere else. With it and a backup everything comes back; without it, the loss of this machine is the loss of everything."
        }
        Step::TypedBack => {
            "Type three groups from your paper. Esc shows the key again. A sheet to print is optional: a file on a medium that you take away, as HTML or text, with the key in it."
        }
        Step::FirstAdmin => {
            "A link makes the first admin. It is good once and for three days, and is shown at the end. Name a file here if it shall be written into one instead, for somebody else."
        }
        Step::Backups => {
            "An empty folder on another disk or on a mounted share, and the time of day at which a backup is made. You can leave the folder empty and name one later."
        }
        Step::Summary if failed => "",
        Step::Summary => "Nothing was written so far. This is what will be done, and what was seen.",
        Step::Working => {
            "It goes on when you leave. If it is cut off, start this program again: it goes on where it was."
        }
        Step::Done => "",
    }
}

/// Where somebody would leave for the backups with something typed.
pub const EMPTY_FIRST: &str = "What you typed would be gone: empty the fields first (Ctrl-U), or leave with Esc.";

/// Labels of fields.
pub const NAME: &str = "Host name";
pub const OTHERS: &str = "Further names";
pub const PORT: &str = "Port";
pub const CERTIFICATE: &str = "Certificate";
pub const KEY: &str = "Its key";
pub const PASSPHRASE: &str = "Passphrase";
pub const REPEAT: &str = "Once more";
pub const SHEET: &str = "Sheet to print";
pub const LINK_FILE: &str = "File for the link";
pub const FOLDER: &str = "Folder";
pub const TIME: &str = "Time of day";
pub const HTTPS: &str = "443";
pub const AT: &str = "02:30";

pub const SECOND: &str = "Group 2";
pub const FIFTH: &str = "Group 5";
pub const LAST: &str = "The last group";

/// The number before a group of the recovery key.
pub fn numbered(number: usize, group: &str) -> String {
    format!("{number:>4}. {group:<4}")
}

/// What the ways to open the keystore protect from.
pub const WAYS: [&str; 3] = [
    "Key file: made here, always; the server starts by itself with it. Protects from a stolen copy of the database, of documents or of a backup.",
    "Passphrase: protects from the loss of the key file. Not from somebody who guesses it, nor from root on this machine while the server runs.",
    "Recovery key: the next step. Protects from the loss of this machine and of every other key. Not from somebody who finds it together with a backup.",
];
pub const WRITTEN_DOWN: &str = "Enter, once it is written down.";
pub const GO_ON: &str = "Enter goes on.";
pub const NEEDED: &str = "This cannot be empty.";
pub const DIFFERENT: &str = "The two are not the same. Type the second one again.";
pub const WRONG_GROUP: &str = "This is not that group. Look at your paper; Esc shows the key again.";
pub const NOT_A_PORT: &str = "A port is a number from 1 to 65535.";
pub const LOOKING: &str = "Looking…";
pub const MAKING_KEY: &str = "Making a key…";
pub const WITHOUT_START: &str = "systemd does not run this machine: everything is written, and nothing is started.";
pub const MAY_GO: &str = "Enter sets it up.";
pub const IN_THE_WAY: &str = "Something stands in the way. Mend it, then Enter looks again; Esc goes back.";
pub const AGAIN: &str = "Mend this, then Enter goes on where it was.";
pub const LINK: &str = "The link of the first admin, shown this once:";
pub const TO_DASHBOARD: &str = "Enter closes this and shows how the server is.";
pub const ABOUT: &str = "The first setup of this machine. Nothing is written before the last step. Each step is looked at when you press Enter: what stands in the way is told there. Leave at any time; start again and begin anew, or go on where a setup was cut off.";
pub const TWIN: &str = "setup --answers FILE";
pub const HELP: &str = "Setup";

/// What is decided, before what was seen.
pub fn decided(url: &str, own: bool, passphrase: bool) -> Vec<String> {
    let certificate = if own { "an authority that is made here" } else { "the certificate that you named" };
    let keys = if passphrase { "key file, recovery key and passphrase" } else { "key file and recovery key" };
    vec![format!("Address      {url}"), format!("Certificate  {certificate}"), format!("Keys         {keys}")]
}

/// What will be done for backups.
pub fn backups(folder: &str, at: &str) -> String {
    match folder {
        "" => "Backups      none: NOT PROTECTED".to_owned(),
        folder => format!("Backups      {folder}, each day at {at}"),
    }
}

/// A sentence about a part, with what it weighs.
pub fn part(state: PartState, name: &str, sentence: &str) -> String {
    match state {
        PartState::Ok => format!("{name}: {sentence}"),
        PartState::Note => format!("! {name}: {sentence}"),
        PartState::Problem => format!("PROBLEM {name}: {sentence}"),
    }
}

/// How far the setup is.
pub fn far(done: u64, total: u64, step: &str) -> String {
    format!("{} of {total}  {step}", done + 1)
}

/// The end.
pub fn ended(url: &str, runs: bool) -> String {
    if runs { format!("VCConnect runs at {url}") } else { format!("VCConnect is set up for {url} and not started") }
}

/// What people compare before they trust the authority.
pub fn fingerprint(text: &str) -> String {
    format!("Fingerprint of the authority (SHA-256): {text}")
}
