//! Random snapshots whose state clashes in every way that `resolve` knows.

use serde_json::{Value, json};

use super::random::Rng;

fn ids(prefix: &str, n: u64) -> Vec<String> {
    (0..n).map(|i| format!("{prefix}-{i}")).collect()
}

/// A snapshot of a few agents and tasks, by a seed.
pub fn clashing(seed: u64) -> Value {
    let mut rng = Rng(seed);
    let (n_tasks, n_agents) = (rng.range(2, 9), rng.range(2, 6));
    let (tasks, agents) = (ids("task", n_tasks), ids("agent", n_agents));
    let (resources, data) = (ids("pool", 3), ids("table", 3));
    let services = ids("service", 2);
    let holders: Vec<String> = [tasks.clone(), agents.clone()].concat();
    let span = |rng: &mut Rng| {
        let from = rng.range(0, 40) as i64 - 20;
        (format!("{}{}m", if from < 0 { "-" } else { "" }, from.abs()), from + rng.range(1, 30) as i64)
    };
    let minutes = |m: i64| format!("{}{}m", if m < 0 { "-" } else { "" }, m.abs());
    let claim = |rng: &mut Rng| {
        let (since, until) = span(rng);
        let mut row = json!({"holder": rng.pick(&holders), "resource": rng.pick(&resources), "amount": rng.range(1, 5),
                             "since": since});
        if rng.chance(60) {
            row["until"] = json!(minutes(until));
        }
        row
    };
    let mut allocations = Vec::new();
    let mut holds = Vec::new();
    for _ in 0..rng.range(0, 6) {
        allocations.push(claim(&mut rng));
    }
    for _ in 0..rng.range(0, 6) {
        let mut row = claim(&mut rng);
        row["mode"] = json!(if rng.chance(50) { "exclusive" } else { "shared" });
        holds.push(row);
    }
    let waits: Vec<Value> = (0..rng.range(0, 8))
        .map(|_| {
            let target = if rng.chance(60) { rng.pick(&resources).clone() } else { rng.pick(&holders).clone() };
            json!({"holder": rng.pick(&holders), "for": target, "amount": rng.range(1, 4),
                   "mode": if rng.chance(30) { "any" } else { "all" }, "since": minutes(-(rng.range(0, 9) as i64))})
        })
        .collect();
    let directives: Vec<Value> = (0..rng.range(0, 4))
        .map(|_| {
            let mut order = tasks.clone();
            rng.shuffle(&mut order);
            order.truncate(rng.range(2, 4) as usize);
            let who = *rng.pick(&["product", "security", "finance"]);
            let mut row = if rng.chance(60) {
                json!({"stakeholder": who, "order": order})
            } else {
                json!({"stakeholder": who, "task": order[0], "priority": rng.range(1, 9)})
            };
            if rng.chance(50) {
                row["weight"] = json!(rng.range(1, 5));
            }
            row
        })
        .collect();
    let accesses: Vec<Value> = (0..rng.range(0, 8))
        .map(|_| {
            let (from, until) = span(&mut rng);
            let mut row = json!({"holder": rng.pick(&holders), "data": rng.pick(&data), "from": from,
                                 "until": minutes(until), "mode": if rng.chance(50) { "write" } else { "read" }});
            if rng.chance(60) {
                row["version"] = json!(rng.range(1, 4));
            }
            row
        })
        .collect();
    let objectives: Vec<Value> = (0..rng.range(0, 4))
        .map(|_| {
            let (metric, target) = *rng.pick(&[
                ("utilization", 0.3),
                ("throughput_per_min", 90.0),
                ("throughput_per_min", 500.0),
                ("response_time_ms", 1200.0),
                ("error_rate", 0.01),
            ]);
            json!({"agent": rng.pick(&agents), "metric": metric, "target": target})
        })
        .collect();
    let agent_rows: Vec<Value> = agents
        .iter()
        .map(|id| {
            let needs: Vec<&String> = (0..rng.range(0, 1))
                .map(|_| if rng.chance(50) { rng.pick(&agents) } else { rng.pick(&services) })
                .filter(|n| *n != id)
                .collect();
            json!({"id": id, "type": rng.pick(&["coder", "tester"]), "capacity": 20, "current_load": rng.range(0, 22),
                   "slots": rng.range(1, 2), "depends_on": needs,
                   "status": if rng.chance(15) { "offline" } else { "active" },
                   "performance_metrics": {"response_time_ms": {"p50": 1000}, "error_rate": 0.02}})
        })
        .collect();
    let task_rows: Vec<Value> = tasks
        .iter()
        .enumerate()
        .map(|(i, id)| {
            let mut before: Vec<Value> = Vec::new();
            for (j, other) in tasks.iter().enumerate().filter(|(j, _)| *j != i) {
                if rng.chance(if j < i { 20 } else { 5 }) {
                    before.push(if rng.chance(20) { json!({"task": other, "soft": true}) } else { json!(other) });
                }
            }
            let mut row =
                json!({"id": id, "priority": rng.range(1, 9), "duration": rng.range(60, 600), "depends_on": before});
            for (key, percent) in [("reads", 25), ("writes", 25)] {
                if rng.chance(percent) {
                    row[key] = json!([rng.pick(&data)]);
                }
            }
            if rng.chance(20) {
                row["deadline"] = json!(format!("{}s", rng.range(60, 900)));
            }
            if rng.chance(10) {
                row["pinned_agent"] = json!(rng.pick(&agents));
            }
            if rng.chance(20) {
                row["uses"] = json!({rng.pick(&resources).clone(): rng.range(1, 4)});
            }
            row
        })
        .collect();
    json!({
        "version": 1,
        "as_of": "2026-01-05T09:00:00Z",
        "agents": agent_rows,
        "tasks": task_rows,
        "network": {
            "resources": resources.iter().map(|id| json!({"id": id, "capacity": rng.range(2, 6)})).collect::<Vec<_>>(),
            "data": data.iter().map(|id| json!({"id": id, "size_mb": 1})).collect::<Vec<_>>(),
            "services": services.iter().map(|id| json!({"id": id, "status": if rng.chance(30) { "offline" } else { "active" }})).collect::<Vec<_>>(),
        },
        "state": {"allocations": allocations, "holds": holds, "waits": waits, "directives": directives,
                  "accesses": accesses, "objectives": objectives},
        "policies": {"snapshot_reads": rng.chance(30)},
    })
}

/// The same document with every list of rows in another order.
pub fn reordered(document: &Value, seed: u64) -> Value {
    let mut rng = Rng(seed);
    let mut out = document.clone();
    for path in ["/agents", "/tasks", "/network/resources", "/network/data", "/network/services"] {
        out.pointer_mut(path).and_then(Value::as_array_mut).into_iter().for_each(|list| rng.shuffle(list));
    }
    for list in out["state"].as_object_mut().unwrap().values_mut() {
        rng.shuffle(list.as_array_mut().unwrap());
    }
    out
}
