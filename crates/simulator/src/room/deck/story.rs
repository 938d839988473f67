//! The slides that tell: what is wrong, what the company does about it, for whom, with whom.

use rust_decimal::Decimal;

use super::tree::{Block, Card, Slide, Table};
use crate::room::number::Shown;
use crate::room::teller::Teller;
use crate::room::text::Text;
use crate::room::truth::{Figure, Unit};
use crate::startup::{Dice, Period};

/// A slide of a title and blocks.
pub fn slide(teller: &Teller<'_>, title: &str, blocks: Vec<Block>) -> Slide {
    Slide { title: teller.tongue.say(title).into(), blocks, ..Slide::default() }
}

fn points(lines: &[String]) -> Block {
    Block::Points(lines.iter().map(|line| line.as_str().into()).collect())
}

/// Lines as points or as cards.
fn told(lines: &[String], dice: &mut Dice) -> Block {
    if dice.coin() {
        return points(lines);
    }
    let card = |(number, line): (usize, &String)| Card {
        value: format!("{number}.").into(),
        label: line.as_str().into(),
        note: Text::default(),
    };
    Block::Cards((1..).zip(lines).map(card).collect())
}

/// The first slide.
pub fn cover(teller: &Teller<'_>) -> Slide {
    let startup = teller.startup;
    let month = startup.horizon.cut_off.plus(2);
    let date = format!("{} {}", teller.tongue.month_name(month), month.year());
    Slide {
        cover: true,
        title: startup.name.as_str().into(),
        blocks: vec![
            Block::Words(startup.story().tagline.as_str().into()),
            Block::Words(teller.tongue.fill("cover_line", &[("month", &date)]).into()),
        ],
        ..Slide::default()
    }
}

/// What is wrong today.
pub fn problem(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    slide(teller, "t_problem", vec![told(&teller.startup.story().problem, dice)])
}

/// What the company does about it.
pub fn solution(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    let story = teller.startup.story();
    let purpose = Block::Words(story.purpose.as_str().into());
    slide(teller, "t_solution", vec![purpose, told(&story.solution, dice)])
}

/// What has changed.
pub fn why_now(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    slide(teller, "t_why_now", vec![told(&teller.startup.story().why_now, dice)])
}

/// How it sells.
pub fn channels(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    slide(teller, "t_channels", vec![told(&teller.startup.story().channels, dice)])
}

/// How it earns, with the price list if it has one.
pub fn model(teller: &Teller<'_>) -> Slide {
    let startup = teller.startup;
    let mut blocks = vec![Block::Words(startup.story().model.as_str().into())];
    if let Some(recurring) = &startup.profile.recurring {
        // Some take a list price for the price of a unit; neither counts.
        let price = |price: i64| {
            let shown = teller.notation.whole(Decimal::from(price), 0);
            Text::of(Figure { optional: true, ..teller.figure("price_per_unit", shown, Unit::Money) })
        };
        let rows = recurring.plans.iter().map(|plan| vec![plan.name.as_str().into(), price(plan.price)]);
        blocks.push(Block::Table(Table {
            head: vec![teller.tongue.say("plan").into(), teller.tongue.say("price_month").into()],
            rows: rows.collect(),
        }));
    }
    slide(teller, "t_model", blocks)
}

/// Who buys: names of customers, if they have names.
pub fn customers(teller: &Teller<'_>) -> Option<Slide> {
    let startup = teller.startup;
    let now = startup.horizon.cut_off;
    let book = startup.subscriptions()?;
    let names = book.by_size(now).into_iter().take(6);
    let card = |name: &str| Card { value: Text::default(), label: name.into(), note: Text::default() };
    let mut slide =
        slide(teller, "t_customers", vec![Block::Cards(names.map(|(customer, _)| card(&customer.name)).collect())]);
    let share = teller.fact("top10_customer_share", Period::at(now), true);
    slide.blocks.extend(share.map(|fact| Block::Words(teller.sentence(&fact))));
    Some(slide)
}

/// Who sells the like.
pub fn competition(teller: &Teller<'_>, dice: &mut Dice) -> Slide {
    let tongue = teller.tongue;
    let subject = |name: &str, key: &str, shown: Shown, unit: Unit| {
        let mut figure = teller.figure(key, shown, unit);
        figure.subject = format!("competitor:{name}");
        Text::of(figure)
    };
    let rows = teller.startup.competitors.iter().map(|competitor| {
        let heads = teller.notation.unit(Unit::Count, competitor.headcount, "headcount");
        let raised = teller.notation.market(competitor.raised);
        vec![
            competitor.name.as_str().into(),
            subject(&competitor.name, "headcount", heads, Unit::Count),
            subject(&competitor.name, "raised_to_date", raised, Unit::Money),
        ]
    });
    let table = Table {
        head: vec![
            tongue.say("c_name").into(),
            tongue.label("headcount").into(),
            tongue.label("raised_to_date").into(),
        ],
        rows: rows.collect(),
    };
    let mut slide = slide(teller, "t_competition", vec![Block::Table(table)]);
    if dice.coin() {
        slide.blocks.push(Block::Words(tongue.say("c_offers").into()));
    }
    slide
}

/// Who leads, and how many they are.
pub fn team(teller: &Teller<'_>) -> Slide {
    let startup = teller.startup;
    let story = startup.story();
    let roles = ["ceo", "cto", "cpo"];
    let founders = startup.founders().into_iter().zip(roles).zip(&story.past);
    let mut cards: Vec<Card> = founders
        .map(|((name, role), past)| Card {
            value: Text::default(),
            label: name.into(),
            note: format!("{}: {past}", teller.tongue.say(role)).into(),
        })
        .collect();
    cards.push(Card {
        value: Text::default(),
        label: startup.hired.as_str().into(),
        note: teller.tongue.say("hire").into(),
    });
    let now = Period::at(startup.horizon.cut_off);
    let heads = teller.told("headcount", now, true).unwrap_or_default();
    let line =
        Text::filled(&teller.tongue.say("team_line"), &[("value", &heads), ("city", &startup.city.as_str().into())]);
    let mut slide = slide(teller, "t_team", vec![Block::Words(line), Block::Cards(cards)]);
    let date = teller.tongue.day(startup.horizon.cut_off);
    slide.note = teller.tongue.fill("figures_as_of", &[("date", &date)]).into();
    slide
}

/// How to reach the company.
pub fn contact(teller: &Teller<'_>) -> Slide {
    let startup = teller.startup;
    let who = startup.founders().first().copied().unwrap_or_default().to_owned();
    let line = format!("{who}, {}, {}", startup.legal_name(), startup.city);
    let mut slide = slide(teller, "t_contact", vec![Block::Words(line.into())]);
    slide.note = teller.tongue.say("disclaimer").into();
    slide
}
