//! Words, phrases, numbers, spellings, order.

use super::*;

#[test]
fn all_words_are_wanted_in_any_order() {
    let room = Room::of(&["gross margin of the company", "margin call", "company with a gross margin", "other"]);
    assert_eq!(room.found("margin gross "), [0, 2]);
    assert_eq!(room.found("MARGIN "), [0, 1, 2]);
    assert_eq!(room.found("margin nowhere "), []);
}

#[test]
fn phrases_are_in_order_and_exclusions_are_out() {
    let room = Room::of(&["gross margin", "margin gross", "gross profit margin", "state-of-the-art"]);
    assert_eq!(room.found("\"gross margin\""), [0]);
    assert_eq!(room.found("margin -profit "), [0, 1]);
    assert_eq!(room.found("gross -\"gross margin\""), [1, 2]);
    assert_eq!(room.found("state-of-the-art "), [3]);
    assert_eq!(room.found("the-state "), []);
}

#[test]
fn the_last_word_may_be_unfinished() {
    let room = Room::of(&["revenue", "revenues", "reverse", "our Umsatzerlöse"]);
    assert_eq!(room.found("reven"), [0, 1]);
    assert_eq!(room.found("reven "), []);
    assert_eq!(room.found("rev"), [0, 1, 2]);
    assert_eq!(room.found("r"), []);
    assert_eq!(room.found("our umsatzerloes"), [3]);
    // The word itself comes before words that begin so.
    let order: Vec<u128> = room.ask("revenue").hits.iter().map(|hit| hit.source.as_u128()).collect();
    assert_eq!(order, [100, 101]);
}

#[test]
fn umlauts_and_accents_either_way() {
    let room =
        Room::of(&["Die Umsatzerlöse", "UMSATZERLOSE", "Umsatzerloese", "Umsatzerlo\u{308}se", "Société Générale"]);
    assert_eq!(room.found("umsatzerlose "), [0, 1, 3]);
    assert_eq!(room.found("Umsatzerlöse "), [0, 1, 2, 3]);
    assert_eq!(room.found("umsatzerloese "), [0, 2, 3]);
    assert_eq!(room.found("\"die umsatzerloese\""), [0]);
    assert_eq!(room.found("societe generale "), [4]);
}

#[test]
fn numbers_are_found_as_people_write_them() {
    let room = Room::of(&["ARR of €4.2m", "price €3,800 a seat", "Preis 3.800,00 €", "on 30.06.2025", "42m users"]);
    assert_eq!(room.found("4.2m "), [0]);
    assert_eq!(room.found("4,2M "), [0]);
    assert_eq!(room.found("4.2 "), [0]);
    assert_eq!(room.found("€3,800 "), [1, 2]);
    assert_eq!(room.found("3800 "), [1, 2]);
    assert_eq!(room.found("2025 "), [3]);
    assert_eq!(room.found("30.06.2025 "), [3]);
}

#[test]
fn odd_input_finds_nothing_and_fails_never() {
    let room = Room::of(&["some text"]);
    let long = "x ".repeat(100_000);
    for odd in ["", " ", "\"", "-", "-text", "???", "a", "\"\" -\"\"", "AND OR NOT (", "\u{0}", &long] {
        assert_eq!(room.ask(odd).total, 0, "{odd}");
    }
    assert_eq!(room.found("text\""), [0]);
}

#[test]
fn more_about_it_comes_first_and_equals_have_an_order() {
    let room = Room::new();
    let filler = "other words that say nothing at all about the question in hand";
    room.put(101, 1, "pdf", &[&format!("churn {filler}")], 1);
    room.put(102, 1, "pdf", &["churn churn churn"], 2);
    let order: Vec<u128> = room.ask("churn ").hits.iter().map(|hit| hit.source.as_u128()).collect();
    assert_eq!(order, [102, 101]);
    // Of equals the newer source is first, whenever it was put in.
    let older = 1_790_000_000_000_u128 << 80;
    let newer = 1_790_000_000_001_u128 << 80;
    for (sequence, id) in [(3, older), (4, newer)] {
        room.put(id, 1, "pdf", &["equal", "equal"], sequence);
    }
    room.put(older, 1, "pdf", &["equal", "equal"], 5);
    let order: Vec<u128> = room.ask("equal ").hits.iter().map(|hit| hit.source.as_u128()).collect();
    assert_eq!(order, [newer, newer, older, older]);
}

#[test]
fn a_hit_tells_its_place_in_the_part() {
    let room = Room::new();
    let text = "💶 💶 intro.\n\nUmsatz 💶 4.2m";
    let source = Source { id: Uuid::from_u128(7), deal: deal(1), kind: "report" };
    let mut writer = room.index.write().unwrap();
    let part = Passage { part: 3, offset: 1_000, name: Some("traction"), text };
    writer.replace(&source, [part]).unwrap();
    writer.commit(1).unwrap();
    writer.finish().unwrap();
    let results = room.ask("umsatz");
    let hit = &results.hits[0];
    let at = text.chars().position(|letter| letter == 'U').unwrap() as u32 + 1_000;
    assert_eq!((hit.part, hit.name.as_deref(), hit.kind.as_str()), (3, Some("traction"), "report"));
    assert_eq!(hit.span, Some(at..at + 6));
    assert!(hit.snippet.iter().any(|piece| piece.hit && piece.text == "Umsatz"));
}

#[test]
fn replacing_and_removing_leave_nothing() {
    let room = Room::of(&["old words"]);
    room.put(100, 1, "pdf", &["new words"], 2);
    assert_eq!((room.found("old "), room.found("new ")), (vec![], vec![0]));
    let mut writer = room.index.write().unwrap();
    writer.remove(Uuid::from_u128(100));
    writer.commit(3).unwrap();
    writer.finish().unwrap();
    assert_eq!(room.ask("words").total, 0);
    assert_eq!(room.index.passages(), 0);
}

#[test]
fn what_is_not_committed_is_not_found() {
    let room = Room::of(&["one"]);
    let mut writer = room.index.write().unwrap();
    let source = Source { id: Uuid::from_u128(200), deal: deal(1), kind: "pdf" };
    writer.replace(&source, [passage("two")]).unwrap();
    assert_eq!(room.ask("two ").total, 0);
    drop(writer);
    let (found, room) = room.reopened();
    assert_eq!((found, room.ask("two ").total, room.ask("one ").total), (Found::Ready, 0, 1));
}

#[test]
fn many_small_batches_are_merged() {
    let room = Room::new();
    for number in 0..40 {
        room.put(100 + number, 1, "pdf", &["batch"], number as u64);
    }
    assert_eq!(room.ask("batch").total, 40);
    let files = std::fs::read_dir(room.folder.path().join("current")).unwrap().count();
    assert!(files < 120, "{files} files");
}
