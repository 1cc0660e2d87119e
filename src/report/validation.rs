//! The report of `validate`: every finding, and how many there are.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{BarRow, Bars, Column, Counts, Document, Fact, FindingRow, Picture, Tone, grouped, plural};
use crate::error::Finding;

/// What is wrong with a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
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

    /// How many findings there are of each code, where there are several codes.
    pub fn pictures(&self) -> Vec<Picture> {
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for finding in &self.findings {
            *counts.entry((finding.code, finding.severity)).or_default() += 1;
        }
        if counts.len() < 2 {
            return Vec::new();
        }
        let row = |((code, severity), n): ((&str, &str), usize)| BarRow {
            label: code.to_owned(),
            value: n as f64,
            tone: if severity == "error" { Tone::Bad } else { Tone::Plain },
            words: plural(n, severity),
            ..BarRow::default()
        };
        let mut rows: Vec<BarRow> = counts.into_iter().map(row).collect();
        rows.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.label.cmp(&b.label)));
        let marks = ["findings", "", "", "errors"];
        vec![Picture::Bars(Bars { title: "Findings by code".into(), unit: "findings", marks, rows })]
    }

    /// The findings as a table, for the formats that have no lines of the input to show.
    pub fn document(&self) -> Document {
        let mut d = Document::default();
        d.heading("Validation");
        let tone = match self.counts {
            Counts { errors: 1.., .. } => Tone::Bad,
            Counts { warnings: 1.., .. } => Tone::Warn,
            _ => Tone::Good,
        };
        d.facts(vec![Fact::new("status", self.summary()).tone(tone)]);
        if self.findings.is_empty() {
            return d;
        }
        d.heading(format!("Findings ({})", grouped(self.findings.len())));
        let row = |f: &FindingRow| {
            let code = format!("{} {}", f.severity, f.code);
            [code, f.message.clone(), f.place(), f.help.clone()]
        };
        let columns = [Column::mark("code"), Column::text("what"), Column::id("where"), Column::text("remedy")];
        d.table(columns, self.findings.iter().map(row).collect());
        d
    }

    /// The last line of the text form.
    pub fn summary(&self) -> String {
        let words = [(self.counts.errors, "error"), (self.counts.warnings, "warning"), (self.counts.infos, "remark")];
        let parts: Vec<String> = words.iter().filter(|(n, _)| *n > 0).map(|(n, word)| plural(*n, word)).collect();
        if parts.is_empty() { "no problems found".into() } else { parts.join(", ") }
    }
}
