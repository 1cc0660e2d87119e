//! The agents of a snapshot as a discovery tells of them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Agent, Snapshot, seconds};

/// One agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AgentRow {
    /// What it is.
    pub basic_info: BasicInfo,
    /// Capability → proficiency.
    pub capabilities: BTreeMap<String, f64>,
    /// What was measured of it.
    pub performance_metrics: Metrics,
    /// How it was found: a snapshot is read, nobody is asked.
    pub discovery_method: &'static str,
    /// `as_of`, RFC 3339; null where every moment is relative.
    pub last_updated: Option<String>,
    /// Status.
    pub status: &'static str,
    /// Where it was written.
    pub provenance: Provenance,
}

/// What an agent is.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BasicInfo {
    /// Type.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Zone.
    pub zone: Option<String>,
    /// Load it may hold; null where unlimited.
    pub capacity: Option<f64>,
    /// Load it holds.
    pub current_load: f64,
    /// Tasks at a time.
    pub slots: u32,
    /// Work per time relative to nominal durations.
    pub speed: f64,
    /// First moment it may work, seconds after `as_of`.
    pub available_from: f64,
    /// What it itself needs.
    pub resource_requirements: BTreeMap<String, String>,
    /// Agents and services it needs.
    pub depends_on: Vec<String>,
    /// Data sets it reads.
    pub reads: Vec<String>,
    /// Data sets it writes.
    pub writes: Vec<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
}

/// What was measured of an agent; null where nothing was.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Metrics {
    /// Response times, ms: `p50`, `p95`, `p99` where given.
    pub response_time_ms: BTreeMap<&'static str, f64>,
    /// Response times given as samples.
    pub response_time_samples: usize,
    /// Requests per minute.
    pub throughput_per_min: Option<f64>,
    /// Share of attempts that fail.
    pub error_rate: Option<f64>,
    /// Share of time available.
    pub availability: Option<f64>,
}

/// Where something was written.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Provenance {
    /// File; empty where built in memory.
    pub file: String,
    /// Line from 1; null likewise.
    pub line: Option<u32>,
    /// Column from 1; null likewise.
    pub column: Option<u32>,
}

/// Every agent, by id.
pub fn rows(s: &Snapshot) -> BTreeMap<String, AgentRow> {
    s.agents.iter().map(|a| (a.id.clone(), row(s, a))).collect()
}

fn row(s: &Snapshot, a: &Agent) -> AgentRow {
    let known = a.location.line > 0;
    let data = |list: &[crate::model::DataIx]| list.iter().map(|d| s.network.data[d.at()].id.clone()).collect();
    AgentRow {
        basic_info: BasicInfo {
            kind: a.kind.map(|k| s.names.kinds[k.at()].clone()),
            zone: a.zone.map(|z| s.names.zones[z.at()].clone()),
            capacity: a.capacity,
            current_load: a.current_load,
            slots: a.slots,
            speed: a.speed,
            available_from: seconds(a.available_from),
            resource_requirements: a.resource_requirements.clone(),
            depends_on: a.depends_on.iter().map(|d| d.0.clone()).collect(),
            reads: data(&a.reads),
            writes: data(&a.writes),
            labels: a.labels.clone(),
        },
        capabilities: a.skills.iter().map(|(k, q)| (s.names.skills[k.at()].clone(), *q)).collect(),
        performance_metrics: metrics(a),
        discovery_method: "passive",
        last_updated: s.as_of.map(|at| at.to_string()),
        status: a.status.name(),
        provenance: Provenance {
            file: if known { s.file(a.location).into() } else { String::new() },
            line: known.then_some(a.location.line),
            column: known.then_some(a.location.column),
        },
    }
}

fn metrics(a: &Agent) -> Metrics {
    let times = a.metrics.response_time_ms.clone().unwrap_or_default();
    let given = [("p50", times.p50), ("p95", times.p95), ("p99", times.p99)];
    Metrics {
        response_time_ms: given.into_iter().filter_map(|(name, x)| Some((name, x?))).collect(),
        response_time_samples: times.samples.len(),
        throughput_per_min: a.metrics.throughput_per_min,
        error_rate: a.metrics.error_rate,
        availability: a.metrics.availability,
    }
}
