//! A startup as the files of a data room, and the truth of what stands in them. Layouts, words and the form of numbers
//! are drawn from the seed, so that whoever reads the rooms must understand them and cannot learn one form by heart.
//!
//! Invariants: the same seed gives the same bytes; each figure of the truth stands in the file at the place that is named.

pub mod metric;
pub mod number;
pub mod sheet;
pub mod tongue;
pub mod truth;

use rust_xlsxwriter::Color;
use serde_json::Value;

use crate::defect::{Defect, Lies, contradictions};
use crate::render::RenderError;
use crate::startup::{Dice, DrawError, Industry, Locale, Startup};
use sheet::grid::Sheet;
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
        let mut files = vec![desk.model()?, desk.cap_table()?];
        files.extend(desk.exports()?);
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
}

impl Desk<'_> {
    fn book(&self, path: String, kind: FileKind, sheets: &[Sheet]) -> Result<File, RoomError> {
        let theme = self.dice("theme").one_of(0x0012_2B4A, &[0x0014_5A4C, 0x0057_2B6E, 0x0030_3030, 0x009C_3D1F]);
        let bytes = sheet::xlsx::workbook(&self.startup.legal_name(), sheets, Color::RGB(theme))?;
        let placed = sheets.iter().flat_map(|sheet| sheet.placed(true)).collect();
        Ok(File { path, bytes, kind, placed, flags: Vec::new() })
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

    /// The path of a file: a folder and a name by their phrases.
    fn path(&self, folder: &str, name: &str, extension: &str, blanks: &[(&str, &str)]) -> String {
        let company = [("company", self.startup.name.as_str())];
        let blanks: Vec<(&str, &str)> = company.into_iter().chain(blanks.iter().copied()).collect();
        format!("{}/{}.{extension}", self.names.say(&format!("folder_{folder}")), self.names.fill(name, &blanks))
    }
}
