//! Fleets with more pairs than each can be looked at often: plans are sound, near their bounds, and repeatable.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use orch::{
    model::{Quantities, Strategy},
    plan::{Effort, Request, Solution, solve},
    schedule::verify::violations,
};
use serde_json::{Value, json};
use support::read::read;

/// Something below `n`, by `i` and `salt`.
fn pick(i: u64, salt: u64, n: u64) -> u64 {
    ((i * 7_919 + salt * 104_729 + 13).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % n
}

/// Agents of four kinds of skill and many speeds and prices; tasks of all sizes, some in chains. `kinds` agents are
/// distinct, the others like one of them.
fn fleet(agents: u64, tasks: u64, kinds: u64) -> Value {
    let agent = |a: u64| {
        let k = a % kinds;
        json!({
            "id": format!("a{a:04}"), "capabilities": [format!("s{}", k % 4), format!("s{}", (k / 4) % 4)],
            "capacity": 260 + pick(k, 1, 100), "slots": 1 + pick(k, 2, 3), "speed": 0.5 + pick(k, 3, 16) as f64 / 10.0,
            "cost_per_load": 0.01 + pick(k, 4, 20) as f64 / 100.0, "cost_per_hour": 1 + pick(k, 5, 9),
            "budget": {"tokens": 90_000 + 1_000 * pick(k, 6, 40)},
        })
    };
    let task = |t: u64| {
        let mut task = json!({
            "id": format!("t{t:05}"), "requires": [format!("s{}", t % 4)], "estimated_load": 1 + pick(t, 7, 6),
            "duration": 20 + pick(t, 8, 200), "priority": 1 + pick(t, 9, 3), "demand": {"tokens": 500 + 100 * pick(t, 10, 15)},
        });
        if t % 5 == 4 {
            task["depends_on"] = json!([format!("t{:05}", t - 3)]);
        }
        if t.is_multiple_of(7) {
            task["deadline"] = json!(3_600 + 60 * pick(t, 11, 60));
        }
        task
    };
    json!({
        "version": 1, "agents": (0..agents).map(agent).collect::<Vec<_>>(), "tasks": (0..tasks).map(task).collect::<Vec<_>>(),
    })
}

fn planned(document: &Value, strategy: Strategy) -> Solution {
    let snapshot = read(document);
    let q = Quantities::new(&snapshot);
    let solution = solve(&q, &Request { strategy, ..Request::default() }).unwrap();
    assert_eq!(violations(&q, &solution.plan), []);
    assert!(solution.unassigned.is_empty(), "every task has an agent");
    solution
}

#[test]
fn costs_are_near_their_bound_on_distinct_agents_and_on_alike_ones() {
    for kinds in [100, 10] {
        let objective = planned(&fleet(100, 5_000, kinds), Strategy::CostOptimized).objective;
        let gap = objective.gap().unwrap();
        assert!((0.0..0.03).contains(&gap), "{gap} with {kinds} kinds");
    }
}

#[test]
fn utilization_is_near_its_bound_where_each_pair_has_a_load_of_its_own() {
    // Ten tasks an agent, of all sizes; whom a task suits best differs from task to task.
    let (agents, tasks) = (300, 3_000);
    let size = |t: u64| (1u64 << pick(t, 32, 6)) as f64;
    let estimate = |t: u64, i: u64| {
        let agent = (pick(t, 31, agents) + 10 * i) % agents;
        let load = size(t) * (0.5 + pick(t * 30 + i, 33, 16) as f64 / 10.0);
        json!({"task": format!("t{t:05}"), "agent": format!("a{agent:04}"), "load": load})
    };
    let task = |t: u64| {
        json!({
            "id": format!("t{t:05}"), "estimated_load": 3.0 * size(t), "duration": 60,
            "demand": {"tokens": (1 << pick(t, 34, 6)) * 1_000},
        })
    };
    let agent = |a: u64| {
        let size = 80 + pick(a, 35, 100);
        json!({"id": format!("a{a:04}"), "capacity": size, "budget": {"tokens": 1_000 * size}})
    };
    let document = json!({
        "version": 1, "agents": (0..agents).map(agent).collect::<Vec<_>>(), "tasks": (0..tasks).map(task).collect::<Vec<_>>(),
        "estimates": (0..tasks).flat_map(|t| (0..30).map(move |i| estimate(t, i))).collect::<Vec<_>>(),
    });
    let objective = planned(&document, Strategy::LoadBalanced).objective;
    let gap = objective.gap().unwrap();
    assert!((0.0..0.01).contains(&gap), "{gap}");
}

#[test]
fn every_strategy_plans_a_fleet_and_again_the_same() {
    let document = fleet(100, 5_000, 100);
    for strategy in [Strategy::LoadBalanced, Strategy::PerformanceOptimized, Strategy::DeadlineAware, Strategy::Hybrid]
    {
        let once = planned(&document, strategy);
        assert_eq!(once.plan, planned(&document, strategy).plan, "{}", strategy.name());
        assert!(once.objective.bound.as_ref().is_none_or(|b| b.value <= once.objective.value));
    }
}

#[test]
fn a_task_that_nobody_can_do_is_left_out_of_a_fleet_and_nothing_else() {
    // More pairs than are listed, so that agents are derived from the class, which has none here.
    let mut document = fleet(300, 8_000, 300);
    document["tasks"].as_array_mut().unwrap().push(json!({"id": "x", "requires": ["s0", "s1", "s2"], "duration": 5}));
    let snapshot = read(&document);
    let q = Quantities::new(&snapshot);
    let request = Request { strategy: Strategy::DeadlineAware, effort: Effort::Quick, ..Request::default() };
    let solution = solve(&q, &request).unwrap();
    assert_eq!(violations(&q, &solution.plan), []);
    let out: Vec<&str> = solution.unassigned.iter().map(|(t, _)| snapshot.task(*t).id.as_str()).collect();
    assert_eq!(out, ["x"]);
}

#[test]
fn long_runs_go_where_they_are_short_though_all_agents_are_full() {
    // Levels do not show that a long run stands alone on a slow agent, and the fast ones have no room until several
    // others have gone elsewhere.
    let size = |t: u64| 1 << pick(t, 28, 8);
    let load = |t: u64| 1 + pick(t, 27, 6) + size(t) / 16;
    let share = |a: u64| 4 + pick(a, 21, 8);
    let room = (0..60).map(load).sum::<u64>() as f64 / 0.97 / (0..10).map(share).sum::<u64>() as f64;
    let agent = |a: u64| {
        json!({
            "id": format!("a{a:02}"), "capacity": (share(a) as f64 * room).floor() + 1.0, "slots": 1 + pick(a, 22, 4),
            "speed": 0.25 * (1 + pick(a, 23, 7)) as f64,
        })
    };
    let task = |t: u64| json!({"id": format!("t{t:03}"), "estimated_load": load(t), "duration": 10 * size(t) + pick(t, 29, 10)});
    let document = json!({
        "version": 1, "agents": (0..10).map(agent).collect::<Vec<_>>(), "tasks": (0..60).map(task).collect::<Vec<_>>(),
    });
    let makespan = planned(&document, Strategy::PerformanceOptimized).objective.value;
    // 1,026 s where the assignment is levelled alone.
    assert!(makespan < 900.0, "{makespan} s");
}
