//! The longest chain of tasks at their best: releases, processing and transfers that no plan avoids.

use super::{Bottleneck, MAX_IDS, Relief};
use crate::{
    model::{AgentIx, Ms, Node, TaskIx, seconds},
    optimize::{opportunities::link, scene::Scene},
    report::clock,
};

/// Most pairs of points looked at for one dependency.
const MAX_PAIRS: usize = 4_096;

/// A task on the chain: when it is done at best, and what that is made of.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    done: Ms,
    released: Ms,
    moved: Ms,
    worked: Ms,
    before: Option<TaskIx>,
    /// Agents between which the greatest transfer of the chain goes, and its length.
    widest: Option<(AgentIx, AgentIx, Ms)>,
}

/// The chain, named for what it mostly consists of.
pub fn find(scene: &Scene<'_>) -> Vec<Bottleneck> {
    let reach = reaches(scene);
    let last = scene.order.iter().copied().max_by_key(|t| (reach[t.at()].done, std::cmp::Reverse(*t)));
    let Some(last) = last.filter(|t| reach[t.at()].done > 0) else { return Vec::new() };
    let end = reach[last.at()];
    let mut tasks = vec![last];
    while let Some(before) = reach[tasks[tasks.len() - 1].at()].before {
        tasks.push(before);
    }
    tasks.reverse();
    let mut out = Bottleneck { bound: seconds(end.done), ..Bottleneck::default() };
    out.evidence.extend([
        ("released_seconds", seconds(end.released)),
        ("processing_seconds", seconds(end.worked)),
        ("transfer_seconds", seconds(end.moved)),
        ("tasks", tasks.len() as f64),
    ]);
    if end.released >= end.moved.max(end.worked) {
        release(scene, &mut out, tasks[0]);
    } else if end.moved > end.worked {
        transfer(scene, &mut out, &tasks, end);
    } else {
        out.kind = "long_chain";
        out.message = match &tasks[..] {
            [one] => format!("`{}` alone takes {} at least", scene.task(*one), clock(out.bound)),
            _ => format!("{} tasks wait for each other: together they take {} at least", tasks.len(), clock(out.bound)),
        };
        out.tasks = tasks.iter().take(MAX_IDS).map(|t| scene.task(*t)).collect();
    }
    vec![out]
}

fn release(scene: &Scene<'_>, out: &mut Bottleneck, first: TaskIx) {
    let s = scene.snapshot();
    let at = clock(seconds(s.task(first).release));
    out.kind = "late_release";
    out.message =
        format!("`{}` is released after {at}, and the plan cannot end before {}", s.task(first).id, clock(out.bound));
    out.tasks = vec![scene.task(first)];
}

fn transfer(scene: &Scene<'_>, out: &mut Bottleneck, chain: &[TaskIx], end: Reach) {
    out.kind = "slow_link";
    out.tasks = movers(scene, chain, end).iter().take(MAX_IDS).map(|t| scene.task(*t)).collect();
    out.message = format!("moving data between tasks takes {} of {}", clock(seconds(end.moved)), clock(out.bound));
    let Some((from, to, _)) = end.widest else { return };
    out.agents = vec![scene.agent(from), scene.agent(to)];
    let Some(narrow) = link::narrowest(scene, Node::Agent(from), to) else { return };
    out.link = Some(link::ends(scene, narrow));
    if let Some([a, b]) = &out.link {
        let rate = scene.snapshot().network.links[narrow].bandwidth_mbps;
        out.message = format!(
            "the link `{a}`–`{b}` carries {rate} Mbit/s: moving data takes {} of {}",
            clock(seconds(end.moved)),
            clock(out.bound)
        );
        out.evidence.insert("bandwidth_mbps", rate);
    }
    out.relief = link::widen(scene, narrow).map(|change| Relief { unit: "ten times the bandwidth".into(), change });
}

/// The tasks of the chain, and all pairs that cannot avoid a transfer at least half as long as its longest.
fn movers(scene: &Scene<'_>, chain: &[TaskIx], end: Reach) -> Vec<TaskIx> {
    let long = end.widest.map_or(Ms::MAX, |w| w.2) / 2;
    let mut out: Vec<TaskIx> = chain.to_vec();
    for t in &scene.order {
        for d in scene.snapshot().task(*t).depends_on.iter().filter(|d| !d.soft && d.data_mb > 0.0) {
            if cheapest(scene, d.task, *t, d.data_mb).0 >= long {
                out.extend([d.task, *t]);
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Earliest finish of every task where nothing but its chain holds it up.
fn reaches(scene: &Scene<'_>) -> Vec<Reach> {
    let s = scene.snapshot();
    let mut out = vec![Reach::default(); s.tasks.len()];
    for t in &scene.order {
        let task = s.task(*t);
        let Some(shortest) = scene.q.offers(*t).map(|o| o.processing).min() else { continue };
        let release = task.release.max(0);
        let mut best = Reach { done: release, released: release, ..Reach::default() };
        for d in task.depends_on.iter().filter(|d| !d.soft) {
            let from = out[d.task.at()];
            let (moved, ends) = cheapest(scene, d.task, *t, d.data_mb);
            if from.done + moved > best.done {
                let widest = match (from.widest, ends) {
                    (Some(known), Some(_)) if known.2 >= moved => Some(known),
                    (_, Some((a, b))) => Some((a, b, moved)),
                    (known, None) => known,
                };
                let (done, all) = (from.done + moved, from.moved + moved);
                best = Reach { done, moved: all, before: Some(d.task), widest, ..from };
            }
        }
        best.done += shortest;
        best.worked += shortest;
        out[t.at()] = best;
    }
    out
}

/// The least transfer between agents that may run two tasks, and between whom; none where one may run both.
fn cheapest(scene: &Scene<'_>, from: TaskIx, to: TaskIx, mb: f64) -> (Ms, Option<(AgentIx, AgentIx)>) {
    let q = scene.q;
    if q.transfers.is_free() {
        return (0, None);
    }
    let points = |t: TaskIx| -> Vec<(u32, AgentIx)> {
        let mut out: Vec<(u32, AgentIx)> =
            q.members(q.class(t)).iter().map(|m| (q.transfers.agent_point(m.agent), m.agent)).collect();
        out.sort_unstable();
        out.dedup_by_key(|p| p.0);
        out
    };
    let (senders, receivers) = (points(from), points(to));
    if senders.len() * receivers.len() > MAX_PAIRS || senders.iter().any(|s| receivers.iter().any(|r| r.0 == s.0)) {
        return (0, None);
    }
    let pairs = senders.iter().flat_map(|s| receivers.iter().map(move |r| (s.1, r.1)));
    let timed = pairs.filter_map(|(a, b)| q.transfer(a, b, mb).map(|ms| (ms, (a, b))));
    timed.min().map_or((0, None), |(ms, ends)| (ms, Some(ends)))
}
