//! Who holds the company: rounds, shares, the virtual option pool and the convertible loan.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// A round in which money came in.
#[derive(Debug, Clone)]
pub struct Round {
    /// Its name.
    pub name: &'static str,
    /// The day on which the money came.
    pub date: NaiveDate,
    /// What was issued for it.
    pub instrument: &'static str,
    /// Shares that were issued; none for a loan.
    pub shares: u32,
    /// Euros a share; none for a loan.
    pub price: Option<Decimal>,
    /// What came in, in euros. For shares it is `shares × price`.
    pub amount: Decimal,
}

/// A holder of shares or of virtual options.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Its name.
    pub name: &'static str,
    /// Class of its shares.
    pub class: &'static str,
    /// The round it came in with.
    pub round: &'static str,
    /// Shares, each with a nominal value of one euro; for the pool, virtual shares.
    pub shares: u32,
}

/// Who holds the company at the cut-off.
#[derive(Debug, Clone)]
pub struct CapTable {
    /// The rounds in order.
    pub rounds: Vec<Round>,
    /// Those in the commercial register.
    pub holders: Vec<Holder>,
    /// The virtual option pool: granted, then not allocated.
    pub pool: Vec<Holder>,
}

impl CapTable {
    /// Shares in the commercial register.
    pub fn issued(&self) -> u32 {
        self.holders.iter().map(|holder| holder.shares).sum()
    }

    /// Virtual shares, granted or not.
    pub fn option_pool(&self) -> u32 {
        self.pool.iter().map(|holder| holder.shares).sum()
    }

    /// Issued shares and the pool.
    pub fn fully_diluted(&self) -> u32 {
        self.issued() + self.option_pool()
    }

    /// All that came in, loans included, in euros.
    pub fn raised(&self) -> Decimal {
        self.rounds.iter().map(|round| round.amount).sum()
    }
}

/// The made-up company's holders and rounds.
pub(super) fn cap_table() -> CapTable {
    let shares = |name, date, instrument, shares: u32, price: u32| Round {
        name,
        date,
        instrument,
        shares,
        price: Some(price.into()),
        amount: Decimal::from(shares) * Decimal::from(price),
    };
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let rounds = vec![
        shares("Founding", day(2022, 3, 14), "Common shares", 25_000, 1),
        shares("Angel round", day(2022, 11, 7), "Common shares", 2_750, 200),
        shares("Seed", day(2024, 2, 20), "Seed preferred shares", 10_000, 400),
        Round {
            name: "Convertible loan 2025",
            date: day(2025, 11, 3),
            instrument: "Convertible loan",
            shares: 0,
            price: None,
            amount: Decimal::from(LOAN),
        },
    ];
    let holder = |name, class, round, shares| Holder { name, class, round, shares };
    CapTable {
        rounds,
        holders: vec![
            holder("Dr. Jule Marwedel", "Common", "Founding", 11_000),
            holder("Tarek Osterhold", "Common", "Founding", 8_000),
            holder("Ines Vantreek", "Common", "Founding", 6_000),
            holder("Angel pool Spreeufer GbR", "Common", "Angel round", 1_500),
            holder("Konrad Ellersiek", "Common", "Angel round", 750),
            holder("Maren Tjaden", "Common", "Angel round", 500),
            holder("Havelquell Seed Fund I", "Seed preferred", "Seed", 7_500),
            holder("Nordmole Ventures", "Seed preferred", "Seed", 2_500),
        ],
        pool: vec![
            holder("VSOP granted", "Virtual", "Pool", 2_150),
            holder("VSOP not allocated", "Virtual", "Pool", 1_350),
        ],
    }
}

/// Principal of the convertible loan, in euros.
pub(super) const LOAN: u32 = 1_000_000;

/// Interest on the loan for a month, in euros: 6 % a year, simple.
pub(super) const LOAN_INTEREST: u32 = 5_000;
