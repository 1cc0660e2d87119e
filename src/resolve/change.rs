//! Changes of a snapshot that remedies propose: each a small edit, applied in memory and printable as a
//! patch of the input.

use super::{
    cases::Need,
    place::{Claim, Place, Thing},
};
use crate::model::{AgentIx, AgentStatus, DataIx, HoldMode, Ms, Placement, ResourceIx, ServiceIx, TaskIx};

/// One edit. Rows and indices are those of the snapshot that the proposal was made for.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Grants another amount.
    SetAmount(Claim, f64),
    /// Moves a claim in time, or cuts it: `[since, until)`.
    SetWindow(Claim, Ms, Ms),
    /// Holds shared or exclusively.
    SetMode(Claim, HoldMode),
    /// Claims another resource instead.
    MoveClaim(Claim, ResourceIx),
    /// A further claim of the same holder on the same resource: amount, since, until (time slices).
    AddClaim(Claim, f64, Ms, Ms),
    /// Releases a claim.
    DropClaim(Claim),
    /// Ends a wait (row): it is served or withdrawn.
    DropWait(usize),
    /// Another capacity of a shared resource.
    SetCapacity(ResourceIx, f64),
    /// Another budget of a shared resource.
    SetBudget(ResourceIx, f64),
    /// Another order wanted by a directive (row).
    SetOrder(usize, Vec<TaskIx>),
    /// Another priority wanted by a directive (row).
    SetWish(usize, f64),
    /// Withdraws a directive (row).
    DropDirective(usize),
    /// Another priority of a task.
    SetPriority(TaskIx, f64),
    /// Another release of a task.
    SetRelease(TaskIx, Ms),
    /// Another deadline of a task, or none.
    SetDeadline(TaskIx, Option<Ms>),
    /// The task waits for another (hard, no data): task, predecessor.
    AddDependency(TaskIx, TaskIx),
    /// The task does not wait for another any more: task, predecessor.
    DropDependency(TaskIx, TaskIx),
    /// The dependency becomes a wish: task, predecessor.
    Soften(TaskIx, TaskIx),
    /// Drops a predecessor that the snapshot does not have: task, its id.
    DropMissing(TaskIx, String),
    /// Pins a task to an agent, or to none.
    SetPin(TaskIx, Option<AgentIx>),
    /// Two tasks need not be together any more.
    DropTogether(TaskIx, TaskIx),
    /// Two tasks need not be apart any more.
    DropApart(TaskIx, TaskIx),
    /// Another target of an objective (row).
    SetTarget(usize, f64),
    /// Withdraws an objective (row).
    DropObjective(usize),
    /// Another load that an agent carries now.
    SetLoad(AgentIx, f64),
    /// Another status (an agent that is brought back).
    SetStatus(AgentIx, AgentStatus),
    /// Another status of a service, by index.
    SetServiceStatus(ServiceIx, String),
    /// Another capacity of an agent.
    SetAgentCapacity(AgentIx, f64),
    /// Another number of slots.
    SetSlots(AgentIx, u32),
    /// Another measured or permitted rate of an agent, per minute (throttling).
    SetThroughput(AgentIx, f64),
    /// What an agent or service needs is replaced by something else, or dropped.
    SetNeed(Need, Option<String>),
    /// A running task (row) goes on with another agent.
    MoveRunning(usize, AgentIx),
    /// An access (row) at another time: from, until.
    SetAccessWindow(usize, Ms, Ms),
    /// Another version read or produced by an access (row).
    SetVersion(usize, Option<u64>),
    /// Withdraws an access (row).
    DropAccess(usize),
    /// A copy of a data set, under a new id; others may read it in this same proposal through
    /// [`Change::ReadCopy`].
    AddCopy(DataIx, String),
    /// A task reads a copy (by id) instead of a data set.
    ReadCopy(TaskIx, DataIx, String),
    /// An agent reads a copy (by id) instead of a data set.
    AgentReadsCopy(AgentIx, DataIx, String),
    /// Another placement of a task in the given plan, or none.
    Place(TaskIx, Option<Placement>),
}

impl Change {
    /// What it edits. Two changes of one place clash; so does a drop of a thing with any edit of it.
    pub fn place(&self) -> Place {
        match self {
            Self::SetAmount(c, _) => Thing::Claim(*c).field("amount"),
            Self::SetWindow(c, ..) => Thing::Claim(*c).field("since"),
            Self::SetMode(c, _) => Thing::Claim(*c).field("mode"),
            Self::MoveClaim(c, _) => Thing::Claim(*c).field("resource"),
            Self::AddClaim(c, ..) => Thing::Claim(*c).field("slices"),
            Self::DropClaim(c) => Thing::Claim(*c).into(),
            Self::DropWait(row) => Thing::Wait(*row).into(),
            Self::SetCapacity(r, _) => Thing::Resource(*r).field("capacity"),
            Self::SetBudget(r, _) => Thing::Resource(*r).field("budget"),
            Self::SetOrder(row, _) => Thing::Directive(*row).field("order"),
            Self::SetWish(row, _) => Thing::Directive(*row).field("priority"),
            Self::DropDirective(row) => Thing::Directive(*row).into(),
            Self::SetPriority(t, _) => Thing::Task(*t).field("priority"),
            Self::SetRelease(t, _) => Thing::Task(*t).field("release"),
            Self::SetDeadline(t, _) => Thing::Task(*t).field("deadline"),
            Self::AddDependency(t, b) | Self::DropDependency(t, b) | Self::Soften(t, b) => {
                Thing::Task(*t).entry("depends_on", b.0.to_string())
            }
            Self::DropMissing(t, id) => Thing::Task(*t).entry("depends_on", format!("?{id}")),
            Self::SetPin(t, _) => Thing::Task(*t).field("pinned_agent"),
            Self::DropTogether(t, o) => Thing::Task(*t.min(o)).entry("together", t.max(o).0.to_string()),
            Self::DropApart(t, o) => Thing::Task(*t.min(o)).entry("apart", t.max(o).0.to_string()),
            Self::SetTarget(row, _) => Thing::Objective(*row).field("target"),
            Self::DropObjective(row) => Thing::Objective(*row).into(),
            Self::SetLoad(a, _) => Thing::Agent(*a).field("current_load"),
            Self::SetStatus(a, _) => Thing::Agent(*a).field("status"),
            Self::SetServiceStatus(s, _) => Thing::Service(*s).field("status"),
            Self::SetAgentCapacity(a, _) => Thing::Agent(*a).field("capacity"),
            Self::SetSlots(a, _) => Thing::Agent(*a).field("slots"),
            Self::SetThroughput(a, _) => Thing::Agent(*a).field("performance_metrics"),
            // Needs are edited by id, whatever kind of thing has it.
            Self::SetNeed(need, _) => {
                Place { thing: Thing::Agent(AgentIx(u32::MAX)), field: "depends_on", entry: need_key(need) }
            }
            Self::MoveRunning(row, _) => Thing::Running(*row).field("agent"),
            Self::SetAccessWindow(row, ..) => Thing::Access(*row).field("from"),
            Self::SetVersion(row, _) => Thing::Access(*row).field("version"),
            Self::DropAccess(row) => Thing::Access(*row).into(),
            Self::AddCopy(d, id) => Thing::Data(*d).entry("copy", id.clone()),
            Self::ReadCopy(t, d, _) => Thing::Task(*t).entry("reads", d.0.to_string()),
            Self::AgentReadsCopy(a, d, _) => Thing::Agent(*a).entry("reads", d.0.to_string()),
            Self::Place(t, _) => Thing::Placement(*t).into(),
        }
    }
}

fn need_key(need: &Need) -> String {
    format!("{}\u{0}{}", need.user, need.needs)
}
