//! Whole reports: what must hold of every one, and what a small room with planted contradictions must say.

use std::collections::BTreeSet;

use model::{Outcome, Report, ReportBlock, Run, Verdict, runs};

use proptest::strategy::Strategy as _;

use crate::build::{input, page, page_with_table, pdf, sheet, workbook};
use crate::{Input, Room, Source, Survey, Template, analyse, facts, survey};

pub fn room() -> Vec<Input> {
    let deck = pdf(vec![
        page(1, &["Northwind Robotics Ltd", "Pitch deck", "July 2025"]),
        page(
            2,
            &[
                "Traction",
                "FY2024 revenue: £4.1M",
                "Gross margin 61%",
                "Net revenue retention 118%",
                "3 enterprise customers across the UK",
                "ARR of £4.2m",
            ],
        ),
        page(
            3,
            &[
                "The ask",
                "Raising GBP 6M Series A at a GBP 30M pre-money valuation.",
                "Our platform automates warehouses and helps operators to save labour every day.",
            ],
        ),
    ]);
    let accounts = pdf(vec![page_with_table(
        1,
        &[
            "Northwind Robotics Ltd Report and Financial Statements",
            "For the year ended 31 December 2024. Audited.",
            "Statement of comprehensive income",
        ],
        &["Turnover|£3.2M", "Cost of sales|(£1.29M)", "Gross profit|£1.91M", "EBITDA|(£0.31M)", "Cash at bank|£1.02M"],
    )]);
    let model = workbook(vec![
        sheet(
            1,
            "Summary",
            &[
                "Operating model (GBP), as of 30 June 2025",
                "Metric|FY2023|FY2024|FY2025F",
                "Revenue|1950000|3800000|7400000",
                "Headcount|31|52|78",
            ],
        ),
        sheet(
            2,
            "MRR",
            &[
                "GBP|2025-04-30|2025-05-31|2025-06-30",
                "MRR|260000|264000|266000",
                "ARR|3120000|3168000|3192000",
                "Customers|2|2|3",
                "Net burn|100000|110000|120000",
                "Cash|1200000|1090000|970000",
            ],
        ),
        sheet(
            3,
            "Costs",
            &[
                "|2025-04-30|2025-05-31|2025-06-30",
                "Rent|1000|1000|1000",
                "Wages|2000|2000|2000",
                "Total|3000|3000|3900",
            ],
        ),
    ]);
    let shares = workbook(vec![sheet(
        1,
        "Cap table",
        &[
            "Shareholder|Class|Shares|Fully diluted %",
            "A. Okonkwo|Ordinary|600|60%",
            "R. Lindqvist|Ordinary|300|30%",
            "Employee option pool|Options|100|10%",
            "Total||1000|100%",
        ],
    )]);
    let list = workbook(vec![sheet(
        1,
        "Customers",
        &[
            "Customer|Status|MRR 30.06.2025 (GBP)",
            "Alpha|Active|100000",
            "Beta|Active|80000",
            "Gamma|Active|86000",
            "Delta|Churned|0",
        ],
    )]);
    vec![
        input("deck.pdf", deck),
        input("accounts.pdf", accounts),
        input("model.xlsx", model),
        input("cap_table.xlsx", shares),
        input("customers.csv", list),
        Input {
            version: crate::build::version("x"),
            name: "locked.pdf".to_owned(),
            document: Err("The file is locked by a password.".to_owned()),
        },
    ]
}

fn report(inputs: &[Input]) -> Report {
    analyse(inputs, &Template::named("saas").unwrap(), None, chrono::DateTime::default())
}

/// What must hold of every report.
pub fn assert_sound(report: &Report, inputs: &[Input]) {
    for citation in &report.citations {
        let input = inputs.iter().find(|input| input.version == citation.place.document).unwrap();
        let part =
            input.document.as_ref().unwrap().parts.iter().find(|part| part.number == citation.place.part).unwrap();
        assert_eq!(part.quote(citation.place.span), citation.place.quote, "{}", citation.shown);
        assert_eq!(part.place(input.version, citation.place.span), citation.place);
        assert!(!citation.place.quote.trim().is_empty());
    }
    for entry in &report.facts {
        assert_eq!(report.citation(&entry.cite).unwrap().place, entry.fact.place);
        assert!(entry.fact.place.quote.chars().any(|found| found.is_ascii_digit()), "{}", entry.fact.place.quote);
        assert!(entry.shown.ends_with(&entry.fact.figure.show()), "{}", entry.shown);
    }
    for entry in &report.calcs {
        assert_eq!(entry.inputs.len(), entry.calc.inputs.len());
        assert!(entry.inputs.iter().all(|label| report.fact(label).is_some()));
    }
    let mut used = BTreeSet::new();
    for block in report.sections.iter().flat_map(|section| &section.blocks) {
        collect(block, &mut used);
    }
    for label in &used {
        assert!(
            report.fact(label).is_some() || report.calc(label).is_some() || report.citation(label).is_some(),
            "{label}"
        );
    }
    for labels in [
        report.facts.iter().map(|entry| entry.label.clone()).collect::<Vec<_>>(),
        report.calcs.iter().map(|entry| entry.label.clone()).collect(),
        report.citations.iter().map(|entry| entry.label.clone()).collect(),
    ] {
        let numbers: Vec<String> =
            labels.iter().enumerate().map(|(at, label)| format!("{}{}", &label[..1], at + 1)).collect();
        assert_eq!(labels, numbers);
    }
}

fn collect(block: &ReportBlock, used: &mut BTreeSet<String>) {
    let mut text = |text: &str| {
        for run in runs(text) {
            if let Run::Fact(label) | Run::Calc(label) | Run::Cite(label) = run {
                used.insert(label.to_owned());
            }
        }
    };
    match block {
        ReportBlock::Paragraph { text: own } => text(own),
        ReportBlock::Checks { items } => items.iter().for_each(|item| text(&item.detail)),
        ReportBlock::Questions { items } => items.iter().for_each(|item| text(&item.text)),
        ReportBlock::Gaps { .. } => {}
        ReportBlock::Written { sentences, .. } => {
            sentences.iter().for_each(|one| text(&one.text));
            used.extend(sentences.iter().flat_map(|one| one.cites.clone()));
        }
        ReportBlock::Figures { rows } => {
            used.extend(rows.iter().flat_map(|row| row.cites.iter().chain([&row.figure]).cloned()));
        }
        ReportBlock::TieOut { rows } => used.extend(rows.iter().flat_map(|row| row.figures.clone())),
        ReportBlock::Excerpts { items } => used.extend(items.iter().map(|item| item.cite.clone())),
    }
}

fn shown(report: &Report, label: &str) -> Option<String> {
    let stated = report.fact(label).map(|entry| entry.shown.clone());
    stated.or_else(|| report.calc(label).map(|entry| format!("recomputed {}", entry.shown)))
}

fn tie_out(report: &Report) -> Vec<String> {
    let blocks = report.sections.iter().flat_map(|section| &section.blocks);
    let rows =
        blocks.filter_map(|block| if let ReportBlock::TieOut { rows } = block { Some(rows) } else { None }).flatten();
    rows.map(|row| {
        let shown: Vec<String> = row.figures.iter().filter_map(|label| shown(report, label)).collect();
        format!("{} {:?} {} {:?}", row.title, row.disagreement.verdict, row.difference, shown)
    })
    .collect()
}

fn outcome(report: &Report, rule: &str) -> Option<Outcome> {
    let blocks = report.sections.iter().flat_map(|section| &section.blocks);
    let mut items =
        blocks.filter_map(|block| if let ReportBlock::Checks { items } = block { Some(items) } else { None }).flatten();
    items.find(|item| item.rule == rule).map(|item| item.outcome)
}

#[test]
fn planted_contradictions_are_found_and_nothing_else_is() {
    let inputs = room();
    let report = report(&inputs);
    assert_sound(&report, &inputs);
    assert_eq!(report.company, "Northwind Robotics Ltd");
    assert_eq!(
        tie_out(&report),
        [
            "ARR Contradicted +31.6\u{a0}% [\"recomputed £3,192,000\", \"£3,192,000\", \"£4.2m\"]",
            "Revenue Contradicted +28.1\u{a0}% [\"£3.2m\", \"£3,800,000\", \"£4.1m\"]",
        ]
    );
    assert_eq!(report.status.contradictions, 2);
    assert_eq!(report.status.unreadable, 1);
    assert!(report.facts.iter().all(|entry| entry.fact.needs_review.is_none()));
}

#[test]
fn rules_are_tried() {
    let report = report(&room());
    assert_eq!(outcome(&report, "V-001"), Some(Outcome::Pass));
    assert_eq!(outcome(&report, "V-012"), Some(Outcome::Fail));
    assert_eq!(outcome(&report, "V-020"), Some(Outcome::Pass));
    assert_eq!(outcome(&report, "V-025"), Some(Outcome::Fail), "the deck's ARR is not the list's");
    assert_eq!(outcome(&report, "V-032"), Some(Outcome::NotApplicable));
    assert_eq!(outcome(&report, "V-040"), Some(Outcome::Pass));
}

#[test]
fn runway_is_reckoned_from_cash_and_three_months_of_burn() {
    let report = report(&room());
    let runway = report.calcs.iter().find(|entry| entry.calc.formula == "runway_m.v1").unwrap();
    assert_eq!(runway.shown, "8.8\u{a0}months");
    assert_eq!(runway.inputs.len(), 4);
}

/// A value as it is after it was kept.
fn kept<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_slice(&serde_json::to_vec(value).unwrap()).unwrap()
}

#[test]
fn stages_that_were_kept_give_the_same_report() {
    let (inputs, template) = (room(), Template::named("saas").unwrap());
    let surveys: Vec<Survey> = inputs.iter().map(|input| kept(&survey(input))).collect();
    let common = kept(&Room::of(&surveys));
    assert_ne!(common, Room::default(), "the room says something, so it is tried");
    let sources: Vec<Source> = inputs
        .iter()
        .zip(surveys)
        .map(|(input, survey)| Source { facts: kept(&facts(input, &survey, &common)), input: input.clone(), survey })
        .collect();
    assert!(sources.iter().map(|source| source.facts.len()).sum::<usize>() > 20);
    let staged = crate::report(&sources, &kept(&template), None, chrono::DateTime::default());
    assert_eq!(serde_json::to_string(&staged).unwrap(), serde_json::to_string(&report(&inputs)).unwrap());
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(24))]

    #[test]
    fn the_order_of_the_documents_does_not_matter(inputs in proptest::strategy::Just(room()).prop_shuffle()) {
        proptest::prop_assert_eq!(report(&inputs), report(&room()));
    }
}

#[test]
fn a_version_counts_once_wherever_it_stands() {
    let mut inputs = room();
    let first = report(&inputs);
    // The same state under a name that sorts after all others.
    inputs.push(Input { name: "zz copy of the deck.pdf".to_owned(), ..inputs[0].clone() });
    assert_eq!(report(&inputs), first);
}

#[test]
fn an_empty_room_gives_a_report_that_says_so() {
    let report = report(&[]);
    assert_sound(&report, &[]);
    assert_eq!(report.company, "The company");
    assert_eq!((report.status.coverage.found, report.status.coverage.required), (0, 18));
    assert!(report.sections.iter().any(|section| section.id == "questions"));
}

#[test]
fn confirmed_figures_are_no_disagreement() {
    let inputs = room();
    let report = report(&inputs);
    let blocks = report.sections.iter().flat_map(|section| &section.blocks);
    let rows =
        blocks.filter_map(|block| if let ReportBlock::Figures { rows } = block { Some(rows) } else { None }).flatten();
    let customers = rows.into_iter().find(|row| row.metric.as_str() == "customers").unwrap();
    assert_eq!(customers.note.as_deref(), Some("confirmed by the deck and recomputed from the customer list"));
    assert!(tie_out(&report).iter().all(|row| !row.contains(&format!("{:?}", Verdict::Confirmed))));
}

#[test]
fn the_summary_leads_with_what_disagrees_and_cites_every_figure() {
    let report = report(&room());
    let ids: Vec<&str> = report.sections.iter().map(|section| section.id.as_str()).take(3).collect();
    assert_eq!(ids, ["summary", "disagreements", "key_figures"]);
    let texts: Vec<&str> = report.sections[0]
        .blocks
        .iter()
        .filter_map(|block| if let ReportBlock::Paragraph { text } = block { Some(text.as_str()) } else { None })
        .collect();
    let [disagree, figures, coverage] = texts.as_slice() else { panic!("{texts:?}") };
    assert!(disagree.starts_with("ARR: {{fact:F1}} {{cite:E1}} by the deck, {{calc:C1}} {{cite:"), "{disagree}");
    assert!(disagree.contains("recomputed from the customer list (+31.6\u{a0}%)"), "{disagree}");
    assert!(figures.starts_with("ARR (30 Jun 2025): {{fact:"), "{figures}");
    assert!(coverage.starts_with("Of the 18 figures"), "{coverage}");
    for text in [disagree, figures] {
        let marks = text.matches("{{cite:").count();
        assert_eq!(marks, text.matches("{{fact:").count() + text.matches("{{calc:").count(), "{text}");
    }
    assert!(!texts.iter().any(|text| text.contains("no judgement")), "the renderers print the fixed sentences");
}

#[test]
fn a_figure_is_not_listed_again_by_a_calculation_that_agrees() {
    let mut inputs = room();
    let report = report(&inputs);
    let rows = |report: &Report, metric: &str| {
        let section = report.sections.iter().find(|section| section.id == "traction").unwrap().clone();
        let blocks = section.blocks.into_iter();
        let rows = blocks.filter_map(|block| if let ReportBlock::Figures { rows } = block { Some(rows) } else { None });
        rows.flatten().filter(|row| row.metric.as_str() == metric).collect::<Vec<_>>()
    };
    let arr = rows(&report, "arr");
    assert_eq!(arr.len(), 1, "{arr:?}");
    assert_eq!(arr[0].note.as_deref(), Some("contradicted: see Documents disagree"));
    assert_eq!(
        rows(&report, "mrr")[0].note.as_deref(),
        Some("stated in one document and recomputed from the customer list")
    );
    assert_eq!(rows(&report, "arpa")[0].note, None, "the renderers say what was reckoned");

    let list = ["Customer|MRR 30.06.2024 (GBP)|MRR 30.06.2025 (GBP)", "Alpha|150000|160000", "Beta|100000|106000"];
    inputs[4] = input("customers.csv", workbook(vec![sheet(1, "Customers", &list)]));
    let nrr = rows(&analyse(&inputs, &Template::named("saas").unwrap(), None, chrono::DateTime::default()), "nrr");
    assert_eq!(nrr.len(), 1, "{nrr:?}");
    assert_eq!(nrr[0].note.as_deref(), Some("contradicted: see Documents disagree"));
    assert!(nrr[0].figure.starts_with('C'), "the trusted value is shown: {nrr:?}");
}
