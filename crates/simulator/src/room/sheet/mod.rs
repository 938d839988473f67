//! Workbooks and exports.

pub mod cap_table;
pub mod csv;
pub mod grid;
pub mod lines;
pub mod model;
pub mod xlsx;
