//! What lies between agents: links, services, data sets and the resources that all share.

use super::{AgentIx, Location, Ms, ZoneIx};

/// An end of a link, or the home of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node {
    /// An agent.
    Agent(AgentIx),
    /// A zone.
    Zone(ZoneIx),
}

/// A link between two nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// One end; the source where directed.
    pub from: Node,
    /// The other end.
    pub to: Node,
    /// Latency, ms.
    pub latency_ms: f64,
    /// Bandwidth, megabit per second; infinite where unlimited.
    pub bandwidth_mbps: f64,
    /// One way only.
    pub directed: bool,
    /// Where it was written.
    pub location: Location,
}

/// A service that agents may need.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Service {
    /// Unique id.
    pub id: String,
    /// Ids of agents or services it needs.
    pub depends_on: Vec<(String, Location)>,
    /// Status, as given.
    pub status: Option<String>,
    /// Where it was written.
    pub location: Location,
}

/// A data set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DataSet {
    /// Unique id.
    pub id: String,
    /// Size, MB.
    pub size_mb: f64,
    /// Where it lies; reading it elsewhere costs a transfer.
    pub home: Option<Node>,
    /// Where it was written.
    pub location: Location,
}

/// A resource shared by all agents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SharedResource {
    /// Unique id.
    pub id: String,
    /// Amount in use at any moment.
    pub capacity: Option<f64>,
    /// Each amount is held this long from the task's start, whatever it runs (a sliding-window rate).
    pub per: Option<Ms>,
    /// Amount that may be used up over the plan.
    pub budget: Option<f64>,
    /// Where it was written.
    pub location: Location,
}

/// Everything under `network`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Network {
    /// Links, in the order of their ends.
    pub links: Vec<Link>,
    /// Services, by id.
    pub services: Vec<Service>,
    /// Data sets, by id.
    pub data: Vec<DataSet>,
    /// Shared resources, by id.
    pub resources: Vec<SharedResource>,
}
