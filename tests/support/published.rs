//! Published instances as snapshots, converted as the judge's `snapshots.py` does.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// The folder of instances beside the repository; `None` where it is not there.
pub fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/data", "../../shared/data"].iter().map(|up| root.join(up)).find(|p| p.is_dir())
}

/// One instance, ready to plan.
pub struct Instance {
    pub name: String,
    pub document: Value,
    pub strategy: &'static str,
    /// The component that counts.
    pub key: String,
    /// Best known value, or the best lower bound where no value is known.
    pub best: Option<f64>,
    pub proven: bool,
}

/// The instances of a family, by file name.
pub fn family(folder: &Path, name: &str) -> Vec<Instance> {
    let Ok(entries) = std::fs::read_dir(folder.join(name)) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "json"));
    paths.sort();
    paths.iter().map(|p| instance(&serde_json::from_str(&std::fs::read_to_string(p).unwrap()).unwrap())).collect()
}

fn instance(neutral: &Value) -> Instance {
    let family = neutral["family"].as_str().unwrap();
    let known = &neutral["best_known"];
    let (strategy, key) = match family {
        "gap" => ("cost_optimized", "cost"),
        "wt" => ("deadline_aware", "weighted_tardiness"),
        "cluster" => ("load_balanced", "placed"),
        "mixed" => (neutral["strategy"].as_str().unwrap(), known["key"].as_str().unwrap()),
        _ => ("performance_optimized", "makespan"),
    };
    let strategy = orch::model::Strategy::ALL.into_iter().find(|s| s.name() == strategy).unwrap().name();
    Instance {
        name: format!("{family}/{}", neutral["name"].as_str().unwrap()),
        document: if family == "mixed" { neutral["snapshot"].clone() } else { document(neutral, family) },
        strategy,
        key: key.into(),
        best: known["value"].as_f64().or(known["lower_bound"].as_f64()),
        proven: known["optimal"].as_bool().unwrap_or(false),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn document(neutral: &Value, family: &str) -> Value {
    let agents: Vec<Value> = (0..list(neutral, "agents").len()).map(|i| agent(neutral, family, i)).collect();
    let mut tasks: Vec<Map<String, Value>> =
        (0..list(neutral, "tasks").len()).map(|j| task(neutral, family, j)).collect();
    for edge in list(neutral, "precedence") {
        let after = tasks.iter_mut().find(|t| t["id"] == edge[1]).unwrap();
        let link = edge.get(2).map_or(edge[0].clone(), |mb| json!({"task": edge[0], "data_mb": mb}));
        after.entry("depends_on").or_insert(json!([])).as_array_mut().unwrap().push(link);
    }
    json!({"version": 1, "as_of": "2026-01-05T09:00:00Z", "agents": agents, "tasks": tasks,
           "network": network(neutral, family)})
}

fn agent(neutral: &Value, family: &str, i: usize) -> Value {
    let own = &neutral["agents"][i];
    let mut row = json!({"id": own["id"]});
    match family {
        "gap" => row["capacity"] = neutral["capacity"][i].clone(),
        "cluster" => row["budget"] = by_name(&neutral["resources"]["dims"], &neutral["capacity"][i]),
        "wf" => row["slots"] = own.get("cores").cloned().unwrap_or(json!(1)),
        // The project itself never limits; its resources do.
        "rcpsp" => row["slots"] = json!(list(neutral, "tasks").len()),
        _ => {}
    }
    row
}

/// Names and values side by side as a map.
fn by_name(names: &Value, values: &Value) -> Value {
    let pairs = names.as_array().unwrap().iter().zip(values.as_array().unwrap());
    Value::Object(pairs.map(|(n, v)| (n.as_str().unwrap().to_string(), v.clone())).collect())
}

fn task(neutral: &Value, family: &str, j: usize) -> Map<String, Value> {
    let own = &neutral["tasks"][j];
    let mut row = Map::from_iter([("id".to_string(), own["id"].clone())]);
    let ids: Vec<&str> = list(neutral, "agents").iter().map(|a| a["id"].as_str().unwrap()).collect();
    let column: Vec<&Value> = list(neutral, "load").iter().map(|r| &r[j]).collect();
    if family == "gap" {
        let given = ids
            .iter()
            .enumerate()
            .map(|(i, a)| (a.to_string(), json!({"load": column[i], "cost": neutral["cost"][i][j]})));
        row.insert("estimates".into(), Value::Object(given.collect()));
    } else if family == "cluster" {
        row.insert("demand".into(), by_name(&neutral["resources"]["dims"], &own["demand"]));
    } else if !column.is_empty() {
        let able: Vec<usize> = (0..ids.len()).filter(|i| !column[*i].is_null()).collect();
        if able.len() < ids.len() {
            row.insert("allowed_agents".into(), able.iter().map(|i| ids[*i]).collect());
        }
        if able.iter().all(|i| column[*i] == column[able[0]]) {
            row.insert("duration".into(), column[able[0]].clone());
        } else {
            let given = able.iter().map(|i| (ids[*i].to_string(), json!({"duration": column[*i]})));
            row.insert("estimates".into(), Value::Object(given.collect()));
        }
    }
    if family == "rcpsp" {
        // A JSON map sorts its keys; demands follow the order of the file's resources, which are R1, R2, …
        let names: Vec<&String> = neutral["resources"]["capacity"].as_object().unwrap().keys().collect();
        let uses = names.iter().zip(list(own, "demand")).filter(|(_, d)| d.as_f64() != Some(0.0));
        row.insert("uses".into(), Value::Object(uses.map(|(n, d)| ((*n).clone(), d.clone())).collect()));
    }
    for (field, key) in [("deadline", "deadlines"), ("priority", "weights")] {
        if !list(neutral, key).is_empty() {
            row.insert(field.into(), neutral[key][j].clone());
        }
    }
    row
}

fn network(neutral: &Value, family: &str) -> Value {
    let ids: Vec<&Value> = list(neutral, "agents").iter().map(|a| &a["id"]).collect();
    if family == "rcpsp" {
        let resources = neutral["resources"]["capacity"].as_object().unwrap().iter();
        return json!({"resources": resources.map(|(r, c)| json!({"id": r, "capacity": c})).collect::<Vec<_>>()});
    }
    if family == "heft" {
        // 1 MB over 8 Mbit/s takes one second, between any two agents.
        let pairs = (0..ids.len()).flat_map(|a| (a + 1..ids.len()).map(move |b| (a, b)));
        let link = |(a, b): (usize, usize)| json!({"from": ids[a], "to": ids[b], "bandwidth_mbps": 8});
        return json!({"links": pairs.map(link).collect::<Vec<_>>()});
    }
    json!({})
}
