//! Classes: units that ask for the same, and agents that are the same to all of them.

use std::{cmp::Ordering, collections::BTreeMap};

use crate::{
    model::{Task, TaskIx},
    schedule::{Choice, Instance},
};

/// True where two units have the same choices and take the same on each, told without looking at the
/// agents. (Priorities, deadlines and who must be apart may differ.)
pub fn alike(inst: &Instance<'_>, a: usize, b: usize) -> bool {
    let ([s], [t]) = (inst.units.row(a), inst.units.row(b)) else { return a == b };
    let (s, t) = (*s as usize, *t as usize);
    let (x, y) = (task(inst, s), task(inst, t));
    asks(inst, s, t) == Ordering::Equal
        && x.estimates_by_agent == y.estimates_by_agent
        && x.estimates_by_kind == y.estimates_by_kind
        && x.reads == y.reads
        && inst.runs_until[s] < 0
        && inst.runs_until[t] < 0
}

fn task<'q>(inst: &Instance<'q>, t: usize) -> &'q Task {
    inst.q.snapshot.task(TaskIx::of(t))
}

/// An order in which tasks that ask for the same stand together.
fn asks(inst: &Instance<'_>, s: usize, t: usize) -> Ordering {
    let (x, y) = (task(inst, s), task(inst, t));
    inst.q
        .class(TaskIx::of(s))
        .cmp(&inst.q.class(TaskIx::of(t)))
        .then(x.duration_ms.total_cmp(&y.duration_ms))
        .then(x.estimated_load.total_cmp(&y.estimated_load))
        .then(inst.release[s].cmp(&inst.release[t]))
        .then_with(|| inst.demand.row(s).cmp(inst.demand.row(t)))
        .then_with(|| inst.uses.row(s).cmp(inst.uses.row(t)))
}

/// Positions of the units class by class, each class and the classes in their order in `units`; those of one
/// class have equal priority too. O(units · log units).
pub fn of_units(inst: &Instance<'_>, units: &[u32]) -> Vec<Vec<u32>> {
    let first = |i: &u32| inst.units.row(units[*i as usize] as usize)[0] as usize;
    let order = |i: &u32, j: &u32| {
        let (s, t) = (first(i), first(j));
        asks(inst, s, t).then(inst.weight[s].total_cmp(&inst.weight[t])).then(i.cmp(j))
    };
    let mut sorted: Vec<u32> = (0..units.len() as u32).collect();
    sorted.sort_by(order);
    let mut out: Vec<Vec<u32>> = Vec::new();
    for i in sorted {
        let joins = |class: &&mut Vec<u32>| {
            let (a, b) = (units[class[0] as usize] as usize, units[i as usize] as usize);
            alike(inst, a, b) && inst.weight[first(&class[0])].total_cmp(&inst.weight[first(&i)]).is_eq()
        };
        match out.last_mut().filter(joins) {
            Some(class) => class.push(i),
            None => out.push(vec![i]),
        }
    }
    out.sort_by_key(|class| class[0]);
    out
}

/// The class of each agent: those of one class offer the same and are the same choice to each of the units,
/// so that any two may change places. Classes count from 0 in the agents' order. O(units · agents · log agents).
pub fn of_agents(inst: &Instance<'_>, units: &[u32]) -> Vec<u32> {
    let mut class = refined(&vec![0; inst.agents.len()], |a| {
        let limits = &inst.agents[a];
        let offered: Vec<(u32, bool, i64)> =
            inst.offered.row(a).iter().map(|o| (o.dim, o.is_budget, o.amount)).collect();
        let gauge = (inst.gauge.scaled_capacity(a) as i64, inst.gauge.scaled_base(a) as i64, inst.gauge.is_touched(a));
        (limits.slots, limits.room, limits.max_tasks, limits.from, limits.windows.clone(), offered, gauge)
    });
    for unit in units {
        let mut on: Vec<Option<Choice>> = vec![None; class.len()];
        for c in inst.unit_choices(*unit as usize).iter() {
            on[c.agent as usize] = Some(c);
        }
        class = refined(&class, |a| on[a].map(|c| (c.work, c.load, c.cost)));
    }
    class
}

/// Splits classes by a further key.
fn refined<K: Ord>(class: &[u32], key: impl Fn(usize) -> K) -> Vec<u32> {
    let mut known: BTreeMap<(u32, K), u32> = BTreeMap::new();
    let find = |a: usize| {
        let next = known.len() as u32;
        *known.entry((class[a], key(a))).or_insert(next)
    };
    (0..class.len()).map(find).collect()
}
