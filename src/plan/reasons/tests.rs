//! Reasons on hand-written plans.

use crate::{
    model::{Ms, Quantities},
    schedule::{Instance, probe},
};

/// Each unplaced task with its reasons: code, and how many agents it holds for.
fn told(text: &str, rows: &[(&str, &str, Ms)]) -> Vec<String> {
    lines(text, rows, |r| format!("{} {}", r.code, r.agents.len()))
}

/// Each unplaced task with its messages.
fn said(text: &str, rows: &[(&str, &str, Ms)]) -> Vec<String> {
    lines(text, rows, |r| r.message.clone())
}

fn lines(text: &str, rows: &[(&str, &str, Ms)], show: impl Fn(&crate::plan::Reason) -> String) -> Vec<String> {
    let snapshot = probe::snapshot(text);
    let q = Quantities::new(&snapshot);
    let (inst, plan) = (Instance::new(&q), probe::plan(&q, rows));
    assert_eq!(crate::schedule::verify::violations(&q, &plan), []);
    let found = super::unassigned(&inst, &plan);
    let task = |t: crate::model::TaskIx| &snapshot.task(t).id;
    found
        .iter()
        .map(|(t, why)| format!("{}: {}", task(*t), why.iter().map(&show).collect::<Vec<_>>().join("; ")))
        .collect()
}

#[test]
fn agents_count_under_every_obstacle_that_keeps_them_from_the_task() {
    let text = "
agents:
  - {id: a, capabilities: {vision: 0.5}}
  - {id: b, status: offline, capabilities: [vision]}
  - {id: c, capabilities: [code]}
  - {id: d, type: robot}
  - {id: e, capabilities: [vision], resources: {gpu: 1}}
tasks:
  - {id: look, requires: {vision: 0.8}, demand: {gpu: 1}, forbidden_agents: [robot], allowed_agents: [a, b, c, robot]}
";
    let said = said(text, &[]);
    let expected = "look: 1 agent is not among its allowed agents; 1 agent is forbidden to it; 1 agent is offline; \
        2 agents lack `vision`; 1 agent has too low a proficiency in `vision`: at most 0.5 of 0.8 needed; \
        4 agents offer no `gpu`";
    assert_eq!(said, [expected]);
}

#[test]
fn a_pin_leaves_out_the_others_and_the_pinned_agent_tells_its_own() {
    let text = "
agents: [{id: a, status: failed}, {id: b}, {id: c, status: draining}]
tasks: [{id: t, pinned_agent: a}]
";
    assert_eq!(said(text, &[]), ["t: it is pinned to `a`, which leaves out 2 agents; 1 agent is failed"]);
}

#[test]
fn capacity_that_others_took_is_told_apart_from_capacity_that_is_not_there() {
    let text = "
agents: [{id: a, capacity: 10}, {id: b, capacity: 5}, {id: c, capacity: 8, current_load: 2}]
tasks:
  - {id: big, estimated_load: 7}
  - {id: first, estimated_load: 6, priority: 9}
";
    let said = said(text, &[("first", "a", 0)]);
    let expected = "big: 2 agents have too little capacity: largest headroom 6 of 7 needed; \
        1 agent has no capacity left, displaced by tasks of higher priority: largest headroom 4 of 7 needed";
    assert_eq!(said, [expected]);
}

#[test]
fn budgets_resources_and_counts_are_told_with_their_numbers() {
    let text = "
agents:
  - {id: a, budget: {tokens: 100}, resources: {gpu: 1}}
  - {id: b, budget: {tokens: 40}, resources: {gpu: 4}}
  - {id: c, budget: {tokens: 90}, resources: {gpu: 4}, max_tasks: 1}
tasks:
  - {id: done, demand: {tokens: 70}}
  - {id: open, demand: {tokens: 50, gpu: 2}}
  - {id: other}
";
    let said = said(text, &[("done", "a", 0), ("other", "c", 0)]);
    let expected = "open: 1 agent has too little `gpu`: at most 1 of 2 needed; \
        1 agent has too small a budget of `tokens`: at most 40 of 50 needed; \
        1 agent has no `tokens` left, displaced by tasks of the same or higher priority: at most 30 of 50 needed; \
        1 agent has as many tasks as allowed, displaced by tasks of the same or higher priority";
    assert_eq!(said, [expected]);
}

#[test]
fn shared_resources_may_be_too_small_held_or_used_up() {
    let text = "
agents: [{id: a}]
tasks:
  - {id: done, uses: {money: 6}}
  - {id: much, uses: {rate: 3}}
  - {id: poor, uses: {money: 5}}
  - {id: shut, uses: {lock: 1}}
network: {resources: [{id: lock, capacity: 1}, {id: money, budget: 10}, {id: rate, capacity: 2, per: 60s}]}
state: {holds: [{holder: a, resource: lock, amount: 1}]}
";
    let expected = [
        "much: shared resource `rate` is too small: 2 of 3 needed",
        "poor: the budget of `money` is used up, displaced by tasks of the same or higher priority: 4 left of 5 needed",
        "shut: shared resource `lock` is held without end: 0 left of 1 needed",
    ];
    assert_eq!(said(text, &[("done", "a", 0)]), expected);
}

#[test]
fn tasks_fall_with_their_predecessors_and_companions() {
    let text = "
agents: [{id: a, capabilities: [x]}, {id: b, capabilities: [y]}]
tasks:
  - {id: p, requires: {x: 0.5}, forbidden_agents: [a]}
  - {id: q, depends_on: [p]}
  - {id: r, together: [q]}
  - {id: x, requires: [x], together: [y]}
  - {id: y, requires: [y]}
";
    let said = said(text, &[]);
    let expected = [
        "p: 1 agent is forbidden to it; 1 agent lacks `x`",
        "q: its predecessor `p` has no place",
        "r: it goes together with `q`, without a place as well",
        "x: no agent can hold it together with `y`; 1 agent lacks `x`; 1 agent cannot run all that goes together with it",
        "y: no agent can hold it together with `x`; 1 agent lacks `y`; 1 agent cannot run all that goes together with it",
    ];
    assert_eq!(said, expected);
}

#[test]
fn companions_are_measured_as_a_whole() {
    let text = "
agents: [{id: a, capacity: 5, max_tasks: 1}]
tasks: [{id: s, estimated_load: 3, together: [t]}, {id: t, estimated_load: 3}]
";
    let told = told(text, &[]);
    assert_eq!(told[0], "s: no_common_agent 0; too_little_capacity 1; max_tasks_reached 1");
}

#[test]
fn windows_rivals_and_paths_close_agents() {
    let text = "
agents:
  - {id: a, zone: far}
  - {id: b, available: [[0s, 60s]], zone: near}
  - {id: c, available: [[0s, 150s]], zone: near}
  - {id: d, zone: near}
tasks:
  - {id: p, pinned_agent: d}
  - {id: t, duration: 100s, depends_on: [p], apart: [p]}
network: {links: [{from: near, to: elsewhere}]}
";
    let text = text.replace("elsewhere", "b");
    let told = told(&text, &[("p", "d", 0)]);
    assert_eq!(told, ["t: inputs_unreachable 1; apart_conflict 1; windows_too_short 1; no_window 1"]);
}

#[test]
fn room_without_a_time_is_the_remainder() {
    let text = "agents: [{id: a}, {id: b}]\ntasks: [{id: s}, {id: t}]\n";
    assert_eq!(said(text, &[("s", "a", 0)]), ["t: 2 agents have room, but no time was found for it"]);
}

#[test]
fn equal_asks_share_one_list_of_agents() {
    let text = "agents: [{id: a, capacity: 0}, {id: b, capacity: 0}]\ntasks: [{id: s}, {id: t}]\n";
    let snapshot = probe::snapshot(text);
    let q = Quantities::new(&snapshot);
    let found = super::unassigned(&Instance::new(&q), &probe::plan(&q, &[]));
    assert!(std::sync::Arc::ptr_eq(&found[0].1[0].agents, &found[1].1[0].agents));
}
