//! The words of the pipeline: what is read ([`Document`]), where it stands ([`Place`]), what it says ([`Fact`]), what we
//! reckon from it ([`Calc`]), what is wrong or missing ([`Disagreement`], [`Check`], [`Gap`], [`Question`]), and how it
//! is told ([`Report`]).
//!
//! Invariants: no IO, no clock, no randomness. Every fact has a place, every place has a quote, and the quote is the
//! part's text at the place's span. Numbers are decimal. Ids of facts and calculations follow from what they are made
//! of, so the same documents give the same ledger.

mod document;
mod fact;
mod figure;
mod finding;
mod geometry;
mod id;
mod layout;
mod period;
mod place;
mod placeholder;
mod reading;
mod report;
mod sound;

pub use document::{Document, DocumentKind, Part};
pub use fact::{Basis, Calc, Fact, Subject, SubjectKind};
pub use figure::{Currency, Figure, Unit};
pub use finding::{Check, Disagreement, FigureId, Gap, Outcome, Question, Reason, Severity, Verdict};
pub use geometry::{Bounds, Size, Span};
pub use id::{CalcId, DocumentVersion, FactId, MetricId};
pub use layout::{
    Block, BlockKind, CellRef, CellValue, FlowLayout, Layout, PageLayout, Shape, ShapeKind, SheetCell, SheetLayout,
    SlideLayout, Surface, Table, TableCell, TextSource, Word,
};
pub use period::{Period, PeriodKind};
pub use place::{Place, Spot};
pub use placeholder::{Run, runs};
pub use reading::{Reading, Unread};
pub use report::{
    Assisted, CalcEntry, CitationEntry, Coverage, DocumentEntry, DocumentRole, Engine, Excerpt, FactEntry, FigureRow,
    Report, ReportBlock, Section, Status, TemplateName, TieOutRow, WrittenSentence,
};
