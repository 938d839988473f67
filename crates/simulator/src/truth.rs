//! What a reader of the demo data room should find: the facts that its files state, the contradictions, gaps and failing
//! checks that are planted, and the pairs that look alike and must not be flagged.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::demo::{ACCOUNTS, CAP_TABLE, CONTRACT, CUSTOMERS, DECK, MODEL};
use crate::{Company, Month, MonthBooks, Planted, ROUND_SIZE, Span, headcount};

/// The truth of a data room.
#[derive(Debug, Clone, Serialize)]
pub struct Truth {
    /// The company.
    pub company: &'static str,
    /// The last day that has happened in it.
    pub cut_off: NaiveDate,
    /// What is true, and which files state it. Files may round.
    pub facts: Vec<Stated>,
    /// What is planted.
    pub contradictions: Vec<Contradiction>,
    /// What no file states.
    pub gaps: Vec<Gap>,
    /// Checks that fail, but for contradictions.
    pub failing: Vec<Expected>,
    /// What must not be flagged.
    pub controls: Vec<Expected>,
}

/// A true figure.
#[derive(Debug, Clone, Serialize)]
pub struct Stated {
    /// What it measures.
    pub metric: &'static str,
    /// The value in whole units: euros, fractions, heads.
    pub value: Decimal,
    /// `EUR`, `ratio`, `count` or `months`.
    pub unit: &'static str,
    /// `instant`, `quarter`, `half`, `year` or `trailing_year`.
    pub period: &'static str,
    /// The period's last day.
    pub end: NaiveDate,
    /// The files that state it, or from which it follows.
    pub files: Vec<&'static str>,
}

/// A claim that another file does not bear out.
#[derive(Debug, Clone, Serialize)]
pub struct Contradiction {
    /// What is measured.
    pub metric: &'static str,
    /// The last day of its period.
    pub end: NaiveDate,
    /// The file that claims.
    pub claim_file: &'static str,
    /// What it claims.
    pub claim: Decimal,
    /// The words that stand in it.
    pub words: String,
    /// The file that tells the truth.
    pub reference_file: &'static str,
    /// The truth: stated there, or reckoned from it.
    pub reference: Decimal,
    /// What should be said of it.
    pub verdict: Verdict,
    /// How the claim came about.
    pub why: &'static str,
}

/// What should be said of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The files state different figures.
    Contradicted,
    /// The figure differs from what is reckoned from other files; none states it.
    ContradictedByCalculation,
}

/// Something that a report must have and no file says.
#[derive(Debug, Clone, Serialize)]
pub struct Gap {
    /// A metric's id, or the name of a kind of document.
    pub item: &'static str,
    /// Whether it can be reckoned from what is there.
    pub reckonable: bool,
}

/// An outcome that is expected of a rule or a comparison.
#[derive(Debug, Clone, Serialize)]
pub struct Expected {
    /// The rule's id, or the metric that is compared.
    pub rule: &'static str,
    /// Where, and why.
    pub detail: &'static str,
}

impl Truth {
    /// The truth of the demo data room.
    pub fn demo() -> Self {
        let company = Company::northwind();
        Self {
            company: company.name,
            cut_off: Month::CUT_OFF.end(),
            facts: [instants(&company), flows(&company), shares(&company)].concat(),
            contradictions: contradictions(&company, &Planted::demo()),
            gaps: gaps(),
            failing: failing(),
            controls: controls(),
        }
    }

    /// As JSON, for people and for other programs.
    pub fn json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

fn instants(company: &Company) -> Vec<Stated> {
    let at = Month::CUT_OFF;
    let fact = |metric, value, unit, files: &[&'static str]| Stated {
        metric,
        value,
        unit,
        period: "instant",
        end: at.end(),
        files: files.to_vec(),
    };
    let largest = company.largest_customer(at).map(|customer| customer.mrr(at)).unwrap_or_default();
    vec![
        fact("arr", company.arr(at), "EUR", &[MODEL, CUSTOMERS]),
        fact("mrr", company.mrr(at), "EUR", &[MODEL, CUSTOMERS]),
        fact("customers", company.active_customers(at).into(), "count", &[MODEL, CUSTOMERS]),
        fact("cash", company.balance(at).cash, "EUR", &[MODEL, DECK]),
        fact("headcount", headcount(at).into(), "count", &[MODEL]),
        fact("runway_m", company.runway(), "months", &[MODEL]),
        fact("top_customer_share", company.top_customer_share(at), "ratio", &[CUSTOMERS]),
        fact("largest_contract", largest * Decimal::from(12), "EUR", &[CONTRACT, CUSTOMERS]),
        fact("round_size", ROUND_SIZE.into(), "EUR", &[DECK]),
    ]
}

fn flows(company: &Company) -> Vec<Stated> {
    let fact = |metric, value, unit, period, span: Span, files: &[&'static str]| Stated {
        metric,
        value,
        unit,
        period,
        end: span.to.end(),
        files: files.to_vec(),
    };
    let mut facts = Vec::new();
    let years = [
        ("year", Span::FY2024, vec![MODEL, ACCOUNTS, DECK]),
        ("year", Span::FY2025, vec![MODEL, ACCOUNTS, DECK]),
        ("half", Span::H1_2026, vec![MODEL, DECK]),
    ];
    for (period, span, files) in years {
        let booked: Vec<_> = files.iter().copied().filter(|file| *file != DECK).collect();
        facts.push(fact("revenue", company.sum(span, MonthBooks::revenue), "EUR", period, span, &files));
        facts.push(fact("gross_margin", company.gross_margin(span), "ratio", period, span, &booked));
        facts.push(fact("net_income", company.sum(span, MonthBooks::net_income), "EUR", period, span, &booked));
        facts.push(fact("ebitda", company.sum(span, MonthBooks::ebitda), "EUR", period, span, &[MODEL, DECK]));
    }
    let year = Span::TRAILING_YEAR;
    facts.extend([
        fact("net_burn", company.net_burn(Span::Q2_2026), "EUR", "quarter", Span::Q2_2026, &[MODEL]),
        fact("nrr", company.net_retention(year.to), "ratio", "trailing_year", year, &[CUSTOMERS]),
        fact("grr", company.gross_retention(year.to), "ratio", "trailing_year", year, &[CUSTOMERS]),
        fact("cac", company.cac(year), "EUR", "trailing_year", year, &[MODEL]),
        fact("ltv", company.ltv(), "EUR", "trailing_year", year, &[]),
    ]);
    facts
}

fn shares(company: &Company) -> Vec<Stated> {
    let table = &company.cap_table;
    let fact = |metric, value, unit| Stated {
        metric,
        value,
        unit,
        period: "instant",
        end: Month::CUT_OFF.end(),
        files: vec![CAP_TABLE],
    };
    vec![
        fact("total_shares", table.fully_diluted().into(), "count"),
        fact("option_pool", Decimal::from(table.option_pool()) / Decimal::from(table.fully_diluted()), "ratio"),
        fact("raised_to_date", table.raised(), "EUR"),
    ]
}

fn contradictions(company: &Company, planted: &Planted) -> Vec<Contradiction> {
    use Verdict::{Contradicted, ContradictedByCalculation};
    let deck = &planted.deck;
    let at = Month::CUT_OFF;
    let year = Span::FY2025;
    let claim = |metric, end: Month, claim, words: &str, reference_file, reference, verdict, why| Contradiction {
        metric,
        end: end.end(),
        claim_file: DECK,
        claim,
        words: words.to_owned(),
        reference_file,
        reference,
        verdict,
        why,
    };
    let top = Decimal::new(10, 2);
    let signed = Decimal::from(60);
    vec![
        claim(
            "arr",
            at,
            deck.arr,
            "€4.2m",
            MODEL,
            company.arr(at),
            Contradicted,
            "letters of intent are counted as ARR",
        ),
        claim(
            "net_burn",
            at,
            deck.net_burn,
            "€180k",
            MODEL,
            company.net_burn(Span::Q2_2026),
            Contradicted,
            "the month with the quarterly invoices is weighted more",
        ),
        claim(
            "runway_m",
            at,
            deck.runway_months.into(),
            "18 months",
            MODEL,
            company.runway(),
            Contradicted,
            "expected revenue growth is counted; even the deck's own cash and burn give 11",
        ),
        claim(
            "customers",
            at,
            signed,
            "60+",
            CUSTOMERS,
            company.active_customers(at).into(),
            Contradicted,
            "everybody who ever signed is counted",
        ),
        claim(
            "gross_margin",
            year.to,
            deck.gross_margin,
            "82 %",
            ACCOUNTS,
            company.gross_margin(year),
            Contradicted,
            "customer success is left out of cost of sales",
        ),
        claim(
            "headcount",
            at,
            deck.headcount.into(),
            "34 people",
            MODEL,
            headcount(at).into(),
            Contradicted,
            "freelancers are counted as people",
        ),
        claim(
            "raised_to_date",
            at,
            deck.raised,
            "€6.5m",
            CAP_TABLE,
            company.cap_table.raised(),
            Contradicted,
            "grants and interest are counted",
        ),
        claim(
            "nrr",
            at,
            deck.net_retention,
            "118 %",
            CUSTOMERS,
            company.net_retention(at),
            ContradictedByCalculation,
            "customers that left are not counted",
        ),
        claim(
            "cac",
            at,
            deck.cac,
            "€54k",
            MODEL,
            company.cac(Span::TRAILING_YEAR),
            Contradicted,
            "programmes only, without salaries",
        ),
        claim(
            "ltv",
            at,
            deck.ltv,
            "€305k",
            MODEL,
            company.ltv(),
            ContradictedByCalculation,
            "reckoned with the deck's gross margin",
        ),
        claim(
            "top_customer_share",
            at,
            top,
            "No customer stands for more than",
            CUSTOMERS,
            company.top_customer_share(at),
            ContradictedByCalculation,
            "the largest customer is left out",
        ),
    ]
}

fn gaps() -> Vec<Gap> {
    let gap = |item, reckonable| Gap { item, reckonable };
    vec![
        gap("pre_money", false),
        gap("grr", true),
        gap("cac_payback_m", true),
        gap("churn_logo", true),
        gap("bank statements", false),
        gap("shareholders' agreement", false),
        gap("employment contracts and assignments of inventions", false),
        gap("penetration test", false),
    ]
}

fn failing() -> Vec<Expected> {
    let expected = |rule, detail| Expected { rule, detail };
    vec![
        expected("V-012", "model, MRR!AC19: the total by plan of March 2026 is typed in and 12,000 above its rows"),
        expected("V-032", "deck: 18 months of runway are stated, cash over net burn gives less than 10"),
        expected("V-049", "deck: raised to date is not the sum of the rounds in the cap table"),
        expected("RF-002", "runway below 12 months and no committed round"),
        expected("RF-029", "contract: the largest customer may leave on a change of control and for convenience"),
        expected("RF-037", "the deck and the data room differ by more than 10 %"),
    ]
}

fn controls() -> Vec<Expected> {
    let expected = |rule, detail| Expected { rule, detail };
    vec![
        expected("revenue", "accounts in thousands and the model in euros are the same revenue of 2025 and 2024"),
        expected("revenue", "ARR of June 2026 and revenue of 2025 or of the half-year are different things"),
        expected("cash", "cash of 31 December 2025 in the accounts, of 30 June 2026 in the deck"),
        expected("cash", "the deck's 2.0m is the model's cash at 30 June 2026, rounded"),
        expected("headcount", "the accounts state the average of 2025, not the people at 30 June 2026"),
        expected("arr", "Metrivane's ARR of about 9m on the slide on competition is a competitor's"),
        expected("arr", "ARR of 11m by Q4 2027 is a target"),
        expected("headcount", "Metrivane's 140 employees are a competitor's"),
        expected("raised_to_date", "Metrivane's 22m are a competitor's"),
        expected("tam", "TAM, SAM and SOM are the market's"),
        expected("revenue", "the deck's FY2026F and FY2027F are the model's forecasts; H1 2026 is actual"),
        expected("revenue", "85m are Mirelund's revenue, a customer's"),
        expected("runway_m", "24 months of runway after the round are a target"),
        expected("arr", "the yearly fee in the contract is one customer's; it equals twelve times that customer's MRR"),
        expected(
            "shares",
            "the deck's parts of the founders, angels, seed investors and pool are those of the cap table",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_is_far_from_the_truth() {
        for planted in Truth::demo().contradictions {
            let difference = (planted.claim - planted.reference).abs() / planted.reference;
            assert!(difference > Decimal::new(5, 2), "{}: {difference}", planted.metric);
        }
    }

    #[test]
    fn a_room_without_anything_planted_claims_the_truth() {
        let company = Company::northwind();
        let planted = contradictions(&company, &Planted::nothing(&company));
        let words_only = ["customers", "top_customer_share"];
        for claim in planted.into_iter().filter(|claim| !words_only.contains(&claim.metric)) {
            assert!((claim.claim - claim.reference).abs() < Decimal::ONE, "{}", claim.metric);
        }
    }

    #[test]
    fn the_truth_is_json() {
        let json = Truth::demo().json();
        assert_eq!(json["cut_off"], "2026-06-30");
        assert_eq!(json["facts"][0]["value"], "3793800");
        assert_eq!(json["contradictions"][0]["verdict"], "contradicted");
    }
}
