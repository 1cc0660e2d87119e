//! The makespan that resources and interchangeable places cannot beat: a trial makespan is refuted where some
//! interval holds less than what must run inside it (energetic reasoning: Fernandez, Bussell 1973 for
//! processors; Lopez, Esquirol 1996; Baptiste, Le Pape, Nuijten 1999), and the least that is not refuted is a
//! bound (destructive improvement: Klein, Scholl 1999).
//!
//! Each task counts with its shortest run, which ends no sooner than its head; agents of one eligibility count
//! as one resource with a place for each slot.

use std::collections::BTreeMap;

use super::{heads::Heads, lattice};
use crate::{
    model::{Ms, NEVER},
    schedule::{Instance, SharedLimits, UNLIMITED},
    search::tails,
};

/// Tasks beyond which no interval is looked at.
const MANY: usize = 1_500;

/// Sets of eligible agents that are looked at.
const SETS: usize = 32;

/// An interval that refutes a trial makespan.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// Where it begins.
    pub from: Ms,
    /// Where it ends.
    pub until: Ms,
    /// What is too small.
    pub what: What,
    /// The tasks that must run in it.
    pub tasks: Vec<u32>,
}

/// What an interval has too little of.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A shared resource.
    Shared(u32),
    /// The slots of some agents.
    Slots(Vec<u32>),
}

/// What must run on one resource.
struct Demand {
    what: What,
    capacity: f64,
    /// Task and amount.
    needs: Vec<(u32, f64)>,
}

/// Runs as every plan of the same tasks has them at least.
struct Runs {
    /// No plan ends the task sooner.
    head: Vec<Ms>,
    /// Shortest processing time.
    work: Vec<Ms>,
    /// Least time from the task's finish to the end of the plan.
    tail: Vec<Ms>,
    demands: Vec<Demand>,
}

/// A makespan, a multiple of `step` from `known` on, below which no plan of the units gets.
pub fn makespan(inst: &Instance<'_>, heads: &Heads, units: &[u32], known: Ms, step: Ms) -> Ms {
    let mut low = lattice::up(known, step);
    if units.is_empty() || inst.tasks() > MANY || !inst.reserved.fixed.is_empty() {
        return low;
    }
    let runs = Runs::new(inst, heads, units);
    // Gallop, then halve: `low` is always proven, `high` was not refuted.
    let mut stride = step;
    let mut high = loop {
        if !runs.refuted(low + stride - step) {
            break low + stride - step;
        }
        low += stride;
        if stride > NEVER / 8 {
            return low;
        }
        stride *= 2;
    };
    while high > low {
        let middle = low + (high - low) / step / 2 * step;
        if runs.refuted(middle) {
            low = middle + step;
        } else {
            high = middle;
        }
    }
    low
}

/// An interval that holds too little for the units to end by `end`; `None` where none is found.
pub fn witness(inst: &Instance<'_>, heads: &Heads, units: &[u32], end: Ms) -> Option<Witness> {
    Runs::new(inst, heads, units).witness(end)
}

impl Runs {
    fn new(inst: &Instance<'_>, heads: &Heads, units: &[u32]) -> Self {
        let mut tasks: Vec<u32> = units.iter().flat_map(|u| inst.units.row(*u as usize)).copied().collect();
        tasks.sort_unstable();
        let mut placed = vec![false; inst.tasks()];
        for t in &tasks {
            placed[*t as usize] = true;
        }
        let best = |t: usize| inst.shortest(t);
        let work: Vec<Ms> = (0..inst.tasks()).map(best).collect();
        let tail = tails(inst, |t| placed[t]);
        let demands = shared(inst, &tasks).into_iter().chain(places(inst, &tasks)).collect();
        Self { head: heads.finish.clone(), work, tail, demands }
    }

    /// True where some interval up to the trial makespan `end` cannot hold what must run in it.
    fn refuted(&self, end: Ms) -> bool {
        self.witness(end).is_some()
    }

    /// The first such interval.
    fn witness(&self, end: Ms) -> Option<Witness> {
        let mut events = Vec::new();
        self.demands.iter().find_map(|demand| {
            let mut begins: Vec<Ms> = demand.needs.iter().map(|(t, _)| self.start(*t as usize)).collect();
            begins.sort_unstable();
            begins.dedup();
            begins.iter().find_map(|from| {
                let until = self.overfull(demand, *from, end, &mut events)?;
                let inside = |t: usize| self.head[t] > *from && end - self.tail[t] - self.work[t] < until;
                let tasks = demand.needs.iter().map(|n| n.0).filter(|t| inside(*t as usize)).collect();
                Some(Witness { from: *from, until, what: demand.what.clone(), tasks })
            })
        })
    }

    fn start(&self, t: usize) -> Ms {
        self.head[t] - self.work[t]
    }

    /// What must run from `begin` until t2 rises by a task's amount between two moments and is flat elsewhere;
    /// the excess over the capacity is greatest where such a rise ends: there, where it is too much.
    fn overfull(&self, demand: &Demand, begin: Ms, end: Ms, events: &mut Vec<(Ms, f64)>) -> Option<Ms> {
        events.clear();
        for (t, amount) in &demand.needs {
            let t = *t as usize;
            let latest = end - self.tail[t];
            if latest < self.head[t] {
                return Some(end);
            }
            let most = self.work[t].min(self.head[t] - begin);
            if most > 0 {
                let from = begin.max(latest - self.work[t]);
                events.push((from, *amount));
                events.push((from + most, -amount));
            }
        }
        events.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let (mut at, mut slope, mut energy) = (begin, 0.0, 0.0);
        for (moment, change) in events {
            energy += slope * (*moment - at) as f64;
            at = *moment;
            slope += *change;
            // Room for the noise of sums, many times over.
            if energy > demand.capacity * (at - begin) as f64 * (1.0 + 1e-9) + 1e-3 {
                return Some(at);
            }
        }
        None
    }
}

/// Shared resources held while a task runs. Demands are rounded up and capacities down in the instance: one
/// unit less and more makes up for that.
fn shared(inst: &Instance<'_>, tasks: &[u32]) -> Vec<Demand> {
    let blank = |(i, r): (u32, &SharedLimits)| Demand {
        what: What::Shared(i),
        capacity: (r.capacity + 1) as f64,
        needs: Vec::new(),
    };
    let mut out: Vec<Demand> = (0..).zip(&inst.shared).map(blank).collect();
    for t in tasks {
        for (r, x) in inst.uses.row(*t as usize) {
            let limits = &inst.shared[*r as usize];
            if limits.capacity < UNLIMITED && limits.per.is_none() && *x > 1 {
                out[*r as usize].needs.push((*t, (*x - 1) as f64));
            }
        }
    }
    out.retain(|d| d.needs.len() > 1);
    out
}

/// Slots of the agents that each set of tasks is confined to.
fn places(inst: &Instance<'_>, tasks: &[u32]) -> Vec<Demand> {
    let mut sets: BTreeMap<Vec<u32>, Vec<u32>> = BTreeMap::new();
    for t in tasks {
        let agents: Vec<u32> = inst.choices(*t as usize).iter().map(|c| c.agent).collect();
        sets.entry(agents).or_default().push(*t);
        if sets.len() > SETS {
            return Vec::new();
        }
    }
    let slots = |set: &Vec<u32>| set.iter().map(|a| f64::from(inst.agents[*a as usize].slots)).sum();
    let within = |a: &[u32], b: &[u32]| a.iter().all(|x| b.binary_search(x).is_ok());
    let demand = |set: &Vec<u32>| {
        let confined = sets.iter().filter(|(other, _)| within(other, set)).flat_map(|(_, tasks)| tasks);
        Demand { what: What::Slots(set.clone()), capacity: slots(set), needs: confined.map(|t| (*t, 1.0)).collect() }
    };
    sets.keys().map(demand).filter(|d| d.needs.len() as f64 > d.capacity).collect()
}
