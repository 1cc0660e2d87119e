//! `orch diff` from outside: what it finds between plans and between snapshots, its exit status, and its limits.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use std::{
    fs,
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use support::random::{Shape, shuffled, snapshot};
use tempfile::TempDir;

fn orch(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_orch")).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

/// Two documents on disk for the time of a test.
struct Pair(TempDir);

impl Pair {
    fn new(a: &Value, b: &Value) -> Self {
        let out = Self(TempDir::new().unwrap());
        fs::write(out.path("a"), a.to_string()).unwrap();
        fs::write(out.path("b"), b.to_string()).unwrap();
        out
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, more: &[&str]) -> Output {
        orch(&[&["diff", &self.path("a"), &self.path("b")], more].concat())
    }

    fn report(&self) -> Value {
        let out = self.run(&["--format", "json"]);
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap()
    }
}

fn row(task: &str, start: f64, finish: f64) -> Value {
    json!({"task": task, "start": start, "finish": finish})
}

fn before() -> Value {
    json!({
        "distribution_timestamp": "2026-01-05T09:00:00Z",
        "agent_assignments": {
            "a": [row("stays", 0.0, 10.0), row("sooner", 20.0, 40.0), row("moves", 40.0, 50.0)],
            "b": [row("later", 0.0, 5.0), row("goes", 5.0, 9.0)],
            "gone": [],
        },
        "objective": {"name": "makespan", "value": 50.0, "bound": 45.0, "components": {"cost": 3.0, "makespan": 50.0}},
    })
}

fn after() -> Value {
    json!({
        "distribution_timestamp": "2026-01-05T09:00:00Z",
        "agent_assignments": {
            "a": [row("stays", 0.0, 10.0), row("sooner", 15.0, 35.5)],
            "b": [row("later", 0.0, 6.0), row("moves", 10.0, 20.0), row("comes", 20.0, 21.0)],
        },
        "unassigned_tasks": {"goes": {"reasons": [{"code": "x", "message": "2 agents lack `b`", "count": 2, "agents": []}]}},
        "objective": {"name": "makespan", "value": 35.5, "bound": 35.5, "components": {"cost": 2.5, "makespan": 35.5}},
    })
}

#[test]
fn each_task_is_told_once() {
    let report = Pair::new(&before(), &after()).report();
    let expected = json!({"unchanged": 1, "moved": 1, "added": 1, "lost": 1, "earlier": 1, "later": 1});
    assert_eq!((&report["kind"], &report["same"], &report["counts"]), (&json!("plans"), &json!(false), &expected));
    assert_eq!(report["moved"][0]["from"], "a");
    assert_eq!(report["moved"][0]["to"], "b");
    assert_eq!(report["lost"][0]["task"], "goes");
    assert_eq!(report["lost"][0]["reason"], "2 agents lack `b`");
    assert_eq!((&report["added"][0]["task"], &report["added"][0]["reason"]), (&json!("comes"), &Value::Null));
    assert_eq!((&report["earlier"][0]["by"], &report["later"][0]["by"]), (&json!(-4.5), &json!(1.0)));
    assert_eq!(report["objective"]["makespan"], json!({"before": 50.0, "after": 35.5, "change": -14.5}));
    assert_eq!(report["objective"]["cost"]["change"], json!(-0.5));
    assert_eq!(report["agents"], json!({"added": [], "lost": ["gone"]}));
}

#[test]
fn the_way_back_is_the_opposite() {
    for seed in 0..8 {
        let (tasks, agents) = (24, 5);
        let path = Pair::new(&snapshot(seed, Shape { tasks, agents }), &Value::Null);
        let plan = |strategy: &str| -> Value {
            let out = orch(&["distribute", &path.path("a"), "-s", strategy, "-q", "-f", "json", "--effort", "quick"]);
            serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&out.stderr)))
        };
        let (a, b) = (plan("cost_optimized"), plan("performance_optimized"));
        let (there, back) = (Pair::new(&a, &b).report(), Pair::new(&b, &a).report());
        let count = |r: &Value, key: &str| r["counts"][key].as_u64().unwrap();
        for (one, other) in [("added", "lost"), ("earlier", "later"), ("moved", "moved"), ("unchanged", "unchanged")] {
            assert_eq!(count(&there, one), count(&back, other), "seed {seed}: {one}");
        }
        let kept: u64 = ["unchanged", "moved", "lost", "earlier", "later"].iter().map(|k| count(&there, k)).sum();
        assert_eq!(kept, there["a"]["placed"].as_u64().unwrap(), "seed {seed}: every task of the first is somewhere");
        assert_eq!(Pair::new(&a, &a).report()["same"], true);
    }
}

#[test]
fn moments_count_from_the_first_plans_now() {
    let mut later = before();
    later["distribution_timestamp"] = json!("2026-01-05T10:00:10+01:00");
    for rows in later["agent_assignments"].as_object_mut().unwrap().values_mut() {
        for row in rows.as_array_mut().unwrap() {
            for key in ["start", "finish"] {
                row[key] = json!(row[key].as_f64().unwrap() - 10.0);
            }
        }
    }
    let report = Pair::new(&before(), &later).report();
    assert_eq!((&report["same"], &report["shift_seconds"]), (&json!(true), &json!(10.0)));
}

#[test]
fn exit_code_is_as_git_has_it() {
    let (differ, same) = (Pair::new(&before(), &after()), Pair::new(&before(), &before()));
    let status = |pair: &Pair, args: &[&str]| pair.run(args).status.code();
    assert_eq!(status(&differ, &[]), Some(0));
    assert_eq!(status(&differ, &["--exit-code"]), Some(1));
    assert_eq!(status(&same, &["--exit-code"]), Some(0));
    let mixed = Pair::new(&before(), &json!({"version": 1, "agents": [{"id": "a"}]}));
    let out = mixed.run(&["--exit-code"]);
    assert_eq!((out.status.code(), out.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&out.stderr).contains("is a plan and"));
    let twice = json!({"agent_assignments": {"a": [row("t", 0.0, 1.0)], "b": [row("t", 0.0, 1.0)]}});
    assert_eq!(status(&Pair::new(&twice, &twice), &[]), Some(2), "a task that stands twice is no plan");
}

#[test]
fn snapshots_are_compared_by_what_they_mean() {
    let a = snapshot(3, Shape { tasks: 20, agents: 5 });
    let report = Pair::new(&a, &shuffled(&a, 9)).report();
    assert_eq!((&report["kind"], &report["same"]), (&json!("snapshots"), &json!(true)), "{report:#}");
    let one = |duration: Value, more: Value| {
        json!({
            "version": 1,
            "agents": [{"id": "x", "capabilities": ["p", "q"]}, more],
            "tasks": [{"id": "t", "duration": duration, "requires": ["p"]}],
            "network": {"links": [{"from": "x", "to": "z"}]},
        })
    };
    let mut other = one(json!("2m"), json!({"id": "w", "zone": "z"}));
    other["agents"][0]["capabilities"] = json!(["q", "p"]);
    other["agents"][0]["capacity"] = json!(4);
    let pair = Pair::new(&one(json!(120), json!({"id": "y", "zone": "z"})), &other);
    let report = pair.report();
    assert_eq!(report["counts"], json!({"added": 1, "lost": 1, "changed": 1, "fields": 1}), "{report:#}");
    assert_eq!((&report["added"][0]["id"], &report["lost"][0]["id"]), (&json!("w"), &json!("y")));
    let change = &report["changed"][0];
    assert_eq!((&change["id"], &change["field"]), (&json!("x"), &json!("capacity")));
    assert_eq!((&change["before"], &change["after"], &change["line_after"]), (&Value::Null, &json!("4"), &json!(1)));
    assert_eq!(pair.run(&["--exit-code"]).status.code(), Some(1));
}

#[test]
fn a_pipe_is_read_once() {
    let pair = Pair::new(&before(), &after());
    let mut child = Command::new(env!("CARGO_BIN_EXE_orch"))
        .args(["diff", "-", &pair.path("b"), "--exit-code"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(before().to_string().as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8(out.stdout).unwrap().contains("1 moved · 1 added · 1 lost · 1 earlier · 1 later"));
}

#[test]
fn markdown_of_large_plans_is_summed_up() {
    let plan = |shift: usize| {
        let mut agents = serde_json::Map::new();
        for a in 0..50 {
            let rows = (0..400)
                .map(|i| row(&format!("task-{a:03}-{i:04}-{}", "y".repeat(30)), f64::from(i), f64::from(i) + 1.0));
            agents.insert(format!("agent-{:03}", (a + shift) % 50), rows.collect());
        }
        json!({"agent_assignments": agents})
    };
    let out = Pair::new(&plan(0), &plan(7)).run(&["--format", "markdown"]);
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.chars().count() < 65_536, "{}", text.chars().count());
    assert!(text.contains("20,000 moved") && text.contains("| `agent-000` | `agent-007` | 400 |"), "{}", &text[..900]);
}

#[test]
fn no_secret_is_shown_even_where_it_changed() {
    let with = |secret: &str| {
        json!({
            "version": 1,
            "agents": [{
                "id": "a",
                "labels": {"api_token": secret, "team": "core"},
                "integration_points": [format!("https://user:{secret}@host/x")],
            }],
            "sources": [{"kind": "heartbeats", "records": [{"agent": "a", "token": secret}]}],
        })
    };
    let pair = Pair::new(&with("canarybird1"), &with("canarybird2"));
    for format in ["table", "json", "csv", "markdown", "html", "yaml"] {
        let out = pair.run(&["--format", format]);
        let text = String::from_utf8(out.stdout).unwrap();
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
        // A table of 80 columns shortens the field's name.
        assert!(text.contains("int") && text.contains("***") && !text.contains("canarybird"), "{format}: {text}");
    }
}
