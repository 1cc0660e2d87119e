//! Replanning beside planning from scratch, in one process: a fleet of 1,000 agents and 10,000 tasks, one change at a
//! time. `cargo bench --bench replan` prints seconds, their ratio, and the objective kept and reached.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a bench prints what it measures and stops where it cannot"
)]

use std::time::Instant;

use orch::{
    generate,
    model::{AgentStatus, Plan, Quantities, Snapshot, Strategy},
    plan::{Earlier, Effort, Limits, Request, replan, solve},
    report::snapshot,
};

/// A plan and what proved its bound.
type Before = (Plan, Earlier);

/// A change to a snapshot.
type Change = fn(&mut Snapshot);

const CHANGES: [(&str, Change); 4] = [
    ("nothing", |_| ()),
    ("an agent fails", |s| s.agents[0].status = AgentStatus::Failed),
    ("a capacity halves", |s| s.agents[1].capacity = s.agents[1].capacity.map(|c| c / 2.0)),
    ("a deadline moves", |s| s.tasks[0].deadline = s.tasks[0].deadline.map(|d| d / 2)),
];

fn main() {
    let options = generate::Options { agents: 1_000, tasks: 10_000, seed: 1 };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fleet.json");
    std::fs::write(&file, snapshot::to_json(&generate::run(options))).unwrap();
    let request = orch::input::Request { files: vec![file], ..orch::input::Request::default() };
    let snapshot = orch::input::read(&request).unwrap().snapshot;
    println!(
        "{:22} {:18} {:>9} {:>9} {:>6} {:>12} {:>12}",
        "strategy", "change", "scratch s", "replan s", "ratio", "scratch", "replan"
    );
    for strategy in Strategy::ALL {
        let before = plan(&snapshot, strategy).1;
        for (name, change) in CHANGES {
            let mut changed = snapshot.clone();
            change(&mut changed);
            row(&changed, strategy, name, &before);
        }
    }
}

/// Seconds, plan with proof, and objective from scratch.
fn plan(snapshot: &Snapshot, strategy: Strategy) -> (f64, Before, f64) {
    let begin = Instant::now();
    let q = Quantities::new(snapshot);
    let solution = solve(&q, &Request { strategy, ..Request::default() }).unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    let earlier = Earlier::read(&solution.certificate);
    (seconds, (solution.plan, earlier), solution.objective.value)
}

fn row(snapshot: &Snapshot, strategy: Strategy, name: &str, before: &Before) {
    let (scratch, _, fresh) = plan(snapshot, strategy);
    let begin = Instant::now();
    let q = Quantities::new(snapshot);
    let request = Request { strategy, effort: Effort::Quick, ..Request::default() };
    let (solution, _) = replan(&q, &request, &before.0, Some(&before.1), Limits::default()).unwrap();
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{:22} {name:18} {scratch:9.2} {seconds:9.3} {:6.1} {fresh:12.3} {:12.3}",
        strategy.name(),
        scratch / seconds,
        solution.objective.value,
    );
}
