//! Tasks of which no agent can hold two, and too few agents that are fast, or large, enough for them (Hall
//! 1935).

use std::collections::BTreeMap;

use super::{
    Component, Fault,
    ground::{Ground, TOLERANCE, holds},
};
use crate::{
    model::{AgentIx, DimIx, NEVER, Offer, Quantities, TaskIx, seconds},
    schedule::metrics::{Loads, Utilization, with_task},
};

/// Pairs of task and agent beyond which nothing is checked.
const MANY: usize = 1_000_000;

/// The least makespan, seconds, or greatest utilization at which the tasks' agents are as many as they are, or one of
/// them could hold two.
pub(super) fn bound(g: &Ground<'_>, proves: Component, tasks: &[String]) -> Result<f64, Fault> {
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
    let places = match proves {
        Component::Makespan => ends(g, &named)?,
        Component::MaxUtilization => levels(g, &named)?,
        _ => return Err(Fault::malformed("a crowd bounds the makespan or the greatest utilization".into())),
    };
    crowded(g.q, named.len(), places).ok_or_else(|| Fault::broken("its tasks have no agents".into()))
}

/// The end of a plan, seconds, that has a task on one of its agents, at the earliest.
fn ends(g: &Ground<'_>, tasks: &[TaskIx]) -> Result<Vec<Place>, Fault> {
    let (heads, tails) = (g.heads(), g.tails(&g.shortest()));
    places(g, tasks, |t, o| {
        let waits = g.before(t).map(|d| heads[d.task.at()]).max().unwrap_or(0);
        let ready = waits.max(g.q.snapshot.task(t).release);
        let start = ready.max(g.q.snapshot.agent(o.agent).available_from).max(0);
        let end = start.saturating_add(o.processing).saturating_add(tails[t.at()]);
        seconds(end.min(NEVER))
    })
}

/// The utilization of each task's agents with it.
fn levels(g: &Ground<'_>, tasks: &[TaskIx]) -> Result<Vec<Place>, Fault> {
    let by_load = Utilization::measure(g.q, &Loads::new(g.q)).by_load;
    places(g, tasks, |t, o| with_task(g.q, o.agent, t, o.load, by_load))
}

fn places(g: &Ground<'_>, tasks: &[TaskIx], level: impl Fn(TaskIx, &Offer) -> f64) -> Result<Vec<Place>, Fault> {
    let mut out: Vec<Place> = Vec::new();
    for t in tasks {
        out.extend(g.options(*t).map(|o| (level(*t, &o), o.agent, *t)));
        if out.len() > MANY {
            return Err(Fault::broken("its tasks have too many agents to follow".into()));
        }
    }
    Ok(out)
}

/// The objective that a plan reaches at least with a task on an agent.
pub type Place = (f64, AgentIx, TaskIx);

/// The first level at which some of so many tasks could share an agent, or agents are no longer fewer than they: no
/// plan of them all stays below it.
pub fn crowded(q: &Quantities<'_>, tasks: usize, mut places: Vec<Place>) -> Option<f64> {
    places.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut guests: BTreeMap<AgentIx, Vec<TaskIx>> = BTreeMap::new();
    for (level, a, t) in places {
        let there = guests.entry(a).or_default();
        let two = there.iter().any(|other| has_room(q, a, [t, *other]));
        there.push(t);
        if two || guests.len() >= tasks {
            return Some(level);
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
