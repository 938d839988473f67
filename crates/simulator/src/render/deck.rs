//! The pitch deck: twenty slides in 16:9, with what is planted. Its charts are drawn from shapes and its words are text.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};
use typst::foundations::Datetime;

use super::amount::{euros, millions, percent, percent_fine, thousands};
use super::{RenderError, typeset};
use crate::{Company, Month, MonthBooks, Planted, ROUND_SIZE, Span};

/// The pitch deck as a PDF.
///
/// # Errors
///
/// If the PDF cannot be made.
pub fn deck_pdf(company: &Company, planted: &Planted) -> Result<Vec<u8>, RenderError> {
    let made = Datetime::from_ymd_hms(2026, 9, 7, 9, 0, 0).ok_or_else(|| RenderError::Typeset("date".to_owned()))?;
    typeset::pdf(&source(), &figures(company, planted), made)
}

/// Layout first, then the slides.
fn source() -> String {
    [include_str!("deck/style.typ"), include_str!("deck/story.typ"), include_str!("deck/numbers.typ")].concat()
}

fn figures(company: &Company, planted: &Planted) -> Value {
    let deck = &planted.deck;
    json!({
        "arr": millions(deck.arr),
        "net_burn": thousands(deck.net_burn),
        "runway": deck.runway_months,
        "customers": deck.customers,
        "gross_margin": percent(deck.gross_margin),
        "headcount": deck.headcount,
        "raised": millions(deck.raised),
        "net_retention": percent(deck.net_retention),
        "cac": thousands(deck.cac),
        "ltv": thousands(deck.ltv),
        "ltv_cac": format!("{:.1}x", (deck.ltv / deck.cac).round_dp(1)),
        "cash": millions(company.balance(Month::CUT_OFF).cash),
        "revenue_2025": millions(company.sum(Span::FY2025, MonthBooks::revenue)),
        "growth": growth(company),
        "round": format!("€{}m", ROUND_SIZE / 1_000_000),
        "chart": chart(company, deck.arr),
        "years": years(company),
        "shares": shares(company),
    })
}

/// Growth of revenue from 2024 to 2025.
fn growth(company: &Company) -> String {
    let (now, before) =
        (company.sum(Span::FY2025, MonthBooks::revenue), company.sum(Span::FY2024, MonthBooks::revenue));
    percent(now / before - Decimal::ONE)
}

/// ARR at the end of each quarter; the last bar is what the deck claims.
fn chart(company: &Company, claimed: Decimal) -> Vec<Value> {
    let ends = (2..=Month::CUT_OFF.0).step_by(3).map(Month);
    let bars = ends.map(|month| {
        let arr = if month == Month::CUT_OFF { claimed } else { company.arr(month) };
        let quarter = format!("Q{} {}", (month.0.rem_euclid(12)) / 3 + 1, month.end().format("%y"));
        json!({
            "label": quarter,
            "value": millions(arr),
            "height": (arr / claimed).to_f64().unwrap_or_default(),
        })
    });
    bars.collect()
}

/// The table of years: actual ones from the books, forecast ones from the model; the last stands in the deck only.
fn years(company: &Company) -> Vec<Value> {
    let year = |name: &str, basis: &str, span: Span| {
        json!({
            "name": name,
            "basis": basis,
            "revenue": millions(company.sum(span, MonthBooks::revenue)),
            "ebitda": millions(company.sum(span, MonthBooks::ebitda)),
        })
    };
    vec![
        year("FY2024", "actual", Span::FY2024),
        year("FY2025", "actual", Span::FY2025),
        year("H1 2026", "actual", Span::H1_2026),
        year("FY2026F", "forecast", Span::FY2026),
        year("FY2027F", "forecast", Span::FY2027),
        json!({ "name": "FY2028F", "basis": "forecast", "revenue": "€17.5m", "ebitda": "€1.9m" }),
    ]
}

/// Who holds what, fully diluted.
fn shares(company: &Company) -> Vec<Value> {
    let table = &company.cap_table;
    let fully = Decimal::from(table.fully_diluted());
    let of_round =
        |round: &str| table.holders.iter().filter(|holder| holder.round == round).map(|holder| holder.shares).sum();
    let parts: [(&str, u32); 4] = [
        ("Founders", of_round("Founding")),
        ("Business angels", of_round("Angel round")),
        ("Seed investors", of_round("Seed")),
        ("VSOP (option pool)", table.option_pool()),
    ];
    let shown = parts.into_iter().map(|(name, shares)| {
        let part = Decimal::from(shares) / fully;
        let shares = euros(shares.into()).replace('€', "");
        json!({ "name": name, "part": percent_fine(part), "shares": shares, "width": part.to_f64().unwrap_or_default() })
    });
    shown.collect()
}
