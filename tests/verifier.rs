//! A sound plan, broken in every way that the contract knows: each break is named, and nothing else is.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use orch::{
    model::{Placement, Plan, Quantities, Snapshot},
    schedule::verify::{Code, violations},
};
use serde_json::{Value, json};
use support::read::read;

/// Placements: task, agent, start and finish in seconds.
type Rows<'a> = &'a [(&'a str, &'a str, i64, i64)];

fn plan(snapshot: &Snapshot, rows: Rows<'_>) -> Plan {
    let mut out = Plan::empty(snapshot.tasks.len());
    for (task, agent, start, finish) in rows {
        let agent = snapshot.find_agent(agent).unwrap();
        let placement = Placement { agent, start: 1000 * start, finish: 1000 * finish };
        out.placements[snapshot.find_task(task).unwrap().at()] = Some(placement);
    }
    out
}

/// Two agents `a` and `b`, two tasks `x` and `y` of ten seconds, and what is laid over them.
fn document(over: &Value) -> Value {
    let mut out = json!({"version": 1, "agents": [{"id": "a"}, {"id": "b"}],
                         "tasks": [{"id": "x", "duration": 10}, {"id": "y", "duration": 10}]});
    for (section, rows) in over.as_object().unwrap() {
        for (id, fields) in rows.as_object().unwrap() {
            match out[section].as_array_mut().and_then(|l| l.iter_mut().find(|r| r["id"] == id.as_str())) {
                Some(row) => row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone()),
                None => out[section][id] = fields.clone(),
            }
        }
    }
    out
}

fn codes(over: &Value, rows: Rows<'_>) -> Vec<Code> {
    let snapshot = read(&document(over));
    violations(&Quantities::new(&snapshot), &plan(&snapshot, rows)).iter().map(|v| v.code).collect()
}

/// With `over` laid over the two agents and tasks, `good` is sound and `bad` breaks exactly one rule.
fn breaks(code: Code, over: &Value, good: Rows<'_>, bad: Rows<'_>) {
    assert_eq!(codes(over, good), [], "{} on a sound plan: {over}", code.name());
    assert_eq!(codes(over, bad), [code], "{over}");
}

const X: (&str, &str, i64, i64) = ("x", "a", 0, 10);
const Y_AFTER: (&str, &str, i64, i64) = ("y", "a", 10, 20);
const Y_BESIDE: (&str, &str, i64, i64) = ("y", "b", 0, 10);
const BOTH_NOW: [(&str, &str, i64, i64); 2] = [X, ("y", "a", 0, 10)];

#[test]
fn a_plan_speaks_of_the_tasks_and_agents_there_are() {
    let snapshot = read(&document(&json!({})));
    let q = Quantities::new(&snapshot);
    let mut short = plan(&snapshot, &[X]);
    short.placements.pop();
    assert_eq!(violations(&q, &short)[0].code, Code::WrongLength);
    let mut strange = plan(&snapshot, &[X]);
    strange.placements[0].as_mut().unwrap().agent.0 = 2;
    assert_eq!(violations(&q, &strange)[0].code, Code::UnknownAgent);
}

#[test]
fn eligibility() {
    let here: Rows<'_> = &[X];
    let there: Rows<'_> = &[("x", "b", 0, 10)];
    for over in [
        json!({"agents": {"a": {"capabilities": ["code"]}}, "tasks": {"x": {"requires": ["code"]}}}),
        json!({"agents": {"a": {"capabilities": {"code": 1}}, "b": {"capabilities": {"code": 0.5}}},
               "tasks": {"x": {"requires": {"code": 0.8}, "estimates": {"b": {"duration": 10}}}}}),
        json!({"tasks": {"x": {"allowed_agents": ["a"]}}}),
        json!({"tasks": {"x": {"forbidden_agents": ["b"]}}}),
        json!({"tasks": {"x": {"pinned_agent": "a"}}}),
        json!({"agents": {"b": {"status": "draining"}}}),
        json!({"agents": {"a": {"budget": {"tokens": 5}}}, "tasks": {"x": {"demand": {"tokens": 5}}}}),
    ] {
        breaks(Code::NotEligible, &over, here, there);
    }
    let dark = json!({"agents": {"a": {"zone": "z"}}, "tasks": {"x": {"reads": ["d"]}}, "network": {
        "links": [{"from": "a", "to": "z"}], "data": [{"id": "d", "size_mb": 1, "home": "a"}]}});
    breaks(Code::NotEligible, &dark, here, there);
}

#[test]
fn moments() {
    breaks(Code::WrongProcessing, &json!({}), &[X], &[("x", "a", 0, 11)]);
    breaks(Code::WrongProcessing, &json!({"agents": {"a": {"speed": 2}}}), &[("x", "a", 0, 5)], &[X]);
    let released = json!({"tasks": {"x": {"release": 3}}});
    breaks(Code::BeforeRelease, &released, &[("x", "a", 3, 13)], &[("x", "a", 2, 12)]);
    let later = json!({"agents": {"a": {"available_from": 3}}});
    breaks(Code::BeforeAvailable, &later, &[("x", "a", 3, 13)], &[("x", "a", 2, 12)]);
    let windows = json!({"agents": {"a": {"available": [[0, 10], [10, 25]]}}});
    breaks(Code::OutsideWindows, &windows, &[("x", "a", 15, 25)], &[("x", "a", 5, 15)]);
    let past = json!({"tasks": {"x": {"release": 0}}});
    assert!(codes(&past, &[("x", "a", -1, 9)]).contains(&Code::BeforeNow));
}

#[test]
fn slots() {
    breaks(Code::OverSlots, &json!({}), &[X, Y_AFTER], &BOTH_NOW);
    breaks(Code::OverSlots, &json!({}), &[X, Y_BESIDE], &[X, ("y", "a", 9, 19)]);
    assert_eq!(codes(&json!({"agents": {"a": {"slots": 2}}}), &BOTH_NOW), []);
}

#[test]
fn resources_over_time() {
    let memory = json!({"agents": {"a": {"slots": 2, "resources": {"memory": 3}}},
                        "tasks": {"x": {"demand": {"memory": 2}}, "y": {"demand": {"memory": 2}}}});
    breaks(Code::OverResource, &memory, &[X, Y_AFTER], &[X, ("y", "a", 9, 19)]);
    let uses = json!({"x": {"uses": {"r": 2}}, "y": {"uses": {"r": 2}}});
    let shared = json!({"tasks": uses, "network": {"resources": [{"id": "r", "capacity": 3}]}});
    breaks(Code::OverSharedCapacity, &shared, &[X, ("y", "b", 10, 20)], &[X, Y_BESIDE]);
    // A rate: held for a minute from the start, long after the task has ended.
    let rate = json!({"tasks": uses, "network": {"resources": [{"id": "r", "capacity": 3, "per": 60}]}});
    breaks(Code::OverSharedCapacity, &rate, &[X, ("y", "b", 60, 70)], &[X, ("y", "b", 59, 69)]);
    // A rate shorter than the task: held for a second only.
    let brief = json!({"tasks": uses, "network": {"resources": [{"id": "r", "capacity": 3, "per": 1}]}});
    breaks(Code::OverSharedCapacity, &brief, &[X, ("y", "b", 1, 11)], &[X, Y_BESIDE]);
}

#[test]
fn amounts_over_the_plan() {
    breaks(Code::OverMaxTasks, &json!({"agents": {"a": {"max_tasks": 1}}}), &[X, Y_BESIDE], &[X, Y_AFTER]);
    let capacity = json!({"agents": {"a": {"capacity": 3, "current_load": 1.5}}});
    breaks(Code::OverCapacity, &capacity, &[X, Y_BESIDE], &[X, Y_AFTER]);
    let tokens = json!({"agents": {"a": {"budget": {"tokens": 3}}, "b": {"budget": {"tokens": 3}}},
                        "tasks": {"x": {"demand": {"tokens": 2}}, "y": {"demand": {"tokens": 2}}}});
    breaks(Code::OverBudget, &tokens, &[X, Y_BESIDE], &[X, Y_AFTER]);
    let money = json!({"tasks": {"x": {"uses": {"r": 2}}, "y": {"uses": {"r": 2}}},
                       "network": {"resources": [{"id": "r", "budget": 3}]}});
    breaks(Code::OverSharedBudget, &money, &[X], &[X, Y_BESIDE]);
}

#[test]
fn relations() {
    let chain = json!({"tasks": {"y": {"depends_on": ["x"]}}});
    breaks(Code::MissingPredecessor, &chain, &[X, Y_AFTER], &[Y_AFTER]);
    breaks(Code::BeforeInput, &chain, &[X, Y_AFTER], &[X, ("y", "b", 9, 19)]);
    let wish = json!({"tasks": {"y": {"depends_on": [{"task": "x", "soft": true}]}}});
    assert_eq!(codes(&wish, &[Y_BESIDE]), []);
    // Two seconds of latency and one of transfer lie between a and b; none on one agent.
    let far = json!({"tasks": {"y": {"depends_on": [{"task": "x", "data_mb": 1}]}}, "network": {
        "links": [{"from": "a", "to": "b", "latency_ms": 2000, "bandwidth_mbps": 8, "directed": true}]}});
    breaks(Code::BeforeInput, &far, &[X, ("y", "b", 13, 23)], &[X, ("y", "b", 12, 22)]);
    breaks(Code::NoPath, &far, &[X, Y_AFTER], &[("x", "b", 0, 10), ("y", "a", 50, 60)]);
    let together = json!({"tasks": {"y": {"together": ["x"]}}});
    breaks(Code::NotTogether, &together, &[X, Y_AFTER], &[X, Y_BESIDE]);
    breaks(Code::NotTogether, &together, &[], &[X]);
    let apart = json!({"tasks": {"y": {"apart": ["x"]}}});
    breaks(Code::NotApart, &apart, &[X, Y_BESIDE], &[X, Y_AFTER]);
}

#[test]
fn what_runs_and_is_held_already() {
    let foreign = json!({"state": {"running": [{"task": "other", "agent": "a", "until": 5}]}});
    breaks(Code::OverSlots, &foreign, &[("x", "a", 5, 15)], &[("x", "a", 4, 14)]);
    // x runs on a and keeps its slot beyond its planned finish.
    let own = json!({"state": {"running": [{"task": "x", "agent": "a", "until": 15}]}});
    breaks(Code::MovedWhileRunning, &own, &[X], &[("x", "b", 0, 10)]);
    breaks(Code::OverSlots, &own, &[X, ("y", "a", 15, 25)], &[X, ("y", "a", 14, 24)]);
    let brief = json!({"state": {"running": [{"task": "x", "agent": "a", "until": 5}]}});
    breaks(Code::OverSlots, &brief, &[X, ("y", "a", 10, 20)], &[X, ("y", "a", 9, 19)]);
    // On an agent that is down it is planned freely.
    let down = json!({"agents": {"a": {"status": "failed"}}, "state": own["state"]});
    assert_eq!(codes(&down, &[("x", "b", 3, 13)]), []);
    let resources = json!([{"id": "r", "capacity": 3}]);
    let held = |by: &str, mode: &str| {
        json!({"tasks": {"x": {"uses": {"r": 2}}}, "network": {"resources": resources},
               "state": {"holds": [{"holder": by, "resource": "r", "amount": 2, "since": 5, "until": 20,
                                    "mode": mode}]}})
    };
    breaks(Code::OverSharedCapacity, &held("b", "shared"), &[("x", "a", 20, 30)], &[("x", "a", 19, 29)]);
    breaks(Code::OverSharedCapacity, &held("y", "exclusive"), &[("x", "a", 20, 30)], &[X]);
    assert_eq!(codes(&held("x", "shared"), &[X]), [], "what x holds is what x uses");
}
