//! The demo data room: six files that tell one story. The committed copy stands in `demo/` at the repository's root.

use std::path::Path;

use crate::{Company, Planted, RenderError, render};

/// Where the room stands in the folder of the demo.
const ROOM: &str = "room";

/// Where the deck stands in the room.
pub(crate) const DECK: &str = "01 Pitch/Northwind pitch deck.pdf";
/// Where the financial model stands in the room.
pub(crate) const MODEL: &str = "02 Financials/Northwind financial model.xlsx";
/// Where the annual accounts stands in the room.
pub(crate) const ACCOUNTS: &str = "02 Financials/Northwind annual accounts 2025.pdf";
/// Where the cap table stands in the room.
pub(crate) const CAP_TABLE: &str = "03 Cap table/Northwind cap table.xlsx";
/// Where the customer list stands in the room.
pub(crate) const CUSTOMERS: &str = "04 Commercial/Customer list 2026-06-30.csv";
/// Where the largest contract stands in the room.
pub(crate) const CONTRACT: &str = "04 Commercial/Master subscription agreement Halvorsen.docx";

/// A file of a data room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomFile {
    /// Its path within the room, with `/` between folders.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The files of the demo data room, the same bytes each time.
///
/// # Errors
///
/// If a file cannot be made.
pub fn demo_room() -> Result<Vec<RoomFile>, RenderError> {
    let company = Company::northwind();
    let planted = Planted::demo();
    let file = |path: &str, bytes| RoomFile { path: path.to_owned(), bytes };
    Ok(vec![
        file(DECK, render::deck_pdf(&company, &planted)?),
        file(MODEL, render::model_xlsx(&company, &planted)?),
        file(ACCOUNTS, render::accounts_pdf(&company)?),
        file(CAP_TABLE, render::cap_table_xlsx(&company)?),
        file(CUSTOMERS, render::customer_list_csv(&company)),
        file(CONTRACT, render::contract_docx(&company)?),
    ])
}

/// Writes the demo data room into `room/` of a folder and `README.md` beside it; files that are there already are replaced.
///
/// # Errors
///
/// If a file cannot be made or written. What was written before stays.
pub fn write_demo(folder: &Path) -> Result<(), RenderError> {
    for file in demo_room()? {
        let path = folder.join(ROOM).join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, &file.bytes)?;
    }
    std::fs::write(folder.join("README.md"), README)?;
    Ok(())
}

pub(crate) const README: &str = "# Demo data room

Northwind Analytics GmbH is made up, and so are its people, customers, competitors and figures. The files show what a
fund gets from a company that raises a Series A: a deck, a financial model, annual accounts, a cap table, a customer list
and the contract with the largest customer. Upload the folder `room` as one deal, or run
`vcconnect analyze demo/room`.

Some figures are planted: the deck claims more than the other files bear out, and one total of the model is typed in and
does not foot. The truth, what is planted and what must not be flagged stand in `crates/simulator`. The files are made by
code; `cargo xtask demo` makes them anew.
";
