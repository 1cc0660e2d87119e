//! What holds for every proposal, on random snapshots of every kind of constraint.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use std::fs;

use orch::{
    input::{self, Command, Input, Request},
    model::{Quantities, Strategy},
    optimize::{METRICS, Options, Outcome, Report, measure, run},
    patch,
    plan::{self, Effort, solve},
    report::snapshot::to_json,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::{
    documents::{Document, documents},
    places::without_places,
    random::{Rng, shuffled},
};

fn read(document: &str, command: Command) -> Input {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fleet.json");
    fs::write(&file, document).unwrap();
    let request = Request { files: vec![file], command, ..Request::default() };
    input::read(&request).unwrap_or_else(|e| panic!("{e}\n{document}"))
}

fn options(strategy: Strategy) -> Options<'static> {
    Options { strategy, effort: Effort::Quick, ..Options::default() }
}

fn optimize(document: &Value, strategy: Strategy) -> Outcome {
    run(&read(&document.to_string(), Command::Optimize), &options(strategy))
        .unwrap_or_else(|e| panic!("{e}\n{document}"))
}

/// The plan that another strategy makes, as a baseline that leaves something to gain.
fn with_baseline(document: &Value, strategy: Strategy) -> Value {
    let input = read(&document.to_string(), Command::Distribute);
    let q = Quantities::new(&input.snapshot);
    let request = plan::Request { strategy, effort: Effort::Quick, ..plan::Request::default() };
    let plan = solve(&q, &request).unwrap().plan;
    let mut rows: Map<String, Value> = Map::new();
    for (t, p) in plan.placed() {
        let row = json!({"task": input.snapshot.task(t).id, "start": p.start as f64 / 1000.0, "finish": p.finish as f64 / 1000.0});
        let list = rows.entry(input.snapshot.agent(p.agent).id.clone()).or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(row);
    }
    let mut out = document.clone();
    out["baseline"] = json!({ "agent_assignments": rows });
    out
}

/// A snapshot, mostly with a baseline, sometimes with a budget for changes.
fn case(document: &Value, seed: u64) -> Value {
    let mut rng = Rng(seed);
    let mut out = if rng.chance(70) { with_baseline(document, *rng.pick(&Strategy::ALL)) } else { document.clone() };
    if rng.chance(50) {
        out["policies"] = json!({"budget": {"changes": rng.range(0, 2), "money": rng.range(0, 20)}});
    } else if rng.chance(30) {
        out["policies"] =
            json!({"budget": {"kinds": ["raise_slots", "add_agent", "change_weights", "relax_deadline"]}});
    }
    out
}

/// The strategy's objective over its value before, where both are of the same tasks.
fn objective(report: &Report, strategy: Strategy, weights: [f64; 4]) -> f64 {
    let ratio = |name: &str| {
        let i = &report.performance_improvements[name];
        let (before, after) = (i.before.unwrap(), i.after.unwrap());
        if before > 0.0 { Some(after / before) } else { (after > before).then_some(2.0) }
    };
    let names = ["cost", "max_utilization", "makespan", "weighted_tardiness"];
    match strategy {
        Strategy::CostOptimized => ratio("cost").unwrap_or(1.0),
        Strategy::LoadBalanced => ratio("max_utilization").unwrap_or(1.0),
        Strategy::PerformanceOptimized => ratio("makespan").unwrap_or(1.0),
        Strategy::DeadlineAware => ratio("weighted_tardiness").unwrap_or(1.0),
        Strategy::Hybrid => {
            let before = |name: &str| report.performance_improvements[name].before.unwrap() > 0.0;
            let terms: Vec<(f64, f64)> =
                names.iter().zip(weights).filter(|(n, _)| before(n)).map(|(n, w)| (w * ratio(n).unwrap(), w)).collect();
            let all: f64 = terms.iter().map(|t| t.1).sum();
            if all > 0.0 { terms.iter().map(|t| t.0).sum::<f64>() / all } else { 1.0 }
        }
    }
}

/// No proposal places less, or the same at a worse objective; none is beyond its budget.
fn sound(document: &Value, outcome: &Outcome, strategy: Strategy) -> Result<(), TestCaseError> {
    let report = &outcome.report;
    let placed = &report.performance_improvements["priority_placed"];
    let gained = placed.change.unwrap();
    prop_assert!(gained >= -1e-9, "places less: {placed:?}");
    if gained.abs() <= 1e-9 {
        let worse = objective(report, strategy, [0.25; 4]);
        prop_assert!(worse <= 1.0 + 1e-6, "{}: {worse} of what it was", strategy.name());
    }
    let budget = &document["policies"]["budget"];
    let made: Vec<_> = report.implemented_optimizations.iter().filter(|i| !i.operations.is_empty()).collect();
    if let Some(most) = budget["changes"].as_u64() {
        prop_assert!(made.len() as u64 <= most, "{} changes of {most}", made.len());
    }
    if let Some(money) = budget["money"].as_f64() {
        prop_assert!(made.iter().filter_map(|i| i.cost).sum::<f64>() <= money + 1e-9);
        let total = &report.performance_improvements["cost_total"];
        prop_assert!(total.after.unwrap() <= (total.before.unwrap() + money) * (1.0 + 1e-6) + 1e-9, "{total:?}");
    }
    let names = || made.iter().map(|i| i.kind);
    match budget["kinds"].as_array() {
        Some(kinds) => prop_assert!(names().all(|k| kinds.contains(&json!(k)))),
        None => prop_assert!(names().all(|k| k != "relax_deadline" && k != "change_weights")),
    }
    Ok(())
}

/// The proposed snapshot, written out, read and planned as `distribute` does, is worth what the report says.
fn comes_true(outcome: &Outcome, strategy: Strategy) -> Result<(), TestCaseError> {
    let report = &outcome.report;
    if report.implemented_optimizations.is_empty() {
        return Ok(());
    }
    let emitted = read(&to_json(&patch::document(&outcome.proposed)), Command::Distribute);
    let q = Quantities::new(&emitted.snapshot);
    let request = plan::Request { strategy, effort: Effort::Quick, ..plan::Request::default() };
    let worth = measure(&q, &solve(&q, &request).unwrap().plan);
    for m in METRICS {
        prop_assert_eq!(report.performance_improvements[m.name].after, (m.of)(&worth), "{}", m.name);
    }
    Ok(())
}

/// 16 cases each, or `PROPTEST_CASES`.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(16);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_proposal_is_sound_and_comes_true(document in documents(14), seed in 0..u64::MAX) {
        let document = case(&document.0, seed);
        let strategy = *Rng(!seed).pick(&Strategy::ALL);
        let outcome = optimize(&document, strategy);
        let shown = Document(document.clone());
        sound(&document, &outcome, strategy).map_err(|e| TestCaseError::fail(format!("{e}\n{shown:?}")))?;
        comes_true(&outcome, strategy).map_err(|e| TestCaseError::fail(format!("{e}\n{shown:?}")))?;
    }

    #[test]
    fn the_order_of_the_file_changes_nothing(document in documents(14), seed in 0..u64::MAX) {
        let document = case(&document.0, seed);
        let strategy = *Rng(!seed).pick(&Strategy::ALL);
        let first = without_places(serde_json::to_value(optimize(&document, strategy).report).unwrap());
        let second = without_places(serde_json::to_value(optimize(&shuffled(&document, seed), strategy).report).unwrap());
        prop_assert_eq!(first, second, "{}", document);
    }
}
