//! The report of `discover`: plain data with names (model.md, section 5).

use std::collections::BTreeMap;

use serde::Serialize;

use super::health::Health;
use crate::report::FindingRow;

/// Which agents there are, what they can do, how well, how that is known, and what contradicts what.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// Version of this format.
    pub format_version: u32,
    /// Hash of everything that is believed.
    pub discovery_id: String,
    /// `as_of`; null where every moment is relative.
    pub discovery_timestamp: Option<String>,
    /// True where nobody gave `as_of`, and it is the latest moment of all sources.
    pub timestamp_assumed: bool,
    /// The sources, in the order in which they count.
    pub sources: Vec<SourceRow>,
    /// Agent → what is believed of it.
    pub discovered_agents: BTreeMap<String, AgentReport>,
    /// Service → what is believed of it.
    pub discovered_services: BTreeMap<String, ServiceReport>,
    /// Sources, or files of them, that could not be read.
    pub discovery_errors: Vec<ErrorRow>,
    /// Who can do what.
    pub capability_matrix: CapabilityMatrix,
    /// Who calls and needs whom, by `from` and `to`.
    pub dependencies: Vec<DependencyRow>,
    /// Records that joined no agent, by source and name.
    pub unmatched: Vec<UnmatchedRow>,
    /// What is wrong: errors first, then by code.
    pub findings: Vec<FindingRow>,
    /// Hash of the snapshot that was read beside the sources.
    pub snapshot_sha256: String,
    /// Version of orch.
    pub version: &'static str,
    /// Always true: nothing here depends on the machine.
    pub deterministic: bool,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SourceRow {
    /// What `provenance` calls it.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// The seed document's way of finding agents.
    pub method: &'static str,
    /// `active` or `passive`.
    pub mode: &'static str,
    /// Files that were read.
    pub files: usize,
    /// Records in them.
    pub records: usize,
    /// Agents and services that they speak of.
    pub subjects: usize,
    /// Records that joined nothing.
    pub unmatched: usize,
    /// Files that could not be read.
    pub errors: usize,
}

/// One agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AgentReport {
    /// Who and where it is.
    pub basic_info: BasicInfo,
    /// Capability → proficiency and what the claim rests on.
    pub capabilities: BTreeMap<String, CapabilityReport>,
    /// How well it does.
    pub performance_metrics: PerformanceReport,
    /// `active`, `passive` or `both`.
    pub discovery_method: &'static str,
    /// The latest moment that any source speaks of; null where none has a time.
    pub last_updated: Option<String>,
    /// `active`, `idle`, `busy`, `draining`, `offline`, `failed`; `unknown` where nothing tells.
    pub status: &'static str,
    /// What its heartbeats say.
    pub health: Health,
    /// What it needs itself.
    pub resource_requirements: BTreeMap<String, String>,
    /// How it is reached, and what it reaches.
    pub integration_interfaces: Vec<InterfaceRow>,
    /// Agents and services that it needs or calls.
    pub required_services: Vec<String>,
    /// Data sets that it reads and writes.
    pub data_dependencies: DataDependencies,
    /// What a caller must bring.
    pub integration_requirements: Vec<String>,
    /// Metric → what is usual of it.
    pub performance_baselines: BTreeMap<String, Baseline>,
    /// Field → who says so, when and where.
    pub provenance: BTreeMap<String, ProvenanceRow>,
    /// True where others are declared, and this one is only seen.
    #[serde(skip)]
    pub shadow: bool,
}

/// Who and where an agent is.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema, Default)]
pub struct BasicInfo {
    /// Its id.
    pub id: String,
    /// `declared`, `spoke` for itself, or only `seen`.
    pub origin: &'static str,
    /// Type or role.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Where it is.
    pub zone: Option<String>,
    /// `description`, `version`, `provider` …
    #[serde(flatten)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    pub info: BTreeMap<&'static str, String>,
    /// `capacity`, `slots`, `speed`, `cost_per_hour` …
    #[serde(flatten)]
    #[schemars(skip)]
    pub figures: BTreeMap<&'static str, f64>,
    /// Amounts that it offers at any moment.
    pub resources: BTreeMap<String, f64>,
    /// Amounts that it may use up.
    pub budget: BTreeMap<String, f64>,
    /// Free labels.
    pub labels: BTreeMap<String, String>,
    /// Other names that sources have for it.
    pub names: Vec<String>,
    /// True where the snapshot defines it by hand.
    #[serde(skip)]
    pub by_hand: bool,
}

/// A capability of an agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CapabilityReport {
    /// In (0, 1]; null where no source has one.
    pub proficiency: Option<f64>,
    /// What the claim rests on.
    pub evidence: Vec<EvidenceRow>,
}

/// What a capability's claim rests on.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct EvidenceRow {
    /// Which source.
    pub source: String,
    /// What there.
    pub evidence: String,
    /// Which file.
    pub file: String,
    /// Which line.
    pub line: u32,
}

/// How well an agent does. Intervals are Wilson's at 95 %.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema, Default)]
pub struct PerformanceReport {
    /// Response times, ms.
    pub response_time_ms: Option<ResponseTimes>,
    /// Requests per minute.
    pub throughput_per_min: Option<f64>,
    /// Share of requests that fail.
    pub error_rate: Option<f64>,
    /// Where the true share lies; null without a count.
    pub error_rate_interval: Option<[f64; 2]>,
    /// Requests that the error rate rests on.
    pub requests: Option<f64>,
    /// Share of probes that found it up.
    pub availability: Option<f64>,
    /// Where the true share lies; null without a count.
    pub availability_interval: Option<[f64; 2]>,
    /// Probes that the availability rests on.
    pub probes: Option<f64>,
}

/// Response times, ms.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema, Default)]
pub struct ResponseTimes {
    /// Median.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
    /// Requests that they rest on.
    pub count: Option<f64>,
    /// True where quantiles of several callers were averaged by their calls, which is not exact.
    pub averaged: bool,
}

/// An interface.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct InterfaceRow {
    /// Its address, without user, password and query.
    pub address: String,
    /// Its protocol; null where that is unknown.
    pub protocol: Option<String>,
}

/// Data sets.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema, Default)]
pub struct DataDependencies {
    /// Those it reads.
    pub reads: Vec<String>,
    /// Those it writes.
    pub writes: Vec<String>,
}

/// What is usual of one metric.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Baseline {
    /// Which source; `history` for the snapshot's own.
    pub source: String,
    /// Seconds before `as_of` that count; null for all.
    pub window: Option<f64>,
    /// Measurements.
    pub samples: usize,
    /// First and last moment, seconds after `as_of`; null where no moments are known.
    pub from: Option<f64>,
    /// Likewise.
    pub until: Option<f64>,
    /// Median.
    pub median: f64,
    /// Median absolute deviation.
    pub mad: f64,
    /// Quantiles: `p05`, `p25`, `p75`, `p95`.
    pub quantiles: BTreeMap<&'static str, f64>,
    /// Median less three robust standard deviations (1.4826 · MAD); null below five measurements.
    pub lower_limit: Option<f64>,
    /// Median and three robust standard deviations; null likewise.
    pub upper_limit: Option<f64>,
    /// Measurements outside the limits.
    pub outside: usize,
}

/// Who says so, when and where.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ProvenanceRow {
    /// Which source.
    pub source: String,
    /// Its way of finding agents.
    pub method: &'static str,
    /// `active` or `passive`.
    pub mode: &'static str,
    /// When it said so; null where it has no time.
    pub time: Option<String>,
    /// Which file.
    pub file: String,
    /// Which line.
    pub line: u32,
    /// Path of the value in the file.
    pub path: String,
    /// Sources that say otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overruled: Vec<String>,
}

/// One service.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ServiceReport {
    /// `declared`, `spoke` for itself, or only `seen`.
    pub origin: &'static str,
    /// Type; null where unknown.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Status; `unknown` where nothing tells.
    pub status: &'static str,
    /// Agents and services that it needs or calls.
    pub depends_on: Vec<String>,
    /// Agents and services that need or call it.
    pub required_by: Vec<String>,
    /// How it is reached.
    pub integration_interfaces: Vec<InterfaceRow>,
    /// Sources that speak of it.
    pub sources: Vec<String>,
}

/// A source, or a file of it, that could not be read.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ErrorRow {
    /// Which source.
    pub source: String,
    /// What kind it was to be.
    pub kind: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Which file.
    pub file: String,
    /// Where in it; null where it is about the file as a whole.
    pub line: Option<u32>,
    /// Likewise.
    pub column: Option<u32>,
}

/// Who can do what.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema, Default)]
pub struct CapabilityMatrix {
    /// Agent → capability → proficiency (1 where no source has one). Every agent is there.
    pub agents: BTreeMap<String, BTreeMap<String, f64>>,
    /// Capability → agents that have it.
    pub capabilities: BTreeMap<String, Vec<String>>,
}

/// One needs or calls another.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DependencyRow {
    /// Who.
    pub from: String,
    /// Whom.
    pub to: String,
    /// `declared`, `observed` or `both`.
    pub basis: &'static str,
    /// Calls that were seen; null where none were.
    pub calls: Option<f64>,
    /// Those of them that failed.
    pub errors: Option<f64>,
    /// Their share.
    pub error_rate: Option<f64>,
    /// Response times of these calls, ms.
    pub response_time_ms: Option<ResponseTimes>,
    /// MB moved.
    pub data_mb: Option<f64>,
    /// The latest call.
    pub last_seen: Option<String>,
    /// Sources that say so.
    pub sources: Vec<String>,
}

/// A record that joined nothing.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct UnmatchedRow {
    /// Which source.
    pub source: String,
    /// What it calls it.
    pub name: String,
    /// By what else it could be joined.
    pub keys: BTreeMap<String, String>,
    /// True where several agents would have fitted.
    pub ambiguous: bool,
    /// Which file.
    pub file: String,
    /// Which line.
    pub line: u32,
}
