//! Owns `deals` and `deal_members`: the companies that the fund looks at, and who may open each.
//!
//! Invariants:
//! - A deal's name is sealed with the deal's own key; that key is on disk before the row is.
//! - Who is not a member is told that the deal is not there; a system role opens no deal.
//! - A deal always has an owner. Whoever creates it owns it.
//! - A change names the version that it is based on; two people never overwrite each other unseen.
//!
//! `catalogue` keeps decrypted headers in memory for lists, `import` reads CSV files.
//! This is the golden domain: others copy its shape. Called by http.

mod catalogue;
mod import;
mod model;
mod service;
mod store;
#[cfg(test)]
mod tests;

pub use import::{ImportMode, ImportReport, ImportRow};
pub use model::{
    DealChange, DealFilter, DealList, DealSort, DealSummary, DealView, Industry, Member, MemberRole, NewDeal, Stage,
};
pub use service::Deals;
