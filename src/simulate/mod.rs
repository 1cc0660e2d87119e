//! `orch simulate`: what a plan comes to when attempts vary and fail as they were measured.
//!
//! The engine is [`crate::schedule::simulation`]; two plans are compared on the same random numbers.

mod document;
mod pictures;
mod report;
mod show;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

pub use document::document;
pub use report::{Comparison, PlanRow, Report, TaskRow};

use crate::{
    error::{Error, Severity},
    input::{Input, Previous, baseline_plan},
    model::{Plan, Quantities, Snapshot, Strategy, robust::Sample, seconds},
    plan::{self, Effort, Request},
    report::FindingRow,
    schedule::{
        Instance,
        simulation::{Interval, Runs, Simulation, Tally, quantile, share},
        verify,
    },
};

/// Fewest runs.
pub const LEAST_RUNS: usize = 200;
/// Most runs.
pub const MOST_RUNS: usize = 100_000;

/// The plan does not hold in the snapshot.
pub const BROKEN: &str = "ORCH511";

/// What a simulation's findings stand for: code, severity, meaning (README's table).
pub const CODES: &[[&str; 3]] = &[[
    BROKEN,
    "warning",
    "the plan to be simulated breaks rules of the snapshot; its order is dispatched all the same",
]];

/// What the user may choose.
#[derive(Debug, Clone, Copy)]
pub struct Options<'p> {
    /// The plan; else the snapshot's baseline, else one is made.
    pub plan: Option<&'p Previous>,
    /// A plan to compare it with.
    pub against: Option<&'p Previous>,
    /// What a plan that is made is best at.
    pub strategy: Strategy,
    /// How much work it may cost.
    pub effort: Effort,
    /// How often, and from where chance begins.
    pub runs: Runs,
}

/// Runs a plan, or two.
///
/// ```
/// use orch::{input, model::Strategy, plan::Effort, schedule::simulation::Runs, simulate};
///
/// # fn main() -> Result<(), orch::error::Error> {
/// let files = vec!["examples/tasks.yaml".into()];
/// let input = input::read(&input::Request { files, ..input::Request::default() })?;
/// let runs = Runs { count: 50, seed: 1 };
/// let (strategy, effort) = (Strategy::DeadlineAware, Effort::Quick);
/// let options = simulate::Options { plan: None, against: None, strategy, effort, runs };
/// let report = simulate::run(&input, options)?;
/// assert_eq!(report.runs, 50);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Problems of the baseline, or a fault of the planner.
pub fn run(input: &Input, options: Options<'_>) -> Result<Report, Error> {
    let s = &input.snapshot;
    let q = Quantities::new(s);
    let (plan, source) = match (options.plan, &input.baseline) {
        (Some(previous), _) => (previous.plan.clone(), "plan"),
        (None, Some(baseline)) => (baseline_plan(baseline, s)?.plan, "baseline"),
        (None, None) => {
            let request = Request { strategy: options.strategy, effort: options.effort, ..Request::default() };
            (plan::planned(&q, &request)?, "planned")
        }
    };
    let inst = Instance::new(&q);
    let tally = Simulation::new(&inst, &plan).run(options.runs);
    let against = options.against.map(|other| {
        let other_tally = Simulation::new(&inst, &other.plan).run(options.runs);
        compare(s, (&plan, &tally), (&other.plan, &other_tally))
    });
    let mut findings: Vec<FindingRow> = broken(&q, &plan, source).into_iter().collect();
    if let Some(other) = options.against {
        findings.extend(broken(&q, &other.plan, "against"));
    }
    findings.extend(input.warnings.iter().map(FindingRow::new));
    Ok(Report {
        format_version: 1,
        simulation_id: identity(s, &options, &plan),
        simulation_timestamp: s.as_of.map(|at| at.to_string()),
        runs: options.runs.count,
        seed: options.runs.seed,
        plan: source,
        result: row(s, &plan, &tally),
        tasks: tasks(s, &plan, &tally),
        against,
        findings,
        snapshot_sha256: s.sha256.clone(),
        version: env!("CARGO_PKG_VERSION"),
        deterministic: true,
    })
}

/// What runs of a plan gave, as plain figures.
pub fn row(s: &Snapshot, plan: &Plan, tally: &Tally) -> PlanRow {
    let spans: Vec<f64> = tally.makespans.iter().map(|ms| seconds(*ms)).collect();
    let sample = Sample::new(spans.iter().copied());
    let missed: Vec<f64> = tally.missed.iter().map(|n| f64::from(*n)).collect();
    let planned = plan.placed().map(|(_, p)| p.finish).max().unwrap_or(0);
    let within = tally.makespans.iter().filter(|ms| **ms <= planned).count();
    let any = tally.missed.iter().filter(|n| **n > 0).count();
    let at = |q: f64| quantile(&sample, q).unwrap_or(Interval { value: 0.0, low: 0.0, high: 0.0 });
    PlanRow {
        planned_makespan: seconds(planned),
        makespan_mean: Interval::mean(&spans),
        makespan_quantiles: [("p50", at(0.5)), ("p90", at(0.9)), ("p95", at(0.95)), ("p99", at(0.99))].into(),
        within_plan: share(within as u32, spans.len()),
        deadlines: plan.placed().filter(|(t, _)| s.task(*t).deadline.is_some()).count(),
        deadlines_missed_mean: Interval::mean(&missed),
        any_deadline_missed: share(any as u32, spans.len()),
        failed_attempts_mean: tally.failures as f64 / spans.len().max(1) as f64,
    }
}

fn tasks(s: &Snapshot, plan: &Plan, tally: &Tally) -> BTreeMap<String, TaskRow> {
    let runs = tally.makespans.len();
    let row = |(t, p): (crate::model::TaskIx, crate::model::Placement)| {
        let task = s.task(t);
        let row = TaskRow {
            agent: s.agent(p.agent).id.clone(),
            planned_finish: seconds(p.finish),
            mean_start: tally.start[t.at()] / runs.max(1) as f64 / 1000.0,
            mean_finish: tally.finish[t.at()] / runs.max(1) as f64 / 1000.0,
            deadline_miss: task.deadline.map(|_| share(tally.late[t.at()], runs)),
            criticality: share(tally.critical[t.at()], runs),
        };
        (task.id.clone(), row)
    };
    plan.placed().map(row).collect()
}

fn compare(s: &Snapshot, (own, own_tally): (&Plan, &Tally), (other, other_tally): (&Plan, &Tally)) -> Comparison {
    let pairs = own_tally.makespans.iter().zip(&other_tally.makespans);
    let differences: Vec<f64> = pairs.map(|(a, b)| seconds(*a - *b)).collect();
    let placed = |p: &Plan| p.placed().count();
    Comparison {
        result: row(s, other, other_tally),
        makespan_difference: Interval::mean(&differences),
        placed_difference: placed(own) as i64 - placed(other) as i64,
    }
}

fn broken(q: &Quantities<'_>, plan: &Plan, source: &str) -> Option<FindingRow> {
    let violations = verify::violations(q, plan);
    let first = violations.first()?;
    let message = format!("the plan breaks {} rules of the snapshot, such as: {}", violations.len(), first.message);
    let help = "give the plan that was made for this snapshot";
    Some(FindingRow::about(BROKEN, Severity::Warning, message, source, help))
}

fn identity(s: &Snapshot, options: &Options<'_>, plan: &Plan) -> String {
    let now = s.as_of.map_or_else(String::new, |at| at.to_string());
    let against = options.against.map_or_else(String::new, |p| format!("{:?}", p.plan));
    let parts = [s.sha256.clone(), now, format!("{plan:?}"), against, format!("{:?}", options.runs)];
    let digest = Sha256::digest(format!("orch\nsimulate\n{}", parts.join("\n")).as_bytes());
    let hex = |half: u8| char::from_digit(u32::from(half), 16);
    digest.iter().flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]).flatten().collect()
}
