//! What searching means, on a real index in a folder.

use tempfile::TempDir;
use uuid::Uuid;

use crate::{DEEPEST, Found, Index, Opened, Passage, Query, Results, Source};

mod access;
mod faults;
mod measure;
mod semantics;

const KEY: [u8; 32] = [5; 32];

/// An index in a folder of its own.
struct Room {
    folder: TempDir,
    index: Index,
}

fn deal(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn open(folder: &TempDir) -> Opened {
    Index::open(folder.path(), &KEY).unwrap()
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(&folder);
        assert_eq!(opened.found, Found::Nothing);
        Self { folder, index: opened.index }
    }

    /// A room with one passage a document, all in deal 1.
    fn of(texts: &[&str]) -> Self {
        let room = Self::new();
        let mut writer = room.index.write().unwrap();
        for (number, text) in texts.iter().enumerate() {
            let source = Source { id: Uuid::from_u128(100 + number as u128), deal: deal(1), kind: "pdf" };
            writer.replace(&source, [passage(text)]).unwrap();
        }
        writer.commit(1).unwrap();
        writer.finish().unwrap();
        room
    }

    fn put(&self, id: u128, of: u128, kind: &str, texts: &[&str], sequence: u64) {
        let source = Source { id: Uuid::from_u128(id), deal: deal(of), kind };
        let mut writer = self.index.write().unwrap();
        writer.replace(&source, texts.iter().map(|text| passage(text))).unwrap();
        writer.commit(sequence).unwrap();
        writer.finish().unwrap();
    }

    fn ask(&self, text: &str) -> Results {
        self.index.search(&Query { text, deals: &[deal(1)], kind: None, limit: 10, offset: 0 }).unwrap()
    }

    /// The documents that were found, in order of their ids.
    fn found(&self, text: &str) -> Vec<u128> {
        let mut found: Vec<u128> = self.ask(text).hits.iter().map(|hit| hit.source.as_u128() - 100).collect();
        found.sort_unstable();
        found
    }

    fn reopened(self) -> (Found, Self) {
        let Self { folder, index } = self;
        drop(index);
        let opened = open(&folder);
        (opened.found, Self { folder, index: opened.index })
    }
}

fn passage(text: &str) -> Passage<'_> {
    Passage { part: 1, offset: 0, name: None, text }
}

#[test]
fn depth_is_bounded_but_the_count_is_not() {
    let room = Room::new();
    let texts = vec!["the same words"; DEEPEST + 50];
    room.put(100, 1, "pdf", &texts, 1);
    let page =
        |offset| room.index.search(&Query { text: "same", deals: &[deal(1)], kind: None, limit: 100, offset }).unwrap();
    assert_eq!((page(0).hits.len(), page(0).total), (100, DEEPEST + 50));
    assert_eq!((page(DEEPEST - 20).hits.len(), page(DEEPEST - 20).total), (20, DEEPEST + 50));
    assert_eq!((page(usize::MAX).hits.len(), page(usize::MAX).total), (0, DEEPEST + 50));
}
