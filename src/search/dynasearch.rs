//! Order of tasks on agents that do one thing at a time and share nothing: iterated dynasearch for the
//! weighted tardiness (Congram, Potts, van de Velde 2002), with insertions beside swaps (Angel, Bampis 2005).
//!
//! One pass finds the best set of moves whose spans do not overlap, by dynamic programming over positions;
//! passes repeat until none helps, then the order is shaken and the search goes on from there.

use super::{Rng, Sequence};
use crate::{
    limit::Limit,
    model::{Ms, NEVER},
    schedule::{Instance, NONE, UNLIMITED},
};

/// True where agents share nothing and tasks can start at any time, so that each agent's order is all
/// there is to decide.
pub fn applies(inst: &Instance<'_>) -> bool {
    let free = |t: usize| {
        inst.release[t] == 0
            && inst.preds.row(t).is_empty()
            && inst.uses.row(t).iter().all(|(r, _)| inst.shared[*r as usize].capacity >= UNLIMITED)
            && inst.runs_until[t] < 0
    };
    let budgets_only = inst.offered.items().iter().all(|o| o.is_budget);
    budgets_only
        && inst.agents.iter().all(|a| a.slots == 1 && a.windows.is_empty())
        && inst.reserved.slots.is_empty()
        && (0..inst.tasks()).all(free)
}

/// A task of a lane.
#[derive(Debug, Clone, Copy)]
struct Job {
    task: u32,
    work: Ms,
    due: Ms,
    weight: f64,
}

impl Job {
    fn cost(&self, finish: Ms) -> f64 {
        self.weight * (finish - self.due).max(0) as f64
    }
}

/// How a span of positions is rearranged.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Move {
    Keep,
    /// First and last change places.
    Swap,
    /// The first goes behind the last.
    Forward,
    /// The last goes before the first.
    Backward,
}

/// Improves the order on every agent; `work` elementary steps in all.
pub fn improve<'i>(inst: &'i Instance<'i>, sequence: &mut Sequence<'i>, work: u64) {
    let mut lanes: Vec<Vec<Job>> = vec![Vec::new(); inst.agents.len()];
    let mut order = sequence.order.clone();
    order.sort_by_key(|t| (sequence.timeline.start[*t as usize], *t));
    for t in order.iter().map(|t| *t as usize).filter(|t| sequence.timeline.agent[*t] != NONE) {
        let due = if inst.deadline[t] < NEVER { inst.deadline[t] } else { NEVER };
        let job = Job { task: t as u32, work: sequence.choice[t].work, due, weight: inst.weight[t] };
        lanes[sequence.timeline.agent[t] as usize].push(job);
    }
    let busy = lanes.iter().filter(|l| l.len() > 1).count().max(1) as u64;
    let mut out = Vec::with_capacity(order.len());
    for (agent, lane) in lanes.iter_mut().enumerate() {
        iterate(lane, inst.agents[agent].from, work / busy, agent as u64, inst.limit);
        out.extend(lane.iter().map(|j| j.task));
    }
    let left = order.into_iter().filter(|t| sequence.timeline.agent[*t as usize] == NONE);
    out.extend(left.collect::<Vec<_>>());
    *sequence = Sequence::new(inst, out, sequence.choice.clone());
}

/// Dynasearch, shaken and repeated within the work allowed; the best order met stays.
fn iterate(lane: &mut Vec<Job>, from: Ms, work: u64, seed: u64, limit: Limit) {
    if lane.len() < 2 {
        return;
    }
    let mut rng = Rng::new(seed);
    let mut spent = 0;
    let mut now = lane.clone();
    let mut value = descend(&mut now, from, &mut spent);
    let mut best = value;
    lane.copy_from_slice(&now);
    let mut since = 0;
    while spent < work && best > 0.0 && !limit.is_over() {
        let mut trial = now.clone();
        for _ in 0..3 + rng.below(4) {
            let (a, b) = (rng.below(trial.len()), rng.below(trial.len()));
            trial.swap(a, b);
        }
        let found = descend(&mut trial, from, &mut spent);
        since += 1;
        if found <= value || rng.one_in(20) {
            (value, now) = (found, trial);
        }
        if value < best {
            best = value;
            lane.copy_from_slice(&now);
            since = 0;
        } else if since > 100 {
            since = 0;
            value = best;
            now.clone_from(lane);
        }
    }
}

/// Repeats the best set of independent moves until none helps; the weighted tardiness reached.
fn descend(lane: &mut [Job], from: Ms, spent: &mut u64) -> f64 {
    let mut value = f64::INFINITY;
    loop {
        let found = pass(lane, from, spent);
        if found >= value - 1e-9 {
            return found.min(value);
        }
        value = found;
    }
}

/// One dynasearch pass. O(n³) with early ends, O(n²) in practice.
fn pass(lane: &mut [Job], from: Ms, spent: &mut u64) -> f64 {
    let n = lane.len();
    let mut starts = Vec::with_capacity(n + 1);
    starts.push(from);
    for job in lane.iter() {
        starts.push(starts[starts.len() - 1] + job.work);
    }
    let mut least = vec![(0.0, 0, Move::Keep); n + 1];
    for end in 1..=n {
        let last = lane[end - 1];
        let mut best = (least[end - 1].0 + last.cost(starts[end]), end - 1, Move::Keep);
        for begin in (0..end - 1).rev() {
            for kind in [Move::Swap, Move::Forward, Move::Backward] {
                let cost = span_cost(lane, &starts, begin, end, kind, best.0 - least[begin].0, spent);
                if least[begin].0 + cost < best.0 - 1e-9 {
                    best = (least[begin].0 + cost, begin, kind);
                }
            }
        }
        least[end] = best;
    }
    let mut end = n;
    while end > 0 {
        let (_, begin, kind) = least[end];
        let span = &mut lane[begin..end];
        match kind {
            Move::Keep => {}
            Move::Swap => span.swap(0, end - begin - 1),
            Move::Forward => span.rotate_left(1),
            Move::Backward => span.rotate_right(1),
        }
        end = begin;
    }
    least[n].0
}

/// Cost of the positions `begin..end` after a move; stops beyond `limit`.
fn span_cost(lane: &[Job], starts: &[Ms], begin: usize, end: usize, kind: Move, limit: f64, spent: &mut u64) -> f64 {
    let (first, last) = (lane[begin], lane[end - 1]);
    let mut at = starts[begin];
    let mut sum = 0.0;
    let mut run = |job: &Job| {
        at += job.work;
        sum += job.cost(at);
        *spent += 1;
        sum > limit
    };
    let inner = match kind {
        Move::Keep => &lane[begin..end],
        Move::Swap => &lane[begin + 1..end - 1],
        Move::Forward => &lane[begin + 1..end],
        Move::Backward => &lane[begin..end - 1],
    };
    if matches!(kind, Move::Swap | Move::Backward) && run(&last) {
        return f64::INFINITY;
    }
    for job in inner {
        if run(job) {
            return f64::INFINITY;
        }
    }
    if matches!(kind, Move::Swap | Move::Forward) && run(&first) {
        return f64::INFINITY;
    }
    sum
}
