//! `orch optimize` through the binary: what it proposes is what `distribute` then plans; planted bottlenecks are
//! named first; scenarios, growth and losses answer.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

fn orch(args: &[&str]) -> (Value, Option<i32>) {
    let out = Command::new(env!("CARGO_BIN_EXE_orch")).args(args).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    let errors = String::from_utf8_lossy(&out.stderr);
    (serde_json::from_str(&text).unwrap_or_else(|e| panic!("{args:?}: {e}\n{text}{errors}")), out.status.code())
}

fn written(folder: &Path, name: &str, value: &Value) -> String {
    let path = folder.join(name);
    fs::write(&path, value.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A fleet that is twice too large, with a baseline that uses one agent.
fn wasteful() -> Value {
    let agent = |i: usize| {
        json!({"id": format!("a{i}"), "type": "coder", "capabilities": ["code"], "capacity": 30, "slots": 1,
               "cost_per_hour": 6, "cost_fixed": 10})
    };
    let task = |i: usize| json!({"id": format!("t{i:02}"), "requires": ["code"], "duration": 600, "estimated_load": 3});
    let rows: Vec<Value> =
        (0..10).map(|i| json!({"task": format!("t{i:02}"), "start": 600 * i, "finish": 600 * (i + 1)})).collect();
    let more: Vec<Value> =
        (10..20).map(|i| json!({"task": format!("t{i:02}"), "start": 600 * i, "finish": 600 * (i + 1)})).collect();
    json!({"version": 1, "agents": (0..6).map(agent).collect::<Vec<_>>(), "tasks": (0..20).map(task).collect::<Vec<_>>(),
           "baseline": {"agent_assignments": {"a0": rows, "a1": more}}})
}

#[test]
fn the_emitted_snapshot_planned_by_distribute_is_the_after() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "fleet.json", &wasteful());
    let (report, code) = orch(&["optimize", &file, "--format", "json", "--runs", "0"]);
    assert_eq!(code, Some(0), "{}", report["findings"]);
    let better = &report["performance_improvements"];
    assert_eq!(better["makespan"]["before"], json!(12000.0));
    assert!(better["makespan"]["after"].as_f64().unwrap() < 12000.0, "{better}");
    assert!(better["cost_total"]["after"].as_f64() <= better["cost_total"]["before"].as_f64());
    let (snapshot, _) = orch(&["optimize", &file, "--emit", "snapshot", "--format", "json", "--runs", "0"]);
    let emitted = written(folder.path(), "better.json", &snapshot);
    let (plan, _) = orch(&["distribute", &emitted, "--format", "json"]);
    let components = &plan["objective"]["components"];
    assert_eq!(better["makespan"]["after"], components["makespan"]);
    assert_eq!(better["cost"]["after"], components["cost"]);
    let balance = &plan["load_balancing_metrics"];
    assert_eq!(better["waste"]["after"], balance["waste"]);
    assert_eq!(better["utilization_efficiency"]["after"], balance["utilization_efficiency"]);
    // The patch leads from the one document to the other.
    let (patch, _) = orch(&["optimize", &file, "--emit", "patch", "--format", "json", "--runs", "0"]);
    let mut patched = wasteful();
    json_patch::patch(&mut patched, &serde_json::from_value::<json_patch::Patch>(patch).unwrap()).unwrap();
    let other = written(folder.path(), "patched.json", &patched);
    let (again, _) = orch(&["distribute", &other, "--format", "json"]);
    assert_eq!(again["objective"], plan["objective"]);
}

#[test]
fn scenarios_growth_and_losses_are_planned() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = wasteful();
    fleet.as_object_mut().unwrap().remove("baseline");
    fleet["agents"].as_array_mut().unwrap().truncate(3);
    fleet["agents"][2]["capabilities"] = json!(["code", "sign"]);
    fleet["tasks"][0]["requires"] = json!(["sign"]);
    let file = written(folder.path(), "fleet.json", &fleet);
    let asked = json!({"scenarios": [{"name": "one lost", "lose": ["a1"]}, {"name": "nobody", "lose": ["b"]}],
                       "grid": {"duration": [1, 2]}});
    let scenarios = written(folder.path(), "what-if.json", &asked);
    let args = ["optimize", &file, "--format", "json", "--runs", "0", "--what-if", &scenarios, "--grow", "1,2"];
    let (report, _) = orch(&[&args[..], &["--n-minus", "1"]].concat());
    let rows = report["what_if"].as_array().unwrap();
    let span = |i: usize| rows[i]["metrics"]["makespan"].as_f64().unwrap();
    assert_eq!((rows.len(), &rows[0]["name"]), (5, &json!("as it is")));
    assert!(rows[2]["problem"].as_str().unwrap().contains("no agent `b`"), "{}", rows[2]);
    assert!(span(1) > span(3) && (span(4) - 2.0 * span(3)).abs() < 1e-6 && span(0) == span(3), "{rows:?}");
    // Few scenarios are planned as `distribute` plans them.
    let mut lost = fleet.clone();
    lost["agents"][1]["status"] = json!("offline");
    let (plan, _) = orch(&["distribute", &written(folder.path(), "lost.json", &lost), "--format", "json"]);
    assert_eq!(rows[1]["metrics"]["makespan"], plan["objective"]["components"]["makespan"]);
    assert_eq!(rows[1]["planned"], "anew, standard");
    let growth = report["growth"].as_array().unwrap();
    assert!(growth[1]["metrics"]["unplaced_tasks"].as_u64().unwrap() > 0, "{growth:?}");
    assert_eq!(growth[1]["with_them"]["unplaced_tasks"], json!(0), "{growth:?}");
    assert_eq!((&growth[1]["enough"], &growth[1]["run_out"]), (&json!(true), &json!(["code"])), "{growth:?}");
    assert_eq!(growth[0]["full_at"]["code"], json!(90.0 / 57.0), "{growth:?}");
    let losses = report["n_minus"].as_array().unwrap();
    assert_eq!((&losses[0]["agent"], &losses[0]["unplaced"]), (&json!("a2"), &json!(["t00"])), "{losses:?}");
}

#[test]
fn growth_scales_estimates_wherever_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let agents = json!([{"id": "a", "type": "coder", "capacity": 40, "budget": {"tokens": 900}}]);
    let base = json!({"version": 1, "agents": agents, "tasks": [
        {"id": "t0", "estimates": {"a": {"duration": "100s", "load": 3, "cost": 2}}},
        {"id": "t1", "duration": 50, "demand": {"tokens": 100}},
        {"id": "t2", "duration": 50}]});
    let mut inline = base.clone();
    inline["estimates"] = json!([{"task": "t2", "agent": "coder", "duration": 300, "cost": 4}]);
    let mut table = base.clone();
    table["estimates"] = json!("rows.csv");
    fs::write(folder.path().join("rows.csv"), "task,agent,duration,cost\nt2,coder,300,4\n").unwrap();
    let asked = json!({"scenarios": [{"name": "double", "load": 2, "duration": 2}, {"name": "dear", "prices": 3}]});
    let scenarios = written(folder.path(), "what-if.json", &asked);
    for (name, fleet) in [("inline.json", &inline), ("table.json", &table)] {
        let file = written(folder.path(), name, fleet);
        let args = ["optimize", &file, "--format", "json", "--runs", "0", "--what-if", &scenarios];
        let (report, _) = orch(&args);
        let get = |row: usize, figure: &str| report["what_if"][row]["metrics"][figure].as_f64().unwrap();
        assert_eq!((get(0, "makespan"), get(0, "cost")), (450.0, 6.0), "{name}");
        assert_eq!((get(1, "makespan"), get(1, "cost")), (900.0, 12.0), "{name}");
        assert_eq!((get(2, "makespan"), get(2, "cost")), (450.0, 18.0), "{name}");
        // Load 5 of 40 and tokens 100 of 900: twice as much of both.
        assert_eq!(get(1, "max_utilization"), 2.0 * get(0, "max_utilization"), "{name}");
    }
}

#[test]
fn a_target_is_reached_or_said_to_be_missed() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "fleet.json", &wasteful());
    let base = ["optimize", &file, "--format", "json", "--runs", "0", "--target"];
    let (report, code) = orch(&[&base[..], &["makespan<=2h"]].concat());
    assert_eq!((code, &report["targets"][0]["reached"]), (Some(0), &json!(true)), "{}", report["targets"]);
    let (report, code) = orch(&[&base[..], &["makespan<=1m"]].concat());
    assert_eq!((code, &report["targets"][0]["reached"]), (Some(1), &json!(false)), "{}", report["targets"]);
    assert_eq!(report["findings"][0]["code"], "ORCH501");
}

/// The kind that a fixture is named for, and the change that relieves it.
const FIXTURES: [(&str, &str, &str); 10] = [
    ("scarce-skill", "scarce_skill", "teach_capability"),
    ("slow-link", "slow_link", "widen_link"),
    ("shared-resource", "shared_resource", "raise_resource"),
    ("late-release", "late_release", "advance_release"),
    ("overloaded-type", "overloaded_type", "raise_slots"),
    ("low-slots", "low_slots", "raise_slots"),
    ("rate-limit", "rate_limit", "raise_rate_limit"),
    ("long-chain", "long_chain", ""),
    ("single-slow-agent", "single_slow_agent", "unpin_tasks"),
    ("budget", "budget", "raise_budget"),
];

#[test]
fn each_kind_of_bottleneck_is_named_first_and_its_relief_tried() {
    for (name, kind, relief) in FIXTURES {
        let file = format!("{}/fixtures/optimize/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let (report, _) = orch(&["optimize", &file, "--format", "json", "--effort", "quick", "--runs", "0"]);
        assert_eq!(report["bottleneck_analysis"][0]["kind"], kind, "{name}");
        let tried = report["optimization_opportunities"].as_array().unwrap();
        let helps = |o: &&Value| {
            let gain = |figure: &str| o["gain"][figure].as_f64().unwrap_or(0.0);
            o["kind"] == relief && (gain("makespan") < 0.0 || gain("unplaced_tasks") < 0.0)
        };
        assert!(relief.is_empty() || tried.iter().any(|o| helps(&o)), "{name}: {tried:?}");
    }
}

/// Rows of a report with their dual prices.
fn prices(report: &Value) -> Vec<Value> {
    let rows = report["bottleneck_analysis"].as_array().unwrap();
    rows.iter().flat_map(|b| b["dual_prices"].as_array().cloned().unwrap_or_default()).collect()
}

#[test]
fn dual_prices_are_told_and_planned_again() {
    let file = |name: &str| format!("{}/fixtures/optimize/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let of = |name: &str, strategy: &str| {
        let args = ["optimize", &file(name), "--format", "json", "--effort", "quick", "--runs", "0", "-s", strategy];
        prices(&orch(&args).0)
    };
    let find = |prices: &[Value], limit: &str| {
        let found = prices.iter().find(|p| p["limit"] == limit).cloned();
        found.unwrap_or_else(|| panic!("no price of {limit}: {prices:?}"))
    };
    // Two calls in ten minutes, six asked: 60 / 2 − 10 minutes; one more in the span takes 30 / 2 of them away.
    let rate = find(&of("rate-limit", "performance_optimized"), "rate");
    assert_eq!((&rate["price"], &rate["confirmed"]), (&json!(900.0), &json!(true)), "{rate}");
    let skill = find(&of("scarce-skill", "performance_optimized"), "capability");
    assert_eq!((&skill["name"], &skill["confirmed"]), (&json!("sign"), &json!(true)), "{skill}");
    let slots = find(&of("low-slots", "performance_optimized"), "slots");
    assert!(slots["agent"].as_str().unwrap().starts_with("tester"), "{slots}");
    // The fourth and fifth tasks stand outside; a hundredth of the budget holds a little of the fourth.
    let budget = find(&of("budget", "cost_optimized"), "shared_budget");
    assert_eq!((&budget["component"], &budget["price"]), (&json!("priority_unplaced"), &json!(0.02)), "{budget}");
}

#[test]
fn a_past_with_a_change_of_level_and_a_breach_is_told_and_sizes_an_agent() {
    let file = format!("{}/fixtures/optimize/history.yaml", env!("CARGO_MANIFEST_DIR"));
    let (report, _) = orch(&["optimize", &file, "--format", "json", "--runs", "0", "-s", "performance_optimized"]);
    let past = report["performance_metrics"]["history"].as_array().unwrap();
    assert_eq!((&past[0]["agent"], &past[0]["breaches"]), (&json!("big"), &json!([[-2820.0, 19.0]])));
    assert_eq!((&past[1]["agent"], &past[1]["change_points"]), (&json!("small"), &json!([-3000.0])));
    // 95 of 100 measurements of `big` are below 8.9; that over 0.9 is less than 10.
    let made = report["implemented_optimizations"].as_array().unwrap();
    assert!(made.iter().any(|m| m["operations"][0]["value"] == json!(10)), "{made:?}");
}

#[test]
fn other_strategies_are_told_as_changes_of_the_command() {
    let file = format!("{}/fixtures/optimize/wasteful.yaml", env!("CARGO_MANIFEST_DIR"));
    let (report, _) = orch(&["optimize", &file, "--format", "json", "--runs", "0", "-s", "cost_optimized"]);
    let tried = report["optimization_opportunities"].as_array().unwrap();
    let other = tried.iter().find(|o| o["kind"] == "change_strategy").unwrap();
    assert!(other["title"].as_str().unwrap().contains("--strategy"), "{other}");
    assert!(tried.iter().all(|o| o["kind"] != "change_strategy" || o["proposed"] == json!(false)));
}

#[test]
fn one_processor_or_all_give_the_same_bytes() {
    let file = format!("{}/fixtures/optimize/wasteful.yaml", env!("CARGO_MANIFEST_DIR"));
    let scenarios = format!("{}/fixtures/optimize/what-if.yaml", env!("CARGO_MANIFEST_DIR"));
    let args = ["optimize", &file, "--format", "json", "--what-if", &scenarios, "--grow", "1.5", "--n-minus", "1"];
    let bytes = |command: &mut Command| command.args(args).output().unwrap().stdout;
    let all = bytes(&mut Command::new(env!("CARGO_BIN_EXE_orch")));
    assert!(all == bytes(&mut Command::new(env!("CARGO_BIN_EXE_orch"))), "two runs differ");
    match Command::new("taskset").args(["-c", "0", "true"]).status() {
        Ok(status) if status.success() => {
            let one = bytes(Command::new("taskset").args(["-c", "0", env!("CARGO_BIN_EXE_orch")]));
            assert!(all == one, "one processor gives other bytes");
        }
        _ => eprintln!("no taskset: one processor against all is not tested"),
    }
}

const PLANTS: [&str; 10] = [
    "scarce_skill",
    "slow_link",
    "shared_resource",
    "late_release",
    "overloaded_type",
    "low_slots",
    "rate_limit",
    "long_chain",
    "single_slow_agent",
    "budget",
];

#[test]
fn planted_bottlenecks_are_named_first() {
    let tool = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/fleet.py");
    if !tool.exists() {
        eprintln!("no ../shared/tools/fleet.py: planted bottlenecks are not tested");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for kind in PLANTS {
        let truth = folder.path().join(format!("{kind}-truth.json"));
        let out = Command::new("python3")
            .arg(&tool)
            .args(["--agents", "24", "--tasks", "120", "--seed", "3", "--plant", kind, "--truth"])
            .arg(&truth)
            .output()
            .unwrap();
        let file = folder.path().join(format!("{kind}.json"));
        fs::write(&file, out.stdout).unwrap();
        let truth: Value = serde_json::from_str(&fs::read_to_string(truth).unwrap()).unwrap();
        let args = ["optimize", file.to_str().unwrap(), "--format", "json", "--effort", "quick", "--runs", "0"];
        let (report, _) = orch(&args);
        let first = &report["bottleneck_analysis"][0];
        assert_eq!(first["kind"], kind, "{first}");
        for (key, ids) in truth["ids"].as_object().unwrap() {
            assert_eq!(sorted(&first[key]), sorted(ids), "{kind}: {key}");
        }
    }
}

fn sorted(ids: &Value) -> Vec<String> {
    let mut out: Vec<String> = match ids {
        Value::Array(list) => list.iter().map(|v| v.as_str().unwrap().to_owned()).collect(),
        other => vec![other.as_str().unwrap_or_default().to_owned()],
    };
    out.sort();
    out
}
