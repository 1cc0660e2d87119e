//! How a report looks: formats that know documents, numbers and findings, but no particular report.
//!
//! A command hands over plain data (`serde::Serialize`) for JSON, and a [`Document`] of headings, facts
//! and tables for the terminal. A further format is one file here and one arm of [`Format`].

mod diagram;
mod document;
mod dot;
mod findings;
mod json;
mod mermaid;
mod numbers;
pub mod snapshot;
mod text;
mod validation;

pub use diagram::{Diagram, DiagramEdge, DiagramNode, Shape, Stroke};
pub use document::{Block, Column, Document, Fact, Kind, Table, Tone};
pub use dot::to_dot;
pub use findings::{Counts, FindingRow};
pub use json::to_json;
pub use mermaid::to_mermaid;
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
