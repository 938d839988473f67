//! The cap table: holders with shares and parts, and the rounds that have been paid.

use rust_decimal::Decimal;

use super::grid::{Content, Look, Sheet, letters};
use crate::defect::{Defect, Lies};
use crate::room::tongue::Tongue;
use crate::room::truth::{Basis, Figure, Place, Unit};
use crate::startup::{Dice, Instrument, Period, Startup};

/// The sheets, and where the promise of shares is missing if it is.
pub struct CapTable {
    /// Holders and rounds.
    pub sheets: Vec<Sheet>,
    /// The place of the total that leaves the promise out.
    pub omitted: Option<Place>,
}

const BAND: Look = Look { bold: true, band: true, faint: false, ruled: false, right: false, format: "" };
const BOLD: Look = Look { bold: true, band: false, faint: false, ruled: true, right: false, format: "" };

struct Maker<'a> {
    startup: &'a Startup,
    tongue: &'a Tongue,
    omit: bool,
}

/// The cap table at the cut-off.
pub fn cap_table(startup: &Startup, tongue: &Tongue, lies: &Lies, dice: &mut Dice) -> CapTable {
    let maker = Maker { startup, tongue, omit: lies.has(Defect::OmittedSafe) };
    let holders = maker.holders(dice);
    let (rounds, total) = maker.rounds(dice);
    let omitted = maker.omit.then(|| Place::Cell(format!("{}!{total}", rounds.name)));
    CapTable { sheets: vec![holders, rounds], omitted }
}

impl Maker<'_> {
    fn now(&self) -> Period {
        Period::at(self.startup.horizon.cut_off)
    }

    fn figure(&self, metric: &str, subject: String, value: Decimal, unit: Unit) -> Figure {
        Figure {
            metric: metric.to_owned(),
            subject,
            words: String::new(),
            value,
            unit,
            currency: (unit == Unit::Money).then(|| self.startup.locale.currency()),
            period: Some(self.now()),
            basis: Basis::Actual,
            planted: None,
            optional: false,
        }
    }

    fn heading(&self, name: &str) -> Sheet {
        let mut sheet = Sheet::new(&self.tongue.say(name));
        let title = format!("{}: {}", self.startup.legal_name(), self.tongue.say(name));
        sheet.words(0, 0, title, Look { bold: true, ..Look::default() });
        let date = self.tongue.day(self.startup.horizon.cut_off);
        let currency = self.startup.locale.currency();
        let note = self.tongue.fill("figures_as_of", &[("date", &date)]);
        let note = format!("{note}. {}", self.tongue.fill("in_units", &[("currency", currency)]));
        sheet.words(1, 0, note, Look { faint: true, ..Look::default() });
        sheet.widths = vec![(0, 34.0), (1, 22.0), (2, 18.0), (3, 16.0), (4, 18.0), (5, 16.0)];
        sheet
    }

    fn holders(&self, dice: &mut Dice) -> Sheet {
        let funding = &self.startup.funding;
        let mut sheet = self.heading("cap_table");
        let head = u32::try_from(dice.between(2, 4)).unwrap_or(3);
        let shares_at = u16::try_from(dice.between(1, 2)).unwrap_or(2);
        let part_at = shares_at + 1;
        sheet.words(head, 0, self.tongue.say("holder"), BAND);
        if shares_at == 2 {
            sheet.words(head, 1, self.tongue.say("class"), BAND);
        }
        sheet.words(head, shares_at, self.tongue.say("shares"), BAND);
        sheet.words(head, part_at, self.tongue.say("percent"), BAND);
        let diluted = Decimal::from(funding.diluted());
        let first = head + 1;
        let last = first + u32::try_from(funding.holders.len() + funding.pool.len()).unwrap_or_default() + 1;
        let column = letters(shares_at);
        let issued_row = first + u32::try_from(funding.holders.len()).unwrap_or_default();
        let mut row = first;
        let part = |sheet: &mut Sheet, row: u32, shares: Decimal, subject: Option<(&str, &str)>| {
            let ratio = shares / diluted;
            let figure = subject.map(|(metric, subject)| self.figure(metric, subject.to_owned(), ratio, Unit::Ratio));
            let formula = format!("{column}{}/{column}{}", row + 1, last + 1);
            let look = Look { right: true, format: "0.00%", ..Look::default() };
            sheet.put(row, part_at, Content::Formula(formula, ratio), look, figure);
        };
        let count = Look { right: true, format: "#,##0", ..Look::default() };
        for holder in &funding.holders {
            let subject = format!("holder:{}", holder.name);
            let shares = Decimal::from(holder.shares);
            sheet.words(row, 0, holder.name.as_str(), Look::default());
            if shares_at == 2 {
                let class = if holder.round == Some(Instrument::Seed) { "preferred" } else { "common" };
                sheet.words(row, 1, self.tongue.say(class), Look::default());
            }
            let figure = self.figure("shares", subject.clone(), shares, Unit::Count);
            sheet.number(row, shares_at, shares, count, Some(figure));
            part(&mut sheet, row, shares, Some(("ownership", &subject)));
            row += 1;
        }
        let issued = Decimal::from(funding.issued());
        let total = |metric: &str, value: Decimal| self.figure(metric, "company".to_owned(), value, Unit::Count);
        let sum = format!("SUM({column}{}:{column}{})", first + 1, issued_row);
        sheet.words(row, 0, self.tongue.label("shares_outstanding"), BOLD);
        let look = Look { ruled: true, bold: true, ..count };
        sheet.put(row, shares_at, Content::Formula(sum, issued), look, Some(total("shares_outstanding", issued)));
        part(&mut sheet, row, issued, None);
        row += 1;
        for option in &funding.pool {
            let shares = Decimal::from(option.shares);
            sheet.words(row, 0, self.tongue.label(&option.name), Look::default());
            if shares_at == 2 {
                sheet.words(row, 1, self.tongue.say("options"), Look::default());
            }
            let subject = format!("holder:{}", self.tongue.label(&option.name));
            let figure = Figure { optional: true, ..self.figure("shares", subject, shares, Unit::Count) };
            sheet.number(row, shares_at, shares, count, Some(figure));
            part(&mut sheet, row, shares, None);
            row += 1;
        }
        let sum = format!("SUM({column}{}:{column}{row})", issued_row + 1);
        sheet.words(row, 0, self.tongue.label("total_shares"), BOLD);
        sheet.put(row, shares_at, Content::Formula(sum, diluted), look, Some(total("total_shares", diluted)));
        part(&mut sheet, row, diluted, None);
        sheet
    }

    /// The rounds, and the cell of their total.
    fn rounds(&self, dice: &mut Dice) -> (Sheet, String) {
        let mut sheet = self.heading("rounds");
        let head = u32::try_from(dice.between(2, 4)).unwrap_or(3);
        for (column, name) in (0..).zip(["round", "date", "shares", "price", "amount"]) {
            sheet.words(head, column, self.tongue.say(name), BAND);
        }
        let funding = &self.startup.funding;
        let shown = funding.rounds.iter().filter(|round| !self.omit || round.instrument != Instrument::Convertible);
        let money = Look { right: true, format: "#,##0.00", ..Look::default() };
        let mut row = head + 1;
        let mut raised = Decimal::ZERO;
        for round in shown {
            sheet.words(row, 0, self.tongue.label(round.instrument.key()), Look::default());
            let look = Look { right: true, format: "yyyy-mm-dd", ..Look::default() };
            sheet.put(row, 1, Content::Day(round.month.end()), look, None);
            let paid = Figure {
                period: Some(Period::month(round.month)),
                optional: true,
                ..self.figure("investment_amount", "company".to_owned(), round.amount, Unit::Money)
            };
            let content = match round.price {
                Some(price) => {
                    let count = Look { right: true, format: "#,##0", ..Look::default() };
                    sheet.number(row, 2, Decimal::from(round.shares), count, None);
                    let look = Look { format: "#,##0.0000", ..money };
                    let paid_each = Figure {
                        period: Some(Period::month(round.month)),
                        optional: true,
                        ..self.figure("share_price", "company".to_owned(), price, Unit::Money)
                    };
                    sheet.number(row, 3, price, look, Some(paid_each));
                    Content::Formula(format!("C{0}*D{0}", row + 1), round.amount)
                }
                None => Content::Number(round.amount),
            };
            sheet.put(row, 4, content, money, Some(paid));
            raised += round.amount;
            row += 1;
        }
        sheet.words(row, 0, self.tongue.label("raised_to_date"), BOLD);
        let mut figure = self.figure("raised_to_date", "company".to_owned(), raised, Unit::Money);
        figure.planted = self.omit.then(|| Defect::OmittedSafe.name());
        let sum = format!("SUM(E{}:E{row})", head + 2);
        let look = Look { bold: true, ruled: true, ..money };
        sheet.put(row, 4, Content::Formula(sum, raised), look, Some(figure));
        (sheet, format!("E{}", row + 1))
    }
}
