//! Deals without a database: lists, stages, files.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::catalogue::{after, select};
use super::import::parse;
use super::model::{Deal, DealFilter, DealName, DealSort, Industry, MemberRole, Stage};
use crate::base::DealId;

fn deal(n: u32, name: &str, stage: Stage) -> Arc<Deal> {
    let at: DateTime<Utc> = DateTime::from_timestamp(i64::from(n), 0).unwrap();
    let id = DealId(Uuid::from_u128(u128::from(n)));
    Arc::new(Deal {
        id,
        name: name.to_owned(),
        industry: Industry::Saas,
        stage,
        version: 1,
        created_at: at,
        updated_at: at,
    })
}

fn three() -> Vec<Arc<Deal>> {
    vec![deal(1, "Kelp & Co", Stage::Inbox), deal(2, "northwind", Stage::Diligence), deal(3, "Atlas", Stage::Inbox)]
}

fn names(deals: &[Arc<Deal>]) -> Vec<&str> {
    deals.iter().map(|deal| deal.name.as_str()).collect()
}

#[test]
fn lists_sort_without_regard_to_case() {
    let by = |sort| select(three(), &DealFilter { sort, ..DealFilter::default() }).deals;
    assert_eq!(names(&by(DealSort::Name)), ["Atlas", "Kelp & Co", "northwind"]);
    assert_eq!(names(&by(DealSort::NameBackwards)), ["northwind", "Kelp & Co", "Atlas"]);
    assert_eq!(names(&by(DealSort::Newest)), ["Atlas", "northwind", "Kelp & Co"]);
    assert_eq!(names(&by(DealSort::Oldest)), ["Kelp & Co", "northwind", "Atlas"]);
}

#[test]
fn counts_of_stages_ignore_the_chosen_stage_only() {
    let filter = DealFilter { stage: Some(Stage::Diligence), ..DealFilter::default() };
    let selection = select(three(), &filter);
    assert_eq!(names(&selection.deals), ["northwind"]);
    assert_eq!(selection.stages[&Stage::Inbox], 2);
    assert_eq!(selection.stages[&Stage::Passed], 0);
    let filter = DealFilter { name: Some(" NORTH ".to_owned()), ..DealFilter::default() };
    assert_eq!(select(three(), &filter).stages[&Stage::Inbox], 0);
}

#[test]
fn pages_follow_each_other_without_gap_or_overlap() {
    let deals = select(three(), &DealFilter::default()).deals;
    let first = after(&deals, None, 2);
    let second = after(&deals, first.last().map(|deal| deal.id), 2);
    assert_eq!([names(&first), names(&second)].concat(), ["Atlas", "northwind", "Kelp & Co"]);
    assert!(after(&deals, second.last().map(|deal| deal.id), 2).is_empty());
}

#[test]
fn a_decided_deal_is_opened_before_it_is_decided_otherwise() {
    assert_eq!(Stage::Passed.moves(), [Stage::Inbox, Stage::Screening, Stage::Diligence, Stage::Committee]);
    assert!(Stage::Committee.moves().contains(&Stage::Invested));
    for stage in Stage::ALL {
        assert!(!stage.moves().contains(stage));
    }
}

#[test]
fn words_in_json_and_in_the_database_are_the_same() {
    for stage in Stage::ALL {
        assert_eq!(serde_json::to_value(stage).unwrap(), stage.as_str());
    }
    for industry in Industry::ALL {
        assert_eq!(serde_json::to_value(industry).unwrap(), industry.as_str());
    }
}

#[test]
fn an_owner_may_more_than_a_reader() {
    assert!(MemberRole::Reader < MemberRole::Editor && MemberRole::Editor < MemberRole::Owner);
}

#[test]
fn names_lose_stray_spaces_and_nothing_else() {
    assert_eq!(DealName::parse("  Kelp\t &  Co ").unwrap().into_string(), "Kelp & Co");
    assert!(DealName::parse(" ").is_err());
    assert!(DealName::parse("a\u{7}b").is_err());
}

fn import(file: &[u8]) -> super::import::Parsed {
    parse(file, &HashSet::from(["kelp & co".to_owned()])).unwrap()
}

#[test]
fn a_file_says_line_by_line_what_is_wrong() {
    let parsed = import(b"name,industry,stage\nNorthwind,SaaS,diligence\nKelp & Co,climate,\n,saas,inbox\nAtlas,bakery,soon\nNorthwind,saas,\n");
    let problems: Vec<(u64, usize)> = parsed.report.rows.iter().map(|row| (row.line, row.problems.len())).collect();
    assert_eq!(problems, [(2, 0), (3, 1), (4, 1), (5, 2), (6, 1)]);
    assert_eq!((parsed.report.ready, parsed.report.refused), (1, 4));
    assert_eq!(parsed.deals.len(), 1);
    assert!(parsed.report.rows[3].problems[0].contains("bakery"));
}

#[test]
fn files_of_european_spreadsheets_are_read() {
    let windows = b"Company;Sector\r\nM\xfcller Energie;climate\r\n";
    let parsed = import(windows);
    assert_eq!((parsed.report.encoding.as_str(), parsed.report.delimiter.as_str()), ("windows-1252", "semicolon"));
    assert_eq!(parsed.deals[0].name, "Müller Energie");
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend("name\tindustry\nZoë\tai\n".encode_utf16().flat_map(u16::to_le_bytes));
    let parsed = import(&utf16);
    assert_eq!((parsed.report.encoding.as_str(), parsed.report.delimiter.as_str()), ("utf-16le", "tab"));
    assert_eq!((parsed.deals[0].name.as_str(), parsed.deals[0].industry), ("Zoë", Industry::Ai));
}

#[test]
fn quoted_cells_blank_lines_and_missing_cells_are_no_problem() {
    let parsed = import("\u{feff}name,industry\n\"Acme, \"\"Inc\"\"\",saas\n\n , \nSolo\n".as_bytes());
    assert_eq!(parsed.deals.iter().map(|deal| deal.name.as_str()).collect::<Vec<_>>(), ["Acme, \"Inc\"", "Solo"]);
}

#[test]
fn a_file_without_names_or_with_too_many_rows_is_refused_whole() {
    let refused = |file: &[u8]| parse(file, &HashSet::new()).unwrap_err().detail;
    assert!(refused(b"a,b\n1,2\n").contains("name"));
    assert!(refused(b"").contains("name"));
    let many = format!("name\n{}", "x\n".repeat(2_001));
    assert!(refused(many.as_bytes()).contains("2000"));
}

proptest! {
    #[test]
    fn no_file_breaks_the_reader(file: Vec<u8>) {
        let _ = parse(&file, &HashSet::new());
    }

    #[test]
    fn every_row_is_either_ready_or_has_a_reason(names in prop::collection::vec("[a-c ]{0,3}", 0..20)) {
        let file = format!("name\n{}", names.join("\n"));
        let parsed = parse(file.as_bytes(), &HashSet::new()).unwrap();
        prop_assert_eq!(parsed.report.rows.iter().filter(|row| row.problems.is_empty()).count(), parsed.report.ready);
        prop_assert_eq!(parsed.deals.len(), parsed.report.ready);
    }
}
