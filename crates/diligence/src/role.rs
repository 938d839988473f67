//! What a document is for the diligence, by its file name and by its words. The name counts three times: people name
//! their files for what they are.

use model::{Document, DocumentKind, DocumentRole, Layout};

use crate::words::{fold, has};

/// Text that is looked at, in characters over all parts: the beginning says what a document is.
const LOOKED_AT: usize = 20_000;

/// Weight of a word in the file name.
const NAME_WEIGHT: u32 = 3;

/// Least sum of words that makes a role.
const ENOUGH: u32 = 3;

struct Lexicon {
    role: DocumentRole,
    names: &'static [&'static str],
    words: &'static [&'static str],
}

const LEXICA: [Lexicon; 7] = [
    Lexicon {
        role: DocumentRole::CapTable,
        names: &["cap table", "captable", "cap", "shareholders", "gesellschafterliste", "ownership"],
        words: &[
            "cap table",
            "shareholder",
            "shareholders",
            "fully diluted",
            "fully diluted %",
            "option pool",
            "share class",
            "gesellschafter",
            "actionnaires",
            "% ownership",
            "ordinary shares",
            "preferred",
            "shares held",
        ],
    },
    Lexicon {
        role: DocumentRole::CustomerList,
        names: &[
            "customer list",
            "customers",
            "customerlist",
            "kundenliste",
            "clients",
            "mrr export",
            "billing export",
            "bookings",
            "customer",
            "subscriptions",
        ],
        words: &[
            "customer id",
            "customer name",
            "customer",
            "contract start",
            "plan",
            "mrr",
            "arr",
            "status",
            "renewal date",
            "kunde",
            "seats",
        ],
    },
    Lexicon {
        role: DocumentRole::Contract,
        names: &["contract", "agreement", "msa", "vertrag", "contrat", "order form", "saas agreement", "lease", "nda"],
        words: &[
            "this agreement",
            "hereinafter",
            "the parties",
            "governing law",
            "shall",
            "termination",
            "liability",
            "vertragspartner",
            "hereby",
            "customer agreement",
            "effective date",
            "confidentiality",
            "dieser vertrag",
            "kündigung",
            "indemnify",
        ],
    },
    Lexicon {
        role: DocumentRole::Accounts,
        names: &[
            "accounts",
            "financial statements",
            "audited",
            "jahresabschluss",
            "p&l",
            "pnl",
            "balance sheet",
            "guv",
            "bwa",
            "annual report",
            "comptes",
            "management accounts",
            "trial balance",
            "financials",
        ],
        words: &[
            "financial statements",
            "audited",
            "auditor",
            "frs 102",
            "balance sheet",
            "total assets",
            "total liabilities",
            "statement of comprehensive income",
            "turnover",
            "cost of sales",
            "going concern",
            "bilanz",
            "gewinn- und verlustrechnung",
            "umsatzerlöse",
            "jahresfehlbetrag",
            "net assets",
            "directors' report",
            "management accounts",
            "compte de résultat",
            "bilan",
        ],
    },
    Lexicon {
        role: DocumentRole::Model,
        names: &[
            "model",
            "forecast",
            "budget",
            "financial model",
            "finanzplan",
            "projections",
            "finmodel",
            "operating model",
            "business case",
        ],
        words: &[
            "assumptions",
            "forecast",
            "scenario",
            "operating model",
            "drivers",
            "budget",
            "projection",
            "annahmen",
            "cohort",
        ],
    },
    Lexicon {
        role: DocumentRole::Plan,
        names: &[
            "memo",
            "plan",
            "business plan",
            "one pager",
            "onepager",
            "businessplan",
            "memorandum",
            "investment memo",
            "teaser",
        ],
        words: &[
            "executive summary",
            "business plan",
            "investment memorandum",
            "table of contents",
            "mission statement",
            "management summary",
            "businessplan",
            "zusammenfassung",
            "memorandum",
        ],
    },
    Lexicon {
        role: DocumentRole::Deck,
        names: &["deck", "pitch", "pitch deck", "presentation", "investor pitch", "slides", "teaser deck"],
        words: &[
            "the problem",
            "the solution",
            "solution",
            "traction",
            "the ask",
            "use of funds",
            "competition",
            "raising",
            "go-to-market",
            "our team",
            "business model",
            "why now",
            "market size",
            "roadmap",
            "problem",
        ],
    },
];

/// What a document is for the diligence.
pub fn role(name: &str, document: &Document) -> DocumentRole {
    let name = telling_name(name);
    let text = fold(&beginning(document));
    let grid = document.parts.iter().all(|part| matches!(part.layout, Layout::Sheet(_)));
    let mut best = (DocumentRole::Other, 0);
    for lexicon in &LEXICA {
        let by_name = lexicon.names.iter().any(|word| has(&name, word));
        let hits = lexicon.words.iter().filter(|word| has(&text, word)).count();
        let mut score = u32::try_from(hits).unwrap_or(u32::MAX) + if by_name { NAME_WEIGHT } else { 0 };
        score = match (lexicon.role, document.kind, grid) {
            (DocumentRole::Deck, DocumentKind::Pptx, _) => score + 3,
            (DocumentRole::Model, DocumentKind::Xlsx, _) => score + 1,
            (DocumentRole::Deck | DocumentRole::Contract | DocumentRole::Plan, _, true) => 0,
            (DocumentRole::Model | DocumentRole::CustomerList, _, false) if !by_name => 0,
            _ => score,
        };
        if score > best.1 {
            best = (lexicon.role, score);
        }
    }
    let floor = if grid { 2 } else { ENOUGH };
    if best.1 >= floor { best.0 } else { DocumentRole::Other }
}

/// The file's own name, or with its folders if it says nothing itself: a model in a folder of accounts is a model.
fn telling_name(path: &str) -> String {
    let folded = |name: &str| fold(name).replace(['_', '-', '.', '/'], " ");
    let own = folded(path.rsplit('/').next().unwrap_or(path));
    let says = LEXICA.iter().any(|lexicon| lexicon.names.iter().any(|word| has(&own, word)));
    if says { own } else { folded(path) }
}

fn beginning(document: &Document) -> String {
    let mut text = String::new();
    for part in &document.parts {
        let left = LOOKED_AT.saturating_sub(text.len());
        if left == 0 {
            break;
        }
        text.extend(part.name.iter().flat_map(|name| name.chars()).chain(['\n']));
        text.extend(part.text.chars().take(left).chain(['\n']));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::{page, pdf, sheet, workbook};

    #[test]
    fn a_document_is_what_its_name_and_words_say() {
        let deck = pdf(vec![page(1, &["Traction", "The ask", "Raising EUR 4m", "Use of funds: hiring"])]);
        assert_eq!(role("northwind.pdf", &deck), DocumentRole::Deck);
        let accounts = pdf(vec![page(
            1,
            &["Report and Financial Statements", "Turnover £3.2M", "Balance sheet", "Total assets £1M"],
        )]);
        assert_eq!(role("04.pdf", &accounts), DocumentRole::Accounts);
        let shares =
            workbook(vec![sheet(1, "Cap Table", &["Shareholder|Class|Shares|Fully diluted %", "A|Ordinary|100|100%"])]);
        assert_eq!(role("03.xlsx", &shares), DocumentRole::CapTable);
        let model = workbook(vec![sheet(1, "Summary", &["Operating Model", "Metric|FY2024|FY2025F", "Revenue|1|2"])]);
        assert_eq!(role("02_financial_model.xlsx", &model), DocumentRole::Model);
        assert_eq!(role("02 Financials/Kelp model.xlsx", &model), DocumentRole::Model, "its own name counts");
        let plain = workbook(vec![sheet(1, "Sheet1", &["Name|Amount", "A|1"])]);
        assert_eq!(
            role("05 Cap table/final v2.xlsx", &plain),
            DocumentRole::CapTable,
            "the folder's counts without one"
        );
        let other = pdf(vec![page(1, &["Lunch menu"])]);
        assert_eq!(role("menu.pdf", &other), DocumentRole::Other);
    }
}
