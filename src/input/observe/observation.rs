//! What one source says of one agent or service: plain data, before anything is joined or decided.

use std::collections::BTreeMap;

use super::method::SeedMethod;
use crate::{
    input::sources::Pos,
    model::{AgentStatus, Ms},
};

/// A moment as a source gives it; what it means in the plan's time is decided once `as_of` is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Milliseconds after 1970-01-01T00:00:00Z.
    Unix(i64),
    /// Milliseconds after `as_of` (negative: before), from durations such as `-30s`.
    After(Ms),
}

/// Where a value stands: the position tells file, line and column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Where it starts.
    pub at: Pos,
    /// Its path in the document (`skills[0].id`).
    pub path: String,
}

/// What an observation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// An agent: the source says that there is one.
    Agent,
    /// A service that agents may need, which takes no tasks (database, queue, MCP server).
    Service,
    /// Something by name, of which the source does not know what it is (a trace's service, a scrape target, a
    /// pod, a node). It joins an agent or a service that another source identifies.
    Party,
}

/// What one source says of one agent or service at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// What it is about.
    pub subject: Subject,
    /// The name that the source calls it by; never empty.
    pub name: String,
    /// Further keys by which it can be joined: `service.name`, `label.app`, `host`, `id` … to the value.
    pub keys: BTreeMap<String, String>,
    /// How it was found; the adapter's own method unless set.
    pub method: SeedMethod,
    /// When the source said so, or when what it says was so; `None` where the source has no time.
    pub time: Option<Moment>,
    /// Where the record stands.
    pub place: Place,
    /// What is said, in the order of the source.
    pub facts: Vec<Said>,
}

/// A fact and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// What is said.
    pub fact: Fact,
    /// Where.
    pub place: Place,
}

/// One thing that a source can say. Texts hold no secrets: they went through [`super::redact`].
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// Type or role.
    Type(String),
    /// Anything else about who it is: `description`, `version`, `provider`, `protocol`, `image`, `address` …
    Info(&'static str, String),
    /// Something it can do.
    Capability(Capability),
    /// Whether it takes tasks, and the word of the source.
    Status(AgentStatus, String),
    /// A sign of life.
    Heartbeat(Heartbeat),
    /// Response times, ms.
    Latency(Latency),
    /// Requests per minute.
    Throughput(f64),
    /// Failed attempts.
    Errors(Trials),
    /// Successful probes or scrapes: `hits` of `trials` found it up.
    Availability(Trials),
    /// A single figure of the snapshot's agent.
    Figure(Figure, f64),
    /// An amount of a dimension: what it offers at any moment (`resources`).
    Resource(String, f64),
    /// An amount that it may use up over the plan (`budget`).
    Budget(String, f64),
    /// What it needs itself (`memory` → `512Mi`).
    ResourceRequirement(String, String),
    /// Where it is.
    Zone(String),
    /// An interface by which it is reached, or that it reaches other systems by.
    Endpoint(Endpoint),
    /// A free label.
    Label(String, String),
    /// It declares that it needs another agent or service.
    DependsOn(String),
    /// It needs a service, which the source names by an address or configuration (environment URL, MCP server).
    RequiresService(String),
    /// It called another one.
    Calls(Calls),
    /// It reads a data set.
    Reads(String),
    /// It writes a data set.
    Writes(String),
    /// Whatever else must hold for it to be connected: authentication scheme, protocol extension, environment
    /// variable (by name).
    Requirement(String),
    /// A metric over time, for baselines.
    Series(Series),
}

/// Something an agent can do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Capability {
    /// Its name.
    pub name: String,
    /// Proficiency in (0, 1], where the source has one.
    pub proficiency: Option<f64>,
    /// What the claim rests on, in a few words (`skill "Book air tickets"`, `tag`).
    pub evidence: String,
}

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heartbeat {
    /// The latest one; with `arrivals`, the latest of both counts.
    pub last: Option<Moment>,
    /// How often one is expected, ms.
    pub interval_ms: Option<f64>,
    /// After how much silence the lease is over, ms.
    pub ttl_ms: Option<f64>,
    /// Earlier ones that are known.
    pub arrivals: Vec<Moment>,
}

/// Response times in ms: quantiles, samples, or both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Latency {
    /// Median.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
    /// Samples, in the order of the source.
    pub samples: Vec<f64>,
    /// How many requests the figures rest on, where known.
    pub count: Option<f64>,
}

/// Hits among trials, or only their share.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Trials {
    /// How many were hits (errors, or probes that found it up).
    pub hits: Option<f64>,
    /// Of how many.
    pub trials: Option<f64>,
    /// Their share, where the source gives only that.
    pub share: Option<f64>,
}

/// Figures of the snapshot's agent that stand for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Load it may hold.
    Capacity,
    /// Load it holds.
    CurrentLoad,
    /// Tasks at a time.
    Slots,
    /// Most tasks over the plan.
    MaxTasks,
    /// Work per time relative to the nominal duration.
    Speed,
    /// Money per task.
    CostPerTask,
    /// Money per load unit.
    CostPerLoad,
    /// Money per hour of work.
    CostPerHour,
    /// Money for having it.
    CostFixed,
}

/// An interface.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Endpoint {
    /// Address, redacted: no user, password, query or fragment ([`super::redact::url`]).
    pub address: String,
    /// Protocol or transport (`jsonrpc`, `grpc`, `http`, `stdio`), where known.
    pub protocol: String,
}

/// Calls to another one, summed over what the source holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calls {
    /// Who is called, by the name that the source has.
    pub to: String,
    /// How many calls; at least 1.
    pub calls: f64,
    /// How many of them failed, where known.
    pub errors: Option<f64>,
    /// Response times as the caller sees them, or else as the called one does.
    pub latency: Latency,
    /// MB that were moved, where known.
    pub data_mb: Option<f64>,
    /// The latest of them.
    pub last: Option<Moment>,
}

/// A metric over time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Name of the metric.
    pub metric: String,
    /// Time and value.
    pub points: Vec<(Option<Moment>, f64)>,
}

impl Figure {
    /// All of them, with the field of the snapshot.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Capacity, "capacity"),
        (Self::CurrentLoad, "current_load"),
        (Self::Slots, "slots"),
        (Self::MaxTasks, "max_tasks"),
        (Self::Speed, "speed"),
        (Self::CostPerTask, "cost_per_task"),
        (Self::CostPerLoad, "cost_per_load"),
        (Self::CostPerHour, "cost_per_hour"),
        (Self::CostFixed, "cost_fixed"),
    ];

    /// The field of the snapshot.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(f, _)| *f == self).map_or("", |(_, name)| name)
    }
}

impl Observation {
    /// Notes a fact that stands at `place`.
    pub fn say(&mut self, place: Place, fact: Fact) {
        self.facts.push(Said { fact, place });
    }

    /// Notes a key by which it can be joined; an empty value is none.
    pub fn key(&mut self, key: impl Into<String>, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.keys.insert(key.into(), value);
        }
    }
}
