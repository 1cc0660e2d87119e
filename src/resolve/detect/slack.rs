//! Negative slack: a deadline before the earliest finish that the critical path method finds at every task's
//! best duration. No schedule keeps it.

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    critical::Critical,
    draft::Draft,
    phrases::{chained, time},
    place::Thing,
    severity::Blocked,
};
use crate::model::{Ms, TaskIx};

/// Most tasks of a chain that evidence lists.
const MAX_FACTS: usize = 50;

/// One conflict per task with such a deadline.
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    if scene.snapshot.tasks.iter().all(|t| t.deadline.is_none()) {
        return;
    }
    let critical = Critical::new(scene);
    for t in scene.snapshot.task_ixs() {
        if let (Some(deadline), Some(earliest)) = (scene.snapshot.task(t).deadline, critical.finish[t.at()])
            && earliest > deadline
        {
            out.push(conflict(scene, t, &critical, earliest, deadline));
        }
    }
}

fn conflict(scene: &Scene<'_>, t: TaskIx, critical: &Critical, earliest: Ms, deadline: Ms) -> Conflict {
    let id = |t: TaskIx| scene.snapshot.task(t).id.as_str();
    let chain = critical.chain(t);
    let message = format!(
        "task `{}` is due at {}, but cannot finish before {} ({} late)",
        id(t),
        time(deadline),
        time(earliest),
        time(earliest - deadline)
    );
    let mut draft = Draft::new(Subtype::NegativeSlack, [id(t)], message)
        .tasks([t])
        .fact(Thing::Task(t).field("deadline"), format!("`{}` is due at {}", id(t), time(deadline)))
        .causes([Thing::Task(t)])
        .weighs(Blocked::AtRisk, deadline);
    let first = chain[0];
    let release = scene.snapshot.task(first).release;
    if release > 0 {
        let fact = format!("`{}` may not start before {}", id(first), time(release));
        draft = draft.fact(Thing::Task(first).field("release"), fact);
    }
    if chain.len() > 1 {
        draft = draft.fact(Thing::Task(t), format!("the critical chain: {}", chained(chain.iter().map(|t| id(*t)))));
    }
    for t in chain.iter().take(MAX_FACTS) {
        let best = scene.best_duration(*t).unwrap_or(0);
        let done = critical.finish[t.at()].unwrap_or(0);
        let fact = format!("`{}` takes at least {}, so it ends at {} or later", id(*t), time(best), time(done));
        draft = draft.fact(Thing::Task(*t).field("duration"), fact);
    }
    draft = draft.causes(chain.iter().map(|t| Thing::Task(*t)));
    draft.build(scene, Case::Late { task: t, chain, earliest, deadline })
}
