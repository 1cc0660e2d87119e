//! Unplaced tasks that are part of a shortage: what they need together beside what there is for them.

use super::{MAX_AGENTS, report::ReasonRow};
use crate::{
    model::Quantities,
    plan::{self, Shortage, Solution},
};

/// Pairs of task and eligible agent up to which a cut is sought.
const PAIRS: usize = 100_000;

/// Unplaced tasks for which one is sought, at most.
const SOUGHT: usize = 8;

/// Shortages told, at most.
const TOLD: usize = 3;

/// The shortages that unplaced tasks are part of; none where there are too many pairs to look at.
pub fn find(q: &Quantities<'_>, solution: &Solution) -> Vec<Shortage> {
    let s = q.snapshot;
    let pairs: usize = s.task_ixs().map(|t| q.members(q.class(t)).len()).sum();
    if pairs > PAIRS {
        return Vec::new();
    }
    let mut out: Vec<Shortage> = Vec::new();
    for (t, _) in solution.unassigned.iter().take(SOUGHT) {
        let id = &s.task(*t).id;
        if !out.iter().any(|known| known.tasks.contains(id)) {
            out.extend(plan::shortage(q, *t, false));
        }
        if out.len() == TOLD {
            break;
        }
    }
    out
}

/// The shortage that a task is part of, as a reason.
pub fn reason(shortages: &[Shortage], task: &str) -> Option<ReasonRow> {
    let shortage = shortages.iter().find(|s| s.tasks.iter().any(|t| t == task))?;
    Some(ReasonRow {
        code: "shortage",
        message: shortage.message.clone(),
        count: shortage.agents.len(),
        agents: shortage.agents.iter().take(MAX_AGENTS).cloned().collect(),
    })
}
