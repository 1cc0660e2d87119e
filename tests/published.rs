//! Published instances of the classical problems: plans are sound, bounds true, and gaps to the best known small.
//!
//! The instances lie beside the repository (`../shared/data`); without them each test says so and passes.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use orch::{
    model::{Quantities, Strategy},
    plan::{Request, Solution, solve},
    schedule::verify::violations,
};
use support::{
    published::{Instance, family, folder},
    read::read,
};

/// One planned instance: gap in percent to the best known value, and what is wrong.
fn plan(instance: &Instance) -> (Option<f64>, Vec<String>) {
    let snapshot = read(&instance.document);
    let q = Quantities::new(&snapshot);
    let strategy = Strategy::ALL.into_iter().find(|s| s.name() == instance.strategy).unwrap();
    let solution = match solve(&q, &Request { strategy, ..Request::default() }) {
        Ok(solution) => solution,
        Err(error) => return (None, vec![error.to_string()]),
    };
    let mut wrong: Vec<String> = violations(&q, &solution.plan).iter().map(ToString::to_string).collect();
    let left = snapshot.tasks.len() - solution.objective.components.placed;
    let (value, best) = match (instance.key.as_str(), instance.best) {
        // What counts is what is left over.
        ("placed", best) => (left as f64, best.map(|b| snapshot.tasks.len() as f64 - b)),
        (key, best) => {
            if left > 0 {
                wrong.push(format!("{left} tasks unplaced"));
            }
            (component(&solution, key), best)
        }
    };
    if let Some(best) = best.filter(|_| instance.proven && left == 0) {
        if value < best - 0.01 {
            wrong.push(format!("value {value} below the proven optimum {best}"));
        }
        if let Some(bound) = solution.objective.bound.as_ref().filter(|b| b.value > best + 0.01) {
            wrong.push(format!("bound {} ({}) above the optimum {best}", bound.value, bound.method));
        }
    }
    let gap = best.map(|best| if best > 0.0 { 100.0 * (value - best) / best } else { 100.0 * f64::from(value > 1e-9) });
    let bound = solution.objective.bound.as_ref().map(|b| b.value);
    eprintln!("{:32} value {value:>12.3} best {best:?} gap {gap:?} bound {bound:?}", instance.name);
    (gap, wrong)
}

fn component(solution: &Solution, key: &str) -> f64 {
    let c = &solution.objective.components;
    match key {
        "cost" => c.cost,
        "max_utilization" => c.max_utilization,
        "makespan" => c.makespan,
        "weighted_tardiness" => c.weighted_tardiness,
        other => panic!("no component {other}"),
    }
}

/// Plans a family; its mean gap may be at most `most` percent.
fn check(name: &str, most: f64) {
    let Some(folder) = folder() else {
        eprintln!("no published instances beside the repository (../shared/data): nothing checked");
        return;
    };
    let (mut gaps, mut wrong) = (Vec::new(), Vec::new());
    for instance in family(&folder, name) {
        let (gap, bad) = plan(&instance);
        gaps.extend(gap);
        wrong.extend(bad.into_iter().map(|text| format!("{}: {text}", instance.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mean = gaps.iter().sum::<f64>() / gaps.len().max(1) as f64;
    eprintln!("{name}: mean gap {mean:.3} % over {} instances", gaps.len());
    assert!(mean <= most, "{name}: mean gap {mean:.3} %, at most {most} %");
}

/// One test per family, so that they run side by side and fail by name.
macro_rules! families {
    ($($name:ident: $most:expr),* $(,)?) => {$(
        #[test]
        fn $name() {
            check(stringify!($name), $most);
        }
    )*};
}

families! {
    gap: 1.0, hcsp: 3.0, pcmax: 1.0, stg: 1.0, wt: 5.0, heft: 1.0, rcpsp: 6.0, jobshop: 1.0, fjsp: 1.0,
    mixed: 10.0, wf: f64::INFINITY,
}

/// At least the reference's 8,203 of 8,324 pods.
#[test]
fn cluster() {
    check("cluster", 0.0);
}
