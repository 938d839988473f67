//! The ontology is data: what must hold of all of it, and what real labels and sentences must say.

use super::mentions::{Role, phrases};
use super::*;
use crate::extract::metric_of;
use crate::words::fold;

fn ids(text: &str) -> Vec<&'static str> {
    mentions(&fold(text)).iter().map(|mention| mention.metric.id.as_str()).collect()
}

fn row(label: &str) -> Option<&'static str> {
    metric_of(label).map(|mention| mention.metric.id.as_str())
}

#[test]
fn the_ontology_can_be_read() {
    for text in SOURCES {
        let group: Group = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
        assert!(!group.metrics.is_empty());
    }
    let metrics = &ontology().metrics;
    assert!(metrics.len() > 170, "{}", metrics.len());
    assert_eq!(ontology().title("arr"), "ARR");
    assert!(ontology().rank("arr") < ontology().rank("cash"));
    for (at, metric) in metrics.iter().enumerate() {
        assert_eq!(ontology().rank(&metric.id), at, "{} is there twice", metric.id);
        assert!(metric.low.zip(metric.high).is_none_or(|(low, high)| low < high), "{}", metric.id);
        let homes = ["traction", "financials", "balance", "round", "market", "team", "holders"];
        assert!(homes.contains(&metric.home.as_str()), "{}", metric.id);
    }
}

#[test]
fn every_metric_is_known_in_four_languages() {
    // Those of holders are read from cap tables, by their columns.
    for metric in ontology().metrics.iter().filter(|metric| metric.home != "holders") {
        for (language, synonyms, labels) in [
            ("en", &metric.synonyms.en, &metric.labels.en),
            ("de", &metric.synonyms.de, &metric.labels.de),
            ("fr", &metric.synonyms.fr, &metric.labels.fr),
            ("es", &metric.synonyms.es, &metric.labels.es),
        ] {
            assert!(!synonyms.is_empty() || !labels.is_empty(), "{} has no name in {language}", metric.id);
        }
        for name in &metric.loss {
            assert!(
                [&metric.synonyms, &metric.labels].iter().any(|names| names.all().any(|(own, _)| own == name)),
                "{name}"
            );
        }
    }
}

#[test]
fn every_name_alone_is_that_metric_and_no_other() {
    let mut wrong = Vec::new();
    for phrase in phrases() {
        let Role::Name { loss, in_labels_only } = phrase.role else { continue };
        // The accents that are left out may make another word of it, which the metric's own list then names.
        if phrase.metric.not.iter().any(|not| fold(not) == phrase.text) {
            continue;
        }
        let found = metric_of(&phrase.text);
        let named = found.as_ref().is_some_and(|found| found.metric.id == phrase.metric.id && found.loss == loss);
        let spoken = ids(&phrase.text);
        let right = if in_labels_only { spoken.is_empty() } else { spoken == [phrase.metric.id.as_str()] };
        if !named || !right {
            let shown = found.map(|found| (found.metric.id.as_str(), found.loss));
            wrong
                .push(format!("{}: {:?} is {shown:?} as a label, {spoken:?} in a text", phrase.metric.id, phrase.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_longest_name_wins_and_phrases_exclude() {
    assert_eq!(ids("Net revenue retention"), ["nrr"]);
    assert_eq!(ids("FY2024 revenue"), ["revenue"]);
    assert_eq!(ids("Cost of revenue"), ["cogs"]);
    assert_eq!(ids("Net new ARR"), ["arr_net_new"]);
    assert_eq!(ids("ARR (pipeline)"), [""; 0]);
    assert_eq!(ids("LTV/CAC"), ["ltv_cac"]);
    assert_eq!(ids("cashier"), [""; 0]);
    assert_eq!(ids("Liquide Mittel"), ["cash"]);
    assert_eq!(ids("ARR 4.2m and 34 customers"), ["arr", "customers"]);
    assert_eq!(ids("cash flow from operations"), ["cash_flow_operating"]);
    assert_eq!(ids("Kassenbestand und Bankguthaben"), ["cash"]);
    assert_eq!(ids("Gross profit margin"), ["gross_margin"]);
    assert_eq!(ids("number of customers"), ["customers"]);
    assert_eq!(ids("12 % of customers"), [""; 0]);
}

#[test]
fn everyday_words_are_no_metrics_in_a_sentence() {
    for text in [
        "12 users of the product at BMW",
        "We placed 5 orders with them",
        "The rent is €3k a month",
        "The new office has room for 200",
        "recurring revenue of €4.2m",
        "El proveedor dio 5 días",
        "Our DPO answers within 30 days",
        "Löhne, Personal und Miete",
        "We hold 3 patents pending",
        "anti-dilution protection of 20 %",
        "SAS au capital social de 10.000 €",
        "The salaries of 12 engineers",
        "a product backlog of €2m in features",
        "backed by a fund with €500m AUM",
        "an exit valuation of €1bn of a peer",
        "each rep signs 5 new customers per month",
        "discount rate of 12 %",
    ] {
        assert_eq!(ids(text), [""; 0], "{text}");
    }
}

/// Labels as statements, models and decks write them.
const LABELS: [(&str, Option<&str>); 100] = [
    // Germany: HGB sections 266 and 275, BWA, decks.
    ("1. Umsatzerlöse", Some("revenue")),
    ("UMSATZERLOESE", Some("revenue")),
    ("Umsatzwachstum", Some("growth_yoy")),
    ("Umsatz pro Mitarbeiter", Some("revenue_per_fte")),
    ("Sonstige Umsatzerlöse", Some("revenue_other")),
    ("4. Sonstige betriebliche Erträge", None),
    ("Andere aktivierte Eigenleistungen", None),
    ("5. Materialaufwand", Some("cogs")),
    ("6. Personalaufwand", Some("personnel_cost")),
    ("a) Löhne und Gehälter", None),
    ("7. Abschreibungen", Some("depreciation_amortisation")),
    ("Abschreibungen auf Finanzanlagen", None),
    (
        "Abschreibungen auf immaterielle Vermögensgegenstände des Anlagevermögens und Sachanlagen",
        Some("depreciation_amortisation"),
    ),
    ("8. Sonstige betriebliche Aufwendungen", Some("opex_other")),
    ("Sonstige Zinsen und ähnliche Erträge", Some("interest_income")),
    ("Zinsen und ähnliche Aufwendungen", Some("interest_expense")),
    ("Steuern vom Einkommen und vom Ertrag", Some("income_tax")),
    ("Sonstige Steuern", None),
    ("Jahresüberschuss / Jahresfehlbetrag", Some("net_income")),
    ("A. I. Immaterielle Vermögensgegenstände", Some("intangible_assets")),
    ("B. Umlaufvermögen", Some("current_assets")),
    ("I. Vorräte", Some("inventory")),
    ("1. Forderungen aus Lieferungen und Leistungen", Some("receivables")),
    ("II. Forderungen und sonstige Vermögensgegenstände", None),
    ("Kassenbestand, Bundesbankguthaben, Guthaben bei Kreditinstituten und Schecks", Some("cash")),
    ("I. Gezeichnetes Kapital", Some("share_capital")),
    ("Nicht durch Eigenkapital gedeckter Fehlbetrag", None),
    ("Eigenkapitalquote", None),
    ("EK", Some("equity")),
    ("BS-Summe", Some("total_assets")),
    ("Verbindlichkeiten aus Lieferungen und Leistungen", Some("payables")),
    ("Passiver Rechnungsabgrenzungsposten", Some("deferred_revenue")),
    ("Aktiver Rechnungsabgrenzungsposten", None),
    ("Veränderung der liquiden Mittel", Some("net_change_in_cash")),
    // France: plan comptable général.
    ("Chiffre d'affaires", Some("revenue")),
    ("CHIFFRE D’AFFAIRES NET", Some("revenue")),
    ("CA HT (en k€)", Some("revenue")),
    ("Croissance du chiffre d'affaires", Some("growth_yoy")),
    ("Subventions d'exploitation", None),
    ("Total des produits d'exploitation (I)", None),
    ("Autres achats et charges externes", Some("opex_other")),
    ("Impôts, taxes et versements assimilés", None),
    ("Dotations aux amortissements", Some("depreciation_amortisation")),
    ("Dotations aux amortissements et provisions", None),
    ("1 - RESULTAT D'EXPLOITATION (I - II)", Some("ebit")),
    ("Résultat financier", None),
    ("Résultat courant avant impôts", None),
    ("Impôts sur les bénéfices", Some("income_tax")),
    ("BENEFICE OU PERTE", Some("net_income")),
    ("Total actif immobilisé (I)", Some("fixed_assets")),
    ("Total de l'actif circulant", Some("current_assets")),
    ("TOTAL PASSIF", None),
    ("Créances clients et comptes rattachés", Some("receivables")),
    ("Frais de recherche et développement", None),
    ("Total général", None),
    ("Report à nouveau", Some("retained_earnings")),
    ("Dettes fournisseurs et comptes rattachés", Some("payables")),
    ("Produits constatés d'avance", Some("deferred_revenue")),
    ("Flux de trésorerie", None),
    ("Variation de la trésorerie", Some("net_change_in_cash")),
    ("Trésorerie à l'ouverture", None),
    // Spain: plan general de contabilidad.
    ("1. Importe neto de la cifra de negocios", Some("revenue")),
    ("Ingresos recurrentes", Some("revenue_subscription")),
    ("Ingresos recurrentes mensuales (MRR)", Some("mrr")),
    ("5. Otros ingresos de explotación", None),
    ("Coste de ventas", Some("cogs")),
    ("4. Aprovisionamientos", Some("cogs")),
    ("6. Gastos de personal", Some("personnel_cost")),
    ("7. Otros gastos de explotación", Some("opex_other")),
    ("8. Amortización del inmovilizado", Some("depreciation_amortisation")),
    ("A.1) RESULTADO DE EXPLOTACION (1+2+3+4+5+6+7+8)", Some("ebit")),
    ("TOTAL ACTIVO (A+B)", Some("total_assets")),
    ("Ventas", None),
    ("C) Resultado antes de impuestos", Some("profit_before_tax")),
    ("D) Resultado del ejercicio", Some("net_income")),
    ("I. Inmovilizado intangible", Some("intangible_assets")),
    ("Inmovilizado material", None),
    ("Total activo no corriente", Some("fixed_assets")),
    ("Clientes por ventas y prestaciones de servicios", Some("receivables")),
    ("Deudores comerciales y otras cuentas a cobrar", None),
    ("Total patrimonio neto y pasivo", None),
    ("Flujo de caja", None),
    ("Flujo de caja operativo", Some("cash_flow_operating")),
    // UK, US, models and decks.
    ("Operating profit/(loss)", Some("ebit")),
    ("Other operating income", None),
    ("Net current assets", Some("working_capital")),
    ("Creditors: amounts falling due within one year", Some("current_liabilities")),
    ("Trade and other receivables", None),
    ("Tangible fixed assets", None),
    ("Increase in trade receivables", None),
    ("Interest expense, net", None),
    ("Diluted earnings per share", None),
    ("Subscription revenue", Some("revenue_subscription")),
    ("Recurring revenue (ARR)", None),
    ("Sales", None),
    ("Sales cycle (months)", None),
    ("Sales cycle (days)", Some("sales_cycle_days")),
    ("New ARR", Some("arr_new")),
    ("DAU/MAU", None),
    ("Users", Some("users")),
];

#[test]
fn labels_name_what_they_mean() {
    let wrong: Vec<String> = LABELS
        .iter()
        .filter(|(label, id)| row(label) != *id)
        .map(|(label, id)| format!("{label:?} is {:?}, not {id:?}", row(label)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_name_for_a_loss_says_so() {
    let lost = |label: &str| metric_of(label).map(|mention| mention.loss);
    for label in ["Net loss", "Operating loss", "Jahresfehlbetrag", "Perte d'exploitation", "Accumulated deficit"] {
        assert_eq!(lost(label), Some(true), "{label}");
    }
    for label in
        ["Net income", "Profit / loss for the year", "Jahresüberschuss/Jahresfehlbetrag", "Operating (loss)/profit"]
    {
        assert_eq!(lost(label), Some(false), "{label}");
    }
}

#[test]
fn the_share_of_a_market_is_of_the_company_and_its_size_is_not() {
    let subject = |id: &str| ontology().metric(id).unwrap().subject().kind;
    assert_eq!((subject("tam"), subject("market_growth")), (SubjectKind::Market, SubjectKind::Market));
    assert_eq!((subject("market_share"), subject("arr")), (SubjectKind::Company, SubjectKind::Company));
}

#[test]
fn a_value_outside_the_range_is_not_believed() {
    let margin = ontology().metric("gross_margin").unwrap();
    assert!(margin.believes("0.8".parse().unwrap()));
    assert!(!margin.believes("80".parse().unwrap()));
}
