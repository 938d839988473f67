//! Customers with subscriptions: who starts, grows, shrinks and leaves when, and what follows from it. Beyond the last
//! month that has happened the numbers are a plan and belong to no customer.

use rust_decimal::Decimal;

use super::calendar::Month;
use super::dice::Dice;
use super::names::Names;
use super::profile::Recurring;

/// A customer.
#[derive(Debug, Clone)]
pub struct Customer {
    /// Its name.
    pub name: String,
    /// The place of its plan in the price list, from 0.
    pub plan: usize,
    /// From which month on it pays how much a month.
    pub steps: Vec<(Month, Decimal)>,
    /// The first month that it does not pay any more.
    pub end: Option<Month>,
}

impl Customer {
    /// What it pays for a month.
    pub fn mrr(&self, month: Month) -> Decimal {
        if self.end.is_some_and(|end| end <= month) {
            return Decimal::ZERO;
        }
        let step = self.steps.iter().rev().find(|(from, _)| *from <= month);
        step.map(|(_, amount)| *amount).unwrap_or_default()
    }

    /// The first month that it pays for.
    pub fn start(&self) -> Month {
        self.steps.first().map_or(Month(0), |(from, _)| *from)
    }
}

/// How recurring revenue and customers moved in a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bridge {
    /// At the end of the month before.
    pub opening: Decimal,
    /// From customers that were none before.
    pub new: Decimal,
    /// More from those that stayed.
    pub expansion: Decimal,
    /// Less from those that stayed.
    pub contraction: Decimal,
    /// From those that left.
    pub churn: Decimal,
    /// At the end of the month.
    pub closing: Decimal,
    /// Customers won.
    pub won: i64,
    /// Customers lost.
    pub lost: i64,
    /// Customers at the end of the month.
    pub customers: i64,
}

/// All customers and the way of recurring revenue over the months.
#[derive(Debug, Clone)]
pub struct Subscriptions {
    /// Everybody who ever signed, in the order of signing.
    pub customers: Vec<Customer>,
    /// The months of the books with their bridges, planned ones included.
    pub bridges: Vec<(Month, Bridge)>,
    cut_off: Month,
}

/// The stretch of months that the books show, and the last one that has happened.
#[derive(Debug, Clone, Copy)]
pub struct Horizon {
    /// The first month of the books.
    pub first: Month,
    /// The last month that has happened.
    pub cut_off: Month,
    /// The last month of the plan.
    pub last: Month,
}

impl Horizon {
    /// The months of the books.
    pub fn months(self) -> impl Iterator<Item = Month> {
        (self.first.0..=self.last.0).map(Month)
    }
}

impl Subscriptions {
    /// Draws customers who grow to a number at the cut-off, and plans on.
    pub fn draw(profile: &Recurring, names: &mut Names, horizon: Horizon, growth: Decimal, dice: &mut Dice) -> Self {
        let customers = customers(profile, names, horizon, growth, dice);
        let mut bridges: Vec<(Month, Bridge)> = Vec::new();
        let past = (horizon.first.0..=horizon.cut_off.0).map(Month);
        bridges.extend(past.map(|month| (month, bridge(&customers, month))));
        plan(&mut bridges, horizon, growth, profile.churn);
        Self { customers, bridges, cut_off: horizon.cut_off }
    }

    /// How the month went; nothing outside the books.
    pub fn bridge(&self, month: Month) -> Bridge {
        self.bridges.iter().find(|(at, _)| *at == month).map(|(_, bridge)| *bridge).unwrap_or_default()
    }

    /// What is invoiced a year ahead and not yet earned at the end of a month.
    pub fn deferred(&self, month: Month) -> Decimal {
        if month > self.cut_off {
            let now = self.bridge(self.cut_off).closing;
            let part = self.deferred(self.cut_off).checked_div(now).unwrap_or_default();
            return (self.bridge(month).closing * part).round();
        }
        let ahead = self.customers.iter().filter(|customer| customer.plan >= 2);
        let left = |customer: &Customer| Decimal::from(11 - (month.0 - customer.start().0).rem_euclid(12));
        ahead.map(|customer| customer.mrr(month) * left(customer)).sum()
    }

    /// What those who paid a year before pay now over what they paid then: net, and with nobody counted for more.
    pub fn retention(&self, month: Month) -> Option<(Decimal, Decimal)> {
        let then = month.plus(-12);
        let (mut before, mut net, mut gross) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for customer in &self.customers {
            let (was, is) = (customer.mrr(then), customer.mrr(month));
            if !was.is_zero() {
                before += was;
                net += is;
                gross += is.min(was);
            }
        }
        Some((net.checked_div(before)?, gross.checked_div(before)?))
    }

    /// The customers that pay for a month, who pays most first.
    pub fn by_size(&self, month: Month) -> Vec<(&Customer, Decimal)> {
        let paying = self.customers.iter().map(|customer| (customer, customer.mrr(month)));
        let mut paying: Vec<_> = paying.filter(|(_, mrr)| !mrr.is_zero()).collect();
        paying.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
        paying
    }
}

fn customers(
    profile: &Recurring,
    names: &mut Names,
    horizon: Horizon,
    growth: Decimal,
    dice: &mut Dice,
) -> Vec<Customer> {
    let begin = horizon.first.plus(-9);
    let mut aim = Decimal::from(dice.within(profile.customers));
    let mut aims = vec![aim];
    for _ in begin.0..horizon.cut_off.0 {
        aim /= Decimal::ONE + growth;
        aims.push(aim);
    }
    let mut customers: Vec<Customer> = Vec::new();
    for (at, aim) in (begin.0..=horizon.cut_off.0).map(Month).zip(aims.into_iter().rev()) {
        for customer in customers.iter_mut().filter(|customer| customer.end.is_none()) {
            live_on(customer, at, profile, dice);
        }
        let active = customers.iter().filter(|customer| customer.end.is_none()).count();
        while Decimal::from(customers.iter().filter(|customer| customer.end.is_none()).count()) < aim.round() {
            let plan = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2].get(usize::try_from(dice.between(0, 9)).unwrap_or_default());
            let plan = plan.copied().unwrap_or_default();
            customers.push(signed(profile, names, plan, at, dice));
        }
        if active == 0 && customers.is_empty() {
            customers.push(signed(profile, names, 2, at, dice));
        }
    }
    customers
}

fn signed(profile: &Recurring, names: &mut Names, plan: usize, at: Month, dice: &mut Dice) -> Customer {
    let price = profile.plans.get(plan).map(|plan| plan.price).unwrap_or(1_000);
    let most = if plan == 2 { 185 } else { 130 };
    let mrr = (price * dice.between(85, most) / 100 / 10 * 10).max(10);
    Customer { name: names.customer(), plan, steps: vec![(at, Decimal::from(mrr))], end: None }
}

/// What happens to a customer in a month.
fn live_on(customer: &mut Customer, at: Month, profile: &Recurring, dice: &mut Dice) {
    let leaves = if customer.plan >= 2 { profile.churn / 2 } else { profile.churn };
    if dice.per_mille(leaves) {
        customer.end = Some(at);
    } else if dice.per_mille(profile.expansion) {
        rescale(customer, at, dice.between(108, 140));
    } else if dice.per_mille(profile.expansion / 5) {
        rescale(customer, at, dice.between(70, 92));
    }
}

fn rescale(customer: &mut Customer, at: Month, per_cent: i64) {
    let now = customer.mrr(at.plus(-1));
    let then = (now * Decimal::new(per_cent, 3)).round() * Decimal::TEN;
    if !then.is_zero() {
        customer.steps.push((at, then));
    }
}

fn bridge(customers: &[Customer], month: Month) -> Bridge {
    let mut bridge = Bridge::default();
    for customer in customers {
        let (before, now) = (customer.mrr(month.plus(-1)), customer.mrr(month));
        bridge.opening += before;
        bridge.closing += now;
        bridge.customers += i64::from(!now.is_zero());
        match (before.is_zero(), now.is_zero()) {
            (true, true) => {}
            (true, false) => {
                bridge.new += now;
                bridge.won += 1;
            }
            (false, true) => {
                bridge.churn += before;
                bridge.lost += 1;
            }
            (false, false) if now > before => bridge.expansion += now - before,
            (false, false) => bridge.contraction += before - now,
        }
    }
    bridge
}

/// Continues the bridges by rates: founders plan with a little more growth than they had.
fn plan(bridges: &mut Vec<(Month, Bridge)>, horizon: Horizon, growth: Decimal, churn: i64) {
    let Some((_, mut last)) = bridges.last().copied() else { return };
    let tens = |amount: Decimal| (amount / Decimal::TEN).round() * Decimal::TEN;
    for month in (horizon.cut_off.0 + 1..=horizon.last.0).map(Month) {
        let opening = last.closing;
        let churned = tens(opening * Decimal::new(churn, 3) * Decimal::new(6, 1));
        let expansion = tens(opening * Decimal::new(11, 3));
        let contraction = tens(opening * Decimal::new(2, 3));
        let new = tens(opening * growth * Decimal::new(105, 2)) + churned + contraction;
        let each = opening.checked_div(Decimal::from(last.customers.max(1))).unwrap_or(Decimal::ONE);
        let count = |amount: Decimal| whole(amount.checked_div(each).unwrap_or_default());
        let (won, lost) = (count(new).max(1), count(churned));
        last = Bridge {
            opening,
            new,
            expansion,
            contraction,
            churn: churned,
            closing: opening + new + expansion - contraction - churned,
            won,
            lost,
            customers: last.customers + won - lost,
        };
        bridges.push((month, last));
    }
}

fn whole(amount: Decimal) -> i64 {
    i64::try_from(amount.round()).unwrap_or_default()
}
