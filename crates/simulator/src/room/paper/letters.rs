//! Papers in words: the memo of the management, the contract with the largest customer, the promise of shares.

use super::tree::{Paper, Part};
use crate::defect::Defect;
use crate::room::deck::HIDDEN;
use crate::room::teller::Teller;
use crate::room::text::Text;
use crate::room::truth::Unit;
use crate::startup::{Dice, Period};

/// What the management writes to investors.
pub fn memo(teller: &Teller<'_>, dice: &mut Dice) -> Paper {
    let startup = teller.startup;
    let tongue = teller.tongue;
    let now = Period::at(startup.horizon.cut_off);
    let year = Period::year(startup.past_years().last().copied().unwrap_or_default());
    let story = startup.story();
    let mut trading = vec![("revenue", year), ("gross_margin", year), ("headcount", now)];
    if startup.subscriptions().is_some() {
        trading.extend([("arr", now), ("customers", now), ("nrr", now)]);
    }
    let mut money = vec![("cash", now), ("net_burn", Period::quarter(now.end)), ("runway_m", now)];
    dice.shuffle(&mut trading);
    dice.shuffle(&mut money);
    let told = |keys: &[(&str, Period)]| -> Text {
        let facts = keys.iter().filter_map(|(key, period)| teller.fact(key, *period, true));
        let mut all = Text::default();
        for sentence in facts.map(|fact| teller.sentence(&fact)) {
            all.words = format!("{} {}.", all.words, sentence.words).trim().to_owned();
            all.figures.extend(sentence.figures);
        }
        all
    };
    let company = Text::from(startup.legal_name());
    let blanks =
        [("company", &company), ("city", &startup.city.as_str().into()), ("purpose", &story.purpose.as_str().into())];
    let intro = Text::filled(&tongue.say("m_intro"), &blanks);
    let round = teller.told("round_size", now, false).unwrap_or_default();
    let raise = Text::filled(&tongue.say("raise"), &[("value", &round)]);
    let mut sections = vec![
        ("m_trading", vec![told(&trading)]),
        ("m_money", vec![told(&money)]),
        ("m_risks", vec![tongue.say("m_risk").into()]),
    ];
    dice.shuffle(&mut sections);
    sections.insert(0, ("m_about", vec![intro, story.model.as_str().into()]));
    sections.push(("m_round", vec![raise]));
    let mut parts = Vec::new();
    for (heading, paragraphs) in sections {
        parts.push(Part::Heading(tongue.say(heading)));
        parts.extend(paragraphs.into_iter().map(Part::Words));
    }
    if teller.lies.has(Defect::HiddenInstructions) {
        parts.push(Part::Hidden(HIDDEN.to_owned()));
    }
    Paper { title: tongue.say("memo_title"), subtitle: startup.legal_name(), parts }
}

/// The contract with the largest customer, and that customer; nothing for a company without subscriptions.
pub fn contract(teller: &Teller<'_>) -> Option<(Paper, String)> {
    let startup = teller.startup;
    let tongue = teller.tongue;
    let now = startup.horizon.cut_off;
    let (customer, mrr) = startup.subscriptions()?.by_size(now).into_iter().next()?;
    let shown = teller.notation.whole(mrr * rust_decimal::Decimal::from(12), 0);
    let mut figure = teller.figure("acv", shown, Unit::Money);
    figure.subject = format!("customer:{}", customer.name);
    figure.optional = true;
    let fee = Text::of(figure);
    let mut parts = vec![Part::Words(tongue.say("clause_scope").into())];
    parts.push(Part::Words(Text::filled(&tongue.say("clause_fee"), &[("value", &fee)])));
    parts.extend(["clause_term", "clause_control", "clause_law"].map(|clause| Part::Words(tongue.say(clause).into())));
    parts.push(Part::Words(tongue.say("signature").into()));
    let between = [("company", startup.legal_name()), ("party", customer.name.clone())];
    let between: Vec<(&str, &str)> = between.iter().map(|(blank, word)| (*blank, word.as_str())).collect();
    let paper =
        Paper { title: tongue.say("contract_title"), subtitle: tongue.fill("contract_between", &between), parts };
    Some((paper, customer.name.clone()))
}

/// The promise of shares.
pub fn promise(teller: &Teller<'_>) -> Paper {
    let startup = teller.startup;
    let tongue = teller.tongue;
    let convertible = &startup.funding.convertible;
    let is_safe = convertible.interest.is_zero();
    let amount = |key: &str, value| Text::of(teller.figure(key, teller.notation.whole(value, 0), Unit::Money));
    let ratio = |key: &str, value| Text::of(teller.figure(key, teller.notation.percent(value, 0), Unit::Ratio));
    let clause = |phrase: &str, value: Text| Part::Words(Text::filled(&tongue.say(phrase), &[("value", &value)]));
    let mut parts = vec![
        clause("promise_amount", amount("investment_amount", convertible.amount)),
        clause("promise_cap", amount("safe_cap", convertible.cap)),
        clause("promise_discount", ratio("safe_discount", convertible.discount)),
    ];
    if !is_safe {
        parts.push(clause("promise_interest", ratio("interest_rate", convertible.interest)));
    }
    parts.push(Part::Words(tongue.say("signature").into()));
    let date = tongue.day(convertible.month);
    let company = startup.legal_name();
    let between = [("company", company.as_str()), ("party", convertible.holder.as_str()), ("date", date.as_str())];
    let title = tongue.say(if is_safe { "promise_title" } else { "promise_note_title" });
    Paper { title, subtitle: tongue.fill("promise_between", &between), parts }
}
