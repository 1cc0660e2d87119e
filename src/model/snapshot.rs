//! One snapshot: agents, tasks, network, state and policies at one moment.

use jiff::Timestamp;

use super::{Agent, AgentIx, Location, Ms, Network, Policies, State, Task, TaskIx};

/// The words behind interned names, each sorted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Names {
    /// Capabilities, by [`super::SkillIx`].
    pub skills: Vec<String>,
    /// Dimensions, by [`super::DimIx`].
    pub dims: Vec<String>,
    /// Types of agents and tasks, by [`super::KindIx`].
    pub kinds: Vec<String>,
    /// Zones, by [`super::ZoneIx`].
    pub zones: Vec<String>,
}

/// A past measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    /// When.
    pub time: Ms,
    /// Of which agent, as written.
    pub agent: String,
    /// Which metric.
    pub metric: String,
    /// Its value.
    pub value: f64,
}

/// What every command reads. Lists are sorted by id; indices are positions in them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// The plan's now; `None` where every moment is relative.
    pub as_of: Option<Timestamp>,
    /// Agents, by id.
    pub agents: Vec<Agent>,
    /// Tasks, by id.
    pub tasks: Vec<Task>,
    /// Links, services, data and shared resources.
    pub network: Network,
    /// What runs now.
    pub state: State,
    /// How to judge.
    pub policies: Policies,
    /// Past measurements.
    pub history: Vec<HistoryRow>,
    /// Interned names.
    pub names: Names,
    /// Files read, in order; [`Location::file`] points here.
    pub files: Vec<String>,
    /// SHA-256 of the normalised snapshot, hexadecimal.
    pub sha256: String,
}

impl Snapshot {
    /// The agent at `ix`.
    pub fn agent(&self, ix: AgentIx) -> &Agent {
        &self.agents[ix.at()]
    }

    /// The task at `ix`.
    pub fn task(&self, ix: TaskIx) -> &Task {
        &self.tasks[ix.at()]
    }

    /// Every agent's index, by id.
    pub fn agent_ixs(&self) -> impl Iterator<Item = AgentIx> + use<> {
        (0..self.agents.len() as u32).map(AgentIx)
    }

    /// Every task's index, by id.
    pub fn task_ixs(&self) -> impl Iterator<Item = TaskIx> + use<> {
        (0..self.tasks.len() as u32).map(TaskIx)
    }

    /// The agent of an id.
    pub fn find_agent(&self, id: &str) -> Option<AgentIx> {
        self.agents.binary_search_by(|a| a.id.as_str().cmp(id)).ok().map(AgentIx::of)
    }

    /// The task of an id.
    pub fn find_task(&self, id: &str) -> Option<TaskIx> {
        self.tasks.binary_search_by(|t| t.id.as_str().cmp(id)).ok().map(TaskIx::of)
    }

    /// The file's name at a location; empty where the thing was built in memory.
    pub fn file(&self, location: Location) -> &str {
        self.files.get(location.file as usize).map_or("", String::as_str)
    }
}
