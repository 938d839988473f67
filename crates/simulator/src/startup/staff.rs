//! The people of the company by department, and what they cost.

use rust_decimal::Decimal;

use super::Locale;
use super::calendar::Month;
use super::dice::Dice;
use super::profile::Profile;
use super::subscriptions::Horizon;

/// A department.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Department {
    /// Engineering, product, research.
    Research,
    /// Sales.
    Sales,
    /// Marketing.
    Marketing,
    /// Service, support, production, delivery; its cost is a cost of sales.
    Service,
    /// Management, finance, people.
    Administration,
}

impl Department {
    /// All departments in the order of a headcount plan.
    pub const ALL: [Self; 5] = [Self::Research, Self::Sales, Self::Marketing, Self::Service, Self::Administration];

    /// Its key in the lists of labels.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Research => "_heads_rd",
            Self::Sales => "_heads_sales",
            Self::Marketing => "_heads_marketing",
            Self::Service => "_heads_service",
            Self::Administration => "_heads_ga",
        }
    }
}

/// How many people each department has, and what they cost.
#[derive(Debug, Clone)]
pub struct Staff {
    /// People at the cut-off and what one costs a month, by department.
    departments: Vec<(Department, i64, i64)>,
    /// People at the first month in thousandths of those at the cut-off.
    began: i64,
    /// Hiring a month after the round, in thousandths.
    hiring: i64,
    horizon: Horizon,
    round: Month,
}

impl Staff {
    /// Draws the staff.
    pub fn draw(profile: &Profile, locale: Locale, horizon: Horizon, round: Month, dice: &mut Dice) -> Self {
        let heads = dice.within(profile.heads);
        let level = match locale {
            Locale::EnUs => 150,
            Locale::EnGb => 92,
            Locale::De => 88,
            Locale::Fr => 84,
        };
        let departments = Department::ALL.into_iter().zip(profile.mix).map(|(department, share)| {
            let base = match department {
                Department::Research => 8_900,
                Department::Sales => 9_200,
                Department::Marketing => 7_400,
                Department::Service => 6_100,
                Department::Administration => 8_300,
            };
            let people = (heads * share + 50) / 100;
            (department, people, base * level * dice.between(94, 106) / 10_000)
        });
        Self {
            departments: departments.collect(),
            began: dice.between(380, 620),
            hiring: dice.between(18, 42),
            horizon,
            round,
        }
    }

    /// How many people a department has at the end of a month.
    pub fn heads(&self, department: Department, month: Month) -> i64 {
        let Some((_, people, _)) = self.departments.iter().find(|(of, ..)| *of == department) else { return 0 };
        let length = i64::from(self.horizon.cut_off.0 - self.horizon.first.0).max(1);
        let gone = i64::from(month.0 - self.horizon.first.0).clamp(0, length);
        let share = self.began + (1_000 - self.began) * gone / length;
        let grown = i64::from(month.0 - self.round.0).max(0) * self.hiring;
        (people * (share + grown) + 500) / 1_000
    }

    /// How many people the company has at the end of a month.
    pub fn total(&self, month: Month) -> i64 {
        Department::ALL.into_iter().map(|department| self.heads(department, month)).sum()
    }

    /// What a department's people cost in a month, social charges included.
    pub fn cost(&self, department: Department, month: Month) -> Decimal {
        let each = self.departments.iter().find(|(of, ..)| *of == department).map_or(0, |(.., each)| *each);
        let years = i64::from(month.year() - self.horizon.first.year());
        Decimal::from(self.heads(department, month) * (each + each * 3 * years / 100))
    }
}
