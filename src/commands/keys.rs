//! `vcconnect keys`: the keystore, the ways to open it, and its master key.

use std::path::PathBuf;

use chrono::Utc;
use clap::Subcommand;
use protocol::admin::{Ask, Key, KeyKind, Reply, Secret};
use serde_json::{Value, json};
use vault::{KeyFile, NewSlot, NewWay, Opener, RecoveryKey, RecoveryRecipient, Vault};

use super::desk::{self, Desk, Sure};
use super::{Done, Failure, note, reply};
use crate::admin::keys_reply;
use crate::base::FieldError;
use crate::domain::audit::Action;
use crate::domain::keys::{Label, Passphrase};
use crate::infra::config::Config;
use crate::infra::files;
use crate::infra::keys::{Initialised, KeyFiles};
use crate::infra::ownership::give_to_owner;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make keystore, key file and recovery key if there are none; never replace them
    Init {
        /// A new file for the recovery key; it is printed unless this or a recipient is given
        #[arg(long, conflicts_with = "recovery_recipient")]
        recovery_key_file: Option<PathBuf>,
        /// The public half (age1…) of a recovery key that was made elsewhere
        #[arg(long)]
        recovery_recipient: Option<String>,
    },
    /// Make a recovery key and print it; it is kept nowhere and opens nothing yet
    RecoveryKey {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// The ways to open the keystore
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Add a passphrase
    AddPassphrase {
        /// Whose it is, or where it lies
        #[arg(long)]
        label: String,
        /// File that holds it; `-` for standard input
        #[arg(long)]
        passphrase_file: Option<PathBuf>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Make a new key file where the old one was lost, so that the server starts by itself again
    AddFile {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Add a recovery key
    AddRecovery {
        /// Whose it is, or where it lies
        #[arg(long)]
        label: String,
        /// Its public half (age1…); a new key is made and printed unless this is given
        recipient: Option<String>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Take a way to open the keystore away
    Remove {
        /// Its number
        slot: u32,
        #[command(flatten)]
        sure: Sure,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Replace the master key; no data is touched
    Rotate {
        #[command(flatten)]
        sure: Sure,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Show that a recovery key opens the keystore
    Prove {
        /// File that holds it; `-` for standard input
        #[arg(long)]
        recovery_key_file: Option<PathBuf>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Open the keystore of a server that is sealed
    Unlock {
        /// File that holds a passphrase or a recovery key; `-` for standard input
        #[arg(long)]
        key_file: Option<PathBuf>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

impl Verb {
    /// Whether a program reads what is printed.
    pub(super) fn json(&self) -> bool {
        match self {
            Self::Init { .. } => false,
            Self::List { json }
            | Self::RecoveryKey { json }
            | Self::AddPassphrase { json, .. }
            | Self::AddFile { json }
            | Self::AddRecovery { json, .. }
            | Self::Remove { json, .. }
            | Self::Rotate { json, .. }
            | Self::Prove { json, .. }
            | Self::Unlock { json, .. } => *json,
        }
    }
}

pub(super) fn run(config: &Config, verb: &Verb) -> Done {
    match verb {
        Verb::Init { recovery_key_file, recovery_recipient } => {
            init(config, recovery_key_file.as_deref(), recovery_recipient.as_deref())
        }
        Verb::RecoveryKey { json } => new_recovery_key(*json),
        Verb::List { json } => told(config, *json, Ask::Keys, Sure::default(), |_| Ok(None)),
        Verb::AddPassphrase { label, passphrase_file, json } => {
            let words = desk::secret(passphrase_file.as_deref(), "New passphrase")?;
            let passphrase = Secret(words.to_string());
            let ask = Ask::AddPassphrase { label: label.clone(), passphrase };
            told(config, *json, ask, Sure::default(), |vault| {
                let passphrase = Passphrase::parse(words.clone()).map_err(sentence)?;
                add(vault, label, NewWay::Passphrase(passphrase.as_str()))?;
                Ok(Some((Action::KeyAdded, json!({ "kind": "passphrase" }))))
            })
        }
        Verb::AddFile { json } => told(config, *json, Ask::AddKeyFile, Sure::default(), |vault| {
            KeyFiles::of(config).add_to(vault, Utc::now().timestamp())?;
            Ok(Some((Action::KeyAdded, json!({ "kind": "key_file" }))))
        }),
        Verb::AddRecovery { label, recipient, json } => add_recovery(config, label, recipient.as_deref(), *json),
        Verb::Remove { slot, sure, json } => told(config, *json, Ask::RemoveKey { slot: *slot }, *sure, |vault| {
            vault.remove_slot(*slot)?;
            Ok(Some((Action::KeyRemoved, json!({ "slot": slot }))))
        }),
        Verb::Rotate { sure, json } => told(config, *json, Ask::RotateMasterKey, *sure, |vault| {
            vault.rotate_master()?;
            Ok(Some((Action::MasterKeyReplaced, Value::Null)))
        }),
        Verb::Prove { recovery_key_file, json } => prove(config, recovery_key_file.as_deref(), *json),
        Verb::Unlock { key_file, json } => unlock(config, key_file.as_deref(), *json),
    }
}

fn init(config: &Config, file: Option<&std::path::Path>, recipient: Option<&str>) -> Done {
    let files = KeyFiles::of(config);
    if files.keystore.exists() {
        files.open()?;
        println!("The keystore {} is there and opens.", files.keystore.display());
        return Ok(());
    }
    let made = RecoveryKey::generate();
    let recovery = match recipient {
        Some(text) => RecoveryRecipient::parse(text)?,
        None => made.recipient(),
    };
    // The key is safe before anything is sealed for it.
    match (recipient, file) {
        (Some(_), _) => {}
        (None, Some(file)) => files::write_secret(file, &format!("{}\n", made.text().as_str()))?,
        (None, None) => print_recovery_key(&made),
    }
    if files.init(&recovery, Utc::now().timestamp())? == Initialised::Already {
        println!("The keystore {} is there and opens.", files.keystore.display());
        return Ok(());
    }
    println!(
        "Made the keystore {} and its key file {}. Keep the recovery key away from this machine, and prove it now and then \
         with `vcconnect keys prove`: it opens everything when all else is lost.",
        files.keystore.display(),
        files.key.display()
    );
    Ok(())
}

fn print_recovery_key(key: &RecoveryKey) {
    println!("The recovery key, shown this once. Write it down; nobody else has it:\n");
    for line in key.groups().chunks(4) {
        println!("    {}", line.iter().map(|group| group.as_str()).collect::<Vec<_>>().join(" "));
    }
    println!();
}

/// For whoever has it written down and tried before anything is made with it.
fn new_recovery_key(json: bool) -> Done {
    let key = RecoveryKey::generate();
    if !json {
        print_recovery_key(&key);
        return Ok(());
    }
    let groups = key.groups().iter().map(|group| Secret(group.to_string())).collect();
    reply::print(&Reply::RecoveryKey(groups), true)
}

fn add_recovery(config: &Config, label: &str, recipient: Option<&str>, json: bool) -> Done {
    let made = recipient.is_none().then(RecoveryKey::generate);
    let recipient = match (&made, recipient) {
        (Some(key), _) => key.recipient(),
        (None, text) => RecoveryRecipient::parse(text.unwrap_or_default())?,
    };
    if let Some(key) = &made {
        if json {
            return Err("a new recovery key is for people: name its public half with --json".into());
        }
        print_recovery_key(key);
    }
    let ask = Ask::AddRecovery { label: label.to_owned(), recipient: recipient.to_string() };
    told(config, json, ask, Sure::default(), |vault| {
        add(vault, label, NewWay::Recovery(&recipient))?;
        Ok(Some((Action::KeyAdded, json!({ "kind": "recovery", "recipient": recipient.to_string() }))))
    })
}

fn add(vault: &Vault, label: &str, way: NewWay<'_>) -> Done {
    let label = Label::parse(label).map_err(sentence)?;
    vault.add_slot(&NewSlot { way, label: label.as_str(), since: Utc::now().timestamp() })?;
    Ok(())
}

fn prove(config: &Config, file: Option<&std::path::Path>, json: bool) -> Done {
    let key = RecoveryKey::parse(&desk::secret(file, "Recovery key")?)?;
    match Desk::find(config)? {
        Desk::Server(mut server) => {
            let ask = Ask::ProveRecovery { key: Secret(key.text().to_string()) };
            print_keys(&desk::ask(&mut server, ask, Sure::default(), json)?, json)?;
        }
        Desk::Here(_lock) => {
            let keystore = KeyFiles::of(config).keystore;
            let slot = Vault::prove(&keystore, key, Utc::now().timestamp())?;
            note(config, Action::RecoveryKeyProven, json!({ "slot": slot.number }))?;
            give_to_owner(config)?;
            print_keys(&keys_reply(Vault::slots(&keystore)?), json)?;
        }
    }
    if !json {
        println!("This recovery key opens the keystore.");
    }
    Ok(())
}

fn unlock(config: &Config, file: Option<&std::path::Path>, json: bool) -> Done {
    let Desk::Server(mut server) = Desk::find(config)? else {
        return Err("no server runs, so none is sealed; start it first".into());
    };
    let with = desk::secret(file, "Passphrase or recovery key")?;
    let ask = Ask::Unlock { with: Secret(with.trim().to_owned()) };
    let reply = desk::ask(&mut server, ask, Sure::default(), json)?;
    reply::print(&reply, json)
}

/// Asks the server, or does it here on the keystore and leaves a note for the audit log; then shows the ways to open it.
fn told(
    config: &Config,
    json: bool,
    ask: Ask,
    sure: Sure,
    here: impl FnOnce(&Vault) -> Result<Option<(Action, Value)>, Failure>,
) -> Done {
    match Desk::find(config)? {
        Desk::Server(mut server) => print_keys(&desk::ask(&mut server, ask, sure, json)?, json),
        Desk::Here(_lock) => {
            let files = KeyFiles::of(config);
            if ask != Ask::Keys {
                if let Some(danger) = crate::admin::danger_of(&ask) {
                    desk::confirm_here(&ask, danger, sure, json)?;
                }
                let vault = open(&files)?;
                let done = here(&vault).and_then(|done| match done {
                    Some((action, details)) => note(config, action, details),
                    None => Ok(()),
                });
                // Also after a failure: what root began belongs to the server's user.
                give_to_owner(config)?;
                done?;
            }
            print_keys(&keys_reply(Vault::slots(&files.keystore)?), json)
        }
    }
}

/// With the key file, or with what somebody types.
fn open(files: &KeyFiles) -> Result<Vault, Failure> {
    match KeyFile::read(&files.key).map(Opener::KeyFile).and_then(|opener| Vault::open(&files.keystore, &opener)) {
        Ok(vault) => Ok(vault),
        Err(error) if crate::infra::keys::can_be_unlocked(&error) => {
            eprintln!("{error}");
            let typed = desk::secret(None, "Passphrase or recovery key")?;
            Ok(Vault::open(&files.keystore, &crate::infra::keys::opener(&typed))?)
        }
        Err(error) => Err(error.into()),
    }
}

fn print_keys(said: &Reply, json: bool) -> Done {
    match said {
        Reply::Keys(keys) if !json => {
            for key in keys {
                print_key(key);
            }
            Ok(())
        }
        other => reply::print(other, json),
    }
}

fn print_key(key: &Key) {
    let kind = match key.kind {
        KeyKind::KeyFile => "key file",
        KeyKind::Passphrase => "passphrase",
        KeyKind::Recovery => "recovery key",
    };
    let proven = key.proven.map_or(String::new(), |at| format!(", proven {}", at.format("%Y-%m-%d")));
    println!("{:>3}  {kind:<13}{}, since {}{proven}", key.slot, key.label, key.since.format("%Y-%m-%d"));
    println!("     protects {}", key.protection.against);
    println!("     does not protect from {}", key.protection.not_against);
}

fn sentence(error: FieldError) -> Failure {
    error.message.into()
}
