//! `vcconnect users`: people, and how the first of them gets in. All but that is asked of a running server.

use clap::Subcommand;
use protocol::admin::{Ask, Factor, Reply, Role, Session, User, UserState};
use uuid::Uuid;

use super::desk::{self, Desk, Sure};
use super::{Done, Failure, block_on, build, print, reply};
use crate::infra::config::Config;

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Print a one-time link for the first admin; nothing if somebody is there already
    FirstAdmin {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Everybody, by name
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Print a one-time link with which somebody becomes a user
    Invite {
        /// What they will be
        #[arg(long, value_parser = role)]
        role: Role,
        /// For whom; anybody with the link unless said
        #[arg(long)]
        email: Option<String>,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Give somebody another role
    Role {
        /// What they become
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        whom: Whom,
    },
    /// Print a one-time link with which somebody chooses another password
    ResetPassword {
        #[command(flatten)]
        whom: Whom,
    },
    /// Remove somebody's second factor and sign them out
    ResetFactor {
        #[command(flatten)]
        sure: Sure,
        #[command(flatten)]
        whom: Whom,
    },
    /// Let nobody in under this name, and sign them out
    Disable {
        #[command(flatten)]
        sure: Sure,
        #[command(flatten)]
        whom: Whom,
    },
    /// Let somebody in again
    Enable {
        #[command(flatten)]
        whom: Whom,
    },
    /// Where somebody is signed in
    Sessions {
        #[command(flatten)]
        whom: Whom,
    },
    /// Sign somebody out everywhere, or at one place
    EndSessions {
        /// One session, by its id
        #[arg(long)]
        session: Option<Uuid>,
        #[command(flatten)]
        sure: Sure,
        #[command(flatten)]
        whom: Whom,
    },
}

/// Somebody who is there.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Whom {
    /// Mail address, or id
    person: String,
    /// For programs
    #[arg(long)]
    json: bool,
}

impl Verb {
    /// Whether a program reads what is printed, in words of the admin socket.
    pub(super) fn json(&self) -> bool {
        match self {
            Self::FirstAdmin { .. } => false,
            Self::List { json } | Self::Invite { json, .. } => *json,
            Self::Role { whom, .. }
            | Self::ResetPassword { whom }
            | Self::ResetFactor { whom, .. }
            | Self::Disable { whom, .. }
            | Self::Enable { whom }
            | Self::Sessions { whom }
            | Self::EndSessions { whom, .. } => whom.json,
        }
    }
}

pub(super) fn run(config: Config, verb: &Verb) -> Done {
    let person = |whom: &Whom| -> Result<Uuid, Failure> { find(&config, &whom.person) };
    let (ask, sure, json) = match verb {
        Verb::FirstAdmin { json } => return first_admin(config, *json),
        Verb::List { json } => (Ask::Users, Sure::default(), *json),
        Verb::Invite { role, email, json } => {
            (Ask::Invite { role: *role, email: email.clone() }, Sure::default(), *json)
        }
        Verb::Role { role, whom } => (Ask::SetRole { user: person(whom)?, role: *role }, Sure::default(), whom.json),
        Verb::ResetPassword { whom } => (Ask::ResetPassword { user: person(whom)? }, Sure::default(), whom.json),
        Verb::ResetFactor { sure, whom } => (Ask::ResetSecondFactor { user: person(whom)? }, *sure, whom.json),
        Verb::Disable { sure, whom } => (Ask::Disable { user: person(whom)? }, *sure, whom.json),
        Verb::Enable { whom } => (Ask::Enable { user: person(whom)? }, Sure::default(), whom.json),
        Verb::Sessions { whom } => (Ask::Sessions { user: person(whom)? }, Sure::default(), whom.json),
        Verb::EndSessions { session, sure, whom } => {
            (Ask::EndSessions { user: person(whom)?, session: *session }, *sure, whom.json)
        }
    };
    show(&asked(&config, ask, sure, json)?, json)
}

fn role(word: &str) -> Result<Role, String> {
    let words = || Role::ALL.map(Role::word).join(", ");
    Role::parse(word).ok_or_else(|| format!("there is no such role; take one of {}", words()))
}

fn asked(config: &Config, ask: Ask, sure: Sure, json: bool) -> Result<Reply, Failure> {
    match Desk::server(config)? {
        Some(mut server) => desk::ask(&mut server, ask, sure, json),
        None => Err("no server runs; start it first: it alone changes people".into()),
    }
}

fn find(config: &Config, person: &str) -> Result<Uuid, Failure> {
    if let Ok(id) = person.parse() {
        return Ok(id);
    }
    let Reply::Users(users) = asked(config, Ask::Users, Sure::default(), false)? else {
        return Err("the server's answer cannot be read".into());
    };
    let wanted = person.trim().to_lowercase();
    let found = users.iter().find(|user| user.email.as_str() == wanted);
    found
        .map(|user| user.id)
        .ok_or_else(|| "nobody has this mail address; `vcconnect users list` names everybody".into())
}

fn show(said: &Reply, json: bool) -> Done {
    match said {
        _ if json => reply::print(said, true),
        Reply::Users(users) => users.iter().try_for_each(|user| print(&user_line(user))),
        Reply::Sessions(sessions) => sessions.iter().try_for_each(|session| print(&session_line(session))),
        Reply::Invited(invited) => {
            eprintln!("Good once, until {}:", invited.until.format("%Y-%m-%d %H:%M UTC"));
            print(&invited.link.0)
        }
        other => reply::print(other, false),
    }
}

fn user_line(user: &User) -> String {
    let state = if user.state == UserState::Disabled { "disabled" } else { user.role.word() };
    let factor = match user.factor {
        Factor::Set => "second factor",
        Factor::None => "no second factor",
        Factor::Owed => "owes a second factor",
    };
    format!("{state:<11}{} <{}>, {factor}, {} signed in", user.name, user.email, user.sessions)
}

fn session_line(session: &Session) -> String {
    format!("{}  last seen {}  {}", session.id, session.last_seen.format("%Y-%m-%d %H:%M UTC"), session.client)
}

fn first_admin(config: Config, json: bool) -> Done {
    let app = build(config)?;
    let cx = app.outside.console()?;
    match (json, block_on(app.accounts.first_admin(&cx))??) {
        (true, link) => println!("{}", serde_json::json!({ "link": link })),
        (false, Some(link)) => println!("{link}"),
        (false, None) => eprintln!("Somebody is there already; an admin can invite others."),
    }
    Ok(())
}
