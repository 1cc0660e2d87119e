//! `orch distribute`: who does what and when, with proof.
//!
//! [`run`] asks the engine for a plan, measures it, sets it beside two baselines and returns a [`Report`]
//! of plain data; [`document`] says how the report reads in a terminal. No work is done on how it looks.

mod balance;
mod baseline;
mod compose;
mod document;
mod findings;
mod predictions;
mod recommendations;
mod report;

pub use document::document;
pub use findings::CODES;
pub use report::{
    AssignmentRow, BaselineComparison, BaselineRow, ComponentsReport, Evidence, LateTask, LoadBalancing,
    ObjectiveReport, PlacementReport, Predictions, ReasonRow, Recommendation, Report, Unassigned,
};

use crate::{
    error::{Error, Finding},
    model::{Quantities, Snapshot, Strategy},
    plan::{self, Effort, Request},
};

/// Most ids that a report lists beside a count.
pub const MAX_AGENTS: usize = 20;

/// What the user may choose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// What the plan is to be best at.
    pub strategy: Strategy,
    /// How much work it may cost.
    pub effort: Effort,
}

/// Plans a snapshot and reports the plan. `warnings` are what the reader found; they join the findings.
///
/// # Errors
///
/// [`Error::Internal`] where the plan fails its own verification.
pub fn run(snapshot: &Snapshot, warnings: &[Finding], options: Options) -> Result<Report, Error> {
    let q = Quantities::new(snapshot);
    let solution = plan::solve(&q, &Request { strategy: options.strategy, effort: options.effort })?;
    Ok(compose::compose(&q, &solution, warnings, options))
}
