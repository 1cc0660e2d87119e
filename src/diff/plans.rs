//! Two plans, task by task.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::report::{AgentChange, Figure, PlanCounts, PlanDiff, PlanSide, Shift, TaskMove, TaskRow};
use crate::{
    input::{WrittenPlacement, WrittenPlan, observe::redact},
    model::seconds,
};

/// Compares plans.
pub fn compare(a: &WrittenPlan, b: &WrittenPlan) -> PlanDiff {
    let shift = match (a.as_of, b.as_of) {
        (Some(a), Some(b)) => b.as_millisecond() - a.as_millisecond(),
        _ => 0,
    };
    let moved_by = |p: &WrittenPlacement| WrittenPlacement {
        start: p.start.saturating_add(shift),
        finish: p.finish.saturating_add(shift),
        ..p.clone()
    };
    let second: BTreeMap<&str, WrittenPlacement> = b.placed.iter().map(|(t, p)| (t.as_str(), moved_by(p))).collect();
    let mut out = PlanDiff {
        format_version: 1,
        diff_id: super::identity(&[format!("{:?} {:?}", a.as_of, a.placed), format!("{:?} {:?}", b.as_of, b.placed)]),
        kind: "plans",
        same: false,
        a: side(a),
        b: side(b),
        shift_seconds: seconds(shift),
        counts: PlanCounts::default(),
        objective: objective(a, b),
        moved: Vec::new(),
        added: Vec::new(),
        lost: Vec::new(),
        earlier: Vec::new(),
        later: Vec::new(),
        agents: AgentChange {
            added: b.agents.difference(&a.agents).cloned().collect(),
            lost: a.agents.difference(&b.agents).cloned().collect(),
        },
        version: env!("CARGO_PKG_VERSION"),
        deterministic: true,
    };
    for (task, before) in &a.placed {
        match second.get(task.as_str()) {
            None => out.lost.push(alone(task, before, b)),
            Some(after) => both(task, before, after, &mut out),
        }
    }
    let fresh = second.iter().filter(|(task, _)| !a.placed.contains_key(**task));
    out.added = fresh.map(|(task, p)| alone(task, p, a)).collect();
    out.earlier.sort_by(|x, y| x.by.total_cmp(&y.by).then_with(|| x.task.cmp(&y.task)));
    out.later.sort_by(|x, y| y.by.total_cmp(&x.by).then_with(|| x.task.cmp(&y.task)));
    out.counts = PlanCounts {
        moved: out.moved.len(),
        added: out.added.len(),
        lost: out.lost.len(),
        earlier: out.earlier.len(),
        later: out.later.len(),
        ..out.counts
    };
    let c = out.counts;
    out.same = c.moved + c.added + c.lost + c.earlier + c.later == 0;
    out
}

fn both(task: &str, before: &WrittenPlacement, after: &WrittenPlacement, out: &mut PlanDiff) {
    let task = task.to_owned();
    let [start_before, start_after] = [before.start, after.start].map(seconds);
    let [finish_before, finish_after] = [before.finish, after.finish].map(seconds);
    if before.agent != after.agent {
        let (from, to) = (before.agent.clone(), after.agent.clone());
        out.moved.push(TaskMove { task, from, to, start_before, start_after, finish_before, finish_after });
        return;
    }
    let (done, begun) = (after.finish - before.finish, after.start - before.start);
    if done == 0 && begun == 0 {
        out.counts.unchanged += 1;
        return;
    }
    let (agent, by) = (after.agent.clone(), seconds(done));
    let row = Shift { task, agent, start_before, start_after, finish_before, finish_after, by };
    if (done, begun) < (0, 0) { out.earlier.push(row) } else { out.later.push(row) }
}

/// A task that one plan alone places, and what the other says of it.
fn alone(task: &str, p: &WrittenPlacement, other: &WrittenPlan) -> TaskRow {
    let said = other.rest.get("unassigned_tasks").and_then(|u| u.get(task)?.get("reasons")?.as_array());
    let messages = |rows: &Vec<Json>| {
        let words: Vec<&str> = rows.iter().filter_map(|r| r.get("message")?.as_str()).collect();
        words.join("; ")
    };
    TaskRow {
        task: task.to_owned(),
        agent: p.agent.clone(),
        start: seconds(p.start),
        finish: seconds(p.finish),
        reason: said.map(messages).filter(|w| !w.is_empty()).map(|w| redact::text(&w)),
    }
}

fn side(plan: &WrittenPlan) -> PlanSide {
    let text = |key: &str| plan.rest.get(key).and_then(Json::as_str).map(str::to_owned);
    PlanSide {
        file: plan.file.clone(),
        id: text("distribution_id"),
        timestamp: plan.as_of.map(|at| at.to_string()),
        strategy: text("distribution_strategy"),
        placed: plan.placed.len(),
        unassigned: plan.rest.get("unassigned_tasks").and_then(Json::as_object).map_or(0, serde_json::Map::len),
    }
}

/// The figures of `objective` that both plans name alike: its value and bound where they aim at the same, its
/// components, and how much is placed.
fn objective(a: &WrittenPlan, b: &WrittenPlan) -> BTreeMap<String, Figure> {
    let figures = |plan: &WrittenPlan| -> BTreeMap<String, f64> {
        let Some(o) = plan.rest.get("objective") else { return BTreeMap::new() };
        let parts = o.get("components").and_then(Json::as_object);
        let mut out: BTreeMap<String, f64> =
            parts.into_iter().flatten().filter_map(|(k, v)| Some((k.clone(), v.as_f64()?))).collect();
        let name = o.get("name").and_then(Json::as_str).unwrap_or("objective");
        // A component may be what the plan aims at; only its bound is new then.
        out.extend(o.get("value").and_then(Json::as_f64).map(|v| (name.to_owned(), v)));
        out.extend(o.get("bound").and_then(Json::as_f64).map(|v| (format!("{name} bound"), v)));
        out.extend(o.pointer("/placement/value").and_then(Json::as_f64).map(|v| ("priority placed".to_owned(), v)));
        out
    };
    let (first, second) = (figures(a), figures(b));
    let names = first.keys().chain(second.keys());
    let figure = |name: &String| {
        let (before, after) = (first.get(name).copied(), second.get(name).copied());
        let change = before.zip(after).map(|(x, y)| y - x);
        (name.clone(), Figure { before, after, change })
    };
    names.map(figure).collect()
}
