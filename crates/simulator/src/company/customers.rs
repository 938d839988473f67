//! The customers and what each has paid a month. Every name is made up. The list is the root of the truth: recurring
//! revenue, customer counts, retention and concentration are all sums over it.

use rust_decimal::Decimal;

use super::Month;

/// What a customer subscribes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Up to 50,000 shipments a year.
    Starter,
    /// Up to 500,000 shipments a year.
    Growth,
    /// More than that, by contract.
    Enterprise,
}

impl Plan {
    /// All plans, the smallest first.
    pub const ALL: [Self; 3] = [Self::Starter, Self::Growth, Self::Enterprise];

    /// The plan's name on the price list.
    pub fn name(self) -> &'static str {
        match self {
            Self::Starter => "Starter",
            Self::Growth => "Growth",
            Self::Enterprise => "Enterprise",
        }
    }
}

/// A customer and the history of its subscription.
#[derive(Debug, Clone)]
pub struct Customer {
    /// Its name.
    pub name: &'static str,
    /// Where it sits.
    pub country: &'static str,
    /// What it subscribes to.
    pub plan: Plan,
    /// From which month on it pays which amount a month, in euros.
    steps: &'static [(i32, i64)],
    /// The first month that it no longer pays for.
    pub end: Option<Month>,
}

impl Customer {
    /// What it pays for a month, in euros; zero before the start and after the end.
    pub fn mrr(&self, month: Month) -> Decimal {
        if self.end.is_some_and(|end| month >= end) {
            return Decimal::ZERO;
        }
        let step = self.steps.iter().rev().find(|(from, _)| Month(*from) <= month);
        step.map(|(_, amount)| Decimal::from(*amount)).unwrap_or_default()
    }

    /// The first month that it pays for.
    pub fn start(&self) -> Month {
        Month(self.steps.first().map(|(from, _)| *from).unwrap_or_default())
    }
}

const fn customer(
    name: &'static str,
    country: &'static str,
    plan: Plan,
    steps: &'static [(i32, i64)],
    end: Option<i32>,
) -> Customer {
    let end = match end {
        Some(month) => Some(Month(month)),
        None => None,
    };
    Customer { name, country, plan, steps, end }
}

/// Everybody who has ever signed, in the order of signing.
pub(super) const CUSTOMERS: &[Customer] = &[
    customer("Ostwalder Chemie GmbH", "Germany", Plan::Starter, &[(-20, 2000)], Some(3)),
    customer("Tannfeld Handels GmbH", "Germany", Plan::Starter, &[(-17, 2400), (7, 2800), (19, 3100)], None),
    customer("Mirelund Chemie GmbH", "Germany", Plan::Growth, &[(-15, 5600), (9, 6700), (21, 7700)], None),
    customer("Grauwerth Verpackung GmbH", "Germany", Plan::Starter, &[(-13, 2100)], Some(8)),
    customer("Velmstedt Textil GmbH", "Germany", Plan::Growth, &[(-12, 3900), (0, 4500), (12, 4900)], None),
    customer("Birkenried Haustechnik GmbH", "Germany", Plan::Starter, &[(-11, 2000), (1, 2600), (13, 2900)], Some(19)),
    customer("Solvanger Chemie GmbH", "Germany", Plan::Growth, &[(-10, 3900), (26, 4700)], None),
    customer("Drevick Lebensmittel AG", "Germany", Plan::Starter, &[(-9, 1900)], Some(13)),
    customer("Lauterholm Baustoffe KG", "Germany", Plan::Growth, &[(-8, 3700)], None),
    customer("Hagenbruck Lebensmittel AG", "Germany", Plan::Starter, &[(-7, 2000), (5, 1600)], Some(16)),
    customer("Norrvik Fisk AS", "Norway", Plan::Growth, &[(-6, 5300)], None),
    customer("Feldkamm Chemie GmbH", "Germany", Plan::Growth, &[(-5, 3800), (19, 4600)], None),
    customer("Wiesengrund Pharma-Logistik GmbH", "Germany", Plan::Starter, &[(-4, 1200)], Some(21)),
    customer("Zollernau Handels GmbH", "Austria", Plan::Enterprise, &[(-3, 9500), (9, 11000), (21, 13200)], None),
    customer("Kaltenrode Lebensmittel AG", "Germany", Plan::Growth, &[(-2, 3100), (10, 3400), (22, 3700)], None),
    customer("Ulvestad Fisk AS", "Norway", Plan::Starter, &[(-1, 1500), (11, 1800), (23, 2000)], None),
    customer("Brennhof Textil GmbH", "Germany", Plan::Growth, &[(0, 2900), (24, 3300)], None),
    customer(
        "Halvorsen & Reuth Logistik SE",
        "Germany",
        Plan::Enterprise,
        &[(1, 28000), (9, 42000), (15, 56000), (24, 62000), (29, 68000)],
        None,
    ),
    customer("Eskerby Mejeri A/S", "Denmark", Plan::Starter, &[(2, 1700), (14, 2200)], Some(22)),
    customer("Tilvaart Bouw B.V.", "Netherlands", Plan::Growth, &[(2, 4000), (14, 4400), (26, 4800)], None),
    customer("Ravenhorst Verpackung GmbH", "Germany", Plan::Growth, &[(3, 4200), (15, 4600), (27, 5100)], None),
    customer("Oberlinden Metallwerke GmbH", "Germany", Plan::Starter, &[(4, 1600), (16, 1300)], None),
    customer("Duinhoek Bouw B.V.", "Netherlands", Plan::Growth, &[(5, 2800)], Some(24)),
    customer("Stavehagen Metallwerke GmbH", "Germany", Plan::Growth, &[(5, 3300), (17, 4300), (29, 4700)], None),
    customer("Quellmark Chemie GmbH", "Germany", Plan::Starter, &[(6, 2200), (18, 2600)], None),
    customer("Fjordane Papir AS", "Norway", Plan::Growth, &[(7, 4900), (19, 5600)], None),
    customer("Altenquist Verpackung GmbH", "Germany", Plan::Enterprise, &[(8, 9000), (20, 11400)], None),
    customer("Vossberg Agrar KG", "Germany", Plan::Starter, &[(8, 1600), (20, 1300)], Some(28)),
    customer("Herlingen Getränke GmbH", "Germany", Plan::Growth, &[(9, 4200), (21, 4800)], None),
    customer("Moosfurt Verpackung GmbH", "Austria", Plan::Growth, &[(10, 3200)], Some(25)),
    customer("Karlsholt Papier GmbH", "Germany", Plan::Starter, &[(11, 1300), (23, 1000)], None),
    customer("Windhaven Pharma-Logistik GmbH", "Germany", Plan::Growth, &[(12, 3400)], None),
    customer("Sandmoor Möbel GmbH", "Germany", Plan::Starter, &[(12, 1300), (24, 1600)], None),
    customer("Rothenfels Handels GmbH", "Switzerland", Plan::Growth, &[(13, 4600), (25, 4000)], None),
    customer("Blauwater Bouw B.V.", "Netherlands", Plan::Enterprise, &[(13, 9200), (25, 11000)], None),
    customer("Grimsdal Byg A/S", "Denmark", Plan::Growth, &[(14, 3300)], None),
    customer("Pappelhof Textil GmbH", "Germany", Plan::Starter, &[(14, 1500)], None),
    customer("Ehrenbach Papier GmbH", "Germany", Plan::Growth, &[(15, 2900)], Some(27)),
    customer("Lindqvar Möbel GmbH", "Germany", Plan::Starter, &[(15, 2300), (27, 1900)], None),
    customer("Torfhaus Möbel GmbH", "Germany", Plan::Growth, &[(16, 5400), (28, 5000)], None),
    customer("Waldsee-Nord Lebensmittel AG", "Austria", Plan::Growth, &[(16, 4000), (28, 4600)], None),
    customer("Kronvik Papir AS", "Norway", Plan::Starter, &[(17, 1700)], None),
    customer("Steinwehr Lebensmittel AG", "Germany", Plan::Growth, &[(17, 4700), (29, 5200)], None),
    customer("Haverkoog Bouw B.V.", "Netherlands", Plan::Growth, &[(18, 3800)], None),
    customer("Nebelung Möbel GmbH", "Germany", Plan::Starter, &[(18, 2400)], None),
    customer("Orlamark Lebensmittel AG", "Germany", Plan::Enterprise, &[(19, 12500)], None),
    customer("Schilfgau Textil GmbH", "Germany", Plan::Growth, &[(20, 4300)], None),
    customer("Terwolde Food B.V.", "Netherlands", Plan::Growth, &[(20, 4100)], None),
    customer("Uferwald Chemie GmbH", "Switzerland", Plan::Starter, &[(21, 2400)], None),
    customer("Varenholt Chemie GmbH", "Germany", Plan::Growth, &[(22, 4400)], None),
    customer("Weidenau Metallwerke GmbH", "Germany", Plan::Enterprise, &[(22, 16000)], None),
    customer("Ysenborg Textil GmbH", "Germany", Plan::Growth, &[(23, 6600)], None),
    customer("Zandhoven Logistics N.V.", "Belgium", Plan::Growth, &[(24, 4350)], None),
    customer("Ahornfeld Möbel GmbH", "Germany", Plan::Starter, &[(24, 2200)], None),
    customer("Bornhage Möbel GmbH", "Germany", Plan::Growth, &[(25, 4400)], None),
    customer("Callvik Papir AS", "Norway", Plan::Enterprise, &[(26, 15900)], None),
    customer("Dornstett Textil GmbH", "Germany", Plan::Growth, &[(26, 3400)], None),
    customer("Elmenrode Baustoffe KG", "Germany", Plan::Starter, &[(27, 2400)], None),
    customer("Fuchskaute Pharma-Logistik GmbH", "Germany", Plan::Growth, &[(27, 5200)], None),
    customer("Gerstheim Papier GmbH", "Germany", Plan::Growth, &[(28, 5100)], None),
    customer("Immenrode Maschinenbau GmbH", "Germany", Plan::Growth, &[(28, 5900)], None),
    customer("Jadeholm Handels GmbH", "Germany", Plan::Starter, &[(29, 2100)], None),
];
