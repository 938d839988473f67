//! Which lines a statement of the model has, and how each follows from others. `{id}` in a formula is the same column of
//! the line with that id, `{id<}` the column before.

use crate::startup::{Department, Locale, Startup};

/// How a line's total over months is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Months are added up.
    Sum,
    /// The last month counts.
    Last,
    /// The first month counts.
    First,
    /// The formula of the months holds for the total too.
    Same,
}

/// A line of a statement.
#[derive(Debug, Clone)]
pub struct Line {
    /// What formulas call it.
    pub id: String,
    /// What it is the value of.
    pub key: String,
    /// What its label is drawn by.
    pub label: String,
    /// How it follows from others; nothing if it is typed in.
    pub formula: Option<String>,
    /// How its total over months is made.
    pub over: Over,
    /// Whether it is a total.
    pub total: bool,
    /// Whether it goes down where it says cost, or money spent.
    pub turned: bool,
}

/// An entry of a statement.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A heading by its phrase.
    Heading(&'static str),
    /// A line.
    Line(Line),
    /// A free row.
    Gap,
}

fn typed(key: &str, over: Over) -> Line {
    Line {
        id: key.to_owned(),
        key: key.to_owned(),
        label: key.to_owned(),
        formula: None,
        over,
        total: false,
        turned: false,
    }
}

fn flow(key: &str) -> Entry {
    Entry::Line(typed(key, Over::Sum))
}

fn stock(key: &str) -> Entry {
    Entry::Line(typed(key, Over::Last))
}

fn derived(key: &str, formula: &str, over: Over) -> Line {
    Line { formula: Some(formula.to_owned()), ..typed(key, over) }
}

fn total(key: &str, formula: &str, over: Over) -> Entry {
    Entry::Line(Line { total: true, ..derived(key, formula, over) })
}

/// The keys of the revenue lines that a company has.
pub fn revenue_lines(startup: &Startup) -> Vec<&'static str> {
    let mut keys = Vec::new();
    let profile = &startup.profile;
    if profile.recurring.is_some() {
        keys.push("revenue_subscription");
    }
    if profile.trade.is_some() {
        keys.push("_traded");
    }
    let [_, services] = profile.services;
    if services > 0 {
        keys.push("revenue_services");
    }
    if profile.grants.is_some() {
        keys.push("revenue_other");
    }
    keys
}

/// The income statement, with the parts of cost or without.
pub fn income(startup: &Startup, parts: bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    let lines = revenue_lines(startup);
    let sum = lines.iter().map(|key| format!("{{{key}}}")).collect::<Vec<_>>().join("+");
    entries.extend(lines.iter().map(|key| flow(key)));
    entries.push(total("revenue", &sum, Over::Sum));
    let cost = |key: &str, of: [&str; 3]| -> Vec<Entry> {
        let known: Vec<&str> = of.into_iter().filter(|part| !part.is_empty()).collect();
        if !parts {
            return vec![flow(key)];
        }
        let formula = known.iter().map(|part| format!("{{{part}}}")).collect::<Vec<_>>().join("+");
        let mut entries: Vec<Entry> = known.iter().map(|part| flow(part)).collect();
        entries.push(total(key, &formula, Over::Sum));
        entries
    };
    entries.extend(cost("cogs", ["_direct", "_service_staff", ""]));
    entries.push(total("gross_profit", "{revenue}-{cogs}", Over::Sum));
    entries.push(Entry::Line(derived("gross_margin", "{gross_profit}/{revenue}", Over::Same)));
    entries.push(Entry::Gap);
    entries.extend(cost("opex_sm", ["_selling_staff", "marketing_cost", ""]));
    entries.extend(cost("opex_rd", ["_research_staff", "_research_outside", ""]));
    entries.extend(cost("opex_ga", ["_administration_staff", "rent_cost", "_other_cost"]));
    entries.push(total("opex", "{opex_sm}+{opex_rd}+{opex_ga}", Over::Sum));
    entries.push(total("ebitda", "{gross_profit}-{opex}", Over::Sum));
    entries.push(flow("depreciation_amortisation"));
    entries.push(total("ebit", "{ebitda}-{depreciation_amortisation}", Over::Sum));
    entries.push(flow("interest_expense"));
    entries.push(total("net_income", "{ebit}-{interest_expense}", Over::Sum));
    entries
}

/// The balance sheet.
pub fn balance(startup: &Startup) -> Vec<Entry> {
    let loan = if startup.locale == Locale::EnUs { "_safe" } else { "debt" };
    let goods = startup.profile.stock_days > 0;
    let mut entries = vec![Entry::Heading("assets"), stock("cash"), stock("receivables")];
    if goods {
        entries.push(stock("inventory"));
    }
    let current = if goods { "{cash}+{receivables}+{inventory}" } else { "{cash}+{receivables}" };
    entries.extend([
        total("current_assets", current, Over::Last),
        stock("fixed_assets"),
        total("total_assets", "{current_assets}+{fixed_assets}", Over::Last),
        Entry::Gap,
        Entry::Heading("liabilities"),
        stock("payables"),
        stock("deferred_revenue"),
        total("current_liabilities", "{payables}+{deferred_revenue}", Over::Last),
        stock(loan),
        total("total_liabilities", &format!("{{current_liabilities}}+{{{loan}}}"), Over::Last),
        stock("share_capital"),
        stock("_reserve"),
        stock("retained_earnings"),
        total("equity", "{share_capital}+{_reserve}+{retained_earnings}", Over::Last),
        total("_equity_and_liabilities", "{total_liabilities}+{equity}", Over::Last),
    ]);
    entries
}

/// The cash flow statement.
pub fn cash_flow(startup: &Startup) -> Vec<Entry> {
    let named = |id: &str, key: &str, label: &str, formula: &str, over| Line {
        id: id.to_owned(),
        label: label.to_owned(),
        ..derived(key, formula, over)
    };
    let goods = startup.profile.stock_days > 0;
    let stock_change = if goods { "+{_inventory_change}" } else { "" };
    let operating = format!(
        "{{cf_net}}+{{cf_depreciation}}+{{_interest_accrued}}+{{_receivables_change}}{stock_change}+{{_payables_change}}+{{_deferred_change}}"
    );
    let spent = Line { turned: true, ..typed("capex", Over::Sum) };
    let mut entries = vec![
        Entry::Line(named("cf_net", "net_income", "net_income", "{net_income}", Over::Sum)),
        Entry::Line(Line { id: "cf_depreciation".to_owned(), ..typed("depreciation_amortisation", Over::Sum) }),
        flow("_interest_accrued"),
        flow("_receivables_change"),
    ];
    if goods {
        entries.push(flow("_inventory_change"));
    }
    entries.extend([
        flow("_payables_change"),
        flow("_deferred_change"),
        total("cash_flow_operating", &operating, Over::Sum),
        Entry::Line(spent),
        total("cash_flow_investing", "{capex}", Over::Sum),
        flow("_shares_paid"),
        flow("_loan_paid"),
        total("cash_flow_financing", "{_shares_paid}+{_loan_paid}", Over::Sum),
        total("net_change_in_cash", "{cash_flow_operating}+{cash_flow_investing}+{cash_flow_financing}", Over::Sum),
        Entry::Line(derived("_opening_cash", "{cash_end<}", Over::First)),
        Entry::Line(Line {
            total: true,
            ..named("cash_end", "cash", "_closing_cash", "{_opening_cash}+{net_change_in_cash}", Over::Last)
        }),
    ]);
    entries
}

/// Recurring revenue, customers, trade: what the company counts.
pub fn counted(startup: &Startup) -> Vec<Entry> {
    let mut entries = Vec::new();
    if startup.profile.recurring.is_some() {
        let bridge = "{_mrr_opening}+{mrr_new}+{mrr_expansion}-{mrr_contraction}-{mrr_churned}";
        entries.extend([
            Entry::Line(derived("_mrr_opening", "{mrr<}", Over::First)),
            flow("mrr_new"),
            flow("mrr_expansion"),
            flow("mrr_contraction"),
            flow("mrr_churned"),
            total("mrr", bridge, Over::Last),
            total("arr", "{mrr}*12", Over::Last),
            Entry::Gap,
            Entry::Line(derived("_customers_opening", "{customers<}", Over::First)),
            flow("logos_new"),
            flow("logos_lost"),
            total("customers", "{_customers_opening}+{logos_new}-{logos_lost}", Over::Last),
            Entry::Line(derived("arpa", "{mrr}/{customers}", Over::Same)),
        ]);
    }
    if let Some(trade) = &startup.profile.trade {
        let over = if trade.units_metric == "mau" { Over::Last } else { Over::Sum };
        entries.push(Entry::Line(typed(&trade.units_metric, over)));
        entries.push(flow(&trade.gross_metric));
        if trade.units_metric != "mau" {
            let formula = format!("{{{}}}/{{{}}}", trade.gross_metric, trade.units_metric);
            entries.push(Entry::Line(derived(&trade.price_metric, &formula, Over::Same)));
        }
        if let Some(take) = &trade.take_metric {
            let formula = format!("{{_traded}}/{{{}}}", trade.gross_metric);
            entries.push(Entry::Line(derived(take, &formula, Over::Same)));
        }
    }
    entries
}

/// People by department.
pub fn people() -> Vec<Entry> {
    let mut entries: Vec<Entry> = Department::ALL.into_iter().map(|department| stock(department.key())).collect();
    let sum = Department::ALL.map(|department| format!("{{{}}}", department.key())).join("+");
    entries.push(total("headcount", &sum, Over::Last));
    entries
}
