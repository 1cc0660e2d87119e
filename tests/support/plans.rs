//! Plans as orch reports them, and what verify says of plans.

use std::fs;

use orch::{
    distribute,
    input::claimed::read_claimed,
    model::{Snapshot, Strategy},
    plan::Effort,
    report::to_json,
    verify,
};
use serde_json::Value;

/// The report of a plan, as JSON.
pub fn planned(snapshot: &Snapshot, strategy: Strategy) -> Value {
    let options = distribute::Options { strategy, effort: Effort::Quick, ..distribute::Options::default() };
    let report = distribute::run(snapshot, &[], options).unwrap();
    serde_json::from_str(&to_json(&report).unwrap()).unwrap()
}

/// What verify says of a plan.
pub fn verified(snapshot: &Snapshot, plan: &Value) -> verify::Report {
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    fs::write(file.path(), serde_json::to_string_pretty(plan).unwrap()).unwrap();
    let claimed = read_claimed(file.path()).unwrap_or_else(|e| panic!("{e}: {plan}"));
    verify::run(snapshot, &claimed, &[])
}
