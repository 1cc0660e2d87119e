//! Contradictory placement: together, apart, pins and eligibility that no placement can obey.

use std::collections::BTreeMap;

use super::super::{
    Scene,
    cases::{Case, Clash},
    conflict::{Conflict, Subtype},
    draft::Draft,
    phrases::listed,
    place::Thing,
    severity::Blocked,
};
use crate::model::{AgentIx, TaskIx};

/// One conflict per contradiction, O(tasks + pairs + group members · agents).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let snapshot = scene.snapshot;
    let group = groups(scene);
    let mut members: BTreeMap<u32, Vec<TaskIx>> = BTreeMap::new();
    for t in snapshot.task_ixs().filter(|t| !snapshot.task(*t).together.is_empty()) {
        members.entry(group[t.at()]).or_default().push(t);
    }
    for tasks in members.into_values() {
        out.extend(clash_of_group(scene, tasks).map(|clash| conflict(scene, clash)));
    }
    for t in snapshot.task_ixs() {
        let task = snapshot.task(t);
        for other in task.apart.iter().filter(|o| **o > t) {
            if group[t.at()] == group[other.at()] {
                out.push(conflict(scene, Clash::TogetherApart(t, *other)));
            } else if task.pinned.is_some() && task.pinned == snapshot.task(*other).pinned {
                out.push(conflict(scene, Clash::PinnedApart(t, *other)));
            }
        }
        // A pin to a dead agent is a dependency on it (`offline_dependency`).
        if task.pinned.is_some_and(|a| !scene.is_dead(a) && !scene.q.eligible(t, a)) {
            out.push(conflict(scene, Clash::BadPin(t)));
        }
        out.extend(too_many_apart(scene, t).map(|clash| conflict(scene, clash)));
    }
}

/// The group of each task: its least companion, closed over `together`.
fn groups(scene: &Scene<'_>) -> Vec<u32> {
    let n = scene.snapshot.tasks.len();
    let mut out: Vec<u32> = (0..n as u32).collect();
    for start in scene.snapshot.task_ixs().filter(|t| !scene.snapshot.task(*t).together.is_empty()) {
        if out[start.at()] != start.0 {
            continue;
        }
        let mut queue = vec![start];
        while let Some(t) = queue.pop() {
            for o in &scene.snapshot.task(t).together {
                // Starts ascend, so a task that is not its own group's start was reached already.
                if out[o.at()] == o.0 && *o > start {
                    out[o.at()] = start.0;
                    queue.push(*o);
                }
            }
        }
    }
    out
}

fn clash_of_group(scene: &Scene<'_>, tasks: Vec<TaskIx>) -> Option<Clash> {
    let pin = |t: &TaskIx| scene.snapshot.task(*t).pinned;
    let mut pins: Vec<AgentIx> = tasks.iter().filter_map(pin).collect();
    pins.sort_unstable();
    pins.dedup();
    if pins.len() > 1 {
        return Some(Clash::PinnedTwice(tasks.into_iter().filter(|t| pin(t).is_some()).collect()));
    }
    let mut common: Option<Vec<AgentIx>> = None;
    for t in &tasks {
        let able: Vec<AgentIx> = match &common {
            None => scene.q.offers(*t).map(|o| o.agent).collect(),
            Some(left) => left.iter().copied().filter(|a| scene.q.eligible(*t, *a)).collect(),
        };
        // A task that nobody can run at all is another conflict.
        if able.is_empty() && scene.q.offers(*t).next().is_none() {
            return None;
        }
        common = Some(able);
    }
    common.is_some_and(|left| left.is_empty()).then_some(Clash::NoCommonAgent(tasks))
}

/// A task with its partners that are pairwise apart, where fewer agents than tasks can run any of them.
fn too_many_apart(scene: &Scene<'_>, t: TaskIx) -> Option<Clash> {
    let task = scene.snapshot.task(t);
    let mut clique = vec![t];
    for o in task.apart.iter().filter(|o| **o > t) {
        if clique.iter().all(|c| scene.snapshot.task(*o).apart.binary_search(c).is_ok()) {
            clique.push(*o);
        }
    }
    if clique.len() < 2 {
        return None;
    }
    let mut able: Vec<AgentIx> = Vec::new();
    for t in &clique {
        let before = able.len();
        able.extend(scene.q.offers(*t).map(|o| o.agent).take(clique.len()));
        if able.len() == before {
            return None;
        }
        able.sort_unstable();
        able.dedup();
        if able.len() >= clique.len() {
            return None;
        }
    }
    // Two that are pinned to one agent are told as that.
    let pinned = clique.iter().filter(|t| scene.snapshot.task(**t).pinned.is_some()).count();
    (able.len() < clique.len() && pinned < 2).then_some(Clash::TooManyApart(clique))
}

fn conflict(scene: &Scene<'_>, clash: Clash) -> Conflict {
    let (tasks, field, what) = match &clash {
        Clash::TogetherApart(a, b) => (vec![*a, *b], "apart", "are to be together and apart".to_owned()),
        Clash::PinnedTwice(tasks) => (tasks.clone(), "pinned_agent", "are to be together, but pinned apart".into()),
        Clash::PinnedApart(a, b) => (vec![*a, *b], "pinned_agent", "are to be apart, but pinned to one agent".into()),
        Clash::NoCommonAgent(tasks) => {
            (tasks.clone(), "together", "are to be together, but no agent can run all of them".into())
        }
        Clash::BadPin(t) => {
            let pinned = scene.snapshot.task(*t).pinned.map_or("", |a| &scene.snapshot.agent(a).id);
            (vec![*t], "pinned_agent", format!("is pinned to `{pinned}`, which cannot run it"))
        }
        Clash::TooManyApart(tasks) => {
            (tasks.clone(), "apart", "are to be apart, but too few agents can run them".into())
        }
    };
    let id = |t: TaskIx| scene.snapshot.task(t).id.as_str();
    let ids: Vec<&str> = tasks.iter().map(|t| id(*t)).collect();
    let agents: Vec<AgentIx> = tasks.iter().filter_map(|t| scene.snapshot.task(*t).pinned).collect();
    let message = format!("{} {what}", listed(ids.iter().copied()));
    let mut draft = Draft::new(Subtype::ContradictoryPlacement, ids.iter().copied().chain([field]), message)
        .tasks(tasks.iter().copied())
        .agents(agents)
        .causes(tasks.iter().map(|t| Thing::Task(*t)))
        .weighs(Blocked::Stands, 0);
    for t in &tasks {
        let task = scene.snapshot.task(*t);
        let pin = task.pinned.map(|a| format!("pinned to `{}`", scene.snapshot.agent(a).id));
        let names = |list: &[TaskIx]| listed(list.iter().map(|o| id(*o)));
        let together = (!task.together.is_empty()).then(|| format!("together with {}", names(&task.together)));
        let apart = (!task.apart.is_empty()).then(|| format!("apart from {}", names(&task.apart)));
        let wishes: Vec<String> = pin.into_iter().chain(together).chain(apart).collect();
        draft = draft.fact(Thing::Task(*t).field(field), format!("`{}`: {}", task.id, wishes.join("; ")));
    }
    draft.build(scene, Case::Placement(clash))
}
