//! What keeps the batch as a whole, or one task of it, from being placed.

use std::collections::BTreeMap;

use super::Subject;
use crate::{
    input::{codes, path::Path, schema::estimates::Row},
    model::{DimIx, Obstacle, Snapshot, Task, TaskIx},
};

/// Nothing to place.
pub fn check_orch049_empty_batch(subject: &Subject<'_, '_>) {
    if subject.snapshot().tasks.is_empty() && !subject.problems.any_in("tasks") {
        let span = subject.span(subject.built.at);
        subject.problems.add(&codes::EMPTY_BATCH, span, &Path::Root.field("tasks"), "the snapshot has no tasks");
    }
}

/// Nothing to place it on.
pub fn check_orch056_no_agents(subject: &Subject<'_, '_>) {
    if subject.snapshot().agents.is_empty() && !subject.problems.any_in("agents") {
        let span = subject.span(subject.built.at);
        subject.problems.add(&codes::NO_AGENTS, span, &Path::Root.field("agents"), "the snapshot has no agents");
    }
}

/// A task that no agent is eligible for, though each thing it asks for exists somewhere.
pub fn check_orch051_impossible_task(subject: &Subject<'_, '_>) {
    let snapshot = subject.snapshot();
    if snapshot.agents.is_empty() {
        return;
    }
    let quantities = subject.quantities();
    for t in snapshot.task_ixs().filter(|t| quantities.offers(*t).next().is_none()) {
        let place = &subject.built.tasks[t.at()];
        let own = format!("tasks[{}].", place.index);
        if subject.problems.any_in(&own) || asks_for_what_nobody_has(snapshot, snapshot.task(t)) {
            continue;
        }
        let message = format!("no agent can run task `{}`: {}", snapshot.task(t).id, reasons(subject, t));
        subject.tell(&codes::IMPOSSIBLE_TASK, place.at, ("tasks", place.index, ""), message);
    }
}

/// True where another finding tells already why the task is impossible.
fn asks_for_what_nobody_has(snapshot: &Snapshot, task: &Task) -> bool {
    let had = |skill| snapshot.agents.iter().any(|a| a.skills.binary_search_by_key(&skill, |s| s.0).is_ok());
    let offered = |dim| {
        let lists = |rows: &[(DimIx, f64)]| rows.binary_search_by_key(&dim, |r| r.0).is_ok();
        snapshot.agents.iter().any(|a| lists(&a.resources) || lists(&a.budget))
    };
    task.requires.iter().any(|(s, _)| !had(*s)) || task.demand.iter().any(|(d, _)| !offered(*d))
}

/// Reasons with the number of agents each rules out, most frequent first.
fn reasons(subject: &Subject<'_, '_>, t: TaskIx) -> String {
    let snapshot = subject.snapshot();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    // A sample of the fleet is enough for a message, and keeps many impossible tasks cheap.
    for a in snapshot.agent_ixs().take(1000) {
        for obstacle in subject.quantities().obstacles(t, a) {
            *counts.entry(words(snapshot, obstacle)).or_default() += 1;
        }
    }
    let mut rows: Vec<(String, u32)> = counts.into_iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rows: Vec<String> = rows.into_iter().take(5).map(|(reason, count)| format!("{count} {reason}")).collect();
    rows.join(", ")
}

fn words(snapshot: &Snapshot, obstacle: Obstacle) -> String {
    let names = &snapshot.names;
    match obstacle {
        Obstacle::Lacks(skill) => format!("without `{}`", names.skills[skill.at()]),
        Obstacle::TooLow(skill) => format!("not good enough at `{}`", names.skills[skill.at()]),
        Obstacle::NotAllowed => "not allowed".to_owned(),
        Obstacle::Forbidden => "forbidden".to_owned(),
        Obstacle::PinnedElsewhere => "not the pinned one".to_owned(),
        Obstacle::Down(status) => status.name().to_owned(),
        Obstacle::Unreachable(data) => format!("out of reach of `{}`", snapshot.network.data[data.at()].id),
        Obstacle::OffersNo(dim) => format!("without `{}` to offer", names.dims[dim.at()]),
    }
}

/// Two rows for one task and agent that differ.
pub fn check_orch054_clashing_estimate(subject: &Subject<'_, '_>) {
    for pair in subject.built.rows.windows(2) {
        let [a, b] = pair else { continue };
        if (a.task, a.who) == (b.task, b.who) && clash(a, b) {
            let id = &subject.snapshot().task(b.task).id;
            let message = format!("the figures of task `{id}` on this agent are given twice, differently");
            subject.problems.add(
                &codes::CLASHING_ESTIMATE,
                subject.span(b.at),
                &Path::Root.field("estimates"),
                message,
            );
        }
    }
}

fn clash(a: &Row, b: &Row) -> bool {
    let differ = |x: Option<f64>, y: Option<f64>| x.zip(y).is_some_and(|(x, y)| x != y);
    let (a, b) = (a.figures, b.figures);
    differ(a.load, b.load) || differ(a.cost, b.cost) || differ(a.duration_ms, b.duration_ms)
}
