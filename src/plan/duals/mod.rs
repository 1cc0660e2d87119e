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
}

/// Pairs of task and agent from which relaxations are not solved for prices alone.
const MANY: usize = 500_000;
/// Pairs up to which the reach of prices is looked for: it takes several programmes.
const FEW: usize = 2_000;
/// Prices whose reach is looked for.
const REACHES: usize = 4;
/// Times that the units are doubled.
const DOUBLINGS: usize = 5;
/// Share of the price that a unit must still bring.
const KEPT: f64 = 0.95;
/// Share of the value below which a price of what there is counts as rounding.
const NOISE: f64 = 1e-6;

/// Prices of every relaxation of a strategy over the tasks that a plan places; a relaxation whose value nothing
/// limits is left out.
pub fn duals(q: &Quantities<'_>, strategy: Strategy, plan: &Plan) -> Vec<Duals> {
    let inst = Instance::new(q);
    if inst.pairs() > MANY {
        return Vec::new();
    }
    let heads = Heads::new(&inst);
    let components = Component::of(strategy);
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
        (!rows.is_empty()).then_some(Duals { component: components[i], value: solved.value, method: solved.method, rows })
    });
    found.into_iter().flatten().collect()
}

/// Looks how far the dearest prices hold.
fn reach(programme: &Programme<'_>, value: f64, rows: &mut [Dual]) {
    for row in rows.iter_mut().take(REACHES) {
        if programme.moved(row.limit, 1.0).is_none() {
            continue;
        }
        let mut units = 1.0;
        let mut holds = None;
        for _ in 0..DOUBLINGS {
            let Some(moved) = programme.moved(row.limit, units) else { break };
            if value - moved < KEPT * row.price * units {
                break;
            }
            holds = Some(units);
            units *= 2.0;
        }
        // Between what holds and its double lies where the price falls; halving finds the whole unit.
        let (mut low, mut high) = (holds.unwrap_or(0.0), units);
        let at_least = holds.is_some_and(|h| h * 2.0 > 2f64.powi(DOUBLINGS as i32 - 1));
        while !at_least && high - low > 1.0 {
            let middle = libm::floor(f64::midpoint(low, high));
            match programme.moved(row.limit, middle) {
                Some(moved) if value - moved >= KEPT * row.price * middle => low = middle,
                _ => high = middle,
            }
        }
        row.up_to = Some(Reach { units: low, at_least });
    }
}

/// What a task gains at most, and all tasks together, in the component's own unit, where a changed snapshot offers
/// them further agents: the cheapest columns at the prices of the snapshot as it is against those of the changed one.
/// `None` where the two programmes do not compare.
pub fn offered(q: &Quantities<'_>, changed: &Quantities<'_>, component: Component, plan: &Plan) -> Option<[f64; 2]> {
    let (inst, other) = (Instance::new(q), Instance::new(changed));
    if inst.pairs() > MANY {
        return None;
    }
    let (heads, other_heads) = (Heads::new(&inst), Heads::new(&other));
    let programme = Programme::new(&inst, &heads, component, plan)?;
    let solved = programme.solve()?;
    Programme::new(&other, &other_heads, component, plan)?.beside(&programme, &solved)
}
