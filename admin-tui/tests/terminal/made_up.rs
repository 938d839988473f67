//! A made-up installation: what a server would say. Used by the tests, the bench and the example.
#![allow(clippy::unwrap_used, dead_code, reason = "made up; and each of them uses a part")]

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use protocol::Shown;
use protocol::admin::{
    Ask, Backup, BackupPlan, BackupState, Certificate, Confirm, Disk, Factor, Invited, Job, JobState, Key, KeyKind,
    Long, Part, PartState, Progress, Proof, Protection, Queue, Reply, Role, Said, Seal, Secret, Seen, Session, Status,
    Update, UpdateState, User, UserState,
};
use uuid::Uuid;

/// The moment of all of it.
pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 14, 2, 11).unwrap()
}

fn ago(hours: i64) -> DateTime<Utc> {
    now() - TimeDelta::hours(hours)
}

fn part(name: &str, state: PartState, detail: &str) -> Part {
    Part { name: name.into(), state, detail: detail.into() }
}

pub fn status() -> Status {
    Status {
        version: "1.2.0".into(),
        url: "https://atlas.fund.example".into(),
        at: now(),
        since: ago(30),
        seal: Seal::Open,
        parts: vec![
            part("web", PartState::Ok, "port 443, certificate for atlas.fund.example"),
            part("database", PartState::Ok, "PostgreSQL 15.18, 1.3 GB, 4 of 16 connections"),
            part("keys", PartState::Ok, "open, 3 ways, recovery key proven 12 days ago"),
            part("readers", PartState::Ok, "confined, Poppler and Tesseract are there"),
            part("search", PartState::Ok, "48,211 passages"),
            part(
                "models",
                PartState::Note,
                "llama-70b does not answer since 13:59; reports are made without sentences. Look whether its server runs.",
            ),
            part(
                "backup",
                PartState::Problem,
                "The folder /mnt/nas/vcconnect is not there: the last backup is 38 hours old. Mount it, then make a backup (4, b).",
            ),
        ],
        disks: vec![
            Disk { holds: "data".into(), total: 200_000_000_000, free: 118_000_000_000 },
            Disk { holds: "backups".into(), total: 2_000_000_000_000, free: 90_000_000_000 },
        ],
        queues: queues(),
        backup: backups().first().cloned(),
        certificate: Some(Certificate {
            names: vec!["atlas.fund.example".into(), "atlas".into()],
            issuer: "VCConnect of Atlas".into(),
            until: now() + TimeDelta::days(61),
            authority: Some(
                "3A:9F:00:17:C4:52:88:E1:0B:6D:F3:2A:91:5C:77:DE:3A:9F:00:17:C4:52:88:E1:0B:6D:F3:2A:91:5C:77:DE"
                    .into(),
            ),
        }),
        sessions: 12,
    }
}

/// A server that starts.
pub fn starting() -> Status {
    let web = Part { name: "web".into(), state: PartState::Note, detail: "the server is starting".into() };
    Status { seal: Seal::Away("the server is starting".into()), parts: vec![web], ..status() }
}

pub fn sealed() -> Status {
    let why = "The key file is not there, and no other way was used yet.";
    Status { seal: Seal::Sealed(why.into()), ..status() }
}

fn queues() -> Vec<Queue> {
    vec![
        Queue { name: "read".into(), running: 2, waiting: 14 },
        Queue { name: "run".into(), running: 1, waiting: 0 },
        Queue { name: "export".into(), running: 0, waiting: 0 },
    ]
}

fn user(number: u128, name: &str, email: &str, role: Role) -> User {
    User {
        id: Uuid::from_u128(number),
        name: name.into(),
        email: email.into(),
        role,
        state: UserState::Active,
        factor: Factor::Set,
        sessions: 1,
        since: ago(24 * 40),
    }
}

pub fn users() -> Vec<User> {
    vec![
        user(1, "Anna Lindqvist", "anna@atlas.example", Role::Admin),
        User { sessions: 3, ..user(2, "Ben Okafor", "ben@atlas.example", Role::Partner) },
        User { factor: Factor::Owed, sessions: 0, ..user(3, "Chiara Rossi", "chiara@atlas.example", Role::Analyst) },
        User {
            state: UserState::Disabled,
            sessions: 0,
            ..user(4, "Dmitri Volkov", "dmitri@atlas.example", Role::Analyst)
        },
        user(5, "東京都投資基金 山田太郎", "yamada@atlas.example", Role::Viewer),
        User {
            factor: Factor::None,
            ..user(
                6,
                "Éléonore-Constance de la Rochefoucauld-Montmorency 👩",
                "eleonore.constance.de.la.rochefoucauld@atlas.example",
                Role::Guest,
            )
        },
        user(7, "Noor al-Farsi", "noor@atlas.example", Role::Compliance),
    ]
}

/// As many as a list may have to bear.
pub fn many_users(count: u128) -> Vec<User> {
    (0..count)
        .map(|n| user(n + 100, &format!("Person {n:05}"), &format!("p{n}@atlas.example"), Role::Analyst))
        .collect()
}

pub fn sessions() -> Vec<Session> {
    let session = |number, client: &str, hours| Session {
        id: Uuid::from_u128(number),
        client: client.into(),
        since: ago(hours),
        last_seen: ago(hours / 2),
    };
    vec![session(71, "10.0.4.17, Firefox on Linux", 8), session(72, "10.0.4.99, Safari on an iPhone", 60)]
}

fn key(slot: u32, kind: KeyKind, label: &str, against: &str, not_against: &str) -> Key {
    let protection = Protection { against: against.into(), not_against: not_against.into() };
    Key { slot, kind, label: label.into(), since: ago(24 * 90), proven: None, protection }
}

pub fn keys() -> Vec<Key> {
    vec![
        key(
            1,
            KeyKind::KeyFile,
            "this server",
            "a copy of the data folder or of a backup that somebody takes away.",
            "somebody who is root here, or who has the whole disk.",
        ),
        key(
            2,
            KeyKind::Passphrase,
            "the partners' phrase",
            "the loss of the key file.",
            "somebody who sees it being typed.",
        ),
        Key {
            proven: Some(ago(24 * 12)),
            ..key(
                3,
                KeyKind::Recovery,
                "paper in the safe",
                "the loss of this server, if a backup is elsewhere.",
                "somebody who has both the paper and a backup.",
            )
        },
    ]
}

fn backup(set: &str, hours: i64, proof: Proof) -> Backup {
    Backup {
        set: set.into(),
        at: ago(hours),
        bytes: 1_449_000_000,
        files: 3127,
        version: "1.2.0".into(),
        state: BackupState::Whole,
        proof,
    }
}

pub fn backups() -> Vec<Backup> {
    vec![
        backup("2026-11-21-0002", 38, Proof::None),
        backup("2026-11-20-0200", 60, Proof::Verified(ago(59))),
        backup("2026-11-19-0200", 84, Proof::Restored(ago(80))),
        Backup {
            state: BackupState::Incomplete("4 files of documents could not be read.".into()),
            ..backup("2026-11-18-0200", 108, Proof::None)
        },
        Backup {
            state: BackupState::Damaged("base.age differs from its sum.".into()),
            ..backup("2026-11-17-0200", 132, Proof::None)
        },
    ]
}

pub fn plan() -> BackupPlan {
    BackupPlan {
        destination: Some("/mnt/nas/vcconnect".into()),
        at: Some("02:00".into()),
        next: Some(now() + TimeDelta::hours(12)),
        warning: Some(
            "It lies on the disk of the data: a broken disk takes both. Choose a folder elsewhere (t).".into(),
        ),
    }
}

pub fn going_on(what: &str, done: u64) -> Long {
    let progress = Progress { step: "Copying files of documents.".into(), done, total: Some(3127) };
    Long { what: what.into(), since: ago(0), progress: Some(progress), ended: None, failed: None }
}

pub fn history() -> Vec<Update> {
    let update = |version: &str, from: Option<&str>, hours, state| Update {
        version: version.into(),
        from: from.map(Shown::from),
        at: ago(hours),
        state,
    };
    vec![
        update("1.2.0", Some("1.1.4"), 30, UpdateState::Running),
        update(
            "1.3.0",
            Some("1.2.0"),
            26,
            UpdateState::RolledBack("It was not healthy within 2 minutes: the database did not answer.".into()),
        ),
        update("1.1.9", Some("1.2.0"), 27, UpdateState::Refused("It is older than what runs.".into())),
        update("1.1.4", None, 24 * 80, UpdateState::Replaced),
    ]
}

pub fn updates(history: Vec<Update>, work: Option<Long>) -> Reply {
    Reply::Updates {
        running: "1.2.0".into(),
        beside: vec!["1.3.0".into(), "1.1.4".into()],
        keys: vec!["f3a10c5e77b2d964".into(), "08d1f2a6c4b39e57".into()],
        warning: None,
        history,
        work,
    }
}

/// An update at its eighth step.
pub fn updating() -> Long {
    let progress = Progress { step: "changing the database".into(), done: 8, total: Some(12) };
    Long { what: "update".into(), since: ago(0), progress: Some(progress), ended: None, failed: None }
}

pub fn jobs() -> Vec<Job> {
    let job = |number: u128, queue: &str, state, attempts| Job {
        id: Uuid::from_u128(number),
        queue: queue.into(),
        subject: Uuid::from_u128(number + 5000),
        state,
        attempts,
        since: ago(2),
        sentence: attempts.is_none().then(|| "A document could not be read. Its row in the deal says why.".into()),
    };
    vec![
        job(901, "read", JobState::Failed, None),
        job(902, "read", JobState::Again(now() + TimeDelta::minutes(4)), Some(2)),
        job(903, "run", JobState::Running, Some(1)),
        job(904, "read", JobState::Waiting, Some(0)),
    ]
}

pub fn invited() -> Invited {
    let link = "https://atlas.fund.example/invite#7Qm2ZxT4vN8aLr0JkWc5YdEu1GhPsB9oIf3KtXbVnMw-AaBbCcDdEeFf";
    Invited { link: Secret(link.to_owned()), until: now() + TimeDelta::days(7) }
}

/// What was seen before a restore.
pub fn looked(hopeless: bool) -> Reply {
    let seen = |state, text: &str| Seen { state, text: text.into() };
    let mut all = vec![
        seen(PartState::Ok, "The set 2026-11-20-0200 is signed by the key of this installation."),
        seen(PartState::Ok, "It was made on 2026-11-20 02:00 UTC and holds 3 people, 12 deals and 84 documents."),
        seen(PartState::Note, "The server is stopped meanwhile and started again afterwards."),
    ];
    if hopeless {
        all.push(seen(PartState::Problem, "It was made by a newer version of this program. Install that version."));
    }
    let loses = all.iter().skip(1).map(|one| one.text.clone()).collect();
    Reply::Foreseen { set: "2026-11-20-0200".into(), verify_key: "KEY".into(), seen: all, loses }
}

pub fn confirm(word: &str) -> Confirm {
    Confirm {
        token: Secret("token-1".to_owned()),
        loses: vec![
            "Nobody can open the keystore with this recovery key any more.".into(),
            "Backups that were made until now can still be opened with it, for seven days.".into(),
        ],
        word: word.into(),
    }
}

/// What an update loses, and the word for it.
fn confirm_install() -> Confirm {
    let loses = vec!["The server stops for a moment; who is at work waits or has to try again.".into()];
    Confirm { token: Secret("token-1".to_owned()), loses, word: "install".into() }
}

/// What a calm server says.
pub fn reply(ask: &Ask) -> Reply {
    match ask {
        Ask::Status => Reply::Status(status()),
        Ask::Users => Reply::Users(users()),
        Ask::Invite { .. } | Ask::ResetPassword { .. } => Reply::Invited(invited()),
        Ask::Sessions { .. } => Reply::Sessions(sessions()),
        Ask::Keys | Ask::AddKeyFile | Ask::AddPassphrase { .. } | Ask::AddRecovery { .. } | Ask::RemoveKey { .. } => {
            Reply::Keys(keys())
        }
        Ask::Backups => Reply::Backups { sets: backups(), plan: plan(), work: None },
        Ask::Jobs { .. } => Reply::Jobs { queues: queues(), jobs: jobs(), next: None },
        Ask::Updates => updates(history(), None),
        _ => Reply::Well { sentence: "It was done.".into(), at: now() },
    }
}

/// What a server says that asks for a word before it destroys something.
pub fn said(ask: &Ask, token: Option<&Secret>) -> Said {
    let destroys = matches!(
        ask,
        Ask::RemoveKey { .. } | Ask::RollBack | Ask::InstallUpdate { .. } | Ask::Disable { .. } | Ask::CancelJob { .. }
    );
    if destroys && token.is_none_or(|token| token.0 != "token-1") {
        let installs = matches!(ask, Ask::InstallUpdate { .. });
        return Said::Confirm(if installs { confirm_install() } else { confirm("remove") });
    }
    Said::Done(Box::new(reply(ask)))
}
