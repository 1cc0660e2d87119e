//! A task: what it needs, how long it takes, when it may run and with whom.

use std::collections::BTreeMap;

use super::{AgentIx, DataIx, DimIx, KindIx, Location, Ms, ResourceIx, SkillIx, TaskIx};

/// A precedence: the task waits for another's finish and its output's transfer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dependency {
    /// The predecessor.
    pub task: TaskIx,
    /// Size of its output, MB.
    pub data_mb: f64,
    /// A wish only: a last tie-break.
    pub soft: bool,
}

/// A name that stands for an agent id, an agent type, or both where they coincide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// The agent of that id.
    pub agent: Option<AgentIx>,
    /// The type of that name.
    pub kind: Option<KindIx>,
}

impl Who {
    /// True where the name means agent `ix` of type `kind`.
    pub fn means(self, ix: AgentIx, kind: Option<KindIx>) -> bool {
        self.agent == Some(ix) || (self.kind.is_some() && self.kind == kind)
    }
}

/// Figures given for a task on an agent or a type of agent; absent ones follow the formula.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Estimate {
    /// Load.
    pub load: Option<f64>,
    /// Cost.
    pub cost: Option<f64>,
    /// Duration, exact milliseconds.
    pub duration_ms: Option<f64>,
}

impl Estimate {
    /// This estimate with its gaps filled from `weaker`.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        Self {
            load: self.load.or(weaker.load),
            cost: self.cost.or(weaker.cost),
            duration_ms: self.duration_ms.or(weaker.duration_ms),
        }
    }
}

/// One task (model.md, section 2).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Task {
    /// Unique id.
    pub id: String,
    /// Type.
    pub kind: Option<KindIx>,
    /// Capabilities with the least proficiency asked for (0 where none was given), by [`SkillIx`].
    pub requires: Vec<(SkillIx, f64)>,
    /// Load units.
    pub estimated_load: f64,
    /// Nominal duration, exact milliseconds.
    pub duration_ms: f64,
    /// Weight, 0 or more.
    pub priority: f64,
    /// Complexity, used by the greedy baseline only.
    pub complexity: f64,
    /// Earliest start, rounded up.
    pub release: Ms,
    /// Due moment, rounded down.
    pub deadline: Option<Ms>,
    /// Precedences, by task.
    pub depends_on: Vec<Dependency>,
    /// Predecessors that the snapshot does not have, by id: an error for a plan, a conflict for `resolve`.
    pub missing: Vec<(String, Location)>,
    /// Shared resources it uses, by [`ResourceIx`].
    pub uses: Vec<(ResourceIx, f64)>,
    /// Demands on the agent's resources or budgets, by [`DimIx`].
    pub demand: Vec<(DimIx, f64)>,
    /// Data sets it reads.
    pub reads: Vec<DataIx>,
    /// Data sets it writes.
    pub writes: Vec<DataIx>,
    /// Agents or types it may run on; `None` is all.
    pub allowed: Option<Vec<Who>>,
    /// Agents or types it may not run on.
    pub forbidden: Vec<Who>,
    /// The one agent it must run on.
    pub pinned: Option<AgentIx>,
    /// Tasks on the same agent, or none of them placed.
    pub together: Vec<TaskIx>,
    /// Tasks on different agents.
    pub apart: Vec<TaskIx>,
    /// Figures by agent id, sorted; rows of the top-level table stand over inline ones.
    pub estimates_by_agent: Vec<(AgentIx, Estimate)>,
    /// Figures by agent type, sorted; inline ones stand over rows of the top-level table.
    pub estimates_by_kind: Vec<(KindIx, Estimate)>,
    /// Free labels.
    pub labels: BTreeMap<String, String>,
    /// Where it was written.
    pub location: Location,
}
