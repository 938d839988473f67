//! The words around a metric's name: those that only link it to its number, and those that only qualify it. Any other
//! word makes it the name of something else, such as the revenue of a segment.

use crate::ontology::{Mention, mentions_in_label};
use crate::words::{fold, has_any};

/// Words that may stand between a name and its number.
const LINKS: [&str; 75] = [
    "of",
    "is",
    "was",
    "were",
    "are",
    "at",
    "to",
    "the",
    "a",
    "an",
    "in",
    "for",
    "as",
    "stood",
    "stands",
    "reached",
    "reaches",
    "hit",
    "grew",
    "now",
    "currently",
    "today",
    "approximately",
    "approx",
    "approx.",
    "about",
    "around",
    "circa",
    "ca.",
    "c.",
    "~",
    "≈",
    "nearly",
    "almost",
    "total",
    "totals",
    "totalled",
    "amounts",
    "amounted",
    "of:",
    "exceeds",
    "beträgt",
    "betrug",
    "liegt",
    "lag",
    "bei",
    "von",
    "rund",
    "etwa",
    "am",
    "im",
    "zum",
    "per",
    "war",
    "ist",
    "sind",
    "est",
    "était",
    "à",
    "au",
    "en",
    "environ",
    "atteint",
    "s'élève",
    "during",
    "year",
    "end",
    "month",
    "rate",
    "valuation",
    "on",
    "round",
    "monthly",
    "we",
    "have",
];

/// Words that may stand between a count and what is counted: `34 enterprise customers`.
const COUNTED: [&str; 34] = [
    "enterprise",
    "paying",
    "active",
    "live",
    "b2b",
    "business",
    "corporate",
    "full-time",
    "fte",
    "permanent",
    "talented",
    "happy",
    "signed",
    "contracted",
    "recurring",
    "total",
    "mid-market",
    "smb",
    "sme",
    "zahlende",
    "aktive",
    "commercial",
    "saas",
    "global",
    "our",
    "people",
    "clients",
    "dedicated",
    "of",
    "the",
    "paid",
    "retained",
    "festangestellte",
    "subscribing",
];

/// Words that do not change what a row's name measures.
const QUALIFIERS: &[&str] = &[
    "total",
    "group",
    "consolidated",
    "company",
    "closing",
    "ending",
    "reported",
    "year-end",
    "year",
    "end",
    "eop",
    "of",
    "period",
    "the",
    "in",
    "at",
    "as",
    "our",
    "monthly",
    "month",
    "per",
    "annual",
    "eur",
    "usd",
    "gbp",
    "chf",
    "sek",
    "k",
    "m",
    "€",
    "$",
    "£",
    "k€",
    "t€",
    "teur",
    "keur",
    "m€",
    "%",
    "thousand",
    "thousands",
    "million",
    "millions",
    "000",
    "'000",
    "€000",
    "£000",
    "£'000",
    "€'000",
    "$'000",
    "mio",
    "mio.",
    "tsd",
    "#",
    "no.",
    "number",
    "count",
    "fte",
    "net",
    "gesamt",
    "summe",
    "zum",
    "stichtag",
    "(loss)",
    "loss",
    "profit",
    "before",
    "ltm",
    "yoy",
    "y/y",
    "a",
    "equivalents",
    "rate",
    "and",
    "fiscal",
    "months",
    "bank",
    "all",
    "last",
    "financing",
    "average",
    "mean",
    "x",
    "fully",
    "loaded",
    "without",
    "en",
    "de",
    "des",
    "du",
    "del",
    "der",
    "milliers",
    "mille",
    "tausend",
    "miles",
    "millionen",
    "millones",
    "euro",
    "euros",
    "l'",
    "l’",
    "d'euros",
    "d’euros",
    "exercice",
    "ejercicio",
    "geschäftsjahr",
];

/// Bytes of a name at most: what is longer is a text.
const LONGEST: usize = 300;

/// Words beside a name for a loss by which the row shows both: `Profit / loss for the year`.
const GAINS: [&str; 8] = ["profit", "income", "gain", "earnings", "gewinn", "bénéfice", "beneficio", "beneficios"];

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|found: char| found.is_whitespace() || ",:;()[]{}|/*–—=→•·\u{a0}\"".contains(found))
        .filter(|word| !word.is_empty() && *word != "-")
}

/// True if only linking words stand in the folded gap between a name and the number after it.
pub fn links(gap: &str) -> bool {
    let stopped = gap.contains(['.', ';', '!', '?']) && !gap.contains("ca.") && !gap.contains("approx.");
    gap.len() <= 60
        && !stopped
        && !gap.contains("\t")
        && gap.matches('\n').count() <= 1
        && words(gap).all(|word| LINKS.contains(&word) || word.chars().all(|found| !found.is_alphanumeric()))
}

/// True if a number and a name after it are one phrase: `€4.2m ARR`, `€4.2m in ARR`, `118 % net retention`.
pub fn qualifies(gap: &str) -> bool {
    let close = gap.trim();
    matches!(
        close,
        "" | "of"
            | "in"
            | "total"
            | "annual"
            | "a"
            | "in total"
            | "months of"
            | "per month"
            | "of total"
            | "/mo"
            | "month"
            | "monthly"
            | "series a"
    )
}

/// True if a number counts the name after it: `34 enterprise customers`.
pub fn qualifies_count(gap: &str) -> bool {
    let mut seen = 0;
    !gap.contains([',', '.', ';', ':', '(', '\n', '|', '\t'])
        && words(gap).all(|word| {
            seen += 1;
            COUNTED.contains(&word)
        })
        && seen <= 3
}

/// The metric that a row or column is named for: the only one, with no word that makes it something else. What stands in
/// parentheses may name another: "ARR (12 x MRR)". Of a balance sheet's path the last step names the row.
pub fn metric_of(label: &str) -> Option<Mention> {
    if label.len() > LONGEST {
        return None;
    }
    let label = without_numbering(last_step(label));
    let folded = fold(label);
    let of_sales = of_sales(&folded).and_then(metric_of);
    if let Some((mention, metric)) = of_sales.and_then(|mention| mention.metric.margin().map(|to| (mention, to))) {
        return Some(Mention { metric, ..mention });
    }
    let found = mentions_in_label(&folded);
    let (open, close) = (folded.find('('), folded.rfind(')'));
    let aside = |mention: &Mention| {
        mention.start > 0
            && open.is_some_and(|open| mention.start > open)
            && close.is_some_and(|close| mention.end <= close)
    };
    let mut named: Vec<&Mention> = found.iter().filter(|mention| !aside(mention)).collect();
    let lost = named.iter().all(|mention| mention.loss);
    // "ARR, annual recurring revenue" names one metric twice.
    named.dedup_by(|two, one| two.metric.id == one.metric.id);
    let [mention] = named.as_slice() else { return None };
    let mut rest = String::new();
    let mut from = 0;
    for other in &found {
        rest.push_str(folded.get(from..other.start)?);
        rest.push(' ');
        from = other.end;
    }
    rest.push_str(folded.get(from..)?);
    let dateless = without_periods(label, &rest);
    let plain = |word: &str| QUALIFIERS.contains(&word) || !word.chars().any(char::is_alphabetic);
    let in_month = |word: &str| word.split('-').all(|name| name.is_empty() || MONTHS.contains(&name));
    let loss = lost && !has_any(&rest, &GAINS);
    words(&dateless).all(|word| plain(word) || in_month(word)).then(|| Mention { loss, ..(*mention).clone() })
}

/// The name in a label that takes it as a part of sales: `gross profit (as a percentage of net sales)`, `EBITDA, % of
/// revenue`.
fn of_sales(folded: &str) -> Option<&str> {
    const WHOLE: [&str; 12] = [
        "of sales",
        "of net sales",
        "of revenue",
        "of revenues",
        "of net revenue",
        "of total revenue",
        "vom umsatz",
        "des umsatzes",
        "du chiffre d'affaires",
        "du ca",
        "de las ventas",
        "sobre ventas",
    ];
    const PART: [&str; 8] =
        ["as a percentage", "as a percent", "as a %", "as percentage", "percentage", "percent", "in %", "%"];
    let rest = folded.trim_end_matches([')', ' ']);
    let rest = WHOLE.iter().find_map(|whole| rest.strip_suffix(whole))?.trim_end();
    let name = PART.iter().find_map(|part| rest.strip_suffix(part))?;
    Some(name.trim_end_matches([' ', '(', ',', '-', '–', ':'])).filter(|name| !name.is_empty())
}

const MONTHS: [&str; 15] =
    ["jan", "feb", "mar", "apr", "may", "mai", "jun", "jul", "aug", "sep", "oct", "okt", "nov", "dec", "dez"];

/// "B. Current assets: II. Cash at bank" is about cash.
fn last_step(label: &str) -> &str {
    const STEPS: [&str; 6] = ["assets", "liabilities", "equity", "aktiva", "passiva", "umlaufvermögen"];
    match label.rsplit_once(':') {
        Some((path, step)) if STEPS.iter().any(|word| fold(path).contains(word)) => {
            let step = step.trim();
            let numeral =
                step.split_once(". ").filter(|(first, _)| first.chars().all(|found| "IVX0123456789".contains(found)));
            numeral.map_or(step, |(_, rest)| rest)
        }
        _ => label,
    }
}

/// Without the numbers of statements: `A. II. Vorräte`, `b) Abschreibungen`, `Total actif immobilisé (I)`, `TOTAL ACTIVO
/// (A+B)`.
fn without_numbering(label: &str) -> &str {
    let mut rest = label.trim();
    while let Some((first, tail)) = rest.split_once(char::is_whitespace) {
        let number = first.strip_suffix(['.', ')']).map(|number| number.trim_start_matches('('));
        if !number.is_some_and(is_numbering) {
            break;
        }
        rest = tail.trim_start();
    }
    match rest.rsplit_once('(') {
        Some((name, last)) if last.strip_suffix(')').is_some_and(is_numbering) => name.trim_end(),
        _ => rest,
    }
}

/// `A`, `b`, `IV`, `12`, `A.1`, `A+B`, `I - II`.
fn is_numbering(text: &str) -> bool {
    let mut steps = text.split(['.', '+', '-', '–', ' ']).filter(|step| !step.is_empty()).peekable();
    let is_step = |step: &str| {
        let letter = step.len() == 1 && step.chars().all(|sign| sign.is_ascii_alphabetic());
        letter || (step.len() <= 4 && step.chars().all(|sign| "IVX0123456789".contains(sign)))
    };
    steps.peek().is_some() && steps.all(is_step)
}

/// True for a cell that only names a unit: `EUR`, `k€`, `#`, `%`, `months`.
pub fn is_unit(folded: &str) -> bool {
    const UNITS: [&str; 26] = [
        "eur", "usd", "gbp", "chf", "sek", "nok", "dkk", "€", "$", "£", "k€", "t€", "teur", "keur", "€k", "€m", "m€",
        "eur k", "eur m", "%", "x", "months", "monate", "mois", "days", "tage",
    ];
    UNITS.contains(&folded) || COUNTS.contains(&folded)
}

/// Units of what is counted.
const COUNTS: [&str; 13] =
    ["#", "number", "count", "fte", "nb", "nombre", "etp", "anzahl", "vza", "stück", "personen", "personnes", "people"];

/// True if a row's label with its unit says that things are counted, so that its numbers are no money.
pub fn is_counted(label: &str) -> bool {
    fold(label).split_whitespace().any(|word| COUNTS.contains(&word))
}

fn without_periods(label: &str, rest: &str) -> String {
    let mut text = rest.to_owned();
    for period in crate::period::periods(label) {
        if let Some(own) = label.get(period.start..period.end) {
            text = text.replace(&fold(own), " ");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(label: &str) -> Option<&'static str> {
        metric_of(label).map(|mention| mention.metric.id.as_str())
    }

    #[test]
    fn a_row_is_named_for_its_only_metric() {
        assert_eq!(metric("Revenue (GBP)"), Some("revenue"));
        assert_eq!(metric("Total revenue, € thousands"), Some("revenue"));
        assert_eq!(metric("ARR at 30 Jun 2025"), Some("arr"));
        assert_eq!(metric("Annual recurring revenue (ARR)"), Some("arr"));
        assert_eq!(metric("Cash at End of Period"), Some("cash"));
        assert_eq!(metric("Revenue Germany"), None);
        assert_eq!(metric("Revenue from successful exits"), None);
        assert_eq!(metric("Cash at Beginning of Period"), None);
        assert_eq!(metric("Other"), None);
        assert_eq!(metric("ARR and customers"), None);
        assert_eq!(metric("A.1) Revenue (1+2)"), Some("revenue"));
        assert_eq!(metric("II. Cash at bank (note)"), None);
        assert_eq!(metric("Gross profit (as a percentage of net sales)"), Some("gross_margin"));
        assert_eq!(metric("EBITDA, % of revenue"), Some("ebitda_margin"));
        assert_eq!(metric("Marketing, % of revenue"), None);
        assert_eq!(metric("Salaries"), Some("personnel_cost"));
    }

    #[test]
    fn a_gap_links_or_does_not() {
        assert!(links(" of "));
        assert!(links(": "));
        assert!(links(" during the year: "));
        assert!(!links(" from germany was "));
        assert!(!links(". the cash is "));
        assert!(qualifies_count(" enterprise "));
        assert!(!qualifies_count(" pilots with "));
    }
}
