//! Priority rules: which task is to be scheduled first, greatest rank first.

use super::{Sequence, tails};
use crate::{
    model::{Ms, NEVER},
    schedule::Instance,
};

/// Mean processing time of each task over its possible agents.
fn mean_work(inst: &Instance<'_>) -> Vec<f64> {
    (0..inst.tasks()).map(|t| inst.choices(t).mean(|c| c.work as f64)).collect()
}

/// Upward rank: the longest chain of mean processing times and mean transfers from a task to the end
/// (Topcuoglu, Hariri, Wu 2002).
pub fn upward(inst: &Instance<'_>) -> Vec<f64> {
    let own = mean_work(inst);
    let per_mb = mean_transfer(inst);
    let mut rank = own.clone();
    for t in inst.topological.iter().rev() {
        for (p, mb) in inst.preds.row(*t as usize) {
            let through = own[*p as usize] + per_mb.0 + per_mb.1 * mb + rank[*t as usize];
            rank[*p as usize] = rank[*p as usize].max(through);
        }
    }
    rank
}

/// Mean latency and mean ms per MB between points, sampled where there are many.
fn mean_transfer(inst: &Instance<'_>) -> (f64, f64) {
    let transfers = &inst.q.transfers;
    let points = transfers.points().min(32) as u32;
    if transfers.is_free() || points < 2 {
        return (0.0, 0.0);
    }
    let (mut latency, mut wide, mut pairs) = (0.0, 0.0, 0.0);
    for (from, to) in (0..points).flat_map(|a| (0..points).map(move |b| (a, b))) {
        let one = transfers.between_points(from, to, 1.0);
        if from != to && one.is_finite() {
            latency += transfers.between_points(from, to, 0.0);
            wide += one - transfers.between_points(from, to, 0.0);
            pairs += 1.0;
        }
    }
    if pairs > 0.0 { (latency / pairs, wide / pairs) } else { (0.0, 0.0) }
}

/// The moment by which each task must finish so that it and all that follow can be in time: its own
/// deadline or a follower's less the best processing times between.
pub fn due(inst: &Instance<'_>) -> Vec<Ms> {
    let mut due = inst.deadline.clone();
    for t in inst.topological.iter().rev() {
        let best = inst.shortest(*t as usize);
        for (p, _) in inst.preds.row(*t as usize) {
            due[*p as usize] = due[*p as usize].min(due[*t as usize] - best);
        }
    }
    due
}

/// Earliest due date first (Jackson 1955), with the followers' deadlines; tasks without one come last, by
/// upward rank.
pub fn earliest_due(inst: &Instance<'_>) -> Vec<f64> {
    let upward = upward(inst);
    let due = due(inst);
    (0..inst.tasks()).map(|t| if due[t] < NEVER / 2 { -(due[t] as f64) } else { -(NEVER as f64) + upward[t] }).collect()
}

/// Apparent tardiness cost at moment `now` (Vepsalainen, Morton 1987): weight per work, discounted by slack.
pub fn apparent_tardiness(inst: &Instance<'_>, now: f64, look_ahead: f64) -> Vec<f64> {
    let own = mean_work(inst);
    let due = due(inst);
    let mean = own.iter().sum::<f64>() / (own.len().max(1) as f64);
    let rank = |t: usize| {
        let slack = (due[t] as f64 - own[t] - now).max(0.0);
        inst.weight[t].max(1e-9) / own[t].max(1.0) * libm::exp(-slack / (look_ahead * mean).max(1.0))
    };
    let ranks = (0..inst.tasks()).map(rank).collect();
    with_followers(inst, ranks)
}

/// Weight per work (Smith 1956), a task counting at least as much as what follows it.
pub fn weighted_shortest(inst: &Instance<'_>) -> Vec<f64> {
    let own = mean_work(inst);
    with_followers(inst, (0..inst.tasks()).map(|t| inst.weight[t] / own[t].max(1.0)).collect())
}

/// The longest path through each task, at best (`finish` holds the earliest finishes): what the makespan hangs on
/// comes first, chain by chain, while the best agents still have room.
pub fn through(inst: &Instance<'_>, finish: &[Ms]) -> Vec<f64> {
    let tail = tails(inst, |_| true);
    with_followers(inst, (0..inst.tasks()).map(|t| (finish[t].min(NEVER) + tail[t]) as f64).collect())
}

/// Least slack first: the earliest finish against the moment by which it must be; tasks without one come last, by the
/// longest path through them.
pub fn least_slack(inst: &Instance<'_>, finish: &[Ms]) -> Vec<f64> {
    let (due, path) = (due(inst), through(inst, finish));
    let rank = |t: usize| if due[t] < NEVER / 2 { (finish[t] - due[t]) as f64 } else { path[t] - NEVER as f64 };
    with_followers(inst, (0..inst.tasks()).map(rank).collect())
}

/// Ranks raised by what a schedule did to each task: how far beyond `horizon` the longest path from its finish
/// reaches, or its followers' due moments are missed (squeaky wheel optimisation: Joslin, Clements 1999).
pub fn blamed(inst: &Instance<'_>, rank: &[f64], sequence: &Sequence<'_>, horizon: Option<Ms>) -> Vec<f64> {
    let (due, tail) = (due(inst), tails(inst, |_| true));
    let late = |t: usize| match horizon {
        Some(horizon) => sequence.timeline.finish[t] + tail[t] - horizon,
        None => sequence.timeline.finish[t] - due[t],
    };
    let raised = (0..inst.tasks()).map(|t| rank[t] + late(t).max(0) as f64).collect();
    with_followers(inst, raised)
}

/// Raises each rank to the greatest among its followers.
fn with_followers(inst: &Instance<'_>, mut rank: Vec<f64>) -> Vec<f64> {
    for t in inst.topological.iter().rev() {
        for (p, _) in inst.preds.row(*t as usize) {
            rank[*p as usize] = rank[*p as usize].max(rank[*t as usize]);
        }
    }
    rank
}
