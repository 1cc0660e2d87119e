//! Agents that nothing tells apart: any permutation of them turns a plan into one of the same times.

use crate::schedule::{Choice, Instance, UNLIMITED};

/// Each agent alone.
pub fn alone(inst: &Instance<'_>) -> Vec<Vec<u32>> {
    (0..inst.agents.len() as u32).map(|a| vec![a]).collect()
}

/// The members of each agent's class, by agent; alone where its place in the network, an amount that it
/// offers or what must be kept apart tells it from all others. O(tasks · agents · log agents).
pub fn of(inst: &Instance<'_>) -> Vec<Vec<u32>> {
    let mixed = (0..inst.units.len()).any(|u| inst.units.row(u).len() > 1 || !inst.apart.row(u).is_empty());
    if mixed || !inst.q.transfers.is_free() {
        return alone(inst);
    }
    let mut columns: Vec<Vec<(u32, Choice)>> = vec![Vec::new(); inst.agents.len()];
    for t in 0..inst.tasks() {
        for c in inst.choices(t).iter() {
            columns[c.agent as usize].push((t as u32, Choice { agent: 0, ..c }));
        }
    }
    let plain = |a: usize| {
        let limits = &inst.agents[a];
        limits.room >= UNLIMITED
            && limits.max_tasks == u32::MAX
            && limits.windows.is_empty()
            && inst.offered.row(a).is_empty()
    };
    let key = |a: usize| (inst.agents[a].from, columns[a].iter().map(|(t, c)| (*t, c.work, c.load, c.cost)));
    let mut out = alone(inst);
    let mut order: Vec<u32> = (0..inst.agents.len() as u32).filter(|a| plain(*a as usize)).collect();
    let compare = |a: &u32, b: &u32| {
        let (a, b) = (key(*a as usize), key(*b as usize));
        a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1))
    };
    order.sort_by(|a, b| compare(a, b).then(a.cmp(b)));
    for class in order.chunk_by(|a, b| compare(a, b).is_eq()) {
        for a in class {
            out[*a as usize] = class.to_vec();
        }
    }
    out
}
