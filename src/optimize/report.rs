//! The report of `optimize` as plain data: the keys of model.md, section 5, and nothing of how it looks.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    bottlenecks::Confirmation,
    change::{Kind, Risk},
    duals::DualPrice,
    measure::Metrics,
};
use crate::{patch::Op, report::FindingRow};

/// An optimization. Moments and spans are seconds.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// Version of this format.
    pub format_version: u32,
    /// Hash of the normalised snapshot, the command and the options that can change the answer.
    pub optimization_id: String,
    /// `as_of`, RFC 3339; null where every moment is relative.
    pub optimization_timestamp: Option<String>,
    /// What plans are best at.
    pub strategy: &'static str,
    /// How much work a finished plan may cost.
    pub effort: &'static str,
    /// What the figures before are of: `plan`, `baseline` or `planned` where there was neither.
    pub current_plan: &'static str,
    /// The fleet under the current plan.
    pub performance_metrics: Performance,
    /// What binds, the worst first.
    pub bottleneck_analysis: Vec<BottleneckRow>,
    /// Agents on every critical path of the current plan, by id.
    pub critical_agents: Vec<CriticalAgent>,
    /// What could be changed, each planned again, the best first.
    pub optimization_opportunities: Vec<Opportunity>,
    /// The changes that the proposed snapshot (`--emit snapshot`) includes. Nothing else was touched.
    pub implemented_optimizations: Vec<Implemented>,
    /// Figure → what it was, what it is when the proposed snapshot is planned, and the difference.
    pub performance_improvements: BTreeMap<&'static str, Improvement>,
    /// What was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<TargetRow>,
    /// How the cheapest changes were looked for; null where there were too many to plan them all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_search: Option<TargetSearch>,
    /// Gain against cost: the sets of changes on the way to the proposal, each planned again.
    pub frontier: Vec<FrontierRow>,
    /// Both plans run many times with failures and varying durations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulation: Option<Simulated>,
    /// Scenarios of `--what-if`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub what_if: Vec<ScenarioRow>,
    /// Growth of `--grow`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub growth: Vec<GrowthRow>,
    /// Losses of `--n-minus`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub n_minus: Vec<LossRow>,
    /// What the user is told about.
    pub findings: Vec<FindingRow>,
    /// SHA-256 of the normalised snapshot.
    pub snapshot_sha256: String,
    /// Version of orch.
    pub version: &'static str,
    /// The same input gives the same bytes on any machine.
    pub deterministic: bool,
}

/// The fleet under a plan.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Performance {
    /// Of the whole.
    #[serde(flatten)]
    pub fleet: Metrics,
    /// Touched agent → its part.
    pub by_agent: BTreeMap<String, AgentPart>,
    /// Type → its part.
    pub by_type: BTreeMap<String, TypePart>,
    /// What `history` says, by agent and metric.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<PastRow>,
}

/// An agent's part of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AgentPart {
    /// Its utilization (model.md, section 3).
    pub utilization: f64,
    /// Share of the makespan that its slots work.
    pub busy_share: f64,
    /// Load it holds.
    pub load: f64,
    /// Tasks it runs.
    pub tasks: usize,
    /// What they cost.
    pub cost: f64,
}

/// A type's part of a plan: means over its touched agents.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, schemars::JsonSchema)]
pub struct TypePart {
    /// Touched agents.
    pub agents: usize,
    /// Mean utilization.
    pub utilization: f64,
    /// Mean share of the makespan that their slots work.
    pub busy_share: f64,
    /// Load they hold.
    pub load: f64,
    /// Tasks they run.
    pub tasks: usize,
    /// What those cost.
    pub cost: f64,
}

/// One metric of one agent over time.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PastRow {
    /// The agent.
    pub agent: String,
    /// The metric.
    pub metric: String,
    /// Measurements.
    pub count: usize,
    /// Median.
    pub median: f64,
    /// Median absolute deviation.
    pub mad: f64,
    /// 5th, 25th, 75th and 95th percentiles.
    pub quantiles: [f64; 4],
    /// Measurements more than three robust standard deviations from the median: moment and value.
    pub breaches: Vec<[f64; 2]>,
    /// Slope per hour (Theil and Sen); null where it may be chance (Mann and Kendall, 5 %).
    pub trend_per_hour: Option<f64>,
    /// Moments from which the level is another (binary segmentation, Bayesian information criterion).
    pub change_points: Vec<f64>,
}

/// Something that binds.
#[derive(Debug, Clone, PartialEq, Default, Serialize, schemars::JsonSchema)]
pub struct BottleneckRow {
    /// Stable word.
    pub kind: &'static str,
    /// One sentence.
    pub message: String,
    /// No plan is shorter, seconds.
    pub makespan_bound: f64,
    /// That over the current makespan; null where that is 0.
    pub share_of_makespan: Option<f64>,
    /// Priority that it leaves without a place.
    pub unplaced_priority: f64,
    /// Agents it is about.
    pub agents: Vec<String>,
    /// Their type, where they have one in common.
    #[serde(rename = "type")]
    pub agent_type: Option<String>,
    /// The capability it is about.
    pub capability: Option<String>,
    /// The shared resource it is about.
    pub resource: Option<String>,
    /// The ends of the link it is about.
    pub link: Option<[String; 2]>,
    /// Tasks that need it, the first of them.
    pub tasks: Vec<String>,
    /// Figures it rests on.
    pub evidence: BTreeMap<&'static str, f64>,
    /// One unit more, planned again; null where no unit is known or it was not among the first.
    pub one_unit_more: Option<Confirmation>,
    /// Prices of what it is about in the strategy's relaxation, each planned again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dual_prices: Vec<DualPrice>,
}

/// An agent on every critical path.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CriticalAgent {
    /// The agent.
    pub agent: String,
    /// Share of the makespan that its slots do nothing.
    pub idle_share: f64,
}

/// A change that was tried.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Opportunity {
    /// Its name in this report.
    pub id: String,
    /// What is changed.
    pub kind: &'static str,
    /// One sentence.
    pub title: String,
    /// Agents it is about.
    pub agents: Vec<String>,
    /// Tasks it is about.
    pub tasks: Vec<String>,
    /// Money over the plan, below 0 where it saves; null where the snapshot names no price.
    pub cost: Option<f64>,
    /// How much may go wrong.
    pub risk: Option<Risk>,
    /// Why so.
    pub risk_reason: String,
    /// Figure → replanned value less that of the same planner without the change.
    pub gain: BTreeMap<&'static str, f64>,
    /// It could be proposed by itself.
    pub sound: bool,
    /// It is in the proposed snapshot.
    pub proposed: bool,
}

/// A change in the proposed snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Implemented {
    /// Its name in this report.
    pub id: String,
    /// What is changed.
    pub kind: &'static str,
    /// One sentence.
    pub title: String,
    /// Agents it is about.
    pub agents: Vec<String>,
    /// Money over the plan.
    pub cost: Option<f64>,
    /// How much may go wrong.
    pub risk: Option<Risk>,
    /// Its edits of the document (RFC 6902); none where only the plan changes.
    pub operations: Vec<Op>,
}

/// A figure before and after.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Improvement {
    /// Under the current plan.
    pub before: Option<f64>,
    /// Under the plan of the proposed snapshot.
    pub after: Option<f64>,
    /// after − before.
    pub change: Option<f64>,
    /// That over before; null where before is 0.
    pub change_share: Option<f64>,
}

/// A target.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TargetRow {
    /// As written.
    pub target: String,
    /// The figure before.
    pub before: Option<f64>,
    /// The figure of the proposal.
    pub after: Option<f64>,
    /// It is reached.
    pub reached: bool,
    /// What prevents more.
    pub prevented_by: Option<String>,
    /// No set of the changes that were found reaches all targets: each was planned.
    pub proven_out_of_reach: bool,
}

/// How the cheapest set that reaches the targets was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TargetSearch {
    /// Changes that sets were made of.
    pub candidates: usize,
    /// Sets planned as `distribute` plans, the cheapest first.
    pub sets_planned: usize,
    /// Money that the chosen set takes, as far as prices are known; savings do not count against it.
    pub money: f64,
    /// Every set that is cheaper, of all changes that were found, was planned and misses a target.
    pub proven_minimal: bool,
}

/// A set of changes on the way.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FrontierRow {
    /// Number of changes.
    pub changes: usize,
    /// Of which kinds, with their numbers.
    pub kinds: BTreeMap<&'static str, usize>,
    /// Money for them, as far as prices are known.
    pub money: f64,
    /// Makespan.
    pub makespan: f64,
    /// Fixed and running.
    pub cost_total: f64,
    /// Waste.
    pub waste: Option<f64>,
    /// Weighted tardiness.
    pub weighted_tardiness: f64,
    /// Tasks without a place.
    pub unplaced_tasks: usize,
}

/// Both plans under simulation.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Simulated {
    /// Runs of each plan, on the same random numbers.
    pub runs: usize,
    /// Seed.
    pub seed: u64,
    /// The current plan.
    pub before: SimulatedPlan,
    /// The plan of the proposed snapshot.
    pub after: SimulatedPlan,
}

/// A plan under simulation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SimulatedPlan {
    /// Mean makespan.
    pub makespan_mean: f64,
    /// Its median and 95th percentile.
    pub makespan_p50: f64,
    /// Its 95th percentile.
    pub makespan_p95: f64,
    /// Mean number of missed deadlines.
    pub deadlines_missed: f64,
}

/// A scenario, planned.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ScenarioRow {
    /// Its name.
    pub name: String,
    /// What it changes.
    pub changes: usize,
    /// How its plan was made: as `distribute` plans (`anew`, and the effort), or `from today's plan, or at once` where scenarios
    /// are too many for that.
    pub planned: &'static str,
    /// What its plan is worth; null where it cannot be planned.
    pub metrics: Option<Metrics>,
    /// Why it cannot be planned.
    pub problem: Option<String>,
}

/// A growth of all load.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct GrowthRow {
    /// Loads and durations times this.
    pub factor: f64,
    /// What its plan is worth.
    pub metrics: Metrics,
    /// Capability → load asked over room of its holders.
    pub capabilities: BTreeMap<String, f64>,
    /// Capabilities that run out, the worst first.
    pub run_out: Vec<String>,
    /// Capability → times the load of today at which its holders are full; those without a limit are left out.
    pub full_at: BTreeMap<String, f64>,
    /// Time to be held, seconds: that of today, or what chains, links and shared resources take however many agents
    /// there are.
    pub within: f64,
    /// Everything that has a place today is placed in that time, with the agents to add where there are any.
    pub enough: bool,
    /// Type → agents to add for that; where it is not enough, as far as they help.
    pub add: BTreeMap<String, usize>,
    /// What they cost to have.
    pub add_cost: f64,
    /// What the plan with them is worth; null where none help.
    pub with_them: Option<Metrics>,
}

/// The loss of an agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LossRow {
    /// The agent.
    pub agent: String,
    /// Tasks that have no place then, and have one now.
    pub unplaced: Vec<String>,
    /// Tasks that are late then, and are not now.
    pub late: Vec<String>,
    /// Makespan then.
    pub makespan: f64,
    /// Σ priority · tardiness then.
    pub weighted_tardiness: f64,
    /// How that was planned: see [`ScenarioRow::planned`].
    pub planned: &'static str,
    /// What stands in the way of planning at all.
    pub problem: Option<String>,
}

/// The word of a kind of change, or of planning again alone.
pub fn word(kind: Option<Kind>) -> &'static str {
    kind.map_or("rebalance", Kind::name)
}
