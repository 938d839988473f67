//! The identities of the books, over fifty seeds of every industry.

use rust_decimal::Decimal;

use super::*;

const SEEDS: u64 = 50;

fn each(check: impl Fn(&Startup, &str)) {
    for industry in Industry::ALL {
        for seed in 0..SEEDS {
            let locale = Locale::ALL[usize::try_from(seed).unwrap() % 4];
            let startup = Startup::draw(seed, industry, locale).unwrap();
            check(&startup, &format!("{} {seed} {}", industry.name(), locale.name()));
        }
    }
}

#[test]
fn the_books_hold() {
    each(|startup, which| {
        let mut before = startup.opening;
        assert_eq!(before.assets(), before.equity() + before.liabilities(), "{which}");
        for (month, books) in &startup.months {
            let at = format!("{which} {}", month.end());
            let closing = &books.closing;
            assert_eq!(closing.assets(), closing.equity() + closing.liabilities(), "{at}");
            assert_eq!(before.retained + books.net_income(), closing.retained, "{at}");
            let flow = startup.value("net_change_in_cash", Period::month(*month)).unwrap();
            assert_eq!(before.cash + flow, closing.cash, "{at}");
            assert!(closing.cash > Decimal::ZERO, "{at}");
            assert_eq!(closing.cash.fract(), Decimal::ZERO, "{at}");
            before = *closing;
        }
    });
}

#[test]
fn recurring_revenue_is_the_sum_of_the_customers() {
    each(|startup, which| {
        let Some(book) = startup.subscriptions() else { return };
        let mut before = None;
        for (month, bridge) in &book.bridges {
            let at = format!("{which} {}", month.end());
            let moved = bridge.opening + bridge.new + bridge.expansion - bridge.contraction - bridge.churn;
            assert_eq!(moved, bridge.closing, "{at}");
            assert!(
                before.is_none_or(|before: Bridge| before.closing == bridge.opening
                    && before.customers + bridge.won - bridge.lost == bridge.customers),
                "{at}"
            );
            if startup.is_past(Period::at(*month)) {
                let customers: Decimal = book.customers.iter().map(|customer| customer.mrr(*month)).sum();
                assert_eq!(customers, bridge.closing, "{at}");
            }
            let arpa = startup.value("arpa", Period::at(*month)).unwrap();
            assert!((arpa * Decimal::from(bridge.customers) - bridge.closing).abs() < Decimal::ONE, "{at}");
            before = Some(*bridge);
        }
        let now = Period::at(startup.horizon.cut_off);
        let (net, gross) = (startup.value("nrr", now).unwrap(), startup.value("grr", now).unwrap());
        assert!(gross <= net && gross <= Decimal::ONE && net < Decimal::TWO, "{which}: {net} {gross}");
    });
}

#[test]
fn the_cap_table_ties_to_the_rounds_and_to_the_books() {
    each(|startup, which| {
        let funding = &startup.funding;
        for round in &funding.rounds {
            let held = funding.holders.iter().filter(|holder| holder.round == Some(round.instrument));
            assert_eq!(held.map(|holder| holder.shares).sum::<i64>(), round.shares, "{which}");
            let paid = round.price.map_or(round.amount, |price| price * Decimal::from(round.shares));
            assert_eq!(paid, round.amount, "{which}");
        }
        let closing = startup.months[&startup.horizon.cut_off].closing;
        assert_eq!(closing.paid_in + funding.convertible.amount, funding.raised(), "{which}");
        assert!(funding.pool.iter().all(|holder| holder.shares > 0), "{which}");
        assert!(funding.convertible.month > funding.rounds[2].month, "{which}");
        assert_eq!(funding.ask.uses.iter().sum::<i64>(), 100, "{which}");
    });
}

#[test]
fn the_companies_are_believable() {
    each(|startup, which| {
        let now = Period::at(startup.horizon.cut_off);
        let year = Period::trailing(startup.horizon.cut_off);
        let number = |key: &str, period| startup.value(key, period).unwrap();
        let heads = number("headcount", now);
        assert!((Decimal::from(8)..Decimal::from(80)).contains(&heads), "{which}: {heads} people");
        let runway = number("runway_m", now);
        assert!((Decimal::from(5)..Decimal::from(20)).contains(&runway), "{which}: {runway} months");
        let margin = number("gross_margin", year);
        let least = if startup.profile.grants.is_some() { Decimal::new(-6, 1) } else { Decimal::new(1, 1) };
        assert!((least..Decimal::ONE).contains(&margin), "{which}: margin {margin}");
        let ask = number("round_size", now);
        assert!((Decimal::from(1_000_000)..Decimal::from(60_000_000)).contains(&ask), "{which}: asks for {ask}");
        assert!(number("som", now) < number("sam", now) && number("sam", now) < number("tam", now), "{which}");
        let held = startup.funding.holders.iter().map(|holder| &holder.name);
        assert!(held.clone().all(|name| !name.is_empty()) && !startup.hired.is_empty(), "{which}");
        assert!(startup.competitors.iter().all(|competitor| !competitor.name.is_empty()), "{which}");
    });
}

#[test]
fn the_same_seed_draws_the_same_company() {
    let draw = |seed| format!("{:?}", Startup::draw(seed, Industry::Saas, Locale::De).unwrap());
    assert_eq!(draw(11), draw(11));
    assert_ne!(draw(11), draw(12));
}
