//! A startup that a seed makes: customers or trade, people, books, rounds and a story, in one of ten industries and four
//! locales. The same seed, industry and locale make the same company on every machine.
//!
//! Invariants, which the tests hold over fifty seeds of every industry: the balance sheet balances, cash rolls and is
//! never below nothing, the bridge of recurring revenue closes, the list of customers sums to it, shares by price are
//! what a round brought in.

mod calendar;
mod dice;
mod funding;
mod ledger;
mod metrics;
mod names;
mod profile;
mod staff;
mod subscriptions;
#[cfg(test)]
mod tests;
mod volume;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

pub use calendar::{Kind, Month, Period};
pub use dice::Dice;
pub use funding::{Ask, Convertible, Funding, Holder, Instrument, Round};
pub use ledger::{Balance, Earners, MonthBooks};
pub use profile::{Industry, Plan, Profile, Story, Trade};
pub use staff::{Department, Staff};
pub use subscriptions::{Bridge, Customer, Horizon, Subscriptions};
pub use volume::{Traded, Volume};

use names::Names;

/// Where the company is: its language, currency and law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Locale {
    /// The United States: dollars, a Delaware corporation.
    EnUs,
    /// The United Kingdom: pounds, a limited company.
    EnGb,
    /// Germany: euros, a GmbH under the HGB.
    De,
    /// France: euros, a SAS under the plan comptable général.
    Fr,
}

impl Locale {
    /// All locales.
    pub const ALL: [Self; 4] = [Self::EnUs, Self::EnGb, Self::De, Self::Fr];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EnUs => "en-us",
            Self::EnGb => "en-gb",
            Self::De => "de",
            Self::Fr => "fr",
        }
    }

    /// The ISO 4217 code of its currency.
    pub const fn currency(self) -> &'static str {
        match self {
            Self::EnUs => "USD",
            Self::EnGb => "GBP",
            Self::De | Self::Fr => "EUR",
        }
    }

    const fn legal_form(self) -> &'static str {
        match self {
            Self::EnUs => ", Inc.",
            Self::EnGb => " Ltd",
            Self::De => " GmbH",
            Self::Fr => " SAS",
        }
    }
}

/// The market that the company sees, a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Market {
    /// All of it.
    pub whole: Decimal,
    /// The part that the product serves.
    pub served: Decimal,
    /// The part that can be won.
    pub reachable: Decimal,
    /// Growth a year as a fraction.
    pub growth: Decimal,
}

/// A company that sells the like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Competitor {
    /// Its name.
    pub name: String,
    /// People it employs.
    pub headcount: Decimal,
    /// What it raised.
    pub raised: Decimal,
}

/// A made-up startup.
#[derive(Debug, Clone)]
pub struct Startup {
    /// What it was drawn from.
    pub seed: u64,
    /// Its industry.
    pub industry: Industry,
    /// Its locale.
    pub locale: Locale,
    /// What its industry is like.
    pub profile: Profile,
    /// Its name without the legal form.
    pub name: String,
    /// The city of its seat.
    pub city: String,
    /// Who leads sales or operations without having founded.
    pub hired: String,
    /// First, last past and last planned month.
    pub horizon: Horizon,
    /// What earns.
    pub earners: Earners,
    /// People.
    pub staff: Staff,
    /// The books by month.
    pub months: BTreeMap<Month, MonthBooks>,
    /// The balance sheet before the first month.
    pub opening: Balance,
    /// Rounds and holders.
    pub funding: Funding,
    /// The market.
    pub market: Market,
    /// Who sells the like.
    pub competitors: Vec<Competitor>,
    /// Figures beside the books.
    pub measures: BTreeMap<String, Decimal>,
}

/// Why a company could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// The data of an industry or of names is broken.
    #[error("the simulator's data is broken: {0}")]
    Data(#[from] toml::de::Error),
    /// No draw gave a company that burns money and does not run out of it.
    #[error("no sound {0} company was found for seed {1}")]
    Unsound(&'static str, u64),
}

/// How often a company is drawn anew when its cash does not hold.
const ATTEMPTS: u32 = 40;

impl Startup {
    /// Draws a company.
    ///
    /// # Errors
    ///
    /// If the simulator's own data is broken, or if no sound company is found.
    pub fn draw(seed: u64, industry: Industry, locale: Locale) -> Result<Self, DrawError> {
        for attempt in 0..ATTEMPTS {
            let startup = Self::attempt(seed, industry, locale, attempt)?;
            if startup.is_sound() {
                return Ok(startup);
            }
        }
        Err(DrawError::Unsound(industry.name(), seed))
    }

    fn attempt(seed: u64, industry: Industry, locale: Locale, attempt: u32) -> Result<Self, DrawError> {
        let profile = industry.profile()?;
        let mut names = Names::of(locale, seed)?;
        let topic = |name: &str| Dice::new(seed, &format!("{}/{attempt}/{name}", industry.name()));
        let horizon = horizon(&mut topic("horizon"));
        let mut dice = topic("growth");
        let growth = dice.fraction(profile.growth);
        let name = names.company();
        let city = names.city();
        let mut dice = topic("earners");
        let subscriptions = profile
            .recurring
            .as_ref()
            .map(|recurring| Subscriptions::draw(recurring, &mut names, horizon, growth, &mut dice));
        let volume = profile.trade.as_ref().map(|trade| Volume::draw(trade, horizon, growth, &mut dice));
        let earners = Earners { subscriptions, volume };
        let staff = Staff::draw(&profile, locale, horizon, horizon.cut_off.plus(4), &mut topic("staff"));
        let rates = ledger::Rates::draw(&profile, &mut topic("rates"));
        let operations = ledger::operations(horizon, &earners, &staff, &rates, &mut topic("noise"));
        let nothing = ledger::Opening { paid_in: Decimal::ZERO, cash: Decimal::ZERO };
        let mut needs = operations.clone();
        ledger::close(&mut needs, nothing, &[], Decimal::ZERO);
        let (funding, cash) = funding::draw(&funding::Need(&needs), horizon, locale, &mut names, &mut topic("funding"));
        let paid_in = funding.rounds.iter().filter(|round| round.month < horizon.first).map(|round| round.amount).sum();
        let mut months = operations;
        let opening = ledger::Opening { paid_in, cash };
        let opening = ledger::close(&mut months, opening, &funding.payments(horizon), funding.convertible.interest);
        let mut dice = topic("market");
        Ok(Self {
            market: market(&profile, &mut dice),
            competitors: competitors(&mut names, &mut dice),
            measures: measures(&profile, &mut topic("measures")),
            hired: names.person(),
            months: months.into_iter().collect(),
            seed,
            industry,
            locale,
            profile,
            name,
            city,
            horizon,
            earners,
            staff,
            opening,
            funding,
        })
    }

    /// Its name with the legal form.
    pub fn legal_name(&self) -> String {
        format!("{}{}", self.name, self.locale.legal_form())
    }

    /// Its subscriptions, if it sells any.
    pub fn subscriptions(&self) -> Option<&Subscriptions> {
        self.earners.subscriptions.as_ref()
    }

    /// The founders, the first of whom leads.
    pub fn founders(&self) -> Vec<&str> {
        let holders = self.funding.holders.iter();
        holders.filter(|holder| holder.round == Some(Instrument::Founding)).map(|holder| holder.name.as_str()).collect()
    }

    /// What it tells in its language.
    pub fn story(&self) -> &Story {
        match self.locale {
            Locale::EnUs | Locale::EnGb => &self.profile.story.en,
            Locale::De => &self.profile.story.de,
            Locale::Fr => &self.profile.story.fr,
        }
    }

    /// The full calendar years of its books that have happened, in order.
    pub fn past_years(&self) -> Vec<i32> {
        let (first, cut_off) = (self.horizon.first.year(), self.horizon.cut_off);
        (first..=cut_off.year()).filter(|year| Month::of(*year, 12) <= cut_off).collect()
    }

    /// Whether a period has happened.
    pub fn is_past(&self, period: Period) -> bool {
        period.end <= self.horizon.cut_off
    }

    /// Whether it burns money, has five months of it and never runs out.
    fn is_sound(&self) -> bool {
        let quarter = Period::quarter(self.horizon.cut_off);
        let burns = self.value("net_burn", quarter).is_some_and(|burn| burn > Decimal::from(15_000));
        let lasts = self.value("runway_m", quarter).is_some_and(|months| months > Decimal::from(5));
        let pays = self.months.values().all(|books| books.closing.cash > Decimal::ZERO);
        let owns = self.months.values().all(|books| books.closing.paid_in > Decimal::ZERO);
        let lost = self.opening.retained < Decimal::ZERO;
        burns && lasts && pays && owns && lost
    }
}

/// The books begin with a calendar year and end with one, so that years can be compared.
fn horizon(dice: &mut Dice) -> Horizon {
    let cut_off = Month::of(2024, dice.one_of(18, &[9, 12, 15, 21, 24]));
    let years = if cut_off.number() == 12 { 1 } else { 2 };
    let first = Month::of(cut_off.year() - years - i32::from(dice.per_mille(300)), 1);
    Horizon { first, cut_off, last: Month::of(cut_off.year() + 1, 12) }
}

fn market(profile: &Profile, dice: &mut Dice) -> Market {
    let million = Decimal::from(1_000_000);
    let [low, high] = profile.market.size;
    let whole = dice.between(low / 100, high / 100) * 100;
    let served = (whole * dice.between(17, 34) / 100 / 10 * 10).max(10);
    let reachable = (served * dice.between(6, 14) / 100).max(5);
    Market {
        whole: Decimal::from(whole) * million,
        served: Decimal::from(served) * million,
        reachable: Decimal::from(reachable) * million,
        growth: Decimal::new(dice.within(profile.market.growth) / 10, 2),
    }
}

fn competitors(names: &mut Names, dice: &mut Dice) -> Vec<Competitor> {
    let mut competitor = || Competitor {
        name: names.competitor(),
        headcount: Decimal::from(dice.between(6, 40) * 10),
        raised: Decimal::from(dice.between(9, 70) * 1_000_000),
    };
    vec![competitor(), competitor(), competitor()]
}

fn measures(profile: &Profile, dice: &mut Dice) -> BTreeMap<String, Decimal> {
    let drawn = profile.measures.iter().map(|measure| {
        let value = Decimal::new(dice.within(measure.range), measure.places);
        (measure.metric.clone(), value)
    });
    drawn.collect()
}
