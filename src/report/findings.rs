//! Findings as reports print them: with the file's name, sorted, counted.

use serde::Serialize;

use crate::error::{Finding, Severity};

/// One finding (model.md, section 5).
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FindingRow {
    /// Stable code.
    pub code: &'static str,
    /// `info`, `warning` or `error`.
    pub severity: &'static str,
    /// One sentence.
    pub message: String,
    /// Path of the value in the snapshot.
    pub path: String,
    /// The file it stands in; empty where it is about none, or the snapshot was built in memory.
    pub file: String,
    /// Line from 1; null where it is about the file as a whole, or about none.
    pub line: Option<u32>,
    /// Column from 1; null likewise.
    pub column: Option<u32>,
    /// What to do about it.
    pub help: String,
}

impl FindingRow {
    /// A finding of the reader.
    pub fn new(finding: &Finding) -> Self {
        let known = finding.location.line > 0;
        Self {
            code: finding.code,
            severity: finding.severity.name(),
            message: finding.message.clone(),
            path: finding.path.clone(),
            file: finding.file.clone(),
            line: known.then_some(finding.location.line),
            column: known.then_some(finding.location.column),
            help: finding.help.clone(),
        }
    }

    /// A finding about a part of the snapshot as a whole, at no place of a file.
    pub fn about(code: &'static str, severity: Severity, message: String, path: &str, help: &str) -> Self {
        Self {
            code,
            severity: severity.name(),
            message,
            path: path.into(),
            file: String::new(),
            line: None,
            column: None,
            help: help.into(),
        }
    }

    /// `file:line:column`, or nothing where the place is not known.
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", self.file),
            _ => self.file.clone(),
        }
    }
}

/// How many findings of each severity there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Remarks.
    pub infos: usize,
}

impl Counts {
    /// Counts findings by severity.
    pub fn of(findings: &[FindingRow]) -> Self {
        let count = |s: Severity| findings.iter().filter(|f| f.severity == s.name()).count();
        Self { errors: count(Severity::Error), warnings: count(Severity::Warning), infos: count(Severity::Info) }
    }
}
