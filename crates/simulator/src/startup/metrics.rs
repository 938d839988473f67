//! What is true: a figure of the company by the id of its metric and its period. Keys that start with `_` are lines of
//! statements that the ontology has no metric for; renderers show them, the truth does not list them.

use rust_decimal::Decimal;

use super::Startup;
use super::calendar::{Kind, Month, Period};
use super::ledger::{Balance, MonthBooks, operating_flow};
use super::staff::Department;
use super::subscriptions::Bridge;

impl Startup {
    /// The value of a metric for a period in whole units, as a fraction, or as a count; nothing where the books do not
    /// reach, or where the company has no such thing.
    pub fn value(&self, key: &str, period: Period) -> Option<Decimal> {
        if key == "cash" && period.end == self.horizon.first.plus(-1) {
            return Some(self.opening.cash);
        }
        if period.first() < self.horizon.first || period.end > self.horizon.last {
            return None;
        }
        self.income(key, period)
            .or_else(|| self.balance_of(key, period.end))
            .or_else(|| self.cash_flow(key, period))
            .or_else(|| self.people(key, period))
            .or_else(|| self.recurring(key, period))
            .or_else(|| self.retention(key, period.end))
            .or_else(|| self.efficiency(key, period))
            .or_else(|| self.trade(key, period))
            .or_else(|| self.round(key))
            .or_else(|| self.measures.get(key).copied())
    }

    fn sum(&self, period: Period, item: impl Fn(&MonthBooks) -> Decimal) -> Decimal {
        period.months().filter_map(|month| self.months.get(&month)).map(item).sum()
    }

    fn income(&self, key: &str, period: Period) -> Option<Decimal> {
        let item: fn(&MonthBooks) -> Decimal = match key {
            "revenue" => MonthBooks::revenue,
            "revenue_subscription" => |books| books.recurring,
            "_traded" => |books| books.traded,
            "revenue_services" => |books| books.services,
            "revenue_other" => |books| books.grants,
            "cogs" => MonthBooks::cogs,
            "_direct" => |books| books.direct,
            "_service_staff" => |books| books.service_staff,
            "gross_profit" => |books| books.revenue() - books.cogs(),
            "opex" => MonthBooks::opex,
            "opex_sm" => MonthBooks::selling,
            "_selling_staff" => |books| books.selling_staff,
            "marketing_cost" => |books| books.programmes,
            "opex_rd" => MonthBooks::research,
            "_research_staff" => |books| books.research_staff,
            "_research_outside" => |books| books.research_outside,
            "opex_ga" => MonthBooks::administration,
            "_administration_staff" => |books| books.administration_staff,
            "rent_cost" => |books| books.rent,
            "_other_cost" => |books| books.other,
            "_ga_with_depreciation" => |books| books.administration() + books.depreciation,
            "personnel_cost" => MonthBooks::staff,
            "ebitda" => MonthBooks::ebitda,
            "depreciation_amortisation" => |books| books.depreciation,
            "ebit" => MonthBooks::ebit,
            "interest_expense" => |books| books.interest,
            "net_income" => MonthBooks::net_income,
            "capex" => |books| books.capex,
            _ => return self.margin(key, period),
        };
        Some(self.sum(period, item))
    }

    fn margin(&self, key: &str, period: Period) -> Option<Decimal> {
        let revenue = self.sum(period, MonthBooks::revenue);
        let part = match key {
            "gross_margin" => self.value("gross_profit", period)?,
            "ebitda_margin" => self.value("ebitda", period)?,
            "recurring_share" => {
                self.subscriptions()?.bridges.first().and(self.value("revenue_subscription", period))?
            }
            "growth_yoy" if period.kind == Kind::Year => {
                let before = self.value("revenue", period.year_before())?;
                return Some(revenue.checked_div(before)? - Decimal::ONE);
            }
            "_market_growth" => return Some(self.market.growth),
            _ => return None,
        };
        part.checked_div(revenue)
    }

    fn balance(&self, month: Month) -> Balance {
        self.months.get(&month).map_or(self.opening, |books| books.closing)
    }

    fn balance_of(&self, key: &str, month: Month) -> Option<Decimal> {
        let at = self.balance(month);
        let capital = (Decimal::from(self.funding.issued()) * self.funding.nominal).round();
        Some(match key {
            "cash" => at.cash,
            "receivables" => at.receivables,
            "inventory" => at.inventory,
            "current_assets" => at.current_assets(),
            "fixed_assets" => at.fixed,
            "total_assets" => at.assets(),
            "payables" => at.payables,
            "deferred_revenue" => at.deferred,
            "current_liabilities" => at.current_liabilities(),
            "debt" | "_safe" => at.loan,
            "total_liabilities" => at.liabilities(),
            "share_capital" => capital,
            "_reserve" => at.paid_in - capital,
            "retained_earnings" => at.retained,
            "equity" => at.equity(),
            "_equity_and_liabilities" => at.equity() + at.liabilities(),
            "_loss_before" => self.balance(Month::of(month.year() - 1, 12)).retained,
            "working_capital" => at.current_assets() - at.current_liabilities(),
            _ => return None,
        })
    }

    fn cash_flow(&self, key: &str, period: Period) -> Option<Decimal> {
        let operating: Decimal = period
            .months()
            .filter_map(|month| Some(operating_flow(self.months.get(&month)?, &self.balance(month.plus(-1)))))
            .sum();
        let investing = -self.sum(period, |books| books.capex);
        let financing = self.sum(period, |books| books.equity_in + books.loan_in);
        let opening = self.balance(period.first().plus(-1));
        let closing = self.balance(period.end);
        let rise = |of: fn(&Balance) -> Decimal| of(&closing) - of(&opening);
        Some(match key {
            "cash_flow_operating" => operating,
            "cash_flow_investing" => investing,
            "cash_flow_financing" => financing,
            "_shares_paid" => self.sum(period, |books| books.equity_in),
            "_loan_paid" => self.sum(period, |books| books.loan_in),
            "net_change_in_cash" => operating + investing + financing,
            "free_cash_flow" => operating + investing,
            "_opening_cash" => opening.cash,
            "_closing_cash" => closing.cash,
            "_interest_accrued" => self.sum(period, |books| books.interest),
            "_receivables_change" => -rise(|balance| balance.receivables),
            "_inventory_change" => -rise(|balance| balance.inventory),
            "_payables_change" => rise(|balance| balance.payables),
            "_deferred_change" => rise(|balance| balance.deferred),
            "net_burn" => -(operating + investing) / Decimal::from(period.months().count()),
            "billings" => self.sum(period, MonthBooks::revenue) + rise(|balance| balance.deferred),
            _ => return None,
        })
    }

    fn people(&self, key: &str, period: Period) -> Option<Decimal> {
        if let Some(department) = Department::ALL.into_iter().find(|department| department.key() == key) {
            return Some(self.staff.heads(department, period.end).into());
        }
        match key {
            "headcount" => Some(self.staff.total(period.end).into()),
            "headcount_avg" => {
                let all: i64 = period.months().map(|month| self.staff.total(month)).sum();
                Some((Decimal::from(all) / Decimal::from(period.months().count())).round())
            }
            _ => None,
        }
    }

    fn recurring(&self, key: &str, period: Period) -> Option<Decimal> {
        let book = self.subscriptions()?;
        let end = book.bridge(period.end);
        let year = Decimal::from(12);
        let sum = |of: fn(&Bridge) -> Decimal| period.months().map(|month| of(&book.bridge(month))).sum::<Decimal>();
        Some(match key {
            "mrr" => end.closing,
            "arr" => end.closing * year,
            "_mrr_opening" => book.bridge(period.first()).opening,
            "mrr_new" => sum(|bridge| bridge.new),
            "mrr_expansion" => sum(|bridge| bridge.expansion),
            "mrr_contraction" => sum(|bridge| bridge.contraction),
            "mrr_churned" => sum(|bridge| bridge.churn),
            "mrr_net_new" => sum(|bridge| bridge.closing - bridge.opening),
            "arr_net_new" => sum(|bridge| bridge.closing - bridge.opening) * year,
            "customers" => end.customers.into(),
            "logos_new" => sum(|bridge| bridge.won.into()),
            "logos_lost" => sum(|bridge| bridge.lost.into()),
            "_customers_opening" => (book.bridge(period.first()).customers - book.bridge(period.first()).won
                + book.bridge(period.first()).lost)
                .into(),
            "arpa" => end.closing.checked_div(end.customers.into())?,
            "quick_ratio" => sum(|bridge| bridge.new + bridge.expansion)
                .checked_div(sum(|bridge| bridge.churn + bridge.contraction))?,
            _ => return None,
        })
    }

    /// Retention over the year that ends with a month, and how recurring revenue divides between customers.
    fn retention(&self, key: &str, month: Month) -> Option<Decimal> {
        if month > self.horizon.cut_off {
            return None;
        }
        let book = self.subscriptions()?;
        let largest = |count: usize| -> Option<Decimal> {
            let most: Decimal = book.by_size(month).iter().take(count).map(|(_, mrr)| *mrr).sum();
            most.checked_div(book.bridge(month).closing)
        };
        match key {
            "nrr" => Some(book.retention(month)?.0),
            "grr" => Some(book.retention(month)?.1),
            "churn_rev_y" => Some(Decimal::ONE - book.retention(month)?.1),
            "top_customer_share" => largest(1),
            "top5_customer_share" => largest(5),
            "top10_customer_share" => largest(10),
            "churn_logo_m" => {
                let year = Period::trailing(month);
                let lost = self.recurring("logos_lost", year)?;
                let opening: i64 = year.months().map(|at| book.bridge(at.plus(-1)).customers).sum();
                lost.checked_div(opening.into())
            }
            _ => None,
        }
    }

    fn efficiency(&self, key: &str, period: Period) -> Option<Decimal> {
        let year = Period::trailing(period.end);
        if year.first() < self.horizon.first {
            return None;
        }
        match key {
            "runway_m" => {
                let burn = self.value("net_burn", Period::quarter(period.end))?;
                self.balance(period.end).cash.checked_div(burn).filter(|months| months.is_sign_positive())
            }
            "cac" => {
                let won = match self.subscriptions() {
                    Some(_) => self.value("logos_new", year)?,
                    None => self.buyers(year)?,
                };
                self.value("opex_sm", year)?.checked_div(won)
            }
            "ltv" => {
                let churn = self.value("churn_logo_m", period)?.max(Decimal::new(1, 2));
                (self.value("arpa", period)? * self.value("gross_margin", year)?).checked_div(churn)
            }
            "ltv_cac" => self.value("ltv", period)?.checked_div(self.value("cac", period)?),
            "cac_payback_m" => {
                let earned = self.value("arpa", period)? * self.value("gross_margin", year)?;
                self.value("cac", period)?.checked_div(earned)
            }
            "burn_multiple" => {
                let burned = self.value("net_burn", year)? * Decimal::from(12);
                burned.checked_div(self.value("arr_net_new", year)?)
            }
            "arr_per_fte" => self.value("arr", period)?.checked_div(self.value("headcount", period)?),
            _ => None,
        }
    }

    /// New buyers of a company that sells single orders.
    fn buyers(&self, period: Period) -> Option<Decimal> {
        let repeat = self.measures.get("repeat_rate")?;
        Some(self.value("orders", period)? * (Decimal::ONE - repeat))
    }

    fn trade(&self, key: &str, period: Period) -> Option<Decimal> {
        let profile = self.profile.trade.as_ref()?;
        let volume = self.earners.volume.as_ref()?;
        let traded = || period.months().map(|month| volume.traded(month));
        let units: Decimal = traded().map(|month| month.units).sum();
        let gross: Decimal = traded().map(|month| month.gross).sum();
        if key == profile.units_metric {
            let level = key == "mau";
            return Some(if level { volume.traded(period.end).units } else { units });
        }
        if key == profile.price_metric {
            return gross.checked_div(units);
        }
        if key == profile.gross_metric {
            return Some(gross);
        }
        if profile.take_metric.as_deref() == Some(key) {
            return traded().map(|month| month.net).sum::<Decimal>().checked_div(gross);
        }
        (key == "return_rate" && profile.gross_metric == "_gross_sales").then(|| Decimal::ONE - volume.take)
    }

    fn round(&self, key: &str) -> Option<Decimal> {
        let funding = &self.funding;
        Some(match key {
            "round_size" => funding.ask.size,
            "pre_money" => funding.ask.pre_money,
            "post_money" => funding.ask.pre_money + funding.ask.size,
            "raised_to_date" => funding.raised(),
            "total_shares" => funding.diluted().into(),
            "shares_outstanding" => funding.issued().into(),
            "option_pool" => Decimal::from(funding.options()) / Decimal::from(funding.diluted().max(1)),
            "safe_cap" => funding.convertible.cap,
            "safe_discount" => funding.convertible.discount,
            "investment_amount" => funding.convertible.amount,
            "interest_rate" => funding.convertible.interest,
            "tam" => self.market.whole,
            "sam" => self.market.served,
            "som" => self.market.reachable,
            "market_growth" => self.market.growth,
            _ => return None,
        })
    }
}
