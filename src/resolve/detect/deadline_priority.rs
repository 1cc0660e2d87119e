//! Deadlines against priorities: an order by priority, or the one that a stakeholder directs, makes a deadline
//! impossible that another order keeps.
//!
//! - Tasks that only one agent of one slot can run: in the order of priorities at their durations there, one is
//!   late that the order of deadlines (Jackson 1955, EDD) keeps in time.
//! - A directive's order, each task at its best duration after the one before it, makes one late that the
//!   critical path alone would not.

use super::super::{
    Scene,
    cases::Case,
    conflict::{Conflict, Subtype},
    critical::{Critical, best_finish},
    draft::Draft,
    phrases::time,
    place::Thing,
    severity::Blocked,
};
use crate::model::{AgentIx, Ms, TaskIx};

/// A task that only one agent can run.
struct Bound {
    task: TaskIx,
    processing: Ms,
}

/// One conflict per late task and cause, O(n log n).
pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>) {
    if scene.snapshot.tasks.iter().all(|t| t.deadline.is_none()) {
        return;
    }
    for (a, bound) in bound(scene).into_iter().enumerate() {
        let a = AgentIx::of(a);
        if bound.len() > 1 && scene.snapshot.agent(a).slots == 1 {
            on_one_agent(scene, a, &bound, out);
        }
    }
    if scene.snapshot.state.directives.iter().any(|d| d.order.len() > 1) {
        directed(scene, &Critical::new(scene), out);
    }
}

/// For each agent the tasks that only it can run and that wait for nothing.
fn bound(scene: &Scene<'_>) -> Vec<Vec<Bound>> {
    let mut out: Vec<Vec<Bound>> = std::iter::repeat_with(Vec::new).take(scene.snapshot.agents.len()).collect();
    for t in scene.snapshot.task_ixs() {
        if scene.snapshot.task(t).depends_on.iter().any(|d| !d.soft) {
            continue;
        }
        let mut offers = scene.q.offers(t);
        if let (Some(offer), None) = (offers.next(), offers.next()) {
            out[offer.agent.at()].push(Bound { task: t, processing: offer.processing });
        }
    }
    out
}

/// Finishes in the given order on one agent, by position.
fn finishes(scene: &Scene<'_>, a: AgentIx, order: &[&Bound]) -> Vec<Ms> {
    let mut now = scene.snapshot.agent(a).available_from.max(0);
    let mut out = Vec::with_capacity(order.len());
    for b in order {
        now = now.max(scene.snapshot.task(b.task).release) + b.processing;
        out.push(now);
    }
    out
}

fn on_one_agent(scene: &Scene<'_>, a: AgentIx, bound: &[Bound], out: &mut Vec<Conflict>) {
    let task = |b: &Bound| scene.snapshot.task(b.task);
    let due = |b: &Bound| task(b).deadline.unwrap_or(Ms::MAX);
    let mut by_due: Vec<&Bound> = bound.iter().collect();
    by_due.sort_by_key(|b| (due(b), b.task));
    let in_time: Vec<TaskIx> = by_due
        .iter()
        .zip(finishes(scene, a, &by_due))
        .filter(|(b, done)| *done <= due(b))
        .map(|(b, _)| b.task)
        .collect();
    let mut by_priority: Vec<&Bound> = bound.iter().collect();
    by_priority
        .sort_by(|x, y| task(y).priority.total_cmp(&task(x).priority).then((due(x), x.task).cmp(&(due(y), y.task))));
    let done = finishes(scene, a, &by_priority);
    for (i, b) in by_priority.iter().enumerate() {
        let late_by = done[i].saturating_sub(due(b));
        // Who goes first although it could come later.
        let first = by_priority[..i].iter().rev().find(|x| task(x).priority > task(b).priority && due(x) > due(b));
        if let Some(first) = first.filter(|_| late_by > 0 && in_time.contains(&b.task)) {
            let how = format!("on `{}`, which alone can run both", scene.snapshot.agent(a).id);
            out.push(conflict(scene, (first.task, b.task), Some(a), None, (late_by, &how)));
        }
    }
}

fn directed(scene: &Scene<'_>, critical: &Critical, out: &mut Vec<Conflict>) {
    for (row, d) in scene.snapshot.state.directives.iter().enumerate() {
        let mut before: Option<(TaskIx, Ms)> = None;
        for t in &d.order {
            let Some(alone) = critical.finish[t.at()] else { break };
            let behind = before.and_then(|(_, done)| best_finish(scene, *t, done)).unwrap_or(alone);
            let done = alone.max(behind);
            let deadline = scene.snapshot.task(*t).deadline;
            if let (Some(due), Some((first, _))) = (deadline, before)
                && alone <= due
                && done > due
            {
                let how = format!("as `{}` wants it", d.stakeholder);
                out.push(conflict(scene, (first, *t), None, Some(row), (done - due, &how)));
            }
            before = Some((*t, done));
        }
    }
}

fn conflict(
    scene: &Scene<'_>,
    (first, second): (TaskIx, TaskIx),
    agent: Option<AgentIx>,
    directive: Option<usize>,
    (late_by, how): (Ms, &str),
) -> Conflict {
    let id = |t: TaskIx| scene.snapshot.task(t).id.as_str();
    let due = scene.snapshot.task(second).deadline.unwrap_or(0);
    let message = format!("`{}` before `{}`, {how}, makes the latter {} late", id(first), id(second), time(late_by));
    let mut key = vec![id(first).to_owned(), id(second).to_owned()];
    let mut draft_things = vec![Thing::Task(first), Thing::Task(second)];
    draft_things.extend(directive.map(Thing::Directive));
    if let Some(row) = directive {
        key.push(scene.snapshot.state.directives[row].stakeholder.clone());
    }
    let mut draft = Draft::new(Subtype::DeadlineAgainstPriority, key, message)
        .tasks([first, second])
        .agents(agent)
        .causes(draft_things)
        .fact(Thing::Task(second).field("deadline"), format!("`{}` is due at {}", id(second), time(due)))
        .weighs(Blocked::AtRisk, due);
    if let Some(row) = directive {
        let who = &scene.snapshot.state.directives[row].stakeholder;
        draft = draft.other(who).fact(Thing::Directive(row), format!("`{who}` wants `{}` first", id(first)));
    } else {
        let rank = |t: TaskIx| crate::report::number(scene.snapshot.task(t).priority, 3);
        let fact = format!("`{}` has priority {}, `{}` has {}", id(first), rank(first), id(second), rank(second));
        draft = draft.fact(Thing::Task(first).field("priority"), fact);
    }
    draft.build(scene, Case::DeadlineAgainstPriority { first, second, agent, directive, late_by })
}
