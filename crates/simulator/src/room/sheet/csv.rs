//! Exports: the list of customers as a billing program writes it, and the figures of the months as an analytics program
//! does. Separators, the form of numbers and of days follow the locale and are drawn where programs differ.

use rust_decimal::Decimal;

use super::grid::letters;
use crate::room::metric;
use crate::room::number::number;
use crate::room::tongue::Tongue;
use crate::room::truth::{Basis, Figure, Place, Placed, Unit};
use crate::startup::{Customer, Dice, Locale, Month, Period, Startup};

/// An export and what it states.
pub struct Export {
    /// The bytes, in UTF-8.
    pub bytes: Vec<u8>,
    /// The figures at their cells.
    pub placed: Vec<Placed>,
}

/// How a program writes.
struct Form {
    locale: Locale,
    separator: char,
    grouped: bool,
    places: u32,
}

impl Form {
    fn draw(locale: Locale, dice: &mut Dice) -> Self {
        let separator = match locale {
            Locale::EnUs | Locale::EnGb => dice.one_of(',', &[',', '\t']),
            Locale::De | Locale::Fr => dice.one_of(';', &[';', '\t']),
        };
        Self { locale, separator, grouped: dice.coin(), places: if dice.coin() { 2 } else { 0 } }
    }

    fn amount(&self, value: Decimal, places: u32) -> String {
        let text = number(self.locale, value, places).replace('\u{a0}', " ");
        if self.grouped {
            return text;
        }
        match self.locale {
            Locale::De => text.replace('.', ""),
            Locale::Fr => text.replace(' ', ""),
            Locale::EnUs | Locale::EnGb => text.replace(',', ""),
        }
    }

    fn day(&self, month: Month, end: bool) -> String {
        let day = if end { month.end() } else { month.start() };
        let form = match self.locale {
            Locale::EnUs => "%m/%d/%Y",
            Locale::EnGb | Locale::Fr => "%d/%m/%Y",
            Locale::De => "%d.%m.%Y",
        };
        day.format(form).to_string()
    }

    fn line(&self, fields: &[String]) -> String {
        let quoted = fields.iter().map(|field| {
            if field.contains(self.separator) || field.contains('"') {
                format!("\"{}\"", field.replace('"', "\"\""))
            } else {
                field.clone()
            }
        });
        quoted.collect::<Vec<_>>().join(&self.separator.to_string())
    }
}

/// The list of customers with what each pays at the cut-off; nothing for a company without subscriptions.
pub fn customers(startup: &Startup, tongue: &Tongue, dice: &mut Dice) -> Option<Export> {
    let book = startup.subscriptions()?;
    let form = Form::draw(startup.locale, dice);
    let now = startup.horizon.cut_off;
    let (yearly, with_total, with_left) = (dice.coin(), dice.per_mille(400), dice.per_mille(600));
    let metric = if yearly { "arr" } else { "mrr" };
    let times = if yearly { Decimal::from(12) } else { Decimal::ONE };
    let currency = startup.locale.currency();
    let amount = tongue.fill("mrr_of", &[("date", &form.day(now, true))]).replace("MRR", &metric.to_uppercase());
    let mut names: Vec<String> = ["customer", "plan", "start", "end", "status"].map(|key| tongue.say(key)).to_vec();
    names.push(format!("{amount} ({currency})"));
    let mut lines = vec![form.line(&names)];
    let mut placed = Vec::new();
    let state = |value: Decimal, subject: String, row: usize| Placed {
        place: Place::Cell(format!("F{row}")),
        figure: Figure {
            metric: metric.to_owned(),
            subject,
            words: String::new(),
            value,
            unit: Unit::Money,
            currency: Some(currency),
            period: Some(Period::at(now)),
            basis: Basis::Actual,
            planted: None,
            optional: false,
        },
    };
    let listed = book.customers.iter().filter(|customer| with_left || customer.end.is_none());
    for customer in listed {
        let pays = customer.mrr(now) * times;
        lines.push(form.line(&fields(startup, tongue, &form, customer, pays)));
        if !pays.is_zero() {
            placed.push(state(pays, format!("customer:{}", customer.name), lines.len()));
        }
    }
    if with_total {
        let total = book.bridge(now).closing * times;
        let mut fields = vec![tongue.say("total"), String::new(), String::new(), String::new(), String::new()];
        fields.push(form.amount(total, form.places));
        lines.push(form.line(&fields));
        placed.push(state(total, "company".to_owned(), lines.len()));
    }
    lines.push(String::new());
    Some(Export { bytes: lines.join("\n").into_bytes(), placed })
}

fn fields(startup: &Startup, tongue: &Tongue, form: &Form, customer: &Customer, pays: Decimal) -> Vec<String> {
    let plans = startup.profile.recurring.as_ref().map(|recurring| recurring.plans.as_slice()).unwrap_or_default();
    vec![
        customer.name.clone(),
        plans.get(customer.plan).map(|plan| plan.name.clone()).unwrap_or_default(),
        form.day(customer.start(), false),
        customer.end.map(|end| form.day(end.plus(-1), true)).unwrap_or_default(),
        tongue.say(if customer.end.is_some() { "left" } else { "active" }),
        form.amount(pays, form.places),
    ]
}

/// The figures of each month that has happened, a line a month.
pub fn months(startup: &Startup, tongue: &Tongue, dice: &mut Dice) -> Export {
    let form = Form::draw(startup.locale, dice);
    let currency = startup.locale.currency();
    let mut keys = vec!["revenue".to_owned(), "cash".to_owned(), "headcount".to_owned()];
    if let Some(trade) = &startup.profile.trade {
        keys.extend([trade.units_metric.clone(), trade.gross_metric.clone(), trade.price_metric.clone()]);
    }
    if startup.subscriptions().is_some() {
        keys.extend(["mrr".to_owned(), "customers".to_owned(), "logos_new".to_owned()]);
    }
    dice.shuffle(&mut keys);
    let name = |key: &String| match metric::unit(key) {
        Unit::Money => format!("{} ({currency})", tongue.label(key)),
        _ => tongue.label(key),
    };
    let mut head = vec![tongue.say("month")];
    head.extend(keys.iter().map(name));
    let mut lines = vec![form.line(&head)];
    let mut placed = Vec::new();
    let past = startup.horizon.months().filter(|month| *month <= startup.horizon.cut_off);
    for month in past {
        let heading = Period::month(month);
        let mut fields = vec![form.day(month, true)];
        for (column, key) in (1_u16..).zip(&keys) {
            let unit = metric::unit(key);
            let price = startup.profile.trade.as_ref().is_some_and(|trade| trade.price_metric == *key);
            let places = if price { 2 } else { 0 };
            let value = crate::room::number::round(startup.value(key, heading).unwrap_or_default(), places);
            fields.push(form.amount(value, places));
            if metric::is_metric(key) {
                let figure = Figure {
                    metric: key.clone(),
                    subject: "company".to_owned(),
                    words: String::new(),
                    value,
                    unit,
                    currency: (unit == Unit::Money).then_some(currency),
                    period: Some(metric::period(key, heading)),
                    basis: Basis::Actual,
                    planted: None,
                    optional: false,
                };
                placed.push(Placed { place: Place::Cell(format!("{}{}", letters(column), lines.len() + 1)), figure });
            }
        }
        lines.push(form.line(&fields));
    }
    lines.push(String::new());
    Export { bytes: lines.join("\n").into_bytes(), placed }
}
