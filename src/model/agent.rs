//! An agent: what it can do, how much, how fast, at what price and when.

use std::collections::BTreeMap;

use super::{DataIx, DimIx, KindIx, Location, Ms, SkillIx, ZoneIx};

/// Whether an agent takes new tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AgentStatus {
    /// Works and takes tasks.
    #[default]
    Active,
    /// Takes tasks, has none.
    Idle,
    /// Takes tasks, has some.
    Busy,
    /// Finishes what it has, takes nothing new.
    Draining,
    /// Not there.
    Offline,
    /// Broken.
    Failed,
}

impl AgentStatus {
    /// True where the agent may be given a new task.
    pub fn takes_tasks(self) -> bool {
        matches!(self, Self::Active | Self::Idle | Self::Busy)
    }

    /// The word of the snapshot.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Idle => "idle",
            Self::Busy => "busy",
            Self::Draining => "draining",
            Self::Offline => "offline",
            Self::Failed => "failed",
        }
    }
}

/// Response times in milliseconds: quantiles, or the samples they are to be taken from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResponseTime {
    /// Median.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
    /// Samples.
    pub samples: Vec<f64>,
}

/// What was measured of an agent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PerformanceMetrics {
    /// Response time, ms.
    pub response_time_ms: Option<ResponseTime>,
    /// Requests per minute.
    pub throughput_per_min: Option<f64>,
    /// Share of attempts that fail, in [0, 1).
    pub error_rate: Option<f64>,
    /// Share of time available, in (0, 1].
    pub availability: Option<f64>,
}

/// One agent (model.md, section 2).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Agent {
    /// Unique id.
    pub id: String,
    /// Type.
    pub kind: Option<KindIx>,
    /// Capabilities with proficiency in (0, 1], by [`SkillIx`].
    pub skills: Vec<(SkillIx, f64)>,
    /// Whether it takes tasks.
    pub status: AgentStatus,
    /// Load it may hold over the plan; `None` is unlimited.
    pub capacity: Option<f64>,
    /// Load it holds now.
    pub current_load: f64,
    /// Tasks at a time.
    pub slots: u32,
    /// Amounts available at any moment, by dimension.
    pub resources: Vec<(DimIx, f64)>,
    /// Amounts that may be used up over the plan, by dimension.
    pub budget: Vec<(DimIx, f64)>,
    /// Most tasks over the plan.
    pub max_tasks: Option<u32>,
    /// Work per time relative to the nominal duration.
    pub speed: f64,
    /// Money per task.
    pub cost_per_task: f64,
    /// Money per load unit.
    pub cost_per_load: f64,
    /// Money per hour of work.
    pub cost_per_hour: f64,
    /// Money for having it in the plan.
    pub cost_fixed: f64,
    /// Where it is.
    pub zone: Option<ZoneIx>,
    /// First moment it may work, rounded up.
    pub available_from: Ms,
    /// Windows `[from, until]` of which one must hold a task whole, sorted by start and merged where they
    /// overlap not at all: exactly as given otherwise. Empty means always.
    pub windows: Vec<(Ms, Ms)>,
    /// Measured figures.
    pub metrics: PerformanceMetrics,
    /// What the agent itself needs, as text (reported, not planned with).
    pub resource_requirements: BTreeMap<String, String>,
    /// Interfaces to other systems.
    pub integration_points: Vec<String>,
    /// Ids of agents or services it needs.
    pub depends_on: Vec<(String, Location)>,
    /// Data sets it reads.
    pub reads: Vec<DataIx>,
    /// Data sets it writes.
    pub writes: Vec<DataIx>,
    /// Free labels.
    pub labels: BTreeMap<String, String>,
    /// Where it was written.
    pub location: Location,
}
