//! What holds for every plan, on random snapshots of every kind of constraint.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use orch::{
    model::{AgentIx, Plan, Quantities, Snapshot, Strategy, TaskIx},
    plan::{Request, Solution, solve},
    schedule::{
        Reservations,
        verify::{Code, violations},
    },
};
use proptest::prelude::*;
use serde_json::json;
use support::{
    documents::documents,
    random::{Rng, extreme, shuffled},
    read::{read, try_text},
};

fn plan(q: &Quantities<'_>, strategy: Strategy) -> Solution {
    solve(q, &Request { strategy, ..Request::default() }).unwrap_or_else(|e| panic!("{}: {e}", strategy.name()))
}

/// What every solution must satisfy on its face.
fn face(q: &Quantities<'_>, solution: &Solution) -> Result<(), TestCaseError> {
    let plan = &solution.plan;
    prop_assert_eq!(violations(q, plan), []);
    let open: Vec<TaskIx> = q.snapshot.task_ixs().filter(|t| plan.placements[t.at()].is_none()).collect();
    let named: Vec<TaskIx> = solution.unassigned.iter().map(|u| u.0).collect();
    prop_assert_eq!(open, named, "placed and unassigned tasks are all tasks");
    for (t, reasons) in &solution.unassigned {
        prop_assert!(!reasons.is_empty(), "{} is unassigned without a reason", q.snapshot.task(*t).id);
    }
    claims(solution)
}

/// What a solution says of itself does not contradict itself.
fn claims(solution: &Solution) -> Result<(), TestCaseError> {
    let objective = &solution.objective;
    let placement = &objective.placement;
    prop_assert!(
        placement.value <= placement.bound * (1.0 + 1e-9) + 1e-6,
        "places {} of {}",
        placement.value,
        placement.bound
    );
    prop_assert!(!objective.proven_optimal || placement.proven_optimal);
    if let Some(bound) = &objective.bound {
        let room = 1e-6 * (1.0 + bound.value.abs());
        prop_assert!(bound.value <= objective.value + room, "{} over {}", bound.value, objective.value);
    }
    Ok(())
}

/// 60 cases each, or `PROPTEST_CASES`.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_strategy_gives_a_sound_and_complete_answer(document in documents(40)) {
        let snapshot = read(&document.0);
        let q = Quantities::new(&snapshot);
        for strategy in Strategy::ALL {
            face(&q, &plan(&q, strategy))?;
        }
    }

    /// Numbers from 0 to 1e300 anywhere: what the reader lets through, the engine plans soundly.
    #[test]
    fn extreme_numbers_are_refused_or_planned(document in documents(30), seed in 0..u64::MAX) {
        let text = extreme(&document.0, seed).to_string();
        if let Ok(snapshot) = try_text(&text, ".json") {
            let q = Quantities::new(&snapshot);
            for strategy in Strategy::ALL {
                let outcome = std::panic::catch_unwind(|| solve(&q, &Request { strategy, ..Request::default() }));
                match outcome {
                    Ok(Ok(solution)) => {
                        prop_assert_eq!(violations(&q, &solution.plan), []);
                        prop_assert!(claims(&solution).is_ok(), "{:?}: {text}", claims(&solution));
                    }
                    Ok(Err(error)) => prop_assert!(false, "{}: {error} on {text}", strategy.name()),
                    Err(_) => prop_assert!(false, "{} panics on {text}", strategy.name()),
                }
            }
        }
    }

    #[test]
    fn the_order_of_the_file_changes_nothing(document in documents(30), seed in 0..u64::MAX) {
        let (straight, mixed) = (read(&document.0), read(&shuffled(&document.0, seed)));
        for strategy in Strategy::ALL {
            let first = plan(&Quantities::new(&straight), strategy);
            let second = plan(&Quantities::new(&mixed), strategy);
            prop_assert_eq!(first, second, "{}", strategy.name());
        }
    }

    /// A plan for fewer agents is a plan for more, so that the bound with one more agent cannot lie above
    /// its value. (Of load only where the newcomer is measured as the others are.)
    #[test]
    fn an_added_agent_never_worsens_a_bound(document in documents(25)) {
        let mut more = document.0.clone();
        let mut newcomer = document.0["agents"][0].clone();
        newcomer["id"] = json!("zz");
        newcomer["current_load"] = json!(0);
        more["agents"].as_array_mut().unwrap().push(newcomer);
        let (before, after) = (read(&document.0), read(&more));
        let (q, r) = (Quantities::new(&before), Quantities::new(&after));
        for strategy in Strategy::ALL {
            let (old, new) = (plan(&q, strategy), plan(&r, strategy));
            let most = new.objective.placement.bound;
            prop_assert!(old.objective.placement.value <= most + 1e-6, "{}: placement", strategy.name());
            let same = old.plan.placed().map(|p| p.0).eq(new.plan.placed().map(|p| p.0));
            // References of hybrid move with the agents.
            if let Some(bound) = new.objective.bound.filter(|_| same && strategy != Strategy::Hybrid) {
                let value = old.objective.value;
                prop_assert!(bound.value <= value + 1e-6 * (1.0 + value), "{}: {bound:?} over {value}", strategy.name());
            }
        }
    }

    /// A sound plan, broken in one place: what is broken is named.
    #[test]
    fn a_broken_plan_is_refused(document in documents(30), seed in 0..u64::MAX) {
        let snapshot = read(&document.0);
        let q = Quantities::new(&snapshot);
        let sound = plan(&q, Strategy::PerformanceOptimized).plan;
        let mut rng = Rng(seed);
        for (break_it, code) in BREAKS {
            let mut broken = sound.clone();
            if break_it(&q, &mut broken, &mut rng) {
                let found = violations(&q, &broken);
                prop_assert!(found.iter().any(|v| v.code == code), "{} not among {found:?}", code.name());
            }
        }
    }
}

/// Breaks a plan in one place; false where it holds nothing of the kind.
type Break = fn(&Quantities<'_>, &mut Plan, &mut Rng) -> bool;

const BREAKS: [(Break, Code); 9] = [
    (start_before_now, Code::BeforeNow),
    (end_late, Code::WrongProcessing),
    (go_to_who_cannot, Code::NotEligible),
    (drop_a_predecessor, Code::MissingPredecessor),
    (start_before_input, Code::BeforeInput),
    (drop_one_of_a_group, Code::NotTogether),
    (join_what_is_apart, Code::NotApart),
    (crowd_one_agent, Code::OverSlots),
    (move_what_runs, Code::MovedWhileRunning),
];

fn some_placed(plan: &Plan, rng: &mut Rng) -> Option<TaskIx> {
    let placed: Vec<TaskIx> = plan.placed().map(|p| p.0).collect();
    (!placed.is_empty()).then(|| *rng.pick(&placed))
}

fn shift(plan: &mut Plan, t: TaskIx, start: i64) {
    if let Some(p) = &mut plan.placements[t.at()] {
        (p.start, p.finish) = (start, start + p.finish - p.start);
    }
}

fn start_before_now(_: &Quantities<'_>, plan: &mut Plan, rng: &mut Rng) -> bool {
    some_placed(plan, rng).inspect(|t| shift(plan, *t, -1)).is_some()
}

fn end_late(_: &Quantities<'_>, plan: &mut Plan, rng: &mut Rng) -> bool {
    let Some(t) = some_placed(plan, rng) else { return false };
    plan.placements[t.at()].as_mut().unwrap().finish += 1;
    true
}

fn go_to_who_cannot(q: &Quantities<'_>, plan: &mut Plan, rng: &mut Rng) -> bool {
    let Some(t) = some_placed(plan, rng) else { return false };
    let Some(a) = q.snapshot.agent_ixs().find(|a| !q.eligible(t, *a)) else { return false };
    plan.placements[t.at()].as_mut().unwrap().agent = a;
    true
}

/// A placed task with a placed hard predecessor.
fn some_edge(s: &Snapshot, plan: &Plan) -> Option<(TaskIx, TaskIx)> {
    let edges = plan.placed().flat_map(|(t, _)| s.task(t).depends_on.iter().map(move |d| (t, d)));
    edges.filter(|(_, d)| !d.soft).map(|(t, d)| (t, d.task)).next()
}

fn drop_a_predecessor(q: &Quantities<'_>, plan: &mut Plan, _: &mut Rng) -> bool {
    let edge = some_edge(q.snapshot, plan);
    edge.inspect(|(_, before)| plan.placements[before.at()] = None).is_some()
}

fn start_before_input(q: &Quantities<'_>, plan: &mut Plan, _: &mut Rng) -> bool {
    let Some((t, before)) = some_edge(q.snapshot, plan) else { return false };
    let finish = plan.placements[before.at()].unwrap().finish;
    shift(plan, t, finish - 1);
    true
}

fn drop_one_of_a_group(q: &Quantities<'_>, plan: &mut Plan, _: &mut Rng) -> bool {
    let tied = plan.placed().map(|p| p.0).find(|t| q.snapshot.task(*t).together.iter().any(|o| o != t));
    tied.inspect(|t| plan.placements[t.at()] = None).is_some()
}

fn join_what_is_apart(q: &Quantities<'_>, plan: &mut Plan, _: &mut Rng) -> bool {
    let pairs = plan.placed().flat_map(|(t, p)| q.snapshot.task(t).apart.iter().map(move |o| (p.agent, *o)));
    let found = pairs.collect::<Vec<_>>().into_iter().find(|(_, o)| plan.placements[o.at()].is_some());
    let Some((agent, other)) = found else { return false };
    plan.placements[other.at()].as_mut().unwrap().agent = agent;
    true
}

/// Starts all tasks of one agent at the same moment.
fn crowd_one_agent(q: &Quantities<'_>, plan: &mut Plan, _: &mut Rng) -> bool {
    let rows = plan.by_agent(q.snapshot.agents.len());
    let fixed = Reservations::of(q);
    let Some((i, rows)) = rows.iter().enumerate().find(|(i, rows)| rows.len() > q.snapshot.agents[*i].slots as usize)
    else {
        return false;
    };
    if fixed.fixed.iter().any(|f| f.agent == AgentIx::of(i)) {
        return false;
    }
    for (t, _) in rows {
        shift(plan, *t, 1_000_000);
    }
    true
}

fn move_what_runs(q: &Quantities<'_>, plan: &mut Plan, _: &mut Rng) -> bool {
    let fixed = Reservations::of(q).fixed.into_iter().map(|f| f.task).find(|t| plan.placements[t.at()].is_some());
    fixed.inspect(|t| shift(plan, *t, 5)).is_some()
}

/// Agents with few places left, where clearing one for a task moved another onto the place kept for it.
#[test]
fn room_that_was_found_is_kept_while_more_is_looked_for() {
    let document = json!({"version": 1,
        "agents": [{"id": "a000", "available_from": 5, "max_tasks": 2},
                   {"id": "a002", "available": [[0, 4], [5, 7]], "max_tasks": 1},
                   {"id": "a003", "available_from": 6, "max_tasks": 2},
                   {"id": "a005", "available_from": 4, "max_tasks": 2},
                   {"id": "a006", "available_from": 4, "max_tasks": 2},
                   {"id": "a007", "available": [[0, 6], [8, 15]], "available_from": 5, "speed": 0.5}],
        "network": {"resources": [{"id": "rate", "capacity": 3.5, "per": 3}, {"id": "shared", "capacity": 3.25}]},
        "state": {"holds": [{"holder": "t007", "resource": "rate", "amount": 2.25, "mode": "shared", "since": 0, "until": 5}],
                  "running": [{"agent": "a002", "task": "elsewhere", "until": 9}]},
        "tasks": [{"id": "t000", "duration": 6, "uses": {"rate": 2.75, "shared": 1.75}},
                  {"id": "t001", "duration": 5, "uses": {"rate": 1.5, "shared": 1.5}, "depends_on": ["t000"]},
                  {"id": "t002", "duration": 4, "depends_on": [{"task": "t000", "data_mb": 1}]},
                  {"id": "t003", "duration": 2, "uses": {"shared": 1.75}},
                  {"id": "t004"}, {"id": "t005", "duration": 6, "uses": {"rate": 3.0}},
                  {"id": "t006", "duration": 6, "uses": {"rate": 2.5, "shared": 1.5}},
                  {"id": "t007", "duration": 4}]});
    let snapshot = read(&document);
    let q = Quantities::new(&snapshot);
    for strategy in Strategy::ALL {
        assert_eq!(violations(&q, &plan(&q, strategy).plan), []);
    }
}
