//! What could be changed, each kind a file; every change is tried by planning again before anything is said of it.

pub mod agents;
pub mod capacity;
mod data;
pub mod link;
mod resources;
pub mod retire;
pub mod skills;
pub mod slots;
mod tasks;
mod weights;

use super::{bottlenecks::Bottleneck, change::Change, scene::Scene};
use crate::model::Strategy;

/// What generators read.
pub struct Clues<'c> {
    /// The fleet under its plan.
    pub scene: &'c Scene<'c>,
    /// What binds, the worst first.
    pub bottlenecks: &'c [Bottleneck],
    /// Utilization that rightsizing leaves at most.
    pub fill: f64,
    /// Seconds that the plan may take when agents go.
    pub span: f64,
    /// What plans are best at.
    pub strategy: Strategy,
}

/// Proposes changes of one kind.
pub type Generator = fn(&Clues<'_>) -> Vec<Change>;

/// Every generator.
pub const GENERATORS: &[Generator] = &[
    retire::find,
    agents::find,
    slots::find,
    capacity::find,
    skills::find,
    resources::find,
    |clues| link::find(clues.scene),
    data::find,
    tasks::unpin,
    tasks::release,
    tasks::deadlines,
    tasks::priorities,
    tasks::batch,
    weights::find,
];

/// Bottlenecks whose relief is proposed.
pub const WORST: usize = 5;

/// Every change, by generator, the most promising first within each.
pub fn find(clues: &Clues<'_>) -> Vec<Change> {
    let mut out = Vec::new();
    for generate in GENERATORS {
        let mut found = generate(clues);
        found.sort_by(|a, b| b.promise.total_cmp(&a.promise).then_with(|| a.subject.cmp(&b.subject)));
        // Two bottlenecks may ask for the same.
        for change in found {
            if out.iter().all(|known: &Change| known.subject != change.subject || known.ops != change.ops) {
                out.push(change);
            }
        }
    }
    out
}
