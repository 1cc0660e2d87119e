//! `orch verify`: sound plans pass with their proofs, and each way to break a plan or a certificate is named.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use std::{fs, path::Path};

use assert_cmd::Command;
use orch::{
    input,
    model::{Quantities, Snapshot, Strategy},
    plan::{Effort, Request, solve},
    schedule::proof::{self, Certificate, Component},
    verify,
};
use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::{Value, json};
use support::{
    documents::documents,
    plans::{planned, verified},
    random::Rng,
    read::read,
};

fn orch(args: &[&str]) -> std::process::Output {
    Command::cargo_bin("orch").unwrap().args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn codes(report: &verify::Report) -> Vec<&'static str> {
    report.violations.iter().map(|v| v.code).collect()
}

#[test]
fn plans_of_every_fixture_and_strategy_verify_with_their_proofs() {
    let folder = tempfile::TempDir::new().unwrap();
    let plan = folder.path().join("plan.json");
    let plan = plan.to_str().unwrap();
    for fixture in [
        "examples/tasks.yaml",
        "fixtures/full.yaml",
        "fixtures/small/ten-tasks.yaml",
        "fixtures/small/heft.yaml",
        "fixtures/small/ft06.yaml",
        "fixtures/small/map.yaml",
        "fixtures/large/fleet-12x100.yaml",
    ] {
        for strategy in Strategy::ALL {
            let name = strategy.name();
            let args = ["distribute", fixture, "-s", name, "--effort", "quick", "-f", "json", "-o", plan, "-q"];
            assert!(orch(&args).status.code().unwrap() <= 1);
            let out = orch(&["verify", fixture, plan, "-f", "json"]);
            let said: Value = serde_json::from_slice(&out.stdout).unwrap();
            assert_eq!(out.status.code(), Some(0), "{fixture} {name}: {said}");
            // Where a search proves more than its relaxation there is nothing to check.
            let report = serde_json::from_str::<Value>(&fs::read_to_string(plan).unwrap()).unwrap();
            let method = report["certificate"]["method"].as_str().unwrap().to_owned();
            let parts = report["certificate"]["parts"].as_array().into_iter().flatten();
            let believed = parts.filter(|p| p["method"] == "none").count();
            let status = said["certificate"]["status"].as_str().unwrap();
            let expected = match method.as_str() {
                "none" => "none",
                _ if believed > 0 => "partly",
                _ => "proven",
            };
            assert!(believed <= 1, "{fixture}: {report}");
            assert_eq!(status, expected, "{fixture} {name} by {method}: {said}");
        }
    }
}

#[test]
fn a_table_tells_both_sides_lines() {
    let folder = tempfile::TempDir::new().unwrap();
    let (tasks, plan) = (folder.path().join("tasks.yaml"), folder.path().join("plan.yaml"));
    fs::write(&tasks, "version: 1\nagents:\n- {id: a, slots: 1}\ntasks:\n- {id: t, duration: 60}\n- {id: u, duration: 60, deadline: 90}\n").unwrap();
    fs::write(&plan, "agent_assignments:\n  a:\n  - {task: t, start: 0, finish: 60}\n  - {task: u, start: 30}\n")
        .unwrap();
    let out = Command::cargo_bin("orch")
        .unwrap()
        .args(["verify", "tasks.yaml", "plan.yaml"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(1));
    insta::assert_snapshot!("a_foreign_plan_that_breaks_a_rule", String::from_utf8(out.stdout).unwrap());
}

#[test]
fn what_cannot_be_read_ends_in_2() {
    let folder = tempfile::TempDir::new().unwrap();
    for (i, text) in [
        "",
        "{",
        "[]",
        "agent_assignments: 3",
        "agent_assignments: {a: [{start: 0}]}",
        "agent_assignments: {a: [{task: t, start: soon}]}",
        "tasks: []",
    ]
    .iter()
    .enumerate()
    {
        let plan = folder.path().join(format!("{i}.yaml"));
        fs::write(&plan, text).unwrap();
        let out = orch(&["verify", "examples/minimal.yaml", plan.to_str().unwrap()]);
        assert_eq!(out.status.code(), Some(2), "{text}");
        assert!(out.stdout.is_empty(), "{text}");
    }
    assert_eq!(orch(&["verify", "examples/minimal.yaml"]).status.code(), Some(2));
}

/// Files of every kind but a plan: told to be none, or found wanting; never a fault of orch.
#[test]
fn no_file_of_the_wrong_kind_is_a_fault_of_orch() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("fixtures"), root.join("examples")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let out = orch(&["verify", "examples/minimal.yaml", entry.to_str().unwrap(), "-q"]);
            let status = out.status.code().unwrap();
            assert!(status == 2 || status == 1, "{} ends in {status}", entry.display());
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

/// Lines of a plan's rows: (agent, index), sorted as the report has them.
fn rows(plan: &Value) -> Vec<(String, usize)> {
    let agents = plan["agent_assignments"].as_object().unwrap();
    agents.iter().flat_map(|(a, rows)| (0..rows.as_array().unwrap().len()).map(|i| (a.clone(), i))).collect()
}

/// Breaks a plan in one place and tells the code that must follow; `None` where it holds nothing of the kind.
type Break = fn(&Snapshot, &mut Value, &mut Rng) -> Option<&'static str>;

fn some_row<'p>(plan: &'p mut Value, rng: &mut Rng) -> Option<&'p mut Value> {
    let all = rows(plan);
    if all.is_empty() {
        return None;
    }
    let (agent, i) = rng.pick(&all).clone();
    Some(&mut plan["agent_assignments"][&agent][i])
}

fn shift(row: &mut Value, key: &str, by: f64) {
    row[key] = json!(row[key].as_f64().unwrap() + by);
}

const BREAKS: &[(&str, Break)] = &[
    ("another balance, prediction or improvement", |_, plan, rng| {
        let mut paths = Vec::new();
        for section in ["load_balancing_metrics", "performance_predictions"] {
            numbers(&plan[section], format!("/{section}"), &mut paths);
        }
        for baseline in ["round_robin", "greedy"] {
            let path = format!("/baseline_comparison/{baseline}/improvement");
            paths.extend(plan.pointer(&path).filter(|v| v.is_number()).map(|_| path.clone()));
        }
        let figure = plan.pointer_mut(rng.pick::<String>(&paths))?;
        let x = figure.as_f64().unwrap();
        *figure = json!(*rng.pick(&[x + 1.0, x - 0.5, 2.0 * x.abs() + 0.1, 1e30]));
        Some("ORCH635")
    }),
    ("a task that is not there", |_, plan, rng| {
        some_row(plan, rng)?["task"] = json!("no such task");
        Some("ORCH601")
    }),
    ("an agent that is not there", |_, plan, rng| {
        let agents = plan["agent_assignments"].as_object_mut()?;
        let keys: Vec<String> = agents.keys().cloned().collect();
        let rows = agents.remove(rng.pick(&keys))?;
        agents.insert("nobody".into(), rows);
        Some("ORCH602")
    }),
    ("a task twice", |_, plan, rng| {
        let row = some_row(plan, rng)?.clone();
        let agents = plan["agent_assignments"].as_object_mut()?;
        agents.values_mut().next()?.as_array_mut()?.push(row);
        Some("ORCH603")
    }),
    ("a placed task called unassigned", |_, plan, rng| {
        let task = some_row(plan, rng)?["task"].as_str()?.to_owned();
        plan["unassigned_tasks"][task] = json!({"reasons": []});
        Some("ORCH604")
    }),
    ("a task forgotten", |_, plan, rng| {
        let all = rows(plan);
        let (agent, i) = (!all.is_empty()).then(|| rng.pick(&all).clone())?;
        plan["agent_assignments"][&agent].as_array_mut()?.remove(i);
        Some("ORCH605")
    }),
    ("another snapshot", |_, plan, _| {
        plan["snapshot_sha256"] = json!("0".repeat(64));
        Some("ORCH606")
    }),
    ("an agent that may not", |s, plan, rng| {
        let row = some_row(plan, rng)?.clone();
        let q = Quantities::new(s);
        let t = s.find_task(row["task"].as_str()?)?;
        let a = s.agent_ixs().find(|a| !q.eligible(t, *a))?;
        for rows in plan["agent_assignments"].as_object_mut()?.values_mut() {
            rows.as_array_mut()?.retain(|r| r["task"] != row["task"]);
        }
        plan["agent_assignments"][&s.agent(a).id].as_array_mut()?.push(row);
        Some("ORCH610")
    }),
    ("a run too long", |_, plan, rng| {
        shift(some_row(plan, rng)?, "finish", 0.001);
        Some("ORCH611")
    }),
    ("a start before now", |_, plan, rng| {
        some_row(plan, rng)?["start"] = json!(-0.001);
        Some("ORCH612")
    }),
    ("a start before the release", |s, plan, rng| {
        let row = some_row(plan, rng)?;
        let t = s.find_task(row["task"].as_str()?)?;
        let release = s.task(t).release;
        row["start"] = json!((release - 1) as f64 / 1000.0);
        (release > 0).then_some("ORCH613")
    }),
    ("all of an agent's tasks at once", |s, plan, rng| {
        let all = rows(plan);
        let (agent, _) = (!all.is_empty()).then(|| rng.pick(&all).clone())?;
        let own = plan["agent_assignments"][&agent].as_array_mut()?;
        let slots = s.agent(s.find_agent(&agent)?).slots as usize;
        for r in own.iter_mut() {
            (r["start"], r["finish"]) = (json!(1e6), json!(1e6 + 1.0));
        }
        (own.len() > slots && s.state.running.is_empty()).then_some("ORCH617")
    }),
    ("a predecessor left out", |s, plan, _| {
        let placed: Vec<String> = plan["agent_assignments"]
            .as_object()?
            .values()
            .flat_map(|r| r.as_array().unwrap())
            .map(|r| r["task"].as_str().unwrap().to_owned())
            .collect();
        let ids = placed.iter().filter_map(|id| s.find_task(id));
        let d = ids.flat_map(|t| s.task(t).depends_on.iter()).find(|d| !d.soft)?;
        let gone = s.task(d.task).id.clone();
        for rows in plan["agent_assignments"].as_object_mut()?.values_mut() {
            rows.as_array_mut()?.retain(|r| r["task"] != gone.as_str());
        }
        Some("ORCH622")
    }),
    ("a wrong load", |_, plan, rng| {
        shift(some_row(plan, rng)?, "load", 1.0);
        Some("ORCH630")
    }),
    ("a wrong cost", |_, plan, rng| {
        shift(some_row(plan, rng)?, "cost", -1.0);
        Some("ORCH630")
    }),
    ("a wrong component", |_, plan, rng| {
        let name = *rng.pick(&["cost", "max_utilization", "makespan", "weighted_tardiness"]);
        shift(&mut plan["objective"]["components"], name, *rng.pick(&[-1.0, 0.5, 7.0]));
        Some("ORCH631")
    }),
    ("a wrong value", |_, plan, rng| {
        shift(&mut plan["objective"], "value", *rng.pick(&[-1.0, 0.5, 7.0]));
        Some("ORCH632")
    }),
    ("another strategy's name", |_, plan, _| {
        plan["objective"]["name"] = json!("happiness");
        Some("ORCH632")
    }),
    ("more priority than is placed", |_, plan, _| {
        shift(&mut plan["objective"]["placement"], "value", 1.0);
        Some("ORCH633")
    }),
    ("a bound above the value", |_, plan, _| {
        let value = plan["objective"]["value"].as_f64()?;
        plan["objective"]["bound"] = json!(value * 1.5 + 1.0);
        Some("ORCH634")
    }),
    ("a wrong gap", |_, plan, _| {
        shift(&mut plan["objective"], "gap_absolute", 1.0);
        Some("ORCH634")
    }),
    ("a status that does not fit", |_, plan, rng| {
        let now = plan["objective"]["status"].as_str()?.to_owned();
        let other =
            if now == "optimal" { *rng.pick(&["feasible", "limit", "great"]) } else { *rng.pick(&["optimal", "bad"]) };
        plan["objective"]["status"] = json!(other);
        Some("ORCH634")
    }),
    ("a certificate of an unknown method", |_, plan, _| {
        plan["certificate"]["method"] = json!("faith");
        Some("ORCH640")
    }),
    ("a certificate that is no mapping", |_, plan, rng| {
        plan["certificate"] = rng.pick(&[json!(3), json!([]), json!("none"), json!({})]).clone();
        Some("ORCH640")
    }),
    ("a certificate of a bound below the claim", |_, plan, _| {
        let bound = plan["objective"]["bound"].as_f64()?;
        plan["certificate"]["bound"] = json!(bound - 1.0);
        Some("ORCH642")
    }),
];

/// 150 cases, or `PROPTEST_CASES`: some three thousand broken plans, fifteen thousand forged certificates.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(150);
    ProptestConfig { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_plan_broken_in_any_way_is_refused_by_the_right_code(document in documents(14), seed in 0..u64::MAX) {
        let snapshot = read(&document.0);
        let mut rng = Rng(seed);
        let sound = planned(&snapshot, *rng.pick(&Strategy::ALL));
        let report = verified(&snapshot, &sound);
        prop_assert!(report.sound, "{:?}", report.violations);
        for (what, break_it) in BREAKS {
            let mut broken = sound.clone();
            if let Some(code) = break_it(&snapshot, &mut broken, &mut rng) {
                let report = verified(&snapshot, &broken);
                prop_assert!(codes(&report).contains(&code), "{what}: {code} not among {:?}", report.violations);
                prop_assert!(!report.sound);
            }
        }
    }

    /// Whatever a certificate says, it never proves a bound above what a plan of the same tasks reaches.
    #[test]
    fn no_forged_certificate_proves_too_much(document in documents(12), seed in 0..u64::MAX) {
        let snapshot = read(&document.0);
        let q = Quantities::new(&snapshot);
        let mut rng = Rng(seed);
        for strategy in Strategy::ALL {
            let solution = solve(&q, &Request { strategy, effort: Effort::Quick, ..Request::default() }).unwrap();
            let honest = proof::check(&q, &solution.plan, &solution.certificate);
            prop_assert!(honest.is_ok(), "{honest:?}: {:?}", solution.certificate);
            let c = &solution.objective.components;
            let value = |of: Component| match of {
                Component::Cost => c.cost,
                Component::MaxUtilization => c.max_utilization,
                Component::Makespan => c.makespan,
                Component::WeightedTardiness => c.weighted_tardiness,
                Component::Hybrid | Component::Placement => f64::INFINITY,
            };
            let plain = serde_json::to_value(&solution.certificate).unwrap();
            for _ in 0..20 {
                let mut forged = plain.clone();
                for _ in 0..rng.range(1, 3) {
                    forge(&mut forged, &mut rng);
                }
                let Ok(certificate) = serde_json::from_value::<Certificate>(forged.clone()) else { continue };
                for part in parts(&certificate) {
                    let Ok(proof) = proof::check(&q, &solution.plan, part) else { continue };
                    let most = value(part.proves());
                    prop_assert!(
                        !proof.complete || proof.bound.unwrap() <= most + 1e-6 * (1.0 + most),
                        "{} proves {:?} over {most}: {forged}", strategy.name(), proof.bound
                    );
                }
            }
        }
    }
}

fn parts(certificate: &Certificate) -> Vec<&Certificate> {
    match certificate {
        Certificate::Components { parts, .. } => parts.iter().collect(),
        one => vec![one],
    }
}

/// Changes one number, name or list of a certificate.
fn forge(value: &mut Value, rng: &mut Rng) {
    let mut paths = Vec::new();
    leaves(value, String::new(), &mut paths);
    let path = rng.pick(&paths).clone();
    let leaf = value.pointer_mut(&path).unwrap();
    *leaf = match &*leaf {
        Value::Number(n) if n.is_i64() => {
            let n = n.as_i64().unwrap();
            json!(*rng.pick(&[n + 1, n - 1, 2 * n, -n, n / 2, 0, i64::MAX / 4, 1 << 40]))
        }
        Value::Number(n) => {
            let n = n.as_f64().unwrap();
            json!(*rng.pick(&[n + 0.001, n - 0.001, 2.0 * n, -n, n / 3.0, 0.0, 1e9, 1e300]))
        }
        Value::String(_) => {
            json!(*rng.pick(&["t000", "t001", "t002", "a000", "a001", "rate", "shared", "tokens", "nobody"]))
        }
        Value::Array(list) => {
            let mut list = list.clone();
            match (rng.range(0, 2), list.len()) {
                (_, 0) => {}
                (0, n) => drop(list.remove(rng.range(0, n as u64 - 1) as usize)),
                (1, n) => {
                    let again = list[rng.range(0, n as u64 - 1) as usize].clone();
                    list.push(again);
                }
                _ => list.reverse(),
            }
            Value::Array(list)
        }
        other => other.clone(),
    };
}

/// Numbers in mappings, and in mappings in them.
fn numbers(value: &Value, path: String, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| numbers(v, format!("{path}/{k}"), out)),
        Value::Number(_) => out.push(path),
        _ => {}
    }
}

fn leaves(value: &Value, path: String, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| leaves(v, format!("{path}/{k}"), out)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, v)| leaves(v, format!("{path}/{i}"), out));
            out.push(path);
        }
        _ => out.push(path),
    }
}

#[test]
fn the_library_reads_what_it_writes() {
    let request = input::Request { files: vec![Path::new("examples/tasks.yaml").into()], ..input::Request::default() };
    let snapshot = input::read(&request).unwrap().snapshot;
    for strategy in Strategy::ALL {
        let report = verified(&snapshot, &planned(&snapshot, strategy));
        assert!(report.sound, "{:?}", report.violations);
    }
}

#[test]
fn knapsacks_prove_a_cost_that_prices_of_capacities_cannot() {
    let request = input::Request { files: vec!["fixtures/small/ten-tasks.yaml".into()], ..input::Request::default() };
    let snapshot = input::read(&request).unwrap().snapshot;
    let plan = planned(&snapshot, Strategy::CostOptimized);
    assert_eq!(plan["certificate"]["method"], "knapsacks");
    assert!(verified(&snapshot, &plan).sound);
    // Whatever a task earns, no more is proven than is true: a claim above the value always fails.
    let value = plan["objective"]["value"].as_f64().unwrap();
    let tasks: Vec<String> = plan["certificate"]["prices"].as_object().unwrap().keys().cloned().collect();
    for task in tasks {
        for price in [0, 1, -1, 1 << 20, i64::MAX, i64::MIN] {
            let mut forged = plan.clone();
            forged["certificate"]["prices"][&task] = json!(price);
            forged["certificate"]["bound"] = json!(value + 0.1);
            let found = codes(&verified(&snapshot, &forged));
            assert!(
                found.iter().any(|code| ["ORCH640", "ORCH641", "ORCH642"].contains(code)),
                "{task} {price}: {found:?}"
            );
        }
    }
    for (key, wrong) in
        [("shift", json!(31)), ("units", json!({"cost": 0, "load": 1, "task": 1})), ("prices", json!({"x": 1}))]
    {
        let mut forged = plan.clone();
        forged["certificate"][key] = wrong;
        assert_eq!(codes(&verified(&snapshot, &forged)), ["ORCH640"], "{key}");
    }
}
