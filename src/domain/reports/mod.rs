//! Owns `reports` and `report_exports`: the versions of a deal's report, and the files made of them.
//!
//! Invariants:
//! - A version is never changed; the database refuses it. Its number counts up within its deal.
//! - A version is written in the transaction that ends the run that made it.
//! - An export is made once for a version and a format; the same version gives the same bytes.
//! - That a report was opened, had made into a file, or taken away is recorded.
//!
//! `exporting` makes the files, `overseeing` is for the console, which reads none, `versions` is what runs and the search
//! use of a version. Called by http, the worker and `runs`.

mod exporting;
mod model;
mod overseeing;
mod service;
mod store;
#[cfg(test)]
mod tests;
mod versions;

pub use model::{Export, NewVersion, Report, ReportFile, ReportHeader, ReportList, ReportView, Summary};
pub use service::Reports;
pub use versions::{CitedPages, Latest};
