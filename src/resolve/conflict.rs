//! A conflict: what clashes, how gravely, with the evidence, and the figures that a remedy needs.

use super::{
    cases::Case,
    place::{Place, Thing},
};
use crate::model::{AgentIx, TaskIx};

/// The five types of model.md, section 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// More is claimed than there is.
    ResourceContention,
    /// Wishes, priorities and deadlines contradict each other.
    PriorityConflict,
    /// Tasks and agents wait for what cannot come, or not in time.
    DependencyConflict,
    /// Objectives that cannot be met together.
    PerformanceConflict,
    /// Accesses to one data set without an order.
    DataConflict,
}

impl Type {
    /// Every type, in the order of reports.
    pub const ALL: [Self; 5] = [
        Self::ResourceContention,
        Self::PriorityConflict,
        Self::DependencyConflict,
        Self::PerformanceConflict,
        Self::DataConflict,
    ];

    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::ResourceContention => "resource_contention",
            Self::PriorityConflict => "priority_conflict",
            Self::DependencyConflict => "dependency_conflict",
            Self::PerformanceConflict => "performance_conflict",
            Self::DataConflict => "data_conflict",
        }
    }
}

/// Defines the subtypes: variant, type, word in reports, meaning.
macro_rules! subtypes {
    ($($(#[$doc:meta])* $variant:ident $kind:ident $name:literal;)*) => {
        /// What kind of clash it is, within its [`Type`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Subtype { $($(#[$doc])* $variant,)* }

        impl Subtype {
            /// Every subtype, in the order of reports.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The type it belongs to.
            pub fn kind(self) -> Type {
                match self { $(Self::$variant => Type::$kind,)* }
            }

            /// The word in reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

subtypes! {
    /// Claims on a resource exceed its capacity at some moment.
    OverAllocation ResourceContention "over_allocation";
    /// Claims on a rate exceed it within a window of its period.
    RateOverdrawn ResourceContention "rate_overdrawn";
    /// More is to be used up than the budget has.
    BudgetOverdrawn ResourceContention "budget_overdrawn";
    /// A resource is held exclusively while another holds it too.
    ExclusiveHeldTwice ResourceContention "exclusive_held_twice";
    /// Holders wait for each other, and none can go on (Coffman 1971).
    Deadlock ResourceContention "deadlock";
    /// No order serves every announced need (Dijkstra's Banker), though nobody is stuck yet.
    UnsafeState ResourceContention "unsafe_state";
    /// A wait past the service level that others overtake.
    Starvation ResourceContention "starvation";
    /// An agent carries more than it can.
    OvercommittedAgent ResourceContention "overcommitted_agent";
    /// No mix of agents can serve the demand.
    UnservableDemand ResourceContention "unservable_demand";
    /// Stakeholders want the same tasks differently.
    ContradictoryDirectives PriorityConflict "contradictory_directives";
    /// A task waits for one of lower priority (Sha, Rajkumar, Lehoczky 1990).
    PriorityInversion PriorityConflict "priority_inversion";
    /// Serving by priority, or as directed, makes a deadline impossible that another order keeps.
    DeadlineAgainstPriority PriorityConflict "deadline_against_priority";
    /// Hard dependencies in a circle; one conflict per strongly connected component (Tarjan 1972).
    DependencyCycle DependencyConflict "dependency_cycle";
    /// A task depends on one that the snapshot does not have.
    MissingPredecessor DependencyConflict "missing_predecessor";
    /// A task depends on one that cannot finish.
    FailedPredecessor DependencyConflict "failed_predecessor";
    /// Something live needs an agent or service that is dead.
    OfflineDependency DependencyConflict "offline_dependency";
    /// No schedule meets the deadline, even at every task's best duration (critical path method).
    NegativeSlack PerformanceConflict "negative_slack";
    /// Together, apart, pins and allowed agents contradict each other.
    ContradictoryPlacement DependencyConflict "contradictory_placement";
    /// Objectives of one agent that cannot hold together.
    ImpossibleObjectives PerformanceConflict "impossible_objectives";
    /// An agent is predicted to miss an objective.
    PredictedMiss PerformanceConflict "predicted_miss";
    /// Objectives of several agents oppose each other on what they share.
    OpposedObjectives PerformanceConflict "opposed_objectives";
    /// Two writes to one data set without an order (Bernstein 1966).
    WriteWriteRace DataConflict "write_write_race";
    /// A read and a write of one data set without an order (Bernstein 1966).
    ReadWriteRace DataConflict "read_write_race";
    /// Two read one version and both wrote the next: one update is gone.
    LostUpdate DataConflict "lost_update";
    /// Accesses that no serial order explains.
    SerializationCycle DataConflict "serialization_cycle";
    /// Data is read before the only task that makes it.
    EarlyRead DataConflict "early_read";
}

/// How grave a conflict is; the rule is in `resolve::severity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// To be settled in the normal course.
    Medium,
    /// To be settled now.
    High,
    /// Important work stands still.
    Critical,
}

impl Severity {
    /// Every severity, the gravest first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// One fact that shows the conflict, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The fact in one sentence, with its figures.
    pub fact: String,
    /// What it is about; the report turns it into path, file, line and column.
    pub place: Place,
}

impl Evidence {
    /// A fact about a thing.
    pub fn new(place: impl Into<Place>, fact: impl Into<String>) -> Self {
        Self { fact: fact.into(), place: place.into() }
    }
}

/// Something that clashes. Indices are those of the snapshot it was detected in.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Stable: a hash of the subtype and of what conflicts, so that it survives a partial settlement.
    pub id: String,
    /// What kind of clash.
    pub subtype: Subtype,
    /// How grave.
    pub severity: Severity,
    /// One sentence.
    pub message: String,
    /// Agents it affects, by id.
    pub agents: Vec<AgentIx>,
    /// Tasks it affects, by id.
    pub tasks: Vec<TaskIx>,
    /// Other things that take part: resources, data sets, services, stakeholders; as written, sorted.
    pub others: Vec<String>,
    /// The facts, with their places.
    pub evidence: Vec<Evidence>,
    /// What a remedy needs to know.
    pub case: Case,
    /// What could have been otherwise: changing any one of these things would have prevented it.
    pub causes: Vec<Thing>,
}
