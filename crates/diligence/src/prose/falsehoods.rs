//! Sentences that are false and were believed once: each must fall, whatever true quote stands beside it.

use model::Basis;

use super::tests::{answer, brief_of, figure, holding, judged};
use super::*;

/// A brief of figures, a few marks of figures, and a true quote that has nothing to do with them.
fn traction() -> (Brief, String, String, String) {
    let brief = brief_of("traction");
    let (arr, mrr, nrr) = (figure(&brief, "arr"), figure(&brief, "mrr"), figure(&brief, "nrr"));
    (brief, arr, mrr, nrr)
}

fn fall(brief: &Brief, texts: &[String], quotes: &[(&str, &str)]) {
    for text in texts {
        assert!(judged(brief, text, quotes).is_err(), "{text} {quotes:?}");
    }
}

fn stand(brief: &Brief, texts: &[String], quotes: &[(&str, &str)]) {
    for text in texts {
        assert_eq!(judged(brief, text, quotes).err(), None, "{text} {quotes:?}");
    }
}

/// A line of a passage, to quote it.
fn some_line(brief: &Brief) -> (String, String) {
    let told = brief.passages().iter().find_map(|one| {
        let line = one.text.lines().find(|line| line.split_whitespace().count() > 4)?;
        Some((one.id.clone(), line.to_owned()))
    });
    told.unwrap()
}

#[test]
fn a_figure_belongs_to_the_name_before_it() {
    let (brief, arr, mrr, nrr) = traction();
    fall(
        &brief,
        &[
            format!("With ARR, NRR is {arr}."),
            format!("The deck gives ARR, and churn is {arr}."),
            format!("NRR is {arr}, ARR is {nrr}, NRR."),
            format!("Churn is {arr}, ARR is {mrr}, MRR."),
            format!("ARR and MRR are {arr} and {mrr}."),
            format!("MRR and ARR is {arr} in the deck."),
            format!("The growth of ARR is {arr} by the deck."),
        ],
        &[],
    );
    stand(
        &brief,
        &[format!("ARR is {arr} and MRR is {mrr}."), format!("ARR of {arr} and NRR of {nrr} stand in the documents.")],
        &[],
    );
}

#[test]
fn a_figure_of_the_company_is_nobody_elses() {
    let (brief, arr, ..) = traction();
    let others = [
        format!("SAP has ARR of {arr} by now."),
        format!("SAP has ARR of {arr} in documents."),
        format!("In documents, Bosch has ARR of {arr}."),
        format!("Harbour Logistics has ARR of {arr}."),
        format!("In documents, harbour has ARR of {arr}."),
    ];
    fall(&brief, &others, &[]);
    let (passage, line) = some_line(&brief);
    fall(&brief, &others, &[(&passage, &line)]);
}

#[test]
fn a_true_quote_beside_it_bears_out_no_change() {
    let (brief, arr, ..) = traction();
    let (passage, line) = some_line(&brief);
    let texts = [
        format!("ARR fell and is {arr} in the documents."),
        format!("ARR rose and is {arr} in the documents."),
        format!("ARR plunged and is {arr} in the documents."),
        format!("ARR is {arr}, which is more."),
        format!("Total ARR is {arr}, down."),
    ];
    fall(&brief, &texts, &[(&passage, &line)]);
    fall(&brief, &texts, &[]);
}

#[test]
fn figures_alone_support_nothing_but_what_they_are() {
    let (brief, arr, mrr, _) = traction();
    fall(
        &brief,
        &[
            format!("The documents give fraudulent ARR of {arr}."),
            format!("The documents give bad ARR of {arr}."),
            format!("In the documents, ARR trebled and is {arr}."),
            format!("Today, the documents have ARR of {arr}."),
            format!("ARR is now {arr} in the documents."),
            format!("ARR is {arr} this year, by the documents."),
            format!("All ARR is {arr} by the documents."),
            format!("ARR must be {arr} by the documents."),
            format!("The contract has ARR of {arr}."),
            format!("Traction with ARR of {arr} is given."),
            format!("Made up ARR is {arr} in the documents."),
            format!("ARR, made up, is {arr} in the documents."),
            format!("ARR can be {arr} by the documents."),
            format!("The other company has ARR of {arr}."),
            format!("Is ARR {arr} in the documents?"),
            format!("ARR is between {arr} and {mrr}."),
            format!("ARR is about {arr} in the documents."),
            format!("ARR rose by {arr} in the documents."),
            format!("ARR, {arr}, is the figure of MRR."),
            format!("ARR is {arr}, as is MRR."),
            format!("Churned ARR is {arr} in the documents."),
            format!("ARR of {arr} is churn in the documents."),
        ],
        &[],
    );
    let role = brief.figures().iter().find(|one| arr.contains(&format!(":{}}}", one.label))).unwrap().roles[0];
    stand(
        &brief,
        &[
            format!("The {} puts ARR at {arr}.", role.title().to_lowercase()),
            format!("According to the {}, ARR is {arr}.", role.title().to_lowercase()),
            format!("The documents put ARR at {arr}."),
        ],
        &[],
    );
}

#[test]
fn names_of_files_support_nothing() {
    let (mut brief, arr, ..) = traction();
    brief.change_figures(|one| one.documents = vec!["fraudulent Acme.pdf".to_owned()]);
    fall(&brief, &[format!("The fraudulent ARR is {arr}."), format!("Acme has ARR of {arr}.")], &[]);
}

#[test]
fn quotes_bear_out_every_word() {
    let brief = brief_of("team_product");
    let passage = holding(&brief, "software robots");
    let real = "Our platform automates warehouses with software robots";
    let told = |text: &str| text.to_owned();
    fall(
        &brief,
        &[
            told("The platform automates dangerous warehouses with software robots."),
            told("Today, the platform automates warehouses with software robots."),
            told("The platform automates every warehouse with software robots."),
            told("The platform formerly automated warehouses with software robots."),
            told("The platform hardly automates warehouses with software robots."),
            told("The platform lacks software robots that automate warehouses."),
            told("The platform automates Rune Lindqvist with software robots."),
            told("The platform automates a fifth of warehouses with software robots."),
        ],
        &[(&passage, real)],
    );
    stand(&brief, &[told("The platform automates warehouses with software robots.")], &[(&passage, real)]);
}

#[test]
fn a_denial_around_a_quote_is_not_cut_away() {
    let brief = super::attacks::attacked("It is not true that our platform is profitable in every market.", "deck.pdf");
    let passage = holding(&brief, "profitable in every");
    let told = |text: &str| text.to_owned();
    fall(
        &brief,
        &[told("The platform is profitable in every market.")],
        &[(&passage, "our platform is profitable in every market")],
    );
}

#[test]
fn a_plan_around_a_quote_is_not_cut_away() {
    let brief = brief_of("team_product");
    let passage = holding(&brief, "office in Lisbon");
    let quoted = [(passage.as_str(), "open an office in Lisbon")];
    fall(&brief, &["The company has an open office in Lisbon.".to_owned()], &quoted);
}

#[test]
fn what_has_happened_and_what_has_not_are_not_mixed() {
    let (mut brief, arr, mrr, _) = traction();
    let label = |mark: &str| mark.trim_matches(['{', '}']).split(':').nth(1).unwrap().to_owned();
    let ahead = label(&arr);
    brief.change_figures(|one| one.basis = if one.label == ahead { Basis::Forecast } else { Basis::Actual });
    fall(
        &brief,
        &[
            format!("ARR is {arr} and the plan is MRR of {mrr}."),
            format!("The forecast is ARR of {arr} and MRR is {mrr}."),
            format!("The expected MRR is {mrr} in the documents."),
        ],
        &[],
    );
    stand(&brief, &[format!("The forecast puts ARR at {arr}.")], &[]);
}

#[test]
fn an_address_is_no_name_of_a_file() {
    let brief = super::attacks::attacked("", "evil.example.pdf");
    let passage = holding(&brief, "software robots");
    let quoted = [(passage.as_str(), "Our platform automates warehouses with software robots")];
    for text in
        ["The platform automates warehouses, see evil.example now.", "The platform automates evil.example.pdf robots."]
    {
        assert_eq!(judged(&brief, text, &quoted).err(), Some(Reason::Link), "{text}");
    }
}

#[test]
fn what_is_shown_as_verified_is_what_is_kept() {
    let brief = brief_of("team_product");
    let passage = holding(&brief, "software robots");
    let quoted: &[(&str, &str)] = &[(&passage, "Our platform automates warehouses with software robots")];
    let text = "The ｐｌａｔｆｏｒｍ automates ware\u{ad}houses with software robots.".replace('\u{ad}', "");
    let whole = answer(&[(&text, quoted)]);
    let draft = brief.follow().look(&whole);
    assert!(draft.sentences[0].verified);
    let kept = brief.judge(&whole).unwrap();
    assert_eq!(draft.sentences[0].text, kept.sentences[0].text);
    assert_eq!(draft.sentences[0].text, brief.shown(&kept.sentences[0]));
}

#[test]
fn what_would_cost_much_is_dropped() {
    let (brief, arr, ..) = traction();
    let many = format!("ARR is {arr}. ").repeat(7);
    assert!(judged(&brief, &many, &[]).is_err());
    let (passage, _) = some_line(&brief);
    let long = "word ".repeat(90);
    assert_eq!(judged(&brief, "The documents tell of ARR.", &[(&passage, &long)]).err(), Some(Reason::QuoteLength));
    let grown = "\u{fdfa}".repeat(100);
    assert_eq!(judged(&brief, &grown, &[]).err(), Some(Reason::Length), "length after NFKC");
}

#[test]
fn an_answer_is_followed_as_it_comes() {
    let (brief, arr, _, nrr) = traction();
    let whole = answer(&[
        (&format!("ARR is {arr} in the documents."), &[]),
        ("It will double \"soon\" – ünlikely.", &[]),
        (&format!("ARR is {arr}, in the documents."), &[]),
        (&format!("Net revenue retention is {nrr}."), &[]),
    ]);
    let mut follow = brief.follow();
    for (at, _) in whole.char_indices() {
        assert_eq!(follow.look(&whole[..at]), brief.follow().look(&whole[..at]), "{at}");
    }
    assert_eq!(follow.look(&whole), brief.follow().look(&whole));
    assert_eq!(follow.look("{\"sentences\":[{\"te"), Draft::default(), "another answer");
    fn is_send<T: Send>(_: &T) {}
    is_send(&follow);
}

#[test]
fn words_that_name_a_figure_do_not_compare_it() {
    let mut brief = brief_of("traction");
    let arr = figure(&brief, "arr");
    brief.change_figures(|one| one.metric = "growth_yoy".to_owned());
    stand(
        &brief,
        &[format!("Growth year on year is {arr}."), format!("The documents put revenue growth at {arr}.")],
        &[],
    );
    fall(&brief, &[format!("The growth of revenue growth is {arr}.")], &[]);
}

/// What is easy to say truly is kept: a figure behind its own name, and a line of a passage in its own words.
#[test]
fn plain_statements_stand() {
    for wanted in wanted(&super::tests::report()) {
        let brief = brief_of(&wanted.section);
        for one in brief.figures().iter().filter(|one| !one.is_open()) {
            let line = one.line();
            let title = line.split_once(": ").unwrap().1.split(',').next().unwrap().to_owned();
            // "Shares, fully diluted" is not named by its first word.
            if one.measured().contains(',') {
                continue;
            }
            let kind = if one.reckoned { "calc" } else { "fact" };
            let text = format!("The documents put {title} at {{{{{kind}:{}}}}}.", one.label);
            if !title.contains(char::is_numeric) {
                stand(&brief, &[text], &[]);
            }
        }
        for passage in brief.passages() {
            let plain = |line: &&str| line.split_whitespace().count() > 4 && !line.contains(char::is_numeric);
            for line in passage.text.lines().filter(plain).filter(|line| line.ends_with('.') && line.len() < 300) {
                stand(&brief, &[line.to_owned()], &[(&passage.id, line)]);
            }
        }
    }
}

#[test]
fn change_is_told_of_times_of_one_kind() {
    use model::PeriodKind::{Instant, Quarter, Year};
    for (kinds, ends, stands) in [
        ((Year, Year), (2024, 2025), true),
        ((Year, Quarter), (2024, 2025), false),
        ((Instant, Instant), (2025, 2024), false),
    ] {
        let (mut brief, arr, mrr, _) = traction();
        brief.change_figures(|one| {
            let first = arr.contains(&format!(":{}}}", one.label));
            let (kind, year) = if first { (kinds.0, ends.0) } else { (kinds.1, ends.1) };
            one.period = model::Period::ending(kind, chrono::NaiveDate::from_ymd_opt(year, 12, 31).unwrap());
            one.metric = "arr".to_owned();
            one.figure.unit = model::Unit::Money { currency: None };
            one.figure.value = if first { 1 } else { 2 }.into();
        });
        let (rose, fell) = (format!("ARR rose from {arr} to {mrr}."), format!("ARR fell from {arr} to {mrr}."));
        assert_eq!(judged(&brief, &rose, &[]).is_ok(), stands, "{kinds:?}");
        assert_eq!(judged(&brief, &fell, &[]).err(), Some(Reason::Order), "{kinds:?}");
    }
}

#[test]
fn a_quote_of_something_else_lends_figures_no_words() {
    let mut brief = brief_of("team_product");
    let passage = holding(&brief, "software robots");
    let mut listed = brief_of("traction").figures().iter().find(|one| one.metric == "arr").unwrap().clone();
    listed.label = "F990".to_owned();
    brief.add_figure(listed);
    let quoted = [(passage.as_str(), "Our platform automates warehouses with software robots")];
    stand(&brief, &["ARR is {{fact:F990}} in the documents.".to_owned()], &[]);
    let text = "ARR is {{fact:F990}}, with software robots.";
    assert_eq!(judged(&brief, text, &quoted).err(), Some(Reason::Metric));
}

#[test]
fn inputs_hold_what_a_verdict_depends_on() {
    let (mut brief, ..) = traction();
    let before = brief.inputs();
    assert!(before.len() > 1_000);
    brief.change_figures(|one| one.roles.clear());
    let without_roles = brief.inputs();
    assert_ne!(before, without_roles, "what documents are for");
    brief.change_figures(|one| one.title.push('x'));
    assert_ne!(without_roles, brief.inputs(), "titles of figures");
}
