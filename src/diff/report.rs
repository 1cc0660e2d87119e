//! The report of `diff` as plain data, and nothing of how it looks.

use std::collections::BTreeMap;

use serde::Serialize;

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Report {
    /// Between two plans.
    Plans(Box<PlanDiff>),
    /// Between two snapshots.
    Snapshots(Box<SnapshotDiff>),
}

impl Report {
    /// Nothing did.
    pub fn same(&self) -> bool {
        match self {
            Self::Plans(d) => d.same,
            Self::Snapshots(d) => d.same,
        }
    }
}

/// Two plans. Moments are seconds after the `as_of` of the first.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PlanDiff {
    /// Version of this format.
    pub format_version: u32,
    /// Hash of what was compared.
    pub diff_id: String,
    /// `plans`.
    pub kind: &'static str,
    /// The same tasks stand on the same agents at the same moments.
    pub same: bool,
    /// The first plan.
    pub a: PlanSide,
    /// The second.
    pub b: PlanSide,
    /// How much later the second counts from; its moments are moved by it. 0 where one of them has no `as_of`.
    pub shift_seconds: f64,
    /// How many of what.
    pub counts: PlanCounts,
    /// Component → its value in both, where either has it.
    pub objective: BTreeMap<String, Figure>,
    /// On another agent, by id.
    pub moved: Vec<TaskMove>,
    /// Placed in the second alone, by id.
    pub added: Vec<TaskRow>,
    /// Placed in the first alone, by id.
    pub lost: Vec<TaskRow>,
    /// On the same agent, done sooner (or begun sooner, where it is done at the same time); the most first.
    pub earlier: Vec<Shift>,
    /// On the same agent, done later; the most first.
    pub later: Vec<Shift>,
    /// Agents that one of the plans alone names.
    pub agents: AgentChange,
    /// Version of orch.
    pub version: &'static str,
    /// The same input gives the same bytes on any machine.
    pub deterministic: bool,
}

/// One of two plans.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PlanSide {
    /// The file.
    pub file: String,
    /// Its `distribution_id`.
    pub id: Option<String>,
    /// Its `as_of`.
    pub timestamp: Option<String>,
    /// Its strategy.
    pub strategy: Option<String>,
    /// Tasks that it places.
    pub placed: usize,
    /// Tasks of which it says that it does not.
    pub unassigned: usize,
}

/// How many tasks of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct PlanCounts {
    /// The same agent and the same moments.
    pub unchanged: usize,
    /// Another agent.
    pub moved: usize,
    /// In the second alone.
    pub added: usize,
    /// In the first alone.
    pub lost: usize,
    /// The same agent, sooner.
    pub earlier: usize,
    /// The same agent, later.
    pub later: usize,
}

/// A figure in both plans.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Figure {
    /// In the first; null where it has none.
    pub before: Option<f64>,
    /// In the second; null where it has none.
    pub after: Option<f64>,
    /// The difference; null where either has none.
    pub change: Option<f64>,
}

/// A task on another agent.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TaskMove {
    /// The task.
    pub task: String,
    /// Where it was.
    pub from: String,
    /// Where it is.
    pub to: String,
    /// When it began.
    pub start_before: f64,
    /// When it begins.
    pub start_after: f64,
    /// When it was done.
    pub finish_before: f64,
    /// When it is done.
    pub finish_after: f64,
}

/// A task that one of the plans alone places.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TaskRow {
    /// The task.
    pub task: String,
    /// On which agent.
    pub agent: String,
    /// From when.
    pub start: f64,
    /// Until when.
    pub finish: f64,
    /// Why the other plan does not place it, by its own words; null where it does not say, or does not know the task.
    pub reason: Option<String>,
}

/// A task at other moments.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Shift {
    /// The task.
    pub task: String,
    /// Its agent.
    pub agent: String,
    /// When it began.
    pub start_before: f64,
    /// When it begins.
    pub start_after: f64,
    /// When it was done.
    pub finish_before: f64,
    /// When it is done.
    pub finish_after: f64,
    /// By how much it is done later; below 0 sooner.
    pub by: f64,
}

/// Agents that one of the plans alone names, by id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct AgentChange {
    /// The second.
    pub added: Vec<String>,
    /// The first.
    pub lost: Vec<String>,
}

/// Two snapshots.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SnapshotDiff {
    /// Version of this format.
    pub format_version: u32,
    /// Hash of what was compared.
    pub diff_id: String,
    /// `snapshots`.
    pub kind: &'static str,
    /// Both mean the same, however they are written.
    pub same: bool,
    /// The first snapshot.
    pub a: SnapshotSide,
    /// The second.
    pub b: SnapshotSide,
    /// How many of what.
    pub counts: SnapshotCounts,
    /// In the second alone, by section and id.
    pub added: Vec<Thing>,
    /// In the first alone, by section and id.
    pub lost: Vec<Thing>,
    /// In both, with another value; by section, id and field.
    pub changed: Vec<FieldChange>,
    /// Version of orch.
    pub version: &'static str,
    /// The same input gives the same bytes on any machine.
    pub deterministic: bool,
}

/// One of two snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SnapshotSide {
    /// The file.
    pub file: String,
    /// SHA-256 of the normalised snapshot.
    pub snapshot_sha256: String,
    /// Section → things in it.
    pub things: BTreeMap<String, usize>,
}

/// How many of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct SnapshotCounts {
    /// Things in the second alone.
    pub added: usize,
    /// Things in the first alone.
    pub lost: usize,
    /// Things in both with some other value.
    pub changed: usize,
    /// Their fields.
    pub fields: usize,
}

/// A thing of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Thing {
    /// `agents`, `tasks`, `network.links` …
    pub section: String,
    /// Its id, or what tells it apart.
    pub id: String,
    /// The file.
    pub file: String,
    /// The line.
    pub line: Option<u32>,
}

/// A field with another value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FieldChange {
    /// `agents`, `tasks`, `network.links` …
    pub section: String,
    /// The thing's id; empty for what belongs to the snapshot as a whole.
    pub id: String,
    /// The field.
    pub field: String,
    /// As typed in the first; null where it is not given.
    pub before: Option<String>,
    /// As typed in the second; null where it is not given.
    pub after: Option<String>,
    /// Line in the first.
    pub line_before: Option<u32>,
    /// Line in the second.
    pub line_after: Option<u32>,
}
