//! Prices against finite differences of the relaxation's own value: on either side of what there is, the value falls
//! by no more for a small step up than the price says, and rises by no less for a step down (convexity); where the two
//! sides agree, so does the price.

use super::{Component, Dual, Limit, programme::Programme};
use crate::{
    model::{AgentIx, DimIx, Plan, Quantities, ResourceIx, Snapshot, Strategy, TaskIx},
    plan::{Effort, Request, buckets::Buckets, heads::Heads, solve},
    schedule::{Instance, probe},
};

fn planned(q: &Quantities<'_>, strategy: Strategy) -> Plan {
    solve(q, &Request { strategy, effort: Effort::Quick, ..Request::default() }).unwrap().plan
}

/// Price of a limit, and the differences per unit for a step down and up.
fn differences(text: &str, strategy: Strategy, component: Component, limit: Limit, step: f64) -> [f64; 3] {
    let snapshot = probe::snapshot(text);
    let q = Quantities::new(&snapshot);
    let plan = planned(&q, strategy);
    let inst = Instance::new(&q);
    let heads = Heads::new(&inst);
    let programme = Programme::new(&inst, &heads, component, &plan).unwrap();
    let solved = programme.solve().unwrap();
    let price = programme.prices(&solved).into_iter().find(|d| d.limit == limit).unwrap().price;
    let [less, more] = [-step, step].map(|by| programme.moved(limit, by).unwrap());
    [(less - solved.value) / step, price, (solved.value - more) / step]
}

/// Holds a price between the differences on both sides, and tells it.
fn between(text: &str, strategy: Strategy, component: Component, limit: Limit, step: f64, slack: f64) -> f64 {
    let [down, price, up] = differences(text, strategy, component, limit, step);
    assert!(price > 0.0, "{limit:?} has no price; differences {down} and {up}");
    let room = slack * price;
    assert!(up - room <= price && price <= down + room, "{limit:?}: {price} is not between {up} and {down}");
    price
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-4 * b.abs(), "{a}, expected {b}");
}

/// Six tasks of load 3; the cheap agent holds 10 units of load.
const CAPACITY: &str = "
agents: [{id: cheap, capacity: 10, cost_per_task: 1}, {id: dear, capacity: 100, cost_per_task: 4}]
tasks: [{id: a, estimated_load: 3}, {id: b, estimated_load: 3}, {id: c, estimated_load: 3},
        {id: d, estimated_load: 3}, {id: e, estimated_load: 3}, {id: f, estimated_load: 3}]
";

#[test]
fn of_capacity_under_cost() {
    // A load unit more takes a third of a task from the dear agent.
    let at = Limit::Capacity(AgentIx(0));
    close(between(CAPACITY, Strategy::CostOptimized, Component::Cost, at, 0.01, 1e-3), 1.0);
}

#[test]
fn of_an_agents_budget_and_of_its_tasks_under_cost() {
    let text = CAPACITY
        .replace("capacity: 10,", "budget: {tokens: 10},")
        .replace("estimated_load: 3", "demand: {tokens: 3}")
        .replace("capacity: 100,", "budget: {tokens: 100},");
    let at = Limit::Budget(AgentIx(0), DimIx(0));
    close(between(&text, Strategy::CostOptimized, Component::Cost, at, 0.01, 1e-3), 1.0);
    let text = CAPACITY.replace("capacity: 10,", "max_tasks: 2,");
    close(between(&text, Strategy::CostOptimized, Component::Cost, Limit::Tasks(AgentIx(0)), 0.01, 1e-3), 3.0);
}

#[test]
fn of_capacity_and_of_a_shared_budget_under_placing() {
    let text = "
agents: [{id: one, capacity: 10}]
tasks: [{id: a, estimated_load: 4, priority: 8}, {id: b, estimated_load: 4, priority: 4},
        {id: c, estimated_load: 4, priority: 2}]
";
    // The third task is the worst: two of its four units of load fit.
    let at = Limit::Capacity(AgentIx(0));
    close(between(text, Strategy::CostOptimized, Component::Placement, at, 0.01, 1e-3), 0.5);
    let text = "
agents: [{id: one}, {id: two}]
tasks: [{id: a, uses: {tokens: 4}, priority: 8}, {id: b, uses: {tokens: 4}, priority: 4},
        {id: c, uses: {tokens: 4}, priority: 2}]
network: {resources: [{id: tokens, budget: 7}]}
";
    let at = Limit::SharedBudget(ResourceIx(0));
    close(between(text, Strategy::CostOptimized, Component::Placement, at, 0.01, 1e-3), 1.0);
}

#[test]
fn of_capacity_under_utilization() {
    let text = "
agents: [{id: one, capacity: 20, capabilities: [x]}, {id: two, capacity: 30, capabilities: [x]}]
tasks: [{id: a, estimated_load: 4, requires: [x]}, {id: b, estimated_load: 6, requires: [x]},
        {id: c, estimated_load: 5, requires: [x]}]
";
    // Load 15 over 50: the derivative is −15 / 50².
    let at = Limit::Capacity(AgentIx(1));
    let price = between(text, Strategy::LoadBalanced, Component::Utilization, at, 0.01, 5e-3);
    assert!((price - 15.0 / 2500.0).abs() < 1e-6, "{price}");
}

/// Tasks of ten minutes with more fields each.
fn batch(agents: &str, count: usize, more: &str, rest: &str) -> String {
    let tasks: Vec<String> = (0..count).map(|i| format!("{{id: t{i:03}, duration: 600, {more}}}")).collect();
    format!("agents: [{agents}]\ntasks: [{}]\n{rest}", tasks.join(", "))
}

#[test]
fn of_slots_under_makespan() {
    let text = batch("{id: a, slots: 64, capabilities: [x]}, {id: b, capabilities: [y]}", 200, "requires: [x]", "");
    // 120,000 s of work over 64 slots; a slot more takes a 65th away.
    let price =
        between(&text, Strategy::PerformanceOptimized, Component::Makespan, Limit::Slots(AgentIx(0)), 1.0, 0.02);
    close(price, 120_000.0 / 64.0 / 64.0);
}

#[test]
fn of_what_is_held_at_a_time_under_makespan() {
    let agents = "{id: a, slots: 100}, {id: b, slots: 100}";
    let held = "{id: a, slots: 100, resources: {gpu: 8}}";
    let text = batch(held, 40, "demand: {gpu: 2}", "");
    // 48,000 GPU seconds over 8.
    let at = Limit::Held(AgentIx(0), DimIx(0));
    close(between(&text, Strategy::PerformanceOptimized, Component::Makespan, at, 0.01, 5e-3), 48_000.0 / 64.0);
    let text = batch(agents, 40, "uses: {database: 1}", "network: {resources: [{id: database, capacity: 5}]}");
    let at = Limit::Shared(ResourceIx(0));
    close(between(&text, Strategy::PerformanceOptimized, Component::Makespan, at, 0.01, 5e-3), 24_000.0 / 25.0);
}

#[test]
fn of_a_rate_under_makespan() {
    let agents = "{id: a, slots: 100}, {id: b, slots: 100}";
    let text = batch(agents, 40, "uses: {calls: 1}", "network: {resources: [{id: calls, capacity: 5, per: 1200}]}");
    // The last calls are not waited for: 40 · 1200 / 5 − 1200.
    let at = Limit::Shared(ResourceIx(0));
    close(between(&text, Strategy::PerformanceOptimized, Component::Makespan, at, 0.01, 5e-3), 48_000.0 / 25.0);
}

/// Work of one agent that is due too soon.
const LATE: &str = "
agents: [{id: a, slots: 8}]
tasks: [{id: t0, duration: 4800, priority: 3, deadline: 700}, {id: t1, duration: 4800, priority: 2, deadline: 900},
        {id: t2, duration: 4800, priority: 1, deadline: 1100}]
";

#[test]
fn of_slots_under_tardiness() {
    let text: String = (0..24).fold("agents: [{id: a, slots: 8}]\ntasks: [".to_owned(), |text, i| {
        format!("{text}{{id: t{i:02}, duration: 600, priority: {}, deadline: {}}}, ", 1 + i % 3, 650 + 20 * i)
    }) + "]\n";
    between(&text, Strategy::DeadlineAware, Component::Tardiness, Limit::Slots(AgentIx(0)), 1.0, 0.1);
}

/// The value with a task's deadline moved by so many ms, in the buckets of the original.
fn due(snapshot: &Snapshot, plan: &Plan, t: TaskIx, by: i64) -> f64 {
    let q = Quantities::new(snapshot);
    let inst = Instance::new(&q);
    let mut moved = Instance::new(&q);
    moved.deadline[t.at()] += by;
    let (heads, horizon) = (Heads::new(&inst), plan.placed().map(|p| p.1.finish).max().unwrap());
    let placed = vec![true; inst.tasks()];
    let edges = Buckets::new(&inst, &heads, &placed, horizon).unwrap().edges().to_vec();
    let buckets = Buckets::new(&moved, &heads, &placed, horizon).unwrap().between(edges);
    let found = crate::lp::relax(&buckets, &buckets.rows, &[], &crate::lp::Effort::default()).unwrap();
    buckets.scale.back(found.bound.floor_f64()) / 1000.0
}

#[test]
fn of_deadlines_under_tardiness() {
    let snapshot = probe::snapshot(LATE);
    let q = Quantities::new(&snapshot);
    let plan = planned(&q, Strategy::DeadlineAware);
    let (inst, step) = (Instance::new(&q), 100);
    let heads = Heads::new(&inst);
    let programme = Programme::new(&inst, &heads, Component::Tardiness, &plan).unwrap();
    let solved = programme.solve().unwrap();
    let is_due = |d: &Dual| matches!(d.limit, Limit::Deadline(_));
    let prices: Vec<Dual> = programme.prices(&solved).into_iter().filter(is_due).collect();
    assert!(prices.iter().any(|d| d.price > 0.0), "{prices:?}");
    for d in prices {
        let Limit::Deadline(t) = d.limit else { unreachable!() };
        let [less, at, more] = [-step, 0, step].map(|by| due(&snapshot, &plan, t, by));
        let span = step as f64 / 1000.0;
        let (down, up) = ((less - at) / span, (at - more) / span);
        let room = 1e-2 * snapshot.task(t).priority;
        assert!(up - room <= d.price && d.price <= down + room, "{d:?}: not between {up} and {down}");
    }
}

#[test]
fn of_a_capability() {
    let text = |skills: &str| {
        format!(
            "
agents: [{{id: a, slots: 4, capabilities: [x]}}, {{id: b, slots: 4, max_tasks: 1, capabilities: [{skills}]}}]
tasks: [{}]",
            (0..40)
                .map(|i| format!("{{id: t{i:02}, duration: {}, requires: [x]}}", 600 + 60 * i))
                .collect::<Vec<_>>()
                .join(", ")
        )
    };
    let (own, taught) = (probe::snapshot(&text("y")), probe::snapshot(&text("y, x")));
    let (q, other) = (Quantities::new(&own), Quantities::new(&taught));
    let plan = planned(&q, Strategy::PerformanceOptimized);
    let most = super::duals(&q, Strategy::PerformanceOptimized, &plan, &[&other])[0].offers[0];
    // The longest task goes: its time over the four slots.
    close(most, (600.0 + 60.0 * 39.0) / 4.0);
    let inst = Instance::new(&other);
    let heads = Heads::new(&inst);
    let (first, second) = (Instance::new(&q), Heads::new(&Instance::new(&q)));
    let before = Programme::new(&first, &second, Component::Makespan, &plan).unwrap().solve().unwrap().value;
    let programme = Programme::new(&inst, &heads, Component::Makespan, &plan).unwrap();
    // A hundredth of a task on the pupil.
    let after = programme.moved(Limit::Tasks(AgentIx(1)), -0.99).unwrap();
    let found = (before - after) / 0.01;
    assert!((found - most).abs() < 1e-2 * most, "{found}, priced at {most}");
}

#[test]
fn nothing_that_has_room_has_a_price() {
    let snapshot = probe::snapshot(&CAPACITY.replace("capacity: 10,", "capacity: 50,"));
    let q = Quantities::new(&snapshot);
    let plan = planned(&q, Strategy::CostOptimized);
    assert!(super::duals(&q, Strategy::CostOptimized, &plan, &[]).is_empty());
}

#[test]
fn a_price_tells_how_far_it_holds() {
    let snapshot = probe::snapshot(CAPACITY);
    let q = Quantities::new(&snapshot);
    let plan = planned(&q, Strategy::CostOptimized);
    let found = super::duals(&q, Strategy::CostOptimized, &plan, &[]);
    let reach = found[0].rows[0].up_to.unwrap();
    // 8 units more hold all 18.
    assert_eq!((reach.units, reach.at_least), (8.0, false), "{found:?}");
}
