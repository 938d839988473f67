//! Damage, other keys, old copies, readers beside a writer: never a panic, never a wrong answer, nothing in clear.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::directory::Directory;

use super::*;
use crate::IndexError;
use crate::directory::SealedDirectory;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join("current")).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    files
}

fn is_lock(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "lock")
}

#[test]
fn planted_words_are_in_no_file() {
    let planted = ["Kormoran", "kormoran", "Zwergtaucher", "traction"];
    let text = format!("{} {} filler", planted[0], planted[2]).repeat(500);
    let room = Room::new();
    let id = Uuid::now_v7();
    let source = Source { id, deal: Uuid::now_v7(), kind: "report" };
    let mut writer = room.index.write().unwrap();
    writer.replace(&source, [Passage { part: 1, offset: 0, name: Some("traction"), text: &text }]).unwrap();
    writer.commit(1).unwrap();
    writer.finish().unwrap();
    let mut bytes = 0;
    for file in files(room.folder.path()) {
        let content = fs::read(&file).unwrap();
        bytes += content.len();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        for word in
            planted.iter().map(|word| word.as_bytes()).chain([id.to_string().as_bytes(), b"segments", b"schema"])
        {
            assert!(!content.windows(word.len()).any(|window| window == word), "{name}");
            assert!(!name.as_bytes().windows(word.len()).any(|window| window == word), "{name}");
        }
    }
    assert!(bytes > 1_000);
}

/// Whether any file of the index holds a word, once it is decrypted.
fn is_in_a_file(room: &Room, word: &[u8]) -> bool {
    let place = room.folder.path().join("current");
    let directory = SealedDirectory::open(&place, &KEY).unwrap();
    let holds = |file: &PathBuf| {
        let text = directory.atomic_read(Path::new(file.file_name().unwrap())).unwrap();
        text.windows(word.len()).any(|window| window == word)
    };
    files(room.folder.path()).iter().filter(|file| !is_lock(file)).any(holds)
}

#[test]
fn what_was_removed_is_in_no_file() {
    let mut texts = vec!["some words that stay"; 30];
    texts[7] = "Haubentaucher replaced";
    texts[8] = "Kormoran removed";
    let room = Room::of(&texts);
    assert!(is_in_a_file(&room, b"Kormoran") && is_in_a_file(&room, b"Haubentaucher"));
    // Another segment, which is not touched.
    room.put(300, 1, "pdf", &["Zwergtaucher stays"], 2);
    room.put(107, 1, "pdf", &["replaced by this"], 3);
    assert!(is_in_a_file(&room, b"Haubentaucher"), "the rest would prove nothing");
    let mut writer = room.index.write().unwrap();
    writer.remove(Uuid::from_u128(108));
    writer.commit(4).unwrap();
    writer.finish().unwrap();
    assert!(!is_in_a_file(&room, b"Kormoran"));
    assert!(!is_in_a_file(&room, b"Haubentaucher"));
    assert!(is_in_a_file(&room, b"Zwergtaucher"));
    let (found, room) = room.reopened();
    assert_eq!((found, room.index.stamp().sequence, room.index.passages()), (Found::Ready, 4, 30));
    assert_eq!((room.ask("words stay ").total, room.ask("zwergtaucher ").total), (28, 1));
}

#[test]
fn what_was_removed_beside_others_that_come_is_in_no_file() {
    let room = Room::of(&["Kormoran one", "stays", "stays", "stays", "stays", "stays", "stays", "stays"]);
    let mut writer = room.index.write().unwrap();
    // Enough commits for the engine to merge on its own meanwhile.
    for number in 0..20 {
        let source = Source { id: Uuid::from_u128(200 + number), deal: deal(1), kind: "pdf" };
        writer.replace(&source, [passage("comes")]).unwrap();
        if number == 9 {
            writer.remove(Uuid::from_u128(100));
        }
        writer.commit(2 + number as u64).unwrap();
    }
    writer.finish().unwrap();
    assert!(!is_in_a_file(&room, b"Kormoran"));
    assert_eq!((room.ask("stays ").total, room.ask("comes ").total), (7, 20));
}

#[test]
fn what_was_put_aside_goes_when_it_is_said() {
    let room = Room::of(&["some text"]);
    fs::write(room.folder.path().join("current/meta.json"), b"{}").unwrap();
    let (_, room) = room.reopened();
    assert!(room.folder.path().join("damaged").exists());
    room.index.remove_damaged().unwrap();
    room.index.remove_damaged().unwrap();
    assert!(!room.folder.path().join("damaged").exists());
}

#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::of(&["text"]);
    for file in files(room.folder.path()) {
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn every_flipped_bit_is_damage_and_a_new_beginning() {
    let room = Room::of(&["some text", "and more"]);
    let pristine = tempfile::tempdir().unwrap();
    let Room { folder, index } = room;
    drop(index);
    let all = files(folder.path());
    for file in &all {
        fs::copy(file, pristine.path().join(file.file_name().unwrap())).unwrap();
    }
    let mut tried = 0;
    for file in all.iter().filter(|file| !is_lock(file)) {
        let whole = fs::read(pristine.path().join(file.file_name().unwrap())).unwrap();
        for at in [0, 1, 20, 33, whole.len() / 2, whole.len() - 1] {
            let mut content = whole.clone();
            content[at] ^= 1 << (at % 8);
            restore(&pristine, folder.path());
            fs::write(file, content).unwrap();
            let opened = open(&folder);
            assert_eq!(opened.found, Found::Damaged, "{file:?} {at}");
            assert_eq!((opened.index.passages(), opened.index.stamp().sequence), (0, 0));
            tried += 1;
        }
    }
    assert!(tried > 40, "{tried}");
    restore(&pristine, folder.path());
    let opened = open(&folder);
    assert_eq!((opened.found, opened.index.passages()), (Found::Ready, 2));
    assert!(!folder.path().join("damaged").exists());
}

fn restore(pristine: &TempDir, folder: &Path) {
    let current = folder.join("current");
    fs::remove_dir_all(&current).unwrap();
    fs::create_dir(&current).unwrap();
    for entry in fs::read_dir(pristine.path()).unwrap() {
        let from = entry.unwrap().path();
        fs::copy(&from, current.join(from.file_name().unwrap())).unwrap();
    }
}

#[test]
fn files_that_are_gone_cut_or_exchanged_are_damage() {
    for harm in ["gone", "cut", "exchanged", "no meta"] {
        let room = Room::of(&["some text"]);
        room.put(300, 1, "pdf", &["other text"], 2);
        let Room { folder, index } = room;
        drop(index);
        let stores: Vec<PathBuf> =
            files(folder.path()).into_iter().filter(|file| file.extension().is_some_and(|it| it == "store")).collect();
        assert!(stores.len() >= 2);
        match harm {
            "gone" => fs::remove_file(&stores[0]).unwrap(),
            "cut" => fs::File::options().write(true).open(&stores[0]).unwrap().set_len(40).unwrap(),
            "exchanged" => fs::copy(&stores[0], &stores[1]).map(drop).unwrap(),
            _ => fs::remove_file(folder.path().join("current/meta.json")).unwrap(),
        }
        assert_eq!(open(&folder).found, Found::Damaged, "{harm}");
    }
}

#[test]
fn another_key_opens_nothing() {
    let Room { folder, index } = Room::of(&["some text"]);
    drop(index);
    let opened = Index::open(folder.path(), &[6; 32]).unwrap();
    assert_eq!((opened.found, opened.index.passages()), (Found::Damaged, 0));
}

#[test]
fn what_was_begun_anew_works_and_is_another_index() {
    let room = Room::of(&["some text"]);
    let before = room.index.stamp();
    fs::write(room.folder.path().join("current/meta.json"), b"{}").unwrap();
    let (found, room) = room.reopened();
    assert_eq!(found, Found::Damaged);
    assert!(found.is_empty());
    assert_ne!(room.index.stamp().id, before.id);
    room.put(100, 1, "pdf", &["other text"], 1);
    let (found, room) = room.reopened();
    assert_eq!((found, room.ask("other ").total), (Found::Ready, 1));
}

#[test]
fn an_old_copy_of_the_folder_is_found_out_by_its_number() {
    let room = Room::of(&["one"]);
    let copy = tempfile::tempdir().unwrap();
    for file in files(room.folder.path()) {
        fs::copy(&file, copy.path().join(file.file_name().unwrap())).unwrap();
    }
    let id = room.index.stamp().id;
    room.put(200, 1, "pdf", &["two"], 17);
    let (_, room) = room.reopened();
    assert_eq!((room.index.stamp().id, room.index.stamp().sequence), (id, 17));
    let Room { folder, index } = room;
    drop(index);
    restore(&copy, folder.path());
    let opened = open(&folder);
    assert_eq!((opened.found, opened.index.stamp().id, opened.index.stamp().sequence), (Found::Ready, id, 1));
    let mut writer = opened.index.write().unwrap();
    writer.clear().unwrap();
    writer.commit(0).unwrap();
    writer.finish().unwrap();
    assert_ne!(opened.index.stamp().id, id);
    assert_eq!(opened.index.passages(), 0);
}

#[test]
fn an_index_is_open_once() {
    let room = Room::new();
    assert!(matches!(Index::open(room.folder.path(), &KEY), Err(IndexError::InUse(_))));
}

#[test]
fn searches_go_on_beside_a_writer() {
    let room = Room::of(&["constant words"]);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let results = room.ask("constant ");
                    assert_eq!((results.total, results.hits.len()), (1, 1));
                }
            });
        }
        for number in 0..30 {
            room.put(200 + number % 3, 1, "pdf", &["changing words", "more of them"], number as u64 + 2);
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(room.ask("changing ").total, 3);
}
