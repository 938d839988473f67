//! Who may not open a deal learns nothing of it.

use proptest::prelude::*;

use super::*;

fn ask(room: &Room, text: &str, deals: &[Uuid], kind: Option<&str>) -> Results {
    room.index.search(&Query { text, deals, kind, limit: 50, offset: 0 }).unwrap()
}

#[test]
fn hits_and_counts_come_from_allowed_deals_only() {
    let room = Room::new();
    room.put(100, 1, "pdf", &["secret acquisition", "more secret"], 1);
    room.put(101, 2, "pdf", &["secret too"], 2);
    room.put(102, 2, "xlsx", &["secret sheet"], 3);
    assert_eq!(ask(&room, "secret", &[], None), Results::default());
    assert_eq!(ask(&room, "secret", &[deal(9)], None), Results::default());
    let one = ask(&room, "secret", &[deal(1)], None);
    assert_eq!((one.total, one.hits.len()), (2, 2));
    assert!(one.hits.iter().all(|hit| hit.deal == deal(1)));
    assert_eq!(ask(&room, "secret", &[deal(1), deal(2)], None).total, 4);
    assert_eq!(ask(&room, "secret", &[deal(1), deal(2)], Some("xlsx")).total, 1);
    assert_eq!(ask(&room, "secret", &[deal(1)], Some("xlsx")).total, 0);
    assert_eq!(ask(&room, "secret", &[deal(1)], Some("nonsense")).total, 0);
    assert_eq!(ask(&room, "acquisition", &[deal(2)], None).total, 0);
}

#[test]
fn words_of_other_deals_do_not_crowd_out_beginnings() {
    let room = Room::new();
    let crowd: String = (0..5_000).map(|number| format!("aaa{number} ")).collect();
    room.put(100, 2, "text", &[&crowd], 1);
    room.put(101, 1, "text", &["aaazz"], 2);
    assert_eq!(ask(&room, "aaa", &[deal(1)], None).total, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Against a plain reading of the rules: each passage with each word, in an allowed deal.
    #[test]
    fn the_index_finds_what_a_list_finds(
        passages in proptest::collection::vec((1..5_u128, "([a-d]{1,2} ){1,8}"), 1..40),
        queries in proptest::collection::vec(("([a-d]{1,2} ){1,3}", proptest::sample::subsequence(vec![1_u128, 2, 3, 4], 0..4)), 1..10),
    ) {
        let room = Room::new();
        let mut writer = room.index.write().unwrap();
        for (number, (of, text)) in passages.iter().enumerate() {
            let source = Source { id: Uuid::from_u128(100 + number as u128), deal: deal(*of), kind: "pdf" };
            writer.replace(&source, [passage(text)]).unwrap();
            if number % 7 == 0 {
                writer.commit(number as u64).unwrap();
            }
        }
        writer.commit(99).unwrap();
        writer.finish().unwrap();
        for (query, deals) in queries {
            let allowed: Vec<Uuid> = deals.iter().map(|id| deal(*id)).collect();
            let results = ask(&room, &query, &allowed, None);
            let mut found: Vec<usize> = results.hits.iter().map(|hit| hit.source.as_u128() as usize - 100).collect();
            found.sort_unstable();
            let has = |text: &str, word: &str| text.split(' ').any(|known| known == word);
            let expected: Vec<usize> = (0..passages.len())
                .filter(|&at| deals.contains(&passages[at].0))
                .filter(|&at| query.split_whitespace().all(|word| has(&passages[at].1, word)))
                .collect();
            prop_assert_eq!(results.total, expected.len());
            prop_assert_eq!(found, expected);
        }
    }
}
