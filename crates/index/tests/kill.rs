//! kill -9 while an index is written: what was acknowledged is there, and it opens.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use index::{Found, Index, Passage, Query, Source};
use uuid::Uuid;

const KEY: [u8; 32] = [3; 32];
const FOLDER: &str = "INDEX_KILL_FOLDER";
const DEAL: Uuid = Uuid::from_u128(1);

/// Writes until it is killed, and says each commit that was acknowledged. Does nothing unless it is told where.
#[test]
fn child_that_writes() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let index = Index::open(Path::new(&folder), &KEY).unwrap().index;
    let mut sequence = index.stamp().sequence;
    loop {
        let mut writer = index.write().unwrap();
        for _ in 0..3 {
            sequence += 1;
            let text = format!("word{sequence} {}", "and more of them ".repeat(50));
            let passage = Passage { part: 1, offset: 0, name: None, text: &text };
            let source = Source { id: Uuid::from_u128(u128::from(sequence)), deal: DEAL, kind: "text" };
            writer.replace(&source, [passage]).unwrap();
            writer.commit(sequence).unwrap();
            println!("\nacknowledged {sequence}");
        }
        writer.finish().unwrap();
    }
}

/// Starts the child, lets it acknowledge some commits, kills it. Gives the last that it acknowledged.
fn write_until_killed(folder: &Path, commits: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_writes", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut acknowledged = lines.filter_map(|line| line.strip_prefix("acknowledged ")?.parse::<u64>().ok());
    let mut last = acknowledged.by_ref().take(commits).last().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    // What it still said before it died counts too.
    last = acknowledged.last().unwrap_or(last);
    last
}

#[test]
fn no_acknowledged_commit_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    for commits in [1, 2, 3, 5, 8, 13] {
        let last = write_until_killed(folder.path(), commits);
        let opened = Index::open(folder.path(), &KEY).unwrap();
        let sequence = opened.index.stamp().sequence;
        assert_eq!(opened.found, Found::Ready);
        assert!(sequence >= last, "{sequence} is before {last}");
        assert_eq!(opened.index.passages(), sequence);
        for number in [1, last / 2, last].into_iter().filter(|number| *number > 0) {
            let text = format!("word{number} ");
            let asked = Query { text: &text, deals: &[DEAL], kind: None, limit: 1, offset: 0 };
            assert_eq!(opened.index.search(&asked).unwrap().total, 1, "{text}");
        }
    }
}
