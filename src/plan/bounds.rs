//! Values that no plan of the same tasks can beat, each the greatest of several proven arguments.

use super::{
    buckets::Buckets,
    certify::Named,
    crowd::Crowd,
    heads::Heads,
    lattice, merge, scan,
    selection::{LEVEL_COST, Selection},
    solution::Bound,
    start_times,
};
use crate::{
    lp::{self, Relaxation, gcd},
    model::{Ms, NEVER, Plan},
    schedule::{Instance, NONE},
};

/// What is known below every plan that places the same tasks.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// Makespan, ms.
    pub makespan: (Ms, &'static str),
    /// Scaled cost.
    pub cost: (i64, &'static str),
    /// Greatest utilization (or load).
    pub utilization: (f64, &'static str),
    /// Weighted tardiness, priority ms.
    pub tardiness: (f64, &'static str),
    /// The prices behind those that a relaxation gave.
    pub prices: Proofs,
}

/// What units earn at the best relaxation to knapsacks, in scaled cost times `2^shift`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knapsacks {
    /// Binary digits after the point.
    pub shift: u32,
    /// By unit.
    pub prices: Vec<(u32, i64)>,
}

/// Prices that prove bounds, where a relaxation gave them.
#[derive(Debug, Clone, Default)]
pub struct Proofs {
    /// Of the cost.
    pub cost: Option<Named>,
    /// Of the cost, where knapsacks bound it better than prices of what agents offer.
    pub knapsacks: Option<Knapsacks>,
    /// Of the greatest utilization.
    pub utilization: Option<Named>,
    /// Of the makespan.
    pub makespan: Option<Named>,
    /// The tasks that stand in each other's way, where they bound the makespan.
    pub crowd: Option<Crowd>,
    /// The same, where they bound the greatest utilization.
    pub full: Option<Crowd>,
    /// Of the weighted tardiness.
    pub tardiness: Option<start_times::Priced>,
}

/// What is known of something that cannot be below 0.
const SIGN: &str = "sign";

impl Bounds {
    /// Nothing but what signs tell.
    pub fn trivial() -> Self {
        let prices = Proofs::default();
        Self { makespan: (0, SIGN), cost: (0, SIGN), utilization: (0.0, SIGN), tardiness: (0.0, SIGN), prices }
    }
}

impl Bounds {
    /// Takes over what another knows better.
    pub fn learn(&mut self, other: Self) {
        let prices = other.prices;
        if other.makespan.0 > self.makespan.0 || self.makespan.1 == SIGN {
            (self.makespan, self.prices.makespan, self.prices.crowd) = (other.makespan, prices.makespan, prices.crowd);
        }
        if other.cost.0 > self.cost.0 || self.cost.1 == SIGN {
            (self.cost, self.prices.cost, self.prices.knapsacks) = (other.cost, prices.cost, prices.knapsacks);
        }
        if other.utilization.0 > self.utilization.0 || self.utilization.1 == SIGN {
            (self.utilization, self.prices.utilization, self.prices.full) =
                (other.utilization, prices.utilization, prices.full);
        }
    }

    /// The cost's bound in money.
    pub fn of_cost(&self, inst: &Instance<'_>) -> Bound {
        Bound { value: inst.cost_scale.back(self.cost.0 as f64), method: self.cost.1 }
    }

    /// References of the hybrid objective: scaled cost, greatest utilization, makespan in ms, weighted
    /// tardiness in priority ms.
    pub fn references(&self, inst: &Instance<'_>, placed: &[bool]) -> [f64; 4] {
        let due = |t: &usize| placed[*t] && inst.deadline[*t] < NEVER;
        let weight: f64 = (0..placed.len()).filter(due).map(|t| inst.weight[t]).sum();
        [self.cost.0 as f64, self.utilization.0, self.makespan.0 as f64, weight * self.makespan.0 as f64]
            .map(|reference| if reference < LEAST_REFERENCE { 0.0 } else { reference })
    }
}

/// A reference below this is none: what is divided by it may be no number.
const LEAST_REFERENCE: f64 = 1e-200;

/// Steps towards a relaxation's prices where pairs are not too many.
pub const ITERATIONS: u32 = 500;

/// What a relaxation may cost at an instance's size.
pub fn effort(inst: &Instance<'_>, known: Option<f64>) -> lp::Effort {
    let pairs = inst.pairs();
    // Where pairs are many, smoothed prices are as good as subgradients would make them.
    let iterations = if pairs > 500_000 { 0 } else { ITERATIONS };
    lp::Effort { iterations, known, limit: inst.limit, ..lp::Effort::default() }
}

/// Units with an agent, in order.
pub fn placed_units(agent: &[u32]) -> Vec<u32> {
    (0..agent.len() as u32).filter(|u| agent[*u as usize] != NONE).collect()
}

/// The longest chain of best processing times and transfers among the units' tasks.
pub fn path(inst: &Instance<'_>, heads: &Heads, units: &[u32]) -> Ms {
    let tasks = units.iter().flat_map(|u| inst.units.row(*u as usize)).map(|t| *t as usize);
    tasks.map(|t| heads.finish[t]).filter(|f| *f < NEVER).max().unwrap_or(0)
}

/// A makespan in whole ms from the bound of a relaxation whose level costs [`LEVEL_COST`].
fn in_levels(found: &Relaxation) -> Ms {
    (found.bound.ceil().saturating_add(LEVEL_COST - 1)).div_euclid(LEVEL_COST)
}

/// The makespan: critical path with transfers, or work over what agents and resources offer.
pub fn makespan(path: Ms, found: Option<&Relaxation>) -> (Ms, &'static str) {
    match found {
        Some(found) if in_levels(found) > path => (in_levels(found), found.method),
        _ => (path, "critical path"),
    }
}

/// Relaxes, unless some unit has nowhere to go or nothing limits anything.
pub fn relax(inst: &Instance<'_>, selection: &Selection<'_>) -> Option<Relaxation> {
    merge::relax(inst, selection, selection, &effort(inst, None))
}

/// The scaled cost: each unit's cheapest agent, or the assignment relaxation, rounded up to what costs
/// can sum to.
pub fn cost(inst: &Instance<'_>, units: &[u32], found: Option<&Relaxation>) -> (i64, &'static str) {
    let cheapest = |u: &u32| inst.unit_choices(*u as usize).iter().map(|c| c.cost).min().unwrap_or(0);
    // Where pairs are many, prices of 0 are as many steps from the relaxation's as it took to find those.
    let is_known = found.is_some() && inst.pairs() > scan::MANY_PAIRS;
    let alone: i64 = if is_known { 0 } else { units.iter().map(cheapest).sum() };
    match found {
        Some(found) if found.bound.ceil() > alone => {
            let step = common_step(inst, units);
            let up = (found.bound.ceil() + step - 1).div_euclid(step) * step;
            (up, found.method)
        }
        _ => (alone, "cheapest agents"),
    }
}

/// What every cost is a multiple of.
fn common_step(inst: &Instance<'_>, units: &[u32]) -> i64 {
    let mut step = 0;
    for c in units.iter().flat_map(|u| inst.unit_choices(*u as usize).iter()) {
        step = gcd(step, c.cost);
        if step == 1 {
            break;
        }
    }
    step.max(1)
}

/// False where loads are so large that others were rounded up by more than the noise of sums.
fn loads_are_exact(inst: &Instance<'_>) -> bool {
    let scale = inst.load_scale;
    let tasks = &inst.q.snapshot.tasks;
    let by_kind = tasks.iter().flat_map(|t| t.estimates_by_kind.iter().filter_map(|e| e.1.load));
    let by_agent = tasks.iter().flat_map(|t| t.estimates_by_agent.iter().filter_map(|e| e.1.load));
    let mut all = tasks.iter().map(|t| t.estimated_load).chain(by_kind).chain(by_agent);
    scale.back(1.0) < 1e-6 || all.all(|load| scale.demand(load) == scale.floor(load))
}

/// The greatest utilization: what agents hold before the plan, or the min-max relaxation.
pub fn utilization(inst: &Instance<'_>, selection: &Selection<'_>, found: Option<&Relaxation>) -> (f64, &'static str) {
    let empty = crate::schedule::Room::new(inst);
    let before = inst.gauge.peak(inst, &empty);
    let level = found.filter(|_| loads_are_exact(inst)).map_or(0.0, |f| {
        let value = f.bound.floor_f64() / selection.per_utilization as f64 / LEVEL_COST as f64;
        if inst.gauge.by_load { inst.load_scale.back(value) } else { value }
    });
    if level > before { (level, found.map_or("", |f| f.method)) } else { (before, "current load") }
}

/// Weighted tardiness: what each task alone cannot avoid, or the relaxation over time buckets.
pub fn tardiness(
    inst: &Instance<'_>,
    heads: &Heads,
    plan: &Plan,
    known: f64,
    work: u64,
    priced: &mut Option<start_times::Priced>,
) -> (f64, &'static str) {
    let placed: Vec<bool> = plan.placements.iter().map(Option::is_some).collect();
    let horizon = plan.placed().map(|p| p.1.finish).max().unwrap_or(0);
    let late =
        |t: usize| if placed[t] { inst.weight[t] * (heads.finish[t] - inst.deadline[t]).max(0) as f64 } else { 0.0 };
    let alone: f64 = (0..inst.tasks()).map(late).sum();
    let own = (alone, "earliest finishes");
    if known <= alone {
        return own;
    }
    let step = lattice::step(inst);
    if let Some((found, prices)) = start_times::tardiness(inst, heads, plan, step, known, work) {
        *priced = Some(prices);
        return if found > alone { (found, "Lagrangian over start times") } else { own };
    }
    let Some(buckets) = Buckets::new(inst, heads, &placed, horizon) else { return own };
    let effort = effort(inst, Some(known));
    match lp::relax(&buckets, &buckets.rows, &[], &effort) {
        Ok(found) if buckets.scale.back(found.bound.floor_f64()) > alone => {
            (buckets.scale.back(found.bound.floor_f64()), found.method)
        }
        _ => own,
    }
}

/// A bound as reports print it.
pub fn in_seconds(bound: (f64, &'static str)) -> Bound {
    Bound { value: bound.0 / 1000.0, method: bound.1 }
}
