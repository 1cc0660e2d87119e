//! `orch distribute`: who does what and when, with proof.
//!
//! [`run`] asks the engine for a plan, measures it, sets it beside two baselines and returns a [`Report`]
//! of plain data; [`document`] says how the report reads in a terminal. No work is done on how it looks.

mod balance;
mod baseline;
mod compose;
mod document;
mod findings;
mod pictures;
mod predictions;
mod recommendations;
mod replanning;
mod report;
mod shortages;
mod show;

pub use document::document;
pub use findings::CODES;
pub use replanning::{ForcedTask, MovedTask, Point, Replanning};
pub use report::{
    AssignmentRow, BaselineComparison, BaselineRow, ComponentsReport, Evidence, LateTask, LoadBalancing,
    ObjectiveReport, PlacementReport, Predictions, ReasonRow, Recommendation, Report, Unassigned,
};
pub use show::Shown;

use baseline::Baselines;
use serde::Deserialize;

use crate::{
    error::{Error, Finding},
    input::Previous,
    limit::Limit,
    model::{Ms, Plan, Quantities, Snapshot, Strategy},
    parallel,
    plan::{self, Changes, Earlier, Effort, Limits, Request, Solution},
    schedule::{Instance, proof::Certificate},
};

/// Most ids that a report lists beside a count.
pub const MAX_AGENTS: usize = 20;

/// What the user may choose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'p> {
    /// What the plan is to be best at.
    pub strategy: Strategy,
    /// How much work it may cost.
    pub effort: Effort,
    /// When it has to end, with the best plan so far.
    pub limit: Limit,
    /// The plan to begin from.
    pub previous: Option<&'p Previous>,
    /// How far the plan may depart from it.
    pub limits: Limits,
}

/// Plans a snapshot and reports the plan. `warnings` are what the reader found; they join the findings.
///
/// ```
/// use orch::{distribute, input, model::Strategy};
///
/// # fn main() -> Result<(), orch::error::Error> {
/// let files = vec!["examples/tasks.yaml".into()];
/// let input = input::read(&input::Request { files, ..input::Request::default() })?;
/// let options = distribute::Options { strategy: Strategy::CostOptimized, ..distribute::Options::default() };
/// let report = distribute::run(&input.snapshot, &input.warnings, options)?;
/// assert!(report.objective.bound.is_some_and(|bound| bound <= report.objective.value));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::Internal`] where the plan fails its own verification.
pub fn run(snapshot: &Snapshot, warnings: &[Finding], options: Options<'_>) -> Result<Report, Error> {
    let q = Quantities::new(snapshot);
    let mut inst = Instance::new(&q);
    inst.limit = options.limit;
    let request = Request { strategy: options.strategy, effort: options.effort, limit: options.limit };
    // The baselines need nothing of the plan, so they are made while it is.
    let mut made = parallel::map(3, |i| match i {
        0 => Made::Plan(planned(&inst, &request, options)),
        1 => Made::Baseline(baseline::greedy(&inst)),
        _ => Made::Baseline(baseline::round_robin(&inst)),
    })
    .into_iter();
    let (Some(Made::Plan(planned)), Some(Made::Baseline(greedy)), Some(Made::Baseline(round_robin))) =
        (made.next(), made.next(), made.next())
    else {
        unreachable!("three jobs, each with its own answer")
    };
    let (solution, changed) = planned?;
    let mut report = compose::compose(&inst, &solution, &Baselines { round_robin, greedy }, warnings, options);
    report.replanning = changed.map(|(changes, p)| Replanning::new(snapshot, &changes, p, options.limits));
    Ok(report)
}

/// What the jobs of a run make.
enum Made<P> {
    Plan(P),
    Baseline(Plan),
}

/// A plan, and how it differs from the one that it began from.
type Planned<'p> = Result<(Solution, Option<(Changes, &'p Previous)>), Error>;

fn planned<'p>(inst: &Instance<'_>, request: &Request, options: Options<'p>) -> Planned<'p> {
    let Some(previous) = options.previous else {
        return plan::solve_on(inst, request).map(|solution| (solution, None));
    };
    // Anybody's plan will do, so what is no certificate of orch's is none.
    let certificate = previous.certificate.as_ref().and_then(|told| Certificate::deserialize(told).ok());
    let earlier = certificate.as_ref().map(Earlier::read);
    let replanned = plan::replan_on(inst, request, &previous.plan, earlier.as_ref(), options.limits);
    replanned.map(|(solution, changes)| (solution, Some((changes, previous))))
}

/// The linear programme whose optimum bounds a report's objective, in the CPLEX LP format.
///
/// # Errors
///
/// [`Error::Io`] where the strategy has no one programme, or it would be too large.
pub fn programme(snapshot: &Snapshot, report: &Report, strategy: Strategy) -> Result<String, Error> {
    let placed: Vec<bool> = snapshot.tasks.iter().map(|t| !report.unassigned_tasks.contains_key(&t.id)).collect();
    let horizon = libm::round(report.objective.components.makespan * 1000.0) as Ms;
    plan::relaxation(&Quantities::new(snapshot), strategy, &placed, horizon)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Agent, AgentIx, Task};

    fn agent(id: &str, capacity: f64) -> Agent {
        Agent { id: id.into(), capacity: Some(capacity), speed: 1.0, slots: 1, ..Agent::default() }
    }

    /// A task of a minute that is pinned to an agent.
    fn task(id: &str, load: f64, agent: u32) -> Task {
        let pinned = Some(AgentIx(agent));
        let (duration_ms, priority) = (60_000.0, 1.0);
        Task { id: id.into(), duration_ms, estimated_load: load, priority, pinned, ..Task::default() }
    }

    fn report(snapshot: &Snapshot) -> Report {
        run(
            snapshot,
            &[],
            Options { strategy: Strategy::PerformanceOptimized, effort: Effort::Quick, ..Options::default() },
        )
        .unwrap()
    }

    #[test]
    fn balance_is_measured_over_touched_agents() {
        let agents = vec![agent("a", 4.0), agent("b", 4.0), agent("unasked", 9.0)];
        let snapshot = Snapshot { agents, tasks: vec![task("t", 1.0, 0), task("u", 3.0, 1)], ..Snapshot::default() };
        let b = report(&snapshot).load_balancing_metrics;
        assert_eq!(b.agent_utilization.into_iter().collect::<Vec<_>>(), [("a".into(), 0.25), ("b".into(), 0.75)]);
        assert_eq!((b.load_distribution_variance, b.coefficient_of_variation), (0.0625, 0.5));
        assert_eq!((b.jain_index, b.utilization_efficiency), (0.8, Some(0.5)));
        assert_eq!((b.waste, b.underutilized_agents), (Some(0.5), vec!["a".to_owned()]));
        assert_eq!(b.agent_loads.len(), 3, "loads are told of every agent");
    }

    #[test]
    fn waste_counts_fixed_costs_where_there_are_any() {
        let mut agents = vec![agent("a", 4.0), agent("b", 4.0)];
        agents[1].cost_fixed = 10.0;
        let snapshot = Snapshot { agents, tasks: vec![task("t", 4.0, 0), task("u", 1.0, 1)], ..Snapshot::default() };
        assert_eq!(report(&snapshot).load_balancing_metrics.waste, Some(0.75));
    }

    #[test]
    fn predictions_follow_the_plan() {
        let mut agents = vec![agent("a", 9.0), agent("b", 9.0)];
        agents[0].metrics.error_rate = Some(0.5);
        let mut tasks = vec![task("t", 1.0, 0), task("u", 1.0, 0), task("v", 1.0, 1)];
        tasks[2].deadline = Some(50_000);
        let p = report(&Snapshot { agents, tasks, ..Snapshot::default() }).performance_predictions;
        // With every second attempt failing, each of a's tasks takes two minutes and one retry.
        assert_eq!((p.makespan, p.expected_retries, p.failure_free_probability), (240.0, 2.0, 0.25));
        assert_eq!((p.throughput_per_hour, p.mean_busy_share), (Some(45.0), 0.625));
        assert_eq!((p.deadlines, p.deadlines_kept, p.late_tasks[0].tardiness), (1, 0, 10.0));
        assert_eq!(p.agent_completion.into_iter().collect::<Vec<_>>(), [("a".into(), 240.0), ("b".into(), 60.0)]);
    }

    #[test]
    fn recommendations_rest_on_figures() {
        let agents = vec![agent("a", 2.0), agent("b", 9.0), agent("idle", 9.0)];
        let mut tasks = vec![task("t", 2.0, 0), task("u", 1.0, 1), task("v", 1.0, 1)];
        tasks[1].deadline = Some(30_000);
        tasks[2].pinned = None;
        tasks[2].forbidden = vec![crate::model::Who { agent: Some(AgentIx(0)), kind: None }];
        let r = report(&Snapshot { agents, tasks, ..Snapshot::default() });
        let codes: Vec<&str> = r.optimization_recommendations.iter().map(|r| r.code).collect();
        assert!(codes.contains(&"unavoidably_late") && codes.contains(&"bottleneck_agent"), "{codes:?}");
        let late = &r.optimization_recommendations[0];
        assert_eq!(late.evidence["worst_seconds"], Evidence::Figure(30.0));
        assert_eq!(late.tasks, ["u"]);
        let late = r.findings.iter().find(|f| f.code == "ORCH102").unwrap();
        assert_eq!((late.severity, late.path.as_str()), ("warning", "tasks[u].deadline"));
    }
}
