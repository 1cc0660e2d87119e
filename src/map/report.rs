//! The report of `map` as plain data: the keys of model.md, section 5, and nothing of how it looks.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    agents::AgentRow, baselines::Baselines, dependencies::DependencyGraph, losses::Loss, matrix::CapabilityMatrix,
    topology::Topology,
};
use crate::report::FindingRow;

/// A map. Moments are seconds after `as_of`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// Version of this format.
    pub format_version: u32,
    /// Hash of the normalised snapshot, the command and the options that can change the answer.
    pub map_id: String,
    /// `as_of`, RFC 3339; null where every moment is relative.
    pub map_timestamp: Option<String>,
    /// Agent → what is known of it.
    pub discovered_agents: BTreeMap<String, AgentRow>,
    /// How it all hangs together.
    pub network_topology: Topology,
    /// Who can do what, and what is asked for.
    pub capability_matrix: CapabilityMatrix,
    /// Who needs whom.
    pub dependency_graph: DependencyGraph,
    /// Agent → metric → what is usual.
    pub performance_baselines: Baselines,
    /// What goes with each agent, service and bridge; absent unless asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_minus_1: Option<Vec<Loss>>,
    /// What the user is told about.
    pub findings: Vec<FindingRow>,
    /// SHA-256 of the normalised snapshot.
    pub snapshot_sha256: String,
    /// Version of orch.
    pub version: &'static str,
    /// The same input gives the same bytes on any machine.
    pub deterministic: bool,
}
