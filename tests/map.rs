//! `orch map` from outside: every format of one small fleet, published graphs, other orders of the file, hostile input.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use serde_json::{Value, json};
use support::{
    published,
    random::{Shape, shuffled, snapshot},
    shown::settled,
};

const FIXTURE: &str = "fixtures/small/map.yaml";

fn orch(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_orch")).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

fn text(out: &Output) -> String {
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout.clone()).unwrap()
}

fn json_of(args: &[&str]) -> Value {
    serde_json::from_str(&text(&orch(&[&["map", "--format", "json"], args].concat()))).unwrap()
}

/// A document on disk for the time of a test.
struct Fixture(tempfile::TempDir);

impl Fixture {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, document: &Value) -> PathBuf {
        let path = self.0.path().join("snapshot.json");
        fs::write(&path, serde_json::to_string_pretty(document).unwrap()).unwrap();
        path
    }

    fn map(&self, document: &Value, more: &[&str]) -> Value {
        json_of(&[&[self.write(document).to_str().unwrap()], more].concat())
    }
}

#[test]
fn a_small_fleet_as_table() {
    let out = text(&orch(&["map", FIXTURE, "--n-minus", "1"]));
    assert!(out.lines().all(|l| l.chars().count() <= 80), "{out}");
    insta::assert_snapshot!(settled(&out));
}

#[test]
fn a_small_fleet_as_json() {
    insta::assert_snapshot!(settled(&text(&orch(&["map", FIXTURE, "--n-minus", "1", "--format", "json"]))));
}

#[test]
fn a_small_fleet_as_dot_and_mermaid() {
    insta::assert_snapshot!("a_small_fleet_as_dot", text(&orch(&["map", FIXTURE, "--format", "dot"])));
    insta::assert_snapshot!("a_small_fleet_as_mermaid", text(&orch(&["map", FIXTURE, "--format", "mermaid"])));
}

#[test]
fn findings_decide_the_exit_status_only_where_asked() {
    assert_eq!(orch(&["map", FIXTURE]).status.code(), Some(0));
    assert_eq!(orch(&["map", FIXTURE, "--fail-on", "ORCH301"]).status.code(), Some(1));
    assert_eq!(orch(&["map", FIXTURE, "--fail-on", "warning"]).status.code(), Some(1));
    assert_eq!(orch(&["map", FIXTURE, "--n-minus", "2"]).status.code(), Some(2));
}

#[test]
fn cycles_and_dead_references_are_matter_for_a_map() {
    let document = json!({"version": 1, "agents": [{"id": "a", "depends_on": ["nobody", "b"]}, {"id": "b", "depends_on": ["a"]}],
        "tasks": [{"id": "t", "depends_on": ["u"]}, {"id": "u", "depends_on": ["t", "gone"]}, {"id": "v", "depends_on": ["v", "u"]}],
        "network": {"links": [{"from": "a", "to": "a"}, {"from": "a", "to": "nowhere"}]}});
    let map = Fixture::new().map(&document, &["--n-minus", "1"]);
    let graph = &map["dependency_graph"];
    assert_eq!(graph["cycles"], json!([["a", "b"]]));
    assert_eq!(graph["missing"], json!([{"from": "a", "needs": "nobody"}]));
    assert_eq!(graph["tasks"]["cycles"][0], json!(["t", "u"]));
    assert_eq!(map["network_topology"]["critical_paths"][0]["path"], json!(["t", "u", "v"]));
    assert_eq!(map["network_topology"]["critical_paths"][0]["length"], 180.0);
    assert_eq!(map["network_topology"]["bottlenecks"]["bridges"], json!([["a", "nowhere"]]));
}

#[test]
fn betweenness_is_of_the_simple_graph_by_latency_or_by_hops() {
    // A square a-b-c-d with a slow edge between d and a; the doubled link counts once, at its better latency.
    let ring = |latency: f64| {
        json!({"version": 1, "agents": [{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "d"}], "network": {"links": [
            {"from": "a", "to": "b", "latency_ms": 1}, {"from": "b", "to": "a", "latency_ms": 90},
            {"from": "b", "to": "c", "latency_ms": 1, "directed": true}, {"from": "c", "to": "d", "latency_ms": 1},
            {"from": "d", "to": "a", "latency_ms": latency}]}})
    };
    let of = |map: &Value| ["a", "b", "c", "d"].map(|a| map["network_topology"]["nodes"][a]["betweenness"].clone());
    let fixture = Fixture::new();
    let slow = fixture.map(&ring(9.0), &[]);
    assert_eq!(of(&slow), [0.0, 2.0 / 3.0, 2.0 / 3.0, 0.0].map(|x| json!(x)));
    assert_eq!(slow["network_topology"]["paths_by"], "latency");
    // One link without latency: hops.
    let hops = fixture.map(&ring(0.0), &[]);
    assert_eq!(of(&hops), [1.0 / 6.0; 4].map(|x| json!(x)));
    assert_eq!(hops["network_topology"]["nodes"]["a"]["degree"], 2);
}

#[test]
fn losses_are_what_a_hand_works_out() {
    let map = json_of(&[FIXTURE, "--n-minus", "1"]);
    let row =
        |id: &[&str]| map["n_minus_1"].as_array().unwrap().iter().find(|l| l["lost"] == json!(id)).unwrap().clone();
    let hub = row(&["hub"]);
    // The trainer stands in zone `east`, beyond the hub.
    assert_eq!(hub["agents_cut_off"]["ids"], json!(["reviewer", "trainer"]));
    assert_eq!(hub["capabilities_gone"]["ids"], json!(["gpu", "review", "route"]));
    assert_eq!(hub["tasks_stranded"]["ids"], json!(["review-1", "review-2", "ship", "train"]));
    // Build-2 takes 10 min / (2 · 0.7) / 0.99 on coder-3, and on no other can review-2 be done in 15 minutes.
    assert_eq!(row(&["coder-3"])["tasks_late"]["ids"], json!(["build-2", "review-2"]));
    assert_eq!(row(&["ledger"])["agents_down"]["ids"], json!(["coder-1", "coder-2"]));
    assert_eq!(row(&["east", "hub"])["agents_cut_off"]["ids"], json!(["trainer"]));
    assert_eq!(row(&["coder-2"])["blast_radius"], 0);
}

#[test]
fn published_graphs_have_the_oracle_s_figures_through_the_binary() {
    let Some(folder) = published::folder() else {
        eprintln!("no published graphs beside the repository; nothing compared");
        return;
    };
    let fixture = Fixture::new();
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join("topology")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for file in files {
        let graph: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let list = |key: &str| graph[key].as_array().unwrap().clone();
        let links: Vec<Value> = list("edges").iter().map(|e| json!({"from": e[0], "to": e[1]})).collect();
        let agents: Vec<Value> = list("nodes").iter().map(|id| json!({"id": id})).collect();
        let map = fixture.map(&json!({"version": 1, "agents": agents, "network": {"links": links}}), &[]);
        let (oracle, topology) = (&graph["oracle"], &map["network_topology"]);
        assert_eq!(topology["bottlenecks"]["articulation_points"], oracle["articulation_points"]);
        assert_eq!(topology["bottlenecks"]["bridges"], oracle["bridges"]);
        for (id, known) in oracle["betweenness"].as_object().unwrap() {
            let found = topology["nodes"][id]["betweenness"].as_f64().unwrap();
            assert!((found - known.as_f64().unwrap()).abs() <= 1e-9, "{}: {id}", file.display());
        }
        let found = topology["clusters"]["modularity"].as_f64().unwrap();
        assert!(found >= oracle["modularity_louvain_best"].as_f64().unwrap() - 0.01, "{}: {found}", file.display());
    }
}

/// A report without the places in the file that it names; findings, which may follow the file, by their text.
fn without_places(mut report: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|key, _| !["line", "column"].contains(&key.as_str()));
                map.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut report);
    for finding in report["findings"].as_array_mut().unwrap() {
        finding.as_object_mut().unwrap().remove("path");
    }
    report["findings"].as_array_mut().unwrap().sort_by_key(Value::to_string);
    report
}

#[test]
fn the_order_of_the_file_changes_nothing_but_places() {
    let fixture = Fixture::new();
    for seed in 0..8 {
        let mut document = snapshot(seed, Shape { tasks: 30, agents: 8 });
        let links: Vec<Value> = (0..14_u64)
            .map(|i| json!({"from": document["agents"][(i * 5 % 8) as usize]["id"], "to": document["agents"][(i * i % 7) as usize]["id"], "latency_ms": 1 + i % 3}))
            .collect();
        let all = &mut document["network"]["links"];
        let mut given = all.as_array().cloned().unwrap_or_default();
        given.extend(links);
        *all = json!(given);
        let straight = without_places(fixture.map(&document, &["--n-minus", "1"]));
        let mixed = without_places(fixture.map(&shuffled(&document, seed + 1), &["--n-minus", "1"]));
        assert_eq!(straight, mixed, "seed {seed}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn one_core_gives_the_same_bytes_as_all() {
    let path = Fixture::new();
    let links: Vec<Value> = (0..900_u64)
        .map(|i| json!({"from": format!("a{}", i * 7919 % 200), "to": format!("a{}", i * 104_729 % 199), "latency_ms": 0.1 + (i % 9) as f64 / 10.0}))
        .collect();
    let agents: Vec<Value> = (0..200).map(|i| json!({"id": format!("a{i}")})).collect();
    let file = path.write(&json!({"version": 1, "agents": agents, "network": {"links": links}}));
    let args = ["map", file.to_str().unwrap(), "--format", "json", "--n-minus", "1"];
    let all = orch(&args);
    let Ok(one) = Command::new("taskset").args(["-c", "0", env!("CARGO_BIN_EXE_orch")]).args(args).output() else {
        eprintln!("no taskset: nothing compared");
        return;
    };
    assert!(one.stdout == all.stdout, "another number of cores gives another map");
}

#[test]
fn hostile_networks_are_mapped() {
    let fixture = Fixture::new();
    let empty = fixture.map(&json!({"version": 1}), &["--n-minus", "1"]);
    assert_eq!(empty["network_topology"]["nodes"], json!({}));
    assert_eq!(empty["n_minus_1"], json!([]));
    let two = json!({"version": 1, "agents": [{"id": "a"}, {"id": "b"}, {"id": "c"}],
        "network": {"links": [{"from": "a", "to": "b"}, {"from": "b", "to": "a"}, {"from": "c", "to": "c"}]}});
    let map = fixture.map(&two, &[]);
    assert_eq!(map["network_topology"]["components"], 2);
    assert_eq!(map["network_topology"]["nodes"]["a"]["betweenness"], 0.0);
    assert_eq!(map["network_topology"]["clusters"]["members"], json!([["a", "b"], ["c"]]));
    // Times and sizes at the edge of what is thinkable.
    let chain = |i: usize| json!({"id": format!("t{i:05}"), "duration": 3e9, "depends_on": if i > 0 { json!([format!("t{:05}", i - 1)]) } else { json!([]) }, "deadline": 1});
    let tasks: Vec<Value> = (0..9000).map(chain).collect();
    let long = json!({"version": 1, "agents": [{"id": "a", "speed": 1e-6}, {"id": "b"}], "tasks": tasks,
        "network": {"links": [{"from": "a", "to": "b", "latency_ms": 1e15}]}});
    let map = fixture.map(&long, &["--n-minus", "1"]);
    assert_eq!(map["network_topology"]["critical_paths"][0]["path"].as_array().unwrap().len(), 9000);
}

#[test]
fn a_chain_of_a_hundred_thousand_is_mapped_without_recursion() {
    let n = 100_000;
    let id = |i: usize| format!("a{i:06}");
    let needs = |i: usize| if i > 0 { json!([id(i - 1)]) } else { json!([]) };
    let agents: Vec<Value> = (0..n).map(|i| json!({"id": id(i), "depends_on": needs(i)})).collect();
    let links: Vec<Value> = (1..n).map(|i| json!({"from": id(i - 1), "to": id(i)})).collect();
    let tasks: Vec<Value> = (0..n).map(|i| json!({"id": id(i), "depends_on": needs(i)})).collect();
    let document = json!({"version": 1, "agents": agents, "tasks": tasks, "network": {"links": links}});
    let fixture = Fixture::new();
    let path = fixture.write(&document);
    for format in ["table", "mermaid"] {
        let out = text(&orch(&["map", path.to_str().unwrap(), "--format", format]));
        assert!(out.chars().count() <= 50_000, "{format}: {}", out.len());
        if format == "mermaid" {
            assert!(out.contains("cut short") && out.matches(" --- ").count() + out.matches(" === ").count() <= 500);
        }
    }
}

#[test]
fn what_sources_tell_is_mapped_with_the_calls_that_were_seen() {
    let fixture = Fixture::new();
    let calls = json!({"data": [{"parent": "gate", "child": "plan", "callCount": 7}, {"parent": "plan", "child": "code", "callCount": 2}, {"parent": "code", "child": "db", "callCount": 1}]});
    let path = fixture.write(&calls);
    let from = format!("jaeger={}", path.display());
    let map: Value = serde_json::from_slice(&orch(&["map", "--from", &from, "--format", "json"]).stdout).unwrap();
    let edges = map["network_topology"]["edges"].as_array().unwrap();
    let call = |e: &&Value| e["kind"] == "call" && e["from"] == "gate" && e["to"] == "plan" && e["weight"] == 7.0;
    assert!(edges.iter().any(|e| call(&e)), "{edges:#?}");
    assert_eq!(map["network_topology"]["bottlenecks"]["articulation_points"], json!(["plan"]));
}
