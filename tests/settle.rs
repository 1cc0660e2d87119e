//! Settlements: published examples through the binary, and what holds of every settlement.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    process::Command,
};

use orch::{
    input::{self, Request},
    patch,
    report::snapshot::to_json,
    resolve::{self, Options, Report, Resolution},
};
use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::{Value, json};
use support::clashes::{clashing, reordered};

/// The report of a fixture.
fn report(fixture: &str, more: &[&str]) -> Value {
    let path = format!("{}/fixtures/resolve/{fixture}.yaml", env!("CARGO_MANIFEST_DIR"));
    let out = Command::new(env!("CARGO_BIN_EXE_orch"))
        .args(["resolve", &path, "--format", "json"])
        .args(more)
        .output()
        .unwrap();
    assert!(matches!(out.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

/// The strategies of a report whose type this is.
fn strategies<'r>(report: &'r Value, strategy_type: &str) -> Vec<&'r Value> {
    let all = report["resolution_strategies"].as_object().unwrap().values();
    all.filter(|s| s["strategy_type"] == strategy_type).collect()
}

#[test]
fn the_shares_of_the_drf_paper_are_granted() {
    let report = report("drf", &[]);
    let found = strategies(&report, "resource_scheduling");
    let shares = &found[0]["strategy_parameters"]["dominant_shares"];
    for user in ["user-a", "user-b"] {
        assert_eq!(shares[user]["granted"], json!(0.666_667), "{shares}");
    }
    let granted: BTreeMap<(String, String), f64> = found
        .iter()
        .flat_map(|s| s["strategy_parameters"]["grants"].as_array().unwrap())
        .map(|g| {
            let text = |key: &str| g[key].as_str().unwrap().to_owned();
            ((text("holder"), text("resource")), g["granted"].as_f64().unwrap())
        })
        .collect();
    let of = |user: &str, r: &str| granted[&(user.to_owned(), r.to_owned())];
    assert_eq!([of("user-a", "cpu"), of("user-a", "memory-gb")], [3.0, 12.0], "three tasks for A");
    assert_eq!([of("user-b", "cpu"), of("user-b", "memory-gb")], [6.0, 2.0], "two tasks for B");
    assert_eq!(report["summary"]["resolved"], report["summary"]["conflicts"]);
}

#[test]
fn the_capital_is_agreed_on_and_the_ranges_told() {
    let report = report("capital", &[]);
    let found = &strategies(&report, "priority_negotiation")[0]["strategy_parameters"];
    assert_eq!(found["compromise_order"], json!(["nashville", "chattanooga", "knoxville", "memphis"]));
    assert_eq!((&found["contradicted_weight"], &found["total_weight"]), (&json!(207.0), &json!(600.0)));
    assert_eq!(found["proven_minimal"], true);
    // Memphis comes first as soon as the west outweighs all others: 26 + 15 + 17.
    assert_eq!(found["weight_ranges"]["west"]["to"], json!(58.0));
    assert_eq!(report["summary"]["resolved"], 1);
}

#[test]
fn one_cut_opens_both_circles_and_only_with_permission() {
    let kept = report("diamond-cycles", &[]);
    let found = &strategies(&kept, "dependency_resolution")[0];
    assert_eq!(found["strategy_parameters"]["feedback_arc_set"], json!([["join", "start"]]));
    assert_eq!(found["strategy_parameters"]["proven_minimal"], true);
    assert_eq!(found["changes"], json!([]));
    assert_eq!(kept["summary"]["escalated"], 1);
    let cut = report("diamond-cycles", &["--allow-breaking"]);
    let found = &strategies(&cut, "dependency_resolution")[0]["strategy_parameters"];
    assert_eq!(found["parallel_groups"], json!([["start"], ["left", "right"], ["join"]]));
    assert_eq!(cut["summary"]["resolved"], 1);
}

fn resolve_text(text: &str, breaking: bool) -> Result<Resolution, String> {
    let mut file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let request = Request { files: vec![file.path().into()], command: input::Command::Resolve, ..Request::default() };
    let input = input::read(&request).map_err(|e| e.to_string())?;
    Ok(resolve::run(&input, &[], Options { plan: None, allow_breaking: breaking }))
}

fn outcome<'r>(report: &'r Report, which: &str) -> BTreeSet<&'r str> {
    report.resolution_outcomes.iter().filter(|(_, o)| o.outcome == which).map(|(id, _)| id.as_str()).collect()
}

/// What a report says, without the places in the file and the hash of the input.
fn said(report: &Report) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|key, _| !["file", "line", "column", "path", "help"].contains(&key.as_str()));
                map.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut out = serde_json::to_value(report).unwrap();
    strip(&mut out);
    if let Some(findings) = out["findings"].as_array_mut() {
        findings.sort_by_key(Value::to_string);
    }
    out
}

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::with_cases(150) }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn resolving_adds_no_conflict_and_loses_no_task(seed in any::<u64>(), breaking in any::<bool>()) {
        let document = clashing(seed);
        let first = resolve_text(&document.to_string(), breaking).unwrap();
        let settled = to_json(&patch::document(&first.settled));
        let second = resolve_text(&settled, breaking).map_err(TestCaseError::fail)?;
        let before: BTreeSet<&str> = first.report.detected_conflicts.keys().map(String::as_str).collect();
        let after: BTreeSet<&str> = second.report.detected_conflicts.keys().map(String::as_str).collect();
        prop_assert!(after.is_subset(&before), "new: {:?}", after.difference(&before).collect::<Vec<_>>());
        let resolved = outcome(&first.report, "resolved");
        prop_assert!(resolved.is_disjoint(&after), "called resolved: {:?}", resolved.intersection(&after).collect::<Vec<_>>());
        let ids = |v: &Value| -> BTreeSet<String> {
            v["tasks"].as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap().to_owned()).collect()
        };
        prop_assert_eq!(ids(&document), ids(&serde_json::from_str(&settled).unwrap()));
        // Without permission no hard dependency is cut.
        if !breaking {
            let hard = |v: &Value| -> BTreeSet<(String, String)> {
                let tasks = v["tasks"].as_array().unwrap().iter();
                tasks
                    .flat_map(|t| {
                        let list = t["depends_on"].as_array().cloned().unwrap_or_default();
                        list.into_iter().filter(|d| d["soft"] != true).map(move |d| {
                            let before = d.as_str().or(d["task"].as_str()).unwrap().to_owned();
                            (t["id"].as_str().unwrap().to_owned(), before)
                        })
                    })
                    .collect()
            };
            prop_assert!(hard(&document).is_subset(&hard(&serde_json::from_str(&settled).unwrap())));
        }
    }

    #[test]
    fn the_order_of_the_file_decides_nothing(seed in any::<u64>(), other in any::<u64>()) {
        let document = clashing(seed);
        let first = resolve_text(&document.to_string(), true).unwrap();
        let second = resolve_text(&reordered(&document, other).to_string(), true).unwrap();
        prop_assert_eq!(said(&first.report), said(&second.report));
    }
}
