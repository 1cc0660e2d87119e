//! Demand that no mix of agents can serve: tasks that no agent can run or hold, waits for more than there is,
//! and tasks whose loads together exceed every agent that may run any of them (Hall 1935).

use std::collections::BTreeMap;

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::listed,
    place::Thing,
    severity::Blocked,
};
use crate::{
    graph::shortage,
    model::{AgentIx, DimIx, Offer, Task, TaskIx},
    report::{number, plural},
};

/// Loads are compared in millionths: supplies rounded down, rooms up, so that no shortage is made by rounding.
const UNITS: f64 = 1e6;
/// Room of an agent without a capacity, and the most that any counts for.
const ENDLESS: f64 = 1e12;
/// Amounts this close are the same.
const NOISE: f64 = 1e-9;

/// Conflicts of single tasks by class, then of the batch as a whole.
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let mut nobody: BTreeMap<u32, Vec<TaskIx>> = BTreeMap::new();
    let mut fits: Vec<TaskIx> = Vec::new();
    for t in scene.snapshot.task_ixs() {
        if scene.snapshot.task(t).pinned.is_some_and(|a| scene.is_dead(a)) {
            continue;
        }
        let mut offers = scene.q.offers(t).peekable();
        if offers.peek().is_none() {
            nobody.entry(scene.q.class(t)).or_default().push(t);
        } else if offers.any(|o| can_hold(scene, t, &o)) && within_shared(scene, t) {
            fits.push(t);
        } else {
            let what = "asks for more than any agent or shared resource has";
            out.push(conflict(scene, vec![t], Vec::new(), (0.0, 0.0), what));
        }
    }
    // A pin that contradicts the task is a contradiction of placement.
    for tasks in nobody.into_values() {
        let tasks: Vec<TaskIx> = tasks.into_iter().filter(|t| scene.snapshot.task(*t).pinned.is_none()).collect();
        if !tasks.is_empty() {
            out.push(conflict(scene, tasks, Vec::new(), (0.0, 0.0), "cannot be run by any agent"));
        }
    }
    together(scene, &fits, out);
    waits(scene, out);
}

/// True where an agent has room for the load and the demands of the task alone.
fn can_hold(scene: &Scene<'_>, t: TaskIx, offer: &Offer) -> bool {
    let agent = scene.snapshot.agent(offer.agent);
    let has = |rows: &[(DimIx, f64)], dim: DimIx| rows.binary_search_by_key(&dim, |r| r.0).ok().map(|i| rows[i].1);
    let offers = |(dim, amount): &(DimIx, f64)| {
        has(&agent.resources, *dim).or_else(|| has(&agent.budget, *dim)).is_some_and(|n| n + NOISE >= *amount)
    };
    offer.load <= room(scene, offer.agent) + NOISE && scene.snapshot.task(t).demand.iter().all(offers)
}

fn room(scene: &Scene<'_>, a: AgentIx) -> f64 {
    let agent = scene.snapshot.agent(a);
    // A whole capacity counts for what runs already: that is another conflict (`overcommitted_agent`).
    agent.capacity.map_or(ENDLESS, |c| (c - agent.current_load).max(0.0))
}

fn within_shared(scene: &Scene<'_>, t: TaskIx) -> bool {
    scene.snapshot.task(t).uses.iter().all(|(r, amount)| {
        let resource = &scene.snapshot.network.resources[r.at()];
        [resource.capacity, resource.budget].into_iter().flatten().all(|n| n + NOISE >= *amount)
    })
}

/// A set of tasks whose least loads exceed the room of all agents that may run any of them.
fn together(scene: &Scene<'_>, tasks: &[TaskIx], out: &mut Vec<Conflict>) {
    let mut running = vec![false; scene.snapshot.tasks.len()];
    scene.snapshot.state.running.iter().filter_map(|r| r.task_ix).for_each(|t| running[t.at()] = true);
    let mut by_class: BTreeMap<u32, Vec<TaskIx>> = BTreeMap::new();
    for t in tasks.iter().filter(|t| !running[t.at()]) {
        by_class.entry(scene.q.class(*t)).or_default().push(*t);
    }
    let least = |t: TaskIx| {
        let task: &Task = scene.snapshot.task(t);
        let given = !task.estimates_by_agent.is_empty() || !task.estimates_by_kind.is_empty();
        let least = || scene.q.offers(t).map(|o| o.load).fold(f64::INFINITY, f64::min);
        if given { least() } else { task.estimated_load }
    };
    let loads: Vec<f64> = by_class.values().map(|ts| ts.iter().map(|t| least(*t)).sum()).collect();
    let supplies: Vec<u64> = loads.iter().map(|l| libm::floor(l.min(ENDLESS) * UNITS) as u64).collect();
    let rooms: Vec<u64> =
        scene.snapshot.agent_ixs().map(|a| libm::ceil(room(scene, a).min(ENDLESS) * UNITS) as u64).collect();
    let mut pairs = Vec::new();
    for (i, class) in by_class.keys().enumerate() {
        pairs.extend(scene.q.members(*class).iter().map(|m| (i as u32, m.agent.0)));
    }
    let Some(short) = shortage(&supplies, &rooms, &pairs) else { return };
    let classes: Vec<&Vec<TaskIx>> = by_class.values().collect();
    let mut tasks: Vec<TaskIx> = short.supplies.iter().flat_map(|c| classes[*c as usize].iter().copied()).collect();
    tasks.sort_unstable();
    let agents: Vec<AgentIx> = short.rooms.iter().map(|a| AgentIx(*a)).collect();
    let need = short.supplies.iter().map(|c| loads[*c as usize]).sum();
    let has = agents.iter().map(|a| room(scene, *a)).sum();
    out.push(conflict(scene, tasks, agents, (need, has), "need more together than all agents that may run them have"));
}

fn conflict(
    scene: &Scene<'_>,
    tasks: Vec<TaskIx>,
    agents: Vec<AgentIx>,
    (need, room): (f64, f64),
    what: &str,
) -> Conflict {
    /// Most tasks and agents that evidence lists; all are named.
    const MAX_FACTS: usize = 20;
    let id = |t: &TaskIx| scene.snapshot.task(*t).id.as_str();
    let figures =
        if agents.is_empty() { String::new() } else { format!(": {} of {}", number(need, 3), number(room, 3)) };
    let names = if tasks.len() == 1 { listed(tasks.iter().map(id)) } else { plural(tasks.len(), "task") };
    let mut draft = Draft::new(Subtype::UnservableDemand, tasks.iter().map(id), format!("{names} {what}{figures}"))
        .tasks(tasks.iter().copied())
        .agents(agents.iter().copied())
        .weighs(Blocked::Stands, 0);
    for t in tasks.iter().take(MAX_FACTS) {
        let task = scene.snapshot.task(*t);
        let skills = task.requires.iter().map(|(s, _)| scene.snapshot.names.skills[s.at()].as_str());
        let fact = format!("`{}` asks for load {} and [{}]", task.id, number(task.estimated_load, 3), listed(skills));
        draft = draft.fact(Thing::Task(*t).field("requires"), fact);
    }
    for a in agents.iter().take(MAX_FACTS) {
        let fact = format!("`{}` has room for {}", scene.snapshot.agent(*a).id, number(self::room(scene, *a), 3));
        draft = draft.fact(Thing::Agent(*a).field("capacity"), fact);
    }
    draft = draft.causes(tasks.iter().map(|t| Thing::Task(*t))).causes(agents.iter().map(|a| Thing::Agent(*a)));
    draft.build(scene, Case::Unservable { tasks, agents, need, room })
}

/// Waits for more of a resource than it has in all.
fn waits(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    for (row, w) in scene.snapshot.state.waits.iter().enumerate() {
        let Some(r) = w.resource else { continue };
        let Some(capacity) = scene.snapshot.network.resources[r.at()].capacity else { continue };
        if w.amount <= capacity + NOISE {
            continue;
        }
        let id = scene.resource(r);
        let (wants, has) = (number(w.amount, 3), number(capacity, 3));
        let message = format!("`{}` waits for {wants} of `{id}`, which has {has} in all", w.holder);
        let holder = scene.holder(&w.holder);
        let tasks: Vec<TaskIx> = holder.task.into_iter().collect();
        let conflict = Draft::new(Subtype::UnservableDemand, [w.holder.as_str(), id], message)
            .holders([&holder])
            .other(id)
            .fact(Thing::Wait(row), format!("`{}` waits for {wants}", w.holder))
            .fact(Thing::Resource(r).field("capacity"), format!("the capacity of `{id}` is {has}"))
            .causes([Thing::Wait(row), Thing::Resource(r)])
            .weighs(Blocked::Stands, 0)
            .build(scene, Case::Unservable { tasks, agents: Vec::new(), need: w.amount, room: capacity });
        out.push(conflict);
    }
}
