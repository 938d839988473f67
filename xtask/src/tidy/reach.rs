//! What code may reach for: the web server, SQL, the environment, files, the clock, `unsafe`.

use super::floors::floor_of;
use super::rust::has_word;
use super::{Finding, Source, Tree};

/// Files that may hold `unsafe`, each because a system call has no safe wrapper.
const UNSAFE: &[&str] = &["src/infra/postgres/"];

const SQL_HOMES: &[&str] = &["src/infra/db/", "src/infra/db.rs"];
const SQL_WORDS: &[&str] = &["diesel::", "sql_query", "RunQueryDsl", "diesel_migrations::"];

const OUTSIDE_WORDS: &[&str] = &[
    "std::env",
    "env::var",
    "std::fs",
    "tokio::fs",
    "fs::read",
    "fs::write",
    "File::open",
    "File::create",
    "File::options",
    "OpenOptions",
];
/// An open file may be handed down; only opening it reaches outside.
const HANDLE: &str = "std::fs::File";

/// Crates that reach outside because they are for that: child processes, documents as open files and the programs that
/// read them, the search index, the demo data room, databases for tests, the keystore, backups.
const OUTSIDE_CRATES: &[&str] = &["backup", "confine", "extract", "index", "simulator", "testkit", "vault"];

const CLOCK_HOMES: &[&str] = &[
    "src/infra/clock",
    "src/main.rs",
    "src/commands/",
    "xtask/",
    "crates/testkit/",
    "crates/llm/src/watch.rs",
    "admin-tui/examples/",
];
const CLOCK_WORDS: &[&str] = &["Utc::now", "Local::now", "SystemTime::now"];
/// How long something took may be measured on the top floors; below, it is an argument too.
const STOPWATCH_WORDS: &[&str] = &["Utc::now", "Local::now", "SystemTime::now", "Instant::now"];

/// The terminal UI changes its state and draws it without reaching out; these carry out what it wants done.
const TERMINAL: &str = "admin-tui/src/";
const TERMINAL_HOMES: &[&str] = &["admin-tui/src/desk", "admin-tui/src/term.rs"];
const TERMINAL_WORDS: &[&str] = &[
    "std::env",
    "std::fs",
    "std::process",
    "std::os",
    "std::net",
    "std::thread",
    "Instant::now",
    "stdout()",
    "stdin()",
];

/// Every Rust file against the lists above.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust("") {
        findings.extend(web_server(file));
        findings.extend(sql(file));
        findings.extend(outside(file));
        findings.extend(clock(file));
        findings.extend(terminal(file));
        findings.extend(unchecked(file));
    }
    findings
}

fn web_server(file: &Source) -> Vec<Finding> {
    if !matches!(floor_of(&file.path), Some("domain" | "infra" | "base")) {
        return Vec::new();
    }
    lines_with(
        file,
        |text| has_word(text, "actix") || text.contains("actix_"),
        |_| "the web server's types stay in src/http. Take plain values here and let the handler translate".to_owned(),
    )
}

fn sql(file: &Source) -> Vec<Finding> {
    let path = file.path.as_str();
    let store = path.starts_with("src/domain/") && (path.ends_with("/store.rs") || path.contains("/store/"));
    if !path.starts_with("src/") || store || is_home(path, SQL_HOMES) {
        return Vec::new();
    }
    let entrance = matches!(floor_of(path), Some("http" | "admin" | "worker")) || path == "src/main.rs";
    let breach = |text: &str| {
        SQL_WORDS.iter().any(|word| text.contains(word))
            || names_schema(text)
            || (entrance && (has_word(text, "diesel") || text.contains("diesel_")))
    };
    lines_with(file, breach, |_| {
        "SQL lives in src/domain/*/store.rs and src/infra/db. Write a function there (find_, get_, list_) and call it"
            .to_owned()
    })
}

fn names_schema(text: &str) -> bool {
    text.match_indices("db::schema").any(|(at, found)| {
        let after = text.get(at + found.len()..).unwrap_or_default();
        !after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
    })
}

fn outside(file: &Source) -> Vec<Finding> {
    let path = file.path.as_str();
    let within = match path.strip_prefix("crates/").and_then(|inside| inside.split_once('/')) {
        Some((name, _)) => !OUTSIDE_CRATES.contains(&name),
        None => path.starts_with("src/") && floor_of(path) != Some("infra"),
    };
    if !within || file.is_test() {
        return Vec::new();
    }
    lines_before_tests(
        file,
        |text| first(&text.replace(HANDLE, "File"), OUTSIDE_WORDS),
        |word| {
            format!(
                "`{word}`: environment and files are read in src/infra only. Take the value from the configuration, or add a function there"
            )
        },
    )
}

fn clock(file: &Source) -> Vec<Finding> {
    if is_home(&file.path, CLOCK_HOMES) || file.is_test() {
        return Vec::new();
    }
    let below = matches!(floor_of(&file.path), Some("domain" | "infra" | "base")) || file.path.starts_with("crates/");
    let words = if below { STOPWATCH_WORDS } else { CLOCK_WORDS };
    lines_before_tests(
        file,
        |text| first(text, words),
        |word| {
            format!(
                "`{word}`: the time is an argument, so that tests can choose it. Use `cx.now` or the clock of src/infra/clock"
            )
        },
    )
}

fn terminal(file: &Source) -> Vec<Finding> {
    if !file.path.starts_with(TERMINAL) || is_home(&file.path, TERMINAL_HOMES) {
        return Vec::new();
    }
    lines_before_tests(
        file,
        |text| first(text, TERMINAL_WORDS),
        |word| {
            format!("`{word}`: the terminal UI is pure but for desk and term. Return an `Effect` and take its `Msg`")
        },
    )
}

fn unchecked(file: &Source) -> Vec<Finding> {
    if is_home(&file.path, UNSAFE) {
        return Vec::new();
    }
    lines_with(
        file,
        |text| has_word(text, "unsafe"),
        |_| {
            "`unsafe` is for the files listed in xtask/src/tidy/reach.rs. Use a safe wrapper (nix), or list the file there with its reason".to_owned()
        },
    )
}

fn is_home(path: &str, homes: &[&str]) -> bool {
    homes.iter().any(|home| path.starts_with(home))
}

fn first<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    words.iter().find(|word| text.contains(**word)).copied()
}

fn lines_with(file: &Source, breach: impl Fn(&str) -> bool, message: impl Fn(&str) -> String) -> Vec<Finding> {
    file.code
        .lines()
        .filter(|(_, text)| breach(text))
        .map(|(line, text)| Finding::new(&file.path, line, message(text)))
        .collect()
}

fn lines_before_tests<'a>(
    file: &Source,
    breach: impl Fn(&str) -> Option<&'a str>,
    message: impl Fn(&str) -> String,
) -> Vec<Finding> {
    file.code
        .lines_before_tests()
        .filter_map(|(line, text)| Some(Finding::new(&file.path, line, message(breach(text)?))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> String {
        let tree = Tree::of(&[(path, text)]);
        check(&tree).iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_web_server_stays_upstairs() {
        assert_eq!(said("src/http/mod.rs", "use actix_web::web;"), "");
        assert!(
            said("src/domain/deals/service.rs", "//! S.\nuse actix_web::web;").contains(":2: the web server's types")
        );
    }

    #[test]
    fn sql_lives_in_stores() {
        assert_eq!(said("src/domain/deals/store.rs", "use diesel::prelude::*;"), "");
        assert_eq!(said("src/infra/db/pool.rs", "diesel::sql_query(\"select 1\");"), "");
        assert_eq!(said("src/app.rs", "db::schema_state(conn)"), "");
        assert_eq!(said("src/domain/deals/service.rs", "use diesel_async::AsyncPgConnection;"), "");
        assert!(said("src/domain/deals/service.rs", "use crate::infra::db::schema::deals;").contains("SQL lives in"));
        assert!(said("src/domain/deals/service.rs", "diesel::insert_into(x)").contains("SQL lives in"));
        assert!(said("src/http/api/deals.rs", "use diesel_async::AsyncPgConnection;").contains("SQL lives in"));
    }

    #[test]
    fn environment_and_files_are_read_in_infra() {
        assert_eq!(said("src/infra/config/mod.rs", "let x = std::env::var(\"X\");"), "");
        assert!(said("src/domain/deals/service.rs", "let x = std::fs::read(p);").contains("`std::fs`"));
        assert_eq!(said("src/worker/jobs.rs", "use std::fs::File;\nfn f(file: std::fs::File) {}"), "");
        assert!(
            said("src/worker/jobs.rs", "use std::fs::File;\nlet f = File::options();").contains(":2: `File::options`")
        );
        assert!(said("src/worker/jobs.rs", "let f = std::fs::File::open(p);").contains("`File::open`"));
        assert!(said("crates/diligence/src/build.rs", "let x = std::env::var(\"X\");").contains("`std::env`"));
        assert_eq!(said("crates/vault/src/keystore.rs", "let x = std::fs::read(p);"), "");
        assert_eq!(said("src/base/page.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use std::fs; }"), "");
    }

    #[test]
    fn the_time_is_an_argument() {
        assert_eq!(said("src/infra/clock.rs", "Utc::now()"), "");
        assert_eq!(said("src/base/ids.rs", "// Utc::now()"), "");
        assert!(said("crates/vault/src/key.rs", "let t = Utc::now();").contains("`Utc::now`"));
        assert_eq!(said("src/http/edge.rs", "let started = Instant::now();"), "");
        assert!(said("src/domain/deals/service.rs", "let started = Instant::now();").contains("`Instant::now`"));
    }

    #[test]
    fn the_terminal_ui_is_pure() {
        assert_eq!(said("admin-tui/src/desk/programs.rs", "use std::process::Command;"), "");
        assert_eq!(said("admin-tui/tests/terminal/fake.rs", "use std::fs;"), "");
        assert!(said("admin-tui/src/update/acts.rs", "std::thread::spawn(f);").contains("`std::thread`"));
        assert!(said("admin-tui/src/term.rs", "let now = Utc::now();").contains("`Utc::now`"));
    }

    #[test]
    fn unsafe_is_listed() {
        assert!(said("crates/vault/src/key.rs", "unsafe { x() }").contains("`unsafe`"));
        assert_eq!(said("crates/vault/src/key.rs", "#![forbid(unsafe_code)]"), "");
    }
}
