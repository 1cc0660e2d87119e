//! The snapshot in memory: what the input means, with ids resolved and numbers in one unit.
//!
//! No I/O and no serde. Agents, tasks, resources and data sets are sorted by id, so an index order is
//! an id order and the order of the file cannot change an answer.

mod agent;
mod ids;
mod network;
mod plan;
mod policies;
mod quantities;
pub mod robust;
mod snapshot;
mod state;
mod strategy;
mod task;
mod time;
mod transfer;

pub use agent::{Agent, AgentStatus, PerformanceMetrics, ResponseTime};
pub use ids::{AgentIx, DataIx, DimIx, KindIx, Location, ResourceIx, ServiceIx, SkillIx, TaskIx, ZoneIx};
pub use network::{DataSet, Link, Network, Node, Service, SharedResource};
pub use plan::{Placement, Plan};
pub use policies::{Escalation, Policies, Thresholds, Weights};
pub use quantities::{Member, Obstacle, Offer, Quantities, Tariff};
pub use snapshot::{HistoryRow, Names, Snapshot};
pub use state::{
    Access, AccessMode, Directive, Hold, HoldMode, Objective as AgentObjective, Running, State, Wait, WaitMode,
};
pub use strategy::Strategy;
pub use task::{Dependency, Estimate, Task, Who};
pub use time::{Ms, NEVER, down, of_seconds, seconds, up};
pub use transfer::{Hop, Transfers};
