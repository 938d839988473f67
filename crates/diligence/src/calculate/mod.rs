//! Figures that are reckoned from facts: only where every input exists for matching periods, each input being what has
//! happened.

mod customer_list;
mod formula;
mod precision;

pub use customer_list::customer_list;
pub use formula::{mean, sum};

use model::{Calc, CalcId, Currency, Fact, MetricId, Period, PeriodKind, Unit};
use rust_decimal::Decimal;

use crate::book::{Book, has_happened, place_key};
use crate::ontology::ontology;
use crate::period::months_between;

/// All calculations, in the order of the ontology.
pub fn calculate(book: &Book<'_>) -> Vec<Calc> {
    let mut calcs = Vec::new();
    calcs.extend(burn(book));
    calcs.extend(arr_from_mrr(book));
    calcs.extend(margin(book));
    calcs.extend(growth(book));
    calcs.extend(burn_multiple(book));
    calcs.extend(per_customer(book));
    calcs.extend(unit_economics(book, &calcs));
    calcs.extend(customer_list(book));
    let runway = runway(book, &calcs);
    calcs.extend(runway);
    calcs.sort_by_key(|calc| (ontology().rank(calc.metric.as_str()), calc.formula.clone(), calc.id));
    calcs.dedup_by_key(|calc| calc.id);
    calcs
}

/// A calculation: the formula over the inputs' values, in their order; `None` where the formula is undefined. How far
/// the result may be off follows from the digits of the inputs.
fn calc(
    metric: &str,
    formula: &str,
    expression: &str,
    inputs: &[&Fact],
    period: Period,
    result: impl Fn(&[Decimal]) -> Option<Decimal>,
) -> Option<Calc> {
    let dimension = ontology().metric(metric)?.unit;
    let ids: Vec<Vec<u8>> = inputs.iter().map(|fact| fact.id.0.as_bytes().to_vec()).collect();
    let mut parts: Vec<&[u8]> = vec![formula.as_bytes()];
    parts.extend(ids.iter().map(Vec::as_slice));
    let values: Vec<Decimal> = inputs.iter().map(|fact| fact.figure.value).collect();
    let steps: Vec<Decimal> = inputs.iter().map(|fact| fact.figure.half_step).collect();
    let value = result(&values)?;
    let open = precision::half_step(&values, &steps, value, &result);
    Some(Calc {
        id: CalcId::of(&parts),
        metric: MetricId::new(metric),
        formula: formula.to_owned(),
        expression: expression.to_owned(),
        inputs: inputs.iter().map(|fact| fact.id).collect(),
        figure: precision::figure(value, open, dimension.unit(currency(inputs))),
        period,
    })
}

fn currency(inputs: &[&Fact]) -> Option<Currency> {
    inputs.iter().find_map(|fact| match fact.figure.unit {
        Unit::Money { currency } => currency,
        _ => None,
    })
}

/// True if no two inputs are in different currencies.
fn one_currency(inputs: &[&Fact]) -> bool {
    let mut named: Vec<Currency> = inputs
        .iter()
        .filter_map(|fact| match fact.figure.unit {
            Unit::Money { currency } => currency,
            _ => None,
        })
        .collect();
    named.sort_unstable();
    named.dedup();
    named.len() <= 1
}

/// The latest facts of a metric that have happened, the trusted document first among equals.
fn happened<'a>(book: &'a Book<'_>, metric: &'a str) -> Vec<&'a Fact> {
    let mut facts: Vec<&Fact> = book.of_metric(metric).filter(|fact| has_happened(fact)).collect();
    facts
        .sort_by_key(|fact| (std::cmp::Reverse(fact.period.end), std::cmp::Reverse(book.trust(fact)), place_key(fact)));
    facts
}

/// The fact of a metric in the same document for the same period as another.
fn beside<'a>(book: &'a Book<'_>, metric: &'a str, other: &Fact) -> Option<&'a Fact> {
    happened(book, metric)
        .into_iter()
        .find(|fact| fact.place.document == other.place.document && fact.period == other.period)
}

/// `net_burn_3m.v1`: the mean of the last three months of one document.
fn burn(book: &Book<'_>) -> Option<Calc> {
    let months = last_months(book, "net_burn", 3)?;
    let end = months.first()?.period.end?;
    calc(
        "net_burn",
        "net_burn_3m.v1",
        "mean of net burn in the last three months",
        &months,
        Period::ending(PeriodKind::Quarter, end),
        mean,
    )
}

/// The last months of a metric without a hole, all from one document, the last month first.
fn last_months<'a>(book: &'a Book<'_>, metric: &'a str, count: usize) -> Option<Vec<&'a Fact>> {
    let months: Vec<&Fact> =
        happened(book, metric).into_iter().filter(|fact| fact.period.kind == PeriodKind::Month).collect();
    let document = months.first()?.place.document;
    let mut run: Vec<&Fact> = Vec::new();
    for fact in months.into_iter().filter(|fact| fact.place.document == document) {
        match run.last().and_then(|last| Some(months_between(fact.period.end?, last.period.end?))) {
            None | Some(1) => run.push(fact),
            Some(0) => {}
            Some(_) => break,
        }
    }
    run.truncate(count);
    (run.len() == count && one_currency(&run)).then_some(run)
}

fn arr_from_mrr(book: &Book<'_>) -> Option<Calc> {
    let mrr = happened(book, "mrr").into_iter().next()?;
    calc("arr", "arr.v1", "12 × MRR", &[mrr], mrr.period, |values| formula::arr(*values.first()?))
}

fn margin(book: &Book<'_>) -> Option<Calc> {
    let revenue = book.key_figure("revenue")?;
    let cogs = beside(book, "cogs", revenue)?;
    calc(
        "gross_margin",
        "gross_margin.v1",
        "(revenue − cost of sales) ÷ revenue",
        &[revenue, cogs],
        revenue.period,
        of_two(formula::gross_margin),
    )
}

/// Growth of ARR over twelve months, and of revenue over a year, each within one document.
fn growth(book: &Book<'_>) -> Vec<Calc> {
    let mut calcs = Vec::new();
    for (metric, formula, expression) in [
        ("arr", "growth_yoy_arr.v1", "ARR ÷ ARR twelve months before − 1"),
        ("revenue", "growth_yoy_revenue.v1", "revenue ÷ revenue of the year before − 1"),
    ] {
        let later = if metric == "arr" {
            happened(book, metric).into_iter().find(|fact| fact.period.is_known())
        } else {
            book.key_figure(metric).filter(|fact| fact.period.kind == PeriodKind::Year)
        };
        let Some(later) = later else { continue };
        let earlier = happened(book, metric).into_iter().find(|fact| {
            let apart = fact.period.end.zip(later.period.end).map(|(one, two)| months_between(one, two));
            apart == Some(12) && fact.period.kind == later.period.kind && fact.place.document == later.place.document
        });
        let Some(earlier) = earlier.filter(|earlier| one_currency(&[later, earlier])) else { continue };
        let inputs = [later, earlier];
        calcs.extend(calc("growth_yoy", formula, expression, &inputs, later.period, of_two(formula::growth)));
    }
    calcs.extend(rule_of_40(book, &calcs));
    calcs
}

fn rule_of_40(book: &Book<'_>, calcs: &[Calc]) -> Option<Calc> {
    let growth = calcs.iter().find(|calc| calc.formula == "growth_yoy_revenue.v1")?;
    let revenue = book.fact(*growth.inputs.first()?)?;
    let earlier = book.fact(*growth.inputs.get(1)?)?;
    let ebitda = beside(book, "ebitda", revenue)?;
    calc(
        "rule_of_40",
        "rule_of_40.v1",
        "revenue growth + EBITDA ÷ revenue",
        &[revenue, earlier, ebitda],
        revenue.period,
        |values| match values {
            [revenue, earlier, ebitda] => formula::rule_of_40(formula::growth(*revenue, *earlier)?, *ebitda, *revenue),
            _ => None,
        },
    )
}

/// Burn of twelve months over the ARR that was added in them.
fn burn_multiple(book: &Book<'_>) -> Option<Calc> {
    let months = last_months(book, "net_burn", 12)?;
    let end = months.first()?.period.end?;
    let arr = happened(book, "arr")
        .into_iter()
        .filter(|fact| fact.place.document == months.first().map_or(fact.place.document, |month| month.place.document))
        .collect::<Vec<_>>();
    let at = |back: i32| {
        arr.iter().copied().find(|fact| fact.period.end.is_some_and(|own| months_between(own, end) == back))
    };
    let (later, earlier) = (at(0)?, at(12)?);
    let mut inputs = months;
    inputs.extend([later, earlier]);
    calc(
        "burn_multiple",
        "burn_multiple.v1",
        "net burn of twelve months ÷ ARR added in them",
        &inputs,
        Period::ending(PeriodKind::TrailingYear, end),
        |values| match values {
            [months @ .., later, earlier] => formula::burn_multiple(sum(months)?, later.checked_sub(*earlier)?),
            _ => None,
        },
    )
}

fn per_customer(book: &Book<'_>) -> Option<Calc> {
    let mrr = happened(book, "mrr").into_iter().find(|mrr| beside(book, "customers", mrr).is_some())?;
    let customers = beside(book, "customers", mrr)?;
    calc("arpa", "arpa.v1", "MRR ÷ customers", &[mrr, customers], mrr.period, of_two(formula::ratio))
}

/// LTV to CAC and payback, of figures of one document.
fn unit_economics(book: &Book<'_>, calcs: &[Calc]) -> Vec<Calc> {
    let mut made = Vec::new();
    let Some(cac) = book.key_figure("cac") else { return made };
    let same = |metric: &str| {
        book.key_figure(metric).filter(|fact| fact.place.document == cac.place.document && one_currency(&[fact, cac]))
    };
    if let Some(ltv) = same("ltv") {
        made.extend(calc("ltv_cac", "ltv_cac.v1", "LTV ÷ CAC", &[ltv, cac], cac.period, of_two(formula::ratio)));
    }
    let margin = same("gross_margin");
    let arpa = same("arpa").or_else(|| {
        let reckoned = calcs.iter().find(|calc| calc.metric.as_str() == "arpa")?;
        book.fact(*reckoned.inputs.first()?).filter(|fact| fact.metric.as_str() == "arpa")
    });
    if let (Some(arpa), Some(margin)) = (arpa, margin) {
        let expression = "CAC ÷ (revenue per account and month × gross margin)";
        let inputs = [cac, arpa, margin];
        made.extend(calc(
            "cac_payback_m",
            "cac_payback_m.v1",
            expression,
            &inputs,
            cac.period,
            |values| match values {
                [cac, arpa, margin] => formula::cac_payback(*cac, *arpa, *margin),
                _ => None,
            },
        ));
    }
    made
}

/// Cash over the burn of the last three months, else over the last burn that is told; both at the same time.
fn runway(book: &Book<'_>, calcs: &[Calc]) -> Option<Calc> {
    let months = calcs.iter().find(|calc| calc.formula == "net_burn_3m.v1");
    let burns: Vec<&Fact> = match months {
        Some(months) => months.inputs.iter().filter_map(|id| book.fact(*id)).collect(),
        None => vec![book.key_figure("net_burn").filter(|burn| burn.period.is_known())?],
    };
    let end = burns.first()?.period.end?;
    let cash = happened(book, "cash")
        .into_iter()
        .find(|cash| cash.period.end.is_some_and(|own| months_between(own, end) == 0))?;
    let mut inputs = vec![cash];
    inputs.extend(burns);
    if !one_currency(&inputs) {
        return None;
    }
    let expression =
        if inputs.len() == 4 { "cash ÷ mean net burn of the last three months" } else { "cash ÷ net burn per month" };
    calc("runway_m", "runway_m.v1", expression, &inputs, cash.period, |values| {
        let (cash, burns) = values.split_first()?;
        formula::runway(*cash, mean(burns)?)
    })
}

/// A formula of two values.
fn of_two(formula: fn(Decimal, Decimal) -> Option<Decimal>) -> impl Fn(&[Decimal]) -> Option<Decimal> {
    move |values| match values {
        [one, two] => formula(*one, *two),
        _ => None,
    }
}
