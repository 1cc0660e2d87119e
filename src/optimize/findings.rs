//! What an optimization tells the user.

use super::{Current, judge::Judge, measure::Metrics};
use crate::{
    error::{Finding, Severity},
    report::FindingRow,
};

/// A target is not reached.
pub const MISSED: &str = "ORCH501";
/// The current plan does not hold.
pub const BROKEN: &str = "ORCH502";
/// Tasks have no place in the proposal.
pub const UNPLACED: &str = "ORCH503";
/// A policy names a kind of change that there is not.
pub const UNKNOWN_KIND: &str = "ORCH504";
/// A limit of time or memory ended the search.
pub const CUT: &str = "ORCH505";

/// What an optimization's findings stand for: code, severity, meaning (README's table).
pub const CODES: &[[&str; 3]] = &[
    [MISSED, "error", "a target of `optimize` is not reached by any proposal"],
    [BROKEN, "warning", "the current plan breaks rules of the snapshot; its figures are measured as given"],
    [UNPLACED, "error", "tasks have no place in the plan of the proposed snapshot"],
    [UNKNOWN_KIND, "warning", "`policies.budget.kinds` names a kind of change that there is not"],
    [CUT, "info", "the time or memory limit ended the search for changes; what was found by then is proposed"],
];

/// All of them, the gravest first; then what the reader found.
pub fn collect(
    after: &Metrics,
    judge: &Judge,
    current: &Current,
    kinds: Option<&[String]>,
    cut: bool,
    warnings: &[Finding],
) -> Vec<FindingRow> {
    let mut out = Vec::new();
    for t in judge.targets.iter().filter(|t| t.missed(after) > 0.0) {
        let message = format!("the target `{}` is not reached", t.text);
        out.push(FindingRow::about(
            MISSED,
            Severity::Error,
            message,
            "",
            "see targets for the nearest, and what prevents more",
        ));
    }
    if after.unplaced_tasks > 0 {
        let message = format!("{} tasks have no place in the plan of the proposed snapshot", after.unplaced_tasks);
        out.push(FindingRow::about(UNPLACED, Severity::Error, message, "tasks", "`orch distribute` says why of each"));
    }
    if let [first, ..] = &current.broken[..] {
        let message =
            format!("the current plan breaks {} rules of the snapshot, such as: {first}", current.broken.len());
        let help = "give the plan that is in force, or none";
        out.push(FindingRow::about(BROKEN, Severity::Warning, message, "baseline", help));
    }
    for kind in kinds.unwrap_or_default() {
        if super::Kind::ALL.iter().all(|k| k.name() != kind) {
            let names: Vec<&str> = super::Kind::ALL.iter().map(|k| k.name()).collect();
            let message = format!("`{kind}` is no kind of change");
            let help = format!("there are {}", names.join(", "));
            out.push(FindingRow::about(UNKNOWN_KIND, Severity::Warning, message, "policies.budget.kinds", &help));
        }
    }
    if cut {
        let message = "the time or memory limit ended the search for changes".into();
        out.push(FindingRow::about(CUT, Severity::Info, message, "", "a higher limit may find more"));
    }
    out.extend(warnings.iter().map(FindingRow::new));
    out
}
