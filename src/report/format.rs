//! The formats by name, and how each is made of what a report shows.

use super::{
    Diagram, Document, FindingRow, Picture, Sheet, Style, html, to_csv, to_dot, to_github, to_markdown, to_mermaid,
    to_sarif, to_text, to_yaml,
};
use crate::error::Error;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Format {
    /// For reading in a terminal.
    #[default]
    Table,
    /// For programs: everything, in full.
    Json,
    /// The same as YAML.
    Yaml,
    /// For a comment of a pull request or the summary of a step.
    Markdown,
    /// For spreadsheets: the rows that the report is about.
    Csv,
    /// Findings as annotations of a GitHub workflow.
    Github,
    /// Findings as SARIF 2.1.0, for code scanning.
    Sarif,
    /// A page with pictures, for a browser.
    Html,
    /// The diagram for Graphviz, where a report has one.
    Dot,
    /// The diagram for Mermaid, where a report has one.
    Mermaid,
}

impl Format {
    /// Every format, with its name and what it is for.
    pub const ALL: [(Self, &'static str, &'static str); 10] = [
        (Self::Table, "table", "for reading in a terminal"),
        (Self::Json, "json", "everything, for programs"),
        (Self::Yaml, "yaml", "the same as YAML"),
        (Self::Markdown, "markdown", "for a comment on a pull request; under 65,536 characters"),
        (Self::Csv, "csv", "the rows alone, for a spreadsheet: one per assignment, agent, conflict, …"),
        (Self::Github, "github", "findings as workflow annotations, at most 10 of a kind"),
        (Self::Sarif, "sarif", "findings as SARIF 2.1.0, for code scanning"),
        (Self::Html, "html", "a page with pictures, for a browser; needs no network"),
        (Self::Dot, "dot", "the network for Graphviz (`map`)"),
        (Self::Mermaid, "mermaid", "the network for Mermaid, as much as GitHub draws (`map`)"),
    ];

    /// The format of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|f| f.1 == name).map(|f| f.0)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|f| f.0 == self).map_or("", |f| f.1)
    }

    /// True where only a report with a diagram has it.
    pub fn is_drawn(self) -> bool {
        matches!(self, Self::Dot | Self::Mermaid)
    }
}

/// What a report hands to the formats: plain data with names, and nothing of how it looks.
pub trait Show {
    /// The command's name.
    fn command(&self) -> &'static str;
    /// Everything, as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Internal`] where there is no JSON of it, which is a fault of the report.
    fn json(&self) -> Result<String, Error>;
    /// What a person wants to know, what matters most first.
    fn document(&self) -> Document;
    /// What the user is told about.
    fn findings(&self) -> &[FindingRow];
    /// The rows that the report is about, in full.
    fn sheet(&self) -> Sheet;
    /// The document laid out for a terminal.
    fn text(&self, style: Style) -> String {
        to_text(&self.document(), style)
    }
    /// How it hangs together, where it is about that.
    fn diagram(&self) -> Option<Diagram> {
        None
    }
    /// What a page draws.
    fn pictures(&self) -> Vec<Picture> {
        Vec::new()
    }
}

/// What the formats need to know beside the report.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// How a table may look.
    pub style: Style,
    /// What a code of a finding stands for.
    pub meaning: fn(&str) -> Option<&'static str>,
}

/// Writes a report in a format.
///
/// # Errors
///
/// [`Error::Internal`] where the report has no JSON, [`Error::Io`] where it has no diagram and one was asked for.
pub fn write(format: Format, report: &dyn Show, setting: Setting) -> Result<String, Error> {
    let undrawn = || Error::Io(format!("`{}` has no diagram to write as {}", report.command(), format.name()));
    Ok(match format {
        Format::Table => report.text(setting.style),
        Format::Json => report.json()?,
        Format::Yaml => to_yaml(&report.json()?)?,
        Format::Markdown => to_markdown(&report.document()),
        Format::Csv => to_csv(&report.sheet()),
        Format::Github => to_github(report.findings()),
        Format::Sarif => to_sarif(report.findings(), setting.meaning)?,
        Format::Html => html::page(report),
        Format::Dot => to_dot(&report.diagram().ok_or_else(undrawn)?),
        Format::Mermaid => to_mermaid(&report.diagram().ok_or_else(undrawn)?),
    })
}
