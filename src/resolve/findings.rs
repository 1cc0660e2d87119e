//! What `resolve` tells the user: conflicts that stay open, conflicts that are only reduced, and the reader's
//! warnings.

use super::{
    locate::{Found, Locator},
    report::Report,
};
use crate::{
    error::{Finding, Severity},
    report::FindingRow,
};

/// A conflict is not settled.
pub const ESCALATED: &str = "ORCH401";
/// A conflict is smaller, but still there.
pub const REDUCED: &str = "ORCH402";

/// What these findings stand for: code, severity, meaning (README's table).
pub const CODES: &[[&str; 3]] = &[
    [ESCALATED, "error", "a conflict is not settled and escalates"],
    [REDUCED, "warning", "a conflict is smaller after its settlement, but still there"],
];

/// Escalated conflicts, then reduced ones, the gravest first; then what the reader found.
pub fn collect(report: &Report, order: &[&str], places: &[Found], warnings: &[Finding]) -> Vec<FindingRow> {
    let mut out = Vec::new();
    for (outcome, code, severity) in
        [("escalated", ESCALATED, Severity::Error), ("reduced", REDUCED, Severity::Warning)]
    {
        for (id, place) in
            order.iter().zip(places).filter(|(id, _)| report.resolution_outcomes[**id].outcome == outcome)
        {
            let conflict = &report.detected_conflicts[*id];
            out.push(FindingRow {
                code,
                severity: severity.name(),
                message: format!("{} {}: {}", conflict.severity, conflict.subtype, conflict.message),
                path: place.path.clone(),
                file: place.file.clone(),
                line: place.at.map(|at| at.0),
                column: place.at.map(|at| at.1),
                help: report.resolution_outcomes[*id].reason.clone(),
            });
        }
    }
    out.extend(warnings.iter().map(FindingRow::new));
    out
}

/// Where the first fact of a conflict stands.
pub fn place(locator: &Locator<'_>, conflict: &super::Conflict) -> Found {
    conflict.evidence.first().map(|e| locator.find(&e.place)).unwrap_or_default()
}
