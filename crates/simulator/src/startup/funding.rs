//! Who paid in what and holds what, the promise of shares that is open, and the round that is asked for. The amounts are
//! sized to the cash that the operations need, so that the books hold without a plug.

use rust_decimal::{Decimal, RoundingStrategy};

use super::Locale;
use super::calendar::Month;
use super::dice::Dice;
use super::ledger::{MonthBooks, Payment};
use super::names::Names;
use super::subscriptions::Horizon;

/// What was issued in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instrument {
    /// Common shares of the founders.
    Founding,
    /// Common shares of angels.
    Angel,
    /// Preferred shares of the seed round.
    Seed,
    /// A promise of shares: SAFE, convertible loan or bond.
    Convertible,
}

impl Instrument {
    /// Its key in the lists of labels.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Founding => "_round_founding",
            Self::Angel => "_round_angel",
            Self::Seed => "_round_seed",
            Self::Convertible => "_round_convertible",
        }
    }
}

/// A round that is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// What was issued.
    pub instrument: Instrument,
    /// When.
    pub month: Month,
    /// How many shares.
    pub shares: i64,
    /// At which price; nothing for a promise.
    pub price: Option<Decimal>,
    /// What came in.
    pub amount: Decimal,
}

/// Who holds shares or options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The name; a key of the lists of labels for the pool.
    pub name: String,
    /// With which round it came in; nothing for the pool.
    pub round: Option<Instrument>,
    /// Shares or options.
    pub shares: i64,
}

/// The promise of shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Convertible {
    /// When it was signed.
    pub month: Month,
    /// Its principal.
    pub amount: Decimal,
    /// The highest valuation at which it converts.
    pub cap: Decimal,
    /// The discount to the next round, as a fraction.
    pub discount: Decimal,
    /// Interest a year as a fraction; a SAFE bears none.
    pub interest: Decimal,
    /// Who gave it.
    pub holder: String,
}

/// The round that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// How much.
    pub size: Decimal,
    /// The valuation before it.
    pub pre_money: Decimal,
    /// When it is planned to be paid.
    pub month: Month,
    /// How it will be spent, in per cent, in the order of the story.
    pub uses: [i64; 3],
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funding {
    /// Closed rounds in order, the promise last.
    pub rounds: Vec<Round>,
    /// Holders of issued shares.
    pub holders: Vec<Holder>,
    /// Options: granted, then free.
    pub pool: Vec<Holder>,
    /// The promise of shares.
    pub convertible: Convertible,
    /// The round that is asked for.
    pub ask: Ask,
    /// Nominal value of a share.
    pub nominal: Decimal,
}

impl Funding {
    /// Issued shares.
    pub fn issued(&self) -> i64 {
        self.holders.iter().map(|holder| holder.shares).sum()
    }

    /// Options.
    pub fn options(&self) -> i64 {
        self.pool.iter().map(|holder| holder.shares).sum()
    }

    /// Issued shares and options.
    pub fn diluted(&self) -> i64 {
        self.issued() + self.options()
    }

    /// All that came in.
    pub fn raised(&self) -> Decimal {
        self.rounds.iter().map(|round| round.amount).sum()
    }

    /// What the rounds pay within the books.
    pub fn payments(&self, horizon: Horizon) -> Vec<Payment> {
        let closed = self.rounds.iter().map(|round| match round.instrument {
            Instrument::Convertible => Payment { month: round.month, equity: Decimal::ZERO, loan: round.amount },
            _ => Payment { month: round.month, equity: round.amount, loan: Decimal::ZERO },
        });
        let asked = Payment { month: self.ask.month, equity: self.ask.size, loan: Decimal::ZERO };
        closed.filter(|payment| payment.month >= horizon.first).chain([asked]).collect()
    }
}

/// What the operations need: cash flow summed up from the first month on.
pub struct Need<'a>(pub &'a [(Month, MonthBooks)]);

impl Need<'_> {
    /// The sum up to a month; negative is need.
    pub fn until(&self, month: Month) -> Decimal {
        self.0.iter().rev().find(|(at, _)| *at <= month).map(|(_, books)| books.closing.cash).unwrap_or_default()
    }

    /// Need a month over the three months that end with a month.
    pub fn burn(&self, month: Month) -> Decimal {
        (self.until(month.plus(-3)) - self.until(month)) / Decimal::from(3)
    }
}

/// Draws the rounds. Says the cash at hand when the books open.
pub fn draw(
    need: &Need<'_>,
    horizon: Horizon,
    locale: Locale,
    names: &mut Names,
    dice: &mut Dice,
) -> (Funding, Decimal) {
    let cut_off = horizon.cut_off;
    let burn = need.burn(cut_off).max(Decimal::from(20_000));
    let seed_month = horizon.first.plus(i32::try_from(dice.between(3, 8)).unwrap_or(4));
    let opening = nice(burn * Decimal::from(2) - need.until(seed_month), 10_000);
    let target = burn * Decimal::new(dice.between(75, 145), 1);
    let convertible_amount = nice(burn * Decimal::from(dice.between(2, 4)), 50_000);
    let seed_amount = (target - convertible_amount - opening - need.until(cut_off)).max(Decimal::from(400_000));
    let (founders, nominal) = match locale {
        Locale::EnUs => (8_000_000, Decimal::new(1, 4)),
        Locale::EnGb => (1_000_000, Decimal::new(1, 2)),
        Locale::De => (25_000, Decimal::ONE),
        Locale::Fr => (100_000, Decimal::ONE),
    };
    let founded = horizon.first.plus(-i32::try_from(dice.between(9, 20)).unwrap_or(12));
    let founding = Round {
        instrument: Instrument::Founding,
        month: founded,
        shares: founders,
        price: Some(nominal),
        amount: Decimal::from(founders) * nominal,
    };
    let angel_amount = (opening * Decimal::new(dice.between(15, 21), 1)).max(Decimal::from(150_000));
    let angel = priced(Instrument::Angel, horizon.first.plus(-3), angel_amount, founders * dice.between(7, 12) / 100);
    let before = founders + angel.shares;
    let seed = priced(Instrument::Seed, seed_month, seed_amount, before * dice.between(19, 29) / 100);
    let convertible = Convertible {
        month: cut_off.plus(-i32::try_from(dice.between(4, 8)).unwrap_or(6)),
        amount: convertible_amount,
        cap: nice(seed.amount * Decimal::from(dice.between(4, 7)), 500_000),
        discount: Decimal::new(dice.one_of(20, &[15, 25]), 2),
        interest: if locale == Locale::EnUs { Decimal::ZERO } else { Decimal::new(dice.between(4, 8), 2) },
        holder: names.fund(),
    };
    let promise = Round {
        instrument: Instrument::Convertible,
        month: convertible.month,
        shares: 0,
        price: None,
        amount: convertible.amount,
    };
    let issued = before + seed.shares;
    let options = issued * dice.between(9, 14) / 100;
    let granted = options * dice.between(48, 76) / 100;
    let pool = |name: &str, shares| Holder { name: name.to_owned(), round: None, shares };
    let funding = Funding {
        holders: holders(&founding, &angel, &seed, names, dice),
        rounds: vec![founding, angel, seed, promise],
        pool: vec![pool("_pool_granted", granted), pool("_pool_free", options - granted)],
        convertible,
        ask: ask(need, horizon, target, dice),
        nominal,
    };
    (funding, opening)
}

/// A round whose shares by whose price are its amount, to the cent.
fn priced(instrument: Instrument, month: Month, amount: Decimal, shares: i64) -> Round {
    let shares = if shares > 20_000 { shares / 100 * 100 } else { shares.max(1) };
    let places = if shares > 20_000 { 2 } else { 0 };
    let price = amount.checked_div(Decimal::from(shares)).unwrap_or(Decimal::ONE).round_dp(places);
    let price = price.max(Decimal::new(1, places));
    Round { instrument, month, shares, price: Some(price), amount: price * Decimal::from(shares) }
}

fn holders(founding: &Round, angel: &Round, seed: &Round, names: &mut Names, dice: &mut Dice) -> Vec<Holder> {
    let mut holders = Vec::new();
    let mut split = |round: &Round, parts: &[i64], name: &mut dyn FnMut() -> String| {
        let mut left = round.shares;
        for (at, part) in parts.iter().enumerate() {
            let shares = if at + 1 == parts.len() { left } else { round.shares * part / 100 };
            left -= shares;
            holders.push(Holder { name: name(), round: Some(round.instrument), shares });
        }
    };
    let founders = dice.one_of([45, 35, 20], &[[40, 35, 25], [50, 30, 20]]);
    split(founding, &founders, &mut || names.person());
    split(angel, &[60, 40], &mut || names.person());
    split(seed, &[dice.between(62, 80), 0], &mut || names.fund());
    holders
}

fn ask(need: &Need<'_>, horizon: Horizon, cash: Decimal, dice: &mut Dice) -> Ask {
    let burn = need.burn(horizon.last).max(need.burn(horizon.cut_off));
    let spent = need.until(horizon.cut_off) - need.until(horizon.last);
    let wanted = (spent - cash + burn * Decimal::from(dice.between(6, 10))).max(Decimal::from(1_500_000));
    let size = nice(wanted, 500_000);
    let first = dice.between(8, 11) * 5;
    let second = dice.between(6, 8) * 5;
    Ask {
        size,
        pre_money: nice(size * Decimal::new(dice.between(27, 46), 1), 1_000_000),
        month: horizon.cut_off.plus(i32::try_from(dice.between(3, 5)).unwrap_or(4)),
        uses: [first, second, 100 - first - second],
    }
}

/// The amount rounded up to a step.
fn nice(amount: Decimal, step: i64) -> Decimal {
    let step = Decimal::from(step);
    (amount / step).round_dp_with_strategy(0, RoundingStrategy::AwayFromZero).max(Decimal::ONE) * step
}
