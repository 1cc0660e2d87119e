//! Tasks of which no agent can hold two, and too few agents that are fast enough for them (Hall 1935).

use std::collections::BTreeMap;

use super::{
    Fault,
    ground::{Ground, TOLERANCE, holds},
};
use crate::model::{AgentIx, DimIx, Ms, NEVER, Quantities, TaskIx, seconds};

/// Pairs of task and agent beyond which nothing is checked.
const MANY: usize = 1_000_000;

/// The least makespan, seconds, at which the tasks' agents are as many as they are, or one of them could hold two.
pub(super) fn bound(g: &Ground<'_>, tasks: &[String]) -> Result<f64, Fault> {
    let mut named = Vec::with_capacity(tasks.len());
    for id in tasks {
        let t = g.q.snapshot.find_task(id).ok_or_else(|| Fault::unknown("task", id))?;
        if !g.is_placed(t) || g.reserved.fixed(t).is_some() {
            return Err(Fault::broken(format!("`{id}` is not placed anew, so it proves nothing")));
        }
        named.push(t);
    }
    named.sort_unstable();
    named.dedup();
    if named.len() < tasks.len() {
        return Err(Fault::malformed("a task is named twice".into()));
    }
    let (heads, tails) = (g.heads(), g.tails(&g.shortest()));
    let mut ends: Vec<(Ms, AgentIx, TaskIx)> = Vec::new();
    for t in &named {
        let waits = g.before(*t).map(|d| heads[d.task.at()]).max().unwrap_or(0);
        let ready = waits.max(g.q.snapshot.task(*t).release);
        for o in g.options(*t) {
            let start = ready.max(g.q.snapshot.agent(o.agent).available_from).max(0);
            let end = start.saturating_add(o.processing).saturating_add(tails[t.at()]);
            ends.push((end.min(NEVER), o.agent, *t));
        }
        if ends.len() > MANY {
            return Err(Fault::broken("its tasks have too many agents to follow".into()));
        }
    }
    let end = crowded(g.q, named.len(), ends).ok_or_else(|| Fault::broken("its tasks have no agents".into()))?;
    Ok(seconds(end))
}

/// The first end at which some of so many tasks could share an agent, or agents are no longer fewer than they: before
/// it no plan of them all ends. `ends` are the moments at which a plan ends at the earliest that has the task there.
pub fn crowded(q: &Quantities<'_>, tasks: usize, mut ends: Vec<(Ms, AgentIx, TaskIx)>) -> Option<Ms> {
    ends.sort_unstable();
    let mut guests: BTreeMap<AgentIx, Vec<TaskIx>> = BTreeMap::new();
    for (end, a, t) in ends {
        let there = guests.entry(a).or_default();
        let two = there.iter().any(|other| has_room(q, a, [t, *other]));
        there.push(t);
        if two || guests.len() >= tasks {
            return Some(end);
        }
    }
    None
}

/// True where an agent could have both tasks.
fn has_room(q: &Quantities<'_>, a: AgentIx, both: [TaskIx; 2]) -> bool {
    let agent = q.snapshot.agent(a);
    let amount = |dim: DimIx| -> f64 {
        both.iter().flat_map(|t| &q.snapshot.task(*t).demand).filter(|d| d.0 == dim).map(|d| d.1).sum()
    };
    holds(q, &both, a)
        && agent.max_tasks.is_none_or(|most| most >= 2)
        && agent.budget.iter().all(|(dim, offered)| amount(*dim) <= offered + TOLERANCE)
}
