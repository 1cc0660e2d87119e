//! The planning engine, callable from every command: a strategy in, a verified plan with its bound out.
//!
//! First as much as possible is placed ([`place`]), then the strategy's draft is made ([`strategies`]) and
//! timed ([`draft`]); bounds come from relaxations whose certificates are recomputed in integers.

mod bounds;
mod buckets;
mod budget;
mod draft;
mod guide;
mod heads;
mod place;
mod selection;
mod solution;
mod strategies;
mod windows;

use bounds::Bounds;
use heads::Heads;
pub use solution::{Bound, Effort, Objective, PlacementProof, Reason, Request, Solution, Status, Term};
use strategies::Start;

use crate::{
    error::Error,
    model::{Plan, Quantities, Strategy},
    schedule::{Components, Instance, components, verify},
};

/// Plans a snapshot.
///
/// # Errors
///
/// [`Error::Internal`] where the plan fails its own verification.
pub fn solve(q: &Quantities<'_>, request: &Request) -> Result<Solution, Error> {
    let inst = Instance::new(q);
    let heads = Heads::new(&inst);
    let start = Start {
        inst: &inst,
        heads: &heads,
        placed: place::everything(&inst, request.effort),
        budget: budget::Budget::of(&inst, request.effort),
    };
    let mut bounds = Bounds::trivial();
    let draft = match request.strategy {
        Strategy::CostOptimized => start.by_cost(&mut bounds),
        Strategy::LoadBalanced => start.by_load(&mut bounds),
        Strategy::PerformanceOptimized | Strategy::DeadlineAware => start.by_time(request.strategy, &mut bounds),
        Strategy::Hybrid => start.by_time(Strategy::PerformanceOptimized, &mut bounds),
    };
    let plan = draft.plan(&inst);
    let violations = verify::violations(q, &plan);
    if !violations.is_empty() {
        let text: Vec<String> = violations.iter().take(5).map(|v| v.message.clone()).collect();
        return Err(Error::Internal(format!("the plan fails verification: {}", text.join("; "))));
    }
    start.bound_again(request.strategy, placed_units(&inst, &plan), &mut bounds);
    let objective = objective(&inst, &heads, request, &plan, bounds);
    Ok(Solution { plan, objective, unassigned: Vec::new(), critical_agents: Vec::new() })
}

/// The units that a plan places, by index.
fn placed_units(inst: &Instance<'_>, plan: &Plan) -> Vec<u32> {
    let placed = |t: &u32| plan.placements[*t as usize].is_some();
    (0..inst.units.len() as u32).filter(|u| inst.units.row(*u as usize).iter().all(placed)).collect()
}

fn objective(inst: &Instance<'_>, heads: &Heads, request: &Request, plan: &Plan, mut bounds: Bounds) -> Objective {
    let components = components(inst.q, plan);
    let placed: Vec<bool> = plan.placements.iter().map(Option::is_some).collect();
    let last = plan.placed().map(|p| p.1.finish).max().unwrap_or(0);
    let (value, bound) = match request.strategy {
        Strategy::CostOptimized => {
            let bound = inst.cost_scale.back(bounds.cost.0 as f64);
            (components.cost, Bound { value: bound, method: bounds.cost.1 })
        }
        Strategy::LoadBalanced => {
            (components.max_utilization, Bound { value: bounds.utilization.0, method: bounds.utilization.1 })
        }
        Strategy::PerformanceOptimized | Strategy::Hybrid => {
            (components.makespan, bounds::in_seconds((bounds.makespan.0 as f64, bounds.makespan.1)))
        }
        Strategy::DeadlineAware => {
            let known = components.weighted_tardiness * 1000.0;
            bounds.tardiness = bounds::tardiness(inst, heads, &placed, last, known);
            (components.weighted_tardiness, bounds::in_seconds(bounds.tardiness))
        }
    };
    let placement = placement(inst, &components);
    let met = met(value, &bound);
    let bound = Bound { value: if met { value } else { bound.value }, ..bound };
    let proven = met && placement.proven_optimal;
    Objective {
        strategy: request.strategy,
        value,
        bound: Some(bound),
        components,
        placement,
        proven_optimal: proven,
        status: if proven { Status::Optimal } else { Status::Feasible },
        terms: Vec::new(),
    }
}

/// True where a value is at its bound, but for the noise of summing floats.
fn met(value: f64, bound: &Bound) -> bool {
    value - bound.value <= 1e-9 * value.abs().max(1e-3)
}

fn placement(inst: &Instance<'_>, components: &Components) -> PlacementProof {
    let impossible = place::impossible(inst);
    let bound = place::bound(inst, &impossible);
    let value = components.priority_placed;
    let all = impossible.iter().filter(|i| !**i).count() == components.placed;
    PlacementProof { value, bound: if all { value } else { bound }, proven_optimal: all }
}
