//! Whole classes of tasks priced at once: at given prices a task's reduced cost on an agent is linear in its load,
//! duration and demands, with coefficients of the class's agents that stand in columns.

use std::collections::BTreeMap;

use super::selection::{Price, Selection, TASK};
use crate::{
    lp::NO_KEY,
    model::TaskIx,
    parallel,
    schedule::{Choices, Instance},
};

/// Pairs from which classes are scanned in place of columns one by one.
pub const MANY_PAIRS: usize = 200_000;

/// Groups that one job looks at.
const PART: usize = 1_024;

/// The prices by agent, in figures per scaled unit.
struct AgentPrices {
    /// Of a task, the agent's own charge included.
    task: Vec<f64>,
    load: Vec<f64>,
    /// Of a ms of work.
    work: Vec<f64>,
    /// Of a budget, in the order of all offered dimensions.
    offered: Vec<f64>,
    /// Of an amount held for a ms, likewise.
    held: Vec<f64>,
    /// Of an amount of a shared resource held for a ms.
    shared: Vec<f64>,
    /// The prices of each row of an agent and of what it offers, where what a task pays depends on nothing but what it
    /// asks for, neither on costs nor on how long it takes, and prices are exact.
    plain: Option<Plain>,
}

/// Prices to the last digit: of each agent's load, tasks and level, and of each budget and its level.
struct Plain {
    agents: Vec<[u64; 3]>,
    offered: Vec<[u64; 2]>,
}

impl AgentPrices {
    fn of(selection: &Selection<'_>, of: &[f64]) -> Self {
        let inst = selection.inst;
        let at = |row: Option<u32>| row.map_or(0.0, |r| of[r as usize]);
        let per = selection.per_utilization as f64;
        // Costs count in scaled units: those of 1 of load and of an hour.
        let cost = if selection.price == Price::Cost { inst.cost_scale.factor() } else { 0.0 };
        let tariff = |a: usize| inst.q.tariff(crate::model::AgentIx::of(a));
        let rows = || selection.by_agent.iter().enumerate();
        Self {
            plain: None,
            task: rows().map(|(a, r)| TASK as f64 * at(r.tasks) + cost * tariff(a).per_task).collect(),
            load: rows()
                .map(|(a, r)| {
                    at(r.load) + per * at(r.level_load) + cost * tariff(a).per_load / inst.load_scale.factor()
                })
                .collect(),
            work: rows().map(|(a, r)| at(r.work) + cost * tariff(a).per_hour / 3_600_000.0).collect(),
            offered: selection.budget.iter().zip(&selection.level_budget).map(|(b, l)| at(*b) + per * at(*l)).collect(),
            held: selection.held.iter().map(|r| at(*r)).collect(),
            shared: selection.shared_held.iter().map(|r| at(*r)).collect(),
        }
    }
}

impl AgentPrices {
    /// Tells which agents charge the same whatever is asked of them.
    fn tell_twins(&mut self, selection: &Selection<'_>, of: &[f64]) {
        let is_free = |prices: &[f64]| prices.iter().all(|price| *price == 0.0);
        if selection.price == Price::Nothing && [&self.work, &self.held, &self.shared].into_iter().all(|p| is_free(p)) {
            let at = |row: Option<u32>| row.map_or(0, |r| of[r as usize].to_bits());
            let agents = selection.by_agent.iter().map(|r| [at(r.load), at(r.tasks), at(r.level_load)]);
            let offered = selection.budget.iter().zip(&selection.level_budget).map(|(b, l)| [at(*b), at(*l)]);
            self.plain = Some(Plain { agents: agents.collect(), offered: offered.collect() });
        }
    }

    /// What a task pays for a ms of the shared resources that it holds while it runs.
    fn of_shared(&self, inst: &Instance<'_>, t: usize) -> f64 {
        let held = inst.uses.row(t).iter().filter(|(r, _)| inst.shared[*r as usize].per.is_none());
        held.map(|(r, x)| self.shared[*r as usize] * *x as f64).sum()
    }
}

/// The columns of one class: what its agents charge and what they could hold.
#[derive(Default)]
struct Sheet {
    agent: Vec<u32>,
    task: Vec<f64>,
    load: Vec<f64>,
    /// Of a nominal ms.
    time: Vec<f64>,
    /// Actual over nominal duration.
    stretch: Vec<f64>,
    room: Vec<f64>,
    /// By demand: price of an amount, price of an amount held for a nominal ms, most that fits.
    demand: Vec<[Vec<f64>; 3]>,
    /// The first member that charges the same, where that is told.
    twin: Vec<u32>,
}

impl Sheet {
    fn fill(&mut self, inst: &Instance<'_>, prices: &AgentPrices, t: usize) {
        let members = inst.q.members(inst.q.class(TaskIx::of(t)));
        let agents = || members.iter().map(|m| m.agent.at());
        self.agent = members.iter().map(|m| m.agent.0).collect();
        self.task = agents().map(|a| prices.task[a]).collect();
        self.load = agents().map(|a| prices.load[a]).collect();
        self.stretch = members.iter().map(|m| 1.0 / m.divisor / inst.q.tariff(m.agent).succeeds).collect();
        self.time = agents().zip(&self.stretch).map(|(a, s)| prices.work[a] * s).collect();
        let closed = |a: usize| inst.agents[a].max_tasks == 0;
        self.room = agents().map(|a| if closed(a) { -1.0 } else { inst.agents[a].room as f64 }).collect();
        let columns = |(dim, _): &(u32, i64)| {
            let offers = || agents().map(|a| inst.offer_of(a, *dim));
            [
                offers().map(|o| o.map_or(0.0, |(at, _)| prices.offered[at])).collect(),
                offers().zip(&self.stretch).map(|(o, s)| o.map_or(0.0, |(at, _)| prices.held[at] * s)).collect(),
                offers().map(|o| o.map_or(-1.0, |(_, o)| o.amount as f64)).collect(),
            ]
        };
        self.demand = inst.demand.row(t).iter().map(columns).collect();
        self.twin.clear();
        if let Some(Plain { agents, offered }) = &prices.plain {
            let mut first: BTreeMap<Vec<u64>, u32> = BTreeMap::new();
            let demand = inst.demand.row(t);
            let at = |a: usize, dim: u32| inst.offer_of(a, dim).map_or([u64::MAX; 2], |(at, _)| offered[at]);
            let own = |a: usize| agents[a].into_iter().chain(demand.iter().flat_map(|(dim, _)| at(a, *dim))).collect();
            let same = |i: usize| *first.entry(own(members[i].agent.at())).or_insert(i as u32);
            self.twin = (0..members.len()).map(same).collect();
        }
    }

    /// Reduced costs of a task on every member, but for what is the same on all; infinite where it does not fit.
    fn price(&self, inst: &Instance<'_>, prices: &AgentPrices, t: usize, out: &mut Vec<f64>) {
        let task = inst.q.snapshot.task(TaskIx::of(t));
        let (load, nominal) = (inst.load_scale.demand(task.estimated_load) as f64, task.duration_ms);
        let shared = prices.of_shared(inst, t);
        out.clear();
        let rows = self.task.iter().zip(&self.load).zip(&self.time).zip(&self.stretch).zip(&self.room);
        out.extend(rows.map(|((((task, own), time), stretch), room)| {
            let sum = task + own * load + (time + shared * stretch) * nominal;
            if *room >= load { sum } else { f64::INFINITY }
        }));
        for ((_, x), [price, held, most]) in inst.demand.row(t).iter().zip(&self.demand) {
            let (amount, long) = (*x as f64, *x as f64 * nominal);
            for (((sum, price), held), most) in out.iter_mut().zip(price).zip(held).zip(most) {
                *sum += if *most >= amount { price * amount + held * long } else { f64::INFINITY };
            }
        }
    }
}

/// Moments beyond which a task may not fit before [`crate::model::NEVER`]: columns are then looked at one by one.
const LATE: f64 = 1e15;
/// Rounding of a sum of a few products, as a share of it.
const NOISE: f64 = 1e-12;

impl Sheet {
    /// The members among which the cheapest is, given [`Self::price`]s: those leave out that work is rounded to whole ms,
    /// loads to whole units and costs by `of_cost`, and that an agent's windows may not hold the task.
    fn contenders(&self, inst: &Instance<'_>, prices: &AgentPrices, t: usize, row: &[f64], of_cost: f64) -> Vec<u32> {
        let is_always_open = |i: usize| inst.agents[self.agent[i] as usize].windows.is_empty();
        let finite = (0..row.len()).filter(|i| row[*i] < f64::INFINITY);
        let shared = prices.of_shared(inst, t);
        let task = inst.q.snapshot.task(TaskIx::of(t));
        let (mut least, mut latest) = (f64::INFINITY, 0.0);
        let mut span = vec![(f64::INFINITY, f64::INFINITY); row.len()];
        for i in finite {
            let held: f64 = inst.demand.row(t).iter().zip(&self.demand).map(|((_, x), d)| d[1][i] * *x as f64).sum();
            let rounded = (self.time[i] + held) / self.stretch[i] + shared + self.load[i] + of_cost + row[i] * NOISE;
            span[i] = (row[i] - rounded, row[i] + rounded);
            let from = inst.release[t].max(inst.agents[self.agent[i] as usize].from);
            latest = f64::max(latest, from as f64 + task.duration_ms * self.stretch[i]);
            if is_always_open(i) {
                least = f64::min(least, span[i].1);
            }
        }
        if latest > LATE {
            return Vec::new();
        }
        let near = (0..row.len()).filter(|i| span[*i].0 <= least && span[*i].0 < f64::INFINITY);
        // Of those that charge the same one is enough, if the task is sure to fit there.
        let mut is_known = vec![false; self.twin.len()];
        let mut is_new = |i: &usize| {
            let Some(twin) = self.twin.get(*i).map(|twin| *twin as usize) else { return true };
            let was = is_known[twin];
            is_known[twin] |= is_always_open(*i);
            !was
        };
        near.filter(|i| is_new(i)).map(|i| self.agent[i]).collect()
    }
}

/// The `width` cheapest agents of some groups, see [`crate::lp::Columns::nearest`]. O(pairs), a few ns each.
pub fn nearest(selection: &Selection<'_>, groups: &[u32], of: &[f64], width: usize) -> Vec<u32> {
    let inst = selection.inst;
    let prices = AgentPrices::of(selection, of);
    let order = by_class(selection, groups);
    let parts = parallel::parts(order.len(), PART);
    let found = parallel::map(parts.len(), |i| {
        let mut keys = vec![NO_KEY; parts[i].len() * width];
        let (mut sheet, mut class, mut row, mut ranked) = (Sheet::default(), NO_KEY, Vec::new(), Vec::new());
        for (keys, at) in keys.chunks_mut(width).zip(&order[parts[i].clone()]) {
            let unit = selection.units()[groups[*at as usize] as usize] as usize;
            if let Choices::Derived { task, .. } = inst.unit_choices(unit) {
                let own = inst.q.class(TaskIx::of(task));
                if class != own {
                    sheet.fill(inst, &prices, task);
                    class = own;
                }
                sheet.price(inst, &prices, task, &mut row);
                let agents = &sheet.agent;
                cheapest(row.iter().copied().zip(agents.iter().copied()), &mut ranked, keys, |agent| {
                    let is_open = inst.agents[agent as usize].windows.is_empty();
                    is_open || inst.choice(task, agent).is_some()
                });
            } else {
                let mut entries = Vec::new();
                let reduced = |c: crate::schedule::Choice| {
                    selection.entries(unit, &c, &mut entries);
                    let paid: f64 = entries.iter().map(|(r, x)| of[*r as usize] * *x as f64).sum();
                    (paid + if selection.price == Price::Cost { c.cost as f64 } else { 0.0 }, c.agent)
                };
                cheapest(inst.unit_choices(unit).iter().map(reduced), &mut ranked, keys, |_| true);
            }
        }
        keys
    });
    let mut out = vec![NO_KEY; order.len() * width];
    for (keys, at) in found.iter().flat_map(|keys| keys.chunks(width)).zip(&order) {
        out[*at as usize * width..][..width].copy_from_slice(keys);
    }
    out
}

/// For each group the agents among which the cheapest is, see [`crate::lp::Columns::contenders`]; none where that is
/// not known. O(pairs), a few ns each.
pub fn contenders(
    selection: &Selection<'_>,
    groups: std::ops::Range<usize>,
    of: &[f64],
    is_exact: bool,
) -> Vec<Vec<u32>> {
    let inst = selection.inst;
    let mut prices = AgentPrices::of(selection, of);
    if is_exact {
        prices.tell_twins(selection, of);
    }
    let all: Vec<u32> = groups.clone().map(|g| g as u32).collect();
    let mut out = vec![Vec::new(); groups.len()];
    let of_cost = if selection.price == Price::Cost { 2.0 } else { 0.0 };
    let (mut sheet, mut class, mut row) = (Sheet::default(), NO_KEY, Vec::new());
    for at in by_class(selection, &all) {
        let unit = selection.units()[groups.start + at as usize] as usize;
        let Choices::Derived { task, .. } = inst.unit_choices(unit) else { continue };
        let own = inst.q.class(TaskIx::of(task));
        if class != own {
            sheet.fill(inst, &prices, task);
            class = own;
        }
        sheet.price(inst, &prices, task, &mut row);
        out[at as usize] = sheet.contenders(inst, &prices, task, &row, of_cost);
    }
    out
}

/// Places of groups in the order of their tasks' classes, so that a class's columns serve all its tasks.
fn by_class(selection: &Selection<'_>, groups: &[u32]) -> Vec<u32> {
    let inst = selection.inst;
    let class = |g: &u32| inst.q.class(TaskIx(inst.units.row(selection.units()[*g as usize] as usize)[0]));
    let mut order: Vec<(u32, u32)> = groups.iter().map(class).zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|o| o.1).collect()
}

/// Writes the keys of the cheapest that are possible; of equals those of the least key.
fn cheapest(
    row: impl Iterator<Item = (f64, u32)>,
    ranked: &mut Vec<(f64, u32)>,
    keys: &mut [u32],
    is_possible: impl Fn(u32) -> bool,
) {
    ranked.clear();
    ranked.extend(row.filter(|r| r.0 < f64::INFINITY));
    let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    let mut place = 0;
    let mut begin = 0;
    while begin < ranked.len() && place < keys.len() {
        let rest = &mut ranked[begin..];
        let count = (keys.len() - place).min(rest.len());
        if count < rest.len() {
            rest.select_nth_unstable_by(count, order);
        }
        rest[..count].sort_unstable_by(order);
        for (_, agent) in rest[..count].iter().filter(|r| is_possible(r.1)) {
            keys[place] = *agent;
            place += 1;
        }
        begin += count;
    }
}
