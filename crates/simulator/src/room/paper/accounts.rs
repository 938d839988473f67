//! The annual accounts as a company of the locale draws them up: balance sheet, income statement, notes, with the year
//! before where the books reach so far back.

use rust_decimal::Decimal;

use super::tree::{Paper, Part};
use crate::room::deck::tree::Table;
use crate::room::teller::Teller;
use crate::room::text::Text;
use crate::startup::{Dice, Locale, Period};

/// The accounts of a year.
pub fn accounts(teller: &Teller<'_>, year: i32, dice: &mut Dice) -> Paper {
    let startup = teller.startup;
    let tongue = teller.tongue;
    let before = startup.past_years().contains(&(year - 1));
    let years: Vec<Period> =
        [year, year - 1].into_iter().filter(|at| *at == year || before).map(Period::year).collect();
    let thousands = dice.per_mille(600);
    let sheet = Sheet { teller, years, scale: if thousands { Decimal::ONE_THOUSAND } else { Decimal::ONE } };
    let currency = startup.locale.currency();
    let note = tongue.fill(if thousands { "in_thousands" } else { "in_units" }, &[("currency", currency)]);
    let date = tongue.day(Period::year(year).end);
    let cover = vec![
        Part::Words(format!("{}, {}", startup.legal_name(), startup.city).into()),
        Part::Words(note.clone().into()),
        Part::Words(tongue.say("a_basis").into()),
    ];
    let income_first = dice.coin();
    let (income, balance) = (sheet.income(&note), sheet.balance(&note));
    let statements = if income_first { [income, balance] } else { [balance, income] };
    let mut parts = cover;
    for statement in statements {
        parts.push(Part::Break);
        parts.extend(statement);
    }
    parts.push(Part::Break);
    parts.extend(sheet.notes());
    Paper {
        title: tongue.fill("accounts_title", &[("year", &year.to_string())]),
        subtitle: tongue.fill("for_year", &[("date", &date)]),
        parts,
    }
}

struct Sheet<'a> {
    teller: &'a Teller<'a>,
    years: Vec<Period>,
    scale: Decimal,
}

impl Sheet<'_> {
    /// A table of lines; those whose key ends with `=` are totals.
    fn table(&self, keys: &[&str]) -> Part {
        let tongue = self.teller.tongue;
        let mut head: Vec<Text> = vec![Text::default()];
        head.extend(self.years.iter().map(|year| Text::from(year.end.year().to_string())));
        let mut totals = Vec::new();
        let mut rows = Vec::new();
        for key in keys {
            let total = key.ends_with('=');
            let key = key.trim_end_matches('=');
            if total {
                totals.push(rows.len());
            }
            let mut row: Vec<Text> = vec![tongue.label(key).into()];
            row.extend(self.years.iter().map(|year| self.amount(key, *year)));
            rows.push(row);
        }
        Part::Table(Table { head, rows }, totals)
    }

    fn amount(&self, key: &str, year: Period) -> Text {
        self.teller.in_table(key, year, self.scale, 0).unwrap_or_else(|| "–".into())
    }

    fn income(&self, note: &str) -> Vec<Part> {
        let keys = [
            "revenue",
            "cogs",
            "gross_profit=",
            "opex_sm",
            "opex_rd",
            "_ga_with_depreciation",
            "ebit=",
            "interest_expense",
            "net_income=",
        ];
        vec![Part::Heading(self.teller.tongue.say("a_income")), Part::Words(note.into()), self.table(&keys)]
    }

    fn balance(&self, note: &str) -> Vec<Part> {
        let startup = self.teller.startup;
        let goods = startup.profile.stock_days > 0;
        let mut assets = vec!["fixed_assets", "receivables", "cash", "current_assets=", "total_assets="];
        if goods {
            assets.insert(1, "inventory");
        }
        let loan = if startup.locale == Locale::EnUs { "_safe" } else { "debt" };
        let claims = [
            "share_capital",
            "_reserve",
            "retained_earnings",
            "equity=",
            loan,
            "payables",
            "deferred_revenue",
            "total_liabilities=",
            "_equity_and_liabilities=",
        ];
        let tongue = self.teller.tongue;
        vec![
            Part::Heading(tongue.say("a_balance")),
            Part::Words(note.into()),
            Part::Words(tongue.say("assets").into()),
            self.table(&assets),
            Part::Words(tongue.say("liabilities").into()),
            self.table(&claims),
        ]
    }

    fn notes(&self) -> Vec<Part> {
        let tongue = self.teller.tongue;
        let mut parts = vec![Part::Heading(tongue.say("a_notes")), Part::Words(tongue.say("a_basis").into())];
        let average = |year: &Period| self.teller.in_table("headcount_avg", *year, Decimal::ONE, 0);
        if let [now, before] = self.years.as_slice()
            && let (Some(now), Some(before)) = (average(now), average(before))
        {
            let phrase = tongue.say("a_staff");
            parts.push(Part::Words(Text::filled(&phrase, &[("value", &now), ("before", &before)])));
        }
        let signed = self.years.first().map(|year| tongue.day(year.end.plus(4))).unwrap_or_default();
        parts.push(Part::Words(tongue.fill("a_signed", &[("date", &signed)]).into()));
        parts.push(Part::Words(self.teller.startup.founders().join(", ").into()));
        parts
    }
}
