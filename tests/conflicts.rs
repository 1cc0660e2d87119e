//! What `orch resolve` finds: textbook cases with near misses beside them, published deadlocks, planted fleets,
//! and what holds for any state at all.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};
use support::published;

fn orch(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_orch")).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

/// The report on a file.
fn report(file: &str, more: &[&str]) -> Value {
    let out = orch(&[&["resolve", file, "--format", "json", "--quiet"], more].concat());
    assert!(matches!(out.status.code(), Some(0 | 1)), "{file}: {}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

fn words(list: &Value) -> String {
    let words: Vec<&str> = list.as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    words.join(" ")
}

/// What was detected, for reading: one conflict a paragraph, in the order of the findings' gravity.
fn detected(report: &Value) -> String {
    let mut out = String::new();
    let mut rows: Vec<&Value> = report["detected_conflicts"].as_object().unwrap().values().collect();
    rows.sort_by_key(|c| (c["type"].to_string(), c["subtype"].to_string(), c["message"].to_string()));
    for c in rows {
        let [kind, subtype, severity] = ["type", "subtype", "severity"].map(|key| c[key].as_str().unwrap());
        let _ = writeln!(out, "{kind} {subtype} {severity}: {}", c["message"].as_str().unwrap());
        let _ = writeln!(
            out,
            "  tasks [{}] agents [{}] involved [{}]",
            words(&c["affected_tasks"]),
            words(&c["affected_agents"]),
            words(&c["involved"])
        );
        for e in c["evidence"].as_array().unwrap() {
            let (path, fact) = (e["path"].as_str().unwrap(), e["fact"].as_str().unwrap());
            let _ = writeln!(out, "  {}:{} {path}: {fact}", e["line"], e["column"]);
        }
    }
    out
}

#[test]
fn textbook_cases_and_the_near_misses_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conflicts");
    let mut files: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    files.retain(|f| Path::new(f).extension().is_some_and(|e| e == "yaml"));
    files.sort();
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let name = file.trim_end_matches(".yaml");
        let text = detected(&report(&format!("fixtures/conflicts/{file}"), &[]));
        insta::assert_snapshot!(format!("detected-{name}"), text);
    }
}

#[test]
fn the_table_leads_with_what_is_open() {
    let out = orch(&["resolve", "fixtures/conflicts/dependency-cycles.yaml"]);
    assert_eq!(out.status.code(), Some(1));
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    let hidden = text.lines().map(|l| if l.starts_with("  resolution") { "  resolution  …" } else { l });
    insta::assert_snapshot!(hidden.collect::<Vec<_>>().join("\n"));
}

/// Allocation and request matrices as holds and waits.
fn state(allocation: &Value, wants: &Value, available: &Value, uses: bool) -> Value {
    let row = |v: &Value| -> Vec<f64> { v.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect() };
    let rows = |v: &Value| -> Vec<Vec<f64>> { v.as_array().unwrap().iter().map(row).collect() };
    let (allocation, wants, available) = (rows(allocation), rows(wants), row(available));
    let name = |r: usize| ["A", "B", "C"][r];
    let total = |r: usize| available[r] + allocation.iter().map(|a| a[r]).sum::<f64>();
    let resources: Vec<Value> = (0..available.len()).map(|r| json!({"id": name(r), "capacity": total(r)})).collect();
    let cells = |m: &[Vec<f64>]| -> Vec<(usize, usize, f64)> {
        let rows = m.iter().enumerate();
        rows.flat_map(|(p, row)| row.iter().enumerate().map(move |(r, n)| (p, r, *n))).filter(|c| c.2 > 0.0).collect()
    };
    let hold = |(p, r, n): &(usize, usize, f64)| json!({"holder": format!("P{p}"), "resource": name(*r), "amount": n});
    let wait = |(p, r, n): &(usize, usize, f64)| json!({"holder": format!("P{p}"), "for": name(*r), "amount": n});
    let task = |p: usize| {
        let most: BTreeMap<&str, f64> = (0..available.len()).map(|r| (name(r), wants[p][r])).collect();
        if uses { json!({"id": format!("P{p}"), "uses": most}) } else { json!({"id": format!("P{p}")}) }
    };
    let waits: Vec<Value> = if uses { Vec::new() } else { cells(&wants).iter().map(wait).collect() };
    json!({
        "version": 1, "agents": [{"id": "a"}],
        "tasks": (0..allocation.len()).map(task).collect::<Vec<_>>(),
        "network": {"resources": resources},
        "state": {"holds": cells(&allocation).iter().map(hold).collect::<Vec<_>>(), "waits": waits},
    })
}

#[test]
fn published_deadlocks_and_states_are_told_apart() {
    let Some(folder) = published::folder() else { return eprintln!("no ../shared/data: nothing to compare with") };
    let cases: Value = serde_json::from_str(&fs::read_to_string(folder.join("deadlock/cases.json")).unwrap()).unwrap();
    let file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    let path = file.path().to_str().unwrap();
    for case in cases["detection"].as_array().unwrap() {
        let state = state(&case["allocation"], &case["request"], &case["available"], false);
        fs::write(path, state.to_string()).unwrap();
        let report = report(path, &[]);
        let deadlocks =
            report["detected_conflicts"].as_object().unwrap().values().filter(|c| c["subtype"] == "deadlock");
        let stuck: Vec<&Value> = deadlocks.flat_map(|c| c["affected_tasks"].as_array().unwrap()).collect();
        assert_eq!(stuck, case["deadlocked"].as_array().unwrap().iter().collect::<Vec<_>>(), "{}", case["name"]);
    }
    for case in cases["banker"].as_array().unwrap() {
        let state = state(&case["allocation"], &case["max"], &case["available"], true);
        fs::write(path, state.to_string()).unwrap();
        let report = report(path, &[]);
        let found = report["detected_conflicts"].as_object().unwrap();
        assert_eq!(found.is_empty(), case["safe"].as_bool().unwrap(), "{}: {found:?}", case["name"]);
        assert!(found.values().all(|c| c["subtype"] == "unsafe_state" && c["severity"] != "critical"));
    }
}

/// Kind of conflict → planted, found, false alarms, near misses, and of these reported.
fn tally(truth: &Value, report: &Value) -> BTreeMap<String, [usize; 5]> {
    let ids = |row: &Value, keys: &[&str]| -> BTreeSet<String> {
        let all = keys.iter().flat_map(|k| row[*k].as_array().unwrap());
        all.map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    let mut open: BTreeMap<&String, (&Value, BTreeSet<String>)> = report["detected_conflicts"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, c)| (id, (c, ids(c, &["affected_tasks", "affected_agents", "involved"]))))
        .collect();
    let mut by_thing: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (id, (_, things)) in &open {
        for thing in things {
            by_thing.entry(thing.clone()).or_default().push(id);
        }
    }
    let mut out: BTreeMap<String, [usize; 5]> = BTreeMap::new();
    for row in truth["planted"].as_array().unwrap() {
        let (kind, wanted) = (row["subtype"].as_str().unwrap().to_owned(), ids(row, &["ids"]));
        let first = wanted.iter().next().unwrap();
        let matches = |id: &&String| {
            open.get(id).is_some_and(|(c, things)| {
                c["subtype"] == row["subtype"] && c["type"] == row["type"] && wanted.is_subset(things)
            })
        };
        let found = by_thing.get(first).and_then(|list| list.iter().copied().find(matches));
        let entry = out.entry(kind).or_default();
        entry[0] += 1;
        if let Some(id) = found {
            entry[1] += 1;
            open.remove(id);
        }
    }
    for (c, _) in open.values() {
        out.entry(c["subtype"].as_str().unwrap().to_owned()).or_default()[2] += 1;
    }
    for row in truth["near_misses"].as_array().unwrap() {
        let near = ids(row, &["ids"]);
        let entry = out.entry(row["subtype"].as_str().unwrap().to_owned()).or_default();
        entry[3] += 1;
        let told = |(c, things): &(&Value, BTreeSet<String>)| c["subtype"] == row["subtype"] && near.is_subset(things);
        entry[4] += usize::from(open.values().any(told));
    }
    out
}

#[test]
fn planted_conflicts_are_found_and_near_misses_are_not() {
    let tool = published::folder().map(|f| f.join("../tools/fleet.py")).filter(|f| f.is_file());
    let Some(tool) = tool else { return eprintln!("no ../shared/tools/fleet.py: nothing to compare with") };
    let folder = tempfile::tempdir().unwrap();
    let (state, truth) = (folder.path().join("state.json"), folder.path().join("truth.json"));
    // The full size of the issue: ORCH_FLEET="1000 10000 2000" cargo test --release planted -- --nocapture
    let size = std::env::var("ORCH_FLEET").unwrap_or_else(|_| "100 800 200".into());
    let size: Vec<&str> = size.split(' ').collect();
    for seed in ["1", "2"] {
        let made = Command::new("python3")
            .arg(&tool)
            .args([
                "--agents",
                size[0],
                "--tasks",
                size[1],
                "--kind",
                "conflicts",
                "--conflicts",
                size[2],
                "--seed",
                seed,
            ])
            .arg("--truth")
            .arg(&truth)
            .output();
        let Ok(made) = made else { return eprintln!("no python3: nothing to compare with") };
        fs::write(&state, made.stdout).unwrap();
        let report = report(state.to_str().unwrap(), &["--allow-breaking"]);
        let truth: Value = serde_json::from_str(&fs::read_to_string(&truth).unwrap()).unwrap();
        let mut sums = [0; 5];
        eprintln!("{:26}  planted  found  false  near  reported", "kind");
        for (kind, n) in tally(&truth, &report) {
            eprintln!("{kind:26} {:8} {:6} {:6} {:5} {:9}", n[0], n[1], n[2], n[3], n[4]);
            assert!(n[1] as f64 >= 0.99 * n[0] as f64, "{kind}");
            (0..5).for_each(|i| sums[i] += n[i]);
        }
        let all = report["detected_conflicts"].as_object().unwrap().len();
        assert!(sums[2] as f64 <= 0.005 * all as f64 && sums[4] == 0, "{sums:?}");
        let summary = &report["summary"];
        eprintln!("{summary}");
        assert!(summary["escalated"].as_f64().unwrap() <= 0.05 * all as f64, "{summary}");
        assert_eq!(summary["left"], summary["escalated"], "{summary}");
    }
}

/// Writes a fixture as JSON, for tools that know no YAML.
fn as_json(fixture: &Path) -> Value {
    serde_yaml::from_str(&fs::read_to_string(fixture).unwrap()).unwrap()
}

#[test]
fn the_patch_leads_to_the_settled_snapshot_and_nothing_settled_comes_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conflicts");
    let scratch = tempfile::tempdir().unwrap();
    for entry in
        fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|e| e.path().extension().is_some_and(|e| e == "yaml"))
    {
        let file = entry.path();
        let name = file.to_str().unwrap();
        let emit = |what: &str, format: &str| {
            let out = orch(&["resolve", name, "--allow-breaking", "--emit", what, "--format", format, "--quiet"]);
            String::from_utf8(out.stdout).unwrap()
        };
        let patch: json_patch::Patch = serde_json::from_str(&emit("patch", "json")).unwrap();
        let mut patched = as_json(&file);
        json_patch::patch(&mut patched, &patch).unwrap_or_else(|e| panic!("{name}: {e}"));
        let settled: Value = serde_json::from_str(&emit("snapshot", "json")).unwrap();
        let plain = |v: &Value| v.to_string().replace(".0,", ",").replace(".0}", "}").replace(".0]", "]");
        assert_eq!(plain(&patched), plain(&settled), "{name}");
        let as_yaml: Value = serde_yaml::from_str(&emit("snapshot", "yaml")).unwrap();
        assert_eq!(plain(&as_yaml), plain(&settled), "{name}");
        let first = report(name, &["--allow-breaking"]);
        let second = scratch.path().join("settled.json");
        fs::write(&second, settled.to_string()).unwrap();
        let second = report(second.to_str().unwrap(), &["--allow-breaking"]);
        let open: Vec<&String> = second["detected_conflicts"].as_object().unwrap().keys().collect();
        let outcomes = first["resolution_outcomes"].as_object().unwrap();
        let expected: Vec<&String> =
            outcomes.iter().filter(|(_, o)| o["outcome"] != "resolved").map(|(id, _)| id).collect();
        assert_eq!(open, expected, "{name}");
    }
}

/// A state with `rows` in one section of `state` over `n` tasks.
fn long(n: usize, more: &Value) -> Value {
    let mut out = json!({
        "version": 1, "agents": [{"id": "a"}],
        "tasks": (0..n).map(|i| json!({"id": format!("t{i:06}"), "priority": i % 10})).collect::<Vec<_>>(),
    });
    out.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    out
}

#[test]
fn long_chains_and_circles_need_no_stack() {
    let n = 20_000;
    let id = |i: usize| format!("t{i:06}");
    let waits = |last: usize| -> Vec<Value> {
        (0..last).map(|i| json!({"holder": id(i), "for": id((i + 1) % n), "since": -60})).collect()
    };
    let chain = long(n, &json!({"state": {"waits": waits(n - 1)}}));
    let circle = long(n, &json!({"state": {"waits": waits(n)}}));
    let mut tasks = long(n, &json!({}));
    for i in 0..n {
        tasks["tasks"][i]["depends_on"] = json!([id((i + 1) % n)]);
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, state, subtype) in
        [("chain", chain, "priority_inversion"), ("circle", circle, "deadlock"), ("tasks", tasks, "dependency_cycle")]
    {
        let file = folder.path().join(format!("{name}.json"));
        fs::write(&file, state.to_string()).unwrap();
        let report = report(file.to_str().unwrap(), &[]);
        let found: Vec<&Value> =
            report["detected_conflicts"].as_object().unwrap().values().map(|c| &c["subtype"]).collect();
        assert_eq!(found, [subtype], "{name}");
    }
}

#[test]
fn odd_states_end_in_an_answer_or_a_located_error() {
    let rows = [
        json!({"state": {"holds": [{"holder": "nobody", "resource": "r"}], "waits": [{"holder": "nobody", "for": "nowhere"}]}}),
        json!({"state": {"holds": [{"holder": "t000000", "resource": "r", "amount": 1e300, "since": -3e9, "until": 3e9}]}}),
        json!({"state": {"waits": [{"holder": "t000000", "for": "t000000"}]}}),
        json!({"state": {"directives": [{"stakeholder": "s", "order": ["t000000", "t000001", "t000000"]}]}}),
        json!({"state": {"objectives": [{"agent": "a", "metric": "no such metric", "target": -1}]}}),
        json!({"state": {"accesses": [{"holder": "x", "data": "d", "mode": "write", "version": 9_007_199_254_740_991_u64},
                                      {"holder": "y", "data": "d", "mode": "write", "from": 5, "until": 5}]}}),
        json!({"policies": {"escalation": [{"level": "x", "after": 0, "repeats": 1_000_000_000}], "sla": {"resolve_within": 0}}}),
        json!({"network": {"resources": [{"id": "r", "capacity": 0}]},
               "state": {"allocations": [{"holder": "t000001", "resource": "r", "amount": 0}, {"holder": "t000001", "resource": "r", "amount": 3}]}}),
        json!({"network": {"services": [{"id": "s", "depends_on": ["s", "missing"]}]}, "agents": [{"id": "b", "depends_on": ["b", "s"]}]}),
        json!({"state": {"running": [{"task": "t000000", "agent": "ghost", "until": 5}]}}),
        json!({"tasks": []}),
        json!({"agents": []}),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (i, more) in rows.iter().enumerate() {
        let mut state =
            long(3, &json!({"network": {"resources": [{"id": "r", "capacity": 2}], "data": [{"id": "d"}]}}));
        state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let file = folder.path().join(format!("{i}.json"));
        fs::write(&file, state.to_string()).unwrap();
        for format in ["json", "table"] {
            let out = orch(&["resolve", file.to_str().unwrap(), "--format", format]);
            let told = String::from_utf8_lossy(&out.stderr);
            match out.status.code() {
                Some(0 | 1) => assert!(!told.contains("panicked"), "{more}: {told}"),
                Some(2) => assert!(told.contains("error[ORCH"), "{more}: {told}"),
                other => panic!("{more}: {other:?}: {told}"),
            }
        }
    }
}

#[test]
fn a_plan_in_force_takes_part_and_is_written_back() {
    let file = "fixtures/conflicts/plan-in-force.yaml";
    let first = report(file, &["--plan", file]);
    insta::assert_snapshot!("detected-with-a-plan", detected(&first));
    let out = orch(&["resolve", file, "--plan", file, "--emit", "snapshot", "--quiet"]);
    let scratch = tempfile::tempdir().unwrap();
    let settled = scratch.path().join("settled.yaml");
    fs::write(&settled, &out.stdout).unwrap();
    let settled = settled.to_str().unwrap();
    let second = report(settled, &["--plan", settled]);
    assert_eq!(first["summary"]["left"], second["summary"]["conflicts"], "{}", detected(&second));
    assert_eq!(first["summary"]["resolved"], first["summary"]["conflicts"], "{}", first["resolution_outcomes"]);
}
