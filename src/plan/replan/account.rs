//! What changed between two plans, task by task.

use super::{super::draft::Draft, Changes, Move};
use crate::{
    model::{AgentIx, Plan, TaskIx},
    schedule::{Instance, NONE},
};

/// Rows that the table of objective against moves has at most.
const ROWS: usize = 12;

/// Sorts the tasks that are on another agent than before into those moved for a gain and those that had to.
pub fn moves(
    inst: &Instance<'_>,
    before: &Plan,
    home: &[u32],
    bought: &[f64],
    draft: &Draft<'_>,
    changes: &mut Changes,
) {
    for t in 0..inst.tasks() {
        let (Some(old), now) = (before.placements[t], draft.sequence.timeline.agent[t]) else { continue };
        if now == NONE || now == old.agent.0 {
            continue;
        }
        let unit = inst.unit_of[t] as usize;
        let (task, from, to) = (TaskIx::of(t), old.agent, AgentIx(now));
        if home[unit] == NONE {
            changes.forced.push((task, from, to));
        } else {
            changes.moved.push(Move { task, from, to, bought: bought[unit] });
        }
    }
    changes.moved.sort_by(|a, b| b.bought.total_cmp(&a.bought).then(a.task.cmp(&b.task)));
    falling(&mut changes.frontier);
}

/// Keeps the points at which more moves give less, and of many the first, the last and some between.
fn falling(frontier: &mut Vec<(usize, f64)>) {
    frontier.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut least = f64::INFINITY;
    frontier.retain(|(_, value)| {
        *value < least - least.abs().min(1e300) * 1e-12 && {
            least = *value;
            true
        }
    });
    if frontier.len() > ROWS {
        let last = frontier.len() - 1;
        *frontier = (0..ROWS).map(|i| frontier[i * last / (ROWS - 1)]).collect();
    }
}

/// What came, what went, what stayed and when it starts.
pub fn times(before: &Plan, after: &Plan, changes: &mut Changes) {
    for (t, (old, new)) in before.placements.iter().zip(&after.placements).enumerate() {
        match (old, new) {
            (None, Some(_)) => changes.added.push(TaskIx::of(t)),
            (Some(_), None) => changes.lost.push(TaskIx::of(t)),
            (Some(old), Some(new)) if old.agent == new.agent => {
                changes.kept += 1;
                changes.retimed += usize::from(old.start != new.start);
            }
            _ => {}
        }
    }
}
