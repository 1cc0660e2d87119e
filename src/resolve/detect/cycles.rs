//! Circles of hard dependencies, one conflict per strongly connected component: among tasks, and among what
//! agents and services need.

use std::collections::BTreeMap;

use super::super::{
    Scene,
    cases::{Case, Need},
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::listed,
    place::{Place, Thing},
    severity::Blocked,
};
use crate::{
    graph::Directed,
    model::{AgentIx, ServiceIx, TaskIx},
    report::plural,
};

/// Most dependencies of one circle that evidence lists.
const MAX_FACTS: usize = 200;

/// Strong components, O(n + m log m).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    tasks(scene, out);
    needs(scene, out);
}

fn tasks(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let tasks = &scene.snapshot.tasks;
    if scene.order.len() == tasks.len() {
        return;
    }
    let deps = tasks.iter().enumerate().flat_map(|(i, t)| t.depends_on.iter().map(move |d| (d, TaskIx::of(i))));
    let hard = deps.clone().filter(|(d, _)| !d.soft).map(|(d, t)| (d.task.0, t.0));
    let condensed = Directed::new(tasks.len(), hard).condensed();
    for c in &condensed.cycles {
        let members: Vec<TaskIx> = condensed.members[*c as usize].iter().map(|t| TaskIx(*t)).collect();
        let inside = |t: TaskIx| condensed.component[t.at()] == *c;
        let (mut hard, mut soft) = (Vec::new(), Vec::new());
        for t in &members {
            for d in tasks[t.at()].depends_on.iter().filter(|d| inside(d.task)) {
                if d.soft { &mut soft } else { &mut hard }.push((d.task, *t));
            }
        }
        out.push(conflict(scene, members, hard, soft));
    }
}

fn conflict(
    scene: &Scene<'_>,
    tasks: Vec<TaskIx>,
    hard: Vec<(TaskIx, TaskIx)>,
    soft: Vec<(TaskIx, TaskIx)>,
) -> Conflict {
    let id = |t: TaskIx| scene.snapshot.task(t).id.as_str();
    let ids = || tasks.iter().map(|t| id(*t));
    let (n, m) = (plural(tasks.len(), "task"), plural(hard.len(), "dependency"));
    let m = m.replace("dependencys", "dependencies");
    let message = format!("{n} wait for each other in a circle ({m}): {}", listed(ids()));
    let mut draft =
        Draft::new(Subtype::DependencyCycle, ids(), message).tasks(tasks.iter().copied()).weighs(Blocked::Stands, 0);
    for (before, after) in hard.iter().take(MAX_FACTS) {
        let place = Thing::Task(*after).entry("depends_on", id(*before));
        draft = draft.fact(place, format!("`{}` depends on `{}`", id(*after), id(*before)));
    }
    draft = draft.causes(tasks.iter().map(|t| Thing::Task(*t)));
    draft.build(scene, Case::Cycle { tasks, hard, soft })
}

/// Something that needs others: an agent or a service.
fn thing(scene: &Scene<'_>, id: &str) -> Option<Thing> {
    let services = &scene.snapshot.network.services;
    let service =
        || services.binary_search_by(|s| s.id.as_str().cmp(id)).ok().map(|i| Thing::Service(ServiceIx::of(i)));
    scene.snapshot.find_agent(id).map(Thing::Agent).or_else(service)
}

fn needs(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let agents = scene.snapshot.agents.iter().map(|a| (&a.id, &a.depends_on));
    let services = scene.snapshot.network.services.iter().map(|s| (&s.id, &s.depends_on));
    let lists: BTreeMap<&str, _> =
        agents.chain(services).filter(|l| !l.1.is_empty()).map(|l| (l.0.as_str(), l.1)).collect();
    let index: BTreeMap<&str, u32> = lists.keys().enumerate().map(|(i, id)| (*id, i as u32)).collect();
    let names: Vec<&str> = index.keys().copied().collect();
    let arcs = lists.iter().flat_map(|(user, list)| {
        let index = &index;
        list.iter().filter_map(move |(needs, _)| Some((index[user], *index.get(needs.as_str())?)))
    });
    let graph = Directed::new(names.len(), arcs);
    let condensed = graph.condensed();
    for c in &condensed.cycles {
        let inside = |v: u32| condensed.component[v as usize] == *c;
        let arcs = graph.arcs().iter().filter(|a| inside(a.0) && inside(a.1));
        let needs: Vec<Need> =
            arcs.map(|a| Need { user: names[a.0 as usize].into(), needs: names[a.1 as usize].into() }).collect();
        let ids = condensed.members[*c as usize].iter().map(|v| names[*v as usize]);
        out.push(need_conflict(scene, &ids.collect::<Vec<_>>(), needs));
    }
}

fn need_conflict(scene: &Scene<'_>, ids: &[&str], needs: Vec<Need>) -> Conflict {
    let message = format!("{} need each other in a circle", listed(ids.iter().copied()));
    let agents: Vec<AgentIx> = ids.iter().filter_map(|id| scene.snapshot.find_agent(id)).collect();
    let services = ids.iter().filter(|id| scene.snapshot.find_agent(id).is_none());
    let mut draft =
        Draft::new(Subtype::DependencyCycle, ids.iter().copied(), message).agents(agents).weighs(Blocked::AtRisk, 0);
    for service in services {
        draft = draft.other(*service);
    }
    for need in needs.iter().take(MAX_FACTS) {
        let Some(user) = thing(scene, &need.user) else { continue };
        let place: Place = user.entry("depends_on", &need.needs);
        draft = draft.fact(place, format!("`{}` needs `{}`", need.user, need.needs)).causes([user]);
    }
    draft.build(scene, Case::NeedCycle { needs })
}
