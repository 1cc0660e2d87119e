//! The report of `resolve` as plain data: the keys of model.md, section 5, and nothing of how it looks.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{escalation::Event, impact::Impact, potential::Potential, prevention::Recommendation, strategy::Strategy};
use crate::report::FindingRow;

/// What `resolve` found and did. Maps are by conflict id; moments are seconds after `as_of`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// Version of this format.
    pub format_version: u32,
    /// Hash of the normalised snapshot, the command and the options that can change the answer.
    pub resolution_id: String,
    /// `as_of`, RFC 3339; null where every moment is relative.
    pub resolution_timestamp: Option<String>,
    /// How many of what.
    pub summary: Summary,
    /// What conflicts in the snapshot as it was read.
    pub detected_conflicts: BTreeMap<String, ConflictRow>,
    /// How each is settled, or would be.
    pub resolution_strategies: BTreeMap<String, StrategyRow>,
    /// How each ended.
    pub resolution_outcomes: BTreeMap<String, Outcome>,
    /// Conflicts that came to light as others were settled, and were settled with them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub uncovered_conflicts: BTreeMap<String, ConflictRow>,
    /// What the conflicts reach, and how the system stands before and after.
    pub system_impact_assessment: Impact,
    /// The fewest changes that would have prevented the conflicts.
    pub prevention_recommendations: Vec<Recommendation>,
    /// What pairs of agents share that has not clashed yet.
    pub conflict_potential_analysis: Potential,
    /// What the user is told about.
    pub findings: Vec<FindingRow>,
    /// SHA-256 of the normalised snapshot.
    pub snapshot_sha256: String,
    /// Version of orch.
    pub version: &'static str,
    /// The same input gives the same bytes on any machine.
    pub deterministic: bool,
}

/// How many conflicts of what, and how they ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// Detected conflicts.
    pub conflicts: usize,
    /// Gone, and nothing new came.
    pub resolved: usize,
    /// Smaller than before; the rest escalates.
    pub reduced: usize,
    /// As before.
    pub escalated: usize,
    /// Severity → number.
    pub by_severity: BTreeMap<&'static str, usize>,
    /// Subtype → detected, resolved, reduced, escalated.
    pub by_subtype: BTreeMap<&'static str, [usize; 4]>,
    /// Conflicts detected in the snapshot after the settlement.
    pub left: usize,
    /// Operations of the patch that leads there.
    pub changes: usize,
    /// Rounds of settling, and of detecting again.
    pub rounds: usize,
    /// Times that settling began anew because a settlement did not stand.
    pub attempts: usize,
}

/// A conflict.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ConflictRow {
    /// One of five.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What it is within the type.
    pub subtype: &'static str,
    /// `low`, `medium`, `high`, `critical`.
    pub severity: &'static str,
    /// One sentence.
    pub message: String,
    /// Agents that take part, by id.
    pub affected_agents: Vec<String>,
    /// Tasks that take part, by id.
    pub affected_tasks: Vec<String>,
    /// Resources, data sets, services and stakeholders that take part.
    pub involved: Vec<String>,
    /// The facts, with their places.
    pub evidence: Vec<EvidenceRow>,
}

/// A fact and its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct EvidenceRow {
    /// The fact.
    pub fact: String,
    /// Path in the merged input.
    pub path: String,
    /// The file; empty where the snapshot was built in memory.
    pub file: String,
    /// Line from 1; null likewise.
    pub line: Option<u32>,
    /// Column from 1; null likewise.
    pub column: Option<u32>,
}

/// A strategy with its edits.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct StrategyRow {
    /// Type, parameters, expectation, steps, criteria.
    #[serde(flatten)]
    pub strategy: Strategy,
    /// What was changed.
    pub changes: Vec<String>,
    /// What would settle it and is for a person to decide.
    pub proposed_changes: Vec<String>,
}

/// How a conflict ended.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Outcome {
    /// `resolved`, `reduced` or `escalated`.
    pub outcome: &'static str,
    /// Why it is not resolved, or by what other settlement it is; empty otherwise.
    pub reason: String,
    /// Before the settlement.
    pub before: State,
    /// After it; null where the conflict is gone.
    pub after: Option<State>,
    /// Round in which it was settled, from 1; null where it was not.
    pub round: Option<usize>,
    /// Seconds that the settlement takes, as estimated per step; null where there is none.
    pub estimated_seconds: Option<f64>,
    /// Seconds in which it is to be settled.
    pub service_level_seconds: f64,
    /// Whether it is.
    pub within_service_level: bool,
    /// What the settlement touches beside what conflicts, by id.
    pub also_touched: Vec<String>,
    /// Who is told when: before it is settled, or for good.
    pub escalation: Vec<Event>,
}

/// How a conflict stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct State {
    /// Its severity.
    pub severity: &'static str,
    /// Its size, in a unit of its own: what is claimed above what there is, holders stuck, pairs without an order.
    pub size: f64,
}
