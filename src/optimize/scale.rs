//! Loads, durations and prices times a factor: of tasks and agents, of their estimates, and of what loads use up.

use serde_json::{Map, Value};

use super::scene::Scene;
use crate::{
    input::{Scenario, document::Section},
    model::{Estimate, Task},
    patch::{Op, number},
};

/// Adds the edits of a scenario's factors.
///
/// Budgets and rates are used up by load, so demands on them grow with it; what a task holds at a time (memory, a
/// place in a database) does not. An estimated cost goes with the greater of load and duration, and with prices.
pub fn scale(scene: &Scene<'_>, w: &Scenario, out: &mut Vec<Op>) {
    let s = scene.snapshot();
    let mut times = |section, row, field: &str, x: f64, by: f64| {
        if by != 1.0 && x > 0.0 {
            out.extend(scene.set(section, row, field, number(x * by)));
        }
    };
    for (i, task) in s.tasks.iter().enumerate() {
        times(Section::Tasks, i, "estimated_load", task.estimated_load, w.load);
        times(Section::Tasks, i, "duration", task.duration_ms / 1000.0, w.duration);
    }
    for (i, a) in s.agents.iter().enumerate() {
        times(Section::Agents, i, "cost_per_task", a.cost_per_task, w.prices);
        times(Section::Agents, i, "cost_per_load", a.cost_per_load, w.prices);
        times(Section::Agents, i, "cost_per_hour", a.cost_per_hour, w.prices);
        times(Section::Agents, i, "cost_fixed", a.cost_fixed, w.prices);
    }
    if w.load != 1.0 {
        for (i, task) in s.tasks.iter().enumerate() {
            out.extend(demand(scene, task, w.load).and_then(|v| scene.set(Section::Tasks, i, "demand", v)));
            out.extend(uses(scene, task, w.load).and_then(|v| scene.set(Section::Tasks, i, "uses", v)));
        }
    }
    if w.load != 1.0 || w.duration != 1.0 || w.prices != 1.0 {
        estimates(scene, w, out);
    }
}

/// Demands with those on budgets grown; `None` where there are none.
fn demand(scene: &Scene<'_>, task: &Task, by: f64) -> Option<Value> {
    let s = scene.snapshot();
    let used_up = |dim| s.agents.iter().any(|a| a.budget.iter().any(|b| b.0 == dim));
    task.demand.iter().any(|d| used_up(d.0)).then(|| {
        let row = |(dim, x): &(crate::model::DimIx, f64)| {
            (s.names.dims[dim.at()].clone(), number(if used_up(*dim) { x * by } else { *x }))
        };
        Value::Object(task.demand.iter().map(row).collect())
    })
}

/// Uses with those of budgets and rates grown; `None` where there are none.
fn uses(scene: &Scene<'_>, task: &Task, by: f64) -> Option<Value> {
    let resources = &scene.snapshot().network.resources;
    let used_up = |r: crate::model::ResourceIx| resources[r.at()].budget.is_some() || resources[r.at()].per.is_some();
    task.uses.iter().any(|u| used_up(u.0)).then(|| {
        let row = |(r, x): &(crate::model::ResourceIx, f64)| {
            (resources[r.at()].id.clone(), number(if used_up(*r) { x * by } else { *x }))
        };
        Value::Object(task.uses.iter().map(row).collect())
    })
}

/// Estimates wherever they are written: they go into their tasks, and the table that they came from goes.
fn estimates(scene: &Scene<'_>, w: &Scenario, out: &mut Vec<Op>) {
    let s = scene.snapshot();
    let grown = |e: &Estimate| {
        let mut row = Map::new();
        row.extend(e.load.map(|x| ("load".to_owned(), number(x * w.load))));
        row.extend(e.cost.map(|x| ("cost".to_owned(), number(x * w.load.max(w.duration) * w.prices))));
        row.extend(e.duration_ms.map(|x| ("duration".to_owned(), number(x / 1000.0 * w.duration))));
        Value::Object(row)
    };
    let mut any = false;
    for (i, task) in s.tasks.iter().enumerate() {
        let agents = task.estimates_by_agent.iter().map(|(a, e)| (s.agent(*a).id.clone(), grown(e)));
        let kinds = task.estimates_by_kind.iter().map(|(k, e)| (s.names.kinds[k.at()].clone(), grown(e)));
        let rows: Map<String, Value> = kinds.chain(agents).collect();
        if !rows.is_empty() {
            any = true;
            out.extend(scene.set(Section::Tasks, i, "estimates", Value::Object(rows)));
        }
    }
    if any && scene.document.root.get("estimates").is_some() {
        out.push(Op::Remove { path: "/estimates".into() });
    }
}
