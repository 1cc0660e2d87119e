//! Replanning: an earlier plan is kept as far as it fits, and left only for a gain.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod support;

use assert_cmd::Command;
use orch::{
    model::{AgentStatus, Plan, Quantities, Strategy},
    plan::{Changes, Earlier, Effort, Limits, Request, Solution, replan, solve},
    schedule::{
        Loads,
        proof::{self, Certificate},
        verify::violations,
    },
};
use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::{Value, json};
use support::{documents::documents, read::read};

fn again(q: &Quantities<'_>, strategy: Strategy, before: &Plan, limits: Limits) -> (Solution, Changes) {
    let request = Request { strategy, ..Request::default() };
    let (solution, changes) = replan(q, &request, before, None, limits).unwrap();
    assert_eq!(violations(q, &solution.plan), []);
    (solution, changes)
}

fn placed(plan: &Plan) -> Vec<usize> {
    plan.placed().map(|p| p.0.at()).collect()
}

/// The old plan's objective, for hybrid over the references of the new one.
fn measured_as(new: &Solution, old: &Solution) -> f64 {
    let c = &old.objective.components;
    let of = |name: &str| match name {
        "cost" => c.cost,
        "max_utilization" => c.max_utilization,
        "makespan" => c.makespan,
        _ => c.weighted_tardiness,
    };
    let terms = &new.objective.terms;
    if terms.is_empty() {
        return old.objective.value;
    }
    terms.iter().filter(|t| !t.dropped).map(|t| t.weight * of(t.component) / t.reference).sum()
}

/// Durations a little longer or shorter, by a seed.
fn noisy(document: &Value, seed: u64) -> Value {
    let mut out = document.clone();
    for (i, task) in out["tasks"].as_array_mut().unwrap().iter_mut().enumerate() {
        if let Some(duration) = task["duration"].as_f64() {
            let share = (seed.rotate_left(i as u32 * 7) % 2001) as f64 / 1000.0 - 1.0;
            task["duration"] = json!(duration * (1.0 + 0.01 * share));
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// On an unchanged snapshot the earlier plan stands unless a better one is found within the limits.
    #[test]
    fn an_unchanged_snapshot_gives_no_worse_a_plan(document in documents(30)) {
        let snapshot = read(&document.0);
        let q = Quantities::new(&snapshot);
        for strategy in Strategy::ALL {
            let old = solve(&q, &Request { strategy, ..Request::default() }).unwrap();
            let (new, changes) = again(&q, strategy, &old.plan, Limits { max_moves: Some(3), stability: None });
            let name = strategy.name();
            prop_assert!(new.objective.placement.value >= old.objective.placement.value - 1e-9, "{name}: places less");
            if placed(&new.plan) == placed(&old.plan) {
                let (a, b) = (measured_as(&new, &old), new.objective.value);
                prop_assert!(b <= a + 1e-9 * (1.0 + a.abs()), "{name}: {b} after {a}");
            }
            // Only to place more may tasks go, or more than three move.
            if changes.added.is_empty() {
                prop_assert!(changes.forced.is_empty() && changes.lost.is_empty(), "{name}: {changes:?}");
                prop_assert!(changes.moved.len() <= 3, "{name}: {changes:?}");
            }
        }
    }

    /// What proved the earlier bound proves one of the changed snapshot: the same where nothing changed, and a sound one
    /// whatever the certificate says.
    #[test]
    fn earlier_prices_bound_the_new_plan(document in documents(30), seed in 0..u64::MAX, factor in -2i64..3) {
        let snapshots = [read(&document.0), read(&noisy(&document.0, seed))];
        for strategy in [Strategy::CostOptimized, Strategy::LoadBalanced, Strategy::PerformanceOptimized, Strategy::Hybrid] {
            let request = Request { strategy, effort: Effort::Quick, ..Request::default() };
            let old = solve(&Quantities::new(&snapshots[0]), &request).unwrap();
            for (snapshot, factor) in [(&snapshots[0], 1), (&snapshots[1], 1), (&snapshots[1], factor)] {
                let mut certificate = old.certificate.clone();
                if let Certificate::Prices { prices, .. } = &mut certificate {
                    prices.load.values_mut().chain(prices.level.values_mut()).for_each(|price| *price *= factor);
                }
                let q = Quantities::new(snapshot);
                let earlier = Earlier::read(&certificate);
                let (new, _) = replan(&q, &request, &old.plan, Some(&earlier), Limits::default()).unwrap();
                prop_assert!(proof::check(&q, &new.plan, &new.certificate).is_ok(), "{}", strategy.name());
                let bounds = [&old, &new].map(|s| s.objective.bound.as_ref().map_or(0.0, |b| b.value));
                let is_same = std::ptr::eq(snapshot, &raw const snapshots[0]) && placed(&new.plan) == placed(&old.plan);
                if is_same && old.certificate.method() == "prices" {
                    let slack = 1e-6 * (1.0 + bounds[0].abs());
                    prop_assert!((bounds[0] - bounds[1]).abs() <= slack, "{} {bounds:?}", strategy.name());
                }
            }
        }
    }

    /// Where nothing may move, only times do.
    #[test]
    fn without_moves_agents_stay(document in documents(30), seed in 0..u64::MAX) {
        let (before, after) = (read(&document.0), read(&noisy(&document.0, seed)));
        let (q, r) = (Quantities::new(&before), Quantities::new(&after));
        for strategy in Strategy::ALL {
            let old = solve(&q, &Request { strategy, ..Request::default() }).unwrap().plan;
            let (new, changes) = again(&r, strategy, &old, Limits { max_moves: Some(0), stability: None });
            if changes.added.is_empty() && changes.lost.is_empty() {
                prop_assert!(changes.moved.is_empty(), "{}: {changes:?}", strategy.name());
            }
            for (t, p) in new.plan.placed() {
                let had = old.placements[t.at()].map(|p| p.agent);
                let told = changes.forced.iter().any(|f| f.0 == t) || changes.moved.iter().any(|m| m.task == t);
                prop_assert!(had.is_none_or(|a| a == p.agent) || told, "a move that is not told");
            }
        }
    }

    /// A lost agent's tasks go elsewhere or out; the plan of those that stay is sound.
    #[test]
    fn a_lost_agent_forces_moves(document in documents(30)) {
        let mut less = document.0.clone();
        less["agents"][0]["status"] = json!("failed");
        let (before, after) = (read(&document.0), read(&less));
        let (q, r) = (Quantities::new(&before), Quantities::new(&after));
        for strategy in Strategy::ALL {
            let old = solve(&q, &Request { strategy, ..Request::default() }).unwrap().plan;
            let (new, _) = again(&r, strategy, &old, Limits::default());
            let fresh = solve(&r, &Request { strategy, ..Request::default() }).unwrap();
            let (a, b) = (fresh.objective.placement.value, new.objective.placement.value);
            prop_assert!(b <= new.objective.placement.bound + 1e-6 && b >= 0.5 * a, "{}: {b} of {a}", strategy.name());
        }
    }
}

fn orch(args: &[&str]) -> (i32, Value) {
    let out = Command::cargo_bin("orch").unwrap().args(args).args(["--format", "json", "-q"]).output().unwrap();
    let text = if out.stdout.is_empty() { &out.stderr } else { &out.stdout };
    let said = serde_json::from_slice(text).unwrap_or_else(|_| json!(String::from_utf8_lossy(text)));
    (out.status.code().unwrap(), said)
}

#[test]
fn a_baseline_is_kept_and_each_move_says_what_it_bought() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.json");
    let plan = plan.to_str().unwrap();
    let cost = ["distribute", "examples/tasks.yaml", "--strategy", "cost_optimized", "--output", plan];
    assert_eq!(orch(&cost[..4]).1["agent_assignments"], {
        orch(&cost);
        serde_json::from_str::<Value>(&std::fs::read_to_string(plan).unwrap()).unwrap()["agent_assignments"].clone()
    });
    let same = orch(&[&cost[..4], &["--baseline", plan]].concat()).1;
    assert_eq!(same["replanning"]["kept"], same["task_batch_size"]);
    assert_eq!(same["replanning"]["retimed"], 0);

    let due = ["distribute", "examples/tasks.yaml", "--strategy", "deadline_aware", "--baseline", plan];
    let few = orch(&[&due[..], &["--max-moves", "2"]].concat()).1;
    let many = orch(&due).1;
    assert_eq!(few["replanning"]["moved"].as_array().unwrap().len(), 2);
    let points = many["replanning"]["objective_by_moves"].as_array().unwrap().clone();
    assert!(points.len() > 2 && points.windows(2).all(|w| w[1]["value"].as_f64() < w[0]["value"].as_f64()));
    assert!(many["objective"]["value"].as_f64() < few["objective"]["value"].as_f64());
    let bought = |m: &Value| m["bought"].as_f64().unwrap() > 0.0;
    assert!(many["replanning"]["moved"].as_array().unwrap().iter().all(bought), "{}", many["replanning"]);
    assert_ne!(few["distribution_id"], many["distribution_id"]);
}

#[test]
fn a_plan_file_is_read_with_care() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.json");
    let tell = |text: &str| {
        std::fs::write(&file, text).unwrap();
        orch(&["distribute", "examples/minimal.yaml", "--baseline", file.to_str().unwrap()])
    };
    let twice = r#"{"agent_assignments": {"a": [{"task": "t", "start": 0, "finish": 1}], "b": 7}}"#;
    for (text, code) in [("{", "ORCH001"), ("{}", "ORCH015"), (twice, "ORCH014")] {
        let (status, said) = tell(text);
        assert_eq!(status, 2, "{text}");
        assert!(said.to_string().contains(code), "{text}: {said}");
    }
    let (status, said) = tell(r#"{"agent_assignments": {"nobody": [{"task": "nothing", "start": 0, "finish": 1}]}}"#);
    assert!(status < 2);
    assert_eq!(said["replanning"]["gone_tasks"], json!(["nothing"]));
    assert_eq!(said["replanning"]["gone_agents"], json!(["nobody"]));
}

/// Agents change for gains only: durations that were measured anew, each 1 % off at most, leave nearly all in place.
#[test]
fn noise_on_durations_moves_few_tasks() {
    let fleet: Value = serde_json::from_str(include_str!("../fixtures/large/fleet-40x1000.json")).unwrap();
    for (i, strategy) in Strategy::ALL.into_iter().enumerate() {
        let (before, after) = (read(&fleet), read(&noisy(&fleet, 0x9e37_79b9_7f4a_7c15 ^ i as u64)));
        let old = solve(&Quantities::new(&before), &Request { strategy, ..Request::default() }).unwrap();
        let (_, changes) = again(&Quantities::new(&after), strategy, &old.plan, Limits::default());
        let moved = changes.moved.len();
        assert!(20 * moved <= after.tasks.len(), "{strategy:?}: {moved} of {} tasks moved", after.tasks.len());
    }
}

/// Where agents are nearly full, those that lose theirs find room where a few others make way.
#[test]
fn a_failed_agent_of_a_full_fleet_moves_few_tasks() {
    let fleet: Value = serde_json::from_str(include_str!("../fixtures/large/fleet-40x1000.json")).unwrap();
    let mut snapshot = read(&fleet);
    let request = Request { strategy: Strategy::LoadBalanced, effort: Effort::Quick, ..Request::default() };
    let loads = {
        let q = Quantities::new(&snapshot);
        Loads::of(&q, &solve(&q, &request).unwrap().plan).load
    };
    for (agent, load) in snapshot.agents.iter_mut().zip(&loads) {
        agent.capacity = agent.capacity.map(|capacity| capacity.min(1.13 * load));
    }
    // Nobody else is to move, for whatever gain.
    let limits = Limits { max_moves: Some(0), stability: None };
    for strategy in [Strategy::CostOptimized, Strategy::PerformanceOptimized] {
        let request = Request { strategy, ..request };
        let old = solve(&Quantities::new(&snapshot), &request).unwrap();
        let rows = old.plan.by_agent(snapshot.agents.len());
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|a| rows[*a].len());
        // An ordinary one: the largest may not be spared.
        let failed = order[order.len() / 2];
        let mut changed = snapshot.clone();
        changed.agents[failed].status = AgentStatus::Failed;
        let q = Quantities::new(&changed);
        let (new, changes) = replan(&q, &request, &old.plan, None, limits).unwrap();
        assert_eq!(changes.forced.len(), rows[failed].len(), "{}", strategy.name());
        assert_eq!(new.plan.placed().count(), old.plan.placed().count(), "{}", strategy.name());
        // Planning anew moves most of a thousand.
        assert!(changes.moved.len() <= 150, "{}: {} moved", strategy.name(), changes.moved.len());
    }
}
