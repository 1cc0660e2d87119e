//! What a plan carries to prove its bound: plain data with ids and whole numbers, checked by [`super::check`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A component of the objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Σ cost, money.
    Cost,
    /// Greatest utilization (or load).
    MaxUtilization,
    /// Latest finish, seconds.
    Makespan,
    /// Σ priority · tardiness, priority seconds.
    WeightedTardiness,
    /// Σ weight · component / reference.
    Hybrid,
    /// Σ priority of placed tasks: the bound lies above.
    Placement,
}

/// Integers per unit of the input: an amount counts as `floor(amount · unit + 1e-4)`, what is offered as
/// `ceil(offered · unit − 1e-4)`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Units {
    /// Of money.
    pub cost: f64,
    /// Of load.
    pub load: f64,
    /// Of a task counted against `max_tasks`.
    pub task: f64,
    /// Of priority (`placement`).
    #[serde(default, skip_serializing_if = "is_unused")]
    pub priority: f64,
    /// Dimension → integers per unit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, f64>,
    /// Shared resource → integers per unit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resources: BTreeMap<String, f64>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_unused(unit: &f64) -> bool {
    *unit == 0.0
}

/// Prices of what is scarce, whole numbers per integer amount; what is not named is free.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// Agent → price of its capacity for load.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub load: BTreeMap<String, i64>,
    /// Agent → price of its load below the level (`max_utilization`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub level: BTreeMap<String, i64>,
    /// Agent → dimension → price of its use of a budget below the level (`max_utilization`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub level_budget: BTreeMap<String, BTreeMap<String, i64>>,
    /// Agent → price of a task that it may have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tasks: BTreeMap<String, i64>,
    /// Agent → price of a millisecond of a slot.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub work: BTreeMap<String, i64>,
    /// Agent → dimension → price of its budget.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub budget: BTreeMap<String, BTreeMap<String, i64>>,
    /// Agent → dimension → price of a millisecond of its resource.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resources: BTreeMap<String, BTreeMap<String, i64>>,
    /// Shared resource → price of its budget.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shared_budget: BTreeMap<String, i64>,
    /// Shared resource → price of a millisecond of its capacity.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shared: BTreeMap<String, i64>,
}

/// A step of a critical path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The task.
    pub task: String,
    /// The steps before it whose outputs it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// No plan finishes it sooner, seconds.
    pub finish: f64,
}

/// A task that cannot be on time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// The task.
    pub task: String,
    /// No plan finishes it sooner, seconds.
    pub finish: f64,
}

/// What proves a bound, for all plans that place the same tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Certificate {
    /// The proof was a search or an enumeration, or there is no bound: nothing to check.
    None {
        /// The component.
        proves: Component,
        /// Its bound, which has to be believed.
        bound: Option<f64>,
    },
    /// Prices: each task pays at least its cheapest agent, and what is offered is worth what its price says
    /// (Lagrangian duality). For `cost` the bound is
    /// `(Σ min(cost · 2^shift + Σ price · amount) − Σ price · offered) / 2^shift`; for `max_utilization` and
    /// `makespan` it is `(Σ min Σ price · amount − Σ price · offered at level 0) / Σ price · offered per level`; for
    /// `placement` it is the priority of all that could be placed less
    /// `(Σ min(priority · 2^shift, Σ price · amount) − Σ price · offered) / 2^shift`.
    Prices {
        /// The component.
        proves: Component,
        /// Its bound.
        bound: f64,
        /// Binary digits after the point of every price; 0 but for costs.
        shift: u32,
        /// What integers stand for.
        units: Units,
        /// The prices.
        prices: Prices,
    },
    /// Prices of tasks: each agent takes those that earn most above what they cost, as far as its capacity goes, and
    /// may leave any. The bound is `(Σ price − Σ greatest profit) / 2^shift`, each profit a knapsack's.
    Knapsacks {
        /// The cost's bound.
        bound: f64,
        /// Binary digits after the point of every price.
        shift: u32,
        /// What integers stand for.
        units: Units,
        /// Task → what it earns; of tasks that go together the sum counts.
        prices: BTreeMap<String, i64>,
    },
    /// Work that has to be done one after the other.
    CriticalPath {
        /// The makespan's bound, seconds.
        bound: f64,
        /// Tasks, predecessors first.
        steps: Vec<Step>,
    },
    /// An interval that holds less than what must run inside it if the plan is to end by `trial`.
    Interval {
        /// The makespan's bound, seconds: the first moment after `trial` at which a plan can end.
        bound: f64,
        /// The end that is refuted, seconds.
        trial: f64,
        /// The interval's begin, seconds.
        from: f64,
        /// The interval's end, seconds.
        until: f64,
        /// The shared resource that is too small.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resource: Option<String>,
        /// Or the agents whose slots are too few.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        agents: Vec<String>,
        /// The tasks that must run there.
        tasks: Vec<String>,
    },
    /// Tasks of which no agent can hold two, where below the bound fewer agents than tasks are fast, or large, enough
    /// for them.
    Crowd {
        /// The makespan, or the greatest utilization.
        #[serde(default = "makespan")]
        proves: Component,
        /// Its bound, of a makespan in seconds.
        bound: f64,
        /// The tasks.
        tasks: Vec<String>,
    },
    /// Tasks that only one agent can run, one at a time: the first can start at the least head, the last leaves
    /// the least tail.
    OneMachine {
        /// The makespan's bound, seconds.
        bound: f64,
        /// The agent.
        agent: String,
        /// The tasks.
        tasks: Vec<String>,
    },
    /// What must follow on agents that do one thing at a time, if the plan is to end by `trial`: heads and tails
    /// are raised (edge finding) until they contradict each other.
    EdgeFinding {
        /// The makespan's bound, seconds: the first moment after `trial` at which a plan can end.
        bound: f64,
        /// The end that is refuted, seconds.
        trial: f64,
        /// The agents whose own tasks take part.
        agents: Vec<String>,
    },
    /// Prices of tasks: each slot of each agent takes the cheapest way through time, on which a task earns its
    /// price and costs its tardiness, and may come again or not at all.
    StartTimes {
        /// The weighted tardiness' bound, priority seconds.
        bound: f64,
        /// Length of a moment, seconds.
        moment: f64,
        /// How many there are.
        moments: u32,
        /// Integers per unit of priority.
        weight: f64,
        /// Task → what it earns, in such integers times milliseconds.
        prices: BTreeMap<String, i64>,
    },
    /// What each task alone cannot avoid.
    EarliestFinishes {
        /// The weighted tardiness' bound, priority seconds.
        bound: f64,
        /// Tasks that cannot be on time.
        tasks: Vec<Late>,
    },
    /// What an agent holds before the plan.
    CurrentLoad {
        /// The greatest utilization's bound.
        bound: f64,
        /// The agent; none where no agent holds anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<String>,
    },
    /// Bounds of the components, each with its own proof, weighed as the objective is.
    Components {
        /// The hybrid objective's bound.
        bound: f64,
        /// Proofs of the components.
        parts: Vec<Certificate>,
    },
}

/// What crowds proved before there was a choice.
fn makespan() -> Component {
    Component::Makespan
}

impl Certificate {
    /// The word for its method.
    pub fn method(&self) -> &'static str {
        match self {
            Self::None { .. } => "none",
            Self::Prices { .. } => "prices",
            Self::Knapsacks { .. } => "knapsacks",
            Self::CriticalPath { .. } => "critical_path",
            Self::Interval { .. } => "interval",
            Self::Crowd { .. } => "crowd",
            Self::OneMachine { .. } => "one_machine",
            Self::EdgeFinding { .. } => "edge_finding",
            Self::StartTimes { .. } => "start_times",
            Self::EarliestFinishes { .. } => "earliest_finishes",
            Self::CurrentLoad { .. } => "current_load",
            Self::Components { .. } => "components",
        }
    }

    /// The component that it is about.
    pub fn proves(&self) -> Component {
        match self {
            Self::None { proves, .. } | Self::Prices { proves, .. } | Self::Crowd { proves, .. } => *proves,
            Self::Knapsacks { .. } => Component::Cost,
            Self::CriticalPath { .. } | Self::Interval { .. } | Self::OneMachine { .. } | Self::EdgeFinding { .. } => {
                Component::Makespan
            }
            Self::StartTimes { .. } | Self::EarliestFinishes { .. } => Component::WeightedTardiness,
            Self::CurrentLoad { .. } => Component::MaxUtilization,
            Self::Components { .. } => Component::Hybrid,
        }
    }

    /// The bound that it claims, in the component's unit.
    pub fn bound(&self) -> Option<f64> {
        match self {
            Self::None { bound, .. } => *bound,
            Self::Prices { bound, .. }
            | Self::Knapsacks { bound, .. }
            | Self::CriticalPath { bound, .. }
            | Self::Interval { bound, .. }
            | Self::Crowd { bound, .. }
            | Self::OneMachine { bound, .. }
            | Self::EdgeFinding { bound, .. }
            | Self::StartTimes { bound, .. }
            | Self::EarliestFinishes { bound, .. }
            | Self::CurrentLoad { bound, .. }
            | Self::Components { bound, .. } => Some(*bound),
        }
    }
}

impl Component {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::MaxUtilization => "max_utilization",
            Self::Makespan => "makespan",
            Self::WeightedTardiness => "weighted_tardiness",
            Self::Hybrid => "hybrid",
            Self::Placement => "placement",
        }
    }
}
