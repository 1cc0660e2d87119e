//! Arguments about time: chains of work, intervals that hold too little, agents that do one thing at a time.

use super::{
    Fault, Late, Step,
    ground::{Ground, TOLERANCE, lifted},
};
use crate::model::{Dependency, Ms, NEVER, TaskIx, seconds};

/// A claimed moment in whole milliseconds.
pub(super) fn ms(claimed: f64) -> Result<Ms, Fault> {
    let ms = libm::round(claimed * 1000.0);
    if ms.is_finite() && ms.abs() < NEVER as f64 {
        Ok(ms as Ms)
    } else {
        Err(Fault::malformed(format!("{claimed} is no moment of a plan")))
    }
}

/// The makespan that a critical path proves, seconds.
pub(super) fn critical_path(g: &Ground<'_>, steps: &[Step]) -> Result<f64, Fault> {
    let order = tasks(g, steps.iter().map(|s| s.task.as_str()))?;
    let mut place = vec![usize::MAX; g.placed.len()];
    let mut links: Vec<Vec<&Dependency>> = vec![Vec::new(); g.placed.len()];
    for (i, (t, step)) in order.iter().zip(steps).enumerate() {
        for id in &step.after {
            let found = g.before(*t).find(|d| g.q.snapshot.task(d.task).id == *id);
            let d = found.ok_or_else(|| Fault::broken(format!("`{}` need not wait for `{id}`", step.task)))?;
            if place[d.task.at()] >= i {
                return Err(Fault::broken(format!("`{id}` is no step before `{}`", step.task)));
            }
            links[t.at()].push(d);
        }
        place[t.at()] = i;
    }
    let finish = g.earliest(&order, |t| links[t.at()].clone());
    for (t, step) in order.iter().zip(steps) {
        no_sooner(step.finish, finish[t.at()], &step.task)?;
    }
    let last = order.iter().map(|t| finish[t.at()]).max().unwrap_or(0);
    Ok(seconds(lifted(last, g.step())))
}

fn no_sooner(claimed: f64, proven: Ms, id: &str) -> Result<(), Fault> {
    if ms(claimed)? <= proven {
        return Ok(());
    }
    Err(Fault::broken(format!("`{id}` may be finished at {} s, not only at {claimed}", seconds(proven))))
}

/// The weighted tardiness that tasks cannot avoid one by one, priority seconds.
pub(super) fn earliest_finishes(g: &Ground<'_>, late: &[Late]) -> Result<f64, Fault> {
    let named = tasks(g, late.iter().map(|l| l.task.as_str()))?;
    let heads = g.heads();
    let mut out = 0.0;
    for (t, l) in named.iter().zip(late) {
        no_sooner(l.finish, heads[t.at()], &l.task)?;
        let task = g.q.snapshot.task(*t);
        let due = task.deadline.ok_or_else(|| Fault::broken(format!("`{}` has no deadline", l.task)))?;
        out += task.priority * (ms(l.finish)? - due).max(0) as f64;
    }
    Ok(out / 1000.0)
}

/// What must run in an interval.
pub(super) struct Interval<'a> {
    pub trial: f64,
    pub from: f64,
    pub until: f64,
    pub resource: Option<&'a str>,
    pub agents: &'a [String],
    pub tasks: &'a [String],
}

/// The makespan that an overfull interval proves, seconds (energetic reasoning: Baptiste, Le Pape, Nuijten 1999).
pub(super) fn interval(g: &Ground<'_>, claim: &Interval<'_>) -> Result<f64, Fault> {
    let (trial, from, until) = (ms(claim.trial)?, ms(claim.from)?, ms(claim.until)?);
    let named = tasks(g, claim.tasks.iter().map(String::as_str))?;
    let (capacity, amounts) = demand(g, claim, &named)?;
    let (heads, shortest) = (g.heads(), g.shortest());
    let tails = g.tails(&shortest);
    let mut energy = 0.0;
    for (t, amount) in named.iter().zip(amounts) {
        let (head, work, latest) = (heads[t.at()], shortest[t.at()], trial - tails[t.at()]);
        if latest < head {
            // The task alone does not fit before the trial's end.
            return Ok(seconds(lifted(trial + 1, g.step())));
        }
        let inside = work.min(until - from).min(head - from).min(until - (latest - work)).max(0);
        energy += amount * inside as f64;
    }
    let room = (capacity + TOLERANCE) * (until - from).max(0) as f64;
    if energy > room * (1.0 + 1e-9) + 1e-3 {
        return Ok(seconds(lifted(trial + 1, g.step())));
    }
    let message =
        format!("{} of {} fit between {} s and {} s", energy / 1000.0, room / 1000.0, claim.from, claim.until);
    Err(Fault::broken(message))
}

/// What the interval's resource or agents hold at any moment, and what each task takes of it.
fn demand(g: &Ground<'_>, claim: &Interval<'_>, named: &[TaskIx]) -> Result<(f64, Vec<f64>), Fault> {
    let s = g.q.snapshot;
    if let Some(id) = claim.resource {
        let resources = &s.network.resources;
        let at = resources.binary_search_by(|r| r.id.as_str().cmp(id));
        let at = at.map_err(|_| Fault::unknown("shared resource", id))?;
        let capacity = resources[at].capacity.filter(|_| resources[at].per.is_none());
        let capacity = capacity.ok_or_else(|| Fault::broken(format!("`{id}` is not held while tasks run")))?;
        let amount = |t: &TaskIx| s.task(*t).uses.iter().find(|u| u.0.at() == at).map_or(0.0, |u| u.1);
        return Ok((capacity, named.iter().map(amount).collect()));
    }
    let mut inside = vec![false; s.agents.len()];
    let mut slots = 0.0;
    for id in claim.agents {
        let a = s.find_agent(id).ok_or_else(|| Fault::unknown("agent", id))?;
        if !std::mem::replace(&mut inside[a.at()], true) {
            slots += f64::from(s.agent(a).slots);
        }
    }
    for t in named {
        if let Some(o) = g.options(*t).find(|o| !inside[o.agent.at()]) {
            let message = format!("`{}` may also go to `{}`", s.task(*t).id, s.agent(o.agent).id);
            return Err(Fault::broken(message));
        }
    }
    Ok((slots, vec![1.0; named.len()]))
}

/// The makespan that one agent's own tasks prove, seconds (Carlier 1982).
pub(super) fn one_machine(g: &Ground<'_>, agent: &str, ids: &[String]) -> Result<f64, Fault> {
    let s = g.q.snapshot;
    let a = s.find_agent(agent).ok_or_else(|| Fault::unknown("agent", agent))?;
    if s.agent(a).slots != 1 {
        return Err(Fault::broken(format!("`{agent}` runs several tasks at a time")));
    }
    let named = tasks(g, ids.iter().map(String::as_str))?;
    if let Some(t) = named.iter().find(|t| g.only(**t) != Some(a)) {
        return Err(Fault::broken(format!("`{}` may also go elsewhere than to `{agent}`", s.task(*t).id)));
    }
    let (heads, shortest) = (g.heads(), g.shortest());
    let tails = g.tails(&shortest);
    let head = named.iter().map(|t| heads[t.at()] - shortest[t.at()]).min().unwrap_or(0);
    let tail = named.iter().map(|t| tails[t.at()]).min().unwrap_or(0);
    let work: Ms = named.iter().map(|t| shortest[t.at()]).sum();
    Ok(seconds(lifted(head + work + tail, g.step())))
}

/// Tasks by id: known, placed, each once.
fn tasks<'a>(g: &Ground<'_>, ids: impl Iterator<Item = &'a str>) -> Result<Vec<TaskIx>, Fault> {
    let mut seen = vec![false; g.placed.len()];
    let mut out = Vec::new();
    for id in ids {
        let t = g.q.snapshot.find_task(id).ok_or_else(|| Fault::unknown("task", id))?;
        if !g.is_placed(t) {
            return Err(Fault::broken(format!("`{id}` is not placed, so it proves nothing")));
        }
        if std::mem::replace(&mut seen[t.at()], true) {
            return Err(Fault::broken(format!("`{id}` counts twice")));
        }
        out.push(t);
    }
    Ok(out)
}
