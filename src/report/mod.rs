//! How a report looks: formats that know documents, numbers and findings, but no particular report.
//!
//! A command hands over what [`Show`] asks for: plain data as JSON, a [`Document`] of headings, facts and tables, its
//! findings, a [`Sheet`] of rows, and [`Picture`]s. A further format is one file here, one row of [`Format::ALL`] and
//! one arm of [`write()`].

mod csv;
mod diagram;
mod document;
mod dot;
mod findings;
mod format;
mod github;
mod html;
mod json;
mod markdown;
mod mermaid;
mod numbers;
mod picture;
mod place;
mod sarif;
pub mod snapshot;
mod text;
mod validation;
mod yaml;

pub use self::csv::{Sheet, to_csv};
pub use diagram::{Diagram, DiagramEdge, DiagramNode, Shape, Stroke};
pub use document::{Block, Column, Document, Fact, Kind, Table, Tone};
pub use dot::to_dot;
pub use findings::{Counts, FindingRow};
pub use format::{Format, Setting, Show, write};
pub use github::to_github;
pub use json::to_json;
pub use markdown::{MAX_CHARACTERS, to_markdown};
pub use mermaid::to_mermaid;
pub use numbers::{bar, clock, grouped, hex, money, number, percent, plural};
pub use picture::{Bar, BarRow, Bars, Change, ChangeRow, Lane, Picture, Timeline};
pub use place::Place;
pub use sarif::to_sarif;
pub use text::{Style, to_text};
pub use validation::ValidationReport;
pub use yaml::to_yaml;
