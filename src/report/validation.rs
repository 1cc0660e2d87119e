//! The report of `validate`: every finding, and how many there are.

use serde::Serialize;

use super::{Counts, FindingRow, plural};
use crate::error::Finding;

/// What is wrong with a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValidationReport {
    /// Version of this format.
    pub format_version: u32,
    /// No errors.
    pub valid: bool,
    /// How many findings of each severity there are.
    pub counts: Counts,
    /// Every finding, by place.
    pub findings: Vec<FindingRow>,
    /// Version of orch.
    pub version: &'static str,
}

impl ValidationReport {
    /// Reports findings.
    pub fn new(findings: &[Finding]) -> Self {
        let findings: Vec<FindingRow> = findings.iter().map(FindingRow::new).collect();
        let counts = Counts::of(&findings);
        Self { format_version: 1, valid: counts.errors == 0, counts, findings, version: env!("CARGO_PKG_VERSION") }
    }

    /// The last line of the text form.
    pub fn summary(&self) -> String {
        let words = [(self.counts.errors, "error"), (self.counts.warnings, "warning"), (self.counts.infos, "remark")];
        let parts: Vec<String> = words.iter().filter(|(n, _)| *n > 0).map(|(n, word)| plural(*n, word)).collect();
        if parts.is_empty() { "no problems found".into() } else { parts.join(", ") }
    }
}
