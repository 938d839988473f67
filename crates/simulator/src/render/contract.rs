//! The contract with the largest customer as a Word document: headings, numbered clauses, a table of fees.

use std::io::Cursor;

use docx_rs::{AlignmentType, Docx, Paragraph, Run, RunFonts, Style, StyleType, Table, TableCell, TableRow, WidthType};
use rust_decimal::Decimal;

use super::RenderError;
use super::amount::euros;
use crate::{Company, Month};

/// The master subscription agreement with the largest customer.
///
/// # Errors
///
/// If the document cannot be made.
pub fn contract_docx(company: &Company) -> Result<Vec<u8>, RenderError> {
    let customer = company.largest_customer(Month::CUT_OFF).map(|customer| customer.name).unwrap_or_default();
    let mut document = Docx::new()
        .created_at("2026-06-01T09:00:00Z")
        .updated_at("2026-06-01T09:00:00Z")
        .default_fonts(RunFonts::new().ascii("Calibri").hi_ansi("Calibri"))
        .default_size(21)
        .add_style(heading("Title", "Title", 36))
        .add_style(heading("Heading1", "heading 1", 26))
        .add_paragraph(styled("Title", "Master Subscription Agreement"))
        .add_paragraph(text(&format!(
            "between {}, Lindenhagener Straße 14, 10405 Berlin, Germany (“Provider”) and {customer}, Am Ostkai 3, 28217 \
             Bremen, Germany (“Customer”). Contract no. MSA-2024-017, effective 1 June 2026; it replaces the order form \
             of 1 February 2024.",
            company.name
        )));
    for (name, clauses) in SECTIONS {
        document = document.add_paragraph(styled("Heading1", name));
        for clause in *clauses {
            document = document.add_paragraph(text(clause));
        }
        if name.starts_with("3.") {
            document = document.add_table(fees(company)).add_paragraph(text(FEES_NOTE));
        }
    }
    document = document.add_paragraph(styled("Heading1", "Signatures")).add_table(signatures(company.name, customer));
    let mut bytes = Cursor::new(Vec::new());
    document.build().pack(&mut bytes).map_err(|error| RenderError::Word(error.to_string()))?;
    Ok(bytes.into_inner())
}

fn heading(id: &str, name: &str, size: usize) -> Style {
    Style::new(id, StyleType::Paragraph).name(name).size(size).bold().color("122B4A")
}

fn styled(style: &str, words: &str) -> Paragraph {
    Paragraph::new().style(style).add_run(Run::new().add_text(words))
}

fn text(words: &str) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(words)).align(AlignmentType::Both)
}

fn cell(words: &str, width: usize, bold: bool) -> TableCell {
    let run = Run::new().add_text(words);
    let run = if bold { run.bold() } else { run };
    TableCell::new().width(width, WidthType::Dxa).add_paragraph(Paragraph::new().add_run(run))
}

fn row(cells: [&str; 4], bold: bool) -> TableRow {
    let widths = [3_900, 1_700, 1_700, 1_800];
    TableRow::new(cells.into_iter().zip(widths).map(|(words, width)| cell(words, width, bold)).collect())
}

/// The fees add up to what the customer pays in the truth.
fn fees(company: &Company) -> Table {
    let monthly = company.largest_customer(Month::CUT_OFF).map(|customer| customer.mrr(Month::CUT_OFF));
    let monthly = monthly.unwrap_or_default();
    let (sites, forecasting) = (Decimal::from(14_000), Decimal::from(9_000));
    let line = |fee: Decimal| (euros(fee), euros(fee * Decimal::from(3)), euros(fee * Decimal::from(12)));
    let rows = [
        ("Northwind Audit, Enterprise (invoice volume up to 4.5m a year)", line(monthly - sites - forecasting)),
        ("Additional sites (28 sites at €500)", line(sites)),
        ("Northwind Forecast module", line(forecasting)),
    ];
    let mut table = vec![row(["Service", "Per month", "Per quarter", "Per year"], true)];
    table.extend(rows.iter().map(|(name, (month, quarter, year))| row([name, month, quarter, year], false)));
    let (month, quarter, year) = line(monthly);
    table.push(row(["Total subscription fees", &month, &quarter, &year], true));
    Table::new(table).set_grid(vec![3_900, 1_700, 1_700, 1_800])
}

fn signatures(provider: &str, customer: &str) -> Table {
    let side = |name: &str, place: &str, person: &str| {
        let lines = [name, place, person];
        lines.into_iter().fold(TableCell::new().width(4_500, WidthType::Dxa), |cell, line| {
            cell.add_paragraph(Paragraph::new().add_run(Run::new().add_text(line)))
        })
    };
    let provider = side(provider, "Berlin, 21 May 2026", "Dr. Jule Marwedel, Managing Director");
    let customer = side(customer, "Bremen, 26 May 2026", "Henrike Solltau, Member of the Board");
    Table::new(vec![TableRow::new(vec![provider, customer])])
}

const FEES_NOTE: &str = "All fees are net of statutory VAT and are invoiced quarterly in advance, payable within 30 days. \
     The Provider may raise the fees once per contract year by no more than the change of the German consumer price \
     index.";

const SECTIONS: &[(&str, &[&str])] = &[
    (
        "1. Subject matter",
        &[
            "1.1 The Provider makes available to the Customer the software service Northwind Analytics for the audit of \
             freight invoices and the forecast of freight cost (the “Service”) over the internet for the term of this \
             agreement.",
            "1.2 The Service is available for 99.5 % of each calendar month, measured at the Provider’s network edge. \
             Planned maintenance is excluded if announced three days ahead.",
        ],
    ),
    (
        "2. Data protection and security",
        &[
            "2.1 The parties conclude a data processing agreement under Art. 28 GDPR, attached as Annex 2. All data are \
             stored within the European Union.",
            "2.2 The Provider notifies the Customer of a security incident that affects Customer data within 48 hours.",
        ],
    ),
    ("3. Fees", &["3.1 The Customer pays the following subscription fees:"]),
    (
        "4. Term and renewal",
        &[
            "4.1 This agreement has an initial term of 24 months and ends on 31 May 2028.",
            "4.2 It renews automatically for further periods of 12 months each unless a party gives notice of \
             non-renewal in text form at least 90 days before the end of the then current term.",
        ],
    ),
    (
        "5. Termination",
        &[
            "5.1 Termination for convenience. Notwithstanding clause 4.1, the Customer may terminate this agreement for \
             convenience at any time with 90 days’ notice in writing. Prepaid fees for the time after the termination \
             takes effect are refunded pro rata.",
            "5.2 The right of either party to terminate for good cause remains unaffected. Good cause for the Provider \
             is, in particular, that the Customer is more than 60 days in arrears.",
        ],
    ),
    (
        "6. Change of control",
        &[
            "6.1 The Provider informs the Customer without undue delay if a third party acquires, directly or \
             indirectly, more than 50 % of the shares or voting rights in the Provider, or all or substantially all of \
             its assets (“Change of Control”).",
            "6.2 In the event of a Change of Control the Customer may terminate this agreement with effect from the end \
             of the calendar month that follows the notice, without any compensation. This agreement may not be \
             assigned without the prior written consent of the Customer.",
        ],
    ),
    (
        "7. Liability",
        &[
            "7.1 Either party is liable without limit for intent, gross negligence and injury to life, body or health.",
            "7.2 In all other cases the liability of each party is limited to the foreseeable damage typical for this \
             kind of agreement and, in total for each contract year, to 100 % of the fees paid in the twelve months \
             before the event.",
        ],
    ),
    (
        "8. Intellectual property",
        &["8.1 All rights in the Service remain with the Provider. All rights in Customer data remain with the \
             Customer. The Provider may use Customer data in aggregated and anonymous form to improve the Service."],
    ),
    (
        "9. Final provisions",
        &[
            "9.1 This agreement is governed by the laws of the Federal Republic of Germany; the United Nations \
             Convention on Contracts for the International Sale of Goods does not apply.",
            "9.2 Exclusive place of jurisdiction is Bremen.",
            "9.3 Changes to this agreement, including this clause, must be made in writing.",
        ],
    ),
];
