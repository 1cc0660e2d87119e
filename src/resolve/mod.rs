//! `orch resolve`: every conflict found, most of them settled, each settlement checked.
//!
//! ```text
//! scene     the snapshot with lookups made once
//! detect/   one file per detector               → conflicts (`conflict`, `cases`, `draft`, `severity`)
//! settle/   one file per remedy                 → proposals (`strategy`) of changes (`change`)
//! apply     changes onto a copy of the snapshot
//! ```

mod apply;
mod cases;
mod change;
mod compose;
mod conflict;
mod critical;
mod describe;
mod detect;
mod document;
mod draft;
mod escalation;
mod findings;
mod impact;
mod locate;
mod objectives;
mod order;
mod patch;
mod phrases;
mod pictures;
mod place;
mod potential;
mod prevention;
mod queue;
mod report;
mod rounds;
pub mod rules;
mod scene;
mod settle;
mod severity;
mod show;
mod strategy;
mod waiting;

pub use crate::patch::Op;
pub use apply::{Origins, Rows, Working};
pub use cases::{Bond, Carried, Case, Clash, Holder, Need, Pool};
pub use change::Change;
pub use conflict::{Conflict, Evidence, Severity, Subtype, Type};
pub use critical::{Critical, best_finish};
pub use detect::{DETECTORS, Detector, detect};
pub use document::document;
pub use escalation::Event;
pub use findings::CODES;
pub use impact::{BlastRadius, Impact, Measures};
pub use objectives::{Ability, Metric, measured};
pub use order::Order;
pub use place::{Claim, ClaimList, Place, Thing};
pub use potential::{Pair, Potential};
pub use prevention::Recommendation;
pub use queue::{erlang_c, response_time};
pub use report::{ConflictRow, EvidenceRow, Outcome, Report, State, StrategyRow, Summary};
pub use rounds::{Applied, Settled, reduced, settle};
pub use scene::{RESOLVE_WITHIN, Scene};
pub use settle::REMEDIES;
pub use strategy::{Permissions, Proposal, Remedy, Strategy};
pub use waiting::{WaitGraph, Waiting};

use crate::{
    error::Finding,
    input::{Input, Previous, document::Item},
};

/// What the user may choose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'p> {
    /// A plan in force: its placements take part in what conflicts.
    pub plan: Option<&'p Previous>,
    /// Hard dependencies may be cut, whatever `policies.allow_dependency_breaking` says.
    pub allow_breaking: bool,
}

/// What [`run`] answers.
#[derive(Debug)]
pub struct Resolution {
    /// The report.
    pub report: Report,
    /// What leads from the merged input to the settled snapshot (RFC 6902).
    pub operations: Vec<Op>,
    /// The settled snapshot, everything unchanged as it was written.
    pub settled: Item,
}

/// Detects, settles, and detects again. `warnings` are what the reader found; they join the findings.
///
/// ```
/// use orch::{input, resolve};
///
/// # fn main() -> Result<(), orch::error::Error> {
/// let files = vec!["examples/state.yaml".into()];
/// let input = input::read(&input::Request { files, command: input::Command::Resolve, ..input::Request::default() })?;
/// let resolution = resolve::run(&input, &input.warnings, resolve::Options::default());
/// assert_eq!(resolution.report.detected_conflicts.len(), 4);
/// # Ok(())
/// # }
/// ```
pub fn run(input: &Input, warnings: &[Finding], options: Options<'_>) -> Resolution {
    let snapshot = &input.snapshot;
    let permissions = Permissions {
        break_dependencies: options.allow_breaking || snapshot.policies.allow_dependency_breaking,
        snapshot_reads: snapshot.policies.snapshot_reads,
        nothing: false,
    };
    let plan = options.plan.map(|p| &p.plan);
    let settled = settle(snapshot, plan, permissions);
    let patch = patch::diff(&input.document, snapshot, plan, &settled.working);
    let mut settled_document = input.document.root.clone();
    crate::patch::apply(&mut settled_document, &patch);
    let locator = locate::Locator { snapshot, input: Some((&input.document, &input.sources)) };
    let report = compose::compose(&locator, &settled, &patch, warnings, options);
    Resolution { report, operations: patch, settled: settled_document }
}
