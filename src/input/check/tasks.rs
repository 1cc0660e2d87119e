//! What tasks ask for that does not fit together, or that nobody offers.

use std::collections::BTreeMap;

use super::Subject;
use crate::{
    input::{codes, suggest},
    model::{DimIx, SkillIx, TaskIx},
};

/// Due before it may start.
pub fn check_orch045_deadline_before_release(subject: &Subject<'_, '_>) {
    for (task, place) in subject.snapshot().tasks.iter().zip(&subject.built.tasks) {
        let (Some(release), Some(deadline)) = (place.release, task.deadline) else { continue };
        if deadline < release {
            let message = format!("task `{}` is due before its release", task.id);
            let field = ("tasks", place.index, "deadline");
            subject.tell(&codes::DEADLINE_BEFORE_RELEASE, place.deadline, field, message);
        }
    }
}

/// Pinned to an agent that `allowed_agents` or `forbidden_agents` rules out.
pub fn check_orch047_pin_not_allowed(subject: &Subject<'_, '_>) {
    let snapshot = subject.snapshot();
    for (task, place) in snapshot.tasks.iter().zip(&subject.built.tasks) {
        let Some(pinned) = task.pinned else { continue };
        let agent = snapshot.agent(pinned);
        let means = |who: &crate::model::Who| who.means(pinned, agent.kind);
        let verb = if task.forbidden.iter().any(means) {
            "forbids"
        } else if task.allowed.as_ref().is_some_and(|list| !list.iter().any(means)) {
            "does not allow"
        } else {
            continue;
        };
        let message = format!("task `{}` is pinned to `{}`, which it {verb}", task.id, agent.id);
        subject.tell(&codes::PIN_NOT_ALLOWED, place.pinned, ("tasks", place.index, "pinned_agent"), message);
    }
}

/// On one agent, through however many others, and on different ones.
pub fn check_orch048_together_and_apart(subject: &Subject<'_, '_>) {
    let tasks = &subject.snapshot().tasks;
    let mut group: Vec<u32> = (0..tasks.len() as u32).collect();
    for (i, task) in tasks.iter().enumerate() {
        for other in &task.together {
            let (a, b) = (root(&mut group, i as u32), root(&mut group, other.0));
            group[a.max(b) as usize] = a.min(b);
        }
    }
    for (i, task) in tasks.iter().enumerate() {
        for other in task.apart.iter().filter(|other| other.at() > i) {
            if root(&mut group, i as u32) != root(&mut group, other.0) {
                continue;
            }
            let mine = &subject.built.tasks[i];
            let place = if mine.apart == mine.at { &subject.built.tasks[other.at()] } else { mine };
            let message = format!("tasks `{}` and `{}` must be together and apart", task.id, tasks[other.at()].id);
            subject.tell(&codes::TOGETHER_AND_APART, place.apart, ("tasks", place.index, "apart"), message);
        }
    }
}

fn root(group: &mut [u32], mut at: u32) -> u32 {
    while group[at as usize] != at {
        group[at as usize] = group[group[at as usize] as usize];
        at = group[at as usize];
    }
    at
}

/// A capability that no agent has: told once, at the first task of the file that asks for it.
pub fn check_orch050_unknown_capability(subject: &Subject<'_, '_>) {
    let snapshot = subject.snapshot();
    let names = &snapshot.names.skills;
    let mut had = vec![false; names.len()];
    snapshot.agents.iter().flat_map(|a| &a.skills).for_each(|(s, _)| had[s.at()] = true);
    let asks = asking(subject, |t| snapshot.task(t).requires.iter().map(|(s, _): &(SkillIx, f64)| s.0).collect());
    for (skill, (first, count)) in asks.into_iter().filter(|(skill, _)| !had[*skill as usize]) {
        let name = &names[skill as usize];
        let place = &subject.built.tasks[first.at()];
        let known = names.iter().zip(&had).filter(|(_, had)| **had).map(|(name, _)| name.as_str());
        let near = suggest::nearest(name, known).map_or_else(String::new, |n| format!("; did you mean `{n}`?"));
        let message = format!("no agent has the capability `{name}` ({count} {} it{near})", ask_for(count));
        subject.tell(&codes::UNKNOWN_CAPABILITY, place.requires, ("tasks", place.index, "requires"), message);
    }
}

/// A dimension that no agent lists: told once, at the first task of the file that demands it.
pub fn check_orch052_unknown_dimension(subject: &Subject<'_, '_>) {
    let snapshot = subject.snapshot();
    let names = &snapshot.names.dims;
    let mut offered = vec![false; names.len()];
    let listed = snapshot.agents.iter().flat_map(|a| a.resources.iter().chain(&a.budget));
    listed.for_each(|(d, _)| offered[d.at()] = true);
    let asks = asking(subject, |t| snapshot.task(t).demand.iter().map(|(d, _): &(DimIx, f64)| d.0).collect());
    for (dim, (first, count)) in asks.into_iter().filter(|(dim, _)| !offered[*dim as usize]) {
        let place = &subject.built.tasks[first.at()];
        let message = format!("no agent offers `{}` ({count} {} it)", names[dim as usize], ask_for(count));
        subject.tell(&codes::UNKNOWN_DIMENSION, place.demand, ("tasks", place.index, "demand"), message);
    }
}

fn ask_for(count: u32) -> &'static str {
    if count == 1 { "task asks for" } else { "tasks ask for" }
}

/// For each number asked for: the first task of the file that does, and how many do.
fn asking(subject: &Subject<'_, '_>, asks: impl Fn(TaskIx) -> Vec<u32>) -> BTreeMap<u32, (TaskIx, u32)> {
    let mut out: BTreeMap<u32, (TaskIx, u32)> = BTreeMap::new();
    let index = |t: TaskIx| subject.built.tasks[t.at()].index;
    for t in subject.snapshot().task_ixs() {
        for number in asks(t) {
            let row = out.entry(number).or_insert((t, 0));
            row.1 += 1;
            if index(t) < index(row.0) {
                row.0 = t;
            }
        }
    }
    out
}
