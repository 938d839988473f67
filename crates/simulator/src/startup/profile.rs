//! What an industry is like, as data: how it earns, what it costs, what it counts and what it tells. The numbers are
//! plausible ranges of young companies, made up for this simulator; they are no benchmarks.

use serde::Deserialize;

/// An industry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Industry {
    /// Business software by subscription.
    Saas,
    /// Payments and accounts.
    Fintech,
    /// Medicines in development.
    Biotech,
    /// Medical devices.
    Medtech,
    /// A market between two sides.
    Marketplace,
    /// Goods sold to people.
    Consumer,
    /// Hardware out of research.
    Deeptech,
    /// Machines against emissions.
    Climate,
    /// Products on models.
    Ai,
    /// Games.
    Gaming,
}

impl Industry {
    /// All industries.
    pub const ALL: [Self; 10] = [
        Self::Saas,
        Self::Fintech,
        Self::Biotech,
        Self::Medtech,
        Self::Marketplace,
        Self::Consumer,
        Self::Deeptech,
        Self::Climate,
        Self::Ai,
        Self::Gaming,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Saas => "saas",
            Self::Fintech => "fintech",
            Self::Biotech => "biotech",
            Self::Medtech => "medtech",
            Self::Marketplace => "marketplace",
            Self::Consumer => "consumer",
            Self::Deeptech => "deeptech",
            Self::Climate => "climate",
            Self::Ai => "ai",
            Self::Gaming => "gaming",
        }
    }

    const fn source(self) -> &'static str {
        match self {
            Self::Saas => include_str!("industries/saas.toml"),
            Self::Fintech => include_str!("industries/fintech.toml"),
            Self::Biotech => include_str!("industries/biotech.toml"),
            Self::Medtech => include_str!("industries/medtech.toml"),
            Self::Marketplace => include_str!("industries/marketplace.toml"),
            Self::Consumer => include_str!("industries/consumer.toml"),
            Self::Deeptech => include_str!("industries/deeptech.toml"),
            Self::Climate => include_str!("industries/climate.toml"),
            Self::Ai => include_str!("industries/ai.toml"),
            Self::Gaming => include_str!("industries/gaming.toml"),
        }
    }

    /// Its profile.
    ///
    /// # Errors
    ///
    /// If the profile is not written as [`Profile`] wants it, which a test excludes.
    pub fn profile(self) -> Result<Profile, toml::de::Error> {
        toml::from_str(self.source())
    }
}

/// What a company of the industry is like. Ranges are `[low, high]`, both included.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Growth a month in thousandths.
    pub growth: [i64; 2],
    /// Direct cost but for people, in thousandths of revenue.
    pub direct: [i64; 2],
    /// People at the cut-off.
    pub heads: [i64; 2],
    /// How the people divide: engineering and research, sales, marketing, service and delivery, administration; in per cent.
    pub mix: [i64; 5],
    /// Marketing programmes, in thousandths of revenue.
    pub programmes: [i64; 2],
    /// Outside cost of research a month at the cut-off, in thousands.
    pub research: [i64; 2],
    /// Purchases of equipment a month, in thousands.
    pub capex: [i64; 2],
    /// Days of direct cost that lie in stock; nothing for those who sell no goods.
    pub stock_days: i64,
    /// One-off services, in thousandths of recurring or traded revenue.
    pub services: [i64; 2],
    /// Grants and research partners' payments a month, in thousands.
    #[serde(default)]
    pub grants: Option<[i64; 2]>,
    /// Subscriptions, if any.
    #[serde(default)]
    pub recurring: Option<Recurring>,
    /// Trade, if any.
    #[serde(default)]
    pub trade: Option<Trade>,
    /// The market in millions a year, and its growth in thousandths.
    pub market: Market,
    /// Figures that stand beside the books.
    #[serde(default)]
    pub measures: Vec<Measure>,
    /// What the company tells, by language.
    pub story: Stories,
}

/// Subscriptions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recurring {
    /// Customers at the cut-off.
    pub customers: [i64; 2],
    /// Who leaves in a month, in thousandths.
    pub churn: i64,
    /// Who buys more in a month, in thousandths.
    pub expansion: i64,
    /// The price list, the smallest plan first.
    pub plans: Vec<Plan>,
}

/// A plan of the price list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name in all languages.
    pub name: String,
    /// Its price a month.
    pub price: i64,
}

/// Trade.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trade {
    /// What a unit is: a metric's id, or a name that starts with `_` where the ontology has none.
    pub units_metric: String,
    /// What its price is.
    pub price_metric: String,
    /// What units by price are.
    pub gross_metric: String,
    /// What the part that the company keeps is; nothing where it keeps all.
    #[serde(default)]
    pub take_metric: Option<String>,
    /// Units a month at the cut-off.
    pub units: [i64; 2],
    /// Price of a unit in hundredths.
    pub price: [i64; 2],
    /// What the company keeps, in thousandths.
    pub take: [i64; 2],
    /// The swing over the year, in thousandths.
    pub season: i64,
}

/// The market.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Market {
    /// The whole of it in millions a year.
    pub size: [i64; 2],
    /// Growth a year in thousandths.
    pub growth: [i64; 2],
}

/// A figure that stands beside the books.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The metric's id.
    pub metric: String,
    /// Its range in steps of a tenth to the power of `places`.
    pub range: [i64; 2],
    /// Decimal places.
    #[serde(default)]
    pub places: u32,
}

/// What the company tells, by language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stories {
    /// In English.
    pub en: Story,
    /// In German.
    pub de: Story,
    /// In French.
    pub fr: Story,
}

/// What the company tells. No sentence holds a figure of the ontology.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What it is, on the cover.
    pub tagline: String,
    /// Why it exists, in a sentence.
    pub purpose: String,
    /// Who buys, as a plural.
    pub buyers: String,
    /// What is wrong today.
    pub problem: [String; 3],
    /// What it does about it.
    pub solution: [String; 3],
    /// What has changed.
    pub why_now: [String; 3],
    /// How it reaches those who buy.
    pub channels: [String; 3],
    /// How it earns.
    pub model: String,
    /// What the money is for: product, sales, and a third thing.
    pub use_of_funds: [String; 3],
    /// What founders did before.
    pub past: [String; 3],
}
