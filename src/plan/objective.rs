//! What a finished plan is worth beside what no plan can beat.

use super::{
    bounds::{self, Bounds},
    budget::Budget,
    certify, fleets,
    heads::Heads,
    place,
    solution::{Bound, Objective, PlacementProof, Request, Status, Term},
};
use crate::{
    error::Error,
    model::{Plan, Strategy},
    schedule::{Components, Instance, components},
};

/// Tasks beyond which the hybrid objective's tardiness is bounded by what each task alone cannot avoid.
const MANY: usize = 1_000;

/// Measures a plan and sets it beside the bounds of the units that it places.
///
/// # Errors
///
/// [`Error::Internal`] where the value lies below the bound: one of them is wrong.
pub fn of(
    inst: &Instance<'_>,
    heads: &Heads,
    request: Request,
    plan: &Plan,
    mut bounds: Bounds,
) -> Result<(Objective, Bounds), Error> {
    let components = components(inst.q, plan);
    let placed: Vec<bool> = plan.placements.iter().map(Option::is_some).collect();
    if matches!(request.strategy, Strategy::DeadlineAware | Strategy::Hybrid) {
        // A term of four is not worth a relaxation of its own where tasks are many.
        let worth = inst.tasks() <= MANY || request.strategy == Strategy::DeadlineAware && !fleets::is_fleet(inst);
        let known = if worth { components.weighted_tardiness * 1000.0 } else { 0.0 };
        let work = Budget::of(inst, request.effort).bound;
        bounds.tardiness = bounds::tardiness(inst, heads, plan, known, work, &mut bounds.prices.tardiness);
    }
    let terms = if request.strategy == Strategy::Hybrid { terms(inst, &bounds, &placed) } else { Vec::new() };
    let (value, bound) = match request.strategy {
        Strategy::CostOptimized => (components.cost, bounds.of_cost(inst)),
        Strategy::LoadBalanced => {
            (components.max_utilization, Bound { value: bounds.utilization.0, method: bounds.utilization.1 })
        }
        Strategy::PerformanceOptimized => {
            (components.makespan, bounds::in_seconds((bounds.makespan.0 as f64, bounds.makespan.1)))
        }
        Strategy::DeadlineAware => (components.weighted_tardiness, bounds::in_seconds(bounds.tardiness)),
        Strategy::Hybrid => scalarised(inst, &terms, &components, &bounds),
    };
    let slack = 1e-9 * value.abs().max(1e-3);
    if bound.value > value + 1e3 * slack {
        let text = format!("the plan's value {value} lies below its bound {} ({})", bound.value, bound.method);
        return Err(Error::Internal(text));
    }
    // At its bound, but for the noise of summing floats.
    let met = value - bound.value <= slack;
    let bound = Bound { value: if met { value } else { bound.value }, ..bound };
    let placement = placement(inst, &components, &placed);
    let proven = met && placement.proven_optimal;
    let out = Objective {
        strategy: request.strategy,
        value,
        bound: Some(bound),
        components,
        placement,
        proven_optimal: proven,
        status: match () {
            () if proven => Status::Optimal,
            () if inst.limit.is_over() => Status::Limit,
            () => Status::Feasible,
        },
        terms,
    };
    Ok((out, bounds))
}

/// The hybrid objective's terms: weights beside proven lower bounds of the components; for tardiness
/// Σ priority of tasks with a deadline × the makespan's bound.
fn terms(inst: &Instance<'_>, bounds: &Bounds, placed: &[bool]) -> Vec<Term> {
    let weights = &inst.q.snapshot.policies.weights;
    let references = bounds.references(inst, placed);
    let term = |component, weight, reference: f64| Term { component, weight, reference, dropped: reference <= 0.0 };
    vec![
        term("cost", weights.cost, inst.cost_scale.back(references[0])),
        term("max_utilization", weights.max_utilization, references[1]),
        term("makespan", weights.makespan, references[2] / 1000.0),
        term("weighted_tardiness", weights.weighted_tardiness, references[3] / 1000.0),
    ]
}

/// Σ weight · component / reference, and the same of the components' bounds.
fn scalarised(inst: &Instance<'_>, terms: &[Term], components: &Components, bounds: &Bounds) -> (f64, Bound) {
    let sum = |of: [f64; 4]| -> f64 {
        terms.iter().zip(of).filter(|(t, _)| !t.dropped).map(|(t, x)| t.weight * x / t.reference).sum()
    };
    let least = [
        bounds.of_cost(inst).value,
        bounds.utilization.0,
        bounds.makespan.0 as f64 / 1000.0,
        bounds.tardiness.0 / 1000.0,
    ];
    let value = [components.cost, components.max_utilization, components.makespan, components.weighted_tardiness];
    (sum(value), Bound { value: sum(least), method: "bounds of the components" })
}

fn placement(inst: &Instance<'_>, components: &Components, placed: &[bool]) -> PlacementProof {
    let impossible = place::impossible(inst);
    let value = components.priority_placed;
    let left: Vec<usize> = (0..placed.len()).filter(|t| !placed[*t] && !impossible[*t]).collect();
    if left.is_empty() {
        return PlacementProof { value, bound: value, proven_optimal: true, certificate: None };
    }
    let (least, prices) = place::bound(inst, &impossible);
    let bound = least.max(value);
    let met = bound - value <= 1e-9 * bound && left.iter().all(|t| inst.weight[*t] > 0.0);
    let bound = if met { value } else { bound };
    let certificate = prices.and_then(|prices| certify::placement(inst, prices, bound));
    PlacementProof { value, bound, proven_optimal: met, certificate }
}
