//! What runs, is held, waited for and demanded now.

use super::{AgentIx, DataIx, Location, Ms, ResourceIx, TaskIx};

/// A task in progress.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    /// Its id, as written.
    pub task: String,
    /// The task, where it is of this batch.
    pub task_ix: Option<TaskIx>,
    /// The agent it runs on.
    pub agent: AgentIx,
    /// When it will be done.
    pub until: Ms,
    /// Where it was written.
    pub location: Location,
}

/// Whether a hold tolerates others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HoldMode {
    /// Others may hold the rest.
    #[default]
    Shared,
    /// Nobody else may hold any of it.
    Exclusive,
}

/// An allocation or a hold of a shared resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Hold {
    /// Task or agent, as written.
    pub holder: String,
    /// The holder, where it is a task of this batch.
    pub task: Option<TaskIx>,
    /// The holder, where it is an agent.
    pub agent: Option<AgentIx>,
    /// What is held.
    pub resource: ResourceIx,
    /// How much.
    pub amount: f64,
    /// From when (may lie before `as_of`).
    pub since: Ms,
    /// Until when; [`super::NEVER`] where open-ended.
    pub until: Ms,
    /// Shared or exclusive.
    pub mode: HoldMode,
    /// Where it was written.
    pub location: Location,
}

/// Whether one of several waits suffices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WaitMode {
    /// All waits of the holder must be served.
    #[default]
    All,
    /// Any of them is enough.
    Any,
}

/// A wait for a resource or for another holder.
#[derive(Debug, Clone, PartialEq)]
pub struct Wait {
    /// Who waits, as written.
    pub holder: String,
    /// For what: a resource or a holder, as written.
    pub target: String,
    /// The resource, where it is one.
    pub resource: Option<ResourceIx>,
    /// How much of it.
    pub amount: f64,
    /// Since when.
    pub since: Ms,
    /// All or any.
    pub mode: WaitMode,
    /// Where it was written.
    pub location: Location,
}

/// What a stakeholder wants done first.
#[derive(Debug, Clone, PartialEq)]
pub struct Directive {
    /// Who wants it.
    pub stakeholder: String,
    /// Weight of the stakeholder.
    pub weight: Option<f64>,
    /// Tasks in the wanted order.
    pub order: Vec<TaskIx>,
    /// A wanted priority of one task.
    pub priority: Option<(TaskIx, f64)>,
    /// Where it was written.
    pub location: Location,
}

/// A target for one metric of an agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// The agent.
    pub agent: AgentIx,
    /// The metric's name.
    pub metric: String,
    /// The target.
    pub target: f64,
    /// Where it was written.
    pub location: Location,
}

/// How data is accessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessMode {
    /// Reads.
    Read,
    /// Writes.
    Write,
}

/// An access to a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    /// Task or agent, as written.
    pub holder: String,
    /// The data set.
    pub data: DataIx,
    /// Read or write.
    pub mode: AccessMode,
    /// Start.
    pub from: Ms,
    /// End; [`super::NEVER`] where open-ended.
    pub until: Ms,
    /// Version read, or produced.
    pub version: Option<u64>,
    /// Where it was written.
    pub location: Location,
}

/// Everything under `state`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// Tasks in progress.
    pub running: Vec<Running>,
    /// Allocations of shared resources.
    pub allocations: Vec<Hold>,
    /// Holds of shared resources.
    pub holds: Vec<Hold>,
    /// Waits.
    pub waits: Vec<Wait>,
    /// Directives of stakeholders.
    pub directives: Vec<Directive>,
    /// Targets of agents.
    pub objectives: Vec<Objective>,
    /// Accesses to data.
    pub accesses: Vec<Access>,
}
