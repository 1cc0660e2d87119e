//! The report of `explain` as plain data.

use serde::Serialize;

use crate::{
    plan::Shortage,
    report::{FindingRow, Place},
};

/// Why a task is where it is, when it is, and not elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// Version of this format.
    pub format_version: u32,
    /// Hash of the normalised snapshot, the command and what it was asked.
    pub explanation_id: String,
    /// `as_of`, RFC 3339; null where every moment is relative.
    pub explanation_timestamp: Option<String>,
    /// The task.
    pub task: String,
    /// Where it stands in the input.
    pub place: Option<Place>,
    /// The strategy that it is explained under.
    pub strategy: &'static str,
    /// Where and when it runs; null where it has no place.
    pub placement: Option<PlacementRow>,
    /// Why not sooner, each a reason by itself.
    pub timing: Vec<Condition>,
    /// No plan finishes it sooner, seconds; null where none places it.
    pub earliest_finish: Option<f64>,
    /// Every agent, or the one asked for: where it is, then those that could have it, the nearest first.
    pub agents: Vec<AgentRow>,
    /// Agents for which the plan was made again with the task there.
    pub replanned: usize,
    /// Agents that could have it besides where it is.
    pub candidates: usize,
    /// The smallest set of facts that makes it impossible, or late; null where there is none.
    pub conflict: Option<ConflictRow>,
    /// Tasks that together need more than there is, this one among them.
    pub shortage: Option<Shortage>,
    /// What would help, the cheapest first, each confirmed by planning again.
    pub repairs: Vec<Repair>,
    /// What the user is told about.
    pub findings: Vec<FindingRow>,
    /// SHA-256 of the normalised snapshot.
    pub snapshot_sha256: String,
    /// Version of orch.
    pub version: &'static str,
}

/// Where and when the task runs.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PlacementRow {
    /// The agent.
    pub agent: String,
    /// Seconds after `as_of`.
    pub start: f64,
    /// Seconds after `as_of`.
    pub finish: f64,
    /// Load there.
    pub load: f64,
    /// Cost there.
    pub cost: f64,
    /// Seconds after its deadline; null where it has none.
    pub tardiness: Option<f64>,
}

/// Something that holds of the task or of an agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Condition {
    /// Stable word.
    pub code: &'static str,
    /// One sentence with the numbers.
    pub message: String,
    /// Where it comes from.
    pub place: Option<Place>,
}

impl Condition {
    /// A condition.
    pub fn new(code: &'static str, message: String, place: Option<Place>) -> Self {
        Self { code, message, place }
    }
}

/// An agent beside the task.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AgentRow {
    /// The agent.
    pub agent: String,
    /// The task is there.
    pub here: bool,
    /// It may run the task.
    pub eligible: bool,
    /// Every condition that fails there, the rest of the plan staying as it is.
    pub conditions: Vec<Condition>,
    /// What the task would be there; null where it may not run.
    pub offer: Option<OfferRow>,
    /// It could have the task if nothing else were planned.
    #[serde(skip)]
    pub possible: bool,
    /// What moving the task there costs; null where that was not planned.
    pub moving: Option<Moving>,
}

/// The task on an agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct OfferRow {
    /// Processing time, seconds.
    pub processing: f64,
    /// Load.
    pub load: f64,
    /// Cost.
    pub cost: f64,
    /// Earliest start beside everything else as planned, seconds.
    pub start: Option<f64>,
    /// Its finish.
    pub finish: Option<f64>,
}

/// The plan made again with the task fixed to an agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Moving {
    /// By how much the objective grows.
    pub objective_change: f64,
    /// By how much the priority placed grows.
    pub placed_change: f64,
    /// Tasks that go to other agents.
    pub displaced: Vec<String>,
    /// Others that lose their place.
    pub lost: Vec<String>,
    /// When the task is then finished, seconds; null where it has no place.
    pub finish: Option<f64>,
}

/// The smallest set of facts that makes a task impossible, or late.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ConflictRow {
    /// `placed` or `on_time`: what the facts rule out in every plan.
    pub rules_out: &'static str,
    /// The facts.
    pub facts: Vec<FactRow>,
    /// Taking any one of them away makes it possible.
    pub proven_minimal: bool,
}

/// A fact of the input.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FactRow {
    /// In words.
    pub fact: String,
    /// Where it stands.
    pub place: Option<Place>,
}

/// A change that makes the task possible, or on time.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Repair {
    /// What to change.
    pub change: String,
    /// Where.
    pub place: Option<Place>,
    /// Planned again, the task is placed (and on time), and nothing of higher priority lost.
    pub confirmed: bool,
    /// Tasks that lose their place by it.
    pub lost: Vec<String>,
}
