//! What is wrong in a room on purpose. A defect becomes lies: what a document says of a figure instead of the truth. The
//! renderers ask for them, so that the truth of the room holds what the files say.

mod contradictions;

use rust_decimal::Decimal;

pub use contradictions::contradictions;

use crate::room::metric;
use crate::startup::{Dice, Kind, Month, Period, Startup};

/// A kind of defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Defect {
    /// A table of the deck says millions over figures in thousands.
    WrongScale,
    /// The deck states a figure of months ago as of now.
    StalePeriod,
    /// The deck states so many per cent more than is true.
    Inflated(u8),
    /// A total of the model is typed in and is not the sum.
    Footing,
    /// The cap table leaves the promise of shares out.
    OmittedSafe,
    /// Files hold words for machines that a reader does not see.
    HiddenInstructions,
}

impl Defect {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::WrongScale,
        Self::StalePeriod,
        Self::Inflated(5),
        Self::Inflated(15),
        Self::Inflated(40),
        Self::Footing,
        Self::OmittedSafe,
        Self::HiddenInstructions,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WrongScale => "wrong-scale",
            Self::StalePeriod => "stale-period",
            Self::Inflated(5) => "inflated-5",
            Self::Inflated(15) => "inflated-15",
            Self::Inflated(_) => "inflated-40",
            Self::Footing => "footing",
            Self::OmittedSafe => "omitted-safe",
            Self::HiddenInstructions => "hidden-instructions",
        }
    }
}

/// What a document says instead.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    /// So many times the truth.
    Times(Decimal),
    /// So much more.
    Plus(Decimal),
    /// Another value.
    Instead(Decimal),
}

/// What a document says of a figure instead of the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lie {
    defect: Defect,
    document: &'static str,
    key: String,
    period: Period,
    change: Change,
}

impl Lie {
    /// What it says.
    pub fn value(&self, truth: Decimal) -> Decimal {
        match &self.change {
            Change::Times(factor) => truth * factor,
            Change::Plus(amount) => truth + amount,
            Change::Instead(value) => *value,
        }
    }

    /// The name of its defect.
    pub fn name(&self) -> &'static str {
        self.defect.name()
    }
}

/// The lies of a room.
#[derive(Debug, Clone, Default)]
pub struct Lies {
    defects: Vec<Defect>,
    lies: Vec<Lie>,
}

impl Lies {
    /// Draws what the defects make of a company's files.
    pub fn draw(startup: &Startup, defects: &[Defect]) -> Self {
        let mut dice = Dice::new(startup.seed, "defects");
        let mut inflatable = inflatable(startup);
        dice.shuffle(&mut inflatable);
        let mut lies = Vec::new();
        let mut defects = defects.to_vec();
        defects.sort_unstable();
        defects.dedup();
        for defect in &defects {
            let lie = |document, key: String, period, change| Lie { defect: *defect, document, key, period, change };
            match defect {
                Defect::Inflated(per_cent) => {
                    let factor = Decimal::ONE + Decimal::new(i64::from(*per_cent), 2);
                    lies.extend(inflatable.pop().map(|(key, period)| lie("deck", key, period, Change::Times(factor))));
                }
                Defect::StalePeriod => {
                    let now = Period::at(startup.horizon.cut_off);
                    let old = stale(startup, startup.horizon.cut_off);
                    lies.extend(old.map(|value| lie("deck", "cash".to_owned(), now, Change::Instead(value))));
                }
                Defect::Footing => {
                    let key = dice.one_of("headcount", &["total_assets"]).to_owned();
                    let back = i32::try_from(dice.between(1, 3) * 3).unwrap_or(3);
                    let period = Period::at(startup.horizon.cut_off.plus(-back));
                    let off = match key.as_str() {
                        "headcount" => Decimal::from(dice.between(2, 4)),
                        _ => Decimal::from(dice.between(30, 90) * 1_000),
                    };
                    lies.push(lie("model", key, period, Change::Plus(off)));
                }
                Defect::WrongScale | Defect::OmittedSafe | Defect::HiddenInstructions => {}
            }
        }
        Self { defects, lies }
    }

    /// What a document says of a figure under a period's heading, if it lies.
    pub fn about(&self, document: &str, key: &str, heading: Period) -> Option<&Lie> {
        let period = metric::period(key, heading);
        self.lies.iter().find(|lie| lie.document == document && lie.key == key && lie.period == period)
    }

    /// Whether the room has a defect.
    pub fn has(&self, defect: Defect) -> bool {
        self.defects.contains(&defect)
    }
}

/// Figures that every deck of the company states and another file states too.
fn inflatable(startup: &Startup) -> Vec<(String, Period)> {
    let now = Period::at(startup.horizon.cut_off);
    let mut figures = vec![("headcount".to_owned(), now), ("raised_to_date".to_owned(), now)];
    if startup.value("revenue", now).is_some_and(|revenue| revenue > Decimal::ONE_THOUSAND) {
        let year = startup.past_years().last().copied().unwrap_or_default();
        figures.push(("revenue".to_owned(), Period::year(year)));
    }
    if startup.subscriptions().is_some() {
        figures.extend([("arr".to_owned(), now), ("customers".to_owned(), now)]);
    }
    figures
}

/// The cash of some months ago that is well above that of now; else well below.
fn stale(startup: &Startup, now: Month) -> Option<Decimal> {
    let today = startup.value("cash", Period::at(now))?;
    let far = |value: &Decimal| (*value - today).abs() > today / Decimal::TEN;
    let old = [-3, -6, -9].map(|back| startup.value("cash", Period { kind: Kind::Instant, end: now.plus(back) }));
    old.into_iter().flatten().find(far)
}
