//! Dependencies on what is dead: a live agent that needs an offline or failed agent, itself or through
//! services, or an offline service; a task that runs on or is pinned to a dead agent.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::super::{
    Scene,
    cases::{Bond, Case, Need},
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::chained,
    place::Thing,
    severity::Blocked,
};
use crate::model::{AgentIx, Service, ServiceIx, TaskIx};

/// Words for a service that is not there.
const DEAD: &[&str] = &["offline", "failed", "down", "dead", "stopped", "unavailable", "error", "unhealthy"];

/// What an id of a `depends_on` is.
enum Needed {
    Agent(AgentIx),
    Service(ServiceIx),
}

/// One conflict per live agent and dead thing, and per task and dead agent. A breadth-first search through the
/// services from each agent, O(agents · services reached).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    for a in scene.snapshot.agent_ixs().filter(|a| !scene.is_dead(*a)) {
        if !scene.snapshot.agent(a).depends_on.is_empty() {
            search(scene, a, out);
        }
    }
    for (row, running) in scene.snapshot.state.running.iter().enumerate() {
        if scene.is_dead(running.agent) && running.until > 0 {
            out.push(task(scene, &running.task, running.task_ix, running.agent, Bond::Running(row)));
        }
    }
    for t in scene.snapshot.task_ixs() {
        let task_row = scene.snapshot.task(t);
        if let Some(a) = task_row.pinned.filter(|a| scene.is_dead(*a)) {
            out.push(task(scene, &task_row.id, Some(t), a, Bond::Pinned));
        }
    }
}

fn look_up(scene: &Scene<'_>, id: &str) -> Option<Needed> {
    let services = &scene.snapshot.network.services;
    let service =
        || services.binary_search_by(|s| s.id.as_str().cmp(id)).ok().map(|i| Needed::Service(ServiceIx::of(i)));
    scene.snapshot.find_agent(id).map(Needed::Agent).or_else(service)
}

fn is_down(service: &Service) -> bool {
    service.status.as_ref().is_some_and(|s| DEAD.contains(&s.trim().to_ascii_lowercase().as_str()))
}

fn search(scene: &Scene<'_>, user: AgentIx, out: &mut Vec<Conflict>) {
    let snapshot = scene.snapshot;
    // By which need each service was reached first.
    let mut by: BTreeMap<ServiceIx, Need> = BTreeMap::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let mut queue = VecDeque::from([(snapshot.agent(user).id.as_str(), &snapshot.agent(user).depends_on)]);
    while let Some((from, list)) = queue.pop_front() {
        for (needs, _) in list {
            let need = Need { user: from.to_owned(), needs: needs.clone() };
            let down = match look_up(scene, needs) {
                Some(Needed::Agent(a)) => scene.is_dead(a).then(|| snapshot.agent(a).status.name().to_owned()),
                Some(Needed::Service(s)) => {
                    let service = &snapshot.network.services[s.at()];
                    let down = is_down(service);
                    if !down && !by.contains_key(&s) {
                        by.insert(s, need.clone());
                        queue.push_back((&service.id, &service.depends_on));
                    }
                    down.then(|| service.status.clone().unwrap_or_default())
                }
                None => None,
            };
            if let Some(status) = down.filter(|_| told.insert(needs)) {
                out.push(conflict(scene, user, chain(scene, &by, need), &status));
            }
        }
    }
}

/// The needs from the agent to the last one.
fn chain(scene: &Scene<'_>, by: &BTreeMap<ServiceIx, Need>, last: Need) -> Vec<Need> {
    let mut out = vec![last];
    while let Some(Needed::Service(s)) = look_up(scene, &out[out.len() - 1].user) {
        let Some(need) = by.get(&s) else { break };
        out.push(need.clone());
    }
    out.reverse();
    out
}

fn conflict(scene: &Scene<'_>, user: AgentIx, chain: Vec<Need>, status: &str) -> Conflict {
    let id = &scene.snapshot.agent(user).id;
    let dead = chain[chain.len() - 1].needs.clone();
    let through = chained(chain.iter().map(|n| n.user.as_str()).chain([dead.as_str()]));
    let message = format!("agent `{id}` needs `{dead}`, which is {status} ({through})");
    let mut draft =
        Draft::new(Subtype::OfflineDependency, [id, &dead], message).agents([user]).weighs(Blocked::Stands, 0);
    for need in &chain {
        let thing = match look_up(scene, &need.user) {
            Some(Needed::Agent(a)) => Thing::Agent(a),
            Some(Needed::Service(s)) => Thing::Service(s),
            None => continue,
        };
        let fact = format!("`{}` needs `{}`", need.user, need.needs);
        draft = draft.fact(thing.entry("depends_on", &need.needs), fact).causes([thing]);
        if matches!(thing, Thing::Service(_)) {
            draft = draft.other(&need.user);
        }
    }
    let fact = format!("`{dead}` is {status}");
    draft = match look_up(scene, &dead) {
        Some(Needed::Agent(a)) => {
            draft.agents([a]).fact(Thing::Agent(a).field("status"), fact).causes([Thing::Agent(a)])
        }
        Some(Needed::Service(s)) => {
            draft.other(&dead).fact(Thing::Service(s).field("status"), fact).causes([Thing::Service(s)])
        }
        None => draft,
    };
    draft.build(scene, Case::DeadNeed { chain })
}

fn task(scene: &Scene<'_>, id: &str, t: Option<TaskIx>, a: AgentIx, bond: Bond) -> Conflict {
    let agent = scene.snapshot.agent(a);
    let how = if bond == Bond::Pinned { "is pinned to" } else { "runs on" };
    let message = format!("task `{id}` {how} agent `{}`, which is {}", agent.id, agent.status.name());
    let mut draft = Draft::new(Subtype::OfflineDependency, [id, &agent.id, how], message)
        .agents([a])
        .tasks(t)
        .causes([Thing::Agent(a)])
        .fact(Thing::Agent(a).field("status"), format!("`{}` is {}", agent.id, agent.status.name()))
        .weighs(Blocked::Stands, 0);
    draft = match (bond, t) {
        (Bond::Running(row), _) => {
            draft.fact(Thing::Running(row), format!("`{id}` runs on it")).causes([Thing::Running(row)])
        }
        (Bond::Pinned, Some(t)) => {
            draft.fact(Thing::Task(t).field("pinned_agent"), format!("`{id}` is pinned to it")).causes([Thing::Task(t)])
        }
        (Bond::Pinned, None) => draft,
    };
    if t.is_none() {
        draft = draft.other(id);
    }
    draft.build(scene, Case::TaskOnDead { task: t, agent: a, bond })
}
