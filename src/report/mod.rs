//! How a report looks: formats that know documents, numbers and findings, but no particular report.
//!
//! A command hands over plain data (`serde::Serialize`) for JSON, and a [`Document`] of headings, facts
//! and tables for the terminal. A further format is one file here and one arm of [`Format`].

mod document;
mod findings;
mod json;
mod numbers;
pub mod snapshot;
mod text;
mod validation;

pub use document::{Block, Column, Document, Fact, Kind, Table, Tone};
pub use findings::{Counts, FindingRow};
pub use json::to_json;
pub use numbers::{bar, clock, grouped, money, number, percent, plural};
pub use text::{Style, to_text};
pub use validation::ValidationReport;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For reading in a terminal.
    #[default]
    Table,
    /// For programs: everything, in full.
    Json,
}
