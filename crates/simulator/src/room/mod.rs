//! A startup as the files of a data room, and the truth of what stands in them. Layouts, words and the form of numbers
//! are drawn from the seed, so that whoever reads the rooms must understand them and cannot learn one form by heart.
//!
//! Invariants: the same seed gives the same bytes; each figure of the truth stands in the file at the place that is named.

pub mod deck;
pub mod metric;
pub mod number;
pub mod paper;
pub mod sheet;
pub mod teller;
pub mod text;
pub mod tongue;
pub mod truth;

use std::path::Path;

use rust_xlsxwriter::Color;
use serde_json::Value;

use crate::defect::{Defect, Lies, contradictions};
use crate::render::RenderError;
use crate::startup::{Dice, DrawError, Industry, Locale, Startup};
use paper::scan::Grade;
use paper::tree::{Paper, Part};
use paper::{accounts, letters};
use sheet::grid::Sheet;
use teller::Teller;
use tongue::Tongue;
use truth::{Place, Placed};

/// Why a room could not be made. Nothing has been written then.
#[derive(Debug, thiserror::Error)]
pub enum RoomError {
    /// No company was drawn.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// A list of words is broken.
    #[error("the simulator's words are broken: {0}")]
    Words(#[from] toml::de::Error),
    /// A file could not be made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A workbook could not be made.
    #[error("the workbook was not made: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A package of XML could not be made.
    #[error("the presentation was not made: {0}")]
    Package(#[from] zip::result::ZipError),
    /// A file could not be written, or a program not run.
    #[error("the room was not made: {0}")]
    Io(#[from] std::io::Error),
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// The deck or its short form.
    Deck,
    /// The financial model.
    Model,
    /// The cap table.
    CapTable,
    /// An export of a program.
    Export,
    /// The memo.
    Memo,
    /// A contract.
    Contract,
    /// The annual accounts, printed or scanned.
    Accounts,
}

/// A file of a room with what it states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path in the room, with `/` between folders.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What it is.
    pub kind: FileKind,
    /// The figures in it.
    pub placed: Vec<Placed>,
    /// What a rule must report, and where.
    pub flags: Vec<(&'static str, Place)>,
}

/// A room.
#[derive(Debug, Clone)]
pub struct Room {
    /// The company.
    pub startup: Startup,
    /// Its files.
    pub files: Vec<File>,
}

/// What to make.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What everything is drawn from.
    pub seed: u64,
    /// The industry.
    pub industry: Industry,
    /// The locale.
    pub locale: Locale,
    /// What is wrong in it.
    pub defects: Vec<Defect>,
}

/// What all files of a room are made from.
pub(crate) struct Desk<'a> {
    startup: &'a Startup,
    lies: &'a Lies,
    /// The words of the room's folders and file names.
    names: Tongue,
}

impl Desk<'_> {
    /// The draws of a document.
    fn dice(&self, document: &str) -> Dice {
        let startup = self.startup;
        Dice::new(startup.seed, &format!("{}/{}/{document}", startup.industry.name(), startup.locale.name()))
    }

    /// The words of a document.
    fn tongue(&self, document: &str) -> Result<Tongue, RoomError> {
        Tongue::draw(self.startup.locale, &mut self.dice(&format!("{document}/words")))
    }
}

impl Room {
    /// Makes a room.
    ///
    /// # Errors
    ///
    /// If the company cannot be drawn or a file cannot be made.
    pub fn make(wish: &Wish) -> Result<Self, RoomError> {
        let startup = Startup::draw(wish.seed, wish.industry, wish.locale)?;
        let lies = Lies::draw(&startup, &wish.defects);
        let names = Tongue::draw(wish.locale, &mut Dice::new(wish.seed, "room/names"))?;
        let desk = Desk { startup: &startup, lies: &lies, names };
        let mut files = desk.decks()?.to_vec();
        files.extend([desk.model()?, desk.cap_table()?]);
        files.extend(desk.exports()?);
        files.extend(desk.letters()?);
        files.extend(desk.accounts()?);
        Ok(Self { startup, files })
    }

    /// The lines of `truth.jsonl`.
    pub fn truth(&self) -> Vec<Value> {
        let lines = self.files.iter().flat_map(|file| file.placed.iter().map(|placed| placed.line(&file.path)));
        lines.collect()
    }

    /// The lines of `contradictions.jsonl`.
    pub fn contradictions(&self) -> Vec<Value> {
        contradictions(&self.files)
    }

    /// Writes the files into a folder, and `truth.jsonl` and `contradictions.jsonl` beside them.
    ///
    /// # Errors
    ///
    /// If a file cannot be written. What was written before stays.
    pub fn write(&self, folder: &Path) -> Result<(), RoomError> {
        for file in &self.files {
            let path = folder.join(&file.path);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, &file.bytes)?;
        }
        std::fs::write(folder.join("truth.jsonl"), lines(&self.truth()))?;
        std::fs::write(folder.join("contradictions.jsonl"), lines(&self.contradictions()))?;
        Ok(())
    }
}

/// One JSON object a line.
fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

impl Desk<'_> {
    fn book(&self, path: String, kind: FileKind, sheets: &[Sheet]) -> Result<File, RoomError> {
        let theme = self.dice("theme").one_of(0x0012_2B4A, &[0x0014_5A4C, 0x0057_2B6E, 0x0030_3030, 0x009C_3D1F]);
        let bytes = sheet::xlsx::workbook(&self.startup.legal_name(), sheets, Color::RGB(theme))?;
        let placed = sheets.iter().flat_map(|sheet| sheet.placed(true)).collect();
        Ok(File { path, bytes, kind, placed, flags: Vec::new() })
    }

    /// The deck and a short one, one of them a PDF and the other a PPTX.
    fn decks(&self) -> Result<[File; 2], RoomError> {
        let pdf_is_full = self.dice("decks").coin();
        Ok([self.deck("deck_file", true, pdf_is_full)?, self.deck("short_file", false, !pdf_is_full)?])
    }

    fn deck(&self, name: &str, full: bool, is_pdf: bool) -> Result<File, RoomError> {
        let tongue = self.tongue(name)?;
        let mut dice = self.dice(name);
        let teller = self.teller(&tongue, &mut dice, "deck");
        let theme = deck::Theme::draw(&mut dice);
        let deck = if full { deck::full(&teller, &mut dice) } else { deck::short(&teller, &mut dice) };
        let bytes = if is_pdf { deck::as_pdf(&deck, theme)? } else { deck::as_pptx(&deck, theme)? };
        Ok(File {
            path: self.path("pitch", name, if is_pdf { "pdf" } else { "pptx" }, &[]),
            bytes,
            kind: FileKind::Deck,
            placed: deck.placed(),
            flags: deck.hidden().into_iter().map(|place| ("RF-049", place)).collect(),
        })
    }

    fn model(&self) -> Result<File, RoomError> {
        let tongue = self.tongue("model")?;
        let sheets = sheet::model::model(self.startup, &tongue, self.lies, &mut self.dice("model"));
        self.book(self.path("financials", "model_file", "xlsx", &[]), FileKind::Model, &sheets)
    }

    fn cap_table(&self) -> Result<File, RoomError> {
        let tongue = self.tongue("cap_table")?;
        let table = sheet::cap_table::cap_table(self.startup, &tongue, self.lies, &mut self.dice("cap_table"));
        let path = self.path("legal", "cap_table_file", "xlsx", &[]);
        let mut file = self.book(path, FileKind::CapTable, &table.sheets)?;
        file.flags.extend(table.omitted.map(|place| ("V-041", place)));
        Ok(file)
    }

    fn exports(&self) -> Result<Vec<File>, RoomError> {
        let tongue = self.tongue("exports")?;
        let mut dice = self.dice("exports");
        let customers = sheet::csv::customers(self.startup, &tongue, &mut dice);
        let months = sheet::csv::months(self.startup, &tongue, &mut dice);
        let file = |name: &str, export: sheet::csv::Export| File {
            path: self.path("commercial", name, "csv", &[]),
            bytes: export.bytes,
            kind: FileKind::Export,
            placed: export.placed,
            flags: Vec::new(),
        };
        let customers = customers.map(|export| file("customers_file", export));
        Ok(customers.into_iter().chain([file("months_file", months)]).collect())
    }

    /// Memo, contract with the largest customer, promise of shares.
    fn letters(&self) -> Result<Vec<File>, RoomError> {
        let tongue = self.tongue("letters")?;
        let mut dice = self.dice("letters");
        let teller = self.teller(&tongue, &mut dice, "memo");
        let memo = letters::memo(&teller, &mut dice);
        let hidden = memo.parts.iter().any(|part| matches!(part, Part::Hidden(_)));
        let paper = |paper: &Paper, path: String, kind| -> Result<File, RoomError> {
            let bytes = paper::as_docx(paper)?;
            Ok(File { path, bytes, kind, placed: paper.placed(false), flags: Vec::new() })
        };
        let mut memo = paper(&memo, self.path("pitch", "memo_file", "docx", &[]), FileKind::Memo)?;
        if hidden {
            memo.flags.push(("RF-049", Place::Text));
        }
        let mut files = vec![memo];
        if let Some((contract, customer)) = letters::contract(&teller) {
            let customer = customer.replace('/', " ");
            let path = self.path("commercial", "contract_file", "docx", &[("party", &customer)]);
            files.push(paper(&contract, path, FileKind::Contract)?);
        }
        let holder = self.startup.funding.convertible.holder.as_str();
        let name = if self.startup.funding.convertible.interest.is_zero() { "promise_file" } else { "note_file" };
        let path = self.path("legal", name, "docx", &[("party", holder)]);
        files.push(paper(&letters::promise(&teller), path, FileKind::Contract)?);
        Ok(files)
    }

    /// The accounts of the last year as they are printed, and a scan of those of the year before if there is one.
    fn accounts(&self) -> Result<Vec<File>, RoomError> {
        let years = self.startup.past_years();
        let last = years.last().copied().unwrap_or_default();
        let printed = self.printed("accounts_file", last)?;
        let scanned = years.iter().rev().nth(1).copied().unwrap_or(last);
        let mut scan = self.printed("scan_file", scanned)?;
        let mut dice = self.dice("scan");
        let grade = dice.one_of(Grade::Clean, &[Grade::Worn, Grade::Poor]);
        scan.bytes = paper::scan::scan(&scan.bytes, grade, &mut dice)?;
        Ok(vec![printed, scan])
    }

    fn printed(&self, name: &str, year: i32) -> Result<File, RoomError> {
        let tongue = self.tongue(name)?;
        let mut dice = self.dice(name);
        let teller = self.teller(&tongue, &mut dice, "accounts");
        let accounts = accounts::accounts(&teller, year, &mut dice);
        Ok(File {
            path: self.path("financials", name, "pdf", &[("year", &year.to_string())]),
            bytes: paper::as_pdf(&accounts)?,
            kind: FileKind::Accounts,
            placed: accounts.placed(true),
            flags: Vec::new(),
        })
    }

    fn teller<'t>(&'t self, tongue: &'t Tongue, dice: &mut Dice, document: &'static str) -> Teller<'t> {
        let notation = number::Notation::draw(self.startup.locale, dice);
        Teller { startup: self.startup, tongue, notation, lies: self.lies, document }
    }

    /// The path of a file: a folder and a name by their phrases.
    fn path(&self, folder: &str, name: &str, extension: &str, blanks: &[(&str, &str)]) -> String {
        let company = [("company", self.startup.name.as_str())];
        let blanks: Vec<(&str, &str)> = company.into_iter().chain(blanks.iter().copied()).collect();
        format!("{}/{}.{extension}", self.names.say(&format!("folder_{folder}")), self.names.fill(name, &blanks))
    }
}
