//! Detectors, each in a file of its own, and the registry that runs them all.
//!
//! A new detector: a file here with `pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>)`, its line in
//! [`DETECTORS`], a case in `cases` for what its remedy needs, and a fixture with a near miss beside it.

mod budgets;
mod cycles;
mod deadline_priority;
mod deadlock;
mod directives;
mod early_read;
mod exclusive;
mod inversion;
mod lost_update;
mod objectives;
mod offline;
mod opposed;
mod over_allocation;
mod overcommitted;
mod placement;
mod predecessors;
mod races;
mod serialization;
mod slack;
mod starvation;
mod unsafe_state;
mod unservable;

use super::{Scene, conflict::Conflict};

/// A detector: its name, and the function that appends what it finds.
pub type Detector = (&'static str, fn(&Scene<'_>, &mut Vec<Conflict>));

/// Every detector.
pub const DETECTORS: &[Detector] = &[
    ("over_allocation", over_allocation::detect),
    ("budgets", budgets::detect),
    ("exclusive", exclusive::detect),
    ("deadlock", deadlock::detect),
    ("unsafe_state", unsafe_state::detect),
    ("starvation", starvation::detect),
    ("overcommitted", overcommitted::detect),
    ("unservable", unservable::detect),
    ("directives", directives::detect),
    ("inversion", inversion::detect),
    ("deadline_priority", deadline_priority::detect),
    ("cycles", cycles::detect),
    ("predecessors", predecessors::detect),
    ("offline", offline::detect),
    ("slack", slack::detect),
    ("placement", placement::detect),
    ("objectives", objectives::detect),
    ("opposed", opposed::detect),
    ("races", races::detect),
    ("lost_update", lost_update::detect),
    ("serialization", serialization::detect),
    ("early_read", early_read::detect),
];

/// Everything that conflicts, the gravest first, then by type, subtype and id.
pub fn detect(scene: &Scene<'_>) -> Vec<Conflict> {
    let mut out = Vec::new();
    for (_, run) in DETECTORS {
        run(scene, &mut out);
    }
    out.sort_by(|a, b| (b.severity, a.subtype, &a.id).cmp(&(a.severity, b.subtype, &b.id)));
    out.dedup_by(|a, b| a.id == b.id);
    out
}
