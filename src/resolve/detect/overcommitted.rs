//! Overcommitted agents: more load than capacity, more running than slots, more planned than `max_tasks`.

use super::super::{
    Scene,
    cases::{Carried, Case},
    conflict::{Conflict, Subtype},
    draft::Draft,
    place::Thing,
    severity::Blocked,
};
use crate::{
    model::{AgentIx, TaskIx},
    report::number,
};

/// Loads this close to a capacity do not exceed it.
const NOISE: f64 = 1e-9;

/// What one agent carries.
#[derive(Default, Clone)]
struct Burden {
    running: Vec<usize>,
    planned: Vec<TaskIx>,
    planned_load: f64,
}

/// One conflict per agent and limit, O(agents + rows).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let mut burdens = vec![Burden::default(); scene.snapshot.agents.len()];
    for (row, r) in scene.snapshot.state.running.iter().enumerate().filter(|(_, r)| r.until > 0) {
        burdens[r.agent.at()].running.push(row);
    }
    for (t, p) in scene.plan.iter().flat_map(|plan| plan.placed()) {
        let burden = &mut burdens[p.agent.at()];
        burden.planned.push(t);
        burden.planned_load += scene.q.on(t, p.agent).map_or(scene.snapshot.task(t).estimated_load, |offer| offer.load);
    }
    for (a, burden) in burdens.iter().enumerate() {
        let a = AgentIx::of(a);
        let agent = scene.snapshot.agent(a);
        let load = agent.current_load + burden.planned_load;
        let over = |carried: Carried, amount: f64, limit: f64| {
            (amount > limit + NOISE * limit.max(1.0)).then_some((carried, amount, limit))
        };
        let found = [
            agent.capacity.and_then(|limit| over(Carried::Load, load, limit)),
            over(Carried::Slots, burden.running.len() as f64, f64::from(agent.slots)),
            agent.max_tasks.and_then(|limit| over(Carried::Tasks, burden.planned.len() as f64, f64::from(limit))),
        ];
        for (carried, amount, limit) in found.into_iter().flatten() {
            out.push(conflict(scene, a, carried, (amount, limit), burden.clone()));
        }
    }
}

fn conflict(scene: &Scene<'_>, a: AgentIx, carried: Carried, (amount, limit): (f64, f64), burden: Burden) -> Conflict {
    let agent = scene.snapshot.agent(a);
    let (field, what) = match carried {
        Carried::Load => ("capacity", "load"),
        Carried::Slots => ("slots", "running tasks"),
        Carried::Tasks => ("max_tasks", "planned tasks"),
    };
    let (has, can) = (number(amount, 3), number(limit, 3));
    let message = format!("agent `{}` carries {has} {what}, its {field} is {can}", agent.id);
    let mut draft = Draft::new(Subtype::OvercommittedAgent, [agent.id.as_str(), field], message)
        .agents([a])
        .causes([Thing::Agent(a)])
        .fact(Thing::Agent(a).field(field), format!("`{field}` is {can}"))
        .weighs(Blocked::AtRisk, 0);
    if carried == Carried::Load {
        let fact = format!("`current_load` is {}", number(agent.current_load, 3));
        draft = draft.fact(Thing::Agent(a).field("current_load"), fact);
    }
    for row in burden.running.iter().filter(|_| carried == Carried::Slots) {
        let running = &scene.snapshot.state.running[*row];
        draft = draft
            .holders([&scene.holder(&running.task)])
            .fact(Thing::Running(*row), format!("`{}` runs on it", running.task))
            .causes([Thing::Running(*row)]);
    }
    if carried != Carried::Slots {
        draft = draft.tasks(burden.planned.iter().copied()).causes(burden.planned.iter().map(|t| Thing::Placement(*t)));
    }
    let Burden { running, planned, .. } = burden;
    draft.build(scene, Case::Overcommitted { agent: a, carried, amount, limit, running, planned })
}
