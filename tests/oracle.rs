//! Brute force over tiny snapshots of every kind of constraint: bound ≤ optimum ≤ value, for all strategies.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use orch::{
    model::{Quantities, Strategy},
    plan::{Objective, Request, Solution, solve},
    schedule::verify::violations,
};
use support::{
    brute::{Fronts, Values, fronts, placed, set_of},
    random::{Shape, snapshot},
    read::read,
};

/// Snapshots tried, each with all five strategies; `ORACLE_CASES=2000` tries more.
fn cases() -> u64 {
    std::env::var("ORACLE_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(160)
}

/// Relative and absolute room for the noise of sums.
fn above(a: f64, b: f64) -> bool {
    a > b + 1e-6 * (1.0 + b.abs())
}

fn same(a: f64, b: f64) -> bool {
    !above(a, b) && !above(b, a)
}

/// The objective's value of some components; the references of hybrid are those that the engine states.
fn value(objective: &Objective, v: &Values) -> f64 {
    let component = |name: &str| match name {
        "cost" => v.cost,
        "max_utilization" => v.max_utilization,
        "makespan" => v.makespan,
        _ => v.weighted_tardiness,
    };
    if objective.strategy == Strategy::Hybrid {
        let terms = objective.terms.iter().filter(|t| !t.dropped);
        terms.map(|t| t.weight * component(t.component) / t.reference).sum()
    } else {
        component(objective.strategy.component())
    }
}

/// The optimum over the plans of one set of placed tasks.
fn optimum(objective: &Objective, front: &[(Values, orch::model::Plan)]) -> f64 {
    front.iter().map(|(v, _)| value(objective, v)).fold(f64::INFINITY, f64::min)
}

/// What is wrong with a solution, and whether it is the optimum.
fn judge(q: &Quantities<'_>, fronts: &Fronts, solution: &Solution) -> (Vec<String>, bool) {
    let (plan, objective) = (&solution.plan, &solution.objective);
    let mut wrong: Vec<String> = violations(q, plan).iter().map(ToString::to_string).collect();
    let most = fronts.keys().map(|s| placed(q, *s)).fold((0.0, 0), |a, b| if b > a { b } else { a });
    let mine = placed(q, set_of(plan));
    let Some(front) = fronts.get(&set_of(plan)) else {
        wrong.push(format!("places the tasks {:b}, which no plan can", set_of(plan)));
        return (wrong, false);
    };
    let mut claim = |holds: bool, text: String| {
        if !holds {
            wrong.push(text);
        }
    };
    let placement = &objective.placement;
    claim(same(placement.value, mine.0), format!("says it places {}, places {}", placement.value, mine.0));
    claim(!above(most.0, placement.bound), format!("placement bound {} below {}", placement.bound, most.0));
    claim(!placement.proven_optimal || same(mine.0, most.0), format!("proves placement {} of {}", mine.0, most.0));
    let best = optimum(objective, front);
    let value = objective.value;
    claim(!above(best, value), format!("value {value} below the optimum {best}"));
    if let Some(bound) = &objective.bound {
        claim(!above(bound.value, best), format!("bound {} ({}) above the optimum {best}", bound.value, bound.method));
    }
    claim(!objective.proven_optimal || same(value, best), format!("proves {value}, the optimum is {best}"));
    claim(!objective.proven_optimal || same(mine.0, most.0), "proves a plan that places too little".into());
    let equals = fronts.iter().filter(|(set, _)| placed(q, **set) == most);
    let goal = equals.map(|(_, front)| optimum(objective, front)).fold(f64::INFINITY, f64::min);
    let found = mine == most && same(value, goal);
    (wrong, found)
}

#[test]
fn every_plan_of_a_tiny_snapshot_is_sound_and_its_bound_true() {
    let (mut wrong, mut missed, mut plans, mut proven) = (Vec::new(), Vec::new(), 0u32, 0u32);
    for seed in 0..cases() {
        let shape = Shape { tasks: 3 + (seed % 3) as usize, agents: 1 + (seed / 3 % 3) as usize };
        let snapshot = read(&snapshot(seed, shape));
        let q = Quantities::new(&snapshot);
        let fronts = fronts(&q);
        for (_, plan) in fronts.values().flatten() {
            let found = violations(&q, plan);
            assert!(found.is_empty(), "seed {seed}: verify refuses a sound plan: {found:?}");
        }
        for strategy in Strategy::ALL {
            plans += 1;
            let name = format!("seed {seed} {}", strategy.name());
            match solve(&q, &Request { strategy, ..Request::default() }) {
                Ok(solution) => {
                    let (bad, found) = judge(&q, &fronts, &solution);
                    wrong.extend(bad.into_iter().map(|text| format!("{name}: {text}")));
                    proven += u32::from(solution.objective.proven_optimal);
                    if !found {
                        missed.push(name);
                    }
                }
                Err(error) => wrong.push(format!("{name}: {error}")),
            }
        }
    }
    eprintln!("{plans} plans, {proven} proven, {} missed the optimum: {}", missed.len(), missed.join(", "));
    assert!(wrong.is_empty(), "{} of {plans} plans:\n{}", wrong.len(), wrong.join("\n"));
    let most = plans / 10;
    assert!(missed.len() as u32 <= most, "{} of {plans} plans miss the optimum: {}", missed.len(), missed.join(", "));
}
