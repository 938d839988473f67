//! Made-up companies with known truth, rendered as the files of data rooms.
//!
//! One company is fixed: [`Company`] is the truth, [`Planted`] what the files say instead, `render` makes the files,
//! [`Truth`] tells a test what a reader of the files should find, and [`demo_room`] is the room that stands in `demo/` at
//! the repository's root. All others are drawn from a seed: [`startup`] is the truth, [`defect`] what the files say
//! instead, [`room`] makes the files and says what stands where. For development and tests only; no other crate of the
//! product depends on it.

mod company;
pub mod defect;
mod demo;
mod planted;
mod render;
pub mod room;
pub mod startup;
mod truth;

pub use company::{
    Balance, Bridge, CapTable, Company, Customer, Department, Holder, Month, MonthBooks, Plan, ROUND_SIZE, Round, Span,
    headcount,
};
pub use demo::{RoomFile, demo_room, write_demo};
pub use planted::{DeckClaims, Planted, TypedTotal};
pub use render::{RenderError, accounts_pdf, cap_table_xlsx, contract_docx, customer_list_csv, deck_pdf, model_xlsx};
pub use truth::{Contradiction, Expected, Gap, Stated, Truth, Verdict};
