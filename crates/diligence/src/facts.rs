//! All figures of one document, each once.

use model::{DocumentRole, Fact, Part, Period, PeriodKind, Span};

use crate::Input;
use crate::extract::{cap_table, cards, claims, customers, grid, key_values, prose};
use crate::ledger::{Found, fact};
use crate::ontology::Kind;
use crate::setting::{Room, Setting};

/// Figures of one document beyond this many are dropped.
const MOST_FACTS: usize = 5_000;

/// The figures that a document states, in the order of its text. An unreadable document states none.
pub fn facts(input: &Input, role: DocumentRole) -> Vec<Fact> {
    facts_in(input, role, Room::default())
}

/// The same, with what the other documents of the room say of currency.
pub fn facts_in(input: &Input, role: DocumentRole, room: Room) -> Vec<Fact> {
    let Ok(document) = &input.document else { return Vec::new() };
    let setting = Setting::of(input, document, role, room);
    let mut facts: Vec<Fact> = Vec::new();
    for part in &document.parts {
        let room_left = MOST_FACTS.saturating_sub(facts.len());
        let found = part_figures(&setting, part);
        facts.extend(found.into_iter().filter_map(|found| fact(&setting, part, found)).take(room_left));
    }
    facts
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
