//! What each subtype of conflict hands to its remedy: the rows and figures that clash, by index.

use super::place::Claim;
use crate::model::{AgentIx, DataIx, DimIx, Ms, ResourceIx, TaskIx};

/// Task, agent or anything else that holds, waits or accesses: as written, with what it is where known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// Its id, as written.
    pub id: String,
    /// The task of that id.
    pub task: Option<TaskIx>,
    /// The agent of that id.
    pub agent: Option<AgentIx>,
}

/// What is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pool {
    /// The budget of a shared resource.
    Resource(ResourceIx),
    /// A budget dimension of an agent.
    Agent(AgentIx, DimIx),
}

/// In what an agent carries too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carried {
    /// `current_load` (and the given plan's) against `capacity`.
    Load,
    /// Running tasks against `slots`.
    Slots,
    /// Tasks of the given plan against `max_tasks`.
    Tasks,
}

/// Who depends on whom: `depends_on` of agents and services, by id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Id of the agent or service that needs.
    pub user: String,
    /// Id of the agent or service that is needed.
    pub needs: String,
}

/// How a task is bound to a dead agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bond {
    /// `pinned_agent`.
    Pinned,
    /// A row of `state.running`.
    Running(usize),
}

/// Which wishes of placement clash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clash {
    /// Two tasks of one group (closed over `together`) are to be apart.
    TogetherApart(TaskIx, TaskIx),
    /// Tasks of one group are pinned to different agents.
    PinnedTwice(Vec<TaskIx>),
    /// Tasks to be apart are pinned to one agent.
    PinnedApart(TaskIx, TaskIx),
    /// No agent is eligible for the whole group, though each task has one.
    NoCommonAgent(Vec<TaskIx>),
    /// A task is pinned to an agent that it may not or cannot run on.
    BadPin(TaskIx),
    /// More tasks must be pairwise apart than agents can take them.
    TooManyApart(Vec<TaskIx>),
}

/// What is known of a conflict, for its remedy. Rows are positions in the lists of the snapshot it was
/// detected in.
#[derive(Debug, Clone, PartialEq)]
pub enum Case {
    /// `over_allocation`, `rate_overdrawn`: who claims the resource while it is overfull.
    OverUse {
        /// The resource.
        resource: ResourceIx,
        /// Rows that claim it in an overfull stretch, by list and row.
        claims: Vec<Claim>,
        /// Tasks of the given plan that use it in such a stretch.
        planned: Vec<TaskIx>,
        /// Greatest sum.
        peak: f64,
        /// What there is.
        limit: f64,
        /// Overfull stretches `[from, until)`, in order.
        stretches: Vec<(Ms, Ms)>,
    },
    /// `budget_overdrawn`.
    Overdrawn {
        /// What is used up.
        pool: Pool,
        /// Rows of `state` that draw on it.
        claims: Vec<Claim>,
        /// Tasks of the given plan that draw on it.
        planned: Vec<TaskIx>,
        /// Drawn in all.
        total: f64,
        /// What there is.
        limit: f64,
    },
    /// `exclusive_held_twice`: holds that overlap another, one of the two exclusive.
    DoubleHold {
        /// The resource.
        resource: ResourceIx,
        /// Pairs that overlap.
        pairs: Vec<(Claim, Claim)>,
    },
    /// `deadlock`: one strongly connected component of the wait-for graph in which nobody can go on.
    Deadlock {
        /// Its members, by id.
        holders: Vec<Holder>,
        /// Their waits (rows of `state.waits`).
        waits: Vec<usize>,
        /// What they hold (rows).
        claims: Vec<Claim>,
        /// Who is stuck behind them, by id.
        behind: Vec<Holder>,
    },
    /// `unsafe_state`: those whose announced needs (`uses`) no order can serve.
    Unsafe {
        /// Their tasks, by id.
        tasks: Vec<TaskIx>,
        /// What they hold (rows).
        claims: Vec<Claim>,
    },
    /// `starvation`.
    Starvation {
        /// The wait (row).
        wait: usize,
        /// How long it has waited.
        waited: Ms,
        /// The service level.
        level: Ms,
        /// Claims that were granted after the wait began (rows).
        overtakers: Vec<Claim>,
    },
    /// `overcommitted_agent`.
    Overcommitted {
        /// The agent.
        agent: AgentIx,
        /// In what.
        carried: Carried,
        /// What it carries.
        amount: f64,
        /// What it can.
        limit: f64,
        /// Rows of `state.running` on it.
        running: Vec<usize>,
        /// Tasks of the given plan on it.
        planned: Vec<TaskIx>,
    },
    /// `unservable_demand`.
    Unservable {
        /// Tasks that together ask for too much, by id.
        tasks: Vec<TaskIx>,
        /// Every agent that may run any of them, by id.
        agents: Vec<AgentIx>,
        /// Load they need at least; 0 where no agent is eligible at all.
        need: f64,
        /// Load these agents have room for.
        room: f64,
    },
    /// `contradictory_directives`.
    Directives {
        /// Rows of `state.directives` that take part.
        rows: Vec<usize>,
        /// The tasks whose order is contradicted, by id; one task where its priority is.
        tasks: Vec<TaskIx>,
    },
    /// `priority_inversion`.
    Inversion {
        /// The task of higher priority, which waits.
        high: TaskIx,
        /// The task of lower priority at the other end.
        low: TaskIx,
        /// From `high` to `low`, both included.
        chain: Vec<Holder>,
        /// The waits (rows) along it.
        waits: Vec<usize>,
        /// Every task that someone of higher priority waits for, with the greatest of these priorities: what
        /// priority inheritance gives it.
        inherits: Vec<(TaskIx, f64)>,
    },
    /// `deadline_against_priority`.
    DeadlineAgainstPriority {
        /// First by priority or directive.
        first: TaskIx,
        /// Late if it comes second.
        second: TaskIx,
        /// The one agent both need; absent where a directive orders them.
        agent: Option<AgentIx>,
        /// The directive (row).
        directive: Option<usize>,
        /// How late, at best durations.
        late_by: Ms,
    },
    /// `dependency_cycle` among tasks.
    Cycle {
        /// The component's tasks, by id.
        tasks: Vec<TaskIx>,
        /// Its hard edges `(before, after)`.
        hard: Vec<(TaskIx, TaskIx)>,
        /// Soft edges between its tasks, `(before, after)`.
        soft: Vec<(TaskIx, TaskIx)>,
    },
    /// `dependency_cycle` among agents and services.
    NeedCycle {
        /// The needs inside the component.
        needs: Vec<Need>,
    },
    /// `missing_predecessor`.
    MissingPredecessor {
        /// The task.
        task: TaskIx,
        /// Id of the predecessor that is not there.
        missing: String,
    },
    /// `failed_predecessor`: the predecessor runs on, or is pinned to, a dead agent.
    FailedPredecessor {
        /// The task.
        task: TaskIx,
        /// The predecessor.
        before: TaskIx,
        /// The dead agent.
        agent: AgentIx,
    },
    /// `offline_dependency` of an agent: the needs from the user to what is dead.
    DeadNeed {
        /// From the live agent on, the last one needs what is dead.
        chain: Vec<Need>,
    },
    /// `offline_dependency` of a task.
    TaskOnDead {
        /// The task; absent where the row names one that is not of the batch.
        task: Option<TaskIx>,
        /// The dead agent.
        agent: AgentIx,
        /// How it is bound.
        bond: Bond,
    },
    /// `negative_slack`.
    Late {
        /// The task with the deadline.
        task: TaskIx,
        /// The critical chain up to it, first to last.
        chain: Vec<TaskIx>,
        /// Its earliest finish at best durations.
        earliest: Ms,
        /// Its deadline.
        deadline: Ms,
    },
    /// `contradictory_placement`.
    Placement(Clash),
    /// `impossible_objectives`, `predicted_miss`: rows with what is possible (the target that would hold).
    Objectives {
        /// The agent.
        agent: AgentIx,
        /// Rows of `state.objectives`, each with the nearest value that can be met.
        rows: Vec<(usize, f64)>,
    },
    /// `opposed_objectives`.
    Opposed {
        /// Rows of `state.objectives` that oppose each other.
        rows: Vec<usize>,
        /// Id of the agent, service or resource that they share.
        shared: String,
        /// What is wanted of it in all, per minute.
        wanted: f64,
        /// What it can serve, per minute.
        possible: f64,
    },
    /// `write_write_race`, `read_write_race`.
    Race {
        /// The data set.
        data: DataIx,
        /// Pairs of tasks without an order; the first one writes.
        tasks: Vec<(TaskIx, TaskIx)>,
        /// Pairs of agents without an order; the first one writes.
        agents: Vec<(AgentIx, AgentIx)>,
        /// Pairs of rows of `state.accesses` that overlap; the first one writes.
        accesses: Vec<(usize, usize)>,
    },
    /// `lost_update` (rows of `state.accesses`).
    LostUpdate {
        /// The data set.
        data: DataIx,
        /// The two reads of one version; the first belongs to the earlier writer.
        reads: [usize; 2],
        /// The two writes of the next version; the second undid the first.
        writes: [usize; 2],
    },
    /// `serialization_cycle`.
    Serialization {
        /// The holders, by id.
        holders: Vec<Holder>,
        /// The accesses (rows) that take part.
        accesses: Vec<usize>,
    },
    /// `early_read`.
    EarlyRead {
        /// The data set, which nobody has yet.
        data: DataIx,
        /// Who reads it too early, by id.
        readers: Vec<TaskIx>,
        /// The only one who makes it.
        writer: TaskIx,
    },
}

impl Case {
    /// How large the conflict is, in a unit of its own: smaller is better, and a settlement that makes it smaller
    /// reduced it.
    pub fn size(&self) -> f64 {
        match self {
            Self::OverUse { peak, limit, .. } => peak - limit,
            Self::Overdrawn { total, limit, .. } => total - limit,
            Self::DoubleHold { pairs, .. } => pairs.len() as f64,
            Self::Deadlock { holders, behind, .. } => (holders.len() + behind.len()) as f64,
            Self::Unsafe { tasks, .. } => tasks.len() as f64,
            Self::Starvation { waited, .. } => *waited as f64,
            Self::Overcommitted { amount, limit, .. } => amount - limit,
            Self::Unservable { tasks, need, room, .. } => (need - room).max(tasks.len() as f64),
            Self::Directives { rows, .. } => rows.len() as f64,
            Self::Inversion { inherits, .. } => inherits.len() as f64,
            Self::DeadlineAgainstPriority { late_by, .. } => *late_by as f64,
            Self::Cycle { hard, .. } => hard.len() as f64,
            Self::NeedCycle { needs } => needs.len() as f64,
            Self::Late { earliest, deadline, .. } => (earliest - deadline) as f64,
            Self::Objectives { rows, .. } => rows.len() as f64,
            Self::Opposed { wanted, possible, .. } => wanted - possible,
            Self::Race { tasks, agents, accesses, .. } => (tasks.len() + agents.len() + accesses.len()) as f64,
            Self::Serialization { accesses, .. } => accesses.len() as f64,
            Self::EarlyRead { readers, .. } => readers.len() as f64,
            Self::MissingPredecessor { .. }
            | Self::FailedPredecessor { .. }
            | Self::DeadNeed { .. }
            | Self::TaskOnDead { .. }
            | Self::Placement(_)
            | Self::LostUpdate { .. } => 1.0,
        }
    }
}
