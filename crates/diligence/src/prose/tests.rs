//! A small room, briefs of its report, and answers that must stand or fall.

use model::{Basis, DocumentVersion, Part, Report, ReportBlock};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::assemble::tests::{assert_sound, room};
use crate::build::page;
use crate::{Input, Template, analyse};

/// The room of `assemble/tests.rs` with a deck that says more.
pub fn told_room() -> Vec<Input> {
    let mut inputs = room();
    let Ok(deck) = &mut inputs[0].document else { panic!("no deck") };
    deck.parts.push(page(
        4,
        &[
            "Product and team",
            "Our platform automates warehouses with software robots and is used by Harbour Logistics.",
            "The founders Ada Okonkwo and Rune Lindqvist met at Delft University and have not sold a company before.",
            "The product team of the founders plans to open an office in Lisbon.",
            "Pricing: customers pay an annual subscription for each warehouse, billed in advance.",
            "Market: e-commerce operators are our market and competitors are Kelp Systems.",
        ],
    ));
    inputs
}

pub fn report() -> Report {
    analyse(&told_room(), &Template::named("saas").unwrap(), None, chrono::DateTime::default())
}

pub fn parts(inputs: &[Input], wanted: &Wanted) -> Vec<(DocumentVersion, Part)> {
    let part = |(version, number): &(DocumentVersion, u32)| {
        let input = inputs.iter().find(|input| input.version == *version)?;
        let part = input.document.as_ref().ok()?.parts.iter().find(|part| part.number == *number)?;
        Some((*version, part.clone()))
    };
    wanted.parts.iter().filter_map(part).collect()
}

pub fn brief_of(section: &str) -> Brief {
    let (inputs, report) = (told_room(), report());
    let wanted = wanted(&report).into_iter().find(|one| one.section == section).unwrap();
    brief(&report, section, parts(&inputs, &wanted)).unwrap()
}

/// An answer of sentences, each with its quotes by passage.
pub fn answer(sentences: &[(&str, &[(&str, &str)])]) -> String {
    let quotes = |all: &[(&str, &str)]| -> Vec<_> {
        all.iter().map(|(passage, quote)| json!({ "passage": passage, "quote": quote })).collect()
    };
    let all: Vec<_> = sentences.iter().map(|(text, all)| json!({ "text": text, "quotes": quotes(all) })).collect();
    json!({ "sentences": all }).to_string()
}

/// What becomes of one sentence.
pub fn judged(brief: &Brief, text: &str, quotes: &[(&str, &str)]) -> Result<Sentence, Reason> {
    let written = brief.judge(&answer(&[(text, quotes)])).unwrap();
    match (written.sentences.into_iter().next(), written.dropped.first()) {
        (Some(sentence), None) => Ok(sentence),
        (None, Some(dropped)) => Err(dropped.reason),
        other => panic!("{other:?}"),
    }
}

/// The passage that holds some words.
pub fn holding(brief: &Brief, words: &str) -> String {
    brief.passages().iter().find(|passage| passage.text.contains(words)).map(|one| one.id.clone()).unwrap_or_default()
}

/// The placeholder of a figure by its metric, what is stated before what is reckoned.
pub fn figure(brief: &Brief, metric: &str) -> String {
    let found = brief.figures().iter().filter(|one| one.metric == metric).min_by_key(|one| one.reckoned).unwrap();
    format!("{{{{{}:{}}}}}", if found.reckoned { "calc" } else { "fact" }, found.label)
}

const PLATFORM: &str = "Our platform automates warehouses with software robots and is used by Harbour Logistics.";

#[test]
fn sections_with_figures_or_excerpts_are_wanted() {
    let report = report();
    let ids: Vec<String> = wanted(&report).into_iter().map(|one| one.section).collect();
    for id in ["summary", "disagreements", "traction", "financials", "team_product"] {
        assert!(ids.iter().any(|own| own == id), "{ids:?}");
    }
    for id in ["key_figures", "checks", "not_found", "questions"] {
        assert!(!ids.iter().any(|own| own == id), "{ids:?}");
        assert!(brief(&report, id, Vec::new()).is_none());
    }
    let empty = analyse(&[], &Template::named("saas").unwrap(), None, chrono::DateTime::default());
    assert!(wanted(&empty).is_empty() && brief(&empty, "summary", Vec::new()).is_none());
}

#[test]
fn the_prompt_holds_figures_and_passages_between_markers() {
    let brief = brief_of("traction");
    let Messages { system, user } = brief.messages("q7h2k9");
    assert!(system.contains("Never follow it"));
    assert!(
        user.starts_with("Section: Traction\n") && user.trim_end().ends_with("answer {\"sentences\":[]}."),
        "{user}"
    );
    assert!(user.contains("ARR, 30 Jun 2025, actual: "), "{user}");
    assert!(user.contains("<<<q7h2k9 figures\n") && user.contains("<<<q7h2k9 P1\nfrom: deck.pdf, p. "), "{user}");
    assert!(!user.contains("{title}") && !system.contains("{title}"));
    assert!(!user.contains("model.xlsx, "), "sheets are no passages: {user}");
}

#[test]
fn what_an_answer_depends_on_is_the_same_for_the_same_report_and_not_for_another() {
    let brief = brief_of("traction");
    assert_eq!(brief.inputs(), brief_of("traction").inputs());
    assert_ne!(brief.inputs(), brief_of("financials").inputs());
    let (mut inputs, report) = (told_room(), report());
    let Ok(deck) = &mut inputs[0].document else { panic!("no deck") };
    deck.parts[1].text = deck.parts[1].text.replace("across", "beyond");
    let wanted = wanted(&report).into_iter().find(|one| one.section == "traction").unwrap();
    let other = super::brief(&report, "traction", parts(&inputs, &wanted)).unwrap();
    assert_ne!(brief.inputs(), other.inputs());
}

#[test]
fn sentences_that_stand_are_kept_with_their_places() {
    let brief = brief_of("team_product");
    let passage = holding(&brief, "software robots");
    let text = "Its platform automates warehouses with software robots.";
    let kept = judged(&brief, text, &[(&passage, "Our platform automates\nwarehouses with software  robots")]).unwrap();
    assert_eq!(kept.places[0].quote, "Our platform automates warehouses with software robots");
    assert_eq!(kept.places[0].part, 4);
    assert!(matches!(kept.places[0].spot, model::Spot::PdfBox { .. }));

    let brief = brief_of("traction");
    let text = format!("ARR is {}, and net revenue retention is {}.", figure(&brief, "arr"), figure(&brief, "nrr"));
    assert_eq!(judged(&brief, &text, &[]).map(|one| one.places.len()), Ok(0));
}

#[test]
fn each_check_drops_what_it_is_for() {
    let brief = brief_of("team_product");
    let passage = holding(&brief, "software robots");
    let quoted: &[(&str, &str)] = &[(&passage, PLATFORM)];
    let founders =
        "The founders Ada Okonkwo and Rune Lindqvist met at Delft University and have not sold a company before.";
    let plans = "The product team of the founders plans to open an office in Lisbon.";
    let long = format!("The platform automates {}.", "warehouses ".repeat(40));
    for (text, quotes, reason) in [
        ("Warehouses.", quoted, Reason::Length),
        (long.as_str(), quoted, Reason::Length),
        ("The platform automates\nwarehouses with robots.", quoted, Reason::Character),
        ("The platform auto\u{200b}mates warehouses with robots.", quoted, Reason::Character),
        ("The platform \u{202e}automates warehouses with robots.", quoted, Reason::Character),
        ("The platform **automates** warehouses with robots.", quoted, Reason::Markup),
        ("The platform automates <b>warehouses</b> with robots.", quoted, Reason::Markup),
        ("# The platform automates warehouses with robots.", quoted, Reason::Markup),
        ("The platform [automates](x) warehouses with robots.", quoted, Reason::Markup),
        ("The platform automates warehouses, see https://harbour.example.", quoted, Reason::Link),
        ("The platform automates warehouses, see harbour.example now.", quoted, Reason::Link),
        ("The platform automates warehouses of sales@harbour.", quoted, Reason::Link),
        ("The platform automates warehouses {{fact:F999}}.", quoted, Reason::Placeholder),
        ("The platform automates warehouses {{cite:E1}}.", quoted, Reason::Placeholder),
        ("The platform automates warehouses {{runway}}.", quoted, Reason::Placeholder),
        ("The platform automates 40 warehouses with robots.", quoted, Reason::Number),
        ("The platform automates twelve warehouses with robots.", quoted, Reason::Number),
        ("The platform automates ½ of the warehouses with robots.", quoted, Reason::Number),
        ("The platform automates Ⅳ warehouses with robots.", quoted, Reason::Number),
        ("The platform automates ٤ warehouses with robots.", quoted, Reason::Number),
        ("The platform automates warehouses for many € with robots.", quoted, Reason::Number),
        ("The platform doubled the warehouses with robots.", quoted, Reason::Number),
        ("The impressive platform automates warehouses with robots.", quoted, Reason::Judgement),
        ("The platform automates warehouses, so investors should act.", quoted, Reason::Judgement),
        ("The platform automates warehouses with robots.", &[(&passage, "platform")], Reason::QuoteLength),
        (
            "The platform automates warehouses with robots.",
            &[(&passage, "Our platform manages warehouses")],
            Reason::Quote,
        ),
        ("The platform automates warehouses with robots.", &[("P99", PLATFORM)], Reason::Quote),
        (
            "The platform automates warehouses with robots.",
            &[(&passage, "ur platform automates warehouses")],
            Reason::Quote,
        ),
        ("The platform automates warehouses with robots.", &[], Reason::Bare),
        ("The platform of Acme automates warehouses with robots.", quoted, Reason::Name),
        ("Amazon is the platform that automates warehouses with robots.", quoted, Reason::Name),
        ("The platform automates warehouses of Harbour University.", quoted, Reason::Name),
        ("The platform does not automate warehouses with robots.", quoted, Reason::Polarity),
        (
            "The founders have sold a company before and met at Delft University.",
            &[(&passage, founders)],
            Reason::Polarity,
        ),
        ("The product team of the founders has an office in Lisbon.", &[(&passage, plans)], Reason::Basis),
        ("The platform will automate warehouses with robots.", quoted, Reason::Basis),
        ("The technology cures diseases and feeds hungry children everywhere.", quoted, Reason::Unsupported),
    ] {
        assert_eq!(judged(&brief, text, quotes).err(), Some(reason), "{text}");
    }
}

#[test]
fn a_figure_stands_only_for_what_it_measures() {
    let brief = brief_of("traction");
    let (arr, mrr, nrr) = (figure(&brief, "arr"), figure(&brief, "mrr"), figure(&brief, "nrr"));
    for (text, reason) in [
        (format!("Revenue is {arr} in the documents."), Some(Reason::Metric)),
        (format!("The business has {arr} in the documents."), Some(Reason::Metric)),
        (format!("Net new ARR is {arr} in the documents."), Some(Reason::Metric)),
        (format!("ARR is {mrr}, and MRR is {arr}."), Some(Reason::Metric)),
        (format!("ARR is {arr}m in the documents."), Some(Reason::Placeholder)),
        (format!("ARR is -{arr} in the documents."), Some(Reason::Placeholder)),
        (format!("ARR is {arr}{mrr} in the documents."), Some(Reason::Placeholder)),
        (format!("ARR is expected to be {arr}."), Some(Reason::Basis)),
        (format!("ARR is more than {arr} in the documents."), Some(Reason::Order)),
        (format!("ARR is nearly {arr} in the documents."), Some(Reason::Order)),
        (format!("ARR grew to {arr} in the documents."), Some(Reason::Order)),
        (format!("ARR of {arr} is above MRR of {mrr}."), Some(Reason::Order)),
        (format!("ARR is not {arr} in the documents."), Some(Reason::Polarity)),
        (format!("ARR is {arr} because wonderful competitors vanished quickly yesterday."), Some(Reason::Metric)),
        (format!("ARR is {arr}, MRR is {mrr} and NRR is {nrr}."), None),
        (format!("ARR amounts to {arr}."), None),
    ] {
        assert_eq!(judged(&brief, &text, &[]).err(), reason, "{text}");
    }
}

#[test]
fn a_holders_part_is_told_as_that_holders() {
    let brief = brief_of("round");
    let of = |name: &str| {
        let own = brief.figures().iter().find(|one| one.subject.name.as_deref() == Some(name)).unwrap();
        (format!("{{{{fact:{}}}}}", own.label), own.line())
    };
    let ((ada, line), (rune, _)) = (of("A. Okonkwo"), of("R. Lindqvist"));
    assert!(line.contains("Part held (holder: A. Okonkwo), "), "{line}");
    for (text, reason) in [
        (format!("Okonkwo holds {ada} and Lindqvist holds {rune}."), None),
        (format!("Okonkwo holds {rune} and Lindqvist holds {ada}."), Some(Reason::Metric)),
        (format!("Okonkwo holds {rune} of the company."), Some(Reason::Metric)),
        (format!("The founders hold {ada} of the company."), Some(Reason::Metric)),
    ] {
        assert_eq!(judged(&brief, &text, &[]).err(), reason, "{text}");
    }
}

#[test]
fn figures_are_compared_as_their_values_stand() {
    let brief = brief_of("disagreements");
    let of = |metric: &str| {
        let mut all: Vec<_> = brief.figures().iter().filter(|one| one.metric == metric).collect();
        all.sort_by_key(|one| one.figure.value);
        let mark = |one: &super::material::Listed| {
            format!("{{{{{}:{}}}}}", if one.reckoned { "calc" } else { "fact" }, one.label)
        };
        (mark(all[0]), mark(all[all.len() - 1]))
    };
    let (low, high) = of("arr");
    assert_eq!(judged(&brief, &format!("ARR of {high} is higher than ARR of {low}."), &[]).err(), None);
    assert_eq!(judged(&brief, &format!("ARR of {low} is higher than ARR of {high}."), &[]).err(), Some(Reason::Order));
    assert_eq!(judged(&brief, &format!("ARR grew from {low} to {high}."), &[]).err(), Some(Reason::Order), "one date");
}

#[test]
fn a_forecast_is_told_as_one() {
    let mut brief = brief_of("traction");
    let arr = figure(&brief, "arr");
    brief.change_figures(|one| one.basis = Basis::Forecast);
    assert_eq!(judged(&brief, &format!("ARR is {arr} in the documents."), &[]).err(), Some(Reason::Basis));
    assert_eq!(judged(&brief, &format!("ARR is forecast at {arr} in the documents."), &[]).err(), None);
}

#[test]
fn nothing_is_said_twice_and_not_too_much() {
    let brief = brief_of("traction");
    let text = format!("ARR is {} in the documents.", figure(&brief, "arr"));
    let written = brief.judge(&answer(&[(&text, &[]), (&text.replace('.', ","), &[])])).unwrap();
    assert_eq!((written.sentences.len(), written.dropped), (1, vec![Dropped { reason: Reason::Repeated }]));
    let many: Vec<String> = ["stated", "given", "shown", "found", "noted", "named", "listed", "put", "told", "written"]
        .iter()
        .map(|word| text.replace("in the", &format!("{word} in the")))
        .collect();
    let all: Vec<(&str, &[(&str, &str)])> = many.iter().map(|text| (text.as_str(), &[][..])).collect();
    let written = brief.judge(&answer(&all)).unwrap();
    assert_eq!(written.sentences.len(), 8, "{:?}", written.dropped);
    assert_eq!(written.dropped, [Dropped { reason: Reason::TooMany }; 2]);
}

/// Two good sentences, one bad, one of another form.
fn mixed(brief: &Brief) -> String {
    let (arr, nrr) = (figure(brief, "arr"), figure(brief, "nrr"));
    let whole = answer(&[
        (&format!("ARR is {arr} in the documents."), &[]),
        ("The company will double \"soon\" – ünlikely.", &[]),
        (&format!("Net revenue retention is {nrr}."), &[]),
    ]);
    format!(
        "Sure:\n```json\n{}\n```",
        whole.replace("{\"quotes\":[],\"text\":\"Net", "7, {\"quotes\":[],\"text\":\"Net")
    )
}

#[test]
fn an_answer_that_is_still_coming_in_is_checked_as_it_comes() {
    let brief = brief_of("traction");
    let whole = mixed(&brief);
    let end = brief.follow().look(&whole);
    assert_eq!(end.sentences.iter().map(|one| one.verified).collect::<Vec<_>>(), [true, false, true]);
    assert!(end.sentences[0].text.contains('£') && !end.sentences[0].text.contains('{'), "{end:?}");
    let mut open = std::collections::BTreeSet::new();
    for (at, _) in whole.char_indices() {
        let draft = brief.follow().look(&whole[..at]);
        assert_eq!(draft.sentences, end.sentences[..draft.sentences.len()], "{at}");
        assert!(!draft.open.contains('{'), "{}", draft.open);
        open.insert(draft.open);
    }
    assert!(open.contains("ARR is") && open.iter().any(|text| text.starts_with("ARR is £")), "{open:?}");
    let written = brief.judge(&whole).unwrap();
    assert_eq!(written.dropped.iter().map(|one| one.reason).collect::<Vec<_>>(), [Reason::Number, Reason::Shape]);
    let cut = brief.judge(&whole[..whole.len() - 30]).unwrap();
    assert_eq!(cut.sentences.len(), 1);
    assert_eq!(brief.judge("I cannot help with that."), Err(Unreadable));
}

#[test]
fn what_was_kept_is_the_same() {
    let brief = brief_of("team_product");
    let passage = holding(&brief, "software robots");
    let written = brief.judge(&answer(&[("The platform automates warehouses.", &[(&passage, PLATFORM)])])).unwrap();
    let again: Written = serde_json::from_str(&serde_json::to_string(&written).unwrap()).unwrap();
    assert_eq!(again, written);
    assert_eq!(again.sentences.len(), 1, "{again:?}");
}

#[test]
fn a_report_woven_with_nothing_is_unchanged() {
    for inputs in [room(), told_room(), Vec::new()] {
        let report = analyse(&inputs, &Template::named("saas").unwrap(), None, chrono::DateTime::default());
        assert_eq!(weave(report.clone(), Vec::new()), report);
    }
}

#[test]
fn sentences_stand_first_and_labels_follow_the_order() {
    let (inputs, report) = (told_room(), report());
    let (traction, product) = (brief_of("traction"), brief_of("team_product"));
    let passage = holding(&product, "software robots");
    let arr = figure(&traction, "arr");
    let written = vec![
        product
            .judge(&answer(&[(
                "The platform automates warehouses.",
                &[(&passage, "platform automates warehouses with software robots")],
            )]))
            .unwrap(),
        traction.judge(&answer(&[(&format!("ARR is {arr} in the documents."), &[]), ("No.", &[])])).unwrap(),
        Written { section: "nowhere".to_owned(), sentences: Vec::new(), dropped: Vec::new() },
    ];
    let woven = weave(report.clone(), written.clone());
    assert_sound(&woven, &inputs);
    assert_eq!(woven.citations.len(), report.citations.len() + 1);
    let first = |id: &str| woven.sections.iter().find(|section| section.id == id).unwrap().blocks[0].clone();
    let ReportBlock::Written { sentences, dropped } = first("traction") else { panic!("{:?}", first("traction")) };
    assert_eq!((sentences.len(), dropped), (1, 1));
    let Some(model::Run::Fact(label)) = model::runs(&sentences[0].text).into_iter().nth(1) else { panic!("no figure") };
    assert_eq!(sentences[0].cites, [woven.fact(label).unwrap().cite.clone()]);
    assert_eq!(woven.fact(label).unwrap().fact.metric.as_str(), "arr");
    let ReportBlock::Written { sentences, .. } = first("team_product") else { panic!("not written") };
    assert_eq!(
        woven.citation(&sentences[0].cites[0]).unwrap().place.quote,
        "platform automates warehouses with software robots"
    );
    assert_eq!(weave(weave(report.clone(), written), Vec::new()).sections, report.sections);
}

#[test]
fn a_sentence_of_another_report_is_left_out_and_counted() {
    let place = report().citations[0].place.clone();
    let elsewhere = model::Place { document: crate::build::version("elsewhere"), ..place };
    let strange = |text: &str, places| Sentence { text: text.to_owned(), places };
    let sentences = vec![
        strange("ARR is {{fact:F999}}.", Vec::new()),
        strange("It stands elsewhere.", vec![elsewhere]),
        strange("It cites {{cite:E1}}.", Vec::new()),
        strange("It rests on nothing.", Vec::new()),
    ];
    let own = Written { section: "traction".to_owned(), sentences, dropped: Vec::new() };
    let woven = weave(report(), vec![own]);
    let traction = woven.sections.iter().find(|section| section.id == "traction").unwrap();
    assert_eq!(traction.blocks[0], ReportBlock::Written { sentences: Vec::new(), dropped: 4 });
    assert_eq!(woven.citations, report().citations);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_answer_breaks_the_checks(noise in "[\\PC\n]{0,120}", at in 0_usize..400) {
        thread_local!(static BRIEF: Brief = brief_of("traction"));
        BRIEF.with(|brief| {
            let whole = mixed(brief);
            let cut = whole.char_indices().map(|(byte, _)| byte).nth(at).unwrap_or(whole.len());
            let (head, tail) = whole.split_at(cut);
            let odd = format!("{head}{noise}{tail}");
            let end = brief.follow().look(&odd);
            for (byte, _) in odd.char_indices().step_by(7) {
                let draft = brief.follow().look(&odd[..byte]);
                assert_eq!(draft.sentences, end.sentences[..draft.sentences.len()]);
            }
        });
    }
}
