//! A change that can be proposed: edits of the document, what they cost and what they risk.

use serde::Serialize;

use crate::patch::Op;

/// What is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An agent that the work does not need goes.
    RetireAgent,
    /// One more agent of an existing type.
    AddAgent,
    /// An agent may hold more load.
    RaiseCapacity,
    /// An agent's capacity is cut to what it uses.
    LowerCapacity,
    /// An agent works on more tasks at a time.
    RaiseSlots,
    /// An agent learns a capability.
    TeachCapability,
    /// Tasks are no longer tied to one agent.
    UnpinTasks,
    /// A task may begin sooner.
    AdvanceRelease,
    /// A deadline moves to when the task can be done.
    RelaxDeadline,
    /// Tasks that come late weigh more.
    ReorderPriorities,
    /// Tasks that hand much to each other run on one agent.
    BatchTasks,
    /// A data set moves to where it is read.
    PlaceData,
    /// A link carries more.
    WidenLink,
    /// More of a shared resource at a time.
    RaiseResource,
    /// A higher rate limit.
    RaiseRateLimit,
    /// More of a shared budget.
    RaiseBudget,
    /// Other weights of the hybrid strategy.
    ChangeWeights,
    /// Another strategy: told, never part of a snapshot, which names none.
    ChangeStrategy,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 18] = [
        Self::RetireAgent,
        Self::AddAgent,
        Self::RaiseCapacity,
        Self::LowerCapacity,
        Self::RaiseSlots,
        Self::TeachCapability,
        Self::UnpinTasks,
        Self::AdvanceRelease,
        Self::RelaxDeadline,
        Self::ReorderPriorities,
        Self::BatchTasks,
        Self::PlaceData,
        Self::WidenLink,
        Self::RaiseResource,
        Self::RaiseRateLimit,
        Self::RaiseBudget,
        Self::ChangeWeights,
        Self::ChangeStrategy,
    ];

    /// The word in reports and in `policies.budget.kinds`.
    pub fn name(self) -> &'static str {
        match self {
            Self::RetireAgent => "retire_agent",
            Self::AddAgent => "add_agent",
            Self::RaiseCapacity => "raise_capacity",
            Self::LowerCapacity => "lower_capacity",
            Self::RaiseSlots => "raise_slots",
            Self::TeachCapability => "teach_capability",
            Self::UnpinTasks => "unpin_tasks",
            Self::AdvanceRelease => "advance_release",
            Self::RelaxDeadline => "relax_deadline",
            Self::ReorderPriorities => "reorder_priorities",
            Self::BatchTasks => "batch_tasks",
            Self::PlaceData => "place_data",
            Self::WidenLink => "widen_link",
            Self::RaiseResource => "raise_resource",
            Self::RaiseRateLimit => "raise_rate_limit",
            Self::RaiseBudget => "raise_budget",
            Self::ChangeWeights => "change_weights",
            Self::ChangeStrategy => "change_strategy",
        }
    }

    /// True where it changes what the figures are judged by, so that it is applied only where
    /// `policies.budget.kinds` names it.
    pub fn moves_the_goal(self) -> bool {
        matches!(
            self,
            Self::RelaxDeadline
                | Self::ReorderPriorities
                | Self::AdvanceRelease
                | Self::ChangeWeights
                | Self::ChangeStrategy
        )
    }
}

/// How much may go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Easily undone.
    Low,
    /// Takes away room, or needs somebody's consent.
    Medium,
    /// Takes away the last spare, or breaks a promise.
    High,
}

impl Risk {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A proposed change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What is changed.
    pub kind: Kind,
    /// What it is about: two changes of one subject are not combined.
    pub subject: String,
    /// One sentence.
    pub title: String,
    /// Ids of the agents it is about.
    pub agents: Vec<String>,
    /// Ids of the tasks it is about.
    pub tasks: Vec<String>,
    /// The edits.
    pub ops: Vec<Op>,
    /// Money over the plan for having what it provides, below 0 where it saves; `None` where the snapshot names no price.
    pub cost: Option<f64>,
    /// How much may go wrong.
    pub risk: Risk,
    /// Why so.
    pub risk_reason: String,
    /// What it promises before it is tried, the greatest first within its kind.
    pub promise: f64,
}
