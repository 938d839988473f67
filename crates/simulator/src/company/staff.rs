//! The people of the company by department, and what they cost.

use rust_decimal::Decimal;

use super::Month;

/// A department.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Department {
    /// Product and engineering.
    Engineering,
    /// Sales.
    Sales,
    /// Marketing.
    Marketing,
    /// Customer success and support; its cost is a cost of sales.
    Success,
    /// Management, finance, people.
    Administration,
}

impl Department {
    /// All departments in the order of the headcount plan.
    pub const ALL: [Self; 5] = [Self::Engineering, Self::Sales, Self::Marketing, Self::Success, Self::Administration];

    /// The department's name in the headcount plan.
    pub fn name(self) -> &'static str {
        match self {
            Self::Engineering => "Product & engineering",
            Self::Sales => "Sales",
            Self::Marketing => "Marketing",
            Self::Success => "Customer success & support",
            Self::Administration => "Management & administration",
        }
    }

    /// From which month on it has how many people.
    fn steps(self) -> &'static [(i32, u32)] {
        match self {
            Self::Engineering => &[
                (-1, 6),
                (3, 7),
                (8, 8),
                (13, 9),
                (17, 10),
                (21, 11),
                (25, 12),
                (33, 13),
                (37, 16),
                (40, 18),
                (43, 20),
            ],
            Self::Sales => &[(-1, 2), (4, 3), (12, 4), (18, 5), (24, 6), (34, 7), (37, 9), (41, 11)],
            Self::Marketing => &[(-1, 1), (6, 2), (20, 3), (37, 4), (42, 5)],
            Self::Success => &[(-1, 2), (5, 3), (11, 4), (17, 5), (23, 6), (32, 7), (38, 9), (44, 10)],
            Self::Administration => &[(-1, 2), (14, 3), (26, 4), (38, 5)],
        }
    }

    /// How many people are employed in it at the end of a month.
    pub fn heads(self, month: Month) -> u32 {
        let step = self.steps().iter().rev().find(|(from, _)| Month(*from) <= month);
        step.map(|(_, heads)| *heads).unwrap_or_default()
    }

    /// What one of its people costs a month with social charges, in euros.
    pub fn cost_per_head(self, month: Month) -> Decimal {
        let base = match self {
            Self::Engineering => 7_650,
            Self::Sales => 8_150,
            Self::Marketing => 6_450,
            Self::Success => 5_350,
            Self::Administration => 7_250,
        };
        // Pay rises by 250 euros a month with each January after 2024.
        let years = Decimal::from((month.0.max(0)) / 12);
        Decimal::from(base) + years * Decimal::from(250)
    }

    /// What the department's people cost in a month, in euros.
    pub fn cost(self, month: Month) -> Decimal {
        self.cost_per_head(month) * Decimal::from(self.heads(month))
    }
}

/// How many people the company employs at the end of a month.
pub fn headcount(month: Month) -> u32 {
    Department::ALL.iter().map(|department| department.heads(month)).sum()
}
