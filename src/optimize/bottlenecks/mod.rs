//! What holds a fleet back: for each thing that can be short, the least makespan that it alone allows whatever the
//! plan (its service demand: Denning and Buzen 1978, X ≤ 1/Dmax), or the priority that it leaves without a place.
//!
//! One file per kind of thing; the greatest bound is named first. A bound is no proof that more of the thing helps,
//! so the first ones are confirmed by planning again with one unit more.

mod path;
mod shared;
pub use shared::more;
mod stations;

use std::collections::BTreeMap;

use serde::Serialize;

use super::{change::Change, scene::Scene};

/// Something that binds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bottleneck {
    /// Stable word: `scarce_skill`, `slow_link`, …
    pub kind: &'static str,
    /// One sentence.
    pub message: String,
    /// Ids of the agents it is about.
    pub agents: Vec<String>,
    /// Type of those agents, where they are all of one.
    pub agent_type: Option<String>,
    /// The capability it is about.
    pub capability: Option<String>,
    /// The shared resource it is about.
    pub resource: Option<String>,
    /// The ends of the link it is about.
    pub link: Option<[String; 2]>,
    /// Ids of the tasks that need it.
    pub tasks: Vec<String>,
    /// Priority that cannot be placed for want of it.
    pub unplaced_priority: f64,
    /// Seconds: no plan is shorter.
    pub bound: f64,
    /// Figures it rests on.
    pub evidence: BTreeMap<&'static str, f64>,
    /// What one unit more would be.
    pub relief: Option<Relief>,
}

/// One unit more of what binds.
#[derive(Debug, Clone, PartialEq)]
pub struct Relief {
    /// What the unit is.
    pub unit: String,
    /// The change that gives it.
    pub change: Change,
}

/// What planning again with one unit more gave.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Confirmation {
    /// The unit.
    pub unit: String,
    /// Makespan of the same planner without it, seconds.
    pub makespan_before: f64,
    /// With it, seconds.
    pub makespan_after: f64,
    /// Priority that it places more.
    pub priority_gained: f64,
    /// It makes the plan shorter, or places more.
    pub confirmed: bool,
}

/// Finds bottlenecks of one kind of thing.
pub type Detector = fn(&Scene<'_>) -> Vec<Bottleneck>;

/// Every detector.
pub const DETECTORS: [Detector; 3] = [shared::find, stations::find, path::find];

/// Most tasks that a bottleneck lists beside their number.
pub const MAX_IDS: usize = 200;

/// Everything that binds, what binds most first: what leaves priority without a place, then by bound.
pub fn find(scene: &Scene<'_>) -> Vec<Bottleneck> {
    let mut out: Vec<Bottleneck> = DETECTORS.iter().flat_map(|detect| detect(scene)).collect();
    out.sort_by(|a, b| {
        let worse = b.unplaced_priority.total_cmp(&a.unplaced_priority).then(b.bound.total_cmp(&a.bound));
        // Of those that bind as much, the one about fewer agents says it best.
        let few = a.agents.len().cmp(&b.agents.len());
        worse.then(few).then_with(|| (a.kind, &a.agents, &a.resource).cmp(&(b.kind, &b.agents, &b.resource)))
    });
    out
}
