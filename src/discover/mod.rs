//! `orch discover`: which agents are there, what can they do, how well, how is that known, and what contradicts
//! what.
//!
//! ```text
//! input     every source                → observations (`input::gather`, `input::observe`)
//! feeds     the sources in order        → with the snapshot's own agents before them
//! clock     one `as_of` for all moments
//! fleet     identities, joins           → agents, services, what joined nothing
//! calls     who calls and needs whom
//! profile   field by field              → who is believed (`policy`), what lost; drift
//! figures   measurements added up       → response times, errors, availability (Wilson)
//! health    leases on heartbeats        → alive, suspect, dead (missed intervals, φ accrual)
//! baselines what is usual of a metric
//! findings  ghosts, shadows, drift, duplicates, disagreement
//! assemble  the report                  → `document` (terminal), `emit` (snapshot, overlay)
//! ```

mod assemble;
mod baselines;
mod calls;
mod clock;
pub mod codes;
mod compose;
mod document;
mod emit;
mod feeds;
mod figures;
mod findings;
mod fleet;
mod health;
mod picture;
mod policy;
mod profile;
mod report;
mod show;

pub use document::document;
pub use emit::{Emit, Emitted, Links, fragment};
pub use health::Health;
pub use report::{
    AgentReport, Baseline, BasicInfo, CapabilityMatrix, CapabilityReport, DataDependencies, DependencyRow, ErrorRow,
    EvidenceRow, InterfaceRow, PerformanceReport, ProvenanceRow, Report, ResponseTimes, ServiceReport, SourceRow,
    UnmatchedRow,
};

use crate::input::Input;

/// Joins what all sources of an input say, and reports it. The input must have been read for
/// [`crate::input::Command::Discover`].
///
/// ```
/// use orch::{discover, input};
///
/// # fn main() -> Result<(), orch::error::Error> {
/// let files = vec!["examples/discover/fleet.yaml".into()];
/// let input = input::read(&input::Request { files, command: input::Command::Discover, ..input::Request::default() })?;
/// let report = discover::run(&input);
/// assert_eq!(report.discovered_agents.len(), 4);
/// # Ok(())
/// # }
/// ```
pub fn run(input: &Input) -> Report {
    let by_hand = feeds::ByHand::new(input);
    let picture = picture::Picture::new(input, by_hand.feeds(input));
    assemble::assemble(&picture, &input.warnings)
}
