//! Certificates about time: the critical path, what one agent has to do, tasks that cannot be on time.

use std::collections::BTreeSet;

use super::Case;
use crate::{
    model::{Ms, NEVER, seconds},
    plan::lattice,
    schedule::proof::{Certificate, Component, Late, Step},
};

/// The chain that ends last; all that comes before its end, where transfers make chains meet.
pub(super) fn critical(case: &Case<'_, '_>, bound: f64) -> Certificate {
    let inst = case.inst;
    let head = |t: usize| case.heads.finish[t];
    let tasks = case.units.iter().flat_map(|u| inst.units.row(*u as usize)).map(|t| *t as usize);
    let last = tasks.filter(|t| head(*t) < NEVER).max_by_key(|t| (head(*t), std::cmp::Reverse(*t)));
    let mut chain: Vec<usize> = last.into_iter().collect();
    while let Some(p) = chain.last().and_then(|t| latest(case, *t)) {
        chain.push(p);
    }
    chain.reverse();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); chain.len()];
    for i in 1..chain.len() {
        after[i] = vec![chain[i - 1]];
    }
    let short = certificate(case, bound, &chain, &after);
    if inst.q.transfers.is_free() && inst.pairs() > super::CHECKED || case.proves(&short) {
        return short;
    }
    let Some(last) = last else { return short };
    let all = ancestors(case, last);
    let before = |t: &usize| inst.preds.row(*t).iter().map(|p| p.0 as usize).collect();
    let whole = certificate(case, bound, &all, &all.iter().map(before).collect::<Vec<_>>());
    if case.proves(&whole) { whole } else { Certificate::None { proves: Component::Makespan, bound: Some(bound) } }
}

/// The predecessor that is finished last.
fn latest(case: &Case<'_, '_>, t: usize) -> Option<usize> {
    let before = case.inst.preds.row(t).iter().map(|p| p.0 as usize);
    before.max_by_key(|p| (case.heads.finish[*p], std::cmp::Reverse(*p)))
}

/// A task and all that comes before it, predecessors first.
fn ancestors(case: &Case<'_, '_>, t: usize) -> Vec<usize> {
    let mut seen = vec![false; case.inst.tasks()];
    seen[t] = true;
    for t in case.inst.topological.iter().rev().map(|t| *t as usize) {
        if seen[t] {
            case.inst.preds.row(t).iter().for_each(|p| seen[p.0 as usize] = true);
        }
    }
    case.inst.topological.iter().map(|t| *t as usize).filter(|t| seen[*t]).collect()
}

fn certificate(case: &Case<'_, '_>, bound: f64, order: &[usize], after: &[Vec<usize>]) -> Certificate {
    let id = |t: &usize| case.inst.q.snapshot.tasks[*t].id.clone();
    let step = |(t, after): (&usize, &Vec<usize>)| Step {
        task: id(t),
        after: after.iter().map(id).collect(),
        finish: seconds(case.heads.finish[*t]),
    };
    Certificate::CriticalPath { bound, steps: order.iter().zip(after).map(step).collect() }
}

/// The end below the bound, refuted by what must follow on agents that do one thing at a time.
pub(super) fn edges(case: &Case<'_, '_>, bound: f64) -> Certificate {
    let inst = case.inst;
    let single = |a: &u32| inst.agents[*a as usize].slots == 1;
    let only = |t: usize| {
        let mut row = inst.choices(t).iter();
        row.next().filter(|_| row.next().is_none()).map(|c| c.agent)
    };
    let tasks = case.units.iter().flat_map(|u| inst.units.row(*u as usize)).map(|t| *t as usize);
    let agents: BTreeSet<u32> = tasks.filter_map(only).filter(single).collect();
    let trial = seconds(case.bounds.makespan.0 - lattice::step(inst));
    let id = |a: &u32| inst.q.snapshot.agents[*a as usize].id.clone();
    Certificate::EdgeFinding { bound, trial, agents: agents.iter().map(id).collect() }
}

/// Tasks whose earliest finish lies after their deadline.
pub(super) fn late(case: &Case<'_, '_>, bound: f64) -> Certificate {
    let inst = case.inst;
    let is_late = |t: &usize| {
        let head = case.heads.finish[*t];
        case.plan.placements[*t].is_some() && inst.weight[*t] > 0.0 && head < NEVER && head > inst.deadline[*t]
    };
    let row = |t: usize| Late { task: inst.q.snapshot.tasks[t].id.clone(), finish: seconds(case.heads.finish[t]) };
    Certificate::EarliestFinishes { bound, tasks: (0..inst.tasks()).filter(is_late).map(row).collect() }
}

/// The tasks of one agent that together take longest: those from some head on with at least some tail.
pub(super) fn one_machine(case: &Case<'_, '_>, bound: f64) -> Option<Certificate> {
    let inst = case.inst;
    let tails = tails(case);
    let mut own: Vec<Vec<usize>> = vec![Vec::new(); inst.agents.len()];
    for t in case.units.iter().flat_map(|u| inst.units.row(*u as usize)).map(|t| *t as usize) {
        let mut row = inst.choices(t).iter();
        if let (Some(c), None) = (row.next(), row.next())
            && inst.agents[c.agent as usize].slots == 1
            && c.work > 0
        {
            own[c.agent as usize].push(t);
        }
    }
    let head = |t: usize| case.heads.finish[t] - inst.shortest(t);
    let mut best: (Ms, usize, Vec<usize>) = (0, 0, Vec::new());
    for (a, tasks) in own.iter().enumerate() {
        for tail in tasks.iter().map(|t| tails[*t]) {
            let mut from: Vec<usize> = tasks.iter().copied().filter(|t| tails[*t] >= tail).collect();
            from.sort_by_key(|t| (std::cmp::Reverse(head(*t)), *t));
            let mut work = 0;
            for i in 0..from.len() {
                work += inst.shortest(from[i]);
                let length = head(from[i]) + work + tail;
                if length > best.0 {
                    best = (length, a, from[..=i].to_vec());
                }
            }
        }
    }
    let s = inst.q.snapshot;
    let ids = |tasks: &[usize]| tasks.iter().map(|t| s.tasks[*t].id.clone()).collect();
    (best.0 > 0).then(|| Certificate::OneMachine { bound, agent: s.agents[best.1].id.clone(), tasks: ids(&best.2) })
}

/// Least times from each task's finish to the end, transfers between tasks with one agent counted.
fn tails(case: &Case<'_, '_>) -> Vec<Ms> {
    let inst = case.inst;
    let only = |t: usize| {
        let mut row = inst.choices(t).iter();
        row.next().filter(|_| row.next().is_none()).map(|c| c.agent)
    };
    let mut tail = vec![0; inst.tasks()];
    for t in inst.topological.iter().rev().map(|t| *t as usize).filter(|t| case.plan.placements[*t].is_some()) {
        for (p, mb) in inst.preds.row(t) {
            let lag = match (only(*p as usize), only(t)) {
                (Some(a), Some(b)) => inst.transfer(a, b, *mb),
                _ => 0,
            };
            let rest = tail[t] + inst.shortest(t) + if lag >= NEVER { 0 } else { lag };
            tail[*p as usize] = tail[*p as usize].max(rest);
        }
    }
    tail
}
