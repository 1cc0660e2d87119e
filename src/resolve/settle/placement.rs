//! Wishes of placement that contradict each other: pins stand over `together`, which stands over `apart`; of equal
//! ones that of the task that matters more stands.

use std::collections::BTreeMap;

use super::{
    super::{
        Conflict, Permissions, Proposal, Scene,
        cases::{Case, Clash},
        change::Change,
        place::Thing,
    },
    outline::{Outline, name, names},
};
use crate::model::{AgentIx, TaskIx};

/// One wish fewer, the one that matters least.
pub fn propose(scene: &Scene<'_>, conflict: &Conflict, _: Permissions) -> Option<Proposal> {
    let Case::Placement(clash) = &conflict.case else { return None };
    let (changes, step) = match clash {
        Clash::TogetherApart(a, b) => {
            let step = format!("let `{}` and `{}` be on one agent", name(scene, *a), name(scene, *b));
            (vec![Change::DropApart(*a, *b)], step)
        }
        Clash::PinnedTwice(tasks) => pinned_twice(scene, tasks)?,
        Clash::PinnedApart(a, b) => {
            let least = lesser(scene, &[*a, *b])?;
            (vec![Change::SetPin(least, None)], format!("take the pin of `{}` away", name(scene, least)))
        }
        Clash::NoCommonAgent(tasks) => split(scene, tasks)?,
        Clash::BadPin(t) => (vec![Change::SetPin(*t, None)], format!("take the pin of `{}` away", name(scene, *t))),
        Clash::TooManyApart(tasks) => {
            let mut rest = tasks.clone();
            let a = lesser(scene, &rest)?;
            rest.retain(|t| *t != a);
            let b = lesser(scene, &rest)?;
            let step = format!("let `{}` and `{}` be on one agent", name(scene, a), name(scene, b));
            (vec![Change::DropApart(a, b)], step)
        }
    };
    let tasks: Vec<TaskIx> = conflict.tasks.clone();
    let text = Outline::new("dependency_resolution")
        .param("resolution_method", "constraint_relaxation")
        .param("precedence", "pinned_agent, together, apart; then priority")
        .param("tasks", names(scene, &tasks))
        .expect("every task has an agent that it may be placed on")
        .step(step)
        .criterion("pins, together and apart can all be obeyed")
        .changes(changes)
        .touches(tasks.iter().map(|t| Thing::Task(*t)));
    Some(text.done())
}

/// The task that matters least; of equals the last by id.
fn lesser(scene: &Scene<'_>, tasks: &[TaskIx]) -> Option<TaskIx> {
    let rank = |t: &TaskIx| scene.snapshot.task(*t).priority;
    tasks.iter().copied().min_by(|a, b| rank(a).total_cmp(&rank(b)).then(b.cmp(a)))
}

/// All go where the most priority is pinned to, if they can; else without a pin.
fn pinned_twice(scene: &Scene<'_>, tasks: &[TaskIx]) -> Option<(Vec<Change>, String)> {
    let mut votes: BTreeMap<AgentIx, f64> = BTreeMap::new();
    for t in tasks {
        *votes.entry(scene.snapshot.task(*t).pinned?).or_default() += scene.snapshot.task(*t).priority;
    }
    let (agent, _) = votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    let others = tasks.iter().filter(|t| scene.snapshot.task(**t).pinned != Some(agent));
    let changes = others.map(|t| Change::SetPin(*t, None)).collect();
    Some((changes, format!("keep the pin to `{}`, take the others away", scene.snapshot.agent(agent).id)))
}

/// The group keeps those that one agent can run, as much priority as possible; the others leave it.
fn split(scene: &Scene<'_>, tasks: &[TaskIx]) -> Option<(Vec<Change>, String)> {
    let mut served: BTreeMap<AgentIx, (f64, usize)> = BTreeMap::new();
    for t in tasks {
        for offer in scene.q.offers(*t) {
            let sum = served.entry(offer.agent).or_default();
            *sum = (sum.0 + scene.snapshot.task(*t).priority, sum.1 + 1);
        }
    }
    let (agent, _) =
        served.into_iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.1.1.cmp(&b.1.1)).then(b.0.cmp(&a.0)))?;
    let (stay, leave): (Vec<TaskIx>, Vec<TaskIx>) = tasks.iter().partition(|t| scene.q.eligible(**t, agent));
    let mut changes = Vec::new();
    for a in &leave {
        let partners =
            scene.snapshot.task(*a).together.iter().filter(|o| stay.contains(o) || (leave.contains(o) && *o > a));
        changes.extend(partners.map(|o| Change::DropTogether(*a, *o)));
        let back = stay.iter().filter(|s| scene.snapshot.task(**s).together.contains(a));
        changes.extend(
            back.filter(|s| !scene.snapshot.task(*a).together.contains(s)).map(|s| Change::DropTogether(*a, *s)),
        );
    }
    let left: Vec<String> = leave.iter().map(|t| format!("`{}`", name(scene, *t))).collect();
    let id = &scene.snapshot.agent(agent).id;
    Some((changes, format!("let {} run elsewhere; the rest stays together, `{id}` can run it", left.join(", "))))
}
