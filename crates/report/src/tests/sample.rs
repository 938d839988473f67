//! A made-up report with everything that can stand in one: long tables, empty sections, 200 citations and quotes that
//! try to be markup.

use chrono::{DateTime, NaiveDate, Utc};
use model::{
    Assisted, Basis, Bounds, Calc, CalcEntry, CalcId, CellRef, Check, CitationEntry, Coverage, Currency, Disagreement,
    DocumentEntry, DocumentKind, DocumentRole, DocumentVersion, Engine, Excerpt, Fact, FactEntry, FactId, Figure,
    FigureId, FigureRow, Gap, MetricId, Outcome, Period, PeriodKind, Place, Question, Reason, Report, ReportBlock,
    Section, Severity, Size, Span, Spot, Status, Subject, SubjectKind, TemplateName, TieOutRow, Unit, Verdict,
    WrittenSentence,
};
use rust_decimal::Decimal;

/// Quotes that try to be something else than text.
pub(crate) const HOSTILE: [&str; 12] = [
    r##"#read("/etc/passwd") #eval("1+1") $x^2$ *bold* _it_ = Heading <label> @ref \u{1F600}"##,
    "<script>alert(1)</script> <img src=x onerror=alert(1)> &amp; <!-- no -->",
    "a | b | c\n|---|---|---|\n`code` ``` **strong** ~~gone~~ [x](javascript:alert(1)) ![i](http://example.org/i.png)",
    "Controls \u{0}\u{1}\u{7}\u{8}\u{b}\u{c}\u{1b}[31mred\u{1b}[0m\u{7f}\u{85}\u{feff}\u{ffff}\u{e000} end",
    "invoice \u{202e}fdp.exe\u{202c} \u{2066}isolated\u{2069} and \u{200f}marks",
    "الإيرادات السنوية المتكررة 4.2 مليون يورو — הכנסות חוזרות",
    "経常収益は4.2百万ユーロです。毎月の解約率は１％。 한국어 매출 성장",
    "Выручка выросла на 12 %, Έσοδα, Ümsatz ß, Łódź, Ñandú, ½ × 3² ≤ ∞, emoji 🚀📈, family 👩\u{200d}👩\u{200d}👧",
    "]]> <w:p> {{fact:F1}} {{cite:E999}} {{calc:C1}} =HYPERLINK(\"http://example.org\") \\[x\\]",
    "Zalgo: Z\u{335}\u{341}a\u{328}\u{30f}l\u{301}g\u{30c}o\u{323}, हिन्दी राजस्व, ไทย รายได้, \u{1d400}\u{1d401}",
    "1. not a list\n- nor this\n# nor a heading\n> nor a quote\n\n\n    nor code\n+ * ***\n---\nhttps://example.org www.example.org a@example.org",
    "ARR of €4.2m as of June 2025",
];

/// The rich report: tables over several pages, 200 citations.
pub(crate) fn report() -> Report {
    build(true)
}

/// The same without its long tables.
pub(crate) fn brief() -> Report {
    build(false)
}

fn build(long: bool) -> Report {
    let mut ledger = Ledger::default();
    let mut sections = vec![
        Section {
            id: "disagree".to_owned(),
            title: "Documents disagree".to_owned(),
            blocks: vec![tie_out(&mut ledger)],
        },
        traction(&mut ledger),
        hostile(&mut ledger),
        Section {
            id: "market".to_owned(),
            title: "Market".to_owned(),
            blocks: vec![ReportBlock::Figures { rows: Vec::new() }, ReportBlock::Excerpts { items: Vec::new() }],
        },
        Section { id: "competition".to_owned(), title: "Competition".to_owned(), blocks: Vec::new() },
    ];
    if long {
        sections.push(long_tables(&mut ledger));
    }
    sections.push(closing());
    while long && ledger.citations.len() < 200 {
        ledger.cite("The customer may end the contract with three months' notice to the end of a year.");
    }
    Report {
        schema: Report::SCHEMA.to_owned(),
        company: "Northwind Analytics GmbH".to_owned(),
        prepared_at: prepared_at(),
        template: TemplateName {
            id: "saas".to_owned(),
            title: "Software as a service".to_owned(),
            version: "3".to_owned(),
        },
        status: Status {
            engine: Engine::Extractive,
            coverage: Coverage { found: 11, required: 18 },
            contradictions: 3,
            needs_review: 2,
            parts_read: 212,
            unreadable: 1,
        },
        documents: documents(),
        sections,
        facts: ledger.facts,
        calcs: ledger.calcs,
        citations: ledger.citations,
    }
}

/// The brief report with sentences of a model whose names try to be markup; a section of which nothing was kept.
pub(crate) fn assisted() -> Report {
    let mut report = brief();
    report.status.engine = Engine::Assisted(Assisted {
        endpoint: "Office | <i>model</i>".to_owned(),
        model: "*llama*-3.1\u{202e}\n# 70b".to_owned(),
        external: false,
        prompt: "section 1".to_owned(),
        kept: 2,
        dropped: 4,
        problem: Some("The model did not answer for <Market>.".to_owned()),
    });
    let sentence = |text: &str, cites: &[&str]| WrittenSentence {
        text: text.to_owned(),
        cites: cites.iter().map(|label| (*label).to_owned()).collect(),
    };
    let sentences = vec![
        sentence("ARR is {{fact:F1}}, and *customers* stay #long.", &["E1", "E2"]),
        sentence("Cash lasts {{calc:C2}}.", &["E7"]),
    ];
    report.sections[1].blocks.insert(0, ReportBlock::Written { sentences, dropped: 1 });
    report.sections[3].blocks.insert(0, ReportBlock::Written { sentences: Vec::new(), dropped: 3 });
    report
}

/// The least report: nothing was found.
pub(crate) fn empty() -> Report {
    let whole = brief();
    Report {
        documents: Vec::new(),
        sections: Vec::new(),
        facts: Vec::new(),
        calcs: Vec::new(),
        citations: Vec::new(),
        ..whole
    }
}

fn prepared_at() -> DateTime<Utc> {
    "2026-11-14T09:30:15Z".parse().unwrap()
}

fn june() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 6, 30).unwrap()
}

fn version(number: usize) -> DocumentVersion {
    DocumentVersion::of(&[format!("document {number}").as_bytes()])
}

const NAMES: [(&str, DocumentRole, Option<DocumentKind>, &str); 6] = [
    (
        "Northwind_Deck_v2.pdf",
        DocumentRole::Deck,
        Some(DocumentKind::Pdf),
        "Read 22 pages, 3 by OCR (0.91); page 7: a chart is a picture.",
    ),
    ("financial model 2025.xlsx", DocumentRole::Model, Some(DocumentKind::Xlsx), "Read 9 sheets."),
    ("Jahresabschluss 2024 – geprüft.pdf", DocumentRole::Accounts, Some(DocumentKind::Pdf), "Read 34 pages."),
    ("cap table.csv", DocumentRole::CapTable, Some(DocumentKind::Csv), "Read 1 sheet."),
    ("<b>contract</b> | final_[signed]*.docx", DocumentRole::Contract, Some(DocumentKind::Docx), "Read 1 text."),
    ("scan_0001.pdf", DocumentRole::Other, None, "It is encrypted; ask for a copy without password."),
];

fn documents() -> Vec<DocumentEntry> {
    NAMES
        .iter()
        .enumerate()
        .map(|(at, (name, role, kind, reading))| DocumentEntry {
            version: version(at),
            name: (*name).to_owned(),
            kind: *kind,
            role: *role,
            reading: (*reading).to_owned(),
        })
        .collect()
}

#[derive(Default)]
struct Ledger {
    facts: Vec<FactEntry>,
    calcs: Vec<CalcEntry>,
    citations: Vec<CitationEntry>,
}

impl Ledger {
    fn cite(&mut self, quote: &str) -> String {
        let number = self.citations.len();
        let label = format!("E{}", number + 1);
        let place = place(number, quote);
        let name = NAMES[number % 5].0;
        self.citations.push(CitationEntry {
            label: label.clone(),
            shown: format!("{name}, {}", place.locator()),
            place,
        });
        label
    }

    fn fact(&mut self, metric: &str, value: i64, half_step: i64, unit: Unit, subject: Subject) -> String {
        let figure = Figure { value: value.into(), half_step: half_step.into(), unit };
        let cite = self.cite(&format!("{metric} of {}", figure.show()));
        let label = format!("F{}", self.facts.len() + 1);
        let place = self.citations.last().unwrap().place.clone();
        self.facts.push(FactEntry {
            label: label.clone(),
            shown: figure.show(),
            cite,
            fact: Fact {
                id: FactId::of(&[label.as_bytes()]),
                metric: MetricId::new(metric),
                subject,
                figure,
                period: Period::instant(june()),
                basis: Basis::Actual,
                place,
                extractor: "sheet@1".to_owned(),
                confidence: 0.98,
                needs_review: (self.facts.len() == 2).then(|| "The column has no year.".to_owned()),
            },
        });
        label
    }

    fn euros(&mut self, metric: &str, value: i64, half_step: i64) -> String {
        self.fact(metric, value, half_step, Unit::Money { currency: Some(Currency::EUR) }, Subject::COMPANY)
    }

    /// ARR reckoned from a stated MRR, which has the same label here.
    fn twelve_times(&mut self, input: &str) -> (String, CalcId) {
        let id = CalcId::of(&[b"arr"]);
        let label = format!("C{}", self.calcs.len() + 1);
        let figure = Figure::exact(Decimal::from(3_790_000), Unit::Money { currency: Some(Currency::EUR) });
        self.calcs.push(CalcEntry {
            label: label.clone(),
            shown: figure.show(),
            inputs: vec![input.to_owned()],
            calc: Calc {
                id,
                metric: MetricId::new("arr"),
                formula: "arr.v1".to_owned(),
                expression: "12 × MRR".to_owned(),
                inputs: vec![self.id(input)],
                figure,
                period: Period::instant(june()),
            },
        });
        (label, id)
    }

    fn id(&self, label: &str) -> FactId {
        self.facts.iter().find(|entry| entry.label == label).unwrap().fact.id
    }

    fn cite_of(&self, label: &str) -> String {
        self.facts.iter().find(|entry| entry.label == label).unwrap().cite.clone()
    }
}

fn place(number: usize, quote: &str) -> Place {
    let part = u32::try_from(number % 30 + 1).unwrap();
    let spot = match number % 5 {
        0 | 2 => Spot::PdfBox {
            boxes: vec![Bounds::new(10.0, 20.0, 110.5, 32.0)],
            size: Size { width: 595.0, height: 842.0 },
        },
        1 => Spot::Cell { sheet: Some("MRR".to_owned()), cell: CellRef { row: part, column: 5 } },
        3 => Spot::Cell { sheet: None, cell: CellRef { row: part, column: 1 } },
        _ => Spot::DocxBlock { block: part },
    };
    let length = u32::try_from(quote.chars().count()).unwrap();
    Place { document: version(number % 5), part, span: Span::new(0, length), quote: quote.to_owned(), spot }
}

fn tie_out(ledger: &mut Ledger) -> ReportBlock {
    let rows = [
        (
            "ARR",
            vec![(3_200_000, 0), (3_801_234, 0), (4_200_000, 50_000)],
            Verdict::Contradicted,
            Severity::High,
            "+31.3 %",
        ),
        (
            "Net burn per month",
            vec![(209_114, 0), (212_000, 500), (180_000, 500)],
            Verdict::Contradicted,
            Severity::High,
            "\u{2212}13.9 %",
        ),
        ("Cash", vec![(1_934_220, 0), (1_934_220_000, 500_000)], Verdict::UnitSuspect, Severity::Medium, "×1,000"),
        ("Debt", vec![(400_000, 0), (450_000, 500)], Verdict::PeriodDiffers, Severity::Low, "+12.5 %"),
        ("Revenue", vec![(2_914_000, 0), (2_900_000, 50_000)], Verdict::Confirmed, Severity::Info, "0 %"),
        ("Gross profit", vec![(2_100_000, 0), (2_120_000, 0)], Verdict::Rounding, Severity::Info, "+1.0 %"),
    ];
    let rows = rows.into_iter().map(|(title, statements, verdict, severity, difference)| {
        let mut figures: Vec<String> =
            statements.into_iter().map(|(value, half)| ledger.euros(&title.to_lowercase(), value, half)).collect();
        let mut ids: Vec<FigureId> = figures.iter().map(|label| FigureId::Fact(ledger.id(label))).collect();
        let claim = *ids.last().unwrap();
        if title == "ARR" {
            let (label, id) = ledger.twelve_times(&figures[1]);
            figures.insert(2, label);
            ids.insert(2, FigureId::Calc(id));
        }
        TieOutRow {
            title: title.to_owned(),
            disagreement: Disagreement {
                metric: MetricId::new("arr"),
                period: Period::instant(june()),
                basis: Basis::Actual,
                reference: ids[0],
                claim,
                statements: ids,
                verdict,
                difference: Decimal::new(313, 3),
                severity,
            },
            figures,
            difference: difference.to_owned(),
        }
    });
    ReportBlock::TieOut { rows: rows.collect() }
}

fn traction(ledger: &mut Ledger) -> Section {
    let (arr, burn) = ("F1".to_owned(), "F4".to_owned());
    let cash = "F7".to_owned();
    ledger.calcs.push(CalcEntry {
        label: "C2".to_owned(),
        shown: "9.4\u{a0}months".to_owned(),
        inputs: vec![cash.clone(), burn.clone()],
        calc: Calc {
            id: CalcId::of(&[b"runway"]),
            metric: MetricId::new("runway_m"),
            formula: "runway_m.v1".to_owned(),
            expression: "cash ÷ net burn per month".to_owned(),
            inputs: vec![ledger.id(&cash), ledger.id(&burn)],
            figure: Figure::exact(Decimal::new(943, 2), Unit::Months),
            period: Period::instant(june()),
        },
    });
    let customers = ledger.fact("customers", 134, 0, Unit::Count, Subject::COMPANY);
    let nameless = ledger.fact("arpa", 999, 0, Unit::Money { currency: None }, Subject::COMPANY);
    let rival = Subject { kind: SubjectKind::Competitor, name: Some("Kelp & Co".to_owned()) };
    let theirs = ledger.fact("customers", 5_400, 50, Unit::Count, rival);
    let row = |title: &str, figure: &str, cites: Vec<String>, note: Option<&str>| FigureRow {
        metric: MetricId::new("m"),
        title: title.to_owned(),
        figure: figure.to_owned(),
        cites,
        note: note.map(str::to_owned),
    };
    let rows = vec![
        row(
            "Annual recurring revenue",
            &arr,
            vec![ledger.cite_of(&arr), ledger.cite_of("F2")],
            Some("Stated in three documents."),
        ),
        row("Runway", "C2", vec![ledger.cite_of(&cash), ledger.cite_of(&burn)], None),
        row("Highest statement of ARR", "F3", vec![ledger.cite_of("F3")], None),
        row("Customers", &customers, vec![ledger.cite_of(&customers)], None),
        row("Revenue per account", &nameless, vec![ledger.cite_of(&nameless)], None),
        row("Customers", &theirs, vec![ledger.cite_of(&theirs)], None),
    ];
    let pricing = ledger.cite("Plans start at €490 a month and user.\nAnnual plans are paid in advance; the list price has not changed since 2023.");
    let churn = ledger.cite("In the last twelve months 9 of 134 customers left, six of them in their first year.");
    Section {
        id: "traction".to_owned(),
        title: "Traction".to_owned(),
        blocks: vec![
            ReportBlock::Paragraph {
                text: "ARR was {{fact:F1}} at 30 Jun 2025 {{cite:E1}}, 31.3 % below the deck's {{fact:F3}} {{cite:E3}}. At the burn of the accounts the cash lasts {{calc:C2}}.".to_owned(),
            },
            ReportBlock::Figures { rows },
            ReportBlock::Excerpts {
                items: vec![
                    Excerpt { cite: pricing, topic: "Pricing".to_owned() },
                    Excerpt { cite: churn, topic: "Churn".to_owned() },
                ],
            },
            checks(),
            gaps(),
            questions(),
        ],
    }
}

fn checks() -> ReportBlock {
    let check = |rule: &str, title: &str, outcome, detail: &str, severity| Check {
        rule: rule.to_owned(),
        title: title.to_owned(),
        outcome,
        detail: detail.to_owned(),
        severity,
    };
    ReportBlock::Checks {
        items: vec![
            check(
                "V-020",
                "ARR is twelve times MRR",
                Outcome::Fail,
                "ARR is {{fact:F1}} {{cite:E1}}, twelve times MRR is {{fact:F2}} {{cite:E2}}.",
                Severity::High,
            ),
            check(
                "V-031",
                "Cash flow ends at the cash of the balance sheet",
                Outcome::Pass,
                "Both are {{fact:F7}} {{cite:E7}}.",
                Severity::Blocker,
            ),
            check("V-044", "Headcount agrees with payroll", Outcome::NotApplicable, "", Severity::Low),
        ],
    }
}

fn gaps() -> ReportBlock {
    let gap = |title: &str| Gap {
        item: "nrr".to_owned(),
        title: title.to_owned(),
        searched: "All 5 readable documents, by the names “net revenue retention”, “NRR”, “NDR”.".to_owned(),
    };
    ReportBlock::Gaps { items: vec![gap("Net revenue retention"), gap("Customer acquisition cost")] }
}

fn questions() -> ReportBlock {
    let question = |text: &str, reason, priority| Question { text: text.to_owned(), reason, priority };
    ReportBlock::Questions {
        items: vec![
            question(
                "The deck gives ARR of {{fact:F3}} {{cite:E3}}, the accounts {{fact:F1}} {{cite:E1}}. Which contracts make the difference?",
                Reason::Disagreement,
                1,
            ),
            question(
                "Please send the customer list with start dates and monthly fees, so that net revenue retention can be reckoned.",
                Reason::Gap,
                2,
            ),
        ],
    }
}

fn hostile(ledger: &mut Ledger) -> Section {
    let mut items: Vec<Excerpt> = HOSTILE
        .iter()
        .enumerate()
        .map(|(at, quote)| Excerpt { cite: ledger.cite(quote), topic: format!("Topic *{at}* | <i>") })
        .collect();
    items.push(Excerpt { cite: ledger.cite(&"x".repeat(5_000)), topic: String::new() });
    items.push(Excerpt { cite: ledger.cite(""), topic: "Empty".to_owned() });
    Section {
        id: "hostile".to_owned(),
        title: "Contracts & <terms> | *all*".to_owned(),
        blocks: vec![
            ReportBlock::Paragraph {
                text: "Text that {{looks}} like #markup, $1 and *that* | <b>stays</b> {{fact:F1}}.".to_owned(),
            },
            ReportBlock::Excerpts { items },
        ],
    }
}

fn long_tables(ledger: &mut Ledger) -> Section {
    let rows = (0..70).map(|at| {
        let figure = ledger.euros(&format!("line {at}"), 1_000_000 / (at + 1) * if at % 7 == 3 { -1 } else { 1 }, 0);
        FigureRow {
            metric: MetricId::new("line"),
            title: format!("Line {} of the profit and loss account", at + 1),
            cites: vec![ledger.cite_of(&figure)],
            figure,
            note: None,
        }
    });
    Section {
        id: "financials".to_owned(),
        title: "Financials".to_owned(),
        blocks: vec![ReportBlock::Figures { rows: rows.collect() }],
    }
}

fn closing() -> Section {
    let mut quarterly = Period::ending(PeriodKind::Quarter, june());
    quarterly.end = None;
    assert!(!quarterly.is_known());
    Section { id: "questions".to_owned(), title: "Questions".to_owned(), blocks: vec![questions()] }
}
