//! Dual prices: by how much a strategy's relaxation falls for one unit more of what limits it.
//!
//! The linear programme's value is a convex function of what its rows offer, and the rows' prices are a slope of it
//! (Dantzig 1963): exact at the margin, less and less beyond. They are told in the units of the snapshot. A plan may
//! gain more or less than its relaxation, so whoever tells them plans again ([`crate::optimize`]).

mod programme;
#[cfg(test)]
mod tests;

pub use programme::Component;
use programme::Programme;

use super::heads::Heads;
use crate::{
    model::{AgentIx, DimIx, Plan, Quantities, ResourceIx, Strategy, TaskIx},
    parallel,
    schedule::Instance,
};

/// What limits a relaxation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Load units that an agent may hold.
    Capacity(AgentIx),
    /// Tasks at a time on an agent.
    Slots(AgentIx),
    /// Tasks over the plan on an agent.
    Tasks(AgentIx),
    /// An agent's budget in a dimension.
    Budget(AgentIx, DimIx),
    /// What an agent has of a dimension at any moment.
    Held(AgentIx, DimIx),
    /// The budget of a shared resource.
    SharedBudget(ResourceIx),
    /// What a shared resource gives at a time, or within the span of its rate.
    Shared(ResourceIx),
    /// The deadline of a task, seconds.
    Deadline(TaskIx),
}

/// A price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dual {
    /// What limits.
    pub limit: Limit,
    /// By how much the component falls for one unit more, in the component's own unit.
    pub price: f64,
    /// Units up to which it falls at this price; `None` where that was not looked for.
    pub up_to: Option<Reach>,
}

/// How far a price holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// Units.
    pub units: f64,
    /// It may hold for more: this is as far as was looked.
    pub at_least: bool,
}

/// The prices of one relaxation.
#[derive(Debug, Clone)]
pub struct Duals {
    /// What it bounds.
    pub component: Component,
    /// Its value, in the component's own unit.
    pub value: f64,
    /// `"LP relaxation"` where the prices are those of a solved programme, else `"Lagrangian dual"`.
    pub method: &'static str,
    /// What costs something, the dearest first.
    pub rows: Vec<Dual>,
    /// Of each changed snapshot: by how much the value falls at the margin for one task on a further agent.
    pub offers: Vec<f64>,
}

/// Pairs of task and agent from which relaxations are not solved for prices alone.
const MANY: usize = 500_000;
/// Pairs from which a strategy of several relaxations has prices of its main ones alone.
const SOME: usize = 20_000;
/// Pairs up to which the reach of prices is looked for: it takes several programmes.
const FEW: usize = 2_000;
/// Prices whose reach is looked for.
const REACHES: usize = 4;
/// Times that the units are doubled.
const DOUBLINGS: usize = 5;
/// Amounts above which a unit is a hundredth of what there is.
const MUCH: f64 = 100.0;
/// Seconds that a deadline moves for its unit.
const LATER: f64 = 60.0;
/// Share of the price that a unit must still bring.
const KEPT: f64 = 0.95;
/// Share of the value below which a price of what there is counts as rounding.
const NOISE: f64 = 1e-6;

/// Prices of every relaxation of a strategy over the tasks that a plan places; a relaxation whose value nothing
/// limits is left out. `versions` are changed snapshots of the same tasks and agents that offer tasks further agents.
pub fn duals(q: &Quantities<'_>, strategy: Strategy, plan: &Plan, versions: &[&Quantities<'_>]) -> Vec<Duals> {
    let inst = Instance::new(q);
    if inst.pairs() > MANY {
        return Vec::new();
    }
    let heads = Heads::new(&inst);
    let others: Vec<Instance<'_>> = versions.iter().map(|q| Instance::new(q)).collect();
    let other_heads: Vec<Heads> = others.iter().map(Heads::new).collect();
    let few = inst.pairs() <= SOME || strategy != Strategy::Hybrid;
    let components: Vec<Component> = Component::of(strategy).iter().copied().filter(|c| few || c.is_main()).collect();
    let found = parallel::map(components.len(), |i| {
        let programme = Programme::new(&inst, &heads, components[i], plan)?;
        let solved = programme.solve()?;
        let mut rows = programme.prices(&solved);
        let size = |d: &Dual| d.price * programme.offered(d.limit).max(1.0);
        rows.retain(|d| d.price > 0.0 && size(d) > NOISE * solved.value);
        rows.sort_by(|a, b| b.price.total_cmp(&a.price).then(a.limit.cmp(&b.limit)));
        if inst.pairs() <= FEW {
            reach(&programme, solved.value, &mut rows);
        }
        let others = others.iter().zip(&other_heads);
        let gain = |(other, heads): (&Instance<'_>, &Heads)| {
            Programme::new(other, heads, components[i], plan)?.beside(&programme, &solved)
        };
        let offers: Vec<f64> = others.map(|o| gain(o).unwrap_or(0.0)).collect();
        let some = !rows.is_empty() || offers.iter().any(|x| *x > 0.0);
        let (component, value, method) = (components[i], solved.value, solved.method);
        some.then_some(Duals { component, value, method, rows, offers })
    });
    found.into_iter().flatten().collect()
}

/// Units of a limit that are worth telling: one, or of large amounts a hundredth.
pub fn unit(limit: Limit, have: f64) -> f64 {
    match limit {
        Limit::Slots(_) | Limit::Tasks(_) => 1.0,
        Limit::Deadline(_) => LATER,
        _ if have > MUCH => libm::round(have / MUCH),
        _ => 1.0,
    }
}

/// Looks how far the dearest prices hold.
fn reach(programme: &Programme<'_>, value: f64, rows: &mut [Dual]) {
    for row in rows.iter_mut().take(REACHES) {
        let unit = unit(row.limit, programme.offered(row.limit));
        let holds = |n: f64| programme.moved(row.limit, n * unit).map(|v| value - v >= KEPT * row.price * n * unit);
        let mut known = 0.0;
        let mut next = 1.0;
        let mut fails = None;
        for _ in 0..DOUBLINGS {
            match holds(next) {
                None => break,
                Some(false) => {
                    fails = Some(next);
                    break;
                }
                Some(true) => (known, next) = (next, 2.0 * next),
            }
        }
        // Between what holds and what does not, halving finds the whole unit.
        while let Some(high) = fails.filter(|high| high - known > 1.0) {
            let middle = libm::floor(f64::midpoint(known, high));
            match holds(middle) {
                Some(true) => known = middle,
                _ => fails = Some(middle),
            }
        }
        if known > 0.0 || fails.is_some() {
            row.up_to = Some(Reach { units: known * unit, at_least: fails.is_none() });
        }
    }
}
