//! Revenue that follows from how much is traded, ordered, played or delivered: units by price by what the company keeps.

use rust_decimal::Decimal;

use super::calendar::Month;
use super::dice::Dice;
use super::profile::Trade;
use super::subscriptions::Horizon;

/// A month of trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traded {
    /// Orders, payments, players or machines.
    pub units: Decimal,
    /// Units by price.
    pub gross: Decimal,
    /// What the company keeps of it.
    pub net: Decimal,
}

/// The trade of all months of the books and the year before them.
#[derive(Debug, Clone)]
pub struct Volume {
    months: Vec<(Month, Traded)>,
    /// What the company keeps of a unit of gross volume, as a fraction.
    pub take: Decimal,
}

impl Volume {
    /// Draws trade that grows to a size at the cut-off, and plans on.
    pub fn draw(profile: &Trade, horizon: Horizon, growth: Decimal, dice: &mut Dice) -> Self {
        let at_cut_off = Decimal::from(dice.within(profile.units));
        let price = Decimal::from(dice.within(profile.price)) / Decimal::ONE_HUNDRED;
        let take = dice.fraction(profile.take);
        let mut months = Vec::new();
        let mut level = at_cut_off;
        for _ in horizon.first.0 - 12..horizon.cut_off.0 {
            level /= Decimal::ONE + growth;
        }
        for month in (horizon.first.0 - 12..=horizon.last.0).map(Month) {
            let season = season(month, profile.season);
            let noise = if month > horizon.cut_off { 1_000 } else { dice.between(955, 1_045) };
            let units = (level * season * Decimal::new(noise, 3)).round().max(Decimal::ONE);
            let drift = Decimal::ONE + Decimal::new(i64::from(month.0 - horizon.cut_off.0), 4) * Decimal::TWO;
            let gross = (units * price * drift).round();
            months.push((month, Traded { units, gross, net: (gross * take).round() }));
            level *= Decimal::ONE + growth;
        }
        Self { months, take }
    }

    /// The trade of a month; nothing outside the books.
    pub fn traded(&self, month: Month) -> Traded {
        let found = self.months.iter().find(|(at, _)| *at == month).map(|(_, traded)| *traded);
        found.unwrap_or(Traded { units: Decimal::ZERO, gross: Decimal::ZERO, net: Decimal::ZERO })
    }
}

/// More in winter, by so many thousandths at most.
fn season(month: Month, swing: i64) -> Decimal {
    let by_month = [-2, -4, -1, 0, 1, 0, -2, -3, 0, 2, 5, 4];
    let at = usize::try_from(month.number() - 1).unwrap_or_default();
    Decimal::ONE + Decimal::new(by_month.get(at).copied().unwrap_or_default() * swing / 5, 3)
}
