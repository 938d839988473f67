//! Values that parse and would still do harm: refused at the start, with the reason.

use std::ops::RangeInclusive;

use url::Url;

use super::sections::{Accounts, Admin, Backup, Database, Documents, Models, Reading, Server, Storage, Tls, Update};

/// Below this, argon2id with one pass is weaker than its recommendation (RFC 9106, OWASP).
const LEAST_HASH_MEMORY: u32 = 46;

pub(super) fn server(server: &Server, tls: &Tls) -> Vec<String> {
    let mut found = public_url(&server.public_url).err().into_iter().collect::<Vec<_>>();
    if tls.certificate.is_some() != tls.key.is_some() {
        found.push("tls.certificate and tls.key belong together: set both or neither".to_owned());
    }
    if !server.listen.ip().is_loopback() && tls.certificate.is_none() {
        found.push(format!(
            "server.listen is {}; without a certificate the server speaks plain HTTP, so it listens on this machine alone \
             (127.0.0.1): set tls.certificate and tls.key, or put a proxy that speaks TLS in front of it and name it in \
             server.trusted_proxies",
            server.listen
        ));
    }
    found
}

fn public_url(text: &str) -> Result<(), String> {
    let url = Url::parse(text).map_err(|_| format!("server.public_url is {text:?}, which is not an address"))?;
    if url.scheme() != "https" && !(url.scheme() == "http" && url.host_str() == Some("localhost")) {
        return Err(format!(
            "server.public_url is {text:?}; people reach the server by https://, plain http works on localhost alone"
        ));
    }
    if url.origin().ascii_serialization() != text {
        return Err(format!(
            "server.public_url is {text:?}; write it in lower case with nothing behind the host and port, no slash either"
        ));
    }
    Ok(())
}

pub(super) fn database(database: &Database) -> Vec<String> {
    let mut found = Vec::new();
    if database.url.as_deref() == Some("") {
        found.push("database.url is empty; leave it out for the private server".to_owned());
    }
    if database.owner_url.is_some() && database.url.is_none() {
        found.push("database.owner_url is set and database.url is not; both name the external server".to_owned());
    }
    found.extend(within("database.pool_size", database.pool_size, 2..=32));
    found
}

/// `sockaddr_un` holds 107 bytes and a terminator.
const LONGEST_SOCKET_PATH: usize = 107;

pub(super) fn admin(admin: &Admin, storage: &Storage) -> Vec<String> {
    let path = admin.socket_of(storage);
    if path.as_os_str().len() <= LONGEST_SOCKET_PATH {
        return Vec::new();
    }
    vec![format!(
        "admin.socket would be {}, which is longer than {LONGEST_SOCKET_PATH} bytes; set it to a shorter path",
        path.display()
    )]
}

pub(super) fn accounts(accounts: &Accounts) -> Vec<String> {
    let mut found = all([
        within("accounts.session_hours", accounts.session_hours, 1..=720),
        within("accounts.session_idle_minutes", accounts.session_idle_minutes, 5..=43_200),
        within("accounts.invitation_hours", accounts.invitation_hours, 1..=720),
        within("accounts.password_hash_memory_mib", accounts.password_hash_memory_mib, LEAST_HASH_MEMORY..=2_048),
        within("accounts.password_hash_slots", accounts.password_hash_slots, 1..=16),
    ]);
    if accounts.session_idle_minutes > accounts.session_hours.saturating_mul(60) {
        found.push("accounts.session_idle_minutes is longer than accounts.session_hours".to_owned());
    }
    found
}

pub(super) fn documents(documents: &Documents) -> Vec<String> {
    all([
        within("documents.file_mib", documents.file_mib, 1..=512),
        within("documents.per_deal", documents.per_deal, 1..=100_000),
        within("documents.reserve_mib", documents.reserve_mib, 0..=1_048_576),
        within("documents.page_images_mib", documents.page_images_mib, 1..=1_048_576),
    ])
}

pub(super) fn reading(reading: &Reading) -> Vec<String> {
    all([
        within("reading.slots", reading.slots, 0..=64),
        within("reading.memory_mib", reading.memory_mib, 256..=16_384),
        within("reading.cpu_seconds", reading.cpu_seconds, 5..=3_600),
        within("reading.seconds", reading.seconds, 10..=86_400),
    ])
}

pub(super) fn models(models: &Models) -> Vec<String> {
    all([
        within("models.first_word_seconds", models.first_word_seconds, 1..=3_600),
        within("models.silence_seconds", models.silence_seconds, 1..=600),
        within("models.answer_seconds", models.answer_seconds, 1..=7_200),
        within("models.attempts", models.attempts, 1..=10),
        within("models.longest_wait_seconds", models.longest_wait_seconds, 0..=600),
    ])
}

/// Whether a text is a time of day as `HH:MM`.
pub fn is_time(text: &str) -> bool {
    text.len() == 5 && chrono::NaiveTime::parse_from_str(text, "%H:%M").is_ok()
}

pub(super) fn backup(backup: &Backup) -> Vec<String> {
    let relative = backup
        .destination
        .as_ref()
        .filter(|path| !path.is_absolute())
        .map(|path| format!("backup.destination is {:?}; it must be an absolute path", path.display().to_string()));
    let at = (!is_time(&backup.at)).then(|| format!("backup.at is {:?}; it must be a time of day as HH:MM", backup.at));
    all([
        relative,
        within("backup.keep_daily", backup.keep_daily, 1..=366),
        within("backup.keep_weekly", backup.keep_weekly, 0..=520),
        within("backup.keep_monthly", backup.keep_monthly, 0..=240),
        at,
    ])
}

pub(super) fn update(update: &Update) -> Vec<String> {
    let relative = |name: &str, path: &std::path::Path| {
        let path = path.display().to_string();
        (!path.starts_with('/')).then(|| format!("{name} is {path:?}; it must be an absolute path"))
    };
    all([
        relative("update.programs", &update.programs),
        relative("update.dir", &update.dir),
        within("update.health_seconds", update.health_seconds, 5..=3_600),
    ])
}

fn all<const N: usize>(looked_at: [Option<String>; N]) -> Vec<String> {
    looked_at.into_iter().flatten().collect()
}

fn within<T: PartialOrd + std::fmt::Display>(name: &str, value: T, allowed: RangeInclusive<T>) -> Option<String> {
    let outside = !allowed.contains(&value);
    outside.then(|| format!("{name} is {value}; it may be {} to {}", allowed.start(), allowed.end()))
}
