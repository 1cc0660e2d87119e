//! The report of `simulate` as plain data. Moments and spans are seconds.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{report::FindingRow, schedule::simulation::Interval};

/// A simulation.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// Version of this format.
    pub format_version: u32,
    /// Hash of the normalised snapshot, the plan, the runs and the seed.
    pub simulation_id: String,
    /// `as_of`, RFC 3339; null where every moment is relative.
    pub simulation_timestamp: Option<String>,
    /// Runs.
    pub runs: usize,
    /// Seed.
    pub seed: u64,
    /// Whose plan: `plan`, `baseline` or `planned`.
    pub plan: &'static str,
    /// What its runs gave.
    #[serde(flatten)]
    pub result: PlanRow,
    /// Placed task → what its runs gave.
    pub tasks: BTreeMap<String, TaskRow>,
    /// Another plan under the same luck.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<Comparison>,
    /// What the user is told about.
    pub findings: Vec<FindingRow>,
    /// SHA-256 of the normalised snapshot.
    pub snapshot_sha256: String,
    /// Version of orch.
    pub version: &'static str,
    /// The same input gives the same bytes on any machine.
    pub deterministic: bool,
}

/// What runs of a plan gave, with intervals of 95 %.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PlanRow {
    /// Makespan of the plan itself.
    pub planned_makespan: f64,
    /// Mean makespan.
    pub makespan_mean: Interval,
    /// Quantiles of the makespan: `p50`, `p90`, `p95`, `p99`.
    pub makespan_quantiles: BTreeMap<&'static str, Interval>,
    /// Share of runs that end by the planned makespan.
    pub within_plan: Interval,
    /// Placed tasks with a deadline.
    pub deadlines: usize,
    /// Mean number of them that are missed.
    pub deadlines_missed_mean: Interval,
    /// Share of runs in which at least one is missed.
    pub any_deadline_missed: Interval,
    /// Mean number of attempts that fail.
    pub failed_attempts_mean: f64,
}

/// What runs gave for a task.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TaskRow {
    /// Where it runs.
    pub agent: String,
    /// When the plan has it done.
    pub planned_finish: f64,
    /// Mean start.
    pub mean_start: f64,
    /// Mean finish.
    pub mean_finish: f64,
    /// Share of runs in which its deadline is missed; null without one.
    pub deadline_miss: Option<Interval>,
    /// Share of runs in which it lies on the critical path (Van Slyke 1963).
    pub criticality: Interval,
}

/// Another plan under the same luck.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Comparison {
    /// What its runs gave.
    #[serde(flatten)]
    pub result: PlanRow,
    /// Mean over runs of this plan's makespan less the other's.
    pub makespan_difference: Interval,
    /// Tasks that this plan places more.
    pub placed_difference: i64,
}
