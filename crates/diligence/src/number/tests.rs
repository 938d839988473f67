//! The recogniser against the ways people write numbers.

use proptest::prelude::*;

use super::*;

fn all(text: &str, style: Style) -> Vec<Number> {
    let periods: Vec<_> = crate::period::periods(text).iter().map(|found| found.start..found.end).collect();
    numbers(text, style, &periods)
}

fn one(text: &str) -> Number {
    styled(text, Style::Point)
}

fn styled(text: &str, style: Style) -> Number {
    let found = all(text, style);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.into_iter().next().unwrap()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

const EUR: Measure = Measure::Money(Money::In(Currency::EUR));
const GBP: Measure = Measure::Money(Money::In(Currency::GBP));

#[test]
fn money_has_currency_scale_and_precision() {
    for (text, value, half, measure) in [
        ("€4.2m", "4200000", "50000", EUR),
        ("$4.2m", "4200000", "50000", Measure::Money(Money::Dollar)),
        ("EUR 4.2 million", "4200000", "50000", EUR),
        ("4.2 Mio. €", "4200000", "50000", EUR),
        ("4.2 Mio. EUR", "4200000", "50000", EUR),
        ("£4.1M", "4100000", "50000", GBP),
        ("GBP 6M", "6000000", "500000", GBP),
        ("US$ 1.5bn", "1500000000", "50000000", Measure::Money(Money::In(Currency::USD))),
        ("A$180k", "180000", "500", Measure::Money(Money::In(Currency::parse("AUD").unwrap()))),
        ("CHF 1'234'567", "1234567", "0", Measure::Money(Money::In(Currency::CHF))),
        ("€3,801,234", "3801234", "0", EUR),
        ("€ 1 234 567", "1234567", "0", EUR),
        ("1 234 567 €", "1234567", "0", EUR),
        ("250 T€", "250000", "500", EUR),
        ("250k€", "250000", "500", EUR),
        ("₹12,34,567", "1234567", "0", Measure::Money(Money::In(Currency::parse("INR").unwrap()))),
        ("₹5 crore", "50000000", "5000000", Measure::Money(Money::In(Currency::parse("INR").unwrap()))),
        ("-€4.2m", "-4200000", "50000", EUR),
        ("€-4.2m", "-4200000", "50000", EUR),
        ("−£0.31M", "-310000", "5000", GBP),
    ] {
        let found = one(text);
        assert_eq!((found.value, found.half_step, found.measure), (dec(value), dec(half), measure), "{text}");
        assert_eq!((found.start, found.end), (0, text.len()), "{text}");
    }
}

#[test]
fn the_style_of_the_document_decides_what_is_unclear() {
    assert_eq!(styled("€4.200", Style::Comma).value, dec("4200"));
    assert_eq!(styled("€4,200", Style::Comma).value, dec("4.2"));
    assert_eq!(styled("€4,200", Style::Point).value, dec("4200"));
    assert_eq!(styled("1.234.567,89 €", Style::Unknown).value, dec("1234567.89"));
    assert_eq!(styled("4,2 Mio. €", Style::Comma).value, dec("4200000"));
    assert!(all("€4.200", Style::Unknown).is_empty());
    assert!(all("4 billion", Style::Comma).iter().all(|number| number.scale.is_none()));
}

#[test]
fn units_are_told_apart() {
    assert_eq!(one("118 %").measure, Measure::Percent);
    assert_eq!(one("118%").value, dec("1.18"));
    assert_eq!(one("61.5%").half_step, dec("0.0005"));
    assert_eq!(one("3.1x").measure, Measure::Multiple);
    assert_eq!(one("25 bps").measure, Measure::Points);
    assert_eq!(one("3 pp").measure, Measure::Points);
    assert_eq!(one("18 months").measure, Measure::Months);
    assert_eq!(one("2 years").value, dec("24"));
    assert_eq!(one("18m runway").measure, Measure::MillionOrMonths);
    assert_eq!(one("2M links").value, dec("2000000"));
    assert_eq!(one("€180k/mo").per, Some(Per::Month));
    assert_eq!(one("€12k per year").per, Some(Per::Year));
    assert_eq!(one("34 customers").measure, Measure::Plain);
}

#[test]
fn aside_bound_and_range_are_said() {
    assert!(one("(£1.29M)").parenthesised);
    assert_eq!(one("500+ customers").inexact, Some(Inexact::Bound));
    assert_eq!(one("> 500 customers").inexact, Some(Inexact::Bound));
    assert_eq!(one("< 10 %").inexact, Some(Inexact::Most));
    for text in ["€3-5m", "3 to 5 million", "10–15 customers"] {
        assert!(all(text, Style::Point).iter().all(|number| number.inexact == Some(Inexact::Range)), "{text}");
    }
    assert!(all("from €2m to €4m", Style::Point).iter().all(|number| number.inexact.is_none()));
}

#[test]
fn what_is_no_number_is_left_out() {
    for text in [
        "FY2024",
        "2025",
        "30 June 2025",
        "2025-06-30",
        "30.06.2025",
        "Q2",
        "B2B",
        "SOC2",
        "+44 20 7946 0958",
        "24/7",
        "3PL",
        "12-month",
        "the 5th",
        "www.x.com/123",
        "a@b1.com",
        "1.2.3",
        "page 12",
        "14:02",
        "Series A2",
        "§ 12",
        "Q2 2025",
        "Jun-25",
        "H1 25",
        "LTM Jun-25",
        "06/2025",
    ] {
        assert_eq!(all(text, Style::Point), [], "{text}");
    }
}

#[test]
fn several_numbers_of_a_line_stay_apart() {
    let found = all("FY2024 revenue: £4.1M, margin 61%, 34 customers", Style::Point);
    assert_eq!(found.iter().map(|number| number.value).collect::<Vec<_>>(), [dec("4100000"), dec("0.61"), dec("34")]);
}

proptest! {
    #[test]
    fn what_is_written_is_read(whole in 0u64..9_000_000_000, cents in 0u64..100, comma in any::<bool>()) {
        let digits = whole.to_string();
        let (group, mark, style) = if comma { ('.', ',', Style::Comma) } else { (',', '.', Style::Point) };
        let mut grouped = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(group);
            }
            grouped.push(digit);
        }
        let text = format!("EUR {grouped}{mark}{cents:02} in cash");
        let found = styled(&text, style);
        prop_assert_eq!(found.value, dec(&format!("{whole}.{cents:02}")));
        prop_assert_eq!(&text[found.start..found.end], format!("EUR {grouped}{mark}{cents:02}"));
    }

    #[test]
    fn no_text_breaks_the_recogniser(text in "\\PC{0,60}") {
        for number in all(&text, Style::Unknown) {
            prop_assert!(text.get(number.start..number.end).is_some_and(|own| own.contains(|c: char| c.is_ascii_digit())));
        }
    }
}
