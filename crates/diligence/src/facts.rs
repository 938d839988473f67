//! All figures of one document, each once.

use model::{Fact, Figure, MetricId, Part, Period, PeriodKind, Span};

use crate::book::is_own;
use crate::extract::{cap_table, cards, claims, customers, grid, key_values, prose};
use crate::ledger::{Found, fact};
use crate::ontology::{Kind, ontology};
use crate::setting::Setting;
use crate::{Input, Room, Survey};

/// Figures of one document beyond this many are dropped.
const MOST_FACTS: usize = 5_000;

/// The figures that a document states, in the order of its text; at most 5,000. An unreadable document states none.
/// `survey` is that of the same document. The same three values give the same facts.
pub fn facts(input: &Input, survey: &Survey, room: &Room) -> Vec<Fact> {
    let Ok(document) = &input.document else { return Vec::new() };
    let setting = Setting::of(input.version, survey, *room);
    let mut facts: Vec<Fact> = Vec::new();
    for part in &document.parts {
        let room_left = MOST_FACTS.saturating_sub(facts.len());
        let found = part_figures(&setting, part);
        facts.extend(found.into_iter().filter_map(|found| fact(&setting, part, found)).take(room_left));
    }
    without_riddles(&mut facts);
    facts
}

/// Sentences of one document that give different amounts of a flow and no time speak of segments or of parts of a year,
/// and nobody can say which is the company's year: none of them is kept.
fn without_riddles(facts: &mut Vec<Fact>) {
    let riddle = |fact: &Fact| {
        fact.extractor == "prose@1"
            && !fact.period.is_known()
            && is_own(fact)
            && ontology().metric(fact.metric.as_str()).is_some_and(|metric| metric.kind == Kind::Flow)
    };
    let told: Vec<(MetricId, Figure)> =
        facts.iter().filter(|fact| riddle(fact)).map(|fact| (fact.metric.clone(), fact.figure.clone())).collect();
    facts.retain(|fact| {
        let apart = |other: &Figure| other.low() > fact.figure.high() || other.high() < fact.figure.low();
        !riddle(fact) || !told.iter().any(|(metric, other)| *metric == fact.metric && apart(other))
    });
}

/// The figures of a part. Where two extractors read one number, the one that knows more of its surroundings wins.
fn part_figures(setting: &Setting, part: &Part) -> Vec<Found> {
    let mut kept: Vec<Found> = Vec::new();
    let mut listed = cap_table(setting, part);
    if listed.is_empty() {
        listed = customers(setting, part);
    }
    let is_sheet = matches!(part.layout, model::Layout::Sheet(_));
    let mut layers = vec![listed, grid(setting, part)];
    if !is_sheet {
        let tables = table_spans(part);
        let outside = |found: &Found| !tables.iter().any(|table| table.overlaps(found.span));
        let shown = match part.layout {
            model::Layout::Page(_) => cards(setting, part),
            _ => key_values(setting, part),
        };
        layers.push(shown.into_iter().filter(outside).collect());
        layers.push(claims(setting, part));
        layers.push(prose(setting, part).into_iter().filter(outside).collect());
    }
    for layer in layers {
        for mut found in layer.into_iter().take(MOST_FACTS) {
            if !kept.iter().any(|other| {
                other.span.overlaps(found.span)
                    && (other.metric.id == found.metric.id || other.subject.kind == found.subject.kind)
            }) {
                default_period(setting, &mut found);
                kept.push(found);
            }
        }
    }
    kept.sort_by_key(|found| found.span);
    kept
}

fn table_spans(part: &Part) -> Vec<Span> {
    part.tables.iter().flat_map(|table| table.cells.iter().map(|cell| cell.span)).collect()
}

/// In the accounts of a year a figure without a period is of that year.
fn default_period(setting: &Setting, found: &mut Found) {
    let Some(year) = setting.year_end.filter(|_| !found.period.is_known()) else { return };
    found.period = match found.metric.kind {
        Kind::Stock => Period::instant(year),
        Kind::Flow | Kind::Rate => Period::ending(PeriodKind::Year, year),
    };
}

#[cfg(test)]
mod tests {
    use model::DocumentRole;

    use super::*;
    use crate::build::{input, page, page_with_table, pdf};
    use crate::survey;

    fn shown(document: model::Document) -> Vec<String> {
        let survey = survey::of("results.pdf", &document, DocumentRole::Accounts);
        let facts = facts(&input("results.pdf", document), &survey, &Room::default());
        facts.iter().map(|fact| format!("{} {} {}", fact.metric, fact.figure.show(), fact.period)).collect()
    }

    #[test]
    fn net_sales_of_a_segment_are_not_those_of_the_company() {
        let segments = [
            "Net sales of €11,154 million were in line with last year.",
            "Net sales of €3,540 million were 4% higher.",
        ];
        assert_eq!(shown(pdf(vec![page(1, &segments)])), [""; 0]);
        assert_eq!(shown(pdf(vec![page(1, &segments[..1])])).len(), 1);
        let quarter = ["Net sales of €897 million were 5% lower than the same quarter last year."];
        assert_eq!(shown(pdf(vec![page(1, &quarter)])), [""; 0]);
        assert_eq!(shown(pdf(vec![page(1, &["Online revenue of €2.8 billion rose."])])), [""; 0]);
    }

    #[test]
    fn cash_that_is_spent_is_not_cash() {
        for line in [
            "Strong total cash returns to shareholders of €1.2 billion.",
            "The company expects to allocate €70 million of cash towards share repurchases.",
        ] {
            assert_eq!(shown(pdf(vec![page(1, &[line])])), [""; 0], "{line}");
        }
    }

    #[test]
    fn a_head_of_many_lines_still_says_scale_and_stretch() {
        let sales = |weeks: &str| {
            let rows = [
                "|Exhibit 1",
                "|Kelp Inc.",
                "|Statements of Income",
                "|(In thousands of USD)",
                weeks,
                "|January 28,|January 29,",
                "|2023|2022",
                "Net sales|3,226,773|2,729,388",
            ];
            shown(pdf(vec![page_with_table(1, &[], &rows)]))
        };
        assert_eq!(
            sales("|13 Weeks Ended"),
            ["revenue $3,226.773m quarter to Jan 2023", "revenue $2,729.388m quarter to Jan 2022"]
        );
        assert_eq!(
            sales("|52 Weeks Ended"),
            ["revenue $3,226.773m FY to Jan 2023", "revenue $2,729.388m FY to Jan 2022"]
        );
    }
}
