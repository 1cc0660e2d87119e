//! The report of `distribute` as plain data: the keys of model.md, section 4, and nothing of how it looks.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Replanning;
use crate::{report::FindingRow, schedule::proof::Certificate};

/// A distribution. Maps are by id; moments are seconds after `as_of`.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// Version of this format.
    pub format_version: u32,
    /// Hash of the normalised snapshot, the command and the options that can change the answer.
    pub distribution_id: String,
    /// `as_of`, RFC 3339; null where every moment is relative.
    pub distribution_timestamp: Option<String>,
    /// Tasks of the batch.
    pub task_batch_size: usize,
    /// The strategy.
    pub distribution_strategy: &'static str,
    /// Agent → load it holds before the plan.
    pub current_loads: BTreeMap<String, f64>,
    /// Task → number of eligible agents.
    pub capability_matches: BTreeMap<String, usize>,
    /// Agent → its tasks by start. Every agent of the snapshot is there.
    pub agent_assignments: BTreeMap<String, Vec<AssignmentRow>>,
    /// Task → why it has no place.
    pub unassigned_tasks: BTreeMap<String, Unassigned>,
    /// What the plan is worth, and what no plan can beat.
    pub objective: ObjectiveReport,
    /// What proves the objective's bound; `orch verify` recomputes it.
    pub certificate: Certificate,
    /// How evenly the plan loads the agents.
    pub load_balancing_metrics: LoadBalancing,
    /// What is to be expected when the plan runs.
    pub performance_predictions: Predictions,
    /// What to look at, each with its evidence.
    pub optimization_recommendations: Vec<Recommendation>,
    /// The plan beside two simple ones.
    pub baseline_comparison: BaselineComparison,
    /// The plan beside the earlier one that it began from; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replanning: Option<Replanning>,
    /// What the user is told about.
    pub findings: Vec<FindingRow>,
    /// SHA-256 of the normalised snapshot.
    pub snapshot_sha256: String,
    /// Version of orch.
    pub version: &'static str,
    /// The same input gives the same bytes on any machine.
    pub deterministic: bool,
}

/// A placed task.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AssignmentRow {
    /// The task.
    pub task: String,
    /// Seconds after `as_of`.
    pub start: f64,
    /// Seconds after `as_of`.
    pub finish: f64,
    /// Load on this agent.
    pub load: f64,
    /// Cost on this agent.
    pub cost: f64,
}

/// Why a task has no place.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Unassigned {
    /// Every reason, summed over agents.
    pub reasons: Vec<ReasonRow>,
}

/// One reason, and the agents it holds for.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ReasonRow {
    /// Stable word.
    pub code: &'static str,
    /// One sentence with the numbers.
    pub message: String,
    /// Number of agents it holds for; 0 where it holds for the task itself.
    pub count: usize,
    /// The first of these agents by id, at most [`MAX_AGENTS`](super::MAX_AGENTS).
    pub agents: Vec<String>,
}

/// The four components of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ComponentsReport {
    /// Σ cost.
    pub cost: f64,
    /// Greatest utilization over touched agents.
    pub max_utilization: f64,
    /// Latest finish, seconds.
    pub makespan: f64,
    /// Σ priority · tardiness, priority seconds.
    pub weighted_tardiness: f64,
}

/// What the plan is worth.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ObjectiveReport {
    /// The strategy.
    pub strategy: &'static str,
    /// The component that it puts first.
    pub name: &'static str,
    /// Its value on this plan.
    pub value: f64,
    /// What no plan that places the same tasks can beat.
    pub bound: Option<f64>,
    /// The argument that proves the bound.
    pub bound_method: Option<&'static str>,
    /// value − bound.
    pub gap_absolute: Option<f64>,
    /// `gap_absolute` / |bound|; 0 when equal, null when the bound is 0 below the value.
    pub gap: Option<f64>,
    /// Both stages are proven.
    pub proven_optimal: bool,
    /// All four components.
    pub components: ComponentsReport,
    /// The stage that comes first: how much is placed.
    pub placement: PlacementReport,
    /// `optimal`, `feasible` or `limit`.
    pub status: &'static str,
    /// Hybrid only: component → weight.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<&'static str, f64>,
    /// Hybrid only: component → the proven bound it is divided by.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub references: BTreeMap<&'static str, f64>,
    /// Hybrid only: components left out because their reference is 0; absent where all take part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped_terms: Vec<&'static str>,
}

/// How much is placed.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PlacementReport {
    /// Σ priority of placed tasks.
    pub value: f64,
    /// No plan places more.
    pub bound: f64,
    /// The bound is met.
    pub proven_optimal: bool,
    /// What proves the bound; absent where it is the priority of all that some agent could have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
}

/// How evenly the plan loads the agents. Statistics are over touched agents, idle ones included.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LoadBalancing {
    /// Agent → current plus assigned load. Every agent of the snapshot is there.
    pub agent_loads: BTreeMap<String, f64>,
    /// Touched agent → utilization.
    pub agent_utilization: BTreeMap<String, f64>,
    /// `share` of capacity or budget, or `load` where some touched agent limits nothing.
    pub utilization_measure: &'static str,
    /// Population variance of utilization.
    pub load_distribution_variance: f64,
    /// Standard deviation of utilization over its mean; 0 where the mean is 0.
    pub coefficient_of_variation: f64,
    /// Jain's index (Σu)² / (n · Σu²); 1 where all are equal.
    pub jain_index: f64,
    /// Σ load / Σ capacity of touched agents that have a capacity; null where none has.
    pub utilization_efficiency: Option<f64>,
    /// Touched agents at or above the threshold, and those on every critical path.
    pub bottleneck_agents: Vec<String>,
    /// Touched agents at or below the threshold.
    pub underutilized_agents: Vec<String>,
    /// 1 − Σ provisioned · utilization / Σ provisioned over touched agents, provisioned being `cost_fixed`,
    /// or capacity where no agent has one; null where nothing is provisioned or the measure is load.
    pub waste: Option<f64>,
}

/// What is to be expected when the plan runs.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Predictions {
    /// Latest finish, seconds.
    pub makespan: f64,
    /// The moment of the latest finish, RFC 3339; null without `as_of`.
    pub completion: Option<String>,
    /// Agent with tasks → when it is done, seconds.
    pub agent_completion: BTreeMap<String, f64>,
    /// Mean over touched agents of the share of the makespan that their slots work.
    pub mean_busy_share: f64,
    /// Mean utilization over touched agents.
    pub mean_utilization: f64,
    /// Placed tasks per hour of makespan; null where the makespan is 0.
    pub throughput_per_hour: Option<f64>,
    /// Placed tasks with a deadline.
    pub deadlines: usize,
    /// Those that are kept.
    pub deadlines_kept: usize,
    /// Tasks that finish late, the latest first.
    pub late_tasks: Vec<LateTask>,
    /// Σ over placed tasks of `error_rate` / (1 − `error_rate`): attempts beyond the first (geometric).
    pub expected_retries: f64,
    /// Probability that no attempt fails: Π (1 − `error_rate`) over placed tasks.
    pub failure_free_probability: f64,
}

/// A task that finishes late.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LateTask {
    /// The task.
    pub task: String,
    /// Where it runs.
    pub agent: String,
    /// When it was due, seconds.
    pub deadline: f64,
    /// When it finishes, seconds.
    pub finish: f64,
    /// The difference, seconds.
    pub tardiness: f64,
    /// Its weight.
    pub priority: f64,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Recommendation {
    /// Stable word.
    pub code: &'static str,
    /// What to consider, in one sentence.
    pub message: String,
    /// The agents it is about; at most [`MAX_AGENTS`](super::MAX_AGENTS).
    pub agents: Vec<String>,
    /// The tasks it is about; likewise.
    pub tasks: Vec<String>,
    /// The figures it rests on.
    pub evidence: BTreeMap<&'static str, Evidence>,
}

/// A figure or a word that a recommendation rests on.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Evidence {
    /// A count.
    Count(usize),
    /// A figure.
    Figure(f64),
    /// A word or an id.
    Word(String),
}

/// The plan beside two simple ones.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BaselineComparison {
    /// Tasks in topological order, each to the next eligible agent with room.
    pub round_robin: BaselineRow,
    /// By priority, then complexity, each to the agent that finishes it first.
    pub greedy: BaselineRow,
}

/// A simple plan.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BaselineRow {
    /// Tasks it places.
    pub placed: usize,
    /// Σ priority of these.
    pub priority_placed: f64,
    /// Of these, late ones.
    pub late_tasks: usize,
    /// All four components.
    pub components: ComponentsReport,
    /// 1 − makespan of this plan / makespan of the baseline; null where the baseline's is 0.
    pub improvement: Option<f64>,
}
