//! `orch optimize`: what holds the fleet back, what to change, and what it really gains.
//!
//! ```text
//! measure        figures of a plan (`stranded`), of `history` (`past`)
//! bottlenecks/   what binds, one file per kind of thing     → bounds, confirmed by planning again
//! opportunities/ what could be changed, one file per kind   → `change`: edits of the document
//! lab            an edited document, read anew and planned again
//! choose         the set that `judge` finds best, tried step by step; `targets` are what is asked for
//! whatif, grow, n_minus   the same lab for questions of the user
//! ```
//!
//! Every figure after a change is of the plan that `distribute` makes of the changed snapshot.

pub mod bottlenecks;
mod change;
mod cheapest;
mod choose;
mod compose;
mod document;
mod duals;
mod exchange;
mod findings;
mod finish;
mod grow;
mod hold;
mod judge;
mod lab;
mod measure;
mod n_minus;
pub mod opportunities;
#[cfg(test)]
mod oracle;
mod past;
mod propose;
mod report;
mod scale;
mod scene;
mod show;
mod stranded;
mod tables;
mod targets;
mod whatif;

pub use change::{Change, Kind, Risk};
pub use document::document;
pub use findings::CODES;
pub use judge::Judge;
pub use lab::Trial;
pub use measure::{METRICS, Metrics, measure};
pub use report::Report;
pub use targets::{Side, Target};

use crate::{
    error::Error,
    input::{Input, Previous, Scenario, baseline_plan, document::Item},
    limit::Limit,
    model::{Plan, Quantities, Strategy},
    patch::{Op, Workshop},
    plan::{Effort, Request},
    schedule::{
        Instance,
        simulation::{Runs, Simulation, Tally},
    },
};
use lab::Lab;
use propose::Proposal;
use scene::Scene;

/// What the user may choose.
#[derive(Debug, Clone, Default)]
pub struct Options<'p> {
    /// What plans are to be best at.
    pub strategy: Strategy,
    /// How much work a finished plan may cost.
    pub effort: Effort,
    /// When searches have to end.
    pub limit: Limit,
    /// The current plan; stands over the snapshot's `baseline`.
    pub plan: Option<&'p Previous>,
    /// What is to be reached.
    pub targets: Vec<Target>,
    /// Scenarios to be planned.
    pub scenarios: Vec<Scenario>,
    /// Growths of load and durations to be planned.
    pub grow: Vec<f64>,
    /// Plan without each agent in turn.
    pub n_minus: bool,
    /// How the plans before and after are simulated; `None` is not at all.
    pub runs: Option<Runs>,
}

/// What [`run`] answers.
#[derive(Debug)]
pub struct Outcome {
    /// The report.
    pub report: Report,
    /// What leads from the merged input to the proposed snapshot (RFC 6902).
    pub operations: Vec<Op>,
    /// The proposed snapshot, everything unchanged as it was written.
    pub proposed: Item,
}

/// The current plan, and where it is from.
struct Current {
    plan: Plan,
    source: &'static str,
    broken: Vec<String>,
}

/// Measures, finds what binds, tries changes, proposes a set.
///
/// # Errors
///
/// Problems of the baseline, or a fault of the planner.
pub fn run(input: &Input, options: &Options<'_>) -> Result<Outcome, Error> {
    let snapshot = &input.snapshot;
    let q = Quantities::new(snapshot);
    let request = Request { strategy: options.strategy, effort: options.effort, limit: options.limit };
    let lab = Lab { workshop: Workshop::new(input), request };
    let current = current(input, options, &q, &lab)?;
    let before = measure(&q, &current.plan);
    let judge = Judge::new(before, options.strategy, &snapshot.policies, options.targets.clone());
    let scene = Scene::new(&input.document, &q, &current.plan, before);
    let found = bottlenecks::find(&scene);
    let proposal = Proposal::make(&lab, &judge, &scene, &found, current.source)?;
    let mut report = compose::compose(&scene, &current, &found, &proposal, &judge, (input, options));
    let start = &proposal.start;
    report.what_if = whatif::run(&lab, &scene, start, &options.scenarios)?;
    report.growth = grow::run(&lab, &scene, start, &options.grow)?;
    if options.n_minus {
        report.n_minus = n_minus::run(&lab, &scene, start)?;
    }
    report.simulation = options.runs.map(|runs| {
        let before = tally(&q, &current.plan, runs);
        let after = proposal.after.as_ref().map(|t| tally(&Quantities::new(&t.snapshot), &t.plan, runs));
        compose::simulated(runs, &before, after.as_ref().unwrap_or(&before))
    });
    let proposed = lab.workshop.edited(&proposal.operations);
    Ok(Outcome { report, operations: proposal.operations, proposed })
}

fn tally(q: &Quantities<'_>, plan: &Plan, runs: Runs) -> Tally {
    Simulation::new(&Instance::new(q), plan).run(runs)
}

fn current(input: &Input, options: &Options<'_>, q: &Quantities<'_>, lab: &Lab) -> Result<Current, Error> {
    let given = match (options.plan, &input.baseline) {
        (Some(previous), _) => Some((previous.plan.clone(), "plan")),
        (None, Some(baseline)) => Some((baseline_plan(baseline, &input.snapshot)?.plan, "baseline")),
        (None, None) => None,
    };
    let Some((plan, source)) = given else {
        let trial = lab::solve(input.snapshot.clone(), &lab.request)?;
        return Ok(Current { plan: trial.plan, source: "planned", broken: Vec::new() });
    };
    let broken = crate::schedule::verify::violations(q, &plan).into_iter().map(|v| v.message).collect();
    Ok(Current { plan, source, broken })
}
