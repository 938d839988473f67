//! Reads figures out of the parts of a document, one small extractor a kind of writing.

mod cap_table;
mod cards;
mod cells;
mod claims;
mod columns;
mod customers;
mod grid;
mod key_value;
mod label;
mod margins;
mod prose;
mod scale;
mod stacked;
mod statement;

pub use cap_table::cap_table;
pub use cards::cards;
pub use cells::{Grid, grids};
pub use claims::claims;
pub use customers::customers;
pub use grid::grid;
pub use key_value::key_values;
#[cfg(test)]
pub use label::metric_of;
pub use prose::prose;
