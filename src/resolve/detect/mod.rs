//! Detectors, each in a file of its own, and the registry that runs them all.
//!
//! A new detector: a file here with `pub fn detect(scene: &Scene<'_>, out: &mut Vec<Conflict>)`, its line in
//! [`DETECTORS`], a case in `cases` for what its remedy needs, and a fixture with a near miss beside it.

mod over_allocation;

use super::{Scene, conflict::Conflict};

/// A detector: its name, and the function that appends what it finds.
pub type Detector = (&'static str, fn(&Scene<'_>, &mut Vec<Conflict>));

/// Every detector.
pub const DETECTORS: &[Detector] = &[("over_allocation", over_allocation::detect)];

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
