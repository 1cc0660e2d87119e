//! What a distribution tells the user: tasks without a place, late tasks, and the reader's warnings.

use std::collections::BTreeMap;

use super::{
    recommendations::hopeless,
    report::{Predictions, Unassigned},
};
use crate::{
    error::{Finding, Severity},
    model::{Snapshot, Strategy, Task},
    report::{FindingRow, clock},
    schedule::Instance,
};

/// A task has no place.
pub const UNPLACED: &str = "ORCH101";
/// A task finishes after its deadline.
pub const LATE: &str = "ORCH102";

/// What a plan's findings stand for: code, severity, meaning (README's table).
pub const CODES: &[[&str; 3]] = &[
    [UNPLACED, "error", "a task has no place in the plan"],
    [LATE, "error with `deadline_aware` and `hybrid`, else warning", "a task finishes after its deadline"],
];

/// Unplaced tasks, then late ones, each by id; then what the reader found.
pub fn collect(
    inst: &Instance<'_>,
    unassigned: &BTreeMap<String, Unassigned>,
    forecast: &Predictions,
    warnings: &[Finding],
    strategy: Strategy,
) -> Vec<FindingRow> {
    let s = inst.q.snapshot;
    let mut out = Vec::new();
    for (id, open) in unassigned {
        let why: Vec<&str> = open.reasons.iter().map(|r| r.message.as_str()).collect();
        let Some(task) = s.find_task(id).map(|t| s.task(t)) else { continue };
        let message = format!("task `{}` is not placed: {}", task.id, why.join("; "));
        let help = "orch explain tells each agent, the smallest set of facts and what would help";
        out.push(row(s, task, "", UNPLACED, Severity::Error, message, help));
    }
    let grave = match strategy {
        Strategy::DeadlineAware | Strategy::Hybrid => Severity::Error,
        _ => Severity::Warning,
    };
    let hopeless = hopeless(inst, forecast);
    let mut late: Vec<_> = forecast.late_tasks.iter().collect();
    late.sort_by(|a, b| a.task.cmp(&b.task));
    for l in late {
        if let Some(t) = s.find_task(&l.task) {
            let never =
                if hopeless.contains(&t) { "; it misses its deadline on every agent, whatever else runs" } else { "" };
            let message = format!("task `{}` finishes {} late on `{}`{never}", l.task, clock(l.tardiness), l.agent);
            let help = "move the deadline, raise the priority, or add agents that can run it";
            out.push(row(s, s.task(t), ".deadline", LATE, grave, message, help));
        }
    }
    out.extend(warnings.iter().map(FindingRow::new));
    out
}

fn row(
    s: &Snapshot,
    task: &Task,
    field: &str,
    code: &'static str,
    severity: Severity,
    message: String,
    help: &str,
) -> FindingRow {
    let known = task.location.line > 0;
    FindingRow {
        code,
        severity: severity.name(),
        message,
        path: format!("tasks[{}]{field}", task.id),
        file: if known { s.file(task.location).into() } else { String::new() },
        line: known.then_some(task.location.line),
        column: known.then_some(task.location.column),
        help: help.into(),
    }
}
