//! Predecessors that are missing from the snapshot, or that cannot finish because their agent is dead.

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    draft::Draft,
    place::Thing,
    severity::Blocked,
};
use crate::model::{AgentIx, TaskIx};

/// One conflict per task and predecessor, O(dependencies + rows).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    let doomed = doomed(scene);
    for t in scene.snapshot.task_ixs() {
        let task = scene.snapshot.task(t);
        for (id, _) in &task.missing {
            out.push(missing(scene, t, id));
        }
        for d in task.depends_on.iter().filter(|d| !d.soft) {
            if let Some(agent) = doomed[d.task.at()] {
                out.push(failed(scene, t, d.task, agent));
            }
        }
    }
}

/// For each task the dead agent that it runs on or is pinned to.
fn doomed(scene: &Scene<'_>) -> Vec<Option<AgentIx>> {
    let dead = |a: &AgentIx| scene.is_dead(*a);
    let mut out: Vec<Option<AgentIx>> = scene.snapshot.tasks.iter().map(|t| t.pinned.filter(dead)).collect();
    for row in &scene.snapshot.state.running {
        if let Some(t) = row.task_ix.filter(|_| dead(&row.agent)) {
            out[t.at()] = Some(row.agent);
        }
    }
    out
}

fn missing(scene: &Scene<'_>, t: TaskIx, missing: &str) -> Conflict {
    let id = &scene.snapshot.task(t).id;
    let message = format!("task `{id}` depends on `{missing}`, which is not in the snapshot");
    Draft::new(Subtype::MissingPredecessor, [id, missing], message)
        .tasks([t])
        .other(missing)
        .fact(Thing::Task(t).entry("depends_on", missing), format!("`{id}` depends on `{missing}`"))
        .causes([Thing::Task(t)])
        .weighs(Blocked::Stands, 0)
        .build(scene, Case::MissingPredecessor { task: t, missing: missing.into() })
}

fn failed(scene: &Scene<'_>, t: TaskIx, before: TaskIx, agent: AgentIx) -> Conflict {
    let (id, first) = (&scene.snapshot.task(t).id, &scene.snapshot.task(before).id);
    let owner = scene.snapshot.agent(agent);
    let message =
        format!("task `{id}` depends on `{first}`, which cannot finish: `{}` is {}", owner.id, owner.status.name());
    Draft::new(Subtype::FailedPredecessor, [id, first], message)
        .tasks([t, before])
        .agents([agent])
        .fact(Thing::Task(t).entry("depends_on", first), format!("`{id}` depends on `{first}`"))
        .fact(Thing::Agent(agent).field("status"), format!("`{}` is {}", owner.id, owner.status.name()))
        .causes([Thing::Agent(agent), Thing::Task(before)])
        .weighs(Blocked::Stands, 0)
        .build(scene, Case::FailedPredecessor { task: t, before, agent })
}
