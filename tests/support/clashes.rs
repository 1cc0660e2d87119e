//! Random snapshots whose state clashes in every way that `resolve` knows.

use serde_json::{Value, json};

use super::random::Rng;

fn ids(prefix: &str, n: u64) -> Vec<String> {
    (0..n).map(|i| format!("{prefix}-{i}")).collect()
}

fn minutes(m: i64) -> String {
    format!("{}{}m", if m < 0 { "-" } else { "" }, m.abs())
}

/// The ids that rows name.
struct Names {
    tasks: Vec<String>,
    agents: Vec<String>,
    /// Tasks and agents.
    holders: Vec<String>,
    resources: Vec<String>,
    data: Vec<String>,
    services: Vec<String>,
}

/// A snapshot of a few agents and tasks, by a seed.
pub fn clashing(seed: u64) -> Value {
    let rng = &mut Rng(seed);
    let (n_tasks, n_agents) = (rng.range(2, 9), rng.range(2, 6));
    let (tasks, agents) = (ids("task", n_tasks), ids("agent", n_agents));
    let names = Names {
        holders: [tasks.clone(), agents.clone()].concat(),
        tasks,
        agents,
        resources: ids("pool", 3),
        data: ids("table", 3),
        services: ids("service", 2),
    };
    json!({
        "version": 1,
        "as_of": "2026-01-05T09:00:00Z",
        "agents": names.agents.iter().map(|id| agent(rng, &names, id)).collect::<Vec<_>>(),
        "tasks": (0..names.tasks.len()).map(|i| task(rng, &names, i)).collect::<Vec<_>>(),
        "network": network(rng, &names),
        "state": {
            "allocations": (0..rng.range(0, 6)).map(|_| claim(rng, &names)).collect::<Vec<_>>(),
            "holds": (0..rng.range(0, 6)).map(|_| hold(rng, &names)).collect::<Vec<_>>(),
            "waits": (0..rng.range(0, 8)).map(|_| wait(rng, &names)).collect::<Vec<_>>(),
            "directives": (0..rng.range(0, 4)).map(|_| directive(rng, &names)).collect::<Vec<_>>(),
            "accesses": (0..rng.range(0, 8)).map(|_| access(rng, &names)).collect::<Vec<_>>(),
            "objectives": (0..rng.range(0, 4)).map(|_| objective(rng, &names)).collect::<Vec<_>>(),
        },
        "policies": {"snapshot_reads": rng.chance(30)},
    })
}

/// Minutes from and until.
fn span(rng: &mut Rng) -> (i64, i64) {
    let from = rng.range(0, 40) as i64 - 20;
    (from, from + rng.range(1, 30) as i64)
}

fn claim(rng: &mut Rng, names: &Names) -> Value {
    let (since, until) = span(rng);
    let mut row = json!({"holder": rng.pick(&names.holders), "resource": rng.pick(&names.resources),
                         "amount": rng.range(1, 5), "since": minutes(since)});
    if rng.chance(60) {
        row["until"] = json!(minutes(until));
    }
    row
}

fn hold(rng: &mut Rng, names: &Names) -> Value {
    let mut row = claim(rng, names);
    row["mode"] = json!(if rng.chance(50) { "exclusive" } else { "shared" });
    row
}

fn wait(rng: &mut Rng, names: &Names) -> Value {
    let target = if rng.chance(60) { rng.pick(&names.resources).clone() } else { rng.pick(&names.holders).clone() };
    json!({"holder": rng.pick(&names.holders), "for": target, "amount": rng.range(1, 4),
           "mode": if rng.chance(30) { "any" } else { "all" }, "since": minutes(-(rng.range(0, 9) as i64))})
}

fn directive(rng: &mut Rng, names: &Names) -> Value {
    let mut order = names.tasks.clone();
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
}

fn access(rng: &mut Rng, names: &Names) -> Value {
    let (from, until) = span(rng);
    let mut row = json!({"holder": rng.pick(&names.holders), "data": rng.pick(&names.data), "from": minutes(from),
                         "until": minutes(until), "mode": if rng.chance(50) { "write" } else { "read" }});
    if rng.chance(60) {
        row["version"] = json!(rng.range(1, 4));
    }
    row
}

fn objective(rng: &mut Rng, names: &Names) -> Value {
    let (metric, target) = *rng.pick(&[
        ("utilization", 0.3),
        ("throughput_per_min", 90.0),
        ("throughput_per_min", 500.0),
        ("response_time_ms", 1200.0),
        ("error_rate", 0.01),
    ]);
    json!({"agent": rng.pick(&names.agents), "metric": metric, "target": target})
}

fn agent(rng: &mut Rng, names: &Names, id: &String) -> Value {
    let needs: Vec<&String> = (0..rng.range(0, 1))
        .map(|_| if rng.chance(50) { rng.pick(&names.agents) } else { rng.pick(&names.services) })
        .filter(|n| *n != id)
        .collect();
    json!({"id": id, "type": rng.pick(&["coder", "tester"]), "capacity": 20, "current_load": rng.range(0, 22),
           "slots": rng.range(1, 2), "depends_on": needs,
           "status": if rng.chance(15) { "offline" } else { "active" },
           "performance_metrics": {"response_time_ms": {"p50": 1000}, "error_rate": 0.02}})
}

fn task(rng: &mut Rng, names: &Names, i: usize) -> Value {
    let mut before: Vec<Value> = Vec::new();
    for (j, other) in names.tasks.iter().enumerate().filter(|(j, _)| *j != i) {
        if rng.chance(if j < i { 20 } else { 5 }) {
            before.push(if rng.chance(20) { json!({"task": other, "soft": true}) } else { json!(other) });
        }
    }
    let mut row = json!({"id": names.tasks[i], "priority": rng.range(1, 9), "duration": rng.range(60, 600),
                         "depends_on": before});
    for (key, percent) in [("reads", 25), ("writes", 25)] {
        if rng.chance(percent) {
            row[key] = json!([rng.pick(&names.data)]);
        }
    }
    if rng.chance(20) {
        row["deadline"] = json!(format!("{}s", rng.range(60, 900)));
    }
    if rng.chance(10) {
        row["pinned_agent"] = json!(rng.pick(&names.agents));
    }
    if rng.chance(20) {
        row["uses"] = json!({rng.pick(&names.resources).clone(): rng.range(1, 4)});
    }
    row
}

fn network(rng: &mut Rng, names: &Names) -> Value {
    let pool = |id: &String, rng: &mut Rng| json!({"id": id, "capacity": rng.range(2, 6)});
    let service = |id: &String, rng: &mut Rng| {
        let status = if rng.chance(30) { "offline" } else { "active" };
        json!({"id": id, "status": status})
    };
    json!({
        "resources": names.resources.iter().map(|id| pool(id, rng)).collect::<Vec<_>>(),
        "data": names.data.iter().map(|id| json!({"id": id, "size_mb": 1})).collect::<Vec<_>>(),
        "services": names.services.iter().map(|id| service(id, rng)).collect::<Vec<_>>(),
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
