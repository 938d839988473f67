//! The slides that count: market, traction, money, the round. How a group of figures is shown is drawn: as cards, as a
//! table, as points or as sentences; dated each, dated once, or not dated at all.

use rust_decimal::Decimal;

use super::story::slide;
use super::tree::{Block, Card, Chart, Shape, Slide, Table};
use crate::defect::Defect;
use crate::room::metric;
use crate::room::number::round;
use crate::room::teller::{Fact, Teller};
use crate::room::text::Text;
use crate::room::truth::{Basis, Unit};
use crate::startup::{Dice, Kind, Month, Period};

/// Where a slide says of when its figures are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dates {
    Each,
    Once,
    Never,
}

/// A group of figures as a block, and the note that dates them.
fn group(teller: &Teller<'_>, keys: &[(String, Period)], dice: &mut Dice) -> (Block, Text) {
    let dates = dice.one_of(Dates::Each, &[Dates::Each, Dates::Once, Dates::Never]);
    let now = teller.startup.horizon.cut_off;
    let fact = |(key, period): &(String, Period)| {
        let instant = metric::period(key, *period) == Period::at(now);
        // What is planted is dated, so that another file can be held against it.
        let planted = teller.value(key, *period)?.1.is_some();
        let dated = dates != Dates::Never || !instant || planted;
        let mut fact = teller.fact(key, *period, dated)?;
        if instant && dates == Dates::Once && dated {
            fact.when = String::new();
        }
        Some(fact)
    };
    let facts: Vec<Fact> = keys.iter().filter_map(fact).collect();
    let note = match dates {
        Dates::Once => teller.tongue.fill("figures_as_of", &[("date", &teller.tongue.day(now))]),
        _ => String::new(),
    };
    (shown(teller, &facts, dice), note.into())
}

/// Facts in one of the forms that decks have.
fn shown(teller: &Teller<'_>, facts: &[Fact], dice: &mut Dice) -> Block {
    match dice.between(0, 4) {
        0 | 1 => Block::Cards(
            facts
                .iter()
                .map(|fact| Card {
                    value: fact.value.clone(),
                    label: fact.label.as_str().into(),
                    note: fact.when.as_str().into(),
                })
                .collect(),
        ),
        2 => Block::Points(facts.iter().map(|fact| teller.sentence(fact)).collect()),
        _ => table(teller, facts),
    }
}

fn table(teller: &Teller<'_>, facts: &[Fact]) -> Block {
    let dated = facts.iter().any(|fact| !fact.when.is_empty());
    let mut head: Vec<Text> = vec![teller.tongue.say("metric").into(), teller.tongue.say("value").into()];
    if dated {
        head.push(teller.tongue.say("comment").into());
    }
    let rows = facts.iter().map(|fact| {
        let mut row: Vec<Text> = vec![fact.label.as_str().into(), fact.value.clone()];
        if dated {
            row.push(fact.when.as_str().into());
        }
        row
    });
    Block::Table(Table { head, rows: rows.collect() })
}

/// The size of the market.
pub fn market(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    let now = Period::at(teller.startup.horizon.cut_off);
    let facts: Vec<Fact> = ["tam", "sam", "som"].iter().filter_map(|key| teller.fact(key, now, false)).collect();
    let mut slide = slide(teller, "t_market", vec![shown(teller, &facts, dice)]);
    let growth = teller.fact("market_growth", now, false);
    slide.blocks.extend(growth.map(|fact| Block::Words(teller.sentence(&fact))));
    slide.note = teller.tongue.say("source").into();
    slide
}

/// What every deck of the company says first.
fn headlines(teller: &Teller<'_>) -> Vec<(String, Period)> {
    let startup = teller.startup;
    let now = Period::at(startup.horizon.cut_off);
    let year = Period::year(startup.past_years().last().copied().unwrap_or_default());
    let mut keys: Vec<(String, Period)> = Vec::new();
    if startup.subscriptions().is_some() {
        keys.extend(["arr", "customers", "nrr", "grr"].map(|key| (key.to_owned(), now)));
    }
    if let Some(trade) = &startup.profile.trade {
        let price = trade.price_metric.as_str();
        for key in [trade.units_metric.as_str(), trade.gross_metric.as_str(), price] {
            let period = if key == "mau" || key == "arpu" { Period::month(now.end) } else { year };
            keys.push((key.to_owned(), period));
        }
    }
    keys.push(("revenue".to_owned(), year));
    keys.retain(|(key, _)| metric::is_metric(key));
    keys.truncate(6);
    keys
}

/// Where the company is: headlines and a chart.
pub fn traction(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    let (block, note) = group(teller, &headlines(teller), dice);
    let mut blocks = vec![block];
    blocks.extend(chart(teller, dice).map(Block::Chart));
    if dice.coin() {
        blocks.reverse();
    }
    let mut slide = slide(teller, "t_traction", blocks);
    slide.beside = true;
    slide.note = note;
    // Many decks say the message in the title, and the topic nowhere.
    let first = headlines(teller).into_iter().next().filter(|_| dice.per_mille(450));
    let fact = first.and_then(|(key, period)| teller.fact(&key, period, true));
    if let Some(fact) = fact {
        slide.title = teller.sentence(&fact);
    }
    slide
}

/// What else the company measures.
pub fn unit_economics(teller: &Teller<'_>, dice: &mut Dice) -> Option<Slide> {
    let startup = teller.startup;
    let now = Period::at(startup.horizon.cut_off);
    let year = Period::year(startup.past_years().last().copied().unwrap_or_default());
    let mut keys: Vec<(String, Period)> =
        ["arpa", "cac", "ltv", "ltv_cac", "cac_payback_m", "burn_multiple"].map(|key| (key.to_owned(), now)).to_vec();
    keys.extend(["gross_margin", "growth_yoy"].map(|key| (key.to_owned(), year)));
    keys.extend(startup.measures.keys().map(|key| (key.clone(), now)));
    if let Some(take) = startup.profile.trade.as_ref().and_then(|trade| trade.take_metric.clone()) {
        keys.push((take, year));
    }
    keys.retain(|(key, period)| teller.fact(key, *period, true).is_some());
    dice.shuffle(&mut keys);
    keys.truncate(6);
    let (block, note) = group(teller, &keys, dice);
    let mut slide = slide(teller, "t_unit", vec![block]);
    slide.note = note;
    Some(slide)
}

/// A chart of what the company counts, by quarter.
pub fn chart(teller: &Teller<'_>, dice: &mut Dice) -> Option<Chart> {
    let startup = teller.startup;
    let key = match &startup.profile.trade {
        _ if startup.subscriptions().is_some() => "arr",
        Some(trade) if metric::is_metric(&trade.gross_metric) => trade.gross_metric.as_str(),
        _ => "revenue",
    };
    let quarters = quarters(startup.horizon.cut_off, dice.between(5, 8), startup.horizon.first);
    let last = teller.value(key, *quarters.last()?)?.0;
    let (unit, scale, places, format) = if last >= Decimal::from(3_000_000) {
        ("million", Decimal::from(1_000_000), 1, "0.0")
    } else {
        ("thousand", Decimal::ONE_THOUSAND, 0, "#,##0")
    };
    let unit = teller.tongue.fill(unit, &[("currency", startup.locale.currency())]);
    let stock = metric::period(key, Period::quarter(startup.horizon.cut_off)).kind == Kind::Instant;
    let how = teller.tongue.say(if stock { "quarter_end" } else { "per_quarter" });
    let label = format!("{} {how}", teller.tongue.label(key));
    let title = teller.tongue.fill("chart_of", &[("label", &label), ("unit", &unit)]);
    let mut chart = Chart {
        shape: dice.one_of(Shape::Columns, &[Shape::Columns, Shape::Bars, Shape::Line]),
        title,
        categories: Vec::new(),
        labels: Vec::new(),
        values: Vec::new(),
        format,
    };
    for quarter in quarters {
        let (value, _) = teller.value(key, quarter)?;
        chart.categories.push(teller.tongue.heading(quarter));
        chart.values.push(round(value / scale, places));
        chart.labels.push(teller.in_table(key, quarter, scale, places)?);
    }
    Some(chart)
}

fn quarters(cut_off: Month, count: i64, first: Month) -> Vec<Period> {
    let back = (0..i32::try_from(count).unwrap_or(4)).rev();
    back.map(|quarter| Period::quarter(cut_off.plus(-3 * quarter))).filter(|period| period.first() >= first).collect()
}

/// The years in a table, past and planned.
pub fn financials(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    let startup = teller.startup;
    let (first, last) = (startup.horizon.first.year(), startup.horizon.last.year());
    let periods: Vec<Period> = (first..=last).map(Period::year).collect();
    let wrong = teller.lies.has(Defect::WrongScale) && teller.document == "deck";
    let thousands = wrong || dice.coin();
    let (scale, places) = if thousands { (Decimal::ONE_THOUSAND, 0) } else { (Decimal::from(1_000_000), 2) };
    let said = if wrong || !thousands { "million" } else { "thousand" };
    let unit = teller.tongue.fill(said, &[("currency", startup.locale.currency())]);
    let mut keys = vec!["revenue", "gross_profit", "opex", "ebitda"];
    keys.extend(dice.one_of(None, &[Some("gross_margin"), Some("net_income")]));
    let mut head: Vec<Text> = vec![unit.into()];
    head.extend(periods.iter().map(|period| {
        let word = teller.tongue.say(if startup.is_past(*period) { "actual" } else { "forecast" });
        Text::from(format!("{} {word}", teller.tongue.heading(*period)))
    }));
    let row = |key: &&str| -> Vec<Text> {
        let mut row: Vec<Text> = vec![teller.tongue.label(key).into()];
        row.extend(periods.iter().map(|period| {
            let mut text = teller.in_table(key, *period, scale, places).unwrap_or_else(|| "–".into());
            for figure in text.figures.iter_mut().filter(|figure| wrong && figure.unit == Unit::Money) {
                figure.value *= Decimal::ONE_THOUSAND;
                figure.planted = Some(Defect::WrongScale.name());
            }
            text
        }));
        row
    };
    let table = Table { head, rows: keys.iter().map(row).collect() };
    slide(teller, "t_financials", vec![Block::Table(table)])
}

/// Cash and how long it lasts.
pub fn cash(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    let now = teller.startup.horizon.cut_off;
    let mut keys = vec![
        ("cash".to_owned(), Period::at(now)),
        ("net_burn".to_owned(), Period::quarter(now)),
        ("runway_m".to_owned(), Period::at(now)),
    ];
    dice.shuffle(&mut keys);
    // Cash is always dated: nobody may compare it otherwise.
    let facts: Vec<Fact> = keys.iter().filter_map(|(key, period)| teller.fact(key, *period, true)).collect();
    slide(teller, "t_cash", vec![shown(teller, &facts, dice)])
}

/// What came in before.
pub fn ownership(teller: &Teller<'_>) -> Slide {
    let startup = teller.startup;
    let now = Period::at(startup.horizon.cut_off);
    let rounds = startup.funding.rounds.iter().map(|round| {
        let month = format!("{} {}", teller.tongue.month_name(round.month), round.month.year());
        let amount = teller.notation.money(round.amount);
        let mut figure = teller.figure("investment_amount", amount, Unit::Money);
        figure.period = Some(Period::month(round.month));
        figure.basis = Basis::Actual;
        figure.optional = true;
        vec![teller.tongue.label(round.instrument.key()).into(), month.into(), Text::of(figure)]
    });
    let tongue = teller.tongue;
    let table = Table {
        head: vec![tongue.say("round").into(), tongue.say("date").into(), tongue.say("amount").into()],
        rows: rounds.collect(),
    };
    let total = teller.fact("raised_to_date", now, true);
    let total = total.map(|fact| Block::Words(teller.sentence(&fact)));
    slide(teller, "t_ownership", total.into_iter().chain([Block::Table(table)]).collect())
}

/// The round that is asked for.
pub fn ask(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    let startup = teller.startup;
    let now = Period::at(startup.horizon.cut_off);
    let size = teller.told("round_size", now, false).unwrap_or_default();
    let title = Text::filled(&teller.tongue.say("raise"), &[("value", &size)]);
    let uses = startup.story().use_of_funds.iter().zip(startup.funding.ask.uses);
    let share = |(name, part): (&String, i64)| {
        let shown = teller.notation.percent(Decimal::new(part, 2), 0);
        let figure = teller.figure("use_of_funds_share", shown, Unit::Ratio);
        vec![Text::from(name.as_str()), Text::of(figure)]
    };
    let rows: Vec<Vec<Text>> = uses.map(share).collect();
    let heading = teller.tongue.say("use_of_funds");
    let block = if dice.coin() {
        Block::Table(Table { head: vec![heading.into(), "%".into()], rows })
    } else {
        let point = |row: &Vec<Text>| {
            let (name, part) = (row.first().cloned().unwrap_or_default(), row.get(1).cloned().unwrap_or_default());
            Text::filled("{part} {name}", &[("part", &part), ("name", &name)])
        };
        Block::Points(rows.iter().map(point).collect())
    };
    let mut blocks = vec![block];
    if dice.per_mille(600) {
        let keys = ["pre_money", "post_money"];
        let facts: Vec<Fact> = keys.iter().filter_map(|key| teller.fact(key, now, false)).collect();
        blocks.push(shown(teller, &facts, dice));
    }
    Slide { title, blocks, ..Slide::default() }
}

/// What the round will buy, with a target.
pub fn milestones(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    let startup = teller.startup;
    let year = startup.horizon.last;
    let key = if startup.subscriptions().is_some() { "arr" } else { "revenue" };
    let mut period = Period::year(year.year());
    let mut points: Vec<Text> = ["milestone_one", "milestone_two"].map(|key| teller.tongue.say(key).into()).to_vec();
    if let Some(mut value) = teller.told(key, period, true) {
        period = metric::period(key, period);
        let when = match period.kind {
            Kind::Instant => teller.tongue.day(period.end),
            _ => teller.tongue.heading(period),
        };
        for figure in &mut value.figures {
            figure.basis = Basis::Target;
        }
        let (label, when) = (teller.tongue.label(key).into(), when.into());
        let phrase = teller.tongue.say("target");
        points.push(Text::filled(&phrase, &[("label", &label), ("value", &value), ("when", &when)]));
    }
    dice.shuffle(&mut points);
    slide(teller, "t_milestones", vec![Block::Points(points)])
}

/// The last quarters in a table.
pub fn quarters_table(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    let startup = teller.startup;
    let periods = quarters(startup.horizon.cut_off, dice.between(3, 5), startup.horizon.first);
    let mut keys = vec!["revenue", "ebitda", "cash", "headcount"];
    if startup.subscriptions().is_some() {
        keys.extend(["arr", "customers", "logos_new"]);
    }
    dice.shuffle(&mut keys);
    let unit = teller.tongue.fill("thousand", &[("currency", startup.locale.currency())]);
    let mut head: Vec<Text> = vec![unit.into()];
    head.extend(periods.iter().map(|period| teller.tongue.heading(*period).into()));
    let row = |key: &&str| -> Vec<Text> {
        let told = |period: &Period| teller.in_table(key, *period, Decimal::ONE_THOUSAND, 0).unwrap_or_default();
        std::iter::once(teller.tongue.label(key).into()).chain(periods.iter().map(told)).collect()
    };
    let table = Table { head, rows: keys.iter().map(row).collect() };
    slide(teller, "t_quarters", vec![Block::Table(table)])
}
