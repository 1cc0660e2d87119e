//! Agents that carry too much, and demand that nobody can serve: load moves to agents of the same type with room;
//! what nobody can serve escalates.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::{Carried, Case},
        change::Change,
        place::Thing,
    },
    outline::Outline,
};
use crate::{
    model::{AgentIx, TaskIx},
    report::number,
};

/// Amounts this close are the same.
const NOISE: f64 = 1e-9;

/// Overcommitted agents and unservable demand.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    match &conflict.case {
        Case::Overcommitted { agent, carried: Carried::Load, limit, planned, .. } if planned.is_empty() => {
            let excess = scene.snapshot.agent(*agent).current_load - limit;
            let text = Outline::new("resource_reallocation").param("reallocation_method", "load_shifting");
            Some(moved(scene, *agent, excess, text).unwrap_or_else(|| nobody(scene, *agent)))
        }
        Case::Overcommitted { agent, carried: Carried::Slots, limit, running, .. } => {
            Some(fewer_at_once(scene, *agent, *limit as usize, running))
        }
        Case::Unservable { tasks, agents, need, room } => {
            let why = if agents.is_empty() {
                "no agent can do it: another capability, agent or capacity is needed".to_owned()
            } else {
                format!("a load of {} is short of agents that can take it", number(need - room, 3))
            };
            let text = Outline::new("resource_reallocation")
                .param("reallocation_method", "priority_based")
                .param("missing", json!({"load": (need - room).max(0.0), "tasks": tasks.len()}))
                .expect("the batch is served as far as it can be, by priority")
                .step("place what can be placed, the highest priority first (`orch distribute` says which)")
                .step("add the capability or the capacity that is missing")
                .criterion("every task has an agent with room for it");
            Some(text.escalate(why).done())
        }
        _ => None,
    }
}

fn nobody(scene: &Scene<'_>, agent: AgentIx) -> Proposal {
    let id = &scene.snapshot.agent(agent).id;
    Outline::new("resource_reallocation")
        .param("reallocation_method", "load_shifting")
        .expect("nothing is moved")
        .escalate(format!("no agent of the type of `{id}` has room for what it carries too much"))
        .done()
}

/// Live agents of the same type without objectives of their own, by position from the agent on, with their room.
fn peers(scene: &Scene<'_>, agent: AgentIx) -> Vec<(AgentIx, f64)> {
    let n = scene.snapshot.agents.len();
    let kind = scene.snapshot.agent(agent).kind;
    let promised: BTreeSet<AgentIx> = scene.snapshot.state.objectives.iter().map(|o| o.agent).collect();
    let around = (1..n).map(|k| AgentIx::of((agent.at() + k) % n));
    let open = |a: AgentIx| {
        let other = scene.snapshot.agent(a);
        let room = other.capacity.unwrap_or(f64::INFINITY) - other.current_load;
        let fits = other.kind == kind && other.status.takes_tasks() && !promised.contains(&a) && room > NOISE;
        fits.then_some((a, room))
    };
    around.filter_map(open).collect()
}

/// Moves so much load off an agent, to as few of its peers as take it; `None` where they have no room for it all.
pub fn moved(scene: &Scene<'_>, agent: AgentIx, excess: f64, text: Outline) -> Option<Proposal> {
    let peers = peers(scene, agent);
    let whole = peers.iter().find(|p| p.1 + NOISE >= excess).map(|p| vec![(p.0, excess)]);
    let split = || {
        let mut left = excess;
        let mut out = Vec::new();
        for (a, room) in &peers {
            let part = room.min(left);
            out.push((*a, part));
            left -= part;
            if left <= NOISE {
                return Some(out);
            }
        }
        None
    };
    let parts = whole.or_else(split)?;
    let me = scene.snapshot.agent(agent);
    let table: Vec<_> = parts.iter().map(|(a, x)| json!({"agent": scene.snapshot.agent(*a).id, "load": x})).collect();
    let told = |(a, x): &(AgentIx, f64)| {
        format!("move a load of {} from `{}` to `{}`", number(*x, 3), me.id, scene.snapshot.agent(*a).id)
    };
    let out = text
        .param("moved", table)
        .expect(format!(
            "`{}` carries {} instead of {}",
            me.id,
            number(me.current_load - excess, 3),
            number(me.current_load, 3)
        ))
        .steps(parts.iter().map(told))
        .criterion("no agent carries more than it can, nor misses what it promised")
        .changes([Change::SetLoad(agent, (me.current_load - excess).max(0.0))])
        .changes(parts.iter().map(|(a, x)| Change::SetLoad(*a, scene.snapshot.agent(*a).current_load + x)))
        .touches(parts.iter().map(|p| Thing::Agent(p.0)));
    Some(out.done())
}

/// The running tasks that matter least go on elsewhere.
fn fewer_at_once(scene: &Scene<'_>, agent: AgentIx, slots: usize, running: &[usize]) -> Proposal {
    let rows = &scene.snapshot.state.running;
    let rank = |r: &usize| rows[*r].task_ix.map_or(1.0, |t| scene.snapshot.task(t).priority);
    let mut turn = running.to_vec();
    turn.sort_by(|a, b| rank(a).total_cmp(&rank(b)).then(rows[*b].until.cmp(&rows[*a].until)).then(a.cmp(b)));
    let mut busy = vec![0_usize; scene.snapshot.agents.len()];
    for r in rows.iter().filter(|r| r.until > 0) {
        busy[r.agent.at()] += 1;
    }
    let id = &scene.snapshot.agent(agent).id;
    let text = Outline::new("resource_reallocation").param("reallocation_method", "load_shifting");
    let mut changes: Vec<(usize, AgentIx)> = Vec::new();
    let peers = peers(scene, agent);
    for row in turn.into_iter().take(running.len().saturating_sub(slots)) {
        let may = |a: AgentIx| rows[row].task_ix.is_none_or(|t: TaskIx| scene.q.eligible(t, a));
        let free = |a: &AgentIx| may(*a) && busy[a.at()] < scene.snapshot.agent(*a).slots as usize;
        let Some((other, _)) = peers.iter().copied().find(|p| free(&p.0)) else {
            let why = format!("no agent of the type of `{id}` has a free slot for `{}`", rows[row].task);
            return text.expect("nothing is moved").escalate(why).done();
        };
        busy[other.at()] += 1;
        changes.push((row, other));
    }
    text.expect(format!("`{id}` runs {slots} at a time"))
        .steps(
            changes
                .iter()
                .map(|(r, a)| format!("let `{}` go on with `{}`", rows[*r].task, scene.snapshot.agent(*a).id)),
        )
        .criterion("no agent runs more tasks than it has slots")
        .changes(changes.iter().map(|(r, a)| Change::MoveRunning(*r, *a)))
        .touches(changes.iter().map(|c| Thing::Agent(c.1)))
        .done()
}
