//! The terminal UI on a made-up server, to try it without one: `cargo run -p admin-tui --example desk`.
//!
//! `--plain` shows it without colour, `--sealed` with a closed keystore, `--away` without a server, `--new` where nothing
//! is set up. A backup that is made there takes half a minute.

#![allow(clippy::unwrap_used, reason = "it is to be tried, and may end with a trace")]

#[path = "../tests/terminal/fake.rs"]
mod fake;
#[path = "../tests/terminal/made_up.rs"]
mod made_up;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use admin_tui::{Options, options};
use chrono::Utc;
use fake::Server;
use protocol::admin::{Ask, Long, Reply, Request, Said};

fn main() -> Result<(), Box<dyn Error>> {
    let told: Vec<String> = std::env::args().skip(1).collect();
    let is = |option: &str| told.iter().any(|one| one == option);
    let (sealed, begun) = (is("--sealed"), Mutex::new(None));
    let server = Server::saying(move |request| vec![say(request, sealed, &begun)]);
    let socket = if is("--away") || is("--new") { server.path("none.sock") } else { server.socket() };
    let data = if is("--new") { server.path("none") } else { server.folder.path().to_owned() };
    let program = program(&server)?;
    let mut options = Options::new(socket, data, program, Utc::now);
    let (no_color, term) = (std::env::var("NO_COLOR").ok(), std::env::var("TERM").ok());
    options.colour = options::wants_colour(no_color.as_deref(), term.as_deref()) && !is("--plain");
    Ok(admin_tui::run(options)?)
}

/// What is there without a server: a program that says the same as the server, as far as it works alone.
fn program(server: &Server) -> Result<PathBuf, Box<dyn Error>> {
    let alone = [("status", Ask::Status), ("keys", Ask::Keys), ("backups", Ask::Backups), ("updates", Ask::Updates)];
    for (name, ask) in alone {
        std::fs::write(server.path(name), serde_json::to_vec(&made_up::reply(&ask))?)?;
    }
    let text = r#"case "$1 $2" in
status*|*list) cat "$(dirname "$0")/$1" ;;
restore*) echo '{"restore":{"work":null}}' ;;
*) echo "the made-up program does nothing" >&2; exit 1 ;;
esac"#;
    Ok(fake::script(server.folder.path(), "vcconnect", text))
}

fn say(request: &Request, sealed: bool, begun: &Mutex<Option<Instant>>) -> Said {
    let mut begun = begun.lock().unwrap();
    let reply = match &request.ask {
        Ask::Status if sealed => Reply::Status(made_up::sealed()),
        Ask::CreateBackup => {
            *begun = Some(Instant::now());
            Reply::Backups { sets: made_up::backups(), plan: made_up::plan(), work: work(*begun) }
        }
        Ask::Backups => Reply::Backups { sets: made_up::backups(), plan: made_up::plan(), work: work(*begun) },
        ask => return made_up::said(ask, request.token.as_ref()),
    };
    Said::Done(Box::new(reply))
}

fn work(begun: Option<Instant>) -> Option<Long> {
    let done = begun?.elapsed();
    let long = made_up::going_on("backup", done.as_secs() * 100);
    if done < Duration::from_secs(30) {
        return Some(long);
    }
    Some(Long { progress: None, ended: Some(Utc::now()), ..long })
}
